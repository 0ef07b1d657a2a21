//! Reassembles files received in ranges: a player requests a video range by range (HTTP 206), and a recording holds
//! each response separately. Where the ranges cover the whole file, it is read as if it had been received at once.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};

use super::zip::Budget;
use crate::error::{Error, Result};
use crate::model::{Problem, Time};
use crate::source::input::spill::{self, Spill};
use crate::source::{Item, Out, Received};

/// Largest file that is reassembled, in bytes.
const LARGEST: u64 = 16 * 1024 * 1024 * 1024;
/// Largest number of files in progress; each is a file on disk.
const FILES: usize = 256;

/// Parses a `Content-Range` such as `bytes 100-199/1000` into the first byte, the last byte and the total length.
pub(crate) fn of_header(range: &str) -> Option<(u64, u64, u64)> {
    let (piece, all) = range.trim().strip_prefix("bytes")?.trim().split_once('/')?;
    let (first, last) = piece.split_once('-')?;
    let (first, last, all) = (first.trim().parse().ok()?, last.trim().parse().ok()?, all.trim().parse().ok()?);
    (first <= last && last < all && all <= LARGEST).then_some((first, last, all))
}

/// A file received in ranges.
struct Pieced {
    received: Received,
    locator: String,
    time: Option<Time>,
    all: u64,
    file: File,
    /// Covered ranges, from each key up to but excluding its value.
    covered: BTreeMap<u64, u64>,
}

/// The files of one recording that were received in ranges.
pub(crate) struct Ranges<'a> {
    budget: &'a Budget,
    files: Vec<Pieced>,
    /// Index in `files` by address and length.
    places: BTreeMap<(String, u64), usize>,
    /// Number of responses without a usable range, or received while too many files were in progress.
    unread: u64,
}

impl<'a> Ranges<'a> {
    /// Creates an empty set.
    pub(crate) fn new(budget: &'a Budget) -> Self {
        Self { budget, files: Vec::new(), places: BTreeMap::new(), unread: 0 }
    }

    /// Adds one range of a file. A response that cannot be used is counted.
    pub(crate) fn take(
        &mut self,
        range: &str,
        received: &Received,
        locator: &str,
        time: Option<Time>,
        body: Spill<'_>,
    ) -> Result<()> {
        let Some((first, last, all)) = of_header(range) else {
            self.unread += 1;
            return Ok(());
        };
        let failed = |error| Error::disk("scratch-write-failed", self.budget.scratch().display(), error);
        let key = (received.url().to_owned(), all);
        let place = match self.places.get(&key) {
            Some(place) => *place,
            None if self.files.len() >= FILES => {
                self.unread += 1;
                return Ok(());
            }
            None => {
                let file = tempfile::tempfile_in(self.budget.scratch()).map_err(failed)?;
                let (received, locator) = (received.clone(), locator.to_owned());
                self.files.push(Pieced { received, locator, time, all, file, covered: BTreeMap::new() });
                self.places.insert(key, self.files.len() - 1);
                self.files.len() - 1
            }
        };
        let pieced = &mut self.files[place];
        pieced.file.seek(SeekFrom::Start(first)).map_err(failed)?;
        let body = body.into_input(locator, time);
        let written = io::copy(&mut body.open()?.take(last + 1 - first), &mut pieced.file).map_err(failed)?;
        pieced.cover(first, first + written);
        pieced.time = pieced.time.max(time);
        Ok(())
    }

    /// Hands on the complete files and reports the incomplete ones. `recording` is the locator of the recording.
    pub(crate) fn finish(self, recording: &str, out: &mut dyn Out) -> Result<()> {
        for pieced in self.files {
            let Pieced { received, locator, time, all, file, covered } = pieced;
            let held: u64 = covered.iter().map(|(from, to)| to - from).sum();
            if held == all {
                let input = spill::input_of_file(file, all, locator, time);
                out.item(Item::Input(input.with_received(received)))?;
            } else {
                let remark = Problem::remark("recorded-in-pieces", &locator).with("path", &locator);
                out.item(Item::Problem(remark.with("held", held).with("all", all)))?;
            }
        }
        if self.unread > 0 {
            let remark = Problem::remark("recorded-pieces-unread", recording).with("path", recording);
            out.item(Item::Problem(remark.with("count", self.unread)))?;
        }
        Ok(())
    }
}

