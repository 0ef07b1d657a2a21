//! What to ask of the APIs, and of whom.

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

/// What to ask, of whom.
#[derive(Clone, Debug, Default)]
pub struct ApiOptions {
    /// Pace, limits, stand-ins.
    pub settings: Settings,
    /// The 公众号.
    pub account: Option<Account>,
    /// The merchant.
    pub merchant: Option<Merchant>,
    /// The 小程序.
    pub mini_program: Option<Account>,
    /// The 微信小店.
    pub shop: Option<Account>,
    /// What the person chose.
    pub scope: Scope,
    /// What to do about used-up quotas.
    pub quota: QuotaBudget,
}

impl ApiOptions {
    /// Settles what `liudi.toml` says; `followers`: their list too, `wait`: for the next day's quota.
    ///
    /// # Errors
    /// `api-not-configured` if it names no account, `collector-unknown`, and what is wrong with credentials.
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

    /// Whether there is anybody to ask.
    pub fn has_any(&self) -> bool {
        self.merchant.is_some() || [&self.account, &self.mini_program, &self.shop].into_iter().any(Option::is_some)
    }

    /// The secrets of the settings, which no file that is read may bring into the archive.
    pub fn secrets(&self) -> impl Iterator<Item = Vec<u8>> {
        let accounts = [&self.account, &self.mini_program, &self.shop].into_iter().flatten();
        accounts.map(|account| account.secret.expose_secret().as_bytes().to_vec())
    }
}

/// Returns the collectors that a setting lists, by their own names or as they are printed in either language.
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
