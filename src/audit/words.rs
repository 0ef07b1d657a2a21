//! Accepts back the words the program prints: a code may be given as its code, as its name in either language, or as
//! another name people use for it.

use crate::text::typed::plain;
use crate::text::{Language, Texts};

/// Returns the code of `codes` that `text` means. The printed name of a code is the text `<prefix>-<code>`; `names` are
/// other names, each with its code.
pub fn code(
    prefix: &str,
    codes: impl Iterator<Item = &'static str>,
    names: &'static [(&str, &str)],
    text: &str,
) -> Option<&'static str> {
    let wanted = plain(text);
    let languages = Language::ALL.map(Texts::new);
    let printed = |code: &str| {
        languages.iter().any(|texts| texts.find_code(prefix, code).is_some_and(|words| plain(&words) == wanted))
    };
    let named = || names.iter().find(|(name, _)| *name == wanted).map(|(_, code)| *code);
    codes.into_iter().find(|code| *code == wanted || printed(code)).or_else(named)
}
