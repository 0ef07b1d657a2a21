//! Writes and reads evidence packs: leaves of one template in a tar, compressed with zstd over a long window, so that
//! pages which share megabytes of inline script cost kilobytes. `tar --zstd -xf` opens one without this program.
//!
//! A member's name is the digest of its bytes; times, modes and owners are fixed, so the same leaves in the same order
//! give the same pack. A pack is never rewritten (but see [`rebuild_without`]).

use std::collections::BTreeSet;
use std::io::{self, BufReader, Read, Write as _};
use std::path::Path;

use super::handle::HeldFile;
use crate::error::{Error, Result};
use crate::model::Sha256;
use crate::platform;
use crate::store::Stage;
use crate::store::stage::{StageWriter, Staged};

/// Maximum number of leaves in a pack.
pub const MOST_LEAVES: usize = 16;
/// Maximum bytes of leaves in a pack, before compression.
pub const MOST_BYTES: u64 = 64 * 1024 * 1024;
/// Size in bytes above which a leaf is stored outside packs.
pub const LARGEST_LEAF: u64 = 16 * 1024 * 1024;
/// Compression level: with long matching nearly as good as higher levels, in a fraction of the time.
const LEVEL: i32 = 3;
/// Log2 of the window size: 8 MiB, the largest that every zstd decoder opens by default.
const WINDOW_LOG: u32 = 23;

/// A finished pack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pack {
    /// `<date>-<digest of the file>.tar.zst`.
    pub name: String,
    /// Staged file of the pack.
    pub staged: Staged,
    /// Members, in order.
    pub members: Vec<Member>,
}

/// A leaf in a pack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Member {
    /// Digest of the bytes, which is also the member's name.
    pub sha256: Sha256,
    /// Size in bytes.
    pub bytes: u64,
}

/// Reports whether a leaf of this type is stored outside packs whatever its size: compressing it again gains nothing.
pub fn is_compressed(mime: &str) -> bool {
    let mime = mime.split(';').next().unwrap_or(mime).trim();
    match mime.split_once('/') {
        Some(("image", kind)) => !matches!(kind, "svg+xml" | "bmp"),
        Some(("audio" | "video" | "font", _)) => true,
        Some(("application", kind)) => {
            matches!(kind, "zip" | "gzip" | "x-gzip" | "x-7z-compressed" | "zstd" | "x-xz" | "vnd.rar" | "pdf")
                || kind.starts_with("vnd.openxmlformats")
        }
        _ => false,
    }
}

/// Reports whether a leaf goes into a pack.
pub fn fits(bytes: u64, mime: &str) -> bool {
    bytes <= LARGEST_LEAF && !is_compressed(mime)
}

/// A writer that streams a pack to the stage.
pub struct PackWriter<'s> {
    tar: tar::Builder<zstd::Encoder<'static, StageWriter<'s>>>,
    members: Vec<Member>,
    known: BTreeSet<Sha256>,
    date: String,
}

impl std::fmt::Debug for PackWriter<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PackWriter").field("members", &self.members).finish_non_exhaustive()
    }
}

fn failed(error: io::Error) -> Error {
    Error::disk("pack-write-failed", "pack", error)
}

impl<'s> PackWriter<'s> {
    /// Begins a pack. `date` (`2024-01-31`, the run's clock) becomes part of its name.
    pub fn new(stage: &'s Stage, date: &str) -> Result<Self> {
        let mut encoder = zstd::Encoder::new(stage.create()?, LEVEL).map_err(failed)?;
        encoder.long_distance_matching(true).map_err(failed)?;
        encoder.window_log(WINDOW_LOG).map_err(failed)?;
        encoder.include_checksum(true).map_err(failed)?;
        let mut tar = tar::Builder::new(encoder);
        tar.mode(tar::HeaderMode::Deterministic);
        Ok(Self { tar, members: Vec::new(), known: BTreeSet::new(), date: date.to_owned() })
    }

    /// Adds a leaf; equal leaves are stored once.
    pub fn add(&mut self, bytes: &[u8]) -> Result<Sha256> {
        let sha256 = Sha256::of(bytes);
        self.add_hashed(sha256, bytes)?;
        Ok(sha256)
    }

