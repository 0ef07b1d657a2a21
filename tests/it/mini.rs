//! 小程序, 视频号 and 小店 by the API: exact bounds of days, weeks and months, a cloud's database with its files, paging by
//! `next_key`; runs killed anywhere; and no secret anywhere.

use std::time::{Duration, Instant};

use crate::platform::mini::{APPID, SECRET, SHOP_APPID, SHOP_SECRET, cloud, shop};
use crate::platform::{HOSTS, Mini, Platform};
use crate::state::is_ready_alone;
use crate::support::{Done, Run, tree};

/// 25 November 2025, noon in Beijing.
const NOON: &str = "1764043200";

fn serve(sections: &str) -> (Platform, Run) {
    let platform = Platform::start();
    platform.serve_mini(Mini::default());
    let run = Run::new()
        .env("SOURCE_DATE_EPOCH", NOON)
        .env("LIUDI_MINI_PROGRAM_SECRET", SECRET)
        .env("LIUDI_SHOP_SECRET", SHOP_SECRET);
    let hosts: Vec<String> = HOSTS.iter().map(|host| format!("'{host}' = '{}'", platform.base(host))).collect();
    let config = format!(
        "{sections}\n[network]\napi-interval = '0s'\nfile-interval = '0s'\nretry-delay = '5ms'\nretry-delay-limit = '20ms'\n\
         retries = 2\n[network.hosts]\n{}\n",
        hosts.join("\n")
    );
    std::fs::write(run.folder().join("liudi.toml"), config).unwrap();
    (platform, run)
}

fn mini(cloud: bool) -> String {
    let environments = if cloud { format!("cloud-environments = ['{}']", cloud::ENV) } else { String::new() };
    format!("[mini-program]\nappid = '{APPID}'\n{environments}")
}

fn ask(run: &Run, more: &[&str]) -> Done {
    run.backup(&[&["--api", "--json", "--no-mirror"], more].concat())
}

fn outcomes(report: &serde_json::Value) -> Vec<(String, String)> {
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    report["api"]["collectors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (text(&one["name"]), text(&one["outcome"])))
        .collect()
}

/// Rows of a CSV table.
fn csv_rows(run: &Run, path: &str) -> Vec<std::collections::BTreeMap<String, String>> {
    let text = run.read(path);
    csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes()).deserialize().map(Result::unwrap).collect()
}

