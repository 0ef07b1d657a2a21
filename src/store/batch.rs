//! Writing what was read: a *batch* is what one group of inputs gave, committed in one transaction after its files
//! are durable. Adding the same batch twice changes nothing.

use rusqlite::{Connection, OptionalExtension as _, params};
use serde_json::{Map, Value};

use super::catalog::{Run, failed};
use super::entities::entity_of_record;
use super::gaps::{add_gap, take_back};
use crate::error::{Error, Result};
use crate::model::gap::input_key;
use crate::model::statement::Statement;
use crate::model::{DataRow, DataTotal, Gap, Kind, MediaHeld, Problem, Record, SavedFile, Sha256, SubjectKind, Time};
use crate::secret::redact::links;

/// The pseudo-source of a container: its members are inputs of their own.
pub const CONTAINER: &str = "container";

/// An input that was dealt with.
#[derive(Clone, Debug)]
pub struct InputDone {
    /// Absolute path, or `<path>!/<member>`.
    pub path: String,
    /// As people and evidence name it.
    pub locator: String,
    /// Bytes.
    pub size: u64,
    /// Nanoseconds since 1970 of its last change.
    pub modified: i64,
    /// The importer that read it; `None` if nobody recognised it.
    pub source: Option<String>,
    /// That importer's version.
    pub version: u32,
}

/// A kept leaf or file.
#[derive(Clone, Debug)]
pub struct EvidenceRow {
    /// Digest of the bytes as kept.
    pub digest: Sha256,
    /// Bytes as kept.
    pub bytes: u64,
    /// The importer that read it.
    pub source: String,
    /// That importer's version.
    pub version: u32,
    /// Where it came from.
    pub locator: String,
    /// Kind of leaf.
    pub template: String,
    /// MIME type by content.
    pub mime: String,
    /// When the file was changed or the response came.
    pub time: Option<Time>,
    /// JSON of what is known of a fetch.
    pub fetch: Option<String>,
    /// Spans blanked.
    pub blanked: u32,
    /// `billing` or `documents`; `None` in a pack.
    pub shelf: Option<&'static str>,
    /// Path inside `private/data`.
    pub place: String,
}

/// A medium's file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BlobRow {
    /// Its digest.
    pub digest: Sha256,
    /// Bytes.
    pub bytes: u64,
    /// Extension by content.
    pub extension: String,
    /// MIME type by content.
    pub mime: String,
    /// Pixels.
    pub width: Option<u32>,
    /// Pixels.
    pub height: Option<u32>,
}

/// What a group of inputs gave.
#[derive(Debug, Default)]
pub struct Batch {
    /// Inputs that are done with this batch.
    pub inputs: Vec<InputDone>,
    /// Kept leaves and files.
    pub evidence: Vec<EvidenceRow>,
    /// Leaves that are held already and were read again, with the version of what read them.
    pub known: Vec<(Sha256, u32)>,
    /// Media files.
    pub blobs: Vec<BlobRow>,
    /// Which media they are.
    pub media: Vec<MediaHeld>,
    /// Observations, with their evidence and their number among those of the same evidence.
    pub records: Vec<(Record, Sha256, u32)>,
    /// Rows of private tables, with their evidence and their number among those of the same evidence.
    pub data: Vec<(DataRow, Sha256, u32)>,
    /// How many such rows there are, as the platform says.
    pub totals: Vec<(DataTotal, Sha256)>,
    /// Paths of inputs that could not be read, wholly or in part: they are not done.
    pub failed: Vec<String>,
    /// Gaps, with the path of the input that told of them.
    pub gaps: Vec<(Gap, String)>,
    /// What was missing and is held with this batch.
    pub filled: Vec<(SubjectKind, String)>,
    /// Problems, with the path of the input.
    pub problems: Vec<(Problem, String)>,
    /// Videos and recordings saved by themselves.
    pub saved: Vec<SavedFile>,
    /// Statements, those of one file together.
    pub statements: Vec<(Vec<Statement>, Sha256)>,
}

impl Batch {
    /// Records and rows: what a long batch is long by.
    pub fn len(&self) -> usize {
        self.records.len() + self.data.len()
    }

    /// Bytes of the evidence and the media that it names.
    pub(crate) fn bytes(&self) -> u64 {
        self.evidence.iter().map(|row| row.bytes).chain(self.blobs.iter().map(|row| row.bytes)).sum()
    }

