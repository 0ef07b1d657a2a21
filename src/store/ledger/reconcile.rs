//! The rows of one number out of several bills: which of them are one row, which are that row as it was before, and which
//! contradict each other.

use super::run::Run;
use super::sorted::{Head, cells};
use crate::model::statement::{Column, StatementKind};

/// What one number comes to.
pub(super) struct Reconciled {
    /// Its rows, in the order of their cells.
    pub(super) versions: Vec<Version>,
    /// Two of them contradict each other.
    pub(super) differs: Option<Difference>,
    /// A later bill says more of one of them.
    pub(super) moved: Option<Difference>,
}

/// One row.
pub(super) struct Version {
    /// From [`Column::Time`] on.
    pub(super) cells: Vec<String>,
    /// The row of the group that stands for it.
    pub(super) head: usize,
    /// The bills it stands in: run and number in the run.
    pub(super) bills: Vec<(u32, u16)>,
}

/// Where two rows of a group differ.
pub(super) struct Difference {
    /// The row that stands, in the group.
    pub(super) first: usize,
    /// The other one.
    pub(super) second: usize,
    pub(super) columns: Vec<Column>,
}

/// Columns that move on between two exports of one payment.
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

/// Lays the rows of `group`, which share a number, one over the other. Rows of one bill are never one row.
pub(super) fn reconcile(runs: &[Run], group: &[Head]) -> Reconciled {
    let mut bills: Vec<(u32, u16)> = group.iter().map(|head| (head.run, head.row.bill())).collect();
    bills.sort_unstable();
    bills.dedup();
    // The latest first: what it says stands.
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
    // What is the same word for word first, so that no other row takes its place.
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
            // Of two bills made at one time, the one that tells of more is the later.
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
        // A person's refunds share the number of what they give back: at another time it is another row.
        let other = versions[..known].iter_mut().find(|version| {
            let same_time = same_time(cell(&version.cells, Column::Time), cell(&cells, Column::Time));
            is_free(version) && (kind != StatementKind::Personal || same_time)
        });
        if let Some(version) = other {
            let columns = differing(&version.cells, &cells);
            // It is compared once.
            version.bills.push(bill);
            let first = version.head;
            reconciled.differs.get_or_insert(Difference { first, second: index, columns });
        }
        versions.push(Version { cells, head: index, bills: vec![bill] });
    }
}

/// Whether two rows of one number say the same: what only one of them says is no contradiction.
fn agree(one: &[String], other: &[String]) -> bool {
    one.len() == other.len() && differing(one, other).is_empty()
}

/// The columns in which two rows contradict each other.
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

/// Whether two times are one: a spreadsheet that shows no seconds has saved none.
pub(super) fn same_time(one: &str, other: &str) -> bool {
    let bare = |time: &str| time.get(17..19) == Some("00");
    one == other || (one.len() >= 19 && one.get(..16) == other.get(..16) && (bare(one) || bare(other)))
}

/// Takes from `other` what `cells` do not say.
fn complete(cells: &mut [String], other: &[String]) {
    for (index, (cell, other)) in cells.iter_mut().zip(other).enumerate() {
        let finer = index == 0 && *cell != *other && cell.get(17..19) == Some("00");
        if (cell.is_empty() || finer) && !other.is_empty() {
            cell.clone_from(other);
        }
    }
}
