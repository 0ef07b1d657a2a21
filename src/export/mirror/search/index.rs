//! The inverted index, built in runs of bounded size: each run is sorted and written to an unnamed temporary file, and
//! a shard is assembled from its piece of every run.

use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::ops::Range;
use std::sync::{Mutex, PoisonError};

use super::list::{self, Postings, TITLE};
use super::terms::{TermKind, block_sign, blocks, kind, shard_of, terms};
use crate::error::{Error, Result};

/// Postings in a run, which take 16 MB.
const RUN: usize = 1_000_000;

/// The number of files for terms and for characters, each a power of two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Shards {
    pub(super) terms: u32,
    pub(super) characters: u32,
    /// Number of articles in a block. A character has one list per block, since the lists of the most common ones are
    /// too long for one file.
    pub(super) block: usize,
}

impl Shards {
    /// Returns the range of articles that a list covers, out of `articles`.
    fn range(self, term: &str, articles: usize) -> Range<usize> {
        let term: Vec<char> = term.chars().collect();
        if kind(&term) == TermKind::Terms {
            return 0..articles;
        }
        let block = term.get(1).map_or(0, |sign| *sign as usize);
        let last = block + 1 == blocks(articles, self.block);
        block * self.block..if last { articles } else { (block + 1) * self.block }
    }

    /// Returns the shard of a term; shards of characters are numbered after those of terms.
    fn of(self, term: &[char]) -> u32 {
        match kind(term) {
            TermKind::Terms => shard_of(term, self.terms),
            TermKind::Characters => self.terms + shard_of(term, self.characters),
        }
    }
}

/// The sorted runs of the index.
pub(super) struct Index {
    file: Mutex<File>,
    runs: Vec<SortedRun>,
    articles: usize,
    shards: Shards,
}

/// A run in the file, with its shards in order.
struct SortedRun {
    start: u64,
    /// End offset of each shard, relative to `start`.
    ends: Box<[u32]>,
}

impl SortedRun {
    /// Returns the offset and length of a shard's postings; `None` if it has none.
    fn piece(&self, shard: usize) -> Option<(u64, u32)> {
        let end = *self.ends.get(shard)?;
        let begin = shard.checked_sub(1).map_or(0, |before| self.ends[before]);
        (end > begin).then_some((self.start + u64::from(begin), end - begin))
    }
}

impl Index {
    /// Reads `articles` texts, each once and oldest first; `text` returns the title and the text of one.
    pub(super) fn build(
        shards: Shards,
        articles: usize,
        text: impl Fn(usize) -> Result<(String, String)>,
    ) -> Result<Self> {
        let file = tempfile::tempfile().map_err(failed)?;
        let mut index = Self { file: Mutex::new(file), runs: Vec::new(), articles, shards };
        let mut run = Run::default();
        for article in 0..articles {
            let (title, words) = text(article)?;
            run.add(shards, u32::try_from(article).unwrap_or(u32::MAX), &title, &words);
            if run.postings.len() >= RUN {
                index.spill(&mut run).map_err(failed)?;
            }
        }
        index.spill(&mut run).map_err(failed)?;
        Ok(index)
    }

    /// Returns the bytes of a shard.
    pub(super) fn shard(&self, shard: u32) -> Result<Vec<u8>> {
        let mut found: BTreeMap<String, Postings> = BTreeMap::new();
        let mut piece = Vec::new();
        for (offset, length) in self.runs.iter().filter_map(|run| run.piece(shard as usize)) {
            piece.resize(length as usize, 0);
            {
                let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
                file.seek(SeekFrom::Start(offset)).map_err(failed)?;
                file.read_exact(&mut piece).map_err(failed)?;
            }
            let (mut rest, mut postings) = (piece.as_slice(), Vec::new());
            while let Some(term) = list::read_sparse(&mut rest, &mut postings) {
                match found.get_mut(term) {
                    // Runs are ordered by article, so postings read later are appended.
                    Some(known) => known.append(&mut postings),
                    None => {
                        found.insert(term.to_owned(), std::mem::take(&mut postings));
                    }
                }
            }
        }
        let mut bytes = Vec::new();
        for (term, postings) in found {
            list::write(&mut bytes, &term, &postings, &self.shards.range(&term, self.articles));
        }
        Ok(bytes)
    }

