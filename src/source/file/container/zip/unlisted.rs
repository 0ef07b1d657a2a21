//! Finds out whether a ZIP holds files that its directory does not name: it was cut off and the directory is that of a ZIP in
//! it, two of them were joined, or the directory counts too few. Whatever reads the directory alone passes these by.
//! (APPNOTE 6.3.10, sections 4.3.6 to 4.3.16.)

use std::io::{BufReader, Read, Seek, SeekFrom};

use crate::source::input::spill::PlaceReader;

const LOCAL: [u8; 4] = *b"PK\x03\x04";
const CENTRAL: [u8; 4] = *b"PK\x01\x02";

/// Lengths of what may follow the data of a member: nothing, or a data descriptor with or without its signature, in either
/// width.
const DESCRIPTORS: [u64; 5] = [0, 12, 16, 20, 24];

/// Reports whether the ZIP of `size` bytes holds a file outside of the members at `headers`, all that its directory names: the
/// offset of each local header and the size of the packed data.
pub(super) fn is_any(reader: PlaceReader, size: u64, headers: &[(u64, u64)]) -> std::io::Result<bool> {
    let mut file = Positions(BufReader::new(reader));
    let mut members: Vec<(u64, u64)> = Vec::with_capacity(headers.len());
    for (start, packed) in headers {
        let header: [u8; 30] = file.at(*start)?;
        let length = |at: usize| u64::from(u16::from_le_bytes([header[at], header[at + 1]]));
        members.push((*start, start.saturating_add(30 + length(26) + length(28)).saturating_add(*packed)));
    }
    members.sort_unstable();
    let mut end = 0;
    for (start, own_end) in members {
        if file.follows(end, start, LOCAL)?.is_some() {
            return Ok(true);
        }
        end = end.max(own_end);
    }
    if file.follows(end, size, LOCAL)?.is_some() {
        return Ok(true);
    }
    let Some(directory) = file.follows(end, size, CENTRAL)? else { return Ok(false) };
    let end = file.end_of_directory(directory, size)?;
    Ok(size - end.min(size) >= 4 && file.at::<4>(end)? == LOCAL)
}

/// A file that is read at positions.
struct Positions(BufReader<PlaceReader>);

impl Positions {
    fn at<const N: usize>(&mut self, position: u64) -> std::io::Result<[u8; N]> {
        let mut bytes = [0; N];
        let here = self.0.stream_position()?;
        let far = i64::try_from(position).ok().and_then(|to| to.checked_sub_unsigned(here));
        match far {
            // Within the buffer nothing is read again.
            Some(far) => self.0.seek_relative(far)?,
            None => drop(self.0.seek(SeekFrom::Start(position))?),
        }
        self.0.read_exact(&mut bytes)?;
        Ok(bytes)
    }

    /// Returns where this signature stands after `end`, behind a data descriptor if there is one, and before `until`.
    fn follows(&mut self, end: u64, until: u64, signature: [u8; 4]) -> std::io::Result<Option<u64>> {
        for descriptor in DESCRIPTORS {
            let at = end.saturating_add(descriptor);
            if until.saturating_sub(at) >= 4 && self.at::<4>(at)? == signature {
                return Ok(Some(at));
            }
        }
        Ok(None)
    }

    /// Returns where the directory that begins at `start` ends, with its end records.
    fn end_of_directory(&mut self, start: u64, size: u64) -> std::io::Result<u64> {
        let mut at = start;
        while size.saturating_sub(at) >= 22 {
            let head: [u8; 22] = self.at(at)?;
            let short = |place: usize| u64::from(u16::from_le_bytes([head[place], head[place + 1]]));
            let length = match &head[..4] {
                b"PK\x01\x02" if size - at >= 46 => {
                    let entry: [u8; 46] = self.at(at)?;
                    let of = |place: usize| u64::from(u16::from_le_bytes([entry[place], entry[place + 1]]));
                    46 + of(28) + of(30) + of(32)
                }
                // Digital signature; end record of a ZIP64 and its locator.
                b"PK\x05\x05" => 6 + short(4),
                b"PK\x06\x06" => {
                    let rest = head[4..12].iter().rev().fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
                    rest.saturating_add(12)
                }
                b"PK\x06\x07" => 20,
                b"PK\x05\x06" => return Ok(at + 22 + short(20)),
                _ => break,
            };
            at = at.saturating_add(length);
        }
        Ok(size)
    }
}
