//! Stores the private tables ([`crate::model::dataset`]) in the catalog, one row per evidence. Rows are read in the
//! order of their keys and merged on the fly, so that a table of any length is written without being loaded.

use std::borrow::Cow;
use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension as _, Row, params};
use serde::Serialize;
use serde_json::{Map, Value};

use super::batch::execute;
use super::catalog::{Catalog, failed};
use super::read::digest_at;
use crate::error::{Error, Result};
use crate::model::{DataRow, DataTotal, Dataset, Sha256, Time};
use crate::secret::{SecretSet, redact};

/// A table that has or had rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// Id in the catalog.
    pub id: i64,
    /// Dataset of the table.
    pub dataset: Dataset,
    /// Name of the table.
    pub name: String,
    /// Whether rows were added or removed since it was last written.
    pub dirty: bool,
}

/// A row merged from all its evidence.
#[derive(Clone, Debug, PartialEq)]
pub struct MergedRow {
    /// Key of the row.
    pub key: String,
    /// Key of the row it belongs to.
    pub parent: Option<String>,
    /// Id of the article it belongs to; an alias if no such article is known.
    pub article: Option<String>,
    /// Latest time at which any of its evidence was issued.
    pub as_of: Option<Time>,
    /// The winning value of every field, in the winner's order.
    pub fields: Map<String, Value>,
    /// Digests of the evidence, the winning one first.
    pub evidence: Vec<Sha256>,
    /// Differing versions of a database document in other exports, latest first.
    pub versions: Vec<RowVersion>,
}

/// A superseded version of a document.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RowVersion {
    /// Time at which the export was issued.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub as_of: Option<Time>,
    /// Fields of the document.
    pub fields: Map<String, Value>,
    /// Digest of the export.
    pub evidence: Sha256,
}

/// A declared total that exceeds the number of held rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shortfall {
    /// Dataset of the table.
    pub dataset: Dataset,
    /// Name of the table.
    pub table: String,
    /// Key of the row that the counted rows belong to.
    pub parent: Option<String>,
    /// Article that the counted rows belong to: its id or an alias.
    pub article: Option<String>,
    /// Title of the article.
    pub title: Option<String>,
    /// Declared number of rows.
    pub total: u64,
    /// Number of held rows.
    pub held: u64,
}

/// Adds the rows of one batch, caching the ids of tables and evidence.
#[derive(Default)]
pub(super) struct Adder {
    tables: HashMap<(Dataset, String), i64>,
    /// Ids of evidence, and whether it is one of the owner's files, kept bit-exact.
    evidence: HashMap<Sha256, (i64, bool)>,
    none: SecretSet,
}

