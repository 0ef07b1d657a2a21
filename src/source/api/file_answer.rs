//! Fetches files that a collector requests individually: a material, a draft's picture. A file that cannot be fetched
//! does not hold up the others, and becomes a gap.

use serde_json::Value;

use super::answer::{Answer, ApiRequest, Content};
use super::collector::ApiCx;
use crate::error::{Kind, Result};
use crate::fetch::answer_code::Meaning;
use crate::fetch::{NoAnswer, Spooled};
use crate::model::{Gap, GapReason, MediaKey};
use crate::source::{Destination, EvidenceMeta, ImportCx, Item, MediaHeld, Out};

/// Key of the file's media key in the request's `about`.
pub(crate) const KEY: &str = "key";
/// Key of the file's name in the request's `about`.
pub(crate) const NAME: &str = "name";

/// Fetches a file of at most `limit` bytes; returns false if it is not available, and records `gap`.
pub(crate) async fn fetch(cx: &ApiCx<'_>, request: ApiRequest, limit: u64, gap: &Gap) -> Result<bool, NoAnswer> {
    let came = cx.call(request.file(limit)).await;
    settle(cx, came, gap)
}

/// Records the result of a request in the list of gaps, and reports whether the file was received.
pub(crate) fn settle(cx: &ApiCx<'_>, came: Result<Answer, NoAnswer>, gap: &Gap) -> Result<bool, NoAnswer> {
    let missing = |reason, detail: String| {
        cx.missing(Gap { reason, detail: Some(detail), ..gap.clone() })?;
        Ok(false)
    };
    match came {
        Ok(Answer { content: Content::File(_) | Content::Kept(_), .. }) => cx.filled(gap.kind, &gap.key).map(|()| true),
        Ok(_) => missing(GapReason::DownloadFailed, "fetch-not-media".to_owned()),
        Err(NoAnswer::Said(said, _)) if said.meaning() == Meaning::Other => {
            missing(GapReason::DownloadFailed, said.code.to_string())
        }
        Err(NoAnswer::Failed(failure)) if !failure.transient && failure.error.kind() == Kind::Download => {
            missing(failure.reason, failure.error.code().to_owned())
        }
        Err(no) => Err(no),
    }
}

/// Keeps the file of `answer` under the media key it was requested by.
pub(crate) fn keep(
    source: &'static str,
    answer: &Answer,
    body: &Spooled,
    cx: &ImportCx<'_>,
    out: &mut dyn Out,
) -> Result<()> {
    let about = |key: &str| answer.head.about.get(key).and_then(Value::as_str).unwrap_or_default();
    let meta = EvidenceMeta {
        source,
        locator: answer.locator(),
        template: "media",
        mime: "application/octet-stream",
        ..EvidenceMeta::default()
    };
    let file = Answer::input(body, about(NAME));
    let sha256 = cx.evidence.exact(&mut file.open()?, about(NAME), Destination::Media, &meta)?;
    match MediaKey::from_text(about(KEY)) {
        Some(key) => out.item(Item::Media(MediaHeld { key, sha256, origin: answer.locator() })),
        None => Ok(()),
    }
}
