//! `liudi fleet add`: puts accounts into `fleet.toml`.

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::json;

use super::context::Context;
use super::fleet::ListFlags;
use crate::config::Config;
use crate::config::fleet::{AccountEntry, FILE_NAME, FleetOptions};
use crate::error::{Error, Result};
use crate::fleet::list::{Fleet, below, check_name};
use crate::model::Problem;
use crate::pipeline::api::ApiOptions;
use crate::platform;
use crate::words::shell::quoted;

#[derive(Clone, Debug, Args)]
pub(super) struct AddFlags {
    #[command(flatten)]
    list: ListFlags,
    /// A liudi.toml, a folder with one or with folders that have one, or a folder of files
    #[arg(value_name = "PATH", required = true)]
    paths: Vec<PathBuf>,
    /// Name of the account (default: that of its folder)
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// Files and folders of the account
    #[arg(long, value_name = "PATH")]
    inputs: Vec<PathBuf>,
}

/// Adds the accounts that the paths stand for.
pub(super) fn run(context: &Context<'_>, flags: &AddFlags) -> Result<u8> {
    let path = &flags.list.fleet;
    let is_list = path.extension().is_some_and(|extension| extension == "toml");
    let list = if is_list { path.clone() } else { path.join(FILE_NAME) };
    let mut new = Vec::new();
    for path in &flags.paths {
        new.extend(entries(path)?);
    }
    let named = flags.name.is_some() || !flags.inputs.is_empty();
    match new.as_mut_slice() {
        [one] => {
            if let Some(name) = &flags.name {
                one.name.clone_from(name);
            }
            one.inputs.extend(flags.inputs.iter().cloned());
        }
        _ if named => return Err(Error::usage("fleet-add-one").with("count", new.len())),
        _ => {}
    }
    if let Some(missing) = flags.inputs.iter().find(|path| !path.exists()) {
        return Err(Error::input("input-not-found").with("path", missing.display()));
    }
    let known = if list.is_file() {
        FleetOptions::read(&list)?.account
    } else {
        // A folder of folders that was a list by itself: its accounts must not be lost to the new file.
        let implied = if path.is_dir() { below(path)? } else { Vec::new() };
        let full = |path: &Option<PathBuf>| path.as_ref().and_then(|path| std::fs::canonicalize(path).ok());
        let is_implied = |entry: &AccountEntry| {
            full(&entry.config)
                .is_some_and(|path| implied.iter().any(|other| full(&other.config).as_ref() == Some(&path)))
        };
        new.retain(|entry| !is_implied(entry));
        new.splice(0..0, implied);
        Vec::new()
    };
    let mut problems = Vec::new();
    for (index, entry) in new.iter().enumerate() {
        check_name(&entry.name)?;
        let mut others = known.iter().chain(&new[..index]);
        if let Some(other) = others.find(|other| other.name.to_lowercase() == entry.name.to_lowercase()) {
            return Err(Error::usage("fleet-account-twice").with("account", &entry.name).with("other", &other.name));
        }
        problems.extend(entry.config.as_deref().map(check_config).transpose()?.flatten());
    }
    let folder = list.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder).map_err(|error| Error::disk("fleet-list-not-written", list.display(), error))?;
    for entry in &mut new {
        entry.config = entry.config.as_deref().map(|path| seen_from(folder, path));
        entry.inputs = entry.inputs.iter().map(|path| seen_from(folder, path)).collect();
    }
    let left_out = flags.paths.iter().map(|path| left_out(path)).collect::<Result<Vec<_>>>()?.concat();
    FleetOptions::add(&list, &new)?;
    let fleet = Fleet::open(&list)?;
    let output = context.output;
    for problem in &problems {
        output.problem(problem);
    }
    output.hints(&problems);
    let names: Vec<&str> = new.iter().map(|entry| entry.name.as_str()).collect();
    if output.json {
        output.answer(&json!({ "fleet": list, "added": names, "accounts": fleet.accounts.len() }))?;
    }
    let (count, all) = (new.len().to_string(), fleet.accounts.len().to_string());
    let path = list.display().to_string();
    output.tell("fleet-added", &[("count", &count), ("all", &all), ("path", &path)]);
    let full = std::path::absolute(&list).unwrap_or_else(|_| list.clone());
    if !left_out.is_empty() {
        let count = left_out.len().to_string();
        output.tell("fleet-add-left-out", &[("count", &count), ("names", &output.texts().list(&left_out))]);
    }
    if new.iter().any(|entry| entry.config.is_some() && entry.inputs.is_empty()) {
        output.tell("fleet-add-config-only", &[]);
    }
    output.tell("fleet-added-next", &[("fleet", &quoted(&full))]);
    Ok(problems.iter().fold(0, |bits, problem| bits | problem.exit_bit))
}

/// Returns the accounts that a path stands for.
fn entries(path: &Path) -> Result<Vec<AccountEntry>> {
    let full = std::fs::canonicalize(path)
        .map_err(|error| Error::input("input-not-found").with("path", path.display()).because(error))?;
    let full = platform::plain(&full);
    let name_of =
        |folder: &Path| folder.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let usual = full.join(crate::config::FILE_NAME);
    let is_config = full.is_file() && full.extension().is_some_and(|extension| extension == "toml");
    if is_config || usual.is_file() {
        let config = if is_config { full.clone() } else { usual };
        let name = config.parent().map(name_of).unwrap_or_default();
        return Ok(vec![AccountEntry { name, config: Some(config), ..AccountEntry::default() }]);
    }
    let below = if full.is_dir() { below(&full)? } else { Vec::new() };
    if !below.is_empty() {
        return Ok(below);
    }
    let name = name_of(&if full.is_dir() { full.clone() } else { full.with_extension("") });
    Ok(vec![AccountEntry { name, inputs: vec![full.clone()], ..AccountEntry::default() }])
}

/// Returns the folders in `path` that are no accounts of it, though others are.
fn left_out(path: &Path) -> Result<Vec<String>> {
    if !path.is_dir() || path.join(crate::config::FILE_NAME).is_file() {
        return Ok(Vec::new());
    }
    let accounts = below(path)?;
    let failed = |error| Error::disk("fleet-folder-unreadable", path.display(), error);
    let mut names = Vec::new();
    for entry in std::fs::read_dir(path).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let is_account = accounts.iter().any(|account| account.name == name);
        if !accounts.is_empty() && entry.path().is_dir() && !name.starts_with('.') && !is_account {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

/// Checks the settings of an account; returns what keeps its official APIs from being called.
fn check_config(path: &Path) -> Result<Option<Problem>> {
    let config = Config::read(path)?.among_many();
    match ApiOptions::settle(config, false, false) {
        Err(error) if error.code() != "api-not-configured" => {
            Ok(Some(Problem::from_error(&error, path.display().to_string())))
        }
        _ => Ok(None),
    }
}

/// Returns a path as it is written in a list in `folder`: relative, if it is below.
fn seen_from(folder: &Path, path: &Path) -> PathBuf {
    let full = |path: &Path| {
        let full = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        platform::plain(&full)
    };
    let (folder, path) = (full(folder), full(path));
    path.strip_prefix(&folder).map(Path::to_owned).unwrap_or(path)
}
