//! Reads JSON of a 视频号: the works and live broadcasts that the owner's backend (视频号助手) lists, and the object
//! that the web page and the PC program use for one work. Any nesting of these is searched, since responses are saved
//! with or without their envelope.

use serde_json::{Map, Value};

use super::words;
use crate::model::post::{ShortPostCounts, VideoSource};
use crate::model::{Form, MediaKey, MediaRef, MediaRole, ShortPostFields};
use crate::parse::json::Json;
use crate::secret::SafeUrl;

/// The contents of one piece of evidence.
#[derive(Clone, Debug, Default)]
pub struct Channels {
    /// The works and broadcasts, in order.
    pub posts: Vec<Listed>,
    /// The number of works that the platform declares.
    pub total_videos: Option<u64>,
    /// The number of live broadcasts that the platform declares.
    pub total_lives: Option<u64>,
    /// The account, if the evidence names it.
    pub account: Option<Owner>,
    /// The number of entries without an id or of an unknown form.
    pub unread: u64,
    /// Whether anything of the platform was found, even an empty list.
    pub any: bool,
}

/// A work or broadcast.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Listed {
    /// The identifiers of the work, best first.
    pub aliases: Vec<String>,
    /// The fields of the work.
    pub fields: ShortPostFields,
}

/// The 视频号 itself, as its owner's backend shows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Owner {
    /// The user name `v2_…@finder`.
    pub user_name: Option<String>,
    /// The displayed name.
    pub name: Option<String>,
    /// The displayed id (视频号 ID).
    pub alias: Option<String>,
    /// The URL of the avatar.
    pub avatar: Option<String>,
}

/// Maximum nesting of envelopes.
const DEPTH: u32 = 6;

/// Reads `value` into `into`. Returns `false` if nothing in it belongs to a 视频号.
pub fn read(value: &Value, into: &mut Channels) -> bool {
    let before = (into.posts.len(), into.unread, into.any);
    walk(value, into, DEPTH);
    before != (into.posts.len(), into.unread, into.any)
}

fn walk(value: &Value, into: &mut Channels, depth: u32) {
    let Some(below) = depth.checked_sub(1) else { return };
    if let Value::Array(values) = value {
        for value in values {
            walk(value, into, below);
        }
        return;
    }
    let Some(object) = Json::of(value) else { return };
    if object.get("objectDesc").is_some() {
        into.take(web_object(object));
        return;
    }
    if let Some(user) = object.object("finderUser") {
        into.any = true;
        into.account = Some(owner(user));
        into.total_videos = into.total_videos.max(user.count("feedsCount"));
    }
    if object.get("replayCreateTime").is_some() || object.get("replayStatus").is_some() {
        into.take(replay(object));
    } else if object.get("liveObjectId").is_some() {
        into.take(live(object));
    } else if is_post(object) {
        into.take(post(object));
    } else {
        if is_list(object) {
            into.any = true;
            into.total_videos = into.total_videos.max(object.count("totalCount"));
            into.total_lives = into.total_lives.max(object.count("totalLiveCount"));
        }
        object.0.values().filter(|value| value.is_object() || value.is_array()).for_each(|value| {
            walk(value, into, below);
        });
    }
}

impl Channels {
    fn take(&mut self, listed: Listed) {
        self.any = true;
        if listed.aliases.is_empty() {
            self.unread += 1;
        } else {
            self.posts.push(listed);
        }
    }
}

/// Reports whether `object` is an entry of `post_list` or `download_post_data`.
fn is_post(object: Json<'_>) -> bool {
    let named = object.get("objectId").is_some() || object.get("exportId").is_some();
    named && (object.get("desc").is_some() || object.get("readCount").is_some())
}

/// Reports whether `object` is a list of works or broadcasts, possibly empty.
fn is_list(object: Json<'_>) -> bool {
    let works = object.get("totalCount").is_some()
        && object.get("list").is_some_and(|list| list.as_array().is_some_and(|list| list.iter().all(is_work)));
    works || object.get("totalLiveCount").is_some()
}

fn is_work(value: &Value) -> bool {
    Json::of(value).is_some_and(is_post)
}

/// Returns the identifiers of a work: its number, and the id assigned by exports and the web.
fn aliases(ids: &[Option<String>]) -> Vec<String> {
    let mut aliases: Vec<String> = Vec::new();
    for id in ids.iter().flatten() {
        let alias = match id.strip_prefix("export/") {
            Some(tail) => format!("export:{tail}"),
            None => format!("object:{id}"),
        };
        if !aliases.contains(&alias) {
            aliases.push(alias);
        }
    }
    // The number comes first: exports may give the same work a different id on another day.
    aliases.sort_by_key(|alias| alias.starts_with("export:"));
    aliases
}

