//! The main job on the demo account and on what goes wrong.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;

use crate::support::{Run, same};

fn demo() -> Run {
    Run::new().fixture("demo").env("LIUDI_ZIP_PASSWORD", "liudi-demo")
}

/// Gaps of an archive: reason → titles, sorted.
fn gaps(run: &Run) -> BTreeMap<String, Vec<String>> {
    let answer = run.program(&["gaps", "archive", "--json"]).succeeds().json();
    let mut gaps: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for gap in answer.as_array().unwrap() {
        let text = |name: &str| gap[name].as_str().map(str::to_owned);
        let title = text("title").unwrap_or_default();
        gaps.entry(text("reason").unwrap()).or_default().push(format!("{} {title}", text("kind").unwrap()));
    }
    for titles in gaps.values_mut() {
        titles.sort();
    }
    gaps
}

#[test]
fn the_demo_account_is_kept_and_what_is_planted_is_missing() {
    let run = demo();
    let report = run.backup(&["--json"]).succeeds().json();
    assert_eq!(report["account"], "山间小记");
    assert_eq!(report["articles"]["held"], 14);
    assert_eq!(report["articles"]["listed"], 17);
    assert_eq!(report["unrecognised"], serde_json::json!([]));
    assert_eq!(report["problems"], serde_json::json!([]));
    let gaps = gaps(&run);
    assert_eq!(gaps["deleted_by_author"], ["article 一篇后来删掉的文章"]);
    let not_held = &gaps["not_held"];
    // Two articles and a picture.
    let picture = "media 清明上山，顺手记了七种野菜";
    assert_eq!(not_held, &["article 夏夜停电的四个小时", "article 秋茶收完了", picture]);
    assert_eq!(gaps.keys().collect::<Vec<_>>(), ["deleted_by_author", "not_held"]);
    let account: Value = serde_json::from_str(&run.read("public/data/account.json")).unwrap();
    let avatar = account["avatar_file"]["path"].as_str().unwrap().replace("media/sha256/", "media/");
    assert!(run.read("site/index.html").contains(&format!("<img src=\"{avatar}\" alt=\"\" width=\"88\"")), "{avatar}");
}

#[test]
fn a_second_run_changes_no_byte() {
    let run = demo();
    run.backup(&[]).succeeds();
    let before = run.tree();
    let report = run.backup(&["--json"]).succeeds().json();
    assert_eq!(report["read"], 0);
    assert_eq!(report["changed"], false);
    same(&before, &run.tree());
}

#[test]
fn the_order_of_inputs_changes_no_byte() {
    let archives: Vec<_> = [["pages", "lists", "bills"], ["bills", "lists", "pages"]]
        .into_iter()
        .map(|order| {
            let mut run = Run::new().env("LIUDI_ZIP_PASSWORD", "liudi-demo");
            for part in order {
                run = run.fixture(&format!("demo/{part}"));
            }
            run.backup(&["--jobs", "1"]).succeeds();
            run.tree()
        })
        .collect();
    assert!(archives[0] == archives[1]);
}

#[test]
fn the_number_of_threads_changes_no_byte() {
    let trees = ["1", "2", "7"].map(|jobs| {
        let run = demo();
        run.backup(&["--jobs", jobs]).succeeds();
        let said = run.program(&["verify", "archive", "--deep", "--json", "--jobs", jobs]).succeeds().stdout;
        (run.tree(), said)
    });
    for (tree, said) in &trees[1..] {
        same(&trees[0].0, tree);
        assert_eq!(&trees[0].1, said);
    }
}

#[test]
fn articles_are_written_with_their_own_media() {
    let run = demo();
    run.backup(&[]).succeeds();
    let folder = run
        .tree()
        .into_iter()
        .map(|(name, _)| name)
        .find(|name| name.starts_with("public/data/articles/2023/20230318") && name.ends_with("article.json"))
        .unwrap();
    let article: Value = serde_json::from_str(&run.read(&folder)).unwrap();
    assert_eq!(article["id"], "MzA5MDAwMDAwMQ==_2650000101_1");
    assert_eq!(article["title"], "开山第一天");
    assert_eq!(article["published"], "2023-03-18T08:30:00+08:00");
    assert_eq!(article["class"], "public");
    let content = run.read(&folder.replace("article.json", "content.html"));
    assert!(content.contains("../../../media/sha256/"), "{content}");
    assert!(!content.contains("liudi-media:"), "{content}");
}

#[test]
fn nothing_private_is_public() {
    let run = demo();
    run.backup(&[]).succeeds();
    for (name, bytes) in
        run.tree().into_iter().filter(|(name, _)| name.starts_with("public/") || name.starts_with("site/"))
    {
        // The visitor's number in the saved pages, the third party's text, a bill's number, the deleted title.
        for planted in ["2847362915", "svr_demo0000001", "（原文）", "一篇后来删掉的文章", "微信支付账单"]
        {
            assert!(memchr::memmem::find(&bytes, planted.as_bytes()).is_none(), "{planted} is in {name}");
        }
    }
}

