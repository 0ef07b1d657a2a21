//! Writes an export into its folder: skips what is there with the same key, renders the rest side by side, removes what
//! an earlier run wrote and this one does not. A file somebody else put there is never touched.

use std::fs;
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use serde::Serialize;

use super::written::{self, Entry, Log};
use crate::error::{Error, Kind, Result};
use crate::export::{Content, OutPath, Output};
use crate::model::{Class, NameMap, NameSet};
use crate::pipeline::archive::damage;
use crate::platform;
use crate::progress::{Step, Task};
use crate::work::Work;

/// What a run did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Files written.
    pub written: usize,
    /// Files that stood there already.
    pub unchanged: usize,
    /// Files of an earlier run that were removed.
    pub removed: usize,
    /// Files of the archive that should be copied and are not there: it is damaged.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub damaged: Vec<String>,
}

/// Outputs that are taken and written together: enough for every thread, few enough to be held.
const BATCH: usize = 4096;

/// Writes `outputs` into `folder`, in their order. Private files are readable by their owner alone. `list` is where the
/// list of the written files is kept for this folder.
///
/// # Errors
/// The first output that cannot be listed, rendered or written; `interrupted`. Files written until then are on the list.
pub fn write_files<'v>(
    outputs: impl Iterator<Item = Result<Output<'v>>>,
    folder: &Path,
    list: &Path,
    class: Class,
    work: &Work<'_>,
) -> Result<Summary> {
    let folders = Folders { class, made: Mutex::default() };
    folders.make(folder)?;
    let mut run = Run {
        folder,
        before: written::begin(list)?,
        folders,
        log: Log::new(list),
        written: NameSet::default(),
        damaged: NameSet::default(),
        summary: Summary::default(),
        seen: NameSet::default(),
    };
    let all = run.all(outputs, work);
    let Run { log, seen, written, damaged, mut summary, .. } = run;
    if let Err(error) = all {
        // What stands stays known, the rest is looked at again.
        log.save(|path| !written.contains(path))?;
        return Err(error);
    }
    let mut gone = Ok(());
    written::each(list, |path, _| {
        if gone.is_ok() && !seen.contains(path) {
            gone = remove(folder, path);
            summary.removed += 1;
        }
    });
    gone?;
    summary.damaged.sort();
    if summary.written + summary.removed > 0 {
        log.save(|path| seen.contains(path) && !written.contains(path) && !damaged.contains(path))?;
    }
    Ok(summary)
}

/// A run of an export.
struct Run<'r> {
    folder: &'r Path,
    before: NameMap<Entry>,
    folders: Folders,
    log: Log<'r>,
    written: NameSet,
    /// What could not be copied, since the archive lacks it.
    damaged: NameSet,
    summary: Summary,
    /// Every path so far. What an earlier run wrote under one of them stays, also where the archive lacks the file now.
    seen: NameSet,
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
        let mut written = side_by_side(todo, work, |output| {
            let bytes = write(output, self.folder, &self.folders, work);
            step.advance(1);
            (output, bytes)
        });
        written.sort_by_key(|(output, _)| output.path.as_str());
        let mut failed = None;
        for (output, result) in written {
            let path = output.path.as_str();
            match result {
                Ok(bytes) => {
                    self.summary.written += 1;
                    self.written.insert(path);
                    self.log.add(path, &Entry { key: output.key, bytes })?;
                }
                Err(error) if error.code() == damage::MISSING => {
                    self.damaged.insert(path);
                    self.summary.damaged.push(error.argument("path").unwrap_or_default().into_owned());
                }
                Err(error) => failed = failed.or(Some(error)),
            }
        }
        failed.map_or_else(|| work.check(), Err)
    }
}

fn stands(path: &Path, bytes: u64) -> bool {
    fs::symlink_metadata(path).is_ok_and(|file| file.is_file() && file.len() == bytes)
}

