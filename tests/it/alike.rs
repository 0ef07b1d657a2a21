//! Inputs of one name in different folders are different things, also when they cannot be read.

use std::fs;

use liudi::model::Class::Private;

use super::support::{Run, fixture};

/// Writes a broken archive into `<folder>/备份.zip` of the run and returns its path.
fn broken(run: &Run, folder: &str, bytes: &[u8]) -> String {
    let path = run.folder().join(folder).join("备份.zip");
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, [b"PK\x03\x04", bytes].concat()).unwrap();
    path.display().to_string()
}

/// Reads these inputs, none of which can be read.
fn backup(run: &Run, inputs: &[&str], code: i32) {
    let archive = run.archive().display().to_string();
    run.program(&[&["backup"], inputs, &["-o", &archive]].concat()).exits(code);
}

/// Returns what the table of what is missing says of inputs: name, key, and whether it was given up.
fn listed(run: &Run) -> Vec<(String, String, bool)> {
    let gaps = run.program(&["gaps", &run.archive().display().to_string(), "--json"]).json();
    let inputs = gaps.as_array().unwrap().iter().filter(|gap| gap["kind"] == "input");
    let mut listed: Vec<_> = inputs
        .map(|gap| {
            let number = gap["number"].as_u64().map(|number| format!(" ({number})")).unwrap_or_default();
            let name = gap["title"].as_str().unwrap().to_owned() + &number;
            (name, gap["key"].as_str().unwrap().to_owned(), gap["given_up"] == true)
        })
        .collect();
    listed.sort();
    listed
}

fn names(run: &Run) -> Vec<(String, bool)> {
    listed(run).into_iter().map(|(name, _, given_up)| (name, given_up)).collect()
}

fn give_up(run: &Run, name: &str) {
    let archive = run.archive().display().to_string();
    let reason = ["--reason", "lost", "--by", "Mei"];
    run.program(&[&["-C", &archive, "waive", "health.inputs", "--item", name], &reason[..]].concat()).succeeds();
}

#[test]
fn two_broken_inputs_of_one_name_are_two_things() {
    let run = Run::new();
    let (one, two) = (broken(&run, "a", b"one"), broken(&run, "b", b"two"));
    let good = fixture("demo/pages").display().to_string();
    backup(&run, &[&one, &two, &good], 32);
    let both = ["a/备份.zip", "b/备份.zip"];
    assert_eq!(names(&run), both.map(|name| (name.to_owned(), false)));
    let shown = run.program(&["gaps", &run.archive().display().to_string()]).succeeds().said();
    assert!(both.iter().all(|name| shown.contains(name)), "{shown}");
    // Whatever the order in which they are given.
    let before = listed(&run);
    backup(&run, &[&two, &one, &good], 32);
    assert_eq!(listed(&run), before);
    give_up(&run, "a/备份.zip");
    assert_eq!(names(&run), [("a/备份.zip".to_owned(), true), ("b/备份.zip".to_owned(), false)]);
    // One that is whole now closes its own gap only, also if the working state was lost.
    fs::remove_dir_all(run.archive().join(".liudi")).unwrap();
    fs::write(&two, zip()).unwrap();
    backup(&run, &[&one, &two, &good], 32);
    assert_eq!(names(&run), [("a/备份.zip".to_owned(), true)]);
}

/// Returns a ZIP with a page.
fn zip() -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    zip.start_file("甲.html", zip::write::SimpleFileOptions::default()).unwrap();
    let page = fs::read(fixture("demo/pages/2023-03-18 开山第一天.html")).unwrap();
    std::io::Write::write_all(&mut zip, &page).unwrap();
    zip.finish().unwrap().into_inner()
}

#[test]
fn what_no_folder_tells_apart_is_numbered() {
    let run = Run::new();
    let (one, two) = (broken(&run, "a", b"one"), broken(&run, "b", b"two"));
    let good = fixture("demo/pages").display().to_string();
    backup(&run, &[&one, &good], 32);
    backup(&run, &[&two, &good], 32);
    let numbered = ["备份.zip (1)", "备份.zip (2)"];
    assert_eq!(names(&run), numbered.map(|name| (name.to_owned(), false)));
    let shown = run.program(&["gaps", &run.archive().display().to_string()]).succeeds().said();
    assert!(numbered.iter().all(|name| shown.contains(name)), "{shown}");
    let table = run.program(&["gaps", &run.archive().display().to_string(), "--format", "csv"]).succeeds().said();
    assert!(numbered.iter().all(|name| table.contains(name)), "{table}");
    // The number is a name of it too.
    give_up(&run, "备份.zip (2)");
    assert_eq!(names(&run), [("备份.zip (1)".to_owned(), false), ("备份.zip (2)".to_owned(), true)]);
    // A copy in a third folder is the same thing.
    let copy = broken(&run, "c", b"two");
    backup(&run, &[&copy, &good], 32);
    assert_eq!(listed(&run).len(), 2);
}

#[test]
fn what_was_given_up_by_its_name_alone_stays_given_up() {
    let run = Run::new();
    let one = broken(&run, "a", b"one");
    let good = fixture("demo/pages").display().to_string();
    backup(&run, &[&one, &good], 32);
    give_up(&run, "备份.zip");
    // As an earlier version recorded it.
    let records = run.archive().join("private/data/readiness/waivers.json");
    let text = fs::read_to_string(&records).unwrap();
    let key = &listed(&run)[0].1;
    let former = liudi::model::gap::input_key("备份.zip");
    assert!(text.contains(key.as_str()) && *key != former, "{text}");
    crate::archive::put(&run.archive(), &[(Private, "readiness/waivers.json", &text.replace(key.as_str(), &former))]);
    assert_eq!(names(&run), [("备份.zip".to_owned(), true)]);
    let archive = run.archive().display().to_string();
    let ready = run.program(&["ready", &archive, "--json"]).json();
    let rule =
        ready["rules_looked_at"].as_array().unwrap().iter().find(|rule| rule["rule"] == "health.inputs").cloned();
    assert!(rule.as_ref().is_some_and(|rule| rule["state"] == "waived"), "{rule:?}");
    // It is taken back by the key that it has now.
    run.program(&["-C", &archive, "waive", "health.inputs", "--item", key, "--take-back"]).succeeds();
    assert_eq!(names(&run), [("备份.zip".to_owned(), false)]);
}
