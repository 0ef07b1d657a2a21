//! Decides what goes into the file: each page with its address and date, and each medium under every address that a post
//! gives it. Only names are held; content is read while it is written.

use std::collections::HashMap;

use serde_json::{Map, Value};
use url::Url;

use super::Scope;
use crate::archive::PrivateView;
use crate::archive::kept::{KeptBody, KeptPage, KeptPost, body_place, medium_place};
use crate::error::Result;
use crate::export::Losses;
use crate::model::{Class, MediaRole, MediaUse, NameSet, Rank, Sha256, Time};

/// Code of the loss of a page whose address is not known.
const PAGE_ADDRESS: &str = "page-address";
/// Code of the loss of a medium whose address is not known.
const MEDIUM_ADDRESS: &str = "medium-address";
/// Code of the loss of a page that the archive has lost.
pub(super) const PAGE_LOST: &str = "page-lost";
/// Code of the loss of a medium that the archive lacks.
pub(super) const MEDIUM_MISSING: &str = "medium-missing";

/// Host of articles. Links to them have the `==` of `__biz` unescaped, and readers compare addresses as they are.
const PLATFORM: &str = "mp.weixin.qq.com";
/// Maximum length of an address in bytes; readers limit the header of a record.
const LONGEST: usize = 16 * 1024;
/// Year before which no date is credible: the platform did not exist. Archives give files without a date one of 1980.
const FIRST_YEAR: i16 = 2012;

/// A date, and what it is the date of.
#[derive(Clone, Copy, Debug)]
pub(super) struct Dated {
    pub(super) time: Time,
    /// `received`: of the response. `served`: the platform's clock in the page. `saved`: of the file that was saved.
    /// `page`: of the page that shows the medium. `published`: of the post. `archived`: the archive's own.
    pub(super) source: &'static str,
}

/// A page to write.
#[derive(Debug)]
pub(super) struct Page {
    pub(super) kept: KeptPage,
    pub(super) url: Url,
    pub(super) date: Dated,
    pub(super) title: Option<String>,
}

impl Page {
    /// Returns the name of the page, for reports.
    pub(super) fn name(&self) -> &str {
        name(self.title.as_deref(), &self.kept)
    }
}

/// A medium to write.
#[derive(Debug)]
pub(super) struct Medium {
    pub(super) used: MediaUse,
    pub(super) digest: Sha256,
    pub(super) url: Url,
    pub(super) date: Dated,
    /// Title of the first post that uses it.
    pub(super) title: String,
}

/// The text of an article as archived, which needs none of the platform's scripts to be shown.
#[derive(Debug)]
pub(super) struct Text {
    pub(super) body: KeptBody,
    pub(super) url: Url,
    pub(super) date: Dated,
    pub(super) title: String,
}

/// What goes into the file.
#[derive(Debug, Default)]
pub(super) struct Plan {
    /// Pages, grouped by pack.
    pub(super) pages: Vec<Page>,
    /// Texts of articles, those of public ones first.
    pub(super) texts: Vec<Text>,
    /// Media, those of public posts first.
    pub(super) media: Vec<Medium>,
}

/// What a post says about one of its pages.
#[derive(Debug)]
struct Said {
    rank: Rank,
    class: Class,
    url: Option<String>,
    title: Option<String>,
    served: Option<Time>,
    published: Option<Time>,
}

/// What is gathered from the posts.
struct Gatherer<'v> {
    private: &'v PrivateView,
    scope: Scope,
    pages: HashMap<Sha256, (KeptPage, Option<Said>)>,
    texts: Vec<Text>,
    media: Vec<Medium>,
    seen: NameSet,
    archived: Dated,
}

impl Plan {
    /// Reads the index of the evidence and the records of the posts.
    ///
    /// # Errors
    /// Those of reading the archive.
    pub(super) fn new(private: &PrivateView, scope: Scope, losses: &mut Losses) -> Result<Self> {
        // An archive without a day is older than the format; then 1970 says that nothing is known.
        let archived = private.date().unwrap_or_else(|| Time::from_timestamp(jiff::Timestamp::UNIX_EPOCH));
        let mut gatherer = Gatherer {
            private,
            scope,
            pages: HashMap::new(),
            texts: Vec::new(),
            media: Vec::new(),
            seen: NameSet::default(),
            archived: Dated { time: archived, source: "archived" },
        };
        private.each_page(|page| {
            gatherer.pages.insert(page.digest, (page, None));
            Ok(())
        })?;
        private.each_post(|post| {
            gatherer.post(post, losses);
            Ok(())
        })?;
        gatherer.avatar(losses)?;
        Ok(gatherer.finish(losses))
    }
}

