//! Files that hold other files, through the whole main job: what is in them is read, who looked is not kept, and what is
//! broken is said in one line.

use std::collections::BTreeSet;
use std::io::{Read as _, Write as _};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use liudi::source::file::container::zip::Budget;
use liudi::source::{Destination, EvidenceId, EvidenceMeta, EvidenceWriter, ImportCx, Input, Item, Out, Passwords};
use serde_json::{Value, json};

use crate::support::{Done, Run};

/// Whoever looked. The values have every character that encodings treat in their own way.
const SECRETS: &[(&str, &str)] = &[
    ("key", "0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a6978"),
    ("uin", "MjM4NDAwMDAxMjM="),
    ("pass_ticket", "aB3dEf+Gh1jKl/Mn5pQr=="),
    ("wxtoken", "7766554433221"),
    ("token", "918273645918"),
    ("openid", "oVisitor0Openid1234567890abcd"),
];
/// These stand in cookies and fields of pages alone.
const COOKIES: &[(&str, &str)] = &[
    ("wap_sid2", "CLPk9dQFElx5V0s1bmQ4c2Z0cGR3"),
    ("data_ticket", "Zt9xQk2LmN7pRs4T+x/y="),
    ("rand_info", "CAESIJk2Lx8mQw9"),
];
const USER_UIN: &str = "2384000017";

fn values() -> Vec<&'static str> {
    SECRETS.iter().chain(COOKIES).map(|(_, value)| *value).chain([USER_UIN]).collect()
}

fn percent(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}

/// A value in every form that it can take in text.
fn forms(value: &str) -> Vec<String> {
    let escaped = |special: &[char], form: &dyn Fn(u32) -> String| -> String {
        value.chars().map(|c| if special.contains(&c) { form(c as u32) } else { c.to_string() }).collect()
    };
    let mut forms = vec![
        value.to_owned(),
        percent(value),
        percent(&percent(value)),
        escaped(&['/'], &|_| "\\/".to_owned()),
        escaped(&['+', '/', '='], &|code| format!("\\x{code:02x}")),
        escaped(&['=', '&'], &|code| format!("\\u{code:04x}")),
        escaped(&['='], &|code| format!("&#{code};")),
        escaped(&['='], &|code| format!("&#x{code:X};")),
        STANDARD.encode(value),
    ];
    // JSON in a string of JSON, as the backend's lists nest it.
    for nested in forms.clone().into_iter().filter(|form| form.contains('\\')) {
        forms.push(nested.replace('\\', "\\\\"));
        forms.push(nested.replace("\\/", "\\\\\\/"));
    }
    for lead in ["a", "ab", "abc"] {
        // Inside a longer text: what is shared with the neighbours says nothing.
        let text = STANDARD.encode(format!("{lead}{value}zz"));
        let from = (lead.len() * 4).div_ceil(3);
        let to = (lead.len() + value.len()) / 3 * 4;
        forms.push(text[from..to].to_owned());
    }
    forms
}

/// `&key=…&uin=…`
fn query() -> String {
    SECRETS.iter().flat_map(|(name, value)| ["&", name, "=", &percent(value)].map(str::to_owned)).collect()
}

/// Text of a page that names each secret once and then holds it in every form, unnamed.
fn planted() -> String {
    let query = query();
    let cookies: Vec<String> = COOKIES.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let mut text = format!(
        "<a href=\"https://mp.weixin.qq.com/s?a=1{}\">链接</a><script>var c = {{\"Cookie\":\"{}\"}}; user_uin: '{USER_UIN}' * 1,</script>",
        query.replace('&', "&amp;"),
        cookies.join("; "),
    );
    for value in values() {
        for form in forms(value) {
            text.extend(["<p>其值为【", &form, "】。</p>\n"]);
        }
        for lead in ["a", "ab", "abc"] {
            text.extend(["<p>", &STANDARD.encode(format!("{lead}{value}zz")), "</p>\n"]);
        }
    }
    text
}

/// Where the article `mid` was, as its visitor saw it.
fn address(mid: u32) -> String {
    let query = query();
    format!("https://mp.weixin.qq.com/s?__biz=MzA3MDAwMDAwMg==&mid={mid}&idx=1&sn=c{mid}{query}")
}

