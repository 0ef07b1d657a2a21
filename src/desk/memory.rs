//! What the desk remembers from one start to the next, in the user's own folder: the archives used and the language.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::platform;

/// Name of the file.
const FILE: &str = "desk.json";
/// Number of archives that are remembered.
const RECENT: usize = 8;

/// The memory of the desk. It is only a convenience: what cannot be read or written is left.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Memory {
    /// Folders of the archives, the latest first.
    pub(super) recent: Vec<PathBuf>,
    /// Tag of the language.
    pub(super) language: Option<String>,
}

impl Memory {
    pub(super) fn read() -> Self {
        let path = platform::state_folder().map(|folder| folder.join(FILE));
        let bytes = path.and_then(|path| std::fs::read(path).ok());
        bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default()
    }

    /// Puts an archive first.
    pub(super) fn used(&mut self, root: &Path) {
        self.recent.retain(|other| other != root);
        self.recent.insert(0, root.to_owned());
        self.recent.truncate(RECENT);
    }

    pub(super) fn write(&self) {
        let Some(folder) = platform::state_folder() else { return };
        if let (Ok(()), Ok(bytes)) = (platform::create_private_folder(&folder), serde_json::to_vec_pretty(self)) {
            // See the type.
            let _ = std::fs::write(folder.join(FILE), bytes);
        }
    }
}
