//! The pure fold from observations to one merged record: for each field the first observation that has it wins, in the
//! order of rank, then the later `as_of`, then the evidence's digest. Whatever order inputs, threads and kills
//! brought them in, the same set of observations gives the same record.
//!
//! Three things are folded otherwise: of an article that was changed the newest version goes before everything else
//! ([`super::version`]); counts are taken one by one, the latest first, since they only tell of their day; and a whole
//! body goes before a part of one, whatever its rank.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::article::{Provenance, ProvenanceSource};
use super::version::versions;
use super::{Body, Rank, Sha256, Time};

/// An observation as the catalog holds it.
#[derive(Clone, Debug)]
pub struct Observation {
    /// Digest of the kept evidence.
    pub evidence: Sha256,
    /// Number of the record among those of the same evidence.
    pub ordinal: u32,
    /// The importer or collector that read it.
    pub source: String,
    /// Its rank in the order of truth.
    pub rank: Rank,
    /// When the platform gave it out.
    pub as_of: Option<Time>,
    /// The fields, without nulls.
    pub fields: Map<String, Value>,
    /// The body, where there is one.
    pub body: Option<Body>,
}

/// What a fold gives.
#[derive(Clone, Debug, Default)]
pub struct Merged {
    /// The winning value of every field.
    pub fields: Map<String, Value>,
    /// The winning body.
    pub body: Option<Body>,
    /// Who said what.
    pub provenance: Provenance,
}

/// The newest state of a thing, and each state before the last change of it that is held, oldest first.
#[derive(Clone, Debug, Default)]
pub struct History {
    /// The newest state.
    pub newest: Merged,
    /// Older versions.
    pub older: Vec<Merged>,
}

/// Folds, newest version first.
pub fn fold(observations: Vec<Observation>) -> Merged {
    fold_history(observations).newest
}

/// Folds every version.
pub fn fold_history(observations: Vec<Observation>) -> History {
    let versions = versions(&observations);
    let older = versions
        .older
        .iter()
        .map(|version| {
            let of_version = observations.iter().filter(|one| version.contains(&one.evidence)).cloned().collect();
            fold_version(of_version, version)
        })
        .collect();
    History { newest: fold_version(observations, &versions.newest), older }
}

/// Folds with the observations of `first` before all others.
fn fold_version(mut observations: Vec<Observation>, first: &BTreeSet<Sha256>) -> Merged {
    observations
        .sort_by_key(|one| (!first.contains(&one.evidence), one.rank, Reverse(one.as_of), one.evidence, one.ordinal));
    let mut merged = Merged::default();
    let mut sources: Vec<ProvenanceSource> = Vec::new();
    let mut said: BTreeMap<String, usize> = BTreeMap::new();
    let mut counts: Vec<(usize, Value)> = Vec::new();
    for observation in observations {
        let source = ProvenanceSource {
            evidence: observation.evidence,
            source: observation.source,
            rank: observation.rank,
            as_of: observation.as_of,
        };
        // What one piece of evidence says stands together in this order.
        let same = |index: &usize| sources[*index].evidence == source.evidence;
        let known = (0..sources.len()).rev().take_while(same).find(|index| sources[*index] == source);
        let index = known.unwrap_or_else(|| {
            sources.push(source);
            sources.len() - 1
        });
        for (name, value) in observation.fields {
            if UNIONS.contains(&name.as_str()) {
                merge_union(&mut merged.fields, name, value);
            } else if name == "counts" {
                counts.push((index, value));
            } else if let serde_json::map::Entry::Vacant(slot) = merged.fields.entry(name.clone()) {
                slot.insert(value);
                said.insert(name, index);
            }
        }
        // An empty body (a shell whose text lives elsewhere) says nothing.
        let Some(body) = observation.body.filter(|body| !body.html.is_empty()) else { continue };
        if merged.body.as_ref().is_none_or(|known| known.partial && !body.partial) {
            merged.body = Some(body);
            said.insert("body".to_owned(), index);
        }
    }
    // A stable sort: of one time the order of truth decides.
    counts.sort_by_key(|(index, _)| Reverse(sources[*index].as_of));
    if let Some((index, _)) = counts.first() {
        said.insert("counts".to_owned(), *index);
        let as_of = sources[*index].as_of;
        let mut counts = merge_counts(counts.into_iter().map(|(_, value)| value));
        if let Some(as_of) = as_of {
            counts["as_of"] = Value::from(as_of.to_string());
        }
        merged.fields.insert("counts".to_owned(), counts);
    }
    merged.fields.sort_keys();
    merged.provenance = Provenance { sources, fields: said };
    merged
}

/// Fields that are the union of what everybody said.
const UNIONS: &[&str] = &["extra", "statistics"];

/// Of a union the first to say a thing wins.
fn merge_union(fields: &mut Map<String, Value>, name: String, value: Value) {
    let Value::Object(more) = value else { return };
    let Value::Object(union) = fields.entry(name).or_insert_with(|| Value::Object(Map::new())) else { return };
    for (name, value) in more {
        union.entry(name).or_insert(value);
    }
    union.sort_keys();
}

/// Each count by the first that has it. Whether `read` was capped is said by the one that gave `read`.
fn merge_counts(all: impl Iterator<Item = Value>) -> Value {
    let mut merged = Map::new();
    for value in all {
        let Value::Object(counts) = value else { continue };
        if !merged.contains_key("read")
            && counts.get("read").is_some_and(|read| !read.is_null())
            && let Some(capped) = counts.get("capped")
        {
            merged.insert("capped".to_owned(), capped.clone());
        }
        for (name, count) in counts {
            if name != "capped" && !count.is_null() {
                merged.entry(name).or_insert(count);
            }
        }
    }
    merged.sort_keys();
    Value::Object(merged)
}

#[cfg(test)]
mod tests;
