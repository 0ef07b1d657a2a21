//! `liudi gaps`: what is missing, by name, in the form that is of use: a table to read, CSV and JSON to work with, URLs to
//! feed to a browser, a page of links to open and save one by one.

use std::fmt::Write as _;

use super::arguments::{GapFormat, GapOptions};
use super::context::Context;
use crate::error::Result;
use crate::model::Gap;
use crate::pipeline::gaps::{FACE, read_back};
use crate::pipeline::tables::{GAP_COLUMNS, Table, gap_row};

/// Shows the gaps of an archive.
pub(super) fn run(context: &Context<'_>, options: &GapOptions) -> Result<u8> {
    let root = context.existing_archive(options.archive_dir.as_deref())?;
    let gaps = read_back(&root)?;
    let output = context.output;
    match if output.json { GapFormat::Json } else { options.format } {
        GapFormat::Csv => {
            let mut table = Table::new(GAP_COLUMNS)?;
            gaps.iter().try_for_each(|gap| table.row(gap_row(gap)))?;
            output.document(&table.finish()?)?;
        }
        GapFormat::Html => output.document(page(context, &gaps).as_bytes())?,
        GapFormat::Json => output.answer(&gaps)?,
        GapFormat::Table => table(context, &gaps)?,
        GapFormat::Urls => gaps.iter().filter_map(|gap| gap.url.as_deref()).try_for_each(|url| output.data(url))?,
    }
    Ok(0)
}

/// Kind and reason in words.
fn words(context: &Context<'_>, gap: &Gap) -> (String, String) {
    let texts = context.output.texts();
    let reason = gap.reason.code().replace('_', "-");
    (texts.get(&format!("kind-{}", gap.kind.code()), &[]), texts.get(&format!("gap-{reason}"), &[]))
}

/// What people know it by.
fn title(context: &Context<'_>, gap: &Gap) -> String {
    match (&gap.title, gap.detail.as_deref()) {
        (Some(title), _) => title.clone(),
        (None, Some(FACE)) => context.output.texts().get("gaps-face", &[]),
        (None, _) => gap.key.clone(),
    }
}

fn table(context: &Context<'_>, gaps: &[Gap]) -> Result<()> {
    let output = context.output;
    if gaps.is_empty() {
        output.say("summary-no-gaps", &[]);
    }
    for gap in gaps {
        let (kind, reason) = words(context, gap);
        let date = gap.date.map(crate::model::Time::date).unwrap_or_default();
        let title = title(context, gap);
        let url = gap.url.as_deref().unwrap_or_default();
        output.row(&[&kind, &reason, &date, &title, url])?;
    }
    Ok(())
}

/// A page of links, self-contained, that loads nothing by itself.
fn page(context: &Context<'_>, gaps: &[Gap]) -> String {
    const STYLE: &str = ":root{color-scheme:light dark}\
        body{font:1rem/1.7 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}\
        table{border-collapse:collapse;width:100%}\
        td{border-top:1px solid #8884;padding:.4rem .6rem;vertical-align:top;overflow-wrap:anywhere}\
        td:nth-child(-n+2){white-space:nowrap}a:visited{opacity:.55}";
    let texts = context.output.texts();
    let mut rows = String::new();
    for gap in gaps {
        let (kind, reason) = words(context, gap);
        let title = escape(&title(context, gap));
        let date = gap.date.map(crate::model::Time::date).unwrap_or_default();
        let name = match gap.url.as_deref().filter(|url| url.starts_with("https://") || url.starts_with("http://")) {
            Some(url) => format!("<a href=\"{}\" rel=\"noreferrer\" target=\"_blank\">{title}</a>", escape(url)),
            None => title,
        };
        let (kind, reason) = (escape(&kind), escape(&reason));
        let _ = writeln!(rows, "<tr><td>{kind}</td><td>{date}</td><td>{name}</td><td>{reason}</td></tr>");
    }
    let heading = escape(&texts.get("gaps-title", &[("count", &gaps.len().to_string())]));
    let hint = escape(&texts.get("gaps-page-hint", &[]));
    format!(
        "<!DOCTYPE html>\n<html lang=\"{}\"><head><meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <title>{heading}</title><style>{STYLE}</style></head>\n\
         <body><main><h1>{heading}</h1><p>{hint}</p><table><tbody>\n{rows}</tbody></table></main></body></html>\n",
        texts.language().tag()
    )
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
