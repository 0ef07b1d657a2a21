//! The articles as of the last fold, their media, and what stands in the bags: written by the commit, read by tables,
//! gaps, the crawler and the summary.

use rusqlite::params;

use super::batch::execute;
use super::catalog::{Catalog, failed};
use super::read::{Held, digest_at, held_at};
use crate::error::{Error, Result};
use crate::model::{Class, Gap, MediaKey, MediaRef, MediaRole, Sha256, Time, layout};

/// One row of the `article` table.
#[derive(Clone, Debug, PartialEq)]
pub struct ArticleRow {
    /// The thing.
    pub entity: i64,
    /// Canonical id.
    pub id: String,
    /// Folder inside `articles/`, for one that is held.
    pub folder: Option<String>,
    /// Its class.
    pub class: Class,
    /// The archive's own account's.
    pub own: bool,
    /// Content held.
    pub held: bool,
    /// Some list names it.
    pub listed: bool,
    /// Title.
    pub title: Option<String>,
    /// When it was published.
    pub published: Option<Time>,
    /// Its URL.
    pub url: Option<String>,
    /// `__biz`.
    pub account: Option<String>,
    /// `item_show_type`.
    pub item_show_type: Option<i64>,
    /// What is missing.
    pub gap: Option<Gap>,
}

/// A medium that articles use and nothing holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WantedMedia {
    /// Which.
    pub key: MediaKey,
    /// What for.
    pub role: MediaRole,
    /// Where it may be had, best first.
    pub urls: Vec<String>,
    /// Id of the first article that uses it.
    pub of: String,
    /// That article's title.
    pub title: Option<String>,
    /// The best class of what uses it.
    pub class: Class,
    /// An article of the own account, or of nobody known, uses it.
    pub own: bool,
    /// Something that is held itself uses it: then it is missing.
    pub missed: bool,
    /// Width and height as declared.
    pub declared: Option<(u32, u32)>,
    /// Bytes as declared.
    pub bytes: Option<u64>,
}

/// A run that added something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunRow {
    /// Number.
    pub id: i64,
    /// The run's clock.
    pub clock: Option<Time>,
    /// Pieces of evidence it added.
    pub evidence: i64,
    /// Media files it added.
    pub media: i64,
}

fn class_of(code: &str) -> Class {
    if code == layout::bag_name(Class::Public) { Class::Public } else { Class::Private }
}

impl Catalog {
    /// The folder of an article, once it has one.
    pub fn article_folder(&self, entity: i64) -> Result<Option<String>> {
        Ok(self.one::<Option<String>>("SELECT folder FROM article WHERE entity = ?1", [entity])?.flatten())
    }

    /// Writes the fold of one article with the media it uses, each with the class of its use, and forgets that it was dirty.
    pub fn put_article(&self, row: &ArticleRow, media: &[(&MediaRef, Class)]) -> Result<()> {
        let encode = |error| Error::other("catalog-encode-failed").because(error);
        let gap = row.gap.as_ref().map(serde_json::to_string).transpose().map_err(encode)?;
        let class = layout::bag_name(row.class);
        let connection = self.connection();
        execute(
            connection,
            "INSERT OR REPLACE INTO article VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
            params![
                row.entity,
                row.id,
                row.folder,
                class,
                row.own,
                row.held,
                row.listed,
                row.title,
                row.published.map(Time::unix),
                row.url,
                row.account,
                row.item_show_type,
                gap
            ],
        )?;
        self.put_classed_uses(row.entity, media)?;
        execute(connection, "UPDATE entity SET dirty = 0 WHERE id = ?1", [row.entity]).map(drop)
    }

    /// Writes which media a thing uses.
    pub fn put_uses(&self, entity: i64, class: Class, media: &[&MediaRef]) -> Result<()> {
        let media: Vec<(&MediaRef, Class)> = media.iter().map(|medium| (*medium, class)).collect();
        self.put_classed_uses(entity, &media)
    }

