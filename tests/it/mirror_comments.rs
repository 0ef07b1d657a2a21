//! Comments in the mirror: other people's words, shown only as the owner chose.

use std::fs;
use std::path::Path;

use liudi::Unattended;
use liudi::export::ExportOptions;
use liudi::model::site::CommentChoice;
use liudi::model::{Class, layout};
use liudi::pipeline::export::comments;
use liudi::pipeline::export::mirror;
use liudi::text::{Language, Texts};
use serde_json::json;

use super::mirror::{every_kind, files, page};
use super::support::Run;

/// Writes the table of comments into the private bag.
pub(crate) fn write(root: &Path) {
    let article = "MzA0MDAwMDAwMA==_2650000001_1";
    let rows = [
        json!({"key": "1", "article": article, "fields": {"nick_name": "山下客", "openid": "oMARKERone", "logo_url": "https://wx.qlogo.cn/MARKER",
            "content": "写得真好<b>", "create_time": 1_709_600_000, "like_num": 3, "ip_wording": {"province_name": "云南MARKER"}}}),
        json!({"key": "1/1", "parent": "1", "article": article, "fields": {"nick_name": "山间来信", "is_from": 1, "content": "谢谢你", "create_time": 1_709_600_100}}),
        json!({"key": "1/2", "parent": "1", "article": article, "fields": {"nick_name": "过路人", "is_from": 2, "content": "回@山下客：同感", "create_time": "1709600200"}}),
        json!({"key": "2", "article": article, "fields": {"nick_name": "过路人", "content": "置顶的话", "create_time": 1_709_600_300, "is_top": 1}}),
        json!({"key": "3", "article": article, "fields": {"nick_name": "某", "content": "删掉的话", "is_deleted": 1}}),
        json!({"key": "4", "article": "other_1_1", "fields": {"nick_name": "某", "content": "别处的话"}}),
    ];
    let folder = layout::bag(root, Class::Private).join("data/comments");
    fs::create_dir_all(&folder).unwrap();
    let lines: Vec<String> = rows.iter().map(ToString::to_string).collect();
    fs::write(folder.join("comments.jsonl"), lines.join("\n") + "\n").unwrap();
}

/// The site made with that choice, as one text, and the article's page.
fn made(root: &Path, choice: CommentChoice) -> (String, String) {
    let options = ExportOptions {
        comments: comments::open(root, choice, &Texts::new(Language::Chinese)).unwrap(),
        ..ExportOptions::default()
    };
    let folder = root.join("site");
    mirror(root, &folder, &options, &Unattended::default()).unwrap();
    let site = files(&folder);
    let all: Vec<_> = site.values().map(|bytes| String::from_utf8_lossy(bytes).into_owned()).collect();
    (all.join("\n"), page(&site, "a/2024/20240305"))
}

/// The codes of readers in the order they stand.
fn codes(page: &str) -> Vec<&str> {
    page.split("<strong>读者 ").skip(1).map(|rest| rest.split('<').next().unwrap()).collect()
}

#[test]
fn no_comment_is_shown_unless_its_owner_says_so() {
    let folder = tempfile::tempdir().unwrap();
    every_kind(folder.path()).write();
    write(folder.path());
    let (site, article) = made(folder.path(), CommentChoice::None);
    for words in ["写得真好", "谢谢你", "山下客", "过路人", "置顶的话", "MARKER"] {
        assert!(!site.contains(words), "{words}");
    }
    assert!(!article.contains("class=\"comments\""));
}

#[test]
fn own_replies_stand_without_those_they_answer() {
    let folder = tempfile::tempdir().unwrap();
    every_kind(folder.path()).write();
    write(folder.path());
    let (site, article) = made(folder.path(), CommentChoice::Own);
    assert!(article.contains("谢谢你") && article.contains("<strong>山间来信</strong>"));
    for words in ["写得真好", "山下客", "过路人", "置顶的话", "MARKER", "删掉的话"] {
        assert!(!site.contains(words), "{words}");
    }
}

