//! What each class of account gives, from nothing to an archive.

use serde_json::Value;

use crate::platform::{Class, Official, Platform};
use crate::state::is_ready_alone;
use crate::support::tree;

use super::world::{FREEPUBLISH, ask, everything, everywhere, lines, of, published, run, run_with};

#[test]
fn a_verified_account_gives_its_published_articles_and_their_pages() {
    let platform = Platform::start();
    let mut official = Official::new(Class::Verified);
    official.published.publish(45);
    let (all, alive) = (official.published.all() as u64, official.published.alive() as u64);
    platform.serve(official);
    let run = run(&platform);
    let report = ask(&run, &[]).succeeds().json();
    assert_eq!(report["articles"]["held"], all, "deleted ones are held from the API");
    assert_eq!(report["crawl"]["pages"]["fetched"], alive);
    assert_eq!(platform.official(|official| official.calls_of(FREEPUBLISH)), 3);
    let before = run.tree();
    let again = ask(&run, &[]).succeeds().json();
    assert_eq!(again["changed"], false);
    assert_eq!(again["crawl"]["media"]["fetched"], 0);
    assert!(run.tree() == before, "a second run changes nothing");
}

#[test]
fn what_is_not_open_to_an_account_is_a_gap_and_no_failure() {
    for class in [Class::Unverified, Class::Personal] {
        let platform = Platform::start();
        platform.serve(published(class, 3));
        let run = run(&platform);
        let plan = ask(&run, &["--plan"]).succeeds().json();
        assert_eq!(plan["accounts"][0]["lines"][0]["prospect"], "not_permitted", "{class:?}: {plan:#}");
        let report = ask(&run, &[]).succeeds().json();
        assert_eq!(of(&report, "freepublish")["outcome"], "not_permitted");
        assert!(report["gaps"]["not_permitted"].as_u64().unwrap() > 0, "{report:#}");
        let before = run.tree();
        assert_eq!(ask(&run, &[]).succeeds().json()["changed"], false);
        assert!(run.tree() == before);
        assert_eq!(platform.official(|official| official.calls_of("/cgi-bin/clear_quota")), 0);
    }
}

#[test]
fn a_plan_asks_little_and_changes_nothing() {
    let platform = Platform::start();
    platform.serve(published(Class::Verified, 2_100));
    let run = run(&platform);
    let plan = ask(&run, &["--plan"]).succeeds().json();
    let line = &plan["accounts"][0]["lines"][0];
    assert_eq!((&line["calls"], &line["daily"], &line["days"]), (&105.into(), &100.into(), &2.into()), "{line:#}");
    assert_eq!(platform.official(|official| official.calls_of(FREEPUBLISH)), 1);
    assert!(!run.archive().join("SHA256SUMS").exists());
}

