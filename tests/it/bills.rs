//! Bills, from the file to the ledger: one golden folder a case below `fixtures/bill-*`, and what files cannot show:
//! other encodings, workbooks, passwords, overlapping files, a killed writer.
//!
//! `LIUDI_BLESS=1 cargo test bills` writes the golden files anew.

use std::fs;
use std::io::{Cursor, Read, Write as _};
use std::path::{Path, PathBuf};

use ::zip::unstable::write::FileOptionsExt as _;
use ::zip::write::{FileOptions, ZipWriter};
use ::zip::{AesMode, CompressionMethod};
use encoding_rs::GB18030;
use liudi::model::statement::{LedgerSink as _, Statement};
use liudi::model::{Problem, Sha256};
use liudi::source::file::container::zip;
use liudi::source::file::container::zip::Budget;
use liudi::source::file::registry;
use liudi::source::{
    Destination, EvidenceId, EvidenceMeta, EvidenceWriter, ImportCx, Input, Item, Match, Passwords, Probe,
};
use liudi::store::ledger::{LedgerReport, LedgerStore};
use liudi::{Error, Result};
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};
use secrecy::SecretString;
use serde_json::json;
use tempfile::TempDir;

use super::samples;
use super::support::{Run, same};

/// Keeps nothing but the digest.
struct Digests;

impl EvidenceWriter for Digests {
    fn redacted(&self, bytes: &[u8], _: &EvidenceMeta) -> Result<EvidenceId> {
        Ok(Sha256::of(bytes))
    }

    fn exact(&self, reader: &mut dyn Read, _: &str, shelf: Destination, _: &EvidenceMeta) -> Result<EvidenceId> {
        assert_eq!(shelf, Destination::Billing);
        let mut bytes = Vec::new();
        reader.read_to_end(&mut bytes).map_err(|error| Error::reading(error, "kept"))?;
        Ok(Sha256::of(&bytes))
    }
}

/// A ledger in a folder of its own, and what was read into it.
pub(super) struct Bench {
    _folder: TempDir,
    store: LedgerStore,
    pub(super) statements: Vec<(Sha256, Statement)>,
    pub(super) problems: Vec<Problem>,
}

impl Bench {
    pub(super) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = LedgerStore::open(&folder.path().join("ledger")).unwrap();
        Self { _folder: folder, store, statements: Vec::new(), problems: Vec::new() }
    }

    /// Reads `input` with the one importer that is sure of it.
    fn read(mut self, input: &Input) -> Self {
        let sure: Vec<_> = registry::IMPORTERS
            .iter()
            .filter(|importer| importer.identify(&mut Probe::new(input)) == Match::Sure)
            .collect();
        assert_eq!(sure.len(), 1, "{}", input.locator());
        assert!(sure[0].info().name.starts_with("bill-"));
        let budget = Budget::new(std::env::temp_dir());
        let cx =
            ImportCx { evidence: &Digests, ledger: &self.store, passwords: &Passwords::default(), budget: &budget };
        let mut items: Vec<Item> = Vec::new();
        sure[0].read(input, &cx, &mut items).unwrap();
        for item in items {
            match item {
                Item::Statements(statements, evidence) => {
                    self.statements.extend(statements.into_iter().map(|statement| (evidence, statement)));
                }
                Item::Problem(problem) => self.problems.push(problem),
                other => panic!("{other:?}"),
            }
        }
        self
    }

    pub(super) fn bytes(self, name: &str, bytes: impl Into<Vec<u8>>) -> Self {
        self.read(&Input::bytes_at(name, bytes.into(), None))
    }

    pub(super) fn ledger(&self) -> (String, LedgerReport) {
        let digests: Vec<Sha256> = self.statements.iter().map(|(digest, _)| *digest).collect();
        let mut csv = Vec::new();
        let report = self.store.merge(&digests, &mut csv).unwrap();
        // `.ci/run` has each of them judged by a validator that is not ours.
        if let Some(folder) = std::env::var_os("LIUDI_LEDGERS") {
            let folder = Path::new(&folder).join(Sha256::of(&csv).hex());
            fs::create_dir_all(&folder).unwrap();
            fs::write(folder.join("ledger.csv"), &csv).unwrap();
            fs::write(folder.join("datapackage.json"), report.datapackage("ledger.csv").unwrap()).unwrap();
        }
        (String::from_utf8(csv).unwrap(), report)
    }

    pub(super) fn codes(&self) -> Vec<&str> {
        self.problems.iter().map(|problem| problem.code.as_str()).collect()
    }
}

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