/// Writes each output; the first failure ends it: the disk is full or a template is broken.
fn side_by_side<'o, 'v>(
    outputs: &'o [Output<'v>],
    work: &Work<'_>,
    write: impl Fn(&'o Output<'v>) -> (&'o Output<'v>, Result<u64>) + Sync,
) -> Vec<(&'o Output<'v>, Result<u64>)> {
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

/// The folders made so far, so that each is asked for once.
struct Folders {
    /// Private ones, and the files in them, are readable by their owner alone.
    class: Class,
    made: Mutex<NameSet>,
}

impl Folders {
    fn make(&self, folder: &Path) -> Result<()> {
        let name = folder.to_string_lossy();
        if self.made.lock().is_ok_and(|known| known.contains(&name)) {
            return Ok(());
        }
        let made = match self.class {
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

fn write(output: &Output<'_>, folder: &Path, folders: &Folders, work: &Work<'_>) -> Result<u64> {
    let path = output.path.inside(folder);
    if let Some(parent) = path.parent() {
        folders.make(parent)?;
    }
    match &output.content {
        Content::File(from) => {
            let failed = |error| Error::disk("export-write-failed", path.display(), error);
            if !from.is_there() {
                return Err(Error::new(Kind::Findings, damage::MISSING).with("path", from));
            }
            let part = part_name(&path);
            let _ = fs::remove_file(&part);
            from.copy_to(&part).map_err(failed)?;
            fs::rename(&part, &path).map_err(failed)?;
            fs::metadata(&path).map(|file| file.len()).map_err(failed)
        }
        Content::Stream(write) => stream(&path, folders.class, write, work),
        Content::Render(render) => {
            let bytes = render()?;
            replace_as(&path, folders.class, &bytes)?;
            Ok(bytes.len() as u64)
        }
    }
}

/// Lets `write` write a file beside `path`, and puts it in its place; gives its bytes.
fn stream(
    path: &Path,
    class: Class,
    write: &dyn Fn(&mut dyn std::io::Write) -> Result<()>,
    work: &Work<'_>,
) -> Result<u64> {
    let failed = |error| Error::disk("export-write-failed", path.display(), error);
    let part = part_name(path);
    let file = Stoppable { file: create(&part, class).map_err(failed)?, work };
    let mut out = std::io::BufWriter::with_capacity(1 << 16, file);
    let written = write(&mut out).and_then(|()| out.flush().map_err(failed));
    let (Stoppable { file, .. }, _) = out.into_parts();
    if let Err(error) = written {
        drop(file);
        let _ = fs::remove_file(&part);
        // The exporter's own error only reflects the cancelled writer.
        return Err(work.check().err().unwrap_or(error));
    }
    let bytes = file.metadata().map_err(failed)?.len();
    drop(file);
    fs::rename(&part, path).map_err(failed)?;
    Ok(bytes)
}

/// A file that refuses further writes once the export is cancelled.
struct Stoppable<'w> {
    file: fs::File,
    work: &'w Work<'w>,
}

impl std::io::Write for Stoppable<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.work.check().map_err(std::io::Error::other)?;
        self.file.write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.file.flush()
    }
}

/// Writes a file beside `path` and puts it in its place, so that a reader sees the old one or the new one.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> Result<()> {
    replace_as(path, Class::Public, bytes)
}

/// Creates the file that will be put in its place; private ones are readable by their owner alone.
fn create(part: &Path, class: Class) -> std::io::Result<fs::File> {
    match class {
        Class::Public => fs::File::create(part),
        Class::Private => {
            let _ = fs::remove_file(part);
            platform::create_new(part, true)
        }
    }
}

fn replace_as(path: &Path, class: Class, bytes: &[u8]) -> Result<()> {
    let failed = |error| Error::disk("export-write-failed", path.display(), error);
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent).map_err(failed)?;
    }
    let part = part_name(path);
    let mut file = create(&part, class).map_err(failed)?;
    file.write_all(bytes).map_err(failed)?;
    drop(file);
    fs::rename(&part, path).map_err(failed)
}

/// Keeps a note in the archive's working state. It only saves work: an archive that cannot be written has none.
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
    // The list is a file like any other: a path in it is checked as an output's is.
    let Ok(path) = OutPath::new(path) else { return Ok(()) };
    let path = path.inside(folder);
    match fs::remove_file(&path) {
        Ok(()) => {}
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => return Err(Error::disk("export-write-failed", path.display(), error)),
    }
    let mut parent = path.parent();
    while let Some(up) = parent.filter(|up| *up != folder && up.starts_with(folder)) {
        if fs::remove_dir(up).is_err() {
            break;
        }
        parent = up.parent();
    }
    Ok(())
}
