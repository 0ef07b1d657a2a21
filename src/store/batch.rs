//! Writes parsed input to the catalog. A *batch* holds what a group of inputs yielded and is committed in one
//! transaction, after its files are durable. Adding the same batch twice changes nothing.

use rusqlite::{Connection, OptionalExtension as _, params};
use serde_json::{Map, Value};

use super::catalog::{Run, failed};
use super::entities::entity_of_record;
use super::gaps::{add_gap, close_rebuilt, take_back};
use crate::error::{Error, Result};
use crate::model::statement::Statement;
use crate::model::{
    Class, DataRow, DataTotal, Gap, Kind, MediaHeld, Problem, Record, SavedFile, Sha256, SubjectKind, Time,
};
use crate::secret::redact::links;

/// The pseudo-source of a container, whose members are separate inputs.
pub const CONTAINER: &str = "container";

/// A processed input.
#[derive(Clone, Debug)]
pub struct InputDone {
    /// Absolute path, or `<path>!/<member>`.
    pub path: String,
    /// Name used in messages and evidence.
    pub locator: String,
    /// Bytes.
    pub size: u64,
    /// Modification time in nanoseconds since 1970.
    pub modified: i64,
    /// The importer that read it; `None` if no importer recognised it.
    pub source: Option<String>,
    /// The importer's version.
    pub version: u32,
}

/// A kept leaf or file.
#[derive(Clone, Debug)]
pub struct EvidenceRow {
    /// Digest of the kept bytes.
    pub digest: Sha256,
    /// Number of kept bytes.
    pub bytes: u64,
    /// The importer that read it.
    pub source: String,
    /// The importer's version.
    pub version: u32,
    /// Origin of the bytes.
    pub locator: String,
    /// Kind of leaf.
    pub template: String,
    /// MIME type by content.
    pub mime: String,
    /// Time at which the file was modified or the response arrived.
    pub time: Option<Time>,
    /// Facts of the fetch, as JSON.
    pub fetch: Option<String>,
    /// Number of blanked spans.
    pub blanked: u32,
    /// `billing` or `documents`; `None` in a pack.
    pub shelf: Option<&'static str>,
    /// Path inside `private/data`.
    pub place: String,
}

/// A media file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BlobRow {
    /// Digest of the bytes.
    pub digest: Sha256,
    /// Size in bytes.
    pub bytes: u64,
    /// Extension by content.
    pub extension: String,
    /// MIME type by content.
    pub mime: String,
    /// Width in pixels.
    pub width: Option<u32>,
    /// Height in pixels.
    pub height: Option<u32>,
}

/// The yield of a group of inputs.
#[derive(Debug, Default)]
pub struct Batch {
    /// Inputs completed by this batch.
    pub inputs: Vec<InputDone>,
    /// Kept leaves and files.
    pub evidence: Vec<EvidenceRow>,
    /// Leaves that were already held and were read again, with the version of the importer that read them.
    pub known: Vec<(Sha256, u32)>,
    /// Media files.
    pub blobs: Vec<BlobRow>,
    /// Media that the files belong to.
    pub media: Vec<MediaHeld>,
    /// Observations, with their evidence and their ordinal within it.
    pub records: Vec<(Record, Sha256, u32)>,
    /// Rows of private tables, with their evidence and their ordinal within it.
    pub data: Vec<(DataRow, Sha256, u32)>,
    /// Row counts that the platform reports, with their evidence.
    pub totals: Vec<(DataTotal, Sha256)>,
    /// Paths of inputs that could not be fully read and are therefore not done.
    pub failed: Vec<String>,
    /// Gaps, with the path of the input that revealed them.
    pub gaps: Vec<(Gap, String)>,
    /// Missing things that this batch supplies.
    pub filled: Vec<(SubjectKind, String)>,
    /// Problems, with the path of the input.
    pub problems: Vec<(Problem, String)>,
    /// Videos and recordings saved as separate files.
    pub saved: Vec<SavedFile>,
    /// Statements, grouped by file.
    pub statements: Vec<(Vec<Statement>, Sha256)>,
}

impl Batch {
    /// Returns the number of records and rows, which dominate a long batch.
    pub fn len(&self) -> usize {
        self.records.len() + self.data.len()
    }

    /// Returns the bytes of the evidence and media in the batch.
    pub(crate) fn bytes(&self) -> u64 {
        self.evidence.iter().map(|row| row.bytes).chain(self.blobs.iter().map(|row| row.bytes)).sum()
    }

    /// Reports whether the batch has neither records nor rows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl super::Catalog {
    /// Adds a batch in one transaction. Its files must already be durable.
    pub fn add(&self, run: Run, batch: &Batch) -> Result<()> {
        self.transaction(|connection| self.add_rows(connection, run, batch))
    }

    /// Gives evidence whose file is lost its new place, unless the new file is the lost one again.
    fn move_lost(&self, connection: &Connection, row: &EvidenceRow) -> Result<()> {
        if self.lost.borrow().is_empty() {
            return Ok(());
        }
        let old = self.evidence_place(&row.digest)?;
        let same = |place: &str| place.rsplit_once('-').map(|(_, digest)| digest.to_owned());
        if old.is_empty() || !self.is_lost(Class::Private, &old) || same(&old) == same(&row.place) {
            return Ok(());
        }
        execute(
            connection,
            "UPDATE evidence SET place = ?2 WHERE digest = ?1",
            params![row.digest.as_bytes(), row.place],
        )
        .map(drop)
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
            self.move_lost(connection, row)?;
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
            // A newer version of the program may read more from a file that is already held.
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

/// Records an input. Reading it again discards its old problems and gaps, including a gap rebuilt from the bags. A
/// container keeps its own, because they were reported in this run.
fn add_input(connection: &Connection, run: Run, input: &InputDone) -> Result<usize> {
    // One for each input that is read for the first time since: several may have had one name.
    let is_first = "NOT EXISTS (SELECT 1 FROM input WHERE path = ?2)";
    let mut closed = close_rebuilt(connection, &input.locator, is_first, &input.path)?;
    if input.source.as_deref() != Some(CONTAINER) {
        execute(connection, "DELETE FROM problem WHERE path = ?1", [&input.path])?;
        closed += execute(connection, "DELETE FROM gap_seen WHERE origin = ?1", [&input.path])?;
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

/// Discards what another version read from a leaf, so that this version's output replaces it.
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

/// Records a held medium and marks every entity that uses it as dirty.
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
    // Session tokens in an article's addresses are removed whichever importer read it. A video's addresses keep theirs,
    // because it is fetched with them; only its words are checked.
    let fields = match record.kind {
        Kind::Note | Kind::Video => to_json(&words_without_secrets(&record.fields))?,
        Kind::Account | Kind::Album | Kind::Article | Kind::Listing => links(to_json(&record.fields)?),
    };
    let body = match &record.body {
        Some(body) => Some(super::body::pack(&links(to_json(body)?))?),
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

/// Returns the fields with the secrets cut from the addresses in their texts.
fn words_without_secrets(fields: &Map<String, Value>) -> Map<String, Value> {
    let mut fields = fields.clone();
    for name in ["title", "text"] {
        if let Some(Value::String(text)) = fields.get_mut(name) {
            *text = links(std::mem::take(text));
        }
    }
    fields
}

#[cfg(test)]
mod tests;
