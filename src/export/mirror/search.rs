//! Search without a server: an inverted index in script files that a page loads one by one, on `file://` too.
//!
//! Terms are pairs of neighbouring characters in scripts without spaces, single such characters, and words of the others
//! (lower case, NFKC, character by character, as `search.js` does). A term's first two characters name its shard, so
//! that words can be found by their beginning. Postings are `gap << 2 | weight`, both as the text shards number the
//! articles: oldest first, so that a new article changes little.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use base64::Engine as _;
use serde_json::json;

use super::piece;
use super::site::{Item, Site};
use super::text::plain_text;
use crate::error::{Error, Result};
use crate::export::{Content, OutPath, Output};
use crate::model::Sha256;

/// Bytes of text in one text shard, about.
const TEXT_SHARD: u64 = 32 * 1024;
/// Bytes of a term shard, on average; the largest stay below 64 KiB.
const TERM_SHARD: u64 = 20 * 1024;
/// Bytes that a character of text costs in the index (measured on prose; base64 included).
const BYTES_PER_CHARACTER: u64 = 3;
/// Postings collected before they are sorted and set aside.
const RUN: usize = 1_200_000;

/// The shape of the index: settled from what the records say, before any text is read.
pub(super) struct Search {
    /// A power of two.
    shards: u32,
    /// The first article of each text shard.
    starts: Vec<usize>,
    built: OnceLock<std::result::Result<Index, String>>,
}

/// The sorted runs, in a file that has no name.
struct Index {
    file: Mutex<File>,
    /// For each shard the pieces of the file that hold its postings.
    pieces: Vec<Vec<(u64, u32)>>,
}

impl Search {
    pub(super) fn plan(site: &Site<'_>) -> Self {
        let (mut starts, mut filled, mut characters) = (Vec::new(), u64::MAX, 0);
        let articles = site.view.entries().iter().map(|entry| entry.text_chars);
        let pieces = site.view.pieces().iter().map(|entry| {
            let text = entry.piece.fields.text.as_deref().unwrap_or_default();
            text.chars().count() as u64
        });
        for (index, text_chars) in articles.chain(pieces).enumerate() {
            // Three bytes a character, and what title and address take.
            let bytes = text_chars * 3 + 200;
            characters += text_chars + 40;
            if filled.saturating_add(bytes) > TEXT_SHARD {
                starts.push(index);
                filled = 0;
            }
            filled += bytes;
        }
        let wanted = (characters * BYTES_PER_CHARACTER).div_ceil(TERM_SHARD).clamp(1, 1 << 16);
        let shards = u32::try_from(wanted).unwrap_or(1).next_power_of_two();
        Self { shards, starts, built: OnceLock::new() }
    }

