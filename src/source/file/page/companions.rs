//! The files that belong to a saved page: those in the folder beside it, `x_files/`, `x.files/` and `x_file/` of `x.html`
//! (browsers), and `assets/` next to `index.html` (exporters). A browser puts in there what the page loads; anything else
//! was put there by somebody, and is an input like any other.

use std::collections::HashSet;

use aho_corasick::{AhoCorasick, MatchKind};
use percent_encoding::percent_decode;

/// Ends of the names of such folders.
const TAILS: [&str; 3] = ["_files", ".files", "_file"];
/// The folder of exporters, and the page next to it.
const ASSETS: &str = "/assets";
const INDEX: &str = "/index";

/// Returns the place of a page without its extension; `None` if it is not named like a page.
pub(crate) fn stem(place: &str) -> Option<&str> {
    let (stem, extension) = place.rsplit_once('.')?;
    ["html", "htm", "xhtml"].iter().any(|known| extension.eq_ignore_ascii_case(known)).then_some(stem)
}

/// Returns the folders that belong to the page of this stem, whether they exist or not, with the slash at their ends.
pub(crate) fn folders(stem: &str) -> Vec<String> {
    let of_exporter = stem.strip_suffix(INDEX).map(|parent| format!("{parent}{ASSETS}/"));
    TAILS.iter().map(|tail| format!("{stem}{tail}/")).chain(of_exporter).collect()
}

/// Returns the stem among `pages` that a folder of the path belongs to; the outermost folder decides.
pub(crate) fn page_of<'p>(place: &str, pages: &HashSet<&'p str>) -> Option<&'p str> {
    let mut end = 0;
    while let Some(slash) = place[end..].find('/') {
        let folder = &place[..end + slash];
        end += slash + 1;
        let of_browser = TAILS.iter().find_map(|tail| folder.strip_suffix(tail));
        let of_exporter = folder.strip_suffix(ASSETS).map(|parent| format!("{parent}{INDEX}"));
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
    folders.any(|folder| TAILS.iter().any(|tail| folder.ends_with(tail)) || folder == ASSETS.trim_start_matches('/'))
}

/// Reports whether the file in such a folder gives a page its looks and its behaviour, by its name: style sheets, scripts,
/// fonts, and the pages in frames, as browsers name them.
pub(crate) fn is_of_browser(place: &str) -> bool {
    const ENDS: [&str; 10] = [".css", ".js", ".mjs", ".download", ".下载", ".woff", ".woff2", ".ttf", ".otf", ".eot"];
    let name = place.rsplit('/').next().unwrap_or(place).to_lowercase();
    ENDS.iter().any(|end| name.ends_with(end)) || is_frame(&name)
}

/// Reports whether it is the page of a frame, or a style sheet: either may name pictures.
pub(crate) fn may_name_pictures(place: &str) -> bool {
    let name = place.rsplit('/').next().unwrap_or(place).to_lowercase();
    is_frame(&name) || name.ends_with(".css")
}

fn is_frame(name: &str) -> bool {
    name.starts_with("saved_resource")
}

/// Returns those of the file names that one of the texts (a page, a style sheet) gives as the last part of an address.
pub(crate) fn named<'n>(names: &[&'n str], texts: &[Vec<u8>]) -> HashSet<&'n str> {
    let starts = |byte: u8| matches!(byte, b'/' | b'\\' | b'"' | b'\'' | b'(' | b'=' | b';' | b' ');
    let ends = |byte: u8| {
        matches!(byte, b'"' | b'\'' | b')' | b'>' | b'?' | b'#' | b'&' | b',' | b'\\') || byte.is_ascii_whitespace()
    };
    let mut found = HashSet::new();
    // Too many names for one search: none of them is known to be named.
    let Ok(search) = AhoCorasick::builder().match_kind(MatchKind::Standard).build(names) else { return found };
    for text in texts {
        let decoded: Vec<u8> = percent_decode(text).collect();
        let unescaped = String::from_utf8_lossy(&decoded).replace("&amp;", "&");
        for text in [text.as_slice(), &decoded, unescaped.as_bytes()] {
            for one in search.find_overlapping_iter(text) {
                let before = one.start().checked_sub(1).and_then(|at| text.get(at));
                let after = text.get(one.end());
                if before.is_none_or(|byte| starts(*byte)) && after.is_none_or(|byte| ends(*byte)) {
                    found.insert(names[one.pattern().as_usize()]);
                }
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_belongs_to_the_page_beside_it() {
        let pages = HashSet::from(["p/a", "p/index", "p/a_files/b"]);
        for (place, page) in [
            ("p/a_files/1.png", Some("p/a")),
            ("p/a.files/1.png", Some("p/a")),
            ("p/a_file/deep/1.png", Some("p/a")),
            // The outermost folder decides.
            ("p/a_files/b_files/1.png", Some("p/a")),
            ("p/assets/1.png", Some("p/index")),
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
    fn a_name_is_found_as_every_browser_writes_it() {
        let names = ["640", "640(1)", "头 像.png", "a&b.png", "1.png", "11.png", "0.jpeg", "wx_fmt=png"];
        let texts: [&str; 4] = [
            "<img src=\"./文_files/640(1)\"><img data-x=\"640px\">",
            "<img src='x_files/%E5%A4%B4%20%E5%83%8F.png'> <i style=\"background:url(&quot;./x_files/0.jpeg&quot;)\">",
            "<img srcset=\"x_files/a&amp;b.png 2x\">",
            "p { background: url(11.png) }",
        ];
        let texts = texts.map(|text| text.as_bytes().to_vec());
        let mut found: Vec<&str> = named(&names, &texts).into_iter().collect();
        found.sort_unstable();
        assert_eq!(found, ["0.jpeg", "11.png", "640(1)", "a&b.png", "头 像.png"]);
        assert!(named(&[], &texts).is_empty() && named(&names, &[]).is_empty());
    }

    #[test]
    fn what_a_browser_saves_for_itself_is_known_by_its_name() {
        for name in ["a.css", "x/wx.JS", "b.js.下载", "c.js.download", "saved_resource(1).html", "f.woff2"] {
            assert!(is_of_browser(name), "{name}");
        }
        for name in ["账单.csv", "css", "a.html", "说明.pdf", "片.mp4", "640", "resource.html"] {
            assert!(!is_of_browser(name), "{name}");
        }
    }
}
