//! Verifies fixity: every byte of both bags against the manifests, as a stream, on all cores. *Complete* means that
//! every file in the manifests exists and no other; *intact* that the bytes that were read match their digests. An
//! archive is *valid* if it is both and every byte was read.
//!
//! Findings are values with stable codes; their texts are defined elsewhere. A pending commit counts as done: stage and
//! bags are checked as one. Foreign bags (BagIt 0.93 to 1.0, other digests and encodings) are checked by [`bag`].

mod bag;
mod deep;
mod hash;
mod opened;
mod ordered;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use self::hash::{Algorithm, digests, digests_of};
use self::opened::Opened;
use super::bagit::read_entries;
use super::bags::{Bags, whole};
use super::folder::{DISPLACED, Folder, displaced, strangers};
use super::handle::Archive;
use super::signature::Signature;
use crate::error::Result;
use crate::model::{Class, PIECE, Problem, layout};
use crate::progress::{Step, Task};
use crate::work::Work;

/// The extent of a check.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// Number of files per thousand to read; `None`: all. Names, numbers and sizes are always checked.
    pub read_per_mille: Option<u16>,
    /// Seed of the sample: another seed reads another part.
    pub seed: u64,
    /// Whether to unpack the evidence packs and check every leaf in them.
    pub deep: bool,
    /// Whether to read from the disk what the system still holds in memory, where it can.
    pub from_disk: bool,
}

/// The result of a check.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct VerifyReport {
    /// Whether every file in the manifests exists and no other.
    pub complete: bool,
    /// Whether everything that was read matches its digest.
    pub intact: bool,
    /// Whether only a part was read.
    pub sampled: bool,
    /// Whether a commit was pending; the next writing command finishes it.
    pub pending: bool,
    /// The only bag of an archive that was unpacked without the other one: nothing is known about that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub only: Option<Class>,
    /// The archive's signature, if it was looked at.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signature: Option<Signature>,
    /// Number of files in the manifests.
    pub files: u64,
    /// Number of files read.
    pub read_files: u64,
    /// Number of bytes read.
    pub read_bytes: u64,
    /// Number of evidence leaves checked in their packs.
    pub leaves: u64,
    /// Faults, and remarks (with exit bit 0), sorted.
    pub findings: Vec<Problem>,
}

impl VerifyReport {
    /// Reports whether the archive has both bags, is complete and intact, and every byte was read.
    pub fn is_valid(&self) -> bool {
        self.complete && self.intact && !self.sampled && self.only.is_none()
    }

    /// Returns the fault that says most, with their number: one of a file rather than of a sum that does not agree because
    /// of it.
    pub fn worst(&self) -> Option<(&Problem, usize)> {
        let faults = || self.findings.iter().filter(|finding| finding.exit_bit != 0);
        let telling = faults().find(|finding| finding.code != "oxum-mismatch");
        telling.or_else(|| faults().next()).map(|fault| (fault, faults().count()))
    }

    /// Returns the verdict's code; the text is `verify-<code>`.
    pub fn verdict(&self) -> &'static str {
        match (self.complete, self.intact, self.sampled) {
            (true, true, false) => match self.only {
                None if self.findings.iter().any(|finding| finding.code == UNLISTED) => "valid-beside",
                None => "valid",
                Some(Class::Public) => "valid-public",
                Some(Class::Private) => "valid-private",
            },
            (true, true, true) => "sampled",
            (true, false, _) if self.is_only_unread() => "unreadable",
            (true, false, _) => "corrupt",
            (false, true, _) => "incomplete",
            (false, false, _) => "incomplete-corrupt",
        }
    }

    /// Reports whether no file is known to have changed: of an archive that is not intact, some could not be read.
    fn is_only_unread(&self) -> bool {
        let mut corrupt = self.findings.iter().filter(|finding| CORRUPT.contains(&&*finding.code));
        corrupt.all(|finding| UNREAD.contains(&&*finding.code))
    }

    /// Reports whether no fault was found in the checked part.
    pub fn is_clean(&self) -> bool {
        self.complete && self.intact
    }
}

