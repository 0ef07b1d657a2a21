//! Writes the request for a timestamp. Nothing is sent.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::{REQUEST, state_name};
use crate::archive::{Archive, Lists, lists};
use crate::error::{Error, Kind, Result};
use crate::model::{Sha256, Time, layout};
use crate::parse::timestamp::{Imprint, Request};
use crate::pipeline::archive::{state, verify};
use crate::pipeline::host::Host;
use crate::platform;
use crate::store::check_working_folder;
use crate::work::Work;

/// A request that was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The file of the request.
    pub path: PathBuf,
    /// SHA-256 of `SHA256SUMS`, for which a timestamp is asked.
    pub digest: Sha256,
    /// The request as DER.
    pub request: Vec<u8>,
    /// Whether the lists of this state were put aside, so that the answer can be taken back after the archive changed.
    pub remembered: bool,
}

/// Writes a request for a timestamp of the archive at `root` to `out`, or beside `SHA256SUMS`, and puts the lists of this
/// state aside. The same state gets the same request again.
///
/// # Errors
/// `archive-unfinished`; `archive-damaged` if the lists contradict each other, `timestamp-archive-damaged` if files are missing
/// or known to have changed; `timestamp-request-in-the-way` if `out` is
/// another file; `timestamp-unwritable`.
pub fn ask(root: &Path, out: Option<&Path>, host: &dyn Host) -> Result<Asked> {
    state::check_finished(root)?;
    check_working_folder(root)?;
    let archive = Archive::open(root)?;
    let lists = Lists::of(&archive);
    lists.check(&host.work())?;
    if let Some(first) = verify::first_fault(&archive, host)? {
        let error = Error::new(Kind::Findings, "timestamp-archive-damaged").with("path", root.display());
        return Err(error.with("first", first));
    }
    let sums = lists.sums()?;
    let digest = Sha256::of(&sums);
    let place = asked(root).join(state_name(&digest.hex()));
    let before = platform::read(place.join(REQUEST)).ok();
    let before = before.filter(|bytes| Request::read(bytes).is_ok_and(|request| request.imprint == Imprint::of(&sums)));
    let (request, remembered) = if let Some(request) = before {
        (request, true)
    } else {
        let request = Request::of(&sums, nonce(&digest, host.environment().now()?)).to_der()?;
        let remembered = match remember(&lists, &place, &request, &host.work()) {
            Ok(()) => true,
            Err(error) if is_read_only(&error) => false,
            Err(error) => return Err(error),
        };
        (request, remembered)
    };
    let path = out.map_or_else(|| root.join(layout::REQUEST), Path::to_owned);
    write(&path, &request)?;
    Ok(Asked { path, digest, request, remembered })
}

/// Returns the folder of the requests that were not answered yet.
pub(super) fn asked(root: &Path) -> PathBuf {
    root.join(layout::WORK).join(layout::ASKED)
}

/// Returns a number that tells this request from others. It need not be a secret: an earlier timestamp of the same digest
/// would prove no less.
fn nonce(digest: &Sha256, now: Time) -> [u8; 8] {
    let mixed = Sha256::of(format!("liudi timestamp\n{}\n{}\n", digest.hex(), now.unix()).as_bytes());
    let mut nonce = [0; 8];
    nonce.copy_from_slice(&mixed.as_bytes()[..8]);
    nonce
}

/// Copies the lists and the request into the folder `place`, which appears complete or not at all.
fn remember(lists: &Lists<'_>, place: &Path, request: &[u8], work: &Work<'_>) -> Result<()> {
    let failed = |error| Error::disk("timestamp-unwritable", place.display(), error);
    let half = place.with_extension("new");
    match platform::remove_folder(&half) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(error)),
        _ => {}
    }
    platform::create_private_folder(&half).map_err(failed)?;
    for name in lists::names() {
        work.check()?;
        let target = half.join(&name);
        platform::create_private_folder(target.parent().unwrap_or(&half)).map_err(failed)?;
        let Some(mut from) = lists.open(&name).map_err(failed)? else { continue };
        let mut file = platform::create_new(&target, true).map_err(failed)?;
        io::copy(&mut from, &mut file).and_then(|_| platform::sync_open_file(&file)).map_err(failed)?;
    }
    let mut file = platform::create_new(&half.join(REQUEST), true).map_err(failed)?;
    file.write_all(request).and_then(|()| platform::sync_open_file(&file)).map_err(failed)?;
    if place.exists() {
        platform::remove_folder(place).map_err(failed)?;
    }
    platform::rename(&half, place).map_err(failed)
}

/// Reports whether the archive is on a medium that cannot be written.
fn is_read_only(error: &Error) -> bool {
    let source = std::error::Error::source(error).and_then(|error| error.downcast_ref::<io::Error>());
    source.is_some_and(platform::is_read_only)
}

/// Writes the request; an earlier request in its place is replaced, any other file is not.
fn write(path: &Path, request: &[u8]) -> Result<()> {
    let failed = |error| Error::disk("timestamp-unwritable", path.display(), error);
    match platform::read_whole(path, 64 * 1024) {
        Ok(bytes) if bytes == request => return Ok(()),
        Ok(bytes) if Request::read(&bytes).is_ok() => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        _ => return Err(Error::usage("timestamp-request-in-the-way").with("path", path.display())),
    }
    platform::write_anew(path, request).map_err(failed)
}
