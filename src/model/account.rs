//! Describes a 公众号 with the fields of its pages, lists and API.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::MediaUse;

/// Fields of [`super::Kind::Account`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AccountFields {
    /// `__biz`, base64.
    pub biz: Option<String>,
    /// `gh_…`.
    pub user_name: Option<String>,
    /// Name of the account.
    pub name: Option<String>,
    /// WeChat id chosen by the account (微信号).
    pub alias: Option<String>,
    /// Self-description.
    pub signature: Option<String>,
    /// URL of the avatar, best rendition.
    pub avatar: Option<String>,
    /// `servicetype`/`new_service_type`, unchanged.
    pub service_type: Option<i64>,
    /// `verify_status`, unchanged.
    pub verify_status: Option<i64>,
    /// Unknown fields.
    pub extra: Map<String, Value>,
}

/// Content of `account.json`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct AccountRecord {
    /// Merged fields.
    #[serde(flatten)]
    pub fields: AccountFields,
    /// Avatar file. Archives written before December 2026 call it `face`.
    #[serde(default, alias = "face")]
    pub avatar_file: Option<MediaUse>,
}
