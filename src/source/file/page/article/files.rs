//! Finds the media of a page: those embedded in it, and the files next to it that are its pictures.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read as _;

use super::Reading;
use crate::error::{Error, Result};
use crate::fetch::classify::{PLACEHOLDER_LIMIT, Placeholders};
use crate::model::sniff::sniff;
use crate::model::{
    ArticleFields, Body, Gap, GapReason, MediaKey, MediaRef, MediaRole, Problem, Rank, Sha256, SubjectKind,
};
use crate::parse::page::inline::Inline;
use crate::source::file::page::{beside, pictures, saved_file};
use crate::source::{Destination, EvidenceMeta, Input, Item, MediaHeld, Out};

/// Most names of unmatched pictures that a gap lists.
const UNCLEAR_NAMED: usize = 5;

impl Reading<'_> {
    /// Adds facts from the rest of the page to the body's media: local files, addresses of videos.
    pub(super) fn complete(&self, mut body: Body) -> Body {
        for medium in &mut body.media {
            self.add_local(medium);
            if let Some(url) = self.noted.get(&medium.key).filter(|_| medium.urls.is_empty()) {
                medium.urls = MediaRef::at(url, medium.role).urls;
            }
            if let Some(video) = self.page.videos.iter().find(|video| video.key == medium.key) {
                medium
                    .urls
                    .extend(video.urls.iter().filter(|url| !medium.urls.contains(url)).cloned().collect::<Vec<_>>());
                medium.bytes = medium.bytes.or(video.bytes);
                medium.md5 = medium.md5.take().or_else(|| video.md5.clone());
                medium.width = medium.width.or(video.width);
                medium.height = medium.height.or(video.height);
            }
        }
        body
    }

    /// Matches files next to the page that are named by the platform's number of a picture.
    pub(super) fn numbered_files(&mut self) {
        let Some(beside) = self.beside else { return };
        for (key, number) in std::mem::take(&mut self.page.numbers) {
            if !self.page.local.contains_key(&key)
                && let Some(name) = beside::numbered(beside, &number)
            {
                self.page.local.insert(key, name);
            }
        }
    }

    /// Matches files next to the page to its pictures by order, size and type; reports the files that remain unclear
    /// and records gaps for their pictures.
    pub(super) fn pictures_beside(
        &mut self,
        body: Option<&mut Body>,
        aliases: &[String],
        out: &mut dyn Out,
    ) -> Result<()> {
        let Some(beside) = self.beside else { return Ok(()) };
        let mut body = body;
        let pictures = self.page.layers.iter().flat_map(|(_, fields)| &fields.pictures);
        let shown = body.iter().flat_map(|body| &body.media).chain(pictures);
        let mut seen: BTreeSet<&MediaKey> = BTreeSet::new();
        let missing: Vec<&MediaRef> = shown
            .filter(|medium| matches!(medium.role, MediaRole::Image | MediaRole::Picture))
            .filter(|medium| !medium.urls.is_empty() && !self.inline.contains(&medium.key) && seen.insert(&medium.key))
            .filter(|medium| {
                let local = medium.local.as_ref().or_else(|| self.page.local.get(&medium.key));
                local.is_none_or(|local| beside.sibling(local).is_none())
            })
            .collect();
        let title = self.page.layers.iter().find_map(|(_, fields)| fields.title.as_deref());
        let found = pictures::find(beside, self.bytes, title, &missing)?;
        for (key, local) in found.taken {
            for medium in body.iter_mut().flat_map(|body| &mut body.media).filter(|medium| medium.key == key) {
                medium.local = Some(local.clone());
            }
            self.page.local.insert(key, local);
        }
        let locator = &self.meta.locator;
        if let Some(first) = found.unclear.first() {
            let remark = Problem::remark("page-pictures-unclear", locator)
                .with("path", locator)
                .with("count", found.unclear.len())
                .with("name", first.name());
            out.item(Item::Problem(remark))?;
        }
        let names = found.unclear.iter().map(Input::name).take(UNCLEAR_NAMED).collect::<Vec<_>>().join(", ");
        for key in found.missing {
            let mut gap = Gap::new(SubjectKind::Media, key.as_str(), GapReason::NotHeld);
            gap.of = aliases.first().cloned();
            gap.detail = Some(format!("{}{names}", Gap::UNCLEAR));
            out.item(Item::Gap(gap))?;
        }
        // Files in the page's own folder are not read by any other importer.
        found.unclear.iter().filter(|_| found.companions).try_for_each(|file| saved_file::keep(file, self.keep, out))
    }

    /// Sets the file next to the page as the cover that the page names. For a page that names none the file remains a
    /// separate picture: the archive's facts about an article must follow from the kept page alone.
    pub(super) fn cover_beside(&self, layers: &mut [(Rank, ArticleFields)]) {
        let cover = layers.iter_mut().find_map(|(_, fields)| fields.cover.as_mut());
        if let Some(cover) = cover.filter(|cover| cover.local.is_none()) {
            cover.local = self.beside.and_then(beside::cover);
        }
    }

    pub(super) fn add_local(&self, medium: &mut MediaRef) {
        if medium.local.is_none() {
            medium.local = self.page.local.get(&medium.key).cloned();
        }
    }

    /// Returns pictures that share one file although the page gives them different shapes: the platform's "not to be
    /// shown elsewhere" picture, or an exporter's own, instead of the real ones.
    pub(super) fn placeholders(&self, wanted: &BTreeMap<MediaKey, String>, body: Option<&Body>) -> BTreeSet<MediaKey> {
        let mut by_size: BTreeMap<u64, Vec<(&MediaKey, Input)>> = BTreeMap::new();
        for (key, local) in wanted {
            if let Some(file) = self.beside.and_then(|page| page.sibling(local)) {
                by_size.entry(file.size()).or_default().push((key, file));
            }
        }
        let judge = Placeholders::default();
        for (key, file) in by_size.into_values().filter(|files| files.len() > 1).flatten() {
            // An unreadable file is reported where it is kept.
            let Ok(bytes) = file.bytes(PLACEHOLDER_LIMIT) else { continue };
            let medium = body.and_then(|body| body.media.iter().find(|medium| medium.key == *key));
            let declared = medium.and_then(|medium| medium.width.zip(medium.height));
            judge.is_placeholder(key, declared, Sha256::of(&bytes), &bytes, bytes.len() as u64);
        }
        judge.found_out().into_iter().map(|(_, key)| key).collect()
    }

    /// Keeps a medium embedded in the page.
    pub(super) fn keep_inline(&mut self, medium: Inline, out: &mut dyn Out) -> Result<()> {
        let meta = EvidenceMeta {
            source: self.meta.source,
            locator: self.meta.locator.clone(),
            template: "media",
            mime: sniff(&medium.bytes).map_or("application/octet-stream", |kind| kind.mime),
            time: self.meta.time,
            fetch: None,
        };
        let sha256 = self.keep.exact(&mut medium.bytes.as_slice(), "", Destination::Media, &meta)?;
        self.inline.insert(medium.key.clone());
        out.item(Item::Media(MediaHeld { key: medium.key, sha256, origin: self.meta.locator.clone() }))
    }

    /// Keeps a file next to the page, if it exists and is a medium.
    pub(super) fn keep_file(&self, key: MediaKey, local: &str, out: &mut dyn Out) -> Result<()> {
        let Some(file) = self.beside.and_then(|page| page.sibling(local)) else { return Ok(()) };
        let mut head = Vec::new();
        let readable = file.open().and_then(|reader| {
            let read = reader.take(4096).read_to_end(&mut head);
            read.map_err(|error| Error::input("input-read-failed").with("path", file.locator()).because(error))
        });
        if let Err(error) = readable {
            return out.item(Item::Problem(Problem::from_error(&error, file.locator())));
        }
        let medium = sniff(&head).filter(|kind| kind.is_media());
        let Some(kind) = medium else {
            // An exporter may have saved an error message instead of an image.
            let mut gap = Gap::new(SubjectKind::Media, key.as_str(), GapReason::Placeholder);
            gap.title = Some(file.locator().to_owned());
            gap.of = self.link.aliases().into_iter().next();
            out.item(Item::Gap(gap))?;
            return out.item(Item::Problem(Problem::remark("page-file-not-a-medium", file.locator())));
        };
        let meta = EvidenceMeta {
            source: self.meta.source,
            locator: file.locator().to_owned(),
            template: "media",
            mime: kind.mime,
            time: file.modified(),
            fetch: None,
        };
        let sha256 = self.keep.exact(&mut file.open()?, file.name(), Destination::Media, &meta)?;
        out.item(Item::Media(MediaHeld { key, sha256, origin: file.locator().to_owned() }))
    }
}
