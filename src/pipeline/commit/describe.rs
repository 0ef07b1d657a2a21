//! Writes the derived files of an archive other than the posts: the account, albums, tables, gaps, provenance, the
//! index of the evidence, the ledger and the description of the format. Each file is written only if it differs.

use std::collections::{BTreeMap, HashSet};

use serde_json::{Map, Value, json};
use zstd::zstd_safe::{CParameter, ParamSwitch};

use super::Commit;
use super::changes::CommitPlan;
use super::datasets;
use super::posts;
use super::tables::{GAP_COLUMNS, Table, gap_row};
use crate::archive;
use crate::error::{Error, Result};
use crate::model::album::joined_order;
use crate::model::fold::fold;
use crate::model::layout::{self, LARGE_LEDGER, LEDGER};
use crate::model::statement::{Held, HeldStatements, STATEMENTS_SCHEMA};
use crate::model::{AlbumFields, Class, GapReason, Kind, MediaRef, MediaRole, MediaUse, Sha256};
use crate::pipeline::archive::gaps::{Numbers, ShortPostNumbers};
use crate::pipeline::archive::{bill_days, gaps};
use crate::pipeline::collect::opened;
use crate::store::{Catalog, calls};

/// Version of the ledger; changed when the same statements produce a different ledger.
const LEDGER_VERSION: &str = "3";

/// Bytes of rows above which a ledger is compressed: a spreadsheet takes minutes to open half a million rows, and as
/// text the ledger is longer than the bills it is made of.
const LARGEST_PLAIN_LEDGER: u64 = if cfg!(debug_assertions) { 5 } else { 128 } * 1024 * 1024;

/// Column names and types of `tables/media.csv`.
const MEDIA_COLUMNS: &[(&str, &str)] = &[
    ("sha256", "string"),
    ("path", "string"),
    ("bytes", "integer"),
    ("mime", "string"),
    ("width", "integer"),
    ("height", "integer"),
];

/// Writes the descriptions for one commit.
pub(crate) struct Describe<'c, 'a> {
    pub(crate) commit: &'c Commit<'a>,
}

impl Describe<'_, '_> {
    /// Writes the files the catalog is rebuilt from: the runs, and the origin of each piece of evidence.
    pub(crate) fn sources(&self, plan: &mut CommitPlan<'_>) -> Result<()> {
        self.events(plan)?;
        self.evidence(plan)
    }

    /// Writes every description.
    pub(crate) fn all(&self, plan: &mut CommitPlan<'_>) -> Result<()> {
        self.account(plan)?;
        self.albums(plan)?;
        self.tables(plan)?;
        datasets::write(self.commit.catalog, self.commit.stage, plan)?;
        self.gaps(plan)?;
        self.sources(plan)?;
        for (path, bytes) in side_lists(self.commit.catalog)? {
            if let Some(bytes) = bytes {
                plan.put(Class::Private, path, &bytes)?;
            }
        }
        self.billing(plan)?;
        self.crate_metadata(plan)?;
        for (path, text) in archive::describe::STATIC_FILES {
            plan.put(Class::Public, path, text.as_bytes())?;
        }
        for path in archive::describe::RETIRED_FILES {
            if plan.will_hold(Class::Public, path)? {
                plan.remove(Class::Public, path);
            }
        }
        Ok(())
    }

    fn account(&self, plan: &mut CommitPlan<'_>) -> Result<()> {
        let catalog = self.commit.catalog;
        let Some(own) = self.commit.own else { return Ok(()) };
        let mut account = match serde_json::to_value(&own.fields) {
            Ok(Value::Object(map)) => map,
            _ => Map::new(),
        };
        account.retain(|_, value| !value.is_null() && value.as_object().is_none_or(|map| !map.is_empty()));
        let counted = gaps::count(catalog, Some(own))?;
        if let Some(url) = &own.fields.avatar {
            account.insert("avatar_file".into(), self.avatar(url)?);
        }
        if let Some(finder) = &own.finder {
            account.insert("finder".into(), json!(finder));
        }
        account.insert("schema".into(), json!("liudi/account/v1"));
        let mut numbers = json!({ "articles": counted.articles });
        let ShortPostNumbers { notes, videos, live_replays } = counted.short_posts;
        for (kind, three) in [("notes", notes), ("videos", videos), ("live_replays", live_replays)] {
            if three != Numbers::default() {
                numbers[kind] = json!(three);
            }
        }
        account.insert("numbers".into(), numbers);
        put_json(plan, Class::Public, "account.json", &Value::Object(account))
    }

