//! The network as a source: a [`Collector`] asks one API for what an account has, over days of quotas if need be.
//!
//! A collector has two halves. [`Collector::collect`] *asks*: it makes calls through [`ApiCx::call`] and says after each
//! step, by [`ApiCx::pass`], where it stands. [`Collector::read`] *reads* one answer: pure, on nothing but the answer,
//! so that the archive can be read again without the network.
//!
//! What the context promises:
//! * When `call` returns, the answer is durable. After a kill the collector is begun again at its last cursor, and a
//!   call whose answer came after it is answered from here: no finished call is made twice.
//! * `pass` is a barrier: the cursor and everything since the last one are one transaction.
//! * A day's quota that is used up, a call that is not for this kind of account, a frozen account: `call` gives them as
//!   [`NoAnswer`], and a collector that has nothing better to do hands them on with `?`. The pipeline makes a wait, a gap
//!   or a halt of them.

use futures_util::future::LocalBoxFuture;
use jiff::civil::Date;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::answer::{Answer, ApiRequest};
use super::{EvidenceId, ImportCx, Info, Out};
use crate::error::{Error, Result};
use crate::fetch::NoAnswer;
use crate::model::{Gap, Time};

/// Asks one API for what an account has.
pub trait Collector: Sync {
    /// What it is. `patterns` are the paths it calls; the first one decides whether the account may.
    fn info(&self) -> &'static Info;

    /// Whose API it is.
    fn service(&self) -> Service;

    /// Whether it is run for this account with these wishes; the others are not even planned.
    fn is_wanted(&self, _: &Wishes) -> bool {
        true
    }

    /// How many calls it will take, found out by as few calls as possible.
    fn outlook<'a>(&'a self, cx: &'a ApiCx<'a>) -> LocalBoxFuture<'a, Result<Outlook, NoAnswer>>;

    /// Asks, from where it stood.
    fn collect<'a>(&'a self, cx: &'a ApiCx<'a>, from: From) -> LocalBoxFuture<'a, Result<Stop, NoAnswer>>;

    /// Reads one answer, kept as `evidence`. A file that came as an answer is to be kept through `cx`.
    fn read(&self, answer: &Answer, evidence: EvidenceId, cx: &ImportCx<'_>, out: &mut dyn Out) -> Result<()>;
}

/// The APIs there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Service {
    /// 公众号, 服务号: `api.weixin.qq.com`.
    OfficialAccount,
    /// 微信支付: `api.mch.weixin.qq.com`.
    Merchant,
    /// 小程序 and what is bound to it.
    MiniProgram,
    /// 微信小店.
    Shop,
}

/// What a person chose.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wishes {
    /// The list of followers too: other people's data.
    pub followers: bool,
    /// Sub-merchants whose bills are wanted too.
    pub sub_mchids: Vec<String>,
    /// The first day of which bills are wanted, where not all that there are.
    pub bills_since: Option<Date>,
    /// Environments of a 小程序's cloud.
    pub cloud_environments: Vec<String>,
}

/// What lies ahead.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outlook {
    /// Things there are, where the platform says.
    pub things: Option<u64>,
    /// Calls of the endpoint that takes most of them.
    pub calls: u64,
}

/// Where a collector stood, in its own terms (JSON).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor(pub String);

impl Cursor {
    /// The cursor that `value` is.
    pub fn of<T: Serialize>(value: &T) -> Result<Self> {
        serde_json::to_string(value).map(Self).map_err(|error| Error::other("api-cursor-invalid").because(error))
    }

    /// Back to the collector's terms; `None` for what an older version meant, which is begun again.
    pub fn read<T: DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_str(&self.0).ok()
    }
}

/// Where to begin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum From {
    /// At the beginning.
    Start,
    /// In the midst of it.
    Midst(Cursor),
    /// At the beginning, of something that was gone through before as far as this.
    Again(Cursor),
}

impl From {
    /// Where a collector stood that is in the midst of it.
    pub fn midst<T: DeserializeOwned>(&self) -> Option<T> {
        match self {
            Self::Midst(cursor) => cursor.read(),
            Self::Start | Self::Again(_) => None,
        }
    }

    /// Where the last pass ended.
    pub fn again<T: DeserializeOwned>(&self) -> Option<T> {
        match self {
            Self::Again(cursor) => cursor.read(),
            Self::Start | Self::Midst(_) => None,
        }
    }
}

/// Why a collector stopped asking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// There is no more.
    Done,
    /// Not before this time: data not ready, a bill being made. The cursor stands where it goes on.
    Until(Time),
}

/// An article by its numbers.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ArticleNumbers {
    /// `mid`, a decimal string; shorter ones sort first.
    pub mid: String,
    /// `idx`, from 1.
    pub idx: u32,
}

/// Makes calls durable. The pipeline implements it.
pub trait Caller {
    /// See [`ApiCx::call`].
    fn call<'a>(&'a self, request: &'a ApiRequest) -> LocalBoxFuture<'a, Result<Answer, NoAnswer>>;

    /// See [`ApiCx::pass`].
    fn pass(&self, cursor: &Cursor) -> Result<()>;

    /// See [`ApiCx::missing`].
    fn missing(&self, gap: Gap) -> Result<()>;

    /// See [`ApiCx::articles`].
    fn articles(&self) -> Result<Vec<ArticleNumbers>>;
}

/// What a collector may use.
pub struct ApiCx<'a> {
    /// AppID or merchant number.
    pub account: &'a str,
    /// The run's time. "Yesterday" is the day before it in Beijing.
    pub clock: Time,
    /// The time it is: later than the run's where that was interrupted or waits.
    pub now: Time,
    /// What the person chose.
    pub wishes: &'a Wishes,
    /// What the settings say of the account beyond its credentials.
    pub caller: &'a dyn Caller,
}

impl ApiCx<'_> {
    /// Makes one call. When it returns, the answer is durable.
    pub async fn call(&self, request: ApiRequest) -> Result<Answer, NoAnswer> {
        self.caller.call(&request).await
    }

    /// The collector has come as far as `cursor`.
    pub fn pass<T: Serialize>(&self, cursor: &T) -> Result<(), NoAnswer> {
        Ok(self.caller.pass(&Cursor::of(cursor)?)?)
    }

    /// Something is known to be missing. Whatever answer brings it after all says so by [`super::Item::Held`].
    pub fn missing(&self, gap: Gap) -> Result<(), NoAnswer> {
        Ok(self.caller.missing(gap)?)
    }

    /// The own articles known so far, oldest first.
    pub fn articles(&self) -> Result<Vec<ArticleNumbers>, NoAnswer> {
        Ok(self.caller.articles()?)
    }
}
