//! A merchant from nothing to bills in the ledger, and what the next run does not ask again.

use std::collections::BTreeMap;

use super::world::{BRIEFLY, LATELY, NOW, all_days, ask, bill_days, late_days, merchant, table, window};
use jiff::civil::date;

use crate::platform::Merchant;
use crate::platform::merchant::bills::{self, Sums};
use crate::platform::merchant::{MCHID, Mischief};
use crate::state::is_ready_alone;
use crate::support::Run;

/// A sub-merchant.
const SUB: &str = "1900000109";
const SUB_MERCHANT: &str = "bills-since = '2025-11-10'\nsub-mchids = ['1900000109']";

/// What the ledger's rows of one kind add up to, in units of a hundred-thousandth of a yuan.
fn sum(rows: &[BTreeMap<String, String>], kind: &str, column: &str) -> i64 {
    rows.iter()
        .filter(|row| row["kind"] == kind)
        .map(|row| {
            let cell = row[column].as_str();
            let (whole, part) = cell.split_once('.').unwrap_or((cell, ""));
            let digits = format!("{whole}{part:0<5}");
            if cell.is_empty() { 0 } else { digits.parse::<i64>().unwrap() }
        })
        .sum()
}

#[test]
fn every_day_of_the_window_is_a_bill_or_the_word_that_there_is_none() {
    let (platform, run) = merchant(Merchant::new(NOW), "");
    let report = ask(&run, &[]).succeeds().json();
    is_ready_alone(&run);
    let of =
        |name: &str| report["api"]["collectors"].as_array().unwrap().iter().find(|one| one["name"] == name).cloned();
    assert_eq!(of("wxpay-bills").unwrap()["outcome"], "done", "{report:#}");
    assert_eq!(of("wxpay-sharing-bills").unwrap()["outcome"], "done");
    assert_eq!(of("wxpay-sub-merchant-bills"), None, "nobody asked for it");

    // Each day of each series, by what the merchant's books say.
    let days = bill_days(&run);
    assert_eq!(days.len(), all_days().len() * 5);
    for day in all_days() {
        let state = |series: &str| days[&format!("{series}:{MCHID}:{day}")]["state"].clone();
        let expected = |bill: Option<String>| if bill.is_some() { "held" } else { "no_bill" };
        assert_eq!(state("wxpay_trade_bill"), expected(bills::trade(MCHID, day)), "{day}");
        assert_eq!(state("wxpay_sharing_bill"), expected(bills::sharing(MCHID, day)), "{day}");
        for account in ["BASIC", "OPERATION", "FEES"] {
            assert_eq!(
                state(&format!("wxpay_fund_bill.{account}")),
                expected(bills::fund(MCHID, account, day)),
                "{day} {account}"
            );
        }
    }
    // The digest is of the one form on even days and of the other on odd ones.
    let row = |day: &str| days[&format!("wxpay_fund_bill.BASIC:{MCHID}:{day}")].clone();
    let (even, odd) = (row("2025-09-14"), row("2025-09-21"));
    assert_eq!((even["hash_of"].as_str(), odd["hash_of"].as_str()), ("content", "compressed"));
    assert_eq!((even["hash_type"].as_str(), even["hash_value"].len()), ("SHA1", 40));

    // Sums, exactly.
    let ledger = table(&run, "private/data/billing/ledger.csv");
    let mut wanted = Sums::default();
    for day in all_days() {
        wanted += bills::sums(day);
    }
    assert!(wanted.rows > 50 && wanted.refunded > 0);
    assert_eq!(ledger.iter().filter(|row| row["kind"] == "trade").count(), usize::try_from(wanted.rows).unwrap());
    assert_eq!(sum(&ledger, "trade", "settled"), wanted.settled * 1000);
    assert_eq!(sum(&ledger, "trade", "refund"), wanted.refunded * 1000);
    assert_eq!(sum(&ledger, "trade", "fee"), wanted.fees);
    assert!(
        report["statements"].as_array().unwrap().iter().all(|statement| statement["declared"] == statement["computed"])
    );
    let shares = table(&run, "private/data/funds/wxpay_profit_sharing.csv");
    assert!(!shares.is_empty() && shares.iter().all(|row| row["分账发起方"] == MCHID));

    // Oldest days first.
    let asked = platform.merchant(Merchant::asked);
    let first = asked.iter().position(|name| *name == format!("tradebill {}", window().0)).unwrap();
    let last = asked.iter().position(|name| *name == format!("tradebill {}", window().1)).unwrap();
    assert!(first < last);
    let repeated = |asked: &[String]| {
        let mut names = asked.to_vec();
        names.sort();
        names.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| pair[0].clone()).collect::<Vec<_>>()
    };
    assert_eq!(repeated(&asked), [""; 0]);

    // The same day again: nothing is asked, nothing changes.
    let before = run.tree();
    assert_eq!(ask(&run, &[]).succeeds().json()["changed"], false);
    assert_eq!(platform.merchant(Merchant::asked).len(), asked.len());
    assert!(run.tree() == before);
    run.program(&["verify", "archive", "--deep"]).succeeds();
}

