//! Writes one post or one attachment.

use crate::error::{Error, Result};
use crate::export::Losses;
use crate::export::blog::Blog;
use crate::export::comments::Comment;
use crate::export::identifier::urn;
use crate::export::local_urls::LocalUrls;
use crate::export::old_addresses::Old;
use crate::export::post::PostContent;
use crate::export::uploads::{Upload, Uploads};
use crate::export::xml::Xml;
use crate::html::markup::{Holds, markup};
use crate::model::Time;

/// Time of an item that has none.
const NO_TIME: &str = "0000-00-00 00:00:00";

/// A writer of items.
pub(super) struct Item<'b, 'v> {
    blog: &'b Blog<'v>,
    uploads: &'b Uploads<'v>,
    /// Address of the folder of the media, without a `/` at its end.
    base: String,
}

impl<'b, 'v> Item<'b, 'v> {
    pub(super) fn new(blog: &'b Blog<'v>, uploads: &'b Uploads<'v>) -> Self {
        let media_base = blog.options.settings.get("media-base");
        let base = if media_base.is_empty() {
            format!("{}/wp-content/uploads", blog.options.base_url.as_deref().unwrap_or_default())
        } else {
            media_base.to_owned()
        };
        Self { blog, uploads, base }
    }

    /// Returns the address of a page: a path if the address of the site is not known.
    fn page(&self, old: Old) -> String {
        let base = self.blog.options.base_url.as_deref().unwrap_or_default();
        format!("{base}/{}", super::page(self.blog, old))
    }

    /// Returns the address of a medium.
    fn media(&self, path: &str) -> Option<String> {
        self.uploads.get(path).map(|upload| format!("{}/{}", self.base, upload.path(self.blog, path)))
    }

    /// Returns the number of an attachment.
    fn number(&self, upload: Upload) -> usize {
        self.blog.order.len() + upload.number as usize
    }

    /// Writes a post; `comments` is the number of comments written so far.
    pub(super) fn post(
        &self,
        xml: &mut Xml<'_>,
        place: usize,
        content: &PostContent,
        comments: &mut usize,
        losses: &mut Losses,
    ) -> Result<()> {
        let blog = self.blog;
        let title = blog.title(content);
        let link = |href: &str| blog.link(href, |old| self.page(old));
        let urls = LocalUrls { media: &|path| self.media(path), link: &link, texts: &blog.texts };
        let holds = Holds { xml: false, styles: true, drawings: true, players: true };
        let body = markup(&content.body, holds, &urls);
        losses.add_body(&body.lost, body.missing, &title);
        if content.published.is_none() {
            losses.add("date", 1, &title);
        }
        let modified = content.modified.or(content.published);
        let open = blog.options.comments.is_some();
        xml.open("item", &[])?;
        xml.cdata("title", &[], &shown(&title))?;
        xml.leaf("link", &[], &self.page(Old::Article(place)))?;
        xml.leaf("pubDate", &[], &content.published.map(mail_date).transpose()?.unwrap_or_default())?;
        xml.cdata("dc:creator", &[], &blog.authors[blog.author(place)].login)?;
        xml.leaf("guid", &[("isPermaLink", "false")], &urn(&content.id))?;
        xml.leaf("description", &[], "")?;
        xml.cdata("content:encoded", &[], &block(&body.html))?;
        xml.cdata("excerpt:encoded", &[], &shown(content.summary.as_deref().unwrap_or_default()))?;
        xml.leaf("wp:post_id", &[], &blog.number(place).to_string())?;
        self.times(xml, content.published, modified)?;
        xml.cdata("wp:comment_status", &[], if open { "open" } else { "closed" })?;
        xml.cdata("wp:ping_status", &[], "closed")?;
        xml.cdata("wp:post_name", &[], blog.slug(place))?;
        // WordPress would date a published post without a date to the day of the import.
        self.kind(xml, if content.published.is_some() { "publish" } else { "draft" }, 0, "post")?;
        for album in blog.albums_of(place).map(|album| &blog.albums[album]) {
            xml.cdata("category", &[("domain", "category"), ("nicename", &album.slug)], &album.name)?;
        }
        for tag in blog.tags_of(place).into_iter().map(|tag| &blog.tags[tag]) {
            xml.cdata("category", &[("domain", "post_tag"), ("nicename", &tag.slug)], &tag.name)?;
        }
        let cover = content.cover.as_deref().and_then(|cover| self.uploads.get(cover));
        if let Some(cover) = cover {
            meta(xml, "_thumbnail_id", &self.number(cover).to_string())?;
        }
        meta(xml, "_liudi_id", &content.id)?;
        for (name, url) in [("_liudi_source", &content.old_url), ("_liudi_original", &content.source_url)] {
            if let Some(url) = url {
                meta(xml, name, url)?;
            }
        }
        for comment in &content.comments {
            self.comment(xml, comment, 0, content.published, comments)?;
        }
        xml.close("item")
    }

