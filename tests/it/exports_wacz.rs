//! `liudi export --to wacz`: the web archive by the rules of its formats, which the usual validators do not check in full,
//! and what comes back when it is backed up again.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use liudi::model::Sha256;
use serde_json::{Value, json};

use super::support::{Done, Run, fixture, tree};

const MEMBERS: [&str; 6] = [
    "archive/data.warc.gz",
    "indexes/index.cdx.gz",
    "indexes/index.idx",
    "pages/pages.jsonl",
    "datapackage.json",
    "datapackage-digest.json",
];

/// Where files of the archive itself are.
const HERE: &str = "https://archive.invalid/";

/// A record, found by the index.
#[derive(Clone, Debug)]
struct Record {
    /// The fields of the header.
    head: BTreeMap<String, String>,
    block: Vec<u8>,
    /// The line of the index.
    line: Value,
}

impl Record {
    fn get(&self, name: &str) -> &str {
        self.head.get(name).map_or("", String::as_str)
    }

    fn payload(&self) -> &[u8] {
        if self.get("WARC-Type") != "response" {
            return &self.block;
        }
        let end = self.block.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
        &self.block[end + 4..]
    }
}

/// A web archive that keeps all rules.
struct Checked {
    /// Records in the order of the index.
    records: Vec<Record>,
    info: Record,
    /// Pages as they were received.
    pages: Vec<Value>,
    /// Texts as archived.
    texts: Vec<Value>,
    package: Value,
}

impl Checked {
    /// Returns the records of pages as they were received.
    fn received(&self) -> impl Iterator<Item = &Record> {
        let is_page =
            |record: &&Record| record.line["mime"] == "text/html" && !record.get("WARC-Target-URI").starts_with(HERE);
        self.records.iter().filter(is_page)
    }

    fn of(&self, url: &str) -> Vec<&Record> {
        self.records.iter().filter(|record| record.get("WARC-Target-URI") == url).collect()
    }
}

fn labelled(bytes: &[u8]) -> String {
    format!("sha256:{}", Sha256::of(bytes).hex())
}

fn unzipped(gz: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut decoder = flate2::read::GzDecoder::new(gz);
    decoder.read_to_end(&mut bytes).unwrap();
    bytes
}

/// Reads a record that is exactly one gzip member.
fn record(gz: &[u8], line: Value) -> Record {
    let mut rest = gz;
    let mut text = Vec::new();
    flate2::bufread::GzDecoder::new(&mut rest).read_to_end(&mut text).unwrap();
    assert!(rest.is_empty(), "{} bytes after the record", rest.len());
    let end = text.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
    let head = std::str::from_utf8(&text[..end]).unwrap().strip_prefix("WARC/1.1\r\n").unwrap();
    let fields: Vec<(&str, &str)> = head.split("\r\n").map(|line| line.split_once(": ").unwrap()).collect();
    let head: BTreeMap<String, String> =
        fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    assert_eq!(head.len(), fields.len(), "a field twice: {fields:?}");
    let length: usize = head["Content-Length"].parse().unwrap();
    assert_eq!(&text[end + 4 + length..], b"\r\n\r\n");
    Record { head, block: text[end + 4..end + 4 + length].to_vec(), line }
}

