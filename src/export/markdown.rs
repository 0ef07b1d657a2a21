//! Markdown with its pictures, one folder per post, to be read by any program, opened as an Obsidian vault, or imported
//! elsewhere. CommonMark with GFM tables and YAML front matter.

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use super::bundles::{self, Bundle, Layout};
use super::publication::Publication;
use super::{ExportOptions, Exporter, Info, Outputs, Shape, names};
use crate::error::Result;
use crate::html::markdown::escape_lines;

/// Characters that must be escaped in a path of a URL.
const PATH: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'#').add(b'%').add(b'&').add(b'?').add(b'`').add(b'\'');

/// The exporter for Markdown.
pub struct MarkdownFolder;

static INFO: Info = Info {
    name: "markdown",
    summary_zh: "Markdown 文件：每篇一个文件夹，图片在旁边；可直接当作 Obsidian 库，也可导入别处",
    summary_en: "Markdown files: one folder per post, with its images; opens directly as an Obsidian vault and can be imported elsewhere",
    version: 1,
    shape: Shape::Folder,
    settings: &[],
};

static LAYOUT: Layout = Layout {
    index: "index.md",
    media: "images/",
    folder: |publication, post| {
        let year = post.published.map_or_else(|| "undated".to_owned(), |time| time.year().to_string());
        format!("{year}/{}", names::day_and_title(publication, post))
    },
    // Both are two folders deep.
    link: |_, to| format!("../../{}/index.md", utf8_percent_encode(to, PATH)),
    write,
};

impl Exporter for MarkdownFolder {
    fn info(&self) -> &'static Info {
        &INFO
    }

    fn outputs<'v>(&self, publication: &'v Publication<'v>, options: &'v ExportOptions) -> Result<Outputs<'v>> {
        Ok(Box::new(bundles::outputs(publication, options, &LAYOUT, INFO.version)))
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
