//! Pure readers of formats: bytes in, fields out. No tokio, no network, no file system.

pub mod page_data;
pub mod scan;
pub mod script;