/// Codes of damaged bytes; all other findings concern completeness.
const CORRUPT: &[&str] = &[
    "anchor-malformed",
    "anchor-mismatch",
    "evidence-corrupt",
    "payload-corrupt",
    "payload-unreadable",
    "tag-corrupt",
    "tag-unreadable",
];

/// Codes of files of which nothing is known, among them.
const UNREAD: &[&str] = &["payload-unreadable", "tag-unreadable"];

/// Code of a file that lies in the archive's folders and is none of the archive.
const UNLISTED: &str = "file-unlisted";

/// A file to be read.
struct Job<'a> {
    files: &'a dyn Bags,
    /// Path in the archive, as in findings: `public/data/…`.
    path: String,
    tag: bool,
    digests: Cow<'a, [(Algorithm, Vec<u8>)]>,
}

impl Job<'_> {
    fn first(&self) -> Option<&[u8]> {
        self.digests.first().map(|(_, digest)| digest.as_slice())
    }
}

/// Number of files that are read in parallel before more are listed.
const BATCH: usize = 4096;

/// Checks the archive at `root`: both bags, `SHA256SUMS`, and with `deep` the evidence.
///
/// # Errors
/// Only for what prevents the check, such as a damaged list of an interrupted commit; `interrupted`.
pub fn archive(root: &Path, options: Options, work: &Work<'_>) -> Result<VerifyReport> {
    opened(&Archive::open_any(root)?, options, work)
}

/// Checks an open archive.
///
/// # Errors
/// As [`archive`].
pub fn opened(archive: &Archive, options: Options, work: &Work<'_>) -> Result<VerifyReport> {
    let files = archive.bags();
    let mut findings = Vec::new();
    let only = archive.only_bag();
    let classes: Vec<Class> = only.map_or_else(|| vec![Class::Public, Class::Private], |only| vec![only]);
    findings.extend(displaced(archive.root()).into_iter().map(|folder| Problem::finding(DISPLACED, folder)));
    findings.extend(strangers(archive.root()).into_iter().map(|path| Problem::remark(UNLISTED, path)));
    anchors(files, &classes, &mut findings);
    let mut bags = Vec::new();
    for class in classes {
        bags.push(Opened::open(files, layout::bag_name(class), options, &mut findings));
    }
    let mut report = check(&bags, options, work, findings);
    work.check()?;
    if let Some(error) = archive.failure() {
        return Err(error);
    }
    report.pending = archive.is_pending();
    report.only = only;
    if options.deep && only != Some(Class::Public) {
        deep::check(archive, work, &mut report)?;
        if let Some(error) = archive.failure() {
            return Err(error);
        }
    }
    Ok(settled(report))
}

/// Checks a single bag of any origin.
pub fn bag(folder: &Path, options: Options) -> VerifyReport {
    let mut findings = Vec::new();
    let files = Folder::plain(folder);
    let opened = Opened::open(&files, "", options, &mut findings);
    settled(check(&[opened], options, &Work::default(), findings))
}

/// Sorts the findings and derives the verdict.
fn settled(mut report: VerifyReport) -> VerifyReport {
    let displaced: Vec<String> =
        report.findings.iter().filter(|one| one.code == DISPLACED).map(|one| one.locator.clone()).collect();
    report.findings.retain(|one| one.code == DISPLACED || !displaced.contains(&one.locator));
    report.findings.sort_by(|a, b| (&a.locator, &a.code, &a.arguments).cmp(&(&b.locator, &b.code, &b.arguments)));
    report.findings.dedup();
    let mut wrong = report.findings.iter().filter(|finding| finding.exit_bit != 0);
    report.complete = !wrong.clone().any(|finding| !CORRUPT.contains(&&*finding.code));
    report.intact = !wrong.any(|finding| CORRUPT.contains(&&*finding.code));
    report
}

