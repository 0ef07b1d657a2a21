//! Writes the packs of an archive. Every file is compared with its digest while it is read, and what is written has a final
//! name only once all of it is durable.

use std::collections::BTreeSet;
use std::fmt;
use std::fs;
use std::io::{self, ErrorKind, Read as _, Write};
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::form::{self, Member};
use super::parts::{PackFile, PartsWriter};
use super::seal::Sealing;
use super::{CODES, anchor_name, bag_pack, guide_name, only_name};
use crate::archive::bagit::{manifest_line, read_entries, stated_oxum};
use crate::archive::bags::{Bags, Listed, Reader, whole};
use crate::archive::handle::Archive;
use crate::archive::journal::for_people;
use crate::archive::scratch::Scratch;
use crate::archive::verify;
use crate::error::{Error, Kind, Result};
use crate::model::{Class, Hasher, PIECE, Sha256, layout};
use crate::platform;
use crate::progress::{Step, Task};
use crate::store::stage::hash_file;
use crate::work::Work;

/// Instructions for opening packs without liudi.
const GUIDE: &str = include_str!("../../../templates/archive/PACKS.txt");
/// Files up to this size are read once; larger ones twice, since their checksum stands before their content.
const WHOLE: u64 = 8 * 1024 * 1024;

/// What to pack, and how.
#[derive(Debug)]
pub struct PackOptions<'a> {
    /// Folder of the packs.
    pub folder: &'a Path,
    /// Beginning of their names.
    pub name: &'a str,
    /// Bags to pack.
    pub bags: &'a [Class],
    /// Largest size of a file in bytes.
    pub split: Option<u64>,
    /// Encryption of the private bag; `None` leaves it readable.
    pub sealing: Option<&'a Sealing>,
    /// What makes recovery files.
    pub recovery: Option<&'a dyn Recovery>,
}

/// Makes files by which damaged packs can be mended.
pub trait Recovery: fmt::Debug {
    /// Writes such files for `files` of the folder into it; their names begin with that of [`recovery_index`].
    ///
    /// # Errors
    /// Those of the program that makes them, and `interrupted`.
    fn make(&self, folder: &Path, pack: &str, files: &[&str], work: &Work<'_>) -> Result<()>;
}

/// Returns the name of the smallest of a pack's recovery files, which says what there is to mend: `PACK.par2`.
pub fn recovery_index(pack: &str) -> String {
    format!("{pack}.par2")
}

/// The files that packing wrote.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Packed {
    /// The pack of `SHA256SUMS`, its signature and `README.txt`.
    pub anchor: PackFile,
    /// Instructions for opening the packs.
    pub guide: PackFile,
    /// A note that only one bag was packed, so that nobody misses the other.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<PackFile>,
    /// The packs of the bags.
    pub bags: Vec<PackedBag>,
}

impl Packed {
    /// Returns all files, those of the bags first.
    pub fn files(&self) -> impl Iterator<Item = &PackFile> {
        self.bags.iter().flat_map(|bag| &bag.parts).chain([&self.anchor, &self.guide]).chain(&self.note)
    }
}

/// The pack of a bag.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PackedBag {
    /// The bag.
    pub bag: Class,
    /// Whether it is encrypted.
    pub encrypted: bool,
    /// Number of files in it.
    pub content_files: u64,
    /// Bytes of these files.
    pub content_bytes: u64,
    /// Its files, in order.
    pub parts: Vec<PackFile>,
    /// Name of the list of checksums, for `sha256sum -c`.
    pub list: String,
    /// The recovery files.
    pub recovery: Vec<PackFile>,
}

