//! The command line as the host of a job: shows progress, reports events, and asks at the terminal.

use std::io::IsTerminal as _;

use secrecy::SecretString;
use tokio_util::sync::CancellationToken;

use super::api;
use super::context::Context;
use crate::error::Result;
use crate::parallel::Pool;
use crate::pipeline::backup::OtherAccount;
use crate::pipeline::environment::Environment;
use crate::pipeline::host::{Event, Host};
use crate::progress::Progress;

/// The host of a job at a terminal.
pub(super) struct Terminal<'a> {
    context: &'a Context<'a>,
    progress: Box<dyn Progress + 'a>,
    stop: CancellationToken,
    environment: Environment,
}

impl<'a> Terminal<'a> {
    pub(super) fn new(context: &'a Context<'a>) -> Self {
        let pool = Pool::of(context.global.jobs.unwrap_or(0));
        let environment = Environment { pool, ..Environment::default() };
        Self { context, progress: context.progress(), stop: context.stop(), environment }
    }
}

impl Host for Terminal<'_> {
    fn progress(&self) -> &dyn Progress {
        self.progress.as_ref()
    }

    fn stop(&self) -> &CancellationToken {
        &self.stop
    }

    fn environment(&self) -> &Environment {
        &self.environment
    }

    fn hear(&self, event: Event<'_>) {
        let output = self.context.output;
        match event {
            Event::Repaired(why) => output.say(why, &[]),
            Event::Planned(plan) => api::announce(self.context, plan),
            Event::PasswordsRefused(names) => output.say("zip-password-refused", &[("names", &names.join("、"))]),
            Event::Watching(folder) => output.say("watch-started", &[("path", &folder.display().to_string())]),
            Event::FolderGone(folder) => output.say("watch-gone", &[("path", &folder.display().to_string())]),
            Event::FolderBack(folder) => output.say("watch-back", &[("path", &folder.display().to_string())]),
            Event::Imported(report) => {
                // A locked file changes the gaps, but nothing was taken in.
                if report.read > 0 {
                    let (read, held) = (report.read.to_string(), report.articles.held.to_string());
                    output.say("watch-imported", &[("read", &read), ("held", &held)]);
                }
                report.problems.iter().for_each(|(problem, _)| output.problem(problem));
            }
            Event::Locked(names) => output.say("watch-locked", &[("names", &names.join("、"))]),
            // The progress bar shows it.
            Event::Waiting(_) => {}
        }
    }

    fn password(&self, locked: &[String], refused: bool) -> Result<Option<SecretString>> {
        let output = self.context.output;
        let (count, names) = (locked.len().to_string(), locked.join("、"));
        if refused {
            output.say("zip-password-refused", &[("names", &names)]);
        }
        let password = output.ask_password("ask-zip-password", &[("count", &count), ("names", &names)])?;
        Ok(Some(password).filter(|password| !password.is_empty()).map(SecretString::from))
    }

    fn account(&self, shares: &[OtherAccount]) -> Result<Option<String>> {
        let output = self.context.output;
        let count = shares.len().to_string();
        output.say("ask-account-several", &[("count", &count)]);
        for (number, share) in shares.iter().enumerate() {
            let (number, articles) = ((number + 1).to_string(), share.articles.to_string());
            output.say("ask-account-one", &[("number", &number), ("account", &share.name), ("count", &articles)]);
        }
        loop {
            let answer = output.ask("ask-account", &[])?;
            if answer.is_empty() {
                return Ok(None);
            }
            let by_number = answer.parse::<usize>().ok().and_then(|number| shares.get(number.checked_sub(1)?));
            match by_number.or_else(|| shares.iter().find(|share| share.biz == answer || share.name == answer)) {
                Some(share) => return Ok(Some(share.biz.clone())),
                None => output.say("ask-account-again", &[("count", &count)]),
            }
        }
    }

    fn fetches_pages(&self) -> Result<bool> {
        api::fetches_pages(self.context)
    }

    fn answers(&self) -> bool {
        std::io::stdin().is_terminal() && !self.context.output.json
    }
}