/// An article, and in its page everything planted.
fn page(mid: u32) -> String {
    format!(
        "<!DOCTYPE html><html><head><meta charset=\"utf-8\"></head><body><div id=\"js_article\"><div id=\"js_content\"><p>正文</p></div></div>{}\
         <script>window.cgiDataNew = {{ nick_name: JsDecode('装箱试验'), title: JsDecode('第{mid}篇'), content_noencode: JsDecode('\\x3cp\\x3e正文{mid}\\x3c/p\\x3e'),\n\
         bizuin: 'MzA3MDAwMDAwMg==', mid: '{mid}' * 1, idx: '1' * 1, sn: 'c{mid}', item_show_type: '0' * 1, user_uin: '{USER_UIN}' * 1 }};</script></body></html>",
        planted()
    )
}

fn quoted(text: &str) -> String {
    let mut out = String::new();
    for (at, byte) in text.bytes().enumerate() {
        if at % 70 == 69 {
            out += "=\r\n";
        }
        match byte {
            b'=' | 0x80.. | b'\n' => out.extend(["=", &hex::encode_upper([byte])]),
            byte => out.push(char::from(byte)),
        }
    }
    out
}

fn mhtml(mid: u32, base64: bool) -> String {
    let body = if base64 { STANDARD.encode(page(mid)) } else { quoted(&page(mid)) };
    let encoding = if base64 { "base64" } else { "quoted-printable" };
    format!(
        "From: <Saved by Blink>\r\nSnapshot-Content-Location: {0}\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related; type=\"text/html\"; boundary=\"bb\"\r\n\r\n\
         --bb\r\nContent-Type: text/html\r\nContent-Transfer-Encoding: {encoding}\r\nContent-Location: {0}\r\n\r\n{body}\r\n--bb--\r\n",
        address(mid)
    )
}

fn cookie_line() -> String {
    COOKIES.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
}

fn har(mid: u32, base64: bool) -> String {
    let content = if base64 {
        json!({"mimeType": "text/html", "encoding": "base64", "text": STANDARD.encode(page(mid))})
    } else {
        json!({"mimeType": "text/html", "text": page(mid)})
    };
    let unknown = json!({"base_resp": {"ret": 0}, "planted": planted()}).to_string();
    let entry = |url: String, content: Value| {
        json!({
            "startedDateTime": "2024-05-01T00:10:00.000Z",
            "request": {"method": "POST", "url": url, "cookies": [{"name": "wap_sid2", "value": COOKIES[0].1}],
                "headers": [{"name": "Cookie", "value": cookie_line()}, {"name": "X-WECHAT-KEY", "value": SECRETS[0].1}],
                "postData": {"mimeType": "application/x-www-form-urlencoded", "text": address(mid).split_once('?').unwrap().1}},
            "response": {"status": 200, "headers": [{"name": "Set-Cookie", "value": format!("{}; Path=/", cookie_line())}], "content": content},
        })
    };
    let other = format!("https://mp.weixin.qq.com/cgi-bin/unheard?token={}", SECRETS[4].1);
    let entries =
        [entry(address(mid), content), entry(other, json!({"mimeType": "application/json", "text": unknown}))];
    json!({"log": {"version": "1.2", "pages": [{"title": address(mid)}], "entries": entries}}).to_string()
}

