//! Finds secrets and visitor fields by their names: in URL queries (plain, with entities, percent-encoded once or
//! twice, escaped for JS), JSON and JS objects, statements, HTML attributes and headers.
//!
//! One pass over a few anchors decides where to look closer; everything else is never touched.

use std::ops::Range;
use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, MatchKind};

use super::syntax::{
    after_escape, ends_at_level, follows_delimiter, literal_object, number_at, query_value, skip_expression,
};
use super::text::{
    Quote, encoded_number, fits_word, is_blank, is_name, is_timestamp, is_token, plain, skip_blanks, skip_white,
};
use super::{Meaning, meaning};

/// Parts of the names, common enough to find all of them and rare enough to seldom match elsewhere.
const ANCHORS: &[&str] = &[
    "user_uin",
    "user_info",
    "private_info",
    "sessionid",
    "enterid",
    "enter_id",
    "req_id",
    "csp_nonce_str",
    "ntity_id",
    "wxtoken",
    "_token",
    "_ticket",
    "exportkey",
    "secret",
    "slave_sid",
    "session_key",
    "wap_sid2",
    "wxuin",
    "ticket=",
    "ticket%",
    "token=",
    "token%",
    "token\\",
    "key=",
    "key%",
    "key\\",
    "openid=",
    "openid%",
    "openid\\",
    "uin=",
    "uin%",
    "uin\\",
    "var uin",
    "var key",
    "dow.uin",
    "dow.key",
    "ookie",
    "uthorization",
    "-wechat-",
    "-WECHAT-",
    "nonce=\"",
];

/// Limit of a statement's length, in bytes; a longer one is no list of literals.
const STATEMENT: usize = 600;

static FINDER: LazyLock<Option<AhoCorasick>> =
    LazyLock::new(|| AhoCorasick::builder().match_kind(MatchKind::LeftmostFirst).build(ANCHORS).ok());

/// Result of a scan.
#[derive(Debug, Default)]
pub(super) struct ScanResult {
    /// Spans to blank, in the order found; may overlap.
    pub(super) spans: Vec<Range<usize>>,
    /// Plain values that grant access to anyone who has them.
    pub(super) session: Vec<Vec<u8>>,
    /// Plain values that belong to this visit.
    pub(super) visit: Vec<Vec<u8>>,
}

/// Checks every anchor. `None` if there is no finder, which cannot happen: then nothing may count as checked.
pub(super) fn scan(bytes: &[u8]) -> Option<ScanResult> {
    let finder = FINDER.as_ref()?;
    let mut scanner = Scanner { bytes, found: ScanResult::default(), done: 0 };
    for found in finder.find_iter(bytes) {
        // An object blanked as a whole needs no further check.
        if found.end() > scanner.done {
            scanner.anchor(found.start(), found.end());
        }
    }
    Some(scanner.found)
}

struct Scanner<'a> {
    bytes: &'a [u8],
    found: ScanResult,
    done: usize,
}

