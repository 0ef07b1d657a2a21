//! `liudi export --to pdf`: the pages that are printed, with a stand-in for the browser that keeps the page, and what a
//! missing or failing browser gives.
#![cfg(unix)]

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt as _;

use super::support::{Done, Run, fixture, tree};

/// Prints the page itself.
pub(super) const PRINTS: &str = r#"for argument in "$@"; do
  case "$argument" in
    --print-to-pdf=*) out="${argument#*=}" ;;
    file://*) page="${argument#file://}" ;;
  esac
done
{ printf '%%PDF-1.4 /CreationDate (D:20261128120000)\n'; cat "$page"; } > "$out"
"#;

fn demo() -> Run {
    let run = Run::new().input(fixture("demo"));
    run.backup(&["--no-mirror"]).succeeds();
    run
}

/// Makes a stand-in for the browser in `folder`, and returns the setting that names it.
pub(super) fn browser(folder: &std::path::Path, script: &str) -> String {
    let path = folder.join("browser");
    std::fs::write(&path, format!("#!/bin/sh\n{script}")).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    format!("browser={}", path.display())
}

fn export(run: &Run, arguments: &[&str]) -> Done {
    let archive = run.archive().display().to_string();
    run.program(&[&["export", &archive, "--to", "pdf"], arguments].concat())
}

#[test]
fn a_year_is_one_page_with_contents_and_every_post_under_its_heading() {
    let run = demo();
    let browser = browser(run.folder(), PRINTS);
    export(&run, &["--set", &browser, "--volume", "year"]).succeeds().says("14 posts").says("3 files written");
    let read = |name: &str| std::fs::read_to_string(run.archive().join("exports/pdf").join(name)).unwrap();
    let page = read("山间小记 2023.pdf");
    // The time is that of the newest post, in UTC.
    assert!(page.starts_with("%PDF-1.4 /CreationDate (D:20231123"), "{}", &page[..60]);
    assert_eq!((page.matches("<h1>").count(), page.matches("<li><a href=\"#post-").count()), (4, 4));
    let targets: Vec<&str> = page.split("href=\"#").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert!(targets.iter().all(|target| page.contains(&format!("id=\"{target}\""))), "{targets:?}");
    assert!(!page.contains("src=\"http") && page.contains("src=\"0001.png\""));
    let pages: BTreeMap<String, String> = tree(&run.archive().join("exports/pdf"))
        .into_iter()
        .map(|(name, bytes)| (name, String::from_utf8(bytes).unwrap()))
        .collect();
    let names: Vec<&String> = pages.keys().collect();
    assert_eq!(names, ["山间小记 2023.pdf", "山间小记 2024.pdf", "山间小记 2025.pdf"]);
    let pages = serde_json::to_string_pretty(&pages).unwrap() + "\n";
    let expected = fixture("pdf").join("demo.json");
    if std::env::var_os("LIUDI_BLESS").is_some() {
        std::fs::create_dir_all(fixture("pdf")).unwrap();
        std::fs::write(&expected, &pages).unwrap();
    }
    assert!(std::fs::read_to_string(expected).unwrap_or_default() == pages, "not as in fixtures/pdf/demo.json");
    export(&run, &["--set", &browser, "--volume", "year"]).succeeds().says("0 files written");
}

#[test]
fn a_browser_that_is_missing_or_prints_nothing_is_an_error_with_a_hint() {
    let run = demo();
    export(&run, &["--set", "browser=/nowhere/chrome"]).exits(2).says("/nowhere/chrome").says("hint:");
    let broken = browser(run.folder(), "exit 1\n");
    export(&run, &["--set", &broken, "--only", "date:2023"]).exits(1).says("did not print");
    let names: Vec<_> = std::fs::read_dir(run.archive().join("exports/pdf")).unwrap().collect();
    assert!(names.is_empty(), "{names:?}");
}