fn gz(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// Records of a web archive, each apart.
fn records(mid: u32) -> Vec<Vec<u8>> {
    let record = |kind: &str, block: Vec<u8>| {
        let head = format!(
            "WARC/1.1\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {}\r\nWARC-Date: 2024-05-01T00:10:00Z\r\n\
             Content-Type: application/http; msgtype={kind}\r\nContent-Length: {}\r\n\r\n",
            address(mid),
            block.len()
        );
        [head.as_bytes(), &block, b"\r\n\r\n"].concat()
    };
    let asked =
        format!("GET {} HTTP/1.1\r\nCookie: {}\r\nX-WECHAT-KEY: {}\r\n\r\n", address(mid), cookie_line(), SECRETS[0].1);
    let head = format!("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nSet-Cookie: {}\r\n", cookie_line());
    let body = gz(page(mid).as_bytes());
    let answer = format!("{head}Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n{:x}\r\n", body.len());
    let answer = [answer.as_bytes(), &body, b"\r\n0\r\n\r\n"].concat();
    vec![record("response", answer), record("request", asked.into_bytes())]
}

fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in members {
        writer.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// Every file of the archive, the working state too, packs and compressed files unpacked.
pub(crate) fn everything(run: &Run) -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    for entry in walkdir::WalkDir::new(run.archive()) {
        let entry = entry.unwrap();
        if !entry.file_type().is_file() {
            continue;
        }
        let name = entry.path().strip_prefix(run.archive()).unwrap().to_string_lossy().into_owned();
        let bytes = std::fs::read(entry.path()).unwrap();
        if name.ends_with(".tar.zst") {
            let mut unpacked = Vec::new();
            zstd::Decoder::new(bytes.as_slice()).unwrap().read_to_end(&mut unpacked).unwrap();
            files.push((format!("{name} unpacked"), unpacked));
        }
        files.push((name, bytes));
    }
    files
}

#[track_caller]
fn assert_clean(what: &str, bytes: &[u8]) {
    for value in values() {
        for form in forms(value) {
            let found = memchr::memmem::find(bytes, form.as_bytes());
            let around = found.map(|at| {
                String::from_utf8_lossy(&bytes[at.saturating_sub(60)..(at + 80).min(bytes.len())]).into_owned()
            });
            assert!(found.is_none(), "{what}: `{value}` as `{form}` in …{}…", around.unwrap_or_default());
        }
    }
}

/// Every container there is, with everything planted in each.
fn planted_inputs() -> Vec<(&'static str, Vec<u8>)> {
    let warc: Vec<u8> = records(2_650_000_806).concat();
    let packed: Vec<u8> = records(2_650_000_807).iter().flat_map(|record| gz(record)).collect();
    let in_wacz: Vec<u8> = records(2_650_000_808).iter().flat_map(|record| gz(record)).collect();
    let wacz = zip(&[
        ("datapackage.json", b"{}"),
        ("archive/data.warc.gz", &in_wacz),
        ("pages/pages.jsonl", json!({"url": address(2_650_000_808)}).to_string().as_bytes()),
    ]);
    let nested = zip(&[
        ("in.zip", &zip(&[("a.har", har(2_650_000_809, false).as_bytes())])),
        ("b.mhtml", mhtml(2_650_000_810, false).as_bytes()),
    ]);
    vec![
        ("1.html", page(2_650_000_801).into_bytes()),
        ("2.mhtml", mhtml(2_650_000_802, false).into_bytes()),
        ("3.mhtml", mhtml(2_650_000_803, true).into_bytes()),
        ("4.har", har(2_650_000_804, false).into_bytes()),
        ("5.har", har(2_650_000_805, true).into_bytes()),
        ("6.warc", warc),
        ("7.warc.gz", packed),
        ("8.wacz", wacz),
        ("9.zip", nested),
    ]
}

/// A backup of all of them, and of a list of links.
fn planted_everywhere() -> (Run, Done) {
    let links = format!("{}\n一个陌生人的编号是 {USER_UIN} ，还有 {}\n", address(2_650_000_811), COOKIES[1].1);
    let run = planted_inputs().into_iter().fold(Run::new(), |run, (name, bytes)| run.file(name, bytes));
    let run = run.file("links.txt", links);
    let done = run.backup(&["--json"]);
    (run, done)
}

/// Takes leaves as importers hand them over: here nothing is blanked.
#[derive(Default)]
struct Unblanked(std::sync::Mutex<Vec<u8>>);

impl EvidenceWriter for Unblanked {
    fn redacted(&self, bytes: &[u8], _: &EvidenceMeta) -> liudi::Result<EvidenceId> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(EvidenceId::of(bytes))
    }

    fn exact(
        &self,
        reader: &mut dyn std::io::Read,
        _: &str,
        _: Destination,
        _: &EvidenceMeta,
    ) -> liudi::Result<EvidenceId> {
        std::io::copy(reader, &mut std::io::sink()).unwrap();
        Ok(EvidenceId::of(b""))
    }
}

/// Reads an input with all that lies in it.
fn leaves(input: &Input, keep: &Unblanked) {
    struct Inside<'a>(&'a Unblanked);
    impl Out for Inside<'_> {
        fn item(&mut self, item: Item) -> liudi::Result<()> {
            if let Item::Input(input) = item {
                leaves(&input, self.0);
            }
            Ok(())
        }
    }
    let (passwords, budget) = (Passwords::default(), Budget::new(std::env::temp_dir()));
    if input.bytes(u64::MAX - 1).unwrap().starts_with(b"PK\x03\x04") {
        for member in liudi::source::file::container::zip::members(input, &passwords, &budget).unwrap().members {
            leaves(&member, keep);
        }
    } else if let Some(importer) = crate::golden::importer_of(input) {
        let cx = ImportCx { evidence: keep, ledger: &crate::golden::NoLedger, passwords: &passwords, budget: &budget };
        importer.read(input, &cx, &mut Inside(keep)).unwrap();
    }
}

