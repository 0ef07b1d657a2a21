//! Sends an archive to a store: what is not there yet, read back, and the head last. Broken off anywhere it goes on where it
//! was, since content is known by its name.

use std::collections::HashSet;
use std::io::Read as _;
use std::sync::mpsc::{Receiver, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::thread;

use bytes::Bytes;

use super::blob;
use super::blobs::Blobs;
use super::connection::{Condition, Connection, Put};
use super::head::{self, Current, Head};
use super::tree::{Entry, Tree, is_lost};
use crate::archive::handle::Archive;
use crate::error::{Error, Result};
use crate::model::{Hasher, Problem, Sha256, StoreAddress, Time};
use crate::progress::{Step, Task};
use crate::work::Work;

/// How to put the archive together without this program.
const README: &str = include_str!("../../../templates/archive/STORE.txt");
/// Name of that object.
const README_NAME: &str = "README.txt";
/// Number of files that are sent at the same time: a store answers after a while, whatever the size.
const AT_ONCE: usize = 8;
/// Bytes that are read back at once.
const PIECE: u64 = 4 * 1024 * 1024;

/// What sending did.
#[derive(Clone, Debug, Default)]
pub struct Sent {
    /// Number of contents that were sent.
    pub files: u64,
    /// Bytes that were sent.
    pub bytes: u64,
    /// Number of files whose content was there.
    pub kept: u64,
    /// Number of contents that were read back and are right.
    pub checked: u64,
    /// Files of the original that are damaged: the head was not replaced.
    pub damaged: Vec<Problem>,
    /// The head now; `None` if the original is damaged.
    pub head: Option<Head>,
}

/// A content that is to be sent, or only read back.
struct Job {
    entry: Entry,
    is_there: bool,
}

/// Sends an open archive to `address`, under the lease of `epoch` if there is one. With `rereads`, what was read back at an
/// earlier time is read back again, and sent again if it has changed.
///
/// # Errors
/// `store-epoch-stale`, before anything is sent and before the head is replaced; `store-changed`, `store-not-kept`, those of
/// the connection; `interrupted`.
pub fn send(
    archive: &Archive,
    address: &StoreAddress,
    epoch: Option<u64>,
    rereads: bool,
    now: Time,
    work: &Work<'_>,
) -> Result<Sent> {
    let connection = Connection::of(address)?;
    let before = head::read(&connection)?;
    head::check_epoch(&connection, before.as_ref(), epoch)?;
    let (tree, missing) = Tree::of(archive)?;
    let state =
        archive.head()?.parse().map_err(|_| Error::usage("view-no-archive").with("path", archive.root().display()))?;
    let there = Blobs::list(&connection)?;
    let listed = before.as_ref().map(|before| digests(&connection, &before.head.tree)).transpose()?.flatten();
    let is_listed = listed.is_some();
    let checked = listed.filter(|_| !rereads).unwrap_or_default();
    let step = work.progress.start(Task::Copy, Some(tree.bytes));
    let courier = Courier {
        archive,
        connection: &connection,
        step: &*step,
        work,
        large: Mutex::default(),
        done: Mutex::default(),
    };
    let mut kept = 0;
    let mut seen = HashSet::new();
    let jobs = tree.entries("")?.filter_map(|entry| {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => return Some(Err(error)),
        };
        let is_there = there.size(&entry.digest) == Some(entry.size);
        if is_there && checked.contains(&entry.digest) || !seen.insert(entry.digest) {
            kept += 1;
            step.advance(entry.size);
            return None;
        }
        Some(Ok(Job { entry, is_there }))
    });
    courier.carry(jobs)?;
    work.check()?;
    let mut sent = Sent { kept, ..courier.done.into_inner().unwrap_or_else(PoisonError::into_inner).sent };
    sent.damaged.extend(missing);
    sent.damaged.sort_by(|a, b| (&a.locator, &a.code).cmp(&(&b.locator, &b.code)));
    sent.damaged.dedup();
    if !sent.damaged.is_empty() {
        return Ok(sent);
    }
    let is_same =
        |before: &&Current| before.head.tree == tree.digest && epoch.is_none_or(|epoch| epoch == before.head.epoch);
    if let Some(before) = before.as_ref().filter(is_same).filter(|_| is_listed) {
        sent.head = Some(before.head.clone());
        return Ok(sent);
    }
    tree.put(&connection)?;
    let honest = match connection.put(README_NAME, README, Condition::Absent)? {
        // It was put with the first head: a store that replaces it all the same does not keep its conditions.
        Put::Done => before.is_none(),
        Put::Refused => true,
        Put::Unsupported => {
            connection.put(README_NAME, README, Condition::Always)?;
            false
        }
    };
    work.check()?;
    let new = Head {
        epoch: epoch.or_else(|| before.as_ref().map(|before| before.head.epoch)).unwrap_or(0),
        files: tree.files,
        bytes: tree.bytes,
        previous: before.as_ref().map(|before| before.head.tree),
        ..Head::first(tree.digest, state, now)
    };
    sent.head = Some(head::replace(&connection, before.as_ref(), new, honest)?);
    Ok(sent)
}

/// Returns what was read back before the head was replaced by the one of this listing; `None` if the listing is lost, after
/// which everything is read back again.
fn digests(connection: &Connection, tree: &Sha256) -> Result<Option<HashSet<Sha256>>> {
    match Tree::fetch(connection, tree) {
        Ok(tree) => tree.entries("")?.map(|entry| entry.map(|entry| entry.digest)).collect::<Result<_>>().map(Some),
        Err(error) if is_lost(&error) => Ok(None),
        Err(error) => Err(error),
    }
}

