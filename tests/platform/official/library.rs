//! Implements the drafts and permanent material of the virtual account.

use serde_json::{Value, json};

use super::published::png;
use super::{BIZ, No};
use crate::platform::script::Reply;

/// The contents of the library.
pub(crate) struct Library {
    pub(crate) drafts: u64,
    pub(crate) images: u64,
    pub(crate) voices: u64,
    pub(crate) videos: u64,
    pub(crate) news: u64,
    /// Size of each video in bytes.
    pub(crate) film_bytes: usize,
}

impl Default for Library {
    fn default() -> Self {
        Self { drafts: 0, images: 0, voices: 0, videos: 0, news: 0, film_bytes: 2000 }
    }
}

/// Address prefix of the videos; the link contains its own token.
const FILMS: &str = "mpvideo.qpic.cn/material";

fn window(body: &Value, total: u64) -> Result<std::ops::Range<u64>, No> {
    let (Some(offset), Some(count)) = (body["offset"].as_u64(), body["count"].as_u64()) else {
        return Err((47_001, "data format error"));
    };
    if !(1..=20).contains(&count) {
        return Err((40_097, "invalid args"));
    }
    Ok(offset.min(total)..(offset + count).min(total))
}

/// Returns the text of a draft, with a picture that all drafts share, a picture unique to it and a picture that no
/// longer exists.
fn picture_text(number: u64) -> String {
    let picture = |name: &str| format!("<img data-src=\"https://mmbiz.qpic.cn/mmbiz_png/{name}/640?wx_fmt=png\">");
    format!("<p>草稿正文</p>{}{}{}", picture("draftall"), picture(&format!("draft{number}")), picture("gone"))
}

fn page(total: u64, items: &[Value]) -> Reply {
    Reply::json(&json!({"total_count": total, "item_count": items.len(), "item": items}))
}

impl Library {
    pub(super) fn draft_count(&self) -> Reply {
        Reply::json(&json!({"total_count": self.drafts}))
    }

    pub(super) fn drafts(&self, body: &Value) -> Result<Reply, No> {
        let items: Vec<Value> = window(body, self.drafts)?
            .map(|number| {
                json!({"media_id": format!("draft{number}"), "update_time": 1_760_000_000 + number, "content": {"news_item": [
                    {"article_type": "news", "title": format!("未发的第{number}篇"), "content": picture_text(number),
                     "url": format!("http://mp.weixin.qq.com/s?__biz={BIZ}&tempkey=x{number}")}]}})
            })
            .collect();
        Ok(page(self.drafts, &items))
    }

    pub(super) fn material_count(&self) -> Reply {
        Reply::json(&json!({"voice_count": self.voices, "video_count": self.videos, "image_count": self.images,
                            "news_count": self.news}))
    }

    pub(super) fn materials(&self, body: &Value) -> Result<Reply, No> {
        let kind = body["type"].as_str().unwrap_or_default();
        let total = match kind {
            "image" => self.images,
            "voice" => self.voices,
            "video" => self.videos,
            "news" => self.news,
            _ => return Err((40_004, "invalid media type")),
        };
        let items: Vec<Value> = window(body, total)?
            .map(|number| {
                let mut item = json!({"media_id": format!("{kind}{number}"), "name": format!("{kind}-{number}"),
                                      "update_time": 1_750_000_000 + number});
                match kind {
                    "image" => {
                        item["url"] = format!("http://mmbiz.qpic.cn/mmbiz_png/material{number}/0?wx_fmt=png").into();
                    }
                    "news" => {
                        let url = format!("http://mp.weixin.qq.com/s?__biz={BIZ}&mid={}&idx=1&sn=sent{number}&chksm=c#rd",
                                          2_640_000_000 + number);
                        item["content"] = json!({"create_time": 1_650_000_000 + number, "update_time": 1_650_000_000 + number,
                            "news_item": [{"title": format!("旧图文{number}"), "content": "<p>素材正文</p>", "url": url,
                                           "author": "", "digest": "", "show_cover_pic": 0}]});
                    }
                    _ => {}
                }
                item
            })
            .collect();
        Ok(page(total, &items))
    }

    /// Returns a file, the address of a video, or a small JSON with the error.
    pub(super) fn material(&self, body: &Value) -> Result<Reply, No> {
        let id = body["media_id"].as_str().unwrap_or_default();
        let split = id.find(|c: char| c.is_ascii_digit()).unwrap_or(id.len());
        let (kind, number) = id.split_at(split);
        let number: u64 = number.parse().map_err(|_| (40_007, "invalid media_id"))?;
        let seed = u8::try_from(number % 251).unwrap();
        match kind {
            "image" if number < self.images => Ok(Reply::ok(png(seed))
                .header("content-type", "image/png")
                .header("content-disposition", format!("attachment; filename=\"{id}.png\""))),
            "voice" if number < self.voices => {
                // The file of this voice is lost on the platform's side.
                if number == 3 {
                    return Err((40_007, "invalid media_id"));
                }
                let bytes = [b"ID3\x04\0\0\0\0\0\0".as_slice(), &[seed; 500]].concat();
                Ok(Reply::ok(bytes).header("content-type", "audio/mp3"))
            }
            "video" if number < self.videos => Ok(Reply::json(&json!({
                "title": format!("影片{number}"), "description": "",
                "down_url": format!("http://{FILMS}/{number}.mp4?dis_t=1&vkey=FILMKEY{number:08}"),
            }))),
            _ => Err((40_007, "invalid media_id")),
        }
    }

    /// Returns a video.
    pub(super) fn film(&self, url: &str) -> Option<Reply> {
        let number: u64 = url.strip_prefix(FILMS)?.trim_start_matches('/').split('.').next()?.parse().ok()?;
        assert!(!url.contains("access_token"), "the token is for the API alone");
        let seed = u8::try_from(number % 251).unwrap();
        let bytes = [b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom".as_slice(), &vec![seed; self.film_bytes]].concat();
        Some(Reply::ok(bytes).header("content-type", "video/mp4"))
    }
}
