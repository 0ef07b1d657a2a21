//! Bills: what a statement declares, what its rows add up to, and the one form of a row in the ledger.

use serde::{Deserialize, Serialize};

use super::Sha256;
use super::money::Money;
use crate::error::Result;

/// Which kind of bill.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum StatementKind {
    /// A merchant's fund-flow bill (资金账单).
    FundFlow,
    /// A person's WeChat Pay bill (微信支付账单明细).
    Personal,
    /// A merchant's trade bill (交易账单).
    Trade,
}

impl StatementKind {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::FundFlow, Self::Personal, Self::Trade];

    /// As in the ledger.
    pub fn code(self) -> &'static str {
        match self {
            Self::FundFlow => "fund_flow",
            Self::Personal => "personal",
            Self::Trade => "trade",
        }
    }
}

/// Which way the money went, seen from the holder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// To the holder (收入).
    In,
    /// From the holder (支出), refunds given among it.
    Out,
    /// Neither: between the holder's own places, or undone (中性交易).
    Neutral,
}

impl Direction {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::In, Self::Out, Self::Neutral];

    /// As in the ledger.
    pub fn code(self) -> &'static str {
        match self {
            Self::In => "in",
            Self::Out => "out",
            Self::Neutral => "neutral",
        }
    }
}

/// A statement that was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statement {
    /// Which kind.
    pub kind: StatementKind,
    /// Layout as recognised: `trade-27`, `personal-xlsx-2026` …
    pub layout: String,
    /// Merchant number, or nickname of a personal bill.
    pub holder: Option<String>,
    /// First day it covers, as declared or by its rows (`2026-05-01`).
    pub from: Option<String>,
    /// Last day it covers.
    pub to: Option<String>,
    /// When it was made, or else the last day it covers, in a form that sorts: of two bills the later one knows more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub made: Option<String>,
    /// How many rows it has.
    pub rows: u64,
    /// Declared totals by their own names, exact decimal text.
    pub declared: Vec<(String, String)>,
    /// The same totals by the rows; none of a column that the file does not have.
    pub computed: Vec<(String, String)>,
}

impl Statement {
    /// Whether it declares totals and its rows add up to every one of them.
    pub fn adds_up(&self) -> bool {
        let agrees =
            |declared: &(String, String)| self.computed.iter().all(|sum| sum.0 != declared.0 || sum == declared);
        !self.declared.is_empty() && self.declared.iter().all(agrees)
    }
}

/// What `billing/statements.json` says of one statement: an archive tells by itself what its bills cover.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    /// Digest of the file it stands in; several statements may stand in one.
    pub sha256: Sha256,
    /// That file, inside the private bag's `data/`.
    pub file: String,
    /// What it says.
    #[serde(flatten)]
    pub statement: Statement,
}

/// `billing/statements.json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldStatements {
    /// `liudi/statements/v1`.
    pub schema: String,
    /// In the order of their digests, those of one file in their order in it.
    pub statements: Vec<Held>,
}

/// The schema of `billing/statements.json`.
pub const STATEMENTS_SCHEMA: &str = "liudi/statements/v1";

/// A row of a statement on its way to the ledger.
#[derive(Clone, Copy, Debug)]
pub struct Row<'a> {
    /// Which kind of bill it stands in.
    pub kind: StatementKind,
    /// Its transaction, refund or flow number: identity across files of one kind.
    pub key: &'a str,
    /// Which way the money went.
    pub direction: Direction,
    /// The year in Beijing; 0 where the time cannot be read.
    pub year: u16,
    /// The amount that moved; `None` where it cannot be read.
    pub amount: Option<Money>,
    /// Which bill of its file it stands in, from 0: several may lie one under the other, or in sheets.
    pub bill: u16,
    /// Where it stands in its file, from 1.
    pub line: u64,
    /// A spreadsheet destroyed a number of it.
    pub is_destroyed: bool,
    /// Cells by [`Column`], empty where the statement does not say it. [`Column::Kind`], [`Column::Key`],
    /// [`Column::Direction`], [`Column::AmountFen`], [`Column::Statement`] and [`Column::Line`] are filled in by the
    /// ledger.
    pub cells: &'a [&'a str; Column::COUNT],
}

/// Takes statement rows, keyed by the statement's evidence. Rows never go through the catalog.
pub trait LedgerSink: Sync {
    /// Starts the rows of one statement, which people call `name`.
    fn open(&self, statement: Sha256, name: &str) -> Result<Box<dyn LedgerRows + '_>>;
}

/// The rows of one statement. Dropped before [`LedgerRows::close`], they are as if never given.
pub trait LedgerRows {
    /// One row.
    fn row(&mut self, row: &Row<'_>) -> Result<()>;
    /// Says when the bill `bill` of the file was made, as [`Statement::made`].
    fn made(&mut self, _bill: u16, _made: &str) {}
    /// No more rows; they are durable after this.
    fn close(self: Box<Self>) -> Result<()>;
}

/// Type of a column, as Frictionless calls it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnType {
    /// RFC 3339 with offset.
    DateTime,
    /// Whole number.
    Integer,
    /// Exact decimal text.
    Number,
    /// Text, ids among it.
    Text,
}

