//! Reads the text of an article from an exporter's list, where it is mostly plain and sometimes HTML. It preserves at
//! least the words if there is no other source.

use crate::html::{SanitiseOptions, escape_paragraphs, sanitise};
use crate::model::Body;
use crate::parse::page::dom;
use crate::parse::page::ids::Page;

/// Elements that identify a text as HTML; a `<` alone does not.
const ELEMENTS: &[&str] =
    &["p", "div", "section", "span", "br", "img", "h1", "h2", "h3", "strong", "blockquote", "html"];

/// Converts `text` to a body. `scope` identifies the article, for media without an address. Returns `None` if the text
/// is empty.
///
/// Plain text counts as a partial article, because it has lost its pictures. For a paid article it is unknown whether
/// the text goes beyond the preview.
pub fn body(text: &str, scope: &str, page_url: Option<&str>, paid: bool) -> Option<Body> {
    let options = SanitiseOptions { page_url, scope };
    let marked_up = is_html(text);
    let body = if marked_up {
        let inner = dom::content(&Page::new(text.as_bytes()));
        sanitise(inner.as_deref().unwrap_or(text), &options)
    } else {
        let mut paragraphs = String::new();
        escape_paragraphs(text, &mut paragraphs);
        sanitise(&paragraphs, &options)
    };
    let any = body.text_chars > 0 || !body.media.is_empty();
    any.then_some(Body { partial: paid || !marked_up, ..body })
}

fn is_html(text: &str) -> bool {
    memchr::memchr_iter(b'<', text.as_bytes()).any(|at| {
        let name = text[at + 1..].split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
        let closed = text[at + 1 + name.len()..].starts_with([' ', '>', '/', '\n', '\t', '\r']);
        closed && ELEMENTS.iter().any(|element| name.eq_ignore_ascii_case(element))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_text_becomes_paragraphs_and_is_a_part() {
        let found = body("第一行 1 < 2 & 3\n\n  第二行 <3\n", "a", None, false).unwrap();
        assert_eq!(found.html, "<p>第一行 1 &lt; 2 &amp; 3</p><p>第二行 &lt;3</p>");
        assert!(found.partial);
        assert_eq!(body(" \n ", "a", None, false), None);
    }

    #[test]
    fn html_keeps_its_form_and_loses_what_is_no_text_of_the_author() {
        let page = "<html><body><div id=\"js_content\"><p>正文</p><script>x()</script><img data-src=\"https://mmbiz.qpic.cn/mmbiz_png/A1/640\"></div></body></html>";
        for text in [page, "<p>正文</p><script>x()</script><img data-src=\"https://mmbiz.qpic.cn/mmbiz_png/A1/640\">"]
        {
            let found = body(text, "a", None, false).unwrap();
            assert!(found.html.starts_with("<p>正文</p><img src="), "{}", found.html);
            assert_eq!((found.partial, found.media.len()), (false, 1));
        }
        assert!(body("<p>试读</p>", "a", None, true).unwrap().partial, "of a paid one nobody knows");
    }

    proptest::proptest! {
        #[test]
        fn anything_is_read_without_harm(text in "(<|>|/|p|div| |\n|正|&|\"|=){0,60}") {
            let _ = body(&text, "a", None, false);
        }
    }
}
