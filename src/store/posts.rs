//! Stores the posts (articles, notes and videos) as of the last fold. The commit writes them; tables, gaps, the crawler
//! and the summary read them.

use rusqlite::{Connection, Row, params};

use super::batch::{execute, to_json};
use super::catalog::{Catalog, failed};
use super::read::decode;
use crate::error::Result;
use crate::model::post::VideoSource;
use crate::model::{Class, Form, Gap, Kind, MediaKey, MediaRef, Time, layout};

/// Key of `meta` that is present while notes and videos must be folded again.
const STALE: &str = "short_posts_stale";

/// One row of the `post` table.
#[derive(Clone, Debug, PartialEq)]
pub struct PostRow {
    /// Id of the entity.
    pub entity: i64,
    /// [`Kind::Article`], [`Kind::Note`] or [`Kind::Video`].
    pub kind: Kind,
    /// Canonical id.
    pub id: String,
    /// Folder of a held article inside `articles/`, or record of a note or a video inside the bag's `data/`.
    pub place: Option<String>,
    /// Public or private.
    pub class: Class,
    /// Whether it belongs to the archive's own account.
    pub own: bool,
    /// Whether its content is held.
    pub held: bool,
    /// Whether a list names it.
    pub listed: bool,
    /// Form of the post.
    pub form: Form,
    /// Title; the beginning of the text for a note or a video without one.
    pub title: Option<String>,
    /// Time of publication.
    pub published: Option<Time>,
    /// URL of the post.
    pub url: Option<String>,
    /// Account of the post: `__biz` of a 公众号, `v2_…@finder` of a 视频号.
    pub account: Option<String>,
    /// `item_show_type` of an article.
    pub item_show_type: Option<i64>,
    /// Sources of its video, while it is wanted.
    pub video: Option<WantedVideo>,
    /// Missing content.
    pub gap: Option<Gap>,
}

/// A video that is listed but not held.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct WantedVideo {
    /// Media key.
    pub key: MediaKey,
    /// Sources to fetch it from, best first.
    pub sources: Vec<VideoSource>,
    /// MD5s the lists declare.
    pub md5: Vec<String>,
    /// Sizes the lists declare.
    pub bytes: Vec<u64>,
}

pub(super) fn set_stale(connection: &Connection) -> Result<()> {
    execute(connection, "INSERT INTO meta VALUES (?1, '1') ON CONFLICT DO NOTHING", [STALE]).map(drop)
}

impl Catalog {
    /// Returns the place of a post, once it has one.
    pub fn post_place(&self, entity: i64) -> Result<Option<String>> {
        Ok(self.one::<Option<String>>("SELECT place FROM post WHERE entity = ?1", [entity])?.flatten())
    }

