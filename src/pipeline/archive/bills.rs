//! Looks at the bills of an archive: their sums by month, whether each file agrees with its own totals, which days they
//! cover, and what could not be read. The sums are those of the exports `billing` and `bills-xlsx`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use jiff::civil::Date;
use serde::Serialize;

use super::bill_days::BillDays;
use super::gap_list::GapList;
use super::state;
use crate::archive::{Archive, PrivateView};
use crate::audit::bill_series::{self, MERCHANT_BILLS};
use crate::audit::events::EventName;
use crate::audit::facts::Series;
use crate::audit::waivers::Waivers;
use crate::audit::{calendar, fill, trades};
use crate::error::{Error, Result};
use crate::export::Losses;
use crate::export::bill_sums::{BillSums, Sums, bar};
use crate::model::days::Days;
use crate::model::money::Money;
use crate::model::statement::{Held, HeldStatements, StatementKind};
use crate::model::{Class, GapReason, Problem, SubjectKind, layout};
use crate::platform;
use crate::store::Catalog;

/// What the bills of an archive say.
#[derive(Debug, Default, Serialize)]
pub struct BillReport {
    /// Path of the ledger.
    pub ledger: Option<String>,
    /// Sums of each kind of bill in each currency.
    pub kinds: Vec<KindSums>,
    /// Number of rows of each kind that are in no sum.
    pub left_out: Vec<(String, u64)>,
    /// Bills.
    pub statements: Vec<StatementCheck>,
    /// Days that each series of bills covers.
    pub days: Vec<SeriesDays>,
    /// Whether the owner recorded the first and the last personal trade; otherwise it is unknown what lies outside.
    pub knows_ends: bool,
    /// What could not be read, or does not agree, with what to do about it.
    pub problems: Vec<Problem>,
    /// Names of the packed files that were given and not read for want of a password: bills come packed like this.
    pub locked: Vec<String>,
}

/// The state of an archive as far as its bills go: as long as it is the same, so is the [`BillReport`].
#[derive(Debug, PartialEq, Eq)]
pub struct BillState {
    /// The head of the archive, which changes with every file of it.
    head: Option<Vec<u8>>,
    /// Length and time of change of the ledger and of the working state, which has the problems.
    files: Vec<Option<(u64, SystemTime)>>,
}

impl BillState {
    /// Returns the state of the archive at `root`, without reading its bills.
    pub fn of(root: &Path) -> Self {
        let catalog = root.join(layout::WORK).join(layout::CATALOG);
        let mut log = catalog.clone().into_os_string();
        log.push("-wal");
        let looked_at = [state::ledger(root).map(PathBuf::from), Some(catalog), Some(log.into())];
        let file = |path: Option<PathBuf>| {
            let metadata = path?.metadata().ok()?;
            Some((metadata.len(), metadata.modified().ok()?))
        };
        Self { head: platform::read(root.join(layout::SHA256SUMS)).ok(), files: looked_at.map(file).into() }
    }
}

/// The sums of one kind of bill in one currency. Kinds are never added to each other: a trade bill and a fund-flow bill
/// describe the same money.
#[derive(Debug, Serialize)]
pub struct KindSums {
    /// Code of the kind.
    pub kind: String,
    /// Currency.
    pub currency: String,
    /// Codes of the parts that any month has, in the order of the sums.
    pub parts: Vec<&'static str>,
    /// Months, in order.
    pub months: Vec<MonthSums>,
    /// Sums of all months.
    pub total: MonthSums,
}

/// The sums of a month.
#[derive(Debug, Serialize)]
pub struct MonthSums {
    /// Month (`2026-01`); empty for a total.
    pub month: String,
    /// Number of rows.
    pub rows: u64,
    /// Sum of each part of the kind.
    pub sums: Vec<Money>,
    /// Length of each part's bar in a picture, of [`KindSums::LONGEST`].
    #[serde(skip)]
    pub bars: Vec<u64>,
}

impl KindSums {
    /// Length of the longest bar.
    pub const LONGEST: u64 = 1000;
}

