//! Reads packs and makes an archive of them. A pack may come from anybody: only the one form of [`form`] is read, in the
//! one order in which packs are written, so there is no name that was not compared with a manifest, no second file of a
//! name, no link, nothing compressed; every digest is compared before the next file is begun.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, BufReader, Cursor, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::CODES;
use super::find::{anchor_beside, find, is_anchor_pack, read_begin};
use super::form::Member;
use super::parts::{Parts, PartsReader};
use super::seal::{self, Opening};
use super::write::is_anchor;
use super::zip::{Zip, damaged};
use crate::archive::bagit::{Entries, read_entries};
use crate::archive::journal::{for_people, inside};
use crate::archive::scratch::Scratch;
use crate::archive::verify;
use crate::error::{Error, Result};
use crate::model::names::{check_payload_path, is_portable};
use crate::model::{Class, PIECE, Sha256, layout};
use crate::platform;
use crate::progress::{Step, Task};
use crate::work::Work;

/// Largest size of a file that pins the archive, and of a tag manifest.
pub(super) const SMALL: u64 = 4 * 1024 * 1024;
/// Most files that pin an archive.
const MOST_ANCHORS: usize = 64;

/// The result of unpacking.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Unpacked {
    /// The bags that were unpacked.
    pub bags: Vec<Class>,
    /// Number of files.
    pub files: u64,
    /// Bytes of these files.
    pub bytes: u64,
}

/// Unpacks the packs that `inputs` name into the new folder `target`. An input may be any part of a pack, or a folder with
/// the packs of one archive. Without both bags, a note in the folder says so.
///
/// # Errors
/// `unpack-target-taken`, `unpack-nothing`, `unpack-several`, `unpack-anchor-missing`, and those of damaged packs.
pub fn unpack(inputs: &[PathBuf], target: &Path, opening: &Opening<'_>, work: &Work<'_>) -> Result<Unpacked> {
    check_target(target)?;
    let mut packs = find(inputs)?;
    if !packs.iter().any(is_anchor_pack) {
        packs.push(anchor_beside(&packs)?);
    }
    let step = work.progress.start(Task::Unpack, Some(packs.iter().map(|pack| pack.bytes).sum()));
    let parent = target.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let name = target.file_name().unwrap_or_default().to_string_lossy();
    let failed = |error| Error::disk("unpacking-failed", target.display(), error);
    fs::create_dir_all(parent).map_err(failed)?;
    let scratch = Scratch::take(&parent.join(format!(".{name}-unpacking")), CODES)?;
    let root = scratch.path("archive");
    fs::create_dir(&root).map_err(failed)?;
    let disk = platform::FileSystem::of(&root).map_err(failed)?;
    // The small pack first: it says what the others have to be.
    packs.sort_by_key(|pack| !is_anchor_pack(pack));
    let mut into = Into { root: &root, sums: None, done: Unpacked { bags: Vec::new(), files: 0, bytes: 0 } };
    for pack in &packs {
        into.pack(pack, opening, &*step, work)?;
    }
    let mut done = into.done;
    done.bags.sort_unstable();
    if done.bags.is_empty() {
        return Err(Error::usage("unpack-nothing").with("path", target.display()));
    }
    note_missing_bag(&root, &done.bags).map_err(failed)?;
    let report = verify::archive(&root, verify::Options { read_per_mille: Some(0), ..Default::default() }, work)?;
    if let Some((fault, _)) = report.worst() {
        return Err(Error::damaged("unpack-not-valid").with("first", &fault.locator).with("finding", &fault.code));
    }
    make_durable(&root, &disk).map_err(failed)?;
    work.check()?;
    check_target(target)?;
    // An empty folder makes room; Windows renames onto none.
    match fs::remove_dir(target) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(failed(error)),
        _ => {}
    }
    platform::rename(&root, target).and_then(|()| platform::sync_folder(parent)).map_err(failed)?;
    Ok(done)
}

/// Checks that `target` is new, or an empty folder.
fn check_target(target: &Path) -> Result<()> {
    let is_free = match target.symlink_metadata() {
        Err(error) => error.kind() == ErrorKind::NotFound && target.file_name().is_some(),
        Ok(metadata) => metadata.is_dir() && fs::read_dir(target).is_ok_and(|mut entries| entries.next().is_none()),
    };
    if is_free { Ok(()) } else { Err(Error::usage("unpack-target-taken").with("path", target.display())) }
}

