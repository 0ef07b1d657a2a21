//! Implements tokens, quotas and permissions of the virtual account.

use serde_json::{Value, json};

use super::{Class, No, Official, SECRET};
use crate::platform::script::Reply;

/// Prefixes of paths that only a verified account may call.
const VERIFIED: &[&str] = &["/cgi-bin/comment/", "/cgi-bin/user/", "/cgi-bin/tags/", "/customservice/", "/datacube/"];

/// Prefixes of paths that a personal or unverified account may not call since July 2025.
const ENTERPRISE: &[&str] = &["/cgi-bin/freepublish/"];

/// Paths called by GET; all others are called by POST.
pub(super) const GETS: &[&str] = &[
    "/cgi-bin/draft/count",
    "/cgi-bin/get_current_autoreply_info",
    "/cgi-bin/get_current_selfmenu_info",
    "/cgi-bin/material/get_materialcount",
    "/cgi-bin/menu/get",
    "/cgi-bin/tags/get",
    "/cgi-bin/user/get",
    "/publisher/stat",
];

/// Documented number of calls per day.
const LIMITS: &[(&str, u64)] = &[
    ("/cgi-bin/draft/batchget", 1000),
    ("/cgi-bin/draft/count", 1000),
    ("/cgi-bin/freepublish/batchget", 100),
    ("/cgi-bin/freepublish/getarticle", 100),
    ("/cgi-bin/user/get", 500),
];

impl Official {
    /// Reports whether an account of this class may call `path`.
    pub(super) fn may(&self, path: &str) -> bool {
        let one_of = |list: &[&str]| list.iter().any(|start| path.starts_with(start));
        match self.class {
            Class::Verified => true,
            Class::Unverified | Class::Personal => !one_of(VERIFIED) && !one_of(ENTERPRISE),
        }
    }

    pub(super) fn limit_of(&self, path: &str) -> u64 {
        let documented = LIMITS.iter().find(|(known, _)| *known == path).map_or(1000, |(_, limit)| *limit);
        self.limits.get(path).copied().unwrap_or(documented)
    }

    pub(super) fn stable_token(&mut self, body: &Value) -> Result<Reply, No> {
        if self.closed_to_address {
            return Err((40_164, "invalid ip 203.0.113.9 ipv6 ::ffff:203.0.113.9, not in whitelist"));
        }
        if body["appid"] != self.appid.as_str() {
            return Err((40_013, "invalid appid"));
        }
        if body["secret"] != SECRET {
            return Err((40_125, "invalid appsecret"));
        }
        assert_eq!(body["force_refresh"], false, "the owner's production token must survive");
        if self.tokens == 0 || self.token_left == Some(0) {
            self.tokens += 1;
            self.token_left = self.token_calls;
        }
        Ok(Reply::json(&json!({"access_token": self.token(), "expires_in": 7200})))
    }

    pub(super) fn quota(&mut self, body: &Value) -> Result<Reply, No> {
        let path = body["cgi_path"].as_str().unwrap_or_default().to_owned();
        if !path.starts_with('/') {
            return Err((76_021, "cgi_path not found, please check"));
        }
        if !self.may(&path) {
            return Err((76_022, "could not use this cgi_path, no permission"));
        }
        let (limit, used) = (self.limit_of(&path), self.used.get(&path).copied().unwrap_or(0));
        Ok(Reply::json(&json!({
            "errcode": 0, "errmsg": "ok", "quota": {"daily_limit": limit, "used": used, "remain": limit - used},
        })))
    }
}
