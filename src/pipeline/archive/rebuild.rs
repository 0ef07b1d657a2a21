//! Rebuilds the catalog from the bags: if the working folder is lost, its contents are read again from the archive,
//! which does not change.

use std::collections::HashMap;
use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;

use super::{gaps, session};
use crate::archive::{Archive, HeldFile, evidence, pack::PackReader};
use crate::error::{Error, Result};
use crate::model::account::AccountRecord;
use crate::model::{
    AccountFields, Article, Class, Form, GapReason, Kind, MediaHeld, MediaRole, Post, Sha256, SubjectKind, Time, layout,
};
use crate::pipeline::collect::opened;
use crate::pipeline::commit::posts;
use crate::progress::Task;
use crate::source::api::answer::Answer;
use crate::source::api::registry;
use crate::source::file::container::zip::Budget;
use crate::source::file::registry::IMPORTERS;
use crate::source::file::table::row_links::RowLinks;
use crate::source::input::{OpenFile, ReadSeek};
use crate::source::{
    Destination, EvidenceId, EvidenceMeta, EvidenceWriter, ImportCx, Input, Item, Out, Passwords, Received,
};
use crate::store::batch::{Batch, BlobRow, EvidenceRow};
use crate::store::calls::{self, Progressed};
use crate::store::gaps::REBUILT;
use crate::store::ledger::LedgerStore;
use crate::store::posts::PostRow;
use crate::store::{Catalog, Run};
use crate::work::Work;

/// An empty catalog and the archive it is filled from.
pub(crate) struct Target<'a> {
    /// Archive; nothing is written to it.
    pub(crate) archive: &'a Archive,
    /// Catalog to fill.
    pub(crate) catalog: &'a Catalog,
    /// Store for the rows of statements.
    pub(crate) ledger: &'a LedgerStore,
    /// Folder for unnamed files.
    pub(crate) scratch: &'a Path,
    /// Clock of the command.
    pub(crate) clock: Time,
    /// Progress and cancellation. The next session restarts a cancelled rebuild.
    pub(crate) work: &'a Work<'a>,
}

/// Key of the catalog's `meta` that is present during a rebuild, so that an interrupted one is restarted.
pub(crate) const UNDER_WAY: &str = "rebuilding";

/// Fills an empty catalog from the bags of an archive.
pub(crate) fn rebuild(into: &Target<'_>) -> Result<()> {
    into.catalog.set_meta(UNDER_WAY, "1")?;
    session::read_payload(into.archive, into.catalog)?;
    read_bags(into)?;
    into.catalog.set_meta(session::MANIFESTS, &into.archive.head()?)?;
    into.catalog.remove_meta(UNDER_WAY)
}

fn read_bags(into: &Target<'_>) -> Result<()> {
    let Some(bytes) = bytes(into, Class::Private, layout::EVIDENCE_INDEX)? else { return Ok(()) };
    let mut rows: Vec<(EvidenceRow, i64)> = Vec::new();
    evidence::read_index(&bytes, |row, run| {
        rows.push((row, run));
        Ok(())
    })?;
    restore_runs(into)?;
    read_evidence(into, rows)?;
    restore_saved(into)?;
    for bag in [Class::Public, Class::Private] {
        restore_posts(into, bag)?;
        restore_unused_media(into, bag)?;
    }
    restore_avatar(into)?;
    restore_collectors(into)?;
    opened::restore(into.catalog, into.archive)?;
    restore_gaps(into)?;
    into.catalog.set_meta("rebuilt", "1")
}

/// Reads a file of a bag; `None` if there is none.
fn bytes(into: &Target<'_>, bag: Class, path: &str) -> Result<Option<Vec<u8>>> {
    let failed = |error| Error::disk("rebuild-failed", into.archive.shown(bag, path), error);
    into.archive.bytes(bag, path).map_err(failed)
}

/// Reads a file that a bag must contain.
fn must(into: &Target<'_>, bag: Class, path: &str) -> Result<Vec<u8>> {
    let none = || Error::disk("rebuild-failed", into.archive.shown(bag, path), io::ErrorKind::NotFound.into());
    bytes(into, bag, path)?.ok_or_else(none)
}

fn broken(into: &Target<'_>, bag: Class, path: &str) -> Error {
    Error::other("rebuild-failed").with("path", into.archive.shown(bag, path))
}

