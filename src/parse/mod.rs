//! Reads file formats: functions from bytes to fields, without tokio, network or file system.

pub mod bill;
pub mod container;
pub mod encoding;
pub mod json;
pub mod list;
pub mod page;
pub mod table;
pub mod time;
pub mod timestamp;
pub mod video;
