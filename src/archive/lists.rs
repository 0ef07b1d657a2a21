//! The lists that pin an archive: `SHA256SUMS`, `README.txt`, and the tag files and manifests of both bags. Their digests
//! form a chain, `SHA256SUMS` → tag manifests → manifests → files, so that a copy of them says exactly what an archive held
//! when it was made, as long as `SHA256SUMS` of then is known to be genuine. A timestamp is what says so.

use std::fmt;
use std::io;
use std::path::Path;

use serde::Serialize;

use super::bagit::Entries;
use super::bags::{Bags, Reader, whole};
use super::folder::Folder;
use super::handle::{Archive, in_bag, place};
use crate::error::{Error, Kind, Result};
use crate::model::{Class, Hasher, Sha256, layout};
use crate::work::Work;

/// Number of paths that a comparison names.
const NAMED: usize = 100;

/// The lists of an archive, or a copy of them.
pub struct Lists<'a> {
    bags: Source<'a>,
    /// Where the lists are: empty, or the path of a folder with `/` at its end.
    prefix: String,
    /// The folder as shown in messages.
    shown: String,
}

enum Source<'a> {
    Archive(&'a Archive),
    Folder(Folder),
}

impl fmt::Debug for Lists<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Lists").field(&self.shown).finish()
    }
}

/// What became of the files that a copy of the lists names.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Compared {
    /// Number of files that the copy names.
    pub files: u64,
    /// Number of those that the archive lists with the same digest.
    pub unchanged: u64,
    /// Number of those that it lists with another digest.
    pub changed: u64,
    /// Number of those that it does not list.
    pub gone: u64,
    /// Number of files that the archive lists and the copy does not, without the timestamps themselves.
    pub newer: u64,
    /// The first hundred changed and missing files.
    pub first: Vec<String>,
}

/// Name of the list of a bag's files, for commands that people run.
pub const MANIFEST: &str = layout::MANIFEST;
/// Name of the description of a bag.
pub const BAG_INFO: &str = layout::BAG_INFO;
/// Name of the list of a bag's lists.
pub const TAG_MANIFEST: &str = layout::TAG_MANIFEST;

/// Returns the names of both bags' folders.
pub fn bags() -> [&'static str; 2] {
    [Class::Public, Class::Private].map(layout::bag_name)
}

/// Returns the paths of the lists, in an archive and below a copy of them.
pub fn names() -> Vec<String> {
    let mut names = vec![layout::SHA256SUMS.to_owned(), layout::README.to_owned()];
    for class in [Class::Public, Class::Private] {
        let of_bag = [layout::BAGIT, layout::BAG_INFO, layout::MANIFEST, layout::TAG_MANIFEST];
        names.extend(of_bag.map(|name| format!("{}/{name}", layout::bag_name(class))));
    }
    names
}

impl<'a> Lists<'a> {
    /// Returns the lists of `archive` itself.
    pub fn of(archive: &'a Archive) -> Self {
        let shown = archive.root().display().to_string();
        Self { bags: Source::Archive(archive), prefix: String::new(), shown }
    }

    /// Returns the copy in a folder of the private bag, whose path is inside its `data/`.
    pub fn kept(archive: &'a Archive, folder: &str) -> Self {
        let prefix = format!("{}/", place(Class::Private, folder));
        Self { bags: Source::Archive(archive), prefix, shown: archive.shown(Class::Private, folder) }
    }

    /// Returns the copy in a folder on disk.
    pub fn in_folder(folder: &Path) -> Self {
        let shown = folder.display().to_string();
        Self { bags: Source::Folder(Folder::plain(folder)), prefix: String::new(), shown }
    }

    fn bags(&self) -> &dyn Bags {
        match &self.bags {
            Source::Archive(archive) => archive.bags(),
            Source::Folder(folder) => folder,
        }
    }

    /// Opens one of the lists by its [name](names); `None` if it is not there.
    ///
    /// # Errors
    /// The system's.
    pub fn open(&self, name: &str) -> io::Result<Option<Box<dyn Reader>>> {
        self.bags().read(&format!("{}{name}", self.prefix))
    }

    fn damaged(&self, name: &str) -> Error {
        Error::new(Kind::Findings, "archive-damaged").with("path", format!("{}/{name}", self.shown))
    }

    /// Returns the bytes of `SHA256SUMS`.
    ///
    /// # Errors
    /// `archive-damaged` if it is missing, `manifest-unreadable`.
    pub fn sums(&self) -> Result<Vec<u8>> {
        let path = format!("{}{}", self.prefix, layout::SHA256SUMS);
        let read = whole(self.bags(), &path).map_err(|error| Error::disk("manifest-unreadable", &path, error))?;
        read.ok_or_else(|| self.damaged(layout::SHA256SUMS))
    }

