//! Reads what lies in the folder of a saved page and is not part of it: a bill, a film or another article that somebody put
//! there. It is read together with the page, so that neither is done without the other.

use std::collections::HashSet;

use super::Reading;
use super::inner::{FILES_UNREAD, Sink};
use crate::error::Result;
use crate::model::Problem;
use crate::model::sniff::{Sniffed, sniff};
use crate::source::file::page::{article, companions};
use crate::source::{Input, Item, Out as _};

/// Code of the remark on files beside a page that no importer recognises and that can be kept as they are.
pub(crate) const BESIDE_UNREAD: &str = "page-files-unread";

/// Argument of such remarks: the locators of the files, one a line.
const FILES_LEFT: &str = "files";

/// Returns the locators of the files that were not recognised and can be kept as they are, if a problem names any.
pub(crate) fn files_left(problem: &Problem) -> Vec<&str> {
    let of_files = [BESIDE_UNREAD, FILES_UNREAD].contains(&problem.code.as_str());
    let files = problem.arguments.iter().find(|(name, _)| of_files && name == FILES_LEFT);
    files.map(|(_, files)| files.lines().collect()).unwrap_or_default()
}

impl Sink<'_, '_> {
    /// Reads the files in the folders of `page` that it did not ask for, except those with which a browser shows it.
    /// These are kept as well if the page itself is kept unread.
    pub(super) fn read_beside(&mut self, page: &Input, reading: Reading) -> Result<()> {
        let left: Vec<Input> = page.companions().filter(|file| !page.asked_for(file)).collect();
        if left.is_empty() {
            return Ok(());
        }
        let inside = std::mem::take(&mut self.unread_files);
        let around = std::mem::take(&mut self.frames);
        let Shown { furniture, frames, pictures } = Shown::beside(page, &left);
        if reading == Reading::Failed && !pictures.is_empty() {
            let remark = Problem::remark("page-pictures-wait", page.locator()).with("path", page.locator());
            self.batch.item(Item::Problem(remark.with("count", pictures.len())))?;
        }
        let keeps_whole = reading == Reading::Unknown && self.collect.keep_other;
        if !keeps_whole {
            self.frames = frames;
        }
        let (mut pages, files): (Vec<Input>, Vec<Input>) = left
            .into_iter()
            .partition(|file| companions::stem(file.place()).is_some() && !furniture.contains(file.place()));
        // A page has what is in its own folders, other pages among it.
        pages.sort_by_key(|page| page.place().matches('/').count());
        let mut read: Vec<Input> = Vec::new();
        let mut folders: HashSet<String> = HashSet::new();
        for file in pages.into_iter().chain(files) {
            let mut around = file.place().match_indices('/').map(|(slash, _)| &file.place()[..=slash]);
            if around.any(|folder| folders.contains(folder)) || read.iter().any(|page| page.asked_for(&file)) {
                continue;
            }
            if !furniture.contains(file.place()) {
                self.batch.depends_on_all();
                self.inner(&file)?;
                if let Some(stem) = companions::stem(file.place()) {
                    folders.extend(companions::folders(stem));
                    read.push(file);
                }
            } else if keeps_whole {
                self.collect.leave(&file, self.evidence, self.batch)?;
            } else if reading == Reading::Unknown && pictures.contains(file.place()) && !self.evidence.holds(&file) {
                // A page that is not recognised lacks them as well.
                self.unread_files.push(file.locator().to_owned());
            }
        }
        self.frames = around;
        let unread = std::mem::replace(&mut self.unread_files, inside);
        self.name_unread(page, BESIDE_UNREAD, &unread)
    }

    /// Names files of `input`, by their locators, that no importer recognised.
    pub(super) fn name_unread(&mut self, input: &Input, code: &'static str, files: &[String]) -> Result<()> {
        if files.is_empty() {
            return Ok(());
        }
        let remark = Problem::remark(code, input.locator()).with("path", input.locator()).with("count", files.len());
        self.batch.item(Item::Problem(remark.with(FILES_LEFT, files.join("\n"))))
    }
}

/// What a browser saved beside a page to show it.
#[derive(Default)]
struct Shown {
    /// Places of style sheets, scripts, and pictures that the page names (the account's portrait, icons), or one of its
    /// style sheets or frames: none of them is read for itself.
    furniture: HashSet<String>,
    /// Places of frames and of files without extension that are named like these: none of them is missed if nothing
    /// recognises it.
    frames: HashSet<String>,
    /// Places of the pictures among the furniture; all there are, if the page cannot be read.
    pictures: HashSet<String>,
}

impl Shown {
    fn beside(page: &Input, left: &[Input]) -> Self {
        let (of_browser, others): (Vec<&Input>, Vec<&Input>) =
            left.iter().partition(|file| companions::is_of_browser(file.place()));
        let place = |file: &&Input| file.place().to_owned();
        let mut shown = Self { furniture: of_browser.iter().map(place).collect(), ..Self::default() };
        let (pictures, others): (Vec<&Input>, Vec<&Input>) =
            others.into_iter().partition(|file| sniff(&file.first_bytes(4096)).is_some_and(Sniffed::is_image));
        let frames: Vec<&Input> = others.into_iter().filter(|file| may_be_frame(file.place())).collect();
        if pictures.is_empty() && frames.is_empty() {
            return shown;
        }
        let Ok(text) = page.bytes(article::LIMIT) else {
            // Which of them it shows is seen when it can be read.
            shown.pictures = pictures.iter().map(place).collect();
            shown.furniture.extend(shown.pictures.iter().cloned());
            return shown;
        };
        let places: Vec<&str> = pictures.iter().chain(&frames).map(|file| file.place()).collect();
        let mut named = companions::named(page.place(), &text, &places);
        for file in left.iter().filter(|file| companions::may_name_pictures(file.place())) {
            let text = file.bytes(article::LIMIT).unwrap_or_default();
            named.extend(companions::named(file.place(), &text, &places));
        }
        shown.pictures = pictures.iter().filter(|file| named.contains(file.place())).map(place).collect();
        shown.furniture.extend(shown.pictures.iter().cloned());
        let is_frame = |file: &&&Input| companions::is_frame(file.place()) || named.contains(file.place());
        shown.frames.extend(frames.iter().filter(is_frame).map(place));
        shown
    }
}

/// Reports whether it may be the page of a frame, or a script whose name has no extension.
fn may_be_frame(place: &str) -> bool {
    companions::stem(place).is_some() || !place.rsplit('/').next().unwrap_or(place).contains('.')
}
