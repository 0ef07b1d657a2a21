//! Follows the archive's own links (`--discover`). Albums are walked to their end; an album's neighbours and the own
//! articles that bodies link to are recorded as *listed*, with the evidence that contains the link, and are fetched in
//! the next round.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Crawl;
use super::pages::{account_of, origin};
use super::wanted::{ALBUM, decode, encode};
use crate::error::Result;
use crate::fetch::{Failure, FetchedPage};
use crate::model::fold::Observation;
use crate::model::{ArticleFields, ArticleUrl, Gap, GapReason, Kind, Rank, Record, SubjectKind};
use crate::parse::list::album_list::{AlbumList, NoList, parse};
use crate::pipeline::archive::ownership::Owner;
use crate::pipeline::collect::batch::BatchBuilder;
use crate::pipeline::collect::evidence_writer::GroupWriter;
use crate::pipeline::collect::version_of;
use crate::source::file::list::album_list::{AlbumName, emit, meta};
use crate::source::{EvidenceMeta, EvidenceWriter as _};
use crate::store::batch::Batch;
use crate::store::queue::{self, Job, JobRow};

/// First ordinal of finds among the records of their evidence: far above those of the importer that read it.
const FINDS: u32 = 1_000_000;

/// Number of ordinals reserved for the finds of one record.
const PLACES: u32 = 10_000;

/// Maximum number of responses read of one album, with 20 articles each. No real album is longer; the limit ends a list
/// that would not end.
const ANSWERS: usize = 500;

/// An album to be walked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct AlbumJob {
    biz: String,
}

impl Crawl<'_> {
    /// Follows the archive's links and returns the number of newly listed articles.
    pub(super) fn discover(&mut self, own: Option<&Owner>) -> Result<u64> {
        let Some(biz) = own.and_then(|own| own.biz.clone()) else { return Ok(0) };
        let before = self.session.catalog.entities(Kind::Article, false)?.len();
        self.links(&biz)?;
        self.albums(&biz, &account_of(own))?;
        let after = self.session.catalog.entities(Kind::Article, false)?.len();
        Ok(after.saturating_sub(before) as u64)
    }

    /// Lists the own articles that bodies and albums' neighbours link to.
    fn links(&self, biz: &str) -> Result<()> {
        let catalog = &self.session.catalog;
        let mut finds = Finds { biz, taken: BTreeSet::new(), rows: Batch::default() };
        for entity in catalog.entities(Kind::Article, false)? {
            for one in catalog.observations(entity)? {
                // Other accounts' articles link to other accounts' articles.
                let theirs = one.fields.get("biz").and_then(Value::as_str).is_some_and(|other| other != biz);
                let links = one.body.iter().flat_map(|body| &body.links).filter(|_| !theirs);
                for (place, link) in links.enumerate() {
                    finds.take(self, &one, place, &link.href)?;
                }
            }
        }
        for entity in catalog.entities(Kind::Album, false)? {
            for one in catalog.observations(entity)? {
                for (place, key) in ["pre_article_link", "next_article_link"].into_iter().enumerate() {
                    if let Some(link) = one.fields.get("extra").and_then(|extra| extra[key].as_str()) {
                        finds.take(self, &one, place, link)?;
                    }
                }
            }
        }
        let rows = finds.rows;
        catalog.transaction(|connection| catalog.add_rows(connection, self.run, &rows))
    }

    /// Walks every album of the account that was not walked in this run.
    fn albums(&mut self, biz: &str, account: &str) -> Result<()> {
        let session = self.session;
        let catalog = &session.catalog;
        let mut ids: BTreeSet<String> = BTreeSet::new();
        for entity in catalog.entities(Kind::Album, false)? {
            for one in catalog.observations(entity)? {
                let field = |name: &str| one.fields.get(name).and_then(Value::as_str);
                // The link of another account's album contains that account.
                let foreign = field("url").is_some_and(|url| url.contains("__biz=") && !url.contains(biz));
                ids.extend(field("id").filter(|_| !foreign).map(str::to_owned));
            }
        }
        let payload = encode(&AlbumJob { biz: biz.to_owned() })?;
        let run = self.run.id;
        let jobs = catalog.transaction(|connection| {
            for id in &ids {
                let job = Job { kind: ALBUM, key: id, lane: "mp.weixin.qq.com", payload: &payload };
                queue::enqueue(connection, run, &job)?;
            }
            queue::claim(connection, ALBUM, ids.len())
        })?;
        for job in jobs {
            if self.is_stopped() {
                break;
            }
            self.walk(&job, account)?;
        }
        Ok(())
    }

    /// Walks one album and commits its list in one transaction.
    fn walk(&mut self, job: &JobRow, account: &str) -> Result<()> {
        let session = self.session;
        let catalog = &session.catalog;
        let AlbumJob { biz } = decode(&job.payload)?;
        let known = Arc::new(catalog.evidence_digests()?);
        let writer = GroupWriter::new(Some(&session.stage), self.secrets, known, &version_of, self.run.clock);
        let mut builder = BatchBuilder::new(origin(job));
        let name = AlbumName { id: Some(job.key.clone()), biz: Some(biz) };
        let mut listed: BTreeSet<(String, String)> = BTreeSet::new();
        let mut declared = None;
        let mut next = None;
        let (mut gap, mut stopped) = (None, false);
        for _ in 0..ANSWERS {
            let url = address(&name, next.as_ref());
            let answer = self.runtime.block_on(self.fetcher.page(account, &url));
            let (list, fetched) = match answer.map(|fetched| (parse(&fetched.bytes), fetched)) {
                Ok((Ok(list), fetched)) => (list, fetched),
                Ok((Err(no), _)) => {
                    gap = Some(refused(job, &no));
                    break;
                }
                Err(failure) if failure.is_disk() => return Err(failure.error),
                Err(failure) => {
                    gap = Some(failed(job, &failure));
                    self.note(&failure);
                    break;
                }
            };
            let leaf =
                EvidenceMeta { time: Some(self.run.clock), fetch: Some(fetched.exchange.to_json()), ..meta(url) };
            let FetchedPage { bytes, .. } = fetched;
            emit(&list, &name, writer.redacted(&bytes, &leaf)?, &mut builder)?;
            declared = list.declared_count.or(declared);
            let before = listed.len();
            listed.extend(list.entries.iter().map(|entry| (entry.msgid.clone(), entry.itemidx.clone())));
            next = last_of(&list);
            // A list that repeats itself would never end.
            if !list.more || listed.len() == before {
                break;
            }
            stopped = self.is_stopped();
            if stopped {
                break;
            }
        }
        if gap.is_none() && !stopped && declared.is_some_and(|declared| declared > listed.len() as u64) {
            let mut short = Gap::new(SubjectKind::Album, &job.key, GapReason::NotListed);
            short.detail = Some(format!("{} / {}", listed.len(), declared.unwrap_or_default()));
            gap = Some(short);
        }
        let mut rows = builder.with(writer.seal()?)?;
        let complete = gap.is_none() && !stopped;
        rows.gaps.extend(gap.map(|gap| (gap, origin(job))));
        catalog.transaction(|connection| {
            if complete {
                catalog.fill_gap(SubjectKind::Album, &job.key)?;
            }
            catalog.add_rows(connection, self.run, &rows)?;
            // An album whose walk was interrupted is walked again in the next run.
            if stopped { Ok(()) } else { queue::finish(connection, job.id) }
        })
    }
}

