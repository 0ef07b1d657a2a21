//! Lists the registered importers, collectors and exporters.

use crate::export::registry::EXPORTERS;
/// Types of what is registered.
pub use crate::export::{Group, Include, Setting, Values};
use crate::source::api::registry::COLLECTORS;
use crate::source::file::registry::IMPORTERS;
use crate::text::Language;

/// A registered importer, collector or exporter.
#[derive(Clone, Copy, Debug)]
pub struct Registered {
    /// Name.
    pub name: &'static str,
    /// Summary in Chinese.
    pub summary_zh: &'static str,
    /// Summary in English.
    pub summary_en: &'static str,
    /// Name patterns of its input files.
    pub patterns: &'static [&'static str],
    /// Settings of an exporter.
    pub settings: &'static [Setting],
    /// What an exporter is for.
    pub group: Option<Group>,
    /// Private data that an exporter writes.
    pub include: Option<Include>,
}

impl Registered {
    /// Returns the summary in `language`.
    pub fn summary(&self, language: Language) -> &'static str {
        match language {
            Language::Chinese => self.summary_zh,
            Language::English => self.summary_en,
        }
    }
}

/// Returns the importers.
pub fn importers() -> impl Iterator<Item = Registered> {
    IMPORTERS.iter().map(|importer| of_source(importer.info()))
}

/// Returns the collectors of the official APIs.
pub fn collectors() -> impl Iterator<Item = Registered> {
    COLLECTORS.iter().map(|collector| of_source(collector.info()))
}

/// Returns the exporters.
pub fn exporters() -> impl Iterator<Item = Registered> {
    EXPORTERS.iter().map(|exporter| {
        let info = exporter.info();
        Registered {
            name: info.name,
            summary_zh: info.summary_zh,
            summary_en: info.summary_en,
            patterns: &[],
            settings: info.settings,
            group: Some(info.group),
            include: exporter.include(),
        }
    })
}

fn of_source(info: &'static crate::source::Info) -> Registered {
    Registered {
        name: info.name,
        summary_zh: info.summary_zh,
        summary_en: info.summary_en,
        patterns: info.patterns,
        settings: &[],
        group: None,
        include: None,
    }
}
