//! Private tables: rows merged by key whatever the order of the inputs, written once, rebuilt from the bags, and what a
//! total counts above them named.

use serde_json::{Value, json};

use crate::support::Run;

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
    let before = run.tree();
    std::fs::remove_dir_all(run.archive().join(".liudi")).unwrap();
    let done = run.backup(&["--json"]).succeeds();
    assert_eq!(run.tree(), before);
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
