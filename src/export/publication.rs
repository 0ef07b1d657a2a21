//! What was published: every post in its order, with its title, year, albums and tags. Nothing here knows a path or a
//! template, so that each exporter builds its own pages, files or books on it. Settled once, from the [`View`].

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::archive::{PostEntry, View};
use crate::error::Result;
use crate::html::plain_text;
use crate::model::{AlbumFields, ArticleUrl, Form, Kind, Sha256};

/// Everything that was published.
pub struct Publication<'v> {
    view: &'v View,
    albums: Vec<Collection>,
    tags: Vec<Collection>,
    /// The albums each article is in, with its place there.
    in_albums: HashMap<usize, Vec<(usize, usize)>>,
    years: Vec<(i16, Vec<usize>)>,
    undated: Vec<usize>,
    /// How articles begin that have neither title nor summary, by [`PostEntry::place`].
    beginnings: HashMap<String, String>,
}

/// An album or a tag.
pub struct Collection {
    /// The platform's number, or `title-` and a digest where it has none; of a tag its name.
    pub id: String,
    /// As it is shown.
    pub title: String,
    /// The album's own description.
    pub description: Option<String>,
    /// Its articles, as places in [`View::posts`], in its own order.
    pub members: Vec<usize>,
}

/// Where a link in a body leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Linked {
    /// To a published article, by its place in [`View::posts`].
    Article(usize),
    /// To an album, by its place in [`Publication::albums`].
    Album(usize),
    /// To an article of the platform that is not published here.
    NotArchived,
    /// Anywhere else.
    Outside,
}

impl<'v> Publication<'v> {
    /// Settles what `view` publishes.
    ///
    /// # Errors
    /// `view-unreadable` where the body of an untitled article cannot be read.
    pub fn new(view: &'v View) -> Result<Self> {
        let mut years: BTreeMap<i16, Vec<usize>> = BTreeMap::new();
        let mut undated = Vec::new();
        for (place, post) in view.posts().iter().enumerate() {
            match post.published {
                Some(time) => years.entry(time.year()).or_default().push(place),
                None => undated.push(place),
            }
        }
        // Stable: of one moment articles come first, each kind in its own order.
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
            let text = view.content(post)?.map(|content| plain_text(&content)).unwrap_or_default();
            beginnings.insert(post.place.clone(), beginning(&text));
        }
        let years = years.into_iter().rev().collect();
        Ok(Self { view, albums, tags: tags(view), in_albums, years, undated, beginnings })
    }

    /// What it was made from.
    pub fn view(&self) -> &'v View {
        self.view
    }

    /// The albums, by id: each in the order of its own list.
    pub fn albums(&self) -> &[Collection] {
        &self.albums
    }

    /// The tags of the articles, by name.
    pub fn tags(&self) -> &[Collection] {
        &self.tags
    }

    /// The place of the album with this id.
    pub fn album(&self, id: &str) -> Option<usize> {
        self.albums.binary_search_by(|album| album.id.as_str().cmp(id)).ok()
    }

    /// The place of a tag, written with or without its `#`.
    pub fn tag(&self, name: &str) -> Option<usize> {
        let name = name.trim().trim_matches('#');
        self.tags.binary_search_by(|tag| tag.id.as_str().cmp(name)).ok()
    }

    /// The albums an article is in, each with the article's place there.
    pub fn albums_of(&self, article: usize) -> &[(usize, usize)] {
        self.in_albums.get(&article).map_or(&[], Vec::as_slice)
    }

    /// Years with their posts, latest first; within a year the oldest first. Posts are named by their places in
    /// [`View::posts`].
    pub fn years(&self) -> &[(i16, Vec<usize>)] {
        &self.years
    }

    /// Posts without a date, by their places in [`View::posts`].
    pub fn undated(&self) -> &[usize] {
        &self.undated
    }

    /// Returns a post by its place in [`View::posts`].
    pub fn post(&self, place: usize) -> &'v PostEntry {
        &self.view.posts()[place]
    }

    /// Every post, latest first, by its place in [`View::posts`]; posts without a date come last.
    pub fn newest_first(&self) -> Vec<usize> {
        let dated = self.years.iter().flat_map(|(_, posts)| posts.iter().rev());
        dated.chain(self.undated.iter().rev()).copied().collect()
    }

    /// How many posts there are.
    pub fn count(&self) -> usize {
        self.view.posts().len()
    }

    /// Whether no post is anything else than an article.
    pub fn has_articles_only(&self) -> bool {
        self.view.posts().len() == self.view.articles().len()
    }

    /// Whether any post is a work of a 视频号.
    pub fn has_videos(&self) -> bool {
        self.view.posts().iter().any(|post| post.kind == Kind::Video)
    }

    /// The title of a post as lists show it: a text post shows how it begins. `None` where it has neither title nor words.
    pub fn title(&self, post: &PostEntry) -> Option<String> {
        named(post).or_else(|| self.beginnings.get(&post.place).filter(|text| !text.is_empty()).cloned())
    }

    /// Where `href` leads, in whatever form the platform's links have.
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

/// The title, or how the summary begins. What the platform gives a text post as its title is its text.
fn named(post: &PostEntry) -> Option<String> {
    let given =
        |text: &Option<String>| text.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
    let title = given(&post.title).map(|title| match post.form {
        Form::Text => beginning(&title),
        // Often all the words there are, in one line.
        _ if post.kind != Kind::Article => beginning(&title),
        _ => title.chars().take(200).collect(),
    });
    title.or_else(|| given(&post.summary).map(|summary| beginning(&summary)))
}

/// The characters that a line of a list takes.
const LINE: usize = 40;

/// The first sentence or, where that is longer than a line, as many whole clauses as fit.
pub fn beginning(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let end = text.char_indices().find(|(_, c)| matches!(c, '。' | '！' | '？')).map(|(at, c)| at + c.len_utf8());
    let first = &text[..end.unwrap_or(text.len())];
    let Some((limit, _)) = first.char_indices().nth(LINE) else { return first.to_owned() };
    let fits = &first[..limit];
    let clause = fits.rfind(['，', '；', '：', '、', ',', ';', ':']).filter(|at| fits[..*at].chars().count() >= 8);
    // A word of letters is not cut, where the text has spaces.
    let word = || fits.rfind(' ').filter(|at| fits[..*at].chars().count() >= LINE / 2);
    let short = clause.or_else(word).map_or(fits, |at| &fits[..at]);
    format!("{short}…")
}

/// The id in the URL of an album's public page.
fn album_id(href: &str) -> Option<String> {
    let url = url::Url::parse(&crate::model::article_url::decode(href)).ok()?;
    let album = url.host_str() == Some("mp.weixin.qq.com") && url.path() == "/mp/appmsgalbum";
    album.then(|| url.query_pairs().find(|(name, _)| name == "album_id").map(|(_, id)| id.into_owned())).flatten()
}

/// The number of an album; one whose list does not say it is known by its title.
fn id_of(album: &AlbumFields) -> String {
    let named = || {
        let title = album.title.as_deref().unwrap_or_default();
        format!("title-{}", &Sha256::of(title.as_bytes()).hex()[..12])
    };
    album.id.clone().unwrap_or_else(named)
}

/// The albums, by id. An album's own order comes first, then articles that only name it, by date.
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

/// The tags of the articles, by name.
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
