//! The working folder is never part of the archive: without it, with a damaged or a strange one, everything is as before.

use std::fs;
use std::path::Path;

use liudi::model::Class::Private;
use serde_json::Value;

use crate::archive::change;
use crate::support::{Run, fixture, same, tree};

fn demo() -> Run {
    let run = Run::new().fixture("demo").env("LIUDI_ZIP_PASSWORD", "liudi-demo");
    run.backup(&[]).succeeds();
    run
}

/// What `ready` answers of an archive.
fn ready(run: &Run, archive: &Path) -> Value {
    run.program(&["ready", &archive.display().to_string(), "--json"]).json()
}

/// `ready` says the same of an archive without its working folder, under another name.
#[track_caller]
pub(crate) fn is_ready_alone(run: &Run) {
    let before = ready(run, &run.archive());
    let moved = run.folder().join("别处 100%?#");
    copy(&run.archive(), &moved);
    agrees(&before, &ready(run, &moved));
    same(&tree(&run.archive()), &tree(&moved));
    fs::remove_dir_all(moved).unwrap();
}

/// Two answers are the same; if not, the places where they part are told.
#[track_caller]
fn agrees(before: &Value, after: &Value) {
    fn part(at: &str, before: &Value, after: &Value, places: &mut Vec<String>) {
        match (before, after) {
            (Value::Object(a), Value::Object(b)) => {
                for key in a.keys().chain(b.keys().filter(|key| !a.contains_key(*key))) {
                    part(
                        &format!("{at}/{key}"),
                        before.get(key).unwrap_or(&Value::Null),
                        after.get(key).unwrap_or(&Value::Null),
                        places,
                    );
                }
            }
            (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
                a.iter().zip(b).enumerate().for_each(|(index, (a, b))| part(&format!("{at}/{index}"), a, b, places));
            }
            _ if before != after => places.push(format!("{at}: {before} became {after}")),
            _ => {}
        }
    }
    let mut places = Vec::new();
    part("", before, after, &mut places);
    assert!(places.is_empty(), "{}", places.join("\n"));
}

/// An archive as a person copies it, without what stands hidden in it.
pub(crate) fn copy(from: &Path, to: &Path) {
    for (name, bytes) in tree(from) {
        let path = to.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
}

#[test]
fn ready_does_not_rest_on_the_working_folder() {
    let run = demo();
    let before = ready(&run, &run.archive());
    assert!(before.to_string().contains("mch"), "the demo has a merchant's number: {before}");
    fs::remove_dir_all(run.archive().join(".liudi")).unwrap();
    agrees(&before, &ready(&run, &run.archive()));
    assert!(!run.archive().join(".liudi").exists(), "who only reads makes no working folder");
    is_ready_alone(&run);
}

#[test]
fn an_archive_of_an_older_version_says_what_it_cannot_know_until_the_next_backup() {
    let run = demo();
    let submit = |run: &Run| -> Vec<Value> {
        let plan = run.program(&["plan", "archive", "--json"]).succeeds().json();
        plan["steps"].as_array().unwrap().iter().map(|step| step["submit"].clone()).collect()
    };
    let (noted, planned) = (ready(&run, &run.archive()), submit(&run));
    let now = run.tree();
    change(&run.archive(), &[], &[], &[(Private, "billing/statements.json"), (Private, "provenance/totals.csv")]);
    for with_state in [true, false] {
        if !with_state {
            fs::remove_dir_all(run.archive().join(".liudi")).unwrap();
        }
        let older = ready(&run, &run.archive());
        assert_eq!(older["verdict"], "not_ready");
        let reasons = |rule: &str| -> Vec<String> {
            let rule = older["difference"].as_array().unwrap().iter().find(|one| one["rule"] == rule);
            let items = rule.unwrap_or_else(|| panic!("{rule:?} is open: {older}"))["items"].as_array().unwrap();
            items.iter().map(|item| item["reason"].as_str().unwrap().to_owned()).collect()
        };
        for rule in ["bills.coverage", "bills.fundflow", "bills.hash", "bills.totals"] {
            assert!(reasons(rule).contains(&"bills_unnoted".to_owned()), "{rule}: {:?}", reasons(rule));
        }
        assert_eq!(older["account"]["kinds"], noted["account"]["kinds"], "the merchant's number is still known");
        assert_eq!(submit(&run), planned, "and so is the day that its last bill leads to");
        run.program(&["ready", "archive"]).exits(64).says("written by an older version");
    }
    // The next run writes it, though nothing is new.
    run.backup(&[]).succeeds();
    agrees(&noted, &ready(&run, &run.archive()));
    same(&now, &run.tree());
}

#[test]
fn nor_does_what_the_owner_does_not_republish() {
    let run = demo();
    run.program(&["mirror", "archive", "--except", "date:2023-01..2023-12"]).succeeds();
    let before = ready(&run, &run.archive());
    assert!(!before.to_string().contains("missing_page"), "what is held back is not missed in the site");
    fs::remove_dir_all(run.archive().join(".liudi")).unwrap();
    agrees(&before, &ready(&run, &run.archive()));
    is_ready_alone(&run);
    run.program(&["verify", "archive"]).succeeds();
    // Everything is shown again, and nothing is noted any more.
    run.program(&["mirror", "archive"]).succeeds();
    assert_eq!(run.read("private/data/readiness/withheld.json"), "{}");
}

#[test]
fn nor_does_it_for_archives_of_any_source() {
    let all = fs::read_dir(fixture("")).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir());
    for folder in all {
        let run = Run::new().input(folder);
        run.backup(&["--no-mirror"]);
        is_ready_alone(&run);
    }
}

