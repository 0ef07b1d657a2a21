//! Handles secrets and visitor fields: lists their names, shows URLs without them, and blanks them in evidence. Never
//! prints a secret.
//!
//! * [`SafeUrl`] shows a URL: secret values become `***`. [`SafeUrl::kept`] is what may be written to an archive: only
//!   the query keys on an allow-list.
//! * [`redact()`] blanks secrets and visitor fields in a leaf of evidence without changing its length. To get the same
//!   archive whatever the order of inputs and threads, call [`redact::secrets_in`] on all leaves of a run first and
//!   [`redact()`] with the finished [`SecretSet`] afterwards.
//! * [`DigestKey`] computes keyed digests of unredacted originals, for `.liudi/` only.

mod forms;
mod header;
mod name;
pub mod redact;
mod scan;
mod syntax;
mod text;

use std::fmt;

pub use header::secrets_in_header;
pub use name::without_secrets;
pub use redact::{Redacted, SecretSet, redact};
pub use text::cover;

/// Text shown instead of a secret.
const HIDDEN: &str = "***";

/// Meaning of a name, wherever it occurs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Meaning {
    /// Grants access to anyone who has it: blanked, and searched for in all other leaves of the run.
    Session,
    /// Belongs to one visit of one page: blanked, and searched for in the same leaf.
    Visit,
    /// As [`Meaning::Session`], but the name is a common word: counts only in URL queries, with a plausible value.
    Word,
    /// Object about the visitor: every value in it is blanked.
    Object,
    /// Header with a secret value.
    Header,
}

/// WeChat's secret keys and visitor fields. Names are lower case; the platform's own misspellings are kept.
pub(crate) const NAMES: &[(&str, Meaning)] = &[
    ("access_token", Meaning::Session),
    ("appmsg_token", Meaning::Session),
    ("appsecret", Meaning::Session),
    ("authorization", Meaning::Header),
    ("client_secret", Meaning::Session),
    ("component_access_token", Meaning::Session),
    ("cookie", Meaning::Header),
    ("csp_nonce_str", Meaning::Visit),
    ("data_ticket", Meaning::Session),
    ("enter_id", Meaning::Visit),
    ("enterid", Meaning::Visit),
    ("exportkey", Meaning::Session),
    ("exportkey_token", Meaning::Session),
    ("identity_id", Meaning::Visit),
    ("indentity_id", Meaning::Visit),
    ("key", Meaning::Word),
    ("openid", Meaning::Word),
    ("pass_ticket", Meaning::Session),
    ("private_info", Meaning::Object),
    ("refresh_token", Meaning::Session),
    ("req_id", Meaning::Visit),
    ("secret", Meaning::Session),
    ("session_key", Meaning::Session),
    ("sessionid", Meaning::Visit),
    ("set-cookie", Meaning::Header),
    ("slave_sid", Meaning::Session),
    ("ticket", Meaning::Word),
    ("token", Meaning::Word),
    ("uin", Meaning::Word),
    ("user_info", Meaning::Object),
    ("user_uin", Meaning::Session),
    ("wap_export_token", Meaning::Session),
    ("wap_sid2", Meaning::Session),
    ("wxtoken", Meaning::Session),
    ("wxuin", Meaning::Session),
    ("x-wechat-key", Meaning::Header),
    ("x-wechat-uin", Meaning::Header),
];

/// Query keys that identify a resource and reveal nothing about who requested it.
const KEPT_KEYS: &[&str] = &[
    "__biz",
    "action",
    "album_id",
    "appmsgid",
    "begin",
    "begin_itemidx",
    "begin_msgid",
    "bill_date",
    "bill_type",
    "chksm",
    "comment_id",
    "content_id",
    "count",
    "f",
    "from",
    "idx",
    "is_reverse",
    "item_show_type",
    "itemidx",
    "limit",
    "mediaid",
    "mid",
    "msgid",
    "offset",
    "scene",
    "sn",
    "sub",
    "t",
    "tp",
    "type",
    "vid",
    "wx_fmt",
    "wxfrom",
];

