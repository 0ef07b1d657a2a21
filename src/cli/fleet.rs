//! `liudi fleet`: many accounts.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;

use clap::{Args, Subcommand, ValueEnum};
use serde_json::json;

use super::context::Context;
use super::fleet_log::{JsonLog, TextLog};
use crate::config::Config;
use crate::config::fleet::{AccountEntry, FILE_NAME, FleetOptions};
use crate::error::{Error, Kind, Result};
use crate::fleet::crew::{Crew, Listener, Told, Until, left};
use crate::fleet::errand::{RealErrands, check_store};
use crate::fleet::list::{Fleet, below, check_name};
use crate::fleet::metrics::Metrics;
use crate::fleet::metrics_server;
use crate::fleet::overseer::Overseer;
use crate::fleet::queue::{self, JobState, Queue};
use crate::fleet::status::FleetStatus;
use crate::model::Problem;
use crate::pipeline::api::ApiOptions;
use crate::pipeline::environment::Environment;
use crate::platform;
use crate::words::fleet::{moment, totals};
use crate::words::shell::quoted;

#[derive(Clone, Debug, Args)]
pub(super) struct FleetFlags {
    #[command(subcommand)]
    command: FleetCommand,
}

#[derive(Clone, Debug, Subcommand)]
enum FleetCommand {
    /// Add accounts to fleet.toml
    Add(AddFlags),
    /// Do what is due for every account
    Run(RunFlags),
    /// Show how each account stands, the worst first
    Status(ListFlags),
    /// Try again what failed or was given up
    Retry(RetryFlags),
    /// Write a page about all accounts, the worst first
    Report(ReportFlags),
}

#[derive(Clone, Debug, Args)]
struct ListFlags {
    /// The list of accounts: fleet.toml, or its folder, or a folder of folders with a liudi.toml each
    #[arg(long, value_name = "FLEET", default_value = ".", hide_default_value = true)]
    fleet: PathBuf,
}

#[derive(Clone, Debug, Args)]
struct AddFlags {
    #[command(flatten)]
    list: ListFlags,
    /// A liudi.toml, a folder with one or with folders that have one, or a folder of files
    #[arg(value_name = "PATH", required = true)]
    paths: Vec<PathBuf>,
    /// Name of the account (default: that of its folder)
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// Files and folders of the account
    #[arg(long, value_name = "PATH")]
    inputs: Vec<PathBuf>,
}