    /// Returns the account's avatar as a medium that the account itself uses.
    fn avatar(&self, url: &str) -> Result<Value> {
        let wanted = MediaRef::at(url, MediaRole::Avatar);
        let held = self.commit.catalog.held(&wanted.key)?;
        let avatar = MediaUse {
            role: MediaRole::Avatar,
            url: Some(url.to_owned()),
            sha256: held.as_ref().map(|held| held.digest),
            path: held.as_ref().map(|held| layout::media_path(&held.digest, &held.extension)),
            bag: held.as_ref().map(|_| Class::Public),
            bytes: held.as_ref().map(|held| held.bytes),
            mime: held.as_ref().map(|held| held.mime.clone()),
            width: held.as_ref().and_then(|held| held.width),
            height: held.as_ref().and_then(|held| held.height),
            missing: held.is_none().then_some(GapReason::NotHeld),
            key: wanted.key,
        };
        let mut avatar =
            serde_json::to_value(avatar).map_err(|error| Error::other("article-encode-failed").because(error))?;
        if let Value::Object(map) = &mut avatar {
            map.retain(|_, value| !value.is_null());
        }
        Ok(avatar)
    }

    fn crate_metadata(&self, plan: &mut CommitPlan<'_>) -> Result<()> {
        let Some(own) = self.commit.own else { return Ok(()) };
        let name = own.name.as_deref().or(own.biz.as_deref()).unwrap_or_default();
        let since = self.commit.catalog.runs()?.first().and_then(|run| run.clock).unwrap_or(self.commit.run.clock);
        let parts = [
            ("articles/", "Articles: article.json and content.html each"),
            ("notes/", "What was sent to the followers and is no article"),
            ("videos/", "Works of the 视频号"),
            ("media/", "Images, audio and video, named by digest"),
            ("tables/", "Tables of articles and media"),
            ("provenance/", "Runs, and what is missing"),
            ("account.json", "The account"),
            ("FORMAT.md", "The format of this archive"),
        ];
        // Only what is there: a validator asks for every folder that is named. The format's text is put after this.
        let mut held = Vec::new();
        for part in parts {
            if part.0 == "FORMAT.md" || plan.will_hold_any(Class::Public, part.0)? {
                held.push(part);
            }
        }
        let bytes = archive::describe::crate_metadata(name, since, &held)?;
        plan.put(Class::Public, "ro-crate-metadata.json", &bytes)
    }

    fn albums(&self, plan: &mut CommitPlan<'_>) -> Result<()> {
        let catalog = self.commit.catalog;
        let mut albums = Vec::new();
        for entity in catalog.entities(Kind::Album, false)? {
            let observations = catalog.observations(entity)?;
            // An album of many articles is split over several responses, none of which has the whole order.
            let lists = observations.iter().map(|one| {
                let listed = one.fields.get("articles").and_then(Value::as_array).into_iter().flatten();
                listed.filter_map(Value::as_str).map(str::to_owned).collect()
            });
            let order = joined_order(lists.collect());
            let merged = fold(observations);
            let fields: AlbumFields = serde_json::from_value(Value::Object(merged.fields))
                .map_err(|error| Error::other("catalog-decode-failed").because(error))?;
            let mut articles = Vec::new();
            let mut seen = HashSet::new();
            for name in &order {
                if let Some(article) = catalog.entity_named(Kind::Article, name)?
                    && let Some(id) = catalog.post_id(article)?
                    && seen.insert(article)
                {
                    articles.push(id);
                }
            }
            // An album of another account must not be republished. An album of unknown owner is included only if it
            // holds a public article.
            let any_public = catalog.any_public(&articles)?;
            if any_public || order.is_empty() {
                albums.push(AlbumFields { articles, ..fields });
            }
        }
        albums.sort_by(|a, b| a.id.cmp(&b.id));
        let list: Vec<Value> =
            albums.iter().map(|album| Value::Object(crate::model::record::fields_of(album))).collect();
        if list.is_empty() { Ok(()) } else { put_json(plan, Class::Public, "albums.json", &Value::Array(list)) }
    }

