//! Creates keys at test time, in the files that merchants receive.

use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// An RSA key pair.
pub(crate) struct Key(KeyPair);

impl Key {
    /// Generates a new key pair.
    pub(crate) fn generate() -> Self {
        Self(KeyPair::generate(KeySize::Rsa2048).unwrap())
    }

    /// Returns the contents of `apiclient_key.pem`.
    pub(crate) fn private_pem(&self) -> String {
        let der: Pkcs8V1Der<'_> = self.0.as_der().unwrap();
        pem("PRIVATE KEY", der.as_ref())
    }

    /// Returns the contents of `pub_key.pem`.
    pub(crate) fn public_pem(&self) -> String {
        pem("PUBLIC KEY", &self.spki())
    }

    /// Returns the public key as DER.
    pub(crate) fn spki(&self) -> Vec<u8> {
        let der: PublicKeyX509Der<'_> = self.0.public_key().as_der().unwrap();
        der.as_ref().to_vec()
    }

    /// Signs with SHA256-RSA; returns base64.
    pub(crate) fn sign(&self, message: &[u8]) -> String {
        STANDARD.encode(self.signature(message))
    }

    fn signature(&self, message: &[u8]) -> Vec<u8> {
        let mut signature = vec![0; self.0.public_modulus_len()];
        self.0.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature).unwrap();
        signature
    }
}

/// Returns a self-signed certificate of `key` with the serial number `serial` (hex), as PEM.
pub(crate) fn certificate(serial: &str, key: &Key) -> String {
    let mut number = hex::decode(serial).unwrap();
    if number[0] & 0x80 != 0 {
        number.insert(0, 0);
    }
    // sha256WithRSAEncryption.
    let algorithm = hex::decode("300d06092a864886f70d01010b0500").unwrap();
    let validity = der(0x30, &[der(0x17, b"250101000000Z"), der(0x17, b"350101000000Z")].concat());
    let nobody = der(0x30, b"");
    let version = der(0xa0, &der(0x02, &[2]));
    let body = der(
        0x30,
        &[version, der(0x02, &number), algorithm.clone(), nobody.clone(), validity, nobody, key.spki()].concat(),
    );
    let signature = der(0x03, &[vec![0], key.signature(&body)].concat());
    pem("CERTIFICATE", &der(0x30, &[body, algorithm, signature].concat()))
}

fn der(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len()).unwrap();
    let mut bytes = vec![tag];
    match length {
        0..=127 => bytes.push(length.to_be_bytes()[1]),
        128..=255 => bytes.extend([0x81, length.to_be_bytes()[1]]),
        _ => bytes.extend([&[0x82][..], &length.to_be_bytes()].concat()),
    }
    bytes.extend_from_slice(content);
    bytes
}

fn pem(label: &str, der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let lines: Vec<&str> = text.as_bytes().chunks(64).map(|line| str::from_utf8(line).unwrap()).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}
