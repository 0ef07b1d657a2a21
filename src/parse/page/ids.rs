//! Finds elements of a page by id, with one pass over the page for all ids.

use std::cell::OnceCell;
use std::ops::Deref;
use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, MatchKind};
use memchr::memmem;

use super::scan::Tag;

/// A page with lookup of elements by id; the first lookup finds all ids in one pass.
pub struct Page<'a> {
    bytes: &'a [u8],
    /// The offsets of the first mentions of each of [`IDS`].
    mentions: OnceCell<Vec<Vec<usize>>>,
}

/// The ids that are looked up in pages.
const IDS: [&str; 34] = [
    "activity-name",
    "audio_panel_area",
    "copyright_logo",
    "img_list",
    "js_article",
    "js_audio_author",
    "js_audio_title",
    "js_author_name",
    "js_content",
    "js_image_desc",
    "js_ip_wording",
    "js_mpvedio",
    "js_name",
    "js_share_author",
    "js_share_content",
    "js_share_notice",
    "js_share_source",
    "js_tags",
    "js_text_desc",
    "js_text_title",
    "js_title_modify",
    "js_video_page_title",
    "js_view_source",
    "likeNum3",
    "likeNum_new",
    "meta_content",
    "original_panel_title",
    "publish_time",
    "readNum3",
    "readNum_new",
    "sg_likeNum3",
    "sg_readNum3",
    "video_title",
    "voice_parent",
];

/// Maximum number of mentions of one id; any more are in scripts.
const MENTIONS: usize = 256;

static FINDER: LazyLock<Option<AhoCorasick>> =
    LazyLock::new(|| AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(IDS).ok());

impl<'a> Page<'a> {
    /// Creates a page of these bytes.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, mentions: OnceCell::new() }
    }

    /// Returns the first element with the id `id`, one of `IDS`.
    pub fn by_id(&self, id: &str) -> Option<Tag<'a>> {
        let known = IDS.iter().position(|known| *known == id);
        debug_assert!(known.is_some(), "{id} is not among the ids looked for");
        let mentions = self.mentions.get_or_init(|| {
            let mut mentions = vec![Vec::new(); IDS.len()];
            for found in FINDER.iter().flat_map(|finder| finder.find_iter(self.bytes)) {
                let of_id = &mut mentions[found.pattern().as_usize()];
                if of_id.len() < MENTIONS {
                    of_id.push(found.start());
                }
            }
            mentions
        });
        mentions[known?].iter().find_map(|at| with_id(self.bytes, *at, id))
    }
}

impl Deref for Page<'_> {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        self.bytes
    }
}

/// Reports whether an element of the page has the id `id`, whatever the notation of the attribute. Cheap if the id is
/// not mentioned.
pub fn has_id(page: &[u8], id: &str) -> bool {
    memmem::find_iter(page, id).take(MENTIONS).any(|at| with_id(page, at, id).is_some())
}

/// Returns the first element with any id `id`.
pub(crate) fn of_id<'a>(page: &'a [u8], id: &str) -> Option<Tag<'a>> {
    memmem::find_iter(page, id).take(MENTIONS).find_map(|at| with_id(page, at, id))
}

/// Returns the element whose id `id` is at `at`.
fn with_id<'a>(bytes: &'a [u8], at: usize, id: &str) -> Option<Tag<'a>> {
    element_around(bytes, at, id.len()).filter(|tag| tag.attribute("id").is_some_and(|value| value.trim() == id))
}

/// Returns the first few elements whose only class is `class`.
pub(crate) fn of_class<'a>(page: &'a [u8], class: &'a str) -> impl Iterator<Item = Tag<'a>> {
    memmem::find_iter(page, class)
        .take(MENTIONS)
        .filter_map(move |at| element_around(page, at, class.len()))
        .filter(move |tag| tag.attribute("class").is_some_and(|value| value.trim() == class))
        .take(4)
}

/// Returns the tag with the `length` bytes at `at` as an attribute's value, in double or single quotes or, as HTML
/// minifiers write it, without quotes.
fn element_around(bytes: &[u8], at: usize, length: usize) -> Option<Tag<'_>> {
    let is_edge = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'"' | b'\'' | b'>' | b'/');
    if !bytes.get(at + length).is_some_and(is_edge) {
        return None;
    }
    let before = bytes[..at].trim_ascii_end();
    let before = before.strip_suffix(b"\"").or_else(|| before.strip_suffix(b"'")).unwrap_or(before).trim_ascii_end();
    if !before.ends_with(b"=") {
        return None;
    }
    // `<div class="…" id="js_content"`: back to the `<`, at most the length of one tag.
    let window = &before[before.len().saturating_sub(4096)..];
    memchr::memrchr_iter(b'<', window).take(8).find_map(|back| {
        let start = before.len() - window.len() + back;
        Tag::within(bytes, start, 64 * 1024).filter(|tag| tag.end > at)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::page::scan;

    #[test]
    fn an_element_is_found_by_id_and_cut_out_whole() {
        let html = br#"<script>var a = '<div id=x>'; document.getElementById("js_content")</script>
            <div class="a > b" id="js_content" style="x">one<div>two</div><script>"</div>"</script><!-- </div> --><p>three</div><div>no</div>"#;
        let tag = Page::new(html).by_id("js_content").unwrap();
        assert_eq!(tag.attribute("class").as_deref(), Some("a > b"));
        let inside = scan::inner(&tag);
        assert!(
            inside.starts_with(b"one<div>") && inside.ends_with(b"<p>three"),
            "{}",
            String::from_utf8_lossy(inside)
        );
        assert_eq!(scan::text(inside), "one two three");
        assert!(Page::new(b"<p id='js_contents'>").by_id("js_content").is_none());
        for written in
            ["id=js_content", "ID = js_content class=a", "class=a id='js_content'", "Id=\n\"js_content\" hidden"]
        {
            let page = format!("<script>var id=js_content;</script><DIV {written}>one</DIV>");
            let page = Page::new(page.as_bytes());
            assert_eq!(scan::inner(&page.by_id("js_content").unwrap()), b"one", "{written}");
        }
        for no in ["<p title=js_content>", "<p id=js_content-x>", "<p>id=js_content</p>", "id=js_content>"] {
            assert!(!has_id(no.as_bytes(), "js_content"), "{no}");
        }
        let page = Page::new(b"<i id=\"sg_readNum3\">1</i><div id='readNum3'>cut off <b>here");
        assert!(scan::inner(&page.by_id("readNum3").unwrap()).ends_with(b"<b>here"));
    }

    proptest::proptest! {
        #[test]
        fn nothing_panics(html in r#"(<p |id=|["'= <>/]|js_name|js_names){0,24}"#) {
            let _ = Page::new(html.as_bytes()).by_id("js_name");
        }
    }
}
