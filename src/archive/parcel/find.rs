//! Finds packs by their names, in the folders and files that somebody named.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};

use super::form;
use super::parts::Parts;
use super::{anchor_name, archive_of, bag_pack};
use crate::archive::bagit::read_entries;
use crate::error::{Error, Result};
use crate::model::names::is_portable;
use crate::model::{Class, layout};
use crate::platform;

/// Largest list of checksums that is read, in bytes: a line for each of at most 999 parts.
const LONGEST_LIST: u64 = 1024 * 1024;

/// Finds the packs that the inputs name, each once.
pub(super) fn find(inputs: &[PathBuf]) -> Result<Vec<Parts>> {
    let mut found: BTreeMap<PathBuf, Parts> = BTreeMap::new();
    for input in inputs {
        let files = if input.is_dir() { packs_in(input)? } else { vec![input.clone()] };
        for file in files.iter().filter(|file| !is_beside(file)) {
            let parts = Parts::of(file)?;
            found.insert(file.with_file_name(&parts.name), parts);
        }
    }
    if found.is_empty() {
        let path = inputs.first().map(|input| input.display().to_string()).unwrap_or_default();
        return Err(Error::usage("unpack-nothing").with("path", path));
    }
    Ok(found.into_values().collect())
}

/// Reports whether a file is a pack or a part of one, or a folder has any, by their names.
pub fn are_packs(path: &Path) -> bool {
    let is_pack = |path: &Path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        archive_of(&name).is_some() && !is_beside(path) && path.is_file()
    };
    match fs::read_dir(path) {
        Ok(entries) => entries.filter_map(std::result::Result::ok).any(|entry| is_pack(&entry.path())),
        Err(_) => is_pack(path),
    }
}

/// Reports whether a file lies beside packs and is none.
fn is_beside(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "sha256" || extension == "txt" || extension == "par2")
}

/// Returns the packs in a folder, which must be of one archive.
fn packs_in(folder: &Path) -> Result<Vec<PathBuf>> {
    let failed = |error| Error::input("packs-unreadable").with("path", folder.display()).because(error);
    let mut names: BTreeMap<String, Vec<PathBuf>> = BTreeMap::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if let Some(archive) = archive_of(&name).filter(|_| !is_beside(&path)) {
            names.entry(archive.to_owned()).or_default().push(path);
        }
    }
    if names.len() > 1 {
        let archives = names.keys().cloned().collect::<Vec<_>>().join(", ");
        return Err(Error::usage("unpack-several").with("path", folder.display()).with("names", archives));
    }
    names.keys().try_for_each(|archive| check_listed(folder, archive))?;
    Ok(names.into_values().flatten().collect())
}

/// Checks that every pack which the lists of checksums in a folder name is there: whoever names the folder wants all of it.
/// The checksums themselves are for other programs; what is unpacked is compared with the manifests.
fn check_listed(folder: &Path, archive: &str) -> Result<()> {
    for class in [Class::Public, Class::Private] {
        for encrypted in [false, true] {
            let list = folder.join(format!("{}.sha256", bag_pack(archive, class, encrypted)));
            let Ok(bytes) = platform::read_whole(&list, LONGEST_LIST) else { continue };
            let mut lost = None;
            // A list that is damaged names what can be read of it.
            let _ = read_entries(&*bytes, &list, |name, _| {
                let is_pack = is_portable(name) && archive_of(name) == Some(archive) && !is_beside(Path::new(name));
                if lost.is_none() && is_pack && !folder.join(name).exists() {
                    lost = Some(folder.join(name));
                }
                Ok(())
            });
            if let Some(path) = lost {
                return Err(Error::damaged("pack-part-missing").with("path", path.display()));
            }
        }
    }
    Ok(())
}

/// Reports whether a pack has the checksums: by its content, whatever it is called, or by its name, whatever has become of it.
pub(super) fn is_anchor_pack(pack: &Parts) -> bool {
    let mut begin = [0; 64];
    let count = read_begin(&mut pack.open(), &mut begin).unwrap_or(0);
    let name = begin.get(4 + form::FIXED..count).unwrap_or_default();
    let begins_with = |first: &str| begin.starts_with(&form::FILE) && name.starts_with(first.as_bytes());
    let is_bag = [Class::Public, Class::Private].into_iter().any(|class| begins_with(layout::bag_name(class)));
    let is_anchor = [layout::README, layout::SHA256SUMS].into_iter().any(begins_with);
    is_anchor || !is_bag && pack.name.ends_with(&anchor_name(""))
}

/// Finds the small pack beside the others.
pub(super) fn anchor_beside(packs: &[Parts]) -> Result<Parts> {
    let beside = packs.iter().find_map(|pack| {
        let path = pack.paths.first()?;
        Some(path.with_file_name(anchor_name(archive_of(&pack.name)?)))
    });
    match beside {
        Some(path) if path.is_file() => Parts::of(&path),
        beside => {
            let path = beside.map_or_else(|| anchor_name("…"), |path| path.display().to_string());
            Err(Error::damaged("unpack-anchor-missing").with("path", path))
        }
    }
}

/// Fills `buffer` as far as there is content, and returns how far.
pub(super) fn read_begin(input: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut count = 0;
    while count < buffer.len() {
        match input.read(&mut buffer[count..]) {
            Ok(0) => break,
            Ok(read) => count += read,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(count)
}
