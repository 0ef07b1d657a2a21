//! The media of an export in a folder per month, as WordPress and Ghost keep them. Each file is listed once, with the
//! first post that uses it.

use super::blog::Blog;
use super::published::may_be_published;
use crate::archive::View;

/// The media that posts use.
pub(super) struct Uploads<'v> {
    /// Media of the bag, sorted.
    files: Vec<&'v str>,
    /// The first use of each.
    used: Vec<Option<Upload>>,
    count: u32,
}

/// A medium and its first use.
#[derive(Clone, Copy)]
pub(super) struct Upload {
    /// Number among the media, from 1.
    pub(super) number: u32,
    /// Index of the post in the view.
    pub(super) place: usize,
    /// Number among the media of the post, from 1.
    at: usize,
}

impl<'v> Uploads<'v> {
    /// Lists the media of the bag; none is used yet.
    pub(super) fn new(view: &'v View) -> Self {
        let files = view.media();
        let used = vec![None; files.len()];
        Self { files, used, count: 0 }
    }

    /// Adds the use of a medium, the `at`th in the post at `place`. Returns `true` if it is the first use.
    pub(super) fn add(&mut self, path: &str, place: usize, at: usize) -> bool {
        let Ok(index) = self.files.binary_search(&path) else { return false };
        if self.used[index].is_some() || !may_be_published(path) {
            return false;
        }
        self.count += 1;
        self.used[index] = Some(Upload { number: self.count, place, at });
        true
    }

    /// Returns the first use of a medium; `None` if the export does not hold it.
    pub(super) fn get(&self, path: &str) -> Option<Upload> {
        self.used[self.files.binary_search(&path).ok()?]
    }

    /// Returns the media in the order of their first use.
    pub(super) fn in_order(&self) -> Vec<(&'v str, Upload)> {
        let held = self.files.iter().zip(&self.used).filter_map(|(path, used)| Some((*path, (*used)?)));
        let mut held: Vec<_> = held.collect();
        held.sort_unstable_by_key(|(_, used)| used.number);
        held
    }
}

impl Upload {
    /// Returns the name of the file in its folder: `20240506-2650000112-1-01.png`.
    pub(super) fn name(self, blog: &Blog<'_>, path: &str) -> String {
        let extension = path.rsplit_once('.').map_or("bin", |(_, extension)| extension).to_ascii_lowercase();
        format!("{}-{:02}.{extension}", blog.slug(self.place), self.at)
    }

    /// Returns the path of the file below the folder of all: `2024/05/20240506-2650000112-1-01.png`.
    pub(super) fn path(self, blog: &Blog<'_>, path: &str) -> String {
        let published = blog.publication.post(self.place).published;
        let month = published.map_or_else(|| "undated".to_owned(), |time| time.zoned().strftime("%Y/%m").to_string());
        format!("{month}/{}", self.name(blog, path))
    }
}