#[cfg(unix)]
#[test]
fn ready_works_where_nothing_can_be_written() {
    use std::os::unix::fs::PermissionsExt as _;
    let run = demo();
    let before = ready(&run, &run.archive());
    for with_state in [true, false] {
        if !with_state {
            fs::remove_dir_all(run.archive().join(".liudi")).unwrap();
        }
        let set = |mode: u32| {
            for entry in walkdir::WalkDir::new(run.archive()).contents_first(true) {
                let entry = entry.unwrap();
                let mode = if entry.file_type().is_dir() { mode | 0o111 } else { mode };
                fs::set_permissions(entry.path(), fs::Permissions::from_mode(mode)).unwrap();
            }
        };
        set(0o444);
        if fs::write(run.archive().join("probe"), "").is_ok() {
            eprintln!("passed over: this user may write to everything, so that nothing is read-only");
            fs::remove_file(run.archive().join("probe")).unwrap();
        }
        let now = ready(&run, &run.archive());
        let gaps = run.program(&["gaps", "archive", "--json"]);
        let mirror = run.program(&["mirror", "archive", "-o", &format!("site-{with_state}")]);
        set(0o644);
        agrees(&before, &now);
        gaps.succeeds();
        mirror.succeeds();
    }
}

#[test]
fn a_damaged_catalog_is_rebuilt_with_a_word() {
    let run = demo();
    let verdict = ready(&run, &run.archive());
    let before = run.tree();
    let catalog = run.archive().join(".liudi/catalog.sqlite");
    let whole = fs::read(&catalog).unwrap();
    let mut spoiled = whole.clone();
    let middle = spoiled.len() / 2;
    spoiled[middle..middle + 8192].fill(0x5a);
    let forms: [&[u8]; 5] = [b"garbage", &whole[..whole.len() / 2], &whole[..whole.len() - 4096], b"", &spoiled];
    for bytes in forms {
        fs::write(&catalog, bytes).unwrap();
        agrees(&verdict, &ready(&run, &run.archive()));
        fs::write(&catalog, bytes).unwrap();
        let done = run.backup(&[]).succeeds();
        if !bytes.is_empty() {
            done.says("was damaged and has been rebuilt");
        }
        same(&before, &run.tree());
    }
    fs::remove_file(&catalog).unwrap();
    fs::create_dir(&catalog).unwrap();
    fs::write(catalog.join("mine"), "kept").unwrap();
    run.backup(&[]).succeeds().says("was damaged and has been rebuilt");
    assert_eq!(fs::read_to_string(run.archive().join(".liudi/catalog.sqlite.aside/mine")).unwrap(), "kept");
    same(&before, &run.tree());
}

#[test]
fn a_catalog_of_a_later_version_is_not_touched_and_the_way_out_is_told() {
    let run = demo();
    let catalog = rusqlite::Connection::open(run.archive().join(".liudi/catalog.sqlite")).unwrap();
    catalog.execute_batch("PRAGMA user_version = 999").unwrap();
    drop(catalog);
    run.backup(&[]).exits(1).says("rename the .liudi folder");
}

