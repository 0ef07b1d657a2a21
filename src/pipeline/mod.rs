//! Joins the other modules. Concurrency, durability barriers and cancellation are handled only here.

mod apart;
pub mod api;
pub mod archive;
pub mod backup;
mod child;
pub mod clock;
pub mod closing;
pub mod collect;
pub mod commit;
pub mod crawl;
pub mod environment;
pub mod export;
pub mod host;
pub mod inbox;
pub mod job;
pub mod registries;
pub mod serve;
pub mod timestamp;
mod watch;
