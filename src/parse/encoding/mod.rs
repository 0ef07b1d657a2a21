//! Determines the encoding of a text in memory, and repairs texts that were decoded wrongly before they were saved.
//!
//! A byte-order mark decides. Next is validity: valid UTF-8 is UTF-8, whatever the text declares. Next is the
//! declaration (`Content-Type`, XML, `<meta>`), if the bytes agree with it, and finally a guess from the bytes.

pub mod mojibake;

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{BIG5, Encoding, GB18030, GBK, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use super::page::scan;

/// A text decoded to UTF-8.
#[derive(Clone, Debug)]
pub struct Decoded<'a> {
    /// The bytes of the text; valid UTF-8.
    pub bytes: Cow<'a, [u8]>,
    /// The original encoding.
    pub encoding: &'static str,
    /// The number of undecodable sequences: each is a U+FFFD in the text that the author did not write.
    pub lost: usize,
    /// Whether the text had been decoded as Latin-1 before it was saved, and this was reversed.
    pub repaired: bool,
}

impl Decoded<'_> {
    /// Returns the text.
    pub fn text(&self) -> Cow<'_, str> {
        lossy(&self.bytes)
    }
}

/// Returns `bytes` as text, like [`String::from_utf8_lossy`], which looks at every character for what is broken: several
/// times slower than finding that nothing is.
pub fn lossy(bytes: &[u8]) -> Cow<'_, str> {
    std::str::from_utf8(bytes).map_or_else(|_| String::from_utf8_lossy(bytes), Cow::Borrowed)
}

/// Number of bytes searched for a declaration.
const HEAD: usize = 16 * 1024;

/// Decodes `bytes`. `label` is an external declaration of the encoding, such as a `Content-Type`.
pub fn decode<'a>(bytes: &'a [u8], label: Option<&str>) -> Decoded<'a> {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        let rest = &bytes[mark..];
        return if encoding == UTF_8 { utf8(rest).unwrap_or_else(|| by(UTF_8, rest)) } else { by(encoding, rest) };
    }
    if let Some(encoding) = utf16(bytes) {
        return by(encoding, bytes);
    }
    let declared = label.and_then(encoding_of).or_else(|| declared(&bytes[..bytes.len().min(HEAD)]));
    if let Some(text) = utf8(bytes) {
        return declared.and_then(|encoding| two_readings(&text, encoding, bytes)).unwrap_or(text);
    }
    // UTF-8 with a few broken bytes is kept: another encoding may decode it without an error, but to garbage.
    let as_utf8 = by(UTF_8, bytes);
    if as_utf8.lost * 10 <= wide(&as_utf8.text()) {
        return as_utf8;
    }
    let guess = guess(bytes, true);
    let chinese = if guess == BIG5 || looks_like_big5(bytes) { [BIG5, GB18030] } else { [GB18030, BIG5] };
    let candidates = declared.into_iter().chain(chinese).chain([guess]);
    let mut best = as_utf8;
    for encoding in candidates {
        let text = by(encoding, bytes);
        if text.lost == 0 {
            return text;
        }
        if text.lost < best.lost {
            best = text;
        }
    }
    best
}

/// Decodes a text that may have been decoded wrongly before it was saved, and reverses this if the reversal is exact.
pub fn decode_and_repair<'a>(bytes: &'a [u8], label: Option<&str>) -> Decoded<'a> {
    let decoded = decode(bytes, label);
    let text = decoded.text();
    if let Some(text) = undone(&text) {
        Decoded { bytes: Cow::Owned(text.into_bytes()), repaired: true, ..decoded }
    } else {
        let lost = decoded.lost + if is_garbled(&text) { suspicious(&text) } else { 0 };
        drop(text);
        Decoded { lost, ..decoded }
    }
}

/// Guesses the encoding of a text that is not UTF-8; `whole` if nothing follows it.
fn guess(bytes: &[u8], whole: bool) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, whole);
    detector.guess(Some(b"cn"), Utf8Detection::Deny)
}

/// Returns the encoding of a text that is not UTF-8 and begins with `sample`; `whole` if the input ends after it.
pub(super) fn of_sample(sample: &[u8], whole: bool) -> &'static Encoding {
    let guess = guess(sample, whole);
    // A few characters are too little for a guess, so text that is valid in a Chinese encoding is taken as Chinese.
    if guess != BIG5 && looks_like_big5(sample) && reads_as(BIG5, sample) {
        BIG5
    } else if guess == BIG5 || !reads_as(GB18030, sample) {
        guess
    } else {
        GB18030
    }
}