/// Checks a web archive: members, compression, digests, order, and that each line of the index leads to its record.
fn check(path: &Path) -> Checked {
    let bytes = fs::read(path).unwrap();
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(&bytes)).unwrap();
    let mut members: BTreeMap<String, (Vec<u8>, zip::CompressionMethod)> = BTreeMap::new();
    assert_eq!(zip.len(), MEMBERS.len());
    for (number, name) in MEMBERS.iter().enumerate() {
        let mut member = zip.by_index(number).unwrap();
        assert_eq!(member.name().unwrap(), *name);
        let (mut bytes, method) = (Vec::new(), member.compression());
        member.read_to_end(&mut bytes).unwrap();
        members.insert((*name).to_owned(), (bytes, method));
    }
    for stored in ["archive/data.warc.gz", "indexes/index.cdx.gz"] {
        assert_eq!(members[stored].1, zip::CompressionMethod::Stored, "{stored}");
    }
    let content = |name: &str| members[name].0.as_slice();
    // The chain of digests.
    let package: Value = serde_json::from_slice(content("datapackage.json")).unwrap();
    let digest: Value = serde_json::from_slice(content("datapackage-digest.json")).unwrap();
    assert_eq!(digest, json!({"path": "datapackage.json", "hash": labelled(content("datapackage.json"))}));
    assert_eq!((&package["profile"], &package["wacz_version"]), (&json!("data-package"), &json!("1.1.1")));
    let resources = package["resources"].as_array().unwrap();
    let named: Vec<&str> = resources.iter().map(|one| one["path"].as_str().unwrap()).collect();
    assert_eq!(named, MEMBERS[..4]);
    for one in resources {
        let bytes = content(one["path"].as_str().unwrap());
        assert_eq!((&one["hash"], &one["bytes"]), (&json!(labelled(bytes)), &json!(bytes.len())));
    }
    // The index.
    let packed = content("indexes/index.cdx.gz");
    let list = std::str::from_utf8(content("indexes/index.idx")).unwrap();
    let mut lines = String::new();
    for (number, part) in list.lines().enumerate() {
        let (key, at) = part.split_at(part.find(" {").unwrap());
        let at: Value = serde_json::from_str(at).unwrap();
        if number == 0 {
            assert_eq!((key, at), ("!meta 0", json!({"format": "cdxj-gzip-1.0", "filename": "index.cdx.gz"})));
            continue;
        }
        let range = |name: &str| usize::try_from(at[name].as_u64().unwrap()).unwrap();
        let member = &packed[range("offset")..][..range("length")];
        assert_eq!(at["digest"], labelled(member));
        let block = String::from_utf8(unzipped(member)).unwrap();
        assert!(block.starts_with(&format!("{key} {{")), "{part}");
        lines.push_str(&block);
    }
    let all: Vec<&str> = lines.lines().collect();
    assert!(all.windows(2).all(|two| two[0].as_bytes() < two[1].as_bytes()), "not sorted: {lines}");
    // The records.
    let warc = content("archive/data.warc.gz");
    let (mut records, mut covered, mut start) = (Vec::new(), 0, warc.len());
    for text in all {
        let mut parts = text.splitn(3, ' ');
        let (_, time) = (parts.next().unwrap(), parts.next().unwrap());
        let line: Value = serde_json::from_str(parts.next().unwrap()).unwrap();
        let number = |name: &str| line[name].as_str().unwrap().parse::<usize>().unwrap();
        let (offset, length) = (number("offset"), number("length"));
        let gz = &warc[offset..offset + length];
        assert_eq!(line["recordDigest"], labelled(gz), "{text}");
        let record = record(gz, line);
        let date: String = record.get("WARC-Date").chars().filter(char::is_ascii_digit).collect();
        assert_eq!((record.line["url"].as_str(), time), (Some(record.get("WARC-Target-URI")), &*date), "{text}");
        assert_eq!(record.line["digest"], record.get("WARC-Payload-Digest"));
        assert_eq!(record.get("WARC-Block-Digest"), labelled(&record.block));
        if record.get("WARC-Type") != "revisit" {
            assert_eq!(record.line["digest"], labelled(record.payload()), "{text}");
        }
        (covered, start) = (covered + length, start.min(offset));
        records.push(record);
    }
    assert_eq!(covered + start, warc.len(), "records outside the index");
    let info = record(&warc[..start], Value::Null);
    assert_eq!(info.get("WARC-Type"), "warcinfo");
    let mut ids: Vec<&str> = records.iter().chain([&info]).map(|record| record.get("WARC-Record-ID")).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), records.len() + 1);
    for record in records.iter().filter(|record| record.get("WARC-Type") == "revisit") {
        let original = records.iter().find(|one| one.get("WARC-Record-ID") == record.get("WARC-Refers-To")).unwrap();
        for (here, there) in [
            ("WARC-Refers-To-Target-URI", "WARC-Target-URI"),
            ("WARC-Refers-To-Date", "WARC-Date"),
            ("WARC-Payload-Digest", "WARC-Payload-Digest"),
        ] {
            assert_eq!(record.get(here), original.get(there));
        }
    }
    // The pages.
    let pages = std::str::from_utf8(content("pages/pages.jsonl")).unwrap();
    let mut pages = pages.lines().map(|line| serde_json::from_str(line).unwrap());
    let header: Value = pages.next().unwrap();
    assert_eq!(header, json!({"format": "json-pages-1.0", "id": "pages", "title": "Pages"}));
    let pages: Vec<Value> = pages.collect();
    for page in &pages {
        let is_there = |record: &Record| page["url"] == record.line["url"] && page["ts"] == record.get("WARC-Date");
        assert!(records.iter().any(is_there), "{page}");
    }
    let is_text = |page: &Value| page["url"].as_str().unwrap().starts_with(HERE);
    let (texts, pages): (Vec<Value>, Vec<Value>) = pages.into_iter().partition(is_text);
    let counted = (pages.len() as u64, texts.len() as u64);
    let number = |name: &str| package["liudi"][name].as_u64().unwrap();
    assert_eq!(counted, (number("pages"), number("texts")));
    Checked { records, info, pages, texts, package }
}

