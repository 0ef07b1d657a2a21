//! Models datasets: tables of private rows that are not articles, such as comments, statistics, drafts, orders. A
//! source emits a [`DataRow`] for each row it finds, and a [`DataTotal`] where the platform states the number of rows;
//! the archive merges the rows by key, writes one file per table, and reports a gap for rows that a total counts and no
//! source holds.
//!
//! ```text
//! out.item(Item::Row(DataRow::new(Dataset::Drafts, "drafts", media_id, fields), evidence))?;
//! out.item(Item::Total(DataTotal::new(Dataset::Drafts, "drafts", 12), evidence))?;
//! ```
//!
//! Rows with the same key are one row: for each field the first value wins, in the order of rank, then the later
//! `as_of`, then the evidence's digest, as for every record. So a key must identify the row and nothing else: a row of
//! daily numbers is keyed by its day, a row without an id by its content ([`content_key`]).

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{Rank, Sha256, Time};

/// Subject of a table: its folder in the private bag.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Dataset {
    /// The account's own settings: menu, automatic replies, basic information.
    Account,
    /// Collections of a 小程序's cloud database.
    Cloud,
    /// Comments on articles and the replies to them.
    Comments,
    /// Drafts.
    Drafts,
    /// Followers, tags, the blacklist. Personal data: only if the owner asks for it.
    Followers,
    /// Money other than bills: 流量主 settlements, the shop's fund flow, withdrawals.
    Funds,
    /// Live broadcasts and their replays.
    Live,
    /// Permanent material.
    Materials,
    /// Orders of a shop.
    Orders,
    /// Personal data that WeChat exports to a user.
    Personal,
    /// Statistics: 图文统计, 用户分析, datacube, 小程序 analytics.
    Statistics,
}

impl Dataset {
    /// All datasets.
    pub const ALL: [Self; 11] = [
        Self::Account,
        Self::Cloud,
        Self::Comments,
        Self::Drafts,
        Self::Followers,
        Self::Funds,
        Self::Live,
        Self::Materials,
        Self::Orders,
        Self::Personal,
        Self::Statistics,
    ];

    /// Returns the name used in files, the catalog and JSON: the folder below `private/data/`.
    pub fn code(self) -> &'static str {
        match self {
            Self::Account => "account",
            Self::Cloud => "cloud",
            Self::Comments => "comments",
            Self::Drafts => "drafts",
            Self::Followers => "followers",
            Self::Funds => "funds",
            Self::Live => "live",
            Self::Materials => "materials",
            Self::Orders => "orders",
            Self::Personal => "personal",
            Self::Statistics => "statistics",
        }
    }

    /// Returns the dataset with this [`Dataset::code`].
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|dataset| dataset.code() == code)
    }

    /// Returns the file format of the tables. Numbers and money are written for spreadsheets, nested data without loss.
    pub fn format(self) -> Format {
        match self {
            Self::Funds | Self::Statistics => Format::Csv,
            _ => Format::Lines,
        }
    }
}

/// File format of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// CSV with BOM: one column for every field of any row.
    Csv,
    /// One JSON object per line.
    Lines,
}

impl Format {
    /// Returns the file extension.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Lines => "jsonl",
        }
    }
}

/// Values of one row in one piece of evidence.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DataRow {
    /// Dataset of the table.
    pub dataset: Dataset,
    /// Table in the dataset: `comments`, `getusersummary`, a collection's name. Becomes a file name.
    pub table: String,
    /// Key of the row in its table, the same in every file.
    pub key: String,
    /// Key of the parent row (a reply's comment).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
    /// Any alias of the row's article.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub article: Option<String>,
    /// Rank of the evidence.
    pub rank: Rank,
    /// Time at which the platform provided the row, if known. Among equal ranks the later one wins.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub as_of: Option<Time>,
    /// Columns, in the source's order and wording, including unknown ones.
    pub fields: Map<String, Value>,
}