fn post(object: Json<'_>) -> Listed {
    let desc = object.object("desc");
    let said = match object.get("desc") {
        Some(Value::String(text)) => words(text),
        _ => desc.and_then(|desc| desc.text("description")).as_deref().and_then(words),
    };
    let mut fields = ShortPostFields {
        form: Some(Form::Video),
        from_owner: Some(true),
        text: said,
        published: object.time("createTime"),
        counts: counts(object),
        statistics: statistics(object, POST_STATISTICS),
        // 1 means everyone; the other values are not known well enough to publish the work.
        restricted: object.int("visibleType").filter(|kind| *kind != 1).map(|_| true),
        extra: kept(object, &["commentClose", "status", "visibleType"]),
        ..ShortPostFields::default()
    };
    if let Some(desc) = desc {
        media(desc, &mut fields);
    }
    Listed { aliases: aliases(&[object.text("objectId"), object.text("exportId")]), fields }
}

fn live(object: Json<'_>) -> Listed {
    let stats = object.object("liveStats");
    let seconds = stats.and_then(|stats| stats.count("liveDurationInSeconds"));
    let mut statistics = statistics(object, &["maxOnlineCount"]);
    if let Some(stats) = stats {
        statistics.extend(
            stats
                .0
                .iter()
                .filter(|(_, value)| value.is_number() || value.is_string())
                .map(|(name, value)| (name.clone(), value.clone())),
        );
    }
    let fields = ShortPostFields {
        form: Some(Form::Live),
        from_owner: Some(true),
        text: object.text("description").as_deref().and_then(words),
        published: object.time("createTime"),
        duration_ms: seconds.filter(|seconds| *seconds > 0).map(|seconds| seconds.saturating_mul(1000)),
        statistics,
        extra: kept(object, &["authorReplayStatus"]),
        ..ShortPostFields::default()
    };
    Listed { aliases: aliases(&[object.text("liveObjectId")]), fields }
}

fn replay(object: Json<'_>) -> Listed {
    let media = object.object("media");
    let text = |key| media.and_then(|media| media.text(key));
    let cover = ["originCoverUrl", "thumbUrl"].iter().find_map(|key| text(key));
    let mut aliases = aliases(&[object.text("objectId")]);
    aliases.extend(object.text("liveId").map(|id| format!("live:{id}")));
    let fields = ShortPostFields {
        form: Some(Form::Live),
        from_owner: Some(true),
        text: text("description").as_deref().and_then(words),
        published: object.time("startTime"),
        cover: cover.and_then(|url| picture(&url, MediaRole::Cover)),
        duration_ms: object
            .count("duration")
            .filter(|seconds| *seconds > 0)
            .map(|seconds| seconds.saturating_mul(1000)),
        replay_status: object.int("replayStatus"),
        extra: kept(object, &["chargeType", "replayCreateTime"]),
        ..ShortPostFields::default()
    };
    Listed { aliases, fields }
}

/// Reads the object of the web page and the PC program. It may be of any account, so it is no evidence of ownership.
fn web_object(object: Json<'_>) -> Listed {
    let contact = object.object("contact");
    let account = contact.and_then(|contact| contact.text("username"));
    let mut fields = ShortPostFields {
        form: Some(Form::Video),
        account: account.filter(|name| name.ends_with("@finder")),
        account_name: contact.and_then(|contact| contact.text("nickname")),
        published: object.time("createtime").or_else(|| object.time("createTime")),
        counts: object.object("countInfo").and_then(counts).or_else(|| counts(object)),
        ..ShortPostFields::default()
    };
    if let Some(desc) = object.object("objectDesc") {
        fields.text = desc.text("description").as_deref().and_then(words);
        media(desc, &mut fields);
    }
    Listed {
        aliases: aliases(&[object.text("id").or_else(|| object.text("objectId")), object.text("exportId")]),
        fields,
    }
}

