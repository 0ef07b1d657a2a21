//! Search without a server: an inverted index in script files that a page loads as needed, on `file://` too.
//!
//! `search/t/` has the lists of pairs and words, `search/c/` those of single characters, each term in the shard given
//! by its first characters; `search/d/` has titles and texts, in which every hit is checked before it is shown.
//! Articles are numbered oldest first, so that a new one changes little.

mod index;
mod list;
mod terms;

use std::ops::Range;
use std::sync::{Arc, OnceLock};

use base64::Engine as _;
use serde_json::{Value, json};

use self::index::{Index, Shards};
use super::lists;
use super::site::Site;
use crate::error::{Error, Result};
use crate::export::publication::found;
use crate::export::{Content, Losses, OutPath, Output};
use crate::html::plain_text;
use crate::model::{Hasher, Kind, Post, Sha256, Time};

/// Approximate size of the text in one text shard, in bytes.
const TEXT_SHARD: u64 = 32 * 1024;
/// Average size of a term shard, in bytes; the largest stay below 64 KiB.
const TERM_SHARD: u64 = 20 * 1024;
/// Bytes in the lists of pairs and words per character of text (measured on prose; base64 included).
const BYTES_PER_CHARACTER: u64 = 3;
/// Factor by which there are fewer shards of single characters: their lists are few but long, and two long ones rarely
/// share a shard.
const CHARACTERS: u64 = 2;
/// Articles in one list of a character: at two bits each it takes at most 8 KB, or 11 as text.
const BLOCK: usize = 1 << 15;

/// Number of articles that the search page offers if nothing is found.
const LATEST: usize = 8;

/// The layout of the index, computed from the records before any text is read.
struct Search {
    shards: Shards,
    texts: Vec<TextShard>,
    built: OnceLock<std::result::Result<Index, String>>,
}

/// The content of a text shard: several articles, or a part of one that is too long.
#[derive(Clone, Debug, PartialEq, Eq)]
struct TextShard {
    articles: Range<usize>,
    part: usize,
    parts: usize,
}

impl Search {
    fn plan(site: &Site<'_>) -> Self {
        let lengths = site.view.posts().iter().map(|post| post.text_chars);
        let characters: u64 = lengths.clone().map(|length| length + 40).sum();
        let shards = |bytes: u64| {
            let wanted = bytes.div_ceil(TERM_SHARD).clamp(1, 1 << 16);
            u32::try_from(wanted).unwrap_or(1).next_power_of_two()
        };
        let bytes = characters * BYTES_PER_CHARACTER;
        let shards = Shards { terms: shards(bytes), characters: shards(bytes / CHARACTERS), block: BLOCK };
        Self { shards, texts: text_shards(lengths), built: OnceLock::new() }
    }

    /// Returns the script of a shard; `shard` counts the shards of terms first, then those of characters.
    fn script(&self, site: &Site<'_>, shard: u32) -> Result<Vec<u8>> {
        let built = self.built.get_or_init(|| {
            let text = |index| {
                let words = words(site, index)?;
                Ok((words.title, words.text + " " + &words.author))
            };
            Index::build(self.shards, count(site), text).map_err(|error| format!("{error:?}"))
        });
        let index = built.as_ref().map_err(|error| Error::other("search-index-failed").because(error.clone()))?;
        let (name, number) = self.name(shard);
        let text = base64::engine::general_purpose::STANDARD.encode(index.shard(shard)?);
        Ok(format!("liudiSearch.list(\"{name}\",{number},\"{text}\");\n").into_bytes())
    }

    fn name(&self, shard: u32) -> (&'static str, u32) {
        shard.checked_sub(self.shards.terms).map_or(("t", shard), |number| ("c", number))
    }
}

/// Splits the articles, given their lengths in characters, into shards.
fn text_shards(lengths: impl Iterator<Item = u64>) -> Vec<TextShard> {
    let (mut shards, mut filled) = (Vec::<TextShard>::new(), u64::MAX);
    for (index, length) in lengths.enumerate() {
        // Three bytes per character, and an allowance for title and address.
        let bytes = length * 3 + 200;
        let parts = usize::try_from(bytes.div_ceil(TEXT_SHARD)).unwrap_or(usize::MAX);
        if parts > 1 {
            shards.extend((0..parts).map(|part| TextShard { articles: index..index + 1, part, parts }));
            filled = u64::MAX;
            continue;
        }
        if let Some(last) = shards.last_mut().filter(|_| filled.saturating_add(bytes) <= TEXT_SHARD) {
            last.articles.end = index + 1;
        } else {
            shards.push(TextShard { articles: index..index + 1, part: 0, parts: 1 });
            filled = 0;
        }
        filled += bytes;
    }
    shards
}

