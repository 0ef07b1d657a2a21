//! The path of every page of the mirror, and the URLs between pages.

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use super::body::Target;
use crate::archive::{PostEntry, View};
use crate::error::Result;
use crate::export::publication::{Linked, Publication};
use crate::export::published::may_be_published;
use crate::export::{ExportOptions, OutPath};
use crate::model::{Kind, Sha256};

/// Characters that must be escaped in a path of a URL.
const PATH: &AsciiSet =
    &CONTROLS.add(b' ').add(b'"').add(b'#').add(b'%').add(b'<').add(b'>').add(b'?').add(b'`').add(b'\'');

/// The paths of a mirror's pages.
pub(super) struct Routes<'v> {
    view: &'v View,
    base_url: Option<&'v str>,
    media_base: Option<&'v str>,
    posts: Vec<OutPath>,
    albums: Vec<OutPath>,
    tags: Vec<OutPath>,
}

impl<'v> Routes<'v> {
    /// Assigns every page its path. Paths depend only on the archive's own names, so that they do not change when
    /// articles are added.
    pub(super) fn new(publication: &Publication<'v>, options: &'v ExportOptions) -> Result<Self> {
        let view = publication.view();
        let albums = publication.albums().iter().map(|album| format!("albums/{}.html", file_name(&album.id)));
        let tag = |name: &str| format!("tags/{}.html", &Sha256::of(name.as_bytes()).hex()[..12]);
        let tags = publication.tags().iter().map(|collection| tag(&collection.id));
        Ok(Self {
            view,
            base_url: options.base_url.as_deref(),
            media_base: options.media_base.as_deref(),
            posts: view.posts().iter().map(page_of).collect::<Result<_>>()?,
            albums: albums.map(OutPath::new).collect::<Result<_>>()?,
            tags: tags.map(OutPath::new).collect::<Result<_>>()?,
        })
    }

    /// Returns the page of a post, by its index in the view.
    pub(super) fn post(&self, place: usize) -> &OutPath {
        &self.posts[place]
    }

    /// Returns the page of an album, by its index in the publication.
    pub(super) fn album(&self, index: usize) -> &OutPath {
        &self.albums[index]
    }

    /// Returns the page of a tag, by its index in the publication.
    pub(super) fn tag(&self, index: usize) -> &OutPath {
        &self.tags[index]
    }

    /// Returns the path of the mirror's copy of a file of the bag.
    pub(super) fn file(&self, path: &str) -> Option<OutPath> {
        let rest = path.strip_prefix("media/sha256/").filter(|rest| may_be_published(rest))?;
        self.view.digest(path)?;
        OutPath::new(format!("media/{rest}")).ok()
    }

    /// Returns the path of the mirror's copy of a file that the archive has not lost.
    fn held(&self, path: &str) -> Option<OutPath> {
        self.file(path).filter(|_| !self.view.lost().contains(path))
    }

    /// Returns the escaped URL from one page to another.
    pub(super) fn url(&self, from: &OutPath, to: &OutPath) -> String {
        utf8_percent_encode(&from.relative_to(to), PATH).to_string()
    }

    /// Returns the escaped path of a page in the site.
    pub(super) fn escaped(page: &OutPath) -> String {
        utf8_percent_encode(page.as_str(), PATH).to_string()
    }

    /// Returns the absolute URL of a page, if the site's address is known. That of the home page is the site's own.
    pub(super) fn absolute(&self, page: &OutPath) -> Option<String> {
        let base = self.base_url?;
        let path = Self::escaped(page);
        Some(format!("{base}/{}", if path == "index.html" { "" } else { &path }))
    }

    /// Returns the URL of the site's copy of a file of the bag, relative to `from` if the media are part of the site.
    pub(super) fn media(&self, from: &OutPath, path: &str) -> Option<String> {
        let file = self.held(path)?;
        Some(self.media_elsewhere(&file).unwrap_or_else(|| self.url(from, &file)))
    }

    /// Returns the absolute URL of the site's copy of a file of the bag, if known.
    pub(super) fn absolute_media(&self, path: &str) -> Option<String> {
        let file = self.held(path)?;
        self.media_elsewhere(&file).or_else(|| self.absolute(&file))
    }

    /// Returns the URL of a file at the separate address of the media, if there is one.
    pub(super) fn media_elsewhere(&self, file: &OutPath) -> Option<String> {
        Some(format!("{}/{}", self.media_base?, file.as_str().strip_prefix("media/")?))
    }

    /// Returns the target of a link in a body.
    pub(super) fn target(&self, publication: &Publication<'_>, from: &OutPath, href: &str) -> Target {
        match publication.linked(href) {
            Linked::Article(index) => Target::Local(self.url(from, self.post(index))),
            Linked::Album(index) => Target::Local(self.url(from, self.album(index))),
            Linked::NotArchived => Target::NotArchived,
            Linked::Outside => Target::Outside,
        }
    }

    /// Returns the `../` steps from `page` to the top of the site.
    pub(super) fn root(page: &OutPath) -> String {
        "../".repeat(page.as_str().matches('/').count())
    }
}

/// Returns the page of a post, derived from its place in the bag so that it never changes.
fn page_of(post: &PostEntry) -> Result<OutPath> {
    let place = post.place.trim_end_matches(".json");
    OutPath::new(match post.kind {
        Kind::Article => format!("a/{}.html", post.place),
        Kind::Video => format!("v/{}.html", place.trim_start_matches("videos/")),
        _ => format!("n/{}.html", place.trim_start_matches("notes/")),
    })
}

/// Returns a page's file name for an id of any form.
fn file_name(id: &str) -> String {
    let plain = !id.is_empty() && id.len() <= 40 && id.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b));
    if plain { id.to_owned() } else { Sha256::of(id.as_bytes()).hex()[..12].to_owned() }
}
