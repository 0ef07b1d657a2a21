//! Blanks of printed commands that were pasted as they stand: said kindly, before anything else is made of them.

use std::ffi::OsString;
use std::path::Path;

use crate::audit::forms;
use crate::error::{Error, Result};

/// Options whose value is the person's own words, or a name as it is printed: a title may well be in brackets.
const WORDS: &[&str] = &["--item", "--note", "--by"];
/// Commands that ask for a blank in a terminal, and elsewhere name the form that is wanted.
const ASKING: &[&str] = &["evidence", "event", "waive"];

/// Refuses a command line on which a blank was left.
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
        if !own && forms::is_blank(value) && !Path::new(value).exists() {
            return Err(Error::usage("blank-left").with("blank", value.trim()));
        }
        before = word;
    }
    Ok(())
}

/// Returns a value that was given: a blank is none, where somebody is asked for it.
pub(super) fn given(value: Option<&String>) -> Option<&String> {
    value.filter(|value| !forms::is_blank(value))
}
