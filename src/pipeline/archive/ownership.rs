//! Determines the account an archive belongs to. One archive holds one 公众号, but exporters' folders contain other
//! accounts' articles too. The user's choice takes precedence, then what the archive already records, then the clear
//! majority of `__biz`.

use serde_json::Value;

use crate::error::{Error, Result};
use crate::model::fold::fold;
use crate::model::{AccountFields, Kind};
use crate::store::{Catalog, Run};

/// The account that owns an archive.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Owner {
    /// `__biz`, if known.
    pub biz: Option<String>,
    /// `gh_…`, if known.
    pub user_name: Option<String>,
    /// Name.
    pub name: Option<String>,
    /// The 视频号 that the user named as the owner's: `v2_…@finder`.
    pub finder: Option<String>,
    /// Merged fields of the account.
    pub fields: AccountFields,
}

impl Owner {
    /// Returns everything by which [`Owner::has`] recognises the account's articles.
    pub fn identity(&self) -> String {
        [&self.biz, &self.user_name, &self.name, &self.finder]
            .map(|part| part.as_deref().unwrap_or_default())
            .join("\n")
    }

    /// Reports whether a post of the 公众号 with these fields is the account's own. A post that names no account is not.
    pub fn has(&self, biz: &Option<String>, user_name: &Option<String>, name: &Option<String>) -> bool {
        let same = |a: &Option<String>, b: &Option<String>| a.as_ref().zip(b.as_ref()).map(|(a, b)| a == b);
        same(&self.biz, biz).or_else(|| same(&self.user_name, user_name)).or_else(|| same(&self.name, name))
            == Some(true)
    }
}

/// The number of articles of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Share {
    /// `__biz`.
    pub biz: String,
    /// Name, if known.
    pub name: Option<String>,
    /// Number of articles.
    pub articles: u64,
}

/// Key of the catalog's `meta` for the own account's `__biz`.
pub(crate) const META: &str = "own_biz";
/// Key of the catalog's `meta` for the named 视频号.
const META_FINDER: &str = "own_finder";

/// Determines the archive's owner. `chosen` is the user's choice: a `__biz`, `gh_…`, 微信号 or name. `None` if no account
/// is named, or if several are and none has the clear majority ([`undecided`]).
///
/// # Errors
/// `account-unknown` if no account matches `chosen`, `archive-other-account` if the archive belongs to another account.
pub fn decide(catalog: &Catalog, chosen: Option<&str>) -> Result<Option<Owner>> {
    // A name that is no 公众号 may be that of the 视频号 bound to it.
    let finder = match chosen {
        Some(chosen) if biz_of(catalog, chosen)?.is_none() => finder_of(catalog, chosen)?,
        _ => None,
    };
    let own = decide_account(catalog, chosen.filter(|_| finder.is_none()))?;
    let named = match finder {
        Some((finder, name)) => Some((finder, Some(name))),
        None => match catalog.meta(META_FINDER)? {
            Some(finder) => {
                let name = finder_of(catalog, &finder)?.map(|(_, name)| name);
                Some((finder, name))
            }
            None => None,
        },
    };
    let Some((finder, name)) = named else { return Ok(own) };
    let own = own.unwrap_or_else(|| Owner {
        fields: AccountFields { name: name.clone(), ..AccountFields::default() },
        name,
        ..Owner::default()
    });
    Ok(Some(Owner { finder: Some(finder), ..own }))
}

/// Finds the 视频号 with this id or name; returns its id and name.
fn finder_of(catalog: &Catalog, chosen: &str) -> Result<Option<(String, String)>> {
    for entity in catalog.entities(Kind::Video, false)? {
        for one in catalog.observations(entity)? {
            let text = |name: &str| one.fields.get(name).and_then(Value::as_str);
            if let Some(finder) = text("account")
                && (finder == chosen || text("account_name") == Some(chosen))
            {
                return Ok(Some((finder.to_owned(), text("account_name").unwrap_or(finder).to_owned())));
            }
        }
    }
    Ok(None)
}

fn decide_account(catalog: &Catalog, chosen: Option<&str>) -> Result<Option<Owner>> {
    let held = catalog.meta(META)?;
    if let Some(chosen) = chosen {
        let biz = biz_of(catalog, chosen)?.ok_or_else(|| Error::usage("account-unknown").with("account", chosen))?;
        if let Some(held) = held.filter(|held| *held != biz) {
            return Err(other_account(catalog, &held, &biz));
        }
        return Ok(Some(describe(catalog, biz)?));
    }
    if let Some(held) = held {
        return Ok(Some(describe(catalog, held)?));
    }
    let all = shares(catalog, None)?;
    match all.as_slice() {
        [] => match by_name(catalog)? {
            Some(own) => Ok(Some(own)),
            None => by_channel(catalog),
        },
        [first, rest @ ..] if rest.iter().map(|share| share.articles).sum::<u64>() < first.articles => {
            Ok(Some(describe(catalog, first.biz.clone())?))
        }
        // The owner is never guessed: another account's articles would be published as the owner's.
        _ => Ok(None),
    }
}

/// Returns the accounts the user has to choose from, most articles first; empty if the account is known or none is
/// named.
pub fn undecided(catalog: &Catalog, own: Option<&Owner>) -> Result<Vec<Share>> {
    if own.is_some_and(|own| own.biz.is_some()) || catalog.meta(META)?.is_some() {
        return Ok(Vec::new());
    }
    Ok(Some(shares(catalog, None)?).filter(|all| all.len() > 1).unwrap_or_default())
}

