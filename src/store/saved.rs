//! Stores videos, recordings and pictures that were saved as separate files, and the post that each belongs to.

use rusqlite::{Connection, params};

use super::batch::{execute, to_json};
use super::catalog::{Catalog, Run, failed};
use super::posts::set_stale;
use super::read::decode;
use crate::error::Result;
use crate::model::SavedFile;

/// A saved file in the catalog.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedRow {
    /// Facts of the file.
    pub file: SavedFile,
    /// The post it belongs to, as of the last fold.
    pub post: Option<String>,
    /// The method by which the post was found.
    pub matched: Option<String>,
}

/// Adds a saved file. One that was already opened stays opened.
pub(super) fn add_saved(connection: &Connection, run: Run, file: &SavedFile) -> Result<usize> {
    let added = execute(
        connection,
        "INSERT INTO saved_file (digest, file, run) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
        params![file.sha256.as_bytes(), to_json(file)?, run.id],
    )?;
    let opened = "SELECT 1 FROM saved_file WHERE digest = ?1 AND json_extract(file, '$.opened') IS NOT NULL";
    let again = || connection.prepare_cached(opened).and_then(|mut found| found.exists([file.sha256.as_bytes()]));
    // An opened file that is supplied again must not be kept together with its output.
    if added > 0 || again().map_err(failed("read saved files"))? {
        set_stale(connection)?;
    }
    Ok(added)
}

impl Catalog {
    /// Visits every separately saved file in the order of digests: an account may have hundreds of thousands of
    /// pictures. `visit` may write to the catalog.
    pub fn each_saved(&self, mut visit: impl FnMut(SavedRow) -> Result<()>) -> Result<()> {
        type Raw = (String, Option<String>, Option<String>);
        let sql = "SELECT digest, file, post, matched FROM saved_file WHERE digest > ?1 ORDER BY digest LIMIT ?2";
        let read = |row: &rusqlite::Row<'_>| Ok((row.get(1)?, row.get(2)?, row.get(3)?));
        self.each_by_digest(sql, "read saved files", read, |(json, post, matched): Raw| {
            visit(SavedRow { file: decode(&json)?, post, matched })
        })
    }

    /// Forgets to which posts saved files belong, before they are matched again.
    pub fn forget_matches(&self) -> Result<()> {
        let sql = "UPDATE saved_file SET post = NULL, matched = NULL WHERE post IS NOT NULL OR matched IS NOT NULL";
        execute(self.connection(), sql, []).map(drop)
    }

    /// Replaces the facts of a saved file.
    pub fn put_saved(&self, run: Run, row: &SavedRow) -> Result<()> {
        execute(
            self.connection(),
            "INSERT INTO saved_file VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT DO UPDATE SET file = ?2, post = ?3, matched = ?4",
            params![row.file.sha256.as_bytes(), to_json(&row.file)?, row.post, row.matched, run.id],
        )
        .map(drop)
    }
}
