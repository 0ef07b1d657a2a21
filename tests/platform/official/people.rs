//! Implements comments, followers, tags and messages of the virtual account.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::No;
use crate::platform::script::Reply;

/// The users around the account.
#[derive(Default)]
pub(crate) struct People {
    /// Number of comments under an article, by its `mid`.
    pub(crate) comments: BTreeMap<u64, u64>,
    pub(crate) followers: u64,
    pub(crate) blacklisted: u64,
    pub(crate) messages_a_day: u64,
}

/// Text that users sent to the account and that no archive may contain.
pub(crate) const MESSAGE: &str = "请问明天开门吗我是老读者";

impl People {
    pub(super) fn comment_list(&self, body: &Value) -> Result<Reply, No> {
        let number = |key: &str| body[key].as_u64();
        let (Some(mid), Some(index), Some(begin), Some(count)) =
            (number("msg_data_id"), number("index"), number("begin"), number("count"))
        else {
            return Err((47_001, "data format error"));
        };
        if count >= 50 {
            return Err((88_010, "count range error. cout <= 0 or count > 50"));
        }
        let Some(total) = self.comments.get(&mid).copied().filter(|_| index == 0) else {
            return Err((88_001, "msg_data_id is not exists"));
        };
        let comments: Vec<Value> = (begin.min(total)..(begin + count).min(total))
            .map(|number| {
                let mut comment = json!({"user_comment_id": number + 1, "create_time": 1_710_000_000 + number,
                    "content": format!("第{number}条留言"), "comment_type": number % 2});
                // A commenter without a WeChat identity has no openid.
                if number % 5 != 4 {
                    comment["openid"] = format!("oOPENID{number:08}").into();
                }
                // Both forms of a reply, and a time as text.
                match number % 4 {
                    0 => comment["reply"] = json!({"content": "谢谢", "create_time": 1_710_000_100 + number}),
                    1 => comment["reply"] = json!([{"content": "多谢", "create_time": "1710000200"}]),
                    _ => {}
                }
                comment
            })
            .collect();
        Ok(Reply::json(&json!({"errcode": 0, "errmsg": "ok", "total": total, "comment": comments})))
    }

    fn openid(number: u64) -> String {
        format!("oFOLLOWER{number:012}")
    }

    fn openids(after: &str, total: u64, most: u64) -> Vec<String> {
        let begin = after.trim_start_matches(|c: char| !c.is_ascii_digit()).parse::<u64>().map_or(0, |last| last + 1);
        (begin.min(total)..(begin + most).min(total)).map(Self::openid).collect()
    }

    pub(super) fn followers(&self, query: &BTreeMap<String, String>) -> Reply {
        // A page of 150 instead of 10 000, so that there are several.
        let openids = Self::openids(query.get("next_openid").map_or("", String::as_str), self.followers, 150);
        let mut answer = json!({"total": self.followers, "count": openids.len(),
                                "next_openid": openids.last().cloned().unwrap_or_default()});
        if !openids.is_empty() {
            answer["data"] = json!({"openid": openids});
        }
        Reply::json(&answer)
    }

    pub(super) fn people(body: &Value) -> Result<Reply, No> {
        let list = body["user_list"].as_array().ok_or((47_001, "data format error"))?;
        if list.len() > 100 {
            return Err((40_032, "invalid openid list size"));
        }
        let people: Vec<Value> = list
            .iter()
            .map(|one| {
                json!({"subscribe": 1, "openid": one["openid"], "language": "zh_CN", "subscribe_time": 1_600_000_000,
                       "unionid": "uUNION", "remark": "", "groupid": 0, "tagid_list": [2], "subscribe_scene": "ADD_SCENE_SEARCH"})
            })
            .collect();
        Ok(Reply::json(&json!({"user_info_list": people})))
    }

    pub(super) fn blacklist(&self, body: &Value) -> Reply {
        let openids = Self::openids(body["begin_openid"].as_str().unwrap_or_default(), self.blacklisted, 1000);
        Reply::json(&json!({"total": self.blacklisted, "count": openids.len(), "data": {"openid": openids},
                            "next_openid": openids.last().cloned().unwrap_or_default()}))
    }

    pub(super) fn tags(&self) -> Reply {
        Reply::json(&json!({"tags": [{"id": 2, "name": "老读者", "count": self.followers}]}))
    }

    pub(super) fn messages(&self, body: &Value) -> Result<Reply, No> {
        let number = |key: &str| body[key].as_i64();
        let (Some(start), Some(end)) = (number("starttime"), number("endtime")) else {
            return Err((65_416, "invalid argument"));
        };
        if end - start > 86_400 {
            return Err((65_416, "invalid time"));
        }
        let list: Vec<Value> = (0..self.messages_a_day)
            .map(|number| {
                json!({"openid": Self::openid(number), "opercode": if number % 2 == 0 { 2003 } else { 2002 },
                       "text": MESSAGE, "time": start, "worker": "kf1@example"})
            })
            .collect();
        Ok(Reply::json(&json!({"recordlist": list, "number": list.len(), "msgid": 20_165_267})))
    }
}
