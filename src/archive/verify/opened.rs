//! Compares the manifests of a bag with its files.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::io;

use super::bag::{self, Bag, Listed, Manifests};
use super::hash::Algorithm;
use super::ordered::{self, Compared};
use super::{Job, Options};
use crate::archive::bagit::{Entries, Oxum};
use crate::archive::bags::{Bags, Listed as Met, Obstacle, whole};
use crate::model::{Problem, layout};

/// A bag with its files.
pub(super) struct Opened<'a> {
    /// Path prefix: `public/`, or empty for a single bag.
    pub(super) prefix: String,
    pub(super) files: &'a dyn Bags,
    pub(super) bag: Bag,
    payload: Payload,
}

/// The result of comparing manifests with files.
pub(super) struct Comparison<'o> {
    /// Jobs for the files to read.
    pub(super) jobs: Vec<Job<'o>>,
    /// Number of further files, and the bytes of those to be read; see [`Opened::each_ordered`].
    pub(super) ordered: u64,
    pub(super) to_read: u64,
    /// Listed files that do not exist.
    pub(super) missing: Vec<(String, Listed)>,
    /// Existing files that are not listed.
    pub(super) extra: Vec<&'o str>,
    /// Finding that the payload has another size than stated, which is one only if no damaged file explains it.
    pub(super) size: Option<Problem>,
    actual: Oxum,
}

/// How far missing and extra files explain that a payload is another than stated.
enum Explained {
    /// In number and size.
    Wholly,
    /// In number; a file has another size.
    InNumber,
    /// Not at all.
    No,
}

/// The payload files of a bag.
enum Payload {
    /// Files of a bag of any form, with their sizes.
    Held(BTreeMap<String, u64>),
    /// Files of a bag in our own form, already compared.
    Ordered(Compared),
}

impl<'a> Opened<'a> {
    /// Reads the tag files of the bag called `name` and lists its payload.
    pub(super) fn open(files: &'a dyn Bags, name: &str, options: Options, findings: &mut Vec<Problem>) -> Self {
        let prefix = if name.is_empty() { String::new() } else { format!("{name}/") };
        let mut own = Vec::new();
        let mut names = Vec::new();
        files.list(name, false, &mut |path, met| {
            if let Met::File(_) = met {
                names.extend(path.strip_prefix(&prefix).map(str::to_owned));
            }
        });
        names.sort();
        let find = |path: &str| whole(files, &format!("{prefix}{path}"));
        let ordered = ordered::is_ordered(files, &prefix, &names)
            .then(|| ordered::compare(files, &prefix, options, &mut own).ok().flatten())
            .flatten();
        let (bag, payload) = if let Some(compared) = ordered {
            (bag::read(&names, &find, Manifests::OfTags, &mut own), Payload::Ordered(compared))
        } else {
            own.clear();
            let bag = bag::read(&names, &find, Manifests::All, &mut own);
            let mut present = BTreeMap::new();
            files.list(&format!("{prefix}{}", layout::DATA), true, &mut |path, met| {
                let path = path.strip_prefix(&prefix).unwrap_or(path);
                match met {
                    Met::File(bytes) => drop(present.insert(path.to_owned(), bytes)),
                    other => own.extend(no_file(path, other)),
                }
            });
            (bag, Payload::Held(present))
        };
        for name in [layout::BAGIT, layout::MANIFEST] {
            if let Some(obstacle) = files.obstacle(&format!("{prefix}{name}")) {
                // What is in its place says why there is none.
                own.retain(|problem| problem.locator != name);
                own.push(obstacle.finding(name));
            }
        }
        findings.extend(
            own.into_iter().map(|problem| Problem { locator: format!("{prefix}{}", problem.locator), ..problem }),
        );
        Self { prefix, files, bag, payload }
    }

    /// Returns the path of a bag's file in the archive.
    pub(super) fn place(&self, path: &str) -> String {
        format!("{}{path}", self.prefix)
    }