#[derive(Clone, Debug, Args)]
struct RunFlags {
    #[command(flatten)]
    list: ListFlags,
    /// Number of accounts worked on at the same time
    #[arg(long, value_name = "N", default_value_t = 4, value_parser = clap::value_parser!(u16).range(1..=64))]
    workers: u16,
    /// Wait for the quotas of the next days until everything is done
    #[arg(long)]
    wait: bool,
    /// Never end: begin a new round every day
    #[arg(long, conflicts_with = "wait")]
    stay: bool,
    /// Do again what was already done today
    #[arg(long)]
    again: bool,
    /// Serve metrics for Prometheus at this address, such as 127.0.0.1:9464
    #[arg(long, value_name = "ADDRESS")]
    metrics: Option<SocketAddr>,
    /// Form of the messages
    #[arg(long, value_enum, default_value_t)]
    log: LogForm,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum LogForm {
    /// Words
    #[default]
    Text,
    /// One JSON object a line
    Json,
}

#[derive(Clone, Debug, Args)]
struct RetryFlags {
    #[command(flatten)]
    list: ListFlags,
    /// Only of these accounts (default: all)
    #[arg(value_name = "NAME")]
    accounts: Vec<String>,
}

#[derive(Clone, Debug, Args)]
struct ReportFlags {
    #[command(flatten)]
    list: ListFlags,
    /// The page to write (default: fleet-report.html beside fleet.toml)
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// Name of the report's file.
const REPORT: &str = "fleet-report.html";

/// Runs a command on a fleet.
pub(super) fn run(context: &Context<'_>, flags: &FleetFlags) -> Result<u8> {
    match &flags.command {
        FleetCommand::Add(flags) => add(context, flags),
        FleetCommand::Run(flags) => work(context, flags),
        FleetCommand::Status(flags) => show(context, flags),
        FleetCommand::Retry(flags) => retry(context, flags),
        FleetCommand::Report(flags) => report(context, flags),
    }
}

impl FleetFlags {
    /// Reports whether the command only looks.
    pub(super) fn only_looks(&self) -> bool {
        matches!(self.command, FleetCommand::Status(_))
    }
}

fn add(context: &Context<'_>, flags: &AddFlags) -> Result<u8> {
    let path = &flags.list.fleet;
    let is_list = path.extension().is_some_and(|extension| extension == "toml");
    let list = if is_list { path.clone() } else { path.join(FILE_NAME) };
    let mut new = Vec::new();
    for path in &flags.paths {
        new.extend(entries(path)?);
    }
    let named = flags.name.is_some() || !flags.inputs.is_empty();
    match new.as_mut_slice() {
        [one] => {
            if let Some(name) = &flags.name {
                one.name.clone_from(name);
            }
            one.inputs.extend(flags.inputs.iter().cloned());
        }
        _ if named => return Err(Error::usage("fleet-add-one").with("count", new.len())),
        _ => {}
    }
    if let Some(missing) = flags.inputs.iter().find(|path| !path.exists()) {
        return Err(Error::input("input-not-found").with("path", missing.display()));
    }
    let known = if list.is_file() {
        FleetOptions::read(&list)?.account
    } else {
        // A folder of folders that was a list by itself: its accounts must not be lost to the new file.
        let implied = if path.is_dir() { below(path)? } else { Vec::new() };
        let full = |path: &Option<PathBuf>| path.as_ref().and_then(|path| std::fs::canonicalize(path).ok());
        let is_implied = |entry: &AccountEntry| {
            full(&entry.config)
                .is_some_and(|path| implied.iter().any(|other| full(&other.config).as_ref() == Some(&path)))
        };
        new.retain(|entry| !is_implied(entry));
        new.splice(0..0, implied);
        Vec::new()
    };
    let mut problems = Vec::new();
    for (index, entry) in new.iter().enumerate() {
        check_name(&entry.name)?;
        let mut others = known.iter().chain(&new[..index]);
        if let Some(other) = others.find(|other| other.name.to_lowercase() == entry.name.to_lowercase()) {
            return Err(Error::usage("fleet-account-twice").with("account", &entry.name).with("other", &other.name));
        }
        problems.extend(entry.config.as_deref().map(check_config).transpose()?.flatten());
    }
    let folder = list.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder).map_err(|error| Error::disk("fleet-list-not-written", list.display(), error))?;
    for entry in &mut new {
        entry.config = entry.config.as_deref().map(|path| seen_from(folder, path));
        entry.inputs = entry.inputs.iter().map(|path| seen_from(folder, path)).collect();
    }
    let left_out = flags.paths.iter().map(|path| left_out(path)).collect::<Result<Vec<_>>>()?.concat();
    FleetOptions::add(&list, &new)?;
    let fleet = Fleet::open(&list)?;
    let output = context.output;
    for problem in &problems {
        output.problem(problem);
    }
    output.hints(&problems);
    let names: Vec<&str> = new.iter().map(|entry| entry.name.as_str()).collect();
    if output.json {
        output.answer(&json!({ "fleet": list, "added": names, "accounts": fleet.accounts.len() }))?;
    }
    let (count, all) = (new.len().to_string(), fleet.accounts.len().to_string());
    let path = list.display().to_string();
    output.tell("fleet-added", &[("count", &count), ("all", &all), ("path", &path)]);
    let full = std::path::absolute(&list).unwrap_or_else(|_| list.clone());
    if !left_out.is_empty() {
        let count = left_out.len().to_string();
        output.tell("fleet-add-left-out", &[("count", &count), ("names", &output.texts().list(&left_out))]);
    }
    if new.iter().any(|entry| entry.config.is_some() && entry.inputs.is_empty()) {
        output.tell("fleet-add-config-only", &[]);
    }
    output.tell("fleet-added-next", &[("fleet", &quoted(&full))]);
    Ok(problems.iter().fold(0, |bits, problem| bits | problem.exit_bit))
}

/// Returns the accounts that a path stands for.
fn entries(path: &Path) -> Result<Vec<AccountEntry>> {
    let full = std::fs::canonicalize(path)
        .map_err(|error| Error::input("input-not-found").with("path", path.display()).because(error))?;
    let full = platform::plain(&full);
    let name_of =
        |folder: &Path| folder.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let usual = full.join(crate::config::FILE_NAME);
    let is_config = full.is_file() && full.extension().is_some_and(|extension| extension == "toml");
    if is_config || usual.is_file() {
        let config = if is_config { full.clone() } else { usual };
        let name = config.parent().map(name_of).unwrap_or_default();
        return Ok(vec![AccountEntry { name, config: Some(config), ..AccountEntry::default() }]);
    }
    let below = if full.is_dir() { below(&full)? } else { Vec::new() };
    if !below.is_empty() {
        return Ok(below);
    }
    let name = name_of(&if full.is_dir() { full.clone() } else { full.with_extension("") });
    Ok(vec![AccountEntry { name, inputs: vec![full.clone()], ..AccountEntry::default() }])
}

/// Returns the folders in `path` that are no accounts of it, though others are.
fn left_out(path: &Path) -> Result<Vec<String>> {
    if !path.is_dir() || path.join(crate::config::FILE_NAME).is_file() {
        return Ok(Vec::new());
    }
    let accounts = below(path)?;
    let failed = |error| Error::disk("fleet-folder-unreadable", path.display(), error);
    let mut names = Vec::new();
    for entry in std::fs::read_dir(path).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let is_account = accounts.iter().any(|account| account.name == name);
        if !accounts.is_empty() && entry.path().is_dir() && !name.starts_with('.') && !is_account {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

/// Checks the settings of an account; returns what keeps its official APIs from being called.
fn check_config(path: &Path) -> Result<Option<Problem>> {
    let config = Config::read(path)?.among_many();
    match ApiOptions::settle(config, false, false) {
        Err(error) if error.code() != "api-not-configured" => {
            Ok(Some(Problem::from_error(&error, path.display().to_string())))
        }
        _ => Ok(None),
    }
}

/// Returns a path as it is written in a list in `folder`: relative, if it is below.
fn seen_from(folder: &Path, path: &Path) -> PathBuf {
    let full = |path: &Path| {
        let full = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        platform::plain(&full)
    };
    let (folder, path) = (full(folder), full(path));
    path.strip_prefix(&folder).map(Path::to_owned).unwrap_or(path)
}

/// Works off what is due.
fn work(context: &Context<'_>, flags: &RunFlags) -> Result<u8> {
    if context.global.offline {
        return Err(Error::usage("fleet-needs-network"));
    }
    let output = context.output;
    let fleet = Fleet::open(&flags.list.fleet)?;
    check_store(&fleet)?;
    let queue = queue::open(&fleet)?;
    let stop = context.stop();
    let metrics = Arc::new(Metrics::default());
    let overseer = Overseer {
        queue: Arc::clone(&queue),
        address: fleet.address.clone(),
        page_interval: fleet.page_interval,
        metrics: Arc::clone(&metrics),
    };
    let environment = Environment::default().overseen(Arc::new(overseer));
    let serving = flags.metrics.map(|address| serve(address, &metrics, &queue, &environment, &stop)).transpose()?;
    if let Some((address, _)) = &serving {
        output.say("fleet-metrics-at", &[("url", &format!("http://{address}/metrics"))]);
    }
    let language = output.texts().language();
    let errands = RealErrands { fleet: &fleet, environment: environment.clone(), language };
    let log: Box<dyn Listener + '_> = match flags.log {
        LogForm::Text => Box::new(TextLog { output }),
        LogForm::Json => Box::new(JsonLog),
    };
    let until = match (flags.wait, flags.stay) {
        (_, true) => Until::Stopped,
        (true, _) => Until::AllDone,
        _ => Until::NothingToDo,
    };
    let crew = Crew {
        fleet: &fleet,
        queue: &*queue,
        errands: &errands,
        listener: &Counted { metrics: &metrics, log: &*log },
        environment: &environment,
        stop: &stop,
        workers: usize::from(flags.workers),
        until,
        again: flags.again,
    };
    let ended = crew.run();
    let interrupted = stop.is_cancelled();
    stop.cancel();
    if let Some((_, serving)) = serving {
        let _ = thread::JoinHandle::join(serving);
    }
    ended?;
    let status = FleetStatus::read(&fleet, &*queue, environment.now()?)?;
    // Who never ends by itself was meant to be stopped.
    let broken_off = interrupted && until != Until::Stopped;
    summary(context, &flags.list.fleet, &status, &*queue, broken_off)?;
    let bits = status.accounts.iter().fold(0, |bits, account| bits | account.exit_bits());
    Ok(if broken_off { bits | Kind::Other.exit_bit() } else { bits })
}

/// Counts what the log hears.
struct Counted<'a> {
    metrics: &'a Metrics,
    log: &'a dyn Listener,
}

impl Listener for Counted<'_> {
    fn hear(&self, told: &Told<'_>) {
        match told {
            Told::Ended(claim, ended, _) => self.metrics.ended(claim.job.phase, ended),
            Told::QueueFailed(_) => self.metrics.queue_failed(),
            _ => {}
        }
        self.log.hear(told);
    }
}

