//! Finds pictures next to a saved page that it does not name: its cover, by the usual names that exporters give it, and
//! pictures named by the platform's number. Only files that cannot belong to another article are taken; the rest are
//! kept as separate files under their names.

use crate::model::ArticleUrl;
use crate::parse::page::savers;
use crate::source::Input;

/// Extensions of pictures, best first.
const EXTENSIONS: [&str; 5] = ["jpg", "png", "jpeg", "gif", "webp"];

/// Returns the name of the cover next to `page`, relative to it.
///
/// `cover.jpg` or `封面.jpg` belongs to the page only if the folder is the page's own (`某文/index.html`, `某文/某文.html`). A
/// picture with the page's own name, alone or followed by one of these words, always does.
pub(crate) fn cover(page: &Input) -> Option<String> {
    let name = page.place().rsplit('/').next().unwrap_or_default();
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let folder = page.place().rsplit('/').nth(1);
    let index = stem.eq_ignore_ascii_case("index");
    let mut names = Vec::new();
    if index || folder == Some(stem) {
        names.extend(["cover", "Cover", "封面"].map(str::to_owned));
    }
    if !index {
        names.push(stem.to_owned());
        names.extend(["_cover", "-cover", ".cover", "_封面", "-封面", "封面"].map(|tail| format!("{stem}{tail}")));
    }
    names.iter().find_map(|name| existing(page, name))
}

/// Returns the article named by a clipper's note next to `page`: `a.json` of `a.html`, `index.json` and `index.rdf` of
/// `index.html`.
pub(crate) fn noted(page: &Input) -> Option<ArticleUrl> {
    const LARGEST: u64 = 256 * 1024;
    let stem = page.name().rsplit_once('.').map_or(page.name(), |(stem, _)| stem);
    let notes = [format!("{stem}.json"), format!("{stem}.rdf")];
    // An unreadable note is reported where it is read itself.
    notes.iter().find_map(|name| savers::of_note(&page.sibling(name)?.bytes(LARGEST).ok()?))
}

/// Returns the picture next to `page` that is named by the platform's number.
pub(crate) fn numbered(page: &Input, number: &str) -> Option<String> {
    // Exporters number their pictures from 1; the platform's numbers are long.
    let long = number.len() >= 7 && number.bytes().all(|byte| byte.is_ascii_digit());
    if long { existing(page, number) } else { None }
}

fn existing(page: &Input, stem: &str) -> Option<String> {
    EXTENSIONS.iter().map(|extension| format!("{stem}.{extension}")).find(|name| page.sibling(name).is_some())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::source::input::Siblings;

    fn cover_of(page: &str, files: &[&str]) -> Option<String> {
        let all = files.iter().chain([&page]).map(|name| Input::bytes_at(*name, Vec::new(), None));
        let siblings: Arc<Siblings> = Arc::new(all.map(|input| (input.locator().to_owned(), input)).collect());
        let page = siblings.get(page).unwrap();
        page.set_siblings(&siblings);
        cover(&page)
    }

    #[test]
    fn a_cover_is_taken_where_it_can_be_no_others() {
        assert_eq!(cover_of("x/春茶/index.html", &["x/春茶/cover.jpg"]).as_deref(), Some("cover.jpg"));
        assert_eq!(cover_of("x/春茶/春茶.html", &["x/春茶/封面.png"]).as_deref(), Some("封面.png"));
        assert_eq!(cover_of("x/20240101春茶.html", &["x/20240101春茶.jpg"]).as_deref(), Some("20240101春茶.jpg"));
        assert_eq!(cover_of("x/春茶.html", &["x/春茶_封面.webp"]).as_deref(), Some("春茶_封面.webp"));
        // The cover is ambiguous.
        assert_eq!(cover_of("x/春茶.html", &["x/cover.jpg", "x/夏茶.html", "x/夏茶.jpg"]), None);
        assert_eq!(cover_of("x/春茶/index.html", &["x/cover.jpg", "x/春茶/index.jpg"]), None);
    }
}
