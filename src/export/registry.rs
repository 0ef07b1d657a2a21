//! The exporters. One line adds one.

use super::Exporter;

/// All exporters, by name.
pub const EXPORTERS: &[&dyn Exporter] = &[&super::mirror::Mirror];
