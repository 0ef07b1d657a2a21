//! Notes that a web clipper saves next to a page (MaoXian's `index.json`) to record the page's address. The page is the
//! article; the note belongs to it and is never a list.

use crate::error::{Error, Result};
use crate::model::{ArticleFields, Kind, Rank, Record};
use crate::parse::json;
use crate::parse::page::savers;
use crate::source::file::list;
use crate::source::{ImportCx, Importer, Info, Input, Item, Match, Out, Probe};

/// The importer of such notes.
#[derive(Debug)]
pub struct Clip;

/// Largest note in bytes.
const LIMIT: u64 = 256 * 1024;

static INFO: Info = Info {
    name: "clip",
    summary_zh: "剪藏工具（毛线剪藏等）放在网页旁边的说明文件：原文的链接与标题",
    summary_en: "Info files that web clippers (MaoXian and others) store with a page: link and title of the original",
    patterns: &["index.json", "*.json"],
    version: 1,
};

impl Importer for Clip {
    fn info(&self) -> &'static Info {
        &INFO
    }

    fn identify(&self, probe: &mut Probe<'_>) -> Match {
        if probe.first_byte() != Some(b'{') || probe.size() > LIMIT {
            return Match::No;
        }
        let Some(whole) = probe.whole() else { return Match::No };
        if savers::of_note(whole).is_none() {
            return Match::No;
        }
        if memchr::memmem::find(whole, b"\"clipId\"").is_some() {
            return Match::Sure;
        }
        if has_page(probe.input()) { Match::Likely } else { Match::No }
    }

    fn read(&self, input: &Input, cx: &ImportCx<'_>, out: &mut dyn Out) -> Result<()> {
        let bytes = input.bytes(LIMIT)?;
        let Some(link) = savers::of_note(&bytes) else {
            return Err(Error::input("clip-without-link").with("path", input.locator()));
        };
        let evidence = cx.evidence.redacted(&bytes, &list::meta(input, INFO.name, "application/json"))?;
        let clip = json::from_text(&crate::parse::list::links::decoded(&bytes));
        let title = clip.as_ref().and_then(json::Json::of).and_then(|clip| clip.text("title"));
        let fields = ArticleFields {
            url: link.canonical(),
            title,
            biz: link.biz.clone(),
            mid: link.mid.clone(),
            idx: link.idx.clone(),
            sn: link.sn.clone(),
            ..ArticleFields::default()
        };
        let record = Record::new(Kind::Article, Rank::Link, link.aliases(), &fields).of_account(link.biz);
        out.item(Item::Record(record, evidence))
    }
}

/// Reports whether a page of the same name is next to the note.
fn has_page(input: &Input) -> bool {
    let stem = input.name().rsplit_once('.').map_or(input.name(), |(stem, _)| stem);
    ["html", "htm"].iter().any(|end| input.sibling(&format!("{stem}.{end}")).is_some())
}
