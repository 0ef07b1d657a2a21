//! Decodes the transfer encodings base64 (MIME parts, bodies in a HAR) and quoted-printable from a stream. It is as
//! lenient as browsers: any line breaks, whitespace, missing padding. Invalid input is omitted, not an error.

use std::io::{self, Read};

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// Number of bytes per read of the input.
const CHUNK: usize = 48 * 1024;

const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// A decoder of base64. It also accepts the URL-safe alphabet.
#[derive(Debug)]
pub struct Base64Reader<R> {
    from: R,
    raw: Vec<u8>,
    /// Letters of an incomplete group of four.
    letters: Vec<u8>,
    out: Vec<u8>,
    at: usize,
    ended: bool,
}

impl<R: Read> Base64Reader<R> {
    /// Creates a decoder of encoded text.
    pub fn new(from: R) -> Self {
        Self { from, raw: vec![0; CHUNK], letters: Vec::new(), out: Vec::new(), at: 0, ended: false }
    }

    fn fill(&mut self) -> io::Result<()> {
        let count = self.from.read(&mut self.raw)?;
        self.ended = count == 0;
        // Lines are joined without a check of each letter: nearly always they contain only the alphabet, and the
        // decoder verifies that faster.
        let mut rest = &self.raw[..count];
        while let Some(end) = memchr::memchr2(b'\r', b'\n', rest) {
            self.letters.extend_from_slice(&rest[..end]);
            rest = &rest[end + 1..];
        }
        self.letters.extend_from_slice(rest);
        let whole = self.letters.len() / 4 * 4;
        let before = self.out.len();
        if !self.ended && LENIENT.decode_vec(&self.letters[..whole], &mut self.out).is_ok() {
            self.letters.drain(..whole);
            return Ok(());
        }
        self.out.truncate(before);
        self.sift()
    }

    /// Decodes the pending letters individually, omitting invalid ones.
    fn sift(&mut self) -> io::Result<()> {
        let raw = std::mem::take(&mut self.letters);
        for byte in raw {
            match byte {
                b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'+' | b'/' => self.letters.push(byte),
                b'-' => self.letters.push(b'+'),
                b'_' => self.letters.push(b'/'),
                // The padding is followed by another piece, since mail programs join attachments so, or by garbage;
                // both are decoded separately.
                b'=' => self.flush()?,
                _ => {}
            }
        }
        if self.ended {
            return self.flush();
        }
        let whole = self.letters.len() / 4 * 4;
        self.decode(whole)
    }

    /// Decodes the letters before padding or the end: complete groups of four and the last, short one.
    fn flush(&mut self) -> io::Result<()> {
        let length = self.letters.len();
        // A single letter encodes no whole byte.
        self.decode(if length % 4 == 1 { length - 1 } else { length })?;
        self.letters.clear();
        Ok(())
    }

    fn decode(&mut self, length: usize) -> io::Result<()> {
        LENIENT
            .decode_vec(&self.letters[..length], &mut self.out)
            .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
        self.letters.drain(..length);
        Ok(())
    }
}

impl<R: Read> Read for Base64Reader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.at == self.out.len() && !self.ended {
            self.out.clear();
            self.at = 0;
            self.fill()?;
        }
        let count = (&self.out[self.at..]).read(buffer)?;
        self.at += count;
        Ok(count)
    }
}

/// A decoder of quoted-printable.
#[derive(Debug)]
pub struct QuotedPrintableReader<R> {
    from: R,
    raw: Vec<u8>,
    /// The number of bytes in `raw` that are not decoded yet.
    pending: usize,
    out: Vec<u8>,
    at: usize,
    ended: bool,
}

impl<R: Read> QuotedPrintableReader<R> {
    /// Creates a decoder of encoded text.
    pub fn new(from: R) -> Self {
        Self { from, raw: vec![0; CHUNK], pending: 0, out: Vec::new(), at: 0, ended: false }
    }

