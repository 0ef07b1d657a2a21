//! Reads and writes runs: the rows of one statement, in sorted segments. A run is written under a temporary name and
//! renamed once it is durable, so that an existing run is always complete.

use std::cmp::Ordering;
use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::merge::{push_cell, push_number};
use crate::error::{Error, Result};
use crate::model::Sha256;
use crate::model::money::Money;
use crate::model::statement::{Column, Direction, LedgerRows, Row, StatementKind};
use crate::platform;

/// First bytes of a run; each format has another number.
const MAGIC: &[u8; 8] = b"liudi-r2";
/// First bytes of a run with uncompressed segments.
const PLAIN: &[u8; 8] = b"liudi-r1";
/// Compression level of segments: the rows of a bill are similar, and the fastest level shrinks them to a sixth.
const LEVEL: i32 = 1;
/// Binary logarithm of the zstd window: 128 KiB, since hundreds of segments are read at once.
const WINDOW_LOG: u32 = 17;
/// Size in bytes of the portions in which rows are sorted.
const PORTION: usize = 16 * 1024 * 1024;
/// Prefix of the key of a row without a number of the platform.
const LOOSE: &[u8] = b"content:";
/// Number of bits of a row's place that hold the number of its bill.
const BILL_BITS: u32 = 16;
/// Flag of a row in which a spreadsheet destroyed a number; stored with its direction and kind.
const DESTROYED: u8 = 0x80;
/// Length in bytes of a row's head.
const HEAD: usize = 4 + 4 + 4 + 1 + 2 + 1 + 16 + 8;

/// One row as stored in a run: the compared values, the amounts, and the cells already formatted as CSV.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Packed {
    bytes: Vec<u8>,
}

impl Packed {
    fn number<const N: usize>(&self, at: usize) -> [u8; N] {
        let mut number = [0; N];
        number.copy_from_slice(&self.bytes[at..at + N]);
        number
    }

    fn key_len(&self) -> usize {
        u32::from_le_bytes(self.number(4)) as usize
    }

    fn identity_len(&self) -> usize {
        u32::from_le_bytes(self.number(8)) as usize
    }

    pub(super) fn key(&self) -> &[u8] {
        &self.bytes[HEAD..HEAD + self.key_len()]
    }

    /// Returns the cells that describe the transaction, as CSV: from [`Column::Time`] to the last before
    /// [`Column::FIRST_OF_FILE`].
    pub(super) fn identity(&self) -> &[u8] {
        let start = HEAD + self.key_len();
        &self.bytes[start..start + self.identity_len()]
    }

    /// Returns [`Column::AmountRaw`] and [`Column::Raw`], as CSV.
    pub(super) fn tail(&self) -> &[u8] {
        &self.bytes[HEAD + self.key_len() + self.identity_len()..]
    }

    pub(super) fn direction(&self) -> Direction {
        Direction::ALL.get(usize::from(self.bytes[12] & 3)).copied().unwrap_or(Direction::Neutral)
    }

    /// Returns the kind of its bill; `None` if the run has one kind for all rows.
    pub(super) fn kind(&self) -> Option<StatementKind> {
        StatementKind::ALL.get(usize::from((self.bytes[12] & !DESTROYED) >> 2).checked_sub(1)?).copied()
    }

    /// Reports whether a spreadsheet destroyed one of its numbers.
    pub(super) fn is_destroyed(&self) -> bool {
        self.bytes[12] & DESTROYED != 0
    }

    pub(super) fn year(&self) -> u16 {
        u16::from_le_bytes(self.number(13))
    }

    pub(super) fn amount(&self) -> Option<Money> {
        (self.bytes[15] == 1).then(|| Money::from_units(i128::from_le_bytes(self.number(16))))
    }

    /// Returns its line number in its file.
    pub(super) fn line(&self) -> u64 {
        self.place() & (u64::MAX >> BILL_BITS)
    }

    /// Returns the number of its bill in the file.
    pub(super) fn bill(&self) -> u16 {
        u16::try_from(self.place() >> (u64::BITS - BILL_BITS)).unwrap_or(u16::MAX)
    }

