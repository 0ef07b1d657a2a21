//! A 公众号 as its pages, lists and API describe it.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::MediaUse;

/// The fields of [`super::Kind::Account`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AccountFields {
    /// `__biz`, base64.
    pub biz: Option<String>,
    /// `gh_…`.
    pub user_name: Option<String>,
    /// Its name.
    pub name: Option<String>,
    /// The WeChat id it chose (微信号).
    pub alias: Option<String>,
    /// What it says of itself.
    pub signature: Option<String>,
    /// URL of its avatar, best rendition.
    pub avatar: Option<String>,
    /// `servicetype`/`new_service_type`, as given.
    pub service_type: Option<i64>,
    /// `verify_status`, as given.
    pub verify_status: Option<i64>,
    /// What else was given.
    pub extra: Map<String, Value>,
}

/// The account as `account.json` holds it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct AccountRecord {
    /// What is known of it.
    #[serde(flatten)]
    pub fields: AccountFields,
    /// The file of its avatar. Archives written before December 2026 call it `face`.
    #[serde(default, alias = "face")]
    pub avatar_file: Option<MediaUse>,
}
