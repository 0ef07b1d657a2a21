//! One run at a time, on a thread of its own: started, paused, stopped, and what became of it.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex, PoisonError};

use secrecy::SecretString;
use tokio_util::sync::CancellationToken;

use super::board::Board;
use super::host::DeskHost;
use super::state::Desk;
use crate::error::{Error, Kind, Result};
use crate::pipeline::backup::OtherAccount;
use crate::pipeline::collect::rehearse::Rehearsal;
use crate::pipeline::export::Exported;
use crate::pipeline::job::{Done, Site, SiteJob};

/// The work of a run. It can be carried out again: what an earlier run did is not repeated.
pub(super) type Errand = Arc<dyn Fn(&DeskHost) -> Result<Outcome> + Send + Sync>;

/// What a run brought.
#[derive(Debug)]
pub(super) enum Outcome {
    /// The main job, with the folders of the archive and of the site.
    Backup {
        /// Folder of the archive.
        root: PathBuf,
        /// Folder of the site.
        site: PathBuf,
        /// Result.
        done: Box<Done>,
    },
    /// A rehearsal of the main job.
    Rehearsed(Box<Rehearsal>),
    /// The site was built.
    Site(Box<SiteJob>, Box<Site>),
    /// Exports were written.
    Exports(Vec<Exported>),
    /// The archive was measured for the verdict; the view has the measurements.
    Measured,
}

/// A question of a run that only the user can answer.
#[derive(Debug)]
pub(super) enum Question {
    /// A password for these archives; true if the last one opened none of them.
    Password(Vec<String>, bool),
    /// The account that the archive belongs to.
    Account(Vec<Candidate>),
}

/// An account that an archive may belong to.
#[derive(Clone, Debug)]
pub(super) struct Candidate {
    pub(super) biz: String,
    pub(super) name: String,
    pub(super) articles: u64,
}

impl From<&OtherAccount> for Candidate {
    fn from(share: &OtherAccount) -> Self {
        Self { biz: share.biz.clone(), name: share.name.clone(), articles: share.articles }
    }
}

/// The answer to a question.
#[derive(Debug)]
pub(super) enum Answer {
    /// A password.
    Password(SecretString),
    /// The `__biz` of an account.
    Account(String),
    /// The run goes on without an answer.
    None,
}

/// A run in progress.
pub(super) struct Running {
    /// Kind of run: `backup`, `site`, `export`, `ready`; its words are `desk-run-<code>`.
    pub(super) code: &'static str,
    pub(super) board: Board,
    pub(super) stop: CancellationToken,
    question: Mutex<(Option<Arc<Question>>, Option<Answer>)>,
    answered: Condvar,
}

/// A run that ended.
pub(super) struct Finished {
    pub(super) code: &'static str,
    pub(super) result: Result<Outcome>,
    /// Place in the order of all runs.
    pub(super) number: u64,
    /// Whether the user stopped it.
    pub(super) stopped: bool,
    errand: Errand,
}

/// The place of runs.
#[derive(Default)]
pub(super) struct Workshop(Mutex<Inner>);

#[derive(Default)]
struct Inner {
    now: Option<Arc<Running>>,
    last: BTreeMap<&'static str, Arc<Finished>>,
    number: u64,
}

impl Running {
    /// Returns the question that waits for an answer.
    pub(super) fn question(&self) -> Option<Arc<Question>> {
        self.question.lock().unwrap_or_else(PoisonError::into_inner).0.clone()
    }

    /// Answers the question, if one waits.
    pub(super) fn answer(&self, answer: Answer) {
        let mut question = self.question.lock().unwrap_or_else(PoisonError::into_inner);
        if question.0.is_some() {
            question.1 = Some(answer);
            self.answered.notify_all();
        }
    }

    /// Asks the user and waits for the answer. A stopped run gets none.
    pub(super) fn ask(&self, desk: &Desk, question: Question) -> Answer {
        let mut held = self.question.lock().unwrap_or_else(PoisonError::into_inner);
        *held = (Some(Arc::new(question)), None);
        desk.changed();
        let answer = loop {
            if let Some(answer) = held.1.take() {
                break answer;
            }
            if self.stop.is_cancelled() {
                break Answer::None;
            }
            held = self.answered.wait(held).unwrap_or_else(PoisonError::into_inner);
        };
        held.0 = None;
        drop(held);
        desk.changed();
        answer
    }

    /// Stops the run at its next safe point; what was committed stays.
    pub(super) fn stop(&self) {
        self.stop.cancel();
        self.board.set_paused(false);
        // The lock is held so that a run which is about to wait hears of it.
        let _question = self.question.lock().unwrap_or_else(PoisonError::into_inner);
        self.answered.notify_all();
    }
}

impl Workshop {
    fn inner(&self) -> std::sync::MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the run in progress.
    pub(super) fn now(&self) -> Option<Arc<Running>> {
        self.inner().now.clone()
    }

    /// Returns the last run of a kind.
    pub(super) fn last(&self, code: &str) -> Option<Arc<Finished>> {
        self.inner().last.get(code).cloned()
    }

    /// Returns the run that ended last.
    pub(super) fn latest(&self) -> Option<Arc<Finished>> {
        self.inner().last.values().max_by_key(|finished| finished.number).cloned()
    }

    /// Forgets all runs that ended: they were about another archive.
    pub(super) fn forget(&self) {
        self.inner().last.clear();
    }

    /// Starts a run.
    ///
    /// # Errors
    /// `desk-busy` if another one is in progress.
    pub(super) fn start(&self, desk: &Arc<Desk>, code: &'static str, errand: Errand) -> Result<()> {
        let mut inner = self.inner();
        if inner.now.is_some() {
            return Err(Error::new(Kind::Lock, "desk-busy"));
        }
        // Ending the program stops the run.
        let stop = desk.stop.child_token();
        let running = Arc::new(Running {
            code,
            board: Board::new(stop.clone()),
            stop,
            question: Mutex::default(),
            answered: Condvar::new(),
        });
        inner.now = Some(Arc::clone(&running));
        drop(inner);
        let of = Arc::clone(desk);
        let thread = std::thread::Builder::new().name("run".to_owned()).spawn(move || {
            let host = DeskHost::new(Arc::clone(&of), Arc::clone(&running));
            let result = catch_unwind(AssertUnwindSafe(|| errand(&host)))
                .unwrap_or_else(|_| Err(Error::other("desk-run-panicked")));
            of.workshop.end(&running, result, errand);
            of.changed();
        });
        match thread {
            Ok(_) => {
                desk.changed();
                Ok(())
            }
            Err(error) => {
                self.inner().now = None;
                Err(Error::other("job-thread-failed").because(error))
            }
        }
    }

    /// Carries out the last run again: after a pause, a stop or a failure.
    ///
    /// # Errors
    /// `desk-busy`.
    pub(super) fn again(&self, desk: &Arc<Desk>) -> Result<()> {
        match self.latest() {
            Some(last) => self.start(desk, last.code, Arc::clone(&last.errand)),
            None => Ok(()),
        }
    }

    fn end(&self, running: &Running, result: Result<Outcome>, errand: Errand) {
        let mut inner = self.inner();
        inner.now = None;
        inner.number += 1;
        let finished =
            Finished { code: running.code, result, number: inner.number, stopped: running.stop.is_cancelled(), errand };
        inner.last.insert(running.code, Arc::new(finished));
    }
}
