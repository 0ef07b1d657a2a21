//! The format of one row in a run: what the merge compares and adds up, and the cells already formatted as CSV. What
//! follows from the cells (the key, the amount, the year, the text of the amount in its file) is not stored again.

use std::borrow::Cow;
use std::io::{self, BufRead, Read, Write};
use std::ops::Range;

use super::sorted::cells;
use crate::model::money::Money;
use crate::model::statement::{Column, Direction, StatementKind};

/// Prefix of the key of a row without a number of the platform.
const LOOSE: &[u8] = b"content:";
/// Number of bits of a row's place that hold the number of its bill.
const BILL_BITS: u32 = 16;
/// Length in bytes of the head of a row in a run of the first two formats.
pub(super) const OLD_HEAD: usize = 4 + 4 + 4 + 1 + 2 + 1 + 16 + 8;
/// Flag of a row of the first two formats in which a spreadsheet destroyed a number.
const OLD_DESTROYED: u8 = 0x80;

/// Flag of a row in which a spreadsheet destroyed a number. The bits below hold the direction and the kind.
const DESTROYED: u8 = 1 << 4;
/// Flag of a row whose key begins with one of its cells.
const KEY_IN_CELL: u8 = 1 << 5;
/// Flag of a row whose tail is a mark and the amount.
const TAIL_IS_AMOUNT: u8 = 1 << 6;
/// Flag of a row whose amount is not that of its cell.
const OTHER_AMOUNT: u8 = 1 << 7;

/// The text before the amount in its original cell, by the number that is stored.
const MARKS: [&[u8]; 4] = [b"", b"`", "¥".as_bytes(), "￥".as_bytes()];

/// One row of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Packed {
    /// Key, identity and tail, in this order.
    text: Vec<u8>,
    /// End of the key in `text`.
    key: usize,
    /// End of the identity in `text`.
    identity: usize,
    /// Position of [`Column::Amount`] in the identity.
    amount_at: usize,
    amount: Option<Money>,
    place: u64,
    flags: u8,
}

/// The parts of a row that is written to a run.
pub(super) struct Parts<'a> {
    pub(super) key: &'a [u8],
    /// Cells as returned by [`Packed::identity`].
    pub(super) identity: &'a [u8],
    /// Cells as returned by [`Packed::tail`].
    pub(super) tail: &'a [u8],
    /// Positions in the identity of the cells that a key may begin with.
    pub(super) numbers: [Range<usize>; 2],
    /// Position of [`Column::Amount`] in the identity.
    pub(super) amount_at: usize,
    pub(super) amount: Option<Money>,
    pub(super) direction: Direction,
    pub(super) kind: Option<StatementKind>,
    pub(super) is_destroyed: bool,
    pub(super) bill: u16,
    pub(super) line: u64,
}

impl Parts<'_> {
    /// Appends the row to `into`.
    pub(super) fn push(&self, into: &mut Vec<u8>) {
        let kind = self.kind.and_then(|kind| StatementKind::ALL.iter().position(|known| *known == kind));
        let kind = kind.map_or(0, |kind| u8::try_from(kind + 1).unwrap_or(0));
        let mut flags = self.direction as u8 | kind << 2 | if self.is_destroyed { DESTROYED } else { 0 };
        let number = self.numbers.iter().find(|number| {
            !number.is_empty() && self.identity.get((*number).clone()).is_some_and(|cell| self.key.starts_with(cell))
        });
        let rest_of_key = &self.key[number.map_or(0, Range::len)..];
        let amount = amount_cell(self.identity, self.amount_at);
        let mark = self.tail.strip_suffix(b",").and_then(|raw| raw.strip_suffix(amount));
        let mark = mark.and_then(|mark| MARKS.iter().position(|known| *known == mark));
        let is_other_amount = Money::from_plain_bytes(amount) != self.amount;
        for (is_set, flag) in
            [(number.is_some(), KEY_IN_CELL), (mark.is_some(), TAIL_IS_AMOUNT), (is_other_amount, OTHER_AMOUNT)]
        {
            flags |= if is_set { flag } else { 0 };
        }
        let mut head = Head { bytes: [0; 96], length: 0 };
        head.byte(flags);
        head.number(self.line);
        head.number(u64::from(self.bill));
        if let Some(number) = number {
            head.number(number.start as u64);
            head.number(number.len() as u64);
        }
        head.number(rest_of_key.len() as u64);
        head.number(self.amount_at as u64);
        head.number(self.identity.len() as u64);
        if let Some(mark) = mark {
            head.byte(u8::try_from(mark).unwrap_or(0));
        }
        if is_other_amount {
            head.byte(u8::from(self.amount.is_some()));
            self.amount.unwrap_or_default().units().to_le_bytes().into_iter().for_each(|byte| head.byte(byte));
        }
        let tail = if mark.is_some() { &[][..] } else { self.tail };
        let head = &head.bytes[..head.length];
        let mut length = Head { bytes: [0; 96], length: 0 };
        length.number((head.len() + rest_of_key.len() + self.identity.len() + tail.len()) as u64);
        into.extend_from_slice(&length.bytes[..length.length]);
        for part in [head, rest_of_key, self.identity, tail] {
            into.extend_from_slice(part);
        }
    }
}

