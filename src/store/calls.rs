//! Stores the responses to API calls that are not yet in the archive, and the cursor of each collector.
//!
//! A response is **answered** until its collector reports that it has moved past it, and **passed** from then on, in
//! the transaction that moves the cursor. A response that was read leaves the table in the transaction that stores its
//! content. So a run killed at any point repeats at most the call in progress.
//!
//! All functions take a connection, so that they join the caller's transaction.

use std::collections::HashSet;

use rusqlite::{Connection, OptionalExtension as _, Row, params};

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::model::Sha256;

/// SQL that creates the tables.
pub const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS call (
    id INTEGER PRIMARY KEY,
    collector TEXT NOT NULL,
    account TEXT NOT NULL,
    request TEXT NOT NULL,     -- JSON of what was asked, without secrets
    fetch TEXT NOT NULL,       -- JSON of how it came
    file INTEGER NOT NULL,     -- a file may have been asked for
    body BLOB NOT NULL,        -- zstd; secrets blanked
    spooled TEXT,              -- JSON of the file that the body is instead
    passed INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS call_open ON call (collector, account, passed, id);
CREATE TABLE IF NOT EXISTS collector (
    name TEXT NOT NULL,
    account TEXT NOT NULL,
    midst TEXT,                -- cursor of a pass under way
    last TEXT,                 -- cursor at which the last whole pass ended
    finished INTEGER,          -- the run in which it ended
    until INTEGER,             -- Unix seconds: not before
    PRIMARY KEY (name, account)
) WITHOUT ROWID;
";

/// A collector and the account it runs for.
#[derive(Clone, Copy, Debug)]
pub struct Who<'a> {
    /// Name of the collector.
    pub collector: &'a str,
    /// AppID or merchant number.
    pub account: &'a str,
}

/// An answered call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallRow {
    /// Sequence number of the call.
    pub id: i64,
    /// JSON of the request, without secrets.
    pub request: String,
    /// JSON of the fetch's facts.
    pub fetch: String,
    /// Whether a file may have been requested.
    pub file: bool,
    /// Body of the response.
    pub body: Body,
}

/// The body of a response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// Bytes held in the row.
    Bytes(Vec<u8>),
    /// A file of the working state, for a body too large for a row.
    File(FileRow),
}

/// A file in the folder of large responses ([`crate::model::layout::ANSWERS`]).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileRow {
    /// Name inside the folder.
    pub name: String,
    /// Digest of the bytes.
    pub sha256: Sha256,
    /// Size in bytes.
    pub bytes: u64,
}

/// The state of a collector.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// Cursor of the pass in progress.
    pub midst: Option<String>,
    /// Cursor at which the last complete pass ended.
    pub last: Option<String>,
    /// Run in which that pass ended.
    pub finished: Option<i64>,
    /// Earliest time of the next call, in Unix seconds.
    pub until: Option<i64>,
}

/// Reports whether the collector `name` has no pass in progress or waiting, for any account it was run for, including
/// accounts that lack the permission. False if it never ran, as when the catalog has no such table.
pub fn is_through(connection: &Connection, name: &str) -> Result<bool> {
    let exists = "SELECT EXISTS (SELECT 1 FROM sqlite_master WHERE name = 'collector')";
    let through = "SELECT count(*) > 0 AND sum(midst IS NOT NULL OR until IS NOT NULL) = 0
                   FROM collector WHERE name = ?1";
    let asked: bool = connection.query_row(exists, [], |row| row.get(0)).map_err(failed("read"))?;
    let read = || connection.query_row(through, [name], |row| row.get::<_, Option<bool>>(0));
    Ok(asked && read().map_err(failed("read"))?.unwrap_or(false))
}

/// The progress of a collector, as the archive records it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progressed {
    /// Name of the collector.
    pub collector: String,
    /// AppID or merchant number.
    pub account: String,
    /// Whether no pass is in progress or waiting.
    pub through: bool,
}

