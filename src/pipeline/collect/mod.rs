//! Reads inputs into the catalog: groups of inputs are read in parallel and committed in their canonical order, each
//! only after its files are durable. A killed run loses at most the groups in progress, and the next run forms the same
//! groups again, so that the archive is the same.

pub(crate) mod batch;
mod beside;
pub(crate) mod companions;
pub(crate) mod evidence_writer;
pub mod found_input;
pub(crate) mod holes;
mod in_order;
pub(crate) mod inner;
pub(crate) mod input_marks;
pub(crate) mod listing;
pub(crate) mod media_type;
pub(crate) mod opened;
mod recognise;
pub(crate) mod redact;
pub mod rehearse;
pub(crate) mod secret_scan;
pub mod walk;
pub(crate) mod walk_notes;

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{SyncSender, channel, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};

use tokio_util::sync::CancellationToken;

use self::batch::{BatchBuilder, GroupBatch};
pub(crate) use self::beside::files_left;
use self::evidence_writer::{GroupWriter, Known};
use self::found_input::FoundInput;
use self::in_order::InOrder;
use self::inner::{OfInput, Sink};
use self::recognise::recognise;
use crate::archive::pack;
use crate::error::{Error, Kind, Result};
use crate::model::statement::LedgerSink;
use crate::model::{Hasher, Problem, Sha256};
use crate::parse::container::http_message;
use crate::parse::json::recoded::{self, Recoded};
use crate::progress::{Progress, Task};
use crate::secret::SecretSet;
use crate::source::api::registry::COLLECTORS;
use crate::source::file::bill::unread;
use crate::source::file::container;
use crate::source::file::container::zip::Budget;
use crate::source::file::registry::{IMPORTERS, containers};
use crate::source::input::probe::is_utf16;
use crate::source::{
    Destination, EvidenceMeta, EvidenceWriter as _, Holds, ImportCx, Importer, Info, Input, Item, Out as _, Passwords,
    Probe,
};
use crate::store::batch::{CONTAINER, InputDone};
use crate::store::stage::Stage;
use crate::store::{Catalog, Run};

/// The dependencies of reading. The catalog is not among them: many threads read, one commits.
pub struct Collect<'a> {
    /// Stage for new files; `None` in a rehearsal.
    pub stage: Option<&'a Stage>,
    /// Sink for the rows of statements.
    pub ledger: &'a (dyn LedgerSink + 'a),
    /// Current run.
    pub run: Run,
    /// Passwords for encrypted archives.
    pub passwords: &'a Passwords,
    /// Shared budget of all containers.
    pub budget: &'a Budget,
    /// Secrets to blank in evidence.
    pub secrets: &'a SecretSet,
    /// Whether to keep unrecognised inputs as documents.
    pub keep_other: bool,
    /// Number of threads.
    pub jobs: usize,
    /// Token that stops the run after the groups in progress.
    pub stop: &'a CancellationToken,
    /// Receiver of progress.
    pub progress: &'a dyn Progress,
}

/// The outcome of reading the inputs of a run.
#[derive(Debug, Default)]
pub struct CollectOutcome {
    /// Inputs that were not examined because the run was stopped.
    pub unread: Vec<FoundInput>,
    /// Paths of the inputs that could not be read, wholly or in part.
    pub unreadable: BTreeSet<String>,
}

impl CollectOutcome {
    /// Reports whether the input at `path`, or one inside it, could not be read.
    pub fn has_failed_below(&self, path: &str) -> bool {
        let inside = format!("{path}!/");
        self.unreadable.contains(path)
            || self.unreadable.range(inside.clone()..).next().is_some_and(|first| first.starts_with(&inside))
    }
}

/// Number of groups whose rows are committed together: one transaction per group would write the same pages of the
/// catalog repeatedly.
const GROUPS_TOGETHER: usize = 32;
/// Bytes kept, and rows, above which fewer groups are committed together: they bound the loss when a run is killed.
const BYTES_TOGETHER: u64 = 64 * 1024 * 1024;
const ROWS_TOGETHER: usize = 2_000;
/// Groups a thread may be ahead of those that are committed.
const GROUPS_AHEAD: usize = 16;