fn fixture(name: &str) -> (String, Vec<u8>) {
    let folder = fixtures().join(name);
    let mut files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let path = files.find(|path| !path.file_name().unwrap().to_str().unwrap().starts_with("expected")).unwrap();
    (path.file_name().unwrap().to_str().unwrap().to_owned(), fs::read(path).unwrap())
}

/// The ledger as columns by name, without those that name the file.
pub(super) fn rows(csv: &str) -> Vec<Vec<(String, String)>> {
    let mut reader = csv::Reader::from_reader(csv.trim_start_matches('\u{feff}').as_bytes());
    let header = reader.headers().unwrap().clone();
    let row = |row: csv::StringRecord| {
        let cells = header
            .iter()
            .zip(row.iter())
            .filter(|(name, cell)| !cell.is_empty() && !matches!(*name, "statement" | "line" | "amount_raw" | "raw"));
        cells.map(|(name, cell)| (name.to_owned(), cell.to_owned())).collect()
    };
    reader.records().map(|record| row(record.unwrap())).collect()
}

#[test]
fn every_fixture_gives_its_golden_ledger() {
    let mut cases = Vec::new();
    for kind in crate::golden::LEDGERS {
        for entry in fs::read_dir(fixtures().join(kind)).unwrap() {
            cases.push(format!("{kind}/{}", entry.unwrap().file_name().into_string().unwrap()));
        }
    }
    assert!(cases.len() >= 8);
    for case in cases {
        let (name, bytes) = fixture(&case);
        let bench = Bench::new().bytes(&name, bytes);
        let (ledger, report) = bench.ledger();
        assert_eq!(report.repeated + report.rows, bench.statements[0].1.rows, "{case}");
        let seen = json!({ "statement": bench.statements[0].1, "problems": bench.problems });
        let seen = serde_json::to_string_pretty(&seen).unwrap() + "\n";
        for (file, seen) in [("expected.json", seen), ("expected.csv", ledger)] {
            let path = fixtures().join(&case).join(file);
            if std::env::var_os("LIUDI_BLESS").is_some() {
                fs::write(&path, &seen).unwrap();
            }
            assert_eq!(fs::read_to_string(&path).unwrap_or_default(), seen, "{}", path.display());
        }
    }
}

#[test]
fn the_encoding_of_a_bill_does_not_matter() {
    let (name, utf8) = fixture("bill-personal/csv");
    let text = String::from_utf8(utf8.clone()).unwrap();
    let text = text.trim_start_matches('\u{feff}');
    let utf16: Vec<u8> = "\u{feff}".encode_utf16().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let expected = rows(&Bench::new().bytes(&name, utf8).ledger().0);
    assert_eq!(expected.len(), 6);
    for bytes in [text.as_bytes().to_vec(), utf16, GB18030.encode(text).0.into_owned()] {
        let bench = Bench::new().bytes(&name, bytes);
        assert!(bench.problems.is_empty(), "{:?}", bench.problems);
        assert_eq!(rows(&bench.ledger().0), expected);
    }
}

/// The personal bill of the fixture as a workbook, in the layout of 2025 or of 2026.
fn workbook(year: u16) -> Vec<u8> {
    let text = String::from_utf8(fixture("bill-personal/csv").1).unwrap();
    let lines: Vec<csv::StringRecord> = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_reader(text.trim_start_matches('\u{feff}').as_bytes())
        .records()
        .map(|record| record.unwrap())
        .collect();
    let mut workbook = Workbook::new();
    workbook.add_worksheet().set_name("说明").unwrap().write(0, 0, "交易时间").unwrap();
    let sheet = workbook.add_worksheet().set_name("Sheet1").unwrap();
    let yuan = Format::new().set_num_format("\\¥#,##0.00");
    let time = Format::new().set_num_format("yyyy-mm-dd hh:mm:ss");
    let mut at = 0;
    for (index, line) in lines.iter().enumerate() {
        if year == 2026 && index == 14 {
            sheet.write(at, 0, "4. 本账单中所有时间均为UTC+08:00时间").unwrap();
            at += 1;
        }
        for (column, cell) in (0..).zip(line.iter()) {
            let cell = cell.trim();
            if index > 16 && year == 2026 && column == 5 {
                let amount: f64 = cell.replace(['¥', ','], "").parse().unwrap();
                sheet.write_number_with_format(at, column, amount, &yuan).unwrap();
            } else if index > 16 && year == 2026 && column == 0 {
                let when = ExcelDateTime::parse_from_str(cell).unwrap();
                sheet.write_datetime_with_format(at, column, &when, &time).unwrap();
            } else if !cell.is_empty() {
                sheet.write_string(at, column, cell).unwrap();
            }
        }
        at += 1;
    }
    workbook.save_to_buffer().unwrap()
}

