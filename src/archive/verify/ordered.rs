//! Compares the payload of a bag in our own form in one pass: both the manifest and the listing of the folder are
//! sorted, so neither is loaded. [`super::bag`] reads every other form.

use std::io::{self, Read};

use super::bag::Listed;
use super::hash::Algorithm;
use super::opened::{content_name, no_file};
use super::{Options, is_chosen};
use crate::archive::bagit::{self, Entries, Oxum};
use crate::archive::bags::{Bags, Listed as Met, Reader, whole};
use crate::model::names::collision_key;
use crate::model::{NameSet, Problem, Sha256, is_left_about, layout};

/// A payload compared with its manifest.
#[derive(Debug, Default)]
pub(super) struct Compared {
    /// Number of files that exist and are listed.
    pub(super) found: u64,
    /// Bytes of those files that are to be read.
    pub(super) to_read: u64,
    /// Number and bytes of the existing files.
    pub(super) actual: Oxum,
    /// Listed files that do not exist.
    pub(super) missing: Vec<(String, Sha256)>,
    /// Existing files that are not listed.
    pub(super) extra: Vec<String>,
}

/// Reports whether a bag has one payload manifest, in our own form and order, with names that are distinct on every
/// system.
pub(super) fn is_ordered(files: &dyn Bags, prefix: &str, names: &[String]) -> bool {
    let is_manifest = |name: &&String| {
        let name = name.to_ascii_lowercase();
        name.starts_with("manifest-") && name.ends_with(".txt")
    };
    let mut manifests = names.iter().filter(is_manifest);
    let alone = manifests.next().is_some_and(|name| name == layout::MANIFEST) && manifests.next().is_none();
    if !alone || names.iter().any(|name| name == "fetch.txt") {
        return false;
    }
    let declaration = whole(files, &format!("{prefix}{}", layout::BAGIT));
    if !declaration.is_ok_and(|bytes| bytes.is_some_and(|bytes| bytes == bagit::DECLARATION.as_bytes())) {
        return false;
    }
    // Two passes: the first collects the keys of names that others may collide with, the second finds those others.
    let mut folded = NameSet::default();
    let once = each(files, prefix, |path| {
        let key = collision_key(path);
        key == path || folded.insert(&key)
    });
    once && (folded.is_empty() || each(files, prefix, |path| collision_key(path) != path || !folded.contains(path)))
}

/// Calls `is_fine` with every path until it returns false; returns whether all paths passed and are in our form and
/// order.
fn each(files: &dyn Bags, prefix: &str, mut is_fine: impl FnMut(&str) -> bool) -> bool {
    let Ok(manifest) = manifest(files, prefix) else { return false };
    let (mut entries, mut last) = (Entries::new(manifest), String::new());
    loop {
        match entries.next() {
            Ok(Some((path, _))) => {
                if path <= last.as_str() || !is_plain(path) || !is_fine(path) {
                    return false;
                }
                path.clone_into(&mut last);
            }
            Ok(None) => return true,
            Err(_) => return false,
        }
    }
}

/// Reports whether every reader understands a path alike and it gives rise to no remark.
fn is_plain(path: &str) -> bool {
    path.starts_with("data/")
        && !path.contains(['\r', '\\', '%'])
        && !path.split('/').any(|part| matches!(part, "" | "." | "..") || is_left_about(part))
}

/// Compares the payload with its manifest; returns `None` if the payload is not in order after all.
pub(super) fn compare(
    files: &dyn Bags,
    prefix: &str,
    options: Options,
    findings: &mut Vec<Problem>,
) -> io::Result<Option<Compared>> {
    let mut merge =
        Merge { entries: Entries::new(manifest(files, prefix)?), next: None, compared: Compared::default() };
    merge.advance()?;
    let (mut last, mut in_order, mut failed) = (String::new(), true, None);
    files.list(&format!("{prefix}{}", layout::DATA), true, &mut |path, met| {
        let path = path.strip_prefix(prefix).unwrap_or(path);
        let bytes = match met {
            Met::File(bytes) => bytes,
            other => return findings.extend(no_file(path, other)),
        };
        if !in_order || failed.is_some() {
            return;
        }
        in_order = path > last.as_str();
        path.clone_into(&mut last);
        if let Err(error) = merge.met(path, bytes, options, findings) {
            failed = Some(error);
        }
    });
    if let Some(error) = failed {
        return Err(error);
    }
    while merge.next.is_some() {
        merge.miss()?;
    }
    Ok(in_order.then_some(merge.compared))
}

struct Merge<R> {
    entries: Entries<R>,
    next: Option<(String, Sha256)>,
    compared: Compared,
}

impl<R: Read> Merge<R> {
    fn advance(&mut self) -> io::Result<()> {
        self.next = self.entries.next()?.map(|(path, digest)| (path.to_owned(), digest));
        Ok(())
    }

    /// Records the next file of the manifest as missing.
    fn miss(&mut self) -> io::Result<()> {
        self.compared.missing.extend(self.next.take());
        self.advance()
    }

