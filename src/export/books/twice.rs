//! Finds rows that describe the same money: a merchant's trade bill and fund-flow bill name the same orders.

use std::collections::HashSet;

use crate::export::ledger_rows::LedgerRow;
use crate::model::Sha256;
use crate::model::money::Money;

/// The orders, refunds and fees of the preferred kind of bill.
#[derive(Debug)]
pub(super) struct Twice {
    preferred: &'static str,
    known: HashSet<Sha256>,
}

impl Twice {
    /// Creates an empty set; `preferred` is the value of the setting `from`.
    pub(super) fn new(preferred: &str) -> Self {
        Self { preferred: if preferred == "fund-flow" { "fund_flow" } else { "trade" }, known: HashSet::new() }
    }

    /// Adds a row that is booked.
    pub(super) fn add(&mut self, row: &LedgerRow<'_>) {
        if row.get("kind") == self.preferred {
            self.known.extend(names(row));
        }
    }

    /// Reports whether another row that is booked describes the same money.
    pub(super) fn has(&self, row: &LedgerRow<'_>) -> bool {
        ["trade", "fund_flow"].contains(&row.get("kind"))
            && row.get("kind") != self.preferred
            && names(row).iter().any(|name| self.known.contains(name))
    }
}

/// Returns the names of what a row books.
fn names(row: &LedgerRow<'_>) -> Vec<Sha256> {
    let is_trade = row.get("kind") == "trade";
    let kind = row.get("type");
    let what = if is_trade && row.is_refund() {
        "refund"
    } else if is_trade {
        "order"
    } else if kind.contains("手续费") {
        "fee"
    } else if row.is_refund() {
        "refund"
    } else if kind.contains("交易") {
        "order"
    } else {
        return Vec::new();
    };
    let columns = if is_trade && what == "refund" {
        ["refund_no", "merchant_refund_no"]
    } else {
        ["transaction_no", "merchant_no"]
    };
    let [of_platform, own] = columns.map(|column| row.get(column));
    let fee = row.fee().unwrap_or_default();
    let moved = row.amount().unwrap_or_default();
    let named = |what: &str, moved: Money| {
        // A spreadsheet destroys long numbers (4.2E+27); the merchant's own number is sure enough with the amount.
        let is_whole = !of_platform.is_empty() && !of_platform.contains(['.', '+']);
        let by_platform = is_whole.then(|| format!("{what} {of_platform}"));
        let by_merchant = (!own.is_empty()).then(|| format!("{what} {own} {moved}"));
        by_platform.into_iter().chain(by_merchant).map(|name| Sha256::of(name.as_bytes())).collect::<Vec<_>>()
    };
    // A fund-flow bill deducts the fee that a refund returns.
    let mut names = named(what, if is_trade && what == "refund" { moved + fee } else { moved });
    if is_trade && fee != Money::ZERO {
        names.extend(named("fee", fee));
    }
    names
}
