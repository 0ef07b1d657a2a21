//! Reads the comments of the private bag that the owner chose to show: only the owner's replies, all under pseudonyms
//! that cannot be reversed, or all unchanged. Only the offsets of the lines are held; the lines are read when their
//! article is rendered.

use std::collections::{HashMap, HashSet};
use std::io::{BufRead as _, BufReader, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::archive::{Archive, HeldFile};
use crate::error::{Error, Result};
use crate::export::comments::{Comment, Comments};
use crate::model::site::CommentChoice;
use crate::model::{Class, Dataset, Hasher, Sha256, layout};
use crate::parse::json::Json;
use crate::pipeline::archive::store;
use crate::platform;
use crate::secret::DigestKey;
use crate::text::Texts;

/// Name of the file with the key of pseudonyms, in the archive's working state: with it a reader has the same pseudonym
/// in every article and every run; without it nobody can test names against a pseudonym.
const KEY: &str = "pseudonyms.key";

/// Opens the comments of the archive at `root`, which they keep open for reading; `None` if none are to be shown.
///
/// # Errors
/// `comments-unreadable`.
pub fn open(root: &Path, choice: CommentChoice, texts: &Texts) -> Result<Option<Arc<dyn Comments>>> {
    if choice == CommentChoice::None {
        return Ok(None);
    }
    let archive = Archive::open(root)?;
    let file = |table| archive.file(Class::Private, &format!("{}/{table}", Dataset::Comments.code()));
    let tables = TABLES.into_iter().map(file).collect();
    let work = store::notes_of(root).unwrap_or_else(|| root.to_owned()).join(layout::WORK);
    let key = if choice == CommentChoice::Pseudonymous { Some(key(&work.join(KEY))?) } else { None };
    let reader = texts.get("mirror-comment-reader", &[("code", CODE)]);
    let mut chosen = Chosen { choice, key, reader, tables, threads: HashMap::new() };
    for table in 0..chosen.tables.len() {
        chosen.index(table)?;
    }
    Ok(Some(Arc::new(chosen)))
}

/// Tables of comments: those from pages, then, for articles without any, those the API gives the owner.
const TABLES: [&str; 2] = ["comments.jsonl", "comments_api.jsonl"];

/// Placeholder of the code in the text for a reader.
const CODE: &str = "{code}";

/// Reads the key, or creates it.
fn key(path: &Path) -> Result<DigestKey> {
    let failed = |error| Error::disk("comments-key-failed", path.display(), error);
    if let Ok(bytes) = platform::read(path)
        && let Ok(bytes) = bytes.try_into()
    {
        return Ok(DigestKey::from_bytes(bytes));
    }
    let key = DigestKey::generate().ok_or_else(|| Error::other("comments-key-failed").with("path", path.display()))?;
    if let Some(folder) = path.parent() {
        platform::create_private_folder(folder).map_err(failed)?;
    }
    // A broken key is unusable; its pseudonyms are lost.
    let _ = platform::remove_file(path);
    let mut file = platform::create_new(path, true).map_err(failed)?;
    file.write_all(key.as_bytes()).and_then(|()| platform::sync_open_file(&file)).map_err(failed)?;
    Ok(key)
}

#[derive(Debug)]
struct Chosen {
    choice: CommentChoice,
    key: Option<DigestKey>,
    /// Text that names a reader, with the placeholder [`CODE`].
    reader: String,
    /// Tables of comments.
    tables: Vec<HeldFile>,
    threads: HashMap<String, Thread>,
}

/// The offsets of the lines of an article's comments.
#[derive(Debug)]
struct Thread {
    /// Index of the table.
    table: usize,
    lines: Vec<(u64, usize)>,
    digest: Sha256,
}

#[derive(Deserialize)]
struct Line {
    key: String,
    #[serde(default)]
    parent: Option<String>,
    #[serde(default)]
    article: Option<String>,
    #[serde(default)]
    fields: Map<String, Value>,
}

impl Chosen {
    fn unreadable(&self, table: usize) -> Error {
        Error::input("comments-unreadable").with("path", &self.tables[table])
    }

    /// Indexes the lines of a table by article.
    fn index(&mut self, table: usize) -> Result<()> {
        let file = match self.tables[table].open() {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(self.unreadable(table).because(error)),
        };
        let mut reader = BufReader::with_capacity(1 << 16, file);
        let mut found: HashMap<String, (Vec<(u64, usize)>, Hasher)> = HashMap::new();
        let (mut at, mut line) = (0, Vec::new());
        loop {
            line.clear();
            let length = reader.read_until(b'\n', &mut line).map_err(|error| self.unreadable(table).because(error))?;
            if length == 0 {
                break;
            }
            let read: Line = serde_json::from_slice(&line).map_err(|error| self.unreadable(table).because(error))?;
            if let Some(article) = read.article {
                let (lines, hasher) = found.entry(article).or_default();
                lines.push((at, length));
                hasher.update(&line);
            }
            at += length as u64;
        }
        let how = format!("{:?} {:?}", self.choice, self.key.as_ref().map(|key| key.digest(b"pseudonyms")));
        for (article, (lines, hasher)) in found {
            let digest = Sha256::of(format!("{how} {}", hasher.finish()).as_bytes());
            self.threads.entry(article).or_insert(Thread { table, lines, digest });
        }
        Ok(())
    }

    fn thread(&self, names: &[&str]) -> Option<&Thread> {
        names.iter().find_map(|name| self.threads.get(*name))
    }

    fn read(&self, thread: &Thread) -> Result<Vec<Line>> {
        let unreadable = |error: std::io::Error| self.unreadable(thread.table).because(error);
        let mut file = self.tables[thread.table].open().map_err(unreadable)?;
        let mut lines = Vec::with_capacity(thread.lines.len());
        for (at, length) in &thread.lines {
            let mut line = vec![0; *length];
            file.seek(SeekFrom::Start(*at)).and_then(|_| file.read_exact(&mut line)).map_err(unreadable)?;
            lines.push(serde_json::from_slice(&line).map_err(|error| self.unreadable(thread.table).because(error))?);
        }
        // Comments that only the owner saw stay private, with their replies.
        let unseen: HashSet<String> =
            lines.iter().filter(|line| !was_seen(line)).map(|line| line.key.clone()).collect();
        lines.retain(|line| !unseen.contains(line.parent.as_ref().unwrap_or(&line.key)));
        Ok(lines)
    }

    /// Returns a reader's pseudonym. It is derived from the platform's id where there is one, because many readers may
    /// have the same name.
    fn pseudonym(&self, fields: Json<'_>) -> Option<String> {
        let name =
            ["openid", "nick_name", "uin"].iter().find_map(|name| fields.id(name).or_else(|| fields.text(name)))?;
        let digest = self.key.as_ref()?.digest(format!("comment by {name}").as_bytes());
        // Letters and digits that are not easily confused.
        let letters = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
        let code: String = digest[..5].iter().map(|byte| char::from(letters[usize::from(byte % 32)])).collect();
        Some(self.reader.replace(CODE, &code))
    }

    fn comment(&self, fields: &Map<String, Value>, own: bool, renamed: &[(String, String)]) -> Option<Comment> {
        let json = Json(fields);
        let gone =
            ["is_deleted", "reply_del_flag", "del_flag"].iter().any(|flag| json.int(flag).is_some_and(|it| it != 0));
        let mut text = json.text("content").filter(|text| !gone && !text.trim().is_empty())?;
        for (name, pseudonym) in renamed {
            text = text.replace(&format!("@{name}"), &format!("@{pseudonym}"));
        }
        let all = self.choice == CommentChoice::All;
        let name = match self.choice {
            _ if own => None,
            CommentChoice::All => json.text("nick_name"),
            _ => self.pseudonym(Json(fields)),
        };
        let place = json.object("ip_wording").filter(|_| all || own);
        let place = place.and_then(|place| place.text("province_name").or_else(|| place.text("country_name")));
        let likes = json.count("like_num").or_else(|| json.count("reply_like_num")).unwrap_or_default();
        Some(Comment { name, own, text, when: json.time("create_time"), place, likes, replies: Vec::new() })
    }
}

/// Reports whether a comment was visible under the article. The API also returns those that the owner did not select
/// (`comment_type` 0).
fn was_seen(line: &Line) -> bool {
    line.parent.is_some() || Json(&line.fields).int("comment_type").is_none_or(|kind| kind == 1)
}

/// Reports whether a reply is the account's own: it is marked so, or, in the old form that only the account could
/// write, has no name.
fn is_own(line: &Line) -> bool {
    let fields = Json(&line.fields);
    line.parent.is_some()
        && match fields.int("is_from") {
            Some(from) => from == 1,
            None => fields.text("nick_name").is_none(),
        }
}

impl Comments for Chosen {
    fn digest(&self, names: &[&str]) -> Option<Sha256> {
        self.thread(names).map(|thread| thread.digest)
    }

    fn of(&self, names: &[&str]) -> Result<Vec<Comment>> {
        let Some(thread) = self.thread(names) else { return Ok(Vec::new()) };
        let mut lines = self.read(thread)?;
        if self.choice == CommentChoice::Own {
            lines.retain(is_own);
            let mut own: Vec<Comment> = lines.iter().filter_map(|line| self.comment(&line.fields, true, &[])).collect();
            own.sort_by_key(|comment| comment.when);
            return Ok(own);
        }
        let mut renamed: Vec<(String, String)> = Vec::new();
        if self.choice == CommentChoice::Pseudonymous {
            for line in lines.iter().filter(|line| !is_own(line)) {
                let fields = Json(&line.fields);
                renamed.extend(fields.text("nick_name").zip(self.pseudonym(fields)));
            }
            // Longer names are replaced first, since one name may begin with another.
            renamed.sort_by(|a, b| b.0.len().cmp(&a.0.len()).then_with(|| a.cmp(b)));
            renamed.dedup();
        }
        let (replies, comments): (Vec<Line>, Vec<Line>) = lines.into_iter().partition(|line| line.parent.is_some());
        let mut below: HashMap<String, Vec<Comment>> = HashMap::new();
        for line in &replies {
            if let Some(reply) = self.comment(&line.fields, is_own(line), &renamed) {
                below.entry(line.parent.clone().unwrap_or_default()).or_default().push(reply);
            }
        }
        let mut shown: Vec<(bool, Comment)> = Vec::new();
        for line in &comments {
            let Some(mut comment) = self.comment(&line.fields, false, &renamed) else { continue };
            comment.replies = below.remove(&line.key).unwrap_or_default();
            comment.replies.sort_by_key(|reply| reply.when);
            shown.push((Json(&line.fields).int("is_top") == Some(1), comment));
        }
        shown.sort_by(|(top, a), (other, b)| {
            (other, b.likes).cmp(&(top, a.likes)).then_with(|| (a.when, &a.text).cmp(&(b.when, &b.text)))
        });
        Ok(shown.into_iter().map(|(_, comment)| comment).collect())
    }

    fn remark(&self) -> Option<&'static str> {
        match self.choice {
            CommentChoice::Own => Some("mirror-comments-own"),
            CommentChoice::Pseudonymous => Some("mirror-comments-pseudonymous"),
            CommentChoice::All | CommentChoice::None => None,
        }
    }
}