/// Returns the meaning of a name, ignoring case.
pub(crate) fn meaning(name: &[u8]) -> Option<Meaning> {
    if name.len() > 32 {
        return None;
    }
    let lower = name.to_ascii_lowercase();
    NAMES.binary_search_by(|(known, _)| known.as_bytes().cmp(&lower)).ok().map(|index| NAMES[index].1)
}

/// Reports whether a query pair (`name=value`, as written) holds a secret. A name that is a common word needs a
/// plausible value.
pub fn is_secret_pair(pair: &str) -> bool {
    let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
    match meaning(decoded(name).as_bytes()) {
        Some(Meaning::Word) => text::fits_word(value.as_bytes()),
        Some(_) => !value.is_empty(),
        None => false,
    }
}

/// Reports whether a query key, cookie or header of this name is a secret.
pub fn is_secret_name(name: &str) -> bool {
    meaning(name.as_bytes()).is_some()
}

/// A URL that may be shown in messages, logs and errors. Secret values of its query and fragment are `***`, and so are
/// the user name and password.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct SafeUrl(String);

impl SafeUrl {
    /// Removes the secrets from `url`, which need not be a valid URL.
    pub fn new(url: &str) -> Self {
        let mut safe = String::with_capacity(url.len());
        let (before, rest) = match url.find(['?', '#']) {
            Some(at) => url.split_at(at),
            None => (url, ""),
        };
        match before.find("://").and_then(|at| {
            let authority = &before[at + 3..];
            let end = authority.find('/').unwrap_or(authority.len());
            authority[..end].rfind('@').map(|sign| (at + 3, at + 3 + sign))
        }) {
            Some((start, sign)) => {
                safe.push_str(&before[..start]);
                safe.push_str(HIDDEN);
                safe.push_str(&before[sign..]);
            }
            None => safe.push_str(before),
        }
        for part in rest.split_inclusive(['?', '#', '&', ';']) {
            let (pair, delimiter) = match part.char_indices().next_back() {
                Some((at, '?' | '#' | '&' | ';')) => part.split_at(at),
                _ => (part, ""),
            };
            match pair.split_once('=') {
                Some((key, value)) if is_secret_name(&decoded(key)) && !value.is_empty() => {
                    safe.push_str(key);
                    safe.push('=');
                    safe.push_str(HIDDEN);
                }
                // A URL inside a URL, percent-encoded.
                Some((key, value)) if value.contains('%') && names_a_secret(value) => {
                    safe.push_str(key);
                    safe.push('=');
                    safe.push_str(HIDDEN);
                }
                _ => safe.push_str(pair),
            }
            safe.push_str(delimiter);
        }
        Self(safe)
    }

    /// Returns the URL as it may be written to an archive: only query keys that identify the resource, no fragment, no
    /// user name. `None` if it is not a URL.
    pub fn kept(url: &str) -> Option<String> {
        let mut url = url::Url::parse(url).ok()?;
        // Both fail only for URLs without a host, which have no user either.
        let _ = url.set_username("");
        let _ = url.set_password(None);
        url.set_fragment(None);
        if url.query().is_some() {
            let pairs = kept_pairs(url.query().unwrap_or_default());
            url.set_query(None);
            if !pairs.is_empty() {
                url.query_pairs_mut().extend_pairs(pairs);
            }
        }
        Some(url.into())
    }

