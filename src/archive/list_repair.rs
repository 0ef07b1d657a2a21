//! Mends the files on which all checking of an archive rests: `SHA256SUMS`, the README, and the tag files and manifests of
//! the bags. Each is pinned by the digest in the one above it, so that bytes from any source can be tried: those with the
//! right digest are the right ones.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use super::bagit::{DECLARATION, manifest_line, payload_path, read_entries};
use super::bags::Obstacle;
use super::commit::README;
use super::folder::{is_blocked, remove_folder};
use super::journal::{for_people, inside, is_private};
use crate::error::{Error, Result};
use crate::model::{Class, Sha256, layout};
use crate::platform;
use crate::store::stage::hash_file;
use crate::store::{BagsLock, Catalog};

/// What is known of an archive from elsewhere.
pub struct Known<'a> {
    /// The catalog beside the bags, if it is that of their last commit.
    pub catalog: Option<&'a Catalog>,
    /// Digest of `SHA256SUMS` after the last commit, if it is known.
    pub head: Option<&'a str>,
    /// Other archives that may hold the same files.
    pub others: &'a [PathBuf],
}

/// A list that is damaged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DamagedList {
    /// Path in the archive.
    pub path: String,
    /// Where its right bytes were found, if they were.
    pub found: Option<Source>,
}

/// Where the right bytes of a list were found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// They follow from what the archive has.
    Itself,
    /// In another archive.
    Other(PathBuf),
}

/// Reports whether a file of the archive is one that every commit writes anew, whatever it was: what a bag says of itself, or
/// the README.
pub fn is_written_anew(path: &str) -> bool {
    path == layout::README || path.rsplit('/').next() == Some(layout::BAG_INFO)
}

/// Finds the damaged lists of the archive at `root`, and puts the right ones in their place if `applies`.
///
/// # Errors
/// `restore-failed`; those of the catalog.
pub fn mend(root: &Path, known: &Known<'_>, applies: bool) -> Result<Vec<DamagedList>> {
    let mut mender = Mender { root, known, applies, good: BTreeMap::new(), damaged: Vec::new() };
    mender.anchor()?;
    let sums = mender.entries(layout::SHA256SUMS);
    for class in [Class::Public, Class::Private] {
        let bag = layout::bag_name(class);
        let tags = format!("{bag}/{}", layout::TAG_MANIFEST);
        let Some(digest) = sums.get(&tags) else { continue };
        let info = own_digest(&layout::bag(root, class).join(layout::BAG_INFO));
        mender.check(&tags, digest, || own_tags(root, class, info, known.catalog))?;
        for (name, digest) in mender.entries(&tags) {
            let path = format!("{bag}/{name}");
            mender.check(&path, &digest, || match name.as_str() {
                layout::BAGIT => Ok(vec![DECLARATION.as_bytes().to_vec()]),
                layout::MANIFEST => manifest(known.catalog, class),
                _ => Ok(Vec::new()),
            })?;
        }
    }
    if let Some(digest) = sums.get(layout::README) {
        mender.check(layout::README, digest, || Ok(vec![for_people(README)]))?;
    }
    Ok(mender.damaged)
}

/// Bytes with their source.
type Found = (Vec<u8>, Source);

struct Mender<'a> {
    root: &'a Path,
    known: &'a Known<'a>,
    applies: bool,
    /// Right bytes of damaged lists, for those below them: in a rehearsal they are not in their place.
    good: BTreeMap<String, Vec<u8>>,
    damaged: Vec<DamagedList>,
}

