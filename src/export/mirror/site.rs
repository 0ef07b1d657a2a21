//! What pages there are, where they stand and how they hang together: settled before anything is rendered.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use minijinja::Value;
use minijinja::value::Serde;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde_json::json;

use super::super::form::form;
use super::super::template::Templates;
use super::super::{ExportOptions, OutPath, options};
use super::body::Target;
use super::collections::{Collection, album_id, albums, tags};
use super::item::Item;
use super::old_links::Old;
use super::text::plain_text;
use super::{feeds, media, piece};
use crate::archive::View;
use crate::archive::view::Entry;
use crate::archive::view_pieces::PieceEntry;
use crate::error::Result;
use crate::model::site::is_link;
use crate::model::{ArticleUrl, Sha256, Time};
use crate::text::Texts;

/// What must not stand bare in a path of a URL.
const PATH: &AsciiSet =
    &CONTROLS.add(b' ').add(b'"').add(b'#').add(b'%').add(b'<').add(b'>').add(b'?').add(b'`').add(b'\'');

/// What hosts show for a page that is not there.
pub(super) const NOT_FOUND: &str = "404.html";

/// The site.
pub(super) struct Site<'v> {
    pub(super) view: &'v View,
    pub(super) options: &'v ExportOptions,
    pub(super) texts: Arc<Texts>,
    pub(super) templates: Templates,
    /// The page of each entry of the view.
    pub(super) pages: Vec<OutPath>,
    /// The page of each note and video of the view.
    pub(super) piece_pages: Vec<OutPath>,
    pub(super) albums: Vec<Collection>,
    pub(super) tags: Vec<Collection>,
    /// The albums each entry is in, with its place there.
    pub(super) in_albums: HashMap<usize, Vec<(usize, usize)>>,
    /// Years with what was published in them, latest first; within a year the oldest first.
    pub(super) years: Vec<(i16, Vec<Item>)>,
    /// How articles begin that have neither title nor summary, by folder.
    beginnings: HashMap<String, String>,
    /// What has no date.
    pub(super) undated: Vec<Item>,
    /// Stands in every key: version, language, templates, options.
    pub(super) key: Sha256,
}

impl<'v> Site<'v> {
    pub(super) fn new(view: &'v View, options: &'v ExportOptions, version: u32) -> Result<Self> {
        let texts = Arc::new(Texts::new(options.language));
        let templates = Templates::load(options.templates.as_deref(), &texts)?;
        let mut pages = Vec::with_capacity(view.entries().len());
        let mut years: BTreeMap<i16, Vec<Item>> = BTreeMap::new();
        let mut undated = Vec::new();
        let mut place = |time: Option<Time>, item: Item| match time {
            Some(time) => years.entry(time.year()).or_default().push(item),
            None => undated.push(item),
        };
        for (index, entry) in view.entries().iter().enumerate() {
            pages.push(OutPath::new(format!("a/{}.html", entry.folder))?);
            place(entry.published, Item::Article(index));
        }
        let mut piece_pages = Vec::with_capacity(view.pieces().len());
        for (index, entry) in view.pieces().iter().enumerate() {
            piece_pages.push(piece::page_path(entry)?);
            place(entry.piece.fields.published, Item::Piece(index));
        }
        // Stable: of one moment articles come first, each kind in its own order.
        for items in years.values_mut() {
            items.sort_by_key(|item| item.published(view));
        }
        let albums = albums(view)?;
        let mut in_albums: HashMap<usize, Vec<(usize, usize)>> = HashMap::new();
        for (album, collection) in albums.iter().enumerate() {
            for (place, member) in collection.members.iter().enumerate() {
                in_albums.entry(*member).or_default().push((album, place));
            }
        }
        let tags = tags(view)?;
        let key = Sha256::of(
            format!(
                "{version}\n{}\n{}\n{:?}\n{:?}\n{:?}\n{:?}\n{:?}",
                options.language.tag(),
                templates.digest(),
                (&options.base_url, &options.media_base, &options.identity, options.noindex, options.host),
                options.without_short_links,
                view.account().name,
                view.face(),
                (albums.is_empty(), view.pieces().is_empty(), view.pieces().iter().any(PieceEntry::is_video))
            )
            .as_bytes(),
        );
        let years = years.into_iter().rev().collect();
        let mut beginnings = HashMap::new();
        for entry in view.entries().iter().filter(|entry| named(entry).is_none()) {
            let text = view.content(entry)?.map(|content| plain_text(&content)).unwrap_or_default();
            beginnings.insert(entry.folder.clone(), beginning(&text));
        }
        Ok(Self {
            view,
            options,
            texts,
            templates,
            pages,
            piece_pages,
            albums,
            tags,
            in_albums,
            years,
            beginnings,
            undated,
            key,
        })
    }

