//! Emits lists of articles for all their importers: an observation of each article, the facts of the list, and its
//! gaps.

pub mod album;
pub mod album_list;
pub mod appmsg_list;
pub mod article_rows;
pub mod channels;
pub mod channels_table;
pub mod feed;
pub mod getmsg;
pub mod links;
pub mod list_table;
pub mod news_answers;
pub mod publish_page;
pub mod sql_dump;
pub mod sqlite;
pub(crate) mod table_parts;
pub mod wae_accounts;
pub mod wae_json;

mod long;

use crate::error::{Error, Result};
use crate::model::{ArticleFields, Body, Gap, GapReason, Kind, ListingFields, Problem, Rank, Record, SubjectKind};
use crate::parse::list::copy;
use crate::parse::list::{Broadcast, List, Listed, Refusal};
use crate::source::{EvidenceId, EvidenceMeta, Item, Out};

/// Returns the metadata of a list's leaf.
pub(crate) fn meta(input: &crate::source::Input, source: &'static str, mime: &'static str) -> EvidenceMeta {
    EvidenceMeta::of(input, source, "list", mime)
}

/// Emits a whole list.
pub(crate) fn emit(list: List, evidence: EvidenceId, locator: &str, out: &mut dyn Out) -> Result<()> {
    let list = list.finish();
    let articles = u64::try_from(list.articles.len()).unwrap_or(u64::MAX);
    beginning(&list, articles, evidence, out)?;
    list.articles.iter().try_for_each(|listed| article(listed, evidence, out))?;
    rest(&list, articles, evidence, locator, out)
}

/// Emits an article, and why it is missing.
pub(crate) fn article(listed: &Listed, evidence: EvidenceId, out: &mut dyn Out) -> Result<()> {
    let aliases = listed.link.aliases();
    let Some(key) = aliases.first().cloned() else { return Ok(()) };
    let record = Record::new(Kind::Article, Rank::List, aliases, &listed.fields).of_account(listed.link.biz.clone());
    out.item(Item::Record(record, evidence))?;
    let reason = match (listed.fields.deleted, listed.blocked) {
        (Some(true), _) => GapReason::DeletedByAuthor,
        (_, true) => GapReason::BlockedByPlatform,
        _ => return Ok(()),
    };
    let mut gap = Gap::new(SubjectKind::Article, key, reason);
    gap.account.clone_from(&listed.link.biz);
    gap.title.clone_from(&listed.fields.title);
    gap.date = listed.fields.published;
    gap.url.clone_from(&listed.fields.url);
    out.item(Item::Gap(gap))
}

/// Emits what a list says before its articles: of the account, and how many there are.
pub(crate) fn beginning(list: &List, articles: u64, evidence: EvidenceId, out: &mut dyn Out) -> Result<()> {
    account(list, evidence, out)?;
    listings(list, articles, evidence, out)
}

/// Emits what a list says behind its articles: what was sent beside them, and what it lacks.
pub(crate) fn rest(list: &List, articles: u64, evidence: EvidenceId, locator: &str, out: &mut dyn Out) -> Result<()> {
    let mut unnamed = 0;
    for sent in &list.broadcasts {
        match note(list, sent) {
            Some(record) => out.item(Item::Record(record, evidence))?,
            None => unnamed += 1,
        }
    }
    remarks(list, articles, unnamed, locator, out)
}

/// Type of a repost of another account's article.
const REPOST: i64 = 11;

/// Emits the text that a list contains of an article: a separate observation, ranked below every page.
pub(crate) fn emit_copy(
    text: &str,
    listed: &Listed,
    reshared: bool,
    evidence: EvidenceId,
    out: &mut dyn Out,
) -> Result<()> {
    let aliases = listed.link.aliases();
    let Some(scope) = aliases.first() else { return Ok(()) };
    let url = listed.link.canonical();
    let Some(body) = copy::body(text, scope, url.as_deref(), listed.fields.paid.is_some()) else { return Ok(()) };
    let third_party = reshared || listed.fields.item_show_type == Some(REPOST);
    let record = Record::new(Kind::Article, Rank::List, aliases, &ArticleFields::default());
    let record = Record { body: Some(Body { third_party, ..body }), ..record }.of_account(listed.link.biz.clone());
    out.item(Item::Record(record, evidence))
}

