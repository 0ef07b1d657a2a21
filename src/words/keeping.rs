//! Says what became of what keeps an archive safe: a second copy, a repair, packs, timestamps.

use std::path::Path;

use super::sentence::Sentence;
use super::{plain, shell};
use crate::model::{Class, StoreAddress};
use crate::pipeline::archive::copy::CopyReport;
use crate::pipeline::archive::parcel::{PackReport, PackedBag};
use crate::pipeline::archive::repair::{Origin, RepairReport};
use crate::pipeline::timestamp::Stamp;
use crate::text::Texts;

/// Returns the sentences about a copy, without those about the damaged files of the original.
pub fn copied(report: &CopyReport) -> Vec<Sentence> {
    let bytes = plain::size(report.bytes);
    let mut said = vec![Sentence::text(
        "copy-copied",
        &[
            ("files", &report.files.to_string()),
            ("bytes", &bytes),
            ("kept", &report.kept.to_string()),
            ("folder", &report.copy.display().to_string()),
        ],
    )];
    if report.damaged.is_empty() {
        let checked = match report.read_from_disk {
            _ if StoreAddress::is_meant(&report.copy) => "copy-checked-store",
            true => "copy-checked",
            false => "copy-checked-cached",
        };
        said.push(Sentence::text(checked, &[]));
        said.push(Sentence::text(if report.recorded { "copy-recorded" } else { "copy-not-recorded" }, &[]));
    } else {
        said.push(Sentence::text("copy-unfinished", &[("count", &report.damaged.len().to_string())]));
    }
    said
}

/// Returns where the bytes of a mended file come from, in words.
pub fn origin(texts: &Texts, from: &Origin) -> String {
    match from {
        Origin::Lists => texts.get("repair-from-lists", &[]),
        Origin::Copy(file) => texts.get("repair-from-copy", &[("file", file)]),
        Origin::Evidence => texts.get("repair-from-evidence", &[]),
    }
}

/// Returns the sentence about a repair or its plan.
pub fn repaired(report: &RepairReport) -> Sentence {
    let count = report.mended.len().to_string();
    let left = report.left.len().to_string();
    if report.was_whole() {
        Sentence::text("repair-nothing", &[("files", &report.read_files.to_string())])
    } else if report.rehearsed {
        Sentence::text("repair-planned", &[("count", &count), ("left", &left)])
    } else if report.left.is_empty() {
        Sentence::text("repair-done", &[("count", &count)])
    } else {
        Sentence::text("repair-in-part", &[("count", &count), ("left", &left)])
    }
}

/// Returns the command that checks the packs of a list in `folder`.
fn check(folder: &str, list: &str) -> String {
    let folder = std::path::absolute(folder).unwrap_or_else(|_| folder.into());
    format!("cd {} && sha256sum -c {}", shell::quoted(&folder), shell::quoted(Path::new(list)))
}

/// Returns the sentences about packs in `folder` by paragraph: what was written, and what to know about it.
pub fn packed(report: &PackReport, folder: &str) -> [Vec<Sentence>; 2] {
    let bags = &report.packed.bags;
    let (anchor, guide) = (&report.packed.anchor.name, &report.packed.guide.name);
    let mut written: Vec<Sentence> = bags.iter().map(bag).collect();
    written.push(Sentence::text("pack-beside", &[("anchor", anchor), ("guide", guide)]));
    let recovery: u64 = bags.iter().flat_map(|bag| &bag.recovery).map(|file| file.bytes).sum();
    if recovery > 0 {
        let bytes = plain::size(recovery);
        written.push(Sentence::text("pack-recovery", &[("bytes", &bytes), ("folder", folder)]));
    }
    written.push(Sentence::text("pack-folder", &[("path", folder)]));
    let mut to_know: Vec<Sentence> =
        bags.iter().map(|bag| Sentence::text("pack-check", &[("command", &check(folder, &bag.list))])).collect();
    match bags.iter().find(|bag| bag.bag == Class::Private) {
        None => {}
        Some(bag) if !bag.encrypted => to_know.push(Sentence::text("pack-readable", &[])),
        Some(_) if report.recipients.is_empty() => to_know.push(Sentence::text("pack-passphrase-only", &[])),
        Some(_) => {
            to_know.push(Sentence::text("pack-keys-only", &[]));
            to_know.extend(report.recipients.iter().map(|key| Sentence::text("pack-recipient", &[("key", key)])));
        }
    }
    if let Some(signature) = &report.signature {
        let id = format!("pack-signature-{}", signature.state.code());
        to_know.push(Sentence::text(id, &[("key", signature.key.as_str())]));
    }
    [written, to_know]
}

fn bag(bag: &PackedBag) -> Sentence {
    let part = match bag.bag {
        Class::Public => "pack-public",
        Class::Private => "pack-private",
    };
    let bytes: u64 = bag.parts.iter().map(|part| part.bytes).sum();
    let (count, bytes) = (bag.content_files.to_string(), plain::size(bytes));
    let first = bag.parts.first().map(|part| part.name.as_str()).unwrap_or_default();
    let parts = bag.parts.len().to_string();
    let id = if bag.parts.len() == 1 { part.to_owned() } else { format!("{part}-parts") };
    Sentence::text(id, &[("count", &count), ("bytes", &bytes), ("name", first), ("parts", &parts)])
}

/// Returns the sentences about what a timestamp proves. `damaged` says that files were found damaged just now, `sampled` that
/// not all of them were read.
pub fn stamp(stamp: &Stamp, damaged: bool, sampled: bool) -> Vec<Sentence> {
    let time = stamp.time.zoned().strftime("%Y-%m-%d %H:%M:%S %:z").to_string();
    let compared = &stamp.compared;
    let numbers = [
        ("files", compared.files.to_string()),
        ("unchanged", compared.unchanged.to_string()),
        ("changed", compared.changed.to_string()),
        ("gone", compared.gone.to_string()),
        ("newer", compared.newer.to_string()),
        ("first", compared.first.first().cloned().unwrap_or_default()),
    ];
    let signer = [("signer", stamp.signer.as_str()), ("time", &time)];
    let all: Vec<(&'static str, &str)> =
        signer.into_iter().chain(numbers.iter().map(|(name, value)| (*name, value.as_str()))).collect();
    let mut said = vec![Sentence::text(if stamp.is_of_today() { "stamp-unchanged" } else { "stamp-earlier" }, &all)];
    if compared.newer > 0 {
        said.push(Sentence::text("stamp-newer", &all));
    }
    if damaged {
        said.push(Sentence::text("stamp-damaged", &[]));
    }
    if sampled {
        said.push(Sentence::text("stamp-sampled", &[]));
    }
    said.push(Sentence::text(format!("stamp-{}", stamp.trust), &signer));
    said
}
