//! Resolves names to entities. An article, album or account has many names, and two entities that share a name are
//! merged, unless the name was copied or forged.

use rusqlite::{Connection, OptionalExtension as _, params};

use super::batch::execute;
use super::catalog::failed;
use crate::error::Result;
use crate::model::{Kind, Record};

/// Prefix of a name by which comments are requested. Such a number leads to its article but never merges two articles:
/// whatever a platform, an exporter or a user does to it, articles with other names stay apart. A number that several
/// articles give leads to none of them, whichever was read first.
const COMMENTS: &str = "comment:";

/// Returns the entity that a record describes, creating or merging entities as needed.
pub(super) fn entity_of_record(connection: &Connection, record: &Record) -> Result<i64> {
    let (numbers, names): (Vec<String>, Vec<String>) =
        record.aliases.iter().cloned().partition(|name| name.starts_with(COMMENTS));
    let entity = entity_of(connection, record.kind, &names)?;
    let field = (record.kind == Kind::Article).then(|| record.fields.get("comment_id")?.as_str()).flatten();
    let field = field.filter(|id| id.bytes().any(|byte| byte != b'0')).map(|id| format!("{COMMENTS}{id}"));
    for number in numbers.iter().chain(&field) {
        if execute(connection, "INSERT OR IGNORE INTO comment_number VALUES (?1, ?2)", params![number, entity])? > 0 {
            settle_number(connection, number)?;
        }
    }
    Ok(entity)
}

/// Lets a number lead to its article if exactly one gives it. Marks only the entities that this changes as dirty: if
/// thousands of articles give a number, the next one changes nothing.
fn settle_number(connection: &Connection, number: &str) -> Result<()> {
    let ids = |sql: &str| -> Result<Vec<i64>> {
        connection
            .prepare_cached(sql)
            .and_then(|mut statement| statement.query_map([number], |row| row.get(0))?.collect())
            .map_err(failed("find names"))
    };
    let owners = ids("SELECT entity FROM comment_number WHERE name = ?1 LIMIT 2")?;
    let leads_to = ids("SELECT entity FROM alias WHERE kind = 'article' AND name = ?1")?;
    let owner = if let [only] = owners[..] { Some(only) } else { None };
    if owner == leads_to.first().copied() {
        return Ok(());
    }
    execute(connection, "DELETE FROM alias WHERE kind = 'article' AND name = ?1", [number])?;
    if let Some(owner) = owner {
        execute(connection, "INSERT INTO alias VALUES ('article', ?1, ?2)", params![number, owner])?;
    }
    for entity in leads_to.into_iter().chain(owner) {
        execute(connection, "UPDATE entity SET dirty = 1 WHERE id = ?1", [entity])?;
    }
    Ok(())
}

/// Returns the entity that has these names: a new one, the only match, or the merger of several.
fn entity_of(connection: &Connection, kind: Kind, names: &[String]) -> Result<i64> {
    let mut found: Vec<i64> = Vec::new();
    let mut unknown: Vec<&str> = Vec::new();
    let mut won: Vec<(&str, i64)> = Vec::new();
    let owner = if kind == Kind::Article { names.iter().find_map(|name| owner_in(name)) } else { None };
    for name in names {
        let entity: Option<i64> = connection
            .prepare_cached("SELECT entity FROM alias WHERE kind = ?1 AND name = ?2")
            .and_then(|mut statement| statement.query_row([kind.code(), name], |row| row.get(0)).optional())
            .map_err(failed("find names"))?;
        if let (Some(owner), Some(entity), None) = (owner, entity, owner_in(name))
            && let Some(other) = other_owner(connection, entity, owner, name.starts_with(SN))?
        {
            // Of two articles that claim one name, the lesser id wins, so that the order of input does not matter.
            if owner < (other.0.as_str(), other.1.as_str(), other.2.as_str()) {
                won.push((name, entity));
            }
            continue;
        }
        match entity {
            Some(entity) if !found.contains(&entity) => found.push(entity),
            Some(_) => {}
            None => unknown.push(name),
        }
    }
    found.sort_unstable();
    let entity = if let Some(first) = found.first() {
        *first
    } else {
        execute(connection, "INSERT INTO entity (kind) VALUES (?1)", [kind.code()])?;
        connection.last_insert_rowid()
    };
    for other in found.iter().skip(1) {
        join(connection, entity, *other)?;
    }
    for name in unknown {
        execute(connection, "INSERT OR IGNORE INTO alias VALUES (?1, ?2, ?3)", params![kind.code(), name, entity])?;
    }
    for (name, loser) in won {
        let sql = "UPDATE alias SET entity = ?3 WHERE kind = ?1 AND name = ?2";
        execute(connection, sql, params![kind.code(), name, entity])?;
        execute(connection, "UPDATE entity SET dirty = 1 WHERE id = ?1", [loser])?;
    }
    Ok(entity)
}

