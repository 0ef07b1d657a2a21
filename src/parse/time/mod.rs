//! Parses times and days as pages, feeds, tables and file names write them.

pub mod file_date;
pub mod printed;
pub mod when;
