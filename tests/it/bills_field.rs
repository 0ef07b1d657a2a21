//! Bills as people have them: saved again by spreadsheets, put together, cut, in other scripts and currencies. Each value
//! here is what the person holding the bill would say is right.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use encoding_rs::GB18030;
use liudi::model::statement::{Column, ColumnType};
use proptest::prelude::*;
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};

use super::bills::{Bench, rows};
use super::support::Run;

/// The header of a person's bill.
pub(super) const HEADER: &str =
    "交易时间,交易类型,交易对方,商品,收/支,金额(元),支付方式,当前状态,交易单号,商户单号,备注";

/// What stands above it; `commas` is what a spreadsheet or the platform puts behind each line.
fn preamble(from: &str, to: &str, rows: usize, out: &str, into: &str) -> String {
    let lines = [
        "微信支付账单明细".to_owned(),
        "微信昵称：[留底测试]".to_owned(),
        format!("起始时间：[{from} 00:00:00] 终止时间：[{to} 23:59:59]"),
        "导出类型：[全部]".to_owned(),
        format!("导出时间：[{to} 23:59:59]"),
        String::new(),
        format!("共{rows}笔记录"),
        format!("收入：{into}元"),
        format!("支出：{out}元"),
        "中性交易：0笔 0.00元".to_owned(),
        "注：".to_owned(),
        "1. 充值/提现/理财通购买/零钱通存取/信用卡还款等交易，将计入中性交易".to_owned(),
        String::new(),
        "----------------------微信支付账单明细列表--------------------".to_owned(),
    ];
    lines.join(",,,,,,,,,,\n") + ",,,,,,,,,,\n"
}

/// A bill of the first quarter of 2025 with these rows; `out` and `into` are `2笔 358.00`.
fn bill(rows: &[&str], out: &str, into: &str) -> String {
    let mut text = preamble("2025-01-01", "2025-03-31", rows.len(), out, into) + HEADER + "\n";
    for row in rows {
        text.push_str(row);
        text.push('\n');
    }
    text
}

const NAME: &str = "微信支付账单(20250101-20250331).csv";

fn number(last: u32) -> String {
    format!("42000099902025{last:014}")
}

/// Column by name of each row of the ledger.
fn table(bench: &Bench) -> Vec<BTreeMap<String, String>> {
    let csv = bench.ledger().0;
    check_types(&csv);
    let table: Vec<BTreeMap<String, String>> = rows(&csv).into_iter().map(|row| row.into_iter().collect()).collect();
    check_keys(&table);
    table
}

/// Every cell is of the type that `datapackage.json` says its column has.
fn check_types(csv: &str) {
    let mut reader = csv::Reader::from_reader(csv.trim_start_matches('\u{feff}').as_bytes());
    for record in reader.records() {
        let record = record.unwrap();
        for (column, cell) in Column::ALL.iter().zip(record.iter()).filter(|(_, cell)| !cell.is_empty()) {
            let right = match column.kind() {
                ColumnType::DateTime => cell.len() == 25 && cell.ends_with("+08:00") && cell.as_bytes()[10] == b'T',
                ColumnType::Integer => cell.trim_start_matches('-').bytes().all(|byte| byte.is_ascii_digit()),
                ColumnType::Number => liudi::model::money::Money::from_plain(cell).is_some(),
                ColumnType::Text => true,
            };
            assert!(right, "{}: {cell}", column.code());
        }
    }
}

/// No two rows have one key.
fn check_keys(rows: &[BTreeMap<String, String>]) {
    let keys: std::collections::BTreeSet<_> = rows.iter().map(|row| (&row["kind"], &row["key"])).collect();
    assert_eq!(keys.len(), rows.len(), "{rows:?}");
}

/// Sums by direction and currency, in fen.
fn sums(rows: &[BTreeMap<String, String>]) -> BTreeMap<(String, String), i64> {
    let mut sums = BTreeMap::new();
    for row in rows {
        let fen: i64 = row.get("amount_fen").map_or(0, |fen| fen.parse().unwrap());
        let currency = row.get("currency").cloned().unwrap_or_default();
        *sums.entry((row["direction"].clone(), currency)).or_default() += fen;
    }
    sums
}

fn sum(rows: &[BTreeMap<String, String>], direction: &str) -> i64 {
    sums(rows).get(&(direction.to_owned(), "CNY".to_owned())).copied().unwrap_or_default()
}

fn bits(bench: &Bench) -> u8 {
    let merged = bench.ledger().1.findings;
    bench.problems.iter().chain(&merged).fold(0, |bits, problem| bits | problem.exit_bit)
}

#[test]
fn unquoted_commas_move_no_cell() {
    let first = format!(
        "2025-03-01 18:45:06,商户消费,WALMART TEST CO.,LIMITED,\"商品\",支出,¥348.00,招商银行信用卡(0000),支付成功,{}\t,A1,\"/\"",
        number(1)
    );
    let second = format!("2025-03-02 18:45:06,商户消费,小店,\"茶\",支出,¥10.00,零钱,支付成功,{}\t,A2,\"/\"", number(2));
    let third = format!("2025-03-03 18:45:06,商户消费,小店,茶,支出,¥1,010.00,零钱,支付成功,{},A3,/", number(3));
    let bench = Bench::new().bytes(NAME, bill(&[&first, &second, &third], "3笔 1,368.00", "0笔 0.00"));
    let table = table(&bench);
    assert_eq!((table.len(), sum(&table, "out"), bits(&bench)), (3, 136_800, 0), "{:?}", bench.problems);
    assert_eq!(table[0]["counterparty"], "WALMART TEST CO.,LIMITED");
    assert_eq!(table[0]["item"], "商品");
    assert_eq!(bench.codes(), ["bill-cells-moved"]);
}

#[test]
fn raw_quotes_swallow_no_row() {
    let rows = [
        format!(
            "2025-03-01 18:45:06,转账,A\"B店,\"转账备注:\"好\"的\",支出,¥5.00,零钱,对方已收钱,{}\t,A1,\"/\"",
            number(1)
        ),
        format!("2025-03-02 18:45:06,转账,\"阿明\",/,支出,¥6.00,零钱,对方已收钱,{}\t,A2,\"/\"", number(2)),
        format!("2025-03-03 18:45:06,转账,\"未闭合,转账备注,支出,¥7.00,零钱,对方已收钱,{}\t,A3,\"/\"", number(3)),
        format!("2025-03-04 18:45:06,转账,小丁,备注,支出,¥8.00,零钱,对方已收钱,{}\t,A4,\"/\"", number(4)),
        // A quote that closes in the next row only.
        format!("2025-03-05 18:45:06,转账,\"开着,备注,支出,¥9.00,零钱,对方已收钱,{},A5,/", number(5)),
        format!("2025-03-06 18:45:06,转账,\"阿明\",/,支出,¥10.00,零钱,对方已收钱,{},A6,/", number(6)),
    ];
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    let bench = Bench::new().bytes(NAME, bill(&rows, "6笔 45.00", "0笔 0.00"));
    let table = table(&bench);
    assert_eq!((table.len(), sum(&table, "out"), bits(&bench)), (6, 4500, 0), "{:?}", bench.problems);
    assert_eq!(table[0]["counterparty"], "A\"B店");
    assert_eq!(table[2]["counterparty"], "\"未闭合");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]
    #[test]
    fn any_name_gives_the_right_amount_or_a_named_row(
        party in "[a甲,\" 支出入1.¥]{0,8}", item in "[a乙,\"\n 收2/.]{0,8}", note in "[a,\"/]{0,5}", quoted in 0..8_u8,
    ) {
        let cell = |text: &str, bit: u8| {
            if quoted & bit != 0 { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.replace('\n', " ") }
        };
        let row = format!(
            "2025-03-01 18:45:06,商户消费,{},{},支出,¥348.00,零钱,支付成功,{},A1,{}",
            cell(&party, 1), cell(&item, 2), number(1), cell(&note, 4)
        );
        let next = format!("2025-03-02 18:45:06,商户消费,小店,茶,支出,¥10.00,零钱,支付成功,{},A2,/", number(2));
        let bench = Bench::new().bytes(NAME, bill(&[&row, &next], "2笔 358.00", "0笔 0.00"));
        let table = table(&bench);
        if bits(&bench) == 0 {
            prop_assert_eq!((table.len(), sum(&table, "out")), (2, 35_800), "{}", row);
        } else {
            // What stands in the ledger is right even then.
            let right = |fen: &String| matches!(fen.as_str(), "34800" | "1000");
            prop_assert!(table.iter().all(|row| row.get("amount_fen").is_none_or(right)), "{:?}", table);
        }
    }
}

