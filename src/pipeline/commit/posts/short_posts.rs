//! Folds the notes and videos of a commit together (they are few, and one may depend on the others), matches them with
//! files that were saved on their own, classifies them and writes one record each.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::fold::{self, FoldedShortPost, ShortPostContent};
use super::matching::{self, How, Matches};
use super::{ClassOf, PostWriter, Written, opening, table};
use crate::error::Result;
use crate::model::{Class, Gap, GapReason, Kind, MediaKey, MediaRole, SavedFile, Sha256, SubjectKind};
use crate::pipeline::archive::ownership::Owner;
use crate::pipeline::commit::Commit;
use crate::pipeline::commit::changes::CommitPlan;
use crate::secret::SafeUrl;
use crate::store::posts::{PostRow, WantedVideo};
use crate::store::saved::SavedRow;
use crate::store::{Catalog, Run};

/// The short posts of one commit.
pub(crate) struct ShortPosts {
    all: Vec<FoldedShortPost>,
    whose: String,
}

/// Returns the owner's identity, on which the ownership of short posts depends.
fn ownership(commit: &Commit<'_>) -> String {
    commit
        .own
        .map(|own| format!("{:?} {:?} {:?} {:?}", own.biz, own.user_name, own.name, own.finder))
        .unwrap_or_default()
}

/// Folds and matches everything if anything changed; afterwards the catalog has the media uses.
pub(crate) fn settle(commit: &Commit<'_>, plan: &mut CommitPlan<'_>) -> Result<Option<ShortPosts>> {
    let whose = ownership(commit);
    if !commit.catalog.are_short_posts_stale(&whose)? {
        return Ok(None);
    }
    let catalog = commit.catalog;
    let all = fold::all(catalog, commit.own)?;
    let keys: BTreeSet<u64> = all.iter().flat_map(|one| one.content.wanted.keys.iter().copied()).collect();
    opening::open_hidden(commit, &keys, plan)?;
    let all = work_out(catalog, commit.run, all)?;
    // They stay stale until they are rendered.
    catalog.touch_short_posts()?;
    Ok(Some(ShortPosts { all, whose }))
}

/// Folds and matches for a rehearsal: no file is decrypted, and only the catalog is written.
pub(crate) fn rehearse(catalog: &Catalog, run: Run, own: Option<&Owner>) -> Result<()> {
    work_out(catalog, run, fold::all(catalog, own)?).map(drop)
}

/// Matches posts with files and updates the catalog.
fn work_out(catalog: &Catalog, run: Run, mut all: Vec<FoldedShortPost>) -> Result<Vec<FoldedShortPost>> {
    let numbers: HashSet<String> = notes(&all).flat_map(|note| numbers_of(note).map(str::to_owned)).collect();
    let mut files: Vec<SavedFile> = Vec::new();
    catalog.each_saved(|row| {
        // Pictures are by far the most, and only those named by a note's number can belong to a post.
        let is_plain_picture = row.file.picture && row.file.known && row.file.whole;
        if !is_plain_picture || numbers.contains(stem(&row.file)) {
            files.push(row.file);
        }
        Ok(())
    })?;
    let videos: Vec<usize> = (0..all.len()).filter(|index| all[*index].is_video()).collect();
    let wanted: Vec<_> = videos.iter().map(|index| all[*index].content.wanted.clone()).collect();
    let found = matching::find(&wanted, &files);
    let recordings = by_number(&all, &files);
    let mut held: Vec<(MediaKey, Sha256)> =
        recordings.iter().map(|(key, file)| (key.clone(), files[*file].sha256)).collect();
    held.extend(found.videos.iter().map(|(work, (file, _))| (all[videos[*work]].video_key(), files[*file].sha256)));
    catalog.replace_videos(&held)?;
    remember(catalog, run, &all, &videos, &files, &found, &recordings)?;
    let places: HashMap<usize, usize> = videos.iter().enumerate().map(|(work, index)| (*index, work)).collect();
    catalog.clear_short_posts()?;
    for (index, folded) in all.iter_mut().enumerate() {
        let work = places.get(&index);
        let video = work.and_then(|work| found.videos.get(work));
        folded.content.video = video.map(|(file, how)| (files[*file].clone(), *how));
        let trouble =
            work.and_then(|work| found.trouble.get(work)).map(|(reason, file)| (*reason, files[*file].name.clone()));
        folded.held = is_held(catalog, folded)?;
        folded.gap = if folded.held { None } else { Some(gap_of(folded, trouble)) };
        let media = folded.media();
        catalog.put_post(&row_of(folded), &media.iter().map(|medium| (medium, folded.class)).collect::<Vec<_>>())?;
    }
    Ok(all)
}

