//! Reads `export.toml`: settings of exporters, so that every later run writes the same. One table per exporter, one
//! line per setting:
//!
//! ```toml
//! [books]
//! volume = "album"
//! ```
//!
//! It is read from the archive's folder or the current one; `--set` takes precedence over it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::platform;

/// Default file name.
pub const FILE_NAME: &str = "export.toml";

/// Content of `export.toml`.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(transparent)]
pub struct ExportConfig(BTreeMap<String, BTreeMap<String, Value>>);

/// A setting's value, converted to text from any TOML type.
#[derive(Clone, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(from = "toml::Value")]
struct Value(String);

impl From<toml::Value> for Value {
    fn from(value: toml::Value) -> Self {
        match value {
            toml::Value::String(text) => Self(text),
            other => Self(other.to_string()),
        }
    }
}

impl ExportConfig {
    /// Reads the file named by the user, else the default one of the archive at `root`, else that of the current
    /// folder; empty if there is none.
    ///
    /// # Errors
    /// `config-unreadable`, `config-invalid`.
    pub fn find(named: Option<&Path>, root: &Path) -> Result<Self> {
        let usual = [root.join(FILE_NAME), PathBuf::from(FILE_NAME)];
        let Some(path) = named.map(Path::to_owned).or_else(|| usual.into_iter().find(|path| path.is_file())) else {
            return Ok(Self::default());
        };
        let text = platform::read_text(&path)
            .map_err(|error| Error::usage("config-unreadable").with("path", path.display()).because(error))?;
        toml::from_str(&text)
            .map_err(|error| Error::usage("config-invalid").with("path", path.display()).because(error))
    }

    /// Returns the settings of the exporter `name`.
    pub fn of(&self, name: &str) -> impl Iterator<Item = (&str, &str)> {
        self.0.get(name).into_iter().flatten().map(|(name, value)| (name.as_str(), value.0.as_str()))
    }

    /// Returns the names of the configured exporters.
    pub fn exporters(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}
