//! Declares the columns of bills: which header maps to which column of the ledger, how its cells are read, and what the
//! declared totals count. Headers are looked up by name, never by position.

use super::words::name;
use crate::model::statement::{Column, Direction, StatementKind};
use crate::parse::table::{Record, clean};

/// The way a cell is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reading {
    /// A merchant's text, with the platform's escapes for commas and line breaks.
    Escaped,
    /// An amount.
    Money,
    /// An order number of the platform, where `0` means that there is none.
    Number,
    /// An order number issued by another party.
    Id,
    /// Text.
    Text,
    /// A wall-clock time.
    Time,
}

/// One column of a layout.
pub(crate) struct Known {
    /// Headers of the column, in the form of [`name`]; anything in parentheses after a header is ignored.
    pub names: &'static [&'static str],
    pub column: Column,
    pub reading: Reading,
}

/// The quantity that a declared total counts or sums.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Total {
    /// The number of rows.
    Rows,
    /// The number of rows of one direction.
    RowsOf(Direction),
    /// The sum of a column.
    Sum(Column),
    /// The sum of the amounts of one direction.
    SumOf(Direction),
}

/// The layout of one kind of bill.
pub(crate) struct Layout {
    pub kind: StatementKind,
    /// Columns that every bill of this kind has.
    pub marks: &'static [Column],
    /// Minimum number of known columns in the header, in case some were deleted.
    pub fewest: usize,
    pub columns: &'static [Known],
    /// Headers of the summary after the rows; the first of them marks its start.
    pub summary: &'static [(&'static str, Total)],
}

const fn known(names: &'static [&'static str], column: Column, reading: Reading) -> Known {
    Known { names, column, reading }
}

/// The layout of a personal bill: simplified and traditional Chinese headers, those of the PDF's table, and English
/// ones.
static PERSONAL: Layout = Layout {
    kind: StatementKind::Personal,
    marks: &[Column::Time, Column::Type, Column::Direction, Column::Amount],
    fewest: 7,
    columns: &[
        known(
            &["交易时间", "交易日期", "支付时间", "transactiontime", "transactiondate", "time", "date", "date/time"],
            Column::Time,
            Reading::Time,
        ),
        known(&["交易类型", "transactiontype", "type", "category"], Column::Type, Reading::Text),
        known(
            &[
                "交易对方",
                "对方",
                "交易对象",
                "对方名称",
                "counterparty",
                "counterpart",
                "payee",
                "payer",
                "payee/payer",
                "otherparty",
                "transactionpartner",
                "merchant",
                "merchantname",
            ],
            Column::Counterparty,
            Reading::Text,
        ),
        known(
            &["商品", "商品名称", "商品说明", "product", "products", "goods", "item", "items", "description"],
            Column::Item,
            Reading::Text,
        ),
        known(
            &[
                "收/支",
                "收支",
                "收/支/其他",
                "收入/支出",
                "收/付",
                "收支类型",
                "收支方向",
                "income/expense",
                "income/expenses",
                "expense/income",
                "income/expenditure",
                "in/out",
                "direction",
            ],
            Column::Direction,
            Reading::Text,
        ),
        known(&["金额", "交易金额", "amount", "transactionamount"], Column::Amount, Reading::Money),
        known(
            &["币种", "货币", "货币种类", "货币类型", "交易币种", "币别", "currency", "currencytype"],
            Column::Currency,
            Reading::Text,
        ),
        known(
            &["支付方式", "付款方式", "交易方式", "paymentmethod", "method", "paidwith", "paymenttype"],
            Column::Method,
            Reading::Text,
        ),
        known(
            &["当前状态", "交易状态", "状态", "currentstatus", "status", "transactionstatus"],
            Column::Status,
            Reading::Text,
        ),
        known(
            &[
                "交易单号",
                "交易编号",
                "交易号",
                "微信订单号",
                "微信支付单号",
                "transactionid",
                "transactionno.",
                "transactionno",
                "transactionnumber",
                "transactionordernumber",
                "transactionorderno.",
            ],
            Column::TransactionNo,
            Reading::Number,
        ),
        known(
            &[
                "商户单号",
                "商户订单号",
                "商家单号",
                "merchantorderno.",
                "merchantorderno",
                "merchantordernumber",
                "merchantorderid",
                "merchantid",
                "merchantno.",
                "merchantnumber",
            ],
            Column::MerchantNo,
            Reading::Id,
        ),
        known(&["备注", "附言", "remarks", "remark", "note", "notes", "memo"], Column::Note, Reading::Text),
    ],
    summary: &[],
};

