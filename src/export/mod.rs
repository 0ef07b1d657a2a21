//! Exporters, which turn an archive into a mirror, feeds, or files for other systems. Exporters are pure: the same
//! [`Publication`] gives the same bytes, with no dependency on the network, the clock or the order of a map.
//!
//! Outputs are named and keyed before they are rendered; the driver in `pipeline` skips outputs whose key is unchanged,
//! renders the rest in parallel, and removes stale ones. A new exporter takes one file, one line in [`registry`] and
//! one folder of fixtures.

pub mod bill_sums;
pub mod billing;
pub mod bills_xlsx;
mod blog;
pub mod books;
pub mod bundles;
mod cells;
pub mod comments;
pub mod csv;
pub mod docx;
pub mod epub;
pub mod form;
pub mod front_matter;
pub mod ghost;
pub mod hexo;
pub mod hosts;
pub mod html;
pub mod hugo;
pub mod identifier;
pub mod jekyll;
pub mod jsonl;
pub mod kit;
pub mod ledger;
mod ledger_rows;
pub mod local_urls;
pub mod losses;
pub mod markdown;
pub mod mirror;
pub mod names;
pub mod old_addresses;
pub mod options;
pub mod out_path;
pub mod pdf;
mod pictures;
pub mod post;
mod post_table;
pub mod print;
pub mod publication;
pub mod published;
pub mod registry;
pub mod selection;
pub mod settings;
mod svg_picture;
pub mod template;
pub mod txt;
mod uploads;
mod volumes;
pub mod wacz;
pub mod wechat;
pub mod wxr;
pub mod xlsx;
mod xml;

use std::io::{Seek, Write};

use crate::archive::PrivateView;
use crate::archive::view::HeldFile;
use crate::error::Result;
use crate::model::Sha256;

pub use losses::{Losses, Lost};
pub use options::ExportOptions;
pub use out_path::OutPath;
pub use print::Print;
pub use publication::Publication;
pub use settings::{Setting, Settings, Values};

/// The description of an exporter, shown by `liudi exporters`.
#[derive(Debug)]
pub struct Info {
    /// Stable name in kebab-case: `mirror`, `hugo` …
    pub name: &'static str,
    /// Summary in Chinese, one line.
    pub summary_zh: &'static str,
    /// Summary in English, one line.
    pub summary_en: &'static str,
    /// Version of the exporter, part of every output's key. It is raised whenever the same publication would give other
    /// bytes.
    pub version: u32,
    /// What the export is for.
    pub group: Group,
    /// Shape of the export.
    pub shape: Shape,
    /// Settings that the user may choose.
    pub settings: &'static [Setting],
}

/// What an export is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    /// The archive's own site.
    Site,
    /// Documents and books for people to read.
    Document,
    /// Content for a website of the owner's.
    Website,
    /// Content to publish on platforms.
    Platform,
    /// Tables and data.
    Table,
    /// Bookkeeping, from the bills.
    Ledger,
}

impl Group {
    /// Returns the code of its texts.
    pub fn code(self) -> &'static str {
        match self {
            Self::Site => "site",
            Self::Document => "document",
            Self::Website => "website",
            Self::Platform => "platform",
            Self::Table => "table",
            Self::Ledger => "ledger",
        }
    }
}

/// The shape of an export.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A folder of files.
    Folder,
    /// One file with this extension, in the folder of the export.
    File(&'static str),
}

/// The outputs of an exporter, produced lazily so that memory does not grow with the size of the account.
pub type Outputs<'v> = Box<dyn Iterator<Item = Result<Output<'v>>> + 'v>;

/// An exporter of published content. It cannot reach the private bag: a [`Publication`] is made from the public one
/// alone, and only a [`PrivateExporter`] receives a [`PrivateView`].
pub trait Exporter: Sync {
    /// Returns the description of the exporter.
    fn info(&self) -> &'static Info;

    /// Lists every output; its bytes are produced only on request.
    fn outputs<'v>(&self, publication: &'v Publication<'v>, options: &'v ExportOptions) -> Result<Outputs<'v>>;
}

/// An exporter of the private bag, for the owner only. It runs only if the owner asks for the data it includes, and its
/// files are readable by the owner alone.
pub trait PrivateExporter: Sync {
    /// Returns the description of the exporter.
    fn info(&self) -> &'static Info;

    /// Returns the part of the private bag that the owner has to ask for.
    fn include(&self) -> Include;

    /// Lists every output; its bytes are produced only on request.
    fn outputs<'v>(&self, private: &'v PrivateView, options: &'v ExportOptions) -> Result<Outputs<'v>>;
}

/// A part of the private bag that an export may include.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Include {
    /// Bills.
    Bills,
    /// Evidence: pages as they were received.
    Evidence,
}

impl Include {
    /// Codes accepted by `--include`.
    pub const CODES: [&'static str; 2] = ["bills", "evidence"];

    /// Returns the code of the part.
    pub fn code(self) -> &'static str {
        match self {
            Self::Bills => "bills",
            Self::Evidence => "evidence",
        }
    }
}

/// An exporter of either scope, as listed in the registry.
#[derive(Clone, Copy)]
pub enum Scoped {
    /// An exporter of published content.
    Public(&'static dyn Exporter),
    /// An exporter of the private bag.
    Private(&'static dyn PrivateExporter),
}

impl Scoped {
    /// Returns the description of the exporter.
    pub fn info(self) -> &'static Info {
        match self {
            Self::Public(exporter) => exporter.info(),
            Self::Private(exporter) => exporter.info(),
        }
    }

    /// Returns the part that the owner has to ask for, if the exporter is private.
    pub fn include(self) -> Option<Include> {
        match self {
            Self::Public(_) => None,
            Self::Private(exporter) => Some(exporter.include()),
        }
    }
}

/// One file of an export.
pub struct Output<'v> {
    /// Path relative to the export's folder.
    pub path: OutPath,
    /// Key, which changes whenever the bytes would.
    pub key: Sha256,
    /// Content of the file.
    pub content: Content<'v>,
}

/// Where an output's bytes are written: a file, in which formats like ZIP can go back to fill in sizes.
pub trait Sink: Write + Seek + Send {}

impl<T: Write + Seek + Send> Sink for T {}

/// A function that writes an output's bytes and counts what the target cannot express.
pub type WriteTo<'v> = Box<dyn Fn(&mut dyn Sink, &mut Losses) -> Result<()> + Send + Sync + 'v>;

/// A function that returns an output's bytes and counts what the target cannot express.
pub type Render<'v> = Box<dyn Fn(&mut Losses) -> Result<Vec<u8>> + Send + Sync + 'v>;

/// The content of an output.
pub enum Content<'v> {
    /// A copy of a file of the archive (media), reflinked if the file system supports it.
    File(HeldFile),
    /// Bytes written piece by piece, for outputs that may not fit in memory.
    Stream(WriteTo<'v>),
    /// A page that an installed browser prints to PDF.
    Print(Print<'v>),
    /// Bytes rendered on request.
    Render(Render<'v>),
}
