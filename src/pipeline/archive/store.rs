//! Archives in a cloud store: a program connects once, and then uses the address (`s3://bucket/prefix`) in the place of the
//! path of an archive wherever one is only read. `push` and `pull` are for a worker that keeps a working copy.

use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::error::{Error, Result};
use crate::model::StoreAddress;
use crate::model::store_address::StoreSettings;

/// Returns the address that stands in the place of a path; `None` for a path of a file or folder.
///
/// # Errors
/// `store-address-invalid`; `cloud-not-built` if this build cannot reach a store.
pub fn address_of(path: &Path) -> Result<Option<StoreAddress>> {
    let address = StoreAddress::of(path)?;
    if let Some(address) = address.as_ref().filter(|_| !cfg!(feature = "cloud")) {
        return Err(Error::usage("cloud-not-built").with("address", address));
    }
    Ok(address)
}

/// Returns the folder of this computer where notes about the archive at `root` are kept, if that is in a store: which files of
/// an export a run wrote, and the key of pseudonyms. Losing it costs work, nothing else.
pub fn notes_of(root: &Path) -> Option<PathBuf> {
    let address = StoreAddress::of(root).ok().flatten()?;
    let cache = dirs::cache_dir().unwrap_or_else(std::env::temp_dir);
    let mut key = crate::model::Sha256::of(address.to_string().as_bytes()).hex();
    key.truncate(16);
    Some(cache.join("liudi").join("stores").join(key))
}

/// Name of the note that something in a store was found damaged.
const DOUBTED: &str = "doubted";

/// Notes that something in the store of the archive at `root` was found damaged, so that whatever is sent there next from this
/// computer reads back everything. Nothing happens for a folder.
pub(super) fn doubt(root: &Path) {
    if let Some(notes) = notes_of(root) {
        // Without the note, the owner sends to a new address.
        let _ = std::fs::create_dir_all(&notes).and_then(|()| std::fs::write(notes.join(DOUBTED), ""));
    }
}

/// Connects this process to the store at `address`. No request is made yet.
///
/// # Errors
/// `store-settings-invalid`; `cloud-not-built`.
#[cfg(feature = "cloud")]
pub fn connect(address: &StoreAddress, settings: &StoreSettings) -> Result<()> {
    crate::archive::cloud::connect(address, settings)
}

/// Names what this build lacks.
///
/// # Errors
/// `cloud-not-built`.
#[cfg(not(feature = "cloud"))]
pub fn connect(address: &StoreAddress, _settings: &StoreSettings) -> Result<()> {
    Err(Error::usage("cloud-not-built").with("address", address))
}

/// What became of an archive that was sent to a store.
#[derive(Clone, Debug, Default, Serialize)]
pub struct PushReport {
    /// Number of contents that were sent.
    pub files: u64,
    /// Bytes that were sent.
    pub bytes: u64,
    /// Number of files whose content was there.
    pub kept: u64,
    /// Number of contents that were read back and are right; the others were at an earlier push.
    pub checked: u64,
    /// Damaged files of the original: the store still has the earlier state.
    pub damaged: Vec<crate::model::Problem>,
    /// Number of the state, counted from 1; `None` if the original is damaged.
    pub number: Option<u64>,
    /// Epoch under which it was written.
    pub epoch: u64,
}

/// What became of a working copy that was brought up to date.
#[derive(Clone, Debug, Default, Serialize)]
pub struct PullReport {
    /// Whether the store has an archive at all; a new account has none.
    pub exists: bool,
    /// Number of files that were fetched.
    pub files: u64,
    /// Bytes that were fetched.
    pub bytes: u64,
    /// Number of files that were there, as they should be.
    pub kept: u64,
    /// Number of files that the archive no longer has.
    pub removed: u64,
    /// Damaged or lost objects: the copy lacks them and is not finished.
    pub damaged: Vec<crate::model::Problem>,
}

#[cfg(not(feature = "cloud"))]
pub use self::no_working_copy::{bring, fetch};
#[cfg(feature = "cloud")]
pub use self::working_copy::{bring, fetch, pull, push, send};

/// Stands in for the working copies in a build that cannot reach a store.
#[cfg(not(feature = "cloud"))]
mod no_working_copy {
    use std::path::Path;

    use super::{PullReport, PushReport};
    use crate::error::{Error, Result};
    use crate::model::StoreAddress;
    use crate::pipeline::host::Host;

    /// Names what this build lacks.
    ///
    /// # Errors
    /// `cloud-not-built`.
    pub fn fetch(address: &StoreAddress, _: &Path, _: Option<u64>, _: &dyn Host) -> Result<PullReport> {
        Err(Error::usage("cloud-not-built").with("address", address))
    }

