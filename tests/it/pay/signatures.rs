//! Signing, believing answers, opening envelopes: held against vectors that others made, and against keys made here.

use aes_gcm::AesGcm;
use aes_gcm::aead::consts::{U12, U16};
use aes_gcm::aead::{Aead as _, KeyInit as _};
use aes_gcm::aes::Aes256;
use aws_lc_rs::rsa::{OAEP_SHA1_MGF1SHA1, OaepPublicEncryptingKey, PublicEncryptingKey};
use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use liudi::fetch::pay::envelope::Envelope;
use liudi::fetch::pay::{MerchantKey, PlatformKeys, SignatureHeaders, Signer};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;
use url::Url;

use crate::platform::keys::{Key, certificate};
use crate::samples;

fn answer(serial: &str, timestamp: &str, nonce: &str, signature: &str) -> SignatureHeaders {
    let mut headers = HeaderMap::new();
    for (name, value) in [
        ("wechatpay-serial", serial),
        ("wechatpay-timestamp", timestamp),
        ("wechatpay-nonce", nonce),
        ("wechatpay-signature", signature),
    ] {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_str(value).unwrap());
    }
    SignatureHeaders::of(&headers).unwrap()
}

/// The value of one part of an `Authorization` header.
fn part<'a>(header: &'a str, name: &str) -> &'a str {
    let (_, rest) = header.split_once(&format!("{name}=\"")).unwrap();
    rest.split_once('"').unwrap().0
}

#[test]
fn the_vectors_of_others_are_met() {
    let Some(path) = samples("api/vectors/wechatpay_rsa_sha256.json") else { return };
    let vectors: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let pem = vectors["private_key_pem"].as_str().unwrap().replace("TESTING KEY", "PRIVATE KEY");
    let (mchid, serial) = (vectors["mchid"].as_str().unwrap(), vectors["serial_no"].as_str().unwrap());
    let signer = Signer::new(mchid, serial, MerchantKey::from_pem(pem.as_bytes()).unwrap());
    let mut keys = PlatformKeys::default();
    keys.add_public_key("PUB_KEY_ID_0001", vectors["public_key_pem"].as_str().unwrap().as_bytes()).unwrap();
    let (mut requests, mut answers) = (0, 0);
    for vector in vectors["vectors"].as_array().unwrap() {
        let (message, signature) = (vector["message"].as_str().unwrap(), vector["signature"].as_str().unwrap());
        let lines: Vec<&str> = message.split('\n').collect();
        match lines.as_slice() {
            [method, target, timestamp, nonce, body, ""] => {
                let url = Url::parse(&format!("https://api.mch.weixin.qq.com{target}")).unwrap();
                let header = signer.authorization(method, &url, body, timestamp.parse().unwrap(), nonce).unwrap();
                assert_eq!(part(&header, "signature"), signature, "{message}");
                assert!(header.starts_with("WECHATPAY2-SHA256-RSA2048 mchid="));
                assert_eq!((part(&header, "serial_no"), part(&header, "mchid")), (serial, mchid));
                requests += 1;
            }
            [timestamp, nonce, body, ""] => {
                let answer = answer("PUB_KEY_ID_0001", timestamp, nonce, signature);
                keys.verify(&answer, body.as_bytes(), timestamp.parse().unwrap()).unwrap();
                answers += 1;
            }
            _ => {}
        }
    }
    assert_eq!((requests, answers), (2, 1));
}

#[test]
fn a_request_is_signed_so_that_the_certificate_s_key_agrees() {
    let key = Key::generate();
    let signer = Signer::new("1900000001", "5F00", MerchantKey::from_pem(key.private_pem().as_bytes()).unwrap());
    let url =
        Url::parse("https://api.mch.weixin.qq.com/v3/bill/fundflowbill?bill_date=2026-05-01&tar_type=GZIP").unwrap();
    let header = signer.authorization("GET", &url, "", 1_764_000_000, "ABC").unwrap();
    let message = "GET\n/v3/bill/fundflowbill?bill_date=2026-05-01&tar_type=GZIP\n1764000000\nABC\n\n";
    let signature = STANDARD.decode(part(&header, "signature")).unwrap();
    let public = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, key.spki());
    public.verify(message.as_bytes(), &signature).unwrap();
    assert_eq!((part(&header, "timestamp"), part(&header, "nonce_str")), ("1764000000", "ABC"));
}

#[test]
fn an_answer_is_believed_only_if_fresh_known_and_whole() {
    let (platform, other) = (Key::generate(), Key::generate());
    let mut keys = PlatformKeys::default();
    keys.add_public_key("PUB_KEY_ID_0116", platform.public_pem().as_bytes()).unwrap();
    assert_eq!(keys.only(), Some("PUB_KEY_ID_0116"));
    let now = 1_764_000_000;
    let body = br#"{"hash_type":"SHA1"}"#;
    let signed = |key: &Key, then: i64| key.sign(format!("{then}\nN\n{}\n", str::from_utf8(body).unwrap()).as_bytes());
    let code =
        |answer: &SignatureHeaders, body: &[u8], now: i64| keys.verify(answer, body, now).map_err(|error| error.code());
    let good = answer("PUB_KEY_ID_0116", "1764000000", "N", &signed(&platform, now));
    for at in [now - 300, now, now + 300] {
        assert_eq!(code(&good, body, at), Ok(()));
    }
    for at in [now - 301, now + 301] {
        assert_eq!(code(&good, body, at), Err("pay-answer-stale"));
    }
    assert_eq!(code(&answer("PUB_KEY_ID_0116", "soon", "N", ""), body, now), Err("pay-answer-stale"));
    let unknown = answer("PUB_KEY_ID_0117", "1764000000", "N", &signed(&platform, now));
    assert_eq!(code(&unknown, body, now), Err("pay-answer-key-unknown"));
    assert_eq!(code(&good, b"{}", now), Err("pay-answer-signature-wrong"));
    let forged = answer("PUB_KEY_ID_0116", "1764000000", "N", &signed(&other, now));
    assert_eq!(code(&forged, body, now), Err("pay-answer-signature-wrong"));
    let garbage = answer("PUB_KEY_ID_0116", "1764000000", "N", "***");
    assert_eq!(code(&garbage, body, now), Err("pay-answer-signature-wrong"));
    // Even a right signature behind the mark of the probe is no signature.
    let probe = format!("WECHATPAY/SIGNTEST/{}", signed(&platform, now));
    assert_eq!(code(&answer("PUB_KEY_ID_0116", "1764000000", "N", &probe), body, now), Err("pay-answer-probe"));
    assert_eq!(SignatureHeaders::of(&HeaderMap::new()), None);
}

