//! The exporters. One line adds one.

use super::Exporter;

/// All exporters, by name.
pub const EXPORTERS: &[&dyn Exporter] = &[&super::hugo::Hugo, &super::markdown::MarkdownFolder, &super::mirror::Mirror];
