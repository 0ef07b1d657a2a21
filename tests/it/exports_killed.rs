//! An export killed at any moment, then run again, ends in the same folder as an undisturbed one, also if the archive or
//! the owner's choice changed in between.
//!
//! `LIUDI_KILLS=200` kills each exporter more often (the long checks do).

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use liudi::export::registry::EXPORTERS;

use super::support::{Done, Run, fixture, include, same, tree};

/// Kills of each exporter.
fn kills() -> u32 {
    std::env::var("LIUDI_KILLS").ok().and_then(|count| count.parse().ok()).unwrap_or(1)
}

/// Exporters that are killed: all that need no browser.
fn names() -> Vec<&'static str> {
    EXPORTERS.iter().map(|exporter| exporter.info().name).filter(|name| *name != "pdf").collect()
}

fn page(number: u32, title: &str, body: &str) -> String {
    format!(
        "<html><head><meta property=\"og:title\" content=\"{title}\"><meta property=\"og:url\" content=\"https://mp.weixin.qq.com/s?__biz=MzA5MDAwMDAwMQ==&amp;mid=26500009{number:02}&amp;idx=1&amp;sn=ab\"></head><body><div id=\"js_content\">{body}</div><script>var ct = \"17200000{number:02}\";</script></body></html>"
    )
}

/// The demo account and three posts of its own.
fn archive() -> Run {
    let mut run = Run::new().input(fixture("demo"));
    for number in 1..=3 {
        run = run.file(&format!("{number}.html"), page(number, &format!("第{number}篇"), "<p>字</p>"));
    }
    run.backup(&["--no-mirror"]).succeeds();
    run
}

fn arguments(run: &Run, name: &str, folder: &Path, more: &[&str]) -> Vec<String> {
    let (archive, folder) = (run.archive().display().to_string(), folder.display().to_string());
    let all = ["export", &archive, "--to", name, "-o", &folder];
    all.iter().chain(include(name)).chain(more).map(|&argument| argument.to_owned()).collect()
}

fn export(run: &Run, name: &str, folder: &Path, more: &[&str]) -> Done {
    run.program(&arguments(run, name, folder, more))
}

/// Exports once without a kill; returns the folder and the time it took.
fn undisturbed(run: &Run, name: &str, folder: &str, more: &[&str]) -> (PathBuf, Duration) {
    let folder = run.folder().join(folder).join(name);
    let begin = Instant::now();
    export(run, name, &folder, more).succeeds();
    (folder, begin.elapsed())
}

/// Starts an export and kills it after a share of `whole`; true if it had not ended.
fn kill(run: &Run, name: &str, folder: &Path, whole: Duration, share: f64) -> bool {
    let mut command = Command::new(env!("CARGO_BIN_EXE_liudi"));
    command
        .args(arguments(run, name, folder, &["--quiet"]))
        .envs([("SOURCE_DATE_EPOCH", "1764000000"), ("LIUDI_LANG", "en")])
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    std::thread::sleep(whole.mul_f64(share));
    child.kill().unwrap();
    !child.wait().unwrap().success()
}

/// Shares of a run at which it is killed, spread evenly over all exporters and kills.
fn shares() -> impl Iterator<Item = f64> {
    (1_u32..).map(|number| (f64::from(number) * 0.618_033_988_749).fract())
}

/// Asserts that the folder is as expected, also in folders that are empty, and that nothing is left to write.
#[track_caller]
fn is_whole(run: &Run, name: &str, folder: &Path, expected: &Path, more: &[&str]) {
    let all = |folder: &Path| -> Vec<PathBuf> {
        let entries = walkdir::WalkDir::new(folder).sort_by_file_name().into_iter();
        entries.map(|entry| entry.unwrap().path().strip_prefix(folder).unwrap().to_owned()).collect()
    };
    assert_eq!(all(folder), all(expected), "{name}");
    same(&tree(expected), &tree(folder));
    let again = export(run, name, folder, &[more, &["--json"]].concat()).succeeds().json();
    assert_eq!((&again[0]["written"], &again[0]["removed"]), (&0.into(), &0.into()), "{name}: {again}");
}

/// Asserts that every list of what was written is complete.
#[track_caller]
fn no_logs(run: &Run) {
    let notes = tree(&run.archive().join(".liudi/exports"));
    let is_left = |path: &&String| path.ends_with(".log") || path.ends_with(".part");
    assert_eq!(notes.iter().map(|(path, _)| path).find(is_left), None);
}

