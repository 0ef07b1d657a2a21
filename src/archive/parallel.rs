//! Work on many files side by side, on all cores, without a runtime.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

use crate::error::Result;

/// Calls `work` for every item, on as many threads as there are cores. The first error ends it.
pub fn each<T: Sync>(items: &[T], work: impl Fn(&T) -> Result<()> + Sync) -> Result<()> {
    let stop = AtomicBool::new(false);
    let failure = Mutex::new(None);
    each_with(
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

/// Calls `work` for every item, on as many threads as there are cores, each with what `start` made for it.
pub fn each_with<T: Sync, S>(items: &[T], start: impl Fn() -> S + Sync, work: impl Fn(&mut S, &T) + Sync) {
    let next = AtomicUsize::new(0);
    let run = || {
        let mut own = start();
        while let Some(item) = items.get(next.fetch_add(1, Ordering::Relaxed)) {
            work(&mut own, item);
        }
    };
    let threads = thread::available_parallelism().map_or(1, usize::from).min(items.len());
    thread::scope(|scope| {
        for _ in 1..threads {
            scope.spawn(run);
        }
        run();
    });
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
    }
}
