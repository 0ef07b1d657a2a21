//! Readers while an archive is being written: at every step of a commit that was interrupted they answer as before it or
//! as after it, and never by halves.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Child;
use std::time::Duration;

use liudi::archive::Archive;
use liudi::archive::commit::Changes;
use liudi::archive::verify::Options;
use liudi::model::Class::{Private, Public};
use liudi::store::{BagsLock, Stage};
use liudi::work::Work;
use serde_json::Value;

use crate::archive::{assert_valid, change, description, lock, put};
use crate::state::{copy_all, page_of};
use crate::support::{Run, same, tree};

/// The beginning of a PNG.
const PICTURE: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\x02\x80\0\0\x01\xe0\x08\x06\0\0\0the same picture";

/// A page with a picture that was saved beside it.
fn with_picture(biz: &str, user_name: &str, name: &str, number: u32) -> String {
    let image = format!(
        "<p><img data-src=\"https://mmbiz.qpic.cn/mmbiz_png/Picture{number:04}/640?wx_fmt=png\" src=\"p{number}_files/640.png\"></p>"
    );
    page_of(biz, user_name, name, number).replace("的正文。</p>", &format!("的正文。</p>{image}"))
}

const OWN: [&str; 3] = ["MzA5MDAwMDAwMQ==", "gh_0d3m0acc0001", "山间小记"];
const OTHER: [&str; 3] = ["MzA5MDAwMDAwMg==", "gh_0d3m0acc0002", "别家"];

/// What every command that reads says of the archive in `folder` of a run. `ready` comes last: it writes its report.
fn answers(run: &Run, folder: &str) -> Vec<(&'static str, Value)> {
    let site = format!("{folder}-site");
    let gaps = run.program(&["gaps", folder, "--json"]).succeeds().json();
    let list = run.program(&["gaps", folder]).succeeds().stdout.replace(&format!("/{folder}\""), "/archive\"");
    let mut verified = run.program(&["verify", folder, "--deep", "--json"]).succeeds().json();
    run.program(&["mirror", folder, "-o", &site, "--comments", "all"]).succeeds();
    let mirrored: BTreeMap<String, String> = tree(&run.folder().join(&site))
        .into_iter()
        .map(|(name, bytes)| (name, liudi::model::Sha256::of(&bytes).hex()))
        .collect();
    let ready = run.program(&["ready", folder, "--site", &site, "--json"]).json();
    for name in ["archive", "pending", "read_bytes"] {
        verified[name] = Value::Null;
    }
    vec![
        ("gaps", gaps),
        ("gaps as a list", list.into()),
        ("verify", verified),
        ("mirror", serde_json::to_value(mirrored).unwrap()),
        ("ready", ready),
    ]
}

/// Ends a command that writes to the archive when its commit has its list and has moved nothing; returns the list. No
/// moment is guessed: a reader keeps the commit from moving anything.
fn before_any_step(run: &Run, start: impl FnOnce() -> Child) -> String {
    let reader = BagsLock::share(&run.archive()).unwrap().unwrap();
    let mut writer = start();
    let journal = run.archive().join(".liudi/commit/journal");
    while !journal.is_file() {
        assert!(writer.try_wait().unwrap().is_none(), "the commit waits for its reader");
        std::thread::sleep(Duration::from_millis(5));
    }
    assert!(!run.archive().join("COMMITTING.txt").exists());
    writer.kill().unwrap();
    writer.wait().unwrap();
    drop(reader);
    fs::read_to_string(&journal).unwrap()
}

/// Breaks off the commit of a command in the middle of its list.
pub(crate) fn break_off_a_commit(run: &Run, arguments: &[&str]) {
    let list = before_any_step(run, || run.spawn(arguments));
    let steps: Vec<&str> = list.lines().filter(|line| line.starts_with("re")).collect();
    assert!(steps.len() > 1, "{list}");
    fs::write(run.archive().join("COMMITTING.txt"), "note").unwrap();
    steps[..steps.len() / 2].iter().for_each(|step| take(&run.archive(), step));
}

