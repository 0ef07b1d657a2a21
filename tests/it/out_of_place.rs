//! What stands in an archive, a copy or among packs where something else belongs: links, pipes, other people's files, lists
//! that have changed. Nothing is written where a link leads, nothing waits for a pipe, and no number comes from a list that
//! is not the one that was archived.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::support::{Run, tree};

fn demo() -> Run {
    let run = Run::new().fixture("demo").env("LIUDI_ZIP_PASSWORD", "liudi-demo");
    run.backup(&["--no-mirror"]).succeeds();
    run
}

fn change(path: &Path) {
    let mut bytes = fs::read(path).unwrap();
    // A digit, so that what is read stays readable.
    let at = bytes.iter().rposition(u8::is_ascii_digit).unwrap();
    bytes[at] = if bytes[at] == b'7' { b'8' } else { b'7' };
    fs::write(path, bytes).unwrap();
}

#[cfg(unix)]
mod unix {
    use std::os::unix::fs::symlink;
    use std::path::PathBuf;

    use super::*;

    /// What can stand in the place of a folder; the second path is a folder elsewhere with what was in it.
    type Thing = (&'static str, fn(&Path, &Path));

    const THINGS: [Thing; 5] = [
        ("a link to the folder", |place, real| symlink(real, place).unwrap()),
        ("a link to another folder", |place, real| {
            let other = real.with_file_name("other");
            fs::create_dir_all(&other).unwrap();
            fs::write(other.join("holiday.txt"), "mine").unwrap();
            symlink(other, place).unwrap();
        }),
        ("a link to itself", |place, _| symlink(place, place).unwrap()),
        ("a pipe", |place, _| pipe(place)),
        ("a file", |place, _| fs::write(place, "mine").unwrap()),
    ];
    const FOLDERS: [&str; 4] = ["public", "public/data", "private", "private/data"];

    fn pipe(place: &Path) {
        assert!(Command::new("mkfifo").arg(place).status().unwrap().success());
    }

    #[test]
    fn nothing_is_written_where_a_link_leads() {
        let run = demo();
        run.program(&["copy", "archive", "second"]).succeeds();
        let archive = run.archive();
        let elsewhere = run.folder().join("elsewhere");
        for (what, put) in THINGS {
            for folder in FOLDERS {
                let (place, real) = (archive.join(folder), elsewhere.join("real"));
                fs::create_dir_all(&elsewhere).unwrap();
                fs::rename(&place, &real).unwrap();
                put(&place, &real);
                let before = tree(&elsewhere);
                let context = format!("{what} in the place of {folder}");
                let verified = run.program(&["verify", "archive", "--json"]).exits(64).json();
                let findings = verified["findings"].as_array().unwrap();
                let is_named = |finding: &&serde_json::Value| finding["locator"] == folder;
                let named: Vec<_> = findings.iter().filter(is_named).collect();
                assert!(named.len() == 1 && named[0]["code"] == "folder-displaced", "{context}: {verified}");
                let more = run.folder().join("more.html");
                fs::write(more, "<p>more</p>").unwrap();
                for command in [
                    &["backup", "more.html", "-o", "archive"][..],
                    &["repair", "archive"],
                    &["repair", "archive", "--from", "second"],
                    &["copy", "archive", "new"],
                ] {
                    let done = run.program(command).exits(64);
                    assert!(done.stderr.contains("should be a folder"), "{context}, {command:?}: {}", done.stderr);
                    assert!(done.stderr.contains("hint:"), "{context}, {command:?}: {}", done.stderr);
                }
                assert_eq!(before, tree(&elsewhere), "{context}");
                assert!(!run.folder().join("new").exists(), "{context}");
                fs::remove_file(&place).unwrap();
                fs::rename(&real, &place).unwrap();
                fs::remove_dir_all(&elsewhere).unwrap();
            }
        }
        run.program(&["verify", "archive"]).succeeds();
        // The same in a copy.
        for folder in ["public", "private/data", "public/data/media"] {
            let (place, real) = (run.folder().join("second").join(folder), run.folder().join("real"));
            fs::rename(&place, &real).unwrap();
            symlink(&real, &place).unwrap();
            fs::remove_file(first_file(&real)).unwrap();
            let before = tree(&real);
            run.program(&["copy", "archive", "second"]).exits(64).says("should be a folder");
            assert_eq!(before, tree(&real), "{folder}");
            fs::remove_file(&place).unwrap();
            fs::rename(&real, &place).unwrap();
            run.program(&["copy", "archive", "second"]).succeeds();
        }
    }

    fn first_file(folder: &Path) -> PathBuf {
        let of_payload = |path: &String| !path.contains("manifest") && !path.ends_with(".txt");
        folder.join(tree(folder).into_iter().map(|(path, _)| path).find(of_payload).unwrap())
    }

    #[test]
    fn a_backup_removes_no_link_only_a_repair_does() {
        let run = demo();
        let (place, real) = (run.archive().join("public/data/articles"), run.folder().join("real"));
        fs::rename(&place, &real).unwrap();
        symlink(&real, &place).unwrap();
        let before = tree(&real);
        let page = run.folder().join("more.html");
        fs::write(&page, "<html><head><meta property=\"og:title\" content=\"More\"><meta property=\"og:url\" content=\"https://mp.weixin.qq.com/s?__biz=MzA5MDAwMDAwMQ==&amp;mid=2650000999&amp;idx=1&amp;sn=ab\"></head><body><div id=\"js_content\"><p>茶</p></div><script>var ct = \"1720000000\";</script></body></html>").unwrap();
        let done = run.program(&["backup", "more.html", "-o", "archive"]);
        assert_ne!(done.code, 0, "{}", done.stderr);
        assert!(place.is_symlink() && before == tree(&real), "{}", done.stderr);
        run.program(&["repair", "archive"]).succeeds();
        assert!(!place.is_symlink() && before == tree(&real));
        run.program(&["verify", "archive"]).succeeds();
    }

    /// Commands that may write to an archive, or beside it.
    const COMMANDS: [&[&str]; 10] = [
        &["verify", "archive"],
        &["gaps", "archive"],
        &["repair", "archive"],
        &["backup", "more.html", "-o", "archive"],
        &["copy", "archive", "new"],
        &["mirror", "archive"],
        &["export", "archive", "--to", "markdown"],
        &["ready", "archive"],
        &["timestamp", "archive"],
        &["keep", "more.html", "--as", "paper", "-C", "archive"],
    ];

    #[test]
    fn what_a_link_in_the_working_folder_leads_to_stays_as_it_is() {
        let run = demo();
        run.program(&["mirror", "archive"]).succeeds();
        fs::write(run.folder().join("more.html"), "<p>more</p>").unwrap();
        let (own, work) = (run.folder().join("own"), run.archive().join(".liudi"));
        fs::create_dir_all(own.join("photos")).unwrap();
        fs::write(own.join("photos/a.jpg"), "mine").unwrap();
        fs::write(own.join("letter.txt"), "mine").unwrap();
        let before = tree(&own);
        let folders = ["", "tmp", "stage", "exports", "timestamps", "commit.new"];
        let files = ["lock-holder", "bags-lock", "fixity.json", "exports/x.lock-holder"];
        for name in folders.into_iter().chain(files) {
            let place = if name.is_empty() { work.clone() } else { work.join(name) };
            let is_file = files.contains(&name);
            let aside = run.folder().join("aside");
            let was_there = fs::rename(&place, &aside).is_ok();
            for what in ["link", "pipe"] {
                match what {
                    "link" if is_file => symlink(own.join("letter.txt"), &place).unwrap(),
                    "link" => symlink(&own, &place).unwrap(),
                    _ => pipe(&place),
                }
                for command in COMMANDS {
                    // What is only a note may be written anew, in the place of the link.
                    let stands = place.symlink_metadata().is_ok_and(|there| !there.is_file() && !there.is_dir());
                    let done = run.program(command);
                    assert_eq!(before, tree(&own), "{what} at {name}, {command:?}: {}", done.said());
                    assert!((0..128).contains(&done.code), "{what} at {name}, {command:?}: {}", done.said());
                    let writes = stands && matches!(command[0], "repair" | "backup" | "keep");
                    assert!(!writes || done.code != 0, "{what} at {name}, {command:?}: {}", done.said());
                }
                fs::remove_file(&place).unwrap();
                let _ = fs::remove_dir_all(run.folder().join("new"));
            }
            if was_there {
                fs::rename(&aside, &place).unwrap();
            }
        }
        run.program(&["repair", "archive"]).succeeds();
        run.program(&["verify", "archive"]).succeeds();
    }

    #[test]
    fn no_page_is_written_where_a_link_in_the_site_leads() {
        let run = demo();
        run.program(&["mirror", "archive"]).succeeds();
        let (site, own) = (run.archive().join("site"), run.folder().join("own"));
        fs::create_dir(&own).unwrap();
        fs::write(own.join("mine"), "mine").unwrap();
        let folders: Vec<PathBuf> = walkdir::WalkDir::new(&site)
            .min_depth(1)
            .into_iter()
            .map(|entry| entry.unwrap())
            .filter(|entry| entry.file_type().is_dir())
            .map(walkdir::DirEntry::into_path)
            .collect();
        assert!(folders.len() > 3, "{folders:?}");
        for folder in folders {
            let aside = run.folder().join("aside");
            fs::rename(&folder, &aside).unwrap();
            symlink(&own, &folder).unwrap();
            run.program(&["mirror", "archive"]).exits(2).says("is a link");
            assert_eq!(tree(&own).len(), 1, "{}", folder.display());
            fs::remove_file(&folder).unwrap();
            fs::rename(&aside, &folder).unwrap();
        }
        run.program(&["mirror", "archive"]).succeeds();
    }

    #[test]
    fn nothing_waits_for_a_pipe() {
        let run = demo();
        run.program(&["copy", "archive", "second"]).succeeds();
        run.program(&["pack", "archive", "-o", "packs"]).succeeds();
        let lists = ["bagit.txt", "bag-info.txt", "manifest-sha256.txt", "tagmanifest-sha256.txt"];
        let lists = lists.iter().flat_map(|name| ["public", "private"].map(|bag| format!("{bag}/{name}")));
        for path in
            lists.chain(["SHA256SUMS".to_owned(), "README.txt".to_owned(), "public/data/account.json".to_owned()])
        {
            let place = run.archive().join(&path);
            let bytes = fs::read(&place).unwrap();
            fs::remove_file(&place).unwrap();
            pipe(&place);
            run.program(&["verify", "archive"]).exits(64).says("not a file");
            run.program(&["copy", "archive", "third"]).exits(64);
            run.program(&["pack", "archive", "-o", "other"]).exits(64);
            run.program(&["repair", "archive", "--dry-run"]);
            run.program(&["repair", "archive", "--from", "second"]).succeeds();
            run.program(&["verify", "archive"]).succeeds();
            if path.ends_with("bag-info.txt") {
                // It states when it was written.
                fs::write(&place, bytes).unwrap();
                run.program(&["repair", "archive"]);
            } else {
                assert_eq!(fs::read(&place).unwrap(), bytes, "{path}");
            }
            let _ = fs::remove_dir_all(run.folder().join("third"));
        }
        for name in ["archive-anchor.zip", "archive-public.zip"] {
            let place = run.folder().join("packs").join(name);
            let bytes = fs::read(&place).unwrap();
            fs::remove_file(&place).unwrap();
            pipe(&place);
            let done = run.program(&["unpack", "packs", "-o", "again"]);
            assert!(done.code != 0 && !run.folder().join("again").exists(), "{name}: {}", done.stderr);
            fs::remove_file(&place).unwrap();
            fs::write(&place, bytes).unwrap();
        }
        run.program(&["unpack", "packs", "-o", "again"]).succeeds();
    }
}

#[test]
fn what_lies_beside_the_files_of_a_bag_is_named_and_not_copied() {
    let run = demo();
    fs::write(run.archive().join("public/wages.txt"), "12000").unwrap();
    fs::create_dir(run.archive().join("private/old")).unwrap();
    let verified = run.program(&["verify", "archive", "--json"]).succeeds().json();
    let named: Vec<&str> =
        verified["findings"].as_array().unwrap().iter().filter_map(|one| one["locator"].as_str()).collect();
    assert_eq!(named, ["private/old", "public/wages.txt"]);
    run.program(&["verify", "archive"]).says("public/wages.txt").says("not a file of the archive");
    run.program(&["copy", "archive", "second"]).succeeds();
    assert!(!run.folder().join("second/public/wages.txt").exists());
}

#[test]
fn a_copy_is_not_mixed_with_a_folder_that_has_a_public_of_its_own() {
    let run = demo();
    let site = run.folder().join("website");
    fs::create_dir_all(site.join("public")).unwrap();
    fs::write(site.join("public/index.html"), "mine").unwrap();
    run.program(&["copy", "archive", "website"]).succeeds();
    assert_eq!(tree(&site.join("public")).len(), 1);
    assert!(site.join("archive/SHA256SUMS").is_file());
}

#[test]
fn a_backup_writes_anew_what_a_bag_says_of_itself() {
    let run = demo();
    for bag in ["public", "private"] {
        let info = run.archive().join(bag).join("bag-info.txt");
        for spoil in [fs::remove_file as fn(_) -> _, |path| fs::write(path, "Payload-Oxum: 1.1\n")] {
            spoil(info.clone()).unwrap();
            run.backup(&["--no-mirror"]).succeeds();
            run.program(&["verify", "archive"]).succeeds();
        }
        fs::remove_file(&info).unwrap();
        fs::create_dir(&info).unwrap();
        fs::write(info.join("mine"), "mine").unwrap();
        run.backup(&["--no-mirror"]).exits(64).says("A folder stands in the place of the file");
        fs::remove_dir_all(&info).unwrap();
        run.backup(&["--no-mirror"]).succeeds();
    }
    run.program(&["verify", "archive"]).succeeds();
}

#[test]
fn packs_that_a_list_names_have_to_be_there() {
    let run = demo();
    run.program(&["pack", "archive", "-o", "packs"]).succeeds();
    let packs = run.folder().join("packs");
    fs::rename(packs.join("archive-private.zip"), run.folder().join("aside.zip")).unwrap();
    run.program(&["unpack", "packs", "-o", "again"]).exits(64).says("a piece is missing").says("archive-private.zip");
    assert!(!run.folder().join("again").exists());
    // Who names the one pack wants that one.
    run.program(&["unpack", "packs/archive-public.zip", "-o", "again"]).succeeds();
    fs::rename(run.folder().join("aside.zip"), packs.join("archive-private.zip")).unwrap();
    // What a pack is says its content.
    fs::rename(packs.join("archive-public.zip"), packs.join("x")).unwrap();
    fs::rename(packs.join("archive-anchor.zip"), packs.join("archive-public.zip")).unwrap();
    fs::rename(packs.join("x"), packs.join("archive-anchor.zip")).unwrap();
    run.program(&["unpack", "packs", "-o", "swapped"]).succeeds();
    run.program(&["verify", "swapped"]).succeeds().says("complete and valid");
}

#[test]
fn no_number_comes_from_a_list_that_has_changed() {
    let run = demo();
    let bills = ["ledger", "bills-xlsx", "beancount", "hledger", "billing"];
    for (path, commands) in [
        ("private/data/billing/ledger.csv", &["export"][..]),
        ("private/data/billing/statements.json", &["ready"]),
        ("private/data/provenance/gaps.csv", &["gaps", "ready"]),
        ("public/data/tables/articles.csv", &["gaps"]),
    ] {
        let file = run.archive().join(path);
        let bytes = fs::read(&file).unwrap();
        change(&file);
        assert_ne!(fs::read(&file).unwrap(), bytes, "{path}");
        for command in commands {
            if *command == "export" {
                for name in bills {
                    let out = format!("out-{name}");
                    let export = ["export", "archive", "--to", name, "--include", "bills", "-o", &out];
                    run.program(&export).exits(64).says("changed after it was written").says("ledger.csv");
                    let left = tree(&run.folder().join(&out));
                    assert!(
                        left.iter().all(|(path, _)| !path.contains("ledger") && !path.contains("book")),
                        "{left:?}"
                    );
                }
            } else {
                run.program(&[command, "archive"]).exits(64).says("changed after it was written");
            }
        }
        run.program(&["repair", "archive"]).succeeds();
        assert_eq!(fs::read(&file).unwrap(), bytes, "{path}");
        for command in commands.iter().filter(|command| **command != "export") {
            let done = run.program(&[command, "archive"]);
            assert!(!done.stderr.contains("changed after"), "{command}: {}", done.stderr);
        }
    }
}
