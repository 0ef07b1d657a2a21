//! Days that cannot be true are refused when they are recorded, and help nothing if an archive already holds them.

use liudi::audit::advice;
use liudi::audit::engine::{RuleResult, State};
use liudi::audit::events::EventName;
use liudi::audit::profile::{AccountKind, Entity};
use liudi::audit::questions;

use liudi::text::{Language, Texts};

use super::demo::liudi;
use super::world::World;
use crate::support::Run;

fn seller() -> World {
    let mut world = World::whole(&[AccountKind::OaSubscription, AccountKind::Mch], Entity::Enterprise);
    world.flag("uses.pay", Some(true));
    world
}

#[test]
fn contradictory_days_make_no_check_pass() {
    let mut world = seller();
    world.set("first_trade", "2026-11-01");
    world.set("last_trade", "2026-06-20");
    let judgement = world.judge();
    for rule in ["bills.coverage", "bills.fundflow"] {
        let outcome = judgement.outcome(rule).unwrap();
        assert_eq!(outcome.state, State::Unknown, "{rule}");
        let reasons: Vec<&str> = outcome.open_items().map(|item| item.reason.as_str()).collect();
        assert!(reasons.contains(&"days_contradict"), "{rule}: {reasons:?}");
    }
}

#[test]
fn a_day_to_come_starts_no_window_and_hides_no_bill() {
    let mut world = seller();
    world.set("last_trade", "2099-01-01");
    world.set("first_trade", "2050-01-01");
    let judgement = world.judge();
    let items: Vec<_> = judgement.outcome("bills.coverage").unwrap().open_items().collect();
    assert!(items.len() < 5, "{items:?}");
    assert!(items.iter().any(|item| item.reason == "day_in_future"));
    let fuses = world.scene().plan(super::world::day("2026-11-22")).fuses;
    assert!(fuses.iter().filter(|fuse| fuse.code == "bill-day").count() > 80, "{fuses:?}");

    let mut world = World::personal();
    world.event(EventName::LastLoginOrApiCall, "2099-01-01");
    let judgement = world.judge();
    let open: Vec<_> = judgement.open().into_iter().flat_map(RuleResult::open_items).collect();
    assert!(open.iter().any(|item| item.reason == "day_in_future"), "{open:?}");
    world.event(EventName::Submitted, "2030-01-01");
    let plan = world.scene().plan(super::world::day("2026-11-22"));
    assert!(plan.steps.iter().all(|step| step.planned && step.submit.year() < 2030), "{plan:?}");
}

#[test]
fn every_bill_is_counted_from_the_first_one_and_the_bill_of_today_comes_tomorrow() {
    let mut world = seller();
    let today = super::world::day("2026-11-22");
    world.set("first_trade", "2026-11-10");
    world.set("last_trade", "2026-11-22");
    world.measured.series.retain(|name, _| !name.starts_with("wxpay_"));
    world.measured.series("wxpay_trade_bill").held.insert(super::world::day("2026-11-08"));
    let judgement = world.judge();
    for (rule, name) in [("bills.coverage", "wxpay_trade_bill"), ("bills.fundflow", "wxpay_fund_bill.BASIC")] {
        let items: Vec<_> = judgement.outcome(rule).unwrap().open_items().collect();
        let key = |day: &str| format!("{name}:{day}");
        let item = |day: &str| items.iter().find(|item| item.key == key(day));
        assert!(item("2026-11-09").is_some_and(|item| item.thing && item.reason == "not_held"), "{items:?}");
        assert_eq!(item("2026-11-08").is_some(), rule == "bills.fundflow", "{rule}");
        let last = item("2026-11-22").unwrap();
        assert_eq!((last.thing, last.reason.as_str(), last.date.as_deref()), (false, "wait", Some("2026-11-23")));
    }
    let fuses = world.scene().plan(today).fuses;
    let days: Vec<_> =
        fuses.iter().filter(|fuse| fuse.code == "bill-day").filter_map(|fuse| fuse.item.as_deref()).collect();
    // The fund bill of the eighth is missing as well.
    assert_eq!((days.len(), days[0], days[13]), (14, "2026-11-08", "2026-11-21"));
}

