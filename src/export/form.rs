//! What sort of article an entry is.

use crate::store::view::Entry;

/// The forms, as `--only type:…` and the pages' classes name them.
pub const FORMS: &[&str] = &["article", "audio", "picture", "reshare", "text", "video"];

/// One of [`FORMS`].
pub fn form(entry: &Entry) -> &'static str {
    match entry.item_show_type {
        Some(5 | 16) => "video",
        Some(6 | 7) => "audio",
        Some(8) => "picture",
        Some(10 | 17) => "text",
        Some(11) => "reshare",
        _ => "article",
    }
}
