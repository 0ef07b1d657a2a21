//! What somebody put into the folder of a saved page, where a browser keeps the pictures of the page: it is read for itself,
//! or named.

use std::io::Write as _;
use std::path::Path;

use serde_json::Value;

use crate::containers::everything;
use crate::support::{Done, Run, fixture};

const TEXT: &str = "page/type0-complete/一篇图文_files/640.png";

/// The files of a page saved by a browser: a picture in its text, a portrait that it shows outside of it, an icon that only
/// its style sheet names, a script.
fn saved(name: &str, number: u32) -> Vec<(String, Vec<u8>)> {
    let page = format!(
        "<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"><meta property=\"og:url\" content=\"http://mp.weixin.qq.com/s?__biz=MzA4MDAwMDAwMQ==&amp;mid=265000{number:04}&amp;idx=1&amp;sn=ab{number:04}#rd\"><meta property=\"og:title\" content=\"{name}\"></head>\
         <body id=\"activity-detail\"><img src=\"./{name}_files/0\"><iframe src=\"./{name}_files/player.html\"></iframe><div id=\"js_article\"><h1 id=\"activity-name\">{name}</h1><div id=\"meta_content\"><a id=\"js_name\">留页示例号</a><em id=\"publish_time\">2024-05-01 08:30</em></div>\
         <div id=\"js_content\"><p>正文</p><img data-src=\"https://mmbiz.qpic.cn/mmbiz_png/abc{number}/640?wx_fmt=png\" src=\"./{name}_files/640.png\"></div></div></body></html>"
    );
    let beside = |file: &str| format!("{name}_files/{file}");
    vec![
        (format!("{name}.html"), page.into_bytes()),
        (beside("640.png"), std::fs::read(fixture(TEXT)).unwrap()),
        (beside("0"), picture("1.png")),
        (beside("icon.png"), [picture("1.png"), b"another".to_vec()].concat()),
        (beside("appmsg.css"), b"p { background: url(icon.png) }".to_vec()),
        (beside("wx.js.下载"), b"x()".to_vec()),
        (beside("player.html"), b"<!DOCTYPE html><p>player</p>".to_vec()),
    ]
}

fn picture(name: &str) -> Vec<u8> {
    std::fs::read(fixture("page/placeholder/assets").join(name)).unwrap()
}

/// The bills of the demo, by name.
fn bills() -> Vec<(String, Vec<u8>)> {
    let files = walkdir::WalkDir::new(fixture("demo/bills")).sort_by_file_name().into_iter().map(Result::unwrap);
    let files = files.filter(|entry| entry.file_type().is_file());
    files.map(|bill| (bill.file_name().to_string_lossy().into_owned(), std::fs::read(bill.path()).unwrap())).collect()
}

