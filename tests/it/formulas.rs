//! No sheet that people open has a cell that a spreadsheet would compute: every exporter's tables, the list of gaps and
//! what the desk hands out, for inputs whose every text begins like a formula.

use std::collections::BTreeMap;

use calamine::{Data, Reader as _};
use liudi::export::registry::EXPORTERS;

use super::desk_client::Desk;
use super::exports::{export, seen};
use super::support::{Run, include, tree};

/// Beginnings that a spreadsheet computes, or drops to compute what follows.
const BEGINNINGS: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

/// Texts of the inputs that must be in a table for the test to say anything.
const PLANTED: [&str; 5] = ["HYPERLINK(", "@SUM(1+1)", "＝1+1", "＠SUM(1)", "\n=1+1"];

fn is_number(cell: &str) -> bool {
    let digits = cell.strip_prefix('-').unwrap_or(cell);
    !digits.is_empty()
        && digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
        && digits.parse::<f64>().is_ok()
}

/// Cells that a spreadsheet would compute. A tab in front of a text keeps it a text.
fn computed(table: &[u8]) -> Vec<String> {
    let text = std::str::from_utf8(table).unwrap().trim_start_matches('\u{feff}');
    let mut reader = csv::ReaderBuilder::new().flexible(true).has_headers(false).from_reader(text.as_bytes());
    let cells = reader.records().flat_map(|row| row.unwrap().iter().map(str::to_owned).collect::<Vec<_>>());
    let bare = |cell: &str| cell.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}').to_owned();
    cells
        .filter(|cell| {
            let guarded = cell.strip_prefix('\t').unwrap_or(cell);
            !is_number(cell)
                && (guarded.starts_with(BEGINNINGS)
                    || bare(cell).starts_with(BEGINNINGS)
                    || guarded.len() + 1 < cell.len() && bare(guarded).starts_with(BEGINNINGS))
        })
        .collect()
}

fn has_planted(table: &[u8]) -> bool {
    let text = String::from_utf8_lossy(table);
    PLANTED.iter().any(|planted| text.contains(planted))
}

/// The archive of inputs whose texts begin like formulas.
fn formulas() -> Run {
    let run = Run::new().fixture("hostile/formulas");
    run.backup(&["--quiet"]);
    run
}

#[test]
fn no_table_of_any_exporter_computes_anything() {
    let run = formulas();
    let mut planted = BTreeMap::new();
    for name in EXPORTERS.iter().map(|exporter| exporter.info().name).filter(|name| !["pdf", "wacz"].contains(name)) {
        let done = export(&run, &[&["--to", name, "-o", name], include(name)].concat());
        assert!([0, 32].contains(&done.code), "{name}: {}", done.said());
        let folder = if name == "mirror" { run.archive().join("site") } else { run.folder().join(name) };
        for (path, bytes) in tree(&folder) {
            let place = format!("{name}/{path}");
            if path.ends_with(".csv") || path.ends_with(".tsv") {
                assert_eq!(computed(&bytes), Vec::<String>::new(), "{place}");
                planted.insert(place, has_planted(&bytes));
            } else if path.ends_with(".xlsx") {
                let mut book: calamine::Xlsx<_> =
                    calamine::open_workbook_from_rs(std::io::Cursor::new(&bytes)).unwrap();
                let mut found = false;
                for sheet in book.sheet_names() {
                    let formulas = book.worksheet_formula(&sheet).unwrap();
                    assert_eq!(formulas.used_cells().count(), 0, "{place} {sheet}");
                    let range = book.worksheet_range(&sheet).unwrap();
                    for cell in range.used_cells().map(|(_, _, cell)| cell) {
                        assert!(
                            matches!(cell, Data::String(_) | Data::Float(_) | Data::Int(_) | Data::Empty),
                            "{place}: {cell:?}"
                        );
                        found |= has_planted(cell.to_string().as_bytes());
                    }
                }
                planted.insert(place, found);
            }
        }
        // Neither do sheets in packed files, nor links that a workbook would follow by itself.
        for (path, text) in seen(&folder) {
            let inside = path.contains(".xlsx!/");
            assert!(
                !inside || !text.contains("<f>") && !text.contains("<f ") && !path.contains("externalLink"),
                "{name}/{path}"
            );
        }
    }
    for table in ["csv/posts.csv", "xlsx/posts.xlsx", "ledger/ledger.csv", "bills-xlsx/bills.xlsx"] {
        assert_eq!(planted.get(table), Some(&true), "nothing planted in {table}: {planted:?}");
    }
}

#[test]
fn no_list_of_gaps_computes_anything() {
    let run = formulas();
    for language in ["en", "zh-CN"] {
        let printed = run.program(&["--lang", language, "gaps", "archive", "--format", "csv"]);
        assert_eq!(computed(printed.stdout.as_bytes()), Vec::<String>::new());
        assert!(has_planted(printed.stdout.as_bytes()), "{}", printed.stdout);
    }
}

#[test]
fn no_download_of_the_desk_computes_anything() {
    let run = formulas();
    let gaps = Desk::open(&run).page("/gaps/gaps.csv");
    assert_eq!(computed(gaps.as_bytes()), Vec::<String>::new());
    assert!(has_planted(gaps.as_bytes()), "{gaps}");
}