#[test]
fn both_workbook_layouts_say_what_the_csv_says() {
    let (name, csv) = fixture("bill-personal/csv");
    let expected = rows(&Bench::new().bytes(&name, csv.clone()).ledger().0);
    for year in [2025, 2026] {
        let bench = Bench::new().bytes("微信支付账单流水文件.xlsx", workbook(year));
        assert!(bench.problems.is_empty(), "{:?}", bench.problems);
        let statement = &bench.statements[0].1;
        assert_eq!(statement.layout, format!("personal-xlsx-{year}"));
        assert!(statement.adds_up());
        assert_eq!(rows(&bench.ledger().0), expected);
    }
    // The same bill in three files: each adds up, and each transaction counts once.
    let bench = Bench::new().bytes(&name, csv).bytes("a.xlsx", workbook(2025)).bytes("b.xlsx", workbook(2026));
    let (ledger, report) = bench.ledger();
    assert_eq!((report.rows, report.repeated, report.differing), (6, 12, 0));
    assert_eq!(rows(&ledger), expected);
    assert!(bench.statements.iter().all(|(_, statement)| statement.adds_up()));
}

#[test]
fn bills_of_one_day_in_three_layouts_count_once() {
    let read = |order: [&str; 3]| {
        order.into_iter().fold(Bench::new(), |bench, case| {
            let (name, bytes) = fixture(case);
            bench.bytes(&name, bytes)
        })
    };
    let bench = read(["bill-trade/all-27", "bill-trade/success-20", "bill-trade/refund-29"]);
    assert!(bench.problems.is_empty(), "{:?}", bench.problems);
    let (ledger, report) = bench.ledger();
    assert_eq!((report.rows, report.repeated, report.differing), (4, 4, 0), "{ledger}");
    // What only one of the files says is in the one row.
    let refund = rows(&ledger).into_iter().find(|row| row.contains(&("direction".into(), "out".into()))).unwrap();
    assert!(refund.contains(&("refund_done".into(), "2026-05-02T00:03:10+08:00".into())));
    assert!(refund.contains(&("amount_fen".into(), "3990".into())));
    // The order of the files does not matter.
    let other = read(["bill-trade/refund-29", "bill-trade/all-27", "bill-trade/success-20"]);
    assert_eq!(other.ledger().0, ledger);
}

#[test]
fn a_transaction_that_differs_between_files_is_a_finding_and_both_are_kept() {
    let (name, bytes) = fixture("bill-trade/all-27");
    let changed = String::from_utf8(bytes.clone()).unwrap().replace("`OTHERS,`CNY,`128.00", "`CMB_DEBIT,`CNY,`128.00");
    let bench = Bench::new().bytes(&name, bytes).bytes("later.csv", changed);
    assert!(bench.problems.is_empty());
    let (ledger, report) = bench.ledger();
    assert_eq!((report.rows, report.repeated, report.differing), (5, 3, 1));
    let finding = &report.findings[0];
    assert_eq!((finding.code.as_str(), finding.exit_bit), ("ledger-rows-differ", 64));
    let argument = |name: &str| finding.arguments.iter().find(|(key, _)| key == name).unwrap().1.clone();
    assert_eq!(argument("key"), "420000999020260501000000000001");
    assert_eq!(argument("columns"), "支付方式");
    let places = [finding.locator.clone(), argument("first")];
    assert!(places.contains(&"later.csv:2".to_owned()) && places.contains(&format!("{name}:2")), "{places:?}");
    assert!(ledger.contains("CMB_DEBIT"));
}

/// `bytes` in a ZIP as the platform sends it.
fn locked(name: &str, bytes: &[u8], password: &str, aes: bool) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let options = FileOptions::<()>::default().compression_method(CompressionMethod::Deflated);
    if aes {
        writer.start_file(name, options.with_aes_encryption(AesMode::Aes256, password)).unwrap();
    } else {
        writer.start_file(name, options.with_deprecated_encryption(password.as_bytes()).unwrap()).unwrap();
    }
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap().into_inner()
}