/// Restores the runs with their clocks, so that the list of events does not change.
fn restore_runs(into: &Target<'_>) -> Result<()> {
    const EVENTS: &str = "provenance/events.jsonl";
    let text = must(into, Class::Private, EVENTS)?;
    for line in text.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
        let event: serde_json::Value =
            serde_json::from_slice(line).map_err(|error| broken(into, Class::Private, EVENTS).because(error))?;
        let clock = event["time"].as_str().and_then(|time| time.parse::<Time>().ok());
        if let (Some(id), Some(clock)) = (event["run"].as_i64(), clock) {
            into.catalog.restore_run(id, clock, event["evidence"].as_i64(), event["media"].as_i64())?;
        }
    }
    Ok(())
}

/// Reads every kept leaf with the source that read it first.
fn read_evidence(into: &Target<'_>, rows: Vec<(EvidenceRow, i64)>) -> Result<()> {
    let total = rows.len() as u64;
    let mut by_place: HashMap<String, Vec<(EvidenceRow, i64)>> = HashMap::new();
    for (row, run) in rows {
        by_place.entry(row.place.clone()).or_default().push((row, run));
    }
    let step = into.work.progress.start(Task::Rebuild, Some(total));
    let mut places: Vec<_> = by_place.into_iter().collect();
    places.sort_by(|a, b| a.0.cmp(&b.0));
    for (place, rows) in places {
        let file = into.archive.file(Class::Private, &place);
        if !place.starts_with("evidence/packs/") {
            for (row, run) in rows {
                into.work.check()?;
                step.advance(1);
                let input = Input::held(Arc::new(KeptFile(file.clone())), row.locator.clone(), row.bytes, row.time);
                read_again(into, &row, run, &input)?;
            }
            continue;
        }
        let mut rows: HashMap<Sha256, (EvidenceRow, i64)> =
            rows.into_iter().map(|(row, run)| (row.digest, (row, run))).collect();
        PackReader::of(&file)?.each(|digest, reader| {
            into.work.check()?;
            let Some((row, run)) = rows.remove(&digest) else { return Ok(()) };
            step.advance(1);
            let mut bytes = Vec::with_capacity(usize::try_from(row.bytes).unwrap_or(0));
            reader
                .read_to_end(&mut bytes)
                .map_err(|error| Error::other("rebuild-failed").with("path", &place).because(error))?;
            let input = Input::bytes_at(row.locator.clone(), bytes, row.time);
            read_again(into, &row, run, &input)
        })?;
    }
    Ok(())
}

/// A leaf stored as a file, outside the packs.
struct KeptFile(HeldFile);

impl OpenFile for KeptFile {
    fn open(&self) -> io::Result<Box<dyn ReadSeek>> {
        // Re-boxed because the two traits for reading and seeking differ.
        self.0.open().map(|reader| Box::new(reader) as Box<dyn ReadSeek>)
    }
}

fn read_again(into: &Target<'_>, row: &EvidenceRow, run: i64, input: &Input) -> Result<()> {
    let run = Run { id: run, clock: into.clock, resumed: true };
    let writer = KeptAlready { digest: row.digest };
    let input = match row.fetch.as_deref().map(serde_json::from_str) {
        // A part of a container is read with the request and response that the container recorded for it.
        Some(Ok(fetch)) => &input.clone().with_received(Received::from_fetch(fetch)),
        _ => input,
    };
    let mut builder = ReplayBuilder {
        batch: Batch { evidence: vec![row.clone()], ..Batch::default() },
        ordinal: 0,
        row_ordinal: 0,
        links: RowLinks::default(),
        path: row.locator.clone(),
        catalog: into.catalog,
        run,
    };
    let (passwords, budget) = (Passwords::default(), Budget::new(into.scratch));
    let cx = ImportCx { evidence: &writer, ledger: into.ledger, passwords: &passwords, budget: &budget };
    // An importer of files and a collector may have the same name; an API response belongs to the collector.
    let answered = row.template == API;
    let importer = IMPORTERS.iter().find(|importer| importer.info().name == row.source && !answered);
    if let Some(importer) = importer {
        // Parts that could not be read then cannot be read now; their gaps are restored below.
        let _ = importer.read(input, &cx, &mut builder);
    } else if let Some(collector) = registry::named(&row.source) {
        let leaf = input.bytes(row.bytes)?;
        // A refusal that was kept as evidence contains no records.
        if let Ok(answer) = Answer::from_evidence(&leaf)
            && !answer.is_refusal()
        {
            let _ = collector.read(&answer, row.digest, &cx, &mut builder);
        }
    }
    std::mem::take(&mut builder.links).emit(&mut builder)?;
    into.catalog.add(run, &builder.batch)
}

/// Template of the leaves that are responses of the official APIs.
pub(crate) const API: &str = "api";

/// An evidence writer that keeps nothing, because everything is kept already, and returns the row's digest.
struct KeptAlready {
    digest: Sha256,
}