#[test]
fn the_next_run_asks_for_the_days_since_and_for_nothing_else() {
    let (platform, run) = merchant(Merchant::new(NOW), LATELY);
    ask(&run, &[]).succeeds();
    let before = platform.merchant(Merchant::asked).len();
    platform.merchant(|merchant| merchant.set_time("2025-11-27 12:00:00"));
    let run = run.env("SOURCE_DATE_EPOCH", "1764216000");
    ask(&run, &[]).succeeds();
    let asked = platform.merchant(Merchant::asked)[before..].to_vec();
    assert!(asked.iter().all(|name| name.contains("2025-11-25") || name.contains("2025-11-26")), "{asked:?}");
    assert_eq!(asked.iter().filter(|name| !name.starts_with("download")).count(), 2 * 5);
    assert_eq!(bill_days(&run).len(), (late_days().len() + 2) * 5);
}

#[test]
fn yesterday_is_asked_for_after_ten() {
    let (platform, run) = merchant(Merchant::new("2025-11-25 08:00:00"), LATELY);
    let run = run.env("SOURCE_DATE_EPOCH", "1764028800");
    let report = ask(&run, &[]).succeeds().json();
    assert_eq!(report["api"]["collectors"][0]["outcome"], "waits");
    assert_eq!(report["api"]["until"], "2025-11-25T10:00:00+08:00");
    assert!(platform.merchant(Merchant::asked).iter().all(|name| !name.contains("2025-11-24")));
    platform.merchant(|merchant| merchant.set_time("2025-11-25 10:30:00"));
    let run = run.env("SOURCE_DATE_EPOCH", "1764037800");
    let report = ask(&run, &[]).succeeds().json();
    assert_eq!(report["api"]["collectors"][0]["outcome"], "done", "{report:#}");
    assert_eq!(bill_days(&run).len(), late_days().len() * 5);
}

#[test]
fn a_bill_that_is_being_made_comes_later() {
    let (platform, run) = merchant(Merchant::new(NOW), LATELY);
    platform
        .merchant(|merchant| merchant.on("fundflowbill 2025-11-14 BASIC", [Mischief::Creating, Mischief::Creating]));
    let report = ask(&run, &[]).succeeds().json();
    assert_eq!(report["api"]["collectors"][0]["outcome"], "waits");
    assert_eq!(report["api"]["until"], "2025-11-25T12:30:00+08:00");
    assert!(!bill_days(&run).contains_key(&format!("wxpay_fund_bill.BASIC:{MCHID}:2025-11-14")));
    let asked = |name: &str| platform.merchant(Merchant::asked).iter().filter(|one| *one == name).count();
    // Too early: nothing is asked.
    ask(&run, &[]).succeeds();
    assert_eq!(asked("fundflowbill 2025-11-14 BASIC"), 1);
    for (time, times, outcome) in [("1764045060", 2, "waits"), ("1764046920", 3, "done")] {
        let report = run.at(time).backup(&["--api", "--json", "--no-mirror"]).succeeds().json();
        assert_eq!(report["api"]["collectors"][0]["outcome"], outcome, "{report:#}");
        assert_eq!(asked("fundflowbill 2025-11-14 BASIC"), times);
    }
    assert_eq!(bill_days(&run)[&format!("wxpay_fund_bill.BASIC:{MCHID}:2025-11-14")]["state"], "held");
    assert_eq!(asked("tradebill 2025-11-14"), 1);
}

