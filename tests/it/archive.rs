//! The journalled commit, on a real disk: what stands there afterwards, what a no-change commit leaves alone, and what
//! a SIGKILL at any moment does.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use liudi::archive::commit::{Changes, commit, finish_pending};
use liudi::archive::{Archive, BagDescription};
use liudi::model::{Class, Sha256, Time};
use liudi::store::{ArchiveLock, Stage};
use liudi::work::Work;

use Class::{Private, Public};

pub(crate) fn lock(root: &Path) -> ArchiveLock {
    ArchiveLock::take(root, Time::from_unix(1_800_000_000).unwrap()).unwrap()
}

pub(crate) fn description() -> BagDescription {
    BagDescription {
        date: "2024-01-31".to_owned(),
        source_organization: "示例号".to_owned(),
        external_description: "Archive of a WeChat account".to_owned(),
        group_identifier: "gh_0123456789ab".to_owned(),
    }
}

/// Commits files given as text; gives whether anything changed.
pub(crate) fn put(root: &Path, files: &[(Class, &str, &str)]) -> bool {
    change(root, files, &[], &[])
}

type Place<'a> = (Class, &'a str);

pub(crate) fn change(
    root: &Path,
    files: &[(Class, &str, &str)],
    relocate: &[(Place<'_>, Place<'_>)],
    remove: &[Place<'_>],
) -> bool {
    let lock = lock(root);
    let stage = Stage::open(root, &lock).unwrap();
    let mut changes = Changes::default();
    for (class, path, text) in files {
        changes.put(*class, path, stage.put_bytes(text.as_bytes()).unwrap());
    }
    for ((from, path), (to, new_path)) in relocate {
        changes.relocate(*from, path, *to, new_path);
    }
    for (class, path) in remove {
        changes.remove(*class, path);
    }
    commit(root, &stage, changes, &description(), &Work::default()).unwrap().changed
}

/// Every file of the archive without `.liudi`, with its content.
pub(crate) fn tree(root: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    for entry in walkdir::WalkDir::new(root).into_iter().filter_entry(|entry| entry.file_name() != ".liudi") {
        let entry = entry.unwrap();
        let name = entry.path().strip_prefix(root).unwrap().to_str().unwrap().to_owned();
        let content = if entry.file_type().is_file() { fs::read(entry.path()).unwrap() } else { b"folder".to_vec() };
        files.insert(name, content);
    }
    files
}

/// Checks both bags and `SHA256SUMS` with nothing of the crate but the digest.
pub(crate) fn assert_valid(root: &Path) {
    let check = |folder: &Path, list: &str| -> Vec<String> {
        let text = fs::read_to_string(folder.join(list)).unwrap();
        let mut names: Vec<String> = Vec::new();
        for line in text.lines() {
            let (digest, name) = line.split_once("  ").unwrap();
            assert_eq!(Sha256::of(&fs::read(folder.join(name)).unwrap()).hex(), digest, "{name}");
            names.push(name.to_owned());
        }
        assert!(names.is_sorted(), "{list} is sorted");
        names
    };
    check(root, "SHA256SUMS");
    for bag in ["public", "private"] {
        let folder = root.join(bag);
        check(&folder, "tagmanifest-sha256.txt");
        let listed = check(&folder, "manifest-sha256.txt");
        let held: Vec<String> = tree(&folder)
            .into_iter()
            .filter(|(name, content)| name.starts_with("data/") && content != b"folder")
            .map(|(name, _)| name)
            .collect();
        assert_eq!(listed, held);
        let bytes: usize = held.iter().map(|name| fs::read(folder.join(name)).unwrap().len()).sum();
        let info = fs::read_to_string(folder.join("bag-info.txt")).unwrap();
        assert!(info.contains(&format!("Payload-Oxum: {bytes}.{}\n", held.len())), "{info}");
    }
}

#[test]
fn a_commit_makes_two_valid_bags_and_nothing_else() {
    let root = tempfile::tempdir().unwrap();
    let root = root.path();
    assert!(put(root, &[(Public, "articles/2024/一/article.json", "{}"), (Private, "documents/a.pdf", "%PDF")]));
    assert_valid(root);
    let names: Vec<String> = tree(root).into_keys().filter(|name| !name.contains('/')).collect();
    assert_eq!(names, ["", "README.txt", "SHA256SUMS", "private", "public"]);
    assert!(fs::read(root.join("README.txt")).unwrap().starts_with(b"\xef\xbb\xbf"));
    assert_eq!(fs::read_dir(root.join(".liudi/stage")).unwrap().count(), 0);
    assert!(!root.join(".liudi/commit").exists());
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = |path: &str| fs::metadata(root.join(path)).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode("private"), 0o700);
        assert_eq!(mode("private/data/documents"), 0o700);
        assert_eq!(mode("private/data/documents/a.pdf"), 0o600);
        assert_eq!(mode("private/manifest-sha256.txt"), 0o600);
        assert_eq!(mode("public/data/articles/2024/一/article.json"), 0o644);
        assert_eq!(mode("public/bagit.txt"), 0o644);
    }
}

