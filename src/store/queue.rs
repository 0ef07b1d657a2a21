//! Queues work that takes longer than a run: what to fetch, in one canonical order, and the progress of each job.
//!
//! A job is **waiting** until it is **claimed**; **kept** once its response is durable but not yet in the catalog; and
//! **done** or **failed** in the same transaction that stores its result or its gap. So a run killed at any point
//! repeats at most the requests in progress.
//!
//! All functions take a connection, so that they join the caller's transaction.

use rusqlite::{Connection, OptionalExtension as _, Row, params};

use crate::error::{Error, Result};

/// SQL that creates the table.
pub const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS job (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,        -- page, media, album
    key TEXT NOT NULL,         -- what is wanted
    lane TEXT NOT NULL,        -- host
    ordinal INTEGER NOT NULL,  -- from 0 among the jobs of its kind and run
    payload TEXT NOT NULL,     -- JSON
    state INTEGER NOT NULL DEFAULT 0,
    outcome TEXT,              -- JSON
    run INTEGER NOT NULL,
    UNIQUE (kind, key)
);
CREATE INDEX IF NOT EXISTS job_open ON job (kind, state, ordinal);
CREATE INDEX IF NOT EXISTS job_order ON job (kind, ordinal);  -- finds the end of the order without a walk over it
";

/// The state of a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Not started.
    Waiting,
    /// In progress.
    Claimed,
    /// Fetched: its response is durable in the work folder.
    Kept,
    /// Finished: its result is in the catalog.
    Done,
    /// Failed for this run: its gap is in the catalog.
    Failed,
}

impl State {
    fn number(self) -> i64 {
        match self {
            Self::Waiting => 0,
            Self::Kept => 1,
            Self::Done => 2,
            Self::Failed => 3,
            Self::Claimed => 4,
        }
    }

    fn from_number(number: i64) -> Self {
        match number {
            1 => Self::Kept,
            2 => Self::Done,
            3 => Self::Failed,
            4 => Self::Claimed,
            _ => Self::Waiting,
        }
    }
}

/// A job to enqueue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job<'a> {
    /// Kind of job: `page`, `media` or `album`.
    pub kind: &'a str,
    /// Key of the wanted item; each key has one job.
    pub key: &'a str,
    /// Host that the request goes to.
    pub lane: &'a str,
    /// JSON for the worker.
    pub payload: &'a str,
}

/// A job with its state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobRow {
    /// Id of the row.
    pub id: i64,
    /// Key of the wanted item.
    pub key: String,
    /// Position in the canonical order of its kind.
    pub ordinal: u64,
    /// JSON for the worker.
    pub payload: String,
    /// State of the job.
    pub state: State,
    /// JSON of its result or of the reason for its failure.
    pub outcome: Option<String>,
}

const COLUMNS: &str = "id, key, ordinal, payload, state, outcome";

fn failed(action: &'static str) -> impl FnOnce(rusqlite::Error) -> Error {
    move |error| Error::other("queue-failed").with("action", action).because(error)
}

fn row(row: &Row<'_>) -> rusqlite::Result<JobRow> {
    Ok(JobRow {
        id: row.get(0)?,
        key: row.get(1)?,
        ordinal: row.get::<_, i64>(2)?.cast_unsigned(),
        payload: row.get(3)?,
        state: State::from_number(row.get(4)?),
        outcome: row.get(5)?,
    })
}

fn execute(connection: &Connection, action: &'static str, sql: &str, values: impl rusqlite::Params) -> Result<usize> {
    connection.prepare_cached(sql).and_then(|mut statement| statement.execute(values)).map_err(failed(action))
}

fn rows(connection: &Connection, sql: &str, values: impl rusqlite::Params) -> Result<Vec<JobRow>> {
    connection
        .prepare_cached(sql)
        .and_then(|mut statement| statement.query_map(values, row)?.collect())
        .map_err(failed("read"))
}

/// Creates the table.
pub fn create(connection: &Connection) -> Result<()> {
    connection.execute_batch(SCHEMA).map_err(failed("create"))
}

