//! Notes and videos as of the last fold, and the files that were saved by themselves: written by the commit, read by
//! tables, gaps, the crawler and the summary.

use rusqlite::{Connection, Row, params};

use super::batch::{execute, to_json};
use super::catalog::{Catalog, Run, failed};
use crate::error::{Error, Result};
use crate::model::piece::VideoSource;
use crate::model::{Class, Form, Gap, Kind, MediaKey, MediaRef, SavedFile, Sha256, Time, layout};

/// Key of `meta` that stands while the pieces must be folded again.
const STALE: &str = "pieces_stale";

/// One row of the `piece` table.
#[derive(Clone, Debug, PartialEq)]
pub struct PieceRow {
    /// The thing.
    pub entity: i64,
    /// [`Kind::Note`] or [`Kind::Video`].
    pub kind: Kind,
    /// Canonical id.
    pub id: String,
    /// Its record, inside the bag's `data/`.
    pub path: String,
    /// Its class.
    pub class: Class,
    /// The archive's own account's.
    pub own: bool,
    /// Content held.
    pub held: bool,
    /// What it is.
    pub form: Form,
    /// Title, or how its words begin.
    pub title: Option<String>,
    /// When it was published.
    pub published: Option<Time>,
    /// Its account.
    pub account: Option<String>,
    /// Where its video may be fetched, while that is wanted.
    pub video: Option<WantedVideo>,
    /// What is missing.
    pub gap: Option<Gap>,
}

/// A video that is listed and not held.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct WantedVideo {
    /// Its key among the media.
    pub key: MediaKey,
    /// Where it may be had, best first.
    pub sources: Vec<VideoSource>,
    /// MD5s the lists declare.
    pub md5: Vec<String>,
    /// Sizes the lists declare.
    pub bytes: Vec<u64>,
}

/// A saved file as the catalog holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedRow {
    /// What is known of it.
    pub file: SavedFile,
    /// The piece it is, as of the last fold.
    pub piece: Option<String>,
    /// How that was found.
    pub matched: Option<String>,
}

/// Adds a saved file. One that was opened already stays opened.
pub(super) fn add_saved(connection: &Connection, run: Run, file: &SavedFile) -> Result<usize> {
    let added = execute(
        connection,
        "INSERT INTO saved_file (digest, file, run) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
        params![file.sha256.as_bytes(), to_json(file)?, run.id],
    )?;
    let opened = "SELECT 1 FROM saved_file WHERE digest = ?1 AND json_extract(file, '$.opened') IS NOT NULL";
    let again = || connection.prepare_cached(opened).and_then(|mut found| found.exists([file.sha256.as_bytes()]));
    // What was opened and is given once more must not be kept beside what came of it.
    if added > 0 || again().map_err(failed("read saved files"))? {
        set_stale(connection)?;
    }
    Ok(added)
}

fn set_stale(connection: &Connection) -> Result<()> {
    execute(connection, "INSERT INTO meta VALUES (?1, '1') ON CONFLICT DO NOTHING", [STALE]).map(drop)
}

fn decode<T: serde::de::DeserializeOwned>(json: &str) -> Result<T> {
    serde_json::from_str(json).map_err(|error| Error::other("catalog-decode-failed").because(error))
}

impl Catalog {
    /// Whether notes and videos must be folded again. `whose` stands for what decides whose they are.
    pub fn pieces_are_stale(&self, whose: &str) -> Result<bool> {
        let dirty = "SELECT 1 FROM entity WHERE dirty = 1 AND kind IN ('note', 'video') LIMIT 1";
        Ok(self.meta(STALE)?.is_some()
            || self.one::<i64>(dirty, [])?.is_some()
            || self.meta("pieces_own")?.is_some_and(|known| known != whose))
    }

    /// They have been folded.
    pub fn set_pieces_folded(&self, whose: &str) -> Result<()> {
        let connection = self.connection();
        execute(connection, "DELETE FROM meta WHERE key = ?1", [STALE])?;
        execute(connection, "UPDATE entity SET dirty = 0 WHERE dirty = 1 AND kind IN ('note', 'video')", [])?;
        self.set_meta("pieces_own", whose)
    }

    /// Something that decides about pieces has changed.
    pub fn touch_pieces(&self) -> Result<()> {
        set_stale(self.connection())
    }

