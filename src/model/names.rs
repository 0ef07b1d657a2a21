//! Names files and folders inside the bags so that every tool and known system can read them. The true title is always
//! in `article.json`; the name is for users browsing folders.

use unicode_normalization::UnicodeNormalization as _;
use unicode_segmentation::UnicodeSegmentation as _;

use super::layout;
use crate::error::{Error, Result};

/// Limit of a title in a name, in bytes.
const TITLE_BYTES: usize = 80;
/// Limit of a path under a bag, in characters: with the user's own folder in front it stays below what Windows'
/// Explorer opens (260).
const PATH_CHARACTERS: usize = 180;

/// Makes a name that every file system accepts, from any text: NFC, no control, direction or invisible characters, none
/// that Windows or BagIt refuse, no reserved stem, at most 80 bytes, cut between graphemes. May be empty.
pub fn safe_name(text: &str) -> String {
    let mut name = String::with_capacity(text.len().min(TITLE_BYTES * 2));
    let mut gap = false;
    for character in text.nfc() {
        match character {
            // Line separators, BOM, zero width, direction marks, soft hyphen, tags: invisible and not to be trusted.
            '\u{ad}'
            | '\u{61c}'
            | '\u{180e}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}' => {}
            '<' | '>' | ':' | '"' | '/' | '\\' | '|' | '?' | '*' | '%' | '\u{fffd}' => {
                gap = false;
                name.push('_');
            }
            c if c.is_control() || c.is_whitespace() || is_private_use(c) => gap = true,
            c => {
                if std::mem::take(&mut gap) && !name.is_empty() && !name.ends_with('_') {
                    name.push(' ');
                }
                name.push(c);
            }
        }
    }
    let mut cut = 0;
    for (start, grapheme) in name.grapheme_indices(true) {
        if start + grapheme.len() > TITLE_BYTES {
            break;
        }
        cut = start + grapheme.len();
    }
    name.truncate(cut);
    let trimmed = name.trim_end_matches(['.', ' ', '_']).trim_start_matches(['.', ' ', '-', '~', '_']);
    if is_reserved(trimmed) { format!("_{trimmed}") } else { trimmed.to_owned() }
}

