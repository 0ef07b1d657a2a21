//! Records the moves of a commit durably and applies them: `.liudi/commit/journal`, with the new tag files in the same
//! folder. Once that folder has its name, the commit is certain to complete: applying it is idempotent at every point,
//! in this run or the next.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::model::{Class, Sha256, layout};
use crate::platform;
use crate::store::stage::hash_file;

/// Name of the list inside the commit's folder.
pub(super) const JOURNAL: &str = "journal";
const HEAD: &str = "liudi-commit 1";
/// Content of `COMMITTING.txt`.
const NOTE: &str = include_str!("../../templates/archive/COMMITTING.txt");
/// Number of folders above which one sync of the file system is cheaper than one sync per folder.
const SYNC_ALL_ABOVE: usize = 8;

/// A step of a commit. Paths are relative to the root, with `/`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Moves a file to its place, over whatever is there.
    Rename {
        /// Current path of the file.
        from: String,
        /// Target path of the file.
        to: String,
        /// Digest of the bytes.
        sha256: Sha256,
        /// Size in bytes.
        bytes: u64,
    },
    /// Removes a file, and folders that this leaves empty.
    Remove {
        /// Path of the file.
        path: String,
    },
}

/// The steps of one commit, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Journal {
    /// Steps in the order they are taken; tag files after payload, `SHA256SUMS` last.
    pub steps: Vec<Step>,
}

/// Returns the folder of the pending commit.
pub(super) fn folder(root: &Path) -> PathBuf {
    root.join(layout::WORK).join(layout::COMMIT)
}

fn broken(root: &Path) -> Error {
    Error::other("commit-journal-broken").with("path", folder(root).join(JOURNAL).display())
}

impl Journal {
    /// Returns the text kept on disk, with the number of lines and a digest, so that a truncated list is recognised.
    pub(super) fn to_text(&self) -> String {
        let mut text = format!("{HEAD}\n");
        for step in &self.steps {
            match step {
                Step::Rename { from, to, sha256, bytes } => {
                    let _ = writeln!(text, "rename\t{from}\t{to}\t{}\t{bytes}", sha256.hex());
                }
                Step::Remove { path } => {
                    let _ = writeln!(text, "remove\t{path}");
                }
            }
        }
        let digest = Sha256::of(text.as_bytes()).hex();
        let _ = writeln!(text, "end\t{}\t{digest}", self.steps.len());
        text
    }

    fn from_text(text: &str) -> Option<Self> {
        let end = text.strip_suffix('\n')?.rfind('\n')? + 1;
        let (body, last) = text.split_at(end);
        let mut last = last.trim_end().split('\t');
        let stated = (last.next()?, last.next()?.parse::<usize>().ok()?, last.next()?);
        let mut lines = body.lines();
        if lines.next()? != HEAD {
            return None;
        }
        let mut steps = Vec::new();
        for line in lines {
            let fields: Vec<&str> = line.split('\t').collect();
            steps.push(match fields[..] {
                ["rename", from, to, sha256, bytes] => Step::Rename {
                    from: from.to_owned(),
                    to: to.to_owned(),
                    sha256: sha256.parse().ok()?,
                    bytes: bytes.parse().ok()?,
                },
                ["remove", path] => Step::Remove { path: path.to_owned() },
                _ => return None,
            });
        }
        (stated == ("end", steps.len(), &Sha256::of(body.as_bytes()).hex())).then_some(Self { steps })
    }

    /// Returns the pending commit of the archive at `root`, if there is one.
    ///
    /// # Errors
    /// `commit-journal-broken` if its list is damaged, which the user must repair.
    pub fn pending(root: &Path) -> Result<Option<Self>> {
        match platform::read_text(folder(root).join(JOURNAL)) {
            Ok(text) => Self::from_text(&text).map(Some).ok_or_else(|| broken(root)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            // Another user's working folder: the note tells every reader that files are being moved.
            Err(error) if platform::is_read_only(&error) && !root.join(layout::COMMITTING).exists() => Ok(None),
            Err(error) => Err(broken(root).because(error)),
        }
    }

    /// Takes every step, makes it durable and ends the commit. `again`: some steps may already have been taken.
    pub(super) fn apply(&self, root: &Path, again: bool) -> Result<()> {
        let failed = |path: &Path, error| Error::disk("commit-failed", path.display(), error);
        let file_system = platform::FileSystem::of(root).ok();
        write_note(root).map_err(|error| failed(&root.join(layout::COMMITTING), error))?;
        let mut touched: BTreeSet<PathBuf> = BTreeSet::new();
        let mut made: BTreeSet<PathBuf> = BTreeSet::new();
        let mut emptied: BTreeSet<PathBuf> = BTreeSet::new();
        for class in [Class::Public, Class::Private] {
            // A bag has its payload folder even if it is empty.
            let data = layout::bag(root, class).join(layout::DATA);
            make_folders(root, &data, class == Class::Private, &mut touched).map_err(|error| failed(&data, error))?;
        }
        // Steps are in the order of their paths: most files share a folder with the one before them.
        let mut last_folder = None;
        for step in &self.steps {
            match step {
                Step::Rename { from, to, sha256, bytes } => {
                    let (source, target) = (inside(root, from), inside(root, to));
                    let private = is_private(to);
                    let folder = to.rsplit_once('/').map(|(folder, _)| folder);
                    if last_folder != Some(folder)
                        && let Some(parent) = target.parent()
                    {
                        if made.insert(parent.to_owned()) {
                            make_folders(root, parent, private, &mut touched).map_err(|error| failed(parent, error))?;
                        }
                        touched.insert(parent.to_owned());
                        last_folder = Some(folder);
                    }
                    let moved = again && !from.starts_with(layout::WORK) && is_same(&target, sha256, *bytes);
                    if !moved {
                        match platform::rename(&source, &target) {
                            Ok(()) => {}
                            // Already taken, or the source never existed: the target shows which.
                            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                                if !fs::metadata(&target).is_ok_and(|metadata| metadata.len() == *bytes) {
                                    return Err(failed(&source, error));
                                }
                            }
                            Err(error) => return Err(failed(&target, error)),
                        }
                    }
                    platform::set_file_private(&target, private).map_err(|error| failed(&target, error))?;
                    if !from.starts_with(layout::WORK) {
                        emptied.extend(source.parent().map(Path::to_owned));
                    }
                }
                Step::Remove { path } => {
                    let path = inside(root, path);
                    match platform::remove_file(&path) {
                        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(&path, error)),
                        _ => emptied.extend(path.parent().map(Path::to_owned)),
                    }
                }
            }
        }
        for folder in emptied {
            remove_empty(root, &folder, &mut touched);
        }
        let all = touched.len() > SYNC_ALL_ABOVE
            && file_system.as_ref().map(platform::FileSystem::sync).transpose().map_err(|error| failed(root, error))?
                == Some(true);
        if !all {
            touched.insert(root.to_owned());
            for folder in touched.iter().filter(|folder| folder.is_dir()) {
                platform::sync_folder(folder).map_err(|error| failed(folder, error))?;
            }
        }
        end(root).map_err(|error| failed(&folder(root), error))
    }
}

