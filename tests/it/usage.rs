//! The command line's own words: usage, errors, help, manual pages and the list of gaps, in the person's language.

use crate::support::Run;

#[test]
fn wrong_usage_is_said_in_the_language_and_names_what_is_meant() {
    let run = Run::new();
    for (arguments, zh, en) in [
        (&["gaps", "--fromat", "csv"][..], "是不是想写：--format", "Perhaps: --format"),
        (&["bakcup"], "没有“bakcup”这个命令", "There is no command bakcup"),
        (&["gaps", "--format", "pdf"], "可以填：table", "Possible: table"),
        (&["gaps", "--format"], "后面要写内容", "wants a value"),
        (&["account", "set"], "还要写上", "Still wanted"),
        (&["gaps", "--online", "--offline"], "不能一起用", "do not go together"),
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
    let first = run.backup(&["--lang", "zh-CN"]).succeeds().stderr;
    let second = run.backup(&["--lang", "zh-CN"]).succeeds().stderr;
    let kept = |said: &str| {
        let lines = said.lines().filter(|line| !line.starts_with("看了"));
        lines.map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(kept(&first), kept(&second));
    assert!(second.contains("这次读了 0 个") && second.contains("ledger.csv"), "{second}");
}
