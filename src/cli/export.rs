//! `liudi mirror`, and the exporters behind `liudi export`.

use std::path::{Path, PathBuf};

use super::arguments::MirrorOptions;
use super::context::Context;
use crate::error::Result;
use crate::export::ExportOptions;
use crate::model::layout;
use crate::pipeline::export;

/// Makes the site of an archive.
pub(super) fn mirror(context: &Context<'_>, options: &MirrorOptions) -> Result<u8> {
    let root = context.existing_archive(options.archive_dir.as_deref())?;
    let site = build(context, &root, options)?;
    context.output.say("mirror-done", &[("path", &site.join("index.html").display().to_string())]);
    Ok(0)
}

/// Makes the site of the archive at `root`; gives its folder.
pub(super) fn build(context: &Context<'_>, root: &Path, options: &MirrorOptions) -> Result<PathBuf> {
    let site = options.output.clone().unwrap_or_else(|| root.join(layout::SITE));
    let export_options = ExportOptions {
        language: context.output.texts().language(),
        templates: options.templates.clone(),
        base_url: options.base_url.clone(),
    };
    export::mirror(root, &site, &export_options, context.progress().as_ref())?;
    Ok(site)
}
