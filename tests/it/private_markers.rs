//! Nothing private is in anything that may be given away: no text that only the private bag holds occurs in what an
//! exporter of published content writes, in the site, on the evidence sheet, or in packs of the public bag. A new
//! exporter or a new kind of private record is covered by itself.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;

use aho_corasick::AhoCorasick;
use liudi::export::Scoped;
use liudi::export::registry::EXPORTERS;
use liudi::model::{Class, layout};
use serde_json::{Value, json};
use zip::AesMode;
use zip::write::{FileOptions, ZipWriter};

use super::api::world::{ask, everything, run_with};
use super::exports::{export, seen};
use super::platform::Platform;
use super::support::{Run, tree};

/// Private values that are planted, and where the private bag has to have them.
const PLANTED: &[(&str, &str)] = &[
    ("planted-counterparty-甲乙丙", "billing/"),
    ("planted-goods-丁戊己", "billing/"),
    ("4200004242424242424242424242", "billing/"),
    ("MERCHANT-ORDER-424242", "billing/"),
    ("98765.43", "billing/"),
    ("planted-remark 13912345678", "billing/"),
    ("oPLANTEDopenid0000000000042", "comments/"),
    ("planted-nickname-庚辛", "comments/"),
    ("planted comment of somebody else", "comments/"),
    ("13887654321", ""),
    ("planted-address-云南省", ""),
];

/// Secrets, which are nowhere at all.
const SECRETS: &[(&str, &str)] = &[
    ("password of a ZIP", "planted-zip-password-7391"),
    ("key of a session", "a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718"),
    ("cookie", "pLaNtEdCookie0123456789AbCdEfGh"),
    ("token", "718293645081"),
    ("ticket", "pLaNtEd+Ticket/0123456789=="),
];

fn bill() -> String {
    format!(
        "微信支付账单明细,,,,,,,,,,\n微信昵称：[planted-payer-壬癸],,,,,,,,,,\n----------------------微信支付账单明细列表--------------------,,,,,,,,,,\n\
         交易时间,交易类型,交易对方,商品,收/支,金额(元),支付方式,当前状态,交易单号,商户单号,备注\n\
         2025-04-01 08:00:00,商户消费,{},{},支出,¥98765.43,零钱,支付成功,{},{},{}\n",
        PLANTED[0].0, PLANTED[1].0, PLANTED[2].0, PLANTED[3].0, PLANTED[5].0
    )
}

/// An archive with something of every private kind: of an account's API, of bills, of other programs' tables.
fn everything_private(platform: &Platform) -> Run {
    let mut official = everything();
    // A little of each is enough, and every value is looked for in everything.
    official.people.comments.insert(2_650_000_000, 5);
    (official.people.followers, official.people.messages_a_day) = (12, 1);
    official.published.say("公开的一句话");
    platform.serve(official);
    let mut zip = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = FileOptions::<()>::default().with_aes_encryption(AesMode::Aes256, SECRETS[0].1);
    zip.start_file("微信支付账单(20250401-20250430).csv", options).unwrap();
    zip.write_all(bill().as_bytes()).unwrap();
    let comments = json!({"base_resp": {"ret": 0}, "elected_comment_total_cnt": 1, "elected_comment": [{"content_id": "8070450532247929099",
        "nick_name": PLANTED[7].0, "openid": PLANTED[6].0, "content": PLANTED[8].0, "create_time": 1_743_900_000}]});
    let cloud =
        json!({"_id": "planted0000000000000001", "_openid": PLANTED[6].0, "电话": PLANTED[9].0, "地址": PLANTED[10].0});
    let secret = |at: usize| SECRETS[at].1;
    let url = format!(
        "https://mp.weixin.qq.com/s?__biz=MzA3MDAwMDAwMg==&mid=2650000999&idx=1&sn=ab&key={}&token={}&pass_ticket={}",
        secret(1),
        secret(3),
        percent_encoding::utf8_percent_encode(secret(4), percent_encoding::NON_ALPHANUMERIC)
    );
    let har = json!({"log": {"version": "1.2", "entries": [{"startedDateTime": "2026-01-01T00:00:00.000Z",
        "request": {"method": "GET", "url": url, "headers": [{"name": "Cookie", "value": format!("slave_sid={}", secret(2))}]},
        "response": {"status": 200, "content": {"mimeType": "text/html", "text": format!("<html>{}</html>", secret(1))}}}]}});
    run_with(platform, "")
        .env("LIUDI_ZIP_PASSWORD", secret(0))
        .env("LIUDI_ZIP_PASSWORD_2", "liudi-demo")
        .fixture("demo")
        .fixture("shop-json")
        .fixture("backend-statistics")
        .fixture("channels-record")
        .fixture("datacube")
        .file("bill.zip", zip.finish().unwrap().into_inner())
        .file("MzA0MDAwMDAwMA==_2650000502_1.json", comments.to_string())
        .file("预约.json", format!("{cloud}\n{}\n", cloud.to_string().replace("0001", "0002")))
        .file("session.har", har.to_string())
}

