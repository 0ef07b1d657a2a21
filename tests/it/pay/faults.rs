//! What can go wrong with a bill: the network, the platform, a lie. Whatever it is, no bad byte is kept, nothing hangs,
//! and what is missing stands by name.

use std::time::{Duration, Instant};

use super::world::{BRIEFLY, NOW, ask, bill_days, merchant};
use crate::platform::merchant::{HOST, MCHID, Mischief, PUBLIC_KEY_ID, SERIAL, Signing};
use crate::platform::{Disturbance, Merchant, Platform};
use crate::support::{Run, tree};

/// With a sub-merchant.
const SUB_MERCHANT: &str = "bills-since = '2025-11-20'\nsub-mchids = ['1900000109']";

/// A day on which money moved.
const DAY: &str = "2025-11-21";

fn bill(run: &Run) -> Option<String> {
    bill_days(run).get(&format!("wxpay_fund_bill.BASIC:{MCHID}:{DAY}")).map(|row| row["state"].clone())
}

/// The archive as a quiet run makes it, without evidence, whose rows tell of the times and tries.
fn quiet() -> Vec<(String, Vec<u8>)> {
    let (_platform, run) = merchant(Merchant::new(NOW), BRIEFLY);
    ask(&run, &[]).succeeds();
    bills_of(&run)
}

fn bills_of(run: &Run) -> Vec<(String, Vec<u8>)> {
    let part = |name: &str| name.contains("/billing/") || name.contains("/funds/wxpay_profit");
    run.tree().into_iter().filter(|(name, _)| part(name)).collect()
}

#[test]
fn a_bad_network_changes_nothing_in_the_bills() {
    let wanted = quiet();
    for disturbance in [
        Disturbance::Cut,
        Disturbance::Garbage,
        Disturbance::Stall,
        Disturbance::Half,
        Disturbance::WrongLength,
        Disturbance::Portal,
        Disturbance::Status(500),
        Disturbance::Status(503),
        Disturbance::Status(429),
    ] {
        for path in ["/v3/bill/fundflowbill", "/v3/billdownload/file"] {
            let (platform, run) = merchant(Merchant::new(NOW), BRIEFLY);
            platform.disturb(&format!("{HOST}{path}"), [disturbance]);
            let started = Instant::now();
            ask(&run, &[]).succeeds();
            assert!(started.elapsed() < Duration::from_mins(1), "{disturbance:?} {path}");
            assert!(bills_of(&run) == wanted, "{disturbance:?} {path}");
        }
    }
}

#[test]
fn what_the_platform_gets_wrong_is_asked_for_again() {
    let name = format!("fundflowbill {DAY} BASIC");
    let download = format!("download {name}");
    for (on, mischief) in [
        (&name, Mischief::Limited),
        (&name, Mischief::Broken),
        (&name, Mischief::Expired),
        (&name, Mischief::Signed(Signing::Probe)),
        (&name, Mischief::Signed(Signing::Forged)),
        (&name, Mischief::Signed(Signing::Missing)),
        (&download, Mischief::Limited),
        (&download, Mischief::Broken),
        (&download, Mischief::Expired),
        (&download, Mischief::Touched),
    ] {
        let (platform, run) = merchant(Merchant::new(NOW), BRIEFLY);
        platform.merchant(|merchant| merchant.on(on, [mischief]));
        ask(&run, &[]).succeeds();
        assert_eq!(bill(&run).as_deref(), Some("held"), "{on} {mischief:?}");
    }
}

