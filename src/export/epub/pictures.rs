//! The pictures of a book: each is held once, under a number, if it is of a format that readers have to show and is not
//! damaged at its beginning.

use std::collections::HashMap;
use std::io::{BufReader, Read as _};

use crate::archive::view::HeldFile;
use crate::error::{Error, Result};
use crate::html::svg_file;
use crate::model::sniff::sniff;

/// The pictures of a book.
#[derive(Debug, Default)]
pub(super) struct Pictures {
    all: Vec<Picture>,
    /// Index of each picture by its path in the bag; `None` for a file that a book cannot hold.
    by_path: HashMap<String, Option<usize>>,
    /// Path in the bag of the cover.
    pub(super) cover: Option<String>,
}

/// A picture.
#[derive(Clone, Debug)]
pub(super) struct Picture {
    /// Path in the bag.
    pub(super) path: String,
    /// Path in the book.
    pub(super) name: String,
    /// MIME type.
    pub(super) mime: &'static str,
}

impl Pictures {
    /// Adds a file of the bag.
    pub(super) fn add(&mut self, path: &str, file: &HeldFile) -> Result<()> {
        if self.by_path.contains_key(path) {
            return Ok(());
        }
        let mut head = Vec::new();
        let unreadable = |error| Error::disk("view-unreadable", file, error);
        file.open().map_err(unreadable)?.take(4096).read_to_end(&mut head).map_err(unreadable)?;
        let number = self.all.len() + 1;
        let kind = sniff(&head).and_then(|kind| match kind.mime {
            "image/png" => Some(("image/png", "png")),
            "image/jpeg" => Some(("image/jpeg", "jpg")),
            "image/gif" => Some(("image/gif", "gif")),
            "image/webp" => Some(("image/webp", "webp")),
            "image/svg+xml" => Some(("image/svg+xml", "svg")),
            _ => None,
        });
        let picture = kind.map(|(mime, extension)| Picture {
            path: path.to_owned(),
            name: format!("images/{number:04}.{extension}"),
            mime,
        });
        let picture = match picture {
            Some(picture) if is_whole(file, &picture)? => Some(picture),
            _ => None,
        };
        self.by_path.insert(path.to_owned(), picture.is_some().then_some(number - 1));
        self.all.extend(picture);
        Ok(())
    }

    /// Returns the pictures for whose paths `is_lost` is false.
    pub(super) fn without(&self, is_lost: impl Fn(&str) -> bool) -> Self {
        let mut kept = Self { cover: self.cover.clone().filter(|path| !is_lost(path)), ..Self::default() };
        kept.all.extend(self.all.iter().filter(|picture| !is_lost(&picture.path)).cloned());
        let unfit = self.by_path.iter().filter(|(path, index)| index.is_none() && !is_lost(path));
        kept.by_path = unfit.map(|(path, _)| (path.clone(), None)).collect();
        let numbered = kept.all.iter().enumerate().map(|(index, picture)| (picture.path.clone(), Some(index)));
        kept.by_path.extend(numbered);
        kept
    }

    /// Returns a picture by its path in the bag.
    pub(super) fn get(&self, path: &str) -> Option<&Picture> {
        self.by_path.get(path).copied().flatten().map(|index| &self.all[index])
    }

    /// Reports whether a file is held by the archive, and cannot be by the book.
    pub(super) fn is_unfit(&self, path: &str) -> bool {
        self.by_path.get(path).is_some_and(Option::is_none)
    }

    /// Returns the pictures in the order of their first use.
    pub(super) fn in_order(&self) -> &[Picture] {
        &self.all
    }
}

/// Reports whether a picture has a size, without which a book with it is refused, or is a drawing that can be read.
fn is_whole(file: &HeldFile, picture: &Picture) -> Result<bool> {
    if let Some(svg) = drawing(file, picture)? {
        return Ok(!svg.is_empty());
    }
    let reader = file.open().map_err(|error| Error::disk("view-unreadable", file, error))?;
    Ok(imagesize::reader_size(BufReader::new(reader)).is_ok_and(|size| size.width > 0 && size.height > 0))
}

/// Returns the bytes of an SVG file, cleaned; `None` for other pictures.
pub(super) fn drawing(file: &HeldFile, picture: &Picture) -> Result<Option<Vec<u8>>> {
    if picture.mime != "image/svg+xml" {
        return Ok(None);
    }
    let unreadable = |error| Error::disk("view-unreadable", file, error);
    let mut bytes = Vec::new();
    file.open().map_err(unreadable)?.read_to_end(&mut bytes).map_err(unreadable)?;
    Ok(Some(svg_file(&bytes)))
}