    /// Writes an attachment.
    pub(super) fn attachment(&self, xml: &mut Xml<'_>, path: &str, upload: Upload) -> Result<()> {
        let blog = self.blog;
        let name = upload.name(blog, path);
        let stem = name.rsplit_once('.').map_or(name.as_str(), |(stem, _)| stem);
        let url = self.media(path).unwrap_or_default();
        let published = blog.publication.post(upload.place).published;
        xml.open("item", &[])?;
        xml.cdata("title", &[], stem)?;
        xml.leaf("link", &[], &url)?;
        xml.leaf("pubDate", &[], &published.map(mail_date).transpose()?.unwrap_or_default())?;
        xml.cdata("dc:creator", &[], &blog.authors[blog.author(upload.place)].login)?;
        xml.leaf("guid", &[("isPermaLink", "false")], &url)?;
        xml.leaf("description", &[], "")?;
        xml.cdata("content:encoded", &[], "")?;
        xml.cdata("excerpt:encoded", &[], "")?;
        xml.leaf("wp:post_id", &[], &self.number(upload).to_string())?;
        self.times(xml, published, published)?;
        xml.cdata("wp:comment_status", &[], "closed")?;
        xml.cdata("wp:ping_status", &[], "closed")?;
        xml.cdata("wp:post_name", &[], &format!("media-{stem}"))?;
        self.kind(xml, "inherit", blog.number(upload.place), "attachment")?;
        xml.cdata("wp:attachment_url", &[], &url)?;
        meta(xml, "_wp_attached_file", &upload.path(blog, path))?;
        xml.close("item")
    }

    fn times(&self, xml: &mut Xml<'_>, published: Option<Time>, modified: Option<Time>) -> Result<()> {
        for (name, time) in [("wp:post_date", published), ("wp:post_modified", modified)] {
            xml.cdata(name, &[], &time.map_or_else(|| NO_TIME.to_owned(), local))?;
            xml.cdata(&format!("{name}_gmt"), &[], &time.map_or_else(|| NO_TIME.to_owned(), universal))?;
        }
        Ok(())
    }

    fn kind(&self, xml: &mut Xml<'_>, status: &str, parent: usize, kind: &str) -> Result<()> {
        xml.cdata("wp:status", &[], status)?;
        xml.leaf("wp:post_parent", &[], &parent.to_string())?;
        xml.leaf("wp:menu_order", &[], "0")?;
        xml.cdata("wp:post_type", &[], kind)?;
        xml.cdata("wp:post_password", &[], "")?;
        xml.leaf("wp:is_sticky", &[], "0")
    }

    /// Writes a comment and its replies; `published` is the time of the post.
    fn comment(
        &self,
        xml: &mut Xml<'_>,
        comment: &Comment,
        parent: usize,
        published: Option<Time>,
        count: &mut usize,
    ) -> Result<()> {
        *count += 1;
        let number = *count;
        let unnamed = || self.blog.texts.get("mirror-comment-unnamed", &[]);
        // WordPress would date a comment without a time to the day of the import; it is no older than its post.
        let when = comment.when.or(published);
        xml.open("wp:comment", &[])?;
        xml.leaf("wp:comment_id", &[], &number.to_string())?;
        xml.cdata("wp:comment_author", &[], &shown(comment.name.as_deref().unwrap_or(&unnamed())))?;
        for name in ["wp:comment_author_email", "wp:comment_author_url", "wp:comment_author_IP"] {
            xml.cdata(name, &[], "")?;
        }
        xml.cdata("wp:comment_date", &[], &when.map_or_else(|| NO_TIME.to_owned(), local))?;
        xml.cdata("wp:comment_date_gmt", &[], &when.map_or_else(|| NO_TIME.to_owned(), universal))?;
        xml.cdata("wp:comment_content", &[], &shown(&comment.text))?;
        xml.cdata("wp:comment_approved", &[], "1")?;
        xml.cdata("wp:comment_type", &[], "comment")?;
        xml.leaf("wp:comment_parent", &[], &parent.to_string())?;
        xml.leaf("wp:comment_user_id", &[], "0")?;
        xml.close("wp:comment")?;
        for reply in &comment.replies {
            self.comment(xml, reply, number, published, count)?;
        }
        Ok(())
    }
}

