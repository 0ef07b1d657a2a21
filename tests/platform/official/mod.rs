//! Implements a virtual 公众号 behind the official API, with tokens, classes of accounts, daily quotas and contents. It
//! refuses as the platform does: status 200 and `errcode`, with a `rid`.

mod account;
mod draft_box;
mod library;
mod numbers;
pub(crate) mod people;
mod published;
mod settings;

use std::collections::{BTreeMap, HashMap};

use liudi::model::Sha256;
use serde_json::{Value, json};

use super::Hit;
use super::script::Reply;

/// The class of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    /// 企业主体, 已认证.
    Verified,
    /// 企业主体, 未认证.
    Unverified,
    /// 个人主体.
    Personal,
}

/// AppID and AppSecret of the account.
pub(crate) const APPID: &str = "wx00000000000a11ce";
pub(crate) const SECRET: &str = "5ec2e7f00d5ec2e7f00d5ec2e7f00d00";

/// `__biz` of its articles.
pub(crate) const BIZ: &str = "MzAwMDAwMDAwMQ==";

/// A refusal: the platform's code and message.
type No = (i64, &'static str);

/// The account with its contents and the calls it received.
pub(crate) struct Official {
    class: Class,
    /// AppID of the account.
    pub(crate) appid: String,
    pub(crate) library: library::Library,
    pub(crate) numbers: numbers::Numbers,
    pub(crate) people: people::People,
    pub(crate) published: published::Published,
    /// Number of calls of each path, answered or refused.
    calls: BTreeMap<String, u64>,
    /// Number of times each call was made, as `path body`.
    asked: HashMap<String, u64>,
    used: HashMap<String, u64>,
    limits: HashMap<String, u64>,
    tokens: u64,
    /// Number of calls that the token is valid for, if limited.
    pub(crate) token_calls: Option<u64>,
    token_left: Option<u64>,
    /// Number of calls until the account is frozen.
    pub(crate) freeze_after: Option<u64>,
    /// Whether the caller's address is missing from the allow-list.
    pub(crate) closed_to_address: bool,
    /// Whether responses contain the token, as none should.
    pub(crate) echo_token: bool,
    /// Error codes of the next responses of a path.
    pub(crate) refusals: HashMap<String, Vec<i64>>,
}

impl Official {
    pub(crate) fn new(class: Class) -> Self {
        Self {
            class,
            appid: APPID.to_owned(),
            library: library::Library::default(),
            numbers: numbers::Numbers::default(),
            people: people::People::default(),
            published: published::Published::default(),
            calls: BTreeMap::new(),
            asked: HashMap::new(),
            used: HashMap::new(),
            limits: HashMap::new(),
            tokens: 0,
            token_calls: None,
            token_left: None,
            freeze_after: None,
            closed_to_address: false,
            echo_token: false,
            refusals: HashMap::new(),
        }
    }

    /// Returns the number of calls of `path` so far.
    pub(crate) fn calls_of(&self, path: &str) -> u64 {
        self.calls.get(path).copied().unwrap_or(0)
    }

    /// Returns the calls that were made more than once, with their number.
    pub(crate) fn repeated(&self) -> Vec<(String, u64)> {
        let mut repeated: Vec<(String, u64)> = self
            .asked
            .iter()
            .filter(|(call, times)| **times > 1 && !call.contains("token") && !call.contains("quota"))
            .map(|(call, times)| (call.clone(), *times))
            .collect();
        repeated.sort();
        repeated
    }

    /// Returns the current token of the account, a secret to search for.
    pub(crate) fn token(&self) -> String {
        format!("{}_T0KEN{:04}abcdefghijklmnopqrstuvwxyz", 57, self.tokens)
    }

    /// Sets the daily quota of a path.
    pub(crate) fn limit(&mut self, path: &str, calls: u64) {
        self.limits.insert(path.to_owned(), calls);
    }

    /// Begins the next day, on which every quota is reset.
    pub(crate) fn next_day(&mut self) {
        self.used.clear();
    }

    /// Answers a request; `None` for a host that is not the account's.
    pub(super) fn answer(&mut self, hit: &Hit) -> Option<Reply> {
        let (host, rest) = hit.url.split_once('/')?;
        if host != "api.weixin.qq.com" {
            return self.library.film(&hit.url).or_else(|| self.published.page(&hit.url));
        }
        let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
        let path = format!("/{path}");
        let query: BTreeMap<String, String> = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        let body: Value = serde_json::from_slice(&hit.body).unwrap_or(Value::Null);
        *self.calls.entry(path.clone()).or_default() += 1;
        let mut shown = query.clone();
        shown.remove("access_token");
        *self.asked.entry(format!("{path} {shown:?} {body}")).or_default() += 1;
        let posted = hit.method == "POST" || account::GETS.contains(&path.as_str());
        let well = if posted { Ok(()) } else { Err((43_002, "require POST method")) };
        let answer = well.and_then(|()| self.judge(&path, &query)).and_then(|()| match path.as_str() {
            "/cgi-bin/media/uploadimg" => draft_box::upload_picture(&hit.body),
            _ => self.content(&path, &query, &body),
        });
        Some(match answer {
            Ok(reply) => reply,
            Err((code, words)) => {
                let seed = Sha256::of(format!("{path}{shown:?}{body}").as_bytes()).hex();
                let rid = format!("{}-{}-{}", &seed[..8], &seed[8..16], &seed[16..24]);
                Reply::json(&json!({"errcode": code, "errmsg": format!("{words} rid: {rid}")}))
            }
        })
    }

    /// Checks everything that precedes the content: token, freeze, class, quota.
    fn judge(&mut self, path: &str, query: &BTreeMap<String, String>) -> Result<(), No> {
        if path == "/cgi-bin/stable_token" {
            return Ok(());
        }
        if self.token_left == Some(0) {
            return Err((42_001, "access_token expired"));
        }
        if self.tokens == 0 || query.get("access_token") != Some(&self.token()) {
            return Err((40_001, "invalid credential, access_token is invalid or not latest"));
        }
        self.token_left = self.token_left.map(|left| left - 1);
        if let Some(left) = &mut self.freeze_after {
            if *left == 0 {
                return Err((50_007, "account frozen"));
            }
            *left -= 1;
        }
        if let Some(code) = self.refusals.get_mut(path).and_then(Vec::pop) {
            return Err((code, "system error"));
        }
        if path == "/cgi-bin/openapi/quota/get" {
            return Ok(());
        }
        if !self.may(path) {
            return Err((48_001, "api unauthorized"));
        }
        let limit = self.limit_of(path);
        let used = self.used.entry(path.to_owned()).or_default();
        if *used >= limit {
            return Err((45_009, "reach max api daily quota limit"));
        }
        *used += 1;
        Ok(())
    }

    fn content(&mut self, path: &str, query: &BTreeMap<String, String>, body: &Value) -> Result<Reply, No> {
        if let Some(name) = path.strip_prefix("/datacube/") {
            return self.numbers.datacube(name, body);
        }
        match path {
            "/cgi-bin/account/getaccountbasicinfo" => Ok(settings::basic_information()),
            "/cgi-bin/comment/list" => self.people.comment_list(body),
            "/cgi-bin/draft/add" => draft_box::add(body),
            "/cgi-bin/draft/batchget" => self.library.drafts(body),
            "/cgi-bin/draft/count" => Ok(self.library.draft_count()),
            "/cgi-bin/get_current_autoreply_info" => Ok(settings::auto_replies()),
            "/cgi-bin/get_current_selfmenu_info" => Ok(settings::menu()),
            "/cgi-bin/material/batchget_material" => self.library.materials(body),
            "/cgi-bin/material/get_material" => self.library.material(body),
            "/cgi-bin/material/get_materialcount" => Ok(self.library.material_count()),
            "/cgi-bin/menu/get" => Err((46_003, "menu no exist")),
            "/cgi-bin/tags/get" => Ok(self.people.tags()),
            "/cgi-bin/tags/members/getblacklist" => Ok(self.people.blacklist(body)),
            "/cgi-bin/user/get" => Ok(self.people.followers(query)),
            "/cgi-bin/user/info/batchget" => people::People::people(body),
            "/customservice/msgrecord/getmsglist" => self.people.messages(body),
            "/publisher/stat" => Ok(self.numbers.publisher(query)),
            "/cgi-bin/stable_token" => self.stable_token(body),
            "/cgi-bin/openapi/quota/get" => self.quota(body),
            "/cgi-bin/freepublish/batchget" => {
                let echo = self.echo_token.then(|| self.token());
                self.published.batchget(body, echo.as_deref())
            }
            _ => Err((40_066, "invalid url")),
        }
    }
}
