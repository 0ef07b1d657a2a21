//! Reads the preamble above the table of a personal bill: its holder, its period and its declared totals. Also reads
//! the days that the name of a bill's file states.

use jiff::civil::Date;

use super::layout::Total;
use super::words::{half_width, plain};
use crate::model::statement::Direction;
use crate::parse::table::{Record, clean};

/// The facts that a bill's preamble states.
#[derive(Clone, Debug, Default)]
pub(crate) struct Preamble {
    pub holder: Option<String>,
    pub from: Option<String>,
    pub to: Option<String>,
    /// The time of the export, or the last time the bill covers: of two bills the later one is more complete.
    pub made: Option<String>,
    /// Declared totals by name, with the original text.
    pub declared: Vec<(String, Total, String)>,
    /// Whether it states that times are Beijing's: the layout since 2026.
    pub says_zone: bool,
    /// Whether it states that the bill is personal.
    pub is_personal: bool,
}

/// Titles that only the preamble of a personal bill has.
const TITLES: &[&str] = &[
    "微信支付账单",
    "微信支付交易明细",
    "微信支付帐单",
    "微信账单",
    "wechatpaystatement",
    "wechatpaybill",
    "wechatpaytransaction",
    "wechatpayhk",
    "weixinpaystatement",
    "weixinpaytransaction",
    "weixinpaybill",
];
const HOLDERS: &[&str] =
    &["微信昵称:", "wechatname:", "wechatnickname:", "nickname:", "weixinname:", "weixinnickname:"];
const PERIODS: &[&str] = &["时间段", "时间范围", "账单周期", "账单期间", "period", "daterange", "timerange"];
const BEGINS: &[&str] = &["起始时间", "开始时间", "起始日期", "starttime", "startdate", "from:"];
const ENDS: &[&str] = &["终止时间", "结束时间", "终止日期", "endtime", "enddate", "to:"];
const MADE: &[&str] = &["导出时间", "生成时间", "exporttime", "exportedon", "exportdate", "exporttime:"];

impl Preamble {
    /// Reports whether `record`, found below a table, begins the preamble of another bill.
    pub(crate) fn begins(record: &Record) -> bool {
        let first = record.iter().map(clean).find(|cell| !cell.is_empty()).unwrap_or("");
        if first.len() > 200 {
            return false;
        }
        let text = bare(first);
        is_title(&text) || HOLDERS.iter().any(|word| text.starts_with(word))
    }

    /// Reports whether this is the whole preamble of a personal bill, whose table may be missing.
    pub(crate) fn is_bill(&self) -> bool {
        self.is_personal && self.from.is_some() && self.to.is_some()
    }

    /// Reads one row above the header.
    pub(crate) fn row(&mut self, record: &Record) {
        let cells: Vec<&str> = record.iter().map(clean).collect();
        let end = cells.iter().rposition(|cell| !cell.is_empty()).map_or(0, |last| last + 1);
        // A comma in a line does not end a cell here; in a sheet, parts of one line may be in adjacent cells.
        self.line(&cells[..end].join(","));
    }

