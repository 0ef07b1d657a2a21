//! Joins the columns: concurrency, durability barriers and cancellation live here and only here.

pub mod api;
pub mod article;
pub mod backup;
pub mod collect;
pub mod comments;
pub mod commit;
pub mod crawl;
pub mod datasets;
mod describe;
pub mod export;
mod export_write;
pub mod gaps;
pub mod keep;
mod keeper;
mod leaf;
mod media_type;
pub mod own;
mod pieces;
mod plan;
pub mod readiness;
mod rebuild;
pub mod rehearse;
pub mod serve;
pub mod session;
pub mod tables;
pub mod walk;