/// Lines of a JSON table.
fn lines(run: &Run, path: &str) -> Vec<serde_json::Value> {
    run.read(path).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn visits_are_asked_for_by_exact_periods_since_there_are_any() {
    let (platform, run) = serve(&mini(false));
    let report = ask(&run, &[]).succeeds().json();
    assert!(outcomes(&report).iter().all(|(_, outcome)| outcome == "done"), "{report:#}");
    assert_eq!(platform.mini(|mini| mini.repeated()), [""; 0]);
    let rows = |name: &str| csv_rows(&run, &format!("private/data/statistics/mini_{name}.csv"));
    // October; the weeks that lie whole between its begin and now; the days since the first visit.
    assert_eq!(rows("monthlyvisittrend").len(), 1);
    assert_eq!(rows("monthlyretaininfo").len(), 1);
    assert_eq!(rows("weeklyvisittrend").len(), 7);
    assert_eq!(rows("dailyvisittrend").len(), 46);
    assert_eq!(rows("visitpage").len(), 2 * 46);
    let day = rows("dailyvisittrend").into_iter().find(|row| row["_key"] == "20251029").unwrap();
    assert_eq!((day["visit_pv"].as_str(), day["visit_depth"].as_str()), ("78", "1.9838"));
    assert_eq!(rows("dailyretaininfo")[0]["visit_uv_1"], "2");
    assert_eq!(rows("userportrait").len(), 3 * 46);
    // Half a year of empty months, and no day before the begin.
    let calls = |name: &str| platform.mini(|mini| mini.calls_of(&format!("/datacube/getweanalysisappid{name}")));
    assert_eq!((calls("monthlyvisittrend"), calls("dailyvisittrend")), (1 + 6, 55));
    let who = lines(&run, "private/data/account/mini_program.jsonl");
    assert_eq!(who[0]["fields"]["nickname_info"]["nickname"], "水乡茶行小程序");
    // The same day again: of visits nothing is asked, and nothing changes.
    let before = (calls("dailyvisittrend"), run.tree());
    assert_eq!(ask(&run, &[]).succeeds().json()["changed"], false);
    assert!((calls("dailyvisittrend"), run.tree()) == before);
    // Two days later: two days more.
    let later = run.at("1764216000");
    later.backup(&["--api", "--json", "--no-mirror"]).succeeds();
    assert_eq!(calls("dailyvisittrend"), 57);
    assert_eq!(calls("monthlyvisittrend"), 7);
}

#[test]
fn an_endpoint_whose_day_is_used_up_does_not_hold_up_the_others() {
    let (platform, run) = serve(&mini(false));
    let path = "/datacube/getweanalysisappidvisitpage";
    platform.mini(|mini| mini.left.insert(path.to_owned(), 40));
    let report = ask(&run, &[]).succeeds().json();
    assert!(outcomes(&report).contains(&("mini-analysis".to_owned(), "waits".to_owned())), "{report:#}");
    let rows = |name: &str| csv_rows(&run, &format!("private/data/statistics/mini_{name}.csv")).len();
    assert_eq!((rows("visitpage"), rows("userportrait")), (2 * 31, 3 * 46));
    platform.mini(|mini| mini.left.clear());
    let report = run.at("1764129600").backup(&["--api", "--json", "--no-mirror"]).succeeds().json();
    assert!(outcomes(&report).contains(&("mini-analysis".to_owned(), "done".to_owned())), "{report:#}");
    assert_eq!((rows("visitpage"), rows("userportrait")), (2 * 47, 3 * 47));
    // The call that met the end of the day is the one that is made twice.
    assert_eq!(platform.mini(|mini| mini.repeated()).iter().filter(|call| call.contains(path)).count(), 1);
}

#[test]
fn a_cloud_is_exported_and_its_files_are_held() {
    let (platform, run) = serve(&mini(true));
    // What nobody can know before is not said to be nothing.
    let plan = ask(&run, &["--plan"]).succeeds().json();
    let line = |name: &str| {
        let lines = plan["accounts"][0]["lines"].as_array().unwrap();
        lines.iter().find(|line| line["collector"] == name).unwrap().clone()
    };
    assert_eq!((line("mini-cloud").get("calls"), &line("mini-basic")["calls"]), (None, &1.into()), "{plan:#}");
    assert_eq!((&plan["accounts"][0]["uncounted"], &line("mini-cloud")["daily"]), (&2.into(), &50_000.into()));
    let report = ask(&run, &[]).succeeds().json();
    assert!(outcomes(&report).contains(&("mini-cloud".to_owned(), "done".to_owned())), "{report:#}");
    let one = report["api"]["collectors"].as_array().unwrap().iter().find(|one| one["name"] == "mini-basic");
    assert_eq!(one.unwrap()["calls"], 1, "asked by the probe, and counted");
    let teas = lines(&run, &format!("private/data/cloud/{}_teas.jsonl", cloud::ENV));
    assert_eq!(teas.len(), 60);
    assert_eq!(teas[0]["fields"]["name"], "第1号茶");
    let files = lines(&run, "private/data/cloud/files.jsonl");
    assert_eq!(files.len(), 60);
    let digest = files[0]["fields"]["sha256"].as_str().unwrap().to_owned();
    let documents: Vec<String> =
        run.tree().into_iter().map(|(name, _)| name).filter(|name| name.contains("/documents/")).collect();
    assert_eq!(documents.iter().filter(|name| name.contains(&digest[..8])).count(), 1);
    let gaps = run.program(&["gaps", "archive", "--json"]).json();
    let gone =
        gaps.as_array().unwrap().iter().find(|gap| gap["key"].as_str().unwrap().ends_with("gone.png")).unwrap().clone();
    assert_eq!(gone["detail"], "storage file not exists");
    assert_eq!(platform.mini(|mini| mini.calls_of("/tcb/batchdownloadfile")), 2 + 1, "fifty at once");
    // Again within hours: the collection that came whole is not exported again, the one with a lost file is. A day later both.
    let exports = || platform.mini(|mini| mini.calls_of("/tcb/databasemigrateexport"));
    assert_eq!(exports(), 2);
    ask(&run, &[]).succeeds();
    assert_eq!(exports(), 3);
    run.at("1764129600").backup(&["--api", "--json", "--no-mirror"]).succeeds();
    assert_eq!(exports(), 5);
    // Read again from the bags alone.
    is_ready_alone(&run);
    let before = run.tree();
    std::fs::remove_dir_all(run.archive().join(".liudi")).unwrap();
    let run = run.file("x.bin", "nobody knows this");
    run.backup(&["--no-mirror"]).succeeds();
    assert!(run.tree() == before, "{:?}", difference(&before, &run.tree()));
}

fn difference(left: &[(String, Vec<u8>)], right: &[(String, Vec<u8>)]) -> Vec<String> {
    let names = |tree: &[(String, Vec<u8>)]| tree.iter().cloned().collect::<std::collections::BTreeMap<_, _>>();
    let (left, right) = (names(left), names(right));
    left.keys().chain(right.keys()).filter(|name| left.get(*name) != right.get(*name)).cloned().collect()
}

#[test]
fn a_finder_s_broadcasts_are_rows() {
    let (platform, run) = serve(&mini(false));
    ask(&run, &[]).succeeds();
    let lives = lines(&run, "private/data/live/finder_lives.jsonl");
    assert_eq!(lives.len(), shop::ORDERS);
    assert!(lives.iter().all(|live| live["fields"]["live_duration_in_seconds"] == 3600));
    assert_eq!(lines(&run, "private/data/account/finder.jsonl")[0]["fields"]["fans_count"], 42);
    let before = platform.mini(|mini| mini.calls_of("/channels/finderlive/get_finder_live_data_list"));
    ask(&run, &[]).succeeds();
    assert_eq!(platform.mini(|mini| mini.calls_of("/channels/finderlive/get_finder_live_data_list")), before);
}

#[test]
fn a_shop_s_orders_and_money_come_page_by_page_and_add_up() {
    let (platform, run) = serve(&format!("[shop]\nappid = '{SHOP_APPID}'"));
    let report = ask(&run, &[]).succeeds().json();
    assert!(outcomes(&report).iter().all(|(_, outcome)| outcome == "done"), "{report:#}");
    assert_eq!(platform.mini(|mini| mini.repeated()), [""; 0]);
    let orders = lines(&run, "private/data/orders/shop_orders.jsonl");
    assert_eq!(orders.len(), shop::ORDERS);
    assert!(orders.iter().all(|order| order["fields"]["order_id"].as_str().unwrap().len() == 19), "ids stay text");
    let flows = csv_rows(&run, "private/data/funds/shop_funds_flow.csv");
    let sum: i64 = flows.iter().map(|flow| flow["amount"].parse::<i64>().unwrap()).sum();
    assert_eq!((flows.len(), sum), (shop::ORDERS, shop::flow_sum()));
    assert_eq!(csv_rows(&run, "private/data/funds/shop_withdrawals.csv")[0]["amount"], "7000");
    assert_eq!(csv_rows(&run, "private/data/funds/shop_balance.csv")[0]["available_amount"], "45331");
    // Again: the balance of the day and the shop's name, and nothing of what was gone through.
    let asked = |path: &str| platform.mini(|mini| mini.calls_of(path));
    let before = (asked("/channels/ec/order/list/get"), asked("/channels/ec/order/get"));
    assert_eq!(ask(&run, &[]).succeeds().json()["changed"], false);
    assert_eq!((asked("/channels/ec/order/list/get"), asked("/channels/ec/order/get")), before);
    assert_eq!(before.1, shop::ORDERS as u64);
    // An order that is given back later is asked for again, and the later word counts.
    platform.mini(|mini| mini.refunded = Some(4));
    run.at("1764216000").backup(&["--api", "--json", "--no-mirror"]).succeeds();
    let orders = lines(&run, "private/data/orders/shop_orders.jsonl");
    let given_back = orders.iter().filter(|order| order["fields"]["status"] == 250).count();
    assert_eq!((orders.len(), given_back), (shop::ORDERS, 1));
    assert_eq!(asked("/channels/ec/order/get"), before.1 + 1, "the others are not asked for again");
}

/// Files of answers that nobody has read yet.
fn waiting_answers(run: &Run) -> usize {
    std::fs::read_dir(run.archive().join(".liudi/answers")).map_or(0, Iterator::count)
}

#[test]
fn a_collection_too_large_for_memory_is_the_same_from_every_run() {
    /// More than two megabytes, and more rows than are stored at once.
    const TEAS: u64 = 12_000;
    let grown = || {
        let (platform, run) = serve(&mini(true));
        // An export that is there at once: how often one is looked at depends on the kills.
        platform.mini(|mini| (mini.teas, mini.looks) = (TEAS, 1));
        (platform, run)
    };
    let (platform, run) = grown();
    ask(&run, &[]).succeeds();
    let teas = lines(&run, &format!("private/data/cloud/{}_teas.jsonl", cloud::ENV));
    assert_eq!(teas.len() as u64, TEAS);
    let last = teas.iter().find(|tea| tea["key"] == format!("tea{TEAS}")).unwrap();
    assert_eq!(last["fields"]["price"], TEAS * 100);
    assert_eq!(lines(&run, "private/data/cloud/files.jsonl").len(), 60);
    assert_eq!(waiting_answers(&run), 0);
    // The export lies there as it came.
    let name = format!("{}_teas.json", cloud::ENV);
    let exported: Vec<(String, Vec<u8>)> =
        run.tree().into_iter().filter(|(path, _)| path.starts_with("private/") && path.ends_with(&name)).collect();
    assert_eq!(exported.len(), 1);
    assert_eq!(memchr::memchr_iter(b'\n', &exported[0].1).count() as u64, TEAS);
    let before = platform.hits().iter().position(|hit| hit.url.contains("/tcb/")).unwrap();

    // Killed around the export: between its calls, and while it is read, which takes longer than they do.
    let (platform, killed) = grown();
    kill_after(&platform, &killed, before);
    let kills = 15;
    for kill in 0..kills {
        let patience = Duration::from_millis(u64::try_from(kill).unwrap() * 40);
        let mut child = killed.start_backup(&["--api", "--no-mirror"]);
        std::thread::sleep(patience);
        let _ = child.kill();
        child.wait().unwrap();
    }
    ask(&killed, &[]).succeeds();
    assert!(killed.tree() == run.tree(), "{:?}", difference(&run.tree(), &killed.tree()));
    assert_eq!(waiting_answers(&killed), 0);
    let repeated = platform.mini(|mini| mini.repeated());
    assert!(repeated.len() <= kills, "{repeated:#?}");

    is_ready_alone(&run);
    let before = run.tree();
    std::fs::remove_dir_all(run.archive().join(".liudi")).unwrap();
    let run = run.file("x.bin", "nobody knows this");
    run.backup(&["--no-mirror"]).succeeds();
    assert!(run.tree() == before, "{:?}", difference(&before, &run.tree()));
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
fn a_shop_killed_anywhere_ends_in_the_same_archive() {
    let sections = format!("[shop]\nappid = '{SHOP_APPID}'");
    let whole = {
        let (_platform, run) = serve(&sections);
        ask(&run, &[]).succeeds();
        run.tree()
    };
    let (platform, run) = serve(&sections);
    let kills = 30;
    for kill in 0..kills {
        kill_after(&platform, &run, 2 + (kill * 5) % 11);
    }
    ask(&run, &[]).succeeds();
    assert!(run.tree() == whole, "{:?}", difference(&run.tree(), &whole));
    // At most the call under way at each kill.
    let repeated = platform.mini(|mini| mini.repeated());
    assert!(repeated.len() <= kills, "{repeated:#?}");
}

#[test]
fn no_secret_of_a_mini_program_is_found_anywhere() {
    let (_platform, run) = serve(&format!("{}\n[shop]\nappid = '{SHOP_APPID}'", mini(true)));
    let said = ask(&run, &[]).succeeds();
    let mut places: Vec<(String, Vec<u8>)> = tree(&run.archive());
    places.push(("stdout".to_owned(), said.stdout.into_bytes()));
    places.push(("stderr".to_owned(), said.stderr.into_bytes()));
    for entry in walkdir::WalkDir::new(run.archive().join(".liudi")) {
        let entry = entry.unwrap();
        if entry.file_type().is_file() {
            places.push((entry.path().display().to_string(), std::fs::read(entry.path()).unwrap()));
        }
    }
    let packs: Vec<(String, Vec<u8>)> = places
        .iter()
        .filter(|(name, _)| name.ends_with(".tar.zst"))
        .map(|(name, bytes)| (format!("{name}!"), zstd::stream::decode_all(bytes.as_slice()).unwrap()))
        .collect();
    assert!(!packs.is_empty());
    places.extend(packs);
    let [token, other] = Mini::tokens();
    for (name, bytes) in &places {
        for secret in [SECRET, SHOP_SECRET, &token, &other, cloud::SIGNATURE] {
            assert!(memchr::memmem::find(bytes, secret.as_bytes()).is_none(), "{secret} in {name}");
        }
    }
}
