//! Reads rows from SQL dumps (`mysqldump`, phpMyAdmin, Navicat, `sqlite3 .dump`, `pg_dump`): the values of `INSERT
//! INTO` and `COPY`, one row at a time, whatever the size of the statement. Nothing is executed.

use std::collections::HashMap;
use std::io::{self, BufRead};

use serde_json::{Map, Value};

use super::sql_value::copied;

/// Words that begin a line of a table's definition other than a column.
const NO_COLUMNS: &[&str] =
    &["primary", "key", "unique", "constraint", "index", "fulltext", "spatial", "check", "foreign"];

/// Maximum length of a value in bytes.
const LONGEST: usize = 64 * 1024 * 1024;

/// A reader of a dump.
pub struct Dump<R> {
    from: R,
    /// Columns by table, from `CREATE TABLE`.
    columns: HashMap<String, Vec<String>>,
    /// Whether a backslash is an escape in strings: MySQL's syntax, recognized by its quotes around names.
    pub(crate) escapes: bool,
}

/// A receiver of rows: the table, and the row's values by column name.
pub type Take<'a, E> = dyn FnMut(&str, Map<String, Value>) -> Result<(), E> + 'a;

/// Reports whether `head` looks like the beginning of a dump.
pub fn is_dump(head: &[u8]) -> bool {
    let start = &head[..head.len().min(64 * 1024)];
    let has = |words: &[u8]| start.windows(words.len()).any(|window| window.eq_ignore_ascii_case(words));
    has(b"insert into")
        || has(b"create table")
        || has(b"replace into")
        || memchr::memmem::find(start, b"\nCOPY ").is_some()
}

/// Returns the values that are not null by column name or, for unnamed columns, by position.
fn row(names: &[String], values: impl IntoIterator<Item = Value>) -> Map<String, Value> {
    let unnamed = (names.len() + 1..).map(|place| format!("column {place}"));
    let names = names.iter().cloned().chain(unnamed);
    names.zip(values).filter(|(_, value)| !value.is_null()).collect()
}

impl<R: BufRead> Dump<R> {
    /// Creates a reader of `from`.
    pub fn new(from: R) -> Self {
        Self { from, columns: HashMap::new(), escapes: false }
    }

    /// Passes every row to `take`.
    ///
    /// # Errors
    /// A failed read, or an error of `take`.
    pub fn each<E: From<io::Error>>(&mut self, take: &mut Take<'_, E>) -> Result<(), E> {
        while let Some(word) = self.statement()? {
            match word.to_ascii_uppercase().as_str() {
                "INSERT" | "REPLACE" => self.insert(take)?,
                "CREATE" => self.create()?,
                "COPY" => self.copy(take)?,
                "" => {
                    self.bump()?;
                }
                _ => self.rest()?,
            }
        }
        Ok(())
    }

