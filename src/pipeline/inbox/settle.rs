//! Removes the batches of which everything was read and kept, and names what was not in the others.

use std::collections::BTreeSet;
use std::io::Read as _;
use std::path::Path;

use serde::Serialize;
use tokio_util::sync::CancellationToken;

use super::Inbox;
use crate::error::{Error, Result};
use crate::model::sniff::{Sniffed, sniff};
use crate::model::{ContainerLimits, Gap, GapReason, Hasher, Problem, Sha256, SubjectKind, is_left_about, layout};
use crate::pipeline::archive::session::Session;
use crate::pipeline::backup::Passwords;
use crate::pipeline::collect::found_input::outermost;
use crate::pipeline::collect::listing::WASTE_BASKET;
use crate::pipeline::collect::walk::{WalkOptions, walk};
use crate::pipeline::collect::{files_left, is_done};
use crate::pipeline::host::Host;
use crate::platform;
use crate::source::file::container::zip::Budget;
use crate::source::file::page::companions;
use crate::store::Catalog;

/// A file of a batch that the archive does not hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Leftover {
    /// Number of the batch.
    pub batch: String,
    /// Name of the file, with the folders that it was dropped with; a file may have several leftovers, one for each problem.
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
    /// It could not be read, wholly or in part, but the archive holds it as it is.
    Held,
    /// It was read, and something of it was left out.
    Part,
    /// It is a picture beside a page that does not show it in its text.
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
            Self::Held => "held",
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
        let unfinished =
            inbox.part(&batch)?.is_dir() && !(inbox.is_empty(&batch)? && inbox.announced(&batch)?.is_empty());
        if left.is_empty() && !keeps(&batch) && !unfinished {
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
    let below = folder.canonicalize().unwrap_or(folder);
    let mut left = Left { batch, below: &below, catalog, named: BTreeSet::new(), leftovers: Vec::new() };
    let of_gap = |gap: &Gap| match gap.reason {
        GapReason::PasswordNeeded => NotKept::Locked,
        GapReason::NotRead => NotKept::Unread,
        _ => NotKept::Problem,
    };
    let inside = |path: &String| platform::path_of(outermost(path)).starts_with(&below);
    let (problems, remarks): (Vec<_>, Vec<_>) = catalog
        .problems()?
        .into_iter()
        .filter(|(_, path)| inside(path))
        .partition(|(problem, _)| problem.exit_bit != 0);
    for (problem, path) in problems.into_iter().chain(walk.problems).filter(|(problem, _)| problem.exit_bit != 0) {
        left.problem(problem, &path, NotKept::Problem)?;
    }
    for path in catalog.troubled()?.iter().filter(|path| inside(path)) {
        for gap in catalog.gaps_of(path)?.iter().filter(|gap| gap.kind == SubjectKind::Input) {
            left.add(gap.title.clone().unwrap_or_else(|| gap.key.clone()), of_gap(gap));
        }
    }
    for (gap, _) in &walk.gaps {
        left.add(gap.title.clone().unwrap_or_else(|| gap.key.clone()), of_gap(gap));
    }
    for locator in catalog.unrecognised_below(&platform::text_of(&below))? {
        left.add(locator, NotKept::Unrecognised);
    }
    for found in &walk.found {
        left.add(found.locator().into_owned(), NotKept::Unread);
    }
    for (problem, path) in remarks {
        for file in files_left(&problem) {
            left.add(file.to_owned(), NotKept::Unrecognised);
        }
        if files_left(&problem).is_empty() && problem.code != WASTE_BASKET {
            left.problem(problem, &path, NotKept::Part)?;
        }
    }
    for name in beside_in(session, &below)? {
        left.add(name, NotKept::Beside);
    }
    Ok(left.leftovers)
}

/// Gathers the leftovers of a batch. A file that has problems is named by them and by nothing else.
struct Left<'a> {
    batch: &'a str,
    below: &'a Path,
    catalog: &'a Catalog,
    named: BTreeSet<String>,
    leftovers: Vec<Leftover>,
}

