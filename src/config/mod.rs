//! Reads the user's configuration, `liudi.toml`. The file holds *options*, all of them optional; each section converts
//! its own into settled values. Unknown keys are errors: a misspelt limit must not be silently ignored.

pub mod accounts;
pub mod containers;
pub mod export;
pub mod fleet;
pub mod network;
pub mod site;
pub mod site_file;
pub mod store;

use std::path::Path;

use serde::Deserialize;

use crate::error::{Error, Result};

pub use accounts::{AccountOptions, MerchantOptions, MiniProgramOptions};
pub use containers::ContainerOptions;
pub use network::NetworkOptions;
pub use store::StoreOptions;

/// Default file name.
pub const FILE_NAME: &str = "liudi.toml";

/// A configuration file.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Config {
    /// `[account]`.
    pub account: AccountOptions,
    /// `[containers]`.
    pub containers: ContainerOptions,
    /// `[merchant]`.
    pub merchant: MerchantOptions,
    /// `[mini-program]`.
    pub mini_program: MiniProgramOptions,
    /// `[network]`.
    pub network: NetworkOptions,
    /// `[shop]`: a 微信小店.
    pub shop: AccountOptions,
    /// `[store]`: a cloud store.
    pub store: StoreOptions,
}

impl Config {
    /// Reads the file at `path`.
    ///
    /// # Errors
    /// `config-unreadable`, `config-invalid` with the parser's message, which names line and key.
    pub fn read(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path)
            .map_err(|error| Error::usage("config-unreadable").with("path", path.display()).because(error))?;
        let mut config: Self = toml::from_str(&text).map_err(|error| invalid(path, &text, &error))?;
        let folder = path.parent().unwrap_or(Path::new(""));
        config.account.below(folder);
        config.merchant.below(folder);
        config.mini_program.below(folder);
        config.shop.below(folder);
        config.store.below(folder);
        Ok(config)
    }

    /// Ignores secrets in the usual environment variables: they are those of one account, and this one is among many.
    /// A variable that it names itself, with `secret-env`, is its own.
    #[must_use]
    pub fn among_many(mut self) -> Self {
        let all = [&mut self.account.secret_env, &mut self.shop.secret_env, &mut self.mini_program.secret_env];
        for variable in all {
            variable.get_or_insert_default();
        }
        self
    }

    /// Reads the file named by the user, else the default one in the current folder; empty if there is none.
    pub fn find(named: Option<&Path>) -> Result<Self> {
        let usual = Path::new(FILE_NAME);
        match named {
            Some(path) => Self::read(path),
            None if usual.is_file() => Self::read(usual),
            None => Ok(Self::default()),
        }
    }
}

/// Returns the error of a file that is no settings, with the line and what is wrong there. The line itself is not shown: it
/// may be a secret that somebody wrote into the file.
pub(crate) fn invalid(path: &Path, text: &str, error: &toml::de::Error) -> Error {
    let place = error.span().and_then(|span| text.get(..span.start));
    let line = place.map_or(1, |before| before.matches('\n').count() + 1);
    let said = std::io::Error::other(format!("line {line}: {}", error.message()));
    Error::usage("config-invalid").with("path", path.display()).because(said)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_and_a_misspelt_key_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(FILE_NAME);
        std::fs::write(&path, "[network]\nretries = 1\n").unwrap();
        assert_eq!(Config::read(&path).unwrap().network.retries, Some(1));
        std::fs::write(&path, "[network]\nretrys = 1\n").unwrap();
        let error = Config::find(Some(&path)).unwrap_err();
        assert!(format!("{error:?}").contains("line 2: unknown field `retrys`"), "{error:?}");
        std::fs::write(&path, "\n[account]\nsecret = '0123456789abcdef'\n").unwrap();
        let shown = format!("{:?}", Config::read(&path).unwrap_err());
        assert!(shown.contains("line 3") && !shown.contains("0123456789abcdef"), "{shown}");
        assert_eq!((error.code(), error.kind().exit_bit()), ("config-invalid", 2));
        assert_eq!(Config::read(&folder.path().join("none.toml")).unwrap_err().code(), "config-unreadable");
    }
}
