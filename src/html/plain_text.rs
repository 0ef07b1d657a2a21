//! Extracts the text of a canonical body.

use super::canonical::{Token, tokens};
use super::{SanitiseOptions, sanitise};

/// Returns the text of `content`, with a space between blocks and white space collapsed.
pub fn plain_text(content: &str) -> String {
    extract(content).or_else(|| extract(&sanitise(content, &SanitiseOptions::default()).html)).unwrap_or_default()
}

fn extract(content: &str) -> Option<String> {
    let mut text = String::with_capacity(content.len() / 2);
    for token in tokens(content) {
        match token.ok()? {
            Token::Text(part) => push(part, &mut text),
            Token::Start(start) if is_block(start.tag) => space(&mut text),
            Token::End(tag) if is_block(tag) => space(&mut text),
            _ => {}
        }
    }
    text.truncate(text.trim_end().len());
    Some(text)
}

/// Reports whether an element separates words: not inline elements, line-break hints or parts of a drawn text.
fn is_block(tag: &str) -> bool {
    !(is_inline(tag) || matches!(tag, "tspan" | "wbr"))
}

/// Reports whether an element is inline.
pub fn is_inline(tag: &str) -> bool {
    matches!(
        tag,
        "a" | "abbr"
            | "b"
            | "bdi"
            | "bdo"
            | "cite"
            | "code"
            | "del"
            | "dfn"
            | "em"
            | "i"
            | "ins"
            | "kbd"
            | "mark"
            | "q"
            | "s"
            | "samp"
            | "small"
            | "span"
            | "strong"
            | "sub"
            | "sup"
            | "time"
            | "u"
            | "var"
    )
}

fn space(text: &mut String) {
    if !text.is_empty() && !text.ends_with(' ') {
        text.push(' ');
    }
}

/// Appends escaped text, unescaped and collapsed.
fn push(part: &str, text: &mut String) {
    let is_unseen = |c| matches!(c, '\u{200b}'..='\u{200f}' | '\u{feff}');
    let mut rest = part;
    loop {
        // Most text needs no change and is copied run by run.
        let run = rest.find(|c: char| c == '&' || c.is_whitespace() || is_unseen(c)).unwrap_or(rest.len());
        text.push_str(&rest[..run]);
        rest = &rest[run..];
        let Some(c) = rest.chars().next() else { return };
        let entities = [("&amp;", '&'), ("&lt;", '<'), ("&gt;", '>'), ("&quot;", '"')];
        let entity = entities.into_iter().find(|(name, _)| c == '&' && rest.starts_with(name));
        let (length, plain) = entity.map_or((c.len_utf8(), c), |(name, plain)| (name.len(), plain));
        if plain.is_whitespace() {
            space(text);
        } else if !is_unseen(plain) {
            text.push(plain);
        }
        rest = &rest[length..];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_as_it_is_read() {
        assert_eq!(plain_text("<p>春<strong>茶</strong>  &lt;好&gt;</p><p>二</p>"), "春茶 <好> 二");
        assert_eq!(plain_text("<p>\u{3000}一\u{200b}二&amp;amp;\u{a0}\n三&quot;</p>"), "一二&amp; 三\"");
    }
}
