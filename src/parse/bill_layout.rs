//! The columns of bills, declared: which header means which column of the ledger, how its cells are read, and what the
//! declared totals are totals of. Headers are looked up by name, never by position.

use super::table::{Record, column_name};
use crate::model::statement::{Column, Direction, StatementKind};

/// How a cell is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reading {
    /// Merchant's text, with the platform's escapes for commas and line breaks.
    Escaped,
    /// An amount.
    Money,
    /// An id, of which `0` says that there is none.
    Number,
    /// Text.
    Text,
    /// A wall time.
    Time,
}

/// One column of a layout.
pub(super) struct Known {
    /// Its headers, in the form of [`column_name`].
    pub names: &'static [&'static str],
    pub column: Column,
    pub reading: Reading,
}

/// What a declared total is the total of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Total {
    /// Number of rows.
    Rows,
    /// Number of rows of one direction.
    RowsOf(Direction),
    /// Sum of a column.
    Sum(Column),
    /// Sum of the amounts of one direction.
    SumOf(Direction),
}

/// A kind of bill.
pub(super) struct Layout {
    pub kind: StatementKind,
    /// Headers without which it is not this kind.
    pub marks: &'static [&'static str],
    pub columns: &'static [Known],
    /// Headers of the summary behind the rows; the first of them begins it.
    pub summary: &'static [(&'static str, Total)],
}

const fn known(names: &'static [&'static str], column: Column, reading: Reading) -> Known {
    Known { names, column, reading }
}

/// The person's bill.
static PERSONAL: Layout = Layout {
    kind: StatementKind::Personal,
    marks: &["交易时间", "交易类型", "收/支", "当前状态", "交易单号"],
    columns: &[
        known(&["交易时间"], Column::Time, Reading::Time),
        known(&["交易类型"], Column::Type, Reading::Text),
        known(&["交易对方"], Column::Counterparty, Reading::Text),
        known(&["商品"], Column::Item, Reading::Text),
        known(&["收/支"], Column::Direction, Reading::Text),
        known(&["金额(元)", "金额"], Column::Amount, Reading::Money),
        known(&["支付方式"], Column::Method, Reading::Text),
        known(&["当前状态"], Column::Status, Reading::Text),
        known(&["交易单号"], Column::TransactionNo, Reading::Text),
        known(&["商户单号"], Column::MerchantNo, Reading::Text),
        known(&["备注"], Column::Note, Reading::Text),
    ],
    summary: &[],
};

/// A merchant's trade bill: ALL (27 columns), SUCCESS (20), REFUND (29) and the older 24.
static TRADE: Layout = Layout {
    kind: StatementKind::Trade,
    marks: &["交易时间", "商户号", "微信订单号", "商户订单号", "交易状态"],
    columns: &[
        known(&["交易时间"], Column::Time, Reading::Time),
        known(&["公众账号ID"], Column::AppId, Reading::Text),
        known(&["商户号"], Column::Account, Reading::Text),
        known(&["特约商户号", "子商户号"], Column::SubAccount, Reading::Number),
        known(&["设备号"], Column::Device, Reading::Escaped),
        known(&["微信订单号"], Column::TransactionNo, Reading::Number),
        known(&["商户订单号"], Column::MerchantNo, Reading::Text),
        known(&["用户标识"], Column::Payer, Reading::Text),
        known(&["交易类型"], Column::Type, Reading::Text),
        known(&["交易状态"], Column::Status, Reading::Text),
        known(&["付款银行"], Column::Method, Reading::Text),
        known(&["货币种类"], Column::Currency, Reading::Text),
        known(&["应结订单金额", "总金额"], Column::Settled, Reading::Money),
        known(&["代金券金额", "代金券或立减优惠金额"], Column::Coupon, Reading::Money),
        known(&["退款申请时间"], Column::RefundRequested, Reading::Time),
        known(&["退款成功时间"], Column::RefundDone, Reading::Time),
        known(&["微信退款单号"], Column::RefundNo, Reading::Number),
        known(&["商户退款单号"], Column::MerchantRefundNo, Reading::Number),
        known(&["退款金额"], Column::Refund, Reading::Money),
        known(&["充值券退款金额", "代金券或立减优惠退款金额"], Column::CouponRefund, Reading::Money),
        known(&["退款类型"], Column::RefundType, Reading::Text),
        known(&["退款状态"], Column::RefundStatus, Reading::Text),
        known(&["商品名称"], Column::Item, Reading::Escaped),
        known(&["商户数据包"], Column::Attach, Reading::Escaped),
        known(&["手续费"], Column::Fee, Reading::Money),
        known(&["费率"], Column::FeeRate, Reading::Text),
        known(&["订单金额"], Column::OrderAmount, Reading::Money),
        known(&["申请退款金额"], Column::RefundApplied, Reading::Money),
        known(&["费率备注"], Column::Note, Reading::Escaped),
    ],
    summary: &[
        ("总交易单数", Total::Rows),
        ("应结订单总金额", Total::Sum(Column::Settled)),
        ("总交易额", Total::Sum(Column::Settled)),
        ("退款总金额", Total::Sum(Column::Refund)),
        ("总退款金额", Total::Sum(Column::Refund)),
        ("充值券退款总金额", Total::Sum(Column::CouponRefund)),
        ("总代金券或立减优惠退款金额", Total::Sum(Column::CouponRefund)),
        ("手续费总金额", Total::Sum(Column::Fee)),
        ("订单总金额", Total::Sum(Column::OrderAmount)),
        ("申请退款总金额", Total::Sum(Column::RefundApplied)),
    ],
};