/// Adds the texts of a value, and of what is written in them.
fn add(texts: &mut BTreeSet<String>, value: &Value) {
    match value {
        Value::String(text) => {
            texts.insert(text.clone());
            if let Ok(inner @ (Value::Object(_) | Value::Array(_))) = serde_json::from_str(text) {
                add(texts, &inner);
            }
        }
        Value::Number(number) => {
            texts.insert(number.to_string());
        }
        Value::Array(values) => values.iter().for_each(|value| add(texts, value)),
        Value::Object(fields) => fields.values().for_each(|value| add(texts, value)),
        Value::Null | Value::Bool(_) => {}
    }
}

/// Reports whether a text says something of somebody: names, sentences, ids and long numbers; no dates, no words of
/// programs.
fn says_something(text: &str) -> bool {
    let chinese = text.chars().filter(|c| ('\u{4e00}'..='\u{9fff}').contains(c)).count();
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let bytes = text.as_bytes();
    let date = bytes.len() >= 7 && bytes[..4].iter().all(u8::is_ascii_digit) && bytes[4] == b'-';
    !date && (chinese >= 4 || digits >= 7 || digits >= 3 && text.len() >= 16)
}

/// The texts that stand in the private bag, and in no file of the public one.
fn only_private(run: &Run) -> Vec<String> {
    let data = |class| layout::bag(&run.archive(), class).join(layout::DATA);
    let mut texts = BTreeSet::new();
    for (name, bytes) in tree(&data(Class::Private)) {
        let text = String::from_utf8_lossy(&bytes);
        match name.rsplit('.').next() {
            // Facts about the archive, of which the public bag has its own.
            _ if name.starts_with("evidence/") || name.starts_with("readiness/") => {}
            Some("json") => add(&mut texts, &serde_json::from_str(&text).unwrap_or_default()),
            Some("jsonl") => text.lines().for_each(|line| add(&mut texts, &serde_json::from_str(line).unwrap())),
            Some("csv") => {
                let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
                texts.extend(
                    reader.records().flatten().flat_map(|row| row.iter().map(str::to_owned).collect::<Vec<_>>()),
                );
            }
            _ => {}
        }
    }
    let is_text = |name: &str| !name.starts_with("media/") && !name.ends_with(".zst");
    let public = tree(&data(Class::Public)).into_iter().filter(|(name, _)| is_text(name));
    let public: Vec<u8> = public.flat_map(|(name, bytes)| [name.into_bytes(), bytes].concat()).collect();
    let texts: Vec<String> = texts.into_iter().filter(|text| says_something(text)).collect();
    texts.into_iter().filter(|text| memchr::memmem::find(&public, text.as_bytes()).is_none()).collect()
}