/// Reports whether the second bytes of characters look like Big5: many are ASCII, which is rare in simplified Chinese,
/// and none is between ASCII and 0xA1, where a fifth of the traditional characters of GBK have theirs.
fn looks_like_big5(bytes: &[u8]) -> bool {
    let (mut at, mut pairs, mut low) = (0, 0_usize, 0_usize);
    while let Some(&[lead, trail]) = bytes.get(at..at + 2) {
        if lead < 0x80 {
            at += 1;
            continue;
        }
        if !(0xa1..=0xf9).contains(&lead) || !matches!(trail, 0x40..=0x7e | 0xa1..=0xfe) {
            return false;
        }
        pairs += 1;
        low += usize::from(trail < 0x80);
        at += 2;
    }
    pairs >= 8 && low * 5 >= pairs
}

/// Reports whether `sample` is valid in `encoding`; its last character may be truncated.
fn reads_as(encoding: &'static Encoding, sample: &[u8]) -> bool {
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let mut text = vec![0; sample.len() * 3 + 16];
    let (result, ..) = decoder.decode_to_utf8_without_replacement(sample, &mut text, false);
    result == encoding_rs::DecoderResult::InputEmpty
}

/// Returns valid UTF-8, also if its last character is truncated.
fn utf8(bytes: &[u8]) -> Option<Decoded<'_>> {
    let whole = match std::str::from_utf8(bytes) {
        Ok(_) => bytes,
        Err(error) if error.error_len().is_none() => &bytes[..error.valid_up_to()],
        Err(_) => return None,
    };
    Some(Decoded { bytes: Cow::Borrowed(whole), encoding: UTF_8.name(), lost: 0, repaired: false })
}

/// Decodes a text that is valid in two encodings by its declaration: "联通" in GBK, for example, is valid UTF-8.
fn two_readings<'a>(text: &Decoded<'_>, declared: &'static Encoding, bytes: &'a [u8]) -> Option<Decoded<'a>> {
    if declared == UTF_8 {
        return None;
    }
    let (mut any, mut only) = (false, true);
    for character in text.text().chars().filter(|character| !character.is_ascii()) {
        any = true;
        only &= character < '\u{800}';
    }
    (any && only).then(|| by(declared, bytes)).filter(|other| other.lost == 0 && wide(&other.text()) > 0)
}

/// Decodes as `encoding`, counting undecodable sequences.
fn by(encoding: &'static Encoding, bytes: &[u8]) -> Decoded<'static> {
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let mut text = String::with_capacity(bytes.len() + bytes.len() / 2 + 16);
    let (mut rest, mut lost) = (bytes, 0);
    loop {
        text.reserve(decoder.max_utf8_buffer_length_without_replacement(rest.len()).unwrap_or(rest.len() * 3 + 16));
        let (result, read) = decoder.decode_to_string_without_replacement(rest, &mut text, true);
        rest = &rest[read..];
        match result {
            encoding_rs::DecoderResult::InputEmpty => break,
            encoding_rs::DecoderResult::OutputFull => {}
            encoding_rs::DecoderResult::Malformed(..) => {
                lost += 1;
                text.push('\u{fffd}');
            }
        }
    }
    Decoded { bytes: Cow::Owned(text.into_bytes()), encoding: encoding.name(), lost, repaired: false }
}

/// Returns the encoding of a label; GBK is read as its superset GB18030.
fn encoding_of(label: &str) -> Option<&'static Encoding> {
    let encoding = Encoding::for_label(label.trim().trim_matches(['"', '\'']).as_bytes())?;
    Some(if encoding == GBK { GB18030 } else { encoding })
}

/// Returns the encoding that a page or XML text declares. UTF-16 declared in ASCII is ignored.
fn declared(head: &[u8]) -> Option<&'static Encoding> {
    let start = head.trim_ascii_start();
    let xml = start.strip_prefix(b"<?xml").and_then(|rest| {
        let end = memchr::memchr(b'>', rest)?;
        let at = memchr::memmem::find(&rest[..end], b"encoding")? + b"encoding".len();
        let value = rest[at..end].trim_ascii_start().strip_prefix(b"=")?.trim_ascii_start();
        let value = &value[1.min(value.len())..];
        let close = value.iter().position(|byte| matches!(byte, b'"' | b'\''))?;
        std::str::from_utf8(&value[..close]).ok().map(str::to_owned)
    });
    let meta = || {
        scan::tags(head, b"<meta").find_map(|tag| {
            let charset = tag.attribute("charset").map(Cow::into_owned);
            charset.or_else(|| charset_of(&tag.attribute("content")?).map(str::to_owned))
        })
    };
    let encoding = xml.or_else(meta).and_then(|label| encoding_of(&label))?;
    (encoding != UTF_16LE && encoding != UTF_16BE).then_some(encoding)
}

