//! What sort of thing was published.

use crate::archive::view::Entry;
use crate::archive::view_pieces::PieceEntry;
use crate::model::Form;

/// The forms, as `--only type:…` and the pages' classes name them. A note is of its own form besides: a note of one
/// picture is both `note` and `picture`.
pub const FORMS: &[&str] = &["article", "audio", "note", "picture", "reshare", "text", "video"];

/// The form of an article.
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

/// Whether a note or a video is of this form.
pub fn piece_is(entry: &PieceEntry, wanted: &str) -> bool {
    if !entry.is_video() && wanted == "note" {
        return true;
    }
    let own = match entry.piece.fields.form {
        Some(Form::Picture) => "picture",
        Some(Form::Video | Form::Live) => "video",
        Some(Form::Voice) => "audio",
        Some(Form::Text) => "text",
        // A work of a 视频号 of a kind not known.
        _ if entry.is_video() => "video",
        _ => "note",
    };
    own == wanted
}
