//! A run killed at any moment, then the same command again, ends in the same archive as an undisturbed run.
//!
//! `LIUDI_KILLS=200` kills more often (the long checks do); the few of every run are spread over the whole job, the
//! commit among it.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::support::{Run, tree};

fn kills() -> u32 {
    std::env::var("LIUDI_KILLS").ok().and_then(|count| count.parse().ok()).unwrap_or(8)
}

fn backup(run: &Run) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_liudi"));
    command
        .arg("backup")
        .arg(crate::support::fixture("demo"))
        .args(["-o", "archive", "--quiet"])
        .current_dir(run.folder())
        .envs([("SOURCE_DATE_EPOCH", "1764000000"), ("LIUDI_LANG", "en"), ("LIUDI_ZIP_PASSWORD", "liudi-demo")])
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command
}

#[test]
fn killed_anywhere_and_run_again_the_archive_is_the_same() {
    let undisturbed = Run::new();
    let begin = Instant::now();
    assert!(backup(&undisturbed).status().unwrap().success());
    let whole = begin.elapsed();
    let expected = tree(&undisturbed.archive());
    let mut interrupted = 0;
    for number in 0..kills() {
        let run = Run::new();
        // Spread evenly, so that every part of the job is hit; two kills in a row every third time.
        for again in 0..=u32::from(number % 3 == 0) {
            let share = (f64::from(number) + 0.5) / f64::from(kills()) / f64::from(again + 1);
            let mut child = backup(&run).spawn().unwrap();
            std::thread::sleep(Duration::from_secs_f64(whole.as_secs_f64() * share));
            child.kill().unwrap();
            interrupted += u32::from(!child.wait().unwrap().success());
        }
        let archive = run.archive();
        if archive.join("SHA256SUMS").is_file() {
            // What is there may lack what was not committed, but nothing in it may be wrong.
            run.program(&["verify", "archive"]).succeeds();
        }
        assert!(backup(&run).status().unwrap().success(), "the run after kill {number}");
        let got = tree(&archive);
        let names = |files: &[(String, Vec<u8>)]| files.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
        assert_eq!(names(&got), names(&expected), "after kill {number}");
        let differing: Vec<_> = got.iter().zip(&expected).filter(|(a, b)| a != b).map(|(a, _)| &a.0).collect();
        assert!(differing.is_empty(), "after kill {number}: {differing:?}");
        run.program(&["verify", "archive"]).succeeds();
    }
    // A machine so fast that nothing was interrupted has tested nothing.
    assert!(interrupted > 0, "no run was interrupted");
}
