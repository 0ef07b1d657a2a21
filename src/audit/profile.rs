//! The profile of the account to close: kinds, entity, followers, flags. An unknown value is treated as the worse case.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Deserializer, Serialize};

use super::coded::coded;
use super::{values, words};
use crate::error::{Error, Result};
use crate::text::typed::plain;

coded! {
    /// The kind of an account.
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
    /// The kind of subject that owns the account.
    Entity, "entity-unknown" {
        /// An individual.
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
        /// A subject outside mainland China.
        Overseas = "overseas",
        /// A subject that no longer exists.
        Dissolved = "dissolved",
    }
}

impl AccountKind {
    /// Parses a kind from its code or a common name in either language: `oa`, 订阅号, 商户号.
    pub fn from_word(text: &str) -> Result<Self> {
        const NAMES: &[(&str, &str)] = &[
            ("oa", "oa.subscription"),
            ("订阅号", "oa.subscription"),
            ("微信公众号", "oa.subscription"),
            ("公号", "oa.subscription"),
            ("微信服务号", "oa.service"),
            ("微信小程序", "mp"),
            ("微信视频号", "channels"),
            ("微信", "wechat"),
            ("个人微信", "wechat"),
            ("企微", "wecom"),
            ("商户号", "mch"),
            ("商户", "mch"),
            ("微信支付", "mch"),
            ("merchant", "mch"),
            ("小店", "shop"),
            ("微信小商店", "shop"),
        ];
        words::code("ready-kind", Self::ALL.iter().map(|kind| kind.code()), NAMES, text).unwrap_or(text).parse()
    }

    /// Reports whether this is a 公众号 of either kind.
    pub const fn is_official_account(self) -> bool {
        matches!(self, Self::OaSubscription | Self::OaService)
    }

    /// Reports whether inaction after submitting *deletes* the account (视频号, 微信) instead of cancelling the application
    /// (公众号, 小程序).
    pub const fn deletes_by_itself(self) -> bool {
        matches!(self, Self::Channels | Self::Wechat)
    }
}

impl Entity {
    /// Parses an entity from its code or a common name in either language: 个体户, 公司.
    pub fn from_word(text: &str) -> Result<Self> {
        const NAMES: &[(&str, &str)] = &[
            ("自然人", "personal"),
            ("person", "personal"),
            ("公司", "enterprise"),
            ("company", "enterprise"),
            ("个体户", "sole"),
            ("个体", "sole"),
            ("政府", "government"),
            ("机关", "government"),
            ("事业单位", "government"),
            ("组织", "org"),
            ("社会组织", "org"),
            ("境外", "overseas"),
            ("海外", "overseas"),
            ("已注销", "dissolved"),
        ];
        words::code("ready-entity", Self::ALL.iter().map(|entity| entity.code()), NAMES, text).unwrap_or(text).parse()
    }
}

/// The account profile, `account.toml`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Profile {
    /// Name of the account, for letters and the report.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Original id (`gh_…`); masked in the report.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub original_id: Option<String>,
    /// Name of the subject, for letters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// WeChat id (微信号), for letters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wechat_id: Option<String>,
    /// Login mailbox, for letters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mailbox: Option<String>,
    /// Person who signs or handles the closing, for letters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operator: Option<String>,
    /// Contact details of that person, for letters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contact: Option<String>,
    /// Place where readers find the owner afterwards, for letters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub elsewhere: Option<String>,
    /// Reason for closing, for letters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Kinds to be closed.
    pub kinds: BTreeSet<AccountKind>,
    /// Kind of subject that owns the account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entity: Option<Entity>,
    /// Number of followers; determines the length of the freeze.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub followers: Option<u64>,
    /// Whether the 公众号 is verified (已认证).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub certified: Option<bool>,
    /// Flags such as `uses.pay`; a flag that is absent counts as yes.
    #[serde(deserialize_with = "flags")]
    pub flags: BTreeMap<String, bool>,
}

/// Deserializes both `"uses.pay" = true` and `uses.pay = true`, which TOML parses as a nested table.
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

