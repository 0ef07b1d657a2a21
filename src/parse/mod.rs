//! Pure readers of formats: bytes in, fields out. No tokio, no network, no file system.

pub mod album_list;
pub mod bill;
mod bill_layout;
mod bill_preamble;
mod bill_row;
mod bill_text;
pub mod comments;
pub mod csv_rows;
mod csv_text;
pub mod json;
pub mod links;
pub mod list;
pub mod list_getmsg;
pub mod list_publish;
pub mod list_table;
pub mod page;
pub mod page_body;
pub mod page_data;
pub mod page_dom;
pub mod page_fields;
pub mod page_sound;
pub mod page_vars;
pub mod scan;
pub mod script;
pub mod table;
pub mod unavailable;
pub mod xlsx_rows;