impl Adder {
    pub(super) fn row(
        &mut self,
        connection: &Connection,
        row: &DataRow,
        evidence: Sha256,
        ordinal: u32,
    ) -> Result<usize> {
        let table = self.table(connection, row.dataset, &row.table)?;
        let (evidence, own_file) = self.evidence(connection, evidence)?;
        let fields =
            serde_json::to_vec(&row.fields).map_err(|error| Error::other("catalog-encode-failed").because(error))?;
        // A row must not reveal more than its leaf: what was blanked there is blanked here.
        let fields = if own_file { Cow::Borrowed(fields.as_slice()) } else { redact(&fields, &self.none).bytes };
        let fields = String::from_utf8_lossy(&fields);
        let added = execute(
            connection,
            "INSERT OR IGNORE INTO data_row VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            params![
                table,
                row.key,
                evidence,
                ordinal,
                row.rank as i64,
                row.as_of.map(Time::unix),
                row.parent,
                row.article,
                fields
            ],
        )?;
        self.touch(connection, table, added)
    }

    pub(super) fn total(&mut self, connection: &Connection, total: &DataTotal, evidence: Sha256) -> Result<usize> {
        let table = self.table(connection, total.dataset, &total.table)?;
        let (evidence, _) = self.evidence(connection, evidence)?;
        execute(
            connection,
            "INSERT INTO data_total VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT DO UPDATE SET total = ?5 WHERE total < ?5",
            params![
                table,
                total.parent.as_deref().unwrap_or_default(),
                total.article.as_deref().unwrap_or_default(),
                evidence,
                total.total.cast_signed(),
                total.as_of.map(Time::unix)
            ],
        )
    }

    fn touch(&self, connection: &Connection, table: i64, added: usize) -> Result<usize> {
        if added > 0 {
            execute(connection, "UPDATE dataset SET dirty = 1 WHERE id = ?1 AND dirty = 0", [table])?;
        }
        Ok(added)
    }

    fn table(&mut self, connection: &Connection, dataset: Dataset, name: &str) -> Result<i64> {
        let key = (dataset, name.to_owned());
        if let Some(id) = self.tables.get(&key) {
            return Ok(*id);
        }
        execute(connection, "INSERT OR IGNORE INTO dataset (name, part) VALUES (?1, ?2)", [dataset.code(), name])?;
        let id = connection
            .query_row("SELECT id FROM dataset WHERE name = ?1 AND part = ?2", [dataset.code(), name], |row| row.get(0))
            .map_err(failed("find table"))?;
        self.tables.insert(key, id);
        Ok(id)
    }

    fn evidence(&mut self, connection: &Connection, digest: Sha256) -> Result<(i64, bool)> {
        if let Some(found) = self.evidence.get(&digest) {
            return Ok(*found);
        }
        let sql = "SELECT id, shelf IS NOT NULL FROM evidence WHERE digest = ?1";
        let found: Option<(i64, bool)> = connection
            .query_row(sql, [digest.as_bytes()], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()
            .map_err(failed("find evidence"))?;
        let found = found.ok_or_else(|| Error::other("catalog-evidence-unknown").with("digest", digest))?;
        self.evidence.insert(digest, found);
        Ok(found)
    }
}

/// Deletes the rows and totals that another version read from a leaf.
pub(super) fn forget(connection: &Connection, digest: Sha256) -> Result<()> {
    let of_leaf = "evidence = (SELECT id FROM evidence WHERE digest = ?1)";
    for sql in [
        format!("UPDATE dataset SET dirty = 1 WHERE id IN (SELECT dataset FROM data_row WHERE {of_leaf})"),
        format!("DELETE FROM data_row WHERE {of_leaf}"),
        format!("DELETE FROM data_total WHERE {of_leaf}"),
    ] {
        execute(connection, &sql, [digest.as_bytes()])?;
    }
    Ok(())
}

