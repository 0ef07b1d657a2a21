//! Judges by content whether a response is what was requested: a challenge page is no article, an error message is no
//! image, and a notice image "not to be shown elsewhere" is not the requested picture.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Mutex, PoisonError};

use memchr::memmem;
use serde_json::Value;
use url::Url;

use crate::model::{GapReason, MediaKey, MediaRole, Sha256};

use crate::model::sniff::{Sniffed, sniff};

/// URL paths of the platform's verification.
const CHALLENGE_PATHS: &[&str] = &["wappoc_appmsgcaptcha", "secitptpage/verify", "waf_captcha"];

/// Phrases of a page that demands human verification instead of showing an article.
const CHALLENGE_WORDS: &[&str] = &[
    "环境异常",
    "完成验证后即可继续访问",
    "wappoc_appmsgcaptcha",
    "secitptpage/verify",
    "访问过于频繁",
    "操作频繁，请稍后再试",
];

/// Strings found in every generation of article pages. Articles may quote the phrases above.
const ARTICLE_SIGNS: &[&str] = &["cgiDataNew", "window.cgiData"];

/// Element ids of which every article page has one.
const ARTICLE_IDS: &[&str] = &["js_article", "js_content"];

/// Values of `ret` and `errcode` for a rate limit, in a response with a success status.
const RATE_CODES: &[i64] = &[200_013, 45009, 45011];

/// Reports whether a redirect leads to the platform's verification.
pub fn is_challenge_url(url: &Url) -> bool {
    CHALLENGE_PATHS.iter().any(|path| url.path().contains(path))
}

/// Reports whether a body is the platform's verification page, or its JSON for a rate limit.
pub fn is_challenge(body: &[u8]) -> bool {
    if body.trim_ascii_start().starts_with(b"{") {
        return json_code(body).is_some_and(|code| RATE_CODES.contains(&code));
    }
    let has = |words: &[&str]| words.iter().any(|word| memmem::find(body, word.as_bytes()).is_some());
    has(CHALLENGE_WORDS) && !has(ARTICLE_SIGNS) && !ARTICLE_IDS.iter().any(|id| names(body, id))
}

/// Reports whether an attribute `id` has this value, quoted or unquoted.
fn names(body: &[u8], id: &str) -> bool {
    memmem::find_iter(body, id.as_bytes()).take(64).any(|at| {
        let before = body[..at].trim_ascii_end();
        let before = before.strip_suffix(b"\"").or_else(|| before.strip_suffix(b"'")).unwrap_or(before);
        let name = before.trim_ascii_end().strip_suffix(b"=").map(<[u8]>::trim_ascii_end);
        let ends =
            !body.get(at + id.len()).is_some_and(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
        ends && name.and_then(<[u8]>::last_chunk::<2>).is_some_and(|name| name.eq_ignore_ascii_case(b"id"))
    })
}

/// Reads `errcode`, `base_resp.ret` or `ret` of a JSON body.
fn json_code(body: &[u8]) -> Option<i64> {
    let value: Value = serde_json::from_slice(body).ok()?;
    ["/errcode", "/base_resp/ret", "/ret"].iter().find_map(|path| value.pointer(path)?.as_i64())
}

/// A body that is not the expected medium.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotMedia {
    /// Error code.
    pub code: &'static str,
    /// Content found instead: `empty`, `json`, `html`, `text`, `unknown`, or a MIME type.
    pub found: String,
    /// Reason for the gap.
    pub reason: GapReason,
}

/// Value of [`NotMedia::found`] for content of no known type.
pub const UNKNOWN: &str = "unknown";

