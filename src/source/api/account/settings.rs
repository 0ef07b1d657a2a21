//! Settings of the account: menu, automatic replies, and the platform's basic information about the account. Articles
//! that menus and replies link to are listed with the others.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::error::Result;
use crate::fetch::NoAnswer;
use crate::fetch::answer_code::Meaning;
use crate::model::{AccountFields, ArticleFields, ArticleUrl, DataRow, Dataset, Kind, Rank, Record};
use crate::parse::json::Json;
use crate::parse::list::{cover, words};
use crate::source::api::answer::{Answer, ApiRequest};
use crate::source::api::collector::{ApiCx, Collector, Estimate, Outcome, ResumePoint, Service};
use crate::source::{EvidenceId, ImportCx, Info, Item, Out};

/// The collector of settings.
#[derive(Debug)]
pub struct AccountSettings;

const BASIC: &str = "/cgi-bin/account/getaccountbasicinfo";

/// Path of each call and name of its table.
const CALLS: &[(&str, &str)] = &[
    ("/cgi-bin/get_current_selfmenu_info", "menu"),
    ("/cgi-bin/get_current_autoreply_info", "auto_replies"),
    ("/cgi-bin/menu/get", "menu_by_api"),
    (BASIC, "basic_information"),
];

static INFO: Info = Info {
    name: "account-settings",
    summary_zh: "账号设置：菜单、自动回复、基本信息",
    summary_en: "Account settings: menu, auto-replies, basic information",
    patterns: &["/cgi-bin/get_current_selfmenu_info"],
    version: 1,
};

/// The number of finished calls.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Position {
    done: usize,
}

impl Collector for AccountSettings {
    const SERVICE: Service = Service::OfficialAccount;

    fn info(&self) -> &'static Info {
        &INFO
    }

    async fn estimate(&self, _: &ApiCx<'_>) -> Result<Estimate, NoAnswer> {
        Ok(Estimate { things: None, calls: Some(CALLS.len() as u64) })
    }

    async fn collect(&self, cx: &ApiCx<'_>, from: ResumePoint) -> Result<Outcome, NoAnswer> {
        let mut at: Position = from.midst().unwrap_or_default();
        while let Some((path, _)) = CALLS.get(at.done) {
            let request = if *path == BASIC { ApiRequest::post(*path, json!({})) } else { ApiRequest::get(*path) };
            match cx.call(request).await {
                // No menu, or no permission for one call: the others may still succeed.
                Ok(_) => {}
                Err(NoAnswer::Said(said, _)) if matches!(said.meaning(), Meaning::Other | Meaning::NotPermitted) => {}
                Err(no) => return Err(no),
            }
            at.done += 1;
            cx.pass(&at)?;
        }
        Ok(Outcome::Done)
    }

    fn read(&self, answer: &Answer, evidence: EvidenceId, _: &ImportCx<'_>, out: &mut dyn Out) -> Result<()> {
        let value = answer.json();
        let Some(object) = Json::of(&value) else { return Ok(()) };
        let Some((_, table)) = CALLS.iter().find(|(path, _)| *path == answer.head.path) else { return Ok(()) };
        let mut fields = object.0.clone();
        fields.retain(|name, _| !matches!(name.as_str(), "errcode" | "errmsg"));
        let key = answer.head.account.clone();
        out.item(Item::Row(DataRow::new(Dataset::Account, *table, key, fields).from_api(), evidence))?;
        let mut articles = Vec::new();
        news(&value, &mut articles);
        for entry in articles {
            article(entry, evidence, out)?;
        }
        if answer.head.path == BASIC { account(object, &answer.head.account, evidence, out) } else { Ok(()) }
    }
}

/// Collects every entry with a link to an article, at any depth.
fn news<'a>(value: &'a Value, found: &mut Vec<Json<'a>>) {
    match value {
        Value::Array(list) => list.iter().for_each(|value| news(value, found)),
        Value::Object(map) => {
            let links = || map.get("url").and_then(Value::as_str).and_then(ArticleUrl::parse).is_some();
            if map.contains_key("content_url") || links() {
                found.push(Json(map));
            }
            map.values().for_each(|value| news(value, found));
        }
        _ => {}
    }
}

fn article(entry: Json<'_>, evidence: EvidenceId, out: &mut dyn Out) -> Result<()> {
    let of_news = entry.get("content_url").is_some();
    let Some(link) = entry.url(if of_news { "content_url" } else { "url" }).and_then(|url| ArticleUrl::parse(&url))
    else {
        return Ok(());
    };
    let aliases = link.aliases();
    if aliases.is_empty() {
        return Ok(());
    }
    // A button's label is not a title.
    let text = |key: &str| entry.text(key).filter(|_| of_news).and_then(|text| words(&text));
    let fields = ArticleFields {
        url: link.canonical(),
        title: text("title"),
        summary: text("digest"),
        author: text("author"),
        cover: cover(entry.url("cover_url")),
        biz: link.biz.clone(),
        mid: link.mid,
        idx: link.idx,
        sn: link.sn,
        ..ArticleFields::default()
    };
    let rank = if of_news { Rank::List } else { Rank::Link };
    out.item(Item::Record(Record::new(Kind::Article, rank, aliases, &fields).of_account(link.biz), evidence))
}

fn account(info: Json<'_>, appid: &str, evidence: EvidenceId, out: &mut dyn Out) -> Result<()> {
    // Only the fields that the account's public page shows, nothing about its owner.
    let fields = AccountFields {
        name: info.object("nickname_info").and_then(|name| name.text("nickname")),
        signature: info.object("signature_info").and_then(|signature| signature.text("signature")),
        avatar: info.object("head_image_info").and_then(|face| face.url("head_image_url")),
        extra: Map::new(),
        ..AccountFields::default()
    };
    let record = Record::new(Kind::Account, Rank::Api, vec![format!("appid:{appid}")], &fields);
    out.item(Item::Record(record, evidence))
}
