//! Reads responses of the platform's analysis interfaces (`/datacube/…`, `/publisher/stat`). The fields identify the
//! interface, since the response does not name it. Every field is kept, and nested values stay nested.

use serde_json::{Map, Value};

use crate::model::dataset::key_of;
use crate::model::{ArticleFields, DataRow, DataTotal, Dataset, Time};
use crate::parse::json::Json;
use crate::parse::list::{Listed, link_of, words};

/// An interface: the fields that identify its rows, its name, and the fields that identify a row.
type Shape = (&'static [&'static str], &'static str, &'static [&'static str]);

/// Interfaces, the more specific first. A row has a shape if it has all of its fields.
const SHAPES: &[Shape] = &[
    (&["detail_list"], "getarticletotaldetail", &["ref_date", "msgid"]),
    (&["details", "msgid"], "getarticletotal", &["ref_date", "msgid"]),
    (&["msgid", "int_page_read_user"], "getarticlesummary", &["ref_date", "msgid"]),
    (&["msgid", "int_page_read_count"], "getarticlesummary", &["ref_date", "msgid"]),
    (&["cumulate_user"], "getusercumulate", &["ref_date"]),
    (&["new_user", "cancel_user"], "getusersummary", &["ref_date", "user_source"]),
    (&["count_interval", "msg_user"], "getupstreammsgdist", &["ref_date", "count_interval"]),
    (&["msg_type", "ref_hour"], "getupstreammsghour", &["ref_date", "ref_hour", "msg_type"]),
    (&["msg_type", "msg_user"], "getupstreammsg", &["ref_date", "msg_type"]),
    (&["callback_count", "ref_hour"], "getinterfacesummaryhour", &["ref_date", "ref_hour"]),
    (&["callback_count"], "getinterfacesummary", &["ref_date"]),
    (&["int_page_read_user", "ref_hour"], "getuserreadhour", &["ref_date", "ref_hour", "user_source"]),
    (&["int_page_read_user"], "getuserread", &["ref_date", "user_source"]),
    (&["share_scene", "ref_hour"], "getusersharehour", &["ref_date", "ref_hour", "share_scene"]),
    (&["share_scene"], "getusershare", &["ref_date", "share_scene"]),
    (&["visit_total"], "getweanalysisappiddailysummarytrend", &["ref_date"]),
    (&["page_path"], "getweanalysisappidvisitpage", &["ref_date", "page_path"]),
    (&["item_list", "index"], "getweanalysisappidvisitdistribution", &["ref_date", "index"]),
    (&["ad_slot", "slot_id"], "publisher_adpos_general", &["date", "ad_slot"]),
    (&["ad_slot", "exposure_count"], "publisher_adpos_general", &["date", "ad_slot"]),
    (&["total_commission"], "publisher_cps_general", &["date"]),
];

/// The rows of one response.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DatacubeRows {
    /// The rows.
    pub rows: Vec<DataRow>,
    /// The declared totals.
    pub totals: Vec<DataTotal>,
}

/// Reads a response; returns `None` if it is of none of these interfaces.
pub fn read(value: &Value, as_of: Option<Time>) -> Option<DatacubeRows> {
    let object = Json::of(value)?;
    let mut answer = DatacubeRows::default();
    if let Some(settlements) = object.get("settlement_list").and_then(Value::as_array) {
        settlements.iter().filter_map(Value::as_object).for_each(|row| {
            answer.rows.push(row_of(Dataset::Funds, "publisher_settlement", &["date", "zone", "order"], row));
        });
        let mut whole = object.0.clone();
        whole.shift_remove("settlement_list");
        whole.shift_remove("base_resp");
        answer.rows.push(DataRow::new(Dataset::Funds, "publisher_settlement_summary", "summary", whole));
    } else if let (Some(day), true) = (object.text("ref_date"), object.get("list").is_some_and(Value::is_array)) {
        // A single day with a list of its own: its rows get the day.
        for row in object.objects("list") {
            let mut fields = Map::from_iter([("ref_date".to_owned(), Value::from(day.clone()))]);
            fields.extend(row.0.clone());
            answer.rows.push(shaped(&fields)?);
        }
    } else if object.get("ref_date").is_some() {
        answer.rows.push(shaped(object.0)?);
    } else {
        for row in object.get("list")?.as_array()? {
            answer.rows.push(shaped(row.as_object()?)?);
        }
        if let (Some(total), Some(first)) = (object.count("total_num"), answer.rows.first()) {
            answer.totals.push(DataTotal::new(first.dataset, first.table.clone(), total).at(as_of));
        }
    }
    for row in &mut answer.rows {
        row.as_of = as_of;
    }
    (!answer.rows.is_empty()).then_some(answer)
}

