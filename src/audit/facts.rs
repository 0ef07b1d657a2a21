//! What was measured in the archive: plain values that the engine asks and somebody else fills. What is not here is
//! unknown, and unknown is never met.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::profile::AccountKind;
use crate::model::{Gap, Sha256, Time};

/// Everything measured.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Measured {
    /// Digest of `SHA256SUMS`: the one anchor of the archive.
    pub archive_digest: Option<Sha256>,
    /// When the oldest and the newest evidence was taken.
    pub snapshot: Option<(Time, Time)>,
    /// What the archive knows of the account itself.
    pub known: Known,
    /// Kinds of which the archive holds something.
    pub kinds_seen: BTreeSet<AccountKind>,
    /// The three numbers, by asset: `article`, `material.image`, `channels_video.video`, `media`, …
    pub assets: BTreeMap<String, Asset>,
    /// Lists that name every item: `import:article_list`, `api:getarticletotaldetail`.
    pub lists: BTreeSet<String>,
    /// Series by day or month (the first of it): `wxpay_trade_bill`, `wxpay_fund_bill.BASIC`, `analytics` …
    pub series: BTreeMap<String, Series>,
    /// Every merchant's bill file.
    pub bills: Vec<Bill>,
    /// There are merchant's bills of which the archive, being of an older version, does not say what they cover.
    pub bills_unnoted: bool,
    /// Looks inside, by name: `article_body`, `mirror_privacy`, `mirror_offline`.
    pub scans: BTreeMap<String, Scan>,
    /// The last time the archive was read back.
    pub fixity: Option<Fixity>,
    /// Single things that are held: `menu`, `auto_reply`, `profile`.
    pub present: BTreeSet<String>,
    /// Addresses of the articles that are held, as [`crate::model::ArticleUrl`] aliases and as text.
    pub held_urls: BTreeSet<String>,
    /// Files that were given and could not be read, or were not read because the run was stopped.
    pub unread: Vec<Gap>,
    /// What archived addresses show today.
    pub probes: Vec<Probe>,
}

/// What the archive knows of the account itself; it fills letters and proves nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Known {
    /// Its name.
    pub name: Option<String>,
    /// Its original id (`gh_…`).
    pub original_id: Option<String>,
    /// Its WeChat id (微信号).
    pub wechat_id: Option<String>,
    /// The subject's name.
    pub subject: Option<String>,
    /// The published articles that are held.
    pub articles: Option<Published>,
}

/// How many articles are held, and when the first and the last were published.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Published {
    /// How many.
    pub count: u64,
    /// The day of the first.
    pub first: Date,
    /// The day of the last.
    pub last: Date,
}

/// The three numbers of one kind of thing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asset {
    /// What the platform says there is.
    pub totals: Vec<Total>,
    /// How many are known one by one. `None`: nobody looked.
    pub listed: Option<u64>,
    /// How many are held whole.
    pub held: Option<u64>,
    /// Of those listed: how many the platform no longer counts (deleted, blocked).
    pub withdrawn: u64,
    /// What is listed and not held, by name.
    pub gaps: Vec<Gap>,
}

/// A number the platform gives.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Total {
    /// Where from: `api:freepublish.total_count`, `list:publish_page`.
    pub source: String,
    /// What it counts: only `all` can prove completeness; `sends`, `un_notified` and the like are shown.
    pub scope: String,
    /// The number.
    pub value: u64,
    /// When it was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<Time>,
}

/// Days or months that are held.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Series {
    /// Held.
    pub held: BTreeSet<Date>,
    /// The platform says there is nothing.
    pub nothing: BTreeSet<Date>,
}

impl Series {
    /// First and last day held or known to be empty.
    pub fn bounds(&self) -> Option<(Date, Date)> {
        let first = self.held.first().into_iter().chain(self.nothing.first()).min()?;
        let last = self.held.last().into_iter().chain(self.nothing.last()).max()?;
        Some((*first, *last))
    }

    /// Whether `day` is covered.
    pub fn covers(&self, day: Date, accept_nothing: bool) -> bool {
        self.held.contains(&day) || (accept_nothing && self.nothing.contains(&day))
    }
}

/// A merchant's bill file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bill {
    /// Its name.
    pub name: String,
    /// Whether it has the digest the platform gave; `None`: the platform gave none (downloaded by hand).
    pub digest_agrees: Option<bool>,
    /// Whether our own digest of it is on record.
    pub recorded: bool,
    /// Whether its rows add up to its summary; `None`: it could not be told.
    pub adds_up: Option<bool>,
}

/// The result of a look inside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scan {
    /// When.
    pub at: Time,
    /// Of which archive; a look at another state of it no longer counts.
    pub archive: Option<Sha256>,
    /// What was found.
    pub findings: Vec<Finding>,
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Its code, as in the rule's `reject`.
    pub code: String,
    /// Where.
    pub item: String,
}

/// The result of reading the archive back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fixity {
    /// When.
    pub at: Time,
    /// Of which archive.
    pub archive: Option<Sha256>,
    /// Whether every byte was read, not a sample.
    pub read_all: bool,
    /// Files that should be there and are not (not *complete*).
    pub missing: Vec<String>,
    /// Files that are not what their digest says, or that nobody listed (not *valid*).
    pub failed: Vec<String>,
}

/// What one archived address shows today.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Probe {
    /// The address.
    pub url: String,
    /// When.
    pub at: Time,
    /// The text of the page, or as much as was read.
    pub text: String,
}

impl Measured {
    /// The asset `name`, made if there is none.
    pub fn asset(&mut self, name: &str) -> &mut Asset {
        self.assets.entry(name.to_owned()).or_default()
    }

    /// The series `name`, made if there is none.
    pub fn series(&mut self, name: &str) -> &mut Series {
        self.series.entry(name.to_owned()).or_default()
    }
}
