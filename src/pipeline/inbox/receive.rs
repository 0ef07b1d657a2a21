//! Receives the files of a batch. The body of a request is a sequence of files: the length of the header (4 bytes, big
//! endian), the header (JSON) and the bytes of the file. Files are streamed to the disk and named only when whole.

use std::io::{Read, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};

use serde::{Deserialize, Serialize};
use tempfile::TempPath;

use super::name::clean;
use super::{Inbox, failed};
use crate::error::{Error, Kind, Result};
use crate::model::Problem;
use crate::platform;

/// Largest header.
const HEADER_BYTES: u32 = 64 * 1024;
/// Number of files after which those received are made durable.
const TOGETHER: usize = 256;
/// Folder in that of the files being received: the whole ones that are not durable yet, each at `<size>/<path>`. They
/// remain if the program is killed, and the size tells whether the disk has all of them.
const WHOLE: &str = "whole";
/// Bytes that are left free on the disk.
const RESERVE: u64 = 64_000_000;

/// The header of a file.
#[derive(Debug, Deserialize)]
struct Header {
    /// Path in the dropped folder, with `/`.
    path: String,
    /// Size in bytes.
    size: u64,
    /// Modification time in milliseconds since 1970.
    #[serde(default)]
    modified: Option<u64>,
    /// Whether the browser could not read the file, so that no bytes follow.
    #[serde(default)]
    unread: bool,
    /// Whether the file may have been received before, in a request that broke off.
    #[serde(default)]
    again: bool,
}

/// The result of receiving files.
#[derive(Debug, Default, Serialize)]
pub struct Received {
    /// Number of files that were received whole.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Files that were refused.
    pub refused: Vec<Problem>,
}

/// A file that was received and is not named yet.
struct Whole {
    temporary: TempPath,
    /// Its path in the batch.
    path: PathBuf,
    bytes: u64,
    again: bool,
}

impl Inbox {
    /// Checks that files of this size fit on the disk.
    ///
    /// # Errors
    /// `upload-no-room`.
    pub fn check_room(&self, bytes: u64) -> Result<()> {
        let folder = self.folder.ancestors().find(|folder| folder.is_dir());
        match folder.and_then(platform::free_bytes) {
            Some(free) if free < bytes.saturating_add(RESERVE) => {
                let megabytes = |bytes: u64| bytes / 1_000_000;
                let error = Error::new(Kind::Disk, "upload-no-room");
                let error = error.with("needed", megabytes(bytes) + 1).with("free", megabytes(free));
                Err(error.with("reserve", megabytes(RESERVE)))
            }
            _ => Ok(()),
        }
    }

    /// Receives files into a batch. If the body breaks off, the files before stay.
    ///
    /// # Errors
    /// `upload-cut-off`, `upload-damaged`, and `upload-failed` if the disk refuses.
    pub fn receive(&self, batch: &str, mut body: impl Read) -> Result<Received> {
        let (folder, part) = (self.batch(batch)?, self.part(batch)?);
        let mut received = Received::default();
        let mut whole = Vec::new();
        let ended = loop {
            match next(&mut body, &part, &mut received) {
                Ok(Next::File(file)) => whole.push(file),
                Ok(Next::Refused) => {}
                Ok(Next::End) => break Ok(()),
                Err(error) => break Err(error),
            }
            if whole.len() == TOGETHER {
                name(&folder, &part, std::mem::take(&mut whole), &mut received)?;
            }
        };
        name(&folder, &part, whole, &mut received)?;
        let _ = platform::remove_folder(part.join(WHOLE));
        ended.map(|()| received)
    }

    /// Returns the whole files that were being received when the program was killed.
    pub(super) fn arrived(&self, batch: &str) -> Result<Vec<Arrived>> {
        let whole = self.part(batch)?.join(WHOLE);
        let arrived = |entry: walkdir::DirEntry| {
            let bytes = entry.metadata().ok().filter(std::fs::Metadata::is_file)?.len();
            let mut place = entry.path().strip_prefix(&whole).ok()?.components();
            let size = place.next()?.as_os_str().to_str()?.parse().ok();
            let place = place.as_path().to_owned();
            (size == Some(bytes)).then(|| Arrived { path: entry.into_path(), place, bytes })
        };
        Ok(walkdir::WalkDir::new(&whole).sort_by_file_name().into_iter().flatten().filter_map(arrived).collect())
    }

