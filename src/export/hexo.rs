//! A site for Hexo: posts with asset folders, albums as categories, old short links as pages, and the minimum of
//! configuration and layouts that lets it build at once. Any theme can be added.

use super::bundles::{self, Bundle, Layout};
use super::front_matter::quoted;
use super::markdown::comments;
use super::publication::Publication;
use super::{ExportOptions, Exporter, Group, Info, Outputs, Shape, names, options};
use crate::error::Result;
use crate::html::markdown::Dialect;

/// The exporter for Hexo.
pub struct Hexo;

static INFO: Info = Info {
    name: "hexo",
    summary_zh: "Hexo 网站：文章、配置和最简主题齐全，运行 npm install 和 npx hexo generate 即可生成",
    summary_en: "a Hexo site: posts, configuration and a minimal theme; `npm install` and `npx hexo generate` build it",
    version: 2,
    group: Group::Website,
    shape: Shape::Folder,
    settings: &[],
};

static LAYOUT: Layout = Layout {
    name: |_, post| names::code(post),
    text: |post| match post.day {
        Some(_) => format!("source/_posts/{}.md", post.name),
        // A post would get the date of its file; a page shows none.
        None => format!("source/posts/{}/index.md", post.name),
    },
    media: |post| match post.day {
        Some(_) => format!("source/_posts/{}/", post.name),
        None => format!("source/posts/{}/", post.name),
    },
    media_url: |_| String::new(),
    cover_url: |post| format!("/posts/{}/", post.name),
    link: |_, to| format!("../{}/", to.name),
    needs_dates: true,
    dialect: Dialect { html_code: &[], is_kramdown: false },
    write,
};

/// Files that do not depend on the posts.
const FILES: &[(&str, &str)] = &[
    ("package.json", PACKAGE),
    ("scripts/old-links.js", include_str!("../../templates/hexo/old-links.js")),
    ("themes/plain/layout/index.ejs", include_str!("../../templates/hexo/layout/index.ejs")),
    ("themes/plain/layout/layout.ejs", include_str!("../../templates/hexo/layout/layout.ejs")),
    ("themes/plain/layout/page.ejs", include_str!("../../templates/hexo/layout/page.ejs")),
    ("themes/plain/layout/post.ejs", include_str!("../../templates/hexo/layout/post.ejs")),
];

const PACKAGE: &str = r#"{
  "name": "site",
  "version": "1.0.0",
  "private": true,
  "scripts": { "build": "hexo generate", "server": "hexo server" },
  "hexo": { "version": "8.1.2" },
  "dependencies": {
    "hexo": "^8.1.2",
    "hexo-generator-archive": "^2.0.0",
    "hexo-generator-category": "^2.0.0",
    "hexo-generator-index": "^4.0.0",
    "hexo-generator-tag": "^2.0.0",
    "hexo-renderer-ejs": "^2.0.0",
    "hexo-renderer-marked": "^7.0.1",
    "hexo-server": "^3.0.0"
  }
}
"#;

impl Exporter for Hexo {
    fn info(&self) -> &'static Info {
        &INFO
    }

    fn outputs<'v>(&self, publication: &'v Publication<'v>, options: &'v ExportOptions) -> Result<Outputs<'v>> {
        let config = ("_config.yml", config(publication, options));
        bundles::site(publication, options, &LAYOUT, INFO.version, FILES, config)
    }
}

fn config(publication: &Publication<'_>, options: &ExportOptions) -> String {
    let title = publication.site_title(options);
    // Hexo requires an address; this one is its own placeholder.
    let base = options.base_url.as_deref().unwrap_or("http://example.com");
    format!(
        "title: {}\nurl: {}\nroot: {}\nlanguage: zh-CN\ntimezone: Asia/Shanghai\ntheme: plain\n\n\
         permalink: posts/:title/\nnew_post_name: :title.md\npost_asset_folder: true\nupdated_option: empty\n\
         syntax_highlighter: ''\nindex_generator: {{ per_page: 0, order_by: -date }}\n\
         category_generator: {{ per_page: 0 }}\ntag_generator: {{ per_page: 0 }}\narchive_generator: {{ per_page: 0 }}\n\n\
         # The author's own line breaks, quotation marks and dashes.\n\
         marked: {{ breaks: false, smartypants: false, descriptionLists: false, prependRoot: true, postAsset: true }}\n",
        quoted(title),
        quoted(base),
        quoted(&options::path(base))
    )
}

fn write(bundle: &Bundle<'_>) -> String {
    let content = bundle.content;
    let body = bundle.markdown.text.clone() + "\n" + &comments(bundle);
    let mut matter = bundle.title();
    // Hexo ignores the offset of a time and takes it to be in the site's time zone.
    let local = |time: crate::model::Time| time.zoned().strftime("%Y-%m-%d %H:%M:%S").to_string();
    match content.published {
        Some(time) => matter.plain("date", local(time)),
        None => matter.plain("layout", "page"),
    }
    if let Some(time) = content.modified {
        matter.plain("updated", local(time));
    }
    matter.maybe("author", content.author.as_deref());
    matter.maybe("excerpt", bundle.summary_html().as_deref());
    // A plain list would make each category a child of the one before.
    let categories: Vec<String> = content.albums.iter().map(|album| format!("[{}]", quoted(album))).collect();
    if !categories.is_empty() {
        matter.plain("categories", format!("[{}]", categories.join(", ")));
    }
    matter.list("tags", &content.tags);
    matter.maybe("cover", bundle.cover.as_deref());
    matter.list("aliases", &bundle.old_paths);
    matter.maybe("source_url", content.old_url.as_deref());
    matter.text("post_id", &content.id);
    if ["{{", "{%", "{#"].iter().any(|code| body.contains(code)) {
        matter.plain("disableNunjucks", true);
    }
    matter.finish() + &body
}