/// Maximum number of levels of objects around a response, and of JSON in strings.
const WRAPPED: u32 = 6;

/// Returns every response in a value: bare, or wrapped with its request, its day or other responses by the program that
/// saved it. The time of a row is its own last day or else `saved`.
pub fn answers_in(value: &Value, saved: Option<Time>) -> Vec<DatacubeRows> {
    let mut answers = Vec::new();
    collect(value, saved, WRAPPED, &mut answers);
    answers
}

fn collect(value: &Value, saved: Option<Time>, depth: u32, answers: &mut Vec<DatacubeRows>) {
    if let Some(mut answer) = read(value, saved) {
        for row in &mut answer.rows {
            row.as_of = last_day(&row.fields).or(saved);
        }
        return answers.push(answer);
    }
    if depth == 0 {
        return;
    }
    match value {
        Value::Array(values) => values.iter().for_each(|value| collect(value, saved, depth - 1, answers)),
        Value::Object(fields) => fields.values().for_each(|value| collect(value, saved, depth - 1, answers)),
        Value::String(text) if text.trim_start().starts_with(['{', '[']) => {
            if let Ok(value) = serde_json::from_str(text) {
                collect(&value, saved, depth - 1, answers);
            }
        }
        _ => {}
    }
}

/// Returns the last day that a row counts if it counts several: a later response covers more days.
fn last_day(fields: &Map<String, Value>) -> Option<Time> {
    let details = ["details", "detail_list"].iter().find_map(|name| fields.get(*name)?.as_array())?;
    details.iter().filter_map(|detail| Time::from_wall(detail.get("stat_date")?.as_str()?)).max()
}

/// Returns the articles whose addresses a response contains, including mass-sent ones, which no other interface lists.
pub fn articles(answer: &DatacubeRows) -> impl Iterator<Item = Listed> {
    answer.rows.iter().filter_map(|row| {
        let row = Json(&row.fields);
        let fields = ArticleFields { title: row.text("title").as_deref().and_then(words), ..ArticleFields::default() };
        let address = row.text("content_url").or_else(|| row.text("url"))?;
        let link = link_of(Some(&address), None, None, None);
        (!link.aliases().is_empty()).then_some(Listed { link, fields, blocked: false })
    })
}

fn row_of(dataset: Dataset, table: &str, key: &[&str], fields: &Map<String, Value>) -> DataRow {
    DataRow::new(dataset, table, key_of(fields, key), fields.clone())
}

/// Returns a row of the interface that its fields identify.
fn shaped(fields: &Map<String, Value>) -> Option<DataRow> {
    if !["ref_date", "date"].iter().any(|day| fields.contains_key(*day)) {
        return None;
    }
    if let Some((table, key)) = by_period(fields) {
        return Some(row_of(Dataset::Statistics, table, key, fields));
    }
    let (_, table, key) = SHAPES.iter().find(|(signs, ..)| signs.iter().all(|sign| fields.contains_key(*sign)))?;
    Some(row_of(Dataset::Statistics, table, key, fields))
}