/// Removes the note, then the list, so that a list that exists always has everything needed to resume.
fn end(root: &Path) -> io::Result<()> {
    remove_if_there(&root.join(layout::COMMITTING))?;
    platform::sync_folder(root)?;
    let folder = folder(root);
    let done = folder.with_file_name("commit.done");
    if done.exists() {
        platform::remove_folder(&done)?;
    }
    platform::rename(&folder, &done)?;
    platform::sync_folder(&root.join(layout::WORK))?;
    platform::remove_folder(&done)
}

fn remove_if_there(path: &Path) -> io::Result<()> {
    match platform::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn write_note(root: &Path) -> io::Result<()> {
    let path = root.join(layout::COMMITTING);
    if path.exists() {
        return Ok(());
    }
    let temporary = folder(root).join("note");
    remove_if_there(&temporary)?;
    let mut file = platform::create_new(&temporary, false)?;
    file.write_all(&for_people(NOTE))?;
    platform::sync_open_file(&file)?;
    platform::rename(&temporary, &path)?;
    platform::sync_folder(root)
}

/// Encodes text with BOM and CRLF, so that every editor on every system shows it.
pub(super) fn for_people(text: &str) -> Vec<u8> {
    let mut bytes = b"\xef\xbb\xbf".to_vec();
    bytes.extend(text.replace('\n', "\r\n").bytes());
    bytes
}

/// Appends the parts of `path` to `root`.
pub(super) fn inside(root: &Path, path: &str) -> PathBuf {
    let mut full = PathBuf::with_capacity(root.as_os_str().len() + path.len() + 1);
    full.push(root);
    full.extend(path.split('/'));
    full
}

pub(super) fn is_private(path: &str) -> bool {
    path.split('/').next() == Some(layout::bag_name(Class::Private))
}

fn is_same(path: &Path, sha256: &Sha256, bytes: u64) -> bool {
    fs::metadata(path).is_ok_and(|metadata| metadata.len() == bytes)
        && hash_file(path).is_ok_and(|found| found == (*sha256, bytes))
}

/// Creates `folder` and its parents below `root`; adds the folders whose entries changed to `touched`.
fn make_folders(root: &Path, folder: &Path, private: bool, touched: &mut BTreeSet<PathBuf>) -> io::Result<()> {
    if folder == root || folder.is_dir() {
        return Ok(());
    }
    if let Some(parent) = folder.parent() {
        make_folders(root, parent, private, touched)?;
        touched.insert(parent.to_owned());
    }
    if private { platform::create_private_folder(folder) } else { fs::create_dir_all(folder) }
}

/// Removes `folder` and its parents below a bag's `data/`, while they are empty.
fn remove_empty(root: &Path, folder: &Path, touched: &mut BTreeSet<PathBuf>) {
    let mut folder = folder.to_owned();
    while folder.strip_prefix(root).is_ok_and(|inner| inner.components().count() > 2) {
        match fs::remove_dir(&folder) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            // Not empty, or no permission: an empty folder left behind does no harm.
            Err(_) => break,
        }
        touched.remove(&folder);
        let Some(parent) = folder.parent().map(Path::to_path_buf) else { break };
        touched.insert(parent.clone());
        folder = parent;
    }
    touched.insert(folder);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn journal() -> Journal {
        Journal {
            steps: vec![
                Step::Rename {
                    from: ".liudi/stage/a".into(),
                    to: "public/data/汉".into(),
                    sha256: Sha256::of(b"x"),
                    bytes: 1,
                },
                Step::Remove { path: "public/data/old".into() },
            ],
        }
    }

    #[test]
    fn the_list_reads_back() {
        assert_eq!(Journal::from_text(&journal().to_text()), Some(journal()));
        assert_eq!(Journal::from_text(&Journal::default().to_text()), Some(Journal::default()));
    }

    #[test]
    fn half_a_list_is_no_list() {
        let text = journal().to_text();
        for (cut, _) in text.char_indices() {
            assert_eq!(Journal::from_text(&text[..cut]), None, "{cut}");
        }
        assert_eq!(Journal::from_text(&text.replace("old", "new")), None);
    }
}
