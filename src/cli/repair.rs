//! `liudi repair`: puts right what is missing from an archive or has changed in it.

use std::path::Path;

use serde::Serialize;

use super::arguments::RepairFlags;
use super::context::Context;
use super::host::Terminal;
use crate::error::{Kind, Result};
use crate::pipeline::archive::repair::{self, Mended, Origin, RepairOptions, RepairReport};
use crate::pipeline::archive::state;

#[derive(Serialize)]
struct RepairOutput<'a> {
    archive: &'a Path,
    whole: bool,
    #[serde(flatten)]
    report: &'a RepairReport,
}

/// Mends an archive, or says what would be done.
pub(super) fn run(context: &Context<'_>, flags: &RepairFlags) -> Result<u8> {
    // Also one that has lost the very list by which an archive is known.
    let root = context.archive(flags.archive_dir.as_deref());
    if !state::was_written(&root) {
        context.existing_archive(Some(&root))?;
    }
    let options = RepairOptions { from: flags.from.clone(), rehearses: context.global.dry_run };
    let report = repair::repair(&root, &options, &Terminal::new(context))?;
    let output = context.output;
    let bits = if report.left.is_empty() { 0 } else { Kind::Findings.exit_bit() };
    if output.json {
        output.answer(&RepairOutput { archive: &root, whole: report.left.is_empty(), report: &report })?;
        return Ok(bits);
    }
    for Mended { path, from } in &report.mended {
        let source = match from {
            Origin::Lists => output.texts().get("repair-from-lists", &[]),
            Origin::Copy(file) => output.texts().get("repair-from-copy", &[("file", file)]),
            Origin::Evidence => output.texts().get("repair-from-evidence", &[]),
        };
        output.row(&[path, &source])?;
    }
    report.left.iter().for_each(|finding| output.finding(finding));
    let count = report.mended.len().to_string();
    let left = report.left.len().to_string();
    let read = report.read_files.to_string();
    if report.was_whole() {
        output.tell("repair-nothing", &[("files", &read)]);
    } else if report.rehearsed {
        output.tell("repair-planned", &[("count", &count), ("left", &left)]);
    } else if report.left.is_empty() {
        output.tell("repair-done", &[("count", &count)]);
    } else {
        output.tell("repair-in-part", &[("count", &count), ("left", &left)]);
    }
    Ok(bits)
}
