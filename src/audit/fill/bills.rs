//! Reads bills: which days are covered by a file, which have no bill according to the platform, and whether each file
//! agrees with the platform's digest and its totals agree with its rows.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::Deserialize;

use super::table::each_row;
use super::{read, unreadable};
use crate::archive::Archive;
use crate::audit::facts::{Bill, Measured, Series};
use crate::audit::profile::AccountKind;
use crate::audit::{bill_series, calendar};
use crate::error::Result;
use crate::model::statement::{Held, HeldStatements, Statement, StatementKind};
use crate::model::{Class, Sha256, layout};

/// Longest period one bill can cover, in days; a longer declared period is a misread year.
const LONGEST: usize = 400;

/// Series of personal bills.
const PERSONAL: &str = "wxpay_personal_bill";

/// Table of bill days, written by the API's collector.
const TABLE: &str = "funds/wxpay_bills.csv";

/// A day whose bill came from the API.
struct Given {
    series: String,
    holder: String,
    day: Option<Date>,
    digest: Sha256,
    /// Set if the file was compared with the platform's digest.
    checked: bool,
}

/// Fills in series and bills.
pub(super) fn measure(archive: &Archive, measured: &mut Measured) -> Result<()> {
    // One file may serve for several days, since all bills without rows are identical.
    let mut given = Vec::new();
    let mut of_merchants = Merchants::default();
    let columns = ["bill_date", "state", "series", "mchid", "sub_mchid", "sha256", "hash_of"];
    each_row(archive, (Class::Private, TABLE), columns, |[day, state, series, mchid, sub, sha256, hash_of]| {
        let holder = if sub.is_empty() { mchid } else { sub }.to_owned();
        let day = day.parse::<Date>().ok();
        measured.kinds_seen.insert(AccountKind::Mch);
        match (state, sha256.parse::<Sha256>()) {
            ("no_bill", _) => of_merchants.series(series, Some(&holder)).nothing.extend(day),
            ("held", Ok(digest)) => {
                let checked = !hash_of.is_empty() && !hash_of.contains("unchecked");
                given.push(Given { series: series.to_owned(), holder, day, digest, checked });
            }
            _ => {}
        }
        Ok(())
    })?;
    let held = in_evidence(archive, &given.iter().map(|given| given.digest).collect())?;
    for given in given.iter().filter(|given| held.contains_key(&given.digest)) {
        of_merchants.series(&given.series, Some(&given.holder)).held.extend(given.day);
    }
    let official: BTreeMap<Sha256, bool> = given.iter().map(|given| (given.digest, given.checked)).collect();
    let Some(bytes) = read(archive, Class::Private, layout::STATEMENTS)? else {
        of_merchants.measure(measured);
        return older(archive, measured);
    };
    let all: HeldStatements = serde_json::from_slice(&bytes)
        .map_err(|error| unreadable(archive, Class::Private, layout::STATEMENTS).because(error))?;
    for Held { sha256, file, statement } in all.statements {
        if statement.kind == StatementKind::Personal {
            measured.series(PERSONAL).held.extend(days(statement.from.as_deref(), statement.to.as_deref()));
            continue;
        }
        measured.kinds_seen.insert(AccountKind::Mch);
        let checked = official.get(&sha256);
        if checked.is_none() {
            let days = days(statement.from.as_deref(), statement.to.as_deref());
            of_merchants.series(series_of(&statement, &file), statement.holder.as_deref()).held.extend(days);
        }
        let digest_agrees = checked.filter(|checked| **checked).map(|_| true);
        measured.bills.push(Bill { name: file, digest_agrees, recorded: true, adds_up: adds_up(&statement) });
    }
    of_merchants.measure(measured);
    Ok(())
}

/// The days of merchants' bills, by series and merchant number.
#[derive(Default)]
struct Merchants(BTreeMap<String, BTreeMap<Option<String>, Series>>);

impl Merchants {
    /// Returns the days of a series of the merchant `holder`; a bill without rows names none.
    fn series(&mut self, series: &str, holder: Option<&str>) -> &mut Series {
        self.0.entry(series.to_owned()).or_default().entry(holder.map(str::to_owned)).or_default()
    }

    /// Adds the days to `measured`: of all merchants, and if there are several, of each by itself. A bill that names no
    /// merchant counts for each.
    fn measure(self, measured: &mut Measured) {
        for (name, merchants) in self.0 {
            let unnamed = merchants.get(&None).cloned().unwrap_or_default();
            let named: Vec<_> = merchants.iter().filter_map(|(number, days)| Some((number.as_ref()?, days))).collect();
            if named.len() > 1 {
                for (number, days) in &named {
                    let own = measured.series(&bill_series::of_merchant(&name, number));
                    own.held.extend(days.held.union(&unnamed.held));
                    own.nothing.extend(days.nothing.union(&unnamed.nothing));
                }
            }
            let all = measured.series(&name);
            all.held.extend(merchants.values().flat_map(|days| &days.held));
            all.nothing.extend(merchants.values().flat_map(|days| &days.nothing));
        }
    }
}

/// Returns those of `digests` that are in the evidence, each with the path that it was put in from.
pub fn in_evidence(archive: &Archive, digests: &BTreeSet<Sha256>) -> Result<BTreeMap<Sha256, String>> {
    let mut held = BTreeMap::new();
    if !digests.is_empty() {
        let columns = ["sha256", "locator"];
        each_row(archive, (Class::Private, layout::EVIDENCE_INDEX), columns, |[sha256, locator]| {
            let digest = sha256.parse().ok().filter(|digest| digests.contains(digest));
            held.extend(digest.map(|digest| (digest, locator.to_owned())));
            Ok(())
        })?;
    }
    Ok(held)
}

