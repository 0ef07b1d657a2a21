//! Implements what the virtual account has published: objects of the API, and the pages and pictures behind their
//! links.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{BIZ, No};
use crate::platform::script::Reply;

/// The published objects, newest first, each with its articles.
#[derive(Default)]
pub(crate) struct Published {
    objects: Vec<Object>,
    /// Articles that have a page, by `mid_idx`.
    pages: BTreeMap<String, Article>,
    /// Text to include in every response.
    said: Option<String>,
}

#[derive(Clone)]
struct Object {
    number: u64,
    articles: Vec<Article>,
}

#[derive(Clone)]
struct Article {
    mid: u64,
    idx: u64,
    title: String,
    created: i64,
    deleted: bool,
}

/// Time of the first publication (Unix seconds).
const FIRST: i64 = 1_700_000_000;

impl Published {
    /// Publishes `count` objects; every seventh has three articles, and the articles of every eleventh are deleted.
    pub(crate) fn publish(&mut self, count: u64) {
        for _ in 0..count {
            let number = self.objects.len() as u64;
            let several = if number.is_multiple_of(7) { 3 } else { 1 };
            let articles: Vec<Article> = (1..=several)
                .map(|idx| Article {
                    mid: 2_650_000_000 + number,
                    idx,
                    title: format!("第{number}篇之{idx}：水乡记事"),
                    created: FIRST + 86_400 * i64::try_from(number).unwrap(),
                    deleted: number % 11 == 10,
                })
                .collect();
            for article in &articles {
                self.pages.insert(format!("{}_{}", article.mid, article.idx), article.clone());
            }
            self.objects.insert(0, Object { number, articles });
        }
    }

    /// Includes `words` in every response.
    pub(crate) fn say(&mut self, words: &str) {
        self.said = Some(words.to_owned());
    }

    /// Returns the number of articles ever published.
    pub(crate) fn all(&self) -> usize {
        self.pages.len()
    }

    /// Returns the number of published articles that are not deleted.
    pub(crate) fn alive(&self) -> usize {
        self.pages.values().filter(|article| !article.deleted).count()
    }

    pub(super) fn batchget(&self, body: &Value, echo: Option<&str>) -> Result<Reply, No> {
        let number = |key: &str| body[key].as_u64().and_then(|number| usize::try_from(number).ok());
        let (Some(offset), Some(count)) = (number("offset"), number("count")) else {
            return Err((47_001, "data format error"));
        };
        if !(1..=20).contains(&count) {
            return Err((40_097, "invalid args"));
        }
        let with_content = body["no_content"] != 1;
        let items: Vec<Value> =
            self.objects.iter().skip(offset).take(count).map(|object| object.json(with_content)).collect();
        let mut answer = json!({"total_count": self.objects.len(), "item_count": items.len(), "item": items});
        if let Some(said) = &self.said {
            answer["said"] = said.as_str().into();
        }
        if let Some(echo) = echo {
            answer["debug"] = echo.into();
        }
        Ok(Reply::json(&answer))
    }

    /// Returns a page or a picture.
    pub(super) fn page(&self, url: &str) -> Option<Reply> {
        if let Some(rest) = url.strip_prefix("mmbiz.qpic.cn/").or_else(|| url.strip_prefix("wx.qlogo.cn/")) {
            if rest.contains("/gone/") {
                return Some(Reply::status(404));
            }
            let seed = rest.bytes().fold(0_u8, u8::wrapping_add);
            return Some(Reply::ok(png(seed)).header("content-type", "image/png"));
        }
        let query = url.strip_prefix("mp.weixin.qq.com/s?")?;
        let query: BTreeMap<String, String> = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        let (mid, idx) = (query.get("mid")?, query.get("idx")?);
        // Articles that were sent, or published long ago, have a page too.
        let other = || {
            Some(Article {
                mid: mid.parse().ok()?,
                idx: idx.parse().ok()?,
                title: "旧日文章".to_owned(),
                created: FIRST - 86_400,
                deleted: false,
            })
        };
        let article = self.pages.get(&format!("{mid}_{idx}")).cloned().or_else(other)?;
        Some(Reply::ok(article.page()).header("content-type", "text/html; charset=utf-8"))
    }
}

impl Object {
    fn json(&self, with_content: bool) -> Value {
        let news: Vec<Value> = self.articles.iter().map(|article| article.news(with_content)).collect();
        let created = FIRST + 86_400 * i64::try_from(self.number).unwrap();
        // Both forms occur: times inside the content, and one next to it.
        if self.number.is_multiple_of(2) {
            json!({"article_id": format!("A{:08}", self.number), "content":
                   {"news_item": news, "create_time": created, "update_time": created + 60}})
        } else {
            json!({"article_id": format!("A{:08}", self.number), "content": {"news_item": news},
                   "update_time": created + 60})
        }
    }
}

impl Article {
    fn body(&self) -> String {
        let picture = format!("https://mmbiz.qpic.cn/sz_mmbiz_png/pic{}x{}/640?wx_fmt=png", self.mid, self.idx);
        format!("<section><p>{}，正文。</p><img data-src=\"{picture}\" data-w=\"16\"></section>", self.title)
    }

    fn news(&self, with_content: bool) -> Value {
        let mut news = json!({
            "title": self.title, "author": "编辑甲", "digest": "摘要", "content_source_url": "",
            "thumb_media_id": format!("thumb{}", self.mid),
            "thumb_url": format!("http://mmbiz.qpic.cn/sz_mmbiz_jpg/cover{}/0?wx_fmt=jpeg", self.mid),
            "show_cover_pic": 0, "need_open_comment": 1, "only_fans_can_comment": 0,
            "url": format!("http://mp.weixin.qq.com/s?__biz={BIZ}&mid={}&idx={}&sn=sn{}x{}&chksm=c#rd",
                           self.mid, self.idx, self.mid, self.idx),
            "is_deleted": self.deleted,
        });
        if with_content {
            news["content"] = self.body().into();
        }
        news
    }

    fn page(&self) -> String {
        if self.deleted {
            return "<!DOCTYPE html><html><head><meta charset=\"utf-8\"></head><body><div class=\"weui-msg\">\
                    <div class=\"weui-msg__title warn\">该内容已被发布者删除</div></div></body></html>"
                .to_owned();
        }
        let escaped = self
            .body()
            .replace('\\', "\\x5c")
            .replace('\'', "\\x27")
            .replace('<', "\\x3c")
            .replace('>', "\\x3e")
            .replace('"', "\\x22")
            .replace('&', "\\x26");
        format!(
            "<!DOCTYPE html><html><head><meta charset=\"utf-8\"></head><body><div id=\"js_article\">\
             <div id=\"js_content\">{}</div></div><script>window.cgiDataNew = {{ title: JsDecode('{}'), \
             content_noencode: JsDecode('{escaped}'), bizuin: JsDecode('{BIZ}'), mid: '{}' * 1, idx: '{}' * 1, \
             sn: JsDecode('sn{}x{}'), nick_name: JsDecode('水乡笔记'), user_name: JsDecode('gh_00000000a11c'), \
             ori_create_time: '{}' * 1, item_show_type: '0' * 1, real_item_show_type: '0' * 1 }};</script></body></html>",
            self.body(),
            self.title,
            self.mid,
            self.idx,
            self.mid,
            self.idx,
            self.created,
        )
    }
}

pub(super) fn png(seed: u8) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x10\0\0\0\x10\x08\x02\0\0\0".to_vec();
    bytes.extend(vec![seed; 300]);
    bytes
}