/// The truth value of a statement about a profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Truth {
    /// True.
    Yes,
    /// False.
    No,
    /// Not stated.
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

    /// Returns the free-text values, by name.
    pub fn texts(&self) -> [(&'static str, Option<&String>); 9] {
        [
            ("name", self.name.as_ref()),
            ("original_id", self.original_id.as_ref()),
            ("subject", self.subject.as_ref()),
            ("wechat_id", self.wechat_id.as_ref()),
            ("mailbox", self.mailbox.as_ref()),
            ("operator", self.operator.as_ref()),
            ("contact", self.contact.as_ref()),
            ("elsewhere", self.elsewhere.as_ref()),
            ("reason", self.reason.as_ref()),
        ]
    }

    /// Returns the value `name` as [`Profile::set`] reads it; `None` if it is not set.
    pub fn value(&self, name: &str) -> Option<String> {
        let yes_no = |yes: bool| if yes { "yes" } else { "no" }.to_owned();
        match name {
            "kinds" => {
                let kinds: Vec<&str> = self.kinds.iter().map(|kind| kind.code()).collect();
                (!kinds.is_empty()).then(|| kinds.join(", "))
            }
            "entity" => self.entity.map(|entity| entity.code().to_owned()),
            "followers" => self.followers.map(|count| count.to_string()),
            "certified" => self.certified.map(yes_no),
            _ => {
                let text =
                    self.texts().into_iter().find(|(known, _)| *known == name).and_then(|(_, text)| text.cloned());
                text.or_else(|| self.flags.get(name).copied().map(yes_no))
            }
        }
    }

    /// Returns the truth value of `flag`. A merchant number takes payments and a shop is one, whatever was answered.
    pub fn flag(&self, flag: &str) -> Truth {
        if implies(&self.kinds, flag) {
            return Truth::Yes;
        }
        self.flags.get(flag).copied().into()
    }

    /// Returns the truth value of `flag` for an archive that holds something of the accounts `seen`: until the owner says
    /// which accounts are to be closed, they are those.
    pub fn flag_of(&self, flag: &str, seen: &BTreeSet<AccountKind>) -> Truth {
        if self.kinds.is_empty() && implies(seen, flag) { Truth::Yes } else { self.flag(flag) }
    }

    /// Sets one value by name, as `liudi account set NAME=VALUE` does; an empty value clears it. `known_flags` are
    /// those of the rule file.
    pub fn set(&mut self, name: &str, value: &str, known_flags: &[String]) -> Result<()> {
        let value = value.trim();
        let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        match name {
            "name" => self.name = given(value),
            "original_id" => self.original_id = given(value).map(|text| original_id(&text)).transpose()?,
            "subject" => self.subject = given(value),
            "wechat_id" => self.wechat_id = given(value),
            "mailbox" => self.mailbox = given(value),
            "operator" => self.operator = given(value),
            "contact" => self.contact = given(value),
            "elsewhere" => self.elsewhere = given(value),
            "reason" => self.reason = given(value),
            "kinds" | "kind" => {
                self.kinds = value
                    .split([',', '，', '、', ';', '；', ' '])
                    .filter(|part| !part.is_empty())
                    .map(AccountKind::from_word)
                    .collect::<Result<_>>()?;
            }
            "entity" => self.entity = given(value).map(|text| Entity::from_word(&text)).transpose()?,
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
                        "name, original_id, subject, wechat_id, mailbox, operator, contact, elsewhere, reason, kinds, entity, \
                         followers, certified, {}",
                        known_flags.join(", ")
                    ),
                ));
            }
        }
        Ok(())
    }

    /// Rejects flags that are not in the rule file: a misspelt flag would silently count as yes.
    pub fn check_flags(&self, known_flags: &[String]) -> Result<()> {
        match self.flags.keys().find(|flag| !known_flags.contains(flag)) {
            Some(flag) => {
                Err(Error::input("account-key-unknown").with("key", flag).with("known", known_flags.join(", ")))
            }
            None => Ok(()),
        }
    }

    /// Evaluates one condition of the rule file: `flag`, `entity==x`, `certified==false`, `certified=false`,
    /// `followers<=1000`, `followers>1000`. Returns `None` if it is not a condition.
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

/// Reports whether `flag` is true of these kinds of accounts by their nature.
fn implies(kinds: &BTreeSet<AccountKind>, flag: &str) -> bool {
    const IMPLIED: &[(&str, AccountKind)] = &[("uses.pay", AccountKind::Mch), ("uses.shop", AccountKind::Shop)];
    IMPLIED.iter().any(|(implied, kind)| *implied == flag && kinds.contains(kind))
}

/// Parses yes or no in either language.
pub fn yes_or_no(text: &str) -> Result<bool> {
    values::yes_or_no(text).ok_or_else(|| Error::usage("yes-or-no-wanted").with("value", text))
}

