//! From nothing to READY by the official API alone: what the API proves is not asked of the owner, and what it cannot
//! give is named.

use liudi::audit::rules::Rules;
use liudi::model::Class::Private;
use serde_json::Value;

use super::demo::{items, liudi};
use crate::api::world::{ask, everything, published, run_with};
use crate::archive::change;
use crate::pay::world as merchants;
use crate::platform::{Class, Merchant, Platform};
use crate::state::{copy, is_ready_alone};
use crate::support::Run;

/// Whose account it is: no flag holds but `yes`.
fn profile(run: &Run, words: &[&str], yes: &[&str]) {
    let flags = Rules::embedded().unwrap().meta.flags;
    let flags = flags.iter().map(|flag| format!("{flag}={}", if yes.contains(&flag.as_str()) { "yes" } else { "no" }));
    let flags: Vec<String> = flags.collect();
    let all: Vec<&str> =
        ["account", "set"].iter().chain(words).copied().chain(flags.iter().map(String::as_str)).collect();
    liudi(run, &all).succeeds();
}

fn evidence(run: &Run, records: &[(&str, &str)]) {
    copy(&run.archive(), &run.folder().join("copy"));
    for (key, value) in records {
        liudi(run, &["evidence", "add", key, value]).succeeds();
    }
}

/// What everybody who closes an account is asked.
const PERSON: &[(&str, &str)] = &[
    ("admin_can_scan_and_receive_notice", "yes"),
    ("corporate_account_ready", "yes"),
    ("no_open_complaint_violation_or_lawsuit", "yes"),
    ("third_party_authorisations_revoked", "yes"),
    ("contracts_ended_or_performed", "yes"),
    ("second_copy_digest", "copy"),
];

