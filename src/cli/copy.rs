//! `liudi copy`: makes a second copy of an archive and checks it.

use std::path::Path;

use serde::Serialize;

use super::arguments::CopyFlags;
use super::context::Context;
use super::host::Terminal;
use super::store_addresses;
use crate::error::{Kind, Result};
use crate::pipeline::archive::copy::{self, CopyReport};
use crate::words::keeping;

#[derive(Serialize)]
struct CopyOutput<'a> {
    archive: &'a Path,
    #[serde(flatten)]
    report: &'a CopyReport,
}

/// Copies an archive.
pub(super) fn run(context: &Context<'_>, flags: &CopyFlags) -> Result<u8> {
    let root = context.existing_archive(Some(&flags.archive_dir))?;
    store_addresses::connect(context, &flags.target)?;
    let target = store_addresses::settled(&flags.target)?;
    let report = copy::copy(&root, &target, &Terminal::new(context))?;
    let output = context.output;
    let bits = if report.damaged.is_empty() { 0 } else { Kind::Findings.exit_bit() };
    if output.json {
        output.answer(&CopyOutput { archive: &root, report: &report })?;
        return Ok(bits);
    }
    say(context, &report);
    Ok(bits)
}

/// Says what became of a copy.
pub(super) fn say(context: &Context<'_>, report: &CopyReport) {
    report.damaged.iter().for_each(|finding| context.output.finding(finding));
    context.output.sentences(&keeping::copied(report));
}