/// What stands in a torn name is never the row's direction and amount, and a raw quote at the end of a line opens none.
#[test]
fn pieces_of_a_name_are_no_amount() {
    for (party, item, note) in [
        (",", ",2\n", "\""),
        (",\"", ",,2\n", "\""),
        ("", ",/,2\n", "\""),
        ("", ",收,2\n", "\"a"),
        ("", ",支出,2\n", "\"/\"\""),
        ("", ",支出,2,零钱\n", "\""),
        (",", ",2\n", "/"),
        ("甲", ",/,2\n乙", "/"),
        ("\"", ",/,2,/,/\n", "/"),
        ("", "\",/,2\n", "\""),
    ] {
        let item = item.replace('"', "\"\"");
        let row = format!(
            "2025-03-01 18:45:06,商户消费,{party},\"{item}\",支出,¥348.00,零钱,支付成功,{},A1,{note}",
            number(1)
        );
        let next = format!("2025-03-02 18:45:06,商户消费,小店,茶,支出,¥10.00,零钱,支付成功,{},A2,/", number(2));
        let bench = Bench::new().bytes(NAME, bill(&[&row, &next], "2笔 358.00", "0笔 0.00"));
        let table = table(&bench);
        let fen: Vec<&str> = table.iter().filter_map(|row| row.get("amount_fen").map(String::as_str)).collect();
        match bits(&bench) {
            0 => assert_eq!(fen, ["34800", "1000"], "{row}"),
            _ => assert!(fen == ["1000"] || fen == ["34800", "1000"], "{row}: {table:?}"),
        }
    }
}

/// A line break in a name tears the line, and the quote before it is never closed.
#[test]
fn a_torn_line_gives_no_amount() {
    for name in ["\",/,2", "\",,2", ",\",2", "\",支出,2,零钱", ",甲,2"] {
        let torn = format!("2025-03-01 18:45:06,商户消费,,{name}\n,支出,¥348.00,零钱,支付成功,{},A1,/", number(1));
        let next = format!("2025-03-02 18:45:06,商户消费,小店,茶,支出,¥10.00,零钱,支付成功,{},A2,/", number(2));
        let bench = Bench::new().bytes(NAME, bill(&[&torn, &next], "2笔 358.00", "0笔 0.00"));
        let table = table(&bench);
        assert_eq!((table.len(), table[0]["amount_fen"].as_str()), (1, "1000"), "{name}");
        assert!(bits(&bench) != 0 && bench.codes().contains(&"bill-row-shifted"), "{name}: {:?}", bench.codes());
    }
}

/// Two rides in one minute, as the platform writes them and as a spreadsheet saves them.
fn rides(number_of: impl Fn(u32) -> String, time: [&str; 2]) -> String {
    let row = |index: usize| {
        let number = number_of(u32::try_from(index).unwrap() + 1);
        format!("{},商户消费,公交,乘车,支出,¥2.00,零钱,支付成功,{number},A,/", time[index])
    };
    bill(&[&row(0), &row(1)], "2笔 4.00", "0笔 0.00")
}

#[test]
fn rows_of_one_bill_are_never_one_row() {
    for destroyed in
        ["4.2E+27", "4.20000E+27", "4.2e+27", "4200009990202500000000000000", "4200009990202500000000000000.0", ""]
    {
        let text = rides(|_| destroyed.to_owned(), ["2025/3/1 8:05", "2025/3/1 8:05"]);
        let bench = Bench::new().bytes(NAME, GB18030.encode(&text).0.into_owned());
        let table = table(&bench);
        assert_eq!((table.len(), sum(&table, "out")), (2, 400), "{destroyed}");
        let named = bench.codes().contains(&"bill-numbers-destroyed");
        assert_eq!(named, !destroyed.is_empty(), "{destroyed}");
        assert!(table.iter().all(|row| !row.contains_key("transaction_no")), "{destroyed}");
    }
}

#[test]
fn a_bill_saved_again_by_a_spreadsheet_adds_nothing() {
    let original = rides(number, ["2025-03-01 08:05:11", "2025-03-01 08:05:12"]);
    let csv = rides(|_| "4.2E+27".to_owned(), ["2025/3/1 8:05", "2025/3/1 8:05"]);
    let other = rides(|_| "4.20000E+27".to_owned(), ["2025-03-01 08:05", "2025-03-01 08:05"]);
    let read = |files: &[&str]| {
        let bench = files.iter().enumerate().fold(Bench::new(), |bench, (index, text)| {
            bench.bytes(&format!("{index}.csv"), GB18030.encode(text).0.into_owned())
        });
        let table = table(&bench);
        (table.len(), sum(&table, "out"), table, bits(&bench))
    };
    for files in [
        &[&*original, &*csv][..],
        &[&csv, &original],
        &[&csv, &other],
        &[&csv, &original, &other],
        &[&other, &csv, &original],
    ] {
        let (rows, out, table, bits) = read(files);
        assert_eq!((rows, out), (2, 400));
        // Where the original has every row, nothing is lost.
        let has_all = files.contains(&&*original);
        assert_eq!(bits, if has_all { 0 } else { 64 });
        assert!(!has_all || table.iter().all(|row| row.contains_key("transaction_no")));
    }
    // A ride that only the saved copy has is one more.
    let longer = csv.clone() + "2025/3/1 8:05,商户消费,公交,乘车,支出,¥2.00,零钱,支付成功,4.2E+27,A,/\n";
    let (rows, _, _, more) = read(&[&original, &longer]);
    assert_eq!((rows, more), (3, 64));
    // Numbers kept as text, times to the minute: each row is the row it was.
    let minutes = rides(number, ["2025/3/1 8:05", "2025/3/1 8:05"]);
    let (rows, out, table, _) = read(&[&original, &minutes]);
    assert_eq!((rows, out), (2, 400));
    assert!(table[0]["time"].starts_with("2025-03-01T08:05:11"));
}

#[test]
fn several_refunds_of_one_order_are_no_conflict() {
    let row = |day: u8, what: &str, way: &str, amount: &str, status: &str| {
        format!("2025-03-{day:02} 10:00:00,{what},网店,\"两件\",{way},¥{amount},零钱,{status},{}\t,O1,\"/\"", number(7))
    };
    let payment = row(1, "商户消费", "支出", "100.00", "已退款(￥35.00)");
    let (one, other) =
        (row(10, "网店-退款", "收入", "20.00", "已到账"), row(9, "网店-退款", "收入", "15.00", "已到账"));
    let bench = Bench::new().bytes(NAME, bill(&[&one, &other, &payment], "1笔 100.00", "2笔 35.00"));
    let whole = table(&bench);
    assert_eq!((whole.len(), sum(&whole, "in"), sum(&whole, "out"), bits(&bench)), (3, 3500, 10_000, 0));
    assert!(whole.iter().any(|row| row.get("refund").map(String::as_str) == Some("35.00")));
    // Each row has a key of its own; the earliest has the number alone.
    let keys = |rows: &[BTreeMap<String, String>]| rows.iter().map(|row| row["key"].clone()).collect::<Vec<_>>();
    let right = [format!("{}/in", number(7)), format!("{}/in/20250310100000", number(7)), format!("{}/out", number(7))];
    assert_eq!(keys(&whole), right);
    // The same in two exports, of which the first ends between the refunds.
    let earlier = row(1, "商户消费", "支出", "100.00", "已退款(￥15.00)");
    let earlier = bill(&[&other, &earlier], "1笔 100.00", "1笔 15.00").replace("2025-03-31", "2025-03-09");
    let bench = bench.bytes("b.csv", earlier.as_bytes());
    let both = table(&bench);
    assert_eq!(keys(&both), right);
    let turned =
        Bench::new().bytes("b.csv", earlier).bytes(NAME, bill(&[&payment, &other, &one], "1笔 100.00", "2笔 35.00"));
    assert_eq!(keys(&table(&turned)), right);
    assert_eq!((both.len(), sum(&both, "in"), sum(&both, "out"), bits(&bench)), (3, 3500, 10_000, 0));
    assert!(both.iter().any(|row| row.get("refund").map(String::as_str) == Some("35.00")));
}