#[test]
fn an_empty_archive_is_two_empty_valid_bags() {
    let root = tempfile::tempdir().unwrap();
    assert!(put(root.path(), &[]));
    assert_valid(root.path());
    assert!(!put(root.path(), &[]));
}

#[test]
fn a_commit_without_changes_writes_nothing() {
    let root = tempfile::tempdir().unwrap();
    let root = root.path();
    put(root, &[(Public, "a", "1"), (Private, "b", "2")]);
    let times = |root: &Path| -> Vec<_> {
        let walk = walkdir::WalkDir::new(root).sort_by_file_name().into_iter();
        walk.filter_entry(|entry| entry.file_name() != ".liudi")
            .map(|entry| entry.unwrap().metadata().unwrap().modified().unwrap())
            .collect()
    };
    let before = times(root);
    assert!(!change(root, &[(Public, "a", "1")], &[], &[(Private, "not-there")]));
    assert_eq!(times(root), before);
    // A change in one bag leaves the other alone.
    let public = tree(&root.join("public"));
    assert!(put(root, &[(Private, "b", "3")]));
    assert_eq!(tree(&root.join("public")), public);
    assert_valid(root);
}

#[test]
fn files_are_changed_moved_between_bags_and_removed() {
    let root = tempfile::tempdir().unwrap();
    let root = root.path();
    put(root, &[(Public, "a/x", "1"), (Public, "b", "two"), (Public, "c/d/e", "33"), (Private, "p", "4")]);
    assert!(change(
        root,
        &[(Public, "b", "changed"), (Public, "n1", "same"), (Private, "n2", "same")],
        &[((Public, "a/x"), (Private, "a/x")), ((Private, "p"), (Public, "q"))],
        &[(Public, "c/d/e")],
    ));
    assert_valid(root);
    let tree = tree(root);
    assert_eq!(tree["private/data/a/x"], b"1");
    assert_eq!(tree["public/data/q"], b"4");
    assert_eq!((&*tree["public/data/n1"], &*tree["private/data/n2"]), (&b"same"[..], &b"same"[..]));
    for gone in ["public/data/a", "public/data/c", "private/data/p"] {
        assert!(!tree.contains_key(gone), "{gone} is gone, its empty folder too");
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = |path: &str| fs::metadata(root.join(path)).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode("private/data/a/x"), mode("public/data/q")), (0o600, 0o644));
    }
}

#[test]
fn files_may_change_places() {
    let root = tempfile::tempdir().unwrap();
    let root = root.path();
    put(root, &[(Public, "a", "1"), (Private, "b", "2"), (Public, "c", "3")]);
    // A swap across the bags, and a name that is left and filled again in one commit.
    assert!(change(
        root,
        &[(Public, "c", "new")],
        &[((Public, "a"), (Private, "b")), ((Private, "b"), (Public, "a")), ((Public, "c"), (Private, "c"))],
        &[],
    ));
    assert_valid(root);
    let tree = tree(root);
    assert_eq!((&*tree["public/data/a"], &*tree["private/data/b"]), (&b"2"[..], &b"1"[..]));
    assert_eq!((&*tree["public/data/c"], &*tree["private/data/c"]), (&b"new"[..], &b"3"[..]));
}