/// Returns a text as HTML that shows it: WordPress keeps titles, excerpts, and the names and words of comments as they
/// come, and shows them as HTML. Only what HTML would read as a tag or as a character reference is escaped, because
/// other systems that take the format in show these fields as text.
fn shown(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        let next = text[at + c.len_utf8()..].chars().next();
        match c {
            '<' if next.is_none_or(|next| next.is_ascii_alphabetic() || "/!?".contains(next)) => html.push_str("&lt;"),
            '&' if refers(&text[at + 1..]) => html.push_str("&amp;"),
            c => html.push(c),
        }
    }
    html
}

/// Reports whether a text after `&` makes that a character reference. WordPress itself escapes every other `&`.
fn refers(rest: &str) -> bool {
    let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '#');
    end.is_some_and(|end| end > 0 && rest[end..].starts_with(';'))
}

fn meta(xml: &mut Xml<'_>, key: &str, value: &str) -> Result<()> {
    xml.open("wp:postmeta", &[])?;
    xml.cdata("wp:meta_key", &[], key)?;
    xml.cdata("wp:meta_value", &[], value)?;
    xml.close("wp:postmeta")
}

/// Returns a body as a block of HTML, which WordPress shows as it is instead of making paragraphs of its lines. `[` is
/// escaped in front of what could be the name of a shortcode.
fn block(html: &str) -> String {
    if html.is_empty() {
        return String::new();
    }
    let mut text = String::with_capacity(html.len() + 64);
    text.push_str("<!-- wp:html -->\n");
    let mut rest = html;
    while let Some(at) = memchr::memchr(b'[', rest.as_bytes()) {
        text.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        let name = rest.strip_prefix('/').unwrap_or(rest).starts_with(|c: char| c.is_ascii_alphabetic() || c == '[');
        text.push_str(if name { "&#91;" } else { "[" });
    }
    text.push_str(rest);
    text.push_str("\n<!-- /wp:html -->");
    text
}

fn local(time: Time) -> String {
    time.zoned().strftime("%Y-%m-%d %H:%M:%S").to_string()
}

fn universal(time: Time) -> String {
    time.zoned().with_time_zone(jiff::tz::TimeZone::UTC).strftime("%Y-%m-%d %H:%M:%S").to_string()
}

/// Formats a time by RFC 2822, as RSS requires.
pub(super) fn mail_date(time: Time) -> Result<String> {
    let date = jiff::fmt::rfc2822::to_string(&time.zoned());
    date.map_err(|error| Error::other("export-write-failed").with("path", "wordpress.xml").because(error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_runs_no_shortcode() {
        assert_eq!(
            block("<p>[gallery] [/b] a[1] [[x]] [图]</p>"),
            "<!-- wp:html -->\n<p>&#91;gallery] &#91;/b] a[1] &#91;&#91;x]] [图]</p>\n<!-- /wp:html -->"
        );
        assert_eq!(block(""), "");
    }

    #[test]
    fn times_are_those_of_the_platform_and_of_greenwich() {
        let time = Time::from_wall("2024-01-01 07:30").unwrap();
        assert_eq!(local(time), "2024-01-01 07:30:00");
        assert_eq!(universal(time), "2023-12-31 23:30:00");
        assert_eq!(mail_date(time).unwrap(), "Mon, 1 Jan 2024 07:30:00 +0800");
    }
}
