//! Finds the files that the archive lists and has lost, and puts them back: what is derived is made again from the
//! evidence, what was given is taken from inputs that are read again.
//!
//! A file is put back only with the bytes that the manifest names, and only where it is missing or was found to be
//! another, so that nothing good is ever overwritten.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::io::{self, Read as _};

use super::session::Session;
/// Code of the finding for such a file.
pub(crate) use crate::archive::lost::MISSING;
use crate::archive::{self, Archive};
use crate::error::{Error, Result};
use crate::model::{Class, Hasher, Kind, PIECE, Problem, Sha256, layout};

/// Key of the catalog's `meta` for the files of which a check of every byte found that they have changed.
const CHANGED: &str = "changed-files";

/// A file of the archive by its bag and its path inside the bag's `data/`.
pub(crate) type Place = (Class, String);

/// Files of the archive that are missing or not as they were archived, with the digests that they should have.
#[derive(Clone, Debug, Default)]
pub(crate) struct Damage(BTreeMap<Place, Sha256>);

impl Damage {
    /// Returns the damage of the files at `places`, with the digests that the manifests name.
    pub(crate) fn of(files: impl IntoIterator<Item = (Place, Sha256)>) -> Self {
        Self(files.into_iter().collect())
    }

    /// Reports whether nothing is lost.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the lost files with the digests that they should have.
    pub(crate) fn files(&self) -> impl Iterator<Item = (&Place, &Sha256)> {
        self.0.iter()
    }

    /// Makes the catalog take the lost files for files that are not held, so that inputs bring them again.
    pub(crate) fn expect(&self, session: &Session) {
        for (bag, path) in self.0.keys() {
            session.catalog.set_lost(*bag, path);
        }
    }

    /// Prepares the next commit to make the derived ones again. Of what was given, only what was read again can be
    /// committed; the rest counts as held again.
    pub(crate) fn derive(&self, session: &Session) -> Result<()> {
        if self.is_empty() {
            return Ok(());
        }
        session.stage.sync_batch()?;
        let given: HashSet<String> = session.catalog.evidence_places()?.into_iter().map(|(place, _)| place).collect();
        for ((bag, path), digest) in &self.0 {
            let is_given = path.starts_with("media/") || given.contains(path);
            if is_given && !session.stage.holds(digest) {
                session.catalog.set_payload(*bag, path, Some(digest))?;
            }
        }
        // Which post a file belongs to is not asked: every record is made again, and most come out as they are.
        session.catalog.touch_all(Kind::Article)?;
        session.catalog.touch_short_posts()
    }

    /// Puts back what is in the stage. Returns the number of restored files, and a finding for each remaining one.
    pub(crate) fn mend(&self, session: &Session) -> Result<(u64, Vec<Problem>)> {
        if self.is_empty() {
            return Ok((0, Vec::new()));
        }
        session.stage.sync_batch()?;
        let mut uses: HashMap<Sha256, usize> = HashMap::new();
        for digest in self.0.values() {
            *uses.entry(*digest).or_default() += 1;
        }
        let (mut mended, mut findings) = (0, Vec::new());
        let mut left = BTreeSet::new();
        for ((bag, path), digest) in &self.0 {
            if session.catalog.is_lost(*bag, path) {
                // Nothing has made it again.
                session.catalog.set_payload(*bag, path, Some(digest))?;
            }
            // A commit may have replaced it by a newer one, or taken it out.
            if session.catalog.payload(*bag, path)? != Some(*digest) {
                mended += 1;
            } else if let Some(blocked) = session.archive().blocked(*bag, path) {
                findings.push(blocked);
                left.insert((*bag, path.clone()));
            } else if session.stage.holds(digest) {
                let last = uses.get_mut(digest).is_none_or(|uses| {
                    *uses -= 1;
                    *uses == 0
                });
                session.archive().restore(&session.stage, *bag, path, digest, last)?;
                mended += 1;
            } else {
                findings.push(Problem::finding(MISSING, archive::place(*bag, path)));
                left.insert((*bag, path.clone()));
            }
        }
        remember(session, &left)?;
        Ok((mended, findings))
    }
}

/// Returns the files of `session`'s archive that are missing, the media that differ in size, and the files that a check
/// of every byte found changed and nothing has mended since. Other altered contents are found by `verify`.
///
/// # Errors
/// `archive-file-unreadable` where the system does not permit to look: such a file is not lost, only out of reach for
/// now, and the archive would hold twice what is read again in its place.
pub(crate) fn find(session: &Session) -> Result<Damage> {
    let archive = session.archive();
    let mut lost = BTreeMap::new();
    let changed = remembered(session)?;
    let mut hidden = None;
    session.catalog.each_payload(|bag, path, digest| {
        let is_changed = || !changed.is_empty() && changed.contains(&(bag, path.to_owned()));
        let size = match archive.measure(bag, path) {
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
                hidden.get_or_insert_with(|| Error::disk("archive-file-unreadable", archive::place(bag, path), error));
                return;
            }
            size => size.ok().flatten(),
        };
        if size.is_none() || (is_changed() && !is_as_it_was(archive, bag, path, &digest)) {
            lost.insert((bag, path.to_owned()), digest);
        }
    })?;
    if let Some(error) = hidden {
        return Err(error);
    }
    session.catalog.each_blob(|digest, held| {
        let path = layout::media_path(&digest, &held.extension);
        for bag in [Class::Public, Class::Private] {
            if archive.size(bag, &path).is_some_and(|bytes| bytes != held.bytes)
                && session.catalog.payload(bag, &path)?.is_some()
            {
                lost.insert((bag, path.clone()), digest);
            }
        }
        Ok(())
    })?;
    Ok(Damage(lost))
}

/// Reads a file that was found changed: another repair may have put the right one back.
fn is_as_it_was(archive: &Archive, bag: Class, path: &str, digest: &Sha256) -> bool {
    let Ok(Some(mut reader)) = archive.read(bag, path) else { return false };
    let mut hasher = Hasher::new();
    let mut buffer = vec![0; PIECE];
    loop {
        match reader.read(&mut buffer) {
            Ok(0) => return hasher.finish() == *digest,
            Ok(count) => hasher.update(&buffer[..count]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(_) => return false,
        }
    }
}

/// Remembers the files that were found changed, so that the next run takes them from its inputs.
pub(crate) fn remember(session: &Session, changed: &BTreeSet<Place>) -> Result<()> {
    if changed.is_empty() {
        return session.catalog.remove_meta(CHANGED);
    }
    let lines: String = changed.iter().map(|(bag, path)| archive::place(*bag, path) + "\n").collect();
    session.catalog.set_meta(CHANGED, &lines)
}

fn remembered(session: &Session) -> Result<BTreeSet<Place>> {
    let lines = session.catalog.meta(CHANGED)?.unwrap_or_default();
    Ok(lines.lines().filter_map(archive::place_of).collect())
}