/// A run over these files, in a folder or in a ZIP.
fn given(files: &[(String, Vec<u8>)], packed: bool) -> Run {
    let run = Run::new().env("LIUDI_ZIP_PASSWORD", "liudi-demo");
    if !packed {
        return files.iter().fold(run, |run, (name, bytes)| run.file(name, bytes));
    }
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in files {
        zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    run.file("all.zip", zip.finish().unwrap().into_inner())
}

/// Number of rows of a table in the private bag.
fn rows(run: &Run, path: &str) -> usize {
    let text = std::fs::read_to_string(run.archive().join("private/data").join(path));
    text.map_or(0, |text| text.lines().count().saturating_sub(1))
}

/// Names of the articles' folders in both bags.
fn articles(run: &Run) -> usize {
    let all = walkdir::WalkDir::new(run.archive()).into_iter().map(Result::unwrap);
    all.filter(|entry| entry.file_name() == "article.json").count()
}

fn documents(run: &Run) -> Vec<String> {
    let all = walkdir::WalkDir::new(run.archive().join("private/data/documents")).into_iter().flatten();
    all.filter(|entry| entry.file_type().is_file())
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect()
}

/// The files that were not recognised, without the folder of inputs.
fn named(done: &Done) -> Vec<String> {
    let report = done.json();
    let names = report["unrecognised"].as_array().unwrap();
    names.iter().map(|name| name.as_str().unwrap().rsplit("文章_files/").next().unwrap().to_owned()).collect()
}

#[test]
fn what_somebody_put_into_the_folder_of_a_page_is_read_for_itself() {
    let alone = given(&bills(), false);
    alone.backup(&[]);
    let expected = rows(&alone, "billing/ledger.csv");
    assert!(expected > 0);
    for packed in [false, true] {
        let mut files = saved("文章", 1);
        let beside = |files: Vec<(String, Vec<u8>)>| -> Vec<_> {
            files.into_iter().map(|(name, bytes)| (format!("文章_files/{name}"), bytes)).collect()
        };
        files.extend(beside(bills()));
        // Another article with a folder of its own, a picture that nothing names, and something unknown.
        files.extend(beside(saved("另一篇", 2)));
        let own = std::fs::read(fixture("personal/export/微信个人信息导出/图片/头像.png")).unwrap();
        files.extend(beside(vec![("我的.png".into(), own), ("说明.xyz".into(), b"\x01\x02own".to_vec())]));
        let run = given(&files, packed);
        let done = run.backup(&["--json"]);
        let report = done.json();
        assert_eq!(articles(&run), 2, "{report:#}");
        assert_eq!(rows(&run, "billing/ledger.csv"), expected, "{report:#}");
        // The picture of both articles, and the one that nothing names; no portrait and no icon.
        assert_eq!([&report["media_held"], &report["unmatched"]], [2, 1], "{report:#}");
        assert_eq!(named(&done), ["说明.xyz"], "{report:#}");
        // Again: nothing is read, and what was not recognised is still named.
        let again = run.backup(&["--json"]);
        assert_eq!((&again.json()["read"], named(&again)), (&0.into(), vec!["说明.xyz".to_owned()]), "{again:?}");
        let kept = run.backup(&["--json", "--keep-other"]);
        assert!(named(&kept).is_empty(), "{kept:?}");
        let names = documents(&run);
        assert_eq!(names.iter().filter(|name| name.ends_with("说明.xyz")).count(), 1, "{names:?}");
        assert!(!names.iter().any(|name| name.ends_with(".css")), "{names:?}");
        let again = run.backup(&["--json", "--keep-other"]).json();
        assert_eq!([&again["read"], &again["changed"]], [&Value::from(0), &Value::from(false)], "{again:#}");
        run.program(&[Path::new("verify"), &run.archive()]).succeeds();
    }
}

#[test]
fn what_lies_beside_a_page_is_tried_again_until_it_is_read() {
    let mut files = saved("文章", 1);
    files.push(("文章_files/坏.zip".into(), b"PK\x03\x04broken".to_vec()));
    let run = given(&files, false);
    for _ in 0..2 {
        let done = run.backup(&["--json"]);
        assert_eq!(done.code & 32, 32, "{done:?}");
        let problems = done.json()["problems"].to_string();
        assert!(problems.contains("文章_files/坏.zip") && problems.contains("zip-"), "{problems}");
        assert_eq!(articles(&run), 1);
    }
    std::fs::write(run.folder().join("in/文章_files/坏.zip"), zipped(&bills())).unwrap();
    let done = run.backup(&["--json"]);
    assert!(rows(&run, "billing/ledger.csv") > 0 && done.code & 32 == 0, "{done:?}");
}

fn zipped(files: &[(String, Vec<u8>)]) -> Vec<u8> {
    let run = given(files, true);
    std::fs::read(run.folder().join("in/all.zip")).unwrap()
}

#[test]
fn a_locked_bill_beside_a_page_is_named_until_its_password_is_given() {
    let mut files = saved("文章", 1);
    let locked = bills().into_iter().filter(|(name, _)| name.ends_with(".zip"));
    files.extend(locked.map(|(name, bytes)| (format!("文章_files/{name}"), bytes)));
    let run = given(&files, false).env("LIUDI_ZIP_PASSWORD", "");
    for _ in 0..2 {
        let report = run.backup(&["--json"]).json();
        let names = report["locked"].as_array().cloned().unwrap_or_default();
        assert!(names.len() == 1 && names[0].as_str().unwrap().ends_with(".zip"), "{report:#}");
        assert_eq!(report["gaps"]["password_needed"], 1, "{report:#}");
    }
    let run = run.env("LIUDI_ZIP_PASSWORD", "liudi-demo");
    let report = run.backup(&["--json"]).json();
    assert!(report.get("locked").is_none() && report["gaps"].get("password_needed").is_none(), "{report:#}");
    assert!(rows(&run, "billing/ledger.csv") > 0);
}

#[test]
fn a_bill_that_is_added_later_is_read() {
    let run = given(&saved("文章", 1), false);
    run.backup(&[]);
    assert_eq!(rows(&run, "billing/ledger.csv"), 0);
    for (name, bytes) in bills() {
        std::fs::write(run.folder().join("in/文章_files").join(name), bytes).unwrap();
    }
    run.backup(&[]);
    assert!(rows(&run, "billing/ledger.csv") > 0);
}

#[test]
fn all_that_lies_beside_an_unknown_page_is_kept_with_it() {
    let mut files = saved("后台", 1);
    files[0].1 = "<!DOCTYPE html><p>后台<img src=\"./后台_files/640.png\"><img src='后台_files/0'><iframe src='后台_files/player.html'>".into();
    files.push(("后台_files/数据.xyz".into(), b"\x01\x02own".to_vec()));
    let run = given(&files, false);
    let done = run.backup(&["--json"]);
    let pictures = ["0", "640.png", "icon.png"].map(|name| format!("in/后台_files/{name}"));
    let expected = [&["in/后台.html".to_owned()][..], &pictures, &["in/后台_files/数据.xyz".to_owned()]].concat();
    assert_eq!(named(&done), expected, "{done:?}");
    assert!(documents(&run).is_empty());
    run.backup(&["--keep-other"]);
    let names = documents(&run);
    for (name, _) in &files {
        let name = name.rsplit('/').next().unwrap();
        assert_eq!(names.iter().filter(|found| found.ends_with(name)).count(), 1, "{name}: {names:?}");
    }
}

#[test]
fn a_secret_beside_a_page_is_blanked_everywhere() {
    const SECRET: &str = "hIdDeNtIcKeT0123456789abcdefghijklmnop";
    let mut files = saved("文章", 1);
    let page = String::from_utf8(files[0].1.clone()).unwrap();
    files[0].1 = page.replace("</head>", &format!("<script>f(\"{SECRET}\")</script></head>")).into_bytes();
    let link =
        format!("https://mp.weixin.qq.com/s?__biz=MzA4MDAwMDAwMQ==&mid=2650000009&idx=1&sn=ab&pass_ticket={SECRET}");
    files.push(("文章_files/链接.txt".into(), link.into_bytes()));
    for packed in [false, true] {
        let run = given(&files, packed);
        run.backup(&["--keep-other"]);
        assert_eq!(articles(&run), 1);
        let all = everything(&run);
        // The page itself is among them.
        assert!(all.iter().any(|(_, bytes)| memchr::memmem::find(bytes, b"<script>f(").is_some()));
        for (name, bytes) in all {
            assert!(memchr::memmem::find(&bytes, SECRET.as_bytes()).is_none(), "{name}");
        }
    }
}

#[test]
fn a_picture_is_that_of_the_page_by_its_whole_path() {
    let mut files = saved("文章", 1);
    let other = |number: u8| [picture("1.png"), vec![number]].concat();
    for (place, number) in [("文章_files/假期/0", 1), ("文章_files/假期/640.png", 2), ("文章.files/0", 3)] {
        files.push((place.into(), other(number)));
    }
    let run = given(&files, false);
    let report = run.backup(&["--json"]).json();
    assert_eq!([&report["media_held"], &report["unmatched"]], [4, 3], "{report:#}");
}

#[test]
fn all_unknown_files_beside_a_page_are_named_and_once_kept_no_longer() {
    let mut files = saved("文章", 1);
    files.extend((0..12).map(|number| (format!("文章_files/深/合同{number:02}.xyz"), vec![1, 2, number])));
    let run = given(&files, false);
    let expected: Vec<String> = (0..12).map(|number| format!("深/合同{number:02}.xyz")).collect();
    assert_eq!(named(&run.backup(&["--json"])), expected);
    assert!(named(&run.backup(&["--json", "--keep-other"])).is_empty());
    // The page is read again for something else.
    std::fs::write(run.folder().join("in/文章_files/又一个.xyz"), b"\x01\x02another").unwrap();
    assert_eq!(named(&run.backup(&["--json"])), ["又一个.xyz"]);
    // One that was kept is moved.
    std::fs::rename(run.folder().join("in/文章_files/深/合同03.xyz"), run.folder().join("in/合同.xyz")).unwrap();
    assert_eq!(named(&run.backup(&["--json"])), ["又一个.xyz"]);
}

#[test]
fn a_page_and_its_folder_may_be_given_one_by_one() {
    let run = given(&saved("文章", 1), false);
    let (page, folder) = (run.folder().join("in/文章.html"), run.folder().join("in/文章_files"));
    for inputs in [vec![page.clone()], vec![folder, page]] {
        let other = inputs.into_iter().fold(Run::new(), Run::input);
        let report = other.backup(&["--json"]).json();
        assert_eq!([&report["inputs"], &report["media_held"], &report["unmatched"]], [1, 1, 0], "{report:#}");
        assert_eq!(report["gaps"], serde_json::json!({}), "{report:#}");
    }
    let report = Run::new().input(fixture("page/placeholder/index.html")).backup(&["--json"]).json();
    assert_eq!(report["companions"], 5, "{report:#}");
}

#[cfg(unix)]
#[test]
fn what_lies_beside_a_page_that_cannot_be_opened_is_read() {
    use std::os::unix::fs::PermissionsExt as _;

    let mut files = saved("文章", 1);
    files.extend(bills().into_iter().map(|(name, bytes)| (format!("文章_files/{name}"), bytes)));
    let Some(run) = given(&files, false).run_by_nobody() else { return };
    let all = walkdir::WalkDir::new(run.folder()).into_iter().flatten();
    for entry in all {
        let mode = if entry.file_type().is_dir() { 0o777 } else { 0o644 };
        std::fs::set_permissions(entry.path(), std::fs::Permissions::from_mode(mode)).unwrap();
    }
    let page = run.folder().join("in/文章.html");
    std::fs::set_permissions(&page, std::fs::Permissions::from_mode(0o000)).unwrap();
    let report = run.backup(&["--json"]).json();
    let problems = report["problems"].to_string();
    assert!(problems.contains("input-open-failed") && problems.contains("page-pictures-wait"), "{report:#}");
    assert_eq!([&report["articles"]["held"], &report["unmatched"], &report["unreadable"]], [0, 0, 1], "{report:#}");
    assert!(report["statements"].as_array().is_some_and(|all| !all.is_empty()), "{report:#}");
    std::fs::set_permissions(&page, std::fs::Permissions::from_mode(0o644)).unwrap();
    let report = run.backup(&["--json"]).json();
    assert_eq!([&report["articles"]["held"], &report["media_held"], &report["unmatched"]], [1, 1, 0], "{report:#}");
}