    fn met(&mut self, path: &str, bytes: u64, options: Options, findings: &mut Vec<Problem>) -> io::Result<()> {
        self.compared.actual.files += 1;
        self.compared.actual.bytes += bytes;
        while self.next.as_ref().is_some_and(|(next, _)| next.as_str() < path) {
            self.miss()?;
        }
        let Some((_, digest)) = self.next.take_if(|(next, _)| next == path) else {
            self.compared.extra.push(path.to_owned());
            return Ok(());
        };
        self.compared.found += 1;
        if options.read_per_mille.is_none_or(|part| is_chosen(Some(digest.as_bytes()), part, options.seed)) {
            self.compared.to_read += bytes;
        }
        if content_name(path).is_some_and(|stem| digest.hex() != stem) {
            findings.push(Problem::finding("media-misnamed", path));
        }
        self.advance()
    }
}

/// Opens the payload manifest.
pub(super) fn manifest(files: &dyn Bags, prefix: &str) -> io::Result<Box<dyn Reader>> {
    files.read(&format!("{prefix}{}", layout::MANIFEST))?.ok_or_else(|| io::ErrorKind::NotFound.into())
}

/// Returns a file's entry in our own manifest.
pub(super) fn listed(digest: &Sha256) -> Listed {
    Listed { digests: vec![(Algorithm::Sha256, digest.as_bytes().to_vec())] }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;
    use crate::archive::folder::Folder;
    use crate::archive::verify;

    /// Writes a bag with names that sort around the `/`, and one fault of each kind.
    fn bag(folder: &Path, lines: impl FnOnce(&mut Vec<String>)) {
        let write = |path: &str, content: &str| {
            let path = folder.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, content).unwrap();
        };
        write(layout::BAGIT, bagit::DECLARATION);
        let mut all = Vec::new();
        let misnamed = format!("media/sha256/aa/{}.png", "a".repeat(64));
        for name in ["a", "a-b/c", "a.b", "b/a/c", "b/a-c", "b/a.c", "文/章", "lost", "moved", &misnamed] {
            let path = format!("data/{name}");
            all.push(bagit::manifest_line(&Sha256::of(name.as_bytes()), &path));
            match name {
                "lost" => {}
                "moved" => write("data/moved here", name),
                "a.b" => write(&path, "another"),
                name => write(&path, name),
            }
        }
        write("data/extra", "extra");
        write("bag-info.txt", "Payload-Oxum: 1.1\n");
        all.sort_by(|a, b| a[66..].cmp(&b[66..]));
        lines(&mut all);
        write(layout::MANIFEST, &all.concat());
    }

    fn is_ordered_at(folder: &Path) -> bool {
        is_ordered(&Folder::plain(folder), "", &[layout::BAGIT.to_owned(), layout::MANIFEST.to_owned()])
    }

    #[test]
    fn a_bag_in_order_is_judged_as_one_in_disorder() {
        let folders = [(); 2].map(|()| tempfile::tempdir().unwrap());
        bag(folders[0].path(), |_| ());
        bag(folders[1].path(), |lines| lines.reverse());
        assert_eq!(folders.each_ref().map(|folder| is_ordered_at(folder.path())), [true, false]);
        for part in [None, Some(0), Some(500)] {
            let options = Options { read_per_mille: part, ..Options::default() };
            let reports = folders.each_ref().map(|folder| verify::bag(folder.path(), options));
            assert_eq!(reports[0], reports[1]);
        }
        let report = verify::bag(folders[0].path(), Options::default());
        let codes: Vec<&str> = report.findings.iter().map(|finding| &*finding.code).collect();
        let mut expected = [
            "oxum-mismatch",
            "payload-corrupt",
            "payload-extra",
            "payload-missing",
            "media-misnamed",
            "payload-renamed",
        ];
        expected.sort_unstable();
        let mut found = codes.clone();
        found.sort_unstable();
        assert_eq!(found, expected);
    }

    #[test]
    fn what_tools_read_differently_is_not_in_order() {
        let forms: [fn(&mut Vec<String>); 7] = [
            |lines| lines[0] = lines[0].replace("  data", " *data"),
            |lines| lines[0] = lines[0].replace('\n', "\r\n"),
            |lines| lines[0] = lines[0].replace("data/", "data/../data/"),
            |lines| lines.insert(0, lines[0].clone()),
            |lines| lines.push(bagit::manifest_line(&Sha256::of(b""), "data/文/Ｚ")),
            |lines| lines.push("\n".to_owned()),
            |lines| lines.push(bagit::manifest_line(&Sha256::of(b""), "data/文/章%25")),
        ];
        for (number, form) in forms.into_iter().enumerate() {
            let folder = tempfile::tempdir().unwrap();
            bag(folder.path(), |lines| {
                lines.push(bagit::manifest_line(&Sha256::of(b""), "data/文/z"));
                lines.sort_by(|a, b| a[66..].cmp(&b[66..]));
                form(lines);
            });
            assert!(!is_ordered_at(folder.path()), "{number}");
        }
    }
}
