//! What a backup says at its end, and that a stopped one says so.
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use crate::support::Run;

const CLIPPED: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<en-export><note><title>剪下来的文章</title><content><![CDATA[<en-note><div>正文的字，一句话。</div></en-note>]]></content><created>20240105T020000Z</created><note-attributes><source-url>https://mp.weixin.qq.com/s/ClippedNote0000000001</source-url></note-attributes></note></en-export>";

#[test]
fn what_is_held_of_nobody_known_is_said() {
    let run = Run::new().file("笔记.enex", CLIPPED);
    let done = run.backup(&[]).succeeds();
    assert!(
        done.stdout.contains("One more article was saved, but the files do not say which account it belongs to"),
        "{}",
        done.stdout
    );
    assert!(!done.stdout.contains("Nothing is known of this account"), "{}", done.stdout);
    let again = run.backup(&[]).succeeds();
    assert!(
        again.stdout.contains("One more article was saved, but the files do not say which account"),
        "{}",
        again.stdout
    );
    let report: Value = serde_json::from_str(&run.backup(&["--json"]).succeeds().stdout).unwrap();
    assert_eq!(report["unclaimed"]["articles"], 1, "{report:#}");
}

#[test]
fn files_of_the_system_are_counted() {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in
        [("a.txt", &b"https://mp.weixin.qq.com/s/LinkInsideOfAZip00001"[..]), ("__MACOSX/._a.txt", b"x")]
    {
        zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        std::io::Write::write_all(&mut zip, bytes).unwrap();
    }
    let run = Run::new()
        .file("Thumbs.db", "x")
        .file("$Recycle.Bin/S-1-5-21/$R1.html", "x")
        .file(".DS_Store", "x")
        .file("文章/desktop.ini", "x")
        .file("~$账单.xlsx", "x")
        .file("链接.zip", zip.finish().unwrap().into_inner());
    for time in ["first", "second"] {
        let report: Value = serde_json::from_str(&run.backup(&["--json"]).stdout).unwrap();
        assert_eq!(report["passed_over"], 5, "{time}: {report:#}");
        // Somebody threw the files of a waste basket away: it is named.
        assert_eq!(report["problems"][0]["locator"], "in/$Recycle.Bin", "{time}: {report:#}");
        assert_eq!(report["unrecognised"], serde_json::json!([]), "{time}");
    }
    let done = run.backup(&[]);
    assert!(done.stdout.contains("5 system files"), "{}", done.stdout);
}

#[test]
fn a_reshare_in_the_private_part_is_counted() {
    let run = Run::new().fixture("page/reshare-inline");
    let report: Value = serde_json::from_str(&run.backup(&["--json", "--no-mirror"]).stdout).unwrap();
    assert_eq!((&report["articles"]["private"], &report["articles"]["reshared"]), (&1.into(), &1.into()), "{report:#}");
    let done = run.backup(&["--no-mirror"]);
    assert!(done.stdout.contains("In the private part only and not on the site: 1 (reposts"), "{}", done.stdout);
}

#[test]
fn a_walk_that_is_stopped_says_so() {
    use liudi::pipeline::collect::walk::{WalkOptions, walk};
    use liudi::source::Passwords;
    use liudi::source::file::container::zip::Budget;

    let folder = tempfile::tempdir().unwrap();
    for number in 0..20 {
        std::fs::write(folder.path().join(format!("{number}.txt")), "https://mp.weixin.qq.com/s/x").unwrap();
    }
    let (passwords, budget) = (Passwords::default(), Budget::new(folder.path()));
    let stop = CancellationToken::new();
    stop.cancel();
    let seen = |_: &str, _: u64, _: i64| Ok(false);
    let options = WalkOptions {
        archive: &folder.path().join("archive"),
        budget: &budget,
        passwords: &passwords,
        stop: &stop,
        seen: &seen,
    };
    let found = walk(&[folder.path().to_owned()], &options).unwrap();
    assert!(found.stopped && found.found.is_empty());
    let named: Vec<_> = found.gaps.iter().map(|(gap, _)| gap.reason.code()).collect();
    assert_eq!(named, ["not_read"]);
    // Between two files of one folder.
    let stop = CancellationToken::new();
    let counted = std::cell::Cell::new(0);
    let seen = |_: &str, _: u64, _: i64| {
        counted.set(counted.get() + 1);
        if counted.get() == 7 {
            stop.cancel();
        }
        Ok(false)
    };
    let options = WalkOptions { stop: &stop, seen: &seen, ..options };
    let found = walk(&[folder.path().to_owned()], &options).unwrap();
    assert!(found.stopped && found.found.len() == 7, "{}", found.found.len());
}

#[test]
fn what_was_given_up_by_name_is_not_asked_for_again() {
    let run = Run::new().file("a.txt", "https://mp.weixin.qq.com/s?__biz=MzA0MDAwMDAwMA==&mid=1&idx=1&sn=aa\n");
    run.backup(&[]).succeeds();
    let archive = run.archive();
    let archive = archive.to_str().unwrap();
    run.program(&["gaps", archive]).succeeds().says("backup --online");
    let item = "MzA0MDAwMDAwMA==_1_1";
    run.program(&["-C", archive, "waive", "content.articles.count", "--item", item, "--reason", "gone", "--by", "me"])
        .succeeds();
    let said = run.program(&["gaps", archive]).succeeds().says("given up, no need to look for it").said();
    assert!(!said.contains("--online"), "{said}");
}

#[test]
fn an_event_that_did_not_happen_is_taken_back() {
    let run = Run::new().file("a.txt", "https://mp.weixin.qq.com/s/GivenUp0000000000000A\n");
    run.backup(&[]).succeeds();
    let archive = run.archive();
    let event = |words: &[&str]| run.program(&[&["-C", archive.to_str().unwrap(), "event"], words].concat());
    event(&["add", "last_trade", "2024-05-01"]).succeeds();
    event(&["add", "last_trade", "2024-04-01"]).succeeds().says("The previous record was `2024-05-01`");
    event(&["add", "last_trade", "2999-01-01"]).exits(2).says("is in the future");
    event(&["add", "last_trade", "unknown"]).succeeds().says("Withdrew 2 records");
    assert_eq!(event(&["--json"]).succeeds().json()["events"], serde_json::json!([]));
}