impl Scanner<'_> {
    fn anchor(&mut self, start: usize, end: usize) {
        let bytes = self.bytes;
        let anchor = &bytes[start..end];
        if anchor == b"nonce=\"" {
            return self.nonce(end);
        }
        if let Some(name) = anchor.strip_prefix(b"var ").or_else(|| anchor.strip_prefix(b"dow.")) {
            debug_assert!(meaning(name).is_some());
            if !bytes.get(end).is_some_and(|byte| is_name(*byte)) {
                self.assignment(end, Meaning::Word);
            }
            return;
        }
        // The anchor may end with characters that follow the name.
        let inside = start + anchor.iter().take_while(|byte| is_name(**byte)).count();
        let mut from = start;
        while from > 0 && start - from < 40 && is_name(bytes[from - 1]) {
            from -= 1;
        }
        let mut to = inside;
        while bytes.get(to).is_some_and(|byte| is_name(*byte)) && to - inside < 40 {
            to += 1;
        }
        let from = after_escape(bytes, from, to);
        let Some(meaning) = meaning(&bytes[from..to]) else { return };
        match meaning {
            Meaning::Header => self.header(from, to),
            Meaning::Object => self.object(to),
            Meaning::Word => {
                if follows_delimiter(bytes, from)
                    && let Some((start, level)) = query_value(bytes, to)
                {
                    self.query(start, level, true, Meaning::Session);
                }
            }
            Meaning::Session | Meaning::Visit => match query_value(bytes, to) {
                Some((start, level)) => self.query(start, level, false, meaning),
                None => self.assignment(to, meaning),
            },
        }
    }

    /// Takes the value of a query key, from `start` to the delimiter at its level of encoding.
    fn query(&mut self, start: usize, level: u8, word: bool, meaning: Meaning) {
        let rest = &self.bytes[start..self.bytes.len().min(start + 4096)];
        let length = rest
            .iter()
            .enumerate()
            .find(|(at, byte)| match **byte {
                b'%' => ends_at_level(&rest[*at..], level),
                byte => !(byte.is_ascii_alphanumeric() || b"_-.~+/=!*,:@|".contains(&byte)),
            })
            .map_or(rest.len(), |(at, _)| at);
        let mut end = start + length;
        // Trailing punctuation belongs to the sentence, not to the URL.
        while end > start && matches!(self.bytes[end - 1], b'.' | b',' | b':') {
            end -= 1;
        }
        let value = &self.bytes[start..end];
        let plausible = if word { fits_word(value) } else { value.len() >= 4 && is_token(value) };
        if plausible {
            self.take(start..end, meaning);
        }
    }

    /// Takes the values of `name: 'value'`, `"name":"value"`, `name = "" || 'value' * 1`,
    /// `name = xml ? get('x') : 'value'`.
    fn assignment(&mut self, name_end: usize, meaning: Meaning) {
        let bytes = self.bytes;
        let mut at = name_end;
        if let Some((_, after)) = Quote::at(bytes, at) {
            at = after;
        }
        at = skip_blanks(bytes, at);
        match bytes.get(at..at + 2) {
            Some([b'=', b'=' | b'>']) => return,
            Some([b':' | b'=', _]) => at = skip_blanks(bytes, at + 1),
            _ => return,
        }
        if let Some(number) = number_at(bytes, at) {
            if number.len() >= 5 && !is_blank(&bytes[number.clone()]) {
                self.take(number, meaning);
            }
            return;
        }
        let limit = bytes.len().min(at + STATEMENT);
        let mut asked = false;
        while at < limit {
            at = skip_blanks(bytes, at);
            if let Some((quote, start)) = Quote::at(bytes, at) {
                let Some((end, after)) = quote.end(bytes, start) else { return };
                let value = &bytes[start..end];
                let plausible = if meaning == Meaning::Word { fits_word(value) } else { is_token(value) };
                if value.len() >= 4 && plausible && !is_blank(value) {
                    self.take(start..end, meaning);
                }
                at = after;
                continue;
            }
            match bytes.get(at) {
                Some(b'|' | b'*' | b'(' | b')') => at += 1,
                Some(b'?') => {
                    asked = true;
                    at += 1;
                }
                Some(b':') if asked => {
                    asked = false;
                    at += 1;
                }
                Some(byte) if byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$') => {
                    let Some(after) = skip_expression(bytes, at, limit) else { return };
                    at = after;
                }
                _ => return,
            }
        }
    }

    /// Takes every string and number of an object literal about the visitor, except the page's counts.
    fn object(&mut self, name_end: usize) {
        let bytes = self.bytes;
        let mut at = name_end;
        if let Some((_, after)) = Quote::at(bytes, at) {
            at = after;
        }
        at = skip_blanks(bytes, at);
        if !matches!(bytes.get(at), Some(b':' | b'=')) {
            return;
        }
        at = skip_white(bytes, at + 1);
        if bytes.get(at) != Some(&b'{') {
            return;
        }
        let mut values = Vec::new();
        let Some(end) = literal_object(bytes, at, &mut values) else { return };
        let body = &bytes[at..end];
        let is_visitors = bytes[..name_end].ends_with(b"private_info")
            || [&b"user_uin"[..], b"appmsg_bar_data", b"clientversion", b"fasttmpl_infos"]
                .iter()
                .any(|mark| memchr::memmem::find(body, mark).is_some());
        if !is_visitors {
            return;
        }
        for (name, value) in values {
            let secret = matches!(meaning(name), Some(Meaning::Session));
            if secret && !is_blank(&bytes[value.clone()]) {
                self.take(value, Meaning::Session);
            } else if !is_blank(&bytes[value.clone()]) {
                self.found.spans.push(value);
            }
        }
        self.done = end;
    }

    /// Takes the header value of `Cookie: …` on a line, `"Cookie":"…"`, `"name":"Cookie","value":"…"`.
    fn header(&mut self, from: usize, to: usize) {
        let bytes = self.bytes;
        let at_line_start = from == 0 || bytes[from - 1] == b'\n';
        if at_line_start && bytes.get(to) == Some(&b':') {
            let start = skip_blanks(bytes, to + 1);
            let length = bytes[start..].iter().position(|byte| matches!(byte, b'\r' | b'\n'));
            return self.header_value(start..length.map_or(bytes.len(), |length| start + length));
        }
        let Some((_, after)) = Quote::at(bytes, to) else { return };
        let mut at = skip_white(bytes, after);
        if bytes.get(at) == Some(&b',') {
            at = skip_white(bytes, at + 1);
            let Some((quote, start)) = Quote::at(bytes, at) else { return };
            let Some((end, after)) = quote.end(bytes, start) else { return };
            if &bytes[start..end] != b"value" {
                return;
            }
            at = skip_white(bytes, after);
        }
        if bytes.get(at) != Some(&b':') {
            return;
        }
        at = skip_white(bytes, at + 1);
        if let Some((quote, start)) = Quote::at(bytes, at)
            && let Some((end, _)) = quote.end(bytes, start)
        {
            self.header_value(start..end);
        }
    }

    fn header_value(&mut self, span: Range<usize>) {
        let value = &self.bytes[span.clone()];
        if value.len() < 4 || is_blank(value) || !value.iter().any(u8::is_ascii_digit) {
            return;
        }
        for part in value.split(|byte| matches!(byte, b';' | b' ')) {
            let part = part.iter().position(|byte| *byte == b'=').map_or(part, |at| &part[at + 1..]);
            self.learn(part, Meaning::Session);
        }
        self.found.spans.push(span);
    }

    /// Takes the script nonce of the page.
    fn nonce(&mut self, start: usize) {
        let rest = &self.bytes[start..self.bytes.len().min(start + 32)];
        let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        if (6..=12).contains(&digits) && rest.get(digits) == Some(&b'"') && !is_blank(&rest[..digits]) {
            self.found.spans.push(start..start + digits);
        }
    }

    fn take(&mut self, span: Range<usize>, meaning: Meaning) {
        let value = &self.bytes[span.clone()];
        if is_blank(value) {
            return;
        }
        self.learn(value, meaning);
        self.found.spans.push(span);
    }

    /// Records a value that is long and unusual enough to search for elsewhere.
    fn learn(&mut self, value: &[u8], meaning: Meaning) {
        let Some(plain) = worth_looking_for(value) else { return };
        let list = if meaning == Meaning::Visit { &mut self.found.visit } else { &mut self.found.session };
        let number = encoded_number(&plain).and_then(|number| worth_looking_for(&number));
        for value in [Some(plain), number].into_iter().flatten() {
            if !list.contains(&value) {
                list.push(value);
            }
        }
    }
}

/// Returns the plain form of a value that is long and unusual enough to search for elsewhere.
pub(super) fn worth_looking_for(value: &[u8]) -> Option<Vec<u8>> {
    let plain = plain(value);
    let odd = if plain.iter().all(u8::is_ascii_digit) {
        !is_timestamp(&plain)
    } else {
        plain.iter().any(u8::is_ascii_digit) || plain.len() >= 16
    };
    // Account names and addresses are the subject of an archive.
    let public = plain.starts_with(b"gh_") || plain.starts_with(b"http");
    (plain.len() >= 8 && odd && !public && !is_blank(&plain)).then_some(plain)
}
