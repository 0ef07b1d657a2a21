//! Describes the ledger in a machine-readable form: a Frictionless Data Package (v2).

use serde_json::{Value, json};

use super::LedgerReport;
use crate::error::{Error, Result};
use crate::model::statement::{Column, ColumnType, Direction};

impl LedgerReport {
    /// Builds `datapackage.json` for the ledger, whose file is called `name`: `ledger.csv`, or the same compressed.
    pub fn datapackage(&self, name: &str) -> Result<Vec<u8>> {
        let fields: Vec<Value> = Column::ALL.iter().map(|column| field(*column)).collect();
        let totals: Vec<Value> = self
            .totals
            .iter()
            .map(|((kind, year, currency), total)| {
                let mut entry = json!({ "kind": kind.code(), "year": year, "currency": currency, "rows": total.rows });
                for direction in Direction::ALL {
                    entry[direction.code()] = json!(total.amounts[direction as usize]);
                }
                entry
            })
            .collect();
        let covered: Vec<Value> =
            self.covered.iter().map(|(from, to)| json!({ "kind": "personal", "from": from, "to": to })).collect();
        let mut package = json!({
            "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
            "name": "billing",
            "title": "账单流水 · Ledger",
            "description": "Every transaction of the bills in raw/, once. Rows of one number that differ are all here. \
                Sorted by kind and key. An empty cell says that no bill says it. Amounts are exact decimals; \
                amount_fen is the same amount in fen where it is whole.",
            "resources": [{
                "name": "ledger",
                "path": name,
                "type": "table",
                "format": "csv",
                "mediatype": "text/csv",
                "encoding": "utf-8",
                "schema": { "fields": fields, "primaryKey": ["kind", "key"], "missingValues": [""] },
                "rows": self.rows,
                "repeated": self.repeated,
                "differing": self.differing,
                "totals": totals,
                "covered": covered,
            }],
        });
        if name.ends_with(".zst") {
            package["resources"][0]["compression"] = json!("zst");
        }
        let mut bytes = serde_json::to_vec_pretty(&package)
            .map_err(|error| Error::other("ledger-describe-failed").because(error))?;
        bytes.push(b'\n');
        Ok(bytes)
    }
}

fn field(column: Column) -> Value {
    let kind = match column.kind() {
        ColumnType::DateTime => "datetime",
        ColumnType::Integer => "integer",
        ColumnType::Number => "number",
        ColumnType::Text => "string",
    };
    let mut field = json!({ "name": column.code(), "title": column.title(), "type": kind });
    if column.kind() == ColumnType::DateTime {
        field["format"] = json!("%Y-%m-%dT%H:%M:%S%z");
    }
    if matches!(column, Column::Kind | Column::Key | Column::Direction | Column::Statement | Column::Line) {
        field["constraints"] = json!({ "required": true });
    }
    field
}