#[test]
fn a_bill_that_is_never_right_is_missing_by_name_and_the_others_are_held() {
    for (mischief, reason, code) in [
        (Mischief::Touched, "hash_mismatch", "pay-digest-differs"),
        (Mischief::Expired, "download_failed", "pay-address-over"),
        (Mischief::Broken, "download_failed", "fetch-status"),
    ] {
        let (platform, run) = merchant(Merchant::new(NOW), BRIEFLY);
        platform.merchant(|merchant| merchant.on(&format!("download fundflowbill {DAY} BASIC"), [mischief; 200]));
        let report = ask(&run, &[]).succeeds().json();
        assert_eq!(report["api"]["collectors"][0]["outcome"], "waits", "{report:#}");
        assert_eq!(bill(&run), None);
        let key = format!("wxpay_fund_bill.BASIC:{MCHID}:{DAY}");
        let gaps = run.program(&["gaps", "archive", "--json"]).json();
        let gap = gaps.as_array().unwrap().iter().find(|gap| gap["key"] == *key).unwrap().clone();
        assert_eq!((&gap["reason"], &gap["detail"]), (&reason.into(), &code.into()), "{gap}");
        assert_eq!(bill_days(&run).len(), 5 * 5 - 1);
        // It comes right in the end, and the gap is gone.
        platform.merchant(|merchant| merchant.on(&format!("download fundflowbill {DAY} BASIC"), []));
        run.at("1764046920").backup(&["--api", "--json", "--no-mirror"]).succeeds();
        assert_eq!(bill(&run).as_deref(), Some("held"));
        let gaps = run.program(&["gaps", "archive", "--json"]).json();
        assert!(gaps.as_array().unwrap().iter().all(|gap| gap["key"] != *key));
    }
}

#[test]
fn a_day_that_left_the_window_is_a_gap() {
    let (platform, run) = merchant(Merchant::new("2026-02-21 12:00:00"), BRIEFLY);
    ask(&run, &[]).succeeds();
    let gaps = run.program(&["gaps", "archive", "--json"]).json();
    let gone: Vec<&str> = gaps
        .as_array()
        .unwrap()
        .iter()
        .filter(|gap| gap["reason"] == "expired_window")
        .map(|gap| gap["key"].as_str().unwrap())
        .collect();
    // Of five series each.
    assert_eq!(gone.len(), 5, "{gone:?}");
    assert!(gone.contains(&format!("wxpay_trade_bill:{MCHID}:2025-11-20").as_str()));
    drop(platform);
}

#[test]
fn answers_that_are_not_the_platform_s_stop_with_what_to_do() {
    for (signing, code, word) in [(Signing::Stale, 4, "five minutes"), (Signing::Unknown, 16, "PUB_KEY_ID_9999")] {
        let (platform, run) = merchant(Merchant::new(NOW), BRIEFLY);
        for name in ["tradebill 2025-11-20", "profitsharing 2025-11-20"] {
            platform.merchant(|merchant| merchant.on(name, [Mischief::Signed(signing); 4]));
        }
        run.program(&["collect", "--api", "-o", "archive"]).exits(code).says(word);
    }
}

#[test]
fn a_wrong_key_is_refused_and_said() {
    let (platform, run) = merchant(Merchant::new(NOW), BRIEFLY);
    let other = crate::platform::keys::Key::generate();
    std::fs::write(run.folder().join("apiclient_key.pem"), other.private_pem()).unwrap();
    run.program(&["collect", "--api", "-o", "archive"]).exits(16).says("signature");
    assert!(platform.merchant(Merchant::asked).is_empty());
    let text = std::fs::read_to_string(run.folder().join("liudi.toml")).unwrap();
    std::fs::write(run.folder().join("liudi.toml"), text.replace("public-key-id", "#")).unwrap();
    run.program(&["collect", "--api", "-o", "archive"]).exits(16).says("public-key-id");
}

