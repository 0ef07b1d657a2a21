//! Assembles a page saved together with its resources (MHTML, `.webarchive`): selects the part that is the page, and
//! makes the others its siblings.

use std::collections::HashMap;
use std::sync::Arc;

use super::media;
use crate::error::Result;
use crate::html::part_name;
use crate::parse::encoding::decode;
use crate::parse::page::looks_like_page;
use crate::source::input::Siblings;
use crate::source::{Destination, EvidenceMeta, ImportCx, Input, Item, MediaHeld, Out, Received};

/// A saved page while its parts are read.
pub(crate) struct SavedPage<'a> {
    source: &'static str,
    input: &'a Input,
    cx: &'a ImportCx<'a>,
    /// Address of the page, according to its container.
    pub(crate) address: Option<String>,
    /// HTML parts: likelihood of being the page, input, address and content type.
    pages: Vec<(u8, Input, Option<String>, String)>,
    /// Named files, which become the page's siblings.
    files: HashMap<String, Input>,
}

impl<'a> SavedPage<'a> {
    /// Creates the page of the container `input`, read by the importer `source`.
    pub(crate) fn new(source: &'static str, input: &'a Input, cx: &'a ImportCx<'a>, address: Option<String>) -> Self {
        Self { source, input, cx, address, pages: Vec::new(), files: HashMap::new() }
    }

    /// Keeps a medium that the page showed from the address `at`.
    pub(crate) fn keep_medium(&self, file: &Input, mime: &'static str, at: &Received, out: &mut dyn Out) -> Result<()> {
        let meta = EvidenceMeta {
            source: self.source,
            locator: file.locator().to_owned(),
            template: "media",
            mime,
            time: file.modified(),
            fetch: None,
        };
        let sha256 = self.cx.evidence.exact(&mut file.open()?, "", Destination::Media, &meta)?;
        out.item(Item::Media(MediaHeld { key: media::of_address(at), sha256, origin: meta.locator }))
    }

    /// Makes a part the page's sibling under `name`.
    pub(crate) fn set_beside(&mut self, file: &Input, name: &str) {
        let name = part_name(name).unwrap_or_else(|| {
            let decoded = percent_encoding::percent_decode_str(name).decode_utf8_lossy();
            decoded.trim_start_matches("./").to_owned()
        });
        if !name.is_empty() {
            // Of equal names the first counts, as in browsers.
            self.files.entry(format!("{}!/{name}", self.input.locator())).or_insert_with(|| file.clone());
        }
    }

    /// Adds an HTML part; `named` if the container says that it is the page.
    pub(crate) fn keep_page(&mut self, page: Input, named: bool, address: Option<String>, content_type: &str) {
        let looks = page.bytes(super::article::LIMIT).is_ok_and(|bytes| looks_like_page(&decode(&bytes, None).bytes));
        let at_address = address.is_some() && address == self.address;
        let likely = u8::from(looks) * 4 + u8::from(at_address) * 2 + u8::from(named);
        self.pages.push((likely, page, address, content_type.to_owned()));
    }

    /// Returns the locator of a page in the container.
    pub(crate) fn page_locator(&self) -> String {
        format!("{}!/page.html", self.input.locator())
    }

    /// Hands on the likeliest page; frames and advertisements are listed in the contents only.
    pub(crate) fn emit(self, out: &mut dyn Out) -> Result<bool> {
        // Of equally likely parts the first counts.
        let best = self.pages.into_iter().reduce(|best, next| if next.0 > best.0 { next } else { best });
        let Some((_, page, address, content_type)) = best else { return Ok(false) };
        let files: Arc<Siblings> = Arc::new(self.files.into_iter().collect());
        page.set_siblings(&files);
        let address = address.or(self.address).unwrap_or_default();
        out.item(Item::Input(page.with_received(Received::at(address).with_content_type(&content_type))))?;
        Ok(true)
    }
}