#[test]
fn a_bill_behind_a_password_is_read() {
    for aes in [true, false] {
        let zip = locked("微信支付账单流水文件.xlsx", &workbook(2026), "135790", aes);
        let passwords = Passwords::new(vec![SecretString::from("000000"), SecretString::from("135790")]);
        let budget = Budget::new(std::env::temp_dir());
        let listing = zip::members(&Input::bytes_at("a.zip", zip, None), &passwords, &budget).unwrap();
        let bench = Bench::new().read(&listing.members[0]);
        assert_eq!(bench.statements[0].1.rows, 6);
        assert!(bench.statements[0].1.adds_up());
    }
}

#[test]
fn what_a_killed_writer_left_is_not_taken_for_rows() {
    let (name, bytes) = fixture("bill-trade/all-27");
    let folder = tempfile::tempdir().unwrap();
    let ledger = folder.path().join("ledger");
    let digest = Sha256::of(&bytes);
    let store = LedgerStore::open(&ledger).unwrap();
    let writer = store.open(digest, &name).unwrap();
    // As a kill would leave it: no close, no drop.
    std::mem::forget(writer);
    assert!(!store.has(&digest));
    assert_eq!(store.merge(&[digest], &mut Vec::new()).unwrap_err().code(), "ledger-run-broken");
    assert_eq!(fs::read_dir(&ledger).unwrap().count(), 1);
    let store = LedgerStore::open(&ledger).unwrap();
    assert_eq!(fs::read_dir(&ledger).unwrap().count(), 0);
    drop(store);
}

#[test]
fn real_bills_are_read() {
    let (Some(folder), Some(_)) = (samples(""), samples("bills")) else { return };
    let read = |path: &str| {
        let bytes = fs::read(folder.join(path)).unwrap();
        Bench::new().bytes(path, bytes)
    };
    let bench = read("bills/example-wechat-records.csv");
    // A shortened example: it declares 43 rows and holds fewer.
    assert!(bench.codes().contains(&"bill-total-differs"));
    let first = &rows(&bench.ledger().0);
    assert!(first.iter().flatten().any(|(name, cell)| name == "amount_fen" && cell == "2816"));
    let bench = read("bills/example-wechat-records.2025-07_layout.xlsx");
    assert!(bench.statements[0].1.rows > 0);
    for path in ["bills/tradebill_ALL_27col.csv", "bills/tradebill_ALL_24col_legacy_fullwidth_colon.csv"] {
        assert!(read(path).statements[0].1.rows > 0, "{path}");
    }
    for path in [
        "api/synthetic/tradebill_ALL.csv",
        "api/synthetic/fundflowbill_BASIC.csv",
        "api/synthetic/wechat_personal_2025_layout.xlsx",
        "api/synthetic/wechat_personal_2026_layout.xlsx",
    ] {
        let bench = read(path);
        eprintln!("{path}: {:?} {:?}", bench.statements[0].1, bench.problems);
        assert!(bench.statements[0].1.rows > 0, "{path}");
    }
    let budget = Budget::new(std::env::temp_dir());
    let passwords = Passwords::new(vec![SecretString::from("123456")]);
    for path in ["wechat_personal_2026_aes256_pw123456.zip", "wechat_personal_2026_zipcrypto_pw123456.zip"] {
        let bytes = fs::read(folder.join("api/synthetic").join(path)).unwrap();
        let listing = zip::members(&Input::bytes_at(path, bytes, None), &passwords, &budget).unwrap();
        assert!(Bench::new().read(&listing.members[0]).statements[0].1.rows > 0, "{path}");
    }
}

#[test]
fn the_bills_of_the_demo_account_add_up() {
    let folder = fixtures().join("demo/bills");
    let mut read = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let input = Input::bytes_at(&name, fs::read(&path).unwrap(), None);
        let input = if name.ends_with(".zip") {
            let budget = Budget::new(std::env::temp_dir());
            let without = zip::members(&input, &Passwords::default(), &budget).unwrap();
            assert_eq!((without.members.len(), without.gaps.len()), (0, 1));
            let passwords = Passwords::new(vec![SecretString::from("liudi-demo")]);
            zip::members(&input, &passwords, &budget).unwrap().members[0].clone()
        } else {
            input
        };
        let bench = Bench::new().read(&input);
        assert!(bench.problems.is_empty(), "{:?}", bench.problems);
        assert!(bench.statements[0].1.adds_up());
        let (_, report) = bench.ledger();
        read.push((bench.statements[0].1.layout.clone(), report.rows));
    }
    read.sort();
    assert_eq!(read, [("personal-xlsx-2026".to_owned(), 12), ("trade-27".to_owned(), 4)]);
}

