//! `liudi export`: writes an archive as files for other programs.

use super::context::Context;
use super::host::Terminal;
use super::mirror;
use super::site_arguments::ExportFlags;
use crate::error::{Kind, Result};
use crate::model::Problem;
use crate::pipeline::export::request::ExportRequest;
use crate::pipeline::export::{Exported, Losses, losses};

/// Writes every requested export.
pub(super) fn run(context: &Context<'_>, flags: &ExportFlags) -> Result<u8> {
    let root = context.existing_archive(flags.archive_dir.as_deref())?;
    let request = ExportRequest {
        choice: mirror::choice(&flags.choice),
        to: flags.to.clone(),
        folder: flags.output.clone(),
        set: flags.set.clone(),
        common: common(flags),
        hard_link: flags.hard_link,
        include: flags.include.clone(),
        export_config: flags.export_config.clone(),
    };
    let done = request.run(&root, context.output.texts().language(), &Terminal::new(context))?;
    if context.output.json {
        context.output.answer(&done)?;
    } else {
        for one in &done {
            say(context, one);
        }
    }
    Ok(exit_bits(&done))
}

/// Returns the exit bits of exports.
pub(super) fn exit_bits(done: &[Exported]) -> u8 {
    let damaged = done.iter().any(|one| !one.summary.damaged.is_empty());
    if damaged { Kind::Findings.exit_bit() } else { 0 }
}

/// Returns the settings given by an argument of their own.
fn common(flags: &ExportFlags) -> Vec<(&'static str, String)> {
    let all = [
        ("layout", &flags.layout),
        ("volume", &flags.volume),
        ("media-base", &flags.media_base),
        ("split-mb", &flags.split_mb),
    ];
    all.into_iter().filter_map(|(name, value)| Some((name, value.clone()?))).collect()
}

/// Says what an export wrote, and what its target cannot express.
pub(super) fn say(context: &Context<'_>, done: &Exported) {
    let output = context.output;
    let number = |count: usize| count.to_string();
    let summary = &done.summary;
    output.tell(
        if done.posts.is_some() { "export-done" } else { "export-done-private" },
        &[
            ("name", done.name),
            ("path", &done.folder.display().to_string()),
            ("posts", &number(done.posts.unwrap_or_default())),
            ("written", &number(summary.written)),
            ("unchanged", &number(summary.unchanged)),
        ],
    );
    for path in &summary.damaged {
        output.stopper(&Problem::finding("archive-file-missing", path));
    }
    if done.withheld > 0 {
        output.tell("export-withheld", &[("count", &number(done.withheld))]);
    }
    for line in &done.unused_rules {
        output.tell("export-rule-unused", &[("line", line)]);
    }
    if summary.removed > 0 {
        output.tell("export-removed", &[("count", &number(summary.removed))]);
    }
    let is_aside = |path: &&String| path.trim_end_matches(|last: char| last.is_ascii_digit()).ends_with(".edited");
    let (aside, in_place): (Vec<&String>, Vec<&String>) = summary.edited.iter().partition(is_aside);
    for (id, files) in [("export-edited", in_place), ("export-edited-aside", aside)] {
        if !files.is_empty() {
            let mut named: Vec<String> = files.iter().copied().take(NAMED).cloned().collect();
            named.extend((files.len() > NAMED).then(|| "…".to_owned()));
            output.tell(id, &[("count", &number(files.len())), ("files", &output.texts().list(&named))]);
        }
    }
    if done.posts == Some(0) {
        output.tell(if done.withheld > 0 { "export-nothing" } else { "export-empty" }, &[]);
    }
    say_lost(context, done.name, &summary.lost, done.posts.is_some());
}

/// Number of posts named in a line.
const NAMED: usize = 5;

/// Names what is lost in posts, or in rows of bills; apart from it what the archive itself lacks.
fn say_lost(context: &Context<'_>, name: &str, lost: &Losses, in_posts: bool) {
    let is_lacking = |kind: &str| matches!(kind, "missing" | "body");
    let expressed = if in_posts { "export-lost" } else { "export-lost-rows" };
    for (heading, lacking) in [(expressed, false), ("export-lacking", true)] {
        let kinds: Vec<_> = lost.iter().filter(|(kind, _)| is_lacking(kind) == lacking).collect();
        if !kinds.is_empty() {
            context.output.tell(heading, &[("name", name)]);
        }
        for (kind, lost) in kinds {
            say_kind(context, kind, lost, in_posts);
        }
    }
}

fn say_kind(context: &Context<'_>, kind: &str, lost: &losses::Lost, in_posts: bool) {
    let (output, texts) = (context.output, context.output.texts());
    let what = losses::words(texts, kind);
    let mut titles: Vec<String> = Vec::new();
    for title in lost.named.iter().take(NAMED) {
        titles.push(texts.get("export-lost-title", &[("title", title)]));
    }
    let (count, posts) = (lost.count.to_string(), lost.posts.to_string());
    let more = lost.posts.saturating_sub(titles.len() as u64).to_string();
    let arguments = [
        ("what", what.as_str()),
        ("count", &count),
        ("posts", &posts),
        ("titles", &texts.list(&titles)),
        ("more", &more),
    ];
    let id = match (in_posts, more == "0") {
        (true, true) => "export-lost-kind",
        (true, false) => "export-lost-kind-more",
        (false, true) => "export-lost-row",
        (false, false) => "export-lost-row-more",
    };
    output.tell(id, &arguments);
}
