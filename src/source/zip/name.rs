//! Names of members: bytes of an unknown encoding, written by an unknown tool, perhaps on purpose.

use encoding_rs::GB18030;
use unicode_normalization::UnicodeNormalization as _;

use super::Budget;

/// The name as text: UTF-8, else what Chinese Windows writes.
pub(super) fn decode(raw: &[u8]) -> String {
    match std::str::from_utf8(raw) {
        Ok(name) => name.to_owned(),
        Err(_) => GB18030.decode_without_bom_handling(raw).0.into_owned(),
    }
}

/// The name as a relative path with `/`, composed (NFC); `None` for one that points elsewhere, is no name, or is
/// beyond the limits.
pub(super) fn safe(name: &str, budget: &Budget) -> Option<String> {
    if name.is_empty() || name.len() > budget.name_bytes() || name.contains(|letter: char| letter.is_control()) {
        return None;
    }
    // Old tools on Windows write its separator.
    let name = name.replace('\\', "/");
    let parts: Vec<&str> = name.split('/').filter(|part| *part != ".").collect();
    let drive = parts.first().is_some_and(|first| first.len() > 1 && first.as_bytes()[1] == b':');
    let safe = !drive && parts.len() <= budget.name_depth() && !parts.iter().any(|part| matches!(*part, "" | ".."));
    // `!/` is how a locator goes into an archive.
    (safe && !parts.is_empty()).then(|| parts.join("/").replace("!/", "_/").nfc().collect())
}

/// The path of the `number`th member of one name: `b.csv` → `b (2).csv`.
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
    fn names_that_point_elsewhere_are_refused() {
        let budget = Budget::new("");
        for name in
            ["", ".", "/", "../a", "a/../../b", "/etc/passwd", "//host/a", "C:\\a", "c:a", "a\\..\\b", "a\0b", "a//b"]
        {
            assert_eq!(safe(name, &budget), None, "{name:?}");
        }
        assert_eq!(safe("./a/b.html", &budget).as_deref(), Some("a/b.html"));
        assert_eq!(safe("账单\\七月.csv", &budget).as_deref(), Some("账单/七月.csv"));
        assert_eq!(safe("..a/b..c", &budget).as_deref(), Some("..a/b..c"));
        assert_eq!(safe(&"a/".repeat(40), &budget), None);
        assert_eq!(safe(&"a".repeat(5000), &budget), None);
        assert_eq!(numbered("a/b.csv", 2), "a/b (2).csv");
        assert_eq!(numbered("a.d/b", 3), "a.d/b (3)");
    }

    #[test]
    fn names_of_chinese_windows_are_read() {
        assert_eq!(decode(&GB18030.encode("微信支付账单.csv").0), "微信支付账单.csv");
        assert_eq!(decode("微信支付账单.csv".as_bytes()), "微信支付账单.csv");
    }
}
