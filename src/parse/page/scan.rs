//! Searches HTML without building a tree: an element's inner part, tags by name, attributes, visible text. Pages of 3
//! MB are nearly all script, and only the parts found here are parsed. Never panics or reads out of bounds.

use std::borrow::Cow;

use memchr::{memchr, memmem};

/// An opening tag, including `<` and `>`.
#[derive(Clone, Copy, Debug)]
pub struct Tag<'a> {
    bytes: &'a [u8],
    /// The offset of its `<`.
    pub start: usize,
    /// The offset after its `>`.
    pub end: usize,
}

impl<'a> Tag<'a> {
    /// Returns the tag that begins at `start`; `None` if there is none or it does not end.
    pub fn at(bytes: &'a [u8], start: usize) -> Option<Self> {
        // SingleFile writes whole images into `src`.
        Self::within(bytes, start, 64 * 1024 * 1024)
    }

    /// Does the same with a limit of `limit` bytes.
    pub(crate) fn within(bytes: &'a [u8], start: usize, limit: usize) -> Option<Self> {
        let rest = bytes.get(start..)?;
        if rest.len() < 3 || rest[0] != b'<' || !rest[1].is_ascii_alphabetic() {
            return None;
        }
        // Anything longer is not a tag but a lone `<` with a quote after it.
        let rest = &rest[..rest.len().min(limit)];
        let mut at = 1;
        loop {
            at += memchr::memchr3(b'>', b'"', b'\'', &rest[at..])?;
            let byte = rest[at];
            if byte == b'>' {
                return Some(Self { bytes, start, end: start + at + 1 });
            }
            if ends_with_equals(&rest[..at]) {
                at += 1 + memchr(byte, &rest[at + 1..])?;
            }
            at += 1;
        }
    }

    /// Returns the tag's name as written.
    pub fn name(&self) -> &'a [u8] {
        let rest = &self.bytes[self.start + 1..self.end];
        &rest[..rest.iter().position(|byte| !is_name(*byte)).unwrap_or(rest.len())]
    }

    /// Returns the attributes: names as written, values with entities decoded.
    pub fn attributes(&self) -> Attributes<'a> {
        let start = self.start + 1 + self.name().len();
        Attributes { bytes: &self.bytes[start..self.end - 1] }
    }

    /// Returns the value of one attribute.
    pub fn attribute(&self, name: &str) -> Option<Cow<'a, str>> {
        self.attributes().find(|(key, _)| key.eq_ignore_ascii_case(name.as_bytes())).map(|(_, value)| value)
    }
}

fn ends_with_equals(bytes: &[u8]) -> bool {
    bytes.iter().rev().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'=')
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b':')
}

/// An iterator over the attributes of a tag.
#[derive(Clone, Debug)]
pub struct Attributes<'a> {
    bytes: &'a [u8],
}

impl<'a> Iterator for Attributes<'a> {
    type Item = (&'a [u8], Cow<'a, str>);

    fn next(&mut self) -> Option<Self::Item> {
        let start = self.bytes.iter().position(|byte| !byte.is_ascii_whitespace() && !matches!(byte, b'/' | b'='))?;
        let rest = &self.bytes[start..];
        let length = rest
            .iter()
            .position(|byte| byte.is_ascii_whitespace() || matches!(byte, b'=' | b'/'))
            .unwrap_or(rest.len());
        let (name, rest) = rest.split_at(length.max(1));
        let value_at = rest.iter().position(|byte| !byte.is_ascii_whitespace()).unwrap_or(rest.len());
        if rest.get(value_at) != Some(&b'=') {
            self.bytes = rest;
            return Some((name, Cow::Borrowed("")));
        }
        let rest = &rest[value_at + 1..];
        let rest = &rest[rest.iter().position(|byte| !byte.is_ascii_whitespace()).unwrap_or(rest.len())..];
        let (value, rest) = match rest.first() {
            Some(quote @ (b'"' | b'\'')) => {
                let value = &rest[1..];
                let end = memchr(*quote, value).unwrap_or(value.len());
                (&value[..end], value.get(end + 1..).unwrap_or_default())
            }
            _ => rest.split_at(rest.iter().position(u8::is_ascii_whitespace).unwrap_or(rest.len())),
        };
        self.bytes = rest;
        Some((name, decode_bytes(value)))
    }
}

/// Returns the tags that begin with `opening` (`b"<img"`, in any case), in order, not nested in each other.
pub fn tags<'a>(bytes: &'a [u8], opening: &'a [u8]) -> Tags<'a> {
    Tags { bytes, name: opening.strip_prefix(b"<").unwrap_or(opening), from: 0, failures: 0 }
}

