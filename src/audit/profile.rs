//! Whose account it is: kinds, entity, followers, flags. What is not known counts as the worse case.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Deserializer, Serialize};

use super::coded::coded;
use crate::error::{Error, Result};

coded! {
    /// What kind of account.
    AccountKind, "account-kind-unknown" {
        /// 公众号 (formerly 订阅号).
        OaSubscription = "oa.subscription",
        /// 服务号.
        OaService = "oa.service",
        /// 小程序.
        Mp = "mp",
        /// A published 小游戏.
        MpGame = "mp.game",
        /// 门店小程序, which follows its 公众号.
        MpStore = "mp.store",
        /// 视频号.
        Channels = "channels",
        /// A personal 微信 account.
        Wechat = "wechat",
        /// 企业微信.
        Wecom = "wecom",
        /// 微信支付商户号.
        Mch = "mch",
        /// 微信小店.
        Shop = "shop",
    }
}

coded! {
    /// Who the account belongs to.
    Entity, "entity-unknown" {
        /// A person.
        Personal = "personal",
        /// A company.
        Enterprise = "enterprise",
        /// 个体工商户.
        Sole = "sole",
        /// A government body.
        Government = "government",
        /// A media organisation.
        Media = "media",
        /// Another organisation.
        Org = "org",
        /// A subject outside of the mainland.
        Overseas = "overseas",
        /// A subject that no longer exists.
        Dissolved = "dissolved",
    }
}

impl AccountKind {
    /// A 公众号 of either kind.
    pub const fn is_official_account(self) -> bool {
        matches!(self, Self::OaSubscription | Self::OaService)
    }

    /// Whether doing nothing after submitting *deletes* (视频号, 微信) instead of cancelling (公众号, 小程序).
    pub const fn deletes_by_itself(self) -> bool {
        matches!(self, Self::Channels | Self::Wechat)
    }
}

/// The profile, `account.toml`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Profile {
    /// Its name, for letters and the report.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Its original id (`gh_…`); the report shows it masked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub original_id: Option<String>,
    /// The subject's name, for letters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// The kinds that are to be closed.
    pub kinds: BTreeSet<AccountKind>,
    /// Whose it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entity: Option<Entity>,
    /// How many followers; decides the freeze.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub followers: Option<u64>,
    /// Whether the 公众号 is verified (已认证).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub certified: Option<bool>,
    /// `uses.pay` and the like; a flag that is not here counts as yes.
    #[serde(deserialize_with = "flags")]
    pub flags: BTreeMap<String, bool>,
}

/// Accepts `"uses.pay" = true` and `uses.pay = true`, which TOML reads as a table in a table.
fn flags<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeMap<String, bool>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Flag {
        Value(bool),
        Group(BTreeMap<String, bool>),
    }
    let mut flat = BTreeMap::new();
    for (name, flag) in BTreeMap::<String, Flag>::deserialize(deserializer)? {
        match flag {
            Flag::Value(value) => drop(flat.insert(name, value)),
            Flag::Group(group) => flat.extend(group.into_iter().map(|(rest, value)| (format!("{name}.{rest}"), value))),
        }
    }
    Ok(flat)
}

/// The truth of something about a profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Truth {
    /// It is so.
    Yes,
    /// It is not so.
    No,
    /// Nobody has said.
    Unknown,
}

impl From<Option<bool>> for Truth {
    fn from(value: Option<bool>) -> Self {
        match value {
            Some(true) => Self::Yes,
            Some(false) => Self::No,
            None => Self::Unknown,
        }
    }
}

impl Profile {
    /// Reads `account.toml`.
    pub fn from_toml(text: &str) -> Result<Self> {
        toml::from_str(text).map_err(|error| Error::input("account-file-invalid").because(error))
    }

    /// Writes `account.toml`.
    pub fn to_toml(&self) -> Result<String> {
        toml::to_string(self).map_err(|error| Error::other("account-file-not-written").because(error))
    }

    /// What is known of `flag`.
    pub fn flag(&self, flag: &str) -> Truth {
        self.flags.get(flag).copied().into()
    }

    /// Sets one value by name, as `liudi account set NAME=VALUE` does; an empty value forgets it. `known_flags` are the
    /// rule file's.
    pub fn set(&mut self, name: &str, value: &str, known_flags: &[String]) -> Result<()> {
        let value = value.trim();
        let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        match name {
            "name" => self.name = given(value),
            "original_id" => self.original_id = given(value),
            "subject" => self.subject = given(value),
            "kinds" | "kind" => {
                self.kinds =
                    value.split([',', ' ']).filter(|part| !part.is_empty()).map(str::parse).collect::<Result<_>>()?;
            }
            "entity" => self.entity = given(value).map(|text| text.parse()).transpose()?,
            "followers" => self.followers = given(value).map(|text| followers(&text)).transpose()?,
            "certified" => self.certified = given(value).map(|text| yes_or_no(&text)).transpose()?,
            flag if known_flags.iter().any(|known| known == flag) => match given(value) {
                Some(text) => drop(self.flags.insert(flag.to_owned(), yes_or_no(&text)?)),
                None => drop(self.flags.remove(flag)),
            },
            _ => {
                return Err(Error::usage("account-key-unknown").with("key", name).with(
                    "known",
                    format!(
                        "name, original_id, subject, kinds, entity, followers, certified, {}",
                        known_flags.join(", ")
                    ),
                ));
            }
        }
        Ok(())
    }

