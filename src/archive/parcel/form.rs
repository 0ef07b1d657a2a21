//! Defines the bytes of a pack's ZIP. A list of files has exactly one such form: files are stored as they are, in a given
//! order, without times, and every header follows from the file's name, size and checksum. So the same archive is the
//! same bytes, whichever version of a compression library the program was built with, and a reader that builds the
//! headers anew finds every changed byte.
//!
//! Sizes and checksums stand before the content (no data descriptors), and ZIP64 fields only where they are needed (APPNOTE
//! 4.5.3), so that the oldest readers open it too.

use std::io::{self, Write};

/// Signature of a file's header.
pub(super) const FILE: [u8; 4] = *b"PK\x03\x04";
/// Signature of a file's entry in the directory at the end.
pub(super) const DIRECTORY: [u8; 4] = *b"PK\x01\x02";
/// Length of a file's header without its signature, name and extra fields.
pub(super) const FIXED: usize = 26;
/// Longest name that is read, in bytes: more than any path of a bag can have.
pub(super) const LONGEST_NAME: usize = 1024;
/// Length of the extra fields of a file that needs ZIP64.
pub(super) const EXTRA: usize = 20;

/// Names are UTF-8.
const FLAGS: u16 = 0x0800;
/// The first day that the format knows.
const DAY: u16 = 0x0021;
/// Versions of the format: plain, and ZIP64.
const PLAIN: u16 = 10;
const ZIP64: u16 = 45;
const UNIX: u16 = 3 << 8;
/// Values from here on stand in a ZIP64 field.
const BIG: u64 = 0xFFFF_FFFF;
const MANY: u64 = 0xFFFF;

/// The part of a file's headers that its content decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Member {
    /// Size in bytes.
    pub(super) size: u64,
    /// CRC-32.
    pub(super) crc: u32,
}

/// A header under construction, in little-endian order.
#[derive(Default)]
struct Header(Vec<u8>);

impl Header {
    fn bytes(mut self, bytes: &[u8]) -> Self {
        self.0.extend_from_slice(bytes);
        self
    }

    fn u16(self, value: u16) -> Self {
        self.bytes(&value.to_le_bytes())
    }

    fn u32(self, value: u32) -> Self {
        self.bytes(&value.to_le_bytes())
    }

    fn u64(self, value: u64) -> Self {
        self.bytes(&value.to_le_bytes())
    }

    /// Appends the low 32 bits of a size, or the mark of one that stands in a ZIP64 field.
    fn size(self, value: u64) -> Self {
        self.u32(u32::try_from(value).unwrap_or(u32::MAX))
    }

    fn count(self, value: u64) -> Self {
        self.u16(u16::try_from(value).unwrap_or(u16::MAX))
    }

    fn length(self, bytes: &[u8]) -> Self {
        self.count(bytes.len() as u64)
    }
}

/// Returns the ZIP64 field with these values; nothing without any.
fn zip64(values: &[u64]) -> Vec<u8> {
    if values.is_empty() {
        return Vec::new();
    }
    let header = Header::default().u16(1).count(values.len() as u64 * 8);
    values.iter().fold(header, |header, value| header.u64(*value)).0
}

fn version(extra: &[u8]) -> u16 {
    if extra.is_empty() { PLAIN } else { ZIP64 }
}

/// Returns the header before a file's content.
pub(super) fn file(name: &str, member: Member) -> Vec<u8> {
    let Member { size, crc } = member;
    let extra = if size >= BIG { zip64(&[size, size]) } else { Vec::new() };
    let header = Header::default().bytes(&FILE).u16(version(&extra)).u16(FLAGS).u16(0).u16(0).u16(DAY);
    let header = header.u32(crc).size(size).size(size).length(name.as_bytes()).length(&extra);
    header.bytes(name.as_bytes()).bytes(&extra).0
}

/// Returns the file's entry in the directory. A file of the private bag is readable by its owner only, once it is unpacked.
fn entry(name: &str, member: Member, offset: u64, private: bool) -> Vec<u8> {
    let Member { size, crc } = member;
    let mut big = if size >= BIG { vec![size, size] } else { Vec::new() };
    big.extend(Some(offset).filter(|offset| *offset >= BIG));
    let extra = zip64(&big);
    let mode: u32 = if private { 0o100_600 } else { 0o100_644 };
    let header = Header::default().bytes(&DIRECTORY).u16(UNIX | version(&extra)).u16(version(&extra));
    let header = header.u16(FLAGS).u16(0).u16(0).u16(DAY).u32(crc).size(size).size(size);
    let header = header.length(name.as_bytes()).length(&extra).u16(0).u16(0).u16(0).u32(mode << 16).size(offset);
    header.bytes(name.as_bytes()).bytes(&extra).0
}

/// Returns the end of the ZIP: the directory of `count` files stands at `start` and takes `size` bytes.
fn end(count: u64, start: u64, size: u64) -> Vec<u8> {
    let mut header = Header::default();
    if count >= MANY || start >= BIG || size >= BIG {
        header = header.bytes(b"PK\x06\x06").u64(44).u16(UNIX | ZIP64).u16(ZIP64).u32(0).u32(0);
        header = header.u64(count).u64(count).u64(size).u64(start);
        header = header.bytes(b"PK\x06\x07").u32(0).u64(start + size).u32(1);
    }
    header = header.bytes(b"PK\x05\x06").u16(0).u16(0).count(count).count(count);
    header.size(size).size(start).u16(0).0
}

