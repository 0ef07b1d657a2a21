//! Comments in the mirror: other people's words, shown only as the owner chose.

use std::fs;
use std::path::Path;

use liudi::export::ExportOptions;
use liudi::model::site::CommentChoice;
use liudi::model::{Class, layout};
use liudi::pipeline::comments;
use liudi::pipeline::export::mirror;
use liudi::progress::NoProgress;
use liudi::text::{Language, Texts};
use serde_json::json;

use super::mirror::{every_kind, files, page};

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
    mirror(root, &folder, &options, &NoProgress).unwrap();
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