    fn line(&mut self, line: &str) {
        if line.is_empty() || line.len() > 2000 {
            return;
        }
        let text = bare(line);
        if is_title(&text) {
            self.is_personal = true;
        }
        if let Some(word) = HOLDERS.iter().find(|word| text.starts_with(*word)) {
            self.is_personal = true;
            let shown: String = line.chars().map(half_width).collect();
            let name = shown.split_once(':').map_or(word.trim_end_matches(':'), |(_, name)| name);
            self.holder = Some(unbracket(name.trim_end_matches(',')).to_owned());
        }
        let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
        let days = days_in(line);
        if has(MADE) {
            self.made = moment(line).or_else(|| self.made.take());
        } else if has(PERIODS) || (has(BEGINS) && has(ENDS)) {
            if let [from, to] = days[..] {
                (self.from, self.to) = (Some(from.to_string()), Some(to.to_string()));
            }
        } else if let [day] = days[..] {
            if has(BEGINS) {
                self.from = Some(day.to_string());
            } else if has(ENDS) {
                self.to = Some(day.to_string());
            }
        }
        if text.contains("utc+08:00") {
            self.says_zone = true;
        }
        let count = text.strip_prefix('共').and_then(|rest| rest.strip_suffix("笔记录"));
        if let Some(count) = count.or_else(|| text.strip_suffix("笔记录")) {
            self.declared.push(("记录笔数".to_owned(), Total::Rows, count.trim_start_matches("总计").to_owned()));
        }
        for (name, direction) in [("收入", Direction::In), ("支出", Direction::Out), ("中性交易", Direction::Neutral)]
        {
            let Some(rest) = text.strip_prefix(name).and_then(|rest| rest.strip_prefix(':')) else { continue };
            if let Some((count, sum)) = rest.split_once('笔') {
                self.declared.push((format!("{name}笔数"), Total::RowsOf(direction), count.to_owned()));
                self.declared.push((format!("{name}金额"), Total::SumOf(direction), sum.to_owned()));
            }
        }
    }
}

/// Normalizes `line` for comparison: plain words without whitespace.
fn bare(line: &str) -> String {
    let mut text = plain(line);
    text.retain(|letter| !letter.is_whitespace());
    text
}

fn is_title(text: &str) -> bool {
    let text = text.trim_start_matches(['-', '=', '*', '#']);
    TITLES.iter().any(|title| text.starts_with(title))
}

fn unbracket(text: &str) -> &str {
    text.trim().trim_start_matches('[').trim_end_matches(']').trim()
}

/// Returns the days written in `text`, in order: `2025-01-01`, `2025/1/1`, `2025年1月1日`, `20250101`.
pub(crate) fn days_in(text: &str) -> Vec<Date> {
    let mut days = Vec::new();
    let letters: Vec<char> = text.chars().map(half_width).collect();
    let mut at = 0;
    while at < letters.len() {
        if !letters[at].is_ascii_digit() {
            at += 1;
            continue;
        }
        let run = |from: usize| letters[from..].iter().take_while(|letter| letter.is_ascii_digit()).count();
        let number =
            |from: usize, length: usize| letters[from..from + length].iter().collect::<String>().parse::<i16>().ok();
        let year = run(at);
        let end = at + year;
        // A run of digits is a day only if it is exactly a day or a date and time.
        let packed = matches!(year, 8 | 14).then(|| (number(at, 4), number(at + 4, 2), number(at + 6, 2), end));
        let parted = || {
            let separator = *letters.get(end).filter(|letter| matches!(letter, '-' | '/' | '.' | '年'))?;
            let month = run(end + 1);
            let middle = end + 1 + month;
            letters.get(middle).filter(|letter| **letter == separator || (separator == '年' && **letter == '月'))?;
            let day = run(middle + 1);
            let usual = year == 4 && matches!(month, 1 | 2) && matches!(day, 1 | 2);
            usual.then(|| (number(at, 4), number(end + 1, month), number(middle + 1, day), middle + 1 + day))
        };
        let Some((year, month, day, next)) = packed.or_else(parted) else {
            at = end;
            continue;
        };
        let part = |value: Option<i16>| value.and_then(|value| i8::try_from(value).ok());
        if let (Some(year @ 2005..=2100), Some(month), Some(day)) = (year, part(month), part(day)) {
            days.extend(Date::new(year, month, day).ok());
        }
        at = next;
    }
    days
}

/// Returns day and time of the first timestamp in `text`, in a sortable form.
fn moment(text: &str) -> Option<String> {
    let day = days_in(text).first().copied()?;
    let mut digits: String = text.chars().map(half_width).filter(char::is_ascii_digit).collect();
    digits.truncate(14);
    Some(if digits.len() == 14 { format!("{day} {}", &digits[8..]) } else { day.to_string() })
}

