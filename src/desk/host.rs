//! The desk as the host of a run: progress goes to the board, questions to the open pages.

use std::sync::Arc;

use secrecy::SecretString;
use tokio_util::sync::CancellationToken;

use super::state::Desk;
use super::workshop::{Answer, Candidate, Question, Running};
use crate::error::Result;
use crate::pipeline::backup::OtherAccount;
use crate::pipeline::environment::Environment;
use crate::pipeline::host::{Event, Host};
use crate::progress::Progress;

/// The host of one run.
pub(super) struct DeskHost {
    desk: Arc<Desk>,
    running: Arc<Running>,
    environment: Environment,
}

impl DeskHost {
    pub(super) fn new(desk: Arc<Desk>, running: Arc<Running>) -> Self {
        let environment = Environment { pool: desk.options.pool, ..Environment::default() };
        Self { desk, running, environment }
    }

    /// Returns the desk.
    pub(super) fn desk(&self) -> &Arc<Desk> {
        &self.desk
    }
}

impl Host for DeskHost {
    fn progress(&self) -> &dyn Progress {
        &self.running.board
    }

    fn stop(&self) -> &CancellationToken {
        &self.running.stop
    }

    fn environment(&self) -> &Environment {
        &self.environment
    }

    fn hear(&self, event: Event<'_>) {
        match event {
            Event::Repaired(why) => self.desk.note(why, Vec::new()),
            Event::Watching(folder) | Event::FolderBack(folder) => self.running.set_watched(folder, false),
            Event::FolderGone(folder) => self.running.set_watched(folder, true),
            // In a watch, the question stays open and says so.
            Event::PasswordsRefused(_) if self.running.watched().is_some() => {}
            Event::PasswordsRefused(names) => {
                self.desk.note("zip-password-refused", vec![("names", names.join("、"))]);
            }
            // A locked file changes the gaps, but nothing was taken in.
            Event::Imported(report) if report.read == 0 => {}
            Event::Imported(report) => {
                let held = report.articles.held.to_string();
                self.desk.note("watch-imported", vec![("read", report.read.to_string()), ("held", held)]);
            }
            // The views show the plan and the time.
            _ => {}
        }
        self.desk.changed();
    }

    fn password(&self, locked: &[String], refused: bool) -> Result<Option<SecretString>> {
        match self.running.ask(&self.desk, Question::Password(locked.to_vec(), refused)) {
            Answer::Password(password) => Ok(Some(password)),
            _ => Ok(None),
        }
    }

    fn account(&self, shares: &[OtherAccount]) -> Result<Option<String>> {
        match self.running.ask(&self.desk, Question::Account(shares.iter().map(Candidate::from).collect())) {
            Answer::Account(biz) => Ok(Some(biz)),
            _ => Ok(None),
        }
    }

    fn password_meanwhile(&self, locked: &[String], refused: bool, _: bool) -> Result<Option<SecretString>> {
        match self.running.offer(&self.desk, Question::Password(locked.to_vec(), refused)) {
            Some(Answer::Password(password)) => Ok(Some(password)),
            _ => Ok(None),
        }
    }

    fn account_meanwhile(&self, shares: &[OtherAccount], _: bool) -> Result<Option<String>> {
        let candidates = shares.iter().map(Candidate::from).collect();
        match self.running.offer(&self.desk, Question::Account(candidates)) {
            Some(Answer::Account(biz)) => Ok(Some(biz)),
            _ => Ok(None),
        }
    }

    fn fetches_pages(&self) -> Result<bool> {
        // The user agreed before the run was started.
        Ok(true)
    }

    fn answers(&self) -> bool {
        true
    }
}
