//! The desk: liudi as a page in the user's browser, for people who never saw a terminal. A small HTTP server on the
//! loopback address shows one view for each step and calls the functions of `pipeline` that the command line calls.
//! Nothing is decided here.
//!
//! Only the browser that was given a one-time key is answered (`door`, `guard`). One run at a time is carried out
//! on a thread of its own (`workshop`); it goes on when the page is closed, and every open page hears of its progress
//! (`events`).

mod board;
mod chooser;
mod door;
mod errands;
mod events;
mod exports;
mod form;
mod guard;
mod host;
mod instance;
mod memory;
mod page;
mod preview;
mod routes;
mod server;
mod state;
mod upload;
mod view;
mod views;
mod workshop;

use std::path::PathBuf;
use std::time::Duration;

pub use instance::{Opened, open};
pub use server::Server;

use crate::parallel::Pool;
use crate::text::Language;

/// Options of a desk.
#[derive(Clone, Debug)]
pub struct DeskOptions {
    /// Archive to show first.
    pub archive: Option<PathBuf>,
    /// List of accounts to show, if there are many.
    pub fleet: Option<PathBuf>,
    /// Language of the pages, unless the user chose another one before.
    pub language: Language,
    /// Whether the user asked for that language.
    pub language_wanted: bool,
    /// Port on the loopback address; 0 for any free one.
    pub port: u16,
    /// Time without an open page and without work after which the desk ends.
    pub idle: Duration,
    /// A configuration file to use instead of the usual one.
    pub config: Option<PathBuf>,
    /// Threads of a run.
    pub pool: Pool,
}
