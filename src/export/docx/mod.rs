//! Word documents (OOXML), one a post or one a year with a clickable contents: real headings, lists, tables and
//! pictures, which Word, WPS and LibreOffice can edit.

mod body;
mod figure;
mod line;
mod list;
mod media;
mod package;
mod parts;
mod table;

use crate::export::Sink;
use std::collections::HashSet;
use std::sync::Arc;

use super::pdf::is_played;
use super::volumes::{Volume, volumes};
use super::{
    Content, ExportOptions, Exporter, Info, Losses, OutPath, Output, Outputs, Publication, Setting, Shape, Values,
};
use crate::error::Result;
use crate::model::Sha256;
use crate::text::Texts;

/// The exporter for Word.
pub struct Docx;

static INFO: Info = Info {
    name: "docx",
    summary_zh: "Word 文档：一篇一个 docx，或一年一本、带目录（volume=year）；Word、WPS、LibreOffice 都能打开和修改",
    summary_en: "Word documents: one docx per post, or one per year with a contents (volume=year); opens in Word, WPS and LibreOffice for editing",
    version: 1,
    shape: Shape::Folder,
    settings: &[Setting {
        name: "volume",
        values: Values::Words(&["article", "year"]),
        summary_zh: "一篇一个文件（默认），或一年一本",
        summary_en: "one file per post (default), or one per year",
    }],
};

impl Exporter for Docx {
    fn info(&self) -> &'static Info {
        &INFO
    }

    fn outputs<'v>(&self, publication: &'v Publication<'v>, options: &'v ExportOptions) -> Result<Outputs<'v>> {
        let texts = Arc::new(Texts::new(options.language));
        let volume = options.settings.get("volume");
        let account = &publication.view().account().name;
        let key = format!("{} {} {volume} {account:?}", INFO.version, options.language.tag());
        let all = volumes(publication, options, &texts);
        let mut lost = HashSet::new();
        let each = move |volume| match outputs(publication, options, &texts, &key, volume, &mut lost) {
            Ok(outputs) => outputs.into_iter().map(Ok).collect(),
            Err(error) => vec![Err(error)],
        };
        Ok(Box::new(all.into_iter().flat_map(each)))
    }
}

/// Lists the file of a volume, and the files that the archive has lost, so that they are reported.
fn outputs<'v>(
    publication: &'v Publication<'v>,
    options: &'v ExportOptions,
    texts: &Arc<Texts>,
    key: &str,
    volume: Volume,
    lost: &mut HashSet<Sha256>,
) -> Result<Vec<Output<'v>>> {
    let view = publication.view();
    let mut key = Sha256::of(format!("{key} {:?}", volume.title).as_bytes());
    let mut outputs = Vec::new();
    for place in &volume.posts {
        let post = publication.post(*place);
        let content = publication.content(*place, options)?;
        let mut text = format!(
            "{} {} {:?} {:?} {:?}",
            key.hex(),
            post.record_digest,
            post.content_digest,
            content.comments,
            content.albums
        );
        for path in content.media.iter().filter(|path| !is_played(path)) {
            let (Some(file), Some(digest)) = (view.file(path), view.digest(path)) else { continue };
            if file.is_there() {
                continue;
            }
            text = format!("{text} {digest}");
            // Never written: a copy of a lost file fails, and is named at the end.
            if lost.insert(digest) {
                let path = OutPath::new(format!("lost/{}", digest.hex()))?;
                outputs.push(Output { path, key: digest, content: Content::File(file) });
            }
        }
        key = Sha256::of(text.as_bytes());
    }
    let path = OutPath::new(format!("{}.docx", volume.name))?;
    let texts = Arc::clone(texts);
    let write = move |out: &mut dyn Sink, losses: &mut Losses| {
        package::Package { publication, options, texts: &texts, volume: &volume }.write(out, losses)
    };
    outputs.push(Output { path, key, content: Content::Stream(Box::new(write)) });
    Ok(outputs)
}