impl Catalog {
    /// Returns every table, ordered by dataset and name.
    pub fn data_tables(&self) -> Result<Vec<Table>> {
        let raw: Vec<(i64, String, String, bool)> = self
            .connection()
            .prepare_cached("SELECT id, name, part, dirty FROM dataset ORDER BY name, part")
            .and_then(|mut statement| {
                statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))?.collect()
            })
            .map_err(failed("read tables"))?;
        let known = raw.into_iter().filter_map(|(id, dataset, name, dirty)| {
            Some(Table { id, dataset: Dataset::from_code(&dataset)?, name, dirty })
        });
        Ok(known.collect())
    }

    /// Counts the rows of a table.
    pub fn count_data_rows(&self, table: i64) -> Result<u64> {
        let count: Option<i64> = self.one("SELECT count(DISTINCT key) FROM data_row WHERE dataset = ?1", [table])?;
        Ok(count.unwrap_or(0).cast_unsigned())
    }

    /// Counts the superseded versions of a table's rows: other fields under the same key.
    pub fn count_older_versions(&self, table: i64) -> Result<u64> {
        let sql = "SELECT coalesce(sum(forms - 1), 0) FROM (
                       SELECT count(DISTINCT fields) AS forms FROM data_row WHERE dataset = ?1 GROUP BY key)";
        Ok(self.one::<i64>(sql, [table])?.unwrap_or(0).cast_unsigned())
    }

    /// Reports whether any row of a table belongs to an article, whose id may become known later.
    pub fn data_names_articles(&self, table: i64) -> Result<bool> {
        let sql = "SELECT 1 FROM data_row WHERE dataset = ?1 AND article IS NOT NULL LIMIT 1";
        Ok(self.one::<i64>(sql, [table])?.is_some())
    }

    /// Marks a table as written.
    pub fn set_data_clean(&self, table: i64) -> Result<()> {
        execute(self.connection(), "UPDATE dataset SET dirty = 0 WHERE id = ?1", [table]).map(drop)
    }

    /// Visits the rows of a table in the order of their keys, each merged from all its evidence.
    pub fn each_data_row(&self, table: i64, mut visit: impl FnMut(MergedRow) -> Result<()>) -> Result<()> {
        let mut statement = self
            .connection()
            .prepare_cached(
                "SELECT r.key, r.parent, coalesce(t.id, r.article), r.as_of, r.fields, e.digest
                 FROM data_row r JOIN evidence e ON e.id = r.evidence
                 LEFT JOIN alias a ON a.kind = 'article' AND a.name = r.article
                 LEFT JOIN post t ON t.entity = a.entity
                 WHERE r.dataset = ?1
                 ORDER BY r.key, r.rank, r.as_of DESC, e.digest, r.ordinal",
            )
            .map_err(failed("read rows"))?;
        let dataset: Option<String> = self.one("SELECT name FROM dataset WHERE id = ?1", [table])?;
        let has_versions = dataset.as_deref().and_then(Dataset::from_code) == Some(Dataset::Cloud);
        let mut rows = statement.query([table]).map_err(failed("read rows"))?;
        let mut current: Option<MergedRow> = None;
        while let Some(row) = rows.next().map_err(failed("read rows"))? {
            let next = row_at(row)?;
            match &mut current {
                Some(merged) if merged.key == next.key && has_versions => add_version(merged, &next),
                Some(merged) if merged.key == next.key => merge(merged, next),
                _ => {
                    if let Some(done) = current.replace(next) {
                        visit(done)?;
                    }
                }
            }
        }
        current.map_or(Ok(()), visit)
    }

    /// Returns the platform's count of a table's top-level rows, for the whole table or summed over its articles;
    /// `None` if the platform reports none.
    pub fn declared_rows(&self, table: i64) -> Result<Option<u64>> {
        // The latest count of each thing is used; without a time, the greatest.
        let sql = "
            SELECT sum(total) FROM (
                SELECT d.total, row_number() OVER (
                    PARTITION BY coalesce(a.entity, d.article)
                    ORDER BY d.as_of IS NULL, d.as_of DESC, d.total DESC) AS place
                FROM data_total d LEFT JOIN alias a ON a.kind = 'article' AND a.name = d.article
                WHERE d.dataset = ?1 AND d.parent = '')
            WHERE place = 1";
        Ok(self.one::<Option<i64>>(sql, [table])?.flatten().map(i64::cast_unsigned))
    }

    /// Returns every total that exceeds the number of held rows.
    pub fn data_shortfalls(&self) -> Result<Vec<Shortfall>> {
        // Rows and totals may name one article by different aliases, so resolved aliases are compared.
        let sql = "
            WITH said AS (
                SELECT d.dataset, d.parent, a.entity, d.article, d.total,
                       CASE WHEN d.parent = '' THEN coalesce(a.entity, d.article) ELSE '' END AS of,
                       row_number() OVER (
                           PARTITION BY d.dataset, d.parent,
                                        CASE WHEN d.parent = '' THEN coalesce(a.entity, d.article) ELSE '' END
                           ORDER BY d.as_of IS NULL, d.as_of DESC, d.total DESC, d.article) AS place
                FROM data_total d LEFT JOIN alias a ON a.kind = 'article' AND a.name = d.article),
            held AS (
                SELECT dataset, parent, '' AS of, count(DISTINCT key) AS rows
                FROM data_row WHERE parent IS NOT NULL GROUP BY 1, 2
                UNION ALL
                SELECT dataset, '', '', count(DISTINCT key) FROM data_row WHERE parent IS NULL GROUP BY 1
                UNION ALL
                SELECT r.dataset, '', coalesce(a.entity, r.article), count(DISTINCT r.key)
                FROM data_row r LEFT JOIN alias a ON a.kind = 'article' AND a.name = r.article
                WHERE r.parent IS NULL AND r.article IS NOT NULL GROUP BY 1, 3)
            SELECT t.name, t.part, s.parent, coalesce(w.id, s.article), w.title, s.total, coalesce(h.rows, 0)
            FROM said s JOIN dataset t ON t.id = s.dataset
            LEFT JOIN post w ON w.entity = s.entity
            LEFT JOIN held h ON h.dataset = s.dataset AND h.parent = s.parent AND h.of = s.of
            WHERE s.place = 1 AND s.total > coalesce(h.rows, 0) ORDER BY 1, 2, 3, 4";
        self.connection()
            .prepare_cached(sql)
            .and_then(|mut statement| statement.query_map([], shortfall_at)?.collect::<rusqlite::Result<Vec<_>>>())
            .map(|all| all.into_iter().flatten().collect())
            .map_err(failed("compare totals"))
    }
}

