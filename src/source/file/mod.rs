//! Files as sources: one [`Importer`](super::Importer) a file, in rooms by what the input is. [`registry`] lists them all.

pub mod bill;
pub mod container;
pub mod list;
pub mod page;
pub mod registry;
pub mod table;
