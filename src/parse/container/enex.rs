//! Reads Evernote exports (`.enex`, 印象笔记) note by note, whatever the size of the file. Also handles the single note
//! kept as evidence, without attachments.

use std::io::{self, BufRead, Read};

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use md5::{Digest as _, Md5};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use crate::html::{escape_attribute, escape_text};
use crate::model::body::MEDIA_SCHEME;
use crate::model::{MediaKey, Time};
use crate::parse::page::scan;

/// Maximum length of an element in bytes: a picture in base64.
const LONGEST: u64 = 512 * 1024 * 1024;

/// A note of an export.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Note {
    /// The note's title.
    pub title: String,
    /// The note's content in ENML, unchanged.
    pub content: String,
    /// Whether the content is encrypted.
    pub encrypted: bool,
    /// The time of creation; for a clip, of clipping.
    pub created: String,
    /// The time of the last change.
    pub updated: String,
    /// The address of the clipped page.
    pub source_url: String,
    /// The creating program.
    pub source: String,
    /// The attachments of the note.
    pub resources: Vec<Resource>,
}

/// An attachment of a note.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Resource {
    /// The MD5 in hex, by which the content refers to the attachment.
    pub md5: String,
    /// The declared media type.
    pub mime: String,
    /// The original address.
    pub source_url: String,
    /// The bytes; empty once stored separately.
    pub data: Vec<u8>,
}

impl Resource {
    /// Returns the medium's key: its address or, without one, its digest.
    pub fn key(&self) -> MediaKey {
        let at = if self.source_url.starts_with("http") {
            self.source_url.clone()
        } else {
            format!("inline:md5:{}", self.md5)
        };
        MediaKey::of_url(&at)
    }
}

/// A reader of the notes of an export.
pub struct Notes<R: BufRead> {
    reader: Reader<Bounded<R>>,
    buffer: Vec<u8>,
}

impl<R: BufRead> Notes<R> {
    /// Creates a reader of `from`.
    pub fn new(from: R) -> Self {
        let mut reader = Reader::from_reader(Bounded { from, left: LONGEST });
        let config = reader.config_mut();
        (config.allow_dangling_amp, config.allow_unmatched_ends, config.check_end_names) = (true, true, false);
        Self { reader, buffer: Vec::new() }
    }

    /// Returns the next note; `None` at the end.
    ///
    /// # Errors
    /// A failed read, or invalid XML.
    pub fn next_note(&mut self) -> io::Result<Option<Note>> {
        let mut note: Option<Note> = None;
        let mut resource: Option<Resource> = None;
        let mut element = String::new();
        let mut text = String::new();
        loop {
            self.buffer.clear();
            self.reader.get_mut().left = LONGEST;
            let event = self.reader.read_event_into(&mut self.buffer);
            match event.map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))? {
                Event::Start(tag) => {
                    text.clear();
                    tag.local_name().as_ref().clone_into(&mut element);
                    match element.as_str() {
                        "note" => note = Some(Note::default()),
                        "resource" => resource = Some(started(&tag)),
                        "content" => {
                            if let Some(note) = &mut note {
                                note.encrypted = attribute(&tag, "encoding").contains("aes");
                            }
                        }
                        _ => {}
                    }
                }
                Event::Empty(tag) if tag.local_name().as_ref() == "resource" => {
                    if let Some(note) = &mut note {
                        note.resources.push(started(&tag));
                    }
                }
                Event::Text(part) => text.push_str(&part),
                Event::CData(part) => text.push_str(&part),
                Event::GeneralRef(name) => text.push_str(&scan::decode(&format!("&{};", &*name))),
                Event::End(tag) => {
                    let name = tag.local_name().as_ref().to_owned();
                    let Some(note_at_hand) = &mut note else { continue };
                    if name == "note" {
                        return Ok(note);
                    }
                    if name == "resource" {
                        note_at_hand.resources.extend(resource.take());
                        continue;
                    }
                    if name == element {
                        take(note_at_hand, resource.as_mut(), &name, std::mem::take(&mut text));
                    }
                    element.clear();
                }
                // A truncated note is an error, not a note.
                Event::Eof if note.is_some() => return Err(io::ErrorKind::UnexpectedEof.into()),
                Event::Eof => return Ok(None),
                _ => {}
            }
        }
    }
}

