//! Matches saved files with the videos of works: by MD5, by the work they were fetched for, by key, then by size and
//! length together, then by name. A pure function of all works and all files, so that their order cannot matter.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::model::{GapReason, SavedFile, Sha256};
use crate::parse::list::channels::comparable;

/// A work whose video is wanted, with everything the lists declare of it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wanted {
    /// Names of the work.
    pub(crate) names: Vec<String>,
    /// Description of the work.
    pub(crate) text: String,
    /// Declared MD5 digests.
    pub(crate) md5: Vec<String>,
    /// Declared sizes in bytes.
    pub(crate) bytes: Vec<u64>,
    /// Declared lengths in milliseconds.
    pub(crate) durations: Vec<u64>,
    /// Keys that decrypt the video.
    pub(crate) keys: Vec<u64>,
}

/// How a video was matched, most reliable first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum How {
    Md5,
    Fetched,
    Key,
    SizeDuration,
    Name,
}

impl How {
    /// Returns the code used in records.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Md5 => "md5",
            Self::Fetched => "fetched",
            Self::Key => "key",
            Self::SizeDuration => "size_duration",
            Self::Name => "name",
        }
    }
}

/// The result of the matching.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Matches {
    /// For each work, the index of its file and how it was matched.
    pub(crate) videos: BTreeMap<usize, (usize, How)>,
    /// For works without a video, the file that should be it and the reason it is not usable.
    pub(crate) trouble: BTreeMap<usize, (GapReason, usize)>,
    /// For each file, its work; the first if there are several.
    pub(crate) works: BTreeMap<usize, usize>,
}

/// Tolerance in milliseconds for a declared length: lists give whole seconds, truncated or rounded.
const SECOND: u64 = 1_500;
/// Tolerance in milliseconds for a match by name: renditions differ by some frames.
const NAMED: u64 = 3_000;
/// Length in characters of the shortest name that is matched as a prefix.
const PREFIX: usize = 4;

/// Matches works with files.
pub(crate) fn find(works: &[Wanted], files: &[SavedFile]) -> Matches {
    let mut found = Matches::default();
    let usable: Vec<usize> = (0..files.len()).filter(|file| is_video(&files[*file])).collect();
    certain(works, files, &usable, &mut found);
    by_size(works, files, &usable, &mut found);
    let names = Names::of(works);
    by_name(works, files, &usable, &names, &mut found);
    trouble(works, files, &names, &mut found);
    let pairs: Vec<(usize, usize)> = found.videos.iter().map(|(work, (file, _))| (*file, *work)).collect();
    let troubled: Vec<(usize, usize)> = found.trouble.iter().map(|(work, (_, file))| (*file, *work)).collect();
    for (file, work) in pairs.into_iter().chain(troubled) {
        found.works.entry(file).or_insert(work);
    }
    found
}

fn is_video(file: &SavedFile) -> bool {
    file.known && file.whole && !file.picture
}

/// Finds the matches that are certain: by MD5, fetched for the work, or decrypted with its key. One file may be several
/// works' video: the same video published twice.
fn certain(works: &[Wanted], files: &[SavedFile], usable: &[usize], found: &mut Matches) {
    let mut md5: HashMap<&str, usize> = HashMap::new();
    let mut fetched: HashMap<&str, usize> = HashMap::new();
    let mut keys: HashMap<u64, usize> = HashMap::new();
    for file in usable.iter().rev() {
        md5.insert(&files[*file].md5, *file);
        files[*file].of.as_deref().map(|of| fetched.insert(of, *file));
        files[*file].key.map(|key| keys.insert(key, *file));
    }
    let mut users: HashMap<u64, usize> = HashMap::new();
    for work in works {
        let own: HashSet<u64> = work.keys.iter().copied().collect();
        for key in own {
            *users.entry(key).or_default() += 1;
        }
    }
    for (index, work) in works.iter().enumerate() {
        let by_md5 = work.md5.iter().find_map(|one| md5.get(one.as_str())).map(|file| (*file, How::Md5));
        let by_name =
            || work.names.iter().find_map(|name| fetched.get(name.as_str())).map(|file| (*file, How::Fetched));
        // A key belongs to one video, but what the list declares of the video itself is stronger.
        let fits =
            |file: &usize| work.md5.is_empty() && (work.bytes.is_empty() || work.bytes.contains(&files[*file].bytes));
        let alone = |key: &&u64| users.get(key) == Some(&1);
        let by_key = || {
            let file = work.keys.iter().filter(alone).find_map(|key| keys.get(key)).copied().filter(fits)?;
            Some((file, How::Key))
        };
        if let Some(pair) = by_md5.or_else(by_name).or_else(by_key) {
            found.videos.insert(index, pair);
        }
    }
}

