//! Looks whether recovery files are what they were. `par2` reads past what is damaged in them, and does not say that a file
//! is lost, so the packets of the format (Parity Volume Set Specification 2.0) are read here.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, BufReader, ErrorKind, Read};
use std::path::Path;

use md5::{Digest as _, Md5};

use crate::archive::parcel::recovery_index;
use crate::error::Result;
use crate::model::{PIECE, Problem};
use crate::platform;
use crate::work::Work;

const MAGIC: &[u8] = b"PAR2\0PKT";
const HEADER: usize = 64;
/// Kinds of packets.
const MAIN: &[u8] = b"PAR 2.0\0Main\0\0\0\0";
const DESCRIPTION: &[u8] = b"PAR 2.0\0FileDesc";
const CHECKSUMS: &[u8] = b"PAR 2.0\0IFSC\0\0\0\0";
const BLOCK: &[u8] = b"PAR 2.0\0RecvSlic";
/// Number of bytes of a packet's body that are looked at; a name is far shorter.
const LOOKED_AT: usize = 4096;

/// The recovery files of one pack.
#[derive(Debug, Default)]
pub(super) struct RecoveryFiles {
    /// Those that are damaged or missing.
    pub(super) findings: Vec<Problem>,
    /// Names of the files that they protect, as far as they can be read.
    pub(super) protected: BTreeSet<String>,
}

/// Splits the name of a recovery file, `PACK.par2` or `PACK.vol00+98.par2`, into the pack's and the blocks that it holds.
pub(super) fn recovery_of(name: &str) -> Option<(&str, Option<(u32, u32)>)> {
    let set = name.strip_suffix(".par2")?;
    let volume = set.rsplit_once(".vol").and_then(|(pack, blocks)| {
        let (first, count) = blocks.split_once('+')?;
        Some((pack, Some((first.parse().ok()?, count.parse().ok()?))))
    });
    Some(volume.unwrap_or((set, None)))
}

/// Reads the recovery files of a pack among `names`.
///
/// # Errors
/// `interrupted`.
pub(super) fn check(folder: &Path, pack: &str, names: &BTreeSet<String>, work: &Work<'_>) -> Result<RecoveryFiles> {
    let mut found = RecoveryFiles::default();
    let index = recovery_index(pack);
    let missing = |name: String| Problem::finding("parity-file-missing", name);
    let mut volumes: Vec<((u32, u32), &str)> = Vec::new();
    let mut set = None;
    if !names.contains(&index) {
        found.findings.push(missing(index.clone()));
    }
    let own = names.iter().filter_map(|name| recovery_of(name).map(|(of, blocks)| (name, of, blocks)));
    for (name, _, blocks) in own.filter(|(_, of, _)| *of == pack) {
        let content = Content::read(&folder.join(name), work)?;
        // Those of other packs with the same name are of no use for these.
        let fits = set.is_none() || content.set.is_none() || set == content.set;
        if !fits || !content.is_whole(blocks) {
            found.findings.push(Problem::finding("parity-file-damaged", name));
        }
        set = set.or(content.set);
        found.protected.extend(content.described.into_values());
        volumes.extend(blocks.map(|blocks| (blocks, name.as_str())));
    }
    // Blocks are numbered from zero, one file after the other.
    volumes.sort_unstable();
    let mut next = 0;
    for ((first, count), _) in &volumes {
        if *first > next {
            found.findings.push(missing(format!("{pack}.vol{next:02}+{:02}.par2", first - next)));
        }
        next = next.max(first.saturating_add(*count));
    }
    if volumes.is_empty() {
        found.findings.push(missing(format!("{pack}.vol….par2")));
    }
    Ok(found)
}

/// What a recovery file says.
#[derive(Debug, Default)]
struct Content {
    /// Whether it is packets from its first byte to its last, each as its own checksum has it.
    is_sound: bool,
    /// Which files at which sizes it is for.
    set: Option<[u8; 16]>,
    /// Number of these files.
    files: Option<u32>,
    /// Names of the files that are described, by their ids.
    described: BTreeMap<Vec<u8>, String>,
    /// Ids of the files whose checksums are there.
    summed: BTreeSet<Vec<u8>>,
    /// Numbers of the recovery blocks.
    blocks: BTreeSet<Vec<u8>>,
}