macro_rules! columns {
    ($($(#[$meta:meta])* $name:ident = $code:literal, $kind:ident, $title:literal;)*) => {
        /// A column of the ledger.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Column {
            $($(#[$meta])* $name,)*
        }

        impl Column {
            /// All columns in order.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// How many there are.
            pub const COUNT: usize = Self::ALL.len();

            /// Its name in the header.
            pub fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            /// Its type.
            pub fn kind(self) -> ColumnType {
                match self { $(Self::$name => ColumnType::$kind,)* }
            }

            /// What it is called in Chinese.
            pub fn title(self) -> &'static str {
                match self { $(Self::$name => $title,)* }
            }
        }
    };
}

columns! {
    /// [`StatementKind::code`].
    Kind = "kind", Text, "账单种类";
    /// Identity within the kind.
    Key = "key", Text, "流水标识";
    /// When.
    Time = "time", DateTime, "时间";
    /// [`Direction::code`].
    Direction = "direction", Text, "方向";
    /// In the platform's words.
    Type = "type", Text, "交易类型";
    /// In the platform's words.
    Status = "status", Text, "状态";
    /// The other side.
    Counterparty = "counterparty", Text, "交易对方";
    /// What for.
    Item = "item", Text, "商品";
    /// Whole fen, empty where the amount is not whole.
    AmountFen = "amount_fen", Integer, "金额（分）";
    /// The amount that moved.
    Amount = "amount", Number, "金额（元）";
    /// ISO 4217.
    Currency = "currency", Text, "货币";
    /// Fee taken (negative: given back).
    Fee = "fee", Number, "手续费";
    /// As written.
    FeeRate = "fee_rate", Text, "费率";
    /// Left on the account.
    Balance = "balance", Number, "账户结余";
    /// Bank or purse.
    Method = "method", Text, "支付方式";
    /// The platform's number.
    TransactionNo = "transaction_no", Text, "交易单号";
    /// The merchant's number, or the voucher's of a fund-flow bill.
    MerchantNo = "merchant_no", Text, "商户单号";
    /// Number of the flow.
    FlowNo = "flow_no", Text, "资金流水单号";
    /// To be settled.
    Settled = "settled", Number, "应结订单金额";
    /// Vouchers.
    Coupon = "coupon", Number, "代金券金额";
    /// Given back.
    Refund = "refund", Number, "退款金额";
    /// Vouchers given back.
    CouponRefund = "coupon_refund", Number, "代金券退款金额";
    /// Of the order.
    OrderAmount = "order_amount", Number, "订单金额";
    /// Asked to be given back.
    RefundApplied = "refund_applied", Number, "申请退款金额";
    /// The platform's number of the refund.
    RefundNo = "refund_no", Text, "微信退款单号";
    /// The merchant's number of the refund.
    MerchantRefundNo = "merchant_refund_no", Text, "商户退款单号";
    /// In the platform's words.
    RefundType = "refund_type", Text, "退款类型";
    /// In the platform's words.
    RefundStatus = "refund_status", Text, "退款状态";
    /// When the refund was asked for.
    RefundRequested = "refund_requested", DateTime, "退款申请时间";
    /// When the refund was made.
    RefundDone = "refund_done", DateTime, "退款成功时间";
    /// Merchant number.
    Account = "account", Text, "商户号";
    /// Sub-merchant number.
    SubAccount = "sub_account", Text, "特约商户号";
    /// App id.
    AppId = "app_id", Text, "公众账号ID";
    /// The payer's open id.
    Payer = "payer", Text, "用户标识";
    /// Device.
    Device = "device", Text, "设备号";
    /// The merchant's own data.
    Attach = "attach", Text, "商户数据包";
    /// Remark.
    Note = "note", Text, "备注";
    /// The amount's cell as it stands in the file.
    AmountRaw = "amount_raw", Text, "金额原文";
    /// Other cells whose text differs from the columns above, or that have no column, by their own headers (JSON).
    Raw = "raw", Text, "其他原文";
    /// Begin of the digest of the file in `raw/`.
    Statement = "statement", Text, "来源账单";
    /// Line (CSV) or row (XLSX) in that file.
    Line = "line", Integer, "来源行号";
}

impl Column {
    /// The first column that tells of the file and not of the transaction.
    pub const FIRST_OF_FILE: usize = Self::AmountRaw as usize;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_adds_up_only_if_all_its_totals_do() {
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let mut statement = Statement {
            kind: StatementKind::Trade,
            layout: "trade-27".to_owned(),
            holder: None,
            from: None,
            to: None,
            made: None,
            rows: 1,
            declared: vec![pair("总交易单数", "1"), pair("订单总金额", "1.00")],
            computed: vec![pair("总交易单数", "1"), pair("订单总金额", "1.00")],
        };
        assert!(statement.adds_up());
        statement.computed[1].1 = "1.01".to_owned();
        assert!(!statement.adds_up());
        statement.declared.clear();
        assert!(!statement.adds_up());
    }
}
