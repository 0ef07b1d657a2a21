//! The parts that all pages share: the head, the account, the owner's links, the content security policy.

use minijinja::Value;
use minijinja::value::Serde;
use serde_json::json;

use super::feeds;
use super::routes::Routes;
use super::site::Site;
use crate::error::Result;
use crate::export::{OutPath, options};
use crate::model::Sha256;
use crate::model::site::is_link;

/// Name of the page that hosts show for a missing page.
pub(super) const NOT_FOUND: &str = "404.html";

impl Site<'_> {
    /// Returns the URL of the account's avatar.
    fn avatar(&self, root: &str) -> Option<String> {
        let file = self.view.avatar().and_then(|avatar| self.routes.file(avatar))?;
        Some(self.routes.media_elsewhere(&file).unwrap_or_else(|| format!("{root}{file}")))
    }

    /// Renders a page: `page` holds title, kind, description and css; `more` holds the other values of the template.
    pub(super) fn render(
        &self,
        template: &str,
        path: &OutPath,
        mut page: serde_json::Value,
        more: serde_json::Value,
    ) -> Result<String> {
        let css = page["css"].as_str().unwrap_or_default();
        let csp = csp(css, self.options.media_base.as_deref());
        // A host shows this page for missing pages at any depth, where relative URLs would be wrong; the path of the
        // site is used if its address is known.
        let root = match self.options.base_url.as_deref() {
            Some(base) if path.as_str() == NOT_FOUND => options::path(base),
            _ => Routes::root(path),
        };
        if let Some(page) = page.as_object_mut() {
            page.entry("canonical").or_insert_with(|| json!(self.routes.absolute(path)));
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
                "avatar": self.avatar(&root),
                "albums": !self.publication.albums().is_empty(),
                "videos": self.publication.has_videos(),
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

/// Returns an address of the owner's if a page may link to it. The reader of the options file refuses others, but
/// options can also be made in code.
fn linkable(url: Option<&str>) -> Option<&str> {
    url.filter(|url| is_link(url))
}

/// Returns the page's policy: only the site's own files, and its media if they are served from elsewhere. The page's
/// own style sheet is allowed by its digest.
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
