//! Posts as text files, each with its media. Shared by the exporters for Markdown vaults and site generators.

use std::collections::HashMap;
use std::sync::Arc;

use super::front_matter::FrontMatter;
use super::local_urls::{outside, word_of};
use super::old_addresses::{Old, redirects};
use super::post::PostContent;
use super::publication::{Linked, Publication};
use super::published::published;
use super::{Content, ExportOptions, Losses, OutPath, Output, Outputs, names};
use crate::archive::PostEntry;
use crate::error::Result;
use crate::html::body_urls::{BodyUrls, Word};
use crate::html::escape_text;
use crate::html::markdown::{Dialect, Markdown, markdown_as};
use crate::model::{Kind, Post, Sha256, Time};
use crate::text::Texts;

/// The layout of a target's files. Its functions take the names of a post, which are unique.
pub struct Layout {
    /// Function that returns the wanted name of a post.
    pub name: fn(&Publication<'_>, &PostEntry) -> String,
    /// Function that returns the path of the text file.
    pub text: fn(&PostNames) -> String,
    /// Function that returns the beginning of the paths of the media: a folder, or a folder and the beginning of their
    /// file names.
    pub media: fn(&PostNames) -> String,
    /// Function that returns the beginning of the media's URLs in the text.
    pub media_url: fn(&PostNames) -> String,
    /// Function that returns the beginning of the cover's URL in the front matter.
    pub cover_url: fn(&PostNames) -> String,
    /// Function that returns the link from the text of one post to another.
    pub link: fn(from: &PostNames, to: &PostNames) -> String,
    /// Set if the target's posts must have a date. A post without one is written otherwise, and counted.
    pub needs_dates: bool,
    /// Markdown of the target.
    pub dialect: Dialect,
    /// Function that returns the content of the text file.
    pub write: fn(&Bundle<'_>) -> String,
}

/// The names of a post in an export.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PostNames {
    /// Name wanted by the layout, which may contain folders.
    pub name: String,
    /// Stable name in ASCII.
    pub code: String,
    /// Day of publication: `2024-05-06`.
    pub day: Option<String>,
}

/// Returns the names of every post, by its index in the view.
pub fn names(publication: &Publication<'_>, layout: &Layout) -> Vec<PostNames> {
    let codes = names::of_posts(publication, |_, post| names::code(post));
    let all = names::of_posts(publication, layout.name).into_iter().zip(codes);
    let days = publication.view().posts().iter().map(|post| post.published.map(Time::date));
    all.zip(days).map(|((name, code), day)| PostNames { name, code, day }).collect()
}

/// Returns a function that gives the page of an old address in the new site. `path` returns the path of a post's page.
fn page_of(
    publication: &Publication<'_>,
    layout: &Layout,
    path: fn(&PostNames) -> String,
) -> impl Fn(Old) -> Option<String> + Send + Sync + use<> {
    let names = names(publication, layout);
    move |old| match old {
        Old::Article(index) => names.get(index).map(path),
        Old::Album(_) => None,
    }
}

/// A post ready to be written.
pub struct Bundle<'b> {
    /// Content of the post.
    pub content: &'b PostContent,
    /// Names of the post.
    pub names: &'b PostNames,
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
    /// Begins the front matter with the title.
    pub fn title(&self) -> FrontMatter {
        let mut matter = FrontMatter::default();
        let title = self.content.title.as_deref();
        matter.text("title", title.unwrap_or(&self.texts.get("mirror-untitled", &[])));
        matter
    }

    /// Returns the summary as HTML.
    pub fn summary_html(&self) -> Option<String> {
        self.content.summary.as_ref().map(|summary| {
            let mut html = String::new();
            escape_text(summary, &mut html);
            html
        })
    }

    /// Begins the front matter with the fields that every target has; `modified` and `summary` are the target's names
    /// of these two.
    pub fn front_matter(&self, modified: &str, summary: &str) -> FrontMatter {
        let content = self.content;
        let mut matter = self.title();
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
    /// Names of each post, by its index in the view.
    names: Vec<PostNames>,
    key: String,
}

/// Returns the outputs of every bundle: the media first, since a copy that fails is named in the text.
pub fn outputs<'v>(
    publication: &'v Publication<'v>,
    options: &'v ExportOptions,
    layout: &'static Layout,
    version: u32,
) -> impl Iterator<Item = Result<Output<'v>>> + 'v {
    let posts = publication.view().posts();
    let names = names(publication, layout);
    let key = format!("{version} {} {}", options.language.tag(), options.settings.key());
    let texts = Texts::new(options.language);
    let bundles = Arc::new(Bundles { publication, options, layout, texts, names, key });
    (0..posts.len()).flat_map(move |place| match bundles.of(place) {
        Ok(outputs) => outputs.into_iter().map(Ok).collect(),
        Err(error) => vec![Err(error)],
    })
}

