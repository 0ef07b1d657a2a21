//! Writes `fixtures/demo/bills/`: a personal bill as the app mails it (a workbook of the 2026 layout in a ZIP, password
//! `liudi-demo`) and one day of a merchant's trade bill. All data is invented; the totals match the rows.
//!
//! Run it with `cargo run --example make_demo_bills`. The ZIP differs between runs, because its encryption is salted.

use std::error::Error;
use std::fs;
use std::io::{Cursor, Write as _};
use std::path::Path;

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook};
use zip::write::{SimpleFileOptions, ZipWriter};
use zip::{AesMode, CompressionMethod};

const PASSWORD: &str = "liudi-demo";

/// Time, type, counterparty, item, direction, fen, payment method, status, number, merchant's number, note.
type Payment = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    i64,
    &'static str,
    &'static str,
    u32,
    &'static str,
    &'static str,
);

const PAYMENTS: [Payment; 12] = [
    ("2026-03-30 20:11:05", "赞赏码", "赶路的人", "赞赏作者的收款", "收入", 520, "/", "已存入零钱", 12, "/", "/"),
    (
        "2026-03-28 08:02:41",
        "商户消费",
        "云岭包装",
        "茶叶罐 20 个",
        "支出",
        16800,
        "零钱通",
        "支付成功",
        11,
        "YL20260328007",
        "/",
    ),
    ("2026-03-21 19:45:00", "转账", "老周", "转账备注:清明前的定金", "收入", 200_000, "/", "已收钱", 10, "/", "/"),
    (
        "2026-03-15 12:30:22",
        "扫二维码付款",
        "山口米线店",
        "收款方备注:二维码收款",
        "支出",
        1400,
        "零钱",
        "已转账",
        9,
        "/",
        "/",
    ),
    (
        "2026-03-02 07:58:13",
        "零钱提现",
        "农业银行(0000)",
        "/",
        "/",
        150_000,
        "农业银行(0000)",
        "提现已到账",
        8,
        "/",
        "服务费¥1.50",
    ),
    (
        "2026-02-26 15:16:17",
        "商户消费-退款",
        "茶山文具",
        "退款-打印纸",
        "收入",
        2590,
        "零钱",
        "已全额退款",
        7,
        "WJ0226",
        "/",
    ),
    (
        "2026-02-24 10:00:01",
        "商户消费",
        "茶山文具",
        "打印纸 两包",
        "支出",
        2590,
        "零钱",
        "已全额退款",
        6,
        "WJ0226",
        "/",
    ),
    (
        "2026-02-16 21:00:00",
        "微信红包",
        "采茶群",
        "/",
        "支出",
        6666,
        "零钱",
        "支付成功",
        5,
        "10000394012026021600",
        "/",
    ),
    (
        "2026-02-14 09:09:09",
        "二维码收款",
        "山外来客",
        "收款方备注:明前茶样",
        "收入",
        8800,
        "零钱",
        "已收钱",
        4,
        "/",
        "/",
    ),
    ("2026-01-29 22:10:30", "赞赏码", "住在江边", "赞赏作者的收款", "收入", 1000, "/", "已存入零钱", 3, "/", "/"),
    ("2026-01-18 11:20:00", "转入零钱通-来自零钱", "/", "/", "/", 50_000, "零钱", "支付成功", 2, "/", "/"),
    (
        "2026-01-05 16:40:52",
        "商户消费",
        "县城打印店",
        "画册 50 本",
        "支出",
        37_500,
        "农业银行(0000)",
        "支付成功",
        1,
        "HC20260105",
        "/",
    ),
];

fn main() -> Result<(), Box<dyn Error>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/demo/bills");
    fs::create_dir_all(&folder)?;
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    zip.start_file(
        "微信支付账单流水文件(20260101-20260331)_20260402101500.xlsx",
        options.with_aes_encryption(AesMode::Aes256, PASSWORD),
    )?;
    zip.write_all(&personal()?)?;
    let name = "微信支付账单流水文件(20260101-20260331)——【解压密码可在微信支付公众号查看】.zip";
    fs::write(folder.join(name), zip.finish()?.into_inner())?;
    fs::write(folder.join("1900000000All2026-03-20.csv"), trade())?;
    Ok(())
}

fn yuan(fen: i64) -> String {
    format!("{}.{:02}", fen / 100, fen % 100)
}

