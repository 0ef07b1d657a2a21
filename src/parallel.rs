//! Runs work on many items in parallel, on all cores or as many as the user allows, without an async runtime.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

use crate::error::Result;

/// Value set by [`limit`]; 0 for one thread per core.
static LIMIT: AtomicUsize = AtomicUsize::new(0);

/// Limits the threads of all parallel work in this process; 0 for one per core.
pub fn limit(threads: usize) {
    LIMIT.store(threads, Ordering::Relaxed);
}

/// Returns the number of threads for parallel work.
pub fn threads() -> usize {
    match LIMIT.load(Ordering::Relaxed) {
        0 => thread::available_parallelism().map_or(1, usize::from),
        limit => limit,
    }
}

/// Calls `work` for every item. Stops at the first error and returns it.
pub fn each<T: Sync>(items: &[T], work: impl Fn(&T) -> Result<()> + Sync) -> Result<()> {
    let stop = AtomicBool::new(false);
    let failure = Mutex::new(None);
    each_with(
        items,
        threads(),
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

/// Calls `work` for every item on at most `threads` threads, each with its own state made by `start`. Returns the final
/// states, in no order.
pub fn each_with<'i, T: Sync, S: Send>(
    items: &'i [T],
    threads: usize,
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
        for _ in 1..threads.min(items.len()) {
            scope.spawn(run);
        }
        run();
    });
    left.into_inner().unwrap_or_default()
}

/// Calls `work` for every item and returns the results in the order of the items.
pub fn map<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let numbers: Vec<usize> = (0..items.len()).collect();
    let parts = each_with(&numbers, threads(), Vec::new, |done: &mut Vec<(usize, R)>, number| {
        done.push((*number, work(&items[*number])));
    });
    let mut all: Vec<(usize, R)> = parts.into_iter().flatten().collect();
    all.sort_by_key(|(number, _)| *number);
    all.into_iter().map(|(_, result)| result).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Error;

    #[test]
    fn every_item_once_and_the_error_comes_out() {
        let items: Vec<usize> = (0..1000).collect();
        let sum = AtomicUsize::new(0);
        each(&items, |item| {
            sum.fetch_add(*item, Ordering::Relaxed);
            Ok(())
        })
        .unwrap();
        assert_eq!(sum.into_inner(), 499_500);
        let result = each(&items, |item| if *item == 7 { Err(Error::other("seven")) } else { Ok(()) });
        assert_eq!(result.unwrap_err().code(), "seven");
        each(&[] as &[u8], |_| panic!("nothing to do")).unwrap();
        assert_eq!(map(&items, |item| item * 2), items.iter().map(|item| item * 2).collect::<Vec<_>>());
    }

    #[test]
    fn no_more_threads_work_than_are_allowed() {
        let items: Vec<usize> = (0..100).collect();
        for most in [1, 3] {
            let sums = each_with(&items, most, || 0, |sum, item| *sum += item);
            assert_eq!((sums.len(), sums.iter().sum()), (most, 4950_usize));
        }
        assert_eq!(each_with(&items[..2], 9, || (), |(), _| ()).len(), 2);
    }
}
