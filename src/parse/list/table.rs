//! Reads lists of articles in the tables of known exporters.

use serde_json::Value;

use super::{Listed, link_of, words};
use crate::model::article::Counts;
use crate::model::{ArticleFields, Time};
use crate::parse::table::{Record, clean, column_name};

/// The table layout of one exporter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// wechatDownload's CSV: `title,url,time,like_num,read_num,share_num,comment_count`.
    WechatDownload,
    /// wechat-article-exporter's sheet: 公众号, ID, 链接, 标题 …
    ArticleExporter,
}

/// The columns that identify a layout, in any order.
const WECHAT_DOWNLOAD: &[&str] = &["title", "url", "time", "read_num"];
const ARTICLE_EXPORTER: &[&str] = &["公众号", "链接", "标题", "发布时间"];

/// A header with the positions of its columns.
#[derive(Clone, Debug)]
pub struct Header {
    /// The layout of the table.
    pub layout: Layout,
    names: Vec<String>,
}

impl Header {
    /// Reads a row as a header; returns `None` if it is not a known one.
    pub fn of(row: &Record) -> Option<Self> {
        let names: Vec<String> = row.iter().map(column_name).collect();
        let has = |columns: &[&str]| columns.iter().all(|column| names.iter().any(|name| name == column));
        let layout = if has(WECHAT_DOWNLOAD) {
            Layout::WechatDownload
        } else if has(ARTICLE_EXPORTER) {
            Layout::ArticleExporter
        } else {
            return None;
        };
        Some(Self { layout, names })
    }

    fn cell<'r>(&self, row: &'r Record, name: &str) -> Option<&'r str> {
        let place = self.names.iter().position(|column| column == name)?;
        Some(clean(row.get(place))).filter(|cell| !cell.is_empty())
    }

    /// Returns the article's text, if the table has a column for it.
    pub fn text<'r>(&self, row: &'r Record) -> Option<&'r str> {
        self.cell(row, "文章内容").filter(|_| self.layout == Layout::ArticleExporter)
    }

    /// Reads one row; returns `None` if it identifies no article.
    pub fn listed(&self, row: &Record) -> Option<Listed> {
        let text = |name: &str| self.cell(row, name).and_then(words);
        let count = |name: &str| self.cell(row, name)?.parse::<u64>().ok();
        let time = |name: &str| self.cell(row, name).and_then(wall);
        let listed = match self.layout {
            Layout::WechatDownload => {
                let mut fields = ArticleFields {
                    title: text("title"),
                    published: time("time"),
                    counts: Some(Counts {
                        read: count("read_num"),
                        share: count("share_num"),
                        // Sometimes the text `{}`, which is not a number.
                        comment: count("comment_count"),
                        ..Counts::default()
                    }),
                    ..ArticleFields::default()
                };
                if let Some(likes) = count("like_num") {
                    // The exporter does not state whether it counts 点赞 or 在看.
                    fields.extra.insert("wechatdownload_like_num".to_owned(), Value::from(likes));
                }
                Listed { link: link_of(self.cell(row, "url"), None, None, None), fields, blocked: false }
            }
            Layout::ArticleExporter => {
                let id = self.cell(row, "ID").and_then(|id| id.split_once('_'));
                let (mid, idx) = id.map(|(mid, idx)| (mid.to_owned(), idx.to_owned())).unzip();
                let fields = ArticleFields {
                    title: text("标题"),
                    summary: text("摘要"),
                    author: text("作者"),
                    account_name: text("公众号"),
                    published: time("发布时间").or_else(|| time("创建时间")),
                    item_show_type: self.cell(row, "文章类型").and_then(show_type),
                    original: Some(self.cell(row, "是否原创") == Some("原创")),
                    cover: super::cover(self.cell(row, "封面").map(str::to_owned)),
                    extra: self.cell(row, "所属合集").map(albums).into_iter().collect(),
                    counts: Some(Counts {
                        read: count("阅读"),
                        like: count("点赞"),
                        looking: count("喜欢"),
                        share: count("分享"),
                        comment: count("留言"),
                        ..Counts::default()
                    }),
                    ..ArticleFields::default()
                };
                Listed { link: link_of(self.cell(row, "链接"), None, mid, idx), fields, blocked: false }
            }
        };
        let mut listed = listed;
        listed.fields.counts = listed.fields.counts.filter(|counts| *counts != Counts::default());
        (!listed.link.aliases().is_empty() || listed.link.mid.is_some()).then_some(listed)
    }
}

/// Parses a wall-clock time, or the serial number of one.
fn wall(cell: &str) -> Option<Time> {
    Time::from_wall(cell).or_else(|| Time::from_wall(&crate::parse::table::xlsx_rows::wall_of_serial(cell)?))
}

/// Returns the type for the exporter's name of it.
fn show_type(words: &str) -> Option<i64> {
    Some(match words {
        "普通图文" => 0,
        "视频分享" => 5,
        "音乐分享" => 6,
        "音频分享" => 7,
        "图片分享" => 8,
        "文本分享" => 10,
        "文章分享" => 11,
        "短文" => 17,
        _ => return None,
    })
}

/// Splits `#甲 #乙`: the names of albums without their ids.
fn albums(cell: &str) -> (String, Value) {
    let names = cell.split('#').map(str::trim).filter(|name| !name.is_empty());
    ("album_names".to_owned(), names.collect())
}