#[test]
fn of_a_payment_that_moved_on_the_later_bill_counts() {
    let payment = |status: &str| {
        format!("2025-03-01 10:00:00,商户消费,网店,\"两件\",支出,¥100.00,零钱,{status},{}\t,O1,\"/\"", number(7))
    };
    let refund =
        format!("2025-04-05 10:00:00,网店-退款,网店,\"退款\",收入,¥100.00,零钱,已全额退款,{}\t,O1,\"/\"", number(7));
    let before = bill(&[&payment("支付成功")], "1笔 100.00", "0笔 0.00");
    let after = bill(&[&refund, &payment("已全额退款")], "1笔 100.00", "1笔 100.00");
    // Made later; made at the same time for a longer range; neither says when it was made.
    let dated = |text: &str, from: &str, made: &str| {
        text.replace("2025-03-31 23:59:59]\n", from).replace("导出时间：[2025-03-31 23:59:59]", made)
    };
    for (one, other) in [
        (before.clone(), after.replace("2025-03-31", "2025-05-31")),
        (dated(&before, "", "导出时间：[2025-06-01 10:00:00]"), dated(&after, "", "导出时间：[2025-06-01 10:00:00]")),
        (dated(&before, "", ""), dated(&after, "", "")),
    ] {
        for files in [[&one, &other], [&other, &one]] {
            let bench = Bench::new().bytes("a.csv", files[0].as_bytes()).bytes("b.csv", files[1].as_bytes());
            let table = table(&bench);
            assert_eq!((table.len(), sum(&table, "in"), sum(&table, "out"), bits(&bench)), (2, 10_000, 10_000, 0));
            let paid = table.iter().find(|row| row["direction"] == "out").unwrap();
            assert_eq!((paid["refund"].as_str(), paid["status"].as_str()), ("100.00", "已全额退款"));
            let findings = bench.ledger().1.findings;
            assert_eq!(
                findings.iter().map(|finding| finding.code.as_str()).collect::<Vec<_>>(),
                ["ledger-row-moved-on"]
            );
        }
    }
}

#[test]
fn an_empty_bill_covers_its_days() {
    let heading = preamble("2025-01-01", "2025-03-31", 0, "0笔 0.00", "0笔 0.00");
    for text in [
        format!("{heading}{HEADER}\n"),
        heading.clone(),
        heading.replace("账单", "賬單").replace("终止时间", "終止時間"),
    ] {
        let bench = Bench::new().bytes(NAME, text.as_bytes());
        assert_eq!((bits(&bench), bench.ledger().1.rows), (0, 0), "{:?}", bench.problems);
        let statement = &bench.statements[0].1;
        assert_eq!((statement.from.as_deref(), statement.to.as_deref()), (Some("2025-01-01"), Some("2025-03-31")));
    }
    // Rows were declared, and there is no table.
    let bench = Bench::new().bytes(NAME, preamble("2025-01-01", "2025-03-31", 3, "3笔 3.00", "0笔 0.00"));
    assert_eq!((bench.codes(), bits(&bench)), (vec!["bill-table-missing"], 64));
    // Without a range of its own, the name says it.
    let bench = Bench::new().bytes(NAME, format!("微信支付账单明细\n共0笔记录\n{HEADER}\n"));
    assert_eq!((bits(&bench), bench.statements[0].1.to.as_deref()), (0, Some("2025-03-31")));
}

#[test]
fn a_bill_of_which_nothing_was_read_covers_no_day() {
    let heading = preamble("2025-01-01", "2025-03-31", 2, "2笔 31.00", "0笔 0.00");
    let row = "2025-01-02 10:00:00,商户消费,小店,茶,支出,¥10.00,零钱,支付成功,4200,A1,/\n";
    let renamed = |header: &str| format!("{heading}{}\n{row}", HEADER.replace("金额(元)", header));
    for (text, code) in [
        (heading.clone(), "bill-table-missing"),
        (renamed("金额(万元)"), "bill-columns-unknown"),
        (renamed("金额（单位：分）"), "bill-columns-unknown"),
        (renamed("Amount (cents)"), "bill-columns-unknown"),
        (renamed("支出金额"), "bill-columns-unknown"),
        (format!("{HEADER}\n"), "bill-without-rows"),
        (format!("{heading}{HEADER}\n"), "bill-total-differs"),
    ] {
        let bench = Bench::new().bytes(NAME, text.as_bytes());
        assert!(bench.codes().contains(&code), "{code}: {:?}", bench.problems);
        assert_eq!(bits(&bench) & 64, 64, "{code}");
        let statement = &bench.statements[0].1;
        assert_eq!((statement.rows, &statement.from, &statement.to), (0, &None, &None), "{code}");
    }
}

#[test]
fn an_amount_that_is_not_there_is_named() {
    let cells = |amount: &str| format!("2025-01-02 10:00:00,商户消费,小店,茶,支出,{amount},零钱,支付成功,4200,A1,/");
    for amount in ["", "/", "`", " "] {
        let bench = Bench::new().bytes(NAME, bill(&[&cells(amount)], "1笔 0.00", "0笔 0.00").as_bytes());
        assert_eq!((bench.codes(), bits(&bench)), (vec!["bill-amount-missing"], 32), "{amount}");
    }
    let header = "交易时间,商户号,微信订单号,商户订单号,交易状态,货币种类,应结订单金额,手续费,退款金额,微信退款单号\n";
    let end = "总交易单数,应结订单总金额\n`1,`0.00\n";
    let sold = format!("{header}`2025-03-05 10:00:00,`19,`4200,`A1,`SUCCESS,`CNY,`,`0.00000,`0.00,`0\n{end}");
    let given = format!("{header}`2025-03-05 10:00:00,`19,`4200,`A1,`REFUND,`CNY,`0.00,`0.00000,`,`5030\n{end}");
    for text in [sold, given] {
        let bench = Bench::new().bytes("1900000000All2025-03-05.csv", text.as_bytes());
        assert!(bench.codes().contains(&"bill-amount-missing"), "{:?}", bench.problems);
    }
}

#[test]
fn an_amount_cut_off_with_its_file_does_not_count() {
    let whole = bill(
        &[
            "2025-01-02 10:00:00,商户消费,小店,茶,支出,¥10.00,零钱,支付成功,4200,A1,/",
            "2025-01-03 10:00:00,商户消费,小店,茶,支出,¥21.00,零钱,支付成功,4201,A2,/",
        ],
        "2笔 31.00",
        "0笔 0.00",
    );
    let amount = whole.rfind("¥21.00").unwrap();
    for cut in amount + "¥".len() + 1..amount + "¥21.00".len() {
        let bench = Bench::new().bytes(NAME, &whole.as_bytes()[..cut]);
        assert_eq!(bench.ledger().1.rows, 1, "{cut}");
        assert!(bench.codes().contains(&"bill-row-shifted") && bits(&bench) == 96, "{:?}", bench.problems);
    }
}

