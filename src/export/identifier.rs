//! Identifiers of articles that survive a change of host, layout or tool, so that a feed reader or a blog that knows an
//! entry does not take it for a new one.

use sha1::{Digest as _, Sha1};

/// Namespace of URLs (RFC 9562, appendix A).
const URLS: [u8; 16] = [0x6b, 0xa7, 0xb8, 0x11, 0x9d, 0xad, 0x11, 0xd1, 0x80, 0xb4, 0x00, 0xc0, 0x4f, 0xd4, 0x30, 0xc8];

/// Returns the `urn:uuid:…` of an article's id, or of an account's `__biz`: a version 5 UUID of the platform's address
/// and the id, so that it can be computed again from the article alone.
pub fn urn(id: &str) -> String {
    let digest = Sha1::new().chain_update(URLS).chain_update(format!("https://mp.weixin.qq.com/#{id}")).finalize();
    let mut bytes: [u8; 16] = std::array::from_fn(|index| digest[index]);
    bytes[6] = (bytes[6] & 0x0f) | 0x50;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    let hex = hex::encode(bytes);
    format!("urn:uuid:{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identifier_can_be_computed_again_by_others() {
        // python3: uuid.uuid5(uuid.NAMESPACE_URL, "https://mp.weixin.qq.com/#MzA0MDAwMDAwMA==_2650000001_1")
        assert_eq!(urn("MzA0MDAwMDAwMA==_2650000001_1"), "urn:uuid:36d100c4-0692-5655-b15d-7622fd0f04b7");
    }
}
