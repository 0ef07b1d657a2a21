//! What pages, lists, files and people's own words bring along is shown harmlessly: no escape code reaches a terminal, and
//! no title breaks a line or a column.

use std::fs;

use crate::state::page;
use crate::support::{Done, Run};

/// What must not come out: C0 but line ends and tabs, DEL, C1, marks that turn the direction of text, other line ends.
fn is_harmful(c: char) -> bool {
    (c.is_control() && !matches!(c, '\n' | '\t'))
        || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}')
}

#[track_caller]
fn is_harmless(done: &Done) {
    for out in [&done.stdout, &done.stderr] {
        let found = out.chars().find(|c| is_harmful(*c));
        assert!(found.is_none(), "{found:?} in {out:?}");
        assert!(!out.lines().any(|line| line.starts_with("行二")), "a title broke a line: {out}");
    }
}

/// A title with everything in it.
const TITLE: &str = "红\u{1b}[2J\u{1b}[31m\u{7}标\u{9b}31m题\u{202e}gnp\u{2066}\u{7f}行一\n行二\t格\r\u{2028}末";

/// An archive of names that a terminal would obey.
fn hostile() -> Run {
    let title = serde_json::to_string(TITLE).unwrap();
    let entry = |mid: u32, title: &str| {
        format!(
            "{{\"aid\": \"{mid}_1\", \"appmsgid\": {mid}, \"itemidx\": 1, \"create_time\": 1604670946, \
             \"link\": \"http://mp.weixin.qq.com/s?__biz=MzA5MDAwMDAwMQ==&mid={mid}&idx=1&sn=ea0\", \"title\": {title}, \
             \"fakeid\": \"MzA5MDAwMDAwMQ==\", \"_accountName\": {title}, \"digest\": \"\", \"cover\": \"\"}}"
        )
    };
    let list = format!("[{}, {}]", entry(2_650_610_000, &title), entry(2_650_610_001, "\"平常\""));
    let mut run =
        Run::new().file("list.json", list).file("a.html", page(1).replace("山间小记", "山\u{1b}[31m间\u{202e}"));
    run = run.file("b.html", page(2).replace("第 2 篇", "第\u{1b}]0;x\u{7}二\u{9b}2J篇"));
    if cfg!(unix) {
        run = run.file("坏\u{1b}[2J\n名\u{202e}.zip", "PK\u{3}\u{4} broken").file("谁\u{1b}[5m\t.xyz", "nobody knows");
    }
    run
}

#[test]
fn no_command_sends_what_a_terminal_obeys() {
    let run = hostile();
    is_harmless(&run.backup(&["--dry-run"]));
    is_harmless(&run.backup(&[]));
    for language in ["zh-CN", "en"] {
        for command in [
            &["gaps", "archive"][..],
            &["gaps", "archive", "--format", "urls"],
            &["ready", "archive"],
            &["ready", "archive", "--after"],
            &["plan", "archive"],
            &["verify", "archive"],
            &["mirror", "archive"],
            &["guide"],
            &["-C", "archive", "account"],
            &["-C", "archive", "evidence"],
            &["-C", "archive", "evidence", "add", "chat_backup", TITLE],
            &["-C", "archive", "waive", "content.articles.count", "--item", TITLE, "--reason", TITLE],
            &["-C", "archive", "event"],
            &["-C", "archive", "purge", TITLE],
            &["-C", TITLE, "gaps"],
            &["backup", TITLE],
        ] {
            is_harmless(&run.program(&[&["--lang", language], command].concat()));
        }
    }
}

#[test]
fn every_gap_is_one_line_of_as_many_cells() {
    let run = hostile();
    run.backup(&["--no-mirror"]);
    let gaps = run.program(&["gaps", "archive", "--json"]).succeeds().json();
    let titles: Vec<&str> = gaps.as_array().unwrap().iter().filter_map(|gap| gap["title"].as_str()).collect();
    assert!(titles.contains(&TITLE), "JSON says what was there: {titles:?}");
    let urls = run.program(&["gaps", "archive", "--format", "urls"]).succeeds().stdout;
    assert!(urls.lines().all(|line| line.starts_with("http")), "{urls}");
}

#[test]
fn the_name_of_a_kept_file_is_shown_harmlessly() {
    let run = Run::new();
    fs::write(run.folder().join("合\u{1b}同.pdf"), "%PDF").unwrap();
    is_harmless(&run.program(&["keep", "合\u{1b}同.pdf", "--as", "合同", "-C", "archive"]).succeeds());
    is_harmless(&run.program(&["keep", "合\u{1b}同.pdf", "--as", "发票", "-C", "archive"]).succeeds());
}