/// The layout of a merchant's trade bill: ALL (27 columns), SUCCESS (20), REFUND (29) and the older one of 24. The
/// English headers are those of the cross-border interface.
static TRADE: Layout = Layout {
    kind: StatementKind::Trade,
    marks: &[Column::Time, Column::Status, Column::TransactionNo],
    fewest: 7,
    columns: &[
        known(&["交易时间", "transactiontime"], Column::Time, Reading::Time),
        known(&["公众账号id", "officialaccountid", "appid"], Column::AppId, Reading::Text),
        known(&["商户号", "vendorid", "merchantid", "mchid"], Column::Account, Reading::Text),
        known(&["特约商户号", "子商户号", "subvendorid", "submerchantid"], Column::SubAccount, Reading::Number),
        known(&["设备号", "deviceid"], Column::Device, Reading::Escaped),
        known(&["微信订单号", "wechatordernumber", "wechatorderno."], Column::TransactionNo, Reading::Number),
        known(&["商户订单号", "vendorordernumber", "merchantordernumber"], Column::MerchantNo, Reading::Id),
        known(&["用户标识", "usertag", "openid"], Column::Payer, Reading::Text),
        known(&["交易类型", "transactiontype"], Column::Type, Reading::Text),
        known(&["交易状态", "transactionstatus"], Column::Status, Reading::Text),
        known(&["付款银行", "paymentbank"], Column::Method, Reading::Text),
        known(&["货币种类", "currencytype", "currency"], Column::Currency, Reading::Text),
        known(&["应结订单金额", "总金额", "totalamount"], Column::Settled, Reading::Money),
        known(
            &["代金券金额", "代金券或立减优惠金额", "企业红包金额", "couponamount", "redpacketamount"],
            Column::Coupon,
            Reading::Money,
        ),
        known(&["退款申请时间"], Column::RefundRequested, Reading::Time),
        known(&["退款成功时间"], Column::RefundDone, Reading::Time),
        known(&["微信退款单号", "wechatrefundnumber"], Column::RefundNo, Reading::Number),
        known(&["商户退款单号", "vendorrefundnumber"], Column::MerchantRefundNo, Reading::Number),
        known(&["退款金额", "refundamount"], Column::Refund, Reading::Money),
        known(
            &["充值券退款金额", "代金券或立减优惠退款金额", "企业红包退款金额", "couponrefundamount"],
            Column::CouponRefund,
            Reading::Money,
        ),
        known(&["退款类型", "refundtype"], Column::RefundType, Reading::Text),
        known(&["退款状态", "refundstatus"], Column::RefundStatus, Reading::Text),
        known(&["商品名称", "productname"], Column::Item, Reading::Escaped),
        known(&["商户数据包", "vendor'sdatapackage", "vendorsdatapackage"], Column::Attach, Reading::Escaped),
        known(&["手续费", "fee", "servicecharge"], Column::Fee, Reading::Money),
        known(&["费率", "rate"], Column::FeeRate, Reading::Text),
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
        ("总企业红包退款金额", Total::Sum(Column::CouponRefund)),
        ("手续费总金额", Total::Sum(Column::Fee)),
        ("订单总金额", Total::Sum(Column::OrderAmount)),
        ("申请退款总金额", Total::Sum(Column::RefundApplied)),
    ],
};

