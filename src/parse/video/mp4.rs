//! Reads the duration and picture size of a video from its boxes in one pass. Only the few relevant headers are
//! buffered, wherever they are in the file.

/// Reports whether a file that begins with `head` is a video of the MP4 family.
pub fn is_mp4(head: &[u8]) -> bool {
    // The first box is small, unlike random data.
    head.get(4..8) == Some(b"ftyp") && head.first_chunk::<4>().is_some_and(|size| u32::from_be_bytes(*size) <= 1024)
}

/// Properties of a video.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct VideoInfo {
    /// The duration in milliseconds.
    pub duration_ms: Option<u64>,
    /// The displayed width in pixels.
    pub width: Option<u32>,
    /// The displayed height in pixels.
    pub height: Option<u32>,
    /// Whether the last box ends at the end of the file.
    pub whole: bool,
}

/// Maximum length in bytes of a header that is read: the two relevant ones have about a hundred.
const LONGEST: u64 = 256;

/// A reader to which a video is pushed.
#[derive(Debug, Default)]
pub struct Scan {
    video: VideoInfo,
    /// The number of bytes still to skip in the current box.
    skip: u64,
    /// Whether the last box has no size of its own.
    endless: bool,
    /// The header of a box, or the box that is being read.
    buffer: Vec<u8>,
    /// The type and length of the box that is being read.
    reading: Option<([u8; 4], usize)>,
    broken: bool,
}

impl Scan {
    /// Processes the next bytes.
    pub fn push(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() && !self.broken {
            if self.skip > 0 {
                let step = usize::try_from(self.skip).unwrap_or(usize::MAX).min(bytes.len());
                self.skip -= step as u64;
                bytes = &bytes[step..];
                continue;
            }
            let wanted = match self.reading {
                Some((_, length)) => length,
                None if self.buffer.len() >= 8 && self.buffer.starts_with(&[0, 0, 0, 1]) => 16,
                None => 8,
            };
            let step = (wanted - self.buffer.len()).min(bytes.len());
            self.buffer.extend_from_slice(&bytes[..step]);
            bytes = &bytes[step..];
            if self.buffer.len() == wanted {
                self.step();
            }
        }
    }

    /// Processes a complete header or box.
    fn step(&mut self) {
        if let Some((kind, _)) = self.reading.take() {
            match &kind {
                b"mvhd" => self.video.duration_ms = duration(&self.buffer),
                _ => self.picture(),
            }
            self.buffer.clear();
            return;
        }
        let short = self.buffer.first_chunk::<4>().map_or(0, |size| u32::from_be_bytes(*size));
        if short == 1 && self.buffer.len() < 16 {
            // A 64-bit size follows.
            return;
        }
        let header = self.buffer.len() as u64;
        let long =
            self.buffer.get(8..16).and_then(|size| size.first_chunk::<8>()).map(|size| u64::from_be_bytes(*size));
        let kind = self.buffer.get(4..8).and_then(|kind| kind.first_chunk::<4>()).copied().unwrap_or_default();
        self.buffer.clear();
        let size = long.unwrap_or_else(|| u64::from(short));
        if size == 0 {
            (self.skip, self.endless) = (u64::MAX, true);
            return;
        }
        let Some(body) = size.checked_sub(header) else {
            self.broken = true;
            return;
        };
        match &kind {
            // The contents of these boxes are read like their siblings.
            b"moov" | b"trak" => {}
            b"mvhd" | b"tkhd" if (1..=LONGEST).contains(&body) => {
                self.reading = usize::try_from(body).ok().map(|body| (kind, body));
            }
            _ => self.skip = body,
        }
    }

    /// Reads the picture size of the first track that has one.
    fn picture(&mut self) {
        if self.video.width.is_some() {
            return;
        }
        let pixels = |from_end: usize| {
            let at = self.buffer.len().checked_sub(from_end)?;
            let fixed = self.buffer.get(at..)?.first_chunk::<4>()?;
            Some(u32::from_be_bytes(*fixed) >> 16).filter(|pixels| *pixels > 0)
        };
        let number = |from_end: usize| {
            let at = self.buffer.len().checked_sub(from_end)?;
            self.buffer.get(at..)?.first_chunk::<4>().map(|bytes| u32::from_be_bytes(*bytes))
        };
        // The matrix of nine numbers precedes width and height; a phone held upright rotates by a quarter turn.
        let turned = number(44) == Some(0) && number(28) == Some(0);
        let (width, height) = (pixels(8), pixels(4));
        if width.is_some() && height.is_some() {
            (self.video.width, self.video.height) = if turned { (height, width) } else { (width, height) };
        }
    }

