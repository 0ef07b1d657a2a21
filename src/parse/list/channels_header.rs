//! Recognizes the header of a table of 视频号 works by any program.

use super::channels::Listed;
use crate::parse::table::{Record, clean, column_name};

/// The table layout of one program.
#[derive(Debug)]
pub struct Layout {
    /// The columns that identify the table; the others may vary.
    pub(super) signature: &'static [&'static str],
    /// The function that reads a row.
    pub(super) listed: fn(&Header, &Record) -> Option<Listed>,
}

/// A header with the positions of its columns.
#[derive(Clone, Debug)]
pub struct Header {
    layout: &'static Layout,
    columns: Vec<String>,
}

impl Header {
    /// Reads a row as the header of a table of this layout; returns `None` if it is not one.
    pub fn of(row: &Record, layout: &'static Layout) -> Option<Self> {
        let columns: Vec<String> = row.iter().map(column_name).collect();
        let is_there = |wanted: &&str| columns.iter().any(|column| column == wanted);
        layout.signature.iter().all(is_there).then_some(Self { layout, columns })
    }

    /// Returns the work of a row; `None` if nothing identifies it.
    pub fn listed(&self, row: &Record) -> Option<Listed> {
        (self.layout.listed)(self, row)
    }

    /// Returns the cell in the column `name` of a row.
    pub(super) fn cell<'r>(&self, row: &'r Record, name: &str) -> Option<&'r str> {
        let place = self.columns.iter().position(|column| column == name)?;
        Some(clean(row.get(place))).filter(|cell| !cell.is_empty())
    }

    /// Returns the filled cells of a row by column name, except the columns `are_told`, which are read elsewhere.
    pub(super) fn others<'r>(
        &'r self,
        row: &'r Record,
        are_told: &'r [&str],
    ) -> impl Iterator<Item = (&'r str, &'r str)> {
        let cells = self.columns.iter().enumerate().map(|(place, column)| (column.as_str(), clean(row.get(place))));
        cells.filter(move |(column, cell)| !are_told.contains(column) && !cell.is_empty())
    }
}
