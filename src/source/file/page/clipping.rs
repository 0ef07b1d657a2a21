//! Copies of articles exported by read-later programs and clippers, as Markdown or as HTML in their own format. They
//! name the article and contain its text: poorer than its page, richer than a list.

use std::io::Read as _;

use crate::error::{Error, Result};
use crate::model::sniff::sniff;
use crate::model::{ArticleFields, Kind, MediaRef, Rank, Record};
use crate::parse::list::copy;
use crate::parse::list::links::decoded;
use crate::parse::list::{List, Listed};
use crate::parse::page::clipping::{self, Clipping};
use crate::parse::page::looks_like_page;
use crate::parse::page::unavailable;
use crate::source::file::list;
use crate::source::{
    Destination, EvidenceId, EvidenceMeta, ImportCx, Importer, Info, Input, Item, Match, MediaHeld, Out, Probe,
};

/// The importer of copies.
#[derive(Debug)]
pub struct Clippings;

/// Largest copy in bytes: it may contain pictures.
const LIMIT: u64 = 32 * 1024 * 1024;

static INFO: Info = Info {
    name: "clipping",
    summary_zh: "稍后读和剪藏工具导出的文章副本（Obsidian Web Clipper、Joplin、简悦、Cubox、Readwise 等的 Markdown 或 HTML）：原文链接、标题、作者、时间、正文和旁边的图片",
    summary_en: "Copies of articles exported by read-later programs and web clippers (Markdown or HTML of Obsidian Web Clipper, Joplin, SimpRead, Cubox, Readwise and others): original link, title, author, time, text and the images stored with it",
    patterns: &["*.md", "*.markdown", "*.html"],
    version: 1,
};

impl Importer for Clippings {
    fn info(&self) -> &'static Info {
        &INFO
    }

    fn identify(&self, probe: &mut Probe<'_>) -> Match {
        if probe.input().received().is_some() || !(is_markdown(probe.name()) || probe.looks_like_html()) {
            return Match::No;
        }
        let name = probe.name().to_owned();
        let Some(bytes) = probe.whole() else { return Match::No };
        if read(bytes, &name).is_some() { Match::Sure } else { Match::No }
    }

    fn read(&self, input: &Input, cx: &ImportCx<'_>, out: &mut dyn Out) -> Result<()> {
        let bytes = input.bytes(LIMIT)?;
        let Some(found) = read(&bytes, input.name()) else {
            return Err(Error::input("page-not-an-article").with("path", input.locator()));
        };
        let mime = if is_markdown(input.name()) { "text/markdown" } else { "text/html" };
        let evidence = cx.evidence.redacted(&bytes, &list::meta(input, INFO.name, mime))?;
        let mut articles = List::new(INFO.name);
        articles.add(Listed {
            link: found.link.clone(),
            fields: ArticleFields {
                title: found.title.clone(),
                author: found.author.clone(),
                account_name: found.account_name.clone(),
                published: found.published,
                ..ArticleFields::default()
            },
            blocked: false,
        });
        list::emit(articles, evidence, input.locator(), out)?;
        // The time of clipping is the weakest evidence of the time of publication.
        if let Some(clipped) = found.clipped {
            let fields = ArticleFields { published: Some(clipped), ..ArticleFields::default() };
            let record = Record::new(Kind::Article, Rank::FileName, found.link.aliases(), &fields);
            out.item(Item::Record(record.of_account(found.link.biz.clone()), evidence))?;
        }
        text(&found, input, cx, evidence, out)
    }
}

fn is_markdown(name: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(_, end)| ["md", "markdown"].iter().any(|known| end.eq_ignore_ascii_case(known)))
}

/// Reads the copy in a file, unless the file is a page of the platform.
fn read(bytes: &[u8], name: &str) -> Option<Clipping> {
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let text = decoded(bytes);
    if is_markdown(name) {
        return clipping::of_markdown(&text, stem);
    }
    let page = text.as_bytes();
    (!looks_like_page(page) && unavailable::read(page).is_none()).then(|| clipping::of_html(page, stem)).flatten()
}

/// Emits the text, and keeps the pictures next to it.
fn text(found: &Clipping, input: &Input, cx: &ImportCx<'_>, evidence: EvidenceId, out: &mut dyn Out) -> Result<()> {
    let aliases = found.link.aliases();
    let (Some(scope), false) = (aliases.first(), found.html.is_empty()) else { return Ok(()) };
    let url = found.link.canonical();
    let Some(body) = copy::body(&found.html, scope, url.as_deref(), false) else { return Ok(()) };
    for medium in &body.media {
        picture(medium, found, input, cx, out)?;
    }
    let record = Record::new(Kind::Article, Rank::List, aliases, &ArticleFields::default());
    out.item(Item::Record(Record { body: Some(body), ..record }.of_account(found.link.biz.clone()), evidence))
}

/// Folders for pictures that a note names without their folder.
const FOLDERS: &[&str] = &[
    "",
    "attachments/",
    "附件/",
    "assets/",
    "_resources/",
    "images/",
    "../",
    "../attachments/",
    "../附件/",
    "../assets/",
];

fn picture(medium: &MediaRef, found: &Clipping, input: &Input, cx: &ImportCx<'_>, out: &mut dyn Out) -> Result<()> {
    let Some(local) = &medium.local else { return Ok(()) };
    let named = found.pictures.get(local).unwrap_or(local);
    let Some(file) = FOLDERS.iter().find_map(|folder| input.sibling(&format!("{folder}{named}"))) else {
        return Ok(());
    };
    let mut head = Vec::new();
    file.open()?.take(4096).read_to_end(&mut head).map_err(|error| Error::reading(error, file.locator()))?;
    let Some(kind) = sniff(&head).filter(|kind| kind.is_media()) else {
        return Ok(());
    };
    let meta = EvidenceMeta {
        source: INFO.name,
        locator: file.locator().to_owned(),
        template: "media",
        mime: kind.mime,
        time: file.modified(),
        fetch: None,
    };
    let sha256 = cx.evidence.exact(&mut file.open()?, file.name(), Destination::Media, &meta)?;
    out.item(Item::Media(MediaHeld { key: medium.key.clone(), sha256, origin: file.locator().to_owned() }))
}
