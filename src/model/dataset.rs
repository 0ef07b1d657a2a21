//! Datasets: tables of private rows that are no articles: comments, statistics, drafts, orders … One mechanism for all
//! of them. A source emits a [`DataRow`] for each row it finds, and a [`DataTotal`] where the platform says how many
//! there are; the archive merges the rows by key, writes one file a table, and names what a total counts and no row holds.
//!
//! ```text
//! out.item(Item::Row(DataRow::new(Dataset::Drafts, "drafts", media_id, fields), evidence))?;
//! out.item(Item::Total(DataTotal::new(Dataset::Drafts, "drafts", 12), evidence))?;
//! ```
//!
//! Rows of one key are one row: for each field the first that has it wins, in the order of rank, then the later `as_of`,
//! then the evidence's digest, as for every record. So a key must name the thing and nothing else: a row of daily numbers
//! is keyed by its day, a row that has no name by its content ([`content_key`]).

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{Rank, Sha256, Time};

/// What a table is about: its folder in the private bag.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Dataset {
    /// The account's own settings: menu, automatic replies, basic information.
    Account,
    /// Collections of a 小程序's cloud database.
    Cloud,
    /// Comments under articles and the replies to them.
    Comments,
    /// Drafts.
    Drafts,
    /// Followers, tags, the blacklist. People: only if the owner asks for it.
    Followers,
    /// Money beside bills: 流量主 settlements, the shop's fund flow, withdrawals.
    Funds,
    /// Live broadcasts and their replays.
    Live,
    /// Permanent material.
    Materials,
    /// Orders of a shop.
    Orders,
    /// What WeChat gives a person about themselves.
    Personal,
    /// Numbers: 图文统计, 用户分析, datacube, 小程序 analytics.
    Statistics,
}

impl Dataset {
    /// All of them.
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

    /// Its name in files, the catalog and JSON: the folder below `private/data/`.
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

    /// The inverse of [`Dataset::code`].
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|dataset| dataset.code() == code)
    }

    /// How its tables are written. Numbers and money go where a spreadsheet opens them; what nests goes where nothing of
    /// its form is lost.
    pub fn format(self) -> Format {
        match self {
            Self::Funds | Self::Statistics => Format::Csv,
            _ => Format::Lines,
        }
    }
}

/// How a table is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// CSV with BOM: a column for every field that any row has.
    Csv,
    /// One JSON object a line.
    Lines,
}

impl Format {
    /// Extension of the file.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Lines => "jsonl",
        }
    }
}

/// What one piece of evidence says of one row.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DataRow {
    /// What it is about.
    pub dataset: Dataset,
    /// The table in it: `comments`, `getusersummary`, a collection's name. Becomes a file's name.
    pub table: String,
    /// Names the row among those of its table, whatever file it comes from.
    pub key: String,
    /// Key of the row it belongs to (a reply's comment).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
    /// Any alias of the article it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub article: Option<String>,
    /// How far it is to be believed.
    pub rank: Rank,
    /// When the platform gave it out, where known. Of equal ranks the later wins.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub as_of: Option<Time>,
    /// The columns, in the source's order and words, unknown ones too.
    pub fields: Map<String, Value>,
}

impl DataRow {
    /// A row as a list or table has it.
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

    /// It is the official API's answer.
    pub fn from_api(mut self) -> Self {
        self.rank = Rank::Api;
        self
    }

    /// When the platform gave it out.
    pub fn at(mut self, time: Option<Time>) -> Self {
        self.as_of = time;
        self
    }

    /// The article it belongs to, by any of its aliases.
    pub fn of_article(mut self, alias: Option<String>) -> Self {
        self.article = alias;
        self
    }

    /// The row it belongs to.
    pub fn below(mut self, parent: impl Into<String>) -> Self {
        self.parent = Some(parent.into());
        self
    }
}

/// How many rows there are, as the platform says: of a whole table, of those of an article, or of those below a row.
/// Where fewer are held, that is a gap.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DataTotal {
    /// What is counted.
    pub dataset: Dataset,
    /// The table in it.
    pub table: String,
    /// Only rows below this one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
    /// Only rows of this article that are below no other row.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub article: Option<String>,
    /// How many.
    pub total: u64,
    /// When it was said. The latest counts; of those without a time the greatest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub as_of: Option<Time>,
}

impl DataTotal {
    /// The total of a whole table.
    pub fn new(dataset: Dataset, table: impl Into<String>, total: u64) -> Self {
        Self { dataset, table: table.into(), parent: None, article: None, total, as_of: None }
    }

    /// When it was said.
    pub fn at(mut self, time: Option<Time>) -> Self {
        self.as_of = time;
        self
    }

    /// Of this article's rows only.
    pub fn of_article(mut self, alias: Option<String>) -> Self {
        self.article = alias;
        self
    }

    /// Of the rows below this one only.
    pub fn below(mut self, parent: impl Into<String>) -> Self {
        self.parent = Some(parent.into());
        self
    }
}

/// A key for a row that names itself in no way: what it says.
pub fn content_key(fields: &Map<String, Value>) -> String {
    let mut sorted = fields.clone();
    sorted.sort_keys();
    let text = Value::Object(sorted).to_string();
    format!("content:{}", &Sha256::of(text.as_bytes()).hex()[..16])
}

/// A key from these fields, joined by `/`; [`content_key`] where one of them is missing.
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
