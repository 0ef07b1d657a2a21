//! Puts what the threads of a run read back into the order of the inputs, and keeps them from running ahead of it.

use std::collections::HashMap;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Mutex, PoisonError};

use super::batch::GroupBatch;

/// The batches of all groups in their order, whatever order the threads begin and end them in; `None` ends a group.
pub(super) struct InOrder {
    announced: Receiver<(usize, Receiver<GroupBatch>)>,
    /// The group at hand.
    group: Option<Receiver<GroupBatch>>,
    waiting: HashMap<usize, Receiver<GroupBatch>>,
    turn: usize,
    leave: SyncSender<()>,
}

/// Leave to begin a group. It is given out again when the batches of one are taken: threads that read faster than rows are
/// committed wait, instead of holding what they read.
pub(super) struct Leave(Mutex<Receiver<()>>);

impl Leave {
    /// Waits until a group may begin; `false` if nobody takes batches any more.
    pub(super) fn wait(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).recv().is_ok()
    }
}

impl InOrder {
    /// Takes the batches of the groups that are announced, each with its number, of which at most `ahead` are begun and not
    /// taken.
    pub(super) fn of(announced: Receiver<(usize, Receiver<GroupBatch>)>, ahead: usize) -> (Self, Leave) {
        let (leave, left) = sync_channel(ahead);
        for _ in 0..ahead {
            // The channel has room for each.
            let _ = leave.try_send(());
        }
        (Self { announced, group: None, waiting: HashMap::new(), turn: 0, leave }, Leave(Mutex::new(left)))
    }
}

impl Iterator for InOrder {
    type Item = Option<GroupBatch>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(group) = &self.group {
                let batch = group.recv().ok();
                if batch.is_none() {
                    self.group = None;
                    self.turn += 1;
                    let _ = self.leave.try_send(());
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

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;

    use super::*;

    #[test]
    fn no_group_begins_before_an_earlier_one_is_taken() {
        let (announce, announced) = channel();
        let (mut batches, leave) = InOrder::of(announced, 2);
        for index in [1, 0] {
            assert!(leave.wait());
            announce.send((index, sync_channel(2).1)).unwrap();
        }
        let may_begin = |leave: &Leave| leave.0.lock().unwrap().try_recv().is_ok();
        assert!(!may_begin(&leave));
        assert!(batches.next().is_some_and(|batch| batch.is_none()));
        assert!(may_begin(&leave) && !may_begin(&leave));
        drop(batches);
        assert!(!leave.wait());
    }
}
