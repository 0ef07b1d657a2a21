//! `liudi keep`: any document (invoice, contract, screenshot, PDF statement) bit-exact into the private bag, under the kind
//! the person gives it.

use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::model::names;
use crate::model::{GapReason, SubjectKind};
use crate::pipeline::archive::ownership;
use crate::pipeline::archive::session::Session;
use crate::pipeline::backup::{self, Report};
use crate::pipeline::collect::media_type;
use crate::platform;
use crate::progress::Progress;
use crate::store::segment::{EvidenceRow, InputDone, Segment};

/// The kind under which `place` was kept before, if that is another one than `kind`.
pub fn other_kind<'p>(place: &'p str, kind: &str) -> Option<&'p str> {
    place.split('/').nth(1).filter(|folder| *folder != names::safe_name(kind))
}

/// Keeps `files` as `kind`. Gives where they stand inside `private/data`, in the order given; a file that is held
/// already, under whatever kind, stays where it is.
pub fn keep(session: &Session, files: &[PathBuf], kind: &str, progress: &dyn Progress) -> Result<Vec<String>> {
    let folder = names::safe_name(kind);
    if folder.is_empty() {
        return Err(Error::usage("keep-kind-empty").with("kind", kind));
    }
    let run = session.begin()?;
    let mut segment = Segment::default();
    let mut digests = Vec::new();
    for file in files {
        let failed = |error: std::io::Error| match error.kind() {
            std::io::ErrorKind::NotFound => Error::input("input-not-found").with("path", file.display()),
            _ => Error::input("input-open-failed").with("path", file.display()).because(error),
        };
        if file.is_dir() {
            return Err(Error::usage("keep-folder").with("path", file.display()));
        }
        let mut reader = platform::open_file(file).map_err(failed)?;
        let metadata = reader.metadata().map_err(failed)?;
        let staged = session.stage.put(&mut reader, Some(metadata.len()))?;
        let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let (_, time) = crate::pipeline::collect::walk::modified_of(&metadata);
        let mut head = [0; 4096];
        let read = session
            .stage
            .read(&staged.sha256)
            .and_then(|mut staged| std::io::Read::read(&mut staged, &mut head).map_err(failed))?;
        digests.push(staged.sha256);
        segment.evidence.push(EvidenceRow {
            digest: staged.sha256,
            bytes: staged.bytes,
            source: "keep".to_owned(),
            version: 1,
            locator: name.clone(),
            template: kind.to_owned(),
            mime: media_type::of(&head[..read]).mime.to_owned(),
            time,
            fetch: None,
            blanked: 0,
            shelf: Some("documents"),
            place: format!("documents/{folder}/{}-{}", &staged.sha256.hex()[..8], names::safe_file_name(&name, "file")),
        });
    }
    session.stage.sync_batch()?;
    for (file, row) in files.iter().zip(segment.evidence.clone()) {
        segment.inputs.extend(settle(session, file, &row)?);
    }
    session.catalog.add(run, &segment)?;
    let own = ownership::decide(&session.catalog, None)?;
    backup::commit(session, run, own.as_ref(), progress, &mut Report::default())?;
    session.catalog.finish_run(run)?;
    digests.iter().map(|digest| session.catalog.evidence_place(digest)).collect()
}

/// Settles a file that could not be read, wholly or in part: kept as it is, nothing is missing of it any more, and it is not
/// read again as long as it does not change. What waits for a password goes on waiting.
fn settle(session: &Session, file: &Path, row: &EvidenceRow) -> Result<Option<InputDone>> {
    let Some((path, metadata)) = file.canonicalize().ok().and_then(|path| Some((path.clone(), path.metadata().ok()?)))
    else {
        return Ok(None);
    };
    let path = path.to_string_lossy().into_owned();
    let inside = format!("{path}!/");
    let catalog = &session.catalog;
    let mut troubled = catalog.troubled()?;
    troubled.retain(|origin| *origin == path || origin.starts_with(&inside));
    let mut gaps = Vec::new();
    for origin in &troubled {
        gaps.extend(catalog.gaps_of(origin)?);
    }
    if gaps.is_empty() || gaps.iter().any(|gap| gap.reason == GapReason::PasswordNeeded) {
        return Ok(None);
    }
    let own = gaps.iter().find(|gap| gap.kind == SubjectKind::Input).and_then(|gap| gap.title.clone());
    let locator = own.unwrap_or_else(|| row.locator.clone());
    for origin in &troubled {
        catalog.take_back(origin, &[])?;
    }
    let (modified, _) = crate::pipeline::collect::walk::modified_of(&metadata);
    Ok(Some(InputDone {
        path,
        locator,
        size: row.bytes,
        modified,
        source: Some(row.source.clone()),
        version: row.version,
    }))
}
