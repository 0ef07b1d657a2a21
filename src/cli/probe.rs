//! `liudi probe`: checks whether archived addresses show the page of a closed account. It sends requests to the
//! platform and therefore needs `--online`.

use super::closing_arguments::ProbeOptions;
use super::context::Context;
use super::host::Terminal;
use crate::error::{Error, Result};
use crate::pipeline::closing::probe;

/// Reads a few addresses, keeps their pages and prints the result.
pub(super) fn run(context: &Context<'_>, options: &ProbeOptions) -> Result<u8> {
    let root = context.existing_archive(options.archive_dir.as_deref())?;
    if !context.global.online {
        return Err(Error::usage("probe-needs-online"));
    }
    let probed = probe::probe(&root, options.count, &Terminal::new(context))?;
    let output = context.output;
    if output.json {
        output.answer(&probed)?;
        return Ok(0);
    }
    for address in &probed {
        let id = if address.gone { "probe-gone" } else { "ready-reason-still-there" };
        output.row(&[&output.texts().get(id, &[]), &address.url])?;
    }
    Ok(0)
}