/// Begins or resumes `run`. Of an earlier run only kept jobs that are not yet in the catalog remain, at the head of the
/// order. Claims end with their process: the caller holds the archive's lock.
pub fn begin(connection: &Connection, run: i64) -> Result<()> {
    execute(connection, "begin", "UPDATE job SET state = 0 WHERE state = 4", [])?;
    execute(connection, "begin", "DELETE FROM job WHERE run <> ?1 AND state <> 1", [run])?;
    execute(
        connection,
        "begin",
        "UPDATE job SET run = ?1, ordinal = (SELECT count(*) FROM job o WHERE o.kind = job.kind AND o.id < job.id)
         WHERE run <> ?1",
        [run],
    )
    .map(drop)
}

/// Adds a job at the end of the order of its kind; returns false if its key is already queued.
pub fn enqueue(connection: &Connection, run: i64, job: &Job<'_>) -> Result<bool> {
    let added = execute(
        connection,
        "enqueue",
        "INSERT OR IGNORE INTO job (kind, key, lane, payload, run, ordinal)
         VALUES (?1, ?2, ?3, ?4, ?5, (SELECT coalesce(max(ordinal) + 1, 0) FROM job WHERE kind = ?1))",
        params![job.kind, job.key, job.lane, job.payload, run],
    )?;
    Ok(added > 0)
}

/// Claims the next `most` jobs of `kind`, in order.
pub fn claim(connection: &Connection, kind: &str, most: usize) -> Result<Vec<JobRow>> {
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let mut claimed = rows(
        connection,
        &format!(
            "UPDATE job SET state = 4
             WHERE id IN (SELECT id FROM job WHERE kind = ?1 AND state = 0 ORDER BY ordinal LIMIT ?2)
             RETURNING {COLUMNS}"
        ),
        params![kind, most],
    )?;
    // RETURNING guarantees no order.
    claimed.sort_by_key(|job| job.ordinal);
    Ok(claimed)
}

/// Marks the job's response as durable, so that it is not requested again.
pub fn keep(connection: &Connection, id: i64, outcome: &str) -> Result<()> {
    settle(connection, id, State::Kept, Some(outcome))
}

/// Marks the job as done; this transaction adds its result to the catalog.
pub fn finish(connection: &Connection, id: i64) -> Result<()> {
    settle(connection, id, State::Done, None)
}

/// Marks the job as failed for this run; this transaction adds its gap to the catalog.
pub fn fail(connection: &Connection, id: i64, outcome: &str) -> Result<()> {
    settle(connection, id, State::Failed, Some(outcome))
}

fn settle(connection: &Connection, id: i64, state: State, outcome: Option<&str>) -> Result<()> {
    execute(
        connection,
        "settle",
        "UPDATE job SET state = ?2, outcome = coalesce(?3, outcome) WHERE id = ?1",
        params![id, state.number(), outcome],
    )
    .map(drop)
}

/// Returns at most `most` jobs of `kind` from ordinal `from` on, in order, whatever their state.
pub fn slice(connection: &Connection, kind: &str, from: u64, most: u64) -> Result<Vec<JobRow>> {
    rows(
        connection,
        &format!("SELECT {COLUMNS} FROM job WHERE kind = ?1 AND ordinal >= ?2 AND ordinal < ?3 ORDER BY ordinal"),
        params![kind, from.cast_signed(), from.saturating_add(most).cast_signed()],
    )
}

/// Counts the jobs of `kind` in `state`.
pub fn count(connection: &Connection, kind: &str, state: State) -> Result<u64> {
    connection
        .prepare_cached("SELECT count(*) FROM job WHERE kind = ?1 AND state = ?2")
        .and_then(|mut statement| statement.query_row(params![kind, state.number()], |row| row.get::<_, i64>(0)))
        .map(i64::cast_unsigned)
        .map_err(failed("count"))
}

