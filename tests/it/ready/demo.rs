//! The demo account, from the command line: not ready with exactly what was planted, ready when that is given up by name
//! and the questions are answered.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::process::{Command, Stdio};

use liudi::archive::Archive;
use liudi::audit::rules::Rules;
use serde_json::Value;

use crate::state::copy;
use crate::support::Run;

/// The digest of what the archive holds.
fn content_digest(run: &Run) -> Option<liudi::model::Sha256> {
    liudi::audit::fill::content_digest(&Archive::open(&run.archive()).unwrap()).unwrap()
}

pub(crate) fn demo() -> Run {
    let run = Run::new().fixture("demo").env("LIUDI_ZIP_PASSWORD", "liudi-demo").env("LIUDI_BY", "王小明");
    run.backup(&[]).succeeds();
    run
}

pub(crate) fn liudi(run: &Run, arguments: &[&str]) -> crate::support::Done {
    let mut all = vec!["-C", "archive"];
    all.extend(arguments);
    run.program(&all)
}

#[test]
fn a_record_that_takes_the_place_of_another_is_said() {
    let run = demo();
    liudi(&run, &["evidence", "add", "published_total", "17"]).succeeds();
    let done = liudi(&run, &["evidence", "add", "published_total", "17"]).succeeds();
    assert!(!done.said().contains("from now on"), "{}", done.stderr);
    liudi(&run, &["evidence", "add", "published_total", "18"])
        .succeeds()
        .says("The previous record was `17`: from now on `18` applies");
}

/// `liudi ready --ask` with these lines typed.
fn ask(run: &Run, lines: &str) -> String {
    let mut child = Command::new(env!("CARGO_BIN_EXE_liudi"))
        .args(["-C", "archive", "ready", "--ask"])
        .current_dir(run.folder())
        .envs([("SOURCE_DATE_EPOCH", "1764000000"), ("LIUDI_LANG", "en"), ("LIUDI_BY", "王小明")])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(lines.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(64));
    String::from_utf8(output.stderr).unwrap()
}

fn titles(report: &Value, asset: &str) -> BTreeSet<String> {
    let assets = report["assets"].as_array().unwrap();
    let asset = assets.iter().find(|known| known["asset"] == asset).unwrap();
    let gaps = asset["gaps"].as_array().unwrap().iter();
    gaps.map(|gap| gap["title"].as_str().unwrap_or_else(|| gap["key"].as_str().unwrap()).to_owned()).collect()
}

