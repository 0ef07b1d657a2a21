//! Reads the response to a request for a bill: its download address and digest. By the platform's own sample code the
//! digest is of the file inside, by the wording of its documents of the file as received; so either form is accepted,
//! and the matching one is recorded.

use std::io::{self, Read, Write};

use flate2::read::MultiGzDecoder;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha1::{Digest as _, Sha1};

use super::envelope::Envelope;
use crate::fetch::spool::Spooled;

/// Magic bytes of a gzip file.
const GZIP: &[u8] = b"\x1f\x8b\x08";

/// One file that is offered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// Download URL. To be requested unchanged.
    pub url: String,
    /// `SHA1`.
    pub hash_type: String,
    /// Digest in hex.
    pub hash_value: String,
    /// Key and nonce of an encrypted file.
    pub envelope: Option<Envelope>,
}

/// Digest that the platform gave for a file, and the form of the file that it matches.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Declared {
    /// `SHA1`.
    pub hash_type: String,
    /// Digest in lower-case hex.
    pub hash_value: String,
    /// Form that matches; `None` if it could not be checked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<Form>,
}

/// Facts about a file besides its bytes, stored in the evidence of the fetch.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileFacts {
    /// Digests that the platform gave for the parts.
    pub declared: Vec<Declared>,
    /// Keys of the parts of a file that could not be decrypted and is kept as received, for the holder of the
    /// merchant's key.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sealed: Vec<Envelope>,
    /// Lengths of the parts of a file that could not be decrypted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<u64>,
}

impl FileFacts {
    /// Reports whether there are no facts.
    pub fn is_empty(&self) -> bool {
        self.declared.is_empty()
    }
}

/// Form of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Form {
    /// Compressed file, as received.
    Compressed,
    /// Content of the compressed or encrypted file.
    Content,
    /// Encrypted file, as received.
    Encrypted,
}

impl Form {
    /// Returns the code used in tables.
    pub fn code(self) -> &'static str {
        match self {
            Self::Compressed => "compressed",
            Self::Content => "content",
            Self::Encrypted => "encrypted",
        }
    }
}

impl Offer {
    /// Reads the files that `answer` offers, in their order; empty if it offers none.
    pub fn all(answer: &Value) -> Vec<Self> {
        let Some(list) = answer["download_bill_list"].as_array() else {
            return Self::of(answer).into_iter().collect();
        };
        let mut parts: Vec<(i64, Self)> =
            list.iter().filter_map(|part| Some((part["bill_sequence"].as_i64()?, Self::of(part)?))).collect();
        parts.sort_by_key(|(sequence, _)| *sequence);
        // A bill with a missing part would pass for a whole one.
        let promised = answer["download_bill_count"].as_u64();
        if promised.is_some_and(|count| count != parts.len() as u64) || parts.len() != list.len() {
            return Vec::new();
        }
        parts.into_iter().map(|(_, part)| part).collect()
    }

    fn of(answer: &Value) -> Option<Self> {
        let text = |key: &str| Some(answer[key].as_str()?.trim().to_owned());
        let envelope =
            text("encrypt_key").zip(text("nonce")).map(|(encrypt_key, nonce)| Envelope { encrypt_key, nonce });
        Some(Self {
            url: text("download_url").filter(|url| !url.is_empty())?,
            hash_type: text("hash_type").unwrap_or_default(),
            hash_value: text("hash_value").unwrap_or_default().to_ascii_lowercase(),
            envelope,
        })
    }

    /// Compares `file`, as received in the form `form`, with the digest. Returns `None` if it is another file.
    pub fn agrees(&self, file: &Spooled, form: Form) -> io::Result<Option<Declared>> {
        let declared =
            |of| Some(Declared { hash_type: self.hash_type.clone(), hash_value: self.hash_value.clone(), of });
        if !self.is_checkable() {
            return Ok(declared(None));
        }
        let is_gzip = is_gzip(file)?;
        if sha1_of(file.open()?)? == self.hash_value {
            let of = if is_gzip && form == Form::Content { Form::Compressed } else { form };
            return Ok(declared(Some(of)));
        }
        // A truncated gzip stream counts as another file too.
        let inside =
            is_gzip && sha1_of(MultiGzDecoder::new(file.open()?)).is_ok_and(|digest| digest == self.hash_value);
        Ok(if inside { declared(Some(Form::Content)) } else { None })
    }

    /// Reports whether there is a digest of a known kind.
    pub fn is_checkable(&self) -> bool {
        self.hash_type.eq_ignore_ascii_case("SHA1") && self.hash_value.len() == 40
    }
}

