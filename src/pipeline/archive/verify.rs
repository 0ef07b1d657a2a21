//! Verifies an archive, every byte against its digest.

use std::path::{Path, PathBuf};

use super::{signature, state, store};
use crate::archive::Archive;
pub use crate::archive::verify::VerifyReport;
use crate::archive::verify::{self, Options};
use crate::error::{Error, Result};
use crate::pipeline::closing::fixity;
use crate::pipeline::host::Host;

/// Options of a verification.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VerifyOptions {
    /// Read only this share of the files, a different one each day. All files if absent.
    pub read: Option<Share>,
    /// Also check the files inside the evidence packs.
    pub deep: bool,
    /// The signature's file, if it is not the archive's own.
    pub signature: Option<PathBuf>,
    /// The public key that the signature must be of: a file, or the key itself. Without it only the time of an existing
    /// signature is looked at.
    pub public_key: Option<String>,
}

/// A share of the files in thousandths.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Share(u16);

impl Share {
    /// Parses `10%` or `0.5%`, with or without the sign.
    ///
    /// # Errors
    /// `verify-read-invalid` for anything else, for zero and for more than 100%.
    pub fn parse(text: &str) -> Result<Self> {
        let wrong = || Error::usage("verify-read-invalid").with("value", text);
        let number = text.trim().trim_end_matches('%').trim();
        let (whole, part) = number.split_once('.').unwrap_or((number, "0"));
        let whole: u16 = whole.parse().map_err(|_| wrong())?;
        let part: u16 = part.get(..1).unwrap_or("0").parse().map_err(|_| wrong())?;
        let value = whole.checked_mul(10).and_then(|value| value.checked_add(part)).ok_or_else(wrong)?;
        if (1..=1000).contains(&value) { Ok(Self(value)) } else { Err(wrong()) }
    }
}

/// Checks the archive at `root`.
///
/// # Errors
/// `archive-unfinished`, a failure to open the archive, `public-key-invalid`, `signature-unreadable`; `interrupted`.
pub fn verify(root: &Path, options: &VerifyOptions, host: &dyn Host) -> Result<VerifyReport> {
    state::check_finished(root)?;
    // A different part each day, so that daily samples cover everything in time.
    let day = host.environment().now()?.unix().div_euclid(24 * 60 * 60);
    let (file, key) = (options.signature.as_deref(), options.public_key.as_deref());
    let (signature, problem) = signature::verify(root, file, key)?;
    let options = Options {
        read_per_mille: options.read.map(|share| share.0),
        seed: day.cast_unsigned(),
        deep: options.deep,
        from_disk: true,
    };
    let mut report = verify::archive(root, options, &host.work())?;
    if report.worst().is_some() {
        fixity::doubted(root);
        store::doubt(root);
    }
    report.signature = signature;
    report.findings.extend(problem);
    Ok(report)
}

/// Returns the first fault of an open archive among names, numbers, sizes and what the last check of every byte found, without
/// reading the files.
pub(crate) fn first_fault(archive: &Archive, host: &dyn Host) -> Result<Option<String>> {
    let quick = Options { read_per_mille: Some(0), ..Options::default() };
    let report = verify::opened(archive, quick, &host.work())?;
    if let Some((fault, _)) = report.worst() {
        return Ok(Some(fault.locator.clone()));
    }
    let known = fixity::known_damage(archive.root())?;
    Ok(known.and_then(|known| Some(known.files().next()?.0.to_owned())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_read_as_percent() {
        assert_eq!(Share::parse("10%").unwrap(), Share(100));
        assert_eq!(Share::parse("0.5").unwrap(), Share(5));
        assert_eq!(Share::parse("100%").unwrap(), Share(1000));
        for wrong in ["0%", "101%", "x", "", "9999999%"] {
            assert_eq!(Share::parse(wrong).unwrap_err().code(), "verify-read-invalid", "{wrong}");
        }
    }
}
