//! Implements the platform's side of the signatures, from the documentation and not from the client.

use std::collections::HashSet;
use std::sync::Mutex;

use aes_gcm::AesGcm;
use aes_gcm::aead::consts::{U12, U16};
use aes_gcm::aead::{Aead as _, KeyInit as _};
use aes_gcm::aes::Aes256;
use aws_lc_rs::rsa::{OAEP_SHA1_MGF1SHA1, OaepPublicEncryptingKey, PublicEncryptingKey};
use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::Asked;
use crate::platform::keys::Key;

/// Seconds by which a request's time may differ.
const WINDOW: i64 = 300;

/// The way a response is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Signing {
    /// Correctly signed.
    Right,
    /// Signed with another key.
    Forged,
    /// Wrong on purpose, as the platform does to test whether merchants verify.
    Probe,
    /// Signed an hour ago.
    Stale,
    /// Signed with an unknown key.
    Unknown,
    /// Not signed.
    Missing,
}

impl Signing {
    /// Returns the signature headers of a response.
    pub(super) fn headers(self, platform: &Key, id: &str, body: &[u8]) -> Vec<(String, String)> {
        if self == Self::Missing {
            return Vec::new();
        }
        let time = now() - if self == Self::Stale { 3600 } else { 0 };
        let nonce = hex::encode(time.to_be_bytes());
        let message = [format!("{time}\n{nonce}\n").as_bytes(), body, b"\n"].concat();
        let signature = match self {
            Self::Forged => Key::generate().sign(&message),
            Self::Probe => format!("WECHATPAY/SIGNTEST/{}", platform.sign(&message)),
            _ => platform.sign(&message),
        };
        let serial = if self == Self::Unknown { "PUB_KEY_ID_9999" } else { id };
        [
            ("wechatpay-timestamp", time.to_string()),
            ("wechatpay-nonce", nonce),
            ("wechatpay-serial", serial.to_owned()),
            ("wechatpay-signature", signature),
            ("wechatpay-signature-type", "WECHATPAY2-SHA256-RSA2048".to_owned()),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .to_vec()
    }
}

/// The reason for rejecting a request.
pub(super) struct Refused(pub(super) &'static str);

/// A verifier of requests.
#[derive(Default)]
pub(super) struct Signatures {
    nonces: Mutex<HashSet<String>>,
}

impl Signatures {
    pub(super) fn check(&self, asked: &Asked, mchid: &str, serial: &str, key: &Key) -> Result<(), Refused> {
        let header = asked.headers.get("authorization").ok_or(Refused("Http头缺少Authorization"))?;
        let parts = header.strip_prefix("WECHATPAY2-SHA256-RSA2048 ").ok_or(Refused("认证类型不正确"))?;
        let part = |name: &str| {
            let found = parts.split(',').find_map(|part| part.trim().strip_prefix(name)?.strip_prefix("=\""));
            found.and_then(|value| value.strip_suffix('"')).ok_or(Refused("Authorization 格式错误"))
        };
        let (time, nonce) = (part("timestamp")?, part("nonce_str")?);
        if part("mchid")? != mchid {
            return Err(Refused("商户号与证书不匹配"));
        }
        if part("serial_no")? != serial {
            return Err(Refused("商户证书序列号有误"));
        }
        if !time.parse::<i64>().is_ok_and(|time| (now() - time).abs() <= WINDOW) {
            return Err(Refused("Http头Authorization中的timestamp与发起请求的时间不得超过5分钟"));
        }
        let message = format!("{}\n{}\n{time}\n{nonce}\n{}\n", asked.method, asked.target, asked.body);
        let signature = STANDARD.decode(part("signature")?).map_err(|_| Refused("错误的签名，验签失败"))?;
        UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, key.spki())
            .verify(message.as_bytes(), &signature)
            .map_err(|_| Refused("错误的签名，验签失败"))?;
        if self.nonces.lock().unwrap().insert(nonce.to_owned()) { Ok(()) } else { Err(Refused("nonce_str 重复")) }
    }
}

/// Encrypts a file for the owner of `key`; returns the encrypted file key and the file.
pub(super) fn seal(key: &Key, nonce: &str, plain: &[u8]) -> (String, Vec<u8>) {
    let file_key = *b"liudi-stand-in-key-of-one-file-!";
    let public = OaepPublicEncryptingKey::new(PublicEncryptingKey::from_der(&key.spki()).unwrap()).unwrap();
    let mut wrapped = vec![0; public.ciphertext_size()];
    let wrapped = public.encrypt(&OAEP_SHA1_MGF1SHA1, &file_key, &mut wrapped, None).unwrap();
    let sealed = if let Ok(nonce) = <[u8; 12]>::try_from(nonce.as_bytes()) {
        AesGcm::<Aes256, U12>::new_from_slice(&file_key).unwrap().encrypt(&nonce.into(), plain)
    } else {
        let nonce = <[u8; 16]>::try_from(nonce.as_bytes()).unwrap();
        AesGcm::<Aes256, U16>::new_from_slice(&file_key).unwrap().encrypt(&nonce.into(), plain)
    };
    (STANDARD.encode(wrapped), sealed.unwrap())
}

fn now() -> i64 {
    jiff::Timestamp::now().as_second()
}
