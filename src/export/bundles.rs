//! Posts as folders, each with one text file and its media. Shared by the exporters for Markdown vaults and site
//! generators.

use std::collections::HashMap;
use std::sync::Arc;

use super::front_matter::FrontMatter;
use super::post::PostContent;
use super::publication::{Linked, Publication};
use super::{Content, ExportOptions, Losses, OutPath, Output, names};
use crate::archive::PostEntry;
use crate::error::Result;
use crate::html::body_urls::{BodyUrls, Word};
use crate::html::markdown::{Markdown, markdown};
use crate::model::Sha256;
use crate::text::Texts;

/// The bundle layout of a target.
pub struct Layout {
    /// Name of the text file.
    pub index: &'static str,
    /// Folder of the media inside the bundle, with `/` at its end; empty if the media are in the same folder as the
    /// text.
    pub media: &'static str,
    /// Function that returns the folder of a post.
    pub folder: fn(&Publication<'_>, &PostEntry) -> String,
    /// Function that returns the link from the text of one post to another, given their folders.
    pub link: fn(from: &str, to: &str) -> String,
    /// Function that returns the content of the text file.
    pub write: fn(&Bundle<'_>) -> String,
}

/// A post ready to be written.
pub struct Bundle<'b> {
    /// Content of the post.
    pub content: &'b PostContent,
    /// Body as Markdown.
    pub markdown: Markdown,
    /// Reference to the cover in the text.
    pub cover: Option<String>,
    /// Paths of the platform's short links to the post: `/s/<short>`.
    pub old_paths: Vec<String>,
    /// Texts in the export's language.
    pub texts: &'b Texts,
}

impl Bundle<'_> {
    /// Begins the front matter with the fields that every target has; `modified` and `summary` are the target's names
    /// of these two.
    pub fn front_matter(&self, modified: &str, summary: &str) -> FrontMatter {
        let content = self.content;
        let mut matter = FrontMatter::default();
        matter.text("title", content.title.as_deref().unwrap_or(&self.texts.get("mirror-untitled", &[])));
        for (name, time) in [("date", content.published), (modified, content.modified)] {
            if let Some(time) = time {
                matter.plain(name, time);
            }
        }
        matter.maybe("author", content.author.as_deref());
        matter.maybe(summary, content.summary.as_deref());
        matter.list("albums", &content.albums);
        matter.list("tags", &content.tags);
        matter.maybe("cover", self.cover.as_deref());
        matter
    }
}

struct Bundles<'v> {
    publication: &'v Publication<'v>,
    options: &'v ExportOptions,
    layout: &'static Layout,
    texts: Texts,
    /// Folder of each post, by its index in the view.
    folders: Vec<String>,
    key: String,
}

/// Returns the outputs of every bundle: the text first, then its media.
pub fn outputs<'v>(
    publication: &'v Publication<'v>,
    options: &'v ExportOptions,
    layout: &'static Layout,
    version: u32,
) -> impl Iterator<Item = Result<Output<'v>>> + 'v {
    let posts = publication.view().posts();
    let folders = names::of_posts(publication, layout.folder);
    let key = format!("{version} {} {}", options.language.tag(), options.settings.key());
    let texts = Texts::new(options.language);
    let bundles = Arc::new(Bundles { publication, options, layout, texts, folders, key });
    (0..posts.len()).flat_map(move |place| match bundles.of(place) {
        Ok(outputs) => outputs.into_iter().map(Ok).collect(),
        Err(error) => vec![Err(error)],
    })
}

impl<'v> Bundles<'v> {
    fn of(self: &Arc<Self>, place: usize) -> Result<Vec<Output<'v>>> {
        let view = self.publication.view();
        let content = self.publication.content(place, self.options)?;
        let folder = &self.folders[place];
        let text = OutPath::new(format!("{folder}/{}", self.layout.index))?;
        let mut outputs = Vec::with_capacity(content.media.len() + 1);
        for (name, path) in self.media(&content) {
            if let (Some(file), Some(digest)) = (view.file(&path), view.digest(&path)) {
                let path = OutPath::new(format!("{folder}/{name}"))?;
                outputs.push(Output { path, key: digest, content: Content::File(file) });
            }
        }
        let (bundles, key) = (Arc::clone(self), self.key_of(self.publication.post(place), &content));
        // The text is rendered from the content read for the list, so that a record is read only once.
        let render = move |losses: &mut Losses| Ok(bundles.render(place, &content, losses).into_bytes());
        outputs.insert(0, Output { path: text, key, content: Content::Render(Box::new(render)) });
        Ok(outputs)
    }

    /// Returns the key of a text, which changes whenever the text would: with the post, its comments, and the folders
    /// it links to.
    fn key_of(&self, post: &PostEntry, content: &PostContent) -> Sha256 {
        let view = self.publication.view();
        let mut text = format!("{} {} {:?} {:?}", self.key, post.record_digest, post.content_digest, content.albums);
        for linked in post.linked.iter().filter_map(|alias| view.find(alias)) {
            text = text + "\n" + &self.folders[linked];
        }
        for comment in &content.comments {
            text = format!("{text}\n{comment:?}");
        }
        Sha256::of(text.as_bytes())
    }

    /// Returns the media of a post: the name of each relative to the text, and its path in the bag.
    fn media(&self, content: &PostContent) -> Vec<(String, String)> {
        let named = content.media.iter().enumerate().map(|(number, path)| {
            let extension = path.rsplit_once('.').map_or("bin", |(_, extension)| extension);
            (format!("{}{:02}.{extension}", self.layout.media, number + 1), path.clone())
        });
        named.collect()
    }

    fn render(&self, place: usize, content: &PostContent, losses: &mut Losses) -> String {
        let media: HashMap<String, String> = self.media(content).into_iter().map(|(name, path)| (path, name)).collect();
        let urls = Urls { bundles: self, folder: &self.folders[place], media: &media };
        let cover = content.cover.as_ref().and_then(|cover| media.get(cover)).cloned();
        let markdown = markdown(&content.body, &urls);
        let title = content.title.as_deref().unwrap_or(&content.id);
        for (kind, count) in &markdown.lost {
            losses.add(kind, u64::from(*count), title);
        }
        let shorts = self.publication.post(place).aliases.iter().filter_map(|alias| alias.strip_prefix("short:"));
        let old_paths = shorts.map(|short| format!("/s/{short}")).collect();
        (self.layout.write)(&Bundle { content, markdown, cover, old_paths, texts: &self.texts })
    }
}

struct Urls<'b, 'v> {
    bundles: &'b Bundles<'v>,
    folder: &'b str,
    media: &'b HashMap<String, String>,
}

impl BodyUrls for Urls<'_, '_> {
    fn media(&self, path: &str) -> Option<String> {
        self.media.get(path).cloned()
    }

    fn link(&self, href: &str) -> Option<String> {
        if let Linked::Article(index) = self.bundles.publication.linked(href) {
            return Some((self.bundles.layout.link)(self.folder, &self.bundles.folders[index]));
        }
        ["https://", "http://", "mailto:"].iter().any(|scheme| href.starts_with(scheme)).then(|| href.to_owned())
    }

    fn word(&self, word: Word) -> String {
        let id = match word {
            Word::Audio => "mirror-form-audio",
            Word::MissingAudio => "mirror-missing-audio",
            Word::MissingImage => "mirror-missing-image",
            Word::MissingVideo => "mirror-missing-video",
            Word::Video => "mirror-form-video",
        };
        self.bundles.texts.get(id, &[])
    }
}
