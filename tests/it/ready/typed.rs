//! What a person types: facts in every usual form, Chinese words for choices, names of what is given up, and the commands
//! that are printed for them to paste.

use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

use super::demo::liudi;
use crate::support::Run;

fn demo() -> Run {
    let run = Run::new().fixture("demo").env("LIUDI_ZIP_PASSWORD", "liudi-demo").env("LIUDI_BY", "王小明");
    run.backup(&[]).succeeds();
    run
}

/// The newest value of `key`.
fn value(run: &Run, key: &str) -> String {
    let all: Value = liudi(run, &["evidence", "--json"]).succeeds().json();
    let records = all["evidence"].as_array().unwrap();
    let record = records.iter().rfind(|record| record["key"] == key).unwrap();
    record["value"].as_str().unwrap().to_owned()
}

#[test]
fn facts_are_understood_or_refused_with_the_form() {
    let run = demo();
    // The clock of these runs is 2025-11-25 00:00 in Beijing.
    for (key, typed, kept) in [
        ("first_trade", "2024年3月1日", "2024-03-01"),
        ("first_trade", "2025/3/1", "2025-03-01"),
        ("last_trade", "昨天", "2025-11-24"),
        ("notice_date", "２０２５１１０１", "2025-11-01"),
        ("published_total", "17篇", "17"),
        ("published_total", "１，２３４", "1234"),
        ("published_total", "十七篇", "17"),
        ("mch_balance_zero", "¥1,234.50", "1234.5"),
        ("mch_balance_zero", "没有", "0"),
        ("cards_unbound", "是的", "yes"),
        ("menu", "没有", "no"),
        ("admin_can_scan_and_receive_notice", "不知道", "unknown"),
    ] {
        liudi(&run, &["evidence", "add", key, typed]).succeeds();
        assert_eq!(value(&run, key), kept, "{key} {typed}");
    }
    let before = run.read("private/data/readiness/evidence.json");
    for (key, typed, code) in [
        ("first_trade", "上个月", "value-day-wanted"),
        ("first_trade", "17篇", "value-day-wanted"),
        ("published_total", "大概17", "value-count-wanted"),
        ("published_total", "昨天", "value-count-wanted"),
        ("mch_balance_zero", "提清了吧", "value-amount-wanted"),
        ("cards_unbound", "也许", "yes-or-no-wanted"),
        ("notice_url", "mp.weixin.qq.com", "value-url-wanted"),
        ("second_copy_digest", "在硬盘里", "value-digest-wanted"),
        ("menu", "在桌面", "value-file-wanted"),
        ("publshed_total", "17", "evidence-key-unknown"),
    ] {
        let done = liudi(&run, &["evidence", "add", key, typed, "--json"]).exits(2);
        assert_eq!(done.json()["error"]["code"], code, "{key} {typed}");
        assert!(done.stderr.contains("hint: "), "{key} {typed}: {}", done.stderr);
    }
    liudi(&run, &["evidence", "add", "publshed_total", "17"]).exits(2).says("published_total");
    liudi(&run, &["evidence", "add", "published_total"]).exits(2).says("such as 17");
    liudi(&run, &["event", "add", "last_trade", "昨日"]).succeeds();
    liudi(&run, &["event", "add", "last_trade", "去年"]).exits(2).says("2026-03-01");
    liudi(&run, &["plan", "--on", "2025年12月1日", "--json"]).succeeds();
    liudi(&run, &["plan", "--on", "下周"]).exits(2);
    assert_eq!(run.read("private/data/readiness/evidence.json"), before, "what is refused leaves no trace");
}

#[test]
fn words_that_are_printed_are_accepted_back() {
    let run = demo();
    for (typed, code) in [
        ("公众号", "oa.subscription"),
        ("服务号", "oa.service"),
        ("oa", "oa.subscription"),
        ("微信支付商户号", "mch"),
        ("oa.service", "oa.service"),
    ] {
        liudi(&run, &["account", "set", &format!("kinds={typed}")]).succeeds();
        assert_eq!(liudi(&run, &["account", "--json"]).json()["kinds"], serde_json::json!([code]), "{typed}");
        liudi(&run, &["guide", typed]).succeeds();
    }
    liudi(&run, &["account", "set", "kinds=公众号、视频号", "entity=个体户", "uses.pay=否", "followers=1.2万"])
        .succeeds();
    let profile = liudi(&run, &["account", "--json"]).json();
    assert_eq!((profile["entity"].as_str(), profile["followers"].as_u64()), (Some("sole"), Some(12_000)));
    assert_eq!(profile["flags"]["uses.pay"], false);
    liudi(&run, &["event", "add", "提交注销", "昨天", "--kind", "公众号"]).succeeds();
    assert_eq!(liudi(&run, &["event", "--json"]).json()["events"][0]["account"], "oa.subscription");
    liudi(&run, &["account", "set", "kinds=微博"]).exits(2).says("公众号");
    // What `account` shows is what `account set` takes, in either language.
    let before = liudi(&run, &["account", "--json"]).stdout;
    for language in ["zh-CN", "en"] {
        let shown = liudi(&run, &["account", "--lang", language]).succeeds().stdout;
        let values: Vec<&str> = shown.lines().filter_map(|line| line.split('\t').next()).collect();
        assert!(values.len() >= 4, "{shown}");
        liudi(&run, &[&["account", "set"], values.as_slice()].concat()).succeeds();
        assert_eq!(liudi(&run, &["account", "--json"]).stdout, before, "{shown}");
    }
}

