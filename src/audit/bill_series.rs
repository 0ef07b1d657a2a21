//! Names of the series of a merchant's bills. If there are bills of several merchants, each has series of its own
//! beside the common one: `wxpay_trade_bill@1900000109`. The bill of one merchant does not stand in for that of another.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::facts::Series;
use crate::text::Texts;

/// Series of which there is a bill for each day.
pub const MERCHANT_BILLS: [&str; 4] =
    ["wxpay_fund_bill.BASIC", "wxpay_fund_bill.FEES", "wxpay_fund_bill.OPERATION", "wxpay_trade_bill"];

/// Returns the name of the series of one of several merchants.
pub fn of_merchant(series: &str, number: &str) -> String {
    format!("{series}@{number}")
}

/// Splits the name of a series into that of all merchants and the number of the one merchant it is of.
fn split(name: &str) -> (&str, Option<&str>) {
    name.split_once('@').map_or((name, None), |(series, number)| (series, Some(number)))
}

/// Reports whether `name` is a series of merchants' bills.
pub fn is_merchants(name: &str) -> bool {
    MERCHANT_BILLS.contains(&split(name).0)
}

/// Reports whether `name` is a series of one of several merchants.
pub fn is_of_one(name: &str) -> bool {
    split(name).1.is_some()
}

/// Returns the series among `all` that are due for `name`: that of each merchant, or `name` itself.
pub fn due(name: &str, all: &BTreeMap<String, Series>) -> Vec<String> {
    let of_each: Vec<String> =
        all.keys().filter(|key| matches!(split(key), (of, Some(_)) if of == name)).cloned().collect();
    if of_each.is_empty() { vec![name.to_owned()] } else { of_each }
}

/// Parses an item of a series of merchants' bills, a day or a range of days: `wxpay_trade_bill:2026-03-01`,
/// `wxpay_trade_bill@1900000109:2026-03-01..2026-03-31`.
pub fn days(item: &str) -> Option<(&str, (Date, Date))> {
    let (series, label) = item.split_once(':')?;
    let (first, last) = label.split_once("..").unwrap_or((label, label));
    let days = (first.parse().ok()?, last.parse().ok()?);
    is_merchants(series).then_some((series, days))
}

/// Returns the name of a series in words, with the number of its merchant.
pub fn words(texts: &Texts, name: &str) -> Option<String> {
    let (series, merchant) = split(name);
    let words = texts.find_code("series", series)?;
    Some(match merchant {
        Some(merchant) => texts.get("series-of-merchant", &[("series", &words), ("merchant", merchant)]),
        None => words,
    })
}

/// Returns an item of a series in words: its name and the day or the range of days.
pub fn item_words(texts: &Texts, item: &str) -> Option<String> {
    let (series, label) = item.split_once(':').unwrap_or((item, ""));
    let words = words(texts, series)?;
    let days = match label.split_once("..") {
        Some((from, until)) if from != until => texts.get("plan-range", &[("from", from), ("until", until)]),
        Some((day, _)) => day.to_owned(),
        None => label.to_owned(),
    };
    Some(format!("{words} {days}").trim_end().to_owned())
}