/// Writes a note into an archive that has one bag only.
fn note_missing_bag(root: &Path, bags: &[Class]) -> io::Result<()> {
    let [only] = bags else { return Ok(()) };
    let text = match only {
        Class::Public => include_str!("../../../templates/archive/PUBLIC-ONLY.txt"),
        Class::Private => include_str!("../../../templates/archive/PRIVATE-ONLY.txt"),
    };
    fs::write(root.join(layout::only(*only)), for_people(text))
}

fn make_durable(root: &Path, disk: &platform::FileSystem) -> io::Result<()> {
    if disk.sync()? {
        return Ok(());
    }
    for entry in walkdir::WalkDir::new(root).contents_first(true) {
        let entry = entry?;
        if entry.file_type().is_dir() {
            platform::sync_folder(entry.path())?;
        } else {
            platform::sync_file(entry.path())?;
        }
    }
    Ok(())
}

/// A reader that counts towards the progress and ends when the work is cancelled.
struct Watched<'a> {
    input: PartsReader,
    step: &'a dyn Step,
    work: &'a Work<'a>,
}

impl Read for Watched<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.work.check().map_err(io::Error::other)?;
        let count = self.input.read(buffer)?;
        self.step.advance(count as u64);
        Ok(count)
    }
}

/// The folder that packs are unpacked into.
struct Into<'a> {
    root: &'a Path,
    /// Digests in `SHA256SUMS`.
    sums: Option<BTreeMap<String, Sha256>>,
    done: Unpacked,
}

