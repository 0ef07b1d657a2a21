//! Computes the two pictures of the report as numbers for the template: the three numbers of each asset, and the
//! windows on a timeline. Only positions are computed here; the template draws.

use jiff::civil::Date;
use serde::Serialize;

use super::{AssetReport, Report, wording};
use crate::audit::calendar;
use crate::text::Texts;

/// Width of the widest bar, in the chart's units.
const WIDTH: u64 = 300;
/// Start and length of the timeline.
const LEFT: i64 = 150;
const LENGTH: i64 = 540;
/// Longest window drawn, in days; longer ones are only described in words.
const LONGEST_DAYS: i64 = 400;

/// One bar.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Bar {
    name: String,
    value: Option<u64>,
    width: u64,
    y: u64,
    class: &'static str,
}

/// The chart of one asset.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Chart {
    title: String,
    bars: Vec<Bar>,
    source: Option<String>,
    gaps: usize,
}

/// Lays out the chart of `asset`.
pub(super) fn chart(asset: &AssetReport<'_>, texts: &Texts) -> Chart {
    let title = texts.find_code("asset", &asset.asset).unwrap_or_else(|| asset.asset.clone());
    let most = [asset.platform_total, asset.listed, asset.held].into_iter().flatten().max().unwrap_or(0).max(1);
    let bar = |(index, (code, value, class)): (usize, (&str, Option<u64>, &'static str))| Bar {
        name: texts.get(&format!("report-number-{code}"), &[]),
        value,
        // A number above zero is always visible.
        width: value.map_or(0, |value| (value.saturating_mul(WIDTH) / most).max(u64::from(value > 0) * 2)),
        y: 6 + index as u64 * 22,
        class,
    };
    let numbers = [("platform", asset.platform_total, "p"), ("listed", asset.listed, "l"), ("held", asset.held, "h")];
    Chart {
        title,
        bars: numbers.into_iter().enumerate().map(bar).collect(),
        source: asset.platform_source.as_deref().map(|source| wording::source(texts, source)),
        gaps: asset.gaps.len(),
    }
}

/// One window on the timeline.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Span {
    x: i64,
    width: i64,
    y: i64,
    label: String,
    class: &'static str,
    until: String,
}

/// A label at a position.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Mark {
    x: i64,
    y: i64,
    label: String,
}

/// The windows of every closing.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Timeline {
    height: i64,
    today: i64,
    rows: Vec<Mark>,
    spans: Vec<Span>,
    ticks: Vec<Mark>,
}

/// Shortens `公众号 (subscription account)` to `公众号`: there is little room.
fn short_name(code: &str, texts: &Texts) -> String {
    let name = texts.code("ready-kind", code);
    name.split(" (").next().unwrap_or_default().to_owned()
}

/// Lays out the timeline; returns `None` if no window has a date.
pub(super) fn timeline(report: &Report<'_>, texts: &Texts) -> Option<Timeline> {
    let today = report.at.zoned().date();
    let days = |from: Date, to: Date| i64::from(from.until(to).map(|span| span.get_days()).unwrap_or_default());
    let mut rows = Vec::new();
    let mut raw = Vec::new();
    let mut y = 30;
    for closing in &report.closings {
        let row = y;
        for dates in &closing.dates {
            let (Some(from), Some(end)) = (dates.from, dates.act_by.or(dates.until).or(dates.not_before)) else {
                continue;
            };
            if end < today
                || days(from, end) > LONGEST_DAYS
                || matches!(dates.anchor.as_str(), "last_login_or_api_call" | "bill_date")
            {
                continue;
            }
            let label = texts.code("window", &dates.window);
            raw.push((from, end, y, label, if dates.act_by.is_some() { "deadline" } else { "wait" }));
            y += 22;
        }
        if y > row {
            rows.push(Mark { x: 4, y: row + 12, label: short_name(closing.account.code(), texts) });
            y += 12;
        }
    }
    let first = raw.iter().map(|span| span.0).chain([today]).min()?;
    let last = raw.iter().map(|span| span.1).max()?;
    let length = days(first, last).max(1);
    let at = |day: Date| LEFT + days(first, day) * LENGTH / length;
    let spans = raw.into_iter().map(|(from, end, y, label, class)| {
        let x = at(from);
        Span { x, width: (at(end) - x).max(3), y, label, class, until: end.to_string() }
    });
    let spans = spans.collect();
    let mut ticks = Vec::new();
    let step = (length / 30 / 6).max(1);
    let mut month = calendar::shift(first.last_of_month(), 1);
    let mut count = 0;
    while month <= last {
        if count % step == 0 {
            ticks.push(Mark { x: at(month), y: 16, label: month.strftime("%Y-%m").to_string() });
        }
        count += 1;
        month = calendar::shift(month.last_of_month(), 1);
    }
    Some(Timeline { height: y + 8, today: at(today), rows, spans, ticks })
}