fn serve(
    address: SocketAddr,
    metrics: &Arc<Metrics>,
    queue: &Arc<dyn Queue>,
    environment: &Environment,
    stop: &tokio_util::sync::CancellationToken,
) -> Result<(SocketAddr, thread::JoinHandle<()>)> {
    let (metrics, queue, environment) = (Arc::clone(metrics), Arc::clone(queue), environment.clone());
    let render = Arc::new(move || {
        let jobs = queue.jobs().ok();
        let today = environment.today().unwrap_or_default();
        metrics.text(jobs.as_deref(), today)
    });
    metrics_server::serve(address, render, stop.clone())
}

/// Says what became of a run.
fn summary(
    context: &Context<'_>,
    list: &Path,
    status: &FleetStatus,
    queue: &dyn Queue,
    broken_off: bool,
) -> Result<()> {
    let output = context.output;
    if output.json {
        return output.answer(status);
    }
    let left = left(queue)?;
    let count = |state: JobState| left.get(&state).copied().unwrap_or(0).to_string();
    output.tell("fleet-run-done", &[("accounts", &status.count.to_string()), ("done", &count(JobState::Done))]);
    let reset = status.accounts.iter().filter_map(|account| account.quota_reset).min_by_key(|at| at.unix());
    if let Some(reset) = reset {
        output.tell("fleet-run-waits", &[("count", &count(JobState::Waiting)), ("time", &moment(reset))]);
    }
    if broken_off {
        let open = [JobState::Ready, JobState::Running, JobState::Retrying].map(|state| left.get(&state).copied());
        let open: u64 = open.into_iter().flatten().sum();
        output.tell("fleet-run-stopped", &[("count", &open.to_string())]);
    }
    let wrong = || status.accounts.iter().filter_map(|account| Some((account, account.worst()?)));
    for (account, worst) in wrong() {
        let text = output.phrases().problem(worst);
        output.tell("fleet-run-problem", &[("account", &account.account), ("text", &text)]);
    }
    output.hints(wrong().map(|(_, worst)| worst));
    let failed = status.accounts.iter().filter(|account| account.problem.is_some()).count();
    if failed > 0 && !broken_off {
        let list = std::path::absolute(list).unwrap_or_else(|_| list.to_owned());
        output.tell("fleet-run-retry", &[("count", &failed.to_string()), ("fleet", &quoted(&list))]);
    }
    Ok(())
}

