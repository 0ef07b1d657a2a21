//! `liudi repair`: puts right what is missing from an archive or has changed in it, and in packs with recovery files.

use std::path::Path;

use serde::Serialize;

use super::arguments::RepairFlags;
use super::context::Context;
use super::host::Terminal;
use super::passwords;
use crate::error::{Kind, Result};
use crate::pipeline::archive::opened_packs::OpenedPacks;
use crate::pipeline::archive::parity::{PackState, PacksReport};
use crate::pipeline::archive::repair::{self, Mended, RepairOptions, RepairReport};
use crate::pipeline::archive::{parcel, parity, state};
use crate::words::keeping;

#[derive(Serialize)]
struct RepairOutput<'a> {
    archive: &'a Path,
    whole: bool,
    #[serde(flatten)]
    report: &'a RepairReport,
}

#[derive(Serialize)]
struct PacksOutput<'a> {
    folder: &'a Path,
    rehearsed: bool,
    whole: bool,
    #[serde(flatten)]
    report: &'a PacksReport,
}

/// Mends packs with the recovery files beside them.
fn packs(context: &Context<'_>, folder: &Path) -> Result<u8> {
    let rehearses = context.global.dry_run;
    let report = parity::mend(folder, rehearses, &Terminal::new(context))?;
    let output = context.output;
    if output.json {
        output.answer(&PacksOutput { folder, rehearsed: rehearses, whole: report.is_whole(), report: &report })?;
    } else {
        for pack in &report.packs {
            let is_bare = pack.state == PackState::Whole && !pack.recovery;
            let state = if is_bare { "whole-bare" } else { pack.state.code() };
            output.tell(&format!("parity-{state}"), &[("name", &pack.name)]);
        }
        report.findings.iter().for_each(|finding| output.finding(finding));
        output.hints(&report.findings);
    }
    Ok(if report.is_whole() { 0 } else { Kind::Findings.exit_bit() })
}

/// Mends an archive, or says what would be done.
pub(super) fn run(context: &Context<'_>, flags: &RepairFlags) -> Result<u8> {
    // Also one that has lost the very list by which an archive is known.
    let root = context.archive(flags.archive_dir.as_deref());
    if !state::was_written(&root) {
        if parity::has_packs(&root) {
            return packs(context, &root);
        }
        context.existing_archive(Some(&root))?;
    }
    let host = Terminal::new(context);
    let identities = || flags.identity.as_deref().map(parcel::identities).transpose();
    let passphrase = || passwords::passphrase(context, flags.passphrase_file.as_deref());
    let opened = OpenedPacks::open(&root, &flags.from, &identities, &passphrase, &host)?;
    let options = RepairOptions { from: opened.sources(), rehearses: context.global.dry_run };
    let mut report = repair::repair(&root, &options, &host)?;
    opened.name_in(&mut report);
    let output = context.output;
    let bits = if report.left.is_empty() { 0 } else { Kind::Findings.exit_bit() };
    if output.json {
        output.answer(&RepairOutput { archive: &root, whole: report.left.is_empty(), report: &report })?;
        return Ok(bits);
    }
    for Mended { path, from } in &report.mended {
        let source = keeping::origin(output.texts(), from);
        output.row(&[path, &source])?;
    }
    report.left.iter().for_each(|finding| output.finding(finding));
    // The rest is said once, by what follows.
    output.hints(report.left.iter().filter(|finding| repair::is_for_the_owner(finding)));
    output.sentences(&[keeping::repaired(&report)]);
    Ok(bits)
}