    /// Adds a leaf whose digest is already known.
    pub fn add_hashed(&mut self, sha256: Sha256, bytes: &[u8]) -> Result<()> {
        if !self.known.insert(sha256) {
            return Ok(());
        }
        let mut header = tar::Header::new_ustar();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        header.set_mtime(0);
        header.set_uid(0);
        header.set_gid(0);
        header.set_entry_type(tar::EntryType::Regular);
        self.tar.append_data(&mut header, sha256.hex(), bytes).map_err(failed)?;
        self.members.push(Member { sha256, bytes: bytes.len() as u64 });
        Ok(())
    }

    /// Finishes the pack; returns `None` if nothing was added.
    pub fn finish(self) -> Result<Option<Pack>> {
        if self.members.is_empty() {
            return Ok(None);
        }
        let encoder = self.tar.into_inner().map_err(failed)?;
        let mut writer = encoder.finish().map_err(failed)?;
        writer.flush().map_err(failed)?;
        let staged = writer.finish()?;
        let name = format!("{}-{}.tar.zst", self.date, staged.sha256.hex());
        Ok(Some(Pack { name, staged, members: self.members }))
    }
}

/// A reader of a pack's members, in order.
pub struct PackReader {
    archive: tar::Archive<zstd::Decoder<'static, BufReader<Box<dyn Read + Send>>>>,
    name: String,
}

impl std::fmt::Debug for PackReader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PackReader").field("name", &self.name).finish_non_exhaustive()
    }
}

impl PackReader {
    /// Opens a pack file at a path.
    pub fn open(path: &Path) -> Result<Self> {
        Self::read(path.display().to_string(), || Ok(Box::new(platform::open_file(path)?)))
    }

    /// Opens a pack of an archive.
    pub fn of(file: &HeldFile) -> Result<Self> {
        Self::read(file.to_string(), || Ok(Box::new(file.open()?)))
    }

    fn read(name: String, open: impl FnOnce() -> io::Result<Box<dyn Read + Send>>) -> Result<Self> {
        let open = || {
            let mut decoder = zstd::Decoder::new(open()?)?;
            decoder.window_log_max(27)?;
            Ok(tar::Archive::new(decoder))
        };
        let archive = open().map_err(|error| unreadable(&name, error))?;
        Ok(Self { archive, name })
    }

    /// Calls `visit` with the name and the bytes of every member. Fails on a name that is not a digest.
    pub fn each(mut self, mut visit: impl FnMut(Sha256, &mut dyn Read) -> Result<()>) -> Result<()> {
        let name = self.name;
        for entry in self.archive.entries().map_err(|error| unreadable(&name, error))? {
            let mut entry = entry.map_err(|error| unreadable(&name, error))?;
            let member = entry.path().ok().and_then(|path| path.to_str()?.parse::<Sha256>().ok());
            let Some(member) = member else {
                return Err(unreadable(&name, io::Error::new(io::ErrorKind::InvalidData, "member name")));
            };
            visit(member, &mut entry)?;
        }
        Ok(())
    }

    /// Returns the bytes of one member; `None` if the pack has no such member.
    ///
    /// # Errors
    /// `pack-unreadable`, also if the member's bytes do not match the digest in its name.
    pub fn member(mut self, sha256: &Sha256) -> Result<Option<Vec<u8>>> {
        let wanted = sha256.hex();
        let name = self.name;
        for entry in self.archive.entries().map_err(|error| unreadable(&name, error))? {
            let mut entry = entry.map_err(|error| unreadable(&name, error))?;
            if *entry.path_bytes() != *wanted.as_bytes() {
                continue;
            }
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes).map_err(|error| unreadable(&name, error))?;
            if Sha256::of(&bytes) != *sha256 {
                return Err(unreadable(&name, io::Error::new(io::ErrorKind::InvalidData, wanted)));
            }
            return Ok(Some(bytes));
        }
        Ok(None)
    }
}

fn unreadable(name: &str, error: io::Error) -> Error {
    Error::input("pack-unreadable").with("path", name).because(error)
}

