//! Reads an archive and fills [`Measured`] with facts from disk, without guesses. What an archive does not hold stays
//! unknown.

mod bills;
mod mirror;
mod table;
mod tables;

pub use bills::in_evidence;
pub use mirror::withheld_by_site;

use std::collections::HashSet;
use std::io::ErrorKind;
use std::path::Path;

use jiff::civil::Date;
use serde::Deserialize;

use self::mirror::Mirror;
use self::table::each_row;
use super::bill_series::MERCHANT_BILLS;
use super::documents;
use super::events::Events;
use super::evidence::Evidence;
use super::facts::{Asset, Finding, Fixity, Known, Measured, Published, Scan, Total};
use super::profile::{AccountKind, Profile};
use super::waivers::Waivers;
use crate::archive::{Archive, bagit};
use crate::error::{Error, Result};
use crate::model::{Class, Gap, GapReason, Hasher, NameSet, Sha256, SubjectKind, Time, layout};

/// Folder of the owner's records, inside the private bag's `data/`.
pub const READINESS: &str = "readiness";
/// Sources whose lists are complete, each with its last version that did not record this in [`layout::LISTS`]; needed
/// to read archives of those versions.
const COMPLETE_BEFORE: &[(&str, u32)] = &[("appmsg-list", 1), ("getmsg", 1), ("publish-page", 1), ("wae-json", 3)];

/// The owner's records.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Records {
    /// `account.toml`.
    pub profile: Profile,
    /// `evidence.json`.
    pub evidence: Evidence,
    /// `events.json`.
    pub events: Events,
    /// `waivers.json`.
    pub waivers: Waivers,
}

/// Reads the owner's records from an archive; missing files give empty records.
pub fn records(archive: &Archive) -> Result<Records> {
    let text = |name: &str| -> Result<Option<String>> {
        let path = format!("{READINESS}/{name}");
        let Some(bytes) = read(archive, Class::Private, &path)? else { return Ok(None) };
        let unreadable = |error| unreadable(archive, Class::Private, &path).because(error);
        String::from_utf8(bytes).map(Some).map_err(unreadable)
    };
    Ok(Records {
        profile: text("account.toml")?.as_deref().map(Profile::from_toml).transpose()?.unwrap_or_default(),
        evidence: text("evidence.json")?.as_deref().map(Evidence::from_json).transpose()?.unwrap_or_default(),
        events: text("events.json")?.as_deref().map(Events::from_json).transpose()?.unwrap_or_default(),
        waivers: text("waivers.json")?.as_deref().map(Waivers::from_json).transpose()?.unwrap_or_default(),
    })
}

/// Returns the digest of the archive's content: of every path with its digest in both bags, except the owner's records
/// and timestamps, so that recording an answer or keeping a timestamp does not change it.
pub fn content_digest(archive: &Archive) -> Result<Option<Sha256>> {
    if ![Class::Public, Class::Private].into_iter().any(|class| archive.has_bag(class)) {
        return Ok(None);
    }
    let mut hash = Hasher::new();
    for class in [Class::Public, Class::Private] {
        archive.each(class, |path, digest| {
            if path.split('/').next() != Some(READINESS) && !path.starts_with(layout::TIMESTAMPS) {
                hash.update(bagit::payload_line(class, path, &digest).as_bytes());
            }
            Ok(())
        })?;
    }
    Ok(Some(hash.finish()))
}

/// Reads a file of a bag; `None` if there is none.
fn read(archive: &Archive, class: Class, path: &str) -> Result<Option<Vec<u8>>> {
    let failed = |error| Error::disk("readiness-unreadable", archive.shown(class, path), error);
    archive.bytes(class, path).map_err(failed)
}

fn unreadable(archive: &Archive, class: Class, path: &str) -> Error {
    Error::damaged("readiness-unreadable").with("path", archive.shown(class, path))
}