/// Returns the first ordinal of `kind` that is not done or failed; `None` if there is none.
pub fn first_open(connection: &Connection, kind: &str) -> Result<Option<u64>> {
    connection
        .prepare_cached("SELECT ordinal FROM job WHERE kind = ?1 AND state IN (0, 1, 4) ORDER BY ordinal LIMIT 1")
        .and_then(|mut statement| statement.query_row([kind], |row| row.get::<_, i64>(0)).optional())
        .map(|ordinal| ordinal.map(i64::cast_unsigned))
        .map_err(failed("read"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn queue() -> Connection {
        let connection = Connection::open_in_memory().unwrap();
        create(&connection).unwrap();
        begin(&connection, 1).unwrap();
        connection
    }

    fn put(connection: &Connection, run: i64, key: &str) -> bool {
        enqueue(connection, run, &Job { kind: "page", key, lane: "mp.weixin.qq.com", payload: "{}" }).unwrap()
    }

    fn take(connection: &Connection, most: usize) -> Vec<String> {
        claim(connection, "page", most).unwrap().into_iter().map(|job| job.key).collect()
    }

    #[test]
    fn jobs_come_in_order_and_once() {
        let connection = queue();
        assert!(put(&connection, 1, "b") && put(&connection, 1, "a") && put(&connection, 1, "c"));
        assert!(!put(&connection, 1, "a"));
        assert_eq!(take(&connection, 2), ["b", "a"]);
        assert_eq!(take(&connection, 2), ["c"]);
        assert_eq!(take(&connection, 9), Vec::<String>::new());
        assert_eq!(first_open(&connection, "page").unwrap(), Some(0), "what is claimed is open");
        begin(&connection, 1).unwrap();
        assert_eq!(take(&connection, 9), ["b", "a", "c"], "a claim ends with its process");
    }

    #[test]
    fn a_job_is_put_in_without_a_walk_over_those_before_it() {
        let connection = queue();
        let plan: String = connection
            .query_row("EXPLAIN QUERY PLAN SELECT max(ordinal) FROM job WHERE kind = 'media'", [], |row| row.get(3))
            .unwrap();
        assert!(plan.contains("job_order"), "{plan}");
    }

    #[test]
    fn what_is_settled_is_not_claimed_again() {
        let connection = queue();
        for key in ["a", "b", "c"] {
            put(&connection, 1, key);
        }
        let jobs = claim(&connection, "page", 9).unwrap();
        put(&connection, 1, "d");
        keep(&connection, jobs[0].id, "{}").unwrap();
        finish(&connection, jobs[1].id).unwrap();
        fail(&connection, jobs[2].id, "{}").unwrap();
        begin(&connection, 1).unwrap();
        assert_eq!(first_open(&connection, "page").unwrap(), Some(0));
        let states: Vec<State> = slice(&connection, "page", 0, 3).unwrap().iter().map(|job| job.state).collect();
        assert_eq!(states, [State::Kept, State::Done, State::Failed]);
        assert_eq!(count(&connection, "page", State::Waiting).unwrap(), 1);
        assert_eq!(take(&connection, 9), ["d"]);
    }

    #[test]
    fn a_resumed_run_goes_on_and_a_new_one_asks_again_for_what_failed() {
        let connection = queue();
        for key in ["a", "b", "c", "d"] {
            put(&connection, 1, key);
        }
        let jobs = claim(&connection, "page", 3).unwrap();
        finish(&connection, jobs[0].id).unwrap();
        fail(&connection, jobs[1].id, "{}").unwrap();
        keep(&connection, jobs[2].id, "{}").unwrap();
        // Killed; the same run resumes.
        begin(&connection, 1).unwrap();
        assert!(!put(&connection, 1, "b"));
        assert_eq!(take(&connection, 9), ["d"]);
        // Another run.
        begin(&connection, 2).unwrap();
        assert!(put(&connection, 2, "b") && put(&connection, 2, "d") && !put(&connection, 2, "c"));
        let all = slice(&connection, "page", 0, 9).unwrap();
        let order: Vec<(&str, u64, State)> = all.iter().map(|job| (job.key.as_str(), job.ordinal, job.state)).collect();
        assert_eq!(order, [("c", 0, State::Kept), ("b", 1, State::Waiting), ("d", 2, State::Waiting)]);
    }

    #[test]
    fn a_transaction_that_does_not_come_through_changes_nothing() {
        let mut connection = queue();
        put(&connection, 1, "a");
        let jobs = claim(&connection, "page", 1).unwrap();
        let transaction = connection.transaction().unwrap();
        finish(&transaction, jobs[0].id).unwrap();
        drop(transaction);
        begin(&connection, 1).unwrap();
        assert_eq!(take(&connection, 9), ["a"]);
    }
}