    /// Everything published: the articles, then notes and videos.
    pub(super) fn items(&self) -> impl Iterator<Item = Item> + use<> {
        (0..self.pages.len()).map(Item::Article).chain((0..self.piece_pages.len()).map(Item::Piece))
    }

    /// Everything published, latest first; what has no date stands last.
    pub(super) fn newest_first(&self) -> Vec<Item> {
        let dated = self.years.iter().flat_map(|(_, items)| items.iter().rev());
        dated.chain(self.undated.iter().rev()).copied().collect()
    }

    /// Whether there is a list of videos.
    pub(super) fn has_videos(&self) -> bool {
        self.view.pieces().iter().any(PieceEntry::is_video)
    }

    /// How many things were published, in words: articles, where there is nothing else.
    pub(super) fn count(&self, number: usize) -> String {
        let id = if self.view.pieces().is_empty() { "count-articles" } else { "count-items" };
        self.texts.get(id, &[("count", &number.to_string())])
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
    fn escaped(page: &OutPath) -> String {
        utf8_percent_encode(page.as_str(), PATH).to_string()
    }

    /// The absolute URL of a page, where the site's own is known. The home page has the site's own.
    pub(super) fn absolute(&self, page: &OutPath) -> Option<String> {
        let base = self.options.base_url.as_deref()?;
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

    fn media_elsewhere(&self, file: &OutPath) -> Option<String> {
        let base = self.options.media_base.as_deref()?;
        Some(format!("{base}/{}", file.as_str().strip_prefix("media/")?))
    }

    /// The page an old link leads to, and its title.
    pub(super) fn old(&self, old: Old) -> (&OutPath, String) {
        match old {
            Old::Article(index) => (&self.pages[index], self.title(&self.view.entries()[index])),
            Old::Album(index) => (&self.albums[index].page, self.albums[index].title.clone()),
        }
    }

    /// Where an old link leads: a path in the site, escaped.
    pub(super) fn location(&self, old: Old) -> String {
        Self::escaped(match old {
            Old::Article(index) => &self.pages[index],
            Old::Album(index) => &self.albums[index].page,
        })
    }

    /// Where a link in a body goes.
    pub(super) fn target(&self, from: &OutPath, href: &str) -> Target {
        if let Some(index) = self.view.find_url(href) {
            return Target::Local(self.url(from, &self.pages[index]));
        }
        if let Some(album) = album_id(href).and_then(|id| self.albums.iter().find(|album| album.id == id)) {
            return Target::Local(self.url(from, &album.page));
        }
        if ArticleUrl::parse(href).is_some() { Target::NotArchived } else { Target::Outside }
    }

    /// The title of an entry as lists show it: text posts have none and show how they begin.
    pub(super) fn title(&self, entry: &Entry) -> String {
        let begins = || self.beginnings.get(&entry.folder).filter(|text| !text.is_empty()).cloned();
        named(entry).or_else(begins).unwrap_or_else(|| self.texts.get("mirror-untitled", &[]))
    }

    /// A day in words.
    pub(super) fn day(&self, time: Time) -> String {
        let day = time.zoned();
        self.texts.get(
            "mirror-date",
            &[("year", &day.year().to_string()), ("month", &day.month().to_string()), ("day", &day.day().to_string())],
        )
    }

    /// The name of the site: the owner's, else the account's.
    pub(super) fn name(&self) -> String {
        self.options.identity.title.clone().unwrap_or_else(|| self.account())
    }

    /// The name of the account.
    pub(super) fn account(&self) -> String {
        let account = self.view.account();
        account.name.clone().or_else(|| account.alias.clone()).unwrap_or_else(|| self.texts.get("mirror-untitled", &[]))
    }

    /// `../` as often as it takes from `page` to the top of the site.
    pub(super) fn root(page: &OutPath) -> String {
        "../".repeat(page.as_str().matches('/').count())
    }

    /// The URL of the account's face.
    fn face(&self, root: &str) -> Option<String> {
        let file = self.view.face().and_then(|face| self.file(face))?;
        Some(self.media_elsewhere(&file).unwrap_or_else(|| format!("{root}{file}")))
    }

    /// Renders a page: `page` holds title, kind, description, css; `more` what the template needs besides.
    pub(super) fn render(
        &self,
        template: &str,
        path: &OutPath,
        mut page: serde_json::Value,
        more: serde_json::Value,
    ) -> Result<String> {
        let css = page["css"].as_str().unwrap_or_default();
        let csp = csp(css, self.options.media_base.as_deref());
        // A host shows its page for what is not there at any depth, so that relative URLs would lead astray; where the
        // site's address is known its path is.
        let root = match self.options.base_url.as_deref() {
            Some(base) if path.as_str() == NOT_FOUND => options::path(base),
            _ => Self::root(path),
        };
        if let Some(page) = page.as_object_mut() {
            page.entry("canonical").or_insert_with(|| json!(self.absolute(path)));
        }
        let identity = &self.options.identity;
        let follow: Vec<serde_json::Value> = identity
            .follow
            .iter()
            .map(|place| json!({ "name": place.name, "url": linkable(place.url.as_deref()) }))
            .collect();
        let mut context = json!({
            "site": {
                "title": self.name(),
                "account": self.account(),
                "lang": self.options.language.tag(),
                "face": self.face(&root),
                "albums": !self.albums.is_empty(),
                "videos": self.has_videos(),
                "search": true,
                "lookup": true,
                "feeds": feeds::names(self),
                "noindex": self.options.noindex,
                "copyright": identity.copyright,
                "licence": identity.licence,
                "licence_url": linkable(identity.licence_url.as_deref()),
                "icp": identity.icp,
                "notice": identity.notice,
                "media_host": self.options.media_base.as_deref().map(options::origin),
                "follow": follow,
            },
            "root": root,
            "csp": csp,
            "page": page,
        });
        if let (Some(context), serde_json::Value::Object(more)) = (context.as_object_mut(), more) {
            context.extend(more);
        }
        self.templates.render(template, Value::from(Serde(&context)))
    }
}

/// An address of the owner's, if a page may link to it. The file's reader refuses others; options can be made by hand.
fn linkable(url: Option<&str>) -> Option<&str> {
    url.filter(|url| is_link(url))
}

/// The title, or how the summary begins. What the platform gives a text post as its title is its text.
fn named(entry: &Entry) -> Option<String> {
    let given =
        |text: &Option<String>| text.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
    let title = given(&entry.title).map(|title| match form(entry) {
        "text" => beginning(&title),
        _ => title.chars().take(200).collect(),
    });
    title.or_else(|| given(&entry.summary).map(|summary| beginning(&summary)))
}

/// The characters that a line of a list takes.
const LINE: usize = 40;

/// The first sentence or, where that is longer than a line, as many whole clauses as fit.
pub(super) fn beginning(text: &str) -> String {
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

/// The page's policy: nothing but the site's own files, and its media where they stand elsewhere. The page's own style sheet is let in by its digest.
fn csp(css: &str, media_base: Option<&str>) -> String {
    use base64::Engine as _;
    let style = if css.is_empty() {
        "'self'".to_owned()
    } else {
        let digest = base64::engine::general_purpose::STANDARD.encode(Sha256::of(css.as_bytes()).as_bytes());
        format!("'self' 'sha256-{digest}'")
    };
    let media = media_base.map(|base| format!(" {}", options::origin(base))).unwrap_or_default();
    format!(
        "default-src 'none'; script-src 'self'; style-src {style}; img-src 'self' data:{media}; media-src 'self'{media}; form-action 'none'; base-uri 'none'"
    )
}