impl Into<'_> {
    fn pack(&mut self, pack: &Parts, opening: &Opening<'_>, step: &dyn Step, work: &Work<'_>) -> Result<()> {
        let mut input = Watched { input: pack.open(), step, work };
        let mut begin = vec![0; seal::LONGEST_HEADER];
        let count = read_begin(&mut input, &mut begin).map_err(|error| damaged(&pack.name, error))?;
        begin.truncate(count);
        let is_sealed = begin.starts_with(seal::MAGIC);
        if is_sealed && !seal::has_header(&begin) {
            return Err(damaged(&pack.name, ErrorKind::InvalidData.into()));
        }
        let whole = Cursor::new(begin).chain(input);
        if is_sealed {
            let plain = opening.open(BufReader::with_capacity(PIECE, whole), &pack.name)?;
            self.zip(&mut Zip::new(&mut BufReader::with_capacity(PIECE, plain), &pack.name))
        } else {
            self.zip(&mut Zip::new(&mut BufReader::with_capacity(PIECE, whole), &pack.name))
        }
    }

    fn zip(&mut self, zip: &mut Zip<'_>) -> Result<()> {
        let Some((first, member)) = zip.header()? else { return Err(zip.foreign()) };
        if is_anchor(&first) {
            return self.anchor(zip, first, member);
        }
        let bags = [Class::Public, Class::Private];
        let tag_manifest = |class: Class| format!("{}/{}", layout::bag_name(class), layout::TAG_MANIFEST);
        let Some(class) = bags.into_iter().find(|class| first == tag_manifest(*class)) else {
            return Err(zip.foreign());
        };
        if self.done.bags.contains(&class) {
            return Err(Error::usage("unpack-twice").with("path", &zip.name));
        }
        self.bag(zip, class, member)?;
        self.done.bags.push(class);
        Ok(())
    }

    /// Unpacks the files that pin the archive.
    fn anchor(&mut self, zip: &mut Zip<'_>, first: String, member: Member) -> Result<()> {
        if self.sums.is_some() {
            return Err(Error::usage("unpack-twice").with("path", &zip.name));
        }
        let mut files: BTreeMap<String, Vec<u8>> = BTreeMap::new();
        let mut next = Some((first, member));
        while let Some((name, member)) = next {
            let in_order = files.last_key_value().is_none_or(|(last, _)| *last < name);
            let is_fine = is_anchor(&name) && is_portable(&name) && in_order && files.len() < MOST_ANCHORS;
            if !is_fine || member.size > SMALL {
                return Err(zip.foreign());
            }
            let content = zip.small(&name, member)?;
            files.insert(name, content);
            next = zip.header()?;
        }
        zip.end(false, &|visit| files.keys().try_for_each(|name| visit(name)))?;
        let sums = files.get(layout::SHA256SUMS).ok_or_else(|| zip.foreign())?;
        let mut known = BTreeMap::new();
        read_entries(&**sums, Path::new(layout::SHA256SUMS), |path, digest| {
            known.insert(path.to_owned(), digest);
            Ok(())
        })
        .map_err(|_| zip.foreign())?;
        for (name, content) in &files {
            if known.get(name).is_some_and(|digest| Sha256::of(content) != *digest) {
                return Err(zip.wrong(name));
            }
            self.write(name, false, |out| out.write_all(content))?;
            self.done.files += 1;
            self.done.bytes += content.len() as u64;
        }
        self.sums = Some(known);
        Ok(())
    }

    /// Unpacks a bag, whose tag manifest is next.
    fn bag(&mut self, zip: &mut Zip<'_>, class: Class, member: Member) -> Result<()> {
        let name = layout::bag_name(class);
        let private = class == Class::Private;
        let folder = layout::bag(self.root, class);
        let failed = |error| Error::disk("unpacking-failed", folder.display(), error);
        fs::create_dir(&folder).and_then(|()| platform::set_private(&folder, private)).map_err(failed)?;
        let path = format!("{name}/{}", layout::TAG_MANIFEST);
        if member.size > SMALL {
            return Err(zip.foreign());
        }
        let tags = zip.small(&path, member)?;
        let expected = self.sums.as_ref().and_then(|sums| sums.get(&path));
        if expected != Some(&Sha256::of(&tags)) {
            return Err(Error::input("unpack-other-archive").with("path", &zip.name));
        }
        self.write(&path, private, |out| out.write_all(&tags))?;
        self.count(member);
        let mut entries = Entries::new(&*tags);
        let mut last = String::new();
        while let Some((tag, digest)) = entries.next().map_err(|_| zip.foreign())? {
            if tag <= last.as_str() || !is_portable(tag) || tag == layout::TAG_MANIFEST {
                return Err(zip.foreign());
            }
            tag.clone_into(&mut last);
            self.file(zip, &format!("{name}/{tag}"), private, &digest)?;
        }
        let manifest = folder.join(layout::MANIFEST);
        let open = || platform::open_file(&manifest).map_err(|_| zip.foreign());
        let mut entries = Entries::new(open()?);
        let prefix = format!("{}/", layout::DATA);
        let mut last = String::new();
        while let Some((path, digest)) = entries.next().map_err(|_| zip.foreign())? {
            let payload = path.strip_prefix(&prefix).filter(|_| path > last.as_str()).ok_or_else(|| zip.foreign())?;
            check_payload_path(payload).map_err(|_| zip.unsafe_name(path))?;
            path.clone_into(&mut last);
            let path = format!("{name}/{path}");
            self.file(zip, &path, private, &digest)?;
        }
        if let Some((extra, _)) = zip.header()? {
            return Err(zip.unexpected(&extra, "-"));
        }
        let names = |visit: &mut dyn FnMut(&str) -> io::Result<()>| {
            visit(&format!("{name}/{}", layout::TAG_MANIFEST))?;
            for list in [layout::TAG_MANIFEST, layout::MANIFEST] {
                let mut entries = Entries::new(platform::open_file(folder.join(list))?);
                while let Some((path, _)) = entries.next()? {
                    visit(&format!("{name}/{path}"))?;
                }
            }
            Ok(())
        };
        zip.end(private, &names)
    }

    /// Unpacks the next file, which has to be the one at `path` and to have this digest.
    fn file(&mut self, zip: &mut Zip<'_>, path: &str, private: bool, digest: &Sha256) -> Result<()> {
        let member = match zip.header()? {
            Some((name, member)) if name == path => member,
            Some((name, _)) => return Err(zip.unexpected(&name, path)),
            None => return Err(zip.unexpected("-", path)),
        };
        let mut found = None;
        self.write(path, private, |out| {
            found = Some(zip.content(path, member, |piece| out.write_all(piece)).map_err(io::Error::other)?);
            Ok(())
        })?;
        if found != Some(*digest) {
            return Err(zip.wrong(path));
        }
        self.count(member);
        Ok(())
    }

    fn count(&mut self, member: Member) {
        self.done.files += 1;
        self.done.bytes += member.size;
    }

    /// Creates a file of the archive. `fill` writes its content.
    fn write(&self, path: &str, private: bool, fill: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<()> {
        let target = inside(self.root, path);
        let write = || {
            if let Some(folder) = target.parent().filter(|folder| !folder.is_dir()) {
                if private { platform::create_private_folder(folder)? } else { fs::create_dir_all(folder)? }
            }
            fill(&mut platform::create_new(&target, private)?)
        };
        write().map_err(|error| match error.downcast::<Error>() {
            Ok(error) => error,
            Err(error) => Error::disk("unpacking-failed", target.display(), error),
        })
    }
}
