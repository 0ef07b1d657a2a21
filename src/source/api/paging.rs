//! Walks lists that are requested by `offset` and `count` and report `total_count`.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::answer::ApiRequest;
use super::collector::{ApiCx, Outcome, ResumePoint};
use crate::fetch::NoAnswer;
use crate::parse::json::Json;

/// A paged list.
#[derive(Clone, Copy)]
pub(crate) struct Pages {
    /// Number of entries per page.
    pub(crate) size: u64,
    /// The request for the page at an offset.
    pub(crate) request: fn(u64) -> ApiRequest,
}

/// A position in the list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PagePosition {
    pub(crate) offset: u64,
    pub(crate) total: u64,
}

impl PagePosition {
    /// Returns the position of the next page. Entries removed since the last page moved all later ones forward.
    pub(crate) fn after(self, total: u64, size: u64) -> Self {
        let moved = self.total.saturating_sub(total);
        let offset = if moved > 0 { self.offset.saturating_sub(moved) } else { self.offset + size };
        Self { offset, total }
    }

    /// Reports whether the list was walked to its end. A run that was killed just then goes on from there, and would request
    /// one page more than an undisturbed one.
    pub(crate) fn is_end(self) -> bool {
        self.offset >= self.total
    }
}

impl Pages {
    /// Returns the number of calls for a list of `total` entries.
    pub(crate) fn calls(&self, total: u64) -> u64 {
        total.div_ceil(self.size).max(1)
    }

    /// Requests the list to its end.
    pub(crate) async fn walk(self, cx: &ApiCx<'_>, from: ResumePoint) -> Result<Outcome, NoAnswer> {
        let stood: Option<PagePosition> = from.midst();
        if stood.is_some_and(PagePosition::is_end) {
            return Ok(Outcome::Done);
        }
        let mut at = stood.unwrap_or_default();
        loop {
            let answer = cx.call((self.request)(at.offset)).await?.json();
            at = at.after(count(&answer, "total_count"), self.size);
            cx.pass(&at)?;
            // Empty pages also occur before the end, where the last objects were removed.
            if at.is_end() {
                return Ok(Outcome::Done);
            }
        }
    }
}

/// Returns a count of the response; 0 where it has none.
pub(crate) fn count(answer: &Value, key: &str) -> u64 {
    Json::of(answer).and_then(|answer| answer.count(key)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_removed_meanwhile_hides_nothing() {
        let at = PagePosition::default().after(45, 20);
        assert_eq!(at, PagePosition { offset: 20, total: 45 });
        // Two were removed: the two that followed are now in the range already read.
        assert_eq!(at.after(43, 20), PagePosition { offset: 18, total: 43 });
        assert_eq!(at.after(47, 20), PagePosition { offset: 40, total: 47 });
    }
}
