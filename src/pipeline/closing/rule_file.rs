//! Reads the rules of a closure.

use std::path::Path;

use crate::audit::rules::Rules;
use crate::error::{Error, Result};

/// Reads the rules from `file`, or the embedded ones if there is none.
pub(super) fn rules(file: Option<&Path>) -> Result<Rules> {
    match file {
        None => Rules::embedded(),
        Some(path) => {
            let text = std::fs::read_to_string(path)
                .map_err(|error| Error::input("input-open-failed").with("path", path.display()).because(error))?;
            Rules::parse(&text)
        }
    }
}