/// Returns a workbook in the layout since March 2026: text above, header in row 18, amounts as numbers.
fn personal() -> Result<Vec<u8>, Box<dyn Error>> {
    let of = |direction: &str| {
        let fens: Vec<i64> = PAYMENTS.iter().filter(|row| row.4 == direction).map(|row| row.5).collect();
        format!("{}笔 {}元", fens.len(), yuan(fens.iter().sum()))
    };
    let above = [
        "微信支付账单明细".to_owned(),
        "微信昵称：[山间小记]".to_owned(),
        "起始时间：[2026-01-01 00:00:00] 终止时间：[2026-03-31 23:59:59]".to_owned(),
        "导出类型：[全部]".to_owned(),
        "导出时间：[2026-04-02 10:15:00]".to_owned(),
        String::new(),
        format!("共{}笔记录", PAYMENTS.len()),
        format!("收入：{}", of("收入")),
        format!("支出：{}", of("支出")),
        format!("中性交易：{}", of("/")),
        "注：".to_owned(),
        "1. 充值/提现/理财通购买/零钱通存取/信用卡还款等交易，将计入中性交易".to_owned(),
        "2. 若交易记录明细无有效内容，则代表该时间段内此微信号无交易。".to_owned(),
        "3. 本明细仅供个人对账使用".to_owned(),
        "4. 本账单中所有时间均为UTC+08:00时间".to_owned(),
        String::new(),
        "----------------------微信支付账单明细列表--------------------".to_owned(),
    ];
    let header = [
        "交易时间",
        "交易类型",
        "交易对方",
        "商品",
        "收/支",
        "金额(元)",
        "支付方式",
        "当前状态",
        "交易单号",
        "商户单号",
        "备注",
    ];
    let mut workbook = Workbook::new();
    let made = ExcelDateTime::parse_from_str("2026-04-02 10:15:00")?;
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&made));
    let sheet = workbook.add_worksheet();
    let plain = Format::new();
    let amount = Format::new().set_num_format("\\¥#,##0.00");
    let mut row = 0;
    for text in above {
        sheet.merge_range(row, 0, row, 10, &text, &plain)?;
        row += 1;
    }
    sheet.write_row(row, 0, header)?;
    for (time, kind, other, item, direction, fen, purse, status, number, merchant, note) in PAYMENTS {
        row += 1;
        let texts = [time, kind, other, item, direction, "", purse, status];
        sheet.write_row(row, 0, texts)?;
        // The platform writes a float with two significant decimals.
        sheet.write_number_with_format(row, 5, yuan(fen).parse::<f64>()?, &amount)?;
        let day = time[..10].replace('-', "");
        sheet.write_row(row, 8, [format!("4200099900{day}{number:010}").as_str(), merchant, note])?;
    }
    Ok(workbook.save_to_buffer()?)
}

/// Returns one day of the merchant: three sales and a refund.
fn trade() -> String {
    let header = "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,应结订单金额,\
        代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注";
    let summary = "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额";
    // Time, fen, whether it is refunded, fee in hundred-thousandths of a yuan, item.
    let rows: [(&str, i64, bool, i64, &str); 4] = [
        ("2026-03-20 09:12:33", 12_800, false, 77_000, r"明前茶\ 50克"),
        ("2026-03-20 14:01:07", 6800, false, 41_000, "山野笔记本"),
        ("2026-03-20 18:30:00", 990, false, 6000, "专栏一篇"),
        ("2026-03-20 21:47:55", 6800, true, -41_000, "山野笔记本"),
    ];
    let fee =
        |fee: i64| format!("{}{}.{:05}", if fee < 0 { "-" } else { "" }, fee.abs() / 100_000, fee.abs() % 100_000);
    let mut text = format!("\u{feff}{header}\r\n");
    for (number, (time, fen, back, taken, item)) in (1..).zip(rows) {
        let (paid, given) = if back { (0, fen) } else { (fen, 0) };
        let refund = if back {
            [format!("5030009990{number:018}"), format!("BACK{number:04}")]
        } else {
            ["0".to_owned(), "0".to_owned()]
        };
        let cells = [
            time.to_owned(),
            "wx0d3m0acc00000001".to_owned(),
            "1900000000".to_owned(),
            "0".to_owned(),
            String::new(),
            format!("420009990{:019}", if back { 2 } else { number }),
            format!("SHAN{:06}", if back { 2 } else { number }),
            "oD3M0000000000000000000001".to_owned(),
            "JSAPI".to_owned(),
            if back { "REFUND" } else { "SUCCESS" }.to_owned(),
            "OTHERS".to_owned(),
            "CNY".to_owned(),
            yuan(paid),
            "0.00".to_owned(),
            refund[0].clone(),
            refund[1].clone(),
            yuan(given),
            "0.00".to_owned(),
            if back { "ORIGINAL" } else { "" }.to_owned(),
            if back { "SUCCESS" } else { "" }.to_owned(),
            item.to_owned(),
            String::new(),
            fee(taken),
            "0.60%".to_owned(),
            yuan(paid),
            yuan(given),
            String::new(),
        ];
        text += &cells.map(|cell| format!("`{cell}")).join(",");
        text += "\r\n";
    }
    let sum = |back: bool| yuan(rows.iter().filter(|row| row.2 == back).map(|row| row.1).sum());
    let fees = fee(rows.iter().map(|row| row.3).sum());
    let totals = [rows.len().to_string(), sum(false), sum(true), "0.00".to_owned(), fees, sum(false), sum(true)];
    let totals = totals.map(|total| format!("`{total}")).join(",");
    text + summary + "\r\n" + &totals + "\r\n"
}