/// Returns every collector that was ever run, sorted; none if the catalog has no such table.
pub fn all(connection: &Connection) -> Result<Vec<Progressed>> {
    let exists = "SELECT EXISTS (SELECT 1 FROM sqlite_master WHERE name = 'collector')";
    if !connection.query_row(exists, [], |row| row.get::<_, bool>(0)).map_err(failed("read"))? {
        return Ok(Vec::new());
    }
    let sql = "SELECT name, account, midst IS NULL AND until IS NULL FROM collector ORDER BY name, account";
    connection
        .prepare_cached(sql)
        .and_then(|mut statement| {
            let one =
                |row: &Row<'_>| Ok(Progressed { collector: row.get(0)?, account: row.get(1)?, through: row.get(2)? });
            statement.query_map([], one)?.collect()
        })
        .map_err(failed("read"))
}

/// Restores a collector's progress from the archive. Its cursors are lost, so the next pass starts from the beginning.
pub fn restore(connection: &Connection, one: &Progressed) -> Result<()> {
    create(connection)?;
    let sql = "INSERT OR REPLACE INTO collector (name, account, midst) VALUES (?1, ?2, ?3)";
    let midst = (!one.through).then_some("");
    execute(connection, "restore", sql, params![one.collector, one.account, midst]).map(drop)
}

fn failed(action: &'static str) -> impl FnOnce(rusqlite::Error) -> Error {
    move |error| Error::other("calls-failed").with("action", action).because(error)
}

fn execute(connection: &Connection, action: &'static str, sql: &str, values: impl rusqlite::Params) -> Result<usize> {
    connection.prepare_cached(sql).and_then(|mut statement| statement.execute(values)).map_err(failed(action))
}

/// Creates the tables.
pub fn create(connection: &Connection) -> Result<()> {
    connection.execute_batch(SCHEMA).map_err(failed("create"))
}

/// Returns the state of `who`.
pub fn standing(connection: &Connection, who: Who<'_>) -> Result<Standing> {
    let sql = "SELECT midst, last, finished, until FROM collector WHERE name = ?1 AND account = ?2";
    connection
        .prepare_cached(sql)
        .and_then(|mut statement| {
            statement
                .query_row(params![who.collector, who.account], |row| {
                    Ok(Standing { midst: row.get(0)?, last: row.get(1)?, finished: row.get(2)?, until: row.get(3)? })
                })
                .optional()
        })
        .map(Option::unwrap_or_default)
        .map_err(failed("read"))
}

/// Adds a response, unless the same one is already waiting: a killed run may have made the same request.
pub fn answered(
    connection: &Connection,
    who: Who<'_>,
    request: &str,
    fetch: &str,
    file: bool,
    body: &Body,
) -> Result<()> {
    let broken = |error| Error::other("calls-failed").with("action", "pack").because(error);
    let (body, spooled) = match body {
        Body::Bytes(bytes) => (zstd::bulk::compress(bytes, 1).map_err(broken)?, None),
        Body::File(row) => (Vec::new(), Some(serde_json::to_string(row).map_err(|error| broken(error.into()))?)),
    };
    let sql = "INSERT INTO call (collector, account, request, fetch, file, body, spooled)
               SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7 WHERE ?7 IS NOT NULL OR NOT EXISTS (
                   SELECT 1 FROM call
                   WHERE collector = ?1 AND account = ?2 AND passed = 0 AND request = ?3 AND body = ?6)";
    let values = params![who.collector, who.account, request, fetch, file, body, spooled];
    execute(connection, "answer", sql, values).map(drop)
}

/// Returns the names of the files that hold responses.
pub fn files(connection: &Connection) -> Result<HashSet<String>> {
    let mut statement =
        connection.prepare_cached("SELECT spooled FROM call WHERE spooled IS NOT NULL").map_err(failed("read"))?;
    let rows = statement.query_map([], |row| row.get::<_, String>(0)).map_err(failed("read"))?;
    rows.map(|row| Ok(file_row(&row.map_err(failed("read"))?)?.name)).collect()
}