#[test]
fn amounts_of_two_currencies_are_never_added() {
    let header = HEADER.replace("金额(元)", "金额,币种");
    let row = |number: u8, amount: &str, currency: &str| {
        format!("2025-01-0{number} 10:00:00,商户消费,小店,茶,支出,{amount},{currency},零钱,支付成功,420{number},A1,/\n")
    };
    let rows = row(1, "10.00", "CNY") + &row(2, "13.50", "CNY") + &row(3, "8.00", "HKD");
    for (declared, right) in [("23.50", true), ("8.00", true), ("31.50", true), ("0.00", false)] {
        let heading = preamble("2025-01-01", "2025-03-31", 3, &format!("3笔 {declared}"), "0笔 0.00");
        let bench = Bench::new().bytes(NAME, format!("{heading}{header}\n{rows}").as_bytes());
        assert_eq!(bits(&bench), if right { 0 } else { 64 }, "{declared}: {:?}", bench.problems);
        let computed = bench.problems.iter().flat_map(|problem| &problem.arguments);
        let computed = computed.clone().find(|(name, _)| name == "computed").map(|(_, value)| value.as_str());
        assert_eq!(computed, (!right).then_some("23.50 CNY + 8.00 HKD"));
    }
}

#[test]
fn lines_of_old_macs_and_cells_between_bars_are_read() {
    let rows = [
        "2025-01-02 10:00:00,商户消费,小店,茶,支出,¥10.00,零钱,支付成功,4200,A1,/",
        "2025-01-03 10:00:00,商户消费,小店,茶,支出,¥21.00,零钱,支付成功,4201,A2,/",
    ];
    let text = bill(&rows, "2笔 31.00", "0笔 0.00");
    let returns = text.replace('\n', "\r");
    let wide: Vec<u8> = returns.encode_utf16().flat_map(u16::to_le_bytes).collect();
    for bytes in [
        returns.clone().into_bytes(),
        GB18030.encode(&returns).0.into_owned(),
        [b"\xff\xfe".as_slice(), &wide].concat(),
        text.replace(',', "|").into_bytes(),
        text.replace(',', "\t").replace('\n', "\r").into_bytes(),
    ] {
        let bench = Bench::new().bytes(NAME, bytes);
        assert_eq!((bits(&bench), table(&bench).len()), (0, 2), "{:?}", bench.problems);
    }
}

#[test]
fn other_scripts_and_other_tables_are_read() {
    let traditional = preamble("2025-01-01", "2025-03-31", 1, "1笔 10.00", "0笔 0.00").replace("账单", "賬單")
        + "交易時間,交易類型,交易對方,商品,收/支,金額(元),支付方式,當前狀態,交易單號,商戶單號,備註\n"
        + &format!("2025-03-02 18:45:06,商戶消費,茶室,\"茶\",支出,¥10.00,零錢,支付成功,{}\t,A2\t,\"/\"\n", number(2));
    let english = "WeChat Pay Statement\nNickname: [Test]\nStart time: [2025-01-01] End time: [2025-03-31]\n\n\
        Transaction Time,Transaction Type,Counterparty,Product,Income/Expense,Amount (CNY),Payment Method,Current Status,Transaction ID,Merchant Order No.,Remarks\n"
        .to_owned()
        + &format!("2025-03-02 18:45:06,Merchant payment,茶室,茶,Expense,¥10.00,Balance,Paid,{},A2,/\n", number(2));
    for (text, counterparty) in [(traditional, "茶室"), (english, "茶室")] {
        let bench = Bench::new().bytes(NAME, text.as_bytes());
        let table = table(&bench);
        assert_eq!((table.len(), sum(&table, "out")), (1, 1000), "{:?}", bench.problems);
        assert_eq!(
            (table[0]["counterparty"].as_str(), table[0]["time"].as_str()),
            (counterparty, "2025-03-02T18:45:06+08:00")
        );
        assert_eq!(bench.statements[0].1.from.as_deref(), Some("2025-01-01"));
    }
    let hong_kong = "WeChat Pay HK\n交易時間,交易類型,交易對象,商品,收入/支出,金額(港幣),付款方式,交易狀態,交易編號,商戶訂單號,備註\n".to_owned()
        + &format!("2025-03-02 18:45:06,商戶消費,茶室,茶,支出,\"1,010.00\",餘額,成功,{},A2,/\n", number(2));
    let read = Bench::new().bytes("a.csv", hong_kong);
    assert_eq!(sums(&table(&read)), BTreeMap::from([(("out".to_owned(), "HKD".to_owned()), 101_000)]));
    // The table made of the platform's PDF.
    let proof = format!(
        "微信支付交易明细证明\n编号:000000\n兹证明:测试,微信号:test\n交易明细对应时间段 2025-01-01 00:00:00至2025-03-31 23:59:59\n\
         交易单号,交易时间,交易类型,收/支/其他,交易方式,金额(元),交易对方,商户单号\n\
         {},2025-03-02 18:45:06,商户消费,支出,零钱,10.00,小店,A2\n{},2025-03-03 18:45:06,零钱提现,其他,零钱,20.00,农业银行,/\n",
        number(2),
        number(3)
    );
    let read = Bench::new().bytes("微信支付交易明细证明(20250101-20250331).csv", proof.as_bytes());
    let rows = table(&read);
    assert_eq!((rows.len(), sum(&rows, "out"), sum(&rows, "neutral"), bits(&read)), (2, 1000, 2000, 0));
    assert_eq!(read.statements[0].1.to.as_deref(), Some("2025-03-31"));
    // Without its heading the table is the same.
    let (_, bare) = proof.split_once("23:59:59\n").unwrap();
    assert_eq!(table(&Bench::new().bytes("表.csv", bare)).len(), 2);
}

#[test]
fn two_bills_in_one_file_are_two_bills() {
    let month = |month: u8, row: &str, out: &str| {
        let (from, to) = (format!("2025-{month:02}-01"), format!("2025-{month:02}-28"));
        preamble(&from, &to, 1, out, "0笔 0.00") + HEADER + "\n" + row + "\n"
    };
    let one = month(
        1,
        &format!("2025-01-05 10:00:00,商户消费,小店,茶,支出,¥10.00,零钱,支付成功,{},A1,/", number(1)),
        "1笔 10.00",
    );
    let other = month(
        2,
        &format!("2025-02-05 10:00:00,商户消费,小店,茶,支出,¥11.00,零钱,支付成功,{},A2,/", number(2)),
        "1笔 11.00",
    );
    let without_header = other.replace(&format!("{HEADER}\n"), "");
    let without_heading = other.split_once(HEADER).map(|(_, rows)| format!("{HEADER}{rows}")).unwrap();
    for second in [&other, &without_header] {
        let bench = Bench::new().bytes("全部.csv", one.clone() + second);
        let table = table(&bench);
        assert_eq!((table.len(), sum(&table, "out")), (2, 2100));
        assert_eq!((bits(&bench), bench.problems.len()), (0, 0), "{:?}", bench.problems);
        let days: Vec<_> = bench.statements.iter().map(|(_, statement)| statement.from.clone().unwrap()).collect();
        assert_eq!(days, ["2025-01-01", "2025-02-01"]);
    }
    let bench = Bench::new().bytes("全部.csv", one.clone() + &without_heading);
    assert_eq!(sum(&table(&bench), "out"), 2100);
    // The same bill twice in one file is one bill.
    let bench = Bench::new().bytes("全部.csv", one.clone() + &one);
    assert_eq!(table(&bench).len(), 1);
}

fn sheet(workbook: &mut Workbook, name: &str, csv: &str) {
    let sheet = workbook.add_worksheet().set_name(name).unwrap();
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(csv.as_bytes());
    for (at, record) in (0..).zip(reader.records()) {
        for (column, cell) in (0..).zip(record.unwrap().iter()) {
            if !cell.is_empty() {
                sheet.write_string(at, column, cell.trim()).unwrap();
            }
        }
    }
}