/// Reads the video or the pictures of a description.
fn media(desc: Json<'_>, fields: &mut ShortPostFields) {
    let list = desc.objects("media");
    let Some(first) = list.first() else { return };
    let cover = ["fullCoverUrl", "coverUrl", "fullThumbUrl", "thumbUrl"].iter().find_map(|key| first.text(key));
    fields.cover = cover.and_then(|url| picture(&url, MediaRole::Cover));
    fields.form = Some(match desc.int("mediaType").or_else(|| first.int("mediaType")) {
        Some(2) => Form::Picture,
        Some(9) => Form::Live,
        _ => Form::Video,
    });
    if fields.form == Some(Form::Picture) {
        fields.attachments = list.iter().filter_map(|medium| pictures(*medium)).collect();
        return;
    }
    let milliseconds = first.objects("spec").iter().find_map(|spec| spec.count("durationMs"));
    let seconds = first.count("videoPlayLen");
    fields.video = first.text("url").filter(|url| url.starts_with("http")).map(|url| VideoSource {
        url: crate::parse::json::url(&url).unwrap_or(url),
        token: first.text("urlToken"),
        // Written as a number or as a string; 0 means that the video is not encrypted.
        key: first.text("decodeKey").and_then(|key| key.parse().ok()).filter(|key| *key != 0),
    });
    fields.md5 = first.text("md5sum").map(|md5| md5.to_ascii_lowercase()).filter(|md5| is_md5(md5));
    fields.bytes = first.count("fileSize").filter(|bytes| *bytes > 0);
    fields.duration_ms =
        milliseconds.or(seconds.map(|seconds| seconds.saturating_mul(1000))).filter(|length| *length > 0);
    fields.width = pixels(*first, "width");
    fields.height = pixels(*first, "height");
}

fn pictures(medium: Json<'_>) -> Option<MediaRef> {
    let url = medium.text("url")?;
    let mut picture = picture(&format!("{url}{}", medium.text("urlToken").unwrap_or_default()), MediaRole::Picture)?;
    picture.width = pixels(medium, "width");
    picture.height = pixels(medium, "height");
    picture.md5 = medium.text("md5sum").map(|md5| md5.to_ascii_lowercase()).filter(|md5| is_md5(md5));
    Some(picture)
}

fn pixels(medium: Json<'_>, key: &str) -> Option<u32> {
    medium.get(key)?.as_f64().filter(|pixels| (1.0..100_000.0).contains(pixels)).map(whole)
}

/// Converts pixels to an integer: some lists write them as `1080.0`.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 1 and 100,000")]
fn whole(pixels: f64) -> u32 {
    pixels as u32
}

fn is_md5(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn picture(url: &str, role: MediaRole) -> Option<MediaRef> {
    let url = crate::parse::json::url(url).filter(|url| url.starts_with("http"))?;
    // A token is valid for a day and not part of the picture's identity.
    let key = MediaKey::of_url(SafeUrl::new(&url).as_str());
    Some(MediaRef { key, ..MediaRef::at(url, role) })
}

fn owner(user: Json<'_>) -> Owner {
    Owner {
        user_name: user.text("finderUsername").filter(|name| name.ends_with("@finder")),
        name: user.text("nickname"),
        alias: user.text("uniqId"),
        avatar: user.url("headImgUrl"),
    }
}

/// Returns the public counts. The platform's `likeCount` is 推荐, its `favCount` is 喜欢.
fn counts(object: Json<'_>) -> Option<ShortPostCounts> {
    let counts = ShortPostCounts {
        like: object.count("favCount"),
        recommend: object.count("likeCount"),
        comment: object.count("commentCount"),
        share: object.count("forwardCount"),
    };
    (counts != ShortPostCounts::default()).then_some(counts)
}

/// Statistics that only the owner sees.
pub const POST_STATISTICS: &[&str] = &[
    "readCount",
    "likeCount",
    "favCount",
    "commentCount",
    "forwardCount",
    "followCount",
    "fullPlayRate",
    "avgPlayTimeSec",
    "forwardAllChatCount",
    "forwardSnsCount",
    "ringsetCount",
    "statusrefCount",
    "snscoverCount",
];

fn statistics(object: Json<'_>, names: &[&str]) -> Map<String, Value> {
    names
        .iter()
        .filter_map(|name| object.get(name).map(|value| ((*name).to_owned(), value.clone())))
        .filter(|(_, value)| value.is_number() || value.is_string())
        .collect()
}

fn kept(object: Json<'_>, names: &[&str]) -> Map<String, Value> {
    statistics(object, names)
}

/// Normalizes a text to compare works across lists: only letters and digits, in lower case. Empty if it has none.
pub fn comparable(text: &str) -> String {
    text.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests;
