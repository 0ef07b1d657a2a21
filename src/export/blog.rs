//! What a blog system takes in besides the posts: an order, addresses, categories and tags, authors. Shared by the
//! exporters for WordPress and Ghost.

use std::collections::{BTreeSet, VecDeque};
use std::fmt::Write as _;

use super::local_urls::outside;
use super::names::{self, Names};
use super::old_addresses::Old;
use super::post::PostContent;
use super::publication::{Collection, Linked, Publication};
use super::{ExportOptions, Output, Outputs};
use crate::archive::PostEntry;
use crate::error::Result;
use crate::model::{Kind, Sha256, Time};
use crate::text::Texts;

/// The posts and their surroundings.
pub(super) struct Blog<'v> {
    pub(super) publication: &'v Publication<'v>,
    pub(super) options: &'v ExportOptions,
    pub(super) texts: Texts,
    /// Posts as indices of the view, oldest first; those without a date come last.
    pub(super) order: Vec<usize>,
    /// Albums, by index.
    pub(super) albums: Vec<Term>,
    /// Tags, by index.
    pub(super) tags: Vec<Term>,
    /// Authors by name; the account is one of them.
    pub(super) authors: Vec<Author>,
    slugs: Vec<String>,
    /// Number of each post in the order, from 1, by its index in the view.
    numbers: Vec<usize>,
    /// Name of the account, which is the author of posts without one.
    account: String,
    last_change: Option<Time>,
    /// Key shared by all outputs.
    key: Sha256,
}

/// A category or a tag.
pub(super) struct Term {
    pub(super) name: String,
    pub(super) slug: String,
    pub(super) description: String,
}

/// An author.
pub(super) struct Author {
    pub(super) name: String,
    /// Login in ASCII.
    pub(super) login: String,
}

impl Author {
    /// Returns an address that reaches nobody: the platform knows none, and systems ask for one.
    pub(super) fn email(&self) -> String {
        format!("{}@liudi.invalid", self.login)
    }
}

impl<'v> Blog<'v> {
    /// Collects what surrounds the posts. `version` is the exporter's.
    pub(super) fn new(publication: &'v Publication<'v>, options: &'v ExportOptions, version: u32) -> Self {
        let texts = Texts::new(options.language);
        let dated = publication.years().iter().rev().flat_map(|(_, posts)| posts);
        let order: Vec<usize> = dated.chain(publication.undated()).copied().collect();
        let mut numbers = vec![0; order.len()];
        for (number, place) in (1..).zip(&order) {
            numbers[*place] = number;
        }
        let name = one_line(publication.site_title(options));
        let account = if name.is_empty() { "liudi".to_owned() } else { name };
        let mut blog = Self {
            publication,
            options,
            texts,
            order,
            albums: terms(publication.albums(), "album"),
            tags: terms(publication.tags(), "tag"),
            authors: Vec::new(),
            slugs: names::of_posts(publication, |_, post| names::code(post)),
            numbers,
            account,
            // Asked for with every post.
            last_change: publication.view().posts().iter().filter_map(PostEntry::last_change).max(),
            key: Sha256::of(b""),
        };
        let posts = publication.view().posts();
        let named: BTreeSet<&str> = posts.iter().map(|post| blog.author_of(post)).collect();
        let mut logins = Names::default();
        let login = |name: &str| Author { name: name.to_owned(), login: logins.give(&slug(name, "author")) };
        let authors: Vec<Author> = named.into_iter().map(login).collect();
        blog.authors = authors;
        blog.key = Sha256::of(blog.around(version).as_bytes());
        blog
    }

    /// Returns everything but the posts as a text for keys.
    fn around(&self, version: u32) -> String {
        let (language, settings) = (self.options.language.tag(), self.options.settings.key());
        let account = self.publication.view().account();
        let mut text = format!("{version} {language} {settings} {:?} {account:?}", self.options.base_url);
        for term in self.albums.iter().chain(&self.tags) {
            let _ = write!(text, "\n{:?} {} {:?}", term.name, term.slug, term.description);
        }
        for author in &self.authors {
            let _ = write!(text, "\n{:?} {}", author.name, author.login);
        }
        let _ = write!(text, "\n{} {} {:?}", self.account, self.options.comments.is_some(), self.last_change());
        text
    }

    /// Returns the key shared by all outputs.
    pub(super) fn key(&self) -> Sha256 {
        self.key
    }

    /// Returns a text that changes whenever the text of a post would, its media apart.
    pub(super) fn key_of(&self, place: usize, content: &PostContent) -> String {
        let post = self.publication.post(place);
        let albums = self.publication.albums_of(place).iter().map(|(album, _)| album);
        let mut text = format!(
            "{} {:?} {} {:?}",
            post.record_digest,
            post.content_digest,
            self.slug(place),
            albums.collect::<Vec<_>>()
        );
        for linked in post.linked.iter().filter_map(|alias| self.publication.view().find(alias)) {
            text = text + "\n" + self.slug(linked);
        }
        for comment in &content.comments {
            let _ = write!(text, "\n{comment:?}");
        }
        text
    }

    /// Returns the name of the account.
    pub(super) fn account(&self) -> &str {
        &self.account
    }

