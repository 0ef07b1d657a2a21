//! The command line's own words: usage, errors, help, manual pages and the list of gaps, in the person's language.

use crate::support::Run;

#[test]
fn wrong_usage_is_said_in_the_language_and_names_what_is_meant() {
    let run = Run::new();
    for (arguments, zh, en) in [
        (&["gaps", "--fromat", "csv"][..], "是不是想写：--format", "Did you mean: --format"),
        (&["bakcup"], "没有“bakcup”这个命令", "There is no command bakcup"),
        (&["gaps", "--format", "pdf"], "可以填：table", "Possible values: table"),
        (&["gaps", "--format"], "后面要写内容", "needs a value"),
        (&["account", "set"], "还要写上", "Missing: "),
        (&["gaps", "--online", "--offline"], "不能一起用", "cannot be used together"),
    ] {
        let chinese = run.program(&[&["--lang", "zh-CN"], arguments].concat()).exits(2).says(zh);
        let english = run.program(&[&["--lang", "en"], arguments].concat()).exits(2).says(en);
        for word in ["Usage", "error", "tip", "OPTIONS", "For more"] {
            assert!(!chinese.stderr.contains(word), "{word}: {}", chinese.stderr);
        }
        assert!(english.stderr.is_ascii(), "{}", english.stderr);
        assert_eq!(chinese.stdout, "", "a mistake is no result");
    }
}

#[test]
fn wrong_usage_is_a_result_too_where_results_are_data() {
    let run = Run::new();
    for arguments in [&["gaps", "--fromat", "csv"][..], &["bakcup"], &["event", "nothing"]] {
        let error = run.program(&[arguments, &["--json"]].concat()).exits(2).json()["error"].clone();
        assert_eq!(error["code"], "usage-wrong", "{error}");
        let message = error["message"].as_str().unwrap();
        assert!(!message.is_empty() && !message.contains('\n'), "{error}");
    }
    // What comes after it is no option.
    assert_eq!(run.program(&["bakcup", "--", "--json"]).exits(2).stdout, "");
}

#[test]
fn what_was_recorded_is_listed_and_nothing_is_said_to_be_nothing() {
    let run = Run::new().file("1.html", crate::state::page(1));
    run.backup(&["--no-mirror"]).succeeds();
    for command in ["account", "event", "evidence"] {
        for arguments in [&[command][..], &[command, "list"]] {
            run.program(&[&["-C", "archive"], arguments].concat()).succeeds().says("Nothing has been recorded yet");
        }
    }
    run.program(&["-C", "archive", "event", "add", "submitted", "2025-11-20"]).succeeds();
    let listed = run.program(&["-C", "archive", "event", "list"]).succeeds();
    assert!(listed.stdout.contains("2025-11-20") && !listed.said().contains("Nothing"), "{listed:?}");
}

#[test]
fn whose_archive_it_is_can_be_said_as_it_is_printed() {
    let run = Run::new()
        .file("1.html", crate::state::page(1))
        .file("2.html", crate::state::page_of("MzA4ODg4ODg4OA==", "gh_someone0else1", "别人的号", 2));
    let told = run.backup(&[]).exits(2).said();
    let hint = told.lines().find(|line| line.contains("--account")).unwrap();
    let archive = run.archive().canonicalize().unwrap().display().to_string();
    assert!(hint.contains(&format!("liudi -C \"{archive}\" backup --account \"")), "{hint}");
    // Without the inputs, which were read.
    run.program(&["-C", &archive, "backup", "--account", "山间小记"]).succeeds();
    assert!(run.read("public/data/account.json").contains("山间小记"));
}

#[test]
fn a_file_is_no_place_for_an_archive() {
    let run = Run::new().file("1.html", crate::state::page(1));
    std::fs::write(run.folder().join("taken"), "x").unwrap();
    let told = run.program(&["backup", "in", "-o", "taken"]).exits(2).said();
    assert!(told.contains("is a file; an archive is a folder"), "{told}");
    assert_eq!(std::fs::read(run.folder().join("taken")).unwrap(), b"x");
}

#[test]
fn a_language_without_words_is_wrong_usage_and_the_choices_are_named() {
    let run = Run::new();
    for tag in ["fr", "french", "eno"] {
        for arguments in [vec!["--lang", tag, "sources"], vec!["sources", "--lang", tag]] {
            let done = run.program(&arguments).exits(2).says("zh-CN, en");
            assert_eq!(done.stdout, "", "{tag}");
        }
    }
    run.program_with(&["sources"], &[("LIUDI_LANG", "fr"), ("LANG", "en_GB.UTF-8")]).exits(2).says("zh-CN");
    for tag in ["en", "EN", "en-GB", "en_US.UTF-8", "zh", "zh-TW", "zh_CN.UTF-8", "zh-Hans"] {
        run.program(&["--lang", tag, "sources"]).succeeds();
    }
    // What the system speaks is no wish.
    run.program_with(&["sources"], &[("LIUDI_LANG", ""), ("LC_ALL", "fr_FR.UTF-8")]).succeeds().says("公众号");
}

