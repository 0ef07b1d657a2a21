//! What importers emit while one group of inputs is read, until it is committed.

use std::collections::HashMap;

use super::keeper::Kept;
use super::walk::unread;
use crate::archive::pack::Pack;
use crate::error::{Error, Kind, Result};
use crate::model::{GapReason, Problem, Sha256};
use crate::source::fault::Fault;
use crate::source::row_links::RowLinks;
use crate::source::{Input, Item, Out};
use crate::store::segment::Segment;

/// What one group, or a part of a long one, gave.
pub(super) struct Batch {
    pub(super) rows: Segment,
    pub(super) packs: Vec<Pack>,
}

/// What the importers of a group emit.
pub(super) struct Gathered {
    pub(super) rows: Segment,
    /// Records so far of each piece of evidence.
    ordinals: HashMap<Sha256, u32>,
    /// Rows of private tables so far of each piece of evidence.
    row_ordinals: HashMap<Sha256, u32>,
    /// Articles that rows of the input being read name.
    row_links: RowLinks,
    /// Path of the input being read.
    pub(super) path: String,
    /// Something of the input being read could not be read: it is tried again by the next run.
    failed: bool,
}

impl Gathered {
    /// Nothing yet; problems and gaps will be told of `path`.
    pub(super) fn new(path: String) -> Self {
        Self {
            rows: Segment::default(),
            ordinals: HashMap::new(),
            row_ordinals: HashMap::new(),
            row_links: RowLinks::default(),
            path,
            failed: false,
        }
    }

    /// What was gathered, with what was kept for it.
    pub(super) fn with(&mut self, kept: Kept) -> Result<Segment> {
        self.list_linked()?;
        Ok(self.batch(kept).rows)
    }

    /// Lists the articles that the rows of the input name. Called once it is read.
    pub(super) fn list_linked(&mut self) -> Result<()> {
        let mut links = std::mem::take(&mut self.row_links);
        links.emit(self)
    }

    /// What follows is told of another path.
    pub(super) fn turn_to(&mut self, path: String) {
        self.path = path;
        self.failed = false;
    }

    /// Whether something could not be read since the last [`Gathered::turn_to`].
    pub(super) fn has_failed(&self) -> bool {
        self.failed
    }

    /// An input that could not be read is a problem and a gap, by name.
    pub(super) fn failed(&mut self, input: &Input, error: Error) -> Result<()> {
        if matches!(error.kind(), Kind::Disk | Kind::Lock | Kind::Other) {
            return Err(error);
        }
        self.failed = true;
        self.rows.problems.push((Problem::from_error(&error, input.locator()), self.path.clone()));
        if error.kind() == Kind::Input {
            self.gap(input.locator(), &error);
        }
        Ok(())
    }

    /// Failures of reading that were noted where they happened; who read may have made little of them.
    pub(super) fn faults(&mut self, faults: &[Fault]) {
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
            self.gap(fault.locator(), &error);
        }
    }

    /// Names what is missing because an input could not be read.
    fn gap(&mut self, locator: &str, error: &Error) {
        let gap = (unread(locator, GapReason::BrokenInput, Some(error.code())), self.path.clone());
        if !self.rows.gaps.iter().any(|(known, _)| known.kind == gap.0.kind && known.key == gap.0.key) {
            self.rows.gaps.push(gap);
        }
    }

    /// A part of a long group. Problems and gaps wait for the end: the row that says an input was read takes away what was
    /// told of it before.
    pub(super) fn part(&mut self, kept: Kept) -> Batch {
        let mut batch = self.batch(kept);
        self.rows.problems = std::mem::take(&mut batch.rows.problems);
        self.rows.gaps = std::mem::take(&mut batch.rows.gaps);
        batch
    }

    /// What was gathered and kept since the last time.
    pub(super) fn batch(&mut self, kept: Kept) -> Batch {
        let mut rows = std::mem::take(&mut self.rows);
        rows.evidence.extend(kept.evidence);
        rows.known.extend(kept.known);
        rows.blobs.extend(kept.blobs);
        let path = &self.path;
        rows.problems.extend(kept.problems.into_iter().map(|problem| (problem, path.clone())));
        Batch { rows, packs: kept.packs }
    }
}

impl Out for Gathered {
    fn item(&mut self, item: Item) -> Result<()> {
        match item {
            Item::Gap(gap) => self.rows.gaps.push((gap, self.path.clone())),
            Item::Held(kind, key) => self.rows.filled.push((kind, key)),
            // Whoever reads what may hold inputs puts a `Sink` before this.
            Item::Input(inner) => {
                self.failed(&inner, Error::input("input-too-deep").with("path", inner.locator()))?;
            }
            Item::Media(held) => self.rows.media.push(held),
            Item::Problem(problem) => self.rows.problems.push((problem, self.path.clone())),
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
