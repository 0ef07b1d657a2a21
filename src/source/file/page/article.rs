//! Saved pages of articles (`.html`, "web page, complete", exporters' folders), and pages fetched by the crawler.

mod files;

use std::collections::{BTreeMap, BTreeSet};

use super::beside;
use crate::error::{Error, Result};
use crate::html::{SanitiseOptions, sanitise};
use crate::model::body::LeftOut;
use crate::model::record::fields_of;
use crate::model::{
    AccountFields, AlbumFields, ArticleFields, ArticleUrl, Body, Gap, GapReason, Kind, MediaKey, Problem, Rank, Record,
    Sha256, SubjectKind, Time,
};
use crate::parse::encoding::charset_of;
use crate::parse::page::unavailable::Unavailable;
use crate::parse::page::{ArticlePage, ParsedPage, looks_like_page, parse_prepared, prepared};
use crate::parse::page::{comments, inline, savers, unavailable};
use crate::parse::time::printed;
use crate::source::input::probe::{begins_like_html, is_utf16};
use crate::source::{
    EvidenceId, EvidenceMeta, EvidenceWriter, ImportCx, Importer, Info, Input, Item, Match, Out, Probe, Received,
};

/// The importer of saved pages.
#[derive(Debug)]
pub struct Page;

/// Largest page in bytes: SingleFile pages contain their images.
pub const LIMIT: u64 = 128 * 1024 * 1024;

static INFO: Info = Info {
    name: "page",
    summary_zh: "保存下来的公众号文章网页（含“网页，全部”的图片文件夹）：正文、图片、时间、作者、合集、阅读数",
    summary_en: "Saved article pages (with the image folder of \"web page, complete\"): text, images, times, author, albums, counts",
    patterns: &["*.html", "*.htm", "*/index.html"],
    version: 6,
};

impl Importer for Page {
    fn info(&self) -> &'static Info {
        &INFO
    }

    fn identify(&self, probe: &mut Probe<'_>) -> Match {
        let quoted = probe.first_byte() == Some(b'"') && memchr::memmem::find(probe.head(), b"<html").is_some();
        if !quoted && !probe.looks_like_html() && !is_utf16(probe.head()) {
            return Match::No;
        }
        let bytes = &*probe.readable();
        if !quoted && !begins_like_html(bytes) {
            return Match::No;
        }
        if looks_like_page(bytes) {
            return Match::Sure;
        }
        // A page shown instead of an article must also look like the platform's own.
        let platform = ["weixin.qq.com", "res.wx.qq.com", "weui-msg", "mesg-block", "wappoc_appmsgcaptcha", "mmbiz"];
        if platform.iter().any(|sign| memchr::memmem::find(bytes, sign.as_bytes()).is_some())
            && unavailable::read(bytes).is_some()
        {
            return Match::Sure;
        }
        Match::No
    }

    fn read(&self, input: &Input, cx: &ImportCx<'_>, out: &mut dyn Out) -> Result<()> {
        let bytes = input.bytes(LIMIT)?;
        let meta = EvidenceMeta::of(input, INFO.name, "page", "text/html");
        match read_page(&bytes, &meta, Some(input), cx.evidence, out)? {
            PageOutcome::NotAPage => Err(Error::input("page-not-an-article").with("path", input.locator())),
            PageOutcome::Article(_) | PageOutcome::Unavailable(_) => Ok(()),
        }
    }
}

/// The result of reading a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PageOutcome {
    /// An article, with its aliases.
    Article(Vec<String>),
    /// A page shown instead of an article. [`GapReason::FetchBlocked`] means that the platform asks for a human
    /// visitor.
    Unavailable(GapReason),
    /// Neither. Nothing was kept or emitted.
    NotAPage,
}

