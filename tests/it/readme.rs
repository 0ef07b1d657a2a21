//! The READMEs are tested: their table of inputs is the registry's, their commands run.

use std::fmt::Write as _;
use std::path::Path;

use liudi::source::file::registry::IMPORTERS;

use crate::support::{Run, fixture};

fn readme(name: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).unwrap()
}

/// The table between the marks, as the registry gives it.
fn table(chinese: bool) -> String {
    let mut table = String::from(if chinese {
        "| 名称 | 是什么 | 样子 |\n|---|---|---|\n"
    } else {
        "| name | what it is | looks like |\n|---|---|---|\n"
    });
    for info in IMPORTERS.iter().map(|importer| importer.info()) {
        let summary = if chinese { info.summary_zh } else { info.summary_en };
        let patterns: Vec<String> = info.patterns.iter().map(|pattern| format!("`{pattern}`")).collect();
        writeln!(table, "| `{}` | {summary} | {} |", info.name, patterns.join(" ")).unwrap();
    }
    table
}

/// Set `UPDATE_README=1` to rewrite the tables.
#[test]
fn the_tables_are_the_registry() {
    for (name, chinese) in [("README.md", false), ("README.zh-CN.md", true)] {
        let text = readme(name);
        let (before, rest) = text.split_once("<!-- sources -->\n").unwrap();
        let (current, after) = rest.split_once("<!-- /sources -->").unwrap();
        let wanted = table(chinese);
        if current != wanted && std::env::var_os("UPDATE_README").is_some() {
            let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
            std::fs::write(path, format!("{before}<!-- sources -->\n{wanted}<!-- /sources -->{after}")).unwrap();
        } else {
            assert_eq!(current, wanted, "{name}: run the tests with UPDATE_README=1");
        }
    }
}

#[test]
fn the_first_command_does_the_main_job() {
    for name in ["README.md", "README.zh-CN.md"] {
        let text = readme(name);
        let line = text.lines().find(|line| line.contains("cargo run -- backup")).unwrap();
        assert_eq!(line, "LIUDI_ZIP_PASSWORD=liudi-demo cargo run -- backup fixtures/demo");
        assert!(text.contains("\n```sh\ncargo test\n```\n"), "{name}");
    }
    let run = Run::new().env("LIUDI_ZIP_PASSWORD", "liudi-demo");
    let demo = fixture("demo");
    run.program(&["backup", demo.to_str().unwrap()]).succeeds();
    assert!(run.folder().join("liudi-archive/site/index.html").is_file());
    assert!(run.folder().join("liudi-archive/public/bagit.txt").is_file());
}
