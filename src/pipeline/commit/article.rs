//! From the observations of one article to what the archive holds of it: the merged record, its class, its media, and
//! the two files `article.json` and `content.html`.

use std::collections::HashSet;

use serde_json::Value;

use super::article_files::{ArticleWriter, ClassOf, Files};
use crate::error::{Error, Result};
use crate::model::article::VersionRef;
use crate::model::class::{ArticleStanding, of_article};
use crate::model::fold::{Merged, fold_history};
use crate::model::names;
use crate::model::{ArticleFields, Body, Class, Form, Gap, GapReason, Kind, MediaRef, Rank, SubjectKind};
use crate::pipeline::archive::ownership::Owner;
use crate::store::Catalog;
use crate::store::posts::PostRow;

/// An article after the fold.
#[derive(Debug)]
pub struct Folded {
    /// Its canonical id.
    pub id: String,
    /// Every name, sorted.
    pub names: Vec<String>,
    /// The merged fields.
    pub fields: ArticleFields,
    /// Its body.
    pub body: Option<Body>,
    /// Where everything comes from.
    pub merged: Merged,
    /// Its versions before the last change, oldest first.
    pub older: Vec<ArticleVersion>,
    /// It is the archive's own account's.
    pub own: bool,
    /// Another account's for certain, not merely unknown.
    pub foreign: bool,
    /// Its class.
    pub class: Class,
    /// Its content is held.
    pub held: bool,
    /// Some list names it.
    pub listed: bool,
    /// Why it is not held, or what is missing of it.
    pub gap: Option<Gap>,
}

/// One state of an article.
#[derive(Debug)]
pub struct ArticleVersion {
    pub(crate) fields: ArticleFields,
    pub(crate) body: Option<Body>,
    pub(crate) merged: Merged,
    pub(crate) class: Class,
}

/// What is known of an article besides what it says.
#[derive(Clone, Copy)]
struct Standing {
    own: bool,
    deleted: bool,
    blocked: bool,
}

impl ArticleVersion {
    fn new(mut merged: Merged) -> Result<Self> {
        let mut body = merged.body.take();
        let mut fields: ArticleFields = serde_json::from_value(Value::Object(std::mem::take(&mut merged.fields)))
            .map_err(|error| Error::other("catalog-decode-failed").because(error))?;
        // Whoever bought it holds the whole, whatever a later visitor without a purchase was shown.
        if let (Some(paid), Some(body)) = (&mut fields.paid, &body) {
            paid.preview_only = body.partial;
        }
        // Of a card only the owner's words are the article; a page saved in another form may show the other's text, and the
        // text in an exporter's list is always the other's.
        if fields.reshare.as_ref().is_some_and(|reshare| !reshare.inline) {
            body = body.filter(|body| !body.third_party && !is_of_list(&merged));
        }
        Ok(Self { fields, body, merged, class: Class::Private })
    }

    /// Decides the class of this state alone: a version may have been something else than the next one.
    fn classed(mut self, standing: Standing) -> Self {
        self.class = of_article(ArticleStanding {
            own: standing.own,
            deleted: standing.deleted,
            blocked: standing.blocked,
            paid: self.fields.paid.is_some(),
            third_party_body: self.fields.reshare.as_ref().is_some_and(|reshare| reshare.inline)
                || self.body.as_ref().is_some_and(|body| body.third_party),
            garbled: self.body.as_ref().is_some_and(|body| body.garbled),
        });
        self
    }

    /// Whether the content is held: a body, media, or the card that a reshare is.
    fn is_held(&self) -> bool {
        let card = self.fields.reshare.is_some()
            && self.merged.provenance.fields.get("reshare").is_some_and(|source| {
                self.merged.provenance.sources.get(*source).is_some_and(|source| source.rank < Rank::List)
            });
        self.body.is_some() || card || !self.fields.pictures.is_empty() || !self.fields.attachments.is_empty()
    }

    pub(crate) fn media(&self) -> impl Iterator<Item = &MediaRef> {
        let body = self.body.iter().flat_map(|body| &body.media);
        self.fields.cover.iter().chain(body).chain(&self.fields.pictures).chain(&self.fields.attachments)
    }
}

