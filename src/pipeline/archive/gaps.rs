//! Lists what is missing and computes the counts, from the catalog after a fold: the same for `gaps.csv`, the command
//! `gaps`, the summary and the readiness check.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead as _, BufReader};

use serde::{Deserialize, Serialize};

use super::bill_days::{self, BillDays};
use super::ownership::Owner;
use crate::archive::Archive;
use crate::error::{Error, Result};
use crate::model::fold::fold;
use crate::model::statement::Statement;
use crate::model::{Class, Dataset, Form, Gap, GapReason, Kind, ListingFields, MediaRole, SubjectKind, layout};
use crate::secret::SafeUrl;
use crate::store::Catalog;
use crate::store::datasets::Shortfall;

/// The counts of one kind of post. Articles are counted, not sendings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Numbers {
    /// Number of posts declared by the platform; usually unknown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub platform_total: Option<u64>,
    /// Number of posts that are known: listed, held, or missing without being listed.
    pub listed: u64,
    /// Number of held posts.
    pub held: u64,
    /// Number of held posts in the private part only.
    #[serde(skip_serializing_if = "is_none")]
    pub private: u64,
    /// Number of those private posts whose text is another author's.
    #[serde(skip_serializing_if = "is_none")]
    pub reshared: u64,
    /// Number of held posts without a time of publication.
    #[serde(skip_serializing_if = "is_none")]
    pub undated: u64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference over")]
fn is_none(number: &u64) -> bool {
    *number == 0
}

/// The number of posts that name no account.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Unclaimed {
    /// Number of held articles.
    pub articles: u64,
    /// Number of notes and videos, held or not.
    pub short_posts: u64,
}

/// The counts of posts other than articles.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ShortPostNumbers {
    /// Posts that were sent to the followers and are not articles.
    pub notes: Numbers,
    /// Works of the 视频号.
    pub videos: Numbers,
    /// Live broadcasts of the 视频号, held if a replay is.
    pub live_replays: Numbers,
}

/// The counts of all posts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counted {
    /// Articles of the own account.
    pub articles: Numbers,
    /// Notes, videos and live broadcasts of the own account.
    pub short_posts: ShortPostNumbers,
    /// Posts that name no account.
    pub unclaimed: Unclaimed,
}

/// Counts the posts. `own` is the owner, if it is known.
pub fn count(catalog: &Catalog, own: Option<&Owner>) -> Result<Counted> {
    let mut counted = Counted::default();
    let mut named = BTreeSet::new();
    let Counted { articles, short_posts, unclaimed } = &mut counted;
    catalog.each_post(|post| {
        let numbers = match (post.kind, post.form) {
            (Kind::Article, _) => &mut *articles,
            (Kind::Note, _) => &mut short_posts.notes,
            (_, Form::Live) => &mut short_posts.live_replays,
            _ => &mut short_posts.videos,
        };
        let held = post.own && post.held;
        // A link of unknown account counts as listed, because it is among the gaps.
        numbers.listed += u64::from(post.own || post.gap.is_some());
        numbers.held += u64::from(held);
        let claimed = post.own || post.account.is_some();
        if post.kind == Kind::Article {
            numbers.undated += u64::from(held && post.published.is_none());
            numbers.private += u64::from(held && post.class == Class::Private);
            unclaimed.articles += u64::from(post.held && !claimed);
        } else {
            unclaimed.short_posts += u64::from(!claimed);
        }
        if let (Kind::Article, Some(gap)) = (post.kind, post.gap) {
            named.insert(gap.key);
        }
        Ok(())
    })?;
    for gap in catalog.gaps_seen()? {
        let numbers = match gap.kind {
            SubjectKind::Article => &mut *articles,
            SubjectKind::Note => &mut short_posts.notes,
            SubjectKind::Video => &mut short_posts.videos,
            _ => continue,
        };
        // As the readiness check: only a gap that names another account is that account's.
        let is_own = own.is_none_or(|own| {
            own.biz.is_none() || gap.account.is_none() || [&own.biz, &own.finder].contains(&&gap.account)
        });
        numbers.listed += u64::from(is_own && !is_known(catalog, &gap, &named)?);
    }
    articles.reshared = if articles.private > 0 { catalog.reshared_privately()? } else { 0 };
    articles.platform_total = declared(catalog, "articles")?;
    short_posts.videos.platform_total = declared(catalog, "videos")?;
    short_posts.live_replays.platform_total = declared(catalog, "lives")?;
    Ok(counted)
}

