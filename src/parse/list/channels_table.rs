//! Reads `视频号动态数据明细.csv`: one work per row, numbers as printed (`4.41%`, `14.73秒`), and a day without a time.

use serde_json::{Map, Value};

use super::channels::Listed;
use super::channels_header::{Header, Layout};
use super::words;
use crate::model::post::ShortPostCounts;
use crate::model::{Form, ShortPostFields, Time};
use crate::parse::table::Record;

/// The columns that identify the table; the others may vary.
const SIGNATURE: &[&str] = &["视频描述", "视频ID", "发布时间"];

/// The layout of the table.
pub const LAYOUT: Layout = Layout { signature: SIGNATURE, listed };

/// Columns of numbers, and their names in the backend's responses.
const NUMBERS: &[(&str, &str)] = &[
    ("完播率", "fullPlayRate"),
    ("平均播放时长", "avgPlayTimeSec"),
    ("播放量", "readCount"),
    ("推荐", "likeCount"),
    ("喜欢", "favCount"),
    ("评论量", "commentCount"),
    ("分享量", "forwardCount"),
    ("关注量", "followCount"),
    ("设为铃声", "ringsetCount"),
    ("设为状态", "statusrefCount"),
    ("设为朋友圈封面", "snscoverCount"),
];

/// Reads one row; returns `None` if it identifies no work.
fn listed(header: &Header, row: &Record) -> Option<Listed> {
    let id = header.cell(row, "视频ID")?;
    let alias = match id.strip_prefix("export/") {
        Some(tail) => format!("export:{tail}"),
        None => format!("object:{id}"),
    };
    let count = |name: &str| header.cell(row, name)?.parse::<u64>().ok();
    let counts = ShortPostCounts {
        like: count("喜欢"),
        recommend: count("推荐"),
        comment: count("评论量"),
        share: count("分享量"),
    };
    // An unknown column keeps its own name.
    let mut statistics = Map::new();
    for (column, cell) in header.others(row, SIGNATURE) {
        let known = NUMBERS.iter().find(|(name, _)| *name == column).map_or(column, |(_, name)| *name);
        statistics.insert(known.to_owned(), Value::from(cell));
    }
    let fields = ShortPostFields {
        form: Some(Form::Video),
        from_owner: Some(true),
        text: header.cell(row, "视频描述").and_then(words),
        counts: (counts != ShortPostCounts::default()).then_some(counts),
        statistics,
        ..ShortPostFields::default()
    };
    let day = header.cell(row, "发布时间").and_then(Time::from_wall).map(Time::date);
    Some(Listed { aliases: vec![alias], fields: ShortPostFields { day, ..fields } })
}
