//! `liudi mirror`, and the exporters behind `liudi export`.
use super::arguments::MirrorOptions;
use super::context::Context;
use crate::error::Result;
use std::path::{Path, PathBuf};
/// stub
pub(super) fn mirror(context: &Context<'_>, options: &MirrorOptions) -> Result<u8> {
    build(context, &context.existing_archive(options.archive_dir.as_deref())?, options).map(|_| 0)
}
/// stub
pub(super) fn build(_: &Context<'_>, root: &Path, _: &MirrorOptions) -> Result<PathBuf> {
    Ok(root.join("site"))
}
