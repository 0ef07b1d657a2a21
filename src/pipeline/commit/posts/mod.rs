//! Notes and videos in a commit: folded together (they are few, and what one is can depend on the others), matched with
//! the files that were saved by themselves, classed, and written as one record each.

mod fold;
mod join;
mod matching;
mod opening;
mod record;
mod table;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use self::fold::Folded;
use self::matching::{How, Matches};
use super::Commit;
use super::article_files::ClassOf;
use super::changes::CommitPlan;
use crate::error::Result;
use crate::model::{Class, Gap, GapReason, Kind, MediaKey, MediaRole, SavedFile, Sha256, SubjectKind};
use crate::pipeline::archive::ownership::Owner;
use crate::secret::SafeUrl;
use crate::store::posts::{PostRow, WantedVideo};
use crate::store::saved::SavedRow;
use crate::store::{Catalog, Run};

pub(crate) use self::opening::OpenedReader;
pub(crate) use self::table::{SAVED, SAVED_COLUMNS, TABLES, restore_saved, saved_row, write_row};

/// The pieces of one commit.
pub(crate) struct Pieces {
    all: Vec<Settled>,
    whose: String,
}

/// A piece and what is held of it.
struct Settled {
    folded: Folded,
    held: bool,
    video: Option<(SavedFile, How)>,
    gap: Option<Gap>,
}

/// What decides whose pieces are.
fn ownership(commit: &Commit<'_>) -> String {
    commit
        .own
        .map(|own| format!("{:?} {:?} {:?} {:?}", own.biz, own.user_name, own.name, own.finder))
        .unwrap_or_default()
}

/// Folds and matches everything if anything changed; media uses stand in the catalog afterwards.
pub(crate) fn settle(commit: &Commit<'_>, plan: &mut CommitPlan<'_>) -> Result<Option<Pieces>> {
    let whose = ownership(commit);
    if !commit.catalog.pieces_are_stale(&whose)? {
        return Ok(None);
    }
    let catalog = commit.catalog;
    let all = fold::all(catalog, commit.own)?;
    let keys: BTreeSet<u64> = all.iter().flat_map(|one| one.wanted.keys.iter().copied()).collect();
    opening::open_hidden(commit, &keys, plan)?;
    let settled = work_out(catalog, commit.run, all)?;
    // They stay stale until they are rendered.
    catalog.touch_pieces()?;
    Ok(Some(Pieces { all: settled, whose }))
}

/// What a commit would find, for a rehearsal: nothing is opened and nothing written but the catalog.
pub(crate) fn rehearse(catalog: &Catalog, run: Run, own: Option<&Owner>) -> Result<()> {
    work_out(catalog, run, fold::all(catalog, own)?).map(drop)
}

/// Matches, and tells the catalog.
fn work_out(catalog: &Catalog, run: Run, all: Vec<Folded>) -> Result<Vec<Settled>> {
    let files: Vec<SavedFile> = catalog.saved_files()?.into_iter().map(|row| row.file).collect();
    let videos: Vec<usize> = (0..all.len()).filter(|index| all[*index].is_video()).collect();
    let wanted: Vec<_> = videos.iter().map(|index| all[*index].wanted.clone()).collect();
    let found = matching::find(&wanted, &files);
    let recordings = by_number(&all, &files);
    let mut held: Vec<(MediaKey, Sha256)> =
        recordings.iter().map(|(key, file)| (key.clone(), files[*file].sha256)).collect();
    held.extend(found.videos.iter().map(|(work, (file, _))| (all[videos[*work]].video_key(), files[*file].sha256)));
    catalog.replace_videos(&held)?;
    remember(catalog, run, &all, &videos, &files, &found, &recordings)?;
    let places: HashMap<usize, usize> = videos.iter().enumerate().map(|(work, index)| (*index, work)).collect();
    let mut settled = Vec::with_capacity(all.len());
    for (index, folded) in all.into_iter().enumerate() {
        let work = places.get(&index);
        let video = work.and_then(|work| found.videos.get(work)).map(|(file, how)| (files[*file].clone(), *how));
        let trouble =
            work.and_then(|work| found.trouble.get(work)).map(|(reason, file)| (*reason, files[*file].name.clone()));
        let held = is_held(catalog, &folded, video.is_some())?;
        let gap = if held { None } else { Some(gap_of(&folded, trouble)) };
        settled.push(Settled { folded, held, video, gap });
    }
    catalog.clear_pieces()?;
    for one in &settled {
        let media = one.folded.media();
        catalog.put_post(&one.row(), &media.iter().map(|medium| (medium, one.folded.class)).collect::<Vec<_>>())?;
    }
    Ok(settled)
}

