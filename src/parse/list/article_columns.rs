//! Determines what the columns of a table of articles mean by their names, whichever crawler, feed reader or user wrote
//! it. Tables are CSV files and sheets, database tables, and JSON objects whose members are the columns.

use serde_json::{Map, Value};

use super::column_names::{self, Meaning};
use super::link_scan::article_of;
use super::{Listed, biz_of_number, cover, words};
use crate::model::article::Counts;
use crate::model::{ArticleFields, ArticleUrl};
use crate::parse::table::Record;
use crate::parse::time::when::any_time;

/// Columns that are read by their names.
#[derive(Clone, Debug, Default)]
pub struct ArticleColumns(Vec<(Meaning, usize)>);

impl ArticleColumns {
    /// Recognizes the columns with these names.
    pub fn of_names<'n>(names: impl Iterator<Item = &'n str>) -> Self {
        Self(column_names::places(names))
    }

    fn places(&self, column: Meaning) -> impl Iterator<Item = usize> + '_ {
        self.0.iter().filter(move |(one, _)| *one == column).map(|(_, place)| *place)
    }

    fn has(&self, column: Meaning) -> bool {
        self.places(column).next().is_some()
    }

    fn has_time(&self) -> bool {
        self.has(Meaning::Published) || self.has(Meaning::Time)
    }

    /// Reports whether this is a table of articles: it has a column of titles or links.
    pub fn is_list(&self) -> bool {
        self.has(Meaning::Title) || self.has(Meaning::Link)
    }

    /// Reports whether the rows are certainly articles: they have titles together with links, or with the ids of a feed
    /// reader.
    pub fn is_table_of_articles(&self) -> bool {
        self.has(Meaning::Title) && (self.has(Meaning::Link) || self.is_by_short_id())
    }

    /// Reports whether the rows are keyed by the id of the short link: wewe-rss stores no link.
    fn is_by_short_id(&self) -> bool {
        self.has(Meaning::Id) && self.has(Meaning::Title) && self.has(Meaning::Feed) && self.has_time()
    }

    /// Returns the article of a row; `None` if the row identifies none. `cell` returns the text of a column.
    pub fn listed(&self, cell: &dyn Fn(usize) -> String) -> Option<Listed> {
        self.listed_at(cell, None)
    }

    /// Does the same for a row in which a cell with other text links to the article.
    fn listed_at(&self, cell: &dyn Fn(usize) -> String, leads_to: Option<ArticleUrl>) -> Option<Listed> {
        let all =
            |column| self.places(column).map(cell).map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
        let first = |column| all(column).next();
        let id = first(Meaning::Id);
        let link = all(Meaning::Link).find_map(|text| article_of(&text));
        let link = link.or_else(|| id.as_deref().and_then(article_of));
        let numbers = id.as_deref().and_then(numbers_of);
        // A feed reader's row without a link is identified by its id.
        let by_id = || {
            let short = id.clone().filter(|id| is_short_id(id));
            let short = short.map(|short| ArticleUrl { short: Some(short), ..ArticleUrl::default() });
            numbers.clone().or(short).filter(|_| self.is_by_short_id())
        };
        let link = link.or_else(by_id).or(leads_to)?;
        let beside =
            [all(Meaning::Feed).find_map(|feed| feed_number(&feed)), all(Meaning::Biz).find_map(|biz| biz_of(&biz))];
        let beside = ArticleUrl {
            biz: beside.into_iter().flatten().next(),
            mid: first(Meaning::Mid).filter(|mid| is_number(mid)),
            idx: first(Meaning::Idx).filter(|idx| is_number(idx)),
            sn: first(Meaning::Sn).filter(|sn| sn.bytes().all(|byte| byte.is_ascii_hexdigit())),
            ..ArticleUrl::default()
        };
        let link =
            crate::parse::page::joined(crate::parse::page::joined(link, numbers.clone().unwrap_or_default()), beside);
        let count = |column| first(column)?.replace(',', "").parse::<u64>().ok();
        let counts = Counts { read: count(Meaning::Read), like: count(Meaning::Like), ..Counts::default() };
        let fields = ArticleFields {
            title: all(Meaning::Title).find_map(|title| named_title(&title)),
            published: all(Meaning::Published).chain(all(Meaning::Time)).find_map(|time| any_time(&time)),
            author: first(Meaning::Author)
                .filter(|author| author.chars().count() <= 64 && !author.starts_with(['{', '['])),
            summary: first(Meaning::Digest).and_then(|digest| summary(&digest)),
            account_name: first(Meaning::Account).filter(|name| name.chars().count() <= 64),
            cover: all(Meaning::Cover).find_map(|url| cover(Some(url))),
            source_url: first(Meaning::Source).filter(|url| url.starts_with("http")),
            counts: (counts != Counts::default()).then_some(counts),
            deleted: self.is_deleted(cell).then_some(true),
            ..ArticleFields::default()
        };
        Some(Listed { link, fields, blocked: false })
    }

    /// Returns the article's text in a row: the first text column that is not empty.
    pub fn text(&self, cell: &dyn Fn(usize) -> String) -> Option<String> {
        self.places(Meaning::Text).map(cell).find(|text| !text.trim().is_empty() && text.trim() != DELETED)
    }

    fn is_deleted(&self, cell: &dyn Fn(usize) -> String) -> bool {
        self.places(Meaning::Text).any(|place| cell(place).trim() == DELETED)
    }
}