/// Folds the article `entity`.
pub fn fold_article(catalog: &Catalog, entity: i64, own: Option<&Owner>) -> Result<Folded> {
    let names = catalog.names(entity)?;
    let observations = catalog.observations(entity)?;
    let listed = observations.iter().any(|one| matches!(one.rank, Rank::List | Rank::Api | Rank::Link));
    let history = fold_history(observations);
    let newest = ArticleVersion::new(history.newest)?;
    let held = newest.is_held();
    let fields = &newest.fields;
    let id = canonical_id(&names);
    let is_own = own.is_some_and(|own| own.has(fields));
    let foreign = !is_own && own.is_some() && (fields.biz.is_some() || fields.account_user_name.is_some());
    let whole = newest.body.as_ref().is_some_and(|body| !body.partial);
    let mut gap = None;
    for name in &names {
        if let Some(told) = catalog.gap_seen(SubjectKind::Article, name)?.filter(|gap| !is_filled(gap.reason, whole)) {
            gap = Some(told);
            break;
        }
    }
    let deleted =
        fields.deleted == Some(true) || gap.as_ref().is_some_and(|gap| gap.reason == GapReason::DeletedByAuthor);
    if !held && gap.is_none() {
        let reason = if deleted { GapReason::DeletedByAuthor } else { GapReason::NotHeld };
        gap = Some(Gap::new(SubjectKind::Article, id.clone(), reason));
    }
    if gap.is_none() && is_of_list(&newest.merged) && newest.body.as_ref().is_some_and(|body| body.partial) {
        let reason = if fields.paid.is_some() { GapReason::PartialPaid } else { GapReason::TextOnly };
        gap = Some(Gap::new(SubjectKind::Article, id.clone(), reason));
    }
    let blocked = gap.as_ref().is_some_and(|gap| {
        matches!(gap.reason, GapReason::BlockedByPlatform | GapReason::Complaint | GapReason::AccountClosed)
    });
    let standing = Standing { own: is_own, deleted, blocked };
    let older = history
        .older
        .into_iter()
        .map(|merged| Ok(ArticleVersion::new(merged)?.classed(standing)))
        .collect::<Result<Vec<ArticleVersion>>>()?;
    let ArticleVersion { fields, body, merged, class } = newest.classed(standing);
    let gap = gap.map(|gap| Gap {
        key: id.clone(),
        account: fields.biz.clone().or(gap.account),
        title: fields.title.clone().or(gap.title),
        date: fields.published.or(gap.date),
        url: fields.url.clone().or(gap.url),
        ..gap
    });
    Ok(Folded { id, names, fields, body, merged, older, own: is_own, foreign, class, held, listed, gap })
}

/// Whether the body came out of a list: no page, no answer of the platform has any.
fn is_of_list(merged: &Merged) -> bool {
    let provenance = &merged.provenance;
    let source = provenance.fields.get("body").and_then(|index| provenance.sources.get(*index));
    source.is_some_and(|source| source.rank >= Rank::List)
}

/// Whether a gap that some input told of is none any more, because another one holds the whole article. What its author or
/// the platform did to it stands all the same.
fn is_filled(reason: GapReason, whole: bool) -> bool {
    whole && (reason.can_be_filled() || reason == GapReason::ExpiredWindow)
}

/// `<__biz>_<mid>_<idx>` if there is one, else `short:…`, else `sha256:…`, else whatever there is.
fn canonical_id(names: &[String]) -> String {
    let is_full = |name: &&String| {
        let mut parts = name.rsplitn(3, '_');
        let number =
            |part: Option<&str>| part.is_some_and(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()));
        // A short id may look like one behind its prefix; a `__biz` is base64 and holds no colon.
        number(parts.next())
            && number(parts.next())
            && parts.next().is_some_and(|biz| !biz.is_empty() && !biz.contains(':'))
    };
    let starting = |prefix: &'static str| move |name: &&String| name.starts_with(prefix);
    names
        .iter()
        .find(is_full)
        .or_else(|| names.iter().find(starting("short:")))
        .or_else(|| names.iter().find(starting("sn:")))
        .or_else(|| names.first())
        .cloned()
        .unwrap_or_default()
}

