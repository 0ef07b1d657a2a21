//! The network as a source: a [`Collector`] requests an account's data from one API, over several days where quotas
//! require it.
//!
//! A collector has two halves. [`Collector::collect`] *asks*: it makes calls through [`ApiCx::call`] and saves its
//! cursor after each step through [`ApiCx::pass`]. [`Collector::read`] *reads* one answer. It depends on the answer
//! alone, so that the archive can be read again without the network.
//!
//! Guarantees of the context:
//! * When `call` returns, the answer is durable. After a kill the collector restarts at its last cursor, and calls
//!   answered since then return the stored answer: no finished call is made twice.
//! * `pass` is a barrier: the cursor and everything since the last one are one transaction.
//! * A used-up daily quota, a call not available to this kind of account and a frozen account are returned by `call` as
//!   [`NoAnswer`]. A collector that cannot handle one passes it on with `?`; the pipeline turns it into a wait, a gap
//!   or a halt.

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

/// A collector of an account's data from one API.
#[expect(async_fn_in_trait, reason = "collectors run on one thread")]
pub trait Collector: Sync {
    /// The service whose API it calls.
    const SERVICE: Service;

    /// Returns the description of the collector. `patterns` are the paths it calls; the first one decides whether the
    /// account is permitted to run it.
    fn info(&self) -> &'static Info;

    /// Reports whether it runs with these choices; a collector that does not run is not even planned.
    fn is_wanted(&self, _: &Scope) -> bool {
        true
    }

    /// Estimates the number of calls, with as few calls as possible. [`Collector::collect`] must repeat every call made
    /// here, and gets the same answer. Without a call, nothing is known.
    async fn estimate(&self, _: &ApiCx<'_>) -> Result<Estimate, NoAnswer> {
        Ok(Estimate::default())
    }

    /// Makes the calls, starting at the resume point.
    async fn collect(&self, cx: &ApiCx<'_>, from: ResumePoint) -> Result<Outcome, NoAnswer>;

    /// Reads one answer, kept as `evidence`. A file received as an answer must be kept through `cx`.
    fn read(&self, answer: &Answer, evidence: EvidenceId, cx: &ImportCx<'_>, out: &mut dyn Out) -> Result<()>;
}

/// A [`Collector`] behind a reference, as the registry lists them.
pub trait DynCollector: Sync {
    /// Calls [`Collector::info`].
    fn info(&self) -> &'static Info;

    /// Returns [`Collector::SERVICE`].
    fn service(&self) -> Service;

    /// Calls [`Collector::is_wanted`].
    fn is_wanted(&self, scope: &Scope) -> bool;

    /// Calls [`Collector::estimate`].
    fn estimate<'a>(&'a self, cx: &'a ApiCx<'a>) -> LocalBoxFuture<'a, Result<Estimate, NoAnswer>>;

    /// Calls [`Collector::collect`].
    fn collect<'a>(&'a self, cx: &'a ApiCx<'a>, from: ResumePoint) -> LocalBoxFuture<'a, Result<Outcome, NoAnswer>>;

    /// Calls [`Collector::read`].
    fn read(&self, answer: &Answer, evidence: EvidenceId, cx: &ImportCx<'_>, out: &mut dyn Out) -> Result<()>;
}

impl<C: Collector> DynCollector for C {
    fn info(&self) -> &'static Info {
        Collector::info(self)
    }

    fn service(&self) -> Service {
        C::SERVICE
    }

    fn is_wanted(&self, scope: &Scope) -> bool {
        Collector::is_wanted(self, scope)
    }

    fn estimate<'a>(&'a self, cx: &'a ApiCx<'a>) -> LocalBoxFuture<'a, Result<Estimate, NoAnswer>> {
        Box::pin(Collector::estimate(self, cx))
    }

    fn collect<'a>(&'a self, cx: &'a ApiCx<'a>, from: ResumePoint) -> LocalBoxFuture<'a, Result<Outcome, NoAnswer>> {
        Box::pin(Collector::collect(self, cx, from))
    }

    fn read(&self, answer: &Answer, evidence: EvidenceId, cx: &ImportCx<'_>, out: &mut dyn Out) -> Result<()> {
        Collector::read(self, answer, evidence, cx, out)
    }
}

/// The supported APIs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Service {
    /// 公众号, 服务号: `api.weixin.qq.com`.
    OfficialAccount,
    /// 微信支付: `api.mch.weixin.qq.com`.
    Merchant,
    /// 小程序 and the 视频号 bound to it.
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

/// The user's choices.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scope {
    /// Whether to collect the list of followers, which is other people's data.
    pub followers: bool,
    /// Names of the only collectors to run; empty for all.
    pub only: Vec<String>,
    /// Names of the collectors to leave out.
    pub without: Vec<String>,
    /// First day to request data for.
    pub since: Option<Date>,
    /// Sub-merchants whose bills to collect too.
    pub sub_mchids: Vec<String>,
    /// Whether the merchant is an e-commerce platform or a service provider, which has its own kinds of bills.
    pub service_provider: bool,
    /// First day to collect bills for; `None` for all available days.
    pub bills_since: Option<Date>,
    /// Ids of a 小程序's cloud environments.
    pub cloud_environments: Vec<String>,
}

