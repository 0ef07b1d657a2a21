//! The list of accounts exported by wechat-article-exporter (`usefor: "wechat-article-exporter"`).

use serde_json::Value;

use super::getmsg;
use crate::error::{Error, Result};
use crate::model::{AccountFields, Dataset, Kind, Rank, Record};
use crate::parse::json::Json;
use crate::parse::list::json_values;
use crate::source::file::list;
use crate::source::{ImportCx, Importer, Info, Input, Item, Match, Out, Probe, rows};

/// The importer of this list.
#[derive(Debug)]
pub struct WaeAccounts;

static INFO: Info = Info {
    name: "wae-accounts",
    summary_zh: "wechat-article-exporter 导出的公众号列表 JSON（名称、fakeid、头像、文章数）",
    summary_en: "Account list JSON exported by wechat-article-exporter (names, fakeids, avatars, article counts)",
    patterns: &["*.json"],
    version: 1,
};

impl Importer for WaeAccounts {
    fn info(&self) -> &'static Info {
        &INFO
    }

    fn identify(&self, probe: &mut Probe<'_>) -> Match {
        let says = |needle: &str| probe.contains(needle.as_bytes());
        let ours = probe.first_byte() == Some(b'{')
            && says("\"usefor\"")
            && says("\"accounts\"")
            && says("\"wechat-article-exporter\"");
        if ours { Match::Sure } else { Match::No }
    }

    fn read(&self, input: &Input, cx: &ImportCx<'_>, out: &mut dyn Out) -> Result<()> {
        let bytes = input.bytes(getmsg::LIMIT)?;
        let evidence = cx.evidence.redacted(&bytes, &list::meta(input, INFO.name, "application/json"))?;
        let (values, broken) = json_values(&bytes);
        if let Some(error) = broken {
            return Err(list::broken(error, input.locator()));
        }
        let accounts = values.iter().filter_map(|value| value.get("accounts")?.as_array()).flatten();
        let mut read = 0;
        for account in accounts.filter_map(Json::of) {
            read += 1;
            let biz = account.text("fakeid").filter(|biz| biz.len() >= 8);
            let fields = AccountFields {
                biz: biz.clone(),
                name: account.text("nickname"),
                avatar: account.url("round_head_img"),
                ..AccountFields::default()
            };
            if let Some(biz) = biz.filter(|_| fields.name.is_some()) {
                let aliases = vec![format!("biz:{biz}")];
                let record = Record::new(Kind::Account, Rank::List, aliases, &fields).of_account(Some(biz));
                out.item(Item::Record(record, evidence))?;
            }
            let table = rows::JsonTable {
                dataset: Dataset::Account,
                table: "exporter_accounts",
                key: &["fakeid"],
                rank: Rank::List,
                as_of: None,
            };
            table.emit(&[Value::Object(account.0.clone())], evidence, out)?;
        }
        if read == 0 {
            return Err(Error::input("list-broken").with("path", input.locator()).with("line", 1));
        }
        Ok(())
    }
}
