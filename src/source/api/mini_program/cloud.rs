//! A 小程序's cloud (云开发): each collection of its database through an export made by the platform, and the files whose
//! `cloud://` names occur in it. The platform has no list of files: a file that no row names cannot be found.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read as _;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::cloud_rows;
use crate::error::{Error, Result};
use crate::fetch::NoAnswer;
use crate::model::{Gap, GapReason, SubjectKind, Time};
use crate::source::api::answer::{Answer, ApiRequest, Content};
use crate::source::api::collector::{ApiCx, Collector, Outcome, ResumePoint, Scope, Service};
use crate::source::{EvidenceId, ImportCx, Info, Input, Out};

/// The collector of cloud data.
#[derive(Debug)]
pub struct MiniCloud;

const COLLECTIONS: &str = "/tcb/databasecollectionget";
const EXPORT: &str = "/tcb/databasemigrateexport";
const JOB: &str = "/tcb/databasemigratequeryinfo";
const FILES: &str = "/tcb/batchdownloadfile";

/// Collections of one response.
const PAGE: u64 = 100;

/// Files of one request: the platform's maximum.
const BATCH: usize = 50;

/// Largest export and largest file in bytes.
const LIMIT: u64 = 512 * 1024 * 1024;

/// Prefix of a file's name.
const SCHEME: &[u8] = b"cloud://";

/// Bytes of an export searched for names at once; longer than any name.
const WINDOW: usize = 64 * 1024;

/// Number of polls of a job before it is left for later; the wait doubles each time.
const LOOKS: u32 = 8;

/// First wait between two polls.
const WAIT: Duration = Duration::from_millis(500);

/// Seconds for which an export counts as current: another run does not make the platform export it again.
const FRESH: i64 = 6 * 60 * 60;

/// Seconds until a slow job is polled again.
const LATER: i64 = 10 * 60;

static INFO: Info = Info {
    name: "mini-cloud",
    summary_zh: "小程序云开发的数据库和其中引用的云存储文件（在 liudi.toml 里写明环境 ID）",
    summary_en: "A mini-program's cloud database and the cloud storage files it refers to (list the environment IDs in liudi.toml)",
    patterns: &[COLLECTIONS, EXPORT, JOB, FILES],
    version: 1,
};

/// The position in the environments.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Position {
    /// Completed environments.
    done: Vec<String>,
    /// Collections of the current environment that are not done; `None` before they were requested.
    waiting: Option<Vec<String>>,
    /// Export job of the first of them.
    job: Option<u64>,
    /// Files named by the export that were not requested yet; `None` before the export was received.
    files: Option<Vec<String>>,
    /// Whether a part of the collection is missing.
    #[serde(default)]
    incomplete: bool,
    /// Unix seconds of the last complete export of a collection, by `environment/collection`.
    #[serde(default)]
    exported: BTreeMap<String, i64>,
}

impl Collector for MiniCloud {
    const SERVICE: Service = Service::MiniProgram;

    fn info(&self) -> &'static Info {
        &INFO
    }

    fn is_wanted(&self, scope: &Scope) -> bool {
        !scope.cloud_environments.is_empty()
    }

    async fn collect(&self, cx: &ApiCx<'_>, from: ResumePoint) -> Result<Outcome, NoAnswer> {
        // A database changes: each pass exports it whole, except for collections that another run exported
        // recently.
        let exported = || from.again::<Position>().map(|at| at.exported).unwrap_or_default();
        let mut at: Position = from.midst().unwrap_or_else(|| Position { exported: exported(), ..Position::default() });
        for env in &cx.scope.cloud_environments {
            if at.done.contains(env) {
                continue;
            }
            if at.waiting.is_none() {
                at.waiting = Some(collections(cx, env).await?);
                cx.pass(&at)?;
            }
            while let Some(name) = at.waiting.as_ref().and_then(|waiting| waiting.first()).cloned() {
                let key = format!("{env}/{name}");
                let is_fresh = at.exported.get(&key).is_some_and(|then| cx.clock.unix() - then < FRESH);
                if !is_fresh && !collection(cx, env, &name, &mut at).await? {
                    let later = Time::from_unix(cx.now.unix() + LATER).unwrap_or(cx.now);
                    return Ok(Outcome::Until(later));
                }
                at.waiting.iter_mut().for_each(|waiting| drop(waiting.remove(0)));
                if !is_fresh && !at.incomplete {
                    at.exported.insert(key, cx.clock.unix());
                }
                (at.job, at.files, at.incomplete) = (None, None, false);
                cx.pass(&at)?;
            }
            at.done.push(env.clone());
            at.waiting = None;
            cx.pass(&at)?;
        }
        Ok(Outcome::Done)
    }

    fn read(&self, answer: &Answer, evidence: EvidenceId, cx: &ImportCx<'_>, out: &mut dyn Out) -> Result<()> {
        cloud_rows::read(answer, evidence, cx, out)
    }
}