/// Checks the README and the tag manifests of these bags against `SHA256SUMS`.
fn anchors(files: &dyn Bags, classes: &[Class], findings: &mut Vec<Problem>) {
    if let Some(obstacle) = files.obstacle(layout::SHA256SUMS) {
        return findings.push(obstacle.finding(layout::SHA256SUMS));
    }
    let mut named = BTreeSet::new();
    let mut buffer = vec![0; 64 * 1024];
    let sums = whole(files, layout::SHA256SUMS).ok().flatten().unwrap_or_default();
    let read = read_entries(&*sums, Path::new(layout::SHA256SUMS), |path, sha256| {
        named.insert(path.to_owned());
        // A bag that was not unpacked is not there to be compared.
        let class = [Class::Public, Class::Private]
            .into_iter()
            .find(|class| path.strip_prefix(layout::bag_name(*class)).is_some_and(|inside| inside.starts_with('/')));
        if class.is_some_and(|class| !classes.contains(&class)) {
            return Ok(());
        }
        let found = digests(files, path, &[Algorithm::Sha256], &mut buffer, |_| true);
        match found {
            Ok((found, _)) if found.first().is_some_and(|found| found == sha256.as_bytes()) => {}
            Ok(_) => findings.push(Problem::finding("anchor-mismatch", path)),
            Err(_) => findings.push(absent_tag(files, path)),
        }
        Ok(())
    });
    if read.is_err() {
        findings.push(Problem::finding("anchor-malformed", layout::SHA256SUMS));
    }
    for class in classes {
        let path = format!("{}/{}", layout::bag_name(*class), layout::TAG_MANIFEST);
        if !named.contains(&path) {
            findings.push(Problem::finding("anchor-missing", layout::SHA256SUMS).with("file", path));
        }
    }
}

/// Returns the finding for a list that cannot be opened.
fn absent_tag(files: &dyn Bags, path: &str) -> Problem {
    files.obstacle(path).map_or_else(|| Problem::finding("tag-missing", path), |obstacle| obstacle.finding(path))
}