#[test]
fn each_of_several_merchants_needs_its_own_bills() {
    let mut world = seller();
    world.set("first_trade", "2026-09-20");
    world.set("last_trade", "2026-09-26");
    world.measured.series.retain(|name, _| !name.starts_with("wxpay_"));
    let (a, b) = ("wxpay_trade_bill@1900000001", "wxpay_trade_bill@1900000002");
    world.hold("wxpay_trade_bill", "2026-09-20", "2026-09-26");
    world.hold(a, "2026-09-20", "2026-09-26");
    for fund in ["BASIC", "FEES", "OPERATION"] {
        world.hold(&format!("wxpay_fund_bill.{fund}"), "2026-09-20", "2026-09-26");
    }
    world.hold(b, "2026-09-22", "2026-09-24");
    world.lose_day(b, "2026-09-23");
    let keys = |world: &World| -> Vec<String> {
        let judgement = world.judge();
        let outcome = judgement.outcome("bills.coverage").unwrap();
        outcome.open_items().map(|item| item.key.clone()).collect()
    };
    let (before, inside, after) =
        (format!("{b}:2026-09-20..2026-09-21"), format!("{b}:2026-09-23"), format!("{b}:2026-09-25..2026-09-26"));
    assert_eq!(keys(&world), [before.clone(), after.clone(), inside.clone()]);
    let judgement = world.judge();
    let outcome = judgement.outcome("bills.coverage").unwrap();
    let texts = Texts::new(Language::Chinese);
    let first = advice::to_do(&texts, world.scene().rules, outcome, "liudi", 1).items.remove(0);
    assert_eq!(first.name, "交易账单（商户号 1900000002） 2026-09-20 至 2026-09-21");
    assert!(first.bill_day && first.in_no_list, "{first:?}");
    let due = |world: &World| {
        let fuses = world.scene().plan(super::world::day("2026-11-22")).fuses;
        fuses.into_iter().filter(|fuse| fuse.code == "bill-day").filter_map(|fuse| fuse.item).collect::<Vec<_>>()
    };
    assert_eq!(due(&world).len(), 5);
    // The one is given up, of the other there was no trade; neither says anything of the other merchant.
    world.waive("bills.coverage", Some(&before));
    world.set(&format!("no_bill:{after}"), "yes");
    assert_eq!(keys(&world), std::slice::from_ref(&inside));
    assert_eq!(due(&world), ["2026-09-23"]);
    world.set(&format!("no_bill:{b}:2026-09-23"), "yes");
    assert!(keys(&world).is_empty());
    // The ends move: what was given up stays so, and only the days beyond it are asked for.
    world.set("first_trade", "2026-09-18");
    world.measured.series(a).held.extend([super::world::day("2026-09-18"), super::world::day("2026-09-19")]);
    assert_eq!(keys(&world), [format!("{b}:2026-09-18..2026-09-19")]);
    world.waive("bills.coverage", Some(&format!("{b}:2026-09-18..2026-09-19")));
    assert!(keys(&world).is_empty());
    world.lose_day(a, "2026-09-23");
    assert_eq!(keys(&world), [format!("{a}:2026-09-23")]);
    world.set("no_bill:wxpay_trade_bill:2026-09-23", "yes");
    assert_eq!(keys(&world).len(), 1, "said when there was one merchant");
}

#[test]
fn a_freeze_that_was_seen_is_the_one_that_counts() {
    const OA: AccountKind = AccountKind::OaSubscription;
    let mut world = World::personal();
    world.event(EventName::Submitted, "2026-11-01");
    let freeze = |world: &World| {
        let plan = world.scene().plan(super::world::day("2026-11-22"));
        let step = plan.steps.into_iter().find(|step| step.account == OA).unwrap();
        step.dates.into_iter().find(|dates| dates.window == "oa.freeze").unwrap().from.unwrap().to_string()
    };
    assert_eq!(freeze(&world), "2026-11-02", "expected the day after");
    for (event, day, from) in [
        (EventName::Frozen, "2026-11-09", "2026-11-09"),
        (EventName::SubjectVerified, "2026-11-08", "2026-11-09"),
        (EventName::SubjectVerified, "2026-11-10", "2026-11-10"),
    ] {
        world.event(event, day);
        assert_eq!(freeze(&world), from, "{event} {day}");
    }
}

