//! What a 视频号 gives out as JSON: the works and live broadcasts that its owner's backend (视频号助手) lists, and the
//! object that the web page and the PC program have for one work. Any nesting of these is walked, since whoever saves
//! answers saves them with or without their envelope.

use serde_json::{Map, Value};

use super::json::Json;
use super::list::words;
use crate::model::piece::{FilmSource, PieceCounts};
use crate::model::{Form, MediaKey, MediaRef, MediaRole, PieceFields};
use crate::secret::SafeUrl;

/// What one piece of evidence lists.
#[derive(Clone, Debug, Default)]
pub struct Channels {
    /// The works and broadcasts, in order.
    pub pieces: Vec<Listed>,
    /// How many works the platform says there are.
    pub total_videos: Option<u64>,
    /// How many live broadcasts it says there were.
    pub total_lives: Option<u64>,
    /// The account, where it is told.
    pub account: Option<Owner>,
    /// Entries without an id or of a form not known.
    pub unread: u64,
    /// Something of the platform's was seen, be it an empty list.
    pub any: bool,
}

/// A work or broadcast.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Listed {
    /// Its names, best first.
    pub aliases: Vec<String>,
    /// What is said of it.
    pub fields: PieceFields,
}

/// The 视频号 itself, as its owner's backend shows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Owner {
    /// `v2_…@finder`.
    pub user_name: Option<String>,
    /// Its name.
    pub name: Option<String>,
    /// The id it shows (视频号 ID).
    pub alias: Option<String>,
    /// URL of its face.
    pub avatar: Option<String>,
}

/// How deep envelopes nest.
const DEPTH: u32 = 6;

/// Reads `value` into `into`. `false` where nothing of it is a 视频号's.
pub fn read(value: &Value, into: &mut Channels) -> bool {
    let before = (into.pieces.len(), into.unread, into.any);
    walk(value, into, DEPTH);
    before != (into.pieces.len(), into.unread, into.any)
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
            self.pieces.push(listed);
        }
    }
}

/// An entry of `post_list` or `download_post_data`.
fn is_post(object: Json<'_>) -> bool {
    let named = object.get("objectId").is_some() || object.get("exportId").is_some();
    named && (object.get("desc").is_some() || object.get("readCount").is_some())
}

/// A list of works or broadcasts, be it empty.
fn is_list(object: Json<'_>) -> bool {
    let works = object.get("totalCount").is_some()
        && object.get("list").is_some_and(|list| list.as_array().is_some_and(|list| list.iter().all(is_work)));
    works || object.get("totalLiveCount").is_some()
}

fn is_work(value: &Value) -> bool {
    Json::of(value).is_some_and(is_post)
}

/// The names of a work: its number, and the id that exports and the web give it.
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
    // The number first: exports may give the same work another id another day.
    aliases.sort_by_key(|alias| alias.starts_with("export:"));
    aliases
}

