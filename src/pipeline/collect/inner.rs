//! Inputs found inside inputs (an answer in a HAR, a page in an MHTML, a ZIP in either): each is read as soon as it is
//! found, so that a container of gigabytes never stands in memory, and what it gives is committed in parts.

use std::io::Read;

use super::batch::{Batch, Gathered};
use super::evidence_writer::GroupKeeper;
use super::walk::{self, Found};
use super::{Collect, Reading};
use crate::archive::pack;
use crate::error::{Error, Result};
use crate::model::Problem;
use crate::secret::blank::is_searchable;
use crate::source::{EvidenceId, Holds, Input, Item, Keep, LeafMeta, Out, Received, Shelf};

/// A group is committed in parts above these.
const SEGMENT_BYTES: u64 = 256 * 1024 * 1024;
const SEGMENT_RECORDS: usize = 2_000;

/// The pseudo-source of recorded answers that no importer knows: kept as evidence, read by nobody yet.
const RESPONSE: &str = "response";

/// Takes a part of a long group; `false` once nobody listens any more.
pub(crate) type Parts<'a> = dyn Fn(Batch) -> Result<bool> + 'a;

/// Takes what one importer emits.
pub(crate) struct Sink<'a, 'k> {
    collect: &'a Collect<'a>,
    pub(crate) keeper: &'a GroupKeeper<'k>,
    pub(crate) gathered: &'a mut Gathered,
    /// Where parts of a long group go.
    parts: &'a Parts<'a>,
    depth: u32,
    /// What the importer at hand says that its inputs hold.
    pub(super) holds: Holds,
    /// Parts that nobody recognised.
    unread: u64,
}

impl<'a, 'k> Sink<'a, 'k> {
    /// For an input that lies in no other, or the answers of an API.
    pub(crate) fn new(
        collect: &'a Collect<'a>,
        keeper: &'a GroupKeeper<'k>,
        gathered: &'a mut Gathered,
        parts: &'a Parts<'a>,
    ) -> Self {
        Self { collect, keeper, gathered, parts, depth: 0, holds: Holds::Recordings, unread: 0 }
    }

    /// Reads an input: the source that took it, if any did.
    pub(crate) fn read(mut self, input: &Input) -> Result<Option<&'static str>> {
        let source = match self.read_known(input)? {
            Reading::Unknown => self.collect.leave(input, self.keeper, self.gathered)?,
            Reading::Failed => None,
            Reading::By(source) => Some(source),
        };
        self.gathered.faults(&input.faults());
        Ok(source)
    }

    fn read_known(&mut self, input: &Input) -> Result<Reading> {
        let collect = self.collect;
        let around = self.gathered.begin(input);
        let source = collect.read_one(input, self)?;
        self.gathered.end(around);
        self.gathered.list_linked()?;
        if self.unread > 0 {
            let remark = Problem::remark("input-parts-unread", input.locator()).with("path", input.locator());
            self.gathered.item(Item::Problem(remark.with("count", self.unread)))?;
        }
        Ok(source)
    }

    /// Commits what came so far if it is much. `false` once nobody listens any more: an earlier group failed.
    pub(crate) fn cut(&mut self) -> Result<bool> {
        if self.keeper.open_bytes() <= SEGMENT_BYTES && self.gathered.rows.len() <= SEGMENT_RECORDS {
            return Ok(true);
        }
        // The inputs count as read only with the last part.
        let batch = self.gathered.part(self.keeper.seal()?);
        (self.parts)(batch)
    }

    /// Reads a part of the input at hand: what a ZIP or gzip in it holds, else itself.
    fn inner(&mut self, input: &Input) -> Result<()> {
        // A ZIP in a HAR in a ZIP.
        if self.depth >= self.collect.budget.limits().nesting {
            return self.gathered.failed(input, Error::input("input-too-deep").with("path", input.locator()));
        }
        match walk::unfold(input, self.collect.passwords, self.collect.budget) {
            Ok(None) => self.part(input),
            Err(error) => self.gathered.failed(input, error),
            Ok(Some(listing)) => {
                let path = self.gathered.path.clone();
                self.gathered.refused(listing.problems, listing.gaps);
                let mut members: Vec<Found> =
                    listing.members.into_iter().map(|member| Found::bytes(member, path.clone())).collect();
                let _siblings = walk::settle(&mut members);
                self.depth += 1;
                for member in members.iter().filter(|member| !member.companion) {
                    self.inner(&member.input)?;
                }
                self.depth -= 1;
                Ok(())
            }
        }
    }

    fn part(&mut self, input: &Input) -> Result<()> {
        let mut sink = Sink {
            collect: self.collect,
            keeper: self.keeper,
            gathered: self.gathered,
            parts: self.parts,
            depth: self.depth + 1,
            holds: Holds::Nothing,
            unread: 0,
        };
        let reading = sink.read_known(input)?;
        self.gathered.faults(&input.faults());
        if reading != Reading::Unknown {
            return Ok(());
        }
        if self.collect.keep_other && input.received().is_none() {
            return self.collect.leave(input, self.keeper, self.gathered).map(drop);
        }
        self.unread += 1;
        self.keep_answer(input)
    }

    /// An answer of the platform that nobody can read yet is evidence all the same.
    fn keep_answer(&self, input: &Input) -> Result<()> {
        let answered = input.received().is_some_and(|received| received.fetch().contains_key("status"));
        if !answered || input.size() > pack::LARGEST_LEAF {
            return Ok(());
        }
        let Ok(bytes) = input.bytes(pack::LARGEST_LEAF) else { return Ok(()) };
        if !is_searchable(&bytes) || bytes.trim_ascii().is_empty() {
            return Ok(());
        }
        let meta = LeafMeta::of(input, RESPONSE, RESPONSE, "text/plain");
        OfInput { keeper: self.keeper, input }.leaf(&bytes, &meta).map(drop)
    }
}

impl Out for Sink<'_, '_> {
    fn item(&mut self, item: Item) -> Result<()> {
        match item {
            Item::Input(inner) => {
                debug_assert!(self.holds != Holds::Nothing, "{}: not searched for secrets", inner.locator());
                self.inner(&inner)?;
            }
            item => self.gathered.item(item)?,
        }
        self.cut().map(drop)
    }
}

/// Keeps for one input: what its container recorded of it stands in every evidence row, whoever reads it.
pub(crate) struct OfInput<'a, 'k> {
    pub(crate) keeper: &'a GroupKeeper<'k>,
    pub(crate) input: &'a Input,
}

impl OfInput<'_, '_> {
    fn meta(&self, meta: &LeafMeta) -> LeafMeta {
        let fetch = self.input.received().map(Received::fetch).filter(|fetch| !fetch.is_empty()).cloned();
        LeafMeta { fetch: meta.fetch.clone().or(fetch), ..meta.clone() }
    }
}

impl Keep for OfInput<'_, '_> {
    fn leaf(&self, bytes: &[u8], meta: &LeafMeta) -> Result<EvidenceId> {
        self.keeper.leaf(bytes, &self.meta(meta))
    }

    fn exact(&self, reader: &mut dyn Read, name: &str, shelf: Shelf, meta: &LeafMeta) -> Result<EvidenceId> {
        self.keeper.exact(reader, name, shelf, &self.meta(meta))
    }
}