/// Compares manifests with files, reads the files and reports findings. A cancelled check is incomplete.
fn check(bags: &[Opened<'_>], options: Options, work: &Work<'_>, mut findings: Vec<Problem>) -> VerifyReport {
    let mut report =
        VerifyReport { sampled: options.read_per_mille.is_some_and(|part| part < 1000), ..VerifyReport::default() };
    let is_read =
        |job: &Job<'_>| job.tag || options.read_per_mille.is_none_or(|part| is_chosen(job.first(), part, options.seed));
    let (mut jobs, mut total, mut sizes) = (Vec::new(), 0, Vec::new());
    for opened in bags {
        let comparison = opened.compare(&mut findings);
        let listed = comparison.jobs.len() + comparison.missing.len();
        report.files += listed as u64 + comparison.ordered;
        total += comparison.to_read;
        jobs.extend(comparison.jobs.into_iter().filter(is_read));
        sizes.extend(comparison.size.map(|problem| (opened.place(layout::DATA), problem)));
        absent(opened, comparison.missing, &comparison.extra, work, &mut findings);
    }
    total += jobs.iter().map(|job| job.files.size(&job.path).unwrap_or(0)).sum::<u64>();
    let step = work.progress.start(Task::Verify, Some(total));
    let found = Mutex::new((findings, 0, 0));
    let read_all = |jobs: &[Job<'_>]| {
        work.pool.each_with(
            jobs,
            || vec![0; PIECE],
            |buffer, job| {
                let (problem, bytes) = read(job, buffer, options.from_disk, &*step, work);
                let mut found = found.lock().unwrap_or_else(PoisonError::into_inner);
                found.1 += u64::from(!problem.as_ref().is_some_and(|problem| UNREAD.contains(&&*problem.code)));
                found.0.extend(problem);
                found.2 += bytes;
            },
        );
    };
    read_all(&jobs);
    for opened in bags {
        let mut batch = Vec::new();
        let listed = opened.each_ordered(|job| {
            batch.extend(Some(job).filter(is_read));
            if batch.len() == BATCH {
                read_all(&batch);
                batch.clear();
            }
        });
        read_all(&batch);
        if let Err(error) = listed {
            let problem = Problem::finding("tag-unreadable", opened.place(layout::MANIFEST)).with("cause", error);
            found.lock().unwrap_or_else(PoisonError::into_inner).0.push(problem);
        }
    }
    let (mut findings, files, bytes) = found.into_inner().unwrap_or_else(PoisonError::into_inner);
    for (payload, problem) in sizes {
        // A file that was cut off or has grown is named for itself.
        let is_damage = |finding: &Problem| matches!(&*finding.code, "payload-corrupt" | "payload-unreadable");
        if !findings.iter().any(|finding| is_damage(finding) && finding.locator.starts_with(&payload)) {
            findings.push(problem);
        }
    }
    (report.read_files, report.read_bytes, report.findings) = (files, bytes, findings);
    report
}

/// Reports whether a file is in the sample. Files are chosen by digest, evenly spread, and differently for another
/// seed.
fn is_chosen(digest: Option<&[u8]>, per_mille: u16, seed: u64) -> bool {
    let digest = digest.and_then(<[u8]>::first_chunk::<8>);
    let number = digest.map_or(0, |bytes| u64::from_be_bytes(*bytes)) ^ seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    // Mixing makes the seed affect every bit.
    let mixed = (number ^ (number >> 31)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    (mixed >> 33) % 1000 < u64::from(per_mille)
}

fn read(job: &Job<'_>, buffer: &mut [u8], from_disk: bool, step: &dyn Step, work: &Work<'_>) -> (Option<Problem>, u64) {
    let algorithms: Vec<Algorithm> = job.digests.iter().map(|(algorithm, _)| *algorithm).collect();
    let (corrupt, unreadable) =
        if job.tag { ("tag-corrupt", "tag-unreadable") } else { ("payload-corrupt", "payload-unreadable") };
    let goes_on = |bytes| {
        step.advance(bytes);
        !work.is_stopped()
    };
    if work.is_stopped() {
        return (None, 0);
    }
    let opened = job.files.read(&job.path).and_then(|file| file.ok_or_else(|| io::ErrorKind::NotFound.into()));
    let opened = opened.inspect(|file| {
        if from_disk {
            file.forget_cached();
        }
    });
    match opened.and_then(|file| digests_of(file, &algorithms, buffer, goes_on)) {
        Ok((found, bytes)) => {
            let same = found.iter().zip(&*job.digests).all(|(found, (_, stated))| found == stated);
            ((!same).then(|| Problem::finding(corrupt, &*job.path)), bytes)
        }
        Err(error) => (Some(Problem::finding(unreadable, &*job.path).with("cause", error)), 0),
    }
}

/// Reports missing and extra files; a pair of them with equal digests is a renamed file.
fn absent(
    opened: &Opened<'_>,
    missing: Vec<(String, bag::Listed)>,
    extra: &[&str],
    work: &Work<'_>,
    findings: &mut Vec<Problem>,
) {
    let mut strangers: BTreeMap<Vec<u8>, &str> = BTreeMap::new();
    let algorithm = opened.bag.manifests.last().copied();
    if let Some(algorithm) = algorithm.filter(|_| !missing.is_empty()) {
        let mut buffer = vec![0; 64 * 1024];
        for path in extra {
            if let Ok((found, _)) =
                digests(opened.files, &opened.place(path), &[algorithm], &mut buffer, |_| !work.is_stopped())
            {
                strangers.extend(found.into_iter().map(|digest| (digest, *path)));
            }
        }
    }
    let mut renamed: BTreeSet<&str> = BTreeSet::new();
    for (path, listed) in missing {
        let shown = format!("{}{path}", opened.prefix);
        let twin = listed
            .digests
            .iter()
            .filter(|(known, _)| Some(*known) == algorithm)
            .find_map(|(_, digest)| strangers.get(digest));
        match twin {
            Some(new) if renamed.insert(new) => {
                findings.push(Problem::finding("payload-renamed", shown).with("to", format!("{}{new}", opened.prefix)));
            }
            _ => {
                let obstacle = opened.files.obstacle(&shown);
                findings.push(obstacle.map_or_else(
                    || Problem::finding("payload-missing", &*shown),
                    |obstacle| obstacle.finding(&*shown),
                ));
            }
        }
    }
    // Without any manifest, which is named, every file would be one too many.
    let extra = if opened.bag.manifests.is_empty() { &[] } else { extra };
    for path in extra.iter().filter(|path| !renamed.contains(*path)) {
        findings.push(Problem::finding("payload-extra", format!("{}{path}", opened.prefix)));
    }
}