    /// Compares manifests with files: finds missing, extra and inconsistent files, and lists the files to read except
    /// those of [`Opened::each_ordered`].
    pub(super) fn compare(&self, findings: &mut Vec<Problem>) -> Comparison<'_> {
        let mut comparison = match &self.payload {
            Payload::Held(present) => self.compare_held(present, findings),
            Payload::Ordered(compared) => Comparison {
                missing: compared
                    .missing
                    .iter()
                    .map(|(path, digest)| (path.clone(), ordered::listed(digest)))
                    .collect(),
                extra: compared.extra.iter().map(String::as_str).collect(),
                ordered: compared.found,
                to_read: compared.to_read,
                size: None,
                actual: compared.actual,
                jobs: Vec::new(),
            },
        };
        for (path, listed) in &self.bag.tags {
            if self.files.size(&self.place(path)).is_some() {
                comparison.jobs.push(self.job(path, listed, true));
            } else {
                findings.push(super::absent_tag(self.files, &self.place(path)));
            }
        }
        if let Some(stated) = self.bag.oxum.filter(|stated| *stated != comparison.actual) {
            let shown = format!("{}{}", self.prefix, layout::BAG_INFO);
            let problem = Problem::finding("oxum-mismatch", shown);
            let problem = problem.with("stated", stated).with("actual", comparison.actual);
            match self.explained(stated, &comparison) {
                Explained::Wholly => {}
                Explained::InNumber => comparison.size = Some(problem),
                Explained::No => findings.push(problem),
            }
        }
        comparison
    }

    /// Decides how far missing and extra files explain that the payload is another than stated. That they are named is
    /// enough: the file that states it has no fault.
    fn explained(&self, stated: Oxum, comparison: &Comparison<'_>) -> Explained {
        let Comparison { missing, extra, actual, .. } = comparison;
        let (missing, extra_files) = (missing.len() as u64, extra.len() as u64);
        if stated.files.saturating_add(extra_files) != actual.files.saturating_add(missing) {
            return Explained::No;
        }
        let extra: u64 = extra.iter().filter_map(|path| self.files.size(&self.place(path))).sum();
        let listed = actual.bytes.saturating_sub(extra);
        // The sizes of missing files are in no manifest.
        if listed == stated.bytes || missing > 0 && listed < stated.bytes {
            Explained::Wholly
        } else {
            Explained::InNumber
        }
    }

    fn compare_held<'b>(&'b self, present: &'b BTreeMap<String, u64>, findings: &mut Vec<Problem>) -> Comparison<'b> {
        let mut jobs = Vec::new();
        let mut missing = Vec::new();
        let mut found: BTreeSet<&str> = BTreeSet::new();
        for (path, listed) in &self.bag.payload {
            let decoded = self.decoded(path);
            let name = if present.contains_key(path) { Some(path.as_str()) } else { decoded.as_deref() };
            let Some((name, _)) = name.and_then(|name| present.get_key_value(name)) else {
                missing.push((path.clone(), listed.clone()));
                continue;
            };
            found.insert(name);
            // From BagIt 1.0 on, every manifest lists every file.
            if self.bag.version >= (1, 0) && listed.digests.len() < self.bag.manifests.len() {
                findings.push(Problem::finding("payload-unlisted", format!("{}{path}", self.prefix)));
            }
            if let Some(stem) = content_name(path)
                && listed
                    .digests
                    .iter()
                    .any(|(algorithm, digest)| *algorithm == Algorithm::Sha256 && hex::encode(digest) != stem)
            {
                findings.push(Problem::finding("media-misnamed", format!("{}{path}", self.prefix)));
            }
            jobs.push(self.job(name, listed, false));
        }
        let extra = present.keys().map(String::as_str).filter(|path| !found.contains(path)).collect();
        let actual = Oxum { bytes: present.values().sum(), files: present.len() as u64 };
        Comparison { jobs, missing, extra, actual, ordered: 0, to_read: 0, size: None }
    }

    fn job<'b>(&self, path: &str, listed: &'b Listed, tag: bool) -> Job<'b>
    where
        'a: 'b,
    {
        Job { files: self.files, path: self.place(path), tag, digests: Cow::Borrowed(&listed.digests) }
    }

    /// Calls `visit` with the files to read that are not among [`Comparison::jobs`].
    ///
    /// # Errors
    /// The system's, of the manifest.
    pub(super) fn each_ordered(&self, mut visit: impl FnMut(Job<'a>)) -> io::Result<()> {
        let Payload::Ordered(compared) = &self.payload else { return Ok(()) };
        let mut entries = Entries::new(ordered::manifest(self.files, &self.prefix)?);
        let mut missing = compared.missing.iter().peekable();
        while let Some((path, digest)) = entries.next()? {
            if missing.next_if(|(missing, _)| missing == path).is_none() {
                let digests = Cow::Owned(ordered::listed(&digest).digests);
                visit(Job { files: self.files, path: self.place(path), tag: false, digests });
            }
        }
        Ok(())
    }

    /// Decodes `%0A`, `%0D` and `%25`, which RFC 8493 requires in manifests. Tools differ, so both readings are
    /// accepted.
    fn decoded(&self, path: &str) -> Option<String> {
        (self.bag.version >= (1, 0) && path.contains('%')).then(|| {
            path.replace("%0A", "\n").replace("%0a", "\n").replace("%0D", "\r").replace("%0d", "\r").replace("%25", "%")
        })
    }
}

/// Returns the finding for a payload entry that is not a file.
pub(super) fn no_file(path: &str, met: Met) -> Option<Problem> {
    match met {
        Met::File(_) => None,
        // A link may lead out of the archive; a device holds no content.
        Met::Special => Some(Obstacle::Special.finding(path)),
        Met::Nameless => Some(Problem::finding("payload-extra", path)),
        Met::Unreadable(error) => Some(Problem::finding("payload-unreadable", path).with("cause", error)),
    }
}

/// Returns the digest in a media file's name.
pub(super) fn content_name(path: &str) -> Option<&str> {
    let name = path.strip_prefix("data/media/sha256/")?.rsplit('/').next()?;
    name.split('.').next().filter(|stem| stem.len() == 64)
}
