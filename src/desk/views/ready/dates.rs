//! The steps of a closing with their dates, as a list and as a calendar.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;
use minijinja::{Value, context};

use super::{for_questions, quiet};
use crate::desk::form::Form;
use crate::desk::state::Desk;
use crate::desk::view::{Download, value};
use crate::error::Result;
use crate::pipeline::closing::plan::{ClosingPlan, PlanOptions};
use crate::pipeline::closing::{Fuse, Plan, Step, TaskAfter, submission};
use crate::text::Texts;

/// Largest number of months in the calendar.
const MONTHS: usize = 18;
/// Number of days of bills that are named one by one.
const FEW: usize = 3;

/// What happens on each day, in words.
type Days = BTreeMap<Date, Vec<String>>;

/// Returns the values of the part.
pub(super) fn values(desk: &Arc<Desk>, query: &Form) -> Result<Value> {
    let texts = desk.texts();
    // A day that is none is said on the page, which then shows the dates from today on.
    let (plan, wrong) = match plan(desk, query) {
        Ok(made) => (made.plan, None),
        Err(error) if query.has("on") => (plan(desk, &Form::default())?.plan, Some(desk.phrases().error(&error))),
        Err(error) => return Err(error),
    };
    let (days, today) = (days(&plan, texts), plan.at.zoned().date());
    let tasks = for_questions(desk)?.after()?;
    let alternatives: Vec<Value> =
        plan.alternatives.iter().map(|other| context! { code => other.code, disputed => other.disputed }).collect();
    Ok(context! {
        is_past => query.get("on").and_then(|on| on.parse::<Date>().ok()).is_some_and(|on| on < today),
        on => query.get("on").filter(|_| wrong.is_none()),
        wrong => wrong.map(|said| context! { text => said.text }),
        alternatives,
        fuses => fuses(&plan, texts),
        steps => plan.steps.iter().map(|step| step_of(step, today, texts)).collect::<Vec<_>>(),
        months => months(&days, today),
        days => days.iter().map(|(day, what)| context! { day => day.to_string(), what }).collect::<Vec<_>>(),
        tasks => tasks.iter().map(|task| task_of(task, texts)).collect::<Vec<_>>(),
    })
}

/// Returns the dates as a file for calendars.
pub(super) fn calendar(desk: &Arc<Desk>, query: &Form) -> Result<Download> {
    let bytes = plan(desk, query)?.calendar(desk.texts()).into_bytes();
    Ok(Download { name: "liudi.ics".to_owned(), media_type: "text/calendar; charset=utf-8", bytes, shown: false })
}

fn plan(desk: &Arc<Desk>, query: &Form) -> Result<ClosingPlan> {
    let options = PlanOptions { root: desk.root()?, rules: None, on: query.get("on").map(str::to_owned) };
    ClosingPlan::make(&options, &quiet())
}

/// Returns what happens on each day, in the words of the file for calendars.
fn days(plan: &Plan, texts: &Texts) -> Days {
    let (mut days, today) = (Days::new(), plan.at.zoned().date());
    let mut add = |day: Date, what: String| days.entry(day).or_default().push(what);
    for step in &plan.steps {
        let account = texts.code("ready-kind", step.account.code());
        add(step.submit, submission(texts, step));
        for dates in &step.dates {
            let what = texts.code("plan-day", &dates.window);
            for day in dates.act_by_from(today).into_iter().chain(dates.not_before_from(today)) {
                add(day, texts.get("plan-ics-day", &[("account", &account), ("what", &what)]));
            }
        }
    }
    for run in runs(plan) {
        let ends = [run.first().filter(|_| run.len() > FEW), run.last().filter(|_| run.len() > FEW)];
        let few = run.iter().filter(|_| run.len() <= FEW);
        for fuse in few.chain(ends.into_iter().flatten()) {
            if let Some(day) = fuse.act_by {
                add(day, fuse_words(fuse, texts));
            }
        }
    }
    days
}

fn fuse_words(fuse: &Fuse, texts: &Texts) -> String {
    let item = fuse.item.as_deref().unwrap_or_default();
    // The item is a kind of account, or else a day.
    let item = texts.find_code("ready-kind", item).unwrap_or_else(|| item.to_owned());
    texts.get(&format!("plan-fuse-{}", fuse.code), &[("item", &item)])
}

