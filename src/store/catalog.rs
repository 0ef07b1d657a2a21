//! Holds the catalog: one SQLite file of observations and finished work, so that a run killed at any point resumes and
//! an unchanged input is not read again. It can be rebuilt from the bags.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, ErrorCode, OptionalExtension as _, params};

use crate::error::{Error, Kind, Result};
use crate::model::{Class, Problem, Time};
use crate::platform;

/// Key of `meta` that is present while there are uncommitted additions.
pub(super) const UNCOMMITTED: &str = "uncommitted";

/// Version of the tables.
const VERSION: i64 = 6;

/// The open catalog.
pub struct Catalog {
    connection: Connection,
    /// Files that the manifests list and the archive has lost: while they are being made again, they count as not held.
    pub(super) lost: RefCell<BTreeSet<(Class, String)>>,
}

/// A run, with its number and its only clock value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Run {
    /// Number, from 1.
    pub id: i64,
    /// Time of the run.
    pub clock: Time,
    /// Whether it continues an interrupted run.
    pub resumed: bool,
}

/// Wraps SQLite's errors, with the attempted action in `action`.
pub(crate) fn failed(action: &'static str) -> impl FnOnce(rusqlite::Error) -> Error {
    move |error| {
        let failed = match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Error::other(DAMAGED),
            Some(ErrorCode::DiskFull) => Error::new(Kind::Disk, "catalog-disk-full"),
            _ => Error::other("catalog-failed"),
        };
        failed.with("action", action).because(error)
    }
}

/// Error code for a catalog that is incomplete or no catalog at all.
pub const DAMAGED: &str = "catalog-damaged";

/// Suffixes of the catalog's files.
const PARTS: [&str; 3] = ["", "-wal", "-shm"];

/// Size in bytes of the largest catalog that is checked page by page whenever it is opened: a check reads all of it.
const CHECKED: u64 = 16 * 1024 * 1024;

/// Number of log pages (16 MiB) above which SQLite copies the log into the catalog: a page that many transactions write
/// is copied only once.
const LOG_PAGES: i64 = 4_000;

/// Removes the files of the catalog at `path`. Renames a folder of the same name to `*.aside`.
///
/// # Errors
/// `catalog-open-failed`.
pub fn discard(path: &Path) -> Result<()> {
    for end in PARTS {
        let file = PathBuf::from(format!("{}{end}", path.display()));
        let gone = match std::fs::symlink_metadata(&file) {
            Ok(metadata) if metadata.is_dir() => {
                let aside = PathBuf::from(format!("{}.aside", file.display()));
                let _ = platform::remove_folder(&aside);
                platform::rename(&file, aside)
            }
            Ok(_) => platform::remove_file(&file),
            Err(_) => Ok(()),
        };
        gone.map_err(|error| Error::disk("catalog-open-failed", file.display(), error))?;
    }
    Ok(())
}

fn not_opened(path: &Path) -> impl Fn(rusqlite::Error) -> Error {
    move |error| {
        let code = match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => DAMAGED,
            _ => "catalog-open-failed",
        };
        Error::other(code).with("action", "open").with("path", path.display()).because(error)
    }
}

fn count_tables(connection: &Connection) -> rusqlite::Result<u64> {
    let sql = "SELECT count(*) FROM sqlite_master WHERE type = 'table'";
    connection.query_row(sql, [], |row| row.get::<_, i64>(0)).map(i64::cast_unsigned)
}

/// Checks that every table exists and, where that is quick, every page.
fn check(connection: &Connection, path: &Path) -> Result<()> {
    let damaged = || Error::other(DAMAGED).with("action", "none").with("path", path.display());
    let tables = include_str!("schema.sql").lines().filter(|line| line.starts_with("CREATE TABLE ")).count();
    if count_tables(connection).map_err(not_opened(path))? < tables as u64 {
        return Err(damaged());
    }
    if std::fs::metadata(path).is_ok_and(|file| file.len() > CHECKED) {
        return Ok(());
    }
    let found: String =
        connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0)).map_err(not_opened(path))?;
    if found == "ok" { Ok(()) } else { Err(damaged().because(std::io::Error::other(found))) }
}

