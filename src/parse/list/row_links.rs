//! Finds articles in rows that are kept unchanged: tables of statistics, documents of a database, saved responses. A
//! row with a link to an article is also an entry of a list, whichever importer keeps the row.
//!
//! A *link field* is a cell or member under any name that contains an address and little else, or one whose name says
//! that it is a link. Addresses within texts (an article, a comment, a message) are mentions, not entries.

use serde_json::{Map, Value};

use super::column_names::{Meaning, meaning, places, plain};
use super::links::{FoundLink, Links, has_link, of_text};
use super::words;
use crate::model::{Dataset, Time};
use crate::parse::time::when::time_in;

/// Maximum number of characters in a link field besides the address: a title, a label.
const BESIDE: usize = 80;

/// Maximum number of levels of objects and arrays that are searched.
const DEPTH: u32 = 24;

/// Adds the articles that a row of `dataset` links to.
pub fn of_row(dataset: Dataset, fields: &Map<String, Value>, links: &mut Links) {
    // A draft's address is only valid for some hours, and messages link to articles of other accounts.
    if matches!(dataset, Dataset::Drafts | Dataset::Followers | Dataset::Personal) {
        return;
    }
    let reader =
        RowReader { days_are_statistics: dataset == Dataset::Statistics, is_talk: dataset == Dataset::Comments };
    reader.object(fields, &Around::default(), DEPTH, links);
}

struct RowReader {
    /// Whether `日期` is the day that was counted.
    days_are_statistics: bool,
    /// Whether texts are messages between people.
    is_talk: bool,
}

/// The facts about an article in the object around its link.
#[derive(Clone, Debug, Default)]
struct Around {
    title: Option<String>,
    published: Option<Time>,
}

impl RowReader {
    fn object(&self, fields: &Map<String, Value>, outer: &Around, depth: u32, links: &mut Links) {
        if depth == 0 {
            return;
        }
        let inner = self.around(fields);
        let around = Around {
            title: inner.title.or_else(|| outer.title.clone()),
            published: inner.published.or(outer.published),
        };
        for (name, value) in fields {
            self.value(meaning(&plain(name)), value, &around, depth - 1, links);
        }
    }