#[test]
fn a_list_alone_names_what_is_missing() {
    let run = Run::new().fixture("demo/lists");
    let report = run.backup(&["--json"]).succeeds().json();
    assert_eq!((&report["articles"]["held"], &report["articles"]["listed"]), (&0.into(), &17.into()));
    let urls = run.program(&["gaps", "archive", "--format", "urls"]).succeeds().stdout;
    assert_eq!(urls.lines().count(), 17);
    assert!(urls.lines().all(|url| url.starts_with("https://mp.weixin.qq.com/s?__biz=")), "{urls}");
}

#[test]
fn a_missing_password_is_a_gap_and_no_failure() {
    let run = Run::new().fixture("demo");
    run.backup(&[]).succeeds();
    assert!(gaps(&run).contains_key("password_needed"));
    let run = run.env("LIUDI_ZIP_PASSWORD", "liudi-demo");
    run.backup(&[]).succeeds();
    assert!(!gaps(&run).contains_key("password_needed"));
}

#[test]
fn what_nobody_recognises_is_said_and_may_be_kept() {
    let run = Run::new().file("notes.xyz", "nothing that anybody knows");
    let report = run.backup(&["--json"]).succeeds().json();
    assert_eq!(report["unrecognised"], serde_json::json!(["in/notes.xyz"]));
    let report = run.backup(&["--json", "--keep-other"]).succeeds().json();
    assert_eq!(report["unrecognised"], serde_json::json!([]));
    assert!(
        run.tree().iter().any(|(name, _)| name.starts_with("private/data/documents/") && name.ends_with("notes.xyz"))
    );
}

#[test]
fn an_unrecognised_file_that_is_gone_is_named_once_more() {
    let run = Run::new().file("notes.xyz", "nothing that anybody knows").file("other.xyz", "nor this");
    run.backup(&[]).succeeds();
    std::fs::remove_file(run.folder().join("in/notes.xyz")).unwrap();
    let report = run.backup(&["--json"]).succeeds().json();
    assert_eq!(report["unrecognised"], serde_json::json!(["in/other.xyz"]));
    assert_eq!(report["gone_unrecognised"], serde_json::json!(["in/notes.xyz"]));
    let report = run.backup(&["--json"]).succeeds().json();
    assert_eq!(report["unrecognised"], serde_json::json!(["in/other.xyz"]));
    assert!(report.get("gone_unrecognised").is_none());
}

#[test]
fn a_rehearsal_writes_nothing() {
    let run = demo();
    let answer = run.backup(&["--dry-run", "--json"]).succeeds().json();
    assert_eq!(answer["fetch_pages"], 2);
    assert!(answer["recognised"]["page"].as_u64().unwrap() >= 14);
    assert!(!run.archive().exists());
}

#[test]
fn a_folder_with_other_things_is_not_written_into() {
    let run = demo();
    std::fs::create_dir_all(run.archive()).unwrap();
    std::fs::write(run.archive().join("thesis.doc"), "mine").unwrap();
    run.backup(&[]).exits(2);
    assert_eq!(run.tree().len(), 1);
}

#[test]
fn the_second_run_at_once_says_who_holds_the_lock() {
    let run = demo();
    run.backup(&[]).succeeds();
    let lock = std::fs::File::options().write(true).open(run.archive().join(".liudi/lock")).unwrap();
    lock.try_lock().unwrap();
    run.backup(&[]).exits(1);
}

#[test]
fn a_document_is_kept_bit_exact() {
    let run = Run::new();
    std::fs::write(run.folder().join("合同.pdf"), b"%PDF-1.4 contract").unwrap();
    run.program(&["keep", "合同.pdf", "--as", "合同", "-C", "archive"]).succeeds();
    let kept = run.tree().into_iter().find(|(name, _)| name.contains("documents/合同/")).unwrap();
    assert!(kept.0.starts_with("private/data/documents/合同/") && kept.0.ends_with("-合同.pdf"), "{}", kept.0);
    assert_eq!(kept.1, b"%PDF-1.4 contract");
}

#[test]
fn a_document_kept_again_under_another_kind_says_which_counts() {
    let run = Run::new();
    std::fs::write(run.folder().join("合同.pdf"), b"%PDF-1.4 contract").unwrap();
    run.program(&["keep", "合同.pdf", "--as", "合同", "-C", "archive"]).succeeds();
    let before = run.tree();
    run.program(&["keep", "合同.pdf", "--as", "发票", "-C", "archive"]).succeeds().says("it stays `合同`, not `发票`");
    same(&before, &run.tree());
    let done = run.program(&["keep", "合同.pdf", "--as", "合同", "-C", "archive"]).succeeds();
    assert!(!done.said().contains("it stays"), "{}", done.stderr);
    // A file that was read is no document, and nobody is told that it is one now.
    let run = demo();
    run.backup(&["--no-mirror"]).succeeds();
    let list = crate::support::fixture("demo/lists/发表记录.json").display().to_string();
    let done = run.program(&["keep", &list, "--as", "contract", "-C", "archive"]).succeeds();
    assert!(done.said().contains("as a file that was read") && !done.said().contains("Kept one"), "{}", done.said());
}