/// A function that calls another with the names of all files in their order, to its end or the first error.
pub(super) type Names<'a> = &'a dyn Fn(&mut dyn FnMut(&str) -> io::Result<()>) -> io::Result<()>;

/// Writes the directory and the end of a ZIP. Names are read again, so that only a few bytes of each file are in memory.
pub(super) fn write_directory(
    out: &mut dyn Write,
    members: &[Member],
    private: bool,
    names: Names<'_>,
) -> io::Result<()> {
    let (mut offset, mut size) = (0, 0);
    let mut left = members.iter();
    names(&mut |name| {
        let member = *left.next().ok_or(io::ErrorKind::InvalidData)?;
        let entry = entry(name, member, offset, private);
        offset += file(name, member).len() as u64 + member.size;
        size += entry.len() as u64;
        out.write_all(&entry)
    })?;
    if left.next().is_some() {
        return Err(io::ErrorKind::InvalidData.into());
    }
    out.write_all(&end(members.len() as u64, offset, size))
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    /// What another reader sees in the directory of a ZIP whose content is not there.
    fn read_by_another(members: &[(&str, Member)], private: bool) -> Vec<(String, u64, u64, Option<u32>)> {
        let names =
            |visit: &mut dyn FnMut(&str) -> io::Result<()>| members.iter().try_for_each(|(name, _)| visit(name));
        let all: Vec<Member> = members.iter().map(|(_, member)| *member).collect();
        let mut directory = Vec::new();
        write_directory(&mut directory, &all, private, &names).unwrap();
        let headers: Vec<(u64, Vec<u8>)> = {
            let mut offset = 0;
            members
                .iter()
                .map(|(name, member)| {
                    let header = file(name, *member);
                    let at = offset;
                    offset += header.len() as u64 + member.size;
                    (at, header)
                })
                .collect()
        };
        let start =
            members.iter().zip(&headers).map(|((_, member), (_, header))| header.len() as u64 + member.size).sum();
        let mut zip = zip::ZipArchive::new(Sparse { parts: headers, start, end: directory, at: 0 }).unwrap();
        (0..zip.len())
            .map(|index| {
                let file = zip.by_index_raw(index).unwrap();
                (file.name().unwrap().into_owned(), file.size(), file.header_start(), file.unix_mode())
            })
            .collect()
    }

    /// A file of any size that holds some bytes and is zero elsewhere.
    struct Sparse {
        parts: Vec<(u64, Vec<u8>)>,
        start: u64,
        end: Vec<u8>,
        at: u64,
    }

    impl io::Read for Sparse {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let last = (self.start, self.end.clone());
            let parts = || self.parts.iter().chain([&last]);
            let here = parts().find(|(at, bytes)| (*at..*at + bytes.len() as u64).contains(&self.at));
            let count = if let Some((at, bytes)) = here {
                let from = usize::try_from(self.at - at).unwrap();
                let count = buffer.len().min(bytes.len() - from);
                buffer[..count].copy_from_slice(&bytes[from..from + count]);
                count
            } else {
                let next = parts().map(|(at, _)| *at).filter(|at| *at > self.at).min().unwrap_or(self.at);
                let count = usize::try_from(next - self.at).unwrap().min(buffer.len());
                buffer[..count].fill(0);
                count
            };
            self.at += count as u64;
            Ok(count)
        }
    }

    impl io::Seek for Sparse {
        fn seek(&mut self, to: io::SeekFrom) -> io::Result<u64> {
            let length = self.start + self.end.len() as u64;
            self.at = match to {
                io::SeekFrom::Start(at) => at,
                io::SeekFrom::End(by) => length.checked_add_signed(by).unwrap(),
                io::SeekFrom::Current(by) => self.at.checked_add_signed(by).unwrap(),
            };
            Ok(self.at)
        }
    }

    #[test]
    fn other_readers_read_files_and_distances_beyond_four_gigabytes() {
        let member = |size| Member { size, crc: 7 };
        let big = 5_000_000_000;
        let members =
            [("a/小", member(3)), ("a/big", member(big)), ("a/edge", member(0xFFFF_FFFF)), ("a/z", member(0))];
        let seen = read_by_another(&members, true);
        let expected: Vec<(&str, u64)> = members.iter().map(|(name, member)| (*name, member.size)).collect();
        assert_eq!(seen.iter().map(|(name, size, ..)| (name.as_str(), *size)).collect::<Vec<_>>(), expected);
        assert!(seen[3].2 > big, "{seen:?}");
        assert!(seen.iter().all(|(.., mode)| *mode == Some(0o100_600)), "{seen:?}");
    }

    #[test]
    fn other_readers_read_more_files_than_two_bytes_count() {
        let names: Vec<String> = (0..70_000).map(|number| format!("a/{number:05}")).collect();
        let names_of = |visit: &mut dyn FnMut(&str) -> io::Result<()>| names.iter().try_for_each(|name| visit(name));
        let members = vec![Member { size: 0, crc: 0 }; names.len()];
        let mut bytes: Vec<u8> = names.iter().flat_map(|name| file(name, members[0])).collect();
        write_directory(&mut bytes, &members, false, &names_of).unwrap();
        let zip = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
        assert_eq!(zip.len(), 70_000);
    }
}