/// Prefix of an `sn` name, which is unique to an article unless an export filled it in or masked it.
const SN: &str = "sn:";

/// Returns the `__biz` (without padding), mid and idx of an article's full id `<__biz>_<mid>_<idx>`; `None` for any
/// other name.
fn owner_in(name: &str) -> Option<(&str, &str, &str)> {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let (rest, idx) = name.rsplit_once('_')?;
    let (biz, mid) = rest.rsplit_once('_')?;
    (is_number(idx) && is_number(mid) && !biz.contains(':')).then(|| (biz.trim_end_matches('='), mid, idx))
}

/// Returns the full id of the article `entity` if that conflicts with `owner`: another account or, with `exactly`, any
/// other id. A shorter name that both bear (an `sn`, a short link) was then copied or forged, and does not merge them.
fn other_owner(
    connection: &Connection,
    entity: i64,
    owner: (&str, &str, &str),
    exactly: bool,
) -> Result<Option<(String, String, String)>> {
    let names: Vec<String> = connection
        .prepare_cached("SELECT name FROM alias WHERE entity = ?1")
        .and_then(|mut statement| statement.query_map([entity], |row| row.get(0))?.collect())
        .map_err(failed("find names"))?;
    let owners: Vec<(&str, &str, &str)> = names.iter().filter_map(|name| owner_in(name)).collect();
    let same = |other: &(&str, &str, &str)| if exactly { *other == owner } else { other.0 == owner.0 };
    let other = owners.first().filter(|_| !owners.iter().any(same));
    Ok(other.map(|(biz, mid, idx)| ((*biz).to_owned(), (*mid).to_owned(), (*idx).to_owned())))
}

/// Merges `other` into `entity`.
fn join(connection: &Connection, entity: i64, other: i64) -> Result<()> {
    let numbers: Vec<String> = connection
        .prepare_cached("SELECT name FROM comment_number WHERE entity = ?1")
        .and_then(|mut statement| statement.query_map([other], |row| row.get(0))?.collect())
        .map_err(failed("find names"))?;
    for sql in [
        "UPDATE OR REPLACE comment_number SET entity = ?1 WHERE entity = ?2",
        "UPDATE observation SET entity = ?1 WHERE entity = ?2",
        "UPDATE alias SET entity = ?1 WHERE entity = ?2",
        // The first folder stays; the other's files become stale and leave the bag with the next commit.
        "UPDATE post SET place = coalesce(place, (SELECT place FROM post WHERE entity = ?2)) WHERE entity = ?1",
        "UPDATE entity SET dirty = 1 WHERE id = ?1 AND ?2 = ?2",
    ] {
        execute(connection, sql, [entity, other])?;
    }
    for sql in [
        "DELETE FROM post WHERE entity = ?1",
        "DELETE FROM media_use WHERE entity = ?1",
        "DELETE FROM entity WHERE id = ?1",
    ] {
        execute(connection, sql, [other])?;
    }
    numbers.iter().try_for_each(|number| settle_number(connection, number))
}