#[test]
fn every_sheet_of_a_workbook_is_read() {
    let row = |day: &str, amount: &str, last: u32| {
        format!("{day} 10:00:00,商户消费,小店,茶,支出,¥{amount},零钱,支付成功,{},A{last},/", number(last))
    };
    let mut workbook = Workbook::new();
    sheet(&mut workbook, "汇总", "类别,金额\n餐饮,21\n");
    sheet(&mut workbook, "空", "");
    sheet(&mut workbook, "一月", &bill(&[&row("2025-01-05", "10.00", 1)], "1笔 10.00", "0笔 0.00"));
    sheet(&mut workbook, "二月", &bill(&[&row("2025-02-05", "11.00", 2)], "1笔 11.00", "0笔 0.00"));
    sheet(
        &mut workbook,
        "商户",
        "记账时间,微信支付业务单号,资金流水单号,业务名称,业务类型,收支类型,收支金额（元）,账户结余（元）,资金变更提交申请人,备注,业务凭证号\n\
         2025-03-05 10:00:00,50300,420011,退款,退款,支出,0.01,0.22,api,/,S1\n\
         资金流水总笔数,收入笔数,收入金额,支出笔数,支出金额\n1,0,0,1,0.01\n",
    );
    let bench = Bench::new().bytes("微信账单合并.xlsx", workbook.save_to_buffer().unwrap());
    let table = table(&bench);
    assert_eq!((table.len(), sum(&table, "out"), bits(&bench)), (3, 2101, 0), "{:?}", bench.problems);
    let kinds: Vec<&str> = table.iter().map(|row| row["kind"].as_str()).collect();
    assert_eq!(kinds, ["fund_flow", "personal", "personal"]);
    assert_eq!(bench.statements.len(), 3);
    // A sheet of another kind is named; an empty one is nothing.
    let named: Vec<_> = bench.problems.iter().filter(|problem| problem.code == "table-sheet-unread").collect();
    assert_eq!(named.len(), 1, "{:?}", bench.problems);
    assert!(named[0].arguments.contains(&("sheet".to_owned(), "汇总".to_owned())));
    // A hidden bill is a bill, hidden data are named, a chart is neither.
    let mut workbook = Workbook::new();
    sheet(&mut workbook, "微信支付账单", &bill(&[&row("2025-01-05", "10.00", 1)], "1笔 10.00", "0笔 0.00"));
    sheet(&mut workbook, "藏起来的账单", &bill(&[&row("2025-02-05", "11.00", 2)], "1笔 11.00", "0笔 0.00"));
    sheet(&mut workbook, "藏起来的数", "一,二\n1,2\n");
    for name in ["藏起来的账单", "藏起来的数"] {
        workbook.worksheet_from_name(name).unwrap().set_hidden(true);
    }
    let mut chart = rust_xlsxwriter::Chart::new_column();
    chart.add_series().set_values("藏起来的数!$A$1:$A$2");
    workbook.add_chartsheet().set_name("图").unwrap().insert_chart(0, 0, &chart).unwrap();
    let bench = Bench::new().bytes("账单.xlsx", workbook.save_to_buffer().unwrap());
    assert_eq!(sum(&self::table(&bench), "out"), 2100);
    let named: Vec<_> = bench.problems.iter().filter(|problem| problem.code == "table-sheet-unread").collect();
    assert_eq!(named.len(), 1, "{:?}", bench.problems);
    assert!(named[0].arguments.contains(&("sheet".to_owned(), "藏起来的数".to_owned())));
}

#[test]
fn a_workbook_of_a_spreadsheet_is_read_and_its_numbers_are_named() {
    let mut workbook = Workbook::new();
    workbook.add_worksheet().set_name("统计").unwrap().write(0, 0, "x").unwrap();
    let sheet = workbook.add_worksheet().set_name("数据").unwrap();
    for (column, header) in (2..).zip(HEADER.split(',')) {
        sheet.write_string(4, column, header).unwrap();
    }
    let time = Format::new().set_num_format("yyyy/m/d h:mm");
    for (at, when, way, amount) in [
        (5, "2025-03-01 00:00:00", "支出", 1.0),
        (6, "2025-03-02 08:05:59", "支出", 1024.5),
        (7, "2025-03-03 08:05:00", "收入", 20.0),
    ] {
        sheet.write_datetime_with_format(at, 2, ExcelDateTime::parse_from_str(when).unwrap(), &time).unwrap();
        for (column, cell) in [(3, "商户消费"), (4, "小店"), (5, "茶"), (6, way), (8, "零钱"), (9, "支付成功")]
        {
            sheet.write_string(at, column, cell).unwrap();
        }
        sheet.write_number(at, 7, amount).unwrap();
        sheet.write_number(at, 10, 4.200_009_990_202_500_3e27).unwrap();
    }
    let bench = Bench::new().bytes("账单.xlsx", workbook.save_to_buffer().unwrap());
    let table = table(&bench);
    assert_eq!((table.len(), sum(&table, "in"), sum(&table, "out")), (3, 2000, 102_550), "{:?}", bench.problems);
    assert!(bench.codes().contains(&"bill-numbers-destroyed"));
}

#[test]
fn a_line_of_totals_is_not_counted() {
    let rows = [
        format!("2025-01-05 10:00:00,商户消费,小店,茶,支出,¥10.00,零钱,支付成功,{},A1,/", number(1)),
        format!("2025-02-05 10:00:00,商户消费,小店,茶,支出,¥11.00,零钱,支付成功,{},A2,/", number(2)),
    ];
    for total in [",,,,合计,21,,,,,", "合计,,,,,21,,,,,", "总计：21元,,,,,,,,,,"] {
        let text = bill(&[&rows[0], &rows[1]], "2笔 21.00", "0笔 0.00") + total + "\n";
        let bench = Bench::new().bytes(NAME, text);
        let table = table(&bench);
        assert_eq!((table.len(), sum(&table, "out")), (2, 2100), "{total}");
        assert_eq!((bench.codes(), bits(&bench)), (vec!["bill-row-of-totals"], 0), "{total}");
    }
}

#[test]
fn amounts_are_read_in_every_form_or_named() {
    let forms: &[(&str, Option<(i64, &str)>)] = &[
        ("1.00E+05", None),
        ("\"¥ 10.00\"", Some((1000, "CNY"))),
        ("-¥5.00", Some((-500, "CNY"))),
        ("+¥6.00", Some((600, "CNY"))),
        ("\"(7.00)\"", Some((-700, "CNY"))),
        ("HK$8.00", Some((800, "HKD"))),
        ("CNY 9.00", Some((900, "CNY"))),
        ("10.00元", Some((1000, "CNY"))),
        ("\"1,010.00元\"", Some((101_000, "CNY"))),
        ("10.00 元", Some((1000, "CNY"))),
        ("￥10.00元", Some((1000, "CNY"))),
        ("\"¥1,0000.00\"", None),
        ("¥.50", Some((50, "CNY"))),
        ("¥0", Some((0, "CNY"))),
        ("\"1,010.00\"", Some((101_000, "CNY"))),
        ("\"2,000,010.50\"", Some((200_001_050, "CNY"))),
        ("１，０１０．００", Some((101_000, "CNY"))),
        ("−10", Some((-1000, "CNY"))),
        ("¥\u{2009}10\u{a0}", Some((1000, "CNY"))),
    ];
    for (form, right) in forms {
        let row =
            format!("2025-03-01 18:45:06,商户消费,小店,\"茶\",支出,{form},零钱,支付成功,{}\t,A2,\"/\"", number(1));
        let bench = Bench::new().bytes(NAME, bill(&[&row], "1笔 0.00", "0笔 0.00"));
        let table = table(&bench);
        assert_eq!(table.len(), 1, "{form}");
        let fen = table[0].get("amount_fen").map(|fen| fen.parse::<i64>().unwrap());
        assert_eq!(fen, right.map(|right| right.0), "{form}");
        let named = bench.codes().contains(&"bill-amount-unreadable");
        assert_eq!(named, right.is_none(), "{form}: {:?}", bench.problems);
        if let Some((_, currency)) = right {
            assert_eq!(table[0]["currency"], *currency, "{form}");
        }
    }
}

