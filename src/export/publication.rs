//! The published content: every post in order, with its title, year, albums and tags. It is computed once from the
//! [`View`] and knows neither paths nor templates, so that each exporter can build its own pages, files or books on it.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::ExportOptions;
use crate::archive::view::MISSING;
use crate::archive::{PostEntry, View};
use crate::error::Result;
use crate::html::plain_text;
use crate::model::{AlbumFields, ArticleUrl, Form, Hasher, Kind, Sha256};

/// The published content of an archive.
pub struct Publication<'v> {
    view: &'v View,
    albums: Vec<Collection>,
    tags: Vec<Collection>,
    /// Albums of each article, each with the article's position in it.
    in_albums: HashMap<usize, Vec<(usize, usize)>>,
    years: Vec<(i16, Vec<usize>)>,
    undated: Vec<usize>,
    /// Beginnings of articles that have neither title nor summary, by [`PostEntry::place`].
    beginnings: HashMap<String, String>,
}

/// An album or a tag.
pub struct Collection {
    /// The platform's number of an album, or `title-` and a digest if it has none; the name of a tag.
    pub id: String,
    /// Title as displayed.
    pub title: String,
    /// Description from the platform, for albums.
    pub description: Option<String>,
    /// Articles as indices of [`View::posts`], in the collection's order.
    pub members: Vec<usize>,
}

/// The target of a link in a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Linked {
    /// A published article, by its index in [`View::posts`].
    Article(usize),
    /// An album, by its index in [`Publication::albums`].
    Album(usize),
    /// An article of the platform that is not published here.
    NotArchived,
    /// Any other target.
    Outside,
}

impl<'v> Publication<'v> {
    /// Collects the published content of `view`.
    ///
    /// # Errors
    /// `view-unreadable` if the body of an untitled article cannot be read.
    pub fn new(view: &'v View) -> Result<Self> {
        let mut years: BTreeMap<i16, Vec<usize>> = BTreeMap::new();
        let mut undated = Vec::new();
        for (place, post) in view.posts().iter().enumerate() {
            match post.published {
                Some(time) => years.entry(time.year()).or_default().push(place),
                None => undated.push(place),
            }
        }
        // The sort is stable: of posts with the same time articles come first, and each kind keeps its order.
        for posts in years.values_mut() {
            posts.sort_by_key(|post| view.posts()[*post].published);
        }
        let albums = albums(view);
        let mut in_albums: HashMap<usize, Vec<(usize, usize)>> = HashMap::new();
        for (album, collection) in albums.iter().enumerate() {
            for (place, member) in collection.members.iter().enumerate() {
                in_albums.entry(*member).or_default().push((album, place));
            }
        }
        let mut beginnings = HashMap::new();
        for post in view.articles().iter().filter(|post| named(post).is_none()) {
            let text = found(view.content(post))?.flatten().map(|content| plain_text(&content)).unwrap_or_default();
            beginnings.insert(post.place.clone(), beginning(&text));
        }
        let years = years.into_iter().rev().collect();
        Ok(Self { view, albums, tags: tags(view), in_albums, years, undated, beginnings })
    }

    /// Returns the underlying view.
    pub fn view(&self) -> &'v View {
        self.view
    }

    /// Returns the albums by id, each in the order of its own list.
    pub fn albums(&self) -> &[Collection] {
        &self.albums
    }

    /// Returns the tags of the articles by name.
    pub fn tags(&self) -> &[Collection] {
        &self.tags
    }

    /// Returns the index of the album with this id.
    pub fn album(&self, id: &str) -> Option<usize> {
        self.albums.binary_search_by(|album| album.id.as_str().cmp(id)).ok()
    }

    /// Returns the index of a tag, written with or without its `#`.
    pub fn tag(&self, name: &str) -> Option<usize> {
        let name = name.trim().trim_matches('#');
        self.tags.binary_search_by(|tag| tag.id.as_str().cmp(name)).ok()
    }

    /// Returns the albums of an article, each with the article's position in it.
    pub fn albums_of(&self, article: usize) -> &[(usize, usize)] {
        self.in_albums.get(&article).map_or(&[], Vec::as_slice)
    }

    /// Returns the years, latest first, each with its posts, oldest first. Posts are indices of [`View::posts`].
    pub fn years(&self) -> &[(i16, Vec<usize>)] {
        &self.years
    }

    /// Returns the posts without a date, as indices of [`View::posts`].
    pub fn undated(&self) -> &[usize] {
        &self.undated
    }

    /// Returns a post by its index in [`View::posts`].
    pub fn post(&self, place: usize) -> &'v PostEntry {
        &self.view.posts()[place]
    }

    /// Returns every post as an index of [`View::posts`], latest first; posts without a date come last.
    pub fn newest_first(&self) -> Vec<usize> {
        let dated = self.years.iter().flat_map(|(_, posts)| posts.iter().rev());
        dated.chain(self.undated.iter().rev()).copied().collect()
    }

    /// Returns the number of posts.
    pub fn count(&self) -> usize {
        self.view.posts().len()
    }

    /// Reports whether every post is an article.
    pub fn has_articles_only(&self) -> bool {
        self.view.posts().len() == self.view.articles().len()
    }

    /// Reports whether any post is a work of a 视频号.
    pub fn has_videos(&self) -> bool {
        self.view.posts().iter().any(|post| post.kind == Kind::Video)
    }

    /// Returns the title of a site or a book: the owner's, or the account's name; empty if there is neither.
    pub fn site_title<'o>(&'o self, options: &'o ExportOptions) -> &'o str {
        options.identity.title.as_ref().or(self.view.account().name.as_ref()).map_or("", String::as_str)
    }

    /// Returns the key of an output made of every post: it changes with each post, and with what else the archive holds.
    pub fn key(&self, of: &str) -> Sha256 {
        let mut hasher = Hasher::new();
        hasher.update(of.as_bytes());
        hasher.update(self.view.manifest_digest().to_string().as_bytes());
        for post in self.view.posts() {
            hasher.update(post.record_digest.to_string().as_bytes());
        }
        hasher.finish()
    }

    /// Returns the title of a post as lists show it: for a text post, the beginning of its text. `None` if it has
    /// neither title nor text.
    pub fn title(&self, post: &PostEntry) -> Option<String> {
        named(post).or_else(|| self.beginnings.get(&post.place).filter(|text| !text.is_empty()).cloned())
    }

    /// Returns the target of `href`, in whichever form the platform writes its links.
    pub fn linked(&self, href: &str) -> Linked {
        if let Some(index) = self.view.find_url(href) {
            return Linked::Article(index);
        }
        if let Some(album) = album_id(href).and_then(|id| self.album(&id)) {
            return Linked::Album(album);
        }
        if ArticleUrl::parse(href).is_some() { Linked::NotArchived } else { Linked::Outside }
    }
}

