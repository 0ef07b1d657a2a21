//! Pure readers of formats: bytes in, fields out. No tokio, no network, no file system.

pub mod bill;
pub mod container;
pub mod encoding;
pub mod json;
pub mod list;
pub mod page;
pub mod table;
pub mod time;
pub mod video;
