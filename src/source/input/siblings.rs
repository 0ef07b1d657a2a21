//! The files of one root (a folder, a container) by [`Input::place`]. A root may have a million of them: a file on disk
//! takes little more than its name, and becomes an input when it is asked for.

use std::collections::HashMap;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::Input;
use super::fault::Fault;
use crate::model::Time;
use crate::platform;
use crate::source::file::page::{companions, counted_name};

/// All files of one root.
#[derive(Debug, Default)]
pub struct Siblings {
    /// Folder from which the places of files on disk lead.
    base: PathBuf,
    /// Places of files on disk, one after another.
    places: String,
    /// Files in the order of their places; several may have the same.
    all: Vec<Entry>,
    /// Facts of whole folders, computed on first use.
    folders: OnceLock<HashMap<String, Folder>>,
    /// First failures of reading files on disk, whose inputs come and go.
    faults: Mutex<HashMap<usize, Fault>>,
}

#[derive(Debug)]
enum Entry {
    /// A file on disk with the range of its place, its size and its modification time in nanoseconds since 1970.
    Disk { place: Range<usize>, size: u64, modified: i64 },
    /// An input with its place where that differs from [`Input::place`], and the modification time.
    Input { input: Input, place: Option<Box<str>>, modified: i64 },
}

impl Entry {
    fn place<'e>(&'e self, places: &'e str) -> &'e str {
        match self {
            Self::Disk { place, .. } => &places[place.clone()],
            Self::Input { input, place, .. } => place.as_deref().unwrap_or_else(|| input.place()),
        }
    }
}

/// The facts of one folder.
#[derive(Debug, Default)]
struct Folder {
    /// Names of pictures that consist of a counter only.
    counted: Vec<String>,
    /// Number of pages and other documents.
    documents: usize,
}

/// The files of a folder on disk while they are listed.
#[derive(Debug)]
pub struct Listing(Siblings);

impl Listing {
    /// Creates a list of files whose places lead from the folder `base`.
    pub fn new(base: PathBuf) -> Self {
        Self(Siblings { base, ..Siblings::default() })
    }

    /// Adds the file at `path`, with the size in bytes and the modification time in nanoseconds and as a time.
    pub fn add(&mut self, path: &Path, place: &str, size: u64, (modified, time): (i64, Option<Time>)) {
        let list = &mut self.0;
        let is_told_by_place = path == on_disk(&list.base, place) && time == time_of(modified);
        list.all.push(if is_told_by_place {
            let start = list.places.len();
            list.places.push_str(place);
            Entry::Disk { place: start..list.places.len(), size, modified }
        } else {
            Entry::Input { input: Input::file(path.to_owned(), place, size, time), place: None, modified }
        });
    }

    /// Ends the list.
    pub fn finish(self) -> Arc<Siblings> {
        let mut list = self.0;
        let (base, places) = (&list.base, &list.places);
        list.all.sort_by(|one, other| {
            let path = |entry: &Entry| path_of(base, places, entry);
            one.place(places).cmp(other.place(places)).then_with(|| path(one).cmp(&path(other)))
        });
        list.places.shrink_to_fit();
        list.all.shrink_to_fit();
        let list = Arc::new(list);
        for entry in &list.all {
            if let Entry::Input { input, .. } = entry {
                input.set_siblings(&list);
            }
        }
        list
    }
}

fn on_disk(base: &Path, place: &str) -> PathBuf {
    // Part by part: a path that Windows resolved has no `/`.
    let mut path = base.to_owned();
    path.extend(place.split('/'));
    path
}

fn time_of(modified: i64) -> Option<Time> {
    Time::from_unix(modified / 1_000_000_000)
}

fn path_of(base: &Path, places: &str, entry: &Entry) -> Option<PathBuf> {
    match entry {
        Entry::Disk { place, .. } => Some(on_disk(base, &places[place.clone()])),
        Entry::Input { input, .. } => input.path().map(Path::to_owned),
    }
}

impl FromIterator<Entry> for Siblings {
    fn from_iter<T: IntoIterator<Item = Entry>>(entries: T) -> Self {
        let mut all: Vec<Entry> = entries.into_iter().collect();
        all.sort_by(|one, other| one.place("").cmp(other.place("")));
        Self { all, ..Self::default() }
    }
}

impl FromIterator<Input> for Siblings {
    fn from_iter<T: IntoIterator<Item = Input>>(inputs: T) -> Self {
        inputs.into_iter().map(|input| Entry::Input { input, place: None, modified: 0 }).collect()
    }
}