    /// Returns bill and line as one number.
    pub(super) fn place(&self) -> u64 {
        u64::from_le_bytes(self.number(32))
    }

    /// Reports whether it has no number of the platform.
    pub(super) fn is_loose(&self) -> bool {
        self.key().starts_with(LOOSE)
    }

    /// Reads the next row of `reader`; returns `false` at its end.
    pub(super) fn read(&mut self, reader: &mut impl Read) -> io::Result<bool> {
        let mut length = [0; 4];
        match reader.read_exact(&mut length) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(false),
            Err(error) => return Err(error),
        }
        let total = u32::from_le_bytes(length) as usize;
        if total < HEAD {
            return Err(io::ErrorKind::InvalidData.into());
        }
        self.bytes.clear();
        self.bytes.extend_from_slice(&length);
        // Read as far as there is anything: a length out of a broken file may be any.
        reader.take((total - 4) as u64).read_to_end(&mut self.bytes)?;
        if self.bytes.len() < total {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if HEAD + self.key_len() + self.identity_len() > total {
            return Err(io::ErrorKind::InvalidData.into());
        }
        Ok(true)
    }

    pub(super) fn write(&self, writer: &mut impl io::Write) -> io::Result<()> {
        writer.write_all(&self.bytes)
    }
}

/// Encodes the first characters of a key as a number with the same order: most keys are long digit strings that differ
/// within it.
pub(super) fn prefix(key: &[u8]) -> u128 {
    let mut prefix = 0;
    let mut shift = 128;
    for byte in key.iter().take(32) {
        shift -= 4;
        let digit = match byte {
            b'0'..=b'9' => byte - b'0' + 2,
            byte if *byte < b'0' => 1,
            _ => 12,
        };
        prefix |= u128::from(digit) << shift;
        if !byte.is_ascii_digit() {
            break;
        }
    }
    prefix
}

/// Compares rows by key, then by their cells, then by their position.
fn order(portion: &[u8], one: usize, other: usize) -> Ordering {
    let row = |at: usize| {
        let length =
            |at: usize| u32::from_le_bytes([portion[at], portion[at + 1], portion[at + 2], portion[at + 3]]) as usize;
        let (total, key) = (length(at), length(at + 4));
        (&portion[at + HEAD..at + HEAD + key], &portion[at + HEAD + key..at + total])
    };
    row(one).cmp(&row(other)).then(one.cmp(&other))
}

/// Writes one run.
pub(super) struct Writer {
    file: BufWriter<NamedTempFile>,
    path: PathBuf,
    folder: PathBuf,
    written: u64,
    kind: Option<StatementKind>,
    portion: Vec<u8>,
    rows: Vec<(StatementKind, u128, usize)>,
    segments: Vec<(u64, u64)>,
    /// Size in bytes of the rows before compression.
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
        rows.sort_unstable_by(|one, other| {
            (one.0, one.1).cmp(&(other.0, other.1)).then_with(|| order(&portion, one.2, other.2))
        });
        let start = self.written;
        let mut packed = Vec::with_capacity(portion.len() / 4);
        let mut pack = || -> io::Result<()> {
            let mut encoder = zstd::Encoder::new(&mut packed, LEVEL)?;
            encoder.window_log(WINDOW_LOG)?;
            encoder.include_checksum(true)?;
            for (_, _, at) in &rows {
                let length = u32::from_le_bytes([portion[*at], portion[at + 1], portion[at + 2], portion[at + 3]]);
                encoder.write_all(&portion[*at..at + length as usize])?;
            }
            encoder.finish().map(drop)
        };
        pack().map_err(|error| self.failed(error))?;
        self.bytes += portion.len() as u64;
        self.put(&packed)?;
        self.segments.push((start, self.written - start));
        (self.portion, self.rows) = (portion, rows);
        self.portion.clear();
        self.rows.clear();
        Ok(())
    }
}

