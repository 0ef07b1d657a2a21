//! Gathers what the importers of one group of inputs emit, until it is committed.

use std::collections::HashMap;

use super::evidence_writer::Kept;
use super::input_marks::InputMarks;
use crate::archive::pack::Pack;
use crate::error::{Error, Kind, Result};
use crate::model::{Gap, GapReason, Problem, Sha256, SubjectKind};
use crate::source::file::table::row_links::RowLinks;
use crate::source::input::fault::Fault;
use crate::source::{Input, Item, Out};
use crate::store::batch::Batch;

/// The output of one group, or of a part of a long one.
pub(crate) struct GroupBatch {
    pub(crate) rows: Batch,
    pub(crate) packs: Vec<Pack>,
}

/// The state of one input, which alone decides its outcome: an input is done unless a part of it could not be read, and
/// then a gap names it.
#[derive(Debug, Default)]
pub(crate) struct State {
    /// Name used in messages and problems.
    locator: String,
    /// Code of the first problem about an unreadable part.
    unread: Option<String>,
    /// Whether a gap already names what is missing: the article of a broken page, or the input itself.
    named: bool,
}

impl State {
    /// Reports whether `locator` is the input or a place in it: `bill.csv:7`, `bill.xlsx [Sheet2]:7`.
    fn covers(&self, locator: &str) -> bool {
        let rest = locator.strip_prefix(&self.locator);
        rest.is_some_and(|rest| rest.is_empty() || self.locator.is_empty() || rest.starts_with([':', ' ', '!', '[']))
    }
}

/// Gathers what the importers of a group emit.
pub(crate) struct BatchBuilder {
    pub(crate) rows: Batch,
    /// Number of records so far for each piece of evidence.
    ordinals: HashMap<Sha256, u32>,
    /// Number of rows of private tables so far for each piece of evidence.
    row_ordinals: HashMap<Sha256, u32>,
    /// Articles named by rows of the current input.
    row_links: RowLinks,
    /// Path of the current input.
    pub(crate) path: String,
    /// State of the current input: the one at the path, or one inside it.
    state: State,
    /// Whether something at the path could not be read; the next run then tries it again.
    failed: bool,
    /// Whether any importer may have read a part of the input.
    of_all: bool,
    /// What tells inputs of one name apart in the keys of gaps.
    marks: InputMarks,
}

impl BatchBuilder {
    /// Creates an empty batch; problems and gaps are reported for `path`.
    pub(crate) fn new(path: String) -> Self {
        Self {
            rows: Batch::default(),
            ordinals: HashMap::new(),
            row_ordinals: HashMap::new(),
            row_links: RowLinks::default(),
            path,
            state: State::default(),
            failed: false,
            of_all: false,
            marks: InputMarks::default(),
        }
    }

    /// Returns the gathered rows together with what was kept for them.
    pub(crate) fn with(&mut self, kept: Kept) -> Result<Batch> {
        self.list_linked()?;
        Ok(self.batch(kept).rows)
    }

    /// Lists the articles that the rows of the input name. Called after the input was read.
    pub(crate) fn list_linked(&mut self) -> Result<()> {
        let mut links = std::mem::take(&mut self.row_links);
        links.emit(self)
    }

    /// Begins an input, which may be inside the current one; returns the state to pass to [`BatchBuilder::end`].
    pub(crate) fn begin(&mut self, input: &Input) -> State {
        std::mem::replace(&mut self.state, State { locator: input.locator().to_owned(), ..State::default() })
    }

    /// Ends the current input, decides its outcome and returns to the surrounding one.
    pub(crate) fn end(&mut self, around: State) {
        let state = std::mem::replace(&mut self.state, around);
        if let Some(code) = state.unread.filter(|_| !state.named) {
            self.gap(&state.locator, &code);
        }
    }

    /// Adds a problem of the current input, or of a neighbouring one.
    fn problem(&mut self, problem: Problem) {
        if problem.is_unread() {
            self.failed = true;
            if self.state.covers(&problem.locator) {
                self.state.unread.get_or_insert_with(|| problem.code.clone());
            } else {
                self.gap(&problem.locator, &problem.code);
            }
        }
        self.rows.problems.push((problem, self.path.clone()));
    }

    /// Reports an input of which characters were lost before it was saved. It is done: reading it again would not
    /// recover them.
    pub(crate) fn garbled(&mut self, input: &Input, error: &Error) {
        self.rows.problems.push((Problem::from_error(error, input.locator()), self.path.clone()));
        self.gap(input.locator(), error.code());
    }

    /// Adds the members that a container refuses, each as a gap with its own name.
    pub(crate) fn refused(&mut self, problems: Vec<Problem>, gaps: Vec<Gap>) {
        self.failed |= !gaps.is_empty() || problems.iter().any(Problem::is_unread);
        self.rows.problems.extend(problems.into_iter().map(|problem| (problem, self.path.clone())));
        let (marks, path) = (&mut self.marks, &self.path);
        self.rows.gaps.extend(gaps.into_iter().map(|gap| (marks.mark(gap, path), path.clone())));
    }

