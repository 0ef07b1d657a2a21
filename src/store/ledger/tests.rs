use proptest::prelude::*;

use super::*;
use crate::model::money::Money;
use crate::model::statement::{Column, Direction, Row, StatementKind};

struct Store {
    _folder: tempfile::TempDir,
    ledger: LedgerStore,
}

fn store() -> Store {
    let folder = tempfile::tempdir().unwrap();
    let ledger = LedgerStore::open(&folder.path().join("ledger")).unwrap();
    Store { _folder: folder, ledger }
}

/// Writes a run of rows: key, note, amount in fen.
fn write(store: &LedgerStore, name: &str, rows: &[(&str, &str, i64)]) -> Sha256 {
    let rows: Vec<_> = rows.iter().map(|(key, note, fen)| (*key, *note, Some(*fen))).collect();
    write_rows(store, name, &rows)
}

/// Writes a run of rows, some without an amount and a time.
fn write_rows(store: &LedgerStore, name: &str, rows: &[(&str, &str, Option<i64>)]) -> Sha256 {
    let statement = Sha256::of(name.as_bytes());
    let mut writer = store.open(statement, name).unwrap();
    for (line, (key, note, fen)) in (2..).zip(rows) {
        let amount = fen.map(Money::from_fen);
        let shown = amount.map(|amount| amount.to_string()).unwrap_or_default();
        let mut cells = [""; Column::COUNT];
        cells[Column::Time as usize] = if amount.is_some() { "2026-05-01T00:00:00+08:00" } else { "" };
        cells[Column::Amount as usize] = &shown;
        cells[Column::Note as usize] = note;
        let kind = StatementKind::Trade;
        let direction = Direction::In;
        let year = if amount.is_some() { 2026 } else { 0 };
        let row = Row { kind, key, direction, year, amount, bill: 0, line, is_destroyed: false, cells: &cells };
        writer.row(&row).unwrap();
    }
    writer.close().unwrap();
    statement
}

fn merged(store: &LedgerStore, statements: &[Sha256]) -> (Vec<String>, LedgerReport) {
    let mut out = Vec::new();
    let report = store.merge(statements, &mut out).unwrap();
    let lines = String::from_utf8(out).unwrap().lines().skip(1).map(str::to_owned).collect();
    (lines, report)
}

#[test]
fn keys_sort_like_their_prefixes() {
    let mut keys = [
        "",
        "/",
        "0",
        "00",
        "1",
        "10",
        "1/out",
        "9",
        "42000",
        "4200/x",
        "a",
        "content:1",
        "流水",
        "99999999999999999999999999999999999",
    ];
    keys.sort_unstable();
    let prefixes: Vec<u128> = keys.iter().map(|key| run::prefix(key.as_bytes())).collect();
    assert!(prefixes.is_sorted(), "{prefixes:?}");
}

proptest! {
    #[test]
    fn prefixes_never_contradict_the_order_of_keys(one in "[0-9/:a]{0,40}", other in "[0-9/:a]{0,40}") {
        let (first, second) = (run::prefix(one.as_bytes()), run::prefix(other.as_bytes()));
        prop_assert!(first == second || (first < second) == (one < other));
    }
}

#[test]
fn rows_without_a_number_count_as_often_as_one_file_has_them() {
    let store = store();
    let one = write(&store.ledger, "a.csv", &[("", "午饭", 1500), ("", "午饭", 1500), ("", "晚饭", 1500)]);
    let other = write(&store.ledger, "b.csv", &[("", "午饭", 1500)]);
    let (lines, report) = merged(&store.ledger, &[one, other]);
    assert_eq!((lines.len(), report.rows, report.repeated), (3, 3, 1));
    assert!(lines.iter().all(|line| line.starts_with("trade,content:")));
}