impl<'v> Bundles<'v> {
    fn of(self: &Arc<Self>, place: usize) -> Result<Vec<Output<'v>>> {
        let view = self.publication.view();
        let (post, names) = (self.publication.post(place), &self.names[place]);
        let record = view.post(post)?;
        let text = OutPath::new((self.layout.text)(names))?;
        let media = self.publication.media_of(&record);
        let mut outputs = Vec::with_capacity(media.len() + 1);
        let folder = (self.layout.media)(names);
        for (name, path) in file_names(&media) {
            if let (Some(file), Some(digest)) = (view.file(path), view.digest(path)) {
                let path = OutPath::new(format!("{folder}{name}"))?;
                outputs.push(published(path, digest, file));
            }
        }
        let (bundles, key) = (Arc::clone(self), self.key_of(place));
        // The body is read only if the text is written.
        let render = move |losses: &mut Losses| bundles.render(place, &record, losses).map(String::into_bytes);
        outputs.push(Output { path: text, key, content: Content::Render(Box::new(render)) });
        Ok(outputs)
    }

    /// Returns the key of a text, which changes whenever the text would: with the post, its comments, and the posts it
    /// links to.
    fn key_of(&self, place: usize) -> Sha256 {
        let (view, post) = (self.publication.view(), self.publication.post(place));
        let albums = self.publication.album_titles(place);
        let names = &self.names[place];
        let mut text = format!("{} {} {:?} {albums:?} {names:?}", self.key, post.record_digest, post.content_digest);
        for linked in post.linked.iter().filter_map(|alias| view.find(alias)) {
            text = format!("{text}\n{:?}", self.names[linked]);
        }
        if let Some(comments) = self.options.comments.as_ref().filter(|_| post.kind == Kind::Article) {
            let names: Vec<&str> = post.names().collect();
            text = format!("{text}\n{:?}", comments.digest(&names));
        }
        Sha256::of(text.as_bytes())
    }

    fn render(&self, place: usize, record: &Post, losses: &mut Losses) -> Result<String> {
        let content = &self.publication.content_of(place, record, self.options)?;
        let names = &self.names[place];
        let media: HashMap<&str, String> = file_names(&content.media).map(|(name, path)| (path, name)).collect();
        let start = (self.layout.media_url)(names);
        let urls = Urls { bundles: self, names, media: &media, start: &start };
        let cover = content.cover.as_deref().and_then(|cover| media.get(cover));
        let cover = cover.map(|name| (self.layout.cover_url)(names) + name);
        let markdown = markdown_as(&content.body, &urls, self.layout.dialect);
        let title = content.title.as_deref().unwrap_or(&content.id);
        losses.add_body(&markdown.lost, markdown.missing, title);
        losses.add("undated", u64::from(self.layout.needs_dates && names.day.is_none()), title);
        let shorts = self.publication.post(place).aliases.iter().filter_map(|alias| alias.strip_prefix("short:"));
        let old_paths = shorts.map(|short| format!("/s/{short}")).collect();
        Ok((self.layout.write)(&Bundle { content, names, markdown, cover, old_paths, texts: &self.texts }))
    }
}

/// Returns the file name of each medium, with its path in the bag.
fn file_names(media: &[String]) -> impl Iterator<Item = (String, &str)> {
    media.iter().enumerate().map(|(number, path)| {
        let extension = path.rsplit_once('.').map_or("bin", |(_, extension)| extension);
        (format!("{:02}.{extension}", number + 1), path.as_str())
    })
}

/// Returns the outputs of a site generator's source, whose posts are at `posts/<name>/`: the files that do not depend on
/// the posts, the configuration, the redirects, and every post.
pub fn site<'v>(
    publication: &'v Publication<'v>,
    options: &'v ExportOptions,
    layout: &'static Layout,
    version: u32,
    files: &'static [(&'static str, &'static str)],
    config: (&'static str, String),
) -> Result<Outputs<'v>> {
    let files = files.iter().map(|(path, text)| (*path, (*text).to_owned())).chain([config]);
    let fixed = files.map(|(path, text)| text_output(path, text));
    let page = page_of(publication, layout, |names| format!("posts/{}/", names.name));
    let redirects = redirects(publication, options, "redirects", page)?.into_iter().map(Ok);
    Ok(Box::new(fixed.chain(redirects).chain(outputs(publication, options, layout, version))))
}

/// Returns an output with a text that is already written.
fn text_output<'v>(path: &str, text: String) -> Result<Output<'v>> {
    let (path, key) = (OutPath::new(path)?, Sha256::of(text.as_bytes()));
    Ok(Output { path, key, content: Content::Render(Box::new(move |_| Ok(text.clone().into_bytes()))) })
}

struct Urls<'b, 'v> {
    bundles: &'b Bundles<'v>,
    names: &'b PostNames,
    media: &'b HashMap<&'b str, String>,
    /// Beginning of the media's URLs.
    start: &'b str,
}

impl BodyUrls for Urls<'_, '_> {
    fn media(&self, path: &str) -> Option<String> {
        self.media.get(path).map(|name| format!("{}{name}", self.start))
    }

    fn link(&self, href: &str) -> Option<String> {
        if let Linked::Article(index) = self.bundles.publication.linked(href) {
            return Some((self.bundles.layout.link)(self.names, &self.bundles.names[index]));
        }
        outside(href)
    }

    fn word(&self, word: Word) -> String {
        word_of(&self.bundles.texts, word)
    }
}