impl Left<'_> {
    /// Adds a file that is not named yet.
    fn add(&mut self, name: String, why: NotKept) {
        if self.named.insert(name.clone()) {
            self.leftovers.push(Leftover { batch: self.batch.to_owned(), name, why, problem: None });
        }
    }

    /// Adds a problem of the input at `path`.
    fn problem(&mut self, problem: Problem, path: &str, why: NotKept) -> Result<()> {
        let known = self.leftovers.iter().any(|left| left.problem.as_ref() == Some(&problem));
        if known {
            return Ok(());
        }
        let file = platform::path_of(path);
        let own = file.strip_prefix(self.below).map(platform::shown).ok().filter(|own| !own.is_empty());
        // A container's own path is also that of its members, and a problem may be about one row.
        let of_member =
            |own: &String| problem.locator.strip_prefix(own.as_str()).is_some_and(|rest| rest.starts_with("!/"));
        let beside = own.as_deref().and_then(|own| self.beside(own, &problem.locator));
        let file = beside.as_ref().map_or(file, |name| self.below.join(name));
        // The page was read: it waits for what lies beside it.
        self.named.extend(own.clone().filter(|_| beside.is_some()));
        let own = beside.or(own.filter(|own| !of_member(own)));
        let name = own.unwrap_or_else(|| problem.locator.clone());
        let held = why == NotKept::Problem && file.is_file() && self.catalog.has_evidence(&digest(&file)?)?;
        let why = if held { NotKept::Held } else { why };
        self.named.insert(name.clone());
        self.leftovers.push(Leftover { batch: self.batch.to_owned(), name, why, problem: Some(problem) });
        Ok(())
    }

    /// Returns the file in a folder of `page` that the locator is in (`x_files/bill.csv:7`).
    fn beside(&self, page: &str, locator: &str) -> Option<String> {
        let folders = companions::folders(companions::stem(page)?);
        let mut name = folders.iter().any(|folder| locator.starts_with(folder)).then_some(locator)?;
        while !self.below.join(name).is_file() {
            name = &name[..name.rfind([':', '!', '['])?];
            name = name.trim_end();
        }
        Some(name.to_owned())
    }
}

/// Returns the digest of a file.
fn digest(path: &Path) -> Result<Sha256> {
    let failed = |error| Error::disk("upload-failed", path.display(), error);
    let mut file = platform::open_file(path).map_err(failed)?;
    let mut hasher = Hasher::new();
    let mut buffer = vec![0; 64 * 1024];
    loop {
        match file.read(&mut buffer).map_err(failed)? {
            0 => return Ok(hasher.finish()),
            read => hasher.update(&buffer[..read]),
        }
    }
}

/// Returns the files of a batch that were not read for themselves and that the archive does not hold as media: a page has
/// more pictures than its article. Anything else in the folder of a page was read after the page.
fn beside_in(session: &Session, folder: &Path) -> Result<Vec<String>> {
    let read: BTreeSet<String> = session.catalog.read_below(&platform::text_of(folder))?.into_iter().collect();
    let mut beside = Vec::new();
    let entries = walkdir::WalkDir::new(folder).sort_by_file_name().into_iter();
    // As in the walk: what a system leaves in folders is nobody's own.
    let entries = entries
        .filter_entry(|entry| entry.depth() == 0 || !entry.file_name().to_str().is_some_and(is_left_about))
        .flatten();
    for entry in entries.filter(|entry| entry.file_type().is_file()) {
        if read.contains(&platform::text_of(entry.path())) {
            continue;
        }
        let name = platform::shown(entry.path().strip_prefix(folder).unwrap_or(entry.path()));
        let was_read = companions::may_be_in_folder(&name) && !is_picture(entry.path())?;
        if !was_read && session.catalog.blob(&digest(entry.path())?)?.is_none() {
            beside.push(name);
        }
    }
    Ok(beside)
}