/// Takes one step of a commit's list.
fn take(root: &Path, step: &str) {
    let place = |path: &str| root.join(path);
    match step.split('\t').collect::<Vec<_>>()[..] {
        ["rename", from, to, ..] => {
            fs::create_dir_all(place(to).parent().unwrap()).unwrap();
            fs::rename(place(from), place(to)).unwrap();
        }
        ["remove", path] => fs::remove_file(place(path)).unwrap(),
        _ => panic!("{step}"),
    }
}

#[test]
fn at_every_step_of_an_interrupted_commit_readers_answer_as_before_or_after_it() {
    let page = |[biz, user_name, name]: [&str; 3], number| with_picture(biz, user_name, name, number);
    let run = Run::new().fixture("demo/bills/1900000000All2026-03-20.csv").fixture("demo/lists");
    let run = run.file("p5.html", page_of(OWN[0], OWN[1], OWN[2], 5));
    let run = run.file("p6.html", page(OWN, 6)).file("p6_files/640.png", b"GIF89a\x01\0\x01\0");
    let run = run.file("p7.html", page(OTHER, 7)).file("p7_files/640.png", PICTURE);
    run.backup(&["--no-mirror"]).succeeds();
    let held = |class: &str| {
        let digest = liudi::model::Sha256::of(PICTURE).hex();
        run.archive().join(format!("{class}/data/media/sha256/{}/{digest}.png", &digest[..2])).is_file()
    };
    assert!(held("private") && !held("public"), "another account's picture is nobody's to republish");
    copy_all(&run.archive(), &run.folder().join("before"));
    let before = answers(&run, "before");

    // The own article with the same picture takes it to the public bag.
    let run = run.file("p8.html", page(OWN, 8)).file("p8_files/640.png", PICTURE);
    let list = before_any_step(&run, || run.start_backup(&["--no-mirror"]));
    let steps: Vec<&str> = list.lines().filter(|line| line.starts_with("re")).collect();
    assert!(
        steps.iter().any(|step| step.starts_with("rename\tprivate/data/media")),
        "a picture changes its bag: {list}"
    );

    copy_all(&run.archive(), &run.folder().join("after"));
    let after_root = run.folder().join("after");
    for step in &steps {
        take(&after_root, step);
    }
    fs::remove_dir_all(after_root.join(".liudi/commit")).unwrap();
    let after = answers(&run, "after");
    assert!(before.iter().zip(&after).all(|(before, after)| before != after || before.0.starts_with("gaps")));

    for count in 0..=steps.len() {
        let folder = format!("step-{count}");
        let root = run.folder().join(&folder);
        copy_all(&run.archive(), &root);
        fs::write(root.join("COMMITTING.txt"), "note").unwrap();
        steps[..count].iter().for_each(|step| take(&root, step));
        for (index, answer) in answers(&run, &folder).into_iter().enumerate() {
            assert!(
                answer == before[index] || answer == after[index],
                "{} after step {count} of {}: {}\nand not {}",
                answer.0,
                steps.len(),
                answer.1,
                after[index].1
            );
        }
        fs::remove_dir_all(root).unwrap();
    }
}

#[test]
fn a_copy_made_in_the_middle_of_a_commit_without_its_list_is_no_archive() {
    let run = Run::new().fixture("demo").env("LIUDI_ZIP_PASSWORD", "liudi-demo");
    run.backup(&["--no-mirror"]).succeeds();
    fs::remove_dir_all(run.archive().join(".liudi")).unwrap();
    fs::remove_file(run.archive().join("public/data/tables/media.csv")).unwrap();
    fs::write(run.archive().join("COMMITTING.txt"), "note").unwrap();
    for command in [&["gaps", "archive"][..], &["ready", "archive"], &["mirror", "archive"]] {
        run.program(command).exits(64).says("during a write").says("copy it again");
    }
    assert!(!run.archive().join("site").exists());
    // Nothing is written into it either.
    let before = run.tree();
    run.backup(&[]).exits(64).says("during a write");
    same(&before, &run.tree());
    run.program(&["verify", "archive"]).exits(64).says("tables/media.csv");
}

