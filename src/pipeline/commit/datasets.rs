//! Writes the private tables: `private/data/<dataset>/<table>.jsonl` or `.csv`, with a `datapackage.json` per dataset.
//! Rows stream from the catalog into the stage; only the column names of a table are held in memory.

use std::collections::HashSet;

use serde::Serialize;
use serde_json::{Map, Value};

use super::changes::CommitPlan;
use crate::archive::describe::{Resource, datapackage};
use crate::error::{Error, Result};
use crate::model::dataset::Format;
use crate::model::names;
use crate::model::{Class, Dataset, Sha256, Time};
use crate::store::Catalog;
use crate::store::datasets::{MergedRow, RowVersion, Table};
use crate::store::stage::{Stage, StageWriter, Staged};

/// Columns that liudi adds to a CSV table. A column of the source with such a name is prefixed with another `_`.
const OWN_COLUMNS: [&str; 5] = ["_key", "_parent", "_article", "_as_of", "_evidence"];

/// Members of a JSON line and their types.
const MEMBERS: &[(&str, &str)] = &[
    ("key", "string"),
    ("parent", "string"),
    ("article", "string"),
    ("as_of", "datetime"),
    ("fields", "object"),
    ("evidence", "array"),
    ("versions", "array"),
];

/// The size of a table, for the summary.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TableReport {
    /// Dataset of the table.
    pub dataset: Dataset,
    /// Name of the table.
    pub table: String,
    /// Number of rows.
    pub rows: u64,
    /// Number of database documents or statistics rows that a later export replaced.
    #[serde(skip_serializing_if = "is_zero")]
    pub older_versions: u64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference over")]
fn is_zero(number: &u64) -> bool {
    *number == 0
}

/// Reports the private tables of the archive that have rows.
pub fn report(catalog: &Catalog) -> Result<Vec<TableReport>> {
    let mut all = Vec::new();
    for table in catalog.data_tables()? {
        let rows = catalog.count_data_rows(table.id)?;
        if rows > 0 {
            let has_versions = matches!(table.dataset, Dataset::Cloud | Dataset::Statistics);
            let older_versions = if has_versions { catalog.count_older_versions(table.id)? } else { 0 };
            all.push(TableReport { dataset: table.dataset, table: table.name, rows, older_versions });
        }
    }
    Ok(all)
}

/// Writes the datasets that have new rows or whose rows may refer to other articles.
pub(crate) fn write(catalog: &Catalog, stage: &Stage, plan: &mut CommitPlan<'_>) -> Result<()> {
    let tables = catalog.data_tables()?;
    for dataset in Dataset::ALL {
        let tables: Vec<&Table> = tables.iter().filter(|table| table.dataset == dataset).collect();
        let mut stale = catalog.lost().iter().any(|(bag, path)| {
            *bag == Class::Private && path.split_once('/').is_some_and(|(folder, _)| folder == dataset.code())
        });
        for table in &tables {
            // The article of a row may have become known, or got another id, without any new row.
            stale |= table.dirty || catalog.data_names_articles(table.id)?;
        }
        if stale {
            write_dataset(catalog, stage, dataset, &tables, plan)?;
        }
    }
    Ok(())
}

struct Written {
    table: String,
    file: String,
    staged: Staged,
    columns: Vec<String>,
    rows: u64,
}

fn write_dataset(
    catalog: &Catalog,
    stage: &Stage,
    dataset: Dataset,
    tables: &[&Table],
    plan: &mut CommitPlan<'_>,
) -> Result<()> {
    let mut names_used = HashSet::new();
    let mut written = Vec::new();
    for table in tables {
        let name = file_name(&table.name, &mut names_used);
        let file = format!("{name}.{}", dataset.format().extension());
        let mut writer = stage.create()?;
        let (columns, rows) = match dataset.format() {
            Format::Csv => write_csv(catalog, table.id, &mut writer)?,
            Format::Lines => (Vec::new(), write_lines(catalog, table.id, &mut writer)?),
        };
        catalog.set_data_clean(table.id)?;
        let path = format!("{}/{file}", dataset.code());
        if rows > 0 {
            let staged = writer.finish()?;
            plan.put_if_new(Class::Private, &path, staged.clone())?;
            written.push(Written { table: table.name.clone(), file, staged, columns, rows });
        } else if catalog.payload(Class::Private, &path)?.is_some() {
            plan.remove(Class::Private, &path);
        }
    }
    let package = format!("{}/datapackage.json", dataset.code());
    if written.is_empty() {
        if catalog.payload(Class::Private, &package)?.is_some() {
            plan.remove(Class::Private, &package);
        }
        return Ok(());
    }
    let resources: Vec<Resource<'_>> = written.iter().map(resource).collect();
    plan.put(Class::Private, &package, &datapackage(&format!("liudi-{}", dataset.code()), &resources)?)
}