/// Packs an archive.
///
/// # Errors
/// `pack-archive-damaged`, `pack-file-damaged` (both findings), `pack-exists`, `pack-too-many-parts`, `packing-failed`,
/// `pack-in-use`, `interrupted`, and those of the recovery.
pub fn pack(archive: &Archive, options: &PackOptions<'_>, work: &Work<'_>) -> Result<Packed> {
    check(archive, work)?;
    let folder = options.folder;
    let failed = |error| Error::disk("packing-failed", folder.display(), error);
    fs::create_dir_all(folder).map_err(failed)?;
    let scratch = Scratch::take(&folder.join(format!(".{}-packing", options.name)), CODES)?;
    let mut waiting = Waiting { folder, files: Vec::new() };
    let anchor = waiting.whole(&scratch, &anchor_name(options.name), &anchor(archive.bags())?)?;
    let guide = waiting.whole(&scratch, &guide_name(options.name), &for_people(GUIDE))?;
    let note = match options.bags {
        [only] => Some(waiting.whole(&scratch, &only_name(options.name, *only), &for_people(note_of(*only)))?),
        _ => None,
    };
    waiting.check()?;
    let sealed = |class| options.sealing.filter(|_| class == Class::Private);
    for class in options.bags {
        // Encrypted anew, a pack would always differ; and one that can be read must not lie beside one that cannot.
        let forms = [Some(true), sealed(*class).map(|_| false)].into_iter().flatten();
        let names = forms.map(|encrypted| bag_pack(options.name, *class, encrypted));
        let mut taken = names.flat_map(|name| [folder.join(format!("{name}.001")), folder.join(name)]);
        if let Some(taken) = taken.find(|path| path.symlink_metadata().is_ok()) {
            return Err(exists(&taken));
        }
    }
    let bags = archive.bags();
    let total = options.bags.iter().map(|class| payload_bytes(bags, *class)).sum();
    let step = work.progress.start(Task::Pack, Some(total));
    let mut packed = Vec::new();
    for class in options.bags {
        let name = bag_pack(options.name, *class, sealed(*class).is_some());
        let parts = PartsWriter::new(scratch.path(&name), options.split, *class == Class::Private).map_err(failed)?;
        let (parts, content) = match sealed(*class) {
            None => bag(bags, *class, folder, parts, &*step, work)?,
            Some(sealing) => {
                let sealed = sealing.wrap(parts).map_err(failed)?;
                let (sealed, content) = bag(bags, *class, folder, sealed, &*step, work)?;
                (sealed.finish().map_err(|error| written(error, folder))?, content)
            }
        };
        let parts = parts.finish(&name).map_err(failed)?;
        let files: Vec<PackFile> = parts.iter().map(|(_, file)| file.clone()).collect();
        waiting.files.extend(parts);
        packed.push(PackedBag {
            bag: *class,
            encrypted: sealed(*class).is_some(),
            content_files: content.files,
            content_bytes: content.bytes,
            list: format!("{name}.sha256"),
            parts: files,
            recovery: Vec::new(),
        });
    }
    for bag in &packed {
        let mut files: Vec<&PackFile> = bag.parts.iter().chain([&anchor, &guide]).collect();
        files.sort_by(|a, b| a.name.cmp(&b.name));
        let text: String = files.iter().map(|file| manifest_line(&file.sha256, &file.name)).collect();
        waiting.whole(&scratch, &bag.list, text.as_bytes())?;
    }
    if let Some(recovery) = options.recovery {
        waiting.rename(&scratch.path("named")).map_err(failed)?;
        for bag in &mut packed {
            let parts = bag.parts.iter().chain([&anchor, &guide]).map(|file| file.name.as_str());
            let files: Vec<&str> = parts.chain([bag.list.as_str()]).collect();
            let pack = bag.list.trim_end_matches(".sha256");
            recovery.make(&scratch.path("named"), pack, &files, work)?;
            bag.recovery = waiting.recovery_of(&scratch.path("named"), pack, bag.bag).map_err(failed)?;
        }
    }
    work.check()?;
    waiting.publish()?;
    if note.is_none() {
        // The folder had one of them only, and now has both.
        for class in options.bags {
            let note = folder.join(only_name(options.name, *class));
            if note.symlink_metadata().is_ok() {
                platform::remove_file(&note).map_err(failed)?;
            }
        }
    }
    Ok(Packed { anchor, guide, note, bags: packed })
}

/// Returns the note beside the pack of one bag.
fn note_of(only: Class) -> &'static str {
    match only {
        Class::Public => include_str!("../../../templates/archive/PACKS-PUBLIC-ONLY.txt"),
        Class::Private => include_str!("../../../templates/archive/PACKS-PRIVATE-ONLY.txt"),
    }
}

