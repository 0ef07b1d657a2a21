//! `liudi backup --watch FOLDER`: imports each page as it is saved, until Ctrl-C; then the site is made.

use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::time::{Duration, SystemTime};

use super::arguments::BackupOptions as Flags;
use super::backup;
use super::context::Context;
use super::site_arguments::MirrorOptions;
use crate::error::Result;
use crate::pipeline::backup::{BackupOptions, exit_bits};

/// How often the folder is looked at. A page counts as saved when nothing changed for one pause.
const PAUSE: Duration = Duration::from_secs(2);

/// Watches.
pub(super) fn run(context: &Context<'_>, flags: &Flags, folder: &Path) -> Result<u8> {
    let mut flags = Flags { watch: None, ..flags.clone() };
    flags.inputs.push(folder.display().to_string());
    let root = context.archive(flags.output.as_deref());
    if !flags.no_mirror {
        super::mirror::check_folder(&root, &flags, &[folder.to_owned()])?;
    }
    let stop = context.stop();
    context.output.say("watch-started", &[("path", &folder.display().to_string())]);
    let (mut bits, mut changed, mut before, mut imported) = (0, false, None, None);
    while !stop.is_cancelled() {
        let now = snapshot(folder);
        if before.as_ref() == Some(&now) && imported.as_ref() != Some(&now) {
            let mut options = BackupOptions { mend: imported.is_none(), ..backup::options(context, &flags)? };
            let report = backup::collect_with_answers(context, &root, &mut options)?;
            changed |= report.changed;
            if report.changed {
                let (read, held) = (report.read.to_string(), report.articles.held.to_string());
                context.output.say("watch-imported", &[("read", &read), ("held", &held)]);
                report.problems.iter().for_each(|(problem, _)| context.output.problem(problem));
            }
            bits = exit_bits(&report);
            imported = Some(now.clone());
        }
        before = Some(now);
        std::thread::sleep(PAUSE);
    }
    if changed && !flags.no_mirror {
        let mirror = MirrorOptions { output: flags.site.clone(), ..MirrorOptions::default() };
        let built = super::mirror::build(context, &root, &mirror)?;
        context.output.tell("summary-site", &[("path", &built.site.join("index.html").display().to_string())]);
    }
    Ok(bits)
}

/// Names, sizes and times of a folder's files.
fn snapshot(folder: &Path) -> Vec<(PathBuf, u64, Option<SystemTime>)> {
    let entries = walkdir::WalkDir::new(folder).into_iter().flatten().filter(|entry| entry.file_type().is_file());
    let mut files: Vec<_> = entries
        .filter_map(|entry| {
            let metadata = entry.metadata().ok()?;
            Some((entry.into_path(), metadata.len(), metadata.modified().ok()))
        })
        .collect();
    files.sort();
    files
}
