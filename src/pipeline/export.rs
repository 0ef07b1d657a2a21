//! Runs exporters: opens the public bag as the person's selection shows it, lists the outputs, has them written.

use std::fs;
use std::path::{Path, PathBuf};

use serde::Serialize;

pub use super::export_write::{Summary, write_site};
use super::export_write::{Written, list_path};
use crate::error::Result;
use crate::export::hosts::{Excess, Measures};
use crate::export::mirror::{MEDIA, Mirror};
use crate::export::selection::Chooser;
use crate::export::{ExportOptions, Exporter, OutPath, Output};
use crate::progress::Progress;
use crate::store::View;

/// A site as it was made.
#[derive(Debug, Serialize)]
pub struct Made {
    /// What the run did.
    #[serde(flatten)]
    pub summary: Summary,
    /// What the site measures, without the media that stand elsewhere.
    pub measures: Measures,
    /// What its host does not allow.
    pub excesses: Vec<Excess>,
    /// Lines of the hide list that hid nothing.
    pub unused_hidden: Vec<String>,
}

/// Makes the mirror of the archive at `root` in `site`.
///
/// # Errors
/// `view-no-archive`, a broken template, a full disk.
pub fn mirror(root: &Path, site: &Path, options: &ExportOptions, progress: &dyn Progress) -> Result<Summary> {
    make_site(root, site, &media_folder(site), options, progress).map(|made| made.summary)
}

/// The same, with everything there is to say of it. Where the media are to stand at an address of their own, they are
/// written into the folder `media`.
pub fn make_site(
    root: &Path,
    site: &Path,
    media: &Path,
    options: &ExportOptions,
    progress: &dyn Progress,
) -> Result<Made> {
    let chooser = options.selection.chooser();
    let view = open(root, options, &chooser)?;
    let mut outputs = Mirror.outputs(&view, options)?;
    let mut summary = Summary::default();
    if options.media_base.is_some() {
        let elsewhere = move_media_out(&mut outputs)?;
        summary = write_site(&elsewhere, media, &list_path(root, media, MEDIA), progress)?;
    }
    let list = list_path(root, site, Mirror.info().name);
    let written = write_site(&outputs, site, &list, progress)?;
    summary.written += written.written;
    summary.unchanged += written.unchanged;
    summary.removed += written.removed;
    let mut measures = Measures::of(Written::load(&list).files());
    measures.redirects = rules(&site.join("_redirects"));
    let excesses = options.host.map(|host| host.excesses(&measures)).unwrap_or_default();
    Ok(Made { summary, measures, excesses, unused_hidden: chooser.unused() })
}

/// The media folder of a site whose media stand elsewhere, unless another one is named: beside it.
pub fn media_folder(site: &Path) -> PathBuf {
    let mut name = site.file_name().unwrap_or_default().to_owned();
    name.push("-media");
    site.with_file_name(name)
}

/// Takes the media out of `outputs`, named without their folder.
fn move_media_out<'v>(outputs: &mut Vec<Output<'v>>) -> Result<Vec<Output<'v>>> {
    let mut elsewhere = Vec::new();
    for output in std::mem::take(outputs) {
        match output.path.as_str().strip_prefix(MEDIA).and_then(|path| path.strip_prefix('/')) {
            Some(path) => elsewhere.push(Output { path: OutPath::new(path)?, ..output }),
            None => outputs.push(output),
        }
    }
    Ok(elsewhere)
}

/// Rules in a `_redirects` file.
fn rules(path: &Path) -> u64 {
    let text = fs::read_to_string(path).unwrap_or_default();
    text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#')).count() as u64
}

/// The public bag as the selection shows it.
fn open(root: &Path, options: &ExportOptions, chooser: &Chooser<'_>) -> Result<View> {
    if options.selection.is_everything() {
        return View::open(root);
    }
    View::open_where(root, Some(&|entry, albums| chooser.takes(entry, albums)))
}

/// Runs any exporter of the archive at `root` into `folder`.
pub fn export(
    exporter: &dyn Exporter,
    root: &Path,
    folder: &Path,
    options: &ExportOptions,
    progress: &dyn Progress,
) -> Result<Summary> {
    let chooser = options.selection.chooser();
    let view = open(root, options, &chooser)?;
    let outputs = exporter.outputs(&view, options)?;
    write_site(&outputs, folder, &list_path(root, folder, exporter.info().name), progress)
}
