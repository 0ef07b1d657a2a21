//! The heading of what has no title of its own: a text post, a note, the words under a video.

use super::site::Site;
use crate::html::plain_text;
use crate::model::Time;

/// The heading of a page whose body is `body`. A first line that is its title becomes the heading and is taken out
/// of the body, so that it is not read twice. `None` where the title is only how a longer paragraph begins: the body
/// stays whole then, under [`of_day`].
pub(super) fn of_text(title: &str, body: &mut String) -> Option<String> {
    let (text, start) = (letters(&plain_text(body)), letters(title.trim_end_matches('…')));
    if start.is_empty() || !text.starts_with(&start) {
        return Some(title.to_owned());
    }
    let (paragraph, rest) = body.strip_prefix("<p>")?.split_once("</p>")?;
    // Lines of a text post are paragraphs, or one paragraph's lines.
    let line = [paragraph.find("<br>").map(|at| (at, at + "<br>".len())), paragraph.find('\n').map(|at| (at, at + 1))];
    let line = line.into_iter().flatten().min();
    let first = line.map_or(paragraph, |(end, _)| &paragraph[..end]);
    if first.contains('<') || letters(&plain_text(first)) != letters(title) {
        return None;
    }
    *body = line.map_or_else(|| rest.to_owned(), |(_, next)| format!("<p>{}</p>{rest}", &paragraph[next..]));
    Some(title.to_owned())
}

/// The same for plain paragraphs.
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

/// What stands where no heading can: the sort of thing and its day.
pub(super) fn of_day(site: &Site<'_>, form: &str, published: Option<Time>) -> String {
    let form = site.texts.get(form, &[]);
    published.map_or_else(|| form.clone(), |time| format!("{form} · {}", site.day(time)))
}

/// The text without its white space, to be compared.
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
