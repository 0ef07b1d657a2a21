//! Writes the tag files of a BagIt 1.0 bag (RFC 8493) in one fixed form. Manifests are merged as streams, so that one
//! new file among a hundred thousand costs one reading of the manifest.
//!
//! Our payload names contain nothing that tools encode differently (see [`crate::model::names`]), so `bagit.py`,
//! `sha256sum` and this program read a manifest alike. Lines are sorted by the bytes of the path.

use std::collections::BTreeMap;
use std::io::{self, BufRead, BufReader, Write};
use std::path::Path;

use crate::error::{Error, Result};
use crate::model::{Class, Sha256, layout};
use crate::platform;

/// Content of `bagit.txt`.
pub const DECLARATION: &str = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n";

/// The texts of `bag-info.txt`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BagDescription {
    /// Day of the run's clock: `2024-01-31`.
    pub date: String,
    /// Name of the account or its owner.
    pub source_organization: String,
    /// One-line description of the content.
    pub external_description: String,
    /// Identifier that both bags of an archive share: the account's id.
    pub group_identifier: String,
}

/// The number and bytes of a bag's payload files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Oxum {
    /// Bytes of all payload files.
    pub bytes: u64,
    /// Number of payload files.
    pub files: u64,
}

impl std::fmt::Display for Oxum {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.bytes, self.files)
    }
}

impl std::str::FromStr for Oxum {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (bytes, files) = text.trim().split_once('.').ok_or(())?;
        Ok(Self { bytes: bytes.parse().map_err(drop)?, files: files.parse().map_err(drop)? })
    }
}

/// Returns the text of `bag-info.txt`.
pub fn bag_info(description: &BagDescription, class: Class, oxum: Oxum) -> String {
    let number = match class {
        Class::Public => 1,
        Class::Private => 2,
    };
    let lines = [
        ("Bag-Count", format!("{number} of 2")),
        ("Bag-Group-Identifier", one_line(&description.group_identifier)),
        ("BagIt-Profile-Identifier", format!("urn:liudi:bagit-profile:{}:v1", layout::bag_name(class))),
        ("Bagging-Date", one_line(&description.date)),
        ("External-Description", one_line(&description.external_description)),
        ("Payload-Oxum", oxum.to_string()),
        ("Source-Organization", one_line(&description.source_organization)),
    ];
    let lines = lines.iter().filter(|(_, value)| !value.is_empty());
    lines.fold(String::new(), |text, (label, value)| text + label + ": " + value + "\n")
}

/// Joins a value into one line: values from users and platforms may contain line breaks.
fn one_line(value: &str) -> String {
    value
        .split(|c: char| c.is_control() || c.is_whitespace())
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// Returns the payload's size as stated in `bag-info.txt`.
pub fn stated_oxum(bag_info: &str) -> Option<Oxum> {
    bag_info.lines().find_map(|line| {
        let (label, value) = line.split_once(':')?;
        label.trim().eq_ignore_ascii_case("Payload-Oxum").then(|| value.parse().ok())?
    })
}

/// Returns one line of a manifest.
pub fn manifest_line(sha256: &Sha256, path: &str) -> String {
    format!("{}  {path}\n", sha256.hex())
}

/// Returns the line of a payload file in a list of both bags, in the same form.
pub fn payload_line(class: Class, path: &str, sha256: &Sha256) -> String {
    manifest_line(sha256, &format!("{}/{}", layout::bag_name(class), payload_path(path)))
}

/// Calls `visit` with every entry of a manifest of our own, in order. Paths are those under the bag (`data/…`). A
/// missing manifest has no entries.
///
/// # Errors
/// `manifest-line-malformed` with the line. [`super::verify`] reads foreign manifests, which take more forms.
pub fn read_manifest(path: &Path, visit: impl FnMut(&str, Sha256) -> Result<()>) -> Result<()> {
    let failed = |error| Error::disk("manifest-unreadable", path.display(), error);
    let file = match platform::open_file(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(failed(error)),
    };
    read_entries(file, path, visit)
}

/// Does what [`read_manifest`] does for an open manifest; `path` is its path for messages.
pub fn read_entries(
    manifest: impl io::Read,
    path: &Path,
    mut visit: impl FnMut(&str, Sha256) -> Result<()>,
) -> Result<()> {
    let mut entries = Entries::new(manifest);
    loop {
        match entries.next() {
            Ok(Some((name, sha256))) => visit(name, sha256)?,
            Ok(None) => return Ok(()),
            Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                let line = entries.number;
                return Err(Error::input("manifest-line-malformed").with("path", path.display()).with("line", line));
            }
            Err(error) => return Err(Error::disk("manifest-unreadable", path.display(), error)),
        }
    }
}

/// A reader of the entries of a manifest of our own, in order.
#[derive(Debug)]
pub(super) struct Entries<R> {
    reader: BufReader<R>,
    line: Vec<u8>,
    number: u64,
}

