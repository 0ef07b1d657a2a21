//! A folder that is watched from the desk, and what the page of the progress says when a run has ended.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::desk_client::Desk;
use super::state::{page, page_of};
use super::support::{Run, fixture, tree};

/// Copies the locked archive of bills of the demo into a folder; returns its name.
fn copy_locked(folder: &Path) -> String {
    let bills = fixture("demo/bills");
    let (name, bytes) = tree(&bills).into_iter().find(|(name, _)| name.ends_with(".zip")).unwrap();
    fs::write(folder.join(&name), bytes).unwrap();
    name
}

/// Makes the folder to be watched, and has the desk watch it.
fn watch(run: &Run, desk: &Desk) -> PathBuf {
    let folder = run.folder().join("saved");
    fs::create_dir_all(&folder).unwrap();
    desk.does("/inputs/watch", &[("path", folder.to_str().unwrap())]);
    folder
}

/// Waits until a table of the archive lists this many articles that are held.
#[track_caller]
fn until_held(run: &Run, held: usize) {
    let begun = Instant::now();
    let rows = || {
        let table = fs::read_to_string(run.archive().join("public/data/tables/articles.csv"));
        table.map_or(0, |table| table.matches(",true,").count())
    };
    while rows() < held {
        assert!(begun.elapsed() < Duration::from_mins(1), "{} of {held}", rows());
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// Ends the watch; returns the page of the progress.
fn end(desk: &Desk) -> String {
    desk.does("/run/stop", &[]);
    desk.wait();
    desk.page("/progress")
}

#[test]
fn a_locked_archive_does_not_keep_the_next_pages_out() {
    let run = Run::new();
    let desk = Desk::open(&run);
    let folder = watch(&run, &desk);
    let name = copy_locked(&folder);
    let asked = desk.wait_for("/progress", "A password is needed");
    assert!(
        asked.contains(&name) && asked.contains("No need to answer now") && !asked.contains("Skip for now"),
        "{asked}"
    );
    for number in 1..3 {
        fs::write(folder.join(format!("{number}.html")), page(number)).unwrap();
        until_held(&run, usize::try_from(number).unwrap());
    }
    // To go on without an answer is what the watch does already.
    desk.does("/run/answer", &[("skip", "yes")]);
    desk.does("/run/answer", &[("password", "wrong")]);
    assert!(desk.page("/progress").contains("Trying the password"));
    let refused = desk.wait_for("/progress", "Wrong password");
    assert!(refused.contains(&name), "{refused}");
    desk.does("/run/answer", &[("password", "liudi-demo")]);
    let begun = Instant::now();
    while desk.page("/progress").contains("A password is needed") {
        assert!(begun.elapsed() < Duration::from_mins(1));
        std::thread::sleep(Duration::from_millis(50));
    }
    let ended = end(&desk);
    assert!(ended.contains("Watching: done.") && !ended.contains("Enter the password again"), "{ended}");
}

#[test]
fn two_accounts_do_not_keep_the_next_pages_out() {
    let run = Run::new();
    let desk = Desk::open(&run);
    let folder = watch(&run, &desk);
    fs::write(folder.join("1.html"), page(1)).unwrap();
    fs::write(folder.join("2.html"), page_of("MzA4ODg4ODg4OA==", "gh_someone0else1", "别人的号", 2)).unwrap();
    let asked = desk.wait_for("/progress", "Which one is this archive for?");
    assert!(asked.contains("No need to answer now"), "{asked}");
    fs::write(folder.join("3.html"), page(3)).unwrap();
    desk.wait_for("/progress", "2 articles");
    desk.does("/run/answer", &[("account", "MzA5MDAwMDAwMQ==")]);
    until_held(&run, 2);
    assert!(!end(&desk).contains("Which one is this archive for?"));
}

#[test]
fn a_watched_folder_that_disappears_is_named_and_waited_for() {
    let run = Run::new();
    let desk = Desk::open(&run);
    let folder = watch(&run, &desk);
    fs::write(folder.join("1.html"), page(1)).unwrap();
    until_held(&run, 1);
    for view in ["/progress", "/inputs"] {
        let shown = desk.page(view);
        assert!(shown.contains("Watching ") && shown.contains("Stop watching"), "{view}: {shown}");
        assert!(!shown.contains("First open the folder above"), "{view}: {shown}");
    }
    let moved = run.folder().join("moved");
    fs::rename(&folder, &moved).unwrap();
    let gone = desk.wait_for("/progress", "may have been renamed or unplugged");
    assert!(desk.page("/gaps").contains("The watched folder is gone"));
    assert!(gone.contains("saved. Archiving") && !gone.contains("each page is archived"), "{gone}");
    assert!(desk.page("/inputs").contains("may have been renamed or unplugged"));
    fs::write(moved.join("2.html"), page(2)).unwrap();
    fs::rename(&moved, &folder).unwrap();
    until_held(&run, 2);
    assert!(!desk.page("/progress").contains("renamed or unplugged"));
    // Gone at the end, it leaves no gap.
    fs::rename(&folder, &moved).unwrap();
    desk.wait_for("/progress", "renamed or unplugged");
    let ended = end(&desk);
    assert!(ended.contains("Watching: done.") && !ended.contains("Stopped before the end"), "{ended}");
    let gaps = fs::read_to_string(run.archive().join("public/data/gaps.jsonl")).unwrap_or_default();
    assert!(!gaps.contains("not_read"), "{gaps}");
}

/// Checks that every button or step that the summary names in 「」 is on the page.
#[track_caller]
fn names_only_its_buttons(desk: &Desk, state: &str, expected: &[&str]) {
    let page = desk.page("/progress");
    let summary = page.split_once("<section id=\"summary\">").unwrap_or_else(|| panic!("{state}: {page}")).1;
    let summary = summary.split_once("</section>").unwrap().0;
    let names = summary.split('「').skip(1).map(|rest| rest.split_once('」').unwrap().0);
    // Accounts are named in the same brackets.
    let names: Vec<&str> = names.filter(|name| !["别人的号", "山间小记"].contains(name)).collect();
    for name in &names {
        let there = [format!(">{name}</button>"), format!(">{name}</a>")].iter().any(|button| page.contains(button));
        assert!(there, "{state}: 「{name}」 in {page}");
    }
    for name in expected {
        assert!(names.contains(name), "{state}: {names:?} in {summary}");
    }
}

#[test]
fn a_summary_names_no_button_that_is_not_on_the_page() {
    let run = Run::new();
    let desk = Desk::open(&run);
    desk.does("/language", &[("language", "zh-CN")]);
    let (one, two, bills) = (run.folder().join("one"), run.folder().join("two"), run.folder().join("bills"));
    for folder in [&one, &two, &bills] {
        fs::create_dir(folder).unwrap();
    }
    fs::write(one.join("1.html"), page(1)).unwrap();
    fs::write(two.join("2.html"), page_of("MzA4ODg4ODg4OA==", "gh_someone0else1", "别人的号", 2)).unwrap();
    copy_locked(&bills);
    let start = |folders: &[&Path]| {
        for folder in folders {
            desk.does("/inputs/add", &[("path", folder.to_str().unwrap())]);
        }
        desk.does("/inputs/start", &[]);
    };
    let skip = |question: &str| {
        desk.wait_for("/progress", question);
        desk.does("/run/answer", &[("skip", "yes")]);
    };
    // Stopped while it asks, and with a locked archive.
    start(&[&one, &two, &bills]);
    desk.wait_for("/progress", "需要密码");
    desk.does("/run/stop", &[]);
    desk.wait();
    names_only_its_buttons(&desk, "stopped", &["接着做"]);
    // Locked and undecided.
    desk.does("/run/again", &[]);
    skip("需要密码");
    skip("这份存档是哪一个的");
    desk.wait();
    names_only_its_buttons(&desk, "undecided", &["再输一次密码", "说明是哪个账号"]);
    // Decided, and the locked archive is no longer among the files.
    desk.does("/run/again", &[]);
    skip("需要密码");
    desk.wait_for("/progress", "这份存档是哪一个的");
    desk.does("/run/answer", &[("account", "MzA5MDAwMDAwMQ==")]);
    desk.wait();
    names_only_its_buttons(&desk, "locked", &["再输一次密码"]);
    desk.does("/inputs/remove", &[("root", bills.to_str().unwrap())]);
    fs::write(one.join("3.html"), page(3)).unwrap();
    start(&[&one]);
    desk.wait();
    assert!(!desk.page("/progress").contains("再输一次密码"));
    names_only_its_buttons(&desk, "done", &["还缺什么"]);
    // A watch that ends while it asks.
    let folder = watch(&run, &desk);
    copy_locked(&folder);
    desk.wait_for("/progress", "需要密码");
    let ended = end(&desk);
    assert!(ended.contains("盯文件夹做完了") && !ended.contains("中途停下"), "{ended}");
    names_only_its_buttons(&desk, "watch", &["再输一次密码"]);
    // The password is asked for again, and the folder is not watched again.
    desk.does("/run/again", &[]);
    let asked = desk.wait_for("/progress", "需要密码");
    assert!(!asked.contains("正在盯着"), "{asked}");
    desk.does("/run/answer", &[("password", "liudi-demo")]);
    desk.wait();
    assert!(!desk.page("/progress").contains("再输一次密码"), "{}", desk.page("/progress"));
    let gaps = desk.page("/gaps");
    assert!(!gaps.contains("中途停下"), "{gaps}");
}

#[test]
fn whose_archive_it_is_can_be_said_later() {
    let run = Run::new();
    let input = run.folder().join("in");
    fs::create_dir(&input).unwrap();
    fs::write(input.join("1.html"), page(1)).unwrap();
    fs::write(input.join("2.html"), page_of("MzA4ODg4ODg4OA==", "gh_someone0else1", "别人的号", 2)).unwrap();
    let desk = Desk::open_in(&run, "zh-CN");
    desk.does("/inputs/add", &[("path", input.to_str().unwrap())]);
    desk.does("/inputs/start", &[]);
    desk.wait_for("/progress", "这份存档是哪一个的");
    desk.does("/run/answer", &[("skip", "yes")]);
    desk.wait();
    drop(desk);
    let desk = Desk::open_in(&run, "zh-CN");
    assert!(desk.page("/gaps").contains("说明是哪个账号"), "{}", desk.page("/gaps"));
    desk.does("/gaps/account", &[]);
    desk.wait_for("/progress", "这份存档是哪一个的");
    desk.does("/run/answer", &[("account", "MzA5MDAwMDAwMQ==")]);
    desk.wait();
    assert!(!desk.page("/gaps").contains("说明是哪个账号"), "{}", desk.page("/gaps"));
    assert!(run.archive().join("public/data/account.json").is_file());
}