fn is_gzip(file: &Spooled) -> io::Result<bool> {
    let mut head = Vec::new();
    file.open()?.take(GZIP.len() as u64).read_to_end(&mut head)?;
    Ok(head == GZIP)
}

/// Computes the digest of what `reader` yields, in hex.
fn sha1_of(mut reader: impl Read) -> io::Result<String> {
    let mut hash = Sha1::new();
    let mut buffer = vec![0; 64 * 1024];
    loop {
        match reader.read(&mut buffer)? {
            0 => return Ok(hex::encode(hash.finalize())),
            count => hash.update(&buffer[..count]),
        }
    }
}

/// Result of unpacking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unpacked {
    /// Number of bytes written.
    Whole(u64),
    /// Truncated file.
    Broken,
    /// Content beyond the limit.
    TooLarge,
}

/// Writes the content of a gzip file, or `file` itself if it is not one, to `out`, at most `limit` bytes.
pub fn unpack(file: &Spooled, limit: u64, out: &mut impl Write) -> io::Result<Unpacked> {
    let packed = is_gzip(file)?;
    let file = file.open()?;
    let mut content: Box<dyn Read + '_> = if packed { Box::new(MultiGzDecoder::new(file)) } else { file };
    let mut buffer = vec![0; 64 * 1024];
    let mut bytes = 0;
    loop {
        match content.read(&mut buffer) {
            Ok(0) => return Ok(Unpacked::Whole(bytes)),
            Ok(count) => {
                bytes += count as u64;
                if bytes > limit {
                    return Ok(Unpacked::TooLarge);
                }
                out.write_all(&buffer[..count])?;
            }
            Err(_) if packed => return Ok(Unpacked::Broken),
            Err(error) => return Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use flate2::Compression;
    use flate2::write::GzEncoder;
    use serde_json::json;

    use super::*;

    fn offer(digest: &str) -> Offer {
        let answer = json!({"hash_type": "SHA1", "hash_value": digest, "download_url": "https://a/b?token=1"});
        Offer::all(&answer).remove(0)
    }

    #[test]
    fn either_form_counts_and_which_one_is_kept() {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(b"a bill").unwrap();
        let file = encoder.finish().unwrap();
        let agrees = |digest: &str, file: &[u8], form| offer(digest).agrees(&file.to_vec().into(), form).unwrap();
        let of = |digest: &str, file: &[u8]| agrees(digest, file, Form::Content).map(|declared| declared.of);
        let (inside, outside) = (sha1_of(&b"a bill"[..]).unwrap(), sha1_of(&file[..]).unwrap());
        assert_eq!(of(&inside.to_uppercase(), &file), Some(Some(Form::Content)));
        assert_eq!(of(&outside, &file), Some(Some(Form::Compressed)));
        assert_eq!(of(&inside, b"a bill"), Some(Some(Form::Content)));
        assert_eq!(of(&inside, b"a bilk"), None);
        assert_eq!(of(&inside, &file[..file.len() - 3]), None);
        assert_eq!(of("abc", b"a bill"), Some(None), "what cannot be checked is no contradiction");
        assert_eq!(agrees(&inside, b"a bill", Form::Encrypted).unwrap().of, Some(Form::Encrypted));
        let unpacked = |file: &[u8], limit| {
            let mut out = Vec::new();
            (unpack(&file.to_vec().into(), limit, &mut out).unwrap(), out)
        };
        assert_eq!(unpacked(&file, 6), (Unpacked::Whole(6), b"a bill".to_vec()));
        assert_eq!(unpacked(b"a bill", 6), (Unpacked::Whole(6), b"a bill".to_vec()));
        assert_eq!((unpacked(&file, 5).0, unpacked(b"a bill", 5).0), (Unpacked::TooLarge, Unpacked::TooLarge));
        assert_eq!(unpacked(&file[..file.len() - 3], 6).0, Unpacked::Broken);
    }

    #[test]
    fn parts_come_in_their_order_and_none_is_lost() {
        let part = |sequence: u8| json!({"bill_sequence": sequence, "download_url": format!("https://a/{sequence}"), "encrypt_key": "k", "nonce": "n"});
        let urls = |answer: &Value| Offer::all(answer).into_iter().map(|offer| offer.url).collect::<Vec<_>>();
        let answer = json!({"download_bill_count": 2, "download_bill_list": [part(2), part(1)]});
        assert_eq!(urls(&answer), ["https://a/1", "https://a/2"]);
        let answer = json!({"download_bill_count": 3, "download_bill_list": [part(2), part(1)]});
        assert_eq!(urls(&answer), [""; 0]);
        assert_eq!(urls(&json!({"hash_type": "SHA1"})), [""; 0]);
    }
}