fn export(run: &Run, more: &[&str]) -> Done {
    let archive = run.archive().display().to_string();
    run.program(&[&["export", &archive, "--to", "wacz", "--include", "evidence"], more].concat())
}

fn exported(run: &Run) -> PathBuf {
    run.archive().join("exports/wacz/pages.wacz")
}

/// An archive of the pages of the demo, whose files are all of one time.
fn pages() -> Run {
    let run = Run::new();
    let folder = run.folder().join("in/pages");
    for (path, bytes) in tree(&fixture("demo/pages")) {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
        let time = SystemTime::UNIX_EPOCH + Duration::from_secs(1_763_600_000);
        fs::File::options().write(true).open(&path).unwrap().set_modified(time).unwrap();
    }
    let run = run.input(folder);
    run.backup(&["--no-mirror"]).succeeds();
    run
}

/// The first record of an article in the public bag whose text holds `part`.
fn record_of(run: &Run, part: &str) -> (PathBuf, String) {
    let articles = run.archive().join("public/data/articles");
    let all = tree(&articles).into_iter().filter(|(path, _)| path.ends_with("/article.json"));
    let mut all = all.map(|(path, bytes)| (articles.join(path), String::from_utf8(bytes).unwrap()));
    all.find(|(_, text)| text.contains(part)).unwrap()
}

#[test]
fn every_line_of_the_index_leads_to_its_record() {
    let run = pages();
    let told = export(&run, &["--json"]).succeeds().json();
    let web = check(&exported(&run));
    assert_eq!((web.pages.len(), web.texts.len()), (14, 14));
    // What does not go in is told.
    let lost = &told[0]["lost"];
    assert_eq!(lost["page-address"], json!({"count": 1, "posts": 1, "named": ["2024-05-21 一篇后来删掉的文章.html"]}));
    assert_eq!((&lost["medium-address"], &lost["medium-missing"]["count"]), (&Value::Null, &json!(1)));
    assert!(!told[0].to_string().contains("include"));
    // What was removed is told, in the file and in each record.
    assert!(String::from_utf8_lossy(&web.info.block).contains("overwritten with letters of equal length"));
    let blanked: u64 = web.records.iter().filter_map(|record| record.get("Liudi-Blanked").parse::<u64>().ok()).sum();
    assert!(blanked > 0 && web.package["liudi"]["blanked_places"] == blanked);
    assert!(web.package["description"].as_str().unwrap().contains(&format!("in {blanked} places")));
    // The pages are the evidence, byte for byte.
    let index = run.read("private/data/evidence/index.csv");
    for record in web.received() {
        assert!(index.contains(&Sha256::of(record.payload()).hex()), "{record:?}");
    }
    // A date is that of the platform's clock in the page, or of the file.
    let sources: Vec<&Value> = web.pages.iter().map(|page| &page["dateSource"]).collect();
    assert!(sources.contains(&&json!("served")) && sources.contains(&&json!("saved")), "{sources:?}");
    let saved = web.pages.iter().find(|page| page["dateSource"] == "saved").unwrap();
    assert_eq!(saved["ts"], "2025-11-20T00:53:20Z");
}

