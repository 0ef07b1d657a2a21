//! Tests what a batch changes and what it leaves alone.

use serde_json::json;

use super::*;
use crate::model::fold::fold;
use crate::model::{Rank, Time};
use crate::store::Catalog;

fn catalog() -> (tempfile::TempDir, Catalog, Run) {
    let folder = tempfile::tempdir().unwrap();
    let catalog = Catalog::open(&folder.path().join("catalog.sqlite")).unwrap();
    let run = catalog.begin_run(Time::from_unix(1_800_000_000).unwrap()).unwrap();
    (folder, catalog, run)
}

/// Adds a record with its own evidence.
fn add(catalog: &Catalog, run: Run, number: i64, record: Record) {
    let digest = Sha256::of(&number.to_be_bytes());
    let evidence = EvidenceRow {
        digest,
        bytes: 1,
        source: "page".into(),
        version: 1,
        locator: number.to_string(),
        template: "page".into(),
        mime: "text/html".into(),
        time: None,
        fetch: None,
        blanked: 0,
        shelf: None,
        place: "evidence/packs/x".into(),
    };
    let rows = Batch { evidence: vec![evidence], records: vec![(record, digest, 0)], ..Batch::default() };
    catalog.add(run, &rows).unwrap();
}

fn article(catalog: &Catalog, run: Run, number: i64) {
    let aliases = vec![format!("MzA=_{number}_1")];
    add(catalog, run, number, Record::new(Kind::Article, Rank::PageData, aliases, &json!({ "comment_id": "777" })));
}

#[test]
fn a_number_that_many_articles_give_makes_only_the_new_one_dirty() {
    let (_folder, catalog, run) = catalog();
    let dirty = || catalog.entities(Kind::Article, true).unwrap();
    let clean = || catalog.connection().execute("UPDATE entity SET dirty = 0", []).unwrap();
    let leads_to = || catalog.entity_named(Kind::Article, "comment:777").unwrap();
    article(&catalog, run, 1);
    assert_eq!((dirty(), leads_to()), (vec![1], Some(1)));
    clean();
    article(&catalog, run, 2);
    assert_eq!((dirty(), leads_to()), (vec![1, 2], None), "the first one loses a name");
    for number in 3..6 {
        clean();
        article(&catalog, run, number);
        assert_eq!((dirty(), leads_to()), (vec![number], None));
    }
}

#[test]
fn an_account_that_every_page_names_folds_as_from_all_of_them() {
    let (_folder, catalog, run) = catalog();
    let names = ["甲", "乙", "甲", "丙", "乙", "甲"];
    for (number, name) in (1..).zip(names.iter().cycle().take(60)) {
        let fields = json!({ "name": name, "extra": { name.to_string(): number % 2 } });
        let mut record = Record::new(Kind::Account, Rank::PageData, vec!["biz:MzA=".into()], &fields);
        // Several share a time, and some have none.
        record.as_of = Time::from_unix(1_700_000_000 + number / 7).filter(|_| number % 5 > 0);
        add(&catalog, run, number, record);
    }
    let entity = catalog.entity_named(Kind::Account, "biz:MzA=").unwrap().unwrap();
    let (all, distinct) = (catalog.observations(entity).unwrap(), catalog.distinct_observations(entity).unwrap());
    assert_eq!((all.len(), distinct.len()), (60, 5));
    assert_eq!(fold(distinct).fields, fold(all).fields);
}
