//! `liudi gaps`: what is missing, by name, in the form that is of use: a list to read, CSV and JSON to work with, URLs to
//! feed to a browser, a page of links to open and save one by one.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::arguments::{GapFormat, GapOptions};
use super::context::Context;
use crate::archive::Archive;
use crate::audit::fill;
use crate::error::Result;
use crate::model::{Gap, GapReason, SubjectKind, Time};
use crate::pipeline::archive::bill_days::BillDays;
use crate::pipeline::archive::gaps::{FACE, Named, all, knows_own, titles};
use crate::pipeline::commit::tables::{GAP_COLUMNS, Table, gap_row};

/// Shows the gaps of an archive.
pub(super) fn run(context: &Context<'_>, options: &GapOptions) -> Result<u8> {
    let root = context.existing_archive(options.archive_dir.as_deref())?;
    let archive = Archive::open(&root)?;
    let days = BillDays::read(&archive)?;
    let gaps = all(&archive, &days)?;
    let output = context.output;
    match if output.json { GapFormat::Json } else { options.format } {
        GapFormat::Csv => {
            let mut table = Table::new(GAP_COLUMNS)?;
            gaps.iter().try_for_each(|gap| table.row_for_people(gap_row(gap)))?;
            output.document(&table.finish()?)?;
        }
        GapFormat::Html => output.document(page(context, &gaps, &grouped(&gaps, &titles(&archive)?)).as_bytes())?,
        GapFormat::Json => output.answer(&gaps)?,
        GapFormat::Table => list(context, &archive, &gaps, &grouped(&gaps, &titles(&archive)?), &days)?,
        GapFormat::Urls => gaps.iter().filter_map(|gap| gap.url.as_deref()).try_for_each(|url| output.data(url))?,
    }
    Ok(0)
}

/// Gaps that are mended by one action: those of one article, or of one kind without an article.
struct Group<'g> {
    /// What it is of; none for gaps that stand by themselves.
    article: Option<Named>,
    gaps: Vec<&'g Gap>,
}

/// Returns the gaps as groups, articles that are missing whole first, then articles that lack something, then the rest.
fn grouped<'g>(gaps: &'g [Gap], titles: &BTreeMap<String, Named>) -> Vec<Group<'g>> {
    let mut of: BTreeMap<&str, usize> = BTreeMap::new();
    let mut groups: Vec<Group<'g>> = Vec::new();
    let rank = |gap: &Gap| (gap.kind != SubjectKind::Article, gap.of.is_none());
    let mut sorted: Vec<&Gap> = gaps.iter().filter(|gap| gap.reason != GapReason::NoBill).collect();
    sorted.sort_by_key(|gap| rank(gap));
    for gap in sorted {
        let parent = gap.of.as_deref().or_else(|| (gap.kind == SubjectKind::Article).then_some(&gap.key));
        match parent {
            None => groups.push(Group { article: None, gaps: vec![gap] }),
            Some(parent) => {
                let at = *of.entry(parent).or_insert_with(|| {
                    let known = titles.get(parent).cloned().unwrap_or_else(|| Named {
                        title: gap.title.clone(),
                        url: gap.url.clone().filter(|_| gap.kind == SubjectKind::Article),
                        date: gap.date.map(Time::date),
                    });
                    groups.push(Group { article: Some(known), gaps: Vec::new() });
                    groups.len() - 1
                });
                groups[at].gaps.push(gap);
            }
        }
    }
    groups
}

/// Kind and reason in words.
fn words(context: &Context<'_>, gap: &Gap) -> (String, String) {
    let texts = context.output.texts();
    let reason = match (gap.kind, gap.reason) {
        // No list names the days of a bill.
        (SubjectKind::Bill, GapReason::NotHeld) => "bill-days".to_owned(),
        _ => gap.reason.code().replace('_', "-"),
    };
    (texts.get(&format!("kind-{}", gap.kind.code()), &[]), texts.get(&format!("gap-{reason}"), &[]))
}

/// What people know it by.
fn title(context: &Context<'_>, gap: &Gap) -> String {
    let texts = context.output.texts();
    if gap.kind == SubjectKind::Bill
        && let Some((first, last)) = gap.title.as_deref().and_then(|title| title.split_once(".."))
    {
        return texts.get("plan-range", &[("from", first), ("until", last)]);
    }
    let dataset = gap.key.strip_prefix("rows:").and_then(|rest| rest.split('/').next());
    let dataset = dataset.and_then(|code| texts.find(&format!("dataset-{code}"), &[]));
    match (&gap.title, gap.detail.as_deref()) {
        (Some(title), _) => title.clone(),
        // More is counted than is held: which table, and how many of how many.
        (None, detail) if dataset.is_some() => {
            let name = dataset.unwrap_or_default();
            detail.map_or(name.clone(), |detail| {
                texts.get("ready-reason-detail", &[("reason", &name), ("detail", detail)])
            })
        }
        (None, Some(FACE)) => texts.get("gaps-face", &[]),
        (None, _) => gap.key.clone(),
    }
}

