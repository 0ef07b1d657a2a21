//! A second copy: it is the archive, byte for byte, or it says that it is not finished.

use std::fs;
use std::path::Path;
use std::thread;
use std::time::Duration;

use super::pending::break_off_a_commit;
use super::support::{Run, more_pages, same, tree};

fn demo() -> Run {
    let run = Run::new().fixture("demo").env("LIUDI_ZIP_PASSWORD", "liudi-demo");
    run.backup(&["--no-mirror"]).succeeds();
    run
}

/// The files of an archive without the owner's records: that there is a copy is recorded after it was made.
fn contents(archive: &Path) -> Vec<(String, Vec<u8>)> {
    let is_of_bags = |path: &str| path.contains("/data/") && !path.contains("/readiness/");
    tree(archive).into_iter().filter(|(path, _)| is_of_bags(path)).collect()
}

fn copy_folder(from: &Path, to: &Path) {
    // With the working folder, which `tree` leaves out.
    for entry in walkdir::WalkDir::new(from).into_iter().map(Result::unwrap) {
        let path = to.join(entry.path().strip_prefix(from).unwrap());
        if entry.file_type().is_dir() {
            fs::create_dir_all(path).unwrap();
        } else {
            fs::copy(entry.path(), path).unwrap();
        }
    }
}

fn copies(run: &Run) -> serde_json::Value {
    run.program(&["copy", "archive", "copy", "--json"]).succeeds().json()
}

/// Whether `ready` counts a second copy.
fn counts(run: &Run) -> bool {
    let answer = run.program(&["ready", "archive", "--json"]).json();
    let rules = answer["rules_looked_at"].as_array().unwrap();
    let rule = rules.iter().find(|rule| rule["rule"] == "health.copies").unwrap();
    rule["state"] == "met"
}

#[test]
fn a_copy_is_the_archive_and_is_recorded() {
    let run = demo();
    assert!(!counts(&run));
    let done = run.program(&["copy", "archive", "copy"]).succeeds().says("complete and right").says("second copy");
    assert!(!done.said().contains("COMMITTING"));
    // With the record that there is a copy.
    let of_archive = |path: &str| path.contains("public/") || path.contains("private/") || path == "SHA256SUMS";
    let original: Vec<_> = tree(&run.archive()).into_iter().filter(|(path, _)| of_archive(path)).collect();
    let copied: Vec<_> =
        tree(&run.folder().join("copy")).into_iter().filter(|(path, _)| path != "README.txt").collect();
    same(&original, &copied);
    run.program(&["verify", "copy"]).succeeds();
    let recorded = run.program(&["evidence", "-C", "archive"]);
    assert!(recorded.said().contains("second_copy_digest"), "{}", recorded.said());
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = |path: &str| fs::metadata(run.folder().join(path)).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode("copy/private"), mode("copy/private/manifest-sha256.txt")), (0o700, 0o600));
        assert_eq!(mode("copy/public/manifest-sha256.txt"), 0o644);
    }
    // Once more: only what has changed.
    let again = copies(&run);
    assert!(again["kept"].as_u64().unwrap() > 50, "{again}");
    assert_eq!(again["removed"], 0);
    same(&contents(&run.archive()), &contents(&run.folder().join("copy")));
    assert!(counts(&run));
}

#[test]
fn a_copy_follows_the_archive() {
    let run = demo();
    copies(&run);
    let stray = run.folder().join("copy/private/data/mine.txt");
    fs::write(&stray, "mine").unwrap();
    let (name, _) = contents(&run.archive()).into_iter().find(|(path, _)| path.contains("/media/")).unwrap();
    fs::write(run.folder().join("copy").join(&name), "spoilt").unwrap();
    more_pages(&run.folder().join("more"), 3);
    run.program(&["backup", "more", "-o", "archive", "--no-mirror"]).succeeds();
    // Somebody's own file stays, so the copy is not whole, which is said.
    let done = run.program(&["copy", "archive", "copy"]);
    assert_ne!(done.code, 0, "{}", done.said());
    assert!(done.said().contains("mine.txt"), "{}", done.said());
    assert_eq!(fs::read(&stray).unwrap(), b"mine");
    fs::remove_file(&stray).unwrap();
    copies(&run);
    same(&contents(&run.archive()), &contents(&run.folder().join("copy")));
    run.program(&["verify", "copy"]).succeeds();
}

