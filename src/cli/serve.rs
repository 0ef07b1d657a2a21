//! `liudi serve`: shows a site in the browser as a host would.

use super::context::Context;
use super::site_arguments::ServeOptions;
use crate::error::{Error, Result};
use crate::model::layout;
use crate::pipeline::archive::state::is_archive;
use crate::pipeline::serve::Server;
use crate::platform;

/// Serves until Ctrl-C.
pub(super) fn run(context: &Context<'_>, options: &ServeOptions) -> Result<u8> {
    // Who names an archive means its site.
    let site = match &options.served {
        Some(folder) if !is_archive(folder) => folder.clone(),
        archive => context.archive(archive.as_deref()).join(layout::SITE),
    };
    let server = Server::bind(&site, options.port)?;
    let url = server.url();
    if context.output.json {
        context.output.answer(&serde_json::json!({ "url": url }))?;
    } else {
        context.output.data(&url)?;
    }
    context.output.say("serve-started", &[("path", &site.display().to_string())]);
    if options.open {
        platform::open_in_browser(&url).map_err(|error| Error::other("browser-open-failed").because(error))?;
    }
    server.run(&context.stop())?;
    Ok(0)
}
