//! 账单: sums by month and kind, what does not add up, and the ledger.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::civil::Date;
use minijinja::{Value, context};

use crate::desk::exports;
use crate::desk::form::Form;
use crate::desk::state::Desk;
use crate::desk::view::{self, Info, View, value};
use crate::error::Result;
use crate::model::Problem;
use crate::pipeline::archive::bills::{BillReport, BillState, KindSums, SeriesDays, StatementCheck};
use crate::pipeline::archive::state::holds_anything;
use crate::pipeline::closing::bill_series;
use crate::pipeline::host::{Host as _, Unattended};
use crate::pipeline::registries::Group;
use crate::text::Texts;
use crate::words::Phrases;
use crate::words::plain::{original_name, told_apart};
use crate::words::sentence::{Sentence, SentenceWords};

/// Most problems of bills that are shown; all of them are in the ledger's folder and in the data.
const SHOWN: usize = 50;
/// Parts that are in the table but not in the picture: no income and no cost.
const NOT_DRAWN: [&str; 2] = ["moved", "undone"];
/// Height of a bar, with the space below it.
const BAR: usize = 10;
/// Space between two months.
const BETWEEN: usize = 10;

/// The view.
pub(in crate::desk) struct Bills;

/// What the view keeps between requests: the last report, which took reading the whole ledger, and the state of the
/// archive it is of.
#[derive(Default)]
pub(in crate::desk) struct Kept(Mutex<Option<Known>>);

/// A report, with the state of the archive and the day it is of.
type Known = ((BillState, Date), Arc<BillReport>);

impl Kept {
    /// Forgets what is about the archive.
    pub(in crate::desk) fn forget(&self) {
        *self.inner() = None;
    }

    /// Returns the report of the archive as it is now.
    fn report(&self, root: &Path) -> Result<Arc<BillReport>> {
        let today = Unattended::default().environment().today()?;
        let state = (BillState::of(root), today);
        // Held while reading: pages that ask at the same time wait for one report.
        let mut kept = self.inner();
        if let Some((of, report)) = &*kept
            && *of == state
        {
            return Ok(Arc::clone(report));
        }
        let report = Arc::new(BillReport::read(root, today)?);
        *kept = Some((state, Arc::clone(&report)));
        Ok(report)
    }

    fn inner(&self) -> MutexGuard<'_, Option<Known>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl View for Bills {
    fn info(&self) -> &'static Info {
        &Info { slug: "bills", of_archive: true, in_steps: true }
    }

    fn values(&self, desk: &Arc<Desk>, query: &Form) -> Result<Value> {
        let root = desk.root()?;
        if !holds_anything(&root) {
            return Ok(context! { empty => true });
        }
        let report = desk.views.bills.report(&root)?;
        let (texts, phrases) = (desk.texts(), desk.phrases());
        let shown = report.problems.iter().take(SHOWN);
        let names = Names::of(&report);
        let ledger = report.ledger.as_deref();
        let running = desk.workshop.now().is_some_and(|now| now.code == exports::RUN);
        Ok(context! {
            empty => report.is_empty(),
            locked => report.locked.iter().map(|name| original_name(name).to_owned()).collect::<Vec<_>>(),
            kinds => report.kinds.iter().map(|kind| picture(texts, kind)).collect::<Vec<_>>(),
            left_out => report.left_out.iter().map(|(kind, count)| context! { kind => name(texts, kind), count }).collect::<Vec<_>>(),
            statements => report.statements.iter().map(|one| statement(texts, &names, one)).collect::<Vec<_>>(),
            days => report.days.iter().map(|one| days(texts, one)).collect::<Vec<_>>(),
            personal => report.days.iter().any(|days| days.series == "wxpay_personal_bill"),
            knows_ends => report.knows_ends,
            more_problems => report.problems.len().saturating_sub(SHOWN),
            problems => by_advice(&phrases, &names, shown),
            ledger,
            packed => ledger.is_some_and(|path| Path::new(path).extension().is_some_and(|extension| extension == "zst")),
            folder => ledger.and_then(|path| Path::new(path).parent()).map(|folder| folder.display().to_string()),
            groups => exports::groups(desk, Some(Group::Ledger), query)?,
            live => running,
        })
    }

    fn json(&self, desk: &Arc<Desk>) -> Result<Option<Vec<u8>>> {
        let root = desk.root()?;
        let report = if holds_anything(&root) { desk.views.bills.report(&root)? } else { Arc::default() };
        view::json(&*report).map(Some)
    }
}

/// The names of the files, by their paths in the archive, or where they were put in from if nothing was kept.
struct Names<'r>(BTreeMap<&'r str, &'r str>);

impl<'r> Names<'r> {
    /// Names the files of a report. Those of one name are told apart by their folders.
    fn of(report: &'r BillReport) -> Self {
        let kept = report.statements.iter().map(|one| (&*one.file, one.origin.as_deref().unwrap_or(&one.file)));
        let seen = report.problems.iter().map(|one| in_file(&one.locator).0);
        let mut origins: BTreeMap<&str, &str> = seen.map(|path| (path, path)).collect();
        origins.extend(kept);
        let names = told_apart(&origins.values().copied().collect::<Vec<_>>());
        Self(origins.into_keys().zip(names).collect())
    }

    /// Returns the name for a path, with the line if it names one.
    fn name(&self, path: &str) -> String {
        let (file, line) = in_file(path);
        let name = self.0.get(file).copied().unwrap_or(file);
        let name = if name.contains('/') { name } else { original_name(name) };
        format!("{name}{line}")
    }
}