#[test]
fn pseudonyms_tell_readers_apart_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    every_kind(folder.path()).write();
    write(folder.path());
    let (site, article) = made(folder.path(), CommentChoice::Pseudonymous);
    assert!(article.contains("写得真好&lt;b&gt;") && article.contains("置顶的话") && article.contains("谢谢你"));
    for words in ["山下客", "过路人", "MARKER", "删掉的话", "别处的话"] {
        assert!(!site.contains(words), "{words}");
    }
    let [top, first, second] = codes(&article)[..] else { panic!("{article}") };
    assert_eq!(top, second, "the same reader has the same code");
    assert_ne!(top, first);
    assert!(article.contains(&format!("回@读者 {first}：同感")), "who is addressed is not named either");
    let key = folder.path().join(".liudi/pseudonyms.key");
    assert_eq!(fs::metadata(&key).unwrap().len(), 32);
    let (_, again) = made(folder.path(), CommentChoice::Pseudonymous);
    assert_eq!(again, article, "and keeps it");
    fs::remove_file(&key).unwrap();
    let (_, other) = made(folder.path(), CommentChoice::Pseudonymous);
    assert_ne!(codes(&other), codes(&article), "without the key nobody can compute the codes");
}

#[test]
fn all_are_shown_with_names_and_places_but_no_faces() {
    let folder = tempfile::tempdir().unwrap();
    every_kind(folder.path()).write();
    write(folder.path());
    let (site, article) = made(folder.path(), CommentChoice::All);
    assert!(article.contains("<strong>山下客</strong>") && article.contains("云南MARKER"));
    assert!(article.find("置顶的话").unwrap() < article.find("写得真好").unwrap());
    assert!(!site.contains("oMARKERone") && !site.contains("qlogo") && !site.contains("删掉的话"));
    let (none, _) = made(folder.path(), CommentChoice::None);
    assert!(!none.contains("写得真好"), "a choice can be taken back");
}

/// A saved page of the article that `fixtures/comments/by-request` is about.
const COMMENTED: &str = r#"<html><head><!-- saved from url=(0100)https://mp.weixin.qq.com/s?__biz=MzA0MDAwMDAwMA==&mid=2650000501&idx=1&sn=aa01 --></head>
<body><div id="js_article"><div id="js_content"><p>谷雨采茶</p></div></div><script>
window.cgiDataNew = { user_name: 'gh_000000000001', nick_name: JsDecode('留底示例号'), title: JsDecode('谷雨'),
 content_noencode: JsDecode('\x3cp\x3e谷雨采茶\x3c/p\x3e'), create_time: '2025-04-05 10:00', create_timestamp: '1743818400' * 1,
 bizuin: JsDecode('MzA0MDAwMDAwMA=='), mid: '2650000501' * 1, idx: '1' * 1, sn: JsDecode('aa01'), comment_id: '4012345678901234567',
 link: JsDecode('https://mp.weixin.qq.com/s?__biz=MzA0MDAwMDAwMA==\x26amp;mid=2650000501\x26amp;idx=1\x26amp;sn=aa01'),
 item_show_type: '0' * 1, lang: 'zh_CN', };
</script></body></html>"#;

/// The article's page as `liudi mirror --comments CHOICE` makes it of the answers that a browser got.
fn from_answers(run: &Run, choice: &str) -> String {
    run.program(&["mirror", "archive", "-o", choice, "--comments", choice]).succeeds();
    page(&files(&run.folder().join(choice)), "a/2025/20250405")
}