#[test]
fn times_are_read_in_every_form_or_named() {
    for (form, right) in [
        ("45717.7813", None),
        ("3/1/2025 18:45", None),
        ("3/31/2025 18:45", Some("2025-03-31T18:45:00+08:00")),
        ("3/31/25 18:45", Some("2025-03-31T18:45:00+08:00")),
        ("3/1/25 18:45", None),
        ("25/3/13 18:45", None),
        ("2025/3/1 下午 6:45:06", Some("2025-03-01T18:45:06+08:00")),
        ("2025-03-01T18:45:06", Some("2025-03-01T18:45:06+08:00")),
        ("2025年3月1日 18:45", Some("2025-03-01T18:45:00+08:00")),
        ("2025/3/1", Some("2025-03-01T00:00:00+08:00")),
        ("45717", Some("2025-03-01T00:00:00+08:00")),
        ("45717.78131944445", Some("2025-03-01T18:45:06+08:00")),
        ("20250301184506", Some("2025-03-01T18:45:06+08:00")),
        ("2025-03-01 18:45:06.0", Some("2025-03-01T18:45:06+08:00")),
    ] {
        for number in [number(1), String::new()] {
            let row = format!("{form},商户消费,小店,\"茶\",支出,¥1.00,零钱,支付成功,{number}\t,A2,\"/\"");
            let bench = Bench::new().bytes(NAME, bill(&[&row], "1笔 1.00", "0笔 0.00"));
            let table = table(&bench);
            assert_eq!((table.len(), sum(&table, "out")), (1, 100), "{form}");
            assert_eq!(table[0].get("time").map(String::as_str), right, "{form}");
            assert_eq!(bench.codes().contains(&"bill-time-unreadable"), right.is_none(), "{form}");
        }
    }
}

/// A merchant's bill of one day with these rows (state, currency, amount, refund number, refund) and its summary.
fn trade(rows: &[[&str; 5]], summary: &str) -> String {
    let mut text = "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,应结订单金额,\
        代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注\n"
        .to_owned();
    for (index, [state, currency, amount, refund_no, refund]) in (1..).zip(rows) {
        let number = number(index);
        let _ = writeln!(
            text,
            "`2025-03-05 10:00:00,`wx0,`1900000000,`0,`,`{number},`O{index},`oU,`JSAPI,`{state},`OTHERS,`{currency},`{amount},`0.00,`{refund_no},\
             `0,`{refund},`0.00,`,`,`茶,`,`0.06000,`0.60%,`{amount},`0.00,`"
        );
    }
    text + "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额\n"
        + summary
        + "\n"
}

#[test]
fn currencies_are_kept_and_never_added_up() {
    let rows = [
        ["SUCCESS", "CNY", "10.00", "0", "0.00"],
        ["SUCCESS", "HKD", "10.00", "0", "0.00"],
        ["SUCCESS", "USD", "5.00", "0", "0.00"],
        ["SUCCESS", "", "1.00", "0", "0.00"],
    ];
    let bench =
        Bench::new().bytes("1900000000All2025-03-05.csv", trade(&rows, "`4,`26.00,`0.00,`0.00,`0.24000,`26.00,`0.00"));
    let sum = |currency: &str| sums(&table(&bench))[&("in".to_owned(), currency.to_owned())];
    assert_eq!((sum("CNY"), sum("HKD"), sum("USD"), sum(""), bits(&bench)), (1000, 1000, 500, 100, 0));
    assert_eq!(bench.ledger().1.totals.len(), 4);
    // A person's bill with a column of its own for it.
    let header = HEADER.replace("金额(元)", "金额(元),币种");
    for (cell, currency, code) in
        [("HK$10.00", "HKD", "HKD"), ("¥10.00", "港币", "HKD"), ("10.00", "人民币", "CNY"), ("US$10.00", "HKD", "HKD")]
    {
        let row = format!(
            "2025-03-02 18:45:06,商户消费,小店,\"茶\",支出,{cell},{currency},零钱,支付成功,{}\t,A2,\"/\"",
            number(2)
        );
        let text = bill(&[&row], "1笔 10.00", "0笔 0.00").replace(HEADER, &header);
        let bench = Bench::new().bytes(NAME, text);
        assert_eq!(sums(&table(&bench)), BTreeMap::from([(("out".to_owned(), code.to_owned()), 1000)]), "{cell}");
        assert_eq!(bits(&bench) > 0, cell.starts_with("US"), "{cell}: {:?}", bench.problems);
    }
}

#[test]
fn merchants_bills_from_the_field_are_read() {
    let name = "1900000000All2025-03-05.csv";
    // Grouped amounts without quotes, text with quotes and escapes.
    let text =
        trade(&[["SUCCESS", "CNY", "1,010.00", "0", "0.00"]], "`1,`1,010.00,`0.00,`0.00,`0.06000,`1,010.00,`0.00")
            .replace("`茶,`,", "`茶 \"白瓷\"\\ 2件\\n备注,`{\"a\":\"b\"\\ \"c\":1},");
    let bench = Bench::new().bytes(name, format!("\u{feff}{text}"));
    let read = table(&bench);
    assert_eq!((sum(&read, "in"), bits(&bench)), (101_000, 0), "{:?}", bench.problems);
    assert_eq!((read[0]["item"].as_str(), read[0]["order_amount"].as_str()), ("茶 \"白瓷\",2件\n备注", "1010.00"));
    assert!(bench.statements[0].1.adds_up());
    // A day without trade.
    let bench = Bench::new().bytes(name, trade(&[], "`0,`0.00,`0.00,`0.00,`0.00000,`0.00,`0.00"));
    let statement = &bench.statements[0].1;
    assert_eq!((statement.rows, statement.from.as_deref(), bits(&bench)), (0, Some("2025-03-05"), 0));
    // Saved again by a spreadsheet that took the backticks away.
    let text = trade(&[["SUCCESS", "CNY", "10.00", "0", "0.00"]], "`1,`10,`0,`0,`0.06,`10,`0").replace('`', "");
    let bench = Bench::new().bytes(name, GB18030.encode(&text).0.into_owned());
    assert_eq!((sum(&table(&bench), "in"), bits(&bench)), (1000, 0), "{:?}", bench.problems);
    // Undone trades are no income.
    let rows = [
        ["SUCCESS", "CNY", "10.00", "0", "0.00"],
        ["REVOKED", "CNY", "7.00", "0", "0.00"],
        ["REVOKED", "CNY", "0.00", "503", "7.00"],
    ];
    let read = table(&Bench::new().bytes(name, trade(&rows, "`3,`17.00,`7.00,`0.00,`0.18000,`17.00,`0.00")));
    assert_eq!((sum(&read, "in"), sum(&read, "neutral"), sum(&read, "out")), (1000, 700, 700));
    // The layout of 2016.
    let old = "交易时间,公众账号ID,商户号,子商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,总金额,企业红包金额,微信退款单号,商户退款单号,退款金额,企业红包退款金额,退款类型,退款状态,商品名称,商户数据包,手续费,费率\n\
        `2016-03-14 16:33:45,`wx2,`10000100,`0,`,`4001,`O1,`o,`JSAPI,`SUCCESS,`CFT,`CNY,`1.00,`0.20,`0,`0,`0,`0,`,`,`茶,`,`0.00600,`0.60%\n\
        `2016-03-14 17:33:45,`wx2,`10000100,`0,`,`4001,`O1,`o,`JSAPI,`REFUND,`CFT,`CNY,`0.00,`0,`5001,`R1,`0.50,`0.10,`ORIGINAL,`SUCCESS,`茶,`,`-0.00300,`0.60%\n\
        总交易单数,总交易额,总退款金额,总企业红包退款金额,手续费总金额\n`2,`1.00,`0.50,`0.10,`0.00300\n";
    let bench = Bench::new().bytes("bill2016.csv", old);
    let read = table(&bench);
    assert_eq!((sum(&read, "in"), sum(&read, "out"), bits(&bench)), (100, 50, 0), "{:?}", bench.problems);
    assert!(read.iter().any(|row| row.get("coupon").map(String::as_str) == Some("0.20")));
    assert!(read.iter().any(|row| row.get("coupon_refund").map(String::as_str) == Some("0.10")));
    // The second version of the fund-flow bill.
    let flow = "记账时间,微信支付业务单号,资金流水单号,业务名称,业务类型,收支类型,收支金额（元）,账户结余（元）,资金变更提交申请人,备注,业务凭证号\n\
        `2025-03-05 10:00:00,`50300,`4200,`退款,`退款,`支出,`0.01,`0.22,`1900000000API,`退款总金额0.01元;含手续费0.00元,`S1\n\
        `2025-03-05 11:00:00,`50301,`4201,`交易,`交易,`收入,`1,`200.22,`system,`结算总金额1元\\ 含手续费0.01元,`S2\n\
        资金流水总笔数,收入笔数,收入金额,支出笔数,支出金额\n`2.0,`1.0,`1,`1.0,`0.01\n";
    let bench = Bench::new().bytes("1900000000-Basic-20250305.csv", flow);
    let read = table(&bench);
    assert_eq!((sum(&read, "in"), sum(&read, "out"), bits(&bench)), (100, 1, 0), "{:?}", bench.problems);
}

