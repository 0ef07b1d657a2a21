//! Searches all inputs of a run for secrets before anything is kept: a cookie found in one file is blanked in all,
//! regardless of the order in which they are read and of the number of threads.

use std::collections::BTreeSet;
use std::io::Read;

use tokio_util::sync::CancellationToken;

use super::found_input::FoundInput;
use super::walk;
use crate::error::Result;
use crate::model::Sha256;
use crate::model::sniff::{Sniffed, sniff};
use crate::model::statement::LedgerSink;
use crate::parallel::Pool;
use crate::secret::SecretSet;
use crate::secret::redact::secrets_in;
use crate::source::file::container::zip::Budget;
use crate::source::file::page::companions;
use crate::source::file::registry::containers;
use crate::source::{
    Destination, EvidenceId, EvidenceMeta, EvidenceWriter, Holds, ImportCx, Importer, Input, Item, Match, Out,
    Passwords, Probe,
};

/// Bytes searched at a time.
const PART: usize = 8 * 1024 * 1024;
/// Bytes that two pieces share: no secret is longer, including its name.
const OVERLAP: usize = 8 * 1024;

/// The dependencies of a scan.
pub(crate) struct SecretScan<'a> {
    pub(crate) passwords: &'a Passwords,
    /// Budget of this first pass; containers are opened twice.
    pub(crate) budget: &'a Budget,
    /// Never written to: containers have no statements.
    pub(crate) ledger: &'a dyn LedgerSink,
    pub(crate) pool: Pool,
    pub(crate) stop: &'a CancellationToken,
}

impl SecretScan<'_> {
    /// Returns the secrets in `opened`, the inputs found by a walk, and in `closed`, whose archives were not opened.
    /// Unreadable inputs are skipped; reading them reports the problem.
    pub(crate) fn all(&self, opened: &[FoundInput], closed: &[FoundInput]) -> SecretSet {
        let mut values = self.each(opened, true);
        values.extend(self.each(closed, false));
        SecretSet::new(values)
    }

    fn each(&self, inputs: &[FoundInput], are_opened: bool) -> BTreeSet<Vec<u8>> {
        let scan = || InputScan { means: self, values: BTreeSet::new(), depth: 0 };
        let scans = self.pool.each_with(inputs, scan, |scan, found| {
            if self.stop.is_cancelled() {
                return;
            }
            let input = found.input();
            if are_opened { scan.opened(&input) } else { scan.input(&input) }
        });
        scans.into_iter().flat_map(|scan| scan.values).collect()
    }
}

/// A scan of one input at a time.
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

    /// Searches an input that is not a ZIP or gzip, or is a document in ZIP format.
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
            // Its problems are reported when it is read.
            let _ = container.read(input, &cx, self);
        }
        // A recording is searched through its parts; one that is only likely may be a text.
        let recording = container.is_some_and(|(one, sure)| sure && one.holds() == Holds::Recordings);
        if recording {
            return;
        }
        match probe.whole() {
            Some(bytes) if bytes.len() <= PART => self.values.extend(secrets_in(bytes)),
            _ => self.text(input),
        }
        // What lies beside a page and is not part of it is read for itself.
        for file in input.companions().filter(|file| !companions::is_of_browser(file.place())) {
            if !sniff(&file.first_bytes(4096)).is_some_and(Sniffed::is_media) {
                self.inner(&file);
            }
        }
    }

    fn inner(&mut self, input: &Input) {
        if self.depth < self.means.budget.limits().nesting {
            self.depth += 1;
            self.input(input);
            self.depth -= 1;
        }
    }

    /// Searches a text of any length, piece by piece.
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

/// Returns the container importer that recognises the input, and whether it is sure.
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

/// An evidence writer that keeps nothing.
struct Nothing;

impl EvidenceWriter for Nothing {
    fn redacted(&self, _: &[u8], _: &EvidenceMeta) -> Result<EvidenceId> {
        Ok(Sha256::of(b""))
    }

    fn exact(&self, _: &mut dyn Read, _: &str, _: Destination, _: &EvidenceMeta) -> Result<EvidenceId> {
        Ok(Sha256::of(b""))
    }
}