impl FromIterator<(String, Input)> for Siblings {
    fn from_iter<T: IntoIterator<Item = (String, Input)>>(inputs: T) -> Self {
        let entry = |(place, input): (String, _)| Entry::Input { input, place: Some(place.into()), modified: 0 };
        inputs.into_iter().map(entry).collect()
    }
}

impl Siblings {
    /// Returns the number of files.
    pub fn count(&self) -> usize {
        self.all.len()
    }

    /// Returns the place of a file by its number, which counts in the order of places.
    pub fn place(&self, number: usize) -> &str {
        self.all[number].place(&self.places)
    }

    /// Returns the size of a file in bytes.
    pub fn size(&self, number: usize) -> u64 {
        match &self.all[number] {
            Entry::Disk { size, .. } => *size,
            Entry::Input { input, .. } => input.size(),
        }
    }

    /// Returns the modification time of a file on disk, in nanoseconds since 1970.
    pub fn modified(&self, number: usize) -> i64 {
        match &self.all[number] {
            Entry::Disk { modified, .. } | Entry::Input { modified, .. } => *modified,
        }
    }

    /// Returns the modification time of a file.
    pub fn time(&self, number: usize) -> Option<Time> {
        match &self.all[number] {
            Entry::Disk { modified, .. } => time_of(*modified),
            Entry::Input { input, .. } => input.modified(),
        }
    }

    /// Returns the path of a file on disk as [`platform::text_of`] writes it.
    pub fn path(&self, number: usize) -> String {
        let path = path_of(&self.base, &self.places, &self.all[number]);
        path.map(|path| platform::text_of(&path)).unwrap_or_default()
    }

    /// Returns the path of a file on disk with its place as it is shown.
    pub fn path_shown(&self, number: usize) -> String {
        platform::text_of(&on_disk(&self.base, self.place(number)))
    }

    /// Returns a file as an input.
    pub fn input(self: &Arc<Self>, number: usize) -> Input {
        match &self.all[number] {
            Entry::Disk { place, size, .. } => {
                let place = &self.places[place.clone()];
                Input::listed(self, number, on_disk(&self.base, place), place, *size, self.time(number))
            }
            Entry::Input { input, .. } => input.clone(),
        }
    }

    /// Returns the number of the file at `place`; of several the last one.
    pub fn find(&self, place: &str) -> Option<usize> {
        let after = self.all.partition_point(|entry| entry.place(&self.places) <= place);
        after.checked_sub(1).filter(|number| self.place(*number) == place)
    }

    /// Returns the file at `place`; of several the last one.
    pub fn get(self: &Arc<Self>, place: &str) -> Option<Input> {
        self.find(place).map(|number| self.input(number))
    }

    /// Iterates over all places.
    pub fn places(&self) -> impl Iterator<Item = &str> {
        self.all.iter().map(|entry| entry.place(&self.places))
    }

    /// Returns the files in the folders of the saved page at `page`. Of several pages of one folder the first has them.
    pub(super) fn companions(self: Arc<Self>, page: &str) -> impl Iterator<Item = Input> + use<> {
        let stem = companions::stem(page).filter(|stem| {
            let mut pages = self.below(&format!("{stem}.")).map(|number| self.place(number));
            pages.find(|place| companions::stem(place) == Some(stem)) == Some(page)
        });
        let folders = stem.map(companions::folders).unwrap_or_default();
        let files: Vec<Range<usize>> = folders.iter().map(|folder| self.below(folder)).collect();
        files.into_iter().flatten().map(move |number| self.input(number))
    }

    /// Returns the numbers of the files whose places begin with `start`.
    pub fn below(&self, start: &str) -> Range<usize> {
        let first = self.all.partition_point(|entry| entry.place(&self.places) < start);
        let end = self.all[first..].partition_point(|entry| entry.place(&self.places).starts_with(start));
        first..first + end
    }

    /// Returns the names of the pictures of `folder` that consist of a counter only, in no order.
    pub(in crate::source) fn counted(&self, folder: &str) -> &[String] {
        self.folders().get(folder).map_or(&[], |folder| &folder.counted)
    }

    /// Returns the number of documents in `folder`.
    pub(in crate::source) fn documents(&self, folder: &str) -> usize {
        self.folders().get(folder).map_or(0, |folder| folder.documents)
    }

