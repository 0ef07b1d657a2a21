//! `liudi fleet`: many accounts.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;

use clap::{Args, Subcommand, ValueEnum};
use serde_json::json;

use super::context::Context;
use super::fleet_add::{self, AddFlags};
use super::fleet_log::{JsonLog, TextLog};
use crate::error::{Error, Kind, Result};
use crate::fleet::crew::{Crew, Listener, Told, Until};
use crate::fleet::errand::{RealErrands, check_store};
use crate::fleet::list::Fleet;
use crate::fleet::metrics::Metrics;
use crate::fleet::metrics_server;
use crate::fleet::overseer::Overseer;
use crate::fleet::queue::{self, JobState, Queue};
use crate::fleet::status::FleetStatus;
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
pub(super) struct ListFlags {
    /// The list of accounts: fleet.toml, or its folder, or a folder of folders with a liudi.toml each
    #[arg(long, value_name = "FLEET", default_value = ".", hide_default_value = true)]
    pub(super) fleet: PathBuf,
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
    if let Some(archive) = &context.global.archive {
        return Err(Error::usage("fleet-not-one-archive").with("path", archive.display()));
    }
    match &flags.command {
        FleetCommand::Add(flags) => fleet_add::run(context, flags),
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
    summary(context, &flags.list.fleet, &status, broken_off)?;
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
fn summary(context: &Context<'_>, list: &Path, status: &FleetStatus, broken_off: bool) -> Result<()> {
    let output = context.output;
    if output.json {
        return output.answer(status);
    }
    let number = |state: JobState| status.jobs.get(state.code()).copied().unwrap_or(0);
    let count = |state: JobState| number(state).to_string();
    output.tell("fleet-run-done", &[("accounts", &status.count.to_string()), ("done", &count(JobState::Done))]);
    let reset = status.accounts.iter().filter_map(|account| account.quota_reset).min_by_key(|at| at.unix());
    if let Some(reset) = reset {
        output.tell("fleet-run-waits", &[("count", &count(JobState::Waiting)), ("time", &moment(reset))]);
    }
    if broken_off {
        let open: u64 = [JobState::Ready, JobState::Running, JobState::Retrying].map(number).iter().sum();
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