/// Reads an archive and the mirror at `site`. `fixity` is the result of reading the archive back, if that was done.
pub fn measure(archive: &Archive, site: &Path, now: Time, fixity: Option<Fixity>) -> Result<Measured> {
    let mut measured = Measured { archive_digest: content_digest(archive)?, fixity, ..Measured::default() };
    let gaps = gaps(archive)?;
    measured.unread = gaps.iter().filter(|gap| gap.is_unread_input()).cloned().collect();
    measured.unfinished = archive.has(Class::Private, layout::UNFINISHED);
    measured.unread.extend(measured.unfinished.then(Gap::of_unfinished));
    let mirror = Mirror::open(archive, site)?;
    let is_shown = |folder: &str| mirror.as_ref().is_none_or(|mirror| mirror.has_page(folder));
    let without_page = articles(archive, now, &gaps, &is_shown, &mut measured)?;
    lists(archive, &mut measured)?;
    kept(archive, &mut measured)?;
    bills::measure(archive, &mut measured)?;
    tables::measure(archive, &gaps, &mut measured)?;
    if let Some(mirror) = &mirror {
        let (offline, privacy) = mirror.scan(without_page, &mirror::secrets(archive)?)?;
        for (name, findings) in [("mirror_offline", offline), ("mirror_privacy", privacy)] {
            let scan = Scan { at: now, archive: measured.archive_digest, findings };
            measured.scans.insert(name.to_owned(), scan);
        }
    }
    Ok(measured)
}

/// Reads only the bills of an archive.
pub fn bills(archive: &Archive) -> Result<Measured> {
    let mut measured = Measured::default();
    bills::measure(archive, &mut measured)?;
    let evidence = records(archive)?.evidence;
    for name in MERCHANT_BILLS {
        measured.series(name);
    }
    for (name, series) in &mut measured.series {
        evidence.mark_days_without_bill(name, series);
    }
    Ok(measured)
}

/// Returns the addresses of the public articles, in the order of their folders.
pub fn addresses(archive: &Archive) -> Result<Vec<String>> {
    let mut addresses = Vec::new();
    each_row(archive, (Class::Public, "tables/articles.csv"), ["url"], |[url]| {
        addresses.extend(url.starts_with("http").then(|| url.to_owned()));
        Ok(())
    })?;
    Ok(addresses)
}

/// Reads the gaps that both bags list.
fn gaps(archive: &Archive) -> Result<Vec<Gap>> {
    const GAPS: &str = "provenance/gaps.csv";
    let mut gaps = Vec::new();
    for class in [Class::Public, Class::Private] {
        let columns = ["kind", "key", "reason", "account", "title", "date", "url", "of", "detail"];
        each_row(archive, (class, GAPS), columns, |[kind, key, reason, account, title, date, url, of, detail]| {
            let kind = serde_json::from_value::<SubjectKind>(kind.into());
            let reason = serde_json::from_value::<GapReason>(reason.into());
            let (Ok(kind), Ok(reason)) = (kind, reason) else {
                return Err(Error::damaged("gaps-unreadable").with("path", archive.shown(class, GAPS)));
            };
            let some = |cell: &str| (!cell.is_empty()).then(|| cell.to_owned());
            gaps.push(Gap {
                account: some(account),
                title: some(title),
                date: date.parse().ok(),
                url: some(url),
                of: some(of),
                detail: some(detail),
                ..Gap::new(kind, key, reason)
            });
            Ok(())
        })?;
    }
    Ok(gaps)
}

/// The fields of `article.json` that are needed here.
#[derive(Deserialize)]
struct Article {
    id: String,
    #[serde(default)]
    aliases: Vec<String>,
    #[serde(default)]
    url: Option<String>,
    #[serde(default)]
    biz: Option<String>,
    #[serde(default)]
    body: bool,
    #[serde(default)]
    published: Option<Time>,
    #[serde(default)]
    text_chars: u64,
    #[serde(default)]
    reshare: Option<serde::de::IgnoredAny>,
    #[serde(default)]
    media: Vec<Medium>,
    #[serde(default)]
    gaps: Vec<Gap>,
}

