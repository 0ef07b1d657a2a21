//! One article from several inputs: what is merged, what stays private, and that a changed article keeps its past.

use std::path::Path;

use proptest::prelude::*;
use serde_json::Value;

use super::support::{Run, fixture, same, tree};

/// The own account by a clear majority, whatever else is given.
const OWN: [&str; 3] = ["page/type8", "page/type10-untitled", "page/type5-video"];

fn with_own(run: Run) -> Run {
    OWN.into_iter().fold(run, Run::fixture)
}

/// Every file below `folder` whose bytes hold `text`.
fn files_with(folder: &Path, text: &str) -> Vec<String> {
    let holds = |bytes: &[u8]| memchr::memmem::find(bytes, text.as_bytes()).is_some();
    tree(folder).into_iter().filter(|(_, bytes)| holds(bytes)).map(|(name, _)| name).collect()
}

fn article(run: &Run, bag: &str, mid: &str) -> (String, Value) {
    let all = tree(&run.archive().join(bag).join("data/articles"));
    let wanted = format!("-{mid}-");
    let (name, bytes) = all
        .into_iter()
        .find(|(name, _)| name.contains(&wanted) && name.ends_with("/article.json") && !name.contains("/versions/"))
        .unwrap_or_else(|| panic!("no {mid} in {bag}"));
    (name.trim_end_matches("article.json").to_owned(), serde_json::from_slice(&bytes).unwrap())
}

#[test]
fn a_third_partys_text_is_private_and_never_mirrored() {
    let words = "别人的全文，不是本号的话";
    let run = with_own(Run::new())
        .fixture("page/reshare-card")
        .fixture("page/reshare-card-drawn")
        .fixture("page/reshare-inline")
        .fixture("page/reshare-printed")
        .fixture("page/older-reshare")
        .fixture("page/type11-repost");
    run.backup(&[]).succeeds();
    assert_eq!(files_with(&run.archive().join("public"), words), [""; 0]);
    assert_eq!(files_with(&run.archive().join("site"), words), [""; 0]);
    // The search index may hold words in pieces.
    assert_eq!(files_with(&run.archive().join("site"), "别人的全文"), [""; 0]);
    // Shown whole by the owner's page, it is a private article; behind a card it is evidence only.
    let shown = files_with(&run.archive().join("private/data/articles"), words);
    assert_eq!(shown.len(), 3, "{shown:?}");
    assert!(
        shown.iter().all(|name| ["-2650002002-", "-2650002005-", "-2650002006-"].iter().any(|mid| name.contains(mid)))
    );
    // The owner's words and the link are the owner's to publish.
    for (mid, words) in [
        ("2650000002", "推荐语第一行"),
        ("2650002003", "推荐语第一行"),
        ("2650002004", "推荐语第一行"),
        ("2650002007", "推荐语"),
    ] {
        let (folder, article) = article(&run, "public", mid);
        assert_eq!(article["reshare"]["url"].as_str().map(|url| url.contains("MzA5OTAwMDAwMA==")), Some(true), "{mid}");
        assert!(run.read(&format!("public/data/articles/{folder}content.html")).contains(words), "{mid}");
    }
    // A card without a word of the owner's is held all the same.
    let (_, repost) = article(&run, "public", "2650011001");
    assert_eq!((&repost["body"], repost.get("gaps")), (&Value::Bool(false), None));
    let about = run.read("site/index.html");
    assert!(about.contains("别人的好文章"), "{about}");
}

#[test]
fn of_a_paid_article_the_preview_is_a_named_gap_until_the_whole_is_there() {
    let run = with_own(Run::new()).fixture("page/paid-preview").fixture("page/older-paid");
    run.backup(&[]).succeeds();
    for mid in ["2650000003", "2650003002"] {
        let (_, article) = article(&run, "private", mid);
        assert_eq!(
            (&article["gaps"][0]["reason"], &article["paid"]["preview_only"]),
            (&"partial_paid".into(), &true.into())
        );
    }
    // Bought and saved earlier than the preview, given later: the whole goes before the part.
    let page = std::fs::read_to_string(fixture("page/paid-whole/bought.html")).unwrap();
    let page = page
        .replace("2650003003", "2650000003")
        .replace("aa3003", "aa33")
        .replace("'1767225600' * 1", "'1700000500' * 1");
    let run = run.file("bought.html", page);
    run.backup(&[]).succeeds();
    let (folder, article) = article(&run, "private", "2650000003");
    assert!(run.read(&format!("private/data/articles/{folder}content.html")).contains("付费的正文"));
    assert_eq!((&article["paid"]["preview_only"], article.get("versions")), (&Value::Bool(false), None));
    assert!(article["gaps"].as_array().is_none_or(|gaps| gaps.iter().all(|gap| gap["kind"] != "article")), "{article}");
    assert_eq!(files_with(&run.archive().join("public"), "付费的正文"), [""; 0]);
}

