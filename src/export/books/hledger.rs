//! The syntax of hledger, which Ledger reads as well.

use std::io::Write;

use super::{Entry, Syntax, Used};
use crate::export::ledger_rows::one_line;

/// hledger.
pub(super) struct Hledger;

impl Syntax for Hledger {
    fn file(&self) -> &'static str {
        "ledger.journal"
    }

    fn comment(&self, out: &mut dyn Write, text: &str) -> std::io::Result<()> {
        writeln!(out, "; {text}")
    }

    fn declare(&self, out: &mut dyn Write, used: &Used, _: &str) -> std::io::Result<()> {
        writeln!(out)?;
        for currency in &used.currencies {
            writeln!(out, "commodity 1000.00 {currency}")?;
        }
        for account in &used.accounts {
            writeln!(out, "account {account}")?;
        }
        Ok(())
    }

    fn entry(&self, out: &mut dyn Write, entry: &Entry<'_>, tags: &[(&str, String)]) -> std::io::Result<()> {
        let flag = if entry.is_pending { '!' } else { '*' };
        let (payee, narration) = (described(entry.payee), described(&entry.narration));
        let parts: Vec<&str> = [payee.as_str(), &narration].into_iter().filter(|part| !part.is_empty()).collect();
        writeln!(out, "{} {flag} {}", entry.day, parts.join(" | "))?;
        for (name, value) in tags {
            // A comma ends the value of a tag, and brackets hold dates.
            let value = value.replace(',', "，").replace('[', "［").replace(']', "］");
            writeln!(out, "    ; {name}: {value}")?;
        }
        for (account, amount) in &entry.postings {
            writeln!(out, "    {account}  {amount} {}", entry.currency)?;
        }
        Ok(())
    }
}

/// Returns a text without the signs that end a description or begin a code; their full-width forms are kept.
fn described(text: &str) -> String {
    let text = one_line(text).replace(';', "；").replace('|', "｜");
    match text.strip_prefix('(') {
        Some(rest) => format!("（{rest}"),
        None => text,
    }
}