    /// Finishes at the end of the file.
    pub fn finish(mut self) -> VideoInfo {
        let between = self.buffer.is_empty() && self.reading.is_none();
        self.video.whole = !self.broken && between && (self.skip == 0 || self.endless);
        self.video
    }
}

/// Returns the duration of a `mvhd` in milliseconds.
fn duration(body: &[u8]) -> Option<u64> {
    let number = |at: usize| body.get(at..)?.first_chunk::<4>().map(|bytes| u64::from(u32::from_be_bytes(*bytes)));
    let (scale, length) = if body.first() == Some(&1) {
        (number(20)?, body.get(24..)?.first_chunk::<8>().map(|bytes| u64::from_be_bytes(*bytes))?)
    } else {
        (number(12)?, number(16)?)
    };
    // A fragmented video, or one without a declared duration, has 0 or all bits set.
    if scale == 0 || length == 0 || length >= u64::from(u32::MAX) && body.first() != Some(&1) || length == u64::MAX {
        return None;
    }
    u64::try_from(u128::from(length) * 1000 / u128::from(scale)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn boxed(kind: &[u8], body: &[u8]) -> Vec<u8> {
        let size = u32::try_from(body.len() + 8).unwrap();
        [&size.to_be_bytes()[..], kind, body].concat()
    }

    fn video(turned: bool) -> Vec<u8> {
        let mut mvhd = vec![0; 100];
        mvhd[12..16].copy_from_slice(&600_u32.to_be_bytes());
        mvhd[16..20].copy_from_slice(&9_180_u32.to_be_bytes());
        let mut tkhd = vec![0; 84];
        let one = 0x1_0000_u32.to_be_bytes();
        let (first, second) = if turned { (44, 48) } else { (40, 56) };
        tkhd[first..first + 4].copy_from_slice(&one);
        tkhd[second..second + 4].copy_from_slice(&one);
        tkhd[76..80].copy_from_slice(&(1080_u32 << 16).to_be_bytes());
        tkhd[80..84].copy_from_slice(&(1920_u32 << 16).to_be_bytes());
        let moov = boxed(b"moov", &[boxed(b"mvhd", &mvhd), boxed(b"trak", &boxed(b"tkhd", &tkhd))].concat());
        [boxed(b"ftyp", b"isom\0\0\0\0"), boxed(b"mdat", &[7; 5000]), moov].concat()
    }

    fn scan(bytes: &[u8], piece: usize) -> VideoInfo {
        let mut scan = Scan::default();
        bytes.chunks(piece).for_each(|piece| scan.push(piece));
        scan.finish()
    }

    #[test]
    fn length_and_size_are_read_wherever_they_stand_and_however_they_come() {
        let bytes = video(false);
        for piece in [1, 7, 64, 100_000] {
            let found = scan(&bytes, piece);
            assert_eq!((found.duration_ms, found.width, found.height), (Some(15_300), Some(1080), Some(1920)));
            assert!(found.whole, "{piece}");
        }
    }

    #[test]
    fn a_film_on_its_side_is_shown_upright() {
        let found = scan(&video(true), 4096);
        assert_eq!((found.width, found.height), (Some(1920), Some(1080)));
    }

    #[test]
    fn a_film_that_breaks_off_is_not_whole() {
        let bytes = video(false);
        for cut in [9, 100, 4000, bytes.len() - 1] {
            assert!(!scan(&bytes[..cut], 512).whole, "{cut}");
        }
        assert!(!scan(&[0xff; 64], 64).whole);
    }

    #[test]
    fn a_film_is_known_by_its_first_box() {
        assert!(is_mp4(&video(false)));
        assert!(!is_mp4(b"\0\0\0\x20moov"));
        assert!(!is_mp4(b"\x9d\0\0\x20ftyp"));
        assert!(!is_mp4(b"ftyp"));
    }
}