/// Visits the files that were saved on their own, without the pictures that a page turned out to use.
pub(crate) fn each_saved_alone(catalog: &Catalog, mut visit: impl FnMut(SavedRow) -> Result<()>) -> Result<()> {
    catalog.each_saved(|row| {
        let alone = !row.file.picture || row.post.is_some() || catalog.keys_of(&row.file.sha256)?.is_empty();
        if alone { visit(row) } else { Ok(()) }
    })
}

/// Returns the file's name without its ending.
fn stem(file: &SavedFile) -> &str {
    file.name.rsplit_once('.').map_or(&file.name, |(stem, _)| stem)
}

/// Returns the notes that have one recording, video or picture.
fn notes(all: &[FoldedShortPost]) -> impl Iterator<Item = &FoldedShortPost> {
    all.iter().filter(|one| one.kind == Kind::Note && one.content.fields.attachments.len() == 1)
}

/// Returns the platform's numbers of what a note has.
fn numbers_of(note: &FoldedShortPost) -> impl Iterator<Item = &str> {
    let ids = note.content.fields.extra.iter().filter(|(name, _)| *name != "length").filter_map(|(_, id)| id.as_str());
    ids.chain(note.names.iter().filter_map(|name| name.rsplit_once('_')).map(|(_, number)| number))
}

/// Finds recordings, videos and pictures of notes by the platform's number in the file's name, which is the only thing
/// that identifies them.
fn by_number(all: &[FoldedShortPost], files: &[SavedFile]) -> Vec<(MediaKey, usize)> {
    let stems: BTreeMap<(&str, bool), usize> = files
        .iter()
        .enumerate()
        .filter(|(_, file)| file.known && file.whole)
        .map(|(index, file)| ((stem(file), file.picture), index))
        .collect();
    let mut found = Vec::new();
    for note in notes(all) {
        let picture = note.content.fields.attachments[0].role == MediaRole::Picture;
        let file = numbers_of(note).find_map(|number| stems.get(&(number, picture)));
        found.extend(file.map(|file| (note.content.fields.attachments[0].key.clone(), *file)));
    }
    found
}

/// Records which file belongs to which short post, for users who look for a file.
fn remember(
    catalog: &Catalog,
    run: Run,
    all: &[FoldedShortPost],
    videos: &[usize],
    files: &[SavedFile],
    found: &Matches,
    recordings: &[(MediaKey, usize)],
) -> Result<()> {
    // Filled from the last to the first, so that the first of several wins.
    let hows: HashMap<usize, How> = found.videos.values().rev().copied().collect();
    let keys: HashMap<usize, &MediaKey> = recordings.iter().rev().map(|(key, file)| (*file, key)).collect();
    let attached =
        all.iter().rev().flat_map(|one| one.content.fields.attachments.iter().map(move |medium| (&medium.key, one)));
    let notes: HashMap<&MediaKey, &FoldedShortPost> = attached.collect();
    catalog.forget_matches()?;
    for (index, file) in files.iter().enumerate() {
        let work = found.works.get(&index).map(|work| &all[videos[*work]]);
        let how = hows.get(&index).map(|how| how.code());
        let note = keys.get(&index).and_then(|key| notes.get(key)).copied();
        let post = work.or(note).map(|post| post.id.clone());
        let matched = how.or(note.map(|_| "number")).map(str::to_owned);
        if post.is_some() || matched.is_some() {
            catalog.put_saved(run, &SavedRow { file: file.clone(), post, matched })?;
        }
    }
    Ok(())
}

