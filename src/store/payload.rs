//! Records which files are in the bags and what each run added, for the commit.

use rusqlite::params;

use super::batch::execute;
use super::catalog::{Catalog, failed};
use super::read::digest_at;
use crate::error::Result;
use crate::model::{Class, Sha256, Time, layout};

/// A run that added evidence or media.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunRow {
    /// Number of the run.
    pub id: i64,
    /// Time of the run.
    pub clock: Option<Time>,
    /// Number of pieces of evidence it added.
    pub evidence: i64,
    /// Number of media files it added.
    pub media: i64,
}

impl Catalog {
    /// Returns the runs that added evidence or media, in order.
    pub fn runs(&self) -> Result<Vec<RunRow>> {
        self.connection()
            .prepare_cached(
                "SELECT id, clock, coalesce(evidence, (SELECT count(*) FROM evidence WHERE run = r.id)),
                        coalesce(media, (SELECT count(*) FROM blob WHERE run = r.id)) FROM run r ORDER BY id",
            )
            .and_then(|mut statement| {
                statement
                    .query_map([], |row| {
                        Ok(RunRow {
                            id: row.get(0)?,
                            clock: Time::from_unix(row.get(1)?),
                            evidence: row.get(2)?,
                            media: row.get(3)?,
                        })
                    })?
                    .filter(|row| row.as_ref().map_or(true, |row| row.evidence + row.media > 0))
                    .collect()
            })
            .map_err(failed("read runs"))
    }

    /// Returns each path of evidence in the private bag once, with the lowest digest of the evidence there.
    pub fn evidence_places(&self) -> Result<Vec<(String, Sha256)>> {
        self.connection()
            .prepare_cached("SELECT place, min(digest) FROM evidence GROUP BY place ORDER BY place")
            .and_then(|mut statement| statement.query_map([], |row| Ok((row.get(0)?, digest_at(row, 1)?)))?.collect())
            .map_err(failed("read evidence"))
    }

    /// Returns the manifest's digest of a payload file; `path` is relative to the bag's `data/`.
    pub fn payload(&self, bag: Class, path: &str) -> Result<Option<Sha256>> {
        let bytes: Option<Vec<u8>> =
            self.one("SELECT digest FROM payload WHERE bag = ?1 AND path = ?2", params![layout::bag_name(bag), path])?;
        Ok(bytes.and_then(|bytes| Sha256::from_slice(&bytes)))
    }

    /// Returns every payload path of a bag that begins with `prefix`, sorted.
    pub fn payload_under(&self, bag: Class, prefix: &str) -> Result<Vec<String>> {
        self.column(
            "SELECT path FROM payload WHERE bag = ?1 AND path >= ?2 AND path < ?2 || char(1114111) ORDER BY path",
            params![layout::bag_name(bag), prefix],
        )
    }

    /// Returns up to `most` payload paths of a bag that begin with `prefix`.
    pub fn some_payload_under(&self, bag: Class, prefix: &str, most: usize) -> Result<Vec<String>> {
        self.column(
            "SELECT path FROM payload WHERE bag = ?1 AND path >= ?2 AND path < ?2 || char(1114111) LIMIT ?3",
            params![layout::bag_name(bag), prefix, i64::try_from(most).unwrap_or(i64::MAX)],
        )
    }

    /// Records a file that a commit put into a bag (`Some`) or took out of it (`None`).
    pub fn set_payload(&self, bag: Class, path: &str, digest: Option<&Sha256>) -> Result<()> {
        let bag = layout::bag_name(bag);
        match digest {
            Some(digest) => execute(
                self.connection(),
                "INSERT OR REPLACE INTO payload VALUES (?1, ?2, ?3)",
                params![bag, path, digest.as_bytes()],
            ),
            None => execute(self.connection(), "DELETE FROM payload WHERE bag = ?1 AND path = ?2", params![bag, path]),
        }
        .map(drop)
    }
}