/// A bill, and whether its rows add up to the totals it declares.
#[derive(Debug, Serialize)]
pub struct StatementCheck {
    /// Path of the file inside the private bag's `data/`.
    pub file: String,
    /// Path that it was put in from.
    pub origin: Option<String>,
    /// Code of the kind.
    pub kind: &'static str,
    /// Recognised layout.
    pub layout: String,
    /// Merchant number, or nickname of a personal bill.
    pub holder: Option<String>,
    /// First day covered.
    pub from: Option<String>,
    /// Last day covered.
    pub to: Option<String>,
    /// Number of rows.
    pub rows: u64,
    /// True if the rows add up to every declared total; `None` if none is declared.
    pub adds_up: Option<bool>,
    /// Totals that differ.
    pub differences: Vec<Difference>,
}

/// A declared total that the rows do not add up to.
#[derive(Debug, Serialize)]
pub struct Difference {
    /// Name in the bill.
    pub total: String,
    /// Declared amount or number.
    pub declared: String,
    /// Amount or number of the rows.
    pub computed: String,
}

/// The days of a series of bills.
#[derive(Debug, Serialize)]
pub struct SeriesDays {
    /// Code of the series.
    pub series: String,
    /// Ranges of days with a bill: first and last day.
    pub covered: Vec<(Date, Date)>,
    /// Ranges of days of which the platform, or the owner, says that there is none.
    pub nothing: Vec<(Date, Date)>,
    /// Ranges of days without a bill that were given up.
    pub given_up: Vec<(Date, Date)>,
    /// Ranges without a bill between them, or where the owner recorded trade, less the days that were given up.
    pub holes: Vec<(Date, Date)>,
}

/// Series of the bills of a merchant account, one for each day.
const MERCHANT: &str = "wxpay_trade_bill";

/// Series of the owner's personal bills.
const PERSONAL: &str = "wxpay_personal_bill";

/// Codes of problems that the statements themselves show.
const SHOWN: [&str; 2] = ["bill-total-differs", "bill-no-totals"];

impl BillReport {
    /// Reads the bills of the archive at `root` as of `today`; empty if it holds none.
    ///
    /// # Errors
    /// Those of reading the archive.
    pub fn read(root: &Path, today: Date) -> Result<Self> {
        let archive = Archive::open(root)?;
        let mut report = Self { ledger: state::ledger(root), locked: locked(root)?, ..Self::default() };
        if !archive.has_bag(Class::Private) {
            return Ok(report);
        }
        let private = PrivateView::open(&archive)?;
        if private.ledger()?.is_some() {
            let sums = BillSums::read(&private, &mut Losses::default())?;
            report.kinds = kinds(&sums);
            report.left_out = sums.left_out.into_iter().collect();
        }
        report.statements = statements(&archive)?;
        report.problems = report.statements.iter().flat_map(of_statement).collect();
        let others = problems(root).into_iter().filter(|problem| !SHOWN.contains(&problem.code.as_str()));
        report.problems.extend(others);
        let personal = BillDays::read(&archive)?;
        report.knows_ends = personal.knows_ends;
        let waivers = fill::records(&archive)?.waivers;
        let series = fill::bills(&archive)?.series;
        let merchant = merchant(&archive, &series, today)?;
        report.days = series.get(PERSONAL).map(|own| days(PERSONAL, own, &personal, &waivers)).into_iter().collect();
        report.days.extend(merchants_days(&series, &merchant, &waivers));
        Ok(report)
    }

    /// Reports whether the archive holds no bill.
    pub fn is_empty(&self) -> bool {
        self.ledger.is_none() && self.statements.is_empty() && self.problems.is_empty()
    }
}

fn kinds(sums: &BillSums) -> Vec<KindSums> {
    let of_kind = |((kind, currency), months): (&(String, String), &BTreeMap<String, Sums>)| {
        let parts = BillSums::parts(months);
        let total = BillSums::total(months);
        let most = months.values().flat_map(|sums| parts.iter().map(|part| sums.get(*part).units().abs())).max();
        let of_month = |(month, sums): (&String, &Sums)| {
            let amounts: Vec<Money> = parts.iter().map(|part| sums.get(*part)).collect();
            let length = |amount: &Money| bar(*amount, most.unwrap_or_default(), KindSums::LONGEST);
            MonthSums {
                month: month.clone(),
                rows: sums.rows,
                bars: amounts.iter().map(length).collect(),
                sums: amounts,
            }
        };
        KindSums {
            kind: kind.clone(),
            currency: currency.clone(),
            parts: parts.iter().map(|part| part.code()).collect(),
            total: MonthSums { bars: Vec::new(), ..of_month((&String::new(), &total)) },
            months: months.iter().map(of_month).collect(),
        }
    };
    sums.months.iter().map(of_kind).collect()
}