/// Returns the names of an environment's collections.
async fn collections(cx: &ApiCx<'_>, env: &str) -> Result<Vec<String>, NoAnswer> {
    let mut names = Vec::new();
    loop {
        let body = json!({"env": env, "limit": PAGE, "offset": names.len()});
        let answer = cx.call(ApiRequest::post(COLLECTIONS, body)).await?.json();
        let page = answer["collections"].as_array().map_or(&[][..], Vec::as_slice);
        names.extend(page.iter().filter_map(|one| one["name"].as_str()).map(str::to_owned));
        let total = answer["pager"]["Total"].as_u64().unwrap_or(0);
        if page.is_empty() || names.len() as u64 >= total {
            return Ok(names);
        }
    }
}

/// Exports one collection and fetches the files it names; returns false if the export is not ready.
async fn collection(cx: &ApiCx<'_>, env: &str, name: &str, at: &mut Position) -> Result<bool, NoAnswer> {
    if at.files.is_none() {
        let job = if let Some(job) = at.job {
            job
        } else {
            match export(cx, env, name).await? {
                Ok(job) => {
                    at.job = Some(job);
                    cx.pass(at)?;
                    job
                }
                Err(words) => {
                    failed(cx, env, name, words, at)?;
                    return Ok(true);
                }
            }
        };
        // No cursor before the file is received: a run killed in between gets the stored answers.
        match look(cx, env, job).await? {
            JobState::Done(url) => {
                let file = ApiRequest::get(url).about("env", env).about("collection", name).about("job", job);
                let answer = cx.call(file.file(LIMIT)).await?;
                at.files = Some(names_in(&answer)?);
            }
            JobState::Failed(words) => failed(cx, env, name, words, at)?,
            JobState::NotYet => return Ok(false),
        }
        cx.pass(at)?;
    }
    while let Some(files) = at.files.clone().filter(|files| !files.is_empty()) {
        let (batch, rest) = files.split_at(files.len().min(BATCH));
        at.incomplete |= !fetch(cx, env, batch).await?;
        at.files = Some(rest.to_vec());
        cx.pass(at)?;
    }
    Ok(true)
}

/// Records that a collection could not be exported, for the reason in `words`.
fn failed(cx: &ApiCx<'_>, env: &str, name: &str, words: String, at: &mut Position) -> Result<(), NoAnswer> {
    let mut gap = Gap::new(SubjectKind::Endpoint, format!("cloud:{env}:{name}"), GapReason::DownloadFailed);
    gap.title = Some(format!("{env}/{name}"));
    gap.detail = Some(words);
    cx.missing(gap)?;
    at.incomplete = true;
    at.files = Some(Vec::new());
    Ok(())
}

/// Starts the export of a collection and returns the job's number, or the words of an answer without one.
async fn export(cx: &ApiCx<'_>, env: &str, name: &str) -> Result<Result<u64, String>, NoAnswer> {
    // The name becomes part of JavaScript that the platform runs.
    let quoted = name.replace('\\', "\\\\").replace('\'', "\\'");
    let path = format!("liudi/{}/{name}", cx.clock.unix());
    let query = format!("db.collection('{quoted}').get()");
    let body = json!({"env": env, "file_path": path, "file_type": 1, "query": query});
    let answer = cx.call(ApiRequest::post(EXPORT, body)).await?.json();
    Ok(answer["job_id"].as_u64().ok_or_else(|| answer["errmsg"].as_str().unwrap_or("job_id").to_owned()))
}

enum JobState {
    Done(String),
    Failed(String),
    NotYet,
}

/// Polls a job until it is over, or for some minutes.
async fn look(cx: &ApiCx<'_>, env: &str, job: u64) -> Result<JobState, NoAnswer> {
    let mut wait = WAIT;
    for _ in 0..LOOKS {
        let body = json!({"env": env, "job_id": job});
        let answer = cx.call(ApiRequest::post(JOB, body).fresh()).await?.json();
        let status = answer["status"].as_str().unwrap_or_default().to_ascii_lowercase();
        match (status.as_str(), answer["file_url"].as_str().filter(|url| !url.is_empty())) {
            ("success", Some(url)) => return Ok(JobState::Done(url.to_owned())),
            // The documentation gives the field of the message two names.
            ("fail" | "failed" | "error" | "success", _) => {
                let words = answer["error_msg"].as_str().or_else(|| answer["err_msg"].as_str());
                return Ok(JobState::Failed(words.unwrap_or_default().to_owned()));
            }
            _ => {}
        }
        tokio::time::sleep(wait).await;
        wait *= 2;
    }
    Ok(JobState::NotYet)
}

