//! The platform's addresses of articles and albums, and rules that lead them to the pages of a new site: `redirects.csv`
//! for the user and other tools, `_redirects` for hosts that read it, a map for nginx. A reader who replaces
//! `mp.weixin.qq.com` by the site's host gets the article.

use std::borrow::Cow;
use std::collections::HashSet;
use std::io::Write;
use std::sync::Arc;

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use super::publication::Publication;
use super::{Content, ExportOptions, OutPath, Output, options};
use crate::error::{Error, Result};
use crate::model::{ArticleUrl, Hasher};

/// The target of an old link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Old {
    /// An article, by its index in [`crate::View::posts`].
    Article(usize),
    /// An album, by its index in [`Publication::albums`].
    Album(usize),
}

/// Names with their targets, sorted.
pub type OldNames<'v> = Vec<(Cow<'v, str>, Old)>;

/// Returns every name that old links use for articles and albums: `<__biz>_<mid>_<idx>`, `short:…`, `sn:…`, `album:…`.
pub fn names<'v>(publication: &Publication<'v>) -> OldNames<'v> {
    let view = publication.view();
    let mut names = Vec::new();
    for (index, entry) in view.articles().iter().enumerate() {
        for alias in entry.names() {
            // If two articles claim an alias, the archive decides.
            if is_of_link(alias) && view.find(alias) == Some(index) {
                names.push((Cow::Borrowed(alias), Old::Article(index)));
            }
        }
    }
    for (index, album) in publication.albums().iter().enumerate().filter(|(_, album)| album.id.is_ascii()) {
        names.push((Cow::Owned(format!("album:{}", album.id)), Old::Album(index)));
    }
    names.sort_unstable_by(|a, b| a.0.cmp(&b.0));
    names.dedup_by(|a, b| a.0 == b.0);
    names
}

/// Reports whether an alias can be read from a link.
fn is_of_link(alias: &str) -> bool {
    let long = || {
        let mut parts = alias.rsplitn(3, '_');
        let mut digits =
            || parts.next().is_some_and(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()));
        digits() && digits() && parts.next().is_some_and(|biz| !biz.is_empty())
    };
    let plain = alias.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-=+/:".contains(&byte));
    plain && (alias.starts_with("short:") || alias.starts_with("sn:") || long())
}

/// Splits a name into `<__biz>`, `<mid>` and `<idx>`.
fn long(alias: &str) -> Option<(&str, &str, &str)> {
    if alias.contains(':') {
        return None;
    }
    let (rest, idx) = alias.rsplit_once('_')?;
    let (biz, mid) = rest.rsplit_once('_')?;
    Some((biz, mid, idx))
}

/// Returns the address that a name stands for.
fn address(alias: &str) -> Option<String> {
    if let Some(album) = alias.strip_prefix("album:") {
        return Some(format!("https://mp.weixin.qq.com/mp/appmsgalbum?action=getalbum&album_id={album}"));
    }
    let mut url = ArticleUrl::default();
    if let Some((biz, mid, idx)) = long(alias) {
        (url.biz, url.mid, url.idx) = (Some(biz.to_owned()), Some(mid.to_owned()), Some(idx.to_owned()));
    } else if let Some(short) = alias.strip_prefix("short:") {
        url.short = Some(short.to_owned());
    } else {
        url.sn = alias.strip_prefix("sn:").map(str::to_owned);
    }
    url.canonical()
}

/// Returns the redirects of a site that another program builds, in a folder of their own: `nginx.map`, `_redirects` and
/// `redirects.csv`. `page` returns the escaped path of a target in the new site, without a `/` in front; `None` if it
/// has no page.
pub fn redirects<'v>(
    publication: &'v Publication<'v>,
    options: &'v ExportOptions,
    folder: &str,
    page: impl Fn(Old) -> Option<String> + Send + Sync + 'v,
) -> Result<Vec<Output<'v>>> {
    let names = Arc::new(names(publication));
    let page: Arc<dyn Fn(Old) -> Option<String> + Send + Sync + 'v> = Arc::new(page);
    let mut hasher = Hasher::new();
    hasher.update(format!("1 {:?} {:?}", options.base_url, options.host.map(|host| host.name)).as_bytes());
    for (name, target) in names.iter() {
        hasher.update(format!("\n{name} {target:?} {:?}", page(*target)).as_bytes());
    }
    let key = hasher.finish();
    let files: [(&str, WriteRules); 3] =
        [("nginx.map", |rules, out| nginx(rules, NGINX_HEAD, out)), ("_redirects", hosts), ("redirects.csv", csv)];
    let output = |(name, write): (&str, WriteRules)| {
        let (names, page) = (Arc::clone(&names), Arc::clone(&page));
        let content = Content::Stream(Box::new(move |out, _| {
            write(&Rules { options, names: &names, page: &|target| page(target) }, out)
        }));
        Ok(Output { path: OutPath::new(format!("{folder}/{name}"))?, key, content })
    };
    files.into_iter().map(output).collect()
}

