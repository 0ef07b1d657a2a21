//! `liudi gaps`: lists what is missing by name, as a table to read, CSV and JSON to process, URLs to feed to a browser,
//! or a page of links to open and save.

use std::fmt::Write as _;

use super::arguments::{GapFormat, GapOptions};
use super::context::Context;
use crate::error::Result;
use crate::model::{Gap, SubjectKind, Time};
use crate::pipeline::archive::gap_list::{self, GapList, GapName, Group};
use crate::words::plain;

/// Shows the gaps of an archive.
pub(super) fn run(context: &Context<'_>, options: &GapOptions) -> Result<u8> {
    let root = context.existing_archive(options.archive_dir.as_deref())?;
    let list = GapList::read(&root)?;
    let output = context.output;
    match if output.json { GapFormat::Json } else { options.format } {
        GapFormat::Csv => output.document(&list.csv()?)?,
        GapFormat::Html => output.document(page(context, &list, &list.groups()?).as_bytes())?,
        GapFormat::Json => output.answer(&list.gaps)?,
        GapFormat::Table => show(context, &list, &list.groups()?)?,
        GapFormat::Urls => {
            list.gaps.iter().filter_map(|gap| gap.url.as_deref()).try_for_each(|url| output.data(url))?;
        }
    }
    Ok(0)
}

/// Returns kind and reason in words.
fn words(context: &Context<'_>, gap: &Gap) -> (String, String) {
    let texts = context.output.texts();
    (texts.code("kind", gap.kind.code()), texts.code("gap", gap_list::reason_code(gap)))
}

/// Returns the name by which the user knows a gap.
fn title(context: &Context<'_>, gap: &Gap) -> String {
    let texts = context.output.texts();
    match gap_list::name(gap) {
        GapName::Text(text) => text.to_owned(),
        GapName::Days(first, last) => texts.get("plan-range", &[("from", first), ("until", last)]),
        GapName::Avatar => texts.get("gaps-avatar", &[]),
        GapName::Rows(dataset, detail) => match (texts.find_code("dataset", dataset), detail) {
            (Some(name), Some(detail)) => texts.get("ready-reason-detail", &[("reason", &name), ("detail", detail)]),
            (Some(name), None) => name,
            (None, _) => gap.key.clone(),
        },
    }
}

/// Returns a note if files next to the page may be the picture.
fn unclear(context: &Context<'_>, gap: &Gap) -> Option<String> {
    gap_list::unclear(gap).map(|names| context.output.text("gaps-unclear", &[("names", names)]))
}

/// Returns the advice for a group.
fn advice(context: &Context<'_>, group: &Group<'_>) -> String {
    let words =
        |advice: gap_list::Advice<'_>| context.output.text(advice.code, &[("rule", advice.rule), ("key", advice.key)]);
    group.advice().map(words).unwrap_or_default()
}

/// Returns the number of gaps of each kind: `文章 3 项、图片音视频 1 项`.
fn counts(context: &Context<'_>, list: &GapList) -> String {
    let texts = context.output.texts();
    let one = |(kind, count): (SubjectKind, u64)| {
        let kind = texts.code("kind", kind.code());
        texts.get("gaps-kind-count", &[("kind", &kind), ("count", &count.to_string())])
    };
    texts.list(&list.counts().into_iter().map(one).collect::<Vec<_>>())
}

fn heading(context: &Context<'_>, list: &GapList) -> String {
    context.output.text("gaps-title", &[("count", &list.counts().values().sum::<u64>().to_string())])
}

fn show(context: &Context<'_>, list: &GapList, groups: &[Group<'_>]) -> Result<()> {
    let output = context.output;
    if groups.is_empty() {
        if !list.knows_own()? {
            return output.data(&output.text("gaps-nothing-own", &[]));
        }
        let inside = !list.covered().is_empty() && !list.knows_ends();
        output.data(&output.text(if inside { "summary-no-gaps-inside" } else { "summary-no-gaps" }, &[]))?;
        return covered(context, list);
    }
    let waived = list.waived()?;
    let advice = |group: &Group<'_>| {
        let given_up = group.gaps.iter().all(|gap| waived.contains(gap.key.as_str()));
        if given_up { output.text("gaps-waived", &[]) } else { advice(context, group) }
    };
    output
        .data(&output.text("gaps-header", &[("title", &heading(context, list)), ("kinds", &counts(context, list))]))?;
    for (index, group) in groups.iter().enumerate() {
        let plain = |text: &str| plain::cell(text).into_owned();
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
        // Advice shared by consecutive groups is printed once, after the last.
        if groups.get(index + 1).is_none_or(|next| !same(next)) {
            output.data(&format!("  → {}", advice(group)))?;
        }
    }
    covered(context, list)
}

/// Prints the days that personal bills cover, and what to record so that the days outside of them are known.
fn covered(context: &Context<'_>, list: &GapList) -> Result<()> {
    let output = context.output;
    let ranges: Vec<String> = list.covered().iter().map(|(first, last)| format!("{first} – {last}")).collect();
    if ranges.is_empty() {
        return Ok(());
    }
    output.data("")?;
    output.data(&output.text("summary-covered", &[("days", &output.texts().list(&ranges))]))?;
    if list.knows_ends() { Ok(()) } else { output.data(&output.text("summary-ask-trades", &[])) }
}

/// Returns a self-contained page of links that loads nothing by itself.
fn page(context: &Context<'_>, list: &GapList, groups: &[Group<'_>]) -> String {
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
    let heading = escape(&heading(context, list));
    let kinds = escape(&counts(context, list));
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