/// Checks names, numbers, sizes and tag files; contents are checked while they are packed.
fn check(archive: &Archive, work: &Work<'_>) -> Result<()> {
    let report = verify::opened(archive, verify::Options { read_per_mille: Some(0), ..Default::default() }, work)?;
    match report.worst() {
        None => Ok(()),
        Some((fault, count)) => {
            let error = Error::new(Kind::Findings, "pack-archive-damaged").with("path", archive.root().display());
            Err(error.with("first", &fault.locator).with("count", count))
        }
    }
}

fn payload_bytes(bags: &dyn Bags, class: Class) -> u64 {
    let info = whole(bags, &format!("{}/{}", layout::bag_name(class), layout::BAG_INFO));
    let text = String::from_utf8(info.ok().flatten().unwrap_or_default()).unwrap_or_default();
    stated_oxum(&text).unwrap_or_default().bytes
}

fn exists(path: &Path) -> Error {
    Error::usage("pack-exists").with("path", path.display())
}

/// Returns the error of a failed write, or our own that a writer passed on.
fn written(error: io::Error, folder: &Path) -> Error {
    match error.downcast::<Error>() {
        Ok(error) => error,
        Err(error) => Error::disk("packing-failed", folder.display(), error),
    }
}

/// Files that are written and wait for their names.
struct Waiting<'a> {
    folder: &'a Path,
    files: Vec<(PathBuf, PackFile)>,
}

impl Waiting<'_> {
    /// Writes a small file.
    fn whole(&mut self, scratch: &Scratch, name: &str, bytes: &[u8]) -> Result<PackFile> {
        let path = scratch.path(name);
        let write = || {
            let mut file = platform::create_new(&path, false)?;
            file.write_all(bytes)?;
            platform::sync_open_file(&file)
        };
        write().map_err(|error| Error::disk("packing-failed", path.display(), error))?;
        let file = PackFile { name: name.to_owned(), bytes: bytes.len() as u64, sha256: Sha256::of(bytes) };
        self.files.push((path, file.clone()));
        Ok(file)
    }

    /// Moves the files into a new folder, where each has the name it is to have.
    fn rename(&mut self, named: &Path) -> io::Result<()> {
        platform::create_private_folder(named)?;
        for (path, file) in &mut self.files {
            let target = named.join(&file.name);
            platform::rename(&*path, &target)?;
            *path = target;
        }
        Ok(())
    }

    /// Takes in the recovery files that were made for a pack.
    fn recovery_of(&mut self, named: &Path, pack: &str, class: Class) -> io::Result<Vec<PackFile>> {
        let mut made = Vec::new();
        for entry in fs::read_dir(named)? {
            let path = entry?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if name.starts_with(&format!("{pack}.")) && name.ends_with(".par2") {
                platform::set_private(&path, class == Class::Private)?;
                platform::sync_file(&path)?;
                let (sha256, bytes) = hash_file(&path)?;
                made.push((path, PackFile { name, bytes, sha256 }));
            }
        }
        made.sort_by(|(_, a), (_, b)| a.name.cmp(&b.name));
        self.files.extend(made.iter().cloned());
        Ok(made.into_iter().map(|(_, file)| file).collect())
    }

    /// Fails if another file has one of the names.
    ///
    /// # Errors
    /// `pack-exists`.
    fn check(&self) -> Result<()> {
        for (_, file) in &self.files {
            let path = self.folder.join(&file.name);
            let Ok(metadata) = path.symlink_metadata() else { continue };
            let same = metadata.is_file()
                && metadata.len() == file.bytes
                && hash_file(&path).is_ok_and(|found| found == (file.sha256, file.bytes));
            if !same {
                return Err(exists(&path));
            }
        }
        Ok(())
    }

    /// Gives the files their names, in the order they were written: the lists of checksums last, so that whatever a list
    /// names is there.
    fn publish(self) -> Result<()> {
        self.check()?;
        for (path, file) in &self.files {
            let target = self.folder.join(&file.name);
            platform::rename(path, &target).map_err(|error| Error::disk("packing-failed", target.display(), error))?;
        }
        platform::sync_folder(self.folder).map_err(|error| Error::disk("packing-failed", self.folder.display(), error))
    }
}

