//! Refuses the address of a cloud store where only a path makes sense, before anything takes it for a folder called `s3:`.

use std::ffi::OsString;
use std::path::Path;

use super::arguments::Command;
use super::context::Context;
use crate::config::Config;
use crate::error::{Error, Result};
use crate::model::StoreAddress;
use crate::pipeline::archive::store;

/// Options that hold the user's own words.
const WORDS: &[&str] = &["--account", "--by", "--item", "--note"];
/// Options that name what is written.
const OUTPUTS: &[&str] = &["-o", "--media-output", "--output"];

/// Reports whether a command reads an archive in a store.
fn reads(command: &Command) -> bool {
    matches!(
        command,
        Command::Copy(_) | Command::Export(_) | Command::Gaps(_) | Command::Mirror(_) | Command::Verify(_)
    )
}

/// Checks a command line.
///
/// # Errors
/// `cloud-not-built`, `store-address-invalid`, `store-not-here`.
pub(super) fn check(arguments: &[OsString], command: Option<&Command>) -> Result<()> {
    // Their values may be anything.
    if matches!(command, Some(Command::Account(_) | Command::Event(_) | Command::Evidence(_) | Command::Waive(_))) {
        return Ok(());
    }
    let mut before = "";
    let keeps = matches!(command, Some(Command::Backup(_) | Command::Collect(_)));
    for word in arguments.iter().skip(1).filter_map(|word| word.to_str()) {
        let (option, value) = match word.split_once('=') {
            Some((option, value)) if option.starts_with('-') => (option, value),
            _ => (before, word.strip_prefix("-C").or_else(|| word.strip_prefix("-o")).unwrap_or(word)),
        };
        if !WORDS.contains(&option)
            && let Some(address) = store::address_of(Path::new(value))?
        {
            if keeps && option == "--store" {
                before = word;
                continue;
            }
            let is_output = OUTPUTS.contains(&option) || word.starts_with("-o");
            if is_output || !command.is_some_and(reads) {
                return Err(Error::usage("store-not-here").with("address", address));
            }
        }
        before = word;
    }
    Ok(())
}

/// Connects to the store whose address stands in the place of a path; false for a path of a file or folder.
///
/// # Errors
/// `cloud-not-built`, `store-address-invalid`, and those of the settings.
pub(super) fn connect(context: &Context<'_>, path: &Path) -> Result<bool> {
    let Some(address) = store::address_of(path)? else { return Ok(false) };
    let config = Config::find(context.global.config.as_deref())?;
    store::connect(&address, &config.store.settle(&address)?)?;
    Ok(true)
}

/// Returns the address in the place of a path in the form under which it is known.
pub(super) fn settled(path: &Path) -> Result<std::path::PathBuf> {
    Ok(StoreAddress::of(path)?.map_or_else(|| path.to_owned(), |address| address.path()))
}
