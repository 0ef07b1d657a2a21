//! `liudi mirror`: the site.

use std::path::{Path, PathBuf};

use serde::Serialize;

use super::arguments::BackupOptions;
use super::context::Context;
use super::site_arguments::{ChoiceOptions, MirrorOptions};
use crate::archive::Archive;
use crate::config::site::SiteConfig;
use crate::error::{Error, Kind, Result};
use crate::export::hosts::{self, Excess};
use crate::export::options::site_address;
use crate::export::selection::Selection;
use crate::export::{ExportOptions, hosts::Host};
use crate::model::site::CommentChoice;
use crate::model::{GapReason, Problem, layout};
use crate::pipeline::archive::gaps;
use crate::pipeline::export::comments;
use crate::pipeline::export::{self, Made};

/// The site of a run.
pub(super) struct Built {
    /// Its folder.
    pub(super) site: PathBuf,
    /// The folder of the media that are to stand elsewhere, and where.
    media: Option<(PathBuf, String)>,
    host: Option<&'static Host>,
    made: Made,
    /// Files that a stopped run did not read: what is shown is a part.
    unread: usize,
}

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
pub(super) fn mirror(context: &Context<'_>, options: &MirrorOptions) -> Result<u8> {
    let root = context.existing_archive(options.archive_dir.as_deref())?;
    let built = build(context, &root, options)?;
    if context.output.json {
        context.output.answer(&Answer {
            site: &built.site,
            media: built.media.as_ref().map(|(folder, _)| folder.as_path()),
            host: built.host.map(|host| host.name),
            unread: built.unread,
            made: &built.made,
        })?;
    }
    context.output.tell("mirror-done", &[("path", &built.site.join("index.html").display().to_string())]);
    say(context, &built);
    Ok(exit_bits(&built) | if built.made.excesses.is_empty() { 0 } else { Kind::Findings.exit_bit() })
}

/// Makes the site of the archive at `root`.
pub(super) fn build(context: &Context<'_>, root: &Path, flags: &MirrorOptions) -> Result<Built> {
    let site = flags.output.clone().unwrap_or_else(|| root.join(layout::SITE));
    let options = settle(context, root, flags)?;
    let media = flags.media_output.clone().unwrap_or_else(|| export::media_folder(&site));
    let made = export::make_site(root, &site, &media, &options, context.progress().as_ref())?;
    let (media_base, host) = (options.media_base.clone(), options.host);
    // The comments keep the archive open.
    drop(options);
    export::note_withheld(root, &site, &made.withheld_paths, context.progress().as_ref())?;
    let gaps = gaps::read_back(&Archive::open(root)?)?;
    let unread = gaps.iter().filter(|gap| gap.reason == GapReason::NotRead).count();
    Ok(Built { unread, site, media: media_base.map(|address| (media, address)), host, made })
}

/// Checks, before a backup, that its site may go where it is to go.
pub(super) fn check_folder(root: &Path, flags: &BackupOptions, inputs: &[PathBuf]) -> Result<()> {
    let site = flags.site.clone().unwrap_or_else(|| root.join(layout::SITE));
    export::check_folder(root, &site, inputs)
}

/// The exit bits of a site as it was made: files that the archive should hold and does not are findings.
pub(super) fn exit_bits(built: &Built) -> u8 {
    if built.made.summary.damaged.is_empty() { 0 } else { Kind::Findings.exit_bit() }
}

/// Flags before `site.toml`.
fn settle(context: &Context<'_>, root: &Path, flags: &MirrorOptions) -> Result<ExportOptions> {
    let (config, options) = choice(context, root, &flags.choice)?;
    let media_base = flags.media_base.as_ref().or(config.media_base.as_ref());
    let host = flags.host.as_ref().or(config.host.as_ref()).map(|name| {
        let names = || hosts::HOSTS.iter().map(|host| host.name).collect::<Vec<_>>().join(", ");
        hosts::find(name).ok_or_else(|| Error::usage("host-unknown").with("name", name).with("known", names()))
    });
    Ok(ExportOptions {
        templates: flags.templates.clone().or(config.templates),
        media_base: media_base.map(|address| site_address(address)).transpose()?,
        noindex: flags.noindex || config.noindex,
        without_short_links: flags.no_short_links || config.no_short_links,
        host: host.transpose()?,
        ..options
    })
}

/// What is republished and what the owner says of it: the same for the site and every export.
pub(super) fn choice(context: &Context<'_>, root: &Path, flags: &ChoiceOptions) -> Result<(SiteConfig, ExportOptions)> {
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
        comments: comments::open(root, shown, context.output.texts())?,
        language: context.output.texts().language(),
        base_url: base_url.map(|address| site_address(address)).transpose()?,
        identity: config.identity(),
        selection,
        ..ExportOptions::default()
    };
    Ok((config, options))
}

/// What is to be known of a site before it is put somewhere.
pub(super) fn say(context: &Context<'_>, built: &Built) {
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
    if let Some((folder, address)) = &built.media {
        output.tell("mirror-media-elsewhere", &[("path", &folder.display().to_string()), ("url", address)]);
    }
    let Some(host) = built.host else { return };
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
