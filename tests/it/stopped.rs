//! Use cases that are stopped at any event: each ends soon, leaves nothing half-made, and goes on later.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use liudi::model::Gap;
use liudi::pipeline::archive::gap_list::GapList;
use liudi::pipeline::archive::parcel::{self, PackOptions};
use liudi::pipeline::archive::session::Session;
use liudi::pipeline::archive::state::is_unfinished;
use liudi::pipeline::archive::verify::{VerifyOptions, verify};
use liudi::pipeline::clock::Clock;
use liudi::pipeline::closing::Verdict;
use liudi::pipeline::closing::evidence::{self, NewRecord};
use liudi::pipeline::closing::readiness::{Assessment, ReadyOptions};
use liudi::pipeline::closing::records::RecordBook;
use liudi::pipeline::environment::Environment;
use liudi::pipeline::host::{Event, Host};
use liudi::progress::{Progress, Step, Task};
use liudi::{BackupOptions, ExportOptions, Job, Time, Unattended, export, exporter};
use secrecy::SecretString;
use tokio_util::sync::CancellationToken;

use super::support::{fixture, more_pages, same, tree};

/// A clock that stands still.
struct Still;

impl Clock for Still {
    fn now(&self) -> liudi::Result<Time> {
        Ok(Time::from_unix(1_764_000_000).unwrap())
    }

    fn signing_second(&self) -> i64 {
        1_764_000_000
    }
}

fn environment() -> Environment {
    Environment { clock: Arc::new(Still), ..Environment::default() }
}

fn unattended() -> Unattended {
    Unattended { environment: environment(), ..Unattended::default() }
}

/// Stops at the `at`-th event since a task of this kind began.
#[derive(Clone)]
struct Countdown {
    of: Task,
    begun: bool,
    left: Arc<AtomicUsize>,
    stop: CancellationToken,
}

impl Countdown {
    fn event(&self) {
        if self.begun && self.left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)) == Ok(1)
        {
            self.stop.cancel();
        }
    }
}

impl Progress for Countdown {
    fn start(&self, task: Task, _: Option<u64>) -> Box<dyn Step> {
        let step = Self { begun: task == self.of, ..self.clone() };
        step.event();
        Box::new(step)
    }
}

impl Step for Countdown {
    fn advance(&self, _: u64) {
        self.event();
    }

    fn set_total(&self, _: u64) {}

    fn message(&self, _: &str) {}
}

/// A host that stops at an event.
struct Stopper {
    countdown: Countdown,
    environment: Environment,
}

impl Stopper {
    fn at(of: Task, event: usize) -> Self {
        let stop = CancellationToken::new();
        let countdown = Countdown { of, begun: false, left: Arc::new(AtomicUsize::new(event)), stop };
        Self { countdown, environment: environment() }
    }

    fn has_stopped(&self) -> bool {
        self.countdown.stop.is_cancelled()
    }
}

impl Host for Stopper {
    fn progress(&self) -> &dyn Progress {
        &self.countdown
    }

    fn stop(&self) -> &CancellationToken {
        &self.countdown.stop
    }

    fn environment(&self) -> &Environment {
        &self.environment
    }

    fn hear(&self, _: Event<'_>) {}

    fn password(&self, _: &[String], _: bool) -> liudi::Result<Option<SecretString>> {
        Ok(None)
    }

    fn account(&self, _: &[liudi::pipeline::backup::OtherAccount]) -> liudi::Result<Option<String>> {
        Ok(None)
    }

    fn fetches_pages(&self) -> liudi::Result<bool> {
        Ok(false)
    }

    fn answers(&self) -> bool {
        false
    }
}

/// Calls `work` with hosts that stop at later and later events of `task`, until one is never reached. Gives how many
/// stopped.
fn each_stop(task: Task, mut work: impl FnMut(&Stopper)) -> usize {
    let (mut event, mut stopped) = (1, 0);
    loop {
        let host = Stopper::at(task, event);
        work(&host);
        if !host.has_stopped() {
            return stopped;
        }
        stopped += 1;
        event += event.div_ceil(2);
    }
}

fn job(root: &Path) -> Job {
    let options = BackupOptions { roots: vec![fixture("demo")], ..BackupOptions::default() };
    Job { root: root.to_owned(), options, ..Job::default() }
}

fn archive(folder: &Path) -> PathBuf {
    let root = folder.join("archive");
    job(&root).run(&unattended()).unwrap();
    root
}

/// What both bags hold but the list of runs.
fn bags(root: &Path) -> Vec<(String, Vec<u8>)> {
    let files = ["public", "private"]
        .into_iter()
        .flat_map(|bag| tree(&root.join(bag)).into_iter().map(move |(path, bytes)| (format!("{bag}/{path}"), bytes)));
    files.filter(|(path, _)| path.contains("/data/") && !path.ends_with("provenance/events.jsonl")).collect()
}

fn assert_whole(root: &Path) {
    assert!(!root.join("COMMITTING.txt").exists());
    if root.join("SHA256SUMS").is_file() {
        let report = verify(root, &VerifyOptions::default(), &unattended()).unwrap();
        assert!(report.is_valid() && !report.pending, "{:?}", report.findings);
    }
}

#[test]
fn a_commit_that_is_stopped_anywhere_leaves_whole_bags_and_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    // So many that they are committed in several rounds.
    let more = folder.path().join("more");
    more_pages(&more, 80);
    let job = |root: &Path| {
        let mut job = job(root);
        job.options.roots.push(more.clone());
        job
    };
    let root = folder.path().join("archive");
    job(&root).run(&unattended()).unwrap();
    let expected = bags(&root);
    let mut unfinished = 0;
    let stopped = each_stop(Task::Commit, |host| {
        let root = folder.path().join("stopped");
        let done = job(&root).run(host).unwrap();
        assert_eq!(done.report.interrupted, host.has_stopped());
        assert_eq!(liudi::pipeline::backup::exit_bits(&done.report) & 1, u8::from(host.has_stopped()));
        assert_whole(&root);
        if is_unfinished(&root) {
            // The tables may be of before: nobody is told that nothing is missing, or that the account may be closed.
            unfinished += 1;
            assert!(GapList::read(&root).unwrap().open().any(Gap::is_of_unfinished));
            let options = ReadyOptions { root: root.clone(), ..ReadyOptions::default() };
            let assessment = Assessment::measure(&options, &unattended()).unwrap();
            assert_eq!(assessment.judge().unwrap().verdict(), Verdict::NotReady);
        }
        assert!(!job(&root).run(&unattended()).unwrap().report.interrupted);
        assert!(!is_unfinished(&root));
        assert_whole(&root);
        same(&expected, &bags(&root));
        std::fs::remove_dir_all(&root).unwrap();
    });
    assert!(stopped > 3 && unfinished > 0, "{stopped} {unfinished}");
}

