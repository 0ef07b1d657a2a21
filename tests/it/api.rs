//! `--api` against the stand-in: what each class of account gives, from nothing to an archive; quotas over days; runs
//! killed anywhere; a bad network; and no secret anywhere.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::platform::official::{APPID, SECRET};
use crate::platform::{Class, Disturbance, Official, Platform};
use crate::support::{Done, Run, tree};

const FREEPUBLISH: &str = "/cgi-bin/freepublish/batchget";

/// A run whose APIs lead to `platform`.
fn run(platform: &Platform) -> Run {
    let run = Run::new().env("LIUDI_APP_SECRET", SECRET);
    let hosts: Vec<String> =
        crate::platform::HOSTS.iter().map(|host| format!("'{host}' = '{}'", platform.base(host))).collect();
    let config = format!(
        "[account]\nappid = '{APPID}'\n[network]\napi-interval = '0s'\npage-interval = '0s'\npage-jitter = '0s'\n\
         retry-delay = '5ms'\nretry-delay-limit = '20ms'\nretries = 2\nheader-timeout = '2s'\nidle-timeout = '1s'\n\
         [network.hosts]\n{}\n",
        hosts.join("\n")
    );
    std::fs::write(run.folder().join("liudi.toml"), config).unwrap();
    run
}

fn ask(run: &Run, more: &[&str]) -> Done {
    run.backup(&[&["--api", "--json", "--no-mirror"], more].concat())
}

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

/// An account that published `count` times.
fn published(class: Class, count: u64) -> Official {
    let mut official = Official::new(class);
    official.published.publish(count);
    official
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
        assert_eq!(report["api"]["collectors"][0]["outcome"], "not_permitted");
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
        if report["api"]["collectors"][0]["outcome"] == "done" {
            break;
        }
        assert_eq!(report["api"]["collectors"][0]["outcome"], "waits", "{report:#}");
        assert_eq!(ask(&run, &[]).succeeds().json()["api"]["collectors"][0]["calls"], 0);
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
    let report = std::thread::scope(|scope| {
        let waiting = scope.spawn(|| ask(&run, &["--wait"]).succeeds().json());
        while platform.official(|official| official.calls_of(FREEPUBLISH)) < 3 {
            std::thread::sleep(Duration::from_millis(10));
        }
        platform.official(Official::next_day);
        waiting.join().unwrap()
    });
    assert_eq!(report["api"]["collectors"][0]["outcome"], "done", "{report:#}");
}

