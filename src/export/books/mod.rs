//! Books of double entry made of the ledger: for Beancount, and for hledger. Every transaction adds up to zero; rows
//! that cannot be booked are comments at their place. A merchant's trade bill and fund-flow bill describe the same money
//! twice, so that an order named by both is booked once.

mod beancount;
mod entry;
mod hledger;
mod rules;
mod twice;

use crate::export::Sink;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;

use entry::{Entry, entry};
use rules::Rules;
use twice::Twice;

use super::ledger_rows::{LedgerRow, each, lose, one_line};
use super::{
    Content, ExportOptions, Group, Include, Info, Losses, OutPath, Output, Outputs, PrivateExporter, Setting, Shape,
    Values,
};
use crate::archive::PrivateView;
use crate::error::{Error, Result};
use crate::model::Sha256;
use crate::text::Texts;

/// The exporter of books for a program.
pub struct Books {
    info: &'static Info,
    syntax: &'static dyn Syntax,
}

/// The exporter of books for Beancount.
pub static BEANCOUNT: Books = Books { info: &BEANCOUNT_INFO, syntax: &beancount::Beancount };

/// The exporter of books for hledger.
pub static HLEDGER: Books = Books { info: &HLEDGER_INFO, syntax: &hledger::Hledger };

static BEANCOUNT_INFO: Info = Info {
    name: "beancount",
    summary_zh: "全部账单记成复式账，用 Beancount 或 Fava 打开；rules=文件 指定科目。私密，要加 --include bills",
    summary_en: "all bills as double-entry books, for Beancount or Fava; rules=FILE names your accounts; private, needs --include bills",
    version: 1,
    group: Group::Ledger,
    shape: Shape::File("beancount"),
    settings: &[FROM, RULES],
};

static HLEDGER_INFO: Info = Info {
    name: "hledger",
    summary_zh: "全部账单记成复式账，用 hledger 或 Ledger 打开；rules=文件 指定科目。私密，要加 --include bills",
    summary_en: "all bills as double-entry books, for hledger or Ledger; rules=FILE names your accounts; private, needs --include bills",
    version: 1,
    group: Group::Ledger,
    shape: Shape::File("journal"),
    settings: &[FROM, RULES],
};

const FROM: Setting = Setting {
    name: "from",
    values: Values::Words(&["trade", "fund-flow"]),
    summary_zh: "同一笔订单在交易账单和资金账单里都有时，按哪一种记账",
    summary_en: "bill to book an order from that both the trade bill and the fund-flow bill name",
};

const RULES: Setting = Setting {
    name: "rules",
    values: Values::Path,
    summary_zh: "TOML 文件：[accounts] 是科目，[[payee]] 按对方或商品（contains）指定科目（account）",
    summary_en: "TOML file: [accounts] names accounts, [[payee]] gives payees or items (contains) an account",
};

/// The syntax of a program.
trait Syntax: Sync {
    /// Returns the name of the file.
    fn file(&self) -> &'static str;
    /// Writes a comment in a line of its own.
    fn comment(&self, out: &mut dyn Write, text: &str) -> std::io::Result<()>;
    /// Writes the declarations of currencies, and of accounts opened on `day`.
    fn declare(&self, out: &mut dyn Write, used: &Used, day: &str) -> std::io::Result<()>;
    /// Writes a transaction, with the names and values of `tags`.
    fn entry(&self, out: &mut dyn Write, entry: &Entry<'_>, tags: &[(&str, String)]) -> std::io::Result<()>;
}

/// What the books use.
#[derive(Default)]
struct Used {
    accounts: BTreeSet<String>,
    currencies: BTreeSet<String>,
    first_day: Option<String>,
    /// Rows by kind of bill: booked, left out as named twice, not booked.
    rows: BTreeMap<String, [u64; 3]>,
}

impl PrivateExporter for Books {
    fn info(&self) -> &'static Info {
        self.info
    }

    fn include(&self) -> Include {
        Include::Bills
    }