fn show(context: &Context<'_>, flags: &ListFlags) -> Result<u8> {
    let output = context.output;
    let fleet = Fleet::open(&flags.fleet)?;
    let queue = queue::open(&fleet)?;
    let status = FleetStatus::read(&fleet, &*queue, Environment::real().now()?)?;
    if output.json {
        output.answer(&status)?;
        return Ok(0);
    }
    let texts = output.texts();
    let totals: Vec<String> = totals(&status)
        .into_iter()
        .map(|(code, count)| format!("{} {count}", texts.code("fleet-standing", code)))
        .collect();
    output.tell("fleet-totals", &[("count", &status.count.to_string()), ("text", &texts.list(&totals))]);
    let head = ["account", "standing", "next", "articles", "missing", "work"];
    let head = head.map(|name| texts.get(&format!("fleet-col-{name}"), &[]));
    output.row(&head.each_ref().map(String::as_str))?;
    for account in &status.accounts {
        let words = output.phrases().fleet_account(account, &fleet.folder);
        let next = format!("{} {}", words.next_day, words.next);
        let worst = account.worst().map(|problem| output.phrases().problem(problem));
        let work = worst.into_iter().fold(words.at_work, |work, worst| format!("{work} · {worst}"));
        output.row(&[&words.name, &words.standing_words, next.trim(), &words.articles, &words.missing, &work])?;
    }
    Ok(0)
}

fn retry(context: &Context<'_>, flags: &RetryFlags) -> Result<u8> {
    let fleet = Fleet::open(&flags.list.fleet)?;
    for name in &flags.accounts {
        if fleet.account(name).is_none() {
            return Err(Error::usage("fleet-account-unknown").with("account", name));
        }
    }
    let queue = queue::open(&fleet)?;
    let mut count = 0;
    if flags.accounts.is_empty() {
        count += queue.retry(None)?;
    }
    for name in &flags.accounts {
        count += queue.retry(Some(name))?;
    }
    if context.output.json {
        context.output.answer(&json!({ "ready": count }))?;
    }
    context.output.tell("fleet-retried", &[("count", &count.to_string())]);
    Ok(0)
}

fn report(context: &Context<'_>, flags: &ReportFlags) -> Result<u8> {
    let fleet = Fleet::open(&flags.list.fleet)?;
    let queue = queue::open(&fleet)?;
    let status = FleetStatus::read(&fleet, &*queue, Environment::real().now()?)?;
    let path = flags.output.clone().unwrap_or_else(|| fleet.folder.join(REPORT));
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let page = context.output.phrases().fleet_page(&status, folder)?;
    platform::write_anew(&path, page.as_bytes())
        .map_err(|error| Error::disk("fleet-report-not-written", path.display(), error))?;
    if context.output.json {
        context.output.answer(&json!({ "report": path }))?;
    }
    context.output.tell("fleet-report-written", &[("path", &path.display().to_string())]);
    Ok(0)
}
