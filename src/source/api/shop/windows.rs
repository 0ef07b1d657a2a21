//! Lists of a shop that are asked for by time: a window, in it pages, on a page the numbers of things, and then each
//! thing. How far back there is anything is nowhere said, so windows are asked for backwards until half a year of them is
//! empty; a later run goes on from where the last one began.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::fetch::NoAnswer;
use crate::fetch::answer_code::Meaning;
use crate::model::Time;
use crate::source::api::answer::{Answer, ApiRequest};
use crate::source::api::collector::{ApiCx, Outcome, ResumePoint};

/// The longest window that the platform takes.
const WINDOW: i64 = 7 * 24 * 60 * 60;

/// Windows without anything, one behind the other, that are the begin.
const EMPTY: u32 = 26;

/// 2020-01-01 in Beijing: before it there were no shops.
const FIRST: i64 = 1_577_808_000;

/// A list.
pub(crate) struct Listing {
    /// Asks for a page of a window.
    pub page: fn(&Page) -> ApiRequest,
    /// The same by when things last changed, which new ones did too: asked for once the begin is found.
    pub changed: Option<fn(&Page) -> ApiRequest>,
    /// Where the numbers stand in the answer.
    pub ids: &'static str,
    /// Asks for one thing.
    pub detail: fn(&str) -> ApiRequest,
}

/// A page of a window.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Page {
    /// Unix seconds.
    pub from: i64,
    /// Unix seconds, the last one that counts.
    pub to: i64,
    /// From 1.
    pub number: u64,
    /// What the page before gave.
    pub next_key: Option<String>,
    /// Things on the pages before.
    pub seen: u64,
}

/// Where a walk stands.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Position {
    /// The page to be asked for next.
    page: Option<Page>,
    /// Windows behind it that were empty; `None` once the begin is found.
    empty: Option<u32>,
    /// Everything before this was asked for, once the begin is found.
    through: i64,
}

/// Asks for every thing of `listing`.
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

/// Asks for a page: of what changed, once everything before is held, unless the platform will not have it so.
async fn ask(cx: &ApiCx<'_>, listing: &Listing, at: &Position, page: &Page) -> Result<Answer, NoAnswer> {
    if let Some(changed) = listing.changed.filter(|_| at.empty.is_none()) {
        match cx.call(changed(page)).await {
            Err(NoAnswer::Said(said, _)) if said.meaning() == Meaning::Other => {}
            answered => return answered,
        }
    }
    cx.call((listing.page)(page)).await
}

/// The first page of what comes behind a window that is over.
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

/// The first page of the window from `from` until before `to`.
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
        // Something in the third window: counting begins anew behind it.
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
