//! Before anything is kept, everything that is about to be read is searched for what opens something for whoever has it: a
//! cookie seen in one file is blanked in all, in whatever order they are read and by however many threads.

use std::collections::BTreeSet;
use std::io::Read;

use tokio_util::sync::CancellationToken;

use super::walk;
use crate::error::Result;
use crate::model::Sha256;
use crate::model::sniff::sniff;
use crate::model::statement::LedgerSink;
use crate::parallel;
use crate::secret::SecretSet;
use crate::secret::blank::learn;
use crate::source::file::container::zip::Budget;
use crate::source::file::registry::containers;
use crate::source::{
    EvidenceId, Holds, ImportCx, Importer, Input, Item, Keep, LeafMeta, Match, Out, Passwords, Probe, Shelf,
};

/// Searched at a time.
const PIECE: usize = 8 * 1024 * 1024;
/// What two pieces have in common: no secret is longer with its name.
const OVERLAP: usize = 8 * 1024;

/// What learning needs.
pub(crate) struct Learn<'a> {
    pub(crate) passwords: &'a Passwords,
    /// Containers are opened twice, once here; this is the budget of the first time.
    pub(crate) budget: &'a Budget,
    /// Never written to: containers hold no statements of their own.
    pub(crate) ledger: &'a dyn LedgerSink,
    pub(crate) jobs: usize,
    pub(crate) stop: &'a CancellationToken,
}

impl Learn<'_> {
    /// The secrets in `opened`, what a walk found, and in `closed`, whose archives nobody has looked into. What cannot be
    /// read is passed over: reading it will say so.
    pub(crate) fn all(&self, opened: &[&Input], closed: &[&Input]) -> SecretSet {
        let opened = opened.iter().map(|input| (true, *input));
        let inputs: Vec<(bool, &Input)> = opened.chain(closed.iter().map(|input| (false, *input))).collect();
        let ears = || Ears { learn: self, values: BTreeSet::new(), depth: 0 };
        let heard = parallel::each_with(&inputs, self.jobs, ears, |ears, (opened, input)| {
            if self.stop.is_cancelled() {
                return;
            }
            if *opened { ears.opened(input) } else { ears.input(input) }
        });
        SecretSet::new(heard.into_iter().flat_map(|ears| ears.values).collect::<BTreeSet<_>>())
    }
}

/// Hears one input after another.
struct Ears<'a> {
    learn: &'a Learn<'a>,
    values: BTreeSet<Vec<u8>>,
    depth: u32,
}

impl Ears<'_> {
    fn input(&mut self, input: &Input) {
        if let Some(received) = input.received() {
            self.values.extend(received.overheard().iter().cloned());
            self.values.extend(learn(received.url().as_bytes()));
            self.values.extend(learn(format!("?{}", received.form()).as_bytes()));
        }
        if let Ok(Some(listing)) = walk::unfold(input, self.learn.passwords, self.learn.budget) {
            for member in &listing.members {
                self.inner(member);
            }
            return;
        }
        self.opened(input);
    }

    /// Hears an input that is no ZIP or gzip, or one document in a ZIP's clothes.
    fn opened(&mut self, input: &Input) {
        let mut probe = Probe::new(input);
        let head = &probe.head()[..probe.head().len().min(4096)];
        if sniff(head).is_some_and(|kind| kind.is_image() || kind.is_audio() || kind.is_video()) {
            return;
        }
        let container = container_of(&mut probe);
        if let Some((container, _)) = container {
            let learn = self.learn;
            let cx =
                ImportCx { keep: &Nothing, ledger: learn.ledger, passwords: learn.passwords, budget: learn.budget };
            // What is wrong with it is said when it is read.
            let _ = container.read(input, &cx, self);
        }
        // A recording says nothing itself; where nobody is sure that it is one, it may be a text after all.
        let recording = container.is_some_and(|(one, sure)| sure && one.holds() == Holds::Recordings);
        if recording {
            return;
        }
        match probe.whole() {
            Some(bytes) if bytes.len() <= PIECE => self.values.extend(learn(bytes)),
            _ => self.text(input),
        }
    }

    fn inner(&mut self, input: &Input) {
        if self.depth < self.learn.budget.limits().nesting {
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
            let read = (&mut reader).take((PIECE - before) as u64).read_to_end(&mut piece);
            self.values.extend(learn(&piece));
            if !read.is_ok_and(|count| count > 0) || piece.len() < PIECE {
                return;
            }
            piece.drain(..PIECE - OVERLAP);
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

impl Out for Ears<'_> {
    fn item(&mut self, item: Item) -> Result<()> {
        if let Item::Input(input) = item {
            self.inner(&input);
        }
        Ok(())
    }
}

/// Keeps nothing.
struct Nothing;

impl Keep for Nothing {
    fn leaf(&self, _: &[u8], _: &LeafMeta) -> Result<EvidenceId> {
        Ok(Sha256::of(b""))
    }

    fn exact(&self, _: &mut dyn Read, _: &str, _: Shelf, _: &LeafMeta) -> Result<EvidenceId> {
        Ok(Sha256::of(b""))
    }
}
