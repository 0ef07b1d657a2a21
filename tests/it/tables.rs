//! Tables in whatever people have them: every container and every importer of tables.

use std::path::Path;

use crate::support::Run;

/// A bill of two rows, as the platform's CSV has it.
const BILL: &str = "微信支付账单明细,,,,,,,,,,\n微信昵称：[留底示例],,,,,,,,,,\n\
    起始时间：[2025-01-01 00:00:00] 终止时间：[2025-03-31 23:59:59],,,,,,,,,,\n共2笔记录,,,,,,,,,,\n\
    收入：1笔 20.00元,,,,,,,,,,\n支出：1笔 10.50元,,,,,,,,,,\n中性交易：0笔 0.00元,,,,,,,,,,\n\
    ----------------------微信支付账单明细列表--------------------,,,,,,,,,,\n\
    交易时间,交易类型,交易对方,商品,收/支,金额(元),支付方式,当前状态,交易单号,商户单号,备注\n\
    2025-03-05 10:00:00,商户消费,茶铺,春茶,支出,¥10.50,零钱,支付成功,4200000000202503050000000001,A0001,/\n\
    2025-03-06 11:00:00,转账,老友,/,收入,¥20.00,/,已存入零钱,1000050001202503060000000002,/,/\n";

fn utf16(text: &str) -> Vec<u8> {
    [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect()
}

fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/workbooks").join(name)).unwrap()
}

/// The bill as an HTML table.
fn html() -> String {
    let row = |line: &str| format!("<tr><td>{}</td></tr>", line.replace(',', "</td><td>"));
    format!("<html><head><meta charset=utf-8></head><body><table>{}</table>", BILL.lines().map(row).collect::<String>())
}

#[test]
fn a_bill_is_read_from_every_container() {
    let tabs = BILL.replace(',', "\t");
    let chinese = encoding_rs::GB18030.encode(&tabs).0.into_owned();
    for (name, bytes) in [
        ("微信支付账单.xls", fixture("微信支付账单(20250101-20250331).xls")),
        ("微信支付账单.ods", fixture("微信支付账单(20250101-20250331).ods")),
        ("微信支付账单.txt", tabs.clone().into_bytes()),
        ("账单.csv", utf16(&tabs)),
        ("账单 unicode.txt", utf16(&tabs)),
        ("账单 gb18030.txt", chinese),
        ("分号.csv", BILL.replace(',', ";").into_bytes()),
        ("网页.xls", html().into_bytes()),
    ] {
        let run = Run::new().file(name, bytes);
        run.backup(&[]).succeeds();
        let ledger = run.read("private/data/billing/ledger.csv");
        assert_eq!(ledger.lines().count(), 3, "{name}: {ledger}");
        for wanted in ["4200000000202503050000000001", "1000050001202503060000000002", "10.50", "20.00"] {
            assert!(ledger.contains(wanted), "{name}: {wanted}: {ledger}");
        }
    }
}

/// What is known of an archive's articles, as the table lists them: id, title, day.
fn articles(run: &Run) -> Vec<(String, String, String)> {
    let mut all = Vec::new();
    for bag in ["public", "private"] {
        let path = run.archive().join(bag).join("data/tables/articles.csv");
        let Ok(text) = std::fs::read(path) else { continue };
        let mut table = csv::Reader::from_reader(text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&text));
        let names = table.headers().unwrap().clone();
        let place = |name: &str| names.iter().position(|column| column == name).unwrap();
        let (id, title, published) = (place("id"), place("title"), place("published"));
        for row in table.records() {
            let row = row.unwrap();
            all.push((row[id].to_owned(), row[title].to_owned(), row[published].chars().take(10).collect()));
        }
    }
    all.sort();
    all
}

/// What the gap list says.
fn gaps(run: &Run) -> String {
    let archive = run.archive();
    run.program(&[std::ffi::OsStr::new("gaps"), archive.as_os_str()]).stdout
}

const LINK: &str = "https://mp.weixin.qq.com/s?__biz=MzA0MDAwMDAwMA==&mid=2650000501&idx=1&sn=0123456789abcdef";

