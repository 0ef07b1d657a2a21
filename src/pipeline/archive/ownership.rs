//! Whose archive this is. One archive is one 公众号; exporters' folders mix other people's articles in. What is *own* is
//! what the person says, else what the archive says already, else the clear majority of `__biz`.

use serde_json::Value;

use crate::error::{Error, Result};
use crate::model::fold::fold;
use crate::model::{AccountFields, Kind};
use crate::store::{Catalog, Run};

/// The account an archive is of.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Owner {
    /// `__biz`, where known.
    pub biz: Option<String>,
    /// `gh_…`, where known.
    pub user_name: Option<String>,
    /// Its name.
    pub name: Option<String>,
    /// The 视频号 that the person named as the owner's: `v2_…@finder`.
    pub finder: Option<String>,
    /// Everything known of it.
    pub fields: AccountFields,
}

impl Owner {
    /// Everything by which [`Owner::has`] tells its articles.
    pub fn identity(&self) -> String {
        [&self.biz, &self.user_name, &self.name, &self.finder]
            .map(|part| part.as_deref().unwrap_or_default())
            .join("\n")
    }

    /// Whether a post of the 公众号 with these is the account's own. One that names no account at all is not known to be.
    pub fn has(&self, biz: &Option<String>, user_name: &Option<String>, name: &Option<String>) -> bool {
        let same = |a: &Option<String>, b: &Option<String>| a.as_ref().zip(b.as_ref()).map(|(a, b)| a == b);
        same(&self.biz, biz).or_else(|| same(&self.user_name, user_name)).or_else(|| same(&self.name, name))
            == Some(true)
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
pub(crate) const META: &str = "own_biz";
/// The same for the 视频号 that was named.
const META_FINDER: &str = "own_finder";

/// Decides whose archive this is. `chosen` is what the person said: a `__biz`, `gh_…`, 微信号 or name. `None` where nothing
/// names an account, or several are named and none has the clear majority ([`undecided`]).
///
/// # Errors
/// `account-unknown` if `chosen` is nobody, `archive-other-account` if the archive is of another account than `chosen`.
pub fn decide(catalog: &Catalog, chosen: Option<&str>) -> Result<Option<Owner>> {
    // What is no 公众号 may be the 视频号 bound to it.
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

/// The 视频号 that a person calls by its id or name, with its name.
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
        // Nobody is guessed to be the owner: what is another account's would be published as theirs.
        _ => Ok(None),
    }
}

/// The accounts among which the person has to choose, most articles first; empty where the account is known or unnamed.
pub fn undecided(catalog: &Catalog, own: Option<&Owner>) -> Result<Vec<Share>> {
    if own.is_some_and(|own| own.biz.is_some()) || catalog.meta(META)?.is_some() {
        return Ok(Vec::new());
    }
    Ok(Some(shares(catalog, None)?).filter(|all| all.len() > 1).unwrap_or_default())
}

/// Whose articles `run` brought, if it brought any and none of them is `own`'s: the person may have named the wrong archive.
pub fn only_of_others(catalog: &Catalog, run: Run, own: Option<&Owner>) -> Result<Vec<Share>> {
    let Some(held) = own.and_then(|own| own.biz.as_ref()) else { return Ok(Vec::new()) };
    let brought = shares(catalog, Some(run))?;
    Ok(if brought.iter().any(|share| share.biz == *held) { Vec::new() } else { brought })
}

/// Pages stripped of their scripts name their account in print only.
fn by_name(catalog: &Catalog) -> Result<Option<Owner>> {
    let names = catalog.articles_by_account_name()?;
    let rest: u64 = names.iter().skip(1).map(|(_, articles)| articles).sum();
    Ok(names.first().filter(|(_, articles)| *articles > rest).map(|(name, _)| Owner {
        name: Some(name.clone()),
        fields: AccountFields { name: Some(name.clone()), ..AccountFields::default() },
        ..Owner::default()
    }))
}

/// An owner may have a 视频号 and nothing else: then the archive goes by its name.
fn by_channel(catalog: &Catalog) -> Result<Option<Owner>> {
    for entity in catalog.entities(Kind::Account, false)? {
        if catalog.names(entity)?.iter().any(|name| name.starts_with("finder:")) {
            let fields = fields_of(catalog, entity)?;
            return Ok(fields.name.clone().map(|name| Owner { name: Some(name), fields, ..Owner::default() }));
        }
    }
    Ok(None)
}

/// What was decided before, without deciding anything.
pub fn remembered(catalog: &Catalog) -> Result<Option<Owner>> {
    catalog.meta(META)?.map(|biz| describe(catalog, biz)).transpose()
}

/// Remembers the decision; called with the commit that rests on it.
pub fn remember(catalog: &Catalog, own: &Owner) -> Result<()> {
    own.finder.as_ref().map_or(Ok(()), |finder| catalog.set_meta(META_FINDER, finder))?;
    own.biz.as_ref().map_or(Ok(()), |biz| catalog.set_meta(META, biz))
}

/// Remembers what an archive says of itself.
pub(crate) fn remember_biz(catalog: &Catalog, biz: &str) -> Result<()> {
    catalog.set_meta(META, biz)
}

/// As [`remember_biz`], of the 视频号.
pub(crate) fn remember_finder(catalog: &Catalog, finder: &str) -> Result<()> {
    catalog.set_meta(META_FINDER, finder)
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
            // A 视频号 may bear the same name.
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
