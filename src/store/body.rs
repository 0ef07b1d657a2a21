//! Packs and unpacks the bodies of observations: most of the catalog's bytes, and alike.

use std::cell::RefCell;

use zstd::bulk::{Compressor, Decompressor};
use zstd::zstd_safe::get_frame_content_size;

use crate::error::{Error, Result};
use crate::model::Body;

/// Level 1 halves the writing at little cost.
const LEVEL: i32 = 1;

/// Length above which a body is unpacked as a stream: what a row states is not trusted with memory.
const STATED: usize = 64 * 1024 * 1024;

thread_local! {
    // Setting up a context costs more than packing a body.
    static PACKER: RefCell<Option<Compressor<'static>>> = const { RefCell::new(None) };
    static UNPACKER: RefCell<Option<Decompressor<'static>>> = const { RefCell::new(None) };
}

/// Packs the JSON of a body.
pub(super) fn pack(json: &str) -> Result<Vec<u8>> {
    PACKER
        .with_borrow_mut(|packer| {
            let packer = match packer {
                Some(packer) => packer,
                None => packer.insert(Compressor::new(LEVEL)?),
            };
            packer.compress(json.as_bytes())
        })
        .map_err(|error| Error::other("catalog-encode-failed").because(error))
}

/// Unpacks a body.
pub(super) fn unpack(packed: &[u8]) -> Result<Body> {
    let json = bytes(packed).map_err(|error| Error::other("catalog-decode-failed").because(error))?;
    serde_json::from_slice(&json).map_err(|error| Error::other("catalog-decode-failed").because(error))
}

fn bytes(packed: &[u8]) -> std::io::Result<Vec<u8>> {
    let stated = get_frame_content_size(packed).ok().flatten().and_then(|length| usize::try_from(length).ok());
    let Some(length) = stated.filter(|length| *length <= STATED) else { return zstd::decode_all(packed) };
    UNPACKER.with_borrow_mut(|unpacker| {
        let unpacker = match unpacker {
            Some(unpacker) => unpacker,
            None => unpacker.insert(Decompressor::new()?),
        };
        unpacker.decompress(packed, length)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_packed_the_same_whatever_was_packed_before() {
        let json = |words: usize| format!("{{\"html\":\"{}\"}}", "字 <p>".repeat(words));
        let first = pack(&json(3000)).unwrap();
        assert_eq!(first, zstd::bulk::compress(json(3000).as_bytes(), LEVEL).unwrap());
        for words in [0, 1, 100_000, 7] {
            assert_eq!(bytes(&pack(&json(words)).unwrap()).unwrap(), json(words).as_bytes());
        }
        assert_eq!(pack(&json(3000)).unwrap(), first);
    }

    #[test]
    fn a_broken_body_is_an_error_and_spoils_no_other() {
        let whole = pack("{\"html\":\"x\"}").unwrap();
        for broken in [&whole[..whole.len() - 1], &whole[..3], b"", b"no zstd"] {
            assert_ne!(bytes(broken).ok().as_deref(), Some(&b"{\"html\":\"x\"}"[..]));
        }
        assert_eq!(bytes(&whole).unwrap(), b"{\"html\":\"x\"}");
    }

    #[test]
    fn a_body_without_a_stated_length_is_read_too() {
        assert_eq!(bytes(&zstd::encode_all(&b"{}"[..], LEVEL).unwrap()).unwrap(), b"{}");
    }
}