    fn tables(&self, plan: &mut CommitPlan<'_>) -> Result<()> {
        let catalog = self.commit.catalog;
        let mut lists = Vec::new();
        for (kind, name, columns) in posts::TABLES {
            let columns_of = names_of(columns);
            let public = Table::new_in(plan.begin()?, &columns_of)?;
            lists.push((*kind, 0_u64, public, Table::new_in(plan.begin()?, &columns_of)?, *name, *columns));
        }
        catalog.each_post(|post| {
            let Some((_, rows, public, private, ..)) = lists.iter_mut().find(|list| list.0 == post.kind) else {
                return Ok(());
            };
            *rows += 1;
            let table = if post.class == Class::Public { public } else { private };
            posts::write_row(post, table)
        })?;
        let mut media = Table::new_in(plan.begin()?, &names_of(MEDIA_COLUMNS))?;
        catalog.each_blob(|digest, held| {
            let path = layout::media_path(&digest, &held.extension);
            if !plan.will_hold(Class::Public, &path)? {
                return Ok(());
            }
            let number = |value: Option<u32>| value.map(|number| number.to_string()).unwrap_or_default();
            media.row([digest.hex(), path, held.bytes.to_string(), held.mime, number(held.width), number(held.height)])
        })?;
        let media = plan.put_written(Class::Public, "tables/media.csv", media.finish()?)?;
        let mut resources = vec![archive::describe::Resource::csv("media", "media.csv", &media, MEDIA_COLUMNS)];
        for (kind, rows, public, private, name, columns) in lists {
            // An account without notes or without videos has no table of them.
            if rows == 0 && kind != Kind::Article {
                continue;
            }
            let path = format!("tables/{name}.csv");
            let public = plan.put_written(Class::Public, &path, public.finish()?)?;
            plan.put_written(Class::Private, &path, private.finish()?)?;
            let resource = archive::describe::Resource::csv(name, format!("{name}.csv"), &public, columns);
            let first = if kind == Kind::Article { 0 } else { resources.len() };
            resources.insert(first, resource);
        }
        let mut saved = Table::new_in(plan.begin()?, posts::SAVED_COLUMNS)?;
        let mut count: u64 = 0;
        posts::each_saved_alone(catalog, |row| {
            count += 1;
            saved.row(posts::saved_row(row))
        })?;
        if count > 0 {
            plan.put_written(Class::Private, posts::SAVED, saved.finish()?)?;
        }
        let package = archive::describe::datapackage("liudi-tables", &resources)?;
        plan.put(Class::Public, "tables/datapackage.json", &package)
    }

    fn gaps(&self, plan: &mut CommitPlan<'_>) -> Result<()> {
        let mut public = Table::new_in(plan.begin()?, GAP_COLUMNS)?;
        let mut private = Table::new_in(plan.begin()?, GAP_COLUMNS)?;
        gaps::each(self.commit.catalog, |gap, class| {
            if class == Class::Public { public.row(gap_row(&gap)) } else { private.row(gap_row(&gap)) }
        })?;
        plan.put_written(Class::Public, "provenance/gaps.csv", public.finish()?)?;
        plan.put_written(Class::Private, "provenance/gaps.csv", private.finish()?).map(drop)
    }