/// Every importer that keeps rows, with a row that has a link: the article is listed with title and time.
#[test]
fn no_table_swallows_the_links_of_its_rows() {
    let document = format!(
        "{{\"_id\":{{\"$oid\":\"5c01\"}},\"link\":\"{LINK}\",\"title\":\"春茶上新\",\
         \"publishAt\":{{\"$date\":\"2024-05-01T02:00:00.000Z\"}},\"content\":\"正文\"}}\n"
    );
    let shop = format!(
        "订单号,商品名称,订单状态,实付金额,文章标题,发布时间,文章链接\n1,茶,完成,1.00,春茶上新,2024-05-01,{LINK}\n"
    );
    let cases: Vec<(&str, String)> = vec![
        ("内容分析.csv", format!("内容标题,发表时间,总阅读人数,内容url\n春茶上新,20240501,3,{LINK}\n")),
        ("文章清单.csv", format!("序号,标题,链接,发布时间,阅读量\n1,春茶上新,{LINK},2024-05-01,10\n")),
        ("制表.txt", format!("序号\t标题\t链接\t发布时间\t阅读量\n1\t春茶上新\t{LINK}\t2024-05-01\t10\n")),
        ("posts.json", document.clone()),
        ("posts2.json", format!("[{}]", document.trim())),
        ("posts.csv", format!("_id,title,link,publishAt\n1,春茶上新,{LINK},2024-05-01T02:00:00.000Z\n")),
        (
            "getarticletotal.json",
            format!(
                "{{\"list\":[{{\"ref_date\":\"2024-05-01\",\"msgid\":\"2650000501_1\",\"title\":\"春茶上新\",\
                 \"url\":\"{LINK}\",\"details\":[{{\"stat_date\":\"2024-05-01\",\"int_page_read_user\":1}}]}}]}}"
            ),
        ),
        (
            "getarticletotaldetail.json",
            format!(
                "{{\"is_delay\":false,\"list\":[{{\"ref_date\":\"2024-05-01\",\"msgid\":\"2650000501_1\",\
                 \"title\":\"春茶上新\",\"content_url\":\"{LINK}\",\"detail_list\":[{{\"stat_date\":\"2024-05-01\"}}]}}]}}"
            ),
        ),
        ("订单.csv", shop),
    ];
    for (name, text) in cases {
        let run = Run::new().file(name, text);
        run.backup(&[]).succeeds();
        let wanted = ("MzA0MDAwMDAwMA==_2650000501_1".to_owned(), "春茶上新".to_owned(), "2024-05-01".to_owned());
        assert_eq!(articles(&run), [wanted], "{name}");
        assert!(gaps(&run).contains("春茶上新"), "{name}");
    }
}

#[test]
fn titles_that_are_hyperlinks_are_listed_from_every_workbook() {
    for fixture in
        ["hyperlinks/文章清单.xlsx", "xls/内容分析20240501-20240531.xls", "ods/内容分析.ods", "html/图文分析.xls"]
    {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/backend-statistics");
        let name = fixture.split_once('/').unwrap().1;
        let run = Run::new().file(name, std::fs::read(folder.join(fixture)).unwrap());
        run.backup(&[]).succeeds();
        let known: Vec<_> = articles(&run).into_iter().map(|(_, title, day)| (title, day)).collect();
        let wanted = [("春茶上新", "2024-05-01"), ("谷雨", "2024-05-02")].map(|(a, b)| (a.to_owned(), b.to_owned()));
        let mut sorted = known.clone();
        sorted.sort();
        assert_eq!(sorted, wanted, "{fixture}");
    }
}

