//! Followers, only if the owner chooses so: openid, remark, tags, source and the blacklist, as one private table with a
//! date by which to delete it. They are other people's data.

use jiff::ToSpan as _;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::error::Result;
use crate::fetch::NoAnswer;
use crate::model::{DataRow, DataTotal, Dataset};
use crate::parse::json::Json;
use crate::source::api::answer::{Answer, ApiRequest};
use crate::source::api::collector::{ApiCx, Collector, Estimate, Outcome, ResumePoint, Scope, Service};
use crate::source::api::paging::count;
use crate::source::{EvidenceId, ImportCx, Info, Item, Out};

/// The collector of followers.
#[derive(Debug)]
pub struct Followers;

const LIST: &str = "/cgi-bin/user/get";
const PEOPLE: &str = "/cgi-bin/user/info/batchget";
const BLACKLIST: &str = "/cgi-bin/tags/members/getblacklist";

/// Followers of one response.
const AT_ONCE: usize = 100;

/// Number of days until the list must be deleted: it serves a move to another account, not keeping.
const KEPT_DAYS: i64 = 180;

static INFO: Info = Info {
    name: "followers",
    summary_zh: "关注者名单（openid、备注、标签）和黑名单；他人信息，到期应删",
    summary_en: "Followers (openid, remark, tags) and the blacklist; other people's data, to be deleted when due",
    patterns: &[LIST, PEOPLE, BLACKLIST],
    version: 1,
};

/// The position in the lists.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Position {
    blacklist: bool,
    next: String,
    delete_by: String,
}

fn list(at: &Position) -> ApiRequest {
    if at.blacklist {
        ApiRequest::post(BLACKLIST, json!({"begin_openid": at.next}))
    } else {
        ApiRequest::get(LIST).with("next_openid", &at.next)
    }
    .about("delete_by", at.delete_by.as_str())
}

impl Collector for Followers {
    const SERVICE: Service = Service::OfficialAccount;

    fn info(&self) -> &'static Info {
        &INFO
    }

    fn is_wanted(&self, scope: &Scope) -> bool {
        scope.followers
    }

    async fn estimate(&self, cx: &ApiCx<'_>) -> Result<Estimate, NoAnswer> {
        let answer = cx.call(list(&first(cx))).await?.json();
        let total = count(&answer, "total");
        Ok(Estimate { things: Some(total), calls: Some(total.div_ceil(AT_ONCE as u64) + total / 10_000 + 2) })
    }

    async fn collect(&self, cx: &ApiCx<'_>, from: ResumePoint) -> Result<Outcome, NoAnswer> {
        let mut at: Position = from.midst().unwrap_or_else(|| first(cx));
        loop {
            let answer = cx.call(list(&at)).await?.json();
            let openids = openids(&answer);
            if !at.blacklist {
                for some in openids.chunks(AT_ONCE) {
                    let people: Vec<Value> =
                        some.iter().map(|openid| json!({"openid": openid, "lang": "zh_CN"})).collect();
                    let request = ApiRequest::post(PEOPLE, json!({"user_list": people}));
                    cx.call(request.about("delete_by", at.delete_by.as_str())).await?;
                }
            }
            at.next = answer["next_openid"].as_str().unwrap_or_default().to_owned();
            if openids.is_empty() || at.next.is_empty() {
                if at.blacklist {
                    cx.pass(&at)?;
                    return Ok(Outcome::Done);
                }
                at = Position { blacklist: true, next: String::new(), ..at };
            }
            cx.pass(&at)?;
        }
    }

    fn read(&self, answer: &Answer, evidence: EvidenceId, _: &ImportCx<'_>, out: &mut dyn Out) -> Result<()> {
        let value = answer.json();
        let delete_by = answer.head.about.get("delete_by").cloned().unwrap_or_default();
        let mut row = |openid: &str, fields: Map<String, Value>| {
            let mut all = Map::from_iter([("delete_by".to_owned(), delete_by.clone())]);
            all.extend(fields);
            out.item(Item::Row(DataRow::new(Dataset::Followers, "followers", openid, all).from_api(), evidence))
        };
        if answer.head.path == PEOPLE {
            for person in Json::of(&value).map(|value| value.objects("user_info_list")).unwrap_or_default() {
                if let Some(openid) = person.text("openid") {
                    row(&openid, person.0.clone())?;
                }
            }
            return Ok(());
        }
        let blacklist = answer.head.path == BLACKLIST;
        for openid in openids(&value) {
            let mut fields = Map::from_iter([("openid".to_owned(), Value::from(openid.as_str()))]);
            if blacklist {
                fields.insert("blacklisted".to_owned(), true.into());
            }
            row(&openid, fields)?;
        }
        if blacklist || value["total"].is_null() {
            return Ok(());
        }
        out.item(Item::Total(DataTotal::new(Dataset::Followers, "followers", count(&value, "total")), evidence))
    }
}

fn first(cx: &ApiCx<'_>) -> Position {
    let delete_by = cx.clock.zoned().date().saturating_add(KEPT_DAYS.days()).to_string();
    Position { blacklist: false, next: String::new(), delete_by }
}

/// Returns the openids of a response, which has no list where it is empty.
fn openids(answer: &Value) -> Vec<String> {
    let list = answer["data"]["openid"].as_array();
    list.into_iter().flatten().filter_map(|openid| openid.as_str().map(str::to_owned)).collect()
}
