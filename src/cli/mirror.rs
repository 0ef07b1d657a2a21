//! `liudi mirror`: builds the site.

use std::path::Path;

use super::context::Context;
use super::host::Terminal;
use super::site_arguments::{ChoiceOptions, MirrorOptions};
use crate::error::{Kind, Result};
use crate::model::site::CommentChoice;
use crate::pipeline::export::request::{Choice, SiteRequest};
use crate::pipeline::job::{Site, SiteJob};
use crate::words;

/// Builds the site of an archive.
pub(super) fn mirror(context: &Context<'_>, flags: &MirrorOptions) -> Result<u8> {
    let root = context.existing_archive(flags.archive_dir.as_deref())?;
    let job = site(context, &root, flags)?;
    let built = job.build(&root, &Terminal::new(context))?;
    if context.output.json {
        context.output.answer(&job.answer(&built))?;
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
    context.output.sentences(&words::site::built(job, built));
}
