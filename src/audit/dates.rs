//! Describes the dates of a closing in words: when, and what is to be done or happens then. The words are
//! `plan-date-<window>`.

use jiff::civil::Date;
use serde::Serialize;

use super::calendar::{self, Dates};
use super::plan::Step;
use super::profile::AccountKind;
use crate::text::Texts;

/// One line of a calendar.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Line {
    /// Start date, by which lines are ordered.
    #[serde(skip)]
    pub start: Date,
    /// Date or range of dates.
    pub when: String,
    /// Action or event.
    pub what: String,
}

/// Windows of which only the end matters: what they wait for happens then.
const POINTS: &[&str] = &[
    "mch.bill_ready",
    "mp.name",
    "oa.clear",
    "oa.identity",
    "oa.idle",
    "oa.idle_original",
    "oa.idle_send",
    "oa.name",
    "pay.platform_keep",
    "wechat.final",
    "wechat.phone",
];

/// Returns the lines of one account by start date, including the day of submission. What was over before `today` is
/// marked.
pub fn lines(texts: &Texts, today: Date, submit: Date, planned: bool, dates: &[Dates]) -> Vec<Line> {
    let when = |id: &str, day: Date| texts.get(id, &[("date", &day.to_string())]);
    let submitted = if planned {
        Line { start: submit, when: when("plan-not-before", submit), what: texts.get("plan-submit", &[]) }
    } else {
        Line { start: submit, when: submit.to_string(), what: texts.get("plan-submitted", &[]) }
    };
    let mut lines: Vec<Line> =
        std::iter::once(submitted).chain(dates.iter().filter_map(|dates| line(texts, today, dates))).collect();
    lines.sort_by_key(|line| line.start);
    lines
}

impl Step {
    /// Returns the lines of its calendar as of `today`.
    pub fn lines(&self, texts: &Texts, today: Date) -> Vec<Line> {
        lines(texts, today, self.submit, self.planned, &self.dates)
    }
}

/// Returns the line of one window; `None` if its dates are unknown.
fn line(texts: &Texts, today: Date, dates: &Dates) -> Option<Line> {
    let what = texts.code("plan-date", &dates.window);
    let ending = |when: String, end: Date| if end < today { texts.get("plan-past", &[("when", &when)]) } else { when };
    let range = |from: Date, until: Date| {
        let range = texts.get("plan-range", &[("from", &from.to_string()), ("until", &until.to_string())]);
        Line { start: from, when: ending(range, until), what: what.clone() }
    };
    let from = dates.from?;
    let line = match (dates.not_before, dates.until, dates.act_by) {
        (Some(first), Some(last), _) => range(first, last),
        (Some(first), None, _) if POINTS.contains(&dates.window.as_str()) => {
            let hour = dates.hour.filter(|hour| *hour > 0).map(|hour| format!(" {hour}:00")).unwrap_or_default();
            let day = texts.get("plan-not-before", &[("date", &format!("{first}{hour}"))]);
            Line { start: first, when: day, what }
        }
        // A wait is over on the day after its last.
        (Some(first), None, _) => range(from, calendar::shift(first, -1).max(from)),
        (None, _, Some(last)) if POINTS.contains(&dates.window.as_str()) => {
            let day = texts.get("plan-act-by", &[("date", &last.to_string())]);
            Line { start: last, when: ending(day, last), what }
        }
        (None, _, Some(last)) => range(from, last.max(from)),
        (None, _, None) => return None,
    };
    Some(line)
}

/// Returns the submission of a step as one line of a calendar: what has happened, or can happen at the earliest.
pub fn submission(texts: &Texts, step: &Step) -> String {
    let id = if step.planned { "plan-ics-submit" } else { "plan-ics-submitted" };
    texts.get(id, &[("account", &account(texts, step.account))])
}

/// Returns the name of an account of `kind`.
pub fn account(texts: &Texts, kind: AccountKind) -> String {
    texts.code("ready-kind", kind.code())
}

/// Returns the item of a fuse in words: an account by its name, anything else unchanged.
pub fn item(texts: &Texts, item: Option<&str>) -> String {
    let item = item.unwrap_or_default();
    item.parse::<AccountKind>().map_or_else(|_| item.to_owned(), |kind| account(texts, kind))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::rules::Rules;
    use crate::text::Language;

    #[test]
    fn every_window_has_its_words() {
        let rules = Rules::embedded().unwrap();
        for language in Language::ALL {
            let texts = Texts::new(language);
            for window in &rules.windows {
                for prefix in ["plan-date", "plan-day"] {
                    assert!(texts.find_code(prefix, &window.id).is_some(), "{prefix} {}", window.id);
                }
            }
        }
        for point in POINTS {
            assert!(rules.window(point).is_some(), "{point}");
        }
    }
}
