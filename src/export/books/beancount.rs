//! The syntax of Beancount.

use std::io::Write;

use super::{Entry, Syntax, Used};
use crate::export::ledger_rows::one_line;

/// Beancount.
pub(super) struct Beancount;

impl Syntax for Beancount {
    fn file(&self) -> &'static str {
        "ledger.beancount"
    }

    fn comment(&self, out: &mut dyn Write, text: &str) -> std::io::Result<()> {
        writeln!(out, "; {text}")
    }

    fn declare(&self, out: &mut dyn Write, used: &Used, day: &str) -> std::io::Result<()> {
        writeln!(out, "\noption \"title\" \"WeChat\"")?;
        for currency in &used.currencies {
            writeln!(out, "option \"operating_currency\" \"{currency}\"")?;
        }
        writeln!(out)?;
        for account in &used.accounts {
            writeln!(out, "{day} open {account}")?;
        }
        Ok(())
    }

    fn entry(&self, out: &mut dyn Write, entry: &Entry<'_>, tags: &[(&str, String)]) -> std::io::Result<()> {
        let flag = if entry.is_pending { '!' } else { '*' };
        write!(out, "{} {flag} ", entry.day)?;
        let payee = quoted(entry.payee);
        if payee != "\"\"" {
            write!(out, "{payee} ")?;
        }
        writeln!(out, "{}", quoted(&entry.narration))?;
        for (name, value) in tags {
            writeln!(out, "  {name}: {}", quoted(value))?;
        }
        for (account, amount) in &entry.postings {
            writeln!(out, "  {account}  {amount} {}", entry.currency)?;
        }
        Ok(())
    }
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", one_line(text).replace('\\', "\\\\").replace('"', "\\\""))
}
