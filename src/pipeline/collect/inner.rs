//! Reads inputs inside inputs (a response in a HAR, a page in an MHTML, a ZIP in either). Each is read as soon as it is
//! found, so that a container of gigabytes is never held in memory, and the results are committed in parts.

use std::collections::HashSet;
use std::io::Read;

use super::batch::{BatchBuilder, GroupBatch};
use super::companions::settle;
use super::evidence_writer::GroupWriter;
use super::found_input::FoundInput;
use super::walk;
use super::{Collect, Reading};
use crate::archive::pack;
use crate::error::{Error, Result};
use crate::model::Problem;
use crate::secret::redact::is_searchable;
use crate::source::{Destination, EvidenceId, EvidenceMeta, EvidenceWriter, Holds, Input, Item, Out, Received};

/// Sizes above which a group is committed in parts.
const SEGMENT_BYTES: u64 = 256 * 1024 * 1024;
const SEGMENT_RECORDS: usize = 2_000;

/// Name of the pseudo-source of recorded responses that no importer recognises: kept as evidence, not read yet.
const RESPONSE: &str = "response";

/// Code of the remark on files in an input that no importer recognises and that can be kept as they are.
pub(crate) const FILES_UNREAD: &str = "input-files-unread";

/// Receives a part of a long group; `false` once the receiver is gone.
pub(crate) type Parts<'a> = dyn Fn(GroupBatch) -> Result<bool> + 'a;

/// Receives what one importer emits.
pub(crate) struct Sink<'a, 'k> {
    pub(super) collect: &'a Collect<'a>,
    pub(crate) evidence: &'a GroupWriter<'k>,
    pub(crate) batch: &'a mut BatchBuilder,
    /// Receiver of the parts of a long group.
    parts: &'a Parts<'a>,
    depth: u32,
    /// Kind of inputs that the current importer declares to contain.
    pub(super) holds: Holds,
    /// Number of recorded responses that no importer recognised.
    unread: u64,
    /// Locators of files that no importer recognised.
    pub(super) unread_files: Vec<String>,
    /// Places of files beside the page that it shows in frames: passed if no importer recognises them.
    pub(super) frames: HashSet<String>,
}

impl<'a, 'k> Sink<'a, 'k> {
    /// Creates a sink for a top-level input, or for the responses of an API.
    pub(crate) fn new(
        collect: &'a Collect<'a>,
        writer: &'a GroupWriter<'k>,
        builder: &'a mut BatchBuilder,
        parts: &'a Parts<'a>,
    ) -> Self {
        Self {
            collect,
            evidence: writer,
            batch: builder,
            parts,
            depth: 0,
            holds: Holds::Recordings,
            unread: 0,
            unread_files: Vec::new(),
            frames: HashSet::new(),
        }
    }