    /// Gives their names to the whole files that were being received when the program was killed. If one cannot be named,
    /// it and those after it stay where they are.
    pub(super) fn take_arrived(&self, batch: &str) -> Result<()> {
        let (folder, part) = (self.batch(batch)?, self.part(batch)?);
        let of = |Arrived { path, place, bytes }| {
            let mut temporary = TempPath::try_from_path(path).map_err(|error| failed(&part, error))?;
            // Nobody can send the file again.
            temporary.disable_cleanup(true);
            Ok(Whole { temporary, path: place, bytes, again: false })
        };
        let files = self.arrived(batch)?.into_iter().map(of).collect::<Result<Vec<_>>>()?;
        let mut received = Received::default();
        name(&folder, &part, files, &mut received)?;
        match received.refused.first() {
            None => Ok(()),
            Some(refused) => Err(failed(Path::new(&refused.locator), std::io::ErrorKind::InvalidFilename.into())),
        }
    }
}

/// A whole file that was being received when the program was killed.
pub(super) struct Arrived {
    /// Where it is.
    path: PathBuf,
    /// Its path in the batch.
    pub(super) place: PathBuf,
    /// Size in bytes.
    pub(super) bytes: u64,
}

/// What came next in a body.
enum Next {
    /// A file.
    File(Whole),
    /// A file that was refused; it is noted.
    Refused,
    /// The end of the body.
    End,
}

/// Receives one file.
fn next(body: &mut impl Read, part: &Path, received: &mut Received) -> Result<Next> {
    let cut = |error| Error::input("upload-cut-off").because(error);
    let mut length = [0; 4];
    if body.read(&mut length[..1]).map_err(cut)? == 0 {
        return Ok(Next::End);
    }
    body.read_exact(&mut length[1..]).map_err(cut)?;
    let length = u32::from_be_bytes(length);
    if length > HEADER_BYTES {
        return Err(Error::input("upload-damaged"));
    }
    let mut header = vec![0; usize::try_from(length).unwrap_or_default()];
    body.read_exact(&mut header).map_err(cut)?;
    let header: Header =
        serde_json::from_slice(&header).map_err(|error| Error::input("upload-damaged").because(error))?;
    if header.unread {
        let error = Error::input("upload-file-unread").with("name", &header.path);
        received.refused.push(Problem::from_error(&error, &header.path));
        return Ok(Next::Refused);
    }
    let path = match clean(&header.path) {
        Ok(path) => path,
        Err(error) => {
            received.refused.push(Problem::from_error(&error, &header.path));
            copy(body, &mut std::io::sink(), header.size, Path::new(&header.path))?;
            return Ok(Next::Refused);
        }
    };
    let waiting = part.join(WHOLE).join(header.size.to_string()).join(&path);
    let mut file = tempfile::Builder::new().tempfile_in(part).map_err(|error| failed(part, error))?;
    copy(body, file.as_file_mut(), header.size, &path)?;
    file.flush().map_err(|error| failed(&path, error))?;
    if let Some(time) = header.modified.and_then(|modified| UNIX_EPOCH.checked_add(Duration::from_millis(modified))) {
        // A file system that keeps no such times loses nothing that matters.
        let _ = file.as_file().set_modified(time);
    }
    let mut temporary = file.into_temp_path();
    // A place that is taken, or a name that the system does not accept, is decided on with the file's own place.
    let placed = !waiting.exists()
        && waiting.parent().is_some_and(|parent| std::fs::create_dir_all(parent).is_ok())
        && platform::rename(&temporary, &waiting).is_ok();
    if placed {
        temporary = TempPath::try_from_path(&waiting).map_err(|error| failed(&path, error))?;
    }
    Ok(Next::File(Whole { temporary, path, bytes: header.size, again: header.again }))
}

/// Copies exactly `size` bytes.
fn copy(body: &mut impl Read, out: &mut impl std::io::Write, size: u64, target: &Path) -> Result<()> {
    let mut left = size;
    let mut buffer = vec![0; 64 * 1024];
    while left > 0 {
        let most = buffer.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        let read = body.read(&mut buffer[..most]).map_err(|error| Error::input("upload-cut-off").because(error))?;
        if read == 0 {
            return Err(Error::input("upload-cut-off"));
        }
        out.write_all(&buffer[..read]).map_err(|error| failed(target, error))?;
        left -= read as u64;
    }
    Ok(())
}

