//! Responses of `appmsg_comment`: comments on an article, and further replies to one of them.

use crate::error::{Error, Result};
use crate::model::ArticleFields;
use crate::parse::container::http_message;
use crate::parse::list::comments::{self, Thread};
use crate::parse::list::json_values;
use crate::source::file::list;
use crate::source::input::asked::Asked;
use crate::source::{ImportCx, Importer, Info, Input, Match, Out, Probe, rows};

/// The importer of comments.
#[derive(Debug)]
pub struct Comments;

static INFO: Info = Info {
    name: "comments",
    summary_zh: "留言接口返回的 JSON（appmsg_comment：留言、回复、总数）：只进私密部分，缺的回复会列出来",
    summary_en: "JSON of the comment endpoint (appmsg_comment: comments, replies, totals): private only, missing replies are listed",
    patterns: &["*.json", "*.txt"],
    version: 2,
};

impl Importer for Comments {
    fn info(&self) -> &'static Info {
        &INFO
    }

    fn identify(&self, probe: &mut Probe<'_>) -> Match {
        let has = |needle: &str| probe.contains(needle.as_bytes());
        let json = probe.first_byte() == Some(b'{');
        if !json && !http_message::looks_like(probe.head()) {
            return Match::No;
        }
        let comments = has("\"elected_comment\"") && !has("\"aid\"");
        let replies = has("\"reply_list\"") && has("getcommentreply");
        if comments || replies { Match::Sure } else { Match::No }
    }

    fn read(&self, input: &Input, cx: &ImportCx<'_>, out: &mut dyn Out) -> Result<()> {
        let mut asked = Asked::of(input)?;
        let (values, broken) = json_values(&asked.body);
        if let Some(error) = broken {
            return Err(list::broken(error, input.locator()));
        }
        match comments::without_visitor(&asked.body) {
            Some(kept) => asked.body = kept,
            None => return Err(Error::input("comments-unread").with("path", input.locator())),
        }
        let evidence = asked.keep(INFO.name, input, cx)?;
        let mut thread = Thread::of(asked.article().into_iter().next(), asked.time);
        let read = values.iter().filter(|value| thread.answer(value, asked.content_id.as_deref())).count();
        if read == 0 {
            list::problem(&Error::input("comments-unread").with("path", input.locator()), input.locator(), out)?;
        }
        asked.emit(ArticleFields::default(), evidence, input, out)?;
        rows::emit(thread.rows, thread.totals, evidence, out)
    }
}
