//! Cleans text for the terminal. Names, titles and paths come from pages, lists and other people's files. Characters
//! that a terminal would interpret (escape codes, marks that change the direction of text) are replaced by a visible
//! sign; those that would break a line or a table become a space.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// Replacement for a character that is not printed.
const HIDDEN: char = '\u{fffd}';

/// Reports whether a terminal, or a text layout engine, would interpret `c` instead of showing it.
fn is_obeyed(c: char) -> bool {
    c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Reports whether `c` ends a line or a cell.
fn is_break(c: char) -> bool {
    matches!(c, '\t'..='\r' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// Returns a name, title or path that is safe in a line or in a cell of tab-separated output.
pub fn cell(text: &str) -> Cow<'_, str> {
    replaced(text, |c| match c {
        _ if is_break(c) => Some(' '),
        _ if is_obeyed(c) => Some(HIDDEN),
        _ => None,
    })
}

/// Returns text that is safe to print but keeps the program's own lines and tabs.
pub fn text(text: &str) -> Cow<'_, str> {
    replaced(text, |c| match c {
        '\n' | '\t' => None,
        _ if is_break(c) => Some(' '),
        _ if is_obeyed(c) => Some(HIDDEN),
        _ => None,
    })
}

fn replaced(text: &str, by: impl Fn(char) -> Option<char>) -> Cow<'_, str> {
    if text.chars().any(|c| by(c).is_some()) {
        Cow::Owned(text.chars().map(|c| by(c).unwrap_or(c)).collect())
    } else {
        Cow::Borrowed(text)
    }
}

/// Returns a number of bytes in the unit that people know from their disks and cloud drives: `268 KB`, `1.5 GB`.
pub fn size(bytes: u64) -> String {
    let units = [("TB", 1_000_000_000_000), ("GB", 1_000_000_000), ("MB", 1_000_000), ("KB", 1000)];
    // What rounds up to a thousand of a unit is one of the next.
    let Some((name, unit)) = units.into_iter().find(|(_, unit)| bytes >= unit - unit / 2000) else {
        return format!("{bytes} B");
    };
    let tenths = (u128::from(bytes) * 10 + u128::from(unit / 2)) / u128::from(unit);
    match tenths {
        100.. => format!("{} {name}", (u128::from(bytes) + u128::from(unit / 2)) / u128::from(unit)),
        _ if tenths % 10 == 0 => format!("{} {name}", tenths / 10),
        _ => format!("{}.{} {name}", tenths / 10, tenths % 10),
    }
}

/// Returns the name that a kept file had: its name in the archive begins with digits of its digest.
pub fn original_name(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    match name.split_once('-') {
        Some((digits, name)) if digits.len() == 8 && digits.bytes().all(|digit| digit.is_ascii_hexdigit()) => name,
        _ => name,
    }
}

/// Returns a name for each of `paths`: the file's name, after as much of its folders as tells it apart from the others
/// of that name.
pub fn told_apart<'p>(paths: &[&'p str]) -> Vec<&'p str> {
    let tail = |path: &'p str, parts: usize| {
        let start = path.rmatch_indices('/').nth(parts - 1).map_or(0, |(at, _)| at + 1);
        &path[start..]
    };
    let mut names: BTreeMap<&str, &str> = BTreeMap::new();
    let mut left: BTreeSet<&str> = paths.iter().copied().collect();
    let mut parts = 1;
    while !left.is_empty() {
        let mut of_tail: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for path in left {
            of_tail.entry(tail(path, parts)).or_default().push(path);
        }
        left = BTreeSet::new();
        for (tail, of) in of_tail {
            let is_alone = of.len() == 1;
            for path in of {
                // A path without further folders is named by all of it.
                if is_alone || path == tail {
                    names.insert(path, tail);
                } else {
                    left.insert(path);
                }
            }
        }
        parts += 1;
    }
    paths.iter().map(|path| names[path]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_said_in_the_units_of_disks() {
        let said = [0, 999, 1000, 1500, 9_960, 274_604, 999_499, 999_500, 1_000_000, 12_000_000, 4_700_000_000];
        let words = ["0 B", "999 B", "1 KB", "1.5 KB", "10 KB", "275 KB", "999 KB", "1 MB", "1 MB", "12 MB", "4.7 GB"];
        assert_eq!(said.map(size), words);
        assert_eq!(size(u64::MAX), "18446744 TB");
    }

    #[test]
    fn escape_codes_are_seen_and_not_sent() {
        assert_eq!(cell("\u{1b}[2J\u{1b}[31m红\u{7}标题"), "\u{fffd}[2J\u{fffd}[31m红\u{fffd}标题");
        assert_eq!(cell("line1\nline2\tTAB\r\n"), "line1 line2 TAB  ");
        assert_eq!(text("a\tb\nc\rd\u{9b}31m\u{202e}txt.exe"), "a\tb\nc d\u{fffd}31m\u{fffd}txt.exe");
        assert!(matches!(cell("平常的标题 🙂 é"), Cow::Borrowed(_)));
    }

    #[test]
    fn files_of_one_name_are_told_apart_by_their_folders() {
        let paths =
            ["in/甲店/五月/账单.csv", "in/乙店/五月/账单.csv", "in/甲店/六月.csv", "账单.csv", "in/甲店/五月/账单.csv"];
        let names = ["甲店/五月/账单.csv", "乙店/五月/账单.csv", "六月.csv", "账单.csv", "甲店/五月/账单.csv"];
        assert_eq!(told_apart(&paths), names);
        assert_eq!(told_apart(&["a/x.csv", "b/x.csv"]), ["a/x.csv", "b/x.csv"]);
    }

    #[test]
    fn nothing_that_is_obeyed_is_left_of_any_character() {
        for c in '\0'..=char::MAX {
            let around = format!("a{c}b");
            let (in_cell, in_text) = (cell(&around), text(&around));
            assert!(!in_cell.chars().any(|c| is_obeyed(c) || is_break(c)), "{c:?}");
            assert!(!in_text.chars().any(|c| !matches!(c, '\n' | '\t') && (is_obeyed(c) || is_break(c))), "{c:?}");
            assert_eq!(in_cell.chars().count(), 3, "{c:?}");
        }
    }
}