/// Reports whether the content of a short post is held: a video's file, a text's words, or at least one of several
/// pictures or recordings. The missing ones are named individually.
fn is_held(catalog: &Catalog, folded: &FoldedShortPost) -> Result<bool> {
    if folded.is_video() {
        return Ok(folded.content.video.is_some());
    }
    for medium in &folded.content.fields.attachments {
        if catalog.held(&medium.key)?.is_some() {
            return Ok(true);
        }
    }
    Ok(folded.content.fields.attachments.is_empty()
        && folded.content.fields.text.is_some()
        && matches!(folded.form, crate::model::Form::Text | crate::model::Form::Other))
}

/// Returns the gap of a short post that is not held. A problem of its own file takes precedence over a reported gap,
/// and that over the default reason.
fn gap_of(folded: &FoldedShortPost, trouble: Option<(GapReason, String)>) -> Gap {
    let kind = if folded.kind == Kind::Video { SubjectKind::Video } else { SubjectKind::Note };
    let mut gap = match (trouble, &folded.gap) {
        (Some((reason, file)), _) => Gap { detail: Some(file), ..Gap::new(kind, &folded.id, reason) },
        (None, Some(told)) => told.clone(),
        (None, None) => {
            let reason = match (folded.content.fields.deleted, folded.content.fields.blocked) {
                (Some(true), _) => GapReason::DeletedByAuthor,
                (_, Some(true)) => GapReason::BlockedByPlatform,
                _ => GapReason::NotHeld,
            };
            Gap { detail: Some(folded.form.code().to_owned()), ..Gap::new(kind, &folded.id, reason) }
        }
    };
    // The account of a gap is a 公众号; a 视频号 is bound to the archive's own.
    gap.account = folded.account.clone().filter(|_| folded.kind == Kind::Note).or(gap.account);
    let mut media = folded.content.fields.attachments.iter().flat_map(|medium| &medium.urls);
    gap.url = gap.url.or_else(|| media.next().map(|url| SafeUrl::new(url).as_str().to_owned()));
    folded.described(gap)
}

/// Returns the short post's row for the catalog.
fn row_of(folded: &FoldedShortPost) -> PostRow {
    let ShortPostContent { wanted, sources, .. } = &folded.content;
    let video = (folded.is_video() && !folded.held && folded.own && !sources.is_empty()).then(|| WantedVideo {
        key: folded.video_key(),
        sources: sources.clone(),
        md5: wanted.md5.clone(),
        bytes: wanted.bytes.clone(),
    });
    PostRow { video, ..folded.row_at(Some(folded.path())) }
}

impl ShortPosts {
    /// Writes every record, and removes those of short posts that no longer exist or have another path now.
    pub(crate) fn render(self, commit: &Commit<'_>, plan: &mut CommitPlan<'_>, class_of: ClassOf<'_>) -> Result<()> {
        let writer = PostWriter { catalog: commit.catalog, class_of };
        let mut written = Written::default();
        let statistics = table::statistics_of(self.all.iter())?;
        for one in self.all {
            written.put(plan, writer.short_post(one)?)?;
            commit.round(plan)?;
        }
        if let Some(bytes) = statistics {
            plan.put(Class::Private, table::STATISTICS, &bytes)?;
        }
        for folder in ["notes/", "videos/"] {
            written.remove_others(commit, plan, folder)?;
        }
        commit.catalog.set_short_posts_folded(&self.whose)
    }
}
