//! `liudi export`: writes an archive as files for other programs.

use super::context::Context;
use super::host::Terminal;
use super::mirror;
use super::site_arguments::ExportFlags;
use crate::error::{Kind, Result};
use crate::pipeline::export::Exported;
use crate::pipeline::export::request::ExportRequest;
use crate::words;

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
    context.output.sentences(&words::export::exported(context.output.texts(), done.name, done));
}