#[test]
fn a_copy_that_was_broken_off_goes_on() {
    let run = demo();
    more_pages(&run.folder().join("more"), 60);
    run.program(&["backup", "more", "-o", "archive", "--no-mirror"]).succeeds();
    let copy = run.folder().join("copy");
    let mut broken_off = 0;
    for moment in 0..12 {
        let mut child = run.spawn(&["copy", "archive", "copy"]);
        // However busy the machine is: from when it has begun.
        while !copy.join("COMMITTING.txt").exists() && child.try_wait().unwrap().is_none() {
            thread::yield_now();
        }
        thread::sleep(Duration::from_millis(3 * moment));
        let _ = child.kill();
        child.wait().unwrap();
        if copy.join("COMMITTING.txt").exists() {
            broken_off += 1;
            let verified = run.program(&["verify", "copy"]).exits(64);
            if copy.join(".copying").exists() {
                verified.says("broken off");
            }
            run.program(&["export", "copy", "--to", "markdown", "-o", "out"]).exits(64).says("liudi copy");
        }
        if moment % 3 == 0 {
            let _ = fs::remove_dir_all(&copy);
        }
    }
    assert!(broken_off > 0, "no copy was broken off: the moments are wrong");
    copies(&run);
    same(&contents(&run.archive()), &contents(&copy));
    assert!(!copy.join(".copying").exists() && !copy.join("COMMITTING.txt").exists());
    run.program(&["verify", "copy"]).succeeds();
}

/// The archive is whole after the next copy, as it is after every command that writes.
#[test]
fn a_commit_that_was_broken_off_is_named_and_finished_by_a_copy() {
    let run = demo();
    copies(&run);
    let (work, note) = (run.archive().join(".liudi"), run.archive().join("COMMITTING.txt"));
    more_pages(&run.folder().join("more"), 3);
    break_off_a_commit(&run, &["backup", "more", "-o", "archive", "--no-mirror"]);
    run.program(&["verify", "archive"]).says("was ended while it moved files");
    let done = run.program(&["copy", "archive", "copy"]);
    assert!(!note.exists() && !work.join("commit").exists(), "{}", done.said());
    let done = run.program(&["verify", "archive"]).succeeds();
    assert!(!done.said().contains("was ended while"), "{}", done.said());
}

/// Two that write at once would put the half-written files of one in the places of the other's.
#[test]
fn only_one_copies_to_a_folder_at_a_time() {
    let run = demo();
    let parts = run.folder().join("copy/.copying");
    fs::create_dir_all(&parts).unwrap();
    fs::write(parts.join("0"), "half").unwrap();
    let other = fs::File::create(parts.join(".lock")).unwrap();
    other.lock().unwrap();
    run.program(&["copy", "archive", "copy"]).exits(1).says("Another liudi is copying").says("hint:");
    assert_eq!(fs::read(parts.join("0")).unwrap(), b"half");
    assert!(!run.folder().join("copy/COMMITTING.txt").exists());
    // One that was killed holds nothing.
    drop(other);
    copies(&run);
    assert!(!parts.exists());
    run.program(&["verify", "copy"]).succeeds();
}

#[test]
fn what_is_damaged_is_not_copied_and_is_named() {
    let run = demo();
    let files = contents(&run.archive());
    let mut chosen = files.iter().map(|(path, _)| path).filter(|path| path.contains("content.html"));
    let (gone, changed) = (chosen.next().unwrap(), chosen.next().unwrap());
    fs::remove_file(run.archive().join(gone)).unwrap();
    let mut bytes = fs::read(run.archive().join(changed)).unwrap();
    bytes[0] ^= 1;
    fs::write(run.archive().join(changed), bytes).unwrap();
    let done = run.program(&["copy", "archive", "copy"]).exits(64).says("liudi repair");
    assert!(done.said().contains(gone) && done.said().contains(changed), "{}", done.said());
    assert!(!run.folder().join("copy").join(changed).exists());
    run.program(&["repair", "archive"]).succeeds();
    copies(&run);
    same(&files, &contents(&run.folder().join("copy")));
}

#[test]
fn a_copy_goes_where_nothing_else_is() {
    let run = demo();
    let disk = run.folder().join("disk");
    fs::create_dir(&disk).unwrap();
    fs::write(disk.join("holiday.txt"), "x").unwrap();
    run.program(&["copy", "archive", "disk"]).succeeds();
    assert!(disk.join("archive/SHA256SUMS").is_file() && disk.join("holiday.txt").is_file());
    run.program(&["copy", "archive", "archive/inside"]).exits(2).says("inside the archive");
    run.program(&["copy", "archive", "archive"]).exits(2);
    run.program(&["copy", "archive", "disk/holiday.txt"]).exits(2);
    run.program(&["copy", "nothing", "there"]).exits(2);
    assert!(!run.folder().join("there").exists());
    run.program(&["copy", "archive", "copy", "--dry-run"]).exits(2);
}

