//! `liudi export`: writes an archive as files for other programs.

use super::context::Context;
use super::host::Terminal;
use super::mirror;
use super::site_arguments::ExportFlags;
use crate::error::{Kind, Result};
use crate::model::Problem;
use crate::pipeline::export::Exported;
use crate::pipeline::export::request::ExportRequest;

/// Writes every requested export.
pub(super) fn run(context: &Context<'_>, flags: &ExportFlags) -> Result<u8> {
    let root = context.existing_archive(flags.archive_dir.as_deref())?;
    let request = ExportRequest {
        choice: mirror::choice(&flags.choice),
        to: flags.to.clone(),
        folder: flags.output.clone(),
        set: flags.set.clone(),
        include: flags.include.clone(),
        export_config: flags.export_config.clone(),
    };
    let done = request.run(&root, context.output.texts().language(), &Terminal::new(context))?;
    let damaged = done.iter().any(|one| !one.summary.damaged.is_empty());
    if context.output.json {
        context.output.answer(&done)?;
    } else {
        for one in &done {
            say(context, one);
        }
    }
    Ok(if damaged { Kind::Findings.exit_bit() } else { 0 })
}

fn say(context: &Context<'_>, done: &Exported) {
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
    for line in &done.unused_hidden {
        output.tell("mirror-hide-unused", &[("line", line)]);
    }
}