/// The layout of a merchant's fund-flow bill, for any of the three accounts.
static FUND_FLOW: Layout = Layout {
    kind: StatementKind::FundFlow,
    marks: &[Column::Time, Column::FlowNo, Column::Direction, Column::Amount],
    fewest: 5,
    columns: &[
        known(&["记账时间"], Column::Time, Reading::Time),
        known(&["微信支付业务单号"], Column::TransactionNo, Reading::Number),
        known(&["资金流水单号"], Column::FlowNo, Reading::Number),
        known(&["业务名称"], Column::Item, Reading::Text),
        known(&["业务类型"], Column::Type, Reading::Text),
        known(&["收支类型"], Column::Direction, Reading::Text),
        known(&["收支金额"], Column::Amount, Reading::Money),
        known(&["账户结余"], Column::Balance, Reading::Money),
        known(&["资金变更提交申请人"], Column::Counterparty, Reading::Text),
        known(&["备注"], Column::Note, Reading::Escaped),
        known(&["业务凭证号"], Column::MerchantNo, Reading::Id),
    ],
    summary: &[
        ("资金流水总笔数", Total::Rows),
        ("收入笔数", Total::RowsOf(Direction::In)),
        ("收入金额", Total::SumOf(Direction::In)),
        ("支出笔数", Total::RowsOf(Direction::Out)),
        ("支出金额", Total::SumOf(Direction::Out)),
    ],
};

static LAYOUTS: [&Layout; 3] = [&FUND_FLOW, &TRADE, &PERSONAL];

/// Reports whether the parentheses after the header of amounts name a unit other than the currency's own. No bill of
/// the platform does so, and the cells would be misread.
fn is_other_unit(said: &str) -> bool {
    said.contains(['万', '千', '百', '亿', '角', '分'])
        || ["cent", "fen", "thousand"].iter().any(|unit| said.contains(unit))
}

/// Minimum number of columns of a bill that its preamble identifies as personal.
const FEWEST_NAMED: usize = 4;

impl Layout {
    /// Returns the layout whose header `record` is. After a personal preamble (`named`), deleted columns are tolerated.
    pub(crate) fn of_header(record: &Record, named: bool) -> Option<&'static Self> {
        // A cheap check for the many rows that are not headers.
        if record.len() < FEWEST_NAMED {
            return None;
        }
        let names: Vec<String> = record.iter().map(name).collect();
        let has = |layout: &'static Self, column: Column| {
            names.iter().any(|name| layout.column(name).is_some_and(|known| known.column == column))
        };
        let count = |layout: &'static Self| layout.columns.iter().filter(|known| has(layout, known.column)).count();
        let found = LAYOUTS
            .into_iter()
            .find(|layout| layout.marks.iter().all(|mark| has(layout, *mark)) && count(layout) >= layout.fewest);
        found.or_else(|| {
            let enough = named && count(&PERSONAL) >= FEWEST_NAMED;
            (enough && has(&PERSONAL, Column::Time) && has(&PERSONAL, Column::Amount)).then_some(&PERSONAL)
        })
    }

    /// Returns the layout of a personal bill.
    pub(crate) fn personal() -> &'static Self {
        &PERSONAL
    }

    /// Returns the known column that `header`, in the form of [`name`], names.
    pub(crate) fn column(&'static self, header: &str) -> Option<&'static Known> {
        let (bare, said) = header.split_once('(').unwrap_or((header, ""));
        let exact = self.columns.iter().find(|known| known.names.contains(&header));
        let found = exact.or_else(|| self.columns.iter().find(|known| !bare.is_empty() && known.names.contains(&bare)));
        found.filter(|known| known.reading != Reading::Money || !is_other_unit(said))
    }

    /// Reports whether `cell`, the first of a row, begins the summary.
    pub(crate) fn begins_summary(&self, cell: &str) -> bool {
        // Nearly every row begins with a digit, and no name of a total does.
        !clean(cell).starts_with(|letter: char| letter.is_ascii_digit())
            && self.summary.first().is_some_and(|(known, _)| *known == name(cell))
    }

    /// Returns the quantity that the declared total `name` counts or sums.
    pub(crate) fn total(&self, header: &str) -> Option<Total> {
        let header = name(header);
        self.summary.iter().find(|(known, _)| *known == header).map(|(_, total)| *total)
    }
}
