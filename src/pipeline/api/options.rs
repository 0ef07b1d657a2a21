//! The options of a collection from the APIs: the accounts, the selection and the quota policy.

use std::time::Duration;

use secrecy::ExposeSecret as _;

use super::quota::QuotaBudget;
use crate::audit::words;
use crate::config::Config;
use crate::config::accounts::{Account, Merchant};
use crate::error::{Error, Result};
use crate::fetch::Settings;
use crate::source::api::collector::Scope;
use crate::source::api::registry;

/// The options of a collection.
#[derive(Clone, Debug, Default)]
pub struct ApiOptions {
    /// Request rate, limits, stand-ins.
    pub settings: Settings,
    /// The 公众号, if configured.
    pub account: Option<Account>,
    /// The merchant, if configured.
    pub merchant: Option<Merchant>,
    /// The 小程序, if configured.
    pub mini_program: Option<Account>,
    /// The 微信小店, if configured.
    pub shop: Option<Account>,
    /// The user's selection.
    pub scope: Scope,
    /// Policy for used-up quotas.
    pub quota: QuotaBudget,
}

impl ApiOptions {
    /// Resolves the settings of `liudi.toml`. `followers` adds the list of followers, `wait` waits for the next quota.
    ///
    /// # Errors
    /// `api-not-configured` if no account is configured, `collector-unknown`, and those of invalid credentials.
    pub fn settle(config: Config, followers: bool, wait: bool) -> Result<Self> {
        let only = collectors_named("account.collectors", &config.account.collectors)?;
        let without = collectors_named("account.leave-out", &config.account.leave_out)?;
        let options = Self {
            settings: config.network.settle()?,
            account: config.account.settle()?,
            merchant: config.merchant.settle()?,
            mini_program: config.mini_program.settle()?,
            shop: config.shop.settle_shop()?,
            scope: Scope {
                followers,
                only,
                without,
                since: config.account.since,
                sub_mchids: config.merchant.sub_mchids,
                service_provider: config.merchant.service_provider,
                bills_since: config.merchant.bills_since,
                cloud_environments: config.mini_program.cloud_environments,
            },
            quota: QuotaBudget::new(wait, config.network.quota_wait.and_then(|wait| Duration::try_from(wait).ok())),
        };
        if options.has_any() { Ok(options) } else { Err(Error::usage("api-not-configured")) }
    }

    /// Reports whether any account is configured.
    pub fn has_any(&self) -> bool {
        self.merchant.is_some() || [&self.account, &self.mini_program, &self.shop].into_iter().any(Option::is_some)
    }

    /// Returns the secrets of the settings, which must not enter the archive through any input.
    pub fn secrets(&self) -> impl Iterator<Item = Vec<u8>> {
        let accounts = [&self.account, &self.mini_program, &self.shop].into_iter().flatten();
        accounts.map(|account| account.secret.expose_secret().as_bytes().to_vec())
    }
}

/// Returns the collectors listed in a setting, by name or by the name printed in either language.
fn collectors_named(key: &'static str, list: &[String]) -> Result<Vec<String>> {
    let names = || registry::COLLECTORS.iter().map(|collector| collector.info().name);
    let resolve = |text: &String| {
        words::code("api-name", names(), &[], text).map(str::to_owned).ok_or_else(|| {
            let known = names().collect::<Vec<_>>().join(", ");
            Error::usage("collector-unknown").with("key", key).with("value", text).with("known", known)
        })
    };
    list.iter().map(resolve).collect()
}
