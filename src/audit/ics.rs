//! Writes the dates of a plan as an iCalendar file (RFC 5545): whole-day events, folded lines, CRLF, stable ids, so
//! that importing a newer file moves the entries instead of duplicating them.

use std::fmt::Write as _;

use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::plan::Plan;
use super::rules::WindowKind;
use super::{calendar, dates};
use crate::model::Sha256;
use crate::text::Texts;

/// Returns the calendar of `plan` from its day on, in the words of `texts`.
pub fn write(plan: &Plan, texts: &Texts) -> String {
    let stamp = plan.at.zoned().with_time_zone(TimeZone::UTC).strftime("%Y%m%dT%H%M%SZ").to_string();
    let mut out = String::new();
    for text in ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//liudi//plan//ZH", "CALSCALE:GREGORIAN", "METHOD:PUBLISH"]
    {
        line(&mut out, text);
    }
    property(&mut out, "X-WR-CALNAME", &texts.get("plan-calendar-name", &[]));
    let today = plan.at.zoned().date();
    for step in &plan.steps {
        let account = texts.code("ready-kind", step.account.code());
        let key = format!("{}/submit", step.account);
        event(&mut out, &stamp, &key, step.submit, &dates::submission(texts, step), None, false);
        for dates in &step.dates {
            let what = texts.code("plan-day", &dates.window);
            let summary = texts.get("plan-ics-day", &[("account", &account), ("what", &what)]);
            let expiry = texts.code("ready-expiry", dates.on_expiry.code());
            let key = format!("{}/{}", step.account, dates.window);
            if let Some(day) = dates.act_by_from(today) {
                let deadline = dates.kind == WindowKind::Deadline;
                let expiry = texts.get("plan-ics-after", &[("expiry", &expiry)]);
                event(&mut out, &stamp, &format!("{key}/act-by"), day, &summary, Some(&expiry), deadline);
            }
            if let Some(day) = dates.not_before_from(today) {
                event(&mut out, &stamp, &format!("{key}/not-before"), day, &summary, Some(&expiry), false);
            }
        }
    }
    for fuse in &plan.fuses {
        if let Some(day) = fuse.act_by {
            let item = fuse.item.as_deref().unwrap_or_default();
            let named = dates::item(texts, fuse.item.as_deref());
            let summary = texts.get(&format!("plan-fuse-{}", fuse.code), &[("item", &named)]);
            event(&mut out, &stamp, &format!("fuse/{}/{item}", fuse.code), day, &summary, None, true);
        }
    }
    line(&mut out, "END:VCALENDAR");
    out
}

fn event(out: &mut String, stamp: &str, key: &str, day: Date, summary: &str, description: Option<&str>, alarm: bool) {
    line(out, "BEGIN:VEVENT");
    line(out, &format!("UID:{}@liudi", &Sha256::of(key.as_bytes()).hex()[..32]));
    line(out, &format!("DTSTAMP:{stamp}"));
    line(out, &format!("DTSTART;VALUE=DATE:{}", day.strftime("%Y%m%d")));
    // The end of a whole-day event is the following day.
    line(out, &format!("DTEND;VALUE=DATE:{}", calendar::shift(day, 1).strftime("%Y%m%d")));
    line(out, "TRANSP:TRANSPARENT");
    property(out, "SUMMARY", summary);
    if let Some(description) = description {
        property(out, "DESCRIPTION", description);
    }
    if alarm {
        line(out, "BEGIN:VALARM");
        line(out, "ACTION:DISPLAY");
        line(out, "TRIGGER:-P2D");
        property(out, "DESCRIPTION", summary);
        line(out, "END:VALARM");
    }
    line(out, "END:VEVENT");
}

/// Writes a property with a text value: `\`, `;`, `,` and line breaks are escaped.
fn property(out: &mut String, name: &str, value: &str) {
    let escaped = value.replace('\\', "\\\\").replace(';', "\\;").replace(',', "\\,").replace('\n', "\\n");
    line(out, &format!("{name}:{escaped}"));
}

/// Writes one line, folded at 75 octets and never inside a character.
fn line(out: &mut String, text: &str) {
    let mut room = 75;
    for character in text.chars() {
        if character.len_utf8() > room {
            out.push_str("\r\n ");
            room = 74;
        }
        room -= character.len_utf8();
        let _ = write!(out, "{character}");
    }
    out.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_folded_between_characters() {
        let mut out = String::new();
        property(&mut out, "SUMMARY", &"留底;".repeat(40));
        assert!(out.ends_with("\r\n"));
        for line in out.trim_end().split("\r\n") {
            assert!(line.len() <= 75, "{}", line.len());
        }
        let unfolded = out.replace("\r\n ", "");
        assert_eq!(unfolded.trim_end(), format!("SUMMARY:{}", "留底\\;".repeat(40)));
    }
}
