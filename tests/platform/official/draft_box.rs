//! Implements the draft box of the virtual account: pictures are uploaded first, and a draft over a documented limit is
//! refused.

use liudi::model::Sha256;
use serde_json::{Value, json};

use super::No;
use crate::platform::script::Reply;

/// Prefix of the addresses of uploaded pictures.
const UPLOADED: &str = "http://mmbiz.qpic.cn/mmbiz_up/";

/// Keeps a picture of a text and returns its address.
pub(super) fn upload_picture(form: &[u8]) -> Result<Reply, No> {
    let start = form.windows(4).position(|four| four == b"\r\n\r\n").map_or(0, |at| at + 4);
    let picture = &form[start..];
    if !(picture.starts_with(b"\x89PNG") || picture.starts_with(b"\xff\xd8\xff")) {
        return Err((40_005, "invalid file type"));
    }
    if picture.len() > 1 << 20 {
        return Err((40_009, "invalid image size"));
    }
    Ok(Reply::json(&json!({ "url": format!("{UPLOADED}{}/0", Sha256::of(picture).hex()) })))
}

/// Adds a draft.
pub(super) fn add(body: &Value) -> Result<Reply, No> {
    let articles = body["articles"].as_array().filter(|articles| (1..=8).contains(&articles.len()));
    for article in articles.ok_or((44_003, "empty news data"))? {
        let text = |name: &str| article[name].as_str().unwrap_or_default();
        let characters = |name: &str| text(name).chars().count();
        if text("title").is_empty() || characters("title") > 32 {
            return Err((45_003, "title size out of limit"));
        }
        if characters("author") > 16 {
            return Err((45_110, "author size out of limit"));
        }
        if characters("digest") > 128 {
            return Err((45_004, "description size out of limit"));
        }
        if text("content").is_empty() || characters("content") >= 20_000 || text("content").len() >= 1 << 20 {
            return Err((45_002, "content size out of limit"));
        }
        let mut pictures = text("content").split("<img").skip(1).filter_map(|tag| {
            let (_, after) = tag.split_once("src=\"")?;
            after.split('"').next()
        });
        if !pictures.all(|src| src.starts_with(UPLOADED)) || text("content").contains("<script") {
            return Err((45_166, "invalid content"));
        }
        if article["article_type"] == "news" && text("thumb_media_id").is_empty() {
            return Err((40_007, "invalid media_id"));
        }
        let images = article["image_info"]["image_list"].as_array();
        if article["article_type"] == "newspic" && !images.is_some_and(|images| (1..=20).contains(&images.len())) {
            return Err((53_402, "image count out of limit"));
        }
    }
    Ok(Reply::json(&json!({ "media_id": "draft-1" })))
}
