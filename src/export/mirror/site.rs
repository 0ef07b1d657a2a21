//! The mirror's site: the publication, its routes, and the texts and templates around it.

use std::sync::Arc;

use super::post;
use super::routes::Routes;
use crate::archive::View;
use crate::error::Result;
use crate::export::ExportOptions;
use crate::export::publication::Publication;
use crate::export::template::Templates;
use crate::model::{Kind, Sha256, Time};
use crate::text::Texts;

/// The site being written.
pub(super) struct Site<'v> {
    pub(super) view: &'v View,
    pub(super) publication: &'v Publication<'v>,
    pub(super) routes: Routes<'v>,
    pub(super) options: &'v ExportOptions,
    pub(super) texts: Arc<Texts>,
    pub(super) templates: Templates,
    /// Key shared by all outputs: version, language, templates, options.
    pub(super) key: Sha256,
}

impl<'v> Site<'v> {
    pub(super) fn new(publication: &'v Publication<'v>, options: &'v ExportOptions, version: u32) -> Result<Self> {
        let texts = Arc::new(Texts::new(options.language));
        let templates = Templates::load(options.templates.as_deref(), &texts)?;
        let view = publication.view();
        let routes = Routes::new(publication, options)?;
        let key = Sha256::of(
            format!(
                "{version}\n{}\n{}\n{:?}\n{:?}\n{:?}\n{:?}\n{:?}",
                options.language.tag(),
                templates.digest(),
                (&options.base_url, &options.media_base, &options.identity, options.noindex, options.host),
                options.without_short_links,
                // Every page may show anything of the account: its name, its signature.
                view.account(),
                view.avatar(),
                (publication.albums().is_empty(), publication.has_articles_only(), publication.has_videos())
            )
            .as_bytes(),
        );
        Ok(Self { view, publication, routes, options, texts, templates, key })
    }

    /// Returns the number of posts in words: as articles, if there are no other posts.
    pub(super) fn count(&self, number: usize) -> String {
        let id = if self.publication.has_articles_only() { "count-articles" } else { "count-items" };
        self.texts.get(id, &[("count", &number.to_string())])
    }

    /// Returns the title of a post as lists show it. Most notes and videos have none and show their form and day.
    pub(super) fn title(&self, place: usize) -> String {
        let post = self.publication.post(place);
        self.publication.title(post).unwrap_or_else(|| match post.kind {
            Kind::Article => self.texts.get("mirror-untitled", &[]),
            _ => post::of_day(self, post),
        })
    }

    /// Formats a day in words.
    pub(super) fn day(&self, time: Time) -> String {
        let day = time.zoned();
        self.texts.get(
            "mirror-date",
            &[("year", &day.year().to_string()), ("month", &day.month().to_string()), ("day", &day.day().to_string())],
        )
    }

    /// Returns the name of the site: the owner's choice, or else the account's name.
    pub(super) fn name(&self) -> String {
        self.options.identity.title.clone().unwrap_or_else(|| self.account())
    }

    /// Returns the name of the account.
    pub(super) fn account(&self) -> String {
        let account = self.view.account();
        account.name.clone().or_else(|| account.alias.clone()).unwrap_or_else(|| self.texts.get("mirror-untitled", &[]))
    }
}
