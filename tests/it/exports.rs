//! `liudi export`: every exporter's files for the demo account, and what holds for all of them.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::Path;

use liudi::export::registry::EXPORTERS;
use liudi::model::Sha256;

use super::support::{Run, fixture, include, tree};

/// The archive of the demo account.
pub(super) fn demo() -> Run {
    let run = Run::new().input(fixture("demo"));
    run.backup(&["--no-mirror"]).succeeds();
    run
}

pub(super) fn export(run: &Run, arguments: &[&str]) -> super::support::Done {
    let archive = run.archive().display().to_string();
    run.program(&[&["export", &archive], arguments].concat())
}

/// The texts of an export as they are, also those inside ZIP files (books, documents, workbooks), and of its other files
/// the digest.
pub(super) fn seen(folder: &Path) -> BTreeMap<String, String> {
    let text = |bytes: &[u8]| match std::str::from_utf8(bytes) {
        Ok(text) if !text.contains('\0') => text.to_owned(),
        _ => format!("{} bytes, {}\n", bytes.len(), Sha256::of(bytes)),
    };
    let mut seen = BTreeMap::new();
    for (path, bytes) in tree(folder) {
        if let Ok(mut zip) = zip::ZipArchive::new(std::io::Cursor::new(&bytes)) {
            for number in 0..zip.len() {
                let mut member = zip.by_index(number).unwrap();
                let mut bytes = Vec::new();
                member.read_to_end(&mut bytes).unwrap();
                seen.insert(format!("{path}!/{}", member.name().unwrap()), text(&bytes));
            }
        }
        seen.insert(path, text(&bytes));
    }
    seen
}

#[test]
fn every_exporter_writes_its_golden_files() {
    let run = demo();
    let mut wrong = Vec::new();
    // What a browser prints differs with its version: tests/it/printing.rs and the clients judge it. The times of files are
    // in the web archive: exports_wacz.rs sets them.
    let others = |name: &&str| !["mirror", "pdf", "wacz"].contains(name);
    for name in EXPORTERS.iter().map(|exporter| exporter.info().name).filter(others) {
        export(&run, &[&["--to", name], include(name)].concat()).succeeds();
        let seen = seen(&run.archive().join("exports").join(name));
        assert!(!seen.is_empty(), "{name}");
        let expected = fixture(name).join("demo.json");
        let seen = serde_json::to_string_pretty(&seen).unwrap() + "\n";
        if std::env::var_os("LIUDI_BLESS").is_some() {
            std::fs::create_dir_all(fixture(name)).unwrap();
            std::fs::write(&expected, seen).unwrap();
        } else if std::fs::read_to_string(&expected).unwrap_or_default() != seen {
            wrong.push(name);
        }
    }
    assert!(wrong.is_empty(), "not as in fixtures/<exporter>/demo.json: {wrong:?}");
}

/// Some readers (LibreOffice, readers of books) refuse headers for files above 4 GB and sizes that follow the content.
#[test]
fn zip_files_have_the_headers_that_every_reader_knows() {
    let run = demo();
    for name in ["docx", "epub", "ghost"] {
        export(&run, &["--to", name]).succeeds();
        let mut seen = 0;
        for (path, bytes) in tree(&run.archive().join("exports").join(name)) {
            let Ok(mut zip) = zip::ZipArchive::new(std::io::Cursor::new(&bytes)) else { continue };
            for number in 0..zip.len() {
                let start = usize::try_from(zip.by_index_raw(number).unwrap().header_start()).unwrap();
                let header = &bytes[start..start + 30];
                let size = u32::from_le_bytes(header[18..22].try_into().unwrap());
                assert_eq!((header[6] & 8, &header[28..30]), (0, &[0, 0][..]), "{path}: {header:?}");
                assert!(size > 0 && size < u32::MAX, "{path}: {header:?}");
                seen += 1;
            }
            if name == "epub" {
                assert_eq!(&bytes[30..58], b"mimetypeapplication/epub+zip");
            }
        }
        assert!(seen > 0, "{name}");
    }
}

#[test]
fn every_exporter_says_what_it_is_for_in_both_languages() {
    for exporter in EXPORTERS {
        let info = exporter.info();
        assert!(!info.summary_zh.is_empty() && !info.summary_en.is_empty(), "{}", info.name);
        assert!(info.settings.iter().all(|setting| !setting.values.words().is_empty()), "{}", info.name);
    }
    let names: Vec<&str> = EXPORTERS.iter().map(|exporter| exporter.info().name).collect();
    assert!(names.is_sorted(), "{names:?}");
}