impl<R: io::Read> Entries<R> {
    /// Creates a reader of `manifest`.
    pub(super) fn new(manifest: R) -> Self {
        Self { reader: BufReader::with_capacity(256 * 1024, manifest), line: Vec::new(), number: 0 }
    }

    /// Returns the next entry; `None` at the end.
    ///
    /// # Errors
    /// [`io::ErrorKind::InvalidData`] for a malformed line, and the system's.
    pub(super) fn next(&mut self) -> io::Result<Option<(&str, Sha256)>> {
        self.line.clear();
        self.number += 1;
        if self.reader.read_until(b'\n', &mut self.line)? == 0 {
            return Ok(None);
        }
        let (sha256, name) = parse_line(&self.line).ok_or(io::ErrorKind::InvalidData)?;
        Ok(Some((name, sha256)))
    }
}

fn parse_line(line: &[u8]) -> Option<(Sha256, &str)> {
    let line = std::str::from_utf8(line.strip_suffix(b"\n")?).ok()?;
    let (digest, name) = line.split_once("  ")?;
    let sha256 = digest.parse().ok().filter(|_| digest.len() == 64)?;
    (!name.is_empty()).then_some((sha256, name))
}

/// Merges `changes` (path → new digest, or none to remove it) into the sorted manifest at `old` as a stream, and writes
/// the result.
pub fn merge_manifest(old: &Path, changes: &BTreeMap<String, Option<Sha256>>, out: &mut dyn Write) -> Result<()> {
    let failed = |error| Error::disk("manifest-write-failed", old.display(), error);
    let mut waiting = changes.iter().peekable();
    read_manifest(old, |path, sha256| {
        while let Some((new, digest)) = waiting.next_if(|(new, _)| new.as_str() < path) {
            if let Some(digest) = digest {
                out.write_all(manifest_line(digest, new).as_bytes()).map_err(failed)?;
            }
        }
        let replaced = waiting.next_if(|(new, _)| new.as_str() == path);
        if let Some(digest) = replaced.map_or(Some(sha256), |(_, digest)| *digest) {
            out.write_all(manifest_line(&digest, path).as_bytes()).map_err(failed)?;
        }
        Ok(())
    })?;
    for (new, digest) in waiting {
        if let Some(digest) = digest {
            out.write_all(manifest_line(digest, new).as_bytes()).map_err(failed)?;
        }
    }
    Ok(())
}

/// Returns the path of a payload file in the manifest.
pub fn payload_path(path: &str) -> String {
    format!("{}/{path}", layout::DATA)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bag_describes_itself() {
        let description = BagDescription {
            date: "2024-01-31".to_owned(),
            source_organization: "某号\n名".to_owned(),
            external_description: String::new(),
            group_identifier: "gh_1".to_owned(),
        };
        let text = bag_info(&description, Class::Private, Oxum { bytes: 12, files: 3 });
        assert_eq!(
            text,
            "Bag-Count: 2 of 2\nBag-Group-Identifier: gh_1\nBagIt-Profile-Identifier: urn:liudi:bagit-profile:private:v1\n\
             Bagging-Date: 2024-01-31\nPayload-Oxum: 12.3\nSource-Organization: 某号 名\n"
        );
        assert_eq!(stated_oxum(&text), Some(Oxum { bytes: 12, files: 3 }));
    }

    #[test]
    fn manifests_merge_as_maps_do() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("manifest");
        let digest = |text: &str| Sha256::of(text.as_bytes());
        let mut map: BTreeMap<String, Sha256> =
            ["data/b", "data/d", "data/f"].map(|name| (name.to_owned(), digest(name))).into();
        let text = |map: &BTreeMap<String, Sha256>| -> String {
            map.iter().map(|(path, sha256)| manifest_line(sha256, path)).collect()
        };
        std::fs::write(&path, text(&map)).unwrap();
        let changes: BTreeMap<String, Option<Sha256>> = [
            ("data/a", Some("new")),
            ("data/b", None),
            ("data/d", Some("changed")),
            ("data/e", None),
            ("data/z", Some("last")),
        ]
        .map(|(path, text)| (path.to_owned(), text.map(digest)))
        .into();
        let mut merged = Vec::new();
        merge_manifest(&path, &changes, &mut merged).unwrap();
        for (path, change) in changes {
            match change {
                Some(sha256) => map.insert(path, sha256),
                None => map.remove(&path),
            };
        }
        assert_eq!(String::from_utf8(merged).unwrap(), text(&map));
    }

    #[test]
    fn a_broken_manifest_is_named_with_its_line() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("manifest");
        std::fs::write(&path, format!("{}abc  data/x\n", manifest_line(&Sha256::of(b""), "data/a"))).unwrap();
        let error = read_manifest(&path, |_, _| Ok(())).unwrap_err();
        assert_eq!((error.code(), error.argument("line").as_deref()), ("manifest-line-malformed", Some("2")));
        read_manifest(&folder.path().join("none"), |_, _| panic!("nothing is there")).unwrap();
    }
}
