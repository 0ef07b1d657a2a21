//! Defines an *observation*: what one piece of evidence states about one thing. The merged record of a thing is a pure
//! fold over its observations, so that the order of inputs, threads and kills cannot change it.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{Body, Time};

/// Kind of thing a record describes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Kind {
    /// A 公众号: [`super::AccountFields`].
    Account,
    /// A 合集: [`super::AlbumFields`].
    Album,
    /// An article of any type: [`super::ArticleFields`].
    Article,
    /// Facts of a list about itself, such as a declared total: [`super::ListingFields`].
    Listing,
    /// A message to the followers that is not an article: [`super::ShortPostFields`].
    Note,
    /// A work of a 视频号 or a live broadcast: [`super::ShortPostFields`].
    Video,
}

impl Kind {
    /// Returns the code used in the catalog.
    pub fn code(self) -> &'static str {
        match self {
            Self::Account => "account",
            Self::Album => "album",
            Self::Article => "article",
            Self::Listing => "listing",
            Self::Note => "note",
            Self::Video => "video",
        }
    }

    /// Returns the kind with this [`Kind::code`].
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Account, Self::Album, Self::Article, Self::Listing, Self::Note, Self::Video]
            .into_iter()
            .find(|kind| kind.code() == code)
    }
}

/// Rank of evidence: for each field the first rank that has it wins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rank {
    /// `window.cgiDataNew` of a page.
    PageData = 0,
    /// A response of the official API.
    Api = 1,
    /// Older `var …` statements of a page.
    PageVars = 2,
    /// DOM of a page.
    Dom = 3,
    /// A list: getmsg, publish_page, an exporter's table.
    List = 4,
    /// A bare link, with the text next to it.
    Link = 5,
    /// Name of a file.
    FileName = 6,
}

impl Rank {
    /// Returns the rank with this number, as the catalog holds it.
    pub fn from_number(number: i64) -> Option<Self> {
        [Self::PageData, Self::Api, Self::PageVars, Self::Dom, Self::List, Self::Link, Self::FileName]
            .into_iter()
            .find(|rank| *rank as i64 == number)
    }
}

/// One observation.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// Kind of the thing.
    pub kind: Kind,
    /// Aliases of the thing, best first; never empty. Things that share an alias are one thing. Forms for articles: see
    /// [`super::ArticleUrl::aliases`], and `sha256:<16 hex>` of the body as a last resort. Accounts: `biz:<__biz>`,
    /// `gh:<user_name>`, `finder:<v2_…@finder>`. Albums: `album:<id>`. Notes: `note:<__biz>_<number>`. Videos:
    /// `object:<id>`, `live:<id>`, `export:<id>`.
    pub aliases: Vec<String>,
    /// `__biz` of the thing's account, if known.
    pub account: Option<String>,
    /// Rank of the evidence.
    pub rank: Rank,
    /// Time at which the platform provided it (`svr_time`, the time of a response), if known. Among equal ranks the
    /// later one wins.
    pub as_of: Option<Time>,
    /// Fields, without nulls, built by [`fields_of`] from the kind's fields type.
    pub fields: Map<String, Value>,
    /// Sanitised body, for articles whose evidence has one.
    pub body: Option<Body>,
}

impl Record {
    /// Creates a record of `kind` with its fields.
    pub fn new<T: Serialize>(kind: Kind, rank: Rank, aliases: Vec<String>, fields: &T) -> Self {
        Self { kind, aliases, account: None, rank, as_of: None, fields: fields_of(fields), body: None }
    }

    /// Sets the account.
    pub fn of_account(mut self, biz: Option<impl Into<String>>) -> Self {
        self.account = biz.map(Into::into);
        self
    }
}

/// Returns the fields of `value` as a map without nulls, empty strings, empty lists and empty objects at its top level:
/// an absent value must not hide one of another observation.
pub fn fields_of<T: Serialize>(value: &T) -> Map<String, Value> {
    let Ok(Value::Object(mut map)) = serde_json::to_value(value) else { return Map::new() };
    map.retain(|_, value| match value {
        Value::Null => false,
        Value::String(text) => !text.is_empty(),
        Value::Array(list) => !list.is_empty(),
        Value::Object(object) => !object.is_empty(),
        _ => true,
    });
    map
}