/// The files that were saved by themselves, without the pictures that turned out to be some page's.
pub(crate) fn saved_alone(catalog: &Catalog) -> Result<Vec<SavedRow>> {
    let mut kept = Vec::new();
    for row in catalog.saved_files()? {
        if !row.file.picture || row.piece.is_some() || catalog.keys_of(&row.file.sha256)?.is_empty() {
            kept.push(row);
        }
    }
    Ok(kept)
}

/// Recordings, videos and pictures of notes, by the platform's number in the file's name: nothing else says which they are.
fn by_number(all: &[Folded], files: &[SavedFile]) -> Vec<(MediaKey, usize)> {
    let stem = |file: &SavedFile| file.name.rsplit_once('.').map_or(file.name.clone(), |(stem, _)| stem.to_owned());
    let stems: BTreeMap<(String, bool), usize> = files
        .iter()
        .enumerate()
        .filter(|(_, file)| file.known && file.whole)
        .map(|(index, file)| ((stem(file), file.picture), index))
        .collect();
    let mut found = Vec::new();
    for note in all.iter().filter(|one| one.kind == Kind::Note && one.fields.attachments.len() == 1) {
        let ids = note.fields.extra.iter().filter(|(name, _)| *name != "length");
        let number = note.names.iter().filter_map(|name| name.rsplit_once('_')).map(|(_, number)| number);
        let picture = note.fields.attachments[0].role == MediaRole::Picture;
        let file =
            ids.filter_map(|(_, id)| id.as_str()).chain(number).find_map(|id| stems.get(&(id.to_owned(), picture)));
        found.extend(file.map(|file| (note.fields.attachments[0].key.clone(), *file)));
    }
    found
}

/// Writes down which file is which piece, for those who look for a file.
fn remember(
    catalog: &Catalog,
    run: Run,
    all: &[Folded],
    videos: &[usize],
    files: &[SavedFile],
    found: &Matches,
    recordings: &[(MediaKey, usize)],
) -> Result<()> {
    // Of several the first: filled from the last to the first.
    let hows: HashMap<usize, How> = found.videos.values().rev().copied().collect();
    let keys: HashMap<usize, &MediaKey> = recordings.iter().rev().map(|(key, file)| (*file, key)).collect();
    let attached = all.iter().rev().flat_map(|one| one.fields.attachments.iter().map(move |medium| (&medium.key, one)));
    let notes: HashMap<&MediaKey, &Folded> = attached.collect();
    for (index, file) in files.iter().enumerate() {
        let work = found.works.get(&index).map(|work| &all[videos[*work]]);
        let how = hows.get(&index).map(|how| how.code());
        let note = keys.get(&index).and_then(|key| notes.get(key)).copied();
        let piece = work.or(note).map(|piece| piece.id.clone());
        let matched = how.or(note.map(|_| "number")).map(str::to_owned);
        catalog.put_saved(run, &SavedRow { file: file.clone(), piece, matched })?;
    }
    Ok(())
}

/// Whether the content of a piece is held: a video's its file, a text's its words, pictures' and recordings' at least one
/// of them; those that lack are named one by one.
fn is_held(catalog: &Catalog, folded: &Folded, video: bool) -> Result<bool> {
    if folded.is_video() {
        return Ok(video);
    }
    for medium in &folded.fields.attachments {
        if catalog.held(&medium.key)?.is_some() {
            return Ok(true);
        }
    }
    Ok(folded.fields.attachments.is_empty()
        && folded.fields.text.is_some()
        && matches!(folded.form, crate::model::Form::Text | crate::model::Form::Other))
}