fn statements(archive: &Archive) -> Result<Vec<StatementCheck>> {
    let path = archive.shown(Class::Private, layout::STATEMENTS);
    let bytes = archive.bytes(Class::Private, layout::STATEMENTS);
    let Some(bytes) = bytes.map_err(|error| Error::disk("readiness-unreadable", &path, error))? else {
        return Ok(Vec::new());
    };
    let all: HeldStatements = serde_json::from_slice(&bytes)
        .map_err(|error| Error::damaged("readiness-unreadable").with("path", &path).because(error))?;
    let origins = fill::in_evidence(archive, &all.statements.iter().map(|held| held.sha256).collect())?;
    let check = |Held { sha256, file, statement }: Held| {
        let differences = statement.differences().map(|(total, declared, computed)| Difference {
            total: total.to_owned(),
            declared: declared.to_owned(),
            computed: computed.to_owned(),
        });
        let differences: Vec<Difference> = differences.collect();
        StatementCheck {
            file,
            origin: origins.get(&sha256).cloned(),
            kind: statement.kind.code(),
            adds_up: (!statement.declared.is_empty()).then_some(differences.is_empty()),
            differences,
            layout: statement.layout,
            holder: statement.holder,
            from: statement.from,
            to: statement.to,
            rows: statement.rows,
        }
    };
    let mut statements: Vec<StatementCheck> = all.statements.into_iter().map(check).collect();
    statements.sort_by(|a, b| (a.kind, &a.from, &a.file).cmp(&(b.kind, &b.from, &b.file)));
    Ok(statements)
}

/// Returns the problems that a bill itself shows.
fn of_statement(statement: &StatementCheck) -> Vec<Problem> {
    if statement.adds_up.is_none() && statement.kind != StatementKind::Personal.code() {
        return vec![Problem::finding("bill-no-totals", &statement.file).with("rows", statement.rows)];
    }
    let differs = |Difference { total, declared, computed }: &Difference| {
        let problem = Problem::finding("bill-total-differs", &statement.file);
        problem.with("total", total).with("declared", declared).with("computed", computed)
    };
    statement.differences.iter().map(differs).collect()
}

/// Returns the problems of bills and of files that look like bills, from the working state; without that they are found
/// again by the next backup.
fn problems(root: &Path) -> Vec<Problem> {
    const OF_BILLS: [&str; 5] = ["bill-", "ledger-", "unread-", "workbook-", "xlsx-"];
    let problems = Catalog::problems_at(&root.join(layout::WORK).join(layout::CATALOG)).unwrap_or_default();
    let of_bills = |problem: &Problem| OF_BILLS.iter().any(|prefix| problem.code.starts_with(prefix));
    problems.into_iter().map(|(problem, _)| problem).filter(of_bills).collect()
}

/// Returns the names of the inputs that wait for a password and were not given up.
fn locked(root: &Path) -> Result<Vec<String>> {
    // Of an unfinished commit nothing is known yet.
    if state::check_finished(root).is_err() {
        return Ok(Vec::new());
    }
    let list = GapList::read(root)?;
    let locked = list.open().filter(|gap| gap.kind == SubjectKind::Input && gap.reason == GapReason::PasswordNeeded);
    Ok(locked.map(|gap| gap.title.clone().unwrap_or_else(|| gap.key.clone())).collect())
}

/// Counts the bills of merchants' days before `today` that are missing and were not given up.
pub(crate) fn missing_bills(archive: &Archive, today: Date) -> Result<usize> {
    let series = fill::bills(archive)?.series;
    let all = merchants_days(&series, &merchant(archive, &series, today)?, &fill::records(archive)?.waivers);
    Ok(all.into_iter().flat_map(|one| one.holes).flat_map(each_day).count())
}