#[test]
fn the_demo_gives_its_golden_file_and_the_same_bytes_again() {
    let run = pages();
    export(&run, &[]).succeeds().says("image, audio or video that the archive lacks: 1");
    let first = fs::read(exported(&run)).unwrap();
    export(&run, &[]).succeeds().says("0 files written");
    fs::remove_dir_all(run.archive().join("exports")).unwrap();
    export(&run, &[]).succeeds();
    assert!(first == fs::read(exported(&run)).unwrap());
    let web = check(&exported(&run));
    // The version of the program is in the file, and so in its digests and places.
    let mut package = web.package.clone();
    package["software"] = Value::Null;
    package["resources"] = Value::Null;
    let heads = web.records.iter().map(|record| {
        let mut head = record.head.clone();
        head.remove("WARC-Warcinfo-ID");
        head
    });
    let seen = json!({"datapackage.json": package, "pages.jsonl": web.pages, "records": heads.collect::<Vec<_>>()});
    let seen = serde_json::to_string_pretty(&seen).unwrap() + "\n";
    let expected = fixture("wacz").join("demo.json");
    if std::env::var_os("LIUDI_BLESS").is_some() {
        fs::create_dir_all(fixture("wacz")).unwrap();
        fs::write(&expected, seen).unwrap();
    } else {
        assert!(fs::read_to_string(&expected).unwrap_or_default() == seen, "not as in fixtures/wacz/demo.json");
    }
    run.program_with(
        &["export", &run.archive().display().to_string(), "--to", "wacz", "--include", "evidence", "-o", "zh"],
        &[("LIUDI_LANG", "zh-CN")],
    )
    .succeeds()
    .says("不知道网址的网页：1 个");
    assert_eq!(check(&run.folder().join("zh/pages.wacz")).package["title"], "山间小记：网页存档");
}