    /// Names what this build lacks.
    ///
    /// # Errors
    /// `cloud-not-built`.
    pub fn bring(_: &Path, address: &StoreAddress, _: Option<u64>, _: &dyn Host) -> Result<Option<PushReport>> {
        Err(Error::usage("cloud-not-built").with("address", address))
    }
}

#[cfg(feature = "cloud")]
mod working_copy {
    use std::collections::BTreeMap;
    use std::path::Path;

    use serde::{Deserialize, Serialize};

    use super::{DOUBTED, PullReport, PushReport, doubt, notes_of};
    use crate::archive::{self, Archive, cloud, copy as bags};
    use crate::error::{Error, Kind, Result};
    use crate::model::{Sha256, StoreAddress, layout};
    use crate::pipeline::archive::{copy, session, state};
    use crate::pipeline::host::Host;
    use crate::platform;
    use crate::store::ArchiveLock;

    /// Note in the working state: what the working copy was made of.
    const BASE: &str = "store.json";

    /// The state of each store that a working copy is of, by address.
    #[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
    struct Bases(BTreeMap<String, Sha256>);

    fn base_path(root: &Path) -> std::path::PathBuf {
        root.join(layout::WORK).join(BASE)
    }

    /// Returns the state that the working copy at `root` was made of, if it is one of the archive at `address`.
    fn base(root: &Path, address: &StoreAddress) -> Option<Sha256> {
        bases(root).0.remove(&address.to_string())
    }

    fn bases(root: &Path) -> Bases {
        platform::read(base_path(root)).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default()
    }

    /// Notes the state of the store that the working copy at `root` is of now; `None` if it has none.
    fn note_base(root: &Path, address: &StoreAddress, archive: Option<Sha256>) -> Result<()> {
        let path = base_path(root);
        let failed = |error| Error::disk("archive-open-failed", path.display(), error);
        let mut bases = bases(root);
        match archive {
            Some(archive) => bases.0.insert(address.to_string(), archive),
            None => bases.0.remove(&address.to_string()),
        };
        let bytes = serde_json::to_vec(&bases).map_err(|error| failed(error.into()))?;
        platform::create_private_folder(&root.join(layout::WORK)).map_err(failed)?;
        let part = path.with_extension("part");
        std::fs::write(&part, bytes).and_then(|()| platform::rename(&part, &path)).map_err(failed)
    }

    fn digest_of(archive: &Archive) -> Result<Option<Sha256>> {
        Ok(archive.head()?.parse().ok())
    }

    /// Sends the archive at `root` to the store at `address`, as [`push`] does, without a note that it is the working copy.
    ///
    /// # Errors
    /// As [`push`].
    pub fn send(root: &Path, address: &StoreAddress, epoch: Option<u64>, host: &dyn Host) -> Result<PushReport> {
        state::check_finished(root)?;
        archive::check_frame(root)?;
        if archive::only_bag(root).is_some() {
            return Err(Error::usage("archive-one-bag").with("path", root.display()));
        }
        copy::finish_commit(root, host)?;
        let archive = Archive::open(root)?;
        if !archive.is_pending() {
            archive::check_tags(root)?;
        }
        if cloud::head(address)?.is_some() {
            match copy::check_nothing_is_only_in(&address.path(), &archive) {
                // Of a state whose listing is lost nothing is known; this one puts a listing there.
                Err(error) if matches!(error.code(), "store-tree-missing" | "store-tree-changed") => {}
                checked => checked?,
            }
        }
        let doubted = notes_of(&address.path()).map(|notes| notes.join(DOUBTED)).filter(|note| note.exists());
        let now = host.environment().now()?;
        let sent = cloud::send(&archive, address, epoch, doubted.is_some(), now, &host.work())?;
        if let (Some(note), true) = (doubted, sent.damaged.is_empty()) {
            let _ = platform::remove_file(note);
        }
        Ok(PushReport {
            files: sent.files,
            bytes: sent.bytes,
            kept: sent.kept,
            checked: sent.checked,
            damaged: sent.damaged,
            number: sent.head.as_ref().map(|head| head.number),
            epoch: sent.head.map_or(0, |head| head.epoch),
        })
    }

    /// Sends the working copy at `root` to the store at `address`, under the lease of `epoch` if there is one. What is there
    /// is not sent again. Until the very end, the store has the earlier state.
    ///
    /// # Errors
    /// `store-epoch-stale` if the store was written under a newer lease, `store-changed` if it was written by somebody else
    /// since the last [`pull`] or [`push`] of this copy, `copy-of-more`, `archive-one-bag`, those of the connection;
    /// `interrupted`, after which the next push goes on.
    pub fn push(root: &Path, address: &StoreAddress, epoch: Option<u64>, host: &dyn Host) -> Result<PushReport> {
        if let (Some(head), Some(base)) = (cloud::head(address)?, base(root, address))
            && head.archive != base
            && digest_of(&Archive::open(root)?)? != Some(head.archive)
        {
            return Err(Error::other("store-changed").with("path", address));
        }
        let report = send(root, address, epoch, host)?;
        if report.damaged.is_empty()
            && let Some(archive) = digest_of(&Archive::open(root)?)?
        {
            note_base(root, address, Some(archive))?;
        }
        Ok(report)
    }