#[test]
fn three_requests_a_second_are_never_exceeded() {
    let (platform, run) = merchant(Merchant::new("2025-11-25 12:00:00").with_pace(), "");
    let path = run.folder().join("liudi.toml");
    let text = std::fs::read_to_string(&path).unwrap().replace("merchant-interval = '0s'\n", "");
    std::fs::write(&path, text).unwrap();
    let mut child = run.start_backup(&["--api", "--no-mirror"]);
    let started = Instant::now();
    while platform.merchant(Merchant::asked).len() < 10 && started.elapsed() < Duration::from_mins(1) {
        std::thread::sleep(Duration::from_millis(20));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(platform.merchant(Merchant::asked).len() >= 10);
    assert_eq!(platform.merchant(Merchant::refused_for_pace), 0);
}

/// Kills the run when the stand-in has answered `after` more requests.
fn kill_after(platform: &Platform, run: &Run, after: usize) {
    let before = platform.hits().len();
    let mut child = run.start_backup(&["--api", "--no-mirror"]);
    let started = Instant::now();
    while platform.hits().len() < before + after
        && started.elapsed() < Duration::from_mins(1)
        && child.try_wait().unwrap().is_none()
    {
        std::thread::sleep(Duration::from_micros(200));
    }
    let _ = child.kill();
    child.wait().unwrap();
}

#[test]
fn killed_anywhere_it_ends_in_the_same_archive_with_no_finished_call_made_twice() {
    let whole = {
        let (_platform, run) = merchant(Merchant::new(NOW), SUB_MERCHANT);
        ask(&run, &[]).succeeds();
        run.tree()
    };
    let (platform, run) = merchant(Merchant::new(NOW), SUB_MERCHANT);
    let kills = 30;
    for kill in 0..kills {
        kill_after(&platform, &run, 1 + (kill * 7) % 40);
    }
    ask(&run, &[]).succeeds();
    assert!(run.tree() == whole, "{:?}", first_difference(&run.tree(), &whole));
    let mut asked = platform.merchant(Merchant::asked);
    let all = asked.len();
    asked.sort();
    asked.dedup();
    // At most the call under way at each kill: asking for a bill and fetching it, which may be of two parts.
    assert!(all - asked.len() <= kills * 3, "{} repeated", all - asked.len());
}

fn first_difference(left: &[(String, Vec<u8>)], right: &[(String, Vec<u8>)]) -> Option<String> {
    let differ = left.iter().zip(right).find(|(left, right)| left != right);
    differ.map(|(left, right)| format!("{} / {}", left.0, right.0))
}

#[test]
fn no_secret_is_found_anywhere() {
    let (platform, run) = merchant(Merchant::new(NOW), SUB_MERCHANT);
    platform.merchant(|merchant| {
        merchant.on("fundflowbill 2025-11-21 BASIC", [Mischief::Expired]);
        merchant.on("download fundflowbill 2025-11-21 BASIC", [Mischief::NotYours]);
    });
    let said = ask(&run, &["--verbose"]);
    let said = if said.code == 2 { ask(&run, &[]) } else { said };
    let key = platform.merchant(|merchant| merchant.key.private_pem());
    let lines: Vec<&str> = key.lines().filter(|line| !line.starts_with('-')).collect();
    let signatures: Vec<String> = platform
        .hits()
        .iter()
        .filter_map(|hit| Some(hit.headers.get("authorization")?.split("signature=\"").nth(1)?[..40].to_owned()))
        .collect();
    assert!(signatures.len() > 50);
    let mut places: Vec<(String, Vec<u8>)> = tree(&run.archive());
    places.push(("stdout".to_owned(), said.stdout.into_bytes()));
    places.push(("stderr".to_owned(), said.stderr.into_bytes()));
    // The working state too, which `tree` leaves out.
    for entry in walkdir::WalkDir::new(run.archive().join(".liudi")) {
        let entry = entry.unwrap();
        if entry.file_type().is_file() {
            places.push((entry.path().display().to_string(), std::fs::read(entry.path()).unwrap()));
        }
    }
    let mut plain: Vec<(String, Vec<u8>)> = Vec::new();
    for (name, bytes) in &places {
        if name.ends_with(".tar.zst") {
            plain.push((name.clone(), zstd::stream::decode_all(bytes.as_slice()).unwrap()));
        }
    }
    places.extend(plain);
    let all = memchr::memmem::Finder::new(b"TOKEN-");
    let auth = memchr::memmem::Finder::new(b"WECHATPAY2-SHA256");
    for (name, bytes) in &places {
        assert!(all.find(bytes).is_none(), "a download address in {name}");
        assert!(auth.find(bytes).is_none(), "an Authorization header in {name}");
        for secret in lines.iter().take(3).copied().chain(signatures.iter().take(20).map(String::as_str)) {
            assert!(memchr::memmem::find(bytes, secret.as_bytes()).is_none(), "{secret} in {name}");
        }
    }
    let _ = (SERIAL, PUBLIC_KEY_ID);
}
