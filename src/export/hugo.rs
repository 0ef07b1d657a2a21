//! A site for Hugo: page bundles, old short links as aliases, albums and tags as taxonomies, and the minimum of
//! configuration and layouts that lets it build at once. Any theme can be added.

use std::sync::LazyLock;

use regex::Regex;

use super::bundles::{self, Bundle, Layout};
use super::markdown::comments;
use super::publication::Publication;
use super::{Content, ExportOptions, Exporter, Info, OutPath, Output, Outputs, Shape, names};
use crate::error::Result;
use crate::model::Sha256;

/// The exporter for Hugo.
pub struct Hugo;

static INFO: Info = Info {
    name: "hugo",
    summary_zh: "Hugo 网站：内容、配置和最简模板齐全，装好 Hugo 后直接运行 hugo 即可生成",
    summary_en: "a Hugo site: content, configuration and minimal layouts; with Hugo installed, `hugo` builds it directly",
    version: 1,
    shape: Shape::Folder,
    settings: &[],
};

static LAYOUT: Layout = Layout {
    index: "index.md",
    media: "",
    // These names are not changed by Hugo's URLs.
    folder: |_, post| format!("content/posts/{}", names::code(post)),
    link: |_, to| format!("../{}/", to.trim_start_matches("content/posts/")),
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
        let config = config(publication, options);
        let files = FILES.iter().map(|(path, text)| (*path, (*text).to_owned())).chain([("hugo.toml", config)]);
        let fixed = files.map(|(path, text)| {
            let (path, key) = (OutPath::new(path)?, Sha256::of(text.as_bytes()));
            Ok(Output { path, key, content: Content::Render(Box::new(move |_| Ok(text.clone().into_bytes()))) })
        });
        Ok(Box::new(fixed.chain(bundles::outputs(publication, options, &LAYOUT, INFO.version))))
    }
}

fn config(publication: &Publication<'_>, options: &ExportOptions) -> String {
    let account = publication.view().account();
    let title = options.identity.title.as_ref().or(account.name.as_ref()).map_or("", String::as_str);
    let base = options.base_url.as_ref().map_or_else(|| "/".to_owned(), |base| format!("{base}/"));
    let quoted = |text: &str| toml::Value::String(text.to_owned()).to_string();
    format!(
        "baseURL = {}\ntitle = {}\ndefaultContentLanguage = \"zh\"\nhasCJKLanguage = true\ntimeZone = \"Asia/Shanghai\"\n\n\
         [params]\nlang = \"zh-CN\"\n\n[taxonomies]\nalbum = \"albums\"\ntag = \"tags\"\n\n\
         [markup.goldmark.extensions.typographer]\n# The author's own quotation marks and dashes.\ndisable = true\n\n\
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
    matter.finish() + &inert(&bundle.markdown.text) + "\n" + &comments(bundle)
}

/// Escapes what Hugo would run as a shortcode or cut at, so that it is shown instead. Hugo reads `{{< x >}}` as a
/// shortcode even in code.
fn inert(text: &str) -> String {
    static SHORTCODE: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"\{\{([<%])([^{}]*?)([>%])\}\}").ok());
    if !text.contains("{{") && !text.contains("<!--more") {
        return text.to_owned();
    }
    let text = match SHORTCODE.as_ref() {
        Some(shortcode) => shortcode.replace_all(text, "{{$1/*$2*/$3}}").into_owned(),
        None => text.to_owned(),
    };
    // An unclosed shortcode and the summary divider are broken up by an invisible character.
    let mut out = String::with_capacity(text.len());
    for (number, part) in text.split("{{").enumerate() {
        if number > 0 {
            out.push_str("{{");
            if part.starts_with(['<', '%']) && !part[1..].starts_with("/*") {
                out.push('\u{2060}');
            }
        }
        out.push_str(part);
    }
    out.replace("<!--more", "<\u{2060}!--more")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_about_shortcodes_runs_none() {
        assert_eq!(inert("`{{< x >}}` {{% y %}} {{ z }}"), "`{{</* x */>}}` {{%/* y */%}} {{ z }}");
        assert_eq!(inert("`{{< x`"), "`{{\u{2060}< x`");
    }
}
