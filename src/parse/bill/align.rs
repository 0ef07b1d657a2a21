//! Assigns the cells of a broken row to columns. The platform does not quote every name, so a comma or a quote in a
//! name shifts all cells after it. The unmistakable cells (time, direction, amount) are located from both ends of the
//! row; the cells between them are text.

use super::amount::amount;

/// The kind of value a column accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Text of any number of pieces. The cost of an extra piece is higher where commas are less likely.
    Free(i32),
    /// A time.
    Time,
    /// A word for the direction of payment.
    Direction,
    /// An amount, possibly with commas between digit groups.
    Money,
    /// An order number of the platform or of a merchant.
    Id,
    /// A currency.
    Currency,
}

/// The result of assigning the pieces of a row to columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Aligned {
    /// For each column, the index of its first piece and the index after its last.
    Spans(Vec<(usize, usize)>),
    /// The amount, the direction or the time fits in more than one place.
    Ambiguous,
    /// No assignment fits.
    Nowhere,
}

/// Maximum number of surplus pieces in a row.
const SURPLUS: usize = 64;
/// Maximum number of digit groups in an amount: up to 999,999,999,999.
const GROUPS: usize = 4;

/// Assigns `pieces`, which were separated by `divider`, to columns of `shapes`.
pub(crate) fn align(pieces: &[&str], divider: char, shapes: &[Shape]) -> Aligned {
    // Only a comma groups digits.
    let groups = if divider == ',' { GROUPS } else { 1 };
    let longest = |shape: Shape, start: usize, rows: usize| longest(shape, groups, start, rows);
    let (rows, width) = (pieces.len(), shapes.len());
    if rows < width || rows > width + SURPLUS {
        return Aligned::Nowhere;
    }
    let fits = |column: usize, start: usize, end: usize| fits(shapes[column], pieces, start, end);
    // Whether the first columns can take the first pieces, and the last columns the last pieces.
    let mut before = vec![vec![false; rows + 1]; width + 1];
    let mut behind = vec![vec![false; rows + 1]; width + 1];
    before[0][0] = true;
    behind[width][rows] = true;
    for column in 0..width {
        for start in 0..rows {
            if before[column][start] {
                let longest = longest(shapes[column], start, rows);
                for (end, reached) in before[column + 1].iter_mut().enumerate().take(longest + 1).skip(start + 1) {
                    *reached |= fits(column, start, end);
                }
            }
        }
    }
    for column in (0..width).rev() {
        for start in 0..rows {
            behind[column][start] = (start + 1..=longest(shapes[column], start, rows))
                .any(|end| behind[column + 1][end] && fits(column, start, end));
        }
    }
    if !behind[0][0] {
        return Aligned::Nowhere;
    }
    for (column, shape) in shapes.iter().enumerate() {
        if matches!(shape, Shape::Free(_) | Shape::Id) {
            continue;
        }
        let places = (0..rows)
            .filter(|start| before[column][*start])
            .flat_map(|start| (start + 1..=longest(*shape, start, rows)).map(move |end| (start, end)))
            .filter(|(start, end)| behind[column + 1][*end] && fits(column, *start, *end));
        if places.count() > 1 {
            return Aligned::Ambiguous;
        }
    }
    Aligned::Spans(best(pieces, groups, shapes, &behind))
}

/// Returns the best-scoring assignment of the texts between the cells that are certain.
fn best(pieces: &[&str], groups: usize, shapes: &[Shape], behind: &[Vec<bool>]) -> Vec<(usize, usize)> {
    let (rows, width) = (pieces.len(), shapes.len());
    let mut scores = vec![vec![None::<(i32, usize)>; rows + 1]; width + 1];
    scores[width][rows] = Some((0, rows));
    for column in (0..width).rev() {
        for start in 0..rows {
            if !behind[column][start] {
                continue;
            }
            for end in start + 1..=longest(shapes[column], groups, start, rows) {
                let Some((rest, _)) = scores[column + 1][end] else { continue };
                if !fits(shapes[column], pieces, start, end) {
                    continue;
                }
                let score = rest + score(shapes[column], &pieces[start..end]);
                if scores[column][start].is_none_or(|(best, _)| score > best) {
                    scores[column][start] = Some((score, end));
                }
            }
        }
    }
    let mut spans = Vec::with_capacity(width);
    let mut at = 0;
    for column in scores.iter().take(width) {
        let Some((_, end)) = column[at] else { break };
        spans.push((at, end));
        at = end;
    }
    spans
}

fn longest(shape: Shape, groups: usize, start: usize, rows: usize) -> usize {
    match shape {
        Shape::Free(_) => rows,
        Shape::Money => rows.min(start + groups),
        _ => rows.min(start + 1),
    }
}