/// The only sheet of an `.ods`, with these rows.
fn ods(rows: &str) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let mut part = |name: &str, text: &str| {
        zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        std::io::Write::write_all(&mut zip, text.as_bytes()).unwrap();
    };
    part("mimetype", "application/vnd.oasis.opendocument.spreadsheet");
    part(
        "META-INF/manifest.xml",
        "<manifest:manifest xmlns:manifest=\"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0\"/>",
    );
    part(
        "content.xml",
        &format!(
            "<office:document-content xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" \
             xmlns:table=\"urn:oasis:names:tc:opendocument:xmlns:table:1.0\" xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\" \
             xmlns:xlink=\"http://www.w3.org/1999/xlink\"><office:body><office:spreadsheet><table:table table:name=\"文章\">{rows}\
             </table:table></office:spreadsheet></office:body></office:document-content>"
        ),
    );
    zip.finish().unwrap().into_inner()
}

/// Hyperlinks on titles and formulas that make links, in every kind of table.
#[test]
fn cells_that_lead_to_an_article_are_links_in_every_kind_of_table() {
    let url = |letter: &str| format!("https://mp.weixin.qq.com/s/{}", letter.repeat(22));
    let text = |text: &str| {
        format!("<table:table-cell office:value-type=\"string\"><text:p>{text}</text:p></table:table-cell>")
    };
    let linked = |title: &str, url: &str| text(&format!("<text:a xlink:href=\"{url}\">{title}</text:a>"));
    let row = |cells: &[String]| format!("<table:table-row>{}</table:table-row>", cells.concat());
    let empty = "<table:table-row table:number-rows-repeated=\"3\"><table:table-cell table:number-columns-repeated=\"5\"/></table:table-row>";
    let open = ods(&[
        row(&[text("标题"), text("发布时间"), text("正文")]),
        row(&[linked("甲篇题目", &url("A")), text("2024-01-05"), text("甲篇的正文第一段，写得很长很长。")]),
        empty.to_owned(),
        row(&[linked("乙篇题目", &url("B")), text("2024-01-06"), text("乙篇的正文第一段，写得很长很长。")]),
    ]
    .concat());
    let formulas = |separator: &str| {
        format!(
            "标题,发布时间,正文\n\"=HYPERLINK(\"\"{}\"\"{separator}\"\"甲篇题目\"\")\",2024-01-05,x\n\"=HYPERLINK(\"\"{}\"\"{separator}\"\"乙篇题目\"\")\",2024-01-06,x\n",
            url("A"),
            url("B")
        )
    };
    let mut made = rust_xlsxwriter::Workbook::new();
    let sheet = made.add_worksheet();
    for (column, header) in (0..).zip(["标题", "发布时间"]) {
        sheet.write_string(0, column, header).unwrap();
    }
    for (row, letter, title) in [(1, "A", "甲篇题目"), (2, "B", "乙篇题目")] {
        let formula = format!("=HYPERLINK(\"{}\",\"{title}\")", url(letter));
        let formula = rust_xlsxwriter::Formula::new(formula).set_result(title);
        sheet.write_formula(row, 0, formula).unwrap();
        sheet.write_string(row, 1, format!("2024-01-0{}", row + 4)).unwrap();
    }
    let old = std::fs::read(crate::support::fixture("workbooks/公式链接.xls")).unwrap();
    for (name, bytes) in [
        ("文章.ods", open),
        ("文章.xlsx", made.save_to_buffer().unwrap()),
        ("文章.csv", formulas(",").into_bytes()),
        ("文章2.csv", formulas(";").into_bytes()),
        ("文章.xls", old),
    ] {
        let run = Run::new().file(name, bytes);
        run.backup(&[]);
        let mut known: Vec<_> = articles(&run).into_iter().map(|(_, title, day)| (title, day)).collect();
        known.sort();
        let wanted =
            [("乙篇题目", "2024-01-06"), ("甲篇题目", "2024-01-05")].map(|(a, b)| (a.to_owned(), b.to_owned()));
        assert_eq!(known, wanted, "{name}");
        // The text of the row is its article's.
        if name.ends_with("ods") {
            let bodies: Vec<_> = run.tree().into_iter().filter(|(path, _)| path.ends_with("content.html")).collect();
            assert_eq!(bodies.len(), 2, "{name}");
        }
    }
}

