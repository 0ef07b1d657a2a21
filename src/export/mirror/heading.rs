//! Headings of posts that have no title: a text post, a note, the text under a video.

use super::site::Site;
use crate::html::plain_text;
use crate::model::Time;

/// Returns the heading of a page whose body is `body`. If the first line is the title, it becomes the heading and is
/// removed from the body, so that it is not shown twice. Returns `None` if the title is only the beginning of a longer
/// paragraph; the body stays complete then, under [`of_day`].
pub(super) fn of_text(title: &str, body: &mut String) -> Option<String> {
    let (text, start) = (letters(&plain_text(body)), letters(title.trim_end_matches('…')));
    if start.is_empty() || !text.starts_with(&start) {
        return Some(title.to_owned());
    }
    let (paragraph, rest) = body.strip_prefix("<p>")?.split_once("</p>")?;
    // A text post writes its lines as paragraphs, or as the lines of one paragraph.
    let line = [paragraph.find("<br>").map(|at| (at, at + "<br>".len())), paragraph.find('\n').map(|at| (at, at + 1))];
    let line = line.into_iter().flatten().min();
    let first = line.map_or(paragraph, |(end, _)| &paragraph[..end]);
    if first.contains('<') || letters(&plain_text(first)) != letters(title) {
        return None;
    }
    *body = line.map_or_else(|| rest.to_owned(), |(_, next)| format!("<p>{}</p>{rest}", &paragraph[next..]));
    Some(title.to_owned())
}

/// Returns the heading for plain paragraphs, as [`of_text`] does for a body.
pub(super) fn of_paragraphs(title: &str, paragraphs: &mut Vec<&str>) -> Option<String> {
    let (first, start) = (letters(paragraphs.first().unwrap_or(&"")), letters(title.trim_end_matches('…')));
    if start.is_empty() || !first.starts_with(&start) {
        return Some(title.to_owned());
    }
    if first != letters(title) {
        return None;
    }
    paragraphs.remove(0);
    Some(title.to_owned())
}

/// Returns the substitute for a heading: the form of the post and its day.
pub(super) fn of_day(site: &Site<'_>, form: &str, published: Option<Time>) -> String {
    let form = site.texts.get(form, &[]);
    published.map_or_else(|| form.clone(), |time| format!("{form} · {}", site.day(time)))
}

/// Returns the text without white space, for comparison.
fn letters(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_first_paragraph_is_heading_or_text_and_never_both() {
        let of = |title: &str, body: &str| {
            let mut body = body.to_owned();
            (of_text(title, &mut body), body)
        };
        let some = |title: &str| Some(title.to_owned());
        assert_eq!(of("今天没有船。", "<p>今天没有船。</p><p>二</p>"), (some("今天没有船。"), "<p>二</p>".to_owned()));
        let long = "<p>今天没有船。只有海鸥。</p>";
        assert_eq!(of("今天没有船。", long), (None, long.to_owned()));
        let nested = "<section><p>今天没有船。</p></section>";
        assert_eq!(of("今天没有船。", nested), (None, nested.to_owned()));
        assert_eq!(of("一", "<p>一<br>二</p><p>三</p>"), (some("一"), "<p>二</p><p>三</p>".to_owned()));
        assert_eq!(of("一", "<p>一\n二</p>"), (some("一"), "<p>二</p>".to_owned()));
        assert_eq!(of("别的题目", long), (some("别的题目"), long.to_owned()));
        assert_eq!(of("今天没有…", long), (None, long.to_owned()));
        assert_eq!(of("今天没有船。", ""), (some("今天没有船。"), String::new()));
        let mut lines = vec!["回港的船", "风从西南来"];
        assert_eq!((of_paragraphs("回港的船", &mut lines), lines), (some("回港的船"), vec!["风从西南来"]));
    }
}
