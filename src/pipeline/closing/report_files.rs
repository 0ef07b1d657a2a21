//! Writes the files of the readiness report. They belong together: each is written under a temporary name, and all are
//! renamed at the end, so that an interrupted run leaves the previous report intact.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::model::{Hasher, Sha256};
use crate::platform;

/// The files of a report that is being written.
pub(super) struct ReportFiles<'a> {
    root: &'a Path,
    /// Names of the written files.
    names: Vec<&'static str>,
    read_only: bool,
}

impl<'a> ReportFiles<'a> {
    /// Begins a report in the archive's folder.
    pub(super) fn new(root: &'a Path) -> Self {
        Self { root, names: Vec::new(), read_only: false }
    }

    /// Writes a file; in a read-only folder only its digest is computed. Returns the digest of its bytes.
    ///
    /// # Errors
    /// `report-not-kept`.
    pub(super) fn write(
        &mut self,
        name: &'static str,
        write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<Sha256> {
        let part = self.part(name);
        let file = match File::create(&part) {
            Ok(file) => Some(file),
            Err(error) if platform::is_read_only(&error) => None,
            Err(error) => return Err(self.failed(name, error)),
        };
        self.read_only |= file.is_none();
        let mut out = BufWriter::new(Digested { hasher: Hasher::new(), file });
        let written = write(&mut out).and_then(|()| out.into_inner().map_err(io::IntoInnerError::into_error));
        match written {
            Ok(Digested { hasher, file }) => {
                self.names.extend(file.map(|_| name));
                Ok(hasher.finish())
            }
            Err(error) => {
                let _ = platform::remove_file(&part);
                Err(self.failed(name, error))
            }
        }
    }

    /// Renames the files to their final names. Reports whether all of them were written.
    ///
    /// # Errors
    /// `report-not-kept`.
    pub(super) fn finish(self) -> Result<bool> {
        for name in &self.names {
            platform::rename(self.part(name), self.root.join(name)).map_err(|error| self.failed(name, error))?;
        }
        Ok(!self.read_only)
    }

    fn part(&self, name: &str) -> PathBuf {
        self.root.join(format!("{name}.part"))
    }

    fn failed(&self, name: &str, error: io::Error) -> Error {
        Error::disk("report-not-kept", self.root.join(name).display(), error)
    }
}

/// A file and the digest of its bytes.
struct Digested {
    hasher: Hasher,
    /// `None` in a read-only folder.
    file: Option<File>,
}

impl Write for Digested {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if let Some(file) = &mut self.file {
            file.write_all(bytes)?;
        }
        self.hasher.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_report_that_was_not_finished_leaves_the_last_one() {
        let folder = tempfile::tempdir().unwrap();
        let read = |name: &str| fs::read_to_string(folder.path().join(name)).ok();
        let mut first = ReportFiles::new(folder.path());
        let digest = first.write("readiness.json", |out| out.write_all(b"one")).unwrap();
        assert_eq!((digest, read("readiness.json")), (Sha256::of(b"one"), None));
        assert!(first.finish().unwrap());
        assert_eq!(read("readiness.json").as_deref(), Some("one"));
        let mut second = ReportFiles::new(folder.path());
        second.write("readiness.json", |out| out.write_all(b"two")).unwrap();
        let full = second.write("readiness.html", |_| Err(io::ErrorKind::StorageFull.into())).unwrap_err();
        assert_eq!(full.code(), "report-not-kept");
        assert_eq!((read("readiness.json").as_deref(), read("readiness.html.part")), (Some("one"), None));
    }
}