fn file_row(json: &str) -> Result<FileRow> {
    serde_json::from_str(json).map_err(|error| Error::other("calls-failed").with("action", "read").because(error))
}

/// Returns the response to `request` that arrived since the last cursor.
pub fn remembered(connection: &Connection, who: Who<'_>, request: &str) -> Result<Option<CallRow>> {
    let sql = "SELECT id, request, fetch, file, body, spooled FROM call
               WHERE collector = ?1 AND account = ?2 AND passed = 0 AND request = ?3 ORDER BY id DESC LIMIT 1";
    connection
        .prepare_cached(sql)
        .and_then(|mut statement| statement.query_row(params![who.collector, who.account, request], row).optional())
        .map_err(failed("read"))?
        .map(unpacked)
        .transpose()
}

/// Marks a pass as in progress: its responses are remembered across runs until it ends.
pub fn begin(connection: &Connection, who: Who<'_>) -> Result<()> {
    let sql = "INSERT INTO collector (name, account, midst) VALUES (?1, ?2, '')
               ON CONFLICT DO UPDATE SET midst = coalesce(midst, '')";
    execute(connection, "begin", sql, params![who.collector, who.account]).map(drop)
}

/// Moves the collector to `cursor`, past every response so far.
pub fn pass(connection: &Connection, who: Who<'_>, cursor: &str) -> Result<()> {
    pass_calls(connection, who)?;
    let sql = "INSERT INTO collector (name, account, midst) VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET midst = ?3";
    execute(connection, "pass", sql, params![who.collector, who.account, cursor]).map(drop)
}

fn pass_calls(connection: &Connection, who: Who<'_>) -> Result<()> {
    let sql = "UPDATE call SET passed = 1 WHERE collector = ?1 AND account = ?2 AND passed = 0";
    execute(connection, "pass", sql, params![who.collector, who.account]).map(drop)
}

/// Ends the pass when there is nothing more to fetch.
pub fn finish(connection: &Connection, who: Who<'_>, run: i64) -> Result<()> {
    pass_calls(connection, who)?;
    let sql = "INSERT INTO collector (name, account, finished) VALUES (?1, ?2, ?3)
               ON CONFLICT DO UPDATE SET last = coalesce(nullif(midst, ''), last), midst = NULL, until = NULL, finished = ?3";
    execute(connection, "finish", sql, params![who.collector, who.account, run]).map(drop)
}

/// Makes the collector wait until `until`.
pub fn wait(connection: &Connection, who: Who<'_>, until: i64) -> Result<()> {
    let sql = "INSERT INTO collector (name, account, until) VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET until = ?3";
    execute(connection, "wait", sql, params![who.collector, who.account, until]).map(drop)
}

/// Deletes the responses that no cursor has passed, so that a new run requests them again.
pub fn forget_open(connection: &Connection, who: Who<'_>) -> Result<()> {
    let sql = "DELETE FROM call WHERE collector = ?1 AND account = ?2 AND passed = 0";
    execute(connection, "forget", sql, params![who.collector, who.account]).map(drop)
}

/// Deletes the last response if no cursor has passed it, so that an unhandled refusal is retried.
pub fn forget_last(connection: &Connection, who: Who<'_>) -> Result<()> {
    let sql = "DELETE FROM call WHERE passed = 0 AND id =
               (SELECT max(id) FROM call WHERE collector = ?1 AND account = ?2)";
    execute(connection, "forget", sql, params![who.collector, who.account]).map(drop)
}

/// Does what [`forget_open`] does, for all collectors.
pub fn forget_all_open(connection: &Connection) -> Result<()> {
    execute(connection, "forget", "DELETE FROM call WHERE passed = 0", []).map(drop)
}

