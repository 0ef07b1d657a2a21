//! The sources. Files are read by [`Importer`]s: synchronous, without tokio, many in parallel. The network is read by
//! [`Collector`](api::collector::Collector)s. Adding a source takes one file, one line in a registry
//! ([`file::registry`], [`api::registry`]) and one fixture folder.
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

/// The description of a source: feeds `liudi sources`, the README's table and the shell completions.
#[derive(Debug)]
pub struct Info {
    /// Stable name in kebab-case, written to the catalog and to `article.json`.
    pub name: &'static str,
    /// Summary in Chinese, one line.
    pub summary_zh: &'static str,
    /// Summary in English, one line.
    pub summary_en: &'static str,
    /// File name patterns of such inputs: `*.html`, `微信支付账单*.csv`.
    pub patterns: &'static [&'static str],
    /// Version of the reader. Raised whenever the same bytes would give other items, so that the catalog reads them
    /// again.
    pub version: u32,
}

/// The inputs inside an input, which its importer hands on as [`Item::Input`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holds {
    /// No other inputs.
    Nothing,
    /// Parts, besides items of the input itself: rows of a database, links of a note, the body of a response.
    Parts,
    /// Only recorded or sent inputs of any kind: a HAR, a mail, a web archive.
    Recordings,
}

/// A reader of one kind of file.
pub trait Importer: Sync {
    /// Returns the description of the importer.
    fn info(&self) -> &'static Info;

    /// Returns what its inputs contain. Inner inputs are searched for secrets before anything is kept, so an importer
    /// that emits [`Item::Input`] must override this default.
    fn holds(&self) -> Holds {
        Holds::Nothing
    }

    /// Returns whether [`Importer::identify`] ever is sure. One that never is may look at all of an input: it is asked only
    /// where no other is sure.
    fn is_ever_sure(&self) -> bool {
        true
    }

    /// Reports whether this input is of its kind, judged by content. [`Match::Sure`] from two importers is an error.
    fn identify(&self, probe: &mut Probe<'_>) -> Match;

    /// Reads the input: keeps its evidence and emits its items. `Err` means that the input could not be read as a
    /// whole; items emitted before still count.
    fn read(&self, input: &Input, cx: &ImportCx<'_>, out: &mut dyn Out) -> Result<()>;
}

/// An item emitted by a source.
#[derive(Debug)]
#[non_exhaustive]
pub enum Item {
    /// A gap: something known to be missing.
    Gap(Gap),
    /// A gap that is closed: the missing thing is held after all.
    Held(SubjectKind, String),
    /// Another input found inside this one (a HAR entry's body, a MIME part), to be identified and read in turn.
    Input(Input),
    /// The medium of a file that [`EvidenceWriter::exact`] kept on [`Destination::Media`].
    Media(MediaHeld),
    /// A problem to report to the user.
    Problem(Problem),
    /// An observation and the evidence it rests on.
    Record(Record, EvidenceId),
    /// A row of a private table ([`crate::model::dataset`]) and the evidence it rests on.
    Row(DataRow, EvidenceId),
    /// A video or recording saved as a separate file, kept by [`EvidenceWriter::exact`] on [`Destination::Media`]. The
    /// work or article it belongs to is determined later.
    Saved(SavedFile),
    /// Totals of the statements read from one file. Their rows went through [`ImportCx::ledger`].
    Statements(Vec<crate::model::statement::Statement>, EvidenceId),
    /// The number of rows of a private table, as the platform reports it.
    Total(DataTotal, EvidenceId),
}

/// A receiver of items.
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

/// The id of kept evidence: the digest of the bytes as kept (secrets blanked).
pub type EvidenceId = Sha256;

/// The provenance of a leaf of evidence.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EvidenceMeta {
    /// Name of the source that reads the leaf.
    pub source: &'static str,
    /// Locator: `folder/a.html`, `x.har!/entries/12`, or a URL without secrets.
    pub locator: String,
    /// Kind of leaf, for packing similar leaves together: `page`, `list`, `bill` …
    pub template: &'static str,
    /// MIME type by content.
    pub mime: &'static str,
    /// Time of the file's last change, or of the response.
    pub time: Option<Time>,
    /// Request line, status, redirect chain and kept headers of a fetch (JSON object), with secrets blanked.
    pub fetch: Option<serde_json::Map<String, serde_json::Value>>,
}

impl EvidenceMeta {
    /// Returns the metadata of an input that is kept unchanged and read by `source`.
    pub fn of(input: &Input, source: &'static str, template: &'static str, mime: &'static str) -> Self {
        Self { source, locator: input.locator().to_owned(), template, mime, time: input.modified(), fetch: None }
    }
}

/// The shelf for a bit-exact file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Destination {
    /// Bills: `private/data/billing/raw/`.
    Billing,
    /// Documents: `private/data/documents/`.
    Documents,
    /// Media: `media/sha256/` of either bag, depending on its use.
    Media,
}

/// A store of evidence. Ids are returned at once; the bytes are durable before any row that names them is.
pub trait EvidenceWriter: Sync {
    /// Keeps a decoded leaf (a page, a response body, a list) in an evidence pack, with secrets and visitor fields
    /// blanked at equal length. `bytes` are the unblanked ones, which parsers may go on using.
    fn redacted(&self, bytes: &[u8], meta: &EvidenceMeta) -> Result<EvidenceId>;

    /// Keeps a file bit-exact. `name` is the file's own name, for shelves that show names (billing, documents).
    fn exact(
        &self,
        reader: &mut dyn std::io::Read,
        name: &str,
        shelf: Destination,
        meta: &EvidenceMeta,
    ) -> Result<EvidenceId>;
}

/// The context of an importer.
pub struct ImportCx<'a> {
    /// Store of evidence.
    pub evidence: &'a dyn EvidenceWriter,
    /// Sink for the rows of a statement, in order.
    pub ledger: &'a dyn LedgerSink,
    /// Passwords given by the user, for inner archives.
    pub passwords: &'a Passwords,
    /// Limits of what containers may cost, and the scratch folder for long bodies.
    pub budget: &'a file::container::zip::Budget,
}
