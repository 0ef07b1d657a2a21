//! Escapes text and attribute values.

use memchr::memchr3;

/// Appends `text` with `&`, `<` and `>` escaped.
pub fn escape_text(text: &str, out: &mut String) {
    let mut rest = text;
    while let Some(index) = memchr3(b'&', b'<', b'>', rest.as_bytes()) {
        out.push_str(&rest[..index]);
        out.push_str(match rest.as_bytes()[index] {
            b'&' => "&amp;",
            b'<' => "&lt;",
            _ => "&gt;",
        });
        rest = &rest[index + 1..];
    }
    out.push_str(rest);
}

/// Appends each non-blank line of a plain text as a paragraph.
pub fn escape_paragraphs(text: &str, out: &mut String) {
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        out.push_str("<p>");
        escape_text(line, out);
        out.push_str("</p>");
    }
}

/// Appends `value`, escaped for double quotes.
pub fn escape_attribute(value: &str, out: &mut String) {
    let start = out.len();
    escape_text(value, out);
    if memchr::memchr(b'"', &out.as_bytes()[start..]).is_some() {
        let quoted = out[start..].replace('"', "&quot;");
        out.truncate(start);
        out.push_str(&quoted);
    }
}

/// Appends an attribute, preceded by a space, with its value escaped.
pub fn write_attribute(name: &str, value: &str, out: &mut String) {
    out.push(' ');
    out.push_str(name);
    out.push_str("=\"");
    escape_attribute(value, out);
    out.push('"');
}

/// Undoes one level of entity escaping, for texts that were escaped once too often.
pub fn unescape(text: &str) -> String {
    // `&amp;` comes last: an escaped entity must be decoded only once.
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&nbsp;", " ").replace("&quot;", "\"").replace("&amp;", "&")
}

/// Counts Unicode scalar values other than white space and the invisible characters that editors leave.
pub(super) fn visible_chars(text: &str) -> u64 {
    text.chars().filter(|c| !is_blank(*c)).count() as u64
}

/// Reports whether a character is white space or one of the invisible characters that editors leave.
pub(super) fn is_blank(character: char) -> bool {
    character.is_whitespace() || matches!(character, '\u{200b}'..='\u{200f}' | '\u{feff}')
}

/// Returns the fingerprint of a text: half of its digest is enough to distinguish two states of one article.
pub(super) fn fingerprint(words: crate::model::Hasher) -> String {
    let mut hex = words.finish().hex();
    hex.truncate(32);
    hex
}
