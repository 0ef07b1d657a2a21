//! Implements `--dry-run`: recognises and reads everything and keeps nothing. Reports what was recognised, what would
//! be fetched and whether the disk is large enough.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Serialize;

use super::found_input::FoundInput;
use super::walk::{WalkOptions, groups, walk};
use super::walk_notes::{concerns, note_walk};
use super::{Collect, files_left};
use crate::error::{Error, Result};
use crate::model::statement::{LedgerRows, LedgerSink, Row};
use crate::model::{GapReason, Kind, Problem, Sha256, layout};
use crate::pipeline::archive::ownership;
use crate::pipeline::backup::{self, BackupOptions, OtherAccount};
use crate::pipeline::commit::posts::{self, fold_article};
use crate::pipeline::host::Host;
use crate::platform;
use crate::secret::SecretSet;
use crate::source::file::container::zip::Budget;
use crate::store::Catalog;
use crate::work::Work;

/// The effects a backup would have.
#[derive(Debug, Default, Serialize)]
pub struct Rehearsal {
    /// Whether the run was stopped before everything was examined.
    pub interrupted: bool,
    /// Number of inputs that would be read, by the source that recognises them.
    pub recognised: BTreeMap<String, u64>,
    /// Inputs that no source recognises.
    pub unrecognised: Vec<String>,
    /// Number of inputs that were read before and have not changed.
    pub unchanged: u64,
    /// Archives that none of the given passwords opens.
    pub locked: Vec<String>,
    /// Accounts among which the user would have to choose.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub undecided: Vec<OtherAccount>,
    /// Number of articles that `--online` would fetch.
    pub fetch_pages: u64,
    /// Number of media files that `--online` would fetch, as far as the pages at hand name them.
    pub fetch_media: u64,
    /// Bytes of the inputs; the archive and the site need at most twice as much.
    pub bytes: u64,
    /// Bytes free on the disk of the archive.
    pub free: Option<u64>,
    /// Problems of inputs that could not be read.
    pub problems: Vec<Problem>,
}

/// Rehearses a backup of `options` into the archive at `root`.
pub fn rehearse(root: &Path, options: &BackupOptions, host: &dyn Host) -> Result<Rehearsal> {
    let Work { progress, stop, pool } = host.work();
    let scratch = tempfile::tempdir()
        .map_err(|error| Error::disk("archive-open-failed", std::env::temp_dir().display(), error))?;
    let path = scratch.path().join(layout::CATALOG);
    let existing = root.join(layout::WORK).join(layout::CATALOG);
    let catalog = if existing.is_file() { Catalog::copy_of(&existing, &path)? } else { Catalog::open(&path)? };
    let run = catalog.begin_run(host.environment().now()?)?;
    let budget = Budget::of(options.limits, scratch.path());
    let collect = Collect {
        stage: None,
        ledger: &NoLedger,
        run,
        passwords: &options.passwords,
        budget: &budget,
        secrets: &SecretSet::default(),
        keep_other: options.keep_other,
        jobs: pool.threads(),
        stop,
        progress,
    };
    let seen = |path: &str, size: u64, modified: i64| collect.is_done(&catalog, path, size, modified);
    let walk_options = WalkOptions { archive: root, budget: &budget, passwords: &options.passwords, stop, seen: &seen };
    let mut found = walk(&options.roots, &walk_options)?;
    backup::locked_in(&catalog, &mut found)?;
    note_walk(&catalog, run, &mut found)?;
    let siblings = std::mem::take(&mut found.siblings);
    let stopped = found.stopped;
    let mut rehearsal = Rehearsal { unchanged: found.unchanged, ..Rehearsal::default() };
    rehearsal.bytes = found.found.iter().map(FoundInput::size).sum();
    let roots = std::mem::take(&mut found.roots);
    let outcome = collect.read(&catalog, &groups(&found.found))?;
    rehearsal.interrupted = stopped || !outcome.unread.is_empty();
    drop(siblings);
    for (source, count) in catalog.inputs_by_source(run)? {
        *rehearsal.recognised.entry(source).or_default() += count;
    }
    let own = ownership::decide(&catalog, options.account.as_deref())?;
    rehearsal.undecided = ownership::undecided(&catalog, own.as_ref())?.into_iter().map(OtherAccount::from).collect();
    for entity in catalog.entities(Kind::Article, true)? {
        let folded = fold_article(&catalog, entity, own.as_ref())?;
        let row = folded.row(None);
        catalog.put_post(&row, &folded.media())?;
        catalog.set_folded(entity)?;
    }
    posts::rehearse(&catalog, run, own.as_ref())?;
    let mut videos = 0;
    catalog.each_post(|post| {
        let fetchable = post.gap.is_some_and(|gap| gap.reason.can_be_filled() && gap.url.is_some());
        rehearsal.fetch_pages += u64::from(post.kind == Kind::Article && !post.held && fetchable);
        videos += u64::from(post.video.is_some());
        Ok(())
    })?;
    rehearsal.fetch_media =
        videos + catalog.wanted_media()?.iter().filter(|wanted| wanted.own && !wanted.urls.is_empty()).count() as u64;
    let gaps = catalog.gaps_seen()?;
    let locked = gaps.into_iter().filter(|gap| gap.reason == GapReason::PasswordNeeded);
    rehearsal.locked = locked.map(|gap| gap.title.unwrap_or(gap.key)).collect();
    rehearsal.unrecognised = catalog.unrecognised()?;
    let all = catalog.problems()?;
    rehearsal.unrecognised.extend(all.iter().flat_map(|(problem, _)| files_left(problem)).map(str::to_owned));
    rehearsal.unrecognised.sort();
    let problems = all.into_iter().filter(|(_, path)| concerns(path, &roots));
    rehearsal.problems = problems.map(|(problem, _)| problem).collect();
    rehearsal.free = nearest_existing(root).and_then(platform::free_bytes);
    Ok(rehearsal)
}

/// Returns the folder itself or its nearest existing ancestor.
fn nearest_existing(path: &Path) -> Option<&Path> {
    path.ancestors()
        .map(|path| if path.as_os_str().is_empty() { Path::new(".") } else { path })
        .find(|path| path.exists())
}

/// A ledger that discards its rows.
struct NoLedger;

impl LedgerSink for NoLedger {
    fn open(&self, _: Sha256, _: &str) -> Result<Box<dyn LedgerRows + '_>> {
        Ok(Box::new(Self))
    }
}

impl LedgerRows for NoLedger {
    fn row(&mut self, _: &Row<'_>) -> Result<()> {
        Ok(())
    }

    fn close(self: Box<Self>) -> Result<()> {
        Ok(())
    }
}
