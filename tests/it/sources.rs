//! Files of other programs whose text is there, through the whole main job: what they hold of articles is read, and what
//! they do not hold is said.

use serde_json::{Value, json};

use crate::support::Run;

/// Every `article.json` of the archive, by title.
fn articles(run: &Run) -> Vec<Value> {
    let mut all: Vec<Value> = run
        .tree()
        .into_iter()
        .filter(|(path, _)| path.ends_with("article.json"))
        .map(|(_, bytes)| serde_json::from_slice(&bytes).unwrap())
        .collect();
    all.sort_by_key(|article| article["title"].to_string());
    all
}

/// Every body of the archive, joined.
fn bodies(run: &Run) -> String {
    let bodies = run.tree().into_iter().filter(|(path, _)| path.ends_with("content.html"));
    bodies.map(|(_, bytes)| String::from_utf8(bytes).unwrap()).collect()
}

fn gaps(run: &Run) -> String {
    ["public", "private"].map(|bag| run.read(&format!("{bag}/data/provenance/gaps.csv"))).concat()
}

const LONG: &str = "http://mp.weixin.qq.com/s?__biz=MzA0MDAwMDAwMA==&mid=2650000001&idx=1&sn=aa";

#[test]
fn links_behind_redirectors_are_listed() {
    let run = Run::new().file(
        "a.md",
        "[看](https://link.zhihu.com/?target=https%3A//mp.weixin.qq.com/s%3F__biz%3DMzA0MDAwMDAwMA%3D%3D%26mid%3D2650000022%26idx%3D1%26sn%3Daa)\n",
    );
    run.backup(&[]).succeeds();
    assert!(gaps(&run).contains("MzA0MDAwMDAwMA==_2650000022_1,not_held"), "{}", gaps(&run));
}

#[test]
fn links_that_expire_are_counted_aloud() {
    let run = Run::new().file(
        "a.txt",
        "https://mp.weixin.qq.com/s/GoodShort0000000000001\n\
         https://mp.weixin.qq.com/s?__biz=MzA0MDAwMDAwMA==&tempkey=MTAwMDAwMDAw&chksm=00#rd\n\
         https://mp.weixin.qq.com/s?src=11&timestamp=1704420000&ver=5000&signature=AbC*dEf-1&new=1\n",
    );
    run.backup(&[]).succeeds().says("2 temporary links");
}

#[test]
fn texts_in_a_column_are_bodies() {
    let run = Run::new().file(
        "wechat_article.csv",
        format!(
            "account,title,url,author,publish_time,biz,digest,cover,content_html,read_num\n\
             留底示例号,表里的文章,{LONG},小留,2024-01-05 10:00:00,MzA0MDAwMDAwMA==,摘要,,\"<p>表里的正文</p>\",7\n"
        ),
    );
    run.backup(&[]).succeeds();
    let found = articles(&run);
    assert_eq!(
        (&found[0]["title"], &found[0]["published"]),
        (&json!("表里的文章"), &json!("2024-01-05T10:00:00+08:00"))
    );
    assert_eq!(bodies(&run), "<p>表里的正文</p>");
}

fn answer(id: &str, value: &str, more: &str) -> String {
    format!(
        r#"{{"total_count":1,"item_count":1,"item":[{{"{id}":"ID1","content":{{"news_item":[{{"title":"文章","author":"a","digest":"","content":"<p>正文</p>","url":"{LONG}#rd"{more}}}],"create_time":1714500000,"update_time":1714500000}},"update_time":1714500000}}]}}"#
    )
    .replace("\"ID1\"", &format!("\"{value}\""))
}

#[test]
fn answers_of_the_api_are_read_as_if_they_had_been_asked_for() {
    for (name, text) in [
        ("freepublish.json", answer("article_id", "ART1", r#","is_deleted":false"#)),
        ("material_batchget.json", answer("media_id", "MID1", "")),
        (
            "answer.json",
            format!(
                "{{\"request\":\"/cgi-bin/material/batchget_material\",\"response\":{}}}",
                answer("media_id", "MID1", "")
            ),
        ),
    ] {
        let run = Run::new().file(name, text);
        run.backup(&[]).succeeds();
        let found = articles(&run);
        assert_eq!(
            (found.len(), &found[0]["title"], &found[0]["published"]),
            (1, &json!("文章"), &json!("2024-05-01T02:00:00+08:00")),
            "{name}"
        );
        assert_eq!((bodies(&run).as_str(), gaps(&run).lines().count()), ("<p>正文</p>", 2), "{name}");
    }
}

#[test]
fn drafts_that_were_saved_are_private() {
    for (name, text) in [
        ("draft_batchget.json", answer("media_id", "D1", "")),
        ("page.json", answer("media_id", "D1", r#","article_type":"news""#)),
        ("unknown.json", answer("media_id", "D1", "")),
    ] {
        let run = Run::new().file(name, text);
        run.backup(&[]).succeeds();
        let public: Vec<_> = run
            .tree()
            .into_iter()
            .filter(|(path, bytes)| path.contains("public/") && bytes.windows(6).any(|part| part == "正文".as_bytes()))
            .collect();
        assert_eq!((articles(&run).len(), public.len()), (0, 0), "{name}");
        assert!(run.tree().iter().any(|(path, _)| path.contains("private/data/drafts/")), "{name}");
    }
}

#[test]
fn an_answer_that_lacks_items_is_named_and_garbled_words_are_repaired() {
    let whole = answer("article_id", "ART1", r#","is_deleted":false"#).replace("_count\":1", "_count\":2");
    let garbled: String = whole.bytes().map(char::from).collect();
    let run = Run::new().file("freepublish_batchget.json", garbled);
    run.backup(&[]).succeeds().says("1 more items than it holds");
    assert_eq!(articles(&run)[0]["title"], json!("文章"));
    assert!(gaps(&run).contains("not_listed,,,,,,1/2"), "{}", gaps(&run));
}
