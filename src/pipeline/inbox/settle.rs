//! Removes the batches of which everything was read and kept, and names what was not in the others.

use std::collections::BTreeSet;
use std::io::Read as _;
use std::path::Path;

use serde::Serialize;
use tokio_util::sync::CancellationToken;

use super::Inbox;
use crate::error::{Error, Result};
use crate::model::{ContainerLimits, Gap, GapReason, Hasher, Problem, SubjectKind, layout};
use crate::pipeline::archive::session::Session;
use crate::pipeline::backup::Passwords;
use crate::pipeline::collect::is_done;
use crate::pipeline::collect::walk::{WalkOptions, walk};
use crate::pipeline::host::Host;
use crate::platform;
use crate::source::file::container::zip::{Budget, is_left_about};

/// A file of a batch that the archive does not hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Leftover {
    /// Number of the batch.
    pub batch: String,
    /// Name of the file, with the folders that it was dropped with.
    pub name: String,
    /// Why it was not kept.
    pub why: NotKept,
    /// The problem, if that is why.
    pub problem: Option<Problem>,
}

/// Why a file was not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum NotKept {
    /// No source recognises it.
    Unrecognised,
    /// It needs a password.
    Locked,
    /// It could not be read, wholly or in part.
    Problem,
    /// It was read, and something of it was left out.
    Part,
    /// It lay beside a page that does not show it.
    Beside,
    /// It was not read yet.
    Unread,
}

impl NotKept {
    /// Returns the code; its words are `desk-leftover-<code>`.
    pub fn code(self) -> &'static str {
        match self {
            Self::Unrecognised => "unrecognised",
            Self::Locked => "locked",
            Self::Problem => "problem",
            Self::Part => "part",
            Self::Beside => "beside",
            Self::Unread => "unread",
        }
    }
}

/// Removes the batches of which everything was kept, except those for which `keeps` is true; returns what was not kept
/// in the others.
pub fn settle(
    root: &Path,
    limits: ContainerLimits,
    host: &dyn Host,
    keeps: &dyn Fn(&str) -> bool,
) -> Result<Vec<Leftover>> {
    let inbox = Inbox::of(root);
    let batches = inbox.batches()?;
    if batches.is_empty() {
        return Ok(Vec::new());
    }
    let session = Session::open_for(root, host)?;
    let mut leftovers = Vec::new();
    for batch in batches {
        let left = left_in(&session, &inbox, &batch, limits)?;
        if left.is_empty() && !keeps(&batch) && !inbox.part(&batch)?.is_dir() {
            inbox.remove(&batch)?;
        }
        leftovers.extend(left);
    }
    Ok(leftovers)
}