    /// Returns the URL without secrets.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Returns the pairs of a query or form that identify the resource and reveal nothing about who requested it.
pub fn kept_pairs(query: &str) -> Vec<(String, String)> {
    url::form_urlencoded::parse(query.as_bytes())
        .filter(|(key, _)| KEPT_KEYS.binary_search(&&**key).is_ok())
        .map(|(key, value)| (key.into_owned(), value.into_owned()))
        .collect()
}

fn decoded(text: &str) -> String {
    percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned()
}

fn names_a_secret(value: &str) -> bool {
    let inner = decoded(&decoded(value));
    inner.split(['?', '#', '&', ';']).filter_map(|pair| pair.split_once('=')).any(|(key, _)| is_secret_name(key))
}

impl fmt::Display for SafeUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for SafeUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

/// Key of an archive's keyed digests. With the blanked spans known, a plain digest would allow guessing the original;
/// so originals are identified by a digest that needs this key, and the key never leaves `.liudi/`.
pub struct DigestKey {
    bytes: [u8; 32],
    key: aws_lc_rs::hmac::Key,
}

impl fmt::Debug for DigestKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DigestKey(***)")
    }
}

impl DigestKey {
    /// Creates the key from its bytes, which are stored in `.liudi/`.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self { bytes, key: aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, &bytes) }
    }

    /// Generates a random key; `None` if the system provides no random numbers.
    pub fn generate() -> Option<Self> {
        let mut bytes = [0; 32];
        aws_lc_rs::rand::fill(&mut bytes).ok()?;
        Some(Self::from_bytes(bytes))
    }

    /// Returns the bytes, to be stored in a file that only the owner can read.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.bytes
    }

    /// Computes the keyed digest (HMAC-SHA-256) of `original`.
    pub fn digest(&self, original: &[u8]) -> [u8; 32] {
        let mut digest = [0; 32];
        digest.copy_from_slice(aws_lc_rs::hmac::sign(&self.key, original).as_ref());
        digest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_sorted() {
        assert!(NAMES.is_sorted_by_key(|(name, _)| *name));
        assert!(KEPT_KEYS.is_sorted());
    }

    #[test]
    fn urls_are_shown_without_secrets() {
        let show = |url: &str| SafeUrl::new(url).to_string();
        assert_eq!(
            show("https://mp.weixin.qq.com/s?__biz=MzA=&key=1f2e&uin=MTIz&mid=5#wechat_redirect"),
            "https://mp.weixin.qq.com/s?__biz=MzA=&key=***&uin=***&mid=5#wechat_redirect"
        );
        assert_eq!(
            show("https://a.b/?x=1&amp;pass_ticket=abc&amp;y=2"),
            "https://a.b/?x=1&amp;pass_ticket=***&amp;y=2"
        );
        assert_eq!(show("https://me:pw@a.b/c"), "https://***@a.b/c");
        assert_eq!(show("https://a.b/?u=https%3A%2F%2Fc.d%2F%3Fkey%3D1"), "https://a.b/?u=***");
        assert_eq!(show("not a url"), "not a url");
        assert_eq!(format!("{:?}", SafeUrl::new("?token=5")), "\"?token=***\"");
    }

    #[test]
    fn urls_are_kept_with_known_keys_only() {
        assert_eq!(
            SafeUrl::kept("https://u:p@mp.weixin.qq.com/s?__biz=MzA%3D&mid=5&idx=1&sn=ab&key=1f2e&unknown=7#r")
                .unwrap(),
            "https://mp.weixin.qq.com/s?__biz=MzA%3D&mid=5&idx=1&sn=ab"
        );
        assert_eq!(SafeUrl::kept("https://mp.weixin.qq.com/s/AbC?key=1").unwrap(), "https://mp.weixin.qq.com/s/AbC");
        assert_eq!(SafeUrl::kept("nonsense"), None);
    }

    #[test]
    fn keyed_digests_need_the_key() {
        let key = DigestKey::from_bytes([7; 32]);
        assert_eq!(key.digest(b"page"), DigestKey::from_bytes([7; 32]).digest(b"page"));
        assert_ne!(key.digest(b"page"), DigestKey::from_bytes([8; 32]).digest(b"page"));
        assert_eq!(format!("{key:?}"), "DigestKey(***)");
        assert_ne!(DigestKey::generate().unwrap().as_bytes(), DigestKey::generate().unwrap().as_bytes());
    }
}