/// Makes the files durable, then gives them their names.
fn name(folder: &Path, part: &Path, files: Vec<Whole>, received: &mut Received) -> Result<()> {
    if files.is_empty() {
        return Ok(());
    }
    let synced =
        platform::FileSystem::of(part).and_then(|system| system.sync()).map_err(|error| failed(part, error))?;
    for file in files {
        let Whole { temporary, path, bytes, again } = file;
        let target = if again { folder.join(path) } else { place(folder, &path) };
        if !synced {
            platform::sync_file(&temporary).map_err(|error| failed(&target, error))?;
        }
        let parent = target.parent().unwrap_or(part);
        let named = std::fs::create_dir_all(parent).and_then(|()| platform::rename(&temporary, &target));
        match named {
            Ok(()) => {
                received.files += 1;
                received.bytes += bytes;
            }
            // One name that the system does not accept leaves the others alone.
            Err(error) if platform::refusal_to_write(&error).is_none() => {
                let locator = target.display().to_string();
                received.refused.push(Problem::from_error(&failed(&target, error), locator));
            }
            Err(error) => return Err(failed(&target, error)),
        }
    }
    Ok(())
}

/// Returns where a file goes: beside the one whose name it shares, never in its place. Names that a system takes for the
/// same, or that only differ in characters that it does not allow, meet here.
fn place(folder: &Path, path: &Path) -> PathBuf {
    let mut target = folder.join(path);
    let mut number = 2;
    while target.symlink_metadata().is_ok() {
        target = folder.join(format!("{number}")).join(path);
        number += 1;
    }
    target
}

#[cfg(test)]
mod tests {
    use super::super::tests::{body, inbox};
    use super::*;

    #[test]
    fn files_are_received_with_their_places_and_times() {
        let (_folder, inbox) = inbox();
        let batch = inbox.open().unwrap();
        let sent = body(&[("文章/页面.html", b"<p>"), ("文章/页面_files/1.png", b"png"), ("空.txt", b"")]);
        let received = inbox.receive(&batch, sent.as_slice()).unwrap();
        assert_eq!((received.files, received.bytes, received.refused.len()), (3, 6, 0));
        let page = inbox.batch(&batch).unwrap().join("文章/页面.html");
        assert_eq!(std::fs::read(&page).unwrap(), b"<p>");
        let modified = page.metadata().unwrap().modified().unwrap();
        assert_eq!(modified.duration_since(UNIX_EPOCH).unwrap().as_millis(), 1_700_000_000_123);
    }

    #[test]
    fn a_file_that_leads_elsewhere_is_refused_and_the_others_are_received() {
        let (folder, inbox) = inbox();
        let batch = inbox.open().unwrap();
        let sent = body(&[("../../../出去.html", b"x"), ("好.html", b"y"), ("/etc/x", b"z"), ("a/../../b", b"w")]);
        let received = inbox.receive(&batch, sent.as_slice()).unwrap();
        assert_eq!((received.files, received.refused.len()), (1, 3));
        assert_eq!(received.refused[0].code, "upload-name-refused");
        assert!(!folder.path().join("出去.html").exists());
    }

    #[test]
    fn a_body_that_breaks_off_anywhere_leaves_whole_files_only() {
        let sent = body(&[("一.html", b"first"), ("二.html", b"second")]);
        for end in 0..sent.len() {
            let (_folder, inbox) = inbox();
            let batch = inbox.open().unwrap();
            let received = inbox.receive(&batch, &sent[..end]);
            let folder = inbox.batch(&batch).unwrap();
            let names: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
            for path in &names {
                let bytes = std::fs::read(path).unwrap();
                assert!(bytes == b"first" || bytes == b"second", "{end}");
            }
            let first = body(&[("一.html", b"first")]).len();
            assert_eq!(names.len(), usize::from(end >= first), "{end}");
            assert_eq!(received.is_ok(), end == 0 || end == first, "{end}");
            assert_eq!(std::fs::read_dir(inbox.part(&batch).unwrap()).unwrap().count(), 0, "{end}");
        }
    }

