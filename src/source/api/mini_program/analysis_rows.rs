//! Reads the rows of responses about a 小程序's visits: one for each day, page, source or audience group. Lists of pairs
//! become columns.

use serde_json::{Map, Value};

use crate::error::Result;
use crate::model::dataset::key_of;
use crate::model::{DataRow, Dataset};
use crate::source::api::answer::Answer;
use crate::source::{EvidenceId, Item, Out};

/// Common prefix of the endpoints' names.
const PREFIX: &str = "getweanalysisappid";

/// Emits the rows of `answer`.
pub(crate) fn read(answer: &Answer, evidence: EvidenceId, out: &mut dyn Out) -> Result<()> {
    let path = answer.head.path.as_str();
    let Some((_, name)) = path.rsplit_once('/').filter(|(_, name)| name.starts_with(PREFIX)) else { return Ok(()) };
    let table = format!("mini_{}", &name[PREFIX.len()..]);
    let value = answer.json();
    let date = value["ref_date"].clone();
    let mut emit = |names: &[&str], fields: Map<String, Value>| {
        let key = key_of(&fields, names);
        out.item(Item::Row(DataRow::new(Dataset::Statistics, table.as_str(), key, fields).from_api(), evidence))
    };
    match &name[PREFIX.len()..] {
        "visitpage" => {
            for page in objects(&value["list"]) {
                emit(&["ref_date", "page_path"], dated(&date, page))?;
            }
        }
        "visitdistribution" => {
            for group in objects(&value["list"]) {
                for item in group.get("item_list").into_iter().flat_map(objects) {
                    let mut fields = dated(&date, item);
                    fields.insert("index".to_owned(), group.get("index").cloned().unwrap_or_default());
                    emit(&["ref_date", "index", "key"], fields)?;
                }
            }
        }
        "userportrait" => {
            for group in ["visit_uv_new", "visit_uv"] {
                for (kind, people) in value[group].as_object().into_iter().flatten() {
                    for person in objects(people) {
                        let mut fields = dated(&date, person);
                        fields.insert("group".to_owned(), group.into());
                        fields.insert("kind".to_owned(), kind.as_str().into());
                        // Devices have no id, and the same city name may occur under two ids.
                        let names: &[&str] = if person.contains_key("id") {
                            &["ref_date", "group", "kind", "id"]
                        } else {
                            &["ref_date", "group", "kind", "name"]
                        };
                        emit(names, fields)?;
                    }
                }
            }
        }
        "dailyretaininfo" | "weeklyretaininfo" | "monthlyretaininfo" => {
            if let Some(info) = value.as_object().filter(|_| !date.is_null()) {
                emit(&["ref_date"], flat(info))?;
            }
        }
        _ => {
            for row in objects(&value["list"]) {
                emit(&["ref_date"], flat(row))?;
            }
        }
    }
    Ok(())
}

fn objects(value: &Value) -> impl Iterator<Item = &Map<String, Value>> {
    value.as_array().into_iter().flatten().filter_map(Value::as_object)
}

/// Returns the row with its day prepended, where it has none.
fn dated(date: &Value, row: &Map<String, Value>) -> Map<String, Value> {
    let mut fields = Map::new();
    if !row.contains_key("ref_date") && !date.is_null() {
        fields.insert("ref_date".to_owned(), date.clone());
    }
    fields.extend(row.clone());
    fields
}

/// Flattens pairs: `visit_uv: [{key: 0, value: 5}]` becomes `visit_uv_0: 5`.
fn flat(row: &Map<String, Value>) -> Map<String, Value> {
    let mut fields = Map::new();
    for (name, value) in row {
        if matches!(name.as_str(), "errcode" | "errmsg") {
            continue;
        }
        let pairs: Option<Vec<(String, Value)>> = value.as_array().and_then(|list| {
            list.iter().map(|pair| Some((pair.get("key")?.to_string(), pair.get("value")?.clone()))).collect()
        });
        match pairs {
            Some(pairs) => fields.extend(pairs.into_iter().map(|(key, value)| (format!("{name}_{key}"), value))),
            None => {
                fields.insert(name.clone(), value.clone());
            }
        }
    }
    fields
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::source::api::answer::{Content, Head};

    fn rows(path: &str, answer: &Value) -> Vec<(String, String, Value)> {
        let head = Head { path: path.to_owned(), ..Head::default() };
        let answer = Answer { head, content: Content::Json(answer.to_string().into_bytes()) };
        let mut items: Vec<Item> = Vec::new();
        read(&answer, crate::model::Sha256::of(b""), &mut items).unwrap();
        let row = |item: Item| match item {
            Item::Row(row, _) => (row.table, row.key, Value::Object(row.fields)),
            other => panic!("{other:?}"),
        };
        items.into_iter().map(row).collect()
    }

    #[test]
    fn every_form_of_answer_gives_rows_that_name_themselves() {
        let trend = json!({"list": [{"ref_date": "20250901", "visit_pv": 12, "visit_depth": 1.98}]});
        assert_eq!(
            rows("/datacube/getweanalysisappiddailyvisittrend", &trend),
            [(
                "mini_dailyvisittrend".to_owned(),
                "20250901".to_owned(),
                json!({"ref_date": "20250901", "visit_pv": 12, "visit_depth": 1.98})
            )]
        );
        assert_eq!(rows("/datacube/getweanalysisappiddailyvisittrend", &json!({"list": []})), []);
        let retain = json!({"ref_date": "202509", "visit_uv_new": [{"key": 0, "value": 9}, {"key": 1, "value": 2}], "visit_uv": []});
        assert_eq!(
            rows("/datacube/getweanalysisappidmonthlyretaininfo", &retain)[0].2,
            json!({"ref_date": "202509", "visit_uv_new_0": 9, "visit_uv_new_1": 2})
        );
        let pages = json!({"ref_date": "20250901", "list": [{"page_path": "pages/a", "page_visit_pv": 3}]});
        assert_eq!(rows("/datacube/getweanalysisappidvisitpage", &pages)[0].1, "20250901/pages_a");
        let spread = json!({"ref_date": "20250901", "list": [{"index": "access_depth_info", "item_list": [{"key": 5, "value": 1}, {"key": 4, "value": 2}]}]});
        let keys: Vec<String> =
            rows("/datacube/getweanalysisappidvisitdistribution", &spread).into_iter().map(|row| row.1).collect();
        assert_eq!(keys, ["20250901/access_depth_info/5", "20250901/access_depth_info/4"]);
        let people = json!({"ref_date": "20250901", "visit_uv": {"province": [{"id": 31, "name": "广东省", "value": 2}], "devices": [{"name": "甲", "value": 1}]}});
        let mut keys: Vec<String> =
            rows("/datacube/getweanalysisappiduserportrait", &people).into_iter().map(|row| row.1).collect();
        keys.sort();
        assert_eq!(keys, ["20250901/visit_uv/devices/甲", "20250901/visit_uv/province/31"]);
    }
}
