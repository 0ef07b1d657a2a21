//! `liudi probe`: do archived addresses show the page of a closed account? Asks the platform, so only with `--online`.

use super::closing_arguments::ProbeOptions;
use super::context::Context;
use crate::error::{Error, Result};
use crate::fetch::settings::Settings;
use crate::pipeline::closing::readiness;

/// Reads a few addresses, keeps what they show and says it.
pub(super) fn run(context: &Context<'_>, options: &ProbeOptions) -> Result<u8> {
    let root = context.existing_archive(options.archive_dir.as_deref())?;
    if !context.global.online {
        return Err(Error::usage("probe-needs-online"));
    }
    let probes = readiness::probe(&root, options.count, Settings::default(), context.progress().as_ref())?;
    let output = context.output;
    let texts = output.texts();
    for probe in &probes {
        let gone = readiness::shows_closed(&probe.text);
        let words = texts.get(if gone { "probe-gone" } else { "ready-reason-still-there" }, &[]);
        if !output.json {
            output.row(&[&words, &probe.url])?;
        }
    }
    if output.json {
        let list: Vec<_> = probes
            .iter()
            .map(|probe| serde_json::json!({ "url": probe.url, "at": probe.at, "gone": readiness::shows_closed(&probe.text) }))
            .collect();
        output.answer(&list)?;
    }
    Ok(0)
}
