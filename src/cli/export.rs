//! `liudi export`: an archive as files for elsewhere.

use std::path::{Path, PathBuf};

use super::context::Context;
use super::mirror;
use super::site_arguments::ExportFlags;
use crate::config::export::ExportConfig;
use crate::error::{Error, Kind, Result};
use crate::export::registry::{self, EXPORTERS};
use crate::export::{ExportOptions, Exporter, Settings};
use crate::model::{Problem, layout};
use crate::pipeline::export::{self, Exported, comments};

/// Where exports go when nobody says, inside the archive's folder.
const FOLDER: &str = "exports";

/// Writes every export that was asked for.
pub(super) fn run(context: &Context<'_>, flags: &ExportFlags) -> Result<u8> {
    let root = context.existing_archive(flags.archive_dir.as_deref())?;
    let exporters = flags.to.iter().map(|name| find(name)).collect::<Result<Vec<_>>>()?;
    let config = ExportConfig::find(flags.export_config.as_deref(), &root)?;
    config.exporters().try_for_each(|name| find(name).map(drop))?;
    let (_, shown, options) = mirror::choice(context, &root, &flags.choice)?;
    let comments = comments::open(&root, shown, context.output.texts())?;
    let options = ExportOptions { comments, ..options };
    // Everything is checked before anything is written.
    let jobs = exporters
        .iter()
        .map(|exporter| {
            let settings = settle(*exporter, &config, &flags.set, exporters.len() == 1)?;
            Ok((*exporter, folder(&root, flags, *exporter), ExportOptions { settings, ..options.clone() }))
        })
        .collect::<Result<Vec<_>>>()?;
    let mut done = Vec::new();
    for (exporter, folder, options) in &jobs {
        done.push(export::export(*exporter, &root, folder, options, context.progress().as_ref())?);
    }
    let damaged = done.iter().any(|one| !one.summary.damaged.is_empty());
    if context.output.json {
        context.output.answer(&done)?;
    } else {
        for one in &done {
            say(context, one);
        }
    }
    Ok(if damaged { Kind::Findings.exit_bit() } else { 0 })
}

fn find(name: &str) -> Result<&'static dyn Exporter> {
    let known = || EXPORTERS.iter().map(|exporter| exporter.info().name).collect::<Vec<_>>().join(", ");
    registry::exporter(name).ok_or_else(|| Error::usage("exporter-unknown").with("name", name).with("known", known()))
}

/// The settings of an exporter: those of the file, then those of the command line.
fn settle(exporter: &dyn Exporter, config: &ExportConfig, set: &[String], alone: bool) -> Result<Settings> {
    let info = exporter.info();
    let mut given: Vec<(&str, &str)> = config.of(info.name).collect();
    for text in set {
        let invalid = || Error::usage("export-set-invalid").with("text", text);
        let (name, value) = text.split_once('=').ok_or_else(invalid)?;
        match name.split_once('.') {
            Some((of, name)) if of == info.name => given.push((name, value)),
            Some((of, _)) if EXPORTERS.iter().any(|other| other.info().name == of) => {}
            // Whose it is must be said where there are several.
            None if alone => given.push((name, value)),
            _ => return Err(invalid()),
        }
    }
    Settings::settle(info, given)
}

fn folder(root: &Path, flags: &ExportFlags, exporter: &dyn Exporter) -> PathBuf {
    let name = exporter.info().name;
    match &flags.output {
        Some(folder) if flags.to.len() == 1 => folder.clone(),
        Some(folder) => folder.join(name),
        None if name == "mirror" => root.join(layout::SITE),
        None => root.join(FOLDER).join(name),
    }
}

fn say(context: &Context<'_>, done: &Exported) {
    let output = context.output;
    let number = |count: usize| count.to_string();
    let summary = &done.summary;
    output.tell(
        "export-done",
        &[
            ("name", done.name),
            ("path", &done.folder.display().to_string()),
            ("posts", &number(done.posts)),
            ("written", &number(summary.written)),
            ("unchanged", &number(summary.unchanged)),
        ],
    );
    for path in &summary.damaged {
        output.stopper(&Problem::finding("archive-file-missing", path));
    }
    if done.withheld > 0 {
        output.tell("export-withheld", &[("count", &number(done.withheld))]);
    }
    for line in &done.unused_hidden {
        output.tell("mirror-hide-unused", &[("line", line)]);
    }
}
