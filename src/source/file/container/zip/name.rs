//! Decodes names of members: bytes in an unknown encoding, from an unknown and possibly malicious tool.

use encoding_rs::GB18030;
use unicode_normalization::UnicodeNormalization as _;

use super::Budget;

/// Returns the name as text: UTF-8, else the encoding of Chinese Windows.
pub(super) fn decode(raw: &[u8]) -> String {
    match std::str::from_utf8(raw) {
        Ok(name) => name.to_owned(),
        Err(_) => GB18030.decode_without_bom_handling(raw).0.into_owned(),
    }
}

/// Returns the name as a relative path with `/`, composed (NFC). Members are never written to the path they name, so
/// parts that lead elsewhere (`/home/…`, `C:\…`, `../…`) are simply removed. A name beyond the limits keeps its end,
/// which is the most specific part.
pub(super) fn plain(name: &str, budget: &Budget) -> String {
    // Old tools on Windows write its separator.
    let name: String = name
        .chars()
        .map(|letter| {
            if letter == '\\' {
                '/'
            } else if letter.is_control() {
                '_'
            } else {
                letter
            }
        })
        .collect();
    let drive = name.len() > 1 && name.as_bytes()[1] == b':' && name.as_bytes()[0].is_ascii_alphabetic();
    let name = if drive { &name[2..] } else { &name };
    let mut parts: Vec<&str> = name.split('/').filter(|part| !matches!(*part, "" | "." | "..")).collect();
    parts.drain(..parts.len().saturating_sub(budget.name_depth()));
    // `!/` separates an archive from its members in a locator.
    let path: String = parts.join("/").replace("!/", "_/").nfc().collect();
    let mut start = path.len().saturating_sub(budget.name_bytes());
    while !path.is_char_boundary(start) {
        start += 1;
    }
    let path = path[start..].trim_start_matches('/');
    if path.is_empty() { "_".to_owned() } else { path.to_owned() }
}

/// Reports whether a path contains a name that operating systems leave behind in an archive.
pub(super) fn is_left_about(name: &str) -> bool {
    name.split(['/', '\\']).any(crate::model::is_left_about)
}

/// Returns the path of the `number`th member with the same name: `b.csv` → `b (2).csv`.
pub(super) fn numbered(path: &str, number: u32) -> String {
    let file = path.rfind('/').map_or(0, |slash| slash + 1);
    match path[file..].rfind('.') {
        Some(dot) if dot > 0 => format!("{} ({number}){}", &path[..file + dot], &path[file + dot..]),
        _ => format!("{path} ({number})"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_becomes_a_path_below_the_archive() {
        let budget = Budget::new("");
        for (name, path) in [
            ("", "_"),
            (".", "_"),
            ("/", "_"),
            ("../a", "a"),
            ("a/../../b", "a/b"),
            ("/etc/passwd", "etc/passwd"),
            ("//host/a", "host/a"),
            ("C:\\Users\\me\\a.html", "Users/me/a.html"),
            ("c:a", "a"),
            ("a\\..\\b", "a/b"),
            ("a\0b\nc", "a_b_c"),
            ("a//b", "a/b"),
            ("./a/b.html", "a/b.html"),
            ("账单\\七月.csv", "账单/七月.csv"),
            ("..a/b..c", "..a/b..c"),
            ("10:30 雨.html", "10:30 雨.html"),
            ("a!/b", "a_/b"),
            ("~$雨.html", "~$雨.html"),
        ] {
            assert_eq!(plain(name, &budget), path, "{name:?}");
        }
        assert_eq!(plain(&"a/".repeat(40), &budget).matches('a').count(), 32);
        let long = plain(&format!("{}.html", "雨".repeat(5000)), &budget);
        assert!(long.len() <= 4096 && long.ends_with("雨.html"));
        assert_eq!(numbered("a/b.csv", 2), "a/b (2).csv");
        assert_eq!(numbered("a.d/b", 3), "a.d/b (3)");
    }

    #[test]
    fn names_of_chinese_windows_are_read() {
        assert_eq!(decode(&GB18030.encode("微信支付账单.csv").0), "微信支付账单.csv");
        assert_eq!(decode("微信支付账单.csv".as_bytes()), "微信支付账单.csv");
    }
}