    pub(crate) fn peek(&mut self) -> io::Result<Option<u8>> {
        loop {
            match self.from.fill_buf() {
                Ok(bytes) => return Ok(bytes.first().copied()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    pub(crate) fn bump(&mut self) -> io::Result<Option<u8>> {
        let byte = self.peek()?;
        if byte.is_some() {
            self.from.consume(1);
        }
        Ok(byte)
    }

    /// Skips whitespace and comments.
    pub(crate) fn space(&mut self) -> io::Result<()> {
        loop {
            match self.peek()? {
                Some(byte) if byte.is_ascii_whitespace() => {
                    self.bump()?;
                }
                Some(b'#') => self.line()?,
                Some(b'-') => {
                    self.bump()?;
                    if self.peek()? == Some(b'-') {
                        self.line()?;
                    }
                }
                Some(b'/') => self.block_comment()?,
                _ => return Ok(()),
            }
        }
    }

    /// Skips a `/* … */` comment, or the slash alone.
    pub(super) fn block_comment(&mut self) -> io::Result<()> {
        self.bump()?;
        if self.peek()? != Some(b'*') {
            return Ok(());
        }
        self.bump()?;
        let mut last = 0;
        while let Some(byte) = self.bump()? {
            if last == b'*' && byte == b'/' {
                break;
            }
            last = byte;
        }
        Ok(())
    }

    pub(super) fn line(&mut self) -> io::Result<()> {
        while let Some(byte) = self.bump()? {
            if byte == b'\n' {
                break;
            }
        }
        Ok(())
    }

    pub(crate) fn word(&mut self) -> io::Result<String> {
        let mut word = String::new();
        while let Some(byte) =
            self.peek()?.filter(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'+' | b'$'))
        {
            if word.len() < 256 {
                word.push(char::from(byte));
            }
            self.bump()?;
        }
        Ok(word)
    }

    /// Returns the first word of the next statement; `None` at the end.
    fn statement(&mut self) -> io::Result<Option<String>> {
        self.space()?;
        if self.peek()?.is_none() { Ok(None) } else { self.word().map(Some) }
    }

    /// Skips the rest of a statement.
    fn rest(&mut self) -> io::Result<()> {
        while let Some(byte) = self.peek()? {
            match byte {
                b';' => {
                    self.bump()?;
                    return Ok(());
                }
                b'\'' | b'"' | b'`' => {
                    self.quoted()?;
                }
                _ => {
                    self.bump()?;
                }
            }
        }
        Ok(())
    }

    /// Reads a string or a quoted name.
    pub(crate) fn quoted(&mut self) -> io::Result<String> {
        let open = self.bump()?.unwrap_or_default();
        let close = if open == b'[' { b']' } else { open };
        self.escapes |= open == b'`';
        let mut bytes = Vec::new();
        while let Some(byte) = self.bump()? {
            if byte == close {
                if self.peek()? != Some(close) {
                    break;
                }
                self.bump()?;
            } else if byte == b'\\' && self.escapes && open != b'`' {
                let Some(escaped) = self.bump()? else { break };
                bytes.push(match escaped {
                    b'n' => b'\n',
                    b'r' => b'\r',
                    b't' => b'\t',
                    b'0' => 0,
                    b'b' => 8,
                    b'Z' => 26,
                    other => other,
                });
                continue;
            }
            if bytes.len() < LONGEST {
                bytes.push(byte);
            }
        }
        Ok(String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()))
    }

    /// Reads a name, without its database.
    fn name(&mut self) -> io::Result<String> {
        let mut name = String::new();
        loop {
            self.space()?;
            if let Some(b'`' | b'"' | b'[' | b'\'') = self.peek()? {
                name = self.quoted()?;
            } else {
                let word = self.word()?;
                if !word.is_empty() && word != "." {
                    word.rsplit('.').next().unwrap_or_default().clone_into(&mut name);
                }
            }
            if self.peek()? != Some(b'.') {
                return Ok(name);
            }
            self.bump()?;
        }
    }

    /// Reads a list of names: `(a, b)`.
    fn names(&mut self) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        self.bump()?;
        loop {
            names.push(self.name()?);
            self.space()?;
            match self.bump()? {
                Some(b',') if names.len() < 1_000 => {}
                _ => return Ok(names),
            }
        }
    }

    /// Reads `CREATE TABLE name (column type, …)`.
    fn create(&mut self) -> io::Result<()> {
        self.space()?;
        if !self.word()?.eq_ignore_ascii_case("table") {
            return self.rest();
        }
        let mut name = self.name()?;
        while ["if", "not", "exists"].iter().any(|word| name.eq_ignore_ascii_case(word)) {
            name = self.name()?;
        }
        self.space()?;
        if self.peek()? != Some(b'(') {
            return self.rest();
        }
        self.bump()?;
        let (mut columns, mut depth, mut fresh) = (Vec::new(), 1, true);
        while depth > 0 {
            self.space()?;
            let Some(byte) = self.peek()? else { break };
            if fresh && byte != b')' {
                let quoted = !byte.is_ascii_alphabetic();
                let column = self.name()?;
                if !column.is_empty() && (quoted || !NO_COLUMNS.iter().any(|word| column.eq_ignore_ascii_case(word))) {
                    columns.push(column);
                }
                fresh = false;
                continue;
            }
            match byte {
                b'\'' | b'"' | b'`' => {
                    self.quoted()?;
                    continue;
                }
                b'(' => depth += 1,
                b')' => depth -= 1,
                b',' => fresh = depth == 1,
                b';' if depth == 1 => break,
                _ => {}
            }
            self.bump()?;
        }
        if self.columns.len() < 10_000 {
            self.columns.insert(name, columns);
        }
        self.rest()
    }

    /// Reads `INSERT INTO name (a, b) VALUES (1, 'x'), …;`.
    fn insert<E: From<io::Error>>(&mut self, take: &mut Take<'_, E>) -> Result<(), E> {
        let mut name = self.name()?;
        while ["into", "ignore", "or", "replace", "low_priority", "delayed", "only"]
            .iter()
            .any(|word| name.eq_ignore_ascii_case(word))
        {
            name = self.name()?;
        }
        self.space()?;
        let names = if self.peek()? == Some(b'(') { self.names()? } else { Vec::new() };
        let mut word = self.after_space()?;
        // Skips `OVERRIDING SYSTEM VALUE`, `AS new` and similar words.
        for _ in 0..6 {
            if word.is_empty() || word.eq_ignore_ascii_case("values") || word.eq_ignore_ascii_case("value") {
                break;
            }
            word = self.after_space()?;
        }
        let names = if names.is_empty() { self.columns.get(&name).cloned().unwrap_or_default() } else { names };
        loop {
            self.space()?;
            match self.peek()? {
                Some(b'(') => {
                    self.bump()?;
                    let values = self.values()?;
                    let row = row(&names, values);
                    take(&name, row)?;
                }
                Some(b',') => {
                    self.bump()?;
                }
                _ => return Ok(self.rest()?),
            }
        }
    }

    fn after_space(&mut self) -> io::Result<String> {
        self.space()?;
        self.word()
    }

    /// Reads `COPY name (a, b) FROM stdin;` and the lines that follow.
    fn copy<E: From<io::Error>>(&mut self, take: &mut Take<'_, E>) -> Result<(), E> {
        let name = self.name()?;
        self.space()?;
        let names = if self.peek()? == Some(b'(') { self.names()? } else { Vec::new() };
        self.rest()?;
        self.line()?;
        let mut line = Vec::new();
        loop {
            line.clear();
            if io::Read::take(&mut self.from, LONGEST as u64).read_until(b'\n', &mut line)? == 0 {
                return Ok(());
            }
            let text = String::from_utf8_lossy(&line);
            let text = text.trim_end_matches(['\n', '\r']);
            if text == "\\." {
                return Ok(());
            }
            let values = text.split('\t').map(copied);
            take(&name, row(&names, values))?;
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn rows(text: &str) -> Vec<(String, Value)> {
        let mut found = Vec::new();
        Dump::new(text.as_bytes())
            .each::<io::Error>(&mut |table, row| {
                found.push((table.to_owned(), Value::Object(row)));
                Ok(())
            })
            .unwrap();
        found
    }

    #[test]
    fn every_programs_dump_gives_its_rows() {
        let row = json!({"id": 1, "title": "它's \"题\"\n二", "n": -2});
        for text in [
            "-- MySQL dump\n/*!40101 SET NAMES utf8 */;\nDROP TABLE IF EXISTS `a`;\nCREATE TABLE `a` (\n `id` int NOT NULL DEFAULT '1',\n `title` varchar(9) COMMENT 'x, (y',\n `n` decimal(5,2),\n PRIMARY KEY (`id`),\n KEY `k` (`title`)\n);\nINSERT INTO `a` VALUES (1,'它\\'s \\\"题\\\"\\n二',-2);\n",
            "INSERT INTO `db`.`a` (`id`, `title`, `n`) VALUES\n(1, '它''s \"题\"\\n二', -2);",
            "BEGIN TRANSACTION;\nCREATE TABLE IF NOT EXISTS \"a\"(id integer primary key, title text, n int);\nINSERT INTO a VALUES(1,replace('它''s \"题\"\\n二','\\n',char(10)),-2);\nCOMMIT;",
            "CREATE TABLE a(id,title,n);INSERT INTO \"a\" VALUES(1,unistr('它''s \"题\"\\u000a二'),-2);",
            "INSERT INTO [dbo].[a] ([id], [title], [n]) VALUES (1, N'它''s \"题\"\n二', CAST(-2 AS Decimal(5, 2)));",
            "REPLACE INTO `a` (`id`,`title`,`n`) VALUES (1,_binary '它\\'s \"题\"\\n二',-2),(NULL,0x41,NULL);",
            "INSERT IGNORE INTO a (id, title, n) VALUES (1, E'它''s \"题\"\\n二', -2) ON CONFLICT DO NOTHING;",
        ] {
            let found = rows(text);
            assert_eq!(found[0], ("a".to_owned(), row.clone()), "{text}");
        }
        assert_eq!(
            rows("COPY public.a (id, title, n) FROM stdin;\n1\t它's \"题\"\\n二\t\\N\n\\.\nSELECT 1;"),
            [("a".to_owned(), json!({"id": "1", "title": "它's \"题\"\n二"}))]
        );
    }

    #[test]
    fn comments_between_values_change_none_of_them() {
        let text = "INSERT INTO a (id, n, m) VALUES (-- the first\n1, /* less */ -2, # two\n-3);";
        assert_eq!(rows(text), [("a".to_owned(), json!({"id": 1, "n": -2, "m": -3}))]);
        let text = "INSERT INTO a (id, n) VALUES (-1, --2\n-3);";
        assert_eq!(rows(text), [("a".to_owned(), json!({"id": -1, "n": -3}))]);
    }

    #[test]
    fn a_dump_that_breaks_off_gives_what_it_has() {
        let text = "INSERT INTO `a` (`id`,`t`) VALUES (1,'x'),(2,'y');";
        for cut in 0..text.len() {
            assert!(rows(&text[..cut]).len() <= 2);
        }
    }

    proptest::proptest! {
        #[test]
        fn anything_is_read_without_harm(text in r#"(INSERT INTO |CREATE TABLE |COPY |VALUES |`a`|\(|\)|,|;|'|\\|"|x|1|-|--|/\*|\*/|char\(|\n| ){0,60}"#) {
            let _ = rows(&text);
        }
    }
}
