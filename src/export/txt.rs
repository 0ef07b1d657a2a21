//! Every post as one text file, named by day and title. UTF-8 with line feeds and without a byte order mark, which every
//! editor reads today, Windows' own included.

use std::fmt::Write as _;
use std::sync::Arc;

use super::local_urls::{LocalUrls, outside};
use super::post::PostContent;
use super::publication::Publication;
use super::{Content, ExportOptions, Exporter, Group, Info, Losses, OutPath, Output, Outputs, Shape, names};
use crate::error::Result;
use crate::html::text_blocks::text_blocks;
use crate::text::Texts;

/// The exporter of text files.
pub struct Txt;

static INFO: Info = Info {
    name: "txt",
    summary_zh: "纯文字：一篇一个 .txt，以日期和标题命名；图片、音频、视频的位置写明",
    summary_en: "plain text: one .txt per post, named by date and title; the places of images, audio and video are marked",
    version: 2,
    group: Group::Document,
    shape: Shape::Folder,
    settings: &[],
};

impl Exporter for Txt {
    fn info(&self) -> &'static Info {
        &INFO
    }

    fn outputs<'v>(&self, publication: &'v Publication<'v>, options: &'v ExportOptions) -> Result<Outputs<'v>> {
        let texts = Arc::new(Texts::new(options.language));
        let posts = names::of_posts(publication, names::day_and_title).into_iter().enumerate();
        Ok(Box::new(posts.map(move |(place, name)| {
            let key = publication.key_of(place, options, &format!("{} {}", INFO.version, options.language.tag()));
            let texts = Arc::clone(&texts);
            let render = move |losses: &mut Losses| {
                let record = publication.view().post(publication.post(place))?;
                Ok(file(&publication.content_of(place, &record, options)?, &texts, losses).into_bytes())
            };
            Ok(Output { path: OutPath::new(format!("{name}.txt"))?, key, content: Content::Render(Box::new(render)) })
        })))
    }
}

fn file(content: &PostContent, texts: &Texts, losses: &mut Losses) -> String {
    let untitled = texts.get("mirror-untitled", &[]);
    let title = content.title.as_deref().unwrap_or(&untitled);
    let urls = LocalUrls { media: &|_| None, link: &outside, texts };
    let time = content.published.map(|time| time.zoned().strftime("%Y-%m-%d %H:%M").to_string());
    let lines = [Some(title.to_owned()), time, content.author.clone(), content.old_url.clone()];
    let mut text = lines.into_iter().flatten().collect::<Vec<_>>().join("\n");
    text.push_str("\n\n");
    let body = text_blocks(&content.body, &urls);
    losses.add_body(&body.lost, body.missing, title);
    text.push_str(&body.text);
    text.push('\n');
    if !content.comments.is_empty() {
        let _ = writeln!(text, "\n{}", texts.get("mirror-comments", &[]));
        let unnamed = texts.get("mirror-comment-unnamed", &[]);
        for comment in &content.comments {
            let replies = comment.replies.iter().map(|reply| ("    ", reply));
            for (indent, one) in std::iter::once(("", comment)).chain(replies) {
                let name = one.name.as_deref().unwrap_or(&unnamed);
                let words = one.text.replace('\n', &format!("\n{indent}"));
                let _ = writeln!(text, "\n{indent}{name}: {words}");
            }
        }
    }
    text
}
