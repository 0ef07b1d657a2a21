//! Bills: which days are covered by a file, which the platform says have none, and whether each file is what
//! the platform's digest says and adds up.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::rows;
use crate::archive::Archive;
use crate::audit::calendar;
use crate::audit::facts::{Bill, Measured};
use crate::audit::profile::AccountKind;
use crate::error::Result;
use crate::model::statement::{Statement, StatementKind};
use crate::model::{Class, Sha256};
use crate::store::Catalog;

/// Longest time one bill can cover, in days: a declared span beyond this is a misread year.
const LONGEST: usize = 400;

/// The series of a person's bills.
const PERSONAL: &str = "wxpay_personal_bill";

/// The table of bill days that the API's collector writes.
const TABLE: &str = "funds/wxpay_bills.csv";

/// Fills series and bills. How each file adds up stands in the catalog, which reads it out of the bills.
pub(super) fn measure(catalog: &Catalog, archive: &Archive, measured: &mut Measured) -> Result<()> {
    // Files that the merchants' API gave, with whether they were held against the platform's digest. One file may stand
    // for several days: bills without rows are all the same.
    let mut official: BTreeMap<Sha256, bool> = BTreeMap::new();
    for row in rows(archive, Class::Private, TABLE)? {
        let cell = |name: &str| row.get(name).map_or("", String::as_str);
        let day = cell("bill_date").parse::<Date>().ok();
        measured.kinds_seen.insert(AccountKind::Mch);
        match (cell("state"), cell("sha256").parse::<Sha256>()) {
            ("no_bill", _) => measured.series(cell("series")).nothing.extend(day),
            ("held", Ok(digest)) => {
                official.insert(digest, !cell("hash_of").is_empty() && !cell("hash_of").contains("unchecked"));
                if catalog.has_evidence(&digest)? {
                    measured.series(cell("series")).held.extend(day);
                }
            }
            _ => {}
        }
    }
    for (digest, statement) in catalog.statements()? {
        if statement.kind == StatementKind::Personal {
            measured.series(PERSONAL).held.extend(days(&statement));
            continue;
        }
        measured.kinds_seen.insert(AccountKind::Mch);
        let name = catalog.evidence_place(&digest)?;
        let checked = official.get(&digest);
        if checked.is_none() {
            measured.series(series_of(&statement, &name)).held.extend(days(&statement));
        }
        let digest_agrees = checked.filter(|checked| **checked).map(|_| true);
        measured.bills.push(Bill { name, digest_agrees, recorded: true, adds_up: adds_up(&statement) });
    }
    Ok(())
}

/// The series of a file that a person downloaded. Which account a fund-flow bill is of stands in its name alone.
fn series_of(statement: &Statement, name: &str) -> &'static str {
    match statement.kind {
        StatementKind::FundFlow if name.to_ascii_lowercase().contains("operation") => "wxpay_fund_bill.OPERATION",
        StatementKind::FundFlow if name.to_ascii_lowercase().contains("fees") => "wxpay_fund_bill.FEES",
        StatementKind::FundFlow => "wxpay_fund_bill.BASIC",
        StatementKind::Personal => PERSONAL,
        StatementKind::Trade => "wxpay_trade_bill",
    }
}

/// The days a bill covers.
fn days(statement: &Statement) -> Vec<Date> {
    let parse = |text: &Option<String>| text.as_deref().and_then(|text| text.get(..10)?.parse::<Date>().ok());
    let Some(from) = parse(&statement.from) else { return Vec::new() };
    let to = parse(&statement.to).unwrap_or(from);
    let mut days = Vec::new();
    let mut day = from;
    while day <= to && days.len() < LONGEST {
        days.push(day);
        day = calendar::shift(day, 1);
    }
    days
}

/// Whether every declared total is what the rows add up to; `None`: nothing is declared.
fn adds_up(statement: &Statement) -> Option<bool> {
    let agrees = |declared: &(String, String)| {
        statement.computed.iter().all(|computed| computed.0 != declared.0 || computed.1 == declared.1)
    };
    (!statement.declared.is_empty()).then(|| statement.declared.iter().all(agrees))
}