/// Ends the run: in the next one every collector may start again.
pub fn end_run(connection: &Connection) -> Result<()> {
    execute(connection, "end", "UPDATE collector SET finished = NULL WHERE finished IS NOT NULL", []).map(drop)
}

/// Returns the oldest responses that were passed but not read: at most `most`, and at most `bytes` stored bytes (always
/// at least one response). With `whole`, returns none unless one of the limits is reached.
pub fn unread(connection: &Connection, who: Who<'_>, most: usize, bytes: u64, whole: bool) -> Result<Vec<CallRow>> {
    let sql =
        "SELECT id, length(body) FROM call WHERE collector = ?1 AND account = ?2 AND passed = 1 ORDER BY id LIMIT ?3";
    let limit = i64::try_from(most).unwrap_or(i64::MAX);
    let sizes: Vec<(i64, i64)> = connection
        .prepare_cached(sql)
        .and_then(|mut statement| {
            statement
                .query_map(params![who.collector, who.account, limit], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect()
        })
        .map_err(failed("read"))?;
    let mut total = 0;
    let mut chosen = Vec::new();
    for (id, size) in &sizes {
        total += size.cast_unsigned();
        if total > bytes && !chosen.is_empty() {
            break;
        }
        chosen.push(*id);
    }
    if whole && chosen.len() < most && total <= bytes {
        return Ok(Vec::new());
    }
    chosen.into_iter().map(|id| one(connection, id)).collect()
}

fn one(connection: &Connection, id: i64) -> Result<CallRow> {
    connection
        .prepare_cached("SELECT id, request, fetch, file, body, spooled FROM call WHERE id = ?1")
        .and_then(|mut statement| statement.query_row([id], row))
        .map_err(failed("read"))
        .and_then(unpacked)
}

/// Deletes the responses whose content this transaction adds to the catalog.
pub fn read(connection: &Connection, calls: &[CallRow]) -> Result<()> {
    calls
        .iter()
        .try_for_each(|call| execute(connection, "settle", "DELETE FROM call WHERE id = ?1", [call.id]).map(drop))
}

/// Reads a row, and the JSON of the file that holds its body.
fn row(row: &Row<'_>) -> rusqlite::Result<(CallRow, Option<String>)> {
    let body = Body::Bytes(row.get(4)?);
    let call = CallRow { id: row.get(0)?, request: row.get(1)?, fetch: row.get(2)?, file: row.get(3)?, body };
    Ok((call, row.get(5)?))
}

fn unpacked((mut call, spooled): (CallRow, Option<String>)) -> Result<CallRow> {
    call.body = match (spooled, call.body) {
        (Some(spooled), _) => Body::File(file_row(&spooled)?),
        (None, Body::Bytes(bytes)) => Body::Bytes(
            zstd::stream::decode_all(bytes.as_slice())
                .map_err(|error| Error::other("calls-failed").with("action", "unpack").because(error))?,
        ),
        (None, file) => file,
    };
    Ok(call)
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHO: Who<'_> = Who { collector: "freepublish", account: "wx1" };

    fn tables() -> Connection {
        let connection = Connection::open_in_memory().unwrap();
        create(&connection).unwrap();
        connection
    }

    fn answer(connection: &Connection, request: &str) {
        answered(connection, WHO, request, "{}", false, &Body::Bytes(request.into())).unwrap();
    }

    #[test]
    fn an_answer_is_remembered_until_a_cursor_lies_behind_it() {
        let connection = tables();
        answer(&connection, "a");
        assert_eq!(remembered(&connection, WHO, "a").unwrap().unwrap().body, Body::Bytes(b"a".to_vec()));
        assert_eq!(remembered(&connection, Who { account: "wx2", ..WHO }, "a").unwrap(), None);
        pass(&connection, WHO, "1").unwrap();
        assert_eq!(remembered(&connection, WHO, "a").unwrap(), None);
        assert_eq!(standing(&connection, WHO).unwrap().midst.as_deref(), Some("1"));
    }

    #[test]
    fn collectors_stand_after_a_rebuild_as_they_did() {
        let connection = tables();
        begin(&connection, WHO).unwrap();
        finish(&connection, WHO, 1).unwrap();
        begin(&connection, Who { account: "wx2", ..WHO }).unwrap();
        let before = all(&connection).unwrap();
        assert_eq!(before.iter().map(|one| one.through).collect::<Vec<_>>(), [true, false]);
        let rebuilt = Connection::open_in_memory().unwrap();
        assert_eq!(all(&rebuilt).unwrap(), []);
        before.iter().try_for_each(|one| restore(&rebuilt, one)).unwrap();
        assert_eq!(all(&rebuilt).unwrap(), before);
        assert!(!is_through(&rebuilt, WHO.collector).unwrap());
    }

    #[test]
    fn an_answer_that_waits_is_not_added_again_and_another_one_is() {
        let connection = tables();
        for body in ["waiting", "waiting", "done", "done"] {
            answered(&connection, WHO, "look", "{}", false, &Body::Bytes(body.into())).unwrap();
        }
        pass(&connection, WHO, "1").unwrap();
        answered(&connection, WHO, "look", "{}", false, &Body::Bytes("done".into())).unwrap();
        pass(&connection, WHO, "2").unwrap();
        let bodies: Vec<Body> =
            unread(&connection, WHO, 9, u64::MAX >> 1, false).unwrap().into_iter().map(|call| call.body).collect();
        assert_eq!(bodies, ["waiting", "done", "done"].map(|body| Body::Bytes(body.into())));
    }

    #[test]
    fn a_file_is_a_note_in_its_row_and_named_until_the_row_is_gone() {
        let connection = tables();
        let file = FileRow { name: "x1".into(), sha256: Sha256::of(b"bill"), bytes: 4 };
        answered(&connection, WHO, "a", "{}", true, &Body::File(file.clone())).unwrap();
        assert_eq!(remembered(&connection, WHO, "a").unwrap().unwrap().body, Body::File(file));
        assert_eq!(files(&connection).unwrap(), HashSet::from(["x1".to_owned()]));
        forget_open(&connection, WHO).unwrap();
        assert_eq!(files(&connection).unwrap(), HashSet::new());
    }

    #[test]
    fn groups_are_cut_in_the_order_of_calls() {
        let connection = tables();
        for request in ["a", "b", "c", "d", "e"] {
            answer(&connection, request);
            pass(&connection, WHO, request).unwrap();
        }
        answer(&connection, "open");
        let names = |calls: Vec<CallRow>| calls.into_iter().map(|call| call.request).collect::<Vec<_>>();
        let first = unread(&connection, WHO, 3, u64::MAX >> 1, true).unwrap();
        read(&connection, &first).unwrap();
        assert_eq!(names(first), ["a", "b", "c"]);
        assert_eq!(names(unread(&connection, WHO, 3, u64::MAX >> 1, true).unwrap()), [""; 0]);
        assert_eq!(names(unread(&connection, WHO, 3, u64::MAX >> 1, false).unwrap()), ["d", "e"]);
        assert_eq!(names(unread(&connection, WHO, 3, 1, true).unwrap()), ["d"], "large ones are read sooner");
    }

    #[test]
    fn a_finished_pass_leaves_its_cursor_for_the_next_one() {
        let connection = tables();
        answer(&connection, "a");
        pass(&connection, WHO, "7").unwrap();
        wait(&connection, WHO, 100).unwrap();
        finish(&connection, WHO, 3).unwrap();
        let after = Standing { midst: None, last: Some("7".to_owned()), finished: Some(3), until: None };
        assert_eq!(standing(&connection, WHO).unwrap(), after);
        end_run(&connection).unwrap();
        assert_eq!(standing(&connection, WHO).unwrap().finished, None);
    }
}
