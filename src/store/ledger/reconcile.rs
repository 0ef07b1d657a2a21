//! Reconciles the rows of one number from several bills: which of them are the same row, which are earlier versions of
//! it, and which contradict each other.

use super::run::Run;
use super::sorted::{Head, cells};
use crate::model::statement::{Column, StatementKind};

/// The reconciled rows of one number.
pub(super) struct Reconciled {
    /// Distinct rows, sorted by their cells.
    pub(super) versions: Vec<Version>,
    /// First contradiction between two of them.
    pub(super) differs: Option<Difference>,
    /// First change between an earlier and a later version of one of them.
    pub(super) moved: Option<Difference>,
}

/// One distinct row.
pub(super) struct Version {
    /// Cells from [`Column::Time`] on.
    pub(super) cells: Vec<String>,
    /// Index in the group of the row that represents it.
    pub(super) head: usize,
    /// Bills that contain it: run and number in the run.
    pub(super) bills: Vec<(u32, u16)>,
}

/// The difference between two rows of a group.
pub(super) struct Difference {
    /// Index in the group of the row that represents the version.
    pub(super) first: usize,
    /// Index in the group of the other row.
    pub(super) second: usize,
    pub(super) columns: Vec<Column>,
}

/// Columns that may change between two exports of one payment.
const MOVING: &[Column] = &[
    Column::Status,
    Column::Refund,
    Column::CouponRefund,
    Column::RefundApplied,
    Column::RefundNo,
    Column::MerchantRefundNo,
    Column::RefundType,
    Column::RefundStatus,
    Column::RefundRequested,
    Column::RefundDone,
];

pub(super) fn cell(cells: &[String], column: Column) -> &str {
    cells.get(column as usize - Column::Time as usize).map_or("", String::as_str)
}

/// Reconciles the rows of `group`, which share a number. Rows of one bill are never combined.
pub(super) fn reconcile(runs: &[Run], group: &[Head]) -> Reconciled {
    let mut bills: Vec<(u32, u16)> = group.iter().map(|head| (head.run, head.row.bill())).collect();
    bills.sort_unstable();
    bills.dedup();
    // The latest bill comes first: its values take precedence.
    bills.sort_by(|one, other| {
        let made = |bill: &(u32, u16)| runs[bill.0 as usize].made(bill.1);
        made(other).cmp(made(one)).then(other.cmp(one))
    });
    let mut reconciled = Reconciled { versions: Vec::new(), differs: None, moved: None };
    for bill in bills {
        add(&mut reconciled, runs, group, bill);
    }
    reconciled.versions.sort_by(|one, other| one.cells.cmp(&other.cells).then(one.head.cmp(&other.head)));
    reconciled
}

/// Adds the rows of one bill.
fn add(reconciled: &mut Reconciled, runs: &[Run], group: &[Head], bill: (u32, u16)) {
    let mut rows: Vec<(usize, Vec<String>)> = (0..group.len())
        .filter(|index| (group[*index].run, group[*index].row.bill()) == bill)
        .map(|index| (index, cells(group[index].row.identity())))
        .collect();
    let kind = group[0].kind;
    let versions = &mut reconciled.versions;
    let known = versions.len();
    let is_free = |version: &Version| !version.bills.contains(&bill);
    // Exact matches come first, so that no other row is matched with their version.
    for exactly in [true, false] {
        rows.retain_mut(|(_, cells)| {
            let same = |version: &&mut Version| {
                is_free(version) && if exactly { version.cells == *cells } else { agree(&version.cells, cells) }
            };
            let Some(version) = versions[..known].iter_mut().find(same) else { return true };
            complete(&mut version.cells, cells);
            version.bills.push(bill);
            false
        });
    }
    for (index, mut cells) in rows {
        let moved = versions[..known].iter_mut().find(|version| {
            is_free(version) && differing(&version.cells, &cells).iter().all(|column| MOVING.contains(column))
        });
        if let Some(version) = moved {
            let columns = differing(&version.cells, &cells);
            // Of two bills made at the same time, the one with more of these cells filled is the later.
            let made = |head: usize| runs[group[head].run as usize].made(group[head].row.bill());
            let told = |cells: &[String]| MOVING.iter().filter(|column| !cell(cells, **column).is_empty()).count();
            if made(version.head) == made(index) && told(&cells) > told(&version.cells) {
                std::mem::swap(&mut version.cells, &mut cells);
                version.head = index;
            }
            complete(&mut version.cells, &cells);
            version.bills.push(bill);
            let first = version.head;
            reconciled.moved.get_or_insert(Difference { first, second: index, columns });
            continue;
        }
        // A personal refund shares the number of the payment it returns: at another time it is a different row.
        let other = versions[..known].iter_mut().find(|version| {
            let same_time = same_time(cell(&version.cells, Column::Time), cell(&cells, Column::Time));
            is_free(version) && (kind != StatementKind::Personal || same_time)
        });
        if let Some(version) = other {
            let columns = differing(&version.cells, &cells);
            // Each version is compared only once per bill.
            version.bills.push(bill);
            let first = version.head;
            reconciled.differs.get_or_insert(Difference { first, second: index, columns });
        }
        versions.push(Version { cells, head: index, bills: vec![bill] });
    }
}

/// Reports whether two rows of one number agree: a cell that only one of them has is no contradiction.
fn agree(one: &[String], other: &[String]) -> bool {
    one.len() == other.len() && differing(one, other).is_empty()
}

/// Returns the columns in which two rows contradict each other.
fn differing(one: &[String], other: &[String]) -> Vec<Column> {
    let columns = Column::ALL[Column::Time as usize..].iter().zip(one.iter().zip(other));
    columns
        .filter(|(column, (one, other))| {
            let same = one == other || one.is_empty() || other.is_empty();
            !(same || **column == Column::Time && same_time(one, other))
        })
        .map(|(column, _)| *column)
        .collect()
}

/// Reports whether two times are the same: a spreadsheet that does not show seconds does not save them.
pub(super) fn same_time(one: &str, other: &str) -> bool {
    let bare = |time: &str| time.get(17..19) == Some("00");
    one == other || (one.len() >= 19 && one.get(..16) == other.get(..16) && (bare(one) || bare(other)))
}

/// Fills empty cells, and a time without seconds, from `other`.
fn complete(cells: &mut [String], other: &[String]) {
    for (index, (cell, other)) in cells.iter_mut().zip(other).enumerate() {
        let finer = index == 0 && *cell != *other && cell.get(17..19) == Some("00");
        if (cell.is_empty() || finer) && !other.is_empty() {
            cell.clone_from(other);
        }
    }
}