#[derive(Deserialize)]
struct Medium {
    key: String,
    #[serde(default)]
    sha256: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Account {
    biz: Option<String>,
    user_name: Option<String>,
    name: Option<String>,
    alias: Option<String>,
    numbers: Numbers,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Numbers {
    articles: Option<Three>,
    notes: Option<Three>,
    videos: Option<Three>,
    live_replays: Option<Three>,
}

#[derive(Deserialize)]
struct Three {
    #[serde(default)]
    platform_total: Option<u64>,
    listed: u64,
    held: u64,
}

/// Reads the account of the archive, if it is known.
fn account(archive: &Archive) -> Result<Option<Account>> {
    let Some(bytes) = read(archive, Class::Public, layout::ACCOUNT)? else { return Ok(None) };
    let account = serde_json::from_slice(&bytes);
    account.map(Some).map_err(|error| unreadable(archive, Class::Public, layout::ACCOUNT).because(error))
}

/// Reads the articles, their media and their bodies. Returns the folders of the public ones that should have a page and
/// have none.
fn articles(
    archive: &Archive,
    now: Time,
    gaps: &[Gap],
    is_shown: &dyn Fn(&str) -> bool,
    measured: &mut Measured,
) -> Result<Vec<String>> {
    let Some(account) = account(archive)? else { return Ok(Vec::new()) };
    measured.kinds_seen.insert(AccountKind::OaSubscription);
    measured.known = Known {
        name: account.name.clone(),
        original_id: account.user_name.clone().filter(|id| id.starts_with("gh_")),
        wechat_id: account.alias.clone(),
        ..Known::default()
    };
    let own = |biz: Option<&String>| biz.is_none() || account.biz.is_none() || biz == account.biz.as_ref();
    let mut without_page = Vec::new();
    let mut findings = Vec::new();
    let (mut media, mut held_media) = (NameSet::default(), NameSet::default());
    let mut withdrawn = 0;
    // Only articles that a gap names are looked up again below.
    let withdrawn_gaps = gaps.iter().filter(|gap| gap.kind == SubjectKind::Article && gap.reason.is_unpublished());
    let withdrawn_gaps: HashSet<&str> = withdrawn_gaps.map(|gap| gap.key.as_str()).collect();
    let mut whole: HashSet<&str> = HashSet::new();
    let mut published = NameSet::default();
    let mut span: Option<(Date, Date)> = None;
    for class in [Class::Public, Class::Private] {
        archive.each(class, |path, _| {
            let record = path.strip_prefix("articles/").and_then(|rest| rest.strip_suffix("/article.json"));
            let Some(folder) = record else { return Ok(()) };
            let bytes = archive.bytes(class, path).and_then(|bytes| bytes.ok_or_else(|| ErrorKind::NotFound.into()));
            let failed = |error| Error::disk("readiness-unreadable", archive.shown(class, path), error);
            let bytes = bytes.map_err(failed)?;
            let article: Article =
                serde_json::from_slice(&bytes).map_err(|error| unreadable(archive, class, path).because(error))?;
            if !own(article.biz.as_ref()) || path.contains("/versions/") {
                return Ok(());
            }
            if class == Class::Public && !is_shown(folder) {
                without_page.push(folder.to_owned());
            }
            if let (Class::Public, true, Some(time)) = (class, article.body, article.published) {
                let day = time.zoned().date();
                published.insert(&article.id);
                span = Some(span.map_or((day, day), |(first, last)| (first.min(day), last.max(day))));
            }
            // A reshare may consist of its card alone.
            let bare = !article.body || (article.text_chars == 0 && article.media.is_empty());
            if bare && article.reshare.is_none() {
                findings.push(Finding { code: "empty".to_owned(), item: article.id.clone() });
            }
            if article.body {
                whole.extend(withdrawn_gaps.get(article.id.as_str()));
            }
            withdrawn += u64::from(article.gaps.iter().any(|gap| gap.reason.is_unpublished()));
            for medium in article.media {
                media.insert(&medium.key);
                if medium.sha256.is_some() {
                    held_media.insert(&medium.key);
                }
            }
            measured.held_urls.extend(article.url.into_iter().chain(article.aliases).chain([article.id]));
            Ok(())
        })?;
    }
    measured.known.articles = span.map(|(first, last)| Published { count: published.len() as u64, first, last });
    let of = |kind: SubjectKind| gaps.iter().filter(move |gap| gap.kind == kind && own(gap.account.as_ref()));
    // An article withdrawn by its author but held complete, from a saved file or the API, is not missing.
    let is_held = |gap: &&Gap| gap.reason.is_unpublished() && whole.contains(gap.key.as_str());
    let article_gaps: Vec<Gap> = of(SubjectKind::Article).filter(|gap| !is_held(gap)).cloned().collect();
    withdrawn += article_gaps.iter().filter(|gap| gap.reason.is_unpublished()).count() as u64;
    if let Some(three) = account.numbers.articles {
        let total = three.platform_total.map(|value| Total {
            source: "list:articles".to_owned(),
            scope: "all".to_owned(),
            value,
            at: None,
        });
        let totals = total.into_iter().collect();
        let asset = Asset { totals, listed: Some(three.listed), held: Some(three.held), withdrawn, gaps: article_gaps };
        measured.assets.insert("article".to_owned(), asset);
    }
    let channels =
        [(account.numbers.videos, "video", "videos"), (account.numbers.live_replays, "live_replay", "lives")];
    for (three, part, scope) in channels {
        let Some(three) = three else { continue };
        measured.kinds_seen.insert(AccountKind::Channels);
        let totals = three.platform_total.map(|value| Total {
            source: format!("list:{scope}"),
            scope: "all".to_owned(),
            value,
            at: None,
        });
        let live = part == "live_replay";
        let gaps =
            of(SubjectKind::Video).filter(|gap| (gap.detail.as_deref() == Some("live")) == live).cloned().collect();
        let asset = Asset {
            totals: totals.into_iter().collect(),
            listed: Some(three.listed),
            held: Some(three.held),
            gaps,
            ..Asset::default()
        };
        measured.assets.insert(format!("channels_video.{part}"), asset);
    }
    if let Some(three) = account.numbers.notes {
        let gaps = of(SubjectKind::Note).cloned().collect();
        let asset = Asset { listed: Some(three.listed), held: Some(three.held), gaps, ..Asset::default() };
        measured.assets.insert("note".to_owned(), asset);
    }
    // Media of another account's article, or that no own article uses, do not concern this account.
    let is_missed = |gap: &&Gap| media.contains(&gap.key) && !held_media.contains(&gap.key);
    let media_gaps: Vec<Gap> = of(SubjectKind::Media).filter(is_missed).cloned().collect();
    let (listed, held) = (Some(media.len() as u64), Some(held_media.len() as u64));
    let asset = Asset { listed, held, gaps: media_gaps, ..Asset::default() };
    measured.assets.insert("article.media".to_owned(), asset);
    // Named among the gaps, so the numbers name it too.
    let avatar: Vec<Gap> = of(SubjectKind::Media).filter(|gap| gap.is_avatar()).cloned().collect();
    if !avatar.is_empty() {
        let asset = Asset { listed: Some(avatar.len() as u64), held: Some(0), gaps: avatar, ..Asset::default() };
        measured.assets.insert("avatar".to_owned(), asset);
    }
    let scan = Scan { at: now, archive: measured.archive_digest, findings };
    measured.scans.insert("article_body".to_owned(), scan);
    Ok(without_page)
}

/// Reads which lists are complete, and the period that the evidence spans.
fn lists(archive: &Archive, measured: &mut Measured) -> Result<()> {
    let mut span: Option<(Time, Time)> = None;
    let own = account(archive)?.and_then(|account| account.biz);
    let of_owner = |biz: &str| biz.is_empty() || own.as_deref().is_none_or(|own| own == biz);
    let mut complete = false;
    each_row(archive, (Class::Private, layout::LISTS), ["complete", "account"], |[says, biz]| {
        complete |= says == "true" && of_owner(biz);
        Ok(())
    })?;
    let columns = ["source", "version", "time"];
    each_row(archive, (Class::Private, layout::EVIDENCE_INDEX), columns, |[source, version, time]| {
        let version = version.parse::<u32>().ok();
        let is_older = |(name, last): &(&str, u32)| *name == source && version.is_some_and(|version| version <= *last);
        complete |= COMPLETE_BEFORE.iter().any(is_older);
        // Members of a ZIP without a time are dated 1980; nothing on the platform is older than the platform.
        if let Some(time) = time.parse::<Time>().ok().filter(|time| time.year() >= 2011) {
            span = Some(span.map_or((time, time), |(first, last)| (first.min(time), last.max(time))));
        }
        Ok(())
    })?;
    if complete {
        measured.lists.insert("import:article_list".to_owned());
    }
    measured.snapshot = span;
    Ok(())
}

/// Marks the kinds of kept documents as present. `menu`, `auto_reply` and `profile` each have several accepted names.
fn kept(archive: &Archive, measured: &mut Measured) -> Result<()> {
    for path in archive.below(Class::Private, "documents/")?.into_keys() {
        if let Some(kind) = path.split('/').nth(1) {
            measured.present.insert(documents::kind(kind).unwrap_or(kind).to_owned());
        }
    }
    Ok(())
}
