//! The exporters. One line adds one.

use super::Exporter;

/// All exporters, by name.
pub const EXPORTERS: &[&dyn Exporter] =
    &[&super::csv::Csv, &super::hugo::Hugo, &super::markdown::MarkdownFolder, &super::mirror::Mirror];

/// Returns the exporter of this name.
pub fn exporter(name: &str) -> Option<&'static dyn Exporter> {
    EXPORTERS.iter().find(|exporter| exporter.info().name == name).copied()
}
