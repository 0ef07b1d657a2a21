//! The evidence sheet: what it says, what it keeps quiet about, and that its commands work as they are.

use crate::support::{Done, Run, fixture, passed_over};

fn demo() -> Run {
    let run = Run::new().fixture("demo").env("LIUDI_ZIP_PASSWORD", "liudi-demo");
    run.backup(&["--no-mirror"]);
    run
}

fn sheet(run: &Run, language: &str) -> (Done, String) {
    let done = run.program(&["evidence", "sheet", "archive", "-o", "sheet.html", "--lang", language]);
    (done, std::fs::read_to_string(run.folder().join("sheet.html")).unwrap_or_default())
}

/// The page without its marks.
fn text(page: &str) -> String {
    let page = page.split("</style>").last().unwrap();
    let marks = regex::Regex::new("<[^>]*>").unwrap();
    let text = marks.replace_all(page, "").into_owned();
    [("&#x2f;", "/"), ("&quot;", "\""), ("&#x27;", "'"), ("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")]
        .into_iter()
        .fold(text, |text, (from, to)| text.replace(from, to))
}

#[test]
fn the_sheet_says_what_can_be_checked_and_nothing_of_the_content() {
    let run = demo();
    let missing = regex::Regex::new(r"\[(?:sheet|stamp)-[a-z-]+\]|\{ ?\$").unwrap();
    for (language, claims) in [
        (
            "en",
            [
                "unchanged since a certain time",
                "does not prove that the content is true",
                "while they are still online",
            ],
        ),
        ("zh-CN", ["从某一刻起没有变过", "不证明内容属实", "请在还能打开的时候"]),
    ] {
        let (done, page) = sheet(&run, language);
        done.succeeds();
        let text = text(&page);
        for claim in claims {
            assert!(text.contains(claim), "{claim}");
        }
        let sums = liudi::model::Sha256::of(run.read("SHA256SUMS").as_bytes()).hex();
        assert!(text.replace(' ', "").contains(&sums) && text.contains("gh_0d3m0acc0001"));
        assert!(text.contains(&format!("liudi {}", env!("CARGO_PKG_VERSION"))), "{text}");
        assert!(!page.contains("<script") && !page.contains("http://") && !page.contains("https://"), "{page}");
        assert!(page.contains("size:A4"));
        assert!(!missing.is_match(&text), "a text is missing: {text}");
        // Nothing of what was kept: no names of files, of others, no numbers of orders, no titles.
        for private in
            ["4200099900202601050000000001", "县城打印店", "1900000000", "雨季的七件小事", "demo/pages", "375.00"]
        {
            assert!(!text.contains(private), "{private}");
        }
    }
}

#[test]
fn its_commands_check_the_archive_and_find_damage() {
    let run = demo();
    let (_, page) = sheet(&run, "en");
    let blocks = regex::Regex::new("(?s)<pre[^>]*>(.*?)</pre>").unwrap();
    let blocks: Vec<String> = blocks.captures_iter(&page).map(|block| text(&block[1])).collect();
    let linux = blocks.iter().find(|block| block.starts_with("sha256sum --strict")).unwrap();
    let paste = || std::process::Command::new("sh").args(["-ec", linux]).current_dir(run.archive()).output();
    let Ok(done) = paste() else {
        passed_over("sh and sha256sum, to paste the commands of the sheet into");
        return;
    };
    assert!(done.status.success() && done.stdout.is_empty(), "{done:?}");
    let path = run.archive().join("public/data/tables/articles.csv");
    let bytes = std::fs::read(&path).unwrap();
    std::fs::write(&path, [&bytes[1..], b"\n"].concat()).unwrap();
    assert!(!paste().unwrap().status.success());
    // Of a damaged archive there is no sheet.
    std::fs::remove_file(run.folder().join("sheet.html")).unwrap();
    let (done, page) = sheet(&run, "en");
    done.exits(64).says("the archive is damaged");
    assert!(page.is_empty());
}

#[test]
fn timestamps_are_on_the_sheet_and_other_files_are_not_overwritten() {
    let run = Run::new();
    for (name, bytes) in crate::support::tree(&fixture("timestamp/archive")) {
        let path = run.archive().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
    let (done, page) = sheet(&run, "en");
    done.succeeds().says("no timestamp yet");
    assert!(text(&page).contains("There is no timestamp yet"));
    let answer = fixture("timestamp/answers/p384.tsr");
    run.program(&["timestamp", "archive", "--answer", answer.to_str().unwrap()]).succeeds();
    std::fs::write(run.archive().join("SHA256SUMS.minisig"), "untrusted comment: x\n").unwrap();
    let (done, page) = sheet(&run, "zh-CN");
    done.succeeds();
    let text = text(&page);
    for part in [
        "CN=Stamp p384",
        "当时的 2 个文件全部没有变过",
        "openssl ts -verify -data \"private/data/provenance/timestamps/",
        "/answer.tsr\" -CAfile root.pem",
        "SHA256SUMS.minisig",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    run.program(&["evidence", "sheet", "archive"]).succeeds();
    assert!(run.archive().join("evidence-sheet.html").is_file());
    // The sheet only lists what lies there; `verify` judges it.
    run.program(&["verify", "archive"]).exits(64).says("not a minisign signature");
    std::fs::remove_file(run.archive().join("SHA256SUMS.minisig")).unwrap();
    run.program(&["verify", "archive"]).succeeds();
    std::fs::write(run.folder().join("other.html"), "<p>mine</p>").unwrap();
    run.program(&["evidence", "sheet", "archive", "-o", "other.html"]).exits(2).says("was not overwritten");
    let said = run.program(&["evidence", "sheet", "archive", "--json"]).succeeds().json();
    assert_eq!(said["timestamps"], 1);
}

#[test]
fn an_archive_without_content_has_a_sheet_without_empty_tables() {
    let run = Run::new().file("a.xyz", "nothing known");
    run.backup(&["--no-mirror"]);
    for (language, says) in [("en", "No run has added anything so far."), ("zh", "没有哪一次存入收进过内容")]
    {
        let (done, page) = sheet(&run, language);
        done.exits(0);
        assert!(text(&page).contains(says), "{page}");
        let tables: Vec<&str> = page.split("<tbody>").skip(1).collect();
        assert!(!tables.is_empty() && tables.iter().all(|table| table.trim_start().starts_with("<tr>")), "{page}");
        std::fs::remove_file(run.folder().join("sheet.html")).unwrap();
    }
}
