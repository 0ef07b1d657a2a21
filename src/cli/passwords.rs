//! Sources of ZIP passwords: the environment, a file that only its owner can read, a prompt; never a flag's value.

use std::io::{BufRead as _, BufReader};
use std::path::Path;

use secrecy::SecretString;

use crate::error::{Error, Kind, Result};
use crate::pipeline::backup::Passwords;
use crate::platform;

/// Environment variable with a ZIP password; `LIUDI_ZIP_PASSWORD_2` … `_9` hold further ones.
const PASSWORD: &str = "LIUDI_ZIP_PASSWORD";

/// Reads the passwords from the environment and from `file`, one per line.
pub(super) fn given(file: Option<&Path>) -> Result<Passwords> {
    let names = std::iter::once(PASSWORD.to_owned()).chain((2..=9).map(|number| format!("{PASSWORD}_{number}")));
    let mut passwords: Vec<SecretString> = names
        .filter_map(|name| std::env::var(name).ok())
        .filter(|password| !password.is_empty())
        .map(SecretString::from)
        .collect();
    if let Some(path) = file {
        let failed = |error| {
            Error::new(Kind::Credentials, "password-file-unreadable").with("path", path.display()).because(error)
        };
        let file = platform::open_file(path).map_err(failed)?;
        if !platform::is_owner_only(&file).map_err(failed)? {
            return Err(Error::new(Kind::Credentials, "password-file-open-to-others").with("path", path.display()));
        }
        for line in BufReader::new(file).lines() {
            let line = line.map_err(failed)?;
            if !line.is_empty() {
                passwords.push(SecretString::from(line));
            }
        }
    }
    Ok(Passwords::new(passwords))
}
