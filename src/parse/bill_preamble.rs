//! What stands above the table of a personal bill: whose it is, what it covers, and its declared totals.

use super::bill_layout::Total;
use crate::model::statement::Direction;

/// What a bill says of itself.
#[derive(Debug, Default)]
pub(super) struct Preamble {
    pub holder: Option<String>,
    pub from: Option<String>,
    pub to: Option<String>,
    /// By name, with the text as it stands.
    pub declared: Vec<(String, Total, String)>,
    /// It says that its times are those of Beijing: the layout since 2026.
    pub says_zone: bool,
}

impl Preamble {
    /// Reads one line above the header.
    pub(super) fn line(&mut self, text: &str) {
        let text = text.trim().replace('：', ":");
        if let Some(name) = text.strip_prefix("微信昵称:") {
            self.holder = Some(unbracket(name).to_owned());
        }
        for (mark, day) in [("起始时间:", &mut self.from), ("终止时间:", &mut self.to)] {
            if let Some((_, rest)) = text.split_once(mark) {
                let date = unbracket(rest.split(']').next().unwrap_or(rest)).get(..10);
                *day = date.map(str::to_owned);
            }
        }
        if text.contains("UTC+08:00") {
            self.says_zone = true;
        }
        if let Some(count) = text.strip_prefix('共').and_then(|rest| rest.strip_suffix("笔记录")) {
            self.declared.push(("记录笔数".to_owned(), Total::Rows, count.to_owned()));
        }
        for (name, direction) in [("收入", Direction::In), ("支出", Direction::Out), ("中性交易", Direction::Neutral)]
        {
            let Some(rest) = text.strip_prefix(name).and_then(|rest| rest.strip_prefix(':')) else { continue };
            if let Some((count, sum)) = rest.split_once('笔') {
                self.declared.push((format!("{name}笔数"), Total::RowsOf(direction), count.trim().to_owned()));
                self.declared.push((format!("{name}金额"), Total::SumOf(direction), sum.trim().to_owned()));
            }
        }
    }
}

fn unbracket(text: &str) -> &str {
    text.trim().trim_start_matches('[').trim_end_matches(']').trim()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bill_says_whose_it_is_and_what_it_adds_up_to() {
        let mut preamble = Preamble::default();
        for line in [
            "微信昵称：[留底 示例]",
            "起始时间：[2026-01-01 00:00:00] 终止时间：[2026-03-31 23:59:59]",
            "共43笔记录",
            "收入：1笔 0.35元",
            "中性交易：0笔 0.00元",
            "1. 充值/提现等交易，将计入中性交易",
            "4. 本账单中所有时间均为UTC+08:00时间",
        ] {
            preamble.line(line);
        }
        assert_eq!(preamble.holder.as_deref(), Some("留底 示例"));
        assert_eq!((preamble.from.as_deref(), preamble.to.as_deref()), (Some("2026-01-01"), Some("2026-03-31")));
        assert!(preamble.says_zone);
        let declared: Vec<(&str, &str)> =
            preamble.declared.iter().map(|(name, _, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(
            declared,
            [
                ("记录笔数", "43"),
                ("收入笔数", "1"),
                ("收入金额", "0.35元"),
                ("中性交易笔数", "0"),
                ("中性交易金额", "0.00元")
            ]
        );
    }
}
