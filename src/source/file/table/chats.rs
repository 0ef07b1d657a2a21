//! Refuses chats: databases of WeChat's clients and exports of them. They hold other people's words, and are not what
//! an account published or earned. Nothing of them is kept; the refusal is reported.

use crate::error::Result;
use crate::model::Problem;
use crate::source::{ImportCx, Importer, Info, Input, Item, Match, Out, Probe};

/// The importer that refuses them.
#[derive(Debug)]
pub struct Chats;

static INFO: Info = Info {
    name: "chats",
    summary_zh: "聊天记录（EnMicroMsg.db、MSG*.db 等数据库和聊天导出文件）：不导入，会说明原因",
    summary_en: "Chats (databases such as EnMicroMsg.db and MSG*.db, and exported chats): not imported, and the reason is reported",
    patterns: &["EnMicroMsg.db", "MSG*.db", "MicroMsg.db"],
    version: 2,
};

/// Prefixes of the names of the clients' databases, in lower case.
const DATABASES: &[&str] =
    &["enmicromsg", "micromsg", "msg", "message_", "mediamsg", "biz_message_", "wxfilehelper", "publicmsg", "chatmsg"];

/// Columns and members that identify exports.
const SIGNS: &[&[&str]] = &[
    &["StrTalker", "StrContent"],
    &["StrTalker", "IsSender"],
    &["talker", "isSend", "createTime"],
    &["talker", "is_sender", "msg"],
    &["talkerId", "msgSvrId"],
    &["TalkerId", "MsgSvrID"],
    &["WhiteName", "talker"],
];

impl Importer for Chats {
    fn info(&self) -> &'static Info {
        &INFO
    }

    fn identify(&self, probe: &mut Probe<'_>) -> Match {
        let name = probe.name().to_ascii_lowercase();
        let head = probe.head();
        let has = |sign: &&str| memchr::memmem::find(head, sign.as_bytes()).is_some();
        // A database has the columns of its tables in plain text on its first pages.
        let open = head.starts_with(b"SQLite format 3\0");
        let database = name.ends_with(".db") || name.ends_with(".sqlite") || open;
        let named = DATABASES.iter().any(|known| name.starts_with(known));
        let signs = (open || !probe.is_binary()) && SIGNS.iter().any(|signs| signs.iter().all(has));
        if (database && named) || signs { Match::Sure } else { Match::No }
    }

    fn read(&self, input: &Input, _: &ImportCx<'_>, out: &mut dyn Out) -> Result<()> {
        let remark = Problem::remark("chat-refused", input.locator()).with("path", input.locator());
        out.item(Item::Problem(remark))
    }
}
