//! The files that belong to a saved page: those in the folder beside it, `x_files/`, `x.files/` and `x_file/` of `x.html`
//! (browsers), and `assets/` next to `index.html` (exporters). A browser puts in there what the page loads; anything else
//! was put there by somebody, and is an input like any other.

use std::collections::HashSet;

use aho_corasick::{AhoCorasick, MatchKind};
use percent_encoding::percent_decode;

/// Ends of the names of such folders.
const TAILS: [&str; 3] = ["_files", ".files", "_file"];
/// The folder of exporters, and the page next to it.
const ASSETS: &str = "assets";
const INDEX: &str = "index";

/// Returns the place of a page without its extension; `None` if it is not named like a page.
pub(crate) fn stem(place: &str) -> Option<&str> {
    let (stem, extension) = place.rsplit_once('.')?;
    ["html", "htm", "xhtml"].iter().any(|known| extension.eq_ignore_ascii_case(known)).then_some(stem)
}

/// Returns the folders that belong to the page of this stem, whether they exist or not, with the slash at their ends.
pub(crate) fn folders(stem: &str) -> Vec<String> {
    let of_exporter = parent_of(stem, INDEX).map(|parent| format!("{parent}{ASSETS}/"));
    TAILS.iter().map(|tail| format!("{stem}{tail}/")).chain(of_exporter).collect()
}

/// Returns what comes before the last part of a path, if that is `name`.
fn parent_of<'p>(path: &'p str, name: &str) -> Option<&'p str> {
    path.strip_suffix(name).filter(|parent| parent.is_empty() || parent.ends_with('/'))
}

/// Returns the stem among `pages` that a folder of the path belongs to; the outermost folder decides.
pub(crate) fn page_of<'p>(place: &str, pages: &HashSet<&'p str>) -> Option<&'p str> {
    let mut end = 0;
    while let Some(slash) = place[end..].find('/') {
        let folder = &place[..end + slash];
        end += slash + 1;
        let of_browser = TAILS.iter().find_map(|tail| folder.strip_suffix(tail));
        let of_exporter = parent_of(folder, ASSETS).map(|parent| format!("{parent}{INDEX}"));
        let mut pages_of = of_browser.map(str::to_owned).into_iter().chain(of_exporter);
        if let Some(page) = pages_of.find_map(|stem| pages.get(stem.as_str()).copied()) {
            return Some(page);
        }
    }
    None
}

/// Reports whether one of the folders of the path is named like that of a page.
pub(crate) fn may_be_in_folder(place: &str) -> bool {
    let mut folders = place.split('/').rev().skip(1);
    folders.any(|folder| TAILS.iter().any(|tail| folder.ends_with(tail)) || folder == ASSETS)
}

/// Reports whether the file in such a folder gives a page its looks and its behaviour, by its name: style sheets, scripts,
/// fonts.
pub(crate) fn is_of_browser(place: &str) -> bool {
    const ENDS: [&str; 10] = [".css", ".js", ".mjs", ".download", ".下载", ".woff", ".woff2", ".ttf", ".otf", ".eot"];
    let name = place.rsplit('/').next().unwrap_or(place).to_lowercase();
    ENDS.iter().any(|end| name.ends_with(end))
}

/// Reports whether it is the page of a frame, or a style sheet: either may name pictures.
pub(crate) fn may_name_pictures(place: &str) -> bool {
    is_frame(place) || place.to_lowercase().ends_with(".css")
}

/// Reports whether browsers give such a name to the page of a frame.
pub(crate) fn is_frame(place: &str) -> bool {
    place.rsplit('/').next().unwrap_or(place).starts_with("saved_resource")
}

/// Returns those of `places` that the text at `from` (a page, a style sheet) gives as addresses, relative to its folder.
pub(crate) fn named<'p>(from: &str, text: &[u8], places: &[&'p str]) -> HashSet<&'p str> {
    let folder = from.rfind('/').map_or("", |slash| &from[..=slash]);
    let (below, addresses): (Vec<&'p str>, Vec<&str>) =
        places.iter().filter_map(|place| Some((*place, place.strip_prefix(folder)?))).unzip();
    let mut found = HashSet::new();
    // Too many for one search: of none of them is it known.
    let Ok(search) = AhoCorasick::builder().match_kind(MatchKind::Standard).build(&addresses) else { return found };
    let decoded: Vec<u8> = percent_decode(text).collect();
    let unescaped = String::from_utf8_lossy(&decoded).replace("&amp;", "&");
    for text in [text, &decoded, unescaped.as_bytes()] {
        for one in search.find_overlapping_iter(text) {
            let number = one.pattern().as_usize();
            let in_folder = addresses[number].contains('/');
            if begins(&text[..one.start()], in_folder) && ends(text.get(one.end())) {
                found.insert(below[number]);
            }
        }
    }
    found
}

