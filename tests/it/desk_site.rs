//! The views 网站 and 账单 of the desk, asked as a browser asks, and as others would.

use std::collections::BTreeMap;
use std::fs;
use std::net::TcpStream;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use liudi::model::money::Money;

use super::desk_client::{Answer, Desk, ask};
use super::support::Run;

impl Desk {
    /// Returns the address of the preview: `localhost:PORT`.
    fn preview(&self) -> String {
        let page = self.get("/site");
        let policy = page.header("content-security-policy").unwrap();
        let origin = policy.split("frame-src ").nth(1).unwrap().split(';').next().unwrap();
        origin.strip_prefix("http://").unwrap_or_else(|| panic!("{policy}")).to_owned()
    }

    /// Saves the form with these fields and what the file says otherwise.
    fn save(&self, fields: &[(&str, &str)]) -> Answer {
        let page = self.get("/site").text;
        let seen = page.split("name=\"seen\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
        self.post("/site/save", &[&[("seen", seen.as_str()), ("comments", "none")], fields].concat())
    }
}

/// Returns an archive of the demonstration, with its bills.
fn demo() -> Run {
    let run = Run::new().fixture("demo");
    let mut arguments: Vec<std::ffi::OsString> = vec!["backup".into(), super::support::fixture("demo").into()];
    arguments.extend(["-o".into(), run.archive().into_os_string()]);
    run.program_with(&arguments, &[("LIUDI_ZIP_PASSWORD", "liudi-demo")]);
    assert!(run.archive().join("private/data/billing/ledger.csv").is_file());
    run
}

fn site_toml(run: &Run) -> PathBuf {
    run.archive().join("site.toml")
}

#[test]
fn the_preview_is_another_origin_that_shows_the_site_to_the_desk_alone() {
    let run = demo();
    fs::write(run.folder().join("secret.txt"), "SECRET").unwrap();
    let desk = Desk::open(&run);
    let page = desk.get("/site");
    assert!(
        page.text.contains("<iframe id=\"preview\"")
            && page.text.contains("sandbox=\"allow-same-origin allow-scripts\"")
    );
    let preview = desk.preview();
    assert!(preview.starts_with("localhost:"), "{preview}");
    let port = preview.split(':').nth(1).unwrap();
    let address = format!("127.0.0.1:{port}");
    let asks = |method: &str, path: &str, host: &str| ask(&address, method, path, &[("Host", host)], "");
    let home = asks("GET", "/", &preview);
    assert_eq!((home.status, home.text.contains("山间小记")), (200, true));
    let parent = format!("frame-ancestors http://{}", desk.host);
    assert_eq!(home.header("content-security-policy"), Some(parent.as_str()));
    assert!(home.header("set-cookie").is_none() && home.header("access-control-allow-origin").is_none());
    // The desk's own address is not a name of the preview, nor the other way round: the cookie stays with the desk.
    for host in [&address, &desk.host, "localhost", "evil.example", &format!("evil.example:{port}")] {
        let refused = asks("GET", "/", host);
        assert_eq!((refused.status, refused.text.contains("山间小记")), (403, false), "{host}");
    }
    let of_desk = desk.host.replace("127.0.0.1", "localhost");
    assert_eq!(ask(&desk.host, "GET", "/site", &[("Host", &of_desk), ("Cookie", &desk.cookie)], "").status, 403);
    assert_eq!(asks("POST", "/", &preview).status, 405);
    for path in [
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/..%2f..%2fsecret.txt",
        "/../private/data/billing/ledger.csv",
        "/..%2fprivate%2fdata%2fbilling%2fledger.csv",
        "/..%5csecret.txt",
        "//etc/passwd",
        "/%00",
        "/%ff",
    ] {
        let answer = asks("GET", path, &preview);
        assert_eq!(answer.status, 404, "{path}");
        assert!(!answer.text.contains("SECRET") && !answer.text.contains("amount_fen"), "{path}");
    }
}

#[test]
fn the_preview_ends_when_another_archive_is_chosen() {
    let run = demo();
    let desk = Desk::open(&run);
    let preview = desk.preview();
    let other = run.folder().join("other");
    fs::create_dir(&other).unwrap();
    assert_eq!(desk.post("/archive/choose", &[("path", other.to_str().unwrap())]).status, 303);
    assert!(desk.get("/site").header("content-security-policy").unwrap().contains("frame-src 'none'"));
    let address = preview.replace("localhost", "127.0.0.1");
    let begun = Instant::now();
    while TcpStream::connect(&address).is_ok() {
        assert!(begun.elapsed() < Duration::from_secs(10));
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn what_is_saved_keeps_comments_and_is_built_at_once() {
    let run = demo();
    let before = "# mine\ntitle = \"Old\" # name\nhide = [\n    \"short:none\", # nobody\n]\n";
    fs::write(site_toml(&run), before).unwrap();
    let desk = Desk::open(&run);
    let title = "<script>alert(1)</script>\"';";
    let saved = desk.save(&[
        ("title", title),
        ("hide", "short:none\nshort:other"),
        ("follow-name", "New place"),
        ("follow-url", "https://example.com/me"),
        ("follow-name", ""),
        ("follow-url", ""),
    ]);
    assert_eq!(saved.status, 303, "{}", saved.text);
    desk.wait();
    let text = fs::read_to_string(site_toml(&run)).unwrap();
    for kept in ["# mine\n", "# name\n", "# nobody\n", "short:other", "[[follow]]\nname = \"New place\"\n"] {
        assert!(text.contains(kept), "{kept} in {text}");
    }
    let page = desk.get("/site");
    // A hostile title is text in the form, and text on the site.
    assert!(!page.text.contains("<script>alert") && page.text.contains("&lt;script&gt;alert(1)"), "{}", page.text);
    let home = fs::read_to_string(run.archive().join("site/index.html")).unwrap();
    assert!(!home.contains("<script>alert") && home.contains("&lt;script&gt;alert(1)"));
    // The rule that matches nothing is named.
    assert!(page.text.contains("short:other"));
    let data: serde_json::Value = serde_json::from_str(&desk.get("/site.json").text).unwrap();
    let line = run.program(&["mirror", "archive", "--json"]).succeeds();
    let line: serde_json::Value = serde_json::from_str(&line.stdout).unwrap();
    let names = |value: &serde_json::Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&data), names(&line));
    assert_eq!((&data["measures"], &data["unused_rules"]), (&line["measures"], &line["unused_rules"]));
    // Saving once more without a change writes the same bytes.
    let again = desk.save(&[
        ("title", title),
        ("hide", "short:none\nshort:other"),
        ("follow-name", "New place"),
        ("follow-url", "https://example.com/me"),
    ]);
    assert_eq!((again.status, fs::read_to_string(site_toml(&run)).unwrap()), (303, text));
}

#[test]
fn an_invalid_value_is_named_keeps_what_was_typed_and_writes_nothing() {
    let run = demo();
    let before = "title = \"Old\"\n";
    fs::write(site_toml(&run), before).unwrap();
    let desk = Desk::open(&run);
    for (field, value) in [
        ("licence-url", "javascript:alert(1)"),
        ("base-url", "example.com"),
        ("media-base", "https://a.b/?x"),
        ("host", "nowhere"),
        ("only", "date:2022..2020"),
        ("except", "type:poem"),
        ("hide", "date:x"),
        ("hide-list", "no-such-file.txt"),
        ("follow-url", "ftp://a.b"),
        ("templates", "/etc"),
        ("templates", "no such folder"),
        ("hide-list", "/dev/zero"),
        ("comments", "zzz"),
        ("title", &"long".repeat(300)),
        ("hide", &"short:x\n".repeat(30_000)),
        ("except", &"y".repeat(1001)),
        ("notice", "one\u{7}two"),
    ] {
        let place = ("follow-name", "Typed place");
        let refused = desk.save(&[("title", "Typed title"), (field, value), place, ("follow-url", "")]);
        assert_eq!(refused.status, 400, "{field}");
        assert!(refused.text.contains("Typed title") && refused.text.contains("role=\"alert\""), "{field}");
        assert!(refused.text.contains("Typed place"), "{field}");
        let shown = value.replace('/', "&#x2f;");
        let named = refused.text.contains(&shown) || refused.text.contains(value);
        assert!(named || ["hide", "title"].contains(&field), "{field}");
        let wrong = field.split("-url").next().filter(|name| *name == "follow").unwrap_or(field);
        assert!(refused.text.contains(&format!("id=\"wrong-{wrong}\"")), "{field}: {}", refused.text);
        assert_eq!(fs::read_to_string(site_toml(&run)).unwrap(), before, "{field}");
    }
    // Neither does a form that was made from another state of the file.
    let page = desk.post("/site/save", &[("seen", "0000"), ("title", "Typed title")]);
    assert_eq!((page.status, page.text.contains("Typed title")), (400, true));
    // A file that cannot be read is named, and the rest of the page stays.
    fs::write(site_toml(&run), "titel = 1\n").unwrap();
    let page = desk.get("/site");
    assert_eq!((page.status, page.text.contains("titel"), page.text.contains("export-docx")), (200, true, true));
}

#[test]
fn a_file_that_is_no_list_is_not_shown() {
    let run = demo();
    fs::write(run.folder().join("secret.txt"), "short:a\nroot:SECRET:0\nother:SECRET\n").unwrap();
    let secret = run.folder().join("secret.txt").display().to_string();
    let desk = Desk::open(&run);
    let refused = desk.save(&[("title", "Typed title"), ("hide-list", &secret)]);
    assert!(refused.status == 400 && refused.text.contains("id=\"wrong-hide-list\""), "{}", refused.text);
    assert!(refused.text.contains("line 2") && !refused.text.contains("SECRET"), "{}", refused.text);
    assert!(!site_toml(&run).exists());
    let told = run.program(&["mirror", "archive", "--hide", "secret.txt"]);
    assert!(!told.said().contains("SECRET"), "{}", told.said());
    let sure = [("name", "beancount"), ("sure", "on"), ("set.rules", secret.as_str())];
    let refused = desk.post("/site/export", &sure);
    desk.wait();
    let page = desk.get("/site").text;
    assert!(!refused.text.contains("SECRET") && !page.contains("SECRET"), "{page}");
    assert!(refused.text.contains("rules in") || page.contains("rules in"), "{page}");
}

#[test]
fn exports_are_written_and_private_ones_only_once_confirmed() {
    let run = demo();
    let desk = Desk::open(&run);
    let page = desk.get("/site").text;
    for name in ["beancount", "billing", "bills-xlsx", "docx", "hugo", "jsonl", "kit", "wechat", "xlsx"] {
        assert!(page.contains(&format!("id=\"export-{name}\"")), "{name}");
    }
    assert!(!page.contains("id=\"export-mirror\"") && !page.contains("--"), "an option in {page}");
    assert_eq!(desk.post("/site/export", &[("name", "docx"), ("set.volume", "year")]).status, 303);
    desk.wait();
    let folder = run.archive().join("exports/docx");
    assert!(fs::read_dir(&folder).unwrap().count() > 0);
    let page = desk.get("/site").text;
    let card = page.split("id=\"export-docx\"").nth(1).unwrap().split("</article>").next().unwrap();
    assert!(card.contains("class=\"said\"") && card.contains("action=\"/folder\""), "{card}");
    let data: serde_json::Value = serde_json::from_str(&desk.get("/site/exports.json").text).unwrap();
    let line = run.program(&["export", "archive", "--to", "docx", "--set", "volume=year", "--json"]).succeeds();
    let line: serde_json::Value = serde_json::from_str(&line.stdout).unwrap();
    assert_eq!((&data[0]["name"], &data[0]["posts"]), (&line[0]["name"], &line[0]["posts"]));
    assert_eq!(data[0]["written"], line[0]["unchanged"]);

    let refused = desk.post("/site/export", &[("name", "ledger")]);
    assert_eq!((refused.status, run.archive().join("exports/ledger").exists()), (400, false));
    assert_eq!(desk.post("/site/export", &[("name", "ledger"), ("sure", "on"), ("back", "/bills")]).status, 303);
    desk.wait();
    // What the one before brought stays in a line.
    let page = desk.get("/site").text;
    let card = |name: &str| {
        let card = page.split(&format!("id=\"export-{name}\"")).nth(1).unwrap();
        card.split("</article>").next().unwrap()
    };
    assert!(card("docx").contains("class=\"soft brought\"") && card("docx").contains("docx"), "{}", card("docx"));
    assert!(card("docx").contains("action=\"/folder\"") && !card("docx").contains("class=\"said\""));
    assert!(card("ledger").contains("class=\"said\"") && !card("ledger").contains("class=\"soft brought\""));
    let ledger = fs::read(run.archive().join("exports/ledger/ledger.csv")).unwrap();
    assert!(ledger.starts_with(b"\xef\xbb\xbf"));
    for (name, setting) in [("docx", "set.volume"), ("../../x", "set.x"), ("mirror", "x"), ("docx", "set.a.b")] {
        let refused = desk.post("/site/export", &[("name", name), (setting, "<b>bad</b>")]);
        if name == "mirror" || setting.starts_with("set.") {
            assert_eq!(refused.status, 400, "{name} {setting}");
        }
        assert!(!refused.text.contains("<b>bad"), "{name} {setting}");
    }
    assert!(desk.get("/site").text.contains("id=\"export-docx\""));
}

#[test]
fn the_sums_of_bills_are_those_of_the_ledger() {
    let run = demo();
    let desk = Desk::open(&run);
    let report: serde_json::Value = serde_json::from_str(&desk.get("/bills.json").text).unwrap();
    let page = desk.get("/bills").text;
    let csv = run.read("private/data/billing/ledger.csv");
    let mut reader = csv::Reader::from_reader(csv.trim_start_matches('\u{feff}').as_bytes());
    let headers = reader.headers().unwrap().clone();
    let mut rows: BTreeMap<(String, String), u64> = BTreeMap::new();
    let mut moved: BTreeMap<(String, String), Money> = BTreeMap::new();
    for record in reader.records() {
        let record = record.unwrap();
        let cell = |name: &str| headers.iter().position(|header| header == name).and_then(|at| record.get(at)).unwrap();
        let month = (cell("kind").to_owned(), cell("time")[..7].to_owned());
        *rows.entry(month.clone()).or_default() += 1;
        *moved.entry(month).or_default() += Money::from_plain(cell("amount")).unwrap();
    }
    let mut seen = 0;
    for kind in report["kinds"].as_array().unwrap() {
        let parts: Vec<&str> = kind["parts"].as_array().unwrap().iter().map(|part| part.as_str().unwrap()).collect();
        for month in kind["months"].as_array().unwrap() {
            let key = (kind["kind"].as_str().unwrap().to_owned(), month["month"].as_str().unwrap().to_owned());
            assert_eq!(month["rows"], rows[&key], "{key:?}");
            let sums = month["sums"].as_array().unwrap().iter().zip(&parts);
            let mut total = Money::ZERO;
            for (sum, part) in sums {
                let sum = sum.as_str().unwrap();
                // Exactly this number is in the table, and in the picture.
                assert!(page.contains(&format!(">{sum}</td>")), "{key:?} {part}");
                if !["moved", "undone"].contains(part) {
                    assert!(page.contains(&format!("{sum}</title>")), "{key:?} {part}");
                }
                if *part != "fees" {
                    total += Money::from_plain(sum).unwrap();
                }
            }
            assert_eq!(total, moved[&key], "{key:?}");
            seen += 1;
        }
    }
    assert_eq!(seen, rows.len());
    assert!(report["statements"].as_array().unwrap().iter().all(|statement| statement["adds_up"] == true));
    assert!(page.contains("ledger.csv") && page.contains("id=\"export-bills-xlsx\""));
}

#[test]
fn a_bill_that_does_not_add_up_is_named_with_what_to_do() {
    let name = "1900000000All2026-03-20.csv";
    let bytes = fs::read(super::support::fixture("demo").join("bills").join(name)).unwrap();
    let at = bytes.windows(7).rposition(|window| window == b"`205.90").unwrap();
    let mut changed = bytes;
    changed[at + 1..at + 7].copy_from_slice(b"206.90");
    let run = Run::new().file(name, changed);
    run.backup(&[]);
    let desk = Desk::open(&run);
    let page = desk.get("/bills").text;
    assert!(page.contains("206.90") && page.contains("205.90") && page.contains("does not add up"), "{page}");
    assert!(page.contains("download it again") || page.contains("Download"), "{page}");
    let report: serde_json::Value = serde_json::from_str(&desk.get("/bills.json").text).unwrap();
    assert_eq!(report["problems"][0]["code"], "bill-total-differs");
    // Without the working state the bags say the same.
    fs::remove_dir_all(run.archive().join(".liudi")).unwrap();
    let again: serde_json::Value = serde_json::from_str(&desk.get("/bills.json").text).unwrap();
    assert_eq!(again["problems"][0]["code"], "bill-total-differs");
}

#[test]
fn every_text_of_the_pages_exists_in_both_languages() {
    use liudi::text::{Language, Texts};
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("templates/desk");
    let named = regex::Regex::new(r#"\bt\("([a-z0-9-]+[a-z0-9])"[,)]"#).unwrap();
    let mut missing = Vec::new();
    for file in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        let page = fs::read_to_string(&file).unwrap();
        for texts in Language::ALL.map(Texts::new) {
            let ids = named.captures_iter(&page).map(|found| found[1].to_owned());
            missing
                .extend(ids.filter(|id| texts.find(id, &[]).is_none()).map(|id| format!("{}: {id}", file.display())));
        }
    }
    assert!(missing.is_empty(), "{missing:?}");
}