/// Returns the files of a batch that the next run would read again, that no source recognised, or of which the archive
/// does not hold everything: dropped files may be the only ones the user has.
fn left_in(session: &Session, inbox: &Inbox, batch: &str, limits: ContainerLimits) -> Result<Vec<Leftover>> {
    let catalog = &session.catalog;
    let folder = inbox.batch(batch)?;
    let budget = Budget::of(limits, session.root.join(layout::WORK));
    let seen = |path: &str, size: u64, modified: i64| is_done(catalog, false, path, size, modified);
    let (passwords, stop) = (Passwords::default(), CancellationToken::new());
    let options =
        WalkOptions { archive: &session.root, budget: &budget, passwords: &passwords, stop: &stop, seen: &seen };
    let walk = walk(std::slice::from_ref(&folder), &options)?;
    let mut named: BTreeSet<String> = BTreeSet::new();
    let mut leftovers = Vec::new();
    let mut add = |name: String, why: NotKept, problem: Option<Problem>| {
        if named.insert(name.clone()) {
            leftovers.push(Leftover { batch: batch.to_owned(), name, why, problem });
        }
    };
    let of_gap = |gap: &Gap| match gap.reason {
        GapReason::PasswordNeeded => NotKept::Locked,
        GapReason::NotRead => NotKept::Unread,
        _ => NotKept::Problem,
    };
    let below = folder.canonicalize().unwrap_or(folder);
    let inside = |path: &String| Path::new(path.split("!/").next().unwrap_or(path)).starts_with(&below);
    let problems = catalog.problems()?.into_iter().filter(|(problem, path)| problem.exit_bit != 0 && inside(path));
    for (problem, _) in problems.chain(walk.problems.into_iter().filter(|(problem, _)| problem.exit_bit != 0)) {
        add(problem.locator.clone(), NotKept::Problem, Some(problem));
    }
    for path in catalog.troubled()?.iter().filter(|path| inside(path)) {
        for gap in catalog.gaps_of(path)?.iter().filter(|gap| gap.kind == SubjectKind::Input) {
            add(gap.title.clone().unwrap_or_else(|| gap.key.clone()), of_gap(gap), None);
        }
    }
    for (gap, _) in &walk.gaps {
        add(gap.title.clone().unwrap_or_else(|| gap.key.clone()), of_gap(gap), None);
    }
    for locator in catalog.unrecognised_below(&below.to_string_lossy())? {
        add(locator, NotKept::Unrecognised, None);
    }
    for found in &walk.found {
        add(found.input.locator().to_owned(), NotKept::Unread, None);
    }
    let remarks = catalog.problems()?.into_iter().filter(|(problem, path)| problem.exit_bit == 0 && inside(path));
    for (problem, _) in remarks {
        add(problem.locator.clone(), NotKept::Part, Some(problem));
    }
    for name in beside_in(session, &below)? {
        add(name, NotKept::Beside, None);
    }
    Ok(leftovers)
}

/// Returns the files of a batch that were not read for themselves and that the archive does not hold as media.
fn beside_in(session: &Session, folder: &Path) -> Result<Vec<String>> {
    let read: BTreeSet<String> = session.catalog.read_below(&folder.to_string_lossy())?.into_iter().collect();
    let mut beside = Vec::new();
    let files = walkdir::WalkDir::new(folder).sort_by_file_name().into_iter().flatten();
    let below = |path: &Path| path.strip_prefix(folder).map_or_else(|_| path.to_owned(), Path::to_owned);
    for entry in files.filter(|entry| entry.file_type().is_file() && !is_machinery(&below(entry.path()))) {
        if read.contains(entry.path().to_string_lossy().as_ref()) {
            continue;
        }
        let failed = |error| Error::disk("upload-failed", entry.path().display(), error);
        let mut file = platform::open_file(entry.path()).map_err(failed)?;
        let mut hasher = Hasher::new();
        let mut buffer = vec![0; 64 * 1024];
        loop {
            match file.read(&mut buffer).map_err(failed)? {
                0 => break,
                read => hasher.update(&buffer[..read]),
            }
        }
        if session.catalog.blob(&hasher.finish())?.is_none() {
            beside.push(below(entry.path()).display().to_string());
        }
    }
    Ok(beside)
}

