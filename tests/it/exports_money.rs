//! What `liudi export` makes of bills: books of double entry, a page of sums, a workbook.

use super::support::{Done, Run};

const PERSONAL: &str = "微信支付账单明细,,,,,,,,,,
微信昵称：[谷雨茶室],,,,,,,,,,
----------------------微信支付账单明细列表--------------------,,,,,,,,,,
交易时间,交易类型,交易对方,商品,收/支,金额(元),支付方式,当前状态,交易单号,商户单号,备注
2026-04-01 08:00:00,商户消费,\"茶\"\"山\"\"; \\店|😀\",\"(两行
第二行; x: y, [2026-13-01])\",支出,¥0.10,零钱,支付成功,4200000000000000000000000001,A1,/
2026-04-02 08:00:00,商户消费,(括号店,</table><script>,支出,¥0.20,零钱,支付成功,4200000000000000000000000002,A2,/
2026-04-03 08:00:00,商户消费,坏数店,坏数,支出,¥1.2.3,零钱,支付成功,4200000000000000000000000003,A3,/
2026-04-04 08:00:00,没见过的,某处,/,/,¥5.00,零钱,已完成,4200000000000000000000000004,A4,/
2026-04-05 08:00:00,零钱提现,农业银行(0000),/,/,¥10.01,农业银行(0000),提现已到账,4200000000000000000000000005,/,服务费¥0.01
";

const TRADE: &str = "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注
`2026-05-01 08:15:20,`wx1,`1900000000,`0,`,`4200009990202605010000000001,`TEA1,`o1,`JSAPI,`SUCCESS,`OTHERS,`CNY,`128.00,`0.00,`0,`0,`0.00,`0.00,`,`,`茶,`,`0.77000,`0.60%,`128.00,`0.00,`
`2026-05-01 23:59:59,`wx1,`1900000000,`0,`,`4200009990202604300000000009,`TEA9,`o1,`JSAPI,`REFUND,`OTHERS,`CNY,`0.00,`0.00,`50300099902026043000000009,`BACK9,`39.90,`0.00,`ORIGINAL,`SUCCESS,`茶,`,`-0.24000,`0.60%,`0.00,`39.90,`
总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额
`2,`128.00,`39.90,`0.00,`0.53000,`128.00,`39.90
";

const FUND_FLOW: &str = "记账时间,微信支付业务单号,资金流水单号,业务名称,业务类型,收支类型,收支金额（元）,账户结余（元）,资金变更提交申请人,备注,业务凭证号
`2026-05-01 08:15:20,`4200009990202605010000000001,`4200009990202605010000000001,`交易,`交易,`收入,`128.00,`1128.00,`system,`结算总金额128.00元,`TEA1
`2026-05-01 08:15:20,`4200009990202605010000000001,`4200009990202605010000000001,`扣除交易手续费,`扣除交易手续费,`支出,`0.77,`1127.23,`system,`含手续费0.77元,`TEA1
`2026-05-01 23:59:59,`50300099902026043000000009,`4200009990202604300000000009,`退款,`退款,`支出,`39.66,`1087.57,`1900000000API,`退款总金额39.90元;含手续费0.24元,`BACK9
`2026-05-02 09:00:00,`60300099902026043000000001,`60300099902026043000000001,`提现,`提现,`支出,`1000.00,`87.57,`system,`,`W1
资金流水总笔数,收入笔数,收入金额,支出笔数,支出金额
`4.0,`1.0,`128.00,`3.0,`1040.43
";

fn bills() -> Run {
    let run = Run::new().file("微信支付账单(20260401-20260430).csv", PERSONAL);
    let run = run.file("1900000000All2026-05-01.csv", TRADE).file("1900000000-Basic-20260501.csv", FUND_FLOW);
    run.backup(&["--no-mirror"]);
    run
}

fn export(run: &Run, name: &str, more: &[&str]) -> Done {
    let archive = run.archive().display().to_string();
    run.program(&[&["export", &archive, "--to", name, "--include", "bills"], more].concat())
}

fn exported(run: &Run, path: &str) -> String {
    std::fs::read_to_string(run.archive().join("exports").join(path)).unwrap()
}

/// Adds up the postings of each account in fen, and checks that every transaction adds up to zero.
fn balances(books: &str) -> std::collections::BTreeMap<String, i64> {
    let mut balances = std::collections::BTreeMap::new();
    for entry in books.split("\n\n") {
        let mut sum = 0;
        for line in entry.lines().filter(|line| line.starts_with("  ") && line.ends_with(" CNY")) {
            let mut words = line.split_whitespace();
            let (account, amount) = (words.next().unwrap(), words.next().unwrap());
            assert_eq!(amount.split_once('.').unwrap().1.len(), 2, "{line}");
            let fen: i64 = amount.replace('.', "").parse().unwrap();
            sum += fen;
            *balances.entry(account.to_owned()).or_default() += fen;
        }
        assert_eq!(sum, 0, "{entry}");
    }
    balances
}

#[test]
fn books_balance_and_keep_every_row() {
    let run = bills();
    for (name, path) in [("beancount", "beancount/ledger.beancount"), ("hledger", "hledger/ledger.journal")] {
        export(&run, name, &[]).succeeds().says("row without a readable amount");
        let books = exported(&run, path);
        let sums = balances(&books);
        assert_eq!(sums["Expenses:WeChat:Other"], 30, "0.1 + 0.2");
        assert_eq!((sums["Assets:WeChat:Balance"], sums["Assets:Bank"]), (-30 - 1001, 1000 + 100_000));
        assert_eq!((sums["Assets:WeChat:Merchant"], sums["Income:WeChat:Sales"]), (8757 - 100_000, -8810));
        assert_eq!(sums["Expenses:WeChat:Fees"], 1 + 77 - 24);
        let not = |row: &str| books.lines().any(|line| line.starts_with("; Not booked") && line.contains(row));
        assert!(not("坏数店") && not("没见过的") && not("扣除交易手续费"), "{books}");
        assert!(books.contains("trade bill, rows: 2 booked, 0 left out"), "{books}");
        assert!(books.contains("fund-flow bill, rows: 1 booked, 3 left out"), "{books}");
        assert!(
            books.contains("personal bill, rows: 3 booked, 0 left out (the other bill books the same order), 2 not")
        );
        export(&run, name, &["--set", "from=fund-flow"]).succeeds();
        let other = exported(&run, path);
        assert_eq!(balances(&other), sums);
        assert!(other.contains("trade bill, rows: 0 booked, 2 left out"), "{other}");
        export(&run, name, &["--set", "from=fund-flow"]).succeeds().says("0 files written");
    }
    let books = exported(&run, "beancount/ledger.beancount");
    assert!(books.contains(r#"* "茶\"山\"; \\店|😀" "商户消费 · (两行 第二行; x: y, [2026-13-01])""#), "{books}");
    let books = exported(&run, "hledger/ledger.journal");
    assert!(books.contains("* 茶\"山\"； \\店｜😀 | 商户消费 · (两行 第二行； x: y, [2026-13-01])\n"), "{books}");
    assert!(books.contains("* （括号店 | "), "{books}");
}

#[test]
fn payees_go_to_the_accounts_that_the_owner_names() {
    let run = bills();
    let rules = |text: &str| {
        std::fs::write(run.folder().join("rules.toml"), text).unwrap();
        format!("rules={}", run.folder().join("rules.toml").display())
    };
    let right =
        rules("[accounts]\nbank = 'Assets:农业银行'\n[[payee]]\ncontains = '括号店'\naccount = 'Expenses:Tools'\n");
    export(&run, "beancount", &["--set", &right]).succeeds();
    let sums = balances(&exported(&run, "beancount/ledger.beancount"));
    assert_eq!((sums["Expenses:Tools"], sums["Expenses:WeChat:Other"], sums["Assets:农业银行"]), (20, 10, 101_000));
    for (text, said) in [
        ("[accounts]\nbnak = 'Assets:B'\n", "bnak"),
        ("[[payees]]\n", "payees"),
        ("[[payee]]\ncontains = 'x'\naccount = 'Spending'\n", "Spending is not an account"),
        ("[[payee]]\ncontains = ''\naccount = 'Expenses:X'\n", "contains"),
    ] {
        let wrong = rules(text);
        export(&run, "hledger", &["--set", &wrong]).exits(2).says(said);
    }
    export(&run, "hledger", &["--set", "rules=none.toml"]).says("none.toml");
    assert!(!run.archive().join("exports/hledger/ledger.journal").exists());
}

#[test]
fn the_page_of_sums_is_exact_and_names_the_kinds_of_bills() {
    let run = bills();
    export(&run, "billing", &[]).succeeds().says("row without a readable amount");
    let page = exported(&run, "billing/billing.html");
    for (kind, cells) in [
        ("personal bill · CNY", "<td>0.30</td><td>0.01</td><td>15.01</td><td>4</td>"),
        ("trade bill · CNY", "<td>128.00</td><td>39.90</td><td>0.53</td><td>2</td>"),
        ("fund-flow bill · CNY", "<td>128.00</td><td>39.66</td><td>0.77</td><td>1000.00</td><td>4</td>"),
    ] {
        let section = page.split("<section>").find(|section| section.contains(kind)).unwrap();
        assert_eq!(section.matches(cells).count(), 2, "one month and the total: {section}");
        assert!(section.contains("<svg role=\"img\""));
    }
    assert!(
        page.contains("personal bill: rows without a readable amount, time or currency, not in these sums: 1"),
        "{page}"
    );
    assert!(page.contains("prefers-color-scheme: dark") && !page.contains("<script") && !page.contains("坏数店"));
    export(&run, "billing", &[]).succeeds().says("0 files written");
}

#[test]
fn the_workbook_has_numbers_to_add_up_and_ids_as_text() {
    use calamine::{Data, Reader as _};
    let run = bills();
    export(&run, "bills-xlsx", &[]).succeeds();
    let path = run.archive().join("exports/bills-xlsx/bills.xlsx");
    let before = std::fs::read(&path).unwrap();
    let mut book: calamine::Xlsx<_> = calamine::open_workbook(&path).unwrap();
    assert_eq!(book.sheet_names(), ["Summary", "2026-04", "2026-05"]);
    let april = book.worksheet_range("2026-04").unwrap();
    let column = |name: &str| april.rows().next().unwrap().iter().position(|cell| cell == name).unwrap();
    let (amount, fen, item, id) = (column("amount"), column("amount_fen"), column("item"), column("transaction_no"));
    let of = |shop: &str| april.rows().find(|row| row.iter().any(|cell| cell.to_string().contains(shop))).unwrap();
    let row = of("括号店");
    assert_eq!((&row[amount], &row[fen]), (&Data::Float(0.2), &Data::String("20".to_owned())));
    assert_eq!(row[id], Data::String("4200000000000000000000000002".to_owned()));
    assert_eq!(row[item], Data::String("</table><script>".to_owned()));
    assert_eq!(of("坏数店")[fen], Data::Empty, "a row without a readable amount is kept");
    let summary = book.worksheet_range("Summary").unwrap();
    let spent = summary.rows().find(|row| row[0] == *"personal bill" && row[2] == *"Total").unwrap();
    assert_eq!((&spent[5], &spent[11]), (&Data::Float(0.3), &Data::String("30".to_owned())), "0.1 + 0.2");
    std::fs::remove_file(&path).unwrap();
    export(&run, "bills-xlsx", &[]).succeeds();
    assert_eq!(std::fs::read(&path).unwrap(), before, "the same bytes at any time");
}
