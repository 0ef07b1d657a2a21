//! Watches a folder: imports what is saved there until the host ends it. Nothing that waits for an answer keeps the next
//! page from being imported, unless the host itself can only wait.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use tokio_util::sync::CancellationToken;

use super::apart::apart;
use super::backup::{BackupOptions, BackupReport};
use super::host::{Event, Host, ToTheEnd};
use super::job::{Done, Job, TRIES, pause};
use crate::error::Result;

/// Interval at which a watched folder is checked. A page counts as saved if nothing changed for one interval.
const PAUSE: Duration = Duration::from_secs(2);

/// A file with its size and modification time.
type Stamp = (PathBuf, u64, Option<SystemTime>);

impl Job {
    /// Imports `folder` each time its files stop changing, until the host stops it; then builds the site. A folder that
    /// disappears is waited for.
    pub fn watch(&self, folder: &Path, host: &dyn Host) -> Result<Done> {
        apart(|| {
            self.check_first()?;
            host.hear(Event::Watching(folder));
            let mut watch = Watch::of(self, folder);
            while !host.stop().is_cancelled() {
                watch.look(host)?;
                pause(PAUSE, host.stop());
            }
            let report = watch.last.unwrap_or_default();
            // Cancellation ends the watching, not the build that follows.
            let host = ToTheEnd::of(host);
            let site = if report.changed { self.build(&host)? } else { None };
            let exports = if report.changed { self.export(&host)? } else { Vec::new() };
            Ok(Done { report, checked: None, site, exports, exchanged: None, open_blockers: None })
        })
    }
}

/// A watch in progress.
struct Watch<'j> {
    job: &'j Job,
    folder: &'j Path,
    /// Options, with the answers that were given.
    options: BackupOptions,
    gone: bool,
    /// Files at the last look; `None` if the folder was gone.
    before: Option<Vec<Stamp>>,
    /// Files at the last import.
    imported: Option<Vec<Stamp>>,
    last: Option<BackupReport>,
    /// Whether a password or an account was given that no import has used yet.
    answered: Answered,
    /// Whether the password tried last opened nothing.
    refused: bool,
    /// Number of wrong passwords in a row.
    tries: usize,
    /// Whether the passwords are asked for again, although nothing new is locked.
    again: bool,
    /// What was asked: names of locked archives with their files, and accounts.
    asked: BTreeSet<(String, Vec<Stamp>)>,
}

/// Answers that no import has used yet.
#[derive(Default)]
struct Answered {
    password: bool,
    account: bool,
}

impl<'j> Watch<'j> {
    fn of(job: &'j Job, folder: &'j Path) -> Self {
        Self {
            job,
            folder,
            options: job.options.clone(),
            gone: false,
            before: None,
            imported: None,
            last: None,
            answered: Answered::default(),
            refused: false,
            tries: 0,
            again: false,
            asked: BTreeSet::new(),
        }
    }

    /// Looks at the folder, imports it if it changed and is at rest, and asks what only the user knows.
    fn look(&mut self, host: &dyn Host) -> Result<()> {
        let gone = !self.folder.is_dir();
        if gone != self.gone {
            self.gone = gone;
            host.hear(if gone { Event::FolderGone(self.folder) } else { Event::FolderBack(self.folder) });
        }
        if gone {
            // What is not there was not deleted: it may be on a disk that was unplugged.
            self.before = None;
        } else {
            let now = snapshot(self.folder, host.stop());
            let at_rest = self.before.as_ref() == Some(&now);
            let due = self.imported.as_ref() != Some(&now) || self.answered.password || self.answered.account;
            self.before = Some(now);
            // An import that is stopped before it begins would be noted as one that broke off.
            if at_rest && due && !host.stop().is_cancelled() {
                self.import(host)?;
            }
        }
        if host.answers() { self.ask(host) } else { Ok(()) }
    }

    fn import(&mut self, host: &dyn Host) -> Result<()> {
        let options = BackupOptions { mend: self.imported.is_none(), ..self.options.clone() };
        let report = self.job.collect(&options, host)?;
        self.imported.clone_from(&self.before);
        if report.changed {
            host.hear(Event::Imported(&report));
        }
        let answered = std::mem::take(&mut self.answered);
        let was = self.last.as_ref();
        let is_new = |name| was.is_none_or(|last| !last.locked.contains(name));
        if !host.answers() && report.locked.iter().any(is_new) {
            host.hear(Event::Locked(&report.locked));
        }
        if answered.password {
            let before = was.map(|last| last.locked.as_slice()).unwrap_or_default();
            self.refused = before.iter().all(|name| report.locked.contains(name));
            self.tries = if self.refused { self.tries + 1 } else { 0 };
            self.again = self.tries < TRIES;
            if !self.again {
                host.hear(Event::PasswordsRefused(&report.locked));
            }
        }
        self.refused &= !report.locked.is_empty();
        let changed = report.changed || was.is_some_and(|last| last.changed);
        self.last = Some(BackupReport { changed, ..report });
        Ok(())
    }

    /// Asks for what the last import could not know. What was asked once is not asked again, unless its file changed.
    fn ask(&mut self, host: &dyn Host) -> Result<()> {
        let Some(last) = &self.last else { return Ok(()) };
        if !self.answered.password {
            let locked: Vec<_> = last.locked.iter().map(|name| (name.clone(), self.files_of(name))).collect();
            let again = std::mem::take(&mut self.again);
            let new = again || locked.iter().any(|one| !self.asked.contains(one));
            self.asked.extend(locked);
            if let Some(password) = host.password_meanwhile(&last.locked, self.refused, new)? {
                self.options.passwords = self.options.passwords.with(password);
                self.answered.password = true;
            }
        }
        if !self.answered.account {
            let shares = &last.undecided;
            let asked_before = self.asked.len();
            self.asked.extend(shares.iter().map(|share| (share.biz.clone(), Vec::new())));
            let new = self.asked.len() > asked_before;
            if let Some(account) = host.account_meanwhile(shares, new)? {
                self.options.account = Some(account);
                self.answered.account = true;
            }
        }
        Ok(())
    }

    /// Returns the files of the last import that the name of a locked archive contains.
    fn files_of(&self, name: &str) -> Vec<Stamp> {
        let is_named = |path: &Path| path.file_name().is_some_and(|file| name.contains(&*file.to_string_lossy()));
        self.imported.iter().flatten().filter(|(path, ..)| is_named(path)).cloned().collect()
    }
}

/// Returns the files of a folder.
fn snapshot(folder: &Path, stop: &CancellationToken) -> Vec<Stamp> {
    let entries = walkdir::WalkDir::new(folder).into_iter().take_while(|_| !stop.is_cancelled()).flatten();
    let mut files: Vec<_> = entries
        .filter(|entry| entry.file_type().is_file())
        .filter_map(|entry| {
            let metadata = entry.metadata().ok()?;
            Some((entry.into_path(), metadata.len(), metadata.modified().ok()))
        })
        .collect();
    files.sort();
    files
}