    /// Whether it has neither.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl super::Catalog {
    /// Adds a batch in one transaction. The files it names are durable already.
    pub fn add(&self, run: Run, batch: &Batch) -> Result<()> {
        self.transaction(|connection| self.add_rows(connection, run, batch))
    }

    /// Adds a batch within the caller's transaction.
    pub(crate) fn add_rows(&self, connection: &Connection, run: Run, batch: &Batch) -> Result<()> {
        let mut changes = 0;
        for input in &batch.inputs {
            changes += add_input(connection, run, input)?;
        }
        for path in &batch.failed {
            execute(connection, "DELETE FROM input WHERE path = ?1", [path])?;
            changes += take_back(connection, path, &batch.gaps)?;
        }
        for row in &batch.evidence {
            changes += add_evidence(connection, run, row)?;
        }
        for (digest, version) in &batch.known {
            changes += forget_older(connection, *digest, *version)?;
        }
        for row in &batch.blobs {
            changes += add_blob(connection, run, row)?;
        }
        for held in &batch.media {
            changes += add_media(connection, held)?;
        }
        for (record, evidence, ordinal) in &batch.records {
            changes += add_record(connection, record, *evidence, *ordinal)?;
        }
        let mut adder = super::datasets::Adder::default();
        for (row, evidence, ordinal) in &batch.data {
            changes += adder.row(connection, row, *evidence, *ordinal)?;
        }
        for (total, evidence) in &batch.totals {
            changes += adder.total(connection, total, *evidence)?;
        }
        for (kind, key) in &batch.filled {
            self.fill_gap(*kind, key)?;
        }
        for (gap, origin) in &batch.gaps {
            changes += add_gap(connection, run, gap, origin)?;
        }
        for (problem, path) in &batch.problems {
            let json = to_json(problem)?;
            let sql = "INSERT INTO problem (path, problem, run) VALUES (?1, ?2, ?3)";
            execute(connection, sql, params![path, json, run.id])?;
        }
        for file in &batch.saved {
            changes += super::saved::add_saved(connection, run, file)?;
        }
        for (statements, evidence) in &batch.statements {
            let json = to_json(statements)?;
            // A newer version of the program may read more out of a file that is held already.
            let sql = "INSERT INTO statement SELECT id, ?2 FROM evidence WHERE digest = ?1
                ON CONFLICT (evidence) DO UPDATE SET statement = excluded.statement
                WHERE statement.statement <> excluded.statement";
            changes += execute(connection, sql, params![evidence.as_bytes(), json])?;
        }
        if changes > 0 {
            self.set_meta(super::catalog::UNCOMMITTED, "1")?;
        }
        Ok(())
    }
}

pub(super) fn execute(connection: &Connection, sql: &str, parameters: impl rusqlite::Params) -> Result<usize> {
    connection.prepare_cached(sql).and_then(|mut statement| statement.execute(parameters)).map_err(failed("write"))
}

pub(super) fn to_json<T: serde::Serialize>(value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(|error| Error::other("catalog-encode-failed").because(error))
}

/// An input that is read anew takes its old problems and gaps with it, those too that only the bags remembered. What was
/// said of a container stands: it was said in this run.
fn add_input(connection: &Connection, run: Run, input: &InputDone) -> Result<usize> {
    let mut closed = 0;
    if input.source.as_deref() != Some(CONTAINER) {
        execute(connection, "DELETE FROM problem WHERE path = ?1", [&input.path])?;
        closed = execute(connection, "DELETE FROM gap_seen WHERE origin = ?1", [&input.path])?;
        let sql = "DELETE FROM gap_seen WHERE kind = 'input' AND key = ?1 AND origin = 'rebuilt'";
        closed += execute(connection, sql, [&input_key(&input.locator)])?;
    }
    execute(
        connection,
        "INSERT INTO input VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
         ON CONFLICT DO UPDATE SET locator = ?2, size = ?3, modified = ?4, source = ?5, version = ?6, run = ?7",
        params![
            input.path,
            input.locator,
            input.size.cast_signed(),
            input.modified,
            input.source,
            input.version,
            run.id
        ],
    )?;
    Ok(closed)
}