fn taken(found: &Matches) -> HashSet<usize> {
    found.videos.values().map(|(file, _)| *file).collect()
}

fn close(file: &SavedFile, durations: &[u64], within: u64) -> Option<bool> {
    let length = file.duration_ms?;
    (!durations.is_empty()).then(|| durations.iter().any(|declared| declared.abs_diff(length) <= within))
}

/// Matches by size and length together, if that leads from one work to one file and back.
fn by_size(works: &[Wanted], files: &[SavedFile], usable: &[usize], found: &mut Matches) {
    let taken = taken(found);
    let mut of_size: HashMap<u64, Vec<usize>> = HashMap::new();
    for file in usable.iter().filter(|file| !taken.contains(file)) {
        of_size.entry(files[*file].bytes).or_default().push(*file);
    }
    let mut pairs: Vec<(usize, usize)> = Vec::new();
    for (index, work) in works.iter().enumerate().filter(|(index, _)| !found.videos.contains_key(index)) {
        let all = work.bytes.iter().flat_map(|bytes| of_size.get(bytes).into_iter().flatten());
        let mut fitting: Vec<usize> =
            all.filter(|file| close(&files[**file], &work.durations, SECOND) == Some(true)).copied().collect();
        fitting.sort_unstable();
        fitting.dedup();
        pairs.extend(fitting.into_iter().map(|file| (index, file)));
    }
    let (mut of_work, mut of_file): (HashMap<usize, usize>, HashMap<usize, usize>) = Default::default();
    for (work, file) in &pairs {
        *of_work.entry(*work).or_default() += 1;
        *of_file.entry(*file).or_default() += 1;
    }
    for (work, file) in &pairs {
        if of_work[work] > 1 || of_file[file] > 1 {
            continue;
        }
        if works[*work].md5.is_empty() {
            found.videos.insert(*work, (*file, How::SizeDuration));
        } else {
            // The size and length are right but the MD5 is not: the copy is damaged.
            found.trouble.insert(*work, (GapReason::HashMismatch, *file));
        }
    }
}

/// The names under which works may have been saved.
struct Names {
    whole: HashMap<String, Vec<usize>>,
    /// Works by description, if it is long enough to be matched as a prefix.
    texts: BTreeMap<String, Vec<usize>>,
}

impl Names {
    fn of(works: &[Wanted]) -> Self {
        let mut names = Self { whole: HashMap::new(), texts: BTreeMap::new() };
        for (index, work) in works.iter().enumerate() {
            let text = comparable(&work.text);
            let ids = work.names.iter().filter_map(|name| name.split_once(':')).map(|(_, id)| comparable(id));
            for id in ids {
                names.whole.entry(id).or_default().push(index);
            }
            if beginning(&text).is_some() {
                names.texts.entry(text.clone()).or_default().push(index);
            }
            if !text.is_empty() {
                names.whole.entry(text).or_default().push(index);
            }
        }
        names
    }

