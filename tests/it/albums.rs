//! Albums are ordered collections: in the archive and in the site, in the album's own order, whatever answers tell of it.

use serde_json::{Value, json};

use crate::support::Run;

const BIZ: &str = "MzA0MDAwMDAwMA==";

fn page(number: u64) -> String {
    format!(
        "<!DOCTYPE html><html><head><meta charset=\"utf-8\"></head><body><div id=\"js_article\"><div id=\"js_content\"><p>第{number}篇</p></div></div>\
         <script>window.cgiDataNew = {{ title: JsDecode('文章{number}'), content_noencode: JsDecode('\\x3cp\\x3e第{number}篇\\x3c/p\\x3e'), bizuin: JsDecode('{BIZ}'),\
         mid: '265000000{number}' * 1, idx: '1' * 1, sn: JsDecode('sn{number}'), nick_name: JsDecode('示例号'), user_name: JsDecode('gh_000000000001'),\
         create_time: JsDecode('2024-01-0{number} 10:00'), item_show_type: '0' * 1, real_item_show_type: '0' * 1 }};</script></body></html>"
    )
}

/// An answer with these articles; a single one stands as an object, as the platform writes it.
fn answer(numbers: &[u64], more: bool) -> String {
    let entries: Vec<Value> = numbers
        .iter()
        .map(|number| {
            let url = format!(
                "http://mp.weixin.qq.com/s?__biz={BIZ}&amp;mid=265000000{number}&amp;idx=1&amp;sn=sn{number}#rd"
            );
            json!({"itemidx": "1", "msgid": format!("265000000{number}"), "title": format!("文章{number}"), "url": url})
        })
        .collect();
    let list = if entries.len() == 1 { entries[0].clone() } else { Value::Array(entries) };
    json!({"base_resp": {"ret": "0"}, "getalbum_resp": {"article_list": list, "base_info": {"title": "茶事", "article_count": "4"},
           "continue_flag": if more { "1" } else { "0" }}})
    .to_string()
}

#[test]
fn an_album_of_several_answers_keeps_its_own_order_in_archive_and_site() {
    // 3 was put before 2; the second answer holds one article only.
    let answers = [answer(&[1, 3, 2], true), answer(&[4], false)];
    for order in [[0, 1], [1, 0]] {
        let mut run = Run::new();
        for number in 1..=4 {
            run = run.file(&format!("{number}.html"), page(number));
        }
        for (place, which) in order.into_iter().enumerate() {
            run = run.file(&format!("album-{place}.json"), &answers[which]);
        }
        run.backup(&[]).succeeds();
        let albums: Value = serde_json::from_str(&run.read("public/data/albums.json")).unwrap();
        let listed: Vec<&str> =
            albums[0]["articles"].as_array().unwrap().iter().map(|id| id.as_str().unwrap()).collect();
        let expected: Vec<String> = [1, 3, 2, 4].map(|number| format!("{BIZ}_265000000{number}_1")).to_vec();
        assert_eq!(listed, expected);
        let site = run.tree().into_iter().find(|(path, _)| path.starts_with("site/albums/title-")).unwrap();
        let text = String::from_utf8(site.1).unwrap();
        let places: Vec<usize> =
            [1, 3, 2, 4].iter().map(|number| text.find(&format!("文章{number}")).unwrap()).collect();
        assert!(places.is_sorted(), "{places:?}");
    }
}