impl Pieced {
    /// Adds the bytes from `from` up to but excluding `to`.
    fn cover(&mut self, mut from: u64, mut to: u64) {
        let touching: Vec<u64> =
            self.covered.range(..=to).rev().take_while(|(_, end)| **end >= from).map(|(start, _)| *start).collect();
        for start in touching {
            if let Some(end) = self.covered.remove(&start) {
                (from, to) = (from.min(start), to.max(end));
            }
        }
        if from < to {
            self.covered.insert(from, to);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn joined(pieces: &[(&str, &[u8])]) -> Vec<Item> {
        let budget = Budget::new(std::env::temp_dir());
        let mut ranges = Ranges::new(&budget);
        let received = Received::at("https://finder.video.qq.com/251/20302/stodownload?a=1");
        for (range, bytes) in pieces {
            let mut body = Spill::new(&budget);
            body.add(bytes).unwrap();
            ranges.take(range, &received, "a.har!/entries/1/stodownload", None, body).unwrap();
        }
        let mut items = Vec::new();
        ranges.finish("a.har", &mut items).unwrap();
        items
    }

    #[test]
    fn pieces_in_any_order_that_may_overlap_are_one_file() {
        let items = joined(&[("bytes 4-7/10", b"efgh"), ("bytes 0-5/10", b"abcdef"), ("bytes 8-9/10", b"ij")]);
        let [Item::Input(input)] = items.as_slice() else { panic!("{items:?}") };
        assert_eq!(input.bytes(100).unwrap(), b"abcdefghij");
        assert!(input.received().is_some());
    }

    #[test]
    fn a_file_with_a_hole_is_named() {
        for pieces in [
            &[("bytes 0-3/10", &b"abcd"[..]), ("bytes 5-9/10", b"fghij")][..],
            // Shorter than its header says.
            &[("bytes 0-3/10", b"abc"), ("bytes 4-9/10", b"efghij")],
        ] {
            let items = joined(pieces);
            let [Item::Problem(problem)] = items.as_slice() else { panic!("{items:?}") };
            assert_eq!(problem.code, "recorded-in-pieces");
        }
    }

    #[test]
    fn a_piece_that_does_not_say_what_it_is_of_is_told() {
        let items = joined(&[("bytes 0-3/*", b"abcd"), ("", b"efgh")]);
        let [Item::Problem(problem)] = items.as_slice() else { panic!("{items:?}") };
        assert_eq!(problem.code, "recorded-pieces-unread");
        assert!(problem.arguments.contains(&("count".to_owned(), "2".to_owned())), "{problem:?}");
    }

    #[test]
    fn only_true_ranges_are_ranges() {
        assert_eq!(of_header("bytes 0-99/100"), Some((0, 99, 100)));
        for range in [
            "bytes 0-100/100",
            "bytes 5-4/10",
            "bytes */10",
            "bytes 0-9/*",
            "items 0-1/2",
            "",
            "bytes 0-1/99999999999999999999",
        ] {
            assert_eq!(of_header(range), None, "{range}");
        }
    }

    proptest::proptest! {
        #[test]
        fn covering_is_a_union(spans in proptest::collection::vec((0_u64..30, 0_u64..10), 0..12)) {
            let file = tempfile::tempfile().unwrap();
            let mut pieced = Pieced {
                received: Received::default(), locator: String::new(), time: None, all: 0, file, covered: BTreeMap::new(),
            };
            let mut bytes = [false; 64];
            for (from, length) in spans {
                pieced.cover(from, from + length);
                (from..from + length).for_each(|at| bytes[usize::try_from(at).unwrap()] = true);
            }
            let held: u64 = pieced.covered.iter().map(|(from, to)| to - from).sum();
            proptest::prop_assert_eq!(held, bytes.iter().filter(|byte| **byte).count() as u64);
        }
    }
}
