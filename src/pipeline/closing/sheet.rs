//! Writes the evidence sheet: reads every byte of the archive, gathers what is known of how it was made, and renders the page.

use std::collections::BTreeMap;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::Value;

use crate::archive::bagit::{Oxum, stated_oxum};
use crate::archive::{Archive, Lists, evidence, lists, verify};
use crate::audit::sheet::{Account, Bag, Run, Sheet, Source, Stamp, render};
use crate::error::{Error, Kind, Result};
use crate::model::{Class, Sha256, Time, layout};
use crate::pipeline::host::Host;
use crate::pipeline::{registries, timestamp};
use crate::platform;
use crate::text::{Language, Texts};

/// Default name of the page, at the root of the archive.
pub const NAME: &str = "evidence-sheet.html";
/// Names of signatures of `SHA256SUMS`.
const SIGNATURES: [&str; 4] = ["SHA256SUMS.minisig", "SHA256SUMS.sig", "SHA256SUMS.asc", "SHA256SUMS.sshsig"];
/// Text by which a page of ours is known.
const MARK: &str = "content=\"liudi evidence sheet\"";

/// A sheet that was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// The page.
    pub path: PathBuf,
    /// SHA-256 of `SHA256SUMS`.
    pub sums: Sha256,
    /// Number of timestamps on it.
    pub stamps: usize,
}

/// Writes the sheet of the archive at `root` in `language` to `out`, or into the archive's folder.
///
/// # Errors
/// `sheet-archive-damaged` if a byte is not as it should be, `sheet-in-the-way`, `sheet-unwritable`, those of opening the
/// archive; `interrupted`.
pub fn write(root: &Path, out: Option<&Path>, language: Language, host: &dyn Host) -> Result<Written> {
    let path = out.map_or_else(|| root.join(NAME), Path::to_owned);
    let in_the_way = || Error::usage("sheet-in-the-way").with("path", path.display());
    match platform::read_whole(&path, 4 << 20) {
        Ok(bytes) if !String::from_utf8_lossy(&bytes).contains(MARK) => return Err(in_the_way()),
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(in_the_way()),
        _ => {}
    }
    let sheet = gather(root, language, host)?;
    let page = render(&sheet, language)?;
    platform::write_anew(&path, page.as_bytes())
        .map_err(|error| Error::disk("sheet-unwritable", path.display(), error))?;
    Ok(Written { path, sums: sheet.sums, stamps: sheet.stamps.len() })
}

