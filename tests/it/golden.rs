//! Golden output of the importers: every `fixtures/<importer>/<case>/` is read as the program would read it, and what its
//! importer emits is compared with `expected.json` beside it. `LIUDI_BLESS=1` writes the files anew; read the difference.

use std::collections::{BTreeSet, HashMap};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use liudi::export::registry::EXPORTERS;
use liudi::model::Sha256;
use liudi::model::statement::{LedgerRows, LedgerSink, Row};
use liudi::source::file::container::zip::Budget;
use liudi::source::file::registry::{IMPORTERS, containers};
use liudi::source::input::Siblings;
use liudi::source::{
    Destination, EvidenceId, EvidenceMeta, EvidenceWriter, ImportCx, Importer, Input, Item, Match, Out, Passwords,
    Probe, Received,
};
use serde_json::{Map, Value, json};

/// Importers whose fixtures are compared with their ledgers, in `bills.rs`.
pub(crate) const LEDGERS: &[&str] = &["bill-fund-flow", "bill-personal", "bill-trade"];

/// Importers and exporters without a folder of fixtures, and why.
const WITHOUT: &[(&str, &str)] = &[
    ("media", "takes any picture, and only its name and kind: saved_pictures.rs"),
    ("mirror", "writes thousands of files: mirror*.rs compare what it makes of the demo account"),
    ("unread-bill", "keeps what nobody can read, by its name: bills_field.rs"),
];

/// Folders under `fixtures/` that are no importer's and no exporter's, and what they are.
const OTHERS: &[(&str, &str)] = &[
    ("demo", "the demo account"),
    ("hostile", "inputs that nobody meant well with: hostile_corpus.rs"),
    ("page-data", "vectors of the grammar of pages: pages.rs, html.rs"),
    ("secrets", "a page with everything that is blanked: secrets_in_links.rs"),
    ("timestamp", "answers of timestamp authorities: timestamp.rs"),
    ("workbooks", "workbooks of every kind: tables.rs"),
    ("zip-methods", "a ZIP for each method of packing: faults.rs"),
];

/// Keeps nothing but a note of what it was given.
#[derive(Default)]
pub(crate) struct MemoryKeep {
    notes: Mutex<Vec<Value>>,
}

impl EvidenceWriter for MemoryKeep {
    fn redacted(&self, bytes: &[u8], meta: &EvidenceMeta) -> liudi::Result<EvidenceId> {
        let note = json!({"leaf": meta.locator, "source": meta.source, "template": meta.template, "mime": meta.mime});
        self.notes.lock().unwrap().push(note);
        Ok(Sha256::of(bytes))
    }

    fn exact(
        &self,
        reader: &mut dyn Read,
        name: &str,
        shelf: Destination,
        meta: &EvidenceMeta,
    ) -> liudi::Result<EvidenceId> {
        let mut bytes = Vec::new();
        reader.read_to_end(&mut bytes).unwrap();
        let note = json!({"exact": name, "shelf": format!("{shelf:?}"), "mime": meta.mime, "bytes": bytes.len()});
        self.notes.lock().unwrap().push(note);
        Ok(Sha256::of(&bytes))
    }
}

/// Takes no statements.
pub(crate) struct NoLedger;

impl LedgerSink for NoLedger {
    fn open(&self, _statement: EvidenceId, _name: &str) -> liudi::Result<Box<dyn LedgerRows + '_>> {
        Ok(Box::new(NoRows))
    }
}

struct NoRows;

impl LedgerRows for NoRows {
    fn row(&mut self, _row: &Row<'_>) -> liudi::Result<()> {
        Ok(())
    }

    fn close(self: Box<Self>) -> liudi::Result<()> {
        Ok(())
    }
}

/// The importer that the program would choose.
pub(crate) fn importer_of(input: &Input) -> Option<&'static dyn Importer> {
    let mut likely = None;
    let mut sure: Vec<&'static dyn Importer> = Vec::new();
    for importer in IMPORTERS {
        match importer.identify(&mut Probe::new(input)) {
            Match::No => {}
            Match::Likely => likely = likely.or(Some(*importer)),
            Match::Sure => sure.push(*importer),
        }
    }
    let names: Vec<_> = sure.iter().map(|importer| importer.info().name).collect();
    assert!(sure.len() < 2, "{}: claimed by {names:?}", input.locator());
    sure.pop().or(likely)
}

