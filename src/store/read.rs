//! Reads the catalog: observations to fold, names, held files. Lists that grow with the account are streamed, not
//! loaded.

use std::path::Path;

use rusqlite::{Connection, OpenFlags, OptionalExtension as _, Row, Rows, params};

use super::batch::{BlobRow, EvidenceRow};
use super::catalog::{Catalog, Run, failed};
use crate::error::{Error, Result};
use crate::model::fold::Observation;
use crate::model::statement::Statement;
use crate::model::{Class, Kind, ListingFields, MediaKey, Problem, Rank, Sha256, Time};

fn problems(connection: &Connection) -> Result<Vec<(Problem, String)>> {
    let rows: Vec<(String, String)> = connection
        .prepare_cached("SELECT problem, path FROM problem ORDER BY path, id")
        .and_then(|mut statement| statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect())
        .map_err(failed("read problems"))?;
    rows.into_iter().map(|(json, path)| Ok((decode(&json)?, path))).collect()
}

pub(super) fn digest_at(row: &Row<'_>, index: usize) -> rusqlite::Result<Sha256> {
    let bytes: Vec<u8> = row.get(index)?;
    Sha256::from_slice(&bytes).ok_or_else(|| {
        rusqlite::Error::FromSqlConversionFailure(index, rusqlite::types::Type::Blob, "a digest has 32 bytes".into())
    })
}

pub(super) fn held_at(row: &Row<'_>) -> rusqlite::Result<BlobRow> {
    Ok(BlobRow {
        digest: digest_at(row, 0)?,
        bytes: row.get::<_, i64>(1)?.cast_unsigned(),
        extension: row.get(2)?,
        mime: row.get(3)?,
        width: row.get(4)?,
        height: row.get(5)?,
    })
}

pub(super) fn decode<T: serde::de::DeserializeOwned>(json: &str) -> Result<T> {
    serde_json::from_str(json).map_err(|error| Error::other("catalog-decode-failed").because(error))
}

impl Catalog {
    /// Returns the ids of all entities of `kind`, or only of the dirty ones, ascending.
    pub fn entities(&self, kind: Kind, dirty_only: bool) -> Result<Vec<i64>> {
        let sql = if dirty_only {
            "SELECT id FROM entity WHERE kind = ?1 AND dirty = 1 ORDER BY id"
        } else {
            "SELECT id FROM entity WHERE kind = ?1 ORDER BY id"
        };
        self.column(sql, params![kind.code()])
    }

    /// Visits the fields of every list that was read, with the `__biz` of its account.
    pub fn each_listing(&self, mut visit: impl FnMut(Option<String>, ListingFields) -> Result<()>) -> Result<()> {
        let sql = "SELECT o.account, o.fields FROM entity e JOIN observation o ON o.entity = e.id WHERE e.kind = ?1";
        let action = "read lists";
        let mut statement = self.connection().prepare_cached(sql).map_err(failed(action))?;
        let mut rows = statement.query([Kind::Listing.code()]).map_err(failed(action))?;
        while let Some(row) = rows.next().map_err(failed(action))? {
            let (account, fields): (Option<String>, String) =
                row.get(0).and_then(|account| Ok((account, row.get(1)?))).map_err(failed(action))?;
            let listing =
                serde_json::from_str(&fields).map_err(|error| Error::other("catalog-decode-failed").because(error))?;
            visit(account, listing)?;
        }
        Ok(())
    }