/// Builds a new pack from the one at `path` without the members in `drop`; `None` if nothing is left. Removing a
/// person's data is the only case in which a pack is replaced.
pub fn rebuild_without(stage: &Stage, path: &Path, drop: &BTreeSet<Sha256>, date: &str) -> Result<Option<Pack>> {
    let mut writer = PackWriter::new(stage, date)?;
    PackReader::open(path)?.each(|sha256, reader| {
        if drop.contains(&sha256) {
            return Ok(());
        }
        let mut bytes = Vec::new();
        reader.read_to_end(&mut bytes).map_err(|error| unreadable(&path.display().to_string(), error))?;
        writer.add(&bytes).map(|_| ())
    })?;
    writer.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Time;
    use crate::store::ArchiveLock;

    fn stage() -> (tempfile::TempDir, Stage) {
        let root = tempfile::tempdir().unwrap();
        let lock = ArchiveLock::take(root.path(), Time::from_unix(1_800_000_000).unwrap()).unwrap();
        let stage = Stage::open(root.path(), &lock).unwrap();
        (root, stage)
    }

    fn pack(stage: &Stage, leaves: &[&[u8]]) -> Pack {
        let mut writer = PackWriter::new(stage, "2024-01-31").unwrap();
        for leaf in leaves {
            writer.add(leaf).unwrap();
        }
        let pack = writer.finish().unwrap().unwrap();
        stage.sync_batch().unwrap();
        pack
    }

    #[test]
    fn what_goes_in_comes_out() {
        let (_root, stage) = stage();
        let leaves: [&[u8]; 3] = [b"one", b"", b"one more"];
        let pack = pack(&stage, &[leaves[0], leaves[1], leaves[2], leaves[0]]);
        assert_eq!(pack.members.len(), 3, "equal leaves are held once");
        assert_eq!(pack.name, format!("2024-01-31-{}.tar.zst", pack.staged.sha256.hex()));
        let mut seen = Vec::new();
        let reader = PackReader::open(&pack.staged.path).unwrap();
        reader
            .each(|sha256, reader| {
                let mut bytes = Vec::new();
                reader.read_to_end(&mut bytes).unwrap();
                assert_eq!(Sha256::of(&bytes), sha256);
                seen.push(bytes);
                Ok(())
            })
            .unwrap();
        assert_eq!(seen, leaves);
        let open = || PackReader::open(&pack.staged.path).unwrap();
        assert_eq!(open().member(&Sha256::of(b"one more")).unwrap().unwrap(), b"one more");
        assert_eq!(open().member(&Sha256::of(b"two")).unwrap(), None);
    }

    #[test]
    fn the_same_leaves_give_the_same_file() {
        let (_one, first) = stage();
        let (_two, second) = stage();
        let page: Vec<u8> = (0..300_000_u32).flat_map(|number| (number / 7).to_le_bytes()).collect();
        assert_eq!(pack(&first, &[&page, b"b"]).name, pack(&second, &[&page, b"b"]).name);
    }

    #[test]
    fn what_is_far_apart_is_still_matched() {
        let (_root, stage) = stage();
        let mut state = 1_u32;
        let noise: Vec<u8> = std::iter::repeat_with(|| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            state.to_be_bytes()[0]
        })
        .take(3_000_000)
        .collect();
        let mut other = noise.clone();
        other.extend(b"the end");
        let pack = pack(&stage, &[&noise, &other]);
        assert!(pack.staged.bytes < 3_100_000, "{}", pack.staged.bytes);
    }

    #[test]
    fn a_pack_can_be_rebuilt_without_a_member() {
        let (_root, stage) = stage();
        let whole = pack(&stage, &[b"keep", b"forget"]);
        let drop = BTreeSet::from([Sha256::of(b"forget")]);
        let rebuilt = rebuild_without(&stage, &whole.staged.path, &drop, "2024-02-01").unwrap().unwrap();
        assert_eq!(rebuilt.members, [Member { sha256: Sha256::of(b"keep"), bytes: 4 }]);
        stage.sync_batch().unwrap();
        let all = BTreeSet::from([Sha256::of(b"keep")]);
        assert_eq!(rebuild_without(&stage, &rebuilt.staged.path, &all, "2024-02-01").unwrap(), None);
    }

    #[test]
    fn a_damaged_pack_is_refused() {
        let (_root, stage) = stage();
        let pack = pack(&stage, &[b"some text that is long enough to be more than a header"]);
        let mut bytes = std::fs::read(&pack.staged.path).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 0x20;
        std::fs::write(&pack.staged.path, bytes).unwrap();
        let reader = PackReader::open(&pack.staged.path).unwrap();
        let result = reader
            .each(|_, reader| io::copy(reader, &mut io::sink()).map(drop).map_err(|error| unreadable("pack", error)));
        assert_eq!(result.unwrap_err().code(), "pack-unreadable");
    }

    #[test]
    fn types_and_sizes() {
        assert!(fits(10, "text/html; charset=utf-8") && fits(10, "image/svg+xml"));
        assert!(!fits(10, "image/png") && !fits(LARGEST_LEAF + 1, "text/html"));
    }
}
