//! **liudi (留底)**: keep the original on file before you let it go.
//!
//! The library behind the `liudi` program. One-way flow; only [`pipeline`] joins the columns:
//!
//! ```text
//! inputs                     pure             disk                            derived
//! source/*  ─ bytes ▶ keep ▶ parse/* ─ Record ▶ store/*          ┌─ View ▶ export/*  (mirror, feeds, Hugo …)
//! files, zips, bills                          catalog + stage    ├─▶ audit/*          (findings, readiness)
//! URLs, API ◀ fetch/*                           └─ commit ▶ archive/*  (two BagIt bags)
//! ```

pub mod archive;
pub mod audit;
pub mod cli;
pub mod config;
pub mod error;
pub mod export;
pub mod fetch;
pub mod html;
pub mod model;
pub mod parallel;
pub mod parse;
pub mod pipeline;
pub mod platform;
pub mod progress;
pub mod secret;
pub mod source;
pub mod store;
pub mod text;

pub use error::{Error, Result};