/// What the importer keeps, emits and says.
pub(crate) fn read(importer: &dyn Importer, input: &Input) -> Value {
    let keep = MemoryKeep::default();
    let passwords = Passwords::default();
    let budget = Budget::new(std::env::temp_dir());
    let cx = ImportCx { evidence: &keep, ledger: &NoLedger, passwords: &passwords, budget: &budget };
    let mut items = Seen::default();
    let result = importer.read(input, &cx, &mut items);
    let mut seen = Map::new();
    seen.insert("source".to_owned(), json!(importer.info().name));
    if let Err(error) = result {
        seen.insert("error".to_owned(), json!(error.to_string()));
    }
    seen.insert("kept".to_owned(), Value::Array(keep.notes.into_inner().unwrap()));
    seen.insert("items".to_owned(), Value::Array(items.0));
    Value::Object(seen)
}

/// Notes what is emitted. An input inside the input is read at once, as the program does.
#[derive(Default)]
struct Seen(Vec<Value>);

impl Out for Seen {
    fn item(&mut self, found: Item) -> liudi::Result<()> {
        self.0.push(match &found {
            Item::Input(inner) => json!({
                "input": inner.locator(), "bytes": inner.size(), "received": inner.received().map(Received::fetch),
                "read": importer_of(inner).map(|importer| read(importer, inner)),
            }),
            found => item(found),
        });
        Ok(())
    }
}

fn item(item: &Item) -> Value {
    match item {
        Item::Gap(gap) => json!({"gap": gap}),
        Item::Media(held) => json!({"media": held.key, "origin": held.origin}),
        Item::Problem(problem) => json!({"problem": problem}),
        Item::Record(record, _) => {
            let mut row = json!({
                "record": record.kind, "rank": record.rank, "aliases": record.aliases, "account": record.account,
                "as_of": record.as_of, "fields": record.fields,
            });
            if let Some(body) = &record.body {
                row["body"] = json!(body);
            }
            row
        }
        Item::Row(row, _) => json!({"row": row}),
        Item::Total(total, _) => json!({"total": total}),
        other => json!(format!("{other:?}")),
    }
}

/// The inputs of a case, knowing each other as long as the second value lives.
fn inputs(case: &Path) -> (Vec<Input>, Arc<Siblings>) {
    let mut files: Vec<PathBuf> = Vec::new();
    let mut folders = vec![case.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.file_name().is_some_and(|name| name != "expected.json") {
                files.push(path);
            }
        }
    }
    files.sort();
    let mut siblings = HashMap::new();
    for path in files {
        let locator = path.strip_prefix(case).unwrap().to_string_lossy().replace('\\', "/");
        let bytes = std::fs::read(&path).unwrap();
        siblings.insert(locator.clone(), Input::bytes_at(locator, bytes, None));
    }
    let mut inputs: Vec<Input> = siblings.values().cloned().collect();
    let siblings: Arc<Siblings> = Arc::new(siblings.into_iter().collect());
    inputs.sort_by(|left, right| left.locator().cmp(right.locator()));
    for input in &inputs {
        input.set_siblings(&siblings);
    }
    (inputs, siblings)
}

/// Where all fixtures are.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

/// The folders in `folder`, in the order of their names.
fn folders(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut folders: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()).collect();
    folders.sort();
    folders
}

/// The golden cases of an importer.
fn cases(importer: &str) -> Vec<PathBuf> {
    let has_none = WITHOUT.iter().any(|(name, _)| *name == importer);
    if has_none { Vec::new() } else { folders(&root().join(importer)) }
}

/// What the inputs of a case give, by their names.
fn read_case(case: &Path) -> Map<String, Value> {
    let (inputs, _siblings) = inputs(case);
    let read = |input: &Input| importer_of(input).map_or(Value::Null, |importer| read(importer, input));
    inputs.into_iter().map(|input| (input.locator().to_owned(), read(&input))).collect()
}