    fn fill(&mut self) -> io::Result<()> {
        let count = self.from.read(&mut self.raw[self.pending..])?;
        self.ended = count == 0;
        let length = self.pending + count;
        let raw = &self.raw[..length];
        let mut at = 0;
        while let Some(offset) = memchr::memchr(b'=', &raw[at..]) {
            self.out.extend_from_slice(&raw[at..at + offset]);
            at += offset;
            let rest = &raw[at..];
            // An incomplete escape waits for its rest; at the end of the input it is kept literally.
            if rest.len() < 3 && !self.ended && rest != b"=\n" {
                break;
            }
            at += match rest {
                [b'=', b'\r', b'\n', ..] => 3,
                [b'=', b'\n', ..] => 2,
                [b'=', high, low, ..] => {
                    let byte = digit(*high).zip(digit(*low)).map(|(high, low)| high << 4 | low);
                    self.out.push(byte.unwrap_or(b'='));
                    if byte.is_some() { 3 } else { 1 }
                }
                // `=` as the last byte is a soft line break without the next line.
                _ => rest.len(),
            };
        }
        if memchr::memchr(b'=', &raw[at..]).is_none() {
            self.out.extend_from_slice(&raw[at..]);
            at = length;
        }
        self.raw.copy_within(at..length, 0);
        self.pending = length - at;
        Ok(())
    }
}

fn digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

impl<R: Read> Read for QuotedPrintableReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.at == self.out.len() && !self.ended {
            self.out.clear();
            self.at = 0;
            self.fill()?;
        }
        let count = (&self.out[self.at..]).read(buffer)?;
        self.at += count;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A reader that returns one byte per read.
    struct Drop<'a>(&'a [u8]);

    impl Read for Drop<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let count = self.0.len().min(1).min(buffer.len());
            buffer[..count].copy_from_slice(&self.0[..count]);
            self.0 = &self.0[count..];
            Ok(count)
        }
    }

    fn all(mut reader: impl Read) -> Vec<u8> {
        let mut bytes = Vec::new();
        reader.read_to_end(&mut bytes).unwrap();
        bytes
    }

    #[test]
    fn base64_is_read_as_it_is_met() {
        for (text, wanted) in [
            ("6ZW/\r\n5a+/\r\n", "长寿"),
            ("6ZW_5a-_", "长寿"),
            ("YQ==", "a"),
            ("YQ", "a"),
            ("YWI", "ab"),
            ("YQ==YWI=", "aab"),
            (" Y W I * ", "ab"),
            ("Y", ""),
            ("", ""),
        ] {
            assert_eq!(all(Base64Reader::new(text.as_bytes())), wanted.as_bytes(), "{text}");
            assert_eq!(all(Base64Reader::new(Drop(text.as_bytes()))), wanted.as_bytes(), "{text} in drops");
        }
    }

    #[test]
    fn quoted_printable_is_read_as_it_is_met() {
        for (text, wanted) in [
            ("a=3Db=\r\nc=\nd", "a=bcd"),
            ("=E9=95=BF=e5=af=bf", "长寿"),
            ("a=zz=", "a=zz"),
            ("=4", ""),
            ("plain\r\n", "plain\r\n"),
        ] {
            assert_eq!(all(QuotedPrintableReader::new(text.as_bytes())), wanted.as_bytes(), "{text}");
            assert_eq!(all(QuotedPrintableReader::new(Drop(text.as_bytes()))), wanted.as_bytes(), "{text} in drops");
        }
    }

    proptest::proptest! {
        #[test]
        fn what_was_encoded_comes_back(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..500)) {
            let text = base64::engine::general_purpose::STANDARD.encode(&bytes);
            proptest::prop_assert_eq!(&all(Base64Reader::new(text.as_bytes())), &bytes);
            let quoted = hex::encode_upper(&bytes).into_bytes();
            let quoted = quoted.chunks(2).flat_map(|pair| [b'=', pair[0], pair[1]]).collect::<Vec<_>>();
            proptest::prop_assert_eq!(&all(QuotedPrintableReader::new(quoted.as_slice())), &bytes);
        }

        #[test]
        fn anything_is_read_without_harm(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..300)) {
            let whole = all(QuotedPrintableReader::new(bytes.as_slice()));
            proptest::prop_assert_eq!(whole, all(QuotedPrintableReader::new(Drop(&bytes))));
            let whole = all(Base64Reader::new(bytes.as_slice()));
            proptest::prop_assert_eq!(whole, all(Base64Reader::new(Drop(&bytes))));
        }

        #[test]
        fn base64_is_the_same_in_any_portions(text in "[A-Za-f+/_\\-=\r\n *]{0,60}") {
            let whole = all(Base64Reader::new(text.as_bytes()));
            proptest::prop_assert_eq!(whole, all(Base64Reader::new(Drop(text.as_bytes()))), "{:?}", text);
        }
    }
}
