//! `liudi timestamp`: asks for a timestamp of an archive, and keeps the answer; and what `liudi verify` says of those kept.

use std::path::Path;

use serde_json::json;

use super::arguments::TimestampOptions;
use super::context::Context;
use super::host::Terminal;
use super::output::Output;
use crate::config::Config;
use crate::error::{Error, Result};
use crate::pipeline::archive::verify::VerifyReport;
use crate::pipeline::timestamp::{self, Asked, Kept, MANIFEST, Stamp, Stamps, TAG_MANIFEST, bags};
use crate::words::{keeping, shell};

/// Writes a request, keeps an answer, or does both over the network.
pub(super) fn run(context: &Context<'_>, options: &TimestampOptions) -> Result<u8> {
    let root = context.existing_archive(options.archive_dir.as_deref())?;
    let host = Terminal::new(context);
    let authorities = options.tsa_ca.as_deref().map(timestamp::authorities).transpose()?;
    let online = context.global.online;
    let kept = match (&options.answer, &options.tsa) {
        (Some(answer), _) => timestamp::take(&root, answer, authorities.as_ref(), &host)?,
        (None, Some(_)) if !online => return Err(Error::usage("timestamp-tsa-offline")),
        (None, None) if online => return Err(Error::usage("timestamp-online-without-tsa")),
        (None, Some(tsa)) => {
            let settings = Config::find(context.global.config.as_deref())?.network.settle()?;
            timestamp::ask_online(&root, tsa, settings, authorities.as_ref(), &host)?
        }
        (None, None) => return asked(context, &timestamp::ask(&root, options.output.as_deref(), &host)?),
    };
    tell_kept(context, &root, &kept)?;
    Ok(0)
}

/// Says where the request is and what to do with it.
fn asked(context: &Context<'_>, asked: &Asked) -> Result<u8> {
    let output = context.output;
    if output.json {
        let (digest, path) = (asked.digest, &asked.path);
        output.answer(&json!({ "request": path, "sums": digest, "remembered": asked.remembered }))?;
        return Ok(0);
    }
    let path = asked.path.display().to_string();
    output.tell("timestamp-asked", &[("path", &path)]);
    output.tell("timestamp-asked-digest", &[("digest", &asked.digest.hex())]);
    if !asked.remembered {
        output.tell("timestamp-asked-lost", &[]);
    }
    output.paragraph();
    output.tell("timestamp-asked-next", &[]);
    output.tell("timestamp-asked-send", &[]);
    if !output.is_quiet() {
        output.data(&format!(
            "   curl -H \"Content-Type: application/timestamp-query\" --data-binary @{} -o answer.tsr https://freetsa.org/tsr",
            shell::quoted(&std::path::absolute(&asked.path).unwrap_or_else(|_| asked.path.clone())),
        ))?;
    }
    output.tell("timestamp-asked-take", &[]);
    Ok(0)
}

fn tell_kept(context: &Context<'_>, root: &Path, kept: &Kept) -> Result<()> {
    let output = context.output;
    if output.json {
        let (already, answers) = (kept.already, kept.answers_request);
        let kept = &kept.place;
        return output
            .answer(&json!({ "archive": root, "kept": kept, "already": already, "answers_request": answers }));
    }
    output.tell(if kept.already { "timestamp-already" } else { "timestamp-kept" }, &[("place", &kept.place)]);
    if kept.answers_request == Some(false) {
        output.tell("timestamp-without-nonce", &[]);
    }
    let stamps = timestamp::check(root, None, &Terminal::new(context))?;
    let mine = stamps.timestamps.iter().find(|stamp| kept.place == format!("{}/{}", stamp.folder, stamp.answer));
    if let Some(stamp) = mine {
        tell_stamp(output, root, stamp, None)?;
    }
    output.tell("stamp-claim", &[]);
    Ok(())
}

/// Says what the kept timestamps prove of the archive that was just read.
pub(super) fn tell_stamps(output: &Output, root: &Path, stamps: &Stamps, report: &VerifyReport) -> Result<()> {
    for stamp in &stamps.timestamps {
        output.paragraph();
        tell_stamp(output, root, stamp, Some(report))?;
    }
    if !stamps.timestamps.is_empty() {
        output.tell("stamp-claim", &[]);
    }
    Ok(())
}

fn tell_stamp(output: &Output, root: &Path, stamp: &Stamp, report: Option<&VerifyReport>) -> Result<()> {
    let (damaged, sampled) =
        (report.is_some_and(|report| !report.is_clean()), report.is_some_and(|report| report.sampled));
    output.sentences(&keeping::stamp(stamp, damaged, sampled));
    if !output.is_quiet() {
        output.tell("stamp-command", &[]);
        for command in commands(root, stamp) {
            output.data(&format!("   {command}"))?;
        }
    }
    Ok(())
}

/// Returns the commands that check a timestamp, and every file by the lists of then, without this program.
fn commands(root: &Path, stamp: &Stamp) -> Vec<String> {
    let root = std::path::absolute(root).unwrap_or_else(|_| root.to_owned());
    let folder = stamp.folder.split('/').fold(root.clone(), |path, part| path.join(part));
    let bare = if stamp.bare { " -token_in" } else { "" };
    let mut commands = vec![
        format!("cd {}", shell::quoted(&folder)),
        format!(
            "openssl ts -verify -data SHA256SUMS -in {}{bare} -CAfile {}",
            stamp.answer,
            shell::quoted(&root.join("root.pem"))
        ),
        "sha256sum -c SHA256SUMS".to_owned(),
    ];
    for bag in bags() {
        let list = shell::quoted(&folder.join(bag).join(MANIFEST));
        commands.push(format!("(cd {bag} && sha256sum -c {TAG_MANIFEST})"));
        commands.push(format!("(cd {} && sha256sum --quiet -c {list})", shell::quoted(&root.join(bag))));
    }
    commands
}
