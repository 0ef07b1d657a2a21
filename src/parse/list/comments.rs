//! Reads comments on an article as the platform returns them (`appmsg_comment`) and exporters copy them: a row for each
//! comment and each reply, and their declared number. Data about the visitor who requested them is omitted.

use std::borrow::Cow;
use std::collections::HashMap;

use serde_json::value::RawValue;
use serde_json::{Map, Value};

use crate::model::dataset::content_key;
use crate::model::{DataRow, DataTotal, Dataset, Time};
use crate::parse::json::Json;

/// The table's name.
pub const TABLE: &str = "comments";

/// Fields about the visitor: their likes, and whether the comment is theirs or a friend's.
const OF_VISITOR: &[&str] = &["my_id", "like_status", "is_from_me", "is_from_friend", "reply_like_status"];

/// The members that hold replies: the platform's name, its former name, and an exporter's name for replies fetched
/// later.
const REPLIES: [&str; 3] = ["reply_new", "reply", "$reply_list"];

/// The comments and replies of one article.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Thread {
    /// Any alias of the article.
    pub article: Option<String>,
    /// The time of the response.
    pub as_of: Option<Time>,
    /// Comments, each followed by its replies.
    pub rows: Vec<DataRow>,
    /// Declared totals.
    pub totals: Vec<DataTotal>,
}

impl Thread {
    /// Creates an empty thread of this article.
    pub fn of(article: Option<String>, as_of: Option<Time>) -> Self {
        Self { article, as_of, ..Self::default() }
    }

    /// Reads a response of `getcomment` or `getcommentreply`. `comment` identifies the comment whose replies were
    /// requested. Returns `false` if the value is neither.
    pub fn answer(&mut self, value: &Value, comment: Option<&str>) -> bool {
        let Some(object) = Json::of(value) else { return false };
        if let Some(comments) = object.get("elected_comment").and_then(Value::as_array) {
            self.comments(comments);
            if let Some(total) = object.count("elected_comment_total_cnt").filter(|_| self.article.is_some()) {
                let total = DataTotal::new(Dataset::Comments, TABLE, total).of_article(self.article.clone());
                self.totals.push(total.at(self.as_of));
            }
            return true;
        }
        let replies = object.object("reply_list").filter(|list| list.get("reply_list").is_some());
        let (Some(replies), Some(comment)) = (replies, comment) else { return false };
        for reply in replies.objects("reply_list") {
            self.reply(reply, comment);
        }
        true
    }

    /// Reads a list of comments, or of whole responses.
    pub fn comments(&mut self, comments: &[Value]) {
        for comment in comments {
            if comment.get("elected_comment").is_some() {
                self.answer(comment, None);
            } else if let Some(comment) = Json::of(comment) {
                self.comment(comment);
            }
        }
    }

    fn comment(&mut self, comment: Json<'_>) {
        let mut fields = without(comment.0, OF_VISITOR);
        for name in REPLIES {
            fields.shift_remove(name);
        }
        let key = comment.id("content_id").unwrap_or_else(|| content_key(&fields));
        self.rows.push(self.row(key.clone(), fields));
        for name in REPLIES {
            match comment.get(name) {
                Some(Value::Array(replies)) => {
                    replies.iter().filter_map(Json::of).for_each(|reply| self.reply(reply, &key));
                }
                Some(value) => {
                    let Some(group) = Json::of(value) else { continue };
                    group.objects("reply_list").into_iter().for_each(|reply| self.reply(reply, &key));
                    if let Some(total) = group.count("reply_total_cnt") {
                        let total = DataTotal::new(Dataset::Comments, TABLE, total).below(&key);
                        self.totals.push(total.of_article(self.article.clone()).at(self.as_of));
                    }
                }
                None => {}
            }
        }
    }

    fn reply(&mut self, reply: Json<'_>, comment: &str) {
        let fields = without(reply.0, OF_VISITOR);
        let key = reply.id("reply_id").unwrap_or_else(|| content_key(&fields));
        let row = self.row(format!("{comment}/{key}"), fields).below(comment);
        self.rows.push(row);
    }

