//! Inputs that nobody meant well with: every fixture cut off, turned about, and bytes at random, through every importer.
//! Whatever comes out, nothing may panic. `LIUDI_ALL_CUTS=1` cuts at every byte (`.ci/long random`).

use std::path::PathBuf;

use liudi::source::file::container::zip;
use liudi::source::file::container::zip::Budget;
use liudi::source::file::registry::IMPORTERS;
use liudi::source::{Input, Passwords};
use proptest::prelude::*;

use crate::golden::{importer_of, read};
use crate::support::{Run, fixture};

/// Every file below `fixtures/` that is an input, with the name it has there.
fn inputs() -> Vec<(String, Vec<u8>)> {
    let root = fixture("");
    let files = walkdir::WalkDir::new(&root).sort_by_file_name().into_iter().map(Result::unwrap);
    let files: Vec<PathBuf> =
        files.filter(|entry| entry.file_type().is_file()).map(walkdir::DirEntry::into_path).collect();
    let inputs: Vec<(String, Vec<u8>)> = files
        .into_iter()
        .filter(|path| !path.to_string_lossy().contains("expected"))
        // Each costs seconds: hostile_corpus.rs reads them once.
        .filter(|path| !path.starts_with(root.join("hostile/bombs")))
        .map(|path| {
            let name = path.strip_prefix(&root).unwrap().to_string_lossy().into_owned();
            let bytes = std::fs::read(path).unwrap();
            (name, bytes)
        })
        .collect();
    assert!(inputs.len() > 50, "no fixtures found");
    inputs
}

/// Reads `bytes` as the program would: what a ZIP holds, else the input itself.
fn give(name: &str, bytes: &[u8]) {
    let input = Input::bytes_at(name, bytes.to_vec(), None);
    if zip::is_zip(bytes) {
        let passwords = Passwords::new(vec!["liudi-demo".into()]);
        let listing = zip::members(&input, &passwords, &Budget::new(std::env::temp_dir()));
        for member in listing.map(|listing| listing.members).unwrap_or_default() {
            if let Some(importer) = importer_of(&member) {
                read(importer, &member);
            }
        }
    }
    if let Some(importer) = importer_of(&input) {
        read(importer, &input);
    }
}

#[test]
fn no_truncation_of_any_fixture_panics() {
    let cuts = if std::env::var_os("LIUDI_ALL_CUTS").is_some() { usize::MAX } else { 8 };
    for (name, bytes) in inputs() {
        // A step that has nothing in common with the lengths of lines and blocks.
        let step = (bytes.len() / cuts.min(bytes.len().max(1))).max(1) | 1;
        for cut in (0..bytes.len()).step_by(step).chain(bytes.len().checked_sub(1)) {
            give(&name, &bytes[..cut]);
        }
    }
}

/// A file, and where it is turned about.
fn turned() -> impl Strategy<Value = (String, Vec<u8>)> {
    let inputs = inputs();
    (0..inputs.len(), prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8), any::<bool>()).prop_map(
        move |(file, changes, twice)| {
            let (name, mut bytes) = inputs[file].clone();
            for (at, byte) in changes {
                if !bytes.is_empty() {
                    let at = at.index(bytes.len());
                    bytes[at] = byte;
                }
            }
            if twice {
                bytes.extend_from_within(bytes.len() / 2..);
            }
            (name, bytes)
        },
    )
}

/// A workbook whose list of sheets refers to nothing, as after a change of one byte of a name.
#[test]
fn a_workbook_that_its_reader_panics_on_is_named() {
    let name = "workbooks/微信支付账单(20250101-20250331).xlsb";
    let bytes = std::fs::read(fixture(name)).unwrap();
    let (part, other) = (b"xl/_rels/workbook.bin.rels", b"xl/_rels/workbook.bin.relX");
    let mut changed = bytes.clone();
    let places: Vec<usize> = memchr::memmem::find_iter(&bytes, part).collect();
    assert_eq!(places.len(), 2);
    for at in places {
        changed[at..at + part.len()].copy_from_slice(other);
    }
    let run = Run::new().input(fixture("page")).file("bill.xlsb", changed);
    let done = run.backup(&["--no-mirror"]);
    assert!(done.code & 32 != 0, "{}", done.said());
    let done = done.says("bill.xlsb");
    assert!(!done.said().contains("panicked"), "{}", done.said());
}

proptest! {
    #[test]
    fn no_changed_fixture_panics((name, bytes) in turned()) {
        give(&name, &bytes);
    }

    #[test]
    fn no_importer_panics_on_any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        let input = Input::bytes_at("a", bytes, None);
        for importer in IMPORTERS {
            read(*importer, &input);
        }
    }
}
