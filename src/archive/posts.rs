//! Reads the posts of the public bag (articles, notes and videos) with the fields that lists and keys need. The
//! complete record is read again when a page is rendered.

use std::collections::HashSet;

use serde::{Deserialize, Deserializer};

use super::handle::Archive;
use super::lost::Lost;
use super::view::{Listed, broken, whole_record};
use crate::error::Result;
use crate::model::article::AlbumRef;
use crate::model::body::Link;
use crate::model::{ArticleUrl, Class, Form, Kind, MediaRole, MediaUse, Sha256, Time};
use crate::work::Work;

/// The fields of a post that lists need. [`super::View::post`] reads the complete record.
#[derive(Debug, Deserialize)]
pub struct PostEntry {
    /// [`Kind::Article`], [`Kind::Note`] or [`Kind::Video`].
    #[serde(skip, default = "article")]
    pub kind: Kind,
    /// Path in the bag: for an article the folder inside `data/articles/` (`2024/20240131-2650000001-1-slug`), for a
    /// note or a video the record inside `data/` (`videos/2024/14500000000000000001.json`).
    #[serde(skip)]
    pub place: String,
    /// Digest of the record.
    #[serde(skip, default = "no_digest")]
    pub record_digest: Sha256,
    /// Digest of `content.html`, if there is one.
    #[serde(skip)]
    pub content_digest: Option<Sha256>,
    /// Canonical id.
    pub id: String,
    /// Other names of the post.
    #[serde(default)]
    pub aliases: Aliases,
    /// Public or private; a private post is not listed even if it is in the public bag.
    #[serde(default)]
    pub class: Class,
    /// Title; text posts may have none. For a note or a video without one, the first line of its text.
    #[serde(default)]
    pub title: Option<String>,
    /// 摘要.
    #[serde(default)]
    pub summary: Option<String>,
    /// 作者.
    #[serde(default)]
    pub author: Option<String>,
    /// Time of publication.
    #[serde(default)]
    pub published: Option<Time>,
    /// Time of the last change, if there was one.
    #[serde(default)]
    pub modified: Option<Time>,
    /// Form of the post.
    #[serde(default, deserialize_with = "form")]
    pub form: Form,
    /// Albums that contain it.
    #[serde(default)]
    pub albums: Vec<AlbumRef>,
    /// Tags of the post.
    #[serde(default)]
    pub tags: Vec<String>,
    /// Number of visible characters of its text.
    #[serde(default)]
    pub text_chars: u64,
    /// Duration of its video in milliseconds.
    #[serde(default)]
    pub duration_ms: Option<u64>,
    /// Whether the content of a note or a video is held.
    #[serde(default)]
    pub held: bool,
    /// File of its cover, relative to `data/`, if it is held.
    #[serde(skip)]
    pub cover: Option<String>,
    /// File of the account's avatar on this article's page, relative to `data/`, if it is held.
    #[serde(skip)]
    pub avatar: Option<String>,
    /// Aliases of the articles its body links to.
    #[serde(skip)]
    pub linked: Vec<String>,
}

/// Names in one allocation: lists of a hundred thousand posts hold several for each.
#[derive(Debug, Default)]
pub struct Aliases(Box<str>);

impl Aliases {
    /// Returns the names.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.split_terminator('\n')
    }
}

impl<'de> Deserialize<'de> for Aliases {
    fn deserialize<D: Deserializer<'de>>(from: D) -> std::result::Result<Self, D::Error> {
        let names: Vec<String> = Deserialize::deserialize(from)?;
        Ok(Self(names.iter().flat_map(|name| [name, "\n"]).collect::<String>().into_boxed_str()))
    }
}

/// What of a record is looked at and not held.
#[derive(Deserialize)]
struct Passing {
    #[serde(default)]
    item_show_type: Option<i64>,
    #[serde(default)]
    text: Option<String>,
    #[serde(default)]
    media: Vec<MediaUse>,
    #[serde(default)]
    links: Vec<Link>,
}

fn article() -> Kind {
    Kind::Article
}

fn form<'de, D: Deserializer<'de>>(from: D) -> std::result::Result<Form, D::Error> {
    Option::deserialize(from).map(Option::unwrap_or_default)
}

fn no_digest() -> Sha256 {
    Sha256::from([0; 32])
}

impl PostEntry {
    /// Returns every name it is known by, its id first.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.id.as_str()).chain(self.aliases.iter())
    }

    /// Returns the path of its record, relative to `data/`.
    pub(super) fn record(&self) -> String {
        if self.kind == Kind::Article { format!("articles/{}/article.json", self.place) } else { self.place.clone() }
    }

    /// Returns the path of its body, relative to `data/`.
    pub fn body(&self) -> String {
        format!("articles/{}/content.html", self.place)
    }

    /// Returns the time of its last change, or of its publication.
    pub fn last_change(&self) -> Option<Time> {
        self.modified.max(self.published)
    }
}

/// Returns the kind and place of the post whose record is at `path`; `None` if it is not a post's record.
fn place_of(path: &str) -> Option<(Kind, &str)> {
    let (folder, rest) = path.split_once('/')?;
    match folder {
        "articles" => {
            let place = rest.strip_suffix("/article.json")?;
            (place.split('/').count() == 2).then_some((Kind::Article, place))
        }
        "notes" if rest.ends_with(".json") => Some((Kind::Note, path)),
        "videos" if rest.ends_with(".json") => Some((Kind::Video, path)),
        _ => None,
    }
}

/// Returns whether a file, relative to `data/`, is a post's record.
pub(super) fn is_record(path: &str) -> bool {
    place_of(path).is_some()
}

/// Returns whether a file, relative to `data/`, is an article's body.
pub(super) fn is_body(path: &str) -> bool {
    path.strip_prefix("articles/").and_then(|rest| rest.strip_suffix("/content.html")).is_some()
}

