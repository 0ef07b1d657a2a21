//! Emitting rows of private tables ([`crate::model::dataset`]): what importers and collectors share.

use serde_json::{Map, Value};

use super::{EvidenceId, Item, Out};
use crate::error::Result;
use crate::model::dataset::key_of;
use crate::model::{DataRow, DataTotal, Dataset, Rank, Time};

/// Emits rows and what is said of their number.
pub fn emit(
    rows: impl IntoIterator<Item = DataRow>,
    totals: impl IntoIterator<Item = DataTotal>,
    evidence: EvidenceId,
    out: &mut dyn Out,
) -> Result<()> {
    rows.into_iter().try_for_each(|row| out.item(Item::Row(row, evidence)))?;
    totals.into_iter().try_for_each(|total| out.item(Item::Total(total, evidence)))
}

/// A table whose rows are JSON objects as the platform gives them.
#[derive(Clone, Debug)]
pub struct JsonTable<'a> {
    /// What it is about.
    pub dataset: Dataset,
    /// The table in it.
    pub table: &'a str,
    /// Fields that together name a row, in order.
    pub key: &'a [&'a str],
    /// How far it is to be believed.
    pub rank: Rank,
    /// When the platform gave it out.
    pub as_of: Option<Time>,
}

impl JsonTable<'_> {
    /// Emits the objects of `list` as rows; gives how many there were. What is no object is a row with the field `value`.
    pub fn emit(&self, list: &[Value], evidence: EvidenceId, out: &mut dyn Out) -> Result<u64> {
        for value in list {
            let fields = match value {
                Value::Object(fields) => fields.clone(),
                other => Map::from_iter([("value".to_owned(), other.clone())]),
            };
            let row = DataRow {
                rank: self.rank,
                ..DataRow::new(self.dataset, self.table, key_of(&fields, self.key), fields)
            };
            out.item(Item::Row(row.at(self.as_of), evidence))?;
        }
        Ok(list.len() as u64)
    }
}
