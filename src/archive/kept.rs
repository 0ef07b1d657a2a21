//! Gives private exporters the evidence of pages, and the records and media of both bags that belong to them.
//!
//! What the archive has lost is noted, and counts as never held when the export is written again (see
//! [`super::Lost`]).

use std::io;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::evidence;
pub use super::handle::HeldFile;
use super::handle::place;
use super::lost::Expected;
use super::pack::PackReader;
use super::private_view::PrivateView;
use crate::error::{Error, Result};
use crate::model::account::AccountRecord;
use crate::model::article::Provenance;
use crate::model::{Class, MediaUse, NameMap, Sha256, Time, layout};

/// Template of the evidence that is a page.
const PAGE: &str = "page";

/// Name of the file of an article's text.
const BODY: &str = "content.html";

/// A page as it was received, with secrets blanked.
#[derive(Clone, Debug)]
pub struct KeptPage {
    /// Digest of the kept bytes.
    pub digest: Sha256,
    /// Number of kept bytes.
    pub bytes: u64,
    /// Path of its pack or of its own file, relative to the private bag's `data/`.
    pub place: String,
    /// Origin of the page: the name of a file, or a URL.
    pub locator: String,
    /// MIME type by content.
    pub mime: String,
    /// Time at which the file was modified or the response arrived.
    pub time: Option<Time>,
    /// Facts of the request and the response, as JSON.
    pub fetch: Option<String>,
    /// Number of blanked spans.
    pub blanked: u32,
}

impl KeptPage {
    /// Reports whether the page shares a pack with others.
    pub fn is_packed(&self) -> bool {
        self.place != layout::evidence_leaf_path(&self.digest)
    }
}

/// The fields of a post that say which pages and media belong to it.
#[derive(Clone, Debug, Deserialize)]
pub struct KeptPost {
    /// Id of the post.
    pub id: String,
    /// Public or private.
    #[serde(default)]
    pub class: Class,
    /// Its best URL.
    #[serde(default)]
    pub url: Option<String>,
    /// Its title.
    #[serde(default)]
    pub title: Option<String>,
    /// When it was published.
    #[serde(default)]
    pub published: Option<Time>,
    /// Its media.
    #[serde(default)]
    pub media: Vec<MediaUse>,
    /// The evidence it was read from.
    #[serde(default)]
    pub provenance: Provenance,
    /// Its text as archived, of an article's newest edition.
    #[serde(skip)]
    pub body: Option<KeptBody>,
}

/// The text of an article, a fragment of HTML that refers to its media relative to its own place.
#[derive(Clone, Debug)]
pub struct KeptBody {
    /// Bag that holds it.
    pub bag: Class,
    /// Path relative to `data/`.
    pub path: String,
    /// Digest of its bytes.
    pub digest: Sha256,
}

impl PrivateView {
    /// Calls `visit` with every page among the evidence, in the order of the index.
    ///
    /// # Errors
    /// `view-unreadable`, `evidence-index-failed`, and those of `visit`.
    pub fn each_page(&self, mut visit: impl FnMut(KeptPage) -> Result<()>) -> Result<()> {
        let index = self.archive().bytes(Class::Private, layout::EVIDENCE_INDEX);
        let shown = || self.archive().shown(Class::Private, layout::EVIDENCE_INDEX);
        let Some(index) = index.map_err(|error| Error::disk("view-unreadable", shown(), error))? else {
            return Ok(());
        };
        evidence::read_index(&index, |row, _| {
            if row.template != PAGE || row.shelf.is_some() {
                return Ok(());
            }
            visit(KeptPage {
                digest: row.digest,
                bytes: row.bytes,
                place: row.place,
                locator: row.locator,
                mime: row.mime,
                time: row.time,
                fetch: row.fetch,
                blanked: row.blanked,
            })
        })
    }

    /// Reports whether there is a page among the evidence.
    ///
    /// # Errors
    /// As [`PrivateView::each_page`].
    pub fn has_pages(&self) -> Result<bool> {
        let mut any = false;
        self.each_page(|_| {
            any = true;
            Ok(())
        })?;
        Ok(any)
    }

    /// Calls `visit` with every post of both bags and with the older editions of articles, the public ones first, by
    /// path.
    ///
    /// # Errors
    /// `manifest-unreadable`, `view-unreadable`, `view-record-broken`, and those of `visit`.
    pub fn each_post(&self, mut visit: impl FnMut(KeptPost) -> Result<()>) -> Result<()> {
        for class in [Class::Public, Class::Private] {
            let mut bodies = NameMap::default();
            self.archive().each(class, |path, digest| {
                if is_body(path) {
                    bodies.put(path, digest);
                }
                Ok(())
            })?;
            self.archive().each(class, |path, _| {
                let Some(post) = is_record(path).then(|| self.json::<KeptPost>(class, path)).transpose()?.flatten()
                else {
                    return Ok(());
                };
                let path = path.rsplit_once('/').map(|(folder, _)| format!("{folder}/{BODY}"));
                let body = path.and_then(|path| {
                    let digest = *bodies.get(&path)?;
                    Some(KeptBody { bag: class, path, digest })
                });
                visit(KeptPost { body, ..post })
            })?;
        }
        Ok(())
    }