/// What cannot be decoded is never silently garbled, whoever keeps the table; UTF-16 needs no mark.
#[test]
fn a_table_in_any_encoding_is_read_or_named() {
    let bytes_of = |text: &str, big: bool| -> Vec<u8> {
        text.encode_utf16().flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
    };
    let statistics = format!("内容标题,发表时间,总阅读人数,内容url\n春茶上新,20240501,3,{LINK}\n");
    let list = format!("序号,标题,链接,发布时间,阅读量\n1,春茶上新,{LINK},2024-05-01,10\n");
    for (name, text) in [("内容分析.csv", &statistics), ("文章清单.csv", &list)] {
        for big in [false, true] {
            let run = Run::new().file(name, bytes_of(text, big));
            run.backup(&[]).succeeds();
            assert_eq!(articles(&run).first().map(|known| known.1.as_str()), Some("春茶上新"), "{name} {big}");
        }
    }
    let broken = |text: &str| {
        let mut gbk = encoding_rs::GB18030.encode(text).0.into_owned();
        let title = encoding_rs::GB18030.encode("春茶").0.into_owned();
        let at = memchr::memmem::find(&gbk, &title).unwrap();
        gbk[at] = 0xff;
        gbk
    };
    let run = Run::new().file("内容分析.csv", broken(&statistics));
    let report = run.backup(&["--json"]).exits(32).json();
    assert!(report["problems"].to_string().contains("table-garbled"), "{report}");
    assert!(gaps(&run).contains("内容分析.csv"));
}

/// A file, the code of its problem, and where it is kept.
#[test]
fn a_bill_that_cannot_be_read_is_kept_named_and_a_gap() {
    let ole = |name: &str| {
        let mut bytes = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec();
        bytes.resize(1024, 0);
        bytes.extend(name.encode_utf16().flat_map(u16::to_le_bytes));
        bytes
    };
    let zip = |name: &str| {
        let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.start_file("preview.jpg", zip::write::SimpleFileOptions::default()).unwrap();
        std::io::Write::write_all(&mut zip, b"\xff\xd8\xff\xe0picture").unwrap();
        zip.finish().unwrap().into_inner()
    };
    let cases: Vec<(&str, Vec<u8>, &str)> = vec![
        ("微信支付交易明细证明(20250101-20250331).pdf", b"%PDF-1.7\n1 0 obj".to_vec(), "unread-pdf"),
        (
            "微信支付交易明细证明.pdf",
            b"%PDF-1.7\n1 0 obj\ntrailer << /Root 1 0 R /Encrypt 9 0 R >>".to_vec(),
            "unread-pdf-locked",
        ),
        ("微信支付账单.rar", b"Rar!\x1a\x07\x01\x00".to_vec(), "unread-packed"),
        ("微信支付賬單.7z", b"7z\xbc\xaf\x27\x1c".to_vec(), "unread-packed"),
        ("微信支付账单流水文件_20250401.numbers", zip("Index/Document.iwa"), "unread-numbers"),
        ("微信支付账单流水文件.xlsx", ole("EncryptedPackage"), "workbook-encrypted"),
        ("微信支付账单.xls", ole("x"), "unread-workbook"),
        ("账单.ods", zip("mimetype"), "unread-workbook"),
        (
            "微信支付账单(20250101-20250331).zip",
            b"<html><body>\xe9\x93\xbe\xe6\x8e\xa5</body></html>".to_vec(),
            "unread-web",
        ),
        ("对账单.csv", "甲,乙\n1,2\n".as_bytes().to_vec(), "unread-layout"),
        ("1900000000All2025-03-05.csv", Vec::new(), "unread-empty"),
        (
            "微信支付账单.eml",
            b"From: a@b\nSubject: x\nMIME-Version: 1.0\nContent-Type: text/html\n\n<p>x".to_vec(),
            "unread-mail",
        ),
        ("内容分析.xls", ole("x"), "unread-workbook"),
    ];
    for (name, bytes, code) in cases {
        let run = Run::new().file(name, &bytes);
        let done = run.backup(&["--json"]).exits(32);
        let problems = done.json()["problems"].to_string();
        assert!(problems.contains(code), "{name}: {problems}");
        let kept = run.tree().into_iter().find(|(path, kept)| path.starts_with("private/data/") && *kept == bytes);
        assert!(kept.is_some(), "{name} is not kept");
        assert!(!run.tree().iter().any(|(path, _)| path.ends_with(".jpg")), "{name}");
        assert!(gaps(&run).contains(name), "{name}");
    }
}

