//! The one object of an archive that is replaced: it says which listing is the archive now.
//!
//! A head is replaced only by a writer who has seen it. How that is made sure of differs between the stores:
//!
//! * S3 replaces an object on the condition of its tag.
//! * OSS and COS have no such condition, but put an object only if there is none. Who wants to write the seventh head first
//!   puts `heads/0000000007.json`; only one can. Should it be ended before it has replaced `head.json`, readers follow the
//!   claims: what is claimed is whole, since the head is the last thing that a writer puts.
//! * Of a store that knows neither, the head is compared before and after. There only the epoch of a lease keeps two
//!   writers apart who meet within that moment.
//!
//! The epoch of a lease only rises: a head is never replaced under an older one.

use serde::{Deserialize, Serialize};

use super::connection::{Condition, Connection, Put};
use crate::error::{Error, Kind, Result};
use crate::model::{Sha256, StoreAddress, Time};

/// Name of the head.
const HEAD: &str = "head.json";
/// Format that this program writes and reads.
const FORMAT: &str = "liudi-store-1";

/// The state of an archive in a store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// Format of what is in the store.
    pub format: String,
    /// How many heads there were, with this one.
    pub number: u64,
    /// Epoch of the lease under which it was written; 0 without one.
    pub epoch: u64,
    /// Listing of the files.
    pub tree: Sha256,
    /// Digest of `SHA256SUMS`, which pins every byte of both bags.
    pub archive: Sha256,
    /// Number of files.
    pub files: u64,
    /// Bytes of all files.
    pub bytes: u64,
    /// Listing before it.
    pub previous: Option<Sha256>,
    /// When it was written.
    pub time: Time,
    /// A random number of the writer, who knows its own work by it.
    pub writer: String,
}

impl Head {
    /// Returns the first head of an archive.
    pub(super) fn first(tree: Sha256, archive: Sha256, time: Time) -> Self {
        let (files, bytes, number, epoch) = (0, 0, 1, 0);
        let (format, writer) = (FORMAT.to_owned(), String::new());
        Self { format, number, epoch, tree, archive, files, bytes, previous: None, time, writer }
    }
}

/// A head and what is needed to replace it.
#[derive(Clone, Debug)]
pub(super) struct Current {
    pub(super) head: Head,
    /// Tag of the object, if the store has tags.
    tag: Option<String>,
}

fn claim(number: u64) -> String {
    format!("heads/{number:010}.json")
}

/// Reads the head of the archive at `address`; `None` if there is no archive.
///
/// # Errors
/// `store-not-connected`, `store-head-unreadable`, and those of the connection.
pub fn head(address: &StoreAddress) -> Result<Option<Head>> {
    let current = read(&*Connection::of(address)?)?;
    Ok(current.map(|current| current.head))
}

/// Raises the epoch of the archive at `address`, so that nobody can replace its head under an older one; false if there is no
/// archive yet.
///
/// # Errors
/// `store-epoch-stale`, `store-changed`, and those of the connection.
pub fn claim_epoch(address: &StoreAddress, epoch: u64, now: Time) -> Result<bool> {
    let connection = Connection::of(address)?;
    let Some(current) = read(&connection)? else { return Ok(false) };
    check_epoch(&connection, Some(&current), Some(epoch))?;
    if current.head.epoch < epoch {
        replace(&connection, Some(&current), Head { epoch, time: now, ..current.head.clone() }, true)?;
    }
    Ok(true)
}

/// Reads the current head.
pub(super) fn read(connection: &Connection) -> Result<Option<Current>> {
    let (mut current, mut number) = match connection.get_tagged(HEAD)? {
        Some((bytes, tag)) => {
            let head = parse(connection, HEAD, &bytes)?;
            let number = head.number;
            (Some(Current { head, tag }), number)
        }
        None => (None, 0),
    };
    let (by_tag, by_name) = connection.conditions();
    if !by_tag && by_name {
        // A writer who was ended, or is slow, may not have replaced the head that it won.
        while let Some(bytes) = connection.get(&claim(number + 1))? {
            number += 1;
            let head = parse(connection, &claim(number), &bytes)?;
            current = Some(Current { head, tag: None });
        }
    }
    Ok(current)
}

fn parse(connection: &Connection, object: &str, bytes: &[u8]) -> Result<Head> {
    let unreadable = || Error::damaged("store-head-unreadable").with("path", connection.shown(object));
    let head: Head = serde_json::from_slice(bytes).map_err(|error| unreadable().because(error))?;
    if head.format == FORMAT {
        return Ok(head);
    }
    Err(Error::usage("store-format-unknown").with("path", connection.shown(object)).with("format", head.format))
}

/// Checks that a head may be replaced under `epoch`.
///
/// # Errors
/// `store-epoch-stale`.
pub(super) fn check_epoch(connection: &Connection, current: Option<&Current>, epoch: Option<u64>) -> Result<()> {
    match (current.map(|current| current.head.epoch), epoch) {
        (Some(held), Some(epoch)) if held > epoch => Err(Error::new(Kind::Lock, "store-epoch-stale")
            .with("path", &connection.address)
            .with("epoch", epoch)
            .with("held", held)),
        _ => Ok(()),
    }
}

/// Replaces the head that was `before`. `honest` says that the store was seen to keep its conditions.
///
/// # Errors
/// `store-changed` if it was replaced by somebody else.
pub(super) fn replace(connection: &Connection, before: Option<&Current>, head: Head, honest: bool) -> Result<Head> {
    let mut random = [0; 8];
    aws_lc_rs::rand::fill(&mut random).map_err(|_| Error::other("store-random-failed"))?;
    let number = before.map_or(1, |before| before.head.number + 1);
    let head = Head { number, writer: hex::encode(random), ..head };
    let mut bytes =
        serde_json::to_vec_pretty(&head).map_err(|error| Error::other("store-random-failed").because(error))?;
    bytes.push(b'\n');
    let changed = || Error::other("store-changed").with("path", &connection.address);
    let is_ours = |object: &str| -> Result<bool> {
        let there = connection.get(object)?.map(|bytes| parse(connection, object, &bytes)).transpose()?;
        Ok(there.is_some_and(|there| there.writer == head.writer))
    };
    let (by_tag, by_name) = connection.conditions();
    let condition = match (before.map(|before| &before.tag), by_tag && honest) {
        (Some(Some(tag)), true) => Some(Condition::Match(tag.clone())),
        (None, true) if by_name => Some(Condition::Absent),
        _ => None,
    };
    if let Some(condition) = condition {
        match connection.put(HEAD, bytes.clone(), condition)? {
            Put::Done => return Ok(head),
            // The answer to the request that did it may have been lost, and it was made again.
            Put::Refused if is_ours(HEAD)? => return Ok(head),
            Put::Refused => return Err(changed()),
            Put::Unsupported => {}
        }
    } else if !by_tag && by_name && honest {
        match connection.put(&claim(number), bytes.clone(), Condition::Absent)? {
            Put::Refused if !is_ours(&claim(number))? => return Err(changed()),
            Put::Done | Put::Refused => {
                connection.put(HEAD, bytes, Condition::Always)?;
                return Ok(head);
            }
            Put::Unsupported => {}
        }
    }
    let now = read(connection)?.map(|now| now.head);
    if now.as_ref() != before.map(|before| &before.head) {
        return Err(changed());
    }
    connection.put(HEAD, bytes, Condition::Always)?;
    if is_ours(HEAD)? { Ok(head) } else { Err(changed()) }
}
