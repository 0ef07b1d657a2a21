//! Writes the pictures of a document before its text, so that the text refers only to what is there.

use std::collections::HashMap;
use std::io::{Read as _, Write as _};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::super::pictures::picture;
use super::package::{Zip, entry, failed};
use crate::archive::View;
use crate::error::{Error, Result};
use crate::html::body_urls::{bag_path, style_pictures};
use crate::html::tree::{Element, Node};
use crate::model::Sha256;

/// A picture of the document.
#[derive(Clone, Copy, Debug)]
pub(super) struct Placed {
    /// Number of its relationship.
    pub(super) number: usize,
    /// Width in pixels.
    pub(super) width: u32,
    /// Height in pixels.
    pub(super) height: u32,
}

/// The state of a picture that a body shows.
pub(super) enum Shown {
    /// In the document.
    Placed(Placed),
    /// Held, but not in a format that documents show.
    Unfit,
    /// Not held.
    Missing,
}

/// The pictures of a document.
#[derive(Default)]
pub(super) struct Pictures {
    /// By path in the bag, or digest of an inline one; `None` for a format that documents do not show.
    placed: HashMap<String, Option<Placed>>,
    /// Names of the files in `word/media`.
    pub(super) names: Vec<String>,
}

impl Pictures {
    /// Returns the picture with this address in a body.
    pub(super) fn of(&self, src: &str) -> Shown {
        match key(src).and_then(|key| self.placed.get(&key)) {
            Some(Some(placed)) => Shown::Placed(*placed),
            Some(None) => Shown::Unfit,
            None => Shown::Missing,
        }
    }

    /// Writes the pictures that `nodes` show, each once.
    pub(super) fn write(&mut self, nodes: &[Node<'_>], view: &View, zip: &mut Zip<'_>) -> Result<()> {
        for node in nodes {
            let Node::Element(element) = node else { continue };
            for inner in element.descendants() {
                for src in sources(inner) {
                    self.add(&src, view, zip)?;
                }
            }
        }
        Ok(())
    }

    fn add(&mut self, src: &str, view: &View, zip: &mut Zip<'_>) -> Result<()> {
        let Some(key) = key(src).filter(|key| !self.placed.contains_key(key)) else { return Ok(()) };
        let bytes = match bag_path(src) {
            Some(path) => {
                let Some(file) = view.file(path).filter(crate::archive::view::HeldFile::is_there) else {
                    return Ok(());
                };
                let mut bytes = Vec::new();
                let read = file.open().and_then(|mut reader| reader.read_to_end(&mut bytes));
                read.map_err(|error| Error::disk("view-unreadable", &file, error))?;
                bytes
            }
            None => inline(src).unwrap_or_default(),
        };
        let placed = match picture(bytes) {
            Some(picture) => {
                let number = self.names.len() + 1;
                let name = format!("{number:04}.{}", picture.extension);
                zip.start_file(format!("word/media/{name}"), entry().compression_level(Some(1))).map_err(failed)?;
                zip.write_all(&picture.bytes).map_err(failed)?;
                self.names.push(name);
                Some(Placed { number, width: picture.width, height: picture.height })
            }
            None => None,
        };
        self.placed.insert(key, placed);
        Ok(())
    }
}

/// Returns the addresses of the pictures of an element: its own, the poster of a video, its backgrounds.
fn sources(element: &Element<'_>) -> Vec<String> {
    let name = match element.tag {
        "img" => "src",
        "image" => "href",
        "video" => "poster",
        _ => "",
    };
    let own = element.get(name).map(std::borrow::Cow::into_owned);
    own.into_iter().chain(style_pictures(element.style()).map(str::to_owned)).collect()
}

fn key(src: &str) -> Option<String> {
    if src.starts_with("data:image/") {
        return Some(Sha256::of(src.as_bytes()).hex());
    }
    bag_path(src).map(str::to_owned)
}

/// Decodes a picture inside its address.
fn inline(src: &str) -> Option<Vec<u8>> {
    let (head, data) = src.split_once(',')?;
    let data: Vec<u8> = percent_encoding::percent_decode_str(data).collect();
    if !head.ends_with(";base64") {
        return Some(data);
    }
    let data: Vec<u8> = data.into_iter().filter(|byte| !byte.is_ascii_whitespace()).collect();
    STANDARD.decode(data).ok()
}
