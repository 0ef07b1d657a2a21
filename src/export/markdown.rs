//! Markdown with its pictures, one folder or one file per post, to be read by any program, opened as an Obsidian vault, or imported
//! elsewhere. CommonMark with GFM tables and YAML front matter.

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use super::bundles::{self, Bundle, Layout};
use super::publication::Publication;
use super::{ExportOptions, Exporter, Group, Info, Outputs, Setting, Shape, Values, names};
use crate::error::Result;
use crate::html::markdown::{Dialect, escape_lines};

/// Characters that must be escaped in a path of a URL.
pub(super) const PATH: &AsciiSet =
    &CONTROLS.add(b' ').add(b'"').add(b'#').add(b'%').add(b'&').add(b'?').add(b'`').add(b'\'');

/// The exporter for Markdown.
pub struct MarkdownFolder;

static INFO: Info = Info {
    name: "markdown",
    summary_zh: "Markdown 文件：每篇一个文件夹（或一个文件），图片在旁边；可直接当作 Obsidian 库，也可导入别处",
    summary_en: "Markdown files: one folder (or one file) per post, with its images; opens directly as an Obsidian vault and can be imported elsewhere",
    version: 3,
    group: Group::Document,
    shape: Shape::Folder,
    settings: &[Setting {
        name: "layout",
        values: Values::Words(&["dir", "flat"]),
        summary_zh: "dir：每篇一个文件夹；flat：每篇一个以日期和标题命名的文件，图片都在 images 文件夹里",
        summary_en: "dir: one folder per post; flat: one file per post named by date and title, all images in one folder",
    }],
};

/// A folder for each year, and in it one for each post.
static FOLDERS: Layout = Layout {
    name: |publication, post| {
        let year = post.published.map_or_else(|| "undated".to_owned(), |time| time.year().to_string());
        format!("{year}/{}", names::day_and_title(publication, post))
    },
    text: |post| format!("{}/index.md", post.name),
    media: |post| format!("{}/images/", post.name),
    media_url: |_| "images/".to_owned(),
    cover_url: |_| "images/".to_owned(),
    // Both are two folders deep.
    link: |_, to| format!("../../{}/index.md", utf8_percent_encode(&to.name, PATH)),
    needs_dates: false,
    dialect: Dialect { html_code: &[], is_kramdown: false },
    write,
};

/// One folder of texts; the images have names that no program has to escape.
static FLAT: Layout = Layout {
    name: names::day_and_title,
    text: |post| format!("{}.md", post.name),
    media: |post| format!("images/{}-", post.code),
    media_url: |post| format!("images/{}-", post.code),
    cover_url: |post| format!("images/{}-", post.code),
    link: |_, to| format!("{}.md", utf8_percent_encode(&to.name, PATH)),
    needs_dates: false,
    dialect: Dialect { html_code: &[], is_kramdown: false },
    write,
};

impl Exporter for MarkdownFolder {
    fn info(&self) -> &'static Info {
        &INFO
    }

    fn outputs<'v>(&self, publication: &'v Publication<'v>, options: &'v ExportOptions) -> Result<Outputs<'v>> {
        let layout = if options.settings.get("layout") == "flat" { &FLAT } else { &FOLDERS };
        Ok(Box::new(bundles::outputs(publication, options, layout, INFO.version)))
    }
}

fn write(bundle: &Bundle<'_>) -> String {
    let content = bundle.content;
    let mut matter = bundle.front_matter("modified", "description");
    matter.maybe("source", content.old_url.as_deref());
    matter.maybe("original", content.source_url.as_deref());
    matter.text("type", content.form);
    matter.text("id", &content.id);
    let mut text = matter.finish() + &bundle.markdown.text + "\n";
    text.push_str(&comments(bundle));
    text
}

/// Formats the comments below the text, if the owner shows them; replies are nested quotes.
pub(super) fn comments(bundle: &Bundle<'_>) -> String {
    let content = bundle.content;
    if content.comments.is_empty() {
        return String::new();
    }
    let unnamed = bundle.texts.get("mirror-comment-unnamed", &[]);
    let mut text = format!("\n## {}\n", bundle.texts.get("mirror-comments", &[]));
    for comment in &content.comments {
        let line = |mark: &str, one: &crate::export::comments::Comment| {
            let name = escape_lines(one.name.as_deref().unwrap_or(&unnamed));
            let words = escape_lines(&one.text).replace('\n', &format!("\n{mark}"));
            format!("\n{mark}**{name}**  \n{mark}{words}\n")
        };
        text.push_str(&line("> ", comment));
        for reply in &comment.replies {
            text.push_str(">\n");
            text.push_str(line("> > ", reply).trim_start_matches('\n'));
        }
    }
    text
}
