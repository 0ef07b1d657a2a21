//! A video, recording or picture that somebody saved by itself. It is kept at once, and which piece it belongs to is settled at
//! every commit: the list that names it may come later than the file.

use serde::{Deserialize, Serialize};

use super::Sha256;

/// What is known of a saved file by looking at it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedFile {
    /// Digest of the file as it was given.
    pub sha256: Sha256,
    /// MD5, as the platform declares it; lower-case hex.
    pub md5: String,
    /// Bytes.
    pub bytes: u64,
    /// Its name without folders.
    pub name: String,
    /// How long it runs, in milliseconds, as the file says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration_ms: Option<u64>,
    /// Pixels as shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub width: Option<u32>,
    /// Pixels as shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub height: Option<u32>,
    /// Its beginning says what it is; otherwise it may be a video whose beginning is encrypted.
    pub known: bool,
    /// It ends where it says it does.
    pub whole: bool,
    /// It is a picture, which no list of videos means.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub picture: bool,
    /// The piece it was fetched for, by one of its names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<String>,
    /// The `decodeKey` that opened it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<u64>,
    /// For an encrypted file that was opened: digest of the video in it, which is kept in its place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opened: Option<Sha256>,
}
