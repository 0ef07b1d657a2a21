//! Tells the owner what the archive says against a new record. It may be right all the same, so it is recorded.

use std::path::Path;

use super::readiness::Assessment;
use crate::audit::check;
use crate::audit::evidence;
use crate::audit::facts::{Measured, Series};
use crate::audit::forms::{self, Form};
use crate::audit::rules::Rules;
use crate::error::Result;
use crate::pipeline::host::Host;

/// What the archive says against a record; its text is `remark-<code>`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remark {
    /// Its code.
    pub code: &'static str,
    /// The recorded value.
    pub recorded: String,
    /// What the archive holds: a number, or a day.
    pub held: String,
}

impl Remark {
    /// Returns the id of its text.
    pub fn id(&self) -> String {
        format!("remark-{}", self.code)
    }

    /// Returns the arguments of its text.
    pub fn arguments(&self) -> [(&'static str, &str); 2] {
        [("recorded", &self.recorded), ("held", &self.held)]
    }
}

/// Series of the bills of a merchant account, one for each day.
const MERCHANT: &str = "wxpay_trade_bill";

/// Series of the personal bills: the days they cover, with or without a trade.
const PERSONAL: &str = "wxpay_personal_bill";

/// Days about which the archive may say something.
const DAYS: &[&str] = &["first_trade", "last_trade", "personal_first_trade", "personal_last_trade", "registered"];

/// Returns what the archive at `root` says against `value`, recorded as that of `key`.
///
/// # Errors
/// An unreadable archive.
pub(super) fn of_archive(root: &Path, key: &str, value: &str, host: &dyn Host) -> Result<Option<Remark>> {
    // Nothing is measured for a key about which nothing could be said.
    if !DAYS.contains(&key) && forms::form(key) != Some(Form::Count) {
        return Ok(None);
    }
    Ok(Assessment::glance(root, host)?.remark(key, value))
}

/// Returns what was measured that speaks against `value`, recorded as that of `key`.
pub(super) fn on(rules: &Rules, measured: &Measured, key: &str, value: &str) -> Option<Remark> {
    let remark = |code, held: String| Some(Remark { code, recorded: value.to_owned(), held });
    if let Some(asset) = check::asset_counted_by(rules, key) {
        let held = measured.assets.get(&asset)?.held?;
        return if value.parse::<u64>().ok()? < held { remark("fewer-than-held", held.to_string()) } else { None };
    }
    let day = evidence::day(value)?;
    let bills = measured.series.get(MERCHANT);
    // A bill is of some trade, but not of one on each of its days.
    let covered = measured.series.get(PERSONAL).and_then(Series::bounds);
    let (code, held) = match key {
        "first_trade" => ("bill-before", bills?.held.first().copied().filter(|held| *held < day)?),
        "last_trade" => ("bill-after", bills?.held.last().copied().filter(|held| *held > day)?),
        "personal_first_trade" => ("bill-before", covered.map(|(_, last)| last).filter(|last| *last < day)?),
        "personal_last_trade" => ("bill-after", covered.map(|(first, _)| first).filter(|first| *first > day)?),
        "registered" => ("article-before", Some(measured.known.articles.as_ref()?.first).filter(|held| *held < day)?),
        _ => return None,
    };
    remark(code, held.to_string())
}
