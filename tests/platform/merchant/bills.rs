//! Generates a merchant's trades and the platform's bills for a day. The same day gives the same bills. Money is in
//! integers throughout: fen for amounts, hundred-thousandths of a yuan for fees.

use std::fmt::Write as _;

use jiff::ToSpan as _;
use jiff::civil::Date;

/// Fee for one fen of an order, in hundred-thousandths of a yuan: 0.60 %.
const FEE_UNITS: i64 = 6;

/// Columns of a trade bill of all orders.
const TRADE: &str = "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,\
                     货币种类,应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,\
                     商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注";
const TRADE_SUMMARY: &str =
    "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额";

/// Columns of a fund-flow bill.
const FUND: &str = "记账时间,微信支付业务单号,资金流水单号,业务名称,业务类型,收支类型,收支金额(元),账户结余(元),\
                    资金变更提交申请人,备注,业务凭证号";
const FUND_SUMMARY: &str = "资金流水总笔数,收入笔数,收入金额,支出笔数,支出金额";

/// An order, possibly refunded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Order {
    /// `2025-09-01 10:23:00`.
    pub(crate) time: String,
    /// Number given by the platform.
    pub(crate) number: String,
    /// Number given by the merchant.
    pub(crate) own: String,
    /// Item sold.
    pub(crate) item: &'static str,
    /// Amount in fen.
    pub(crate) fen: i64,
    /// Number of the refund, and its amount in fen.
    pub(crate) refund: Option<(String, i64)>,
}

/// The sums of a day's orders.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sums {
    /// Number of rows of the trade bill.
    pub(crate) rows: i64,
    /// Settled amount in fen.
    pub(crate) settled: i64,
    /// Refunded amount in fen.
    pub(crate) refunded: i64,
    /// Fees, in hundred-thousandths of a yuan.
    pub(crate) fees: i64,
}

impl std::ops::AddAssign for Sums {
    fn add_assign(&mut self, other: Self) {
        self.rows += other.rows;
        self.settled += other.settled;
        self.refunded += other.refunded;
        self.fees += other.fees;
    }
}

/// Returns the orders of `day`; none on about every fourth day.
pub(crate) fn orders(day: Date) -> Vec<Order> {
    let mut dice = Dice::of(day);
    let count = dice.roll(4);
    rolled(day, count, &mut dice)
}

/// Returns this many orders on one day.
pub(crate) fn many(day: Date, count: u64) -> Vec<Order> {
    rolled(day, count, &mut Dice::of(day))
}

fn rolled(day: Date, count: u64, dice: &mut Dice) -> Vec<Order> {
    let items = ["明前龙井 50 克", "老白茶饼, 357 克", "手绘茶杯", "赞赏\n谢谢"];
    (0..count)
        .map(|index| {
            let fen = 1 + i64::try_from(dice.roll(50_000)).unwrap();
            let number = format!("42000000{}{index:010}", day.strftime("%Y%m%d"));
            let refund = (dice.roll(3) == 0).then(|| {
                let back = 1 + i64::try_from(dice.roll(u64::try_from(fen).unwrap())).unwrap();
                (format!("50300000{}{index:013}", day.strftime("%Y%m%d")), back.min(fen))
            });
            Order {
                time: format!("{day} {:02}:{:02}:00", 9 + index % 14, dice.roll(60)),
                own: format!("CHA{}{index:04}", day.strftime("%Y%m%d")),
                item: items[usize::try_from(dice.roll(4)).unwrap()],
                number,
                fen,
                refund,
            }
        })
        .collect()
}

/// Returns the sums of the trade bill of `day`.
pub(crate) fn sums(day: Date) -> Sums {
    sums_of(&orders(day))
}

/// Returns the sums of a trade bill of `orders`.
pub(crate) fn sums_of(orders: &[Order]) -> Sums {
    let mut sums = Sums::default();
    for order in orders {
        sums += Sums { rows: 1, settled: order.fen, refunded: 0, fees: order.fen * FEE_UNITS };
        if let Some((_, fen)) = &order.refund {
            sums += Sums { rows: 1, settled: 0, refunded: *fen, fees: -fen * FEE_UNITS };
        }
    }
    sums
}

/// Returns the trade bill of `day`; `None` if nothing was traded.
pub(crate) fn trade(mchid: &str, day: Date) -> Option<String> {
    let orders = orders(day);
    (!orders.is_empty()).then(|| trade_of(mchid, &orders))
}

/// Returns the trade bill of these orders.
pub(crate) fn trade_of(mchid: &str, orders: &[Order]) -> String {
    let mut bill = format!("\u{feff}{TRADE}\r\n");
    for order in orders {
        let (open, item) = (format!("oLIUDI{}", &order.own[3..]), escaped(order.item));
        let begin = |time: &str, status: &str| {
            let Order { number, own, .. } = order;
            format!("`{time},`wx0000000000000001,`{mchid},`0,`,`{number},`{own},`{open},`JSAPI,`{status},`OTHERS,`CNY")
        };
        write!(
            bill,
            "{},`{},`0.00,`0,`0,`0.00,`0.00,`,`,`{item},`,`{},`0.60%,`{},`0.00,`\r\n",
            begin(&order.time, "SUCCESS"),
            yuan(order.fen),
            fine(order.fen * FEE_UNITS),
            yuan(order.fen)
        )
        .unwrap();
        if let Some((number, fen)) = &order.refund {
            write!(bill, "{},`0.00,`0.00,`{number},`R{},`{back},`0.00,`ORIGINAL,`SUCCESS,`{item},`,`{},`0.60%,`0.00,`{back},`\r\n",
                begin(&order.time.replace(":00", ":30"), "REFUND"),
                order.own,
                fine(-fen * FEE_UNITS),
                back = yuan(*fen)).unwrap();
        }
    }
    let sums = sums_of(orders);
    let (settled, refunded) = (yuan(sums.settled), yuan(sums.refunded));
    write!(
        bill,
        "{TRADE_SUMMARY}\r\n`{}.0,`{settled},`{refunded},`0.00,`{},`{settled},`{refunded}\r\n",
        sums.rows,
        fine(sums.fees)
    )
    .unwrap();
    bill
}

