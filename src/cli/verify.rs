//! `liudi verify`: checks every byte against its digest and prints the findings in words.

use std::path::{Path, PathBuf};

use serde::Serialize;

use super::arguments::VerifyOptions as Flags;
use super::context::Context;
use super::host::Terminal;
use super::sign;
use super::timestamp::tell_stamps;
use crate::error::{Kind, Result};
use crate::model::Problem;
use crate::pipeline::archive::signature::{Signature, SignatureState};
use crate::pipeline::archive::verify::{self, Share, VerifyOptions, VerifyReport};
use crate::pipeline::timestamp::{self, Stamps};
use crate::words::plain;

#[derive(Serialize)]
struct VerifyOutput<'a> {
    archive: &'a Path,
    valid: bool,
    #[serde(flatten)]
    report: &'a VerifyReport,
    /// What the kept timestamps prove.
    #[serde(flatten)]
    stamps: Proofs<'a>,
}

#[derive(Serialize)]
struct Proofs<'a> {
    timestamps: &'a [timestamp::Stamp],
    timestamp_findings: &'a [Problem],
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
    let authorities = flags.tsa_ca.as_deref().map(timestamp::authorities).transpose()?;
    let host = Terminal::new(context);
    let report = verify::verify(&root, &options, &host)?;
    let stamps = match timestamp::check(&root, authorities.as_ref(), &host) {
        // Of an archive that cannot be opened the report says what is wrong.
        Err(error) if !error.is_interrupted() && !report.is_clean() => Stamps::default(),
        checked => checked?,
    };
    let bits = stamps.findings.iter().fold(bits(&report), |bits, finding| bits | finding.exit_bit);
    // Whose certificate was named and is not behind it, the timestamp proves nothing.
    let is_refused = stamps.timestamps.iter().any(|stamp| stamp.trust == "refused");
    let bits = if is_refused { bits | Kind::Findings.exit_bit() } else { bits };
    let output = context.output;
    if output.json {
        let proofs = Proofs { timestamps: &stamps.timestamps, timestamp_findings: &stamps.findings };
        output.answer(&VerifyOutput { archive: &root, valid: report.is_valid(), report: &report, stamps: proofs })?;
        return Ok(bits);
    }
    let findings = report.findings.iter().chain(&stamps.findings);
    findings.clone().for_each(|finding| output.finding(finding));
    output.hints(findings);
    let files = report.read_files.to_string();
    let all = report.files.to_string();
    let bytes = plain::size(report.read_bytes);
    output.tell("verify-read", &[("files", &files), ("all", &all), ("bytes", &bytes)]);
    if report.leaves > 0 {
        output.tell("verify-leaves", &[("count", &report.leaves.to_string())]);
    }
    output.tell(&format!("verify-{}", report.verdict()), &[]);
    if report.pending {
        output.tell("verify-pending", &[]);
    }
    // One that is not valid is among the findings.
    let is_told = |signature: &&Signature| matches!(signature.state, SignatureState::Valid | SignatureState::Unchecked);
    if let Some(signature) = report.signature.as_ref().filter(is_told) {
        sign::tell(output, signature);
    }
    tell_stamps(output, &root, &stamps, &report)?;
    Ok(bits)
}

/// Returns the exit bits of the findings.
pub(super) fn bits(report: &VerifyReport) -> u8 {
    let found = report.findings.iter().fold(0, |bits, finding| bits | finding.exit_bit);
    if report.is_clean() { found } else { found | Kind::Findings.exit_bit() }
}
