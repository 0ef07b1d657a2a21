//! What all targets share: an importer is given bytes, whatever `identify` says of them, and nothing it keeps is kept.

use std::io::Read;
use std::sync::Once;

use liudi::model::Sha256;
use liudi::model::statement::{LedgerRows, LedgerSink, Row};
use liudi::source::file::container::zip::Budget;
use liudi::source::file::registry::IMPORTERS;
use liudi::source::{
    Destination, EvidenceId, EvidenceMeta, EvidenceWriter, ImportCx, Input, Item, Out, Passwords, Probe,
};

struct Nothing;

impl EvidenceWriter for Nothing {
    fn redacted(&self, bytes: &[u8], _: &EvidenceMeta) -> liudi::Result<EvidenceId> {
        Ok(Sha256::of(bytes))
    }

    fn exact(&self, reader: &mut dyn Read, _: &str, _: Destination, _: &EvidenceMeta) -> liudi::Result<EvidenceId> {
        // What a broken input says while it is read is its own affair.
        let _ = std::io::copy(reader, &mut std::io::sink());
        Ok(Sha256::of(b""))
    }
}

impl LedgerSink for Nothing {
    fn open(&self, _: EvidenceId, _: &str) -> liudi::Result<Box<dyn LedgerRows + '_>> {
        Ok(Box::new(Self))
    }
}

impl LedgerRows for Nothing {
    fn row(&mut self, _: &Row<'_>) -> liudi::Result<()> {
        Ok(())
    }

    fn close(self: Box<Self>) -> liudi::Result<()> {
        Ok(())
    }
}

/// Reads what is found inside, as the program does.
struct Inside(u32);

impl Out for Inside {
    fn item(&mut self, item: Item) -> liudi::Result<()> {
        if let Item::Input(input) = item
            && self.0 < 3
        {
            read_recognised(&input, self.0 + 1);
        }
        Ok(())
    }
}

/// Lets a panic that the program catches pass: a library for workbooks has some, which are answered as a broken workbook. The
/// fuzzer's own hook would end the process before it is caught; what nobody catches ends it still.
fn let_caught_panics_pass() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| std::panic::set_hook(Box::new(|panic| eprintln!("{panic}"))));
}

fn read_recognised(input: &Input, depth: u32) {
    for importer in IMPORTERS {
        if importer.identify(&mut Probe::new(input)) != liudi::source::Match::No {
            read(importer.info().name, input, depth);
        }
    }
}

fn read(source: &str, input: &Input, depth: u32) {
    let Some(importer) = IMPORTERS.iter().find(|importer| importer.info().name == source) else { return };
    let (passwords, budget) = (Passwords::default(), Budget::new(std::env::temp_dir()));
    let cx = ImportCx { evidence: &Nothing, ledger: &Nothing, passwords: &passwords, budget: &budget };
    let _ = importer.read(input, &cx, &mut Inside(depth));
}

/// Gives `bytes` to the importers of these names, whatever is recognised in them; that too is done, once.
#[allow(dead_code, reason = "each target is a crate of its own that uses one of these functions")]
pub fn give(sources: &[&str], name: &str, bytes: &[u8]) {
    let_caught_panics_pass();
    let input = Input::bytes_at(name, bytes.to_vec(), None);
    for importer in IMPORTERS {
        let _ = importer.identify(&mut Probe::new(&input));
    }
    for source in sources {
        read(source, &input, 0);
    }
}

/// Gives `bytes` to the importers that recognise them.
#[allow(dead_code, reason = "each target is a crate of its own that uses one of these functions")]
pub fn give_to_all(name: &str, bytes: &[u8]) {
    let_caught_panics_pass();
    read_recognised(&Input::bytes_at(name, bytes.to_vec(), None), 0);
}