/// Judges a finished file by its first bytes. `whole` is its size, `host` the host that served it.
pub fn media(role: MediaRole, head: &[u8], whole: u64, host: &str) -> Result<Sniffed, NotMedia> {
    let not = |found: &str, reason| Err(NotMedia { code: "fetch-not-media", found: found.to_owned(), reason });
    if whole == 0 {
        return not("empty", GapReason::DownloadFailed);
    }
    if let Some(found) = sniff(head) {
        let fits = match role {
            MediaRole::Audio => found.is_audio() || found.is_video(),
            MediaRole::LivePhoto | MediaRole::Video => found.is_video(),
            _ => found.is_image(),
        };
        return if fits { Ok(found) } else { not(found.mime, GapReason::DownloadFailed) };
    }
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
    if text.starts_with(b"{") || text.starts_with(b"[") {
        let rate = json_code(head).is_some_and(|code| RATE_CODES.contains(&code));
        return not("json", if rate { GapReason::FetchBlocked } else { GapReason::DownloadFailed });
    }
    if text.starts_with(b"<") {
        let blocked = is_challenge(head);
        return not("html", if blocked { GapReason::FetchBlocked } else { GapReason::DownloadFailed });
    }
    if is_text(text) {
        return not("text", GapReason::DownloadFailed);
    }
    // A 视频号 video without a known signature still has its first bytes encrypted.
    let video = matches!(role, MediaRole::LivePhoto | MediaRole::Video) && host.ends_with(".video.qq.com");
    not(UNKNOWN, if video { GapReason::StillEncrypted } else { GapReason::DownloadFailed })
}

/// Reports whether the bytes begin like text.
fn is_text(bytes: &[u8]) -> bool {
    let start = &bytes[..bytes.len().min(64)];
    let control = |byte: &u8| byte.is_ascii_control() && !byte.is_ascii_whitespace();
    !start.is_empty() && !start.iter().any(control) && String::from_utf8_lossy(start).matches('\u{fffd}').count() <= 1
}

/// Size limit, in bytes, of a picture that may be suspected as a placeholder.
pub const PLACEHOLDER_LIMIT: u64 = 256 * 1024;

/// Number of media with the same content and a contradicting declared shape from which the content counts as a
/// placeholder.
const CONTRADICTIONS: usize = 2;

/// Detects placeholder pictures: known ones by digest, and those received for several pictures whose pages declare
/// another shape. (The same picture uploaded many times is common and no placeholder: it matches its declared shape.)
#[derive(Debug, Default)]
pub struct Placeholders {
    known: BTreeSet<Sha256>,
    seen: Mutex<HashMap<Sha256, BTreeMap<MediaKey, bool>>>,
}

impl Placeholders {
    /// Creates a detector with a list of known placeholders.
    pub fn new(known: BTreeSet<Sha256>) -> Self {
        Self { known, seen: Mutex::default() }
    }

    /// Records that `key`, declared as `width` × `height`, has the content `head…`. Returns true if that is a
    /// placeholder.
    pub fn is_placeholder(
        &self,
        key: &MediaKey,
        declared: Option<(u32, u32)>,
        sha256: Sha256,
        head: &[u8],
        bytes: u64,
    ) -> bool {
        if self.known.contains(&sha256) {
            return true;
        }
        let (Some(declared), true) = (declared, bytes <= PLACEHOLDER_LIMIT) else { return false };
        let Ok(real) = imagesize::blob_size(head) else { return false };
        let contradicts = !same_shape(declared, (real.width, real.height));
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let keys = seen.entry(sha256).or_default();
        keys.insert(key.clone(), contradicts);
        contradicts && keys.values().filter(|contradicts| **contradicts).count() >= CONTRADICTIONS
    }

    /// Returns the keys that were accepted before their content was identified as a placeholder, with the content's
    /// digest.
    pub fn found_out(&self) -> Vec<(Sha256, MediaKey)> {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let mut found: Vec<_> = seen
            .iter()
            .filter(|(_, keys)| keys.values().filter(|contradicts| **contradicts).count() >= CONTRADICTIONS)
            .flat_map(|(sha256, keys)| {
                keys.iter().filter(|(_, contradicts)| **contradicts).map(|(key, _)| (*sha256, key.clone()))
            })
            .collect();
        found.sort();
        found
    }
}

