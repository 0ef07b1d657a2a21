//! Identifies images, audio and video, before and after their files are held.

use serde::{Deserialize, Serialize};

use super::Sha256;
use super::wrapped::unwrapped;

/// Identity of a medium on the platform, independent of the rendition: 32 hex digits of the SHA-256 of the canonical
/// URL (scheme, query, fragment and size suffix removed), of the voice or video id, or of the local name if nothing
/// else is known.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MediaKey(String);

impl MediaKey {
    /// Returns the key of a medium at `url`. On the platform's image hosts the path's id decides, so that `/0`, `/300`,
    /// `/640` and every query are one medium; elsewhere host, path and query do. An address wrapped by a web archive or
    /// a proxy counts as the original one.
    pub fn of_url(url: &str) -> Self {
        Self::of_text(&unwrapped(url).map_or_else(|| canonical(url), |original| canonical(&original)))
    }

    /// Returns the key of a voice message by its `voice_encode_fileid`.
    pub fn of_voice(file_id: &str) -> Self {
        Self::of_text(&format!("voice:{file_id}"))
    }

    /// Returns the key of a platform video by its id (`wxv_…`).
    pub fn of_video(video_id: &str) -> Self {
        Self::of_text(&format!("video:{video_id}"))
    }

    fn of_text(text: &str) -> Self {
        Self(Sha256::of(text.as_bytes()).hex()[..32].to_owned())
    }

    /// Parses a key (from a catalog row, or a `liudi-media:` reference).
    pub fn from_text(text: &str) -> Option<Self> {
        (text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit())).then(|| Self(text.to_owned()))
    }

    /// Returns the 32 hex digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Canonicalizes a URL: `mmbiz.qpic.cn/sz_mmbiz_png/<id>/640?wx_fmt=png` → `mmbiz/<id>`; others: host, path and query,
/// without scheme and fragment.
fn canonical(url: &str) -> String {
    let url = url.trim();
    let rest = url.strip_prefix("https:").or_else(|| url.strip_prefix("http:")).unwrap_or(url).trim_start_matches("//");
    let rest = rest.split('#').next().unwrap_or(rest);
    let path = rest.split('?').next().unwrap_or(rest);
    let mut parts = path.split('/');
    let host = parts.next().unwrap_or_default();
    let platform = host.ends_with(".qpic.cn") || host.ends_with(".qlogo.cn");
    if platform
        && let (Some(shelf), Some(id)) = (parts.next(), parts.next())
        && !id.is_empty()
    {
        // The shelf names format and region (`mmbiz_png`, `sz_mmbiz_jpg`, `mmhead`): not part of the identity for
        // images.
        return if shelf.contains("mmbiz") { format!("mmbiz/{id}") } else { format!("{shelf}/{id}") };
    }
    rest.to_owned()
}

/// Role of a medium.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum MediaRole {
    /// Audio in a body.
    Audio,
    /// An account's avatar.
    Avatar,
    /// Background image in a style.
    Background,
    /// The cover of an article or album.
    Cover,
    /// An image in a body.
    Image,
    /// The moving part of a live photo.
    LivePhoto,
    /// One of the pictures of a picture article (type 8).
    Picture,
    /// Still of a video.
    Poster,
    /// A sticker or emoji.
    Sticker,
    /// A video.
    Video,
}

/// A reference to a medium.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MediaRef {
    /// Identity of the medium.
    pub key: MediaKey,
    /// Role.
    pub role: MediaRole,
    /// URLs to fetch it from, best rendition first; decoded. May be empty for a local file.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub urls: Vec<String>,
    /// Path in the input (`x_files/640.png`, `assets/1.jpg`), decoded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub local: Option<String>,
    /// Width in pixels, declared by the page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub width: Option<u32>,
    /// Height in pixels, declared by the page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub height: Option<u32>,
    /// Declared MD5 (stickers, 视频号 files), lower-case hex.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub md5: Option<String>,
    /// Declared size in bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
}

impl MediaRef {
    /// Creates a reference to a medium at `url`.
    pub fn at(url: impl Into<String>, role: MediaRole) -> Self {
        let url = url.into();
        let url = unwrapped(&url).unwrap_or(url);
        Self {
            key: MediaKey::of_url(&url),
            role,
            urls: vec![url],
            local: None,
            width: None,
            height: None,
            md5: None,
            bytes: None,
        }
    }
}

/// A medium in `article.json`: its facts, and its file if one is held.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MediaUse {
    /// Identity of the medium; `content.html` refers by it (`liudi-media:<key>`) to media that are not held.
    pub key: MediaKey,
    /// Role.
    pub role: MediaRole,
    /// Original URL.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Digest of the file; none if it is not held.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<Sha256>,
    /// Path of the file, relative to the bag's `data/`: `media/sha256/b1/b1ff….png`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// Bag of the file, if it is held.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bag: Option<super::Class>,
    /// Size of the file in bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
    /// MIME type by content.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mime: Option<String>,
    /// Width in pixels: of the file if held, otherwise as declared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub width: Option<u32>,
    /// Height in pixels: of the file if held, otherwise as declared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub height: Option<u32>,
    /// Why it is not held.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub missing: Option<super::GapReason>,
}

/// A file held for a medium.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MediaHeld {
    /// Key of the medium.
    pub key: MediaKey,
    /// Digest of the file.
    pub sha256: Sha256,
    /// Origin of the file: a URL or a locator.
    pub origin: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rendition_of_an_image_is_one_medium() {
        let whole = MediaKey::of_url("https://mmbiz.qpic.cn/sz_mmbiz_png/AbC123/0?wx_fmt=png");
        assert_eq!(
            whole,
            MediaKey::of_url("http://mmbiz.qpic.cn/mmbiz_jpg/AbC123/640?wx_fmt=jpeg&from=appmsg#imgIndex=3")
        );
        let archived = "https://web.archive.org/web/20240106010203im_/https://mmbiz.qpic.cn/sz_mmbiz_png/AbC123/640";
        assert_eq!(whole, MediaKey::of_url(archived));
        assert_eq!(MediaRef::at(archived, MediaRole::Image).urls, ["https://mmbiz.qpic.cn/sz_mmbiz_png/AbC123/640"]);
        assert_ne!(whole, MediaKey::of_url("https://mmbiz.qpic.cn/sz_mmbiz_png/AbC124/0"));
        assert_ne!(MediaKey::of_url("https://example.com/a?x=1"), MediaKey::of_url("https://example.com/a?x=2"));
        assert_eq!(MediaKey::from_text(whole.as_str()), Some(whole));
    }
}
