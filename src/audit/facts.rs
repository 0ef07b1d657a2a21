//! The measurements of the archive: plain values that the engine reads and other modules fill. A value that is absent
//! is unknown, and unknown is never met.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::profile::AccountKind;
use crate::model::{Gap, NameSet, Sha256, Time};

/// All measurements.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Measured {
    /// Digest of `SHA256SUMS`: the single anchor of the archive.
    pub archive_digest: Option<Sha256>,
    /// Times of the oldest and the newest evidence.
    pub snapshot: Option<(Time, Time)>,
    /// Facts about the account itself found in the archive.
    pub known: Known,
    /// Kinds of which the archive holds something.
    pub kinds_seen: BTreeSet<AccountKind>,
    /// The three numbers, by asset: `article`, `material.image`, `channels_video.video`, `media`, …
    pub assets: BTreeMap<String, Asset>,
    /// Lists that name every item: `import:article_list`, `api:getarticletotaldetail`.
    pub lists: BTreeSet<String>,
    /// Series by day or month (as its first day): `wxpay_trade_bill`, `wxpay_fund_bill.BASIC`, `analytics` …
    pub series: BTreeMap<String, Series>,
    /// Merchant bill files.
    pub bills: Vec<Bill>,
    /// Whether there are merchant bills whose coverage is not recorded, because the archive has an older version.
    pub bills_unnoted: bool,
    /// Content scans, by name: `article_body`, `mirror_privacy`, `mirror_offline`.
    pub scans: BTreeMap<String, Scan>,
    /// Most recent fixity check of the archive.
    pub fixity: Option<Fixity>,
    /// Single items that are held: `menu`, `auto_reply`, `profile`.
    pub present: BTreeSet<String>,
    /// URLs of the held articles, as [`crate::model::ArticleUrl`] aliases and as text.
    pub held_urls: NameSet,
    /// Input files that could not be read, or were not read because the run was stopped.
    pub unread: Vec<Gap>,
    /// Whether the last commit has not ended, so that the other facts are of before it.
    pub unfinished: bool,
    /// Current contents of archived URLs.
    pub probes: Vec<Probe>,
}

/// Facts about the account itself found in the archive; they fill letters and prove nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Known {
    /// Name of the account.
    pub name: Option<String>,
    /// Original id (`gh_…`).
    pub original_id: Option<String>,
    /// WeChat id (微信号).
    pub wechat_id: Option<String>,
    /// Name of the subject.
    pub subject: Option<String>,
    /// Published articles that are held.
    pub articles: Option<Published>,
}

/// The number of held articles with the dates of the first and the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Published {
    /// Number of articles.
    pub count: u64,
    /// Publication date of the first.
    pub first: Date,
    /// Publication date of the last.
    pub last: Date,
}

/// The three numbers of one asset.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asset {
    /// Totals reported by the platform.
    pub totals: Vec<Total>,
    /// Number of items listed individually. `None`: not counted.
    pub listed: Option<u64>,
    /// Number of items held completely.
    pub held: Option<u64>,
    /// Number of listed items that the platform no longer counts (deleted, blocked).
    pub withdrawn: u64,
    /// Items listed but not held, by name.
    pub gaps: Vec<Gap>,
}

/// A total reported by the platform.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Total {
    /// Source: `api:freepublish.total_count`, `list:publish_page`.
    pub source: String,
    /// Scope of the count: only `all` can prove completeness; `sends`, `un_notified` and the like are merely shown.
    pub scope: String,
    /// Value.
    pub value: u64,
    /// Time of the report.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<Time>,
}

/// The days or months that are held.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Series {
    /// Dates held.
    pub held: BTreeSet<Date>,
    /// Dates for which the platform, or the owner, reports no data.
    pub nothing: BTreeSet<Date>,
}

impl Series {
    /// Returns the first and last date held or known to be empty.
    pub fn bounds(&self) -> Option<(Date, Date)> {
        let first = self.held.first().into_iter().chain(self.nothing.first()).min()?;
        let last = self.held.last().into_iter().chain(self.nothing.last()).max()?;
        Some((*first, *last))
    }

    /// Reports whether `day` is covered.
    pub fn covers(&self, day: Date, accept_nothing: bool) -> bool {
        self.held.contains(&day) || (accept_nothing && self.nothing.contains(&day))
    }
}

/// A merchant's bill file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bill {
    /// Name of the file.
    pub name: String,
    /// Whether its digest matches the one the platform gave; `None`: the platform gave none (downloaded by hand).
    pub digest_agrees: Option<bool>,
    /// Whether our own digest of it is on record.
    pub recorded: bool,
    /// Whether its rows add up to its summary; `None`: undetermined.
    pub adds_up: Option<bool>,
}

/// The result of a content scan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scan {
    /// Time of the scan.
    pub at: Time,
    /// Digest of the scanned archive; a scan of another state of it no longer counts.
    pub archive: Option<Sha256>,
    /// Findings.
    pub findings: Vec<Finding>,
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Code, as in the rule's `reject`.
    pub code: String,
    /// Item in which it was found.
    pub item: String,
}

/// The result of a fixity check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fixity {
    /// Time of the check.
    pub at: Time,
    /// Digest of the checked archive.
    pub archive: Option<Sha256>,
    /// Whether every byte was read, not a sample.
    pub read_all: bool,
    /// Listed files that are absent (not *complete*).
    pub missing: Vec<String>,
    /// Files that do not match their digest, or that are not listed (not *valid*).
    pub failed: Vec<String>,
}

/// The current contents of one archived URL.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Probe {
    /// URL.
    pub url: String,
    /// Time of the request.
    pub at: Time,
    /// Text of the page, or as much as was read.
    pub text: String,
}

impl Measured {
    /// Returns the asset `name`, creating it if needed.
    pub fn asset(&mut self, name: &str) -> &mut Asset {
        self.assets.entry(name.to_owned()).or_default()
    }

    /// Returns the series `name`, creating it if needed.
    pub fn series(&mut self, name: &str) -> &mut Series {
        self.series.entry(name.to_owned()).or_default()
    }
}