    #[test]
    fn two_files_of_one_name_are_both_kept() {
        let (_folder, inbox) = inbox();
        let batch = inbox.open().unwrap();
        for bytes in [&b"one"[..], b"two", b"three"] {
            assert_eq!(inbox.receive(&batch, body(&[("a/甲.html", bytes)]).as_slice()).unwrap().files, 1);
        }
        let folder = inbox.batch(&batch).unwrap();
        let read = |path: &str| std::fs::read(folder.join(path)).unwrap();
        assert_eq!((read("a/甲.html"), read("2/a/甲.html")), (b"one".to_vec(), b"two".to_vec()));
        assert_eq!(inbox.content(&batch).unwrap().files, 3);
        // A file that is sent once more after a request broke off is the same file.
        let header = br#"{"path":"a/\u7532.html","size":3,"again":true}"#;
        let sent = [&u32::try_from(header.len()).unwrap().to_be_bytes()[..], header, b"ONE"].concat();
        inbox.receive(&batch, sent.as_slice()).unwrap();
        assert_eq!((read("a/甲.html"), inbox.content(&batch).unwrap().files), (b"ONE".to_vec(), 3));
    }

    #[test]
    fn a_file_that_the_browser_could_not_read_is_named() {
        let (_folder, inbox) = inbox();
        let batch = inbox.open().unwrap();
        let header = br#"{"path":"a/gone.html","size":7,"unread":true}"#;
        let sent = [&u32::try_from(header.len()).unwrap().to_be_bytes()[..], header].concat();
        let received = inbox.receive(&batch, [sent, body(&[("b.html", b"b")])].concat().as_slice()).unwrap();
        assert_eq!((received.files, received.refused.len()), (1, 1));
        assert_eq!((&*received.refused[0].code, &*received.refused[0].locator), ("upload-file-unread", "a/gone.html"));
    }

    /// Receives two whole files as far as a program gets that is killed before they are durable.
    fn killed_at_the_third_file(inbox: &Inbox) -> String {
        let batch = inbox.open().unwrap();
        let sent = body(&[("夹/一.html", b"first"), ("夹/二.html", b"second")]);
        let (part, mut body) = (inbox.part(&batch).unwrap(), sent.as_slice());
        for _ in 0..2 {
            // A killed program drops nothing.
            std::mem::forget(next(&mut body, &part, &mut Received::default()).unwrap());
        }
        batch
    }

    #[test]
    fn whole_files_outlive_a_kill() {
        let (_folder, inbox) = inbox();
        let batch = killed_at_the_third_file(&inbox);
        let (folder, part) = (inbox.batch(&batch).unwrap(), inbox.part(&batch).unwrap());
        std::fs::create_dir_all(part.join("whole/9")).unwrap();
        std::fs::write(part.join("whole/9/三.html"), "cut").unwrap();
        let content = inbox.content(&batch).unwrap();
        assert_eq!((content.files, content.bytes, content.unfinished), (2, 11, true));
        assert_eq!(content.names, ["夹"]);
        inbox.close(&batch).unwrap();
        let content = inbox.content(&batch).unwrap();
        assert_eq!((content.files, content.bytes, content.unfinished), (2, 11, false));
        assert_eq!(std::fs::read(folder.join("夹/二.html")).unwrap(), b"second");
    }

    #[test]
    fn whole_files_that_cannot_be_named_now_are_kept() {
        let (_folder, inbox) = inbox();
        let batch = killed_at_the_third_file(&inbox);
        let folder = inbox.batch(&batch).unwrap();
        // A file where the folder must be.
        std::fs::write(folder.join("夹"), "in the way").unwrap();
        assert!(inbox.close(&batch).is_err());
        assert_eq!(inbox.arrived(&batch).unwrap().len(), 2);
        platform::remove_file(folder.join("夹")).unwrap();
        inbox.close(&batch).unwrap();
        assert_eq!(std::fs::read(folder.join("夹/一.html")).unwrap(), b"first");
        assert_eq!(inbox.content(&batch).unwrap().files, 2);
    }

    #[test]
    fn a_batch_of_which_no_file_was_accepted_is_none() {
        let (_folder, inbox) = inbox();
        let batch = inbox.open().unwrap();
        assert_eq!(inbox.receive(&batch, body(&[("../x", b"x")]).as_slice()).unwrap().refused.len(), 1);
        inbox.close(&batch).unwrap();
        assert!(inbox.batches().unwrap().is_empty());
    }

    #[test]
    fn a_header_that_is_none_is_refused() {
        let (_folder, inbox) = inbox();
        let batch = inbox.open().unwrap();
        for sent in [&b"\xff\xff\xff\xff"[..], b"\0\0\0\x02{}", b"\0\0\0\x03abc"] {
            assert_eq!(inbox.receive(&batch, sent).unwrap_err().code(), "upload-damaged");
        }
        assert!(inbox.receive("../../etc", &b""[..]).is_err());
    }
}