/// Splits the line off the place of a problem: `bills/May.csv:17`.
fn in_file(place: &str) -> (&str, &str) {
    let at = place.rfind(':').filter(|at| !place[at + 1..].is_empty());
    let at = at.filter(|at| place[at + 1..].bytes().all(|byte| byte.is_ascii_digit()));
    place.split_at(at.unwrap_or(place.len()))
}

/// Returns the problems in groups, each with the one advice for all of it, and in each group by file.
fn by_advice<'p>(phrases: &Phrases<'_>, names: &Names<'_>, problems: impl Iterator<Item = &'p Problem>) -> Vec<Value> {
    type Files<'p> = Vec<(&'p str, Vec<String>)>;
    let mut groups: Vec<(Option<String>, Files<'p>)> = Vec::new();
    for problem in problems {
        // The file is named once, above what is said of it.
        let alone = Problem { locator: String::new(), ..problem.clone() };
        let SentenceWords { text, hint, .. } = Sentence::Problem(alone).on_page(phrases);
        let at = groups.iter().position(|(of, _)| *of == hint).unwrap_or_else(|| {
            groups.push((hint, Vec::new()));
            groups.len() - 1
        });
        let files = &mut groups[at].1;
        match files.iter_mut().find(|(of, _)| *of == problem.locator) {
            Some((_, texts)) => texts.push(text),
            None => files.push((&problem.locator, vec![text])),
        }
    }
    let file = |(path, texts): (&str, Vec<String>)| context! { name => names.name(path), texts };
    let group = |(advice, files): (_, Files<'p>)| {
        context! { advice, files => files.into_iter().map(file).collect::<Vec<_>>() }
    };
    groups.into_iter().map(group).collect()
}

fn name(texts: &Texts, kind: &str) -> String {
    texts.find_code("books-kind", kind).unwrap_or_else(|| kind.to_owned())
}

/// Returns a kind's months with the places of their bars.
fn picture(texts: &Texts, kind: &KindSums) -> Value {
    let drawn: Vec<usize> = (0..kind.parts.len()).filter(|at| !NOT_DRAWN.contains(&kind.parts[*at])).collect();
    let of_month = drawn.len() * BAR + BETWEEN;
    let months: Vec<Value> = kind
        .months
        .iter()
        .enumerate()
        .map(|(at, month)| {
            let top = at * of_month;
            let bars: Vec<Value> = drawn
                .iter()
                .enumerate()
                .map(|(row, part)| {
                    context! {
                        part => kind.parts[*part],
                        y => top + row * BAR,
                        length => month.bars.get(*part),
                        sum => month.sums.get(*part).map(ToString::to_string),
                    }
                })
                .collect();
            let sums = month.sums.iter().map(ToString::to_string).collect::<Vec<_>>();
            context! { month => month.month.clone(), middle => top + drawn.len() * BAR / 2, rows => month.rows, sums, bars }
        })
        .collect();
    context! {
        name => name(texts, &kind.kind),
        currency => texts.find_code("desk-currency", &kind.currency).unwrap_or_else(|| kind.currency.clone()),
        parts => kind.parts.clone(),
        height => kind.months.len() * of_month,
        longest => KindSums::LONGEST,
        total => context! {
            rows => kind.total.rows,
            sums => kind.total.sums.iter().map(ToString::to_string).collect::<Vec<_>>(),
        },
        months,
    }
}

fn statement(texts: &Texts, names: &Names<'_>, statement: &StatementCheck) -> Value {
    context! {
        file => names.name(&statement.file),
        kind => texts.find_code("layout", &statement.layout).unwrap_or_else(|| name(texts, statement.kind)),
        holder => statement.holder.clone(),
        from => statement.from.clone(),
        to => statement.to.clone(),
        rows => statement.rows,
        adds_up => statement.adds_up,
        differences => value(&statement.differences),
    }
}

fn days(texts: &Texts, days: &SeriesDays) -> Value {
    let ranges = |ranges: &[(Date, Date)]| -> Vec<Value> {
        let range = |(first, last): &(Date, Date)| {
            context! { first => first.to_string(), last => last.to_string() }
        };
        ranges.iter().map(range).collect()
    };
    let name = bill_series::words(texts, &days.series).unwrap_or_else(|| days.series.clone());
    let of_merchant = days.series != "wxpay_personal_bill";
    context! { name, of_merchant, covered => ranges(&days.covered), nothing => ranges(&days.nothing), given_up => ranges(&days.given_up), holes => ranges(&days.holes) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_in_a_file_is_named_as_the_file_with_the_line() {
        let statement = |file: &str, origin: &str| StatementCheck {
            file: file.to_owned(),
            origin: Some(origin.to_owned()),
            kind: "trade",
            layout: String::new(),
            holder: None,
            from: None,
            to: None,
            rows: 0,
            adds_up: None,
            differences: Vec::new(),
        };
        let report = BillReport {
            statements: vec![
                statement("billing/raw/0123abcd-账单.csv", "in/甲/账单.csv"),
                statement("billing/raw/1123abcd-账单.csv", "in/乙/账单.csv"),
                statement("billing/raw/2123abcd-三月.csv", "in/乙/三月.csv"),
            ],
            problems: vec![Problem::finding("ledger-differs", "in/乙/账单.csv:17")],
            ..BillReport::default()
        };
        let names = Names::of(&report);
        assert_eq!(names.name("billing/raw/0123abcd-账单.csv"), "甲/账单.csv");
        assert_eq!(names.name("in/乙/账单.csv:17"), "乙/账单.csv:17");
        assert_eq!(names.name("billing/raw/2123abcd-三月.csv"), "三月.csv");
    }
}
