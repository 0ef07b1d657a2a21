//! Responses of the platform that consist of an error (`ret` −3, 200013, `errcode` 48001 …). They are saved along with
//! the other responses of an interface; they are reported, never read as empty lists.

use serde_json::Value;

use crate::error::Result;
use crate::parse::list::{json_values, refusal};
use crate::source::file::list;
use crate::source::{ImportCx, Importer, Info, Input, Match, Out, Probe};

/// The importer of errors.
#[derive(Debug)]
pub struct RefusalBody;

/// Largest error body in bytes.
const LIMIT: u64 = 64 * 1024;

static INFO: Info = Info {
    name: "refusal",
    summary_zh: "平台返回的错误（登录过期、访问频繁、无权限等）：如实报告",
    summary_en: "Error responses of the platform (expired session, rate limit, no permission …): reported as errors",
    patterns: &["*.json"],
    version: 1,
};

/// Keys of responses that carry data in addition to an error; those have their own importers.
const DATA: &[&str] = &[
    "app_msg_list",
    "appmsgstat",
    "comm_msg_info",
    "elected_comment",
    "general_msg_list",
    "getalbum_resp",
    "log",
    "publish_list",
    "publish_page",
];

impl Importer for RefusalBody {
    fn info(&self) -> &'static Info {
        &INFO
    }

    fn identify(&self, probe: &mut Probe<'_>) -> Match {
        if probe.first_byte() != Some(b'{') || probe.size() > LIMIT {
            return Match::No;
        }
        let (values, broken) = json_values(probe.head());
        let [value] = values.as_slice() else { return Match::No };
        let filled = |value: &Value| value.as_object().is_some_and(|object| !object.is_empty());
        let data = DATA.iter().any(|key| value.get(key).is_some()) || value.get("data").is_some_and(filled);
        if broken.is_none() && !data && refusal(value).is_some_and(|refusal| !refusal.words.is_empty()) {
            return Match::Sure;
        }
        Match::No
    }

    fn read(&self, input: &Input, cx: &ImportCx<'_>, out: &mut dyn Out) -> Result<()> {
        let bytes = input.bytes(LIMIT)?;
        cx.evidence.redacted(&bytes, &list::meta(input, INFO.name, "application/json"))?;
        for refusal in json_values(&bytes).0.iter().filter_map(refusal) {
            list::problem(&list::refused(&refusal, input.locator()), input.locator(), out)?;
        }
        Ok(())
    }
}