/// Returns the accounts of the articles that `run` added if none of them is `own`'s: the user may have named the wrong
/// archive.
pub fn only_of_others(catalog: &Catalog, run: Run, own: Option<&Owner>) -> Result<Vec<Share>> {
    let Some(held) = own.and_then(|own| own.biz.as_ref()) else { return Ok(Vec::new()) };
    let brought = shares(catalog, Some(run))?;
    Ok(if brought.iter().any(|share| share.biz == *held) { Vec::new() } else { brought })
}

/// Returns the owner by name: pages stripped of their scripts name their account only in the text.
fn by_name(catalog: &Catalog) -> Result<Option<Owner>> {
    let names = catalog.articles_by_account_name()?;
    let rest: u64 = names.iter().skip(1).map(|(_, articles)| articles).sum();
    Ok(names.first().filter(|(_, articles)| *articles > rest).map(|(name, _)| Owner {
        name: Some(name.clone()),
        fields: AccountFields { name: Some(name.clone()), ..AccountFields::default() },
        ..Owner::default()
    }))
}

/// Returns the owner by 视频号, for an owner who has nothing else; the archive is then known by its name.
fn by_channel(catalog: &Catalog) -> Result<Option<Owner>> {
    for entity in catalog.entities(Kind::Account, false)? {
        if catalog.names(entity)?.iter().any(|name| name.starts_with("finder:")) {
            let fields = fields_of(catalog, entity)?;
            return Ok(fields.name.clone().map(|name| Owner { name: Some(name), fields, ..Owner::default() }));
        }
    }
    Ok(None)
}

/// Returns the recorded decision, without making one.
pub fn remembered(catalog: &Catalog) -> Result<Option<Owner>> {
    catalog.meta(META)?.map(|biz| describe(catalog, biz)).transpose()
}

/// Records the decision; called with the commit that depends on it.
pub fn remember(catalog: &Catalog, own: &Owner) -> Result<()> {
    own.finder.as_ref().map_or(Ok(()), |finder| catalog.set_meta(META_FINDER, finder))?;
    own.biz.as_ref().map_or(Ok(()), |biz| catalog.set_meta(META, biz))
}

/// Records the account an archive names.
pub(crate) fn remember_biz(catalog: &Catalog, biz: &str) -> Result<()> {
    catalog.set_meta(META, biz)
}

/// Records the 视频号 an archive names.
pub(crate) fn remember_finder(catalog: &Catalog, finder: &str) -> Result<()> {
    catalog.set_meta(META_FINDER, finder)
}

/// Counts articles by account, most first; bare links count only if there is nothing else.
pub fn shares(catalog: &Catalog, run: Option<Run>) -> Result<Vec<Share>> {
    for worst_rank in [3, 4, 6] {
        let counts = catalog.articles_by_account(worst_rank, run)?;
        if !counts.is_empty() {
            return counts
                .into_iter()
                .map(|(biz, articles)| Ok(Share { name: name_of(catalog, &biz)?, biz, articles }))
                .collect();
        }
    }
    Ok(Vec::new())
}

fn other_account(catalog: &Catalog, held: &str, brought: &str) -> Error {
    let name = |biz: &str| name_of(catalog, biz).ok().flatten().unwrap_or_else(|| biz.to_owned());
    Error::input("archive-other-account").with("archive", name(held)).with("brought", name(brought))
}

/// Returns the name by which people know an account: its own, else that which its articles print.
fn name_of(catalog: &Catalog, biz: &str) -> Result<Option<String>> {
    let own = describe(catalog, biz.to_owned())?.name;
    own.map_or_else(|| catalog.printed_account_name(biz), |name| Ok(Some(name)))
}

/// Resolves a name, 微信号 or id of an account to its `__biz`.
fn biz_of(catalog: &Catalog, chosen: &str) -> Result<Option<String>> {
    for name in [format!("biz:{chosen}"), format!("gh:{chosen}")] {
        if let Some(entity) = catalog.entity_named(Kind::Account, &name)? {
            return Ok(fields_of(catalog, entity)?.biz.or_else(|| Some(chosen.to_owned())));
        }
    }
    for entity in catalog.entities(Kind::Account, false)? {
        let fields = fields_of(catalog, entity)?;
        if [&fields.name, &fields.alias].into_iter().flatten().any(|known| known == chosen) {
            // A 视频号 may have the same name.
            if fields.biz.is_some() {
                return Ok(fields.biz);
            }
        }
    }
    Ok(shares(catalog, None)?.into_iter().find(|share| share.biz == chosen).map(|share| share.biz))
}

fn describe(catalog: &Catalog, biz: String) -> Result<Owner> {
    let fields = match catalog.entity_named(Kind::Account, &format!("biz:{biz}"))? {
        Some(entity) => fields_of(catalog, entity)?,
        None => AccountFields::default(),
    };
    let fields = AccountFields { biz: Some(biz.clone()), ..fields };
    let (user_name, name) = (fields.user_name.clone(), fields.name.clone());
    Ok(Owner { biz: Some(biz), user_name, name, finder: None, fields })
}

fn fields_of(catalog: &Catalog, entity: i64) -> Result<AccountFields> {
    let merged = fold(catalog.distinct_observations(entity)?);
    serde_json::from_value(Value::Object(merged.fields))
        .map_err(|error| Error::other("catalog-decode-failed").because(error))
}