#[test]
fn a_killed_export_run_again_is_that_of_an_undisturbed_run() {
    let run = archive();
    let (mut shares, mut interrupted) = (shares(), 0);
    for name in names() {
        let (expected, whole) = undisturbed(&run, name, "expected", &[]);
        for number in 0..kills() {
            let folder = run.folder().join(format!("killed-{number}")).join(name);
            // Two kills in a row every third time.
            for _ in 0..=u32::from(number % 3 == 2) {
                interrupted += u32::from(kill(&run, name, &folder, whole, shares.next().unwrap()));
            }
            export(&run, name, &folder, &[]).succeeds();
            is_whole(&run, name, &folder, &expected, &[]);
            std::fs::remove_dir_all(&folder).unwrap();
        }
    }
    no_logs(&run);
    // A machine so fast that nothing was interrupted has tested nothing.
    assert!(interrupted > 0, "no run was interrupted");
}

/// What the killed run wrote of a post that is gone, or of one with another title, is known and removed.
#[test]
fn a_killed_export_leaves_nothing_of_what_changed_before_the_next_run() {
    let run = archive();
    let names = ["markdown", "hugo", "html", "docx", "epub", "ghost", "mirror"];
    let mut shares = shares().map(|share| 0.4 + 0.6 * share);
    let mut folders = Vec::new();
    for name in names {
        let (_, whole) = undisturbed(&run, name, "before", &[]);
        for number in 0..kills() {
            let folder = run.folder().join(format!("killed-{number}")).join(name);
            kill(&run, name, &folder, whole, shares.next().unwrap());
            folders.push((name, folder));
        }
    }
    // One post is withheld, one has another title and text, one is new.
    std::fs::write(run.folder().join("in/2.html"), page(2, "改了的", "<p>另外的字，比原来的多</p>")).unwrap();
    std::fs::write(run.folder().join("in/4.html"), page(4, "新的", "<p>字</p>")).unwrap();
    let later = run.at("1774000000");
    later.backup(&["--no-mirror"]).succeeds();
    let choice = ["--except", "https://mp.weixin.qq.com/s?__biz=MzA5MDAwMDAwMQ==&mid=2650000901&idx=1&sn=ab"];
    for name in names {
        let (expected, _) = undisturbed(&run, name, "after", &choice);
        let before = run.folder().join("before").join(name);
        export(&run, name, &before, &choice).succeeds();
        is_whole(&run, name, &before, &expected, &choice);
    }
    for (name, folder) in folders {
        export(&run, name, &folder, &choice).succeeds();
        is_whole(&run, name, &folder, &run.folder().join("after").join(name), &choice);
    }
    no_logs(&run);
}

/// What a killed run has completed is not written again.
#[test]
fn a_killed_export_goes_on_where_it_was() {
    let mut run = Run::new();
    for number in 0..60 {
        run = run.file(&format!("{number}.html"), page(number, &format!("第{number}篇"), &"<p>字</p>".repeat(400)));
    }
    run.backup(&["--no-mirror"]).succeeds();
    let (_, whole) = undisturbed(&run, "docx", "expected", &[]);
    let mut kept = 0;
    // Later than the first run took, if this machine has more to do now.
    for share in [0.5, 0.6, 0.7, 0.8, 0.9, 1.2, 1.6, 2.5, 4.0] {
        if kept > 0 && share > 1.0 {
            break;
        }
        let folder = run.folder().join(format!("killed-{share}"));
        kill(&run, "docx", &folder, whole, share);
        let done = if folder.is_dir() { tree(&folder) } else { Vec::new() };
        let complete = done.iter().filter(|(path, _)| path.ends_with(".docx")).count();
        let told = export(&run, "docx", &folder, &["--json"]).succeeds().json();
        let unchanged = told[0]["unchanged"].as_u64().unwrap();
        // A file may be complete and not yet noted as such: one of each thread.
        assert!(unchanged + 16 >= complete as u64, "{complete} were complete: {told}");
        kept += unchanged;
    }
    assert!(kept > 0, "no run was killed after it had written a file");
}

