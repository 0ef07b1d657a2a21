//! Single files packed by gzip (`tradebill_ALL.csv.gz`): unpacked while reading, never written to disk.

use std::io::{self, BufReader, Read};
use std::sync::Arc;

use flate2::bufread::MultiGzDecoder;

use super::zip::Budget;
use crate::error::{Error, Result};
use crate::source::Input;
use crate::source::input::Open;

/// Reports whether these first bytes are those of a gzip file.
pub fn is_gzip(head: &[u8]) -> bool {
    head.starts_with(b"\x1f\x8b\x08")
}

/// Reports whether a gzip file holds a web archive. Its importer reads the packed file, record by record, as far as it
/// is complete.
pub fn holds_warc(input: &Input) -> bool {
    let mut head = [0; 5];
    input.open().is_ok_and(|reader| {
        let packed = BufReader::with_capacity(4096, reader);
        MultiGzDecoder::new(packed).read_exact(&mut head).is_ok() && &head == b"WARC/"
    })
}

/// Returns the file inside `input`, after reading it through once to verify its length and checksum.
///
/// # Errors
/// The file is broken, or larger than the budget allows.
pub fn member(input: &Input, budget: &Budget) -> Result<Input> {
    budget.check_depth(input.locator())?;
    let name = input.name();
    let inner = match name.len().checked_sub(3) {
        Some(stem) if stem > 0 && name.is_char_boundary(stem) && name[stem..].eq_ignore_ascii_case(".gz") => {
            &name[..stem]
        }
        _ => name,
    };
    let locator = format!("{}!/{inner}", input.locator());
    let opener = Gzipped(input.clone());
    let mut taken = 0;
    let size = size_of(&opener, input, budget, &mut taken);
    if size.is_err() {
        // A file that is not read must not use up the budget of others.
        budget.give_back_bytes(taken);
    }
    let size = size?;
    Ok(Input::opened_by(Arc::new(opener), locator, size, input.modified()))
}

/// Reads the file through and takes its unpacked bytes from the budget.
fn size_of(opener: &Gzipped, input: &Input, budget: &Budget, taken: &mut u64) -> Result<u64> {
    let mut reader = opener.open()?;
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let count = reader.read(&mut buffer).map_err(|error| Error::reading(error, input.locator()))? as u64;
        if count == 0 {
            return Ok(*taken);
        }
        if !budget.ratio_allows(input.size(), *taken + count) {
            return Err(Error::input("gzip-ratio").with("path", input.locator()));
        }
        budget.take_bytes(count).map_err(|error| error.with("path", input.locator()))?;
        *taken += count;
    }
}

struct Gzipped(Input);

impl Open for Gzipped {
    fn open(&self) -> Result<Box<dyn Read + '_>> {
        let packed = BufReader::with_capacity(64 * 1024, self.0.open()?);
        Ok(Box::new(Named { reader: MultiGzDecoder::new(packed), locator: self.0.locator() }))
    }
}

/// A reader that adds the file's locator to its errors.
struct Named<'a, R> {
    reader: R,
    locator: &'a str,
}

impl<R: Read> Read for Named<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.reader.read(buffer).map_err(|error| {
            if Error::is_of_device(&error) {
                return error;
            }
            io::Error::new(error.kind(), Error::input("gzip-broken").with("path", self.locator).because(error))
        })
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;
    use crate::model::ContainerLimits;

    fn gz(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn the_file_inside_is_read_and_checked() {
        let packed = gz("一二三".as_bytes());
        let input = Input::bytes_at("a/bill.csv.gz", packed.clone(), None);
        let inner = member(&input, &Budget::new("")).unwrap();
        assert_eq!((inner.locator(), inner.name(), inner.size()), ("a/bill.csv.gz!/bill.csv", "bill.csv", 9));
        assert_eq!(inner.bytes(100).unwrap(), "一二三".as_bytes());

        let mut cut = packed.clone();
        cut.truncate(packed.len() - 4);
        let error = member(&Input::bytes_at("bill.csv.gz", cut, None), &Budget::new("")).unwrap_err();
        assert_eq!(error.code(), "gzip-broken");
    }

    #[test]
    fn a_bomb_is_refused() {
        let input = Input::bytes_at("bomb.gz", gz(&vec![0; 80_000_000]), None);
        assert_eq!(member(&input, &Budget::new("")).unwrap_err().code(), "gzip-ratio");
        let budget = Budget::of(ContainerLimits { bytes: 1000, ..ContainerLimits::default() }, "");
        assert_eq!(member(&input, &budget).unwrap_err().code(), "zip-too-large");
        // A refused file leaves the budget to others.
        assert!(budget.take_bytes(1000).is_ok());
    }
}
