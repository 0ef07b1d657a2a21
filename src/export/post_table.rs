//! The list of posts as a table, for the exports that write one: in the words and the order that users of
//! wechat-article-exporter know, with every count. Times are the platform's (+08:00), counts as the page showed them.

use super::post::PostContent;
use super::{ExportOptions, Losses, Publication, comments, names};
use crate::error::Result;
use crate::model::Time;
use crate::text::{Language, Texts};

/// Headers in Chinese and English.
const COLUMNS: &[(&str, &str)] = &[
    ("公众号", "account"),
    ("ID", "platform id"),
    ("链接", "link"),
    ("标题", "title"),
    ("封面", "cover"),
    ("摘要", "summary"),
    ("发布时间", "published"),
    ("更新时间", "modified"),
    ("阅读", "reads"),
    ("点赞", "likes"),
    ("在看", "looking"),
    ("分享", "shares"),
    ("收藏", "favourites"),
    ("留言", "comments"),
    ("作者", "author"),
    ("是否原创", "original"),
    ("文章类型", "type"),
    ("所属合集", "albums"),
    ("标签", "tags"),
    ("编号", "id"),
];

/// Place of the title among the columns.
pub(super) const TITLE: usize = 3;

/// A cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Cell {
    /// A text, empty if there is none.
    Text(String),
    /// A number.
    Number(u64),
}

impl Cell {
    /// Returns what the cell shows.
    pub(super) fn text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Number(number) => number.to_string(),
        }
    }
}

/// A row of the table.
pub(super) struct Row {
    cells: Vec<Cell>,
    /// Number of comments, for which a table has no place.
    comments: u64,
}

impl Row {
    /// Returns the cells; the comments are counted as lost.
    pub(super) fn into_cells(self, losses: &mut Losses) -> Vec<Cell> {
        losses.add("comment", self.comments, &self.cells[TITLE].text());
        self.cells
    }
}

/// Returns the headers in a language.
pub(super) fn headers(language: Language) -> impl Iterator<Item = &'static str> {
    COLUMNS.iter().map(move |(zh, en)| if language == Language::Chinese { *zh } else { *en })
}

/// Returns the rows, newest first.
pub(super) fn rows<'v>(
    publication: &'v Publication<'v>,
    options: &'v ExportOptions,
) -> impl Iterator<Item = Result<Row>> + 'v {
    let texts = Texts::new(options.language);
    let account = publication.view().account().name.clone().unwrap_or_default();
    let posts = publication.newest_first();
    posts.into_iter().map(move |place| {
        let content = publication.content(place, options)?;
        let comments = comments::count(&content.comments);
        Ok(Row { cells: row(publication, place, &account, content, &texts), comments })
    })
}

fn row(publication: &Publication<'_>, place: usize, account: &str, content: PostContent, texts: &Texts) -> Vec<Cell> {
    let counts = content.counts.unwrap_or_default();
    let text = |text: Option<String>| Cell::Text(text.unwrap_or_default());
    let time = |time: Option<Time>| Cell::Text(time.map(|time| time.to_string()).unwrap_or_default());
    let number = |count: Option<u64>| count.map_or_else(|| Cell::Text(String::new()), Cell::Number);
    let reads = match counts.read {
        // The platform shows no more than this.
        Some(_) if counts.capped => Cell::Text("100000+".to_owned()),
        read => number(read),
    };
    let id = names::numbers(publication.post(place)).map(|(mid, idx)| format!("{mid}_{idx}"));
    let original = content.original.map(|is| texts.get(if is { "table-original" } else { "table-not-original" }, &[]));
    vec![
        Cell::Text(account.to_owned()),
        text(id),
        text(content.old_url),
        text(content.title),
        text(content.cover_url),
        text(content.summary),
        time(content.published),
        time(content.modified),
        reads,
        number(counts.like),
        number(counts.looking),
        number(counts.share),
        number(counts.collect),
        number(counts.comment),
        text(content.author),
        text(original),
        Cell::Text(texts.get(&format!("table-form-{}", content.form), &[])),
        Cell::Text(content.albums.join("、")),
        Cell::Text(content.tags.join("、")),
        Cell::Text(content.id),
    ]
}