/// Returns the first and the last day stated in the name of a bill's file, and the time when the file was made.
pub(crate) fn days_of_name(locator: &str) -> (Option<Date>, Option<Date>, Option<String>) {
    let name = locator.rsplit(['/', '\\']).next().unwrap_or(locator);
    let days = days_in(name);
    let made = name.split(|letter: char| !letter.is_ascii_digit()).find(|run| run.len() == 14).and_then(moment);
    let named = if made.is_some() && days.len() > 1 { &days[..days.len() - 1] } else { &days[..] };
    match named {
        [day] if made.is_none() => (Some(*day), Some(*day), made),
        [first, last] if first <= last => (Some(*first), Some(*last), made),
        _ => (None, None, made),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn preamble(lines: &[&str]) -> Preamble {
        let mut preamble = Preamble::default();
        for line in lines {
            preamble.line(line);
        }
        preamble
    }

    #[test]
    fn a_bill_says_whose_it_is_and_what_it_adds_up_to() {
        let preamble = preamble(&[
            "微信支付账单明细",
            "微信昵称：[留底 示例]",
            "起始时间：[2026-01-01 00:00:00] 终止时间：[2026-03-31 23:59:59]",
            "导出时间：[2026-04-02 10:00:00]",
            "共43笔记录",
            "收入：1笔 1,024.35元",
            "中性交易：0笔 0.00元",
            "1. 充值/提现等交易，将计入中性交易",
            "4. 本账单中所有时间均为UTC+08:00时间",
        ]);
        assert_eq!(preamble.holder.as_deref(), Some("留底 示例"));
        assert_eq!((preamble.from.as_deref(), preamble.to.as_deref()), (Some("2026-01-01"), Some("2026-03-31")));
        assert_eq!(preamble.made.as_deref(), Some("2026-04-02 100000"));
        assert!(preamble.says_zone && preamble.is_personal);
        let declared: Vec<(&str, &str)> =
            preamble.declared.iter().map(|(name, _, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(
            declared,
            [
                ("记录笔数", "43"),
                ("收入笔数", "1"),
                ("收入金额", "1,024.35元"),
                ("中性交易笔数", "0"),
                ("中性交易金额", "0.00元")
            ]
        );
    }

    #[test]
    fn other_scripts_and_the_proof_are_understood() {
        let traditional =
            preamble(&["微信支付賬單明細", "微信暱稱：[甲]", "起始時間：[2025/1/1] 終止時間：[2025/3/31]"]);
        assert!(traditional.is_personal);
        assert_eq!((traditional.from.as_deref(), traditional.to.as_deref()), (Some("2025-01-01"), Some("2025-03-31")));
        let proof = preamble(&["微信支付交易明细证明", "交易明细对应时间段 2025-01-01 00:00:00至2025-03-31 23:59:59"]);
        assert!(proof.is_personal);
        assert_eq!((proof.from.as_deref(), proof.to.as_deref()), (Some("2025-01-01"), Some("2025-03-31")));
        let english =
            preamble(&["WeChat Pay Statement", "Start time: [2025-01-01] End time: [2025-03-31]", "Nickname: [A]"]);
        assert_eq!((english.holder.as_deref(), english.to.as_deref()), (Some("A"), Some("2025-03-31")));
    }

    #[test]
    fn a_name_says_the_days_it_covers() {
        let days = |name: &str| {
            let (from, to, _) = days_of_name(name);
            (from.map(|day| day.to_string()).unwrap_or_default(), to.map(|day| day.to_string()).unwrap_or_default())
        };
        let range = |from: &str, to: &str| (from.to_owned(), to.to_owned());
        assert_eq!(days("a/微信支付账单(20250101-20250331).csv"), range("2025-01-01", "2025-03-31"));
        assert_eq!(
            days("微信支付账单流水文件(20250101-20250331)_20250402101112.xlsx"),
            range("2025-01-01", "2025-03-31")
        );
        assert_eq!(days("1900000000All2025-03-05.csv"), range("2025-03-05", "2025-03-05"));
        assert_eq!(days("1900000000All2025-03-05_2025-03-07.csv"), range("2025-03-05", "2025-03-07"));
        assert_eq!(days("账单20251399.csv"), range("", ""));
        assert_eq!(days("1900000000.csv"), range("", ""));
    }
}
