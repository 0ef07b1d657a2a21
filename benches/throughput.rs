//! Measures the throughput of the main parts on a synthetic account: `cargo bench`, or `cargo bench -- page` for one
//! part.
//!
//! Machines differ and are shared: compare the figures of one run, not those of different machines.
#![expect(clippy::unwrap_used, reason = "a benchmark that cannot go on may stop")]

use std::fmt::Write as _;
use std::path::Path;

use divan::counter::{BytesCount, ItemsCount};
use divan::{Bencher, black_box};
use liudi::html::{SanitiseOptions, sanitise};
use liudi::parse;
use liudi::pipeline::archive::session::Session;
use liudi::pipeline::backup::{BackupOptions, backup};
use liudi::source::file::container::zip::Budget;
use liudi::source::file::registry::IMPORTERS;
use liudi::source::{Destination, EvidenceId, EvidenceMeta, EvidenceWriter, ImportCx, Input, Item, Out, Passwords};
use liudi::work::Work;

fn main() {
    divan::main();
}

/// Returns a page of about `kilobytes`, of the newer generation: mostly scripts and styles that all pages share.
fn page(number: u32, kilobytes: usize) -> String {
    let mut body = String::new();
    for paragraph in 0..60 {
        let _ = write!(
            body,
            "<p style=\"margin: 0px 8px 24px;line-height: 1.75em;\"><span style=\"font-size: 16px;color: rgb(62, 62, 62);\">\
             <span leaf=\"\">第{number}篇的第{paragraph}段：山里的事情，一件一件记下来，记下来的就不会丢。</span></span></p>"
        );
    }
    let escaped = body.replace('<', "\\x3c").replace('>', "\\x3e").replace('"', "\\x22");
    let time = 1_600_000_000 + number * 86_400;
    let mut page = String::from("<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"><title></title>\n<script>");
    while page.len() < kilobytes * 600 {
        page += "function r(e){return typeof e===\"object\"&&e!==null?Object.keys(e).length:void 0}var t=window.a||{};";
    }
    page += "</script><style>";
    while page.len() < kilobytes * 1000 {
        page += ".weui-btn_loading .weui-primary-loading{color:rgba(0,0,0,.9);margin:0 auto}";
    }
    let _ = write!(
        page,
        "</style></head><body id=\"activity-detail\"><div id=\"js_article\"><div id=\"js_content\" style=\"visibility: hidden;\">{body}</div></div>\n\
         <script h5only nonce=\"1\">window.cgiDataNew = {{ user_name: 'gh_0123456789ab', nick_name: JsDecode('测试'), title: JsDecode('第{number}篇'),\n\
         content_noencode: JsDecode('{escaped}'), create_time: '2020-09-13 20:26', ori_create_time: '{time}' * 1, create_timestamp: '{time}' * 1,\n\
         bizuin: JsDecode('MzA0TEST=='), mid: '{}' * 1, idx: '1' * 1, sn: JsDecode('{number:032x}'), item_show_type: '0' * 1, real_item_show_type: '0' * 1,\n\
         user_uin: '123456789' * 1, picture_page_info_list: [], comment_id: '1234567890123456789', }};</script></body></html>\n",
        2_650_000_000_u64 + u64::from(number)
    );
    page
}

fn folder_of_pages(count: u32, kilobytes: usize) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for number in 0..count {
        std::fs::write(folder.path().join(format!("{number:05}.html")), page(number, kilobytes)).unwrap();
    }
    folder
}

fn ingest(folder: &Path, archive: &Path) -> Session {
    let session = Session::open(archive).unwrap();
    let options = BackupOptions { roots: vec![folder.to_owned()], ..BackupOptions::default() };
    backup(&session, &options, &Work::default()).unwrap();
    session
}

/// Scans all fields of pages of 3 MB.
#[divan::bench]
fn page_parse(bencher: Bencher<'_, '_>) {
    let page = page(1, 3000).into_bytes();
    bencher
        .counter(ItemsCount::new(1_usize))
        .counter(BytesCount::new(page.len()))
        .bench_local(|| black_box(parse::page::parse(black_box(&page))));
}

/// Sanitises a body in one pass over its DOM.
#[divan::bench]
fn sanitise_body(bencher: Bencher<'_, '_>) {
    let page = page(1, 10);
    let start = page.find("<p style").unwrap();
    let body = page[start..page.find("</div></div>").unwrap()].to_owned();
    bencher
        .counter(BytesCount::new(body.len()))
        .bench_local(|| black_box(sanitise(black_box(&body), &SanitiseOptions::default())));
}

/// Reads, hashes, redacts, packs and commits 64 pages of 3 MB.
#[divan::bench(sample_count = 5, sample_size = 1)]
fn ingest_pages(bencher: Bencher<'_, '_>) {
    let folder = folder_of_pages(64, 3000);
    bencher.counter(ItemsCount::new(64_usize)).with_inputs(|| tempfile::tempdir().unwrap()).bench_local_values(
        |target| {
            drop(ingest(folder.path(), &target.path().join("archive")));
            target
        },
    );
}