/// The rules for old links of a site.
pub struct Rules<'r> {
    /// Options of the export.
    pub options: &'r ExportOptions,
    /// Names and their targets.
    pub names: &'r OldNames<'r>,
    /// Function that returns the escaped path of a target in the site, without a `/` in front; `None` if it has no page.
    pub page: &'r dyn Fn(Old) -> Option<String>,
}

/// A function that writes one of the files.
pub type WriteRules = fn(&Rules<'_>, &mut dyn Write) -> Result<()>;

fn failed(error: std::io::Error) -> Error {
    Error::other("redirects-write-failed").because(error)
}

impl Rules<'_> {
    /// Returns the path of the target on its host: `/a/2024/….html`.
    fn place(&self, target: Old) -> Option<String> {
        let top = self.options.base_url.as_deref().map_or_else(|| "/".to_owned(), options::path);
        (self.page)(target).map(|page| format!("{top}{page}"))
    }
}

/// Writes `old_url,page,new_url`; the last is empty if the site's address is not known.
pub fn csv(rules: &Rules<'_>, out: &mut dyn Write) -> Result<()> {
    let mut csv = ::csv::Writer::from_writer(out);
    let broken = |error: ::csv::Error| Error::other("redirects-write-failed").because(error);
    csv.write_record(["old_url", "page", "new_url"]).map_err(broken)?;
    for (alias, target) in rules.names {
        let (Some(old), Some(page)) = (address(alias), (rules.page)(*target)) else { continue };
        let new = rules.options.base_url.as_ref().map(|base| format!("{base}/{page}")).unwrap_or_default();
        csv.write_record([old, page, new]).map_err(broken)?;
    }
    csv.flush().map_err(failed)
}

/// Writes `_redirects` for Netlify, Cloudflare Pages and others. If a host limits the number of rules, the newest
/// articles get one.
pub fn hosts(rules: &Rules<'_>, out: &mut dyn Write) -> Result<()> {
    let host = rules.options.host;
    let most = host.and_then(|host| host.redirects).filter(|_| !rules.options.without_short_links);
    let of_short = |(alias, target): &(Cow<'_, str>, Old)| Some((alias.strip_prefix("short:")?.to_owned(), *target));
    let mut short: Vec<(String, Old)> = rules.names.iter().filter_map(of_short).collect();
    short.sort_by_key(|(_, target)| match target {
        Old::Article(index) => std::cmp::Reverse(*index),
        Old::Album(_) => std::cmp::Reverse(0),
    });
    let mut count = 0;
    let room = |count: u64| most.is_none_or(|most| count < most);
    for (short, target) in short {
        let Some(place) = rules.place(target) else { continue };
        if !room(count) {
            return Ok(());
        }
        writeln!(out, "/s/{short} {place} 301").map_err(failed)?;
        count += 1;
    }
    if !host.is_some_and(|host| host.query_redirects) {
        return Ok(());
    }
    for (alias, target) in rules.names {
        let (Some((_, mid, idx)), Some(place)) = (long(alias), rules.place(*target)) else { continue };
        if !room(count) {
            return Ok(());
        }
        writeln!(out, "/s mid={mid} idx={idx} {place} 301").map_err(failed)?;
        count += 1;
    }
    Ok(())
}

/// Writes the maps for nginx after `head`, the instructions for using them.
pub fn nginx(rules: &Rules<'_>, head: &str, out: &mut dyn Write) -> Result<()> {
    let word = |text: &str| utf8_percent_encode(text, WORD).to_string();
    let mut write = |text: &str| out.write_all(text.as_bytes()).map_err(failed);
    write(head)?;
    let maps: [(&str, &str, &KeyOf); 4] = [
        ("$uri", "$liudi_short", &|alias| Some(format!("/s/{}", alias.strip_prefix("short:")?))),
        ("\"${arg_mid}${arg_appmsgid}_${arg_idx}${arg_itemidx}\"", "$liudi_long", &|alias| {
            long(alias).map(|(_, mid, idx)| format!("{mid}_{idx}"))
        }),
        ("\"${arg_sn}${arg_sign}\"", "$liudi_sn", &|alias| alias.strip_prefix("sn:").map(str::to_owned)),
        ("$arg_album_id", "$liudi_album", &|alias| alias.strip_prefix("album:").map(str::to_owned)),
    ];
    for (from, to, key) in maps {
        write(&format!("\nmap {from} {to} {{\n    default \"\";\n"))?;
        // Without its `__biz` a number may belong to two articles, and nginx rejects a repeated key.
        let mut seen = HashSet::new();
        for (alias, target) in rules.names {
            let (Some(key), Some(place)) = (key(alias), rules.place(*target)) else { continue };
            // nginx compares the strings of a map case-insensitively.
            if seen.insert(key.to_ascii_lowercase()) {
                write(&format!("    {} {};\n", word(&key), word(&place)))?;
            }
        }
        write("}\n")?;
    }
    Ok(())
}

/// Characters that must be escaped in a word of nginx' configuration, in addition to those that URLs escape already.
const WORD: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'\'').add(b';').add(b'{').add(b'}').add(b'$').add(b'\\');

