//! `liudi verify`: checks every byte against its digest and prints the findings in words.

use std::path::{Path, PathBuf};

use serde::Serialize;

use super::arguments::VerifyOptions as Flags;
use super::context::Context;
use super::host::Terminal;
use super::sign;
use crate::error::{Kind, Result};
use crate::pipeline::archive::signature::{Signature, SignatureState};
use crate::pipeline::archive::verify::{self, Share, VerifyOptions, VerifyReport};

#[derive(Serialize)]
struct VerifyOutput<'a> {
    archive: &'a Path,
    valid: bool,
    #[serde(flatten)]
    report: &'a VerifyReport,
}

/// Checks an archive.
pub(super) fn run(context: &Context<'_>, flags: &Flags) -> Result<u8> {
    let root = context.existing_archive(flags.archive_dir.as_deref())?;
    let read = flags.read.as_deref().map(Share::parse).transpose()?;
    let options = VerifyOptions {
        read,
        deep: flags.deep,
        // Without a value, it is that of the archive.
        signature: flags.signature.as_ref().filter(|file| !file.is_empty()).map(PathBuf::from),
        public_key: flags.public_key.clone(),
    };
    let report = verify::verify(&root, &options, &Terminal::new(context))?;
    let output = context.output;
    if output.json {
        output.answer(&VerifyOutput { archive: &root, valid: report.is_valid(), report: &report })?;
        return Ok(bits(&report));
    }
    report.findings.iter().for_each(|finding| output.finding(finding));
    output.hints(&report.findings);
    let files = report.read_files.to_string();
    let all = report.files.to_string();
    let bytes = indicatif::HumanBytes(report.read_bytes).to_string();
    output.tell("verify-read", &[("files", &files), ("all", &all), ("bytes", &bytes)]);
    if report.leaves > 0 {
        output.tell("verify-leaves", &[("count", &report.leaves.to_string())]);
    }
    output.tell(&format!("verify-{}", report.verdict()), &[]);
    // One that is not valid is among the findings.
    let is_told = |signature: &&Signature| matches!(signature.state, SignatureState::Valid | SignatureState::Unchecked);
    if let Some(signature) = report.signature.as_ref().filter(is_told) {
        sign::tell(output, signature);
    }
    Ok(bits(&report))
}

/// Returns the exit bits of the findings.
pub(super) fn bits(report: &VerifyReport) -> u8 {
    let found = report.findings.iter().fold(0, |bits, finding| bits | finding.exit_bit);
    if report.is_clean() { found } else { found | Kind::Findings.exit_bit() }
}
