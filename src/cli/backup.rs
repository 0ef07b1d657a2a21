//! `liudi backup`, `liudi collect`: the main job.

use std::io::{IsTerminal as _, Read as _};
use std::path::{Path, PathBuf};

use super::arguments::BackupOptions as Flags;
use super::context::Context;
use super::site_arguments::MirrorOptions;
use super::{passwords, summary};
use crate::config::Config;
use crate::error::{Error, Result};
use crate::model::article_url::ArticleUrl;
use crate::model::{Class, GapReason, layout};
use crate::pipeline::backup::{self, BackupOptions, Report};
use crate::pipeline::crawl::CrawlOptions;
use crate::pipeline::rehearse;
use crate::pipeline::session::Session;

/// Collect, commit, verify what was written, mirror, say what is missing.
pub(super) fn run(context: &Context<'_>, flags: &Flags) -> Result<u8> {
    match &flags.watch {
        Some(folder) => super::watch::run(context, flags, folder),
        None => once(context, flags, true),
    }
}

/// Only collect and commit.
pub(super) fn collect(context: &Context<'_>, flags: &Flags) -> Result<u8> {
    once(context, flags, false)
}

fn once(context: &Context<'_>, flags: &Flags, whole: bool) -> Result<u8> {
    let root = context.archive(flags.output.as_deref());
    let mut options = options(context, flags)?;
    backup::check(&options)?;
    if context.global.dry_run {
        return rehearse(context, &root, &options);
    }
    if let Some(api) = &options.api
        && super::api::announce(context, &root, api, flags.plan)?
    {
        return Ok(0);
    }
    let report = collect_with_passwords(context, &root, &mut options)?;
    let mut bits = backup::exit_bits(&report);
    if whole && report.changed {
        bits |= super::verify::after_backup(context, &root)?;
    }
    // Where nothing was recognised there is nothing to show.
    let anything = layout::bag(&root, Class::Public).join(layout::MANIFEST).exists();
    let site = if whole && anything && !flags.no_mirror && !report.interrupted {
        let mirror = MirrorOptions { output: flags.site.clone(), ..MirrorOptions::default() };
        Some(super::export::build(context, &root, &mirror)?)
    } else {
        None
    };
    // An unchanged archive stands where it stood; looking again is `ready`'s.
    let blockers = match &site {
        Some(built) if report.changed => Some(super::ready::open_blockers(&root, &built.site)?),
        _ => None,
    };
    summary::show(context, &root, &report, site.as_ref().map(|built| built.site.as_path()), blockers)?;
    if let Some(built) = &site {
        super::export::say(context, built);
    }
    Ok(bits)
}

/// Says what a backup would do.
fn rehearse(context: &Context<'_>, root: &Path, options: &BackupOptions) -> Result<u8> {
    let rehearsal = rehearse::rehearse(root, options, context.progress().as_ref(), &context.stop())?;
    let bits = rehearsal.problems.iter().fold(0, |bits, problem| bits | problem.exit_bit);
    let output = context.output;
    if output.json {
        output.answer(&rehearsal)?;
        return Ok(bits);
    }
    rehearsal.problems.iter().for_each(|problem| output.problem(problem));
    let number = |count: u64| count.to_string();
    for (source, count) in &rehearsal.recognised {
        output.say("dry-run-recognised", &[("source", source), ("count", &number(*count))]);
    }
    output.say("dry-run-unchanged", &[("count", &number(rehearsal.unchanged))]);
    output.say("dry-run-unrecognised", &[("count", &number(rehearsal.unrecognised.len() as u64))]);
    rehearsal.unrecognised.iter().for_each(|locator| output.say("summary-item", &[("text", locator)]));
    if !rehearsal.locked.is_empty() {
        output.say("dry-run-locked", &[("count", &number(rehearsal.locked.len() as u64))]);
        rehearsal.locked.iter().for_each(|locator| output.say("summary-item", &[("text", locator)]));
    }
    let (pages, media) = (number(rehearsal.fetch_pages), number(rehearsal.fetch_media));
    output.say("dry-run-fetch", &[("pages", &pages), ("media", &media)]);
    let bytes = |count: u64| indicatif::HumanBytes(count).to_string();
    let free = rehearsal.free.map_or_else(|| "?".to_owned(), bytes);
    output.say("dry-run-bytes", &[("bytes", &bytes(rehearsal.bytes)), ("free", &free)]);
    output.say("dry-run-done", &[]);
    Ok(bits)
}

/// Runs the backup; in a terminal, asks for the password of an encrypted ZIP that none of those given opens.
pub(super) fn collect_with_passwords(
    context: &Context<'_>,
    root: &Path,
    options: &mut BackupOptions,
) -> Result<Report> {
    let stop = context.stop();
    let session = Session::open(root)?;
    loop {
        let report = backup::backup(&session, options, context.progress().as_ref(), &stop)?;
        let locked = report.gaps.get(GapReason::PasswordNeeded.code()).copied().unwrap_or(0);
        if locked == 0 || !std::io::stdin().is_terminal() || context.output.json {
            return Ok(report);
        }
        let password = context.output.ask_password("ask-zip-password", &[("count", &locked.to_string())])?;
        if password.is_empty() {
            return Ok(report);
        }
        options.passwords = passwords::with(&options.passwords, password);
    }
}

/// What the flags, the environment and standard input say.
pub(super) fn options(context: &Context<'_>, flags: &Flags) -> Result<BackupOptions> {
    /// Links on standard input: a few megabytes are ten thousands of them.
    const MOST_LINKS: u64 = 64 * 1024 * 1024;
    let mut roots = Vec::new();
    let mut links = String::new();
    for input in &flags.inputs {
        if input == "-" {
            std::io::stdin()
                .lock()
                .take(MOST_LINKS)
                .read_to_string(&mut links)
                .map_err(|error| Error::input("input-read-failed").with("path", "-").because(error))?;
        } else if ArticleUrl::parse(input).is_some() && !Path::new(input).exists() {
            links.push_str(input);
            links.push('\n');
        } else {
            roots.push(PathBuf::from(input));
        }
    }
    Ok(BackupOptions {
        roots,
        links,
        account: flags.account.clone(),
        keep_other: flags.keep_other,
        passwords: passwords::given(flags.password_file.as_deref())?,
        jobs: context.global.jobs.unwrap_or(0),
        api: super::api::options(context, flags)?,
        online: online(context, flags)?,
    })
}

/// How to fetch, if the person allows it.
fn online(context: &Context<'_>, flags: &Flags) -> Result<Option<CrawlOptions>> {
    // What the APIs list is fetched in the same run.
    if !context.global.online && !flags.api {
        return if flags.discover { Err(Error::usage("discover-needs-online")) } else { Ok(None) };
    }
    let config = Config::find(context.global.config.as_deref())?;
    Ok(Some(CrawlOptions { settings: config.network.settle()?, discover: flags.discover }))
}