/// Returns what perishes first; one bill leaves the window each day, and those days make up a run.
fn runs(plan: &Plan) -> impl Iterator<Item = &[Fuse]> {
    plan.fuses.chunk_by(|a, b| a.code == b.code && a.act_by.is_some() && b.act_by.is_some())
}

/// Returns what perishes first in words; of a run of days only the first and the last.
fn fuses(plan: &Plan, texts: &Texts) -> Vec<Value> {
    let mut lines = Vec::new();
    let line =
        |fuse: &Fuse| context! { when => fuse.act_by.map(|day| day.to_string()), what => fuse_words(fuse, texts) };
    for run in runs(plan) {
        match run {
            [first, between @ .., last] if run.len() > FEW => {
                lines.push(line(first));
                lines.push(context! { between => between.len() });
                lines.push(line(last));
            }
            few => lines.extend(few.iter().map(line)),
        }
    }
    lines
}

fn step_of(step: &Step, today: Date, texts: &Texts) -> Value {
    let destroys: Vec<Value> = step
        .destroys
        .iter()
        .map(|(code, count)| context! { words => texts.code("plan-destroys", code), count })
        .collect();
    context! {
        account => step.account.code(),
        stage => step.stage.code(),
        lines => value(step.lines(texts, today)),
        over => step.stage.is_over(),
        unconfirmed => step.unconfirmed,
        destroys,
        withdrawn => step.withdrawn,
        inaction => step.inaction,
        papers => step.papers.clone(),
        notices => step.notices.clone(),
    }
}

fn task_of(task: &TaskAfter, texts: &Texts) -> Value {
    let own = texts.find_code("desk-after", task.code);
    context! {
        words => own.unwrap_or_else(|| texts.code("after", task.code)),
        account => task.account.code(),
        when => task.act_by.or(task.not_before).map(|day| day.to_string()),
        done => task.done,
    }
}

/// Returns the months in which something happens, each as weeks from Monday to Sunday.
fn months(days: &Days, today: Date) -> Vec<Value> {
    let mut firsts: Vec<Date> = days.keys().map(|day| day.first_of_month()).collect();
    firsts.dedup();
    firsts.truncate(MONTHS);
    firsts
        .into_iter()
        .map(|first| {
            let before = usize::try_from(first.weekday().to_monday_zero_offset()).unwrap_or(0);
            let mut cells: Vec<Value> = vec![context! {}; before];
            cells.extend(first.series(jiff::Span::new().days(1)).take_while(|day| day.month() == first.month()).map(
                |day| {
                    let what = days.get(&day).map(|what| what.join(" · "));
                    context! { number => day.day(), day => day.to_string(), what, today => day == today }
                },
            ));
            let weeks: Vec<Value> = cells.chunks(7).map(|week| Value::from(week.to_vec())).collect();
            context! { year => i64::from(first.year()), month => i64::from(first.month()), weeks }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_month_begins_on_its_weekday() {
        let mut days = Days::new();
        days.insert(date(2026, 12, 5), vec!["a".to_owned()]);
        days.insert(date(2027, 2, 1), vec!["b".to_owned(), "c".to_owned()]);
        let months = months(&days, date(2026, 11, 28));
        assert_eq!(months.len(), 2, "a month without dates is left out");
        // 1 December 2026 is a Tuesday; February 2027 begins on a Monday and has four weeks.
        let cell = |month: usize, week: usize, day: usize| {
            let weeks = months[month].get_attr("weeks").unwrap();
            weeks.get_item(&Value::from(week)).unwrap().get_item(&Value::from(day)).unwrap()
        };
        assert!(cell(0, 0, 0).get_attr("number").unwrap().is_undefined());
        assert_eq!(cell(0, 0, 1).get_attr("number").unwrap().to_string(), "1");
        assert_eq!(cell(0, 0, 5).get_attr("what").unwrap().to_string(), "a");
        assert_eq!(cell(1, 0, 0).get_attr("what").unwrap().to_string(), "b · c");
        assert_eq!(months[1].get_attr("weeks").unwrap().len(), Some(4));
    }
}
