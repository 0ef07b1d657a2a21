//! Implements a shop and the broadcasts of its 视频号: orders and flows of a few weeks, in pages of two.

use serde_json::{Value, json};

use super::No;

/// Times of the orders and of the flows (Unix seconds): 2025-11-24, -23, -10 and -09.
const TIMES: [i64; 7] =
    [1_763_990_000, 1_763_980_000, 1_763_900_000, 1_762_760_000, 1_762_750_000, 1_762_740_000, 1_762_660_000];

/// Number of items per page.
const PAGE: usize = 2;

/// Number of orders.
pub(crate) const ORDERS: usize = TIMES.len();

/// Returns the sum of all flows, in fen.
pub(crate) fn flow_sum() -> i64 {
    (0..TIMES.len()).map(amount).sum()
}

fn amount(index: usize) -> i64 {
    1999 + 7 * i64::try_from(index).unwrap()
}

fn id(prefix: &str, index: usize) -> String {
    // Longer than a float can represent.
    format!("{prefix}3704612354559743{index:03}")
}

/// Returns the times of the orders' last changes.
fn changes(refunded: Option<usize>) -> Vec<i64> {
    TIMES.iter().enumerate().map(|(index, time)| if refunded == Some(index) { REFUNDED } else { *time }).collect()
}

/// Time of the refund: 2025-11-26, noon.
const REFUNDED: i64 = 1_764_129_600;

pub(super) fn answer(path: &str, body: &Value, refunded: Option<usize>) -> Result<Value, No> {
    let named = |key: &str, prefix: &str| {
        let wanted = body[key].as_str().unwrap_or_default();
        (0..TIMES.len()).find(|index| id(prefix, *index) == wanted).ok_or((10_020_000, "no such thing"))
    };
    match path {
        "/channels/ec/basics/info/get" => Ok(json!({"errcode": 0, "errmsg": "ok",
            "info": {"nickname": "水乡茶行小店", "subject_type": "企业", "status": "opening", "username": "gh_5h0p"}})),
        "/channels/ec/finderlive/getfinderliverecordlist" => Ok(
            json!({"errcode": "0", "errmsg": "ok", "live_list": [{"export_id": "export/live1", "description": "开春新茶"}]}),
        ),
        "/channels/ec/finderlive/getfinderlivenoticerecordlist" => {
            Ok(json!({"errcode": "0", "errmsg": "ok", "live_notice_list": []}))
        }
        "/channels/ec/order/list/get" => {
            // By time of creation, or by time of change.
            let (range, times) = match &body["update_time_range"] {
                Value::Null => (&body["create_time_range"], TIMES.to_vec()),
                range => (range, changes(refunded)),
            };
            page(&range["start_time"], &range["end_time"], body["next_key"].as_str(), "order_id_list", "", &times)
        }
        "/channels/ec/order/get" => {
            let index = named("order_id", "")?;
            Ok(json!({"errcode": 0, "errmsg": "ok", "order": {
                "order_id": id("", index), "status": if refunded == Some(index) { 250 } else { 100 },
                "create_time": TIMES[index], "update_time": changes(refunded)[index],
                "order_detail": {"price_info": {"order_price": amount(index), "freight": 500}},
            }}))
        }
        "/channels/ec/funds/getbalance" => {
            Ok(json!({"errcode": 0, "available_amount": 45_331, "pending_amount": 7549, "sub_mchid": "1900000199"}))
        }
        "/channels/ec/funds/getfundsflowlist" => {
            page(&body["start_time"], &body["end_time"], body["next_key"].as_str(), "flow_ids", "F", &TIMES)
        }
        "/channels/ec/funds/getfundsflowdetail" => {
            let index = named("flow_id", "F")?;
            Ok(json!({"errcode": 0, "errmsg": "ok", "funds_flow": {
                "flow_id": id("F", index), "funds_type": 1, "flow_type": 1, "amount": amount(index), "balance": 28_281,
                "bookkeeping_time": TIMES[index], "related_info_list": [{"related_type": 1, "order_id": id("", index)}],
            }}))
        }
        "/channels/ec/funds/getwithdrawlist" => {
            let (from, to) = (body["start_time"].as_i64().unwrap_or(0), body["end_time"].as_i64().unwrap_or(0));
            let is_in = (from..=to).contains(&TIMES[0]);
            let ids: Vec<&str> = if is_in { vec!["wd13675014323600561372"] } else { Vec::new() };
            Ok(json!({"errcode": 0, "withdraw_ids": ids, "total_num": ids.len()}))
        }
        "/channels/ec/funds/getwithdrawdetail" => Ok(json!({"errcode": 0, "amount": 7000, "create_time": TIMES[0],
            "update_time": TIMES[0] + 60, "remark": "提现", "bank_name": "某银行", "status": "SUCCESS"})),
        "/channels/finderlive/get_finder_attr_by_appid" => Ok(
            json!({"errcode": 0, "errmsg": "ok", "finder_attr": {"uniq_id": "sph0000cha", "nickname": "水乡茶行", "fans_count": 42}}),
        ),
        "/channels/finderlive/get_finder_live_data_list" => {
            let (from, to) = (body["start_time"].as_i64().unwrap_or(0), body["end_time"].as_i64().unwrap_or(0));
            let second = body["last_buffer"] == "EB4YAg";
            let lives: Vec<Value> = TIMES
                .iter()
                .enumerate()
                .filter(|(index, time)| (from..=to).contains(*time) && (index % 2 == 0) != second)
                .map(|(index, time)| {
                    json!({"export_id": format!("export/live{index}"), "live_start_time": time,
                    "live_duration_in_seconds": 3600, "total_audience_count": 100 + index})
                })
                .collect();
            let more = !second && !lives.is_empty();
            Ok(
                json!({"errcode": 0, "errmsg": "ok", "item": lives, "last_buffer": if more { "EB4YAg" } else { "" }, "continue_flag": more}),
            )
        }
        _ => Err((40_066, "invalid url")),
    }
}

fn page(from: &Value, to: &Value, key: Option<&str>, name: &str, prefix: &str, times: &[i64]) -> Result<Value, No> {
    let (Some(from), Some(to)) = (from.as_i64(), to.as_i64()) else { return Err((47_001, "data format error")) };
    if to - from >= 7 * 86_400 {
        return Err((10_020_001, "time range too long"));
    }
    let start: usize =
        key.map_or(Some(0), |key| key.strip_prefix("KEY")?.parse().ok()).ok_or((47_001, "bad next_key"))?;
    let all: Vec<String> =
        (0..TIMES.len()).filter(|index| (from..=to).contains(&times[*index])).map(|index| id(prefix, index)).collect();
    let end = (start + PAGE).min(all.len());
    let more = end < all.len();
    Ok(json!({"errcode": 0, "errmsg": "ok", name: all.get(start..end).unwrap_or_default(), "has_more": more,
        "next_key": if more { format!("KEY{end}") } else { String::new() }}))
}