    /// Brings what changed in the working copy at `root` into the store; `None` if nothing has since the last time.
    ///
    /// # Errors
    /// As [`push`]; `archive-damaged` if the working copy is, and the store keeps the earlier state.
    pub fn bring(
        root: &Path,
        address: &StoreAddress,
        epoch: Option<u64>,
        host: &dyn Host,
    ) -> Result<Option<PushReport>> {
        if is_pushed(root, address)? {
            return Ok(None);
        }
        let report = push(root, address, epoch, host)?;
        match report.damaged.first() {
            Some(first) => Err(Error::damaged("archive-damaged").with("path", &first.locator)),
            None => Ok(Some(report)),
        }
    }

    /// Makes the working copy at `root` the archive that the store has, or leaves it if the store has none yet.
    ///
    /// # Errors
    /// As [`pull`]; `store-damaged` if the archive in the store is.
    pub fn fetch(address: &StoreAddress, root: &Path, epoch: Option<u64>, host: &dyn Host) -> Result<PullReport> {
        let pulled = pull(address, root, epoch, host)?;
        match pulled.damaged.first() {
            Some(first) => Err(Error::damaged("store-damaged").with("first", &first.locator)),
            None => Ok(pulled),
        }
    }

    /// Reports whether the working copy at `root` is as it was at the last push or pull. No request is made.
    ///
    /// # Errors
    /// An unreadable archive.
    fn is_pushed(root: &Path, address: &StoreAddress) -> Result<bool> {
        if !archive::was_written(root) {
            return Ok(true);
        }
        let local = digest_of(&Archive::open(root)?)?;
        Ok(local.is_some() && local == base(root, address))
    }

    /// Brings the working copy at `root` up to date from the store at `address`: only files that are missing or differ are
    /// fetched. With `epoch`, nobody can push under an older lease from now on. A copy that is further than the store, which
    /// is still as this copy left it, stays as it is: the next push goes on.
    ///
    /// # Errors
    /// `store-epoch-stale`, `store-copy-differs` if `root` holds what was never pushed and the store what `root` has not,
    /// `archive-open-failed` and the like if `root` is no archive's folder, those of the connection and of writing;
    /// `interrupted`, after which the next pull goes on.
    pub fn pull(address: &StoreAddress, root: &Path, epoch: Option<u64>, host: &dyn Host) -> Result<PullReport> {
        let now = host.environment().now()?;
        let exists = match epoch {
            Some(epoch) => cloud::claim_epoch(address, epoch, now)?,
            None => cloud::head(address)?.is_some(),
        };
        if !exists {
            // Before anything is collected, rather than at the end.
            cloud::check(address)?;
            // What was sent to a store that has been emptied since must be sent again.
            if base(root, address).is_some() {
                note_base(root, address, None)?;
            }
            return Ok(PullReport::default());
        }
        session::check_folder(root)?;
        let _lock = ArchiveLock::take(root, now)?;
        let source = Archive::open(&address.path())?;
        let wanted = digest_of(&source)?;
        let is_written = archive::was_written(root);
        let local = if is_written && !state::is_unfinished_copy(root) {
            archive::finish_pending(root)?;
            digest_of(&Archive::open(root)?)?
        } else {
            None
        };
        let base = base(root, address);
        if local.is_some() && local != wanted && wanted == base {
            return Ok(PullReport { exists, ..PullReport::default() });
        }
        let differs =
            || Error::new(Kind::Other, "store-copy-differs").with("path", root.display()).with("address", address);
        if local.is_some() && local != wanted {
            if local != base {
                return Err(differs());
            }
            // The store may have been emptied, or put back to an earlier state, since this copy was sent there.
            copy::check_nothing_is_only_in(root, &source).map_err(|error| differs().because(error))?;
        }
        if local != wanted {
            // What was made of the earlier bags is made anew of these.
            session::discard_state(&root.join(layout::WORK))?;
        }
        let done = bags::copy(&source, root, local.is_some() && local == base, &host.work())?;
        match wanted {
            Some(_) if done.damaged.is_empty() => note_base(root, address, wanted)?,
            _ => doubt(&address.path()),
        }
        Ok(PullReport {
            exists,
            files: done.files,
            bytes: done.bytes,
            kept: done.kept,
            removed: done.removed,
            damaged: done.damaged,
        })
    }
}
