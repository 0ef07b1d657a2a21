//! Stores which media are used and by what, which files are held, and which media are still wanted.

use rusqlite::{Row, params};

use super::batch::BlobRow;
use super::batch::{execute, to_json};
use super::catalog::{Catalog, failed};
use super::posts::class_of;
use super::read::{decode, held_at};
use crate::error::Result;
use crate::model::{Class, MediaKey, MediaRef, MediaRole, Sha256, layout};

/// A medium that posts use but no file supplies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WantedMedia {
    /// Key of the medium.
    pub key: MediaKey,
    /// Role in the post.
    pub role: MediaRole,
    /// URLs to fetch it from, best first.
    pub urls: Vec<String>,
    /// Id of the first post that uses it.
    pub of: String,
    /// Title of that post.
    pub title: Option<String>,
    /// Public if any public use exists.
    pub class: Class,
    /// Whether a post of the own account or of an unknown account uses it.
    pub own: bool,
    /// Whether a held post uses it, so that it counts as missing.
    pub missed: bool,
    /// Declared width and height.
    pub declared: Option<(u32, u32)>,
    /// Declared size in bytes.
    pub bytes: Option<u64>,
}

impl Catalog {
    /// Replaces the media that an entity uses, each with the class of its use.
    pub fn put_uses(&self, entity: i64, media: &[(&MediaRef, Class)]) -> Result<()> {
        execute(self.connection(), "DELETE FROM media_use WHERE entity = ?1", [entity])?;
        for (one, class) in media {
            let (urls, role) = (to_json(&one.urls)?, to_json(&one.role)?);
            let sql = "INSERT OR REPLACE INTO media_use VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
            let class = layout::bag_name(*class);
            let bytes = one.bytes.map(u64::cast_signed);
            let row = params![entity, one.key.as_str(), role, urls, class, one.width, one.height, bytes];
            execute(self.connection(), sql, row)?;
        }
        Ok(())
    }

    /// Reports whether anything public uses this medium.
    pub fn is_used_publicly(&self, key: &MediaKey) -> Result<bool> {
        let sql = "SELECT 1 FROM media_use WHERE key = ?1 AND class = 'public' LIMIT 1";
        Ok(self.one::<i64>(sql, [key.as_str()])?.is_some())
    }

    /// Returns the entities that use this medium privately.
    pub fn private_users(&self, key: &MediaKey) -> Result<Vec<i64>> {
        self.column("SELECT DISTINCT entity FROM media_use WHERE key = ?1 AND class = 'private'", [key.as_str()])
    }

    /// Returns the media that posts use but no file supplies, ordered by key.
    pub fn wanted_media(&self) -> Result<Vec<WantedMedia>> {
        // One row for each use, those of a medium together: a window function would sort every row twice.
        let mut statement = self
            .connection()
            .prepare_cached(
                "SELECT u.key, u.role, u.urls, coalesce(p.id, ''), u.class, p.own OR p.account IS NULL,
                        u.width, u.height, u.bytes, p.title, coalesce(p.held, 1)
                 FROM media_use u LEFT JOIN post p ON p.entity = u.entity
                 WHERE coalesce(p.held OR p.kind <> 'article', 1) AND NOT EXISTS (SELECT 1 FROM media_held h WHERE h.key = u.key)
                 ORDER BY u.key, p.id, u.role",
            )
            .map_err(failed("read media"))?;
        let mut rows = statement.query([]).map_err(failed("read media"))?;
        let mut all: Vec<WantedMedia> = Vec::new();
        while let Some(row) = rows.next().map_err(failed("read media"))? {
            let Some((role, urls, wanted)) = wanted_at(row).map_err(failed("read media"))? else { continue };
            match all.last_mut() {
                Some(first) if first.key == wanted.key => {
                    if wanted.class == Class::Public {
                        first.class = Class::Public;
                    }
                    first.own |= wanted.own;
                    first.missed |= wanted.missed;
                }
                _ => all.push(WantedMedia { role: decode(&role)?, urls: decode(&urls)?, ..wanted }),
            }
        }
        Ok(all)
    }

    /// Removes a file from a medium that it turned out not to be.
    pub fn retract_media(&self, key: &MediaKey, digest: &Sha256) -> Result<()> {
        let connection = self.connection();
        let digest = digest.as_bytes();
        execute(connection, "DELETE FROM media_held WHERE key = ?1 AND digest = ?2", params![key.as_str(), digest])?;
        execute(
            connection,
            "DELETE FROM blob WHERE digest = ?1 AND NOT EXISTS (SELECT 1 FROM media_held h WHERE h.digest = ?1)",
            params![digest],
        )?;
        execute(
            connection,
            "UPDATE entity SET dirty = 1 WHERE id IN (SELECT entity FROM media_use WHERE key = ?1)",
            [key.as_str()],
        )
        .map(drop)
    }

    /// Visits the held media files in the order of digests. `visit` may write to the catalog.
    pub fn each_blob(&self, mut visit: impl FnMut(Sha256, BlobRow) -> Result<()>) -> Result<()> {
        let sql =
            "SELECT digest, bytes, extension, mime, width, height FROM blob WHERE digest > ?1 ORDER BY digest LIMIT ?2";
        self.each_by_digest(sql, "read media", held_at, |held| visit(held.digest, held))
    }

    /// Returns the keys of the media that a file is held as.
    pub fn keys_of(&self, digest: &Sha256) -> Result<Vec<MediaKey>> {
        let keys: Vec<String> =
            self.column("SELECT DISTINCT key FROM media_held WHERE digest = ?1 ORDER BY key", [digest.as_bytes()])?;
        Ok(keys.iter().filter_map(|key| MediaKey::from_text(key)).collect())
    }

    /// Replaces all matched videos and the files held for them by `videos`.
    pub fn replace_videos(&self, videos: &[(MediaKey, Sha256)]) -> Result<()> {
        let connection = self.connection();
        execute(connection, "DELETE FROM media_held WHERE origin = 'film:'", [])?;
        for (key, digest) in videos {
            let sql = "INSERT OR IGNORE INTO media_held VALUES (?1, ?2, 'film:')";
            execute(connection, sql, params![key.as_str(), digest.as_bytes()])?;
        }
        Ok(())
    }

    /// Removes a file that is now kept in another form.
    pub fn forget_blob(&self, digest: &Sha256) -> Result<()> {
        execute(self.connection(), "DELETE FROM media_held WHERE digest = ?1", [digest.as_bytes()])?;
        execute(self.connection(), "DELETE FROM blob WHERE digest = ?1", [digest.as_bytes()]).map(drop)
    }
}

/// Reads one use of a medium, its role and addresses as they are stored; `None` for a key that no version writes.
fn wanted_at(row: &Row<'_>) -> rusqlite::Result<Option<(String, String, WantedMedia)>> {
    let Some(key) = MediaKey::from_text(&row.get::<_, String>(0)?) else { return Ok(None) };
    let size: (Option<u32>, Option<u32>) = (row.get(6)?, row.get(7)?);
    let wanted = WantedMedia {
        key,
        role: MediaRole::Image,
        urls: Vec::new(),
        of: row.get(3)?,
        title: row.get(9)?,
        class: class_of(&row.get::<_, String>(4)?),
        own: row.get(5)?,
        missed: row.get(10)?,
        declared: size.0.zip(size.1),
        bytes: row.get::<_, Option<i64>>(8)?.map(i64::cast_unsigned),
    };
    Ok(Some((row.get(1)?, row.get(2)?, wanted)))
}