impl Mender<'_> {
    /// Returns the entries of a list, from its right bytes if they are known.
    fn entries(&self, path: &str) -> BTreeMap<String, Sha256> {
        let bytes = self.good.get(path).cloned().or_else(|| own(&inside(self.root, path)));
        entries_of(&bytes.unwrap_or_default()).unwrap_or_default()
    }

    fn elsewhere(&self, path: &str) -> Vec<Found> {
        let read =
            |other: &PathBuf| Some((platform::read(inside(other, path)).ok()?, Source::Other(inside(other, path))));
        self.known.others.iter().filter_map(read).collect()
    }

    /// Checks `SHA256SUMS`, which nothing in the archive pins. The working state may know its digest; otherwise it is right
    /// if bags that agree with themselves agree with it, and a copy counts before a list that nothing confirms.
    fn anchor(&mut self) -> Result<()> {
        let path = layout::SHA256SUMS;
        let present = platform::read(self.root.join(path)).ok();
        let is_file = Obstacle::at(&self.root.join(path)).is_none();
        let is_known = |bytes: &[u8]| self.known.head.is_some_and(|head| Sha256::of(bytes).hex() == head);
        let named = present.as_deref().and_then(entries_of);
        let consistent = self.consistent_anchor();
        // Also one that the working state does not know: the bags of another machine, or an older copy of them.
        let is_whole = consistent.is_some() && named.as_ref().is_some_and(|named| self.names_both_bags(named));
        if is_whole || present.as_deref().is_some_and(is_known) {
            return self.as_it_is(path, present, is_file);
        }
        let composed = self.composed_anchors()?.into_iter().map(|bytes| (bytes, Source::Itself));
        if let Some(right) = composed.chain(self.elsewhere(path)).find(|(bytes, _)| is_known(bytes)) {
            return self.found(path, Some(right));
        }
        if named.as_ref().is_some_and(|named| self.names_both_bags(named)) {
            return self.as_it_is(path, present, is_file);
        }
        let right = match consistent {
            // Its own bags are whole, so it is the list that has changed.
            Some(bytes) => Some((bytes, Source::Itself)),
            None if named.is_some() || self.known.head.is_some() => None,
            None => self.elsewhere(path).into_iter().find(|(bytes, source)| self.is_of_this(bytes, source)),
        };
        if right.is_none() && named.is_some() {
            // Nothing speaks against it but what it lists.
            return self.as_it_is(path, present, is_file);
        }
        self.found(path, right)
    }

    /// Leaves the right bytes as they are, or puts them into the place of a link to them.
    fn as_it_is(&mut self, path: &str, bytes: Option<Vec<u8>>, is_file: bool) -> Result<()> {
        if is_file { Ok(()) } else { self.found(path, bytes.map(|bytes| (bytes, Source::Itself))) }
    }

    /// Reports whether a list names both tag manifests as they are.
    fn names_both_bags(&self, named: &BTreeMap<String, Sha256>) -> bool {
        [Class::Public, Class::Private].into_iter().all(|class| {
            let path = format!("{}/{}", layout::bag_name(class), layout::TAG_MANIFEST);
            digest_of(&inside(self.root, &path)) == named.get(&path).copied()
        })
    }

    /// Reports whether the lists of another archive can be those of this one: they are whole, and every file that is here is
    /// in them, the same. An older or a strange copy would make files of this archive strangers in it.
    fn is_of_this(&self, anchor: &[u8], source: &Source) -> bool {
        let Source::Other(anchor_path) = source else { return false };
        let Some(other) = anchor_path.parent() else { return false };
        let Some(sums) = entries_of(anchor) else { return false };
        [Class::Public, Class::Private].into_iter().all(|class| {
            let bag = layout::bag_name(class);
            let read = |name: &str, digest: Option<&Sha256>| {
                let bytes = platform::read(layout::bag(other, class).join(name)).ok()?;
                (Some(&Sha256::of(&bytes)) == digest).then(|| entries_of(&bytes)).flatten()
            };
            let tags = read(layout::TAG_MANIFEST, sums.get(&format!("{bag}/{}", layout::TAG_MANIFEST)));
            let Some(listed) = tags.and_then(|tags| read(layout::MANIFEST, tags.get(layout::MANIFEST))) else {
                return false;
            };
            let folder = layout::bag(self.root, class);
            let files = walkdir::WalkDir::new(folder.join(layout::DATA)).into_iter().filter_map(Result::ok);
            files.filter(|entry| entry.file_type().is_file()).all(|entry| {
                let path = platform::slashed(entry.path().strip_prefix(&folder).unwrap_or(entry.path()));
                hash_file(entry.path()).ok().map(|(found, _)| found) == listed.get(&path).copied()
            })
        })
    }

    /// Returns what `SHA256SUMS` may have been: with each tag manifest as it is, or as what it lists makes it.
    fn composed_anchors(&self) -> Result<Vec<Vec<u8>>> {
        let mut tags = Vec::new();
        for class in [Class::Public, Class::Private] {
            let present = platform::read(layout::bag(self.root, class).join(layout::TAG_MANIFEST)).ok();
            let mut infos: Vec<PathBuf> = vec![self.root.to_owned()];
            infos.extend(self.known.others.iter().cloned());
            let mut candidates = Vec::new();
            for info in infos {
                let info = hash_file(&layout::bag(&info, class).join(layout::BAG_INFO));
                candidates.extend(own_tags(self.root, class, info.ok().map(|(digest, _)| digest), self.known.catalog)?);
            }
            candidates.extend(present);
            tags.push(candidates);
        }
        let [public, private] = [&tags[0], &tags[1]];
        let mut anchors = Vec::new();
        for readme in self.readmes() {
            for public in public {
                anchors.extend(private.iter().map(|private| anchor_of(readme, public, private)));
            }
        }
        Ok(anchors)
    }

    /// Makes `SHA256SUMS` from what it lists, if both tag manifests agree with their bags.
    fn consistent_anchor(&self) -> Option<Vec<u8>> {
        let tags = |class: Class| {
            let folder = layout::bag(self.root, class);
            let bytes = platform::read(folder.join(layout::TAG_MANIFEST)).ok()?;
            let right = |(name, digest): (String, Sha256)| {
                hash_file(&inside(&folder, &name)).is_ok_and(|(found, _)| found == digest)
            };
            entries_of(&bytes)?.into_iter().all(right).then_some(bytes)
        };
        let readme = *self.readmes().first()?;
        Some(anchor_of(readme, &tags(Class::Public)?, &tags(Class::Private)?))
    }

    /// Returns the digests that the README may have: of the one that is there, which another version may have written, and
    /// of the one that this version writes.
    fn readmes(&self) -> Vec<Sha256> {
        let present = hash_file(&self.root.join(layout::README)).ok().map(|(digest, _)| digest);
        present.into_iter().chain([Sha256::of(&for_people(README))]).collect()
    }

    /// Compares a list with its digest; a damaged one is replaced by the first of the `own` candidates, then those of
    /// other archives, that has it.
    fn check(&mut self, path: &str, digest: &Sha256, own: impl FnOnce() -> Result<Vec<Vec<u8>>>) -> Result<()> {
        let place = inside(self.root, path);
        if own_digest(&place) == Some(*digest) {
            return Ok(());
        }
        let linked = platform::read(&place).ok();
        let candidates = own()?.into_iter().chain(linked).map(|bytes| (bytes, Source::Itself));
        let candidates = candidates.chain(self.elsewhere(path));
        let right = candidates.into_iter().find(|(bytes, _)| Sha256::of(bytes) == *digest);
        self.found(path, right)
    }

    fn found(&mut self, path: &str, right: Option<Found>) -> Result<()> {
        let (bytes, found) = right.unzip();
        // What is in the way of the right bytes is somebody's own; those below can still be mended by them.
        let is_blocked = is_blocked(&inside(self.root, path));
        self.damaged.push(DamagedList { path: path.to_owned(), found: found.filter(|_| !is_blocked) });
        let Some(bytes) = bytes else { return Ok(()) };
        if self.applies && !is_blocked {
            write(self.root, path, &bytes)
                .map_err(|error| Error::disk("restore-failed", inside(self.root, path).display(), error))?;
        }
        self.good.insert(path.to_owned(), bytes);
        Ok(())
    }
}

