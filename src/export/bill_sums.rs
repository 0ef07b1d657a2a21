//! Adds up bills by kind, currency and month. Kinds are never added to each other: a trade bill and a fund-flow bill
//! describe the same money.

use std::collections::BTreeMap;

use super::Losses;
use super::ledger_rows::{LedgerRow, each, lose};
use crate::archive::PrivateView;
use crate::error::Result;
use crate::model::money::Money;

/// What a row's money is, in the order of the columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Received.
    Income,
    /// Paid.
    Spent,
    /// Paid back: by a merchant, or to the holder of a personal bill.
    Refunds,
    /// Fees, less those returned.
    Fees,
    /// Between the holder's own accounts.
    Moved,
    /// Named without any money moved.
    Undone,
}

impl Part {
    /// All parts.
    pub const ALL: [Self; 6] = [Self::Income, Self::Spent, Self::Refunds, Self::Fees, Self::Moved, Self::Undone];

    /// Returns the code of its texts.
    pub fn code(self) -> &'static str {
        match self {
            Self::Income => "income",
            Self::Spent => "spent",
            Self::Refunds => "refunds",
            Self::Fees => "fees",
            Self::Moved => "moved",
            Self::Undone => "undone",
        }
    }
}

/// The sums of a month, or of a whole kind.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sums {
    /// Number of rows.
    pub rows: u64,
    parts: [Money; Part::ALL.len()],
}

impl Sums {
    /// Returns the sum of a part.
    pub fn get(&self, part: Part) -> Money {
        self.parts.get(part as usize).copied().unwrap_or_default()
    }

    fn add(&mut self, part: Part, amount: Money) {
        if let Some(sum) = self.parts.get_mut(part as usize) {
            *sum += amount;
        }
    }

    fn merge(&mut self, other: &Self) {
        self.rows += other.rows;
        for part in Part::ALL {
            self.add(part, other.get(part));
        }
    }
}

/// The sums of all bills.
#[derive(Debug, Default)]
pub struct BillSums {
    /// By kind and currency, then by month (`2026-01`).
    pub months: BTreeMap<(String, String), BTreeMap<String, Sums>>,
    /// Number of rows of each kind that could not be added.
    pub left_out: BTreeMap<String, u64>,
}

impl BillSums {
    /// Adds up the ledger of an archive. Rows that cannot be added are counted in `losses` too.
    ///
    /// # Errors
    /// `export-no-bills`, `view-unreadable`.
    pub fn read(private: &PrivateView, losses: &mut Losses) -> Result<Self> {
        let mut sums = Self::default();
        each(private, |row| {
            if let Err(why) = sums.add(row) {
                lose(losses, why, row);
            }
            Ok(())
        })?;
        Ok(sums)
    }

    /// Returns the parts that any month has.
    pub fn parts(months: &BTreeMap<String, Sums>) -> Vec<Part> {
        let has = |part: &Part| months.values().any(|sums| sums.get(*part) != Money::ZERO);
        Part::ALL.into_iter().filter(has).collect()
    }

    /// Adds a row, or returns the reason why it cannot be added: `amount`, `time` or `currency`.
    pub(super) fn add(&mut self, row: &LedgerRow<'_>) -> std::result::Result<(), &'static str> {
        let read = || {
            let day = row.day().ok_or("time")?;
            let money = (row.amount().ok_or("amount")?, row.fee().ok_or("amount")?);
            Ok((day.get(..7).unwrap_or(day), money, row.currency().ok_or("currency")?))
        };
        let (month, (amount, fee), currency) = match read() {
            Ok(read) => read,
            Err(why) => {
                *self.left_out.entry(row.get("kind").to_owned()).or_default() += 1;
                return Err(why);
            }
        };
        let of_kind = self.months.entry((row.get("kind").to_owned(), currency.to_owned())).or_default();
        let sums = of_kind.entry(month.to_owned()).or_default();
        sums.rows += 1;
        let part = part(row);
        let is_returned = part == Part::Fees && row.get("direction") == "in";
        sums.add(part, if is_returned { -amount } else { amount });
        if part != Part::Undone {
            sums.add(Part::Fees, fee);
        }
        Ok(())
    }

    /// Returns the sums of a whole kind.
    pub fn total(months: &BTreeMap<String, Sums>) -> Sums {
        let mut total = Sums::default();
        for month in months.values() {
            total.merge(month);
        }
        total
    }
}

/// Returns what the money of a row is.
pub(super) fn part(row: &LedgerRow<'_>) -> Part {
    let (kind, what) = (row.get("kind"), row.get("type"));
    let is_trade = kind == "trade";
    if is_trade && (row.get("direction") == "neutral" || row.is_refund() && row.get("refund_status") == "FAIL") {
        return Part::Undone;
    }
    if kind == "fund_flow" && what.contains("手续费") {
        return Part::Fees;
    }
    if kind == "fund_flow" && (what.contains("提现") || what.contains("充值")) {
        return Part::Moved;
    }
    match row.get("direction") {
        "in" | "out" if row.is_refund() => Part::Refunds,
        "in" => Part::Income,
        "out" => Part::Spent,
        _ => Part::Moved,
    }
}

/// Returns the length of an amount's bar, if that of `most` units is `longest` long. Rounded up: a small sum has a visible
/// bar.
pub fn bar(amount: Money, most: i128, longest: u64) -> u64 {
    let size = amount.units().abs();
    let length = if most == 0 { 0 } else { (size * i128::from(longest) + most - 1) / most };
    u64::try_from(length).unwrap_or(longest)
}
