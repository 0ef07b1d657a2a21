//! Writes and reads `evidence/index.csv` of the private bag: the origin and the path of every kept leaf and file. It is
//! written in the order of digests and read back when the catalog is rebuilt.

use std::io::Write;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::store::batch::EvidenceRow;

/// A row of the index.
#[derive(Debug, Serialize, Deserialize)]
struct Row {
    sha256: String,
    bytes: u64,
    place: String,
    shelf: String,
    source: String,
    version: u32,
    locator: String,
    template: String,
    mime: String,
    time: String,
    blanked: u32,
    run: i64,
    fetch: String,
}

/// A writer of the index.
pub struct IndexWriter<W: Write> {
    writer: csv::Writer<W>,
}

fn failed(error: csv::Error) -> Error {
    Error::other("evidence-index-failed").because(error)
}

impl<W: Write> IndexWriter<W> {
    /// Begins an index in `out`: UTF-8 with BOM and CRLF, like all tables.
    pub fn new(mut out: W) -> Result<Self> {
        out.write_all(b"\xef\xbb\xbf").map_err(|error| failed(error.into()))?;
        let writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out);
        Ok(Self { writer })
    }

    /// Writes one row; rows must come in the order of digests.
    pub fn row(&mut self, row: &EvidenceRow, run: i64) -> Result<()> {
        self.writer
            .serialize(Row {
                sha256: row.digest.hex(),
                bytes: row.bytes,
                place: row.place.clone(),
                shelf: row.shelf.unwrap_or_default().to_owned(),
                source: row.source.clone(),
                version: row.version,
                locator: row.locator.clone(),
                template: row.template.clone(),
                mime: row.mime.clone(),
                time: row.time.map(|time| time.to_string()).unwrap_or_default(),
                blanked: row.blanked,
                run,
                fetch: row.fetch.clone().unwrap_or_default(),
            })
            .map_err(failed)
    }

    /// Finishes the index and returns `out`.
    pub fn finish(self) -> Result<W> {
        self.writer.into_inner().map_err(|error| failed(error.into_error().into()))
    }
}

/// Reads an index: every row with the number of the run that added it.
pub fn read_index(bytes: &[u8], mut visit: impl FnMut(EvidenceRow, i64) -> Result<()>) -> Result<()> {
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    for row in csv::Reader::from_reader(text).deserialize::<Row>() {
        let row = row.map_err(failed)?;
        let Ok(digest) = row.sha256.parse() else {
            return Err(Error::other("evidence-index-failed").with("digest", row.sha256));
        };
        let shelf = match row.shelf.as_str() {
            "billing" => Some("billing"),
            "documents" => Some("documents"),
            _ => None,
        };
        visit(
            EvidenceRow {
                digest,
                bytes: row.bytes,
                source: row.source,
                version: row.version,
                locator: row.locator,
                template: row.template,
                mime: row.mime,
                time: row.time.parse().ok(),
                fetch: (!row.fetch.is_empty()).then_some(row.fetch),
                blanked: row.blanked,
                shelf,
                place: row.place,
            },
            row.run,
        )?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Sha256, Time};

    #[test]
    fn what_is_written_is_read_back() {
        let row = EvidenceRow {
            digest: Sha256::of(b"a"),
            bytes: 1,
            source: "page".into(),
            version: 3,
            locator: "a,\"b\".html".into(),
            template: "page".into(),
            mime: "text/html".into(),
            time: Time::from_unix(1_700_000_000),
            fetch: None,
            blanked: 2,
            shelf: Some("billing"),
            place: "billing/raw/x.csv".into(),
        };
        let mut writer = IndexWriter::new(Vec::new()).unwrap();
        writer.row(&row, 7).unwrap();
        let mut read = Vec::new();
        read_index(&writer.finish().unwrap(), |row, run| {
            read.push((format!("{row:?}"), run));
            Ok(())
        })
        .unwrap();
        assert_eq!(read, [(format!("{row:?}"), 7)]);
    }
}