impl Folded {
    /// Every medium the article and its older versions use, each key once with the class of its best use.
    pub fn media(&self) -> Vec<(&MediaRef, Class)> {
        let body = self.body.iter().flat_map(|body| &body.media);
        let fields = &self.fields;
        let now = fields.cover.iter().chain(body).chain(&fields.pictures).chain(&fields.attachments);
        let older = self.older.iter().flat_map(|version| version.media().map(|medium| (medium, version.class)));
        let mut all: Vec<(&MediaRef, Class)> = now.map(|medium| (medium, self.class)).chain(older).collect();
        all.sort_by_key(|(_, class)| *class);
        let mut seen = HashSet::new();
        all.retain(|(medium, _)| seen.insert((&medium.key, medium.role)));
        all
    }

    /// Whether no version of it is private.
    pub fn is_public_throughout(&self) -> bool {
        self.class == Class::Public && self.older.iter().all(|version| version.class == Class::Public)
    }

    /// The catalog's row for it.
    pub fn row(&self, entity: i64, folder: Option<String>) -> PostRow {
        PostRow {
            entity,
            kind: Kind::Article,
            id: self.id.clone(),
            place: folder,
            class: self.class,
            own: self.own,
            held: self.held,
            listed: self.listed,
            form: Form::of_article(self.fields.item_show_type),
            title: self.fields.title.clone(),
            published: self.fields.published,
            url: self.fields.url.clone(),
            account: self.fields.biz.clone(),
            item_show_type: self.fields.item_show_type,
            video: None,
            // What another account's list says is missing is not missing here.
            gap: self.gap.clone().filter(|_| !self.foreign),
        }
    }

    /// The folder inside `articles/`, for an article that has none yet: `2024/20240131-<mid>-<idx>-<slug>`.
    pub fn new_folder(&self) -> String {
        let (year, date) = match self.fields.published {
            Some(time) => (time.year().to_string(), time.compact_date()),
            None => ("undated".to_owned(), "undated".to_owned()),
        };
        // Where the platform's numbers are missing, what identifies the article stands in their place.
        let mid = self.fields.mid.as_deref().unwrap_or(&self.id);
        let idx = self.fields.idx.as_deref().unwrap_or("1");
        let title = self.fields.title.as_deref().or(self.fields.summary.as_deref()).unwrap_or_default();
        format!("{year}/{}", names::article_folder(&date, mid, idx, title))
    }

    /// The files of every version. `class_of` tells in which bag a held file stands.
    pub fn render(self, catalog: &Catalog, class_of: ClassOf<'_>) -> Result<Vec<Files>> {
        let Self { id, names, fields, body, merged, older, class, gap, .. } = self;
        let aliases: Vec<String> = names.into_iter().filter(|name| *name != id).collect();
        let desk = ArticleWriter { catalog, class_of, id: &id, aliases: &aliases };
        let mut versions = Vec::new();
        let mut files = Vec::new();
        for (number, version) in (1..).zip(older) {
            // What is private of the past is not told in public.
            if version.class == Class::Public || class == Class::Private {
                versions.push(VersionRef {
                    number,
                    title: version.fields.title.clone(),
                    seen: version.merged.provenance.sources.iter().filter_map(|source| source.as_of).max(),
                    modified: version.fields.modified,
                    text_chars: version.body.as_ref().map_or(0, |body| body.text_chars),
                });
            }
            files.push(desk.files(version, None, Vec::new(), Some(number))?);
        }
        files.insert(0, desk.files(ArticleVersion { fields, body, merged, class }, gap, versions, None)?);
        Ok(files)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fullest_name_is_the_id() {
        let id = |names: &[&str]| canonical_id(&names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>());
        assert_eq!(id(&["MzA0_x==_265_1", "short:abc", "sn:1"]), "MzA0_x==_265_1");
        assert_eq!(id(&["sha256:0011", "short:a_1_2", "sn:77"]), "short:a_1_2");
        assert_eq!(id(&["sha256:0011223344556677"]), "sha256:0011223344556677");
    }
}