#[test]
fn a_second_export_writes_nothing_and_a_smaller_one_removes_its_own_files() {
    let run = demo();
    let folder = run.archive().join("exports/markdown");
    export(&run, &["--to", "markdown"]).succeeds();
    let before = tree(&folder);
    export(&run, &["--to", "markdown"]).succeeds().says("0 files written");
    assert_eq!(tree(&folder), before);
    std::fs::write(folder.join("mine.md"), "mine").unwrap();
    export(&run, &["--to", "markdown", "--only", "date:2024"]).succeeds().says("items were not exported");
    let left = tree(&folder);
    assert!(left.iter().all(|(path, _)| path.starts_with("2024/") || path == "mine.md"), "{left:?}");
    assert_eq!(std::fs::read_to_string(folder.join("mine.md")).unwrap(), "mine");
}

#[test]
fn every_link_and_picture_of_the_markdown_leads_somewhere() {
    let run = demo();
    let link = regex::Regex::new(r"\]\(<?([^)\s>]+)>?\)").unwrap();
    for layout in ["dir", "flat"] {
        export(&run, &["--to", "markdown", "--set", &format!("layout={layout}")]).succeeds();
        let files = seen(&run.archive().join("exports/markdown"));
        let mut local = 0;
        for (path, text) in files.iter().filter(|(path, _)| path.ends_with(".md")) {
            for found in link.captures_iter(text) {
                if found[1].contains("://") {
                    assert!(found[1].starts_with("https://mp.weixin.qq.com/"), "{path}: {}", &found[1]);
                    continue;
                }
                let place = percent_encoding::percent_decode_str(&found[1]).decode_utf8().unwrap().into_owned();
                let mut parts: Vec<&str> = path.split('/').collect();
                parts.pop();
                for part in place.split('/') {
                    if part == ".." {
                        parts.pop();
                    } else {
                        parts.push(part);
                    }
                }
                assert!(files.contains_key(&parts.join("/")), "{path}: {place}");
                local += 1;
            }
        }
        assert!(local > 20, "{local}");
        let is_flat = |path: &&String| !path.contains('/') || path.starts_with("images/");
        assert_eq!(files.keys().all(|path| is_flat(&path)), layout == "flat");
    }
}

/// Sites of generators that give a post without a date the date of its file, or skip it.
#[test]
fn a_post_without_a_date_is_a_page_of_the_site_and_counted() {
    let page = "<html><head><meta property=\"og:title\" content=\"无日期\"><meta property=\"og:url\" content=\"https://mp.weixin.qq.com/s/UndatedPost_-A\"></head><body><div id=\"js_content\"><p>{{ 甲 }} <code>{{ 乙 }}</code></p></div><script>var biz = \"MzA5MDAwMDAwMQ==\"; var mid = \"2650002001\"; var idx = \"1\";</script></body></html>";
    let run = Run::new().file("undated.html", page);
    run.backup(&["--no-mirror"]).succeeds();
    for (name, folder, guard) in [("hexo", "source/posts", "disableNunjucks: true"), ("jekyll", "posts", "{% raw %}")] {
        let answer = export(&run, &["--to", name, "--json"]).succeeds().json();
        assert_eq!(answer[0]["lost"]["undated"]["count"], 1, "{answer}");
        let files = seen(&run.archive().join("exports").join(name));
        let (_, text) = files.iter().find(|(path, _)| path.starts_with(folder)).unwrap();
        assert!(text.contains("/s/UndatedPost_-A") && !text.contains("\ndate: "), "{text}");
        assert!(text.contains(guard) && text.contains("\\{\\{ 甲 }} `{{ 乙 }}`"), "{text}");
        let rules = &files["redirects/_redirects"];
        assert!(rules.starts_with("/s/UndatedPost_-A /posts/undated-"), "{rules}");
    }
}

#[test]
fn an_export_goes_into_a_free_folder_alone() {
    let run = demo();
    std::fs::create_dir(run.folder().join("theirs")).unwrap();
    std::fs::write(run.folder().join("theirs/note.txt"), "theirs").unwrap();
    let theirs = run.folder().join("theirs").display().to_string();
    export(&run, &["--to", "markdown", "-o", &theirs]).exits(2).says("contains other files");
    assert_eq!(tree(&run.folder().join("theirs")).len(), 1);
    let archive = run.archive().display().to_string();
    run.program(&["mirror", &archive]).succeeds();
    let site = run.archive().join("site").display().to_string();
    export(&run, &["--to", "hugo", "-o", &site]).exits(2).says("contains other files");
    export(&run, &["--to", "hugo", "-o", &archive]).exits(2);
}

