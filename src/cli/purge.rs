//! `liudi purge followers`: other people's data that is no longer needed, out of the archive. First what would go, then,
//! with `--apply`, it goes; a dated record of it stays.

use super::closing_arguments::PurgeOptions;
use super::context::Context;
use super::records::{Book, person};
use crate::archive;
use crate::error::{Error, Result};
use crate::model::Class;
use crate::pipeline::closing::readiness;
use serde_json::json;

/// Plans or applies.
pub(super) fn run(context: &Context<'_>, options: &PurgeOptions) -> Result<u8> {
    if options.what != "followers" {
        return Err(Error::usage("purge-what-unknown").with("what", &options.what));
    }
    let root = context.existing_archive(None)?;
    let files = readiness::below(&root, "followers/")?;
    let output = context.output;
    let count = files.len().to_string();
    if output.json {
        output.answer(&json!({ "applied": options.apply, "files": files }))?;
    } else {
        files.iter().try_for_each(|path| output.row(&[&archive::place(Class::Private, path)]))?;
    }
    if !options.apply || context.global.dry_run {
        output.tell("purge-planned", &[("count", &count)]);
        return Ok(0);
    }
    {
        let session = context.session(&root)?;
        readiness::remove(&session, &files, context.progress().as_ref())?;
    }
    let mut book = Book::open(&root)?;
    let day = book.now.date();
    book.record("followers_purged_at", &day, None, person(None), Some(format!("{count} files")))?;
    book.save(context)?;
    output.tell("purge-done", &[("count", &count)]);
    Ok(0)
}