fn add_evidence(connection: &Connection, run: Run, row: &EvidenceRow) -> Result<usize> {
    execute(
        connection,
        "INSERT OR IGNORE INTO evidence
         (digest, bytes, source, version, locator, template, mime, time, fetch, blanked, shelf, place, run)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
        params![
            row.digest.as_bytes(),
            row.bytes.cast_signed(),
            row.source,
            row.version,
            row.locator,
            row.template,
            row.mime,
            row.time.map(Time::unix),
            row.fetch,
            row.blanked,
            row.shelf,
            row.place,
            run.id
        ],
    )
}

/// What an older version read out of a leaf gives way to what this one reads.
fn forget_older(connection: &Connection, digest: Sha256, version: u32) -> Result<usize> {
    let sql = "UPDATE evidence SET version = ?2 WHERE digest = ?1 AND version <> ?2";
    let changed = execute(connection, sql, params![digest.as_bytes(), version])?;
    if changed > 0 {
        let of_leaf = "(SELECT id FROM evidence WHERE digest = ?1)";
        for sql in [
            format!(
                "UPDATE entity SET dirty = 1 WHERE id IN (SELECT entity FROM observation WHERE evidence = {of_leaf})"
            ),
            format!("DELETE FROM observation WHERE evidence = {of_leaf}"),
        ] {
            execute(connection, &sql, [digest.as_bytes()])?;
        }
        super::datasets::forget(connection, digest)?;
    }
    Ok(changed)
}

fn add_blob(connection: &Connection, run: Run, row: &BlobRow) -> Result<usize> {
    execute(
        connection,
        "INSERT OR IGNORE INTO blob VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        params![row.digest.as_bytes(), row.bytes.cast_signed(), row.extension, row.mime, row.width, row.height, run.id],
    )
}

/// A medium that became held makes everything that uses it new.
fn add_media(connection: &Connection, held: &MediaHeld) -> Result<usize> {
    let key = held.key.as_str();
    let added = execute(
        connection,
        "INSERT OR IGNORE INTO media_held VALUES (?1, ?2, ?3)",
        params![key, held.sha256.as_bytes(), held.origin],
    )?;
    if added > 0 {
        execute(
            connection,
            "UPDATE entity SET dirty = 1 WHERE id IN (SELECT entity FROM media_use WHERE key = ?1)",
            [key],
        )?;
    }
    Ok(added)
}

fn add_record(connection: &Connection, record: &Record, evidence: Sha256, ordinal: u32) -> Result<usize> {
    let evidence_id: Option<i64> = connection
        .prepare_cached("SELECT id FROM evidence WHERE digest = ?1")
        .and_then(|mut statement| statement.query_row([evidence.as_bytes()], |row| row.get(0)).optional())
        .map_err(failed("find evidence"))?;
    let Some(evidence_id) = evidence_id else {
        return Err(Error::other("catalog-evidence-unknown").with("digest", evidence));
    };
    let entity = entity_of_record(connection, record)?;
    // Whoever read it: an address in an article opens nobody's session. Of a video's addresses the tokens are what it is
    // fetched by; its words are looked at.
    let fields = match record.kind {
        Kind::Note | Kind::Video => to_json(&words_without_secrets(&record.fields))?,
        Kind::Account | Kind::Album | Kind::Article | Kind::Listing => links(to_json(&record.fields)?),
    };
    let body = match &record.body {
        Some(body) => Some(pack_body(&links(to_json(body)?))?),
        None => None,
    };
    let added = execute(
        connection,
        "INSERT OR IGNORE INTO observation (entity, evidence, ordinal, rank, as_of, account, fields, body)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        params![
            entity,
            evidence_id,
            ordinal,
            record.rank as i64,
            record.as_of.map(Time::unix),
            record.account,
            fields,
            body
        ],
    )?;
    if added > 0 {
        execute(connection, "UPDATE entity SET dirty = 1 WHERE id = ?1", [entity])?;
    }
    Ok(added)
}

/// The fields with the addresses in their texts cut.
fn words_without_secrets(fields: &Map<String, Value>) -> Map<String, Value> {
    let mut fields = fields.clone();
    for name in ["title", "text"] {
        if let Some(Value::String(text)) = fields.get_mut(name) {
            *text = links(std::mem::take(text));
        }
    }
    fields
}

/// Bodies are most of the catalog's bytes, and alike: level 1 halves the writing at little cost.
fn pack_body(json: &str) -> Result<Vec<u8>> {
    zstd::bulk::compress(json.as_bytes(), 1).map_err(|error| Error::other("catalog-encode-failed").because(error))
}

#[cfg(test)]
mod tests;
