//! 留言 through the API: every comment under every known article, with its replies. The API returns no names or avatars;
//! the author is an openid.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::error::Result;
use crate::fetch::NoAnswer;
use crate::model::dataset::content_key;
use crate::model::{DataRow, DataTotal, Dataset};
use crate::parse::json::Json;
use crate::source::api::answer::{Answer, ApiRequest};
use crate::source::api::collector::{ApiCx, ArticleNumbers, Collector, Estimate, Outcome, ResumePoint, Service};
use crate::source::api::paging::count;
use crate::source::{EvidenceId, ImportCx, Info, Out, rows};

/// The collector of comments.
#[derive(Debug)]
pub struct Comments;

const PATH: &str = "/cgi-bin/comment/list";

/// Comments of one response; the platform refuses fifty.
const COUNT: u64 = 49;

/// Error code: the article is gone, or comments are closed.
const NO_COMMENTS: i64 = 88_001;

static INFO: Info = Info {
    name: "comments",
    summary_zh: "文章留言和回复（接口不给昵称头像）",
    summary_en: "Comments on articles and replies (the API returns no nicknames or avatars)",
    patterns: &[PATH],
    version: 1,
};

/// The last article that was completed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Position {
    mid: String,
    idx: u32,
}

impl Position {
    fn is_before(&self, article: &ArticleNumbers) -> bool {
        (self.mid.len(), &self.mid, self.idx) < (article.mid.len(), &article.mid, article.idx)
    }
}

fn page(article: &ArticleNumbers, begin: u64) -> ApiRequest {
    // The platform expects a number; an article without one is not an article of the platform's.
    let mid: Value = article.mid.parse::<u64>().map_or(Value::Null, Value::from);
    let index = article.idx.saturating_sub(1);
    ApiRequest::post(PATH, json!({"msg_data_id": mid, "index": index, "begin": begin, "count": COUNT, "type": 0}))
        .about("article", article.alias())
}

impl Collector for Comments {
    const SERVICE: Service = Service::OfficialAccount;

    fn info(&self) -> &'static Info {
        &INFO
    }

    async fn estimate(&self, cx: &ApiCx<'_>) -> Result<Estimate, NoAnswer> {
        // Articles listed during this run are requested too; while none is known, there is no estimate.
        let articles = cx.articles()?.len() as u64;
        Ok(Estimate { things: None, calls: (articles > 0).then_some(articles) })
    }

    async fn collect(&self, cx: &ApiCx<'_>, from: ResumePoint) -> Result<Outcome, NoAnswer> {
        let at: Option<Position> = from.midst();
        let articles = cx.articles()?;
        for article in articles.iter().filter(|article| at.as_ref().is_none_or(|at| at.is_before(article))) {
            let mut begin = 0;
            loop {
                let answer = match cx.call(page(article, begin)).await {
                    Ok(answer) => answer.json(),
                    Err(no) if no.code() == Some(NO_COMMENTS) => break,
                    Err(no) => return Err(no),
                };
                let came = answer["comment"].as_array().map_or(0, Vec::len) as u64;
                begin += came;
                if came == 0 || begin >= count(&answer, "total") {
                    break;
                }
            }
            cx.pass(&Position { mid: article.mid.clone(), idx: article.idx })?;
        }
        Ok(Outcome::Done)
    }

    fn read(&self, answer: &Answer, evidence: EvidenceId, _: &ImportCx<'_>, out: &mut dyn Out) -> Result<()> {
        let value = answer.json();
        let Some(list) = Json::of(&value) else { return Ok(()) };
        let article = answer.head.about.get("article").and_then(Value::as_str).map(str::to_owned);
        let place = article.clone().unwrap_or_default();
        let mut found = Vec::new();
        for comment in list.objects("comment") {
            let mut fields = comment.0.clone();
            fields.shift_remove("reply");
            let id = comment.text("user_comment_id").unwrap_or_else(|| content_key(&fields));
            let key = format!("{place}/{id}");
            found.push(DataRow::new(Dataset::Comments, TABLE, &key, fields).of_article(article.clone()).from_api());
            // Both forms occur: one reply, or a list of them.
            for (number, reply) in comment.objects("reply").iter().enumerate().filter(|(_, reply)| !reply.0.is_empty())
            {
                let row = DataRow::new(Dataset::Comments, TABLE, format!("{key}/{number}"), reply.0.clone());
                found.push(row.below(&key).of_article(article.clone()).from_api());
            }
        }
        let total = list
            .count("total")
            .map(|total| DataTotal::new(Dataset::Comments, TABLE, total).of_article(article.clone()));
        rows::emit(found, total, evidence, out)
    }
}

/// Separate from the comments that pages show, which have other ids.
const TABLE: &str = "comments_api";