    /// Returns the name of a post in its address.
    pub(super) fn slug(&self, place: usize) -> &str {
        &self.slugs[place]
    }

    /// Returns the number of a post in the order, from 1.
    pub(super) fn number(&self, place: usize) -> usize {
        self.numbers[place]
    }

    /// Returns the title of a post in one line.
    pub(super) fn title(&self, content: &PostContent) -> String {
        let title = content.title.as_deref().map(one_line).filter(|title| !title.is_empty());
        title.unwrap_or_else(|| self.texts.get("mirror-untitled", &[]))
    }

    fn author_of<'a>(&'a self, post: &'a PostEntry) -> &'a str {
        let author = post.author.as_deref().map(str::trim).filter(|author| !author.is_empty());
        author.filter(|_| post.kind == Kind::Article).unwrap_or(&self.account)
    }

    /// Returns the author of a post, as an index of the authors.
    pub(super) fn author(&self, place: usize) -> usize {
        let name = self.author_of(self.publication.post(place));
        self.authors.binary_search_by(|author| author.name.as_str().cmp(name)).unwrap_or_default()
    }

    /// Returns the albums of a post, as indices.
    pub(super) fn albums_of(&self, place: usize) -> impl Iterator<Item = usize> {
        self.publication.albums_of(place).iter().map(|(album, _)| *album)
    }

    /// Returns the tags of a post, as indices.
    pub(super) fn tags_of(&self, place: usize) -> Vec<usize> {
        let post = self.publication.post(place);
        let mut tags: Vec<usize> = Vec::new();
        for tag in post.tags.iter().filter(|_| post.kind == Kind::Article).filter_map(|tag| self.publication.tag(tag)) {
            if !tags.contains(&tag) {
                tags.push(tag);
            }
        }
        tags
    }

    /// Returns the URL for a link in a body; `page` returns that of a page of the new site.
    pub(super) fn link(&self, href: &str, page: impl Fn(Old) -> String) -> Option<String> {
        match self.publication.linked(href) {
            Linked::Article(index) => Some(page(Old::Article(index))),
            Linked::Album(index) => Some(page(Old::Album(index))),
            Linked::NotArchived | Linked::Outside => outside(href),
        }
    }

    /// Returns the time of the last publication or change.
    pub(super) fn last_change(&self) -> Option<Time> {
        self.last_change
    }
}

fn terms(collections: &[Collection], prefix: &str) -> Vec<Term> {
    let mut slugs = Names::default();
    let term = |collection: &Collection| {
        let number = !collection.id.is_empty() && collection.id.bytes().all(|byte| byte.is_ascii_digit());
        let short = slug(&collection.title, prefix);
        // The platform's number says more than a digest.
        let short = if number && short.starts_with(&format!("{prefix}-")) {
            format!("{prefix}-{}", collection.id)
        } else {
            short
        };
        Term {
            name: one_line(&collection.title),
            slug: slugs.give(&short),
            description: collection.description.clone().unwrap_or_default(),
        }
    };
    collections.iter().map(term).collect()
}

/// Returns a stable name in ASCII: the words of an English text, or a digest of any other text.
fn slug(text: &str, prefix: &str) -> String {
    let words: Vec<&str> = text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let words = words.join("-").to_ascii_lowercase();
    if text.is_ascii() && (1..=50).contains(&words.len()) {
        words
    } else {
        format!("{prefix}-{}", &Sha256::of(text.as_bytes()).hex()[..12])
    }
}

/// Returns a text without line breaks and other control characters.
pub(super) fn one_line(text: &str) -> String {
    let plain: String = text.chars().filter(|c| c.is_whitespace() || !c.is_control()).collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Lists outputs in two passes: `each` plans the posts one by one and lists their files, `end` lists the outputs that
/// need the whole plan.
pub(super) fn planned<'v, P: 'v>(
    posts: Vec<usize>,
    plan: P,
    mut each: impl FnMut(&mut P, usize) -> Result<Vec<Output<'v>>> + 'v,
    end: impl FnOnce(P) -> Result<Vec<Output<'v>>> + 'v,
) -> Outputs<'v> {
    let mut posts = posts.into_iter();
    let mut rest = Some((plan, end));
    let mut ready: VecDeque<Output<'v>> = VecDeque::new();
    Box::new(std::iter::from_fn(move || {
        loop {
            if let Some(output) = ready.pop_front() {
                return Some(Ok(output));
            }
            let listed = if let Some(place) = posts.next() {
                each(&mut rest.as_mut()?.0, place)
            } else {
                let (plan, end) = rest.take()?;
                end(plan)
            };
            match listed {
                Ok(outputs) => ready.extend(outputs),
                Err(error) => return Some(Err(error)),
            }
        }
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slug_is_ascii_and_tells_texts_apart() {
        assert_eq!(slug("Tea & Hills", "tag"), "tea-hills");
        assert_eq!(
            slug("A".repeat(60).as_str(), "tag"),
            format!("tag-{}", &Sha256::of("A".repeat(60).as_bytes()).hex()[..12])
        );
        for text in ["茶", "", "★", "C 语言"] {
            assert!(slug(text, "tag").starts_with("tag-"), "{text}");
        }
        assert_eq!(one_line(" a\n b\t\u{1}"), "a b");
    }
}
