//! Restores the order of the inputs among the batches that parallel threads read.

use std::collections::HashMap;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Mutex, PoisonError};

use super::batch::GroupBatch;

/// An iterator over the batches of all groups in order, whatever order the threads begin and end them in; `None` ends a
/// group.
pub(super) struct InOrder {
    announced: Receiver<(usize, Receiver<GroupBatch>)>,
    /// Current group.
    group: Option<Receiver<GroupBatch>>,
    waiting: HashMap<usize, Receiver<GroupBatch>>,
    turn: usize,
    permits: SyncSender<()>,
}

/// The permits to begin a group. One is returned when all batches of a group are taken, so threads that read faster than
/// rows are committed wait instead of holding what they read.
pub(super) struct Permits(Mutex<Receiver<()>>);

impl Permits {
    /// Waits until a group may begin; returns `false` if batches are no longer taken.
    pub(super) fn wait(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).recv().is_ok()
    }
}

impl InOrder {
    /// Takes the receiver of the announced groups, each with its number. At most `ahead` groups are begun and not yet
    /// taken.
    pub(super) fn of(announced: Receiver<(usize, Receiver<GroupBatch>)>, ahead: usize) -> (Self, Permits) {
        let (permits, left) = sync_channel(ahead);
        for _ in 0..ahead {
            // The channel has room for each.
            let _ = permits.try_send(());
        }
        (Self { announced, group: None, waiting: HashMap::new(), turn: 0, permits }, Permits(Mutex::new(left)))
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
                    let _ = self.permits.try_send(());
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
        let (mut batches, permits) = InOrder::of(announced, 2);
        for index in [1, 0] {
            assert!(permits.wait());
            announce.send((index, sync_channel(2).1)).unwrap();
        }
        let may_begin = |permits: &Permits| permits.0.lock().unwrap().try_recv().is_ok();
        assert!(!may_begin(&permits));
        assert!(batches.next().is_some_and(|batch| batch.is_none()));
        assert!(may_begin(&permits) && !may_begin(&permits));
        drop(batches);
        assert!(!permits.wait());
    }
}
