//! A site for Jekyll: posts, their media below `assets`, albums as categories, old short links as pages, and the minimum
//! of configuration and layouts that lets it build at once. Any theme can be added.

use std::sync::LazyLock;

use regex::Regex;

use super::bundles::{self, Bundle, Layout};
use super::front_matter::quoted;
use super::markdown::comments;
use super::publication::Publication;
use super::{ExportOptions, Exporter, Group, Info, Outputs, Shape, names, options};
use crate::error::Result;
use crate::html::markdown::Dialect;

/// The exporter for Jekyll.
pub struct Jekyll;

static INFO: Info = Info {
    name: "jekyll",
    summary_zh: "Jekyll 网站（GitHub Pages 也用它）：文章、配置和最简模板齐全，运行 jekyll build 即可生成",
    summary_en: "a Jekyll site (as used by GitHub Pages): posts, configuration and minimal layouts; `jekyll build` builds it",
    version: 2,
    group: Group::Website,
    shape: Shape::Folder,
    settings: &[],
};

static LAYOUT: Layout = Layout {
    name: |_, post| names::code(post),
    text: |post| match &post.day {
        // The name begins with the day, which Jekyll requires in a form of its own.
        Some(day) => {
            format!("_posts/{day}-{}.md", post.name.split_once('-').map_or(post.name.as_str(), |(_, rest)| rest))
        }
        // Jekyll skips posts without a date; a page needs none.
        None => format!("posts/{}.md", post.name),
    },
    media: |post| format!("assets/{}/", post.name),
    // The page is two folders deep.
    media_url: |post| format!("../../assets/{}/", post.name),
    cover_url: |post| format!("/assets/{}/", post.name),
    link: |_, to| format!("../{}/", to.name),
    needs_dates: true,
    dialect: Dialect { html_code: &[], is_kramdown: true },
    write,
};

/// Files that do not depend on the posts.
const FILES: &[(&str, &str)] = &[
    ("_layouts/default.html", include_str!("../../templates/jekyll/default.html")),
    ("_layouts/post.html", include_str!("../../templates/jekyll/post.html")),
    ("_plugins/old_links.rb", include_str!("../../templates/jekyll/old_links.rb")),
    ("albums.html", include_str!("../../templates/jekyll/albums.html")),
    ("index.html", include_str!("../../templates/jekyll/index.html")),
    ("tags.html", include_str!("../../templates/jekyll/tags.html")),
];

impl Exporter for Jekyll {
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
    let base = options.base_url.as_deref();
    format!(
        "title: {}\nurl: {}\nbaseurl: {}\nlang: zh-CN\ntimezone: Asia/Shanghai\nfuture: true\n\
         # The first paragraph is no summary of a post.\nexcerpt_separator: \"\"\nexclude: [redirects]\n\n\
         # The author's own quotation marks and dashes.\nmarkdown: kramdown\nkramdown:\n  input: GFM\n  hard_wrap: false\n  \
         auto_ids: false\n  math_engine: null\n  syntax_highlighter: null\n  smart_quotes: apos,apos,quot,quot\n  \
         typographic_symbols: {{ hellip: ..., mdash: ---, ndash: --, laquo: '<<', raquo: '>>', laquo_space: '<< ', raquo_space: ' >>' }}\n",
        quoted(title),
        quoted(&base.map(options::origin).unwrap_or_default()),
        quoted(base.map(options::path).unwrap_or_default().trim_end_matches('/'))
    )
}

fn write(bundle: &Bundle<'_>) -> String {
    let content = bundle.content;
    let mut matter = bundle.title();
    matter.plain("layout", "post");
    matter.text("permalink", &format!("/posts/{}/", bundle.names.name));
    if let Some(time) = content.published {
        matter.plain("date", time);
    }
    if let Some(time) = content.modified {
        matter.plain("last_modified_at", time);
    }
    matter.maybe("author", content.author.as_deref());
    matter.maybe("excerpt", bundle.summary_html().as_deref());
    matter.list("categories", &content.albums);
    matter.list("tags", &content.tags);
    matter.maybe("image", bundle.cover.as_deref());
    matter.list("redirect_from", &bundle.old_paths);
    matter.maybe("source_url", content.old_url.as_deref());
    matter.text("post_id", &content.id);
    matter.finish() + &inert(bundle.markdown.text.clone() + "\n" + &comments(bundle))
}

/// Marks a text that Liquid would run as one to show.
fn inert(text: String) -> String {
    static END: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"\{%(-?\s*endraw)").ok());
    if !text.contains("{{") && !text.contains("{%") {
        return text;
    }
    // What would end the mark is printed by a tag of its own.
    let text = match END.as_ref() {
        Some(end) => end.replace_all(&text, "{% endraw %}{{ \"{%\" }}{% raw %}$1").into_owned(),
        None => text,
    };
    format!("{{% raw %}}\n{text}{{% endraw %}}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_about_liquid_runs_none() {
        assert_eq!(inert("a".to_owned()), "a");
        assert_eq!(inert("{{ a }}\n".to_owned()), "{% raw %}\n{{ a }}\n{% endraw %}\n");
        assert_eq!(
            inert("`{%-endraw -%}`\n".to_owned()),
            "{% raw %}\n`{% endraw %}{{ \"{%\" }}{% raw %}-endraw -%}`\n{% endraw %}\n"
        );
    }
}
