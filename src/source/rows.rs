//! Emits rows of private tables ([`crate::model::dataset`]); shared by importers and collectors.

use serde_json::{Map, Value};

use super::{EvidenceId, Item, Out};
use crate::error::Result;
use crate::model::dataset::key_of;
use crate::model::{DataRow, DataTotal, Dataset, Rank, Time};

/// Emits rows and the reported totals.
pub fn emit(
    rows: impl IntoIterator<Item = DataRow>,
    totals: impl IntoIterator<Item = DataTotal>,
    evidence: EvidenceId,
    out: &mut dyn Out,
) -> Result<()> {
    rows.into_iter().try_for_each(|row| out.item(Item::Row(row, evidence)))?;
    totals.into_iter().try_for_each(|total| out.item(Item::Total(total, evidence)))
}

/// A table whose rows are the platform's JSON objects, unchanged.
#[derive(Clone, Debug)]
pub struct JsonTable<'a> {
    /// Dataset of the table.
    pub dataset: Dataset,
    /// Name of the table in the dataset.
    pub table: &'a str,
    /// Fields that together identify a row, in order.
    pub key: &'a [&'a str],
    /// Rank of the rows' credibility.
    pub rank: Rank,
    /// Time at which the platform returned the rows.
    pub as_of: Option<Time>,
}

impl JsonTable<'_> {
    /// Emits the objects of `list` as rows and returns their number. A value that is not an object becomes a row with
    /// the field `value`.
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
