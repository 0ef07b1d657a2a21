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
use crate::error::{Error, Result};
use crate::fetch::NoAnswer;
use crate::fetch::answer_code::Said;
use crate::model::article_url::article_alias;
use crate::model::{Gap, MediaKey, SubjectKind, Time};
use crate::source::{EvidenceId, ImportCx, Info, Out};

/// Asks one API for what an account has.
pub trait Collector: Sync {
    /// What it is. `patterns` are the paths it calls; the first one decides whether the account may.
    fn info(&self) -> &'static Info;

    /// Whose API it is.
    fn service(&self) -> Service;

    /// Whether it is run for this account with these wishes; the others are not even planned.
    fn is_wanted(&self, _: &Scope) -> bool {
        true
    }

    /// How many calls it will take, found out by as few calls as possible. Whatever is asked here, [`Collector::collect`]
    /// asks too, and is given the same answer. Where nothing is asked, nothing is known.
    fn estimate<'a>(&'a self, _: &'a ApiCx<'a>) -> LocalBoxFuture<'a, Result<Estimate, NoAnswer>> {
        Box::pin(async { Ok(Estimate::default()) })
    }

    /// Asks, from where it stood.
    fn collect<'a>(&'a self, cx: &'a ApiCx<'a>, from: ResumePoint) -> LocalBoxFuture<'a, Result<Outcome, NoAnswer>>;

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

impl Service {
    /// Returns its code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::OfficialAccount => "official-account",
            Self::Merchant => "merchant",
            Self::MiniProgram => "mini-program",
            Self::Shop => "shop",
        }
    }
}

/// What a person chose.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scope {
    /// The list of followers too: other people's data.
    pub followers: bool,
    /// Only these collectors; empty for all.
    pub only: Vec<String>,
    /// These collectors are left out.
    pub without: Vec<String>,
    /// Nothing is asked about days before this one.
    pub since: Option<Date>,
    /// Sub-merchants whose bills are wanted too.
    pub sub_mchids: Vec<String>,
    /// The merchant is an e-commerce platform or a service provider, which has bills of its own kind.
    pub service_provider: bool,
    /// The first day of which bills are wanted, where not all that there are.
    pub bills_since: Option<Date>,
    /// Environments of a 小程序's cloud.
    pub cloud_environments: Vec<String>,
}

/// What lies ahead.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Estimate {
    /// Things there are, where the platform says.
    pub things: Option<u64>,
    /// Calls of the endpoint that takes most of them; `None` where nobody knows before.
    pub calls: Option<u64>,
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
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ResumePoint {
    /// Where a pass under way stood.
    pub(crate) midst: Option<Cursor>,
    /// Where the last whole pass ended.
    pub(crate) again: Option<Cursor>,
}

impl ResumePoint {
    /// Whether a pass is under way and has come past anything.
    pub fn is_midst(&self) -> bool {
        self.midst.as_ref().is_some_and(|cursor| !cursor.0.is_empty())
    }

    /// Where a pass under way stood; `None` at its beginning.
    pub fn midst<T: DeserializeOwned>(&self) -> Option<T> {
        self.midst.as_ref()?.read()
    }

    /// Where the last whole pass ended; `None` in the first one.
    pub fn again<T: DeserializeOwned>(&self) -> Option<T> {
        self.again.as_ref()?.read()
    }
}

/// Why a collector stopped asking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// There is no more.
    Done,
    /// The account has not opened this; the platform said so in words of its own.
    NotPermitted(Said),
    /// Not before this time: data not ready, a bill being made. The cursor stands where it goes on.
    Until(Time),
}

/// An article by its numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArticleNumbers {
    /// `__biz`.
    pub biz: String,
    /// `mid`, a decimal string; shorter ones sort first.
    pub mid: String,
    /// `idx`, from 1.
    pub idx: u32,
}

impl ArticleNumbers {
    /// Its id.
    pub fn alias(&self) -> String {
        article_alias(&self.biz, &self.mid, &self.idx.to_string())
    }
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

    /// See [`ApiCx::holds`].
    fn holds(&self, key: &MediaKey) -> Result<bool>;

    /// See [`ApiCx::filled`].
    fn filled(&self, kind: SubjectKind, key: &str) -> Result<()>;
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
    pub scope: &'a Scope,
    /// Where it begins.
    pub from: ResumePoint,
    /// Makes its calls.
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

    /// Something is known to be missing. Whatever answer brings it after all says so by [`crate::source::Item::Held`].
    pub fn missing(&self, gap: Gap) -> Result<(), NoAnswer> {
        Ok(self.caller.missing(gap)?)
    }

    /// The own articles known so far, oldest first.
    pub fn articles(&self) -> Result<Vec<ArticleNumbers>, NoAnswer> {
        Ok(self.caller.articles()?)
    }

    /// Whether a medium is held, so that it need not be asked for.
    pub fn holds(&self, key: &MediaKey) -> Result<bool, NoAnswer> {
        Ok(self.caller.holds(key)?)
    }

    /// What was missing is not missing any more.
    pub fn filled(&self, kind: SubjectKind, key: &str) -> Result<(), NoAnswer> {
        Ok(self.caller.filled(kind, key)?)
    }
}
