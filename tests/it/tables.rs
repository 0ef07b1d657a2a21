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