    /// Sorts the collected postings and writes them to the file.
    fn spill(&mut self, run: &mut Run) -> std::io::Result<()> {
        run.postings.sort_unstable();
        let file = self.file.get_mut().unwrap_or_else(PoisonError::into_inner);
        let start = file.seek(SeekFrom::End(0))?;
        let (mut bytes, mut all, mut postings) = (Vec::new(), Vec::new(), Vec::new());
        let shards = (self.shards.terms + self.shards.characters) as usize;
        let (mut ends, mut end) = (Vec::with_capacity(shards), 0_u32);
        for shard in run.postings.chunk_by(|a, b| a.shard() == b.shard()) {
            bytes.clear();
            for term in shard.chunk_by(|a, b| a.term() == b.term()) {
                postings.clear();
                postings.extend(term.iter().map(|posting| (posting.article(), posting.weight())));
                list::write_sparse(&mut bytes, &run.spell(term[0].term()), &postings);
            }
            // A shard without postings ends where the previous one does.
            ends.resize(shard[0].shard() as usize, end);
            end = u32::try_from(bytes.len()).ok().and_then(|length| end.checked_add(length)).ok_or_else(too_long)?;
            ends.push(end);
            all.extend_from_slice(&bytes);
            if all.len() > 1 << 20 {
                file.write_all(&all)?;
                all.clear();
            }
        }
        file.write_all(&all)?;
        ends.resize(shards, end);
        self.runs.push(SortedRun { start, ends: ends.into_boxed_slice() });
        run.clear();
        Ok(())
    }
}

fn too_long() -> std::io::Error {
    std::io::ErrorKind::FileTooLarge.into()
}

fn failed(error: std::io::Error) -> Error {
    Error::other("search-index-failed").because(error)
}

/// Shard, term, article and weight packed into one number that sorts in this order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Posting(u128);

impl Posting {
    fn new(shard: u32, term: u64, article: u32, weight: u8) -> Self {
        Self(u128::from(shard) << 98 | u128::from(term) << 34 | u128::from(article) << 2 | u128::from(weight & 3))
    }

    fn shard(self) -> u32 {
        (self.0 >> 98) as u32
    }

    #[expect(clippy::cast_possible_truncation, reason = "the shard above is cut off")]
    fn term(self) -> u64 {
        (self.0 >> 34) as u64
    }

    #[expect(clippy::cast_possible_truncation, reason = "the term above is cut off")]
    fn article(self) -> u32 {
        (self.0 >> 2) as u32
    }

    fn weight(self) -> u8 {
        (self.0 & 3) as u8
    }
}

/// Term, shard and presence in the title packed into one number that sorts in this order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct FoundTerm(u128);

impl FoundTerm {
    fn new(term: u64, shard: u32, in_title: bool) -> Self {
        Self(u128::from(term) << 33 | u128::from(shard) << 1 | u128::from(in_title))
    }

    #[expect(clippy::cast_possible_truncation, reason = "64 bits are left")]
    fn term(self) -> u64 {
        (self.0 >> 33) as u64
    }

    #[expect(clippy::cast_possible_truncation, reason = "the term above is cut off")]
    fn shard(self) -> u32 {
        (self.0 >> 1) as u32
    }

    fn in_title(self) -> bool {
        self.0 & 1 == 1
    }
}

/// A run being collected. A term of one or two characters is encoded in its number; longer words get consecutive
/// numbers.
#[derive(Default)]
struct Run {
    postings: Vec<Posting>,
    words: Vec<String>,
    numbers: HashMap<String, u64>,
    folded: Vec<char>,
    found: Vec<FoundTerm>,
}

/// Bit that marks the number of a word of more than two characters.
const WORD: u64 = 1 << 63;

impl Run {
    /// Adds the terms of one article, weighted by presence in the title, or else by frequency in the text.
    fn add(&mut self, shards: Shards, article: u32, title: &str, text: &str) {
        let (mut folded, mut found) = (std::mem::take(&mut self.folded), std::mem::take(&mut self.found));
        let sign = block_sign(article as usize / shards.block);
        for (part, in_title) in [(title, true), (text, false)] {
            terms(part, &mut folded, |term| {
                let in_block = [term[0], sign];
                let cut = sign != '\0' && kind(term) == TermKind::Characters;
                let term = if cut { &in_block } else { term };
                found.push(FoundTerm::new(self.number(term), shards.of(term), in_title));
            });
        }
        found.sort_unstable();
        for same in found.chunk_by(|a, b| a.term() == b.term()) {
            // Occurrences in the title sort last.
            let in_title = same.last().is_some_and(|found| found.in_title());
            let often = u8::try_from((same.len() - 1).min(2)).unwrap_or(2);
            let weight = if in_title { TITLE } else { often };
            self.postings.push(Posting::new(same[0].shard(), same[0].term(), article, weight));
        }
        found.clear();
        (self.folded, self.found) = (folded, found);
    }