/// Reports whether a file at the archive's root belongs to what pins the archive: `README.txt`, `SHA256SUMS`, and what is
/// about the latter (`SHA256SUMS.minisig`).
pub(super) fn is_anchor(name: &str) -> bool {
    name == layout::README || name == layout::SHA256SUMS || name.starts_with(&format!("{}.", layout::SHA256SUMS))
}

/// Returns the ZIP of the files that pin the archive.
fn anchor(bags: &dyn Bags) -> Result<Vec<u8>> {
    if let Some(obstacle) = bags.obstacle(layout::SIGNATURE) {
        return Err(Error::damaged("archive-file-unreadable")
            .with("path", layout::SIGNATURE)
            .because(obstacle.error()));
    }
    let mut names = BTreeSet::new();
    bags.list("", false, &mut |path, met| {
        if matches!(met, Listed::File(_)) && is_anchor(path) {
            names.insert(path.to_owned());
        }
    });
    let (mut bytes, mut members) = (Vec::new(), Vec::new());
    for name in &names {
        let read = whole(bags, name).and_then(|content| content.ok_or_else(|| ErrorKind::NotFound.into()));
        let content = read.map_err(|error| Error::disk("archive-file-unreadable", name, error))?;
        let member = Member { size: content.len() as u64, crc: crc32fast::hash(&content) };
        bytes.extend(form::file(name, member));
        bytes.extend(content);
        members.push(member);
    }
    form::write_directory(&mut bytes, &members, false, &|visit| names.iter().try_for_each(|name| visit(name)))
        .map_err(|error| Error::disk("packing-failed", layout::SHA256SUMS, error))?;
    Ok(bytes)
}

/// The content of a pack.
struct Content {
    files: u64,
    bytes: u64,
}

/// Writes the ZIP of a bag into `out` and returns it with the number and bytes of its files.
fn bag<W: Write>(
    bags: &dyn Bags,
    class: Class,
    folder: &Path,
    out: W,
    step: &dyn Step,
    work: &Work<'_>,
) -> Result<(W, Content)> {
    let mut writer = BagWriter {
        bags,
        out: io::BufWriter::with_capacity(PIECE, out),
        folder,
        members: Vec::new(),
        bytes: 0,
        buffer: Vec::new(),
        step,
        work,
    };
    files(bags, class, &mut |path, digest| writer.add(path, digest))?;
    let names = |visit: &mut dyn FnMut(&str) -> io::Result<()>| {
        files(bags, class, &mut |path, _| visit(path).map_err(|error| Error::other("packing-failed").because(error)))
            .map_err(io::Error::other)
    };
    let failed = |error| written(error, folder);
    form::write_directory(&mut writer.out, &writer.members, class == Class::Private, &names).map_err(failed)?;
    let content = Content { files: writer.members.len() as u64, bytes: writer.bytes };
    let out = writer.out.into_inner().map_err(io::IntoInnerError::into_error).map_err(failed)?;
    Ok((out, content))
}

/// Calls `visit` with the files of a bag in the order of its pack, with their digests: the tag manifest, the tag files that
/// it lists, the payload as the manifest lists it. So a reader can check every file as soon as it has it.
fn files(bags: &dyn Bags, class: Class, visit: &mut dyn FnMut(&str, &Sha256) -> Result<()>) -> Result<()> {
    let name = layout::bag_name(class);
    let tag_manifest = format!("{name}/{}", layout::TAG_MANIFEST);
    let missing = |path: &str, error: io::Error| Error::disk("archive-file-unreadable", path, error);
    let tags = whole(bags, &tag_manifest).and_then(|tags| tags.ok_or_else(|| ErrorKind::NotFound.into()));
    let tags = tags.map_err(|error| missing(&tag_manifest, error))?;
    visit(&tag_manifest, &Sha256::of(&tags))?;
    for manifest in [layout::TAG_MANIFEST, layout::MANIFEST] {
        let path = format!("{name}/{manifest}");
        let reader = bags.read(&path).and_then(|reader| reader.ok_or_else(|| ErrorKind::NotFound.into()));
        let mut last = String::new();
        read_entries(reader.map_err(|error| missing(&path, error))?, Path::new(&path), |file, digest| {
            if file <= last.as_str() {
                let error = Error::new(Kind::Findings, "pack-manifest-unsorted").with("path", &path);
                return Err(error.with("file", file));
            }
            file.clone_into(&mut last);
            visit(&format!("{name}/{file}"), &digest)
        })?;
    }
    Ok(())
}

