//! What was published: a post is an article or a *short post*, a note (text, pictures, a voice or a video sent to the
//! followers) or a work of a 视频号 (a video, pictures, a live broadcast). All are folded, classed, counted and shown by the
//! same steps.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::article::Provenance;
use super::{Article, Class, Gap, Kind, MediaRef, MediaUse, Time};

/// A post as its record in the archive holds it.
#[derive(Clone, Debug)]
pub enum Post {
    /// An article.
    Article(Box<Article>),
    /// A note or a video.
    Short(Box<ShortPost>),
}

impl Post {
    /// Parses the record of a post of this kind.
    ///
    /// # Errors
    /// Those of `serde_json`.
    pub fn from_json(kind: Kind, json: &[u8]) -> serde_json::Result<Self> {
        Ok(match kind {
            Kind::Article => Self::Article(serde_json::from_slice(json)?),
            _ => Self::Short(serde_json::from_slice(json)?),
        })
    }

    /// Returns the media it uses.
    pub fn into_media(self) -> Vec<MediaUse> {
        match self {
            Self::Article(article) => article.media,
            Self::Short(short) => short.media,
        }
    }
}

/// What a post is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Form {
    /// Of a kind not known.
    #[default]
    Other,
    /// Text with pictures.
    Article,
    /// A broadcast while it happened, or its replay.
    Live,
    /// One or more pictures.
    Picture,
    /// Another account's article.
    Reshare,
    /// Words alone.
    Text,
    /// A video.
    Video,
    /// A recording.
    Voice,
}

impl Form {
    /// As tables and pages name it.
    pub fn code(self) -> &'static str {
        match self {
            Self::Other => "other",
            Self::Article => "article",
            Self::Live => "live",
            Self::Picture => "picture",
            Self::Reshare => "reshare",
            Self::Text => "text",
            Self::Video => "video",
            Self::Voice => "voice",
        }
    }

    /// The inverse of [`Form::code`].
    pub fn from_code(code: &str) -> Option<Self> {
        use Form::{Article, Live, Other, Picture, Reshare, Text, Video, Voice};
        [Other, Article, Live, Picture, Reshare, Text, Video, Voice].into_iter().find(|form| form.code() == code)
    }

    /// Returns the form of an article with this [`super::ArticleFields::item_show_type`].
    pub fn of_article(item_show_type: Option<i64>) -> Self {
        match item_show_type {
            Some(5 | 16) => Self::Video,
            Some(6 | 7) => Self::Voice,
            Some(8) => Self::Picture,
            Some(10 | 17) => Self::Text,
            Some(11) => Self::Reshare,
            _ => Self::Article,
        }
    }
}

/// The fields of [`super::Kind::Note`] and [`super::Kind::Video`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ShortPostFields {
    /// What it is.
    pub form: Option<Form>,
    /// Whose it is: the `__biz` of a 公众号, the `v2_…@finder` of a 视频号.
    pub account: Option<String>,
    /// The account's name as printed.
    pub account_name: Option<String>,
    /// `gh_…` of a 公众号.
    pub account_user_name: Option<String>,
    /// Given out by the backend to the owner: then it is the owner's whatever account it names.
    pub from_owner: Option<bool>,
    /// Its title, where it has one beside its text.
    pub title: Option<String>,
    /// A note's words, a video's description.
    pub text: Option<String>,
    /// When it was published; of a live broadcast, when it began.
    pub published: Option<Time>,
    /// The day it was published, from lists that tell no more: `2026-07-24`. `published` goes before it.
    pub day: Option<String>,
    /// Its cover.
    pub cover: Option<MediaRef>,
    /// Its pictures, voice or video, in order. The video of a 视频号 stands in `video` and the fields after it.
    pub attachments: Vec<MediaRef>,
    /// Where its video may be fetched. Only for the catalog: addresses with tokens stay out of the archive's records.
    #[serde(rename = "film")]
    pub video: Option<VideoSource>,
    /// MD5 of the video as the platform declares it, lower-case hex.
    pub md5: Option<String>,
    /// Bytes of the video as declared.
    pub bytes: Option<u64>,
    /// How long it runs, in milliseconds, as declared; lists often give whole seconds.
    pub duration_ms: Option<u64>,
    /// Pixels as declared.
    pub width: Option<u32>,
    /// Pixels as declared.
    pub height: Option<u32>,
    /// Numbers everybody could see beside it.
    pub counts: Option<ShortPostCounts>,
    /// Numbers only its owner could see, under the platform's names: never in the public part.
    pub statistics: Map<String, Value>,
    /// Deleted by its author, as a list says.
    pub deleted: Option<bool>,
    /// Taken back by the platform, as a list says.
    pub blocked: Option<bool>,
    /// Not shown to everybody (`visibleType`): kept private.
    pub restricted: Option<bool>,
    /// `replayStatus` of a live broadcast: 1 may be made, 2 is being made, 3 is there.
    pub replay_status: Option<i64>,
    /// What else was given and may matter one day.
    pub extra: Map<String, Value>,
}

/// Where the video of a 视频号 work may be had, and what opens it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct VideoSource {
    /// Address without its token.
    pub url: String,
    /// What is appended to it; good for a limited time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// `decodeKey`: seeds the stream its first bytes are encrypted with; none for a plain file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<u64>,
}

/// Public counts of a short post.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ShortPostCounts {
    /// 喜欢 (`favCount`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub like: Option<u64>,
    /// 推荐 (`likeCount`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recommend: Option<u64>,
    /// 评论.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<u64>,
    /// 分享.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub share: Option<u64>,
}

/// Version of a note's record.
pub const NOTE_SCHEMA: &str = "liudi/note/v1";
/// Version of a video's record.
pub const VIDEO_SCHEMA: &str = "liudi/video/v1";

/// A note or a video as its record in the archive holds it. Schema: `short-post.schema.json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ShortPost {
    /// [`NOTE_SCHEMA`] or [`VIDEO_SCHEMA`].
    pub schema: String,
    /// Its canonical id: `note:…`, `object:…`, `live:…`, `export:…`.
    pub id: String,
    /// Every other name it is known by, sorted.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// Public or private.
    pub class: Class,
    /// The merged fields.
    #[serde(flatten)]
    pub fields: ShortPostFields,
    /// Whether its content is held.
    pub held: bool,
    /// How its video was found among the files that were given: `md5`, `size_duration`, `name`, `fetched`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub matched_by: Option<String>,
    /// Every medium it uses.
    #[serde(default)]
    pub media: Vec<MediaUse>,
    /// What is missing of it.
    #[serde(default)]
    pub gaps: Vec<Gap>,
    /// Where the fields come from.
    pub provenance: Provenance,
}