/// Returns the fund-flow bill of one account of `holder` on `day`; `None` if there was no movement.
pub(crate) fn fund(holder: &str, account: &str, day: Date) -> Option<String> {
    let mut flows: Vec<[String; 6]> = Vec::new();
    let mut flow = |time: &str, business: &str, kind: &str, direction: &str, fen: i64, note: &str| {
        let cells = [time, business, kind, direction, &yuan(fen), note];
        flows.push(cells.map(str::to_owned));
    };
    match account {
        "BASIC" => {
            for order in orders(day) {
                flow(&order.time, &order.number, "交易", "收入", order.fen, "");
                let fee = rounded(order.fen * FEE_UNITS);
                flow(&order.time, &order.number, "扣除交易手续费", "支出", fee, "结算金额, 手续费");
                if let Some((number, fen)) = &order.refund {
                    flow(&order.time, number, "退款", "支出", *fen, "");
                }
            }
            // On some days the owner withdraws money and nothing is traded.
            if day.day() % 7 == 0 {
                flow(&format!("{day} 23:00:00"), "", "提现", "支出", 10_000, "");
            }
        }
        "OPERATION" if day.day() % 10 == 1 => {
            flow(&format!("{day} 12:00:00"), "", "充值", "收入", 50_000, "");
        }
        _ => {}
    }
    if flows.is_empty() {
        return None;
    }
    let mut bill = format!("{FUND}\r\n");
    let (mut inward, mut outward) = ((0, 0), (0, 0));
    for (index, [time, business, kind, direction, amount, note]) in flows.iter().enumerate() {
        let fen: i64 = amount.replace('.', "").parse().unwrap();
        let side = if direction == "收入" { &mut inward } else { &mut outward };
        *side = (side.0 + 1, side.1 + fen);
        let number = format!("{}{account}{}{index:06}", &holder[7..], day.strftime("%Y%m%d"));
        write!(
            bill,
            "`{time},`{business},`{number},`{kind},`{kind},`{direction},`{amount},`1000.00,`LIUDI,`{},`\r\n",
            escaped(note)
        )
        .unwrap();
    }
    write!(
        bill,
        "{FUND_SUMMARY}\r\n`{}.0,`{}.0,`{},`{}.0,`{}\r\n",
        flows.len(),
        inward.0,
        yuan(inward.1),
        outward.0,
        yuan(outward.1)
    )
    .unwrap();
    Some(bill)
}

/// Returns the profit-sharing bill of `day`; `None` on most days. Its columns are undocumented, so these are invented.
pub(crate) fn sharing(mchid: &str, day: Date) -> Option<String> {
    let orders = orders(day);
    if day.day() % 5 != 0 || orders.is_empty() {
        return None;
    }
    let header = "分账时间,分账发起方,分账方,微信订单号,微信分账单号,商户分账单号,订单金额,分账接收方,分账金额,业务类型,处理状态";
    let mut bill = format!("{header}\r\n");
    let mut total = 0;
    for order in &orders {
        let part = order.fen / 10;
        total += part;
        write!(
            bill,
            "`{},`{mchid},`{mchid},`{number},`3008{number},`S{own},`{},`1900000109,`{},`分账,`SUCCESS\r\n",
            order.time,
            yuan(order.fen),
            yuan(part),
            number = order.number,
            own = order.own
        )
        .unwrap();
    }
    write!(bill, "总条目数,总分账金额\r\n`{}.0,`{}\r\n", orders.len(), yuan(total)).unwrap();
    Some(bill)
}

/// Returns the days from `from` to `to`, inclusive.
pub(crate) fn days(from: Date, to: Date) -> impl Iterator<Item = Date> {
    std::iter::successors(Some(from), |day| day.checked_add(1.day()).ok()).take_while(move |day| *day <= to)
}

/// Formats fen as yuan: `12.30`.
pub(crate) fn yuan(fen: i64) -> String {
    format!("{}{}.{:02}", if fen < 0 { "-" } else { "" }, fen.abs() / 100, fen.abs() % 100)
}

/// Formats hundred-thousandths of a yuan: `0.00360`.
pub(crate) fn fine(units: i64) -> String {
    format!("{}{}.{:05}", if units < 0 { "-" } else { "" }, units.abs() / 100_000, units.abs() % 100_000)
}

/// Rounds hundred-thousandths of a yuan to fen.
fn rounded(units: i64) -> i64 {
    (units + 500) / 1000
}

/// Escapes text entered by merchants as the platform does.
fn escaped(text: &str) -> String {
    text.replace(',', "\\ ").replace('\n', "\\n")
}

/// A generator of the same numbers for the same day.
struct Dice(u64);

impl Dice {
    fn of(day: Date) -> Self {
        let mut dice = Self(day.strftime("%Y%m%d").to_string().parse().unwrap());
        for _ in 0..4 {
            dice.roll(2);
        }
        dice
    }

    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}
