//! Parses amounts as bills, spreadsheets and users write them. A cell is read only where it states exactly one amount;
//! any other cell is rejected rather than guessed.

use super::words::{half_width, is_unseen, plain};
use crate::model::money::Money;

/// An amount and the currency named in its cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Amount {
    pub money: Money,
    /// `None` if the cell names no currency; `¥` and `元` are used for more than one.
    pub currency: Option<&'static str>,
}

/// Currency signs before or after an amount, the longest first among those with a common prefix or suffix.
const SIGNS: &[(&str, Option<&str>)] = &[
    ("人民币元", Some("CNY")),
    ("人民币", Some("CNY")),
    ("CNY¥", Some("CNY")),
    ("RMB¥", Some("CNY")),
    ("CNY", Some("CNY")),
    ("RMB", Some("CNY")),
    ("CN¥", Some("CNY")),
    ("HK$", Some("HKD")),
    ("HKD", Some("HKD")),
    ("港币", Some("HKD")),
    ("港元", Some("HKD")),
    ("US$", Some("USD")),
    ("USD", Some("USD")),
    ("美元", Some("USD")),
    ("MOP$", Some("MOP")),
    ("MOP", Some("MOP")),
    ("澳门元", Some("MOP")),
    ("澳门币", Some("MOP")),
    ("NT$", Some("TWD")),
    ("TWD", Some("TWD")),
    ("新台币", Some("TWD")),
    ("JPY", Some("JPY")),
    ("JP¥", Some("JPY")),
    ("日元", Some("JPY")),
    ("EUR", Some("EUR")),
    ("€", Some("EUR")),
    ("欧元", Some("EUR")),
    ("GBP", Some("GBP")),
    ("£", Some("GBP")),
    ("英镑", Some("GBP")),
    ("SGD", Some("SGD")),
    ("S$", Some("SGD")),
    ("AUD", Some("AUD")),
    ("A$", Some("AUD")),
    ("CAD", Some("CAD")),
    ("C$", Some("CAD")),
    ("KRW", Some("KRW")),
    ("₩", Some("KRW")),
    ("韩元", Some("KRW")),
    ("THB", Some("THB")),
    ("฿", Some("THB")),
    ("泰铢", Some("THB")),
    ("MYR", Some("MYR")),
    ("NZD", Some("NZD")),
    ("CHF", Some("CHF")),
    ("RUB", Some("RUB")),
    ("¥", None),
    ("元", None),
    ("圆", None),
];

/// Returns the ISO code of the currency that `text` names: `HKD`, `港币`, `人民币`.
pub(crate) fn currency(text: &str) -> Option<&'static str> {
    if text.is_empty() {
        return None;
    }
    // Nearly every row has the same code, which is in normal form.
    if let Some((_, code)) = SIGNS.iter().find(|(sign, _)| *sign == text) {
        return *code;
    }
    let text = plain(text.trim()).to_ascii_uppercase();
    SIGNS.iter().find(|(sign, _)| *sign == text).and_then(|(_, code)| *code)
}

/// Returns the currency named in a header's parentheses: `金额(港币)`, `Amount (HKD)`.
pub(crate) fn currency_of_header(header: &str) -> Option<&'static str> {
    let (_, rest) = header.split_once('(')?;
    currency(rest.trim_end_matches(')'))
}