/// Identifies interfaces that share their fields and differ in the period of a row: `20170313`, `20170306-20170312`,
/// `201703`.
fn by_period(fields: &Map<String, Value>) -> Option<(&'static str, &'static [&'static str])> {
    const BY_DAY: &[&str] = &["ref_date"];
    let day = fields.get("ref_date")?.as_str().unwrap_or_default();
    let span = if day.len() == 6 { 2 } else { usize::from(day.len() == 17) };
    if fields.contains_key("session_cnt") {
        let names = [
            "getweanalysisappiddailyvisittrend",
            "getweanalysisappidweeklyvisittrend",
            "getweanalysisappidmonthlyvisittrend",
        ];
        return Some((names[span], BY_DAY));
    }
    match fields.get("visit_uv_new") {
        Some(Value::Array(_)) => {
            let names = [
                "getweanalysisappiddailyretaininfo",
                "getweanalysisappidweeklyretaininfo",
                "getweanalysisappidmonthlyretaininfo",
            ];
            Some((names[span], BY_DAY))
        }
        Some(Value::Object(_)) => Some(("getweanalysisappiduserportrait", BY_DAY)),
        _ => None,
    }
    .or_else(|| detail(fields))
}

/// Identifies the interfaces of 2025, which have their counts in `detail`.
fn detail(fields: &Map<String, Value>) -> Option<(&'static str, &'static [&'static str])> {
    let detail = fields.get("detail")?;
    Some(match (fields.contains_key("msgid"), detail.get("read_user").is_some()) {
        (true, true) => ("getarticleread", &["ref_date", "msgid"]),
        (true, false) => ("getarticleshare", &["ref_date", "msgid"]),
        (false, _) => ("getbizsummary", &["ref_date"]),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn named(value: &Value) -> Vec<(String, String)> {
        let answer = read(value, None).unwrap_or_default();
        answer.rows.into_iter().map(|row| (row.table, row.key)).collect()
    }

    #[test]
    fn an_interface_is_known_by_its_fields() {
        let cases = [
            (
                json!({"list": [{"ref_date": "2025-11-01", "user_source": 0, "new_user": 1, "cancel_user": 0}]}),
                "getusersummary",
                "2025-11-01/0",
            ),
            (
                json!({"list": [{"ref_date": "2025-11-01", "msgid": "10_1", "detail": {"read_user": 3}}], "is_delay": false}),
                "getarticleread",
                "2025-11-01/10_1",
            ),
            (
                json!({"list": [{"ref_date": "2025-11-01", "detail": {"read_user": 3, "like_user": 1}}]}),
                "getbizsummary",
                "2025-11-01",
            ),
            (
                json!({"list": [{"ref_date": "201703", "session_cnt": 1}]}),
                "getweanalysisappidmonthlyvisittrend",
                "201703",
            ),
            (
                json!({"ref_date": "20170306-20170312", "visit_uv_new": [{"key": 0, "value": 5}], "visit_uv": []}),
                "getweanalysisappidweeklyretaininfo",
                "20170306-20170312",
            ),
            (
                json!({"ref_date": "20170313", "list": [{"index": "access_depth_info", "item_list": []}]}),
                "getweanalysisappidvisitdistribution",
                "20170313/access_depth_info",
            ),
            (
                json!({"ref_date": "20170313", "list": [{"page_path": "pages/a", "page_visit_pv": 1}]}),
                "getweanalysisappidvisitpage",
                "20170313/pages_a",
            ),
        ];
        for (value, table, key) in cases {
            assert_eq!(named(&value), [(table.to_owned(), key.to_owned())], "{value}");
        }
    }

    #[test]
    fn what_is_no_such_answer_is_left_to_others() {
        for value in [json!({"list": []}), json!({"list": [{"a": 1}]}), json!([1]), json!({"ref_date": "2025-11-01"})] {
            assert_eq!(read(&value, None), None, "{value}");
        }
    }
}
