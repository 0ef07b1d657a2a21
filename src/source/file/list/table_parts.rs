//! Hands on the rows of tables of articles as parts of JSON lines whose members are the columns; shared by the
//! importers of databases. Only rows that name an article are handed on, because a browser's history is a table of
//! links too.

use std::collections::HashMap;

use serde_json::{Map, Value};

use crate::error::Result;
use crate::model::{Dataset, Problem};
use crate::parse::list::article_columns::{ArticleColumns, cell_of, listed_object};
use crate::parse::list::links::{Links, has_link};
use crate::parse::list::row_links;
use crate::source::file::container::contents::Contents;
use crate::source::{ImportCx, Input, Item, Out, Probe};

/// Limits of one part in bytes and in rows.
const BYTES: usize = 8 * 1024 * 1024;
const ROWS: u64 = 2_000;

/// Columns of an account's name, its id and its key, in tables of subscriptions.
const NAMES: &[&str] = &["mp_name", "nickname", "nick_name", "account_name"];
const NUMBERS: &[&str] = &["faker_id", "fakeid", "biz", "__biz"];
const KEYS: &[&str] = &["id", "mp_id", "fakeid", "biz", "__biz"];

/// A sink for the rows of a database, filled in two passes: first accounts, which provide names that articles lack.
pub(crate) struct Parts<'a> {
    input: &'a Input,
    cx: &'a ImportCx<'a>,
    contents: Contents<'a>,
    accounts: HashMap<String, Map<String, Value>>,
    /// Name of the current table.
    table: String,
    lines: Vec<u8>,
    rows: u64,
    part: u64,
    taken: u64,
    /// Number of rows of a feed reader's table that name no article.
    unread: u64,
    out: &'a mut dyn Out,
}

/// Reports whether columns are those of chats.
pub(crate) fn are_chats(names: &[String]) -> bool {
    let has = |name: &str| names.iter().any(|known| known.eq_ignore_ascii_case(name));
    has("StrTalker")
        || has("talker") && (has("isSend") || has("msgSvrId") || has("is_sender"))
        || has("real_sender_id") && has("message_content")
}

/// Reports whether columns are those of a table of articles.
pub(crate) fn are_articles(names: &[String]) -> bool {
    ArticleColumns::of_names(names.iter().map(String::as_str)).is_table_of_articles()
}

impl<'a> Parts<'a> {
    /// Creates the sink for the database `input`, read by the importer `source`.
    pub(crate) fn new(source: &'static str, input: &'a Input, cx: &'a ImportCx<'a>, out: &'a mut dyn Out) -> Self {
        Self {
            input,
            cx,
            contents: Contents::new(cx, source, input),
            accounts: HashMap::new(),
            table: String::new(),
            lines: Vec::new(),
            rows: 0,
            part: 0,
            taken: 0,
            unread: 0,
            out,
        }
    }

    /// Takes a row of any table in the first pass: it may be an account's.
    pub(crate) fn account(&mut self, row: &Map<String, Value>) {
        let text =
            |names: &[&str]| names.iter().find_map(|name| row.get(*name).map(cell_of).filter(|text| !text.is_empty()));
        let (Some(key), Some(name)) = (text(KEYS), text(NAMES)) else { return };
        let mut account = Map::from_iter([("mp_name".to_owned(), Value::from(name))]);
        account.extend(text(NUMBERS).map(|number| ("faker_id".to_owned(), number.into())));
        self.accounts.insert(key, account);
    }

    /// Takes a row of a table of articles in the second pass.
    pub(crate) fn row(&mut self, table: &str, mut row: Map<String, Value>) -> Result<()> {
        if self.table != table {
            self.hand_on()?;
            table.clone_into(&mut self.table);
            self.part = 0;
        }
        let feed = row.get("mp_id").or_else(|| row.get("feed_id")).map(cell_of);
        if let Some(account) = feed.as_ref().and_then(|feed| self.accounts.get(feed)) {
            for (name, value) in account {
                row.entry(name.clone()).or_insert_with(|| value.clone());
            }
        }
        if listed_object(&row).is_none() {
            self.unread += u64::from(feed.is_some());
            return Ok(());
        }
        let line = Value::Object(row).to_string();
        self.cx.budget.take_bytes(line.len() as u64).map_err(|error| error.with("path", self.input.locator()))?;
        if self.lines.len() + line.len() > BYTES || self.rows >= ROWS {
            self.hand_on()?;
        }
        self.lines.extend_from_slice(line.as_bytes());
        self.lines.push(b'\n');
        self.rows += 1;
        self.taken += 1;
        Ok(())
    }

    /// Takes the links in a row of another table: a table with unknown columns may still contain articles.
    pub(crate) fn mention(&mut self, table: &str, row: &Map<String, Value>) -> Result<()> {
        let mut links = Links::default();
        row_links::of_row(Dataset::Cloud, row, &mut links);
        for found in links.into_vec() {
            let mut entry = Map::from_iter([("url".to_owned(), Value::from(found.link.canonical()))]);
            entry.insert("title".to_owned(), found.title.map_or(Value::Null, Value::from));
            entry.extend(found.published.map(|time| ("publish_time".to_owned(), Value::from(time.unix()))));
            self.row(table, entry)?;
        }
        Ok(())
    }

    fn hand_on(&mut self) -> Result<()> {
        if self.rows == 0 {
            return Ok(());
        }
        self.part += 1;
        let table: String =
            self.table.chars().filter(|letter| letter.is_alphanumeric() || *letter == '_').take(60).collect();
        let locator = format!("{}!/{table}-{}.jsonl", self.input.locator(), self.part);
        let lines = std::mem::take(&mut self.lines);
        let mut note = Map::new();
        note.insert("table".to_owned(), table.into());
        note.insert("rows".to_owned(), self.rows.into());
        self.contents.note(self.part, &note, "application/x-ndjson", Some(lines.len() as u64))?;
        self.rows = 0;
        self.out.item(Item::Input(Input::bytes_at(locator, lines, self.input.modified())))
    }

    /// Hands on the rest and reports rows that were not taken. Returns the number of rows taken.
    pub(crate) fn finish(mut self) -> Result<u64> {
        self.hand_on()?;
        self.contents.keep()?;
        if self.unread > 0 {
            let remark =
                Problem::remark("list-entries-unread", self.input.locator()).with("path", self.input.locator());
            self.out.item(Item::Problem(remark.with("count", self.unread)))?;
        }
        Ok(self.taken)
    }
}

/// Reports whether the input, of any length, contains a link to an article or a sign of a feed reader.
pub(crate) fn holds_articles(probe: &Probe<'_>) -> bool {
    const SIGNS: &[&[u8]] = &[b"mp_id", b"mp_name", b"MP_WXS_"];
    const STEP: usize = 1024 * 1024;
    let any = |bytes: &[u8]| has_link(bytes) || SIGNS.iter().any(|sign| memchr::memmem::find(bytes, sign).is_some());
    if any(probe.head()) {
        return true;
    }
    let Ok(mut reader) = probe.input().open() else { return false };
    let mut window: Vec<u8> = Vec::with_capacity(2 * STEP);
    loop {
        let kept = window.len().min(64);
        window.drain(..window.len() - kept);
        let start = window.len();
        window.resize(start + STEP, 0);
        match std::io::Read::read(&mut reader, &mut window[start..]) {
            Ok(0) | Err(_) => return false,
            Ok(count) => window.truncate(start + count),
        }
        if any(&window) {
            return true;
        }
    }
}
