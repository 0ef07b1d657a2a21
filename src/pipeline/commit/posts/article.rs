//! Folds the observations of an article into its merged record, its class and its media.

use std::collections::HashSet;

use serde_json::Value;

use super::{Folded, reported_gap};
use crate::error::{Error, Result};
use crate::model::class::{ArticleStanding, of_article};
use crate::model::fold::{Merged, fold_history};
use crate::model::names;
use crate::model::{ArticleFields, Body, Class, Form, Gap, GapReason, Kind, MediaRef, Rank, SubjectKind};
use crate::pipeline::archive::ownership::Owner;
use crate::store::Catalog;
use crate::store::posts::PostRow;

/// The content specific to an article.
#[derive(Debug)]
pub(crate) struct ArticleContent {
    /// Newest version.
    pub(crate) newest: ArticleVersion,
    /// Versions before the last change, oldest first.
    pub(crate) older: Vec<ArticleVersion>,
}

/// An article after the fold.
pub(crate) type FoldedArticle = Folded<ArticleContent>;

/// A version of an article.
#[derive(Debug)]
pub(crate) struct ArticleVersion {
    pub(crate) fields: ArticleFields,
    pub(crate) body: Option<Body>,
    pub(crate) merged: Merged,
    pub(crate) class: Class,
}

/// Facts about an article that its own content does not state.
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
        // A buyer's page is complete, whatever a later visitor without a purchase was shown.
        if let (Some(paid), Some(body)) = (&mut fields.paid, &body) {
            paid.preview_only = body.partial;
        }
        // Of a reshare card only the owner's words are the article. A page saved in another form may show the
        // original's text, and the text in an exporter's list is always the original's.
        if fields.reshare.as_ref().is_some_and(|reshare| !reshare.inline) {
            body = body.filter(|body| !body.third_party && !is_of_list(&merged));
        }
        Ok(Self { fields, body, merged, class: Class::Private })
    }

    /// Decides the class of this version alone: it may differ from that of the next one.
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

    /// Reports whether the content is held: a body, media, or the card of a reshare.
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
pub(crate) fn fold_article(catalog: &Catalog, entity: i64, owner: Option<&Owner>) -> Result<FoldedArticle> {
    let names = catalog.names(entity)?;
    let observations = catalog.observations(entity)?;
    let listed = observations.iter().any(|one| matches!(one.rank, Rank::List | Rank::Api | Rank::Link));
    let history = fold_history(observations);
    let newest = ArticleVersion::new(history.newest)?;
    let held = newest.is_held();
    let fields = &newest.fields;
    let id = canonical_id(&names);
    let own = owner.is_some_and(|owner| owner.has(&fields.biz, &fields.account_user_name, &fields.account_name));
    let foreign = !own && owner.is_some() && (fields.biz.is_some() || fields.account_user_name.is_some());
    let whole = newest.body.as_ref().is_some_and(|body| !body.partial);
    let mut gap = reported_gap(catalog, SubjectKind::Article, &names, |gap| !is_filled(gap.reason, whole))?;
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
    let blocked = gap.as_ref().is_some_and(|gap| gap.reason.is_removed_by_platform());
    let standing = Standing { own, deleted, blocked };
    let older = history
        .older
        .into_iter()
        .map(|merged| Ok(ArticleVersion::new(merged)?.classed(standing)))
        .collect::<Result<Vec<ArticleVersion>>>()?;
    let newest = newest.classed(standing);
    let fields = &newest.fields;
    let mut folded = Folded {
        entity,
        kind: Kind::Article,
        id,
        names,
        form: Form::of_article(fields.item_show_type),
        title: fields.title.clone(),
        published: fields.published,
        account: fields.biz.clone(),
        own,
        foreign,
        class: newest.class,
        held,
        listed,
        gap: None,
        content: ArticleContent { newest, older },
    };
    let fields = &folded.content.newest.fields;
    folded.gap = gap.map(|gap| Gap {
        account: fields.biz.clone().or(gap.account.clone()),
        url: fields.url.clone().or(gap.url.clone()),
        ..folded.described(gap)
    });
    Ok(folded)
}

/// Reports whether the body is from a list, which ranks below every page and every response of the platform.
fn is_of_list(merged: &Merged) -> bool {
    let provenance = &merged.provenance;
    let source = provenance.fields.get("body").and_then(|index| provenance.sources.get(*index));
    source.is_some_and(|source| source.rank >= Rank::List)
}

/// Reports whether a reported gap is closed because another input holds the whole article. Removals by the author or
/// the platform remain.
fn is_filled(reason: GapReason, whole: bool) -> bool {
    whole && (reason.can_be_filled() || reason == GapReason::ExpiredWindow)
}

/// Returns `<__biz>_<mid>_<idx>` if there is one, else `short:…`, else `sn:…`, else the first name.
fn canonical_id(names: &[String]) -> String {
    let is_full = |name: &&String| {
        let mut parts = name.rsplitn(3, '_');
        let number =
            |part: Option<&str>| part.is_some_and(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()));
        // A `short:` id may look like one behind its prefix; a `__biz` is base64 and holds no colon.
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

impl FoldedArticle {
    fn versions(&self) -> impl Iterator<Item = &ArticleVersion> {
        std::iter::once(&self.content.newest).chain(&self.content.older)
    }

    /// Returns every medium the article and its older versions use, each key once with the class of its best use.
    pub(crate) fn media(&self) -> Vec<(&MediaRef, Class)> {
        let mut all: Vec<(&MediaRef, Class)> =
            self.versions().flat_map(|one| one.media().map(move |medium| (medium, one.class))).collect();
        all.sort_by_key(|(_, class)| *class);
        let mut seen = HashSet::new();
        all.retain(|(medium, _)| seen.insert((&medium.key, medium.role)));
        all
    }

    /// Reports whether no version is private.
    pub(crate) fn is_public_throughout(&self) -> bool {
        self.versions().all(|version| version.class == Class::Public)
    }

    /// Returns the article's row for the catalog.
    pub(crate) fn row(&self, folder: Option<String>) -> PostRow {
        let fields = &self.content.newest.fields;
        PostRow { url: fields.url.clone(), item_show_type: fields.item_show_type, ..self.row_at(folder) }
    }

    /// Returns the folder inside `articles/` for an article that has none yet: `2024/20240131-<mid>-<idx>-<slug>`.
    pub(crate) fn new_folder(&self) -> String {
        let fields = &self.content.newest.fields;
        let (year, date) = match self.published {
            Some(time) => (time.year().to_string(), time.compact_date()),
            None => ("undated".to_owned(), "undated".to_owned()),
        };
        // Without the platform's numbers the article's id is used.
        let mid = fields.mid.as_deref().unwrap_or(&self.id);
        let idx = fields.idx.as_deref().unwrap_or("1");
        let title = fields.title.as_deref().or(fields.summary.as_deref()).unwrap_or_default();
        format!("{year}/{}", names::article_folder(&date, mid, idx, title))
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
