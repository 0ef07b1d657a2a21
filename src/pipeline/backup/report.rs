//! What a backup reports: what it did, and what the archive holds after it.

use serde::Serialize;

use crate::error::{Kind, Result};
use crate::model::statement::Statement;
use crate::model::{Gap, Problem};
use crate::pipeline::api::ApiReport;
use crate::pipeline::archive::bill_days::BillDays;
use crate::pipeline::archive::gaps::{self, Counted, Numbers, ShortPostNumbers, Unclaimed};
use crate::pipeline::archive::ownership::{self, Owner, Share};
use crate::pipeline::archive::session::Session;
use crate::pipeline::commit::datasets::{self, TableReport};
use crate::pipeline::crawl::CrawlReport;
use crate::store::saved::SavedRow;

/// What a backup did.
#[derive(Debug, Default, Serialize)]
pub struct BackupReport {
    /// Whether the archive changed.
    pub changed: bool,
    /// It was asked to stop before everything was read.
    pub interrupted: bool,
    /// Inputs met.
    pub inputs: u64,
    /// Inputs read in this run, all of each (the others were read before, as they stand).
    pub read: u64,
    /// Inputs that the run did not come to before it was stopped.
    pub unread: u64,
    /// It was stopped before it had seen everything that was given: how much more there is, nobody knows.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub seen_in_part: bool,
    /// Inputs that could not be read, wholly or in part: the next run tries them again.
    pub unreadable: u64,
    /// Files beside saved pages, read by their pages only.
    pub companions: u64,
    /// Files that systems leave beside others (`Thumbs.db`, `.DS_Store`) and that were passed over.
    pub passed_over: u64,
    /// Inputs nobody recognised.
    pub unrecognised: Vec<String>,
    /// Whose archive it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// Articles of the own account.
    pub articles: Numbers,
    /// What the own account published beside articles.
    #[serde(flatten)]
    pub short_posts: ShortPostNumbers,
    /// Videos and recordings that are held and belong to no known post.
    pub unmatched: u64,
    /// Articles and short posts that are held and say of no account that they are its: kept private.
    pub unclaimed: Unclaimed,
    /// Other accounts' articles, kept private.
    pub others: Vec<OtherAccount>,
    /// The accounts among which the person has to choose with `--account`: until then everything is kept private.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub undecided: Vec<OtherAccount>,
    /// The accounts of the articles that this run brought, if none of them is the archive's own.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub only_others: Vec<OtherAccount>,
    /// Media files that were missing in the archive and were taken again from the inputs.
    pub mended: u64,
    /// Archives that need a password which was not given.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub locked: Vec<String>,
    /// Files of media held.
    pub media_held: u64,
    /// Statements held, with their rows.
    pub statements: Vec<StatementReport>,
    /// The days that a person's bills cover, as first and last days.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub bill_days: Vec<(String, String)>,
    /// Whether the owner said when the first and the last trade was: without it nobody knows what lies outside.
    #[serde(skip)]
    pub knows_trades: bool,
    /// Rows held in the private tables.
    pub datasets: Vec<TableReport>,
    /// Gaps by reason code.
    pub gaps: std::collections::BTreeMap<&'static str, u64>,
    /// What the official APIs gave.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub api: Option<ApiReport>,
    /// What was fetched.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub crawl: Option<CrawlReport>,
    /// Standing problems of the inputs given, with the path of each input.
    #[serde(serialize_with = "only_problems")]
    pub problems: Vec<(Problem, String)>,
}

impl BackupReport {
    /// Returns what two runs of one job did, one after the other: the later one says what is held, and what the earlier
    /// one did counts too.
    pub(crate) fn followed_by(self, later: Self) -> Self {
        Self {
            changed: self.changed || later.changed,
            inputs: self.inputs.max(later.inputs),
            read: self.read + later.read,
            companions: self.companions.max(later.companions),
            mended: self.mended + later.mended,
            only_others: if later.only_others.is_empty() { self.only_others } else { later.only_others },
            api: later.api.or(self.api),
            crawl: later.crawl.or(self.crawl),
            ..later
        }
    }
}

