//! Models bills: the declared totals of a statement, the sums of its rows, and the common format of a row in the
//! ledger.

use serde::{Deserialize, Serialize};

use super::Sha256;
use super::money::Money;
use crate::error::Result;

/// Kind of bill.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum StatementKind {
    /// A merchant's fund-flow bill (资金账单).
    FundFlow,
    /// A personal WeChat Pay bill (微信支付账单明细).
    Personal,
    /// A merchant's trade bill (交易账单).
    Trade,
}

impl StatementKind {
    /// All kinds.
    pub const ALL: [Self; 3] = [Self::FundFlow, Self::Personal, Self::Trade];

    /// Returns the code used in the ledger.
    pub fn code(self) -> &'static str {
        match self {
            Self::FundFlow => "fund_flow",
            Self::Personal => "personal",
            Self::Trade => "trade",
        }
    }
}

/// Direction of the money, seen from the holder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// To the holder (收入).
    In,
    /// From the holder (支出), including refunds made.
    Out,
    /// Neither: between the holder's own accounts, or reversed (中性交易).
    Neutral,
}

impl Direction {
    /// All directions.
    pub const ALL: [Self; 3] = [Self::In, Self::Out, Self::Neutral];

    /// Returns the code used in the ledger.
    pub fn code(self) -> &'static str {
        match self {
            Self::In => "in",
            Self::Out => "out",
            Self::Neutral => "neutral",
        }
    }
}

/// A parsed statement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statement {
    /// Kind of bill.
    pub kind: StatementKind,
    /// Recognised layout: `trade-27`, `personal-xlsx-2026` …
    pub layout: String,
    /// Merchant number, or nickname of a personal bill.
    pub holder: Option<String>,
    /// First day covered, as declared or by its rows (`2026-05-01`).
    pub from: Option<String>,
    /// Last day covered.
    pub to: Option<String>,
    /// Time of creation, or else the last day covered, in a sortable form: of two bills the later one is more up to
    /// date.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub made: Option<String>,
    /// Number of rows.
    pub rows: u64,
    /// Declared totals by their own names, exact decimal text.
    pub declared: Vec<(String, String)>,
    /// The same totals computed from the rows, except for columns that the file lacks.
    pub computed: Vec<(String, String)>,
}

impl Statement {
    /// Returns the declared totals that differ from the rows: name, declared, computed.
    pub fn differences(&self) -> impl Iterator<Item = (&str, &str, &str)> {
        self.declared.iter().filter_map(|(name, declared)| {
            let differs = |(other, computed): &&(String, String)| other == name && computed != declared;
            let (_, computed) = self.computed.iter().find(differs)?;
            Some((name.as_str(), declared.as_str(), computed.as_str()))
        })
    }

    /// Reports whether it declares totals and its rows add up to every one of them.
    pub fn adds_up(&self) -> bool {
        !self.declared.is_empty() && self.differences().next().is_none()
    }
}

/// Entry of one statement in `billing/statements.json`, which shows what an archive's bills cover.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    /// Digest of its file; a file may contain several statements.
    pub sha256: Sha256,
    /// Path of the file, inside the private bag's `data/`.
    pub file: String,
    /// The statement.
    #[serde(flatten)]
    pub statement: Statement,
}

/// Content of `billing/statements.json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldStatements {
    /// `liudi/statements/v1`.
    pub schema: String,
    /// Ordered by digest, then by position in the file.
    pub statements: Vec<Held>,
}

/// Schema of `billing/statements.json`.
pub const STATEMENTS_SCHEMA: &str = "liudi/statements/v1";

/// A row of a statement to be written to the ledger.
#[derive(Clone, Copy, Debug)]
pub struct Row<'a> {
    /// Kind of its bill.
    pub kind: StatementKind,
    /// Transaction, refund or flow number: identity across files of one kind.
    pub key: &'a str,
    /// Direction of the money.
    pub direction: Direction,
    /// Year in Beijing; 0 if the time cannot be read.
    pub year: u16,
    /// Amount moved; `None` if it cannot be read.
    pub amount: Option<Money>,
    /// Index of its bill in the file, from 0: a file may hold several, below each other or in sheets.
    pub bill: u16,
    /// Line in the file, from 1.
    pub line: u64,
    /// Whether a spreadsheet destroyed one of its numbers.
    pub is_destroyed: bool,
    /// Cells by [`Column`], empty if the statement lacks them. The ledger fills in [`Column::Kind`], [`Column::Key`],
    /// [`Column::Direction`], [`Column::AmountFen`], [`Column::Statement`] and [`Column::Line`].
    pub cells: &'a [&'a str; Column::COUNT],
}

