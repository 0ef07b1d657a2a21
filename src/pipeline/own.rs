//! Whose archive this is. One archive is one 公众号; exporters' folders mix other people's articles in. What is *own* is
//! what the person says, else what the archive says already, else the clear majority of `__biz`.

use serde_json::Value;

use crate::error::{Error, Result};
use crate::model::fold::fold;
use crate::model::{AccountFields, ArticleFields, Kind};
use crate::store::{Catalog, Run};

/// The account an archive is of.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Own {
    /// `__biz`, where known.
    pub biz: Option<String>,
    /// `gh_…`, where known.
    pub user_name: Option<String>,
    /// Its name.
    pub name: Option<String>,
    /// Everything known of it.
    pub fields: AccountFields,
}

impl Own {
    /// Whether an article is the account's own. An article that names no account at all is not known to be.
    pub fn has(&self, article: &ArticleFields) -> bool {
        let same = |a: &Option<String>, b: &Option<String>| a.as_ref().zip(b.as_ref()).map(|(a, b)| a == b);
        same(&self.biz, &article.biz)
            .or_else(|| same(&self.user_name, &article.account_user_name))
            .or_else(|| same(&self.name, &article.account_name))
            .unwrap_or(false)
    }
}

/// How many articles of which account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Share {
    /// `__biz`.
    pub biz: String,
    /// Its name, where known.
    pub name: Option<String>,
    /// Articles.
    pub articles: u64,
}

/// Key of the catalog's `meta` under which the own account's `__biz` stands.
pub(super) const META: &str = "own_biz";

/// Decides whose archive this is. `chosen` is what the person said: a `__biz`, `gh_…`, 微信号 or name.
///
/// # Errors
/// `account-unknown` if `chosen` is nobody, `account-ambiguous` if there is no clear majority, `archive-other-account`
/// if the archive is of another account, or this run brought articles of another account and none of its own.
pub fn decide(catalog: &Catalog, run: Run, chosen: Option<&str>) -> Result<Option<Own>> {
    let held = catalog.meta(META)?;
    if let Some(chosen) = chosen {
        let biz = biz_of(catalog, chosen)?.ok_or_else(|| Error::usage("account-unknown").with("account", chosen))?;
        if let Some(held) = held.filter(|held| *held != biz) {
            return Err(other_account(catalog, &held, &biz));
        }
        return Ok(Some(describe(catalog, biz)?));
    }
    if let Some(held) = held {
        let brought = shares(catalog, Some(run))?;
        if let Some(first) = brought.first()
            && !brought.iter().any(|share| share.biz == held)
            && !run.resumed
        {
            return Err(other_account(catalog, &held, &first.biz));
        }
        return Ok(Some(describe(catalog, held)?));
    }
    let all = shares(catalog, None)?;
    match all.as_slice() {
        [] => by_name(catalog),
        [first, rest @ ..] if rest.iter().map(|share| share.articles).sum::<u64>() < first.articles => {
            Ok(Some(describe(catalog, first.biz.clone())?))
        }
        _ => {
            let list: Vec<String> = all
                .iter()
                .take(5)
                .map(|share| format!("{} ({}, {})", share.biz, share.name.as_deref().unwrap_or("?"), share.articles))
                .collect();
            Err(Error::usage("account-ambiguous").with("accounts", list.join("; ")))
        }
    }
}

/// Pages stripped of their scripts name their account in print only.
fn by_name(catalog: &Catalog) -> Result<Option<Own>> {
    let names = catalog.articles_by_account_name()?;
    let rest: u64 = names.iter().skip(1).map(|(_, articles)| articles).sum();
    Ok(names.first().filter(|(_, articles)| *articles > rest).map(|(name, _)| Own {
        name: Some(name.clone()),
        fields: AccountFields { name: Some(name.clone()), ..AccountFields::default() },
        ..Own::default()
    }))
}

/// What was decided before, without deciding anything.
pub fn remembered(catalog: &Catalog) -> Result<Option<Own>> {
    catalog.meta(META)?.map(|biz| describe(catalog, biz)).transpose()
}

/// Remembers the decision; called with the commit that rests on it.
pub fn remember(catalog: &Catalog, own: &Own) -> Result<()> {
    own.biz.as_ref().map_or(Ok(()), |biz| catalog.set_meta(META, biz))
}

/// Remembers what an archive says of itself.
pub(super) fn remember_biz(catalog: &Catalog, biz: &str) -> Result<()> {
    catalog.set_meta(META, biz)
}

/// Articles by account, most first; bare links count only if there is nothing else.
pub fn shares(catalog: &Catalog, run: Option<Run>) -> Result<Vec<Share>> {
    for worst_rank in [3, 4, 6] {
        let counts = catalog.articles_by_account(worst_rank, run)?;
        if !counts.is_empty() {
            return counts
                .into_iter()
                .map(|(biz, articles)| Ok(Share { name: describe(catalog, biz.clone())?.name, biz, articles }))
                .collect();
        }
    }
    Ok(Vec::new())
}

fn other_account(catalog: &Catalog, held: &str, brought: &str) -> Error {
    let name =
        |biz: &str| describe(catalog, biz.to_owned()).ok().and_then(|own| own.name).unwrap_or_else(|| biz.to_owned());
    Error::input("archive-other-account").with("archive", name(held)).with("brought", name(brought))
}

/// The `__biz` behind what a person calls an account.
fn biz_of(catalog: &Catalog, chosen: &str) -> Result<Option<String>> {
    for name in [format!("biz:{chosen}"), format!("gh:{chosen}")] {
        if let Some(entity) = catalog.entity_named(Kind::Account, &name)? {
            return Ok(fields_of(catalog, entity)?.biz.or_else(|| Some(chosen.to_owned())));
        }
    }
    for entity in catalog.entities(Kind::Account, false)? {
        let fields = fields_of(catalog, entity)?;
        if [&fields.name, &fields.alias].into_iter().flatten().any(|known| known == chosen) {
            return Ok(fields.biz);
        }
    }
    Ok(shares(catalog, None)?.into_iter().find(|share| share.biz == chosen).map(|share| share.biz))
}

fn describe(catalog: &Catalog, biz: String) -> Result<Own> {
    let fields = match catalog.entity_named(Kind::Account, &format!("biz:{biz}"))? {
        Some(entity) => fields_of(catalog, entity)?,
        None => AccountFields::default(),
    };
    let fields = AccountFields { biz: Some(biz.clone()), ..fields };
    Ok(Own { biz: Some(biz), user_name: fields.user_name.clone(), name: fields.name.clone(), fields })
}

fn fields_of(catalog: &Catalog, entity: i64) -> Result<AccountFields> {
    let merged = fold(catalog.observations(entity)?);
    serde_json::from_value(Value::Object(merged.fields))
        .map_err(|error| Error::other("catalog-decode-failed").because(error))
}
