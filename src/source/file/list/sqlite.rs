//! Databases of feed readers (SQLite: `db.db` of we-mp-rss, `wewe-rss.db`, and any other with a table of titles and
//! links). The file is not trusted: it is opened as a copy in the scratch folder, nothing in it is executed, and the
//! cost of reading it is bounded. Databases of chats are refused.

use std::fs::File;
use std::io::copy;
use std::path::Path;

use rusqlite::config::DbConfig;
use rusqlite::hooks::{AuthAction, AuthContext, Authorization};
use rusqlite::limits::Limit;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags};
use serde_json::{Map, Value};
use tempfile::TempDir;

use super::table_parts::{Parts, are_articles, are_chats, holds_articles};
use crate::error::{Error, Kind, Result};
use crate::model::Problem;
use crate::platform;
use crate::source::{Holds, ImportCx, Importer, Info, Input, Item, Match, Out, Probe};

/// The importer of databases.
#[derive(Debug)]
pub struct Sqlite;

static INFO: Info = Info {
    name: "sqlite",
    summary_zh: "订阅工具的数据库（SQLite：we-mp-rss 的 db.db、wewe-rss.db，以及任何带标题和链接列的表）：标题、链接、时间、正文",
    summary_en: "Databases of feed readers (SQLite: db.db of we-mp-rss, wewe-rss.db, any table with title and link columns): titles, links, times, texts",
    patterns: &["*.db", "*.sqlite", "*.sqlite3"],
    version: 2,
};

const MAGIC: &[u8] = b"SQLite format 3\0";
/// First bytes of the log and the journal that a database keeps next to itself while it is open.
const WAL: [&[u8]; 2] = [b"\x37\x7f\x06\x82", b"\x37\x7f\x06\x83"];
const JOURNAL: &[u8] = b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7";

/// Longest text of a cell in bytes.
const CELL: i32 = 64 * 1024 * 1024;
/// Most tables that are read.
const TABLES: usize = 2_000;
/// Steps of SQLite between two checks of the budget, and steps allowed per byte of the file.
const STEPS: i32 = 10_000;
const STEPS_A_BYTE: u64 = 8;

impl Importer for Sqlite {
    fn info(&self) -> &'static Info {
        &INFO
    }

    fn holds(&self) -> Holds {
        Holds::Parts
    }

    fn identify(&self, probe: &mut Probe<'_>) -> Match {
        let head = probe.head();
        if is_beside(probe.input(), head) {
            return Match::Likely;
        }
        // The rows may be in the log only.
        let log = || probe.input().sibling(&format!("{}-wal", probe.name()));
        let holds = || holds_articles(probe) || log().is_some_and(|log| holds_articles(&Probe::new(&log)));
        if head.starts_with(MAGIC) && holds() { Match::Likely } else { Match::No }
    }

    fn read(&self, input: &Input, cx: &ImportCx<'_>, out: &mut dyn Out) -> Result<()> {
        let head = Probe::new(input).head().to_vec();
        if is_beside(input, &head) {
            // A write-ahead log is read with its database; a journal can be rolled back by its own program only.
            let journal = head.starts_with(JOURNAL);
            let remark = Problem::remark("sqlite-journal", input.locator()).with("path", input.locator());
            return if journal { out.item(Item::Problem(remark)) } else { Ok(()) };
        }
        let folder = copied(input, cx)?;
        let broken = |error: rusqlite::Error| {
            let code = match error.sqlite_error_code() {
                Some(rusqlite::ErrorCode::OperationInterrupted) => "sqlite-too-costly",
                _ => "sqlite-broken",
            };
            Error::input(code).with("path", input.locator()).because(error)
        };
        let database = open(&folder.path().join(NAME), input.size()).map_err(broken)?;
        let tables = tables(&database).map_err(broken)?;
        if tables.iter().any(|(_, columns)| are_chats(columns)) {
            let remark = Problem::remark("chat-refused", input.locator()).with("path", input.locator());
            return out.item(Item::Problem(remark));
        }
        let mut parts = Parts::new(INFO.name, input, cx, out);
        let mut damage = None;
        for (table, columns) in tables.iter().filter(|(_, columns)| !are_articles(columns)) {
            // A damaged table of accounts costs only names.
            let named = columns
                .iter()
                .any(|column| matches!(column.as_str(), "mp_name" | "nickname" | "nick_name" | "account_name"));
            if named {
                let _ = rows(&database, table, &mut |row| {
                    parts.account(&row);
                    Ok(())
                });
            }
        }
        for (table, _) in tables.iter().filter(|(_, columns)| are_articles(columns)) {
            match rows(&database, table, &mut |row| parts.row(table, row)) {
                Ok(()) => {}
                // Rows before the damage or a limit count.
                Err(Stopped::Row(error)) if error.kind() == Kind::Input => {
                    damage = Some(error);
                    break;
                }
                Err(Stopped::Row(error)) => return Err(error),
                Err(Stopped::Database(error)) => damage = Some(broken(error)),
            }
        }
        let taken = parts.finish()?;
        match damage {
            Some(error) => Err(error.with("count", taken)),
            None if taken == 0 => {
                let remark = Problem::remark("sqlite-without-articles", input.locator()).with("path", input.locator());
                out.item(Item::Problem(remark))
            }
            None => Ok(()),
        }
    }
}