fn attribute(tag: &BytesStart<'_>, name: &str) -> String {
    let found = tag.html_attributes().filter_map(Result::ok).find(|attribute| attribute.key.as_ref() == name);
    found.map(|attribute| scan::decode(&attribute.value).into_owned()).unwrap_or_default()
}

/// Creates the attachment that the kept note refers to by digest.
fn started(tag: &BytesStart<'_>) -> Resource {
    Resource { md5: attribute(tag, "hash"), ..Resource::default() }
}

/// Base64 with or without padding, as programs differ; the caller removes line breaks.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

fn take(note: &mut Note, resource: Option<&mut Resource>, name: &str, text: String) {
    let slot = match (resource, name) {
        (Some(resource), "data") => {
            let packed: Vec<u8> = text.into_bytes().into_iter().filter(|byte| !byte.is_ascii_whitespace()).collect();
            resource.data = BASE64.decode(packed).unwrap_or_default();
            resource.md5 = hex::encode(Md5::digest(&resource.data));
            return;
        }
        (Some(resource), "mime") => &mut resource.mime,
        (Some(resource), "source-url") => &mut resource.source_url,
        (None, "title") => &mut note.title,
        (None, "content") => &mut note.content,
        (None, "created") => &mut note.created,
        (None, "updated") => &mut note.updated,
        (None, "source-url") => &mut note.source_url,
        (None, "source") => &mut note.source,
        _ => return,
    };
    if slot.is_empty() {
        text.trim().clone_into(slot);
    }
}

impl Note {
    /// Returns the note as evidence: without the bytes of its attachments, which are stored separately.
    pub fn to_evidence(&self) -> Vec<u8> {
        let mut leaf = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<note>");
        let put = |leaf: &mut String, name: &str, text: &str| {
            if !text.is_empty() {
                leaf.extend(["<", name, ">"]);
                escape_text(text, leaf);
                leaf.extend(["</", name, ">"]);
            }
        };
        put(&mut leaf, "title", &self.title);
        put(&mut leaf, "content", &self.content);
        put(&mut leaf, "created", &self.created);
        put(&mut leaf, "updated", &self.updated);
        put(&mut leaf, "source", &self.source);
        put(&mut leaf, "source-url", &self.source_url);
        for resource in &self.resources {
            leaf.push_str("<resource hash=\"");
            escape_attribute(&resource.md5, &mut leaf);
            leaf.push_str("\">");
            put(&mut leaf, "mime", &resource.mime);
            put(&mut leaf, "source-url", &resource.source_url);
            leaf.push_str("</resource>");
        }
        leaf.push_str("</note>\n");
        leaf.into_bytes()
    }

    /// Returns the content as HTML with its attachments as media references.
    pub fn html(&self) -> String {
        let content = self.content.as_str();
        // Skips the declarations before the note.
        let start = content.find("<en-note").unwrap_or_default();
        let content = content[start..].replace("<en-note", "<div").replace("</en-note>", "</div>");
        let bytes = content.as_bytes();
        let mut free: Vec<&Resource> = {
            let called: Vec<String> = scan::tags(bytes, b"<en-media")
                .filter_map(|tag| tag.attribute("hash").map(|hash| hash.to_ascii_lowercase()))
                .collect();
            self.resources.iter().filter(|resource| !called.contains(&resource.md5)).collect()
        };
        free.reverse();
        let (mut out, mut written) = (String::with_capacity(content.len()), 0);
        for at in memchr::memmem::find_iter(bytes, b"<en-media") {
            let Some(tag) = scan::Tag::at(bytes, at).filter(|_| at >= written) else { continue };
            out.push_str(&content[written..at]);
            written = tag.end;
            let hash = tag.attribute("hash").unwrap_or_default().to_ascii_lowercase();
            // A digest without an attachment refers to the next attachment that nothing refers to.
            let resource = self.resources.iter().find(|resource| resource.md5 == hash).or_else(|| free.pop());
            let Some(resource) = resource else { continue };
            let kind = tag.attribute("type").map_or_else(|| resource.mime.clone(), std::borrow::Cow::into_owned);
            if kind.starts_with("image") || kind.is_empty() {
                out.extend(["<img src=\"", MEDIA_SCHEME, resource.key().as_str(), "\">"]);
            }
        }
        out.push_str(&content[written..]);
        out.replace("</en-media>", "")
    }
}

