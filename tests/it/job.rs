//! The main job as a library runs it: with a host that is no terminal.

use std::sync::Mutex;

use liudi::parallel::Pool;
use liudi::pipeline::archive::session::Session;
use liudi::pipeline::backup::{BackupOptions, OtherAccount};
use liudi::pipeline::environment::Environment;
use liudi::pipeline::export::request::SiteRequest;
use liudi::pipeline::host::{Event, Host};
use liudi::pipeline::job::Job;
use liudi::progress::{NoProgress, Progress};
use liudi::text::Language;
use secrecy::{ExposeSecret as _, SecretString};
use tokio_util::sync::CancellationToken;

use super::support::{fixture, same, tree};

/// Answers with what it was given, and remembers what it heard.
#[derive(Default)]
struct Desk {
    stop: CancellationToken,
    password: Option<&'static str>,
    heard: Mutex<Vec<String>>,
    environment: Environment,
}

impl Host for Desk {
    fn progress(&self) -> &dyn Progress {
        &NoProgress
    }

    fn stop(&self) -> &CancellationToken {
        &self.stop
    }

    fn environment(&self) -> &Environment {
        &self.environment
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

fn job(root: &std::path::Path, input: &str) -> Job {
    let options = BackupOptions { roots: vec![fixture(input)], ..BackupOptions::default() };
    Job { root: root.to_owned(), options, check: true, ..Job::default() }
}

#[test]
fn a_host_answers_for_the_password_and_hears_of_a_wrong_one() {
    let folder = tempfile::tempdir().unwrap();
    let desk = Desk { password: Some("wrong"), ..Desk::default() };
    let done = job(&folder.path().join("a"), "demo").run(&desk).unwrap();
    assert!(!done.report.locked.is_empty());
    let heard = desk.heard.into_inner().unwrap();
    assert!(heard[0].ends_with("refused: false") && heard[1].ends_with("refused: true"), "{heard:?}");
    assert!(heard.last().unwrap().starts_with("refused "), "{heard:?}");
    let desk = Desk { password: Some("liudi-demo"), ..Desk::default() };
    let done = job(&folder.path().join("b"), "demo").run(&desk).unwrap();
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
        tokio::spawn(async move { job(&root, "demo").run(&Desk::default()).unwrap().report.articles.held })
            .await
            .unwrap()
    });
    assert_eq!(held, 14);
}

#[test]
fn jobs_side_by_side_with_one_thread_and_many_make_the_same_archive_and_site() {
    let folder = tempfile::tempdir().unwrap();
    let root = |threads: usize| folder.path().join(threads.to_string()).join("archive");
    let run = |threads: usize| {
        let environment = Environment { pool: Pool::of(threads), ..Environment::default() };
        let desk = Desk { environment, ..Desk::default() };
        let site = SiteRequest::default().settle(&root(threads), Language::Chinese).unwrap();
        Job { site: Some(site), ..job(&root(threads), "demo") }.run(&desk).unwrap()
    };
    let run = &run;
    std::thread::scope(|scope| {
        let jobs = [1, 2, 8].map(|threads| scope.spawn(move || run(threads)));
        for job in jobs {
            assert_eq!(job.join().unwrap().report.articles.held, 14);
        }
    });
    // The clock of each is its own.
    let files = |threads: usize, part: &str| {
        let files = tree(&root(threads).join(part));
        files.into_iter().filter(|(path, _)| !path.starts_with("provenance/events")).collect::<Vec<_>>()
    };
    for part in ["public/data", "private/data", "site"] {
        same(&files(1, part), &files(2, part));
        same(&files(1, part), &files(8, part));
    }
}

#[test]
fn a_job_that_is_stopped_before_it_begins_says_so_and_goes_on_later() {
    let folder = tempfile::tempdir().unwrap();
    let desk = Desk::default();
    desk.stop.cancel();
    let root = folder.path().join("a");
    assert!(job(&root, "demo").run(&desk).unwrap().report.interrupted);
    let done = job(&root, "demo").run(&Desk::default()).unwrap();
    assert!(!done.report.interrupted);
    assert_eq!(done.report.articles.held, 14);
}

#[test]
fn a_host_that_waits_for_the_user_is_asked_once_for_a_file_that_is_watched() {
    /// Skips the password, saves the next page after each import, and stops after the third.
    struct Skips<'f> {
        stop: CancellationToken,
        folder: &'f std::path::Path,
        imports: Mutex<u32>,
        asked: Mutex<u32>,
    }
    impl Host for Skips<'_> {
        fn progress(&self) -> &dyn Progress {
            &NoProgress
        }
        fn stop(&self) -> &CancellationToken {
            &self.stop
        }
        fn hear(&self, event: Event<'_>) {
            if matches!(event, Event::Imported(_)) {
                let mut imports = self.imports.lock().unwrap();
                *imports += 1;
                if *imports == 3 {
                    self.stop.cancel();
                }
                std::fs::write(self.folder.join(format!("{imports}.html")), crate::state::page(*imports)).unwrap();
            }
        }
        fn password(&self, _: &[String], refused: bool) -> liudi::Result<Option<SecretString>> {
            assert!(!refused);
            *self.asked.lock().unwrap() += 1;
            Ok(None)
        }
        fn account(&self, _: &[OtherAccount]) -> liudi::Result<Option<String>> {
            Ok(None)
        }
        fn fetches_pages(&self) -> liudi::Result<bool> {
            Ok(false)
        }
        fn answers(&self) -> bool {
            true
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let watched = folder.path().join("saved");
    std::fs::create_dir(&watched).unwrap();
    for (name, bytes) in tree(&fixture("demo/bills")) {
        std::fs::write(watched.join(name), bytes).unwrap();
    }
    let host = Skips { stop: CancellationToken::new(), folder: &watched, imports: Mutex::new(0), asked: Mutex::new(0) };
    let options = BackupOptions { roots: vec![watched.clone()], ..BackupOptions::default() };
    let watching = Job { root: folder.path().join("a"), options, ..Job::default() };
    let done = watching.watch(&watched, &host).unwrap();
    assert_eq!((done.report.locked.len(), done.report.articles.held), (1, 2));
    assert_eq!(*host.asked.lock().unwrap(), 1);
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
    let watching = Job { root: root.clone(), options, check: true, ..Job::default() };
    let done = watching.watch(&watched, &desk).unwrap();
    assert_eq!(done.report.articles.held, 1);
    let heard = desk.heard.into_inner().unwrap();
    assert!(heard[0].starts_with("Watching") && heard[1] == "imported 1", "{heard:?}");
    // The archive is free again.
    drop(Session::open(&root).unwrap());
}