    /// Visits the rows of a query in the order of digests, some in memory at a time, so that `visit` may write to the
    /// catalog. The query gives at most `?2` rows after the digest `?1`, each with its digest first.
    pub(super) fn each_by_digest<T>(
        &self,
        sql: &str,
        action: &'static str,
        read: impl Fn(&Row<'_>) -> rusqlite::Result<T>,
        mut visit: impl FnMut(T) -> Result<()>,
    ) -> Result<()> {
        /// Number of rows in memory at a time.
        const PART: i64 = 1000;
        let mut last: Vec<u8> = Vec::new();
        loop {
            let part: Vec<(Vec<u8>, T)> = self
                .connection()
                .prepare_cached(sql)
                .and_then(|mut statement| {
                    statement.query_map(params![last, PART], |row| Ok((row.get(0)?, read(row)?)))?.collect()
                })
                .map_err(failed(action))?;
            let Some((end, _)) = part.last() else { return Ok(()) };
            last.clone_from(end);
            part.into_iter().try_for_each(|(_, row)| visit(row))?;
        }
    }

    /// Returns the first column of a query.
    pub(crate) fn column<T: rusqlite::types::FromSql>(
        &self,
        sql: &str,
        parameters: impl rusqlite::Params,
    ) -> Result<Vec<T>> {
        self.connection()
            .prepare_cached(sql)
            .and_then(|mut statement| statement.query_map(parameters, |row| row.get(0))?.collect())
            .map_err(failed("read"))
    }

    /// Returns the first column of a query's first row, if it has one.
    pub(crate) fn one<T: rusqlite::types::FromSql>(
        &self,
        sql: &str,
        parameters: impl rusqlite::Params,
    ) -> Result<Option<T>> {
        self.connection()
            .prepare_cached(sql)
            .and_then(|mut statement| statement.query_row(parameters, |row| row.get(0)).optional())
            .map_err(failed("read"))
    }

    /// Returns the observations of an entity.
    pub fn observations(&self, entity: i64) -> Result<Vec<Observation>> {
        self.observations_by(
            "SELECT e.digest, o.ordinal, e.source, o.rank, o.as_of, o.fields, o.body
             FROM observation o JOIN evidence e ON e.id = o.evidence WHERE o.entity = ?1",
            entity,
        )
    }

    /// Returns observations of an entity that yield the same fields as all of them: of equal ones of one rank, only the
    /// one folded first. Every page repeats the facts of its account.
    pub fn distinct_observations(&self, entity: i64) -> Result<Vec<Observation>> {
        self.observations_by(
            "SELECT digest, ordinal, source, rank, as_of, fields, body FROM (
                 SELECT e.digest, o.ordinal, e.source, o.rank, o.as_of, o.fields, o.body,
                        row_number() OVER (PARTITION BY o.rank, o.fields, o.body
                                           ORDER BY o.as_of DESC, e.digest, o.ordinal) AS place
                 FROM observation o JOIN evidence e ON e.id = o.evidence WHERE o.entity = ?1
             ) WHERE place = 1",
            entity,
        )
    }

    fn observations_by(&self, sql: &str, entity: i64) -> Result<Vec<Observation>> {
        type Raw = (Sha256, u32, String, i64, Option<i64>, String, Option<Vec<u8>>);
        let raw: Vec<Raw> = self
            .connection()
            .prepare_cached(sql)
            .and_then(|mut statement| {
                statement
                    .query_map([entity], |row| {
                        Ok((
                            digest_at(row, 0)?,
                            row.get(1)?,
                            row.get(2)?,
                            row.get(3)?,
                            row.get(4)?,
                            row.get(5)?,
                            row.get(6)?,
                        ))
                    })?
                    .collect()
            })
            .map_err(failed("read observations"))?;
        raw.into_iter()
            .map(|(evidence, ordinal, source, rank, as_of, fields, body)| {
                Ok(Observation {
                    evidence,
                    ordinal,
                    source,
                    rank: Rank::from_number(rank).ok_or_else(|| Error::other("catalog-decode-failed"))?,
                    as_of: as_of.and_then(Time::from_unix),
                    fields: decode(&fields)?,
                    body: body.map(|packed| super::body::unpack(&packed)).transpose()?,
                })
            })
            .collect()
    }

    /// Returns every name of an entity, sorted.
    pub fn names(&self, entity: i64) -> Result<Vec<String>> {
        self.column("SELECT name FROM alias WHERE entity = ?1 ORDER BY name", [entity])
    }

    /// Returns every name of every entity of a kind, sorted.
    pub fn names_of(&self, kind: Kind) -> Result<Vec<String>> {
        self.column("SELECT name FROM alias WHERE kind = ?1 ORDER BY name", [kind.code()])
    }

    /// Reports whether an entity was observed on its own page, saved or fetched.
    pub fn has_page(&self, entity: i64) -> Result<bool> {
        let ranks = [Rank::PageData, Rank::PageVars, Rank::Dom].map(|rank| rank as i64);
        let sql = "SELECT EXISTS (SELECT 1 FROM observation WHERE entity = ?1 AND rank IN (?2, ?3, ?4))";
        Ok(self.one(sql, params![entity, ranks[0], ranks[1], ranks[2]])?.unwrap_or(false))
    }