/// Reads an amount: `¥28.16`, `￥1,024.00`, `0.35元`, `(7.00)`, `HK$ 8`, `−10`, and the full-width forms of all of
/// these. `1.00E+05` is read only if its digits go down to the fen: a spreadsheet that shows fewer digits has rounded.
pub(crate) fn amount(cell: &str) -> Option<Amount> {
    if let Some(money) = Money::from_plain(cell) {
        return Some(Amount { money, currency: None });
    }
    let text: String = cell
        .chars()
        .filter(|letter| !is_unseen(*letter))
        .map(|letter| match half_width(letter) {
            '\u{2212}' | '\u{2010}' | '\u{2011}' | '\u{2013}' | '\u{fe63}' => '-',
            '圓' => '圆',
            '幣' => '币',
            '門' => '门',
            letter => letter.to_ascii_uppercase(),
        })
        .collect();
    let mut rest = text.trim_matches(|letter: char| letter.is_whitespace() || matches!(letter, '`' | '\''));
    let mut negative = None;
    let mut currency = None;
    let (mut before, mut behind) = (false, false);
    loop {
        rest = rest.trim();
        if negative.is_none() {
            let inner = rest.strip_prefix('(').and_then(|rest| rest.strip_suffix(')'));
            let signed = rest.strip_prefix('-').or(inner).map(|rest| (true, rest));
            if let Some((minus, inner)) = signed.or_else(|| rest.strip_prefix('+').map(|rest| (false, rest))) {
                negative = Some(minus);
                rest = inner;
                continue;
            }
        }
        let found = SIGNS.iter().find_map(|(sign, code)| {
            let front = (!before).then(|| rest.strip_prefix(sign)).flatten().map(|rest| (true, *code, rest));
            front.or_else(|| (!behind).then(|| rest.strip_suffix(sign)).flatten().map(|rest| (false, *code, rest)))
        });
        let Some((front, code, inner)) = found else { break };
        if currency.is_some() && code.is_some() && currency != code {
            return None;
        }
        currency = currency.or(code);
        *(if front { &mut before } else { &mut behind }) = true;
        rest = inner;
    }
    if !rest.starts_with(|letter: char| letter.is_ascii_digit() || letter == '.') {
        return None;
    }
    let money = number(rest)?;
    Some(Amount { money: if negative == Some(true) { -money } else { money }, currency })
}

/// Reads an unsigned number, grouped or not.
fn number(text: &str) -> Option<Money> {
    if let Some(money) = Money::from_plain(text) {
        return Some(money);
    }
    if let Some((mantissa, exponent)) = text.split_once("E+").or_else(|| text.split_once('E')) {
        return scientific(mantissa, exponent.parse().ok()?);
    }
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let separator = whole.chars().find(|letter| !letter.is_ascii_digit())?;
    if !matches!(separator, ',' | ' ' | '\'') || !part.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let mut groups = whole.split(separator);
    let first = groups.next()?;
    if !(1..=3).contains(&first.len()) || !groups.clone().all(|group| group.len() == 3) {
        return None;
    }
    let digits: String = std::iter::once(first).chain(groups).collect();
    Money::from_plain(&format!("{digits}.{part}0"))
}