    /// Writes one line per run that added something.
    fn events(&self, plan: &mut CommitPlan<'_>) -> Result<()> {
        const INGESTION: &str = "http://id.loc.gov/vocabulary/preservation/eventType/ing";
        let mut public = Vec::new();
        let mut private = Vec::new();
        for run in self.commit.catalog.runs()? {
            let common = json!({ "event": INGESTION, "run": run.id, "time": run.clock });
            append_line(&mut public, &common)?;
            let mut detailed = common;
            detailed["evidence"] = json!(run.evidence);
            detailed["media"] = json!(run.media);
            append_line(&mut private, &detailed)?;
        }
        plan.put(Class::Public, "provenance/events.jsonl", &public)?;
        plan.put(Class::Private, "provenance/events.jsonl", &private)
    }

    fn evidence(&self, plan: &mut CommitPlan<'_>) -> Result<()> {
        let mut index = archive::evidence::IndexWriter::new(plan.begin()?)?;
        self.commit.catalog.each_evidence(|row, run| index.row(&row, run))?;
        plan.put_written(Class::Private, layout::EVIDENCE_INDEX, index.finish()?).map(drop)
    }

    /// Writes the ledger if a statement is missing from it, and the findings from comparing its rows.
    fn billing(&self, plan: &mut CommitPlan<'_>) -> Result<()> {
        let catalog = self.commit.catalog;
        let statements = catalog.statements()?;
        if statements.is_empty() {
            return Ok(());
        }
        let mut merged = LEDGER_VERSION.to_owned();
        for (digest, statement) in &statements {
            let json = serde_json::to_string(statement)
                .map_err(|error| Error::other("ledger-describe-failed").because(error))?;
            merged.extend(["\n", &digest.hex(), " ", &json]);
        }
        let merged = Sha256::of(merged.as_bytes()).to_string();
        let digests: Vec<Sha256> = statements.iter().map(|(digest, _)| *digest).collect();
        let large = self.commit.ledger.size(&digests)? > LARGEST_PLAIN_LEDGER;
        let (path, other) = if large { (LARGE_LEDGER, LEDGER) } else { (LEDGER, LARGE_LEDGER) };
        let is_there = |path| catalog.payload(Class::Private, path).map(|digest| digest.is_some());
        if is_there(path)? && is_there(layout::LEDGER_PACKAGE)? && catalog.meta("ledger")?.as_deref() == Some(&merged) {
            return Ok(());
        }
        let mut writer = plan.begin()?;
        let mut report = if large {
            let failed = |error| Error::disk("ledger-write-failed", path, error);
            // A quick level: most of a ledger are random digits, of which no level makes less. They are still written in
            // fewer bits each, which such a level omits by itself.
            let mut packed = zstd::Encoder::new(writer, -2).map_err(failed)?;
            packed.include_checksum(true).map_err(failed)?;
            packed.window_log(17).map_err(failed)?;
            packed.set_parameter(CParameter::LiteralCompressionMode(ParamSwitch::Enable)).map_err(failed)?;
            let report = self.commit.ledger.merge(&digests, &mut packed)?;
            writer = packed.finish().map_err(failed)?;
            report
        } else {
            self.commit.ledger.merge(&digests, &mut writer)?
        };
        let held: Vec<_> = statements.into_iter().map(|row| row.1).collect();
        report.covered =
            bill_days::covered(&held).ranges().iter().map(|(from, to)| (from.to_string(), to.to_string())).collect();
        let package = report.datapackage(path.strip_prefix("billing/").unwrap_or(path))?;
        plan.put_written(Class::Private, path, writer)?;
        if catalog.payload(Class::Private, other)?.is_some() {
            plan.remove(Class::Private, other);
        }
        plan.put(Class::Private, layout::LEDGER_PACKAGE, &package)?;
        catalog.replace_problems(self.commit.run, LEDGER, &report.findings)?;
        catalog.set_meta("ledger", &merged)
    }
}

/// Columns of [`layout::COLLECTORS`].
pub(crate) const COLLECTOR_COLUMNS: &[&str] = &["collector", "account", "complete"];

