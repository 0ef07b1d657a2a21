//! `liudi sign`: signs an archive with the owner's own key.

use std::path::Path;

use super::context::Context;
use super::host::Terminal;
use super::output::Output;
use super::parcel_arguments::SignFlags;
use super::passwords;
use crate::error::Result;
use crate::model::Time;
use crate::pipeline::archive::signature::{self, Signature};

/// Environment variable with the password of the key.
const PASSWORD: &str = "LIUDI_SIGNING_PASSWORD";

/// Signs an archive.
pub(super) fn run(context: &Context<'_>, flags: &SignFlags) -> Result<u8> {
    let root = context.existing_archive(flags.archive_dir.as_deref())?;
    let signature = sign(context, &root, &flags.key)?;
    if context.output.json {
        context.output.answer(&signature)?;
        return Ok(0);
    }
    context.output.tell("sign-done", &[("key", &signature.key)]);
    context.output.tell("sign-meaning", &[]);
    Ok(0)
}

/// Signs the archive at `root` with the key in `file`, asking for its password.
pub(super) fn sign(context: &Context<'_>, root: &Path, file: &Path) -> Result<Signature> {
    let key = signature::signing_key(file)?;
    let name = file.display().to_string();
    let password = || passwords::secret(context, PASSWORD, "ask-signing-password", &[("path", &name)]);
    signature::sign(root, &key, &password, &Terminal::new(context))
}

/// Prints what is known about a signature.
pub(super) fn tell(output: &Output, signature: &Signature) {
    let seconds = signature.comment.split('\t').find_map(|part| part.strip_prefix("timestamp:")?.parse().ok());
    let time = seconds.and_then(Time::from_unix).map_or_else(|| signature.comment.clone(), |time| time.to_string());
    let arguments = [("key", signature.key.as_str()), ("time", time.as_str())];
    output.tell(&format!("signature-{}", signature.state.code()), &arguments);
}
