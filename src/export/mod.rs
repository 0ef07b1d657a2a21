//! What is made from an archive: the mirror, feeds, files for other systems. Exporters are pure: the same [`Publication`],
//! the same bytes; no network, no clock, no map order.
//!
//! Outputs are named and keyed before they are rendered; the driver in `pipeline` skips equal keys, renders the rest in
//! parallel, and removes what is stale. Adding an exporter is one file, one line in [`registry`], one fixture folder.

pub mod bundles;
mod cells;
pub mod comments;
pub mod csv;
pub mod form;
pub mod front_matter;
pub mod hosts;
pub mod hugo;
pub mod identifier;
pub mod ledger;
pub mod markdown;
pub mod mirror;
pub mod options;
pub mod out_path;
pub mod post;
pub mod publication;
pub mod registry;
pub mod selection;
pub mod settings;
pub mod template;

use crate::archive::PrivateView;
use crate::archive::view::HeldFile;
use crate::error::Result;
use crate::model::Sha256;

pub use options::ExportOptions;
pub use out_path::OutPath;
pub use publication::Publication;
pub use settings::{Setting, Settings};

/// What an exporter says of itself: feeds `liudi exporters`.
#[derive(Debug)]
pub struct Info {
    /// Stable name, kebab-case: `mirror`, `hugo` …
    pub name: &'static str,
    /// One line, Chinese.
    pub summary_zh: &'static str,
    /// One line, English.
    pub summary_en: &'static str,
    /// Raised whenever the same publication would give other bytes: part of every output's key.
    pub version: u32,
    /// What it leaves.
    pub shape: Shape,
    /// What a person may choose.
    pub settings: &'static [Setting],
}

/// What an exporter leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A folder of files.
    Folder,
    /// One file with this extension, in the folder of the export.
    File(&'static str),
}

/// The outputs of an exporter, listed as they are taken: an account of any size passes through.
pub type Outputs<'v> = Box<dyn Iterator<Item = Result<Output<'v>>> + 'v>;

/// Makes one kind of output from what was published. The private bag is out of its reach: a [`Publication`] is made from
/// the public one alone, and only a [`PrivateExporter`] is given a [`PrivateView`].
pub trait Exporter: Sync {
    /// What it is.
    fn info(&self) -> &'static Info;

    /// Lists every output: names and keys first, bytes only when asked.
    fn outputs<'v>(&self, publication: &'v Publication<'v>, options: &'v ExportOptions) -> Result<Outputs<'v>>;
}

/// Makes one kind of output for the owner's eyes, from the private bag. It runs only where the owner asks for what it
/// holds, and its files are readable by their owner alone.
pub trait PrivateExporter: Sync {
    /// What it is.
    fn info(&self) -> &'static Info;

    /// Returns what its outputs hold, which the owner has to ask for.
    fn include(&self) -> Include;

    /// Lists every output: names and keys first, bytes only when asked.
    fn outputs<'v>(&self, private: &'v PrivateView, options: &'v ExportOptions) -> Result<Outputs<'v>>;
}

/// A part of the private bag that an export may include.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Include {
    /// Money.
    Bills,
}

impl Include {
    /// The codes, as `--include` takes them.
    pub const CODES: [&'static str; 1] = ["bills"];

    /// Returns its code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Bills => "bills",
        }
    }
}

/// An exporter of either scope, as the registry lists it.
#[derive(Clone, Copy)]
pub enum Scoped {
    /// Reads what was published.
    Public(&'static dyn Exporter),
    /// Reads the private bag.
    Private(&'static dyn PrivateExporter),
}

impl Scoped {
    /// Returns what it says of itself.
    pub fn info(self) -> &'static Info {
        match self {
            Self::Public(exporter) => exporter.info(),
            Self::Private(exporter) => exporter.info(),
        }
    }

    /// Returns what the owner has to ask for, of a private one.
    pub fn include(self) -> Option<Include> {
        match self {
            Self::Public(_) => None,
            Self::Private(exporter) => Some(exporter.include()),
        }
    }
}

/// One file of an export.
pub struct Output<'v> {
    /// Where, relative to the export's folder.
    pub path: OutPath,
    /// Changes whenever the bytes would.
    pub key: Sha256,
    /// The bytes.
    pub content: Content<'v>,
}

/// Writes an output's bytes.
pub type WriteTo<'v> = Box<dyn Fn(&mut dyn std::io::Write) -> Result<()> + Send + Sync + 'v>;

/// How an output's bytes come about.
pub enum Content<'v> {
    /// A copy of a file of the archive (media): reflinked where the file system can.
    File(HeldFile),
    /// Written piece by piece: what may be larger than memory.
    Stream(WriteTo<'v>),
    /// Rendered when needed.
    Render(Box<dyn Fn() -> Result<Vec<u8>> + Send + Sync + 'v>),
}
