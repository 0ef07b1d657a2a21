//! Reads responses of the interfaces of a 微信小店: orders, fund flow, withdrawals, the balance. Amounts are whole fen
//! and stay unchanged.

use serde_json::{Map, Value};

use crate::model::dataset::key_of;
use crate::model::{DataRow, Dataset};
use crate::parse::json::Json;

/// Records in a response: member, dataset, table, id.
const THINGS: &[(&str, Dataset, &str, &str)] = &[
    ("order", Dataset::Orders, "orders", "order_id"),
    ("orders", Dataset::Orders, "orders", "order_id"),
    ("order_list", Dataset::Orders, "orders", "order_id"),
    ("funds_flow", Dataset::Funds, "funds_flow", "flow_id"),
    ("funds_flow_list", Dataset::Funds, "funds_flow", "flow_id"),
];

/// Lists of bare ids: they prove that the record exists, whose contents are in other responses.
const IDS: &[(&str, Dataset, &str, &str)] = &[
    ("order_id_list", Dataset::Orders, "orders", "order_id"),
    ("flow_ids", Dataset::Funds, "funds_flow", "flow_id"),
    ("withdraw_ids", Dataset::Funds, "withdrawals", "withdraw_id"),
];

/// Returns the rows of a response; empty if it is not of these interfaces.
pub fn read(value: &Value) -> Vec<DataRow> {
    let Some(object) = Json::of(value) else { return Vec::new() };
    let mut rows = Vec::new();
    for (place, dataset, table, id) in THINGS {
        for thing in object.objects(place).into_iter().filter(|thing| thing.get(id).is_some()) {
            rows.push(DataRow::new(*dataset, *table, key_of(thing.0, &[id]), thing.0.clone()));
        }
    }
    for (place, dataset, table, id) in IDS {
        for value in object.get(place).and_then(Value::as_array).into_iter().flatten() {
            let fields = Map::from_iter([((*id).to_owned(), value.clone())]);
            rows.push(DataRow::new(*dataset, *table, key_of(&fields, &[id]), fields));
        }
    }
    if object.get("withdraw_id").is_some() && object.get("amount").is_some() {
        rows.push(DataRow::new(Dataset::Funds, "withdrawals", key_of(object.0, &["withdraw_id"]), answer(object)));
    }
    if object.get("available_amount").is_some() && object.get("pending_amount").is_some() {
        rows.push(DataRow::new(Dataset::Funds, "balance", key_of(object.0, &["sub_mchid"]), answer(object)));
    }
    // A single record, as on one line of a file of records.
    if rows.is_empty() && object.get("order_id").is_some() && object.get("order_detail").is_some() {
        rows.push(DataRow::new(Dataset::Orders, "orders", key_of(object.0, &["order_id"]), object.0.clone()));
    }
    if rows.is_empty() && object.get("flow_id").is_some() && object.get("funds_type").is_some() {
        rows.push(DataRow::new(Dataset::Funds, "funds_flow", key_of(object.0, &["flow_id"]), object.0.clone()));
    }
    rows
}

/// Returns the members of a response without its error code and message.
fn answer(object: Json<'_>) -> Map<String, Value> {
    let mut fields = object.0.clone();
    fields.retain(|name, _| name != "errcode" && name != "errmsg");
    fields
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn orders_and_money_are_read_in_every_answer() {
        let rows = read(
            &json!({"errcode": 0, "order": {"order_id": "3705115058471208928", "status": 100, "order_detail": {}}}),
        );
        assert_eq!((rows[0].table.as_str(), rows[0].key.as_str()), ("orders", "3705115058471208928"));
        let rows = read(&json!({"flow_ids": ["1", "2"], "has_more": true}));
        assert_eq!(rows.iter().map(|row| row.key.as_str()).collect::<Vec<_>>(), ["1", "2"]);
        let rows = read(&json!({"errcode": 0, "available_amount": 100, "pending_amount": 3, "sub_mchid": "160"}));
        assert_eq!((rows[0].key.as_str(), rows[0].fields.contains_key("errcode")), ("160", false));
        assert!(read(&json!({"order": 1})).is_empty() && read(&json!({"list": []})).is_empty());
    }
}
