//! `liudi verify`: every byte against its digest, and what was found, in words.

use std::path::Path;

use serde::Serialize;

use super::arguments::VerifyOptions;
use super::context::Context;
use crate::archive::verify::{self, Options, Report};
use crate::error::{Error, Kind, Result};

#[derive(Serialize)]
struct Answer<'a> {
    archive: &'a Path,
    valid: bool,
    #[serde(flatten)]
    report: &'a Report,
}

/// Checks an archive.
pub(super) fn run(context: &Context<'_>, options: &VerifyOptions) -> Result<u8> {
    let root = context.existing_archive(options.archive_dir.as_deref())?;
    let read_per_mille = options.read.as_deref().map(per_mille).transpose()?;
    let report = verify::archive(
        &root,
        Options { read_per_mille, seed: seed(), deep: options.deep },
        context.progress().as_ref(),
    )?;
    let output = context.output;
    if output.json {
        output.answer(&Answer { archive: &root, valid: report.is_valid(), report: &report })?;
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
    let verdict = match (report.complete, report.intact, report.sampled) {
        (true, true, false) => "verify-valid",
        (true, true, true) => "verify-sampled",
        (true, false, _) => "verify-corrupt",
        (false, true, _) => "verify-incomplete",
        (false, false, _) => "verify-incomplete-corrupt",
    };
    output.tell(verdict, &[]);
    Ok(bits(&report))
}

/// The exit bits of what was found.
pub(super) fn bits(report: &Report) -> u8 {
    let found = report.findings.iter().fold(0, |bits, finding| bits | finding.exit_bit);
    if report.is_clean() { found } else { found | Kind::Findings.exit_bit() }
}

/// `10%`, `0.5%`, also without the sign.
fn per_mille(text: &str) -> Result<u16> {
    let wrong = || Error::usage("verify-read-invalid").with("value", text);
    let number = text.trim().trim_end_matches('%').trim();
    let (whole, part) = number.split_once('.').unwrap_or((number, "0"));
    let whole: u16 = whole.parse().map_err(|_| wrong())?;
    let part: u16 = part.get(..1).unwrap_or("0").parse().map_err(|_| wrong())?;
    let value = whole.checked_mul(10).and_then(|value| value.checked_add(part)).ok_or_else(wrong)?;
    if (1..=1000).contains(&value) { Ok(value) } else { Err(wrong()) }
}

/// Another part each day, so that daily samples cover everything in time.
fn seed() -> u64 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |since| since.as_secs() / 86_400)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_read_as_percent() {
        assert_eq!(per_mille("10%").unwrap(), 100);
        assert_eq!(per_mille("0.5").unwrap(), 5);
        assert_eq!(per_mille("100%").unwrap(), 1000);
        for wrong in ["0%", "101%", "x", "", "9999999%"] {
            assert_eq!(per_mille(wrong).unwrap_err().code(), "verify-read-invalid", "{wrong}");
        }
    }
}