    fn put_classed_uses(&self, entity: i64, media: &[(&MediaRef, Class)]) -> Result<()> {
        let encode = |error| Error::other("catalog-encode-failed").because(error);
        execute(self.connection(), "DELETE FROM media_use WHERE entity = ?1", [entity])?;
        for (one, class) in media {
            let urls = serde_json::to_string(&one.urls).map_err(encode)?;
            let role = serde_json::to_string(&one.role).map_err(encode)?;
            let sql = "INSERT OR REPLACE INTO media_use VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
            let class = layout::bag_name(*class);
            let bytes = one.bytes.map(u64::cast_signed);
            let row = params![entity, one.key.as_str(), role, urls, class, one.width, one.height, bytes];
            execute(self.connection(), sql, row)?;
        }
        Ok(())
    }

    /// The canonical id of an article.
    pub fn article_id(&self, entity: i64) -> Result<Option<String>> {
        self.one("SELECT id FROM article WHERE entity = ?1", [entity])
    }

    /// Whether any of these articles is public.
    pub fn any_public(&self, ids: &[String]) -> Result<bool> {
        for id in ids {
            let sql = "SELECT 1 FROM article WHERE id = ?1 AND class = 'public'";
            if self.one::<i64>(sql, [id])?.is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The runs that added something, in order.
    pub fn runs(&self) -> Result<Vec<RunRow>> {
        self.connection()
            .prepare_cached(
                "SELECT id, clock, coalesce(evidence, (SELECT count(*) FROM evidence WHERE run = r.id)),
                        coalesce(media, (SELECT count(*) FROM blob WHERE run = r.id)) FROM run r ORDER BY id",
            )
            .and_then(|mut statement| {
                statement
                    .query_map([], |row| {
                        Ok(RunRow {
                            id: row.get(0)?,
                            clock: Time::from_unix(row.get(1)?),
                            evidence: row.get(2)?,
                            media: row.get(3)?,
                        })
                    })?
                    .filter(|row| row.as_ref().map_or(true, |row| row.evidence + row.media > 0))
                    .collect()
            })
            .map_err(failed("read runs"))
    }

    /// Counts the own articles that are held in the private part and whose text is another account's.
    pub fn reshared_privately(&self) -> Result<u64> {
        let sql = "SELECT count(*) FROM article a WHERE a.own AND a.held AND a.class = ?1 AND EXISTS
                   (SELECT 1 FROM observation o WHERE o.entity = a.entity AND json_extract(o.fields, '$.reshare') IS NOT NULL)";
        let count: Option<i64> = self.one(sql, [layout::bag_name(Class::Private)])?;
        Ok(count.unwrap_or_default().cast_unsigned())
    }

    /// Walks the articles in the order of publication, then id.
    pub fn each_article(&self, mut visit: impl FnMut(ArticleRow) -> Result<()>) -> Result<()> {
        let mut statement = self
            .connection()
            .prepare_cached(
                "SELECT entity, id, folder, class, own, held, listed, title, published, url, account, item_show_type, gap
                 FROM article ORDER BY published IS NULL, published, id",
            )
            .map_err(failed("read articles"))?;
        let mut rows = statement.query([]).map_err(failed("read articles"))?;
        while let Some(row) = rows.next().map_err(failed("read articles"))? {
            let read = || -> rusqlite::Result<(ArticleRow, Option<String>)> {
                let article = ArticleRow {
                    entity: row.get(0)?,
                    id: row.get(1)?,
                    folder: row.get(2)?,
                    class: class_of(&row.get::<_, String>(3)?),
                    own: row.get(4)?,
                    held: row.get(5)?,
                    listed: row.get(6)?,
                    title: row.get(7)?,
                    published: row.get::<_, Option<i64>>(8)?.and_then(Time::from_unix),
                    url: row.get(9)?,
                    account: row.get(10)?,
                    item_show_type: row.get(11)?,
                    gap: None,
                };
                Ok((article, row.get(12)?))
            };
            let (article, gap) = read().map_err(failed("read articles"))?;
            let gap = gap
                .map(|json| serde_json::from_str(&json))
                .transpose()
                .map_err(|error| Error::other("catalog-decode-failed").because(error))?;
            visit(ArticleRow { gap, ..article })?;
        }
        Ok(())
    }

    /// Media that articles use and nothing holds, in the order of their keys.
    pub fn wanted_media(&self) -> Result<Vec<WantedMedia>> {
        type Raw = (String, String, String, WantedMedia);
        let raw: Vec<Raw> = self
            .connection()
            .prepare_cached(
                "SELECT key, role, urls, id, best, own, width, height, bytes, title, missed FROM (
                     SELECT u.key, u.role, u.urls, coalesce(a.id, p.id, '') AS id, coalesce(a.title, p.title) AS title,
                            u.width, u.height, u.bytes, max(u.class) OVER same AS best,
                            max(CASE WHEN a.entity IS NOT NULL THEN a.own OR a.account IS NULL
                                     WHEN p.entity IS NOT NULL THEN p.own OR p.account IS NULL ELSE 1 END) OVER same AS own,
                            max(coalesce(p.held, 1)) OVER same AS missed,
                            row_number() OVER (PARTITION BY u.key ORDER BY coalesce(a.id, p.id), u.role) AS place
                     FROM media_use u LEFT JOIN article a ON a.entity = u.entity LEFT JOIN piece p ON p.entity = u.entity
                     WHERE coalesce(a.held, 1) = 1 AND NOT EXISTS (SELECT 1 FROM media_held h WHERE h.key = u.key)
                     WINDOW same AS (PARTITION BY u.key)
                 ) WHERE place = 1 ORDER BY key",
            )
            .and_then(|mut statement| {
                statement
                    .query_map([], |row| {
                        let size: (Option<u32>, Option<u32>) = (row.get(6)?, row.get(7)?);
                        let wanted = WantedMedia {
                            key: MediaKey::of_url(""),
                            role: MediaRole::Image,
                            urls: Vec::new(),
                            of: row.get(3)?,
                            title: row.get(9)?,
                            class: class_of(&row.get::<_, String>(4)?),
                            own: row.get(5)?,
                            missed: row.get(10)?,
                            declared: size.0.zip(size.1),
                            bytes: row.get::<_, Option<i64>>(8)?.map(i64::cast_unsigned),
                        };
                        Ok((row.get(0)?, row.get(1)?, row.get(2)?, wanted))
                    })?
                    .collect()
            })
            .map_err(failed("read media"))?;
        let decode = |error| Error::other("catalog-decode-failed").because(error);
        raw.into_iter()
            .filter_map(|(key, role, urls, wanted)| Some((MediaKey::from_text(&key)?, role, urls, wanted)))
            .map(|(key, role, urls, wanted)| {
                let role = serde_json::from_str(&role).map_err(decode)?;
                let urls = serde_json::from_str(&urls).map_err(decode)?;
                Ok(WantedMedia { key, role, urls, ..wanted })
            })
            .collect()
    }

    /// A file that turned out not to be the medium it was taken for.
    pub fn retract_media(&self, key: &MediaKey, digest: &Sha256) -> Result<()> {
        let connection = self.connection();
        let digest = digest.as_bytes();
        execute(connection, "DELETE FROM media_held WHERE key = ?1 AND digest = ?2", params![key.as_str(), digest])?;
        execute(
            connection,
            "DELETE FROM blob WHERE digest = ?1 AND NOT EXISTS (SELECT 1 FROM media_held h WHERE h.digest = ?1)",
            params![digest],
        )?;
        execute(
            connection,
            "UPDATE entity SET dirty = 1 WHERE id IN (SELECT entity FROM media_use WHERE key = ?1)",
            [key.as_str()],
        )
        .map(drop)
    }

    /// Whether anything public uses this medium.
    pub fn is_used_publicly(&self, key: &MediaKey) -> Result<bool> {
        let sql = "SELECT 1 FROM media_use WHERE key = ?1 AND class = 'public' LIMIT 1";
        Ok(self.one::<i64>(sql, [key.as_str()])?.is_some())
    }

    /// Marks an article as to be folded again.
    pub fn touch(&self, entity: i64) -> Result<()> {
        execute(self.connection(), "UPDATE entity SET dirty = 1 WHERE id = ?1", [entity]).map(drop)
    }

    /// Marks everything of a kind to be folded again.
    pub fn touch_all(&self, kind: crate::model::Kind) -> Result<()> {
        execute(self.connection(), "UPDATE entity SET dirty = 1 WHERE kind = ?1 AND dirty = 0", [kind.code()]).map(drop)
    }

    /// Private articles that use this medium.
    pub fn private_users(&self, key: &MediaKey) -> Result<Vec<i64>> {
        self.column("SELECT DISTINCT entity FROM media_use WHERE key = ?1 AND class = 'private'", [key.as_str()])
    }

    /// Whether an article has this folder, however a file system may spell it.
    pub fn folder_is_taken(&self, folder: &str) -> Result<bool> {
        // Folder names are NFC and carry the article's ids; only the case may still differ.
        Ok(self.one::<i64>("SELECT 1 FROM article WHERE lower(folder) = lower(?1) LIMIT 1", [folder])?.is_some())
    }

    /// Where evidence stands in the private bag, each place once, with the digest of (the first of) what is there.
    pub fn evidence_places(&self) -> Result<Vec<(String, Sha256)>> {
        self.connection()
            .prepare_cached("SELECT place, min(digest) FROM evidence GROUP BY place ORDER BY place")
            .and_then(|mut statement| statement.query_map([], |row| Ok((row.get(0)?, digest_at(row, 1)?)))?.collect())
            .map_err(failed("read evidence"))
    }

    /// The digest of a payload file as the manifest says; `path` inside the bag's `data/`.
    pub fn payload(&self, bag: Class, path: &str) -> Result<Option<Sha256>> {
        let bytes: Option<Vec<u8>> =
            self.one("SELECT digest FROM payload WHERE bag = ?1 AND path = ?2", params![layout::bag_name(bag), path])?;
        Ok(bytes.and_then(|bytes| Sha256::from_slice(&bytes)))
    }

    /// Every payload path of a bag that begins with `prefix`, sorted.
    pub fn payload_under(&self, bag: Class, prefix: &str) -> Result<Vec<String>> {
        self.column(
            "SELECT path FROM payload WHERE bag = ?1 AND path >= ?2 AND path < ?2 || char(1114111) ORDER BY path",
            params![layout::bag_name(bag), prefix],
        )
    }

    /// Walks the media files held, in the order of digests. `visit` may write to the catalog.
    pub fn each_blob(&self, mut visit: impl FnMut(Sha256, Held) -> Result<()>) -> Result<()> {
        /// Held in memory at a time.
        const PART: i64 = 1000;
        let sql =
            "SELECT digest, bytes, extension, mime, width, height FROM blob WHERE digest > ?1 ORDER BY digest LIMIT ?2";
        let mut last: Vec<u8> = Vec::new();
        loop {
            let part: Vec<Held> = self
                .connection()
                .prepare_cached(sql)
                .and_then(|mut statement| statement.query_map(params![last, PART], held_at)?.collect())
                .map_err(failed("read media"))?;
            let Some(end) = part.last() else { return Ok(()) };
            last = end.digest.as_bytes().to_vec();
            part.into_iter().try_for_each(|held| visit(held.digest, held))?;
        }
    }

    /// Keys of the media that a file is.
    pub fn keys_of(&self, digest: &Sha256) -> Result<Vec<MediaKey>> {
        let keys: Vec<String> =
            self.column("SELECT DISTINCT key FROM media_held WHERE digest = ?1 ORDER BY key", [digest.as_bytes()])?;
        Ok(keys.iter().filter_map(|key| MediaKey::from_text(key)).collect())
    }

    /// Records what a commit put into (`Some`) and took out of (`None`) the bags.
    pub fn set_payload(&self, bag: Class, path: &str, digest: Option<&Sha256>) -> Result<()> {
        let bag = layout::bag_name(bag);
        match digest {
            Some(digest) => execute(
                self.connection(),
                "INSERT OR REPLACE INTO payload VALUES (?1, ?2, ?3)",
                params![bag, path, digest.as_bytes()],
            ),
            None => execute(self.connection(), "DELETE FROM payload WHERE bag = ?1 AND path = ?2", params![bag, path]),
        }
        .map(drop)
    }
}
