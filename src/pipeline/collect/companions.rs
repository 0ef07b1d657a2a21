//! Tells the inputs of a walk from what is read with them: the files of saved pages, the logs of databases, the indexes of
//! web archives. What is read with an input is part of its state.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use serde::Deserialize;

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
pub(super) fn mark(files: &mut [FoundInput], siblings: &Arc<Siblings>, unseen: &[String]) {
    let pages: HashSet<&str> =
        siblings.places().chain(unseen.iter().map(String::as_str)).filter_map(companions::stem).collect();
    let indexes = indexes_of_archives(siblings);
    let mut beside: HashMap<&str, i64> = HashMap::new();
    let are_companions: Vec<bool> = files
        .iter()
        .map(|file| {
            let place = file.place();
            let is_index = indexes.contains(place);
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

/// Returns the places of the files of unpacked WACZs that name the pages of `archive/` again, or tell of the recording: those
/// that `datapackage.json` lists outside of it, and the package's own (WACZ 1.1.1, "Directory Layout").
fn indexes_of_archives(files: &Arc<Siblings>) -> HashSet<String> {
    let mut indexes = HashSet::new();
    for package in files.places().filter(|place| place.ends_with("/datapackage.json")) {
        let root = package.trim_end_matches("datapackage.json");
        if !files.below(&format!("{root}archive/")).any(|file| files.place(file).contains(".warc")) {
            continue;
        }
        let bytes = files.get(package).and_then(|input| input.bytes(LARGEST_PACKAGE).ok());
        let listed = bytes.and_then(|bytes| serde_json::from_slice::<Package>(&bytes).ok()).unwrap_or_default();
        let listed = listed.resources.into_iter().filter_map(|resource| resource.path);
        let usual = USUAL_INDEXES.iter().map(|name| (*name).to_owned());
        let own = listed.filter(|path| is_index(path)).chain(usual);
        indexes.extend(own.map(|path| format!("{root}{path}")));
    }
    indexes
}

/// Reports whether a path inside a WACZ is named like that of an index of pages or records, or of a log.
fn is_index(path: &str) -> bool {
    let ends: &[&str] = match path.split_once('/') {
        Some(("pages", _)) => &[".jsonl"],
        Some(("indexes", _)) => &[".cdx", ".cdxj", ".idx", ".cdx.gz", ".cdxj.gz"],
        Some(("logs", _)) => &[".log", ".log.gz", ".jsonl"],
        _ => return path == "fuzzy.json",
    };
    ends.iter().any(|end| path.ends_with(end))
}

/// Largest `datapackage.json` that is read, in bytes.
const LARGEST_PACKAGE: u64 = 16 * 1024 * 1024;

/// Files that a WACZ may have without listing them.
const USUAL_INDEXES: [&str; 6] = [
    "datapackage.json",
    "datapackage-digest.json",
    "pages/pages.jsonl",
    "pages/extraPages.jsonl",
    "indexes/index.cdx.gz",
    "indexes/index.idx",
];

/// The part of `datapackage.json` that names files.
#[derive(Default, Deserialize)]
struct Package {
    #[serde(default)]
    resources: Vec<Resource>,
}

#[derive(Deserialize)]
struct Resource {
    path: Option<String>,
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
        let package: &[u8] =
            br#"{"resources": [{"path": "archive/a.warc.gz"}, {"path": "logs/crawl.log"}, {"path": "bill.csv"}, {"name": 1}]}"#;
        let files: [(&str, &[u8]); 12] = [
            ("in/w/archive/a.warc.gz", b""),
            ("in/w/datapackage.json", package),
            ("in/w/datapackage-digest.json", b""),
            ("in/w/pages/pages.jsonl", b""),
            ("in/w/indexes/index.cdx.gz", b""),
            ("in/w/logs/crawl.log", b""),
            ("in/w/logs/own.log", b""),
            ("in/w/pages/messages.jsonl", b""),
            ("in/w/bill.csv", b""),
            ("in/w/deep/pages/pages.jsonl", b""),
            ("in/v/datapackage.json", package),
            ("in/v/logs/crawl.log", b""),
        ];
        let input = |(place, bytes): &(&str, &[u8])| {
            FoundInput::inside(Input::bytes_at(*place, bytes.to_vec(), None), (*place).into(), 0)
        };
        let mut found: Vec<_> = files.iter().map(input).collect();
        let _siblings = settle(&mut found);
        let left_out: Vec<_> = found.iter().filter(|file| file.companion).map(FoundInput::place).collect();
        assert_eq!(left_out, files[1..6].iter().map(|file| file.0).collect::<Vec<_>>());
    }
}
