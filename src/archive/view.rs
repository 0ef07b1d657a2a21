//! What exporters read: the committed public bag, nothing else. Since a View cannot see the private bag, nothing
//! private can reach an export.
//!
//! The manifest names every file with its digest, so that opening lists no folder; of each article only what lists
//! and keys need is held, the rest is read again when a page is rendered.

use std::collections::{HashMap, HashSet};
use std::io::{self, ErrorKind};
use std::path::Path;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::handle::Archive;
pub use super::handle::HeldFile;
use super::view_pieces::{self, PieceEntry};
use crate::error::{Error, Result};
use crate::model::account::AccountRecord;
use crate::model::article::{AlbumRef, Counts};
use crate::model::body::Link;
use crate::model::{AccountFields, AlbumFields, Article, ArticleUrl, Class, MediaRole, MediaUse, Sha256, Time, layout};
use crate::work::Work;

/// A readable public bag.
#[derive(Debug)]
pub struct View {
    archive: Archive,
    digests: HashMap<String, Sha256>,
    account: AccountFields,
    albums: Vec<AlbumFields>,
    entries: Vec<Entry>,
    by_alias: HashMap<String, usize>,
    pieces: Vec<PieceEntry>,
    manifest: Sha256,
    date: Option<Time>,
    avatar: Option<String>,
}

/// Something of the public bag that may be seen or not.
#[derive(Clone, Copy, Debug)]
pub enum Published<'a> {
    /// An article.
    Article(&'a Entry),
    /// A note or a video.
    Piece(&'a PieceEntry),
}

/// Whether it is to be seen.
pub type Takes<'a> = dyn Fn(Published<'_>, &[AlbumFields]) -> bool + Sync + 'a;

/// An article as lists need it. [`View::article`] gives the whole.
#[derive(Debug, Deserialize)]
pub struct Entry {
    /// Its folder inside `data/articles/`: `2024/20240131-2650000001-1-slug`.
    #[serde(skip)]
    pub folder: String,
    /// Digest of `article.json`.
    #[serde(skip, default = "no_digest")]
    pub record_digest: Sha256,
    /// Digest of `content.html`, if there is a body.
    #[serde(skip)]
    pub content_digest: Option<Sha256>,
    /// See [`Article::id`].
    pub id: String,
    /// See [`Article::aliases`].
    #[serde(default)]
    pub aliases: Vec<String>,
    /// Its class; what is not public is not listed even if it stands in the wrong bag.
    #[serde(default)]
    pub class: Class,
    /// Title; text posts may have none.
    #[serde(default)]
    pub title: Option<String>,
    /// 摘要.
    #[serde(default)]
    pub summary: Option<String>,
    /// 作者.
    #[serde(default)]
    pub author: Option<String>,
    /// When it was sent out.
    #[serde(default)]
    pub published: Option<Time>,
    /// When it was last changed, if it was.
    #[serde(default)]
    pub modified: Option<Time>,
    /// See [`crate::model::ArticleFields::item_show_type`].
    #[serde(default)]
    pub item_show_type: Option<i64>,
    /// 原创.
    #[serde(default)]
    pub original: Option<bool>,
    /// Its albums.
    #[serde(default)]
    pub albums: Vec<AlbumRef>,
    /// Its tags.
    #[serde(default)]
    pub tags: Vec<String>,
    /// Its counts.
    #[serde(default)]
    pub counts: Option<Counts>,
    /// Visible characters of the body.
    #[serde(default)]
    pub text_chars: u64,
    /// File of its cover, relative to `data/`, if it is held.
    #[serde(skip)]
    pub cover: Option<String>,
    /// File of the account's avatar as this article's page had it, relative to `data/`, if it is held.
    #[serde(skip)]
    pub avatar: Option<String>,
    /// Aliases of the articles its body links to.
    #[serde(skip)]
    pub linked: Vec<String>,
    #[serde(default, rename = "media")]
    media_uses: Vec<MediaUse>,
    #[serde(default, rename = "links")]
    body_links: Vec<Link>,
}

fn no_digest() -> Sha256 {
    Sha256::from([0; 32])
}