/// Reads the bytes of a page, saved (`beside` is its input, for the files next to it) or fetched (`meta.fetch`
/// describes the fetch and `meta.locator` is its URL). Keeps the page as evidence and emits its facts.
pub fn read_page(
    bytes: &[u8],
    meta: &EvidenceMeta,
    beside: Option<&Input>,
    keep: &dyn EvidenceWriter,
    out: &mut dyn Out,
) -> Result<PageOutcome> {
    let address = match beside.and_then(Input::received) {
        Some(received) => Some(received.url()),
        None => meta.fetch.as_ref().map(|_| meta.locator.as_str()),
    };
    let fetched = address.and_then(ArticleUrl::parse).unwrap_or_default();
    let content_type = match beside.and_then(Input::received) {
        Some(received) => Some(received.content_type()),
        None => meta.fetch.as_ref().and_then(|fetch| fetch.get("headers")?.get("content-type")?.as_str()),
    };
    let text = prepared(bytes, content_type.and_then(charset_of));
    match parse_prepared(&text.bytes) {
        ParsedPage::NotAPage => Ok(PageOutcome::NotAPage),
        ParsedPage::Unavailable(found, link) => {
            let evidence = keep.redacted(bytes, meta)?;
            let link = crate::parse::page::joined(link, fetched);
            let reason = found.reason;
            out.item(Item::Gap(gap_of(&found, &link, evidence, meta)))?;
            Ok(PageOutcome::Unavailable(reason))
        }
        ParsedPage::Article(page) => {
            let evidence = keep.redacted(bytes, meta)?;
            let mut link = crate::parse::page::joined(page.link.clone(), fetched);
            if link.aliases().is_empty() {
                link = crate::parse::page::joined(link, beside.and_then(beside::noted).unwrap_or_default());
            }
            if text.repaired {
                out.item(Item::Problem(Problem::remark("page-repaired", &meta.locator).with("path", &meta.locator)))?;
            }
            let mut page = page;
            // The time of receipt, or of saving as the saving program recorded it, resolves an ambiguous date.
            let served = received_at(beside, meta).or_else(|| savers::saved_at(bytes));
            if let Some(time) = page.unclear_date.as_deref().and_then(|date| printed::read(date, Some(served?)))
                && let Some((_, fields)) = page.layers.last_mut()
            {
                fields.published = Some(time);
                page.unclear_date = None;
            }
            let garbled = (text.lost > 0).then_some((text.lost, text.encoding));
            let (inline, noted) = (BTreeSet::new(), BTreeMap::new());
            let outcome =
                Reading { page: *page, bytes: &text.bytes, garbled, link, evidence, meta, beside, keep, inline, noted }
                    .emit(out)?;
            if let PageOutcome::Article(names) = &outcome {
                let comments = comments::read(&text.bytes, names.first().map(String::as_str));
                crate::source::rows::emit(comments, [], evidence, out)?;
            }
            Ok(outcome)
        }
    }
}

/// Returns the time at which the platform sent the page, as recorded by its container or the fetch.
fn received_at(beside: Option<&Input>, meta: &EvidenceMeta) -> Option<Time> {
    let recorded = beside.and_then(Input::received).map(Received::fetch).or(meta.fetch.as_ref())?;
    recorded.get("time")?.as_str()?.parse().ok()
}

/// Returns the gap of an unavailable page.
fn gap_of(found: &Unavailable, link: &ArticleUrl, evidence: EvidenceId, meta: &EvidenceMeta) -> Gap {
    // Without an identity the gap is about the file given by the user, who must see which one it is.
    let key = link.aliases().into_iter().next().unwrap_or_else(|| format!("input:{}", &evidence.hex()[..16]));
    let mut gap = Gap::new(SubjectKind::Article, key, found.reason);
    gap.account.clone_from(&link.biz);
    gap.url = link.canonical();
    gap.title = Some(meta.locator.clone()).filter(|_| meta.fetch.is_none());
    gap.detail = Some(match &found.moved_to {
        Some(target) => format!("{} → {target}", found.words),
        None => found.words.clone(),
    });
    gap
}

/// An article being read.
struct Reading<'a> {
    page: ArticlePage,
    bytes: &'a [u8],
    /// Number of places that could not be decoded, and the encoding.
    garbled: Option<(usize, &'static str)>,
    link: ArticleUrl,
    evidence: EvidenceId,
    meta: &'a EvidenceMeta,
    beside: Option<&'a Input>,
    keep: &'a dyn EvidenceWriter,
    /// Media embedded in the page.
    inline: BTreeSet<MediaKey>,
    /// Addresses of embedded media, as recorded by the saving program.
    noted: BTreeMap<MediaKey, String>,
}

