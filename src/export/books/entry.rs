//! Makes a balanced transaction of a row of the ledger. Fees are part of the amounts that bills name: of 100.00 with a
//! fee of 0.10, the receiver keeps 99.90.

use super::rules::{Accounts, Rules};
use crate::export::ledger_rows::LedgerRow;
use crate::model::money::Money;

/// A transaction.
pub(super) struct Entry<'r> {
    pub(super) day: &'r str,
    /// Set if the platform has not finished it.
    pub(super) is_pending: bool,
    pub(super) payee: &'r str,
    pub(super) narration: String,
    pub(super) currency: &'r str,
    /// Accounts with amounts that add up to zero.
    pub(super) postings: Vec<(&'r str, Money)>,
}

/// Returns the transaction of a row, or the reason why there is none: `amount`, `time`, `currency`, `kind`, `neutral`
/// (between accounts that the bill does not name), or `undone` (no money moved).
pub(super) fn entry<'r>(row: &LedgerRow<'r>, rules: &'r Rules) -> Result<Entry<'r>, &'static str> {
    let day = row.day().ok_or("time")?;
    let amount = row.amount().ok_or("amount")?;
    let fee = row.fee().ok_or("amount")?;
    let currency = row.currency().ok_or("currency")?;
    let postings = match row.get("kind") {
        "personal" => personal(row, rules, amount, fee)?,
        "trade" => trade(row, rules, amount, fee)?,
        "fund_flow" => fund_flow(row, rules, amount)?,
        _ => return Err("kind"),
    };
    let mut postings: Vec<_> = postings.into_iter().filter(|(_, amount)| *amount != Money::ZERO).collect();
    if postings.is_empty() {
        postings.extend([(rules.accounts.balance.as_str(), Money::ZERO), (&rules.accounts.income, Money::ZERO)]);
    }
    let is_merchants = row.get("kind") != "personal";
    let parts = [kind_of(row), row.get("item")];
    let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty() && *part != "/").collect();
    Ok(Entry {
        day,
        is_pending: row.get("kind") == "trade" && !matches!(row.get("refund_status"), "" | "SUCCESS"),
        // A fund-flow bill names the person who asked for the change instead.
        payee: if is_merchants { "" } else { row.get("counterparty") },
        narration: parts.join(" · "),
        currency,
        postings,
    })
}

fn kind_of<'r>(row: &LedgerRow<'r>) -> &'r str {
    match (row.get("kind"), row.is_refund()) {
        ("trade", true) => "退款",
        ("trade", false) => "交易",
        _ => row.get("type"),
    }
}

fn negative(amount: Money, is_negative: bool) -> Money {
    if is_negative { -amount } else { amount }
}

type Postings<'r> = Vec<(&'r str, Money)>;

fn personal<'r>(
    row: &LedgerRow<'r>,
    rules: &'r Rules,
    amount: Money,
    fee: Money,
) -> Result<Postings<'r>, &'static str> {
    let accounts = &rules.accounts;
    let kind = row.get("type");
    let chosen = rules.chosen(&[row.get("counterparty"), row.get("item"), kind]);
    let own = own(row.get("method"), accounts);
    let fees = (accounts.fees.as_str(), fee);
    Ok(match row.get("direction") {
        "in" => {
            let usual = if row.is_refund() {
                &accounts.expenses
            } else if kind.contains("赞赏") {
                &accounts.rewards
            } else if kind.contains("收款") || kind.contains("商户") || kind.contains("经营") {
                &accounts.sales
            } else {
                &accounts.income
            };
            vec![(own, amount - fee), fees, (chosen.unwrap_or(usual), -amount)]
        }
        "out" => vec![(chosen.unwrap_or(&accounts.expenses), amount - fee), fees, (own, -amount)],
        "neutral" => {
            let (from, to) = moved(row, accounts).ok_or("neutral")?;
            vec![(to, amount - fee), fees, (from, -amount)]
        }
        _ => return Err("kind"),
    })
}

/// Returns the holder's account that a payment method names.
fn own<'a>(method: &str, accounts: &'a Accounts) -> &'a str {
    if method.contains("零钱通") {
        &accounts.fund
    } else if method.is_empty() || method == "/" || method.contains("零钱") {
        &accounts.balance
    } else {
        &accounts.bank
    }
}

/// Returns the accounts that a neutral row of a personal bill moves money from and to.
fn moved<'a>(row: &LedgerRow<'_>, accounts: &'a Accounts) -> Option<(&'a str, &'a str)> {
    let kind = row.get("type");
    let named = |after: &str| kind.split_once(after).map(|(_, name)| own(name, accounts));
    Some(if kind.contains("零钱通转出") {
        (accounts.fund.as_str(), named("到")?)
    } else if kind.contains("转入零钱通") {
        (named("来自")?, &accounts.fund)
    } else if kind.contains("零钱提现") {
        (&accounts.balance, &accounts.bank)
    } else if kind.contains("零钱充值") {
        (&accounts.bank, &accounts.balance)
    } else if kind.contains("信用卡还款") {
        (own(row.get("method"), accounts), &accounts.card)
    } else {
        return None;
    })
}

fn trade<'r>(row: &LedgerRow<'r>, rules: &'r Rules, amount: Money, fee: Money) -> Result<Postings<'r>, &'static str> {
    let accounts = &rules.accounts;
    let is_refund = row.is_refund();
    if row.get("direction") == "neutral" || is_refund && row.get("refund_status") == "FAIL" {
        return Err("undone");
    }
    let moved = negative(amount, is_refund);
    let sales = rules.chosen(&[row.get("item")]).unwrap_or(&accounts.sales);
    // A refund's fee is negative: it is paid back.
    Ok(vec![(&accounts.merchant, moved - fee), (&accounts.fees, fee), (sales, -moved)])
}

fn fund_flow<'r>(row: &LedgerRow<'r>, rules: &'r Rules, amount: Money) -> Result<Postings<'r>, &'static str> {
    let accounts = &rules.accounts;
    let is_out = match row.get("direction") {
        "in" => false,
        "out" => true,
        _ => return Err("neutral"),
    };
    let kind = row.get("type");
    let moved = negative(amount, is_out);
    if let Some((total, fee)) = row.is_refund().then(|| refund_of(row.get("note"))).flatten()
        && total - fee == amount
    {
        return Ok(vec![
            (&accounts.merchant, moved),
            (&accounts.fees, negative(fee, is_out)),
            (&accounts.sales, negative(total, !is_out)),
        ]);
    }
    let usual = if kind.contains("手续费") || kind.contains("服务费") {
        &accounts.fees
    } else if kind.contains("提现") || kind.contains("充值") {
        &accounts.bank
    } else if kind.contains("分账") {
        &accounts.sharing
    } else if kind.contains("交易") || row.is_refund() {
        &accounts.sales
    } else if is_out {
        &accounts.expenses
    } else {
        &accounts.income
    };
    let other = rules.chosen(&[kind, row.get("item")]).unwrap_or(usual);
    Ok(vec![(&accounts.merchant, moved), (other, -moved)])
}

/// Returns the refund and the fee paid back that a fund-flow note names: `退款总金额39.90元;含手续费0.24元`.
fn refund_of(note: &str) -> Option<(Money, Money)> {
    let after = |words: &str| {
        let rest = note.split_once(words)?.1;
        Money::from_plain(rest.split_once('元')?.0.trim())
    };
    Some((after("退款总金额")?, after("含手续费")?))
}
