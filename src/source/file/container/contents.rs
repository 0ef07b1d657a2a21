//! Lists the parts of a container, one JSON line each, as evidence instead of the container. A container itself is
//! never kept, because it holds cookies and keys, but its contents and their origin must be on record.

use serde_json::{Map, Value};

use crate::error::Result;
use crate::source::{EvidenceMeta, ImportCx, Input};

/// Largest number of parts in one leaf.
const PARTS: usize = 10_000;

/// The list of one container's contents, built while reading.
pub(crate) struct Contents<'a> {
    cx: &'a ImportCx<'a>,
    source: &'static str,
    input: &'a Input,
    lines: Vec<u8>,
    count: usize,
}

impl<'a> Contents<'a> {
    /// Creates the list of `input`, read by `source`.
    pub(crate) fn new(cx: &'a ImportCx<'a>, source: &'static str, input: &'a Input) -> Self {
        Self { cx, source, input, lines: Vec::new(), count: 0 }
    }

    /// Records one part: its number, the kept facts of its reception, its type and its length in bytes.
    pub(crate) fn note(
        &mut self,
        number: u64,
        fetch: &Map<String, Value>,
        mime: &str,
        bytes: Option<u64>,
    ) -> Result<()> {
        let mut line = Map::new();
        line.insert("part".to_owned(), number.into());
        // A declared type can be any text of any length.
        line.insert("type".to_owned(), mime.chars().take(80).collect::<String>().into());
        line.insert("bytes".to_owned(), bytes.map_or(Value::Null, Value::from));
        line.extend(
            fetch.iter().filter(|(name, _)| *name != "headers").map(|(name, value)| (name.clone(), value.clone())),
        );
        self.lines.extend_from_slice(Value::from(line).to_string().as_bytes());
        self.lines.push(b'\n');
        self.count += 1;
        if self.count >= PARTS { self.keep() } else { Ok(()) }
    }

    /// Keeps the recorded parts as evidence.
    pub(crate) fn keep(&mut self) -> Result<()> {
        self.count = 0;
        let lines = std::mem::take(&mut self.lines);
        if lines.is_empty() {
            return Ok(());
        }
        let meta = EvidenceMeta {
            source: self.source,
            locator: self.input.locator().to_owned(),
            template: "contents",
            mime: "application/x-ndjson",
            time: self.input.modified(),
            fetch: None,
        };
        self.cx.evidence.redacted(&lines, &meta).map(drop)
    }
}