    /// Switches to another path, for which later problems and gaps are recorded.
    pub(crate) fn turn_to(&mut self, path: String) {
        self.path = path;
        (self.failed, self.of_all) = (false, false);
    }

    /// Notes that the input has to be read again when any importer is changed, not only its own.
    pub(crate) fn depends_on_all(&mut self) {
        self.of_all = true;
    }

    /// Reports whether that was noted since the last [`BatchBuilder::turn_to`].
    pub(crate) fn is_of_all(&self) -> bool {
        self.of_all
    }

    /// Reports whether something could not be read since the last [`BatchBuilder::turn_to`].
    pub(crate) fn has_failed(&self) -> bool {
        self.failed
    }

    /// Records an unreadable input as a problem and a gap.
    pub(crate) fn failed(&mut self, input: &Input, error: Error) -> Result<()> {
        if matches!(error.kind(), Kind::Disk | Kind::Lock | Kind::Other) {
            return Err(error);
        }
        self.failed = true;
        self.rows.problems.push((Problem::from_error(&error, input.locator()), self.path.clone()));
        if error.kind() == Kind::Input {
            self.gap(input.locator(), error.code());
        }
        Ok(())
    }

    /// Records the read failures noted by the input itself; the importer may have ignored them.
    pub(crate) fn faults(&mut self, faults: &[Fault]) {
        for fault in faults {
            self.failed = true;
            let error = fault.error();
            let of_reading = |code: &str| matches!(code, "input-open-failed" | "input-read-failed" | "input-changed");
            let told = self.rows.problems.iter().any(|(problem, path)| {
                *path == self.path && problem.locator == fault.locator() && of_reading(&problem.code)
            });
            if !told {
                self.rows.problems.push((Problem::from_error(&error, fault.locator()), self.path.clone()));
            }
            self.gap(fault.locator(), error.code());
        }
    }

    /// Records a gap for an unreadable input.
    fn gap(&mut self, locator: &str, code: &str) {
        let gap = Gap::of_input(locator, GapReason::BrokenInput, Some(code));
        let gap = (self.marks.mark(gap, &self.path), self.path.clone());
        self.state.named |= locator == self.state.locator;
        if !self.rows.gaps.iter().any(|(known, _)| known.kind == gap.0.kind && known.key == gap.0.key) {
            self.rows.gaps.push(gap);
        }
    }

    /// Returns a part of a long group. Problems and gaps are held back until the end: the row that marks an input as
    /// read removes its earlier ones.
    pub(crate) fn part(&mut self, kept: Kept) -> GroupBatch {
        let mut batch = self.batch(kept);
        self.rows.problems = std::mem::take(&mut batch.rows.problems);
        self.rows.gaps = std::mem::take(&mut batch.rows.gaps);
        batch
    }

    /// Returns what was gathered and kept since the last call.
    pub(crate) fn batch(&mut self, kept: Kept) -> GroupBatch {
        let mut rows = std::mem::take(&mut self.rows);
        rows.evidence.extend(kept.evidence);
        rows.known.extend(kept.known);
        rows.blobs.extend(kept.blobs);
        let path = &self.path;
        rows.problems.extend(kept.problems.into_iter().map(|problem| (problem, path.clone())));
        GroupBatch { rows, packs: kept.packs }
    }
}

impl Out for BatchBuilder {
    fn item(&mut self, item: Item) -> Result<()> {
        match item {
            Item::Gap(gap) => {
                if gap.reason == GapReason::BrokenInput {
                    self.state.named = true;
                    self.failed |= gap.kind == SubjectKind::Input;
                }
                self.rows.gaps.push((gap, self.path.clone()));
            }
            Item::Held(kind, key) => self.rows.filled.push((kind, key)),
            // Importers of containers write to a `Sink`, which reads inner inputs itself.
            Item::Input(inner) => {
                self.failed(&inner, Error::input("input-too-deep").with("path", inner.locator()))?;
            }
            Item::Media(held) => self.rows.media.push(held),
            Item::Problem(problem) => self.problem(problem),
            Item::Record(record, evidence) => {
                let ordinal = self.ordinals.entry(evidence).or_default();
                self.rows.records.push((record, evidence, *ordinal));
                *ordinal += 1;
            }
            Item::Row(row, evidence) => {
                self.row_links.add(&row, evidence);
                let ordinal = self.row_ordinals.entry(evidence).or_default();
                self.rows.data.push((row, evidence, *ordinal));
                *ordinal += 1;
            }
            Item::Saved(file) => self.rows.saved.push(file),
            Item::Statements(statements, evidence) => self.rows.statements.push((statements, evidence)),
            Item::Total(total, evidence) => self.rows.totals.push((total, evidence)),
        }
        Ok(())
    }
}
