//! The summary at the end of a backup in plain words: what was kept, what is missing, what to do next.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Serialize;

use super::context::Context;
use crate::error::Result;
use crate::model::{Dataset, GapReason, Problem};
use crate::pipeline::api::ApiReport;
use crate::pipeline::archive::gaps::Numbers;
use crate::pipeline::archive::state;
use crate::pipeline::backup::{BackupReport, OtherAccount, StatementReport};
use crate::pipeline::commit::datasets::TableReport;
use crate::pipeline::crawl::CrawlReport;

/// Maximum number of names of a kind that are printed; the rest is given as a number.
const SHOWN: usize = 10;

#[derive(Serialize)]
struct SummaryOutput<'a> {
    archive: &'a Path,
    #[serde(skip_serializing_if = "Option::is_none")]
    site: Option<&'a Path>,
    /// Number of blocking rules that are open or unknown; `None` if nothing changed and they were not judged.
    #[serde(skip_serializing_if = "Option::is_none")]
    open_blockers: Option<usize>,
    #[serde(flatten)]
    report: &'a BackupReport,
}

/// Prints the summary, or the JSON result.
pub(super) fn show(
    context: &Context<'_>,
    root: &Path,
    report: &BackupReport,
    site: Option<&Path>,
    open_blockers: Option<usize>,
) -> Result<()> {
    let output = context.output;
    if output.json {
        return output.answer(&SummaryOutput { archive: root, site, open_blockers, report });
    }
    let (failures, remarks): (Vec<&Problem>, Vec<&Problem>) =
        report.problems.iter().map(|(problem, _)| problem).partition(|problem| problem.exit_bit != 0);
    report.api.iter().flat_map(|api| &api.problems).for_each(|problem| output.stopper(problem));
    failures.iter().chain(&remarks).take(SHOWN * 2).for_each(|problem| output.problem(problem));
    output.hints(failures.iter().chain(&remarks).copied());
    if report.problems.len() > SHOWN * 2 {
        output.say("summary-more-problems", &[("count", &(report.problems.len() - SHOWN * 2).to_string())]);
    }
    if !report.problems.is_empty() {
        output.space();
    }
    kept(context, report);
    report.api.iter().for_each(|api| super::api::summary(context, api));
    report.crawl.iter().for_each(|crawl| fetched(context, crawl));
    unrecognised(context, report);
    missing(context, report);
    next(context, root, report, site);
    let path = root.display().to_string();
    match open_blockers {
        Some(count) => output.tell("next-not-ready", &[("count", &count.to_string()), ("path", &path)]),
        None => output.tell("next-ready", &[("path", &path)]),
    }
    Ok(())
}

fn kept(context: &Context<'_>, report: &BackupReport) {
    let output = context.output;
    let number = |value: u64| value.to_string();
    if report.interrupted {
        output.tell("summary-interrupted", &[]);
    }
    if report.unread > 0 {
        let (all, read, unread) = (number(report.read + report.unread), number(report.read), number(report.unread));
        output.tell("summary-unread", &[("count", &all), ("read", &read), ("unread", &unread)]);
    }
    if report.unreadable > 0 {
        output.tell("summary-unreadable", &[("count", &number(report.unreadable))]);
    }
    if report.seen_in_part {
        output.tell("summary-seen-in-part", &[]);
    }
    output.tell("summary-inputs", &[("count", &number(report.inputs)), ("read", &number(report.read))]);
    if report.passed_over > 0 {
        output.tell("summary-passed-over", &[("count", &number(report.passed_over))]);
    }
    if report.mended > 0 {
        output.tell("summary-mended", &[("count", &number(report.mended))]);
    }
    if report.companions > 0 {
        output.tell("summary-companions", &[("count", &number(report.companions))]);
    }
    if let Some(account) = &report.account {
        output.tell("summary-account", &[("account", account)]);
    }
    let articles = report.articles;
    output.tell("summary-articles", &[("held", &number(articles.held)), ("listed", &number(articles.listed))]);
    private(context, report);
    let short_posts = report.short_posts;
    let others = [
        ("summary-notes", short_posts.notes),
        ("summary-videos", short_posts.videos),
        ("summary-lives", short_posts.live_replays),
    ];
    for (id, numbers) in others.into_iter().filter(|(_, numbers)| numbers.listed > 0) {
        output.tell(id, &[("held", &number(numbers.held)), ("listed", &number(numbers.listed))]);
    }
    if report.unmatched > 0 {
        output.tell("summary-unmatched", &[("count", &number(report.unmatched))]);
    }
    output.tell("summary-media", &[("count", &number(report.media_held))]);
    statements(context, report);
    covered(context, report);
    tables(context, report);
    accounts(context, report);
    for other in report.others.iter().take(SHOWN) {
        output.tell("summary-other-account", &[("account", &other.name), ("count", &number(other.articles))]);
    }
}

