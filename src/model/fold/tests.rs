//! Tests of the fold: ranks, versions, parts, counts, and that no order of observations matters.

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::model::{MediaRef, MediaRole};

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

/// A copy with a body, given out at `as_of`.
fn copy(rank: Rank, evidence: &str, as_of: Option<i64>, text: &str) -> Observation {
    Observation {
        as_of: as_of.and_then(Time::from_unix),
        body: Some(Body {
            html: format!("<p>{text}</p>"),
            fingerprint: Sha256::of(text.as_bytes()).hex()[..16].to_owned(),
            ..Body::default()
        }),
        ..observation(rank, evidence, json!({"title": format!("题 {text}")}))
    }
}

fn part(mut one: Observation) -> Observation {
    one.body.as_mut().unwrap().partial = true;
    one
}

fn with(mut one: Observation, name: &str, value: Value) -> Observation {
    one.fields.insert(name.to_owned(), value);
    one
}

fn html(merged: &Merged) -> &str {
    &merged.body.as_ref().unwrap().html
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
fn an_empty_body_of_a_better_rank_never_replaces_a_full_one() {
    let mut shell = copy(Rank::PageData, "shell", Some(200), "");
    shell.body.as_mut().unwrap().html.clear();
    let full = copy(Rank::Dom, "full", Some(100), "全文");
    for order in [vec![shell.clone(), full.clone()], vec![full, shell]] {
        let merged = fold(order);
        assert_eq!(html(&merged), "<p>全文</p>");
        assert_eq!(merged.provenance.sources[merged.provenance.fields["body"]].rank, Rank::Dom);
    }
}

#[test]
fn of_equal_ranks_the_later_wins() {
    let mut old = observation(Rank::PageData, "a", json!({"title": "一"}));
    old.as_of = Time::from_unix(100);
    let mut new = observation(Rank::PageData, "b", json!({"title": "二"}));
    new.as_of = Time::from_unix(200);
    assert_eq!(fold(vec![old, new]).fields["title"], "二");
}

#[test]
fn a_changed_text_of_a_later_day_is_a_new_edition_and_the_old_one_stays() {
    let history = fold_history(vec![
        copy(Rank::PageData, "new", Some(200), "二"),
        copy(Rank::PageData, "old", Some(100), "一"),
        copy(Rank::PageData, "again", Some(150), "一"),
    ]);
    assert_eq!(html(&history.newest), "<p>二</p>");
    assert_eq!(history.older.len(), 1, "two copies of one text are one edition");
    assert_eq!((html(&history.older[0]), &history.older[0].fields["title"]), ("<p>一</p>", &json!("题 一")));
}

#[test]
fn the_newest_edition_goes_before_a_better_rank_of_an_older_one() {
    // A page saved before the change, the platform's answer after it, a list that dates from nowhere.
    let page = with(copy(Rank::PageData, "page", Some(100), "一"), "author", json!("甲"));
    let answer = copy(Rank::Api, "answer", Some(200), "二");
    let list = observation(Rank::List, "list", json!({"title": "列表里的题", "author": "列表", "summary": "摘要"}));
    let history = fold_history(vec![list, page, answer]);
    let fields = &history.newest.fields;
    assert_eq!((html(&history.newest), &fields["title"]), ("<p>二</p>", &json!("题 二")));
    assert_eq!((&fields["author"], &fields["summary"]), (&json!("甲"), &json!("摘要")), "what it lacks, others fill");
    assert_eq!(history.older.len(), 1);
}

#[test]
fn another_form_of_the_same_text_is_no_edition() {
    // No date; no later than the other; only a part: none of them proves that anybody changed anything.
    for other in [
        copy(Rank::Dom, "stripped", None, "一 导出器加的字"),
        copy(Rank::PageData, "same second", Some(100), "别的"),
        part(copy(Rank::PageData, "preview", Some(300), "一的开头")),
    ] {
        let history = fold_history(vec![copy(Rank::PageData, "page", Some(100), "一"), other]);
        assert!(history.older.is_empty());
    }
}

#[test]
fn a_modification_told_by_the_platform_is_an_edition_even_of_the_same_text() {
    let old = copy(Rank::PageData, "a", Some(100), "一");
    let new = with(copy(Rank::PageData, "b", Some(200), "一"), "modified", json!("2024-02-01T00:00:00+08:00"));
    assert_eq!(fold_history(vec![old.clone(), new]).older.len(), 1);
    // An answer that never tells of modifications does not tell that there was none.
    let told = with(copy(Rank::PageData, "c", Some(50), "一"), "modified", json!("2024-02-01T00:00:00+08:00"));
    assert!(fold_history(vec![told, copy(Rank::Api, "d", Some(200), "一")]).older.is_empty());
}

#[test]
fn a_changed_picture_is_an_edition_between_pages_of_one_kind_only() {
    let with_picture = |mut one: Observation, url: &str| {
        one.body.as_mut().unwrap().media = vec![MediaRef::at(url, MediaRole::Image)];
        one
    };
    let (first, second) = ("https://mmbiz.qpic.cn/mmbiz_png/A/0", "https://mmbiz.qpic.cn/mmbiz_png/B/0");
    let old = with_picture(copy(Rank::PageData, "a", Some(100), "一"), first);
    let new = with_picture(copy(Rank::PageData, "b", Some(200), "一"), second);
    assert_eq!(fold_history(vec![old.clone(), new]).older.len(), 1);
    let answer = with_picture(copy(Rank::Api, "c", Some(200), "一"), second);
    assert!(fold_history(vec![old, answer]).older.is_empty());
}

#[test]
fn a_whole_body_goes_before_a_part_of_it() {
    let preview = part(copy(Rank::PageData, "preview", Some(300), "一的开头"));
    let bought = copy(Rank::Dom, "bought", Some(100), "一的全文");
    assert_eq!(html(&fold(vec![preview.clone(), bought])), "<p>一的全文</p>");
    assert_eq!(html(&fold(vec![preview])), "<p>一的开头</p>", "a part is better than nothing");
}

#[test]
fn each_count_is_the_latest_that_is_known() {
    let mut page = observation(Rank::PageData, "p", json!({"counts": {"read": 100, "like": 5, "capped": false}}));
    page.as_of = Time::from_unix(100);
    let mut list = observation(Rank::List, "l", json!({"counts": {"read": 100_001, "like": null, "capped": true}}));
    list.as_of = Time::from_unix(900);
    let table = observation(Rank::List, "t", json!({"counts": {"read": 7, "comment": 3, "capped": false}}));
    let merged = fold(vec![table, page, list]);
    let as_of = "1970-01-01T08:15:00+08:00";
    let expected = json!({"as_of": as_of, "capped": true, "comment": 3, "like": 5, "read": 100_001});
    assert_eq!(merged.fields["counts"], expected);
    assert_eq!(merged.provenance.sources[merged.provenance.fields["counts"]].rank, Rank::List);
}

prop_compose! {
    /// Any observation out of a small world, so that collisions of every kind are common.
    fn any_observation()(
        evidence in 0..6u8, ordinal in 0..2u32, rank in 0..7i64, as_of in proptest::option::of(0..4i64),
        text in proptest::option::of(0..3u8), partial in any::<bool>(), modified in proptest::option::of(0..2u8),
        author in proptest::option::of(0..3u8), read in proptest::option::of(0..3u64),
    ) -> Observation {
        let mut fields = Map::new();
        if let Some(author) = author { fields.insert("author".to_owned(), json!(author)); }
        if let Some(read) = read { fields.insert("counts".to_owned(), json!({"read": read, "capped": read == 2})); }
        if let Some(day) = modified { fields.insert("modified".to_owned(), json!(format!("2024-02-0{}T00:00:00+08:00", day + 1))); }
        let mut one = match text {
            Some(text) => copy(Rank::Link, &evidence.to_string(), as_of, &text.to_string()),
            None => observation(Rank::Link, &evidence.to_string(), json!({})),
        };
        one.rank = Rank::from_number(rank).unwrap();
        one.as_of = as_of.and_then(Time::from_unix);
        one.ordinal = ordinal;
        one.fields.extend(fields);
        if let Some(body) = &mut one.body { body.partial = partial; }
        one
    }
}

proptest! {
    #[test]
    fn the_order_of_observations_changes_nothing(
        observations in proptest::collection::vec(any_observation(), 0..8),
        order in proptest::collection::vec(any::<u16>(), 8),
    ) {
        // The catalog holds one observation for each number of a piece of evidence.
        let mut one_each: Vec<Observation> = Vec::new();
        for one in observations {
            if !one_each.iter().any(|known| (known.evidence, known.ordinal) == (one.evidence, one.ordinal)) {
                one_each.push(one);
            }
        }
        let mut other: Vec<_> = one_each.iter().cloned().zip(order).collect();
        other.sort_by_key(|(_, place)| *place);
        let (left, right) = (fold_history(one_each), fold_history(other.into_iter().map(|(one, _)| one).collect()));
        prop_assert_eq!(left.newest.fields, right.newest.fields);
        prop_assert_eq!(left.newest.body, right.newest.body);
        prop_assert_eq!(left.newest.provenance, right.newest.provenance);
        prop_assert_eq!(left.older.len(), right.older.len());
        for (left, right) in left.older.into_iter().zip(right.older) {
            prop_assert_eq!((left.fields, left.body), (right.fields, right.body));
        }
    }
}