fn is_private_use(character: char) -> bool {
    matches!(character, '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..)
}

/// Reports whether Windows reads the name as a device: `con`, `NUL.txt`, `COM¹` …
/// Reports whether Windows gives a name with this stem to a device (`CON`, `nul.txt`).
pub fn is_reserved(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or(name).trim_end().to_ascii_uppercase();
    if matches!(stem.as_str(), "CON" | "PRN" | "AUX" | "NUL" | "CONIN$" | "CONOUT$" | "CLOCK$") {
        return true;
    }
    let Some(port) = stem.strip_prefix("COM").or_else(|| stem.strip_prefix("LPT")) else { return false };
    let mut characters = port.chars();
    matches!((characters.next(), characters.next()), (Some('0'..='9' | '¹' | '²' | '³'), None))
}

/// Reports whether every system can have a file or a folder of this name: neither empty, `.` nor `..`, no control
/// character, none that Windows refuses, no dot or space at the end (Windows drops them), no device of Windows.
pub fn is_portable(name: &str) -> bool {
    let is_refused = |c: char| c.is_control() || matches!(c, '<' | '>' | ':' | '"' | '/' | '\\' | '|' | '?' | '*');
    !name.is_empty() && !name.ends_with(['.', ' ']) && !name.contains(is_refused) && !is_reserved(name)
}

/// Makes a safe name and keeps its extension, for input files (`保单 2024.pdf`). `fallback` is used if the stem is empty.
pub fn safe_file_name(name: &str, fallback: &str) -> String {
    let (stem, extension) = match name.rsplit_once('.') {
        Some((stem, extension))
            if (1..=10).contains(&extension.len()) && extension.bytes().all(|byte| byte.is_ascii_alphanumeric()) =>
        {
            (stem, Some(extension))
        }
        _ => (name, None),
    };
    let mut stem = safe_name(stem);
    if stem.is_empty() {
        fallback.clone_into(&mut stem);
    }
    match extension {
        Some(extension) => format!("{stem}.{extension}"),
        None => stem,
    }
}

/// Returns the folder of an article: `<date>-<mid>-<idx>-<slug>`. `date` is `20240131`. The ids make it unique; if one
/// is missing, pass what identifies the article instead (`short:…`, `sha256:…` become safe). An article's folder is
/// fixed at its first commit: call this only for new articles.
pub fn article_folder(date: &str, mid: &str, idx: &str, title: &str) -> String {
    let mut name = String::new();
    for part in [date, mid, idx, title] {
        let part = safe_name(part);
        if part.is_empty() {
            continue;
        }
        if !name.is_empty() {
            name.push('-');
        }
        // Spaces break names that users paste into shells and chats.
        name.push_str(&part.replace(' ', "-"));
    }
    name
}

/// Returns the form that names share if some file system treats them as equal: NFKC and case folded.
pub fn collision_key(path: &str) -> String {
    if path.is_ascii() {
        return path.to_ascii_lowercase();
    }
    // Upper then lower case folds what lower case alone does not (ß, ﬀ, final sigma).
    let folded: String = path.nfkc().flat_map(char::to_uppercase).flat_map(char::to_lowercase).collect();
    folded.nfkc().collect()
}

/// Checks a payload path (relative to `data/`, `/` between its parts).
///
/// # Errors
/// `payload-path-refused` for a path that some tool or system cannot read: see the module.
pub fn check_payload_path(path: &str) -> Result<()> {
    let bad_part = |part: &str| !is_portable(part) || part.starts_with(' ') || part.contains('%');
    let composed = unicode_normalization::is_nfc(path);
    if !composed || path.chars().count() + layout::DATA.len() + 1 > PATH_CHARACTERS || path.split('/').any(bad_part) {
        return Err(Error::other("payload-path-refused").with("path", path));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_become_names() {
        for (title, name) in [
            ("留底：先存一份，再放手", "留底：先存一份，再放手"),
            ("a/b\\c:d*e?f\"g<h>i|j%k", "a_b_c_d_e_f_g_h_i_j_k"),
            ("  two   words \n", "two words"),
            ("...", ""),
            ("../../etc/passwd", "etc_passwd"),
            ("con", "_con"),
            ("NUL.txt", "_NUL.txt"),
            ("COM¹", "_COM¹"),
            ("console", "console"),
            ("e\u{301}", "é"),
            ("abc\u{202e}gpj.exe", "abcgpj.exe"),
            ("end. . .", "end"),
            ("-rf ~", "rf ~"),
            ("\u{feff}\u{200b}", ""),
        ] {
            assert_eq!(safe_name(title), name, "{title:?}");
        }
    }

    #[test]
    fn long_titles_are_cut_between_graphemes() {
        let name = safe_name(&"汉".repeat(100));
        assert_eq!((name.len(), name.chars().count()), (78, 26));
        let family = "👨‍👩‍👧‍👦";
        // The joiner is among the invisible characters; the rest is cut between characters.
        assert!(safe_name(&family.repeat(20)).len() <= 80);
        assert_eq!(safe_name(&format!("{}e\u{323}\u{302}", "x".repeat(79))), "x".repeat(79));
    }

    #[test]
    fn articles_and_files() {
        assert_eq!(article_folder("20240131", "2247483649", "1", "Hello / 世界 "), "20240131-2247483649-1-Hello_世界");
        assert_eq!(article_folder("20240131", "short:AbC_1", "", ""), "20240131-short_AbC_1");
        assert_eq!(safe_file_name("发票?.PDF", "file"), "发票.PDF");
        assert_eq!(safe_file_name("???", "file"), "file");
        assert_eq!(safe_file_name("..", "file"), "file");
    }

    #[test]
    fn names_that_some_system_takes_for_one() {
        assert_eq!(collision_key("A/ÉÉ.txt"), collision_key("a/e\u{301}é.TXT"));
        assert_eq!(collision_key("straße"), collision_key("STRASSE"));
        assert_eq!(collision_key("ﬁle"), collision_key("FILE"));
        assert_ne!(collision_key("a1"), collision_key("a2"));
    }

    #[test]
    fn payload_paths() {
        check_payload_path("articles/2024/20240131-1-1-世界/article.json").unwrap();
        for bad in
            ["", "/a", "a//b", "a/../b", "a%b", "a\\b", "a\rb", "con/x", "a./b", "a /b", "e\u{301}", &"x".repeat(176)]
        {
            assert_eq!(check_payload_path(bad).unwrap_err().code(), "payload-path-refused", "{bad:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn every_safe_name_passes_the_check(text in "\\PC{0,60}", more in ".{0,30}") {
            let name = article_folder("20240131", "1", "1", &format!("{text}{more}"));
            proptest::prop_assert!(check_payload_path(&name).is_ok(), "{name:?}");
            proptest::prop_assert_eq!(safe_name(&safe_name(&text)), safe_name(&text));
        }
    }
}
