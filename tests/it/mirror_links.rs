//! Old links of the platform and the pages they lead to now.

use std::collections::BTreeMap;

use liudi::Unattended;
use liudi::export::ExportOptions;
use liudi::export::hosts;
use liudi::model::ArticleUrl;
use liudi::pipeline::export::mirror;
use scraper::{Html, Selector};

use super::mirror::{Bag, every_kind, fields, files, page, target};

type Site = BTreeMap<String, Vec<u8>>;

fn site(bag: &Bag, options: &ExportOptions) -> Site {
    bag.write();
    let folder = bag.root().join("site");
    mirror(bag.root(), &folder, options, &Unattended::default()).unwrap();
    files(&folder)
}

/// The tables of old names, joined.
fn tables(site: &Site) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    for (_, bytes) in site.iter().filter(|(name, _)| name.starts_with("s/table/")) {
        let text = String::from_utf8(bytes.clone()).unwrap();
        let json = text.strip_prefix("liudiOld(").and_then(|text| text.strip_suffix(");\n")).unwrap();
        all.extend(serde_json::from_str::<BTreeMap<String, String>>(json).unwrap());
    }
    all
}

fn decoded(path: &str) -> String {
    percent_encoding::percent_decode_str(path).decode_utf8().unwrap().into_owned()
}

#[test]
fn every_form_of_an_old_link_leads_to_its_page() {
    let folder = tempfile::tempdir().unwrap();
    let site = site(&every_kind(folder.path()), &ExportOptions::default());
    let tables = tables(&site);
    let long = "https://mp.weixin.qq.com/s?__biz=MzA0MDAwMDAwMA==&mid=2650000001&idx=1&sn=abc1&chksm=8&scene=27#wechat_redirect";
    for form in [
        long.to_owned(),
        long.replace('&', "&amp;"),
        long.replace("https", "http").replace('/', "\\/"),
        long.split("&sn").next().unwrap().to_owned(),
        "http://mp.weixin.qq.com/mp/appmsg/show?__biz=MzA0MDAwMDAwMA==&appmsgid=2650000001&itemidx=1&sign=abc1#rd"
            .into(),
        "https://mp.weixin.qq.com/s/Short1?poc_token=x".into(),
    ] {
        let aliases = ArticleUrl::parse(&form).unwrap().aliases();
        let found = tables.get(&aliases[0]).unwrap_or_else(|| panic!("{form}: {aliases:?}"));
        assert!(found.starts_with("a/2024/20240305-") && site.contains_key(&decoded(found)), "{form}: {found}");
    }
    assert_eq!(tables["album:1234567890123456789"], "albums/1234567890123456789.html");
    assert!(!tables.values().any(|page| !site.contains_key(&decoded(page))), "every table entry is a page");
    for place in ["s", "mp/appmsg/show", "mp/appmsgread", "mp/appmsgalbum"] {
        assert!(String::from_utf8_lossy(&site[&format!("{place}/index.html")]).contains("old-links.js"), "{place}");
    }
    assert!(page(&site, "lookup.html").contains("id=\"lookup\""));
}

/// Runs the site's own script as a browser would: the page asks for tables, the answer is where it sends its reader.
const BROWSER: &str = r#"
const fs = require("fs"), path = require("path"), vm = require("vm");
const [site, place, search] = process.argv.slice(1);
const page = fs.readFileSync(path.join(site, place, "index.html"), "utf8");
const tables = /data-tables="(\d+)"/.exec(page)[1];
const answer = { getAttribute: () => "none", set textContent(text) { console.log(text); } };
const own = { "data-root": "", "data-tables": tables, "data-place": place };
const window = {};
const world = vm.createContext({
  window, URL, Math, Object,
  location: { search, replace: (page) => console.log(page) },
  document: {
    currentScript: { getAttribute: (name) => own[name] },
    getElementById: () => answer,
    createElement: () => ({ remove() {} }),
    head: { append(script) {
      vm.runInContext(fs.readFileSync(path.join(site, script.src), "utf8"), vm.createContext({ liudiOld: window.liudiOld }));
      script.onload();
    } },
  },
});
vm.runInContext(fs.readFileSync(path.join(site, "assets/old-links.js"), "utf8"), world);
"#;

