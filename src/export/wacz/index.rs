//! Writes the index of the records: CDXJ lines sorted by bytes, in gzip members of some hundred lines (ZipNum), and the
//! list of the first lines, by which a reader loads only the members that it needs.

use std::fmt::Write as _;
use std::io::Write;

use flate2::{Compression, GzBuilder};
use serde_json::json;
use url::Url;

use super::record::{Placed, labelled};
use super::surt::surt;
use crate::model::Sha256;

/// Name of the index, which the list repeats.
pub(super) const NAME: &str = "index.cdx.gz";
/// Lines of a member, as other indexers write them.
const LINES: usize = 300;

/// A record in the index.
#[derive(Debug)]
pub(super) struct Entry {
    key: Box<str>,
    /// `20240131080000`, in UTC.
    time: Box<str>,
    url: Box<str>,
    mime: Box<str>,
    /// Status of a response.
    status: Option<u16>,
    /// Digest of the payload.
    digest: Sha256,
    placed: Placed,
}

impl Entry {
    /// Creates the entry of the record at `placed`. `date` is that of its header.
    pub(super) fn new(url: &Url, date: &str, mime: &str, status: Option<u16>, digest: Sha256, placed: Placed) -> Self {
        Self {
            key: surt(url).into(),
            time: date.chars().filter(char::is_ascii_digit).collect::<String>().into(),
            url: url.as_str().into(),
            mime: mime.into(),
            status,
            digest,
            placed,
        }
    }

    /// Returns the line, with the text values that other indexers write.
    fn line(&self, file: &str) -> String {
        let mut fields = json!({ "url": self.url, "mime": self.mime });
        if let Some(status) = self.status {
            fields["status"] = status.to_string().into();
        }
        fields["digest"] = labelled(self.digest).into();
        fields["length"] = self.placed.length.to_string().into();
        fields["offset"] = self.placed.offset.to_string().into();
        fields["filename"] = file.into();
        fields["recordDigest"] = labelled(self.placed.digest).into();
        format!("{} {} {fields}\n", self.key, self.time)
    }
}

/// Writes the index of `entries`, which are records of `file`; returns the list.
pub(super) fn write(mut entries: Vec<Entry>, file: &str, out: &mut dyn Write) -> std::io::Result<String> {
    entries.sort_unstable_by(|a, b| {
        // A key has no characters below the space that ends it, so keys sort as their lines do.
        (&a.key, &a.time).cmp(&(&b.key, &b.time)).then_with(|| a.line(file).cmp(&b.line(file)))
    });
    let mut list = format!("!meta 0 {}\n", json!({ "format": "cdxj-gzip-1.0", "filename": NAME }));
    let mut offset = 0;
    for block in entries.chunks(LINES) {
        let mut member = GzBuilder::new().mtime(0).operating_system(255).write(Vec::new(), Compression::new(6));
        for entry in block {
            member.write_all(entry.line(file).as_bytes())?;
        }
        let member = member.finish()?;
        out.write_all(&member)?;
        let first = json!({
            "offset": offset, "length": member.len(), "digest": labelled(Sha256::of(&member)), "filename": NAME,
        });
        let start = &block[0];
        let _ = writeln!(list, "{} {} {first}", start.key, start.time);
        offset += member.len();
    }
    Ok(list)
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    #[test]
    fn lines_are_sorted_by_bytes_and_the_list_leads_to_them() {
        let entries = (0..650_u64).map(|number| {
            let url = Url::parse(&format!("https://a.example/{}?b={}", number % 7, 650 - number)).unwrap();
            let placed = Placed { offset: number, length: 1, digest: Sha256::of(b"") };
            Entry::new(&url, "2024-01-31T08:00:00Z", "text/html", None, Sha256::of(b"x"), placed)
        });
        let mut packed = Vec::new();
        let list = write(entries.collect(), "data.warc.gz", &mut packed).unwrap();
        let mut text = String::new();
        flate2::read::MultiGzDecoder::new(&*packed).read_to_string(&mut text).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines.len() == 650 && lines.is_sorted(), "{text}");
        let listed: Vec<&str> = list.lines().collect();
        assert_eq!((listed.len(), listed[0].starts_with("!meta 0 {")), (4, true));
        for (number, line) in listed[1..].iter().enumerate() {
            let (key, at) = line.split_once(" {").unwrap();
            let at: serde_json::Value = serde_json::from_str(&format!("{{{at}")).unwrap();
            let number_of = |name: &str| usize::try_from(at[name].as_u64().unwrap()).unwrap();
            let member = &packed[number_of("offset")..][..number_of("length")];
            assert_eq!(at["digest"], labelled(Sha256::of(member)));
            let mut block = String::new();
            flate2::read::GzDecoder::new(member).read_to_string(&mut block).unwrap();
            assert!(block.starts_with(&format!("{key} ")) && block.starts_with(lines[number * LINES]), "{block}");
        }
    }
}