#[test]
fn names_that_some_system_takes_for_one_are_refused() {
    let root = tempfile::tempdir().unwrap();
    let root = root.path();
    put(root, &[(Public, "Titel/a", "1")]);
    let lock = lock(root);
    let stage = Stage::open(root, &lock).unwrap();
    for (paths, code) in [
        (vec!["titel/A"], "payload-path-collides"),
        (vec!["x/É", "x/é"], "payload-path-collides"),
        (vec!["../x"], "payload-path-refused"),
    ] {
        let mut changes = Changes::default();
        for path in &paths {
            changes.put(Public, path, stage.put_bytes(path.as_bytes()).unwrap());
        }
        let error = commit(root, &stage, changes, &description(), &Work::default()).unwrap_err();
        assert_eq!(error.code(), code, "{paths:?}");
    }
    assert_valid(root);
}

#[test]
fn a_staged_file_that_changed_is_not_committed() {
    let root = tempfile::tempdir().unwrap();
    let root = root.path();
    put(root, &[(Public, "a", "1")]);
    let before = tree(root);
    let lock = lock(root);
    let stage = Stage::open(root, &lock).unwrap();
    let staged = stage.put_bytes(b"good").unwrap();
    stage.sync_batch().unwrap();
    fs::write(&staged.path, "evil").unwrap();
    // The next run: what it wrote itself it does not read again.
    drop(stage);
    let stage = Stage::open(root, &lock).unwrap();
    let mut changes = Changes::default();
    changes.put(Public, "b", staged);
    let error = commit(root, &stage, changes, &description(), &Work::default()).unwrap_err();
    assert_eq!(error.code(), "stage-read-back-failed");
    assert_eq!(tree(root), before);
}

const ROUNDS: usize = 4;

/// The work of the child: rounds of changes that add, change, move and remove.
fn work(root: &Path, from: usize) {
    for round in from..ROUNDS {
        let names: Vec<String> = (0..25).map(|number| format!("articles/{number}/{round}.json")).collect();
        let texts: Vec<String> = names.iter().map(|name| format!("{name} of round {round}").repeat(20)).collect();
        let mut files: Vec<(Class, &str, &str)> = names
            .iter()
            .zip(&texts)
            .enumerate()
            .map(|(number, (name, text))| (if number % 3 == 0 { Private } else { Public }, &**name, &**text))
            .collect();
        let table = format!("round {round}");
        files.push((Public, "tables/articles.csv", &table));
        let last = round.wrapping_sub(1);
        let moved =
            (format!("articles/1/{last}.json"), format!("articles/3/{last}.json"), format!("articles/4/{last}.json"));
        if round == 0 {
            put(root, &files);
        } else {
            change(
                root,
                &files,
                &[((Public, &*moved.0), (Private, &*moved.0)), ((Private, &*moved.1), (Public, &*moved.1))],
                &[(Public, &*moved.2)],
            );
        }
    }
}

/// Run by the kill test in a child process; does nothing otherwise.
#[test]
fn child_that_commits() {
    let Some(root) = std::env::var_os("LIUDI_TEST_COMMIT") else { return };
    let root = Path::new(&root);
    let held = lock(root);
    finish_pending(root).unwrap();
    drop(held);
    // The rounds that are done can be told from the table, which every round changes.
    let table = fs::read_to_string(root.join("public/data/tables/articles.csv")).unwrap_or_default();
    let done = table.strip_prefix("round ").map_or(0, |number| number.parse::<usize>().unwrap() + 1);
    work(root, done);
}