#[test]
fn what_is_not_known_is_said_before_anything_is_written() {
    let run = demo();
    std::fs::write(run.folder().join("set.toml"), "[markdwn]\nlayout = 'flat'\n").unwrap();
    let config = run.folder().join("set.toml").display().to_string();
    export(&run, &["--to", "markdown,docs"]).exits(2).says("csv, ").says("ledger, markdown, mirror");
    export(&run, &["--to", "markdown", "--set", "colour=red"]).exits(2).says("no setting named colour");
    export(&run, &["--to", "markdown", "--set", "colour"]).exits(2).says("--set KEY=VALUE");
    export(&run, &["--to", "markdown", "--export-config", &config]).exits(2).says("markdwn");
    assert!(!run.archive().join("exports").exists());
}

#[test]
fn a_file_that_the_archive_lost_is_named_and_the_rest_is_written() {
    let run = demo();
    let media = run.archive().join("public/data/media/sha256");
    let (lost, _) = tree(&media).into_iter().find(|(path, _)| path.ends_with(".png")).unwrap();
    std::fs::remove_file(media.join(&lost)).unwrap();
    export(&run, &["--to", "markdown"]).exits(64).says(lost.rsplit('/').next().unwrap());
    let texts = seen(&run.archive().join("exports/markdown"));
    assert_eq!(texts.keys().filter(|path| path.ends_with(".md")).count(), 14);
}

#[test]
fn json_tells_what_was_written() {
    let run = demo();
    let answer = export(&run, &["--to", "markdown,hugo", "--json"]).succeeds().json();
    let names: Vec<&str> = answer.as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["markdown", "hugo"]);
    assert!(answer.as_array().unwrap().iter().all(|one| one["posts"] == 14 && one["removed"] == 0), "{answer}");
}

#[test]
fn posts_of_one_title_get_folders_of_their_own_whatever_the_system_takes_for_one() {
    let page = |number: u32, title: &str| {
        format!(
            "<html><head><meta property=\"og:title\" content=\"{title}\"><meta property=\"og:url\" content=\"https://mp.weixin.qq.com/s?__biz=MzA5MDAwMDAwMQ==&amp;mid=26500009{number:02}&amp;idx=1&amp;sn=ab\"></head><body><div id=\"js_content\"><p>{number}</p></div><script>var ct = \"1720000000\";</script></body></html>"
        )
    };
    let mut run = Run::new();
    for (number, title) in ["X", "x", "X-2", "X#1"].into_iter().enumerate() {
        run = run.file(&format!("{number}.html"), page(u32::try_from(number).unwrap(), title));
    }
    run.backup(&["--no-mirror"]).succeeds();
    export(&run, &["--to", "markdown"]).succeeds();
    let files = tree(&run.archive().join("exports/markdown"));
    let folded: std::collections::BTreeSet<String> = files.iter().map(|(path, _)| path.to_lowercase()).collect();
    assert_eq!((files.len(), folded.len()), (4, 4), "{folded:?}");
}

#[test]
fn an_archive_that_was_moved_is_exported_into_its_own_folder_again() {
    let run = demo();
    export(&run, &["--to", "hugo"]).succeeds();
    let moved = run.folder().join("moved");
    std::fs::rename(run.archive(), &moved).unwrap();
    run.program(&["export", &moved.display().to_string(), "--to", "hugo"]).succeeds().says("0 files written");
}

#[test]
fn what_cannot_be_rehearsed_is_not_done() {
    let run = demo();
    export(&run, &["--to", "hugo", "--dry-run"]).exits(2).says("nothing was done");
    run.program(&["mirror", &run.archive().display().to_string(), "--dry-run"]).exits(2);
    assert!(!run.archive().join("exports").exists() && !run.archive().join("site").exists());
}

#[test]
fn private_things_are_exported_only_where_they_are_asked_for_and_never_into_a_site() {
    let run = demo();
    export(&run, &["--to", "ledger"]).exits(2).says("--include bills");
    export(&run, &["--to", "markdown,ledger"]).exits(2);
    assert!(!run.archive().join("exports").exists());
    run.program(&["mirror", &run.archive().display().to_string()]).succeeds();
    for inside in ["site", "site/money"] {
        let folder = run.archive().join(inside).display().to_string();
        export(&run, &["--to", "ledger", "--include", "bills", "-o", &folder]).exits(2);
    }
    assert!(tree(&run.archive().join("site")).iter().all(|(path, _)| !path.contains("ledger")));
    export(&run, &["--to", "ledger", "--include", "bills"]).succeeds().says("keep them to yourself");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = |path: &str| run.archive().join(path).metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!((mode("exports/ledger"), mode("exports/ledger/ledger.csv")), (0o700, 0o600));
    }
    let empty = Run::new().input(fixture("demo/lists"));
    empty.backup(&["--no-mirror"]).succeeds();
    export(&empty, &["--to", "ledger", "--include", "bills"]).exits(32).says("contains no bills");
}

