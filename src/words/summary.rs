//! The summary at the end of a backup in plain words: what was kept, what is missing, what to do next.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::Path;

use super::sentence::Sentence;
use super::shell;
use crate::model::{Dataset, GapReason};
use crate::pipeline::api::ApiReport;
use crate::pipeline::archive::gaps::Numbers;
use crate::pipeline::archive::state;
use crate::pipeline::backup::{BackupReport, OtherAccount, StatementReport};
use crate::pipeline::commit::datasets::TableReport;
use crate::pipeline::crawl::CrawlReport;
use crate::text::Texts;

/// Maximum number of names of a kind that are told; the rest is given as a number.
pub const SHOWN: usize = 10;

/// What a summary is about.
#[derive(Clone, Copy, Debug)]
pub struct Told<'a> {
    /// Folder of the archive.
    pub root: &'a Path,
    /// Report of the backup.
    pub report: &'a BackupReport,
    /// Folder of the site, if one was built.
    pub site: Option<&'a Path>,
    /// Number of blocking rules that certainly concern the account and are open or unknown; `None` if they were not
    /// judged.
    pub open_blockers: Option<usize>,
    /// Whether the run was allowed to fetch.
    pub online: bool,
}

/// Returns the sentences of a summary, by paragraph.
pub fn summary(texts: &Texts, told: &Told<'_>) -> Vec<Vec<Sentence>> {
    let out = Words { texts, paragraphs: RefCell::new(vec![Vec::new()]) };
    let report = told.report;
    kept(&out, report);
    report.api.iter().for_each(|api| called(&out, api));
    report.crawl.iter().for_each(|crawl| fetched(&out, crawl));
    unrecognised(&out, report);
    missing(&out, report);
    next(&out, told);
    let path = told.root.display().to_string();
    match told.open_blockers {
        Some(count) if count > 0 => out.tell("next-not-ready", &[("count", &count.to_string()), ("path", &path)]),
        _ => out.tell("next-ready", &[("path", &path)]),
    }
    out.paragraphs.into_inner()
}

/// The sentences so far.
struct Words<'t> {
    texts: &'t Texts,
    paragraphs: RefCell<Vec<Vec<Sentence>>>,
}

