//! The bytes of a shard: for each term its articles, ascending, with a weight. `search.js` reads them.
//!
//! All numbers are LEB128. `length term (count << 2 | form)`, then by form: 0, gaps `gap << 2 | weight`; 1, for a term
//! that occurs in more than an eighth of the articles, a bitmap of all articles and the gaps of those that have it in
//! their title; 2, if those are many too, a second bitmap instead of the gaps. So no list takes more than two bits per
//! article, however common its term. A character's list is split into blocks of articles, which are numbered from the
//! first in the block.

use std::ops::Range;

/// A list of articles, each with its weight (3 in the title, else 0 to 2 by frequency).
pub(super) type Postings = Vec<(u32, u8)>;

/// Weight of a term in a title.
pub(super) const TITLE: u8 = 3;

/// Appends a term with its postings as gaps.
pub(super) fn write_sparse(out: &mut Vec<u8>, term: &str, postings: &[(u32, u8)]) {
    head(out, term, postings.len() as u64 * 4);
    gaps(out, postings.iter().copied());
}

/// Appends a term in the form that suits the number of its articles; `range` is the range of articles that the list
/// covers.
pub(super) fn write(out: &mut Vec<u8>, term: &str, postings: &[(u32, u8)], range: &Range<usize>) {
    let from = u32::try_from(range.start).unwrap_or(u32::MAX);
    let postings: Postings = postings.iter().map(|(article, weight)| (article.saturating_sub(from), *weight)).collect();
    let all = range.len();
    if postings.len() <= all / 8 || all < 64 {
        return write_sparse(out, term, &postings);
    }
    let titles = || postings.iter().copied().filter(|(_, weight)| *weight == TITLE);
    let mut gaps_of_titles = Vec::new();
    gaps(&mut gaps_of_titles, titles());
    let often = gaps_of_titles.len() > all.div_ceil(8);
    head(out, term, titles().count() as u64 * 4 + if often { 2 } else { 1 });
    bitmap(out, postings.iter().copied(), all);
    if often {
        bitmap(out, titles(), all);
    } else {
        out.extend_from_slice(&gaps_of_titles);
    }
}

fn bitmap(out: &mut Vec<u8>, postings: impl Iterator<Item = (u32, u8)>, all: usize) {
    let start = out.len();
    out.resize(start + all.div_ceil(8), 0);
    for (article, _) in postings {
        if let Some(byte) = out.get_mut(start + article as usize / 8) {
            *byte |= 1 << (article % 8);
        }
    }
}

fn head(out: &mut Vec<u8>, term: &str, kind: u64) {
    number(out, term.len() as u64);
    out.extend_from_slice(term.as_bytes());
    number(out, kind);
}

fn gaps(out: &mut Vec<u8>, postings: impl Iterator<Item = (u32, u8)>) {
    let mut last = 0;
    for (article, weight) in postings {
        number(out, u64::from(article - last) << 2 | u64::from(weight));
        last = article;
    }
}

fn number(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push((value & 0x7F) as u8 | 0x80);
        value >>= 7;
    }
    out.push((value & 0x7F) as u8);
}

fn take(bytes: &mut &[u8]) -> Option<u64> {
    let (mut value, mut shift) = (0, 0);
    loop {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        value |= u64::from(byte & 0x7F) << shift;
        if byte & 0x80 == 0 {
            return Some(value);
        }
        shift += 7;
    }
}

/// Reads the next term and its postings, as written by [`write_sparse`].
pub(super) fn read_sparse<'b>(bytes: &mut &'b [u8], postings: &mut Postings) -> Option<&'b str> {
    let length = usize::try_from(take(bytes)?).ok()?;
    let (term, rest) = bytes.split_at_checked(length)?;
    *bytes = rest;
    let mut article = 0;
    for _ in 0..take(bytes)? / 4 {
        let value = take(bytes)?;
        article += u32::try_from(value >> 2).ok()?;
        postings.push((article, (value & 3) as u8));
    }
    std::str::from_utf8(term).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sparse_list_reads_back_as_it_was() {
        let (mut bytes, given) = (Vec::new(), vec![(7, 3), (900, 0), (70_000, 2)]);
        write_sparse(&mut bytes, "春茶", &given);
        let (mut rest, mut found) = (bytes.as_slice(), Vec::new());
        assert_eq!(read_sparse(&mut rest, &mut found), Some("春茶"));
        assert_eq!((found, rest), (given, &[][..]));
    }

    #[test]
    fn a_term_of_all_articles_takes_two_bits_each_at_most() {
        let size = |step: usize, weight: u8| {
            let postings: Postings = (50_000..150_000).step_by(step).map(|article| (article, weight)).collect();
            let mut bytes = Vec::new();
            write(&mut bytes, "的", &postings, &(50_000..150_000));
            bytes.len()
        };
        assert_eq!(size(1, 0), 100_000 / 8 + 5);
        for (step, weight) in [(1, TITLE), (2, TITLE), (3, TITLE), (7, TITLE), (8, 0), (8, TITLE)] {
            assert!(size(step, weight) <= 100_000 / 4 + 7, "{step} {weight}: {}", size(step, weight));
        }
    }

    #[test]
    fn a_common_term_is_two_bitmaps_or_one_and_the_titles() {
        let (mut bytes, mut postings): (_, Postings) = (Vec::new(), (0..64).map(|article| (article + 8, 0)).collect());
        postings[2].1 = TITLE;
        write(&mut bytes, "的", &postings, &(8..72));
        assert_eq!(bytes, [&[3, 0xE7, 0x9A, 0x84, 4 + 1][..], &[0xFF; 8], &[2 << 2 | 3]].concat());
        bytes.clear();
        postings.iter_mut().step_by(2).for_each(|(_, weight)| *weight = TITLE);
        write(&mut bytes, "的", &postings, &(8..72));
        assert_eq!(bytes, [&[3, 0xE7, 0x9A, 0x84, 0x82, 1][..], &[0xFF; 8], &[0x55; 8]].concat());
    }
}
