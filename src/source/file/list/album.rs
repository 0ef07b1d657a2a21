//! Albums (合集) as returned by `appmsgalbum?action=getalbum`: an ordered list of articles, each of them listed. All
//! numbers are strings, and a list with one article is the article itself instead of an array.

use serde_json::Value;

use super::getmsg;
use crate::error::Result;
use crate::model::{AlbumFields, ArticleFields, Kind, Problem, Rank, Record};
use crate::parse::json::Json;
use crate::parse::list::{List, Listed, cover, json_values, link_of, refusal, words};
use crate::source::file::list;
use crate::source::{EvidenceId, ImportCx, Importer, Info, Input, Item, Match, Out, Probe};

/// The importer of albums.
#[derive(Debug)]
pub struct Album;

/// Name of the importer in the catalog.
pub(crate) const NAME: &str = "album";

static INFO: Info = Info {
    name: NAME,
    summary_zh: "合集列表（appmsgalbum getalbum 的返回）：合集名称、简介、顺序和其中的文章",
    summary_en: "Albums (responses of appmsgalbum getalbum): titles, descriptions, order and articles",
    patterns: &["appmsgalbum*.json", "getalbum*.json"],
    version: 1,
};

impl Importer for Album {
    fn info(&self) -> &'static Info {
        &INFO
    }

    fn identify(&self, probe: &mut Probe<'_>) -> Match {
        let known = probe.first_byte() == Some(b'{')
            && memchr::memmem::find(probe.head(), b"\"getalbum_resp\"").is_some()
            && !getmsg::is_archive_of_requests(probe);
        if known { Match::Sure } else { Match::No }
    }

    fn read(&self, input: &Input, cx: &ImportCx<'_>, out: &mut dyn Out) -> Result<()> {
        let bytes = input.bytes(getmsg::LIMIT)?;
        let evidence = cx.evidence.redacted(&bytes, &list::meta(input, INFO.name, "application/json"))?;
        let (values, broken) = json_values(&bytes);
        if let Some(error) = broken {
            list::problem(&list::broken(error, input.locator()), input.locator(), out)?;
        }
        for value in &values {
            match refusal(value) {
                Some(refusal) => list::problem(&list::refused(&refusal, input.locator()), input.locator(), out)?,
                None => answer(value, evidence, input.locator(), out)?,
            }
        }
        Ok(())
    }
}

fn answer(value: &Value, evidence: EvidenceId, locator: &str, out: &mut dyn Out) -> Result<()> {
    let Some(album) = Json::of(value).and_then(|answer| answer.object("getalbum_resp")) else {
        return out.item(Item::Problem(Problem::remark("list-empty", locator).with("path", locator)));
    };
    let mut articles = List::new(INFO.name);
    for entry in album.objects("article_list") {
        if !articles.add(listed(entry)) {
            articles.unread += 1;
        }
    }
    let articles = articles.finish();
    let base = album.object("base_info");
    let mut ordered: Vec<String> = articles.articles.iter().map(|listed| listed.link.aliases()[0].clone()).collect();
    // Newest first is only the display order.
    if base.and_then(|base| base.int("is_reverse")) == Some(1) {
        ordered.reverse();
    }
    if let Some(base) = base {
        let fields = AlbumFields {
            id: base.id("album_id").or_else(|| base.id("id")),
            title: base.text("title").as_deref().and_then(words),
            description: base.text("description").as_deref().and_then(words),
            cover: base.url("cover"),
            url: None,
            declared_count: base.count("article_count"),
            articles: ordered,
            ..AlbumFields::default()
        };
        let aliases = aliases(fields.id.as_deref(), articles.biz.as_deref(), fields.title.as_deref());
        if !aliases.is_empty() {
            let record = Record::new(Kind::Album, Rank::List, aliases, &fields).of_account(articles.biz.clone());
            out.item(Item::Record(record, evidence))?;
        }
        if album.int("continue_flag") == Some(1) {
            let remark = Problem::remark("album-continues", locator).with("path", locator);
            let declared = fields.declared_count.unwrap_or(0);
            out.item(Item::Problem(remark.with("held", articles.articles.len()).with("declared", declared)))?;
        }
    }
    list::emit(articles, evidence, locator, out)
}

/// Returns the aliases of an album. A response does not always contain the id, while pages contain id and title.
pub(crate) fn aliases(id: Option<&str>, biz: Option<&str>, title: Option<&str>) -> Vec<String> {
    let named = biz.zip(title).map(|(biz, title)| format!("album:{biz}:{title}"));
    id.map(|id| format!("album:{id}")).into_iter().chain(named).collect()
}

fn listed(entry: Json<'_>) -> Listed {
    // `key` is `uin_mid_idx`, with the account's number instead of its `__biz`.
    let link = link_of(entry.text("url").as_deref(), None, entry.id("msgid"), entry.id("itemidx"));
    let fields = ArticleFields {
        title: entry.text("title").as_deref().and_then(words),
        published: entry.time("create_time"),
        item_show_type: entry.int("item_show_type"),
        cover: cover(entry.text("cover_img_1_1")),
        paid: entry.int("is_pay_subscribe").filter(|flag| *flag > 0).map(|_| crate::model::article::Paid::default()),
        ..ArticleFields::default()
    };
    Listed { link, fields, blocked: false }
}
