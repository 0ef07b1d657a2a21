//! Saved pages of articles, the files next to them, and other copies of articles.

pub mod article;
pub(crate) mod beside;
pub mod clip;
pub mod clipping;
pub mod comments;
pub(crate) mod companions;
pub(crate) mod counted_name;
pub mod counts;
pub mod exporter_document;
pub mod media;
pub mod pictures;
pub mod refusal;
pub mod saved_file;
pub(crate) mod saved_page;
