//! Reads a sending that is not an article: a text, a picture, a voice or a video, under keys that many tools and the
//! platform's own history page share (`image_msg_ext_info`, `voice_msg_ext_info`, `video_msg_ext_info`).

use serde_json::Value;

use super::{cover, words};
use crate::model::{Form, MediaKey, MediaRef, MediaRole, ShortPostFields};
use crate::parse::json::Json;

/// Returns the form for the platform's number.
pub fn form(number: Option<i64>) -> Option<Form> {
    Some(match number? {
        1 => Form::Text,
        3 => Form::Picture,
        34 => Form::Voice,
        43 | 62 => Form::Video,
        _ => Form::Other,
    })
}

/// Reads the fields of a sending. Its form is `form`, or else follows from its content.
pub fn fields(item: Json<'_>, form: Option<Form>, content: Option<&str>) -> ShortPostFields {
    let mut fields = ShortPostFields { text: content.and_then(words), ..ShortPostFields::default() };
    let mut found = None;
    if let Some(image) = item.object("image_msg_ext_info") {
        found = Some(Form::Picture);
        fields.attachments.extend(picture(image));
        keep(image, &mut fields);
    }
    if let Some(voice) = item.object("voice_msg_ext_info") {
        found = Some(Form::Voice);
        fields.title = voice.text("title").as_deref().and_then(words);
        fields.duration_ms = voice.count("play_length").filter(|length| *length > 0);
        let id = voice.text("voice_encode_fileid").or_else(|| voice.text("fileid"));
        fields.attachments.extend(id.map(|id| named(MediaKey::of_voice(&id), MediaRole::Audio)));
        keep(voice, &mut fields);
    }
    if let Some(video) = item.object("video_msg_ext_info") {
        found = Some(Form::Video);
        fields.title = video.text("title").as_deref().and_then(words);
        fields.cover = cover(video.text("thumb").or_else(|| video.text("cover")));
        let id = ["cdn_videoid", "videoid", "fileid"].iter().find_map(|key| video.text(key));
        fields.attachments.extend(id.map(|id| named(MediaKey::of_video(&id), MediaRole::Video)));
        keep(video, &mut fields);
    }
    let told = form.filter(|form| *form != Form::Other);
    let words = fields.text.is_some().then_some(Form::Text);
    fields.form = told.or(found).or(words).or(Some(Form::Other));
    fields
}

/// Returns a picture by its address or else by its id.
fn picture(image: Json<'_>) -> Option<MediaRef> {
    let url = ["cdn_url", "url"].iter().find_map(|key| image.url(key)).filter(|url| url.starts_with("http"));
    let by_number = || {
        let id = image.text("fileid").or_else(|| image.text("mediaid"))?;
        Some(named(MediaKey::of_url(&format!("fileid:{id}")), MediaRole::Picture))
    };
    url.map(|url| MediaRef::at(url, MediaRole::Picture)).or_else(by_number)
}

/// Creates a medium of which only the platform's id is known.
fn named(key: MediaKey, role: MediaRole) -> MediaRef {
    MediaRef { key, role, urls: Vec::new(), local: None, width: None, height: None, md5: None, bytes: None }
}

/// Keeps the platform's ids: they connect the sending with a file that the user saved.
fn keep(info: Json<'_>, fields: &mut ShortPostFields) {
    for key in ["fileid", "mediaid", "voice_encode_fileid", "cdn_videoid", "videoid", "length"] {
        if let Some(value) = info.text(key) {
            fields.extra.insert(key.to_owned(), Value::from(value));
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(value: &Value, number: i64) -> ShortPostFields {
        fields(Json::of(value).unwrap(), form(Some(number)), None)
    }

    #[test]
    fn every_form_has_its_medium() {
        let image = read(
            &json!({"image_msg_ext_info": {"length": 9, "fileid": 504_297_283,
            "cdn_url": "http:\\/\\/mmbiz.qpic.cn\\/mmbiz_jpg\\/AbC\\/0?wx_fmt=jpeg&amp;x=1"}}),
            3,
        );
        assert_eq!(image.form, Some(Form::Picture));
        assert_eq!(image.attachments[0].key, MediaKey::of_url("https://mmbiz.qpic.cn/mmbiz_png/AbC/640"));
        let voice = read(&json!({"voice_msg_ext_info": {"fileid": 7, "play_length": 4200}}), 34);
        assert_eq!((voice.form, voice.duration_ms), (Some(Form::Voice), Some(4200)));
        assert_eq!(voice.attachments[0].key, MediaKey::of_voice("7"));
        let video =
            read(&json!({"video_msg_ext_info": {"cdn_videoid": "1006_ab", "thumb": "http://mmbiz.qpic.cn/t/x/0"}}), 62);
        assert_eq!((video.form, video.cover.is_some()), (Some(Form::Video), true));
        assert_eq!(read(&json!({}), 99).form, Some(Form::Other));
    }
}