/// Everything that may be given away, by the name of what writes it.
fn given_away(run: &Run) -> BTreeMap<String, BTreeMap<String, String>> {
    let mut given = BTreeMap::new();
    let public = EXPORTERS.iter().filter(|exporter| matches!(exporter, Scoped::Public(_)));
    let (alone, together): (Vec<_>, Vec<_>) =
        public.map(|exporter| exporter.info().name).partition(|name| ["mirror", "pdf"].contains(name));
    export(run, &["--to", &together.join(","), "-o", "given"]).succeeds();
    for name in together {
        given.insert(name.to_owned(), seen(&run.folder().join("given").join(name)));
    }
    for name in alone {
        match name {
            "mirror" => run.program(&["mirror", "archive", "-o", "alone/mirror"]).succeeds(),
            #[cfg(unix)]
            "pdf" => {
                let browser = super::printing::browser(run.folder(), super::printing::PRINTS);
                export(run, &["--to", name, "-o", "alone/pdf", "--set", &browser, "--volume", "year"]).succeeds()
            }
            _ => continue,
        };
        given.insert(name.to_owned(), seen(&run.folder().join("alone").join(name)));
    }
    run.program(&["evidence", "sheet", "archive", "-o", "sheet.html"]).succeeds();
    let sheet = std::fs::read_to_string(run.folder().join("sheet.html")).unwrap();
    given.insert("evidence sheet".to_owned(), BTreeMap::from([("sheet.html".to_owned(), sheet)]));
    run.program(&["pack", "archive", "-o", "packs", "--bag", "public"]).succeeds();
    given.insert("packs of the public bag".to_owned(), seen(&run.folder().join("packs")));
    given
}

#[test]
fn nothing_that_only_the_private_bag_holds_is_in_anything_given_away() {
    let platform = Platform::start();
    let run = everything_private(&platform);
    let done = ask(&run, &["--followers"]);
    assert!((0..64).contains(&done.code), "{}", done.said());
    let private = tree(&layout::bag(&run.archive(), Class::Private));
    for (value, place) in PLANTED {
        let held = private.iter().any(|(name, bytes)| {
            name.starts_with(&format!("{}/{place}", layout::DATA))
                && memchr::memmem::find(bytes, value.as_bytes()).is_some()
        });
        assert!(
            held,
            "{value} is not in the private bag: {:?}",
            private.iter().map(|(name, _)| name).collect::<Vec<_>>()
        );
    }
    let mut values = only_private(&run);
    assert!(values.len() > 300, "{} values", values.len());
    let public = tree(&layout::bag(&run.archive(), Class::Public));
    for (value, _) in PLANTED {
        let shown = public.iter().find(|(_, bytes)| memchr::memmem::find(bytes, value.as_bytes()).is_some());
        assert!(shown.is_none(), "{value} is in the public bag: {:?}", shown.map(|(name, _)| name));
        values.push((*value).to_owned());
    }
    values.extend(SECRETS.iter().map(|(_, value)| (*value).to_owned()));
    let search = AhoCorasick::new(&values).unwrap();
    let mut found = BTreeSet::new();
    for (by, files) in given_away(&run) {
        assert!(!files.is_empty(), "{by} wrote nothing");
        for (name, text) in files {
            for place in [&name, &text] {
                for hit in search.find_overlapping_iter(place) {
                    // A long number within a longer one, or in a digest, is another one.
                    let around = |at: Option<usize>| {
                        at.and_then(|at| place.as_bytes().get(at)).is_some_and(u8::is_ascii_alphanumeric)
                    };
                    let whole = !around(hit.start().checked_sub(1)) && !around(Some(hit.end()));
                    let value = &values[hit.pattern().as_usize()];
                    if whole || !value.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
                        found.insert(format!("{by}: {name}: {value}"));
                    }
                }
            }
        }
    }
    let found: Vec<_> = found.into_iter().collect();
    assert!(found.is_empty(), "{} finds:\n{}", found.len(), found[..found.len().min(40)].join("\n"));
    // Secrets: not in the private bag either, nor in what was said.
    let mut places = super::api::world::everywhere(&run.archive());
    places.push(("what was said".to_owned(), done.said().into_bytes()));
    for (what, secret) in SECRETS {
        for (name, bytes) in &places {
            assert!(memchr::memmem::find(bytes, secret.as_bytes()).is_none(), "{what} in {name}");
        }
    }
}
