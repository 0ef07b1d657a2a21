//! Runs the fixity check for a verdict and caches its result for a day.

use std::collections::HashSet;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::archive::{Archive, verify};
use crate::audit::evidence::pretty;
use crate::audit::facts::Fixity;
use crate::audit::fill;
use crate::error::{Error, Result};
use crate::model::{Sha256, Time, layout};
use crate::pipeline::host::Host;
use crate::platform;

/// The cached result of a full check, so that a large archive is read at most once a day.
#[derive(Serialize, Deserialize)]
struct KeptFixity {
    at: Time,
    archive: Option<Sha256>,
    missing: Vec<String>,
    failed: Vec<String>,
}

/// Name of the cache file in the working folder.
const FIXITY: &str = "fixity.json";
/// Lifetime of the cached result, in seconds.
const ONE_DAY: i64 = 24 * 60 * 60;

/// The damage that the last check of an archive found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Damage {
    /// Time of the check.
    pub at: Time,
    missing: Vec<String>,
    failed: Vec<String>,
}

impl Damage {
    /// Returns the number of files.
    pub fn count(&self) -> usize {
        self.missing.len() + self.failed.len()
    }

    /// Returns the files, each with whether it is missing.
    pub fn files(&self) -> impl Iterator<Item = (&str, bool)> {
        let missing = self.missing.iter().map(|file| (file.as_str(), true));
        missing.chain(self.failed.iter().map(|file| (file.as_str(), false)))
    }
}

/// Returns the damage that the last check for a verdict found in the archive at `root`, if its content is still what was
/// checked; a file that is there again is not in it.
///
/// # Errors
/// An unreadable archive.
pub fn known_damage(root: &Path) -> Result<Option<Damage>> {
    let Ok(bytes) = platform::read(root.join(layout::WORK).join(FIXITY)) else { return Ok(None) };
    let Ok(mut kept) = serde_json::from_slice::<KeptFixity>(&bytes) else { return Ok(None) };
    kept.missing.retain(|file| !root.join(file).exists());
    let damage = Damage { at: kept.at, missing: kept.missing, failed: kept.failed };
    let is_known = damage.count() > 0 && kept.archive == fill::content_digest(&Archive::open(root)?)?;
    Ok(is_known.then_some(damage))
}

/// Takes the mended files out of the damage that the last check found in the archive at `root`; if the archive is `whole`,
/// everything.
pub(crate) fn mended(root: &Path, files: &HashSet<&str>, whole: bool) -> Result<()> {
    let place = root.join(layout::WORK).join(FIXITY);
    let Ok(bytes) = platform::read(&place) else { return Ok(()) };
    let known = serde_json::from_slice::<KeptFixity>(&bytes).ok().filter(|_| !whole);
    let written = match known {
        Some(mut kept) => {
            for list in [&mut kept.missing, &mut kept.failed] {
                list.retain(|file| !files.contains(file.as_str()));
            }
            platform::write_anew(&place, pretty(&kept).as_ref())
        }
        // The next check reads everything anew.
        None => platform::remove_file(&place),
    };
    match written {
        Err(error) if platform::is_read_only(&error) => Ok(()),
        written => written.map_err(|error| Error::disk("readiness-unwritable", place.display(), error)),
    }
}

/// Forgets a check that found the archive at `root` sound, because another one did not: the next one reads everything.
pub(crate) fn doubted(root: &Path) {
    // Where it cannot be removed the archive cannot be written, and it holds for a day.
    let _ = platform::remove_file(root.join(layout::WORK).join(FIXITY));
}

/// Checks every byte of the archive against its digest, or uses a result from within the last day unless `again` is
/// set. Presence and size of each file are always checked.
pub(super) fn fixity(of: &Archive, now: Time, again: bool, host: &dyn Host) -> Result<Fixity> {
    let root = of.root();
    let archive = fill::content_digest(of)?;
    let place = root.join(layout::WORK).join(FIXITY);
    let kept = platform::read(&place).ok().and_then(|bytes| serde_json::from_slice::<KeptFixity>(&bytes).ok()).filter(
        |kept| {
            // Damage may have been repaired since: nothing but a new check tells.
            let is_clean = kept.missing.is_empty() && kept.failed.is_empty();
            !again
                && is_clean
                && kept.archive == archive
                && (0..ONE_DAY).contains(&now.unix().saturating_sub(kept.at.unix()))
        },
    );
    let options = verify::Options { read_per_mille: kept.is_some().then_some(0), ..verify::Options::default() };
    let report = verify::opened(of, options, &host.work())?;
    let (mut failed, mut missing) = (Vec::new(), Vec::new());
    for finding in report.findings.iter().filter(|finding| finding.exit_bit != 0) {
        let list = if finding.code.ends_with("-missing") { &mut missing } else { &mut failed };
        list.push(finding.locator.clone());
    }
    let at = if let Some(kept) = kept {
        missing.extend(kept.missing);
        failed.extend(kept.failed);
        kept.at
    } else {
        let keep = KeptFixity { at: now, archive, missing: missing.clone(), failed: failed.clone() };
        let text = pretty(&keep);
        // The cache only saves time: an archive without working state is read every time.
        if root.join(layout::WORK).symlink_metadata().is_ok_and(|work| work.is_dir()) {
            match platform::write_anew(&place, text.as_ref()) {
                Err(error) if platform::is_read_only(&error) => {}
                kept => kept.map_err(|error| Error::disk("readiness-unwritable", place.display(), error))?,
            }
        }
        now
    };
    for list in [&mut missing, &mut failed] {
        list.sort();
        list.dedup();
    }
    Ok(Fixity { at, archive, read_all: true, missing, failed })
}