#[test]
fn what_an_interrupted_commit_takes_away_is_gone_for_readers() {
    let root = tempfile::tempdir().unwrap();
    let root = root.path();
    put(root, &[(Public, "albums.json", "[]"), (Public, "a", "1"), (Private, "b", "2")]);
    let before = Archive::open(root).unwrap();
    let head = before.head().unwrap();
    std::thread::scope(|scope| {
        let moved = [((Private, "b"), (Public, "b"))];
        let writer = scope.spawn(move || change(root, &[(Public, "a", "new")], &moved, &[(Public, "albums.json")]));
        while !root.join(".liudi/commit/journal").is_file() {
            assert!(!writer.is_finished(), "the commit waits for its reader");
            std::thread::sleep(Duration::from_millis(1));
        }
        assert_eq!((before.is_pending(), before.head().unwrap()), (false, head.clone()));
        assert_eq!(before.bytes(Public, "a").unwrap().unwrap(), b"1");
        let archive = Archive::open(root).unwrap();
        assert!(archive.is_pending() && archive.head().unwrap() != head);
        assert!(!archive.has(Public, "albums.json") && !archive.has(Private, "b"));
        assert_eq!(archive.bytes(Public, "a").unwrap().unwrap(), b"new");
        assert_eq!(archive.bytes(Public, "b").unwrap().unwrap(), b"2");
        let report = liudi::archive::verify::archive(root, Options::default(), &Work::default()).unwrap();
        assert!(report.is_valid() && report.pending, "{:?}", report.findings);
        drop((before, archive));
        assert!(writer.join().unwrap());
    });
    assert_valid(root);
}

#[test]
fn a_commit_is_of_the_archive_it_was_made_for() {
    let root = tempfile::tempdir().unwrap();
    let root = root.path();
    put(root, &[(Public, "a", "1")]);
    let lock = lock(root);
    let stage = Stage::open(root, &lock).unwrap();
    let archive = Archive::of_writer(root, &lock).unwrap();
    let head = archive.head().unwrap();
    let commit = |archive: &Archive, text: &str, head: &str| {
        let mut changes = Changes::default();
        changes.put(Public, "a", stage.put_bytes(text.as_bytes()).unwrap());
        archive.commit(&stage, changes, &description(), head, &Work::default()).map(|done| done.changed)
    };
    assert!(commit(&archive, "2", &head).unwrap());
    let error = commit(&archive, "3", &head).unwrap_err();
    assert_eq!(error.code(), "archive-changed");
    let reader = Archive::open(root).unwrap();
    assert_eq!(commit(&reader, "3", &reader.head().unwrap()).unwrap_err().code(), "archive-in-use");
    assert_eq!(reader.bytes(Public, "a").unwrap().unwrap(), b"2");
    drop(reader);
    assert!(commit(&archive, "3", &archive.head().unwrap()).unwrap());
    assert_valid(root);
}

#[test]
fn readers_do_not_wait_for_a_writer_that_collects() {
    let run = Run::new().fixture("demo").env("LIUDI_ZIP_PASSWORD", "liudi-demo");
    run.backup(&["--no-mirror"]).succeeds();
    let alone = answers(&run, "archive");
    let lock = fs::File::options().write(true).open(run.archive().join(".liudi/lock")).unwrap();
    lock.try_lock().unwrap();
    let another = BagsLock::share(&run.archive()).unwrap().unwrap();
    assert_eq!(answers(&run, "archive"), alone);
    drop(another);
}
