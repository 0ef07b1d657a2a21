//! Runs work on many items in parallel, on all cores or as many as the user allows, without an async runtime.

use std::num::NonZeroUsize;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

use crate::error::Result;

/// The maximum number of threads for parallel work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pool(NonZeroUsize);

impl Default for Pool {
    /// One thread per core.
    fn default() -> Self {
        Self(thread::available_parallelism().unwrap_or(NonZeroUsize::MIN))
    }
}

impl Pool {
    /// Creates a pool of this many threads; 0 for one per core.
    pub fn of(threads: usize) -> Self {
        NonZeroUsize::new(threads).map_or_else(Self::default, Self)
    }

    /// Returns the number of threads.
    pub fn threads(self) -> usize {
        self.0.get()
    }

    /// Calls `work` for every item. Stops at the first error and returns it.
    pub fn each<T: Sync>(self, items: &[T], work: impl Fn(&T) -> Result<()> + Sync) -> Result<()> {
        let stop = AtomicBool::new(false);
        let failure = Mutex::new(None);
        self.each_with(
            items,
            || (),
            |(), item| {
                if !stop.load(Ordering::Relaxed)
                    && let Err(error) = work(item)
                {
                    stop.store(true, Ordering::Relaxed);
                    if let Ok(mut failure) = failure.lock() {
                        failure.get_or_insert(error);
                    }
                }
            },
        );
        failure.into_inner().ok().flatten().map_or(Ok(()), Err)
    }

    /// Calls `work` for every item, with one state per thread made by `start`. Returns the final states, in no order.
    pub fn each_with<'i, T: Sync, S: Send>(
        self,
        items: &'i [T],
        start: impl Fn() -> S + Sync,
        work: impl Fn(&mut S, &'i T) + Sync,
    ) -> Vec<S> {
        let next = AtomicUsize::new(0);
        let left = Mutex::new(Vec::new());
        let run = || {
            let mut own = start();
            while let Some(item) = items.get(next.fetch_add(1, Ordering::Relaxed)) {
                work(&mut own, item);
            }
            if let Ok(mut left) = left.lock() {
                left.push(own);
            }
        };
        thread::scope(|scope| {
            for _ in 1..self.threads().min(items.len()) {
                scope.spawn(run);
            }
            run();
        });
        left.into_inner().unwrap_or_default()
    }

    /// Calls `work` for every item and returns the results in the order of the items.
    pub fn map<T: Sync, R: Send>(self, items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
        let numbers: Vec<usize> = (0..items.len()).collect();
        let parts = self.each_with(&numbers, Vec::new, |done: &mut Vec<(usize, R)>, number| {
            done.push((*number, work(&items[*number])));
        });
        let mut all: Vec<(usize, R)> = parts.into_iter().flatten().collect();
        all.sort_by_key(|(number, _)| *number);
        all.into_iter().map(|(_, result)| result).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Error;

    #[test]
    fn every_item_once_and_the_error_comes_out() {
        let items: Vec<usize> = (0..1000).collect();
        let sum = AtomicUsize::new(0);
        Pool::default()
            .each(&items, |item| {
                sum.fetch_add(*item, Ordering::Relaxed);
                Ok(())
            })
            .unwrap();
        assert_eq!(sum.into_inner(), 499_500);
        let result = Pool::default().each(&items, |item| if *item == 7 { Err(Error::other("seven")) } else { Ok(()) });
        assert_eq!(result.unwrap_err().code(), "seven");
        Pool::default().each(&[] as &[u8], |_| panic!("nothing to do")).unwrap();
        assert_eq!(Pool::of(2).map(&items, |item| item * 2), items.iter().map(|item| item * 2).collect::<Vec<_>>());
    }

    #[test]
    fn no_more_threads_work_than_are_allowed() {
        let items: Vec<usize> = (0..100).collect();
        for most in [1, 3] {
            let sums = Pool::of(most).each_with(&items, || 0, |sum, item| *sum += item);
            assert_eq!((sums.len(), sums.iter().sum()), (most, 4950_usize));
        }
        assert_eq!(Pool::of(9).each_with(&items[..2], || (), |(), _| ()).len(), 2);
    }
}
