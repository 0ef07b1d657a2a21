//! Gaps that inputs and the crawler told of: one a thing, each with the input it came from.

use rusqlite::{Connection, OptionalExtension as _, params};

use super::batch::{execute, to_json};
use super::catalog::{Run, UNCOMMITTED, failed};
use super::read::decode;
use crate::error::{Error, Result};
use crate::model::{Gap, SubjectKind};

impl super::Catalog {
    /// What was told to be missing under this name.
    pub fn gap_seen(&self, kind: SubjectKind, key: &str) -> Result<Option<Gap>> {
        self.one::<String>("SELECT gap FROM gap_seen WHERE kind = ?1 AND key = ?2", params![kind.code(), key])?
            .map(|json| decode(&json))
            .transpose()
    }

    /// Every gap that was told of, of these kinds, in the order of kind and key.
    pub fn gaps_seen(&self) -> Result<Vec<Gap>> {
        let rows: Vec<String> = self.column("SELECT gap FROM gap_seen ORDER BY kind, key", [])?;
        rows.iter().map(|json| decode(json)).collect()
    }

    /// What the input at this path told to be missing.
    pub fn gaps_of(&self, origin: &str) -> Result<Vec<Gap>> {
        let rows: Vec<String> =
            self.column("SELECT gap FROM gap_seen WHERE origin = ?1 ORDER BY kind, key", [origin])?;
        rows.iter().map(|json| decode(json)).collect()
    }

    /// What was said of `path` before, but for gaps that are told of again, is no longer said.
    pub fn take_back(&self, path: &str, told: &[(Gap, String)]) -> Result<()> {
        let gone = take_back(self.connection(), path, told)?;
        if gone > 0 { self.set_meta(UNCOMMITTED, "1") } else { Ok(()) }
    }

    /// A gap that is closed.
    pub fn fill_gap(&self, kind: SubjectKind, key: &str) -> Result<()> {
        let sql = "DELETE FROM gap_seen WHERE kind = ?1 AND key = ?2";
        let closed = execute(self.connection(), sql, [kind.code(), key])?;
        if closed > 0 { self.set_meta(UNCOMMITTED, "1") } else { Ok(()) }
    }
}

/// What was said of `path` is no longer said. A gap that is told of again stays as it is; gives how many do not.
pub(super) fn take_back(connection: &Connection, path: &str, told: &[(Gap, String)]) -> Result<usize> {
    execute(connection, "DELETE FROM problem WHERE path = ?1", [path])?;
    let standing: Vec<(String, String, String)> = connection
        .prepare_cached("SELECT kind, key, gap FROM gap_seen WHERE origin = ?1")
        .and_then(|mut statement| {
            statement.query_map([path], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?.collect()
        })
        .map_err(failed("read gaps"))?;
    let mut gone = 0;
    for (kind, key, json) in standing {
        let again = told.iter().any(|(gap, origin)| {
            origin == path && gap.kind.code() == kind && gap.key == key && to_json(gap).is_ok_and(|told| told == json)
        });
        if !again {
            gone += execute(connection, "DELETE FROM gap_seen WHERE kind = ?1 AND key = ?2", [&kind, &key])?;
        }
    }
    Ok(gone)
}

/// One gap a thing. Inputs may tell different ones in any order; what the crawler met is always the latest word, unless it
/// only failed where something is known.
pub(super) fn add_gap(connection: &Connection, run: Run, gap: &Gap, origin: &str) -> Result<usize> {
    let known: Option<String> = connection
        .prepare_cached("SELECT gap FROM gap_seen WHERE kind = ?1 AND key = ?2")
        .and_then(|mut statement| statement.query_row([gap.kind.code(), &gap.key], |row| row.get(0)).optional())
        .map_err(failed("read gaps"))?;
    if let Some(known) = known {
        let known: Gap =
            serde_json::from_str(&known).map_err(|error| Error::other("catalog-decode-failed").because(error))?;
        let fetched = origin.starts_with("fetch:") && known.reason.can_be_filled() >= gap.reason.can_be_filled();
        if !fetched && known.stands_against(gap) {
            return Ok(0);
        }
    }
    let changed = execute(
        connection,
        "INSERT INTO gap_seen VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT DO UPDATE SET gap = ?3, origin = ?4, run = ?5 WHERE gap <> ?3",
        params![gap.kind.code(), gap.key, to_json(gap)?, origin, run.id],
    )?;
    if changed == 0 {
        return Ok(0);
    }
    if matches!(gap.kind, SubjectKind::Article | SubjectKind::Note | SubjectKind::Video) {
        execute(
            connection,
            "UPDATE entity SET dirty = 1 WHERE id IN (SELECT entity FROM alias WHERE kind = ?1 AND name = ?2)",
            [gap.kind.code(), &gap.key],
        )?;
    }
    if let Some(of) = &gap.of {
        execute(
            connection,
            "UPDATE entity SET dirty = 1 WHERE id IN
             (SELECT entity FROM alias WHERE kind IN ('article', 'note', 'video') AND name = ?1)",
            [of],
        )?;
    }
    Ok(changed)
}