impl Reading<'_> {
    fn emit(mut self, out: &mut dyn Out) -> Result<PageOutcome> {
        let mut raw = self.page.body.take();
        if inline::has_any(self.bytes) {
            for medium in inline::with_addresses(self.bytes) {
                self.keep_inline(medium, out)?;
            }
            if let Some(raw) = &mut raw {
                self.noted = inline::noted_addresses(&raw.html);
                let (html, media) = inline::take_out(&raw.html, self.bytes);
                raw.html = html;
                for medium in media {
                    self.keep_inline(medium, out)?;
                }
            }
        }
        self.numbered_files();
        if self.garbled.is_some() {
            // Any other source of the article is better than a page that cannot be decoded whole.
            self.page.layers.iter_mut().for_each(|(rank, _)| *rank = Rank::FileName);
        }
        let page_url = self.link.canonical();
        let scope = self.evidence.hex();
        let options = SanitiseOptions { page_url: page_url.as_deref(), scope: &scope[..16] };
        let body = raw.as_ref().map(|raw| (raw.rank.unwrap_or(Rank::Dom), sanitise(&raw.html, &options)));
        let mut aliases = self.link.aliases();
        if aliases.is_empty() {
            let text = body.as_ref().map_or(&[][..], |(_, body)| body.html.as_bytes());
            aliases.push(format!("sha256:{}", &Sha256::of(text).hex()[..16]));
        }
        let body = body.map(|(rank, body)| {
            let third_party = raw.as_ref().is_some_and(|raw| raw.third_party);
            let garbled = self.garbled.is_some();
            let rank = if garbled { Rank::FileName } else { rank };
            let partial = self.page.preview_only || self.page.truncated || garbled;
            (rank, Body { partial, third_party, garbled, ..self.complete(body) })
        });
        let mut body = body;
        self.pictures_beside(body.as_mut().map(|(_, body)| body), &aliases, out)?;
        self.left_out(body.as_mut().map(|(_, body)| std::mem::take(&mut body.left_out)).unwrap_or_default(), out)?;
        self.unknown_elements(body.as_ref().map(|(_, body)| body), out)?;
        // A reshare may be a card without text: then it is complete.
        let complete = raw.is_some() || self.page.layers.iter().any(|(_, fields)| fields.reshare.is_some());
        self.records(&aliases, body, out)?;
        self.shortcomings(&aliases, complete, out)?;
        Ok(PageOutcome::Article(aliases))
    }

    /// Reports elements of the platform that this version does not know, so that they can be supported.
    fn unknown_elements(&self, body: Option<&Body>, out: &mut dyn Out) -> Result<()> {
        let locator = &self.meta.locator;
        for (element, census) in body.into_iter().flat_map(|body| &body.census).filter(|(_, census)| census.unknown) {
            let remark = Problem::remark("page-unknown-element", locator)
                .with("path", locator)
                .with("element", element)
                .with("count", census.replaced);
            out.item(Item::Problem(remark))?;
        }
        Ok(())
    }

    /// Reports the platform's addresses that the body does not show.
    fn left_out(&self, all: Vec<LeftOut>, out: &mut dyn Out) -> Result<()> {
        let locator = &self.meta.locator;
        let count = all.len();
        let Some(first) = all.into_iter().next() else { return Ok(()) };
        let remark = Problem::remark("page-left-out", locator)
            .with("path", locator)
            .with("count", count)
            .with("element", first.element)
            .with("attribute", first.attribute)
            .with("url", first.url);
        out.item(Item::Problem(remark))
    }

    fn records(&mut self, aliases: &[String], body: Option<(Rank, Body)>, out: &mut dyn Out) -> Result<()> {
        let mut layers = std::mem::take(&mut self.page.layers);
        let mut wanted: BTreeMap<MediaKey, String> = BTreeMap::new();
        self.cover_beside(&mut layers);
        for (_, fields) in &mut layers {
            for medium in fields.pictures.iter_mut().chain(&mut fields.attachments).chain(&mut fields.cover) {
                self.add_local(medium);
                wanted.extend(medium.local.clone().map(|local| (medium.key.clone(), local)));
            }
        }
        // The whole identity gives the best URL.
        for (index, (_, fields)) in layers.iter_mut().enumerate() {
            fields.url = self.link.canonical().filter(|_| index == 0);
        }
        for medium in body.iter().flat_map(|(_, body)| &body.media) {
            wanted.extend(medium.local.clone().map(|local| (medium.key.clone(), local)));
        }
        // The account's avatar, where the page shows it.
        let avatar = self.page.account.avatar.as_deref().map(MediaKey::of_url);
        if let Some((key, local)) = avatar.and_then(|key| self.page.local.get_key_value(&key)) {
            wanted.insert(key.clone(), local.clone());
        }
        let placeholders = self.placeholders(&wanted, body.as_ref().map(|(_, body)| body));
        let best = layers.first().map_or(Rank::Dom, |(rank, _)| *rank);
        let account = self.link.biz.clone();
        for record in article_records(layers, aliases, body) {
            let record = Record { as_of: self.page.as_of, ..record }.of_account(account.clone());
            out.item(Item::Record(record, self.evidence))?;
        }
        self.account(best, out)?;
        for album in std::mem::take(&mut self.page.albums) {
            let aliases = crate::source::file::list::album::aliases(
                album.id.as_deref(),
                account.as_deref(),
                album.title.as_deref(),
            );
            let record = Record::new::<AlbumFields>(Kind::Album, best, aliases, &album).of_account(account.clone());
            out.item(Item::Record(Record { as_of: self.page.as_of, ..record }, self.evidence))?;
        }
        for (key, local) in wanted {
            if placeholders.contains(&key) {
                let mut gap = Gap::new(SubjectKind::Media, key.as_str(), GapReason::Placeholder);
                gap.title = Some(local);
                gap.of = aliases.first().cloned();
                out.item(Item::Gap(gap))?;
            } else {
                self.keep_file(key, &local, out)?;
            }
        }
        Ok(())
    }

    fn account(&self, rank: Rank, out: &mut dyn Out) -> Result<()> {
        let mut fields: AccountFields = self.page.account.clone();
        fields.biz = fields.biz.or_else(|| self.link.biz.clone());
        let names = [
            fields.biz.as_ref().map(|biz| format!("biz:{biz}")),
            fields.user_name.as_ref().map(|name| format!("gh:{name}")),
        ];
        let aliases: Vec<String> = names.into_iter().flatten().collect();
        if aliases.is_empty() {
            return Ok(());
        }
        let biz = fields.biz.clone();
        let record = Record::new(Kind::Account, rank, aliases, &fields).of_account(biz);
        out.item(Item::Record(Record { as_of: self.page.as_of, ..record }, self.evidence))
    }

    /// Reports what the page lacks.
    fn shortcomings(&self, aliases: &[String], complete: bool, out: &mut dyn Out) -> Result<()> {
        let locator = &self.meta.locator;
        let gap = |reason| {
            let mut gap = Gap::new(SubjectKind::Article, aliases[0].clone(), reason);
            gap.account.clone_from(&self.link.biz);
            gap.url = self.link.canonical();
            gap
        };
        if self.page.truncated {
            out.item(Item::Problem(Problem::from_error(&Error::input("page-cut-off").with("path", locator), locator)))?;
            if !complete {
                out.item(Item::Gap(gap(GapReason::BrokenInput)))?;
            }
        } else if !complete {
            out.item(Item::Problem(Problem::remark("page-without-body", locator).with("path", locator)))?;
        }
        if let Some((count, encoding)) = self.garbled {
            let error =
                Error::input("page-garbled").with("path", locator).with("count", count).with("encoding", encoding);
            out.item(Item::Problem(Problem::from_error(&error, locator)))?;
            let detail = Some(format!("{encoding}: {count} × U+FFFD"));
            out.item(Item::Gap(Gap { detail, ..gap(GapReason::BrokenInput) }))?;
        }
        if let Some(date) = &self.page.unclear_date {
            let remark = Problem::remark("page-date-unclear", locator).with("path", locator).with("date", date);
            out.item(Item::Problem(remark))?;
        }
        if self.page.skipped > 0 && !self.page.truncated {
            let remark =
                Problem::remark("page-values-skipped", locator).with("path", locator).with("count", self.page.skipped);
            out.item(Item::Problem(remark))?;
        }
        if self.page.preview_only {
            out.item(Item::Gap(gap(GapReason::PartialPaid)))?;
        }
        Ok(())
    }
}

/// Returns one record per layer, without the fields that a better layer of the same page has: the fold would ignore
/// them.
fn article_records(layers: Vec<(Rank, ArticleFields)>, aliases: &[String], body: Option<(Rank, Body)>) -> Vec<Record> {
    let mut records: Vec<Record> = Vec::new();
    for (rank, fields) in layers {
        let mut map = fields_of(&fields);
        map.retain(|key, _| !records.iter().any(|record| record.fields.contains_key(key)));
        if records.is_empty() || !map.is_empty() {
            let nothing = ArticleFields::default();
            records.push(Record { fields: map, ..Record::new(Kind::Article, rank, aliases.to_vec(), &nothing) });
        }
    }
    if let Some((rank, body)) = body {
        if let Some(record) = records.iter_mut().find(|record| record.rank == rank) {
            record.body = Some(body);
        } else {
            let record = Record::new(Kind::Article, rank, aliases.to_vec(), &ArticleFields::default());
            records.push(Record { body: Some(body), ..record });
        }
    }
    records
}