/// Returns the `SHA256SUMS` of these tag manifests.
fn anchor_of(readme: Sha256, public: &[u8], private: &[u8]) -> Vec<u8> {
    let mut lines = BTreeMap::from([(layout::README.to_owned(), readme)]);
    for (class, tags) in [(Class::Public, public), (Class::Private, private)] {
        lines.insert(format!("{}/{}", layout::bag_name(class), layout::TAG_MANIFEST), Sha256::of(tags));
    }
    lines.iter().map(|(path, digest)| manifest_line(digest, path)).collect::<String>().into_bytes()
}

/// Returns the tag manifests that a bag with this description may have: with its manifest as it is, and as the catalog knows
/// it.
fn own_tags(root: &Path, class: Class, info: Option<Sha256>, catalog: Option<&Catalog>) -> Result<Vec<Vec<u8>>> {
    let Some(info) = info else { return Ok(Vec::new()) };
    let present = hash_file(&layout::bag(root, class).join(layout::MANIFEST)).ok();
    let mut manifests: Vec<Sha256> = present.into_iter().map(|(digest, _)| digest).collect();
    manifests.extend(manifest(catalog, class)?.iter().map(|bytes| Sha256::of(bytes)));
    let tags = |manifest: Sha256| {
        let digests = [
            (layout::BAG_INFO, info),
            (layout::BAGIT, Sha256::of(DECLARATION.as_bytes())),
            (layout::MANIFEST, manifest),
        ];
        digests.iter().map(|(name, digest)| manifest_line(digest, name)).collect::<String>().into_bytes()
    };
    Ok(manifests.into_iter().map(tags).collect())
}

