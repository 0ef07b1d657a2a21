//! Redacts evidence: overwrites secrets and visitor fields without changing the length, so that every parser can still
//! read the leaf and every offset in it stays valid.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;
use std::io::{self, Read};
use std::ops::Range;

use super::forms::forms;
use super::scan::{ScanResult, scan};
use super::text::{cover, is_blank};
use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use memchr::memmem;

/// Secret values known in a run. `Debug` shows only their number.
#[derive(Clone, Default)]
pub struct SecretSet {
    values: BTreeSet<Vec<u8>>,
    finder: Option<AhoCorasick>,
}

impl fmt::Debug for SecretSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretSet({})", self.values.len())
    }
}

impl SecretSet {
    /// Creates a set of these values (found by [`secrets_in`], or credentials from the user). Values shorter than 8
    /// bytes are ignored: they would match ordinary text.
    pub fn new(values: impl IntoIterator<Item = Vec<u8>>) -> Self {
        let values: BTreeSet<Vec<u8>> =
            values.into_iter().filter(|value| value.len() >= 8 && !is_blank(value)).collect();
        let finder = finder(values.iter().flat_map(|value| forms(value, true)), None);
        Self { values, finder }
    }

    /// Returns a set of these values and `more`.
    pub fn with(&self, more: impl IntoIterator<Item = Vec<u8>>) -> Self {
        let more: Vec<Vec<u8>> = more.into_iter().filter(|value| !self.values.contains(value)).collect();
        if more.is_empty() { self.clone() } else { Self::new(self.values.iter().cloned().chain(more)) }
    }

    /// Returns the number of values.
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Reports whether there are no values.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// Finds every value, in any form, in a file of any size: the check before the file is stored permanently.
    pub fn spans_in(&self, mut reader: impl Read) -> io::Result<Vec<Range<u64>>> {
        const STEP: usize = 256 * 1024;
        let Some(finder) = &self.finder else { return Ok(Vec::new()) };
        // A match across two windows is complete in the second one, with the bytes before and after it.
        let overlap = finder.max_pattern_len() + 2;
        let (mut window, mut at) = (Vec::with_capacity(STEP + overlap), 0_u64);
        let mut spans: Vec<Range<u64>> = Vec::new();
        loop {
            let came = reader.by_ref().take(STEP as u64).read_to_end(&mut window)?;
            let mut found = Vec::new();
            search(Some(finder), &window, &mut found);
            // A match at the start of a later window was found in the one before, where the byte before it was visible
            // too.
            found.retain(|span| (at == 0 || span.start > 0) && (came == 0 || span.end < window.len()));
            spans.extend(found.into_iter().map(|span| at + span.start as u64..at + span.end as u64));
            if came == 0 {
                spans.sort_by_key(|span| (span.start, span.end));
                spans.dedup();
                return Ok(spans);
            }
            let gone = window.len().saturating_sub(overlap);
            window.drain(..gone);
            at += gone as u64;
        }
    }
}

/// A leaf without its secrets.
#[derive(Debug)]
pub struct Redacted<'a> {
    /// Redacted bytes; as long as the original.
    pub bytes: Cow<'a, [u8]>,
    /// Overwritten spans: sorted, disjoint.
    pub spans: Vec<Range<usize>>,
    /// Whether the result could be checked. A leaf in an encoding that cannot be searched for secrets (UTF-16,
    /// compressed) could not: it must not be kept as evidence.
    pub checked: bool,
}

/// Finds the named session secrets of a leaf, in plain form, for [`SecretSet::new`].
pub fn secrets_in(bytes: &[u8]) -> Vec<Vec<u8>> {
    scan(bytes).map(|found| found.session).unwrap_or_default()
}

/// Blanks secrets and visitor fields in a leaf: those found by name, their values wherever else they occur in it, and
/// every value of `learned`; in plain, percent (once, twice), entity, JSON and JS escaped and base64 form.
pub fn redact<'a>(bytes: &'a [u8], learned: &SecretSet) -> Redacted<'a> {
    let mut kept = Cow::Borrowed(bytes);
    let mut spans: Vec<Range<usize>> = Vec::new();
    // A blanked value may have hidden another one (a name inside a value): repeat until nothing is found. Once is
    // usual.
    for _ in 0..4 {
        let Some(found) = scan(&kept) else { break };
        let mut round = found.spans.clone();
        // Used once: to build an automaton of one table would take longer than to search with it.
        let own = finder(own_forms(&found), Some(AhoCorasickKind::ContiguousNFA));
        search(own.as_ref(), &kept, &mut round);
        search(learned.finder.as_ref(), &kept, &mut round);
        if round.is_empty() {
            return Redacted { bytes: kept, spans: merged(spans), checked: is_searchable(bytes) };
        }
        let round = merged(round);
        let owned = kept.to_mut();
        for span in &round {
            cover(&mut owned[span.clone()]);
        }
        spans.extend(round);
    }
    Redacted { bytes: kept, spans: merged(spans), checked: false }
}

