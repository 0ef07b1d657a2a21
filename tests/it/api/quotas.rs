//! Quotas over days, data that is late, tokens that are over, accounts that are stopped.

use std::time::Duration;

use crate::platform::{Class, Official, Platform};

use super::world::{FREEPUBLISH, ask, everything, of, published, run, run_with};

#[test]
fn a_used_up_quota_is_gone_on_with_on_the_next_day() {
    let platform = Platform::start();
    let mut official = published(Class::Verified, 95);
    official.limit(FREEPUBLISH, 2);
    platform.serve(official);
    let mut run = run(&platform);
    let mut days = 0;
    loop {
        run = run.env("SOURCE_DATE_EPOCH", &(1_764_030_000 + 86_400 * days).to_string());
        let report = ask(&run, &[]).succeeds().json();
        // The same day again: nothing is asked.
        let before = platform.official(|official| official.calls_of(FREEPUBLISH));
        if of(&report, "freepublish")["outcome"] == "done" {
            break;
        }
        assert_eq!(of(&report, "freepublish")["outcome"], "waits", "{report:#}");
        assert_eq!(of(&ask(&run, &[]).succeeds().json(), "freepublish")["calls"], 0);
        run.backup(&["--api", "--no-mirror"]).succeeds().says("Not everything has been requested");
        assert_eq!(platform.official(|official| official.calls_of(FREEPUBLISH)), before);
        days += 1;
        platform.official(Official::next_day);
    }
    assert_eq!(days, 2, "five calls, two a day");
    let repeated = platform.official(|official| official.repeated());
    // The call that met the end of the quota is the one that is made again.
    assert!(repeated.len() <= 2 && repeated.iter().all(|(_, times)| *times == 2), "{repeated:?}");
}

#[test]
fn waiting_goes_on_by_itself() {
    let platform = Platform::start();
    let mut official = published(Class::Verified, 45);
    official.limit(FREEPUBLISH, 2);
    platform.serve(official);
    let run = run(&platform);
    let config = run.folder().join("liudi.toml");
    let text = std::fs::read_to_string(&config).unwrap().replace("[network]\n", "[network]\nquota-wait = '1s'\n");
    std::fs::write(&config, text).unwrap();
    std::fs::write(run.folder().join("links.txt"), "https://mp.weixin.qq.com/s/WaitedForAQuota00001\n").unwrap();
    let report = std::thread::scope(|scope| {
        let waiting = scope.spawn(|| ask(&run, &["links.txt", "--wait"]).succeeds().json());
        while platform.official(|official| official.calls_of(FREEPUBLISH)) < 3 {
            std::thread::sleep(Duration::from_millis(10));
        }
        platform.official(Official::next_day);
        waiting.join().unwrap()
    });
    assert_eq!(of(&report, "freepublish")["outcome"], "done", "{report:#}");
    // What was read before the wait counts.
    assert_eq!((&report["inputs"], &report["read"]), (&1.into(), &1.into()), "{report:#}");
}

#[test]
fn what_stops_an_account_is_said_with_what_to_do() {
    let platform = Platform::start();
    let mut official = published(Class::Verified, 3);
    official.closed_to_address = true;
    platform.serve(official);
    let refused = run(&platform);
    ask(&refused, &[]).exits(16);
    let told = refused.program(&["collect", "--api", "-o", "archive"]).exits(16);
    assert!(told.stderr.contains("203.0.113.9") && told.stderr.contains("hint: Add 203.0.113.9"), "{}", told.stderr);
    // Nothing was asked, so nothing is known: not that nothing is missing.
    let said = [&told.stdout, &told.stderr].map(String::as_str).join("\n");
    assert!(
        said.contains("Not everything has been requested") && !said.contains("Nothing is known to be missing"),
        "{said}"
    );
    platform.official(|official| {
        official.closed_to_address = false;
        official.freeze_after = Some(1);
    });
    let frozen = run(&platform);
    frozen.program(&["collect", "--api", "-o", "archive"]).exits(8).says("50007");
}

#[test]
fn a_token_that_is_over_is_renewed_once() {
    let platform = Platform::start();
    let mut official = published(Class::Verified, 95);
    official.token_calls = Some(3);
    platform.serve(official);
    let run = run(&platform);
    ask(&run, &[]).succeeds();
    // Asked for by the probe and by the run, and once when it was over.
    assert_eq!(platform.official(|official| official.calls_of("/cgi-bin/stable_token")), 3);
}

#[test]
fn data_that_is_late_is_waited_for() {
    let platform = Platform::start();
    let mut official = everything();
    official.numbers.late = 1;
    platform.serve(official);
    let run = run_with(&platform, "collectors = ['article-statistics']").env("SOURCE_DATE_EPOCH", "1764040000");
    let report = ask(&run, &[]).succeeds().json();
    assert_eq!(of(&report, "article-statistics")["outcome"], "waits");
    let run = run.env("SOURCE_DATE_EPOCH", "1764070000");
    let report = ask(&run, &[]).succeeds().json();
    let stands = of(&report, "article-statistics");
    assert_eq!((&stands["outcome"], &stands["calls"]), (&"done".into(), &1.into()), "{report:#}");
}
