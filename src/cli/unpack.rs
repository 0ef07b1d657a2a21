//! `liudi unpack`: makes an archive of its packs.

use super::context::Context;
use super::host::Terminal;
use super::parcel_arguments::UnpackFlags;
use super::passwords;
use crate::error::Result;
use crate::model::Class;
use crate::pipeline::archive::parcel;
use crate::words::plain;

/// Unpacks packs into a new folder.
pub(super) fn run(context: &Context<'_>, flags: &UnpackFlags) -> Result<u8> {
    let output = context.output;
    let identities = flags.identity.as_deref().map(parcel::identities).transpose()?;
    let passphrase = || passwords::passphrase(context, flags.passphrase_file.as_deref());
    let host = Terminal::new(context);
    let unpacked = parcel::unpack(&flags.files, &flags.output, identities, &passphrase, &host)?;
    if output.json {
        output.answer(&unpacked)?;
        return Ok(0);
    }
    output.set_archive(&flags.output);
    let (count, bytes) = (unpacked.files.to_string(), plain::size(unpacked.bytes));
    let path = flags.output.display().to_string();
    output.tell("unpack-done", &[("count", &count), ("bytes", &bytes), ("path", &path)]);
    match *unpacked.bags {
        [Class::Public] => output.tell("unpack-public-only", &[]),
        [Class::Private] => output.tell("unpack-private-only", &[]),
        _ => {}
    }
    output.tell("next-verify", &[]);
    Ok(0)
}
