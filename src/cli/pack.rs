//! `liudi pack`: packs an archive into single files.

use super::context::Context;
use super::host::Terminal;
use super::parcel_arguments::{BagChoice, PackFlags};
use super::{passwords, sign};
use crate::error::{Error, Kind, Result};
use crate::model::Class;
use crate::pipeline::archive::parcel::{self, Bags, Encryption, PackOptions, PackReport, PackedBag};
use crate::pipeline::archive::parity::Parity;

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
        tell(context, flags, &report);
    }
    Ok(0)
}

/// Returns how to encrypt. A passphrase that is asked for is asked for twice: a slip would lock the owner out.
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
    if passwords::is_same(&first, &ask("ask-passphrase-again")?) {
        Ok(Encryption::Passphrase(first))
    } else {
        Err(Error::new(Kind::Credentials, "passphrase-differs"))
    }
}

fn tell(context: &Context<'_>, flags: &PackFlags, report: &PackReport) {
    let output = context.output;
    for bag in &report.packed.bags {
        tell_bag(context, bag);
    }
    let (anchor, guide) = (&report.packed.anchor.name, &report.packed.guide.name);
    output.tell("pack-beside", &[("anchor", anchor), ("guide", guide)]);
    let recovery = report.packed.bags.iter().flat_map(|bag| &bag.recovery);
    let recovery: u64 = recovery.map(|file| file.bytes).sum();
    if recovery > 0 {
        let bytes = indicatif::HumanBytes(recovery).to_string();
        output.tell("pack-recovery", &[("bytes", &bytes), ("folder", &flags.output.display().to_string())]);
    }
    output.tell("pack-folder", &[("path", &flags.output.display().to_string())]);
    output.paragraph();
    for bag in &report.packed.bags {
        output.tell("pack-check", &[("list", &bag.list)]);
    }
    match report.packed.bags.iter().find(|bag| bag.bag == Class::Private) {
        None => {}
        Some(bag) if !bag.encrypted => output.tell("pack-readable", &[]),
        Some(_) if report.recipients.is_empty() => output.tell("pack-passphrase-only", &[]),
        Some(_) => {
            output.tell("pack-keys-only", &[]);
            report.recipients.iter().for_each(|key| output.tell("pack-recipient", &[("key", key)]));
        }
    }
    if let Some(signature) = &report.signature {
        let arguments = [("key", signature.key.as_str())];
        output.tell(&format!("pack-signature-{}", signature.state.code()), &arguments);
    }
}

fn tell_bag(context: &Context<'_>, bag: &PackedBag) {
    let part = match bag.bag {
        Class::Public => "pack-public",
        Class::Private => "pack-private",
    };
    let bytes: u64 = bag.parts.iter().map(|part| part.bytes).sum();
    let (count, bytes) = (bag.content_files.to_string(), indicatif::HumanBytes(bytes).to_string());
    let first = bag.parts.first().map(|part| part.name.as_str()).unwrap_or_default();
    let parts = bag.parts.len().to_string();
    let id = if bag.parts.len() == 1 { part.to_owned() } else { format!("{part}-parts") };
    context.output.tell(&id, &[("count", &count), ("bytes", &bytes), ("name", first), ("parts", &parts)]);
}