/// Returns an original id in its one form: `gh_` with letters and digits after it.
fn original_id(text: &str) -> Result<String> {
    let id = plain(text);
    let is_one = id
        .strip_prefix("gh_")
        .is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    if is_one { Ok(id) } else { Err(Error::usage("original-id-wanted").with("value", text)) }
}

/// Parses a number of followers, exact or as a tier: `30000`, `<=100000`, `>100000`.
fn followers(text: &str) -> Result<u64> {
    let wrong = || Error::usage("followers-number-wanted").with("value", text);
    let clean = text.trim().replace(['≤', '≦'], "<=").replace('＞', ">").replace('＜', "<");
    if let Some(limit) = clean.strip_prefix("<=") {
        return values::count(limit).ok_or_else(wrong);
    }
    if let Some(limit) = clean.strip_prefix('>') {
        return values::count(limit).map(|limit| limit.saturating_add(1)).ok_or_else(wrong);
    }
    if let Some(limit) = clean.strip_prefix('<') {
        return values::count(limit).and_then(|limit| limit.checked_sub(1)).ok_or_else(wrong);
    }
    values::count(&clean).ok_or_else(wrong)
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
            ("kinds", "公众号、视频号"),
            ("entity", "个人"),
            ("followers", "十万"),
            ("followers", "10万"),
            ("followers", "≤100,000"),
            ("certified", "否"),
            ("uses.pay", "no"),
        ] {
            profile.set(name, value, &flags()).unwrap();
        }
        assert_eq!(profile.followers, Some(100_000));
        assert_eq!(profile.kinds.len(), 2);
        assert_eq!(Profile::from_toml(&profile.to_toml().unwrap()).unwrap(), profile);
        let mut again = Profile::default();
        for name in ["kinds", "entity", "followers", "certified", "uses.pay", "subject"] {
            again.set(name, &profile.value(name).unwrap_or_default(), &flags()).unwrap();
        }
        assert_eq!(again, profile);
        for (word, kind) in
            [("公众号", "oa.subscription"), ("oa", "oa.subscription"), ("服务号", "oa.service"), ("商户号", "mch")]
        {
            profile.set("kind", word, &flags()).unwrap();
            assert_eq!(profile.kinds.iter().map(|kind| kind.code()).collect::<Vec<_>>(), [kind], "{word}");
        }
        for (word, entity) in [("个体户", Entity::Sole), ("公司", Entity::Enterprise), ("sole", Entity::Sole)] {
            profile.set("entity", word, &flags()).unwrap();
            assert_eq!(profile.entity, Some(entity), "{word}");
        }
        assert_eq!(profile.set("use.pay", "no", &flags()).unwrap_err().code(), "account-key-unknown");
        assert_eq!(profile.set("kinds", "weibo", &flags()).unwrap_err().code(), "account-kind-unknown");
        profile.set("original_id", " ＧＨ_1a2b3c4d5e6f ", &flags()).unwrap();
        for wrong in ["不是gh", "gh_", "gh_一", "gh_a b", "shanjianlaixin", "xgh_1a2b"] {
            assert_eq!(
                profile.set("original_id", wrong, &flags()).unwrap_err().code(),
                "original-id-wanted",
                "{wrong}"
            );
        }
        assert_eq!(profile.original_id.as_deref(), Some("gh_1a2b3c4d5e6f"));
        profile.set("original_id", "", &flags()).unwrap();
        assert_eq!(profile.original_id, None);
        profile.set("uses.pay", "", &flags()).unwrap();
        profile.set("kinds", "公众号", &flags()).unwrap();
        assert_eq!(profile.flag("uses.pay"), Truth::Unknown);
        for answer in ["", "no"] {
            profile.set("uses.pay", answer, &flags()).unwrap();
            profile.set("kinds", "公众号、商户号", &flags()).unwrap();
            assert_eq!(profile.flag("uses.pay"), Truth::Yes, "a merchant number takes payments");
        }
    }

    #[test]
    fn what_the_archive_holds_counts_until_the_accounts_are_named() {
        let mut profile = Profile::default();
        let seen = BTreeSet::from([AccountKind::Mch]);
        assert_eq!(profile.flag_of("uses.pay", &BTreeSet::new()), Truth::Unknown);
        assert_eq!(profile.flag_of("uses.shop", &seen), Truth::Unknown);
        assert_eq!(profile.flag_of("uses.pay", &seen), Truth::Yes);
        profile.set("kinds", "公众号", &flags()).unwrap();
        assert_eq!(profile.flag_of("uses.pay", &seen), Truth::Unknown, "the merchant number is not to be closed");
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
