//! Reads `download_records.csv` of wx_channel: one 视频号 work per row that the user saved, with the data of its page.
//! The works may belong to any account.

use serde_json::{Map, Value};

use super::channels::Listed;
use super::channels_header::{Header, Layout};
use super::words;
use crate::model::post::ShortPostCounts;
use crate::model::{Form, ShortPostFields, Time};
use crate::parse::table::Record;

/// The layout of the table.
pub const LAYOUT: Layout = Layout { signature: &["标题", "视频号名称", "下载时间"], listed };

/// Columns that have fields of their own, and addresses that expire.
const TOLD: &[&str] =
    &["ID", "标题", "视频号名称", "视频链接", "页面链接", "时长", "点赞量", "评论量", "转发数", "创建时间"];

/// Returns the work of a row; `None` if neither a number nor a title identifies it.
fn listed(header: &Header, row: &Record) -> Option<Listed> {
    let title = header.cell(row, "标题").and_then(words);
    let published = header.cell(row, "创建时间").and_then(crate::parse::page::dom::wall_time);
    let number = header.cell(row, "ID").map(|id| id.rsplit_once('_').map_or(id, |(_, number)| number));
    let number = number.filter(|number| number.len() >= 10 && number.bytes().all(|byte| byte.is_ascii_digit()));
    let alias = if let Some(number) = number {
        format!("object:{number}")
    } else {
        // Without a number, the work is identified by account name, title and time.
        let name = header.cell(row, "视频号名称").unwrap_or_default();
        let time = published.map(Time::unix).unwrap_or_default();
        let what = format!("{name}\n{}\n{time}", title.as_deref()?);
        format!("export:record-{}", &crate::model::Sha256::of(what.as_bytes()).hex()[..16])
    };
    let count = |name: &str| number_of(header.cell(row, name)?);
    let counts = ShortPostCounts {
        like: count("点赞量"),
        comment: count("评论量"),
        share: count("转发数"),
        ..ShortPostCounts::default()
    };
    let mut extra = Map::new();
    for (column, cell) in header.others(row, TOLD).filter(|(column, _)| !column.is_empty()) {
        extra.insert(column.to_owned(), Value::from(cell));
    }
    let fields = ShortPostFields {
        form: Some(Form::Video),
        account_name: header.cell(row, "视频号名称").map(str::to_owned),
        text: title,
        published,
        duration_ms: header.cell(row, "时长").and_then(duration),
        counts: (counts != ShortPostCounts::default()).then_some(counts),
        extra,
        ..ShortPostFields::default()
    };
    Some(Listed { aliases: vec![alias], fields })
}

/// Parses a printed count; `1.2万` is rejected, since it is rounded.
fn number_of(cell: &str) -> Option<u64> {
    cell.replace(',', "").parse().ok()
}

/// Parses `01:05` or `1:02:03` to milliseconds.
fn duration(cell: &str) -> Option<u64> {
    let mut seconds = 0_u64;
    for part in cell.split([':', '：']) {
        seconds = seconds.checked_mul(60)?.checked_add(part.trim().parse().ok()?)?;
    }
    (seconds > 0).then_some(seconds * 1000)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::table::Rows as _;
    use crate::parse::table::csv_rows::CsvRows;

    #[test]
    fn a_row_names_its_work_by_number_or_by_what_it_says() {
        let text = "ID,标题,视频号名称,时长,点赞量,创建时间,IP所在地,下载时间\n\
            ID_14000000000000000001,海边的一天,留底示例号,01:05,\"1,200\",2024-05-01 10:00:00,广东,2025-01-01 10:00:00\n\
            ,山里,留底示例号,1:00:05,1.2万,,,2025-01-01 10:00:00\n,,,,,,,2025-01-01 10:00:00\n";
        let mut rows = CsvRows::new(text.as_bytes(), "a.csv");
        let mut record = Record::default();
        rows.next_row(&mut record).unwrap();
        let header = Header::of(&record, &LAYOUT).unwrap();
        let mut all = Vec::new();
        while rows.next_row(&mut record).unwrap() {
            all.push(header.listed(&record));
        }
        let first = all[0].as_ref().unwrap();
        assert_eq!(first.aliases, ["object:14000000000000000001"]);
        assert_eq!((first.fields.text.as_deref(), first.fields.duration_ms), (Some("海边的一天"), Some(65_000)));
        assert_eq!(first.fields.published, Time::from_wall("2024-05-01 10:00:00"));
        assert_eq!(first.fields.counts.as_ref().and_then(|counts| counts.like), Some(1200));
        let second = all[1].as_ref().unwrap();
        assert!(second.aliases[0].starts_with("export:record-"), "{:?}", second.aliases);
        assert_eq!((second.fields.duration_ms, &second.fields.counts), (Some(3_605_000), &None));
        assert_eq!(all[2], None);
    }
}