/// Reads `1.0105000E+05`, if the mantissa goes down to hundredths.
fn scientific(mantissa: &str, exponent: u32) -> Option<Money> {
    let (whole, part) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let shift = usize::try_from(exponent).ok().filter(|shift| *shift <= 15)?;
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.len() != 1 || !digits(whole) || !digits(part) || part.len() < shift + 2 {
        return None;
    }
    Money::from_plain(&format!("{whole}{}.{}", &part[..shift], &part[shift..]))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn amounts_are_read_in_every_form() {
        for (cell, shown, currency) in [
            ("¥28.16", "28.16", None),
            ("￥1,024.00", "1024.00", None),
            ("-¥1,234,567.8", "-1234567.80", None),
            ("¥-5.00", "-5.00", None),
            ("0.35元", "0.35", None),
            ("10.00 元", "10.00", None),
            ("￥10.00元", "10.00", None),
            ("1,010.00元", "1010.00", None),
            ("1,010.00", "1010.00", None),
            ("2,000,010.50", "2000010.50", None),
            ("1 010.00", "1010.00", None),
            ("1\u{2009}010.00", "1010.00", None),
            ("１，０１０．００", "1010.00", None),
            ("￥１０．５", "10.50", None),
            ("¥\u{a0}10.00\t", "10.00", None),
            ("¥ 10.00", "10.00", None),
            ("'10.00", "10.00", None),
            ("10.00`", "10.00", None),
            ("+¥6.00", "6.00", None),
            ("(7.00)", "-7.00", None),
            ("（７）", "-7.00", None),
            ("¥(7.00)", "-7.00", None),
            ("−10", "-10.00", None),
            ("－10", "-10.00", None),
            ("HK$8.00", "8.00", Some("HKD")),
            ("-HK$8.00", "-8.00", Some("HKD")),
            ("8.00 HKD", "8.00", Some("HKD")),
            ("港幣8", "8.00", Some("HKD")),
            ("8港元", "8.00", Some("HKD")),
            ("CNY 9.00", "9.00", Some("CNY")),
            ("cny9", "9.00", Some("CNY")),
            ("RMB¥9", "9.00", Some("CNY")),
            ("US$1,024.5", "1024.50", Some("USD")),
            ("¥.50", "0.50", None),
            ("¥0", "0.00", None),
            ("-0", "0.00", None),
            ("0.60000", "0.60", None),
            ("0.00375", "0.00375", None),
            ("-0.04000", "-0.04", None),
            ("1.0000000E+05", "100000.00", None),
            ("¥1.0105000e+05", "101050.00", None),
            ("12345678901.23", "12345678901.23", None),
        ] {
            let amount = amount(cell).unwrap_or_else(|| panic!("{cell}"));
            assert_eq!((amount.money.to_string().as_str(), amount.currency), (shown, currency), "{cell}");
        }
        for cell in [
            "",
            "/",
            "1.2.3",
            "1,23",
            "12,345,6",
            "¥1,0000.00",
            "abc",
            "1e5",
            "1.00E+05",
            "1.2E+27",
            "¥",
            ".",
            "-",
            "--5",
            "+-5",
            "((7))",
            "0.000000001",
            "٣",
            "10²",
            "½",
            "1.010,00",
            "10,50",
            "10%",
            "1.2万",
            "$8",
            "10元5角",
            "HK$8 USD",
            "1 2",
            "1,010 000",
            "10.00-",
            "免费",
            "5/6",
            "0x10",
            "1_000",
            "NaN",
            "inf",
        ] {
            assert_eq!(amount(cell), None, "{cell}");
        }
    }

    #[test]
    fn currencies_are_known_by_their_names() {
        for (text, code) in [("HKD", "HKD"), ("港幣", "HKD"), ("人民币", "CNY"), ("rmb", "CNY"), ("美元 ", "USD")]
        {
            assert_eq!(currency(text), Some(code), "{text}");
        }
        assert_eq!(currency("元"), None);
        for (sign, code) in SIGNS {
            assert_eq!(currency(&format!(" {sign} ")), *code, "{sign}");
            assert_eq!(currency(sign), *code, "{sign}");
        }
        assert_eq!(currency_of_header("金额(港币)"), Some("HKD"));
        assert_eq!(currency_of_header("amount(hkd)"), Some("HKD"));
        assert_eq!(currency_of_header("金额(元)"), None);
    }

    proptest! {
        #[test]
        fn every_dress_of_an_amount_means_the_same(fen in -10_000_000_000_i64..10_000_000_000, grouped: bool, sign in 0..6_usize) {
            let money = Money::from_fen(fen);
            let shown = Money::from_fen(fen.abs()).to_string();
            let (whole, part) = shown.split_once('.').unwrap();
            let mut digits = String::new();
            for (index, digit) in whole.chars().enumerate() {
                if grouped && index > 0 && (whole.len() - index) % 3 == 0 {
                    digits.push(',');
                }
                digits.push(digit);
            }
            let body = format!("{digits}.{part}");
            let dressed = match sign {
                0 => body,
                1 => format!("¥{body}"),
                2 => format!("{body}元"),
                3 => format!("￥ {body}\t"),
                4 => format!("CNY {body}"),
                _ => body.chars().map(|letter| if letter.is_ascii_digit() { char::from_u32(letter as u32 + 0xfee0).unwrap() } else { letter }).collect(),
            };
            let dressed = if fen < 0 { format!("-{dressed}") } else { dressed };
            prop_assert_eq!(amount(&dressed).map(|amount| amount.money), Some(money));
        }

        #[test]
        fn never_panics(text in "\\PC{0,12}") {
            let _ = amount(&text);
        }
    }
}