/// Reports whether two sizes have the same proportions, within 5 % (renditions are rounded).
fn same_shape(declared: (u32, u32), real: (usize, usize)) -> bool {
    let (left, right) = (u128::from(declared.0) * real.1 as u128, u128::from(declared.1) * real.0 as u128);
    left.abs_diff(right) * 20 <= left.max(right)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_challenge_is_known_and_an_article_about_one_is_none() {
        assert!(is_challenge("<html><h2>环境异常</h2><p>完成验证后即可继续访问</p></html>".as_bytes()));
        assert!(is_challenge("<html>访问过于频繁，请稍后再试</html>".as_bytes()));
        assert!(is_challenge(br#"{"base_resp":{"ret":200013,"err_msg":"freq control"}}"#));
        assert!(!is_challenge(r#"<div id="js_content">环境异常怎么办</div>"#.as_bytes()));
        assert!(!is_challenge(r"<script>window.cgiDataNew = {title:'环境异常'}</script>".as_bytes()));
        assert!(!is_challenge("<p>该内容已被发布者删除</p>".as_bytes()));
        assert!(!is_challenge(br#"{"base_resp":{"ret":0}}"#));
        let url = |text: &str| Url::parse(text).unwrap();
        assert!(is_challenge_url(&url("https://mp.weixin.qq.com/mp/wappoc_appmsgcaptcha?poc_token=x")));
        assert!(!is_challenge_url(&url("https://mp.weixin.qq.com/s/abc")));
    }

    #[test]
    fn what_is_no_medium_is_named() {
        let judge = |role, head: &[u8]| {
            media(role, head, head.len() as u64, "finder.video.qq.com")
                .map(|found| found.mime)
                .map_err(|not| (not.found, not.reason))
        };
        let failed = |found: &str, reason| Err((found.to_owned(), reason));
        let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";
        assert_eq!(judge(MediaRole::Image, png), Ok("image/png"));
        assert_eq!(judge(MediaRole::Video, png), failed("image/png", GapReason::DownloadFailed));
        assert_eq!(judge(MediaRole::Image, b""), failed("empty", GapReason::DownloadFailed));
        assert_eq!(judge(MediaRole::Image, br#"{"errcode":-1}"#), failed("json", GapReason::DownloadFailed));
        assert_eq!(judge(MediaRole::Image, br#"{"ret":200013}"#), failed("json", GapReason::FetchBlocked));
        assert_eq!(judge(MediaRole::Image, b"<html>no</html>"), failed("html", GapReason::DownloadFailed));
        assert_eq!(
            judge(MediaRole::Image, "<html>环境异常</html>".as_bytes()),
            failed("html", GapReason::FetchBlocked)
        );
        assert_eq!(judge(MediaRole::Image, b"not found"), failed("text", GapReason::DownloadFailed));
        let program = [&b"\x7fELF\x02\x01\x01"[..], &[0; 64]].concat();
        assert_eq!(judge(MediaRole::Image, &program), failed("application/x-executable", GapReason::DownloadFailed));
        assert_eq!(judge(MediaRole::Video, b"\xfe\x8a\x03\x99\xf1\xd8"), failed("unknown", GapReason::StillEncrypted));
    }

    fn gif(width: u16, height: u16) -> Vec<u8> {
        let mut bytes = b"GIF89a".to_vec();
        bytes.extend_from_slice(&width.to_le_bytes());
        bytes.extend_from_slice(&height.to_le_bytes());
        bytes.extend_from_slice(&[0, 0, 0, 0x3b]);
        bytes
    }

    #[test]
    fn a_placeholder_gives_itself_away_by_its_shape() {
        let key = |n: u32| MediaKey::of_url(&format!("https://mmbiz.qpic.cn/mmbiz_png/{n}/0"));
        let (divider, notice) = (gif(600, 20), gif(300, 300));
        let all = Placeholders::new(BTreeSet::from([Sha256::of(b"known")]));
        let came = |n, declared, bytes: &[u8]| {
            all.is_placeholder(&key(n), declared, Sha256::of(bytes), bytes, bytes.len() as u64)
        };
        assert!(came(0, None, b"known"));
        // A divider uploaded many times, also as a smaller rendition.
        for n in 1..9 {
            assert!(!came(n, Some((1200, 40)), &divider));
        }
        assert!(!came(10, Some((1080, 720)), &notice));
        assert!(!came(10, Some((1080, 720)), &notice), "the same picture again is no second witness");
        assert!(!came(11, Some((500, 500)), &notice), "a square one may be real");
        assert!(came(12, Some((640, 1000)), &notice));
        let found: Vec<MediaKey> = all.found_out().into_iter().map(|(_, key)| key).collect();
        assert_eq!(found.len(), 2);
        assert!(found.contains(&key(10)) && found.contains(&key(12)));
    }
}