/// Prints the number of the account's articles that are not public, and why.
fn private(context: &Context<'_>, report: &BackupReport) {
    let number = |value: u64| value.to_string();
    let Numbers { private, reshared, undated, .. } = report.articles;
    if undated > 0 {
        context.output.tell("summary-undated", &[("count", &number(undated))]);
    }
    if private > 0 {
        let others = private.saturating_sub(reshared);
        let arguments = [("count", number(private)), ("reshared", number(reshared)), ("others", number(others))];
        let arguments: Vec<(&str, &str)> = arguments.iter().map(|(name, value)| (*name, value.as_str())).collect();
        context.output.tell("summary-private", &arguments);
    }
    let unclaimed = report.unclaimed;
    if unclaimed.articles > 0 {
        context.output.tell("summary-unclaimed-articles", &[("count", &number(unclaimed.articles))]);
    }
    if unclaimed.short_posts > 0 {
        context.output.tell("summary-unclaimed-posts", &[("count", &number(unclaimed.short_posts))]);
    }
}

/// Prints the private tables, grouped by dataset.
fn tables(context: &Context<'_>, report: &BackupReport) {
    /// Published articles are not materials, though one interface returns both.
    const PUBLISHED: &str = "freepublish";
    let output = context.output;
    let say = |name: &str, tables: &[&TableReport]| {
        let rows: u64 = tables.iter().map(|table| table.rows).sum();
        let older: u64 = tables.iter().map(|table| table.older_versions).sum();
        if rows > 0 {
            let name = output.texts().code("dataset", name);
            output.tell("summary-dataset", &[("dataset", &name), ("rows", &rows.to_string())]);
        }
        if older > 0 {
            let counted = tables.iter().any(|table| table.dataset == Dataset::Statistics);
            let id = if counted { "summary-older-numbers" } else { "summary-older-versions" };
            output.tell(id, &[("count", &older.to_string())]);
        }
    };
    for dataset in Dataset::ALL {
        let of = report.datasets.iter().filter(|table| table.dataset == dataset);
        let (published, others): (Vec<&TableReport>, Vec<&TableReport>) =
            of.partition(|table| table.table == PUBLISHED);
        say(dataset.code(), &others);
        say("published", &published);
    }
}

/// Prints the owners of the articles where the user may expect somebody else.
fn accounts(context: &Context<'_>, report: &BackupReport) {
    let output = context.output;
    let one = |id: &str, share: &OtherAccount| {
        output.tell(id, &[("account", &share.name), ("count", &share.articles.to_string())]);
    };
    if let Some(first) = report.only_others.first() {
        let account = report.account.as_deref().unwrap_or_default();
        output.tell("summary-only-others", &[("account", account)]);
        report.only_others.iter().take(SHOWN).for_each(|share| one("summary-undecided-one", share));
        one("summary-only-others-hint", first);
    }
    if let Some(first) = report.undecided.first() {
        output.tell("summary-undecided", &[("count", &report.undecided.len().to_string())]);
        report.undecided.iter().take(SHOWN).for_each(|share| one("summary-undecided-one", share));
        one("summary-undecided-hint", first);
    }
}

fn fetched(context: &Context<'_>, crawl: &CrawlReport) {
    let number = |value: u64| value.to_string();
    for (id, tally) in [
        ("summary-fetched-pages", crawl.pages),
        ("summary-fetched-media", crawl.media),
        ("summary-fetched-videos", crawl.videos),
    ] {
        if tally.fetched + tally.missing > 0 {
            let arguments = [("fetched", number(tally.fetched)), ("missing", number(tally.missing))];
            let arguments: Vec<(&str, &str)> = arguments.iter().map(|(name, value)| (*name, value.as_str())).collect();
            context.output.tell(id, &arguments);
        }
    }
    if crawl.discovered > 0 {
        context.output.tell("summary-discovered", &[("count", &number(crawl.discovered))]);
    }
    for stopped in &crawl.stopped {
        context.output.tell("summary-host-stopped", &[("host", &stopped.host), ("why", stopped.why)]);
    }
}

fn unrecognised(context: &Context<'_>, report: &BackupReport) {
    if report.unrecognised.is_empty() {
        return;
    }
    context.output.tell("summary-unrecognised", &[("count", &report.unrecognised.len().to_string())]);
    for locator in report.unrecognised.iter().take(SHOWN) {
        context.output.tell("summary-item", &[("text", locator)]);
    }
    if report.unrecognised.len() > SHOWN {
        context.output.tell("summary-more", &[("count", &(report.unrecognised.len() - SHOWN).to_string())]);
    }
}