/// Own articles that are linked to but not listed yet.
struct Finds<'a> {
    biz: &'a str,
    taken: BTreeSet<String>,
    rows: Batch,
}

impl Finds<'_> {
    /// Records `link`, found at position `place` of the record `one`.
    fn take(&mut self, crawl: &Crawl<'_>, one: &Observation, place: usize, link: &str) -> Result<()> {
        let Some(url) = ArticleUrl::parse(link).filter(|url| url.biz.as_deref() == Some(self.biz)) else {
            return Ok(());
        };
        let aliases = url.aliases();
        for alias in &aliases {
            let listed = crawl.session.catalog.entity_named(Kind::Article, alias)?.is_some();
            if listed || !self.taken.insert(alias.clone()) {
                return Ok(());
            }
        }
        // The text of a link may be anything ("click here"), so it is not used as a title.
        let fields = ArticleFields {
            url: url.canonical(),
            biz: url.biz,
            mid: url.mid,
            idx: url.idx,
            sn: url.sn,
            ..ArticleFields::default()
        };
        let record = Record::new(Kind::Article, Rank::Link, aliases, &fields).of_account(Some(self.biz));
        let place = u32::try_from(place).unwrap_or(u32::MAX).min(PLACES - 1);
        let ordinal = FINDS.saturating_add(one.ordinal.saturating_mul(PLACES)).saturating_add(place);
        self.rows.records.push((record, one.evidence, ordinal));
        Ok(())
    }
}

/// Returns the URL of an album's list, from its beginning or after an article.
fn address(name: &AlbumName, after: Option<&(String, String)>) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.append_pair("action", "getalbum");
    query.append_pair("__biz", name.biz.as_deref().unwrap_or_default());
    query.append_pair("album_id", name.id.as_deref().unwrap_or_default());
    if let Some((msgid, itemidx)) = after {
        query.append_pair("begin_msgid", msgid);
        query.append_pair("begin_itemidx", itemidx);
    }
    query.append_pair("count", "20");
    query.append_pair("f", "json");
    format!("https://mp.weixin.qq.com/mp/appmsgalbum?{}", query.finish())
}

fn last_of(list: &AlbumList) -> Option<(String, String)> {
    list.entries.last().map(|entry| (entry.msgid.clone(), entry.itemidx.clone()))
}

fn failed(job: &JobRow, failure: &Failure) -> Gap {
    let mut gap = Gap::new(SubjectKind::Album, &job.key, failure.reason);
    gap.detail = Some(failure.error.code().to_owned());
    gap
}

fn refused(job: &JobRow, no: &NoList) -> Gap {
    let (reason, detail) = match no {
        NoList::Refused(ret) => (GapReason::FetchBlocked, format!("ret {ret}")),
        NoList::Other => (GapReason::DownloadFailed, "album-list-invalid".to_owned()),
    };
    let mut gap = Gap::new(SubjectKind::Album, &job.key, reason);
    gap.detail = Some(detail);
    gap
}