    /// Returns the only work that a file of this name may be.
    fn work(&self, name: &str) -> Option<usize> {
        let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
        let stem = comparable(without_copy_mark(stem));
        // Programs prefix the description with the date or a number.
        let bare = stem.trim_start_matches(|letter: char| letter.is_ascii_digit());
        for name in [stem.as_str(), bare] {
            match self.whole.get(name).map(Vec::as_slice) {
                Some([work]) => return Some(*work),
                Some([first, rest @ ..]) if rest.iter().all(|other| other == first) => return Some(*first),
                _ => {}
            }
        }
        for name in [stem.as_str(), bare] {
            let Some(shortest) = beginning(name) else { continue };
            let longer = self.texts.range(name.to_owned()..).take_while(|(text, _)| text.starts_with(name));
            let cuts = name.char_indices().map(|(at, _)| at).filter(|at| *at >= shortest);
            let shorter = cuts.filter_map(|at| self.texts.get(&name[..at]));
            let mut fitting = longer.map(|(_, works)| works).chain(shorter).flatten();
            if let (Some(work), None) = (fitting.next(), fitting.next()) {
                return Some(*work);
            }
        }
        None
    }
}

/// Returns the byte length of the text's shortest usable prefix; `None` if the text is shorter.
fn beginning(text: &str) -> Option<usize> {
    text.char_indices().nth(PREFIX - 1).map(|(at, last)| at + last.len_utf8())
}

/// Removes what systems append to a second copy: `海边 (1)`, `海边 - 副本`.
fn without_copy_mark(stem: &str) -> &str {
    let stem = stem.trim_end();
    let stem = stem.strip_suffix("副本").map_or(stem, |stem| stem.trim_end_matches([' ', '-', '_', '的']));
    let numbered = stem.strip_suffix([')', '）']).and_then(|rest| {
        let rest = rest.trim_end_matches(|letter: char| letter.is_ascii_digit());
        rest.strip_suffix(['(', '（'])
    });
    numbered.unwrap_or(stem).trim_end()
}

/// Matches by name; of several copies the one with the declared length wins, then the largest.
fn by_name(works: &[Wanted], files: &[SavedFile], usable: &[usize], names: &Names, found: &mut Matches) {
    let taken = taken(found);
    let mut best: BTreeMap<usize, (bool, u64, Sha256, usize)> = BTreeMap::new();
    for file in usable.iter().filter(|file| !taken.contains(file)) {
        let one = &files[*file];
        let Some(work) = names.work(&one.name) else { continue };
        if found.videos.contains_key(&work) || found.trouble.get(&work).is_some_and(|(_, other)| other == file) {
            continue;
        }
        let close = close(one, &works[work].durations, NAMED);
        if close == Some(false) {
            continue;
        }
        let rank = (close == Some(true), one.bytes, one.sha256, *file);
        let known = best.entry(work).or_insert(rank);
        *known = (*known).max(rank);
    }
    for (work, (.., file)) in best {
        found.trouble.remove(&work);
        found.videos.insert(work, (file, How::Name));
    }
}