/// A function that returns the key of a name in a map.
type KeyOf = dyn Fn(&str) -> Option<String>;

/// Head of the nginx file of a site that another program builds.
const NGINX_HEAD: &str = "# Old links of the account, for nginx. In http { } :
#     map_hash_bucket_size 512; map_hash_max_size 262144;
#     include /path/to/nginx.map;
# In server { } :
#     if ($liudi_short) { return 301 $liudi_short; }
#     location = /s {
#         if ($liudi_long) { return 301 $liudi_long; }
#         if ($liudi_sn) { return 301 $liudi_sn; }
#         return 404;
#     }
#     location = /mp/appmsg/show { if ($liudi_long) { return 301 $liudi_long; } return 404; }
#     location = /mp/appmsgalbum { if ($liudi_album) { return 301 $liudi_album; } return 404; }
";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_an_address_again() {
        assert_eq!(
            address("MzA0MDAwMDAwMA==_2650000001_2").as_deref(),
            Some("https://mp.weixin.qq.com/s?__biz=MzA0MDAwMDAwMA==&mid=2650000001&idx=2")
        );
        assert_eq!(address("short:a_b-C").as_deref(), Some("https://mp.weixin.qq.com/s/a_b-C"));
        assert_eq!(address("sn:0f").as_deref(), Some("https://mp.weixin.qq.com/s?sn=0f"));
        for alias in ["MzA0MDAwMDAwMA==_2650000001_2", "short:a_b-C", "sn:0f"] {
            assert_eq!(ArticleUrl::parse(&address(alias).unwrap()).unwrap().aliases(), [alias]);
        }
    }

    #[test]
    fn only_what_a_link_can_say_is_a_name() {
        for good in ["MzA0MDAwMDAwMA==_2650000001_1", "short:a-B_9", "sn:abc123"] {
            assert!(is_of_link(good), "{good}");
        }
        for bad in ["sha256:0123456789abcdef", "2650000001_1", "_1_2", "short:中文", "input:x", "a_b_c"] {
            assert!(!is_of_link(bad), "{bad}");
        }
    }

    #[test]
    fn rules_lead_to_the_new_pages_and_nowhere_without_one() {
        let names: OldNames<'_> = vec![
            ("B_22_1".into(), Old::Article(0)),
            ("album:7".into(), Old::Album(0)),
            ("short:gone".into(), Old::Article(1)),
            ("short:x".into(), Old::Article(0)),
        ];
        let page = |target| (target == Old::Article(0)).then(|| "posts/a/".to_owned());
        let based = ExportOptions { base_url: Some("https://e.org/blog".to_owned()), ..ExportOptions::default() };
        let written = |options: &ExportOptions, write: WriteRules| {
            let mut out: Vec<u8> = Vec::new();
            write(&Rules { options, names: &names, page: &page }, &mut out).unwrap();
            String::from_utf8(out).unwrap()
        };
        assert_eq!(written(&based, hosts), "/s/x /blog/posts/a/ 301\n");
        assert_eq!(
            written(&based, csv),
            "old_url,page,new_url\n\
             https://mp.weixin.qq.com/s?__biz=B&mid=22&idx=1,posts/a/,https://e.org/blog/posts/a/\n\
             https://mp.weixin.qq.com/s/x,posts/a/,https://e.org/blog/posts/a/\n"
        );
        let nginx = written(&ExportOptions::default(), |rules, out| nginx(rules, "", out));
        assert!(nginx.contains("    /s/x /posts/a/;\n") && nginx.contains("    22_1 /posts/a/;\n"), "{nginx}");
        assert!(!nginx.contains("gone") && !nginx.contains("    7 "), "{nginx}");
    }
}
