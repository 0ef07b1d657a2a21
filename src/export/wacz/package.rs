//! Writes the members of a WACZ and describes them: what lies where, with digest and length.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::{Map, Value, json};
use zip::{CompressionMethod, ZipWriter};

use super::record::labelled;
use super::{FILE, failed};
use crate::error::Result;
use crate::export::Sink;
use crate::model::Hasher;
use crate::platform;

/// Version of the format of the package.
const VERSION: &str = "1.1.1";
const DATAPACKAGE: &str = "datapackage.json";

/// A file of the package.
#[derive(Debug, Serialize)]
struct Resource {
    name: String,
    path: String,
    hash: String,
    bytes: u64,
}

/// A package that is being written.
pub(super) struct Package<'o> {
    zip: ZipWriter<&'o mut dyn Sink>,
    resources: Vec<Resource>,
}

impl<'o> Package<'o> {
    pub(super) fn new(out: &'o mut dyn Sink) -> Self {
        Self { zip: ZipWriter::new(out), resources: Vec::new() }
    }

    /// Writes a member without compression, which readers load in parts. It may be larger than 4 GB.
    pub(super) fn stored<T>(&mut self, path: &str, write: impl FnOnce(&mut dyn Write) -> Result<T>) -> Result<T> {
        let options = platform::zip_member().compression_method(CompressionMethod::Stored).large_file(true);
        self.zip.start_file(path, options).map_err(failed)?;
        self.member(path, write)
    }

    /// Writes a compressed member.
    pub(super) fn deflated<T>(&mut self, path: &str, write: impl FnOnce(&mut dyn Write) -> Result<T>) -> Result<T> {
        self.zip.start_file(path, deflated()).map_err(failed)?;
        self.member(path, write)
    }

    fn member<T>(&mut self, path: &str, write: impl FnOnce(&mut dyn Write) -> Result<T>) -> Result<T> {
        let mut member = Member { zip: &mut self.zip, hasher: Hasher::new() };
        let written = write(&mut member)?;
        let Member { hasher, .. } = member;
        let name = path.rsplit('/').next().unwrap_or(path).to_owned();
        let bytes = hasher.bytes();
        self.resources.push(Resource { name, path: path.to_owned(), hash: labelled(hasher.finish()), bytes });
        Ok(written)
    }

    /// Writes the description of the package, with what `about` adds to it, and ends the file.
    pub(super) fn finish(mut self, about: Map<String, Value>) -> Result<()> {
        let mut described = Map::new();
        described.insert("profile".to_owned(), "data-package".into());
        described.insert("wacz_version".to_owned(), VERSION.into());
        described.extend(about);
        described.insert("resources".to_owned(), json!(self.resources));
        let mut text = serde_json::to_vec_pretty(&described).map_err(|error| failed(io::Error::from(error)))?;
        text.push(b'\n');
        let mut hasher = Hasher::new();
        hasher.update(&text);
        let digest = json!({ "path": DATAPACKAGE, "hash": labelled(hasher.finish()) });
        for (name, text) in [(DATAPACKAGE, text), ("datapackage-digest.json", format!("{digest}\n").into_bytes())] {
            self.zip.start_file(name, deflated()).map_err(failed)?;
            self.zip.write_all(&text).map_err(failed)?;
        }
        self.zip.finish().map(drop).map_err(failed).map_err(|error| error.with("path", FILE))
    }
}

fn deflated() -> zip::write::SimpleFileOptions {
    platform::zip_member().compression_method(CompressionMethod::Deflated)
}

/// A member that is being written.
struct Member<'z, 'o> {
    zip: &'z mut ZipWriter<&'o mut dyn Sink>,
    hasher: Hasher,
}

impl Write for Member<'_, '_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.zip.write(bytes)?;
        self.hasher.update(&bytes[..count]);
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.zip.flush()
    }
}
