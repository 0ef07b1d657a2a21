//! Reads tables that the platform's back ends offer their owners for download: statistics of a 公众号 or 小程序, orders
//! and payments of a shop. Their columns differ from year to year, so a table is recognized by the topics of its
//! header, wherever that is; every column is kept unchanged.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use serde_json::{Map, Value};

use super::{Record, column_name};
use crate::model::dataset::content_key;
use crate::model::{DataRow, Dataset};

/// The topic of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Topic {
    /// The dataset.
    pub dataset: Dataset,
    /// The table's name in the dataset.
    pub table: &'static str,
}

/// A header: the topic of its table, the names of its columns, and the columns that identify a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// The topic of the table.
    pub topic: Topic,
    names: Vec<String>,
    naming: Vec<usize>,
}

/// The signs of a topic.
struct Signs {
    topic: Topic,
    /// Groups of words; the header must contain a word of each.
    groups: &'static [&'static [&'static str]],
}

const fn statistics(table: &'static str, groups: &'static [&'static [&'static str]]) -> Signs {
    Signs { topic: Topic { dataset: Dataset::Statistics, table }, groups }
}

const DAY: &[&str] = &["日期", "时间", "时段", "小时"];

/// Topics, the more specific first.
const TOPICS: &[Signs] = &[
    Signs {
        topic: Topic { dataset: Dataset::Orders, table: "orders" },
        groups: &[&["订单号", "订单编号", "订单ID"], &["商品", "订单状态", "收货", "实付", "实收", "下单时间"]],
    },
    Signs {
        topic: Topic { dataset: Dataset::Funds, table: "settlements" },
        groups: &[&["结算周期", "结算区间", "结算单", "结算状态"], &["收入", "金额"]],
    },
    Signs {
        topic: Topic { dataset: Dataset::Funds, table: "funds_flow" },
        groups: &[&["流水号", "流水单号", "流水编号", "动账", "提现单号"], &["金额", "余额", "收入"]],
    },
    // The merchant console's totals by day or month, without the trades.
    Signs {
        topic: Topic { dataset: Dataset::Funds, table: "trade_totals" },
        groups: &[&["日期", "月份"], &["交易笔数", "交易金额", "收款笔数", "收款金额"], &["退款", "手续费", "净额"]],
    },
    statistics(
        "users",
        &[DAY, &["新增人数", "新关注", "新增关注", "取消关注", "净增", "累积关注", "累计关注", "累积人数"]],
    ),
    statistics("articles", &[&["标题"], &["阅读", "送达", "分享", "转发", "收藏"]]),
    statistics("channels", &[DAY, &["渠道", "来源"], &["阅读", "分享", "转发"]]),
    statistics("advertising", &[DAY, &["曝光", "eCPM", "千次"], &["收入", "点击"]]),
    statistics("reading", &[DAY, &["阅读人数", "阅读次数", "分享人数", "分享次数", "图文页阅读", "收藏人数"]]),
    statistics("messages", &[DAY, &["消息发送人数", "消息发送次数", "人均发送"]]),
    statistics("menu", &[&["菜单"], &["点击次数", "点击人数"]]),
    statistics("interface", &[DAY, &["调用次数", "失败率", "平均耗时"]]),
    statistics("visits", &[DAY, &["访问人数", "访问次数", "打开次数", "新用户数", "累计用户", "人均停留"]]),
    statistics("pages", &[&["页面", "路径"], &["访问人数", "访问次数", "退出页", "入口页"]]),
    statistics(
        "user_attributes",
        &[&["性别", "省份", "城市", "语言", "终端", "机型", "年龄"], &["用户数", "人数", "占比"]],
    ),
];

/// Column names of other tables: exporters', bills', 视频号.
const OTHERS: &[&str] = &["交易时间", "交易单号", "记账时间", "视频ID", "视频描述", "视频号名称", "公众号"];

/// Measured values, which do not identify a row.
const MEASURES: &[&str] = &[
    "人数",
    "次数",
    "数量",
    "率",
    "时长",
    "占比",
    "收入",
    "金额",
    "余额",
    "人均",
    "平均",
    "曝光",
    "点击",
    "eCPM",
    "阅读",
    "分享",
    "转发",
    "收藏",
    "点赞",
    "在看",
    "留言",
    "送达",
    "用户数",
    "累积",
    "累计",
    "净增",
    "新增",
    "取消",
    "耗时",
    "状态",
    "备注",
];

