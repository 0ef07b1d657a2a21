//! Runs exporters: opens the public bag through the owner's selection, lists the outputs and writes them.

pub mod comments;
mod edited;
mod part;
mod print;
pub mod request;
pub(crate) mod site_folder;
pub(crate) mod writer;
mod written;

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use serde::Serialize;

pub use self::writer::{Kept, Summary, write_files};
use super::archive::state;
use super::closing::private_files;
use super::host::Host;
use crate::archive::{Archive, PrivateView, View};
use crate::audit::fill;
use crate::error::{Error, Result};
pub use crate::export::Include;
/// Types that results contain.
pub use crate::export::hosts::{Excess, Measures};
pub use crate::export::losses::{self, Losses};
use crate::export::mirror::{MEDIA, Mirror};
use crate::export::registry::EXPORTERS;
use crate::export::selection::Chooser;
use crate::export::{ExportOptions, Exporter, OutPath, Output, Publication, Scoped};
use crate::model::{Class, layout};
use crate::platform;
use crate::work::Work;

/// The result of making a site.
#[derive(Debug, Serialize)]
pub struct Made {
    /// Summary of the written files.
    #[serde(flatten)]
    pub summary: Summary,
    /// Measures of the site, without the media published separately.
    pub measures: Measures,
    /// Limits of the host that the site exceeds.
    pub excesses: Vec<Excess>,
    /// Number of articles, notes and videos that the owner does not republish.
    pub withheld: usize,
    /// Paths of those posts: folders of articles, records of notes and videos.
    #[serde(skip)]
    pub withheld_paths: Vec<String>,
    /// Conditions that matched nothing: `--only …`, `--except …`, or a line of the hide list.
    pub unused_rules: Vec<String>,
}

/// Makes the mirror of the archive at `root` in `site`.
///
/// # Errors
/// `view-no-archive`, `export-folder-in-use`, a broken template, a full disk.
pub fn mirror(root: &Path, site: &Path, options: &ExportOptions, host: &dyn Host) -> Result<Summary> {
    make_site(root, site, &media_folder(site), options, host).map(|made| made.summary)
}

/// Makes the mirror and returns the full result. If the media have a separate address, they are written into the folder
/// `media`.
pub fn make_site(root: &Path, site: &Path, media: &Path, options: &ExportOptions, host: &dyn Host) -> Result<Made> {
    state::check_finished(root)?;
    check_folder(root, site, &[])?;
    if options.media_base.is_some() {
        site_folder::check(root, media, &site_folder::note(root, media, MEDIA), &[])?;
    }
    let _site_lock = site_folder::lock(root, site, host)?;
    let _media_lock = options.media_base.as_ref().map(|_| site_folder::lock(root, media, host)).transpose()?;
    let work = host.work();
    let chooser = options.selection.chooser();
    let (view, withheld) = open(root, options, &chooser, &work)?;
    let publication = Publication::new(&view)?;
    let mut summary = Summary::default();
    if options.media_base.is_some() {
        let elsewhere = Mirror.outputs(&publication, options)?.filter_map(|output| moved_out(output).transpose());
        summary =
            write_files(elsewhere, media, &site_folder::note(root, media, MEDIA), kept(options), view.lost(), &work)?;
    }
    let list = site_folder::note(root, site, Mirror.info().name);
    let outputs = Mirror.outputs(&publication, options)?;
    let stays = |output: &Result<Output<'_>>| {
        options.media_base.is_none() || output.as_ref().map_or(true, |output| in_media(&output.path).is_none())
    };
    let written = write_files(outputs.filter(stays), site, &list, kept(options), view.lost(), &work);
    let written = unless_unreachable(view.failure(), written)?;
    summary.damaged.extend(written.damaged);
    summary.written += written.written;
    summary.unchanged += written.unchanged;
    summary.removed += written.removed;
    summary.lost.merge(written.lost);
    add_lost(&publication, &mut summary);
    let mut measures = Measures::of(|visit| {
        written::each(&list, |path, entry| visit(path, entry.bytes));
    });
    measures.redirects = rules(&site.join("_redirects"));
    let excesses = options.host.map(|host| host.excesses(&measures)).unwrap_or_default();
    Ok(Made {
        summary,
        measures,
        excesses,
        withheld: withheld.len(),
        withheld_paths: withheld,
        unused_rules: chooser.unused(),
    })
}

