//! Normalizes the words of bills: traditional characters to simplified ones and full-width letters to half-width ones,
//! so that one table of headers covers every script the platform and spreadsheets write.

use crate::parse::table::clean;

/// Traditional characters that occur in bills, each followed by its simplified form.
const SIMPLIFIED: &str = "時时間间類类對对額额當当狀状態态單单號号戶户户户備备註注帳账賬账訂订幣币種种稱称應应結结總总數数費费銀银標标識识設设據据請请\
    務务憑凭暱昵細细證证變变動动記记錄录餘余資资約约發发無无轉转儲储紅红體体羣群麵面關关開开導导匯汇續续業业員员為为與与筆笔終终範范圍围圓圆\
    貨货購购買买賣卖現现進进還还項项經经營营計计債债權权貸贷餐餐電电話话編编碼码個个積积點点誤误處处理理細细賞赏讚赞贊赞親亲屬属國国門门\
    澳澳臺台億亿萬万錢钱殘残滿满優优惠惠減减兌兑換换佣佣傭佣續续繳缴領领鎖锁從从來来過过後后採采條条檢检";

/// Returns the simplified form of `letter`.
fn simplified(letter: char) -> char {
    if letter.is_ascii() {
        return letter;
    }
    let mut pairs = SIMPLIFIED.chars();
    while let (Some(from), Some(to)) = (pairs.next(), pairs.next()) {
        if from == letter {
            return to;
        }
    }
    letter
}

/// Returns the half-width form of `letter`.
pub(crate) fn half_width(letter: char) -> char {
    match letter {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(letter as u32 - 0xfee0).unwrap_or(letter),
        '\u{3000}' | '\u{a0}' | '\u{202f}' | '\u{2009}' | '\u{2007}' => ' ',
        '\u{ffe5}' => '\u{a5}',
        letter => letter,
    }
}

/// Reports whether `letter` is an invisible formatting character.
pub(crate) fn is_unseen(letter: char) -> bool {
    matches!(letter, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}' | '\u{feff}')
}

/// Converts `text` to simplified, half-width, lower-case letters.
pub(crate) fn plain(text: &str) -> String {
    text.chars()
        .filter(|letter| !is_unseen(*letter))
        .map(|letter| simplified(half_width(letter)).to_ascii_lowercase())
        .collect()
}

/// Normalizes a header for the layouts: [`plain`], without whitespace, quotes and asterisks.
pub(crate) fn name(cell: &str) -> String {
    let mut name = plain(clean(cell));
    name.retain(|letter| !letter.is_whitespace() && !matches!(letter, '\'' | '"' | '*'));
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_of_every_script_have_one_form() {
        for (cell, form) in [
            ("交易時間 ", "交易时间"),
            ("`收支金額（元）", "收支金额(元)"),
            ("收／支", "收/支"),
            ("Transaction Time", "transactiontime"),
            ("商戶單號\t", "商户单号"),
            ("公众账号ID", "公众账号id"),
        ] {
            assert_eq!(name(cell), form, "{cell}");
        }
        assert_eq!(SIMPLIFIED.chars().filter(|letter| !letter.is_whitespace()).count() % 2, 0);
    }
}