/// Reports whether the input is a log or journal of a sibling database.
fn is_beside(input: &Input, head: &[u8]) -> bool {
    let of = |end: &str| input.name().strip_suffix(end).is_some_and(|name| input.sibling(name).is_some());
    (of("-wal") && (head.is_empty() || WAL.iter().any(|magic| head.starts_with(magic))))
        || of("-shm")
        || of("-journal") && head.starts_with(JOURNAL)
}

/// Name of the copy.
const NAME: &str = "database";

/// Copies the database and its write-ahead log to a temporary folder. A journal is not copied: rolling it back may
/// touch the files that it names.
fn copied(input: &Input, cx: &ImportCx<'_>) -> Result<TempDir> {
    let scratch = cx.budget.scratch();
    let failed = |error| Error::disk("scratch-write-failed", scratch.display(), error);
    let folder = TempDir::with_prefix_in("sqlite-", scratch).map_err(failed)?;
    let log = input.sibling(&format!("{}-wal", input.name()));
    for (from, name) in
        [Some((input.clone(), NAME.to_owned())), log.map(|log| (log, format!("{NAME}-wal")))].into_iter().flatten()
    {
        let mut file = File::create_new(folder.path().join(name)).map_err(failed)?;
        copy(&mut from.open()?, &mut file).map_err(|error| Error::reading(error, from.locator()))?;
    }
    Ok(folder)
}

/// Opens the copy so that nothing in it is executed.
fn open(path: &Path, size: u64) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_EXRESCODE;
    let database = Connection::open_with_flags(platform::long(path), flags)?;
    for (option, on) in [
        (DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true),
        (DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false),
        (DbConfig::SQLITE_DBCONFIG_ENABLE_VIEW, false),
        (DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false),
        (DbConfig::SQLITE_DBCONFIG_WRITABLE_SCHEMA, false),
    ] {
        database.set_db_config(option, on)?;
    }
    for (limit, most) in [
        (Limit::SQLITE_LIMIT_LENGTH, CELL),
        (Limit::SQLITE_LIMIT_SQL_LENGTH, 1024 * 1024),
        (Limit::SQLITE_LIMIT_COLUMN, 1_000),
        (Limit::SQLITE_LIMIT_ATTACHED, 0),
        (Limit::SQLITE_LIMIT_EXPR_DEPTH, 50),
        (Limit::SQLITE_LIMIT_VDBE_OP, 100_000),
    ] {
        database.set_limit(limit, most)?;
    }
    database.execute_batch("PRAGMA query_only = ON; PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0;")?;
    let most = size.saturating_mul(STEPS_A_BYTE).max(100_000_000);
    let mut done: u64 = 0;
    database.progress_handler(
        STEPS,
        Some(move || {
            done += u64::from(STEPS.unsigned_abs());
            done > most
        }),
    )?;
    database.authorizer(Some(|context: AuthContext<'_>| match context.action {
        AuthAction::Select | AuthAction::Read { .. } | AuthAction::Pragma { pragma_name: "table_info", .. } => {
            Authorization::Allow
        }
        _ => Authorization::Deny,
    }))?;
    Ok(database)
}

/// Returns the tables with their columns. Views and virtual tables run code of the file and are skipped.
fn tables(database: &Connection) -> rusqlite::Result<Vec<(String, Vec<String>)>> {
    let mut names: Vec<String> = Vec::new();
    let mut statement = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND rootpage > 0")?;
    let mut found = statement.query([])?;
    while let Some(row) = found.next()? {
        if let Ok(name) = row.get::<_, String>(0)
            && !name.starts_with("sqlite_")
            && names.len() < TABLES
        {
            names.push(name);
        }
    }
    names.sort();
    let mut tables = Vec::new();
    for name in names {
        let statement = database.prepare(&format!("SELECT * FROM {}", quoted(&name)));
        // A table that cannot be prepared (it uses functions of an extension) is not a feed reader's.
        let Ok(statement) = statement else { continue };
        let columns = statement.column_names().into_iter().map(str::to_owned).collect();
        tables.push((name, columns));
    }
    Ok(tables)
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// The reason why reading a table stopped.
enum Stopped {
    Database(rusqlite::Error),
    Row(Error),
}

/// Passes every row of a table to `take`, without values that are null or neither text nor number.
fn rows(
    database: &Connection,
    table: &str,
    take: &mut dyn FnMut(Map<String, Value>) -> Result<()>,
) -> std::result::Result<(), Stopped> {
    let mut statement = database.prepare(&format!("SELECT * FROM {}", quoted(table))).map_err(Stopped::Database)?;
    let names: Vec<String> = statement.column_names().into_iter().map(str::to_owned).collect();
    let mut found = statement.query([]).map_err(Stopped::Database)?;
    while let Some(row) = found.next().map_err(Stopped::Database)? {
        let mut fields = Map::new();
        for (at, name) in names.iter().enumerate() {
            let value = match row.get_ref(at).map_err(Stopped::Database)? {
                ValueRef::Null => continue,
                ValueRef::Integer(number) => number.into(),
                ValueRef::Real(number) => number.into(),
                ValueRef::Text(text) => String::from_utf8_lossy(text).into_owned().into(),
                ValueRef::Blob(bytes) => match std::str::from_utf8(bytes) {
                    Ok(text) => text.into(),
                    Err(_) => continue,
                },
            };
            fields.insert(name.clone(), value);
        }
        take(fields).map_err(Stopped::Row)?;
    }
    Ok(())
}
