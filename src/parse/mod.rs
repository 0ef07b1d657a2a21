//! Pure readers of formats: bytes in, fields out. No tokio, no network, no file system.
