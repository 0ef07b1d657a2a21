//! Stores the list of the files that an earlier run wrote, with the path and key of each. It is kept in the archive's
//! working folder, not in the site, and is streamed, because it is as long as the site has files.

use std::fmt;
use std::fs::File;
use std::io::{BufReader, BufWriter, Read as _, Seek as _, Write};
use std::path::{Path, PathBuf};

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use super::writer::{note, part_name};
use crate::error::{Error, Result};
use crate::export::Losses;
use crate::model::{NameMap, Sha256};
use crate::platform;

/// A written file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Entry {
    pub(super) key: Sha256,
    pub(super) bytes: u64,
    /// What the file could not express.
    #[serde(default, skip_serializing_if = "Losses::is_empty")]
    pub(super) lost: Losses,
}

/// Calls `visit` for every file of a list; returns whether the list could be read completely.
pub(super) fn each(list: &Path, mut visit: impl FnMut(&str, Entry)) -> bool {
    let Ok(file) = platform::open_file(list) else { return false };
    let mut json = serde_json::Deserializer::from_reader(BufReader::with_capacity(1 << 16, file));
    json.deserialize_map(Entries(&mut visit)).is_ok() && json.end().is_ok()
}

struct Entries<'v>(&'v mut dyn FnMut(&str, Entry));

impl<'de> Visitor<'de> for Entries<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("files with their keys")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        while let Some((path, entry)) = entries.next_entry::<String, Entry>()? {
            (self.0)(&path, entry);
        }
        Ok(())
    }
}

/// Returns the files that an earlier run wrote. From now on the folder is known as an export, even if this run is
/// killed.
pub(super) fn begin(list: &Path) -> Result<NameMap<Entry>> {
    let mut known = NameMap::default();
    let whole = each(list, |path, entry| {
        known.put(path, entry);
    });
    if !whole {
        // An absent or unreadable list is empty, which only costs work.
        known = NameMap::default();
        note(list, b"{}")?;
    }
    Ok(known)
}

/// A log of the files that this run writes, in order.
pub(super) struct Log<'l> {
    list: &'l Path,
    new: Option<BufWriter<File>>,
    /// Whether the archive's working state is read-only.
    read_only: bool,
}

impl<'l> Log<'l> {
    pub(super) fn new(list: &'l Path) -> Self {
        Self { list, new: None, read_only: false }
    }

    fn failed(&self) -> impl Fn(std::io::Error) -> Error + use<'l> {
        let list = self.list;
        move |error| Error::disk("export-write-failed", list.display(), error)
    }

    pub(super) fn add(&mut self, path: &str, entry: &Entry) -> Result<()> {
        if self.read_only {
            return Ok(());
        }
        let failed = self.failed();
        if self.new.is_none() {
            let folder = self.list.parent().unwrap_or(self.list);
            match std::fs::create_dir_all(folder).and_then(|()| tempfile::tempfile_in(folder)) {
                Ok(file) => self.new = Some(BufWriter::with_capacity(1 << 16, file)),
                Err(error) if platform::is_read_only(&error) => self.read_only = true,
                Err(error) => return Err(failed(error)),
            }
        }
        let Some(new) = &mut self.new else { return Ok(()) };
        member(new, path, entry).and_then(|()| new.write_all(b",")).map_err(failed)
    }

    /// Replaces the list by the files for which `keep` is true, and the new ones.
    pub(super) fn save(self, mut keep: impl FnMut(&str) -> bool) -> Result<()> {
        let failed = self.failed();
        if self.read_only {
            return Ok(());
        }
        let part: PathBuf = part_name(self.list);
        let mut out = match File::create(&part) {
            Ok(file) => BufWriter::with_capacity(1 << 16, file),
            Err(error) if platform::is_read_only(&error) => return Ok(()),
            Err(error) => return Err(failed(error)),
        };
        let (mut written, mut comma) = (out.write_all(b"{"), &b""[..]);
        each(self.list, |path, entry| {
            if written.is_ok() && keep(path) {
                written = out.write_all(comma).and_then(|()| member(&mut out, path, &entry));
                comma = b",";
            }
        });
        written.map_err(&failed)?;
        if let Some(new) = self.new {
            let mut new = new.into_inner().map_err(|error| failed(error.into_error()))?;
            new.rewind().map_err(&failed)?;
            // Each entry is followed by a comma; the last one is dropped.
            let length = new.metadata().map_err(&failed)?.len();
            out.write_all(comma).map_err(&failed)?;
            std::io::copy(&mut new.take(length.saturating_sub(1)), &mut out).map_err(&failed)?;
        }
        out.write_all(b"}").map_err(&failed)?;
        drop(out.into_inner().map_err(|error| failed(error.into_error()))?);
        std::fs::rename(&part, self.list).map_err(failed)
    }
}

fn member(out: &mut impl Write, path: &str, entry: &Entry) -> std::io::Result<()> {
    serde_json::to_writer(&mut *out, path)?;
    out.write_all(b":")?;
    serde_json::to_writer(&mut *out, entry).map_err(Into::into)
}
