//! What an export publishes of the archive's media: no file that a browser would run as a document.

use std::io::Read as _;

use super::{Content, Losses, OutPath, Output};
use crate::archive::view::{HeldFile, MISSING};
use crate::error::{Error, Kind};
use crate::html::{SVG_FILE_VERSION, svg_file};
use crate::model::Sha256;

/// Extensions that browsers treat as documents. Such a file was put among the media by somebody else and is never
/// published.
const DOCUMENTS: &[&str] = &["css", "htm", "html", "js", "mjs", "shtml", "svgz", "xht", "xhtml", "xml", "xsl", "xslt"];

/// Reports whether a file of the bag may be published under its name.
pub fn may_be_published(path: &str) -> bool {
    !DOCUMENTS.contains(&extension(path).as_str())
}

fn extension(path: &str) -> String {
    path.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase()).unwrap_or_default()
}

/// Returns an export's copy of a medium. SVG files are cleaned, because a browser that opens one directly treats it as a
/// document of the site. They keep the names of the archive's originals, so that each can be traced to its original.
pub fn published<'v>(path: OutPath, digest: Sha256, file: HeldFile) -> Output<'v> {
    if extension(path.as_str()) != "svg" {
        return Output { path, key: digest, content: Content::File(file) };
    }
    let key = Sha256::of(format!("svg {SVG_FILE_VERSION} {digest}").as_bytes());
    let render = move |_: &mut Losses| {
        if !file.is_there() {
            return Err(Error::new(Kind::Findings, MISSING).with("path", &file));
        }
        let mut bytes = Vec::new();
        let read = file.open().and_then(|mut reader| reader.read_to_end(&mut bytes));
        read.map_err(|error| Error::disk("view-unreadable", &file, error))?;
        Ok(svg_file(&bytes))
    };
    Output { path, key, content: Content::Render(Box::new(render)) }
}