/// The value that we-mp-rss writes for the text of a deleted article.
const DELETED: &str = "DELETED";

/// The header of a table of articles.
#[derive(Clone, Debug)]
pub struct TableHeader(ArticleColumns);

impl TableHeader {
    /// Reads a row as a header; returns `None` if it names neither titles nor links.
    pub fn of(row: &Record) -> Option<Self> {
        let columns = ArticleColumns::of_names(row.iter());
        columns.is_list().then_some(Self(columns))
    }

    /// Returns the article of a row, identified by its link column or by the hyperlink of any cell, with the fields of
    /// the other columns.
    pub fn listed(&self, row: &Record) -> Option<Listed> {
        let mut links = (0..row.len()).filter(|place| !self.is_text(*place));
        let leads_to = links.find_map(|place| row.link(place).and_then(article_of));
        self.0.listed_at(&|place| row.get(place).to_owned(), leads_to)
    }

    /// Returns the article's text.
    pub fn text(&self, row: &Record) -> Option<String> {
        self.0.text(&|place| row.get(place).to_owned())
    }

    /// Reports whether a column holds texts.
    pub fn is_text(&self, place: usize) -> bool {
        self.0.places(Meaning::Text).any(|text| text == place)
    }

    /// Returns title and time of a row of any kind.
    pub fn title_and_time(&self, row: &Record) -> (Option<String>, Option<crate::model::Time>) {
        let title = self.0.places(Meaning::Title).find_map(|place| named_title(row.get(place)));
        let times = self.0.places(Meaning::Published).chain(self.0.places(Meaning::Time));
        (title, times.into_iter().find_map(|place| any_time(row.get(place))))
    }
}

/// Recognizes the columns of a JSON object.
pub fn of_object(object: &Map<String, Value>) -> ArticleColumns {
    ArticleColumns::of_names(object.keys().map(String::as_str))
}

/// Converts a member of an object to the text of a cell.
pub fn cell_of(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Object(object) => object.get("name").and_then(Value::as_str).unwrap_or_default().to_owned(),
        Value::Array(list) => list.first().map(cell_of).unwrap_or_default(),
        Value::Null | Value::Bool(_) => String::new(),
    }
}

/// Returns the article described by a JSON object, and its text.
pub fn listed_object(object: &Map<String, Value>) -> Option<(Listed, Option<String>)> {
    let columns = of_object(object);
    let values: Vec<&Value> = object.values().collect();
    let cell = |place: usize| values.get(place).map(|value| cell_of(value)).unwrap_or_default();
    let listed = columns.listed(&cell).filter(|_| columns.is_table_of_articles())?;
    Some((listed, columns.text(&cell)))
}

