//! A page whose elements are looked for by id: all ids in one pass, however many are asked for.

use std::cell::OnceCell;
use std::ops::Deref;
use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, MatchKind};

use super::scan::Tag;

/// A page in which elements are looked for by id, again and again: all ids are found in one pass.
pub struct Page<'a> {
    bytes: &'a [u8],
    /// Where the first few mentions of each of [`IDS`] stand.
    mentions: OnceCell<Vec<Vec<usize>>>,
}

/// The ids that pages are asked for.
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

/// More mentions of one id than this are script.
const MENTIONS: usize = 256;

static FINDER: LazyLock<Option<AhoCorasick>> =
    LazyLock::new(|| AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(IDS).ok());

impl<'a> Page<'a> {
    /// A page of these bytes.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, mentions: OnceCell::new() }
    }

    /// The first element with the id `id`, one of [`IDS`].
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

/// The element whose id, `id`, stands at `at`.
fn with_id<'a>(bytes: &'a [u8], at: usize, id: &str) -> Option<Tag<'a>> {
    let before = bytes[..at].strip_suffix(b"\"").or_else(|| bytes[..at].strip_suffix(b"'"))?;
    if !matches!(bytes.get(at + id.len()), Some(b'"' | b'\'')) || !before.trim_ascii_end().ends_with(b"=") {
        return None;
    }
    // `<div class="…" id="js_content"`: back to the `<`, not over more than one tag's length.
    let window = &before[before.len().saturating_sub(4096)..];
    memchr::memrchr_iter(b'<', window).take(8).find_map(|back| {
        let start = before.len() - window.len() + back;
        Tag::within(bytes, start, 64 * 1024).filter(|tag| tag.end > at && tag.attribute("id").as_deref() == Some(id))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::scan;

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
        let page = Page::new(b"<i id=\"sg_readNum3\">1</i><div id='readNum3'>cut off <b>here");
        assert!(scan::inner(&page.by_id("readNum3").unwrap()).ends_with(b"<b>here"));
    }

    proptest::proptest! {
        #[test]
        fn nothing_panics(html in r#"(<p |id=|["'= <>]|js_name|js_names){0,24}"#) {
            let _ = Page::new(html.as_bytes()).by_id("js_name");
        }
    }
}
