//! Runs that are killed anywhere, and a bad network.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::platform::official::{APPID, SECRET};
use crate::platform::{Class, Disturbance, Platform};
use crate::support::{Run, tree};

use super::world::{FREEPUBLISH, ask, everything, published, run, run_with};

/// A run whose network leads to a port of this machine at which nobody listens.
fn nobody_there() -> Run {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let hosts: Vec<String> =
        crate::platform::HOSTS.iter().map(|host| format!("'{host}' = 'http://127.0.0.1:{port}'")).collect();
    let run = Run::new().env("LIUDI_APP_SECRET", SECRET);
    let config = format!(
        "[account]\nappid = '{APPID}'\ncollectors = ['freepublish']\n[network]\napi-interval = '0s'\n\
         page-interval = '0s'\npage-jitter = '0s'\nretry-delay = '5ms'\nretry-delay-limit = '20ms'\nretries = 1\n\
         [network.hosts]\n{}\n",
        hosts.join("\n")
    );
    std::fs::write(run.folder().join("liudi.toml"), config).unwrap();
    run
}

#[test]
fn a_platform_that_cannot_be_reached_is_told_and_sets_its_bit() {
    let run = nobody_there();
    let done = run.backup(&["--api", "--plan"]).exits(4);
    assert!(done.stderr.contains("what to do") || done.stderr.contains("hint"), "{}", done.stderr);
    let plan = run.backup(&["--api", "--plan", "--json"]).exits(4).json();
    assert!(plan["accounts"][0]["problem"]["code"].as_str().is_some_and(|code| code.starts_with("fetch-")), "{plan}");
    run.backup(&["--api", "--no-mirror"]).exits(4);
    // A secret that the platform refuses.
    let platform = Platform::start();
    platform.serve(published(Class::Verified, 2));
    let run =
        run_with(&platform, "collectors = ['freepublish']").env("LIUDI_APP_SECRET", "0123456789abcdef0123456789abcdef");
    run.backup(&["--api", "--plan"]).exits(16);
}

#[test]
fn downloads_that_fail_are_listed_and_set_their_bit() {
    let run =
        nobody_there().file("list.json", std::fs::read(crate::support::fixture("demo/lists/发表记录.json")).unwrap());
    run.backup(&["--online", "--no-mirror"]).exits(4);
    let gaps = run.program(&["gaps", "archive", "--json"]).succeeds().json();
    let failed = gaps.as_array().unwrap().iter().filter(|gap| gap["reason"] == "download_failed").count();
    assert!(failed > 0, "{gaps}");
    // They stay listed, and a run that fetches nothing has not failed.
    run.backup(&["--no-mirror"]).succeeds();
    let again = run.program(&["gaps", "archive", "--json"]).succeeds().json();
    assert_eq!(again, gaps);
    run.backup(&["--online", "--no-mirror"]).exits(4);
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
