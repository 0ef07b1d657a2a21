//! One post as a page of a book.

use super::content_model::{self, Made};
use super::pictures::Pictures;
use super::{Books, Volume};
use crate::export::Losses;
use crate::export::local_urls::LocalUrls;
use crate::export::post::PostContent;
use crate::export::publication::Linked;
use crate::export::xml::allowed;
use crate::html::markup::{Holds, markup};
use crate::html::{escape_attribute, escape_text};

/// Language of the books.
pub(super) const LANGUAGE: &str = "zh-CN";

// Drawings come alive in a browser alone: readers show the pictures and the text.
const HOLDS: Holds = Holds { xml: true, styles: true, drawings: false, players: false };

/// Returns the path of a chapter in the book, by its number from 1.
pub(super) fn name(number: usize) -> String {
    format!("chapter-{number:04}.xhtml")
}

/// Returns the beginning of a page, up to its body.
pub(super) fn head(title: &str, class: &str) -> String {
    let mut html = String::from("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<!DOCTYPE html>\n");
    html.push_str("<html xmlns=\"http://www.w3.org/1999/xhtml\" xmlns:epub=\"http://www.idpf.org/2007/ops\"");
    for attribute in [" xml:lang=\"", LANGUAGE, "\" lang=\"", LANGUAGE, "\">\n<head>\n<title>"] {
        html.push_str(attribute);
    }
    escape_text(title, &mut html);
    html.push_str("</title>\n<link rel=\"stylesheet\" type=\"text/css\" href=\"book.css\"/>\n</head>\n<body");
    if !class.is_empty() {
        html.push_str(" class=\"");
        html.push_str(class);
        html.push('"');
    }
    html.push_str(">\n");
    html
}

/// Returns the page of a post.
pub(super) fn chapter(
    books: &Books<'_>,
    volume: &Volume,
    pictures: &Pictures,
    content: &PostContent,
    title: &str,
    losses: &mut Losses,
) -> String {
    let texts = &books.texts;
    let urls = LocalUrls {
        media: &|path| pictures.get(path).map(|picture| picture.name.clone()).or_else(|| is_held(books, path)),
        link: &|href| link(books, volume, href),
        texts,
    };
    let unfit_picture = texts.get("epub-other-format", &[]);
    let Made { body, unfit, unfit_backgrounds } =
        content_model::valid(&content.body, &|path| pictures.is_unfit(path), &unfit_picture);
    let body = markup(&body, HOLDS, &urls);
    losses.add_body(&body.lost, body.missing, title);
    losses.add("format", unfit, title);
    losses.add("background", unfit_backgrounds, title);

    let mut html = head(title, "post");
    html.push_str("<h1>");
    escape_text(title, &mut html);
    html.push_str("</h1>\n");
    let published = content.published.map(|time| time.zoned().strftime("%Y-%m-%d %H:%M").to_string());
    let albums = (!content.albums.is_empty()).then(|| content.albums.join("、"));
    let byline = [published, content.author.clone(), albums].into_iter().flatten().collect::<Vec<_>>().join(" · ");
    paragraph("byline", &byline, &mut html);
    html.push_str(&body.html);
    html.push('\n');
    if let Some(url) = content.old_url.as_deref().and_then(web) {
        html.push_str("<p class=\"source\"><a href=\"");
        escape_attribute(&url, &mut html);
        html.push_str("\">");
        escape_text(&url, &mut html);
        html.push_str("</a></p>\n");
    }
    if !content.comments.is_empty() {
        html.push_str("<h2>");
        escape_text(&texts.get("mirror-comments", &[]), &mut html);
        html.push_str("</h2>\n");
        if let Some(remark) = books.options.comments.as_ref().and_then(|comments| comments.remark()) {
            paragraph("byline", &texts.get(remark, &[]), &mut html);
        }
        let unnamed = texts.get("mirror-comment-unnamed", &[]);
        for comment in &content.comments {
            let replies = comment.replies.iter().map(|reply| ("reply", reply));
            for (class, one) in std::iter::once(("comment", comment)).chain(replies) {
                html.push_str("<p class=\"");
                html.push_str(class);
                html.push_str("\"><strong>");
                escape_text(&allowed(one.name.as_deref().unwrap_or(&unnamed)), &mut html);
                html.push_str("</strong><br/>");
                escape_text(&allowed(&one.text), &mut html);
                html.push_str("</p>\n");
            }
        }
    }
    html.push_str("</body>\n</html>\n");
    html
}

fn paragraph(class: &str, text: &str, html: &mut String) {
    if text.is_empty() {
        return;
    }
    html.push_str("<p class=\"");
    html.push_str(class);
    html.push_str("\">");
    escape_text(&allowed(text), html);
    html.push_str("</p>\n");
}

/// Returns an empty address for audio and video that the archive holds, so that they are named in the text.
fn is_held(books: &Books<'_>, path: &str) -> Option<String> {
    let extension = path.rsplit_once('.').map_or("", |(_, extension)| extension);
    let played =
        matches!(extension, "mp4" | "mov" | "m4v" | "webm" | "mp3" | "m4a" | "aac" | "amr" | "wav" | "ogg" | "silk");
    (played && books.publication.view().file(path).is_some_and(|file| file.is_there())).then(String::new)
}

fn link(books: &Books<'_>, volume: &Volume, href: &str) -> Option<String> {
    if let Linked::Article(other) = books.publication.linked(href)
        && let Some(index) = volume.posts.iter().position(|place| *place == other)
    {
        return Some(name(index + 1));
    }
    web(href)
}

/// Returns an address in the strict form that books ask for; `None` if it is not one of the web.
fn web(href: &str) -> Option<String> {
    let url = url::Url::parse(href.trim()).ok()?;
    if !matches!(url.scheme(), "http" | "https" | "mailto") {
        return None;
    }
    let mut strict = String::new();
    let text = url.as_str();
    let fragment = text.find('#').unwrap_or(text.len());
    for (at, c) in text.char_indices() {
        let good = c.is_ascii_alphanumeric()
            || "-._~:/?@!$&'()*+,;=".contains(c)
            || c == '#' && at == fragment
            || c == '%' && is_escape(&text.as_bytes()[at..])
            // An IPv6 address.
            || "[]".contains(c) && text[..at].matches('/').count() == 2;
        if good {
            strict.push(c);
        } else {
            let mut buffer = [0; 4];
            for byte in c.encode_utf8(&mut buffer).bytes() {
                strict.push('%');
                strict.push_str(&hex::encode_upper([byte]));
            }
        }
    }
    Some(strict)
}

fn is_escape(text: &[u8]) -> bool {
    matches!(text, [b'%', a, b, ..] if a.is_ascii_hexdigit() && b.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_strict_or_none() {
        let strict = |href| web(href).unwrap();
        assert_eq!(
            strict("https://e.org/a b|c?x=[1]&y=100%&z=%41#f#g"),
            "https://e.org/a%20b%7Cc?x=%5B1%5D&y=100%25&z=%41#f%23g"
        );
        assert_eq!(strict("http://茶.cn/茶"), "http://xn--cl1a.cn/%E8%8C%B6");
        assert_eq!(strict("http://[::1]/"), "http://[::1]/");
        for href in ["javascript:alert(1)", "https://", "#a", "a.html", "file:///etc/passwd"] {
            assert_eq!(web(href), None, "{href}");
        }
    }
}
