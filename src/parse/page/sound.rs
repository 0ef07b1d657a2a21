//! Reads the sounds of a page: voice messages (`voice_in_appmsg`), and the music and audio cards of the 视频号
//! (`finder_audio_card`, `finder_music_card`). Lists are values or JSON in a string, and their members have had several
//! names.

use serde_json::{Map, Value};

use super::ids::Page;
use super::{scan, script};
use crate::html::escape_attribute;
use crate::model::{MediaKey, MediaRef, MediaRole};
use crate::parse::json::{self, Json};

/// A sound of a page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sound {
    /// `voice_encode_fileid`: the id at the platform's file host.
    pub id: Option<String>,
    /// The address, for a sound that is identified by it.
    pub url: Option<String>,
    /// The sound's name.
    pub name: Option<String>,
    /// The speaker or singer.
    pub author: Option<String>,
    /// The length in milliseconds.
    pub length: Option<u64>,
    /// The URL of a picture.
    pub cover: Option<String>,
    /// The declared MD5.
    pub md5: Option<String>,
    /// Whether the sound is a card of the 视频号 and not a voice of the article.
    pub card: bool,
}

/// Returns the sounds that a page's data lists, each once.
pub fn sounds(values: &Map<String, Value>) -> Vec<Sound> {
    const LISTS: [(&str, bool); 6] = [
        ("voice_in_appmsg", false),
        ("voice_in_appmsg_list_json", false),
        ("finder_audio_card_list", true),
        ("finder_audio_card", true),
        ("finder_music_card_list", true),
        ("finder_music_card", true),
    ];
    let mut sounds: Vec<Sound> = Vec::new();
    for (key, card) in LISTS {
        let Some(value) = values.get(key).and_then(json::nested) else { continue };
        for item in items(&value) {
            let sound = Sound { card, ..sound(item) };
            let known = sounds.iter().any(|other| {
                (sound.id.is_some() && other.id == sound.id) || (sound.url.is_some() && other.url == sound.url)
            });
            if !known && (sound.id.is_some() || sound.url.is_some() || sound.name.is_some()) {
                sounds.push(sound);
            }
        }
    }
    sounds
}

/// Returns the members of a list, of a list in an object, or of an object by id.
fn items(value: &Value) -> Vec<Json<'_>> {
    match value {
        Value::Array(list) => list.iter().filter_map(Json::of).collect(),
        Value::Object(map) => match ["list", "voice_in_appmsg"].iter().find_map(|key| map.get(*key)) {
            Some(list) => items(list),
            None => map.values().filter_map(Json::of).collect(),
        },
        _ => Vec::new(),
    }
}

fn sound(item: Json<'_>) -> Sound {
    let first = |keys: &[&str]| keys.iter().find_map(|key| item.text(key));
    let url = |keys: &[&str]| keys.iter().find_map(|key| item.url(key)).filter(|url| url.starts_with("http"));
    let md5 = first(&["voice_md5", "md5"]).map(|md5| md5.to_ascii_lowercase());
    Sound {
        id: first(&["voice_encode_fileid", "voice_id", "voiceid", "fileid"]),
        url: url(&["play_url", "audio_url", "media_url", "url"]),
        name: first(&["name", "title", "voice_name", "music_name", "audio_name"]),
        author: first(&["author", "singer", "artist", "nickname"]),
        length: ["play_length", "duration", "duration_ms"].iter().find_map(|key| item.count(key)).map(milliseconds),
        cover: url(&["cover", "cover_url", "album_url", "albumurl", "head_img"]),
        md5: md5.filter(|md5| md5.len() == 32 && md5.bytes().all(|byte| byte.is_ascii_hexdigit())),
        card: false,
    }
}

/// Converts a length to milliseconds. Older pages use seconds: a value below 1,000 is one, since no sound is shorter
/// than a second.
fn milliseconds(length: u64) -> u64 {
    if length < 1_000 { length * 1_000 } else { length }
}

/// Returns the sound of an older sound page: `voiceid: "…"` and `duration: "…"` in one of its scripts, and its printed
/// name.
pub fn older(page: &Page<'_>) -> Option<Sound> {
    let id = member(page, b"voiceid").or_else(|| member(page, b"voice_id"))?;
    let printed = |id: &str| Some(scan::text(scan::inner(&page.by_id(id)?))).filter(|text| !text.is_empty());
    Some(Sound {
        id: Some(id),
        name: printed("js_audio_title").or_else(|| printed("activity-name")),
        author: printed("js_audio_author"),
        length: member(page, b"duration").and_then(|text| text.parse().ok()).map(milliseconds),
        ..Sound::default()
    })
}

/// Returns the first non-empty string in `name: "…"` that looks like an id or a number.
fn member(page: &[u8], name: &[u8]) -> Option<String> {
    memchr::memmem::find_iter(page, name).take(64).find_map(|at| {
        let mut reader = script::Reader::new(page, at + name.len());
        reader.space();
        let at = reader.position();
        (page.get(at) == Some(&b':')).then_some(())?;
        let mut reader = script::Reader::new(page, at + 1);
        reader.space();
        reader.string().filter(|text| {
            !text.is_empty()
                && text.len() < 200
                && text
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'=' | b'+' | b'/'))
        })
    })
}

impl Sound {
    /// Returns the medium, if it has an id or an address.
    pub fn medium(&self) -> Option<MediaRef> {
        let key = match (&self.id, &self.url) {
            (Some(id), _) => MediaKey::of_voice(id),
            (None, Some(url)) => MediaKey::of_url(url),
            (None, None) => return None,
        };
        let mut urls: Vec<String> = self.url.iter().cloned().collect();
        urls.extend(self.id.as_deref().map(crate::html::voice_url));
        Some(MediaRef { key, urls, md5: self.md5.clone(), ..MediaRef::at("", MediaRole::Audio) })
    }

    /// Reports whether a body already refers to the sound.
    pub fn is_named_in(&self, body: &str) -> bool {
        let named = |text: &Option<String>| text.as_deref().is_some_and(|text| body.contains(text));
        named(&self.id) || named(&self.url)
    }

    /// Appends the sound in the platform's own markup.
    pub fn html(&self, html: &mut String) {
        let element = if self.id.is_some() { "mp-common-mpaudio" } else { "mp-common-finderaudio" };
        let length = self.length.map(|length| length.to_string());
        html.push('<');
        html.push_str(element);
        for (name, value) in [
            ("voice_encode_fileid", &self.id),
            ("name", &self.name),
            ("author", &self.author),
            ("cover", &self.cover),
            ("play_length", &length),
        ] {
            if let Some(value) = value {
                html.extend([" ", name, "=\""]);
                escape_attribute(value, html);
                html.push('"');
            }
        }
        html.extend(["></", element, ">"]);
        if let Some(url) = self.url.as_ref().filter(|_| self.id.is_none()) {
            html.push_str("<p><audio src=\"");
            escape_attribute(url, html);
            html.push_str("\"></audio></p>");
        }
    }
}