    fn value(&self, name: Option<Meaning>, value: &Value, around: &Around, depth: u32, links: &mut Links) {
        match value {
            Value::String(text) => self.text(name, text, around, links),
            Value::Object(fields) => self.object(fields, around, depth, links),
            // Data outside a list of several values describes none of them in particular.
            Value::Array(values) => {
                let nothing = Around::default();
                let around = if values.len() == 1 { around } else { &nothing };
                for value in values {
                    if depth > 0 {
                        self.value(name, value, around, depth - 1, links);
                    }
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    fn text(&self, name: Option<Meaning>, text: &str, around: &Around, links: &mut Links) {
        if !has_link(text.as_bytes()) {
            return;
        }
        let is_text = matches!(name, Some(Meaning::Text | Meaning::Digest | Meaning::Talk));
        if is_text && self.is_talk || text.len() > 64 * 1024 {
            return;
        }
        let mut found = Links::default();
        of_text(text, &mut found);
        let found = found.into_vec();
        let beside = beside_links(text);
        if beside > if is_text { 0 } else { BESIDE } {
            return;
        }
        let is_alone = found.len() == 1;
        for one in found {
            let around = if is_alone { around.clone() } else { Around::default() };
            links.add(FoundLink {
                link: one.link,
                title: around.title.or(one.title),
                published: around.published,
                ..FoundLink::default()
            });
        }
    }

    fn around(&self, fields: &Map<String, Value>) -> Around {
        let values: Vec<&Value> = fields.values().collect();
        let known = places(fields.keys().map(String::as_str));
        let of = |meaning: Meaning| {
            let places = known.iter().filter(move |(known, _)| *known == meaning);
            places.filter_map(|(_, place)| values.get(*place).copied())
        };
        let title = of(Meaning::Title).find_map(title_in);
        let mut published = of(Meaning::Published).find_map(time_in);
        // In these responses `ref_date` is the day on which the article was sent, elsewhere the day that was counted.
        if fields.contains_key("details") || fields.contains_key("detail_list") {
            published = published.or_else(|| fields.get("ref_date").and_then(time_in));
        }
        if !self.days_are_statistics {
            published = published.or_else(|| of(Meaning::Time).find_map(time_in));
        }
        Around { title, published }
    }
}

/// Counts the characters of a text besides its addresses.
fn beside_links(text: &str) -> usize {
    let words =
        text.split(|letter: char| letter.is_whitespace() || matches!(letter, '"' | '\'' | '<' | '>' | '(' | ')'));
    words.filter(|word| !word.contains("weixin.qq.com") && !word.contains("%2F")).map(|word| word.chars().count()).sum()
}

fn title_in(value: &Value) -> Option<String> {
    let title = words(value.as_str()?)?;
    (!title.contains("://") && title.chars().count() <= 300).then_some(title)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const A: &str = "https://mp.weixin.qq.com/s/AAAAAAAAAAAAAAAAAAAAAA";

    /// Returns links as short id, title and time.
    fn found(dataset: Dataset, value: &Value) -> Vec<(String, Option<String>, Option<String>)> {
        let mut links = Links::default();
        of_row(dataset, value.as_object().unwrap(), &mut links);
        let one = |found: FoundLink| {
            let link = found.link.short.or(found.link.mid).unwrap_or_default();
            (link, found.title, found.published.map(|time| time.to_string()))
        };
        links.into_vec().into_iter().map(one).collect()
    }

    #[test]
    fn a_link_is_an_entry_with_title_and_time_in_every_form_of_row() {
        let at = "2024-01-05T10:00:00+08:00";
        let wanted = vec![("AAAAAAAAAAAAAAAAAAAAAA".to_owned(), Some("题目".to_owned()), Some(at.to_owned()))];
        for row in [
            json!({"link": A, "title": "题目", "publishAt": {"$date": "2024-01-05T02:00:00.000Z"}}),
            json!({"_id": {"$oid": "5c"}, "url": A, "title": "题目", "publish_time": {"$date": {"$numberLong": "1704420000000"}}}),
            json!({"content_url": A, "title": "题目", "create_time": 1_704_420_000}),
            json!({"article_url": A, "title": "题目", "create_time": "1704420000000"}),
            json!({"文章链接": A, "文章标题": "题目", "发布时间": "2024-01-05 10:00:00"}),
            json!({"msg_link": A, "msg_title": "题目", "datetime": 1_704_420_000.0}),
            json!({"内容url": A, "内容标题": "题目", "发表时间": "2024年1月5日 10:00"}),
            json!({"whatever": A, "Title": "题目", "createdAt": "2024-01-05T10:00:00+08:00"}),
            json!({"data": {"article": {"url": A}, "title": "题目", "send_time": 1_704_420_000}}),
            json!({"urls": [A], "title": "题目", "time": "2024/1/5 10:00"}),
            json!({"备用": format!("[题目]({A})"), "时间": "2024-01-05 10:00"}),
            json!({"链接": format!("题目 {A}"), "时间": "45296.416666666664"}),
        ] {
            assert_eq!(found(Dataset::Cloud, &row), wanted, "{row}");
        }
    }

    #[test]
    fn mentions_in_texts_and_talk_are_no_entries() {
        let body = format!("<p>{}</p><a href=\"{A}\">上一篇</a>", "正文".repeat(60));
        for (dataset, row) in [
            (Dataset::Cloud, json!({"title": "题", "content": body})),
            (Dataset::Cloud, json!({"title": "题", "任意": body})),
            (Dataset::Cloud, json!({"desc": format!("看看 {A}")})),
            (Dataset::Comments, json!({"content": A})),
            (Dataset::Drafts, json!({"url": A, "title": "题"})),
            (Dataset::Cloud, json!({"url": "https://example.com/s/AAAA", "title": "题"})),
        ] {
            assert_eq!(found(dataset, &row), [], "{row}");
        }
        // The article that a comment belongs to.
        assert_eq!(found(Dataset::Comments, &json!({"content": "好", "article_url": A})).len(), 1);
    }

    #[test]
    fn a_day_that_was_counted_is_no_day_of_publishing() {
        let row = json!({"日期": "20240105", "标题": "题目", "链接": A, "阅读": "3"});
        assert_eq!(found(Dataset::Statistics, &row)[0].2, None);
        let row = json!({"ref_date": "2021-02-22", "title": "题目", "url": A, "details": []});
        assert_eq!(found(Dataset::Statistics, &row)[0].2.as_deref(), Some("2021-02-22T00:00:00+08:00"));
        let row = json!({"内容标题": "题目", "发表时间": "20240501", "内容url": A});
        assert_eq!(found(Dataset::Statistics, &row)[0].2.as_deref(), Some("2024-05-01T00:00:00+08:00"));
    }

    #[test]
    fn several_links_of_one_field_are_several_articles_without_its_title() {
        let row = json!({"title": "合集", "links": [A, "https://mp.weixin.qq.com/s/BBBBBBBBBBBBBBBBBBBBBB"]});
        assert_eq!(found(Dataset::Cloud, &row).iter().map(|one| one.1.clone()).collect::<Vec<_>>(), [None, None]);
    }
}
