//! Files as sources: one [`Importer`](super::Importer) per file, grouped by the kind of input. [`registry`] lists them
//! all.

pub mod bill;
pub mod container;
pub mod list;
pub mod page;
pub mod registry;
pub mod table;