    fn folders(&self) -> &HashMap<String, Folder> {
        self.folders.get_or_init(|| {
            let mut folders: HashMap<String, Folder> = HashMap::new();
            let mut last = None;
            for place in self.places().filter(|place| last.replace(*place) != Some(place)) {
                let (folder, name) = place.rsplit_once('/').unwrap_or(("", place));
                if counted_name::is_document(name) {
                    folders.entry(folder.to_owned()).or_default().documents += 1;
                } else if counted_name::is_counted(name) {
                    folders.entry(folder.to_owned()).or_default().counted.push(name.to_owned());
                }
            }
            folders
        })
    }

    /// Remembers a failure of reading a file on disk, unless there was one before.
    pub(super) fn note_fault(&self, number: usize, fault: Fault) {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner).entry(number).or_insert(fault);
    }

    /// Returns the first failure of reading a file on disk.
    pub(super) fn fault(&self, number: usize) -> Option<Fault> {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner).get(&number).cloned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lists files of these names and bytes in a folder.
    fn listed(folder: &Path, files: &[(&str, &[u8])]) -> Arc<Siblings> {
        let mut listing = Listing::new(folder.to_owned());
        for (place, bytes) in files {
            let path = on_disk(folder, place);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, bytes).unwrap();
            listing.add(&path, place, bytes.len() as u64, (1_700_000_000_000_000_000, Time::from_unix(1_700_000_000)));
        }
        listing.finish()
    }

    #[test]
    fn files_are_in_order_and_found_by_their_places() {
        let folder = tempfile::tempdir().unwrap();
        let siblings = listed(folder.path(), &[("b.html", b"b"), ("a/2.png", b"22"), ("a/1.png", b"1")]);
        assert_eq!(siblings.places().collect::<Vec<_>>(), ["a/1.png", "a/2.png", "b.html"]);
        assert_eq!((siblings.find("a/2.png"), siblings.find("a"), siblings.find("c")), (Some(1), None, None));
        assert_eq!((siblings.size(1), siblings.time(1)), (2, Time::from_unix(1_700_000_000)));
        assert_eq!(siblings.path(1), platform::text_of(&folder.path().join("a").join("2.png")));
        assert_eq!(siblings.get("b.html").unwrap().bytes(9).unwrap(), b"b");
        assert_eq!(siblings.input(2).sibling("./a/1.png").unwrap().bytes(9).unwrap(), b"1");
        assert!(siblings.counted("a").iter().eq(["1.png", "2.png"]) && siblings.documents("") == 1);
    }

    #[test]
    fn of_several_files_at_one_place_the_last_is_found_and_none_is_lost() {
        let input = |bytes: &[u8]| Input::bytes_at("a.png", bytes.to_vec(), None);
        let siblings: Arc<Siblings> = Arc::new([input(b"1"), input(b"2")].into_iter().collect());
        assert_eq!((siblings.count(), siblings.get("a.png").unwrap().bytes(9).unwrap()), (2, b"2".to_vec()));
    }

    #[test]
    fn a_failure_to_read_a_file_is_known_to_all_who_read_it_later() {
        let folder = tempfile::tempdir().unwrap();
        let siblings = listed(folder.path(), &[("page.html", b"page"), ("1.png", b"picture"), ("2.png", b"picture")]);
        let page = siblings.get("page.html").unwrap();
        // Shorter than when it was listed.
        std::fs::write(folder.path().join("1.png"), "pic").unwrap();
        assert!(page.sibling("1.png").unwrap().bytes(9).is_err());
        assert!(page.sibling("2.png").unwrap().bytes(9).is_ok());
        std::fs::write(folder.path().join("1.png"), "picture").unwrap();
        let failed = |input: &Input| input.faults().iter().map(|one| one.locator().to_owned()).collect::<Vec<_>>();
        assert_eq!(failed(&page), ["1.png"]);
        assert!(page.fault().is_none() && siblings.get("2.png").unwrap().fault().is_none());
        let picture = siblings.get("1.png").unwrap();
        assert!(picture.bytes(9).is_ok() && failed(&picture) == ["1.png"], "{:?}", picture.fault());
        // Whoever does not read it is not concerned.
        assert!(failed(&siblings.get("page.html").unwrap()).is_empty());
    }

    #[test]
    fn a_file_takes_little_more_than_its_name() {
        assert!(size_of::<Entry>() <= 48, "{}", size_of::<Entry>());
    }
}