/// Returns the largest total that any list declares for `scope`.
fn declared(catalog: &Catalog, scope: &str) -> Result<Option<u64>> {
    let mut total = None;
    for entity in catalog.entities(Kind::Listing, false)? {
        let merged = fold(catalog.observations(entity)?);
        let listing = serde_json::from_value::<ListingFields>(serde_json::Value::Object(merged.fields));
        if let Ok(listing) = listing
            && listing.scope == scope
        {
            total = total.max(listing.platform_total);
        }
    }
    Ok(total)
}

/// Visits every gap with its class: articles, notes and videos by publication, then media, then the rest.
pub fn each(catalog: &Catalog, mut visit: impl FnMut(Gap, Class) -> Result<()>) -> Result<()> {
    let mut articles: BTreeSet<String> = BTreeSet::new();
    catalog.each_post(|post| {
        let Some(gap) = post.gap else { return Ok(()) };
        let public = match post.kind {
            Kind::Article => post.own,
            _ => post.class == Class::Public,
        } && !gap.reason.is_private();
        if post.kind == Kind::Article {
            articles.insert(gap.key.clone());
        }
        visit(gap, if public { Class::Public } else { Class::Private })
    })?;
    saved_files(catalog, &mut visit)?;
    // Missing pictures of other accounts' articles are not gaps of this archive.
    for wanted in catalog.wanted_media()?.into_iter().filter(|wanted| wanted.own && wanted.missed) {
        let told = catalog.gap_seen(SubjectKind::Media, wanted.key.as_str())?;
        let mut gap = told.unwrap_or_else(|| Gap::new(SubjectKind::Media, wanted.key.as_str(), GapReason::NotHeld));
        let url = gap.url.or_else(|| wanted.urls.first().cloned());
        gap.url = url.map(|url| SafeUrl::new(&url).as_str().to_owned());
        gap.title = gap.title.or(wanted.title);
        if wanted.role == MediaRole::Avatar {
            gap.detail = gap.detail.or_else(|| Some(Gap::AVATAR.to_owned()));
        }
        gap.of = Some(wanted.of).filter(|of| !of.is_empty());
        visit(gap, wanted.class)?;
    }
    for gap in catalog.gaps_seen()? {
        if !is_known(catalog, &gap, &articles)? {
            visit(gap, Class::Private)?;
        }
    }
    bills(catalog, &mut visit)?;
    catalog.data_shortfalls()?.into_iter().try_for_each(|short| visit(gap_of_rows(short), Class::Private))
}

/// Reports whether what a gap names is among the posts or the media. It is not if no list names it, and nothing of it is
/// held, such as an article of which a page was saved after its author had deleted it. `articles` are the articles among
/// the gaps of posts.
fn is_known(catalog: &Catalog, gap: &Gap, articles: &BTreeSet<String>) -> Result<bool> {
    Ok(match gap.kind {
        SubjectKind::Article => articles.contains(&gap.key) || catalog.entity_named(Kind::Article, &gap.key)?.is_some(),
        SubjectKind::Media => true,
        SubjectKind::Note => catalog.entity_named(Kind::Note, &gap.key)?.is_some(),
        SubjectKind::Video => catalog.entity_named(Kind::Video, &gap.key)?.is_some(),
        _ => false,
    })
}

/// Visits the days between the owner's bills. Only the owner knows about the days before the first and after the last.
fn bills(catalog: &Catalog, visit: &mut impl FnMut(Gap, Class) -> Result<()>) -> Result<()> {
    let statements: Vec<Statement> = catalog.statements()?.into_iter().map(|row| row.1).collect();
    bill_days::covered(&statements).holes().try_for_each(|hole| visit(bill_days::gap(hole), Class::Private))
}

/// Prefix of the key of a gap that is computed from totals and rows rather than reported.
const ROWS: &str = "rows:";

/// Reports whether a gap is recomputed each time.
pub(crate) fn is_worked_out(gap: &Gap) -> bool {
    gap.key.starts_with(ROWS) || gap.key.starts_with(bill_days::KEY)
}

/// Returns the gap of a table that has more rows than are held.
fn gap_of_rows(short: Shortfall) -> Gap {
    let kind = if short.dataset == Dataset::Comments { SubjectKind::Comment } else { SubjectKind::Rows };
    let of = short.parent.as_ref().or(short.article.as_ref()).map(|of| format!("/{of}")).unwrap_or_default();
    let mut gap = Gap::new(kind, format!("{ROWS}{}/{}{of}", short.dataset.code(), short.table), GapReason::NotListed);
    gap.title = short.title;
    gap.of = short.article;
    gap.detail = Some(format!("{}/{}", short.held, short.total));
    gap
}

/// Prefix of the key of a saved file among the gaps.
pub(crate) const FILE: &str = "file:";

