//! `liudi pack`: packs an archive into single files.

use super::context::Context;
use super::host::Terminal;
use super::parcel_arguments::{BagChoice, PackFlags};
use super::{passwords, sign};
use crate::error::Result;
use crate::pipeline::archive::parcel::{self, Bags, Encryption, PackOptions};
use crate::pipeline::archive::parity::Parity;
use crate::words::keeping;

/// Packs an archive.
pub(super) fn run(context: &Context<'_>, flags: &PackFlags) -> Result<u8> {
    let root = context.existing_archive(flags.archive_dir.as_deref())?;
    let options = PackOptions {
        folder: flags.output.clone(),
        bags: match flags.bag {
            BagChoice::Public => Bags::Public,
            BagChoice::Private => Bags::Private,
            BagChoice::Both => Bags::Both,
        },
        split: flags.split_size.as_deref().map(parcel::parse_size).transpose()?,
        parity: flags.parity.as_deref().map(Parity::parse).transpose()?,
        encryption: encryption(context, flags)?,
    };
    if let Some(key) = &flags.sign {
        let signature = sign::sign(context, &root, key)?;
        context.output.tell("sign-done", &[("key", &signature.key)]);
    }
    let report = parcel::pack(&root, &options, &Terminal::new(context))?;
    if context.output.json {
        context.output.answer(&report)?;
    } else {
        let [written, to_know] = keeping::packed(&report, &flags.output.display().to_string());
        context.output.sentences(&written);
        context.output.paragraph();
        context.output.sentences(&to_know);
    }
    Ok(0)
}

/// Returns how to encrypt. A passphrase that is asked for is asked for twice.
fn encryption(context: &Context<'_>, flags: &PackFlags) -> Result<Encryption> {
    if !flags.encrypt_to.is_empty() {
        return Ok(Encryption::Keys(flags.encrypt_to.clone()));
    }
    if let Some(file) = &flags.passphrase_file {
        return passwords::passphrase_in(file).map(Encryption::Passphrase);
    }
    if !flags.passphrase {
        return Ok(Encryption::None);
    }
    if let Some(passphrase) = passwords::variable(passwords::PASSPHRASE) {
        return Ok(Encryption::Passphrase(passphrase));
    }
    let ask = |id| passwords::secret(context, passwords::PASSPHRASE, id, &[]);
    let first = ask("ask-passphrase-new")?;
    parcel::check_passphrase(&first)?;
    parcel::check_same(&first, &ask("ask-passphrase-again")?)?;
    Ok(Encryption::Passphrase(first))
}
