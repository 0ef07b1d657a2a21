//! The questions, one at a time. Each answer is saved at once.

use std::path::Path;
use std::sync::Arc;

use minijinja::{Value, context};

use super::{for_questions, free, quiet};
use crate::desk::chooser;
use crate::desk::form::Form;
use crate::desk::host::DeskHost;
use crate::desk::state::Desk;
use crate::desk::view::{Then, value};
use crate::desk::workshop::Outcome;
use crate::error::{Error, Result};
use crate::pipeline::closing::evidence;
use crate::pipeline::closing::{AccountKind, Entity, Form as AnswerForm, Question, Target};
use crate::pipeline::host::Host;
use crate::words::records::{person, question as words_of, said, said_by};

/// Page of the questions.
const PAGE: &str = "/ready?part=questions#question";

/// Returns the values of the part.
pub(super) fn values(desk: &Arc<Desk>, query: &Form) -> Result<Value> {
    if desk.workshop.now().is_some_and(|now| now.code == COPY_RUN) {
        return Ok(context! { reading_copy => true, live => true });
    }
    let (asked, refused) = {
        let inner = desk.views.ready.inner();
        (inner.asked.clone(), inner.refused.clone())
    };
    let assessment = for_questions(desk)?;
    let interview = assessment.interview(&quiet())?.passing(asked.iter().cloned());
    let (about, failed) = refused.unzip();
    // Whoever chose a copy that was refused hears of it, and can choose another.
    let wanted = query.get("key").or_else(|| query.get("ask")).or(about.as_deref());
    let wanted = wanted.and_then(|key| interview.question(key));
    let next = interview.next().map(|next| next.question);
    let open = interview.open();
    let Some(question) = wanted.or_else(|| next.clone()) else {
        return Ok(context! { left => open.len(), answered => asked.len() });
    };
    let place = asked.iter().position(|key| *key == question.key);
    // A question that is opened by itself is not the next one.
    let in_turn = place.is_some() || next.is_some_and(|next| next.key == question.key);
    let number = place.unwrap_or(asked.len()) + 1;
    let all = asked.len() + open.iter().filter(|other| !asked.contains(&other.key)).count();
    let before = number.checked_sub(2).and_then(|before| asked.get(before));
    let recorded = interview.recorded(&question);
    let (earliest, latest) = interview.days_of(&question);
    let listing = chooser::asked(&desk.phrases(), query, true);
    let texts = desk.texts();
    let typed: Vec<&str> = if query.has("value") { query.all("value").collect() } else { Vec::new() };
    let chosen: Vec<&str> = match (&recorded, typed.is_empty()) {
        (Some(recorded), true) => recorded.split(", ").collect(),
        _ => typed.clone(),
    };
    let option = |prefix: &str, code: &'static str| {
        context! { code, words => texts.code(prefix, code), chosen => chosen.contains(&code) }
    };
    let options: Vec<Value> = match question.key.as_str() {
        "kinds" => AccountKind::ALL.iter().map(|kind| option("ready-kind", kind.code())).collect(),
        "entity" => Entity::ALL.iter().map(|entity| option("ready-entity", entity.code())).collect(),
        _ => Vec::new(),
    };
    let failed = failed.filter(|_| question.form == AnswerForm::Digest);
    let in_words = interview.record(&question).map(|record| said_by(texts, record));
    let in_words = in_words.or_else(|| recorded.as_deref().map(|recorded| said(texts, recorded)));
    Ok(context! {
        failed,
        question => texts.find_code("desk-ask", &question.key).unwrap_or_else(|| words_of(texts, &question.key)),
        key => question.key.as_str(),
        form => code(&question),
        can_be_unknown => question.target == Target::Evidence,
        in_turn,
        number,
        all => all.max(number),
        before,
        earliest => earliest.to_string(),
        latest => latest.map(|day| day.to_string()),
        options,
        said => in_words.filter(|_| options_of(&question).is_none()),
        recorded,
        typed => typed.first().copied(),
        choosing => listing.is_some() || query.has("choose"),
        listing,
        places => value(chooser::places()),
    })
}

/// Returns the kind of input: the form of the answer, or that of a choice.
fn code(question: &Question) -> &'static str {
    options_of(question).unwrap_or(match question.form {
        AnswerForm::YesNoOrPlace => "place",
        form => form.name(),
    })
}

/// Returns the kind of input of a question with given options.
fn options_of(question: &Question) -> Option<&'static str> {
    match question.key.as_str() {
        "kinds" => Some("several"),
        "entity" => Some("one"),
        _ => None,
    }
}

/// Code of the run that reads the second copy of the archive.
const COPY_RUN: &str = "copy";

/// Records an answer and goes on to the next question.
pub(super) fn answer(desk: &Arc<Desk>, form: &Form) -> Result<Then> {
    let key = form.get("key").unwrap_or_default();
    desk.views.ready.inner().forget_copy();
    if !form.has("skip") {
        free(desk)?;
        // A button next to a field answers in its place.
        let value = match form.get("answer") {
            Some(answer) => answer.to_owned(),
            None => form.all("value").collect::<Vec<_>>().join(", "),
        };
        if value.is_empty() {
            return Err(Error::usage("desk-answer-empty"));
        }
        // Of a second copy every file is read, which takes its time.
        if Path::new(&value).is_dir() && evidence::form(key).is_ok_and(|form| form == AnswerForm::Digest) {
            let key = key.to_owned();
            let errand = move |host: &DeskHost| {
                let desk = host.desk();
                save(desk, &key, &value, host).inspect_err(|error| {
                    let words = crate::desk::view::value(desk.phrases().error(error));
                    desk.views.ready.inner().refused = Some((key.clone(), words)).filter(|_| !error.is_interrupted());
                })?;
                desk.views.ready.inner().accepted = Some(value.clone());
                pass(desk, &key);
                Ok(Outcome::Recorded)
            };
            desk.workshop.start(desk, COPY_RUN, Arc::new(errand))?;
            return Ok(Then::Show(PAGE.to_owned()));
        }
        save(desk, key, &value, &quiet())?;
    }
    pass(desk, key);
    Ok(Then::Show(PAGE.to_owned()))
}

/// Notes that a question was answered or skipped.
fn pass(desk: &Desk, key: &str) {
    let mut inner = desk.views.ready.inner();
    if !inner.asked.iter().any(|asked| asked == key) {
        inner.asked.push(key.to_owned());
    }
    drop(inner);
    desk.changed();
}

/// Records an answer.
fn save(desk: &Arc<Desk>, key: &str, value: &str, host: &dyn Host) -> Result<()> {
    let assessment = for_questions(desk)?;
    let mut interview = assessment.interview(host)?;
    let question = interview.question(key).ok_or_else(|| Error::usage("desk-question-gone"))?;
    interview.answer(&question, value, person(), host)?;
    if let Some(remark) = interview.remark(&question) {
        super::say(desk, &remark);
    }
    // What was understood of words such as 一万二 is read back.
    let understood =
        interview.recorded(&question).filter(|_| matches!(question.form, AnswerForm::Count | AnswerForm::Amount));
    if let Some(understood) = understood.filter(|understood| understood != value) {
        desk.note("desk-answer-understood", vec![("typed", value.to_owned()), ("understood", understood)]);
    }
    interview.finish(host)?;
    Ok(())
}
