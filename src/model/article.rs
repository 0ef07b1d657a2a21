//! An article: what evidence says of it ([`ArticleFields`]), and as it stands in the archive ([`Article`]).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::body::{Census, Link, Widget};
use super::{Class, Gap, MediaRef, MediaUse, Rank, Sha256, Time};

/// The fields of [`super::Kind::Article`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ArticleFields {
    /// `__biz` of the account.
    pub biz: Option<String>,
    /// `mid` (= `appmsgid`), decimal string.
    pub mid: Option<String>,
    /// `idx` (= `itemidx`), from "1".
    pub idx: Option<String>,
    /// `sn`.
    pub sn: Option<String>,
    /// The best URL, without secrets.
    pub url: Option<String>,
    /// Title. For text posts without one: none (the text is the body).
    pub title: Option<String>,
    /// 摘要.
    pub summary: Option<String>,
    /// 作者 as printed.
    pub author: Option<String>,
    /// Name of the account as printed on this article.
    pub account_name: Option<String>,
    /// `gh_…` of the account.
    pub account_user_name: Option<String>,
    /// When it was sent out.
    pub published: Option<Time>,
    /// When it was last changed, if it was.
    pub modified: Option<Time>,
    /// `item_show_type` (`real_item_show_type` first): 0 article, 5 video, 6/7 audio, 8 pictures, 10 text, 11 repost, 16, 17.
    pub item_show_type: Option<i64>,
    /// 9 群发, 10002 发布.
    pub publish_type: Option<i64>,
    /// Marked 原创.
    pub original: Option<bool>,
    /// `copyright_stat` as given by this evidence.
    pub copyright_stat: Option<i64>,
    /// Whose it is, for a reshare.
    pub reshare: Option<Reshare>,
    /// 阅读原文.
    pub source_url: Option<String>,
    /// Cover, best rendition first by the fold.
    pub cover: Option<MediaRef>,
    /// 发表于 (ip_wording): country and province as printed.
    pub place: Option<String>,
    /// Albums it is in.
    pub albums: Vec<AlbumRef>,
    /// Topics and tags.
    pub tags: Vec<String>,
    /// Counts shown on the page or in a list.
    pub counts: Option<Counts>,
    /// Pictures of a picture article (type 8), in order.
    pub pictures: Vec<MediaRef>,
    /// Media beside body and pictures (videos, voices of share pages).
    pub attachments: Vec<MediaRef>,
    /// `comment_id`, decimal string beyond 2^53.
    pub comment_id: Option<String>,
    /// 声明 (创作来源).
    pub claim: Option<String>,
    /// Behind a paywall, and how much of it everybody may read.
    pub paid: Option<Paid>,
    /// `zh_CN` as given.
    pub language: Option<String>,
    /// Deleted by the author, as a list says.
    pub deleted: Option<bool>,
    /// Name of the evidence's title as `is_title_modified` or `modify_detail` tell it.
    pub title_modified: Option<bool>,
    /// What else was given and may matter one day.
    pub extra: Map<String, Value>,
}

/// An album as an article names it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AlbumRef {
    /// Decimal string.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Its public page.
    pub url: Option<String>,
}

/// Counts. Each is what this evidence shows, never an estimate; "100000+" is `capped`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Counts {
    /// 阅读.
    pub read: Option<u64>,
    /// 点赞: the platform's `old_like_num`.
    pub like: Option<u64>,
    /// 在看: the platform's `like_num`.
    pub looking: Option<u64>,
    /// 分享.
    pub share: Option<u64>,
    /// 留言.
    pub comment: Option<u64>,
    /// 收藏.
    pub collect: Option<u64>,
    /// 精选留言: comments that the author chose to show.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shown_comments: Option<u64>,
    /// `read` was shown as "100000+".
    pub capped: bool,
    /// When the latest of them were given out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub as_of: Option<Time>,
}

/// A paywall.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Paid {
    /// Percent that everybody may read.
    pub preview_percent: Option<u64>,
    /// Price in fen.
    pub price_fen: Option<i64>,
    /// Whether the evidence holds only the free part.
    pub preview_only: bool,
}

/// Where a reshared article comes from. The owner's words are the body; the third party's text is not.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Reshare {
    /// The other account's name.
    pub account_name: Option<String>,
    /// Its `__biz`.
    pub biz: Option<String>,
    /// The original article.
    pub url: Option<String>,
    /// The original's title.
    pub title: Option<String>,
    /// The owner's words (`guide_words`).
    pub guide_words: Option<String>,
    /// The body shown is the third party's own text (style 1), not only a card.
    pub inline: bool,
}

/// Version of `article.json`.
pub const ARTICLE_SCHEMA: &str = "liudi/article/v1";

/// An article as `article.json` holds it. Schema: `article.schema.json` v1.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Article {
    /// [`ARTICLE_SCHEMA`].
    pub schema: String,
    /// `<__biz>_<mid>_<idx>`, `short:<id>` or `sha256:<16 hex>`.
    pub id: String,
    /// Every other name it is known by, sorted.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// Public or private.
    pub class: Class,
    /// The merged fields.
    #[serde(flatten)]
    pub fields: ArticleFields,
    /// Whether a body is held (`content.html` stands beside this file).
    pub body: bool,
    /// Visible characters of the body.
    #[serde(default)]
    pub text_chars: u64,
    /// Every medium it uses.
    #[serde(default)]
    pub media: Vec<MediaUse>,
    /// Links out of the body.
    #[serde(default)]
    pub links: Vec<Link>,
    /// What became of the elements and widgets of the body, by kind.
    #[serde(default)]
    pub census: BTreeMap<String, Census>,
    /// What the platform's own elements of the body carried besides what is shown.
    #[serde(default)]
    pub widgets: Vec<Widget>,
    /// Its versions before the last change that are held, oldest first.
    #[serde(default)]
    pub versions: Vec<VersionRef>,
    /// What is missing of it.
    #[serde(default)]
    pub gaps: Vec<Gap>,
    /// Where the fields come from.
    pub provenance: Provenance,
}

/// An older version of an article: a record and a body of its own in `versions/<number>/` below the article's folder.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct VersionRef {
    /// Its number, from 1 for the oldest that is held.
    pub number: u32,
    /// Its title.
    pub title: Option<String>,
    /// When the platform last gave it out, of the copies held.
    pub seen: Option<Time>,
    /// When its author had last changed it, as the platform says.
    pub modified: Option<Time>,
    /// Visible characters of its body.
    pub text_chars: u64,
}

/// Which evidence said what.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Provenance {
    /// The evidence this record was folded from, best first.
    pub sources: Vec<ProvenanceSource>,
    /// For each field the index into `sources`.
    pub fields: BTreeMap<String, usize>,
}

/// One piece of evidence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProvenanceSource {
    /// Digest of the kept evidence.
    pub evidence: Sha256,
    /// The importer or collector that read it.
    pub source: String,
    /// Its rank in the order of truth.
    pub rank: Rank,
    /// When the platform gave it out, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub as_of: Option<Time>,
}
