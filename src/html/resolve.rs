//! Replaces media keys by paths: a canonical body names its media `liudi-media:<key>` until they have a file.

use memchr::memmem;

use crate::model::MediaKey;
use crate::model::body::MEDIA_SCHEME;

/// Replaces each `liudi-media:<key>` by the result of `lookup` for the key; without a result the name stays. The
/// replacement must be a relative URL without quotes, spaces and parentheses, like the archive's paths.
pub fn resolve(html: &str, lookup: impl Fn(&MediaKey) -> Option<String>) -> String {
    let mut out = String::with_capacity(html.len() + 256);
    let mut written = 0;
    for (start, end, key) in names(html) {
        if let Some(path) = lookup(&key) {
            out.push_str(&html[written..start]);
            out.push_str(&path);
            written = end;
        }
    }
    out.push_str(&html[written..]);
    out
}

/// Returns the keys that a body still names, in order of appearance.
pub fn media_keys(html: &str) -> Vec<MediaKey> {
    names(html).map(|(_, _, key)| key).collect()
}

fn names(html: &str) -> impl Iterator<Item = (usize, usize, MediaKey)> {
    memmem::find_iter(html.as_bytes(), MEDIA_SCHEME.as_bytes()).filter_map(move |start| {
        let from = start + MEDIA_SCHEME.len();
        let key = MediaKey::from_text(html.get(from..from + 32)?)?;
        Some((start, from + 32, key))
    })
}