#[test]
fn a_document_that_is_not_there_is_said_in_words() {
    let run = Run::new();
    for (language, words) in [("en", "does not exist"), ("zh-CN", "找不到")] {
        let done = run.program(&["--lang", language, "keep", "no.pdf", "--as", "invoice", "-C", "archive"]).exits(32);
        let done = done.says(words);
        assert!(!done.stderr.contains("os error"), "{}", done.stderr);
    }
}

#[test]
fn a_quiet_verdict_is_one_line() {
    let run = Run::new().fixture("page/type0-complete");
    run.backup(&["--no-mirror"]).succeeds();
    for (language, verdict) in [("en", "NOT READY"), ("zh-CN", "还不能注销")] {
        let done = run.program(&["--lang", language, "ready", "archive", "-q"]).exits(64).says(verdict);
        assert_eq!(done.stdout.lines().count(), 1, "{}", done.stdout);
    }
    assert!(run.archive().join("readiness.html").is_file());
}

#[test]
fn help_has_no_foreign_words_and_shows_options_of_every_command_once() {
    let run = Run::new();
    let help = run.program(&["--lang", "zh-CN", "gaps", "--help"]).succeeds().stdout;
    for word in ["OPTIONS", "Possible", "default", "DIR", "FORMAT", "--jobs", "--quiet"] {
        assert!(!help.contains(word), "{word}: {help}");
    }
    let whole = run.program(&["--lang", "zh-CN", "--help"]).succeeds().stdout;
    assert!(whole.contains("--jobs") && whole.contains("--archive"), "{whole}");
}

#[test]
fn help_of_every_command_is_in_one_language() {
    let run = Run::new();
    let whole = run.program(&["--lang", "zh-CN", "--help"]).succeeds().stdout;
    let commands =
        whole.lines().skip_while(|line| !line.starts_with("命令")).skip(1).take_while(|line| !line.is_empty());
    let commands: Vec<&str> = commands.filter_map(|line| line.split_whitespace().next()).collect();
    assert!(commands.len() > 15, "{commands:?}");
    let names = regex::Regex::new(r"[<\[][A-Za-z-]{2,}[\]>]|[a-z], [a-z]").unwrap();
    for command in commands {
        let help = run.program(&["--lang", "zh-CN", command, "--help"]).succeeds().stdout;
        let found = names.find(&help).map(|found| found.as_str()).filter(|name| *name != "<shell>");
        assert_eq!(found, None, "{command}: {help}");
        let help = run.program(&["--lang", "en", command, "--help"]).succeeds().stdout;
        let foreign = help.replace("公众号", "").replace("视频号", "").replace("小程序", "");
        assert!(!foreign.contains(|c: char| ('\u{4e00}'..='\u{9fff}').contains(&c)), "{command}: {help}");
    }
}

#[test]
fn gaps_for_a_spreadsheet_compute_nothing_and_json_is_exact() {
    let list = r#"{"app_msg_list":[{"aid":"2650000001_1","title":"=HYPERLINK(\"http://x\",\"点\")","link":"https://mp.weixin.qq.com/s?__biz=MzA5MDAwMDAwMQ==&mid=2650000001&idx=1&sn=0123456789abcdef0123456789abcdef","create_time":1700000000,"update_time":1700000000}],"app_msg_cnt":1,"base_resp":{"ret":0}}"#;
    let run = Run::new().file("appmsg.json", list);
    run.backup(&["--no-mirror"]).succeeds();
    let table = run.program(&["gaps", "archive", "--format", "csv"]).succeeds().stdout;
    let mut rows = csv::Reader::from_reader(table.trim_start_matches('\u{feff}').as_bytes());
    let cells: Vec<String> =
        rows.records().flat_map(|row| row.unwrap().iter().map(str::to_owned).collect::<Vec<_>>()).collect();
    assert!(cells.iter().any(|cell| cell.starts_with("'=HYPERLINK(")), "{table}");
    assert!(!cells.iter().any(|cell| cell.starts_with(['=', '+', '-', '@', '\t', '\r'])), "{table}");
    let exact = run.program(&["gaps", "archive", "--json"]).succeeds().json();
    assert!(
        exact
            .as_array()
            .unwrap()
            .iter()
            .any(|gap| gap["title"].as_str().is_some_and(|title| title.starts_with("=HYP"))),
        "{exact}"
    );
}

#[test]
fn every_command_has_a_manual_page() {
    let run = Run::new();
    run.program(&["man", "-o", "pages"]).succeeds();
    for page in ["liudi.1", "liudi-backup.1", "liudi-gaps.1", "liudi-evidence-add.1"] {
        assert!(run.folder().join("pages").join(page).is_file(), "{page}");
    }
    assert!(run.program(&["man", "waive"]).succeeds().stdout.contains(".TH"));
    run.program(&["man", "wave"]).exits(2);
}

