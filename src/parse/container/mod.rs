//! Reads formats that contain other files: MIME, web archives, recorded HTTP messages, notes with attachments.

pub mod enex;
pub mod http_message;
pub mod mail_words;
pub mod multipart;
pub mod transfer;
pub mod warc;
pub mod warc_http;
pub mod webarchive;