/// A merchant's fund-flow bill, of any of the three accounts.
static FUND_FLOW: Layout = Layout {
    kind: StatementKind::FundFlow,
    marks: &["记账时间", "资金流水单号", "收支类型"],
    columns: &[
        known(&["记账时间"], Column::Time, Reading::Time),
        known(&["微信支付业务单号"], Column::TransactionNo, Reading::Number),
        known(&["资金流水单号"], Column::FlowNo, Reading::Number),
        known(&["业务名称"], Column::Item, Reading::Text),
        known(&["业务类型"], Column::Type, Reading::Text),
        known(&["收支类型"], Column::Direction, Reading::Text),
        known(&["收支金额(元)", "收支金额"], Column::Amount, Reading::Money),
        known(&["账户结余(元)", "账户结余"], Column::Balance, Reading::Money),
        known(&["资金变更提交申请人"], Column::Counterparty, Reading::Text),
        known(&["备注"], Column::Note, Reading::Escaped),
        known(&["业务凭证号"], Column::MerchantNo, Reading::Text),
    ],
    summary: &[
        ("资金流水总笔数", Total::Rows),
        ("收入笔数", Total::RowsOf(Direction::In)),
        ("收入金额", Total::SumOf(Direction::In)),
        ("支出笔数", Total::RowsOf(Direction::Out)),
        ("支出金额", Total::SumOf(Direction::Out)),
    ],
};

static LAYOUTS: [&Layout; 3] = [&FUND_FLOW, &PERSONAL, &TRADE];

impl Layout {
    /// The layout whose header `record` is.
    pub(super) fn of_header(record: &Record) -> Option<&'static Self> {
        // Cheap for the many rows that are none: every header has this many columns.
        if record.len() < 8 {
            return None;
        }
        let names: Vec<String> = record.iter().map(column_name).collect();
        LAYOUTS.into_iter().find(|layout| layout.marks.iter().all(|mark| names.iter().any(|name| name == mark)))
    }

    /// The known column that `header` names.
    pub(super) fn column(&'static self, header: &str) -> Option<&'static Known> {
        self.columns.iter().find(|known| known.names.contains(&header))
    }

    /// Whether `cell`, the first of a row, begins the summary.
    pub(super) fn begins_summary(&self, cell: &str) -> bool {
        self.summary.first().is_some_and(|(name, _)| *name == cell)
    }

    /// What the declared total `name` is the total of.
    pub(super) fn total(&self, name: &str) -> Option<Total> {
        self.summary.iter().find(|(known, _)| *known == name).map(|(_, total)| *total)
    }
}

/// The kind of bill whose header `record` is.
pub fn kind_of_header(record: &Record) -> Option<StatementKind> {
    Layout::of_header(record).map(|layout| layout.kind)
}