impl Catalog {
    /// Opens or creates the catalog.
    ///
    /// # Errors
    /// `catalog-newer` if a later version of the program made it, `catalog-damaged` if it is incomplete or no catalog.
    pub fn open(path: &Path) -> Result<Self> {
        if path.is_dir() {
            return Err(Error::other(DAMAGED).with("action", "none").with("path", path.display()));
        }
        let connection = Connection::open(platform::long(path)).map_err(not_opened(path))?;
        let setup = || -> rusqlite::Result<i64> {
            connection.pragma_update(None, "journal_mode", "WAL")?;
            connection.pragma_update(None, "synchronous", "FULL")?;
            connection.pragma_update(None, "cache_size", -8_000)?;
            connection.pragma_update(None, "wal_autocheckpoint", LOG_PAGES)?;
            connection.pragma_query_value(None, "user_version", |row| row.get(0))
        };
        match setup().map_err(not_opened(path))? {
            0 => {
                let create = || -> rusqlite::Result<()> {
                    let transaction = connection.unchecked_transaction()?;
                    transaction.execute_batch(include_str!("schema.sql"))?;
                    transaction.pragma_update(None, "user_version", VERSION)?;
                    transaction.commit()
                };
                // Tables without a version belong to another program's database.
                if count_tables(&connection).map_err(not_opened(path))? > 0 {
                    return Err(Error::other(DAMAGED).with("action", "none").with("path", path.display()));
                }
                create().map_err(not_opened(path))?;
            }
            VERSION => check(&connection, path)?,
            // It is rebuilt from the bags, which hold everything that was committed; the rest is read again.
            older if older < VERSION => {
                drop(connection);
                discard(path)?;
                return Self::open(path);
            }
            other => return Err(Error::other("catalog-newer").with("path", path.display()).with("version", other)),
        }
        Ok(Self { connection, lost: RefCell::default() })
    }

    /// Copies the catalog at `from` to `to` and opens the copy, for a rehearsal.
    pub fn copy_of(from: &Path, to: &Path) -> Result<Self> {
        let source = Self::open(from)?;
        source
            .connection
            .execute("VACUUM INTO ?1", [to.to_string_lossy()])
            .map_err(|error| Error::other("catalog-open-failed").with("path", to.display()).because(error))?;
        Self::open(to)
    }

    /// Returns the connection, for the modules of `store`.
    pub(crate) fn connection(&self) -> &Connection {
        &self.connection
    }

    /// Runs `work` in one transaction.
    pub fn transaction<T>(&self, work: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        let transaction = self.connection.unchecked_transaction().map_err(failed("begin"))?;
        let value = work(&transaction)?;
        transaction.commit().map_err(failed("commit"))?;
        Ok(value)
    }

    /// Makes the changes of a commit's transaction durable and continues in a new one. The archive stays marked as
    /// uncommitted.
    pub fn commit_so_far(&self) -> Result<()> {
        self.set_meta(UNCOMMITTED, "1")?;
        self.connection.execute_batch("COMMIT; BEGIN").map_err(failed("commit"))
    }

    /// Returns an archive-wide value.
    pub fn meta(&self, key: &str) -> Result<Option<String>> {
        self.connection
            .query_row("SELECT value FROM meta WHERE key = ?1", [key], |row| row.get(0))
            .optional()
            .map_err(failed("read meta"))
    }

    /// Returns the keys of archive-wide values that begin with `prefix`, in order.
    pub fn metas(&self, prefix: &str) -> Result<Vec<String>> {
        let sql = "SELECT key FROM meta WHERE substr(key, 1, length(?1)) = ?1 ORDER BY key";
        self.connection
            .prepare(sql)
            .and_then(|mut statement| statement.query_map([prefix], |row| row.get(0))?.collect())
            .map_err(failed("read meta"))
    }

