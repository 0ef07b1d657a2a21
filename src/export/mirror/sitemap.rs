//! The files for search engines: `robots.txt` always, `sitemap.xml` if the site's address is known (a sitemap with
//! relative URLs would be rejected, one with a wrong address would mislead).

use std::io::Write;
use std::sync::Arc;

use super::feeds::write_failed;
use super::site::Site;
use crate::error::Result;
use crate::export::xml::Xml;
use crate::export::{Content, OutPath, Output, WriteTo};
use crate::model::{Hasher, Sha256, Time};

/// Maximum number of URLs in one file by the protocol; its limit of 50 MB is not reached before.
const MOST: usize = 50_000;
const NAMESPACE: &str = "http://www.sitemaps.org/schemas/sitemap/0.9";

/// Adds the files.
pub(super) fn outputs<'v>(site: &Arc<Site<'v>>, outputs: &mut Vec<Output<'v>>) -> Result<()> {
    robots(site, outputs)?;
    if site.options.base_url.is_none() || site.options.noindex {
        return Ok(());
    }
    let pages = pages(site)?;
    let mut hasher = Hasher::new();
    hasher.update(site.key.as_bytes());
    for (page, time) in &pages {
        hasher.update(format!("\n{page} {time:?}").as_bytes());
    }
    let key = hasher.finish();
    let parts = pages.len().div_ceil(MOST);
    let mut add = |path: &str, write: WriteTo<'v>| -> Result<()> {
        let content = Content::Stream(write);
        outputs.push(Output { path: OutPath::new(path)?, key, content });
        Ok(())
    };
    let part = |part: usize| -> WriteTo<'v> {
        let site = Arc::clone(site);
        // The pages are listed again for writing, so that they are not kept in memory until then.
        Box::new(move |out, _| urls(&site, self::pages(&site)?.chunks(MOST).nth(part).unwrap_or_default(), out))
    };
    if parts <= 1 {
        return add("sitemap.xml", part(0));
    }
    for number in 0..parts {
        add(&name(number), part(number))?;
    }
    let site = Arc::clone(site);
    add("sitemap.xml", Box::new(move |out, _| index(&site, parts, out)))
}

fn name(part: usize) -> String {
    format!("sitemap-{}.xml", part + 1)
}

fn robots<'v>(site: &Arc<Site<'v>>, outputs: &mut Vec<Output<'v>>) -> Result<()> {
    let mut text = "User-agent: *\n".to_owned();
    text.push_str(if site.options.noindex { "Disallow: /\n" } else { "Disallow:\n" });
    if let (Some(sitemap), false) = (site.routes.absolute(&OutPath::new("sitemap.xml")?), site.options.noindex) {
        text = text + "\nSitemap: " + &sitemap + "\n";
    }
    let key = Sha256::of(text.as_bytes());
    let content = Content::Render(Box::new(move |_| Ok(text.clone().into_bytes())));
    outputs.push(Output { path: OutPath::new("robots.txt")?, key, content });
    Ok(())
}

/// Returns the pages worth indexing, without the search page and the stubs of old links.
fn pages(site: &Site<'_>) -> Result<Vec<(OutPath, Option<Time>)>> {
    let mut pages = vec![(OutPath::new("index.html")?, None), (OutPath::new("archive/index.html")?, None)];
    for (year, _) in site.publication.years() {
        pages.push((OutPath::new(format!("archive/{year}.html"))?, None));
    }
    pages.extend((0..site.publication.albums().len()).map(|album| (site.routes.album(album).clone(), None)));
    pages.extend((0..site.publication.tags().len()).map(|tag| (site.routes.tag(tag).clone(), None)));
    pages.push((OutPath::new("about.html")?, None));
    if site.publication.has_videos() {
        pages.push((OutPath::new("videos/index.html")?, None));
    }
    if !site.publication.albums().is_empty() {
        pages.push((OutPath::new("albums/index.html")?, None));
    }
    if !site.publication.tags().is_empty() {
        pages.push((OutPath::new("tags/index.html")?, None));
    }
    let posts = site.view.posts().iter().enumerate();
    pages.extend(posts.map(|(place, post)| (site.routes.post(place).clone(), post.last_change())));
    Ok(pages)
}

fn urls(site: &Site<'_>, pages: &[(OutPath, Option<Time>)], out: &mut dyn Write) -> Result<()> {
    let mut xml = Xml::new(out, write_failed)?;
    xml.open("urlset", &[("xmlns", NAMESPACE)])?;
    for (page, time) in pages {
        xml.open("url", &[])?;
        xml.leaf("loc", &[], &site.routes.absolute(page).unwrap_or_default())?;
        if let Some(time) = time {
            xml.leaf("lastmod", &[], &time.to_string())?;
        }
        xml.close("url")?;
    }
    xml.close("urlset")?;
    xml.finish()
}

fn index(site: &Site<'_>, parts: usize, out: &mut dyn Write) -> Result<()> {
    let mut xml = Xml::new(out, write_failed)?;
    xml.open("sitemapindex", &[("xmlns", NAMESPACE)])?;
    for part in 0..parts {
        xml.open("sitemap", &[])?;
        xml.leaf("loc", &[], &site.routes.absolute(&OutPath::new(name(part))?).unwrap_or_default())?;
        xml.close("sitemap")?;
    }
    xml.close("sitemapindex")?;
    xml.finish()
}
