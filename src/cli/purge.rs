//! `liudi purge followers`: removes other people's data that is no longer needed from the archive. It lists the data
//! first and removes it with `--apply`; a dated record of the removal stays.

use serde_json::json;

use super::closing_arguments::PurgeOptions;
use super::context::Context;
use super::host::Terminal;
use super::records::person;
use crate::error::{Error, Result};
use crate::pipeline::closing::purge::FollowerFiles;

/// Lists the data, or removes it.
pub(super) fn run(context: &Context<'_>, options: &PurgeOptions) -> Result<u8> {
    if options.what != "followers" {
        return Err(Error::usage("purge-what-unknown").with("what", &options.what));
    }
    let root = context.existing_archive(None)?;
    let followers = FollowerFiles::list(&root)?;
    let output = context.output;
    let count = followers.files.len().to_string();
    if output.json {
        output.answer(&json!({ "applied": options.apply, "files": followers.files }))?;
    } else {
        followers.places().try_for_each(|place| output.row(&[&place]))?;
    }
    if !options.apply || context.global.dry_run {
        let nothing = followers.files.is_empty();
        output.tell(if nothing { "purge-nothing" } else { "purge-planned" }, &[("count", &count)]);
        return Ok(0);
    }
    followers.remove(&root, person(None), &Terminal::new(context))?;
    output.tell("purge-done", &[("count", &count)]);
    Ok(0)
}