    /// Returns the entity that has a name.
    pub fn entity_named(&self, kind: Kind, name: &str) -> Result<Option<i64>> {
        self.one("SELECT entity FROM alias WHERE kind = ?1 AND name = ?2", params![kind.code(), name])
    }

    /// Returns the best file held for a medium: the most pixels, then the most bytes, then the digest.
    pub fn held(&self, key: &MediaKey) -> Result<Option<BlobRow>> {
        let pixels = |held: &BlobRow| u64::from(held.width.unwrap_or(0)) * u64::from(held.height.unwrap_or(0));
        let better = |one: &BlobRow, other: &BlobRow| {
            let by_size = pixels(one).cmp(&pixels(other)).then(one.bytes.cmp(&other.bytes));
            by_size.then_with(|| other.digest.cmp(&one.digest)).is_gt()
        };
        // Nearly always one file: to sort in SQL would cost more than to find it.
        let read = |rows: &mut Rows<'_>| {
            let mut best: Option<BlobRow> = None;
            while let Some(row) = rows.next()? {
                let held = held_at(row)?;
                if best.as_ref().is_none_or(|best| better(&held, best)) {
                    best = Some(held);
                }
            }
            Ok(best)
        };
        self.connection()
            .prepare_cached(
                "SELECT b.digest, b.bytes, b.extension, b.mime, b.width, b.height
                 FROM media_held h JOIN blob b ON b.digest = h.digest WHERE h.key = ?1",
            )
            .and_then(|mut statement| read(&mut statement.query([key.as_str()])?))
            .map_err(failed("read media"))
    }

    /// Returns the media file with this digest.
    pub fn blob(&self, digest: &Sha256) -> Result<Option<BlobRow>> {
        self.connection()
            .prepare_cached("SELECT digest, bytes, extension, mime, width, height FROM blob WHERE digest = ?1")
            .and_then(|mut statement| statement.query_row([digest.as_bytes()], held_at).optional())
            .map_err(failed("read media"))
    }

    /// Counts the articles of each account by observations of rank `worst_rank` or better, in one run or all; ordered
    /// by descending count, then by `__biz`.
    pub fn articles_by_account(&self, worst_rank: i64, run: Option<Run>) -> Result<Vec<(String, u64)>> {
        self.connection()
            .prepare_cached(
                "SELECT o.account, count(DISTINCT o.entity) AS articles
                 FROM observation o JOIN entity n ON n.id = o.entity JOIN evidence e ON e.id = o.evidence
                 WHERE n.kind = 'article' AND o.account IS NOT NULL AND o.rank <= ?1 AND (?2 IS NULL OR e.run = ?2)
                 GROUP BY o.account ORDER BY articles DESC, o.account",
            )
            .and_then(|mut statement| {
                statement
                    .query_map(params![worst_rank, run.map(|run| run.id)], |row| {
                        Ok((row.get(0)?, row.get::<_, i64>(1)?.cast_unsigned()))
                    })?
                    .collect()
            })
            .map_err(failed("count articles"))
    }

    /// Counts the articles of each printed account name, for pages that identify the account in no other way.
    pub fn articles_by_account_name(&self) -> Result<Vec<(String, u64)>> {
        self.connection()
            .prepare_cached(
                "SELECT json_extract(o.fields, '$.account_name') AS name, count(DISTINCT o.entity) AS articles
                 FROM observation o JOIN entity n ON n.id = o.entity
                 WHERE n.kind = 'article' AND name IS NOT NULL GROUP BY name ORDER BY articles DESC, name",
            )
            .and_then(|mut statement| {
                statement.query_map([], |row| Ok((row.get(0)?, row.get::<_, i64>(1)?.cast_unsigned())))?.collect()
            })
            .map_err(failed("count articles"))
    }

    /// Returns the name that most articles of an account print, for an account that no page or list describes.
    pub fn printed_account_name(&self, account: &str) -> Result<Option<String>> {
        self.one(
            "SELECT json_extract(o.fields, '$.account_name') AS name
             FROM observation o JOIN entity n ON n.id = o.entity
             WHERE n.kind = 'article' AND o.account = ?1 AND name IS NOT NULL
             GROUP BY name ORDER BY count(DISTINCT o.entity) DESC, name LIMIT 1",
            [account],
        )
    }

    /// Returns the digests of all evidence.
    pub fn evidence_digests(&self) -> Result<std::collections::HashSet<Sha256>> {
        let rows: Vec<(Sha256, String)> = self
            .connection()
            .prepare_cached("SELECT digest, place FROM evidence")
            .and_then(|mut statement| statement.query_map([], |row| Ok((digest_at(row, 0)?, row.get(1)?)))?.collect())
            .map_err(failed("read evidence"))?;
        Ok(rows
            .into_iter()
            .filter(|(_, place)| !self.is_lost(Class::Private, place))
            .map(|(digest, _)| digest)
            .collect())
    }

    /// Reports whether a leaf or file with this digest is held.
    pub fn has_evidence(&self, digest: &Sha256) -> Result<bool> {
        if !self.lost.borrow().is_empty() && self.is_lost(Class::Private, &self.evidence_place(digest)?) {
            return Ok(false);
        }
        Ok(self.one::<i64>("SELECT 1 FROM evidence WHERE digest = ?1", [digest.as_bytes()])?.is_some())
    }

    /// Returns the path of a kept file or leaf inside `private/data`; empty if it is unknown.
    pub fn evidence_place(&self, digest: &Sha256) -> Result<String> {
        Ok(self.one("SELECT place FROM evidence WHERE digest = ?1", [digest.as_bytes()])?.unwrap_or_default())
    }

    /// Returns every open problem with the path of its input, ordered by path.
    pub fn problems(&self) -> Result<Vec<(Problem, String)>> {
        problems(self.connection())
    }

    /// Returns the open problems in the catalog at `path` without opening it for writing, so that a run in progress is
    /// not disturbed.
    pub fn problems_at(path: &Path) -> Result<Vec<(Problem, String)>> {
        let only_read = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        problems(&Connection::open_with_flags(path, only_read).map_err(failed("read problems"))?)
    }

    /// Returns the number of inputs that runs read whose work was never committed, if no run was ever finished in the
    /// catalog at `path`; `None` if one was. It is opened as by [`Self::problems_at`].
    pub fn begun_at(path: &Path) -> Result<Option<u64>> {
        let only_read = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let catalog = Connection::open_with_flags(path, only_read).map_err(failed("read runs"))?;
        let number = |sql: &str| catalog.query_row(sql, [], |row| row.get::<_, i64>(0)).map_err(failed("read runs"));
        // The tables are made after the file.
        if number("SELECT count(*) FROM sqlite_master WHERE name IN ('run', 'payload', 'input')")? < 3 {
            return Ok(Some(0));
        }
        let ended = number("SELECT count(*) FROM run WHERE finished = 1")? + number("SELECT count(*) FROM payload")?;
        let read = number("SELECT count(*) FROM input")?;
        Ok(if ended > 0 { None } else { Some(read.cast_unsigned()) })
    }

    /// Returns the open problems of one path.
    pub fn problems_of(&self, path: &str) -> Result<Vec<Problem>> {
        let rows: Vec<String> = self.column("SELECT problem FROM problem WHERE path = ?1 ORDER BY id", [path])?;
        rows.iter().map(|json| decode(json)).collect()
    }

    /// Returns the problems of the input at `path` and of those in it, at any depth.
    pub fn problems_within(&self, path: &str) -> Result<Vec<Problem>> {
        let (from, to) = inside(path);
        let sql = "SELECT problem FROM problem WHERE path = ?1 OR path > ?2 AND path < ?3 ORDER BY id";
        let rows: Vec<String> = self.column(sql, [path, from.as_str(), to.as_str()])?;
        rows.iter().map(|json| decode(json)).collect()
    }

    /// Returns the locators of unrecognised inputs, sorted.
    pub fn unrecognised(&self) -> Result<Vec<String>> {
        self.column("SELECT locator FROM input WHERE source IS NULL ORDER BY locator", [])
    }

    /// Returns the paths and locators of unrecognised inputs, in the order of locators.
    pub fn unrecognised_paths(&self) -> Result<Vec<(String, String)>> {
        self.connection()
            .prepare_cached("SELECT path, locator FROM input WHERE source IS NULL ORDER BY locator, path")
            .and_then(|mut statement| statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect())
            .map_err(failed("read"))
    }

    /// Returns the locators of unrecognised inputs in the folder at `path`, sorted.
    pub fn unrecognised_below(&self, path: &str) -> Result<Vec<String>> {
        let (from, to) = below(path);
        let sql = "SELECT locator FROM input WHERE source IS NULL AND path > ?1 AND path < ?2 ORDER BY locator";
        self.column(sql, [from.as_str(), to.as_str()])
    }

    /// Reports whether the container at `path` contains an unrecognised input, at any depth.
    pub fn holds_unrecognised(&self, path: &str) -> Result<bool> {
        let (from, to) = inside(path);
        let sql = "SELECT 1 FROM input WHERE source IS NULL AND path > ?1 AND path < ?2 LIMIT 1";
        Ok(self.one::<i64>(sql, [from.as_str(), to.as_str()])?.is_some())
    }

    /// Returns the paths of the inputs in the folder at `path` that a source read.
    pub fn read_below(&self, path: &str) -> Result<Vec<String>> {
        let (from, to) = below(path);
        let sql = "SELECT path FROM input WHERE source IS NOT NULL AND path > ?1 AND path < ?2";
        self.column(sql, [from.as_str(), to.as_str()])
    }

    /// Visits the evidence in the order of digests.
    pub fn each_evidence(&self, mut visit: impl FnMut(EvidenceRow, i64) -> Result<()>) -> Result<()> {
        let mut statement = self
            .connection()
            .prepare_cached(
                "SELECT digest, bytes, source, version, locator, template, mime, time, fetch, blanked, shelf, place, run
                 FROM evidence ORDER BY digest",
            )
            .map_err(failed("read evidence"))?;
        let mut rows = statement.query([]).map_err(failed("read evidence"))?;
        while let Some(row) = rows.next().map_err(failed("read evidence"))? {
            let read = || -> rusqlite::Result<(EvidenceRow, i64)> {
                let shelf: Option<String> = row.get(10)?;
                let evidence = EvidenceRow {
                    digest: digest_at(row, 0)?,
                    bytes: row.get::<_, i64>(1)?.cast_unsigned(),
                    source: row.get(2)?,
                    version: row.get(3)?,
                    locator: row.get(4)?,
                    template: row.get(5)?,
                    mime: row.get(6)?,
                    time: row.get::<_, Option<i64>>(7)?.and_then(Time::from_unix),
                    fetch: row.get(8)?,
                    blanked: row.get(9)?,
                    shelf: shelf.map(|shelf| if shelf == "billing" { "billing" } else { "documents" }),
                    place: row.get(11)?,
                };
                Ok((evidence, row.get(12)?))
            };
            let (evidence, run) = read().map_err(failed("read evidence"))?;
            visit(evidence, run)?;
        }
        Ok(())
    }

    /// Returns the statements with their evidence, ordered by its digest, then by position in the file.
    pub fn statements(&self) -> Result<Vec<(Sha256, Statement)>> {
        let rows: Vec<(Sha256, String)> = self
            .connection()
            .prepare_cached(
                "SELECT e.digest, s.statement FROM statement s JOIN evidence e ON e.id = s.evidence ORDER BY e.digest",
            )
            .and_then(|mut statement| statement.query_map([], |row| Ok((digest_at(row, 0)?, row.get(1)?)))?.collect())
            .map_err(failed("read statements"))?;
        let mut all = Vec::new();
        for (digest, json) in rows {
            // Older rows hold a single statement, not a list.
            let statements = if json.starts_with('[') { decode(&json)? } else { vec![decode(&json)?] };
            all.extend(statements.into_iter().map(|statement| (digest, statement)));
        }
        Ok(all)
    }
}

/// Returns the bounds between which the paths inside the container at `path` sort.
fn inside(path: &str) -> (String, String) {
    // `0` follows `/`.
    (format!("{path}!/"), format!("{path}!0"))
}

/// Returns the bounds between which the paths in the folder at `path` sort.
fn below(path: &str) -> (String, String) {
    let separator = std::path::MAIN_SEPARATOR;
    let after = char::from_u32(u32::from(separator) + 1).unwrap_or(separator);
    (format!("{path}{separator}"), format!("{path}{after}"))
}