/// The numbers before a row's text, which have a bounded length.
struct Head {
    bytes: [u8; 96],
    length: usize,
}

impl Head {
    fn byte(&mut self, byte: u8) {
        self.bytes[self.length] = byte;
        self.length += 1;
    }

    /// Appends `number` in groups of seven bits, the lowest first.
    fn number(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.byte(u8::try_from(number & 0x7f).unwrap_or(0) | 0x80);
            number >>= 7;
        }
        self.byte(u8::try_from(number).unwrap_or(0));
    }
}

/// Takes a number written by [`Head::number`] from the start of `bytes`; returns `None` if it is incomplete.
fn take_number(bytes: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for (index, byte) in bytes.iter().enumerate().take(10) {
        number |= u64::from(byte & 0x7f) << (7 * index);
        if *byte < 0x80 {
            *bytes = &bytes[index + 1..];
            return Some(number);
        }
    }
    None
}

pub(super) fn take_length(bytes: &mut &[u8]) -> Option<usize> {
    usize::try_from(take_number(bytes)?).ok()
}

fn take<'a>(bytes: &mut &'a [u8], count: usize) -> Option<&'a [u8]> {
    bytes.split_off(..count)
}

/// Returns the cell at `amount_at`, which never has quotes.
fn amount_cell(identity: &[u8], amount_at: usize) -> &[u8] {
    let rest = identity.get(amount_at..).unwrap_or_default();
    &rest[..rest.iter().position(|byte| *byte == b',').unwrap_or(rest.len())]
}

impl Packed {
    pub(super) fn key(&self) -> &[u8] {
        &self.text[..self.key]
    }

    /// Returns the cells that describe the transaction, as CSV: from [`Column::Time`] to the last before
    /// [`Column::FIRST_OF_FILE`].
    pub(super) fn identity(&self) -> &[u8] {
        &self.text[self.key..self.identity]
    }

    /// Returns [`Column::AmountRaw`] and [`Column::Raw`], as CSV.
    pub(super) fn tail(&self) -> &[u8] {
        &self.text[self.identity..]
    }

    /// Returns the identity and the tail, by which rows of one key are sorted in a run.
    pub(super) fn cells(&self) -> &[u8] {
        &self.text[self.key..]
    }

    pub(super) fn direction(&self) -> Direction {
        Direction::ALL.get(usize::from(self.flags & 3)).copied().unwrap_or(Direction::Neutral)
    }

    /// Returns the kind of its bill; `None` if the run has one kind for all rows.
    pub(super) fn kind(&self) -> Option<StatementKind> {
        StatementKind::ALL.get(usize::from(self.flags >> 2 & 3).checked_sub(1)?).copied()
    }

    /// Reports whether a spreadsheet destroyed one of its numbers.
    pub(super) fn is_destroyed(&self) -> bool {
        self.flags & DESTROYED != 0
    }

