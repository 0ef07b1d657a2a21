//! Writes an export into its folder: skips files that exist with the same key, renders the rest in parallel, and
//! removes files of an earlier run that this one does not write. Files from other sources are never touched.

use std::fs;
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use serde::Serialize;

use super::edited::{self, Found};
use super::part::{self, Part};
use super::written::{self, Entry, Log};
use crate::archive::Lost;
use crate::error::{Error, Result};
use crate::export::{Content, Losses, OutPath, Output};
use crate::model::{Class, NameMap, NameSet, Sha256};
use crate::pipeline::archive::damage;
use crate::platform;
use crate::progress::{Step, Task};
use crate::work::Work;

/// A summary of the files of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Number of files written.
    pub written: usize,
    /// Number of files that were up to date.
    pub unchanged: usize,
    /// Number of files of an earlier run that were removed.
    pub removed: usize,
    /// Files that the user has changed, each with the name that it has now: its own if there was nothing to write, or a
    /// new one beside the file that was written.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub edited: Vec<String>,
    /// Files that the archive has lost, of those that this export needs: missing, or not as they were archived.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub damaged: Vec<String>,
    /// What the target cannot express, by kind, in new and unchanged files.
    #[serde(skip_serializing_if = "Losses::is_empty")]
    pub lost: Losses,
}

/// How the files of an export are kept.
#[derive(Clone, Copy, Debug)]
pub struct Kept {
    /// Class of the export; private folders and files are readable only by their owner.
    pub class: Class,
    /// Whether copies of the archive's files are hard links where the file system allows it.
    pub linked: bool,
    /// Whether files that the user has changed are kept. A site is not for editing.
    pub edits: bool,
}

/// Number of outputs written together: enough for every thread, few enough to hold in memory.
const BATCH: usize = 4096;

/// Writes `outputs` into `folder`, in order. Private files are readable only by their owner. `list` is the path of the
/// list of the files written to this folder; `lost` are the files that the archive turns out to have lost.
///
/// # Errors
/// The error of the first output that cannot be listed, rendered or written; `interrupted`. Files written until then
/// are listed.
pub fn write_files<'v>(
    outputs: impl Iterator<Item = Result<Output<'v>>>,
    folder: &Path,
    list: &Path,
    kept: Kept,
    lost: &Lost,
    work: &Work<'_>,
) -> Result<Summary> {
    let folders = Folders { kept, made: Mutex::default() };
    folders.make(folder, folder)?;
    let mut run = Run {
        folder,
        lost,
        before: written::begin(list, folder)?,
        folders,
        log: Log::new(list),
        summary: Summary::default(),
        seen: NameSet::default(),
        put_aside: Mutex::default(),
    };
    run.all(outputs, work)?;
    let Run { log, seen, mut summary, put_aside, .. } = run;
    let mut gone = Ok(());
    written::each(list, |path, entry| {
        if gone.is_err() || seen.contains(path) {
            return;
        }
        match OutPath::new(path) {
            Ok(out) if kept.edits && edited::is_edited(&out.inside(folder), &entry) => {
                summary.edited.push(path.to_owned());
            }
            _ => {
                gone = remove(folder, path);
                summary.removed += 1;
            }
        }
    });
    gone?;
    summary.edited.extend(put_aside.into_inner().unwrap_or_else(PoisonError::into_inner));
    summary.edited.sort();
    summary.damaged.sort();
    if summary.removed > 0 || !log.is_empty() {
        log.finish(folder, |path| seen.contains(path))?;
    }
    Ok(summary)
}

/// The state of an export run.
struct Run<'r> {
    folder: &'r Path,
    lost: &'r Lost,
    before: NameMap<Entry>,
    folders: Folders,
    log: Log<'r>,
    summary: Summary,
    /// Paths of all outputs so far. A file of an earlier run at one of them is kept, even if the archive lacks it now.
    seen: NameSet,
    /// Names that files of the user have now.
    put_aside: Mutex<Vec<String>>,
}