    /// Refuses flags that the rule file does not know: a misspelt flag would silently count as yes.
    pub fn check_flags(&self, known_flags: &[String]) -> Result<()> {
        match self.flags.keys().find(|flag| !known_flags.contains(flag)) {
            Some(flag) => {
                Err(Error::input("account-key-unknown").with("key", flag).with("known", known_flags.join(", ")))
            }
            None => Ok(()),
        }
    }

    /// Evaluates one condition of the rule file: `flag`, `entity==x`, `certified==false`, `certified=false`,
    /// `followers<=1000`, `followers>1000`. `None`: not a condition at all.
    pub fn holds(&self, condition: &str) -> Option<Truth> {
        let truth = |value: Option<bool>| Some(Truth::from(value));
        let condition = condition.trim();
        if let Some((name, limit)) = condition.split_once("<=") {
            let limit: u64 = limit.trim().parse().ok()?;
            return (name.trim() == "followers").then(|| self.followers.map(|count| count <= limit).into());
        }
        if let Some((name, limit)) = condition.split_once('>') {
            let limit: u64 = limit.trim().parse().ok()?;
            return (name.trim() == "followers").then(|| self.followers.map(|count| count > limit).into());
        }
        if let Some((name, value)) = condition.split_once("==").or_else(|| condition.split_once('=')) {
            let value = value.trim();
            return match name.trim() {
                "entity" => {
                    let wanted: Entity = value.parse().ok()?;
                    truth(self.entity.map(|entity| entity == wanted))
                }
                "certified" => {
                    let wanted: bool = value.parse().ok()?;
                    truth(self.certified.map(|certified| certified == wanted))
                }
                _ => None,
            };
        }
        condition.chars().all(|c| c.is_ascii_lowercase() || c == '_' || c == '.').then(|| self.flag(condition))
    }
}

/// `yes`, `no`, `true`, `false`, `是`, `否`, `有`, `无`.
pub fn yes_or_no(text: &str) -> Result<bool> {
    match text.trim().to_ascii_lowercase().as_str() {
        "yes" | "y" | "true" | "1" | "是" | "有" => Ok(true),
        "no" | "n" | "false" | "0" | "否" | "无" | "没有" => Ok(false),
        _ => Err(Error::usage("yes-or-no-wanted").with("value", text)),
    }
}

/// A number of followers, exact or as a tier: `30000`, `<=100000`, `>100000`.
fn followers(text: &str) -> Result<u64> {
    let wrong = || Error::usage("followers-number-wanted").with("value", text);
    let clean = text.replace([',', '_', ' '], "").replace('≤', "<=");
    if let Some(limit) = clean.strip_prefix("<=") {
        return limit.parse().map_err(|_| wrong());
    }
    if let Some(limit) = clean.strip_prefix('>') {
        return limit.parse::<u64>().map(|limit| limit.saturating_add(1)).map_err(|_| wrong());
    }
    clean.parse().map_err(|_| wrong())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flags() -> Vec<String> {
        vec!["uses.pay".to_owned(), "will_migrate".to_owned()]
    }

    #[test]
    fn values_are_set_by_name_and_read_back() {
        let mut profile = Profile::default();
        for (name, value) in [
            ("kinds", "oa.subscription,channels"),
            ("entity", "personal"),
            ("followers", "≤100,000"),
            ("certified", "否"),
            ("uses.pay", "no"),
        ] {
            profile.set(name, value, &flags()).unwrap();
        }
        assert_eq!(profile.followers, Some(100_000));
        assert_eq!(profile.kinds.len(), 2);
        assert_eq!(Profile::from_toml(&profile.to_toml().unwrap()).unwrap(), profile);
        assert_eq!(profile.set("use.pay", "no", &flags()).unwrap_err().code(), "account-key-unknown");
        assert_eq!(profile.set("kinds", "weibo", &flags()).unwrap_err().code(), "account-kind-unknown");
        profile.set("uses.pay", "", &flags()).unwrap();
        assert_eq!(profile.flag("uses.pay"), Truth::Unknown);
    }

    #[test]
    fn flags_may_be_written_with_or_without_quotes() {
        let quoted = Profile::from_toml("[flags]\n\"uses.pay\" = false\n").unwrap();
        let bare = Profile::from_toml("[flags]\nuses.pay = false\n").unwrap();
        assert_eq!(quoted, bare);
        assert_eq!(quoted.flag("uses.pay"), Truth::No);
        assert!(Profile::from_toml("flag = 1").is_err(), "unknown keys are errors");
        let misspelt = Profile::from_toml("[flags]\nuses.payment = false\n").unwrap();
        assert_eq!(misspelt.check_flags(&flags()).unwrap_err().code(), "account-key-unknown");
    }

    #[test]
    fn conditions() {
        let profile = Profile { followers: Some(1_000), entity: Some(Entity::Sole), ..Profile::default() };
        assert_eq!(profile.holds("followers<=1000"), Some(Truth::Yes));
        assert_eq!(profile.holds("followers>1000"), Some(Truth::No));
        assert_eq!(profile.holds("entity==overseas"), Some(Truth::No));
        assert_eq!(profile.holds("certified=false"), Some(Truth::Unknown));
        assert_eq!(profile.holds("will_migrate"), Some(Truth::Unknown));
        assert_eq!(profile.holds("fans<=3"), None);
        assert_eq!(profile.holds("entity==emperor"), None);
    }
}
