//! Resolves the words the program prints back to codes: a code may be given as itself, as its name in either language,
//! or as another common name.

use crate::text::typed::plain;
use crate::text::{Language, Texts};

/// Returns the code of `codes` that `text` names. The printed name of a code is the text `<prefix>-<code>`; `names`
/// maps other names to codes.
pub fn code(
    prefix: &str,
    codes: impl Iterator<Item = &'static str>,
    names: &'static [(&str, &str)],
    text: &str,
) -> Option<&'static str> {
    let wanted = plain(text);
    let languages = Language::ALL.map(Texts::of);
    let printed = |code: &str| {
        languages.iter().any(|texts| texts.find_code(prefix, code).is_some_and(|words| plain(&words) == wanted))
    };
    let named = || names.iter().find(|(name, _)| *name == wanted).map(|(_, code)| *code);
    codes.into_iter().find(|code| *code == wanted || printed(code)).or_else(named)
}