/// Reports whether `text` is a short link's id: letters, digits, `-` and `_`, currently 22 of them.
fn is_short_id(text: &str) -> bool {
    let letters = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    (20..=24).contains(&text.len()) && text.bytes().all(letters) && text.bytes().any(|byte| byte.is_ascii_alphabetic())
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.len() <= 20 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Returns the `__biz` in a cell: literal, or from the account's number.
fn biz_of(text: &str) -> Option<String> {
    let encoded = text.len() >= 12
        && text.starts_with('M')
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte));
    if encoded { Some(text.to_owned()) } else { biz_of_number(text) }
}

/// Returns the `__biz` from the name that feed readers give an account: `MP_WXS_<number>`.
pub fn feed_number(text: &str) -> Option<String> {
    let at = text.find("MP_WXS_")? + "MP_WXS_".len();
    let digits = text[at..].bytes().take_while(u8::is_ascii_digit).count();
    biz_of_number(&text[at..at + digits])
}

/// Returns the numbers in the id that we-mp-rss gives an article: `<account>-<mid>_<idx>`.
pub fn numbers_of(id: &str) -> Option<ArticleUrl> {
    let (account, rest) = id.trim().trim_start_matches("MP_WXS_").split_once('-')?;
    let (mid, idx) = rest.split_once('_')?;
    let plausible = is_number(mid) && mid.len() >= 6 && is_number(idx) && idx.len() <= 2;
    let biz = biz_of_number(account).filter(|_| account.len() >= 8 && plausible)?;
    Some(ArticleUrl { biz: Some(biz), mid: Some(mid.to_owned()), idx: Some(idx.to_owned()), ..ArticleUrl::default() })
}

/// Returns the title in a title column, unless it is an address.
fn named_title(text: &str) -> Option<String> {
    let title = words(text)?;
    let address = title.contains("://") || title.contains("mp.weixin.qq.com");
    (!address && title.chars().count() <= 300).then_some(title)
}

/// Returns the summary in a digest, which feed readers fill with HTML or the whole text.
pub fn summary(text: &str) -> Option<String> {
    let text = crate::parse::page::scan::text(text.as_bytes());
    words(&text).filter(|text| text.chars().count() <= 300)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn of(value: &Value) -> Option<(Listed, Option<String>)> {
        listed_object(value.as_object().unwrap())
    }

    #[test]
    fn readers_of_subscriptions_name_articles_by_numbers() {
        let (listed, text) = of(&json!({"id": "3040000000-2650000003_1", "mp_id": "MP_WXS_3040000000", "title": "题",
            "url": "https://mp.weixin.qq.com/s/WeMpRss0000000000000001", "publish_time": 1_704_420_000,
            "content": "<p>a</p>", "content_html": ""}))
        .unwrap();
        assert_eq!(listed.link.aliases(), ["MzA0MDAwMDAwMA==_2650000003_1", "short:WeMpRss0000000000000001"]);
        assert_eq!(text.as_deref(), Some("<p>a</p>"));
        assert_eq!(listed.fields.published.unwrap().unix(), 1_704_420_000);
        let (listed, _) = of(
            &json!({"id": "WeweRss000000000000001", "mp_id": "MP_WXS_3040000000", "title": "题", "publish_time": 1}),
        )
        .unwrap();
        assert_eq!(
            (listed.link.short.as_deref(), listed.link.biz.as_deref()),
            (Some("WeweRss000000000000001"), Some("MzA0MDAwMDAwMA=="))
        );
    }

    #[test]
    fn what_names_no_article_is_none() {
        for value in [
            json!({"id": "3040000000-2650000003_1", "title": "题"}),
            json!({"url": "https://example.com/a", "title": "题"}),
            json!({"url": "https://mp.weixin.qq.com/s/WeMpRss0000000000000001"}),
            json!({"id": "WeweRss000000000000001", "title": "题"}),
        ] {
            assert_eq!(of(&value), None, "{value}");
        }
    }

    #[test]
    fn a_deleted_article_has_no_text() {
        let (listed, text) = of(
            &json!({"title": "题", "url": "https://mp.weixin.qq.com/s/WeMpRss0000000000000001", "content": "DELETED"}),
        )
        .unwrap();
        assert_eq!((listed.fields.deleted, text), (Some(true), None));
    }
}