/// Finds files that are some work's video and cannot be used: still encrypted, or truncated.
fn trouble(works: &[Wanted], files: &[SavedFile], names: &Names, found: &mut Matches) {
    let mut of_size: HashMap<u64, Vec<usize>> = HashMap::new();
    let mut named: HashMap<&str, usize> = HashMap::new();
    for (index, work) in works.iter().enumerate() {
        let sizes: HashSet<u64> = work.bytes.iter().copied().collect();
        for bytes in sizes {
            of_size.entry(bytes).or_default().push(index);
        }
        for name in &work.names {
            named.entry(name).or_insert(index);
        }
    }
    for (index, file) in files.iter().enumerate() {
        let Some(reason) = file.trouble() else { continue };
        let work = match of_size.get(&file.bytes).map(Vec::as_slice) {
            Some([work]) if reason == GapReason::StillEncrypted => Some(*work),
            _ => names.work(&file.name),
        };
        let work = file.of.as_deref().and_then(|of| named.get(of)).copied().or(work);
        if let Some(work) = work.filter(|work| !found.videos.contains_key(work)) {
            found.trouble.entry(work).or_insert((reason, index));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(name: &str, seconds: u64, bytes: u64) -> SavedFile {
        SavedFile {
            sha256: Sha256::of(format!("{name} {bytes}").as_bytes()),
            md5: format!("md5 of {name} {bytes}"),
            bytes,
            name: name.to_owned(),
            duration_ms: Some(seconds * 1000 + 300),
            width: None,
            height: None,
            known: true,
            whole: true,
            of: None,
            key: None,
            picture: false,
            opened: None,
        }
    }

    fn work(text: &str, seconds: u64, bytes: u64) -> Wanted {
        Wanted {
            names: vec![format!("object:{bytes}00000")],
            text: text.to_owned(),
            bytes: vec![bytes],
            durations: vec![seconds * 1000],
            ..Wanted::default()
        }
    }

    #[test]
    fn md5_goes_before_size_and_size_before_name() {
        let mut first = work("海边的一天 #旅行", 10, 100);
        first.md5 = vec!["md5 of c.mp4 7".to_owned()];
        let works = [first, work("山里的一天 #旅行", 20, 200), work("城里的一天 #生活", 30, 300)];
        let files =
            [file("海边的一天.mp4", 20, 200), file("c.mp4", 99, 7), file("20260724城里的一天 #生活 (1).mp4", 30, 301)];
        let found = find(&works, &files);
        assert_eq!(found.videos[&0], (1, How::Md5));
        assert_eq!(found.videos[&1], (0, How::SizeDuration));
        assert_eq!(found.videos[&2], (2, How::Name));
    }

    #[test]
    fn no_order_of_files_or_works_changes_what_is_found() {
        let works: Vec<Wanted> = (0..6).map(|n| work(&format!("第{n}条视频，很长的描述"), 10 + n, 100 + n)).collect();
        let mut files: Vec<SavedFile> =
            (0..6).map(|n| file(&format!("第{n}条视频.mp4"), 10 + n, 100 + n % 3)).collect();
        let names = |works: &[Wanted], files: &[SavedFile]| -> BTreeMap<String, (String, How)> {
            let found = find(works, files);
            let pair = |(work, (file, how)): (&usize, &(usize, How))| {
                (works[*work].text.clone(), (files[*file].name.clone(), *how))
            };
            found.videos.iter().map(pair).collect()
        };
        let before = names(&works, &files);
        assert_eq!(before.len(), 6, "{before:?}");
        files.reverse();
        let mut turned = works.clone();
        turned.rotate_left(2);
        assert_eq!(names(&turned, &files), before);
    }

    #[test]
    fn a_damaged_copy_is_no_film() {
        let mut wanted = work("海边", 10, 100);
        wanted.md5 = vec!["another".to_owned()];
        let found = find(&[wanted], &[file("x.mp4", 10, 100)]);
        assert!(found.videos.is_empty());
        assert_eq!(found.trouble[&0], (GapReason::HashMismatch, 0));
    }

    #[test]
    fn two_works_alike_are_told_apart_by_nothing() {
        let works = [work("", 10, 100), work("", 10, 100)];
        assert_eq!(find(&works, &[file("x.mp4", 10, 100)]).videos.len(), 0);
    }

    #[test]
    fn what_cannot_be_read_is_told_at_the_work_it_should_be() {
        let mut hidden = file("x", 0, 100);
        (hidden.known, hidden.duration_ms) = (false, None);
        let mut cut = file("山里的一天.mp4", 20, 150);
        cut.whole = false;
        let found = find(&[work("海边的一天", 10, 100), work("山里的一天", 20, 200)], &[hidden.clone(), cut]);
        assert_eq!(found.trouble[&0], (GapReason::StillEncrypted, 0));
        assert_eq!(found.trouble[&1], (GapReason::BrokenInput, 1));
        hidden.opened = Some(Sha256::of(b"film"));
        assert!(find(&[work("海边的一天", 10, 100)], &[hidden]).trouble.is_empty());
    }

    #[test]
    fn a_name_with_another_length_is_another_film() {
        let found = find(&[work("海边的一天", 10, 100)], &[file("海边的一天.mp4", 60, 999)]);
        assert!(found.videos.is_empty());
    }
}
