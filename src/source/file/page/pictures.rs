//! Matches pictures that were saved individually next to a page, under names that consist of a counter (`640.jpg`,
//! `640(1).jpg`, `图片2.png`), to the pictures of the page: by the order of the names together with size and type.
//!
//! A wrong picture in a published article is worse than a missing one. All such files of a folder must fit into the
//! page's order; a picture is filled only if every way to fit them gives it the same file.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::Read as _;

use super::companions;
use super::counted_name::{Name, Part};
use crate::error::{Error, Result};
use crate::model::sniff::sniff;
use crate::model::{MediaKey, MediaRef, Sha256};
use crate::source::Input;
use crate::source::input::Siblings;

/// The result of matching a page's missing pictures.
#[derive(Debug, Default)]
pub(crate) struct Beside {
    /// Matched pictures and their files, relative to the page.
    pub(crate) taken: Vec<(MediaKey, String)>,
    /// Files that could not be matched to a picture.
    pub(crate) unclear: Vec<Input>,
    /// Pictures that remain missing although there are unmatched files.
    pub(crate) missing: Vec<MediaKey>,
    /// Whether the files are in a folder that only the page reads.
    pub(crate) companions: bool,
}

/// Finds the files next to `page` for the pictures `missing`, given in the order of the page. `text` is the page
/// itself: a file that it names is that picture and no other.
pub(crate) fn find(page: &Input, text: &[u8], title: Option<&str>, missing: &[&MediaRef]) -> Result<Beside> {
    let Some(siblings) = page.siblings().filter(|_| !missing.is_empty()) else { return Ok(Beside::default()) };
    for folder in folders(page.place(), title, &siblings) {
        let mut names: Vec<(Name, String)> = siblings
            .counted(&join(parent(page.place()), &folder))
            .iter()
            .filter(|name| !is_named(text, &folder, name))
            .filter_map(|name| Some((Name::of(name)?, name.clone())))
            .collect();
        if names.is_empty() {
            continue;
        }
        names.sort();
        let relative = |name: &str| if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") };
        let files = names.iter().filter_map(|(_, name)| page.sibling(&relative(name))).collect();
        let mut beside =
            Beside { unclear: files, companions: is_companion(page.place(), &folder), ..Beside::default() };
        let shown: Vec<Shown> = missing.iter().map(|medium| Shown::of(medium)).collect();
        // More files than pictures: some belong to something else.
        if names.len() <= shown.len() {
            let looks = beside.unclear.iter().map(PictureFile::at).collect::<Result<Vec<_>>>()?;
            let taken = matched(&names, &looks, &shown);
            let of = |file: usize, picture: usize| (missing[picture].key.clone(), relative(&names[file].1));
            beside.taken = taken.iter().map(|(file, picture)| of(*file, *picture)).collect();
            let mut place = 0..;
            beside.unclear.retain(|_| place.next().is_some_and(|file| !taken.contains_key(&file)));
        }
        if !beside.unclear.is_empty() {
            let left = missing.iter().filter(|medium| !beside.taken.iter().any(|(key, _)| *key == medium.key));
            beside.missing = left.map(|medium| medium.key.clone()).collect();
        }
        return Ok(beside);
    }
    Ok(Beside::default())
}

/// Returns a number that changes with the counted pictures next to the page at `place`, so that the page is read again.
pub fn state(siblings: &Siblings, place: &str) -> i64 {
    let mut state = 0_i64;
    for folder in folders(place, None, siblings) {
        let folder = join(parent(place), &folder);
        for name in siblings.counted(&folder) {
            let Some(file) = siblings.find(&join(&folder, name)) else { continue };
            let text = format!("{}\n{}\n{:?}", siblings.place(file), siblings.size(file), siblings.time(file));
            let digest = Sha256::of(text.as_bytes());
            let number = digest.as_bytes().iter().take(8).fold(0, |number, byte| number << 8 | i64::from(*byte));
            state = state.wrapping_add(number);
        }
    }
    state
}

/// Returns the folders, relative to the page's, that may hold its pictures; its own first.
fn folders(place: &str, title: Option<&str>, siblings: &Siblings) -> Vec<String> {
    let name = place.rsplit('/').next().unwrap_or(place);
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let mut folders = Vec::new();
    for own in [Some(stem), title].into_iter().flatten().filter(|own| !own.is_empty() && !own.contains('/')) {
        for tail in ["_files", ".files", "_file", "", "_images", "_图片", "-图片", "图片", "的图片"] {
            folders.push(format!("{own}{tail}"));
        }
    }
    if siblings.documents(parent(place)) == 1 {
        let shared = ["assets", "images", "image", "img", "imgs", "pics", "pictures", "图片", ""];
        folders.extend(shared.map(str::to_owned));
    }
    folders
}

/// Reports whether a folder, relative to the page's, belongs to the page.
fn is_companion(place: &str, folder: &str) -> bool {
    let whole = join(parent(place), folder);
    let of_page = |stem| companions::folders(stem).iter().any(|own| own.trim_end_matches('/') == whole);
    companions::stem(place).is_some_and(of_page)
}