#[test]
fn a_working_folder_of_an_older_copy_is_rebuilt() {
    let run = Run::new().file("a.html", page(1)).env("LIUDI_ZIP_PASSWORD", "liudi-demo");
    run.backup(&[]).succeeds();
    let old = run.folder().join("old");
    copy_all(&run.archive().join(".liudi"), &old);
    let older = tree(&run.archive());
    let run = run.file("b.html", page(2));
    run.backup(&[]).succeeds();
    let verdict = ready(&run, &run.archive());
    let newer = run.tree();
    // The bags are new, the working folder is old.
    fs::remove_dir_all(run.archive().join(".liudi")).unwrap();
    copy_all(&old, &run.archive().join(".liudi"));
    agrees(&verdict, &ready(&run, &run.archive()));
    let report = run.backup(&["--json"]).succeeds().json();
    assert_eq!(report["articles"]["held"], 2);
    same(&newer, &run.tree());
    // The bags are old, the working folder is new.
    let state = run.folder().join("new");
    copy_all(&run.archive().join(".liudi"), &state);
    fs::remove_dir_all(run.archive()).unwrap();
    for (name, bytes) in &older {
        let path = run.archive().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    copy_all(&state, &run.archive().join(".liudi"));
    let report = run.backup(&["--json"]).succeeds().json();
    assert_eq!(report["articles"]["held"], 2, "what the older copy lacks is read again");
    run.program(&["verify", "archive"]).succeeds();
}

pub(crate) fn copy_all(from: &Path, to: &Path) {
    for entry in walkdir::WalkDir::new(from) {
        let entry = entry.unwrap();
        let path = to.join(entry.path().strip_prefix(from).unwrap());
        if entry.file_type().is_dir() {
            fs::create_dir_all(path).unwrap();
        } else {
            fs::copy(entry.path(), path).unwrap();
        }
    }
}

/// A saved page of the demo's account.
pub(crate) fn page(number: u32) -> String {
    page_of("MzA5MDAwMDAwMQ==", "gh_0d3m0acc0001", "山间小记", number)
}

/// A saved page of any account.
pub(crate) fn page_of(biz: &str, user_name: &str, name: &str, number: u32) -> String {
    format!(
        "<!DOCTYPE html><html><head><meta charset=\"utf-8\">\
         <meta property=\"og:url\" content=\"https://mp.weixin.qq.com/s?__biz={biz}&amp;mid=26500{number:05}&amp;idx=1&amp;sn=0{number:031}\">\
         </head><body id=\"activity-detail\"><h1 id=\"activity-name\">第 {number} 篇</h1>\
         <div id=\"js_content\"><p>这是第 {number} 篇的正文。</p></div><script>window.cgiDataNew = {{ \
         user_name: '{user_name}', nick_name: '{name}', bizuin: '{biz}', title: '第 {number} 篇', \
         mid: '26500{number:05}' * 1, idx: '1' * 1, create_time: '17040672{:02}' * 1, \
         content_noencode: '<p>这是第 {number} 篇的正文。</p>' }};</script></body></html>",
        number % 100
    )
}

#[test]
fn a_medium_the_archive_lost_is_named_and_taken_again_from_the_inputs() {
    let run = demo();
    let before = run.tree();
    let media: Vec<&String> =
        before.iter().map(|(name, _)| name).filter(|name| name.starts_with("public/data/media/")).collect();
    let (gone, cut) = (run.archive().join(media[0]), run.archive().join(media[1]));
    let spoil = || {
        fs::remove_file(&gone).unwrap();
        fs::write(&cut, "x").unwrap();
    };
    spoil();
    // The pages alone are given, by another way: they hold the pictures.
    let report = run.backup(&["--json"]).succeeds().json();
    assert_eq!(report["mended"], 2);
    same(&before, &run.tree());
    run.program(&["verify", "archive"]).succeeds();

    spoil();
    fs::create_dir(run.folder().join("nothing")).unwrap();
    fs::write(run.folder().join("nothing/links.txt"), "https://mp.weixin.qq.com/s/abcdefghijklmnopqrstuv\n").unwrap();
    let done = run.program(&["backup", "nothing", "-o", "archive"]).exits(64).says("damaged archive");
    assert!(done.said().contains(media[0].rsplit('/').next().unwrap()), "{}", done.stderr);
    fs::remove_dir_all(run.archive().join("site")).unwrap();
    let done = run.program(&["mirror", "archive"]).exits(64).says("damaged archive").says("second copy");
    assert!(!done.said().contains("cannot be written"), "{}", done.stderr);
    assert!(run.archive().join("site/index.html").is_file(), "the rest of the site is made");
}