#[test]
fn answers_of_the_platform_become_comments_under_their_article() {
    let run = Run::new().file("谷雨.html", COMMENTED).fixture("comments/by-request");
    run.backup(&["--no-mirror"]).succeeds();
    let none = from_answers(&run, "none");
    assert!(none.contains("谷雨采茶") && !none.contains("class=\"comments\""));

    let all = from_answers(&run, "all");
    let at = |words: &str| all.find(words).unwrap_or_else(|| panic!("{words}: {all}"));
    // The one on top first, its replies under it by time, the second answer's too; then the other comment.
    let order = ["谷雨那天也在山上", "下次一起", "算我一个", "也加我", "茶汤颜色真好"].map(at);
    assert!(order.is_sorted(), "{order:?}");
    for words in ["<strong>阿茶</strong>", "<strong>路人</strong>", "<strong>小林</strong>", "浙江"] {
        at(words);
    }
    assert_eq!(all.matches("class=\"own\"").count(), 1, "the account's own reply");
    assert!(!all.contains("访客自己的话") && !all.contains("wx.qlogo.cn"), "{all}");

    let own = from_answers(&run, "own");
    assert!(own.contains("下次一起") && own.contains("<strong>留底示例号</strong>"), "{own}");
    let others = ["谷雨那天也在山上", "算我一个", "也加我", "茶汤颜色真好", "阿茶", "路人", "小林", "老陈"];
    for words in others {
        assert!(!own.contains(words), "{words}");
    }

    let pseudonymous = from_answers(&run, "pseudonymous");
    for words in ["谷雨那天也在山上", "下次一起", "算我一个", "也加我", "茶汤颜色真好"] {
        assert!(pseudonymous.contains(words), "{words}");
    }
    for name in ["阿茶", "路人", "小林", "老陈", "浙江"] {
        assert!(!pseudonymous.contains(name), "{name}");
    }
    let readers = pseudonymous.split("<strong>Reader ").skip(1).map(|rest| rest.split('<').next().unwrap());
    assert_eq!(readers.collect::<std::collections::BTreeSet<_>>().len(), 4, "{pseudonymous}");
}

/// Two comments as the API gives them: one that the owner let stand under the article, one that nobody else saw.
fn write_api(root: &Path, article: &str) {
    let rows = [
        json!({"key": "a/1", "article": article, "fields": {"user_comment_id": 1, "openid": "oMARKER1", "create_time": 1_709_600_000, "content": "接口里的留言", "comment_type": 1}}),
        json!({"key": "a/1/0", "parent": "a/1", "article": article, "fields": {"content": "接口里的回复", "create_time": 1_709_600_100}}),
        json!({"key": "a/2", "article": article, "fields": {"user_comment_id": 2, "openid": "oMARKER2", "create_time": 1_709_600_200, "content": "没有放出来的留言", "comment_type": 0}}),
        json!({"key": "a/2/0", "parent": "a/2", "article": article, "fields": {"content": "只回给一个人", "create_time": 1_709_600_300}}),
    ];
    let folder = layout::bag(root, Class::Private).join("data/comments");
    fs::create_dir_all(&folder).unwrap();
    let lines: Vec<String> = rows.iter().map(ToString::to_string).collect();
    fs::write(folder.join("comments_api.jsonl"), lines.join("\n") + "\n").unwrap();
}

#[test]
fn of_the_api_only_what_readers_saw_and_only_where_pages_gave_none() {
    let folder = tempfile::tempdir().unwrap();
    every_kind(folder.path()).write();
    write_api(folder.path(), "MzA0MDAwMDAwMA==_2650000001_1");
    for (choice, shown) in [
        (CommentChoice::Own, &["接口里的回复"][..]),
        (CommentChoice::Pseudonymous, &["接口里的留言", "接口里的回复"]),
        (CommentChoice::All, &["接口里的留言", "接口里的回复"]),
    ] {
        let (site, article) = made(folder.path(), choice);
        for words in shown {
            assert_eq!(article.matches(words).count(), 1, "{choice:?} {words}");
        }
        for words in ["没有放出来的留言", "只回给一个人", "MARKER"] {
            assert!(!site.contains(words), "{choice:?} {words}");
        }
        assert_eq!(article.contains("接口里的留言"), shown.len() == 2);
    }
    write(folder.path());
    let (_, article) = made(folder.path(), CommentChoice::All);
    assert!(article.contains("写得真好") && !article.contains("接口里的留言"), "nothing is said twice");
}
