//! 可以注销了吗: the verdict, what to do first, the questions, the dates, the letters and the records of a closing.

mod dates;
mod letters;
mod questions;
mod records;
mod verdict;

pub(super) use verdict::minute;

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use minijinja::{Value, context};

use super::gaps::free;
use crate::desk::form::Form;
use crate::desk::state::Desk;
use crate::desk::view::{Download, Info, Then, View};
use crate::desk::workshop::Outcome;
use crate::error::{Error, Kind, Result};
use crate::model::Time;
use crate::pipeline::archive::state::holds_anything;
use crate::pipeline::closing::readiness::{Assessment, ReadyOptions};
use crate::pipeline::closing::remark::Remark;
use crate::pipeline::closing::waive::WaivedRule;
use crate::pipeline::host::{Host as _, Unattended};
use crate::platform;
use crate::words::records::person;

/// The view.
pub(in crate::desk) struct Ready;

/// Code of the run that measures an archive.
const RUN: &str = "ready";

/// What the view keeps between requests.
#[derive(Default)]
pub(in crate::desk) struct Kept(Mutex<Inner>);

#[derive(Default)]
struct Inner {
    /// The last full measurement.
    measured: Option<Arc<Assessment>>,
    /// The last measurement without reading files, for the questions.
    glance: Option<Arc<Assessment>>,
    /// Keys of the questions that were answered or skipped, in order.
    asked: Vec<String>,
    /// The question about the second copy and why the last one was refused, until something else is answered.
    refused: Option<(String, Value)>,
    /// The place of the second copy that was accepted, until something else is answered.
    accepted: Option<String>,
}

impl Inner {
    /// Forgets what became of a second copy.
    fn forget_copy(&mut self) {
        (self.refused, self.accepted) = (None, None);
    }
}

impl Kept {
    /// Forgets what is about the archive.
    pub(in crate::desk) fn forget(&self) {
        *self.inner() = Inner::default();
    }

    fn inner(&self) -> std::sync::MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What is known for a verdict.
enum Standing {
    /// The archive was not measured.
    Unmeasured,
    /// It was measured at `at` and has changed since, or the day is over.
    Outdated {
        /// Time of the measurement.
        at: Time,
        /// Whether the day is over.
        expired: bool,
    },
    /// The measurement holds.
    Current(Arc<Assessment>),
}

impl View for Ready {
    fn info(&self) -> &'static Info {
        &Info { slug: "ready", of_archive: true, in_steps: true }
    }

    fn values(&self, desk: &Arc<Desk>, query: &Form) -> Result<Value> {
        let root = desk.root()?;
        if !holds_anything(&root) {
            return Ok(context! { empty => true, live => true });
        }
        let part = PARTS.iter().find(|part| Some(**part) == query.get("part")).copied().unwrap_or(PARTS[0]);
        let values = match part {
            "questions" => questions::values(desk, query)?,
            "dates" => dates::values(desk, query)?,
            "letters" => letters::values(desk)?,
            "records" => records::values(desk, query)?,
            _ => verdict::values(desk, query)?,
        };
        let parts: Vec<Value> = PARTS.iter().map(|code| context! { code => *code, current => *code == part }).collect();
        let accepted = desk.views.ready.inner().accepted.clone();
        Ok(context! { part_of_view => part, parts, accepted, ..values })
    }

    fn json(&self, desk: &Arc<Desk>) -> Result<Option<Vec<u8>>> {
        let Standing::Current(assessment) = standing(desk)? else {
            return Err(Error::new(Kind::Lock, "desk-ready-not-measured"));
        };
        let mut bytes = Vec::new();
        let failed = |error| Error::other("output-failed").because(error);
        assessment.judge()?.write_json(&mut bytes).map_err(failed)?;
        Ok(Some(bytes))
    }

    fn file(&self, desk: &Arc<Desk>, name: &str, query: &Form) -> Result<Option<Download>> {
        match name {
            "liudi.ics" => dates::calendar(desk, query).map(Some),
            "readiness.html" => {
                let path = desk.root()?.join(name);
                let bytes = platform::read(&path)
                    .map_err(|error| Error::disk("readiness-unreadable", path.display(), error))?;
                Ok(Some(Download {
                    name: name.to_owned(),
                    media_type: "text/html; charset=utf-8",
                    bytes,
                    shown: false,
                }))
            }
            _ => Ok(None),
        }
    }

