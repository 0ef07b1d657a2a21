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

use std::sync::Arc;

use super::volumes::{Volume, volumes};
use super::{
    Content, ExportOptions, Exporter, Group, Info, Losses, OutPath, Output, Outputs, Publication, Setting, Shape, Sink,
    Values,
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
    version: 2,
    group: Group::Document,
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
        Ok(Box::new(all.into_iter().map(move |volume| output(publication, options, &texts, &key, volume))))
    }
}

fn output<'v>(
    publication: &'v Publication<'v>,
    options: &'v ExportOptions,
    texts: &Arc<Texts>,
    key: &str,
    volume: Volume,
) -> Result<Output<'v>> {
    let mut key = Sha256::of(format!("{key} {:?}", volume.title).as_bytes());
    for place in &volume.posts {
        key = publication.key_of(*place, options, &key.hex());
    }
    let path = OutPath::new(format!("{}.docx", volume.name))?;
    let texts = Arc::clone(texts);
    let write = move |out: &mut dyn Sink, losses: &mut Losses| {
        package::Package { publication, options, texts: &texts, volume: &volume }.write(out, losses)
    };
    Ok(Output { path, key, content: Content::Stream(Box::new(write)) })
}
