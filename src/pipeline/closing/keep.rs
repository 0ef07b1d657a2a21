//! Copies any document (invoice, contract, screenshot, PDF statement) unchanged into the private bag, under the kind
//! that the user gives (`liudi keep`).

use std::path::{Path, PathBuf};

use crate::archive;
use crate::audit::documents;
use crate::error::{Error, Result};
use crate::model::names;
use crate::model::{Class, GapReason, SubjectKind};
use crate::pipeline::archive::ownership;
use crate::pipeline::archive::session::Session;
use crate::pipeline::backup::{self, BackupReport};
use crate::pipeline::collect::media_type;
use crate::pipeline::host::Host;
use crate::platform;
use crate::store::batch::{Batch, EvidenceRow, InputDone};
use crate::text::Texts;
use crate::work::Work;

/// A saved document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Its path inside the private bag's `data/`.
    pub path: String,
    /// Its path inside the archive.
    pub place: String,
    /// The kind it was saved under before, if different: a file is saved once, and its first kind counts.
    pub other_kind: Option<String>,
    /// Whether the archive holds it already as a file that was read, and not as a document.
    pub was_read: bool,
}

/// Saves `files` as `kind` in the archive at `root`, in the given order. A file that is already saved, under any kind,
/// is not moved.
///
/// # Errors
/// `keep-kind-empty`, `keep-folder`, `input-not-found`, and those of a commit.
pub fn keep(root: &Path, files: &[PathBuf], kind: &str, host: &dyn Host) -> Result<Vec<Kept>> {
    let paths = put(&Session::open_for(root, host)?, files, kind, &host.work())?;
    let code = documents::kind(kind);
    let one = |path: String| {
        let documents = path.strip_prefix("documents/").and_then(|inside| inside.split('/').next());
        let other = documents.filter(|folder| *folder != names::safe_name(kind));
        let other_kind = other.filter(|other| code.is_none() || documents::kind(other) != code).map(str::to_owned);
        let was_read = documents.is_none();
        Kept { place: archive::place(Class::Private, &path), other_kind, was_read, path }
    };
    Ok(paths.into_iter().map(one).collect())
}

/// Returns the name of the kind `text` in the language of `texts`; a kind that the user made up is returned unchanged.
pub fn kind_name(texts: &Texts, text: &str) -> String {
    documents::name(texts, text)
}

/// Saves the files and returns their paths inside the private bag's `data/`.
fn put(session: &Session, files: &[PathBuf], kind: &str, work: &Work<'_>) -> Result<Vec<String>> {
    let folder = names::safe_name(kind);
    if folder.is_empty() {
        return Err(Error::usage("keep-kind-empty").with("kind", kind));
    }
    let run = session.begin()?;
    let mut batch = Batch::default();
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
        let name = file.file_name().map(|name| platform::name_of(name).into_owned()).unwrap_or_default();
        let (_, time) = crate::pipeline::collect::walk::modified_of(&metadata);
        let mut head = [0; 4096];
        let read = session
            .stage
            .read(&staged.sha256)
            .and_then(|mut staged| std::io::Read::read(&mut staged, &mut head).map_err(failed))?;
        digests.push(staged.sha256);
        batch.evidence.push(EvidenceRow {
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
    for (file, row) in files.iter().zip(batch.evidence.clone()) {
        batch.inputs.extend(settle(session, file, &row)?);
    }
    session.catalog.add(run, &batch)?;
    let own = ownership::decide(&session.catalog, None)?;
    if !backup::commit(session, run, own.as_ref(), work, &mut BackupReport::default())? {
        return Err(Error::interrupted());
    }
    session.catalog.finish_run(run)?;
    digests.iter().map(|digest| session.catalog.evidence_place(digest)).collect()
}

/// Closes the gaps of an input that could not be read, wholly or in part, since the saved file is complete; the input
/// is not read again until it changes. One that waits for a password keeps waiting.
fn settle(session: &Session, file: &Path, row: &EvidenceRow) -> Result<Option<InputDone>> {
    let Some((path, metadata)) = file.canonicalize().ok().and_then(|path| Some((path.clone(), path.metadata().ok()?)))
    else {
        return Ok(None);
    };
    let path = platform::text_of(&path);
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