#[test]
fn a_mail_gives_its_attachment_and_a_bill_without_rows_is_one() {
    let mail = format!(
        "From: a@b.c\r\nSubject: =?utf-8?B?5b6u5L+h?=\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\
         Content-Type: text/plain\r\n\r\nhello\r\n--b\r\nContent-Type: text/csv; name=\"=?utf-8?Q?a.csv?=\"\r\n\
         Content-Transfer-Encoding: base64\r\n\r\n{}\r\n--b--\r\n",
        base64::Engine::encode(&base64::engine::general_purpose::STANDARD, BILL)
    );
    let run = Run::new().file("微信支付账单.eml", mail.clone());
    run.backup(&[]).succeeds();
    assert_eq!(run.read("private/data/billing/ledger.csv").lines().count(), 3);
    // A mail that was forwarded whole, as a part or as all there is; one that is nothing but the file.
    let file = format!(
        "Subject: a\r\nMIME-Version: 1.0\r\nContent-Type: application/octet-stream; name=\"a.csv\"\r\n\
         Content-Transfer-Encoding: base64\r\n\r\n{}\r\n",
        base64::Engine::encode(&base64::engine::general_purpose::STANDARD, BILL)
    );
    let part = "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=C\r\n\r\n--C\r\n";
    for mail in [
        file.clone(),
        format!("{part}Content-Type: message/rfc822\r\n\r\n{mail}\r\n--C--\r\n"),
        format!("From: a@b.c\r\nContent-Type: message/rfc822\r\n\r\n{mail}"),
        format!("From: a@b.c\r\nContent-Type: message/rfc822\r\n\r\n{file}"),
    ] {
        let run = Run::new().file("转发.eml", mail);
        run.backup(&[]).succeeds();
        assert_eq!(run.read("private/data/billing/ledger.csv").lines().count(), 3);
    }
    let none = BILL.lines().take_while(|line| !line.starts_with("----")).collect::<Vec<_>>().join("\n") + "\n";
    let none = none.replace("共2笔", "共0笔").replace("1笔 20.00", "0笔 0.00").replace("1笔 10.50", "0笔 0.00");
    let run = Run::new().file("微信支付账单(20250101-20250331).csv", none);
    let done = run.backup(&["--json"]).succeeds();
    assert!(done.json().to_string().contains("personal"), "{}", done.json());
}

