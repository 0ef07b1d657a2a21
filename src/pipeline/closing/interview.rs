//! Conducts an interview about the open questions. Each answer can change which question follows.

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::readiness::Assessment;
use super::records::{NewRecord, RecordBook};
use super::remark::Remark;
use crate::audit::evidence::Record;
use crate::audit::forms::{self, Form};
use crate::audit::questions::{self, Question, Target};
use crate::audit::values;
use crate::error::Result;
use crate::pipeline::host::Host;

/// An interview. Answers are committed by [`Interview::finish`].
#[derive(Debug)]
pub struct Interview<'a> {
    assessment: &'a Assessment,
    book: RecordBook,
    /// Keys of the questions already asked, which are not asked again.
    passed: BTreeSet<String>,
}

/// A question with its number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NumberedQuestion {
    /// The question.
    pub question: Question,
    /// Its number, from 1.
    pub number: usize,
    /// The total number of questions known so far.
    pub all: usize,
}

impl<'a> Interview<'a> {
    pub(super) fn new(assessment: &'a Assessment, book: RecordBook) -> Self {
        Self { assessment, book, passed: BTreeSet::new() }
    }

    /// Passes over these questions, which were asked before.
    #[must_use]
    pub fn passing(mut self, keys: impl IntoIterator<Item = String>) -> Self {
        self.passed.extend(keys);
        self
    }

    /// Returns all open questions, including those passed over.
    pub fn open(&self) -> Vec<Question> {
        let scene = self.assessment.scene(&self.book.records);
        questions::open(&scene, &scene.judge())
    }

    /// Returns the question with this key, open or not; `None` if there is none.
    pub fn question(&self, key: &str) -> Option<Question> {
        let flags = &self.assessment.rules.meta.flags;
        let (form, target) = match key {
            "kinds" | "entity" => (Form::Text, Target::Profile),
            "followers" => (Form::Count, Target::Profile),
            "certified" => (Form::YesNo, Target::Profile),
            flag if flags.iter().any(|known| known == flag) => (Form::YesNo, Target::Profile),
            key => (forms::form(key)?, Target::Evidence),
        };
        let open = self.open().into_iter().find(|question| question.key == key);
        Some(open.unwrap_or_else(|| Question { key: key.to_owned(), form, target, rule: None }))
    }

    /// Returns the recorded answer to a question.
    pub fn recorded(&self, question: &Question) -> Option<String> {
        match question.target {
            Target::Profile => self.book.records.profile.value(&question.key),
            Target::Evidence => self.record(question).map(|record| record.value.clone()),
        }
    }

    /// Returns the record that answers a question.
    pub fn record(&self, question: &Question) -> Option<&Record> {
        self.book.records.evidence.newest(&question.key)
    }

    /// Returns the first and the last day that can answer a question.
    pub fn days_of(&self, question: &Question) -> (Date, Option<Date>) {
        self.book.days_of(&question.key)
    }

    /// Returns the next question, if any.
    pub fn next(&self) -> Option<NumberedQuestion> {
        let mut open = self.open().into_iter().filter(|question| !self.passed.contains(&question.key));
        let question = open.next()?;
        let number = self.passed.len() + 1;
        Some(NumberedQuestion { question, number, all: number + open.count() })
    }

    /// Records the typed answer to a question; an empty answer skips it. Returns the parsed value.
    ///
    /// # Errors
    /// An invalid answer; [`Interview::next`] then returns the same question.
    pub fn answer(
        &mut self,
        question: &Question,
        line: &str,
        by: Option<String>,
        host: &dyn Host,
    ) -> Result<Option<String>> {
        let understood = self.take(question, line, by, host)?;
        self.passed.insert(question.key.clone());
        Ok(understood)
    }

    fn take(&mut self, question: &Question, line: &str, by: Option<String>, host: &dyn Host) -> Result<Option<String>> {
        if line.is_empty() {
            return Ok(None);
        }
        if question.target == Target::Profile {
            if values::is_unknown(line) {
                return Ok(None);
            }
            let flags = &self.assessment.rules.meta.flags;
            return self.book.records.profile.set(&question.key, line, flags).map(|()| None);
        }
        let new = NewRecord { key: question.key.clone(), value: line.to_owned(), by, ..NewRecord::default() };
        self.book.answer(&new, question.form, host).map(Some)
    }

    /// Returns what the archive says against the recorded answer to a question.
    pub fn remark(&self, question: &Question) -> Option<Remark> {
        self.assessment.remark(&question.key, &self.recorded(question)?)
    }

    /// Commits the answers. Returns the number of rules that are still open.
    ///
    /// # Errors
    /// Those of a commit.
    pub fn finish(self, host: &dyn Host) -> Result<usize> {
        let left = self.assessment.scene(&self.book.records).judge().open().len();
        self.book.save(host)?;
        Ok(left)
    }
}
