//! Detects the delimiter of a text table: commas, tabs (as spreadsheets copy and save them as "text"), semicolons (as
//! they save them where the comma is a decimal point), bars (as databases print them).

/// Delimiters in order of preference.
const DELIMITERS: [u8; 4] = [b',', b'\t', b';', b'|'];

/// Number of lines examined: more than any preamble has.
const LINES: usize = 64;

/// Returns the delimiter of a table that begins with `text`: the one that occurs in the most lines. Cells of a bill may
/// end in tabs or contain commas, but its header has neither.
pub(crate) fn delimiter_of(text: &[u8]) -> u8 {
    let mut lines = [0_usize; DELIMITERS.len()];
    for line in text.split(|byte| *byte == b'\n').take(LINES) {
        let mut counts = [0_usize; DELIMITERS.len()];
        let mut is_quoted = false;
        for byte in line {
            match DELIMITERS.iter().position(|delimiter| delimiter == byte) {
                Some(at) if !is_quoted => counts[at] += 1,
                _ => is_quoted ^= *byte == b'"',
            }
        }
        for (lines, count) in lines.iter_mut().zip(counts) {
            *lines += usize::from(count > 0);
        }
    }
    let most = lines.iter().copied().max().unwrap_or_default();
    let place = lines.iter().position(|count| *count == most).unwrap_or_default();
    DELIMITERS[place]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_decides_and_not_what_stands_in_cells() {
        for (text, delimiter) in [
            ("交易时间,交易单号\n2025-01-01,4200\t,\t\n2025-01-01,4200\t\n", b','),
            ("交易时间\t商品\t金额\n2025-01-01\t茶, 水, 果; 等\t1\n", b'\t'),
            ("日期;金额;备注\n2025-01-01;1,50;\"a,b\"\n2025-01-02;2;无\n", b';'),
            ("微信支付账单明细\n微信昵称：[a,b]\n交易时间\t交易类型\t金额\n1\t2\t3\n", b'\t'),
            ("交易时间|交易类型|商品\n2025-01-01|茶, 水|1\n", b'|'),
            ("one cell\n", b','),
            ("", b','),
        ] {
            assert_eq!(delimiter_of(text.as_bytes()), delimiter, "{text}");
        }
    }
}
