//! Reads and writes runs: the rows of one statement, in sorted segments. A run is written under a temporary name and
//! renamed once it is durable, so that an existing run is always complete.

use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Seek as _, SeekFrom, Write as _};
use std::ops::Range;
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;
use zstd::zstd_safe::{CParameter, ParamSwitch};

use super::merge::{push_cell, push_number};
use super::packed::{OLD_HEAD, Packed, Parts, take_length};
use crate::error::{Error, Result};
use crate::model::Sha256;
use crate::model::money::Money;
use crate::model::statement::{Column, LedgerRows, Row, StatementKind};
use crate::platform;

/// First bytes of a run; each format has another number.
const MAGIC: &[u8; 8] = b"liudi-r3";
/// First bytes of a run whose rows hold everything that is compared.
const OLD: &[u8; 8] = b"liudi-r2";
/// First bytes of such a run with uncompressed segments.
const PLAIN: &[u8; 8] = b"liudi-r1";
/// Compression level of segments: most of a row are random digits, of which no level makes less.
const LEVEL: i32 = -3;
/// Binary logarithm of the zstd window: 128 KiB, since hundreds of segments are read at once.
const WINDOW_LOG: u32 = 17;
/// Size in bytes of the portions in which rows are sorted.
const PORTION: usize = 12 * 1024 * 1024;
/// Number of cells of a row that describe the transaction.
const CELLS: usize = Column::FIRST_OF_FILE - Column::Time as usize;

/// Encodes the first characters of a key as a number with the same order: most keys are long digit strings that differ
/// within it.
pub(super) fn prefix(key: &[u8]) -> u128 {
    let mut halves = [0_u64; 2];
    for (half, digits) in halves.iter_mut().zip(key.chunks(16)) {
        let mut shift = u64::BITS;
        for byte in digits {
            shift -= 4;
            let digit = match byte {
                b'0'..=b'9' => byte - b'0' + 2,
                byte if *byte < b'0' => 1,
                _ => 12,
            };
            *half |= u64::from(digit) << shift;
            if !byte.is_ascii_digit() {
                return join(halves);
            }
        }
    }
    join(halves)
}

fn join([high, low]: [u64; 2]) -> u128 {
    u128::from(high) << u64::BITS | u128::from(low)
}

/// Returns the row at `at`, without its length.
fn row_at(portion: &[u8], at: usize) -> &[u8] {
    let mut rest = &portion[at..];
    let length = take_length(&mut rest).unwrap_or(0);
    &rest[..length.min(rest.len())]
}

/// The place of a row in the portion, and what it is sorted by.
struct Place {
    kind: StatementKind,
    prefix: u128,
    start: usize,
    end: usize,
}

/// Writes one run.
pub(super) struct Writer {
    file: BufWriter<NamedTempFile>,
    path: PathBuf,
    folder: PathBuf,
    written: u64,
    kind: Option<StatementKind>,
    portion: Vec<u8>,
    rows: Vec<Place>,
    /// The rows of a portion, in order; reused.
    sorted: Vec<u8>,
    /// The cells of a row that describe the transaction; reused.
    identity: Vec<u8>,
    /// The other cells of a row; reused.
    tail: Vec<u8>,
    segments: Vec<(u64, u64)>,
    /// Size in bytes of the rows in the first format.
    bytes: u64,
    unnumbered: HashMap<(u16, [u8; 8]), u32>,
    loose: u64,
    made: BTreeMap<u16, String>,
    name: String,
}

impl Writer {
    pub(super) fn create(folder: &Path, path: PathBuf, name: &str) -> Result<Self> {
        let file = tempfile::Builder::new()
            .suffix(".tmp")
            .tempfile_in(folder)
            .map_err(|error| Error::disk("ledger-write-failed", folder.display(), error))?;
        Ok(Self {
            file: BufWriter::with_capacity(1024 * 1024, file),
            path,
            folder: folder.to_owned(),
            written: 0,
            kind: None,
            portion: Vec::new(),
            rows: Vec::new(),
            sorted: Vec::new(),
            identity: Vec::new(),
            tail: Vec::new(),
            segments: Vec::new(),
            bytes: 0,
            unnumbered: HashMap::new(),
            loose: 0,
            made: BTreeMap::new(),
            name: name.to_owned(),
        })
    }

