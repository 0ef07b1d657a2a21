//! Addresses of archives in a cloud store (`s3://bucket/prefix`) and the settings to reach one. Both are known to every
//! build, so that a program without the feature `cloud` names what it lacks instead of making a folder called `s3:`.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use secrecy::SecretString;

use crate::error::{Error, Result};

/// A provider of object storage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum StoreService {
    /// Tencent COS.
    Cos,
    /// Alibaba OSS.
    Oss,
    /// Amazon S3 and what speaks its protocol.
    S3,
}

impl StoreService {
    const ALL: [Self; 3] = [Self::Cos, Self::Oss, Self::S3];

    /// Returns the scheme of its addresses.
    pub const fn scheme(self) -> &'static str {
        match self {
            Self::Cos => "cos",
            Self::Oss => "oss",
            Self::S3 => "s3",
        }
    }
}

/// The address of one archive in a cloud store. It never holds a secret.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StoreAddress {
    /// Provider.
    pub service: StoreService,
    /// Bucket; with Tencent including the number of the account (`name-1250000000`).
    pub bucket: String,
    /// Path of the archive in the bucket, without `/` at either end; empty for the bucket itself.
    pub prefix: String,
}

impl StoreAddress {
    /// Reads an address; `None` for a path of a file or folder.
    ///
    /// # Errors
    /// `store-address-invalid` for an address without a bucket, or with credentials, a query or other extras.
    pub fn parse(text: &str) -> Result<Option<Self>> {
        let Some((scheme, rest)) = text.split_once("://") else { return Ok(None) };
        let Some(service) = StoreService::ALL.into_iter().find(|one| one.scheme().eq_ignore_ascii_case(scheme)) else {
            return Ok(None);
        };
        let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        // What stands before an `@` may be a secret, which must not come back in a message.
        let shown = if rest.contains('@') { format!("{}://…", service.scheme()) } else { text.to_owned() };
        let invalid = || Error::usage("store-address-invalid").with("address", &shown);
        let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_');
        if bucket.is_empty() || !bucket.chars().all(is_name) {
            return Err(invalid());
        }
        let prefix = prefix.trim_end_matches('/');
        let is_part = |part: &str| !part.is_empty() && !matches!(part, "." | "..");
        if !prefix.is_empty() && (!prefix.split('/').all(is_part) || prefix.contains(['?', '#', '@', '\\', '\r', '\n']))
        {
            return Err(invalid());
        }
        Ok(Some(Self { service, bucket: bucket.to_owned(), prefix: prefix.to_owned() }))
    }

    /// Reads the address that stands in the place of a path; `None` for a path of a file or folder.
    ///
    /// # Errors
    /// As [`StoreAddress::parse`].
    pub fn of(path: &Path) -> Result<Option<Self>> {
        path.to_str().map_or(Ok(None), Self::parse)
    }

    /// Reports whether what stands in the place of a path is meant as an address, valid or not.
    pub fn is_meant(path: &Path) -> bool {
        !matches!(Self::of(path), Ok(None))
    }

    /// Returns the address in the place of a path, under which an opened archive is known.
    pub fn path(&self) -> PathBuf {
        PathBuf::from(self.to_string())
    }
}

impl fmt::Display for StoreAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", self.service.scheme(), self.bucket)?;
        if self.prefix.is_empty() { Ok(()) } else { write!(f, "/{}", self.prefix) }
    }
}

impl FromStr for StoreAddress {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        Self::parse(text)?.ok_or_else(|| Error::usage("store-address-invalid").with("address", text))
    }
}

/// The settings to reach a store.
#[derive(Clone, Debug)]
pub struct StoreSettings {
    /// Address of the service; `None` for the provider's own of the region.
    pub endpoint: Option<String>,
    /// Region.
    pub region: Option<String>,
    /// Whether the bucket is named in the path instead of the host name.
    pub path_style: bool,
    /// Id and secret of the key; `None` for what the provider's own tools would find (a role of the machine).
    pub key: Option<StoreKey>,
    /// Number of retries of a request that failed for a reason that may pass.
    pub retries: usize,
    /// Delay before the first retry; each further one doubles it.
    pub retry_delay: Duration,
    /// Longest time without an answer.
    pub timeout: Duration,
    /// Bytes of the parts in which a large file is sent.
    pub part_bytes: usize,
}

/// A key of a store.
#[derive(Clone, Debug)]
pub struct StoreKey {
    /// Id of the key.
    pub id: String,
    /// Its secret.
    pub secret: SecretString,
    /// Token of a temporary key.
    pub token: Option<SecretString>,
}

impl Default for StoreSettings {
    fn default() -> Self {
        Self {
            endpoint: None,
            region: None,
            path_style: false,
            key: None,
            retries: 6,
            retry_delay: Duration::from_millis(500),
            timeout: Duration::from_mins(1),
            part_bytes: 8 * 1024 * 1024,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_told_from_paths() {
        let address = |text: &str| StoreAddress::parse(text).unwrap();
        assert_eq!(address("s3://bucket/a/b/").unwrap().to_string(), "s3://bucket/a/b");
        assert_eq!(address("OSS://bucket").unwrap().to_string(), "oss://bucket");
        assert_eq!(address("cos://name-1250000000/号").unwrap().prefix, "号");
        for path in
            ["archive", "/a/s3", r"C:\archive", "C:/archive", "c://archive", "s3:bucket", "./s3://x", "file:///a"]
        {
            assert_eq!(address(path), None, "{path}");
            assert!(!StoreAddress::is_meant(Path::new(path)));
        }
    }

    #[test]
    fn credentials_in_an_address_are_refused_and_not_repeated() {
        for wrong in ["s3://", "s3:///a", "s3://key:secret@bucket/a", "s3://b/a?x=1", "s3://b/../a", "s3://b//a"] {
            let error = StoreAddress::parse(wrong).unwrap_err();
            assert_eq!(error.code(), "store-address-invalid", "{wrong}");
            assert!(!format!("{error:?}").contains("secret"));
            assert!(StoreAddress::is_meant(Path::new(wrong)));
        }
    }
}