    /// Reports whether anything was added since the last commit.
    pub fn is_uncommitted(&self) -> Result<bool> {
        Ok(self.meta(UNCOMMITTED)?.is_some())
    }

    /// Marks everything added so far as committed to the bags.
    pub fn set_committed(&self) -> Result<()> {
        self.connection
            .execute("DELETE FROM meta WHERE key = ?1", [UNCOMMITTED])
            .map(drop)
            .map_err(failed("write meta"))
    }

    /// Removes an archive-wide value.
    pub fn remove_meta(&self, key: &str) -> Result<()> {
        self.connection.execute("DELETE FROM meta WHERE key = ?1", [key]).map(drop).map_err(failed("write meta"))
    }

    /// Sets an archive-wide value.
    pub fn set_meta(&self, key: &str, value: &str) -> Result<()> {
        self.connection
            .execute("INSERT INTO meta VALUES (?1, ?2) ON CONFLICT DO UPDATE SET value = ?2", [key, value])
            .map(drop)
            .map_err(failed("write meta"))
    }

    /// Begins a run at `clock`, or resumes the interrupted one with its original clock.
    pub fn begin_run(&self, clock: Time) -> Result<Run> {
        let open = self
            .connection
            .query_row("SELECT id, clock FROM run WHERE finished = 0 ORDER BY id DESC LIMIT 1", [], |row| {
                Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?))
            })
            .optional()
            .map_err(failed("read runs"))?;
        if let Some((id, seconds)) = open
            && let Some(clock) = Time::from_unix(seconds)
        {
            return Ok(Run { id, clock, resumed: true });
        }
        self.connection.execute("INSERT INTO run (clock) VALUES (?1)", [clock.unix()]).map_err(failed("begin run"))?;
        Ok(Run { id: self.connection.last_insert_rowid(), clock, resumed: false })
    }

    /// Finishes a run. One that added nothing leaves no row.
    pub fn finish_run(&self, run: Run) -> Result<()> {
        self.transaction(|connection| {
            let added: bool = connection
                .query_row(
                    "SELECT EXISTS (SELECT 1 FROM evidence WHERE run = ?1) OR EXISTS (SELECT 1 FROM blob WHERE run = ?1)",
                    [run.id],
                    |row| row.get(0),
                )
                .map_err(failed("finish run"))?;
            let sql = if added {
                "UPDATE run SET finished = 1, evidence = (SELECT count(*) FROM evidence WHERE run = ?1),
                                media = (SELECT count(*) FROM blob WHERE run = ?1) WHERE id = ?1"
            } else {
                "DELETE FROM run WHERE id = ?1"
            };
            connection.execute(sql, [run.id]).map_err(failed("finish run"))?;
            super::calls::create(connection)?;
            super::calls::end_run(connection)
        })
    }

    /// Deletes everything an unfinished run added, as if it had never begun.
    pub fn abandon_run(&self, run: Run) -> Result<()> {
        self.transaction(|connection| {
            let id = run.id;
            let all = [
                "DELETE FROM observation WHERE evidence IN (SELECT id FROM evidence WHERE run = ?1)",
                "UPDATE dataset SET dirty = 1 WHERE id IN (SELECT dataset FROM data_row
                 WHERE evidence IN (SELECT id FROM evidence WHERE run = ?1))",
                "DELETE FROM data_row WHERE evidence IN (SELECT id FROM evidence WHERE run = ?1)",
                "DELETE FROM data_total WHERE evidence IN (SELECT id FROM evidence WHERE run = ?1)",
                "DELETE FROM statement WHERE evidence IN (SELECT id FROM evidence WHERE run = ?1)",
                "DELETE FROM evidence WHERE run = ?1",
                "DELETE FROM media_held WHERE digest IN (SELECT digest FROM blob WHERE run = ?1)",
                "DELETE FROM blob WHERE run = ?1",
                "DELETE FROM saved_file WHERE run = ?1",
                "DELETE FROM gap_seen WHERE run = ?1",
                "DELETE FROM problem WHERE run = ?1",
                "DELETE FROM input WHERE run = ?1",
                "DELETE FROM run WHERE id = ?1",
            ];
            for sql in all {
                connection.execute(sql, [id]).map_err(failed("abandon run"))?;
            }
            connection
                .execute_batch(
                    "DELETE FROM post WHERE entity NOT IN (SELECT entity FROM observation);
                     DELETE FROM media_use WHERE entity NOT IN (SELECT entity FROM observation);
                     DELETE FROM alias WHERE entity NOT IN (SELECT entity FROM observation);
                     DELETE FROM comment_number WHERE entity NOT IN (SELECT entity FROM observation);
                     DELETE FROM entity WHERE id NOT IN (SELECT entity FROM observation);",
                )
                .map_err(failed("abandon run"))
        })
    }

    /// Returns the paths with problems or with gaps of inputs.
    pub fn troubled(&self) -> Result<BTreeSet<String>> {
        let sql = "SELECT path FROM problem UNION SELECT origin FROM gap_seen WHERE kind = 'input'";
        self.connection
            .prepare(sql)
            .and_then(|mut statement| statement.query_map([], |row| row.get(0))?.collect())
            .map_err(failed("read problems"))
    }

    /// Deletes the problems of a path that is read again.
    pub fn forget_problems(&self, path: &str) -> Result<()> {
        self.connection.execute("DELETE FROM problem WHERE path = ?1", [path]).map(drop).map_err(failed("write"))
    }

    /// Removes an input, as if it had never been read.
    pub fn forget_input(&self, path: &str) -> Result<()> {
        self.connection.execute("DELETE FROM input WHERE path = ?1", [path]).map(drop).map_err(failed("write"))
    }

    /// Replaces the problems of `path`.
    pub fn replace_problems(&self, run: Run, path: &str, problems: &[Problem]) -> Result<()> {
        self.forget_problems(path)?;
        for problem in problems {
            let json =
                serde_json::to_string(problem).map_err(|error| Error::other("catalog-encode-failed").because(error))?;
            let sql = "INSERT INTO problem (path, problem, run) VALUES (?1, ?2, ?3)";
            self.connection.execute(sql, (path, json, run.id)).map_err(failed("write"))?;
        }
        Ok(())
    }

    /// Counts the inputs a run has read by source, ordered by its name.
    pub fn inputs_by_source(&self, run: Run) -> Result<Vec<(String, u64)>> {
        self.connection
            .prepare("SELECT source, count(*) FROM input WHERE run = ?1 AND source IS NOT NULL GROUP BY source ORDER BY source")
            .and_then(|mut statement| {
                statement.query_map([run.id], |row| Ok((row.get(0)?, row.get::<_, i64>(1)?.cast_unsigned())))?.collect()
            })
            .map_err(failed("count inputs"))
    }

    /// Reports whether nothing was ever read into this catalog.
    pub fn is_new(&self) -> Result<bool> {
        self.connection
            .query_row("SELECT NOT EXISTS (SELECT 1 FROM run) AND NOT EXISTS (SELECT 1 FROM evidence)", [], |row| {
                row.get(0)
            })
            .map_err(failed("read runs"))
    }

    /// Restores a run from the archive's events.
    pub fn restore_run(&self, id: i64, clock: Time, evidence: Option<i64>, media: Option<i64>) -> Result<()> {
        self.connection
            .execute(
                "INSERT OR REPLACE INTO run VALUES (?1, ?2, 1, ?3, ?4)",
                params![id, clock.unix(), evidence, media],
            )
            .map(drop)
            .map_err(failed("restore run"))
    }

    /// Clears the payload table, which is then read from the manifests again.
    pub fn clear_payload(&self) -> Result<()> {
        self.connection.execute("DELETE FROM payload", []).map(drop).map_err(failed("write"))
    }

    /// Counts the held media files.
    pub fn count_blobs(&self) -> Result<u64> {
        self.connection
            .query_row("SELECT count(*) FROM blob", [], |row| row.get::<_, i64>(0))
            .map(i64::cast_unsigned)
            .map_err(failed("count media"))
    }

    /// Counts the held media files that only articles of other accounts use.
    pub fn count_blobs_of_others(&self) -> Result<u64> {
        let sql = "SELECT count(*) FROM
            (SELECT h.digest FROM media_held h JOIN media_use u ON u.key = h.key LEFT JOIN post p ON p.entity = u.entity
             WHERE h.digest IN (SELECT digest FROM blob)
             GROUP BY h.digest HAVING max(coalesce(p.own OR p.account IS NULL, 1)) = 0)";
        self.connection
            .query_row(sql, [], |row| row.get::<_, i64>(0))
            .map(i64::cast_unsigned)
            .map_err(failed("count media"))
    }

    /// Returns the recorded state of the input at `path`.
    pub fn input(&self, path: &str) -> Result<Option<SeenInput>> {
        self.connection
            .prepare_cached("SELECT size, modified, source, version FROM input WHERE path = ?1")
            .and_then(|mut statement| {
                statement
                    .query_row(params![path], |row| {
                        Ok(SeenInput {
                            size: row.get::<_, i64>(0)?.cast_unsigned(),
                            modified: row.get(1)?,
                            source: row.get(2)?,
                            version: row.get(3)?,
                        })
                    })
                    .optional()
            })
            .map_err(failed("read input"))
    }
}