/// Prints the bills. Many bills of one layout share a line, because the API gives one for each day.
fn statements(context: &Context<'_>, report: &BackupReport) {
    /// Maximum number of bills that are printed one per line.
    const FEW: usize = 3;
    let output = context.output;
    let mut layouts: BTreeMap<&str, Vec<&StatementReport>> = BTreeMap::new();
    for statement in &report.statements {
        layouts.entry(&statement.layout).or_default().push(statement);
    }
    for (layout, statements) in layouts {
        let kind = output.texts().code("layout", layout);
        let say = |id: &str, statements: &[&StatementReport]| {
            let rows = statements.iter().map(|statement| statement.rows).sum::<u64>().to_string();
            let from = statements.iter().filter_map(|statement| statement.from.as_deref()).min();
            let to = statements.iter().filter_map(|statement| statement.to.as_deref()).max();
            let (from, to) = (from.unwrap_or("?"), to.unwrap_or("?"));
            let count = statements.len().to_string();
            output.tell(id, &[("kind", &kind), ("count", &count), ("rows", &rows), ("from", from), ("to", to)]);
        };
        if statements.len() > FEW {
            say("summary-statements", &statements);
        } else {
            for statement in &statements {
                say("summary-statement", &[statement]);
            }
        }
    }
}

/// Prints the days that personal bills cover; only the user knows about the days outside of them.
fn covered(context: &Context<'_>, report: &BackupReport) {
    if report.bill_days.is_empty() {
        return;
    }
    let output = context.output;
    let days: Vec<String> = report.bill_days.iter().map(|(first, last)| format!("{first} – {last}")).collect();
    output.tell("summary-covered", &[("days", &days.join(", "))]);
    if !report.knows_trades {
        output.tell("summary-ask-trades", &[]);
    }
}

fn missing(context: &Context<'_>, report: &BackupReport) {
    let output = context.output;
    output.paragraph();
    // The platform states that a day without trade has no bill: this is recorded, and nothing is missing.
    let mut gaps = report.gaps.clone();
    if let Some(days) = gaps.remove(GapReason::NoBill.code()) {
        output.tell("summary-no-bill", &[("count", &days.to_string())]);
    }
    // An empty list of gaps proves nothing if the run was not finished or the list had no input.
    let unfinished = report.interrupted || report.api.as_ref().is_some_and(ApiReport::is_unfinished);
    if unfinished {
        output.tell("summary-unfinished", &[]);
    }
    if gaps.is_empty() {
        match (unfinished, is_empty(report)) {
            (true, _) => {}
            (false, true) if holds_anything(report) => output.tell("summary-nothing-own", &[]),
            (false, true) => output.tell("summary-nothing-known", &[]),
            // A bill covers its own days only.
            (false, false) if !report.bill_days.is_empty() && !report.knows_trades => {
                output.tell("summary-no-gaps-inside", &[]);
            }
            (false, false) => output.tell("summary-no-gaps", &[]),
        }
        return;
    }
    output.tell("summary-gaps", &[("count", &gaps.values().sum::<u64>().to_string())]);
    for (reason, count) in &gaps {
        let words = output.texts().code("gap", reason);
        output.tell("summary-gap", &[("reason", &words), ("count", &count.to_string())]);
    }
}

/// Reports whether nothing is known of the account.
fn is_empty(report: &BackupReport) -> bool {
    let short_posts = report.short_posts;
    let listed =
        report.articles.listed + short_posts.notes.listed + short_posts.videos.listed + short_posts.live_replays.listed;
    listed == 0 && report.statements.is_empty() && report.datasets.is_empty()
}

/// Reports whether something is held, although not as the account's own.
fn holds_anything(report: &BackupReport) -> bool {
    let unclaimed = report.unclaimed;
    report.media_held > 0
        || unclaimed.articles + unclaimed.short_posts > 0
        || !report.others.is_empty()
        || !report.undecided.is_empty()
}

fn next(context: &Context<'_>, root: &Path, report: &BackupReport, site: Option<&Path>) {
    let output = context.output;
    let path = root.display().to_string();
    output.paragraph();
    output.tell("summary-archive", &[("path", &path)]);
    if !report.statements.is_empty()
        && let Some(ledger) = state::ledger(root)
    {
        output.tell("summary-ledger", &[("path", &ledger)]);
    }
    if let Some(site) = site {
        output.tell("summary-site", &[("path", &site.join("index.html").display().to_string())]);
    }
    let has = |reason: GapReason| report.gaps.contains_key(reason.code());
    if crate::platform::were_modes_refused() {
        output.tell("summary-modes-refused", &[]);
    }
    // Fetching pages brings no bills.
    let holes = report.bill_days.len().saturating_sub(1) as u64;
    if holes > 0 {
        output.tell("next-bill-days", &[]);
    }
    let fetchable = report.gaps.get(GapReason::NotHeld.code()).is_some_and(|count| *count > holes);
    if fetchable && !context.global.online {
        output.tell("next-online", &[]);
    }
    if has(GapReason::ExpiredWindow) && report.short_posts.videos.listed > 0 {
        output.tell("next-expired-videos", &[]);
    }
    if has(GapReason::StillEncrypted) {
        output.tell("next-encrypted", &[]);
    }
    if has(GapReason::PasswordNeeded) {
        if !report.locked.is_empty() {
            output.tell("summary-locked", &[("names", &report.locked.join("、"))]);
        }
        output.tell("next-password", &[]);
    }
    if !report.gaps.is_empty() {
        output.tell("next-gaps", &[("path", &path)]);
    }
    output.tell("next-verify", &[("path", &path)]);
}