fn is_picture(path: &Path) -> Result<bool> {
    let mut head = Vec::new();
    let read = platform::open_file(path).and_then(|file| file.take(4096).read_to_end(&mut head));
    read.map_err(|error| Error::disk("upload-failed", path.display(), error))?;
    Ok(sniff(&head).is_some_and(Sniffed::is_image))
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
    fn a_file_with_problems_is_one_file_and_said_to_be_held_if_it_is() {
        let (folder, inbox) = inbox();
        let root = folder.path().join("archive");
        let batch = inbox.open().unwrap();
        let hole: Vec<u8> = include_bytes!("../../../fixtures/bill-trade/cut-off/1900000000All2026-05-01.csv")
            .iter()
            .chain(&[0; 8192])
            .copied()
            .collect();
        inbox.receive(&batch, body(&[("甲/坏.zip", b"PK\x03\x04broken"), ("甲/账单.csv", &hole)]).as_slice()).unwrap();
        inbox.close(&batch).unwrap();
        let left = run(&root, false);
        let names: Vec<_> = left.iter().map(|left| (left.name.as_str(), left.why)).collect();
        assert_eq!(names, [("甲/坏.zip", NotKept::Problem), ("甲/账单.csv", NotKept::Held)]);
    }

    /// Returns a ZIP with these members.
    fn zipped(files: &[(&str, &[u8])]) -> Vec<u8> {
        let mut zip = ::zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        for (name, bytes) in files {
            zip.start_file(*name, ::zip::write::SimpleFileOptions::default()).unwrap();
            std::io::Write::write_all(&mut zip, bytes).unwrap();
        }
        zip.finish().unwrap().into_inner()
    }

    const MAIL: &str = "From: a@example.com\r\nSubject: x\r\nMIME-Version: 1.0\r\n\
        Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: application/octet-stream\r\n\
        Content-Disposition: attachment; filename=\"own.xyz\"\r\n\r\n\u{1}\u{2}own\r\n--b--\r\n";

    #[test]
    fn files_in_containers_are_kept_as_they_are_like_loose_ones() {
        let inner = zipped(&[("深.xyz", b"\x01\x02deep")]);
        let packed = zipped(&[("甲.html", PAGE), ("件.xyz", b"\x01\x02?"), ("里.zip", &inner)]);
        let cases: [(&str, &[u8], &[&str]); 2] =
            [("包.zip", &packed, &["件.xyz", "深.xyz"]), ("信.eml", MAIL.as_bytes(), &["own.xyz"])];
        for (name, bytes, kept) in cases {
            let (folder, inbox) = inbox();
            let root = folder.path().join("archive");
            let batch = inbox.open().unwrap();
            inbox.receive(&batch, body(&[(name, bytes)]).as_slice()).unwrap();
            inbox.close(&batch).unwrap();
            let left = run(&root, false);
            assert!(!left.is_empty() && left.iter().all(|left| left.why == NotKept::Unrecognised), "{left:?}");
            let left = run(&root, true);
            assert!(left.is_empty(), "{name}: {left:?}");
            assert!(inbox.batches().unwrap().is_empty(), "{name}");
            let documents = walkdir::WalkDir::new(root.join("private/data/documents")).into_iter().flatten();
            let names: Vec<String> = documents.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
            for kept in kept {
                assert_eq!(names.iter().filter(|name| name.ends_with(kept)).count(), 1, "{kept}: {names:?}");
            }
        }
    }

    #[test]
    fn files_of_the_system_keep_no_batch() {
        let of_system = [
            "Thumbs.db",
            "desktop.ini",
            ".DS_Store",
            "~$信.docx",
            "._图.png",
            ".Spotlight-V100/x.xyz",
            "$RECYCLE.BIN/y.xyz",
            "System Volume Information/z.xyz",
            ".~lock.表.ods#",
            "__MACOSX/._甲.html",
        ];
        let own = ["my Thumbs.db", "thumbs.db.xyz", "~$own.xyz", "DS_Store", ".~lock.x", "RECYCLE.BIN/y.xyz"];
        let junk: &[u8] = b"\x01\x02?";
        let (folder, inbox) = inbox();
        let root = folder.path().join("archive");
        // What a Mac keeps of another file begins like this.
        let of_mac: &[u8] = b"\0\x05\x16\x07";
        for (names, junk) in [(&of_system[..], of_mac), (&own[..], junk)] {
            let files: Vec<(&str, &[u8])> = names.iter().map(|name| (*name, junk)).chain([("甲.html", PAGE)]).collect();
            let packed = zipped(&files);
            let beside: Vec<String> = names.iter().map(|name| format!("甲_files/{name}")).collect();
            let mut all = files.clone();
            all.extend(beside.iter().map(|name| (name.as_str(), junk)));
            all.push(("包.zip", &packed));
            let batch = inbox.open().unwrap();
            inbox.receive(&batch, body(&all).as_slice()).unwrap();
            inbox.close(&batch).unwrap();
            let left = run(&root, false);
            let expected = if names == of_system { 0 } else { names.len() * 3 };
            assert_eq!(left.len(), expected, "{left:#?}");
            assert_eq!(inbox.batches().unwrap().is_empty(), expected == 0);
        }
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
    fn what_lies_beside_a_page_is_read_or_stays() {
        let (folder, inbox) = inbox();
        let root = folder.path().join("archive");
        let batch = inbox.open().unwrap();
        let picture: &[u8] = include_bytes!("../../../fixtures/personal/export/微信个人信息导出/图片/头像.png");
        let page = [PAGE, b"<img src=\"\xe7\x94\xb2_files/0\">"].concat();
        let files: [(&str, &[u8]); 5] = [
            ("甲.html", &page),
            ("甲_files/笔记.xyz", b"\x01\x02?"),
            ("甲_files/坏.zip", b"PK\x03\x04broken"),
            ("甲_files/a.css", b"p{}"),
            ("甲_files/0", picture),
        ];
        inbox.receive(&batch, body(&files).as_slice()).unwrap();
        inbox.close(&batch).unwrap();
        let left = run(&root, false);
        let names: Vec<_> = left.iter().map(|left| (left.name.replace('\\', "/"), left.why)).collect();
        // A picture that the page names outside of its article is nobody's own, but the archive does not hold it.
        let expected = [
            ("甲_files/坏.zip", NotKept::Problem),
            ("甲_files/笔记.xyz", NotKept::Unrecognised),
            ("甲_files/0", NotKept::Beside),
        ];
        assert_eq!(names, expected.map(|(name, why)| (name.to_owned(), why)));
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
