//! Everything that commands print for people, read once more: one language, its own marks, no words of the machinery.

use crate::ready::demo::{demo, liudi};
use crate::support::{Run, fixture};

/// What each command prints, results and words alike.
fn spoken(run: &Run, language: &str) -> Vec<(String, String)> {
    let demo = fixture("demo");
    let demo = demo.to_str().unwrap();
    let commands: &[&[&str]] = &[
        &["backup", demo, "-o", "archive"],
        &["backup", demo, "-o", "another", "--dry-run"],
        &["ready"],
        &["ready", "--after"],
        &["gaps"],
        &["plan", "--letters", "letters", "--ics", "dates.ics"],
        &["guide"],
        &["account"],
        &["evidence"],
        &["event"],
        &["verify"],
        &["mirror", "-o", "elsewhere"],
        &["keep", "menu.png", "--as", "menu"],
        &["purge", "followers"],
        &["probe"],
        &["evidence", "add", "publshed_total", "17"],
        &["evidence", "add", "published_total", "昨天"],
        &["evidence", "add", "published_total", "【篇数】"],
        &["event", "add", "last_trade", "去年"],
        &["waive", "content.articles.count", "--item", "x", "--reason", "x"],
        &["account", "set", "kinds=weibo"],
        &["backup", "【文件】"],
        &["gaps", "--format", "pdf"],
    ];
    let one = |arguments: &&[&str]| {
        let done = liudi(run, &[&["--lang", language], *arguments].concat());
        (arguments.join(" "), done.said())
    };
    commands.iter().map(one).collect()
}

/// `text` without what is not the program's own words: commands, addresses, paths and names of files.
fn own_words(text: &str) -> String {
    let other = regex::Regex::new(
        r"`[^`]*`|liudi -C [^\n；。]*|https?://\S+|\S*/\S*|\{ \$\S+ \}|（[a-z_.]+）|\([a-z_.]+\)|[a-z.]+:[a-z_]+|\b[\w.-]+\.(?:toml|txt|csv|html|json|ics|zip)\b",
    );
    other.unwrap().replace_all(text, "·").into_owned()
}

#[test]
fn chinese_words_have_chinese_marks_and_no_words_of_the_machinery() {
    let run = demo();
    std::fs::write(run.folder().join("menu.png"), b"a picture").unwrap();
    liudi(&run, &["account", "set", "kinds=公众号、商户号", "entity=企业", "uses.pay=是"]).succeeds();
    liudi(&run, &["evidence", "add", "menu", "没有"]).succeeds();
    liudi(&run, &["event", "add", "deregistered", "2025-11-20", "--kind", "公众号"]).succeeds();
    let wrong = [
        (r"[\u4e00-\u9fff”」】）], ?[\u4e00-\u9fff“「【（]", "an English comma"),
        (r"[\u4e00-\u9fff”」】）][:;!?](?:\s|$|[\u4e00-\u9fff“「【（])", "an English mark"),
        (r"\[[a-z0-9]+(?:-[a-z0-9]+)+\]", "a text that is missing"),
        (r"\b[a-z]+_[a-z_]+\b", "a code"),
        (r"<[A-Z]+>|【[A-Za-z ]+】|\[[A-Z]{2,}\]", "an English blank"),
        (r"\b(?:None|null|undefined|Some\()", "a value of the machinery"),
        (r"[a-z]+=\S+\)", "arguments of an error"),
        (r"\d{4}-\d\d-\d\dT\d\d", "a time for machines"),
    ];
    let mut faults = Vec::new();
    for (command, said) in spoken(&run, "zh-CN") {
        let words = own_words(&said);
        for (pattern, what) in wrong {
            let pattern = regex::Regex::new(pattern).unwrap();
            let named = command.starts_with("evidence add publshed_total") && what == "a code";
            faults.extend(words.lines().filter(|line| !named && pattern.is_match(line)).map(|line| {
                let found = pattern.find(line).map_or("", |found| found.as_str());
                format!("{command}: {what}, {found:?} in {line}")
            }));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn english_words_have_english_blanks() {
    let run = demo();
    std::fs::write(run.folder().join("menu.png"), b"a picture").unwrap();
    let blank = regex::Regex::new(r"【[^】]*[\u4e00-\u9fff][^】]*】|[，。；：！？、]").unwrap();
    for (command, said) in spoken(&run, "en") {
        // What the demo and the person wrote is theirs; one line shows how blanks of Chinese letters look.
        let own = own_words(&said).replace("【请填写：…】", "");
        let own: Vec<&str> = own.lines().filter(|line| blank.is_match(line)).collect();
        let theirs = |line: &&str| {
            ["谷雨", "清明", "【文件】", "【篇数】", "微信", "夏夜", "“Me →"].iter().any(|name| line.contains(name))
        };
        assert_eq!(own.iter().find(|line| !theirs(line)), None, "{command}: {said}");
    }
}