    /// Adds the files of the search.
    pub(super) fn outputs<'v>(site: &Arc<Site<'v>>, outputs: &mut Vec<Output<'v>>) -> Result<()> {
        let search = Arc::new(Self::plan(site));
        let everything = {
            let mut text = format!("search {}\n", site.key);
            for index in 0..count(site) {
                text.push_str(&document_key(site, index));
            }
            Sha256::of(text.as_bytes())
        };
        let config = json!({ "shards": search.shards, "count": count(site), "starts": search.starts });
        outputs.push(Output {
            path: OutPath::new("search/index.js")?,
            key: Sha256::of(config.to_string().as_bytes()),
            content: Content::Render(Box::new(move || Ok(format!("liudiSearch.config({config});\n").into_bytes()))),
        });
        for shard in 0..search.shards {
            let (site, search) = (Arc::clone(site), Arc::clone(&search));
            outputs.push(Output {
                path: OutPath::new(format!("search/t/{shard}.js"))?,
                key: Sha256::of(format!("{shard} {everything}").as_bytes()),
                content: Content::Render(Box::new(move || search.term_shard(&site, shard))),
            });
        }
        for (number, first) in search.starts.iter().enumerate() {
            let last = search.starts.get(number + 1).copied().unwrap_or(count(site));
            let range = *first..last;
            let key: String = range.clone().map(|index| document_key(site, index)).collect();
            let site = Arc::clone(site);
            outputs.push(Output {
                path: OutPath::new(format!("search/d/{number}.js"))?,
                key: Sha256::of(format!("{} {key}", site.key).as_bytes()),
                content: Content::Render(Box::new(move || text_shard(&site, number, range.clone()))),
            });
        }
        let (path, page_site) = (OutPath::new("search.html")?, Arc::clone(site));
        let page = path.clone();
        let render = move || {
            let title = page_site.texts.get("mirror-search", &[]);
            let page_context = json!({ "title": title, "kind": "search" });
            page_site.render("search.html.j2", &page, page_context, json!({})).map(String::into_bytes)
        };
        outputs.push(Output { path, key: site.key, content: Content::Render(Box::new(render)) });
        Ok(())
    }

    fn term_shard(&self, site: &Site<'_>, shard: u32) -> Result<Vec<u8>> {
        let index = self
            .built
            .get_or_init(|| build(site, self.shards).map_err(|error| format!("{error:?}")))
            .as_ref()
            .map_err(|error| Error::other("search-index-failed").because(error.clone()))?;
        let failed = |error: std::io::Error| Error::other("search-index-failed").because(error);
        let mut terms: BTreeMap<String, Vec<(u32, u8)>> = BTreeMap::new();
        for (offset, length) in index.pieces.get(shard as usize).into_iter().flatten() {
            let mut piece = vec![0; *length as usize];
            {
                let mut file = index.file.lock().unwrap_or_else(PoisonError::into_inner);
                file.seek(SeekFrom::Start(*offset)).map_err(failed)?;
                file.read_exact(&mut piece).map_err(failed)?;
            }
            read_piece(&piece, &mut terms);
        }
        let mut bytes = Vec::new();
        for (term, mut postings) in terms {
            postings.sort_unstable();
            write_term(&mut bytes, &term, &postings);
        }
        let text = base64::engine::general_purpose::STANDARD.encode(bytes);
        Ok(format!("liudiSearch.terms({shard},\"{text}\");\n").into_bytes())
    }
}

/// How many documents there are: the articles, then notes and videos.
fn count(site: &Site<'_>) -> usize {
    site.pages.len() + site.piece_pages.len()
}

/// Which of the two a document is.
fn item(site: &Site<'_>, index: usize) -> Item {
    index.checked_sub(site.pages.len()).map_or(Item::Article(index), Item::Piece)
}

fn document_key(site: &Site<'_>, index: usize) -> String {
    let item = item(site, index);
    let content = match item {
        Item::Article(index) => site.view.entries()[index].content_digest,
        Item::Piece(_) => None,
    };
    format!("{} {content:?} ", item.digest(site.view))
}

fn title(site: &Site<'_>, index: usize) -> String {
    match item(site, index) {
        Item::Article(index) => site.title(&site.view.entries()[index]),
        Item::Piece(index) => piece::title(site, &site.view.pieces()[index]),
    }
}

/// Title and text of the articles of one text shard.
fn text_shard(site: &Site<'_>, number: usize, range: std::ops::Range<usize>) -> Result<Vec<u8>> {
    let mut documents = Vec::new();
    for index in range {
        let item = item(site, index);
        let date = item.published(site.view).map(crate::model::Time::date).unwrap_or_default();
        let page = match item {
            Item::Article(index) => &site.pages[index],
            Item::Piece(index) => &site.piece_pages[index],
        };
        let url = site.url(&OutPath::new("search.html")?, page);
        documents.push(json!([url, title(site, index), date, document(site, index)?]));
    }
    Ok(format!("liudiSearch.texts({number},{});\n", serde_json::Value::from(documents)).into_bytes())
}

/// The text of an article, a note or a video as it is searched.
fn document(site: &Site<'_>, index: usize) -> Result<String> {
    if let Item::Piece(index) = item(site, index) {
        return Ok(site.view.pieces()[index].piece.fields.text.clone().unwrap_or_default());
    }
    let entry = &site.view.entries()[index];
    let mut text = site.view.content(entry)?.map(|content| plain_text(&content)).unwrap_or_default();
    for more in [entry.summary.as_deref().filter(|_| text.is_empty()), entry.author.as_deref()].into_iter().flatten() {
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(more);
    }
    Ok(text)
}

