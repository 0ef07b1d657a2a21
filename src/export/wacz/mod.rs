//! A web archive (WACZ 1.1.1 with one WARC 1.1 file) of the pages as they were received and of their media, for
//! ReplayWeb.page and every tool that reads WARC.
//!
//! Pages come from the evidence in the private bag, so the export is private and has to be asked for. What the archive
//! blanked before it kept a page stays blanked, and each record says how often.

mod archive;
mod index;
mod package;
mod plan;
mod record;
mod response;
mod surt;

use std::io::{self, Write};

use serde_json::{Map, Value, json};
use url::Url;

use self::archive::{Archive, Written};
use self::package::Package;
use self::plan::Plan;
use self::record::date;
use super::{
    Content, ExportOptions, Group, Include, Info, Losses, OutPath, Output, Outputs, PrivateExporter, Setting, Shape,
    Sink, Values,
};
use crate::archive::PrivateView;
use crate::error::{Error, Result};
use crate::model::{Class, Sha256};
use crate::text::Texts;

/// The exporter of the web archive.
pub struct Wacz;

static INFO: Info = Info {
    name: "wacz",
    summary_zh: "网页存档（WACZ、WARC）：收到时的网页原样，连同图片、音频、视频，用 ReplayWeb.page 打开。私密，要加 --include evidence",
    summary_en: "web archive (WACZ, WARC) of the pages as received, with images, audio and video, for ReplayWeb.page; private, needs --include evidence",
    version: 1,
    group: Group::Table,
    shape: Shape::File("wacz"),
    settings: &[SCOPE],
};

const SCOPE: Setting = Setting {
    name: "scope",
    values: Values::Words(&["all", "published"]),
    summary_zh: "全部网页（默认），或只要可以公开的文章的网页",
    summary_en: "all pages (default), or only those of articles that are public",
};

const FILE: &str = "pages.wacz";
const WARC: &str = "data.warc.gz";

/// What was done to the pages before they were kept, and what the fields of this program mean.
const REMOVED: &str = "Pages and media from the archive of a WeChat account. Before a page was kept, passwords, session keys and \
     identifiers of the visitor who saved it were overwritten with letters of equal length: Liudi-Blanked says in how many places of the \
     record. Cookies, requests and all response headers but those that describe the content were never kept. Bodies are decoded. \
     Liudi-Date-Source says what WARC-Date is the date of: received (the response), served (the platform's clock in the page), saved (the \
     file that was saved), page (the page that shows the medium), published (the post), archived (this archive). Addresses on archive.invalid, a host that nobody can have, are files of this \
     archive: texts of articles as archived, which need no script of the platform to be shown, and their media.";

/// Which pages go in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scope {
    All,
    Public,
}

impl Scope {
    fn takes(self, class: Class) -> bool {
        self == Self::All || class == Class::Public
    }
}

impl PrivateExporter for Wacz {
    fn info(&self) -> &'static Info {
        &INFO
    }

    fn include(&self) -> Include {
        Include::Evidence
    }

    fn outputs<'v>(&self, private: &'v PrivateView, options: &'v ExportOptions) -> Result<Outputs<'v>> {
        let scope = if options.settings.get(SCOPE.name) == "published" { Scope::Public } else { Scope::All };
        let key = format!(
            "{} {} {scope:?} {} {}",
            INFO.version,
            env!("CARGO_PKG_VERSION"),
            options.language.tag(),
            private.head()?
        );
        let write = move |out: &mut dyn Sink, losses: &mut Losses| write(private, scope, options, out, losses);
        let output = Output {
            path: OutPath::new(FILE)?,
            key: Sha256::of(key.as_bytes()),
            content: Content::Stream(Box::new(write)),
        };
        Ok(Box::new(std::iter::once(Ok(output))))
    }
}

fn failed(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    Error::other("export-write-failed").with("path", FILE).because(error)
}

fn write(
    private: &PrivateView,
    scope: Scope,
    options: &ExportOptions,
    out: &mut dyn Sink,
    losses: &mut Losses,
) -> Result<()> {
    let plan = Plan::new(private, scope, losses)?;
    let texts = Texts::new(options.language);
    let mut package = Package::new(out);
    let written = package.stored(&format!("archive/{WARC}"), |out| {
        let mut archive = Archive::new(private, out)?;
        archive.pages(plan.pages, losses)?;
        archive.texts(plan.texts, &|title| texts.get("wacz-text", &[("title", title)]), losses)?;
        archive.media(plan.media, losses)?;
        Ok(archive.written)
    })?;
    let Written { entries, mut pages, texts: count, media, blanked } = written;
    let counts = json!({
        "scope": if scope == Scope::All { "all" } else { "published" },
        "pages": pages.len() - count,
        "texts": count,
        "media": media,
        "blanked_places": blanked,
        "removed": REMOVED,
    });
    let list =
        package.stored(&format!("indexes/{}", index::NAME), |out| index::write(entries, WARC, out).map_err(failed))?;
    package.deflated("indexes/index.idx", |out| out.write_all(list.as_bytes()).map_err(failed))?;
    pages.sort_unstable();
    package.deflated("pages/pages.jsonl", |out| write_pages(&pages, out).map_err(failed))?;
    package.finish(about(private, &texts, counts)?)
}

/// A line of the list of pages. They are sorted by date, then address.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Line {
    date: String,
    url: Url,
    id: String,
    title: Option<String>,
    source: &'static str,
}

fn write_pages(pages: &[Line], out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}", json!({ "format": "json-pages-1.0", "id": "pages", "title": "Pages" }))?;
    for page in pages {
        let mut line = json!({ "id": page.id, "url": page.url, "ts": page.date });
        if let Some(title) = &page.title {
            line["title"] = title.as_str().into();
        }
        line["dateSource"] = page.source.into();
        writeln!(out, "{line}")?;
    }
    Ok(())
}

/// Describes the package for its readers.
fn about(private: &PrivateView, texts: &Texts, counts: Value) -> Result<Map<String, Value>> {
    let name = private.account()?.fields.name.unwrap_or_default();
    let title =
        if name.is_empty() { texts.get("wacz-title", &[]) } else { texts.get("wacz-title-of", &[("name", &name)]) };
    let description = texts.get("wacz-description", &[("blanked", &counts["blanked_places"].to_string())]);
    let mut about = Map::new();
    about.insert("title".to_owned(), title.into());
    about.insert("description".to_owned(), description.into());
    if let Some(day) = private.date() {
        about.insert("created".to_owned(), date(day).into());
    }
    about.insert("software".to_owned(), software().into());
    about.insert("liudi".to_owned(), counts);
    Ok(about)
}

fn software() -> String {
    format!("{}/{}", env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION"))
}