/// Returns the distinct `cloud://` names in an export.
fn names_in(answer: &Answer) -> Result<Vec<String>> {
    let input = match &answer.content {
        Content::File(body) => Answer::input(body, answer.locator()),
        Content::Json(bytes) => Input::bytes_at(answer.locator(), bytes.clone(), None),
        Content::Kept(_) => return Ok(Vec::new()),
    };
    let mut reader = input.open()?;
    let mut names = BTreeSet::new();
    let mut window = Vec::new();
    loop {
        let read = reader.by_ref().take(WINDOW as u64).read_to_end(&mut window);
        let is_end = read.map_err(|error| Error::reading(error, input.locator()))? == 0;
        let taken = take_names(&window, is_end, &mut names);
        if is_end {
            return Ok(names.into_iter().collect());
        }
        window.drain(..taken);
    }
}

/// Collects the names that end in `window` and returns the number of bytes consumed.
fn take_names(window: &[u8], is_end: bool, names: &mut BTreeSet<String>) -> usize {
    for at in memchr::memmem::find_iter(window, SCHEME) {
        let rest = &window[at..];
        // A quoted name may contain blanks; an unquoted one ends with the word.
        let quoted = at.checked_sub(1).is_some_and(|before| b"\"'".contains(&window[before]));
        let ends: &[u8] = if quoted { b"\"\\<>'\n\r\t?" } else { b"\"\\<>'\n\r\t )?" };
        let length = rest.iter().position(|byte| ends.contains(byte));
        match length {
            // More of the name may follow, unless it is already longer than any name.
            None if !is_end && rest.len() < WINDOW => return at.saturating_sub(1),
            length => {
                let name = String::from_utf8_lossy(&rest[..length.unwrap_or(rest.len())]);
                if name["cloud://".len()..].contains('/') {
                    names.insert(name.into_owned());
                }
            }
        }
    }
    window.len().saturating_sub(SCHEME.len() + 1)
}

/// Fetches files by their names; returns false if one of them could not be fetched.
async fn fetch(cx: &ApiCx<'_>, env: &str, names: &[String]) -> Result<bool, NoAnswer> {
    let mut whole = true;
    let list: Vec<Value> = names.iter().map(|name| json!({"fileid": name, "max_age": 7200})).collect();
    // The returned URLs are valid for two hours: an old response is useless.
    let answer = cx.call(ApiRequest::post(FILES, json!({"env": env, "file_list": list})).fresh()).await?.json();
    for file in answer["file_list"].as_array().into_iter().flatten() {
        let Some(name) = file["fileid"].as_str() else { continue };
        let mut missing = |reason, detail: &str| {
            whole = false;
            let mut gap = Gap::new(SubjectKind::Endpoint, name, reason);
            gap.title = Some(name.to_owned());
            gap.detail = Some(detail.to_owned());
            cx.missing(gap)
        };
        let url = file["download_url"].as_str().filter(|url| !url.is_empty());
        let Some(url) = url.filter(|_| file["status"].as_i64() == Some(0)) else {
            missing(GapReason::DownloadFailed, file["errmsg"].as_str().unwrap_or_default())?;
            continue;
        };
        match cx.call(ApiRequest::get(url).about("env", env).about("fileid", name).file(LIMIT)).await {
            Ok(_) => {}
            Err(NoAnswer::Failed(failure)) if failure.is_of_one() => missing(failure.reason, failure.error.code())?,
            Err(no) => return Err(no),
        }
    }
    Ok(whole)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::api::answer::Head;

    #[test]
    fn names_of_files_are_found_in_whatever_holds_them() {
        let text = r#"{"_id":"1","a":"cloud://env-1.656e-1/路径/a.png","b":["cloud://env-1.656e-1/b.jpg?x=1","cloud://env-1.656e-1/b.jpg"]}
            {"_id":"2","html":"<img src=\"cloud://env-1.656e-1/c d.png\">(cloud://env-1.656e-1/e.png)","no":"cloud://","neither":"cloud://env"}"#;
        let names = |text: &str| {
            let content = Content::File(text.as_bytes().to_vec().into());
            names_in(&Answer { head: Head::default(), content }).unwrap()
        };
        let all = ["b.jpg", "c d.png", "e.png", "路径/a.png"].map(|name| format!("cloud://env-1.656e-1/{name}"));
        assert_eq!(names(text), all);
        // At any boundary between two windows.
        for before in (WINDOW - 260..WINDOW + 8).chain([3 * WINDOW - 100]) {
            assert_eq!(names(&format!("{}{text}", " ".repeat(before))), all, "{before}");
        }
        assert_eq!(names("cloud://a/b"), ["cloud://a/b"]);
    }
}
