//! The questions, one at a time. Each answer is saved at once.

use std::sync::Arc;

use minijinja::{Value, context};

use super::{for_questions, free, quiet};
use crate::desk::chooser;
use crate::desk::form::Form;
use crate::desk::state::Desk;
use crate::desk::view::{Then, value};
use crate::error::{Error, Result};
use crate::pipeline::closing::{AccountKind, Entity, Form as AnswerForm, Question, Target};
use crate::words::records::{person, question as words_of, said};

/// Page of the questions.
const PAGE: &str = "/ready?part=questions#question";

/// Returns the values of the part.
pub(super) fn values(desk: &Arc<Desk>, query: &Form) -> Result<Value> {
    let asked = desk.views.ready.inner().asked.clone();
    let assessment = for_questions(desk)?;
    let interview = assessment.interview(&quiet())?.passing(asked.iter().cloned());
    let wanted = query.get("key").or_else(|| query.get("ask"));
    let wanted = wanted.and_then(|key| interview.question(key));
    let next = interview.next();
    let open = interview.open();
    let Some(question) = wanted.or_else(|| next.map(|next| next.question)) else {
        return Ok(context! { left => open.len(), answered => asked.len() });
    };
    let place = asked.iter().position(|key| *key == question.key);
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
    Ok(context! {
        question => texts.find_code("desk-ask", &question.key).unwrap_or_else(|| words_of(texts, &question.key)),
        key => question.key.as_str(),
        form => code(&question),
        can_be_unknown => question.target == Target::Evidence,
        number,
        all => all.max(number),
        before,
        earliest => earliest.to_string(),
        latest => latest.map(|day| day.to_string()),
        options,
        said => recorded.as_deref().filter(|_| options_of(&question).is_none()).map(|recorded| said(texts, recorded)),
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

/// Records an answer and goes on to the next question.
pub(super) fn answer(desk: &Arc<Desk>, form: &Form) -> Result<Then> {
    let key = form.get("key").unwrap_or_default();
    if !form.has("skip") {
        free(desk)?;
        let assessment = for_questions(desk)?;
        let mut interview = assessment.interview(&quiet())?;
        let question = interview.question(key).ok_or_else(|| Error::usage("desk-question-gone"))?;
        // A button next to a field answers in its place.
        let value = match form.get("answer") {
            Some(answer) => answer.to_owned(),
            None => form.all("value").collect::<Vec<_>>().join(", "),
        };
        if value.is_empty() {
            return Err(Error::usage("desk-answer-empty"));
        }
        interview.answer(&question, &value, person())?;
        if let Some(remark) = interview.remark(&question) {
            super::say(desk, &remark);
        }
        // What was understood of words such as 一万二 is read back.
        let understood =
            interview.recorded(&question).filter(|_| matches!(question.form, AnswerForm::Count | AnswerForm::Amount));
        if let Some(understood) = understood.filter(|understood| *understood != value) {
            desk.note("desk-answer-understood", vec![("typed", value), ("understood", understood)]);
        }
        interview.finish(&quiet())?;
    }
    let mut inner = desk.views.ready.inner();
    if !inner.asked.iter().any(|asked| asked == key) {
        inner.asked.push(key.to_owned());
    }
    drop(inner);
    desk.changed();
    Ok(Then::Show(PAGE.to_owned()))
}
