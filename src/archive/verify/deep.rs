//! Checks the content of evidence packs: every leaf of every pack must match the digest in its name, and the index must
//! list exactly the existing leaves.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

use super::VerifyReport;
use crate::archive::evidence::read_index;
use crate::archive::handle::{Archive, place};
use crate::archive::pack::PackReader;
use crate::error::{Error, Kind, Result};
use crate::model::{Class, Hasher, PIECE, Problem, Sha256, layout};
use crate::progress::Task;
use crate::work::Work;

const PACKS: &str = "evidence/packs/";

/// Unpacks every pack and compares it with the index.
pub(super) fn check(archive: &Archive, work: &Work<'_>, report: &mut VerifyReport) -> Result<()> {
    let files = archive.below(Class::Private, "")?;
    let mut indexed: BTreeMap<String, BTreeSet<Sha256>> = BTreeMap::new();
    if files.contains_key(layout::EVIDENCE_INDEX) {
        let read = archive.bytes_as_they_are(Class::Private, layout::EVIDENCE_INDEX).map_err(|error| {
            Error::disk("evidence-index-failed", archive.shown(Class::Private, layout::EVIDENCE_INDEX), error)
        });
        let read = read.map(Option::unwrap_or_default).and_then(|bytes| {
            read_index(&bytes, |row, _| {
                indexed.entry(row.place).or_default().insert(row.digest);
                Ok(())
            })
        });
        if let Err(error) = read {
            report.findings.push(Problem {
                exit_bit: Kind::Findings.exit_bit(),
                ..Problem::from_error(&error, shown(layout::EVIDENCE_INDEX))
            });
        }
    }
    for place in indexed.keys().filter(|place| !files.contains_key(*place)) {
        report.findings.push(Problem::finding("evidence-missing", shown(place)));
    }
    let packs: Vec<&String> = files.keys().filter(|path| path.starts_with(PACKS)).collect();
    let step = work.progress.start(Task::Verify, Some(packs.len() as u64));
    let found = Mutex::new((Vec::new(), 0_u64));
    let nothing = BTreeSet::new();
    work.pool.each_with(
        &packs,
        || vec![0; PIECE],
        |buffer, pack| {
            if work.is_stopped() {
                return;
            }
            let mut findings = Vec::new();
            let leaves = look_into(archive, pack, indexed.get(*pack).unwrap_or(&nothing), buffer, &mut findings);
            step.advance(1);
            let mut found = found.lock().unwrap_or_else(PoisonError::into_inner);
            found.0.append(&mut findings);
            found.1 += leaves;
        },
    );
    work.check()?;
    let (findings, leaves) = found.into_inner().unwrap_or_else(PoisonError::into_inner);
    report.findings.extend(findings);
    report.leaves = leaves;
    Ok(())
}

fn shown(path: &str) -> String {
    place(Class::Private, path)
}

/// Checks one pack and returns the number of its leaves.
fn look_into(
    archive: &Archive,
    pack: &str,
    indexed: &BTreeSet<Sha256>,
    buffer: &mut [u8],
    findings: &mut Vec<Problem>,
) -> u64 {
    let mut members = BTreeSet::new();
    let read = PackReader::of(&archive.file(Class::Private, pack)).and_then(|reader| {
        reader.each(|sha256, reader| {
            let mut hasher = Hasher::new();
            loop {
                match reader.read(buffer) {
                    Ok(0) => break,
                    Ok(count) => hasher.update(&buffer[..count]),
                    Err(error) => return Err(Error::input("pack-unreadable").with("path", pack).because(error)),
                }
            }
            if hasher.finish() != sha256 {
                findings.push(Problem::finding("evidence-corrupt", shown(pack)).with("leaf", sha256.hex()));
            }
            members.insert(sha256);
            Ok(())
        })
    });
    if let Err(error) = read {
        findings.push(Problem::finding("evidence-corrupt", shown(pack)).with("leaf", "*").with("cause", error));
        return members.len() as u64;
    }
    for leaf in indexed.difference(&members) {
        findings.push(Problem::finding("evidence-missing", shown(pack)).with("leaf", leaf.hex()));
    }
    for leaf in members.difference(indexed) {
        findings.push(Problem::finding("evidence-unlisted", shown(pack)).with("leaf", leaf.hex()));
    }
    members.len() as u64
}
