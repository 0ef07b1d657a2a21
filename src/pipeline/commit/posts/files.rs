//! Renders the files of a post: `article.json` and `content.html` of each version of an article, one record for a note
//! or a video, each with the media it uses.

use std::collections::HashSet;

use serde::Serialize;
use serde_json::Value;

use super::PostFile;
use super::article::{ArticleContent, ArticleVersion, FoldedArticle};
use super::fold::{FoldedShortPost, ShortPostContent};
use crate::archive;
use crate::error::{Error, Result};
use crate::html;
use crate::model::article::{ARTICLE_SCHEMA, VersionRef};
use crate::model::post::{NOTE_SCHEMA, VIDEO_SCHEMA};
use crate::model::{
    Article, Class, Gap, GapReason, Kind, MediaKey, MediaRef, MediaRole, MediaUse, ShortPost, ShortPostFields,
    SubjectKind, layout,
};
use crate::secret::SafeUrl;
use crate::store::Catalog;
use crate::store::batch::BlobRow;

/// Returns the bag of a held file.
pub(crate) type ClassOf<'a> = &'a dyn Fn(&BlobRow, &MediaKey) -> Result<Class>;

/// Renders the files of posts.
pub(crate) struct PostWriter<'a> {
    pub(crate) catalog: &'a Catalog,
    pub(crate) class_of: ClassOf<'a>,
}

impl PostWriter<'_> {
    /// Returns the files of an article with all its versions, below its folder inside `articles/`.
    pub(crate) fn article(&self, folded: FoldedArticle, folder: &str) -> Result<Vec<PostFile>> {
        let aliases = folded.aliases();
        let (id, class, gap) = (folded.id, folded.class, folded.gap);
        let ArticleContent { newest, older } = folded.content;
        // A public article does not mention its private versions.
        let told = (1..).zip(&older).filter(|(_, one)| one.class == Class::Public || class == Class::Private);
        let versions = told.map(|(number, version)| VersionRef {
            number,
            title: version.fields.title.clone(),
            seen: version.merged.provenance.sources.iter().filter_map(|source| source.as_of).max(),
            modified: version.fields.modified,
            text_chars: version.body.as_ref().map_or(0, |body| body.text_chars),
        });
        let versions = versions.collect();
        let names = (id.as_str(), aliases.as_slice());
        let mut files = self.version(newest, names, gap, versions, &format!("articles/{folder}/"))?;
        for (number, version) in (1..).zip(older) {
            let below = format!("articles/{folder}/versions/{number}/");
            files.extend(self.version(version, names, None, Vec::new(), &below)?);
        }
        Ok(files)
    }

    /// Returns the files of one version of an article, in `folder`.
    fn version(
        &self,
        version: ArticleVersion,
        (id, aliases): (&str, &[String]),
        gap: Option<Gap>,
        versions: Vec<VersionRef>,
        folder: &str,
    ) -> Result<Vec<PostFile>> {
        let mut seen: HashSet<(&MediaKey, MediaRole)> = HashSet::new();
        let once = version.media().filter(|medium| seen.insert((&medium.key, medium.role)));
        let uses = once.map(|medium| self.media_use(medium)).collect::<Result<Vec<_>>>()?;
        let class = version.class;
        let up = "../".repeat(folder.matches('/').count());
        let content = version.body.as_ref().map(|body| {
            html::resolve(&body.html, |key| {
                let found = uses.iter().find(|media| media.key == *key)?;
                let path = found.path.as_ref()?;
                let bag = found.bag?;
                // A file in the other bag is addressed via the archive's root.
                let bag = if bag == class { String::new() } else { format!("../../{}", archive::place(bag, "")) };
                Some(format!("{up}{bag}{path}"))
            })
        });
        let mut fields = version.fields;
        let media = fields.cover.iter_mut().chain(&mut fields.pictures).chain(&mut fields.attachments);
        // The local path of an input's medium is not published.
        media.for_each(|medium| medium.local = None);
        let body = version.body.unwrap_or_default();
        let record = json(&Article {
            schema: ARTICLE_SCHEMA.to_owned(),
            id: id.to_owned(),
            aliases: aliases.to_vec(),
            class,
            fields,
            body: content.is_some(),
            text_chars: body.text_chars,
            gaps: gap.into_iter().chain(missing(&uses)).collect(),
            media: uses,
            links: body.links,
            census: body.census,
            widgets: body.widgets,
            versions,
            provenance: version.merged.provenance,
        })?;
        let content = content.map(|content| ("content.html", content.into_bytes()));
        let files = [("article.json", record)].into_iter().chain(content);
        Ok(files.map(|(name, bytes)| PostFile { class, path: format!("{folder}{name}"), bytes }).collect())
    }

    /// Returns the record of a note or a video.
    pub(crate) fn short_post(&self, folded: FoldedShortPost) -> Result<PostFile> {
        let mut media = Vec::new();
        for medium in folded.media() {
            let mut one = self.media_use(&medium)?;
            one.url = one.url.map(|url| SafeUrl::new(&url).as_str().to_owned());
            if medium.key == folded.video_key() {
                // A video's dimensions are unknown until it is played; the file has them.
                let file = folded.content.video.as_ref().map(|(file, _)| file);
                one.width = file.and_then(|file| file.width).or(one.width);
                one.height = file.and_then(|file| file.height).or(one.height);
                one.missing = folded.gap.as_ref().map(|gap| gap.reason);
            }
            media.push(one);
        }
        let (path, aliases) = (folded.path(), folded.aliases());
        let ShortPostContent { fields, provenance, video, .. } = folded.content;
        let duration_ms = video.as_ref().and_then(|(file, _)| file.duration_ms).or(fields.duration_ms);
        let missing = missing(&media).into_iter().filter(|_| folded.held);
        let bytes = json(&ShortPost {
            schema: if folded.kind == Kind::Video { VIDEO_SCHEMA } else { NOTE_SCHEMA }.to_owned(),
            aliases,
            class: folded.class,
            gaps: folded.gap.into_iter().chain(missing).collect(),
            id: folded.id,
            fields: ShortPostFields { duration_ms, form: Some(folded.form), ..for_everybody(fields) },
            held: folded.held,
            matched_by: video.map(|(_, how)| how.code().to_owned()),
            media,
            provenance,
        })?;
        Ok(PostFile { class: folded.class, path, bytes })
    }

    /// Returns a record's entry for a medium: the held file, or the reason there is none.
    fn media_use(&self, media: &MediaRef) -> Result<MediaUse> {
        let held = self.catalog.held(&media.key)?;
        let reported = match held {
            None => self.catalog.gap_seen(SubjectKind::Media, media.key.as_str())?,
            Some(_) => None,
        };
        let bag = held.as_ref().map(|held| (self.class_of)(held, &media.key)).transpose()?;
        Ok(MediaUse {
            key: media.key.clone(),
            role: media.role,
            url: media.urls.first().cloned(),
            path: held.as_ref().map(|held| layout::media_path(&held.digest, &held.extension)),
            bag,
            bytes: held.as_ref().map_or(media.bytes, |held| Some(held.bytes)),
            mime: held.as_ref().map(|held| held.mime.clone()),
            width: held.as_ref().and_then(|held| held.width).or(media.width),
            height: held.as_ref().and_then(|held| held.height).or(media.height),
            missing: held.is_none().then(|| reported.map_or(GapReason::NotHeld, |gap| gap.reason)),
            sha256: held.map(|held| held.digest),
        })
    }
}