/// The test below would pass as well if nothing had been planted.
#[test]
fn without_blanking_every_container_would_keep_every_form() {
    for (name, bytes) in planted_inputs() {
        let keep = Unblanked::default();
        leaves(&Input::bytes_at(name, bytes, None), &keep);
        let kept = keep.0.into_inner().unwrap();
        for value in values() {
            for form in forms(value) {
                assert!(memchr::memmem::find(&kept, form.as_bytes()).is_some(), "{name}: `{value}` as `{form}`");
            }
        }
    }
}

#[test]
fn who_looked_is_kept_nowhere_in_any_form() {
    let (run, done) = planted_everywhere();
    assert_clean("stdout", done.stdout.as_bytes());
    assert_clean("stderr", done.stderr.as_bytes());
    let report = done.json();
    assert_eq!(report["articles"]["held"], 10, "{report}");
    let files = everything(&run);
    assert!(
        files
            .iter()
            .any(|(name, bytes)| name.ends_with("unpacked")
                && memchr::memmem::find(bytes, "其值为".as_bytes()).is_some())
    );
    for (name, bytes) in &files {
        assert_clean(name, bytes);
    }
    for command in [&["gaps", "archive", "--json"][..], &["verify", "archive", "--deep"], &["ready", "archive"]] {
        let said = run.program(command);
        assert_clean(command[0], said.stdout.as_bytes());
        assert_clean(command[0], said.stderr.as_bytes());
    }
}

#[test]
fn what_was_seen_packed_in_one_input_is_blanked_in_all() {
    // What a proxy saved: the page is packed, so that nothing of it can be read in the file itself.
    let body = gz(page(2_650_000_821).as_bytes());
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Encoding: gzip\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    let answer = [head.as_bytes(), &body].concat();
    assert!(values().iter().all(|value| memchr::memmem::find(&answer, value.as_bytes()).is_none()));
    // The same values without their names, in a list that is read first.
    let link = "https://mp.weixin.qq.com/s?__biz=MzA3MDAwMDAwMg==&mid=2650000822&idx=1&sn=c2650000822";
    let run = Run::new().file("0.txt", format!("{link}\n{}\n", values().join("\n"))).file("1_s.txt", answer);
    let report = run.backup(&["--json"]).json();
    assert_eq!(report["articles"]["held"], 1, "{report}");
    for (name, bytes) in everything(&run) {
        assert_clean(&name, &bytes);
    }
}

#[test]
fn what_a_container_recorded_stands_in_the_evidence_row() {
    let run = Run::new().fixture("har/browser");
    run.backup(&[]).succeeds();
    let index = run.read("private/data/evidence/index.csv");
    let row = index.lines().find(|line| line.contains("getmsg") && line.contains("har!/entries/2")).unwrap();
    for kept in [
        "\"\"method\"\":\"\"GET\"\"",
        "\"\"status\"\":200",
        "action=getmsg",
        "2024-05-01T08:10:00+08:00",
        "application/json",
    ] {
        assert!(row.contains(kept), "no {kept} in {row}");
    }
    assert!(
        index.lines().any(|line| line.contains(",response,") && line.contains("unheard")),
        "unknown answers are evidence"
    );
}

#[test]
fn the_same_account_comes_out_of_every_container() {
    for case in ["mhtml/chrome", "har/other-tools", "warc/plain", "warc/gzip", "warc/wacz", "page/singlefile"] {
        let run = Run::new().fixture(case);
        let report = run.backup(&["--json"]).succeeds().json();
        assert_eq!(report["articles"]["held"], 1, "{case}: {report}");
        // The web archives hold a note that a picture was as before, and not what it was before: told, and no failure.
        // The golden answer lies beside the input and is no part of it.
        let of_input = |one: &&Value| !one["locator"].as_str().unwrap().ends_with("expected.json");
        let problems = report["problems"].as_array().unwrap().iter().filter(of_input);
        let codes: Vec<&Value> = problems.map(|one| &one["code"]).collect();
        let expected: &[&str] = if case.starts_with("warc/") { &["warc-revisits-unresolved"] } else { &[] };
        assert_eq!(codes, expected, "{case}");
        let article =
            run.tree().into_iter().find(|(name, _)| name.starts_with("public/") && name.ends_with("article.json"));
        let article: Value = serde_json::from_slice(&article.unwrap().1).unwrap();
        assert_eq!(article["title"], "河水涨了一尺", "{case}");
        let media = article["media"].as_array().unwrap().iter();
        let held = media.filter_map(|medium| medium["sha256"].as_str()).collect::<BTreeSet<_>>().len();
        let wanted = if case == "har/other-tools" { 1 } else { 2 };
        assert_eq!(held, wanted, "{case}: {}", article["media"]);
    }
}