#[test]
fn what_columns_are_left_is_read() {
    let header = "交易时间,交易类型,收/支,金额(元),当前状态,备注";
    let text =
        bill(&["2025-03-02 18:45:06,商户消费,支出,¥10.00,支付成功,/"], "1笔 10.00", "0笔 0.00").replace(HEADER, header);
    let bench = Bench::new().bytes(NAME, text);
    let read = table(&bench);
    assert_eq!((read.len(), sum(&read, "out"), bench.codes()), (1, 1000, vec!["bill-columns-missing"]));
    // Beside the whole bill it adds nothing.
    let row = format!("2025-03-02 18:45:06,商户消费,小店,茶,支出,¥10.00,零钱,支付成功,{},A2,/", number(2));
    let bench = bench.bytes("b.csv", bill(&[&row], "1笔 10.00", "0笔 0.00"));
    assert_eq!(table(&bench).len(), 1);
    // Which way the money went cannot be known without its column.
    let text = bill(&["2025-03-02 18:45:06,商户消费,小店,¥10.00,支付成功,/"], "1笔 10.00", "0笔 0.00")
        .replace(HEADER, "交易时间,交易类型,交易对方,金额(元),当前状态,备注");
    let bench = Bench::new().bytes(NAME, text);
    assert_eq!((sum(&table(&bench), "neutral"), bench.codes()), (1000, vec!["bill-columns-missing"]));
    assert_eq!(bits(&bench), 64);
    // Full-width brackets, blanks at the end.
    let row = format!("2025-03-02 18:45:06,商户消费,小店,\"茶\",支出,¥10.00,零钱,支付成功,{}\t,A2,\"/\"", number(2));
    let text = bill(&[&row], "1笔 10.00", "0笔 0.00")
        .replace("收/支,金额(元)", "收/支 ,金额（元）")
        .replace("单号,备注", "单号,备注,,");
    let bench = Bench::new().bytes(NAME, text);
    assert_eq!((sum(&table(&bench), "out"), bits(&bench), bench.problems.len()), (1000, 0, 0), "{:?}", bench.problems);
}

#[test]
fn the_program_tells_of_destroyed_numbers_and_of_what_moved_on() {
    let text = rides(|_| "4.2E+27".to_owned(), ["2025/3/1 8:05", "2025/3/1 8:05"]);
    let run = Run::new().file(NAME, text.as_bytes());
    run.backup(&[]).exits(64).says("4.2E+27").says("no other bill has them");
    assert_eq!(rows(&run.read("private/data/billing/ledger.csv")).len(), 2);
    let run = run.file("原件.csv", rides(number, ["2025-03-01 08:05:11", "2025-03-01 08:05:12"]).as_bytes());
    run.backup(&[]).succeeds();
    let table = rows(&run.read("private/data/billing/ledger.csv"));
    assert_eq!(table.len(), 2);
    assert!(table.iter().all(|row| row.iter().any(|(name, _)| name == "transaction_no")));
}

#[test]
fn days_between_bills_are_named_everywhere_and_the_ends_are_asked_for() {
    let quarter = |from: &str, to: &str, last: u32| {
        let row = format!("{from} 18:45:06,商户消费,小店,\"茶\",支出,¥10.00,零钱,支付成功,{}\t,A2,\"/\"", number(last));
        preamble(from, to, 1, "1笔 10.00", "0笔 0.00") + HEADER + "\n" + &row + "\n"
    };
    let run = Run::new()
        .file("一.csv", quarter("2024-01-01", "2024-03-31", 1).as_bytes())
        .file("二.csv", quarter("2024-04-01", "2024-06-30", 2).as_bytes())
        .file("四.csv", quarter("2024-10-01", "2024-12-31", 4).as_bytes());
    run.backup(&[]).succeeds().says("2024-01-01 – 2024-06-30, 2024-10-01 – 2024-12-31").says("first_trade");
    let hole = "2024-07-01..2024-09-30";
    let gaps = run.read("private/data/provenance/gaps.csv");
    assert_eq!(gaps.matches(hole).count(), 2, "{gaps}");
    let ready = || {
        let report = run.program(&["-C", "archive", "ready", "--json"]).json();
        let text = report.to_string();
        assert!(text.contains(&format!("wxpay_personal_bill:{hole}")), "{text}");
    };
    ready();
    // Out of the bags alone it is the same.
    std::fs::remove_dir_all(run.archive().join(".liudi")).unwrap();
    ready();
    run.backup(&[]).succeeds();
    assert_eq!(run.read("private/data/provenance/gaps.csv").matches(hole).count(), 2);
    // The missing bill fills it.
    let run = run.file("三.csv", preamble("2024-07-01", "2024-09-30", 0, "0笔 0.00", "0笔 0.00").as_bytes());
    run.backup(&[]).succeeds().says("2024-01-01 – 2024-12-31");
    assert!(!run.read("private/data/provenance/gaps.csv").contains(hole));
}

#[test]
fn one_bill_alone_is_not_everything() {
    let heading = preamble("2019-01-01", "2019-12-31", 0, "0笔 0.00", "0笔 0.00");
    let run = Run::new().file("2019.csv", (heading + HEADER + "\n").as_bytes());
    run.backup(&[])
        .succeeds()
        .says("2019-01-01 – 2019-12-31")
        .says("personal_first_trade")
        .says("for other days it cannot be known");
    let liudi = |arguments: &[&str]| run.program(&[&["-C", "archive"], arguments].concat());
    let gaps = || liudi(&["gaps"]).succeeds().stdout;
    let alone = gaps();
    for words in ["for other days it cannot be known", "2019-01-01 – 2019-12-31", "personal_first_trade"] {
        assert!(alone.contains(words), "{alone}");
    }
    // What the merchant number traded says nothing of the person.
    liudi(&["event", "add", "first_trade", "2013-08-05", "--kind", "mch"]).succeeds();
    assert_eq!(gaps(), alone);
    // Once the ends are known, the days outside are named by all three alike.
    liudi(&["event", "add", "personal_first_trade", "2018-12-01"]).succeeds();
    liudi(&["event", "add", "个人最后一笔交易", "2020-01-31"]).succeeds();
    let (before, after) = ("2018-12-01..2018-12-31", "2020-01-01..2020-01-31");
    let report = run.backup(&["--json"]).succeeds().json();
    assert_eq!(report["gaps"]["not_held"], 2, "{report}");
    // No list names a day without a bill.
    let said = run.backup(&[]).succeeds().said();
    assert!(said.contains("days without a bill: 2") && !said.contains("listed, but"), "{said}");
    let ready = liudi(&["ready", "--json"]).json().to_string();
    for days in [before, after] {
        let named = liudi(&["gaps", "--json"]).succeeds().json().to_string();
        assert!(named.contains(days) && ready.contains(&format!("wxpay_personal_bill:{days}")), "{days}: {named}");
    }
    assert!(!gaps().contains("personal_first_trade"));
}

