use std::io::Cursor;

use rust_xlsxwriter::{ExcelDateTime as WrittenTime, Format, Workbook as Writer};

use super::*;

fn read(bytes: Vec<u8>) -> Vec<(String, u64, Vec<String>)> {
    let mut workbook = Workbook::open(Cursor::new(bytes), "a.xlsx").unwrap();
    let mut all = Vec::new();
    for sheet in workbook.sheets() {
        let mut rows = workbook.rows(&sheet).unwrap();
        let mut record = Record::default();
        while rows.next_row(&mut record).unwrap() {
            all.push((sheet.clone(), record.line(), record.iter().map(str::to_owned).collect()));
        }
    }
    all
}

#[test]
fn cells_become_the_text_a_person_means() {
    let mut writer = Writer::new();
    writer.add_worksheet().set_name("其他").unwrap().write(0, 0, "x").unwrap();
    let sheet = writer.add_worksheet().set_name("Sheet1").unwrap();
    let time = Format::new().set_num_format("yyyy-mm-dd hh:mm:ss");
    let yuan = Format::new().set_num_format("\\¥#,##0.00");
    let when = WrittenTime::parse_from_str("2026-03-01 23:59:59").unwrap();
    sheet.write_datetime_with_format(2, 0, &when, &time).unwrap();
    sheet.write_number_with_format(2, 2, 548.58, &yuan).unwrap();
    sheet.write_number(2, 3, 50).unwrap();
    sheet.write_string(3, 1, "¥0.35").unwrap();
    let all = read(writer.save_to_buffer().unwrap());
    let row = |cells: &[&str]| cells.iter().map(|cell| (*cell).to_owned()).collect::<Vec<_>>();
    assert_eq!(
        all,
        [
            ("Sheet1".to_owned(), 3, row(&["2026-03-01 23:59:59", "", "548.58", "50"])),
            ("Sheet1".to_owned(), 4, row(&["", "¥0.35"])),
            ("其他".to_owned(), 1, row(&["x"])),
        ]
    );
}

#[test]
fn what_is_no_workbook_is_an_error() {
    let error = Workbook::open(Cursor::new(b"PK\x03\x04...".to_vec()), "a.xlsx").err().unwrap();
    assert_eq!(error.code(), "xlsx-open-failed");
}

fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(format!("{}/fixtures/workbooks/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

#[test]
fn older_and_open_workbooks_give_the_rows_of_the_new_ones() {
    let old = read(fixture("微信支付账单(20250101-20250331).xls"));
    let open = read(fixture("微信支付账单(20250101-20250331).ods"));
    assert_eq!(old, open);
    // Fewer rows, the same columns, and a numeric amount.
    let binary = read(fixture("微信支付账单(20250101-20250331).xlsb"));
    assert_eq!(binary.len(), 9);
    assert_eq!(binary[7].2[..6], ["2025-03-01 18:45:06", "商户消费", "小店", "茶", "支出", "10"].map(str::to_owned));
    assert_eq!(old.len(), 13);
    assert_eq!(
        (old[12].1, &old[12].2[5..9]),
        (14, &["¥20.00", "/", "已存入零钱", "1000050001202503060000000002"].map(str::to_owned)[..])
    );
}

#[test]
fn a_cell_that_leads_somewhere_keeps_its_address() {
    let mut writer = Writer::new();
    let sheet = writer.add_worksheet();
    sheet.write_url_with_text(0, 1, "https://mp.weixin.qq.com/s/AAAA", "题").unwrap();
    sheet.write_url(1, 1, "https://mp.weixin.qq.com/s/BBBB").unwrap();
    let mut workbook = Workbook::open(Cursor::new(writer.save_to_buffer().unwrap()), "a.xlsx").unwrap();
    let mut rows = workbook.rows("Sheet1").unwrap();
    let mut record = Record::default();
    assert!(rows.next_row(&mut record).unwrap());
    assert_eq!((record.get(1), record.link(1)), ("题", Some("https://mp.weixin.qq.com/s/AAAA")));
    // A link whose text is its address is not repeated.
    assert!(rows.next_row(&mut record).unwrap());
    assert_eq!((record.get(1), record.link(1)), ("https://mp.weixin.qq.com/s/BBBB", None));
}

/// Builds a container with these streams.
fn ole(streams: &[(&str, &[u8])]) -> Vec<u8> {
    let mut container = cfb::CompoundFile::create(Cursor::new(Vec::new())).unwrap();
    for (name, bytes) in streams {
        std::io::Write::write_all(&mut container.create_stream(name).unwrap(), bytes).unwrap();
    }
    container.flush().unwrap();
    container.into_inner().into_inner()
}

#[test]
fn passwords_and_sheets_that_do_not_fit_are_refused_before_room_is_made() {
    let code = |bytes: Vec<u8>| Workbook::open(Cursor::new(bytes), "a").err().map(|error| error.code());
    assert_eq!(code(ole(&[("/EncryptedPackage", b"x"), ("/EncryptionInfo", b"x")])), Some("workbook-encrypted"));
    let record = |kind: u16, body: &[u8]| {
        let length = u16::try_from(body.len()).unwrap().to_le_bytes();
        [&kind.to_le_bytes()[..], &length, body].concat()
    };
    let begin = record(0x0809, &[0, 6, 5, 0, 0, 0, 0, 0]);
    let locked = [begin.clone(), record(0x002f, &[0; 6])].concat();
    assert_eq!(code(ole(&[("/Workbook", &locked)])), Some("workbook-encrypted"));
    // 4,294,967,295 rows of 255 columns.
    let huge = [begin, record(0x0200, &[0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0, 0, 0xff, 0, 0, 0])].concat();
    assert_eq!(code(ole(&[("/Workbook", &huge)])), Some("xlsx-too-large"));
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    let content = "<x><table:table><table:table-row table:number-rows-repeated='1000000'><table:table-cell \
        table:number-columns-repeated='1000'><p>1</p></table:table-cell></table:table-row></table:table></x>";
    for (name, text) in [("mimetype", "application/vnd.oasis.opendocument.spreadsheet"), ("content.xml", content)] {
        zip.start_file(name, options).unwrap();
        std::io::Write::write_all(&mut zip, text.as_bytes()).unwrap();
    }
    assert_eq!(code(zip.finish().unwrap().into_inner()), Some("xlsx-too-large"));
}

/// Builds the first sheet of an `.xls` with two, whose cell in row 2 and column 1 links to `address`, as Excel writes
/// it.
fn linked_xls(address: &str) -> Vec<u8> {
    let record = |kind: u16, body: &[u8]| {
        [&kind.to_le_bytes()[..], &u16::try_from(body.len()).unwrap().to_le_bytes(), body].concat()
    };
    let wide = |text: &str| text.encode_utf16().chain([0]).flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    let mut link = Vec::new();
    for number in [2_u16, 2, 1, 1] {
        link.extend(number.to_le_bytes());
    }
    link.extend([0; 16]);
    // Version 2; a moniker, absolute, with a display name.
    link.extend(2_u32.to_le_bytes());
    link.extend(0x17_u32.to_le_bytes());
    link.extend(3_u32.to_le_bytes());
    link.extend(wide("题目"));
    link.extend(hex::decode("e0c9ea79f9bace118c8200aa004ba90b").unwrap());
    let address = wide(address);
    link.extend(u32::try_from(address.len()).unwrap().to_le_bytes());
    link.extend(address);
    let begin = |kind: u16| record(0x0809, &[&0x0600_u16.to_le_bytes()[..], &kind.to_le_bytes(), &[0; 12]].concat());
    let bound = |at: u32, name: &str| {
        let length = u8::try_from(name.len()).unwrap();
        record(0x0085, &[&at.to_le_bytes()[..], &[0, 0, length, 0], name.as_bytes()].concat())
    };
    let globals =
        |first: u32, second: u32| [begin(5), bound(first, "one"), bound(second, "two"), record(0x000a, &[])].concat();
    let start = u32::try_from(globals(0, 0).len()).unwrap();
    let sheet = [begin(0x10), record(0x01b8, &link), record(0x000a, &[])].concat();
    let other = [begin(0x10), record(0x000a, &[])].concat();
    let second = start + u32::try_from(sheet.len()).unwrap();
    let mut container = cfb::CompoundFile::create(Cursor::new(Vec::new())).unwrap();
    let mut stream = container.create_stream("/Workbook").unwrap();
    std::io::Write::write_all(&mut stream, &[globals(start, second), sheet, other].concat()).unwrap();
    drop(stream);
    container.flush().unwrap();
    container.into_inner().into_inner()
}

#[test]
fn hyperlinks_of_old_workbooks_are_found_in_their_records() {
    let url = "https://mp.weixin.qq.com/s/AAAAAAAAAAAAAAAAAAAAAA";
    let (sheets, from_1904) = workbook_links::of_xls(&mut Cursor::new(linked_xls(url)));
    assert!(!from_1904);
    let found: Vec<_> = sheets.iter().map(|links| links.get(&(2, 1)).map(|link| link.address.as_str())).collect();
    assert_eq!(found, [Some(url), None]);
    let (elsewhere, _) = workbook_links::of_xls(&mut Cursor::new(linked_xls("https://example.com/")));
    assert!(elsewhere.iter().all(CellLinks::is_empty));
}
