//! Tells the inputs of a walk from what is read with them: the files of saved pages, the logs of databases, the indexes of
//! web archives. What is read with an input is part of its state.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::found_input::FoundInput;
use crate::model::Sha256;
use crate::source::file::page::{companions, pictures};
use crate::source::input::Siblings;

/// Suffix of the log that SQLite keeps next to a database.
const DATABASE_LOG: &str = "-wal";

/// Gives the members of a container their siblings, and marks the companions of saved pages.
pub(crate) fn settle(members: &mut [FoundInput]) -> Arc<Siblings> {
    let siblings: Arc<Siblings> = Arc::new(members.iter().map(FoundInput::input).collect());
    for member in members.iter() {
        member.input().set_siblings(&siblings);
    }
    mark(members, &siblings, &[]);
    siblings
}

/// Marks the companions of saved pages, and adds to the state of a file that of what is read with it. `unseen` are the
/// places of files that could not be examined: the companions of such a page wait for it.
pub(super) fn mark(files: &mut [FoundInput], siblings: &Siblings, unseen: &[String]) {
    let pages: HashSet<&str> =
        siblings.places().chain(unseen.iter().map(String::as_str)).filter_map(companions::stem).collect();
    let archives = web_archives(siblings);
    let mut beside: HashMap<&str, i64> = HashMap::new();
    let are_companions: Vec<bool> = files
        .iter()
        .map(|file| {
            let place = file.place();
            let is_index = archives.iter().any(|root| place.strip_prefix(root).is_some_and(is_index_of_archive));
            let page = companions::page_of(place, &pages);
            if let Some(page) = page {
                let sum = beside.entry(page).or_default();
                *sum = sum.wrapping_add(state_of(file));
            }
            is_index || page.is_some()
        })
        .collect();
    // The state of a database includes its log.
    let logs: HashMap<String, i64> = files
        .iter()
        .filter_map(|file| Some((file.place().strip_suffix(DATABASE_LOG)?.to_owned(), state_of(file))))
        .collect();
    for (file, companion) in files.iter_mut().zip(are_companions) {
        file.companion = companion;
        let mut state = 0;
        // A page is read again if a file next to it was added or changed since.
        if let Some(stem) = companions::stem(file.place()).filter(|_| !companion) {
            state ^= beside.get(stem).unwrap_or(&0);
            state ^= pictures::state(siblings, file.place());
        }
        state ^= logs.get(file.place()).unwrap_or(&0);
        file.modified ^= state;
    }
}

/// Returns a number that identifies the state of a file.
fn state_of(file: &FoundInput) -> i64 {
    let text = format!("{}\n{}\n{}", file.place(), file.size(), file.modified);
    let digest = Sha256::of(text.as_bytes());
    digest.as_bytes().iter().take(8).fold(0, |number, byte| number << 8 | i64::from(*byte))
}

/// Returns the folders that are a WACZ, whose data is in `archive/`.
fn web_archives(files: &Siblings) -> Vec<&str> {
    let roots = files.places().filter_map(|place| place.strip_suffix("datapackage.json"));
    let holds_data =
        |root: &&str| files.below(&format!("{root}archive/")).any(|file| files.place(file).contains(".warc"));
    roots.filter(|root| root.ends_with('/')).filter(holds_data).collect()
}

/// Reports whether the path inside a WACZ is that of a file that names the pages of `archive/` again, or of a log of the
/// recording (WACZ 1.1.1, "Directory Layout"; `fuzzy.json` and `logs/` are of recorders).
fn is_index_of_archive(inside: &str) -> bool {
    let (folder, name) = inside.rsplit_once('/').unwrap_or(("", inside));
    match folder {
        "" => matches!(name, "datapackage.json" | "datapackage-digest.json" | "fuzzy.json"),
        "pages" => name.ends_with(".jsonl"),
        "indexes" => [".cdx", ".cdxj", ".idx", ".cdx.gz", ".cdxj.gz"].iter().any(|end| name.ends_with(end)),
        "logs" => [".log", ".log.gz", ".jsonl"].iter().any(|end| name.ends_with(end)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Time;
    use crate::source::Input;
    use crate::source::input::Listing;

    #[test]
    fn the_pictures_of_a_page_that_cannot_be_examined_wait_for_it() {
        let folder = tempfile::tempdir().unwrap();
        let mut listing = Listing::new(folder.path().to_owned());
        for place in ["in/一.jpg", "in/一_files/640.png", "in/二.html", "in/二_files/640.png"] {
            listing.add(&folder.path().join(place), place, 1, (0, Time::from_unix(0)));
        }
        let siblings = listing.finish();
        let companions = |unseen: &[&str]| {
            let mut files = FoundInput::all_of(&siblings);
            let unseen: Vec<String> = unseen.iter().map(|place| (*place).to_owned()).collect();
            mark(&mut files, &siblings, &unseen);
            let companions = files.iter().filter(|file| file.companion);
            companions.map(|file| file.place().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(companions(&[]), ["in/二_files/640.png"]);
        assert_eq!(companions(&["in/一.html"]), ["in/一_files/640.png", "in/二_files/640.png"]);
    }
    #[test]
    fn only_the_indexes_of_a_web_archive_are_left_out() {
        let places = [
            "in/w/archive/a.warc.gz",
            "in/w/datapackage.json",
            "in/w/datapackage-digest.json",
            "in/w/pages/pages.jsonl",
            "in/w/indexes/index.cdx.gz",
            "in/w/indexes/index.idx",
            "in/w/logs/crawl.log",
            "in/w/账单.csv",
            "in/w/pages/文章.html",
            "in/w/deep/pages/pages.jsonl",
            "in/v/datapackage.json",
            "in/v/pages/pages.jsonl",
        ];
        let input = |place: &str| Input::bytes_at(place, Vec::new(), None);
        let mut files: Vec<_> =
            places.iter().map(|place| FoundInput::inside(input(place), (*place).into(), 0)).collect();
        let _siblings = settle(&mut files);
        let left_out: Vec<_> = files.iter().filter(|file| file.companion).map(FoundInput::place).collect();
        assert_eq!(left_out, places[1..7]);
    }
}
