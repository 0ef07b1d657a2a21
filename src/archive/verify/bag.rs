//! Reads the tag files of a bag of any BagIt version from 0.93 on: its declaration, its manifests, its stated size.
//! Every fault becomes a finding, and reading continues with the parts that can be understood.

use std::collections::BTreeMap;
use std::io;

use super::hash::Algorithm;
use crate::archive::bagit::Oxum;
use crate::model::names::collision_key;
use crate::model::{Problem, is_left_about};

/// A file that manifests list.
#[derive(Clone, Debug, Default)]
pub(super) struct Listed {
    /// Digests of the file, by algorithm.
    pub(super) digests: Vec<(Algorithm, Vec<u8>)>,
}

/// The content of a bag's tag files.
#[derive(Debug, Default)]
pub(super) struct Bag {
    /// Version (major, minor); 1.0 if it cannot be understood.
    pub(super) version: (u32, u32),
    /// Algorithms of payload manifests.
    pub(super) manifests: Vec<Algorithm>,
    /// Payload files by path (`data/…`).
    pub(super) payload: BTreeMap<String, Listed>,
    /// Tag files by path.
    pub(super) tags: BTreeMap<String, Listed>,
    /// Payload size stated in `bag-info.txt`.
    pub(super) oxum: Option<Oxum>,
}

/// The manifests to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Manifests {
    /// All manifests.
    All,
    /// Tag manifests only.
    OfTags,
}

/// A function that reads a tag file; `None` if there is none.
pub(super) type Find<'a> = &'a dyn Fn(&str) -> io::Result<Option<Vec<u8>>>;

/// Reads the tag files of a bag. `names` are the files at its top level.
pub(super) fn read(names: &[String], find: Find<'_>, manifests: Manifests, findings: &mut Vec<Problem>) -> Bag {
    let mut bag = Bag { version: (1, 0), ..Bag::default() };
    let encoding = declaration(find, &mut bag, findings);
    let text = |name: &str, findings: &mut Vec<Problem>| -> Option<String> {
        let bytes = match find(name).and_then(|bytes| bytes.ok_or_else(|| io::ErrorKind::NotFound.into())) {
            Ok(bytes) => bytes,
            Err(error) => {
                findings.push(Problem::finding("tag-unreadable", name).with("cause", error));
                return None;
            }
        };
        let (text, _, bad) = encoding.decode(&bytes);
        if bad {
            findings.push(Problem::finding("tag-encoding", name).with("encoding", encoding.name()));
        }
        Some(text.into_owned())
    };
    for name in names {
        let lower = name.to_ascii_lowercase();
        let Some(stem) = lower.strip_suffix(".txt") else { continue };
        let (tag, algorithm) = match (stem.strip_prefix("manifest-"), stem.strip_prefix("tagmanifest-")) {
            (Some(algorithm), _) => (false, algorithm),
            (_, Some(algorithm)) => (true, algorithm),
            _ => continue,
        };
        let Some(algorithm) = Algorithm::from_name(algorithm) else {
            findings.push(Problem::finding("manifest-algorithm", name).with("algorithm", algorithm));
            continue;
        };
        if !tag && manifests == Manifests::OfTags {
            bag.manifests.push(algorithm);
            continue;
        }
        let Some(text) = text(name, findings) else { continue };
        if !tag {
            bag.manifests.push(algorithm);
        }
        manifest(&text, name, tag, algorithm, &mut bag, findings);
    }
    if bag.manifests.is_empty() {
        findings.push(Problem::finding("manifest-missing", "manifest-sha256.txt"));
    }
    bag.manifests.sort_unstable();
    if names.iter().any(|name| name == "fetch.txt")
        && let Some(text) = text("fetch.txt", findings)
    {
        fetch(&text, &bag, findings);
    }
    for name in ["bag-info.txt", "package-info.txt"] {
        if names.iter().any(|known| known == name)
            && let Some(text) = text(name, findings)
        {
            bag.oxum = stated_oxum(&text, name, findings);
        }
    }
    twins(&bag, findings);
    bag
}

/// Reads the version from `bagit.txt` into `bag` and returns the encoding of the other tag files.
fn declaration(find: Find<'_>, bag: &mut Bag, findings: &mut Vec<Problem>) -> &'static encoding_rs::Encoding {
    const NAME: &str = "bagit.txt";
    let utf8 = encoding_rs::UTF_8;
    let mut wrong = |cause: &str| findings.push(Problem::finding("bag-declaration", NAME).with("cause", cause));
    let Ok(Some(bytes)) = find(NAME) else {
        wrong("missing");
        return utf8;
    };
    let Ok(text) = std::str::from_utf8(&bytes) else {
        wrong("not UTF-8");
        return utf8;
    };
    if text.starts_with('\u{feff}') {
        wrong("starts with a BOM");
    }
    let mut lines = lines(text.trim_start_matches('\u{feff}'));
    let version = lines.next().and_then(|line| line.strip_prefix("BagIt-Version:"));
    match version.and_then(|version| number(version.trim())) {
        Some(version) => bag.version = version,
        None => wrong("no BagIt-Version"),
    }
    let encoding = lines.next().and_then(|line| line.strip_prefix("Tag-File-Character-Encoding:")).map(str::trim);
    match encoding.map(|label| (label, encoding_rs::Encoding::for_label(label.as_bytes()))) {
        Some((_, Some(encoding))) => encoding,
        Some((label, None)) => {
            wrong(&format!("unknown encoding {label}"));
            utf8
        }
        None => {
            wrong("no Tag-File-Character-Encoding");
            utf8
        }
    }
}

fn number(version: &str) -> Option<(u32, u32)> {
    let (major, minor) = version.split_once('.')?;
    let plain = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    (plain(major) && plain(minor)).then(|| Some((major.parse().ok()?, minor.parse().ok()?)))?
}

/// Splits text into lines ended by LF, CR or CRLF, skipping blank ones.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.split(['\n', '\r']).filter(|line| !line.trim().is_empty())
}