/// Returns the `charset` of a content type.
pub fn charset_of(content_type: &str) -> Option<&str> {
    let at = content_type.to_ascii_lowercase().find("charset")? + "charset".len();
    let value = content_type[at..].trim_start().strip_prefix('=')?.trim_start().trim_start_matches(['"', '\'']);
    let end = value.find(|c: char| c.is_whitespace() || matches!(c, ';' | '"' | '\'' | ',')).unwrap_or(value.len());
    Some(&value[..end]).filter(|value| !value.is_empty())
}

/// Detects UTF-16 without a byte-order mark, by the zero bytes of its ASCII characters.
pub fn utf16(bytes: &[u8]) -> Option<&'static Encoding> {
    let sample = &bytes[..bytes.len().min(4096)];
    let (pairs, _) = sample.as_chunks::<2>();
    let noughts = |at: usize| pairs.iter().filter(|pair| pair[at] == 0).count() * 4 > pairs.len();
    match (pairs.len() > 8, noughts(0), noughts(1)) {
        (true, false, true) => Some(UTF_16LE),
        (true, true, false) => Some(UTF_16BE),
        _ => None,
    }
}

/// Counts the characters of CJK scripts, with their punctuation.
fn wide(text: &str) -> usize {
    text.chars().filter(|character| matches!(character, '\u{2e80}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}' | '\u{ff00}'..='\u{ffef}')).count()
}

/// Returns the text whose UTF-8 was read as Latin-1 or Windows-1252 (`æ–‡ç« `). Returns `None` if this cannot be
/// reversed exactly: every character must map to a byte, and the bytes must be UTF-8 with a character from U+2000 on,
/// as in Chinese.
pub fn undone(text: &str) -> Option<String> {
    if text.is_ascii() {
        return None;
    }
    let bytes: Vec<u8> = text.chars().map(byte_of).collect::<Option<_>>()?;
    let undone = String::from_utf8(bytes).ok()?;
    (undone.chars().any(|character| character >= '\u{2000}')
        && !undone.chars().any(|character| matches!(character, '\u{80}'..='\u{9f}' | '\u{fffd}')))
    .then_some(undone)
}

/// Returns the byte of a character in Latin-1, or else in Windows-1252.
fn byte_of(character: char) -> Option<u8> {
    if let Ok(byte) = u8::try_from(u32::from(character)) {
        return Some(byte);
    }
    if !matches!(character, '\u{152}'..='\u{2122}') {
        return None;
    }
    let mut buffer = [0; 4];
    match WINDOWS_1252.encode(character.encode_utf8(&mut buffer)) {
        (bytes, _, false) => bytes.first().copied().filter(|_| bytes.len() == 1),
        _ => None,
    }
}

/// Counts the sequences in `text` that look like UTF-8 read as Latin-1: a lead byte and its continuation.
fn suspicious(text: &str) -> usize {
    let mut found = 0;
    let mut wanted = 0;
    for character in text.chars() {
        let byte = if character.is_ascii() { None } else { byte_of(character) };
        match byte {
            Some(0x80..=0xbf) if wanted > 0 => {
                wanted -= 1;
                found += usize::from(wanted == 0);
            }
            Some(0xe3..=0xef) => wanted = 2,
            _ => wanted = 0,
        }
    }
    found
}