#[test]
fn the_trades_of_a_merchant_are_no_bounds_of_personal_bills() {
    let mut world = seller();
    world.measured.series("wxpay_personal_bill").held.insert(super::world::day("2019-09-30"));
    world.forget("personal_first_trade");
    world.forget("personal_last_trade");
    let judgement = world.judge();
    let keys: Vec<&str> =
        judgement.outcome("bills.personal").unwrap().open_items().map(|item| item.key.as_str()).collect();
    assert_eq!(keys, ["personal_first_trade", "personal_last_trade"]);
    world.set("personal_first_trade", "2019-09-01");
    world.set("personal_last_trade", "2019-10-31");
    let judgement = world.judge();
    let outcome = judgement.outcome("bills.personal").unwrap();
    let texts = Texts::new(Language::Chinese);
    let names: Vec<String> = advice::to_do(&texts, world.scene().rules, outcome, "liudi", 9)
        .items
        .into_iter()
        .map(|item| item.name)
        .collect();
    assert_eq!(names, ["个人账单 2019-09-01 至 2019-09-29", "个人账单 2019-10-01 至 2019-10-31"]);
}

#[test]
fn what_cannot_be_true_is_refused_by_every_command() {
    let run = Run::new().fixture("demo").env("SOURCE_DATE_EPOCH", "1795910400");
    run.backup(&[]);
    // 29 November 2026 in Beijing.
    let add = |what: &str, key: &str, day: &str| liudi(&run, &[what, "add", key, day]);
    for what in ["evidence", "event"] {
        add(what, "last_trade", "2026-03-20").succeeds();
        add(what, "first_trade", "2026-11-01").exits(2).says("2026-03-20");
        add(what, "first_trade", "2050-01-01").exits(2).says("2050-01-01");
        add(what, "first_trade", "1970-01-01").exits(2).says("2011-01-21");
        add(what, "first_trade", "2026-03-01").succeeds();
        add(what, "last_trade", "2026-02-28").exits(2).says("2026-03-01");
        add(what, "submitted", "2030-01-01").exits(2);
        add(what, "notice_published", "2030-01-01").succeeds();
    }
    // An answer and an event are about the same day.
    add("event", "registered", "2020-01-01").succeeds();
    add("evidence", "submitted", "2019-12-31").exits(2).says("2020-01-01");
}

#[test]
fn what_the_archive_says_against_a_record_is_said() {
    let run = super::demo::demo().env("SOURCE_DATE_EPOCH", "1795910400");
    let held = liudi(&run, &["evidence", "add", "published_total", "3"]).succeeds().says("the archive holds");
    assert!(held.said().contains("deleted on the platform"));
    let said = liudi(&run, &["evidence", "add", "published_total", "17"]).succeeds().said();
    assert!(!said.contains("the archive holds"), "{said}");
    liudi(&run, &["event", "add", "registered", "2026-11-01"]).succeeds().says("holds an article of");
}

#[test]
fn a_total_that_may_count_deleted_items_says_so() {
    let mut world = World::personal();
    let article = world.measured.asset("article");
    (article.listed, article.held, article.withdrawn) = (Some(17), Some(17), 1);
    world.set("published_total", "17");
    let reason = |world: &World| {
        let judgement = world.judge();
        let item = judgement.outcome("content.articles.count").unwrap().open_items().next().cloned();
        item.map(|item| (item.reason, item.detail.unwrap()))
    };
    assert_eq!(reason(&world), Some(("not_listed_or_deleted".to_owned(), "1".to_owned())));
    world.set("published_total", "18");
    assert_eq!(reason(&world), Some(("not_listed".to_owned(), "2".to_owned())));
    world.set("published_total", "16");
    assert_eq!(reason(&world), None);
}

#[test]
fn a_rule_that_may_not_concern_the_account_is_marked() {
    let run = super::demo::demo();
    let report = liudi(&run, &["ready", "--json"]).json();
    let certain = |wanted: bool| {
        let open = report["difference"].as_array().unwrap().iter();
        open.filter(|open| open["certain"] == wanted).count()
    };
    let said = liudi(&run, &["ready"]).said();
    assert!(certain(true) > 0 && certain(false) > 0);
    assert!(said.contains(&certain(false).to_string()), "{said}");
}

#[test]
fn the_number_of_followers_is_asked_once() {
    let mut world = World::personal();
    world.forget("follower_total");
    let outcome = |world: &World| world.judge().outcome("content.followers").unwrap().state;
    assert_eq!(outcome(&world), State::Met);
    world.profile.followers = None;
    assert_eq!(outcome(&world), State::Unknown);
    let questions = questions::open(&world.scene(), &world.judge());
    let about: Vec<&str> = questions.iter().map(|one| &*one.key).filter(|key| key.contains("follower")).collect();
    assert_eq!(about, ["followers"]);
    let run = super::demo::demo();
    liudi(&run, &["evidence", "add", "follower_total", "3000"]).succeeds();
    liudi(&run, &["account"]).says("3000");
}