/// Returns the gaps for the missing media of a post.
fn missing(uses: &[MediaUse]) -> Vec<Gap> {
    let missing = uses.iter().filter_map(|medium| {
        let mut gap = Gap::new(SubjectKind::Media, medium.key.as_str(), medium.missing?);
        gap.url.clone_from(&medium.url);
        Some(gap)
    });
    missing.collect()
}

/// Removes local paths, secrets and everything that only the owner could see.
fn for_everybody(mut fields: ShortPostFields) -> ShortPostFields {
    let clean = |medium: &mut MediaRef| {
        medium.local = None;
        medium.urls = medium.urls.iter().map(|url| SafeUrl::new(url).as_str().to_owned()).collect();
    };
    fields.cover.iter_mut().chain(&mut fields.attachments).for_each(clean);
    fields.video = None;
    fields.statistics.clear();
    fields.from_owner = None;
    fields
}

/// Serialises a record, omitting unknown values.
fn json<T: Serialize>(record: &T) -> Result<Vec<u8>> {
    let mut json = serde_json::to_value(record)
        .and_then(|mut value| {
            remove_empty(&mut value);
            serde_json::to_vec_pretty(&value)
        })
        .map_err(|error| Error::other("article-encode-failed").because(error))?;
    json.push(b'\n');
    Ok(json)
}

/// Removes nulls and empty lists and objects from objects, all the way down.
fn remove_empty(value: &mut Value) {
    match value {
        Value::Object(map) => map.retain(|_, value| {
            remove_empty(value);
            match value {
                Value::Null => false,
                Value::Object(map) => !map.is_empty(),
                Value::Array(list) => !list.is_empty(),
                _ => true,
            }
        }),
        Value::Array(list) => list.iter_mut().for_each(remove_empty),
        _ => {}
    }
}