#[test]
fn a_changed_article_keeps_both_states_and_the_mirror_shows_the_newest() {
    let run = with_own(Run::new()).fixture("page/edited");
    run.backup(&[]).succeeds();
    let (folder, article) = article(&run, "public", "2650004001");
    let articles = "public/data/articles";
    assert_eq!(article["title"], "修改过的文章");
    assert_eq!(article["counts"]["shown_comments"], 4);
    assert_eq!(article["versions"][0]["number"], 1);
    assert_eq!(article["versions"][0]["title"], "会被修改的文章");
    assert!(run.read(&format!("{articles}/{folder}content.html")).contains("改过的话"));
    assert!(run.read(&format!("{articles}/{folder}versions/1/content.html")).contains("原来的话"));
    let old: Value = serde_json::from_str(&run.read(&format!("{articles}/{folder}versions/1/article.json"))).unwrap();
    assert_eq!((&old["title"], &old["id"], old.get("versions")), (&"会被修改的文章".into(), &article["id"], None));
    assert_eq!(files_with(&run.archive().join("site"), "原来的话"), [""; 0]);
    let pages = files_with(&run.archive().join("site"), "改过的话");
    let page = pages.iter().find(|name| name.ends_with(".html")).unwrap();
    assert!(run.read(&format!("site/{page}")).contains("<span>edited "), "the page says that it was edited");
    run.program(&["verify", "archive"]).succeeds();
}

#[test]
fn a_text_that_changed_without_a_date_is_called_edited_and_films_are_shown_once() {
    let page = std::fs::read_to_string(fixture("page/edited/after.html")).unwrap();
    let undated = page.replace("modify_time: '1730200000' * 1,", "").replace("is_title_modified: '1' * 1,", "");
    let before = std::fs::read(fixture("page/edited/before.html")).unwrap();
    let run = with_own(Run::new()).fixture("page/type8-live").file("a.html", undated).file("b.html", before);
    run.backup(&[]).succeeds();
    let page_of = |mid: &str| {
        let wanted = format!("-{mid}-");
        let pages = tree(&run.archive().join("site/a"));
        let page = pages.into_iter().find(|(name, _)| name.contains(&wanted)).unwrap_or_else(|| panic!("no {mid}"));
        String::from_utf8(page.1).unwrap()
    };
    assert!(page_of("2650004001").contains("<span>edited</span>"));
    // None of the videos is held; each is missed in one place: in its player, and beside the pictures it brings to life.
    for mid in ["2650000005", "2650008002"] {
        assert_eq!(page_of(mid).matches("This video was not archived").count(), 1, "{mid}");
    }
}

#[test]
fn editions_are_the_same_from_every_order_and_from_the_bags_alone() {
    let [before, after] =
        ["before", "after"].map(|name| std::fs::read(fixture(&format!("page/edited/{name}.html"))).unwrap());
    let grown = |first: (&str, &[u8]), second: (&str, &[u8])| {
        let run = with_own(Run::new()).file(first.0, first.1);
        run.backup(&[]).succeeds();
        let run = run.file(second.0, second.1);
        run.backup(&[]).succeeds();
        run
    };
    let (forward, backward) =
        (grown(("a.html", &before), ("b.html", &after)), grown(("b.html", &after), ("a.html", &before)));
    let articles = |run: &Run| {
        // The folder's name is fixed at its first commit, by the title it had then.
        let mut files = tree(&run.archive().join("public/data/articles"));
        for (name, _) in &mut files {
            *name = name.replace("修改过的文章", "会被修改的文章");
        }
        files.sort();
        files
    };
    same(&articles(&forward), &articles(&backward));
    assert!(articles(&forward).iter().any(|(name, _)| name.ends_with("versions/1/content.html")));
    // Without the working state nothing is lost and nothing changes.
    let as_it_was = tree(&forward.archive());
    std::fs::remove_dir_all(forward.archive().join(".liudi")).unwrap();
    forward.backup(&[]).succeeds();
    same(&as_it_was, &tree(&forward.archive()));
}