/// The state that the threads of a run share.
struct Tools<'a> {
    known: &'a Known,
    step: &'a dyn crate::progress::Step,
    unreadable: &'a Mutex<BTreeSet<String>>,
}

/// The outcome of reading one input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reading {
    /// Read by this source.
    By(&'static str),
    /// Unreadable; the problem is recorded.
    Failed,
    /// Not recognised by any source.
    Unknown,
}

/// Name of the pseudo-source that keeps unrecognised inputs as documents.
const DOCUMENT: &str = "document";
/// Name of the pseudo-source that keeps JSON in an encoding other than UTF-8 verbatim.
const RECODED: &str = "recoded";

/// Returns the version of a source by name.
pub(super) fn version_of(source: &str) -> u32 {
    let files = IMPORTERS.iter().map(|importer| importer.info());
    let network = COLLECTORS.iter().map(|collector| collector.info());
    files.chain(network).find(|info| info.name == source).map_or(1, |info| info.version)
}

/// Returns a number that changes whenever an input that `source` read would be read differently. Containers of any
/// inputs depend on all importers, as do unrecognised inputs.
pub(super) fn reading_version(source: Option<&str>) -> u32 {
    match source {
        None | Some(CONTAINER) => recognition_version(),
        Some(source) if containers().any(|importer| importer.info().name == source) => recognition_version(),
        Some(source) => version_of(source),
    }
}

/// Returns a number that changes whenever an importer is added, removed, moved or changed: unrecognised inputs and
/// containers of any inputs are then read again.
fn recognition_version() -> u32 {
    recognition_of(IMPORTERS.iter().map(|importer| importer.info()))
}

/// Returns a digest of names and versions, in order. In a sum, two changes could cancel out.
fn recognition_of<'a>(importers: impl Iterator<Item = &'a Info>) -> u32 {
    let mut hash = Hasher::new();
    importers.for_each(|info| hash.update(format!("{} {}\n", info.name, info.version).as_bytes()));
    let digest = hash.finish();
    digest.as_bytes().iter().take(4).fold(0, |number, byte| number << 8 | u32::from(*byte))
}

/// Reports whether this version of an input was read already, as [`Collect::is_done`] does.
pub(super) fn is_done(catalog: &Catalog, keep_other: bool, path: &str, size: u64, modified: i64) -> Result<bool> {
    let Some(seen) = catalog.input(path)? else { return Ok(false) };
    let current = match seen.source.as_deref() {
        None if keep_other => false,
        source => [reading_version(source), recognition_version()].contains(&seen.version),
    };
    let same = current && seen.size == size && seen.modified == modified;
    Ok(same && !(keep_other && leaves_files(catalog, path)?))
}

/// Reports whether files inside the input at `path` or beside it were not recognised and not kept: members of a ZIP, which
/// are inputs of their own, attachments of a mail, files in the folder of a page.
fn leaves_files(catalog: &Catalog, path: &str) -> Result<bool> {
    let named = |problem: &Problem| !files_left(problem).is_empty();
    Ok(catalog.holds_unrecognised(path)? || catalog.problems_within(path)?.iter().any(named))
}

