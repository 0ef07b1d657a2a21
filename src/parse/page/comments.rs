//! Reads the comments that wechat-article-exporter writes below a saved article: names, texts, places and times as a
//! reader sees them, without the platform's ids.

use scraper::{ElementRef, Html, Selector};
use serde_json::{Map, Value};

use crate::model::dataset::content_key;
use crate::model::{DataRow, Dataset};

/// The table's name: without ids, these rows cannot be merged with the platform's own responses.
pub const TABLE: &str = "comments_in_pages";

/// Returns the comments below the article, each reply after its comment.
pub fn read(page: &[u8], article: Option<&str>) -> Vec<DataRow> {
    let signs: [&[u8]; 2] = [b"sns_praise_btn", "留言".as_bytes()];
    if !signs.iter().all(|sign| memchr::memmem::find(page, sign).is_some()) {
        return Vec::new();
    }
    let document = Html::parse_document(&String::from_utf8_lossy(page));
    let (Ok(paragraphs), Ok(spans)) = (Selector::parse("p"), Selector::parse("span")) else { return Vec::new() };
    let mut rows: Vec<DataRow> = Vec::new();
    let mut comment: Option<String> = None;
    for words in document.select(&paragraphs).filter(|paragraph| has_style(*paragraph, "white-space: pre-line")) {
        let Some(block) = words.parent().and_then(ElementRef::wrap) else { continue };
        let Some(head) = block.select(&paragraphs).next().filter(|head| *head != words) else { continue };
        if !head.select(&spans).any(|span| span.attr("class").is_some_and(|class| class.contains("sns_praise_btn"))) {
            continue;
        }
        let leaves = head.select(&spans).filter(|span| span.select(&spans).next().is_none());
        // The mark of a friend depends on the visitor who saved the page.
        let told: Vec<String> = leaves.map(text).filter(|text| !text.is_empty() && text != "朋友").collect();
        let mut fields = Map::new();
        fields.insert("nick_name".to_owned(), Value::from(told.first().cloned().unwrap_or_default()));
        fields.insert("content".to_owned(), Value::from(text(words)));
        fields.insert("told".to_owned(), told.into_iter().skip(1).map(Value::from).collect());
        let mut row = DataRow::new(Dataset::Comments, TABLE, content_key(&fields), fields);
        row = row.of_article(article.map(str::to_owned));
        if words.ancestors().filter_map(ElementRef::wrap).any(|above| has_style(above, "padding-left: 38px")) {
            row.parent.clone_from(&comment);
        } else {
            comment = Some(row.key.clone());
        }
        rows.push(row);
    }
    rows
}

fn has_style(element: ElementRef<'_>, style: &str) -> bool {
    // Whitespace around the colon varies.
    let tight = |text: &str| text.split_whitespace().collect::<String>();
    element.attr("style").is_some_and(|styles| tight(styles).contains(&tight(style)))
}

fn text(element: ElementRef<'_>) -> String {
    element.text().collect::<String>().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(name: &str, words: &str) -> String {
        format!(
            "<div style=\"flex: 1;\"><p style=\"display: flex;\"><span>{name}</span><span>浙江</span><span>4月6日</span><span><span class=\"sns_opr_btn sns_praise_btn\">5</span></span></p><p style=\"color: #333;white-space: pre-line;\">{words}</p></div>"
        )
    }

    #[test]
    fn comments_and_replies_below_a_page_are_read() {
        let page = format!(
            "<div id=\"js_article\"><p style=\"white-space: pre-line\">正文</p></div><div><p>留言 2</p><div><div><div>{}</div><div style=\"padding-left: 38px;\"><div>{}</div></div></div><div>{}</div></div></div>",
            said("阿茶", "好"),
            said("作者", " 谢谢"),
            said("老陈", "不错")
        );
        let rows = read(page.as_bytes(), Some("a_1_1"));
        let said: Vec<_> =
            rows.iter().map(|row| (row.fields["content"].as_str().unwrap(), row.parent.is_some())).collect();
        assert_eq!(said, [("好", false), ("谢谢", true), ("不错", false)]);
        assert_eq!(rows[1].parent.as_deref(), Some(rows[0].key.as_str()));
        assert_eq!(rows[0].fields["told"], serde_json::json!(["浙江", "4月6日", "5"]));
        assert!(read(b"<p>plain</p>", None).is_empty());
    }
}
