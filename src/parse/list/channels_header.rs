//! The header of a table of works of 视频号, whoever wrote it.

use super::channels::Listed;
use crate::parse::table::{Record, clean, column_name};

/// How one program lays out its table.
#[derive(Debug)]
pub struct Layout {
    /// The columns by which the table is known; the others may come and go.
    pub(super) signature: &'static [&'static str],
    /// Reads a row.
    pub(super) listed: fn(&Header, &Record) -> Option<Listed>,
}

/// A header and where its columns stand.
#[derive(Clone, Debug)]
pub struct Header {
    layout: &'static Layout,
    columns: Vec<String>,
}

impl Header {
    /// Reads a row as the header of a table of this layout; `None` where it is none.
    pub fn of(row: &Record, layout: &'static Layout) -> Option<Self> {
        let columns: Vec<String> = row.iter().map(column_name).collect();
        let is_there = |wanted: &&str| columns.iter().any(|column| column == wanted);
        layout.signature.iter().all(is_there).then_some(Self { layout, columns })
    }

    /// Returns the work of a row; `None` where nothing names it.
    pub fn listed(&self, row: &Record) -> Option<Listed> {
        (self.layout.listed)(self, row)
    }

    /// What stands in the column `name` of a row.
    pub(super) fn cell<'r>(&self, row: &'r Record, name: &str) -> Option<&'r str> {
        let place = self.columns.iter().position(|column| column == name)?;
        Some(clean(row.get(place))).filter(|cell| !cell.is_empty())
    }

    /// The filled cells of a row with the names of their columns, but those that `are_told` otherwise.
    pub(super) fn others<'r>(
        &'r self,
        row: &'r Record,
        are_told: &'r [&str],
    ) -> impl Iterator<Item = (&'r str, &'r str)> {
        let cells = self.columns.iter().enumerate().map(|(place, column)| (column.as_str(), clean(row.get(place))));
        cells.filter(move |(column, cell)| !are_told.contains(column) && !cell.is_empty())
    }
}
