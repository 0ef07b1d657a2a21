//! Gives exporters the committed public bag and nothing else. Since a [`View`] cannot see the private bag, nothing
//! private can reach an export.
//!
//! The manifest names every file with its digest, so opening lists no folder. Only the fields of a post that lists and
//! keys need are kept; the rest is read again when a page is rendered.

use std::collections::HashMap;
use std::io::{self, BufRead as _, BufReader};
use std::path::Path;
use std::sync::Arc;

use serde::de::DeserializeOwned;

use super::handle::Archive;
pub use super::handle::HeldFile;
pub use super::lost::MISSING;
use super::lost::{Expected, Lost};
use super::posts::{self, PostEntry, Wanted};
use crate::error::{Error, Kind as ErrorClass, Result};
use crate::model::account::AccountRecord;
use crate::model::{AccountFields, AlbumFields, ArticleUrl, Class, Hasher, Kind, NameMap, Post, Sha256, Time, layout};
use crate::work::Work;

/// A readable public bag.
#[derive(Debug)]
pub struct View {
    archive: Archive,
    digests: HashMap<String, Sha256>,
    account: AccountFields,
    albums: Vec<AlbumFields>,
    posts: Vec<PostEntry>,
    /// Number of articles among the posts.
    articles: usize,
    by_alias: NameMap<u32>,
    manifest: Sha256,
    date: Option<Time>,
    avatar: Option<String>,
    lost: Arc<Lost>,
}

/// A predicate that selects the posts to show.
pub type Takes<'a> = dyn Fn(&PostEntry, &[AlbumFields]) -> bool + Sync + 'a;

impl View {
    /// Opens the public bag of the archive at `root`.
    ///
    /// # Errors
    /// `view-no-archive` if there is no bag; `view-record-broken` names a record that this program does not understand.
    pub fn open(root: &Path) -> Result<Self> {
        Self::open_where(&Archive::open(root)?, None, &Work::default())
    }

