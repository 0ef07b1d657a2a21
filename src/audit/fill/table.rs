//! Reads the tables of a bag row by row, so that no table has to fit in memory.

use std::io::{self, BufRead as _, BufReader};

use serde::Deserialize;
use serde_json::{Map, Value};

use super::{read, unreadable};
use crate::archive::Archive;
use crate::error::{Error, Result};
use crate::model::dataset::Format;
use crate::model::{Class, Dataset};

/// Calls `visit` with the cells of the named `columns` of every row; a column that the table does not have is empty. A
/// missing table has no rows.
pub(super) fn each_row<const COLUMNS: usize>(
    archive: &Archive,
    (class, path): (Class, &str),
    columns: [&str; COLUMNS],
    mut visit: impl FnMut([&str; COLUMNS]) -> Result<()>,
) -> Result<()> {
    let failed = |error: io::Error| Error::disk("readiness-unreadable", archive.shown(class, path), error);
    let Some(file) = archive.read(class, path).map_err(failed)? else { return Ok(()) };
    let file = BufReader::with_capacity(256 * 1024, file);
    let file: Box<dyn io::Read> = if path.ends_with(".zst") {
        Box::new(zstd::Decoder::with_buffer(file).map_err(failed)?)
    } else {
        Box::new(file)
    };
    let mut file = BufReader::with_capacity(64 * 1024, file);
    if file.fill_buf().map_err(failed)?.starts_with(b"\xef\xbb\xbf") {
        file.consume(3);
    }
    let broken = |error: csv::Error| Error::broken_table("readiness-unreadable", archive.shown(class, path), error);
    let mut table = csv::Reader::from_reader(file);
    let header = table.headers().map_err(broken)?;
    let places = columns.map(|column| header.iter().position(|name| name == column));
    let mut row = csv::StringRecord::new();
    while table.read_record(&mut row).map_err(broken)? {
        visit(places.map(|place| place.and_then(|place| row.get(place)).unwrap_or_default()))?;
    }
    Ok(())
}

/// A table of private rows (`data/<dataset>/`).
#[derive(Debug)]
pub(super) struct Rows {
    /// Dataset of the table.
    pub(super) dataset: Dataset,
    /// Name of the table.
    pub(super) name: String,
    path: String,
}

/// A row of a table of lines.
#[derive(Deserialize)]
pub(super) struct Row {
    /// Key of the row.
    pub(super) key: String,
    /// Key of the row that it belongs to.
    #[serde(default)]
    pub(super) parent: Option<String>,
    /// Columns of the source.
    #[serde(default)]
    pub(super) fields: Map<String, Value>,
}

#[derive(Deserialize)]
struct Package {
    resources: Vec<Resource>,
}

#[derive(Deserialize)]
struct Resource {
    name: String,
    /// The name, where `name` is one for programs.
    title: Option<String>,
    path: String,
}

/// Lists every table of private rows, by dataset and name.
pub(super) fn all(archive: &Archive) -> Result<Vec<Rows>> {
    let mut all = Vec::new();
    for dataset in Dataset::ALL {
        let path = format!("{}/datapackage.json", dataset.code());
        let Some(bytes) = read(archive, Class::Private, &path)? else { continue };
        let package: Package = serde_json::from_slice(&bytes)
            .map_err(|error| unreadable(archive, Class::Private, &path).because(error))?;
        let rows = |resource: Resource| Rows {
            dataset,
            name: resource.title.unwrap_or(resource.name),
            path: format!("{}/{}", dataset.code(), resource.path),
        };
        all.extend(package.resources.into_iter().map(rows));
    }
    Ok(all)
}

impl Rows {
    /// Calls `visit` with every row of a table of lines.
    pub(super) fn each(&self, archive: &Archive, mut visit: impl FnMut(Row) -> Result<()>) -> Result<()> {
        debug_assert_eq!(self.dataset.format(), Format::Lines);
        let failed =
            |error: io::Error| Error::disk("readiness-unreadable", archive.shown(Class::Private, &self.path), error);
        let Some(file) = archive.read(Class::Private, &self.path).map_err(failed)? else { return Ok(()) };
        let mut file = BufReader::with_capacity(256 * 1024, file);
        let mut line = Vec::new();
        while file.read_until(b'\n', &mut line).map_err(failed)? > 0 {
            let row = serde_json::from_slice(&line)
                .map_err(|error| unreadable(archive, Class::Private, &self.path).because(error))?;
            visit(row)?;
            line.clear();
        }
        Ok(())
    }

    /// Calls `visit` with one field of every row, whatever the format of the table; numbers keep their spelling.
    pub(super) fn each_field(&self, archive: &Archive, field: &str, mut visit: impl FnMut(&str)) -> Result<()> {
        match self.dataset.format() {
            Format::Csv => each_row(archive, (Class::Private, &self.path), [field], |[cell]| {
                visit(cell);
                Ok(())
            }),
            Format::Lines => self.each(archive, |row| {
                match row.fields.get(field) {
                    Some(Value::String(text)) => visit(text),
                    Some(Value::Number(number)) => visit(&number.to_string()),
                    _ => {}
                }
                Ok(())
            }),
        }
    }
}