/// The shard of a term, by its first two characters (0 where there is one). The same sum stands in `search.js`.
fn shard_of(first: char, second: char, shards: u32) -> u32 {
    let mut hash = (first as u32).wrapping_mul(0x9E37_79B1) ^ (second as u32).wrapping_mul(0x85EB_CA6B);
    hash ^= hash >> 15;
    hash = hash.wrapping_mul(0x2C1B_3C6D);
    hash ^= hash >> 13;
    hash & (shards - 1)
}

/// Characters of scripts that put no spaces between words.
fn is_dense(c: char) -> bool {
    c as u32 >= 0x2E80 && c.is_alphanumeric()
}

/// A character as it is compared: NFKC, lower case.
fn fold(c: char, out: &mut Vec<char>) {
    use unicode_normalization::UnicodeNormalization as _;
    if c.is_ascii() {
        out.push(c.to_ascii_lowercase());
    } else if ('\u{4e00}'..='\u{9fff}').contains(&c) {
        out.push(c);
    } else {
        out.extend(std::iter::once(c).nfkc().flat_map(char::to_lowercase));
    }
}

/// Calls `term` for each term of `text`.
fn terms(text: &str, mut term: impl FnMut(&[char])) {
    let mut characters = Vec::with_capacity(text.len());
    for c in text.chars() {
        fold(c, &mut characters);
    }
    let mut at = 0;
    while at < characters.len() {
        let c = characters[at];
        if is_dense(c) {
            term(&characters[at..=at]);
            if characters.get(at + 1).copied().is_some_and(is_dense) {
                term(&characters[at..at + 2]);
            }
            at += 1;
        } else if c.is_alphanumeric() {
            let length = characters[at..].iter().take_while(|c| c.is_alphanumeric() && !is_dense(**c)).count();
            term(&characters[at..at + length.min(40)]);
            at += length;
        } else {
            at += 1;
        }
    }
}

/// One posting of a run: shard, term, article, weight. A term of one or two characters stands in the number itself.
type Posting = (u32, u64, u32, u8);

/// A run under way.
#[derive(Default)]
struct Run {
    postings: Vec<Posting>,
    words: Vec<String>,
    numbers: std::collections::HashMap<String, u64>,
}

/// Marks a term that is a word of more than two characters.
const WORD: u64 = 1 << 63;