    fn outputs<'v>(&self, private: &'v PrivateView, options: &'v ExportOptions) -> Result<Outputs<'v>> {
        let (rules, digest) = Rules::read(options.settings.get(RULES.name))?;
        let from = options.settings.get(FROM.name);
        let of = format!("{} {} {from} {digest}", self.info.version, options.language.tag());
        let syntax = self.syntax;
        let write = move |out: &mut dyn Sink, losses: &mut Losses| write(syntax, private, &rules, options, out, losses);
        let output = Output {
            path: OutPath::new(syntax.file())?,
            key: Sha256::of(format!("{of} {}", private.manifest_digest()).as_bytes()),
            content: Content::Stream(Box::new(write)),
        };
        Ok(Box::new(std::iter::once(Ok(output))))
    }
}

/// Adds up what is booked, before anything is written.
fn survey(private: &PrivateView, rules: &Rules, twice: &mut Twice) -> Result<Used> {
    each(private, |row| {
        if entry(row, rules).is_ok() {
            twice.add(row);
        }
        Ok(())
    })?;
    let mut used = Used::default();
    each(private, |row| {
        let counts = used.rows.entry(row.get("kind").to_owned()).or_default();
        match entry(row, rules) {
            _ if twice.has(row) => counts[1] += 1,
            Err(_) => counts[2] += 1,
            Ok(entry) => {
                counts[0] += 1;
                for (account, _) in &entry.postings {
                    if !used.accounts.contains(*account) {
                        used.accounts.insert((*account).to_owned());
                    }
                }
                if !used.currencies.contains(entry.currency) {
                    used.currencies.insert(entry.currency.to_owned());
                }
                if used.first_day.as_deref().is_none_or(|first| entry.day < first) {
                    used.first_day = Some(entry.day.to_owned());
                }
            }
        }
        Ok(())
    })?;
    Ok(used)
}

fn write(
    syntax: &dyn Syntax,
    private: &PrivateView,
    rules: &Rules,
    options: &ExportOptions,
    out: &mut dyn Write,
    losses: &mut Losses,
) -> Result<()> {
    let texts = Texts::new(options.language);
    let failed = |error| Error::disk("export-write-failed", syntax.file(), error);
    let mut twice = Twice::new(options.settings.get(FROM.name));
    let used = survey(private, rules, &mut twice)?;
    for line in head(&texts, &used) {
        syntax.comment(out, &line).map_err(failed)?;
    }
    let day = used.first_day.as_deref().unwrap_or("1970-01-01");
    syntax.declare(out, &used, day).map_err(failed)?;
    each(private, |row| {
        out.write_all(b"\n").map_err(failed)?;
        let why = match entry(row, rules) {
            _ if twice.has(row) => "twice",
            Ok(entry) => return syntax.entry(out, &entry, &tags(row)).map_err(failed),
            Err(why) => why,
        };
        if !["twice", "undone"].contains(&why) {
            lose(losses, why, row);
        }
        let what = texts.get(&format!("books-not-{why}"), &[]);
        let columns =
            ["time", "kind", "direction", "type", "status", "counterparty", "item", "amount_raw", "currency", "key"];
        let cells = columns.iter().map(|column| row.get(column)).filter(|cell| !cell.is_empty());
        let cells = one_line(&cells.collect::<Vec<_>>().join(" | "));
        syntax.comment(out, &texts.get("books-not", &[("why", &what), ("row", &cells)])).map_err(failed)
    })
}

/// Returns the lines that say what was booked.
fn head(texts: &Texts, used: &Used) -> Vec<String> {
    let mut lines = vec![texts.get("books-head", &[]), texts.get("books-head-fees", &[])];
    for (kind, [booked, twice, not]) in &used.rows {
        let name = texts.find_code("books-kind", kind).unwrap_or_else(|| one_line(kind));
        let numbers = [booked, twice, not].map(u64::to_string);
        let arguments =
            [("kind", name.as_str()), ("booked", &numbers[0]), ("twice", &numbers[1]), ("not", &numbers[2])];
        lines.push(texts.get("books-head-rows", &arguments));
    }
    lines
}

/// Returns the names and values that a transaction keeps of its row.
fn tags(row: &LedgerRow<'_>) -> Vec<(&'static str, String)> {
    const TAGS: &[(&str, &str)] = &[
        ("bill", "kind"),
        ("time", "time"),
        ("id", "key"),
        ("order", "merchant_no"),
        ("status", "status"),
        ("method", "method"),
        ("refunded", "refund"),
        ("note", "note"),
    ];
    let tags = TAGS.iter().map(|(tag, column)| (*tag, one_line(row.get(column))));
    tags.filter(|(_, value)| !value.is_empty() && value != "0.00").collect()
}