/// Reports whether an address may begin after this text. What lies in a folder may be named by a whole path as well.
fn begins(before: &[u8], in_folder: bool) -> bool {
    let before = before.strip_suffix(b"./").unwrap_or(before);
    match before.last() {
        None | Some(b'"' | b'\'' | b'(' | b'=' | b';' | b',') => true,
        Some(b'/' | b'\\') => in_folder,
        Some(other) => other.is_ascii_whitespace(),
    }
}

/// Reports whether an address may end before this byte.
fn ends(after: Option<&u8>) -> bool {
    let ends = |byte: u8| matches!(byte, b'"' | b'\'' | b')' | b'>' | b'?' | b'#' | b'&' | b',' | b'\\');
    after.is_none_or(|byte| ends(*byte) || byte.is_ascii_whitespace())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_belongs_to_the_page_beside_it() {
        let pages = HashSet::from(["p/a", "p/index", "index", "p/myindex", "p/a_files/b"]);
        for (place, page) in [
            ("p/a_files/1.png", Some("p/a")),
            ("p/a.files/1.png", Some("p/a")),
            ("p/a_file/deep/1.png", Some("p/a")),
            // The outermost folder decides.
            ("p/a_files/b_files/1.png", Some("p/a")),
            ("p/assets/1.png", Some("p/index")),
            ("assets/1.png", Some("index")),
            ("p/myassets/1.png", None),
            ("p/a/1.png", None),
            ("p/b_files/1.png", None),
            ("q/a_files/1.png", None),
            ("a_files/1.png", None),
        ] {
            assert_eq!(page_of(place, &pages), page, "{place}");
            let folders = page.map(folders).unwrap_or_default();
            assert_eq!(folders.iter().any(|folder| place.starts_with(folder)), page.is_some(), "{place}");
        }
        assert!(
            may_be_in_folder("a_files/1.png") && may_be_in_folder("p/assets/x/1") && !may_be_in_folder("p/a_files")
        );
        assert_eq!(stem("p/a.b.HTML"), Some("p/a.b"));
        assert_eq!((stem("p/a.png"), stem("p/a")), (None, None));
    }

    #[test]
    fn an_address_is_found_as_every_browser_writes_it() {
        let places = ["640", "640(1)", "头 像.png", "a&b.png", "1.png", "11.png", "0.jpeg", "deep/x.gif", "2.png"];
        let places = places.map(|name| format!("p/文_files/{name}"));
        let places: Vec<&str> = places.iter().map(String::as_str).collect();
        let named = |from: &str, text: &str| {
            let mut found: Vec<&str> = named(from, text.as_bytes(), &places).into_iter().collect();
            found.sort_unstable();
            found.iter().map(|place| place.trim_start_matches("p/文_files/").to_owned()).collect::<Vec<_>>()
        };
        let page = "<img src=\"./文_files/640(1)\"><img data-x=\"640\"><img src=https://x.cn/a/1.png>\
            <img src='%E6%96%87_files/%E5%A4%B4%20%E5%83%8F.png'> <i style=\"background:url(&quot;./文_files/0.jpeg&quot;)\">\
            <img srcset=\"x.png 1x,文_files/a&amp;b.png 2x\"><img src=\"file:///C:/p/文_files/deep/x.gif\">文_files/2.pngs";
        assert_eq!(named("p/文.html", page), ["0.jpeg", "640(1)", "a&b.png", "deep/x.gif", "头 像.png"]);
        assert_eq!(
            named("p/文_files/a.css", "p { background: url(11.png), url('./2.png') url(../1.png) }"),
            ["11.png", "2.png"]
        );
        assert_eq!(named("p/文_files/a.css", "url(https://x.cn/1.png)"), [""; 0]);
        assert!(named("q/文.html", page).is_empty() && named("文_files", "").is_empty());
    }

    #[test]
    fn what_a_browser_saves_for_itself_is_known_by_its_name() {
        for name in ["a.css", "x/wx.JS", "b.js.下载", "c.js.download", "f.woff2"] {
            assert!(is_of_browser(name), "{name}");
        }
        for name in ["账单.csv", "css", "a.html", "说明.pdf", "片.mp4", "640", "saved_resource.html"] {
            assert!(!is_of_browser(name), "{name}");
        }
    }
}
