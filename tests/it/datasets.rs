//! Private tables: rows merged by key whatever the order of the inputs, written once, rebuilt from the bags, and what a
//! total counts above them named.

use serde_json::{Value, json};

use crate::state::is_ready_alone;
use crate::support::{Run, same};

const BIZ: &str = "MzA0MDAwMDAwMA==";

/// An article as wechat-article-exporter writes it, with these comments.
fn article(mid: u64, comments: &Value) -> Value {
    json!({
        "aid": format!("{mid}_1"), "appmsgid": mid, "itemidx": 1, "title": "一篇", "fakeid": BIZ,
        "link": format!("http://mp.weixin.qq.com/s?__biz={BIZ}&mid={mid}&idx=1&sn=ab"), "comments": comments,
    })
}

fn comment(id: u64, text: &str, more: &Value) -> Value {
    let mut comment = json!({"content_id": id.to_string(), "content": text, "nick_name": "读者"});
    comment.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap_or_default());
    comment
}

/// Two exports that share a comment.
fn exports() -> [(&'static str, String); 2] {
    let replies =
        json!({"reply_new": {"reply_total_cnt": 2, "reply_list": [{"reply_id": 1, "content": "谢谢", "is_from": 1}]}});
    let first =
        json!([article(2_650_000_001, &json!([comment(7, "好文", &json!({})), comment(8, "收藏了", &replies)]))]);
    let second = json!([article(
        2_650_000_001,
        &json!([comment(7, "好文", &json!({"like_num": 3, "later": [1, {"deep": true}]}))])
    )]);
    [("a/一.json", first.to_string()), ("b/二.json", second.to_string())]
}

fn lines(run: &Run) -> Vec<Value> {
    let text = run.read("private/data/comments/comments.jsonl");
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn overlapping_inputs_give_each_row_once_with_all_that_any_of_them_says() {
    let [(first, one), (second, two)] = exports();
    let run = Run::new().file(first, one).file(second, two);
    run.backup(&[]).succeeds().says("Comments and replies: 3 rows");
    let rows = lines(&run);
    let keys: Vec<_> = rows.iter().map(|row| row["key"].as_str().unwrap()).collect();
    assert_eq!(keys, ["7", "8", "8/1"]);
    assert_eq!(rows[0]["fields"]["later"], json!([1, {"deep": true}]));
    assert_eq!(rows[0]["evidence"].as_array().unwrap().len(), 2);
    assert_eq!((&rows[2]["parent"], &rows[2]["article"]), (&json!("8"), &json!(format!("{BIZ}_2650000001_1"))));
    let package: Value = serde_json::from_str(&run.read("private/data/comments/datapackage.json")).unwrap();
    assert_eq!(
        (&package["resources"][0]["path"], &package["resources"][0]["rows"]),
        (&json!("comments.jsonl"), &json!(3))
    );
}

#[test]
fn the_order_of_inputs_changes_nothing() {
    let [(first, one), (second, two)] = exports();
    let forth = Run::new().file(first, &one);
    forth.backup(&[]).succeeds();
    let forth = forth.file(second, &two);
    forth.backup(&[]).succeeds();
    let back = Run::new().file(second, &two);
    back.backup(&[]).succeeds();
    let back = back.file(first, &one);
    back.backup(&[]).succeeds();
    let table = |run: &Run| run.read("private/data/comments/comments.jsonl");
    assert_eq!(table(&forth), table(&back));
}

#[test]
fn the_tables_are_read_again_from_the_bags() {
    let [(first, one), (second, two)] = exports();
    let run = Run::new().file(first, one).file(second, two);
    run.backup(&[]).succeeds();
    is_ready_alone(&run);
    let before = run.tree();
    std::fs::remove_dir_all(run.archive().join(".liudi")).unwrap();
    let done = run.backup(&["--json"]).succeeds();
    same(&before, &run.tree());
    let report: Value = serde_json::from_str(&done.stdout).unwrap();
    assert_eq!(report["datasets"], json!([{"dataset": "comments", "table": "comments", "rows": 3}]));
}

#[test]
fn replies_that_are_counted_and_not_held_are_a_gap_by_name() {
    let [(first, one), _] = exports();
    let run = Run::new().file(first, one);
    run.backup(&[]).succeeds();
    let gaps = run.read("private/data/provenance/gaps.csv");
    let gap = gaps.lines().find(|line| line.starts_with("comment,")).unwrap();
    assert!(gap.starts_with("comment,rows:comments/comments/8,not_listed,一篇,"), "{gap}");
    assert!(gap.contains(&format!(",{BIZ}_2650000001_1,")) && gap.ends_with(",1/2"), "{gap}");
    assert!(!run.read("public/data/provenance/gaps.csv").contains("rows:comments"));
}

#[test]
fn nothing_of_a_private_table_reaches_the_public_part_or_the_site() {
    let [(first, one), _] = exports();
    let run = Run::new().file(first, one);
    run.backup(&[]).succeeds();
    for (path, bytes) in run.tree() {
        let public = path.starts_with("public/") || path.starts_with("site/");
        assert!(!public || memchr::memmem::find(&bytes, "收藏了".as_bytes()).is_none(), "{path}");
    }
}

#[test]
fn twenty_five_thousand_rows_stand_in_order_and_a_secret_in_one_does_not_stand() {
    let many: Vec<Value> = (0..25_000)
        .map(|number| {
            comment(
                1_000_000 + number,
                "好",
                &if number == 3 { json!({"pass_ticket": "Zq8fJ2kLmN9pQrStUvWx0123456789"}) } else { json!({}) },
            )
        })
        .collect();
    let run = Run::new().file("x.json", json!([article(2_650_000_002, &json!(many))]).to_string());
    run.backup(&[]).succeeds().says("25000 rows");
    let text = run.read("private/data/comments/comments.jsonl");
    assert_eq!(text.lines().count(), 25_000);
    assert!(!text.contains("Zq8fJ2kLmN9"));
    let keys: Vec<&str> = text.lines().map(|line| &line[8..15]).collect();
    assert!(keys.is_sorted());
}

/// A workbook as the back end gives it: a title, an empty row, the header, numbers as numbers.
fn workbook() -> Vec<u8> {
    let mut workbook = rust_xlsxwriter::Workbook::new();
    let sheet = workbook.add_worksheet().set_name("用户增长").unwrap();
    sheet.write_string(0, 0, "用户增长 2025-01-01 至 2025-01-02").unwrap();
    for (column, name) in ["日期", "新增人数", "取消关注人数", "将来的列"].into_iter().enumerate() {
        sheet.write_string(2, u16::try_from(column).unwrap(), name).unwrap();
    }
    sheet.write_string(3, 0, "2025-01-01").unwrap();
    sheet.write_number(3, 1, 12).unwrap();
    sheet.write_number(3, 2, 0.1 + 0.2).unwrap();
    sheet.write_string(4, 0, "2025-01-02").unwrap();
    sheet.write_string(4, 3, "甲").unwrap();
    let other = workbook.add_worksheet().set_name("说明").unwrap();
    other.write_string(0, 0, "数据仅供参考").unwrap();
    workbook.save_to_buffer().unwrap()
}

#[test]
fn statistics_of_workbooks_and_csv_stand_in_one_table_verbatim() {
    let csv = "时间,新增人数,取消关注人数\n2025-01-02,7,\n2025-01-03,0,1\n";
    let run = Run::new().file("用户增长.xlsx", workbook()).file("用户增长.csv", csv);
    run.backup(&[]).succeeds().says("Statistics: 3 rows").says("说明");
    let table = run.read("private/data/statistics/users.csv");
    let rows: Vec<Vec<String>> = csv::Reader::from_reader(table.trim_start_matches('\u{feff}').as_bytes())
        .records()
        .map(|row| row.unwrap().iter().map(str::to_owned).collect())
        .collect();
    let header: Vec<&str> = table.lines().next().unwrap().trim_start_matches('\u{feff}').split(',').collect();
    assert_eq!(header[..5], ["_key", "_parent", "_article", "_as_of", "_evidence"]);
    let cell = |row: usize, name: &str| &rows[row][header.iter().position(|column| *column == name).unwrap()];
    assert_eq!(
        (cell(0, "_key"), cell(0, "新增人数"), cell(0, "取消关注人数")),
        (&"2025-01-01".into(), &"12".into(), &"0.30000000000000004".into())
    );
    // Of one day both files tell: the column that only one of them has is there.
    assert_eq!((cell(1, "新增人数").as_str(), cell(1, "将来的列").as_str()), ("7", "甲"));
    let documents = run.tree().into_iter().filter(|(path, _)| path.starts_with("private/data/documents/")).count();
    assert_eq!(documents, 2);
}

#[test]
fn chats_are_refused_with_a_reason_and_nothing_of_them_is_kept() {
    let chat = "localId,StrTalker,StrContent,IsSender\n1,wxid_a,不给别人看的话,0\n";
    let run = Run::new()
        .file("聊天.csv", chat)
        .file("EnMicroMsg.db", "SQLite format 3\0 不给别人看的话")
        .file("b.json", exports()[1].1.clone());
    run.backup(&[])
        .succeeds()
        .says("chats are not archived: in/聊天.csv")
        .says("EnMicroMsg.db")
        .says("Migrate & Back Up");
    for (path, bytes) in run.tree() {
        assert!(memchr::memmem::find(&bytes, "不给别人看的话".as_bytes()).is_none(), "{path}");
    }
}

#[test]
fn the_personal_export_is_listed_file_by_file_and_checked_against_its_own_number() {
    let run = Run::new().fixture("personal/export/微信个人信息导出");
    run.backup(&[]).succeeds().says("Personal information from WeChat: 3 rows");
    let files = run.read("private/data/personal/files.jsonl");
    let row: Value = serde_json::from_str(files.lines().find(|line| line.contains("登录设备.csv")).unwrap()).unwrap();
    let digest = row["fields"]["sha256"].as_str().unwrap();
    assert!(run.read("private/manifest-sha256.txt").contains(digest));
    let gaps = run.read("private/data/provenance/gaps.csv");
    assert!(gaps.lines().any(|line| line.starts_with("rows,rows:personal/files/") && line.ends_with("3/4")), "{gaps}");
}

#[test]
fn documents_of_a_cloud_database_are_kept_by_their_ids() {
    let run = Run::new().fixture("cloud/lines").fixture("cloud/csv");
    run.backup(&[]).succeeds().says("Mini-program cloud database: 5 rows").says("One entry");
    let table = run.read("private/data/cloud/预约.jsonl");
    assert!(table.contains("\"key\":\"a1\"") && table.contains("\"later\":{\"x\":[1,null]}"), "{table}");
    assert!(run.read("private/data/cloud/茶单.jsonl").contains("\"price\":\"88\""));
}

#[test]
fn answers_of_a_proxy_give_comments_and_counts_to_their_articles_and_nothing_of_the_visitor() {
    let run = Run::new().fixture("comments/by-request").fixture("counts/by-request").fixture("http-message/fiddler");
    run.backup(&[]).succeeds().says("Comments and replies: 5 rows");
    let article = format!("{BIZ}_2650000501_1");
    assert!(lines(&run).iter().all(|row| row["article"] == article.as_str()));
    // Three replies are counted, three are held, one of them from an answer of its own. One comment is missing.
    let gaps = run.read("private/data/provenance/gaps.csv");
    let short: Vec<&str> = gaps.lines().filter(|line| line.starts_with("comment,")).collect();
    assert!(short.len() == 1 && short[0].contains(&article) && short[0].ends_with(",2/3"), "{short:?}");
    for (path, bytes) in run.tree() {
        for planted in ["访客自己的话", "0f1e2d3c4b5a", "Zq8fJ2kLmN9", "123456789;"] {
            let bytes =
                if path.ends_with(".tar.zst") { zstd::decode_all(bytes.as_slice()).unwrap() } else { bytes.clone() };
            assert!(memchr::memmem::find(&bytes, planted.as_bytes()).is_none(), "{planted} in {path}");
        }
    }
    // Two articles with the very same numbers both have them, after the catalog was lost as well.
    std::fs::remove_dir_all(run.archive().join(".liudi")).unwrap();
    let before = run.tree();
    run.backup(&[]).succeeds();
    same(&before, &run.tree());
}

#[test]
fn counts_and_comments_reach_the_article_record_and_the_private_table() {
    let run =
        Run::new().fixture("counts/by-request").fixture("comments/by-request").fixture("datacube/official-account");
    run.backup(&[]).succeeds();
    let table = run.read("public/data/tables/articles.csv") + &run.read("private/data/tables/articles.csv");
    for mid in ["2650000501", "2650000504"] {
        assert!(table.contains(&format!("{BIZ}_{mid}_1")), "{table}");
    }
}

#[test]
fn an_array_of_documents_is_read_as_far_as_it_goes() {
    let documents: Vec<String> = (0..3).map(|number| format!(r#"{{"_id":"d{number}","n":{number}}}"#)).collect();
    let whole = format!("[{}]", documents.join(","));
    let rows = |run: &Run| run.read("private/data/cloud/预约.jsonl").lines().count();
    let run = Run::new().file("预约.json", &whole);
    run.backup(&[]).succeeds();
    assert_eq!(rows(&run), 3);
    let run = Run::new().file("预约.json", &whole[..whole.len() - 4]);
    run.backup(&[]).exits(32);
    assert_eq!(rows(&run), 2);
}
