//! Renders the evidence sheet: a page to print for a notary or a lawyer, which says what an archive is, when and from what it
//! was made, and how anyone can check it without this program. It claims that the archive is unchanged, never that its content is
//! true, and contains nothing of the content.

use minijinja::context;
use minijinja::value::Serde;
use serde::Serialize;

use super::page;
use crate::error::Result;
use crate::model::{Sha256, Time};
use crate::text::{Language, Texts};

const TEMPLATE: &str = include_str!("../../templates/evidence-sheet.html.j2");

/// The facts of an evidence sheet.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Sheet {
    /// Name and version of the program.
    pub tool: String,
    /// Time at which the sheet was made and every byte was read.
    pub at: Time,
    /// The account, as far as it is known.
    pub account: Account,
    /// SHA-256 of `SHA256SUMS`, the anchor of the archive.
    pub sums: Sha256,
    /// The lines of `SHA256SUMS`.
    pub anchors: Vec<String>,
    /// Number of files and bytes of each bag.
    pub bags: Vec<Bag>,
    /// The runs that added something.
    pub runs: Vec<Run>,
    /// What was kept, by kind of source.
    pub sources: Vec<Source>,
    /// Number of articles that a list names and that the archive has, if any was read.
    pub articles: Option<(u64, u64)>,
    /// The timestamps, the oldest first.
    pub stamps: Vec<Stamp>,
    /// The signatures beside `SHA256SUMS`: name and SHA-256.
    pub signatures: Vec<(String, Sha256)>,
}

/// The account.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Account {
    /// Name.
    pub name: Option<String>,
    /// Original id: `gh_…`.
    pub original_id: Option<String>,
    /// The `__biz` of its articles.
    pub biz: Option<String>,
}

/// A bag in numbers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Bag {
    /// Name of its folder.
    pub name: &'static str,
    /// Number of files.
    pub files: u64,
    /// Number of bytes.
    pub bytes: u64,
}

/// A run in numbers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Run {
    /// Its number.
    pub run: u64,
    /// Time, if it was recorded.
    pub time: Option<Time>,
    /// Number of pieces of evidence it added.
    pub evidence: u64,
    /// Number of media it added.
    pub media: u64,
}

/// A kind of source in numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Source {
    /// What it is, in the language of the sheet.
    pub name: String,
    /// Number of pieces.
    pub pieces: u64,
    /// Number of bytes.
    pub bytes: u64,
    /// Number of pieces in which something was blanked, and of the places.
    pub blanked: (u64, u64),
}

/// A timestamp.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Stamp {
    /// The time that the authority states.
    pub time: Time,
    /// Name of the authority by its certificate.
    pub signer: String,
    /// The authority's number of the timestamp.
    pub serial: String,
    /// SHA-256 of the `SHA256SUMS` that it is for.
    pub sums: Sha256,
    /// Folder of the lists that it is for.
    pub folder: String,
    /// Name of the answer in it.
    pub answer: String,
    /// Whether that is the token alone.
    pub bare: bool,
    /// Number of files then, and of those that are unchanged.
    pub files: u64,
    /// See `files`.
    pub unchanged: u64,
}

/// Renders the page.
///
/// # Errors
/// `report-not-rendered`.
pub fn render(sheet: &Sheet, language: Language) -> Result<String> {
    let blanked = sheet.sources.iter().fold((0, 0), |sum, source| (sum.0 + source.blanked.0, sum.1 + source.blanked.1));
    let context = context! {
        sheet => Serde(sheet),
        pieces => sheet.sources.iter().map(|source| source.pieces).sum::<u64>(),
        blanked_pieces => blanked.0,
        blanked_places => blanked.1,
        tag => language.tag(),
    };
    page::render("evidence-sheet.html.j2", TEMPLATE, Texts::new(language), context)
}