    /// Reads an input and returns the source that read it, if any.
    pub(crate) fn read(mut self, input: &Input) -> Result<Option<&'static str>> {
        let source = match self.read_known(input)? {
            Reading::Unknown => self.collect.leave(input, self.evidence, self.batch)?,
            Reading::Failed => None,
            Reading::By(source) => Some(source),
        };
        self.batch.faults(&input.faults());
        Ok(source)
    }

    fn read_known(&mut self, input: &Input) -> Result<Reading> {
        let collect = self.collect;
        let around = self.batch.begin(input);
        let source = collect.read_one(input, self)?;
        self.read_beside(input, source)?;
        self.batch.end(around);
        self.batch.list_linked()?;
        if self.unread > 0 {
            let remark = Problem::remark("input-parts-unread", input.locator()).with("path", input.locator());
            self.batch.item(Item::Problem(remark.with("count", self.unread)))?;
        }
        let unread = std::mem::take(&mut self.unread_files);
        self.name_unread(input, FILES_UNREAD, &unread)?;
        Ok(source)
    }

    /// Commits the results so far if they are large. `false` once the receiver is gone because an earlier group failed.
    pub(crate) fn cut(&mut self) -> Result<bool> {
        if self.evidence.open_bytes() <= SEGMENT_BYTES && self.batch.rows.len() <= SEGMENT_RECORDS {
            return Ok(true);
        }
        // The inputs count as read only with the last part.
        let batch = self.batch.part(self.evidence.seal()?);
        (self.parts)(batch)
    }

    /// Reads a part of the current input: the members of a ZIP or gzip, else the part itself.
    pub(super) fn inner(&mut self, input: &Input) -> Result<()> {
        // For example a ZIP in a HAR in a ZIP.
        if self.depth >= self.collect.budget.limits().nesting {
            return self.batch.failed(input, Error::input("input-too-deep").with("path", input.locator()));
        }
        match walk::unfold(input, self.collect.passwords, self.collect.budget) {
            Ok(None) => self.part(input),
            Err(error) => self.batch.failed(input, error),
            Ok(Some(listing)) => {
                let path = self.batch.path.clone();
                self.batch.refused(listing.problems, listing.gaps);
                self.batch.rows.filled.extend(listing.filled);
                let mut members: Vec<FoundInput> =
                    listing.members.into_iter().map(|member| FoundInput::bytes(member, path.clone())).collect();
                let _siblings = settle(&mut members);
                self.depth += 1;
                for member in members.iter().filter(|member| !member.companion) {
                    self.inner(&member.input())?;
                }
                self.depth -= 1;
                Ok(())
            }
        }
    }

    fn part(&mut self, input: &Input) -> Result<()> {
        let mut sink = Sink {
            collect: self.collect,
            evidence: self.evidence,
            batch: self.batch,
            parts: self.parts,
            depth: self.depth + 1,
            holds: Holds::Nothing,
            unread: 0,
            unread_files: Vec::new(),
            frames: HashSet::new(),
        };
        let reading = sink.read_known(input)?;
        self.batch.faults(&input.faults());
        if reading != Reading::Unknown || self.frames.contains(input.place()) {
            return Ok(());
        }
        if input.received().is_none() {
            let is_kept = self.collect.leave(input, self.evidence, self.batch)?.is_some();
            // What fails to be kept has a problem of its own.
            if is_kept || self.collect.keep_other {
                return Ok(());
            }
            self.unread_files.push(input.locator().to_owned());
            return Ok(());
        }
        self.unread += 1;
        self.keep_answer(input)
    }

    /// Keeps a response of the platform that no importer can read yet, because it is evidence nevertheless.
    fn keep_answer(&self, input: &Input) -> Result<()> {
        let answered = input.received().is_some_and(|received| received.fetch().contains_key("status"));
        if !answered || input.size() > pack::LARGEST_LEAF {
            return Ok(());
        }
        let Ok(bytes) = input.bytes(pack::LARGEST_LEAF) else { return Ok(()) };
        if !is_searchable(&bytes) || bytes.trim_ascii().is_empty() {
            return Ok(());
        }
        let meta = EvidenceMeta::of(input, RESPONSE, RESPONSE, "text/plain");
        OfInput { writer: self.evidence, input }.redacted(&bytes, &meta).map(drop)
    }
}

impl Out for Sink<'_, '_> {
    fn item(&mut self, item: Item) -> Result<()> {
        match item {
            Item::Input(inner) => {
                debug_assert!(self.holds != Holds::Nothing, "{}: not searched for secrets", inner.locator());
                self.inner(&inner)?;
            }
            item => self.batch.item(item)?,
        }
        self.cut().map(drop)
    }
}

/// An evidence writer for one input: every evidence row includes the request and response that its container recorded,
/// whichever importer reads it.
pub(crate) struct OfInput<'a, 'k> {
    pub(crate) writer: &'a GroupWriter<'k>,
    pub(crate) input: &'a Input,
}

impl OfInput<'_, '_> {
    fn meta(&self, meta: &EvidenceMeta) -> EvidenceMeta {
        let fetch = self.input.received().map(Received::fetch).filter(|fetch| !fetch.is_empty()).cloned();
        EvidenceMeta { fetch: meta.fetch.clone().or(fetch), ..meta.clone() }
    }
}

impl EvidenceWriter for OfInput<'_, '_> {
    fn redacted(&self, bytes: &[u8], meta: &EvidenceMeta) -> Result<EvidenceId> {
        self.writer.redacted(bytes, &self.meta(meta))
    }

    fn exact(&self, reader: &mut dyn Read, name: &str, shelf: Destination, meta: &EvidenceMeta) -> Result<EvidenceId> {
        self.writer.exact(reader, name, shelf, &self.meta(meta))
    }
}