    fn act(&self, desk: &Arc<Desk>, action: &str, form: &Form) -> Result<Option<Then>> {
        let root = desk.root()?;
        Ok(Some(match action {
            "measure" => {
                measure(desk, &root)?;
                Then::Show("/ready".to_owned())
            }
            "report" => {
                let Standing::Current(assessment) = standing(desk)? else {
                    return Err(Error::new(Kind::Lock, "desk-ready-not-measured"));
                };
                let written = assessment.judge()?.write_report(desk.language())?;
                let said =
                    if written.is_some() { "desk-ready-report-written" } else { "desk-ready-report-not-written" };
                Then::Say("/ready?report=#report".to_owned(), said)
            }
            "waive" => {
                waive(desk, &root, form)?;
                Then::Say("/ready".to_owned(), "desk-ready-recorded")
            }
            "answer" => questions::answer(desk, form)?,
            "again" => {
                desk.views.ready.inner().asked.clear();
                Then::Show("/ready?part=questions".to_owned())
            }
            "letters" => letters::write(desk, &root, form)?,
            "event" => records::event(desk, &root, form)?,
            "facts" => records::facts(desk, &root, form)?,
            "no-bill" => records::no_bill_of(desk, &root, form)?,
            "take-back" => records::take_back(desk, &root, form)?,
            _ => return Ok(None),
        }))
    }
}

/// The parts of the view, the first shown at first; their words are `desk-ready-part-<code>`.
const PARTS: &[&str] = &["verdict", "questions", "dates", "letters", "records"];

/// Shows what the archive says against a record on the next page.
fn say(desk: &Desk, remark: &Remark) {
    let arguments = remark.arguments().map(|(name, value)| (name, value.to_owned()));
    desk.note(&remark.id(), arguments.into());
}

/// Returns the host of short work that asks nothing.
fn quiet() -> Unattended {
    Unattended::default()
}

/// Returns whether there is a measurement and whether it holds.
fn standing(desk: &Desk) -> Result<Standing> {
    let Some(measured) = desk.views.ready.inner().measured.clone() else { return Ok(Standing::Unmeasured) };
    let host = quiet();
    let expired = measured.day_ends().zip(Some(host.environment().now()?)).is_some_and(|(end, now)| end <= now);
    Ok(if measured.is_current(&host)? {
        Standing::Current(measured)
    } else {
        Standing::Outdated { at: measured.at(), expired }
    })
}

/// Returns the measurements on which the questions depend: the full ones if they hold, else those of a glance.
fn for_questions(desk: &Desk) -> Result<Arc<Assessment>> {
    if let Standing::Current(assessment) = standing(desk)? {
        return Ok(assessment);
    }
    let glance = desk.views.ready.inner().glance.clone();
    if let Some(glance) = glance
        && glance.is_current(&quiet())?
    {
        return Ok(glance);
    }
    let glance = Arc::new(Assessment::glance(&desk.root()?, &quiet())?);
    desk.views.ready.inner().glance = Some(Arc::clone(&glance));
    Ok(glance)
}

/// Starts the run that measures the archive and writes the report.
fn measure(desk: &Arc<Desk>, root: &Path) -> Result<()> {
    let (options, language) = (ReadyOptions { root: root.to_owned(), ..ReadyOptions::default() }, desk.language());
    let errand = move |host: &crate::desk::host::DeskHost| {
        let assessment = Assessment::measure(&options, host)?;
        assessment.judge()?.write_report(language)?;
        host.desk().views.ready.inner().measured = Some(Arc::new(assessment));
        Ok(Outcome::Measured)
    };
    desk.workshop.start(desk, RUN, Arc::new(errand))
}

/// Gives up an item of a rule or everything lost of it, or records that the user looked at the rule.
fn waive(desk: &Arc<Desk>, root: &Path, form: &Form) -> Result<()> {
    free(desk)?;
    let rule = WaivedRule::find(None, form.get("rule").unwrap_or_default(), desk.language())?;
    let reason = form.get("reason").ok_or_else(|| Error::usage("desk-reason-wanted"))?;
    let items: Vec<String> = form.all("item").map(str::to_owned).collect();
    let assessment = for_questions(desk)?;
    let draft = if form.has("lost") {
        rule.draft_lost(&assessment, root, &quiet())?
    } else {
        rule.draft_by(&assessment, root, &items, &quiet())?
    };
    draft.record(reason, &person().unwrap_or_default(), &quiet())?;
    Ok(())
}