#[test]
fn the_script_reads_links_as_the_archive_does() {
    let folder = tempfile::tempdir().unwrap();
    let mut bag = every_kind(folder.path());
    for number in 100..500 {
        bag.article(number, fields("文章", "2022-01-01 08:00"), Some("<p>字</p>"));
    }
    bag.write();
    let site = folder.path().join("site");
    let options = ExportOptions { without_short_links: true, ..ExportOptions::default() };
    mirror(folder.path(), &site, &options, &Unattended::default()).unwrap();
    let asked = |place: &str, search: &str| {
        let run = std::process::Command::new("node").args(["-e", BROWSER]).arg(&site).args([place, search]).output();
        let Ok(run) = run else {
            crate::support::passed_over("Node, to run the script with");
            return None;
        };
        assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
        Some(decoded(String::from_utf8(run.stdout).unwrap().trim()))
    };
    for (place, search, begins) in [
        ("s", "?__biz=MzA0MDAwMDAwMA==&mid=2650000001&idx=1&sn=abc1&chksm=8", "a/2024/20240305-2650000001-"),
        ("s", "?__biz=MzA0MDAwMDAwMA%3D%3D&amp;mid=2650000321&amp;idx=1", "a/2022/20220101-2650000321-"),
        ("s", "?sn=abc450", "a/2022/20220101-2650000450-"),
        ("s", "?__biz=MzA0MDAwMDAwMA==&mid=2650000002", "a/2023/20231102-2650000002-"),
        ("mp/appmsg/show", "?__biz=MzA0MDAwMDAwMA==&appmsgid=2650000003&itemidx=1", "a/2024/20240401-2650000003-"),
        ("mp/appmsgalbum", "?action=getalbum&album_id=1234567890123456789", "albums/1234567890123456789.html"),
        ("s", "?__biz=Other==&mid=2650000001&idx=1", "none"),
        ("s", "", "none"),
        ("s", "?__biz=toString&mid=1", "none"),
    ] {
        let Some(found) = asked(place, search) else { return };
        assert!(found.starts_with(begins), "{place}{search}: {found}");
    }
}

#[test]
fn a_short_link_needs_only_another_host_and_no_script() {
    let folder = tempfile::tempdir().unwrap();
    let with_address = ExportOptions { base_url: Some("https://example.com/blog".into()), ..ExportOptions::default() };
    let site = site(&every_kind(folder.path()), &with_address);
    let name = "s/Short1/index.html";
    let html = Html::parse_document(std::str::from_utf8(&site[name]).unwrap());
    let attribute = |css: &str, name: &str| {
        let element = html.select(&Selector::parse(css).unwrap()).next().unwrap_or_else(|| panic!("{css}"));
        element.attr(name).unwrap().to_owned()
    };
    let refresh = attribute("meta[http-equiv=refresh]", "content");
    let url = refresh.strip_prefix("0; url=").unwrap();
    assert_eq!(url, attribute("a", "href"));
    let to = target(name, url).unwrap();
    assert!(to.starts_with("a/2024/20240305-") && site.contains_key(&to), "{to}");
    assert!(attribute("link[rel=canonical]", "href").starts_with("https://example.com/blog/a/2024/"));
    assert_eq!(html.select(&Selector::parse("script").unwrap()).count(), 0);
    assert!(site.contains_key(".nojekyll"), "or GitHub Pages leaves out short links that begin with `_`");
}