/// What the archive says is not permitted.
fn refused(run: &Run) -> Vec<String> {
    let gaps = run.program(&["gaps", "archive", "--json"]).json();
    let refused = gaps.as_array().unwrap().iter().filter(|gap| gap["reason"] == "not_permitted");
    refused.map(|gap| gap["key"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn days_of_a_refused_series_are_asked_for_once_it_is_permitted() {
    let (platform, run) = merchant(Merchant::new(NOW), LATELY);
    platform.merchant(|merchant| merchant.on("fundflowbill 2025-11-12 BASIC", [Mischief::Denied]));
    ask(&run, &[]).succeeds();
    assert_eq!(refused(&run), [format!("wxpay_fund_bill.BASIC:{MCHID}")]);
    let held = |run: &Run| bill_days(run).keys().filter(|key| key.starts_with("wxpay_fund_bill.BASIC:")).count();
    assert_eq!(held(&run), 2, "the tenth and the eleventh");
    platform.merchant(|merchant| merchant.set_time("2025-11-25 13:00:00"));
    let run = run.env("SOURCE_DATE_EPOCH", "1764046800");
    ask(&run, &[]).succeeds();
    assert_eq!(held(&run), late_days().len());
    assert_eq!(platform.merchant(Merchant::asked).iter().filter(|one| *one == "tradebill 2025-11-14").count(), 1);
}

#[test]
fn an_open_bill_that_is_refused_is_named_and_asked_for_again() {
    let (platform, run) = merchant(Merchant::new(NOW), LATELY);
    platform.merchant(|merchant| merchant.on("fundflowbill 2025-11-24 BASIC", [Mischief::Creating, Mischief::Denied]));
    ask(&run, &[]).succeeds();
    assert!(refused(&run).is_empty());
    run.at("1764045060").backup(&["--api", "--json", "--no-mirror"]).succeeds();
    assert_eq!(refused(&run), [format!("wxpay_fund_bill.BASIC:{MCHID}")]);
    run.at("1764046920").backup(&["--api", "--json", "--no-mirror"]).succeeds();
    assert_eq!(bill_days(&run)[&format!("wxpay_fund_bill.BASIC:{MCHID}:2025-11-24")]["state"], "no_bill");
    assert!(refused(&run).is_empty(), "{:?}", refused(&run));
}

#[test]
fn bills_of_sub_merchants_are_opened_and_put_together() {
    let (platform, run) = merchant(Merchant::new(NOW), SUB_MERCHANT);
    let report = ask(&run, &[]).succeeds().json();
    is_ready_alone(&run);
    let one =
        report["api"]["collectors"].as_array().unwrap().iter().find(|one| one["name"] == "wxpay-sub-merchant-bills");
    assert_eq!(one.unwrap()["outcome"], "done", "{report:#}");
    let days = bill_days(&run);
    let day = late_days().into_iter().find(|day| bills::fund(SUB, "BASIC", *day).is_some()).unwrap();
    let row = &days[&format!("wxpay_sub_merchant_bill.BASIC:1900000109:{day}")];
    assert_eq!((row["state"].as_str(), row["hash_of"].as_str()), ("held", "encrypted encrypted"));
    assert_eq!(days[&format!("wxpay_sub_merchant_bill.DEPOSIT:1900000109:{day}")]["state"], "no_bill");
    let raw = run
        .tree()
        .into_iter()
        .find(|(name, _)| name.ends_with(&format!("1900000109-sub_merchant_bill-BASIC-{day}.csv")));
    assert_eq!(String::from_utf8(raw.unwrap().1).unwrap(), bills::fund(SUB, "BASIC", day).unwrap());
    assert!(platform.merchant(Merchant::asked).iter().any(|name| name.starts_with("download sub-merchant")));
}

#[test]
fn what_does_not_open_is_kept_as_it_came_and_named() {
    let (platform, run) = merchant(Merchant::new(NOW).sealed_for_others(), SUB_MERCHANT);
    ask(&run, &[]).succeeds();
    let days = bill_days(&run);
    let sealed: Vec<_> = days.values().filter(|row| row["state"] == "still_encrypted").collect();
    assert!(!sealed.is_empty() && sealed.iter().all(|row| row["sealed"].contains("encrypt_key")));
    let gaps = run.program(&["gaps", "archive", "--json"]).json();
    let named = gaps.as_array().unwrap().iter().filter(|gap| gap["reason"] == "still_encrypted").count();
    assert_eq!(named, sealed.len());
    assert!(run.tree().iter().any(|(name, _)| name.ends_with(".csv.sealed")));
    drop(platform);
}

#[test]
fn the_readiness_check_takes_the_word_that_there_is_no_bill() {
    let (_platform, run) = merchant(Merchant::new(NOW), LATELY);
    ask(&run, &[]).succeeds();
    let root = run.archive();
    let now = liudi::model::Time::from_wall("2025-11-25 12:00").unwrap();
    let measured =
        liudi::audit::fill::measure(&liudi::archive::Archive::open(&root).unwrap(), &root.join("site"), now, None)
            .unwrap();
    for day in late_days() {
        for series in ["wxpay_trade_bill", "wxpay_fund_bill.BASIC", "wxpay_fund_bill.OPERATION", "wxpay_fund_bill.FEES"]
        {
            let known = &measured.series[series];
            assert!(known.held.contains(&day) != known.nothing.contains(&day), "{series} {day}");
        }
    }
    assert!(measured.bills.iter().all(|bill| bill.digest_agrees == Some(true) && bill.adds_up == Some(true)));
}

#[test]
fn a_lost_working_folder_comes_back_from_the_bags() {
    let (platform, run) = merchant(Merchant::new(NOW), SUB_MERCHANT);
    ask(&run, &[]).succeeds();
    let before = run.tree();
    std::fs::remove_dir_all(run.archive().join(".liudi")).unwrap();
    let run = run.file("x.bin", "nobody knows this");
    assert_eq!(run.backup(&["--no-mirror", "--json"]).succeeds().json()["changed"], false);
    assert!(run.tree() == before);
    // Where it stood is lost with the folder: everything is asked for again, and is what it was.
    ask(&run, &[]).succeeds();
    let grown: Vec<&String> =
        before.iter().zip(&run.tree()).filter(|(old, new)| old.1 != new.1).map(|(old, _)| &old.0).collect();
    assert_eq!(grown, Vec::<&String>::new());
    drop(platform);
}

#[test]
fn an_e_commerce_platform_has_its_own_bills_and_balances() {
    let settings = format!("{LATELY}\nservice-provider = true");
    let (_platform, run) = merchant(Merchant::new(NOW).providing(), &settings);
    ask(&run, &[]).succeeds();
    is_ready_alone(&run);
    let days = bill_days(&run);
    for day in late_days() {
        let state = |series: &str| days[&format!("{series}:{MCHID}:{day}")]["state"].clone();
        let held = if bills::fund(MCHID, "BASIC", day).is_some() { "held" } else { "no_bill" };
        assert_eq!(state("wxpay_ecommerce_bill.ALL"), held, "{day}");
        assert_eq!(state("wxpay_withdrawal_bill.NO_SUCC"), "no_bill");
    }
    let balances = table(&run, "private/data/funds/wxpay_balances.csv");
    assert_eq!(balances.len(), 3);
    assert!(balances.iter().all(|row| row["available_amount"] == "12345" && row["date"] == "2025-11-24"));
    let before = run.tree();
    assert_eq!(ask(&run, &[]).succeeds().json()["changed"], false);
    assert!(run.tree() == before);

    // A merchant that says it is one and is none is told so, and loses none of its other bills.
    let (_platform, run) = merchant(Merchant::new(NOW), &settings);
    let report = ask(&run, &[]).succeeds().json();
    let collectors = report["api"]["collectors"].as_array().unwrap();
    let outcome = |name: &str| collectors.iter().find(|one| one["name"] == name).unwrap()["outcome"].clone();
    assert_eq!(outcome("wxpay-platform-bills"), "not_permitted");
    assert_eq!(outcome("wxpay-balances"), "not_permitted");
    assert_eq!(outcome("wxpay-bills"), "done");
}

#[test]
fn a_bill_too_large_for_memory_adds_up_and_lies_there_as_it_came() {
    let day = date(2025, 11, 21);
    let orders = bills::many(day, 6_000);
    let (_platform, run) = merchant(Merchant::new(NOW).busy_on(day, 6_000), BRIEFLY);
    ask(&run, &[]).succeeds();
    let ledger = table(&run, "private/data/billing/ledger.csv");
    let mut wanted = bills::sums_of(&orders);
    for other in bills::days(date(2025, 11, 20), window().1).filter(|other| *other != day) {
        wanted += bills::sums(other);
    }
    assert_eq!(ledger.iter().filter(|row| row["kind"] == "trade").count(), usize::try_from(wanted.rows).unwrap());
    assert_eq!(sum(&ledger, "trade", "settled"), wanted.settled * 1000);
    assert_eq!(sum(&ledger, "trade", "fee"), wanted.fees);
    let raw = run.tree().into_iter().find(|(name, _)| name.ends_with("trade_bill-2025-11-21.csv")).unwrap();
    assert!(raw.1 == bills::trade_of(MCHID, &orders).into_bytes(), "{} bytes", raw.1.len());
    assert!(raw.1.len() > 1024 * 1024);
    let row = &bill_days(&run)[&format!("wxpay_trade_bill:{MCHID}:{day}")];
    assert_eq!((row["state"].as_str(), row["bytes"].clone()), ("held", raw.1.len().to_string()));
    assert_eq!(std::fs::read_dir(run.archive().join(".liudi/answers")).unwrap().count(), 0);
    run.program(&["verify", "archive"]).succeeds();
}