/// The iterator of [`tags`].
#[derive(Debug)]
pub struct Tags<'a> {
    bytes: &'a [u8],
    name: &'a [u8],
    from: usize,
    failures: usize,
}

impl<'a> Iterator for Tags<'a> {
    type Item = Tag<'a>;

    fn next(&mut self) -> Option<Tag<'a>> {
        loop {
            let at = self.from + memchr(b'<', self.bytes.get(self.from..)?)?;
            self.from = at + 1;
            if !starts_with_name(&self.bytes[at + 1..], self.name) {
                continue;
            }
            if let Some(tag) = Tag::at(self.bytes, at) {
                self.from = tag.end;
                return Some(tag);
            }
            // The search for the end of a broken tag goes far ahead, and a file full of them is hostile.
            self.failures += 1;
            if self.failures > FAILURES {
                return None;
            }
        }
    }
}

/// Maximum number of broken tags before the search is abandoned.
const FAILURES: usize = 16;

/// Returns the content of the element that `tag` opens: up to its closing tag, or to the end of the body if there is
/// none. Only tags of the same name are counted, so other unclosed tags do not matter; scripts, styles and comments are
/// skipped.
pub fn inner<'a>(tag: &Tag<'a>) -> &'a [u8] {
    let bytes = tag.bytes;
    let name = tag.name();
    if bytes[tag.start..tag.end].ends_with(b"/>") {
        return &[];
    }
    let paragraph = name.eq_ignore_ascii_case(b"p");
    let mut level = 1_usize;
    let mut at = tag.end;
    // Once a comment has no end, no further end is searched.
    let mut comments = true;
    while let Some(found) = memchr(b'<', &bytes[at..]) {
        let here = at + found;
        let rest = &bytes[here..];
        at = here + 1;
        if rest.starts_with(b"<!--") {
            let end = if comments { memmem::find(&rest[4..], b"-->") } else { None };
            comments = end.is_some();
            at = here + end.map_or(4, |end| end + 7);
        } else if let Some(close) = rest.strip_prefix(b"</") {
            if starts_with_name(close, name) {
                level -= 1;
                if level == 0 {
                    return &bytes[tag.end..here];
                }
            } else if starts_with_name(close, b"body") || paragraph && is_one_of(close, BLOCKS) {
                return &bytes[tag.end..here];
            }
        } else if paragraph && is_one_of(&rest[1..], BLOCKS) {
            // A paragraph needs no end tag: any block element ends it.
            return &bytes[tag.end..here];
        } else if starts_with_name(&rest[1..], name) {
            level += 1;
        } else if let Some(raw) = [&b"script"[..], b"style"].into_iter().find(|raw| starts_with_name(&rest[1..], raw)) {
            at = here + raw_text_end(rest, raw);
        }
    }
    &bytes[tag.end..]
}

/// Elements that cannot be within a paragraph, including another paragraph.
const BLOCKS: &[&[u8]] = &[
    b"address",
    b"article",
    b"aside",
    b"blockquote",
    b"div",
    b"dl",
    b"fieldset",
    b"footer",
    b"form",
    b"h1",
    b"h2",
    b"h3",
    b"h4",
    b"h5",
    b"h6",
    b"header",
    b"hr",
    b"li",
    b"main",
    b"nav",
    b"ol",
    b"p",
    b"pre",
    b"section",
    b"table",
    b"td",
    b"ul",
];

fn is_one_of(bytes: &[u8], names: &[&[u8]]) -> bool {
    names.iter().any(|name| starts_with_name(bytes, name))
}

/// Returns the offset after the closing tag of the raw text element at the start of `bytes`.
fn raw_text_end(bytes: &[u8], name: &[u8]) -> usize {
    let mut from = 1;
    while let Some(found) = memmem::find(&bytes[from..], b"</") {
        let at = from + found;
        if starts_with_name(&bytes[at + 2..], name) {
            return at + 2 + name.len();
        }
        from = at + 2;
    }
    bytes.len()
}

fn starts_with_name(bytes: &[u8], name: &[u8]) -> bool {
    bytes.len() >= name.len()
        && bytes[..name.len()].eq_ignore_ascii_case(name)
        && bytes.get(name.len()).is_none_or(|byte| !is_name(*byte))
}

