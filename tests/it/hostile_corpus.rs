//! The inputs of `fixtures/hostile/`, by class: each alone and all at once. `fixtures/hostile.csv` says of each how many
//! articles are held and which problems are reported; `fixtures/make_hostile.py` writes both.
//! `LIUDI_HOSTILE=zip` runs the inputs whose names contain `zip`.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::support::{Done, Run, fixture};

/// Most memory that a run may ask for: a bomb unpacks to more than is allowed here.
const MEMORY: u64 = 1 << 30;
/// Longest time of one input, by a program that is not optimised on a busy machine.
const PATIENCE: Duration = Duration::from_mins(1);

/// An input and what is to come of it.
#[derive(Clone, Debug)]
struct Case {
    /// Path below `fixtures/hostile/`.
    file: String,
    /// Number of articles that are held.
    held: u64,
    /// Codes of the problems that are reported.
    codes: BTreeSet<String>,
}

impl Case {
    fn name(&self) -> &str {
        self.file.rsplit('/').next().unwrap()
    }
}

fn cases() -> Vec<Case> {
    let wanted = std::env::var("LIUDI_HOSTILE").unwrap_or_default();
    let mut table = csv::Reader::from_path(fixture("hostile.csv")).unwrap();
    let rows = table.records().map(Result::unwrap);
    let cases = rows.map(|row| Case {
        file: row[0].to_owned(),
        held: row[1].parse().unwrap(),
        codes: row[2].split_whitespace().map(str::to_owned).collect(),
    });
    cases.filter(|case| case.file.contains(&wanted)).collect()
}

/// A run of bounded memory, with a folder of its own for temporary files.
fn confined() -> Run {
    let run = Run::new().memory(MEMORY);
    let scratch = run.folder().join("tmp");
    std::fs::create_dir(&scratch).unwrap();
    run.env("TMPDIR", scratch.to_str().unwrap())
}

/// The input with what belongs to it: the folder of a saved page.
fn with(run: Run, case: &Case) -> Run {
    let path = fixture("hostile").join(&case.file);
    let beside = path.with_extension("").to_string_lossy().into_owned() + "_files";
    let run = run.file(&case.file, std::fs::read(&path).unwrap());
    let Ok(files) = std::fs::read_dir(&beside) else { return run };
    let folder = case.file.rsplit_once('.').unwrap().0.to_owned() + "_files";
    files.map(|file| file.unwrap().path()).fold(run, |run, path| {
        run.file(&format!("{folder}/{}", path.file_name().unwrap().to_str().unwrap()), std::fs::read(&path).unwrap())
    })
}

/// Every path below `root`, and what is wrong with it.
fn strange(root: &Path) -> Vec<String> {
    let entries = walkdir::WalkDir::new(root).into_iter().map(Result::unwrap);
    let wrong = entries.filter_map(|entry| {
        let (kind, name) = (entry.file_type(), entry.file_name().to_string_lossy());
        let odd = name.contains(|c: char| c.is_control() || matches!(c, '\\' | ':' | '\u{202a}'..='\u{202e}'));
        let plain = kind.is_file() || kind.is_dir();
        #[cfg(unix)]
        let plain = plain && {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = entry.metadata().unwrap().permissions().mode();
            mode & 0o7000 == 0 && (kind.is_dir() || mode & 0o111 == 0)
        };
        (odd || !plain).then(|| entry.path().display().to_string())
    });
    wrong.collect()
}

/// Checks what holds after every run: nothing outside the archive, nothing left over, nothing sent to run by a name.
fn check_places(run: &Run) -> Result<(), String> {
    let mut beside: Vec<PathBuf> =
        std::fs::read_dir(run.folder()).unwrap().map(|entry| entry.unwrap().path()).collect();
    beside.retain(|path| !["in", "archive", "tmp"].iter().any(|known| path.ends_with(known)));
    let left: Vec<_> =
        std::fs::read_dir(run.folder().join("tmp")).unwrap().map(|entry| entry.unwrap().path()).collect();
    let strange = if run.archive().exists() { strange(&run.archive()) } else { Vec::new() };
    let outside = ["/tmp/evil.html", "/evil.html"].into_iter().find(|path| Path::new(path).exists());
    if beside.is_empty() && left.is_empty() && strange.is_empty() && outside.is_none() {
        return Ok(());
    }
    Err(format!("beside {beside:?}, left {left:?}, strange {strange:?}, outside {outside:?}"))
}

/// Reads the report of a run that neither panicked nor was killed.
fn report_of(done: &Done) -> Result<Value, String> {
    if !(0..64).contains(&done.code) || done.stderr.contains("panicked") {
        return Err(format!("ended with {}: {}", done.code, done.stderr));
    }
    serde_json::from_str(&done.stdout).map_err(|error| format!("{error}: {}", done.said()))
}

fn codes(report: &Value) -> BTreeSet<String> {
    let problems = report["problems"].as_array().cloned().unwrap_or_default();
    problems.iter().filter_map(|problem| problem["code"].as_str().map(str::to_owned)).collect()
}