/// Reports whether `text` looks more like UTF-8 that was read as Latin-1 than like proper text.
pub fn is_garbled(text: &str) -> bool {
    // In UTF-8, the lead bytes searched for begin with this byte, as few other characters do.
    if memchr::memchr_iter(0xc3, text.as_bytes()).take(2).count() < 2 {
        return false;
    }
    let found = suspicious(text);
    found >= 2 && found > wide(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "<html><head><meta charset=\"CHARSET\"><title>国标编码的文章</title></head><body><p>正文：“引号”——破折号，今天天气不错</p></body></html>";

    fn page(charset: &str) -> String {
        PAGE.replace("CHARSET", charset)
    }

    fn utf16_of(text: &str, big: bool) -> Vec<u8> {
        text.encode_utf16().flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
    }

    #[test]
    fn a_page_is_decoded_whatever_it_declares() {
        for charset in ["utf-8", "gb2312", "gbk", "GB18030", "big5", "latin1", "utf-16", "nonsense", ""] {
            let text = page(charset);
            let gbk = GB18030.encode(&text).0.into_owned();
            for bytes in [text.clone().into_bytes(), gbk, utf16_of(&text, false), utf16_of(&text, true)] {
                let found = decode(&bytes, None);
                // A page in GBK is read as it declares if the declared encoding decodes it without an error.
                if matches!(charset, "latin1" | "big5") && found.encoding != "UTF-8" && !bytes.contains(&0) {
                    continue;
                }
                assert_eq!((found.text().as_ref(), found.lost), (text.as_str(), 0), "{charset} {}", found.encoding);
            }
            let mut marked = vec![0xff, 0xfe];
            marked.extend(utf16_of(&text, false));
            assert_eq!(decode(&marked, Some("utf-8")).text(), text);
            let marked = [b"\xef\xbb\xbf", text.as_bytes()].concat();
            assert_eq!(decode(&marked, Some("gbk")).text(), text);
        }
        let text = page("big5").replace(['国', '标', '编', '码', '气', '错', '号', '章', '题'], "字");
        let (big5, _, failed) = BIG5.encode("<meta charset=big5><p>繁體中文的文章，今天天氣很好</p>");
        assert!(!failed && !text.is_empty());
        assert!(decode(&big5, None).text().contains("今天天氣很好"));
        assert!(
            decode(&big5[big5.iter().position(|byte| *byte == b'p').unwrap()..], Some("Big5")).text().contains("今天")
        );
        // Without a declaration: a bill from Hong Kong that Excel saved again, and the same text in GBK.
        let bill = "微信支付賬單明細，交易時間，交易類型，交易對方，商品，收支，金額，支付方式，當前狀態，交易單號，商戶單號，備註";
        for encoding in [BIG5, GB18030] {
            let (bytes, _, failed) = encoding.encode(bill);
            assert!(!failed);
            assert_eq!(decode(&bytes, None).text(), bill, "{}", encoding.name());
            assert_eq!(of_sample(&bytes, true).name(), encoding.name());
        }
        assert_eq!(decode(b"<meta charset=gbk>\xc1\xaa\xcd\xa8", None).text(), "<meta charset=gbk>联通");
        assert_eq!(charset_of("text/html; Charset=\"GBK\"; x=1"), Some("GBK"));
    }

    #[test]
    fn what_is_lost_is_counted_and_what_the_author_wrote_is_not() {
        assert_eq!(decode("作者写的 \u{fffd}".as_bytes(), None).lost, 0);
        let mut bytes = page("utf-8").into_bytes();
        let at = bytes.len() - 30;
        bytes[at] = 0xff;
        let found = decode(&bytes, None);
        assert_eq!((found.encoding, found.lost > 0), ("UTF-8", true));
        assert_eq!(decode("正文".as_bytes().split_last().unwrap().1, None).lost, 0, "cut off, not lost");
    }

    #[test]
    fn texts_read_as_latin_1_are_undone_where_it_is_exact() {
        let text = "文章：“正文” abc é";
        let latin: String = text.bytes().map(char::from).collect();
        assert_eq!(undone(&latin).as_deref(), Some(text));
        let windows = WINDOWS_1252.decode_without_bom_handling(text.as_bytes()).0.into_owned();
        assert_eq!(undone(&windows).as_deref(), Some(text));
        for other in ["abc", "café", "Ã©", "正文", "naïve “quoted” text"] {
            assert_eq!(undone(other), None, "{other}");
        }
        assert!(is_garbled(&latin.replacen('\u{96}', "?", 1)) && !is_garbled("café naïve"));
        let page: String = page("utf-8").bytes().map(char::from).collect();
        let found = decode_and_repair(page.as_bytes(), None);
        assert!(found.repaired && found.text().contains("国标编码的文章"));
        let broken = page.replacen('\u{9b}', "?", 1);
        assert!(decode_and_repair(broken.as_bytes(), None).lost > 0);
    }

    proptest::proptest! {
        #[test]
        fn valid_text_is_itself(text in "\\PC{1,60}", declared in "(<meta charset=(utf-8|big5|x)>)?") {
            let text = format!("{declared}汉字{text}");
            let found = decode(text.as_bytes(), None);
            proptest::prop_assert_eq!(found.text().into_owned(), text);
        }

        #[test]
        fn nothing_panics(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..200)) {
            let _ = decode_and_repair(&bytes, Some("gbk"));
        }
    }
}