/// Adds the files of the search.
pub(super) fn outputs<'v>(site: &Arc<Site<'v>>, outputs: &mut Vec<Output<'v>>) -> Result<()> {
    let search = Arc::new(Search::plan(site));
    let everything = {
        let mut key = Hasher::new();
        key.update(format!("search {}\n", site.key).as_bytes());
        for index in 0..count(site) {
            key.update(document_key(site, index).as_bytes());
        }
        key.finish()
    };
    let config = json!({
        "terms": search.shards.terms,
        "characters": search.shards.characters,
        "count": count(site),
        "block": search.shards.block,
        "blocks": terms::blocks(count(site), search.shards.block),
        // Distance of each text shard's first article from that of the previous shard.
        "steps": steps(&search.texts),
    });
    outputs.push(Output {
        path: OutPath::new("search/index.js")?,
        key: Sha256::of(config.to_string().as_bytes()),
        content: Content::Render(Box::new(move |_| Ok(format!("liudiSearch.config({config});\n").into_bytes()))),
    });
    for shard in 0..search.shards.terms + search.shards.characters {
        let (name, number) = search.name(shard);
        let (site, search) = (Arc::clone(site), Arc::clone(&search));
        outputs.push(Output {
            path: OutPath::new(format!("search/{name}/{number}.js"))?,
            key: Sha256::of(format!("{name} {number} {everything}").as_bytes()),
            content: Content::Render(Box::new(move |_| search.script(&site, shard))),
        });
    }
    for (number, shard) in search.texts.iter().enumerate() {
        let key: String = shard.articles.clone().map(|index| document_key(site, index)).collect();
        let (site, shard) = (Arc::clone(site), shard.clone());
        outputs.push(Output {
            path: OutPath::new(format!("search/d/{number}.js"))?,
            key: Sha256::of(format!("{} {shard:?} {key}", site.key).as_bytes()),
            content: Content::Render(Box::new(move |_| text_script(&site, number, &shard))),
        });
    }
    let (path, page_site) = (OutPath::new("search.html")?, Arc::clone(site));
    let page = path.clone();
    let render = move |_: &mut Losses| {
        let title = page_site.texts.get("mirror-search", &[]);
        let page_context = json!({ "title": title, "kind": "search" });
        let latest = lists::latest(&page_site, &page, LATEST);
        let context = json!({ "search": { "latest": latest } });
        page_site.render("search.html.j2", &page, page_context, context).map(String::into_bytes)
    };
    let newest = site.view.articles().iter().rev().take(LATEST);
    let key = newest.fold(site.key.to_string(), |key, article| format!("{key} {}", article.record_digest));
    outputs.push(Output { path, key: Sha256::of(key.as_bytes()), content: Content::Render(Box::new(render)) });
    Ok(())
}

fn steps(texts: &[TextShard]) -> Vec<usize> {
    let mut last = 0;
    texts.iter().map(|shard| shard.articles.start - std::mem::replace(&mut last, shard.articles.start)).collect()
}

/// Returns the number of documents: articles, notes and videos.
fn count(site: &Site<'_>) -> usize {
    site.publication.count()
}

fn document_key(site: &Site<'_>, index: usize) -> String {
    let post = site.publication.post(index);
    format!("{} {:?} ", post.record_digest, post.content_digest)
}

/// Returns the script with titles and texts of one text shard.
fn text_script(site: &Site<'_>, number: usize, shard: &TextShard) -> Result<Vec<u8>> {
    let mut documents = Vec::new();
    for index in shard.articles.clone() {
        let Words { title, mut text, author } = words(site, index)?;
        if shard.parts > 1 {
            let length = text.chars().count().div_ceil(shard.parts);
            text = text.chars().skip(shard.part * length).take(length).collect();
        }
        let date = site.publication.post(index).published.map(Time::date).unwrap_or_default();
        let url = site.routes.url(&OutPath::new("search.html")?, site.routes.post(index));
        documents.push(json!([url, title, date, text, author]));
    }
    Ok(format!("liudiSearch.texts({number},{});\n", Value::from(documents)).into_bytes())
}

/// The searchable text of a post.
struct Words {
    title: String,
    text: String,
    author: String,
}

fn words(site: &Site<'_>, index: usize) -> Result<Words> {
    let post = site.publication.post(index);
    let mut text = found(site.view.content(post))?.flatten().map(|content| plain_text(&content)).unwrap_or_default();
    if post.kind != Kind::Article
        && let Post::Short(short) = site.view.post(post)?
    {
        text = short.fields.text.unwrap_or_default();
    }
    if text.is_empty() {
        text = post.summary.clone().unwrap_or_default();
    }
    Ok(Words { title: site.title(index), text, author: post.author.clone().unwrap_or_default() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_cut_at_their_size_and_the_longest_are_cut_in_parts() {
        let shards = text_shards([5000, 5000, 5000, 40_000, 10].into_iter());
        let cut: Vec<_> = shards.iter().map(|shard| (shard.articles.clone(), shard.part, shard.parts)).collect();
        assert_eq!(
            cut,
            [(0..2, 0, 1), (2..3, 0, 1), (3..4, 0, 4), (3..4, 1, 4), (3..4, 2, 4), (3..4, 3, 4), (4..5, 0, 1)]
        );
        assert_eq!(steps(&shards), [0, 2, 1, 0, 0, 0, 1]);
    }
}
