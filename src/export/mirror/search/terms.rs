//! The terms of a text, as `search.js` takes them from a query.
//!
//! In scripts without spaces the terms are each pair of neighbours and each character; elsewhere they are words. Where
//! the two meet (`3月`), the pair at the seam is a term too. Everything is folded first: NFKC, lower case, character by
//! character.

/// Maximum length of a term, in characters; the rest of a word is ignored.
const WORD: usize = 40;

/// The folder of a term's list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TermKind {
    /// `search/c/`: single characters of scripts without spaces.
    Characters,
    /// `search/t/`: pairs and words.
    Terms,
}

/// Reports whether `c` belongs to a script that puts no spaces between words.
pub(super) fn is_dense(c: char) -> bool {
    is_ideograph(c) || (c as u32 >= 0x2E80 && c.is_alphanumeric())
}

/// Reports whether `c` is a common ideograph. This covers nearly all input and avoids a lookup in Unicode's tables.
fn is_ideograph(c: char) -> bool {
    ('\u{4e00}'..='\u{9fff}').contains(&c)
}

fn is_letter(c: char) -> bool {
    is_ideograph(c) || c.is_alphanumeric()
}

/// Returns the folder of a term.
pub(super) fn kind(term: &[char]) -> TermKind {
    if matches!(term, [c] | [c, ..=LAST_BLOCK] if is_dense(*c)) { TermKind::Characters } else { TermKind::Terms }
}

/// Sign of the last block of articles; no character up to it is ever part of a term.
const LAST_BLOCK: char = '\u{2F}';

/// Returns the sign that follows a character in the name of its list for this block; NUL stands for the first block,
/// which has none.
pub(super) fn block_sign(block: usize) -> char {
    u8::try_from(block).map_or(LAST_BLOCK, char::from).min(LAST_BLOCK)
}

/// Returns the number of blocks for this number of articles.
pub(super) fn blocks(articles: usize, block: usize) -> usize {
    articles.div_ceil(block).clamp(1, LAST_BLOCK as usize + 1)
}

/// Returns the shard of a term by its first two characters (0 for a missing one), so that words are found by their
/// beginning, and of a single character by its block too. `search.js` computes the same hash. `shards` is a power of
/// two.
pub(super) fn shard_of(term: &[char], shards: u32) -> u32 {
    let at = |index: usize| term.get(index).map_or(0, |c| *c as u32);
    let mut hash = at(0).wrapping_mul(0x9E37_79B1) ^ at(1).wrapping_mul(0x85EB_CA6B);
    hash ^= hash >> 15;
    hash = hash.wrapping_mul(0x2C1B_3C6D);
    hash ^= hash >> 13;
    hash & (shards - 1)
}

/// Appends the folded form of a character, which comparisons use.
fn fold(c: char, out: &mut Vec<char>) {
    use unicode_normalization::UnicodeNormalization as _;
    if c.is_ascii() {
        out.push(c.to_ascii_lowercase());
    } else if is_ideograph(c) {
        out.push(c);
    } else {
        out.extend(std::iter::once(c).nfkc().flat_map(char::to_lowercase));
    }
}

/// Calls `term` for each term of `text`; `folded` is a buffer.
pub(super) fn terms(text: &str, folded: &mut Vec<char>, mut term: impl FnMut(&[char])) {
    folded.clear();
    for c in text.chars() {
        fold(c, folded);
    }
    let mut at = 0;
    while at < folded.len() {
        let c = folded[at];
        let dense = is_dense(c);
        let mut end = at + 1;
        if dense {
            term(&folded[at..=at]);
        } else if is_letter(c) {
            end += folded[end..].iter().take_while(|c| !is_dense(**c) && is_letter(**c)).count();
            term(&folded[at..end.min(at + WORD)]);
        } else {
            at = end;
            continue;
        }
        if folded.get(end).is_some_and(|next| if dense { is_letter(*next) } else { is_dense(*next) }) {
            term(&folded[end - 1..=end]);
        }
        at = end;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> Vec<String> {
        let mut found = Vec::new();
        terms(text, &mut Vec::new(), |term| found.push(term.iter().collect()));
        found
    }

    #[test]
    fn pairs_singles_words_and_seams() {
        assert_eq!(all("春茶 ＡＩ编程"), ["春", "春茶", "茶", "ai", "i编", "编", "编程", "程"]);
        assert_eq!(all("Rust-2024，好"), ["rust", "2024", "好"]);
        assert_eq!(all("在3月"), ["在", "在3", "3", "3月", "月"]);
    }

    #[test]
    fn the_short_way_says_what_the_tables_say() {
        assert!(('\u{4e00}'..='\u{9fff}').all(char::is_alphanumeric));
    }

    #[test]
    fn single_characters_are_apart() {
        assert_eq!(kind(&['春']), TermKind::Characters);
        assert_eq!(kind(&['a']), TermKind::Terms);
        assert_eq!(kind(&['春', '茶']), TermKind::Terms);
    }
}