impl DataRow {
    /// Creates a row with the rank of a list.
    pub fn new(dataset: Dataset, table: impl Into<String>, key: impl Into<String>, fields: Map<String, Value>) -> Self {
        Self {
            dataset,
            table: table.into(),
            key: key.into(),
            parent: None,
            article: None,
            rank: Rank::List,
            as_of: None,
            fields,
        }
    }

    /// Sets the rank of an official API response.
    pub fn from_api(mut self) -> Self {
        self.rank = Rank::Api;
        self
    }

    /// Sets the time at which the platform provided the row.
    pub fn at(mut self, time: Option<Time>) -> Self {
        self.as_of = time;
        self
    }

    /// Sets the row's article, by any of its aliases.
    pub fn of_article(mut self, alias: Option<String>) -> Self {
        self.article = alias;
        self
    }

    /// Sets the parent row.
    pub fn below(mut self, parent: impl Into<String>) -> Self {
        self.parent = Some(parent.into());
        self
    }
}

/// Number of rows according to the platform: of a whole table, of an article, or below a row. If fewer are held, that
/// is a gap.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DataTotal {
    /// Dataset of the table.
    pub dataset: Dataset,
    /// Table in the dataset.
    pub table: String,
    /// Counts only the rows below this one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
    /// Counts only the rows of this article that are below no other row.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub article: Option<String>,
    /// Number of rows.
    pub total: u64,
    /// Time of the statement. The latest counts; among those without a time the greatest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub as_of: Option<Time>,
}

impl DataTotal {
    /// Creates the total of a whole table.
    pub fn new(dataset: Dataset, table: impl Into<String>, total: u64) -> Self {
        Self { dataset, table: table.into(), parent: None, article: None, total, as_of: None }
    }

    /// Sets the time of the statement.
    pub fn at(mut self, time: Option<Time>) -> Self {
        self.as_of = time;
        self
    }

    /// Restricts the total to this article's rows.
    pub fn of_article(mut self, alias: Option<String>) -> Self {
        self.article = alias;
        self
    }

    /// Restricts the total to the rows below this one.
    pub fn below(mut self, parent: impl Into<String>) -> Self {
        self.parent = Some(parent.into());
        self
    }
}

/// Returns a key from the row's content, for a row without an id.
pub fn content_key(fields: &Map<String, Value>) -> String {
    let mut sorted = fields.clone();
    sorted.sort_keys();
    let text = Value::Object(sorted).to_string();
    format!("content:{}", &Sha256::of(text.as_bytes()).hex()[..16])
}

/// Returns a key from these fields, joined by `/`; [`content_key`] if one of them is missing.
pub fn key_of(fields: &Map<String, Value>, names: &[&str]) -> String {
    let part = |name: &&str| match fields.get(*name)? {
        Value::String(text) if !text.is_empty() => Some(text.replace('/', "_")),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    match names.iter().map(part).collect::<Option<Vec<_>>>() {
        Some(parts) if !parts.is_empty() => parts.join("/"),
        _ => content_key(fields),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn map(value: &Value) -> Map<String, Value> {
        value.as_object().cloned().unwrap_or_default()
    }

    #[test]
    fn codes_are_unique_and_read_back() {
        for dataset in Dataset::ALL {
            assert_eq!(Dataset::from_code(dataset.code()), Some(dataset));
        }
    }

    #[test]
    fn a_key_is_made_of_what_names_the_row_or_of_what_it_says() {
        let row = map(&json!({"ref_date": "2025-11-01", "user_source": 30, "new_user": 1}));
        assert_eq!(key_of(&row, &["ref_date", "user_source"]), "2025-11-01/30");
        let other = map(&json!({"new_user": 1, "ref_date": "2025-11-01", "user_source": 30}));
        assert_eq!(key_of(&row, &["id"]), key_of(&other, &["id"]));
        assert_ne!(content_key(&row), content_key(&map(&json!({"new_user": 2}))));
    }
}
