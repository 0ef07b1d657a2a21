//! The files of one version of an article: `article.json` and `content.html`, and what both say of its media.

use std::collections::HashSet;

use serde_json::Value;

use super::article::ArticleVersion;
use crate::archive;
use crate::error::{Error, Result};
use crate::html;
use crate::model::article::{ARTICLE_SCHEMA, VersionRef};
use crate::model::{
    Article, ArticleFields, Class, Gap, GapReason, MediaKey, MediaRef, MediaRole, MediaUse, SubjectKind, layout,
};
use crate::store::Catalog;
use crate::store::read::Held;

fn each_once<'a>(all: impl Iterator<Item = &'a MediaRef>) -> Vec<&'a MediaRef> {
    let mut seen: HashSet<(&MediaKey, MediaRole)> = HashSet::new();
    all.filter(|medium| seen.insert((&medium.key, medium.role))).collect()
}

/// Where the files of an article's versions are written.
pub(crate) struct ArticleWriter<'a> {
    pub(crate) catalog: &'a Catalog,
    pub(crate) class_of: ClassOf<'a>,
    pub(crate) id: &'a str,
    pub(crate) aliases: &'a [String],
}

impl ArticleWriter<'_> {
    fn uses(&self, version: &ArticleVersion) -> Result<Vec<MediaUse>> {
        let mut uses = Vec::new();
        for media in each_once(version.media()) {
            uses.push(media_use(self.catalog, media, self.class_of)?);
        }
        Ok(uses)
    }

    /// The files of one version; `number` of an older one.
    pub(crate) fn files(
        &self,
        version: ArticleVersion,
        gap: Option<Gap>,
        versions: Vec<VersionRef>,
        number: Option<u32>,
    ) -> Result<Files> {
        let uses = self.uses(&version)?;
        let class = version.class;
        // From articles/<year>/<folder>/ up to data/, and from its versions/<n>/.
        let up = if number.is_some() { "../../../../../" } else { "../../../" };
        let content = version.body.as_ref().map(|body| {
            html::resolve(&body.html, |key| {
                let found = uses.iter().find(|media| media.key == *key)?;
                let path = found.path.as_ref()?;
                let bag = found.bag?;
                // What stands in the other bag is reached over the archive's root.
                let bag = if bag == class { String::new() } else { format!("../../{}", archive::place(bag, "")) };
                Some(format!("{up}{bag}{path}"))
            })
        });
        let gaps = gap.into_iter().chain(uses.iter().filter_map(|media| {
            let mut gap = Gap::new(SubjectKind::Media, media.key.as_str(), media.missing?);
            gap.url.clone_from(&media.url);
            Some(gap)
        }));
        let body = version.body.unwrap_or_default();
        let article = Article {
            schema: ARTICLE_SCHEMA.to_owned(),
            id: self.id.to_owned(),
            aliases: self.aliases.to_vec(),
            class,
            fields: without_local_paths(version.fields),
            body: content.is_some(),
            text_chars: body.text_chars,
            gaps: gaps.collect(),
            media: uses,
            links: body.links,
            census: body.census,
            widgets: body.widgets,
            versions,
            provenance: version.merged.provenance,
        };
        let mut json = serde_json::to_value(&article)
            .and_then(|value| serde_json::to_vec_pretty(&without_empty(value)))
            .map_err(|error| Error::other("article-encode-failed").because(error))?;
        json.push(b'\n');
        let below = number.map(|number| format!("versions/{number}/")).unwrap_or_default();
        Ok(Files { class, below, json, content: content.map(String::into_bytes) })
    }
}

/// In which bag a held file stands.
pub(crate) type ClassOf<'a> = &'a dyn Fn(&Held, &MediaKey) -> Result<Class>;

/// What a record says of a medium: the file, if one is held, else why there is none.
pub(crate) fn media_use(catalog: &Catalog, media: &MediaRef, class_of: ClassOf<'_>) -> Result<MediaUse> {
    let held = catalog.held(&media.key)?;
    let told = if held.is_none() { catalog.gap_seen(SubjectKind::Media, media.key.as_str())? } else { None };
    let bag = held.as_ref().map(|held| class_of(held, &media.key)).transpose()?;
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
        missing: held.is_none().then(|| told.map_or(GapReason::NotHeld, |gap| gap.reason)),
        sha256: held.map(|held| held.digest),
    })
}

/// Where an input held a medium on somebody's disk is not for the archive to tell.
pub(crate) fn without_local_paths(mut fields: ArticleFields) -> ArticleFields {
    let all = fields.cover.iter_mut().chain(&mut fields.pictures).chain(&mut fields.attachments);
    all.for_each(|media| media.local = None);
    fields
}

/// The two files of one version of an article.
pub struct Files {
    /// Which bag they belong to.
    pub class: Class,
    /// Their folder below the article's: empty, or `versions/<n>/`.
    pub below: String,
    /// `article.json`.
    pub json: Vec<u8>,
    /// `content.html`.
    pub content: Option<Vec<u8>>,
}

/// The object without nulls and without empty lists and objects, all the way down: what is not known is not written.
pub(crate) fn without_empty(value: Value) -> Value {
    match value {
        Value::Object(map) => Value::Object(
            map.into_iter()
                .map(|(name, value)| (name, without_empty(value)))
                .filter(|(_, value)| match value {
                    Value::Null => false,
                    Value::Object(map) => !map.is_empty(),
                    Value::Array(list) => !list.is_empty(),
                    _ => true,
                })
                .collect(),
        ),
        Value::Array(list) => Value::Array(list.into_iter().map(without_empty).collect()),
        other => other,
    }
}