#[test]
fn a_verified_account_gives_everything_the_api_has() {
    let platform = Platform::start();
    let mut official = everything();
    official.numbers.late = 0;
    platform.serve(official);
    let run = run_with(&platform, "since = '2025-01-01'").env("SOURCE_DATE_EPOCH", "1764040000");
    let report = ask(&run, &["--followers"]).succeeds().json();
    for one in report["api"]["collectors"].as_array().unwrap() {
        assert_eq!(one["outcome"], "done", "{one}");
    }
    // Published, sent out, in the menu, in replies and among the materials: one list.
    let published = platform.official(|official| official.published.all()) as u64;
    assert_eq!(report["articles"]["listed"].as_u64().unwrap(), published + 2 + 3 + 2, "{:#}", report["articles"]);
    assert_eq!(lines(&run, "drafts/drafts.jsonl").len(), 3);
    // One picture that all drafts show, one of each, and one that is gone, by name.
    let pictures = lines(&run, "drafts/draft_pictures.jsonl");
    assert_eq!(pictures.len(), 1 + 3, "{pictures:#?}");
    let media = tree(&run.archive().join("private/data/media"));
    for picture in &pictures {
        let digest = picture["fields"]["file"].as_str().unwrap().trim_start_matches("sha256:");
        assert!(media.iter().any(|(name, _)| name.contains(digest)), "{picture}");
    }
    assert_eq!(platform.hits_of("mmbiz.qpic.cn/mmbiz_png/draftall/0").len(), 1);
    let gaps = run.program(&["gaps", "archive", "--json"]).json();
    let gone: Vec<&Value> =
        gaps.as_array().unwrap().iter().filter(|gap| gap["key"].as_str().unwrap().starts_with("draft:")).collect();
    assert_eq!((gone.len(), &gone[0]["reason"]), (1, &"download_failed".into()), "{gone:#?}");
    let images = lines(&run, "materials/materials_image.jsonl");
    assert_eq!(images.len(), 4);
    assert!(images[0]["fields"]["file"].as_str().unwrap().starts_with("sha256:"), "{}", images[0]);
    assert_eq!(lines(&run, "materials/materials_video.jsonl").len(), 2);
    let comments = lines(&run, "comments/comments_api.jsonl");
    assert_eq!(comments.iter().filter(|row| row["parent"].is_null()).count(), 120);
    assert_eq!(comments.iter().filter(|row| !row["parent"].is_null()).count(), 60);
    assert_eq!(lines(&run, "followers/followers.jsonl").len(), 230);
    assert_eq!(lines(&run, "account/menu.jsonl").len(), 1);
    assert_eq!(lines(&run, "account/tags.jsonl").len(), 1);
    let settlement = run.read("private/data/funds/publisher_settlement.csv");
    assert!(settlement.contains("718926045"), "{settlement}");
    assert_eq!(run.read("private/data/statistics/publisher_adpos_general.csv").lines().count(), 101);
    assert_eq!(run.read("private/data/statistics/getarticletotaldetail.csv").lines().count(), 5);
    assert!(run.read("private/data/statistics/getusercumulate.csv").lines().count() > 300);
    let rows = |table: &str| run.read(&format!("private/data/statistics/{table}.csv")).lines().count() - 1;
    // 25 November 2025, a Tuesday: 46 whole weeks since 30 December 2024, of which the stand-in has nothing before the year.
    assert_eq!((rows("getupstreammsgweek"), rows("getupstreammsgdistweek")), (46, 46));
    assert_eq!((rows("getupstreammsgmonth"), rows("getupstreammsgdistmonth")), (10, 10));
    assert_eq!(rows("getupstreammsghour"), rows("getupstreammsg"));
    // The voice that the platform lost is missing by name, and keeps nothing else back.
    let gaps = run.program(&["gaps", "archive", "--format", "csv"]).succeeds().stdout;
    assert!(gaps.contains("voice-3"), "{gaps}");
    let public: String =
        run.tree().iter().map(|(name, _)| name.clone()).filter(|name| name.starts_with("public")).collect();
    assert!(!public.contains("comments") && !public.contains("followers"));
    run.program(&["verify", "archive", "--deep"]).succeeds();
    // What people wrote to the account is counted and kept nowhere.
    assert!(run.read("private/data/statistics/customer_service.csv").lines().count() > 100);
    for (name, bytes) in everywhere(&run.archive()) {
        assert!(
            memchr::memmem::find(&bytes, crate::platform::official::people::MESSAGE.as_bytes()).is_none(),
            "{name}"
        );
    }
    // Again: lists are asked for, files are not, and nothing changes.
    let before = run.tree();
    let files = |official: &mut Official| official.calls_of("/cgi-bin/material/get_material");
    let asked = platform.official(files);
    let again = ask(&run, &["--followers"]).succeeds().json();
    assert_eq!(again["changed"], false, "{:#}", again["api"]);
    // The lost voice is asked for again; it may be found one day.
    assert_eq!(platform.official(files), asked + 1);
    assert!(run.tree() == before);
}

#[test]
fn an_archive_that_lost_its_working_state_is_read_again_without_the_network() {
    let platform = Platform::start();
    platform.serve(everything());
    let collectors = "collectors = ['freepublish', 'comments', 'materials', 'account-settings', 'drafts']";
    let run = run_with(&platform, collectors);
    ask(&run, &[]).succeeds();
    is_ready_alone(&run);
    let before = run.tree();
    std::fs::remove_dir_all(run.archive().join(".liudi")).unwrap();
    let empty = run.folder().join("empty");
    std::fs::create_dir(&empty).unwrap();
    let calls = platform.hits().len();
    run.program(&["backup", "empty", "-o", "archive", "--no-mirror"]).succeeds();
    assert_eq!(platform.hits().len(), calls);
    let after = run.tree();
    let differing: Vec<_> = after.iter().zip(&before).filter(|(a, b)| a != b).map(|(a, _)| &a.0).collect();
    assert!(after.len() == before.len() && differing.is_empty(), "{differing:?}");
}
