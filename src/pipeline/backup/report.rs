//! Reports what a backup did and what the archive holds afterwards.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::audit::fill;
use crate::error::{Kind, Result};
use crate::model::statement::{Statement, StatementKind};
use crate::model::{Gap, Problem};
use crate::pipeline::api::ApiReport;
use crate::pipeline::archive::bill_days::BillDays;
use crate::pipeline::archive::bills;
use crate::pipeline::archive::gap_list;
use crate::pipeline::archive::gaps::{self, Counted, Numbers, ShortPostNumbers, Unclaimed};
use crate::pipeline::archive::ownership::{self, Owner, Share};
use crate::pipeline::archive::session::Session;
use crate::pipeline::collect::files_left;
use crate::pipeline::commit::datasets::{self, TableReport};
use crate::pipeline::crawl::CrawlReport;

/// The report of a backup.
#[derive(Debug, Default, Serialize)]
pub struct BackupReport {
    /// Whether the archive changed.
    pub changed: bool,
    /// Whether the run was stopped before everything was read.
    pub interrupted: bool,
    /// Number of inputs found.
    pub inputs: u64,
    /// Number of inputs completely read in this run.
    pub read: u64,
    /// Number of inputs that were read before and are unchanged.
    pub unchanged: u64,
    /// Number of inputs that the run did not reach before it was stopped.
    pub unread: u64,
    /// Whether the run was stopped before it had seen all inputs, so that their number is unknown.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub seen_in_part: bool,
    /// Number of inputs that could not be read, wholly or in part; the next run tries them again.
    pub unreadable: u64,
    /// Number of files in the folders of saved pages: read by the pages that show them, otherwise for themselves.
    pub companions: u64,
    /// Number of skipped files that operating systems leave in folders (`Thumbs.db`, `.DS_Store`).
    pub passed_over: u64,
    /// Number of inputs read in this run, by the source that recognised them.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub recognised: BTreeMap<String, u64>,
    /// Inputs that no source recognised.
    pub unrecognised: Vec<String>,
    /// Inputs that no source recognised in an earlier run and that are gone now; named once.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub gone_unrecognised: Vec<String>,
    /// Account that owns the archive.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// Articles of the own account.
    pub articles: Numbers,
    /// Posts of the own account other than articles.
    #[serde(flatten)]
    pub short_posts: ShortPostNumbers,
    /// Number of videos and recordings that are held and belong to no known post.
    pub unmatched: u64,
    /// Held articles and short posts that name no account; kept private.
    pub unclaimed: Unclaimed,
    /// Articles of other accounts; kept private.
    pub others: Vec<OtherAccount>,
    /// Accounts that the user has to choose from with `--account`; until then everything is kept private.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub undecided: Vec<OtherAccount>,
    /// Accounts of the articles that this run added, if none of them is the archive's own.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub only_others: Vec<OtherAccount>,
    /// Number of missing media files that were restored from the inputs.
    pub mended: u64,
    /// Archives that need a password which was not given.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub locked: Vec<String>,
    /// Number of media files held.
    pub media_held: u64,
    /// Number of those that only articles of other accounts show.
    #[serde(skip_serializing_if = "is_zero")]
    pub media_of_others: u64,
    /// Statements held, with their rows.
    pub statements: Vec<StatementReport>,
    /// Ranges of days that the owner's bills cover, as first and last days.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub bill_days: Vec<(String, String)>,
    /// Whether the owner recorded the first and the last trade; otherwise it is unknown what lies outside the bills.
    #[serde(skip)]
    pub knows_trades: bool,
    /// Whether a merchant's bills are held: which days they lack, `ready` says.
    #[serde(skip)]
    pub merchant_bills: bool,
    /// Number of bills of merchants' days that are missing and were not given up. They are no gaps: whether there was a
    /// trade on them is not known.
    pub missing_bills: usize,
    /// Private tables, with their numbers of rows.
    pub datasets: Vec<TableReport>,
    /// Number of gaps by reason code, without those that the owner gave up.
    pub gaps: BTreeMap<&'static str, u64>,
    /// The same numbers by the code of the reason in words, which says of a day what it says of no listed thing.
    #[serde(skip)]
    pub gap_words: BTreeMap<&'static str, u64>,
    /// Number of gaps that the owner gave up.
    pub given_up: u64,
    /// Report of the official APIs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub api: Option<ApiReport>,
    /// Report of the crawl.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub crawl: Option<CrawlReport>,
    /// Unresolved problems of the inputs given, with the path of each input.
    #[serde(serialize_with = "only_problems")]
    pub problems: Vec<(Problem, String)>,
}

