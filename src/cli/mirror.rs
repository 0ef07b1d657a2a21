//! `liudi mirror`: the site.

use std::path::Path;

use serde::Serialize;

use super::context::Context;
use super::host::Terminal;
use super::site_arguments::{ChoiceOptions, MirrorOptions};
use crate::config::site::SiteConfig;
use crate::error::{Error, Kind, Result};
use crate::export::ExportOptions;
use crate::export::hosts::{self, Excess};
use crate::export::options::site_address;
use crate::export::selection::Selection;
use crate::model::site::CommentChoice;
use crate::model::{Problem, layout};
use crate::pipeline::export::{self, Made};
use crate::pipeline::job::{Site, SiteJob};

#[derive(Serialize)]
struct Answer<'a> {
    site: &'a Path,
    media: Option<&'a Path>,
    host: Option<&'a str>,
    unread: usize,
    #[serde(flatten)]
    made: &'a Made,
}

/// Makes the site of an archive.
pub(super) fn mirror(context: &Context<'_>, flags: &MirrorOptions) -> Result<u8> {
    let root = context.existing_archive(flags.archive_dir.as_deref())?;
    let job = site(context, &root, flags)?;
    let built = job.build(&root, &Terminal::new(context))?;
    if context.output.json {
        context.output.answer(&Answer {
            site: &job.folder,
            media: job.options.media_base.is_some().then_some(job.media.as_path()),
            host: job.options.host.map(|host| host.name),
            unread: built.unread,
            made: &built.made,
        })?;
    }
    context.output.tell("mirror-done", &[("path", &job.folder.join("index.html").display().to_string())]);
    say(context, &job, &built);
    Ok(exit_bits(&built) | if built.made.excesses.is_empty() { 0 } else { Kind::Findings.exit_bit() })
}

/// The site of the archive at `root` that the flags and `site.toml` ask for.
pub(super) fn site(context: &Context<'_>, root: &Path, flags: &MirrorOptions) -> Result<SiteJob> {
    let folder = flags.output.clone().unwrap_or_else(|| root.join(layout::SITE));
    let media = flags.media_output.clone().unwrap_or_else(|| export::media_folder(&folder));
    let (comments, options) = settle(context, root, flags)?;
    Ok(SiteJob { folder, media, comments, options })
}

/// The exit bits of a site as it was made: files that the archive should hold and does not are findings.
pub(super) fn exit_bits(built: &Site) -> u8 {
    if built.made.summary.damaged.is_empty() { 0 } else { Kind::Findings.exit_bit() }
}

/// Flags before `site.toml`.
fn settle(context: &Context<'_>, root: &Path, flags: &MirrorOptions) -> Result<(CommentChoice, ExportOptions)> {
    let (config, comments, options) = choice(context, root, &flags.choice)?;
    let media_base = flags.media_base.as_ref().or(config.media_base.as_ref());
    let host = flags.host.as_ref().or(config.host.as_ref()).map(|name| {
        let names = || hosts::HOSTS.iter().map(|host| host.name).collect::<Vec<_>>().join(", ");
        hosts::find(name).ok_or_else(|| Error::usage("host-unknown").with("name", name).with("known", names()))
    });
    let options = ExportOptions {
        templates: flags.templates.clone().or(config.templates),
        media_base: media_base.map(|address| site_address(address)).transpose()?,
        noindex: flags.noindex || config.noindex,
        without_short_links: flags.no_short_links || config.no_short_links,
        host: host.transpose()?,
        ..options
    };
    Ok((comments, options))
}

/// What is republished and what the owner says of it: the same for the site and every export.
pub(super) fn choice(
    context: &Context<'_>,
    root: &Path,
    flags: &ChoiceOptions,
) -> Result<(SiteConfig, CommentChoice, ExportOptions)> {
    let config = SiteConfig::find(flags.site_config.as_deref(), root)?;
    let mut selection = Selection::new(
        &[config.only.as_slice(), &flags.only].concat(),
        &[config.except.as_slice(), &flags.except].concat(),
    )?;
    selection.hide(&config.hide.join("\n"))?;
    for list in [&config.hide_list, &flags.hide].into_iter().flatten() {
        let text = std::fs::read_to_string(list)
            .map_err(|error| Error::usage("config-unreadable").with("path", list.display()).because(error))?;
        selection.hide(&text)?;
    }
    let shown = flags.comments.as_deref().and_then(CommentChoice::from_code).unwrap_or(config.comments);
    let base_url = flags.base_url.as_ref().or(config.base_url.as_ref());
    let options = ExportOptions {
        language: context.output.texts().language(),
        base_url: base_url.map(|address| site_address(address)).transpose()?,
        identity: config.identity(),
        selection,
        ..ExportOptions::default()
    };
    Ok((config, shown, options))
}

/// What is to be known of a site before it is put somewhere.
pub(super) fn say(context: &Context<'_>, job: &SiteJob, built: &Site) {
    let output = context.output;
    for path in &built.made.summary.damaged {
        output.stopper(&Problem::finding("archive-file-missing", path));
    }
    if built.unread > 0 {
        output.tell("mirror-part", &[("count", &built.unread.to_string())]);
    }
    for line in &built.made.unused_hidden {
        output.tell("mirror-hide-unused", &[("line", line)]);
    }
    if built.made.withheld > 0 {
        output.tell("mirror-withheld", &[("count", &built.made.withheld.to_string())]);
    }
    if let Some(address) = &job.options.media_base {
        output.tell("mirror-media-elsewhere", &[("path", &job.media.display().to_string()), ("url", address)]);
    }
    let Some(host) = job.options.host else { return };
    let measures = &built.made.measures;
    let bytes = |count: u64| indicatif::HumanBytes(count).to_string();
    output.tell(
        "host-measures",
        &[("host", host.name), ("files", &measures.files.to_string()), ("bytes", &bytes(measures.bytes))],
    );
    for Excess { limit, allowed, actual, item } in &built.made.excesses {
        let number = |count: u64| if limit.ends_with("bytes") { bytes(count) } else { count.to_string() };
        let item = item.as_deref().unwrap_or_default();
        let arguments = [("allowed", number(*allowed)), ("actual", number(*actual)), ("item", item.to_owned())];
        let arguments: Vec<(&str, &str)> = arguments.iter().map(|(name, value)| (*name, value.as_str())).collect();
        output.tell(&format!("host-excess-{limit}"), &arguments);
    }
    if built.made.excesses.is_empty() {
        output.tell("host-fits", &[("host", host.name)]);
    }
    host.remarks.iter().for_each(|remark| output.tell(remark, &[]));
}