/// A page that was saved without the platform's scripts shows nothing: the text as archived does, from the same file.
#[test]
fn the_text_as_archived_is_a_page_whose_media_are_beside_it() {
    let run = pages();
    export(&run, &[]).succeeds();
    let web = check(&exported(&run));
    let sources = regex::Regex::new(r#"(?:src|poster)="([^"]+)""#).unwrap();
    let mut media = 0;
    for page in &web.texts {
        assert!(page["title"].as_str().unwrap().ends_with(" (as archived)"), "{page}");
        let url = url::Url::parse(page["url"].as_str().unwrap()).unwrap();
        let record = web.of(url.as_str())[0];
        let place = percent_encoding::percent_decode_str(&url.path()[1..]).decode_utf8().unwrap().into_owned();
        let body = run.read(&place);
        assert_eq!((record.payload(), record.get("Content-Type")), (body.as_bytes(), "text/html; charset=utf-8"));
        for found in sources.captures_iter(&body).filter(|found| !found[1].starts_with("liudi-media:")) {
            let medium = web.of(url.join(&found[1]).unwrap().as_str());
            let at = found[1].find("media/sha256/").unwrap() + 16;
            assert_eq!(medium[0].get("WARC-Payload-Digest"), format!("sha256:{}", &found[1][at..at + 64]));
            media += 1;
        }
    }
    assert!(media > 15, "{media}");
}

/// An article's record without what differs between a saved page and the same page in a web archive.
fn compared(json: &[u8]) -> Value {
    let mut record: Value = serde_json::from_slice(json).unwrap();
    record["provenance"] = Value::Null;
    record
}

#[test]
fn what_is_exported_comes_back() {
    let run = pages();
    export(&run, &[]).succeeds();
    let other = Run::new().input(exported(&run));
    other.backup(&["--no-mirror"]).succeeds();
    let articles = |run: &Run| tree(&run.archive().join("public/data/articles"));
    let (before, after) = (articles(&run), articles(&other));
    assert_eq!(before.len(), after.len());
    let mut equal = 0;
    for ((path, left), (other, right)) in before.iter().zip(&after) {
        assert_eq!(path, other);
        // The one with pictures that had no address.
        if path.contains("新年第一壶") {
            continue;
        }
        let is_record = path.ends_with(".json");
        assert!(if is_record { compared(left) == compared(right) } else { left == right }, "{path}");
        equal += 1;
    }
    assert!(equal > 20, "{equal}");
    // The same pages are evidence again, and are exported again.
    export(&other, &[]).succeeds();
    let (first, second) = (check(&exported(&run)), check(&exported(&other)));
    let digests = |web: &Checked| -> Vec<String> {
        let pages = web.received();
        pages.map(|record| format!("{} {}", record.get("WARC-Target-URI"), record.line["digest"])).collect()
    };
    assert_eq!(digests(&first), digests(&second));
    assert!(second.pages.iter().all(|page| page["dateSource"] == "received"));
}

#[test]
fn responses_keep_their_status_and_address() {
    for name in ["har", "mhtml", "warc"] {
        let run = Run::new().fixture(name);
        let _ = run.backup(&["--no-mirror"]);
        export(&run, &[]).succeeds();
        let web = check(&exported(&run));
        assert!(!web.pages.is_empty(), "{name}");
        let responses: Vec<&Record> =
            web.records.iter().filter(|record| record.get("WARC-Type") == "response").collect();
        assert_eq!(responses.is_empty(), name == "mhtml", "{name}");
        for record in responses {
            assert!(record.block.starts_with(b"HTTP/1.1 200 OK\r\n"), "{name}");
            assert_eq!((&record.line["status"], record.get("Liudi-Date-Source")), (&json!("200"), "received"));
            let head = String::from_utf8_lossy(&record.block).split("\r\n\r\n").next().unwrap().to_ascii_lowercase();
            assert!(!head.contains("cookie") && !head.contains("content-encoding"), "{head}");
        }
        for page in &web.pages {
            assert!(page["url"].as_str().unwrap().starts_with("https://mp.weixin.qq.com/s"), "{page}");
            assert!(!page["url"].as_str().unwrap().contains("%3D"), "{page}");
        }
    }
}

fn page(number: u32, url: &str, body: &str) -> String {
    format!(
        "<html><head><meta property=\"og:title\" content=\"第{number}篇\"><meta property=\"og:url\" content=\"{url}\"></head><body><div id=\"js_content\">{body}</div><script>var ct = \"17200000{number:02}\";</script></body></html>"
    )
}

#[test]
fn two_copies_of_one_page_are_two_captures() {
    let url = "https://mp.weixin.qq.com/s/TwoCopies_-1";
    let run = Run::new().file("a.html", page(1, url, "<p>早</p>")).file("b.html", page(1, url, "<p>晚</p>"));
    run.backup(&["--no-mirror"]).succeeds();
    export(&run, &[]).succeeds();
    let web = check(&exported(&run));
    let bodies: Vec<String> =
        web.of(url).iter().map(|record| String::from_utf8_lossy(record.payload()).into_owned()).collect();
    assert_eq!((bodies.len(), web.pages.len()), (2, 2));
    assert!(bodies.iter().any(|body| body.contains('早')) && bodies.iter().any(|body| body.contains('晚')));
}

#[test]
fn hostile_addresses_stay_in_their_field() {
    let run = pages();
    let (path, text) = record_of(&run, "\"开山第一天\"");
    let mut article: Value = serde_json::from_str(&text).unwrap();
    let long = format!("https://mmbiz.qpic.cn/{}", "长".repeat(100_000));
    let inject = "https://mmbiz.qpic.cn/a b\r\nWARC-Type: x\n\u{2028}你?q=\"<\u{0}>&a=%0d%0aX: y#f";
    let media = article["media"].as_array().unwrap()[0].clone();
    let urls = [inject, &long, "file:///etc/passwd", "javascript:alert(1)", "https://u:secret@mmbiz.qpic.cn/x"];
    article["media"] = urls
        .iter()
        .map(|url| {
            let mut medium = media.clone();
            medium["url"] = json!(url);
            medium
        })
        .collect();
    // A path that leads out of the bag is none of a medium.
    let mut outside = media.clone();
    outside["path"] = json!("media/sha256/../../../../../secret");
    article["media"].as_array_mut().unwrap().push(outside);
    article["title"] = json!("换行\r\n\u{202e}题");
    fs::write(path, article.to_string()).unwrap();
    let told = export(&run, &["--json"]).succeeds().json();
    // One picture, under three of its addresses.
    assert_eq!(told[0]["lost"]["medium-address"]["count"], 1, "{told}");
    let web = check(&exported(&run));
    let written = "https://mmbiz.qpic.cn/a%20bWARC-Type:%20x%E2%80%A8%E4%BD%A0?q=%22%3C%00%3E&a=%0d%0aX:%20y";
    assert_eq!(
        web.of(written).len(),
        1,
        "{:?}",
        web.records.iter().map(|one| one.get("WARC-Target-URI")).collect::<Vec<_>>()
    );
    assert_eq!(web.of("https://mmbiz.qpic.cn/x").len(), 1);
    assert!(web.records.iter().all(|record| record.get("WARC-Target-URI").len() < 20_000));
    assert!(web.pages.iter().any(|page| page["title"] == "换行\r\n\u{202e}题"));
}

/// A way in which a file gets lost, and its name.
type Damage = (&'static str, fn(&Path));

#[test]
fn what_the_archive_lost_is_named_and_the_rest_is_written() {
    let whole = pages();
    export(&whole, &[]).succeeds();
    let records = check(&exported(&whole)).records;
    let damages: [Damage; 3] = [
        ("deleted", |path| fs::remove_file(path).unwrap()),
        ("cut short", |path| {
            let bytes = fs::read(path).unwrap();
            fs::write(path, &bytes[..bytes.len() / 2]).unwrap();
        }),
        ("changed", |path| {
            let mut bytes = fs::read(path).unwrap();
            let at = bytes.len() / 2;
            bytes[at] ^= 1;
            fs::write(path, bytes).unwrap();
        }),
    ];
    for (how, damage) in damages {
        let run = pages();
        let media = run.archive().join("public/data/media");
        let is_in = |path: &PathBuf| {
            let name = path.file_name().unwrap().to_str().unwrap();
            records.iter().any(|record| record.get("WARC-Payload-Digest").contains(&name[..64]))
        };
        let files: Vec<PathBuf> =
            tree(&media).into_iter().map(|(path, _)| media.join(path)).filter(is_in).take(2).collect();
        for path in &files {
            damage(path);
        }
        let done = export(&run, &["--json"]).exits(64).json();
        let damaged: Vec<&str> =
            done[0]["damaged"].as_array().unwrap().iter().map(|one| one.as_str().unwrap()).collect();
        assert_eq!(damaged, files.iter().map(|path| path.to_str().unwrap()).collect::<Vec<_>>(), "{how}");
        assert_eq!(done[0]["lost"]["medium-missing"]["count"], 3, "{how}: {done}");
        let web = check(&exported(&run));
        assert!(web.records.len() < records.len() && web.pages.len() == 14, "{how}");
        for path in &files {
            let name = path.file_name().unwrap().to_str().unwrap();
            assert!(!web.records.iter().any(|record| record.get("WARC-Payload-Digest").contains(&name[..64])), "{how}");
        }
        // Once it is back, the export is written again.
        for (path, bytes) in tree(&whole.archive().join("public/data/media")) {
            fs::write(media.join(path), bytes).unwrap();
        }
        export(&run, &[]).succeeds().says("1 file written");
        assert_eq!(check(&exported(&run)).records.len(), records.len(), "{how}");

        let packs = run.archive().join("private/data/evidence/packs");
        let (pack, _) = tree(&packs).into_iter().max_by_key(|(_, bytes)| bytes.len()).unwrap();
        damage(&packs.join(&pack));
        fs::remove_dir_all(run.archive().join("exports")).unwrap();
        let done = export(&run, &["--json"]).exits(64).json();
        assert!(done[0]["damaged"][0].as_str().unwrap().ends_with(&pack), "{how}: {done}");
        let web = check(&exported(&run));
        let lost = done[0]["lost"]["page-lost"]["count"].as_u64().unwrap();
        assert_eq!(lost + web.pages.len() as u64, 14, "{how}: {done}");
    }
}

#[test]
fn only_pages_of_public_articles_are_taken_if_that_is_asked() {
    let mut run = Run::new();
    for (number, account) in [(1, "MzA5MDAwMDAwMQ=="), (2, "MzA5MDAwMDAwMQ=="), (3, "MzA5MDAwMDAwMg==")] {
        let url = format!("https://mp.weixin.qq.com/s?__biz={account}&amp;mid=26500009{number:02}&amp;idx=1&amp;sn=ab");
        run = run.file(&format!("{number}.html"), page(number, &url, "<p>茶</p>"));
    }
    run.backup(&["--no-mirror", "--account", "MzA5MDAwMDAwMQ=="]).succeeds();
    export(&run, &[]).succeeds();
    assert_eq!(check(&exported(&run)).pages.len(), 3);
    export(&run, &["--set", "scope=published"]).succeeds();
    let web = check(&exported(&run));
    assert_eq!((web.pages.len(), &web.package["liudi"]["scope"]), (2, &json!("published")));
    assert!(!web.records.iter().any(|record| record.get("WARC-Target-URI").contains("MzA5MDAwMDAwMg")));
}

#[test]
fn evidence_is_exported_only_where_it_is_asked_for() {
    let run = pages();
    let archive = run.archive().display().to_string();
    run.program(&["export", &archive, "--to", "wacz"]).exits(2).says("--include evidence");
    run.program(&["export", &archive, "--to", "wacz", "--include", "bills"]).exits(2);
    run.program(&["export", &archive, "--to", "ledger,wacz", "--include", "evidence"]).exits(2).says("--include bills");
    assert!(!run.archive().join("exports").exists());
    export(&run, &[]).succeeds().says("keep them to yourself");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = |path: &str| run.archive().join(path).metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!((mode("exports/wacz"), mode("exports/wacz/pages.wacz")), (0o700, 0o600));
    }
    let bills = Run::new().input(fixture("demo/bills/1900000000All2026-03-20.csv"));
    bills.backup(&["--no-mirror"]).succeeds();
    export(&bills, &[]).exits(32).says("contains no pages");
    fs::remove_file(run.archive().join("private/data/evidence/index.csv")).unwrap();
    export(&run, &[]).exits(32).says("contains no pages");
}

#[test]
fn a_page_too_large_for_a_pack_is_written_from_its_own_file() {
    let url = "https://mp.weixin.qq.com/s/LargePage_-1";
    let large = page(1, url, "<p>字</p>") + &format!("<!-- {} -->", "x".repeat(17 << 20));
    let run = Run::new().file("large.html", large);
    run.backup(&["--no-mirror"]).succeeds();
    let leaves = run.archive().join("private/data/evidence/leaves");
    let (leaf, bytes) = tree(&leaves).into_iter().next().unwrap();
    export(&run, &[]).succeeds();
    let web = check(&exported(&run));
    assert!(web.of(url)[0].payload() == bytes);
    fs::write(leaves.join(leaf), &bytes[1..]).unwrap();
    let done = export(&run, &["--json"]);
    assert!(done.code == 0, "nothing has changed in the manifests: {}", done.said());
    fs::remove_dir_all(run.archive().join("exports")).unwrap();
    let done = export(&run, &["--json"]).exits(64).json();
    assert_eq!(done[0]["lost"]["page-lost"]["count"], 1, "{done}");
    let web = check(&exported(&run));
    assert_eq!((web.pages.len(), web.texts.len(), web.records.len()), (0, 1, 1));
}
