//! Tells apart inputs of one name that could not be read, in the keys of their gaps, without a path of the computer: two
//! broken `备份.zip` of different folders are two missing things.

use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::Path;
use std::time::UNIX_EPOCH;

use super::found_input::outermost;
use crate::model::{Gap, GapReason, Hasher, SubjectKind};
use crate::platform;
use crate::secret::without_secrets;

/// Number of bytes at each end of a file that identify it, together with its size: a broken video of gigabytes is not
/// read once more in every run.
const END: u64 = 1024 * 1024;

/// Marks gaps, with the last file's marks: a container may refuse thousands of members.
#[derive(Debug, Default)]
pub(crate) struct InputMarks {
    file: String,
    unread: Option<String>,
    broken: Option<String>,
}

impl InputMarks {
    /// Returns the gap with the mark of the input at `path` in its key, if it is the gap of that input or of a place in
    /// it. The gap of a locked archive already has the digest of its bytes.
    pub(crate) fn mark(&mut self, gap: Gap, path: &str) -> Gap {
        let file = outermost(path);
        if gap.kind != SubjectKind::Input || !gap.is_named_by_title() || !names(&gap, file) {
            return gap;
        }
        if self.file != file {
            *self = Self { file: file.to_owned(), ..Self::default() };
        }
        // What a stopped run did not reach is not opened.
        let mark = if gap.reason == GapReason::NotRead {
            self.unread.get_or_insert_with(|| state(&platform::path_of(file)))
        } else {
            self.broken.get_or_insert_with(|| content(&platform::path_of(file)))
        };
        gap.marked(mark)
    }
}

/// Reports whether the gap's title is the name of this file or of a place in it: a page waits for a picture beside it.
fn names(gap: &Gap, file: &str) -> bool {
    let title = gap.title.as_deref().unwrap_or_default();
    let file = platform::path_of(file);
    let own = platform::name_of(file.file_name().unwrap_or_default());
    let own = without_secrets(&own);
    outermost(title).rsplit('/').next() == Some(own.as_ref())
}

/// Returns what identifies the bytes of a file: its size where they cannot be read. Empty for anything else.
fn content(file: &Path) -> String {
    let Ok(metadata) = file.metadata().map_err(drop).and_then(|found| found.is_file().then_some(found).ok_or(()))
    else {
        return String::new();
    };
    let size = metadata.len();
    let ends = || -> std::io::Result<String> {
        let (mut reader, mut hasher) = (platform::open_file(file)?, Hasher::new());
        let mut bytes = Vec::new();
        reader.by_ref().take(END).read_to_end(&mut bytes)?;
        hasher.update(&bytes);
        if size > END {
            bytes.clear();
            reader.seek(SeekFrom::Start(END.max(size.saturating_sub(END))))?;
            reader.take(END).read_to_end(&mut bytes)?;
            hasher.update(&bytes);
        }
        Ok(hasher.finish().hex())
    };
    format!("{size} {}", ends().unwrap_or_default())
}

/// Returns what identifies a file that was not opened. Empty for a folder.
fn state(file: &Path) -> String {
    let Ok(metadata) = file.metadata() else { return String::new() };
    let changed = metadata.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok()).unwrap_or_default();
    if metadata.is_file() { format!("{} {}", metadata.len(), changed.as_secs()) } else { String::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(path: &Path, title: &str, reason: GapReason) -> String {
        let gap = Gap::of_input(title, reason, Some("zip-open-failed"));
        InputMarks::default().mark(gap, &platform::text_of(path)).key
    }

    #[test]
    fn files_of_one_name_have_keys_of_their_own() {
        let folder = tempfile::tempdir().unwrap();
        let mut long = vec![7; 3 * 1024 * 1024];
        let mut files: Vec<Vec<u8>> = vec![b"PK one".to_vec(), b"PK two".to_vec(), b"PK".to_vec(), long.clone()];
        *long.last_mut().unwrap() = 8;
        files.push(long);
        let mut keys = Vec::new();
        for (number, bytes) in files.iter().enumerate() {
            let place = folder.path().join(number.to_string());
            std::fs::create_dir(&place).unwrap();
            let file = place.join("备份.zip");
            std::fs::write(&file, bytes).unwrap();
            keys.push(key(&file, "备份.zip", GapReason::BrokenInput));
            // The folder it lies in does not matter, and neither does whether it could be read to the end.
            let copy = place.join("copy");
            std::fs::create_dir(&copy).unwrap();
            std::fs::copy(&file, copy.join("备份.zip")).unwrap();
            assert_eq!(key(&copy.join("备份.zip"), "备份.zip", GapReason::BrokenInput), keys[number]);
        }
        let mut different = keys.clone();
        different.sort();
        different.dedup();
        assert_eq!(different.len(), files.len(), "{keys:?}");
        assert!(keys.iter().all(|key| key.len() == "input:".len() + 16));
    }

    #[test]
    fn a_gap_of_something_else_keeps_its_key() {
        let folder = tempfile::tempdir().unwrap();
        let page = folder.path().join("文章.html");
        std::fs::write(&page, "<p>").unwrap();
        let beside = Gap::of_input("文章_files/640.png", GapReason::BrokenInput, None);
        let mut marks = InputMarks::default();
        assert_eq!(marks.mark(beside.clone(), &platform::text_of(&page)), beside);
        let locked = Gap::new(SubjectKind::Input, format!("input:{:064}", 1), GapReason::PasswordNeeded);
        assert_eq!(marks.mark(locked.clone(), &platform::text_of(&page)), locked);
        // What cannot be found again keeps the key of its name.
        let gone = Gap::of_input("x.html", GapReason::NotRead, None);
        assert_eq!(marks.mark(gone.clone(), "/nowhere/x.html"), gone);
        let own = Gap::of_input("文章.html", GapReason::NotRead, None);
        assert_ne!(marks.mark(own.clone(), &platform::text_of(&page)), own);
    }
}
