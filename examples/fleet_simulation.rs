//! Simulates a fleet in virtual time and prints what it takes, as in `docs/fleet.md`:
//! `cargo run --release --example fleet_simulation -- ACCOUNTS ARTICLES ADDRESSES WORKERS`, or without arguments the whole
//! table.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a tool that cannot go on may stop")]

use std::time::Instant;

use liudi::fleet::simulation::{Scene, run};

fn main() {
    let given: Vec<usize> = std::env::args().skip(1).map(|argument| argument.parse().unwrap()).collect();
    let scene = |accounts, articles: usize, addresses, workers| Scene {
        accounts,
        articles: articles as u64,
        addresses,
        workers,
        faults: true,
    };
    let scenes: Vec<Scene> = if let [accounts, articles, addresses, workers] = given.as_slice() {
        vec![scene(*accounts, *articles, *addresses, *workers)]
    } else {
        let growth = [10, 30, 100, 300].map(|accounts| scene(accounts, 500, 1, 4));
        let workers = [1, 2, 4, 8, 16].map(|workers| scene(1000, 500, 1, workers));
        let addresses = [2, 4, 8, 16].map(|addresses| scene(1000, 500, addresses, 4));
        growth.into_iter().chain(workers).chain(addresses).collect()
    };
    println!(
        "{:>8} {:>8} {:>9} {:>7} | {:>6} {:>6} {:>10} {:>7} {:>6} {:>5} | {:>7} {:>6}",
        "accounts",
        "articles",
        "addresses",
        "workers",
        "days",
        "bills",
        "requests",
        "tries",
        "failed",
        "died",
        "seconds",
        "MB"
    );
    for scene in scenes {
        let folder = tempfile::tempdir().unwrap();
        let begun = Instant::now();
        let course = run(scene, &folder.path().join("queue.sqlite")).unwrap();
        assert_eq!((course.overlaps, course.given_up), (0, 0), "{course:?}");
        assert_eq!(course.held, scene.accounts as u64 * scene.articles, "{course:?}");
        println!(
            "{:>8} {:>8} {:>9} {:>7} | {:>6.1} {:>6.1} {:>10} {:>7} {:>6} {:>5} | {:>7.1} {:>6}",
            scene.accounts,
            scene.articles,
            scene.addresses,
            scene.workers,
            course.took.as_secs_f64() / 86_400.0,
            course.bills.as_secs_f64() / 86_400.0,
            course.requests,
            course.tries,
            course.failed,
            course.died,
            begun.elapsed().as_secs_f64(),
            peak(),
        );
    }
}

/// Returns the most memory that the process has used, in megabytes; `?` where the system does not say.
fn peak() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok());
    kilobytes.map_or_else(|| "?".to_owned(), |kilobytes| (kilobytes / 1024).to_string())
}
