//! Renders `readiness.html`: one self-contained file for desktop, phone, dark mode and print. It has no scripts and
//! makes no requests.

use jiff::civil::Date;
use minijinja::context;
use minijinja::value::Serde;
use serde::Serialize;

use super::wording::{self, Measure, commands};
use super::{Closing, Report, RuleReport, picture};
use crate::audit::advice::{self, ToDo, ToDos, shared, to_do};
use crate::audit::check::missing as open_item;
use crate::audit::dates::{self, lines};
use crate::audit::engine::{Judgement, SurelyOpen};
use crate::audit::first::{First, first, place};
use crate::audit::page;
use crate::audit::profile::Profile;
use crate::audit::questions::Question;
use crate::audit::rules::Rules;
use crate::error::Result;
use crate::model::Gap;
use crate::text::{Language, Texts};

const TEMPLATE: &str = include_str!("../../../templates/readiness.html.j2");

/// An open rule as listed on the page.
#[derive(Serialize)]
struct Open {
    rule: String,
    group: String,
    title: String,
    text: String,
    severity: &'static str,
    state: &'static str,
    confidence: &'static str,
    items: Vec<Line>,
    /// Number of items left out.
    more: usize,
    /// Whether some of the items are still to be added.
    shared: bool,
}

/// What to do: in plain words first, and with which commands in a terminal.
#[derive(PartialEq, Eq, Serialize)]
struct Advice {
    words: String,
    commands: Vec<String>,
}

impl Advice {
    /// Returns the advice of `code` whose words for a terminal are `spoken`.
    fn new(texts: &Texts, code: &str, date: Option<&str>, spoken: &str) -> Self {
        let (own, date) = (format!("report-do-{code}"), [("date", date.unwrap_or_default())]);
        let commands = commands(spoken);
        // Advice without commands is the same in a terminal and on paper.
        let words = if commands.is_empty() { spoken.to_owned() } else { texts.get(&own, &date) };
        Self { words, commands }
    }

    /// Returns a step of what to do first.
    fn first(texts: &Texts, step: &First) -> Self {
        let spoken = format!("{} {}", step.text, step.command.as_deref().unwrap_or_default());
        let own = texts.find(&format!("desk-first-{}", step.code), &[("count", &step.count.to_string())]);
        Self { words: own.unwrap_or_else(|| step.text.clone()), commands: commands(&spoken) }
    }
}

/// An open item as listed on the page.
#[derive(Serialize)]
struct Line {
    name: String,
    url: Option<String>,
    reason: String,
    /// What to do, at the last of consecutive items with the same.
    advice: Option<Advice>,
}

/// Returns the open items of a rule as listed on the page.
fn items(texts: &Texts, items: Vec<ToDo>) -> Vec<Line> {
    let advice = |item: &ToDo| {
        let advice = Advice::new(texts, item.code, item.date.as_deref(), &item.advice);
        // The command that asks all questions is named once, among what to do first.
        if item.asked { Advice { commands: Vec::new(), ..advice } } else { advice }
    };
    let mut items = items.into_iter().peekable();
    let mut listed = Vec::new();
    while let Some(item) = items.next() {
        let is_last = items.peek().is_none_or(|next| next.advice != item.advice);
        let advice = (is_last && !item.shared).then(|| advice(&item));
        listed.push(Line { name: item.name, url: item.url, reason: item.reason, advice });
    }
    listed
}

/// A missing item as listed on the page.
#[derive(Serialize)]
struct Lack {
    name: String,
    url: Option<String>,
    date: Option<String>,
    reason: &'static str,
    detail: Option<String>,
}

/// The missing items of an asset as listed on the page.
#[derive(Serialize)]
struct Missing<'a> {
    asset: &'a str,
    gaps: Vec<Lack>,
    /// Number of gaps left out.
    more: usize,
}

/// Returns a missing item as listed on the page, named as in the list of what is open.
fn lack(texts: &Texts, rules: &Rules, gap: &Gap) -> Lack {
    let item = open_item(gap);
    let name = if gap.is_avatar() { texts.get("gaps-avatar", &[]) } else { advice::name(texts, rules, &item) };
    Lack {
        url: item.url.filter(|url| *url != name),
        name,
        date: gap.date.map(crate::model::Time::date),
        reason: gap.reason.code(),
        detail: wording::detail(texts, gap),
    }
}

/// What a rule relies on, in words.
#[derive(Serialize)]
struct Words {
    measured: Vec<Measure>,
    records: Vec<Measure>,
    basis: Vec<String>,
}

