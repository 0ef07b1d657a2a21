//! Damage to an archive: what can be made again or taken from somewhere is put right, byte for byte; the rest is named.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use liudi::model::Class::{Private, Public};
use liudi::model::Sha256;

use super::archive::put;
use super::support::{Run, passed_over, same, tree};

type Tree = BTreeMap<String, Vec<u8>>;

/// An archive of the demo, with its working state, and what both bags and the lists above them are.
fn demo() -> (Run, Tree) {
    let run = Run::new().fixture("demo").env("LIUDI_ZIP_PASSWORD", "liudi-demo");
    run.backup(&["--no-mirror"]).succeeds();
    let before = bags(&run.archive());
    (run, before)
}

fn bags(archive: &Path) -> Tree {
    tree(archive).into_iter().collect()
}

/// A way in which a file gets lost, by its name.
type Way = (&'static str, fn(&Path));

const WAYS: [Way; 3] = [
    ("deleted", |path| fs::remove_file(path).unwrap()),
    ("cut short", |path| {
        let bytes = fs::read(path).unwrap();
        fs::write(path, &bytes[..bytes.len() / 2]).unwrap();
    }),
    ("changed", |path| {
        let mut bytes = fs::read(path).unwrap();
        let at = bytes.len() / 2;
        bytes[at] ^= 1;
        fs::write(path, &bytes).unwrap();
    }),
];

fn differing(before: &Tree, after: &Tree) -> Vec<String> {
    let all = before.keys().chain(after.keys());
    let mut names: Vec<String> = all.filter(|name| before.get(*name) != after.get(*name)).cloned().collect();
    names.dedup();
    names
}

#[test]
fn every_file_comes_back_from_a_second_copy() {
    let (run, before) = demo();
    let copy = run.folder().join("copy");
    for (path, bytes) in &before {
        fs::create_dir_all(copy.join(path).parent().unwrap()).unwrap();
        fs::write(copy.join(path), bytes).unwrap();
    }
    for (way, spoil) in WAYS {
        // With and without the working state, which knows the lists.
        for state in [true, false] {
            if state {
                // Makes the working state again.
                run.backup(&["--no-mirror"]).succeeds();
            }
            // If nothing pins what is there, it is not taken for the same archive: one list is left then.
            for path in before.keys().filter(|path| state || way == "deleted" || *path != "SHA256SUMS") {
                spoil(&run.archive().join(path));
            }
            fs::create_dir_all(run.archive().join("public")).unwrap();
            if !state {
                // Something must be left by which it is known as an archive.
                let _ = fs::remove_dir_all(run.archive().join(".liudi"));
            }
            run.program(&["repair", "archive", "--from", "copy"]).succeeds();
            let after = bags(&run.archive());
            assert_eq!(differing(&before, &after), Vec::<String>::new(), "{way}, state {state}");
            run.program(&["verify", "archive"]).succeeds();
        }
    }
}

/// Whether an archive has a file by itself: it is made from others, or only lists them.
fn is_made(path: &str) -> bool {
    let given = ["/media/", "/evidence/packs/", "/evidence/leaves/", "/billing/raw/", "/documents/", "/readiness/"];
    !given.iter().any(|folder| path.contains(folder))
}

#[test]
fn what_is_derived_is_made_again_without_any_copy() {
    let (run, before) = demo();
    for (way, spoil) in WAYS {
        for path in before.keys().filter(|path| path.contains("/data/") && is_made(path)) {
            spoil(&run.archive().join(path));
        }
        let plan = run.program(&["repair", "archive", "--dry-run", "--json"]).exits(0).json();
        assert_eq!(plan["rehearsed"], true);
        assert!(plan["mended"].as_array().unwrap().len() > 10, "{plan}");
        assert_ne!(bags(&run.archive()), before, "a plan changes nothing");
        run.program(&["repair", "archive"]).succeeds();
        assert_eq!(differing(&before, &bags(&run.archive())), Vec::<String>::new(), "{way}");
    }
    run.program(&["repair", "archive"]).succeeds().says("Nothing to mend");
}

#[test]
fn lists_are_mended_by_what_pins_them() {
    let (run, before) = demo();
    let lists: Vec<&String> =
        before.keys().filter(|path| !path.contains("/data/") && !path.ends_with("bag-info.txt")).collect();
    assert_eq!(lists.len(), 8, "{lists:?}");
    for (way, spoil) in WAYS {
        for list in &lists {
            spoil(&run.archive().join(list));
            run.program(&["repair", "archive"]).succeeds();
            assert_eq!(differing(&before, &bags(&run.archive())), Vec::<String>::new(), "{way}: {list}");
        }
        // All at once: the working state knows the digest of the first, and each leads to the next.
        for list in &lists {
            spoil(&run.archive().join(list));
        }
        run.program(&["repair", "archive"]).succeeds();
        assert_eq!(differing(&before, &bags(&run.archive())), Vec::<String>::new(), "{way}: all");
    }
    // What a bag says of itself is said anew, with the same sizes.
    for (way, spoil) in WAYS {
        for bag in ["public", "private"] {
            spoil(&run.archive().join(bag).join("bag-info.txt"));
        }
        run.program(&["repair", "archive"]).succeeds();
        run.program(&["verify", "archive"]).succeeds();
        let info = |tree: &Tree| String::from_utf8(tree["private/bag-info.txt"].clone()).unwrap();
        assert_eq!(info(&bags(&run.archive())), info(&before), "{way}");
    }
}

#[test]
fn what_nobody_has_is_named_and_comes_back_from_the_inputs() {
    let (run, before) = demo();
    let given: Vec<PathBuf> =
        before.keys().filter(|path| !is_made(path)).map(|path| run.archive().join(path)).collect();
    assert!(given.iter().any(|path| path.to_string_lossy().contains("packs")));
    for (way, spoil) in WAYS {
        for path in &given {
            spoil(path);
        }
        let done = run.program(&["repair", "archive"]).exits(64);
        for path in &given {
            let name = path.file_name().unwrap().to_str().unwrap();
            assert!(done.said().contains(name), "{way}: {name}: {}", done.said());
        }
        // Also what has kept its size, which only reading finds.
        run.backup(&["--no-mirror"]).succeeds().says("put right");
        assert_eq!(differing(&before, &bags(&run.archive())), Vec::<String>::new(), "{way}");
        run.program(&["verify", "archive", "--deep"]).succeeds();
        run.backup(&["--no-mirror"]).succeeds();
    }
}

#[test]
fn a_backup_makes_again_what_is_missing_and_reads_nothing_for_it() {
    let (run, before) = demo();
    for path in before.keys().filter(|path| path.contains("/data/") && is_made(path)) {
        fs::remove_file(run.archive().join(path)).unwrap();
    }
    run.backup(&["--no-mirror"]).succeeds().says("put right");
    assert_eq!(differing(&before, &bags(&run.archive())), Vec::<String>::new());
}

#[test]
fn a_plain_folder_gives_back_the_files_in_it_and_a_renamed_file_its_name() {
    let (run, before) = demo();
    let bill = before.keys().find(|path| path.contains("/billing/raw/")).unwrap();
    let picture = before.keys().find(|path| path.contains("/media/")).unwrap();
    fs::create_dir_all(run.folder().join("elsewhere/deep")).unwrap();
    fs::rename(run.archive().join(bill), run.folder().join("elsewhere/deep/a bill.bin")).unwrap();
    fs::rename(run.archive().join(picture), run.archive().join(picture).with_file_name("renamed.png")).unwrap();
    run.program(&["repair", "archive", "--from", "elsewhere"]).succeeds().says("a bill.bin");
    assert_eq!(differing(&before, &bags(&run.archive())), Vec::<String>::new());
}

#[test]
fn an_altered_list_is_never_taken_over() {
    let (run, before) = demo();
    fs::write(run.folder().join("invoice.txt"), "一张发票").unwrap();
    let keep = || run.program(&["keep", "invoice.txt", "--as", "invoice", "-C", "archive"]);
    // A digit turns into another: a commit over it would make the wrong one right.
    let spoil = |list: &str| {
        let path = run.archive().join(list);
        let text = fs::read_to_string(&path).unwrap();
        let at = match list {
            "private/bag-info.txt" => text.find("Oxum: ").unwrap() + 6,
            // The line before is that of the README, which every commit writes.
            "SHA256SUMS" => text.find('\n').unwrap() + 1,
            _ => 0,
        };
        let turned = if text[at..].starts_with('1') { "2" } else { "1" };
        fs::write(&path, format!("{}{turned}{}", &text[..at], &text[at + 1..])).unwrap();
    };
    // What follows from the rest is put right first.
    for list in ["private/manifest-sha256.txt", "private/tagmanifest-sha256.txt", "SHA256SUMS"] {
        spoil(list);
        run.backup(&["--no-mirror"]).succeeds().says("A list of the archive was damaged");
        assert_eq!(differing(&before, &bags(&run.archive())), Vec::<String>::new(), "{list}");
    }
    // What does not follow from anything stops the write: without the working state, a manifest.
    spoil("private/bag-info.txt");
    let spoilt = bags(&run.archive());
    keep().exits(64).says("damaged").says("liudi repair");
    assert_eq!(differing(&spoilt, &bags(&run.archive())), Vec::<String>::new(), "nothing is written");
    run.program(&["repair", "archive"]).succeeds();
    run.program(&["verify", "archive"]).succeeds();
    let whole = bags(&run.archive());
    spoil("private/manifest-sha256.txt");
    fs::remove_dir_all(run.archive().join(".liudi")).unwrap();
    let spoilt = bags(&run.archive());
    keep().exits(64).says("damaged").says("liudi repair");
    assert_eq!(differing(&spoilt, &bags(&run.archive())), Vec::<String>::new(), "nothing is written");
    fs::write(run.archive().join("private/manifest-sha256.txt"), &whole["private/manifest-sha256.txt"]).unwrap();
    keep().succeeds();
    run.program(&["verify", "archive"]).succeeds();
}

#[test]
fn what_only_the_owner_recorded_comes_from_a_copy_alone() {
    let (run, _) = demo();
    run.program(&["evidence", "-C", "archive", "add", "comment_total", "7"]).succeeds();
    run.program(&["copy", "archive", "copy"]).succeeds();
    let before = bags(&run.archive());
    let records: Vec<&String> = before.keys().filter(|path| path.contains("/readiness/")).collect();
    assert!(!records.is_empty());
    for (way, spoil) in WAYS {
        for path in &records {
            spoil(&run.archive().join(path));
        }
        let done = run.program(&["repair", "archive"]).exits(64);
        assert!(records.iter().all(|path| done.said().contains(*path)), "{way}: {}", done.said());
        run.program(&["repair", "archive", "--from", "copy"]).succeeds();
        assert_eq!(differing(&before, &bags(&run.archive())), Vec::<String>::new(), "{way}");
    }
    // A second time nothing is recorded, so that a signature stays that of the archive.
    run.program(&["copy", "archive", "copy"]).succeeds();
    assert_eq!(differing(&before, &bags(&run.archive())), Vec::<String>::new());
}

#[test]
fn without_the_working_state_no_damage_is_taken_for_what_was_archived() {
    let (run, _) = demo();
    run.program(&["copy", "archive", "copy"]).succeeds();
    let before = bags(&run.archive());
    fs::write(run.folder().join("invoice.txt"), "一张发票").unwrap();
    let kinds =
        ["/billing/raw/", "article.json", "events.jsonl", "opened.csv", "/evidence/packs/", "/media/", "README.txt"];
    for kind in kinds {
        for (way, spoil) in WAYS {
            let path = before.keys().find(|path| path.contains(kind)).unwrap();
            spoil(&run.archive().join(path));
            let _ = fs::remove_dir_all(run.archive().join(".liudi"));
            let spoilt = bags(&run.archive());
            if kind != "README.txt" {
                let plan = run.program(&["repair", "archive", "--dry-run"]);
                let done = run.program(&["repair", "archive"]);
                assert_eq!((plan.code, done.code), (64, 64), "{kind}, {way}: {}", done.said());
                assert!(done.said().contains(path.as_str()), "{kind}, {way}: {}", done.said());
                assert_eq!(differing(&spoilt, &bags(&run.archive())), Vec::<String>::new(), "{kind}, {way}");
                for arguments in [
                    &["keep", "invoice.txt", "--as", "invoice", "-C", "archive"][..],
                    &["backup", "in", "-o", "archive"],
                ] {
                    fs::create_dir_all(run.folder().join("in")).unwrap();
                    let done = run.program(arguments);
                    assert_eq!(done.code, 64, "{kind}, {way}: {}", done.said());
                }
                assert_eq!(differing(&spoilt, &bags(&run.archive())), Vec::<String>::new(), "{kind}, {way}");
            }
            run.program(&["repair", "archive", "--from", "copy"]).succeeds();
            assert_eq!(differing(&before, &bags(&run.archive())), Vec::<String>::new(), "{kind}, {way}");
        }
    }
}

#[test]
fn a_strange_or_older_archive_takes_nothing_over() {
    let (run, before) = demo();
    fs::create_dir_all(run.folder().join("one")).unwrap();
    let page = fs::read_dir(super::support::fixture("demo/pages")).unwrap().map(|entry| entry.unwrap().path());
    let page = page.filter(|path| path.extension().is_some_and(|end| end == "html")).min().unwrap();
    fs::copy(&page, run.folder().join("one/a.html")).unwrap();
    run.program(&["backup", "one", "-o", "other", "--no-mirror"]);
    for state in [true, false] {
        for list in ["SHA256SUMS", "public/manifest-sha256.txt", "public/tagmanifest-sha256.txt"] {
            fs::remove_file(run.archive().join(list)).unwrap();
        }
        if !state {
            fs::remove_dir_all(run.archive().join(".liudi")).unwrap();
        }
        let kept = |tree: &Tree| -> Tree {
            let is_kept = |path: &str| path.contains("/data/") || path.starts_with("private/");
            tree.iter().filter(|(path, _)| is_kept(path)).map(|(path, bytes)| (path.clone(), bytes.clone())).collect()
        };
        let done = run.program(&["repair", "archive", "--from", "other"]);
        assert_eq!(
            differing(&kept(&before), &kept(&bags(&run.archive()))),
            Vec::<String>::new(),
            "{state}: {}",
            done.said()
        );
        if state {
            done.succeeds();
        } else {
            done.exits(64);
        }
    }
}

#[test]
fn a_copy_of_a_damaged_archive_stays_one_and_mends_it() {
    let (run, _) = demo();
    run.program(&["copy", "archive", "copy"]).succeeds();
    let before = bags(&run.archive());
    let picture = before.keys().find(|path| path.contains("/media/")).unwrap();
    fs::remove_file(run.archive().join(picture)).unwrap();
    run.program(&["copy", "archive", "copy"]).succeeds();
    run.program(&["verify", "copy"]).succeeds();
    fs::write(run.folder().join("copy/COMMITTING.txt"), "x").unwrap();
    run.program(&["repair", "archive", "--from", "copy"]).succeeds();
    assert_eq!(differing(&before, &bags(&run.archive())), Vec::<String>::new());
    fs::remove_dir_all(run.archive().join("private")).unwrap();
    fs::remove_file(run.folder().join("copy/COMMITTING.txt")).unwrap();
    run.program(&["repair", "archive", "--from", "copy"]).succeeds();
    assert_eq!(differing(&before, &bags(&run.archive())), Vec::<String>::new());
}

#[test]
fn packs_mend_an_archive_and_are_named_as_the_source() {
    let (run, before) = demo();
    let run = run.env("LIUDI_PASSPHRASE", "six words that nobody will guess");
    run.program(&["pack", "archive", "-o", "packs", "--passphrase"]).succeeds();
    let lost = |path: &&String| path.contains("/media/") || path.contains("/billing/raw/");
    let picked: Vec<&String> = before.keys().filter(lost).collect();
    assert!(
        picked.iter().any(|path| path.starts_with("public/")) && picked.iter().any(|path| path.starts_with("private/"))
    );
    // A folder with the packs, one of them, and both kinds of a working state.
    for (source, state) in [("packs", true), ("packs", false), ("packs/archive-private.zip.age", true)] {
        for path in &picked {
            fs::remove_file(run.archive().join(path)).unwrap();
        }
        if !state {
            fs::remove_dir_all(run.archive().join(".liudi")).unwrap();
        }
        let plan = run.program(&["repair", "archive", "--from", source, "--dry-run"]);
        let done = run.program(&["repair", "archive", "--from", source]);
        for said in [plan, done].map(|run| run.says(source).said()) {
            assert!(!said.contains("unpacked"), "{said}");
        }
        let private_only = source.ends_with(".age");
        let left = differing(&before, &bags(&run.archive()));
        assert!(left.iter().all(|path| private_only && path.starts_with("public/")), "{source}: {left:?}");
        assert!(!run.archive().join(".liudi/unpacked").exists());
        run.program(&["repair", "archive", "--from", "packs"]).succeeds();
        run.backup(&["--no-mirror"]).succeeds();
        assert_eq!(differing(&before, &bags(&run.archive())), Vec::<String>::new());
    }
    let wrong = run.program_with(
        &["repair", "archive", "--from", "packs"],
        &[("LIUDI_PASSPHRASE", "six words that somebody has guessed")],
    );
    wrong.exits(16);
    assert!(!run.archive().join(".liudi/unpacked").exists());
}

#[test]
fn recovery_files_need_their_program() {
    let (run, _) = demo();
    let run = run.env("PATH", "");
    let done = run.program(&["pack", "archive", "-o", "packs", "--parity", "5%"]).exits(2);
    done.says("not installed").says("second copy");
    assert!(!run.folder().join("packs").exists());
    for wrong in ["0", "101", "x", "5.5%", "", "-5%"] {
        run.program(&["pack", "archive", "-o", "packs", &format!("--parity={wrong}")]).exits(2).says("whole number");
    }
    fs::create_dir(run.folder().join("packs")).unwrap();
    fs::write(run.folder().join("packs/a-public.zip.par2"), "PAR2").unwrap();
    run.program(&["repair", "packs"]).exits(2).says("not installed");
}

#[test]
fn wrong_sources_are_named() {
    let (run, _) = demo();
    run.program(&["repair", "archive", "--from", "archive"]).exits(2).says("is the archive that is to be mended");
    run.program(&["repair", "archive", "--from", "nowhere"]).exits(32);
    run.program(&["repair", "nothing"]).exits(2);
}

/// Paths of one file of each kind: the lists, and payload that is given and that is made from others.
fn one_of_each(before: &Tree) -> Vec<String> {
    let media = before.keys().find(|path| path.contains("/media/")).unwrap();
    let lists = before.keys().filter(|path| !path.contains("/data/"));
    let mut paths: Vec<String> = lists.chain([media]).cloned().collect();
    paths.push("public/data/account.json".to_owned());
    paths
}

#[cfg(unix)]
#[test]
fn a_link_is_not_the_file_of_the_archive() {
    use std::os::unix::fs::symlink;
    let (run, before) = demo();
    let elsewhere = run.folder().join("elsewhere");
    let link = |path: &str| {
        let place = run.archive().join(path);
        fs::rename(&place, &elsewhere).unwrap();
        symlink(&elsewhere, &place).unwrap();
    };
    for path in one_of_each(&before) {
        link(&path);
        let report = run.program(&["verify", "archive", "--json"]).exits(64).json();
        let findings = report["findings"].as_array().unwrap();
        assert_eq!(findings.len(), 1, "{path}: {report}");
        assert_eq!(
            (findings[0]["code"].as_str(), findings[0]["locator"].as_str()),
            (Some("payload-special"), Some(&*path))
        );
        let copy = format!("copy-{}", Sha256::of(path.as_bytes()).hex());
        run.program(&["copy", "archive", &copy]).exits(64);
        run.program(&["pack", "archive", "-o", "packs"]).exits(64);
        run.program(&["repair", "archive", "--dry-run"]).exits(0).says(&path);
        assert!(run.archive().join(&path).is_symlink(), "a plan changes nothing");
        // What the link leads to has the right bytes, and stays.
        run.program(&["repair", "archive"]).succeeds().says("Mended one file");
        assert!(!run.archive().join(&path).is_symlink() && elsewhere.is_file(), "{path}");
        if !path.ends_with("bag-info.txt") {
            assert_eq!(differing(&before, &bags(&run.archive())), Vec::<String>::new(), "{path}");
        }
        run.program(&["verify", "archive"]).succeeds();
    }
    // A file that was moved inside the archive, with a link to it in its place, is moved back.
    let media: Vec<&String> = before.keys().filter(|path| path.contains("/media/")).collect();
    let copy = run.archive().join(media[0]).with_extension("copy");
    fs::rename(run.archive().join(media[0]), &copy).unwrap();
    symlink(&copy, run.archive().join(media[0])).unwrap();
    run.program(&["repair", "archive"]).succeeds();
    assert!(!copy.exists());
    run.program(&["verify", "archive"]).succeeds();
    // A folder of the archive that was moved to another disk.
    let folder = run.archive().join("public/data/media");
    let moved = run.folder().join("moved");
    fs::rename(&folder, &moved).unwrap();
    symlink(&moved, &folder).unwrap();
    run.program(&["verify", "archive"]).exits(64).says("a link or a device");
    run.program(&["repair", "archive"]).succeeds();
    assert!(!folder.is_symlink() && tree(&moved).len() == media.len());
    run.program(&["verify", "archive"]).succeeds();
}

#[test]
fn a_folder_in_the_place_of_a_file_is_left_and_said() {
    let (run, before) = demo();
    let second = run.folder().join("second");
    run.program(&["copy", "archive", "second"]).succeeds();
    let other = before.keys().filter(|path| path.contains("/media/")).nth(1).unwrap();
    for path in one_of_each(&before) {
        let place = run.archive().join(&path);
        fs::remove_file(&place).unwrap();
        fs::create_dir(&place).unwrap();
        fs::write(place.join("mine"), "mine").unwrap();
        run.program(&["verify", "archive"]).exits(64).says("a folder stands in the place of this file");
        let copy = format!("copy-{}", Sha256::of(path.as_bytes()).hex());
        run.program(&["copy", "archive", &copy]).exits(64);
        // The rest is mended all the same.
        fs::remove_file(run.archive().join(other)).unwrap();
        let done = run.program(&["repair", "archive", "--from", "second"]).exits(64);
        done.says(&path).says("a folder stands in the place").says("move the folder out of the archive");
        let is_listed = !path.ends_with("public/manifest-sha256.txt");
        assert_eq!(run.archive().join(other).is_file(), is_listed, "{path}");
        assert_eq!(fs::read(place.join("mine")).unwrap(), b"mine", "{path}");
        // Nothing is begun that could not be completed.
        let done = run.backup(&["--no-mirror"]);
        assert!(!run.archive().join("COMMITTING.txt").exists(), "{path}: {}", done.said());
        fs::rename(&place, run.folder().join("mine")).unwrap();
        run.program(&["repair", "archive", "--from", "second"]).exits(0);
        run.program(&["verify", "archive"]).succeeds();
        fs::remove_dir_all(run.folder().join("mine")).unwrap();
        // An empty one is nobody's.
        fs::remove_file(&place).unwrap();
        fs::create_dir(&place).unwrap();
        run.program(&["repair", "archive", "--from", "second"]).succeeds();
        run.program(&["verify", "archive"]).succeeds();
    }
    assert!(second.is_dir());
}

#[test]
fn what_is_lost_does_not_keep_the_descriptions_from_being_mended() {
    let (run, before) = demo();
    let raw = before.keys().find(|path| path.contains("/billing/raw/")).unwrap();
    let media = before.keys().find(|path| path.contains("/media/")).unwrap();
    let kept = run.folder().join("kept");
    for lost in [raw, media] {
        for list in ["public/bag-info.txt", "private/bag-info.txt", "private/bagit.txt", "README.txt"] {
            fs::rename(run.archive().join(lost), &kept).unwrap();
            spoil(&run.archive().join(list));
            let report = run.program(&["repair", "archive", "--json"]).exits(64).json();
            assert_eq!(report["mended"][0]["path"], list, "{report}");
            let left = report["left"].as_array().unwrap();
            assert_eq!((left.len(), left[0]["locator"].as_str()), (1, Some(lost.as_str())), "{report}");
            run.program(&["repair", "archive", "--from", "kept"]).succeeds();
            run.program(&["verify", "archive"]).succeeds();
            fs::remove_file(&kept).unwrap();
        }
    }
    // What comes back from the inputs is counted, too.
    fs::remove_file(run.archive().join(raw)).unwrap();
    spoil(&run.archive().join("private/bag-info.txt"));
    run.program(&["repair", "archive"]).exits(64);
    run.backup(&["--no-mirror"]).succeeds().says("put right");
    run.program(&["verify", "archive"]).succeeds();
}

fn spoil(path: &Path) {
    let (_, change) = WAYS[2];
    change(path);
}

#[test]
fn an_archive_without_its_first_list_is_known_for_one() {
    let (run, before) = demo();
    fs::remove_dir_all(run.archive().join(".liudi")).unwrap();
    fs::remove_file(run.archive().join("SHA256SUMS")).unwrap();
    run.backup(&["--no-mirror"]).exits(64).says("The archive is damaged").says("liudi repair");
    run.program(&["verify", "archive"]).exits(64).says("SHA256SUMS").says("liudi repair");
    run.program(&["repair", "archive"]).succeeds();
    run.program(&["verify", "archive"]).succeeds();
    assert_eq!(differing(&before, &bags(&run.archive())), Vec::<String>::new());
    // A folder that only has a name in common is somebody's own.
    let own = Run::new().fixture("demo");
    fs::create_dir_all(own.archive().join("public")).unwrap();
    fs::write(own.archive().join("public/index.html"), "mine").unwrap();
    own.backup(&["--no-mirror"]).exits(2).says("other files");
}

#[test]
fn a_damaged_table_is_named_with_what_to_do() {
    let (run, _) = demo();
    let tables = [
        ("private/data/billing/ledger.csv", &["export", "archive", "--to", "ledger", "--include", "bills"][..]),
        ("private/data/provenance/lists.csv", &["ready", "archive"]),
        ("private/data/provenance/gaps.csv", &["gaps", "archive"]),
        ("private/data/evidence/index.csv", &["ready", "archive"]),
    ];
    let run = run.env("LIUDI_LANG", "zh-CN");
    for (table, command) in tables {
        let path = run.archive().join(table);
        let right = fs::read(&path).unwrap();
        let mut wrong = right.clone();
        let line = wrong[..wrong.len() - 3].iter().rposition(|byte| *byte == b'\n').unwrap();
        wrong[line + 5] = 0xff;
        fs::write(&path, wrong).unwrap();
        let done = run.program(command).exits(64);
        let name = path.file_name().unwrap().to_str().unwrap();
        let said = done.says(name).says("坏").says("liudi repair").said();
        assert!(!said.contains("invalid") && !said.contains("英文说明"), "{said}");
        fs::write(&path, right).unwrap();
    }
}

#[test]
fn packs_without_recovery_files_are_checked_and_not_called_whole() {
    let (run, _) = demo();
    run.program(&["pack", "archive", "-o", "packs"]).succeeds();
    run.program(&["repair", "packs"]).succeeds().says("nothing is wrong");
    let pack = run.folder().join("packs/archive-private.zip");
    let mut bytes = fs::read(&pack).unwrap();
    bytes[3000] ^= 1;
    fs::write(&pack, bytes).unwrap();
    for more in [&["--dry-run"][..], &[]] {
        let done = run.program(&[&["repair", "packs"], more].concat()).exits(64);
        let said = done.said();
        assert!(said.contains("archive-private.zip.sha256: of these packs") && said.contains("public"), "{said}");
    }
    // A list that says nothing is no list of whole packs.
    for damaged in ["", "no list\n"] {
        fs::write(run.folder().join("packs/archive-public.zip.sha256"), damaged).unwrap();
        run.program(&["repair", "packs"]).exits(64).says("archive-public.zip.sha256: of these packs");
    }
}

/// What the plan says is what the run does.
#[test]
fn a_plan_promises_what_is_done_and_no_less() {
    let (run, _) = demo();
    run.program(&["copy", "archive", "copy"]).succeeds();
    let before = bags(&run.archive());
    let counts = |report: &serde_json::Value| {
        (report["mended"].as_array().unwrap().len(), report["left"].as_array().unwrap().len())
    };
    // A bag, a payload folder; with the working state and without.
    for (lost, keeps_state) in [("private", true), ("private", false), ("private/data", true), ("public/data", false)] {
        fs::remove_dir_all(run.archive().join(lost)).unwrap();
        if !keeps_state {
            fs::remove_dir_all(run.archive().join(".liudi")).unwrap();
        }
        let plan = run.program(&["repair", "archive", "--from", "copy", "--dry-run", "--json"]).json();
        assert_eq!(counts(&plan).1, 0, "{lost}: {plan}");
        let done = run.program(&["repair", "archive", "--from", "copy", "--json"]).succeeds().json();
        assert!(plan["lists_first"] == true || counts(&plan) == counts(&done), "{lost}: {plan} {done}");
        assert_eq!(differing(&before, &bags(&run.archive())), Vec::<String>::new());
        run.backup(&["--no-mirror"]).succeeds();
    }
    // Without a working state nothing is made again, also after a run that could not begin.
    fs::remove_dir_all(run.archive().join(".liudi")).unwrap();
    let ledger = run.archive().join("private/data/billing/ledger.csv");
    fs::write(&ledger, "x").unwrap();
    run.backup(&["--no-mirror"]).exits(64);
    let plan = run.program(&["repair", "archive", "--dry-run", "--json"]).exits(64).json();
    let done = run.program(&["repair", "archive", "--json"]).exits(64).json();
    assert_eq!((counts(&plan), counts(&plan)), ((0, 1), counts(&done)), "{plan} {done}");
}

/// A small archive, so that packs and recovery files are made quickly.
fn packed(more: &[&str]) -> Run {
    let run = Run::new();
    let bills = "一行账单\n".repeat(5000);
    put(&run.archive(), &[(Public, "articles/2024/一/article.json", "{}"), (Private, "documents/账单.csv", &bills)]);
    run.program(&[&["pack", "archive", "-o", "packs0"], more].concat()).succeeds();
    run
}

/// Puts the packs as they were made into `packs`.
fn anew(run: &Run) -> PathBuf {
    let packs = run.folder().join("packs");
    let _ = fs::remove_dir_all(&packs);
    fs::create_dir(&packs).unwrap();
    for (name, bytes) in tree(&run.folder().join("packs0")) {
        fs::write(packs.join(name), bytes).unwrap();
    }
    packs
}

/// The files in a folder whose names begin so.
fn beginning(folder: &Path, with: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.filter(|path| path.file_name().unwrap().to_string_lossy().starts_with(with)).collect()
}

#[test]
fn a_pack_that_no_list_names_and_one_that_is_not_there_are_named() {
    let key = format!("--encrypt-to={}", age::x25519::Identity::generate().to_public());
    for (more, end) in [(&[][..], ""), (&[key.as_str()], ".age"), (&["--split-size", "64KiB"], ".001")] {
        let run = packed(more);
        let repair = || run.program(&["repair", "packs"]);
        anew(&run);
        repair().succeeds().says("nothing is wrong");
        let pack = format!("archive-private.zip{end}");
        let list = format!("archive-private.zip{}.sha256", if end == ".age" { end } else { "" });
        // Whether it is damaged or not.
        for length in [5000, 0] {
            let packs = anew(&run);
            fs::remove_file(packs.join(&list)).unwrap();
            cut(&packs.join(&pack), length);
            let done = repair().exits(64).says(&format!("{pack}: no list")).says("liudi unpack");
            assert!(!done.said().contains("archive-public.zip: no list"), "{}", done.said());
        }
        // A list that has lost its line.
        let packs = anew(&run);
        let text = fs::read_to_string(packs.join(&list)).unwrap();
        let lines = text.lines().filter(|line| !line.ends_with(&pack)).map(|line| format!("{line}\n"));
        fs::write(packs.join(&list), lines.collect::<String>()).unwrap();
        repair().exits(64).says(&format!("{pack}: no list"));
        let packs = anew(&run);
        for path in beginning(&packs, "archive-private.zip") {
            fs::remove_file(path).unwrap();
        }
        // What only begins with its name is nothing of it.
        fs::write(packs.join("archive-private.zip.old"), "mine").unwrap();
        repair().exits(64).says("archive-private.zip: this pack is missing");
        let report = run.program(&["repair", "packs", "--json"]).exits(64).json();
        assert_eq!((&report["whole"], &report["findings"][0]["code"]), (&false.into(), &"packs-absent".into()));
        // Without any list, every pack is named.
        let packs = anew(&run);
        for name in ["archive-anchor.zip", "archive-public.zip.sha256", &list] {
            let _ = fs::remove_file(packs.join(name));
        }
        let done = repair().exits(64).says(&format!("{pack}: no list")).says("archive-public.zip: no list");
        done.says("archive-anchor.zip: this pack is missing");
    }
}

#[test]
fn a_part_that_was_not_packed_is_not_missed() {
    let run = packed(&[]);
    for bag in ["public", "private"] {
        run.program(&["pack", "archive", "-o", bag, "--bag", bag]).succeeds();
        run.program(&["repair", bag]).succeeds();
        run.program(&["unpack", bag, "-o", &format!("again-{bag}")]).succeeds();
    }
    // Packed one after the other, both belong there.
    run.program(&["pack", "archive", "-o", "public", "--bag", "private"]).succeeds();
    run.program(&["repair", "public"]).succeeds();
    for path in beginning(&run.folder().join("public"), "archive-private.zip") {
        fs::remove_file(path).unwrap();
    }
    run.program(&["repair", "public"]).exits(64).says("archive-private.zip: this pack is missing");
    // So they do if both were packed later.
    run.program(&["pack", "archive", "-o", "private"]).succeeds();
    run.program(&["repair", "private"]).succeeds();
    for path in beginning(&run.folder().join("private"), "archive-public.zip") {
        fs::remove_file(path).unwrap();
    }
    run.program(&["repair", "private"]).exits(64).says("archive-public.zip: this pack is missing");
}

fn cut(path: &Path, length: u64) {
    fs::File::options().write(true).open(path).unwrap().set_len(length).unwrap();
}

fn has_par2() -> bool {
    let found = std::process::Command::new("par2").arg("--version").output().is_ok();
    if !found {
        passed_over("the program par2");
    }
    found
}

#[test]
fn recovery_files_that_are_damaged_or_lost_are_named() {
    if !has_par2() {
        return;
    }
    let run = packed(&["--parity", "5%"]);
    anew(&run);
    let repair = |more: &[&str]| run.program(&[&["repair", "packs"], more].concat());
    let done = repair(&[]).succeeds();
    assert!(!done.said().contains("no recovery files"), "{}", done.said());
    let files = beginning(&run.folder().join("packs"), "archive-private.zip.");
    let files: Vec<&str> = files.iter().map(|path| path.file_name().unwrap().to_str().unwrap()).collect();
    let files: Vec<&str> = files.into_iter().filter(|name| name.ends_with(".par2")).collect();
    assert_eq!(files.len(), 2, "{files:?}");
    let ways: [fn(&Path); 6] = [
        |path| fs::remove_file(path).unwrap(),
        |path| cut(path, 0),
        |path| cut(path, 1000),
        |path| spoil(path),
        // At the end of a packet.
        |path| {
            let bytes = fs::read(path).unwrap();
            let last = bytes.windows(8).rposition(|window| window == b"PAR2\0PKT").unwrap();
            let at = bytes[..last].windows(8).rposition(|window| window == b"PAR2\0PKT").unwrap();
            let blocks = bytes.windows(8).position(|window| window == b"RecvSlic").map(|at| at - 56);
            cut(path, blocks.unwrap_or(at) as u64);
        },
        |path| fs::write(path, "PAR2").unwrap(),
    ];
    for (number, way) in ways.into_iter().enumerate() {
        for file in &files {
            way(&anew(&run).join(file));
            let done = repair(&[]).exits(64);
            // Of a volume that is gone nobody knows how many blocks it had.
            let name = if number == 0 && file.contains(".vol") { "archive-private.zip.vol" } else { file };
            let done = done.says(name).says("this recovery file is").says("liudi pack --parity");
            done.says("archive-private.zip.sha256: nothing is wrong").says("archive-public.zip.par2: nothing is wrong");
        }
        let packs = anew(&run);
        for file in &files {
            way(&packs.join(file));
        }
        for more in [&["--dry-run"][..], &[]] {
            let done = repair(more).exits(64).says("archive-private.zip.par2: this recovery file is");
            done.says("archive-private.zip.sha256: nothing is wrong");
        }
        // Damage beyond them is still found by the list.
        spoil(&packs.join("archive-private.zip"));
        repair(&[]).exits(64).says("archive-private.zip.sha256: ");
    }
    // One of the two mends the packs all the same, and is still said to be damaged.
    let packs = anew(&run);
    fs::remove_file(packs.join("archive-private.zip.par2")).unwrap();
    spoil(&packs.join("archive-private.zip"));
    repair(&[]).exits(64).says("are mended").says("archive-private.zip.par2: this recovery file is missing");
    let right = fs::read(run.folder().join("packs0/archive-private.zip")).unwrap();
    assert!(fs::read(packs.join("archive-private.zip")).unwrap() == right);
}

#[test]
fn mending_packs_leaves_nothing_beside_them_and_takes_nothing() {
    if !has_par2() {
        return;
    }
    let run = packed(&["--parity", "50%"]);
    let before = tree(&run.folder().join("packs0"));
    for name in ["archive-private.zip.sha256", "archive-private.zip", "archive-anchor.zip"] {
        let packs = anew(&run);
        fs::write(packs.join(format!("{name}.2")), "mine").unwrap();
        spoil(&packs.join(name));
        run.program(&["repair", "packs"]).succeeds().says("are mended");
        assert_eq!(fs::read(packs.join(format!("{name}.2"))).unwrap(), b"mine");
        fs::remove_file(packs.join(format!("{name}.2"))).unwrap();
        same(&before, &tree(&packs));
    }
}
