//! Where every page of the mirror lies, and how one names another.

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use super::body::Target;
use super::media;
use crate::archive::{PostEntry, View};
use crate::error::Result;
use crate::export::publication::{Linked, Publication};
use crate::export::{ExportOptions, OutPath};
use crate::model::{Kind, Sha256};

/// What must be escaped in a path of a URL.
const PATH: &AsciiSet =
    &CONTROLS.add(b' ').add(b'"').add(b'#').add(b'%').add(b'<').add(b'>').add(b'?').add(b'`').add(b'\'');

/// The pages of a mirror.
pub(super) struct Routes<'v> {
    view: &'v View,
    base_url: Option<&'v str>,
    media_base: Option<&'v str>,
    posts: Vec<OutPath>,
    albums: Vec<OutPath>,
    tags: Vec<OutPath>,
}

impl<'v> Routes<'v> {
    /// Places every page. Paths depend on the archive's own names alone, so that they stay when articles are added.
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

    /// The page of a post, by its place in the view.
    pub(super) fn post(&self, place: usize) -> &OutPath {
        &self.posts[place]
    }

    /// The page of an album, by its place in the publication.
    pub(super) fn album(&self, index: usize) -> &OutPath {
        &self.albums[index]
    }

    /// The page of a tag, by its place in the publication.
    pub(super) fn tag(&self, index: usize) -> &OutPath {
        &self.tags[index]
    }

    /// The mirror's copy of a file of the bag.
    pub(super) fn file(&self, path: &str) -> Option<OutPath> {
        let rest = path.strip_prefix("media/sha256/").filter(|rest| media::may_be_published(rest))?;
        self.view.digest(path)?;
        OutPath::new(format!("media/{rest}")).ok()
    }

    /// The URL from one page to another, escaped.
    pub(super) fn url(&self, from: &OutPath, to: &OutPath) -> String {
        utf8_percent_encode(&from.relative_to(to), PATH).to_string()
    }

    /// The path of a page in the site, escaped.
    pub(super) fn escaped(page: &OutPath) -> String {
        utf8_percent_encode(page.as_str(), PATH).to_string()
    }

    /// The absolute URL of a page, where the site's own is known. The home page has the site's own.
    pub(super) fn absolute(&self, page: &OutPath) -> Option<String> {
        let base = self.base_url?;
        let path = Self::escaped(page);
        Some(format!("{base}/{}", if path == "index.html" { "" } else { &path }))
    }

    /// The URL of the site's copy of a file of the bag, as `from` names it.
    pub(super) fn media(&self, from: &OutPath, path: &str) -> Option<String> {
        let file = self.file(path)?;
        Some(self.media_elsewhere(&file).unwrap_or_else(|| self.url(from, &file)))
    }

    /// Its absolute URL, where one is known.
    pub(super) fn absolute_media(&self, path: &str) -> Option<String> {
        let file = self.file(path)?;
        self.media_elsewhere(&file).or_else(|| self.absolute(&file))
    }

    /// Its URL at the address of the media, where they are not part of the site.
    pub(super) fn media_elsewhere(&self, file: &OutPath) -> Option<String> {
        Some(format!("{}/{}", self.media_base?, file.as_str().strip_prefix("media/")?))
    }

    /// Where a link in a body goes.
    pub(super) fn target(&self, publication: &Publication<'_>, from: &OutPath, href: &str) -> Target {
        match publication.linked(href) {
            Linked::Article(index) => Target::Local(self.url(from, self.post(index))),
            Linked::Album(index) => Target::Local(self.url(from, self.album(index))),
            Linked::NotArchived => Target::NotArchived,
            Linked::Outside => Target::Outside,
        }
    }

    /// `../` as often as it takes from `page` to the top of the site.
    pub(super) fn root(page: &OutPath) -> String {
        "../".repeat(page.as_str().matches('/').count())
    }
}

/// The page of a post: by its place in the bag, so that it stays where it is.
fn page_of(post: &PostEntry) -> Result<OutPath> {
    let place = post.place.trim_end_matches(".json");
    OutPath::new(match post.kind {
        Kind::Article => format!("a/{}.html", post.place),
        Kind::Video => format!("v/{}.html", place.trim_start_matches("videos/")),
        _ => format!("n/{}.html", place.trim_start_matches("notes/")),
    })
}

/// A name of a page that an id of whatever form gives.
fn file_name(id: &str) -> String {
    let plain = !id.is_empty() && id.len() <= 40 && id.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b));
    if plain { id.to_owned() } else { Sha256::of(id.as_bytes()).hex()[..12].to_owned() }
}
