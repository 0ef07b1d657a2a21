//! Neither the order of inputs nor a loss of the working state shows in the archive.

use super::{folder, id, messages};
use crate::support::{Run, same};

/// What must not depend on the order: everything but the list of runs.
fn content(run: &Run) -> Vec<(String, Vec<u8>)> {
    let parts = ["/notes/", "/videos/", "/tables/", "/media/", "gaps.csv", "account.json"];
    run.tree()
        .into_iter()
        .filter(|(name, _)| !name.starts_with("site/") && parts.iter().any(|part| name.contains(part)))
        .collect()
}

fn after(runs: &[&[(&str, Vec<u8>)]]) -> Vec<(String, Vec<u8>)> {
    let mut run = Run::new();
    for files in runs {
        for (name, bytes) in *files {
            run = run.file(name, bytes);
            let file = std::fs::File::options().read(true).open(run.folder().join("in").join(name)).unwrap();
            file.set_modified(std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_700_000_000)).unwrap();
        }
        run.backup(&["--no-mirror"]).succeeds();
    }
    content(&run)
}

#[test]
fn lists_may_come_before_films_or_after_them_or_with_them() {
    let (films, list) = folder();
    let table = "\u{feff}视频描述,视频ID,发布时间,播放量\n山里的第二天,export/another,2026/07/26,77\n藏起来的一天,export/other,2026/07/28,78\n";
    let lists = [("post_list.json", list.into_bytes()), ("数据.csv", table.as_bytes().to_vec())];
    let together: Vec<(&str, Vec<u8>)> = films.iter().cloned().chain(lists.iter().cloned()).collect();
    let expected = after(&[&together]);
    assert!(expected.iter().any(|(name, _)| name.ends_with(&format!("{}.json", id(4)))));
    for order in
        [vec![&lists[..], &films[..]], vec![&films[..], &lists[..]], vec![&lists[1..], &films[..], &lists[..1]]]
    {
        let found = after(&order);
        let names = |all: &[(String, Vec<u8>)]| all.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
        assert_eq!(names(&found), names(&expected));
        for (one, other) in found.iter().zip(&expected) {
            assert!(
                one == other,
                "{}:\n{}\n{}",
                one.0,
                String::from_utf8_lossy(&one.1),
                String::from_utf8_lossy(&other.1)
            );
        }
    }
}

#[test]
fn the_catalog_is_built_again_from_the_bags() {
    let (files, list) = folder();
    let run = files.iter().fold(Run::new().file("post_list.json", &list), |run, (name, bytes)| run.file(name, bytes));
    let run = run.file("messages.jsonl", messages());
    run.backup(&["--no-mirror"]).succeeds();
    let before = run.tree();
    std::fs::remove_dir_all(run.archive().join(".liudi")).unwrap();
    run.backup(&["--no-mirror"]).succeeds();
    let after = run.tree();
    for (one, other) in before.iter().zip(&after).filter(|(one, _)| one.0.contains("/data/")) {
        assert!(one == other, "{}:\n{}\n{}", one.0, String::from_utf8_lossy(&one.1), String::from_utf8_lossy(&other.1));
    }
    assert_eq!(before.len(), after.len());
}

#[test]
fn a_second_run_writes_nothing() {
    let (files, list) = folder();
    let run = files.iter().fold(Run::new().file("post_list.json", &list), |run, (name, bytes)| run.file(name, bytes));
    run.backup(&["--no-mirror"]).succeeds();
    let before = run.tree();
    assert_eq!(run.backup(&["--no-mirror", "--json"]).succeeds().json()["changed"], false);
    same(&before, &run.tree());
    // Also where a hidden video that was opened is given once more.
    let (_, bytes) = files.iter().find(|(name, _)| name.ends_with("stodownload.mp4")).unwrap();
    let run = run.file("again/stodownload.mp4", bytes);
    run.backup(&["--no-mirror"]).succeeds();
    assert_eq!(run.tree().iter().filter(|(name, _)| name.ends_with(".bin")).count(), 1, "only the one without a key");
}
