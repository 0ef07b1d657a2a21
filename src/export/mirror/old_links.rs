//! Keeps old links working. A reader who replaces `mp.weixin.qq.com` by the site's host gets the article: each short
//! link has a page (no script, no server rule), and long links are looked up by a script in a table that is split into
//! small files. The same table answers links pasted into `lookup.html`. [`super::redirects`] writes the same rules for
//! servers.

use std::sync::Arc;

use minijinja::value::Serde;
use serde_json::{Value, json};

use super::routes::Routes;
use super::site::Site;
use crate::error::Result;
use crate::export::old_addresses::{Old, OldNames};
use crate::export::{Content, Losses, OutPath, Output};
use crate::model::{Hasher, Sha256};

/// Approximate size of a table file, in bytes.
const TABLE: usize = 48 * 1024;

/// Paths at which the platform shows articles and albums, in addition to `/s/<short>`.
const PLACES: &[&str] = &["mp/appmsg/show", "mp/appmsgalbum", "mp/appmsgread", "s"];

/// Returns a page for each short link.
pub(super) fn stubs<'v>(
    site: &Arc<Site<'v>>,
    names: &Arc<OldNames<'v>>,
) -> impl Iterator<Item = Result<Output<'v>>> + use<'v> {
    let (site, names) = (Arc::clone(site), Arc::clone(names));
    let count = if site.options.without_short_links { 0 } else { names.len() };
    (0..count).filter_map(move |index| {
        let (name, target) = &names[index];
        name.strip_prefix("short:").map(|short| stub(&site, short, *target))
    })
}

/// Adds the tables, and the pages that look into them.
pub(super) fn outputs<'v>(
    site: &Arc<Site<'v>>,
    names: &Arc<OldNames<'v>>,
    outputs: &mut Vec<Output<'v>>,
) -> Result<()> {
    let bytes: usize = names.iter().map(|(name, target)| line(site, name, *target).len() + 2).sum();
    let tables = bytes.div_ceil(TABLE).max(1);
    let mut members = vec![(Vec::new(), Hasher::new()); tables];
    for (index, (name, target)) in names.iter().enumerate() {
        let (members, hasher) = &mut members[table_of(name, tables)];
        members.push(index);
        hasher.update(line(site, name, *target).as_bytes());
    }
    for (number, (members, hasher)) in members.into_iter().enumerate() {
        let (site, names) = (Arc::clone(site), Arc::clone(names));
        let render = move |_: &mut Losses| {
            let lines = members.iter().map(|index| line(&site, &names[*index].0, names[*index].1));
            Ok(format!("liudiOld({{{}}});\n", lines.collect::<Vec<_>>().join(",\n")).into_bytes())
        };
        let path = OutPath::new(format!("s/table/{number}.js"))?;
        outputs.push(Output { path, key: hasher.finish(), content: Content::Render(Box::new(render)) });
    }
    for place in PLACES {
        let old = json!({ "place": place, "tables": tables });
        page(site, &format!("{place}/index.html"), "old-link.html.j2", old, outputs)?;
    }
    page(site, "lookup.html", "lookup.html.j2", json!({ "tables": tables }), outputs)
}

/// Returns a name and its page as one line of a table.
fn line(site: &Site<'_>, name: &str, target: Old) -> String {
    format!("{}:{}", Value::from(name), Value::from(location(site, target)))
}

/// Returns the page that an old link leads to, and its title.
fn page_of<'s>(site: &'s Site<'_>, old: Old) -> (&'s OutPath, String) {
    match old {
        Old::Article(index) => (site.routes.post(index), site.title(index)),
        Old::Album(index) => (site.routes.album(index), site.publication.albums()[index].title.clone()),
    }
}

/// Returns the escaped path in the site that an old link leads to.
pub(super) fn location(site: &Site<'_>, old: Old) -> String {
    Routes::escaped(match old {
        Old::Article(index) => site.routes.post(index),
        Old::Album(index) => site.routes.album(index),
    })
}

/// Returns the table that holds `alias`, by 32-bit FNV-1a, which the script computes too.
fn table_of(alias: &str, tables: usize) -> usize {
    let hash = alias.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    usize::try_from(hash).unwrap_or_default() % tables
}

/// Returns the page for a short link.
fn stub<'v>(site: &Arc<Site<'v>>, short: &str, target: Old) -> Result<Output<'v>> {
    let path = OutPath::new(format!("s/{short}/index.html"))?;
    let (page, title) = page_of(site, target);
    let key = Sha256::of(format!("{}\n{page}\n{title}", site.key).as_bytes());
    let (site, here) = (Arc::clone(site), path.clone());
    let render = move |_: &mut Losses| {
        let (page, title) = page_of(&site, target);
        let context = json!({
            "lang": site.options.language.tag(),
            "title": title,
            "href": site.routes.url(&here, page),
            "canonical": site.routes.absolute(page),
        });
        let html = site.templates.render("stub.html.j2", minijinja::Value::from(Serde(&context)))?;
        Ok(html.into_bytes())
    };
    Ok(Output { path, key, content: Content::Render(Box::new(render)) })
}

fn page<'v>(
    site: &Arc<Site<'v>>,
    path: &str,
    template: &'static str,
    old: Value,
    outputs: &mut Vec<Output<'v>>,
) -> Result<()> {
    let path = OutPath::new(path)?;
    let key = Sha256::of(format!("{}\n{path}\n{old}", site.key).as_bytes());
    let (site, page) = (Arc::clone(site), path.clone());
    let render = move |_: &mut Losses| {
        let title = site.texts.get("mirror-lookup", &[]);
        // A page that only redirects its reader has no canonical URL.
        let canonical = if template == "lookup.html.j2" { site.routes.absolute(&page) } else { None };
        site.render(
            template,
            &page,
            json!({ "title": title, "kind": "lookup", "canonical": canonical }),
            json!({ "old": old }),
        )
        .map(String::into_bytes)
    };
    outputs.push(Output { path, key, content: Content::Render(Box::new(render)) });
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_found_by_fnv() {
        // Test vectors of the hash's authors.
        for (text, hash) in [("", 0x811c_9dc5), ("a", 0xe40c_292c), ("foobar", 0xbf9c_f968)] {
            assert_eq!(table_of(text, 1 << 33), hash);
        }
    }
}
