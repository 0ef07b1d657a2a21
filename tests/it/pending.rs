//! Readers while an archive is being written: at every step of a commit that was interrupted they answer as before it or
//! as after it, and never by halves.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::Duration;

use liudi::store::BagsLock;
use serde_json::Value;

use crate::state::{copy_all, page_of};
use crate::support::{Run, tree};

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
    let run = Run::new().env("LIUDI_ZIP_PASSWORD", "liudi-demo").fixture("demo");
    let run = run.file("p7.html", page(OTHER, 7)).file("p7_files/640.png", PICTURE);
    run.backup(&["--no-mirror"]).succeeds();
    let held = |class: &str| {
        let digest = liudi::model::Sha256::of(PICTURE).hex();
        run.archive().join(format!("{class}/data/media/sha256/{}/{digest}.png", &digest[..2])).is_file()
    };
    assert!(held("private") && !held("public"), "another account's picture is nobody's to republish");
    copy_all(&run.archive(), &run.folder().join("before"));
    let before = answers(&run, "before");

    // The own article with the same picture takes it to the public bag. A reader keeps the commit from moving anything.
    let run = run.file("p8.html", page(OWN, 8)).file("p8_files/640.png", PICTURE);
    let reader = BagsLock::share(&run.archive()).unwrap().unwrap();
    let mut writer = run.start_backup(&["--no-mirror"]);
    let journal = run.archive().join(".liudi/commit/journal");
    while !journal.is_file() {
        assert!(writer.try_wait().unwrap().is_none(), "the commit waits for its reader");
        std::thread::sleep(Duration::from_millis(5));
    }
    assert!(!run.archive().join("COMMITTING.txt").exists());
    writer.kill().unwrap();
    writer.wait().unwrap();
    drop(reader);
    let list = fs::read_to_string(&journal).unwrap();
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
        run.program(command).exits(64).says("in the middle of a write").says("Copy it again");
    }
    assert!(!run.archive().join("site").exists());
    run.program(&["verify", "archive"]).exits(64).says("tables/media.csv");
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