    fn failed(&self, error: io::Error) -> Error {
        Error::disk("ledger-write-failed", self.path.display(), error)
    }

    fn put(&mut self, bytes: &[u8]) -> Result<()> {
        self.written += bytes.len() as u64;
        self.file.write_all(bytes).map_err(|error| Error::disk("ledger-write-failed", self.path.display(), error))
    }

    /// Sorts the portion and writes it as a segment.
    fn flush(&mut self) -> Result<()> {
        if self.rows.is_empty() {
            return Ok(());
        }
        if self.written == 0 {
            self.put(MAGIC)?;
        }
        let portion = std::mem::take(&mut self.portion);
        let mut rows = std::mem::take(&mut self.rows);
        // Rows of one key are sorted by their cells, then by their position.
        let (mut one_row, mut other_row) = (Packed::default(), Packed::default());
        rows.sort_unstable_by(|one, other| {
            (one.kind, one.prefix).cmp(&(other.kind, other.prefix)).then_with(|| {
                one_row.parse(row_at(&portion, one.start));
                other_row.parse(row_at(&portion, other.start));
                let (one_cells, other_cells) = (one_row.cells(), other_row.cells());
                (one_row.key(), one_cells, one.start).cmp(&(other_row.key(), other_cells, other.start))
            })
        });
        self.sorted.clear();
        for row in &rows {
            self.sorted.extend_from_slice(&portion[row.start..row.end]);
        }
        let packed = pack(&self.sorted).map_err(|error| self.failed(error))?;
        let start = self.written;
        self.put(&packed)?;
        self.segments.push((start, self.written - start));
        (self.portion, self.rows) = (portion, rows);
        self.portion.clear();
        self.rows.clear();
        Ok(())
    }

    /// Formats the cells that describe the transaction, and returns the positions of those in [`Parts`].
    fn format_identity(&mut self, row: &Row<'_>) -> ([Range<usize>; 2], usize) {
        let (numbers, amount_at) = self.push_cells(row, |into, cell| into.extend_from_slice(cell.as_bytes()));
        let commas = memchr::memchr_iter(b',', &self.identity).count();
        if commas == CELLS - 1 && memchr::memchr3(b'"', b'\n', b'\r', &self.identity).is_none() {
            return (numbers, amount_at);
        }
        self.push_cells(row, push_cell)
    }

    fn push_cells(&mut self, row: &Row<'_>, push: impl Fn(&mut Vec<u8>, &str)) -> ([Range<usize>; 2], usize) {
        let into = &mut self.identity;
        into.clear();
        let mut numbers = [0..0, 0..0];
        let mut amount_at = 0;
        for column in &Column::ALL[Column::Time as usize..Column::FIRST_OF_FILE] {
            if *column != Column::Time {
                into.push(b',');
            }
            let start = into.len();
            match column {
                Column::Direction => into.extend_from_slice(row.direction.code().as_bytes()),
                Column::AmountFen => push_fen(into, row.amount),
                column => push(into, row.cells[*column as usize]),
            }
            match column {
                Column::Amount => amount_at = start,
                Column::RefundNo => numbers[0] = start..into.len(),
                Column::TransactionNo => numbers[1] = start..into.len(),
                _ => {}
            }
        }
        (numbers, amount_at)
    }
}

/// Compresses a segment.
fn pack(rows: &[u8]) -> io::Result<Vec<u8>> {
    let mut compressor = zstd::bulk::Compressor::new(LEVEL)?;
    compressor.window_log(WINDOW_LOG)?;
    compressor.include_checksum(true)?;
    compressor.set_parameter(CParameter::LiteralCompressionMode(ParamSwitch::Enable))?;
    compressor.compress(rows)
}