    /// Writes the fold of one post with the media it uses, each with the class of its use.
    pub fn put_post(&self, row: &PostRow, media: &[(&MediaRef, Class)]) -> Result<()> {
        let sql = "INSERT OR REPLACE INTO post
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)";
        let row_of = params![
            row.entity,
            row.kind.code(),
            row.id,
            row.place,
            layout::bag_name(row.class),
            row.own,
            row.held,
            row.listed,
            row.form.code(),
            row.title,
            row.published.map(Time::unix),
            row.url,
            row.account,
            row.item_show_type,
            row.video.as_ref().map(to_json).transpose()?,
            row.gap.as_ref().map(to_json).transpose()?
        ];
        execute(self.connection(), sql, row_of)?;
        self.put_uses(row.entity, media)
    }

    /// Deletes the rows of all notes and videos before they are written again.
    pub fn clear_short_posts(&self) -> Result<()> {
        let short_posts = "SELECT entity FROM post WHERE kind <> 'article'";
        execute(self.connection(), &format!("DELETE FROM media_use WHERE entity IN ({short_posts})"), [])?;
        execute(self.connection(), "DELETE FROM post WHERE kind <> 'article'", []).map(drop)
    }

    /// Reports whether this is a note or a video.
    pub fn is_short_post(&self, entity: i64) -> Result<bool> {
        let sql = "SELECT 1 FROM post WHERE entity = ?1 AND kind <> 'article'";
        Ok(self.one::<i64>(sql, [entity])?.is_some())
    }

    /// Returns the canonical id of a post.
    pub fn post_id(&self, entity: i64) -> Result<Option<String>> {
        self.one("SELECT id FROM post WHERE entity = ?1", [entity])
    }

    /// Visits the articles, then the notes, then the videos, each ordered by publication time and id.
    pub fn each_post(&self, mut visit: impl FnMut(PostRow) -> Result<()>) -> Result<()> {
        let sql = "SELECT entity, kind, id, place, class, own, held, listed, form, title, published, url, account,
                          item_show_type, video, gap
                   FROM post ORDER BY kind, published IS NULL, published, id";
        let mut statement = self.connection().prepare_cached(sql).map_err(failed("read posts"))?;
        let mut rows = statement.query([]).map_err(failed("read posts"))?;
        while let Some(row) = rows.next().map_err(failed("read posts"))? {
            let (post, [video, gap]) = post_at(row).map_err(failed("read posts"))?;
            let video = video.as_deref().map(decode).transpose()?;
            let gap = gap.as_deref().map(decode).transpose()?;
            visit(PostRow { video, gap, ..post })?;
        }
        Ok(())
    }

    /// Reports whether any of these articles is public.
    pub fn any_public(&self, ids: &[String]) -> Result<bool> {
        for id in ids {
            let sql = "SELECT 1 FROM post WHERE kind = 'article' AND id = ?1 AND class = 'public'";
            if self.one::<i64>(sql, [id])?.is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Counts the archive's own articles that are held privately and whose text is another account's.
    pub fn reshared_privately(&self) -> Result<u64> {
        let sql = "SELECT count(*) FROM post a WHERE a.kind = 'article' AND a.own AND a.held AND a.class = ?1 AND EXISTS
                   (SELECT 1 FROM observation o WHERE o.entity = a.entity AND json_extract(o.fields, '$.reshare') IS NOT NULL)";
        let count: Option<i64> = self.one(sql, [layout::bag_name(Class::Private)])?;
        Ok(count.unwrap_or_default().cast_unsigned())
    }

    /// Reports whether an article has this folder, however a file system may spell it.
    pub fn folder_is_taken(&self, folder: &str) -> Result<bool> {
        // Folder names are NFC and carry the article's ids; only the case may still differ.
        Ok(self.one::<i64>("SELECT 1 FROM post WHERE lower(place) = lower(?1) LIMIT 1", [folder])?.is_some())
    }

    /// Marks an entity as needing to be folded again.
    pub fn touch(&self, entity: i64) -> Result<()> {
        execute(self.connection(), "UPDATE entity SET dirty = 1 WHERE id = ?1", [entity]).map(drop)
    }

    /// Marks all entities of a kind as needing to be folded again.
    pub fn touch_all(&self, kind: Kind) -> Result<()> {
        execute(self.connection(), "UPDATE entity SET dirty = 1 WHERE kind = ?1 AND dirty = 0", [kind.code()]).map(drop)
    }

    /// Marks an entity as folded.
    pub fn set_folded(&self, entity: i64) -> Result<()> {
        execute(self.connection(), "UPDATE entity SET dirty = 0 WHERE id = ?1", [entity]).map(drop)
    }

    /// Reports whether notes and videos must be folded again. `whose` encodes what determines their owners.
    pub fn are_short_posts_stale(&self, whose: &str) -> Result<bool> {
        let dirty = "SELECT 1 FROM entity WHERE dirty = 1 AND kind IN ('note', 'video') LIMIT 1";
        Ok(self.meta(STALE)?.is_some()
            || self.one::<i64>(dirty, [])?.is_some()
            || self.meta("short_posts_own")?.is_some_and(|known| known != whose))
    }

    /// Marks notes and videos as folded.
    pub fn set_short_posts_folded(&self, whose: &str) -> Result<()> {
        let connection = self.connection();
        execute(connection, "DELETE FROM meta WHERE key = ?1", [STALE])?;
        execute(connection, "UPDATE entity SET dirty = 0 WHERE dirty = 1 AND kind IN ('note', 'video')", [])?;
        self.set_meta("short_posts_own", whose)
    }

    /// Marks notes and videos as needing to be folded again, after a change that affects them.
    pub fn touch_short_posts(&self) -> Result<()> {
        set_stale(self.connection())
    }
}

fn post_at(row: &Row<'_>) -> rusqlite::Result<(PostRow, [Option<String>; 2])> {
    let post = PostRow {
        entity: row.get(0)?,
        kind: Kind::from_code(&row.get::<_, String>(1)?).unwrap_or(Kind::Article),
        id: row.get(2)?,
        place: row.get(3)?,
        class: class_of(&row.get::<_, String>(4)?),
        own: row.get(5)?,
        held: row.get(6)?,
        listed: row.get(7)?,
        form: Form::from_code(&row.get::<_, String>(8)?).unwrap_or_default(),
        title: row.get(9)?,
        published: row.get::<_, Option<i64>>(10)?.and_then(Time::from_unix),
        url: row.get(11)?,
        account: row.get(12)?,
        item_show_type: row.get(13)?,
        video: None,
        gap: None,
    };
    Ok((post, [row.get(14)?, row.get(15)?]))
}

/// Returns the class whose bag has this name.
pub(super) fn class_of(bag: &str) -> Class {
    if bag == layout::bag_name(Class::Public) { Class::Public } else { Class::Private }
}
