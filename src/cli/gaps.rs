//! `liudi gaps`: lists what is missing by name, as a table to read, CSV and JSON to process, URLs to feed to a browser,
//! or a page of links to open and save.

use super::arguments::{GapFormat, GapOptions};
use super::context::Context;
use super::host::Terminal;
use crate::error::Result;
use crate::model::SubjectKind;
use crate::pipeline::archive::gap_list::{GapList, Group};
use crate::pipeline::host::Host as _;
use crate::words::plain;

/// Shows the gaps of an archive.
pub(super) fn run(context: &Context<'_>, options: &GapOptions) -> Result<u8> {
    let root = context.existing_archive(options.archive_dir.as_deref())?;
    let list = GapList::read(&root)?;
    let output = context.output;
    match if output.json { GapFormat::Json } else { options.format } {
        GapFormat::Csv => output.document(&list.csv()?)?,
        GapFormat::Html => output.document(output.phrases().gap_page(&list, &list.groups()?, "").as_bytes())?,
        GapFormat::Json => output.answer(&list.listed())?,
        GapFormat::Table => return show(context, &list).map(|()| 0),
        GapFormat::Urls => list.urls().try_for_each(|url| output.data(url))?,
    }
    // No list of gaps has the days without a bill.
    let days = missing_bills(context, &list)?;
    if days > 0 {
        output.say("gaps-missing-bills", &[("count", &days.to_string())]);
    }
    Ok(0)
}

fn missing_bills(context: &Context<'_>, list: &GapList) -> Result<usize> {
    list.missing_bills(Terminal::new(context).environment().today()?)
}

fn show(context: &Context<'_>, list: &GapList) -> Result<()> {
    let (output, phrases) = (context.output, context.output.phrases());
    let (open, given_up) = (list.groups()?, list.given_up_groups()?);
    let days = missing_bills(context, list)?;
    if open.is_empty() && given_up.is_empty() {
        if !list.knows_own()? {
            return output.data(&output.text("gaps-nothing-own", &[]));
        }
        let inside = days > 0 || !list.covered().is_empty() && !list.knows_ends();
        output.data(&output.text(if inside { "summary-no-gaps-inside" } else { "summary-no-gaps" }, &[]))?;
        return covered(context, list, days);
    }
    let heading = phrases.gap_heading(list);
    output.data(&match phrases.gap_counts(list) {
        none if none.is_empty() => heading,
        kinds => output.text("gaps-header", &[("title", &heading), ("kinds", &kinds)]),
    })?;
    show_groups(context, &open, |group| phrases.gap_advice(group))?;
    show_groups(context, &given_up, |_| output.text("gaps-waived", &[]))?;
    covered(context, list, days)
}

/// Prints groups of gaps, each with its advice.
fn show_groups(context: &Context<'_>, groups: &[Group<'_>], advice: impl Fn(&Group<'_>) -> String) -> Result<()> {
    let (output, phrases) = (context.output, context.output.phrases());
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
            let (kind, reason) = phrases.gap(gap);
            let name = match &group.article {
                Some(_) if gap.kind == SubjectKind::Article => String::new(),
                Some(_) => gap.url.clone().unwrap_or_else(|| gap.key.clone()),
                None => phrases.gap_name(gap, group.number),
            };
            output.data(plain(&format!("  · {kind}  {reason}  {name}")).trim_end())?;
            if let Some(note) = phrases.gap_unclear(gap) {
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
    Ok(())
}

/// Prints the days that personal bills cover, and what to record so that the days outside of them are known.
fn covered(context: &Context<'_>, list: &GapList, missing_bills: usize) -> Result<()> {
    let output = context.output;
    if missing_bills > 0 {
        output.data("")?;
        output.data(&output.text("gaps-missing-bills", &[("count", &missing_bills.to_string())]))?;
    }
    let ranges: Vec<String> = list.covered().iter().map(|(first, last)| format!("{first} – {last}")).collect();
    if ranges.is_empty() {
        return Ok(());
    }
    output.data("")?;
    output.data(&output.text("summary-covered", &[("days", &output.texts().list(&ranges))]))?;
    if list.knows_ends() { Ok(()) } else { output.data(&output.text("summary-ask-trades", &[])) }
}