impl LedgerRows for Writer {
    fn row(&mut self, row: &Row<'_>) -> Result<()> {
        self.kind = Some(row.kind);
        let (numbers, amount_at) = self.format_identity(row);
        self.tail.clear();
        push_cell(&mut self.tail, row.cells[Column::AmountRaw as usize]);
        self.tail.push(b',');
        push_cell(&mut self.tail, row.cells[Column::Raw as usize]);
        let unnumbered;
        let key = if row.key.is_empty() {
            // A row without a number is identified by its cells; a repetition within a bill is a separate row.
            let digest = Sha256::of(&self.identity);
            let mut short = [0; 8];
            short.copy_from_slice(&digest.as_bytes()[..8]);
            let count = self.unnumbered.entry((row.bill, short)).or_default();
            *count += 1;
            self.loose += 1;
            unnumbered = format!("content:{}/{count}", hex::encode(short));
            unnumbered.as_bytes()
        } else {
            row.key.as_bytes()
        };
        let length = OLD_HEAD + key.len() + self.identity.len() + self.tail.len();
        if u32::try_from(length).is_err() {
            return Err(Error::input("ledger-row-too-long").with("line", row.line));
        }
        self.bytes += length as u64;
        let start = self.portion.len();
        let parts = Parts {
            key,
            identity: &self.identity,
            tail: &self.tail,
            numbers,
            amount_at,
            amount: row.amount,
            direction: row.direction,
            kind: Some(row.kind),
            is_destroyed: row.is_destroyed,
            bill: row.bill,
            line: row.line,
        };
        parts.push(&mut self.portion);
        self.rows.push(Place { kind: row.kind, prefix: prefix(key), start, end: self.portion.len() });
        if self.portion.len() >= PORTION { self.flush() } else { Ok(()) }
    }

    fn made(&mut self, bill: u16, made: &str) {
        self.made.insert(bill, made.to_owned());
    }

    fn close(mut self: Box<Self>) -> Result<()> {
        self.flush()?;
        if self.written == 0 {
            self.put(MAGIC)?;
        }
        // The file ends with the index and then the length of the index.
        let index = Index {
            segments: std::mem::take(&mut self.segments),
            kind: self.kind,
            name: std::mem::take(&mut self.name),
            loose: Some(self.loose),
            bytes: Some(self.bytes),
            made: std::mem::take(&mut self.made),
        };
        let index = serde_json::to_string(&index).map_err(|error| self.failed(io::Error::other(error)))?;
        let length = index.len() as u64;
        self.put(index.as_bytes())?;
        self.put(&length.to_le_bytes())?;
        self.file.flush().map_err(|error| self.failed(error))?;
        let Self { file, path, folder, .. } = *self;
        let failed = |error: io::Error| Error::disk("ledger-write-failed", path.display(), error);
        let file = file.into_inner().map_err(|error| failed(error.into_error()))?;
        platform::sync_open_file(file.as_file()).map_err(failed)?;
        // Closed first: Windows renames no file that somebody has open without sharing it.
        let (file, temporary) = file.keep().map_err(|error| failed(error.error))?;
        drop(file);
        platform::rename(&temporary, &path).map_err(|error| {
            let _ = platform::remove_file(&temporary);
            failed(error)
        })?;
        platform::sync_folder(&folder).map_err(failed)
    }
}

fn push_fen(into: &mut Vec<u8>, amount: Option<Money>) {
    let Some(fen) = amount.and_then(Money::fen) else { return };
    if fen < 0 {
        into.push(b'-');
    }
    push_number(into, fen.unsigned_abs());
}

#[derive(serde::Deserialize, serde::Serialize)]
struct Index {
    segments: Vec<(u64, u64)>,
    kind: Option<StatementKind>,
    name: String,
    /// Number of rows without a number; absent in older runs.
    #[serde(default)]
    loose: Option<u64>,
    /// Size in bytes of the rows in the first format; absent in runs of that format.
    #[serde(default)]
    bytes: Option<u64>,
    /// Time at which each bill was made.
    #[serde(default)]
    made: BTreeMap<u16, String>,
}