#[test]
fn a_platform_certificate_is_known_by_its_serial_number() {
    let (one, other) = (Key::generate(), Key::generate());
    // The first byte's high bit makes DER put a nought before it.
    let serials = ["F15765756002FDD77F15765756002FDD77F15765", "5157F09EFDC096DE15EBE81A47057A7232F1B8E1"];
    let pem = certificate(serials[0], &one) + &certificate(serials[1], &other);
    let mut keys = PlatformKeys::default();
    keys.add_certificates(pem.as_bytes()).unwrap();
    assert_eq!(keys.only(), None);
    for (serial, key) in serials.into_iter().zip([&one, &other]) {
        let answer = answer(serial, "100", "N", &key.sign(b"100\nN\n{}\n"));
        keys.verify(&answer, b"{}", 100).unwrap();
    }
    let swapped = answer(serials[0], "100", "N", &other.sign(b"100\nN\n{}\n"));
    assert_eq!(keys.verify(&swapped, b"{}", 100).unwrap_err().code(), "pay-answer-signature-wrong");
}

#[test]
fn what_is_no_key_is_refused_without_a_word_of_it() {
    let key = Key::generate();
    let torn = key.private_pem().replace("MII", "AAA");
    for pem in [torn.as_str(), &key.public_pem(), "", "-----BEGIN PRIVATE KEY-----\nSECRET\n-----END PRIVATE KEY-----"]
    {
        let error = MerchantKey::from_pem(pem.as_bytes()).unwrap_err();
        assert_eq!((error.code(), error.kind().exit_bit()), ("pay-key-unreadable", 16));
        assert_eq!(format!("{error:?}"), "Credentials: pay-key-unreadable");
    }
    let mut keys = PlatformKeys::default();
    assert_eq!(keys.add_public_key("A", b"no").unwrap_err().code(), "pay-public-key-unreadable");
    assert_eq!(keys.add_certificates(b"no").unwrap_err().code(), "pay-certificate-unreadable");
    let broken = certificate("0A", &key).replace("MII", "AAA");
    assert_eq!(keys.add_certificates(broken.as_bytes()).unwrap_err().code(), "pay-certificate-unreadable");
    assert!(keys.is_empty());
    let shown = format!(
        "{:?}",
        Signer::new("1900000001", "SERIAL", MerchantKey::from_pem(key.private_pem().as_bytes()).unwrap())
    );
    assert!(shown.contains("1900000001") && !shown.contains("SERIAL"), "{shown}");
}

#[test]
fn a_sub_merchant_s_bill_is_opened_with_either_length_of_nonce() {
    let key = Key::generate();
    let merchant = MerchantKey::from_pem(key.private_pem().as_bytes()).unwrap();
    let file_key = *b"0123456789abcdef0123456789abcdef";
    let public = OaepPublicEncryptingKey::new(PublicEncryptingKey::from_der(&key.spki()).unwrap()).unwrap();
    let mut wrapped = vec![0; public.ciphertext_size()];
    let wrapped = public.encrypt(&OAEP_SHA1_MGF1SHA1, &file_key, &mut wrapped, None).unwrap();
    let encrypt_key = STANDARD.encode(wrapped);
    let plain = "记账时间,资金流水单号".as_bytes();
    let short = AesGcm::<Aes256, U12>::new_from_slice(&file_key).unwrap().encrypt(&(*b"a8607ef79034").into(), plain);
    let long = AesGcm::<Aes256, U16>::new_from_slice(&file_key).unwrap().encrypt(&(*b"a8607ef79034c49c").into(), plain);
    for (nonce, sealed) in [("a8607ef79034", short.unwrap()), ("a8607ef79034c49c", long.unwrap())] {
        let envelope = Envelope { encrypt_key: encrypt_key.clone(), nonce: nonce.to_owned() };
        assert_eq!(envelope.open(&merchant, &sealed).unwrap(), plain);
        let mut touched = sealed.clone();
        touched[0] ^= 1;
        assert_eq!(envelope.open(&merchant, &touched).unwrap_err().to_string(), "pay-envelope-closed (what=file)");
        let cut = &sealed[..5];
        assert_eq!(envelope.open(&merchant, cut).unwrap_err().to_string(), "pay-envelope-closed (what=file)");
    }
    let stranger = MerchantKey::from_pem(Key::generate().private_pem().as_bytes()).unwrap();
    let envelope = Envelope { encrypt_key, nonce: "short".to_owned() };
    assert_eq!(envelope.open(&stranger, b"").unwrap_err().to_string(), "pay-envelope-closed (what=key)");
    assert_eq!(envelope.open(&merchant, b"").unwrap_err().to_string(), "pay-envelope-closed (what=nonce)");
    assert_eq!(format!("{envelope:?}"), "Envelope(***)");
}