/// An estimate of the work.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Estimate {
    /// Number of things, where the platform reports it.
    pub things: Option<u64>,
    /// Number of calls of the most called endpoint; `None` where it is unknown beforehand.
    pub calls: Option<u64>,
}

/// The position of a collector, in its own terms (JSON).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor(pub String);

impl Cursor {
    /// Encodes `value` as a cursor.
    pub fn of<T: Serialize>(value: &T) -> Result<Self> {
        serde_json::to_string(value).map(Self).map_err(|error| Error::other("api-cursor-invalid").because(error))
    }

    /// Decodes the cursor; `None` for the format of an older version, in which case the collector starts from the
    /// beginning.
    pub fn read<T: DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_str(&self.0).ok()
    }
}

/// The point at which to resume.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ResumePoint {
    /// Cursor of the pass under way.
    pub(crate) midst: Option<Cursor>,
    /// Cursor at the end of the last complete pass.
    pub(crate) again: Option<Cursor>,
}

impl ResumePoint {
    /// Reports whether a pass is under way and has made progress.
    pub fn is_midst(&self) -> bool {
        self.midst.as_ref().is_some_and(|cursor| !cursor.0.is_empty())
    }

    /// Returns the cursor of the pass under way; `None` at its beginning.
    pub fn midst<T: DeserializeOwned>(&self) -> Option<T> {
        self.midst.as_ref()?.read()
    }

    /// Returns the cursor at the end of the last complete pass; `None` in the first one.
    pub fn again<T: DeserializeOwned>(&self) -> Option<T> {
        self.again.as_ref()?.read()
    }
}

/// The reason why a collector stopped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Everything was requested.
    Done,
    /// The account has not opened this service; the platform refused with an error of this endpoint.
    NotPermitted(Said),
    /// Nothing more before this time: data is not ready, or a bill is being made. The cursor marks where to continue.
    Until(Time),
}

/// An article identified by its numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArticleNumbers {
    /// `__biz`.
    pub biz: String,
    /// `mid`, a decimal string; shorter ones sort first.
    pub mid: String,
    /// `idx`, starting at 1.
    pub idx: u32,
}

impl ArticleNumbers {
    /// Returns the article's alias.
    pub fn alias(&self) -> String {
        article_alias(&self.biz, &self.mid, &self.idx.to_string())
    }
}

/// The durable calls behind [`ApiCx`], implemented by the pipeline.
pub trait Caller {
    /// Implements [`ApiCx::call`].
    fn call<'a>(&'a self, request: &'a ApiRequest) -> LocalBoxFuture<'a, Result<Answer, NoAnswer>>;

    /// Implements [`ApiCx::pass`].
    fn pass(&self, cursor: &Cursor) -> Result<()>;

    /// Implements [`ApiCx::missing`].
    fn missing(&self, gap: Gap) -> Result<()>;

    /// Implements [`ApiCx::articles`].
    fn articles(&self) -> Result<Vec<ArticleNumbers>>;

    /// Implements [`ApiCx::holds`].
    fn holds(&self, key: &MediaKey) -> Result<bool>;

    /// Implements [`ApiCx::filled`].
    fn filled(&self, kind: SubjectKind, key: &str) -> Result<()>;
}

/// The context of a collector.
pub struct ApiCx<'a> {
    /// AppID or merchant number.
    pub account: &'a str,
    /// Time of the run. "Yesterday" is the day before it in Beijing.
    pub clock: Time,
    /// Current time: later than the run's where the run was interrupted or waited.
    pub now: Time,
    /// The user's choices.
    pub scope: &'a Scope,
    /// Point at which to resume.
    pub from: ResumePoint,
    /// Implementation of the calls.
    pub caller: &'a dyn Caller,
}

impl ApiCx<'_> {
    /// Makes one call. When it returns, the answer is durable.
    pub async fn call(&self, request: ApiRequest) -> Result<Answer, NoAnswer> {
        self.caller.call(&request).await
    }

    /// Saves the cursor that the collector has reached.
    pub fn pass<T: Serialize>(&self, cursor: &T) -> Result<(), NoAnswer> {
        Ok(self.caller.pass(&Cursor::of(cursor)?)?)
    }

    /// Records a gap. An answer that closes it later reports this by [`crate::source::Item::Held`].
    pub fn missing(&self, gap: Gap) -> Result<(), NoAnswer> {
        Ok(self.caller.missing(gap)?)
    }

    /// Returns the account's own articles known so far, oldest first.
    pub fn articles(&self) -> Result<Vec<ArticleNumbers>, NoAnswer> {
        Ok(self.caller.articles()?)
    }

    /// Reports whether a medium is held and need not be requested.
    pub fn holds(&self, key: &MediaKey) -> Result<bool, NoAnswer> {
        Ok(self.caller.holds(key)?)
    }

    /// Closes a gap.
    pub fn filled(&self, kind: SubjectKind, key: &str) -> Result<(), NoAnswer> {
        Ok(self.caller.filled(kind, key)?)
    }
}