#[test]
fn what_one_file_leaves_out_is_no_difference() {
    let store = store();
    let one = write(&store.ledger, "a.csv", &[("1", "", 100), ("2", "x", 100)]);
    let other = write(&store.ledger, "b.csv", &[("1", "已核对", 100), ("2", "y", 100)]);
    let (lines, report) = merged(&store.ledger, &[one, other]);
    assert_eq!((report.rows, report.repeated, report.differing), (3, 1, 1));
    assert!(lines[0].contains("已核对"));
    assert_eq!(report.findings[0].arguments[0], ("key".to_owned(), "2".to_owned()));
    let total = report.totals[&(StatementKind::Trade, 2026, String::new())];
    assert_eq!((total.rows, total.amounts[0].fen()), (3, Some(300)));
}

#[test]
fn an_amount_that_another_file_completes_is_added_up() {
    let store = store();
    let bare = write_rows(&store.ledger, "a.csv", &[("1", "x", None)]);
    let full = write_rows(&store.ledger, "b.csv", &[("1", "x", Some(250))]);
    for statements in [[bare, full], [full, bare]] {
        let (lines, report) = merged(&store.ledger, &statements);
        assert_eq!(lines.len(), 1);
        let totals: Vec<_> = report.totals.iter().map(|((_, year, _), total)| (*year, total.amounts[0])).collect();
        assert_eq!(totals, [(2026, Money::from_fen(250))]);
    }
}

#[test]
fn more_runs_than_are_read_side_by_side_give_the_same_ledger() {
    let store = store();
    let days: Vec<Vec<(String, String, i64)>> = (0..450)
        .map(|day| (0..3).map(|row| (format!("42{:05}", (day * 7919 + row) % 1000), String::new(), 100)).collect())
        .collect();
    let statements: Vec<Sha256> = days
        .iter()
        .enumerate()
        .map(|(day, rows)| {
            let rows: Vec<(&str, &str, i64)> = rows.iter().map(|row| (row.0.as_str(), row.1.as_str(), row.2)).collect();
            write(&store.ledger, &format!("day{day}.csv"), &rows)
        })
        .collect();
    let (lines, report) = merged(&store.ledger, &statements);
    let keys: std::collections::BTreeSet<&String> = days.iter().flatten().map(|row| &row.0).collect();
    assert_eq!((lines.len(), report.rows, report.repeated), (keys.len(), keys.len() as u64, 1350 - keys.len() as u64));
    assert!(lines.is_sorted_by_key(|line| line.split(',').nth(1).unwrap().to_owned()));
    let reversed: Vec<Sha256> = statements.into_iter().rev().collect();
    assert_eq!(merged(&store.ledger, &reversed).0, lines);
}

#[test]
fn large_statements_are_sorted_in_portions() {
    let store = store();
    let note = "x".repeat(2000);
    let keys: Vec<String> = (0..20_000_u64).map(|row| (row * 7919 % 20_011).to_string()).collect();
    let rows: Vec<(&str, &str, i64)> = keys.iter().map(|key| (key.as_str(), note.as_str(), 1)).collect();
    let statement = write(&store.ledger, "large.csv", &rows);
    let run = run::Run::open(&store.ledger.path(&statement), statement).unwrap();
    assert!(run.segments.len() > 2, "{}", run.segments.len());
    let (lines, report) = merged(&store.ledger, &[statement]);
    assert_eq!(report.rows, 20_000);
    assert!(lines.is_sorted_by_key(|line| line.split(',').nth(1).unwrap().to_owned()));
    assert_eq!(report.totals[&(StatementKind::Trade, 2026, String::new())].amounts[0].fen(), Some(20_000));
}

#[test]
fn a_broken_run_is_an_error_and_an_empty_one_is_not() {
    let store = store();
    let empty = write(&store.ledger, "empty.csv", &[]);
    assert_eq!(merged(&store.ledger, &[empty]).1.rows, 0);
    let statement = write(&store.ledger, "a.csv", &[("1", "x", 100)]);
    let path = store.ledger.path(&statement);
    let whole = fs::read(&path).unwrap();
    for bytes in [&whole[..whole.len() - 1], &whole[..10], &[]] {
        fs::write(&path, bytes).unwrap();
        assert_eq!(store.ledger.merge(&[statement], &mut Vec::new()).unwrap_err().code(), "ledger-run-broken");
    }
}

