//! The main job as a library runs it: with a host that is no terminal.

use std::sync::Mutex;

use liudi::pipeline::archive::session::Session;
use liudi::pipeline::backup::{BackupOptions, OtherAccount};
use liudi::pipeline::host::{Event, Host};
use liudi::pipeline::job::Job;
use liudi::progress::{NoProgress, Progress};
use secrecy::{ExposeSecret as _, SecretString};
use tokio_util::sync::CancellationToken;

use super::support::{fixture, same, tree};

/// Answers with what it was given, and remembers what it heard.
#[derive(Default)]
struct Desk {
    stop: CancellationToken,
    password: Option<&'static str>,
    heard: Mutex<Vec<String>>,
}

impl Host for Desk {
    fn progress(&self) -> &dyn Progress {
        &NoProgress
    }

    fn stop(&self) -> &CancellationToken {
        &self.stop
    }

    fn hear(&self, event: Event<'_>) {
        let heard = match event {
            Event::PasswordsRefused(names) => format!("refused {}", names.len()),
            Event::Imported(report) => {
                // Whoever watches may stop at any event.
                self.stop.cancel();
                format!("imported {}", report.articles.held)
            }
            other => format!("{other:?}"),
        };
        self.heard.lock().unwrap().push(heard);
    }

    fn password(&self, locked: &[String], refused: bool) -> liudi::Result<Option<SecretString>> {
        self.heard.lock().unwrap().push(format!("asked for {} archives, refused: {refused}", locked.len()));
        Ok(self.password.map(SecretString::from))
    }

    fn account(&self, _: &[OtherAccount]) -> liudi::Result<Option<String>> {
        Ok(None)
    }

    fn fetches_pages(&self) -> liudi::Result<bool> {
        Ok(false)
    }

    fn answers(&self) -> bool {
        self.password.is_some()
    }
}

fn job(root: &std::path::Path, input: &str, jobs: usize) -> Job {
    let options = BackupOptions { roots: vec![fixture(input)], jobs, ..BackupOptions::default() };
    Job { root: root.to_owned(), options, check: true, site: None }
}

#[test]
fn a_host_answers_for_the_password_and_hears_of_a_wrong_one() {
    let folder = tempfile::tempdir().unwrap();
    let desk = Desk { password: Some("wrong"), ..Desk::default() };
    let done = job(&folder.path().join("a"), "demo", 0).run(&desk).unwrap();
    assert!(!done.report.locked.is_empty());
    let heard = desk.heard.into_inner().unwrap();
    assert!(heard[0].ends_with("refused: false") && heard[1].ends_with("refused: true"), "{heard:?}");
    assert!(heard.last().unwrap().starts_with("refused "), "{heard:?}");
    let desk = Desk { password: Some("liudi-demo"), ..Desk::default() };
    let done = job(&folder.path().join("b"), "demo", 0).run(&desk).unwrap();
    assert!(done.report.locked.is_empty() && done.checked.unwrap().is_clean());
    assert_eq!(desk.heard.into_inner().unwrap().len(), 1);
    assert_eq!(SecretString::from("x").expose_secret(), "x");
}

#[test]
fn a_caller_inside_of_a_runtime_is_no_trouble() {
    let folder = tempfile::tempdir().unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let held = runtime.block_on(async {
        let root = folder.path().join("a");
        tokio::spawn(async move { job(&root, "demo", 0).run(&Desk::default()).unwrap().report.articles.held })
            .await
            .unwrap()
    });
    assert_eq!(held, 14);
}

#[test]
fn one_thread_and_many_make_the_same_archive() {
    let folder = tempfile::tempdir().unwrap();
    let archive = |name: &str, jobs: usize| {
        let root = folder.path().join(name);
        // The clock is the same for every run of the tests' programs; here it is the library's own.
        job(&root, "demo", jobs).run(&Desk::default()).unwrap();
        ["public/data", "private/data"].map(|part| {
            let files = tree(&root.join(part));
            files.into_iter().filter(|(path, _)| !path.starts_with("provenance/events")).collect::<Vec<_>>()
        })
    };
    let (one, many) = (archive("one", 1), archive("many", 8));
    for (one, many) in one.iter().zip(&many) {
        same(one, many);
    }
}

#[test]
fn a_job_that_is_stopped_before_it_begins_says_so_and_goes_on_later() {
    let folder = tempfile::tempdir().unwrap();
    let desk = Desk::default();
    desk.stop.cancel();
    let root = folder.path().join("a");
    assert!(job(&root, "demo", 0).run(&desk).unwrap().report.interrupted);
    let done = job(&root, "demo", 0).run(&Desk::default()).unwrap();
    assert!(!done.report.interrupted);
    assert_eq!(done.report.articles.held, 14);
}

#[test]
fn a_watched_folder_is_read_until_the_host_stops_it() {
    let folder = tempfile::tempdir().unwrap();
    let watched = folder.path().join("saved");
    std::fs::create_dir(&watched).unwrap();
    let page = std::fs::read_dir(fixture("demo/pages")).unwrap().map(|entry| entry.unwrap().path());
    let page = page.filter(|path| path.extension().is_some_and(|extension| extension == "html")).min().unwrap();
    std::fs::copy(page, watched.join("page.html")).unwrap();
    let root = folder.path().join("a");
    let options = BackupOptions { roots: vec![watched.clone()], ..BackupOptions::default() };
    let desk = Desk::default();
    let watching = Job { root: root.clone(), options, check: true, site: None };
    let done = watching.watch(&watched, &desk).unwrap();
    assert_eq!(done.report.articles.held, 1);
    let heard = desk.heard.into_inner().unwrap();
    assert!(heard[0].starts_with("Watching") && heard[1] == "imported 1", "{heard:?}");
    // The archive is free again.
    drop(Session::open(&root).unwrap());
}
