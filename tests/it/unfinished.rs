//! An archive whose first run was killed before its end: nothing of it is damaged, and nothing is there to look at.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::desk_client::Desk;
use super::support::{Run, fixture, more_pages};

/// Begins a backup of a folder and kills it once `reached`.
fn kill_once(run: &Run, input: &str, reached: impl Fn() -> bool) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_liudi"))
        .args(["backup", input, "-o", "archive"])
        .current_dir(run.folder())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let begun = Instant::now();
    while !reached() {
        assert!(begun.elapsed() < Duration::from_mins(1));
        std::thread::sleep(Duration::from_millis(2));
    }
    child.kill().unwrap();
    child.wait().unwrap();
}

/// Returns an archive whose first run was killed while it read.
fn killed() -> Run {
    let run = Run::new();
    let input = run.folder().join("in");
    std::fs::create_dir(&input).unwrap();
    let page = std::fs::read_to_string(fixture("page/counts/counts.html")).unwrap();
    for number in 0..600 {
        std::fs::write(input.join(format!("{number}.html")), format!("{page}<!-- {number} -->")).unwrap();
    }
    let catalog = run.archive().join(".liudi/catalog.sqlite-wal");
    kill_once(&run, "in", || catalog.metadata().is_ok_and(|file| file.len() > 0));
    assert!(!run.archive().join("SHA256SUMS").exists(), "killed too late");
    run
}

#[test]
fn a_first_run_that_was_killed_is_unfinished_and_not_damaged() {
    let run = killed();
    for command in [&["verify"][..], &["ready"], &["mirror"], &["gaps"], &["export", "--to", "jsonl"]] {
        let told = run.program(&[&command[..1], &["archive"], &command[1..]].concat());
        let said = told.exits(2).said();
        assert!(said.contains("The first run of archive has not finished"), "{command:?}: {said}");
        assert!(said.contains("Nothing is damaged") && said.contains("backup"), "{command:?}: {said}");
    }
    let desk = Desk::open(&run);
    for view in ["/archive", "/gaps", "/ready", "/bills", "/site"] {
        let page = desk.page(view);
        assert!(!page.contains("amage") || page.contains("Nothing is damaged"), "{view}: {page}");
        assert!(page.contains("href=\"/inputs\""), "{view}: {page}");
    }
    drop(desk);
    run.program(&["backup", "in", "-o", "archive"]);
    run.program(&["verify", "archive"]).succeeds();
}

#[test]
fn an_archive_that_lost_its_bags_is_damaged() {
    let run = Run::new().fixture("getmsg");
    run.backup(&[]);
    for part in ["public", "private"] {
        let _ = std::fs::remove_dir_all(run.archive().join(part));
    }
    std::fs::remove_file(run.archive().join("SHA256SUMS")).unwrap();
    let told = run.program(&["verify", "archive"]);
    assert!(!told.said().contains("has not finished"), "{}", told.said());
}

/// Returns an archive whose second run was killed between two rounds of its commit.
fn killed_while_writing() -> Run {
    let run = Run::new().fixture("demo").env("LIUDI_ZIP_PASSWORD", "liudi-demo");
    run.backup(&["--quiet"]);
    more_pages(&run.folder().join("more"), 400);
    kill_once(&run, "more", || run.archive().join(SIGN).exists());
    assert!(run.archive().join(SIGN).exists(), "killed too late");
    run
}

const SIGN: &str = "private/data/provenance/unfinished.json";

#[test]
fn a_later_run_that_was_killed_while_it_wrote_is_told_wherever_numbers_are() {
    let run = killed_while_writing();
    for command in [&["gaps"][..], &["ready"], &["export", "--to", "jsonl"], &["mirror"], &["verify"]] {
        let said = run.program(&[&command[..1], &["archive"], &command[1..]].concat()).said();
        assert!(
            said.contains("The last run was not finished") || said.contains("the last run was not finished"),
            "{said}"
        );
    }
    let ready = run.program(&["ready", "archive", "--json"]).json();
    assert_eq!((&ready["verdict"], &ready["unfinished"]), (&"not_ready".into(), &true.into()));
    let desk = Desk::open(&run);
    for view in ["/archive", "/inputs", "/progress", "/gaps", "/ready", "/bills", "/site"] {
        let page = desk.page(view);
        assert!(page.contains("The last run was not finished"), "{view}: {page}");
    }
    assert!(desk.page("/gaps").contains("name=\"group\" value=\"unfinished\""));
    // An answer that is recorded meanwhile finishes nothing.
    run.program(&["-C", "archive", "evidence", "add", "follower_total", "10"]).succeeds();
    assert!(run.archive().join(SIGN).exists());
    // Without its inputs the commit goes on all the same.
    std::fs::remove_dir_all(run.folder().join("more")).unwrap();
    desk.does("/gaps/again", &[("group", "unfinished")]);
    desk.wait();
    for view in ["/archive", "/gaps", "/ready"] {
        let page = desk.page(view);
        assert!(!page.contains("not finished"), "{view}: {page}");
    }
    assert!(desk.page("/archive").contains("<td>414</td>"), "{}", desk.page("/archive"));
    assert!(!run.archive().join(SIGN).exists());
    run.program(&["verify", "archive"]).succeeds();
}
