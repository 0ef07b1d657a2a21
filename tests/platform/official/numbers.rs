//! Implements the statistics and income of the virtual account.

use std::collections::BTreeMap;

use jiff::ToSpan as _;
use jiff::civil::Date;
use serde_json::{Value, json};

use super::{BIZ, No};
use crate::platform::script::Reply;

/// The data behind the statistics.
#[derive(Default)]
pub(crate) struct Numbers {
    /// Days of 群发 articles, one article each.
    pub(crate) sent_on: Vec<Date>,
    /// Current day of the platform.
    pub(crate) today: Option<Date>,
    /// Number of times the data of a day is still delayed.
    pub(crate) late: u64,
    /// Whether the account is a 流量主.
    pub(crate) publisher: bool,
}

/// Largest number of days per call.
const SPANS: &[(&str, i64)] = &[
    ("getarticleread", 1),
    ("getarticleshare", 1),
    ("getarticletotaldetail", 1),
    ("getbizsummary", 30),
    ("getupstreammsg", 7),
    ("getupstreammsgdist", 15),
    ("getupstreammsgdistmonth", 1),
    ("getupstreammsgdistweek", 1),
    ("getupstreammsghour", 1),
    ("getupstreammsgmonth", 1),
    ("getupstreammsgweek", 1),
    ("getusercumulate", 7),
    ("getusersummary", 7),
];

/// Endpoints that are out of service.
const OFFLINE: &[&str] =
    &["getarticlesummary", "getarticletotal", "getuserread", "getuserreadhour", "getusershare", "getusersharehour"];

impl Numbers {
    pub(super) fn datacube(&mut self, name: &str, body: &Value) -> Result<Reply, No> {
        if OFFLINE.contains(&name) {
            return Err((47_009, "this api is offline, please use the new api"));
        }
        let span = SPANS.iter().find(|(known, _)| *known == name).ok_or((40_066, "invalid url"))?.1;
        let day = |key: &str| body[key].as_str().and_then(|text| text.parse::<Date>().ok());
        let (Some(begin), Some(end)) = (day("begin_date"), day("end_date")) else {
            return Err((61_500, "date format error"));
        };
        let today = self.today.unwrap_or(jiff::civil::date(2025, 11, 25));
        if end < begin || i64::from((end - begin).get_days()) >= span || end >= today {
            return Err((61_501, "date range error"));
        }
        let new = matches!(name, "getarticleread" | "getarticleshare" | "getarticletotaldetail" | "getbizsummary");
        if new && self.late > 0 && end == today.saturating_sub(1.day()) {
            self.late -= 1;
            return Ok(Reply::json(&json!({"list": [], "is_delay": true})));
        }
        let mut list = Vec::new();
        let mut date = begin;
        while date <= end {
            list.extend(self.day(name, date));
            date = date.saturating_add(1.day());
        }
        let mut answer = json!({"list": list});
        if new {
            answer["is_delay"] = false.into();
        }
        Ok(Reply::json(&answer))
    }