/// That files beside the page may be the picture.
fn unclear(context: &Context<'_>, gap: &Gap) -> Option<String> {
    let names = gap.detail.as_deref()?.strip_prefix(Gap::UNCLEAR)?;
    Some(context.output.text("gaps-unclear", &[("names", names)]))
}

/// What was not read because a limit was reached that can be raised.
const LIMITS: &[&str] = &[
    "gzip-ratio",
    "input-too-deep",
    "zip-members-too-large",
    "zip-ratio",
    "zip-too-deep",
    "zip-too-large",
    "zip-too-many-members",
];

/// The one thing to do about a group.
fn advice(context: &Context<'_>, group: &Group<'_>) -> String {
    let output = context.output;
    let Some(first) = group.gaps.first() else { return String::new() };
    let page = group.article.as_ref().and_then(|article| article.url.as_deref()).or(first.url.as_deref());
    let rule = match first.kind {
        SubjectKind::Article => "content.articles.count",
        SubjectKind::Media => "content.articles.assets",
        _ => "",
    };
    let id = match first.reason {
        GapReason::DeletedByAuthor
        | GapReason::BlockedByPlatform
        | GapReason::Complaint
        | GapReason::AccountClosed
        | GapReason::Migrated
        | GapReason::ExpiredWindow => {
            if rule.is_empty() {
                "gaps-do-lost"
            } else {
                "gaps-do-waive"
            }
        }
        GapReason::PasswordNeeded => "gaps-do-password",
        GapReason::StillEncrypted => "next-encrypted",
        GapReason::PartialPaid => "gaps-do-paid",
        GapReason::BrokenInput if first.detail.as_deref().is_some_and(|code| LIMITS.contains(&code)) => "gaps-do-limit",
        GapReason::BrokenInput | GapReason::TooLarge => "gaps-do-input",
        GapReason::NotRead => "gaps-do-again",
        GapReason::NotPermitted | GapReason::UnsupportedType => "gaps-do-keep",
        _ if first.kind == SubjectKind::Bill => "gaps-do-bill",
        _ if matches!(first.kind, SubjectKind::Media) && group.article.is_some() && page.is_some() => "gaps-do-media",
        _ if page.is_some_and(|url| url.starts_with("http")) => "gaps-do-page",
        _ => "gaps-do-export",
    };
    output.text(id, &[("rule", rule), ("key", &first.key)])
}

/// How many of each kind: `文章 3 项、图片音视频 1 项`.
fn counts(context: &Context<'_>, gaps: &[Gap]) -> String {
    let mut kinds: BTreeMap<SubjectKind, u64> = BTreeMap::new();
    for gap in gaps.iter().filter(|gap| gap.reason != GapReason::NoBill) {
        *kinds.entry(gap.kind).or_default() += 1;
    }
    let texts = context.output.texts();
    let one = |(kind, count): (SubjectKind, u64)| {
        let kind = texts.get(&format!("kind-{}", kind.code()), &[]);
        texts.get("gaps-kind-count", &[("kind", &kind), ("count", &count.to_string())])
    };
    kinds.into_iter().map(one).collect::<Vec<_>>().join(&texts.get("list-separator", &[]))
}

fn heading(context: &Context<'_>, gaps: &[Gap]) -> String {
    let count = gaps.iter().filter(|gap| gap.reason != GapReason::NoBill).count().to_string();
    context.output.text("gaps-title", &[("count", &count)])
}