fn parent(place: &str) -> &str {
    place.rsplit_once('/').map_or("", |(parent, _)| parent)
}

fn join(folder: &str, name: &str) -> String {
    match (folder, name) {
        ("", name) => name.to_owned(),
        (folder, "") => folder.to_owned(),
        (folder, name) => format!("{folder}/{name}"),
    }
}

/// Reports whether the page names the file, plain or percent-encoded.
fn is_named(text: &[u8], folder: &str, name: &str) -> bool {
    let path = join(folder, name);
    let encoded: Vec<String> = path
        .split('/')
        .map(|part| percent_encoding::utf8_percent_encode(part, percent_encoding::NON_ALPHANUMERIC).to_string())
        .collect();
    let starts = |byte: u8| matches!(byte, b'"' | b'\'' | b'=' | b'(' | b'/' | b' ' | b';');
    let ends = |byte: u8| matches!(byte, b'"' | b'\'' | b'>' | b')' | b' ' | b'?' | b'#' | b'&' | b',');
    [path.clone(), path.replace(' ', "%20"), encoded.join("/")].iter().any(|path| {
        memchr::memmem::find_iter(text, path.as_bytes()).any(|at| {
            // Most addresses end in a slash and a number.
            let before = at.checked_sub(1).and_then(|at| text.get(at));
            let relative = before.is_none_or(|byte| *byte != b'/') || text[..at].ends_with(b"./");
            // A name without extension may be any number, as in `data-w="640"`.
            let reference = |start: &[u8]| start.ends_with(b"./") || start.to_ascii_lowercase().ends_with(b"src=");
            let quoted = text[..at].strip_suffix(b"\"").or(text[..at].strip_suffix(b"'")).unwrap_or(&text[..at]);
            let certain =
                !folder.is_empty() || name.contains('.') || reference(&quoted[quoted.len().saturating_sub(8)..]);
            before.is_some_and(|byte| starts(*byte))
                && certain
                && (relative || !folder.is_empty())
                && text.get(at + path.len()).is_none_or(|byte| ends(*byte))
        })
    })
}

/// The facts that the page states about a picture.
struct Shown {
    size: Option<(u32, u32)>,
    /// MIME type by its address, such as `image/png`.
    mime: Option<&'static str>,
}

impl Shown {
    fn of(medium: &MediaRef) -> Self {
        let format = medium.urls.iter().find_map(|url| {
            let url = url::Url::parse(url).ok()?;
            let asked = url.query_pairs().find(|(name, _)| name == "wx_fmt").map(|(_, value)| value.into_owned());
            let shelf = || url.path_segments()?.next()?.rsplit_once("mmbiz_").map(|(_, format)| format.to_owned());
            asked.or_else(shelf)
        });
        let mime = match format.as_deref() {
            Some("png") => Some("image/png"),
            Some("jpeg" | "jpg") => Some("image/jpeg"),
            Some("gif") => Some("image/gif"),
            Some("svg") => Some("image/svg+xml"),
            _ => None,
        };
        Self { size: medium.width.zip(medium.height), mime }
    }

    /// Reports whether `look` may be this picture.
    fn may_be(&self, look: &PictureFile) -> bool {
        // The platform also serves any picture as WebP, to clients that accept it.
        let type_agrees = look.mime == "image/webp" || self.mime.is_none_or(|mime| mime == look.mime);
        type_agrees && self.size.is_none_or(|declared| look.size.is_some_and(|size| agrees(declared, size)))
    }
}

/// Widths to which the platform scales wider pictures.
const RENDITIONS: [u32; 2] = [640, 1080];

/// Reports whether a file of `size` may be the picture of `declared` size, or a rendition of it.
fn agrees(declared: (u32, u32), size: (u32, u32)) -> bool {
    let (width, height) = size;
    let scaled = width < declared.0 && RENDITIONS.contains(&width);
    if declared.0 == 0 || (width != declared.0 && !scaled) {
        return false;
    }
    let expected = (u64::from(declared.1) * u64::from(width) + u64::from(declared.0) / 2) / u64::from(declared.0);
    u64::from(height).abs_diff(expected) <= 1
}

/// The facts of a file.
struct PictureFile {
    mime: &'static str,
    size: Option<(u32, u32)>,
}

impl PictureFile {
    /// Bytes read of a file: a camera's metadata may precede the size.
    const HEAD: u64 = 256 * 1024;

    fn at(file: &Input) -> Result<Self> {
        let mut head = Vec::new();
        file.open()?.take(Self::HEAD).read_to_end(&mut head).map_err(|error| Error::reading(error, file.locator()))?;
        let mime = sniff(&head).map_or("", |found| found.mime);
        let pixels = |value: usize| u32::try_from(value).ok();
        let size = imagesize::blob_size(&head).ok().and_then(|size| pixels(size.width).zip(pixels(size.height)));
        Ok(Self { mime, size })
    }
}

