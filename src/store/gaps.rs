//! Stores the gaps that inputs and the crawler report: one per missing thing, each with the input that reported it.

use rusqlite::{Connection, OptionalExtension as _, params};

use super::batch::{execute, to_json};
use super::catalog::{Run, UNCOMMITTED, failed};
use super::read::decode;
use crate::error::{Error, Result};
use crate::model::{Gap, SubjectKind};

/// Origin of a gap that was read back from the bags.
pub(crate) const REBUILT: &str = "rebuilt";

impl super::Catalog {
    /// Returns the gap reported for this key.
    pub fn gap_seen(&self, kind: SubjectKind, key: &str) -> Result<Option<Gap>> {
        self.one::<String>("SELECT gap FROM gap_seen WHERE kind = ?1 AND key = ?2", params![kind.code(), key])?
            .map(|json| decode(&json))
            .transpose()
    }

    /// Returns every reported gap, ordered by kind and key.
    pub fn gaps_seen(&self) -> Result<Vec<Gap>> {
        let rows: Vec<String> = self.column("SELECT gap FROM gap_seen ORDER BY kind, key", [])?;
        rows.iter().map(|json| decode(json)).collect()
    }

    /// Returns the gaps that the input at this path reported.
    pub fn gaps_of(&self, origin: &str) -> Result<Vec<Gap>> {
        let rows: Vec<String> =
            self.column("SELECT gap FROM gap_seen WHERE origin = ?1 ORDER BY kind, key", [origin])?;
        rows.iter().map(|json| decode(json)).collect()
    }

    /// Deletes the problems and gaps of `path`, except gaps that are reported again.
    pub fn take_back(&self, path: &str, told: &[(Gap, String)]) -> Result<()> {
        let gone = take_back(self.connection(), path, told)?;
        if gone > 0 { self.set_meta(UNCOMMITTED, "1") } else { Ok(()) }
    }

    /// Closes a gap.
    pub fn fill_gap(&self, kind: SubjectKind, key: &str) -> Result<()> {
        let sql = "DELETE FROM gap_seen WHERE kind = ?1 AND key = ?2";
        let closed = execute(self.connection(), sql, [kind.code(), key])?;
        if closed > 0 { self.set_meta(UNCOMMITTED, "1") } else { Ok(()) }
    }
}

/// Deletes the problems and gaps of `path`, except gaps that are reported again unchanged; returns the number of
/// deleted gaps.
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

/// Closes a gap of an input of this name that was read back from the bags, if `condition` on `?2` holds; returns the number
/// of closed gaps. A locked archive is known by its digest.
pub(super) fn close_rebuilt(connection: &Connection, name: &str, condition: &str, argument: &str) -> Result<usize> {
    let sql = format!(
        "DELETE FROM gap_seen WHERE kind = 'input' AND key =
         (SELECT key FROM gap_seen WHERE kind = 'input' AND origin = '{REBUILT}' AND json_extract(gap, '$.title') = ?1
          AND json_extract(gap, '$.reason') <> 'password_needed' AND {condition} ORDER BY key LIMIT 1)"
    );
    execute(connection, &sql, [name, argument])
}

/// Adds a gap, one per missing thing. Inputs may report different ones in any order. The crawler's finding takes
/// precedence, except that a mere failure does not replace a more definite reason.
pub(super) fn add_gap(connection: &Connection, run: Run, gap: &Gap, origin: &str) -> Result<usize> {
    let known_gap: Option<(String, String)> = connection
        .prepare_cached("SELECT gap, origin FROM gap_seen WHERE kind = ?1 AND key = ?2")
        .and_then(|mut statement| {
            let row = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?));
            statement.query_row([gap.kind.code(), &gap.key], row).optional()
        })
        .map_err(failed("read gaps"))?;
    if let Some((known, known_origin)) = &known_gap {
        let known: Gap =
            serde_json::from_str(known).map_err(|error| Error::other("catalog-decode-failed").because(error))?;
        if known_origin == REBUILT && known == *gap {
            // From now on it is the input's, which closes it: no other of its name does.
            let sql = "UPDATE gap_seen SET origin = ?3 WHERE kind = ?1 AND key = ?2";
            execute(connection, sql, params![gap.kind.code(), gap.key, origin])?;
            return Ok(0);
        }
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
    if let (None, SubjectKind::Input, Some(title)) = (&known_gap, gap.kind, &gap.title)
        && origin != REBUILT
    {
        // What the bags say of the same input, read by another version or left by a stopped run, has another key.
        close_rebuilt(connection, title, "key <> ?2", &gap.key)?;
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
