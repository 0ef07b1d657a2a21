//! Archives that earlier versions of the program wrote: read, and written on.
//!
//! `tests/archives/<day>.tar.zst` holds the archive of the demo account as the program of that day left it, with its working
//! state. Another one is added whenever what a bag holds changes: it is never written anew.

use std::path::Path;

use super::support::{Run, fixture, tree};

/// An archive of the demo account as an earlier version left it, with or without its working state.
fn older(day: &str, with_state: bool) -> Run {
    let run = Run::new().input(fixture("demo")).env("LIUDI_ZIP_PASSWORD", "liudi-demo");
    let packed = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/archives").join(format!("{day}.tar.zst"));
    let unpacked = zstd::decode_all(std::fs::read(packed).unwrap().as_slice()).unwrap();
    tar::Archive::new(unpacked.as_slice()).unpack(run.folder()).unwrap();
    if !with_state {
        std::fs::remove_dir_all(run.archive().join(".liudi")).unwrap();
    }
    run
}

/// The articles, media and bills of an archive, whose bytes no version changes.
fn payload(run: &Run) -> Vec<(String, Vec<u8>)> {
    let parts = ["public/data/articles", "public/data/media", "private/data/billing/raw"];
    let files = parts.iter().flat_map(|part| tree(&run.archive().join(part)));
    files.collect()
}

#[test]
fn an_older_archive_is_read_and_written_on() {
    for with_state in [true, false] {
        let run = older("2026-11-27", with_state);
        let archive = run.archive().display().to_string();
        let before = payload(&run);
        run.program(&["verify", &archive]).succeeds();
        run.program(&["mirror", &archive]).succeeds();
        run.program(&["export", &archive, "--to", "markdown"]).succeeds().says("14 posts");
        let gaps = run.program(&["gaps", &archive, "--json"]).json();
        let kinds = run.program(&["ready", &archive, "--json"]).exits(64).json();
        assert!(kinds.to_string().contains("\"mch\""), "{kinds}");
        let report = run.backup(&["--json"]).succeeds().json();
        assert_eq!((&report["articles"]["held"], &report["changed"]), (&14.into(), &true.into()), "{report}");
        assert_eq!(payload(&run), before, "with state: {with_state}");
        let schema = run.archive().join("public/data/schema");
        assert!(schema.join("short-post.schema.json").exists() && !schema.join("piece.schema.json").exists());
        run.program(&["verify", &archive]).succeeds();
        assert_eq!(run.program(&["gaps", &archive, "--json"]).json(), gaps);
        assert_eq!(run.backup(&["--json"]).succeeds().json()["changed"], false);
    }
}