/// Words for what identifies a row, unless measured.
const NAMES: &[&str] = &[
    "日期",
    "时间",
    "时段",
    "小时",
    "标题",
    "链接",
    "url",
    "URL",
    "渠道",
    "来源",
    "菜单",
    "页面",
    "路径",
    "性别",
    "省份",
    "城市",
    "语言",
    "终端",
    "机型",
    "年龄",
    "广告位",
    "周期",
    "区间",
    "单号",
];

/// Columns that identify a line of an order.
const ORDER_LINE: &[&str] =
    &["订单号", "订单编号", "订单ID", "商品编码", "商品编号", "商品ID", "商品名称", "SKU", "规格"];

/// Columns with the flow number of a transaction.
const FLOW: &[&str] = &["流水号", "流水单号", "流水编号", "动账单号", "提现单号"];

impl Header {
    /// Reads a row as a header; returns `None` if it matches no topic.
    pub fn of(row: &Record) -> Option<Self> {
        let cells: Vec<String> = row.iter().map(|cell| column_name(cell).clone()).collect();
        let named = cells.iter().filter(|cell| !cell.is_empty()).count();
        if named < 2 || (0..row.len()).any(|index| row.is_number(index)) || cells.iter().any(|cell| cell.len() > 90) {
            return None;
        }
        if cells.iter().any(|cell| OTHERS.contains(&cell.as_str())) {
            return None;
        }
        let has = |words: &[&str]| cells.iter().any(|cell| words.iter().any(|word| cell.contains(word)));
        let topic = TOPICS.iter().find(|signs| signs.groups.iter().all(|group| has(group)))?.topic;
        let names = unique(cells);
        let naming = naming(topic, &names);
        Some(Self { topic, names, naming })
    }

    /// Returns the fields of a row: every cell that is not empty.
    fn fields(&self, row: &Record) -> Map<String, Value> {
        let mut fields = Map::new();
        for (index, cell) in row.iter().enumerate() {
            let cell = super::clean(cell);
            if !cell.is_empty() {
                let name = self.names.get(index).cloned().unwrap_or_else(|| format!("column {}", index + 1));
                fields.insert(name, Value::from(cell));
            }
            if let Some(link) = row.link(index) {
                let name = self.names.get(index).map_or("column", String::as_str);
                fields.insert(format!("{name} (链接)"), Value::from(link));
            }
        }
        fields
    }

    fn key(&self, fields: &Map<String, Value>) -> String {
        let parts: Vec<&str> =
            self.naming.iter().map(|at| fields.get(&self.names[*at]).and_then(Value::as_str).unwrap_or("")).collect();
        if parts.iter().all(|part| part.is_empty()) { content_key(fields) } else { parts.join("/") }
    }
}

/// Makes names unique; a column without a name is named by its position.
fn unique(cells: Vec<String>) -> Vec<String> {
    let mut names: Vec<String> = Vec::with_capacity(cells.len());
    for (index, cell) in cells.into_iter().enumerate() {
        let cell = if cell.is_empty() { format!("column {}", index + 1) } else { cell };
        let again = names.contains(&cell);
        names.push(if again { format!("{cell} ({})", index + 1) } else { cell });
    }
    names
}

/// Returns the columns that identify a row.
fn naming(topic: Topic, names: &[String]) -> Vec<usize> {
    let all_with = |words: &[&str]| -> Vec<usize> {
        names
            .iter()
            .enumerate()
            .filter(|(_, name)| words.iter().any(|word| name.contains(word)))
            .map(|(at, _)| at)
            .collect()
    };
    match (topic.dataset, topic.table) {
        (Dataset::Orders, _) => all_with(ORDER_LINE),
        (Dataset::Funds, "funds_flow") => all_with(FLOW).into_iter().take(1).collect(),
        _ => {
            let measures = all_with(MEASURES);
            all_with(NAMES).into_iter().filter(|at| !measures.contains(at)).collect()
        }
    }
}