/// Blanks the secrets in the URLs of a text that must otherwise stay unchanged, in any grammar: query values, by name.
/// Other words that only look like secrets may be the author's.
pub fn links(text: String) -> String {
    let mut bytes = text.into_bytes();
    for _ in 0..4 {
        let spans: Vec<Range<usize>> = scan(&bytes).map(|found| found.spans).unwrap_or_default();
        let spans: Vec<Range<usize>> = spans.into_iter().filter(|span| is_in_query(&bytes, span.start)).collect();
        if spans.is_empty() {
            break;
        }
        for span in spans {
            cover(&mut bytes[span]);
        }
    }
    // Whole ASCII values were overwritten with ASCII.
    String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

/// Reports whether an offset is in the query of a URL: after a `?`, with no character in between that ends a URL.
fn is_in_query(bytes: &[u8], at: usize) -> bool {
    let from = at.saturating_sub(4096);
    let ends = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'"' | b'<' | b'>' | b'\'') || !byte.is_ascii();
    let start = bytes[from..at].iter().rposition(ends).map_or(from, |end| from + end + 1);
    let before = &bytes[start..at];
    [&b"?"[..], b"%3F", b"%3f", b"%253F", b"%253f", b"\\x3f", b"\\u003f"]
        .iter()
        .any(|mark| memmem::find(before, mark).is_some())
}

/// Reports whether text in `bytes` can be found by its ASCII bytes: neither UTF-16 nor compressed nor binary.
pub fn is_searchable(bytes: &[u8]) -> bool {
    let opaque: [&[u8]; 8] =
        [b"\xff\xfe", b"\xfe\xff", b"\x1f\x8b", b"PK\x03\x04", b"\x28\xb5\x2f\xfd", b"BZh", b"\xfd7zXZ", b"7z\xbc\xaf"];
    !opaque.iter().any(|magic| bytes.starts_with(magic)) && memchr::memchr(0, &bytes[..bytes.len().min(4096)]).is_none()
}

fn own_forms(found: &ScanResult) -> impl Iterator<Item = Vec<u8>> {
    let session = found.session.iter().flat_map(|value| forms(value, true));
    session.chain(found.visit.iter().flat_map(|value| forms(value, false)))
}

fn finder(forms: impl Iterator<Item = Vec<u8>>, kind: Option<AhoCorasickKind>) -> Option<AhoCorasick> {
    let forms: BTreeSet<Vec<u8>> = forms.collect();
    if forms.is_empty() {
        return None;
    }
    AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).kind(kind).build(forms).ok()
}

fn search(finder: Option<&AhoCorasick>, bytes: &[u8], spans: &mut Vec<Range<usize>>) {
    let Some(finder) = finder else { return };
    for found in finder.find_iter(bytes) {
        let span = found.range();
        // Digits inside a longer number are a different number.
        let number = bytes[span.clone()].iter().all(u8::is_ascii_digit);
        let touches = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_digit);
        let before = span.start.checked_sub(1).and_then(|at| bytes.get(at));
        if !(number && (touches(before) || touches(bytes.get(span.end)))) {
            spans.push(span);
        }
    }
}