/// What the archive loses must not be lost in its copy, and nobody is told that all is well.
#[test]
fn an_archive_that_lost_a_list_or_a_bag_is_not_copied_and_not_written_to() {
    let run = demo();
    fs::write(run.folder().join("contract.pdf"), "a contract").unwrap();
    run.program(&["keep", "contract.pdf", "--as", "contract", "-C", "archive"]).succeeds();
    run.program(&["copy", "archive", "copy"]).succeeds();
    let copy = || tree(&run.folder().join("copy"));
    let whole = copy();
    let gone = |paths: &[&str]| {
        for path in paths {
            let path = run.archive().join(path);
            if path.is_dir() { fs::remove_dir_all(path).unwrap() } else { fs::remove_file(path).unwrap() }
        }
    };
    let cases: [(&str, &dyn Fn()); 9] = [
        ("private", &|| gone(&["private"])),
        ("public", &|| gone(&["public"])),
        ("both bags", &|| gone(&["private", "public", "SHA256SUMS"])),
        ("the lists of private", &|| gone(&["private/manifest-sha256.txt", "private/tagmanifest-sha256.txt"])),
        ("all tag files", &|| {
            let tags = ["bagit.txt", "bag-info.txt", "manifest-sha256.txt", "tagmanifest-sha256.txt"];
            gone(&tags.map(|name| format!("private/{name}")).iter().map(String::as_str).collect::<Vec<_>>());
        }),
        ("what it says of itself", &|| gone(&["private/bagit.txt"])),
        ("an empty list", &|| fs::write(run.archive().join("private/manifest-sha256.txt"), "").unwrap()),
        ("a line", &|| {
            let path = run.archive().join("private/manifest-sha256.txt");
            let list = fs::read_to_string(&path).unwrap();
            fs::write(path, list.split_once('\n').unwrap().1).unwrap();
        }),
        ("private and the working folder", &|| gone(&["private", ".liudi"])),
    ];
    fs::rename(run.archive(), run.folder().join("sound")).unwrap();
    for (lost, lose) in cases {
        copy_folder(&run.folder().join("sound"), &run.archive());
        lose();
        let before: Vec<_> = tree(&run.archive()).into_iter().filter(|(path, _)| !path.starts_with(".liudi")).collect();
        let done = run.program(&["copy", "archive", "copy"]);
        // Without any list it is not known for an archive.
        assert_eq!(done.code, if lost == "both bags" { 2 } else { 64 }, "{lost}: {}", done.said());
        assert!(!done.said().contains("The copy is not"), "{lost}: {}", done.said());
        same(&whole, &copy());
        // Lists are mended by whoever writes, if they can be; nothing else is written, and nobody is told that all is well.
        for words in [
            &["event", "add", "personal_last_trade", "2020-01-01", "-C", "archive"][..],
            &["keep", "contract.pdf", "--as", "contract", "-C", "archive"],
            &[],
        ] {
            let said = if words.is_empty() { run.backup(&["--no-mirror"]) } else { run.program(words) };
            let verified = run.program(&["verify", "archive"]);
            assert!(said.code != 0 || verified.code == 0, "{lost}: {words:?}: {}", said.said());
            let holds = tree(&run.archive()).iter().any(|(_, bytes)| bytes == b"a contract");
            assert!(verified.code != 0 || holds, "{lost}: {words:?}: {}", verified.said());
        }
        let after = tree(&run.archive());
        let kept = |path: &str| path.contains("/data/documents/");
        assert!(before.iter().filter(|(path, _)| kept(path)).all(|one| after.contains(one)), "{lost}");
        if lost != "both bags" {
            run.program(&["repair", "archive", "--from", "copy"]).succeeds();
            run.program(&["verify", "archive"]).succeeds();
            assert!(tree(&run.archive()).iter().any(|(_, bytes)| bytes == b"a contract"), "{lost}");
        }
        fs::remove_dir_all(run.archive()).unwrap();
    }
}

/// A copy of a later state, and one of another archive, would lose what only they hold.
#[test]
fn a_copy_that_holds_more_than_the_archive_is_not_replaced() {
    let run = demo();
    copy_folder(&run.archive(), &run.folder().join("older"));
    fs::write(run.folder().join("contract.pdf"), "a contract").unwrap();
    run.program(&["keep", "contract.pdf", "--as", "contract", "-C", "archive"]).succeeds();
    run.program(&["copy", "archive", "copy"]).succeeds();
    copy_folder(&run.archive(), &run.folder().join("no-event"));
    run.program(&["event", "add", "personal_last_trade", "2020-01-01", "-C", "archive"]).succeeds();
    run.program(&["copy", "archive", "copy"]).succeeds();
    let whole = tree(&run.folder().join("copy"));
    fs::create_dir(run.folder().join("empty")).unwrap();
    run.program(&["backup", "empty", "-o", "another", "--no-mirror"]);
    for (other, first) in
        [("older", "documents/contract"), ("no-event", "readiness/events.json"), ("another", "private/data/")]
    {
        let done = run.program(&["copy", other, "copy"]).exits(2).says(first);
        assert!(done.said().contains("nothing was written"), "{}", done.said());
        same(&whole, &tree(&run.folder().join("copy")));
    }
    // A later state of the same archive is copied.
    run.program(&["event", "add", "personal_first_trade", "2019-01-01", "-C", "archive"]).succeeds();
    run.program(&["copy", "archive", "copy"]).succeeds();
    run.program(&["verify", "copy"]).succeeds();
}
