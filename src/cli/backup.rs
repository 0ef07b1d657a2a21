//! `liudi backup`, `liudi collect`: the main job.

use std::io::Read as _;

use super::arguments::BackupOptions as Flags;
use super::context::Context;
use super::host::Terminal;
use super::site_arguments::MirrorOptions;
use super::{mirror, passwords, store_addresses, summary};
use crate::config::Config;
use crate::error::{Error, Kind, Result};
use crate::model::StoreAddress;
use crate::pipeline::archive::state::is_archive;
use crate::pipeline::backup::{self, BackupOptions, Given};
use crate::pipeline::collect::rehearse::Rehearsal;
use crate::pipeline::crawl::CrawlOptions;
use crate::pipeline::export::request::ExportRequest;
use crate::pipeline::job::{Exchanged, Job, Stored};
use crate::words::{self, plain};

/// Runs the whole backup: collects, commits, verifies what was written, builds the mirror, and lists the gaps.
pub(super) fn run(context: &Context<'_>, flags: &Flags) -> Result<u8> {
    let Some(folder) = &flags.watch else { return once(context, flags, true) };
    let mut flags = Flags { watch: None, ..flags.clone() };
    flags.inputs.push(folder.display().to_string());
    let job = job(context, &flags, true)?;
    let done = job.watch(folder, &Terminal::new(context))?;
    if let (Some(site), Some(_)) = (&job.site, &done.site) {
        let page = site.folder.join("index.html");
        context.output.tell("summary-site", &[("path", &page.display().to_string())]);
    }
    Ok(backup::exit_bits(&done.report))
}

/// Collects and commits only.
pub(super) fn collect(context: &Context<'_>, flags: &Flags) -> Result<u8> {
    once(context, flags, false)
}

fn once(context: &Context<'_>, flags: &Flags, whole: bool) -> Result<u8> {
    // Whose archive it is can be said without giving its inputs again.
    let says_whose = flags.account.is_some() && is_archive(&context.archive(flags.output.as_deref()));
    if flags.inputs.is_empty() && !flags.api && !context.global.online && !says_whose {
        return Err(Error::usage("input-none"));
    }
    let job = job(context, flags, whole)?;
    let host = Terminal::new(context);
    if context.global.dry_run {
        return say_rehearsal(context, &job.rehearse(&host)?);
    }
    if flags.plan
        && let Some(plan) = job.plan(&host)?
    {
        return super::api::show_plan(context, &plan);
    }
    let done = job.run(&host)?;
    let mut bits = backup::exit_bits(&done.report);
    if let Some(checked) = &done.checked {
        checked.findings.iter().for_each(|finding| context.output.problem(finding));
        bits |= super::verify::bits(checked);
    }
    let site = job.site.as_ref().filter(|_| done.site.is_some());
    let folder = site.map(|site| site.folder.as_path());
    summary::show(context, &done.output(&job.root, folder))?;
    if let (Some(of), Some(site)) = (site, &done.site) {
        mirror::say(context, of, site);
        bits |= mirror::exit_bits(site);
    }
    for one in done.exports.iter().filter(|_| !context.output.json) {
        super::export::say(context, one);
    }
    bits |= super::export::exit_bits(&done.exports);
    if let Some(exchanged) = &done.exchanged {
        say_exchanged(context, exchanged);
        bits |= exchanged.stored.exit_bits();
    }
    Ok(bits)
}

/// Returns the job that the flags describe.
fn job(context: &Context<'_>, flags: &Flags, whole: bool) -> Result<Job> {
    let root = context.archive(flags.output.as_deref());
    let site = if whole && !flags.no_mirror {
        let flags = MirrorOptions { output: flags.site.clone(), ..MirrorOptions::default() };
        Some(mirror::site(context, &root, &flags)?)
    } else {
        None
    };
    let store = flags.store.as_deref().map(str::parse::<StoreAddress>).transpose()?;
    if let Some(store) = &store {
        store_addresses::connect(context, &store.path())?;
    }
    let also = ExportRequest { to: flags.also.clone(), ..ExportRequest::default() };
    let also = (whole && !flags.also.is_empty()).then_some(also);
    let language = context.output.texts().language();
    Ok(Job { root, options: options(context, flags)?, check: whole, site, also, store, language })
}

/// Says what became of the archive in the store.
fn say_exchanged(context: &Context<'_>, exchanged: &Exchanged) {
    if context.output.json {
        return;
    }
    if exchanged.fetched > 0 {
        context.output.tell("store-fetched", &[("count", &exchanged.fetched.to_string())]);
    }
    match &exchanged.stored {
        Stored::Kept(report) => super::copy::say(context, report),
        Stored::Failed(problem) => {
            context.output.stopper(problem);
            context.output.tell("store-not-brought", &[("address", &problem.locator)]);
        }
    }
}

/// Prints what a backup would do.
fn say_rehearsal(context: &Context<'_>, rehearsal: &Rehearsal) -> Result<u8> {
    let stopped = if rehearsal.interrupted { Kind::Other.exit_bit() } else { 0 };
    let bits = rehearsal.problems.iter().fold(stopped, |bits, problem| bits | problem.exit_bit);
    let output = context.output;
    if output.json {
        output.answer(rehearsal)?;
        return Ok(bits);
    }
    rehearsal.problems.iter().for_each(|problem| output.problem(problem));
    let number = |count: u64| count.to_string();
    for (source, count) in &rehearsal.recognised {
        let name = words::source_name(output.texts(), source);
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
    let bytes = plain::size;
    let free = rehearsal.free.map_or_else(|| "?".to_owned(), bytes);
    output.tell("dry-run-bytes", &[("bytes", &bytes(rehearsal.bytes)), ("free", &free)]);
    output.tell(if rehearsal.interrupted { "dry-run-interrupted" } else { "dry-run-done" }, &[]);
    Ok(bits)
}

/// Builds the options from the flags, the environment and standard input.
fn options(context: &Context<'_>, flags: &Flags) -> Result<BackupOptions> {
    /// Limit of the links read from standard input; a few megabytes hold ten thousands of them.
    const MOST_LINKS: u64 = 64 * 1024 * 1024;
    let mut given = Given::default();
    for input in &flags.inputs {
        if input == "-" {
            std::io::stdin()
                .lock()
                .take(MOST_LINKS)
                .read_to_string(&mut given.links)
                .map_err(|error| Error::input("input-read-failed").with("path", "-").because(error))?;
        } else {
            given.add(input)?;
        }
    }
    if let Some(left_out) = given.left_out() {
        context.output.stopper(&left_out);
    }
    let Given { roots, links } = given;
    Ok(BackupOptions {
        roots,
        links,
        account: flags.account.clone(),
        keep_other: flags.keep_other,
        passwords: passwords::given(flags.password_file.as_deref())?,
        mend: flags.watch.is_none(),
        limits: Config::find(context.global.config.as_deref())?.containers.settle()?,
        api: super::api::options(context, flags)?,
        online: online(context, flags)?,
    })
}

/// Returns the options for fetching, if the user allows it.
fn online(context: &Context<'_>, flags: &Flags) -> Result<Option<CrawlOptions>> {
    // The pages that the APIs list are fetched in the same run.
    if !context.global.online && (!flags.api || flags.api_only) {
        return if flags.discover { Err(Error::usage("discover-needs-online")) } else { Ok(None) };
    }
    let config = Config::find(context.global.config.as_deref())?;
    Ok(Some(CrawlOptions { settings: config.network.settle()?, discover: flags.discover }))
}