impl Run<'_> {
    fn all<'v>(&mut self, outputs: impl Iterator<Item = Result<Output<'v>>>, work: &Work<'_>) -> Result<()> {
        let step = work.progress.start(Task::Export, Some(0));
        let (mut todo, mut total) = (Vec::new(), 0);
        for output in outputs {
            work.check()?;
            let output = output?;
            let path = output.path.as_str();
            if !self.seen.insert(path) {
                return Err(Error::other("export-duplicate-path").with("path", path));
            }
            match self.before.get(path) {
                Some(entry) if entry.key == output.key && stands(&output.path.inside(self.folder), entry.bytes) => {
                    self.summary.unchanged += 1;
                    self.summary.lost.merge(entry.lost.clone());
                }
                // The post is as it was, so that the user's version is the newer one.
                Some(entry)
                    if entry.key == output.key
                        && self.folders.kept.edits
                        && edited::has_other_size(&output.path.inside(self.folder), entry) =>
                {
                    self.summary.edited.push(path.to_owned());
                    self.summary.lost.merge(entry.lost.clone());
                }
                _ => {
                    total += 1;
                    todo.push(output);
                }
            }
            if todo.len() == BATCH {
                step.set_total(total);
                self.batch(&std::mem::take(&mut todo), step.as_ref(), work)?;
            }
        }
        step.set_total(total);
        self.batch(&todo, step.as_ref(), work)
    }

    fn batch(&mut self, todo: &[Output<'_>], step: &dyn Step, work: &Work<'_>) -> Result<()> {
        self.log.announce(todo.iter().map(|output| output.path.as_str()))?;
        let write_one = |output| {
            let written = self.replace(output, work);
            step.advance(1);
            (output, written)
        };
        // Media come first: one that turns out to have changed is named in the texts. SVG files are not mere copies.
        let is_medium =
            |output: &&Output<'_>| matches!(output.content, Content::File(_)) || output.path.as_str().ends_with(".svg");
        let (copies, made): (Vec<&Output<'_>>, _) = todo.iter().partition(is_medium);
        let mut written = side_by_side(&copies, work, write_one);
        written.extend(side_by_side(&made, work, write_one));
        written.sort_by_key(|(output, _)| output.path.as_str());
        let mut failed = None;
        for (_, result) in written {
            match result {
                Ok((lost, is_written)) => {
                    self.summary.written += usize::from(is_written);
                    self.summary.lost.merge(lost);
                }
                Err(error) if error.code() == damage::MISSING => {
                    self.summary.damaged.push(error.argument("path").unwrap_or_default().into_owned());
                }
                Err(error) => failed = failed.or(Some(error)),
            }
        }
        failed.map_or_else(|| work.check(), Err)
    }

    /// Writes an output and logs it; returns what it could not express, and whether it was put into its place.
    fn replace(&self, output: &Output<'_>, work: &Work<'_>) -> Result<(Losses, bool)> {
        let file = output.path.inside(self.folder);
        if let Some(parent) = file.parent() {
            self.folders.make(self.folder, parent)?;
        }
        let (part, key) = self.make(output, &file, work)?;
        let Part { bytes, digest, lost, is_dropped, .. } = self.place(part, &output.path, &file)?;
        self.log.add(output.path.as_str(), &Entry { key, bytes, digest, lost: lost.clone() })?;
        Ok((lost, !is_dropped))
    }

    /// Makes the temporary file of an output, again if it found on the way that the archive has lost a file: then it
    /// names the file instead. One that lacks a file gets a key of its own, so that the next run writes it again.
    fn make(&self, output: &Output<'_>, file: &Path, work: &Work<'_>) -> Result<(Part, Sha256)> {
        let Kept { class, linked, edits } = self.folders.kept;
        let mut before = self.lost.seen();
        loop {
            let made = part::make(output, file, class, linked, edits, work);
            let after = self.lost.seen();
            match made {
                _ if after.found > before.found && !matches!(output.content, Content::File(_)) => before = after,
                Ok(part) if after.asked > before.asked => {
                    return Ok((part, Sha256::of(format!("incomplete {}", output.key).as_bytes())));
                }
                made => return made.map(|part| (part, output.key)),
            }
        }
    }

    /// Puts a temporary file into its place. What the user has changed there, or has put there, is put aside; it stays
    /// where it is if liudi would write the same as before.
    fn place(&self, part: Part, path: &OutPath, file: &Path) -> Result<Part> {
        let failed = |error| Error::disk("export-write-failed", file.display(), error);
        let mut kept = None;
        if self.folders.kept.edits {
            match edited::find(file, self.before.get(path.as_str()), part.digest).map_err(failed)? {
                Found::Ours => {}
                Found::Newer => {
                    let _ = platform::remove_file(&part.path);
                    self.note_edited(path.as_str().to_owned());
                    return Ok(Part { is_dropped: true, ..part });
                }
                Found::Theirs => kept = Some(edited::put_aside(file)?),
            }
        }
        if let Err(error) = platform::rename(&part.path, file) {
            let _ = platform::remove_file(&part.path);
            return Err(failed(error));
        }
        if let Some(aside) = kept {
            self.note_edited(platform::slashed(aside.strip_prefix(self.folder).unwrap_or(&aside)));
        }
        Ok(part)
    }

    fn note_edited(&self, name: String) {
        self.put_aside.lock().unwrap_or_else(PoisonError::into_inner).push(name);
    }
}

fn stands(path: &Path, bytes: u64) -> bool {
    fs::symlink_metadata(path).is_ok_and(|file| file.is_file() && file.len() == bytes)
}

/// Writes each output in parallel; the first failure stops it, because the disk is full or a template is broken.
fn side_by_side<'o, 'v>(
    outputs: &[&'o Output<'v>],
    work: &Work<'_>,
    write: impl Fn(&'o Output<'v>) -> (&'o Output<'v>, Result<(Losses, bool)>) + Sync,
) -> Vec<(&'o Output<'v>, Result<(Losses, bool)>)> {
    let stop = AtomicBool::new(false);
    let results = work.pool.each_with(outputs, Vec::new, |results, output| {
        if !stop.load(Ordering::Relaxed) && !work.is_stopped() {
            let result = write(output);
            if result.1.as_ref().is_err_and(|error| error.code() != damage::MISSING) {
                stop.store(true, Ordering::Relaxed);
            }
            results.push(result);
        }
    });
    results.into_iter().flatten().collect()
}

/// The folders made so far, so that each is created once.
struct Folders {
    kept: Kept,
    made: Mutex<NameSet>,
}

impl Folders {
    /// Makes a folder inside `top`, the folder of the export.
    fn make(&self, top: &Path, folder: &Path) -> Result<()> {
        let name = folder.to_string_lossy();
        if self.made.lock().is_ok_and(|known| known.contains(&name)) {
            return Ok(());
        }
        if let Some(link) = link_above(top, folder) {
            return Err(Error::usage("export-folder-linked").with("path", link.display()));
        }
        let made = match self.kept.class {
            Class::Public => fs::create_dir_all(folder),
            Class::Private => platform::create_private_folder(folder),
        };
        made.map_err(|error| Error::disk("export-write-failed", folder.display(), error))?;
        if let Ok(mut known) = self.made.lock() {
            known.insert(&name);
        }
        Ok(())
    }
}

/// Returns the link in the place of `folder` or of one above it, inside `top`: what is written there would be somewhere else.
pub(super) fn link_above(top: &Path, folder: &Path) -> Option<PathBuf> {
    let inside = folder.ancestors().take_while(|above| *above != top && above.starts_with(top));
    let is_link = |path: &&Path| path.symlink_metadata().is_ok_and(|there| there.file_type().is_symlink());
    inside.filter(is_link).last().map(Path::to_owned)
}

/// Writes a file next to `path` and renames it, so that a reader sees either the old or the new file.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> Result<()> {
    let failed = |error| Error::disk("export-write-failed", path.display(), error);
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent).map_err(failed)?;
    }
    let part = part_name(path);
    create(&part, Class::Public).and_then(|mut file| file.write_all(bytes)).map_err(failed)?;
    platform::rename(&part, path).map_err(failed)
}

