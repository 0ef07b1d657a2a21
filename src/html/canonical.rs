//! Tokenizes a canonical body without an HTML parser: its grammar is strict (every attribute in double quotes, every
//! element closed, no comments), so that a plain scan sees what a browser will see.
//!
//! Exporters trust nothing here: a body that violates the grammar or the allow-list is [`Broken`] and is sanitised
//! again.

use super::policy::{self, Treatment};
use super::svg;

/// Token of a canonical body. Text and values stay escaped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Token<'a> {
    /// A start tag.
    Start(Start<'a>),
    /// An end tag.
    End(&'a str),
    /// Text.
    Text(&'a str),
}

/// A start tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Start<'a> {
    /// Name of the element.
    pub tag: &'a str,
    /// Attributes, in document order.
    pub attributes: Vec<(&'a str, &'a str)>,
}

impl<'a> Start<'a> {
    /// Returns the escaped value of an attribute.
    pub fn get(&self, name: &str) -> Option<&'a str> {
        self.attributes.iter().find(|(key, _)| *key == name).map(|(_, value)| *value)
    }
}

/// Error for a body that violates the grammar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Broken;

/// Returns the tokens of a canonical body.
pub fn tokens(html: &str) -> Tokens<'_> {
    Tokens { rest: html, open: Vec::new() }
}

/// Iterator returned by [`tokens`].
#[derive(Debug)]
pub struct Tokens<'a> {
    rest: &'a str,
    open: Vec<&'a str>,
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Result<Token<'a>, Broken>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return if self.open.is_empty() {
                None
            } else {
                self.open.clear();
                Some(Err(Broken))
            };
        }
        let token = self.token();
        if token.is_none() {
            self.rest = "";
            self.open.clear();
        }
        Some(token.ok_or(Broken))
    }
}

impl<'a> Tokens<'a> {
    fn token(&mut self) -> Option<Token<'a>> {
        let rest = self.rest;
        if !rest.starts_with('<') {
            let end = memchr::memchr(b'<', rest.as_bytes()).unwrap_or(rest.len());
            self.rest = &rest[end..];
            return Some(Token::Text(&rest[..end]));
        }
        if let Some(after) = rest.strip_prefix("</") {
            let end = after.find('>')?;
            let tag = &after[..end];
            self.rest = &after[end + 1..];
            return (self.open.pop() == Some(tag)).then_some(Token::End(tag));
        }
        let after = &rest[1..];
        let end = after.find(|c: char| !c.is_ascii_alphanumeric())?;
        let tag = &after[..end];
        let mut attributes = Vec::new();
        let mut rest = &after[end..];
        while let Some(next) = rest.strip_prefix(' ') {
            let (name, value) = next.split_once("=\"")?;
            let end = value.find(['"', '<', '>'])?;
            let (value, next) = (&value[..end], value[end..].strip_prefix('"')?);
            if !attribute_passes(tag, name, value) {
                return None;
            }
            attributes.push((name, value));
            rest = next;
        }
        self.rest = rest.strip_prefix('>')?;
        if !element_passes(tag) {
            return None;
        }
        if !is_void(tag) {
            self.open.push(tag);
        }
        Some(Token::Start(Start { tag, attributes }))
    }
}

/// Reports whether an element has no end tag.
pub fn is_void(tag: &str) -> bool {
    matches!(tag, "br" | "col" | "hr" | "wbr" | "img")
}

fn element_passes(tag: &str) -> bool {
    matches!(tag, "img" | "audio" | "video")
        || svg::element(tag).is_some()
        || matches!(policy::element(tag), Treatment::Keep(name) | Treatment::Void(name) if name == tag)
}

/// Reports whether the sanitiser could have written the attribute. URLs and styles are checked by the writer.
fn attribute_passes(tag: &str, name: &str, value: &str) -> bool {
    let size = || value.bytes().all(|byte| byte.is_ascii_digit());
    match (tag, name) {
        (_, "style")
        | ("img", "src" | "alt")
        | ("a" | "image" | "use", "href")
        | ("video", "src" | "poster")
        | ("audio", "src") => true,
        ("img" | "video", "width" | "height") => size(),
        ("audio" | "video", "controls") => value.is_empty(),
        ("audio" | "video", "preload") => value == "none",
        _ if svg::element(tag).is_some() => {
            svg::attribute(name, value).is_some_and(|(known, kept)| known == name && kept == value)
        }
        _ => policy::attribute(tag, name, value).is_some(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_sanitiser_writes_is_read() {
        let raw = r#"<p style="color:red">a &lt; b<br><img data-src="https://mmbiz.qpic.cn/mmbiz_png/a/0" alt='"x"'></p><svg viewBox="0 0 1 1"><rect id="r" fill="url(#g)"></rect></svg><iframe class="video_iframe" data-mpvid="wxv_12345"></iframe>"#;
        let html = crate::html::sanitise(raw, &crate::html::SanitiseOptions::default()).html;
        let tokens: Vec<_> = tokens(&html).collect::<Result<_, _>>().unwrap_or_else(|_| panic!("{html}"));
        assert!(
            matches!(&tokens[0], Token::Start(start) if start.tag == "p" && start.get("style") == Some("color:red"))
        );
        assert!(matches!(tokens[1], Token::Text("a &lt; b")));
    }

    #[test]
    fn what_is_not_canonical_is_broken() {
        for bad in [
            "<p>",
            "</p>",
            "<p></section>",
            "<p class=x></p>",
            "<p onclick=\"x\"></p>",
            "<script></script>",
            "<!-- -->",
            "<p",
            "<img src=\"x\" onerror=\"y\">",
            "<p title=\"a\"b\"></p>",
            "<svg onload=\"x\"></svg>",
            "<a href=\"x",
            "<P></P>",
        ] {
            assert!(tokens(bad).any(|token| token.is_err()), "{bad}");
        }
    }
}