/// Another account met in the inputs.
#[derive(Debug, Serialize)]
pub struct OtherAccount {
    /// `__biz`.
    pub biz: String,
    /// Its name or, where that is unknown, `__biz`.
    pub name: String,
    /// Articles of it.
    pub articles: u64,
}

impl From<Share> for OtherAccount {
    fn from(Share { biz, name, articles }: Share) -> Self {
        Self { name: name.unwrap_or_else(|| biz.clone()), biz, articles }
    }
}

/// A statement, for the summary.
#[derive(Debug, Serialize)]
pub struct StatementReport {
    /// Layout as recognised.
    pub layout: String,
    /// Rows.
    pub rows: u64,
    /// First and last day.
    pub from: Option<String>,
    /// Last day.
    pub to: Option<String>,
}

/// What the archive holds now.
pub(crate) fn describe(session: &Session, own: Option<&Owner>, report: &mut BackupReport) -> Result<()> {
    let catalog = &session.catalog;
    report.account = own.and_then(|own| own.name.clone().or_else(|| own.biz.clone()));
    let Counted { articles, short_posts, unclaimed } = gaps::count(catalog)?;
    (report.articles, report.short_posts, report.unclaimed) = (articles, short_posts, unclaimed);
    let alone = |row: &&SavedRow| row.post.is_none() && row.file.known && row.file.whole;
    report.unmatched = crate::pipeline::commit::posts::saved_alone(catalog)?.iter().filter(alone).count() as u64;
    report.unrecognised = catalog.unrecognised()?;
    report.problems = catalog.problems()?;
    report.media_held = catalog.count_blobs()?;
    report.others = ownership::shares(catalog, None)?
        .into_iter()
        .filter(|share| own.is_some_and(|own| own.biz.as_ref() != Some(&share.biz)))
        .map(OtherAccount::from)
        .collect();
    report.undecided = ownership::undecided(catalog, own)?.into_iter().map(OtherAccount::from).collect();
    let statements: Vec<Statement> = catalog.statements()?.into_iter().map(|row| row.1).collect();
    let days = BillDays::read(session.archive())?;
    report.bill_days =
        days.covered.ranges().iter().map(|(first, last)| (first.to_string(), last.to_string())).collect();
    report.knows_trades = days.knows_ends;
    report.statements = statements
        .into_iter()
        .map(|statement| StatementReport {
            layout: statement.layout,
            rows: statement.rows,
            from: statement.from,
            to: statement.to,
        })
        .collect();
    report.datasets = datasets::report(catalog)?;
    report.gaps.clear();
    gaps::each(catalog, |gap: Gap, _| {
        *report.gaps.entry(gap.reason.code()).or_default() += 1;
        Ok(())
    })?;
    for gap in days.outside() {
        *report.gaps.entry(gap.reason.code()).or_default() += 1;
    }
    Ok(())
}

fn only_problems<S: serde::Serializer>(problems: &[(Problem, String)], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(problems.iter().map(|(problem, _)| problem))
}

/// The exit bits of a report: what was planted as a gap is no failure, what could not be read is, and so is a run that was
/// stopped.
pub fn exit_bits(report: &BackupReport) -> u8 {
    let fetched = report.crawl.as_ref().map_or(0, |crawl| crawl.exit_bits);
    let fetched = report.api.as_ref().map_or(fetched, |api| fetched | api.exit_bits());
    // Whose archive it is has to be said with a flag.
    let unnamed = if report.undecided.is_empty() { 0 } else { Kind::Usage.exit_bit() };
    let stopped = if report.interrupted { Kind::Other.exit_bit() } else { 0 };
    report.problems.iter().fold(fetched | unnamed | stopped, |bits, (problem, _)| bits | problem.exit_bit)
}
