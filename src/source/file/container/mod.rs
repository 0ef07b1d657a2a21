//! Inputs that contain other inputs: archives, recordings of a browser, saved pages with their parts.

pub(crate) mod contents;
pub mod enex;
pub mod gzip;
pub mod har;
pub mod http_message;
pub mod mail;
pub mod mhtml;
pub(crate) mod ranges;
pub mod warc;
pub mod webarchive;
pub mod zip;
