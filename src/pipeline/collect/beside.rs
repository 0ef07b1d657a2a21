//! Reads what lies in the folder of a saved page and is not part of it: a bill, a film or another article that somebody put
//! there. It is read together with the page, so that neither is done without the other.

use std::collections::HashSet;

use super::Reading;
use super::inner::{Sink, UnreadFiles};
use crate::error::Result;
use crate::model::Problem;
use crate::model::sniff::{Sniffed, sniff};
use crate::source::file::page::{article, companions};
use crate::source::{Input, Item, Out as _};

/// Code of the remark on files beside a page that no importer recognises and that can be kept as they are.
pub(crate) const BESIDE_UNREAD: &str = "page-files-unread";

impl Sink<'_, '_> {
    /// Reads the files in the folders of `page` that it did not ask for, except those with which a browser shows it.
    /// These are kept as well if the page itself is kept unread.
    pub(super) fn read_beside(&mut self, page: &Input, reading: Reading) -> Result<()> {
        let left: Vec<Input> = page.companions().filter(|file| !page.asked_for(file)).collect();
        if left.is_empty() {
            return Ok(());
        }
        let inside = std::mem::take(&mut self.unread_files);
        let shows = shows(page, &left);
        let keeps_whole = reading == Reading::Unknown && self.collect.keep_other;
        let (mut pages, files): (Vec<Input>, Vec<Input>) = left
            .into_iter()
            .partition(|file| companions::stem(file.place()).is_some() && !shows.contains(file.place()));
        // A page has what is in its own folders, other pages among it.
        pages.sort_by_key(|page| page.place().matches('/').count());
        let mut read: Vec<Input> = Vec::new();
        for file in pages.into_iter().chain(files) {
            let has = |page: &Input| {
                let folders = companions::stem(page.place()).map(companions::folders).unwrap_or_default();
                page.asked_for(&file) || folders.iter().any(|folder| file.place().starts_with(folder))
            };
            if read.iter().any(has) {
                continue;
            }
            if !shows.contains(file.place()) {
                self.batch.depends_on_all();
                self.inner(&file)?;
                if companions::stem(file.place()).is_some() {
                    read.push(file);
                }
            } else if keeps_whole {
                self.collect.leave(&file, self.evidence, self.batch)?;
            }
        }
        let unread = std::mem::replace(&mut self.unread_files, inside);
        self.name_unread(page, BESIDE_UNREAD, &unread)
    }

    /// Names files of `input` that no importer recognised.
    pub(super) fn name_unread(&mut self, input: &Input, code: &'static str, unread: &UnreadFiles) -> Result<()> {
        if unread.count == 0 {
            return Ok(());
        }
        let remark = Problem::remark(code, input.locator()).with("path", input.locator()).with("count", unread.count);
        self.batch.item(Item::Problem(remark.with("names", unread.names())))
    }
}

/// Returns the places of the files with which a browser shows the page: style sheets, scripts, and the pictures that the
/// page names (the account's portrait, icons) or one of its style sheets or frames.
fn shows(page: &Input, left: &[Input]) -> HashSet<String> {
    let of_browser = left.iter().filter(|file| companions::is_of_browser(file.place()));
    let mut shows: HashSet<String> = of_browser.clone().map(|file| file.place().to_owned()).collect();
    let is_picture = |file: &&Input| sniff(&file.first_bytes(4096)).is_some_and(Sniffed::is_image);
    let pictures: Vec<&Input> = left.iter().filter(|file| !shows.contains(file.place())).filter(is_picture).collect();
    if pictures.is_empty() {
        return shows;
    }
    let Ok(text) = page.bytes(article::LIMIT) else {
        // Which of them it shows is seen when it can be read.
        shows.extend(pictures.iter().map(|file| file.place().to_owned()));
        return shows;
    };
    let may_name = of_browser.filter(|file| companions::may_name_pictures(file.place()));
    let texts: Vec<Vec<u8>> =
        std::iter::once(text).chain(may_name.filter_map(|file| file.bytes(article::LIMIT).ok())).collect();
    let name = |file: &Input| file.place().rsplit('/').next().unwrap_or_default().to_owned();
    let names: Vec<String> = pictures.iter().map(|file| name(file)).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let named = companions::named(&names, &texts);
    shows.extend(
        pictures.iter().zip(&names).filter(|(_, name)| named.contains(*name)).map(|(file, _)| file.place().to_owned()),
    );
    shows
}