/// Returns the manifest of a bag as the catalog knows it.
fn manifest(catalog: Option<&Catalog>, class: Class) -> Result<Vec<Vec<u8>>> {
    let Some(catalog) = catalog else { return Ok(Vec::new()) };
    let mut lines = Vec::new();
    catalog.each_payload(|bag, path, digest| {
        if bag == class {
            lines.extend(manifest_line(&digest, &payload_path(path)).into_bytes());
        }
    })?;
    Ok(vec![lines])
}

/// Reads a list of the archive itself; what a link leads to is not the archive's.
fn own(path: &Path) -> Option<Vec<u8>> {
    Obstacle::at(path).is_none().then(|| platform::read(path).ok()).flatten()
}

/// Does what [`own`] does for a digest.
fn own_digest(path: &Path) -> Option<Sha256> {
    Obstacle::at(path).is_none().then(|| digest_of(path)).flatten()
}

fn digest_of(path: &Path) -> Option<Sha256> {
    hash_file(path).ok().map(|(digest, _)| digest)
}

fn entries_of(bytes: &[u8]) -> Option<BTreeMap<String, Sha256>> {
    let mut entries = BTreeMap::new();
    read_entries(bytes, Path::new(""), |path, digest| {
        entries.insert(path.to_owned(), digest);
        Ok(())
    })
    .ok()?;
    (!entries.is_empty()).then_some(entries)
}

/// Writes a list durably over the damaged one.
fn write(root: &Path, path: &str, bytes: &[u8]) -> std::io::Result<()> {
    let folder = root.join(layout::WORK).join(layout::TEMPORARY);
    platform::create_private_folder(&folder)?;
    let temporary = folder.join("list");
    if temporary.exists() {
        platform::remove_file(&temporary)?;
    }
    let mut file = platform::create_new(&temporary, true)?;
    file.write_all(bytes)?;
    platform::sync_open_file(&file)?;
    drop(file);
    let target = inside(root, path);
    let _alone = BagsLock::take(root, || ()).map_err(std::io::Error::other)?;
    remove_folder(&target)?;
    if let Some(parent) = target.parent() {
        fs::create_dir_all(parent)?;
    }
    platform::rename(&temporary, &target)?;
    platform::set_private(&target, is_private(path))?;
    platform::sync_folder(target.parent().unwrap_or(root))
}