fn list(context: &Context<'_>, archive: &Archive, gaps: &[Gap], groups: &[Group<'_>], days: &BillDays) -> Result<()> {
    let output = context.output;
    if groups.is_empty() {
        if !knows_own(archive)? {
            return output.data(&output.text("gaps-nothing-own", &[]));
        }
        let inside = !days.covered.ranges().is_empty() && !days.knows_ends;
        output.data(&output.text(if inside { "summary-no-gaps-inside" } else { "summary-no-gaps" }, &[]))?;
        return covered(context, days);
    }
    let waivers = fill::records(archive)?.waivers.waivers;
    let waived: BTreeSet<&str> = waivers.iter().filter_map(|waiver| waiver.item.as_deref()).collect();
    let advice = |group: &Group<'_>| {
        let given_up = group.gaps.iter().all(|gap| waived.contains(gap.key.as_str()));
        if given_up { output.text("gaps-waived", &[]) } else { advice(context, group) }
    };
    output
        .data(&output.text("gaps-header", &[("title", &heading(context, gaps)), ("kinds", &counts(context, gaps))]))?;
    for (index, group) in groups.iter().enumerate() {
        let plain = |text: &str| super::plain::cell(text).into_owned();
        output.data("")?;
        let same = |other: &Group<'_>| advice(other) == advice(group);
        if let Some(article) = &group.article {
            let name = article.title.as_deref().unwrap_or(&group.gaps[0].key);
            let date = article.date.as_deref().unwrap_or_default();
            output.data(plain(&format!("{date} {name}")).trim())?;
            if let Some(url) = &article.url {
                output.data(&format!("  {}", plain(url)))?;
            }
        }
        for gap in &group.gaps {
            let (kind, reason) = words(context, gap);
            let name = match &group.article {
                Some(_) if gap.kind == SubjectKind::Article => String::new(),
                Some(_) => gap.url.clone().unwrap_or_else(|| gap.key.clone()),
                None => title(context, gap),
            };
            output.data(plain(&format!("  · {kind}  {reason}  {name}")).trim_end())?;
            if let Some(note) = unclear(context, gap) {
                output.data(&format!("    {}", plain(&note)))?;
            }
            if let (None, Some(url)) = (&group.article, &gap.url) {
                output.data(&format!("    {}", plain(url)))?;
            }
        }
        // The same advice for several groups is given once, after the last.
        if groups.get(index + 1).is_none_or(|next| !same(next)) {
            output.data(&format!("  → {}", advice(group)))?;
        }
    }
    covered(context, days)
}

/// The days that a person's bills cover, and what to record so that the days outside of them are known.
fn covered(context: &Context<'_>, days: &BillDays) -> Result<()> {
    let output = context.output;
    let ranges: Vec<String> = days.covered.ranges().iter().map(|(first, last)| format!("{first} – {last}")).collect();
    if ranges.is_empty() {
        return Ok(());
    }
    output.data("")?;
    output.data(&output.text("summary-covered", &[("days", &ranges.join(&output.text("list-separator", &[])))]))?;
    if days.knows_ends { Ok(()) } else { output.data(&output.text("summary-ask-trades", &[])) }
}

/// A page of links, self-contained, that loads nothing by itself.
fn page(context: &Context<'_>, gaps: &[Gap], groups: &[Group<'_>]) -> String {
    const STYLE: &str = ":root{color-scheme:light dark}*{box-sizing:border-box}\
        body{font:1rem/1.7 system-ui,sans-serif;max-width:46rem;margin:1.5rem auto;padding:0 1rem;overflow-wrap:anywhere}\
        h1{font-size:1.5rem;line-height:1.3}h2{font-size:1.1rem;line-height:1.5;margin:0}\
        section{border-top:1px solid #8884;padding:.8rem 0}ul{margin:.3rem 0;padding-inline-start:1.2rem}\
        p{margin:.3rem 0}.soft{opacity:.75}code{font-size:.86em}a:visited{opacity:.55}\
        a.all{display:inline-block;padding:.2rem 0}";
    let output = context.output;
    let mut sections = String::new();
    let link = |url: Option<&str>, name: &str| match url.filter(|url| url.starts_with("http")) {
        Some(url) => {
            format!("<a href=\"{}\" rel=\"noreferrer\" target=\"_blank\">{}</a>", escape(url), escape(name))
        }
        None => escape(name),
    };
    for group in groups {
        let Some(first) = group.gaps.first() else { continue };
        let (name, url, date) = match &group.article {
            Some(article) => {
                (article.title.clone().unwrap_or_else(|| first.key.clone()), article.url.clone(), article.date.clone())
            }
            None => (title(context, first), first.url.clone(), first.date.map(Time::date)),
        };
        let date = escape(&date.unwrap_or_default());
        let _ = write!(sections, "<section><h2>{}</h2><p class=\"soft\">{date}</p><ul>", link(url.as_deref(), &name));
        for gap in &group.gaps {
            let (kind, reason) = words(context, gap);
            let note = unclear(context, gap).map(|note| format!("<br>{}", escape(&note))).unwrap_or_default();
            let _ = write!(sections, "<li>{} · {}{note}</li>", escape(&kind), escape(&reason));
        }
        let _ = writeln!(sections, "</ul><p>→ {}</p></section>", escape(&advice(context, group)));
    }
    let heading = escape(&heading(context, gaps));
    let kinds = escape(&counts(context, gaps));
    let hint = escape(&output.text("gaps-page-hint", &[]));
    format!(
        "<!DOCTYPE html>\n<html lang=\"{}\"><head><meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <title>{heading}</title><style>{STYLE}</style></head>\n\
         <body><main><h1>{heading}</h1><p>{kinds}</p><p class=\"soft\">{hint}</p>\n{sections}</main></body></html>\n",
        output.texts().language().tag()
    )
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