#[derive(Deserialize)]
struct Package {
    resources: Vec<Ledger>,
}

#[derive(Deserialize)]
struct Ledger {
    #[serde(default)]
    totals: Vec<LedgerTotal>,
    #[serde(default)]
    covered: Vec<Covered>,
}

#[derive(Deserialize)]
struct LedgerTotal {
    kind: StatementKind,
}

#[derive(Deserialize)]
struct Covered {
    from: String,
    to: String,
}

/// Reads an archive of a version that did not record the days its bills cover. Its ledger gives the days of personal
/// bills and shows whether there are others; the days those cover, and whether they add up, stay unknown until the next
/// backup.
fn older(archive: &Archive, measured: &mut Measured) -> Result<()> {
    let Some(bytes) = read(archive, Class::Private, layout::LEDGER_PACKAGE)? else { return Ok(()) };
    let package: Package = serde_json::from_slice(&bytes)
        .map_err(|error| unreadable(archive, Class::Private, layout::LEDGER_PACKAGE).because(error))?;
    let (mut personal, mut rows) = (false, false);
    for ledger in package.resources {
        for Covered { from, to } in ledger.covered {
            measured.series(PERSONAL).held.extend(days(Some(&from), Some(&to)));
            personal = true;
        }
        personal |= ledger.totals.iter().any(|total| total.kind == StatementKind::Personal);
        rows |= ledger.totals.iter().any(|total| total.kind != StatementKind::Personal);
    }
    // A merchant's bills may have no rows.
    if rows || !personal {
        measured.kinds_seen.insert(AccountKind::Mch);
        measured.bills_unnoted = true;
        // Each day with a row has a bill; windows are counted from the last of these days.
        for path in [layout::LEDGER, layout::LARGE_LEDGER] {
            each_row(archive, (Class::Private, path), ["kind", "time"], |[kind, time]| {
                if kind == StatementKind::Trade.code() {
                    let day = time.get(..10).and_then(|day| day.parse::<Date>().ok());
                    measured.series("wxpay_trade_bill").held.extend(day);
                }
                Ok(())
            })?;
        }
    }
    Ok(())
}

/// Returns the series of a bill that the owner downloaded. Only the file's name tells the account of a fund-flow bill.
fn series_of(statement: &Statement, name: &str) -> &'static str {
    match statement.kind {
        StatementKind::FundFlow if name.to_ascii_lowercase().contains("operation") => "wxpay_fund_bill.OPERATION",
        StatementKind::FundFlow if name.to_ascii_lowercase().contains("fees") => "wxpay_fund_bill.FEES",
        StatementKind::FundFlow => "wxpay_fund_bill.BASIC",
        StatementKind::Personal => PERSONAL,
        StatementKind::Trade => "wxpay_trade_bill",
    }
}

/// Returns the days from `from` to `to`.
fn days(from: Option<&str>, to: Option<&str>) -> Vec<Date> {
    let parse = |text: Option<&str>| text.and_then(|text| text.get(..10)?.parse::<Date>().ok());
    let Some(from) = parse(from) else { return Vec::new() };
    let to = parse(to).unwrap_or(from);
    let mut days = Vec::new();
    let mut day = from;
    while day <= to && days.len() < LONGEST {
        days.push(day);
        day = calendar::shift(day, 1);
    }
    days
}

/// Reports whether every declared total equals the sum of the rows; `None` if nothing is declared.
fn adds_up(statement: &Statement) -> Option<bool> {
    (!statement.declared.is_empty()).then(|| statement.adds_up())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn the_bill_of_one_merchant_does_not_stand_in_for_that_of_another() {
        let day = |day| date(2026, 11, day);
        let measured = |held: &[(Option<&str>, i8)]| {
            let mut merchants = Merchants::default();
            for (holder, at) in held {
                merchants.series("wxpay_trade_bill", *holder).held.insert(day(*at));
            }
            let mut measured = Measured::default();
            merchants.measure(&mut measured);
            let days = |series: &Series| series.held.iter().map(|day| day.day()).collect::<Vec<_>>();
            measured.series.iter().map(|(name, series)| (name.clone(), days(series))).collect::<BTreeMap<_, _>>()
        };
        let (a, b) = (Some("1900000001"), Some("1900000002"));
        let names = ["wxpay_trade_bill", "wxpay_trade_bill@1900000001", "wxpay_trade_bill@1900000002"];
        let expected = |days: [&[i8]; 3]| -> BTreeMap<String, Vec<i8>> {
            names.iter().map(|name| (*name).to_owned()).zip(days.map(<[i8]>::to_vec)).collect()
        };
        let both = measured(&[(a, 1), (a, 2), (b, 1), (b, 4)]);
        assert_eq!(both, expected([&[1, 2, 4], &[1, 2], &[1, 4]]));
        let unnamed = measured(&[(a, 1), (None, 3), (b, 4)]);
        assert_eq!(unnamed, expected([&[1, 3, 4], &[1, 3], &[3, 4]]), "a bill without rows names no merchant");
        assert_eq!(measured(&[(a, 1), (None, 3)]), BTreeMap::from([(names[0].to_owned(), vec![1, 3])]));
    }
}
