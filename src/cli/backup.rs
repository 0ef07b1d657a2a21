//! `liudi backup`, `liudi collect`: the main job.

use std::io::{IsTerminal as _, Read as _};
use std::path::{Path, PathBuf};

use tokio_util::sync::CancellationToken;

use super::arguments::BackupOptions as Flags;
use super::context::Context;
use super::site_arguments::MirrorOptions;
use super::{passwords, summary};
use crate::archive::Archive;
use crate::config::Config;
use crate::error::{Error, Kind, Result};
use crate::model::Class;
use crate::model::article_url::ArticleUrl;
use crate::pipeline::archive::session::Session;
use crate::pipeline::backup::{self, BackupOptions, Report};
use crate::pipeline::collect::rehearse;
use crate::pipeline::crawl::CrawlOptions;

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
    if flags.inputs.is_empty() && !flags.api && !context.global.online {
        return Err(Error::usage("input-none"));
    }
    let mut options = options(context, flags)?;
    backup::check(&options)?;
    if whole && !flags.no_mirror {
        super::mirror::check_folder(&root, flags, &options.roots)?;
    }
    if context.global.dry_run {
        return rehearse(context, &root, &options);
    }
    if let Some(api) = &options.api
        && let Some(bits) = super::api::announce(context, &root, api, flags.plan)?
    {
        return Ok(bits);
    }
    if options.api.is_some() && options.online.is_some() && !super::api::fetches_pages(context)? {
        options.online = None;
    }
    let report = collect_with_answers(context, &root, &mut options)?;
    let mut bits = backup::exit_bits(&report);
    if whole && report.changed {
        bits |= super::verify::after_backup(context, &root)?;
    }
    // Where nothing was recognised there is nothing to show.
    let anything = Archive::open(&root)?.has_bag(Class::Public);
    let site = if whole && anything && !flags.no_mirror && !report.interrupted && report.undecided.is_empty() {
        let mirror = MirrorOptions { output: flags.site.clone(), ..MirrorOptions::default() };
        Some(super::mirror::build(context, &root, &mirror)?)
    } else {
        None
    };
    // A second run says the same as the first.
    let blockers = match &site {
        Some(built) => Some(super::ready::open_blockers(&root, &built.site)?),
        None => None,
    };
    summary::show(context, &root, &report, site.as_ref().map(|built| built.site.as_path()), blockers)?;
    if let Some(built) = &site {
        super::mirror::say(context, built);
        bits |= super::mirror::exit_bits(built);
    }
    Ok(bits)
}

/// Says what a backup would do.
fn rehearse(context: &Context<'_>, root: &Path, options: &BackupOptions) -> Result<u8> {
    let rehearsal = rehearse::rehearse(root, options, context.progress().as_ref(), &context.stop())?;
    let stopped = if rehearsal.interrupted { Kind::Other.exit_bit() } else { 0 };
    let bits = rehearsal.problems.iter().fold(stopped, |bits, problem| bits | problem.exit_bit);
    let output = context.output;
    if output.json {
        output.answer(&rehearsal)?;
        return Ok(bits);
    }
    rehearsal.problems.iter().for_each(|problem| output.problem(problem));
    let number = |count: u64| count.to_string();
    for (source, count) in &rehearsal.recognised {
        let name = super::registry::name_of(output.texts(), source);
        output.tell("dry-run-recognised", &[("source", &name), ("count", &number(*count))]);
    }
    output.tell("dry-run-unchanged", &[("count", &number(rehearsal.unchanged))]);
    output.tell("dry-run-unrecognised", &[("count", &number(rehearsal.unrecognised.len() as u64))]);
    rehearsal.unrecognised.iter().for_each(|locator| output.tell("summary-item", &[("text", locator)]));
    if !rehearsal.locked.is_empty() {
        output.tell("dry-run-locked", &[("count", &number(rehearsal.locked.len() as u64))]);
        rehearsal.locked.iter().for_each(|locator| output.tell("summary-item", &[("text", locator)]));
    }
    for share in &rehearsal.undecided {
        output.tell("summary-undecided-one", &[("account", &share.name), ("count", &number(share.articles))]);
    }
    let (pages, media) = (number(rehearsal.fetch_pages), number(rehearsal.fetch_media));
    let fetch = if context.global.online { "dry-run-fetch" } else { "dry-run-could-fetch" };
    output.tell(fetch, &[("pages", &pages), ("media", &media)]);
    let bytes = |count: u64| indicatif::HumanBytes(count).to_string();
    let free = rehearsal.free.map_or_else(|| "?".to_owned(), bytes);
    output.tell("dry-run-bytes", &[("bytes", &bytes(rehearsal.bytes)), ("free", &free)]);
    output.tell(if rehearsal.interrupted { "dry-run-interrupted" } else { "dry-run-done" }, &[]);
    Ok(bits)
}