fn resource(written: &Written) -> Resource<'_> {
    let columns = match written.columns.as_slice() {
        [] => MEMBERS.to_vec(),
        columns => columns.iter().map(|name| (name.as_str(), "string")).collect(),
    };
    Resource::written(&written.table, &written.file, &written.staged, columns, written.rows)
}

/// Returns a file name for a table of any name, unique regardless of case.
fn file_name(table: &str, used: &mut HashSet<String>) -> String {
    let mut name = names::safe_name(table);
    if name.is_empty() || !used.insert(name.to_lowercase()) {
        let digest = Sha256::of(table.as_bytes()).hex();
        name = if name.is_empty() { digest[..8].to_owned() } else { format!("{name}-{}", &digest[..8]) };
        used.insert(name.to_lowercase());
    }
    name
}

/// A row as a JSON line.
#[derive(Serialize)]
struct Line<'a> {
    key: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    parent: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    article: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    as_of: Option<Time>,
    fields: &'a Map<String, Value>,
    evidence: &'a [Sha256],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    versions: &'a [RowVersion],
}

fn write_lines(catalog: &Catalog, table: i64, writer: &mut StageWriter<'_>) -> Result<u64> {
    let mut rows = 0;
    let mut buffer = Vec::new();
    catalog.each_data_row(table, |row| {
        rows += 1;
        let line = Line {
            key: &row.key,
            parent: row.parent.as_deref(),
            article: row.article.as_deref(),
            as_of: row.as_of,
            fields: &row.fields,
            evidence: &row.evidence,
            versions: &row.versions,
        };
        serde_json::to_writer(&mut buffer, &line).map_err(failed)?;
        buffer.push(b'\n');
        drain(&mut buffer, writer)
    })?;
    writer.append(&buffer)?;
    Ok(rows)
}

/// Flushes a full buffer, so that many small rows become few writes.
fn drain(buffer: &mut Vec<u8>, writer: &mut StageWriter<'_>) -> Result<()> {
    if buffer.len() >= 256 * 1024 {
        writer.append(buffer)?;
        buffer.clear();
    }
    Ok(())
}

fn failed(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    Error::other("table-write-failed").because(error)
}

/// Writes a table as CSV: the columns in order of first appearance, then the rows.
fn write_csv(catalog: &Catalog, table: i64, writer: &mut StageWriter<'_>) -> Result<(Vec<String>, u64)> {
    let mut fields: Vec<String> = Vec::new();
    let mut known: HashSet<String> = HashSet::new();
    let mut rows = 0;
    catalog.each_data_row(table, |row| {
        rows += 1;
        for name in row.fields.keys() {
            if !known.contains(name) {
                known.insert(name.clone());
                fields.push(name.clone());
            }
        }
        Ok(())
    })?;
    let columns: Vec<String> =
        OWN_COLUMNS.iter().map(|name| (*name).to_owned()).chain(fields.iter().map(|name| column(name))).collect();
    writer.append(b"\xef\xbb\xbf")?;
    let mut csv = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .buffer_capacity(256 * 1024)
        .from_writer(&mut *writer);
    csv.write_record(&columns).map_err(failed)?;
    catalog.each_data_row(table, |row| csv.write_record(cells(&row, &fields)).map_err(failed))?;
    csv.flush().map_err(failed)?;
    drop(csv);
    Ok((columns, rows))
}

fn column(field: &str) -> String {
    let ours = OWN_COLUMNS.iter().any(|own| field.starts_with('_') && field.trim_start_matches('_') == &own[1..]);
    if ours { format!("_{field}") } else { field.to_owned() }
}

/// Returns the cells of a row, verbatim; nested values as JSON.
fn cells(row: &MergedRow, fields: &[String]) -> Vec<String> {
    let evidence: Vec<String> = row.evidence.iter().map(Sha256::hex).collect();
    let own = [
        row.key.clone(),
        row.parent.clone().unwrap_or_default(),
        row.article.clone().unwrap_or_default(),
        row.as_of.map(|time| time.to_string()).unwrap_or_default(),
        evidence.join(" "),
    ];
    let cell = |name: &String| match row.fields.get(name) {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(value) => value.to_string(),
    };
    own.into_iter().chain(fields.iter().map(cell)).collect()
}
