//! Determines the direction of a row's money, and the number that identifies the row across files.

use super::words;
use crate::model::statement::{Column, Direction, StatementKind};

/// Returns the direction of a row's money and the column that holds its amount.
pub(crate) fn direction(kind: StatementKind, cells: &[&str; Column::COUNT]) -> (Direction, Column) {
    if kind == StatementKind::Trade {
        match cells[Column::Status as usize] {
            "REFUND" => (Direction::Out, Column::Refund),
            "REVOKED" if !cells[Column::RefundNo as usize].is_empty() => (Direction::Out, Column::Refund),
            "REVOKED" => (Direction::Neutral, Column::Settled),
            // A bill that lists only refunds gives each refund's number.
            _ if !cells[Column::RefundNo as usize].is_empty() => (Direction::Out, Column::Refund),
            _ => (Direction::In, Column::Settled),
        }
    } else {
        let direction = direction_of(cells[Column::Direction as usize]);
        (direction.unwrap_or(Direction::Neutral), Column::Amount)
    }
}

/// Returns the direction that `word` names in any language of bills.
pub(crate) fn direction_of(word: &str) -> Option<Direction> {
    match word {
        "收入" => return Some(Direction::In),
        "支出" => return Some(Direction::Out),
        "/" | "其他" | "中性交易" | "" => return Some(Direction::Neutral),
        _ => {}
    }
    match words::plain(word).trim() {
        "收入" | "收" | "入" | "转入" | "入账" | "income" | "in" | "received" | "receive" | "incoming" | "credit" => {
            Some(Direction::In)
        }
        "支出" | "支" | "出" | "付" | "转出" | "出账" | "expense" | "expenses" | "expenditure" | "out" | "paid"
        | "payment" | "outgoing" | "debit" => Some(Direction::Out),
        "其它" | "其他" | "中性" | "中性交易" | "不计收支" | "neutral" | "other" | "others" | "neutraltransaction"
        | "-" | "--" => Some(Direction::Neutral),
        _ => None,
    }
}

/// Appends the identity of a row across files: the number of the refund, the transaction or the flow. Rows that can
/// share one number (a payment and its refund, a flow and its fee) are distinguished by a suffix after a slash.
pub(crate) fn key(kind: StatementKind, direction: Direction, cells: &[&str; Column::COUNT], key: &mut String) {
    let number = |column: Column| cells[column as usize];
    match kind {
        StatementKind::Trade => {
            let refund = number(Column::RefundNo);
            key.push_str(if refund.is_empty() { number(Column::TransactionNo) } else { refund });
            if refund.is_empty() && direction != Direction::In && !key.is_empty() {
                key.push('/');
                key.push_str(number(Column::Status));
            }
        }
        StatementKind::FundFlow => {
            let flow = number(Column::FlowNo);
            for part in [flow, number(Column::TransactionNo), number(Column::Type)] {
                if !key.is_empty() {
                    key.push('/');
                }
                key.push_str(part);
            }
            if flow.is_empty() && number(Column::TransactionNo).is_empty() {
                key.clear();
            }
        }
        StatementKind::Personal => {
            key.push_str(number(Column::TransactionNo));
            if !key.is_empty() {
                key.push('/');
                key.push_str(direction.code());
            }
        }
    }
}