impl Gatherer<'_> {
    fn post(&mut self, post: KeptPost, losses: &mut Losses) {
        let mut date = post.published.and_then(|time| dated(Some(time), "published"));
        for source in &post.provenance.sources {
            // Lists and links only mention the post.
            if matches!(source.rank, Rank::Api | Rank::List | Rank::Link) {
                continue;
            }
            let Some((page, said)) = self.pages.get_mut(&source.evidence) else { continue };
            if said.as_ref().is_none_or(|said| source.rank < said.rank) {
                *said = Some(Said {
                    rank: source.rank,
                    class: post.class,
                    url: post.url.clone(),
                    title: post.title.clone(),
                    served: source.as_of,
                    published: post.published,
                });
            }
            let shown = page_date(page, source.as_of, None);
            if let Some(shown) = shown.filter(|_| date.is_none_or(|date| date.source != "page")) {
                date = Some(Dated { source: "page", ..shown });
            }
        }
        if !self.scope.takes(post.class) {
            return;
        }
        let title = post.title.unwrap_or(post.id);
        let text = post.body.and_then(|body| Some((archived(&body_place(&body))?, body)));
        let has_text = text.is_some();
        if let Some((url, body)) = text {
            self.texts.push(Text { body, url, date: self.archived, title: title.clone() });
        }
        self.media_of(&post.media, date, &title, has_text, losses);
    }

    /// Adds media, and counts those that cannot be written.
    fn media_of(&mut self, media: &[MediaUse], date: Option<Dated>, title: &str, has_text: bool, losses: &mut Losses) {
        let one = |medium| self.medium(medium, date, title, has_text).err();
        let lost: Vec<&str> = media.iter().filter_map(one).collect();
        for kind in [MEDIUM_ADDRESS, MEDIUM_MISSING] {
            losses.add(kind, lost.iter().filter(|lost| **lost == kind).count() as u64, title);
        }
    }

    fn avatar(&mut self, losses: &mut Losses) -> Result<()> {
        let account = self.private.account()?;
        if let Some(avatar) = account.avatar_file {
            let title = account.fields.name.unwrap_or_default();
            self.media_of(&[avatar], None, &title, false, losses);
        }
        Ok(())
    }

    /// Adds a medium. Fails once with the kind of loss for one that cannot be written.
    fn medium(
        &mut self,
        used: &MediaUse,
        date: Option<Dated>,
        title: &str,
        has_text: bool,
    ) -> Result<(), &'static str> {
        let held = used.sha256.filter(|_| used.missing.is_none() && self.private.medium(used).is_some());
        let Some(digest) = held else {
            let is_new = self.seen.insert(format!("missing {}", used.key.as_str()));
            return if is_new { Err(MEDIUM_MISSING) } else { Ok(()) };
        };
        if !self.scope.takes(used.bag.unwrap_or_default()) {
            return Ok(());
        }
        let given = used.url.as_deref().and_then(address);
        // Where the text as archived refers to it.
        let is_in_text = has_text && !matches!(used.role, MediaRole::Avatar | MediaRole::Cover);
        let here = medium_place(used).filter(|_| is_in_text).and_then(|place| archived(&place));
        if given.is_none() && here.is_none() {
            let is_new = self.seen.insert(format!("nowhere {}", digest.hex()));
            return if is_new { Err(MEDIUM_ADDRESS) } else { Ok(()) };
        }
        for url in given.into_iter().chain(here) {
            if self.seen.insert(format!("{} {url}", digest.hex())) {
                let date = date.unwrap_or(self.archived);
                self.media.push(Medium {
                    used: MediaUse { url: None, ..used.clone() },
                    digest,
                    url,
                    date,
                    title: title.to_owned(),
                });
            }
        }
        Ok(())
    }

    fn finish(self, losses: &mut Losses) -> Plan {
        let mut pages = Vec::with_capacity(self.pages.len());
        let mut all: Vec<(KeptPage, Option<Said>)> = self.pages.into_values().collect();
        // Each pack is read once.
        all.sort_unstable_by(|(a, _), (b, _)| (&a.place, a.digest).cmp(&(&b.place, b.digest)));
        for (kept, said) in all {
            if !self.scope.takes(said.as_ref().map_or(Class::Private, |said| said.class)) {
                continue;
            }
            let received =
                kept.fetch.as_deref().and_then(|fetch| serde_json::from_str::<Map<String, Value>>(fetch).ok());
            let received = received.as_ref().and_then(|fetch| fetch.get("url")?.as_str());
            let of_post = said.as_ref().and_then(|said| said.url.as_deref());
            let url =
                received.and_then(address).or_else(|| address(&kept.locator)).or_else(|| of_post.and_then(address));
            let (served, published) = said.as_ref().map_or((None, None), |said| (said.served, said.published));
            let title = said.and_then(|said| said.title);
            let Some(url) = url else {
                losses.add(PAGE_ADDRESS, 1, name(title.as_deref(), &kept));
                continue;
            };
            let date = page_date(&kept, served, published).unwrap_or(self.archived);
            pages.push(Page { kept, url, date, title });
        }
        Plan { pages, texts: self.texts, media: self.media }
    }
}