impl EvidenceWriter for KeptAlready {
    fn redacted(&self, _: &[u8], _: &EvidenceMeta) -> Result<EvidenceId> {
        Ok(self.digest)
    }

    fn exact(&self, _: &mut dyn Read, _: &str, _: Destination, _: &EvidenceMeta) -> Result<EvidenceId> {
        Ok(self.digest)
    }
}

struct ReplayBuilder<'c> {
    batch: Batch,
    ordinal: u32,
    row_ordinal: u32,
    /// Articles named by rows.
    links: RowLinks,
    path: String,
    catalog: &'c Catalog,
    run: Run,
}

/// Number of rows of a leaf that are added to the catalog at once.
const PART: usize = 10_000;

impl Out for ReplayBuilder<'_> {
    fn item(&mut self, item: Item) -> Result<()> {
        match item {
            Item::Gap(gap) => self.batch.gaps.push((gap, self.path.clone())),
            Item::Problem(problem) => self.batch.problems.push((problem, self.path.clone())),
            Item::Record(record, evidence) => {
                self.batch.records.push((record, evidence, self.ordinal));
                self.ordinal += 1;
            }
            Item::Row(row, evidence) => {
                self.links.add(&row, evidence);
                self.batch.data.push((row, evidence, self.row_ordinal));
                self.row_ordinal += 1;
                if self.batch.len() >= PART {
                    return self.catalog.add(self.run, &std::mem::take(&mut self.batch));
                }
            }
            Item::Statements(statements, evidence) => self.batch.statements.push((statements, evidence)),
            Item::Total(total, evidence) => self.batch.totals.push((total, evidence)),
            // Media are restored from the articles that use them; inner inputs are separate evidence.
            Item::Held(..) | Item::Input(_) | Item::Media(_) | Item::Saved(_) => {}
        }
        Ok(())
    }
}

/// Restores the folders of articles and the media of all posts from their records.
fn restore_posts(into: &Target<'_>, bag: Class) -> Result<()> {
    for (below, kind) in [("articles/", Kind::Article), ("notes/", Kind::Note), ("videos/", Kind::Video)] {
        for path in into.catalog.payload_under(bag, below)? {
            into.work.check()?;
            let folder = path.strip_prefix(below).and_then(|rest| rest.strip_suffix("/article.json"));
            if kind == Kind::Article && folder.is_none() {
                continue;
            }
            let post = Post::from_json(kind, &must(into, bag, &path)?)
                .map_err(|error| broken(into, bag, &path).because(error))?;
            // For an older version only the media are still unknown.
            if let (Post::Article(article), Some(folder)) = (&post, folder)
                && !folder.contains("/versions/")
            {
                restore_folder(into.catalog, article, folder)?;
            }
            for media in post.into_media() {
                // Videos of a 视频号 are matched again among the saved files.
                let (Some(sha256), Some(path)) = (media.sha256, media.path) else { continue };
                if kind == Kind::Article || media.role != MediaRole::Video {
                    restore_medium(
                        into,
                        &media.key,
                        sha256,
                        &path,
                        media.mime.as_deref(),
                        (media.width, media.height),
                    )?;
                }
            }
        }
    }
    Ok(())
}

/// Restores the files that were saved on their own.
fn restore_saved(into: &Target<'_>) -> Result<()> {
    let Some(bytes) = bytes(into, Class::Private, posts::SAVED)? else { return Ok(()) };
    let run = Run { id: 0, clock: into.clock, resumed: true };
    let saved = posts::restore_saved(&bytes)?;
    into.catalog.add(run, &Batch { saved, ..Batch::default() })
}

fn restore_folder(catalog: &Catalog, article: &Article, folder: &str) -> Result<()> {
    let Some(entity) = catalog.entity_named(Kind::Article, &article.id)? else { return Ok(()) };
    catalog.put_post(
        &PostRow {
            entity,
            kind: Kind::Article,
            id: article.id.clone(),
            place: Some(folder.to_owned()),
            class: article.class,
            own: article.class == Class::Public,
            held: true,
            listed: false,
            form: Form::of_article(article.fields.item_show_type),
            title: article.fields.title.clone(),
            published: article.fields.published,
            url: article.fields.url.clone(),
            account: article.fields.biz.clone(),
            item_show_type: article.fields.item_show_type,
            video: None,
            gap: None,
        },
        &[],
    )?;
    catalog.touch(entity)
}

