//! Detects blanks of printed commands that were pasted without being filled in, before anything else interprets them.

use std::ffi::OsString;
use std::path::Path;

use crate::error::{Error, Result};
use crate::text::typed::is_blank;

/// Options and values of the profile that hold the user's own words or a name, which may contain brackets.
const WORDS: &[&str] = &["--account", "--by", "--item", "--note", "name", "subject"];
/// Commands that ask for the value of a blank in a terminal, and otherwise name the expected form.
const ASKING: &[&str] = &["evidence", "event", "waive"];

/// Refuses a command line that still contains a blank.
///
/// # Errors
/// `blank-left` with the blank.
pub(super) fn check(arguments: &[OsString]) -> Result<()> {
    let words: Vec<&str> = arguments.iter().skip(1).filter_map(|word| word.to_str()).collect();
    let asks = words.iter().any(|word| ASKING.contains(word));
    let mut before = "";
    for word in words {
        let (option, value) = word.split_once('=').unwrap_or((before, word));
        let own = WORDS.contains(&option) || (asks && option != "--file");
        if !own && is_blank(value) && !Path::new(value).exists() {
            return Err(Error::usage("blank-left").with("blank", value.trim()));
        }
        before = word;
    }
    Ok(())
}

/// Returns the given value, or `None` if it is a blank, so that the user is asked for it.
pub(super) fn given(value: Option<&String>) -> Option<&String> {
    value.filter(|value| !is_blank(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_blank_is_named_and_a_name_in_brackets_is_none() {
        let check = |line: &str| {
            let arguments: Vec<OsString> = line.split(' ').map(OsString::from).collect();
            check(&arguments).map_err(|error| error.arguments().next().map(|(_, value)| value.to_owned()))
        };
        for (line, blank) in [
            ("liudi backup 【文件】", "【文件】"),
            ("liudi -C a backup 【FILE】 --online", "【FILE】"),
            ("liudi keep a.png --as 【类别】", "【类别】"),
            ("liudi account set contact=【联系方式】", "【联系方式】"),
            ("liudi evidence add menu --file 【菜单.png】", "【菜单.png】"),
            ("liudi backup <文件夹>", "<文件夹>"),
            ("liudi mirror -o=【文件夹】", "【文件夹】"),
        ] {
            assert_eq!(check(line), Err(Some(blank.to_owned())), "{line}");
        }
        for line in [
            "liudi backup 【重要】合同.zip",
            "liudi backup in --account 【官方】",
            "liudi account set name=【官方】",
            "liudi waive content.articles.count --item 【公告】",
            // These commands ask for the value, or name the expected form.
            "liudi evidence add published_total 【篇数】",
            "liudi event add last_trade 【日期】",
            "liudi waive content.analytics --reason 【理由】",
        ] {
            assert_eq!(check(line), Ok(()), "{line}");
        }
    }
}