/// Returns the visible text of a piece of HTML, with entities decoded and whitespace collapsed.
pub fn text(bytes: &[u8]) -> String {
    let mut visible = Vec::with_capacity(bytes.len() / 4);
    let mut at = 0;
    // Once a tag has no end, no further end is searched.
    let mut ends = true;
    while let Some(found) = memchr(b'<', &bytes[at..]) {
        let here = at + found;
        visible.extend_from_slice(&bytes[at..here]);
        let rest = &bytes[here..];
        if rest.starts_with(b"<!--") {
            at = here + memmem::find(&rest[4..], b"-->").map_or(rest.len(), |end| end + 7);
            continue;
        }
        let raw = [&b"script"[..], b"style", b"noscript"].into_iter().find(|raw| starts_with_name(&rest[1..], raw));
        let skipped = raw.map_or(0, |raw| raw_text_end(rest, raw));
        let end = if ends { memchr(b'>', &rest[skipped..]) } else { None };
        ends = end.is_some();
        match end {
            Some(end)
                if rest.get(1).is_some_and(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'/' | b'!' | b'?')) =>
            {
                visible.push(b' ');
                at = here + skipped + end + 1;
            }
            None if skipped > 0 => {
                at = bytes.len();
            }
            _ => {
                visible.push(b'<');
                at = here + 1;
            }
        }
    }
    visible.extend_from_slice(&bytes[at..]);
    collapse(&decode_bytes(&visible))
}

/// Collapses whitespace to single spaces and trims the text.
pub fn collapse(text: &str) -> String {
    let mut collapsed = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !collapsed.is_empty() {
            collapsed.push(' ');
        }
        collapsed.push_str(word);
    }
    collapsed
}

fn decode_bytes(bytes: &[u8]) -> Cow<'_, str> {
    match String::from_utf8_lossy(bytes) {
        Cow::Borrowed(text) => decode(text),
        Cow::Owned(text) => Cow::Owned(decode(&text).into_owned()),
    }
}

/// Decodes the character references in titles, names and attributes: numeric ones, and the common named ones.
pub fn decode(text: &str) -> Cow<'_, str> {
    let Some(first) = text.find('&') else { return Cow::Borrowed(text) };
    let mut decoded = String::with_capacity(text.len());
    decoded.push_str(&text[..first]);
    let mut rest = &text[first..];
    while let Some(at) = rest.find('&') {
        decoded.push_str(&rest[..at]);
        rest = &rest[at..];
        let end = rest.bytes().take(12).position(|byte| byte == b';');
        if let Some((character, end)) = end.and_then(|end| Some((reference(&rest[1..end])?, end))) {
            decoded.push(character);
            rest = &rest[end + 1..];
        } else {
            decoded.push('&');
            rest = &rest[1..];
        }
    }
    decoded.push_str(rest);
    Cow::Owned(decoded)
}

fn reference(name: &str) -> Option<char> {
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(digits) => u32::from_str_radix(digits, 16).ok()?,
            None => number.parse().ok()?,
        };
        return char::from_u32(code).filter(|character| *character != '\0');
    }
    Some(match name {
        "amp" => '&',
        "apos" => '\'',
        "bull" => '•',
        "copy" => '©',
        "emsp" => '\u{2003}',
        "ensp" => '\u{2002}',
        "gt" => '>',
        "hellip" => '…',
        "laquo" => '«',
        "ldquo" => '“',
        "lsquo" => '‘',
        "lt" => '<',
        "mdash" => '—',
        "middot" => '·',
        "nbsp" => '\u{a0}',
        "ndash" => '–',
        "quot" => '"',
        "raquo" => '»',
        "rdquo" => '”',
        "reg" => '®',
        "rsquo" => '’',
        "times" => '×',
        "trade" => '™',
        "yen" => '¥',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_attributes_are_decoded() {
        assert_eq!(
            text("a&nbsp;&lt;b&gt; &#20320;&#x597d; 3 < 4 &unknown; &".as_bytes()),
            "a <b> 你好 3 < 4 &unknown; &"
        );
        let tag = Tag::at(b"<img data-src='u?a=1&amp;b=2' alt=x hidden src=\"y\">", 0).unwrap();
        let all: Vec<_> = tag.attributes().map(|(name, value)| (String::from_utf8_lossy(name), value)).collect();
        assert_eq!(format!("{all:?}"), r#"[("data-src", "u?a=1&b=2"), ("alt", "x"), ("hidden", ""), ("src", "y")]"#);
        assert_eq!(tags(b"<image x><img a><IMG b><img", b"<img").count(), 2);
    }

    proptest::proptest! {
        #[test]
        fn nothing_panics(html in r#"[<>/!a-c"'=&;# -]{0,120}"#, cut in 0_usize..120) {
            let bytes = html.as_bytes();
            let bytes = &bytes[..cut.min(bytes.len())];
            let _ = text(bytes);
            for at in 0..bytes.len() {
                if let Some(tag) = Tag::at(bytes, at) {
                    let _ = inner(&tag);
                    let _ = tag.attributes().count();
                }
            }
            let _ = tags(bytes, b"<a").count();
        }
    }
}