/// Fewest digits of a broadcast's id: some lists count from 1.
const SMALLEST_NUMBER: usize = 7;

/// Returns the record of a broadcast that is not an article; `None` where nothing identifies it.
fn note(list: &List, sent: &Broadcast) -> Option<Record> {
    let mut fields = sent.fields.clone();
    fields.account = fields.account.or_else(|| list.biz.clone());
    fields.account_name = fields.account_name.or_else(|| list.account.name.clone());
    fields.account_user_name = fields.account_user_name.or_else(|| list.account.user_name.clone());
    let biz = fields.account.as_deref().unwrap_or("-");
    let time = fields.published.map(crate::model::Time::unix);
    let alias = match time {
        _ if sent.id.len() >= SMALLEST_NUMBER => format!("note:{biz}_{}", sent.id),
        Some(time) => format!("note:{biz}_{}@{time}", sent.id),
        None => return None,
    };
    let account = fields.account.clone();
    Some(Record::new(Kind::Note, Rank::List, vec![alias], &fields).of_account(account))
}

fn account(list: &List, evidence: EvidenceId, out: &mut dyn Out) -> Result<()> {
    let fields = &list.account;
    let names = [
        fields.biz.as_ref().map(|biz| format!("biz:{biz}")),
        fields.user_name.as_ref().map(|name| format!("gh:{name}")),
    ];
    let aliases: Vec<String> = names.into_iter().flatten().collect();
    if aliases.is_empty() || fields.name.is_none() && fields.user_name.is_none() {
        return Ok(());
    }
    out.item(Item::Record(
        Record::new(Kind::Account, Rank::List, aliases, fields).of_account(fields.biz.clone()),
        evidence,
    ))
}

/// Emits the counts of broadcasts and of articles, which differ: a broadcast may contain eight articles.
fn listings(list: &List, articles: u64, evidence: EvidenceId, out: &mut dyn Out) -> Result<()> {
    let biz = list.biz.as_deref().unwrap_or("-");
    let counts = [("sends", list.total_sends, list.sends), ("articles", list.total_articles, articles)];
    for (scope, platform_total, listed) in counts {
        if platform_total.is_none() && listed == 0 {
            continue;
        }
        let fields = ListingFields {
            scope: scope.to_owned(),
            list: list.name.to_owned(),
            platform_total,
            listed,
            complete: list.complete,
        };
        let alias = format!("listing:{}:{biz}:{scope}", list.name);
        let record = Record::new(Kind::Listing, Rank::List, vec![alias], &fields).of_account(list.biz.clone());
        out.item(Item::Record(record, evidence))?;
    }
    Ok(())
}

fn remarks(list: &List, articles: u64, unnamed: u64, locator: &str, out: &mut dyn Out) -> Result<()> {
    let mut say = |code: &'static str, count: u64| {
        let problem = Problem::remark(code, locator).with("path", locator).with("count", count);
        if count > 0 { out.item(Item::Problem(problem)) } else { Ok(()) }
    };
    say("list-entries-unread", list.unread as u64 + unnamed)?;
    if articles == 0 && list.broadcasts.is_empty() {
        // A successful empty response does not prove that nothing exists.
        out.item(Item::Problem(Problem::remark("list-empty", locator).with("path", locator)))?;
    }
    Ok(())
}

/// Returns the error of a refusal, which is never an empty list.
pub(crate) fn refused(refusal: &Refusal, locator: &str) -> Error {
    Error::input("list-refused").with("path", locator).with("code", refusal.code).with("words", &refusal.words)
}

/// Returns the error of a list whose JSON breaks off.
pub(crate) fn broken(error: serde_json::Error, locator: &str) -> Error {
    Error::input("list-broken").with("path", locator).with("line", error.line()).because(error)
}

/// Emits a problem that does not end the reading.
pub(crate) fn problem(error: &Error, locator: &str, out: &mut dyn Out) -> Result<()> {
    out.item(Item::Problem(Problem::from_error(error, locator)))
}