/// A reader of the rows of tables, each below its header.
#[derive(Debug, Default)]
pub struct Tables {
    header: Option<Header>,
    /// The number of occurrences of each key, by its hash: rows with the same key are distinguished by their order.
    seen: HashMap<u64, u32>,
    /// The number of rows below a header.
    pub rows: u64,
}

impl Tables {
    /// Resets the header because another sheet begins.
    pub fn turn(&mut self) {
        self.header = None;
    }

    /// Reports whether a header was found in this sheet.
    pub fn is_under_header(&self) -> bool {
        self.header.is_some()
    }

    /// Reads the next row of the file: a header, a row before it, or a data row.
    pub fn take(&mut self, row: &Record) -> Option<DataRow> {
        if let Some(header) = Header::of(row) {
            self.header = Some(header);
            return None;
        }
        let header = self.header.as_ref()?;
        let fields = header.fields(row);
        if fields.is_empty() {
            return None;
        }
        self.rows += 1;
        let mut key = header.key(&fields);
        let mut hasher = DefaultHasher::new();
        (header.topic.table, &key).hash(&mut hasher);
        let count = self.seen.entry(hasher.finish()).or_default();
        *count += 1;
        if *count > 1 {
            key = format!("{key}#{count}");
        }
        Some(DataRow::new(header.topic.dataset, header.topic.table, key, fields))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::table::Rows as _;
    use crate::parse::table::csv_rows::CsvRows;

    fn rows(csv: &str) -> Vec<DataRow> {
        let mut tables = Tables::default();
        let mut record = Record::default();
        let mut reader = CsvRows::new(csv.as_bytes(), "t.csv");
        let mut all = Vec::new();
        while reader.next_row(&mut record).unwrap() {
            all.extend(tables.take(&record));
        }
        all
    }

    #[test]
    fn a_header_is_found_by_what_it_speaks_of_and_unknown_columns_stay() {
        let all = rows(
            "用户分析\n2025-01-01 至 2025-01-02\n时间,新增人数,取消关注人数,将来的列\n2025-01-01,12,3,甲\n2025-01-02,0,1,\n",
        );
        assert_eq!(all.len(), 2);
        assert_eq!((all[0].table.as_str(), all[0].key.as_str()), ("users", "2025-01-01"));
        assert_eq!(all[0].fields["新增人数"], "12");
        assert!(!all[1].fields.contains_key("将来的列"));
    }

    #[test]
    fn one_file_may_hold_several_tables() {
        let all = rows(
            "日期,渠道,阅读人数,阅读次数\n20250101,全部,10,20\n\n内容标题,发表时间,总阅读人数\n题,20250101,9\n题,20250101,9\n",
        );
        let named: Vec<_> = all.iter().map(|row| (row.table.as_str(), row.key.as_str())).collect();
        assert_eq!(named, [("channels", "20250101/全部"), ("articles", "题/20250101"), ("articles", "题/20250101#2")]);
    }

    #[test]
    fn orders_and_money_are_keyed_by_their_numbers() {
        let all = rows("订单号,商品名称,规格,订单状态,实付金额\n37001,茶,一斤,已完成,88.00\n37001,杯,,已完成,12.00\n");
        assert_eq!(all[0].dataset, Dataset::Orders);
        assert_eq!((all[0].key.as_str(), all[1].key.as_str()), ("37001/茶/一斤", "37001/杯/"));
        let all = rows("动账时间,流水单号,动账类型,动账金额,账户余额\n2025-01-01 08:00:00,F1,订单入账,88.00,100.00\n");
        assert_eq!((all[0].dataset, all[0].table.as_str(), all[0].key.as_str()), (Dataset::Funds, "funds_flow", "F1"));
    }

    #[test]
    fn bills_and_lists_of_exporters_are_not_taken() {
        assert!(rows("交易时间,交易类型,金额,订单号,商品\n1,2,3,4,5\n").is_empty());
        assert!(rows("公众号,标题,阅读\na,b,1\n").is_empty());
        assert!(rows("just,some,words\n1,2,3\n").is_empty());
    }
}
