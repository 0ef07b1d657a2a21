//! Implements the cloud: two collections, an export that is ready at the second query, and files behind signed
//! addresses.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::{Value, json};

use super::No;
use crate::platform::Reply;

/// Id of the environment.
pub(crate) const ENV: &str = "cha-1a2b3c";

/// Secret part of every address.
pub(crate) const SIGNATURE: &str = "5igned0f7he5tandin0123456789abcdef";

/// An export in progress.
#[derive(Debug)]
pub(super) struct Job {
    collection: String,
    looks: u32,
}

/// Returns the documents of a collection, one per line.
fn documents(collection: &str, teas: u64) -> String {
    let name = |file: &str| format!("cloud://{ENV}.6368-{ENV}-1250000000/{file}");
    match collection {
        "teas" => (1..=teas).fold(String::new(), |mut text, number| {
            let document = json!({
                "_id": format!("tea{number:03}"), "name": format!("第{number}号茶"), "price": number * 100,
                "picture": name(&format!("teas/{}.png", (number - 1) % 60 + 1)),
            });
            writeln!(text, "{document}").unwrap();
            text
        }),
        "notes" => format!("{}\n", json!({"_id": "note1", "text": format!("封面 {}", name("gone.png"))})),
        _ => String::new(),
    }
}

pub(super) fn answer(path: &str, body: &Value, jobs: &mut Vec<Job>, looks: u32) -> Result<Value, No> {
    if body["env"] != ENV {
        return Err((40_101, "missing parameter env"));
    }
    match path {
        "/tcb/databasecollectionget" => {
            let all = [("teas", 60), ("notes", 1)];
            let offset = usize::try_from(body["offset"].as_u64().unwrap_or(0)).unwrap();
            // One per page, whatever was requested.
            let page: Vec<Value> =
                all.iter().skip(offset).take(1).map(|(name, count)| json!({"name": name, "count": count})).collect();
            Ok(
                json!({"errcode": 0, "errmsg": "ok", "collections": page, "pager": {"Offset": offset, "Limit": 1, "Total": 2}}),
            )
        }
        "/tcb/databasemigrateexport" => {
            let query = body["query"].as_str().unwrap_or_default();
            let collection = query.split('\'').nth(1).ok_or((-1000, "query error"))?.to_owned();
            // A collection that is requested twice is exported once.
            let at = jobs.iter().position(|job| job.collection == collection).unwrap_or_else(|| {
                jobs.push(Job { collection, looks: 0 });
                jobs.len() - 1
            });
            Ok(json!({"errcode": 0, "errmsg": "ok", "job_id": 100_001 + at}))
        }
        "/tcb/databasemigratequeryinfo" => {
            let number = body["job_id"].as_u64().and_then(|number| usize::try_from(number).ok()).unwrap_or(0);
            let job =
                number.checked_sub(100_001).and_then(|index| jobs.get_mut(index)).ok_or((40_097, "invalid args"))?;
            job.looks += 1;
            if job.looks < looks {
                return Ok(json!({"errcode": 0, "errmsg": "ok", "status": "waiting"}));
            }
            let url = format!(
                "https://tcb-mongodb-data-1254135806.cos.ap-shanghai.myqcloud.com/{}.json?q-sign-algorithm=sha1&q-signature={SIGNATURE}",
                job.collection
            );
            Ok(json!({"errcode": 0, "errmsg": "ok", "status": "success", "record_success": 1, "record_fail": 0,
                "error_msg": "导出完成.", "file_url": url}))
        }
        "/tcb/batchdownloadfile" => {
            let list = body["file_list"].as_array().cloned().unwrap_or_default();
            if list.len() > 50 {
                return Err((40_097, "invalid args"));
            }
            let files: Vec<Value> = list.iter().map(|file| one(file["fileid"].as_str().unwrap_or_default())).collect();
            Ok(json!({"errcode": 0, "errmsg": "ok", "file_list": files}))
        }
        _ => Err((40_066, "invalid url")),
    }
}

fn one(name: &str) -> Value {
    if name.ends_with("gone.png") {
        return json!({"fileid": name, "download_url": "", "status": -503_003, "errmsg": "storage file not exists"});
    }
    let path = name.splitn(4, '/').nth(3).unwrap_or_default();
    let url = format!("https://6368-{ENV}-1250000000.tcb.qcloud.la/{path}?sign={SIGNATURE}&t=1764000000");
    json!({"fileid": name, "download_url": url, "status": 0, "errmsg": "ok"})
}

/// Returns an export or a file if the address is signed.
pub(super) fn file(url: &str, teas: u64) -> Option<Reply> {
    let (host, rest) = url.split_once('/')?;
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    let query: BTreeMap<String, String> = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    let signed = |key: &str| query.get(key).is_some_and(|value| value == SIGNATURE);
    if host.ends_with(".myqcloud.com") {
        if !signed("q-signature") {
            return Some(Reply::status(403));
        }
        return Some(Reply::ok(documents(path.strip_suffix(".json")?, teas)));
    }
    if host.ends_with(".tcb.qcloud.la") {
        return Some(if signed("sign") { Reply::ok(format!("\u{89}PNG {path}")) } else { Reply::status(403) });
    }
    None
}