impl LedgerRows for Writer {
    fn row(&mut self, row: &Row<'_>) -> Result<()> {
        self.kind = Some(row.kind);
        let start = self.portion.len();
        let into = &mut self.portion;
        into.resize(start + HEAD, 0);
        into.extend_from_slice(row.key.as_bytes());
        let mut identity = into.len();
        for column in &Column::ALL[Column::Time as usize..Column::FIRST_OF_FILE] {
            if *column != Column::Time {
                into.push(b',');
            }
            match column {
                Column::Direction => into.extend_from_slice(row.direction.code().as_bytes()),
                Column::AmountFen => push_fen(into, row.amount),
                column => push_cell(into, row.cells[*column as usize]),
            }
        }
        if row.key.is_empty() {
            // A row without a number is identified by its cells; a repetition within a bill is a separate row.
            let digest = Sha256::of(&into[identity..]);
            let mut short = [0; 8];
            short.copy_from_slice(&digest.as_bytes()[..8]);
            let count = self.unnumbered.entry((row.bill, short)).or_default();
            *count += 1;
            self.loose += 1;
            let key = format!("content:{}/{count}", hex::encode(short));
            into.splice(identity..identity, key.bytes());
            identity += key.len();
        }
        let key = identity - start - HEAD;
        let tail = into.len();
        push_cell(into, row.cells[Column::AmountRaw as usize]);
        into.push(b',');
        push_cell(into, row.cells[Column::Raw as usize]);
        let total = into.len() - start;
        let length = |length: usize| u32::try_from(length).map(u32::to_le_bytes);
        let (Ok(total), Ok(key_length), Ok(identity_length)) = (length(total), length(key), length(tail - identity))
        else {
            return Err(Error::input("ledger-row-too-long").with("line", row.line));
        };
        let amount = row.amount.map_or(0, Money::units);
        let head = &mut into[start..start + HEAD];
        head[0..4].copy_from_slice(&total);
        head[4..8].copy_from_slice(&key_length);
        head[8..12].copy_from_slice(&identity_length);
        let kind = StatementKind::ALL.iter().position(|kind| *kind == row.kind).unwrap_or(0);
        let destroyed = if row.is_destroyed { DESTROYED } else { 0 };
        head[12] = row.direction as u8 | (u8::try_from(kind + 1).unwrap_or(0) << 2) | destroyed;
        head[13..15].copy_from_slice(&row.year.to_le_bytes());
        head[15] = u8::from(row.amount.is_some());
        head[16..32].copy_from_slice(&amount.to_le_bytes());
        let place = u64::from(row.bill) << (u64::BITS - BILL_BITS) | row.line;
        head[32..40].copy_from_slice(&place.to_le_bytes());
        let prefix = prefix(&into[start + HEAD..start + HEAD + key]);
        self.rows.push((row.kind, prefix, start));
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
        file.persist(&path).map_err(|error| failed(error.error))?;
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
    /// Size in bytes of the rows; absent in uncompressed runs.
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
    plain: bool,
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
        let plain = &magic == PLAIN;
        if !(plain || &magic == MAGIC) || !whole {
            return Err(broken());
        }
        let kind = index.kind.unwrap_or(StatementKind::Trade);
        let short = statement.hex()[..12].to_owned();
        let Index { segments, name, loose, made, bytes, .. } = index;
        let bytes = bytes.unwrap_or_else(|| segments.iter().map(|(_, length)| length).sum());
        Ok(Self { short, kind, name, segments, made, loose, bytes, plain, path: path.to_owned() })
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
        if self.plain {
            return Ok(Segment::Plain(reader));
        }
        let decoder = zstd::Decoder::with_buffer(reader).map_err(failed)?.single_frame();
        Ok(Segment::Packed(BufReader::with_capacity(64 * 1024, decoder)))
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }
}

/// The rows of one segment.
pub(super) enum Segment {
    Plain(BufReader<io::Take<File>>),
    Packed(BufReader<zstd::Decoder<'static, BufReader<io::Take<File>>>>),
}

impl Segment {
    /// Reads the next row into `row`; returns `false` at the end.
    pub(super) fn next(&mut self, row: &mut Packed) -> io::Result<bool> {
        match self {
            Self::Plain(reader) => row.read(reader),
            Self::Packed(reader) => row.read(reader),
        }
    }
}