/// Everything that is made to be uploaded, and what is not ours but looks like a website.
#[test]
fn private_files_go_into_no_folder_that_gets_published() {
    let run = demo();
    let archive = run.archive().display().to_string();
    run.program(&["mirror", &archive, "-o", "site", "--media-base", "https://m.example/x", "--media-output", "media"])
        .succeeds();
    run.program(&["export", &archive, "--to", "hugo", "-o", "hugo"]).succeeds();
    run.program(&["export", &archive, "--to", "markdown", "-o", "notes"]).succeeds();
    export(&run, &["--to", "hugo"]).succeeds();
    let inside = run.archive().join("exports/hugo/static/l").display().to_string();
    std::fs::create_dir_all(run.folder().join("own")).unwrap();
    std::fs::write(run.folder().join("own/CNAME"), "a.example").unwrap();
    for folder in ["media/l", "hugo/static/l", "notes/l", "site/l", "own/l", &inside] {
        let refused = run.program(&["export", &archive, "--to", "ledger", "--include", "bills", "-o", folder]);
        refused.exits(2).says("will be published");
        assert!(!run.folder().join(folder).join("ledger.csv").exists(), "{folder}");
    }
    // However the folder is spelled, then and now.
    #[cfg(unix)]
    {
        std::fs::create_dir(run.folder().join("real")).unwrap();
        std::os::unix::fs::symlink("real", run.folder().join("link")).unwrap();
        run.program(&["export", &archive, "--to", "markdown", "-o", "link/notes"]).succeeds();
        run.program(&["export", &archive, "--to", "csv", "-o", "real/../table"]).succeeds();
        for folder in ["real/notes/l", "link/notes/l", "none/../notes/l", "none/../link/notes/l", "table/l"] {
            let refused = run.program(&["export", &archive, "--to", "ledger", "--include", "bills", "-o", folder]);
            refused.exits(2).says("will be published");
        }
    }
    // A folder that is gone is published no more.
    std::fs::remove_dir_all(run.folder().join("notes")).unwrap();
    run.program(&["export", &archive, "--to", "ledger", "--include", "bills", "-o", "notes"]).succeeds();
    run.program(&["export", &archive, "--to", "ledger", "--include", "bills", "-o", "books/2026"]).succeeds();
}

#[test]
fn the_ledger_is_exact_or_safe_in_a_spreadsheet() {
    let run = demo();
    let ledger = run.read("private/data/billing/ledger.csv");
    let exported = || std::fs::read_to_string(run.archive().join("exports/ledger/ledger.csv")).unwrap();
    export(&run, &["--to", "ledger", "--include", "bills", "--set", "form=exact"]).succeeds();
    assert_eq!(exported(), ledger);
    export(&run, &["--to", "ledger", "--include", "bills"]).succeeds();
    let rows = |text: &str| -> Vec<Vec<String>> {
        let mut reader = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
        let headers = reader.headers().unwrap().clone();
        let rows = std::iter::once(headers).chain(reader.into_records().map(Result::unwrap));
        rows.map(|row| row.iter().map(str::to_owned).collect()).collect()
    };
    let (exact, safe) = (rows(&ledger), rows(&exported()));
    assert_eq!(exact.len(), safe.len());
    let amount = exact[0].iter().position(|name| name == "amount").unwrap();
    for (exact, safe) in exact.iter().zip(&safe) {
        assert_eq!(exact[amount], safe[amount], "amounts stay numbers");
        let bare: Vec<&str> = safe.iter().map(|cell| cell.strip_prefix(['\t', '\'']).unwrap_or(cell)).collect();
        assert_eq!(&bare, exact);
        assert!(safe.iter().all(|cell| !cell.starts_with(['=', '+', '@'])), "{safe:?}");
    }
    assert!(safe[1..].iter().any(|row| row.iter().any(|cell| cell.starts_with('\t'))), "long numbers are kept exact");
    let chinese = run.program_with(
        &["export", &run.archive().display().to_string(), "--to", "ledger", "--include", "bills"],
        &[("LIUDI_LANG", "zh-CN")],
    );
    chinese.succeeds();
    assert!(exported().starts_with("\u{feff}账单种类,编号,时间"), "{}", exported());
}