#[test]
fn a_verification_is_stopped_anywhere_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let root = archive(folder.path());
    for deep in [false, true] {
        let stopped = each_stop(Task::Verify, |host| {
            match verify(&root, &VerifyOptions { deep, ..VerifyOptions::default() }, host) {
                Ok(report) => assert!(report.is_valid() && !host.has_stopped()),
                Err(error) => assert!(error.is_interrupted() && error.kind().exit_bit() == 1, "{error}"),
            }
        });
        assert!(stopped > 3, "{stopped}");
    }
}

#[test]
fn a_rebuild_that_is_stopped_anywhere_is_begun_again() {
    let folder = tempfile::tempdir().unwrap();
    let root = archive(folder.path());
    let before = tree(&root);
    let stopped = each_stop(Task::Rebuild, |host| {
        std::fs::remove_file(root.join(".liudi/catalog.sqlite")).unwrap();
        let opened = Session::open_for(&root, host).map(drop);
        assert_eq!(opened.is_err_and(|error| error.is_interrupted()), host.has_stopped());
        drop(Session::open_for(&root, &unattended()).unwrap());
        same(&before, &tree(&root));
    });
    assert!(stopped > 2, "{stopped}");
    assert!(!job(&root).run(&unattended()).unwrap().report.changed);
}

#[test]
fn an_export_that_is_stopped_anywhere_leaves_whole_files_and_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let root = archive(folder.path());
    for name in ["markdown", "csv", "mirror"] {
        let exporter = exporter(name).unwrap();
        let write = |to: &str, host: &dyn Host| {
            let to = folder.path().join(name).join(to);
            (export(exporter, &root, &to, &ExportOptions::default(), host).map(drop), tree(&to))
        };
        let (done, expected) = write("whole", &unattended());
        done.unwrap();
        let mut turn = 0;
        let stopped = each_stop(Task::Export, |host| {
            turn += 1;
            let (done, files) = write(&turn.to_string(), host);
            assert_eq!(done.is_err_and(|error| error.is_interrupted()), host.has_stopped());
            for file in &files {
                assert!(expected.contains(file), "{name}: {} is not as it is to be", file.0);
            }
            let (done, files) = write(&turn.to_string(), &unattended());
            done.unwrap();
            same(&expected, &files);
        });
        assert!(stopped > 0, "{name}");
    }
}

#[test]
fn a_record_is_kept_whole_or_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let root = archive(folder.path());
    let before = tree(&root);
    let new = NewRecord { key: "published_total".to_owned(), value: "17".to_owned(), ..NewRecord::default() };
    let stopped = unattended();
    stopped.stop.cancel();
    let book = RecordBook::open(&root, &stopped).unwrap();
    assert!(evidence::add(book, &new, &stopped).unwrap_err().is_interrupted());
    same(&before, &tree(&root));
    let book = RecordBook::open(&root, &unattended()).unwrap();
    assert_eq!(evidence::add(book, &new, &unattended()).unwrap().value, "17");
    assert_whole(&root);
}

#[test]
fn packing_and_unpacking_are_stopped_anywhere_and_leave_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let root = archive(folder.path());
    let (packs, again) = (folder.path().join("packs"), folder.path().join("again"));
    let options = || PackOptions { folder: packs.clone(), ..PackOptions::default() };
    let is_empty = |folder: &Path| std::fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_none());
    let stopped = each_stop(Task::Pack, |host| {
        match parcel::pack(&root, &options(), host) {
            Ok(_) => assert!(!host.has_stopped()),
            Err(error) => assert!(error.is_interrupted() && is_empty(&packs), "{error}"),
        }
        let _ = std::fs::remove_dir_all(&packs);
    });
    assert!(stopped > 3, "{stopped}");
    parcel::pack(&root, &options(), &unattended()).unwrap();
    let none = || panic!("nothing is encrypted");
    let stopped = each_stop(Task::Unpack, |host| {
        match parcel::unpack(std::slice::from_ref(&packs), &again, None, &none, host) {
            Ok(_) => assert!(!host.has_stopped()),
            Err(error) => assert!(error.is_interrupted() && !again.exists(), "{error}"),
        }
        let _ = std::fs::remove_dir_all(&again);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2, "the archive and its packs");
    });
    assert!(stopped > 0, "{stopped}");
}