/// Runs the backup; in a terminal, asks for what it cannot know: passwords before it, whose archive it is after it.
pub(super) fn collect_with_answers(context: &Context<'_>, root: &Path, options: &mut BackupOptions) -> Result<Report> {
    let stop = context.stop();
    let session = context.session(root)?;
    let asks = std::io::stdin().is_terminal() && !context.output.json;
    if asks {
        ask_passwords(context, &session, options, &stop)?;
    }
    let report = backup::backup(&session, options, context.progress().as_ref(), &stop)?;
    if asks
        && !report.undecided.is_empty()
        && let Some(account) = ask_account(context, &report)?
    {
        options.account = Some(account);
        // Everything is read: only whose it is changes.
        let again = BackupOptions { api: None, online: None, ..options.clone() };
        let decided = backup::backup(&session, &again, context.progress().as_ref(), &stop)?;
        return Ok(Report { changed: report.changed || decided.changed, read: report.read, ..decided });
    }
    Ok(report)
}

/// Asks for the passwords of archives that none of those given opens; an empty answer passes over them.
fn ask_passwords(
    context: &Context<'_>,
    session: &Session,
    options: &mut BackupOptions,
    stop: &CancellationToken,
) -> Result<()> {
    /// Wrong passwords in a row before the run goes on without.
    const TRIES: usize = 3;
    let output = context.output;
    let mut locked = backup::locked(session, options, stop)?;
    let mut tries = 0;
    let mut wrong = !options.passwords.is_empty();
    while !locked.is_empty() && tries < TRIES {
        let names = locked.join("、");
        if wrong {
            output.say("zip-password-refused", &[("names", &names)]);
        }
        let count = locked.len().to_string();
        let password = output.ask_password("ask-zip-password", &[("count", &count), ("names", &names)])?;
        if password.is_empty() {
            return Ok(());
        }
        options.passwords = passwords::with(&options.passwords, password);
        let before = std::mem::replace(&mut locked, backup::locked(session, options, stop)?);
        wrong = locked.len() == before.len();
        tries = if wrong { tries + 1 } else { 0 };
    }
    if wrong && !locked.is_empty() {
        output.say("zip-password-refused", &[("names", &locked.join("、"))]);
    }
    Ok(())
}

/// Asks which of several accounts the archive is of; `None` for an empty answer.
fn ask_account(context: &Context<'_>, report: &Report) -> Result<Option<String>> {
    let output = context.output;
    output.say("ask-account-several", &[("count", &report.undecided.len().to_string())]);
    for (number, share) in report.undecided.iter().enumerate() {
        let (number, articles) = ((number + 1).to_string(), share.articles.to_string());
        output.say("ask-account-one", &[("number", &number), ("account", &share.name), ("count", &articles)]);
    }
    loop {
        let answer = output.ask("ask-account", &[])?;
        if answer.is_empty() {
            return Ok(None);
        }
        let by_number = answer.parse::<usize>().ok().and_then(|number| report.undecided.get(number.checked_sub(1)?));
        let chosen =
            by_number.or_else(|| report.undecided.iter().find(|share| share.biz == answer || share.name == answer));
        match chosen {
            Some(share) => return Ok(Some(share.biz.clone())),
            None => output.say("ask-account-again", &[("count", &report.undecided.len().to_string())]),
        }
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
        mend: flags.watch.is_none(),
        limits: Config::find(context.global.config.as_deref())?.containers.settle()?,
        jobs: context.global.jobs.unwrap_or(0),
        api: super::api::options(context, flags)?,
        online: online(context, flags)?,
    })
}

/// How to fetch, if the person allows it.
fn online(context: &Context<'_>, flags: &Flags) -> Result<Option<CrawlOptions>> {
    // What the APIs list is fetched in the same run.
    if !context.global.online && (!flags.api || flags.api_only) {
        return if flags.discover { Err(Error::usage("discover-needs-online")) } else { Ok(None) };
    }
    let config = Config::find(context.global.config.as_deref())?;
    Ok(Some(CrawlOptions { settings: config.network.settle()?, discover: flags.discover }))
}