/// Receives statement rows, keyed by the statement's evidence. Rows never go through the catalog.
pub trait LedgerSink: Sync {
    /// Starts the rows of one statement; `name` is its name for users.
    fn open(&self, statement: Sha256, name: &str) -> Result<Box<dyn LedgerRows + '_>>;
}

/// Rows of one statement. Dropped before [`LedgerRows::close`], they are discarded.
pub trait LedgerRows {
    /// Adds one row.
    fn row(&mut self, row: &Row<'_>) -> Result<()>;
    /// Records when the bill `bill` of the file was created, as [`Statement::made`].
    fn made(&mut self, _bill: u16, _made: &str) {}
    /// Ends the statement; its rows are durable afterwards.
    fn close(self: Box<Self>) -> Result<()>;
}

/// Type of a column, in Frictionless terms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnType {
    /// RFC 3339 with offset.
    DateTime,
    /// Whole number.
    Integer,
    /// Exact decimal text.
    Number,
    /// Text, including ids.
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
            /// All columns, in order.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// Number of columns.
            pub const COUNT: usize = Self::ALL.len();

            /// Returns the name in the header.
            pub fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            /// Returns the type.
            pub fn kind(self) -> ColumnType {
                match self { $(Self::$name => ColumnType::$kind,)* }
            }

            /// Returns the Chinese title.
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
    /// Time of the transaction.
    Time = "time", DateTime, "时间";
    /// [`Direction::code`].
    Direction = "direction", Text, "方向";
    /// Type, in the platform's words.
    Type = "type", Text, "交易类型";
    /// Status, in the platform's words.
    Status = "status", Text, "状态";
    /// Counterparty.
    Counterparty = "counterparty", Text, "交易对方";
    /// Purpose.
    Item = "item", Text, "商品";
    /// Amount in fen, empty if it is not a whole number.
    AmountFen = "amount_fen", Integer, "金额（分）";
    /// Amount moved.
    Amount = "amount", Number, "金额（元）";
    /// ISO 4217 code.
    Currency = "currency", Text, "货币";
    /// Fee charged (negative: refunded).
    Fee = "fee", Number, "手续费";
    /// Fee rate, as written.
    FeeRate = "fee_rate", Text, "费率";
    /// Balance after the transaction.
    Balance = "balance", Number, "账户结余";
    /// Bank or wallet.
    Method = "method", Text, "支付方式";
    /// The platform's transaction number.
    TransactionNo = "transaction_no", Text, "交易单号";
    /// The merchant's number, or the voucher number of a fund-flow bill.
    MerchantNo = "merchant_no", Text, "商户单号";
    /// Fund-flow number.
    FlowNo = "flow_no", Text, "资金流水单号";
    /// Amount to be settled.
    Settled = "settled", Number, "应结订单金额";
    /// Amount of vouchers.
    Coupon = "coupon", Number, "代金券金额";
    /// Amount refunded.
    Refund = "refund", Number, "退款金额";
    /// Amount of vouchers refunded.
    CouponRefund = "coupon_refund", Number, "代金券退款金额";
    /// Amount of the order.
    OrderAmount = "order_amount", Number, "订单金额";
    /// Refund requested.
    RefundApplied = "refund_applied", Number, "申请退款金额";
    /// The platform's refund number.
    RefundNo = "refund_no", Text, "微信退款单号";
    /// The merchant's refund number.
    MerchantRefundNo = "merchant_refund_no", Text, "商户退款单号";
    /// Refund type, in the platform's words.
    RefundType = "refund_type", Text, "退款类型";
    /// Refund status, in the platform's words.
    RefundStatus = "refund_status", Text, "退款状态";
    /// Time of the refund request.
    RefundRequested = "refund_requested", DateTime, "退款申请时间";
    /// Time of the refund.
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
    /// Amount cell, unchanged.
    AmountRaw = "amount_raw", Text, "金额原文";
    /// Other cells whose text differs from the columns above, or that have no column, by their own headers (JSON).
    Raw = "raw", Text, "其他原文";
    /// Start of the digest of the file in `raw/`.
    Statement = "statement", Text, "来源账单";
    /// Line (CSV) or row (XLSX) in that file.
    Line = "line", Integer, "来源行号";
}

impl Column {
    /// Index of the first column that describes the file and not the transaction.
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