#[test]
fn text_that_looks_like_a_formula_stays_as_it_is() {
    let store = store();
    let statement = write(&store.ledger, "a.csv", &[("1", "=1+1", 100), ("2", "a\"b,c\nd", 100)]);
    let mut out = Vec::new();
    store.ledger.merge(&[statement], &mut out).unwrap();
    assert!(out.starts_with("\u{feff}kind,key,".as_bytes()));
    let mut reader = csv::Reader::from_reader(&out[3..]);
    let notes: Vec<String> = reader.records().map(|row| row.unwrap()[Column::Note as usize].to_owned()).collect();
    assert_eq!(notes, ["=1+1", "a\"b,c\nd"]);
}

#[test]
fn the_package_describes_every_column() {
    let store = store();
    let statement = write(&store.ledger, "a.csv", &[("1", "x", 12_345)]);
    let (_, report) = merged(&store.ledger, &[statement]);
    let package: serde_json::Value = serde_json::from_slice(&report.datapackage("ledger.csv").unwrap()).unwrap();
    let resource = &package["resources"][0];
    assert_eq!(resource["schema"]["fields"].as_array().unwrap().len(), Column::COUNT);
    assert_eq!(resource["totals"][0]["in"], "123.45");
    assert_eq!((&resource["path"], &resource["compression"]), (&"ledger.csv".into(), &serde_json::Value::Null));
    let package: serde_json::Value = serde_json::from_slice(&report.datapackage("ledger.csv.zst").unwrap()).unwrap();
    let resource = &package["resources"][0];
    assert_eq!((&resource["path"], &resource["compression"]), (&"ledger.csv.zst".into(), &"zst".into()));
}

/// Returns a row of a run of the first two formats.
fn old_row(row: &packed::Packed) -> Vec<u8> {
    let text = [row.key(), row.identity(), row.tail()].concat();
    let kind = row.kind().map_or(0, |kind| kind as u8 + 1);
    let length = |length: usize| u32::try_from(length).unwrap().to_le_bytes();
    let mut bytes = Vec::new();
    bytes.extend(length(packed::OLD_HEAD + text.len()));
    bytes.extend(length(row.key().len()));
    bytes.extend(length(row.identity().len()));
    bytes.push(row.direction() as u8 | kind << 2 | if row.is_destroyed() { 0x80 } else { 0 });
    bytes.extend(row.year().to_le_bytes());
    bytes.push(u8::from(row.amount().is_some()));
    bytes.extend(row.amount().unwrap_or_default().units().to_le_bytes());
    bytes.extend(row.place().to_le_bytes());
    bytes.extend(text);
    bytes
}

/// Rewrites the run of `statement` in an older format.
fn make_old(store: &LedgerStore, statement: Sha256, magic: [u8; 8]) {
    let path = store.path(&statement);
    let run = run::Run::open(&path, statement).unwrap();
    let mut bytes = magic.to_vec();
    let mut segments = Vec::new();
    for number in 0..run.segments.len() {
        let (mut segment, mut row, mut rows) = (run.segment(number).unwrap(), packed::Packed::default(), Vec::new());
        while segment.next(&mut row).unwrap() {
            rows.extend(old_row(&row));
        }
        let rows = if &magic == b"liudi-r1" { rows } else { zstd::encode_all(&*rows, 1).unwrap() };
        segments.push((bytes.len(), rows.len()));
        bytes.extend(rows);
    }
    let index = serde_json::json!({ "segments": segments, "kind": run.kind, "name": run.name }).to_string();
    bytes.extend(index.as_bytes());
    bytes.extend((index.len() as u64).to_le_bytes());
    fs::write(path, bytes).unwrap();
}

