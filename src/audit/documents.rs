//! Names the kinds of documents for `liudi keep FILE --as KIND`. Any word is a kind; these have a name in each
//! language, and some of them satisfy a rule.

use super::words;
use crate::text::Texts;

/// Kinds with names: `document-<code>`.
const KINDS: &[&str] =
    &["auto_reply", "contract", "document", "invoice", "menu", "orders", "profile", "screenshot", "statement"];
/// Other common names.
const NAMES: &[(&str, &str)] = &[
    ("自定义菜单", "menu"),
    ("自动回复规则", "auto_reply"),
    ("auto-reply", "auto_reply"),
    ("autoreply", "auto_reply"),
    ("账号详情", "profile"),
    ("帐号详情", "profile"),
    ("账号资料页", "profile"),
    ("文件", "document"),
];

/// Returns the code of the kind that `text` names in either language; `None` for a custom kind.
pub fn kind(text: &str) -> Option<&'static str> {
    words::code("document", KINDS.iter().copied(), NAMES, text)
}

/// Returns the name of the kind `text`; a custom kind is returned unchanged.
pub fn name(texts: &Texts, text: &str) -> String {
    kind(text).map_or_else(|| text.to_owned(), |code| texts.code("document", code))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Language;

    #[test]
    fn printed_names_are_accepted_in_both_languages() {
        for language in Language::ALL {
            let texts = Texts::new(language);
            for code in KINDS {
                assert_eq!(kind(&name(&texts, code)), Some(*code), "{code}");
            }
        }
        assert_eq!(kind("菜单"), Some("menu"));
        assert_eq!(name(&Texts::new(Language::English), "合影"), "合影");
    }
}