    /// Returns the record of the account.
    ///
    /// # Errors
    /// `view-unreadable`, `view-record-broken`.
    pub fn account(&self) -> Result<AccountRecord> {
        Ok(self.json(Class::Public, layout::ACCOUNT)?.unwrap_or_default())
    }

    /// Reads a record; `None` if the bag has lost it, which is noted.
    fn json<T: DeserializeOwned>(&self, class: Class, path: &str) -> Result<Option<T>> {
        let shown = || self.archive().shown(class, path);
        let bytes =
            self.archive().bytes(class, path).map_err(|error| Error::disk("view-unreadable", shown(), error))?;
        let Some(bytes) = bytes else {
            if is_record(path) {
                self.lost().add(path);
            }
            return Ok(None);
        };
        let broken = |error| Error::input("view-record-broken").with("path", shown()).because(error);
        serde_json::from_slice(&bytes).map(Some).map_err(broken)
    }

    /// Returns the file of a medium; `None` if the path is not one of a medium.
    pub fn medium(&self, medium: &MediaUse) -> Option<HeldFile> {
        let path = medium.path.as_deref()?;
        let (digest, extension) = path.rsplit_once('/')?.1.split_once('.')?;
        let digest: Sha256 = digest.parse().ok()?;
        // The path comes from a record: only one that media have is opened.
        if extension.contains('/') || path != layout::media_path(&digest, extension) {
            return None;
        }
        Some(self.expected(medium.bag.unwrap_or(Class::Public), path, digest))
    }

    /// Returns the file of a page that has one of its own.
    pub fn leaf(&self, page: &KeptPage) -> HeldFile {
        self.expected(Class::Private, &layout::evidence_leaf_path(&page.digest), page.digest)
    }

    /// Returns the file of an article's text.
    pub fn body(&self, body: &KeptBody) -> HeldFile {
        self.expected(body.bag, &body.path, body.digest)
    }

    fn expected(&self, class: Class, path: &str, digest: Sha256) -> HeldFile {
        let expected = Expected { digest, lost: self.shared_lost() };
        self.archive().file(class, path).expecting(expected)
    }

    /// Calls `visit` with every member of a pack of evidence, in order. A damaged pack is noted as lost; members before
    /// the damage are visited.
    ///
    /// # Errors
    /// Those of `visit`.
    pub fn each_in_pack(&self, place: &str, mut visit: impl FnMut(Sha256, Vec<u8>) -> Result<()>) -> Result<()> {
        let file = self.archive().file(Class::Private, place);
        let mut failed = None;
        let read = PackReader::of(&file).and_then(|pack| {
            pack.each(|digest, reader| {
                let mut bytes = Vec::new();
                reader
                    .read_to_end(&mut bytes)
                    .map_err(|error: io::Error| Error::disk("pack-unreadable", &file, error))?;
                if Sha256::of(&bytes) != digest {
                    return Err(Error::input("pack-unreadable").with("path", &file));
                }
                visit(digest, bytes).inspect_err(|_| failed = Some(()))
            })
        });
        match (read, failed) {
            (Err(error), Some(())) => Err(error),
            (Err(_), None) => {
                self.lost().add(place);
                Ok(())
            }
            (Ok(()), _) => Ok(()),
        }
    }

    /// Returns the paths of the lost files, for messages.
    pub fn damaged(&self) -> Vec<String> {
        let paths = self.lost().paths();
        let mut damaged = Vec::with_capacity(paths.len());
        for class in [Class::Public, Class::Private] {
            // A file that is lost is still in the manifest of its bag.
            let listed = if paths.is_empty() {
                Ok(())
            } else {
                self.archive().each(class, |path, _| {
                    if paths.binary_search_by(|lost| lost.as_str().cmp(path)).is_ok() {
                        damaged.push(self.archive().shown(class, path));
                    }
                    Ok(())
                })
            };
            // That the manifest cannot be read was reported when the posts were read.
            let _ = listed;
        }
        damaged
    }
}

/// Returns the path of an article's text in the archive.
pub fn body_place(body: &KeptBody) -> String {
    place(body.bag, &body.path)
}

/// Returns the path of a medium in the archive, if it is held.
pub fn medium_place(medium: &MediaUse) -> Option<String> {
    Some(place(medium.bag.unwrap_or(Class::Public), medium.path.as_deref()?))
}

/// Reports whether a file is the text of an article's newest edition.
fn is_body(path: &str) -> bool {
    let folder = path.strip_prefix("articles/").and_then(|rest| rest.strip_suffix(BODY)?.strip_suffix('/'));
    folder.is_some_and(|folder| folder.split('/').count() == 2)
}

/// Reports whether a file is the record of a post, or of an older edition of one.
fn is_record(path: &str) -> bool {
    match path.split_once('/') {
        Some(("articles", rest)) => rest.ends_with("/article.json"),
        Some(("notes" | "videos", rest)) => rest.ends_with(".json"),
        _ => false,
    }
}