/// Matches files to pictures, as far as it is certain. Where names differ only in the extension, each extension was
/// counted separately.
fn matched(names: &[(Name, String)], looks: &[PictureFile], shown: &[Shown]) -> BTreeMap<usize, usize> {
    let stems: BTreeSet<&[Part]> = names.iter().map(|(name, _)| name.parts.as_slice()).collect();
    let apart = stems.len() < names.len();
    let mut rows: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (file, (name, _)) in names.iter().enumerate() {
        rows.entry(if apart { &name.extension } else { "" }).or_default().push(file);
    }
    let mut taken = BTreeMap::new();
    for row in rows.values() {
        let Some(fixed) = fitted(row, looks, shown) else { return BTreeMap::new() };
        taken.extend(fixed);
    }
    // A picture cannot be two files.
    let mut uses: HashMap<usize, u32> = HashMap::new();
    for picture in taken.values() {
        *uses.entry(*picture).or_default() += 1;
    }
    taken.retain(|_, picture| uses[picture] == 1 && shown[*picture].size.is_some());
    taken
}

/// Fits the files into the pictures, keeping both orders. Returns the files with only one possible place, or `None` if
/// they do not fit at all.
fn fitted(files: &[usize], looks: &[PictureFile], shown: &[Shown]) -> Option<Vec<(usize, usize)>> {
    let mut earliest = Vec::with_capacity(files.len());
    let mut from = 0;
    for file in files {
        let at = (from..shown.len()).find(|picture| shown[*picture].may_be(&looks[*file]))?;
        earliest.push(at);
        from = at + 1;
    }
    let mut until = shown.len();
    let mut fixed = Vec::new();
    for (file, earliest) in files.iter().zip(earliest).rev() {
        let latest = (0..until).rev().find(|picture| shown[*picture].may_be(&looks[*file]))?;
        until = latest;
        if latest == earliest {
            fixed.push((*file, latest));
        }
    }
    Some(fixed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn look(width: u32, height: u32) -> PictureFile {
        PictureFile { mime: "image/png", size: Some((width, height)) }
    }

    fn pairs(names: &[&str], files: &[(u32, u32)], page: &[Option<(u32, u32)>]) -> Vec<(String, usize)> {
        let mut all: Vec<(Name, String, PictureFile)> = names
            .iter()
            .zip(files)
            .map(|(name, size)| (Name::of(name).unwrap(), (*name).to_owned(), look(size.0, size.1)))
            .collect();
        all.sort_by(|one, two| one.0.cmp(&two.0));
        let shown: Vec<Shown> = page.iter().map(|size| Shown { size: *size, mime: Some("image/png") }).collect();
        let (names, looks): (Vec<_>, Vec<_>) = all.into_iter().map(|(name, file, look)| ((name, file), look)).unzip();
        let taken = matched(&names, &looks, &shown);
        taken.into_iter().map(|(file, picture)| (names[file].1.clone(), picture)).collect()
    }

    #[test]
    fn order_and_size_together_say_which_picture_a_file_is() {
        let page = [Some((100, 50)), Some((80, 80)), Some((100, 50))];
        let all = ["640.png", "640(1).png", "640(2).png"];
        let found = |names: &[&str], files: &[(u32, u32)]| pairs(names, files, &page);
        assert_eq!(found(&all, &[(100, 50), (80, 80), (100, 50)]).len(), 3);
        // The second of two similar pictures is known from what precedes it.
        assert_eq!(found(&all[..2], &[(80, 80), (100, 50)]), [("640.png".into(), 1), ("640(1).png".into(), 2)]);
        // One in the middle is missing.
        assert_eq!(found(&all[..2], &[(100, 50), (100, 50)]).len(), 2);
        // One of two similar pictures: ambiguous.
        assert_eq!(found(&all[..1], &[(100, 50)]), []);
        // Another order, and a file of something else.
        assert_eq!(found(&all, &[(80, 80), (100, 50), (100, 50)]), []);
        assert_eq!(found(&all, &[(100, 50), (33, 44), (100, 50)]), []);
    }

    #[test]
    fn a_picture_of_unknown_size_is_never_filled() {
        assert_eq!(pairs(&["1.png"], &[(100, 50)], &[None]), []);
        assert_eq!(pairs(&["1.png"], &[(100, 50)], &[None, Some((100, 50))]), []);
        assert_eq!(pairs(&["1.png", "2.png"], &[(9, 9), (100, 50)], &[None, Some((100, 50))]), [("2.png".into(), 1)]);
    }

    #[test]
    fn counts_of_two_types_are_two_counts() {
        let page = [Some((100, 50)), Some((80, 80)), Some((60, 60))];
        let names = ["640.jpg", "640.png", "640(1).jpg"];
        let files = [(100, 50), (80, 80), (60, 60)];
        assert_eq!(pairs(&names, &files, &page).len(), 3);
        // Both would be the first picture.
        assert_eq!(pairs(&["640.jpg", "640.png"], &[(100, 50), (100, 50)], &page), []);
    }

    #[test]
    fn renditions_have_the_shape_of_their_picture() {
        assert!(
            agrees((1280, 720), (1280, 720)) && agrees((1280, 720), (1080, 608)) && agrees((1280, 853), (640, 427))
        );
        assert!(
            !agrees((1280, 720), (1000, 563)) && !agrees((1280, 720), (1080, 700)) && !agrees((500, 500), (640, 640))
        );
    }
}