/// Why a piece is not held: what its own file says comes first, then what was told, then that nobody gave it.
fn gap_of(folded: &Folded, trouble: Option<(GapReason, String)>) -> Gap {
    let kind = if folded.kind == Kind::Video { SubjectKind::Video } else { SubjectKind::Note };
    let mut gap = match (trouble, &folded.reported) {
        (Some((reason, file)), _) => Gap { detail: Some(file), ..Gap::new(kind, &folded.id, reason) },
        (None, Some(told)) => told.clone(),
        (None, None) => {
            let reason = match (folded.fields.deleted, folded.fields.blocked) {
                (Some(true), _) => GapReason::DeletedByAuthor,
                (_, Some(true)) => GapReason::BlockedByPlatform,
                _ => GapReason::NotHeld,
            };
            Gap { detail: Some(folded.form.code().to_owned()), ..Gap::new(kind, &folded.id, reason) }
        }
    };
    gap.key.clone_from(&folded.id);
    // Accounts of gaps are 公众号; a 视频号 is bound to the archive's own.
    gap.account = folded.fields.account.clone().filter(|_| folded.kind == Kind::Note).or(gap.account);
    let mut media = folded.fields.attachments.iter().flat_map(|medium| &medium.urls);
    gap.url = gap.url.or_else(|| media.next().map(|url| SafeUrl::new(url).as_str().to_owned()));
    gap.title = folded.title().or(gap.title);
    gap.date = folded.fields.published.or(gap.date);
    gap
}

impl Settled {
    fn row(&self) -> PostRow {
        let folded = &self.folded;
        let video =
            (folded.is_video() && !self.held && folded.own && !folded.sources.is_empty()).then(|| WantedVideo {
                key: folded.video_key(),
                sources: folded.sources.clone(),
                md5: folded.wanted.md5.clone(),
                bytes: folded.wanted.bytes.clone(),
            });
        // What another account's list says is missing is not missing here.
        let foreign = !folded.own && folded.fields.account.is_some();
        PostRow {
            entity: folded.entity,
            kind: folded.kind,
            id: folded.id.clone(),
            place: Some(folded.path()),
            class: folded.class,
            own: folded.own,
            held: self.held,
            listed: true,
            form: folded.form,
            title: folded.title(),
            published: folded.fields.published,
            url: None,
            account: folded.fields.account.clone(),
            item_show_type: None,
            video,
            gap: self.gap.clone().filter(|_| !foreign),
        }
    }
}

impl Pieces {
    /// Writes every record, and takes away those of pieces that are no more, or stand elsewhere now.
    pub(crate) fn render(self, commit: &Commit<'_>, plan: &mut CommitPlan<'_>, class_of: ClassOf<'_>) -> Result<()> {
        let mut wanted: BTreeSet<(bool, String)> = BTreeSet::new();
        let statistics = table::statistics_of(self.all.iter().map(|one| &one.folded))?;
        for one in self.all {
            let (class, path) = (one.folded.class, one.folded.path());
            wanted.insert((class == Class::Public, path.clone()));
            let bytes = record::render(commit.catalog, one, class_of)?;
            plan.put(class, &path, &bytes)?;
            commit.round(plan)?;
        }
        if let Some(bytes) = statistics {
            plan.put(Class::Private, table::STATISTICS, &bytes)?;
        }
        for class in [Class::Public, Class::Private] {
            for folder in ["notes/", "videos/"] {
                for path in commit.catalog.payload_under(class, folder)? {
                    if !wanted.contains(&(class == Class::Public, path.clone())) {
                        plan.remove(class, &path);
                    }
                }
            }
        }
        commit.catalog.set_pieces_folded(&self.whose)
    }
}
