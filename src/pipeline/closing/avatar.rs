//! Holds a picture that the owner saved by hand as the avatar of the account, which no page or list gives any more.

use std::io::Read as _;
use std::path::Path;

use crate::error::{Error, Result};
use crate::model::{MediaHeld, MediaRole, SubjectKind};
use crate::pipeline::archive::ownership;
use crate::pipeline::archive::session::Session;
use crate::pipeline::backup::{self, BackupReport};
use crate::pipeline::collect::media_type;
use crate::pipeline::host::Host;
use crate::platform;
use crate::store::batch::Batch;

/// Holds `file` as every avatar that is missing in the archive at `root`.
///
/// # Errors
/// `avatar-not-a-picture`, `input-not-found`, `input-open-failed`, and those of a commit.
pub fn put(root: &Path, file: &Path, host: &dyn Host) -> Result<()> {
    let session = Session::open_for(root, host)?;
    let failed = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::NotFound => Error::input("input-not-found").with("path", file.display()),
        _ => Error::input("input-open-failed").with("path", file.display()).because(error),
    };
    let mut head = Vec::new();
    platform::open_file(file).map_err(failed)?.take(64 * 1024).read_to_end(&mut head).map_err(failed)?;
    let found = media_type::of(&head);
    // A drawing can carry a program, and is no avatar.
    if !found.mime.starts_with("image/") || found.mime == "image/svg+xml" {
        return Err(Error::usage("avatar-not-a-picture").with("path", file.display()));
    }
    let run = session.begin()?;
    let staged = session.stage.put(&mut platform::open_file(file).map_err(failed)?, None)?;
    session.stage.sync_batch()?;
    let origin = file.file_name().map(|name| platform::name_of(name).into_owned()).unwrap_or_default();
    let mut batch = Batch { blobs: vec![found.row(staged.sha256, staged.bytes)], ..Batch::default() };
    let wanted = session.catalog.wanted_media()?;
    for avatar in wanted.into_iter().filter(|wanted| wanted.own && wanted.role == MediaRole::Avatar) {
        batch.filled.push((SubjectKind::Media, avatar.key.as_str().to_owned()));
        batch.media.push(MediaHeld { key: avatar.key, sha256: staged.sha256, origin: origin.clone() });
    }
    session.catalog.add(run, &batch)?;
    let own = ownership::decide(&session.catalog, None)?;
    if !backup::commit(&session, run, own.as_ref(), &host.work(), &mut BackupReport::default())? {
        return Err(Error::interrupted());
    }
    session.catalog.finish_run(run)
}
