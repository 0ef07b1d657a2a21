//! The draft of a post for the interface `draft/add`.

use serde_json::{Value, json};

use super::{Picture, Prepared};
use crate::export::post::PostContent;

/// Returns the draft and its pictures. `draft` is the body of the call; before it, each of `images` is uploaded in its
/// order and its file name in `content` replaced by the address that the upload returns.
pub(super) fn json(content: &PostContent, prepared: &Prepared) -> Vec<u8> {
    let used = |picture: &&Picture| prepared.html.contains(&picture.file);
    let in_text: Vec<&Picture> = prepared.pictures.iter().filter(used).collect();
    let article = if is_picture_post(content) {
        // A 图片消息 has its text without tags, and permanent pictures.
        json!({
            "article_type": "newspic",
            "title": prepared.title,
            "content": crate::html::plain_text(&content.body),
            "image_info": { "image_list": in_text.iter().map(|_| json!({ "image_media_id": "" })).collect::<Vec<Value>>() },
            "need_open_comment": 0,
            "only_fans_can_comment": 0,
        })
    } else {
        json!({
            "article_type": "news",
            "title": prepared.title,
            "author": content.author.clone().unwrap_or_default(),
            "digest": content.summary.clone().unwrap_or_default(),
            "content": prepared.html,
            "content_source_url": content.source_url.clone().unwrap_or_default(),
            "thumb_media_id": "",
            "need_open_comment": 0,
            "only_fans_can_comment": 0,
        })
    };
    let upload = if is_picture_post(content) { "material/add_material" } else { "media/uploadimg" };
    let whole = json!({
        "draft": { "articles": [article] },
        "images": in_text.iter().map(|picture| json!({ "file": picture.file, "bytes": picture.bytes, "upload": upload })).collect::<Vec<_>>(),
        "cover": prepared.cover.as_ref().map(|file| json!({ "file": file, "upload": "material/add_material" })),
        "published": content.published,
        "id": content.id,
    });
    let mut bytes = serde_json::to_vec_pretty(&whole).unwrap_or_default();
    bytes.push(b'\n');
    bytes
}

/// Reports whether a post is a 图片消息.
pub(super) fn is_picture_post(content: &PostContent) -> bool {
    content.form == "picture"
}
