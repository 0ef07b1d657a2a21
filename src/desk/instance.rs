//! One desk per user: a second start opens the running one. The running desk holds a lock and leaves a note with its
//! address and a secret, both in the user's own folder, by which a second process asks it for a key.

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;

use super::DeskOptions;
use super::server::Server;
use crate::error::{Error, Result};
use crate::platform;

/// Name of the lock file.
const LOCK: &str = "desk.lock";
/// Name of the note. Not the locked file itself: others cannot read that on Windows.
const NOTE: &str = "desk.running";
/// Path at which the running desk gives out keys.
pub(super) const KNOCK: &str = "/knock";

/// A desk that was opened.
#[derive(Debug)]
pub enum Opened {
    /// A new desk, to be run.
    New(Box<Server>),
    /// One is running already; this address opens it.
    Running(String),
}

/// The note of a running desk.
#[derive(Serialize, Deserialize)]
struct Note {
    address: String,
    secret: String,
}

/// The claim to be the user's only desk, held until it is dropped.
#[derive(Debug)]
pub(super) struct Claim {
    lock: Option<File>,
    note: Option<PathBuf>,
    /// Secret of the note.
    pub(super) secret: String,
}

impl Drop for Claim {
    fn drop(&mut self) {
        if let Some(note) = &self.note {
            let _ = platform::remove_file(note);
        }
        if let Some(lock) = &self.lock {
            let _ = lock.unlock();
        }
    }
}

impl Claim {
    /// Leaves the note for other processes.
    pub(super) fn announce(&mut self, address: &str) {
        let Some(folder) = platform::state_folder().filter(|_| self.lock.is_some()) else { return };
        let path = folder.join(NOTE);
        let note = Note { address: address.to_owned(), secret: self.secret.clone() };
        let _ = platform::remove_file(&path);
        // Without a note a second start opens a desk of its own.
        let written = platform::create_new(&path, true)
            .and_then(|mut file| file.write_all(&serde_json::to_vec(&note).unwrap_or_default()));
        self.note = written.ok().map(|()| path);
    }
}

/// Opens a desk, or finds the running one.
///
/// # Errors
/// `desk-port-taken`, `desk-failed`.
pub fn open(options: DeskOptions, stop: CancellationToken) -> Result<Opened> {
    let secret = super::door::random()?;
    let folder = platform::state_folder().filter(|folder| platform::create_private_folder(folder).is_ok());
    let mut lock = None;
    if let Some(folder) = &folder {
        let file = File::options().read(true).write(true).create(true).truncate(false).open(folder.join(LOCK));
        if let Ok(file) = file {
            match file.try_lock() {
                Ok(()) => lock = Some(file),
                Err(std::fs::TryLockError::WouldBlock) => {
                    // A desk that ends or begins at this moment answers nobody: another one is opened.
                    if let Some(url) = knock(folder, &options) {
                        return Ok(Opened::Running(url));
                    }
                }
                // A file system without locks.
                Err(std::fs::TryLockError::Error(_)) => {}
            }
        }
    }
    let claim = Claim { lock, note: None, secret };
    Ok(Opened::New(Box::new(Server::bind(options, claim, stop)?)))
}

/// Asks the running desk for an address with a key, naming the archive to show.
fn knock(folder: &Path, options: &DeskOptions) -> Option<String> {
    let note: Note = serde_json::from_slice(&std::fs::read(folder.join(NOTE)).ok()?).ok()?;
    let archive = options.archive.as_ref().and_then(|root| std::path::absolute(root).ok());
    let archive = archive.as_deref().and_then(Path::to_str).unwrap_or_default().to_owned();
    let ask = async move {
        let client = reqwest::Client::builder().no_proxy().timeout(std::time::Duration::from_secs(3)).build()?;
        let request = client.post(format!("http://{}{KNOCK}", note.address)).bearer_auth(note.secret);
        request.form(&[("archive", archive)]).send().await?.error_for_status()?.text().await
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().ok()?;
    let url = runtime.block_on(ask).ok()?;
    url.starts_with("http://127.0.0.1:").then_some(url)
}

/// Returns the error of a server that could not be started.
pub(super) fn failed(error: std::io::Error) -> Error {
    Error::other("desk-failed").because(error)
}