#[test]
fn differing_bills_are_reported_by_the_program_until_they_agree() {
    let (name, bytes) = fixture("bill-trade/all-27");
    let changed = String::from_utf8(bytes.clone()).unwrap().replace("`OTHERS,`CNY,`128.00", "`CMB_DEBIT,`CNY,`128.00");
    let run = Run::new().file(&name, bytes);
    run.backup(&[]).succeeds();
    let ledger = run.read("private/data/billing/ledger.csv");
    assert_eq!(rows(&ledger).len(), 4);
    let run = run.file("later.csv", changed);
    run.backup(&[]).exits(64).says("420000999020260501000000000001");
    assert_eq!(rows(&run.read("private/data/billing/ledger.csv")).len(), 5);
    // It stands until somebody looks at it: a run that reads nothing says it again, and changes nothing.
    let before = run.tree();
    run.backup(&[]).exits(64);
    same(&before, &run.tree());
}

/// A trade bill of so many orders.
fn large_bill(orders: usize) -> String {
    let (_, bytes) = fixture("bill-trade/all-27");
    let text = String::from_utf8(bytes).unwrap();
    let head = text.lines().next().unwrap();
    let row = text.lines().find(|line| line.contains("`SUCCESS`") || line.contains("`SUCCESS,")).unwrap();
    let number = row.split(',').nth(5).unwrap();
    let rows = (0..orders).map(|order| row.replace(number, &format!("`42000{order:022}")));
    std::iter::once(head.to_owned()).chain(rows).map(|line| line + "\r\n").collect()
}

/// Where mistakes are looked for, 5 MiB of rows are large.
#[test]
fn a_ledger_that_no_spreadsheet_opens_is_compressed_and_says_the_same() {
    let orders = 20_000;
    let run = Run::new().file("small.csv", large_bill(10));
    run.backup(&[]);
    assert_eq!(rows(&run.read("private/data/billing/ledger.csv")).len(), 10);
    let run = run.file("large.csv", large_bill(orders));
    run.backup(&[]);
    let billing = run.archive().join("private/data/billing");
    assert!(!billing.join("ledger.csv").exists());
    let packed = fs::read(billing.join("ledger.csv.zst")).unwrap();
    let ledger = String::from_utf8(::zstd::decode_all(packed.as_slice()).unwrap()).unwrap();
    assert_eq!(rows(&ledger).len(), orders);
    assert!(ledger.starts_with("\u{feff}kind,key,") && ledger.contains("42000"));
    let package: serde_json::Value =
        serde_json::from_slice(&fs::read(billing.join("datapackage.json")).unwrap()).unwrap();
    let resource = &package["resources"][0];
    assert_eq!((resource["path"].as_str(), resource["compression"].as_str()), (Some("ledger.csv.zst"), Some("zst")));
    assert_eq!(resource["rows"], orders);
    run.program(&["verify", "archive"]).succeeds();
    // Nothing new changes nothing, and without its working state the archive stays as it is.
    let before = run.tree();
    run.backup(&[]);
    same(&before, &run.tree());
    fs::remove_dir_all(run.archive().join(".liudi")).unwrap();
    run.backup(&[]);
    same(&before, &run.tree());
}

#[test]
fn a_bill_that_does_not_add_up_is_kept_and_a_missing_password_is_a_gap() {
    let (name, bytes) = fixture("bill-personal/does-not-add-up");
    let zip = locked("微信支付账单流水文件.xlsx", &workbook(2026), "135790", true);
    let run = Run::new().file(&name, &bytes);
    run.backup(&[]).exits(64 | 32).says("记录笔数");
    let raw = run.tree().into_iter().find(|(path, _)| path.contains("billing/raw/")).unwrap();
    assert_eq!(raw.1, bytes);
    let run = Run::new().file("bills.zip", zip);
    run.backup(&[]).succeeds();
    assert!(run.read("private/data/provenance/gaps.csv").contains("password_needed"));
    let run = run.env("LIUDI_ZIP_PASSWORD", "135790");
    run.backup(&[]).succeeds();
    assert!(!run.read("private/data/provenance/gaps.csv").contains("password_needed"));
    assert_eq!(rows(&run.read("private/data/billing/ledger.csv")).len(), 6);
    // The password stands nowhere.
    assert!(!run.tree().iter().any(|(_, bytes)| memchr::memmem::find(bytes, b"135790").is_some()));
}