/// Visits the saved files that cannot be played and that belong to no known work.
fn saved_files(catalog: &Catalog, visit: &mut impl FnMut(Gap, Class) -> Result<()>) -> Result<()> {
    catalog.each_saved(|row| {
        let Some(reason) = row.file.trouble().filter(|_| row.post.is_none()) else { return Ok(()) };
        let mut gap = Gap::new(SubjectKind::Input, format!("{FILE}{}", &row.file.sha256.hex()[..16]), reason);
        gap.title = Some(row.file.name);
        visit(gap, Class::Private)
    })
}

/// Returns every gap of an archive: those listed in the bags, that of an unfinished commit, and the days outside the owner's bills for which the
/// owner recorded trade.
pub fn all(archive: &Archive, days: &BillDays) -> Result<Vec<Gap>> {
    let mut gaps = read_back(archive)?;
    gaps.extend(archive.has(Class::Private, layout::UNFINISHED).then(Gap::of_unfinished));
    gaps.extend(days.outside());
    Ok(gaps)
}

/// Reads the gaps that the two bags of an archive list.
pub fn read_back(archive: &Archive) -> Result<Vec<Gap>> {
    let mut gaps = Vec::new();
    for bag in [Class::Public, Class::Private] {
        const GAPS: &str = "provenance/gaps.csv";
        let path = archive.shown(bag, GAPS);
        let bytes = archive.bytes(bag, GAPS).map_err(|error| Error::disk("gaps-unreadable", &path, error))?;
        let Some(bytes) = bytes else { continue };
        let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
        for row in csv::Reader::from_reader(text).deserialize::<Row>() {
            let row = row.map_err(|error| Error::damaged("gaps-unreadable").with("path", &path).because(error))?;
            gaps.push(row.into());
        }
    }
    Ok(gaps)
}

/// The identifying fields of an article.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// Title.
    pub title: Option<String>,
    /// Address.
    pub url: Option<String>,
    /// Date.
    pub date: Option<String>,
}

/// Reads the identifying fields of the articles of both bags, by id.
pub fn titles(archive: &Archive) -> Result<BTreeMap<String, Named>> {
    let mut named = BTreeMap::new();
    for bag in [Class::Public, Class::Private] {
        const ARTICLES: &str = "tables/articles.csv";
        let path = archive.shown(bag, ARTICLES);
        let bytes = archive.bytes(bag, ARTICLES).map_err(|error| Error::disk("gaps-unreadable", &path, error))?;
        let Some(bytes) = bytes else { continue };
        let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
        for row in csv::Reader::from_reader(text).deserialize::<BTreeMap<String, String>>() {
            let mut row = row.map_err(|error| Error::damaged("gaps-unreadable").with("path", &path).because(error))?;
            let mut cell = |name: &str| row.remove(name).filter(|text| !text.is_empty());
            let date = cell("published").map(|time| time.chars().take(10).collect());
            let Some(id) = cell("id") else { continue };
            named.insert(id, Named { title: cell("title"), url: cell("url"), date });
        }
    }
    Ok(named)
}

/// Reports whether an archive holds or lists anything of its own account; otherwise it is unknown what is missing.
pub fn knows_own(archive: &Archive) -> Result<bool> {
    for (path, _) in archive.below(Class::Public, "tables/")? {
        if !path.ends_with(".csv") || path.ends_with("/media.csv") {
            continue;
        }
        let failed = |error| Error::disk("gaps-unreadable", archive.shown(Class::Public, &path), error);
        let Some(table) = archive.read(Class::Public, &path).map_err(failed)? else { continue };
        if BufReader::new(table).split(b'\n').nth(1).transpose().map_err(failed)?.is_some() {
            return Ok(true);
        }
    }
    // Bills and private tables have their own folders.
    let mut own = false;
    archive.each(Class::Private, |path, _| {
        let folder = path.split('/').next().unwrap_or_default();
        own |= folder == "billing" || Dataset::ALL.iter().any(|dataset| folder == dataset.code());
        Ok(())
    })?;
    Ok(own)
}

/// A row of `gaps.csv`.
#[derive(Deserialize)]
struct Row {
    kind: SubjectKind,
    key: String,
    reason: GapReason,
    title: String,
    date: String,
    url: String,
    of: String,
    account: String,
    detail: String,
}

impl From<Row> for Gap {
    fn from(row: Row) -> Self {
        let some = |text: String| (!text.is_empty()).then_some(text);
        Self {
            kind: row.kind,
            key: row.key,
            reason: row.reason,
            account: some(row.account),
            title: some(row.title),
            date: row.date.parse().ok(),
            url: some(row.url),
            of: some(row.of),
            detail: some(row.detail),
        }
    }
}