pub(super) fn items(report: &Value, rule: &str) -> Vec<String> {
    let open = report["difference"].as_array().unwrap().iter().find(|open| open["rule"] == rule);
    let items = open.and_then(|open| open["items"].as_array().cloned()).unwrap_or_default();
    items.iter().filter(|item| item["thing"] == true).map(|item| item["key"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn the_demo_is_not_ready_for_exactly_what_was_planted_and_ready_when_that_is_given_up() {
    // 3 April 2026 in Beijing: its bills go up to the end of March.
    let run = demo().env("SOURCE_DATE_EPOCH", "1775145600");
    let report = liudi(&run, &["ready", "--json"]).exits(64).json();
    assert_eq!(report["verdict"], "not_ready");
    let planted = ["夏夜停电的四个小时", "秋茶收完了", "一篇后来删掉的文章"].map(str::to_owned).into();
    assert_eq!(titles(&report, "article"), planted);
    assert_eq!(items(&report, "content.articles.count").len(), 3);
    assert_eq!(items(&report, "content.articles.assets").len(), titles(&report, "article.media").len());
    for file in ["readiness.json", "readiness.html", "readiness.sha256"] {
        assert!(run.archive().join(file).is_file(), "{file} stands beside the bags");
    }
    assert_eq!(run.read("readiness.json"), liudi(&run, &["ready", "--json"]).stdout, "the same values, the same bytes");

    liudi(&run, &["account", "set", "kinds=oa.subscription", "entity=personal", "followers=3000", "certified=no"])
        .succeeds();
    let flags = Rules::embedded().unwrap().meta.flags;
    let no: Vec<String> = flags.iter().map(|flag| format!("{flag}=no")).collect();
    let no: Vec<&str> = ["account", "set"].into_iter().chain(no.iter().map(String::as_str)).collect();
    liudi(&run, &no).succeeds();

    let held = run.read("public/data/tables/articles.csv");
    let notice = held
        .lines()
        .find(|line| line.contains(",true,"))
        .unwrap()
        .split(',')
        .find(|cell| cell.starts_with("http"))
        .unwrap();
    std::fs::write(run.folder().join("menu.png"), b"").unwrap();
    liudi(&run, &["evidence", "add", "menu", "--file", "menu.png"]).exits(32).says("This file is empty");
    std::fs::write(run.folder().join("menu.png"), b"a picture").unwrap();
    // The archive itself is no second copy, by whatever path.
    for own in ["archive", "./archive/../archive"] {
        liudi(&run, &["evidence", "add", "second_copy_digest", own]).exits(2).says("not a second copy");
    }
    copy(&run.archive(), &run.folder().join("copy"));
    let second = |place: &str| liudi(&run, &["evidence", "add", "second_copy_digest", place]);
    for (name, spoil) in [("changed", "public/data/tables/media.csv"), ("cut", "public/data/tables/articles.csv")] {
        let spoilt = run.folder().join(name);
        copy(&run.archive(), &spoilt);
        if name == "cut" {
            std::fs::remove_file(spoilt.join(spoil)).unwrap();
        } else {
            let text = std::fs::read_to_string(spoilt.join(spoil)).unwrap();
            std::fs::write(spoilt.join(spoil), text.replacen('a', "b", 1)).unwrap();
        }
        second(name).exits(2).says("not whole");
    }
    let other = run.folder().join("other");
    run.program(&["backup", "menu.png", "--keep-other", "-o", "other"]).succeeds();
    assert!(other.is_dir());
    second(".").exits(2).says("There is no archive in this folder");
    second("other").exits(2).says("not of the archive as it is now");
    for (key, value) in [
        ("published_total", "16"),
        ("material_image_total", "0"),
        ("material_voice_total", "0"),
        ("material_video_total", "0"),
        ("material_news_total", "0"),
        ("draft_total", "0"),
        ("comment_total", "0"),
        ("auto_reply", "no"),
        ("profile", "no"),
        ("follower_total", "3000"),
        ("admin_can_scan_and_receive_notice", "yes"),
        ("registrant_can_scan_and_face_check", "yes"),
        ("no_open_complaint_violation_or_lawsuit", "yes"),
        ("third_party_authorisations_revoked", "yes"),
        ("contracts_ended_or_performed", "yes"),
        ("notice_url", notice),
        ("notice_date", "2025-11-01"),
        ("personal_first_trade", "2026-01-01"),
        ("personal_last_trade", "2026-03-31"),
        ("second_copy_digest", "copy"),
    ] {
        liudi(&run, &["evidence", "add", key, value]).succeeds();
    }
    liudi(&run, &["evidence", "add", "menu", "--file", "menu.png"]).succeeds();
    liudi(&run, &["event", "add", "last_login_or_api_call", "2026-03-20"]).succeeds();
    let kept = std::fs::read_dir(run.archive().join("private/data/readiness/files")).unwrap().count();
    assert_eq!(kept, 1, "the picture is kept");

    let report = liudi(&run, &["ready", "--json"]).exits(64).json();
    for rule in ["content.articles.count", "content.articles.assets"] {
        let missing = items(&report, rule);
        assert!(!missing.is_empty());
        // Without the names nothing is given up.
        liudi(&run, &["waive", rule, "--reason", "gone"]).succeeds();
        assert_eq!(items(&liudi(&run, &["ready", "--json"]).exits(64).json(), rule), missing);
        let mut waive = vec!["waive", rule, "--reason", "gone for good"];
        for item in &missing {
            waive.extend(["--item", item]);
        }
        liudi(&run, &waive).succeeds();
    }
    liudi(&run, &["waive", "content.analytics", "--reason", "not wanted"]).succeeds();
    if !run.archive().join("site/index.html").is_file() {
        for rule in ["law.mirror-clean", "health.restore"] {
            liudi(&run, &["waive", rule, "--reason", "no mirror was built"]).succeeds();
        }
    }
    let done = liudi(&run, &["ready", "--json"]);
    let report = done.json();
    assert_eq!(report["difference"], serde_json::json!([]), "{}", done.stdout);
    assert_eq!(report["verdict"], "ready");
    done.succeeds();
    assert!(report["waivers"].as_array().unwrap().len() >= 6, "printed for good");
    assert_eq!(report["archive"]["valid"], true, "the bags are valid after all this");

    // Holding less is not as good.
    let image = content_digest(&run);
    let media = run.archive().join("public/data/media");
    let file = walkdir::WalkDir::new(&media).into_iter().map(Result::unwrap).find(|entry| entry.file_type().is_file());
    std::fs::remove_file(file.unwrap().path()).unwrap();
    assert_eq!(content_digest(&run), image, "the manifest still says so");
    let report = liudi(&run, &["ready", "--json"]).exits(64).json();
    assert!(!items(&report, "health.fixity").is_empty(), "a file that is gone is missed though it was read today");
}

#[test]
fn questions_are_put_one_by_one_and_never_twice() {
    let run = demo();
    let said = ask(&run, "oa.subscription\npersonal\n3000\nno\nmaybe\nno\nno\nno\nno\nno\nno\nno\n");
    assert!(said.contains("Which accounts do you want to close?"));
    assert!(said.contains("This must be yes or no"), "a bad answer is told and asked again");
    let profile = liudi(&run, &["account", "--json"]).succeeds().json();
    assert_eq!(profile["entity"], "personal");
    assert_eq!(profile["flags"]["will_migrate"], false);
    let said = ask(&run, "16\n");
    assert!(!said.contains("Which accounts do you want to close?"));
    assert!(said.contains("How many articles does the publish record list?"));
    let said = ask(&run, "");
    assert!(!said.contains("How many articles does the publish record list?"));
    assert!(liudi(&run, &["evidence", "--json"]).stdout.contains("published_total"));
}

#[test]
fn the_other_commands_answer() {
    let run = demo();
    let before = run.tree();
    liudi(&run, &["account", "set", "kinds=oa.subscription,channels", "entity=personal"]).succeeds();
    let plan = liudi(&run, &["plan", "--ics", "dates.ics", "--letters", "letters", "--json"]).succeeds().json();
    assert_eq!(plan["steps"][0]["account"], "channels");
    let calendar = std::fs::read_to_string(run.folder().join("dates.ics")).unwrap();
    assert!(calendar.starts_with("BEGIN:VCALENDAR\r\n"));
    assert_eq!(std::fs::read_dir(run.folder().join("letters")).unwrap().count(), 4, "nothing but the letters");
    assert!(liudi(&run, &["plan"]).succeeds().stdout.contains("the account is deleted for good"));
    let listed = serde_json::from_str::<Value>(&run.read("public/data/account.json")).unwrap();
    let listed = listed["numbers"]["articles"]["listed"].as_u64().unwrap();
    let destroyed = plan["steps"][1]["destroys"].as_array().unwrap().iter().find(|what| what[0] == "articles").unwrap();
    assert_eq!(destroyed[1], listed - 1, "one of them was deleted by its author");
    assert!(liudi(&run, &["guide", "channels"]).succeeds().stdout.starts_with("1. Live replays"));
    liudi(&run, &["guide", "weibo"]).exits(2);
    liudi(&run, &["evidence", "add", "publshed_total", "3"]).exits(2);
    liudi(&run, &["waive", "no.such.rule", "--reason", "x"]).exits(2);
    liudi(&run, &["event", "add", "freeze_end", "2025-12-01", "--kind", "oa.subscription"]).exits(2);
    liudi(&run, &["event", "add", "submitted", "2025-11-01"]).exits(2).says("--kind");
    liudi(&run, &["event", "add", "deregistered", "2025-11-20", "--kind", "oa.subscription"]).succeeds();
    assert!(liudi(&run, &["ready", "--after"]).succeeds().stdout.contains("delete other people's data"));
    liudi(&run, &["probe"]).exits(2);
    liudi(&run, &["purge", "followers"]).succeeds();
    liudi(&run, &["purge", "followers", "--apply"]).succeeds();
    assert!(liudi(&run, &["evidence"]).stdout.contains("followers_purged_at"));
    let rules = run.folder().join("rules.toml");
    std::fs::write(&rules, liudi::audit::rules::EMBEDDED.replace("2026.11.22", "mine")).unwrap();
    let report = liudi(&run, &["ready", "--rules", "rules.toml", "--json"]).exits(64).json();
    assert_eq!(report["rules"]["version"], "mine");
    assert_ne!(report["rules"]["sha256"], Rules::embedded().unwrap().digest.hex());
    std::fs::write(&rules, "[meta]\nschema = 1\n").unwrap();
    liudi(&run, &["ready", "--rules", "rules.toml"]).exits(32);
    // The records are the only thing that changed in the bags' payload.
    let payload = |tree: Vec<(String, Vec<u8>)>| -> Vec<(String, Vec<u8>)> {
        tree.into_iter().filter(|(path, _)| path.contains("/data/") && !path.contains("/readiness/")).collect()
    };
    assert_eq!(payload(before), payload(run.tree()));
}