    /// Replaces what is known of all pieces; `media` are the uses of each.
    pub fn put_pieces(&self, rows: &[(PieceRow, Vec<MediaRef>)]) -> Result<()> {
        let connection = self.connection();
        execute(connection, "DELETE FROM media_use WHERE entity IN (SELECT entity FROM piece)", [])?;
        execute(connection, "DELETE FROM piece", [])?;
        for (row, media) in rows {
            let video = row.video.as_ref().map(to_json).transpose()?;
            let gap = row.gap.as_ref().map(to_json).transpose()?;
            execute(
                connection,
                "INSERT INTO piece VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
                params![
                    row.entity,
                    row.kind.code(),
                    row.id,
                    row.path,
                    layout::bag_name(row.class),
                    row.own,
                    row.held,
                    row.form.code(),
                    row.title,
                    row.published.map(Time::unix),
                    row.account,
                    video,
                    gap
                ],
            )?;
            self.put_uses(row.entity, row.class, &media.iter().collect::<Vec<_>>())?;
        }
        Ok(())
    }

    /// Whether this is a note or a video.
    pub fn is_piece(&self, entity: i64) -> Result<bool> {
        Ok(self.one::<i64>("SELECT 1 FROM piece WHERE entity = ?1", [entity])?.is_some())
    }

    /// Walks the pieces by kind, then in the order of publication, then id.
    pub fn each_piece(&self, mut visit: impl FnMut(PieceRow) -> Result<()>) -> Result<()> {
        let mut statement = self
            .connection()
            .prepare_cached(
                "SELECT entity, kind, id, path, class, own, held, form, title, published, account, film, gap
                 FROM piece ORDER BY kind, published IS NULL, published, id",
            )
            .map_err(failed("read pieces"))?;
        let mut rows = statement.query([]).map_err(failed("read pieces"))?;
        while let Some(row) = rows.next().map_err(failed("read pieces"))? {
            let (piece, video, gap) = piece_at(row).map_err(failed("read pieces"))?;
            let video = video.as_deref().map(decode).transpose()?;
            let gap = gap.as_deref().map(decode).transpose()?;
            visit(PieceRow { video, gap, ..piece })?;
        }
        Ok(())
    }

    /// Every file that was saved by itself, in the order of digests.
    pub fn saved_files(&self) -> Result<Vec<SavedRow>> {
        let rows: Vec<(String, Option<String>, Option<String>)> = self
            .connection()
            .prepare_cached("SELECT file, piece, matched FROM saved_file ORDER BY digest")
            .and_then(|mut statement| {
                statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?.collect()
            })
            .map_err(failed("read saved files"))?;
        rows.into_iter().map(|(json, piece, matched)| Ok(SavedRow { file: decode(&json)?, piece, matched })).collect()
    }

    /// What is known of a saved file now.
    pub fn put_saved(&self, run: Run, row: &SavedRow) -> Result<()> {
        execute(
            self.connection(),
            "INSERT INTO saved_file VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT DO UPDATE SET file = ?2, piece = ?3, matched = ?4",
            params![row.file.sha256.as_bytes(), to_json(&row.file)?, row.piece, row.matched, run.id],
        )
        .map(drop)
    }

    /// Makes `digest` the only file held as any of the videos matched before; `videos` are all of them.
    pub fn replace_videos(&self, videos: &[(MediaKey, Sha256)]) -> Result<()> {
        let connection = self.connection();
        execute(connection, "DELETE FROM media_held WHERE origin = 'film:'", [])?;
        for (key, digest) in videos {
            let sql = "INSERT OR IGNORE INTO media_held VALUES (?1, ?2, 'film:')";
            execute(connection, sql, params![key.as_str(), digest.as_bytes()])?;
        }
        Ok(())
    }

    /// A file that is kept in another form now.
    pub fn forget_blob(&self, digest: &Sha256) -> Result<()> {
        execute(self.connection(), "DELETE FROM media_held WHERE digest = ?1", [digest.as_bytes()])?;
        execute(self.connection(), "DELETE FROM blob WHERE digest = ?1", [digest.as_bytes()]).map(drop)
    }
}

type Texts = (PieceRow, Option<String>, Option<String>);

fn piece_at(row: &Row<'_>) -> rusqlite::Result<Texts> {
    let class: String = row.get(4)?;
    let piece = PieceRow {
        entity: row.get(0)?,
        kind: Kind::from_code(&row.get::<_, String>(1)?).unwrap_or(Kind::Note),
        id: row.get(2)?,
        path: row.get(3)?,
        class: if class == layout::bag_name(Class::Public) { Class::Public } else { Class::Private },
        own: row.get(5)?,
        held: row.get(6)?,
        form: Form::from_code(&row.get::<_, String>(7)?).unwrap_or(Form::Other),
        title: row.get(8)?,
        published: row.get::<_, Option<i64>>(9)?.and_then(Time::from_unix),
        account: row.get(10)?,
        video: None,
        gap: None,
    };
    Ok((piece, row.get(11)?, row.get(12)?))
}
