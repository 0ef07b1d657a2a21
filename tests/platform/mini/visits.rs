//! Implements the visits: exactly one day, week or month per call, since 10 October 2025.

use jiff::ToSpan as _;
use jiff::civil::{Date, Weekday, date};
use serde_json::{Value, json};

use super::No;

/// First day with a visit.
pub(crate) const FIRST: Date = date(2025, 10, 10);

pub(super) fn answer(path: &str, body: &Value) -> Result<Value, No> {
    let day = |key: &str| {
        let text = body[key].as_str().filter(|text| text.len() == 8).ok_or((61_500, "date format error"))?;
        Date::strptime("%Y%m%d", text).map_err(|_| (61_500, "date format error"))
    };
    let (begin, end) = (day("begin_date")?, day("end_date")?);
    let name = path.trim_start_matches("/datacube/getweanalysisappid");
    let exact = if name.starts_with("monthly") {
        begin.day() == 1 && end == begin.last_of_month()
    } else if name.starts_with("weekly") {
        begin.weekday() == Weekday::Monday && end == begin.saturating_add(6.days())
    } else {
        begin == end
    };
    if !exact {
        return Err((61_501, "date range error"));
    }
    let label = match name {
        _ if name.starts_with("monthly") => begin.strftime("%Y%m").to_string(),
        _ if name.starts_with("weekly") => format!("{}-{}", begin.strftime("%Y%m%d"), end.strftime("%Y%m%d")),
        _ => begin.strftime("%Y%m%d").to_string(),
    };
    let is_empty = end < FIRST;
    let visits = 10 + i64::from(begin.day());
    Ok(match name {
        "dailyretaininfo" | "weeklyretaininfo" | "monthlyretaininfo" if is_empty => json!({"list": []}),
        "dailyretaininfo" | "weeklyretaininfo" | "monthlyretaininfo" => json!({
            "ref_date": label, "visit_uv_new": [{"key": 0, "value": visits}], "visit_uv": [{"key": 0, "value": visits}, {"key": 1, "value": 2}],
        }),
        _ if is_empty => json!({"list": []}),
        "dailysummarytrend" => {
            json!({"list": [{"ref_date": label, "visit_total": visits, "share_pv": 1, "share_uv": 1}]})
        }
        "dailyvisittrend" | "weeklyvisittrend" | "monthlyvisittrend" => {
            json!({"list": [{"ref_date": label, "session_cnt": visits, "visit_pv": visits * 2, "visit_depth": 1.9838}]})
        }
        "visitdistribution" => json!({"ref_date": label, "list": [
            {"index": "access_source_session_cnt", "item_list": [{"key": 10, "value": 5}, {"key": 8, "value": 6}]},
        ]}),
        "visitpage" => json!({"ref_date": label, "list": [
            {"page_path": "pages/tea/index", "page_visit_pv": visits, "page_staytime_pv": 8.139_198},
            {"page_path": "pages/cart/index", "page_visit_pv": 1, "page_staytime_pv": 0.5},
        ]}),
        "userportrait" => json!({"ref_date": label,
            "visit_uv_new": {"province": [{"id": 31, "name": "浙江省", "value": 2}], "devices": []},
            "visit_uv": {"province": [{"id": 31, "name": "浙江省", "value": 9}], "devices": [{"name": "甲牌", "value": 3}]},
        }),
        _ => return Err((47_001, "data format error")),
    })
}