/// A predicate that selects posts.
pub(super) type Wanted<'a> = dyn Fn(&PostEntry) -> bool + Sync + 'a;

/// The media files used by selected and by other posts.
#[derive(Default)]
pub(super) struct Uses {
    pub(super) shown: HashSet<String>,
    pub(super) hidden: HashSet<String>,
}

impl Uses {
    /// Adds the media of something that is shown or hidden.
    pub(super) fn add(&mut self, shown: bool, media: Vec<MediaUse>) {
        let held = media.into_iter().filter(|medium| medium.bag != Some(Class::Private));
        if shown { &mut self.shown } else { &mut self.hidden }.extend(held.filter_map(|medium| medium.path));
    }
}

/// Records that are read side by side before more are.
const BATCH: usize = 4096;

/// Some of the posts, and their media.
type Part = (Vec<PostEntry>, Uses);

/// Reads the public posts that are `wanted`, in parallel: articles, then notes and videos, each ordered by date and id.
pub(super) fn read_all(
    archive: &Archive,
    listed: &Listed,
    wanted: Option<&Wanted<'_>>,
    lost: &Lost,
    work: &Work<'_>,
) -> Result<Part> {
    let read = |part: &[(String, Sha256)]| -> Result<Part> {
        let (mut posts, mut all_uses) = (Vec::with_capacity(part.len()), Uses::default());
        for record in part {
            work.check()?;
            let Some((post, uses)) = read_one(archive, record, listed, lost)? else { continue };
            let is_wanted = wanted.is_none_or(|wanted| wanted(&post));
            if is_wanted {
                look(archive, listed, &post, &uses, lost);
            }
            if wanted.is_some() {
                all_uses.add(is_wanted, uses);
            }
            if is_wanted {
                posts.push(post);
            }
        }
        Ok((posts, all_uses))
    };
    let (mut all, mut all_uses) = (Vec::with_capacity(listed.records.len()), Uses::default());
    // A batch at a time, so that no more than that is held twice.
    for batch in listed.records.chunks(BATCH) {
        let shares: Vec<&[(String, Sha256)]> = batch.chunks(batch.len().div_ceil(work.pool.threads())).collect();
        for part in work.pool.map(&shares, |part| read(part)) {
            let (posts, uses) = part?;
            all.extend(posts);
            all_uses.shown.extend(uses.shown);
            all_uses.hidden.extend(uses.hidden);
        }
    }
    all.sort_unstable_by(|a, b| {
        let key = |post: &PostEntry| (post.kind != Kind::Article, post.published);
        key(a).cmp(&key(b)).then_with(|| (&a.id, &a.place).cmp(&(&b.id, &b.place)))
    });
    Ok((all, all_uses))
}

/// Adds the files of a post that are gone or have another size to the lost ones.
fn look(archive: &Archive, listed: &Listed, post: &PostEntry, media: &[MediaUse], lost: &Lost) {
    let body = post.body();
    if post.content_digest.is_some() && !archive.has(Class::Public, &body) {
        lost.add(&body);
    }
    for medium in media.iter().filter(|medium| medium.bag != Some(Class::Private)) {
        let Some(path) = medium.path.as_deref().filter(|path| listed.digests.contains_key(*path)) else { continue };
        let size = archive.size(Class::Public, path);
        if size.is_none() || medium.bytes.is_some_and(|bytes| size != Some(bytes)) {
            lost.add(path);
        }
    }
}

/// Reads one post and its media; `None` if it is not public, or if the archive has lost its record: what it said, and
/// whether it may be shown, is then unknown.
fn read_one(
    archive: &Archive,
    (path, digest): &(String, Sha256),
    listed: &Listed,
    lost: &Lost,
) -> Result<Option<(PostEntry, Vec<MediaUse>)>> {
    let Some((kind, place)) = place_of(path) else { return Ok(None) };
    let Some(bytes) = whole_record(archive, path, digest, lost) else { return Ok(None) };
    let mut post: PostEntry = serde_json::from_slice(&bytes).map_err(|error| broken(archive, path, error))?;
    let passing: Passing = serde_json::from_slice(&bytes).map_err(|error| broken(archive, path, error))?;
    if post.class != Class::Public {
        return Ok(None);
    }
    post.kind = kind;
    place.clone_into(&mut post.place);
    post.record_digest = *digest;
    // As they were read they have room for more.
    post.tags.shrink_to_fit();
    post.albums.shrink_to_fit();
    let media = passing.media;
    let file = |role| {
        let mut uses = media.iter().filter(|medium| medium.role == role && medium.bag != Some(Class::Private));
        uses.next().and_then(|medium| medium.path.clone()).filter(|path| listed.digests.contains_key(path))
    };
    post.cover = file(MediaRole::Cover);
    if kind == Kind::Article {
        post.form = Form::of_article(passing.item_show_type);
        post.content_digest = listed.bodies.get(&post.body()).copied();
        post.avatar = file(MediaRole::Avatar);
    } else {
        let text = passing.text.unwrap_or_default();
        post.text_chars = text.chars().count() as u64;
        let title = post.title.take();
        let lines = title.as_deref().unwrap_or(&text).lines().map(str::trim);
        post.title = lines.into_iter().find(|line| !line.is_empty()).map(str::to_owned);
        post.cover = post.cover.or_else(|| file(MediaRole::Picture));
    }
    let mut linked: Vec<String> =
        passing.links.iter().filter_map(|link| ArticleUrl::parse(&link.href)).flat_map(|url| url.aliases()).collect();
    linked.sort_unstable();
    linked.dedup();
    linked.shrink_to_fit();
    post.linked = linked;
    Ok(Some((post, media)))
}