/// Runs again over 2,000 unchanged inputs.
#[divan::bench(sample_count = 10, sample_size = 1)]
fn unchanged_run(bencher: Bencher<'_, '_>) {
    let folder = folder_of_pages(2000, 4);
    let target = tempfile::tempdir().unwrap();
    drop(ingest(folder.path(), &target.path().join("archive")));
    bencher
        .counter(ItemsCount::new(2000_usize))
        .bench_local(|| drop(ingest(folder.path(), &target.path().join("archive"))));
}

/// Verifies every byte against the manifests.
#[divan::bench(sample_count = 10, sample_size = 1)]
fn verify(bencher: Bencher<'_, '_>) {
    let folder = folder_of_pages(2000, 4);
    let target = tempfile::tempdir().unwrap();
    let archive = target.path().join("archive");
    drop(ingest(folder.path(), &archive));
    bencher.bench_local(|| {
        let report =
            liudi::archive::verify::archive(&archive, liudi::archive::verify::Options::default(), &Work::default())
                .unwrap();
        assert!(report.is_valid());
    });
}

/// A sink that keeps nothing and reads no inner input, so that only the container's own cost is measured.
struct Nothing;

impl EvidenceWriter for Nothing {
    fn redacted(&self, _: &[u8], _: &EvidenceMeta) -> liudi::Result<EvidenceId> {
        Ok(EvidenceId::of(b""))
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

impl Out for Nothing {
    fn item(&mut self, item: Item) -> liudi::Result<()> {
        black_box(item);
        Ok(())
    }
}

impl liudi::source::LedgerSink for Nothing {
    fn open(&self, _: EvidenceId, _: &str) -> liudi::Result<Box<dyn liudi::source::LedgerRows + '_>> {
        Err(liudi::Error::other("no-ledger"))
    }
}

/// Reads `bytes` with the importer `source`.
fn take_apart(bencher: Bencher<'_, '_>, source: &str, bytes: Vec<u8>) {
    let importer = IMPORTERS.iter().find(|importer| importer.info().name == source).unwrap();
    let (passwords, budget) = (Passwords::default(), Budget::new(std::env::temp_dir()));
    let length = bytes.len();
    let input = Input::bytes_at("a", bytes, None);
    bencher.counter(BytesCount::new(length)).bench_local(|| {
        let cx = ImportCx { evidence: &Nothing, ledger: &Nothing, passwords: &passwords, budget: &budget };
        importer.read(&input, &cx, &mut Nothing).unwrap();
    });
}

/// Returns a recording of `count` pages, with their bodies as text or in base64.
fn recording(count: u32, encoded: bool) -> Vec<u8> {
    let entries = (0..count).map(|number| {
        let page = page(number, 3000);
        let content = if encoded {
            let text = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, page);
            serde_json::json!({"mimeType": "text/html", "encoding": "base64", "text": text})
        } else {
            serde_json::json!({"mimeType": "text/html", "text": page})
        };
        serde_json::json!({
            "request": {"method": "GET", "url": format!("https://mp.weixin.qq.com/s/page{number}"), "headers": []},
            "response": {"status": 200, "headers": [], "content": content},
        })
    });
    let entries: Vec<serde_json::Value> = entries.collect();
    serde_json::to_vec(&serde_json::json!({"log": {"version": "1.2", "entries": entries}})).unwrap()
}

/// Reads a HAR whose bodies are text, with escapes in every line.
#[divan::bench(sample_count = 10, sample_size = 1)]
fn har_text(bencher: Bencher<'_, '_>) {
    take_apart(bencher, "har", recording(20, false));
}

/// Reads a HAR whose bodies are in base64.
#[divan::bench(sample_count = 10, sample_size = 1)]
fn har_base64(bencher: Bencher<'_, '_>) {
    take_apart(bencher, "har", recording(20, true));
}

/// Reads an MHTML with a page and images that make up most of it.
#[divan::bench(sample_count = 10, sample_size = 1)]
fn mhtml(bencher: Bencher<'_, '_>) {
    let lines = |bytes: &[u8]| {
        let text = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, bytes).into_bytes();
        text.chunks(76).flat_map(|line| [line, b"\r\n"].concat()).collect::<Vec<u8>>()
    };
    let image: Vec<u8> =
        b"\x89PNG\r\n\x1a\n".iter().copied().chain((0..2_000_000_u32).map(|at| at.to_le_bytes()[0])).collect();
    let mut message = b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=\"bb\"\r\n\r\n".to_vec();
    message.extend_from_slice(b"--bb\r\nContent-Type: text/html\r\nContent-Transfer-Encoding: quoted-printable\r\nContent-Location: https://mp.weixin.qq.com/s/a\r\n\r\n");
    message.extend_from_slice(page(1, 3000).replace('=', "=3D").as_bytes());
    for number in 0..20 {
        let _ = write!(
            Text(&mut message),
            "\r\n--bb\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\nContent-Location: https://mmbiz.qpic.cn/mmbiz_png/{number}/640\r\n\r\n"
        );
        message.extend_from_slice(&lines(&image));
    }
    message.extend_from_slice(b"\r\n--bb--\r\n");
    take_apart(bencher, "mhtml", message);
}

/// A text writer over bytes.
struct Text<'a>(&'a mut Vec<u8>);

impl std::fmt::Write for Text<'_> {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        self.0.extend_from_slice(text.as_bytes());
        Ok(())
    }
}