fn score(shape: Shape, pieces: &[&str]) -> i32 {
    let more = i32::try_from(pieces.len() - 1).unwrap_or(i32::MAX / 64);
    match shape {
        Shape::Free(cost) => {
            let first = trim(pieces[0]).starts_with('"');
            let last = trim(pieces[pieces.len() - 1]).ends_with('"');
            // Quotes that open and close enclose one cell.
            let quoted = if first && last { 200 } else { 0 };
            quoted - more * cost
        }
        // The platform's order numbers are long.
        Shape::Id if trim(pieces[0]).len() >= 16 => 30,
        _ => 0,
    }
}

/// Trims the whitespace around a piece before it is compared.
pub(crate) fn trim(piece: &str) -> &str {
    piece.trim()
}

/// Removes the quotes around a cell.
pub(crate) fn unquote(cell: &str) -> String {
    let trimmed = trim(cell);
    match trimmed.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        Some(inner) => inner.replace("\"\"", "\""),
        None => cell.to_owned(),
    }
}

fn fits(shape: Shape, all: &[&str], start: usize, end: usize) -> bool {
    if let Shape::Free(_) = shape {
        return true;
    }
    let pieces = &all[start..end];
    // An amount continues as long as groups of three digits follow.
    if shape == Shape::Money
        && let Some(next) = all.get(end)
        && is_group(next)
        && fits(shape, all, start, end + 1)
    {
        return false;
    }
    if let (Shape::Money, [first, _, ..]) = (shape, pieces) {
        let joined = unquote(&pieces.join(","));
        // There is no whitespace between the groups.
        return !trim(first).is_empty() && amount(crate::parse::table::clean(&joined)).is_some();
    }
    let [piece] = pieces else { return false };
    cell_fits(shape, crate::parse::table::clean(&unquote(piece)))
}

/// Reports whether `piece` can be a digit group of an amount after a comma: `010.00`.
fn is_group(piece: &str) -> bool {
    let piece = piece.trim().trim_end_matches(['"', '元']);
    let (whole, part) = piece.split_once('.').unwrap_or((piece, ""));
    whole.len() == 3 && [whole, part].iter().all(|text| text.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Reports whether `cell`, cleaned, is valid in a column of `shape`.
pub(crate) fn cell_fits(shape: Shape, cell: &str) -> bool {
    match shape {
        Shape::Free(_) => true,
        Shape::Time => super::time::wall(cell, false, &mut String::new()).is_some(),
        Shape::Direction => super::key::direction_of(cell).is_some(),
        Shape::Money => matches!(cell, "" | "/") || amount(cell).is_some(),
        Shape::Id => cell.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"'),
        Shape::Currency => {
            cell.is_empty()
                || super::amount::currency(cell).is_some()
                || (cell.len() == 3 && cell.bytes().all(|byte| byte.is_ascii_uppercase()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHAPES: &[Shape] = &[
        Shape::Time,
        Shape::Free(100),
        Shape::Free(10),
        Shape::Free(20),
        Shape::Direction,
        Shape::Money,
        Shape::Free(100),
        Shape::Free(100),
        Shape::Id,
        Shape::Id,
        Shape::Free(30),
    ];

    fn cells(line: &str) -> Result<Vec<String>, Aligned> {
        let pieces: Vec<&str> = line.split(',').collect();
        match align(&pieces, ',', SHAPES) {
            Aligned::Spans(spans) => {
                Ok(spans.into_iter().map(|(start, end)| unquote(&pieces[start..end].join(","))).collect())
            }
            other => Err(other),
        }
    }

    #[test]
    fn commas_and_quotes_in_names_move_nothing() {
        let line = "2025-03-01 18:45:06,商户消费,WALMART CO.,LIMITED,\"商品\",支出,¥348.00,卡,支付成功,4200009990202500000000000001\t,A1,\"/\"";
        let read = cells(line).unwrap();
        assert_eq!((read[2].as_str(), read[3].as_str(), read[5].as_str()), ("WALMART CO.,LIMITED", "商品", "¥348.00"));
        let read = cells(
            "2025-03-01 18:45:06,商户消费,甲,\"一,二\",支出,1,010.00,卡,支付成功,4200009990202500000000000001,A1,/,x",
        )
        .unwrap();
        assert_eq!((read[3].as_str(), read[5].as_str(), read[10].as_str()), ("一,二", "1,010.00", "/,x"));
    }

    #[test]
    fn an_amount_that_may_be_in_two_places_is_in_none() {
        let line = "2025-03-01 18:45:06,商户消费,甲,乙,支出,¥1.00,卡,支出,¥2.00,零钱,支付成功,4200009990202500000000000001,A1,/";
        assert_eq!(cells(line), Err(Aligned::Ambiguous));
        assert_eq!(cells("2025-03-01 18:45:06,a,b,c,d,e,f,g,h,i,j,k"), Err(Aligned::Nowhere));
        assert_eq!(cells("a,b"), Err(Aligned::Nowhere));
    }
}