    /// Opens the public bag as if it held only the posts that `takes` accepts, without the media that only other posts
    /// use. `takes` also gets the albums, which may list an article that does not name them.
    ///
    /// # Errors
    /// As [`View::open`]; `interrupted`.
    pub fn open_where(archive: &Archive, takes: Option<&Takes<'_>>, work: &Work<'_>) -> Result<Self> {
        let unreadable = |error| Error::disk("view-unreadable", archive.root().display(), error);
        let Some(listed) = Listed::read(archive).map_err(unreadable)? else {
            return Err(Error::usage("view-no-archive").with("path", archive.root().display()));
        };
        let lost = Arc::<Lost>::default();
        let albums = read_albums(archive, &listed.digests, &lost)?;
        let wanted = |post: &PostEntry| takes.is_none_or(|takes| takes(post, &albums));
        let (posts, mut uses) =
            posts::read_all(archive, &listed, takes.is_some().then_some(&wanted as &Wanted<'_>), &lost, work)?;
        let articles = posts.partition_point(|post| post.kind == Kind::Article);
        let account: AccountRecord = read_json(archive, layout::ACCOUNT, &listed.digests, &lost)?.unwrap_or_default();
        uses.add(true, account.avatar_file.iter().cloned().collect());
        let Listed { mut digests, manifest, records, bodies } = listed;
        drop((records, bodies));
        digests.retain(|path, _| !uses.hidden.contains(path) || uses.shown.contains(path));
        let mut by_alias = NameMap::default();
        for (index, article) in (0_u32..).zip(&posts[..articles]) {
            by_alias.put(&article.id, index);
            for alias in article.aliases.iter() {
                by_alias.get_or_put(alias, index);
            }
        }
        let AccountRecord { fields: account, avatar_file: avatar } = account;
        let avatar = avatar.and_then(|avatar| avatar.path).filter(|path| digests.contains_key(path));
        let avatar = avatar.or_else(|| posts[..articles].iter().rev().find_map(|article| article.avatar.clone()));
        let date = bagging_date(archive, Class::Public);
        Ok(Self {
            archive: archive.clone(),
            digests,
            account,
            albums,
            posts,
            articles,
            by_alias,
            manifest,
            date,
            avatar,
            lost,
        })
    }

    /// Returns the failure to reach the archive as a whole, if there was one: what could not be read then is unknown, not lost.
    pub fn failure(&self) -> Option<Error> {
        self.archive.failure()
    }

    /// Returns the account.
    pub fn account(&self) -> &AccountFields {
        &self.account
    }

    /// Returns the digest of the manifest, which identifies the whole content of the bag.
    pub fn manifest_digest(&self) -> Sha256 {
        self.manifest
    }

    /// Returns the day on which the bag was last written, from its own metadata.
    pub fn date(&self) -> Option<Time> {
        self.date
    }

    /// Counts the gaps that the public bag lists.
    ///
    /// # Errors
    /// `view-unreadable` if the list of gaps cannot be read.
    pub fn gaps(&self) -> Result<usize> {
        const GAPS: &str = "provenance/gaps.csv";
        let path = self.archive.shown(Class::Public, GAPS);
        let failed = |error: csv::Error| Error::broken_table("view-unreadable", &path, error);
        match self.archive.read(Class::Public, GAPS) {
            Ok(Some(file)) => csv::ReaderBuilder::new()
                .flexible(true)
                .from_reader(file)
                .records()
                .try_fold(0, |rows, row| row.map(|_| rows + 1).map_err(failed)),
            Ok(None) => Ok(0),
            Err(error) => Err(Error::disk("view-unreadable", &path, error)),
        }
    }

    /// Returns the file of the account's avatar, relative to `data/`, if it is held.
    pub fn avatar(&self) -> Option<&str> {
        self.avatar.as_deref()
    }

    /// Returns the albums that have a record, ordered by id.
    pub fn albums(&self) -> &[AlbumFields] {
        &self.albums
    }

    /// Returns every public post: the articles, then notes and videos, each by date, then id.
    pub fn posts(&self) -> &[PostEntry] {
        &self.posts
    }

    /// Returns the articles among the posts, which come first.
    pub fn articles(&self) -> &[PostEntry] {
        &self.posts[..self.articles]
    }

    /// Returns the index in [`View::posts`] of the article known by `alias` (see [`ArticleUrl::aliases`]).
    pub fn find(&self, alias: &str) -> Option<usize> {
        self.by_alias.get(alias).and_then(|index| usize::try_from(*index).ok())
    }

    /// Returns the index of the archived article that `href` leads to, in any form of link.
    pub fn find_url(&self, href: &str) -> Option<usize> {
        ArticleUrl::parse(href)?.aliases().iter().find_map(|alias| self.find(alias))
    }

    /// Reads the record of a post.
    ///
    /// # Errors
    /// [`MISSING`] if the archive has lost it since the view was opened, `view-record-broken`.
    pub fn post(&self, post: &PostEntry) -> Result<Post> {
        let path = post.record();
        let bytes = whole_record(&self.archive, &path, &post.record_digest, &self.lost).ok_or_else(|| {
            Error::new(ErrorClass::Findings, MISSING).with("path", self.archive.shown(Class::Public, &path))
        })?;
        Post::from_json(post.kind, &bytes).map_err(|error| broken(&self.archive, &path, error))
    }

    /// Returns the body of a post; `None` if it has none.
    ///
    /// # Errors
    /// [`MISSING`] if the archive has lost it.
    pub fn content(&self, post: &PostEntry) -> Result<Option<String>> {
        let Some(digest) = post.content_digest else { return Ok(None) };
        let path = post.body();
        let missing =
            || Error::new(ErrorClass::Findings, MISSING).with("path", self.archive.shown(Class::Public, &path));
        if self.lost.contains(&path) {
            return Err(missing());
        }
        let bytes = self.archive.bytes(Class::Public, &path).ok().flatten();
        let Some(bytes) = bytes.filter(|bytes| Sha256::of(bytes) == digest) else {
            self.lost.add(&path);
            return Err(missing());
        };
        // The lossy conversion is slower, so it is only the fallback.
        Ok(Some(
            String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()),
        ))
    }

    /// Returns a file of the bag that is no post's own, by its path relative to `data/`; `None` if the manifest does not
    /// name it.
    pub fn file(&self, path: &str) -> Option<HeldFile> {
        let expected = Expected { digest: self.digest(path)?, lost: Arc::clone(&self.lost) };
        Some(self.archive.file(Class::Public, path).expecting(expected))
    }

    /// Returns the files that the archive has lost, of those that the posts use.
    pub fn lost(&self) -> &Lost {
        &self.lost
    }

    /// Returns the path of a file of the bag, for messages.
    pub fn shown(&self, path: &str) -> String {
        self.archive.shown(Class::Public, path)
    }

    /// Returns the digest of a file of the bag.
    pub fn digest(&self, path: &str) -> Option<Sha256> {
        self.digests.get(path).copied()
    }

    /// Returns the media files of the bag, relative to `data/`, sorted.
    pub fn media(&self) -> Vec<&str> {
        let mut media: Vec<&str> =
            self.digests.keys().map(String::as_str).filter(|path| path.starts_with("media/sha256/")).collect();
        media.sort_unstable();
        media
    }
}

/// The payload of the manifest, with paths relative to `data/`.
pub(super) struct Listed {
    /// The records of the posts, sorted.
    pub(super) records: Vec<(String, Sha256)>,
    /// The bodies of the articles.
    pub(super) bodies: NameMap<Sha256>,
    /// Everything else.
    pub(super) digests: HashMap<String, Sha256>,
    /// Digest of the manifest.
    manifest: Sha256,
}

impl Listed {
    /// Reads the manifest; `None` if there is none. Malformed lines are skipped: `verify` reports
    /// them.
    fn read(archive: &Archive) -> io::Result<Option<Self>> {
        let Some(manifest) = archive.open_tag_file(Class::Public, layout::MANIFEST)? else { return Ok(None) };
        let mut manifest = BufReader::with_capacity(1 << 16, manifest);
        let (mut records, mut bodies, mut digests) = (Vec::new(), NameMap::default(), HashMap::new());
        let (mut whole, mut line) = (Hasher::new(), String::new());
        while manifest.read_line(&mut line)? > 0 {
            whole.update(line.as_bytes());
            if let Some((path, digest)) = entry(line.trim_end_matches(['\n', '\r'])) {
                if posts::is_record(path) {
                    records.push((path.to_owned(), digest));
                } else if posts::is_body(path) {
                    bodies.put(path, digest);
                } else {
                    digests.insert(path.to_owned(), digest);
                }
            }
            line.clear();
        }
        records.sort_unstable();
        // A path that is listed twice is one file.
        records.dedup_by(|a, b| a.0 == b.0);
        Ok(Some(Self { records, bodies, digests, manifest: whole.finish() }))
    }
}

/// Parses a line of a manifest into the path and the digest.
fn entry(line: &str) -> Option<(&str, Sha256)> {
    let (digest, path) = line.split_once([' ', '\t'])?;
    let path = path.trim_start().trim_start_matches('*').strip_prefix("data/")?;
    let inside = !path.split('/').any(|part| part.is_empty() || part == "." || part == "..");
    inside.then(|| Some((path, digest.parse().ok()?))).flatten()
}

/// Returns the day on which a bag was last written, from its own metadata.
pub(super) fn bagging_date(archive: &Archive, class: Class) -> Option<Time> {
    let info = String::from_utf8(archive.tag_file(class, layout::BAG_INFO).ok()??).ok()?;
    let date = info.lines().find_map(|line| line.strip_prefix("Bagging-Date:")).map(str::trim);
    date.and_then(|day| Time::from_wall(&format!("{day} 00:00")))
}

fn read_albums(archive: &Archive, digests: &HashMap<String, Sha256>, lost: &Lost) -> Result<Vec<AlbumFields>> {
    let mut albums: Vec<AlbumFields> = read_json(archive, "albums.json", digests, lost)?.unwrap_or_default();
    let mut paths: Vec<&String> =
        digests.keys().filter(|path| path.starts_with("albums/") && path.ends_with(".json")).collect();
    paths.sort_unstable();
    for path in paths {
        albums.extend(read_json::<AlbumFields>(archive, path, digests, lost)?);
    }
    albums.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(albums)
}

/// Reads a JSON file; `None` if the manifest does not name it, or the archive has lost it.
fn read_json<T: DeserializeOwned>(
    archive: &Archive,
    path: &str,
    digests: &HashMap<String, Sha256>,
    lost: &Lost,
) -> Result<Option<T>> {
    let bytes = digests.get(path).and_then(|digest| whole_record(archive, path, digest, lost));
    bytes.map(|bytes| serde_json::from_slice(&bytes).map_err(|error| broken(archive, path, error))).transpose()
}

/// Reads a file that the manifest names; `None` if it is gone or is not the one that was archived, which makes it one of
/// the lost.
pub(super) fn whole_record(archive: &Archive, path: &str, digest: &Sha256, lost: &Lost) -> Option<Vec<u8>> {
    let bytes = archive.bytes(Class::Public, path).ok().flatten().filter(|bytes| Sha256::of(bytes) == *digest);
    if bytes.is_none() {
        lost.add(path);
    }
    bytes
}

/// Returns the error of a record that is as it was archived and cannot be understood.
pub(super) fn broken(archive: &Archive, path: &str, error: serde_json::Error) -> Error {
    Error::input("view-record-broken").with("path", archive.shown(Class::Public, path)).because(error)
}