struct BagWriter<'a, W: Write> {
    bags: &'a dyn Bags,
    out: io::BufWriter<W>,
    /// Folder of the packs, for messages.
    folder: &'a Path,
    members: Vec<Member>,
    bytes: u64,
    buffer: Vec<u8>,
    step: &'a dyn Step,
    work: &'a Work<'a>,
}

impl<W: Write> BagWriter<'_, W> {
    /// Adds a file that has to have this digest.
    fn add(&mut self, path: &str, digest: &Sha256) -> Result<()> {
        self.work.check()?;
        let opened = self.bags.read(path).and_then(|reader| reader.ok_or_else(|| ErrorKind::NotFound.into()));
        let mut reader = opened.map_err(|error| unreadable(path, error))?;
        let size = reader.size().map_err(|error| unreadable(path, error))?;
        let crc = if size <= WHOLE { self.small(path, digest, &mut *reader)? } else { self.large(path, digest, size)? };
        self.members.push(Member { size, crc });
        self.bytes += size;
        Ok(())
    }

    fn small(&mut self, path: &str, digest: &Sha256, reader: &mut dyn Reader) -> Result<u32> {
        self.buffer.clear();
        // One byte more than there may be, to notice a file that grows.
        let read = reader.take(WHOLE + 1).read_to_end(&mut self.buffer);
        read.map_err(|error| unreadable(path, error))?;
        if Sha256::of(&self.buffer) != *digest {
            return Err(damaged(path));
        }
        let crc = crc32fast::hash(&self.buffer);
        let header = form::file(path, Member { size: self.buffer.len() as u64, crc });
        self.out
            .write_all(&header)
            .and_then(|()| self.out.write_all(&self.buffer))
            .map_err(|error| written(error, self.folder))?;
        self.step.advance(self.buffer.len() as u64);
        Ok(crc)
    }

    fn large(&mut self, path: &str, digest: &Sha256, size: u64) -> Result<u32> {
        let mut crc = crc32fast::Hasher::new();
        self.read(path, |_, piece| {
            crc.update(piece);
            Ok(())
        })?;
        let crc = crc.finalize();
        let header = form::file(path, Member { size, crc });
        self.out.write_all(&header).map_err(|error| written(error, self.folder))?;
        let (mut hasher, mut again) = (Hasher::new(), crc32fast::Hasher::new());
        let (step, folder) = (self.step, self.folder);
        self.read(path, |out, piece| {
            hasher.update(piece);
            again.update(piece);
            step.advance(piece.len() as u64);
            // A file that grows must not fill the disk.
            if hasher.bytes() > size {
                Err(damaged(path))
            } else {
                out.write_all(piece).map_err(|error| written(error, folder))
            }
        })?;
        let is_same = hasher.bytes() == size && again.finalize() == crc && hasher.finish() == *digest;
        if is_same { Ok(crc) } else { Err(damaged(path)) }
    }

    /// Reads a file in pieces.
    fn read(&mut self, path: &str, mut visit: impl FnMut(&mut io::BufWriter<W>, &[u8]) -> Result<()>) -> Result<()> {
        let opened = self.bags.read(path).and_then(|reader| reader.ok_or_else(|| ErrorKind::NotFound.into()));
        let mut reader = opened.map_err(|error| unreadable(path, error))?;
        reader.reads_in_order();
        self.buffer.resize(PIECE, 0);
        loop {
            self.work.check()?;
            match reader.read(&mut self.buffer) {
                Ok(0) => return Ok(()),
                Ok(count) => visit(&mut self.out, &self.buffer[..count])?,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(unreadable(path, error)),
            }
        }
    }
}

fn damaged(path: &str) -> Error {
    Error::new(Kind::Findings, "pack-file-damaged").with("path", path)
}

fn unreadable(path: &str, error: io::Error) -> Error {
    damaged(path).because(error)
}