/// Runs one input; says what is not as it should be.
fn alone(case: &Case) -> Result<(), String> {
    let run = with(confined(), case);
    let start = Instant::now();
    let report = report_of(&run.backup(&["--json", "--no-mirror"]))?;
    if start.elapsed() > PATIENCE {
        return Err(format!("took {:?}", start.elapsed()));
    }
    check_places(&run)?;
    let (held, found) = (report["articles"]["held"].as_u64().unwrap_or_default(), codes(&report));
    if (held, &found) != (case.held, &case.codes) {
        return Err(format!("{held} held, problems {found:?}; {}", short(&report)));
    }
    // What gave nothing is named, with the reason.
    let named = report["problems"].to_string() + &report["unrecognised"].to_string();
    let listed = report["articles"]["listed"].as_u64() > Some(0) || report["changed"] == true;
    if !found.is_empty() && !named.contains(case.name())
        || held == 0 && found.is_empty() && !named.contains(case.name()) && !listed
    {
        return Err(format!("it is named nowhere: {}", short(&report)));
    }
    if run.archive().join("SHA256SUMS").exists() {
        let verified = run.program(&["verify", "archive"]);
        if verified.code != 0 {
            return Err(format!("verify ended with {}: {}", verified.code, verified.said()));
        }
    }
    Ok(())
}

fn short(report: &Value) -> String {
    let mut report = report.clone();
    for name in ["sources", "timings"] {
        report.as_object_mut().unwrap().remove(name);
    }
    report.to_string().chars().take(1500).collect()
}

#[test]
fn each_hostile_input_alone_comes_to_what_the_table_says() {
    let cases = cases();
    let (next, wrong) = (Mutex::new(cases.iter()), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                while let Some(case) = { next.lock().unwrap().next() } {
                    if let Err(why) = alone(case) {
                        wrong.lock().unwrap().push(format!("{}: {why}", case.file));
                    }
                }
            });
        }
    });
    let mut wrong = wrong.into_inner().unwrap();
    wrong.sort();
    assert!(wrong.is_empty(), "{} of {} inputs:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

#[test]
fn all_hostile_inputs_at_once_lose_nothing_of_each_other() {
    let cases = cases();
    let mut run = confined();
    for case in &cases {
        run = run.file(&case.file, std::fs::read(fixture("hostile").join(&case.file)).unwrap());
    }
    let report = report_of(&run.backup(&["--json"])).unwrap();
    check_places(&run).unwrap();
    let held: u64 = cases.iter().map(|case| case.held).sum();
    assert_eq!(report["articles"]["held"], held, "{}", short(&report));
    // What belongs to a page is read with it, and by itself only where it is alone.
    let apart: Vec<&Case> = cases.iter().filter(|case| !case.file.contains("_files/")).collect();
    let wanted: BTreeSet<String> = apart.iter().flat_map(|case| case.codes.clone()).collect();
    let missing: Vec<_> = wanted.difference(&codes(&report)).cloned().collect();
    assert!(missing.is_empty(), "{missing:?}");
    let named = report["problems"].to_string();
    let is_silent = |case: &&&Case| !case.codes.is_empty() && !named.contains(case.name());
    let silent: Vec<_> = apart.iter().filter(is_silent).map(|case| &case.file).collect();
    assert!(silent.is_empty(), "{silent:?}");
    run.program(&["verify", "archive"]).succeeds();
    // Once more from the bags alone: the same.
    let again = report_of(&run.backup(&["--json"])).unwrap();
    assert_eq!(again["changed"], false, "{}", short(&again));
    check_places(&run).unwrap();
}

#[test]
fn the_corpus_is_small_and_every_file_is_in_the_table() {
    let mut table = csv::Reader::from_path(fixture("hostile.csv")).unwrap();
    let named: BTreeSet<String> = table.records().map(|row| row.unwrap()[0].to_owned()).collect();
    let root = fixture("hostile");
    let files =
        walkdir::WalkDir::new(&root).into_iter().map(Result::unwrap).filter(|entry| entry.file_type().is_file());
    let found: BTreeSet<String> = files
        .map(|entry| {
            assert!(entry.metadata().unwrap().len() <= 200_000, "{}", entry.path().display());
            entry.path().strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/")
        })
        .collect();
    assert_eq!(named, found);
}

/// Links of the file system, which a table of files cannot hold.
#[cfg(unix)]
#[test]
fn links_among_the_inputs_lead_nowhere_else() {
    use std::os::unix::fs::symlink;
    let run = confined().file("a.html", std::fs::read(fixture("page/type0-complete/一篇图文.html")).unwrap());
    let (inside, secret) = (run.folder().join("in"), tempfile::tempdir().unwrap());
    std::fs::write(secret.path().join("secret.html"), "SECRET-OF-THE-HOUSE").unwrap();
    symlink(secret.path().join("secret.html"), inside.join("one.html")).unwrap();
    symlink(secret.path(), inside.join("folder")).unwrap();
    symlink(".", inside.join("self")).unwrap();
    symlink("..", inside.join("up")).unwrap();
    symlink("loop-b", inside.join("loop-a")).unwrap();
    symlink("loop-a", inside.join("loop-b")).unwrap();
    symlink("/dev/zero", inside.join("zero.html")).unwrap();
    let pipe = std::process::Command::new("mkfifo").arg(inside.join("pipe.html")).status();
    let start = Instant::now();
    let report = report_of(&run.backup(&["--json"])).unwrap();
    assert!(start.elapsed() < PATIENCE && pipe.is_ok(), "{:?}", start.elapsed());
    assert_eq!(report["articles"]["held"], 1, "{}", short(&report));
    check_places(&run).unwrap();
    for (name, bytes) in run.tree() {
        assert!(memchr::memmem::find(&bytes, b"SECRET-OF-THE-HOUSE").is_none(), "{name}");
    }
    run.program(&["verify", "archive"]).succeeds();
}
