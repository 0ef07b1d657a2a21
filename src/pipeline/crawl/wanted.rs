//! Enqueues the items to fetch: articles that are listed but not saved, and media that saved articles reference and the
//! archive lacks.

use serde::{Deserialize, Serialize};

use super::Crawl;
use crate::error::{Error, Result};
use crate::fetch::{MediaRequest, PlatformUrl};
use crate::model::{ArticleUrl, Kind, MediaKey, MediaRole};
use crate::store::queue::{self, Job};

/// Kind of a job that fetches an article's page.
pub(super) const PAGE: &str = "page";
/// Kind of a job that fetches a media file.
pub(super) const MEDIA: &str = "media";
/// Kind of a job that walks an album's list.
pub(super) const ALBUM: &str = "album";

/// A page to be fetched.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct PageJob {
    pub(super) url: String,
}

/// A media file to be fetched.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct MediaJob {
    pub(super) role: MediaRole,
    pub(super) urls: Vec<String>,
    pub(super) of: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) declared: Option<(u32, u32)>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) bytes: Option<u64>,
}

impl MediaJob {
    pub(super) fn request(&self, account: &str, key: MediaKey) -> MediaRequest {
        MediaRequest {
            account: account.to_owned(),
            key,
            role: self.role,
            urls: self.urls.clone(),
            declared: self.declared,
            bytes: self.bytes,
            hidden: false,
        }
    }
}

pub(super) fn encode<T: Serialize>(value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(|error| Error::other("crawl-job-invalid").because(error))
}

pub(super) fn decode<T: serde::de::DeserializeOwned>(text: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|error| Error::other("crawl-job-invalid").because(error))
}

impl Crawl<'_> {
    /// Enqueues every wanted article, in the order of publication.
    pub(super) fn want_pages(&self) -> Result<()> {
        let catalog = &self.session.catalog;
        let mut jobs: Vec<(String, PageJob)> = Vec::new();
        catalog.each_post(|article| {
            if article.kind != Kind::Article {
                return Ok(());
            }
            // Articles of other accounts are not ours to request; the owner of a bare link is not known yet.
            let ours = article.own || article.account.is_none();
            let fillable = article.gap.as_ref().is_none_or(|gap| gap.reason.can_be_filled());
            // The API returns the body, the page everything around it: both are wanted.
            let whole = article.held && catalog.has_page(article.entity)?;
            if ours && !whole && fillable {
                let link = article.url.as_deref().or_else(|| article.gap.as_ref()?.url.as_deref());
                // A search engine's link has no canonical form.
                let url =
                    link.and_then(|link| Some(ArticleUrl::parse(link)?.canonical().unwrap_or_else(|| link.to_owned())));
                jobs.extend(url.map(|url| (article.id, PageJob { url })));
            }
            Ok(())
        })?;
        catalog.transaction(|connection| {
            for (key, job) in &jobs {
                let payload = encode(job)?;
                let lane = lane_of(&job.url);
                queue::enqueue(connection, self.run.id, &Job { kind: PAGE, key, lane: &lane, payload: &payload })?;
            }
            Ok(())
        })
    }

    /// Enqueues every wanted media file, in the order of keys.
    pub(super) fn want_media(&self) -> Result<()> {
        let catalog = &self.session.catalog;
        let wanted = catalog.wanted_media()?;
        catalog.transaction(|connection| {
            for medium in wanted.into_iter().filter(|medium| medium.own && !medium.urls.is_empty()) {
                let lane = medium.urls.first().map(|url| lane_of(url)).unwrap_or_default();
                let job = MediaJob {
                    role: medium.role,
                    urls: medium.urls,
                    of: medium.of,
                    declared: medium.declared,
                    bytes: medium.bytes,
                };
                let payload = encode(&job)?;
                let job = Job { kind: MEDIA, key: medium.key.as_str(), lane: &lane, payload: &payload };
                queue::enqueue(connection, self.run.id, &job)?;
            }
            Ok(())
        })
    }
}

pub(super) fn lane_of(url: &str) -> String {
    PlatformUrl::parse(url).map(|url| url.host().to_owned()).unwrap_or_default()
}
