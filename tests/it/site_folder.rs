//! A site is written into an empty folder or over a site of ours, never over anything else.

use std::fs;

use crate::support::{Run, fixture, same, tree};

#[test]
fn a_folder_of_somebodys_own_is_refused_before_anything_is_written() {
    let run = Run::new().input(fixture("demo/lists"));
    let home = run.folder().join("home");
    fs::create_dir(&home).unwrap();
    fs::write(home.join("index.html"), "mine").unwrap();
    fs::write(home.join("robots.txt"), "mine").unwrap();
    let before = tree(&home);
    run.backup(&["--site", "home"]).exits(2).says("not a site made by liudi").says("empty folder");
    assert!(!run.archive().exists(), "nothing was begun");
    same(&before, &tree(&home));
    run.backup(&[]).succeeds();
    run.program(&["mirror", "archive", "-o", "home"]).exits(2);
    run.program(&["mirror", "archive", "-o", "home/index.html"]).exits(2);
    same(&before, &tree(&home));
    // Nothing in it that is of a site: still somebody's own.
    fs::create_dir(run.folder().join("photos")).unwrap();
    fs::write(run.folder().join("photos/1.jpg"), "x").unwrap();
    run.program(&["mirror", "archive", "-o", "photos"]).exits(2);
}

#[test]
fn the_archive_its_bags_and_the_inputs_are_no_place_for_a_site() {
    let run = Run::new().file("list.json", fs::read(fixture("demo/lists/发表记录.json")).unwrap());
    for place in ["archive", "archive/public", "archive/private/site", "in", "."] {
        run.backup(&["--site", place]).exits(2).says("nothing was written");
    }
    assert!(!run.archive().exists());
    run.backup(&[]).succeeds();
    for place in ["archive", "archive/public", "archive/private/data", "archive/.liudi", "."] {
        run.program(&["mirror", "archive", "-o", place]).exits(2);
    }
    run.program(&["verify", "archive"]).succeeds();
}

#[test]
fn a_site_of_ours_is_written_again_whatever_is_known_of_it() {
    let run = Run::new().input(fixture("demo/lists"));
    run.backup(&["--site", "pages"]).succeeds();
    run.backup(&["--site", "pages"]).succeeds();
    // Of an older version, or of an archive whose working folder was lost: only the site itself speaks.
    fs::remove_dir_all(run.archive().join(".liudi")).unwrap();
    run.program(&["mirror", "archive", "-o", "pages"]).succeeds();
    // Its first page was lost, but the archive remembers the folder.
    fs::remove_file(run.folder().join("pages/index.html")).unwrap();
    run.program(&["mirror", "archive", "-o", "pages"]).succeeds();
    // A fresh repository of a host.
    fs::create_dir_all(run.folder().join("repository/.git")).unwrap();
    fs::write(run.folder().join("repository/CNAME"), "a.example\n").unwrap();
    run.program(&["mirror", "archive", "-o", "repository"]).succeeds();
    assert_eq!(fs::read_to_string(run.folder().join("repository/CNAME")).unwrap(), "a.example\n");
}
