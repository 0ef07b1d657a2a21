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
pub type Base64Reader<R> = DecodingReader<R, Base64>;

/// A decoder of quoted-printable.
pub type QuotedPrintableReader<R> = DecodingReader<R, QuotedPrintable>;

/// A reader of what `D` decodes from encoded text.
#[derive(Debug)]
pub struct DecodingReader<R, D> {
    from: R,
    raw: Vec<u8>,
    decoder: D,
    out: Vec<u8>,
    at: usize,
    ended: bool,
}

/// A transfer encoding.
pub trait Decode: Default {
    /// Decodes the next part of the text, the last one if `ended`, and appends the result to `out`.
    fn decode(&mut self, raw: &[u8], ended: bool, out: &mut Vec<u8>) -> io::Result<()>;
}

impl<R: Read, D: Decode> DecodingReader<R, D> {
    /// Creates a decoder of encoded text.
    pub fn new(from: R) -> Self {
        Self { from, raw: vec![0; CHUNK], decoder: D::default(), out: Vec::new(), at: 0, ended: false }
    }
}

impl<R: Read, D: Decode> Read for DecodingReader<R, D> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.at == self.out.len() && !self.ended {
            self.out.clear();
            self.at = 0;
            let count = self.from.read(&mut self.raw)?;
            self.ended = count == 0;
            self.decoder.decode(&self.raw[..count], self.ended, &mut self.out)?;
        }
        let count = (&self.out[self.at..]).read(buffer)?;
        self.at += count;
        Ok(count)
    }
}

/// The base64 decoding of a text.
#[derive(Debug, Default)]
pub struct Base64 {
    /// Letters of an incomplete group of four.
    letters: Vec<u8>,
}

impl Base64 {
    /// Decodes the pending letters individually, omitting invalid ones.
    fn sift(&mut self, ended: bool, out: &mut Vec<u8>) -> io::Result<()> {
        for byte in std::mem::take(&mut self.letters) {
            match byte {
                b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'+' | b'/' => self.letters.push(byte),
                b'-' => self.letters.push(b'+'),
                b'_' => self.letters.push(b'/'),
                // The padding is followed by another piece, since mail programs join attachments so, or by garbage;
                // both are decoded separately.
                b'=' => self.flush(out)?,
                _ => {}
            }
        }
        if ended {
            return self.flush(out);
        }
        self.decode_letters(self.letters.len() / 4 * 4, out)
    }

    /// Decodes the letters before padding or the end: complete groups of four and the last, short one.
    fn flush(&mut self, out: &mut Vec<u8>) -> io::Result<()> {
        let length = self.letters.len();
        // A single letter encodes no whole byte.
        self.decode_letters(if length % 4 == 1 { length - 1 } else { length }, out)?;
        self.letters.clear();
        Ok(())
    }

    fn decode_letters(&mut self, length: usize, out: &mut Vec<u8>) -> io::Result<()> {
        LENIENT
            .decode_vec(&self.letters[..length], out)
            .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
        self.letters.drain(..length);
        Ok(())
    }
}

impl Decode for Base64 {
    fn decode(&mut self, raw: &[u8], ended: bool, out: &mut Vec<u8>) -> io::Result<()> {
        // Lines are joined without a check of each letter: nearly always they contain only the alphabet, and the
        // decoder verifies that faster.
        let mut rest = raw;
        while let Some(end) = memchr::memchr2(b'\r', b'\n', rest) {
            self.letters.extend_from_slice(&rest[..end]);
            rest = &rest[end + 1..];
        }
        self.letters.extend_from_slice(rest);
        let whole = self.letters.len() / 4 * 4;
        let before = out.len();
        if !ended && LENIENT.decode_vec(&self.letters[..whole], out).is_ok() {
            self.letters.drain(..whole);
            return Ok(());
        }
        out.truncate(before);
        self.sift(ended, out)
    }
}

/// The quoted-printable decoding of a text.
#[derive(Debug, Default)]
pub struct QuotedPrintable {
    /// An incomplete escape at the end of the last part.
    pending: Vec<u8>,
}

impl Decode for QuotedPrintable {
    fn decode(&mut self, raw: &[u8], ended: bool, out: &mut Vec<u8>) -> io::Result<()> {
        self.pending.extend_from_slice(raw);
        let raw = self.pending.as_slice();
        let mut at = 0;
        while let Some(offset) = memchr::memchr(b'=', &raw[at..]) {
            out.extend_from_slice(&raw[at..at + offset]);
            at += offset;
            let rest = &raw[at..];
            // An incomplete escape waits for its rest; at the end of the input it is kept literally.
            if rest.len() < 3 && !ended && rest != b"=\n" {
                break;
            }
            at += match rest {
                [b'=', b'\r', b'\n', ..] => 3,
                [b'=', b'\n', ..] => 2,
                [b'=', high, low, ..] => {
                    let byte = digit(*high).zip(digit(*low)).map(|(high, low)| high << 4 | low);
                    out.push(byte.unwrap_or(b'='));
                    if byte.is_some() { 3 } else { 1 }
                }
                // `=` as the last byte is a soft line break without the next line.
                _ => rest.len(),
            };
        }
        if memchr::memchr(b'=', &raw[at..]).is_none() {
            out.extend_from_slice(&raw[at..]);
            at = raw.len();
        }
        self.pending.drain(..at);
        Ok(())
    }
}

fn digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
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
