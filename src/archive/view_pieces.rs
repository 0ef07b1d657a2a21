//! The notes and videos of the public bag. They are few beside the articles and small: all are held.

use std::collections::HashMap;

use super::handle::Archive;
use super::view::{self, Uses};
use crate::error::Result;
use crate::model::piece::VIDEO_SCHEMA;
use crate::model::{Class, MediaRole, MediaUse, Post, Sha256};

/// A note or a video of the public bag.
#[derive(Debug)]
pub struct PieceEntry {
    /// Its record, relative to `data/`: `videos/2024/14500000000000000001.json`.
    pub path: String,
    /// Digest of the record.
    pub digest: Sha256,
    /// Everything known of it.
    pub piece: Post,
}

impl PieceEntry {
    /// A work of a 视频号, and no note.
    pub fn is_video(&self) -> bool {
        self.piece.schema == VIDEO_SCHEMA
    }

    /// What is held of it for `role`, in order.
    pub fn media(&self, role: MediaRole) -> impl Iterator<Item = &MediaUse> {
        self.piece.media.iter().filter(move |one| one.role == role && one.bag != Some(Class::Private))
    }

    /// The file of its cover, relative to `data/`.
    pub fn cover(&self) -> Option<&str> {
        [MediaRole::Cover, MediaRole::Picture]
            .into_iter()
            .find_map(|role| self.media(role).find_map(|one| one.path.as_deref()))
    }
}

/// Reads those that are `wanted`, by date, then id; what media they use is added to `uses`.
pub(super) fn read(
    archive: &Archive,
    digests: &HashMap<String, Sha256>,
    wanted: Option<&dyn Fn(&PieceEntry) -> bool>,
    uses: &mut Uses,
) -> Result<Vec<PieceEntry>> {
    let mut paths: Vec<(&String, &Sha256)> = digests
        .iter()
        .filter(|(path, _)| (path.starts_with("notes/") || path.starts_with("videos/")) && path.ends_with(".json"))
        .collect();
    paths.sort_unstable();
    let mut entries = Vec::with_capacity(paths.len());
    for (path, digest) in paths {
        let bytes = view::read(archive, path)?;
        let piece: Post = serde_json::from_slice(&bytes).map_err(|error| view::broken(archive, path, error))?;
        // What is not public is not listed even if it stands in the wrong bag.
        if piece.class != Class::Public {
            continue;
        }
        let entry = PieceEntry { path: path.clone(), digest: *digest, piece };
        let is_wanted = wanted.is_none_or(|wanted| wanted(&entry));
        if wanted.is_some() {
            uses.add(is_wanted, entry.piece.media.clone());
        }
        if is_wanted {
            entries.push(entry);
        }
    }
    entries.sort_by(|a, b| (a.piece.fields.published, &a.piece.id).cmp(&(b.piece.fields.published, &b.piece.id)));
    Ok(entries)
}
