//! Lists the files below the roots of one folder, without what systems leave in folders, and names what is not read.

use std::cell::Cell;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use walkdir::{DirEntry, WalkDir};

use super::walk::{Walk, WalkOptions, locator, modified_of};
use crate::archive::is_archive;
use crate::model::{Problem, is_left_about, layout};
use crate::platform;
use crate::secret::without_secrets;
use crate::source::input::{Listing, Siblings};

/// Code of the remark on a waste basket, whose files somebody threw away.
pub(crate) const WASTE_BASKET: &str = "input-waste-basket";

/// Returns the files below `roots`, which lie in the folder `base`, and the places of those that could not be examined.
/// `archive` is the folder that is written to.
pub(super) fn of(
    roots: &[PathBuf],
    base: &Path,
    archive: Option<&Path>,
    options: &WalkOptions<'_>,
    walk: &mut Walk,
) -> (Arc<Siblings>, Vec<String>) {
    let mut listing = Listing::new(base.to_owned());
    let mut unseen = Vec::new();
    for root in roots {
        if options.is_stopped() {
            walk.cut_off(root, base);
            continue;
        }
        let passed_over = Cell::new(0);
        let mut left: Vec<(&'static str, PathBuf)> = Vec::new();
        // In directory order: a large folder is not read as a whole before the walk can be stopped.
        let entries = WalkDir::new(root).follow_links(false).into_iter().filter_entry(|entry| {
            if entry.depth() > 0 && is_of_system(entry) {
                if entry.file_name().to_str().is_some_and(is_waste_basket) {
                    left.push((WASTE_BASKET, entry.path().to_owned()));
                } else {
                    passed_over.set(passed_over.get() + 1);
                }
                return false;
            }
            if archive == Some(entry.path()) || entry.file_name() == layout::WORK {
                return false;
            }
            let is_other_archive = entry.file_type().is_dir() && is_archive(entry.path());
            if is_other_archive {
                left.push(("input-archive", entry.path().to_owned()));
            }
            !is_other_archive
        });
        for entry in entries {
            if options.is_stopped() {
                walk.cut_off(root, base);
                break;
            }
            match entry {
                Ok(entry) => unseen.extend(add(&entry, base, &mut listing, walk)),
                Err(error) => {
                    let path = error.path().unwrap_or(root).to_owned();
                    walk.opened.remove(&platform::text_of(&path));
                    let place = locator(base, &path);
                    walk.unseen(&without_secrets(&place), &path, error.into_io_error().unwrap_or_else(looped));
                    unseen.push(place);
                }
            }
        }
        walk.passed_over += passed_over.get();
        for (code, path) in left {
            let remark = Problem::remark(code, without_secrets(&locator(base, &path)));
            walk.problems.push((remark, platform::text_of(&path)));
        }
    }
    (listing.finish(), unseen)
}

/// Adds an entry to the list; returns its place if it could not be examined.
fn add(entry: &DirEntry, base: &Path, listing: &mut Listing, walk: &mut Walk) -> Option<String> {
    let path = platform::text_of(entry.path());
    if entry.file_type().is_dir() {
        walk.opened.insert(path);
        return None;
    }
    let place = locator(base, entry.path());
    let locator = without_secrets(&place).into_owned();
    if entry.file_type().is_symlink() {
        walk.link(locator, entry.path());
        return None;
    }
    if !entry.file_type().is_file() {
        walk.problems.push((Problem::remark("input-special-file", locator), path));
        return None;
    }
    match entry.metadata() {
        Ok(metadata) => {
            listing.add(entry.path(), &place, metadata.len(), modified_of(&metadata));
            None
        }
        Err(error) => {
            walk.unseen(&locator, entry.path(), error.into_io_error().unwrap_or_else(looped));
            Some(place)
        }
    }
}

/// Reports whether a system or an office program left the entry behind: by its name, except where somebody's own may have
/// that name.
fn is_of_system(entry: &DirEntry) -> bool {
    let Some(name) = entry.file_name().to_str().filter(|name| is_left_about(name)) else { return false };
    if name == "lost+found" {
        // What a repair of the file system saved; mostly it is empty and only the superuser may look into it.
        return !fs::read_dir(entry.path()).is_ok_and(|mut inside| inside.next().is_some());
    }
    if name.starts_with("._") && entry.file_type().is_file() {
        return is_fork_of_mac(entry.path());
    }
    true
}

/// Reports whether a file begins like what a Mac keeps of another file beside it (AppleDouble), or is empty, or cannot be read.
fn is_fork_of_mac(path: &Path) -> bool {
    let mut head = Vec::new();
    let read = platform::open_file(path).and_then(|file| file.take(4).read_to_end(&mut head));
    read.is_err() || head.is_empty() || head == [0, 5, 22, 7]
}

fn is_waste_basket(name: &str) -> bool {
    name.starts_with(".Trash") || name.eq_ignore_ascii_case("$RECYCLE.BIN")
}

/// Returns an error for walkdir's loop case, which cannot occur because links are not followed.
fn looped() -> std::io::Error {
    std::io::ErrorKind::InvalidInput.into()
}