#[test]
fn what_stops_an_account_is_said_with_what_to_do() {
    let platform = Platform::start();
    let mut official = published(Class::Verified, 3);
    official.closed_to_address = true;
    platform.serve(official);
    let refused = run(&platform);
    ask(&refused, &[]).exits(16);
    refused.program(&["collect", "--api", "-o", "archive"]).exits(16).says("203.0.113.9");
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
fn a_bad_network_leaves_no_bad_byte_and_never_hangs() {
    let expected = {
        let platform = Platform::start();
        platform.serve(published(Class::Verified, 21));
        let run = run(&platform);
        ask(&run, &[]).succeeds();
        run.tree()
    };
    let faults = [
        Disturbance::Cut,
        Disturbance::Garbage,
        Disturbance::Half,
        Disturbance::Late(Duration::from_secs(3)),
        Disturbance::Portal,
        Disturbance::Stall,
        Disturbance::Status(429),
        Disturbance::Status(500),
        Disturbance::Status(502),
        Disturbance::WrongLength,
    ];
    for fault in faults {
        let platform = Platform::start();
        platform.serve(published(Class::Verified, 21));
        platform.disturb(&format!("api.weixin.qq.com{FREEPUBLISH}"), [fault, fault]);
        let run = run(&platform);
        ask(&run, &[]).succeeds();
        assert!(run.tree() == expected, "{fault:?}");
    }
    let platform = Platform::start();
    platform.serve(published(Class::Verified, 21));
    platform.disturb(&format!("api.weixin.qq.com{FREEPUBLISH}"), std::iter::repeat_n(Disturbance::Cut, 9));
    let run = run(&platform);
    let report = ask(&run, &[]);
    assert_eq!(report.code & 4, 4, "{}", report.stderr);
    // What did not come in this run comes in the next.
    ask(&run, &[]).succeeds();
    assert_eq!(run.program(&["verify", "archive", "--deep"]).code, 0);
}

#[test]
fn no_secret_is_found_anywhere() {
    let platform = Platform::start();
    let mut official = published(Class::Verified, 25);
    official.refusals.insert(FREEPUBLISH.to_owned(), vec![-1]);
    official.echo_token = true;
    platform.serve(official);
    let run = run(&platform);
    let done = ask(&run, &[]).succeeds();
    let token = platform.official(|official| official.token());
    let mut places: Vec<(String, Vec<u8>)> =
        vec![("stdout".to_owned(), done.stdout.into_bytes()), ("stderr".to_owned(), done.stderr.into_bytes())];
    for entry in walkdir::WalkDir::new(run.archive()) {
        let entry = entry.unwrap();
        if !entry.file_type().is_file() {
            continue;
        }
        let bytes = std::fs::read(entry.path()).unwrap();
        let name = entry.path().display().to_string();
        if name.ends_with(".zst") {
            places.push((format!("{name} (unpacked)"), zstd::stream::decode_all(bytes.as_slice()).unwrap()));
        }
        places.push((name, bytes));
    }
    assert!(places.iter().any(|(name, _)| name.contains("unpacked")));
    for secret in [SECRET, token.as_str()] {
        for (name, bytes) in &places {
            assert!(memchr::memmem::find(bytes, secret.as_bytes()).is_none(), "{name}");
        }
    }
}

fn collect(run: &Run) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_liudi"));
    command
        .args(["collect", "--api", "-o", "archive", "--quiet"])
        .current_dir(run.folder())
        .envs([("SOURCE_DATE_EPOCH", "1764000000"), ("LIUDI_LANG", "en"), ("LIUDI_APP_SECRET", SECRET)])
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command
}

#[test]
fn killed_anywhere_and_run_again_no_finished_call_is_repeated() {
    let kills: u32 = std::env::var("LIUDI_KILLS").ok().and_then(|count| count.parse().ok()).unwrap_or(30);
    let account = || published(Class::Verified, 61);
    let platform = Platform::start();
    platform.serve(account());
    let undisturbed = run(&platform);
    let begin = Instant::now();
    assert!(collect(&undisturbed).status().unwrap().success());
    let whole = begin.elapsed();
    let expected = tree(&undisturbed.archive());
    let (mut done, mut interrupted) = (0, 0);
    while done < kills {
        platform.serve(account());
        let run = run(&platform);
        // Several kills of one run, ever later in it.
        let mut killed = 0;
        for number in 0..6 {
            let share = f64::from((done * 7 + number * 5) % 30 + 1) / 30.0;
            let mut child = collect(&run).spawn().unwrap();
            std::thread::sleep(Duration::from_secs_f64(whole.as_secs_f64() * share / 3.0));
            child.kill().unwrap();
            let ended = child.wait().unwrap().success();
            killed += u64::from(!ended);
            done += 1;
            if ended {
                break;
            }
        }
        interrupted += killed;
        assert!(collect(&run).status().unwrap().success());
        let extra: u64 = platform.official(|official| official.repeated()).iter().map(|(_, times)| times - 1).sum();
        assert!(extra <= killed, "{extra} calls were repeated after {killed} kills");
        let got = tree(&run.archive());
        let differing: Vec<&String> =
            got.iter().zip(&expected).filter(|(a, b)| a != b).map(|((name, _), _)| name).collect();
        assert!(got.len() == expected.len() && differing.is_empty(), "{differing:?}");
        run.program(&["verify", "archive"]).succeeds();
    }
    // A machine so fast that nothing was interrupted has tested nothing.
    assert!(interrupted >= u64::from(kills) / 2, "{interrupted} of {kills} runs were interrupted");
}