/// One complete run.
pub(super) struct Run {
    /// First digits of the statement's digest, as used in the ledger.
    pub(super) short: String,
    pub(super) kind: StatementKind,
    pub(super) name: String,
    pub(super) segments: Vec<(u64, u64)>,
    made: BTreeMap<u16, String>,
    loose: Option<u64>,
    /// Size in bytes of the rows.
    pub(super) bytes: u64,
    format: [u8; 8],
    path: PathBuf,
}

impl Run {
    pub(super) fn open(path: &Path, statement: Sha256) -> Result<Self> {
        let broken = || Error::disk("ledger-run-broken", path.display(), io::ErrorKind::InvalidData.into());
        let failed = |error| Error::disk("ledger-run-broken", path.display(), error);
        let mut file = platform::open_file(path).map_err(failed)?;
        let mut magic = [0; 8];
        file.read_exact(&mut magic).map_err(failed)?;
        let size = file.seek(SeekFrom::End(-8)).map_err(failed)?;
        let mut length = [0; 8];
        file.read_exact(&mut length).map_err(failed)?;
        let length = u64::from_le_bytes(length);
        let start = size.checked_sub(length).ok_or_else(broken)?;
        file.seek(SeekFrom::Start(start)).map_err(failed)?;
        let mut index = Vec::new();
        file.take(length).read_to_end(&mut index).map_err(failed)?;
        let Ok(index) = serde_json::from_slice::<Index>(&index) else { return Err(broken()) };
        let whole = index.segments.iter().all(|(at, length)| at.checked_add(*length).is_some_and(|end| end <= start));
        if ![MAGIC, OLD, PLAIN].contains(&&magic) || !whole {
            return Err(broken());
        }
        let kind = index.kind.unwrap_or(StatementKind::Trade);
        let short = statement.hex()[..12].to_owned();
        let Index { segments, name, loose, made, bytes, .. } = index;
        let bytes = bytes.unwrap_or_else(|| segments.iter().map(|(_, length)| length).sum());
        Ok(Self { short, kind, name, segments, made, loose, bytes, format: magic, path: path.to_owned() })
    }

    /// Reports whether it may contain rows without a number.
    pub(super) fn has_loose(&self) -> bool {
        self.loose != Some(0)
    }

    /// Returns the time at which bill `bill` was made, in a sortable format.
    pub(super) fn made(&self, bill: u16) -> &str {
        self.made.get(&bill).map_or("", String::as_str)
    }

    /// Opens a reader of the segment `number`.
    pub(super) fn segment(&self, number: usize) -> Result<Segment> {
        let failed = |error| Error::disk("ledger-run-broken", self.path.display(), error);
        let (at, length) = self.segments[number];
        let mut file = platform::open_file(&self.path).map_err(failed)?;
        file.seek(SeekFrom::Start(at)).map_err(failed)?;
        let reader = BufReader::with_capacity(64 * 1024, file.take(length));
        if &self.format == PLAIN {
            return Ok(Segment::Plain(reader));
        }
        let decoder = zstd::Decoder::with_buffer(reader).map_err(failed)?.single_frame();
        let rows = BufReader::with_capacity(64 * 1024, decoder);
        Ok(if &self.format == OLD { Segment::Old(rows) } else { Segment::Packed(rows) })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }
}

/// The rows of one segment.
pub(super) enum Segment {
    Plain(BufReader<io::Take<File>>),
    Old(BufReader<zstd::Decoder<'static, BufReader<io::Take<File>>>>),
    Packed(BufReader<zstd::Decoder<'static, BufReader<io::Take<File>>>>),
}

impl Segment {
    /// Reads the next row into `row`; returns `false` at the end.
    pub(super) fn next(&mut self, row: &mut Packed) -> io::Result<bool> {
        match self {
            Self::Plain(reader) => row.read_old(reader),
            Self::Old(reader) => row.read_old(reader),
            Self::Packed(reader) => row.read(reader),
        }
    }
}
