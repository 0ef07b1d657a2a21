//! The mirror: a static site of the public articles that works by double-click and on any host, and makes no request to
//! any other host.
//!
//! `site::Site` knows which pages exist; `post`, with `article` and `short_post`, and `lists` make the context of each;
//! `body` turns a canonical body into that of the page; templates decide the rest.

mod activity;
mod article;
mod body;
mod chrome;
mod colour;
mod feed_item;
mod feeds;
mod heading;
mod hoist;
mod inset;
mod lists;
mod media;
mod old_links;
mod parts;
mod post;
mod redirects;
mod routes;
mod search;
mod short_post;
mod site;
mod sitemap;

use std::sync::Arc;

use self::site::Site;
use super::{
    Content, ExportOptions, Exporter, Group, Info, OutPath, Output, Outputs, Publication, Shape, old_addresses,
};
use crate::error::Result;
use crate::export::published::published;
use crate::model::Sha256;

/// Folder of the media files in the outputs. With [`ExportOptions::media_base`] they are not part of the site but have
/// to be uploaded to that address, without this folder's name.
pub const MEDIA: &str = "media";

/// Content security policy for media, which a reader may open directly: their content runs nothing and makes no request
/// to another host. Videos keep the site's origin (which allows nothing without scripts), because a browser plays a
/// directly opened video in a page of its own and checks this policy before loading it there.
pub const MEDIA_POLICY: &str = "sandbox allow-same-origin; default-src 'none'; style-src 'unsafe-inline'; img-src data:; media-src 'self'; frame-ancestors 'none'";

/// The exporter of the mirror.
pub struct Mirror;

impl Exporter for Mirror {
    fn info(&self) -> &'static Info {
        &Info {
            name: "mirror",
            summary_zh: "静态网站：双击即可打开，也可以放到任何主机上",
            summary_en: "a static site that opens by double-click and can be put on any host",
            version: 3,
            group: Group::Site,
            shape: Shape::Folder,
            settings: &[],
        }
    }

    fn outputs<'v>(&self, publication: &'v Publication<'v>, options: &'v ExportOptions) -> Result<Outputs<'v>> {
        let view = publication.view();
        let site = Arc::new(Site::new(publication, options, self.info().version)?);
        let mut assets = Vec::new();
        for (name, bytes) in site.templates.assets() {
            let bytes = bytes.clone();
            assets.push(Output {
                path: OutPath::new(format!("assets/{name}"))?,
                key: Sha256::of(&bytes),
                content: Content::Render(Box::new(move |_| Ok(bytes.clone()))),
            });
        }
        let routes = Arc::clone(&site);
        let media = view
            .media()
            .into_iter()
            .filter_map(move |path| Some(published(routes.routes.file(path)?, view.digest(path)?, view.file(path)?)));
        let posts = post::outputs(&site);
        // Each when its turn has come: what they list is as long as the site.
        let of_old_links = Arc::clone(&site);
        let parts = std::iter::once_with(move || pages(&site)).chain(std::iter::once_with(move || old(&of_old_links)));
        let parts = parts.flat_map(|part| part.unwrap_or_else(|error| Box::new(std::iter::once(Err(error)))));
        Ok(Box::new(assets.into_iter().chain(media).chain(posts).map(Ok).chain(parts)))
    }
}

/// Lists what is made of all posts together.
fn pages<'v>(site: &Arc<Site<'v>>) -> Result<Outputs<'v>> {
    let mut outputs = Vec::new();
    lists::outputs(site, &mut outputs)?;
    search::outputs(site, &mut outputs)?;
    feeds::outputs(site, &mut outputs)?;
    sitemap::outputs(site, &mut outputs)?;
    Ok(Box::new(outputs.into_iter().map(Ok)))
}

/// Lists what keeps old links working.
fn old<'v>(site: &Arc<Site<'v>>) -> Result<Outputs<'v>> {
    let names = Arc::new(old_addresses::names(site.publication));
    let mut outputs = Vec::new();
    old_links::outputs(site, &names, &mut outputs)?;
    redirects::outputs(site, &names, &mut outputs)?;
    Ok(Box::new(outputs.into_iter().map(Ok).chain(old_links::stubs(site, &names))))
}