impl BackupReport {
    /// Combines the reports of two runs of one job: the later one states what is held, and the work of both is counted.
    pub(crate) fn followed_by(self, later: Self) -> Self {
        Self {
            changed: self.changed || later.changed,
            inputs: self.inputs.max(later.inputs),
            read: self.read + later.read,
            companions: self.companions.max(later.companions),
            mended: self.mended + later.mended,
            recognised: if later.recognised.is_empty() { self.recognised } else { later.recognised },
            only_others: if later.only_others.is_empty() { self.only_others } else { later.only_others },
            api: later.api.or(self.api),
            crawl: later.crawl.or(self.crawl),
            ..later
        }
    }
}

/// Another account found in the inputs.
#[derive(Debug, Serialize)]
pub struct OtherAccount {
    /// `__biz`.
    pub biz: String,
    /// Name or, if unknown, `__biz`.
    pub name: String,
    /// Number of its articles.
    pub articles: u64,
}

impl From<Share> for OtherAccount {
    fn from(Share { biz, name, articles }: Share) -> Self {
        Self { name: name.unwrap_or_else(|| biz.clone()), biz, articles }
    }
}

/// A statement in the summary.
#[derive(Debug, Serialize)]
pub struct StatementReport {
    /// Recognised layout.
    pub layout: String,
    /// Number of rows.
    pub rows: u64,
    /// First day.
    pub from: Option<String>,
    /// Last day.
    pub to: Option<String>,
}

/// Fills in what the archive holds now.
pub(crate) fn describe(session: &Session, own: Option<&Owner>, report: &mut BackupReport) -> Result<()> {
    let catalog = &session.catalog;
    report.account = own.and_then(|own| own.name.clone().or_else(|| own.biz.clone()));
    let Counted { articles, short_posts, unclaimed } = gaps::count(catalog, own)?;
    (report.articles, report.short_posts, report.unclaimed) = (articles, short_posts, unclaimed);
    report.unmatched = 0;
    crate::pipeline::commit::posts::each_saved_alone(catalog, |row| {
        report.unmatched += u64::from(row.post.is_none() && row.file.known && row.file.whole);
        Ok(())
    })?;
    report.unrecognised = catalog.unrecognised()?;
    report.problems = catalog.problems()?;
    let inside = report.problems.iter().flat_map(|(problem, _)| files_left(problem)).map(str::to_owned);
    report.unrecognised.extend(inside.collect::<Vec<_>>());
    report.unrecognised.sort();
    report.media_held = catalog.count_blobs()?;
    // Nobody is another account before it is known whose archive it is.
    report.media_of_others = if own.is_some() { catalog.count_blobs_of_others()? } else { 0 };
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
    report.merchant_bills = statements.iter().any(|statement| statement.kind != StatementKind::Personal);
    report.missing_bills = bills::missing_bills(session.archive(), session.environment().today()?)?;
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
    let waived = fill::records(session.archive())?.waivers.items();
    (report.given_up, report.gaps, report.gap_words) = (0, BTreeMap::new(), BTreeMap::new());
    let mut add = |gap: &Gap| {
        if gap.is_among(&waived) {
            report.given_up += 1;
            return;
        }
        *report.gaps.entry(gap.reason.code()).or_default() += 1;
        *report.gap_words.entry(gap_list::reason_code(gap)).or_default() += 1;
    };
    gaps::each(catalog, |gap: Gap, _| {
        add(&gap);
        Ok(())
    })?;
    days.outside().iter().for_each(add);
    Ok(())
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference over")]
fn is_zero(number: &u64) -> bool {
    *number == 0
}

fn only_problems<S: serde::Serializer>(problems: &[(Problem, String)], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(problems.iter().map(|(problem, _)| problem))
}

/// Returns the exit bits of a report: a gap alone is no failure, but an unreadable input and a stopped run are.
pub fn exit_bits(report: &BackupReport) -> u8 {
    let fetched = report.crawl.as_ref().map_or(0, |crawl| crawl.exit_bits);
    let fetched = report.api.as_ref().map_or(fetched, |api| fetched | api.exit_bits());
    // The owner of the archive has to be given with a flag.
    let unnamed = if report.undecided.is_empty() { 0 } else { Kind::Usage.exit_bit() };
    let stopped = if report.interrupted { Kind::Other.exit_bit() } else { 0 };
    report.problems.iter().fold(fetched | unnamed | stopped, |bits, (problem, _)| bits | problem.exit_bit)
}