/// Returns what was read of the archive; `None` if the archive has lost it.
///
/// # Errors
/// All others.
pub fn found<T>(read: Result<T>) -> Result<Option<T>> {
    match read {
        Err(error) if error.code() == MISSING => Ok(None),
        read => read.map(Some),
    }
}

/// Returns the title, or the beginning of the summary. The title that the platform gives a text post is its text.
fn named(post: &PostEntry) -> Option<String> {
    let given =
        |text: &Option<String>| text.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
    let title = given(&post.title).map(|title| match post.form {
        Form::Text => beginning(&title),
        // The title of such a post often holds its whole text in one line.
        _ if post.kind != Kind::Article => beginning(&title),
        _ => title.chars().take(200).collect(),
    });
    title.or_else(|| given(&post.summary).map(|summary| beginning(&summary)))
}

/// Maximum number of characters in a line of a list.
const LINE: usize = 40;

/// Returns the first sentence or, if it is longer than a line, as many whole clauses as fit.
pub fn beginning(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let end = text.char_indices().find(|(_, c)| matches!(c, '。' | '！' | '？')).map(|(at, c)| at + c.len_utf8());
    let first = &text[..end.unwrap_or(text.len())];
    let Some((limit, _)) = first.char_indices().nth(LINE) else { return first.to_owned() };
    let fits = &first[..limit];
    let clause = fits.rfind(['，', '；', '：', '、', ',', ';', ':']).filter(|at| fits[..*at].chars().count() >= 8);
    // In a text with spaces, words are not cut.
    let word = || fits.rfind(' ').filter(|at| fits[..*at].chars().count() >= LINE / 2);
    let short = clause.or_else(word).map_or(fits, |at| &fits[..at]);
    format!("{short}…")
}

/// Returns the id in the URL of an album's public page.
fn album_id(href: &str) -> Option<String> {
    let url = url::Url::parse(&crate::model::article_url::decode(href)).ok()?;
    let album = url.host_str() == Some("mp.weixin.qq.com") && url.path() == "/mp/appmsgalbum";
    album.then(|| url.query_pairs().find(|(name, _)| name == "album_id").map(|(_, id)| id.into_owned())).flatten()
}

/// Returns the number of an album, or an id made from its title if its list gives no number.
fn id_of(album: &AlbumFields) -> String {
    let named = || {
        let title = album.title.as_deref().unwrap_or_default();
        format!("title-{}", &Sha256::of(title.as_bytes()).hex()[..12])
    };
    album.id.clone().unwrap_or_else(named)
}

/// Collects the albums, by id. The articles in the album's own list come first, then those that only name the album, by
/// date.
fn albums(view: &View) -> Vec<Collection> {
    let mut found: BTreeMap<String, (Collection, HashSet<usize>)> = BTreeMap::new();
    let mut add = |id: &str, title: &str, member: Option<usize>| {
        if id.is_empty() {
            return;
        }
        let (album, members) = found.entry(id.to_owned()).or_insert_with(|| {
            let (title, members) = (String::new(), Vec::new());
            (Collection { id: id.to_owned(), title, description: None, members }, HashSet::new())
        });
        if !title.is_empty() {
            title.clone_into(&mut album.title);
        }
        if let Some(member) = member.filter(|member| members.insert(*member)) {
            album.members.push(member);
        }
    };
    for album in view.albums() {
        let id = id_of(album);
        add(&id, album.title.as_deref().unwrap_or_default(), None);
        for alias in &album.articles {
            add(&id, "", view.find(alias));
        }
    }
    for (index, article) in view.articles().iter().enumerate() {
        for album in &article.albums {
            add(&album.id, &album.title, Some(index));
        }
    }
    for album in view.albums() {
        if let Some((known, _)) = found.get_mut(&id_of(album)) {
            known.description.clone_from(&album.description);
        }
    }
    let all = found.into_values().map(|(album, _)| album);
    all.filter(|album| !album.members.is_empty() && !album.title.is_empty()).collect()
}

/// Collects the tags of the articles, by name.
fn tags(view: &View) -> Vec<Collection> {
    let mut found: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (index, article) in view.articles().iter().enumerate() {
        for tag in article.tags.iter().map(|tag| tag.trim().trim_matches('#')).filter(|tag| !tag.is_empty()) {
            let members = found.entry(tag).or_default();
            if members.last() != Some(&index) {
                members.push(index);
            }
        }
    }
    let collection = |(tag, members): (&str, _)| Collection {
        id: tag.to_owned(),
        title: tag.to_owned(),
        description: None,
        members,
    };
    found.into_iter().map(collection).collect()
}
