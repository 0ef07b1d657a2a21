//! Puts the status of a fleet into words: lines for a terminal, and a page of its own.

use std::path::Path;

use minijinja::context;
use minijinja::value::Serde;
use serde::Serialize;

use super::Phrases;
use super::plain;
use crate::error::Result;
use crate::fleet::note::{Holdings, NextDate};
use crate::fleet::queue::JobState;
use crate::fleet::status::{AccountStatus, FleetStatus, Standing};
use crate::model::{Time, layout};
use crate::pipeline::closing::{date_item, render_page};
use crate::platform;
use crate::text::Texts;

const TEMPLATE: &str = include_str!("../../templates/fleet.html.j2");

/// An account in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AccountWords {
    /// Name in the fleet, with that of its 公众号 if it is another one.
    pub name: String,
    /// Code of how it stands.
    pub standing: &'static str,
    /// How it stands.
    pub standing_words: String,
    /// The verdict.
    pub verdict: String,
    /// What it is at, and for which time it waits.
    pub at_work: String,
    /// Held and listed articles.
    pub articles: String,
    /// Numbers of gaps and of missing bills.
    pub missing: String,
    /// Day of the date that comes next.
    pub next_day: String,
    /// What that date is.
    pub next: String,
    /// What went wrong last.
    pub problem: String,
    /// What can be done about it.
    pub hint: String,
    /// Other problems, in lines.
    pub problems: Vec<String>,
    /// Number of problems that are not among them.
    pub more: usize,
    /// Address of its report, if there is one.
    pub report: Option<String>,
    /// Address of its site, if there is one.
    pub site: Option<String>,
}

impl Phrases<'_> {
    /// Returns an account in words. Links to its report and its site are relative to `folder`.
    pub fn fleet_account(&self, account: &AccountStatus, folder: &Path) -> AccountWords {
        let texts = self.texts;
        let holdings = account.holdings.clone().unwrap_or_default();
        let name = match holdings.name.as_deref().filter(|name| *name != account.account) {
            Some(other) => texts.get("fleet-name", &[("account", &account.account), ("name", other)]),
            None => account.account.clone(),
        };
        let count = |id: &str, count: u64| {
            if count == 0 { String::new() } else { texts.get(id, &[("count", &count.to_string())]) }
        };
        let missing = [count("fleet-gaps", holdings.gaps), count("fleet-missing-bills", holdings.missing_bills)];
        let missing: Vec<String> = missing.into_iter().filter(|words| !words.is_empty()).collect();
        let problem = account.problem.as_ref().map(|problem| self.problem(problem));
        let hint = account.problem.as_ref().and_then(|problem| self.problem_hint(problem));
        AccountWords {
            name,
            standing: account.standing.code(),
            standing_words: texts.code("fleet-standing", account.standing.code()),
            verdict: account
                .verdict
                .as_ref()
                .map_or_else(String::new, |judged| texts.code("ready-verdict", &judged.verdict)),
            at_work: self.at_work(account),
            articles: articles(account.holdings.as_ref()),
            missing: texts.list(&missing),
            next_day: account.next.as_ref().map_or_else(String::new, |next| next.day.to_string()),
            next: account.next.as_ref().map_or_else(String::new, |next| next_words(texts, next)),
            problem: problem.unwrap_or_default(),
            hint: hint.unwrap_or_default(),
            more: account.problem_count.saturating_sub(account.problems.len()),
            problems: account.problems.iter().map(|problem| self.problem(problem)).collect(),
            report: link(folder, &account.archive.join("readiness.html")),
            site: link(folder, &account.archive.join(layout::SITE).join("index.html")),
        }
    }

    /// Returns what an account is at.
    fn at_work(&self, account: &AccountStatus) -> String {
        let texts = self.texts;
        if account.jobs.is_empty() {
            return texts.get("fleet-not-begun", &[]);
        }
        let Some(phase) = account.phase else { return texts.get("fleet-all-done", &[]) };
        let job = account.jobs.iter().find(|job| job.phase == phase);
        let state = job.map_or(JobState::Ready, |job| job.state);
        let words = texts.get(
            "fleet-phase-state",
            &[("phase", &texts.code("fleet-phase", phase.code())), ("state", &texts.code("fleet-state", state.code()))],
        );
        match job.and_then(|job| job.not_before) {
            Some(until) => texts.get("fleet-until", &[("what", &words), ("time", &moment(until))]),
            None => words,
        }
    }

    /// Returns the page of a fleet that stands in `folder`.
    ///
    /// # Errors
    /// `report-not-rendered`.
    pub fn fleet_page(&self, status: &FleetStatus, folder: &Path) -> Result<String> {
        let accounts: Vec<AccountWords> =
            status.accounts.iter().map(|account| self.fleet_account(account, folder)).collect();
        let language = self.texts.language();
        let context = context! {
            tag => language.tag(),
            at => moment(status.at),
            totals => totals(status),
            accounts => Serde(&accounts),
        };
        render_page("fleet.html", TEMPLATE, Texts::new(language), context)
    }
}

/// Returns the numbers of accounts by how they stand, the worst first: code and count.
pub fn totals(status: &FleetStatus) -> Vec<(&'static str, usize)> {
    let mut totals: Vec<(Standing, usize)> = Vec::new();
    for account in &status.accounts {
        match totals.last_mut().filter(|(standing, _)| *standing == account.standing) {
            Some((_, count)) => *count += 1,
            None => totals.push((account.standing, 1)),
        }
    }
    totals.into_iter().map(|(standing, count)| (standing.code(), count)).collect()
}

/// Returns a date that comes next in words.
/// Returns the numbers of held and listed articles; nothing for an archive without articles, such as one of bills.
fn articles(holdings: Option<&Holdings>) -> String {
    let holdings = holdings.filter(|of| of.held > 0 || of.listed > 0);
    holdings.map_or_else(String::new, |of| format!("{} / {}", of.held, of.listed))
}

fn next_words(texts: &Texts, next: &NextDate) -> String {
    texts.get(&next.text, &[("item", &date_item(texts, next.item.as_deref()))])
}

/// Returns a time of Beijing to the minute.
pub fn moment(time: Time) -> String {
    plain::cell(time.to_string().get(..16).unwrap_or_default()).replace('T', " ")
}

/// Returns the address of a file relative to the page in `folder`, if both can be linked.
fn link(folder: &Path, file: &Path) -> Option<String> {
    if !file.is_file() {
        return None;
    }
    let full = |path: &Path| std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let (folder, file) = (full(folder), full(file));
    let encoded = |path: &Path| {
        let parts = path.components().map(|part| {
            let part = part.as_os_str().to_string_lossy().into_owned();
            percent_encoding::utf8_percent_encode(&part, percent_encoding::NON_ALPHANUMERIC).to_string()
        });
        parts.collect::<Vec<_>>().join("/")
    };
    match file.strip_prefix(&folder) {
        Ok(below) => Some(encoded(below)),
        Err(_) => url::Url::from_file_path(platform::plain(&file)).ok().map(String::from),
    }
}