#[derive(Default)]
struct Done {
    sent: Sent,
    failure: Option<Error>,
}

/// Carries contents, several at a time.
struct Courier<'a> {
    archive: &'a Archive,
    connection: &'a Connection,
    step: &'a dyn Step,
    work: &'a Work<'a>,
    /// Held for a file that goes in parts, of which several are in memory: one such file at a time.
    large: Mutex<()>,
    done: Mutex<Done>,
}

impl Courier<'_> {
    /// Carries all contents; stops at the first failure.
    fn carry(&self, jobs: impl Iterator<Item = Result<Job>>) -> Result<()> {
        let (give, take) = sync_channel(AT_ONCE);
        let take = Mutex::new(take);
        thread::scope(|scope| {
            for _ in 0..AT_ONCE {
                scope.spawn(|| self.work_off(&take));
            }
            for job in jobs {
                if self.is_over() {
                    break;
                }
                match job {
                    Ok(job) => drop(give.send(job)),
                    Err(error) => {
                        self.fail(error);
                        break;
                    }
                }
            }
            drop(give);
        });
        self.done().failure.take().map_or(Ok(()), Err)
    }

    fn work_off(&self, jobs: &Mutex<Receiver<Job>>) {
        loop {
            let job = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
            let Ok(job) = job else { return };
            // What waits is taken off without being done, so that nobody waits for room.
            if self.is_over() {
                continue;
            }
            if let Err(error) = self.one(&job) {
                self.fail(error);
            }
        }
    }

    fn done(&self) -> std::sync::MutexGuard<'_, Done> {
        self.done.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_over(&self) -> bool {
        self.work.is_stopped() || self.done().failure.is_some()
    }

    fn fail(&self, error: Error) {
        self.done().failure.get_or_insert(error);
    }

    /// Carries one content.
    fn one(&self, job: &Job) -> Result<()> {
        let object = blob(&job.entry.digest);
        let mut is_right = job.is_there && self.is_kept(&object, &job.entry)?;
        // A store that loses what it took may do so once.
        for _ in 0..2 {
            if is_right {
                break;
            }
            match self.put(&object, &job.entry)? {
                Some(problem) => {
                    self.done().sent.damaged.push(problem);
                    return Ok(());
                }
                None if self.work.is_stopped() => return Ok(()),
                None => {}
            }
            is_right = self.is_kept(&object, &job.entry)?;
            if is_right {
                let sent = &mut self.done().sent;
                sent.files += 1;
                sent.bytes += job.entry.size;
            }
        }
        if self.work.is_stopped() {
            return Ok(());
        }
        if !is_right {
            return Err(Error::other("store-not-kept").with("path", self.connection.shown(&object)));
        }
        self.done().sent.checked += 1;
        self.step.advance(job.entry.size);
        Ok(())
    }

    /// Puts one content; returns what is wrong with the file instead. Nothing gets a name that is not its digest: a file is
    /// hashed while it is sent, and becomes an object only then.
    fn put(&self, object: &str, entry: &Entry) -> Result<Option<Problem>> {
        let unreadable =
            |error: std::io::Error| Ok(Some(Problem::finding("payload-unreadable", &*entry.path).with("cause", error)));
        let mut reader = match self.archive.bags().read(&entry.path) {
            Ok(Some(reader)) => reader,
            Ok(None) => return Ok(Some(Problem::finding("payload-missing", &*entry.path))),
            Err(error) => return unreadable(error),
        };
        reader.reads_in_order();
        let part = self.connection.part_bytes(entry.size);
        let part_u64 = part as u64;
        let _alone = (entry.size >= part_u64).then(|| self.large.lock().unwrap_or_else(PoisonError::into_inner));
        let mut hasher = Hasher::new();
        let mut upload = None;
        let mut held = Vec::new();
        loop {
            if self.work.is_stopped() {
                return Ok(None);
            }
            held.reserve(usize::try_from(entry.size.min(part_u64)).unwrap_or(part));
            if let Err(error) = reader.by_ref().take(part_u64).read_to_end(&mut held) {
                return unreadable(error);
            }
            hasher.update(&held);
            let ended = (held.len() as u64) < part_u64;
            if ended && upload.is_none() {
                break;
            }
            let upload = match &mut upload {
                Some(upload) => upload,
                none => none.insert(self.connection.writer(object, entry.size)?),
            };
            if !held.is_empty() {
                upload.write(Bytes::from(std::mem::take(&mut held)))?;
            }
            if ended {
                break;
            }
        }
        if hasher.finish() != entry.digest {
            return Ok(Some(Problem::finding("payload-corrupt", &*entry.path)));
        }
        match upload {
            Some(upload) => upload.close()?,
            None => drop(self.connection.put(object, held, Condition::Always)?),
        }
        Ok(None)
    }

    /// Reads a content back and reports whether it is right.
    fn is_kept(&self, object: &str, entry: &Entry) -> Result<bool> {
        let (mut hasher, mut offset) = (Hasher::new(), 0);
        loop {
            if self.work.is_stopped() {
                return Ok(false);
            }
            let end = entry.size.min(offset + PIECE);
            let Some(bytes) = self.connection.get_range(object, offset..end)? else { return Ok(false) };
            hasher.update(&bytes);
            offset += bytes.len() as u64;
            if offset >= entry.size || bytes.is_empty() {
                return Ok(hasher.finish() == entry.digest);
            }
        }
    }
}