#[test]
fn the_table_out_of_the_official_pdf_is_read() {
    let text = "微信支付交易明细证明\n编号:000000\n兹证明:测试,微信号:test\n\
        交易明细对应时间段 2025-01-01 00:00:00至2025-03-31 23:59:59\n\
        交易单号,交易时间,交易类型,收/支/其他,交易方式,金额(元),交易对方,商户单号\n\
        4200000000202503020000000002,2025-03-02 18:45:06,商户消费,支出,零钱,10.00,小店,A2\n\
        4200000000202503030000000003,2025-03-03 18:45:06,零钱提现,其他,零钱,20.00,农业银行,/\n";
    let run = Run::new().file("微信支付交易明细证明(20250101-20250331).csv", text);
    // What a converter made says no totals: whether it is whole is not known, and said.
    run.backup(&[]).succeeds().says("declares no totals");
    let ledger = run.read("private/data/billing/ledger.csv");
    let way = |line: usize| {
        ledger.lines().nth(line).unwrap().split(',').skip(3).step_by(6).take(2).map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(
        (way(1), way(2)),
        (vec!["out".to_owned(), "10.00".to_owned()], vec!["neutral".to_owned(), "20.00".to_owned()])
    );
}

/// The rows of a collection in the archive.
fn collection(run: &Run, name: &str) -> Vec<serde_json::Value> {
    let text = run.read(&format!("private/data/cloud/{name}.jsonl"));
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn of_two_exports_the_later_counts_and_the_older_is_a_version() {
    let old = "{\"_id\":\"a1\",\"n\":1,\"gone\":true}\n{\"_id\":\"a2\",\"n\":5}\n";
    let new = "[{\"_id\":\"a1\",\"n\":2},{\"_id\":\"a2\",\"n\":5},{\"_id\":\"a3\",\"n\":9007199254740993}]";
    for (first, second) in
        [("orders-20240501.json", "orders_2025-05-01.json"), ("旧/orders-20240501.json", "新/orders(20250501).json")]
    {
        let run = Run::new().file(first, old).file(second, new);
        run.backup(&[]).succeeds().says("1 of them has an older version, kept");
        let rows = collection(&run, "orders");
        assert_eq!(rows.len(), 3, "{rows:?}");
        assert_eq!(rows[0]["fields"], serde_json::json!({"_id": "a1", "n": 2}));
        assert_eq!(rows[0]["versions"][0]["fields"], serde_json::json!({"_id": "a1", "n": 1, "gone": true}));
        assert_eq!(
            (&rows[1]["versions"], &rows[2]["fields"]["n"]),
            (&serde_json::Value::Null, &serde_json::json!(9_007_199_254_740_993_i64))
        );
    }
    // Without a day in the name the document's own change decides.
    let change =
        |day: &str, n: u8| format!("{{\"_id\":\"a1\",\"n\":{n},\"updatedAt\":{{\"$date\":\"{day}T00:00:00Z\"}}}}\n");
    let run =
        Run::new().file("a/orders.json", change("2025-01-02", 2)).file("b/orders (1).json", change("2025-01-01", 1));
    run.backup(&[]).succeeds();
    assert_eq!(collection(&run, "orders")[0]["fields"]["n"], 2);
}

#[test]
fn documents_of_one_id_and_broken_lines_are_named() {
    let lines = "{\"_id\": \"a1\", \"n\": 123456789012345678901234567890}\n{\n  \"_id\": {\"$oid\": \"64b0\"},\n  \"n\": {\"$numberLong\": \"5\"}\n}\n\
        {\"_id\":\"a1\",\"n\":1}\n{\"_id\":\"a1\",\"n\":1}\n{\"_id\":\"bad\",\n{\"_id\":\"a3\"}\n{\"_id\":\"cut\",";
    let run = Run::new().file("orders.json", lines);
    let problems = run.backup(&["--json"]).succeeds().json()["problems"].clone();
    let named = |code: &str, name: &str| {
        let one =
            problems.as_array().unwrap().iter().find(|one| one["code"] == code).unwrap_or_else(|| panic!("{problems}"));
        one["arguments"].as_array().unwrap().iter().find(|pair| pair[0] == name).unwrap()[1]
            .as_str()
            .unwrap()
            .to_owned()
    };
    assert_eq!(
        (named("cloud-documents-unread", "count"), named("cloud-documents-unread", "line")),
        ("2".to_owned(), "8".to_owned())
    );
    assert_eq!(
        (named("cloud-ids-repeated", "count"), named("cloud-ids-repeated", "id")),
        ("1".to_owned(), "a1".to_owned())
    );
    let keys: Vec<String> =
        collection(&run, "orders").iter().map(|row| row["key"].as_str().unwrap().to_owned()).collect();
    assert_eq!(keys, ["64b0", "a1", "a1#2", "a3"]);
    assert_eq!(collection(&run, "orders")[1]["fields"]["n"], "123456789012345678901234567890");
    let run = Run::new().file("users.csv", "_id,_openid,name\nu1,o1,\"甲, 乙\"\nu1,o1,重复\n");
    run.backup(&[]).succeeds().says("users.csv");
    assert_eq!(collection(&run, "users").len(), 2);
}

#[test]
fn answers_of_datacube_are_read_however_they_were_saved() {
    let row = "{\"ref_date\": \"2024-05-01\", \"user_source\": 0, \"new_user\": 1, \"cancel_user\": 0}";
    let python = format!("{{'list': [{}], 'is_delay': False, 'x': None}}", row.replace('"', "'"));
    for (name, text) in [
        ("bare.json", format!("{{\"list\": [{row}]}}")),
        (
            "wrapped.json",
            format!(
                "{{\"request\": {{\"url\": \"https://api.weixin.qq.com/datacube/getusersummary?access_token=SECRETTOKEN1234567890\"}}, \
                 \"response\": {{\"list\": [{row}]}}}}"
            ),
        ),
        ("text.json", serde_json::json!({"body": format!("{{\"list\": [{row}]}}")}).to_string()),
        ("array.json", format!("[{{\"list\": [{row}]}}]")),
        ("log.jsonl", format!("{{\"date\": \"2024-05-01\", \"data\": {{\"list\": [{row}]}}}}\n")),
        ("python_repr.json", python),
    ] {
        let run = Run::new().file(name, text);
        run.backup(&[]).succeeds();
        let table = run.read("private/data/statistics/getusersummary.csv");
        assert!(table.contains("2024-05-01/0"), "{name}: {table}");
        for (path, bytes) in run.tree() {
            let text = if path.ends_with(".zst") { zstd::decode_all(bytes.as_slice()).unwrap() } else { bytes };
            assert!(!text.windows(11).any(|window| window == b"SECRETTOKEN"), "{name}: {path}");
        }
    }
}

#[test]
fn a_later_download_of_a_table_counts() {
    let table = |reads: u32| format!("内容标题,发表时间,总阅读人数\n春茶上新,20240501,{reads}\n");
    let run = Run::new().file("a/内容分析20240601.csv", table(50)).file("b/内容分析20240501.csv", table(10));
    run.backup(&[]).succeeds();
    let text = run.read("private/data/statistics/articles.csv");
    assert!(text.contains(",50") && !text.contains(",10"), "{text}");
}

#[test]
fn what_systems_leave_about_is_no_input() {
    let run = Run::new()
        .file("微信支付账单.csv", BILL)
        .file("~$微信支付账单.xlsx", b"user")
        .file("._微信支付账单.csv", b"\x00\x05\x16\x07")
        .file(".~lock.账单.ods#", b"user")
        .file("desktop.ini", b"[x]");
    let done = run.backup(&["--json"]).succeeds().json();
    assert_eq!((&done["inputs"], &done["unrecognised"]), (&serde_json::json!(1), &serde_json::json!([])));
}

#[test]
fn of_two_downloads_of_one_statistic_the_newer_counts_and_both_are_kept() {
    let table = |readers: u32| {
        format!(
            "内容标题,发表时间,总阅读人数,总阅读次数,总分享人数,总分享次数,阅读后关注人数,送达人数,公众号消息阅读次数,送达阅读率,内容url\n\
             文章,20240501,{readers},12,1,1,0,100,8,8.00%,https://mp.weixin.qq.com/s?__biz=MzA0MDAwMDAwMA==&mid=1&idx=1&sn=aa\n"
        )
    };
    let run = Run::new().file("内容分析-1.csv", table(10)).file("内容分析-2.csv", table(50));
    run.backup(&[]).succeeds().says("1 of them has different figures in different downloads");
    let kept = run.tree().into_iter().filter(|(path, _)| path.starts_with("private/data/documents/"));
    let kept: Vec<String> = kept.map(|(_, bytes)| String::from_utf8(bytes).unwrap()).collect();
    assert!([10, 50].iter().all(|readers| kept.contains(&table(*readers))), "{kept:?}");
    // One download twice is no other.
    let run = Run::new().file("内容分析-1.csv", table(10)).file("内容分析-2.csv", table(10));
    assert!(!run.backup(&[]).succeeds().said().contains("different downloads"));
}