/// Returns the date of a page, from the best statement there is.
fn page_date(page: &KeptPage, served: Option<Time>, published: Option<Time>) -> Option<Dated> {
    let fetch = page.fetch.as_deref().and_then(|fetch| serde_json::from_str::<Map<String, Value>>(fetch).ok());
    let received = fetch.and_then(|fetch| fetch.get("time")?.as_str()?.parse().ok());
    let all = [(received, "received"), (served, "served"), (page.time, "saved"), (published, "published")];
    all.into_iter().find_map(|(time, source)| dated(time, source))
}

fn dated(time: Option<Time>, source: &'static str) -> Option<Dated> {
    let time = time.filter(|time| (FIRST_YEAR..=9998).contains(&time.year()))?;
    Some(Dated { time, source })
}

fn name<'n>(title: Option<&'n str>, page: &'n KeptPage) -> &'n str {
    let title = title.map(str::trim).filter(|title| !title.is_empty());
    title.unwrap_or_else(|| page.locator.rsplit('/').next().unwrap_or_default())
}

/// Returns the address of a file of the archive: on a host that nobody can have (RFC 2606), so that nobody takes it for
/// one of the web.
fn archived(place: &str) -> Option<Url> {
    let mut url = Url::parse("https://archive.invalid/").ok()?;
    url.path_segments_mut().ok()?.extend(place.split('/'));
    Some(url)
}

/// Returns an address as browsers write it, without user name and fragment; `None` if it is none of the web.
pub(super) fn address(text: &str) -> Option<Url> {
    let text = text.trim();
    let mut url = match text.strip_prefix("//") {
        Some(rest) => Url::parse(&format!("https://{rest}")),
        None => Url::parse(text),
    }
    .ok()?;
    if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
        return None;
    }
    url.set_username("").ok()?;
    url.set_password(None).ok()?;
    url.set_fragment(None);
    if url.host_str() == Some(PLATFORM)
        && let Some(query) = url.query().filter(|query| query.contains("%3D"))
    {
        let query = query.replace("%3D", "=");
        url.set_query(Some(&query));
    }
    (url.as_str().len() <= LONGEST).then_some(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_written_as_browsers_do() {
        let written = |text: &str| address(text).map(String::from);
        for (text, url) in [
            (" https://Mp.Weixin.qq.com/s/AbC#rd ", "https://mp.weixin.qq.com/s/AbC"),
            ("//mmbiz.qpic.cn/a b/0?x=\r\ny你", "https://mmbiz.qpic.cn/a%20b/0?x=y%E4%BD%A0"),
            ("http://u:p@a.example:80", "http://a.example/"),
            ("https://mp.weixin.qq.com/s?__biz=MzA%3D%3D&mid=1", "https://mp.weixin.qq.com/s?__biz=MzA==&mid=1"),
        ] {
            assert_eq!(written(text).as_deref(), Some(url));
        }
        let long = format!("https://a.example/{}", "x".repeat(LONGEST));
        for text in ["", "a/b.html", "data:text/html,x", "file:///etc/passwd", "javascript:1", "https://", &long] {
            assert_eq!(written(text), None, "{text}");
        }
    }

    #[test]
    fn a_date_from_before_the_platform_is_none() {
        assert!(dated(Time::from_wall("1980-01-01"), "saved").is_none());
        assert!(dated(Time::from_wall("2012-09-01"), "saved").is_some());
    }
}