    fn number(&mut self, term: &[char]) -> u64 {
        match term {
            [first] => u64::from(*first as u32) << 32,
            [first, second] => u64::from(*first as u32) << 32 | u64::from(*second as u32),
            word => {
                let word: String = word.iter().collect();
                if let Some(number) = self.numbers.get(&word) {
                    return *number;
                }
                let number = WORD | self.words.len() as u64;
                self.words.push(word.clone());
                self.numbers.insert(word, number);
                number
            }
        }
    }

    fn spell(&self, number: u64) -> String {
        if number & WORD != 0 {
            return usize::try_from(number & !WORD).ok().and_then(|at| self.words.get(at)).cloned().unwrap_or_default();
        }
        let first = u32::try_from(number >> 32).ok().and_then(char::from_u32);
        let second = u32::try_from(number & 0xFFFF_FFFF).ok().filter(|c| *c != 0).and_then(char::from_u32);
        first.into_iter().chain(second).collect()
    }

    fn clear(&mut self) {
        self.postings.clear();
        self.words.clear();
        self.numbers.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(index: &Index, shards: Shards) -> BTreeMap<String, Postings> {
        let mut all = BTreeMap::new();
        for shard in 0..shards.terms + shards.characters {
            let bytes = index.shard(shard).unwrap();
            let (mut rest, mut postings) = (bytes.as_slice(), Vec::new());
            while let Some(term) = list::read_sparse(&mut rest, &mut postings) {
                all.insert(term.to_owned(), std::mem::take(&mut postings));
            }
        }
        all
    }

    #[test]
    fn lists_are_whole_across_runs_and_ordered() {
        let shards = Shards { terms: 4, characters: 2, block: 100 };
        let texts = [("春茶", "春茶春 hello"), ("", "春 hello"), ("Hello", "")];
        let whole =
            Index::build(shards, 3, |article| Ok((texts[article].0.to_owned(), texts[article].1.to_owned()))).unwrap();
        let mut cut = Index::build(shards, 0, |_| unreachable!()).unwrap();
        let mut run = Run::default();
        for (article, (title, text)) in texts.iter().enumerate() {
            run.add(shards, u32::try_from(article).unwrap(), title, text);
            cut.spill(&mut run).unwrap();
        }
        let all = found(&whole, shards);
        assert_eq!(all["春"], [(0, 3), (1, 0)]);
        assert_eq!(all["hello"], [(0, 0), (1, 0), (2, 3)]);
        assert_eq!(all["茶春"], [(0, 0)]);
        assert_eq!(found(&cut, shards), all);
    }
    #[test]
    fn a_character_has_a_list_for_each_block_of_articles() {
        let shards = Shards { terms: 1, characters: 1, block: 2 };
        let index = Index::build(shards, 5, |article| {
            Ok((String::new(), if article == 1 { "海" } else { "山 ab" }.to_owned()))
        });
        let shard = index.unwrap().shard(1).unwrap();
        let (mut rest, mut postings, mut lists) = (shard.as_slice(), Vec::new(), Vec::new());
        while let Some(term) = list::read_sparse(&mut rest, &mut postings) {
            lists.push((term, std::mem::take(&mut postings)));
        }
        let of = |articles: &[u32]| articles.iter().map(|article| (*article, 0)).collect::<Postings>();
        assert_eq!(
            lists,
            [("山", of(&[0])), ("山\u{1}", of(&[0, 1])), ("山\u{2}", of(&[0])), ("海", of(&[1]))],
            "numbered from the first of the block"
        );
        assert_eq!(shards.range("山\u{2}", 5), 4..5);
        assert_eq!(shards.range("山海", 5), 0..5);
        // There are more articles than block signs, so the last block takes the rest.
        let last = block_sign(70);
        assert_eq!((last, shards.range(&format!("山{last}"), 140)), ('/', 94..140));
    }
}