/// Reports whether a browser put the file beside a page that it saved, or a system into a folder: nobody's own. The path
/// is that in the batch.
fn is_machinery(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
    let beside_page = path.parent().and_then(Path::file_name).is_some_and(|folder| {
        let folder = folder.to_string_lossy();
        folder.ends_with("_files") || folder.ends_with(".files")
    });
    let of_page =
        [".css", ".js", ".download", ".下载", ".woff", ".woff2", ".ttf"].iter().any(|end| name.ends_with(end))
            || name.starts_with("saved_resource");
    let of_system = path.iter().any(|part| is_left_about(&part.to_string_lossy()));
    of_system || (beside_page && of_page)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{body, inbox};
    use super::*;
    use crate::pipeline::backup::BackupOptions;
    use crate::pipeline::host::Unattended;
    use crate::pipeline::job::Job;

    const PAGE: &[u8] = include_bytes!("../../../fixtures/demo/pages/2023-03-18 开山第一天.html");

    fn run(root: &Path, keep_other: bool) -> Vec<Leftover> {
        let host = Unattended::default();
        let roots = Inbox::of(root).roots().unwrap();
        let options = BackupOptions { roots, keep_other, ..BackupOptions::default() };
        Job { root: root.to_owned(), options, ..Job::default() }.run(&host).unwrap();
        settle(root, ContainerLimits::default(), &host, &|_| false).unwrap()
    }

    #[test]
    fn a_batch_is_removed_only_once_all_of_it_was_kept() {
        let (folder, inbox) = inbox();
        let root = folder.path().join("archive");
        let (whole, part) = (inbox.open().unwrap(), inbox.open().unwrap());
        inbox.receive(&whole, body(&[("甲.html", PAGE)]).as_slice()).unwrap();
        inbox.receive(&part, body(&[("甲 2.html", PAGE), ("不认识.xyz", b"\x01\x02?")]).as_slice()).unwrap();
        for batch in [&whole, &part] {
            inbox.close(batch).unwrap();
        }
        let left = run(&root, false);
        assert_eq!(inbox.batches().unwrap(), std::slice::from_ref(&part));
        let names: Vec<_> = left.iter().map(|left| (left.name.as_str(), left.why)).collect();
        assert_eq!(names, [("不认识.xyz", NotKept::Unrecognised)]);
        // Kept as it is, nothing is left.
        assert!(run(&root, true).is_empty());
        assert!(inbox.batches().unwrap().is_empty());
    }

    #[test]
    fn files_of_the_system_hold_no_batch() {
        let (folder, inbox) = inbox();
        let batch = inbox.open().unwrap();
        let ours = ["Thumbs.db", "a/desktop.ini", "a/.DS_Store", "a/~$账单.xlsx", "a/._甲.html", "$RECYCLE.BIN/x.html"];
        let mut files: Vec<(&str, &[u8])> = ours.iter().map(|path| (*path, &b"\0x"[..])).collect();
        files.push(("甲.html", PAGE));
        inbox.receive(&batch, body(&files).as_slice()).unwrap();
        inbox.close(&batch).unwrap();
        assert_eq!(run(&folder.path().join("archive"), false), []);
        assert!(inbox.batches().unwrap().is_empty());
    }

    #[test]
    fn a_batch_that_is_being_received_stays() {
        let (folder, inbox) = inbox();
        let batch = inbox.open().unwrap();
        inbox.receive(&batch, body(&[("甲.html", PAGE)]).as_slice()).unwrap();
        assert!(run(&folder.path().join("archive"), false).is_empty());
        assert_eq!(inbox.batches().unwrap(), [batch]);
    }

    #[test]
    fn a_file_beside_a_page_that_does_not_show_it_stays() {
        let (folder, inbox) = inbox();
        let root = folder.path().join("archive");
        let batch = inbox.open().unwrap();
        let files: [(&str, &[u8]); 3] =
            [("甲.html", PAGE), ("甲_files/账单.csv", "我自己的\n".as_bytes()), ("甲_files/a.css", b"p{}")];
        inbox.receive(&batch, body(&files).as_slice()).unwrap();
        inbox.close(&batch).unwrap();
        let left = run(&root, false);
        let names: Vec<_> = left.iter().map(|left| (left.name.replace('\\', "/"), left.why)).collect();
        assert_eq!(names, [("甲_files/账单.csv".to_owned(), NotKept::Beside)]);
        assert_eq!(inbox.batches().unwrap(), [batch]);
    }

    #[test]
    fn a_root_around_the_archive_hides_no_batch() {
        let (folder, inbox) = inbox();
        let batch = inbox.open().unwrap();
        inbox.receive(&batch, body(&[("甲.html", PAGE)]).as_slice()).unwrap();
        inbox.close(&batch).unwrap();
        let root = folder.path().join("archive");
        let mut roots = inbox.roots().unwrap();
        roots.push(folder.path().to_owned());
        let options = BackupOptions { roots, ..BackupOptions::default() };
        let done = Job { root: root.clone(), options, ..Job::default() }.run(&Unattended::default()).unwrap();
        assert_eq!(done.report.read, 1, "{:?}", done.report);
    }
}