#[test]
fn a_rehearsal_speaks_of_inputs_in_words_and_of_the_network_only_if_it_is_allowed() {
    let run = demo();
    let done = run.backup(&["--dry-run"]).succeeds().says("With --online it could fetch");
    assert!(!done.said().contains("Would fetch") && !done.stderr.contains("bill-trade"), "{}", done.stderr);
    let done = run.backup(&["--dry-run", "--online"]).succeeds();
    assert!(!done.said().contains("Offline"), "{}", done.stderr);
}

#[test]
fn a_working_state_of_an_older_version_is_rebuilt_from_the_archive() {
    let run = demo();
    run.backup(&[]).succeeds();
    let before = run.tree();
    let catalog = rusqlite::Connection::open(run.archive().join(".liudi/catalog.sqlite")).unwrap();
    catalog.execute_batch("PRAGMA user_version = 1; DROP TABLE post;").unwrap();
    drop(catalog);
    run.backup(&[]).succeeds();
    same(&before, &run.tree());
}

#[test]
fn an_input_inside_another_is_found_once() {
    let report = |run: Run| {
        let mut report = run.env("LIUDI_ZIP_PASSWORD", "liudi-demo").backup(&["--json"]).json();
        for place in ["archive", "site"] {
            report[place].take();
        }
        report
    };
    let once = report(Run::new().fixture("demo"));
    let nested = report(Run::new().fixture("demo/pages").fixture("demo").fixture("demo").fixture("demo/bills"));
    assert_eq!(nested, once);
}

#[test]
#[cfg(unix)]
fn lines_without_a_link_and_addresses_of_other_pages_are_named() {
    let run = Run::new();
    let said = |command: &str| {
        let output = std::process::Command::new("sh")
            .args(["-c", command])
            .current_dir(run.folder())
            .envs([("LIUDI_LANG", "en"), ("LIUDI", env!("CARGO_BIN_EXE_liudi"))])
            .output()
            .unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    let lines = "printf '%s\\n' 'a title https://mp.weixin.qq.com/s/abcdefghijklmnopqrstuv' https://example.com/a ''";
    let (_, words) = said(&format!("{lines} | \"$LIUDI\" backup - -o archive --quiet"));
    assert!(words.contains("One line of standard input") && words.contains("https://example.com/a"), "{words}");
    let (code, words) = said("\"$LIUDI\" backup HTTPS://example.com/a -o other");
    assert!(code == Some(2) && words.contains("HTTPS://example.com/a"), "{words}");
    assert!(!run.folder().join("other").exists());
}

#[test]
fn another_archive_among_the_inputs_is_named_and_not_read() {
    let run = demo();
    run.backup(&[]).succeeds();
    let other = run.folder().join("old");
    let copied = run.program(&[Path::new("copy"), &run.archive(), &other]);
    assert!(other.join("SHA256SUMS").is_file(), "{copied:?}");
    let into = Run::new().file("链接.txt", "https://mp.weixin.qq.com/s/FixtureOther0123456789").input(&other);
    for _ in 0..2 {
        let report = into.backup(&["--json"]).json();
        assert_eq!(report["inputs"], 1, "{report:#}");
        let problems = report["problems"].as_array().unwrap();
        let named: Vec<_> = problems.iter().filter(|problem| problem["code"] == "input-archive").collect();
        assert!(named.len() == 1 && named[0]["locator"] == "old", "{report:#}");
    }
    // The archive that is written to may lie among the inputs.
    let report =
        into.program(&[Path::new("backup"), into.folder(), Path::new("-o"), &into.archive(), Path::new("--json")]);
    assert!(!report.stdout.contains("input-archive"), "{report:?}");
}

#[test]
fn what_systems_leave_in_folders_is_told_from_what_is_somebodys_own() {
    let link = |number: u32| format!("https://mp.weixin.qq.com/s/FixtureSystem{number:09}");
    let run = Run::new()
        .file("lost+found/#1234.txt", link(1))
        .file("._own.txt", link(2))
        .file("._fork.txt", b"\0\x05\x16\x07fork")
        .file("Thumbs.db", "x")
        .file("$RECYCLE.BIN/S-1/$R1.txt", link(3))
        .file(".Trash-1000/files/a.txt", link(4));
    let report = run.backup(&["--json"]).json();
    assert_eq!([&report["inputs"], &report["passed_over"], &report["articles"]["listed"]], [2, 2, 2], "{report:#}");
    let problems = report["problems"].as_array().unwrap().iter();
    let named: Vec<_> = problems.filter(|problem| problem["code"] == "input-waste-basket").collect();
    assert_eq!(named.len(), 2, "{report:#}");
}