#[test]
fn two_exports_into_one_folder_at_once_are_refused() {
    let run = Run::new().file("a.html", page(1, "一", "<p>字</p>"));
    run.backup(&["--no-mirror"]).succeeds();
    let folder = run.folder().join("out");
    export(&run, "txt", &folder, &[]).succeeds();
    let locks = tree(&run.archive().join(".liudi/exports"));
    let (lock, _) = locks.iter().find(|(path, _)| path.ends_with(".lock")).unwrap();
    let lock = std::fs::File::options().write(true).open(run.archive().join(".liudi/exports").join(lock)).unwrap();
    lock.lock().unwrap();
    let before = tree(&folder);
    export(&run, "txt", &folder, &[]).exits(1).says("Another liudi is writing an export").says("process ");
    let chinese = run.program_with(&arguments(&run, "txt", &folder, &[]), &[("LIUDI_LANG", "zh-CN")]);
    chinese.exits(1).says("另一个 liudi 正在往").says("-o");
    assert_eq!(tree(&folder), before);
    export(&run, "txt", &run.folder().join("other"), &[]).succeeds();
    lock.unlock().unwrap();
    export(&run, "txt", &folder, &[]).succeeds();
}

/// What the user made of exported files outlives a killed run and the next one.
#[test]
fn a_killed_export_loses_no_edit() {
    let run = archive();
    for name in ["markdown", "docx", "txt"] {
        let (before, whole) = undisturbed(&run, name, "edited", &[]);
        let texts = |folder: &Path| {
            let files = tree(folder);
            files
                .into_iter()
                .filter(|(path, _)| path.contains(".md") || path.contains(".docx") || path.contains(".txt"))
        };
        let edits: Vec<Vec<u8>> = texts(&before)
            .enumerate()
            .map(|(number, (path, bytes))| {
                let edit = [&bytes[..], format!("mine {number}").as_bytes()].concat();
                std::fs::write(before.join(path), &edit).unwrap();
                edit
            })
            .collect();
        assert!(edits.len() > 10, "{name}");
        // Another language changes every file.
        for share in [0.3, 0.5, 0.7, 0.9] {
            kill(&run, name, &before, whole, share);
        }
        export(&run, name, &before, &["--lang", "zh-CN"]).succeeds();
        let after: Vec<Vec<u8>> = texts(&before).map(|(_, bytes)| bytes).collect();
        for (number, edit) in edits.iter().enumerate() {
            assert!(after.contains(edit), "{name}: edit {number} of {}", edits.len());
        }
        // Out of the export, and back again.
        export(&run, name, &before, &["--lang", "zh-CN", "--except", "date:2023"]).succeeds();
        export(&run, name, &before, &["--lang", "zh-CN"]).succeeds();
        let after: Vec<Vec<u8>> = texts(&before).map(|(_, bytes)| bytes).collect();
        assert!(edits.iter().all(|edit| after.contains(edit)), "{name}");
        let leftover = tree(&before).into_iter().find(|(path, _)| path.ends_with(".part"));
        assert!(leftover.is_none(), "{leftover:?}");
    }
}

/// A file that the user put where an export writes one.
#[test]
fn a_file_of_the_users_own_is_put_aside() {
    let run = Run::new().file("a.html", page(1, "一", "<p>甲</p>")).file("b.html", page(2, "二", "<p>乙</p>"));
    run.backup(&["--no-mirror"]).succeeds();
    let folder = run.folder().join("out");
    export(
        &run,
        "html",
        &folder,
        &["--except", "https://mp.weixin.qq.com/s?__biz=MzA5MDAwMDAwMQ==&mid=2650000901&idx=1&sn=ab"],
    )
    .succeeds();
    let before = tree(&folder);
    let whole = run.folder().join("whole");
    export(&run, "html", &whole, &[]).succeeds();
    let new = tree(&whole).into_iter().find(|(path, _)| !before.iter().any(|(known, _)| known == path)).unwrap().0;
    std::fs::write(folder.join(&new), "mine").unwrap();
    let told = export(&run, "html", &folder, &["--json"]).succeeds().json();
    assert_eq!(told[0]["edited"], serde_json::json!([format!("{new}.edited")]), "{told}");
    assert_eq!(std::fs::read(folder.join(format!("{new}.edited"))).unwrap(), b"mine");
    assert_eq!(std::fs::read(folder.join(&new)).unwrap(), std::fs::read(whole.join(&new)).unwrap());
}