impl Collect<'_> {
    /// Reports whether this version of an input was read already, by an importer that would read it the same way today.
    pub fn is_done(&self, catalog: &Catalog, path: &str, size: u64, modified: i64) -> Result<bool> {
        is_done(catalog, self.keep_other, path, size, modified)
    }

    /// Reads `groups` into `catalog`, all of them or until the run is stopped.
    pub fn read(&self, catalog: &Catalog, groups: &[&[FoundInput]]) -> Result<CollectOutcome> {
        let known: Known = Arc::new(catalog.evidence_digests()?);
        let total = groups.iter().map(|group| group.len()).sum::<usize>() as u64;
        let step = self.progress.start(Task::Collect, Some(total));
        let next = AtomicUsize::new(0);
        let failed: Mutex<Option<Error>> = Mutex::new(None);
        let unreadable: Mutex<BTreeSet<String>> = Mutex::default();
        let (announce, announced) = channel();
        let (batches, permits) = InOrder::of(announced, self.jobs.max(1) * GROUPS_AHEAD);
        std::thread::scope(|scope| {
            for _ in 0..self.jobs.clamp(1, groups.len().max(1)) {
                let announce = announce.clone();
                let (next, failed, known, step, unreadable) = (&next, &failed, &known, &step, &unreadable);
                let permits = &permits;
                scope.spawn(move || {
                    while permits.wait() && !self.stop.is_cancelled() {
                        let index = next.fetch_add(1, Ordering::Relaxed);
                        let Some(group) = groups.get(index) else { break };
                        // At most two batches wait, so that a group that is ahead blocks until its turn.
                        let (send, receive) = sync_channel(2);
                        if announce.send((index, receive)).is_err() {
                            break;
                        }
                        let tools = Tools { known, step: step.as_ref(), unreadable };
                        if let Err(error) = self.read_group(group, &tools, &send) {
                            failed.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
                            break;
                        }
                    }
                });
            }
            drop(announce);
            self.commit_in_order(catalog, batches, &failed)
        })?;
        match failed.into_inner().unwrap_or_else(PoisonError::into_inner) {
            Some(error) => Err(error),
            // A group that was begun was read to its end.
            None => Ok(CollectOutcome {
                unread: groups.iter().skip(next.into_inner()).copied().flatten().cloned().collect(),
                unreadable: unreadable.into_inner().unwrap_or_else(PoisonError::into_inner),
            }),
        }
    }

    /// Commits batches in the order of the groups, whatever order the threads finish in.
    fn commit_in_order(&self, catalog: &Catalog, mut batches: InOrder, failed: &Mutex<Option<Error>>) -> Result<()> {
        let mut together = |connection: &_| {
            let (mut groups, mut bytes, mut rows) = (0, 0, 0);
            for batch in batches.by_ref() {
                if let Some(mut batch) = batch {
                    self.drop_doubles(catalog, &mut batch)?;
                    bytes += batch.rows.bytes();
                    rows += batch.rows.len();
                    catalog.add_rows(connection, self.run, &batch.rows)?;
                } else if failed.lock().unwrap_or_else(PoisonError::into_inner).is_some() {
                    // No group after a failed one is committed: the next run starts at the same place.
                    return self.make_durable(false);
                } else {
                    groups += 1;
                }
                if groups >= GROUPS_TOGETHER || bytes > BYTES_TOGETHER || rows > ROWS_TOGETHER {
                    return self.make_durable(true);
                }
            }
            self.make_durable(false)
        };
        while catalog.transaction(&mut together)? {}
        Ok(())
    }

    /// Syncs the files that the rows of the transaction name, before it is committed; returns `goes_on`.
    fn make_durable(&self, goes_on: bool) -> Result<bool> {
        self.stage.map_or(Ok(()), Stage::sync_batch)?;
        Ok(goes_on)
    }

    /// Removes from this batch's packs the leaves that an earlier group of this run already added.
    fn drop_doubles(&self, catalog: &Catalog, batch: &mut GroupBatch) -> Result<()> {
        let mut doubles: BTreeSet<Sha256> = BTreeSet::new();
        for row in batch.rows.evidence.iter().filter(|row| row.shelf.is_none()) {
            if catalog.has_evidence(&row.digest)? {
                doubles.insert(row.digest);
            }
        }
        let Some(stage) = self.stage.filter(|_| !doubles.is_empty()) else { return Ok(()) };
        batch.rows.evidence.retain(|row| !doubles.contains(&row.digest));
        for pack in &batch.packs {
            if !pack.members.iter().any(|member| doubles.contains(&member.sha256)) {
                continue;
            }
            let old = format!("evidence/packs/{}", pack.name);
            stage.sync_batch()?;
            let rebuilt = pack::rebuild_without(stage, &pack.staged.path, &doubles, &self.run.clock.date())?;
            stage.sync_batch()?;
            if let Some(rebuilt) = rebuilt {
                let place = format!("evidence/packs/{}", rebuilt.name);
                for row in batch.rows.evidence.iter_mut().filter(|row| row.place == old) {
                    row.place.clone_from(&place);
                }
            }
        }
        Ok(())
    }

    fn read_group(&self, group: &[FoundInput], tools: &Tools<'_>, send: &SyncSender<GroupBatch>) -> Result<()> {
        let Tools { known, step, unreadable } = tools;
        let writer = GroupWriter::new(self.stage, self.secrets, Arc::clone(known), &version_of, self.run.clock);
        let mut builder = BatchBuilder::new(String::new());
        let (mut done, mut failed) = (Vec::new(), Vec::new());
        let parts = |batch| Ok(send.send(batch).is_ok());
        for found in group {
            let (input, path) = (found.input(), found.path().into_owned());
            step.message(input.name());
            builder.turn_to(path.clone());
            let source = Sink::new(self, &writer, &mut builder, &parts).read(&input)?;
            if builder.has_failed() {
                unreadable.lock().unwrap_or_else(PoisonError::into_inner).insert(path.clone());
                failed.push(path);
            } else {
                done.push(InputDone {
                    path,
                    locator: input.locator().to_owned(),
                    size: input.size(),
                    modified: found.modified,
                    version: if builder.is_of_all() { recognition_version() } else { reading_version(source) },
                    source: source.map(str::to_owned),
                });
            }
            step.advance(1);
            if !Sink::new(self, &writer, &mut builder, &parts).cut()? {
                return Ok(());
            }
        }
        builder.rows.inputs = done;
        builder.rows.failed = failed;
        // Made durable together with the rows that refer to it.
        let batch = builder.batch(writer.close()?);
        // A closed channel means that an earlier group failed: the next run reads this one again.
        let _ = send.send(batch);
        Ok(())
    }

    /// Reads one input and returns its outcome. A fault of the input is a problem, not an error; a fault of the
    /// environment (a full disk) ends the run.
    pub(super) fn read_one(&self, input: &Input, out: &mut Sink<'_, '_>) -> Result<Reading> {
        let mut probe = Probe::new(input);
        if let Some((whole, recoded)) = recoded(&probe)
            && input.fault().is_none()
        {
            return self.read_recoded(input, whole, recoded, out);
        }
        let recognised = recognise(&mut probe);
        // An input whose bytes could not be read cannot be recognised.
        let recognised = match input.fault() {
            Some(fault) => Err(fault.error()),
            None => recognised,
        };
        let recognised = match recognised {
            Ok(recognised) => recognised,
            Err(error) => {
                out.batch.failed(input, error)?;
                return Ok(Reading::Failed);
            }
        };
        if self.read_around_holes(&probe, recognised, out)? {
            return Ok(Reading::Failed);
        }
        let Some(importer) = recognised else {
            if !self.keep_other && container::is_packed(probe.head()) {
                out.batch.item(Item::Problem(Problem::remark("packed-left", input.locator())))?;
            }
            return Ok(Reading::Unknown);
        };
        let name = importer.info().name;
        // Bytes read for recognition are not read from disk again.
        let input = &probe.into_input();
        let keep = OfInput { writer: out.evidence, input };
        let cx = ImportCx { evidence: &keep, ledger: self.ledger, passwords: self.passwords, budget: self.budget };
        out.holds = importer.holds();
        if let Err(error) = importer.read(input, &cx, out) {
            // An importer's error about truncated bytes is replaced by the read failure.
            let error = match input.fault() {
                Some(fault) if error.kind() == Kind::Input => fault.error(),
                _ => error,
            };
            out.batch.failed(input, error)?;
        }
        Ok(Reading::By(name))
    }

    /// Reports a text with a hole as damaged, whichever importer would have read it. A bill is kept verbatim and does
    /// not enter the ledger; of any other text the part around the hole is read. `false` for other inputs.
    fn read_around_holes(
        &self,
        probe: &Probe<'_>,
        recognised: Option<&'static dyn Importer>,
        out: &mut Sink<'_, '_>,
    ) -> Result<bool> {
        let input = probe.input();
        // Recordings and HTTP exchanges may contain zeros.
        let holds_anything = recognised.is_some_and(|known| known.holds() == Holds::Recordings);
        if holds_anything || http_message::looks_like(probe.head()) || !holes::may_be_text(probe.head()) {
            return Ok(false);
        }
        let Some(mut whole) = probe.whole() else { return Ok(false) };
        let Some(rest) = holes::around(whole) else { return Ok(false) };
        let rest = input.with_bytes(rest);
        // The importer of unreadable bills does not count as recognition: the text around the hole may be recognised.
        let reads = |known: &&dyn Importer| known.info().name != unread::NAME;
        let known = match recognised.filter(reads) {
            Some(known) => Some(known),
            None => recognise(&mut Probe::new(&rest))?.filter(reads),
        };
        let bill =
            known.map_or_else(|| holes::is_bill_by_name(input.name()), |known| holes::is_bill(known.info().name));
        let code = if bill { "bill-damaged" } else { "input-damaged" };
        if bill {
            out.evidence.exact(&mut whole, input.name(), Destination::Billing, &document(input))?;
        } else if let Some(known) = known {
            let keep = OfInput { writer: out.evidence, input: &rest };
            let cx = ImportCx { evidence: &keep, ledger: self.ledger, passwords: self.passwords, budget: self.budget };
            out.holds = known.holds();
            match known.read(&rest, &cx, out) {
                Err(error) if error.kind() != Kind::Input => return Err(error),
                _ => {}
            }
        } else {
            return Ok(false);
        }
        out.batch.failed(input, Error::input(code).with("path", input.locator()))?;
        Ok(true)
    }

    /// Reads JSON in another encoding as UTF-8, and also keeps its bytes verbatim. The disk is not asked for them again:
    /// it may have failed since.
    fn read_recoded(&self, input: &Input, whole: &[u8], recoded: Recoded, out: &mut Sink<'_, '_>) -> Result<Reading> {
        let meta = EvidenceMeta::of(input, RECODED, "list", "application/json");
        out.evidence.redacted(whole, &meta)?;
        let remark =
            |code, count| Problem::remark(code, input.locator()).with("path", input.locator()).with("count", count);
        if recoded.repaired > 0 {
            out.item(Item::Problem(remark("text-repaired", recoded.repaired)))?;
        }
        if recoded.lost > 0 {
            let error = Error::input("text-garbled").with("path", input.locator()).with("count", recoded.lost);
            out.batch.garbled(input, &error);
        }
        self.read_one(&input.with_bytes(recoded.bytes), out)
    }

    /// Keeps an unrecognised input as a document if the user chose so; otherwise only its name is recorded.
    pub(super) fn leave(
        &self,
        input: &Input,
        writer: &GroupWriter<'_>,
        out: &mut BatchBuilder,
    ) -> Result<Option<&'static str>> {
        if !self.keep_other {
            // Perhaps an earlier run kept it, under this name or another.
            return Ok(writer.holds(input).then_some(DOCUMENT));
        }
        let meta = document(input);
        let kept =
            input.open().and_then(|mut reader| writer.exact(&mut reader, input.name(), Destination::Documents, &meta));
        match kept {
            Ok(_) => Ok(Some(DOCUMENT)),
            Err(error) => {
                out.failed(input, error)?;
                Ok(None)
            }
        }
    }
}

/// Returns the metadata of a file that is kept unread.
fn document(input: &Input) -> EvidenceMeta {
    EvidenceMeta::of(input, DOCUMENT, "document", "application/octet-stream")
}

/// Returns the bytes of the input and what they are as JSON in UTF-8, if it is JSON in another encoding.
fn recoded<'p>(probe: &'p Probe<'_>) -> Option<(&'p [u8], Recoded)> {
    let may_be = matches!(probe.first_byte(), Some(b'{' | b'[')) || is_utf16(probe.head());
    let whole = if may_be { probe.whole()? } else { return None };
    Some((whole, recoded::json(whole)?))
}

#[cfg(test)]
mod tests;