    fn day(&self, name: &str, date: Date) -> Option<Value> {
        let sent = self.sent_on.iter().position(|day| *day == date);
        let day = date.to_string();
        let msgid = sent.map(|number| format!("{}_1", 2_247_000_000 + number as u64));
        match name {
            "getarticletotaldetail" => sent.map(|number| {
                let mid = 2_247_000_000 + number as u64;
                json!({"ref_date": day, "msgid": msgid, "publish_type": 0, "title": format!("群发第{number}篇"),
                       "content_url": format!("http://mp.weixin.qq.com/s?__biz={BIZ}&mid={mid}&idx=1&sn=mass{number}#rd"),
                       "detail_list": [
                           {"stat_date": day, "read_user": 100 + number, "praise_money": 361, "read_finish_rate": 0.630_434_8},
                           {"stat_date": date.saturating_add(1.day()).to_string(), "read_user": 150 + number, "praise_money": 361}]})
            }),
            "getarticleread" => sent.map(|_| json!({"ref_date": day, "msgid": msgid, "detail": {"read_user": 100,
                "read_user_source": [{"user_count": 100, "scene_desc": "全部"}]}})),
            "getarticleshare" => {
                sent.map(|_| json!({"ref_date": day, "msgid": msgid, "detail": {"share_user": 9}}))
            }
            "getbizsummary" if date >= jiff::civil::date(2025, 11, 1) => {
                Some(json!({"ref_date": day, "detail": {"read_user": 1234, "share_user": 5}}))
            }
            "getusersummary" if date.year() >= 2025 => {
                Some(json!({"ref_date": day, "user_source": 0, "new_user": 3, "cancel_user": 1}))
            }
            "getusercumulate" if date.year() >= 2025 => {
                Some(json!({"ref_date": day, "user_source": 0, "cumulate_user": 5000}))
            }
            "getupstreammsghour" if date.year() >= 2025 => {
                Some(json!({"ref_date": day, "ref_hour": 1500, "msg_type": 1, "msg_user": 1, "msg_count": 3}))
            }
            "getupstreammsgweek" if date.year() >= 2025 && date.weekday() == jiff::civil::Weekday::Monday => {
                Some(json!({"ref_date": day, "msg_type": 1, "msg_user": 5, "msg_count": 28}))
            }
            "getupstreammsgmonth" if date.year() >= 2025 && date.day() == 1 => {
                Some(json!({"ref_date": day, "msg_type": 1, "msg_user": 9, "msg_count": 120}))
            }
            "getupstreammsgdistweek" if date.year() >= 2025 && date.weekday() == jiff::civil::Weekday::Monday => {
                Some(json!({"ref_date": day, "count_interval": 1, "msg_user": 5}))
            }
            "getupstreammsgdistmonth" if date.year() >= 2025 && date.day() == 1 => {
                Some(json!({"ref_date": day, "count_interval": 1, "msg_user": 9}))
            }
            "getupstreammsg" if date.year() >= 2025 => {
                Some(json!({"ref_date": day, "msg_type": 1, "msg_user": 2, "msg_count": 4}))
            }
            _ => None,
        }
    }

    pub(super) fn publisher(&self, query: &BTreeMap<String, String>) -> Reply {
        let no = |ret: i64, words: &str| Reply::json(&json!({"base_resp": {"ret": ret, "err_msg": words}}));
        if !self.publisher {
            return no(2009, "not a publisher");
        }
        let day = |key: &str| query.get(key).and_then(|text| text.parse::<Date>().ok());
        let (Some(begin), Some(end)) = (day("start_date"), day("end_date")) else { return no(45_010, "invalid date") };
        let size: u64 = query.get("page_size").and_then(|size| size.parse().ok()).unwrap_or(0);
        let page: u64 = query.get("page").and_then(|page| page.parse().ok()).unwrap_or(0);
        let days = u64::try_from((end - begin).get_days() + 1).unwrap_or(0);
        if !(1..=90).contains(&size) || page == 0 || days > 90 {
            return no(45_010, "invalid args");
        }
        let ok = json!({"ret": 0, "err_msg": "ok"});
        let in_2025 = |month: i8, day: i8| {
            let date = jiff::civil::date(2025, month, day);
            (begin..=end).contains(&date).then_some(date)
        };
        match query.get("action").map_or("", String::as_str) {
            "publisher_settlement" => {
                let list: Vec<Value> = in_2025(3, 25)
                    .map(|date| {
                        json!({"date": date.to_string(), "zone": "2025年3月1日至15日", "month": "202503", "order": 1, "sett_status": 5,
                               "settled_revenue": 718_926_045, "sett_no": "S1", "mail_send_cnt": "0",
                               "slot_revenue": [{"slot_id": "SLOT_ID_BIZ_BOTTOM", "slot_settled_revenue": 718_926_045}]})
                    })
                    .into_iter()
                    .collect();
                // A window without settlements omits the list.
                let mut answer = json!({"base_resp": ok, "body": "水乡文化有限公司", "penalty_all": 0,
                    "revenue_all": 5_178_368_698_u64, "settled_revenue_all": 2_613_696_765_u64, "total_num": list.len()});
                if !list.is_empty() {
                    answer["settlement_list"] = list.into();
                }
                Reply::json(&answer)
            }
            "publisher_adpos_general" => {
                // A hundred rows in one window of 2025: more than one page.
                let total = if in_2025(6, 1).is_some() { 100 } else { 0 };
                let list: Vec<Value> = (((page - 1) * size).min(total)..(page * size).min(total))
                    .map(|number| {
                        json!({"slot_id": 3_030_046_789_020_061_u64 + number, "ad_slot": "SLOT_ID_BIZ_BOTTOM", "date": "2025-06-01",
                               "exposure_count": 10, "income": 23, "ecpm": 12.5})
                    })
                    .collect();
                Reply::json(&json!({"base_resp": ok, "list": list, "summary": {"income": 2300}, "total_num": total}))
            }
            _ => Reply::json(&json!({"base_resp": ok, "list": [], "total_num": 0})),
        }
    }
}
