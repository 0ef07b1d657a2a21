//! Puts what the threads of a run read back into the order of the inputs.

use std::collections::HashMap;
use std::sync::mpsc::Receiver;

use super::batch::GroupBatch;

/// The batches of all groups in their order, whatever order the threads begin and end them in; `None` ends a group.
pub(super) struct InOrder<'a> {
    announced: &'a Receiver<(usize, Receiver<GroupBatch>)>,
    /// The group at hand.
    group: Option<Receiver<GroupBatch>>,
    waiting: HashMap<usize, Receiver<GroupBatch>>,
    turn: usize,
}

impl<'a> InOrder<'a> {
    /// Takes the batches of the groups that are announced, each with its number.
    pub(super) fn of(announced: &'a Receiver<(usize, Receiver<GroupBatch>)>) -> Self {
        Self { announced, group: None, waiting: HashMap::new(), turn: 0 }
    }
}

impl Iterator for InOrder<'_> {
    type Item = Option<GroupBatch>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(group) = &self.group {
                let batch = group.recv().ok();
                if batch.is_none() {
                    self.group = None;
                    self.turn += 1;
                }
                return Some(batch);
            }
            self.group = self.waiting.remove(&self.turn);
            if self.group.is_none() {
                let (index, receiver) = self.announced.recv().ok()?;
                self.waiting.insert(index, receiver);
            }
        }
    }
}