/// Reads the archive and gathers the facts of the sheet.
fn gather(root: &Path, language: Language, host: &dyn Host) -> Result<Sheet> {
    let archive = Archive::open(root)?;
    let report = verify::opened(&archive, verify::Options::default(), &host.work())?;
    let stamps = timestamp::check(root, None, host)?;
    let faults = report.findings.iter().chain(&stamps.findings).filter(|finding| finding.exit_bit != 0).count();
    if faults > 0 {
        return Err(Error::new(Kind::Findings, "sheet-archive-damaged").with("count", faults));
    }
    let sums = Lists::of(&archive).sums()?;
    let (account, articles) = account(&archive)?;
    let stamps = stamps.timestamps.into_iter().map(|stamp| Stamp {
        time: stamp.time,
        signer: stamp.signer,
        serial: stamp.serial,
        sums: stamp.sums,
        folder: stamp.folder,
        answer: stamp.answer,
        bare: stamp.bare,
        files: stamp.compared.files,
        unchanged: stamp.compared.unchanged,
    });
    let signature = |name: &str| Some((name.to_owned(), Sha256::of(&platform::read(root.join(name)).ok()?)));
    Ok(Sheet {
        tool: format!("{} {}", env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION")),
        at: host.environment().now()?,
        account,
        anchors: String::from_utf8_lossy(&sums).lines().map(str::to_owned).collect(),
        sums: Sha256::of(&sums),
        bags: bags(&archive)?,
        runs: runs(&archive)?,
        sources: sources(&archive, language)?,
        articles,
        stamps: stamps.collect(),
        signatures: SIGNATURES.into_iter().filter_map(signature).collect(),
    })
}

/// Reads a file of the archive; `None` if there is none.
fn read(archive: &Archive, class: Class, path: &str) -> Result<Option<Vec<u8>>> {
    let failed = |error| Error::disk("readiness-unreadable", archive.shown(class, path), error);
    archive.bytes(class, path).map_err(failed)
}

/// Returns the account, and how many of its articles a list names and the archive has.
fn account(archive: &Archive) -> Result<(Account, Option<(u64, u64)>)> {
    let bytes = read(archive, Class::Public, "account.json")?.unwrap_or_default();
    let known: Value = serde_json::from_slice(&bytes).unwrap_or_default();
    let text = |name: &str| known.get(name).and_then(Value::as_str).map(str::to_owned);
    let account = Account { name: text("name"), original_id: text("user_name"), biz: text("biz") };
    let number = |name: &str| known.pointer(&format!("/numbers/articles/{name}")).and_then(Value::as_u64);
    Ok((account, number("listed").zip(number("held"))))
}

/// Returns both bags in numbers, as their descriptions state them.
fn bags(archive: &Archive) -> Result<Vec<Bag>> {
    let mut bags = Vec::new();
    for (name, class) in lists::bags().into_iter().zip([Class::Public, Class::Private]) {
        let path = format!("{name}/{}", lists::BAG_INFO);
        let mut text = String::new();
        if let Some(mut reader) = Lists::of(archive).open(&path).ok().flatten() {
            let failed = |error| Error::disk("readiness-unreadable", archive.shown(class, &path), error);
            reader.read_to_string(&mut text).map_err(failed)?;
        }
        let Oxum { bytes, files } = stated_oxum(&text).unwrap_or_default();
        bags.push(Bag { name, files, bytes });
    }
    Ok(bags)
}

/// A line of the private `provenance/events.jsonl`.
#[derive(Deserialize)]
struct Event {
    run: u64,
    time: Option<Time>,
    #[serde(default)]
    evidence: u64,
    #[serde(default)]
    media: u64,
}

/// Returns the runs that added something.
fn runs(archive: &Archive) -> Result<Vec<Run>> {
    let path = "provenance/events.jsonl";
    let bytes = read(archive, Class::Private, path)?.unwrap_or_default();
    let lines = String::from_utf8_lossy(&bytes).into_owned();
    let run = |line: &str| {
        let Event { run, time, evidence, media } = serde_json::from_str(line).map_err(|error| {
            Error::damaged("readiness-unreadable").with("path", archive.shown(Class::Private, path)).because(error)
        })?;
        Ok(Run { run, time, evidence, media })
    };
    lines.lines().filter(|line| !line.trim().is_empty()).map(run).collect()
}

/// Returns what was kept by kind of source, the most numerous first. Nothing of a piece but its kind, size and number of
/// blanked places is looked at: its name may be somebody's.
fn sources(archive: &Archive, language: Language) -> Result<Vec<Source>> {
    let Some(bytes) = read(archive, Class::Private, layout::EVIDENCE_INDEX)? else { return Ok(Vec::new()) };
    let mut kinds: BTreeMap<String, Source> = BTreeMap::new();
    evidence::read_index(&bytes, |row, _| {
        let kind = kinds.entry(row.source).or_default();
        kind.pieces += 1;
        kind.bytes += row.bytes;
        kind.blanked.0 += u64::from(row.blanked > 0);
        kind.blanked.1 += u64::from(row.blanked);
        Ok(())
    })?;
    let texts = Texts::new(language);
    let known: BTreeMap<&str, &str> = registries::importers()
        .chain(registries::collectors())
        .map(|registered| (registered.name, registered.summary(language)))
        .collect();
    let named = |(kind, source): (String, Source)| {
        let name = known.get(kind.as_str()).map(|name| (*name).to_owned());
        Source { name: name.unwrap_or_else(|| texts.get("sheet-source-other", &[("name", &kind)])), ..source }
    };
    let mut sources: Vec<Source> = kinds.into_iter().map(named).collect();
    sources.sort_by(|a, b| (b.pieces, &a.name).cmp(&(a.pieces, &b.name)));
    Ok(sources)
}
