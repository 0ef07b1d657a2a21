//! Looks for the bytes of lost files in what the user named for it: other copies of the archive, and any folders and files.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};

use super::damage::Place;
use crate::archive::{self, Archive};
use crate::error::{Error, Result};
use crate::model::{Class, Sha256};
use crate::progress::Task;
use crate::store::stage::hash_file;
use crate::work::Work;

/// What the user named as holding what is lost.
pub(super) struct Sources {
    /// Copies of the archive.
    pub(super) archives: Vec<PathBuf>,
    /// Other folders and files.
    plain: Vec<PathBuf>,
}

impl Sources {
    /// Takes the named places.
    ///
    /// # Errors
    /// `repair-from-itself`; `input-not-found`.
    pub(super) fn open(root: &Path, from: &[PathBuf]) -> Result<Self> {
        let mut sources = Self { archives: Vec::new(), plain: Vec::new() };
        let full = |path: &Path| std::fs::canonicalize(path).ok();
        for path in from {
            if !path.exists() {
                return Err(Error::input("input-not-found").with("path", path.display()));
            }
            if full(path) == full(root) {
                return Err(Error::usage("repair-from-itself").with("path", path.display()));
            }
            let list = if archive::was_written(path) { &mut sources.archives } else { &mut sources.plain };
            list.push(path.clone());
        }
        Ok(sources)
    }

    /// Returns a file for each lost digest that any source holds; a copy of the archive says so in its manifests, the
    /// other files are read.
    pub(super) fn find(
        &self,
        lost: &BTreeMap<Place, Sha256>,
        near: Vec<PathBuf>,
        work: &Work<'_>,
    ) -> Result<HashMap<Sha256, PathBuf>> {
        let wanted: HashSet<Sha256> = lost.values().copied().collect();
        let mut found = HashMap::new();
        let mut plain = self.plain.clone();
        if wanted.is_empty() {
            return Ok(found);
        }
        for root in &self.archives {
            let Ok(archive) = Archive::open(root) else {
                // Unfinished or damaged: its files are still files.
                plain.push(root.clone());
                continue;
            };
            for class in [Class::Public, Class::Private] {
                // The part that can be read counts: a copy may be damaged too.
                let _ = archive.each(class, |path, digest| {
                    let file = archive::file_of(root, class, path);
                    if wanted.contains(&digest) && !found.contains_key(&digest) && is_file_of(&file, &digest) {
                        found.insert(digest, file);
                    }
                    work.check()
                });
                work.check()?;
            }
        }
        let step = work.progress.start(Task::Scan, None);
        for path in near.into_iter().chain(plain) {
            for entry in walkdir::WalkDir::new(&path).sort_by_file_name().into_iter().filter_map(Result::ok) {
                work.check()?;
                if entry.file_type().is_file()
                    && found.len() < wanted.len()
                    && let Some(digest) = digest_of(entry.path())
                    && wanted.contains(&digest)
                {
                    found.entry(digest).or_insert_with(|| entry.into_path());
                }
                step.advance(1);
            }
        }
        Ok(found)
    }
}

/// Reports whether a file, which may be anybody's, can be read and has this digest.
fn is_file_of(path: &Path, digest: &Sha256) -> bool {
    digest_of(path) == Some(*digest)
}

fn digest_of(path: &Path) -> Option<Sha256> {
    hash_file(path).ok().map(|(digest, _)| digest)
}