fn restore_medium(
    into: &Target<'_>,
    key: &crate::model::MediaKey,
    digest: Sha256,
    path: &str,
    mime: Option<&str>,
    size: (Option<u32>, Option<u32>),
) -> Result<()> {
    let bytes = [Class::Public, Class::Private].iter().find_map(|bag| into.archive.size(*bag, path)).unwrap_or(0);
    let extension = path.rsplit_once('.').map_or("bin", |(_, extension)| extension).to_owned();
    let blob =
        BlobRow { digest, bytes, extension, mime: mime.unwrap_or_default().to_owned(), width: size.0, height: size.1 };
    let held = MediaHeld { key: key.clone(), sha256: digest, origin: path.to_owned() };
    let run = Run { id: 0, clock: into.clock, resumed: true };
    into.catalog.add(run, &Batch { blobs: vec![blob], media: vec![held], ..Batch::default() })
}

/// Restores files in `media/` that no post uses: other renditions, and media of records other than posts.
fn restore_unused_media(into: &Target<'_>, bag: Class) -> Result<()> {
    let run = Run { id: 0, clock: into.clock, resumed: true };
    for path in into.catalog.payload_under(bag, "media/sha256/")? {
        into.work.check()?;
        let Some(digest) = into.catalog.payload(bag, &path)? else { continue };
        if into.catalog.blob(&digest)?.is_some() {
            continue;
        }
        let file = into.archive.file(bag, &path);
        let mut head = Vec::new();
        let failed = |error| Error::disk("rebuild-failed", &file, error);
        let opened = file.open().map_err(failed)?;
        let bytes = opened.size().map_err(failed)?;
        opened.take(64 * 1024).read_to_end(&mut head).map_err(failed)?;
        let blob = crate::pipeline::collect::media_type::of(&head).row(digest, bytes);
        into.catalog.add(run, &Batch { blobs: vec![blob], ..Batch::default() })?;
    }
    Ok(())
}

/// Restores the account's avatar and the archive's owner.
fn restore_avatar(into: &Target<'_>) -> Result<()> {
    let Some(bytes) = bytes(into, Class::Public, layout::ACCOUNT)? else { return Ok(()) };
    let value: serde_json::Value =
        serde_json::from_slice(&bytes).map_err(|error| broken(into, Class::Public, layout::ACCOUNT).because(error))?;
    if let Ok(AccountFields { biz: Some(biz), .. }) = serde_json::from_value(value.clone()) {
        super::ownership::remember_biz(into.catalog, &biz)?;
    }
    if let Some(finder) = value["finder"].as_str() {
        super::ownership::remember_finder(into.catalog, finder)?;
    }
    let record: AccountRecord = serde_json::from_value(value).unwrap_or_default();
    if let Some(avatar) = record.avatar_file.filter(|avatar| avatar.role == MediaRole::Avatar)
        && let (Some(sha256), Some(path)) = (avatar.sha256, &avatar.path)
    {
        restore_medium(into, &avatar.key, sha256, path, avatar.mime.as_deref(), (avatar.width, avatar.height))?;
    }
    Ok(())
}

/// Restores the progress of the collectors of the official APIs.
fn restore_collectors(into: &Target<'_>) -> Result<()> {
    let Some(bytes) = bytes(into, Class::Private, layout::COLLECTORS)? else { return Ok(()) };
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    for row in csv::Reader::from_reader(text).deserialize::<(String, String, bool)>() {
        let (collector, account, through) =
            row.map_err(|error| broken(into, Class::Private, layout::COLLECTORS).because(error))?;
        calls::restore(into.catalog.connection(), &Progressed { collector, account, through })?;
    }
    Ok(())
}

/// Reports whether a gap's reason can only be known from an attempt to fetch.
fn was_fetched(reason: GapReason) -> bool {
    matches!(
        reason,
        GapReason::DownloadFailed | GapReason::ExpiredWindow | GapReason::FetchBlocked | GapReason::TooLarge
    )
}

/// Restores gaps that no evidence implies: encrypted and broken inputs, failed downloads.
fn restore_gaps(into: &Target<'_>) -> Result<()> {
    let run = Run { id: 0, clock: into.clock, resumed: true };
    let mut batch = Batch::default();
    for gap in gaps::read_back(into.archive)? {
        // Gaps that the commit derives are derived again.
        let derived = match gap.kind {
            SubjectKind::Article => true,
            SubjectKind::Input => gap.key.starts_with(gaps::FILE),
            SubjectKind::Note | SubjectKind::Video => !was_fetched(gap.reason),
            _ => gaps::is_worked_out(&gap),
        };
        if !derived && into.catalog.gap_seen(gap.kind, &gap.key)?.is_none() {
            batch.gaps.push((gap, REBUILT.to_owned()));
        }
    }
    into.catalog.add(run, &batch)
}
