//! Describes a video, recording or picture file that a user saved separately. It is archived at once, and every commit
//! matches it to its post again: the list that names it may be imported after the file.

use serde::{Deserialize, Serialize};

use super::{GapReason, Sha256};

/// Facts about a saved file from inspecting it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedFile {
    /// Digest of the file as given.
    pub sha256: Sha256,
    /// MD5, as the platform declares it; lower-case hex.
    pub md5: String,
    /// Size in bytes.
    pub bytes: u64,
    /// File name without folders.
    pub name: String,
    /// Duration in milliseconds, from the file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration_ms: Option<u64>,
    /// Displayed width in pixels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub width: Option<u32>,
    /// Displayed height in pixels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub height: Option<u32>,
    /// Whether its first bytes show its type; otherwise it may be a video whose beginning is encrypted.
    pub known: bool,
    /// Whether it is complete according to its own structure.
    pub whole: bool,
    /// Whether it is a picture, which no list of videos refers to.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub picture: bool,
    /// One alias of the post it was fetched for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<String>,
    /// The `decodeKey` that decrypted it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<u64>,
    /// For a decrypted file: digest of the video, which is kept instead of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opened: Option<Sha256>,
}

impl SavedFile {
    /// Returns why the file cannot be played, if it cannot.
    pub fn trouble(&self) -> Option<GapReason> {
        match (self.known, self.whole) {
            (false, _) if self.opened.is_none() => Some(GapReason::StillEncrypted),
            (true, false) => Some(GapReason::BrokenInput),
            _ => None,
        }
    }
}
