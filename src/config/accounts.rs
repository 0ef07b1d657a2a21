//! Reads `[account]`, `[mini-program]`, `[shop]` and `[merchant]`: the accounts whose APIs are used. Secrets are never
//! in this file: they come from the environment or from a file that only its owner can read.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;

use crate::error::{Error, Kind, Result};
use crate::fetch::pay::{MerchantKey, PlatformKeys, Signer};
use crate::platform;

/// Environment variable with the AppSecret.
pub const APP_SECRET: &str = "LIUDI_APP_SECRET";

/// Environment variable with the AppSecret of the 小程序.
pub const MINI_PROGRAM_SECRET: &str = "LIUDI_MINI_PROGRAM_SECRET";

/// Environment variable with the AppSecret of the 微信小店.
pub const SHOP_SECRET: &str = "LIUDI_SHOP_SECRET";

/// Limit of a key or secret file, in bytes.
const LIMIT: u64 = 64 * 1024;

/// `[account]`: a 公众号 or 服务号.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct AccountOptions {
    /// AppID.
    pub appid: Option<String>,
    /// Environment variable with the AppSecret, instead of the usual one.
    pub secret_env: Option<String>,
    /// File that holds only the AppSecret.
    pub secret_file: Option<PathBuf>,
    /// Collectors to run; empty for all.
    pub collectors: Vec<String>,
    /// Collectors to leave out, by their names or as the plan prints them.
    pub leave_out: Vec<String>,
    /// First day to request, such as the day the account was opened.
    pub since: Option<Date>,
}

/// `[mini-program]`: a 小程序.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct MiniProgramOptions {
    /// AppID.
    pub appid: Option<String>,
    /// Environment variable with the AppSecret, instead of the usual one.
    pub secret_env: Option<String>,
    /// File that holds only the AppSecret.
    pub secret_file: Option<PathBuf>,
    /// Environments of its cloud (云开发) whose database is archived.
    pub cloud_environments: Vec<String>,
}

/// `[merchant]`: a merchant number of 微信支付.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct MerchantOptions {
    /// Merchant number.
    pub mchid: Option<String>,
    /// Serial number of the merchant's certificate.
    pub serial: Option<String>,
    /// File with the merchant's private key (`apiclient_key.pem`).
    pub key_file: Option<PathBuf>,
    /// `PUB_KEY_ID_…` of the platform's public key.
    pub public_key_id: Option<String>,
    /// File with the platform's public key.
    pub public_key_file: Option<PathBuf>,
    /// File with the platform's certificate, if the older scheme is in use.
    pub platform_certificate_file: Option<PathBuf>,
    /// Sub-merchants whose bills are archived too.
    pub sub_mchids: Vec<String>,
    /// Whether it is an e-commerce platform (电商平台) or a service provider (服务商), whose bills and balances are archived
    /// too.
    pub service_provider: bool,
    /// First day whose bills are requested, if earlier ones are already archived.
    pub bills_since: Option<Date>,
}

/// A 公众号 with its credentials.
#[derive(Clone, Debug)]
pub struct Account {
    /// AppID.
    pub appid: String,
    /// AppSecret.
    pub secret: SecretString,
}

impl AccountOptions {
    /// Resolves relative paths against the folder of the configuration file.
    pub(super) fn below(&mut self, folder: &Path) {
        join(folder, [&mut self.secret_file]);
    }

    /// Validates the options and reads the secret; `None` if no account is configured.
    ///
    /// # Errors
    /// `secret-missing`, `secret-file-unreadable`, `secret-file-open-to-others`, `secret-invalid`.
    pub fn settle(&self) -> Result<Option<Account>> {
        self.settle_as("account.appid", APP_SECRET)
    }

    /// Does the same as [`AccountOptions::settle`] for a 微信小店 in `[shop]`.
    pub fn settle_shop(&self) -> Result<Option<Account>> {
        self.settle_as("shop.appid", SHOP_SECRET)
    }

    fn settle_as(&self, key: &'static str, variable: &'static str) -> Result<Option<Account>> {
        let Some(appid) = self.appid.clone() else { return Ok(None) };
        let valid = appid.starts_with("wx") && appid.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if !valid {
            return Err(Error::usage("config-value-invalid").with("key", key).with("value", appid));
        }
        let variable = self.secret_env.as_deref().unwrap_or(variable);
        let of_environment = if variable.is_empty() { Ok(String::new()) } else { std::env::var(variable) };
        let secret = match (of_environment, &self.secret_file) {
            (Ok(secret), _) if !secret.trim().is_empty() => secret.trim().to_owned(),
            (_, Some(path)) => read_private(path)?.trim().to_owned(),
            (_, None) => {
                let variable = if variable.is_empty() { "secret-env" } else { variable };
                return Err(Error::new(Kind::Credentials, "secret-missing").with("variable", variable));
            }
        };
        // The console issues 32 characters; a short secret could not be distinguished from ordinary text in evidence.
        if secret.len() < 16 || !secret.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Err(Error::new(Kind::Credentials, "secret-invalid"));
        }
        Ok(Some(Account { appid, secret: secret.into() }))
    }
}

impl MiniProgramOptions {
    /// Resolves relative paths against the folder of the configuration file.
    pub(super) fn below(&mut self, folder: &Path) {
        join(folder, [&mut self.secret_file]);
    }

