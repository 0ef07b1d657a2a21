//! Lists of a 视频号's works and live broadcasts as JSON: responses of the owner's backend, and objects of the web page
//! and the PC program.

use super::getmsg;
use crate::error::Result;
use crate::model::{AccountFields, Kind, ListingFields, Problem, Rank, Record};
use crate::parse::list::channels::{self, Owner};
use crate::parse::list::{json_values, refusal};
use crate::source::file::list;
use crate::source::{EvidenceId, ImportCx, Importer, Info, Input, Item, Match, Out, Probe};

/// The importer of these lists.
#[derive(Debug)]
pub struct Channels;

static INFO: Info = Info {
    name: "channels",
    summary_zh: "视频号助手的作品列表、作品数据、直播记录与回放列表（JSON），以及网页和电脑端的作品信息：描述、时间、封面、视频的校验值与地址",
    summary_en: "Lists of posts, post data, live sessions and replays of 视频号助手 (JSON), and post data of the web and desktop versions: descriptions, times, covers, checksums and addresses of the videos",
    patterns: &["post_list*.json", "download_post_data*.json", "get_live_history*.json", "get_live_replay_list*.json"],
    version: 1,
};

impl Importer for Channels {
    fn info(&self) -> &'static Info {
        &INFO
    }

    fn identify(&self, probe: &mut Probe<'_>) -> Match {
        if !matches!(probe.first_byte(), Some(b'{' | b'[')) || getmsg::is_archive_of_requests(probe) {
            return Match::No;
        }
        let has = |needle: &str| memchr::memmem::find(probe.head(), needle.as_bytes()).is_some();
        let work = (has("\"objectId\"") || has("\"exportId\"")) && (has("\"desc\"") || has("\"readCount\""));
        let lists = ["\"objectDesc\"", "\"liveObjectList\"", "\"replayObjects\"", "\"finderUser\""];
        let empty = has("\"errCode\"") && has("\"list\"") && has("\"totalCount\"");
        if work || empty || lists.iter().any(|sign| has(sign)) { Match::Sure } else { Match::No }
    }

    fn read(&self, input: &Input, cx: &ImportCx<'_>, out: &mut dyn Out) -> Result<()> {
        let bytes = input.bytes(getmsg::LIMIT)?;
        let evidence = cx.evidence.redacted(&bytes, &list::meta(input, INFO.name, "application/json"))?;
        let (values, broken) = json_values(&bytes);
        if let Some(error) = broken {
            list::problem(&list::broken(error, input.locator()), input.locator(), out)?;
        }
        let mut listed = channels::Channels::default();
        for value in &values {
            if let Some(refusal) = refusal(value) {
                list::problem(&list::refused(&refusal, input.locator()), input.locator(), out)?;
            } else if !channels::read(value, &mut listed) {
                listed.unread += 1;
            }
        }
        emit(&listed, evidence, input, out)
    }
}

/// Emits the works and live broadcasts of a list.
pub(crate) fn emit(listed: &channels::Channels, evidence: EvidenceId, input: &Input, out: &mut dyn Out) -> Result<()> {
    if let Some(owner) = &listed.account {
        account(owner, evidence, out)?;
    }
    let lives = listed.posts.iter().filter(|post| post.fields.form == Some(crate::model::Form::Live)).count() as u64;
    let videos = listed.posts.len() as u64 - lives;
    for (scope, platform_total, listed) in
        [("videos", listed.total_videos, videos), ("lives", listed.total_lives, lives)]
    {
        if platform_total.is_none() && listed == 0 {
            continue;
        }
        let fields = ListingFields {
            scope: scope.to_owned(),
            list: INFO.name.to_owned(),
            platform_total,
            listed,
            complete: false,
        };
        // One listing per response: of several totals the largest counts, not the last.
        let alias = format!("listing:{}:{}:{scope}", INFO.name, &evidence.hex()[..16]);
        out.item(Item::Record(Record::new(Kind::Listing, Rank::List, vec![alias], &fields), evidence))?;
    }
    for post in &listed.posts {
        let record = Record::new(Kind::Video, Rank::List, post.aliases.clone(), &post.fields);
        let record = Record { as_of: input.modified(), ..record }.of_account(post.fields.account.clone());
        out.item(Item::Record(record, evidence))?;
    }
    let locator = input.locator();
    if listed.unread > 0 {
        let remark = Problem::remark("list-entries-unread", locator).with("path", locator).with("count", listed.unread);
        out.item(Item::Problem(remark))?;
    }
    if listed.any && listed.posts.is_empty() && listed.account.is_none() {
        // A successful empty response does not prove that nothing exists.
        out.item(Item::Problem(Problem::remark("list-empty", locator).with("path", locator)))?;
    }
    Ok(())
}

fn account(owner: &Owner, evidence: EvidenceId, out: &mut dyn Out) -> Result<()> {
    let Some(user_name) = &owner.user_name else { return Ok(()) };
    let mut fields = AccountFields {
        name: owner.name.clone(),
        alias: owner.alias.clone(),
        avatar: owner.avatar.clone(),
        ..AccountFields::default()
    };
    fields.extra.insert("finder".to_owned(), user_name.clone().into());
    let record = Record::new(Kind::Account, Rank::List, vec![format!("finder:{user_name}")], &fields);
    out.item(Item::Record(record, evidence))
}