#[test]
fn sums_of_a_merchant_without_trades_are_a_table() {
    let text = "日期,交易笔数,交易金额,退款笔数,退款金额,手续费,净额\n`2025-03-01,`3,`30.00,`1,`5.00,`0.15000,`24.85\n\
        `2025-03-02,`3,`30.00,`1,`5.00,`0.15000,`24.85\n";
    let run = Run::new().file("1900000000汇总2025-03.csv", text.as_bytes());
    run.backup(&[]).succeeds();
    let table = run.read("private/data/funds/trade_totals.csv");
    assert!(table.contains("24.85") && table.lines().count() == 3, "{table}");
}

/// Whatever a bill lacks, its name stands among the gaps, and it is read again until it is whole or kept as it is.
#[test]
fn a_bill_that_lacks_something_is_a_gap_until_it_is_whole_or_kept() {
    let pay = |day: u8, no: u32| {
        format!("2025-03-{day:02} 18:45:06,商户消费,小店,茶,支出,¥10.00,零钱,支付成功,{},A2,/", number(no))
    };
    let (one, two) = (pay(2, 1), pay(3, 2));
    let personal = bill(&[&one, &two], "2笔 20.00", "0笔 0.00");
    let merchant = trade(
        &[["SUCCESS", "CNY", "`1.00", "", "0.00"], ["SUCCESS", "CNY", "`2.00", "", "0.00"]],
        "`2,`3.00,`0.00,`0.00,`0.12,`3.00,`0.00",
    );
    let sharing =
        std::fs::read_to_string(super::support::fixture("bill-sharing/daily/1900000000-sharing-2026-05-01.csv"))
            .unwrap();
    let before = |text: &str, end: &str| text[..text.find(end).unwrap()].to_owned();
    let merchants = "1900000000All2026-05-01.csv";
    let cases = [
        (merchants, &merchant, merchant[..merchant.rfind("`wx0").unwrap()].to_owned(), 96),
        (merchants, &merchant, before(&merchant, "总交易单数"), 64),
        (merchants, &merchant, merchant.replace("应结订单金额", "别的金额"), 64),
        (NAME, &personal, before(&personal, &two), 64),
        (NAME, &personal, personal[..personal.rfind("小店").unwrap()].to_owned(), 96),
        (NAME, &personal, before(&personal, HEADER), 64),
        (NAME, &personal, personal.replace("收/支,", "去向,"), 64),
        (
            NAME,
            &personal,
            personal.replace("¥10.00,零钱,支付成功,42000099902025000", "壹拾,零钱,支付成功,42000099902025000"),
            96,
        ),
        ("sharing.csv", &sharing, before(&sharing, "总条目数"), 64),
    ];
    for (number, (name, whole, broken, bits)) in cases.into_iter().enumerate() {
        assert_ne!(**whole, broken, "{number}");
        let run = Run::new().file(name, &broken);
        let gaps = || run.program(&["-C", "archive", "gaps", "--json"]).json();
        for again in [false, true] {
            let report = run.backup(&["--json", "--no-mirror"]).exits(bits).json();
            let gaps = gaps();
            let named: Vec<_> = gaps.as_array().unwrap().iter().filter(|gap| gap["reason"] == "broken_input").collect();
            assert_eq!(named.len(), 1, "{number}: {gaps} {report}");
            assert_eq!(named[0]["title"], format!("in/{name}"), "{number}");
            assert_eq!((&report["unreadable"], &report["changed"]), (&1.into(), &(!again).into()), "{number}");
        }
        let ready = run.program(&["-C", "archive", "ready", "--json"]).json().to_string();
        assert!(ready.contains(&format!("in/{name}")), "{number}: {ready}");
        let is_broken = || gaps().to_string().contains("broken_input");
        if number % 2 == 0 {
            std::fs::write(run.folder().join("in").join(name), whole.as_bytes()).unwrap();
        } else {
            run.program(&["-C", "archive", "keep", &format!("in/{name}"), "--as", "账单"]).succeeds();
            assert!(!is_broken(), "{number}");
        }
        let report = run.backup(&["--json", "--no-mirror"]).succeeds().json();
        assert!(!is_broken() && report["unreadable"] == 0, "{number}: {report}");
    }
}

/// A workbook of a Macintosh counts its days from 1904.
#[test]
fn days_are_counted_from_where_the_workbook_counts_them() {
    for (from_1904, serial) in [(false, 45_717.75), (true, 44_255.75)] {
        let mut workbook = Workbook::new();
        let row = format!("0,商户消费,小店,茶,支出,¥1.00,零钱,支付成功,{},A1,/", number(1));
        sheet(&mut workbook, "Sheet1", &bill(&[&row], "1笔 1.00", "0笔 0.00"));
        workbook.worksheet_from_name("Sheet1").unwrap().write_number(15, 0, serial).unwrap();
        let bytes = workbook.save_to_buffer().unwrap();
        let mut from = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
        let mut to = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        for index in 0..from.len() {
            let mut part = from.by_index(index).unwrap();
            let name = part.name().unwrap().into_owned();
            let mut text = Vec::new();
            std::io::Read::read_to_end(&mut part, &mut text).unwrap();
            if from_1904 && name == "xl/workbook.xml" {
                let xml = String::from_utf8(text).unwrap();
                assert!(xml.contains("<workbookPr "));
                text = xml.replace("<workbookPr ", "<workbookPr date1904=\"1\" ").into_bytes();
            }
            to.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
            std::io::Write::write_all(&mut to, &text).unwrap();
        }
        let bench = Bench::new().bytes("账单.xlsx", to.finish().unwrap().into_inner());
        let table = table(&bench);
        assert_eq!(table[0]["time"], "2025-03-01T18:00:00+08:00", "{from_1904}: {:?}", bench.problems);
    }
}

/// As people write them: blanks behind commas, in Big5, and with ends of lines of old programs.
#[test]
fn a_bill_is_the_same_in_every_spelling_of_its_text() {
    let text = trade(
        &[["SUCCESS", "CNY", "`1.00", "", "0.00"], ["SUCCESS", "CNY", "`2.00", "", "0.00"]],
        "`2,`3.00,`0.00,`0.00,`0.12,`3.00,`0.00",
    );
    for text in [text.replace(",`", ", `"), text.replace('\n', "\r"), text.replace(",`", ",\t`")] {
        let bench = Bench::new().bytes("1900000000All2025-03-05.csv", text);
        let table = table(&bench);
        assert_eq!((table.len(), sum(&table, "in"), bits(&bench)), (2, 300, 0), "{:?}", bench.problems);
        assert!(table.iter().all(|row| row["currency"] == "CNY" && row["type"] == "JSAPI"));
    }
    let row = format!("2025-03-02 18:45:06,商戶消費,小店,茶,支出,10.00,零錢,支付成功,{},A2,/", number(2));
    let header = "交易時間,交易類型,交易對方,商品,收/支,金額(元),支付方式,當前狀態,交易單號,商戶單號,備註";
    let bill = format!("微信支付賬單明細\n共1筆記錄\n{header}\n{row}\n");
    let (big5, _, failed) = encoding_rs::BIG5.encode(&bill);
    assert!(!failed);
    let bench = Bench::new().bytes("微信支付.csv", big5.into_owned());
    let table = table(&bench);
    assert_eq!((sum(&table, "out"), table[0]["type"].as_str()), (1000, "商戶消費"), "{:?}", bench.problems);
}
