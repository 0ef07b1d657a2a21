//! Reads `[store]`: how the cloud store of an archive is reached. Secrets are never in this file, nor in an address: they
//! come from the environment, by the names that the provider's own tools use, or from a file that only its owner can read.

use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::SignedDuration;
use secrecy::SecretString;
use serde::Deserialize;
use url::{Host, Url};

use super::accounts::read_private;
use crate::error::{Error, Kind, Result};
use crate::model::store_address::{StoreAddress, StoreKey, StoreService, StoreSettings};

/// Options of `[store]`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct StoreOptions {
    /// Address of the service, if it is not the provider's own of the region.
    pub endpoint: Option<String>,
    /// Region.
    pub region: Option<String>,
    /// Whether the bucket is named in the path instead of the host name.
    pub path_style: bool,
    /// Id of the key.
    pub key_id: Option<String>,
    /// File that holds only the secret of the key.
    pub secret_file: Option<PathBuf>,
    /// Number of retries of a request.
    pub retries: Option<usize>,
    /// Delay before the first retry.
    pub retry_delay: Option<SignedDuration>,
    /// Longest time without an answer.
    pub timeout: Option<SignedDuration>,
    /// Bytes of the parts in which a large file is sent.
    pub part_size: Option<usize>,
}

/// Environment variables of a provider, those that come first win.
struct Names {
    id: &'static str,
    secret: &'static str,
    tokens: &'static [&'static str],
    regions: &'static [&'static str],
    endpoints: &'static [&'static str],
}

const fn names(service: StoreService) -> Names {
    match service {
        StoreService::Cos => Names {
            id: "TENCENTCLOUD_SECRET_ID",
            secret: "TENCENTCLOUD_SECRET_KEY",
            tokens: &["TENCENTCLOUD_SESSION_TOKEN", "TENCENTCLOUD_SECURITY_TOKEN"],
            regions: &["TENCENTCLOUD_REGION"],
            endpoints: &["COS_ENDPOINT"],
        },
        StoreService::Oss => Names {
            id: "ALIBABA_CLOUD_ACCESS_KEY_ID",
            secret: "ALIBABA_CLOUD_ACCESS_KEY_SECRET",
            tokens: &["ALIBABA_CLOUD_SECURITY_TOKEN"],
            regions: &["OSS_REGION", "ALIBABA_CLOUD_REGION_ID"],
            endpoints: &["OSS_ENDPOINT"],
        },
        StoreService::S3 => Names {
            id: "AWS_ACCESS_KEY_ID",
            secret: "AWS_SECRET_ACCESS_KEY",
            tokens: &["AWS_SESSION_TOKEN"],
            regions: &["AWS_REGION", "AWS_DEFAULT_REGION"],
            endpoints: &["AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"],
        },
    }
}

/// Smallest part of an upload that providers take, in bytes.
const SMALLEST_PART: usize = 5 * 1024 * 1024;

impl StoreOptions {
    /// Resolves relative paths against the folder of the configuration file.
    pub(super) fn below(&mut self, folder: &Path) {
        if let Some(path) = &mut self.secret_file {
            *path = folder.join(&*path);
        }
    }

    /// Returns the settings for the store at `address`, by these options and the environment.
    ///
    /// # Errors
    /// `store-key-missing`, `store-region-missing`, `store-endpoint-invalid`, `config-value-invalid`, and those of reading
    /// the file of the secret.
    pub fn settle(&self, address: &StoreAddress) -> Result<StoreSettings> {
        self.settle_with(address, &|name| std::env::var(name).ok().filter(|value| !value.trim().is_empty()))
    }