#[test]
fn every_importer_and_exporter_has_fixtures_and_every_folder_an_owner() {
    let importers = IMPORTERS.iter().map(|importer| importer.info().name);
    let owners: BTreeSet<&str> = importers.chain(EXPORTERS.iter().map(|exporter| exporter.info().name)).collect();
    let without: BTreeSet<&str> = WITHOUT.iter().map(|(name, _)| *name).collect();
    let others: BTreeSet<&str> = OTHERS.iter().map(|(name, _)| *name).collect();
    let found = folders(&root());
    let found: BTreeSet<&str> = found.iter().map(|path| path.file_name().unwrap().to_str().unwrap()).collect();
    let expected: BTreeSet<&str> = owners.difference(&without).chain(&others).copied().collect();
    assert_eq!(expected.difference(&found).collect::<Vec<_>>(), [&""; 0], "no such folder under fixtures/");
    assert_eq!(found.difference(&expected).collect::<Vec<_>>(), [&""; 0], "these folders belong to nobody");
    assert_eq!(without.difference(&owners).collect::<Vec<_>>(), [&""; 0], "nobody is called that");
    assert!(LEDGERS.iter().all(|name| owners.contains(name)), "{LEDGERS:?}");
}

#[test]
fn every_fixture_gives_its_golden_output() {
    let mut wrong = Vec::new();
    for importer in IMPORTERS.iter().map(|importer| importer.info().name).filter(|name| !LEDGERS.contains(name)) {
        let cases = cases(importer);
        let mut own = 0;
        for case in &cases {
            let seen = read_case(case);
            assert!(!seen.is_empty(), "{}: nothing to read", case.display());
            own += seen.values().flat_map(readings).filter(|one| one["source"] == importer).count();
            let seen = format!("{}\n", serde_json::to_string_pretty(&Value::Object(seen)).unwrap());
            let path = case.join("expected.json");
            if std::env::var_os("LIUDI_BLESS").is_some() {
                std::fs::write(&path, &seen).unwrap();
            } else if std::fs::read_to_string(&path).unwrap_or_default() != seen {
                wrong.push(format!("{}: {}", case.display(), first_difference(&path, &seen)));
            }
        }
        let has_none = WITHOUT.iter().any(|(name, _)| *name == importer);
        assert!(has_none || own > 0, "{importer}: no file in its folder is read by it");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What importers gave, that of an input and those of all inputs in it.
fn readings(seen: &Value) -> Vec<&Value> {
    let inside = seen["items"].as_array().into_iter().flatten().filter_map(|item| item.get("read"));
    std::iter::once(seen).chain(inside.flat_map(readings)).collect()
}

#[test]
fn what_hands_inputs_on_says_so_and_is_searched_for_secrets() {
    let mut hands_on = BTreeSet::new();
    for case in IMPORTERS.iter().flat_map(|importer| cases(importer.info().name)) {
        let seen = read_case(&case);
        let seen = seen.values().flat_map(readings);
        let handed = |one: &&Value| {
            one["items"].as_array().is_some_and(|items| items.iter().any(|item| item.get("input").is_some()))
        };
        hands_on.extend(seen.filter(handed).map(|one| one["source"].as_str().unwrap().to_owned()));
    }
    let containers: BTreeSet<String> = containers().map(|importer| importer.info().name.to_owned()).collect();
    assert_eq!(hands_on, containers, "`Importer::holds` and what the fixtures show");
}

fn first_difference(path: &Path, seen: &str) -> String {
    let expected = std::fs::read_to_string(path).unwrap_or_default();
    let lines = expected.lines().chain(std::iter::repeat("(end)")).zip(seen.lines().chain(std::iter::once("(end)")));
    let found = lines.enumerate().find(|(_, (left, right))| left != right);
    found.map_or_else(String::new, |(line, (left, right))| format!("line {}: wanted {left}, got {right}", line + 1))
}
