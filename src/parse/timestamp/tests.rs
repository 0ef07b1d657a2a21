//! Reads what `openssl ts` made; `fixtures/timestamp/make.sh` says how.

use super::{Answer, Authorities, Request, Trust};

const ARCHIVE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/timestamp/archive/SHA256SUMS");

fn file(name: &str) -> Vec<u8> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/timestamp/answers");
    std::fs::read(format!("{folder}/{name}")).unwrap()
}

fn sums() -> Vec<u8> {
    std::fs::read(ARCHIVE).unwrap()
}

#[test]
fn a_request_is_what_openssl_would_write() {
    let bytes = file("request.tsq");
    let request = Request::read(&bytes).unwrap();
    assert!(request.imprint.is_of(&sums()));
    assert_eq!(request.to_der().unwrap(), bytes);
    for nonce in [[0; 8], [0, 0, 0, 0, 0, 0, 0, 0x80], [0xff; 8]] {
        let own = Request::of(&sums(), nonce);
        assert_eq!(Request::read(&own.to_der().unwrap()).unwrap(), own);
    }
}

#[test]
fn answers_of_every_key_and_digest_are_checked() {
    let authorities = Authorities::read(&file("ca.pem")).unwrap();
    let times = String::from_utf8(file("times.txt")).unwrap();
    for (name, bare) in [
        ("rsa.tsr", false),
        ("rsa-sha384.tsr", false),
        ("rsa-sha512.tsr", false),
        ("p256.tsr", false),
        ("p384.tsr", false),
        ("token.tst", true),
    ] {
        let answer = Answer::read(&file(name)).unwrap();
        assert_eq!(answer.bare, bare, "{name}");
        assert!(answer.token.imprint.is_of(&sums()) && !answer.token.imprint.is_of(b"other"), "{name}");
        let signer = answer.token.check(None).unwrap();
        assert!(
            signer.name.ends_with("O=Liudi Test\\, Ltd.,C=CN") && signer.name.starts_with("CN=Stamp "),
            "{signer:?}"
        );
        assert_eq!(authorities.judge(&answer.token, &signer), Trust::Trusted, "{name}");
        let stated = times.lines().find_map(|line| line.strip_prefix(name));
        assert!(bare || stated.unwrap().trim() == answer.token.time.to_string(), "{name}: {}", answer.token.time);
    }
    let nonce = Request::read(&file("request.tsq")).unwrap().nonce;
    assert_eq!(Answer::read(&file("rsa.tsr")).unwrap().token.nonce, nonce);
    assert_eq!(Answer::read(&file("p256.tsr")).unwrap().token.nonce, None);
}

#[test]
fn text_of_base64_is_an_answer_too() {
    use base64::Engine as _;
    let text = base64::engine::general_purpose::STANDARD.encode(file("rsa.tsr"));
    let lines: Vec<&str> = text.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
    for text in
        [text.clone(), lines.join("\r\n"), format!("-----BEGIN X-----\n{}\n-----END X-----\n", lines.join("\n"))]
    {
        assert_eq!(Answer::read(text.as_bytes()).unwrap().der, file("rsa.tsr"));
    }
}

#[test]
fn a_refusal_says_why() {
    let error = Answer::read(&file("refused.tsr")).unwrap_err();
    assert_eq!(error.code(), "timestamp-refused");
    assert_eq!(error.argument("status").as_deref(), Some("2"));
    assert_eq!(error.argument("text").as_deref(), Some("Message digest algorithm is not supported.; badAlg"));
}

#[test]
fn a_certificate_that_is_left_out_comes_from_elsewhere() {
    let token = Answer::read(&file("no-certificate.tsr")).unwrap().token;
    assert_eq!(token.check(None).unwrap_err().code(), "timestamp-certificate-missing");
    let authorities = Authorities::read(&file("with-signer.pem")).unwrap();
    assert_eq!(authorities.judge(&token, &token.check(Some(&authorities)).unwrap()), Trust::Trusted);
}

#[test]
fn a_stranger_is_not_trusted() {
    let other = rustls_pki_types::pem::PemObject::from_pem_slice(&file("with-signer.pem"));
    let own: rustls_pki_types::CertificateDer<'_> = other.unwrap();
    let authorities = Authorities::read(own.as_ref()).unwrap();
    let token = Answer::read(&file("p256.tsr")).unwrap().token;
    let judged = authorities.judge(&token, &token.check(None).unwrap());
    assert!(matches!(judged, Trust::Refused(_)), "{judged:?}");
}

/// No byte of what is signed, of the signature or of the certificate can be another one.
#[test]
fn a_changed_byte_anywhere_is_found() {
    let authorities = Authorities::read(&file("ca.pem")).unwrap();
    for name in ["rsa.tsr", "p384.tsr"] {
        let whole = file(name);
        let before = Answer::read(&whole).unwrap();
        let signer = before.token.check(None).unwrap();
        let mut unseen = Vec::new();
        for at in 0..whole.len() {
            let mut changed = whole.clone();
            changed[at] ^= 0x01;
            let Ok(answer) = Answer::read(&changed) else { continue };
            let Ok(found) = answer.token.check(None) else { continue };
            assert_eq!((answer.token.time, &answer.token.imprint), (before.token.time, &before.token.imprint), "{at}");
            assert_eq!(found, signer, "{name} at {at}");
            assert_eq!(authorities.judge(&answer.token, &found), Trust::Trusted, "{name} at {at}");
            unseen.push(at);
        }
        // Left: the status, versions, the list of digest algorithms and certificates of others, which nothing rests on.
        assert!(unseen.len() < 40 + 850, "{name}: {unseen:?}");
    }
}

#[test]
fn garbage_and_truncation_are_said() {
    let code = |bytes: &[u8]| Answer::read(bytes).map(drop).unwrap_err().code();
    let whole = file("rsa.tsr");
    for end in [5, 100, whole.len() / 2, whole.len() - 1] {
        assert_eq!(code(&whole[..end]), "timestamp-truncated", "{end}");
    }
    for garbage in [&b""[..], b"<html>", b"0", &[0x30, 0x80, 0, 0], &[0x30, 0], &[0xff; 100], b"MIIB"] {
        assert!(matches!(code(garbage), "timestamp-not-read" | "timestamp-truncated"), "{garbage:?}");
    }
    assert_eq!(code(&[whole, vec![0]].concat()), "timestamp-not-read");
    assert_eq!(code(&file("request.tsq")), "timestamp-not-read");
    assert_eq!(Authorities::read(b"nothing").unwrap_err().code(), "timestamp-authorities-unreadable");
}
