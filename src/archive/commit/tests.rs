//! Tests the order of a commit's steps: a reader who meets a half-applied commit must detect it by the anchor.

use super::*;
use crate::archive::journal::Step;
use crate::model::Time;
use crate::store::ArchiveLock;
use crate::work::Work;

fn description() -> BagDescription {
    BagDescription {
        date: "2024-01-31".to_owned(),
        source_organization: "示例号".to_owned(),
        external_description: "Archive of a WeChat account".to_owned(),
        group_identifier: "gh_0123456789ab".to_owned(),
    }
}

/// Returns the steps of the commit for `changes` without taking any.
fn steps(root: &Path, stage: &Stage, changes: Changes) -> Vec<Step> {
    stage.sync_batch().unwrap();
    let mut bags = plan(root, changes).unwrap();
    let mut builder = Builder::new(root).unwrap();
    builder.payload(&mut bags, &mut Committed::default()).unwrap();
    for bag in &bags {
        builder.tag_files(bag, &description()).unwrap();
    }
    builder.sums().unwrap();
    builder.seal().unwrap().steps
}

/// Returns the rank of a path in the order of steps: new payload, removed payload, manifests, other tag files, the
/// anchor.
fn turn(step: &Step) -> usize {
    match step {
        Step::Remove { .. } => 1,
        Step::Rename { to, .. } if to == layout::SHA256SUMS => 4,
        Step::Rename { to, .. } if to.contains(&format!("/{}/", layout::DATA)) => 0,
        Step::Rename { to, .. } if to.ends_with(layout::TAG_MANIFEST) || to == layout::README => 3,
        Step::Rename { .. } => 2,
    }
}

#[test]
fn payload_comes_first_tag_files_after_it_and_the_anchor_last() {
    let root = tempfile::tempdir().unwrap();
    let root = root.path();
    let lock = ArchiveLock::take(root, Time::from_unix(1_800_000_000).unwrap()).unwrap();
    let stage = Stage::open(root, &lock).unwrap();
    let mut first = Changes::default();
    for (class, path) in [(Class::Public, "a"), (Class::Public, "b"), (Class::Private, "c"), (Class::Private, "d")] {
        first.put(class, path, stage.put_bytes(path.as_bytes()).unwrap());
    }
    commit(root, &stage, first, &description(), &Work::default()).unwrap();
    let mut second = Changes::default();
    second.put(Class::Public, "new", stage.put_bytes(b"new").unwrap());
    second.relocate(Class::Private, "c", Class::Public, "c");
    second.remove(Class::Public, "b");
    let steps = steps(root, &stage, second);
    let last = steps.last().unwrap();
    assert!(matches!(last, Step::Rename { to, .. } if to == layout::SHA256SUMS), "{last:?}");
    assert_eq!(steps.iter().filter(|step| turn(step) == 4).count(), 1);
    let payload_ends = steps.iter().rposition(|step| turn(step) <= 1).unwrap();
    let tags_begin = steps.iter().position(|step| turn(step) >= 2).unwrap();
    assert!(payload_ends < tags_begin, "{steps:?}");
    for bag in ["public", "private"] {
        let place = |file: &str| {
            let path = format!("{bag}/{file}");
            steps.iter().position(|step| matches!(step, Step::Rename { to, .. } if *to == path)).unwrap()
        };
        assert!(place(layout::MANIFEST) < place(layout::TAG_MANIFEST), "{bag}: {steps:?}");
        assert!(place(layout::BAG_INFO) < place(layout::TAG_MANIFEST), "{bag}: {steps:?}");
    }
}