    fn settle_with(&self, address: &StoreAddress, variable: &dyn Fn(&str) -> Option<String>) -> Result<StoreSettings> {
        let names = names(address.service);
        let first = |names: &[&str]| names.iter().find_map(|name| variable(name)).map(|value| value.trim().to_owned());
        let region = self.region.clone().or_else(|| first(names.regions));
        let endpoint = self.endpoint.clone().or_else(|| first(names.endpoints));
        let endpoint = match (endpoint, &region, address.service) {
            (Some(endpoint), ..) => Some(check_endpoint(&endpoint)?),
            (None, None, _) => {
                let variable = names.regions.first().copied().unwrap_or_default();
                return Err(Error::usage("store-region-missing").with("variable", variable));
            }
            (None, Some(region), StoreService::Cos) => Some(format!("https://cos.{region}.myqcloud.com")),
            (None, Some(region), StoreService::Oss) => Some(format!("https://oss-{region}.aliyuncs.com")),
            (None, Some(_), StoreService::S3) => None,
        };
        let usual = StoreSettings::default();
        let duration = |key: &'static str, given: Option<SignedDuration>, usual: Duration| match given {
            Some(given) => Duration::try_from(given).map_err(|error| invalid(key, given).because(error)),
            None => Ok(usual),
        };
        let part_bytes = self.part_size.unwrap_or(usual.part_bytes);
        if part_bytes < SMALLEST_PART {
            return Err(invalid("part-size", part_bytes));
        }
        Ok(StoreSettings {
            endpoint,
            region,
            path_style: self.path_style,
            key: Some(self.key(&names, &first)?),
            retries: self.retries.unwrap_or(usual.retries),
            retry_delay: duration("retry-delay", self.retry_delay, usual.retry_delay)?,
            timeout: duration("timeout", self.timeout, usual.timeout)?,
            part_bytes,
        })
    }

    /// Returns the key: that of the file if one is named there, else that of the environment, never half of each.
    fn key(&self, names: &Names, first: &dyn Fn(&[&str]) -> Option<String>) -> Result<StoreKey> {
        let missing =
            || Error::new(Kind::Credentials, "store-key-missing").with("id", names.id).with("secret", names.secret);
        if let Some(id) = &self.key_id {
            let secret = match &self.secret_file {
                Some(path) => read_private(path)?.trim().to_owned(),
                None => first(&[names.secret]).ok_or_else(missing)?,
            };
            return Ok(StoreKey { id: id.clone(), secret: SecretString::from(secret), token: None });
        }
        let (Some(id), Some(secret)) = (first(&[names.id]), first(&[names.secret])) else { return Err(missing()) };
        let token = first(names.tokens).map(SecretString::from);
        Ok(StoreKey { id, secret: SecretString::from(secret), token })
    }
}

/// Checks the address of a service: a key is sent over an encrypted connection, or to this machine.
fn check_endpoint(text: &str) -> Result<String> {
    let url = Url::parse(text).ok().filter(|url| url.username().is_empty() && url.password().is_none());
    let is_fine = url.as_ref().is_some_and(|url| {
        let on_this_machine = match url.host() {
            Some(Host::Ipv4(ip)) => ip.is_loopback(),
            Some(Host::Ipv6(ip)) => ip.is_loopback(),
            Some(Host::Domain(name)) => name == "localhost",
            None => false,
        };
        let plain = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
        plain && url.has_host() && (url.scheme() == "https" || url.scheme() == "http" && on_this_machine)
    });
    if is_fine {
        return Ok(text.trim_end_matches('/').to_owned());
    }
    let shown = if text.contains('@') { "…" } else { text };
    Err(Error::usage("store-endpoint-invalid").with("value", shown))
}

fn invalid(key: &'static str, value: impl std::fmt::Display) -> Error {
    Error::usage("config-value-invalid").with("key", format!("store.{key}")).with("value", value)
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret as _;

    use super::*;

    fn settle(address: &str, options: &str, variables: &[(&str, &str)]) -> Result<StoreSettings> {
        let options: StoreOptions = toml::from_str(options).unwrap();
        options.settle_with(&address.parse()?, &|name| {
            variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
        })
    }

    const KEY: [(&str, &str); 2] = [("ALIBABA_CLOUD_ACCESS_KEY_ID", "id"), ("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "hush")];

    #[test]
    fn the_environment_of_the_provider_is_enough() {
        let settings = settle("oss://b", "region = 'cn-hangzhou'", &KEY).unwrap();
        assert_eq!(settings.endpoint.as_deref(), Some("https://oss-cn-hangzhou.aliyuncs.com"));
        assert_eq!(settings.key.as_ref().unwrap().secret.expose_secret(), "hush");
        assert!(!format!("{settings:?}").contains("hush"));
        let error = settle("s3://b", "region = 'x'", &KEY).unwrap_err();
        assert_eq!((error.code(), error.kind().exit_bit()), ("store-key-missing", 16));
        assert_eq!(settle("oss://b", "", &KEY).unwrap_err().code(), "store-region-missing");
    }

    #[test]
    fn plain_http_goes_to_this_machine_only() {
        for (endpoint, is_fine) in [
            ("http://127.0.0.1:9000/", true),
            ("http://localhost:9", true),
            ("https://minio.example.com", true),
            ("http://minio.example.com", false),
            ("http://10.0.0.1", false),
            ("https://id:hush@example.com", false),
            ("https://example.com/?x", false),
            ("example.com", false),
        ] {
            let settled = settle("oss://b", &format!("endpoint = '{endpoint}'"), &KEY);
            assert_eq!(settled.is_ok(), is_fine, "{endpoint}");
            if let Err(error) = settled {
                assert!(error.code() == "store-endpoint-invalid" && !error.to_string().contains("hush"));
            }
        }
    }
}