fn words(texts: &Texts, rule: &RuleReport<'_>) -> Words {
    Words {
        measured: rule.measured.iter().map(|(name, value)| wording::measure(texts, name, value)).collect(),
        records: rule.evidence.iter().map(|used| wording::record(texts, used)).collect(),
        basis: rule.basis.iter().map(|basis| wording::basis(texts, basis)).collect(),
    }
}

/// Items listed of each open rule; `readiness.json` has them all.
const ITEMS: usize = 40;

/// Missing items listed of each asset.
const GAPS: usize = 200;

/// A line of the calendar as listed on the page.
#[derive(Serialize)]
struct Window {
    account: String,
    #[serde(flatten)]
    line: dates::Line,
    planned: bool,
}

/// Returns the calendar of one closing; only its first line names the account.
fn windows(closing: &Closing, today: Date, texts: &Texts) -> Vec<Window> {
    let lines = lines(texts, today, closing.submit, closing.planned, &closing.dates);
    let submit = lines.iter().position(|line| line.start == closing.submit);
    let name = dates::account(texts, closing.account);
    let window = |(index, line): (usize, dates::Line)| Window {
        account: if index == 0 { name.clone() } else { String::new() },
        planned: closing.planned && Some(index) == submit,
        line,
    };
    lines.into_iter().enumerate().map(window).collect()
}

/// Renders the page in `language`. `digest` is that of `readiness.json`. The page contains no local paths, so it is the
/// same wherever the archive is copied.
pub fn render(
    report: &Report<'_>,
    judgement: &Judgement,
    rules: &Rules,
    profile: &Profile,
    digest: &str,
    language: Language,
    questions: &[Question],
) -> Result<String> {
    let texts = Texts::new(language);
    let tag = language.tag();
    let word = |rule: &str| report.rules_looked_at.iter().find(|known| known.rule == rule);
    let surely = judgement.surely_open(rules, profile);
    let first = first(&texts, rules, judgement, &surely, questions, "liudi");
    let first: Vec<Advice> = first.iter().map(|step| Advice::first(&texts, step)).collect();
    let SurelyOpen { rules: mut outcomes, not_yet } = surely;
    outcomes.sort_by_key(|outcome| (place(&outcome.group), outcome.severity));
    let open: Vec<Open> = outcomes
        .into_iter()
        .filter_map(|outcome| {
            let rule = word(&outcome.rule)?;
            let ToDos { items: listed, more, shared, .. } = to_do(&texts, rules, outcome, "liudi", ITEMS);
            Some(Open {
                rule: outcome.rule.clone(),
                group: outcome.group.clone(),
                title: rule.title.get(tag).cloned().unwrap_or_default(),
                text: rule.text.get(tag).cloned().unwrap_or_default(),
                severity: outcome.severity.code(),
                state: outcome.state.code(),
                confidence: rule.confidence.code(),
                items: items(&texts, listed),
                more,
                shared,
            })
        })
        .collect();
    let shared = Advice::new(&texts, advice::SHARED, None, &shared(&texts, "liudi"));
    let missing = report.assets.iter().filter(|asset| !asset.gaps.is_empty()).map(|asset| {
        let shown = asset.gaps.len().min(GAPS);
        let gaps = asset.gaps[..shown].iter().map(|gap| lack(&texts, rules, gap)).collect();
        Missing { asset: &asset.asset, gaps, more: asset.gaps.len() - shown }
    });
    let missing: Vec<Missing<'_>> = missing.collect();
    let charts: Vec<_> = report.assets.iter().map(|asset| picture::chart(asset, &texts)).collect();
    let windows: Vec<_> =
        report.closings.iter().flat_map(|closing| windows(closing, report.at.zoned().date(), &texts)).collect();
    let timeline = picture::timeline(report, &texts);
    let in_words: Vec<Words> = report.rules_looked_at.iter().map(|rule| words(&texts, rule)).collect();
    let given_up = wording::given_up(&texts, rules, report);
    let context = context! {
        report => Serde(report.without_items()),
        missing => Serde(missing),
        open => Serde(open),
        first => Serde(first),
        not_yet,
        shared => Serde(shared),
        in_words => Serde(in_words),
        given_up => Serde(given_up),
        charts => Serde(charts),
        windows => Serde(windows),
        timeline => Serde(timeline),
        digest,
        tag,
    };
    page::render("readiness.html.j2", TEMPLATE, texts, context)
}
