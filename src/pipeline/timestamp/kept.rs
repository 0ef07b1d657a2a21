//! Checks the timestamps that an archive keeps, and says what they prove of it today.

use std::path::Path;

use serde::Serialize;

use super::folders;
use crate::archive::{Archive, Compared, Lists, place};
use crate::error::{Error, Kind, Result};
use crate::model::{Class, Problem, Sha256, Time};
use crate::parse::timestamp::{Answer, Authorities, Trust};
use crate::pipeline::host::Host;

/// The timestamps of an archive.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Stamps {
    /// Those whose signature is right, the oldest first.
    pub timestamps: Vec<Stamp>,
    /// What is wrong with the others.
    pub findings: Vec<Problem>,
}

/// A timestamp whose signature is right.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Stamp {
    /// Path of the folder in the archive with the lists that the timestamp is for.
    pub folder: String,
    /// Name of the answer in it.
    pub answer: String,
    /// Whether the answer is the token alone.
    pub bare: bool,
    /// The time that the authority states.
    pub time: Time,
    /// Name of the authority by its certificate.
    pub signer: String,
    /// The authority's number of this timestamp.
    pub serial: String,
    /// SHA-256 of the `SHA256SUMS` that the timestamp is for.
    pub sums: Sha256,
    /// `trusted`, `refused`, or `not-judged` if no authorities were named.
    pub trust: &'static str,
    /// What became of the files that the archive held then.
    pub compared: Compared,
}

impl Stamp {
    /// Reports whether every file that the archive held then is as it was.
    pub fn is_of_today(&self) -> bool {
        self.compared.unchanged == self.compared.files
    }
}

/// Checks the timestamps of the archive at `root`: each is for the lists beside it, these are whole, and the signature is that of
/// the authority. `authorities` judge whose certificate it is.
///
/// # Errors
/// Those of opening the archive; `interrupted`.
pub fn check(root: &Path, authorities: Option<&Authorities>, host: &dyn Host) -> Result<Stamps> {
    let archive = Archive::open(root)?;
    let mut stamps = Stamps::default();
    for (folder, answers) in folders(&archive)? {
        if answers.is_empty() {
            continue;
        }
        match state(&archive, &folder, &answers, authorities, host, &mut stamps) {
            Err(error) if error.is_interrupted() => return Err(error),
            Err(error) => stamps.findings.push(finding(&error, place(Class::Private, &folder))),
            Ok(()) => {}
        }
    }
    stamps.timestamps.sort_by(|a, b| (a.time, &a.folder, &a.answer).cmp(&(b.time, &b.folder, &b.answer)));
    Ok(stamps)
}

/// Checks the answers for one state of the archive.
fn state(
    archive: &Archive,
    folder: &str,
    answers: &[String],
    authorities: Option<&Authorities>,
    host: &dyn Host,
    stamps: &mut Stamps,
) -> Result<()> {
    let lists = Lists::kept(archive, folder);
    let sums = lists.sums()?;
    lists.check(&host.work())?;
    let compared = lists.compare(archive, &host.work())?;
    for name in answers {
        let path = format!("{folder}/{name}");
        match one(archive, &path, &sums, authorities) {
            Ok((answer, signer, trust)) => stamps.timestamps.push(Stamp {
                folder: place(Class::Private, folder),
                answer: name.clone(),
                bare: answer.bare,
                time: answer.token.time,
                signer,
                serial: answer.token.serial,
                sums: Sha256::of(&sums),
                trust,
                compared: compared.clone(),
            }),
            Err(error) => stamps.findings.push(finding(&error, place(Class::Private, &path))),
        }
    }
    Ok(())
}

/// Checks one answer; returns it with the name of who signed it and whether that is who it says.
fn one(
    archive: &Archive,
    path: &str,
    sums: &[u8],
    authorities: Option<&Authorities>,
) -> Result<(Answer, String, &'static str)> {
    let unread = |error| Error::disk("readiness-unreadable", archive.shown(Class::Private, path), error);
    let bytes = archive.bytes(Class::Private, path).map_err(unread)?.unwrap_or_default();
    let answer = Answer::read(&bytes)?;
    if !answer.token.imprint.is_of(sums) {
        return Err(Error::input("timestamp-of-other"));
    }
    let signer = answer.token.check(authorities)?;
    let trust = match authorities.map(|authorities| authorities.judge(&answer.token, &signer)) {
        None => "not-judged",
        Some(Trust::Trusted) => "trusted",
        Some(Trust::Refused(_)) => "refused",
    };
    Ok((answer, signer.name, trust))
}

/// Returns what is wrong with a timestamp as a finding, whatever kind of error it is elsewhere.
fn finding(error: &Error, locator: String) -> Problem {
    let problem = Problem::from_error(error, locator.clone());
    let problem = if error.argument("path").is_none() { problem.with("path", locator) } else { problem };
    Problem { exit_bit: Kind::Findings.exit_bit(), ..problem }
}
