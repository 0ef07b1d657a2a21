//! Whose a thing is decides what is public and what this account can miss: other people's pictures are not its gaps,
//! links of nobody are not its articles, and what was taken down or blocked leaves the public bag.

use serde_json::Value;

use crate::support::Run;

const OWN: &str = "MzA0MDAwMDAwMA==";
const OTHER: &str = "MzA1MDAwMDAwMA==";

fn link(biz: &str, mid: u32) -> String {
    format!("https://mp.weixin.qq.com/s?__biz={biz}&mid={mid}&idx=1&sn=ea{mid}")
}

/// A page without its scripts, with one picture that was not saved.
fn page(biz: &str, name: &str, mid: u32) -> String {
    format!(
        "<!DOCTYPE html><html><head><meta charset=\"utf-8\"><meta property=\"og:url\" content=\"{}\"></head>\
         <body><div id=\"js_article\"><h1 id=\"activity-name\">第{mid}篇</h1><a id=\"js_name\">{name}</a>\
         <em id=\"publish_time\">2024-05-01 08:00</em><div id=\"js_content\"><p>正文{mid}\
         <img data-src=\"https://mmbiz.qpic.cn/mmbiz_png/PictureOfNumber{mid}/640?wx_fmt=png\"></p></div></div></body></html>",
        link(biz, mid).replace('&', "&amp;")
    )
}

/// The page the platform shows in an article's place, saved from that article's address.
fn notice(mid: u32, words: &str) -> String {
    let from = link(OWN, mid);
    format!(
        "<!-- saved from url=({:04}){from} -->\n<!DOCTYPE html><html><head><title></title>\
         <link rel=\"stylesheet\" href=\"https://res.wx.qq.com/open/libs/weui/1.1.0/weui.min.css\"></head><body>\
         <div class=\"weui-msg\"><div class=\"weui-msg__title warn\">{words}</div></div></body></html>",
        from.len()
    )
}

fn own_pages() -> Run {
    [1, 2, 3].into_iter().fold(Run::new(), |run, mid| run.file(&format!("{mid}.html"), page(OWN, "留底示例号", mid)))
}

/// Kind, reason and address of every gap.
fn gaps(run: &Run) -> Vec<[String; 3]> {
    let text = |gap: &Value, name: &str| gap[name].as_str().unwrap_or_default().to_owned();
    let gaps = run.program(&["gaps", "archive", "--json"]).succeeds().json();
    gaps.as_array().unwrap().iter().map(|gap| ["kind", "reason", "url"].map(|name| text(gap, name))).collect()
}

/// The folders of articles in a bag, by the number of the article.
fn in_bag(run: &Run, bag: &str, mid: u32) -> bool {
    let tree = run.tree();
    tree.iter()
        .filter(|(name, _)| name.starts_with(&format!("{bag}/data/articles/")))
        .any(|(_, bytes)| memchr::memmem::find(bytes, format!("\"mid\": \"{mid}\"").as_bytes()).is_some())
}

#[test]
fn other_peoples_pictures_are_no_gaps_of_this_account() {
    let run = own_pages().file("other.html", page(OTHER, "别人的号", 9));
    let report = run.backup(&["--json"]).succeeds().json();
    assert_eq!(report["others"][0]["articles"], 1, "{report}");
    let pictures: Vec<String> =
        gaps(&run).into_iter().filter(|[kind, ..]| kind == "media").map(|[.., url]| url).collect();
    assert_eq!(pictures.len(), 3, "{pictures:?}");
    assert!(!pictures.iter().any(|url| url.contains("PictureOfNumber9")), "{pictures:?}");
    assert!(in_bag(&run, "public", 1) && !in_bag(&run, "public", 9) && in_bag(&run, "private", 9));
}

#[test]
fn a_link_counts_by_what_it_says_of_its_owner() {
    let links =
        [link(OWN, 4), link(OTHER, 8), "https://mp.weixin.qq.com/s/OfNobodyKnown00000001".to_owned()].join("\n");
    let run = own_pages().file("links.txt", links);
    let report = run.backup(&["--json"]).succeeds().json();
    // Three pages, the own link, and the one that does not say whose it is: it is named, and never held against anybody.
    assert_eq!((&report["articles"]["listed"], &report["articles"]["held"]), (&5.into(), &3.into()), "{report}");
    let articles: Vec<String> =
        gaps(&run).into_iter().filter(|[kind, ..]| kind == "article").map(|[.., url]| url).collect();
    assert_eq!(articles.len(), 2, "{articles:?}");
    assert!(articles.iter().any(|url| url.contains("mid=4")), "{articles:?}");
    assert!(articles.iter().any(|url| url.contains("OfNobodyKnown")), "{articles:?}");
    assert!(!articles.iter().any(|url| url.contains(OTHER.trim_end_matches('='))), "{articles:?}");
}

/// The author or the platform took it down: it is kept, and never republished.
#[test]
fn what_was_taken_down_is_kept_and_not_public() {
    for (words, reason) in [
        ("该内容已被发布者删除", "deleted_by_author"),
        ("此内容因违规无法查看", "blocked_by_platform"),
        ("此内容被投诉且经审核涉嫌侵权，无法查看。", "complaint"),
    ] {
        let run = own_pages().file("now/1.html", notice(1, words));
        run.backup(&[]).succeeds();
        assert!(!in_bag(&run, "public", 1), "{words}");
        assert!(in_bag(&run, "private", 1) && in_bag(&run, "public", 2), "{words}");
        let site = run.tree().into_iter().filter(|(name, _)| name.starts_with("site/"));
        for (name, bytes) in site {
            assert!(memchr::memmem::find(&bytes, "正文1".as_bytes()).is_none(), "{words}: {name}");
        }
        assert!(
            gaps(&run).iter().any(|[kind, why, _]| kind == "article" && why == reason),
            "{words}: {:?}",
            gaps(&run)
        );
    }
}

#[test]
fn accounts_to_choose_from_are_named_as_their_articles_name_them() {
    let item = |biz: &str, name: &str, number: u32| {
        format!(
            "<item><title>第 {number} 篇</title><link>https://mp.weixin.qq.com/s?__biz={biz}&amp;mid={number}&amp;idx=1&amp;sn=a{number:031}</link>\
             <author>{name}</author><description>&lt;p&gt;全文&lt;/p&gt;</description><pubDate>2024-01-05 10:00:00</pubDate></item>"
        )
    };
    let items = [item("MzA1MDAwMDAwMQ==", "甲号", 1), item("MzA1MDAwMDAwMg==", "乙号", 2)].concat();
    let feed = format!("<rss version=\"2.0\"><channel><title>WeWe-RSS All</title>{items}</channel></rss>");
    let run = Run::new().file("all.rss", feed);
    let report = run.backup(&["--json"]).json();
    let names: Vec<&str> =
        report["undecided"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["甲号", "乙号"], "{report}");
}
