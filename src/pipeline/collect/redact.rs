//! Redacts a leaf before it is kept, in the form in which secrets can be found: a workbook member by member, UTF-16 as
//! decoded text. A leaf that cannot be searched is not kept; a note replaces it.

use std::borrow::Cow;
use std::io::{Cursor, Read as _, Write as _};

use zip::{CompressionMethod, ZipArchive, ZipWriter};

use crate::parse::encoding;
use crate::platform;
use crate::secret::{Redacted, SecretSet, redact};
use crate::source::input::probe::is_utf16;

/// Bytes up to which a member of a workbook is read; the table readers have the same limit.
const LARGEST_MEMBER: u64 = 512 * 1024 * 1024;

/// The redacted form of a leaf.
pub(crate) struct Redaction<'a> {
    pub(crate) bytes: Cow<'a, [u8]>,
    /// Number of blanked places.
    pub(crate) blanked: u32,
    /// Whether the leaf could be searched; if not, `bytes` are a note that says so.
    pub(crate) checked: bool,
}

/// Removes the secrets from a leaf.
pub(crate) fn clean<'a>(bytes: &'a [u8], locator: &str, secrets: &SecretSet) -> Redaction<'a> {
    let Redacted { bytes: kept, spans, checked } = redact(bytes, secrets);
    if checked {
        return Redaction { bytes: kept, blanked: count(spans.len()), checked };
    }
    let cleaned = match is_utf16(bytes) {
        true => text(&encoding::decode(bytes, None).text(), secrets),
        false if bytes.starts_with(b"PK\x03\x04") => workbook(bytes, secrets),
        false => None,
    };
    match cleaned {
        Some((_, 0)) => Redaction { bytes: Cow::Borrowed(bytes), blanked: 0, checked: true },
        Some((kept, blanked)) => Redaction { bytes: Cow::Owned(kept), blanked, checked: true },
        None => {
            let note =
                format!("liudi: not kept, secrets cannot be searched for in it: {locator}, {} bytes\n", bytes.len());
            Redaction { bytes: Cow::Owned(note.into_bytes()), blanked: 1, checked: false }
        }
    }
}

fn count(spans: usize) -> u32 {
    u32::try_from(spans).unwrap_or(u32::MAX)
}

fn text(text: &str, secrets: &SecretSet) -> Option<(Vec<u8>, u32)> {
    let blanked = redact(text.as_bytes(), secrets);
    blanked.checked.then(|| (blanked.bytes.to_vec(), count(blanked.spans.len())))
}

/// Rewrites the workbook with its texts blanked and counts the blanked places. Members that are not text (pictures,
/// macros) are left out of a rewritten workbook. The result does not depend on the clock.
fn workbook(bytes: &[u8], secrets: &SecretSet) -> Option<(Vec<u8>, u32)> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).ok()?;
    let mut out = ZipWriter::new(Cursor::new(Vec::new()));
    let options = platform::zip_member().compression_method(CompressionMethod::Deflated);
    let mut places = 0;
    for index in 0..archive.len() {
        let mut member = archive.by_index(index).ok()?;
        let mut content = Vec::new();
        (&mut member).take(LARGEST_MEMBER + 1).read_to_end(&mut content).ok()?;
        if content.len() as u64 > LARGEST_MEMBER {
            return None;
        }
        let blanked = redact(&content, secrets);
        if !blanked.checked {
            continue;
        }
        places += count(blanked.spans.len());
        out.start_file(member.name().ok()?, options).ok()?;
        out.write_all(&blanked.bytes).ok()?;
    }
    Some((out.finish().ok()?.into_inner(), places))
}

#[cfg(test)]
mod tests {
    use zip::write::SimpleFileOptions;

    use super::*;

    const PLANTED: &str =
        "https://mp.weixin.qq.com/s?__biz=MzA5MDAwMDAwMQ==&mid=1&idx=1&pass_ticket=hbVq8SecretTicket0099";
    const SECRET: &[u8] = b"hbVq8SecretTicket0099";

    fn holds(bytes: &[u8], what: &[u8]) -> bool {
        memchr::memmem::find(bytes, what).is_some()
    }

    fn zipped(members: &[(&str, &[u8])]) -> Vec<u8> {
        let mut out = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in members {
            out.start_file(*name, SimpleFileOptions::default()).unwrap();
            out.write_all(bytes).unwrap();
        }
        out.finish().unwrap().into_inner()
    }

    #[test]
    fn a_workbook_loses_its_secrets_and_stays_a_workbook() {
        let sheet = format!("<c><v>{}</v></c>", PLANTED.replace('&', "&amp;"));
        let whole = zipped(&[("xl/sheet1.xml", sheet.as_bytes()), ("xl/media/a.png", b"\x89PNG\0\0\0\0")]);
        let leaf = clean(&whole, "a.xlsx", &SecretSet::default());
        assert!(leaf.checked && leaf.blanked > 0);
        let mut archive = ZipArchive::new(Cursor::new(leaf.bytes.as_ref())).unwrap();
        let mut text = Vec::new();
        archive.by_name("xl/sheet1.xml").unwrap().read_to_end(&mut text).unwrap();
        assert_eq!(text.len(), sheet.len());
        assert!(holds(&text, b"mid=1") && !holds(&text, SECRET));
    }

    #[test]
    fn a_workbook_without_secrets_stays_as_it_is() {
        let whole = zipped(&[("xl/sheet1.xml", b"<c><v>\xe8\xb0\xb7\xe9\x9b\xa8</v></c>")]);
        let leaf = clean(&whole, "a.xlsx", &SecretSet::default());
        assert_eq!((leaf.bytes.as_ref(), leaf.blanked, leaf.checked), (whole.as_slice(), 0, true));
    }

    #[test]
    fn utf16_is_searched_as_the_text_it_is() {
        let wide = |text: &str, big: bool| -> Vec<u8> {
            text.encode_utf16().flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
        };
        for (mark, big) in [("", false), ("", true), ("\u{feff}", false), ("\u{feff}", true)] {
            let wide = |text: &str| wide(&format!("{mark}{text}"), big);
            let planted = wide(PLANTED);
            let leaf = clean(&planted, "a.txt", &SecretSet::default());
            assert!(leaf.checked && holds(&leaf.bytes, b"mid=1") && !holds(&leaf.bytes, SECRET));
            let plain = wide("https://mp.weixin.qq.com/s/abc");
            let leaf = clean(&plain, "a.txt", &SecretSet::default());
            assert_eq!((leaf.bytes.as_ref(), leaf.checked), (plain.as_slice(), true));
        }
    }

    #[test]
    fn what_cannot_be_searched_is_named_and_not_kept() {
        let leaf = clean(b"\x00\x01hbVq8SecretTicket0099", "in/a.bin", &SecretSet::default());
        assert!(!leaf.checked && holds(&leaf.bytes, b"in/a.bin") && !holds(&leaf.bytes, SECRET));
    }
}