#[test]
fn servers_are_told_where_old_links_lead() {
    let folder = tempfile::tempdir().unwrap();
    let bag = every_kind(folder.path());
    let plain = site(&bag, &ExportOptions::default());
    let mut csv = csv::Reader::from_reader(plain["redirects.csv"].as_slice());
    let rows: Vec<[String; 3]> = csv.deserialize().map(Result::unwrap).collect();
    // Five public articles with a long, a short and a signed name each, and the album.
    assert_eq!(rows.len(), 16);
    for [old, page, new] in &rows {
        let known = ArticleUrl::parse(old).is_some() || old.contains("/mp/appmsgalbum?");
        assert!(known && plain.contains_key(&decoded(page)) && new.is_empty(), "{old} {page} {new}");
    }
    let rules = page(&plain, "_redirects");
    assert_eq!(rules.lines().count(), 5);
    assert!(rules.lines().any(|rule| rule.starts_with("/s/Short1 /a/2024/20240305-") && rule.ends_with(" 301")));
    let netlify = ExportOptions {
        host: hosts::find("netlify"),
        base_url: Some("https://example.com/blog".into()),
        ..ExportOptions::default()
    };
    let rules = page(&site(&bag, &netlify), "_redirects");
    assert!(rules.contains("/s mid=2650000001 idx=1 /blog/a/2024/20240305-"), "{rules}");
    let nginx = page(&plain, "redirects.nginx.conf");
    for line in [
        "    /s/Short1 /a/2024/20240305-",
        "    2650000001_1 /a/2024/20240305-",
        "    abc1 /a/2024/20240305-",
        "    1234567890123456789 /albums/1234567890123456789.html;",
    ] {
        assert!(nginx.contains(line), "{line}\n{nginx}");
    }
    let maps = nginx.lines().filter(|line| line.starts_with("map ")).count();
    assert_eq!((maps, nginx.lines().filter(|line| *line == "}").count()), (5, 5));
}

/// Dropped links of the last years would hurt most people: those are the ones still passed around.
#[test]
fn a_host_that_takes_few_rules_gets_those_of_the_newest_articles() {
    let folder = tempfile::tempdir().unwrap();
    let mut bag = Bag::new(folder.path());
    // Neither the names' order nor the numbers' is that of the dates.
    for (number, date) in
        [(1, "2022-05-01"), (2, "2025-05-01"), (3, "2021-05-01"), (4, "2024-05-01"), (5, "2023-05-01")]
    {
        bag.article(number, fields("文章", &format!("{date} 08:00")), Some("<p>字</p>"));
    }
    for (most, expected) in
        [(0, vec![]), (2, vec!["Short2", "Short4"]), (4, vec!["Short2", "Short4", "Short5", "Short1"])]
    {
        let host: &'static hosts::Host =
            Box::leak(Box::new(hosts::Host { redirects: Some(most), ..hosts::HOSTS[0].clone() }));
        let site = site(&bag, &ExportOptions { host: Some(host), ..ExportOptions::default() });
        let rules = site.get("_redirects").map(|bytes| String::from_utf8(bytes.clone()).unwrap()).unwrap_or_default();
        let kept: Vec<&str> = rules.lines().map(|rule| rule["/s/".len()..].split(' ').next().unwrap()).collect();
        assert_eq!(kept, expected, "{most}: {rules}");
    }
}

#[test]
fn where_a_host_counts_files_short_links_can_do_without_theirs() {
    let folder = tempfile::tempdir().unwrap();
    let bag = every_kind(folder.path());
    let with = site(&bag, &ExportOptions::default());
    let without = site(&bag, &ExportOptions { without_short_links: true, ..ExportOptions::default() });
    let gone: Vec<&String> = with.keys().filter(|name| !without.contains_key(*name)).collect();
    assert_eq!(gone.len(), 5, "{gone:?}");
    assert!(gone.iter().all(|name| name.starts_with("s/Short")));
    assert!(tables(&without).contains_key("short:Short1"), "the table still knows them");
}

#[test]
fn many_names_are_cut_into_small_tables() {
    let folder = tempfile::tempdir().unwrap();
    let mut bag = Bag::new(folder.path());
    for number in 0..400 {
        bag.article(number, fields("文章", "2024-01-01 08:00"), Some("<p>字</p>"));
    }
    let site = site(&bag, &ExportOptions { without_short_links: true, ..ExportOptions::default() });
    let sizes: Vec<usize> =
        site.iter().filter(|(name, _)| name.starts_with("s/table/")).map(|(_, bytes)| bytes.len()).collect();
    assert!(sizes.len() > 1 && sizes.iter().all(|size| *size < 80_000), "{sizes:?}");
    assert_eq!(tables(&site).len(), 1200);
    assert!(page(&site, "lookup.html").contains(&format!("data-tables=\"{}\"", sizes.len())));
}