impl View {
    /// Opens the public bag of the archive at `root`.
    ///
    /// # Errors
    /// `view-no-archive` where there is no bag; `view-record-broken` names the first article whose record cannot be read.
    pub fn open(root: &Path) -> Result<Self> {
        Self::open_where(&Archive::open(root)?, None, &Work::default())
    }

    /// The same, as if only that were in the bag that `takes` says yes to, without the media that only the rest uses. It
    /// is given the albums too, which may list an article that does not name them.
    ///
    /// # Errors
    /// As [`View::open`]; `interrupted`.
    pub fn open_where(archive: &Archive, takes: Option<&Takes<'_>>, work: &Work<'_>) -> Result<Self> {
        let tag_file = |name: &str| {
            let text = archive.tag_file(Class::Public, name);
            let text = text.and_then(|bytes| bytes.map(String::from_utf8).transpose().map_err(io::Error::other));
            text.map_err(|error| Error::disk("view-unreadable", archive.root().display(), error))
        };
        let Some(manifest) = tag_file(layout::MANIFEST)? else {
            return Err(Error::usage("view-no-archive").with("path", archive.root().display()));
        };
        let mut digests = digests(&manifest);
        let mut records: Vec<&str> = digests
            .keys()
            .filter(|path| {
                path.starts_with("articles/") && path.ends_with("/article.json") && path.split('/').count() == 4
            })
            .map(String::as_str)
            .collect();
        records.sort_unstable();
        let albums = read_albums(archive, &digests)?;
        let takes_article = |entry: &Entry| takes.is_none_or(|takes| takes(Published::Article(entry), &albums));
        let takes_piece = |entry: &PieceEntry| takes.is_none_or(|takes| takes(Published::Piece(entry), &albums));
        let (mut entries, mut uses) =
            read_entries(archive, &records, &digests, takes.is_some().then_some(&takes_article as &Wanted<'_>), work)?;
        let takes_piece = takes.is_some().then_some(&takes_piece as &dyn Fn(&PieceEntry) -> bool);
        let pieces = view_pieces::read(archive, &digests, takes_piece, &mut uses)?;
        let account: AccountRecord = read_json(archive, "account.json")?.unwrap_or_default();
        uses.add(true, account.avatar_file.iter().cloned().collect());
        digests.retain(|path, _| !uses.hidden.contains(path) || uses.shown.contains(path));
        entries.sort_by(|a, b| (a.published, &a.id).cmp(&(b.published, &b.id)));
        let mut by_alias = HashMap::new();
        for (index, entry) in entries.iter().enumerate() {
            by_alias.insert(entry.id.clone(), index);
            for alias in &entry.aliases {
                by_alias.entry(alias.clone()).or_insert(index);
            }
        }
        let AccountRecord { fields: account, avatar_file: avatar } = account;
        let avatar = avatar.and_then(|avatar| avatar.path).filter(|path| digests.contains_key(path));
        let avatar = avatar.or_else(|| entries.iter().rev().find_map(|entry| entry.avatar.clone()));
        let manifest = Sha256::of(manifest.as_bytes());
        let info = tag_file(layout::BAG_INFO).ok().flatten().unwrap_or_default();
        let date = info.lines().find_map(|line| line.strip_prefix("Bagging-Date:")).map(str::trim);
        let date = date.and_then(|day| Time::from_wall(&format!("{day} 00:00")));
        Ok(Self {
            archive: archive.clone(),
            digests,
            account,
            albums,
            entries,
            by_alias,
            pieces,
            manifest,
            date,
            avatar,
        })
    }

    /// The account.
    pub fn account(&self) -> &AccountFields {
        &self.account
    }

    /// Digest of the manifest: stands for everything in the bag.
    pub fn manifest_digest(&self) -> Sha256 {
        self.manifest
    }

    /// The day on which the bag was last written, as it says itself.
    pub fn date(&self) -> Option<Time> {
        self.date
    }

    /// How many gaps the public bag names.
    ///
    /// # Errors
    /// `view-unreadable` for a list of gaps that cannot be read.
    pub fn gaps(&self) -> Result<usize> {
        const GAPS: &str = "provenance/gaps.csv";
        let path = self.archive.shown(Class::Public, GAPS);
        let failed = |error: csv::Error| Error::input("view-unreadable").with("path", &path).because(error);
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

    /// The file of the account's avatar, relative to `data/`, if one is held.
    pub fn avatar(&self) -> Option<&str> {
        self.avatar.as_deref()
    }

    /// The albums that have a record of their own, by id.
    pub fn albums(&self) -> &[AlbumFields] {
        &self.albums
    }

    /// Every public article, by date, then id.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Every public note and video, by date, then id.
    pub fn pieces(&self) -> &[PieceEntry] {
        &self.pieces
    }

    /// The article known by `alias` (see [`ArticleUrl::aliases`]), as its place in [`View::entries`].
    pub fn find(&self, alias: &str) -> Option<usize> {
        self.by_alias.get(alias).copied()
    }

    /// The archived article that `href` leads to, in whatever form the link is.
    pub fn find_url(&self, href: &str) -> Option<usize> {
        ArticleUrl::parse(href)?.aliases().iter().find_map(|alias| self.find(alias))
    }

    /// The whole record.
    pub fn article(&self, entry: &Entry) -> Result<Article> {
        let path = format!("articles/{}/article.json", entry.folder);
        let bytes = read(&self.archive, &path)?;
        serde_json::from_slice(&bytes).map_err(|error| broken(&self.archive, &path, error))
    }

    /// The body; `None` if there is none.
    pub fn content(&self, entry: &Entry) -> Result<Option<String>> {
        if entry.content_digest.is_none() {
            return Ok(None);
        }
        let bytes = read(&self.archive, &format!("articles/{}/content.html", entry.folder))?;
        // The lossy reading is the slow one.
        Ok(Some(
            String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()),
        ))
    }

    /// Returns a file of the bag, by its path relative to `data/`; `None` if the manifest does not name it.
    pub fn file(&self, path: &str) -> Option<HeldFile> {
        self.digests.contains_key(path).then(|| self.archive.file(Class::Public, path))
    }

    /// The digest of a file of the bag.
    pub fn digest(&self, path: &str) -> Option<Sha256> {
        self.digests.get(path).copied()
    }

    /// The media files of the bag, relative to `data/`, sorted.
    pub fn media(&self) -> Vec<&str> {
        let mut media: Vec<&str> =
            self.digests.keys().map(String::as_str).filter(|path| path.starts_with("media/sha256/")).collect();
        media.sort_unstable();
        media
    }
}

/// The payload of a manifest, paths relative to `data/`. Lines that are no entry are passed over: `verify` names them.
fn digests(manifest: &str) -> HashMap<String, Sha256> {
    manifest
        .lines()
        .filter_map(|line| {
            let (digest, path) = line.split_once([' ', '\t'])?;
            let path = path.trim_start().trim_start_matches('*').strip_prefix("data/")?;
            let inside = !path.split('/').any(|part| part.is_empty() || part == "." || part == "..");
            inside.then(|| Some((path.to_owned(), digest.parse().ok()?))).flatten()
        })
        .collect()
}

/// Whether an entry is wanted.
type Wanted<'a> = dyn Fn(&Entry) -> bool + Sync + 'a;

/// The media files in use, where not everything is wanted.
#[derive(Default)]
pub(super) struct Uses {
    shown: HashSet<String>,
    hidden: HashSet<String>,
}

impl Uses {
    /// Adds the media of something that is shown, or is not.
    pub(super) fn add(&mut self, shown: bool, media: Vec<MediaUse>) {
        let held = media.into_iter().filter(|medium| medium.bag != Some(Class::Private));
        if shown { &mut self.shown } else { &mut self.hidden }.extend(held.filter_map(|medium| medium.path));
    }
}

/// The entries of a part of the records, and their media.
type Part = (Vec<Entry>, Uses);

/// Reads the public records that are `wanted`, side by side.
fn read_entries(
    archive: &Archive,
    records: &[&str],
    digests: &HashMap<String, Sha256>,
    wanted: Option<&Wanted<'_>>,
    work: &Work<'_>,
) -> Result<Part> {
    let share = records.len().div_ceil(work.pool.threads()).max(1);
    let read = |part: &[&str]| -> Result<Part> {
        let (mut entries, mut all_uses) = (Vec::with_capacity(part.len()), Uses::default());
        for path in part {
            work.check()?;
            let mut entry = read_entry(archive, path, digests)?;
            let uses = std::mem::take(&mut entry.media_uses);
            if entry.class != Class::Public {
                continue;
            }
            let is_wanted = wanted.is_none_or(|wanted| wanted(&entry));
            if wanted.is_some() {
                all_uses.add(is_wanted, uses);
            }
            if is_wanted {
                entries.push(entry);
            }
        }
        Ok((entries, all_uses))
    };
    let (mut all, mut all_uses) = (Vec::with_capacity(records.len()), Uses::default());
    let shares: Vec<&[&str]> = records.chunks(share).collect();
    for part in work.pool.map(&shares, |part| read(part)) {
        let (entries, uses) = part?;
        all.extend(entries);
        all_uses.shown.extend(uses.shown);
        all_uses.hidden.extend(uses.hidden);
    }
    Ok((all, all_uses))
}

fn read_entry(archive: &Archive, path: &str, digests: &HashMap<String, Sha256>) -> Result<Entry> {
    let bytes = read(archive, path)?;
    let mut entry: Entry = serde_json::from_slice(&bytes).map_err(|error| broken(archive, path, error))?;
    let folder = path.trim_start_matches("articles/").trim_end_matches("/article.json");
    folder.clone_into(&mut entry.folder);
    entry.record_digest = digests.get(path).copied().unwrap_or_else(|| Sha256::of(&bytes));
    entry.content_digest = digests.get(&format!("articles/{folder}/content.html")).copied();
    let held = |role| {
        let mut uses = entry.media_uses.iter();
        uses.find(|medium| medium.role == role && medium.bag != Some(Class::Private)).and_then(|it| it.path.clone())
    };
    let file = |role| held(role).filter(|path| digests.contains_key(path));
    let (cover, avatar) = (file(MediaRole::Cover), file(MediaRole::Avatar));
    (entry.cover, entry.avatar) = (cover, avatar);
    let mut linked: Vec<String> = std::mem::take(&mut entry.body_links)
        .iter()
        .filter_map(|link| ArticleUrl::parse(&link.href))
        .flat_map(|url| url.aliases())
        .collect();
    linked.sort_unstable();
    linked.dedup();
    entry.linked = linked;
    Ok(entry)
}

fn read_albums(archive: &Archive, digests: &HashMap<String, Sha256>) -> Result<Vec<AlbumFields>> {
    let mut albums: Vec<AlbumFields> = read_json(archive, "albums.json")?.unwrap_or_default();
    let mut paths: Vec<&String> =
        digests.keys().filter(|path| path.starts_with("albums/") && path.ends_with(".json")).collect();
    paths.sort_unstable();
    for path in paths {
        albums.extend(read_json::<AlbumFields>(archive, path)?);
    }
    albums.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(albums)
}

/// Reads a JSON file; `None` if it does not exist.
fn read_json<T: DeserializeOwned>(archive: &Archive, path: &str) -> Result<Option<T>> {
    let bytes = archive.bytes(Class::Public, path).map_err(|error| unreadable(archive, path, error))?;
    bytes.map(|bytes| serde_json::from_slice(&bytes).map_err(|error| broken(archive, path, error))).transpose()
}

/// Reads a file that the manifest names.
pub(super) fn read(archive: &Archive, path: &str) -> Result<Vec<u8>> {
    let bytes = archive.bytes(Class::Public, path).and_then(|bytes| bytes.ok_or_else(|| ErrorKind::NotFound.into()));
    bytes.map_err(|error| unreadable(archive, path, error))
}

fn unreadable(archive: &Archive, path: &str, error: io::Error) -> Error {
    Error::disk("view-unreadable", archive.shown(Class::Public, path), error)
}

/// Returns the error of a record that cannot be read.
pub(super) fn broken(archive: &Archive, path: &str, error: serde_json::Error) -> Error {
    Error::input("view-record-broken").with("path", archive.shown(Class::Public, path)).because(error)
}
