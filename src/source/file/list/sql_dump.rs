//! Dumps of the databases of feed readers (`.sql`: `INSERT INTO articles …`): the rows of their tables of articles,
//! read as from the database itself. Dumps of chats are refused.

use std::collections::HashMap;
use std::io::BufReader;

use serde_json::{Map, Value};

use super::table_parts::{Parts, are_articles, are_chats, holds_articles};
use crate::error::{Error, Kind, Result};
use crate::model::Problem;
use crate::parse::table::sql_dump::{Dump, is_dump};
use crate::source::{Holds, ImportCx, Importer, Info, Input, Item, Match, Out, Probe};

/// The importer of dumps.
#[derive(Debug)]
pub struct SqlDump;

static INFO: Info = Info {
    name: "sql-dump",
    summary_zh: "订阅工具数据库的备份（.sql：mysqldump、phpMyAdmin、Navicat、sqlite3 .dump 等）：其中的文章表",
    summary_en: "Dumps of feed readers' databases (.sql of mysqldump, phpMyAdmin, Navicat, sqlite3 .dump and others): the article tables in them",
    patterns: &["*.sql"],
    version: 2,
};

impl Importer for SqlDump {
    fn info(&self) -> &'static Info {
        &INFO
    }

    fn holds(&self) -> Holds {
        Holds::Parts
    }

    fn identify(&self, probe: &mut Probe<'_>) -> Match {
        let named = probe.name().to_ascii_lowercase().ends_with(".sql");
        let text = !probe.is_binary() && !matches!(probe.first_byte(), Some(b'<' | b'{' | b'['));
        if named && text && is_dump(probe.head()) && holds_articles(probe) { Match::Likely } else { Match::No }
    }

    fn read(&self, input: &Input, cx: &ImportCx<'_>, out: &mut dyn Out) -> Result<()> {
        let open = || input.open().map(|reader| Dump::new(BufReader::with_capacity(256 * 1024, reader)));
        let mut parts = Parts::new(INFO.name, input, cx, out);
        // Accounts may follow their articles: they are read in a first pass.
        let mut kinds: HashMap<String, bool> = HashMap::new();
        let mut chats = false;
        let failed = |stopped: Stopped| match stopped {
            Stopped::Input(error) => Error::reading(error, input.locator()),
            Stopped::Row(error) => error,
        };
        open()?
            .each::<Stopped>(&mut |table, row| {
                let names: Vec<String> = row.keys().cloned().collect();
                chats |= are_chats(&names);
                // A row omits columns without a value, so one row does not decide.
                let articles = are_articles(&names);
                *kinds.entry(table.to_owned()).or_default() |= articles;
                if !articles {
                    parts.account(&row);
                }
                Ok(())
            })
            .map_err(failed)?;
        let mut read = Ok(());
        if !chats {
            let mut take = |table: &str, row: Map<String, Value>| match kinds.get(table) {
                Some(true) => parts.row(table, row).map_err(Stopped::Row),
                _ => parts.mention(table, &row).map_err(Stopped::Row),
            };
            read = open()?.each::<Stopped>(&mut take).map_err(failed);
        }
        // Rows before a break or a limit count.
        if let Err(error) = &read
            && error.kind() != Kind::Input
        {
            return read;
        }
        let taken = parts.finish()?;
        read?;
        let code = match (chats, taken) {
            (true, _) => "chat-refused",
            (false, 0) => "sqlite-without-articles",
            (false, _) => return Ok(()),
        };
        out.item(Item::Problem(Problem::remark(code, input.locator()).with("path", input.locator())))
    }
}

/// The reason why reading stopped.
enum Stopped {
    Input(std::io::Error),
    Row(Error),
}

impl From<std::io::Error> for Stopped {
    fn from(error: std::io::Error) -> Self {
        Self::Input(error)
    }
}