#[test]
fn a_comment_number_that_two_articles_give_leads_to_neither_whichever_came_first() {
    let [one, other] = ["type10-untitled/text", "edited/before"]
        .map(|name| std::fs::read(fixture(&format!("page/{name}.html"))).unwrap());
    let grown = |first: &[u8], second: &[u8]| {
        let run = Run::new().file("a.html", first);
        run.backup(&[]).succeeds();
        let alone = files_with(&run.archive().join("public/data/articles"), "\"comment:4247234702597603332\"");
        let run = run.file("b.html", second);
        run.backup(&[]).succeeds();
        (run, alone)
    };
    let (forward, alone) = grown(&one, &other);
    let (backward, _) = grown(&other, &one);
    assert_eq!(alone.len(), 1, "{alone:?}");
    let articles = |run: &Run| tree(&run.archive().join("public/data/articles"));
    same(&articles(&forward), &articles(&backward));
    assert_eq!(files_with(&forward.archive().join("public"), "\"comment:4247234702597603332\""), [""; 0]);
}

/// Forms in which one and the same article may come in.
fn forms() -> Vec<(&'static str, Vec<u8>)> {
    let page = |name: &str| std::fs::read_to_string(fixture(&format!("page/edited/{name}.html"))).unwrap();
    let stripped = r#"<html><head><meta content="https://mp.weixin.qq.com/s?__biz=MzA0MDAwMDAwMA==&amp;mid=2650004001&amp;idx=1&amp;sn=aa4001" property="og:url"></head>
        <body><div id="js_article"><h1 id="activity-name">导出器存的题</h1><a id="js_name">留底示例号</a><em id="js_ip_wording">浙江</em><div id="js_content"><p>原来的话。</p><p>导出器加的话。</p></div></div></body></html>"#;
    let list = r#"{"ret":0,"errmsg":"ok","msg_count":1,"can_msg_continue":0,"general_msg_list":"{\"list\":[{\"comm_msg_info\":{\"id\":1,\"type\":49,\"datetime\":1730000001,\"fakeid\":\"1\",\"status\":2,\"content\":\"\"},\"app_msg_ext_info\":{\"title\":\"列表里的题\",\"digest\":\"列表里的摘要\",\"content_url\":\"http://mp.weixin.qq.com/s?__biz=MzA0MDAwMDAwMA==&amp;mid=2650004001&amp;idx=1&amp;sn=aa4001#wechat_redirect\",\"author\":\"列表里的作者\",\"copyright_stat\":11,\"del_flag\":1,\"item_show_type\":0,\"is_multi\":0,\"multi_app_msg_item_list\":[]}}]}","next_offset":10}"#;
    vec![
        ("before.html", page("before").into_bytes()),
        ("after.html", page("after").into_bytes()),
        ("stripped.html", stripped.as_bytes().to_vec()),
        ("list.json", list.as_bytes().to_vec()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, max_shrink_iters: 0, ..ProptestConfig::default() })]

    #[test]
    fn whatever_comes_in_first_the_record_is_the_same(order in Just(forms()).prop_shuffle(), runs in 1..5_usize) {
        // All at once, and in this order in so many runs.
        let at_once = forms().into_iter().fold(Run::new(), |run, (name, bytes)| run.file(name, bytes));
        at_once.backup(&[]).succeeds();
        let (folder, record) = article(&at_once, "public", "2650004001");
        prop_assert_eq!(&record["title"], "修改过的文章");
        prop_assert_eq!(&record["summary"], "列表里的摘要");
        prop_assert_eq!(&record["author"], "小留");
        prop_assert_eq!(record["provenance"]["sources"].as_array().map(Vec::len), Some(4));
        prop_assert_eq!(record["versions"].as_array().map(Vec::len), Some(1));
        let mut grown = Run::new();
        for part in order.chunks(order.len().div_ceil(runs)) {
            grown = part.iter().fold(grown, |run, (name, bytes)| run.file(name, bytes));
            grown.backup(&["--account", "MzA0MDAwMDAwMA=="]);
        }
        let (other_folder, other) = article(&grown, "public", "2650004001");
        prop_assert_eq!(record, other);
        for name in ["content.html", "versions/1/content.html", "versions/1/article.json"] {
            let read = |run: &Run, folder: &str| run.read(&format!("public/data/articles/{folder}{name}"));
            prop_assert_eq!(read(&at_once, &folder), read(&grown, &other_folder));
        }
    }
}
