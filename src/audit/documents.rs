//! Kinds of documents that a person keeps (`liudi keep FILE --as KIND`): any word is a kind; these have a name in each
//! language, and some of them answer a rule.

use super::words;
use crate::text::Texts;

/// The kinds with names: `document-<code>`.
const KINDS: &[&str] =
    &["auto_reply", "contract", "document", "invoice", "menu", "orders", "profile", "screenshot", "statement"];
/// Other names people use.
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

/// Returns the code of the kind that `text` names in either language; `None` for a kind of the person's own.
pub fn kind(text: &str) -> Option<&'static str> {
    words::code("document", KINDS.iter().copied(), NAMES, text)
}

/// Returns the kind `text` in the words of `texts`, a kind of the person's own as it is.
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
