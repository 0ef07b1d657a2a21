//! Before anything is kept, everything that is about to be read is searched for what opens something for whoever has it: a
//! cookie seen in one file is blanked in all, in whatever order they are read and by however many threads.

use std::collections::BTreeSet;
use std::io::Read;

use tokio_util::sync::CancellationToken;

use super::walk;
use crate::error::Result;
use crate::model::Sha256;
use crate::model::sniff::{Sniffed, sniff};
use crate::model::statement::LedgerSink;
use crate::parallel::Pool;
use crate::secret::SecretSet;
use crate::secret::redact::secrets_in;
use crate::source::file::container::zip::Budget;
use crate::source::file::registry::containers;
use crate::source::{
    Destination, EvidenceId, EvidenceMeta, EvidenceWriter, Holds, ImportCx, Importer, Input, Item, Match, Out,
    Passwords, Probe,
};

/// Searched at a time.
const PART: usize = 8 * 1024 * 1024;
/// What two pieces have in common: no secret is longer with its name.
const OVERLAP: usize = 8 * 1024;

/// What learning needs.
pub(crate) struct SecretScan<'a> {
    pub(crate) passwords: &'a Passwords,
    /// Containers are opened twice, once here; this is the budget of the first time.
    pub(crate) budget: &'a Budget,
    /// Never written to: containers hold no statements of their own.
    pub(crate) ledger: &'a dyn LedgerSink,
    pub(crate) pool: Pool,
    pub(crate) stop: &'a CancellationToken,
}

impl SecretScan<'_> {
    /// The secrets in `opened`, what a walk found, and in `closed`, whose archives nobody has looked into. What cannot be
    /// read is passed over: reading it will say so.
    pub(crate) fn all(&self, opened: &[&Input], closed: &[&Input]) -> SecretSet {
        let opened = opened.iter().map(|input| (true, *input));
        let inputs: Vec<(bool, &Input)> = opened.chain(closed.iter().map(|input| (false, *input))).collect();
        let scan = || InputScan { means: self, values: BTreeSet::new(), depth: 0 };
        let scans = self.pool.each_with(&inputs, scan, |scan, (opened, input)| {
            if self.stop.is_cancelled() {
                return;
            }
            if *opened { scan.opened(input) } else { scan.input(input) }
        });
        SecretSet::new(scans.into_iter().flat_map(|scan| scan.values).collect::<BTreeSet<_>>())
    }
}

/// Searches one input after another.
struct InputScan<'a> {
    means: &'a SecretScan<'a>,
    values: BTreeSet<Vec<u8>>,
    depth: u32,
}

impl InputScan<'_> {
    fn input(&mut self, input: &Input) {
        if let Some(received) = input.received() {
            self.values.extend(received.secrets().iter().cloned());
            self.values.extend(secrets_in(received.url().as_bytes()));
            self.values.extend(secrets_in(format!("?{}", received.form()).as_bytes()));
        }
        if let Ok(Some(listing)) = walk::unfold(input, self.means.passwords, self.means.budget) {
            for member in &listing.members {
                self.inner(member);
            }
            return;
        }
        self.opened(input);
    }

    /// Searches an input that is no ZIP or gzip, or one document in a ZIP's clothes.
    fn opened(&mut self, input: &Input) {
        if input.is_noted_media() {
            return;
        }
        let mut probe = Probe::new(input);
        let head = &probe.head()[..probe.head().len().min(4096)];
        if sniff(head).is_some_and(Sniffed::is_media) {
            return;
        }
        let container = container_of(&mut probe);
        if let Some((container, _)) = container {
            let cx = ImportCx {
                evidence: &Nothing,
                ledger: self.means.ledger,
                passwords: self.means.passwords,
                budget: self.means.budget,
            };
            // What is wrong with it is said when it is read.
            let _ = container.read(input, &cx, self);
        }
        // A recording says nothing itself; where nobody is sure that it is one, it may be a text after all.
        let recording = container.is_some_and(|(one, sure)| sure && one.holds() == Holds::Recordings);
        if recording {
            return;
        }
        match probe.whole() {
            Some(bytes) if bytes.len() <= PART => self.values.extend(secrets_in(bytes)),
            _ => self.text(input),
        }
    }

    fn inner(&mut self, input: &Input) {
        if self.depth < self.means.budget.limits().nesting {
            self.depth += 1;
            self.input(input);
            self.depth -= 1;
        }
    }

    /// Text of any length, piece by piece.
    fn text(&mut self, input: &Input) {
        let Ok(mut reader) = input.open() else { return };
        let mut piece = Vec::new();
        loop {
            let before = piece.len();
            let read = (&mut reader).take((PART - before) as u64).read_to_end(&mut piece);
            self.values.extend(secrets_in(&piece));
            if !read.is_ok_and(|count| count > 0) || piece.len() < PART {
                return;
            }
            piece.drain(..PART - OVERLAP);
        }
    }
}

/// The importer that knows what the input holds, and whether it is sure.
fn container_of(probe: &mut Probe<'_>) -> Option<(&'static dyn Importer, bool)> {
    let mut likely = None;
    for container in containers() {
        match container.identify(probe) {
            Match::No => {}
            Match::Likely => likely = likely.or(Some((container, false))),
            Match::Sure => return Some((container, true)),
        }
    }
    likely
}

impl Out for InputScan<'_> {
    fn item(&mut self, item: Item) -> Result<()> {
        if let Item::Input(input) = item {
            self.inner(&input);
        }
        Ok(())
    }
}

/// Keeps nothing.
struct Nothing;

impl EvidenceWriter for Nothing {
    fn redacted(&self, _: &[u8], _: &EvidenceMeta) -> Result<EvidenceId> {
        Ok(Sha256::of(b""))
    }

    fn exact(&self, _: &mut dyn Read, _: &str, _: Destination, _: &EvidenceMeta) -> Result<EvidenceId> {
        Ok(Sha256::of(b""))
    }
}
