//! Merges the rows of many runs into one sorted sequence, with the rows of one number grouped. If there are more runs
//! than can be read at once, they are first merged in portions.

use std::cmp::Ordering;
use std::collections::BinaryHeap;
use std::collections::binary_heap::PeekMut;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Seek as _, Write as _};
use std::path::Path;

use super::packed::Packed;
use super::run::{Run, Segment, prefix};
use crate::error::{Error, Result};
use crate::model::statement::StatementKind;

/// Maximum number of sources read at once; more are first merged in portions.
const FAN_IN: usize = 100;

/// A sorted source of rows: a segment of a run, or a merged portion, whose rows carry the number of their run.
pub(super) enum Source {
    Segment(Segment, u32),
    Portion(BufReader<File>),
}

impl Source {
    /// Reads the next row and returns the number of its run.
    fn next(&mut self, row: &mut Packed) -> io::Result<Option<u32>> {
        match self {
            Self::Segment(segment, run) => Ok(segment.next(row)?.then_some(*run)),
            Self::Portion(reader) => {
                let mut run = [0; 4];
                match reader.read_exact(&mut run) {
                    Ok(()) => Ok(row.read(reader)?.then_some(u32::from_le_bytes(run))),
                    Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(None),
                    Err(error) => Err(error),
                }
            }
        }
    }
}

/// The next row of one source.
pub(super) struct Head {
    pub(super) kind: StatementKind,
    prefix: u128,
    pub(super) row: Packed,
    pub(super) run: u32,
    source: usize,
}

impl Head {
    fn same_transaction(&self, other: &Self) -> bool {
        (self.kind, self.prefix) == (other.kind, other.prefix) && self.row.key() == other.row.key()
    }
}

impl Ord for Head {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.kind, self.prefix)
            .cmp(&(other.kind, other.prefix))
            .then_with(|| self.row.key().cmp(other.row.key()))
            .then_with(|| self.row.identity().cmp(other.row.identity()))
            .then_with(|| (self.run, self.row.place()).cmp(&(other.run, other.row.place())))
            // `BinaryHeap` pops the greatest element first.
            .reverse()
    }
}

impl PartialOrd for Head {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Head {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Head {}

/// All rows of several sources, in order.
struct Sorted<'a> {
    runs: &'a [Run],
    sources: Vec<Source>,
    heads: BinaryHeap<Head>,
    spare: Vec<Packed>,
}

impl<'a> Sorted<'a> {
    fn new(runs: &'a [Run], sources: Vec<Source>) -> Result<Self> {
        let mut sorted = Self { runs, sources, heads: BinaryHeap::new(), spare: Vec::new() };
        for source in 0..sorted.sources.len() {
            let head = head(runs, &mut sorted.sources[source], source, Packed::default())?;
            sorted.heads.extend(head);
        }
        Ok(sorted)
    }

    fn next(&mut self) -> Result<Option<Head>> {
        let Some(mut first) = self.heads.peek_mut() else { return Ok(None) };
        let row = self.spare.pop().unwrap_or_default();
        Ok(Some(match head(self.runs, &mut self.sources[first.source], first.source, row)? {
            Some(next) => std::mem::replace(&mut *first, next),
            None => PeekMut::pop(first),
        }))
    }
}

/// Reads the next row of source number `source` into `row`.
fn head(runs: &[Run], from: &mut Source, source: usize, mut row: Packed) -> Result<Option<Head>> {
    let run = from.next(&mut row).map_err(|error| {
        let path = match &*from {
            Source::Segment(_, run) => runs[*run as usize].path().display().to_string(),
            Source::Portion(_) => "ledger".to_owned(),
        };
        Error::disk("ledger-run-broken", path, error)
    })?;
    let Some(run) = run else { return Ok(None) };
    let prefix = prefix(row.key());
    let kind = row.kind().unwrap_or(runs[run as usize].kind);
    Ok(Some(Head { kind, prefix, row, run, source }))
}

/// Opens the segments of the `runs` selected by `wanted` as sources; merges them in portions beyond `FAN_IN`.
pub(super) fn sources(runs: &[Run], scratch: &Path, wanted: impl Fn(&Run) -> bool) -> Result<Vec<Source>> {
    let mut sources = Vec::new();
    for (number, run) in runs.iter().enumerate().filter(|(_, run)| wanted(run)) {
        for segment in 0..run.segments.len() {
            if sources.len() == FAN_IN {
                let portion = portion(runs, std::mem::take(&mut sources), scratch)?;
                sources.push(portion);
            }
            sources.push(Source::Segment(run.segment(segment)?, u32::try_from(number).unwrap_or(u32::MAX)));
        }
    }
    Ok(sources)
}

/// Visits every row of `sources`, in groups of one key.
pub(super) fn each_group(
    runs: &[Run],
    sources: Vec<Source>,
    mut visit: impl FnMut(&mut Vec<Head>) -> Result<()>,
) -> Result<()> {
    let mut sorted = Sorted::new(runs, sources)?;
    let mut group: Vec<Head> = Vec::new();
    loop {
        let head = sorted.next()?;
        if let Some(first) = group.first()
            && !head.as_ref().is_some_and(|head| head.same_transaction(first))
        {
            visit(&mut group)?;
            sorted.spare.extend(group.drain(..).map(|head| head.row));
        }
        match head {
            Some(head) => group.push(head),
            None => return Ok(()),
        }
    }
}

/// Merges `sources` into one, in an unnamed temporary file.
fn portion(runs: &[Run], sources: Vec<Source>, scratch: &Path) -> Result<Source> {
    let failed = |error| Error::disk("ledger-write-failed", scratch.display(), error);
    let mut writer = BufWriter::with_capacity(1024 * 1024, tempfile::tempfile_in(scratch).map_err(failed)?);
    let mut sorted = Sorted::new(runs, sources)?;
    while let Some(head) = sorted.next()? {
        writer.write_all(&head.run.to_le_bytes()).and_then(|()| head.row.write(&mut writer)).map_err(failed)?;
        sorted.spare.push(head.row);
    }
    let mut file = writer.into_inner().map_err(|error| failed(error.into_error()))?;
    file.rewind().map_err(failed)?;
    Ok(Source::Portion(BufReader::with_capacity(256 * 1024, file)))
}

/// Parses the cells of a row that was written by [`push_cell`].
pub(super) fn cells(line: &[u8]) -> Vec<String> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(line);
    let mut record = csv::ByteRecord::new();
    match reader.read_byte_record(&mut record) {
        Ok(true) => record.iter().map(|cell| String::from_utf8_lossy(cell).into_owned()).collect(),
        Ok(false) | Err(_) => Vec::new(),
    }
}