#[cfg(unix)]
#[test]
fn a_kill_at_any_moment_loses_and_repeats_nothing() {
    let reference = tempfile::tempdir().unwrap();
    work(reference.path(), 0);
    assert_valid(reference.path());
    let expected = tree(reference.path());
    let start = |root: &Path| {
        Command::new(std::env::current_exe().unwrap())
            .args(["archive::child_that_commits", "--exact", "--quiet"])
            .env("LIUDI_TEST_COMMIT", root)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap()
    };
    let kills = std::env::var("LIUDI_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(5);
    let whole = tempfile::tempdir().unwrap();
    let begun = Instant::now();
    assert!(start(whole.path()).wait().unwrap().success());
    let span = begun.elapsed();
    let mut state = std::process::id() | 1;
    let (mut killed, mut pending) = (0, 0);
    for _ in 0..kills {
        let root = tempfile::tempdir().unwrap();
        let root = root.path();
        // Some runs are killed more than once.
        for _ in 0..3 {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let mut child = start(root);
            std::thread::sleep(span * (state >> 16) / 65_536 + Duration::from_micros(300));
            child.kill().unwrap();
            killed += u32::from(!child.wait().unwrap().success());
            pending += u32::from(root.join(".liudi/commit/journal").exists());
            // Whatever moment it was: stage and bags together hold what was last promised, byte for byte.
            let archive = Archive::open(root).unwrap();
            for class in [Public, Private] {
                archive
                    .each(class, |path, sha256| {
                        assert_eq!(Sha256::of(&archive.bytes(class, path).unwrap().unwrap()), sha256, "{path}");
                        Ok(())
                    })
                    .unwrap();
            }
            drop(archive);
            finish_pending(root).unwrap();
            assert!(!root.join("COMMITTING.txt").exists());
            if root.join("SHA256SUMS").exists() {
                assert_valid(root);
            }
        }
        assert!(start(root).wait().unwrap().success());
        assert_eq!(tree(root), expected);
    }
    eprintln!("{killed} runs killed, {pending} of them inside a commit");
}

/// Bytes that this thread made the system read from a disk; `None` if the system does not say.
#[cfg(target_os = "linux")]
fn read_from_disk() -> Option<u64> {
    let io = fs::read_to_string("/proc/thread-self/io").ok()?;
    io.lines().find_map(|line| line.strip_prefix("read_bytes: "))?.parse().ok()
}

#[test]
#[cfg(target_os = "linux")]
fn what_an_earlier_run_staged_is_read_back_from_the_disk() {
    const BYTES: u64 = 8 << 20;
    // Not in the folder of temporary files, which may be in memory.
    let root = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let lock = lock(root.path());
    let stage = Stage::open(root.path(), &lock).unwrap();
    let staged = stage.put(&mut std::io::Read::take(std::io::repeat(7), BYTES), None).unwrap();
    stage.sync_batch().unwrap();
    let count = |read: &dyn Fn()| {
        let before = read_from_disk()?;
        read();
        Some(read_from_disk()? - before)
    };
    // Read once more, so that the system has it in memory.
    fs::read(&staged.path).unwrap();
    let from_disk = count(&|| stage.read_back(&staged).unwrap());
    let Some(from_disk) = from_disk else {
        return crate::support::passed_over("counters of reads");
    };
    // In memory alone there is nothing to read from.
    if fs::read_to_string("/proc/self/mountinfo").is_ok_and(|mounts| is_in_memory(&mounts, root.path())) {
        return crate::support::passed_over("a folder of the build on a disk");
    }
    assert!(from_disk >= BYTES, "{from_disk} of {BYTES} bytes were read from the disk");
}

/// Whether the file system of `path` has no disk.
#[cfg(target_os = "linux")]
fn is_in_memory(mounts: &str, path: &Path) -> bool {
    let path = path.canonicalize().unwrap();
    let mut found: Option<(usize, &str)> = None;
    for line in mounts.lines() {
        let (left, right) = line.split_once(" - ").unwrap();
        let point = left.split(' ').nth(4).unwrap();
        if path.starts_with(point) && found.is_none_or(|(length, _)| point.len() >= length) {
            found = Some((point.len(), right.split(' ').next().unwrap()));
        }
    }
    found.is_some_and(|(_, kind)| ["tmpfs", "ramfs", "overlay"].contains(&kind))
}