/// Returns the first day whose bill is still guaranteed to be available on `today` and not held: of every kind of bill of
/// which anything is known, or of all if nothing is.
///
/// # Errors
/// An unreadable archive.
pub fn first_to_fetch(root: &Path, today: Date) -> Result<Option<Date>> {
    let oldest = calendar::oldest_bill(today);
    if !state::is_archive(root) {
        return Ok(Some(oldest));
    }
    let archive = Archive::open(root)?;
    let (series, waivers) = (fill::bills(&archive)?.series, fill::records(&archive)?.waivers);
    let due = MERCHANT_BILLS.iter().flat_map(|name| bill_series::due(name, &series));
    let known = due.filter_map(|name| Some((series.get(&name)?, name)));
    let known: Vec<(&Series, String)> = known.filter(|(series, _)| series.bounds().is_some()).collect();
    if known.is_empty() {
        return Ok(Some(oldest));
    }
    let open =
        |day: &Date| known.iter().any(|(series, name)| !series.covers(*day, true) && !waivers.of_bill_day(name, *day));
    Ok(calendar::days(oldest, calendar::shift(today, -1)).find(open))
}

/// Returns the last day on which the bill of `day` is guaranteed to be available.
pub fn last_day(day: Date) -> Date {
    calendar::bill_last_day(day)
}

/// Returns the days of merchants' bills. Of a merchant who traded, every kind of bill is due, though there is none of it.
fn merchants_days(series: &BTreeMap<String, Series>, ends: &BillDays, waivers: &Waivers) -> Vec<SeriesDays> {
    let due = MERCHANT_BILLS.iter().flat_map(|name| bill_series::due(name, series));
    let known = due.filter_map(|name| Some((series.get(&name)?, name)));
    known
        .filter(|(series, _)| series.bounds().is_some() || ends.knows_ends)
        .map(|(series, name)| days(&name, series, ends, waivers))
        .collect()
}

/// Returns when the merchant of the archive traded, for every kind of bill; the bill of `today` is issued tomorrow.
fn merchant(archive: &Archive, series: &BTreeMap<String, Series>, today: Date) -> Result<BillDays> {
    let mut days = BillDays::of_merchant(archive)?;
    let billed = series.get(MERCHANT);
    days.first = trades::with_bills(EventName::FirstTrade, days.first, billed);
    days.last = trades::with_bills(EventName::LastTrade, days.last, billed);
    days.last = days.last.map(|last| last.min(calendar::shift(today, -1)));
    Ok(days)
}

/// Returns the days of a series of bills. `ends` says when its owner traded.
fn days(name: &str, series: &Series, ends: &BillDays, waivers: &Waivers) -> SeriesDays {
    let ranges = |days: &mut dyn Iterator<Item = Date>| days_of(days).ranges().to_vec();
    let known = days_of(&mut series.held.union(&series.nothing).copied());
    let all = ends.first.zip(ends.last).filter(|(first, last)| known.ranges().is_empty() && first <= last);
    let mut missing: Vec<Date> = known.holes().chain(ends.outside_of(&known)).chain(all).flat_map(each_day).collect();
    missing.sort_unstable();
    let (given_up, holes): (Vec<Date>, Vec<Date>) =
        missing.into_iter().partition(|day| waivers.of_bill_day(name, *day));
    SeriesDays {
        series: name.to_owned(),
        covered: ranges(&mut series.held.iter().copied()),
        nothing: ranges(&mut series.nothing.difference(&series.held).copied()),
        given_up: ranges(&mut given_up.into_iter()),
        holes: ranges(&mut holes.into_iter()),
    }
}

fn days_of(days: &mut dyn Iterator<Item = Date>) -> Days {
    let days: Vec<String> = days.map(|day| day.to_string()).collect();
    days.iter().map(|day| (day.as_str(), day.as_str())).collect()
}

fn each_day((first, last): (Date, Date)) -> impl Iterator<Item = Date> {
    calendar::days(first, last)
}
