//! Reads the rows of the ledger one after another, for exporters that write books, charts and workbooks of it.

use std::collections::HashMap;

use csv::StringRecord;

use super::Losses;
use crate::archive::PrivateView;
use crate::error::{Error, Result};
use crate::model::money::Money;

/// A row of the ledger.
pub(super) struct LedgerRow<'r> {
    columns: &'r HashMap<String, usize>,
    record: &'r StringRecord,
}

impl<'r> LedgerRow<'r> {
    /// Returns the cell of a column, empty if the ledger lacks it.
    pub(super) fn get(&self, column: &str) -> &'r str {
        self.columns.get(column).and_then(|index| self.record.get(*index)).unwrap_or_default()
    }

    /// Returns the amount moved; `None` if it cannot be read.
    pub(super) fn amount(&self) -> Option<Money> {
        Money::from_plain(self.get("amount"))
    }

    /// Returns the fee, zero if none is named; `None` if it cannot be read.
    pub(super) fn fee(&self) -> Option<Money> {
        let fee = self.get("fee");
        if fee.is_empty() { Some(Money::ZERO) } else { Money::from_plain(fee) }
    }

    /// Returns the day in Beijing (`2026-01-05`); `None` if the time cannot be read.
    pub(super) fn day(&self) -> Option<&'r str> {
        let day = self.get("time").get(..10)?;
        day.parse::<jiff::civil::Date>().is_ok().then_some(day)
    }

    /// Returns the currency, a code of capital letters; `None` if it is written otherwise.
    pub(super) fn currency(&self) -> Option<&'r str> {
        match self.get("currency") {
            "" => Some("CNY"),
            code => {
                ((2..=8).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_uppercase())).then_some(code)
            }
        }
    }

    /// Reports whether it returns money paid earlier, to the holder or by them.
    pub(super) fn is_refund(&self) -> bool {
        match self.get("kind") {
            "trade" => self.get("direction") == "out",
            _ => self.get("type").contains("退款") || self.get("type").to_lowercase().contains("refund"),
        }
    }

    /// Returns words that name the row in a list of losses.
    pub(super) fn title(&self) -> String {
        let parts = ["time", "kind", "counterparty", "item", "key"].map(|column| self.get(column));
        one_line(&parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" "))
    }
}

/// Calls `read` with every row of the ledger.
pub(super) fn each(private: &PrivateView, mut read: impl FnMut(&LedgerRow<'_>) -> Result<()>) -> Result<()> {
    let Some(ledger) = private.ledger()? else { return Err(Error::input("export-no-bills")) };
    let unreadable = |error: csv::Error| private.ledger_damaged(error);
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(ledger);
    let headers = reader.headers().map_err(unreadable)?;
    let names = headers.iter().map(|name| name.trim_start_matches('\u{feff}').to_owned());
    let columns: HashMap<String, usize> = names.enumerate().map(|(index, name)| (name, index)).collect();
    let mut record = StringRecord::new();
    while reader.read_record(&mut record).map_err(unreadable)? {
        read(&LedgerRow { columns: &columns, record: &record })?;
    }
    Ok(())
}

/// Counts a row that the target cannot express.
pub(super) fn lose(losses: &mut Losses, why: &str, row: &LedgerRow<'_>) {
    losses.add(&format!("bill-{why}"), 1, &row.title());
}

/// Returns a text in one line, without control and formatting characters.
pub(super) fn one_line(text: &str) -> String {
    let hidden = |letter: char| matches!(letter, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}');
    let shown: String =
        text.chars().map(|letter| if letter.is_control() || hidden(letter) { ' ' } else { letter }).collect();
    shown.split_whitespace().collect::<Vec<_>>().join(" ")
}
