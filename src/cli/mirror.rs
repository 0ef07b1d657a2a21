//! `liudi mirror`: builds the site.

use std::path::Path;

use serde::Serialize;

use super::context::Context;
use super::host::Terminal;
use super::site_arguments::{ChoiceOptions, MirrorOptions};
use crate::error::{Kind, Result};
use crate::model::Problem;
use crate::model::site::CommentChoice;
use crate::pipeline::export::request::{Choice, SiteRequest};
use crate::pipeline::export::{Excess, Made};
use crate::pipeline::job::{Site, SiteJob};

#[derive(Serialize)]
struct MirrorOutput<'a> {
    site: &'a Path,
    media: Option<&'a Path>,
    host: Option<&'a str>,
    unread: usize,
    #[serde(flatten)]
    made: &'a Made,
}

/// Builds the site of an archive.
pub(super) fn mirror(context: &Context<'_>, flags: &MirrorOptions) -> Result<u8> {
    let root = context.existing_archive(flags.archive_dir.as_deref())?;
    let job = site(context, &root, flags)?;
    let built = job.build(&root, &Terminal::new(context))?;
    if context.output.json {
        context.output.answer(&MirrorOutput {
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

/// Returns the site of the archive at `root` that the flags and `site.toml` describe.
pub(super) fn site(context: &Context<'_>, root: &Path, flags: &MirrorOptions) -> Result<SiteJob> {
    let request = SiteRequest {
        choice: choice(&flags.choice),
        folder: flags.output.clone(),
        templates: flags.templates.clone(),
        media_base: flags.media_base.clone(),
        media_folder: flags.media_output.clone(),
        host: flags.host.clone(),
        noindex: flags.noindex,
        no_short_links: flags.no_short_links,
    };
    request.settle(root, context.output.texts().language())
}

/// Returns the choice of what is republished from the flags.
pub(super) fn choice(flags: &ChoiceOptions) -> Choice {
    Choice {
        site_config: flags.site_config.clone(),
        base_url: flags.base_url.clone(),
        only: flags.only.clone(),
        except: flags.except.clone(),
        hide: flags.hide.clone(),
        comments: flags.comments.as_deref().and_then(CommentChoice::from_code),
    }
}

/// Returns the exit bits of a site; files that the archive should hold and does not are findings.
pub(super) fn exit_bits(built: &Site) -> u8 {
    if built.made.summary.damaged.is_empty() { 0 } else { Kind::Findings.exit_bit() }
}

/// Prints what the user should know before publishing a site.
pub(super) fn say(context: &Context<'_>, job: &SiteJob, built: &Site) {
    let output = context.output;
    for path in &built.made.summary.damaged {
        output.stopper(&Problem::finding("archive-file-missing", path));
    }
    if built.unread > 0 {
        output.tell("mirror-part", &[("count", &built.unread.to_string())]);
    }
    for line in &built.made.unused_rules {
        output.tell("export-rule-unused", &[("line", line)]);
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