#[test]
fn only_what_is_open_is_given_up() {
    let run = demo();
    let rule = "content.articles.count";
    let report = liudi(&run, &["ready", "--json"]).exits(64).json();
    let items = super::demo::items(&report, rule);
    let unknown = liudi(&run, &["waive", rule, "--item", "不存在", "--reason", "x"]).exits(2);
    for item in &items {
        assert!(unknown.stderr.contains(item.as_str()), "{item} is named: {}", unknown.stderr);
    }
    // The one that was meant comes first.
    let near = liudi(&run, &["waive", rule, "--item", "一篇后来删掉的", "--reason", "x"]).exits(2).stderr;
    let at = |title: &str| near.find(title).unwrap();
    assert!(at("一篇后来删掉的文章") < at("秋茶收完了"), "{near}");
    assert!(!run.archive().join("private/data/readiness/waivers.json").exists(), "nothing was recorded");
    liudi(&run, &["waive", "content.article.count", "--reason", "x"]).exits(2).says(rule);
    liudi(&run, &["waive", rule, "--reason", "x"]).succeeds().says("must be given up by name");
    liudi(&run, &["waive", "文章数一致", "--item", "一篇后来删掉的文章", "--reason", "找不回来"]).succeeds();
    let left = super::demo::items(&liudi(&run, &["ready", "--json"]).exits(64).json(), rule);
    assert_eq!(left.len(), items.len() - 1);
    liudi(&run, &["waive", rule, "--item", "秋茶收完了"]).exits(2).says("--reason");
}

/// Every command in `text`, from `liudi -C` to the end of its quotation or line.
fn commands(text: &str) -> Vec<String> {
    let starts = text.match_indices("liudi -C ");
    let whole = |(at, _): (usize, &str)| {
        let rest = text[at..].split(['`', '\n', '（', '(', '；']).next().unwrap_or_default();
        rest.trim_end_matches(['。', '.', '，', ' ']).to_owned()
    };
    starts.map(whole).collect()
}

/// Runs `command` as pasted into a shell, from another folder; gives its exit status and what it printed as JSON.
fn paste(command: &str, folder: &Path) -> (i32, String) {
    let program = Path::new(env!("CARGO_BIN_EXE_liudi")).parent().unwrap();
    let path = format!("{}:{}", program.display(), std::env::var("PATH").unwrap_or_default());
    let output = Command::new("sh")
        .args(["-c", &format!("{command} --json")])
        .current_dir(folder)
        .env("PATH", path)
        .envs([("SOURCE_DATE_EPOCH", "1764000000"), ("LIUDI_LANG", "en")])
        .env_remove("USER")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let said = String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap();
    (output.status.code().unwrap_or(-1), said)
}

#[test]
#[cfg(unix)]
fn printed_commands_work_when_pasted_from_any_folder() {
    let run = Run::new().fixture("demo").env("LIUDI_ZIP_PASSWORD", "liudi-demo");
    let archive = run.folder().join("我的 存档 $HOME");
    let archive = archive.to_str().unwrap();
    let elsewhere = run.folder().join("elsewhere");
    std::fs::create_dir(&elsewhere).unwrap();
    let input = crate::support::fixture("demo");
    let mut printed = std::collections::BTreeSet::new();
    for language in ["zh-CN", "en"] {
        for arguments in [
            vec!["backup", input.to_str().unwrap(), "-o", archive],
            vec!["-C", archive, "ready"],
            vec!["-C", archive, "ready", "--after"],
            vec!["-C", archive, "gaps"],
            vec!["-C", archive, "plan"],
            vec!["-C", archive, "guide"],
            vec!["-C", archive, "plan", "--letters", "letters"],
        ] {
            let done = run.program(&[arguments, vec!["--lang", language]].concat());
            for text in [&done.stdout, &done.stderr] {
                assert!(!text.contains("&&") && !text.contains("$USER"), "{text}");
                printed.extend(commands(text));
            }
        }
    }
    let verbs = ["waive", "evidence add", "ready --ask", "gaps", "verify", "event add"];
    for verb in verbs {
        assert!(printed.iter().any(|command| command.contains(verb)), "{verb}: {printed:#?}");
    }
    for command in printed.iter().filter(|command| !command.contains("--online")) {
        let (code, said) = paste(command, &elsewhere);
        // A blank that was left is said kindly, with what is to be put there; what can be asked for is, in a terminal.
        let blank = code == 2
            && ["blank-left", "value-missing", "waiver-needs-reason"].iter().any(|known| said.contains(known))
            && said.contains("hint: ");
        assert_eq!(blank, command.contains('【'), "{command}: {code} {said}");
        assert!(matches!(code, 0 | 64) || blank, "{command}: {code} {said}");
        assert!(!command.contains(['<', '>', '&', '|', ';', '%', '^', '!']), "a shell reads it otherwise: {command}");
    }
    assert_eq!(std::fs::read_dir(&elsewhere).unwrap().count(), 0, "nothing is made in the folder of the shell");
}
