//! Turns HTML into canonical bodies with one allow-list DOM pass ([`sanitise`]), and processes such bodies
//! ([`resolve`]). Pure functions; no disk, no network.
//!
//! The pass never changes a tree: it parses once, walks once and *writes* what is allowed, so that nothing can slip
//! through unchecked. Its output is a fixed point: sanitising it again gives the same text.

mod address;
pub mod body_urls;
pub mod canonical;
mod census;
pub mod clean;
pub mod emphasis;
mod escape;
pub mod flow;
mod guard;
mod image;
mod left_out;
pub mod markdown;
pub mod markup;
mod plain_text;
mod policy;
mod resolve;
mod style;
mod style_tables;
mod svg;
mod svg_file;
pub mod text_blocks;
pub mod tree;
mod walk;
mod widget;

pub use address::part_name;
pub use escape::{escape_attribute, escape_paragraphs, escape_text, unescape, write_attribute};
pub use image::ORIGINALS;
pub use plain_text::{is_inline, plain_text};
pub use resolve::{media_keys, resolve};
pub use svg_file::{SVG_FILE_VERSION, svg_file};
pub use widget::{card_code, voice_url};

use crate::model::Body;
use crate::model::body::Census;

/// Context of a body to sanitise.
#[derive(Clone, Copy, Debug, Default)]
pub struct SanitiseOptions<'a> {
    /// URL of the page, against which relative links are resolved. Without it they are dropped.
    pub page_url: Option<&'a str>,
    /// Name of the input, for the keys of files that have no URL: `x_files/1.png` in two inputs is two media.
    pub scope: &'a str,
}

/// Limit of the repeated walks of an output that the parser might read differently from how it was written.
const WALKS: usize = 6;

/// Makes the canonical body of `raw`, an HTML fragment of any origin (the inner or outer HTML of `#js_content`,
/// `content_noencode`, the body of a feed entry).
pub fn sanitise(raw: &str, options: &SanitiseOptions<'_>) -> Body {
    if !guard::is_parseable(raw) {
        return plain(raw);
    }
    let (mut body, walked) = walk::walk(raw, options);
    let mut unstable = walked.unstable || walked.again;
    for _ in 0..WALKS {
        if !unstable {
            return body;
        }
        let (again, walked) = walk::walk(&body.html, options);
        unstable = walked.unstable || again.html != body.html;
        body.html = again.html;
    }
    // Still not a fixed point: such HTML is not written by accident. Only its text is kept.
    if unstable { plain(&body.html) } else { body }
}

/// Returns the text of a body that takes too long to parse (thousands of nested elements), as paragraphs.
fn plain(raw: &str) -> Body {
    let mut body = Body::default();
    let mut words = crate::model::Hasher::new();
    let text = guard::strip_tags(raw);
    body.text_chars = escape::visible_chars(&text);
    text.split(escape::is_blank).for_each(|word| words.update(word.as_bytes()));
    escape_paragraphs(&text, &mut body.html);
    body.fingerprint = escape::fingerprint(words);
    body.census.insert("too-complex".to_owned(), Census { dropped: 1, ..Census::default() });
    body
}

#[cfg(test)]
mod tests;
