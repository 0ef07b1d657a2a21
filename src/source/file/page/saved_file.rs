//! Videos, recordings and pictures that were saved individually, recognised by content, and videos whose beginning is
//! still encrypted by the platform. Each is kept unchanged; the commit finds the work it belongs to.

use std::io::Read;

use md5::{Digest as _, Md5};

use super::media;
use crate::error::Result;
use crate::model::SavedFile;
use crate::model::sniff::{Sniffed, sniff};
use crate::parse::video::mp4::{self, Scan};
use crate::source::{
    Destination, EvidenceMeta, EvidenceWriter, ImportCx, Importer, Info, Input, Item, Match, Out, Probe,
};

/// The importer of such files.
#[derive(Debug)]
pub struct Saved;

static INFO: Info = Info {
    name: "saved-file",
    summary_zh: "单独保存的视频、录音和图片（也能识别开头仍然加密的视频号视频）：视频按校验值、大小与时长、文件名对应到作品，对不上的原样保存在私密部分并列出",
    summary_en: "Videos, recordings and images saved one by one (also 视频号 videos whose beginning is still encrypted): videos are matched to posts by checksum, by size and duration, or by file name; files without a match are kept in the private part and listed",
    patterns: &["*.mp4", "*.mov", "*.mp3", "*.amr", "*.jpg", "*.png"],
    version: 2,
};

/// Smallest video in bytes; an error message saved under a video's name is smaller.
const SMALLEST: u64 = 4096;

impl Importer for Saved {
    fn info(&self) -> &'static Info {
        &INFO
    }

    fn identify(&self, probe: &mut Probe<'_>) -> Match {
        // A path of the platform identifies the medium, for another importer.
        if media::url_of(probe.input().locator()).is_some() {
            return Match::No;
        }
        match sniff(probe.head()) {
            Some(kind) if kind.is_video() || kind.is_audio() => Match::Sure,
            // An image recorded with a page may belong to its layout; one in a folder was put there by the user.
            Some(kind) if kind.is_image() && probe.input().received().is_none() => Match::Likely,
            None if probe.size() >= SMALLEST && may_be_hidden(probe.name()) && is_noise(probe.head()) => Match::Likely,
            _ => Match::No,
        }
    }

    fn read(&self, input: &Input, cx: &ImportCx<'_>, out: &mut dyn Out) -> Result<()> {
        keep(input, cx.evidence, out)
    }
}

/// Keeps a file under its name, for the commit to find what it belongs to.
pub(crate) fn keep(input: &Input, keep: &dyn EvidenceWriter, out: &mut dyn Out) -> Result<()> {
    let meta = EvidenceMeta::of(input, INFO.name, "media", "application/octet-stream");
    let mut look = InspectingReader::new(input.open()?);
    let sha256 = keep.exact(&mut look, input.name(), Destination::Media, &meta)?;
    out.item(Item::Saved(look.finish(sha256, input.name())))
}

/// Reports whether a file of this name may be a video with an encrypted beginning.
fn may_be_hidden(name: &str) -> bool {
    match name.rsplit_once('.') {
        Some((_, extension)) => ["mp4", "mov", "m4v"].iter().any(|known| extension.eq_ignore_ascii_case(known)),
        // Names given by the platform's servers and programs.
        None => name.starts_with("stodownload") || name.len() >= 16,
    }
}

/// Reports whether bytes look encrypted: every value is about equally frequent.
fn is_noise(head: &[u8]) -> bool {
    let mut seen = [0_usize; 256];
    let sample = &head[..head.len().min(8192)];
    for byte in sample {
        seen[usize::from(*byte)] += 1;
    }
    let expected = sample.len() / 256;
    expected >= 8 && seen.iter().all(|count| (expected / 4..=expected * 3).contains(count))
}

/// A reader that inspects the bytes it passes on.
pub struct InspectingReader<R> {
    reader: R,
    md5: Md5,
    scan: Scan,
    head: Vec<u8>,
    bytes: u64,
}

/// Number of first bytes used to identify the type.
const HEAD: usize = 4096;

impl<R: Read> InspectingReader<R> {
    /// Wraps `reader`.
    pub fn new(reader: R) -> Self {
        Self { reader, md5: Md5::new(), scan: Scan::default(), head: Vec::new(), bytes: 0 }
    }

    /// Returns the facts of the file, once all its bytes were read.
    pub fn finish(self, sha256: crate::model::Sha256, name: &str) -> SavedFile {
        let kind = sniff(&self.head);
        // Only MP4 videos state where they end; completeness of other files is unknown, so they count as complete.
        let video = mp4::is_mp4(&self.head).then(|| self.scan.finish());
        SavedFile {
            sha256,
            md5: hex::encode(self.md5.finalize()),
            bytes: self.bytes,
            name: name.to_owned(),
            duration_ms: video.and_then(|video| video.duration_ms),
            width: video.and_then(|video| video.width),
            height: video.and_then(|video| video.height),
            known: kind.is_some_and(|kind| kind.is_video() || kind.is_audio() || kind.is_image()),
            picture: kind.is_some_and(Sniffed::is_image),
            whole: video.is_none_or(|video| video.whole),
            of: None,
            key: None,
            opened: None,
        }
    }
}

impl<R: Read> Read for InspectingReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.reader.read(buffer)?;
        let bytes = &buffer[..count];
        self.md5.update(bytes);
        self.scan.push(bytes);
        let room = HEAD - self.head.len();
        self.head.extend_from_slice(&bytes[..bytes.len().min(room)]);
        self.bytes += count as u64;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn noise_is_told_from_words_and_pictures() {
        let mut noise = vec![0; 8192];
        crate::parse::video::isaac64::Keystream::new(9).apply(&mut noise);
        assert!(is_noise(&noise));
        assert!(!is_noise(&b"<html>not found</html>".repeat(400)));
        assert!(!is_noise(&[0; 8192]));
        assert!(may_be_hidden("海边.MP4") && may_be_hidden("stodownload") && !may_be_hidden("notes.txt"));
    }
}
