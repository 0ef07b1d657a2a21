//! Reads `fleet.toml`: the accounts of an agency, and how their work is shared out.

use std::path::{Path, PathBuf};

use jiff::SignedDuration;
use serde::Deserialize;
use toml_edit::{Array, ArrayOfTables, DocumentMut, Item, Table, value};

use super::StoreOptions;
use crate::error::{Error, Result};
use crate::platform;

/// Default file name.
pub const FILE_NAME: &str = "fleet.toml";

/// A `fleet.toml`.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct FleetOptions {
    /// Folder of the archives (default: `archives` beside the file).
    pub archives: Option<PathBuf>,
    /// Whether each archive gets a site (default: yes).
    pub sites: Option<bool>,
    /// Whether pages and media that are listed and not held are fetched (default: yes). Without it only the official APIs
    /// are called.
    pub online: Option<bool>,
    /// Time after which a silent worker loses its job (default: one minute).
    pub lease: Option<SignedDuration>,
    /// Time before the first new try of what failed (default: 30 seconds); it doubles.
    pub retry: Option<SignedDuration>,
    /// Interval between article pages of one machine, whatever their accounts (default: 3 seconds): the platform counts
    /// them by address.
    pub page_interval: Option<SignedDuration>,
    /// Name of the address from which this machine is seen (default: its host name). Machines behind one address share a
    /// name, and with it the interval.
    pub address: Option<String>,
    /// File with the address of a PostgreSQL database that only its owner can read; the queue is there instead of in
    /// `.fleet` beside the file.
    pub postgres_file: Option<PathBuf>,
    /// Address in a cloud store (`s3://bucket/prefix`) below which each archive is kept; the folders are working copies.
    pub store: Option<String>,
    /// `[store-settings]`: how the store is reached, as `[store]` of `liudi.toml`.
    pub store_settings: StoreOptions,
    /// The accounts.
    pub account: Vec<AccountEntry>,
}

/// `[[account]]`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct AccountEntry {
    /// Name, by which the fleet knows it.
    pub name: String,
    /// Its `liudi.toml`, with the official APIs it may call.
    pub config: Option<PathBuf>,
    /// Its files and folders.
    pub inputs: Vec<PathBuf>,
    /// Folder of its archive (default: its name, in the folder of the archives).
    pub archive: Option<PathBuf>,
    /// The 公众号 that the archive is of, if its files are of several.
    pub account: Option<String>,
    /// A file with one ZIP password per line, readable by its owner only.
    pub password_file: Option<PathBuf>,
}

impl FleetOptions {
    /// Reads the file at `path`. Relative paths are those of its folder.
    ///
    /// # Errors
    /// `config-unreadable`, `config-invalid`.
    pub fn read(path: &Path) -> Result<Self> {
        let text = text_of(path)?;
        let mut options: Self = toml::from_str(&text).map_err(|error| super::invalid(path, &text, &error))?;
        let folder = path.parent().unwrap_or(Path::new(""));
        let join = |path: &mut PathBuf| *path = folder.join(&*path);
        options.store_settings.below(folder);
        options.archives.iter_mut().chain(&mut options.postgres_file).for_each(join);
        for entry in &mut options.account {
            let single = [&mut entry.config, &mut entry.archive, &mut entry.password_file];
            single.into_iter().flatten().chain(&mut entry.inputs).for_each(join);
        }
        Ok(options)
    }

    /// Adds accounts to the file at `path`, which is made if there is none. Comments and order stay as somebody wrote them.
    ///
    /// # Errors
    /// `config-unreadable`, `config-invalid`, `fleet-list-not-written`.
    pub fn add(path: &Path, entries: &[AccountEntry]) -> Result<()> {
        let text = if path.exists() { text_of(path)? } else { String::new() };
        let invalid = |error| Error::usage("config-invalid").with("path", path.display()).because(error);
        let mut document: DocumentMut = text.parse().map_err(invalid)?;
        let list = document.as_table_mut().entry("account").or_insert(Item::ArrayOfTables(ArrayOfTables::new()));
        let Some(list) = list.as_array_of_tables_mut() else {
            return Err(Error::usage("config-value-invalid").with("key", "account").with("value", list.to_string()));
        };
        for entry in entries {
            list.push(entry.table());
        }
        let failed = |error| Error::disk("fleet-list-not-written", path.display(), error);
        platform::write_anew(path, document.to_string().as_bytes()).map_err(failed)
    }
}

impl AccountEntry {
    fn table(&self) -> Table {
        let text = |path: &Path| value(path.display().to_string());
        let mut table = Table::new();
        table["name"] = value(&self.name);
        if let Some(config) = &self.config {
            table["config"] = text(config);
        }
        if !self.inputs.is_empty() {
            table["inputs"] = value(self.inputs.iter().map(|path| path.display().to_string()).collect::<Array>());
        }
        if let Some(archive) = &self.archive {
            table["archive"] = text(archive);
        }
        table
    }
}

fn text_of(path: &Path) -> Result<String> {
    platform::read_text(path)
        .map_err(|error| Error::usage("config-unreadable").with("path", path.display()).because(error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts_are_added_beside_what_somebody_wrote() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(FILE_NAME);
        let entry = |name: &str| AccountEntry { name: name.to_owned(), ..AccountEntry::default() };
        FleetOptions::add(&path, &[entry("谷雨")]).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, format!("# 我的客户\nsites = false\n\n{text}")).unwrap();
        let mut second = entry("山里");
        second.inputs = vec![PathBuf::from("山里/导出")];
        FleetOptions::add(&path, &[second]).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.starts_with("# 我的客户\n"), "{text}");
        let options = FleetOptions::read(&path).unwrap();
        assert_eq!(options.sites, Some(false));
        let names: Vec<&str> = options.account.iter().map(|entry| entry.name.as_str()).collect();
        assert_eq!(names, ["谷雨", "山里"]);
        assert_eq!(options.account[1].inputs, [folder.path().join("山里/导出")]);
        std::fs::write(&path, "sitse = true").unwrap();
        assert_eq!(FleetOptions::read(&path).unwrap_err().code(), "config-invalid");
    }
}