#[test]
fn runs_of_older_formats_give_the_same_ledger() {
    let rows = [("42000/out", "a,b", 1999), ("42000", "", 5), ("", "午饭 \"甲\"", 1500), ("", "午饭 \"甲\"", 1500)];
    let store = store();
    let mut statements = Vec::new();
    for day in 0..120 {
        let own = format!("43{day:04}");
        let rows = [&rows[..], &[(own.as_str(), "x", -day)]].concat();
        statements.push(write(&store.ledger, &format!("day{day}.csv"), &rows));
    }
    let (lines, report) = merged(&store.ledger, &statements);
    for (index, statement) in statements.iter().enumerate().filter(|(index, _)| index % 3 != 0) {
        make_old(&store.ledger, *statement, if index % 3 == 1 { *b"liudi-r1" } else { *b"liudi-r2" });
    }
    let (old_lines, old_report) = merged(&store.ledger, &statements);
    assert_eq!(lines, old_lines);
    assert_eq!(
        (report.rows, report.repeated, report.totals),
        (old_report.rows, old_report.repeated, old_report.totals)
    );
}

proptest! {
    #[test]
    fn a_row_is_read_as_it_was_written(
        key in "[0-9]{0,4}|42/out|content:1",
        cells in "(2026-0[1-9])?,[a,]{0,3},[0-9]{1,4}(\\.[0-9]{2})?,(CNY|\"a,b\"|),42",
        tail in "(`|¥|￥|x|)[0-9]{1,4}(\\.[0-9]{2})?,(x|)",
        amount in proptest::option::of(-99_999_i64..99_999),
        line in 0_u64..1 << 40,
        numbers in any::<(u8, u8)>(),
        (bill, direction, is_destroyed) in any::<(u16, u8, bool)>(),
        same_amount in any::<bool>(),
    ) {
        let amount_at = cells.rfind('.').unwrap_or(0);
        let amount = if same_amount { Money::from_plain(&cells) } else { amount.map(Money::from_fen) };
        let start = usize::from(numbers.0).min(cells.len());
        let numbers = [0..0, start..usize::from(numbers.1).clamp(start, cells.len())];
        let parts = packed::Parts {
            key: key.as_bytes(),
            identity: cells.as_bytes(),
            tail: tail.as_bytes(),
            numbers,
            amount_at,
            amount,
            direction: Direction::ALL[usize::from(direction % 3)],
            kind: Some(StatementKind::Personal),
            is_destroyed,
            bill,
            line,
        };
        let mut bytes = Vec::new();
        parts.push(&mut bytes);
        parts.push(&mut bytes);
        // In one piece, and in blocks that end within a row.
        for size in [1, 7, 1 << 16] {
            let mut reader = std::io::BufReader::with_capacity(size, &*bytes);
            let mut row = packed::Packed::default();
            for _ in 0..2 {
                prop_assert!(row.read(&mut reader).unwrap());
                prop_assert_eq!((row.key(), row.identity(), row.tail()), (parts.key, parts.identity, parts.tail));
                prop_assert_eq!((row.amount(), row.line(), row.bill()), (amount, line, bill));
                prop_assert_eq!((row.direction(), row.kind()), (parts.direction, parts.kind));
                prop_assert_eq!(row.is_destroyed(), is_destroyed);
                let mut again = Vec::new();
                row.write(&mut again).unwrap();
                let mut second = packed::Packed::default();
                prop_assert!(second.read(&mut &*again).unwrap());
                prop_assert_eq!(&second.cells(), &row.cells());
                prop_assert_eq!((second.amount(), second.place()), (row.amount(), row.place()));
            }
            prop_assert!(!row.read(&mut reader).unwrap());
        }
        // A truncated row is an error, and never a panic.
        for end in 1..bytes.len() / 2 {
            prop_assert!(packed::Packed::default().read(&mut &bytes[..end]).is_err());
        }
    }

    #[test]
    fn a_broken_row_never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let mut row = packed::Packed::default();
        let look = |row: &packed::Packed| (row.year(), row.currency().len(), row.cells().len(), row.is_loose());
        let _ = row.parse(&bytes).map(|()| look(&row));
        let _ = row.read(&mut &*bytes).is_ok_and(|is_row| is_row && look(&row).3);
        let _ = row.read_old(&mut &*bytes).is_ok_and(|is_row| is_row && look(&row).3);
    }
}
