//! Fails closed: an unknown never helps, and a held thing that goes is always missed.

use liudi::audit::engine::{Judgement, State, Verdict};
use liudi::audit::profile::{AccountKind, Entity};
use liudi::audit::rules::{Rules, Severity};
use liudi::model::{GapReason, SubjectKind};
use proptest::prelude::*;

use super::world::World;

/// What may be forgotten: keys of evidence, flags, measurements.
fn forgettable() -> Vec<String> {
    let rules = Rules::embedded().unwrap();
    let keys = rules.evidence_keys().into_iter().map(|key| format!("evidence {key}"));
    let unsure = rules.evidence_keys().into_iter().map(|key| format!("unsure {key}"));
    let flags = rules.meta.flags.iter().map(|flag| format!("flag {flag}"));
    let rest = [
        "entity",
        "kinds",
        "followers",
        "certified",
        "fixity",
        "digest",
        "scan article_body",
        "scan mirror_privacy",
        "scan mirror_offline",
        "asset article",
        "asset article.media",
        "asset channels_video.video",
        "lists",
        "present",
        "bills",
        "series wxpay_trade_bill",
        "series analytics",
        "held_urls",
        "event last_login_or_api_call",
        "event notice_published",
    ];
    keys.chain(unsure).chain(flags).chain(rest.map(str::to_owned)).collect()
}

fn forget(world: &mut World, what: &str) {
    let (what, name) = what.split_once(' ').unwrap_or((what, ""));
    match what {
        "evidence" => world.forget(name),
        "unsure" => world.set(name, "不知道"),
        "event" => world.events.events.retain(|event| event.name.code() != name),
        "flag" => world.flag(name, None),
        "entity" => world.profile.entity = None,
        "kinds" => world.profile.kinds.clear(),
        "followers" => world.profile.followers = None,
        "certified" => world.profile.certified = None,
        "fixity" => world.measured.fixity = None,
        "digest" => world.measured.archive_digest = None,
        "scan" => drop(world.measured.scans.remove(name)),
        "asset" => drop(world.measured.assets.remove(name)),
        "series" => drop(world.measured.series.remove(name)),
        "lists" => world.measured.lists.clear(),
        "present" => world.measured.present.clear(),
        "bills" => world.measured.bills.clear(),
        "held_urls" => world.measured.held_urls.clear(),
        _ => unreachable!("{what}"),
    }
}

/// Larger is worse: the verdict first, then what is open.
fn badness(judgement: &Judgement) -> (u8, usize, usize) {
    let verdict = match judgement.verdict {
        Verdict::Ready => 0,
        Verdict::ReadyWithWarnings => 1,
        _ => 2,
    };
    let open = |severity| {
        let outcomes = judgement.outcomes.iter().filter(|outcome| outcome.severity == severity && outcome.is_open());
        outcomes.map(|outcome| outcome.open_items().count()).sum()
    };
    (verdict, open(Severity::Blocker), open(Severity::Warning))
}

fn any_world() -> impl Strategy<Value = World> {
    let kinds = proptest::sample::subsequence(AccountKind::ALL.to_vec(), 1..=3);
    let entity = proptest::sample::select(Entity::ALL.to_vec());
    let flags = proptest::collection::vec(any::<bool>(), 8);
    (kinds, entity, flags, any::<bool>()).prop_map(|(kinds, entity, flags, certified)| {
        let mut world = World::whole(&kinds, entity);
        world.profile.certified = Some(certified);
        let names = world.rules.meta.flags.clone();
        for (name, value) in names.iter().zip(flags) {
            world.flag(name, Some(value));
        }
        world
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn an_unknown_never_improves_the_verdict(
        mut world in any_world(),
        forgotten in proptest::sample::subsequence(forgettable(), 0..12),
        last in proptest::sample::select(forgettable()),
    ) {
        for what in &forgotten {
            forget(&mut world, what);
        }
        let before = badness(&world.judge());
        forget(&mut world, &last);
        let after = badness(&world.judge());
        prop_assert!(after.0 >= before.0, "{last}: {before:?} became {after:?}");
    }

    #[test]
    fn a_held_thing_that_goes_is_always_missed(
        mut world in any_world(),
        which in 0..5_usize,
        forgotten in proptest::sample::subsequence(forgettable(), 0..6),
        named in any::<bool>(),
    ) {
        let (asset, kind, owner) = [
            ("article", SubjectKind::Article, AccountKind::OaService),
            ("article.media", SubjectKind::Media, AccountKind::OaService),
            ("channels_video.video", SubjectKind::Video, AccountKind::Channels),
            ("draft", SubjectKind::Article, AccountKind::OaService),
            ("comment", SubjectKind::Comment, AccountKind::OaService),
        ][which];
        world.profile.kinds.insert(owner);
        for what in forgotten.iter().filter(|what| !what.starts_with("asset") && *what != "kinds") {
            forget(&mut world, what);
        }
        let before = badness(&world.judge());
        if named {
            world.lose(asset, kind, "gone", GapReason::DownloadFailed);
        } else {
            let asset = world.measured.asset(asset);
            asset.held = asset.held.map(|held| held - 1);
        }
        let after = badness(&world.judge());
        prop_assert!(after > before, "{asset}: {before:?} became {after:?}");
    }
}

#[test]
fn a_bill_day_that_goes_is_missed() {
    let mut world = World::whole(&[AccountKind::Mch], Entity::Enterprise);
    world.flag("uses.pay", Some(true));
    assert_eq!(world.judge().verdict, Verdict::Ready);
    for number in 1..=30 {
        let mut poorer = World::whole(&[AccountKind::Mch], Entity::Enterprise);
        poorer.flag("uses.pay", Some(true));
        let day = super::world::day(&format!("2026-06-{number:02}"));
        poorer.measured.series("wxpay_trade_bill").held.remove(&day);
        let judgement = poorer.judge();
        assert_eq!(judgement.verdict, Verdict::NotReady, "{day}");
        let outcome = judgement.outcome("bills.coverage").unwrap();
        assert_eq!(outcome.state, State::Unmet);
        assert!(outcome.open_items().any(|item| item.key.ends_with(&day.to_string()) && item.lost), "{day}");
    }
}
