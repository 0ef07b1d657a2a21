//! Where things come from. Files are read by [`Importer`]s: synchronous, no tokio, many run side by side. The network
//! is read by [`Collector`](api::collector::Collector)s. Adding a source is one file, one line in a registry ([`file::registry`], [`api::registry`]), one fixture folder.
//!
//! A source never touches the archive or the catalog: it keeps evidence through its context and emits [`Item`]s.

pub mod api;
pub mod file;
pub mod input;
pub mod rows;

use crate::error::Result;
use crate::model::{DataRow, DataTotal, Gap, Problem, Record, SavedFile, Sha256, SubjectKind, Time};

pub use crate::model::MediaHeld;
pub use crate::model::statement::{LedgerRows, LedgerSink};

pub use self::input::probe::{Match, Probe};
pub use self::input::received::Received;
pub use input::{Input, Passwords};

/// What a source says of itself: feeds `liudi sources`, the README's table and shell completions.
#[derive(Debug)]
pub struct Info {
    /// Stable name, kebab-case: stands in the catalog and in `article.json`.
    pub name: &'static str,
    /// One line, Chinese.
    pub summary_zh: &'static str,
    /// One line, English.
    pub summary_en: &'static str,
    /// What such inputs look like: `*.html`, `微信支付账单*.csv`.
    pub patterns: &'static [&'static str],
    /// Raised whenever the same bytes would give other items: makes the catalog read them again.
    pub version: u32,
}

/// What inputs of a kind hold: whether other inputs are in them, which an importer hands on as [`Item::Input`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holds {
    /// Nothing but themselves.
    Nothing,
    /// Parts, besides what they say themselves: rows of a database, links of a note, the body of an answer.
    Parts,
    /// Only what was recorded or sent, of whatever kind: a HAR, a mail, a web archive.
    Recordings,
}

/// Reads one kind of file.
pub trait Importer: Sync {
    /// What it is.
    fn info(&self) -> &'static Info;

    /// Returns what its inputs hold. What is in them is searched for secrets before anything is kept, so that an importer
    /// that emits [`Item::Input`] must not leave this as it is.
    fn holds(&self) -> Holds {
        Holds::Nothing
    }

    /// Whether this input is of its kind, judged by content. Two [`Match::Sure`] of different importers are an error.
    fn identify(&self, probe: &mut Probe<'_>) -> Match;

    /// Reads the input: keeps its evidence, emits what it finds. `Err` means that the input could not be read as a
    /// whole; whatever was emitted before still counts.
    fn read(&self, input: &Input, cx: &ImportCx<'_>, out: &mut dyn Out) -> Result<()>;
}

/// What a source emits.
#[derive(Debug)]
#[non_exhaustive]
pub enum Item {
    /// Something known to be missing.
    Gap(Gap),
    /// Something that was missing is held after all.
    Held(SubjectKind, String),
    /// Another input found inside this one (a HAR entry's body, a MIME part): identified and read in its turn.
    Input(Input),
    /// A file kept by [`EvidenceWriter::exact`] on [`Destination::Media`] is this medium.
    Media(MediaHeld),
    /// Something a person must hear of.
    Problem(Problem),
    /// An observation, resting on the evidence kept for it.
    Record(Record, EvidenceId),
    /// A row of a private table ([`crate::model::dataset`]), resting on the evidence kept for it.
    Row(DataRow, EvidenceId),
    /// A video or recording that was saved by itself, kept by [`EvidenceWriter::exact`] on [`Destination::Media`]: whose it is is settled later.
    Saved(SavedFile),
    /// Statements were read, all of one file: their totals. Their rows went through [`ImportCx::ledger`].
    Statements(Vec<crate::model::statement::Statement>, EvidenceId),
    /// How many rows of a private table there are, as the platform says.
    Total(DataTotal, EvidenceId),
}

/// Receives items.
pub trait Out {
    /// Takes one item.
    fn item(&mut self, item: Item) -> Result<()>;
}

impl Out for Vec<Item> {
    fn item(&mut self, item: Item) -> Result<()> {
        self.push(item);
        Ok(())
    }
}

/// Names kept evidence: the digest of the bytes as kept (secrets blanked).
pub type EvidenceId = Sha256;

/// Where a leaf came from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EvidenceMeta {
    /// Name of the source that reads it.
    pub source: &'static str,
    /// `folder/a.html`, `x.har!/entries/12`, a URL without secrets.
    pub locator: String,
    /// Kind of leaf, for packing like with like: `page`, `list`, `bill` …
    pub template: &'static str,
    /// MIME type by content.
    pub mime: &'static str,
    /// When the file was last changed, or the response came.
    pub time: Option<Time>,
    /// For a fetch: request line, status, redirect chain, kept headers (JSON object); secrets blanked.
    pub fetch: Option<serde_json::Map<String, serde_json::Value>>,
}

impl EvidenceMeta {
    /// The metadata of an input that is kept as it is, read by `source`.
    pub fn of(input: &Input, source: &'static str, template: &'static str, mime: &'static str) -> Self {
        Self { source, locator: input.locator().to_owned(), template, mime, time: input.modified(), fetch: None }
    }
}

/// Where a bit-exact file goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Destination {
    /// `private/data/billing/raw/`.
    Billing,
    /// `private/data/documents/`.
    Documents,
    /// `media/sha256/` of either bag, by use.
    Media,
}

/// Keeps evidence. Ids are returned at once; the bytes are durable before any row that names them is.
pub trait EvidenceWriter: Sync {
    /// Keeps a decoded leaf (a page, a response body, a list): secrets and visitor fields are blanked at equal length,
    /// then it goes into an evidence pack. `bytes` are the unblanked ones, which parsers may go on using.
    fn redacted(&self, bytes: &[u8], meta: &EvidenceMeta) -> Result<EvidenceId>;

    /// Keeps a file bit-exact. `name` is its own name, for the shelf that shows names (billing, documents).
    fn exact(
        &self,
        reader: &mut dyn std::io::Read,
        name: &str,
        shelf: Destination,
        meta: &EvidenceMeta,
    ) -> Result<EvidenceId>;
}

/// What an importer may use.
pub struct ImportCx<'a> {
    /// Keeps evidence.
    pub evidence: &'a dyn EvidenceWriter,
    /// Takes the rows of a statement, in order.
    pub ledger: &'a dyn LedgerSink,
    /// The passwords the person gave, for archives inside.
    pub passwords: &'a Passwords,
    /// What containers may cost, and where long bodies wait.
    pub budget: &'a file::container::zip::Budget,
}
