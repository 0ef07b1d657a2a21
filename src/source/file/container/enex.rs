//! Notes exported from Evernote and 印象笔记 (`.enex`): clipped articles are read with their pictures, as a poorer source
//! than a page. Other notes are private and not kept; links to articles in them become list entries.

use std::collections::BTreeMap;
use std::io::BufReader;

use crate::error::{Error, Result};
use crate::model::sniff::sniff;
use crate::model::{ArticleFields, ArticleUrl, Kind, Problem, Rank, Record};
use crate::parse::container::enex::{Note, Notes, Resource, time_of};
use crate::parse::list::feed::root_name;
use crate::parse::list::link_scan::article_of;
use crate::parse::list::links::{Links, of_html};
use crate::parse::list::{Listed, words};
use crate::source::file::list::emit_copy;
use crate::source::{
    Destination, EvidenceId, EvidenceMeta, Holds, ImportCx, Importer, Info, Input, Item, Match, MediaHeld, Out, Probe,
};

/// The importer of exported notes.
#[derive(Debug)]
pub struct Enex;

static INFO: Info = Info {
    name: "enex",
    summary_zh: "印象笔记、Evernote 导出的笔记（.enex）：其中剪藏的公众号文章（文字和图片）；其他笔记不导入，只计数",
    summary_en: "Notes exported from Evernote or 印象笔记 (.enex): clipped articles (text and images); other notes are not imported, only counted",
    patterns: &["*.enex"],
    version: 1,
};

impl Importer for Enex {
    fn info(&self) -> &'static Info {
        &INFO
    }

    fn holds(&self) -> Holds {
        Holds::Parts
    }

    fn identify(&self, probe: &mut Probe<'_>) -> Match {
        if root_name(probe.head()) == "en-export" { Match::Sure } else { Match::No }
    }

    fn read(&self, input: &Input, cx: &ImportCx<'_>, out: &mut dyn Out) -> Result<()> {
        let mut notes = Notes::new(BufReader::with_capacity(256 * 1024, input.open()?));
        let mut seen: BTreeMap<&'static str, u64> = BTreeMap::new();
        let mut number = 0_u64;
        let broken = loop {
            match notes.next_note() {
                Ok(Some(note)) => {
                    number += 1;
                    let locator = format!("{}!/{number}", input.locator());
                    match (Reading { input, cx, locator }).note(note, out)? {
                        NoteState::Article => {}
                        NoteState::Encrypted => *seen.entry("enex-encrypted").or_default() += 1,
                        NoteState::Other => *seen.entry("enex-other-notes").or_default() += 1,
                    }
                }
                Ok(None) => break None,
                Err(error) => break Some(error),
            }
        };
        for (code, count) in seen {
            let remark = Problem::remark(code, input.locator()).with("path", input.locator()).with("count", count);
            out.item(Item::Problem(remark))?;
        }
        match broken {
            Some(error)
                if error.kind() == std::io::ErrorKind::InvalidData
                    || error.kind() == std::io::ErrorKind::UnexpectedEof =>
            {
                Err(Error::input("enex-broken").with("path", input.locator()).with("count", number).because(error))
            }
            Some(error) => Err(Error::reading(error, input.locator())),
            None => Ok(()),
        }
    }
}

/// The kind of a note.
enum NoteState {
    Article,
    Encrypted,
    Other,
}

struct Reading<'a> {
    input: &'a Input,
    cx: &'a ImportCx<'a>,
    locator: String,
}

impl Reading<'_> {
    fn meta(&self, template: &'static str, mime: &'static str) -> EvidenceMeta {
        let time = self.input.modified();
        EvidenceMeta { source: INFO.name, locator: self.locator.clone(), template, mime, time, fetch: None }
    }

    fn note(&self, mut note: Note, out: &mut dyn Out) -> Result<NoteState> {
        if note.encrypted {
            return Ok(NoteState::Encrypted);
        }
        let mut links = Links::default();
        of_html(note.content.as_bytes(), &mut links);
        let clipped = article_of(&note.source_url).or_else(|| only_link(&note, &links));
        let Some(link) = clipped else {
            if !links.is_empty() {
                let lines: String = links
                    .clone()
                    .into_vec()
                    .into_iter()
                    .filter_map(|found| found.link.canonical())
                    .map(|url| url + "\n")
                    .collect();
                let locator = format!("{}/links.txt", self.locator);
                out.item(Item::Input(Input::bytes_at(locator, lines.into_bytes(), self.input.modified())))?;
            }
            return Ok(NoteState::Other);
        };
        for resource in &mut note.resources {
            self.file(resource, out)?;
        }
        let leaf = note.to_evidence();
        let evidence = self.cx.evidence.redacted(&leaf, &self.meta("note", "application/xml"))?;
        article(&note, link, evidence, out)?;
        Ok(NoteState::Article)
    }

    /// Keeps a picture of a note and drops its bytes.
    fn file(&self, resource: &mut Resource, out: &mut dyn Out) -> Result<()> {
        let data = std::mem::take(&mut resource.data);
        let kind = sniff(&data).filter(|kind| kind.is_media());
        let Some(kind) = kind else { return Ok(()) };
        let sha256 =
            self.cx.evidence.exact(&mut data.as_slice(), "", Destination::Media, &self.meta("media", kind.mime))?;
        out.item(Item::Media(MediaHeld { key: resource.key(), sha256, origin: self.locator.clone() }))
    }
}

/// Returns the article of a web clip without an address: the only one that it links to.
fn only_link(note: &Note, links: &Links) -> Option<ArticleUrl> {
    let clip = note.source.contains("web.clip") || note.source_url.contains("weixin.qq.com");
    let mut found = links.clone().into_vec();
    if clip && found.len() == 1 { found.pop().map(|found| found.link) } else { None }
}

fn article(note: &Note, link: ArticleUrl, evidence: EvidenceId, out: &mut dyn Out) -> Result<()> {
    let ArticleUrl { biz, mid, idx, sn, .. } = link.clone();
    let fields = ArticleFields {
        url: link.canonical(),
        title: words(&note.title),
        biz,
        mid,
        idx,
        sn,
        ..ArticleFields::default()
    };
    let record = Record::new(Kind::Article, Rank::Link, link.aliases(), &fields).of_account(link.biz.clone());
    out.item(Item::Record(record, evidence))?;
    // The time of clipping is the weakest evidence of the time of publication.
    if let Some(clipped) = time_of(&note.created) {
        let fields = ArticleFields { published: Some(clipped), ..ArticleFields::default() };
        let record = Record::new(Kind::Article, Rank::FileName, link.aliases(), &fields).of_account(link.biz.clone());
        out.item(Item::Record(record, evidence))?;
    }
    emit_copy(&note.html(), &Listed { link, ..Listed::default() }, false, evidence, out)
}