#[test]
fn what_is_broken_is_one_line_and_the_run_goes_on() {
    let bomb = {
        let record = "WARC/1.1\r\nWARC-Type: resource\r\nWARC-Target-URI: https://mp.weixin.qq.com/s/bomb\r\nContent-Type: text/html\r\nContent-Length: 72000000\r\n\r\n";
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(&[record.as_bytes(), &vec![b' '; 72_000_000]].concat()).unwrap();
        encoder.finish().unwrap()
    };
    let whole = har(2_650_000_804, false);
    let archive: Vec<u8> = records(2_650_000_806).concat();
    for (name, bytes, code) in [
        ("a.har", whole.as_bytes()[..whole.len() - 20].to_vec(), "har-cut-off"),
        ("a.har", whole.replacen("\"status\":200", "\"status\":?", 1).into_bytes(), "har-broken"),
        ("a.mhtml", mhtml(2_650_000_802, false).replace("--bb--", "").into_bytes(), "mhtml-cut-off"),
        ("a.mhtml", mhtml(2_650_000_802, false).replace("\r\n--bb", "\r\n--cc").into_bytes(), "mhtml-cut-off"),
        ("a.warc", archive[..archive.len() - 40].to_vec(), "warc-cut-off"),
        ("a.warc", [&archive[..], b"rubbish\r\n\r\n"].concat(), "warc-broken"),
        ("a.warc.gz", gz(&archive)[..400].to_vec(), "warc-cut-off"),
        ("a.warc.gz", bomb, "warc-ratio"),
    ] {
        let run = Run::new().file(name, bytes).file("b.html", page(2_650_000_801));
        let done = run.backup(&["--json"]);
        assert_eq!(done.code, 32, "{name} {code}: {}", done.stdout);
        let report = done.json();
        let codes: Vec<&str> =
            report["problems"].as_array().unwrap().iter().filter_map(|problem| problem["code"].as_str()).collect();
        assert_eq!(codes, [code], "{name}");
        assert!(report["articles"]["held"].as_u64() >= Some(1), "{name}: the other file is read");
        assert_eq!(report["gaps"]["broken_input"], 1, "{name}");
    }
}

#[test]
fn archives_in_archives_are_opened_three_deep_under_one_budget() {
    let page = page(2_650_000_801);
    let mut nested = zip(&[("a.html", page.as_bytes())]);
    for _ in 0..2 {
        nested = zip(&[("in.zip", &nested)]);
    }
    let report = Run::new().file("three.zip", &nested).backup(&["--json"]).succeeds().json();
    assert_eq!(report["articles"]["held"], 1);
    let deeper = zip(&[("in.zip", &nested)]);
    let report = Run::new().file("four.zip", &deeper).backup(&["--json"]).exits(32).json();
    assert_eq!(report["problems"][0]["code"], "zip-too-deep");
    // A ZIP that a browser downloaded is opened too.
    let entry = json!({"request": {"method": "GET", "url": "https://mp.weixin.qq.com/cgi-bin/export"},
        "response": {"status": 200, "content": {"mimeType": "application/zip", "encoding": "base64", "text": STANDARD.encode(&nested)}}});
    let recorded = json!({"log": {"entries": [entry.clone()]}}).to_string();
    let report = Run::new().file("a.har", &recorded).backup(&["--json"]).exits(32).json();
    assert_eq!(report["problems"][0]["code"], "zip-too-deep", "three in a HAR are four");
    let recorded = recorded.replace(&STANDARD.encode(&nested), &STANDARD.encode(zip(&[("a.html", page.as_bytes())])));
    let report = Run::new().file("a.har", recorded).backup(&["--json"]).succeeds().json();
    assert_eq!(report["articles"]["held"], 1);
}

#[test]
fn what_is_packed_in_another_form_is_said_to_be_unpacked() {
    let rar = b"Rar!\x1a\x07\x01\x00 and so on";
    let run =
        Run::new().file("backup.zip", rar).file("b.dat", b"7z\xbc\xaf\x27\x1c\x00\x04").file("c.dat", b"\x00\x01");
    let done = run.backup(&["--no-mirror"]).exits(0).says("backup.zip is packed in a form").says("Unpack it first");
    assert!(done.said().contains("b.dat is packed in a form") && !done.said().contains("c.dat is"), "{}", done.said());
}
