//! The accounts of the books, with the owner's rules for payees from a small TOML file.

use std::path::Path;

use serde::Deserialize;

use crate::error::{Error, Result};
use crate::model::Sha256;
use crate::platform;

/// Most bytes of a file of rules.
const MOST: u64 = 1 << 20;

/// The owner's file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Rules {
    /// Accounts of every kind of money.
    pub(super) accounts: Accounts,
    /// Rules for payees; the first that fits is applied.
    pub(super) payee: Vec<Payee>,
}

/// A rule for rows whose payee, item or type contains a text.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Payee {
    /// The text.
    contains: String,
    /// Account of the other side.
    account: String,
}

macro_rules! accounts {
    ($($(#[$doc:meta])* $name:ident = $default:literal,)*) => {
        /// Accounts of every kind of money.
        #[derive(Debug, Deserialize)]
        #[serde(deny_unknown_fields, default)]
        pub(super) struct Accounts {
            $($(#[$doc])* pub(super) $name: String,)*
        }

        impl Default for Accounts {
            fn default() -> Self {
                Self { $($name: $default.to_owned(),)* }
            }
        }

        impl Accounts {
            fn all(&self) -> Vec<&str> {
                vec![$(&self.$name,)*]
            }
        }
    };
}

accounts! {
    /// 零钱.
    balance = "Assets:WeChat:Balance",
    /// 零钱通.
    fund = "Assets:WeChat:Fund",
    /// The merchant's account (商户号).
    merchant = "Assets:WeChat:Merchant",
    /// Bank accounts and cards.
    bank = "Assets:Bank",
    /// Repaid credit cards.
    card = "Liabilities:CreditCard",
    /// Sales (收款).
    sales = "Income:WeChat:Sales",
    /// Rewards of readers (赞赏).
    rewards = "Income:WeChat:Rewards",
    /// Transfers and red packets received, and other income.
    income = "Income:WeChat:Other",
    /// Payments.
    expenses = "Expenses:WeChat:Other",
    /// Shares of a sale paid to others (分账).
    sharing = "Expenses:WeChat:Sharing",
    /// Fees (手续费).
    fees = "Expenses:WeChat:Fees",
}

impl Rules {
    /// Reads the file at `path`, or returns the defaults without one, and the digest of what was read.
    ///
    /// # Errors
    /// `books-rules-unreadable`, `books-rules-invalid`, `books-account-invalid`.
    pub(super) fn read(path: &str) -> Result<(Self, Sha256)> {
        if path.is_empty() {
            return Ok((Self::default(), Sha256::of(b"")));
        }
        let unreadable = |error| Error::disk("books-rules-unreadable", path, error);
        let bytes = platform::read_whole(Path::new(path), MOST).map_err(unreadable)?;
        let text = String::from_utf8(bytes).map_err(|error| unreadable(std::io::Error::other(error.utf8_error())))?;
        let text = text.trim_start_matches('\u{feff}');
        // If it is another file, its lines are not repeated, as the parser does.
        let rules: Self = toml::from_str(text).map_err(|error| {
            let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
            let line = before.matches('\n').count() + 1;
            Error::usage("books-rules-invalid").with("path", path).with("why", format!("{line}: {}", error.message()))
        })?;
        let accounts = rules.accounts.all().into_iter().chain(rules.payee.iter().map(|rule| rule.account.as_str()));
        if let Some(wrong) = accounts.into_iter().find(|account| !is_account(account)) {
            return Err(Error::usage("books-account-invalid").with("path", path).with("account", wrong));
        }
        if rules.payee.iter().any(|rule| rule.contains.is_empty()) {
            return Err(Error::usage("books-rules-invalid").with("path", path).with("why", "contains = \"\""));
        }
        Ok((rules, Sha256::of(text.as_bytes())))
    }

    /// Returns the account that the owner chose for these texts.
    pub(super) fn chosen(&self, texts: &[&str]) -> Option<&str> {
        let rule = self.payee.iter().find(|rule| texts.iter().any(|text| text.contains(&rule.contains)));
        rule.map(|rule| rule.account.as_str())
    }
}

/// Reports whether Beancount and hledger both take a text as an account.
fn is_account(account: &str) -> bool {
    let mut parts = account.split(':');
    let root = parts.next().unwrap_or_default();
    let begins = |letter: char| letter.is_ascii_uppercase() || letter.is_ascii_digit() || is_other(letter);
    let part = |part: &str| {
        part.starts_with(begins)
            && part.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '-' || is_other(letter))
    };
    let mut parts = parts.peekable();
    ["Assets", "Liabilities", "Equity", "Income", "Expenses"].contains(&root)
        && parts.peek().is_some()
        && parts.all(part)
}

fn is_other(letter: char) -> bool {
    !letter.is_ascii() && letter.is_alphanumeric()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts_are_those_of_both_programs() {
        for right in ["Assets:WeChat:Balance", "Expenses:印刷", "Income:2026-Tea"] {
            assert!(is_account(right), "{right}");
        }
        for wrong in
            ["", "Assets", "Asset:A", "Assets:", "Assets:a", "Assets:A B", "Assets:A;B", "Assets:A\n", "Assets:😀"]
        {
            assert!(!is_account(wrong), "{wrong}");
        }
    }
}
