//! The pure fold from observations to one merged record: for each field the first observation that has it wins, in the
//! order of rank, then the later `as_of`, then the evidence's digest. Whatever order inputs, threads and kills
//! brought them in, the same set of observations gives the same record.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::article::{Provenance, ProvenanceSource};
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

/// Folds.
pub fn fold(mut observations: Vec<Observation>) -> Merged {
    observations.sort_by_key(|one| (one.rank, Reverse(one.as_of), one.evidence, one.ordinal));
    let mut merged = Merged::default();
    let mut sources: Vec<ProvenanceSource> = Vec::new();
    let mut said: BTreeMap<String, usize> = BTreeMap::new();
    let mut counts: Vec<(Option<Time>, usize, Map<String, Value>)> = Vec::new();
    for observation in observations {
        let source = ProvenanceSource {
            evidence: observation.evidence,
            source: observation.source,
            rank: observation.rank,
            as_of: observation.as_of,
        };
        let index = sources.iter().position(|known| *known == source).unwrap_or_else(|| {
            sources.push(source);
            sources.len() - 1
        });
        for (name, value) in observation.fields {
            if name == "extra" {
                merge_extra(&mut merged.fields, value);
            } else if let ("counts", Value::Object(map)) = (name.as_str(), &value) {
                counts.push((observation.as_of, index, map.clone()));
            } else if let serde_json::map::Entry::Vacant(slot) = merged.fields.entry(name.clone()) {
                slot.insert(value);
                said.insert(name, index);
            }
        }
        // An empty body (a shell whose text lives elsewhere) says nothing.
        if merged.body.is_none()
            && let Some(body) = observation.body.filter(|body| !body.html.is_empty())
        {
            merged.body = Some(body);
            said.insert("body".to_owned(), index);
        }
    }
    if let Some((index, counted)) = latest_counts(counts) {
        merged.fields.insert("counts".to_owned(), Value::Object(counted));
        said.insert("counts".to_owned(), index);
    }
    merged.fields.sort_keys();
    merged.provenance = Provenance { sources, fields: said };
    merged
}

/// Counts grow: the latest that was given out stands, whoever gave it; what it does not count, an earlier one does. `capped`
/// tells of `read` and goes with it.
fn latest_counts(mut counts: Vec<(Option<Time>, usize, Map<String, Value>)>) -> Option<(usize, Map<String, Value>)> {
    counts.sort_by_key(|(as_of, ..)| Reverse(*as_of));
    let (as_of, first, _) = counts.first()?;
    let (as_of, first) = (*as_of, *first);
    let mut merged = Map::new();
    for (_, _, counted) in counts {
        let capped = counted.get("capped").cloned();
        for (name, value) in counted {
            if value.is_null() || name == "capped" || merged.contains_key(&name) {
                continue;
            }
            if name == "read" {
                merged.insert("capped".to_owned(), capped.clone().unwrap_or(Value::Bool(false)));
            }
            merged.insert(name, value);
        }
    }
    if let Some(as_of) = as_of {
        merged.insert("as_of".to_owned(), Value::from(as_of.to_string()));
    }
    merged.sort_keys();
    Some((first, merged))
}

/// `extra` is the union of what everybody said; the first to say a thing wins.
fn merge_extra(fields: &mut Map<String, Value>, value: Value) {
    let Value::Object(more) = value else { return };
    let Value::Object(extra) = fields.entry("extra").or_insert_with(|| Value::Object(Map::new())) else { return };
    for (name, value) in more {
        extra.entry(name).or_insert(value);
    }
    extra.sort_keys();
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn observation(rank: Rank, evidence: &str, fields: Value) -> Observation {
        let Value::Object(fields) = fields else { panic!("an object") };
        Observation {
            evidence: Sha256::of(evidence.as_bytes()),
            ordinal: 0,
            source: "page".to_owned(),
            rank,
            as_of: None,
            fields,
            body: None,
        }
    }

    #[test]
    fn a_poorer_input_never_overwrites_a_richer_field_in_any_order() {
        let list = observation(Rank::List, "l", json!({"title": "旧题", "summary": "摘要", "extra": {"a": 1}}));
        let page = observation(Rank::PageData, "p", json!({"title": "题", "extra": {"a": 2, "b": 3}}));
        let other = observation(Rank::List, "m", json!({"title": "别的", "author": "甲"}));
        let expected = json!({"title": "题", "summary": "摘要", "author": "甲", "extra": {"a": 2, "b": 3}});
        let orders = [[0, 1, 2], [2, 1, 0], [1, 2, 0], [0, 2, 1]];
        for order in orders {
            let all = [list.clone(), page.clone(), other.clone()];
            let merged = fold(order.iter().map(|index| all[*index].clone()).collect());
            assert_eq!(Value::Object(merged.fields), expected);
            assert_eq!(merged.provenance.sources[merged.provenance.fields["title"]].rank, Rank::PageData);
        }
    }

    #[test]
    fn the_latest_counts_stand_whatever_their_rank() {
        let mut page = observation(
            Rank::PageData,
            "p",
            json!({"counts": {"read": 10, "capped": false, "comment": 2, "like": null}}),
        );
        page.as_of = Time::from_unix(100);
        let mut later = observation(Rank::List, "l", json!({"counts": {"read": 100_000, "capped": true, "like": 7}}));
        later.as_of = Time::from_unix(200);
        let old = observation(Rank::List, "m", json!({"counts": {"read": 1, "share": 4}}));
        let merged = fold(vec![old, page, later]);
        let as_of = Time::from_unix(200).map(|time| time.to_string());
        let expected = json!({"as_of": as_of, "capped": true, "comment": 2, "like": 7, "read": 100_000, "share": 4});
        assert_eq!(merged.fields["counts"], expected);
        assert_eq!(merged.provenance.sources[merged.provenance.fields["counts"]].rank, Rank::List);
    }

    #[test]
    fn of_equal_ranks_the_later_wins() {
        let mut old = observation(Rank::PageData, "a", json!({"title": "一"}));
        old.as_of = Time::from_unix(100);
        let mut new = observation(Rank::PageData, "b", json!({"title": "二"}));
        new.as_of = Time::from_unix(200);
        assert_eq!(fold(vec![old, new]).fields["title"], "二");
    }
}
