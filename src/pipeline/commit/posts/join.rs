//! Joins records of the same work: exports give a work another id than lists do, and perhaps another one every day. Two
//! records are joined when they have the same text and day and nothing contradicts it. The join is repeated at every
//! commit and never stored, so that a later list can separate two works again.

use std::collections::{BTreeMap, BTreeSet};

use crate::error::{Error, Result};
use crate::model::fold::{Observation, fold};
use crate::model::{Form, Kind, Sha256, ShortPostFields};
use crate::parse::list::channels::comparable;
use crate::store::Catalog;

/// An entity of the catalog with its names and observations.
#[derive(Debug)]
pub(crate) struct Known {
    /// Entity that represents all the joined ones.
    pub(crate) entity: i64,
    /// All names, sorted.
    pub(crate) names: Vec<String>,
    /// All observations.
    pub(crate) observations: Vec<Observation>,
}

/// Returns every entity of `kind`, joined.
pub(crate) fn all(catalog: &Catalog, kind: Kind) -> Result<Vec<Known>> {
    let mut known = Vec::new();
    for entity in catalog.entities(kind, false)? {
        let observations = catalog.observations(entity)?;
        known.push(Known { entity, names: catalog.names(entity)?, observations });
    }
    if kind == Kind::Video { joined(known) } else { Ok(known) }
}

fn joined(known: Vec<Known>) -> Result<Vec<Known>> {
    let mut groups: BTreeMap<(String, String, bool), Vec<usize>> = BTreeMap::new();
    for (index, one) in known.iter().enumerate() {
        let fields: ShortPostFields = decode(fold(one.observations.clone()).fields)?;
        let text = comparable(fields.text.as_deref().unwrap_or_default());
        let live = fields.form == Some(Form::Live);
        // Two broadcasts of one day may have the same name, but none begin in the same second. The history and the list
        // of replays each number a broadcast differently.
        let day = match fields.published {
            Some(time) if live => Some(time.to_string()),
            Some(time) => Some(time.date()),
            None => fields.day,
        };
        if let Some(day) = day.filter(|_| !text.is_empty()) {
            groups.entry((text, day, live)).or_default().push(index);
        }
    }
    let mut leader: BTreeMap<usize, usize> = BTreeMap::new();
    for ((_, _, live), members) in groups {
        if members.len() < 2 || !are_one(&members, &known, live) {
            continue;
        }
        let first =
            members.iter().copied().min_by_key(|index| (super::fold::canonical_id(&known[*index].names), *index));
        if let Some(first) = first {
            leader.extend(members.into_iter().filter(|member| *member != first).map(|member| (member, first)));
        }
    }
    let mut slots: Vec<Option<Known>> = known.into_iter().map(Some).collect();
    for (member, first) in leader {
        if let (Some(more), Some(Some(known))) = (slots[member].take(), slots.get_mut(first)) {
            known.names.extend(more.names);
            known.names.sort();
            known.observations.extend(more.observations);
        }
    }
    Ok(slots.into_iter().flatten().collect())
}

/// Reports whether nothing contradicts a join: at most one member has a number (broadcasts excepted), and no list names
/// two of them.
fn are_one(members: &[usize], known: &[Known], live: bool) -> bool {
    let numbered = |index: &&usize| known[**index].names.iter().any(|name| name.starts_with("object:"));
    let mut seen: BTreeSet<Sha256> = BTreeSet::new();
    let apart = |index: &usize| {
        let lists: BTreeSet<Sha256> = known[*index].observations.iter().map(|one| one.evidence).collect();
        lists.into_iter().all(|list| seen.insert(list))
    };
    (live || members.iter().filter(numbered).count() <= 1) && members.iter().all(apart)
}

pub(crate) fn decode(fields: serde_json::Map<String, serde_json::Value>) -> Result<ShortPostFields> {
    serde_json::from_value(serde_json::Value::Object(fields))
        .map_err(|error| Error::other("catalog-decode-failed").because(error))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::model::Rank;

    fn known(entity: i64, name: &str, list: &str, fields: serde_json::Value) -> Known {
        let serde_json::Value::Object(fields) = fields else { panic!("an object") };
        let observation = Observation {
            evidence: Sha256::of(list.as_bytes()),
            ordinal: 0,
            source: "channels".to_owned(),
            rank: Rank::List,
            as_of: None,
            fields,
            body: None,
        };
        Known { entity, names: vec![name.to_owned()], observations: vec![observation] }
    }

    fn post(entity: i64, list: &str) -> Known {
        let fields = json!({"text": "海边 #旅行", "published": "2026-07-24T10:00:00+08:00"});
        known(entity, &format!("object:{entity}"), list, fields)
    }

    fn row(entity: i64, list: &str) -> Known {
        known(entity, &format!("export:{entity}"), list, json!({"text": "海边#旅行", "day": "2026-07-24"}))
    }

    fn names(all: Vec<Known>) -> Vec<Vec<String>> {
        joined(all).unwrap().into_iter().map(|one| one.names).collect()
    }

    #[test]
    fn a_row_of_a_table_joins_the_work_of_its_day() {
        assert_eq!(names(vec![row(1, "csv"), post(2, "list")]), [["export:1", "object:2"]]);
        assert_eq!(names(vec![row(1, "csv"), row(2, "data"), post(3, "list")]).len(), 1);
    }

    #[test]
    fn what_a_list_tells_apart_stays_apart() {
        assert_eq!(names(vec![row(1, "csv"), row(2, "csv"), post(3, "list")]).len(), 3);
        assert_eq!(names(vec![row(1, "csv"), post(2, "page 1"), post(3, "page 2")]).len(), 3);
    }

    #[test]
    fn works_without_words_are_never_joined() {
        let silent = |entity, list| known(entity, &format!("export:{entity}"), list, json!({"day": "2026-07-24"}));
        assert_eq!(names(vec![silent(1, "a"), silent(2, "b")]).len(), 2);
    }
}
