//! Parses typed answers in both languages: yes, no, unknown, an unfilled blank.

use unicode_normalization::UnicodeNormalization as _;

/// Returns the text in one width and case, without spaces at its ends.
pub(crate) fn plain(text: &str) -> String {
    text.nfkc().collect::<String>().trim().to_lowercase()
}

/// Returns yes or no as people say them.
pub fn yes_or_no(text: &str) -> Option<bool> {
    match plain(text).trim_end_matches(['了', '的', '。', '.', '!']) {
        "yes" | "y" | "true" | "1" | "done" | "ok" | "是" | "有" | "对" | "好" | "能" | "会" | "已办" | "已完成"
        | "完成" | "办好" | "办完" | "可以" | "做过" | "用过" | "开通过" | "备齐" => Some(true),
        "no" | "n" | "false" | "0" | "否" | "无" | "没有" | "没" | "不" | "不是" | "不能" | "未" | "未办"
        | "未完成" | "还没有" | "还没" | "没做过" | "没用过" => Some(false),
        _ => None,
    }
}

/// Returns true if the person says that they do not know.
pub fn is_unknown(text: &str) -> bool {
    matches!(plain(text).as_str(), "" | "?" | "unknown" | "不知道" | "未知" | "不清楚" | "不确定")
}

/// True if `text` is a blank as it was printed, which nobody has filled in.
pub fn is_blank(text: &str) -> bool {
    let text = text.trim();
    let inside = |open, close| text.strip_prefix(open).and_then(|rest: &str| rest.strip_suffix(close));
    let inside = inside('【', '】').or_else(|| inside('<', '>'));
    inside.is_some_and(|inside| !inside.is_empty() && !inside.contains(['【', '】', '<', '>']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn yes_and_no_have_many_words() {
        for text in ["是", "是的", "有", "Yes", "Ｙ", "已办", "好了", "对"] {
            assert_eq!(yes_or_no(text), Some(true), "{text}");
        }
        for text in ["否", "没有", "无", "NO", "不是", "还没", "未完成"] {
            assert_eq!(yes_or_no(text), Some(false), "{text}");
        }
        assert_eq!(yes_or_no("也许"), None);
        assert!(is_unknown("不知道") && is_unknown("？") && !is_unknown("是"));
    }
}