    fn row(&self, key: String, fields: Map<String, Value>) -> DataRow {
        DataRow::new(Dataset::Comments, TABLE, key, fields).of_article(self.article.clone()).at(self.as_of)
    }
}

/// Overwrites the data about the visitor in a response: their name and avatar, their comments and their friends'. The
/// length stays the same. Returns `None` if the response cannot be read.
pub fn without_visitor(answer: &[u8]) -> Option<Vec<u8>> {
    let parts: HashMap<Cow<'_, str>, &RawValue> = serde_json::from_slice(answer).ok()?;
    let mut kept = answer.to_vec();
    for name in ["nick_name", "logo_url", "my_comment", "friend_comment"] {
        let Some(value) = parts.get(name).map(|value| value.get()) else { continue };
        let start = value.as_ptr() as usize - answer.as_ptr() as usize;
        let inner = start + 1..start + value.len().max(2) - 1;
        match value.as_bytes().first() {
            Some(b'"') => kept[inner].fill(b'*'),
            Some(b'[' | b'{') => kept[inner].fill(b' '),
            _ => {}
        }
    }
    Some(kept)
}

fn without(fields: &Map<String, Value>, names: &[&str]) -> Map<String, Value> {
    fields.iter().filter(|(name, _)| !names.contains(&name.as_str())).map(|(n, v)| (n.clone(), v.clone())).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn replies_hang_below_their_comment_in_every_form() {
        let answer = json!({"enabled": 1, "elected_comment_total_cnt": 3, "my_comment": [{"content": "访客"}], "elected_comment": [
            {"content_id": "9007199254740993", "nick_name": "甲", "content": "好", "like_status": 1, "is_from_friend": 1, "future": {"x": 1},
             "reply_new": {"reply_total_cnt": 2, "reply_list": [{"reply_id": 1, "content": "谢谢", "is_from": 1}]}},
            {"content_id": 9_007_199_254_740_995_u64, "content": "旧", "reply": {"reply_list": [{"content": "答", "uin": 5, "reply_id": 1}]}},
        ]});
        let mut thread = Thread::of(Some("a_1_1".to_owned()), None);
        assert!(thread.answer(&answer, None));
        let keys: Vec<_> = thread.rows.iter().map(|row| (row.key.as_str(), row.parent.as_deref())).collect();
        assert_eq!(
            keys,
            [
                ("9007199254740993", None),
                ("9007199254740993/1", Some("9007199254740993")),
                ("9007199254740995", None),
                ("9007199254740995/1", Some("9007199254740995")),
            ]
        );
        assert_eq!(thread.rows[0].fields["future"], json!({"x": 1}));
        assert!(!thread.rows[0].fields.contains_key("like_status"));
        let totals: Vec<_> = thread.totals.iter().map(|total| (total.parent.as_deref(), total.total)).collect();
        assert_eq!(totals, [(Some("9007199254740993"), 2), (None, 3)]);
    }

    #[test]
    fn the_visitor_is_taken_out_at_equal_length() {
        let answer = r#"{"nick_name":"访客","logo_url":"http://x","my_comment":[{"content":"我的"}],"friend_comment":[],"elected_comment":[{"nick_name":"甲"}]}"#;
        let kept = String::from_utf8(without_visitor(answer.as_bytes()).unwrap()).unwrap();
        assert_eq!(kept.len(), answer.len());
        assert!(kept.contains("甲") && !kept.contains("访客") && !kept.contains("我的") && !kept.contains("http"));
        assert_eq!(serde_json::from_str::<Value>(&kept).unwrap()["my_comment"], json!([]));
        assert_eq!(without_visitor(b"{\"my_comment\":["), None);
    }

    #[test]
    fn more_replies_need_the_comment_they_were_asked_of() {
        let answer = json!({"reply_list": {"max_reply_id": 2, "reply_list": [{"reply_id": 2, "content": "再谢"}]}});
        assert!(!Thread::default().answer(&answer, None));
        let mut thread = Thread::default();
        assert!(thread.answer(&answer, Some("7")));
        assert_eq!(thread.rows[0].key, "7/2");
        assert!(!thread.answer(&json!({"ret": 0}), Some("7")));
    }
}
