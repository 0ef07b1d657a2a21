//! Reads `[containers]`: limits of archives. Content beyond a limit is reported, and read by the first run after the
//! limit was raised.

use serde::Deserialize;

use crate::error::{Error, Result};
use crate::model::ContainerLimits;

/// Options of `[containers]`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct ContainerOptions {
    /// See [`ContainerLimits::members`].
    pub member_limit: Option<u64>,
    /// See [`ContainerLimits::bytes`].
    pub byte_limit: Option<u64>,
    /// See [`ContainerLimits::ratio`].
    pub ratio_limit: Option<u64>,
    /// See [`ContainerLimits::nesting`].
    pub nesting_limit: Option<u32>,
}

/// Largest nesting limit: nested containers are read recursively, and nobody packs more.
const MOST_NESTING: u32 = 16;

impl ContainerOptions {
    /// Applies the options to the defaults.
    ///
    /// # Errors
    /// `config-value-invalid` for a limit of zero or beyond the maximum.
    pub fn settle(&self) -> Result<ContainerLimits> {
        let usual = ContainerLimits::default();
        let of = |key: &str, given: Option<u64>, usual: u64, most: u64| match given {
            Some(given) if given == 0 || given > most => {
                Err(Error::usage("config-value-invalid").with("key", format!("containers.{key}")).with("value", given))
            }
            given => Ok(given.unwrap_or(usual)),
        };
        // SQLite and the bags use signed numbers.
        let most = i64::MAX.cast_unsigned();
        let nesting = self.nesting_limit.map(u64::from);
        let nesting = of("nesting-limit", nesting, usual.nesting.into(), MOST_NESTING.into())?;
        Ok(ContainerLimits {
            members: of("member-limit", self.member_limit, usual.members, most)?,
            bytes: of("byte-limit", self.byte_limit, usual.bytes, most)?,
            ratio: of("ratio-limit", self.ratio_limit, usual.ratio, most)?,
            nesting: u32::try_from(nesting).unwrap_or(MOST_NESTING),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settle(text: &str) -> Result<ContainerLimits> {
        toml::from_str::<ContainerOptions>(text).unwrap().settle()
    }

    #[test]
    fn limits_go_over_the_defaults_and_nonsense_is_refused() {
        let usual = ContainerLimits::default();
        assert_eq!(settle("").unwrap(), usual);
        assert_eq!(settle("member-limit = 2_000_000").unwrap(), ContainerLimits { members: 2_000_000, ..usual });
        assert_eq!(
            settle("nesting-limit = 5\nratio-limit = 1000").unwrap(),
            ContainerLimits { nesting: 5, ratio: 1000, ..usual }
        );
        for text in ["member-limit = 0", "byte-limit = 0", "ratio-limit = 0", "nesting-limit = 0", "nesting-limit = 17"]
        {
            assert_eq!(settle(text).unwrap_err().code(), "config-value-invalid", "{text}");
        }
        assert!(toml::from_str::<ContainerOptions>("members = 5").is_err());
    }
}
