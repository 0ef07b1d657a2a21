//! Computes the digests that bags use. Our own bags have SHA-256; a foreign bag may have any of these.

use std::io::{self, Read as _};

use md5::Digest as _;

use crate::archive::bags::{Bags, Reader};

/// A digest algorithm of manifests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Algorithm {
    Md5,
    Sha1,
    Sha224,
    Sha256,
    Sha384,
    Sha512,
}

impl Algorithm {
    /// Parses an algorithm from the middle of `manifest-sha256.txt`.
    pub(super) fn from_name(name: &str) -> Option<Self> {
        Some(match name.to_ascii_lowercase().replace('-', "").as_str() {
            "md5" => Self::Md5,
            "sha1" => Self::Sha1,
            "sha224" => Self::Sha224,
            "sha256" => Self::Sha256,
            "sha384" => Self::Sha384,
            "sha512" => Self::Sha512,
            _ => return None,
        })
    }

    /// Returns the length of a digest in bytes.
    pub(super) fn length(self) -> usize {
        match self {
            Self::Md5 => 16,
            Self::Sha1 => 20,
            Self::Sha224 => 28,
            Self::Sha256 => 32,
            Self::Sha384 => 48,
            Self::Sha512 => 64,
        }
    }

    fn context(self) -> Context {
        use aws_lc_rs::digest;
        let algorithm = match self {
            Self::Md5 => return Context::Md5(md5::Md5::new()),
            Self::Sha1 => &digest::SHA1_FOR_LEGACY_USE_ONLY,
            Self::Sha224 => &digest::SHA224,
            Self::Sha256 => &digest::SHA256,
            Self::Sha384 => &digest::SHA384,
            Self::Sha512 => &digest::SHA512,
        };
        Context::Sha(Box::new(digest::Context::new(algorithm)))
    }
}

enum Context {
    Md5(md5::Md5),
    Sha(Box<aws_lc_rs::digest::Context>),
}

impl Context {
    fn update(&mut self, bytes: &[u8]) {
        match self {
            Self::Md5(context) => context.update(bytes),
            Self::Sha(context) => context.update(bytes),
        }
    }

    fn finish(self) -> Vec<u8> {
        match self {
            Self::Md5(context) => context.finalize().to_vec(),
            Self::Sha(context) => context.finish().as_ref().to_vec(),
        }
    }
}

/// Reads a file once and returns its digest by each algorithm and its length. `buffer` is the caller's, so that small
/// files cost no allocation. `goes_on` gets the size of each part that was read; reading ends when it returns false.
pub(super) fn digests(
    files: &dyn Bags,
    path: &str,
    algorithms: &[Algorithm],
    buffer: &mut [u8],
    goes_on: impl FnMut(u64) -> bool,
) -> io::Result<(Vec<Vec<u8>>, u64)> {
    digests_of(files.read(path)?.ok_or(io::ErrorKind::NotFound)?, algorithms, buffer, goes_on)
}

/// Does what [`digests`] does for an open file.
pub(super) fn digests_of(
    mut file: Box<dyn Reader>,
    algorithms: &[Algorithm],
    buffer: &mut [u8],
    mut goes_on: impl FnMut(u64) -> bool,
) -> io::Result<(Vec<Vec<u8>>, u64)> {
    let mut contexts: Vec<Context> = algorithms.iter().map(|algorithm| algorithm.context()).collect();
    let mut bytes = 0;
    loop {
        let count = match file.read(buffer) {
            Ok(0) => break,
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        if bytes == 0 && count == buffer.len() {
            file.reads_in_order();
        }
        for context in &mut contexts {
            context.update(&buffer[..count]);
        }
        bytes += count as u64;
        if !goes_on(count as u64) {
            break;
        }
    }
    Ok((contexts.into_iter().map(Context::finish).collect(), bytes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::archive::folder::Folder;

    #[test]
    fn known_answers() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("abc"), "abc").unwrap();
        let files = Folder::plain(folder.path());
        let algorithms = [Algorithm::Md5, Algorithm::Sha1, Algorithm::Sha256, Algorithm::Sha512];
        let (found, bytes) = digests(&files, "abc", &algorithms, &mut [0; 2], |_| true).unwrap();
        assert_eq!(bytes, 3);
        for ((digest, start), algorithm) in found
            .iter()
            .zip(["900150983cd24fb0", "a9993e364706816a", "ba7816bf8f01cfea", "ddaf35a193617aba"])
            .zip(algorithms)
        {
            assert_eq!(digest.len(), algorithm.length());
            assert!(hex::encode(digest).starts_with(start));
        }
    }
}
