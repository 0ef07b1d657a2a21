//! Reads the second copy of an archive before it is recorded: a copy counts if it is of the archive as it is now, and
//! whole.

use std::path::Path;

use crate::archive::{Archive, verify};
use crate::audit::fill;
use crate::error::{Error, Result};
use crate::model::{Class, Sha256, layout};
use crate::pipeline::host::Host;

/// Where the files kept with records are, in the private bag.
const RECORDED_FILES: &str = "readiness/files/";

/// Returns the digest of the archive at `root` after every file of its copy at `copy` was read and found whole.
///
/// # Errors
/// `second-copy-is-this`, `second-copy-none`, `second-copy-differs`, `second-copy-damaged`, `interrupted`.
pub(crate) fn read(root: &Path, copy: &Path, host: &dyn Host) -> Result<Sha256> {
    let of_copy = |code: &'static str| Error::usage(code).with("path", copy.display());
    let same = |path: &Path| std::fs::canonicalize(path).ok();
    if same(copy) == same(root) {
        return Err(of_copy("second-copy-is-this"));
    }
    let opened = Archive::open(copy)?;
    let digest = fill::content_digest(&opened)?.ok_or_else(|| of_copy("second-copy-none"))?;
    let own = Archive::open(root)?;
    // The digest leaves out the owner's records, and so the files kept with them, and timestamps.
    let mut left_out = own.below(Class::Private, RECORDED_FILES)?;
    left_out.extend(own.below(Class::Private, layout::TIMESTAMPS)?);
    let lacks_file = left_out.into_keys().any(|path| !opened.has(Class::Private, &path));
    if lacks_file || fill::content_digest(&own)? != Some(digest) {
        return Err(of_copy("second-copy-differs"));
    }
    // The digest is that of the lists: whether the files are those listed is read.
    let options = verify::Options { from_disk: true, ..verify::Options::default() };
    let report = verify::opened(&opened, options, &host.work())?;
    let faults: Vec<_> = report.findings.iter().filter(|finding| finding.exit_bit != 0).collect();
    match faults.first() {
        Some(first) => Err(of_copy("second-copy-damaged").with("count", faults.len()).with("first", &first.locator)),
        None => Ok(digest),
    }
}