/// Returns the progress of each collector of the official APIs, from which readers judge whether its tables are
/// complete; `None` if none was ever run.
pub(crate) fn collectors(catalog: &Catalog) -> Result<Option<Vec<u8>>> {
    let all = calls::all(catalog.connection())?;
    if all.is_empty() {
        return Ok(None);
    }
    let mut table = Table::new(COLLECTOR_COLUMNS)?;
    all.into_iter().try_for_each(|one| table.row([one.collector, one.account, one.through.to_string()]))?;
    table.finish().map(Some)
}

/// Returns the lists that were read, with their account and whether they include every kind of article; `None` if none
/// was read.
fn lists(catalog: &Catalog) -> Result<Option<Vec<u8>>> {
    let mut lists: BTreeMap<(String, String), bool> = BTreeMap::new();
    catalog.each_listing(|account, listing| {
        *lists.entry((listing.list, account.unwrap_or_default())).or_default() |= listing.complete;
        Ok(())
    })?;
    if lists.is_empty() {
        return Ok(None);
    }
    let mut table = Table::new(&["list", "account", "complete"])?;
    lists.into_iter().try_for_each(|((list, account), complete)| table.row([list, account, complete.to_string()]))?;
    table.finish().map(Some)
}

/// A path inside a bag's `data/`, and the file's bytes if there is anything to list.
pub(crate) type List = (&'static str, Option<Vec<u8>>);

/// Returns the lists in the private bag that can change without anything new being kept: a collector ended or began, a
/// password opened an archive, or the archive was written by a version that did not write them.
pub(crate) fn side_lists(catalog: &Catalog) -> Result<[List; 5]> {
    Ok([
        (layout::COLLECTORS, collectors(catalog)?),
        (layout::LISTS, lists(catalog)?),
        (layout::OPENED, opened::table(catalog)?),
        (layout::STATEMENTS, statements(catalog)?),
        (layout::TOTALS, totals(catalog)?),
    ])
}

/// Returns the period, the declared totals and the sums of each bill, from which readers judge what is missing; `None`
/// if there is no bill.
fn statements(catalog: &Catalog) -> Result<Option<Vec<u8>>> {
    let mut statements = Vec::new();
    for (sha256, statement) in catalog.statements()? {
        statements.push(Held { sha256, file: catalog.evidence_place(&sha256)?, statement });
    }
    if statements.is_empty() {
        return Ok(None);
    }
    let held = HeldStatements { schema: STATEMENTS_SCHEMA.to_owned(), statements };
    let mut bytes =
        serde_json::to_vec_pretty(&held).map_err(|error| Error::other("ledger-describe-failed").because(error))?;
    bytes.push(b'\n');
    Ok(Some(bytes))
}

/// Returns the number of rows the platform declares for each table of private rows; `None` if the platform was never
/// asked. A list without rows means that it declared none.
fn totals(catalog: &Catalog) -> Result<Option<Vec<u8>>> {
    let mut table = Table::new(&["dataset", "table", "total"])?;
    let mut any = !calls::all(catalog.connection())?.is_empty();
    for rows in catalog.data_tables()? {
        if let Some(total) = catalog.declared_rows(rows.id)? {
            table.row([rows.dataset.code().to_owned(), rows.name, total.to_string()])?;
            any = true;
        }
    }
    if any { table.finish().map(Some) } else { Ok(None) }
}

/// Returns the names of columns.
fn names_of(columns: &[(&'static str, &'static str)]) -> Vec<&'static str> {
    columns.iter().map(|(name, _)| *name).collect()
}

fn put_json(plan: &mut CommitPlan<'_>, bag: Class, path: &str, value: &Value) -> Result<()> {
    let mut bytes =
        serde_json::to_vec_pretty(value).map_err(|error| Error::other("article-encode-failed").because(error))?;
    bytes.push(b'\n');
    plan.put(bag, path, &bytes)
}

fn append_line(to: &mut Vec<u8>, value: &Value) -> Result<()> {
    serde_json::to_writer(&mut *to, value).map_err(|error| Error::other("article-encode-failed").because(error))?;
    to.push(b'\n');
    Ok(())
}
