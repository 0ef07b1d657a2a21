//! Writes XML piece by piece. Characters that XML 1.0 cannot represent in any form are left out, since a single one in
//! a title would make the whole file unreadable.

use std::borrow::Cow;
use std::io::Write;

use quick_xml::Writer;
use quick_xml::events::{BytesCData, BytesDecl, BytesEnd, BytesStart, BytesText, Event};

use crate::error::{Error, Result};

/// A document being written.
pub(super) struct Xml<'o> {
    writer: Writer<&'o mut dyn Write>,
    /// Function that returns the error for a failed write.
    failed: fn(std::io::Error) -> Error,
}

impl<'o> Xml<'o> {
    /// Begins a document.
    pub(super) fn new(out: &'o mut dyn Write, failed: fn(std::io::Error) -> Error) -> Result<Self> {
        let mut xml = Self { writer: Writer::new_with_indent(out, b' ', 1), failed };
        xml.event(Event::Decl(BytesDecl::new("1.0", Some("utf-8"), None)))?;
        Ok(xml)
    }

    pub(super) fn open(&mut self, name: &str, attributes: &[(&str, &str)]) -> Result<()> {
        self.event(Event::Start(start(name, attributes)))
    }

    pub(super) fn close(&mut self, name: &str) -> Result<()> {
        self.event(Event::End(BytesEnd::new(name)))
    }

    pub(super) fn empty(&mut self, name: &str, attributes: &[(&str, &str)]) -> Result<()> {
        self.event(Event::Empty(start(name, attributes)))
    }

    /// Writes an element that holds only text.
    pub(super) fn leaf(&mut self, name: &str, attributes: &[(&str, &str)], text: &str) -> Result<()> {
        self.open(name, attributes)?;
        self.event(Event::Text(BytesText::new(&allowed(text))))?;
        self.close(name)
    }

    /// Writes an element that holds only text, as a section that is not escaped.
    pub(super) fn cdata(&mut self, name: &str, attributes: &[(&str, &str)], text: &str) -> Result<()> {
        self.open(name, attributes)?;
        for section in BytesCData::escaped(&allowed(text)) {
            self.event(Event::CData(section))?;
        }
        self.close(name)
    }

    /// Ends the document.
    pub(super) fn finish(self) -> Result<()> {
        self.writer.into_inner().write_all(b"\n").map_err(self.failed)
    }

    fn event(&mut self, event: Event<'_>) -> Result<()> {
        self.writer.write_event(event).map_err(self.failed)
    }
}

fn start<'a>(name: &'a str, attributes: &[(&'a str, &'a str)]) -> BytesStart<'a> {
    let mut start = BytesStart::new(name);
    for (name, value) in attributes {
        start.push_attribute((*name, allowed(value).as_ref()));
    }
    start
}

/// Returns `text` without the characters that no XML document may hold.
pub(super) fn allowed(text: &str) -> Cow<'_, str> {
    let good =
        |c: char| matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
    if text.chars().all(good) { Cow::Borrowed(text) } else { Cow::Owned(text.chars().filter(|c| good(*c)).collect()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_xml_cannot_hold_is_left_out_and_the_rest_escaped() {
        let mut out: Vec<u8> = Vec::new();
        let mut xml = Xml::new(&mut out, |error| Error::other("feed-write-failed").because(error)).unwrap();
        xml.open("a", &[("b", "\"<\u{1}>&")]).unwrap();
        xml.leaf("c", &[], "一\u{8}二 & <三>\u{ffff}").unwrap();
        xml.cdata("d", &[], "<p>]]></p>\u{0}").unwrap();
        xml.close("a").unwrap();
        xml.finish().unwrap();
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<a b=\"&quot;&lt;&gt;&amp;\">\n <c>一二 &amp; &lt;三&gt;</c>\n \
             <d><![CDATA[<p>]]]]><![CDATA[></p>]]></d>\n</a>\n"
        );
    }
}