#[test]
fn gaps_are_counted_grouped_and_each_has_one_thing_to_do() {
    let run = Run::new().fixture("demo").env("LIUDI_ZIP_PASSWORD", "liudi-demo");
    run.backup(&[]).succeeds();
    let list = run.program(&["gaps", "archive", "--lang", "zh-CN"]).succeeds().stdout;
    assert!(list.starts_with("还缺 4 项（文章 3 项、图片音视频 1 项）"), "{list}");
    // A picture leads to the page it belongs to; what was deleted can only be given up, by its name.
    let at = |text: &str| list.find(text).unwrap_or_else(|| panic!("{text}: {list}"));
    assert!(at("清明上山，顺手记了七种野菜") < at("打开上面这篇文章"), "{list}");
    assert!(list.contains("mid=2650000318"), "the article's own address: {list}");
    assert!(list.contains("waive content.articles.count --item \"MzA5MDAwMDAwMQ==_2650000211_1\""), "{list}");
    let page = run.program(&["gaps", "archive", "--format", "html", "--lang", "zh-CN"]).succeeds().stdout;
    assert!(page.contains("width=device-width") && !page.contains("<table"), "{page}");
    assert_eq!(page.matches("<section>").count(), 4);
}

#[test]
fn a_second_run_says_what_the_first_said() {
    let run = Run::new().fixture("demo").env("LIUDI_ZIP_PASSWORD", "liudi-demo");
    let first = run.backup(&["--lang", "zh-CN"]).succeeds().stdout;
    let second = run.backup(&["--lang", "zh-CN"]).succeeds().stdout;
    let kept = |said: &str| {
        let lines = said.lines().filter(|line| !line.starts_with("看了"));
        lines.map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(kept(&first), kept(&second));
    assert!(second.contains("这次读了 0 个") && second.contains("ledger.csv"), "{second}");
}

#[test]
fn what_is_recorded_is_answered_in_json_too() {
    let run = Run::new().fixture("demo").env("LIUDI_ZIP_PASSWORD", "liudi-demo");
    run.backup(&["--quiet"]);
    let answer =
        |arguments: &[&str]| run.program(&[arguments, &["-C", "archive", "--json"]].concat()).succeeds().json();
    let evidence = answer(&["evidence", "add", "follower_total", "1,230"]);
    assert_eq!(
        evidence,
        serde_json::json!({ "key": "follower_total", "value": "1230", "before": null, "remark": null })
    );
    let evidence = answer(&["evidence", "add", "follower_total", "1300"]);
    assert_eq!(evidence["before"], "1230");
    let event = answer(&["event", "add", "last_login_or_api_call", "2025-11-24"]);
    assert_eq!((&event["date"], &event["before"]), (&"2025-11-24".into(), &serde_json::Value::Null));
    let gone = "MzA5MDAwMDAwMQ==_2650000211_1";
    let waived = answer(&["waive", "content.articles.count", "--item", gone, "--reason", "deleted"]);
    assert_eq!((&waived["waived"], &waived["unnamed"]), (&1.into(), &0.into()));
    let back = answer(&["waive", "content.articles.count", "--item", gone, "--take-back"]);
    assert_eq!(back["taken_back"], 1);
}

#[test]
fn what_was_given_up_is_taken_back_by_any_of_its_names() {
    let run = Run::new().fixture("demo").env("LIUDI_ZIP_PASSWORD", "liudi-demo");
    run.backup(&["--quiet"]);
    let rule = "content.articles.count";
    let waive = |arguments: &[&str]| {
        run.program(&[&["-C", "archive", "waive", rule, "--by", "me", "--lang", "en"], arguments].concat())
    };
    let missing = || run.program(&["gaps", "archive", "--lang", "en"]).succeeds().stdout;
    let (gone, title) = ("MzA5MDAwMDAwMQ==_2650000211_1", "一篇后来删掉的文章");
    for name in [gone, title] {
        waive(&["--item", name, "--reason", "deleted"]).succeeds();
        assert!(missing().contains("1 more was given up"), "{}", missing());
        waive(&["--item", name, "--take-back"]).succeeds();
        assert!(missing().starts_with("4 items are missing"), "{}", missing());
    }
    // What was not given up is not silently "taken back", nor is an item by the whole rule.
    waive(&["--item", gone, "--take-back"]).exits(2).says("was not given up");
    waive(&["--item", gone, "--reason", "deleted"]).succeeds();
    waive(&["--take-back"]).exits(2).says("not given up as a whole");
    waive(&["--item", "nothing", "--take-back"]).exits(2).says("was not given up");
    waive(&["--item", gone, "--take-back", "--reason", "x"]).exits(2);
    assert!(missing().contains("1 more was given up"));
}
