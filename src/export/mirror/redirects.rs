//! Rules for servers about old links and about headers that a page cannot set itself: `redirects.csv` for the user and
//! other tools, `_redirects` and `_headers` for hosts that read them, `redirects.nginx.conf` for the user's own server.

use std::io::Write;
use std::sync::Arc;

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use super::old_links::{Names, Old, location};
use super::site::Site;
use crate::error::{Error, Result};
use crate::export::mirror::{MEDIA, MEDIA_POLICY};
use crate::export::{Content, OutPath, Output, options};
use crate::model::{ArticleUrl, Hasher, Sha256};

/// Adds the files.
pub(super) fn outputs<'v>(site: &Arc<Site<'v>>, names: &Arc<Names<'v>>, outputs: &mut Vec<Output<'v>>) -> Result<()> {
    let mut hasher = Hasher::new();
    hasher.update(site.key.as_bytes());
    for (name, target) in names.iter() {
        // The newest posts come first, and hosts take only so many.
        hasher.update(format!("\n{name} {} {target:?}", location(site, *target)).as_bytes());
    }
    let key = hasher.finish();
    let files: [(&str, WriteRules); 3] =
        [("redirects.csv", csv), ("_redirects", netlify), ("redirects.nginx.conf", nginx)];
    for (path, write) in files {
        let (site, names) = (Arc::clone(site), Arc::clone(names));
        let content = Content::Stream(Box::new(move |out, _| write(&site, &names, out)));
        outputs.push(Output { path: OutPath::new(path)?, key, content });
    }
    // Without `.nojekyll` GitHub Pages would omit every folder whose name begins with `_`, as short links may.
    let top = site.options.base_url.as_deref().map_or_else(|| "/".to_owned(), options::path);
    let headers = format!("{HEADERS}{top}{MEDIA}/*\n  Content-Security-Policy: {MEDIA_POLICY}\n");
    let texts = [("_headers", headers), (".nojekyll", String::new())];
    for (path, text) in texts {
        let key = Sha256::of(text.as_bytes());
        let content = Content::Render(Box::new(move |_| Ok(text.as_bytes().to_vec())));
        outputs.push(Output { path: OutPath::new(path)?, key, content });
    }
    Ok(())
}

type WriteRules = fn(&Site<'_>, &Names<'_>, &mut dyn Write) -> Result<()>;

/// Headers for what a `meta` element cannot express: no frames, no type sniffing.
const HEADERS: &str = "/*
  Content-Security-Policy: frame-ancestors 'none'
  X-Content-Type-Options: nosniff
  Referrer-Policy: no-referrer
";

fn failed(error: std::io::Error) -> Error {
    Error::other("redirects-write-failed").because(error)
}

/// Returns the path of the target on its host: `/a/2024/….html`.
fn place(site: &Site<'_>, target: Old) -> String {
    let top = site.options.base_url.as_deref().map_or_else(|| "/".to_owned(), options::path);
    format!("{top}{}", location(site, target))
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

/// Writes `old_url,page,new_url`; the last is empty if the site's address is not known.
fn csv(site: &Site<'_>, names: &Names<'_>, out: &mut dyn Write) -> Result<()> {
    let mut csv = csv::Writer::from_writer(out);
    let failed = |error: csv::Error| Error::other("redirects-write-failed").because(error);
    csv.write_record(["old_url", "page", "new_url"]).map_err(failed)?;
    for (alias, target) in names {
        let Some(old) = address(alias) else { continue };
        let page = location(site, *target);
        let new = site.options.base_url.as_ref().map(|base| format!("{base}/{page}")).unwrap_or_default();
        csv.write_record([old, page, new]).map_err(failed)?;
    }
    csv.flush().map_err(self::failed)
}

/// Writes `_redirects` for Netlify, Cloudflare Pages and others. If a host limits the number of rules, the newest
/// articles get one; the others have their own page.
fn netlify(site: &Site<'_>, names: &Names<'_>, out: &mut dyn Write) -> Result<()> {
    let host = site.options.host;
    let most = host.and_then(|host| host.redirects).filter(|_| !site.options.without_short_links);
    let mut short: Vec<(&str, Old)> =
        names.iter().filter_map(|(alias, target)| Some((alias.strip_prefix("short:")?, *target))).collect();
    short.sort_by_key(|(_, target)| match target {
        Old::Article(index) => std::cmp::Reverse(*index),
        Old::Album(_) => std::cmp::Reverse(0),
    });
    let mut rules = 0;
    let room = |rules: u64| most.is_none_or(|most| rules < most);
    for (short, target) in short {
        if !room(rules) {
            return Ok(());
        }
        writeln!(out, "/s/{short} {} 301", place(site, target)).map_err(failed)?;
        rules += 1;
    }
    if !host.is_some_and(|host| host.query_redirects) {
        return Ok(());
    }
    for (alias, target) in names {
        let Some((_, mid, idx)) = long(alias) else { continue };
        if !room(rules) {
            return Ok(());
        }
        writeln!(out, "/s mid={mid} idx={idx} {} 301", place(site, *target)).map_err(failed)?;
        rules += 1;
    }
    Ok(())
}

/// Characters that must be escaped in a word of nginx' configuration, in addition to those that URLs escape already.
const WORD: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'\'').add(b';').add(b'{').add(b'}').add(b'$').add(b'\\');

/// A function that returns the key of a name in a map.
type KeyOf = dyn Fn(&str) -> Option<String>;

fn nginx(site: &Site<'_>, names: &Names<'_>, out: &mut dyn Write) -> Result<()> {
    let word = |text: &str| utf8_percent_encode(text, WORD).to_string();
    let mut write = |text: &str| out.write_all(text.as_bytes()).map_err(failed);
    write(NGINX_HEAD)?;
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
        let mut seen = std::collections::HashSet::new();
        for (alias, target) in names {
            let Some(key) = key(alias) else { continue };
            // nginx compares the strings of a map case-insensitively.
            if seen.insert(key.to_ascii_lowercase()) {
                write(&format!("    {} {};\n", word(&key), word(&place(site, *target))))?;
            }
        }
        write("}\n")?;
    }
    let frames = "frame-ancestors 'none'";
    write(&format!(
        "\nmap $uri $liudi_policy {{\n    default \"{frames}\";\n    \"~/{MEDIA}/[0-9a-f][0-9a-f]/\" \"{MEDIA_POLICY}\";\n}}\n"
    ))
}

/// Head of the nginx file, with the instructions for using the maps.
const NGINX_HEAD: &str = "# Old links of the account, for nginx. In http { } :
#     map_hash_bucket_size 512; map_hash_max_size 262144;
#     include /path/to/redirects.nginx.conf;
# In server { } :
#     if ($liudi_short) { return 301 $liudi_short; }
#     location = /s {
#         if ($liudi_long) { return 301 $liudi_long; }
#         if ($liudi_sn) { return 301 $liudi_sn; }
#         try_files /s/index.html =404;
#     }
#     location = /mp/appmsg/show { if ($liudi_long) { return 301 $liudi_long; } }
#     location = /mp/appmsgalbum { if ($liudi_album) { return 301 $liudi_album; } }
#     error_page 404 /404.html;
#     add_header X-Content-Type-Options nosniff;
#     add_header Content-Security-Policy $liudi_policy;
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
}
