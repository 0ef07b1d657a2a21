//! Feeds kept by feed readers (we-mp-rss, wewe-rss, RSSHub, Wechat2RSS and others): titles, times and, where a feed has
//! it, the text, which is a poorer source of an article than a page.

use super::getmsg;
use crate::error::{Error, Result};
use crate::model::{ArticleFields, ArticleUrl};
use crate::parse::list::article_columns::{feed_number, numbers_of};
use crate::parse::list::feed::{Entry, Feed as Parsed, is_feed, of_xml};
use crate::parse::list::feed_json;
use crate::parse::list::link_scan::article_of;
use crate::parse::list::links::{Links, decoded, has_link, of_text};
use crate::parse::list::{List, Listed, cover, json_values};
use crate::parse::page::joined;
use crate::parse::time::when::any_time;
use crate::source::file::list;
use crate::source::{ImportCx, Importer, Info, Input, Match, Out, Probe};

/// The importer of feeds.
#[derive(Debug)]
pub struct Feed;

static INFO: Info = Info {
    name: "feed",
    summary_zh: "订阅（RSS、Atom、JSON Feed：we-mp-rss、wewe-rss、RSSHub、Wechat2RSS 等）：标题、时间、作者，带全文的也读正文",
    summary_en: "Feeds (RSS, Atom, JSON Feed: we-mp-rss, wewe-rss, RSSHub, Wechat2RSS and others): titles, times, authors, and full texts if included",
    patterns: &["*.rss", "*.atom", "*.xml", "*.json"],
    version: 2,
};

/// Titles of feeds that combine several accounts.
const GATHERED: &[&str] =
    &["wewe-rss", "we-mp-rss", "werss", "wewe rss", "rsshub", "all", "全部", "汇总", "聚合", "订阅"];

impl Importer for Feed {
    fn info(&self) -> &'static Info {
        &INFO
    }

    fn identify(&self, probe: &mut Probe<'_>) -> Match {
        let head = probe.head();
        let json = probe.first_byte() == Some(b'{')
            && memchr::memmem::find(&head[..head.len().min(4096)], b"jsonfeed.org").is_some();
        let utf16 = head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff");
        let feed = json || if utf16 { is_feed(decoded(head).as_bytes()) } else { is_feed(head) };
        if !feed {
            return Match::No;
        }
        let bytes = probe.whole().unwrap_or_else(|| probe.head());
        let found = if utf16 { has_link(decoded(bytes).as_bytes()) } else { has_link(bytes) };
        if found { Match::Likely } else { Match::No }
    }

    fn read(&self, input: &Input, cx: &ImportCx<'_>, out: &mut dyn Out) -> Result<()> {
        let bytes = input.bytes(getmsg::LIMIT)?;
        let text = decoded(&bytes);
        let is_json = text.trim_start_matches('\u{feff}').trim_start().starts_with('{');
        let mime = if is_json { "application/feed+json" } else { "application/xml" };
        let evidence = cx.evidence.redacted(&bytes, &list::meta(input, INFO.name, mime))?;
        let feed = if is_json {
            let (values, broken) = json_values(text.as_bytes());
            if let Some(error) = broken {
                list::problem(&list::broken(error, input.locator()), input.locator(), out)?;
            }
            values.iter().find_map(feed_json::read).unwrap_or_default()
        } else {
            of_xml(&text)
        };
        if feed.broken {
            let error = Error::input("feed-broken").with("path", input.locator()).with("count", feed.entries.len());
            list::problem(&error, input.locator(), out)?;
        }
        let mut articles = List::new(INFO.name);
        articles.biz = biz_of(&feed, input.name());
        let name = account_name(&feed);
        articles.account.name.clone_from(&name);
        for entry in &feed.entries {
            if let Some(mut listed) = listed(entry, name.as_deref()) {
                listed.link.biz = listed.link.biz.or_else(|| articles.biz.clone());
                if let Some(text) = &entry.text {
                    list::emit_copy(text, &listed, false, evidence, out)?;
                }
                articles.add(listed);
            } else {
                let mentioned = mentioned(entry);
                articles.unread += usize::from(mentioned.is_empty());
                for listed in mentioned {
                    articles.add(listed);
                }
            }
        }
        list::emit(articles, evidence, input.locator(), out)
    }
}

/// Returns the account of a whole feed, from the ids in its names or in its file name.
fn biz_of(feed: &Parsed, file: &str) -> Option<String> {
    let names = feed.names.iter().map(String::as_str).chain([file]);
    names.clone().find_map(feed_number).or_else(|| {
        let mut found = names.filter_map(|name| {
            let (_, rest) = name.split_once("__biz=")?;
            let biz: String =
                rest.replace("%3D", "=").chars().take_while(|letter| !matches!(letter, '&' | '#')).collect();
            (biz.len() >= 12).then_some(biz)
        });
        found.next()
    })
}

/// Returns the account's name, if the feed belongs to one account.
fn account_name(feed: &Parsed) -> Option<String> {
    let title = feed.title.as_deref()?;
    let lower = title.to_lowercase();
    let gathered = GATHERED.iter().any(|word| lower == *word || word.chars().count() > 3 && lower.contains(word));
    let ends = ["的微信公众号", " - 微信公众号", "-微信公众号", " 公众号", "微信公众号", "公众号"];
    let name = ends.iter().find_map(|end| title.strip_suffix(end)).unwrap_or(title).trim();
    let name = ["微信公众号 - ", "微信公众号-", "微信公众号：", "公众号："]
        .iter()
        .find_map(|start| name.strip_prefix(start))
        .unwrap_or(name);
    (!gathered && !name.is_empty() && name.chars().count() <= 40).then(|| name.trim().to_owned())
}

/// Returns the articles linked in the text of an entry without a link. A single one is the entry's article.
fn mentioned(entry: &Entry) -> Vec<Listed> {
    let mut links = Links::default();
    entry.text.iter().chain(&entry.summary_markup).for_each(|text| of_text(text, &mut links));
    let found = links.into_vec();
    let is_alone = found.len() == 1;
    let fields = |title: Option<String>| ArticleFields {
        title: if is_alone { entry.title.clone().or(title) } else { title },
        published: entry.times.iter().find_map(|time| any_time(time)).filter(|_| is_alone),
        ..ArticleFields::default()
    };
    found.into_iter().map(|one| Listed { link: one.link, fields: fields(one.title), blocked: false }).collect()
}

fn listed(entry: &Entry, account: Option<&str>) -> Option<Listed> {
    let link = entry.names.iter().find_map(|name| article_of(name))?;
    let numbers = entry.names.iter().find_map(|name| numbers_of(name));
    let link: ArticleUrl = numbers.map_or(link.clone(), |numbers| joined(link, numbers));
    // Feed readers give the account as the author.
    let author = entry.author.clone().filter(|author| account != Some(author));
    let (author, name) = if account.is_some() { (author, account.map(str::to_owned)) } else { (None, author) };
    let fields = ArticleFields {
        title: entry.title.clone(),
        summary: entry.summary.clone(),
        author,
        account_name: name,
        published: entry.times.iter().find_map(|time| any_time(time)),
        cover: cover(entry.image.clone()),
        ..ArticleFields::default()
    };
    Some(Listed { link, fields, blocked: false })
}
