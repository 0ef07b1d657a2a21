//! Lists that are asked for by `offset` and `count` and say `total_count`.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::answer::ApiRequest;
use super::collector::{ApiCx, Outcome, ResumePoint};
use crate::fetch::NoAnswer;
use crate::parse::json::Json;

/// A list in pages.
#[derive(Clone, Copy)]
pub(crate) struct Pages {
    /// Things of one page.
    pub(crate) size: u64,
    /// The call for the page at an offset.
    pub(crate) request: fn(u64) -> ApiRequest,
}

/// Where it stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PagePosition {
    pub(crate) offset: u64,
    pub(crate) total: u64,
}

impl PagePosition {
    /// The next page after an answer. What was removed meanwhile moved everything behind it forward.
    pub(crate) fn after(self, total: u64, size: u64) -> Self {
        let moved = self.total.saturating_sub(total);
        let offset = if moved > 0 { self.offset.saturating_sub(moved) } else { self.offset + size };
        Self { offset, total }
    }
}

impl Pages {
    /// Calls that a list of `total` takes.
    pub(crate) fn calls(&self, total: u64) -> u64 {
        total.div_ceil(self.size).max(1)
    }

    /// Walks the list to its end.
    pub(crate) async fn walk(self, cx: &ApiCx<'_>, from: ResumePoint) -> Result<Outcome, NoAnswer> {
        let mut at: PagePosition = from.midst().unwrap_or_default();
        loop {
            let answer = cx.call((self.request)(at.offset)).await?.json();
            at = at.after(count(&answer, "total_count"), self.size);
            cx.pass(&at)?;
            // Answers with nothing in them come before the end too, where the last objects were removed.
            if at.offset >= at.total {
                return Ok(Outcome::Done);
            }
        }
    }
}

/// A count of an answer; 0 where it has none.
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
        // Two were removed: the two that followed stand where we have been.
        assert_eq!(at.after(43, 20), PagePosition { offset: 18, total: 43 });
        assert_eq!(at.after(47, 20), PagePosition { offset: 40, total: 47 });
    }
}
