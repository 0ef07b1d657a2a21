//! Implements a virtual 小程序 and a virtual 小店 behind the official API: visits, cloud, live broadcasts, orders, money.

pub(crate) mod cloud;
pub(crate) mod shop;
mod visits;

use std::collections::{BTreeMap, HashMap};

use serde_json::{Value, json};

use super::{Hit, Reply};

/// AppID and AppSecret of the 小程序.
pub(crate) const APPID: &str = "wx00000000000m1n1a";
pub(crate) const SECRET: &str = "m1n1m1n15ec2e7000000000000000001";

/// AppID and AppSecret of the 小店.
pub(crate) const SHOP_APPID: &str = "wx000000000005h0p5";
pub(crate) const SHOP_SECRET: &str = "5h0p5h0p5ec2e7000000000000000002";

/// A refusal: the platform's code and message.
type No = (i64, &'static str);

/// The 小程序 and the 小店 with the calls they received.
pub(crate) struct Mini {
    /// Number of times each call was made, as `path body`, without tokens and queries of jobs.
    asked: HashMap<String, u64>,
    tokens: u64,
    jobs: Vec<cloud::Job>,
    /// Remaining calls of a path today.
    pub(crate) left: BTreeMap<String, u64>,
    /// Index of an order that was refunded.
    pub(crate) refunded: Option<usize>,
    /// Number of queries after which an export is ready.
    pub(crate) looks: u32,
    /// Number of documents in the cloud's larger collection.
    pub(crate) teas: u64,
}

impl Default for Mini {
    fn default() -> Self {
        Self {
            asked: HashMap::new(),
            tokens: 0,
            jobs: Vec::new(),
            left: BTreeMap::new(),
            refunded: None,
            looks: 2,
            teas: 60,
        }
    }
}

impl Mini {
    /// Returns the tokens of both, which are secrets to search for.
    pub(crate) fn tokens() -> [String; 2] {
        [APPID, SHOP_APPID].map(|appid| format!("57_T0KEN{appid}abcdefghijklmnopqrstuvwxyz"))
    }

    /// Returns the calls that were made more than once, with their number.
    pub(crate) fn repeated(&self) -> Vec<String> {
        let mut repeated: Vec<String> =
            self.asked.iter().filter(|(_, times)| **times > 1).map(|(call, times)| format!("{times} {call}")).collect();
        repeated.sort();
        repeated
    }

    /// Returns the number of calls of a path.
    pub(crate) fn calls_of(&self, path: &str) -> u64 {
        self.asked.iter().filter(|(call, _)| call.split(' ').next() == Some(path)).map(|(_, times)| times).sum()
    }

    /// Reports whether the request names one of them or contains one of their tokens.
    pub(crate) fn is_asked(hit: &Hit) -> bool {
        let own = Self::tokens().into_iter().chain([APPID, SHOP_APPID].map(str::to_owned));
        let body = String::from_utf8_lossy(&hit.body);
        !hit.url.starts_with("api.weixin.qq.com/")
            || own.into_iter().any(|own| hit.url.contains(&own) || body.contains(&own))
    }

    /// Answers a request; `None` if it is for neither.
    pub(crate) fn answer(&mut self, hit: &Hit) -> Option<Reply> {
        let (host, rest) = hit.url.split_once('/')?;
        if host != "api.weixin.qq.com" {
            return cloud::file(&hit.url, self.teas);
        }
        let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
        let path = format!("/{path}");
        let body: Value = serde_json::from_slice(&hit.body).unwrap_or(Value::Null);
        let answer = if path == "/cgi-bin/stable_token" {
            self.token(&body)
        } else {
            let query: BTreeMap<String, String> = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
            self.judged(&path, query.get("access_token"), &body)
        };
        Some(match answer {
            Ok(value) => Reply::json(&value),
            Err((code, words)) => {
                Reply::json(&json!({"errcode": code, "errmsg": format!("{words} rid: 6278fc12-0a0a8937-763b89f3")}))
            }
        })
    }

    fn token(&mut self, body: &Value) -> Result<Value, No> {
        assert_eq!(body["force_refresh"], false, "the owner's production token must survive");
        let known = [(APPID, SECRET), (SHOP_APPID, SHOP_SECRET)];
        let index = known.iter().position(|(appid, _)| body["appid"] == *appid).ok_or((40_013, "invalid appid"))?;
        if body["secret"] != known[index].1 {
            return Err((40_125, "invalid appsecret"));
        }
        self.tokens += 1;
        Ok(json!({"access_token": Self::tokens()[index], "expires_in": 7200}))
    }

    /// Returns the remaining quota of a path today.
    fn quota(&self, path: &str) -> Value {
        const DAILY: u64 = 50_000;
        let left = self.left.get(path).copied().unwrap_or(DAILY);
        let quota = json!({"daily_limit": DAILY, "used": DAILY - left, "remain": left});
        json!({"errcode": 0, "errmsg": "ok", "quota": quota})
    }

    fn judged(&mut self, path: &str, token: Option<&String>, body: &Value) -> Result<Value, No> {
        if path == "/cgi-bin/openapi/quota/get" && token.is_some_and(|token| Self::tokens().contains(token)) {
            return Ok(self.quota(body["cgi_path"].as_str().unwrap_or_default()));
        }
        let of_shop = path.starts_with("/channels/ec/");
        if token != Some(&Self::tokens()[usize::from(of_shop)]) {
            return Err((40_001, "invalid credential, access_token is invalid or not latest"));
        }
        if path != "/tcb/databasemigratequeryinfo" {
            *self.asked.entry(format!("{path} {body}")).or_default() += 1;
        }
        if let Some(left) = self.left.get_mut(path) {
            if *left == 0 {
                return Err((45_009, "reach max api daily quota limit"));
            }
            *left -= 1;
        }
        if path.starts_with("/datacube/") {
            return visits::answer(path, body);
        }
        if path.starts_with("/tcb/") {
            return cloud::answer(path, body, &mut self.jobs, self.looks);
        }
        if path.starts_with("/channels/") {
            return shop::answer(path, body, self.refunded);
        }
        match path {
            "/cgi-bin/account/getaccountbasicinfo" => Ok(json!({
                "errcode": 0, "errmsg": "ok", "appid": APPID, "account_type": 3, "principal_type": 1,
                "principal_name": "水乡茶行", "realname_status": 1, "nickname_info": {"nickname": "水乡茶行小程序"},
            })),
            _ => Err((40_066, "invalid url")),
        }
    }
}