/// Creates the temporary file; a private one is readable only by its owner.
pub(super) fn create(part: &Path, class: Class) -> std::io::Result<fs::File> {
    match class {
        Class::Public => fs::File::create(part),
        Class::Private => {
            let _ = platform::remove_file(part);
            platform::create_new(part, true)
        }
    }
}

/// Writes a note into the archive's working state. It only saves work, so it is omitted on a read-only archive.
pub(crate) fn note(path: &Path, bytes: &[u8]) -> Result<()> {
    let folder = path.parent().unwrap_or(path);
    match fs::create_dir_all(folder).and_then(|()| tempfile::tempfile_in(folder).map(drop)) {
        Err(error) if platform::is_read_only(&error) => Ok(()),
        _ => replace(path, bytes),
    }
}

pub(super) fn part_name(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".part");
    path.with_file_name(name)
}

/// Removes a file of an earlier run, and the folders it leaves empty.
fn remove(folder: &Path, path: &str) -> Result<()> {
    // The list may have been altered: its paths are checked like those of outputs.
    let Ok(path) = OutPath::new(path) else { return Ok(()) };
    let path = path.inside(folder);
    if link_above(folder, path.parent().unwrap_or(folder)).is_some() {
        return Ok(());
    }
    match platform::remove_file(&path) {
        Ok(()) => {}
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => return Err(Error::disk("export-write-failed", path.display(), error)),
    }
    remove_empty_folders(folder, &path);
    Ok(())
}

/// Removes the folders inside `folder` that are empty without the file at `path`.
pub(super) fn remove_empty_folders(folder: &Path, path: &Path) {
    let mut parent = path.parent();
    while let Some(up) = parent.filter(|up| *up != folder && up.starts_with(folder)) {
        if fs::remove_dir(up).is_err() {
            break;
        }
        parent = up.parent();
    }
}
