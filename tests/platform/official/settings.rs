//! Returns the menu, the automatic replies and the basic information of the virtual account.

use serde_json::{Value, json};

use super::{APPID, BIZ};
use crate::platform::script::Reply;

fn link(number: u64) -> String {
    format!("http://mp.weixin.qq.com/s?__biz={BIZ}&mid={}&idx=1&sn=menu{number}#rd", 2_630_000_000 + number)
}

fn news(number: u64) -> Value {
    json!({"list": [{"title": format!("菜单里的第{number}篇"), "author": "编辑乙", "digest": "", "show_cover": 0,
                     "cover_url": "", "content_url": link(number), "source_url": ""}]})
}

pub(super) fn menu() -> Reply {
    Reply::json(&json!({"is_menu_open": 1, "selfmenu_info": {"button": [
        {"type": "view", "name": "主页", "url": "https://example.org/"},
        {"name": "往期", "sub_button": {"list": [
            {"type": "news", "name": "精选", "value": "M1", "news_info": news(1)},
            {"type": "view", "name": "旧文", "url": link(2)}]}}]}}))
}

pub(super) fn auto_replies() -> Reply {
    Reply::json(&json!({"is_add_friend_reply_open": 1, "is_autoreply_open": 1,
        "add_friend_autoreply_info": {"type": "text", "content": "欢迎来到水乡"},
        "keyword_autoreply_info": {"list": [{"rule_name": "规则一", "create_time": 1_600_000_000, "reply_mode": "random_one",
            "keyword_list_info": [{"type": "text", "match_mode": "contain", "content": "地图"}],
            "reply_list_info": [{"type": "news", "content": "M3", "news_info": news(3)}]}]}}))
}

pub(super) fn basic_information() -> Reply {
    Reply::json(&json!({"errcode": 0, "errmsg": "ok", "appid": APPID, "account_type": 1, "principal_type": 1,
        "principal_name": "水乡文化有限公司", "realname_status": 1,
        "signature_info": {"signature": "水边的日子", "modify_used_count": 0, "modify_quota": 5},
        "head_image_info": {"head_image_url": "http://wx.qlogo.cn/mmhead/face/0"},
        "nickname_info": {"nickname": "水乡笔记"}}))
}