    /// Returns the year of its time; 0 if it has none.
    pub(super) fn year(&self) -> u16 {
        year(self.identity())
    }

    pub(super) fn amount(&self) -> Option<Money> {
        self.amount
    }

    /// Returns its currency.
    pub(super) fn currency(&self) -> Cow<'_, [u8]> {
        let identity = self.identity();
        let rest = identity.get(self.amount_at..).unwrap_or_default();
        let rest = rest.get(amount_cell(rest, 0).len() + 1..).unwrap_or_default();
        if self.amount_at == 0 || rest.first() == Some(&b'"') {
            return currency(identity);
        }
        Cow::Borrowed(amount_cell(rest, 0))
    }

    /// Returns its line number in its file.
    pub(super) fn line(&self) -> u64 {
        self.place & (u64::MAX >> BILL_BITS)
    }

    /// Returns the number of its bill in the file.
    pub(super) fn bill(&self) -> u16 {
        u16::try_from(self.place >> (u64::BITS - BILL_BITS)).unwrap_or(u16::MAX)
    }

    /// Returns bill and line as one number.
    pub(super) fn place(&self) -> u64 {
        self.place
    }

    /// Reports whether it has no number of the platform.
    pub(super) fn is_loose(&self) -> bool {
        self.key().starts_with(LOOSE)
    }

    /// Reads the next row of `reader`; returns `false` at its end.
    pub(super) fn read(&mut self, reader: &mut impl BufRead) -> io::Result<bool> {
        let buffered = reader.fill_buf()?;
        if buffered.is_empty() {
            return Ok(false);
        }
        let mut rest = buffered;
        if let Some(length) = take_length(&mut rest)
            && let Some(row) = rest.get(..length)
        {
            let end = buffered.len() - rest.len() + length;
            self.parse(row).ok_or(io::ErrorKind::InvalidData)?;
            reader.consume(end);
            return Ok(true);
        }
        // The row continues in the next block.
        let mut head = Vec::new();
        let length = loop {
            let mut byte = [0];
            reader.read_exact(&mut byte)?;
            head.push(byte[0]);
            if let Some(length) = take_number(&mut &head[..]) {
                break length;
            }
            if head.len() >= 10 {
                return Err(io::ErrorKind::InvalidData.into());
            }
        };
        // The length in a broken file may be anything.
        let mut row = Vec::new();
        reader.take(length).read_to_end(&mut row)?;
        if (row.len() as u64) < length {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.parse(&row).ok_or(io::ErrorKind::InvalidData)?;
        Ok(true)
    }

    /// Reads a row as [`Parts::push`] writes it, without its length.
    pub(super) fn parse(&mut self, mut row: &[u8]) -> Option<()> {
        let row = &mut row;
        self.flags = take(row, 1)?[0];
        let line = take_number(row)?;
        self.place = u64::from(u16::try_from(take_number(row)?).ok()?) << (u64::BITS - BILL_BITS) | line;
        let number = if self.flags & KEY_IN_CELL == 0 { None } else { Some((take_length(row)?, take_length(row)?)) };
        let rest_of_key = take_length(row)?;
        self.amount_at = take_length(row)?;
        let identity = take_length(row)?;
        let mark = if self.flags & TAIL_IS_AMOUNT == 0 { None } else { Some(take(row, 1)?[0]) };
        let other = if self.flags & OTHER_AMOUNT == 0 { None } else { Some((take(row, 1)?[0], take(row, 16)?)) };
        let (rest_of_key, identity) = (take(row, rest_of_key)?, take(row, identity)?);
        self.text.clear();
        if let Some((start, length)) = number {
            self.text.extend_from_slice(identity.get(start..start.checked_add(length)?)?);
        }
        self.text.extend_from_slice(rest_of_key);
        self.key = self.text.len();
        self.text.extend_from_slice(identity);
        self.identity = self.text.len();
        let amount = amount_cell(identity, self.amount_at);
        if let Some(mark) = mark {
            self.text.extend_from_slice(MARKS.get(usize::from(mark))?);
            self.text.extend_from_slice(amount);
            self.text.push(b',');
        }
        self.text.extend_from_slice(row);
        self.amount = match other {
            Some((is_some, units)) => {
                (is_some == 1).then_some(Money::from_units(i128::from_le_bytes(units.try_into().ok()?)))
            }
            None => Money::from_plain_bytes(amount),
        };
        Some(())
    }

    /// Reads the next row of a run of the first two formats; returns `false` at its end.
    pub(super) fn read_old(&mut self, reader: &mut impl Read) -> io::Result<bool> {
        let mut length = [0; 4];
        match reader.read_exact(&mut length) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(false),
            Err(error) => return Err(error),
        }
        let total = u32::from_le_bytes(length) as usize;
        let rest = total.checked_sub(OLD_HEAD).ok_or(io::ErrorKind::InvalidData)?;
        let mut head = [0; OLD_HEAD - 4];
        reader.read_exact(&mut head)?;
        self.text.clear();
        // The length in a broken file may be anything.
        reader.take(rest as u64).read_to_end(&mut self.text)?;
        if self.text.len() < rest {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.parse_old_head(&head).ok_or(io::ErrorKind::InvalidData)?;
        Ok(true)
    }

    /// Reads the head of a row whose `text` is read: the lengths of key and identity, direction, kind and destroyed
    /// numbers, the year, the amount, and the place.
    fn parse_old_head(&mut self, mut head: &[u8]) -> Option<()> {
        let head = &mut head;
        self.key = u32::from_le_bytes(take(head, 4)?.try_into().ok()?) as usize;
        self.identity = self.key + u32::from_le_bytes(take(head, 4)?.try_into().ok()?) as usize;
        let flags = take(head, 1)?[0];
        self.flags = flags & 0xf | if flags & OLD_DESTROYED == 0 { 0 } else { DESTROYED };
        let _year = take(head, 2)?;
        let has_amount = take(head, 1)?[0] == 1;
        let units = i128::from_le_bytes(take(head, 16)?.try_into().ok()?);
        self.amount = has_amount.then_some(Money::from_units(units));
        self.place = u64::from_le_bytes(take(head, 8)?.try_into().ok()?);
        self.amount_at = 0;
        (self.identity <= self.text.len()).then_some(())
    }

    /// Writes the row so that [`Packed::read`] can read it.
    pub(super) fn write(&self, writer: &mut impl Write) -> io::Result<()> {
        let mut bytes = Vec::with_capacity(self.text.len() + 64);
        let parts = Parts {
            key: self.key(),
            identity: self.identity(),
            tail: self.tail(),
            numbers: [0..0, 0..0],
            amount_at: self.amount_at,
            amount: self.amount,
            direction: self.direction(),
            kind: self.kind(),
            is_destroyed: self.is_destroyed(),
            bill: self.bill(),
            line: self.line(),
        };
        parts.push(&mut bytes);
        writer.write_all(&bytes)
    }
}

/// Returns the year of the time among the cells of a row; 0 if there is none.
pub(super) fn year(identity: &[u8]) -> u16 {
    let digits = identity.get(..4).and_then(|digits| std::str::from_utf8(digits).ok());
    digits.and_then(|digits| digits.parse().ok()).unwrap_or(0)
}

/// Returns the amount among the cells of a row.
pub(super) fn amount(identity: &[u8]) -> Option<Money> {
    let index = Column::Amount as usize - Column::Time as usize;
    Money::from_plain_bytes(cells(identity).into_iter().nth(index)?.as_bytes())
}

/// Returns the currency among the cells of a row that were written by [`push_cell`](super::merge::push_cell).
pub(super) fn currency(identity: &[u8]) -> Cow<'_, [u8]> {
    let index = Column::Currency as usize - Column::Time as usize;
    // Quotes are rare; without them, commas separate the cells.
    if memchr::memchr(b'"', identity).is_none() {
        return Cow::Borrowed(identity.split(|byte| *byte == b',').nth(index).unwrap_or_default());
    }
    Cow::Owned(cells(identity).into_iter().nth(index).unwrap_or_default().into_bytes())
}
