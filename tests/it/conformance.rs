//! The archive as others read it: a reader of a hundred lines in another language, written from docs/FORMAT.md and the schemas
//! alone, finds what this program says is there. `tests/conformance/run` has the judges that are not ours.

use std::collections::BTreeMap;
use std::process::Command;

use serde_json::{Value, json};

use crate::support::{Run, fixture, passed_over, tree};

const READER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/conformance/reader.py");

/// What the reader says of the archive; `None` without a Python that is new enough.
fn read(run: &Run) -> Option<Result<Value, String>> {
    let can = Command::new("python3").args(["-c", "import hashlib; hashlib.file_digest"]).output();
    if !can.is_ok_and(|done| done.status.success()) {
        passed_over("Python 3.11, to read an archive with");
        return None;
    }
    let done = Command::new("python3").arg(READER).arg(run.archive()).output().unwrap();
    let said = String::from_utf8_lossy(&done.stderr).into_owned();
    Some(if done.status.success() { Ok(serde_json::from_slice(&done.stdout).unwrap()) } else { Err(said) })
}

#[test]
fn a_reader_written_from_the_format_alone_finds_the_same() {
    assert!(std::fs::read_to_string(READER).unwrap().lines().count() <= 100);
    let run = Run::new().fixture("demo").env("LIUDI_ZIP_PASSWORD", "liudi-demo");
    run.backup(&["--no-mirror"]);
    let Some(found) = read(&run) else { return };
    let found = found.unwrap();
    // Articles, from the files of the archive.
    let files = run.tree();
    let articles = files.iter().filter(|(name, _)| name.ends_with("/article.json") && !name.contains("/versions/"));
    let mut own: Vec<(String, String, String)> = articles
        .map(|(name, bytes)| {
            let article: Value = serde_json::from_slice(bytes).unwrap();
            let text = |field: &str| article[field].as_str().unwrap_or_default().to_owned();
            (text("id"), name.split('/').next().unwrap().to_owned(), text("title"))
        })
        .collect();
    own.sort();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let theirs = found["articles"].as_array().unwrap().iter();
    let theirs: Vec<_> = theirs.map(|it| (text(&it["id"]), text(&it["bag"]), text(&it["title"]))).collect();
    assert!(own.len() >= 14);
    assert_eq!(theirs, own);
    let account: Value = serde_json::from_str(&run.read("public/data/account.json")).unwrap();
    assert_eq!(found["listed"], account["numbers"]["articles"]["listed"]);
    // Gaps, from the program's own answer.
    let key = |gap: &Value| ["kind", "key", "reason"].map(|name| text(&gap[name]));
    let sorted = |gaps: &Value| {
        let mut keys: Vec<_> = gaps.as_array().unwrap().iter().map(key).collect();
        keys.sort();
        keys
    };
    let own = run.program(&["gaps", "archive", "--format", "json"]).succeeds().json();
    assert!(own.as_array().unwrap().len() >= 4);
    assert_eq!(sorted(&found["gaps"]), sorted(&own));
    assert_eq!(found["runs"], 1);
    // The ledger, from its description, which the program computed from fen.
    let package: Value = serde_json::from_str(&run.read("private/data/billing/datapackage.json")).unwrap();
    let ledger = &package["resources"][0];
    assert_eq!(found["ledger"]["rows"], ledger["rows"]);
    let mut own: BTreeMap<String, Value> = BTreeMap::new();
    for total in ledger["totals"].as_array().unwrap() {
        for direction in ["in", "out", "neutral"].into_iter().filter(|direction| total[*direction] != "0.00") {
            let (kind, currency, year) = (text(&total["kind"]), text(&total["currency"]), &total["year"]);
            own.insert(format!("{kind}/{currency}/{direction}/{year}"), total[direction].clone());
        }
    }
    assert!(own.len() >= 5);
    assert_eq!(found["ledger"]["totals"], json!(own));
}

#[test]
fn the_reader_sees_damage() {
    let run = Run::new().input(fixture("album/several"));
    run.backup(&["--no-mirror"]);
    let Some(found) = read(&run) else { return };
    found.unwrap();
    let (name, bytes) =
        tree(&run.archive()).into_iter().find(|(name, _)| name.starts_with("public/data/tables/")).unwrap();
    let path = run.archive().join(&name);
    std::fs::write(&path, [&bytes[..bytes.len() - 1], b"x"].concat()).unwrap();
    assert!(read(&run).unwrap().unwrap_err().contains("is damaged"));
    std::fs::write(&path, bytes).unwrap();
    std::fs::write(run.archive().join("public/data/more.txt"), "more").unwrap();
    assert!(read(&run).unwrap().unwrap_err().contains("more.txt"));
}