/// The recorded state of an input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeenInput {
    /// Size in bytes.
    pub size: u64,
    /// Modification time in nanoseconds since 1970.
    pub modified: i64,
    /// The importer that read it; `None` if no importer recognised it.
    pub source: Option<String>,
    /// The importer's version at that time.
    pub version: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interrupted_run_goes_on_with_its_own_clock() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("catalog.sqlite");
        let first = Time::from_unix(1_000_000_000).unwrap();
        let later = Time::from_unix(1_100_000_000).unwrap();
        let run = Catalog::open(&path).unwrap().begin_run(first).unwrap();
        let catalog = Catalog::open(&path).unwrap();
        let resumed = catalog.begin_run(later).unwrap();
        assert_eq!((resumed.id, resumed.clock, resumed.resumed), (run.id, first, true));
        catalog.finish_run(resumed).unwrap();
        let next = catalog.begin_run(later).unwrap();
        assert_eq!((next.clock, next.resumed), (later, false));
    }

    #[test]
    fn what_is_no_whole_catalog_is_damaged_and_can_be_discarded() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("catalog.sqlite");
        let whole = {
            Catalog::open(&path).unwrap().set_meta("key", "value").unwrap();
            std::fs::read(&path).unwrap()
        };
        let foreign = {
            let other = folder.path().join("other.sqlite");
            Connection::open(&other).unwrap().execute_batch("CREATE TABLE meta (x)").unwrap();
            std::fs::read(&other).unwrap()
        };
        let mut spoiled = whole.clone();
        spoiled[5000..9000].fill(0xa5);
        for bytes in [b"garbage".to_vec(), whole[..whole.len() / 2].to_vec(), spoiled, foreign, vec![7; 100_000]] {
            discard(&path).unwrap();
            std::fs::write(&path, &bytes).unwrap();
            assert_eq!(Catalog::open(&path).err().unwrap().code(), DAMAGED, "{} bytes", bytes.len());
        }
        discard(&path).unwrap();
        std::fs::create_dir(&path).unwrap();
        assert_eq!(Catalog::open(&path).err().unwrap().code(), DAMAGED);
        discard(&path).unwrap();
        Catalog::open(&path).unwrap();
    }

    #[test]
    fn the_media_of_a_file_are_found_without_a_walk_over_all() {
        let folder = tempfile::tempdir().unwrap();
        let catalog = Catalog::open(&folder.path().join("catalog.sqlite")).unwrap();
        let sql = "EXPLAIN QUERY PLAN SELECT DISTINCT key FROM media_held WHERE digest = x'00' ORDER BY key";
        let plan: String = catalog.connection().query_row(sql, [], |row| row.get(3)).unwrap();
        assert!(plan.contains("media_held_digest"), "{plan}");
    }
}