impl Content {
    fn read(path: &Path, work: &Work<'_>) -> Result<Self> {
        let mut content = Self::default();
        let Ok(file) = platform::open_file(path) else { return Ok(content) };
        platform::will_read_in_order(&file);
        let mut input = BufReader::with_capacity(PIECE, file);
        content.is_sound = true;
        loop {
            work.check()?;
            match content.packet(&mut input, work) {
                Ok(true) => {}
                Ok(false) => return Ok(content),
                Err(_) => {
                    work.check()?;
                    content.is_sound = false;
                    return Ok(content);
                }
            }
        }
    }

    /// Reads the next packet; false at the end.
    fn packet(&mut self, input: &mut BufReader<File>, work: &Work<'_>) -> io::Result<bool> {
        let mut header = Vec::with_capacity(HEADER);
        input.by_ref().take(HEADER as u64).read_to_end(&mut header)?;
        if header.is_empty() {
            return Ok(false);
        }
        let (about, hashed) =
            header.split_at_checked(32).filter(|(_, hashed)| hashed.len() == 32).ok_or(ErrorKind::UnexpectedEof)?;
        let length = about[8..].first_chunk().map(|length| u64::from_le_bytes(*length)).unwrap_or_default();
        let body = length.checked_sub(HEADER as u64).filter(|_| about.starts_with(MAGIC));
        let mut left = body.ok_or(ErrorKind::InvalidData)?;
        let mut digest = Md5::new();
        digest.update(hashed);
        let (mut begin, mut buffer) = (Vec::new(), vec![0; PIECE]);
        while left > 0 {
            work.check().map_err(io::Error::other)?;
            let most = usize::try_from(left).unwrap_or(PIECE).min(PIECE);
            let count = match input.read(&mut buffer[..most]) {
                Ok(0) => return Err(ErrorKind::UnexpectedEof.into()),
                Ok(count) => count,
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            digest.update(&buffer[..count]);
            begin.extend_from_slice(&buffer[..count.min(LOOKED_AT - begin.len())]);
            left -= count as u64;
        }
        if digest.finalize().as_slice() != &about[16..] {
            self.is_sound = false;
            return Ok(true);
        }
        let (set, kind) = hashed.split_at(16);
        self.set = self.set.or_else(|| set.first_chunk().copied());
        self.take(kind, &begin);
        Ok(true)
    }

    /// Takes in what the body of a packet of a kind says.
    fn take(&mut self, kind: &[u8], body: &[u8]) {
        let id = || body.get(..16).unwrap_or_default().to_vec();
        match kind {
            MAIN => self.files = body.get(8..).and_then(<[u8]>::first_chunk).map(|count| u32::from_le_bytes(*count)),
            DESCRIPTION => {
                // Before it are two digests and the length.
                let name = String::from_utf8_lossy(body.get(56..).unwrap_or_default());
                self.described.insert(id(), name.trim_end_matches('\0').to_owned());
            }
            CHECKSUMS => {
                self.summed.insert(id());
            }
            BLOCK => {
                self.blocks.insert(body.get(..4).unwrap_or_default().to_vec());
            }
            _ => {}
        }
    }

    /// Reports whether everything is there that a file with this number of blocks has. The descriptions are in each, once
    /// or several times.
    fn is_whole(&self, blocks: Option<(u32, u32)>) -> bool {
        let is_described = |files: u32| self.described.len().min(self.summed.len()) >= files as usize;
        let blocks = blocks.map_or(0, |(_, count)| count);
        self.is_sound && self.files.is_some_and(is_described) && self.blocks.len() >= blocks as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_volume_says_how_many_blocks_it_holds() {
        assert_eq!(recovery_of("a-public.zip.par2"), Some(("a-public.zip", None)));
        assert_eq!(recovery_of("a-public.zip.vol00+98.par2"), Some(("a-public.zip", Some((0, 98)))));
        assert_eq!(recovery_of("a.volume-public.zip.par2"), Some(("a.volume-public.zip", None)));
        assert_eq!(recovery_of("a-public.zip"), None);
    }
}