fn manifest(text: &str, name: &str, tag: bool, algorithm: Algorithm, bag: &mut Bag, findings: &mut Vec<Problem>) {
    let strict = bag.version >= (1, 0);
    for (index, line) in lines(text).enumerate() {
        let wrong =
            |code: &'static str, cause: &str| Problem::finding(code, name).with("line", index + 1).with("cause", cause);
        let Some((digest, path)) = line.split_once([' ', '\t']) else {
            findings.push(wrong("manifest-malformed", "no path"));
            continue;
        };
        let Some(digest) = hex::decode(digest).ok().filter(|digest| digest.len() == algorithm.length()) else {
            findings.push(wrong("manifest-malformed", "no digest"));
            continue;
        };
        let path = path.trim_start_matches([' ', '\t']);
        // `md5sum -b` writes an asterisk.
        let starred = path.strip_prefix('*');
        if starred.is_some() {
            findings.push(Problem::remark("manifest-starred", name));
        }
        let path = starred.unwrap_or(path);
        let plain = path.trim_start_matches("./");
        if plain.len() != path.len() {
            findings.push(Problem::remark("manifest-relative", name).with("file", path));
        }
        if let Err(cause) = scope(plain, tag) {
            findings.push(wrong("manifest-path", cause));
            continue;
        }
        let list = if tag { &mut bag.tags } else { &mut bag.payload };
        let entry = list.entry(plain.to_owned()).or_default();
        match entry.digests.iter().find(|(known, _)| *known == algorithm) {
            Some((_, known)) if strict || *known != digest => findings.push(wrong("manifest-duplicate", plain)),
            Some(_) => findings.push(Problem::remark("manifest-duplicate", name).with("file", plain)),
            None => entry.digests.push((algorithm, digest)),
        }
    }
}

/// Checks that a manifest may list this path: nothing outside of the bag, and payload only in payload manifests.
fn scope(path: &str, tag: bool) -> Result<(), &'static str> {
    if path.split('/').any(|part| part.is_empty() || matches!(part, "." | "..")) || path.contains('\\') {
        return Err("outside of the bag");
    }
    if path.starts_with('~') || path.as_bytes().get(1) == Some(&b':') {
        return Err("outside of the bag");
    }
    match (path.starts_with("data/"), tag) {
        (true, true) => Err("payload in a tag manifest"),
        (false, false) => Err("not below data/"),
        _ => Ok(()),
    }
}

/// Checks `fetch.txt` but never follows it: its files must be in the bag.
fn fetch(text: &str, bag: &Bag, findings: &mut Vec<Problem>) {
    findings.push(Problem::remark("bag-has-fetch", "fetch.txt"));
    for (index, line) in lines(text).enumerate() {
        let mut fields = line.split_whitespace();
        let _url_and_length = (fields.next(), fields.next());
        let path = fields.collect::<Vec<_>>().join(" ");
        let cause = match scope(path.trim_start_matches("./"), false) {
            Err(cause) => cause,
            Ok(()) if !bag.payload.contains_key(path.trim_start_matches("./")) => "not in a manifest",
            Ok(()) => continue,
        };
        findings.push(Problem::finding("manifest-path", "fetch.txt").with("line", index + 1).with("cause", cause));
    }
}

fn stated_oxum(text: &str, name: &str, findings: &mut Vec<Problem>) -> Option<Oxum> {
    let mut found = None;
    for line in lines(text) {
        let Some((label, value)) = line.split_once(':') else { continue };
        if label.trim().eq_ignore_ascii_case("Payload-Oxum") {
            match value.parse() {
                Ok(oxum) => found = Some(oxum),
                Err(()) => findings.push(Problem::finding("oxum-malformed", name)),
            }
        }
    }
    found
}

/// Reports names that collide on some systems, and system files.
fn twins(bag: &Bag, findings: &mut Vec<Problem>) {
    let mut keys: BTreeMap<String, &str> = BTreeMap::new();
    for path in bag.payload.keys() {
        if let Some(other) = keys.insert(collision_key(path), path) {
            findings
                .push(Problem::remark("payload-path-collides", path.as_str()).with("path", path).with("other", other));
        }
        if path.split('/').any(is_left_about) {
            findings.push(Problem::remark("payload-system-file", path.as_str()));
        }
    }
}