    /// Validates the options and reads the secret; `None` if no account is configured.
    ///
    /// # Errors
    /// As [`AccountOptions::settle`].
    pub fn settle(&self) -> Result<Option<Account>> {
        let account = AccountOptions {
            appid: self.appid.clone(),
            secret_env: self.secret_env.clone(),
            secret_file: self.secret_file.clone(),
            ..AccountOptions::default()
        };
        account.settle_as("mini-program.appid", MINI_PROGRAM_SECRET)
    }
}

impl MerchantOptions {
    /// Resolves relative paths against the folder of the configuration file.
    pub(super) fn below(&mut self, folder: &Path) {
        join(folder, [&mut self.key_file, &mut self.public_key_file, &mut self.platform_certificate_file]);
    }

    /// Validates the options and reads the keys; `None` if no merchant is configured.
    ///
    /// # Errors
    /// `merchant-incomplete` with the missing key, `config-value-invalid`, `secret-file-unreadable`,
    /// `secret-file-open-to-others`, and the errors of the keys.
    pub fn settle(&self) -> Result<Option<Merchant>> {
        let Some(mchid) = &self.mchid else { return Ok(None) };
        let invalid =
            |key: &str, value: &str| Error::usage("config-value-invalid").with("key", key).with("value", value);
        let missing = |what: &str| Error::new(Kind::Credentials, "merchant-incomplete").with("key", what);
        for (key, number) in [("mchid", mchid)].into_iter().chain(self.sub_mchids.iter().map(|one| ("sub-mchids", one)))
        {
            if number.is_empty() || number.len() > 32 || !number.bytes().all(|byte| byte.is_ascii_digit()) {
                return Err(invalid(&format!("merchant.{key}"), number));
            }
        }
        let serial = self.serial.as_deref().ok_or_else(|| missing("serial"))?;
        if serial.is_empty() || !serial.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(invalid("merchant.serial", serial));
        }
        let key_file = self.key_file.as_deref().ok_or_else(|| missing("key-file"))?;
        let key = MerchantKey::from_pem(SecretString::from(read_private(key_file)?).expose_secret().as_bytes())?;
        let mut keys = PlatformKeys::default();
        if let (Some(id), Some(path)) = (&self.public_key_id, &self.public_key_file) {
            keys.add_public_key(id, &read_public(path)?)?;
        }
        if let Some(path) = &self.platform_certificate_file {
            keys.add_certificates(&read_public(path)?)?;
        }
        if keys.is_empty() {
            return Err(missing("public-key-id, public-key-file"));
        }
        Ok(Some(Merchant { signer: Signer::new(mchid, serial, key), keys }))
    }
}

/// A merchant with its keys.
#[derive(Clone, Debug)]
pub struct Merchant {
    /// Signer of requests.
    pub signer: Signer,
    /// Keys of the platform to trust.
    pub keys: PlatformKeys,
}

/// Reads a file that is not secret.
fn read_public(path: &Path) -> Result<Vec<u8>> {
    let failed =
        |error| Error::new(Kind::Credentials, "secret-file-unreadable").with("path", path.display()).because(error);
    let mut bytes = Vec::new();
    platform::open_once(path).and_then(|file| file.take(LIMIT).read_to_end(&mut bytes)).map_err(failed)?;
    Ok(bytes)
}

fn join<const N: usize>(folder: &Path, paths: [&mut Option<PathBuf>; N]) {
    for path in paths.into_iter().flatten() {
        *path = folder.join(&*path);
    }
}

/// Reads the text of a file that only its owner can read.
///
/// # Errors
/// `secret-file-unreadable`, `secret-file-open-to-others`.
pub fn read_private(path: &Path) -> Result<String> {
    let failed =
        |error| Error::new(Kind::Credentials, "secret-file-unreadable").with("path", path.display()).because(error);
    let file = platform::open_once(path).map_err(failed)?;
    if !platform::is_owner_only(&file).map_err(failed)? {
        return Err(Error::new(Kind::Credentials, "secret-file-open-to-others").with("path", path.display()));
    }
    let mut text = String::new();
    file.take(LIMIT).read_to_string(&mut text).map_err(failed)?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn a_secret_that_others_can_read_is_refused() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret");
        std::fs::write(&path, "0123456789abcdef0123456789abcdef\n").unwrap();
        let mode = |mode| std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        let options = AccountOptions {
            appid: Some("wx0000000000000001".to_owned()),
            secret_file: Some(path.clone()),
            ..Default::default()
        };
        mode(0o644);
        assert_eq!(options.settle().unwrap_err().code(), "secret-file-open-to-others");
        mode(0o600);
        let account = options.settle().unwrap().unwrap();
        assert_eq!(account.appid, "wx0000000000000001");
        assert!(!format!("{account:?}").contains("0123456789abcdef"));
    }

    #[test]
    fn an_account_without_a_secret_is_an_error_and_none_is_none() {
        let options = AccountOptions { appid: Some("wx0000000000000001".to_owned()), ..Default::default() };
        assert_eq!(options.settle().unwrap_err().code(), "secret-missing");
        assert!(AccountOptions::default().settle().unwrap().is_none());
        let other = AccountOptions { appid: Some("../x".to_owned()), ..Default::default() };
        assert_eq!(other.settle().unwrap_err().code(), "config-value-invalid");
    }
}
