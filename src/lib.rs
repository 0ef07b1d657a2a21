//! **liudi (留底)**: keep the original on file before you let it go.
//!
//! The library behind the `liudi` program. One-way flow; only [`pipeline`] joins the columns:
//!
//! ```text
//! inputs                     pure             disk                              derived
//! source/*  ─ bytes ▶ keep ▶ parse/* ─ Record ▶ store/*                      ┌▶ export/*  mirror, markdown, hugo …
//! files, zips, bills                          catalog + stage                │
//! URLs, API ◀ fetch/*                           └─ commit ▶ archive/*  ─ View ┤
//!                                                        two BagIt bags      └▶ audit/*   findings, readiness
//! ```
//!
//! Everything the program does is also available to other programs. This example turns a saved article into an archive,
//! and the archive into a folder of Markdown:
//!
//! ```
//! use liudi::{BackupOptions, ExportOptions, Job, Unattended, View, export};
//!
//! # fn main() -> liudi::Result<()> {
//! # let folder = tempfile::tempdir().unwrap();
//! # let input = folder.path().join("page.html");
//! # std::fs::copy("fixtures/demo/pages/2023-03-18 开山第一天.html", &input).unwrap();
//! let root = folder.path().join("archive");
//! let options = BackupOptions { roots: vec![input], ..BackupOptions::default() };
//! let done = Job { root: root.clone(), options, check: true, ..Job::default() }.run(&Unattended::default())?;
//! assert_eq!(done.report.articles.held, 1);
//!
//! let out = folder.path().join("markdown");
//! let markdown = liudi::exporter("markdown").expect("it is in the registry");
//! let exported = export(markdown, &root, &out, &ExportOptions::default(), &Unattended::default())?;
//! assert_eq!(exported.posts, Some(View::open(&root)?.posts().len()));
//! # Ok(())
//! # }
//! ```
//!
//! Programs are meant to use the names below. The modules are public for tests and for reference; anything available
//! only through them may change with any version.

pub mod archive;
pub mod audit;
pub mod cli;
pub mod config;
pub mod desk;
pub mod error;
pub mod export;
pub mod fetch;
pub mod fleet;
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
pub mod words;
pub mod work;

pub use archive::View;
pub use error::{Error, Kind, Result};
pub use export::registry::{EXPORTERS, exporter};
pub use export::{ExportOptions, Exporter, Publication};
pub use model::{Article, Class, Gap, GapReason, Problem, Time};
pub use pipeline::backup::{BackupOptions, BackupReport};
pub use pipeline::environment::Environment;
pub use pipeline::export::{Exported, export};
pub use pipeline::host::{Event, Host, Unattended};
pub use pipeline::job::{Done, Job, SiteJob};
pub use progress::{NoProgress, Progress, Step, Task};
pub use source::api::registry::COLLECTORS;
pub use source::file::registry::IMPORTERS;
pub use text::{Language, Texts};
