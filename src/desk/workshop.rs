//! One run at a time, on a thread of its own: started, paused, stopped, and what became of it.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use secrecy::SecretString;
use tokio_util::sync::CancellationToken;

use super::board::Board;
use super::host::DeskHost;
use super::state::Desk;
use crate::error::{Error, Kind, Result};
use crate::pipeline::archive::copy::CopyReport;
use crate::pipeline::archive::parcel::PackReport;
use crate::pipeline::archive::repair::RepairReport;
use crate::pipeline::backup::OtherAccount;
use crate::pipeline::collect::rehearse::Rehearsal;
use crate::pipeline::export::Exported;
use crate::pipeline::job::{Done, Site, SiteJob};
use crate::pipeline::timestamp;

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
    /// An answer was recorded.
    Recorded,
    /// The archive was copied.
    Copied(Box<CopyReport>),
    /// The archive was mended, or it was planned how.
    Mended(Box<RepairReport>),
    /// The archive was packed into this folder.
    Packed(PathBuf, Box<PackReport>),
    /// The request for a timestamp was written.
    Asked(Box<timestamp::Asked>),
    /// A timestamp was kept.
    Stamped(timestamp::Kept),
    /// The evidence sheet was written.
    Sheet,
}

/// A question of a run that only the user can answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Question {
    /// A password for these archives; true if the last one opened none of them.
    Password(Vec<String>, bool),
    /// The account that the archive belongs to.
    Account(Vec<Candidate>),
}

/// An account that an archive may belong to.
#[derive(Clone, Debug, PartialEq, Eq)]
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
    /// Kind of run: `backup`, `site`, `export`, `ready`, `copy` and so on; its words are `desk-run-<code>`.
    pub(super) code: &'static str,
    pub(super) board: Board,
    pub(super) stop: CancellationToken,
    questions: Mutex<Vec<Asked>>,
    answered: Condvar,
    watched: Mutex<Option<Watched>>,
}

/// A question that was asked.
struct Asked {
    question: Arc<Question>,
    answer: Option<Answer>,
    /// Whether the run goes on while the question is open.
    meanwhile: bool,
    /// Whether the run has taken the answer and tries it.
    trying: bool,
}

/// A question that is open.
pub(super) struct Open {
    pub(super) question: Arc<Question>,
    /// Whether the run goes on while the question is open.
    pub(super) meanwhile: bool,
    /// Whether an answer was given and it is not known yet whether it helps.
    pub(super) trying: bool,
}

/// A folder that is watched.
#[derive(Clone, Debug)]
pub(super) struct Watched {
    pub(super) folder: PathBuf,
    /// Whether the folder cannot be found now.
    pub(super) gone: bool,
}

impl Question {
    fn is_empty(&self) -> bool {
        match self {
            Self::Password(names, _) => names.is_empty(),
            Self::Account(candidates) => candidates.is_empty(),
        }
    }
}

impl Answer {
    fn fits(&self, question: &Question) -> bool {
        match self {
            Self::Password(_) => matches!(question, Question::Password(..)),
            Self::Account(_) => matches!(question, Question::Account(_)),
            Self::None => true,
        }
    }
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
    fn questions_now(&self) -> MutexGuard<'_, Vec<Asked>> {
        self.questions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the open questions.
    pub(super) fn questions(&self) -> Vec<Open> {
        let open = |asked: &Asked| Open {
            question: Arc::clone(&asked.question),
            meanwhile: asked.meanwhile,
            trying: asked.meanwhile && (asked.trying || asked.answer.is_some()),
        };
        self.questions_now().iter().map(open).collect()
    }

    /// Answers the question that the answer fits, if one is open.
    pub(super) fn answer(&self, answer: Answer) {
        let mut questions = self.questions_now();
        // Only a run that waits can go on without an answer.
        let fits =
            |asked: &&mut Asked| answer.fits(&asked.question) && !(asked.meanwhile && matches!(answer, Answer::None));
        if let Some(asked) = questions.iter_mut().find(fits) {
            asked.answer = Some(answer);
            self.answered.notify_all();
        }
    }

    /// Asks the user and waits for the answer. A stopped run gets none.
    pub(super) fn ask(&self, desk: &Desk, question: Question) -> Answer {
        let mut held = self.questions_now();
        // A run has one thread: no other question can be open.
        *held = vec![Asked { question: Arc::new(question), answer: None, meanwhile: false, trying: false }];
        desk.changed();
        let answer = loop {
            if let Some(answer) = held.iter_mut().find_map(|asked| asked.answer.take()) {
                break answer;
            }
            if self.stop.is_cancelled() {
                break Answer::None;
            }
            held = self.answered.wait(held).unwrap_or_else(PoisonError::into_inner);
        };
        held.clear();
        drop(held);
        desk.changed();
        answer
    }

    /// Shows a question that the run does not wait for, in place of the earlier one of its kind, and returns the answer
    /// if one was given. A question about nothing is taken back.
    pub(super) fn offer(&self, desk: &Desk, question: Question) -> Option<Answer> {
        let mut held = self.questions_now();
        let is_same = |asked: &Asked| std::mem::discriminant(&*asked.question) == std::mem::discriminant(&question);
        if let Some(asked) = held.iter_mut().find(|asked| is_same(asked)) {
            if let Some(answer) = asked.answer.take() {
                asked.trying = true;
                return Some(answer);
            }
            if *asked.question == question && !asked.trying {
                return None;
            }
        } else if question.is_empty() {
            return None;
        }
        held.retain(|asked| !is_same(asked));
        if !question.is_empty() {
            held.push(Asked { question: Arc::new(question), answer: None, meanwhile: true, trying: false });
        }
        drop(held);
        desk.changed();
        None
    }

    /// Notes the folder that the run watches, and whether it is gone.
    pub(super) fn set_watched(&self, folder: &Path, gone: bool) {
        let watched = Watched { folder: folder.to_owned(), gone };
        *self.watched.lock().unwrap_or_else(PoisonError::into_inner) = Some(watched);
    }

    /// Returns the folder that the run watches.
    pub(super) fn watched(&self) -> Option<Watched> {
        self.watched.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Stops the run at its next safe point; what was committed stays.
    pub(super) fn stop(&self) {
        self.stop.cancel();
        self.board.set_paused(false);
        // The lock is held so that a run which is about to wait hears of it.
        let _questions = self.questions_now();
        self.answered.notify_all();
    }
}

impl Workshop {
    fn inner(&self) -> MutexGuard<'_, Inner> {
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
            questions: Mutex::default(),
            answered: Condvar::new(),
            watched: Mutex::default(),
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
