//! `liudi desk`, and `liudi` started by double-click: opens the desk in the browser.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::context::Context;
use crate::desk::{DeskOptions, Opened, Server, open};
use crate::error::{Error, Result};
use crate::parallel::Pool;
use crate::platform;

#[derive(Clone, Debug, Args)]
pub(super) struct DeskFlags {
    /// The archive to show first
    #[arg(value_name = "DIR")]
    pub(super) archive_dir: Option<PathBuf>,
    /// Show the accounts of this fleet.toml first (default: the one in the current folder, if there is one)
    #[arg(long, value_name = "FLEET")]
    pub(super) fleet: Option<PathBuf>,
    /// Port on this computer (default: any free one)
    #[arg(long, default_value_t = 0, hide_default_value = true)]
    pub(super) port: u16,
    /// Print the address instead of opening the browser
    #[arg(long)]
    pub(super) no_open: bool,
    /// Minutes without an open page after which the program ends
    #[arg(long, value_name = "MINUTES", default_value_t = 10)]
    pub(super) idle: u64,
}

impl Default for DeskFlags {
    fn default() -> Self {
        Self { archive_dir: None, fleet: None, port: 0, no_open: false, idle: 10 }
    }
}

/// Runs the desk until it ends.
pub(super) fn run(context: &Context<'_>, flags: &DeskFlags) -> Result<u8> {
    let output = context.output;
    let archive = flags.archive_dir.as_deref().or(context.global.archive.as_deref());
    let usual = PathBuf::from(crate::config::fleet::FILE_NAME);
    let options = DeskOptions {
        archive: archive.map(std::path::Path::to_owned),
        fleet: flags.fleet.clone().or_else(|| usual.is_file().then_some(usual)),
        language: output.texts().language(),
        language_wanted: context.global.lang.is_some() || super::variable("LIUDI_LANG").is_some(),
        port: flags.port,
        idle: Duration::from_secs(flags.idle.saturating_mul(60)),
        config: context.global.config.clone(),
        pool: Pool::of(context.global.jobs.unwrap_or(0)),
    };
    let stop = context.stop();
    let (url, server): (String, Option<Box<Server>>) = match open(options, stop)? {
        Opened::New(server) => (server.url()?, Some(server)),
        Opened::Running(url) => (url, None),
    };
    if output.json {
        output.answer(&serde_json::json!({ "url": url, "running": server.is_none() }))?;
    } else if flags.no_open {
        output.data(&url)?;
    } else {
        if server.is_none() {
            output.say("desk-already", &[]);
        }
        // Without a browser that opens, the address is still of use.
        if let Err(error) = platform::open_in_browser(&url) {
            output.error(&Error::other("browser-open-failed").because(error));
        }
        output.say("desk-open-in", &[]);
        output.data(&url)?;
    }
    let Some(server) = server else { return Ok(0) };
    output.say("desk-keep-window", &[]);
    server.run()?;
    Ok(0)
}