fn post(object: Json<'_>) -> Listed {
    let desc = object.object("desc");
    let said = match object.get("desc") {
        Some(Value::String(text)) => words(text),
        _ => desc.and_then(|desc| desc.text("description")).as_deref().and_then(words),
    };
    let mut fields = PieceFields {
        form: Some(Form::Video),
        from_owner: Some(true),
        text: said,
        published: object.time("createTime"),
        counts: counts(object),
        statistics: statistics(object, POST_STATISTICS),
        // 1 is everybody; what the other numbers mean is not known well enough to publish on.
        restricted: object.int("visibleType").filter(|kind| *kind != 1).map(|_| true),
        extra: kept(object, &["commentClose", "status", "visibleType"]),
        ..PieceFields::default()
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
    let fields = PieceFields {
        form: Some(Form::Live),
        from_owner: Some(true),
        text: object.text("description").as_deref().and_then(words),
        published: object.time("createTime"),
        duration_ms: seconds.filter(|seconds| *seconds > 0).map(|seconds| seconds.saturating_mul(1000)),
        statistics,
        extra: kept(object, &["authorReplayStatus"]),
        ..PieceFields::default()
    };
    Listed { aliases: aliases(&[object.text("liveObjectId")]), fields }
}

fn replay(object: Json<'_>) -> Listed {
    let media = object.object("media");
    let text = |key| media.and_then(|media| media.text(key));
    let cover = ["originCoverUrl", "thumbUrl"].iter().find_map(|key| text(key));
    let mut aliases = aliases(&[object.text("objectId")]);
    aliases.extend(object.text("liveId").map(|id| format!("live:{id}")));
    let fields = PieceFields {
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
        ..PieceFields::default()
    };
    Listed { aliases, fields }
}

/// The object that the web page and the PC program have: of any account, so it proves nobody's own.
fn web_object(object: Json<'_>) -> Listed {
    let contact = object.object("contact");
    let account = contact.and_then(|contact| contact.text("username"));
    let mut fields = PieceFields {
        form: Some(Form::Video),
        account: account.filter(|name| name.ends_with("@finder")),
        account_name: contact.and_then(|contact| contact.text("nickname")),
        published: object.time("createtime").or_else(|| object.time("createTime")),
        counts: object.object("countInfo").and_then(counts).or_else(|| counts(object)),
        ..PieceFields::default()
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

/// The film or the pictures of a description.
fn media(desc: Json<'_>, fields: &mut PieceFields) {
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
    fields.film = first.text("url").filter(|url| url.starts_with("http")).map(|url| FilmSource {
        url: super::json::url(&url).unwrap_or(url),
        token: first.text("urlToken"),
        // Written as a number or as text; 0 means that nothing is hidden.
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

/// Some lists write pixels as `1080.0`.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 1 and 100,000")]
fn whole(pixels: f64) -> u32 {
    pixels as u32
}

fn is_md5(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn picture(url: &str, role: MediaRole) -> Option<MediaRef> {
    let url = super::json::url(url).filter(|url| url.starts_with("http"))?;
    // A token is good for a day and no part of what the picture is.
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

/// Numbers everybody could see. The platform's `likeCount` is 推荐, its `favCount` 喜欢.
fn counts(object: Json<'_>) -> Option<PieceCounts> {
    let counts = PieceCounts {
        like: object.count("favCount"),
        recommend: object.count("likeCount"),
        comment: object.count("commentCount"),
        share: object.count("forwardCount"),
    };
    (counts != PieceCounts::default()).then_some(counts)
}

/// Numbers only the owner sees.
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

/// A text as two lists of the same work have it: no blanks, lower case. Empty for none.
pub fn comparable(text: &str) -> String {
    text.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read_all(value: &Value) -> Channels {
        let mut into = Channels::default();
        assert!(read(value, &mut into), "{value}");
        into
    }

    #[test]
    fn a_work_has_its_number_before_the_id_of_an_export() {
        let listed = read_all(&json!({"errCode": 0, "data": {"totalCount": 2, "list": [
            {"objectId": "14500000000000000001", "exportId": "export/UzA", "createTime": 1_784_872_800, "favCount": 3,
             "likeCount": 1, "readCount": 9, "desc": {"description": "海边 &amp; 风", "media": [
                {"url": "https://finder.video.qq.com/a?encfilekey=x", "urlToken": "&token=y", "decodeKey": "18446744073709551615",
                 "md5sum": "0123456789ABCDEF0123456789ABCDEF", "fileSize": "2300000", "videoPlayLen": 15, "width": 1080.0,
                 "height": 1920, "mediaType": 4, "coverUrl": "https://finder.video.qq.com/c"}]}},
            {"objectId": "export/UzB", "createTime": 1_784_872_900, "desc": "二", "readCount": 0},
        ]}}));
        assert_eq!(listed.total_videos, Some(2));
        let [first, second] = listed.pieces.as_slice() else { panic!("two") };
        assert_eq!(first.aliases, ["object:14500000000000000001", "export:UzA"]);
        assert_eq!(second.aliases, ["export:UzB"]);
        let fields = &first.fields;
        assert_eq!(fields.text.as_deref(), Some("海边 & 风"));
        assert_eq!((fields.bytes, fields.duration_ms, fields.width), (Some(2_300_000), Some(15_000), Some(1080)));
        assert_eq!(fields.md5.as_deref(), Some("0123456789abcdef0123456789abcdef"));
        let film = fields.film.as_ref().unwrap();
        assert_eq!((film.key, film.token.as_deref()), (Some(u64::MAX), Some("&token=y")));
        let counts = fields.counts.as_ref().unwrap();
        assert_eq!((counts.like, counts.recommend), (Some(3), Some(1)));
        assert_eq!(fields.statistics["readCount"], 9);
    }

    #[test]
    fn what_is_not_for_everybody_is_said() {
        let value = json!({"list": [{"objectId": "1", "desc": "甲", "visibleType": 3}, {"objectId": "2", "desc": "乙", "visibleType": 1}]});
        let restricted: Vec<_> = read_all(&value).pieces.iter().map(|piece| piece.fields.restricted).collect();
        assert_eq!(restricted, [Some(true), None]);
    }

    #[test]
    fn a_live_broadcast_and_its_replay_share_a_name() {
        let history = read_all(
            &json!({"data": {"totalLiveCount": 1, "liveObjectList": [{"liveObjectId": "77", "createTime": 5,
            "description": "直播", "maxOnlineCount": 3, "liveStats": {"liveDurationInSeconds": 60, "totalAudienceCount": 8}}]}}),
        );
        let replays = read_all(&json!({"data": {"replayObjects": [{"liveId": "9", "objectId": "77", "duration": 61,
            "replayStatus": 3, "startTime": 5, "media": {"description": "直播"}}]}}));
        assert_eq!(history.pieces[0].aliases, ["object:77"]);
        assert_eq!(replays.pieces[0].aliases, ["object:77", "live:9"]);
        assert_eq!(history.total_lives, Some(1));
        assert_eq!(history.pieces[0].fields.statistics["totalAudienceCount"], 8);
        assert_eq!(replays.pieces[0].fields.form, Some(Form::Live));
    }

    #[test]
    fn an_object_of_the_web_names_its_account_and_proves_nothing() {
        let listed = read_all(
            &json!({"data": {"object": [{"id": "123", "createtime": 7, "contact": {"username": "v2_a@finder",
            "nickname": "号"}, "objectDesc": {"description": "图", "mediaType": 2, "media": [{"url": "https://finder.video.qq.com/p",
            "urlToken": "&token=1"}]}, "countInfo": {"favCount": 2}}]}}),
        );
        let fields = &listed.pieces[0].fields;
        assert_eq!((fields.account.as_deref(), fields.from_owner), (Some("v2_a@finder"), None));
        assert_eq!((fields.form, fields.attachments.len()), (Some(Form::Picture), 1));
        assert_eq!(fields.attachments[0].urls, ["https://finder.video.qq.com/p&token=1"]);
    }

    #[test]
    fn an_empty_list_is_seen_and_other_things_are_not() {
        assert!(read_all(&json!({"errCode": 0, "data": {"list": [], "totalCount": 0}})).any);
        let mut into = Channels::default();
        assert!(!read(&json!({"list": [{"objectId": 1}], "log": {}}), &mut into));
    }
}