/// The codes of everything that keeps an account from being closed.
fn open(report: &Value) -> Vec<String> {
    let open = report["difference"].as_array().unwrap().iter();
    open.map(|rule| rule["rule"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_verified_account_is_ready_by_the_api_and_its_owners_word() {
    let platform = Platform::start();
    let mut official = everything();
    // Nothing is lost in this account: no voice without its file.
    official.library.voices = 3;
    platform.serve(official);
    let run =
        run_with(&platform, "since = '2025-01-01'").env("SOURCE_DATE_EPOCH", "1764040000").env("LIUDI_BY", "王小明");
    let report = run.backup(&["--api", "--json"]).succeeds().json();
    // The back end no longer counts what was deleted; here it is held all the same, from the API.
    let deleted = platform.official(|official| official.published.all() - official.published.alive()) as u64;
    assert!(deleted > 0);
    let articles = report["articles"]["listed"].as_u64().unwrap() - deleted;

    profile(
        &run,
        &["kinds=oa.subscription", "entity=enterprise", "followers=230", "certified=yes"],
        &["uses.ads_income"],
    );
    let open_at_first = open(&liudi(&run, &["ready", "--json"]).exits(64).json());
    // The API's own numbers prove these; the owner counts nothing by hand.
    for proven in [
        "content.articles.assets",
        "content.articles.body",
        "content.materials.count",
        "content.drafts",
        "content.comments",
        "content.analytics",
        "content.settings",
    ] {
        assert!(!open_at_first.contains(&proven.to_owned()), "{proven}: {open_at_first:?}");
    }
    // No API lists what was sent out before November 2025: that list is the owner's to give.
    for needed in ["content.articles.count", "content.articles.mass-sent", "bills.ads", "subject.admin"] {
        assert!(open_at_first.contains(&needed.to_owned()), "{needed}: {open_at_first:?}");
    }

    std::fs::write(run.folder().join("record.xlsx"), "the back end's own list").unwrap();
    std::fs::write(run.folder().join("statement.pdf"), "the settlement").unwrap();
    liudi(&run, &["evidence", "add", "publish_record_export", "--file", "record.xlsx"]).succeeds();
    liudi(&run, &["evidence", "add", "ad_settlement_statements", "--file", "statement.pdf"]).succeeds();
    evidence(&run, PERSON);
    let held = run.read("public/data/tables/articles.csv");
    let notice = held.lines().nth(1).unwrap().split(',').find(|cell| cell.starts_with("http")).unwrap();
    evidence(
        &run,
        &[
            ("published_total", &articles.to_string()),
            ("ad_unsettled_zero", "0"),
            ("follower_total", "230"),
            ("notice_url", notice),
            ("notice_date", "2025-11-01"),
        ],
    );
    liudi(&run, &["event", "add", "last_login_or_api_call", "2025-11-24"]).succeeds();

    let done = liudi(&run, &["ready", "--json"]);
    let report = done.json();
    assert_eq!(report["difference"], serde_json::json!([]));
    assert_eq!(report["verdict"], "ready");
    done.succeeds();
    assert_eq!(report["waivers"], serde_json::json!([]), "nothing had to be given up");
    is_ready_alone(&run);
    run.program(&["verify", "archive", "--deep"]).succeeds();

    // An archive of a version that did not note the platform's numbers proves none of them, until the next backup.
    change(&run.archive(), &[], &[], &[(Private, "provenance/totals.csv")]);
    let unknown = open(&liudi(&run, &["ready", "--json"]).exits(64).json());
    for rule in ["content.materials.count", "content.drafts", "content.comments"] {
        assert!(unknown.contains(&rule.to_owned()), "{rule}: {unknown:?}");
    }
    std::fs::create_dir(run.folder().join("empty")).unwrap();
    run.program(&["backup", "empty", "-o", "archive"]).succeeds();
    assert_eq!(liudi(&run, &["ready", "--json"]).succeeds().json()["verdict"], "ready");
}

#[test]
fn one_material_without_its_file_keeps_a_verified_account_from_ready() {
    let platform = Platform::start();
    platform.serve(everything());
    let run = run_with(&platform, "collectors = ['materials', 'drafts']");
    ask(&run, &[]).succeeds();
    profile(&run, &["kinds=oa.subscription", "entity=enterprise", "followers=230", "certified=yes"], &[]);
    let report = liudi(&run, &["ready", "--json"]).exits(64).json();
    assert_eq!(items(&report, "content.materials.count"), ["material:voice3"]);
    is_ready_alone(&run);
    assert!(!open(&report).contains(&"content.drafts".to_owned()));
}

#[test]
fn accounts_that_may_not_ask_are_told_what_must_come_from_files() {
    for class in [Class::Unverified, Class::Personal] {
        let platform = Platform::start();
        let mut official = published(class, 3);
        official.library.drafts = 2;
        platform.serve(official);
        let run = run_with(&platform, "since = '2025-11-01'");
        let report = ask(&run, &[]).succeeds().json();
        let entity = if class == Class::Personal { "entity=personal" } else { "entity=enterprise" };
        profile(&run, &["kinds=oa.subscription", entity, "followers=10", "certified=no"], &[]);
        let refused: Vec<&str> = report["api"]["collectors"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|one| one["outcome"] == "not_permitted")
            .map(|one| one["name"].as_str().unwrap())
            .collect();
        for name in ["freepublish", "comments", "article-statistics", "follower-totals"] {
            assert!(refused.contains(&name), "{class:?} {refused:?}");
        }
        let report = liudi(&run, &["ready", "--json"]).exits(64).json();
        assert_eq!(report["verdict"], "not_ready");
        let open = open(&report);
        // What it may ask is proven, what it may not is open by name.
        assert!(!open.contains(&"content.drafts".to_owned()), "{open:?}");
        assert!(!open.contains(&"content.materials.count".to_owned()), "{open:?}");
        for needed in ["content.articles.count", "content.articles.mass-sent", "content.comments", "content.analytics"]
        {
            assert!(open.contains(&needed.to_owned()), "{class:?} {needed}: {open:?}");
        }
        let gaps = run.program(&["gaps", "archive", "--format", "csv"]).succeeds().stdout;
        assert!(gaps.contains("api:comments:") && gaps.contains("not_permitted"), "{gaps}");
    }
}

#[test]
fn a_merchant_number_is_ready_when_every_day_has_its_bill() {
    let (_platform, run) = merchants::merchant(Merchant::new(merchants::NOW), "");
    let run = run.env("LIUDI_BY", "王小明");
    run.backup(&["--api", "--json"]).succeeds();
    // The number rests for ninety days, in which the bills leave the platform's window; the archive keeps them.
    let run = run.env("SOURCE_DATE_EPOCH", "1772000000");
    profile(&run, &["kinds=mch", "entity=enterprise"], &["uses.pay"]);
    let before = open(&liudi(&run, &["ready", "--json"]).exits(64).json());
    for proven in ["bills.hash", "bills.totals"] {
        assert!(!before.contains(&proven.to_owned()), "{before:?}");
    }
    assert!(before.contains(&"bills.coverage".to_owned()), "nobody said from when to when: {before:?}");
    evidence(&run, PERSON);
    evidence(
        &run,
        &[
            ("first_trade", "2025-08-26"),
            ("last_trade", "2025-11-24"),
            ("mch_balance_zero", "0"),
            ("mch_validate_cancel_result", "OK"),
        ],
    );
    let done = liudi(&run, &["ready", "--json"]);
    let report = done.json();
    assert_eq!(report["difference"], serde_json::json!([]));
    assert_eq!(report["verdict"], "ready");
    done.succeeds();

    // A day before the window that the platform gives: the bill must come from a file, and is missed by its day.
    evidence(&run, &[("first_trade", "2025-08-20")]);
    let report = liudi(&run, &["ready", "--json"]).exits(64).json();
    let missing = items(&report, "bills.coverage");
    assert!(missing.iter().any(|item| item.contains("2025-08-20")), "{missing:?}");
}