/// Sorts spans and merges overlapping ones.
fn merged(mut spans: Vec<Range<usize>>) -> Vec<Range<usize>> {
    spans.sort_by_key(|span| (span.start, span.end));
    let mut merged: Vec<Range<usize>> = Vec::with_capacity(spans.len());
    for span in spans {
        match merged.last_mut() {
            Some(last) if span.start < last.end => last.end = last.end.max(span.end),
            _ => merged.push(span),
        }
    }
    merged
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD_NO_PAD;

    use super::*;

    fn blanked(text: &str) -> String {
        let result = redact(text.as_bytes(), &SecretSet::default());
        assert!(result.checked, "{text}");
        assert_eq!(result.bytes.len(), text.len());
        let mut other = text.as_bytes().to_vec();
        for span in &result.spans {
            other[span.clone()].copy_from_slice(&result.bytes[span.clone()]);
        }
        assert_eq!(other, *result.bytes, "nothing outside the spans changes");
        String::from_utf8(result.bytes.into_owned()).unwrap()
    }

    #[test]
    fn secrets_are_blanked_in_every_grammar() {
        for (text, kept) in [
            // URLs: plain, with entities, encoded once and twice, escaped.
            ("?a=1&key=0f1e2d3c4b5a69788796a5b4&b=2", "?a=1&key=xxxxxxxxxxxxxxxxxxxxxxxx&b=2"),
            ("?uin=MTIzNDU2Nzg%3D&amp;x=1", "?uin=xxxxxxxxxxxxxx&amp;x=1"),
            ("&amp;pass_ticket=aB3%2Bc%3D#r", "&amp;pass_ticket=xxxxxxxxxx#r"),
            ("u=%3Fa%3D1%26key%3D0f1e2d3c4b5a69788796%26b%3D2", "u=%3Fa%3D1%26key%3Dxxxxxxxxxxxxxxxxxxxx%26b%3D2"),
            ("%253Fpass_ticket%253Dab12cd%2526b", "%253Fpass_ticket%253Dxxxxxx%2526b"),
            (r"?x=1\x26exportkey\x3dn_a1B2c3\x26y", r"?x=1\x26exportkey\x3dxxxxxxxx\x26y"),
            (r"?x=1\u0026wxtoken\u003d99887766\u0026y", r"?x=1\u0026wxtoken\u003d10000000\u0026y"),
            ("?token=918273645&lang=zh_CN", "?token=100000000&lang=zh_CN"),
            // JSON, also inside JSON; numbers stay numbers.
            (r#"{"appmsg_token":"1234_aB%2Fc","n":1}"#, r#"{"appmsg_token":"xxxxxxxxxxx","n":1}"#),
            (r#"{"a":"{\"pass_ticket\":\"ab12\",\"b\":1}"}"#, r#"{"a":"{\"pass_ticket\":\"xxxx\",\"b\":1}"}"#),
            (r#"{"user_uin":238400001,"x":2}"#, r#"{"user_uin":100000000,"x":2}"#),
            (
                "data-x=\"{&quot;wxtoken&quot;:&quot;a1b2c3&quot;}\"",
                "data-x=\"{&quot;wxtoken&quot;:&quot;xxxxxx&quot;}\"",
            ),
            // Statements and object members of pages.
            ("user_uin: '238400001' * 1,", "user_uin: '100000000' * 1,"),
            ("req_id: JsDecode('1213QvAbCdEf'),", "req_id: JsDecode('xxxxxxxxxxxx'),"),
            (r#"var sessionid = "" || "svr_76ab12";"#, r#"var sessionid = "" || "xxxxxxxxxx";"#),
            (
                "d.req_id = xml ? getXmlValue('req_id.DATA') : '1214aaEcyw';",
                "d.req_id = xml ? getXmlValue('req_id.DATA') : 'xxxxxxxxxx';",
            ),
            ("window.key = \"ab12cd34ef56ab78\";", "window.key = \"xxxxxxxxxxxxxxxx\";"),
            ("var uin = \"MTIzNDU2Nzg=\";", "var uin = \"xxxxxxxxxxxx\";"),
            ("<script nonce=\"1296008185\">", "<script nonce=\"1000000000\">"),
            // Headers.
            (
                "Host: a\r\nCookie: rewardsn=; wxuin=1234567\r\nA: b",
                "Host: a\r\nCookie: xxxxxxxxxxxxxxxxxxxxxxxx\r\nA: b",
            ),
            (
                r#"{"name":"Set-Cookie","value":"sid=ab12; path=/"}"#,
                r#"{"name":"Set-Cookie","value":"xxxxxxxxxxxxxxxx"}"#,
            ),
            (r#"{"authorization": "Bearer ab12"}"#, r#"{"authorization": "xxxxxxxxxxx"}"#),
        ] {
            assert_eq!(blanked(text), kept, "{text}");
            assert_eq!(blanked(kept), kept, "twice is once");
        }
    }

    #[test]
    fn ordinary_text_and_code_stay() {
        for text in [
            "if (typeof window.pass_ticket !== 'undefined') { obj.pass_ticket = window.pass_ticket; }",
            "pass_ticket: window.pass_ticket || \"\",",
            "exportkey: Url.getQuery(\"exportkey\"),",
            "s = \"\".concat(s, \"&exportkey=\").concat(t)",
            "new Image().src = '/mp/jsreport?key=96&content=x';",
            "wxtoken: '777' * 1, user_uin: '0' * 1, enterid: ''",
            "var key = 'stream_last_read_pos'; exportToken = { wap_export_token: \"data-wap_export_token\" }",
            "{ key: \"ArrowLeft2\", token: \"function12\" }",
            "<p>token=花钱买的令牌，key=关键</p>",
            "GET /cgi-bin/token?grant_type=client_credential&appid=APPID&secret=APPSECRET",
            "\"secret\": \"a word or two\"",
            "bizuin: JsDecode('MzA4MTIzNDU2Nw=='), mid: '2247483649'",
            "?keyword=abcdef1234567890abcdef&monkey=1234567890123456",
            "d.req_id == '1214aaEcywAc0JKM'",
            "user_info: { is_care_mode: is_care_mode }",
            "{\"user_info\":{\"nick_name\":\"张三\",\"uin2\":\"12345678\"}}",
            "Cookie: document.cookie,",
            "'Cookie': (window.__test_env__ ? 'uniproxy_route=1; ' : '') + document.cookie",
        ] {
            assert_eq!(blanked(text), text);
        }
    }

    #[test]
    fn every_uin_is_known_by_its_base64() {
        for number in ["12345", "654321", "98765432", "238472001", "3084720011"] {
            let padded = base64::engine::general_purpose::STANDARD.encode(number);
            for form in
                [padded.clone(), padded.replace('=', "%3D"), padded.replace('=', "%253D"), padded.replace('=', "")]
            {
                let text = format!("https://mp.weixin.qq.com/s?__biz=MzA0&uin={form}&key=777&mid=1");
                assert!(!blanked(&text).contains(&padded[..6]), "{form}");
            }
        }
        let page = "user_uin: '238472001' * 1, a: 'MjM4NDcyMDAx', b: 'x?uin=MjM4NDcyMDAx', c: '238472001'";
        assert!(!blanked(page).contains("MjM4") && !blanked(page).contains("2384"));
        assert_eq!(blanked("?uin=MA%3D%3D&x"), "?uin=MA%3D%3D&x");
    }

    #[test]
    fn links_lose_their_secrets_and_words_do_not() {
        for (text, kept) in [
            (
                "见 https://mp.weixin.qq.com/s?mid=1&amp;key=0f1e2d3c4b5a69788796&amp;x=1",
                "见 https://mp.weixin.qq.com/s?mid=1&amp;key=xxxxxxxxxxxxxxxxxxxx&amp;x=1",
            ),
            ("pages/a?openid=oD3M0Qs_5xYkQ2mZ7tWbN4cR1qwE", "pages/a?openid=xxxxxxxxxxxxxxxxxxxxxxxxxxxx"),
            (
                "{\"u\":\"https:\\/\\/a.b\\/?access_token=86_AcCt0k\"}",
                "{\"u\":\"https:\\/\\/a.b\\/?access_token=xxxxxxxxx\"}",
            ),
            (
                "https://a.b/?u=https%3A%2F%2Fc.d%2F%3Fpass_ticket%3Dab12cd%26x",
                "https://a.b/?u=https%3A%2F%2Fc.d%2F%3Fpass_ticket%3Dxxxxxx%26x",
            ),
        ] {
            assert_eq!(links(text.to_owned()), kept);
            assert_eq!(links(kept.to_owned()), kept, "twice is once");
        }
        for text in [
            "例如 access_token = \"86_AcCt0k\"",
            "{\"secret\":\"a1b2c3d4\"}",
            "Cookie: wxuin=1234567",
            "怎么样？token=918273645",
        ] {
            assert_eq!(links(text.to_owned()), text);
        }
    }

    #[test]
    fn the_visitors_object_is_blanked_but_for_the_counts() {
        let page = "user_info: {\n user_uin: '238400001' * 1, is_login: '1' * 1,\n \
            appmsg_bar_data: { read_num: '512' * 1, list: [ { like_count: '7' * 1 } ] },\n \
            search_keyword: { keyword: JsDecode('学习'), on: true },\n ckeys: [ ],\n}, title: '238400001 次'";
        let kept = blanked(page);
        assert!(kept.contains("read_num: '512' * 1, list: [ { like_count: '7' * 1 } ]"), "{kept}");
        assert!(kept.contains("keyword: JsDecode('xxxxxx'), on: true"), "{kept}");
        assert!(kept.ends_with("title: '100000000 次'"), "the value is blanked wherever it stands: {kept}");
        assert_eq!(blanked("private_info: { a: 'b c' }, c: 'b c'"), "private_info: { a: 'xxx' }, c: 'b c'");
    }

    #[test]
    fn what_is_learned_is_found_in_every_form() {
        let secret = "aB3/+c=Zz9&k";
        let secrets = SecretSet::new([secret.as_bytes().to_vec()]);
        let base64 = |text: String| STANDARD_NO_PAD.encode(text);
        let once = "aB3%2F%2Bc%3DZz9%26k";
        for text in [
            secret.to_owned(),
            once.to_owned(),
            once.to_lowercase().replace("ab3", "aB3").replace("zz9", "Zz9"),
            once.replace('%', "%25"),
            secret.replace('&', "&amp;"),
            secret.replace('/', "\\/"),
            secret.replace('=', "\\u003d").replace('&', "\\u0026"),
            secret.replace('=', "\\x3d").replace('&', "\\x26"),
            base64(secret.to_owned()),
            base64(format!("a{secret}b")),
            base64(format!("ab{secret}")),
        ] {
            let page = format!("<p>before {text} after</p>");
            let result = redact(page.as_bytes(), &secrets);
            assert!(result.checked && result.spans.len() == 1, "{text}");
            let found = |bytes: &[u8]| !secrets.spans_in(bytes).unwrap().is_empty();
            assert!(!found(&result.bytes) && found(page.as_bytes()), "{text}");
            assert!(result.bytes.starts_with(b"<p>before ") && result.bytes.ends_with(b" after</p>"), "{text}");
        }
    }

    #[test]
    fn a_large_file_is_searched_in_parts_as_if_it_were_whole() {
        let secrets = SecretSet::new([b"GEHEIMGEHEIM".to_vec(), b"123456789012".to_vec()]);
        let step = 256 * 1024;
        // Around every window boundary, and digits that are part of a longer number.
        for edge in [0, step - 13, step - 12, step - 6, step - 1, step, step + 1, 2 * step - 40, 2 * step - 5] {
            for (value, is_one) in [("GEHEIMGEHEIM", true), ("123456789012", true), ("1234567890123", false)] {
                let mut bytes = vec![b' '; 3 * step];
                bytes[edge..edge + value.len()].copy_from_slice(value.as_bytes());
                let mut whole = Vec::new();
                search(secrets.finder.as_ref(), &bytes, &mut whole);
                let whole: Vec<_> = whole.into_iter().map(|span| span.start as u64..span.end as u64).collect();
                assert_eq!(secrets.spans_in(bytes.as_slice()).unwrap(), whole, "{value} at {edge}");
                assert_eq!(whole.len(), usize::from(is_one));
            }
        }
    }

    #[test]
    fn learning_gives_session_secrets_and_no_times() {
        let page =
            b"enterid: '1762926209' * 1, req_id: '1213QvAbCdEf', user_uin: '238400001', &pass_ticket=ab%2Bcd12ef&";
        assert_eq!(secrets_in(page), [b"238400001".to_vec(), b"ab+cd12ef".to_vec()]);
        // A timestamp in a visitor field is blanked there, and nowhere else.
        assert_eq!(
            blanked("enterid: '1762926209', create: '1762926209'"),
            "enterid: '1000000000', create: '1762926209'"
        );
        assert_eq!(blanked("req_id: '1213QvAbCdEf'; x('1213QvAbCdEf')"), "req_id: 'xxxxxxxxxxxx'; x('xxxxxxxxxxxx')");
        assert_eq!(format!("{:?}", SecretSet::new(secrets_in(page))), "SecretSet(2)");
    }

    #[test]
    fn what_cannot_be_searched_is_said() {
        let utf16: Vec<u8> =
            [0xff, 0xfe].into_iter().chain("key=1".encode_utf16().flat_map(u16::to_le_bytes)).collect();
        assert!(!redact(&utf16, &SecretSet::default()).checked);
        assert!(!redact(b"\x1f\x8b\x08rest", &SecretSet::default()).checked);
        assert!(redact("正文".as_bytes(), &SecretSet::default()).checked);
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_keep_their_length(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..300)) {
            proptest::prop_assert_eq!(redact(&bytes, &SecretSet::default()).bytes.len(), bytes.len());
        }

        #[test]
        fn any_mixture_of_marks_is_read_without_harm(
            parts in proptest::collection::vec(
                proptest::sample::select(vec![
                    "user_info", "private_info", "key=", "pass_ticket", "req_id", "cookie", ":", "=", "{", "}", "[", "'",
                    "\"", "\\", "%26", "%253D", "&quot;", "JsDecode(", ")", "||", "?", "12345678", "aB3dEf99", "\n", " ",
                    "汉", "nonce=\"", "&amp;", "*", "token%3D", "appmsg_bar_data",
                ]),
                0..40,
            )
        ) {
            let text = parts.concat();
            let result = redact(text.as_bytes(), &SecretSet::default());
            proptest::prop_assert_eq!(result.bytes.len(), text.len());
            proptest::prop_assert!(std::str::from_utf8(&result.bytes).is_ok());
        }
    }
}
