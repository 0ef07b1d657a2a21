//! Matches rows without a number: from bills that lost their numbers, or whose numbers a spreadsheet destroyed. Such a
//! row is identified by its minute, its amount and its texts; it may match a row of another file, but never one of its
//! own.

use std::collections::{BTreeMap, HashSet};

use super::reconcile::{Version, cell, same_time};
use super::sorted::{Head, cells};
use crate::model::Sha256;
use crate::model::statement::{Column, StatementKind};

/// Texts that must not contradict each other.
const TEXTS: [Column; 5] = [Column::Type, Column::Counterparty, Column::Item, Column::Method, Column::Note];

/// The digest of a row's identifying cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct RowKey([u8; 16]);

/// One row, reduced to the compared values, since a large bill may consist of such rows.
struct Row {
    time: [u8; 19],
    texts: [u32; TEXTS.len()],
    run: u32,
    place: u64,
    bill: u16,
    taken: bool,
}

/// All rows without a number, by their identifying cells.
#[derive(Default)]
pub(super) struct Loose {
    rows: BTreeMap<RowKey, Vec<Row>>,
    taken: HashSet<(u32, u64)>,
}

fn short(text: &str) -> [u8; 16] {
    let mut short = [0; 16];
    short.copy_from_slice(&Sha256::of(text.as_bytes()).as_bytes()[..16]);
    short
}

/// Returns the key of a row: minute, direction, amount and currency, or all cells of a row without time or amount.
fn look(kind: StatementKind, cells: &[String]) -> RowKey {
    let of = |column: Column| cell(cells, column);
    let (time, amount) = (of(Column::Time), of(Column::Amount));
    let look = match time.get(..16).filter(|_| !amount.is_empty()) {
        Some(minute) => [minute, of(Column::Direction), amount, of(Column::Currency)].join("\u{1f}"),
        None => cells.join("\u{1f}"),
    };
    RowKey(short(&format!("{}\u{1f}{look}", kind.code())))
}

fn texts(cells: &[String]) -> [u32; TEXTS.len()] {
    TEXTS.map(|column| {
        let text = cell(cells, column).trim();
        let bytes = short(text);
        if text.is_empty() { 0 } else { u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]) | 1 }
    })
}

fn time(cells: &[String]) -> [u8; 19] {
    let mut time = [0; 19];
    if let Some(text) = cell(cells, Column::Time).as_bytes().get(..19) {
        time.copy_from_slice(text);
    }
    time
}

fn compatible(one: (&[u8; 19], &[u32]), other: (&[u8; 19], &[u32])) -> bool {
    let text = |time: &[u8; 19]| String::from_utf8_lossy(time).into_owned();
    let times = one.0 == other.0 || same_time(&text(one.0), &text(other.0));
    times && one.1.iter().zip(other.1).all(|(one, other)| one == other || *one == 0 || *other == 0)
}

impl Loose {
    pub(super) fn is_some(&self) -> bool {
        !self.rows.is_empty()
    }

    pub(super) fn add(&mut self, head: &Head) {
        let cells = cells(head.row.identity());
        self.rows.entry(look(head.kind, &cells)).or_default().push(Row {
            time: time(&cells),
            texts: texts(&cells),
            run: head.run,
            place: head.row.place(),
            bill: head.row.bill(),
            taken: false,
        });
    }

    /// Marks the rows that match `version`, a row with a number: one row of each bill that does not contain it.
    pub(super) fn take(&mut self, kind: StatementKind, version: &Version) {
        let Some(rows) = self.rows.get_mut(&look(kind, &version.cells)) else { return };
        let (time, texts) = (time(&version.cells), texts(&version.cells));
        let mut bills: Vec<(u32, u16)> = rows.iter().map(|row| (row.run, row.bill)).collect();
        bills.sort_unstable();
        bills.dedup();
        for bill in bills.into_iter().filter(|bill| !version.bills.contains(bill)) {
            let fits = |row: &&mut Row| {
                !row.taken && (row.run, row.bill) == bill && compatible((&row.time, &row.texts), (&time, &texts))
            };
            // A row with the same second takes precedence over one without seconds.
            let exact = rows.iter_mut().filter(fits).min_by_key(|row| (row.time != time, row.place));
            if let Some(row) = exact {
                row.taken = true;
            }
        }
    }

    /// Matches the remaining rows with each other: a row is kept once, however many bills have it.
    pub(super) fn settle(&mut self) {
        for rows in self.rows.values_mut() {
            // The most complete rows come first.
            rows.sort_by_key(|row| {
                let said = row.texts.iter().filter(|text| **text != 0).count() + usize::from(&row.time[17..] != b"00");
                (std::cmp::Reverse(said), row.run, row.place)
            });
            for index in 0..rows.len() {
                if rows[index].taken {
                    continue;
                }
                let (run, bill) = (rows[index].run, rows[index].bill);
                let mut seen = HashSet::from([(run, bill)]);
                for other in index + 1..rows.len() {
                    let (one, row) = (&rows[index], &rows[other]);
                    let fits = compatible((&one.time, &one.texts), (&row.time, &row.texts));
                    if !row.taken && fits && seen.insert((row.run, row.bill)) {
                        rows[other].taken = true;
                    }
                }
            }
            self.taken.extend(rows.iter().filter(|row| row.taken).map(|row| (row.run, row.place)));
        }
    }

    /// Reports whether the row matches another one and is left out.
    pub(super) fn is_taken(&self, head: &Head) -> bool {
        self.taken.contains(&(head.run, head.row.place()))
    }
}
