//! Sources of passwords and passphrases: the environment, a file that only its owner can read, a prompt; never a flag's value.

use std::fs::File;
use std::io::{BufRead as _, BufReader, IsTerminal as _, Lines};
use std::path::Path;

use secrecy::SecretString;

use super::context::Context;
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
        for line in private_lines(path)? {
            let line = line.map_err(|error| unreadable(path, error))?;
            if !line.is_empty() {
                passwords.push(SecretString::from(line));
            }
        }
    }
    Ok(Passwords::new(passwords))
}

/// Environment variable with the passphrase of packs.
pub(super) const PASSPHRASE: &str = "LIUDI_PASSPHRASE";

/// Returns the secret in an environment variable, unless it is empty.
pub(super) fn variable(name: &str) -> Option<SecretString> {
    std::env::var(name).ok().filter(|value| !value.is_empty()).map(SecretString::from)
}

/// Returns the passphrase of packs that are to be opened: from `file`, the environment, or asked for.
pub(super) fn passphrase(context: &Context<'_>, file: Option<&Path>) -> Result<SecretString> {
    match file {
        Some(file) => passphrase_in(file),
        None => secret(context, PASSPHRASE, "ask-passphrase", &[]),
    }
}

/// Returns the secret in the environment variable `name`, else asks for it at the terminal.
pub(super) fn secret(context: &Context<'_>, name: &str, id: &str, arguments: &[(&str, &str)]) -> Result<SecretString> {
    if let Some(secret) = variable(name) {
        return Ok(secret);
    }
    if context.output.json || !std::io::stdin().is_terminal() {
        return Err(Error::new(Kind::Credentials, "secret-needed").with("name", name));
    }
    context.output.ask_password(id, arguments).map(SecretString::from)
}

/// Reads a passphrase from the first line of a file that only its owner can read.
pub(super) fn passphrase_in(path: &Path) -> Result<SecretString> {
    let mut lines = private_lines(path)?;
    match lines.next() {
        Some(line) => line.map(SecretString::from).map_err(|error| unreadable(path, error)),
        None => Err(Error::new(Kind::Credentials, "passphrase-file-empty").with("path", path.display())),
    }
}

fn unreadable(path: &Path, error: std::io::Error) -> Error {
    Error::new(Kind::Credentials, "password-file-unreadable").with("path", path.display()).because(error)
}

/// Returns the lines of a file that only its owner can read.
fn private_lines(path: &Path) -> Result<Lines<BufReader<File>>> {
    let file = platform::open_once(path).map_err(|error| unreadable(path, error))?;
    if !platform::is_owner_only(&file).map_err(|error| unreadable(path, error))? {
        return Err(Error::new(Kind::Credentials, "password-file-open-to-others").with("path", path.display()));
    }
    Ok(BufReader::new(file).lines())
}