/// Checks that the site of the archive at `root` may be written into the folder `site`; nothing is written. `inputs`
/// are the files and folders being backed up.
///
/// # Errors
/// `site-folder-taken`, `site-folder-unsafe`.
pub fn check_folder(root: &Path, site: &Path, inputs: &[PathBuf]) -> Result<()> {
    site_folder::check(root, site, &site_folder::note(root, site, Mirror.info().name), inputs)
}

/// Returns the default media folder of a site whose media are published separately: next to the site.
pub fn media_folder(site: &Path) -> PathBuf {
    let mut name = site.file_name().unwrap_or_default().to_owned();
    name.push("-media");
    site.with_file_name(name)
}

/// Returns the path of a medium inside the media folder; `None` for any other file.
fn in_media(path: &OutPath) -> Option<&str> {
    path.as_str().strip_prefix(MEDIA)?.strip_prefix('/')
}

/// Returns a medium with its path outside the site; `None` for any other output.
fn moved_out(output: Result<Output<'_>>) -> Result<Option<Output<'_>>> {
    let output = output?;
    let path = in_media(&output.path).map(OutPath::new).transpose()?;
    Ok(path.map(|path| Output { path, ..output }))
}

/// Counts the rules of a `_redirects` file.
fn rules(path: &Path) -> u64 {
    let text = platform::read_text(path).unwrap_or_default();
    text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#')).count() as u64
}

/// Opens the public bag through the selection. Also returns the paths it withholds: folders of articles, records of
/// notes and videos.
fn open(root: &Path, options: &ExportOptions, chooser: &Chooser<'_>, work: &Work<'_>) -> Result<(View, Vec<String>)> {
    let archive = Archive::open(root)?;
    if options.selection.is_everything() {
        return Ok((View::open_where(&archive, None, work)?, Vec::new()));
    }
    let withheld = Mutex::new(Vec::new());
    let view = View::open_where(
        &archive,
        Some(&|post, albums| {
            let takes = chooser.takes(post, albums);
            if !takes && let Ok(mut withheld) = withheld.lock() {
                withheld.push(post.place.clone());
            }
            takes
        }),
        work,
    )?;
    let mut withheld = withheld.into_inner().unwrap_or_else(PoisonError::into_inner);
    withheld.sort_unstable();
    Ok((view, withheld))
}

/// Records in the private bag the posts that the owner withholds from a site, so that `ready` does not report them
/// missing. A caller that has the archive open for reading must close it first, because the note is a commit.
///
/// # Errors
/// The errors of a commit.
pub fn note_withheld(root: &Path, site: &Path, withheld: &[String], host: &dyn Host) -> Result<()> {
    if !root.join(layout::SHA256SUMS).is_file() {
        return Ok(());
    }
    let mut sites = fill::withheld_by_site(&Archive::open(root)?)?;
    let key = layout::site_key(root, site);
    if sites.get(&key).map_or(&[][..], Vec::as_slice) == withheld {
        return Ok(());
    }
    sites.insert(key, withheld.to_owned());
    sites.retain(|_, withheld| !withheld.is_empty());
    let note = serde_json::to_vec(&sites)
        .map_err(|error| Error::other("export-write-failed").with("path", layout::WITHHELD).because(error))?;
    // Without the note `ready` reports the pages as missing, so that nothing is lost silently.
    private_files::note(root, layout::WITHHELD, note, host)
}

/// The result of an export.
#[derive(Debug, Default, Serialize)]
pub struct Exported {
    /// Name of the exporter.
    pub name: &'static str,
    /// Folder it wrote to.
    pub folder: PathBuf,
    /// Summary of the written files.
    #[serde(flatten)]
    pub summary: Summary,
    /// Number of posts that were written; `None` for a private export.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub posts: Option<usize>,
    /// Private data that it includes, for a private export.
    #[serde(skip)]
    pub include: Option<Include>,
    /// Number of posts that the owner does not republish.
    pub withheld: usize,
    /// Conditions that matched nothing: `--only …`, `--except …`, or a line of the hide list.
    pub unused_rules: Vec<String>,
}

/// Fails if the archive could not be reached: what is missing from the export then is not lost, and the next run writes it.
fn unless_unreachable(failure: Option<Error>, written: Result<Summary>) -> Result<Summary> {
    failure.map_or(written, Err)
}

fn kept(options: &ExportOptions) -> Kept {
    Kept { class: Class::Public, linked: options.hard_links, edits: false }
}

/// Adds the files that the archive has lost, and the posts whose bodies are among them.
fn add_lost(publication: &Publication<'_>, summary: &mut Summary) {
    let view = publication.view();
    let paths = view.lost().paths();
    if paths.is_empty() {
        return;
    }
    for post in view.posts().iter().filter(|post| paths.binary_search(&post.body()).is_ok()) {
        summary.lost.add("body", 1, &publication.title(post).unwrap_or_else(|| post.id.clone()));
    }
    summary.damaged.extend(paths.iter().map(|path| view.shown(path)));
    summary.damaged.sort();
    summary.damaged.dedup();
}

/// Checks that an exporter may write to `folder`.
fn check_export_folder(exporter: Scoped, root: &Path, folder: &Path) -> Result<()> {
    let name = exporter.info().name;
    let list = site_folder::note(root, folder, name);
    if name == Mirror.info().name {
        site_folder::check(root, folder, &list, &[])
    } else {
        site_folder::check_export(root, folder, &list)
    }
}

/// Runs an exporter on the archive at `root`, into `folder`.
///
/// # Errors
/// `site-folder-taken`, `site-folder-unsafe`, `export-folder-in-use`, the errors of reading the archive and of writing;
/// `interrupted`, after which the next export keeps the files already written.
pub fn export(
    exporter: Scoped,
    root: &Path,
    folder: &Path,
    options: &ExportOptions,
    host: &dyn Host,
) -> Result<Exported> {
    let name = exporter.info().name;
    state::check_finished(root)?;
    let list = site_folder::note(root, folder, name);
    check_export_folder(exporter, root, folder)?;
    let _lock = site_folder::lock(root, folder, host)?;
    let work = host.work();
    let exported = |summary, posts| Exported { name, folder: folder.to_owned(), summary, posts, ..Exported::default() };
    match exporter {
        Scoped::Public(exporter) => {
            let chooser = options.selection.chooser();
            let (view, withheld) = open(root, options, &chooser, &work)?;
            let publication = Publication::new(&view)?;
            let outputs = exporter.outputs(&publication, options)?;
            let kept = Kept { edits: name != Mirror.info().name, ..kept(options) };
            let written = write_files(outputs, folder, &list, kept, view.lost(), &work);
            let mut summary = unless_unreachable(view.failure(), written)?;
            add_lost(&publication, &mut summary);
            let (withheld, unused_rules) = (withheld.len(), chooser.unused());
            Ok(Exported { withheld, unused_rules, ..exported(summary, Some(publication.count())) })
        }
        Scoped::Private(exporter) => {
            let public = EXPORTERS.iter().filter(|one| matches!(one, Scoped::Public(_)));
            let public: Vec<&str> = public.map(|one| one.info().name).chain([MEDIA]).collect();
            site_folder::check_private(root, folder, &public)?;
            let private = PrivateView::open(&Archive::open(root)?)?;
            match exporter.include() {
                Include::Bills if private.ledger()?.is_none() => return Err(Error::input("export-no-bills")),
                Include::Evidence if !private.has_pages()? => return Err(Error::input("export-no-evidence")),
                Include::Bills | Include::Evidence => {}
            }
            let outputs = exporter.outputs(&private, options)?;
            let kept = Kept { class: Class::Private, linked: false, edits: true };
            let written = write_files(outputs, folder, &list, kept, private.lost(), &work);
            let mut summary = unless_unreachable(private.failure(), written)?;
            summary.damaged.extend(private.damaged());
            Ok(Exported { include: Some(exporter.include()), ..exported(summary, None) })
        }
    }
}
