//! Walks lists of a shop that are requested by time: windows contain pages, pages contain ids, and each id is
//! requested. How far back data exists is undocumented, so windows are requested backwards until half a year is empty;
//! a later run continues from where the last one began.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::fetch::NoAnswer;
use crate::fetch::answer_code::Meaning;
use crate::model::{DataRow, Time};
use crate::source::api::answer::{Answer, ApiRequest};
use crate::source::api::collector::{ApiCx, Collector, Outcome, ResumePoint, Service};
use crate::source::{EvidenceId, ImportCx, Info, Item, Out};

/// Longest window that the platform accepts, in seconds.
const WINDOW: i64 = 7 * 24 * 60 * 60;

/// Number of consecutive empty windows that marks the beginning.
const EMPTY: u32 = 26;

/// 2020-01-01 in Beijing: shops did not exist before.
const FIRST: i64 = 1_577_808_000;

/// A list.
pub(crate) struct Listing {
    /// Request for a page of a window.
    pub page: fn(&Page) -> ApiRequest,
    /// The same by the time of the last change, which covers new entries too: used once the beginning is found.
    pub changed: Option<fn(&Page) -> ApiRequest>,
    /// Field of the ids in the response.
    pub ids: &'static str,
    /// Request for one entry.
    pub detail: fn(&str) -> ApiRequest,
}

/// A collector of a [`Listing`] and nothing else.
pub struct ListCollector {
    /// Description of the collector.
    pub(crate) info: &'static Info,
    /// The list.
    pub(crate) listing: Listing,
    /// The row of a response, if it is one of an entry.
    pub(crate) row: fn(&Answer) -> Option<DataRow>,
}

impl Collector for ListCollector {
    const SERVICE: Service = Service::Shop;

    fn info(&self) -> &'static Info {
        self.info
    }

    async fn collect(&self, cx: &ApiCx<'_>, from: ResumePoint) -> Result<Outcome, NoAnswer> {
        collect(cx, from, &self.listing).await
    }

    fn read(&self, answer: &Answer, evidence: EvidenceId, _: &ImportCx<'_>, out: &mut dyn Out) -> crate::Result<()> {
        (self.row)(answer).map_or(Ok(()), |row| out.item(Item::Row(row, evidence)))
    }
}

/// A page of a window.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Page {
    /// Start in Unix seconds.
    pub from: i64,
    /// End in Unix seconds, inclusive.
    pub to: i64,
    /// Page number, starting at 1.
    pub number: u64,
    /// Key returned by the previous page.
    pub next_key: Option<String>,
    /// Number of entries on the previous pages.
    pub seen: u64,
}

/// The position of a walk.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Position {
    /// Page to request next.
    page: Option<Page>,
    /// Number of empty windows before it; `None` once the beginning is found.
    empty: Option<u32>,
    /// Unix seconds before which everything was requested, once the beginning is found.
    through: i64,
}

/// Requests every entry of `listing`.
pub(crate) async fn collect(cx: &ApiCx<'_>, from: ResumePoint, listing: &Listing) -> Result<Outcome, NoAnswer> {
    let end = Time::from_wall(&cx.clock.date()).unwrap_or(cx.clock).unix();
    let mut at = from.midst::<Position>().or_else(|| from.again()).unwrap_or_else(|| Position {
        page: Some(window(end - WINDOW, end)),
        empty: Some(0),
        through: end,
    });
    loop {
        let Some(page) = at.page.clone() else {
            if at.through >= end {
                return Ok(Outcome::Done);
            }
            at.page = Some(window(at.through, (at.through + WINDOW).min(end)));
            continue;
        };
        let answer = ask(cx, listing, &at, &page).await?.json();
        let ids: Vec<&str> = answer[listing.ids].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        for id in &ids {
            cx.call((listing.detail)(id)).await?;
        }
        let seen = page.seen + ids.len() as u64;
        let key = answer["next_key"].as_str().filter(|key| !key.is_empty()).map(str::to_owned);
        let more = answer["has_more"].as_bool().unwrap_or(false)
            || answer["total_num"].as_u64().is_some_and(|total| seen < total && !ids.is_empty());
        at.page = if more {
            Some(Page { number: page.number + 1, next_key: key, seen, ..page })
        } else {
            after(&mut at.empty, &mut at.through, &page, seen)
        };
        cx.pass(&at)?;
    }
}

/// Requests a page: of changed entries once all earlier ones are held, unless the platform refuses that.
async fn ask(cx: &ApiCx<'_>, listing: &Listing, at: &Position, page: &Page) -> Result<Answer, NoAnswer> {
    if let Some(changed) = listing.changed.filter(|_| at.empty.is_none()) {
        match cx.call(changed(page)).await {
            Err(NoAnswer::Said(said, _)) if said.meaning() == Meaning::Other => {}
            answered => return answered,
        }
    }
    cx.call((listing.page)(page)).await
}

/// Returns the first page of the window that follows a completed one.
fn after(empty: &mut Option<u32>, through: &mut i64, page: &Page, seen: u64) -> Option<Page> {
    let Some(count) = empty else {
        *through = page.to + 1;
        return None;
    };
    *count = if seen == 0 { *count + 1 } else { 0 };
    if *count < EMPTY && page.from > FIRST {
        return Some(window((page.from - WINDOW).max(FIRST), page.from));
    }
    *empty = None;
    None
}

/// Returns the first page of the window from `from` up to but excluding `to`.
fn window(from: i64, to: i64) -> Page {
    Page { from, to: to - 1, number: 1, ..Page::default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_meet_without_a_gap_and_end_after_half_a_year_of_nothing() {
        let end = 1_764_000_000;
        let (mut empty, mut through) = (Some(0), end);
        let mut page = window(end - WINDOW, end);
        let mut windows = 1;
        // The third window is not empty: counting restarts after it.
        while let Some(next) = after(&mut empty, &mut through, &page, u64::from(windows == 3)) {
            assert_eq!(next.to + 1, page.from);
            page = next;
            windows += 1;
        }
        assert_eq!((windows, empty, through), (3 + 26, None, end));
        assert_eq!(after(&mut empty, &mut through, &window(end, end + 100), 0), None);
        assert_eq!(through, end + 100);
    }
}