impl Run {
    fn number(&mut self, term: &[char]) -> u64 {
        match term {
            [first] => u64::from(*first as u32) << 32,
            [first, second] => u64::from(*first as u32) << 32 | u64::from(*second as u32),
            word => {
                let word: String = word.iter().collect();
                let next = WORD | self.words.len() as u64;
                let words = &mut self.words;
                *self.numbers.entry(word).or_insert_with_key(|word| {
                    words.push(word.clone());
                    next
                })
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

    /// Adds the terms of one article: weight 3 in the title, else by how often they stand in the text.
    fn add(&mut self, shards: u32, article: u32, title: &str, text: &str) {
        let mut found: Vec<(u64, u32, bool)> = Vec::with_capacity(text.len());
        for (part, in_title) in [(title, true), (text, false)] {
            terms(part, |term| {
                let shard = shard_of(term[0], term.get(1).copied().unwrap_or('\0'), shards);
                found.push((self.number(term), shard, in_title));
            });
        }
        found.sort_unstable();
        for same in found.chunk_by(|a, b| a.0 == b.0) {
            let weight = if same.iter().any(|(_, _, title)| *title) { 3 } else { (same.len() - 1).min(2) };
            self.postings.push((same[0].1, same[0].0, article, u8::try_from(weight).unwrap_or(2)));
        }
    }

    /// Sorts what was collected and sets it aside.
    fn spill(&mut self, file: &mut File, pieces: &mut [Vec<(u64, u32)>]) -> std::io::Result<()> {
        self.postings.sort_unstable();
        let mut offset = file.seek(SeekFrom::End(0))?;
        let mut bytes = Vec::new();
        let mut all = Vec::new();
        for shard in self.postings.chunk_by(|a, b| a.0 == b.0) {
            bytes.clear();
            for term in shard.chunk_by(|a, b| a.1 == b.1) {
                let postings: Vec<(u32, u8)> = term.iter().map(|(_, _, article, weight)| (*article, *weight)).collect();
                write_term(&mut bytes, &self.spell(term[0].1), &postings);
            }
            if let Some(pieces) = pieces.get_mut(shard[0].0 as usize) {
                pieces.push((offset, u32::try_from(bytes.len()).unwrap_or(u32::MAX)));
            }
            offset += bytes.len() as u64;
            all.extend_from_slice(&bytes);
            if all.len() > 1 << 20 {
                file.write_all(&all)?;
                all.clear();
            }
        }
        file.write_all(&all)?;
        *self = Self::default();
        Ok(())
    }
}

/// Reads every article once, oldest first, in runs of bounded size.
fn build(site: &Site<'_>, shards: u32) -> Result<Index> {
    let failed = |error: std::io::Error| Error::other("search-index-failed").because(error);
    let mut file = tempfile::tempfile().map_err(failed)?;
    let mut pieces = vec![Vec::new(); shards as usize];
    let mut run = Run::default();
    for index in 0..count(site) {
        let article = u32::try_from(index).unwrap_or(u32::MAX);
        run.add(shards, article, &title(site, index), &document(site, index)?);
        if run.postings.len() >= RUN {
            run.spill(&mut file, &mut pieces).map_err(failed)?;
        }
    }
    run.spill(&mut file, &mut pieces).map_err(failed)?;
    Ok(Index { file: Mutex::new(file), pieces })
}

/// `length term count gaps`: all numbers LEB128, the term in UTF-8.
fn write_term(out: &mut Vec<u8>, term: &str, postings: &[(u32, u8)]) {
    number(out, term.len() as u64);
    out.extend_from_slice(term.as_bytes());
    number(out, postings.len() as u64);
    let mut last = 0;
    for (article, weight) in postings {
        number(out, u64::from(article - last) << 2 | u64::from(*weight));
        last = *article;
    }
}

fn number(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push((value & 0x7F) as u8 | 0x80);
        value >>= 7;
    }
    out.push((value & 0x7F) as u8);
}

fn read_piece(mut bytes: &[u8], terms: &mut BTreeMap<String, Vec<(u32, u8)>>) {
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
    let mut one = || -> Option<()> {
        let length = usize::try_from(take(&mut bytes)?).ok()?;
        let (term, rest) = bytes.split_at_checked(length)?;
        bytes = rest;
        let postings = terms.entry(String::from_utf8_lossy(term).into_owned()).or_default();
        let mut article = 0;
        for _ in 0..take(&mut bytes)? {
            let value = take(&mut bytes)?;
            article += u32::try_from(value >> 2).ok()?;
            postings.push((article, (value & 3) as u8));
        }
        Some(())
    };
    while one().is_some() {}
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> Vec<String> {
        let mut found = Vec::new();
        terms(text, |term| found.push(term.iter().collect()));
        found
    }

    #[test]
    fn pairs_singles_and_words() {
        assert_eq!(all("春茶 ＡＩ编程"), ["春", "春茶", "茶", "ai", "编", "编程", "程"]);
        assert_eq!(all("Rust-2024，好"), ["rust", "2024", "好"]);
    }

    #[test]
    fn runs_read_back_as_they_were() {
        let mut file = tempfile::tempfile().unwrap();
        let mut pieces = vec![Vec::new(); 4];
        let mut run = Run::default();
        run.add(4, 7, "春茶", "春茶春 hello");
        run.spill(&mut file, &mut pieces).unwrap();
        run.add(4, 900, "", "春 hello");
        run.spill(&mut file, &mut pieces).unwrap();
        let mut found = BTreeMap::new();
        for (offset, length) in pieces.iter().flatten() {
            let mut piece = vec![0; *length as usize];
            file.seek(SeekFrom::Start(*offset)).unwrap();
            file.read_exact(&mut piece).unwrap();
            read_piece(&piece, &mut found);
        }
        assert_eq!(found["春"], [(7, 3), (900, 0)]);
        assert_eq!(found["hello"], [(7, 0), (900, 0)]);
        assert_eq!(found["茶春"], [(7, 0)]);
    }
}