/// Parses `20240105T020000Z`.
pub fn time_of(text: &str) -> Option<Time> {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let part = |range: std::ops::Range<usize>| digits.get(range);
    let instant = format!(
        "{}-{}-{}T{}:{}:{}Z",
        part(0..4)?,
        part(4..6)?,
        part(6..8)?,
        part(8..10)?,
        part(10..12)?,
        part(12..14)?
    );
    instant.parse().ok()
}

/// A reader that fails when an element is longer than the limit.
struct Bounded<R> {
    from: R,
    left: u64,
}

impl<R: BufRead> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.fill_buf()?.read(buffer)?;
        self.consume(count);
        Ok(count)
    }
}

impl<R: BufRead> BufRead for Bounded<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.left == 0 {
            return Err(io::Error::other("one element is too long"));
        }
        self.from.fill_buf()
    }

    fn consume(&mut self, count: usize) {
        self.left = self.left.saturating_sub(count as u64);
        self.from.consume(count);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXPORT: &str = r#"<?xml version="1.0"?><!DOCTYPE en-export SYSTEM "x"><en-export><note><title>题 &amp; 目</title>
        <content><![CDATA[<?xml version="1.0"?><!DOCTYPE en-note SYSTEM "y"><en-note><div>正文</div><en-media type="image/png" hash="900150983CD24FB0D6963F7D28E17F72"/><en-media type="image/png" hash="00"></en-media></en-note>]]></content>
        <created>20240105T020000Z</created><note-attributes><source>web.clip</source><source-url>https://a</source-url></note-attributes>
        <resource><data encoding="base64">YWJj
        </data><mime>image/png</mime><resource-attributes><source-url>https://mmbiz.qpic.cn/mmbiz_png/A/640</source-url></resource-attributes></resource>
        <resource><data>ZGVm</data><mime>image/png</mime></resource></note><note><title>二</title></note></en-export>"#;

    #[test]
    fn notes_are_read_one_after_the_other() {
        let mut notes = Notes::new(EXPORT.as_bytes());
        let note = notes.next_note().unwrap().unwrap();
        assert_eq!(
            (note.title.as_str(), note.source_url.as_str(), note.source.as_str()),
            ("题 & 目", "https://a", "web.clip")
        );
        assert_eq!(time_of(&note.created), Time::from_unix(1_704_420_000));
        assert_eq!((note.resources.len(), note.resources[0].data.as_slice()), (2, b"abc".as_slice()));
        assert_eq!(note.resources[0].key(), MediaKey::of_url("https://mmbiz.qpic.cn/sz_mmbiz_png/A/0"));
        let html = note.html();
        let names: Vec<String> = note
            .resources
            .iter()
            .map(|resource| format!("<img src=\"{MEDIA_SCHEME}{}\">", resource.key().as_str()))
            .collect();
        assert_eq!(html, format!("<div><div>正文</div>{}</div>", names.concat()));
        // The kept note reads the same.
        let again = Notes::new(note.to_evidence().as_slice()).next_note().unwrap().unwrap();
        assert_eq!((again.html(), again.title, again.source_url), (html, note.title, note.source_url));
        assert_eq!(notes.next_note().unwrap().unwrap().title, "二");
        assert_eq!(notes.next_note().unwrap(), None);
    }

    #[test]
    fn what_breaks_off_is_an_error() {
        let cut = EXPORT.find("<created>").unwrap();
        assert!(Notes::new(&EXPORT.as_bytes()[..cut]).next_note().is_err());
        for cut in 0..EXPORT.len() {
            let mut notes = Notes::new(&EXPORT.as_bytes()[..cut]);
            while let Ok(Some(note)) = notes.next_note() {
                let _ = note.html();
            }
        }
    }
}
