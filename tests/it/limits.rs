//! Limits of archives: what fits is read, the rest is named, and raising a limit in `liudi.toml` reads it.

use std::io::Write as _;

use flate2::write::GzEncoder;
use serde_json::Value;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::support::{Run, fixture, same};

fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in members {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn page() -> Vec<u8> {
    std::fs::read(fixture("page/type0-complete/一篇图文.html")).unwrap()
}

fn configure(run: &Run, text: &str) {
    std::fs::write(run.folder().join("liudi.toml"), format!("[containers]\n{text}\n")).unwrap();
}

/// Titles of the gaps, and their details.
fn gaps(run: &Run) -> Vec<(String, String)> {
    let all = run.program(&["gaps", "archive", "--json"]).json();
    let all = all.as_array().unwrap().iter();
    let text = |gap: &Value, name: &str| gap[name].as_str().unwrap_or_default().to_owned();
    let inputs = all.filter(|gap| gap["kind"] == "input");
    let mut found: Vec<_> = inputs.map(|gap| (text(gap, "title"), text(gap, "detail"))).collect();
    found.sort();
    found
}

/// Each input with a limit that is too low for it, the code that says so, what is named, and a limit that is enough.
#[test]
fn what_fits_is_read_and_the_rest_when_the_limit_is_raised() {
    let page = page();
    let zeros = vec![0; 66 << 20];
    let mut packed = GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(&zeros).unwrap();
    let packed = packed.finish().unwrap();
    let inner = zip(&[("c.txt", b"c")]);
    let many = zip(&[("1.bin", b"1"), ("2.bin", b"2"), ("3.bin", b"3"), ("page.html", &page)]);
    let large = zip(&[("1.bin", &[7; 5000]), ("page.html", &page), ("2.bin", &[7; 5000])]);
    let deep = zip(&[("in.zip", &zip(&[("in.zip", &inner), ("page.html", &page)]))]);
    let inflated = zip(&[("zeros.bin", &zeros), ("page.html", &page)]);
    let both = zip(&[("zeros.bin.gz", &packed), ("page.html", &page)]);
    let byte_limit = format!("byte-limit = {}", page.len() + 5100);
    for (archive, low, code, named, enough) in [
        (&many, "member-limit = 2", "zip-too-many-members", &["2.bin", "3.bin"][..], "member-limit = 4"),
        (&large, &byte_limit, "zip-members-too-large", &["2.bin"], "byte-limit = 10_000_000"),
        (&deep, "nesting-limit = 2", "zip-too-deep", &["in.zip!/in.zip"], "nesting-limit = 3"),
        (&inflated, "ratio-limit = 10", "zip-ratio", &["zeros.bin"], "ratio-limit = 100_000"),
        (&both, "ratio-limit = 10", "gzip-ratio", &["zeros.bin.gz"], "ratio-limit = 100_000"),
        (&both, "byte-limit = 60_000_000", "zip-too-large", &["zeros.bin.gz"], "byte-limit = 90_000_000"),
    ] {
        let run = Run::new().file("a.zip", archive);
        configure(&run, low);
        let report = run.backup(&["--json"]).exits(32).json();
        assert_eq!(report["articles"]["held"], 1, "{low}: {report}");
        let problem = &report["problems"][0];
        assert_eq!(problem["code"], code, "{report}");
        let missing: Vec<_> = named.iter().map(|name| (format!("in/a.zip!/{name}"), code.to_owned())).collect();
        assert_eq!(gaps(&run), missing, "{low}");
        run.program(&["gaps", "archive"]).says("Raise the limit under [containers] in liudi.toml");
        // Nothing else comes of running again as it is.
        let before = run.tree();
        run.backup(&[]).exits(32);
        same(&before, &run.tree());
        configure(&run, enough);
        let report = run.backup(&["--json"]).succeeds().json();
        assert_eq!(report["articles"]["held"], 1, "{enough}: {report}");
        assert_eq!(gaps(&run), [], "{enough}");
    }
}

#[test]
fn a_limit_is_read_by_every_command_that_opens_archives_and_a_misspelt_one_is_an_error() {
    let archive = zip(&[("1.bin", b"1"), ("page.html", &page())]);
    let run = Run::new().file("a.zip", &archive);
    configure(&run, "member-limit = 1");
    for arguments in [&["--dry-run"][..], &[]] {
        run.backup(arguments).exits(32).says("was not read");
    }
    for nonsense in ["member-limits = 5", "member-limit = 0", "member-limit = \"viele\""] {
        configure(&run, nonsense);
        run.backup(&[]).exits(2);
    }
}

#[test]
fn names_that_stand_twice_are_told_of_and_no_fault() {
    let bytes = zip(&[("x1.txt", b"one"), ("x2.txt", b"two"), ("page.html", &page())]);
    let at = memchr::memmem::rfind(&bytes, b"x2.txt").unwrap();
    let mut bytes = bytes;
    bytes[at..at + 6].copy_from_slice(b"x1.txt");
    let run = Run::new().file("a.zip", &bytes);
    for _ in 0..2 {
        run.backup(&[]).succeeds();
    }
    assert_eq!(gaps(&run), []);
    let run = Run::new().file("a.zip", &bytes).env("LIUDI_LANG", "zh-CN");
    run.backup(&[]).succeeds().says("重名");
}

#[test]
fn what_could_not_be_opened_deep_inside_is_tried_again() {
    let mut writer = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default();
    writer.start_file("page.html", options.with_aes_encryption(zip::AesMode::Aes256, "p1")).unwrap();
    writer.write_all(&page()).unwrap();
    let locked = writer.finish().unwrap().into_inner();
    let run = Run::new().file("a.zip", zip(&[("b.zip", &zip(&[("locked.zip", &locked)])), ("1.bin", b"1")]));
    run.backup(&[]).succeeds();
    let run = run.env("LIUDI_ZIP_PASSWORD", "p1");
    let report = run.backup(&["--json"]).succeeds().json();
    assert_eq!(report["articles"]["held"], 1, "{report}");
    assert_eq!(gaps(&run), []);
}
