//! Reads the pictures and videos in a page's data, with all their addresses.

use serde_json::{Map, Value};

use super::fields::is_telling;
use crate::model::{MediaKey, MediaRef, MediaRole};
use crate::parse::json::Json;

/// Returns details of single pictures besides their addresses: the crop for sharing, the copy with a watermark, codes
/// in them.
pub(crate) fn picture_details(values: &Map<String, Value>) -> Vec<Value> {
    let mut details = Vec::new();
    for info in Json(values).objects("picture_page_info_list") {
        let Some(url) = info.url("cdn_url") else { continue };
        let mut detail = Map::new();
        for (name, key) in [("share_cover", "share_cover"), ("watermark", "watermark_info")] {
            if let Some(url) = info.object(key).and_then(|info| info.url("cdn_url")) {
                detail.insert(name.to_owned(), Value::String(url));
            }
        }
        for key in ["is_qr_code", "poi_info", "wxa_info"] {
            if let Some(value) = info.get(key).filter(|value| is_telling(value)) {
                detail.insert(key.to_owned(), value.clone());
            }
        }
        if !detail.is_empty() {
            detail.insert("key".to_owned(), Value::String(MediaKey::of_url(&url).as_str().to_owned()));
            details.push(Value::Object(detail));
        }
    }
    details
}

/// Returns the videos that a page lists by id, best rendition first. Their URLs have an expiring token, so they must be
/// downloaded soon.
pub fn videos(values: &Map<String, Value>) -> Vec<MediaRef> {
    let data = Json(values);
    let mut infos = data.objects("video_page_infos");
    infos.extend(data.object("video_page_info"));
    let mut videos: Vec<MediaRef> = Vec::new();
    for info in infos {
        let Some(id) = info.text("video_id").or_else(|| info.text("hit_vid")) else { continue };
        let mut renditions: Vec<(u64, String, Json<'_>)> = info
            .objects("mp_video_trans_info")
            .into_iter()
            .filter_map(|info| {
                let size = info.count("filesize").unwrap_or(0).max(info.count("video_quality_level").unwrap_or(0));
                Some((size, info.url("url")?, info))
            })
            .collect();
        renditions.sort_by(|left, right| right.0.cmp(&left.0).then_with(|| left.1.cmp(&right.1)));
        let best = renditions.first().map(|(_, _, info)| *info);
        let pixels = |key| best.and_then(|info| u32::try_from(info.int(key)?).ok()).filter(|pixels| *pixels > 0);
        let video = MediaRef {
            key: MediaKey::of_video(&id),
            role: MediaRole::Video,
            local: None,
            width: pixels("width"),
            height: pixels("height"),
            md5: None,
            bytes: best.and_then(|info| info.count("filesize")).filter(|bytes| *bytes > 0),
            urls: renditions.into_iter().map(|(_, url, _)| url).collect(),
        };
        if !videos.iter().any(|other| other.key == video.key) {
            videos.push(video);
        }
    }
    videos
}

/// Returns the pictures of a picture article, and the videos of its live photos.
pub fn pictures(values: &Map<String, Value>) -> (Vec<MediaRef>, Vec<MediaRef>) {
    let mut pictures: Vec<MediaRef> = Vec::new();
    let mut moving = Vec::new();
    for info in Json(values).objects("picture_page_info_list") {
        let Some(url) = info.url("cdn_url") else { continue };
        let pixels = |key| u32::try_from(info.int(key)?).ok().filter(|pixels| *pixels > 0);
        let picture =
            MediaRef { width: pixels("width"), height: pixels("height"), ..MediaRef::at(url, MediaRole::Picture) };
        if let Some(live) = info.object("live_photo") {
            let mut renditions: Vec<(u64, String)> = live
                .objects("format_info")
                .into_iter()
                .filter_map(|info| Some((info.count("file_size").unwrap_or(0), info.url("url")?)))
                .collect();
            renditions.sort_by(|left, right| right.cmp(left));
            let key = live
                .text("vid")
                .map(|id| MediaKey::of_video(&id))
                .or_else(|| renditions.first().map(|(_, url)| MediaKey::of_url(url)));
            if let Some(key) = key {
                let urls = renditions.into_iter().map(|(_, url)| url).collect();
                moving.push(MediaRef { key, urls, ..MediaRef::at("", MediaRole::LivePhoto) });
            }
        }
        pictures.push(picture);
    }
    (pictures, moving)
}
