//! `--api` against the stand-in: what each class of account gives, from nothing to an archive; quotas over days; runs
//! killed anywhere; a bad network; and no secret anywhere.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::platform::official::{APPID, SECRET};
use crate::platform::{Class, Disturbance, Official, Platform};
use crate::support::{Done, Run, tree};

const FREEPUBLISH: &str = "/cgi-bin/freepublish/batchget";

/// A run whose APIs lead to `platform`; `account` is put into `[account]`.
fn run_with(platform: &Platform, account: &str) -> Run {
    let run = Run::new().env("LIUDI_APP_SECRET", SECRET);
    let hosts: Vec<String> =
        crate::platform::HOSTS.iter().map(|host| format!("'{host}' = '{}'", platform.base(host))).collect();
    let config = format!(
        "[account]\nappid = '{APPID}'\n{account}\n[network]\napi-interval = '0s'\npage-interval = '0s'\n\
         page-jitter = '0s'\nretry-delay = '5ms'\nretry-delay-limit = '20ms'\nretries = 3\nheader-timeout = '2s'\n\
         idle-timeout = '1s'\n[network.hosts]\n{}\n",
        hosts.join("\n")
    );
    std::fs::write(run.folder().join("liudi.toml"), config).unwrap();
    run
}

/// A run that asks for published articles alone.
fn run(platform: &Platform) -> Run {
    run_with(platform, "collectors = ['freepublish']")
}

/// What a report says of one collector.
fn of(report: &Value, name: &str) -> Value {
    let all = report["api"]["collectors"].as_array().unwrap();
    all.iter().find(|one| one["name"] == name).cloned().unwrap_or(Value::Null)
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
    assert_eq!(of(&report, "freepublish")["outcome"], "done", "{report:#}");
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

/// Every file of an archive, its working state too, and what is packed in it.
fn everywhere(archive: &std::path::Path) -> Vec<(String, Vec<u8>)> {
    let mut places = Vec::new();
    for entry in walkdir::WalkDir::new(archive) {
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
    places
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
    let mut places = everywhere(&run.archive());
    places.push(("stdout".to_owned(), done.stdout.into_bytes()));
    places.push(("stderr".to_owned(), done.stderr.into_bytes()));
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

/// Everything an account can have, a little of each.
fn everything() -> Official {
    let mut official = published(Class::Verified, 23);
    official.library.drafts = 3;
    (official.library.images, official.library.voices, official.library.videos, official.library.news) = (4, 4, 2, 2);
    official.people.comments.insert(2_650_000_000, 120);
    official.people.comments.insert(2_650_000_001, 0);
    (official.people.followers, official.people.blacklisted, official.people.messages_a_day) = (230, 2, 5);
    official.numbers.sent_on = vec![jiff::civil::date(2025, 11, 3), jiff::civil::date(2025, 11, 20)];
    official.numbers.publisher = true;
    official
}

/// The rows of a table, as its file has them.
fn lines(run: &Run, table: &str) -> Vec<Value> {
    run.read(&format!("private/data/{table}")).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
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

/// Whether a run came to its end, though its process may not have: what follows would be another run.
fn is_complete(run: &Run) -> bool {
    let path = run.archive().join(".liudi/catalog.sqlite");
    let complete = || -> rusqlite::Result<bool> {
        rusqlite::Connection::open(&path)?.query_row(
            "SELECT EXISTS (SELECT 1 FROM run WHERE finished = 1)",
            [],
            |row| row.get(0),
        )
    };
    path.exists() && complete().unwrap_or(false)
}

#[test]
fn killed_anywhere_and_run_again_no_finished_call_is_repeated() {
    let kills: u32 = std::env::var("LIUDI_KILLS").ok().and_then(|count| count.parse().ok()).unwrap_or(30);
    let account = everything;
    let platform = Platform::start();
    platform.serve(account());
    let undisturbed = run_with(&platform, "since = '2025-11-01'");
    let begin = Instant::now();
    assert!(collect(&undisturbed).status().unwrap().success());
    let whole = begin.elapsed();
    let expected = tree(&undisturbed.archive());
    let (mut done, mut interrupted) = (0, 0);
    while done < kills {
        platform.serve(account());
        let run = run_with(&platform, "since = '2025-11-01'");
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
            if ended || is_complete(&run) {
                break;
            }
        }
        interrupted += killed;
        if !is_complete(&run) {
            assert!(collect(&run).status().unwrap().success());
        }
        let extra: u64 = platform.official(|official| official.repeated()).iter().map(|(_, times)| times - 1).sum();
        assert!(extra <= killed, "{extra} calls were repeated after {killed} kills");
        let got = tree(&run.archive());
        let differing: Vec<&String> = got
            .iter()
            .filter(|file| !expected.contains(file))
            .chain(expected.iter().filter(|file| !got.contains(file)))
            .map(|(name, _)| name)
            .collect();
        assert!(differing.is_empty(), "{differing:?}");
        run.program(&["verify", "archive"]).succeeds();
    }
    // A machine so fast that nothing was interrupted has tested nothing.
    assert!(interrupted >= u64::from(kills) / 2, "{interrupted} of {kills} runs were interrupted");
}