    /// Checks the chain from `SHA256SUMS` to the manifests.
    ///
    /// # Errors
    /// `archive-damaged` with the first list that is not what another says it is; `interrupted`.
    pub fn check(&self, work: &Work<'_>) -> Result<()> {
        let mut listed = self.check_list(layout::SHA256SUMS, "", work)?;
        for class in [Class::Public, Class::Private] {
            let prefix = format!("{}/", layout::bag_name(class));
            let tags = format!("{prefix}{}", layout::TAG_MANIFEST);
            if !listed.contains(&tags) {
                return Err(self.damaged(layout::SHA256SUMS));
            }
            listed.extend(self.check_list(&tags, &prefix, work)?);
        }
        match names().into_iter().find(|name| name != layout::SHA256SUMS && !listed.contains(name)) {
            Some(unlisted) => Err(self.damaged(&unlisted)),
            None => Ok(()),
        }
    }

    /// Checks the files that a list names; returns their names.
    fn check_list(&self, list: &str, prefix: &str, work: &Work<'_>) -> Result<Vec<String>> {
        let unread = |name: &str, error| Error::disk("manifest-unreadable", format!("{}/{name}", self.shown), error);
        let reader = self.open(list).map_err(|error| unread(list, error))?.ok_or_else(|| self.damaged(list))?;
        let mut entries = Entries::new(reader);
        let mut names = Vec::new();
        while let Some((name, stated)) = entries.next().map_err(|error| self.damaged(list).because(error))? {
            work.check()?;
            let name = format!("{prefix}{name}");
            let reader = self.open(&name).map_err(|error| unread(&name, error))?.ok_or_else(|| self.damaged(&name))?;
            if digest(reader).map_err(|error| unread(&name, error))? != stated {
                return Err(self.damaged(&name));
            }
            names.push(name);
        }
        Ok(names)
    }

    /// Compares the files that these lists name with those that `archive` lists today, as streams.
    ///
    /// # Errors
    /// `archive-damaged` for a manifest that cannot be read; `interrupted`.
    pub fn compare(&self, archive: &Archive, work: &Work<'_>) -> Result<Compared> {
        let mut compared = Compared::default();
        let today = Lists::of(archive);
        let stamps = in_bag(layout::TIMESTAMPS);
        for class in [Class::Public, Class::Private] {
            let manifest = format!("{}/{}", layout::bag_name(class), layout::MANIFEST);
            let (mut then, mut now) = (self.entries(&manifest)?, today.entries(&manifest)?);
            let (mut old, mut new) = (next(&mut then, self, &manifest)?, next(&mut now, &today, &manifest)?);
            loop {
                work.check()?;
                let order = match (&old, &new) {
                    (None, None) => break,
                    (None, Some(_)) => std::cmp::Ordering::Greater,
                    (Some(_), None) => std::cmp::Ordering::Less,
                    (Some((old, _)), Some((new, _))) => old.cmp(new),
                };
                if order.is_gt() {
                    let is_stamp = new.as_ref().is_some_and(|(path, _)| path.starts_with(&stamps));
                    compared.newer += u64::from(class == Class::Public || !is_stamp);
                    new = next(&mut now, &today, &manifest)?;
                    continue;
                }
                let Some((path, digest)) = &old else { break };
                compared.files += 1;
                let same = order.is_eq() && new.as_ref().is_some_and(|(_, new)| new == digest);
                let count = match (order.is_eq(), same) {
                    (_, true) => &mut compared.unchanged,
                    (true, false) => &mut compared.changed,
                    (false, false) => &mut compared.gone,
                };
                *count += 1;
                if !same && compared.first.len() < NAMED {
                    compared.first.push(format!("{}/{path}", layout::bag_name(class)));
                }
                old = next(&mut then, self, &manifest)?;
                if order.is_eq() {
                    new = next(&mut now, &today, &manifest)?;
                }
            }
        }
        Ok(compared)
    }

    fn entries(&self, manifest: &str) -> Result<Entries<Box<dyn Reader>>> {
        let opened = self.open(manifest).map_err(|error| self.damaged(manifest).because(error))?;
        opened.map(Entries::new).ok_or_else(|| self.damaged(manifest))
    }
}

/// Returns the next entry of a manifest.
fn next(entries: &mut Entries<Box<dyn Reader>>, lists: &Lists<'_>, manifest: &str) -> Result<Option<(String, Sha256)>> {
    let entry = entries.next().map_err(|error| lists.damaged(manifest).because(error))?;
    Ok(entry.map(|(path, digest)| (path.to_owned(), digest)))
}

/// Returns the digest of what is left of `reader`.
fn digest(mut reader: impl io::Read) -> io::Result<Sha256> {
    let mut hasher = Hasher::new();
    io::copy(&mut reader, &mut hasher)?;
    Ok(hasher.finish())
}