impl Words<'_> {
    fn tell(&self, id: impl Into<String>, arguments: &[(&'static str, &str)]) {
        if let Some(last) = self.paragraphs.borrow_mut().last_mut() {
            last.push(Sentence::text(id, arguments));
        }
    }

    fn paragraph(&self) {
        self.paragraphs.borrow_mut().push(Vec::new());
    }
}

/// Tells the outcome of the calls of the official APIs.
fn called(out: &Words<'_>, report: &ApiReport) {
    for one in &report.collectors {
        let name = out.texts.code("api-name", one.name);
        out.tell(format!("api-{}", one.outcome.code()), &[("name", &name), ("calls", &one.calls.to_string())]);
    }
    if let Some(until) = report.until {
        out.tell("api-until", &[("time", &until.to_string())]);
    }
}

fn kept(out: &Words<'_>, report: &BackupReport) {
    let number = |value: u64| value.to_string();
    if report.interrupted {
        out.tell("summary-interrupted", &[]);
    }
    if report.unread > 0 {
        let (all, read, unread) = (number(report.read + report.unread), number(report.read), number(report.unread));
        out.tell("summary-unread", &[("count", &all), ("read", &read), ("unread", &unread)]);
    }
    if report.unreadable > 0 {
        out.tell("summary-unreadable", &[("count", &number(report.unreadable))]);
    }
    if report.seen_in_part {
        out.tell("summary-seen-in-part", &[]);
    }
    let which = if report.unchanged == report.inputs { "unchanged" } else { "others" };
    let arguments = [("count", &*number(report.inputs)), ("read", &number(report.read)), ("which", which)];
    out.tell("summary-inputs", &arguments);
    if report.passed_over > 0 {
        out.tell("summary-passed-over", &[("count", &number(report.passed_over))]);
    }
    if report.mended > 0 {
        out.tell("summary-mended", &[("count", &number(report.mended))]);
    }
    if report.companions > 0 {
        out.tell("summary-companions", &[("count", &number(report.companions))]);
    }
    if let Some(account) = &report.account {
        out.tell("summary-account", &[("account", account)]);
    }
    let articles = report.articles;
    out.tell("summary-articles", &[("held", &number(articles.held)), ("listed", &number(articles.listed))]);
    private(out, report);
    let short_posts = report.short_posts;
    let others = [
        ("summary-notes", short_posts.notes),
        ("summary-videos", short_posts.videos),
        ("summary-lives", short_posts.live_replays),
    ];
    for (id, numbers) in others.into_iter().filter(|(_, numbers)| numbers.listed > 0) {
        out.tell(id, &[("held", &number(numbers.held)), ("listed", &number(numbers.listed))]);
    }
    // Files that belong to no listed post are counted apart: no other number has them.
    let media = report.media_held.saturating_sub(report.unmatched + report.media_of_others);
    out.tell("summary-media", &[("count", &number(media))]);
    if report.media_of_others > 0 {
        out.tell("summary-media-of-others", &[("count", &number(report.media_of_others))]);
    }
    if report.unmatched > 0 {
        out.tell("summary-unmatched", &[("count", &number(report.unmatched))]);
    }
    statements(out, report);
    covered(out, report);
    tables(out, report);
    accounts(out, report);
    for other in report.others.iter().take(SHOWN) {
        out.tell("summary-other-account", &[("account", &other.name), ("count", &number(other.articles))]);
    }
}

/// Prints the number of the account's articles that are not public, and why.
fn private(out: &Words<'_>, report: &BackupReport) {
    let number = |value: u64| value.to_string();
    let Numbers { private, reshared, undated, .. } = report.articles;
    if undated > 0 {
        out.tell("summary-undated", &[("count", &number(undated))]);
    }
    if private > 0 {
        let others = private.saturating_sub(reshared);
        let arguments = [("count", number(private)), ("reshared", number(reshared)), ("others", number(others))];
        let arguments: Vec<(&'static str, &str)> =
            arguments.iter().map(|(name, value)| (*name, value.as_str())).collect();
        out.tell("summary-private", &arguments);
    }
    let unclaimed = report.unclaimed;
    if unclaimed.articles > 0 {
        out.tell("summary-unclaimed-articles", &[("count", &number(unclaimed.articles))]);
    }
    if unclaimed.short_posts > 0 {
        out.tell("summary-unclaimed-posts", &[("count", &number(unclaimed.short_posts))]);
    }
}

/// Prints the private tables, grouped by dataset.
fn tables(out: &Words<'_>, report: &BackupReport) {
    /// Published articles are not materials, though one interface returns both.
    const PUBLISHED: &str = "freepublish";
    let say = |name: &str, tables: &[&TableReport]| {
        let rows: u64 = tables.iter().map(|table| table.rows).sum();
        let older: u64 = tables.iter().map(|table| table.older_versions).sum();
        if rows > 0 {
            let name = out.texts.code("dataset", name);
            out.tell("summary-dataset", &[("dataset", &name), ("rows", &rows.to_string())]);
        }
        if older > 0 {
            let counted = tables.iter().any(|table| table.dataset == Dataset::Statistics);
            let id = if counted { "summary-older-numbers" } else { "summary-older-versions" };
            out.tell(id, &[("count", &older.to_string())]);
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
fn accounts(out: &Words<'_>, report: &BackupReport) {
    let one = |id: &'static str, share: &OtherAccount| {
        out.tell(id, &[("account", &share.name), ("count", &share.articles.to_string())]);
    };
    if let Some(first) = report.only_others.first() {
        let account = report.account.as_deref().unwrap_or_default();
        out.tell("summary-only-others", &[("account", account)]);
        report.only_others.iter().take(SHOWN).for_each(|share| one("summary-undecided-one", share));
        one("summary-only-others-hint", first);
    }
    if let Some(first) = report.undecided.first() {
        out.tell("summary-undecided", &[("count", &report.undecided.len().to_string())]);
        report.undecided.iter().take(SHOWN).for_each(|share| one("summary-undecided-one", share));
        let quoted = shell::quoted(Path::new(&first.name));
        out.tell("summary-undecided-hint", &[("quoted", &quoted)]);
    }
}

fn fetched(out: &Words<'_>, crawl: &CrawlReport) {
    let number = |value: u64| value.to_string();
    for (id, tally) in [
        ("summary-fetched-pages", crawl.pages),
        ("summary-fetched-media", crawl.media),
        ("summary-fetched-videos", crawl.videos),
    ] {
        if tally.fetched + tally.missing > 0 {
            let arguments = [("fetched", number(tally.fetched)), ("missing", number(tally.missing))];
            let arguments: Vec<(&'static str, &str)> =
                arguments.iter().map(|(name, value)| (*name, value.as_str())).collect();
            out.tell(id, &arguments);
        }
    }
    if crawl.discovered > 0 {
        out.tell("summary-discovered", &[("count", &number(crawl.discovered))]);
    }
    for stopped in &crawl.stopped {
        out.tell("summary-host-stopped", &[("host", &stopped.host), ("why", stopped.why)]);
    }
}

fn unrecognised(out: &Words<'_>, report: &BackupReport) {
    let lists =
        [("summary-unrecognised", &report.unrecognised), ("summary-gone-unrecognised", &report.gone_unrecognised)];
    for (id, locators) in lists.into_iter().filter(|(_, locators)| !locators.is_empty()) {
        out.tell(id, &[("count", &locators.len().to_string())]);
        for locator in locators.iter().take(SHOWN) {
            out.tell("summary-item", &[("text", locator)]);
        }
        if locators.len() > SHOWN {
            out.tell("summary-more", &[("count", &(locators.len() - SHOWN).to_string())]);
        }
    }
}

/// Prints the bills. Many bills of one layout share a line, because the API gives one for each day.
fn statements(out: &Words<'_>, report: &BackupReport) {
    /// Maximum number of bills that are printed one per line.
    const FEW: usize = 3;
    let mut layouts: BTreeMap<&str, Vec<&StatementReport>> = BTreeMap::new();
    for statement in &report.statements {
        layouts.entry(&statement.layout).or_default().push(statement);
    }
    for (layout, statements) in layouts {
        let kind = out.texts.code("layout", layout);
        let say = |id: &'static str, statements: &[&StatementReport]| {
            let rows = statements.iter().map(|statement| statement.rows).sum::<u64>().to_string();
            let from = statements.iter().filter_map(|statement| statement.from.as_deref()).min();
            let to = statements.iter().filter_map(|statement| statement.to.as_deref()).max();
            let (from, to) = (from.unwrap_or("?"), to.unwrap_or("?"));
            let count = statements.len().to_string();
            out.tell(id, &[("kind", &kind), ("count", &count), ("rows", &rows), ("from", from), ("to", to)]);
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
fn covered(out: &Words<'_>, report: &BackupReport) {
    if report.bill_days.is_empty() {
        return;
    }
    let days: Vec<String> = report.bill_days.iter().map(|(first, last)| format!("{first} – {last}")).collect();
    out.tell("summary-covered", &[("days", &days.join(", "))]);
    if !report.knows_trades {
        out.tell("summary-ask-trades", &[]);
    }
}

fn missing(out: &Words<'_>, report: &BackupReport) {
    out.paragraph();
    // The platform states that a day without trade has no bill: this is recorded, and nothing is missing.
    let mut gaps = report.gaps.clone();
    if let Some(days) = gaps.remove(GapReason::NoBill.code()) {
        out.tell("summary-no-bill", &[("count", &days.to_string())]);
    }
    // An empty list of gaps proves nothing if the run was not finished or the list had no input.
    let unfinished = report.interrupted || report.api.as_ref().is_some_and(ApiReport::is_unfinished);
    if unfinished {
        out.tell("summary-unfinished", &[]);
    }
    if report.missing_bills > 0 {
        out.tell("summary-missing-bills", &[("count", &report.missing_bills.to_string())]);
    }
    if gaps.is_empty() && report.given_up > 0 && !unfinished {
        out.tell("summary-all-given-up", &[("count", &report.given_up.to_string())]);
        return;
    }
    if gaps.is_empty() {
        match (unfinished, is_empty(report)) {
            (true, _) => {}
            (false, _) if report.missing_bills > 0 => {}
            (false, true) if holds_anything(report) => out.tell("summary-nothing-own", &[]),
            (false, true) => out.tell("summary-nothing-known", &[]),
            // A bill covers its own days only.
            (false, false) if report.merchant_bills || !report.bill_days.is_empty() && !report.knows_trades => {
                out.tell("summary-no-gaps-inside", &[]);
            }
            (false, false) => out.tell("summary-no-gaps", &[]),
        }
        return;
    }
    out.tell("summary-gaps", &[("count", &gaps.values().sum::<u64>().to_string())]);
    let no_bill = GapReason::NoBill.code();
    for (reason, count) in report.gap_words.iter().filter(|(reason, _)| **reason != no_bill) {
        // A list of days calls them "these days".
        let own = out.texts.find_code("summary-gap", reason);
        let words = own.unwrap_or_else(|| out.texts.code("gap", reason));
        out.tell("summary-gap", &[("reason", &words), ("count", &count.to_string())]);
    }
    if report.given_up > 0 {
        out.tell("summary-given-up", &[("count", &report.given_up.to_string())]);
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

fn next(out: &Words<'_>, told: &Told<'_>) {
    let Told { root, report, site, online, .. } = *told;
    let path = root.display().to_string();
    out.paragraph();
    out.tell("summary-archive", &[("path", &path)]);
    if !report.statements.is_empty()
        && let Some(ledger) = state::ledger(root)
    {
        out.tell("summary-ledger", &[("path", &ledger)]);
    }
    if let Some(site) = site {
        out.tell("summary-site", &[("path", &site.join("index.html").display().to_string())]);
    }
    let has = |reason: GapReason| report.gaps.contains_key(reason.code());
    if crate::platform::were_modes_refused() {
        out.tell("summary-modes-refused", &[]);
    }
    // Fetching pages brings no bills.
    let holes = report.bill_days.len().saturating_sub(1) as u64;
    if holes > 0 {
        out.tell("next-bill-days", &[]);
    }
    let fetchable = report.gaps.get(GapReason::NotHeld.code()).is_some_and(|count| *count > holes);
    if fetchable && !online {
        out.tell("next-online", &[]);
    }
    if has(GapReason::ExpiredWindow) && report.short_posts.videos.listed > 0 {
        out.tell("next-expired-videos", &[]);
    }
    if has(GapReason::StillEncrypted) {
        out.tell("next-encrypted", &[]);
    }
    if has(GapReason::PasswordNeeded) {
        if report.locked.is_empty() {
            // It was not among the files of this run, so that running it again would not open it.
            out.tell("next-password-earlier", &[]);
        } else {
            out.tell("summary-locked", &[("names", &report.locked.join("、"))]);
            out.tell("next-password", &[]);
        }
    }
    if !report.gaps.is_empty() {
        out.tell("next-gaps", &[("path", &path)]);
    }
    out.tell("next-verify", &[("path", &path)]);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Language;
    use crate::words::Phrases;

    #[test]
    fn what_failed_is_not_said_to_be_read_before() {
        let told = |report: &BackupReport, language| {
            let texts = Texts::new(language);
            let told = Told { root: Path::new("/nowhere"), report, site: None, open_blockers: None, online: false };
            let all = summary(&texts, &told).concat();
            let arguments = all.into_iter().find_map(|sentence| match sentence {
                Sentence::Text { id, arguments } if id == "summary-inputs" => Some(arguments),
                _ => None,
            });
            let arguments = arguments.unwrap();
            let arguments: Vec<(&str, &str)> = arguments.iter().map(|(name, value)| (*name, value.as_str())).collect();
            Phrases { texts: &texts, command: "liudi".into(), on_page: true }.line("summary-inputs", &arguments)
        };
        let failed = BackupReport { inputs: 2, unreadable: 2, ..BackupReport::default() };
        let before = BackupReport { inputs: 2, unchanged: 2, ..BackupReport::default() };
        for (language, words) in [(Language::Chinese, "以前读过"), (Language::English, "was read before")] {
            assert!(!told(&failed, language).contains(words), "{}", told(&failed, language));
            assert!(told(&before, language).contains(words), "{}", told(&before, language));
        }
    }

    #[test]
    fn on_the_desk_no_sentence_names_a_command() {
        let ids = regex::Regex::new(r#""((?:summary|next)-[a-z-]+)""#).unwrap();
        let ids: Vec<&str> =
            ids.captures_iter(include_str!("summary.rs")).map(|id| id.get(1).unwrap().as_str()).collect();
        assert!(ids.len() > 50, "{}", ids.len());
        for language in Language::ALL {
            let texts = Texts::new(language);
            let phrases = Phrases { texts: &texts, command: "liudi".into(), on_page: true };
            for id in &ids {
                let line = phrases.line(id, &[]);
                assert!(
                    !["--", "liudi", "LIUDI", "Ctrl", "private/"].iter().any(|word| line.contains(word)),
                    "{id}: {line}"
                );
            }
        }
    }
}