fn shortfall_at(row: &Row<'_>) -> rusqlite::Result<Option<Shortfall>> {
    let Some(dataset) = Dataset::from_code(&row.get::<_, String>(0)?) else { return Ok(None) };
    let some = |text: String| (!text.is_empty()).then_some(text);
    Ok(Some(Shortfall {
        dataset,
        table: row.get(1)?,
        parent: some(row.get(2)?),
        article: some(row.get(3)?),
        title: row.get(4)?,
        total: row.get::<_, i64>(5)?.cast_unsigned(),
        held: row.get::<_, i64>(6)?.cast_unsigned(),
    }))
}

fn row_at(row: &Row<'_>) -> Result<MergedRow> {
    let read = || -> rusqlite::Result<(MergedRow, String)> {
        let merged = MergedRow {
            key: row.get(0)?,
            parent: row.get(1)?,
            article: row.get(2)?,
            as_of: row.get::<_, Option<i64>>(3)?.and_then(Time::from_unix),
            fields: Map::new(),
            evidence: vec![digest_at(row, 5)?],
            versions: Vec::new(),
        };
        Ok((merged, row.get(4)?))
    };
    let (mut merged, fields) = read().map_err(failed("read rows"))?;
    merged.fields =
        serde_json::from_str(&fields).map_err(|error| Error::other("catalog-decode-failed").because(error))?;
    Ok(merged)
}

/// Adds another version of a document. The last export is authoritative: versions are kept apart, not mixed.
fn add_version(merged: &mut MergedRow, other: &MergedRow) {
    for digest in &other.evidence {
        let is_told = other.fields == merged.fields || merged.versions.iter().any(|one| one.fields == other.fields);
        if !is_told {
            merged.versions.push(RowVersion { as_of: other.as_of, fields: other.fields.clone(), evidence: *digest });
        }
        if !merged.evidence.contains(digest) {
            merged.evidence.push(*digest);
        }
    }
}

/// Fills in the fields that the better evidence lacks.
fn merge(merged: &mut MergedRow, other: MergedRow) {
    merged.parent = merged.parent.take().or(other.parent);
    merged.article = merged.article.take().or(other.article);
    merged.as_of = merged.as_of.max(other.as_of);
    for (name, value) in other.fields {
        merged.fields.entry(name).or_insert(value);
    }
    for digest in other.evidence {
        if !merged.evidence.contains(&digest) {
            merged.evidence.push(digest);
        }
    }
}
