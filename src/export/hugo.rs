//! A site for Hugo: page bundles, old short links as aliases, albums and tags as taxonomies, and the minimum of
//! configuration and layouts that lets it build at once. Any theme can be added.

use super::bundles::{self, Bundle, Layout};
use super::markdown::comments;
use super::publication::Publication;
use super::{ExportOptions, Exporter, Group, Info, Outputs, Shape, names};
use crate::error::Result;
use crate::html::markdown::Dialect;

/// The exporter for Hugo.
pub struct Hugo;

static INFO: Info = Info {
    name: "hugo",
    summary_zh: "Hugo 网站：内容、配置和最简模板齐全，装好 Hugo 后直接运行 hugo 即可生成",
    summary_en: "a Hugo site: content, configuration and minimal layouts; with Hugo installed, `hugo` builds it directly",
    version: 3,
    group: Group::Website,
    shape: Shape::Folder,
    settings: &[],
};

static LAYOUT: Layout = Layout {
    // These names are not changed by Hugo's URLs.
    name: |_, post| names::code(post),
    text: |post| format!("content/posts/{}/index.md", post.name),
    media: |post| format!("content/posts/{}/", post.name),
    media_url: |_| String::new(),
    cover_url: |_| String::new(),
    link: |_, to| format!("../{}/", to.name),
    needs_dates: false,
    dialect: Dialect { html_code: &["<!--more", "{{<", "{{%"], is_kramdown: false },
    write,
};

/// Files that do not depend on the posts.
const FILES: &[(&str, &str)] = &[
    ("content/posts/_index.md", "---\ntitle: \"\"\n---\n"),
    ("layouts/_default/baseof.html", include_str!("../../templates/hugo/baseof.html")),
    ("layouts/_default/list.html", include_str!("../../templates/hugo/list.html")),
    ("layouts/_default/single.html", include_str!("../../templates/hugo/single.html")),
    ("layouts/index.html", include_str!("../../templates/hugo/list.html")),
];

impl Exporter for Hugo {
    fn info(&self) -> &'static Info {
        &INFO
    }

    fn outputs<'v>(&self, publication: &'v Publication<'v>, options: &'v ExportOptions) -> Result<Outputs<'v>> {
        let config = ("hugo.toml", config(publication, options));
        bundles::site(publication, options, &LAYOUT, INFO.version, FILES, config)
    }
}

fn config(publication: &Publication<'_>, options: &ExportOptions) -> String {
    let title = publication.site_title(options);
    let base = options.base_url.as_ref().map_or_else(|| "/".to_owned(), |base| format!("{base}/"));
    let quoted = |text: &str| toml::Value::String(text.to_owned()).to_string();
    format!(
        "baseURL = {}\ntitle = {}\ndefaultContentLanguage = \"zh\"\nhasCJKLanguage = true\ntimeZone = \"Asia/Shanghai\"\n\n\
         [params]\nlang = \"zh-CN\"\n\n[taxonomies]\nalbum = \"albums\"\ntag = \"tags\"\n\n\
         [markup.goldmark.extensions]\n# The author's own quotation marks and dashes.\ntypographer = false\n\n\
         [markup.goldmark.parser.attribute]\n# A heading may end in braces.\ntitle = false\n\n\
         [markup.goldmark.renderer]\n# Tables with merged cells are HTML.\nunsafe = true\n",
        quoted(&base),
        quoted(title)
    )
}

fn write(bundle: &Bundle<'_>) -> String {
    let content = bundle.content;
    let mut matter = bundle.front_matter("lastmod", "summary");
    matter.list("aliases", &bundle.old_paths);
    matter.maybe("source", content.old_url.as_deref());
    matter.text("id", &content.id);
    matter.finish() + &bundle.markdown.text + "\n" + &comments(bundle)
}
