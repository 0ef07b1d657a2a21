//! What the owner decides: what is republished, where media stand, what the site says of itself.

use std::collections::BTreeMap;
use std::fs;

use liudi::Unattended;
use liudi::export::selection::Selection;
use liudi::export::{ExportOptions, hosts};
use liudi::model::site::{Follow, Identity};
use liudi::pipeline::export::{Made, make_site, media_folder};

use super::mirror::{Bag, assert_self_contained, every_kind, files, page, urls};
use super::support::Run;

type Site = BTreeMap<String, Vec<u8>>;

fn made(bag: &Bag, options: &ExportOptions) -> (Site, Made) {
    bag.write();
    let folder = bag.root().join("site");
    let made = make_site(bag.root(), &folder, &media_folder(&folder), options, &Unattended::default()).unwrap();
    (files(&folder), made)
}

fn articles(site: &Site) -> Vec<&str> {
    let pages = site.keys().filter(|name| name.starts_with("a/"));
    pages.filter_map(|name| name.split('/').nth(2)?.split('-').nth(1)?.strip_prefix("26500000")).collect()
}

fn choice(only: &[&str], except: &[&str], hide: &str) -> ExportOptions {
    let mut selection = Selection::new(only, except).unwrap();
    selection.hide(hide).unwrap();
    ExportOptions { selection, ..ExportOptions::default() }
}

#[test]
fn rules_choose_by_date_album_form_and_link() {
    let folder = tempfile::tempdir().unwrap();
    let bag = every_kind(folder.path());
    for (only, except, chosen) in [
        (&["date:2024"][..], &[][..], &["01", "03", "04", "05"][..]),
        (&["date:2024-04..2024-04-01"], &[], &["03"]),
        (&["date:..2024-03"], &[], &["02", "01"]),
        (&["album:山居笔记"], &[], &["02", "01"]),
        (&["album:1234567890123456789", "date:2024"], &[], &["01"]),
        (&["type:picture", "type:text"], &[], &["03", "04"]),
        (&["https://mp.weixin.qq.com/s/Short2?scene=1", "short:Short5"], &[], &["02", "05"]),
        (&[], &["type:article", "MzA0MDAwMDAwMA==_2650000003_1"], &["04"]),
    ] {
        let (site, _) = made(&bag, &choice(only, except, ""));
        assert_self_contained(&site);
        assert_eq!(articles(&site), chosen, "{only:?} {except:?}");
    }
}

#[test]
fn what_is_hidden_is_nowhere_and_the_archive_keeps_it() {
    let folder = tempfile::tempdir().unwrap();
    let bag = every_kind(folder.path());
    bag.write();
    let public = files(&bag.root().join("public"));
    let hide = "# 不想再放出来的\nhttps://mp.weixin.qq.com/s/Short1#rd # 写信\n\nshort:Nowhere\n";
    let (all, _) = made(&bag, &ExportOptions::default());
    let (site, report) = made(&bag, &choice(&[], &[], hide));
    assert_eq!(articles(&site), ["02", "03", "04", "05"]);
    assert_eq!(report.unused_rules, ["short:Nowhere"], "a line that hides nothing may be misspelt");
    let words = ["写信", "第一段", "Short1", "sn:abc1", "2650000001"];
    for (name, bytes) in &site {
        let text = String::from_utf8_lossy(bytes);
        for word in words {
            assert!(!text.contains(word) && !name.contains(word), "{word} in {name}");
        }
    }
    let media = |site: &Site| site.keys().filter(|name| name.starts_with("media/")).count();
    assert!(media(&site) < media(&all), "media of hidden articles alone are not republished");
    assert_self_contained(&site);
    assert_eq!(files(&bag.root().join("public")), public);
}

#[test]
fn media_can_stand_at_one_other_address() {
    let folder = tempfile::tempdir().unwrap();
    let bag = every_kind(folder.path());
    let (before, _) = made(&bag, &ExportOptions::default());
    let elsewhere = ExportOptions {
        media_base: Some("https://cdn.example.com:8443/m".into()),
        base_url: Some("https://example.com".into()),
        ..ExportOptions::default()
    };
    let (site, _) = made(&bag, &elsewhere);
    assert!(!site.keys().any(|name| name.starts_with("media/")));
    let media = files(&folder.path().join("site-media"));
    let in_site =
        before.iter().filter_map(|(name, bytes)| Some((name.strip_prefix("media/")?.to_owned(), bytes.clone())));
    assert_eq!(media, in_site.collect());
    let mut seen = 0;
    for (name, bytes) in site.iter().filter(|(name, _)| name.ends_with(".html") && !name.starts_with("s/Short")) {
        let text = String::from_utf8_lossy(bytes);
        let origin = "https://cdn.example.com:8443";
        assert!(
            text.contains(&format!("img-src 'self' data: {origin}; media-src 'self' {origin}; form-action")),
            "{name}"
        );
        assert_eq!(
            text.split("content=\"default-src").nth(1).unwrap().split('"').next().unwrap().matches(origin).count(),
            2
        );
        for (_, url) in urls(&text).into_iter().filter(|(loaded, url)| *loaded && url.contains("://")) {
            let file =
                url.strip_prefix("https://cdn.example.com:8443/m/").unwrap_or_else(|| panic!("{name} loads {url}"));
            assert!(media.contains_key(file), "{url}");
            seen += 1;
        }
    }
    assert!(seen > 5, "{seen}");
    assert!(page(&site, "atom.xml").contains("https://cdn.example.com:8443/m/"));
    let (back, _) = made(&bag, &ExportOptions::default());
    assert_eq!(back, before, "and can come back");
}

#[test]
fn the_site_says_what_its_owner_wants_said() {
    let folder = tempfile::tempdir().unwrap();
    let bag = every_kind(folder.path());
    let identity = Identity {
        title: Some("山间 & 存档".into()),
        copyright: Some("© 某人".into()),
        licence: Some("CC BY 4.0".into()),
        licence_url: Some("https://creativecommons.org/licenses/by/4.0/".into()),
        icp: Some("京ICP备00000000号".into()),
        notice: Some("公众号已注销".into()),
        follow: vec![
            Follow { name: "新博客".into(), url: Some("https://blog.example.com/".into()) },
            Follow { name: "视频号「山间」".into(), url: None },
        ],
    };
    let options =
        ExportOptions { identity, base_url: Some("https://example.com/repo".into()), ..ExportOptions::default() };
    let (site, _) = made(&bag, &options);
    let home = page(&site, "index.html");
    for words in [
        "<h1>山间 &amp; 存档</h1>",
        "© 某人",
        "京ICP备00000000号",
        "公众号已注销",
        "新博客",
        "视频号「山间」",
        "公众号「山间来信」",
    ] {
        let home = String::from_utf8_lossy(&site["index.html"]);
        assert!(home.contains(words), "{words}");
    }
    assert!(home.contains("https://beian.miit.gov.cn/"), "an ICP number has to lead to the registry");
    // Hosts show this page at any depth.
    let missing = page(&site, "404.html");
    assert!(missing.contains("href=\"/repo/assets/style.css\"") && missing.contains("href=\"/repo/index.html\""));
}

#[test]
fn a_site_of_another_choice_equals_a_new_one() {
    let folder = tempfile::tempdir().unwrap();
    let bag = every_kind(folder.path());
    let choices = [choice(&[], &[], ""), choice(&[], &["date:2023"], ""), choice(&["date:2024"], &[], "")];
    for (before, after) in choices.iter().flat_map(|before| choices.iter().map(move |after| (before, after))) {
        made(&bag, before);
        let (updated, _) = made(&bag, after);
        fs::remove_dir_all(folder.path().join("site")).unwrap();
        let (new, _) = made(&bag, after);
        let stale: Vec<_> = new.keys().filter(|name| updated.get(*name) != new.get(*name)).collect();
        assert!(stale.is_empty() && updated.len() == new.len(), "{stale:?}");
    }
}

#[test]
fn a_host_is_checked_against_the_site_that_was_made() {
    let folder = tempfile::tempdir().unwrap();
    let mut bag = every_kind(folder.path());
    let film = liudi::model::MediaRef::at(
        "https://mmbiz.qpic.cn/mmbiz_gif/Large/0?wx_fmt=gif",
        liudi::model::MediaRole::Image,
    );
    bag.holds(&film.key, &vec![0; 26 << 20], "gif");
    let options = ExportOptions { host: hosts::find("cloudflare"), ..ExportOptions::default() };
    let (site, report) = made(&bag, &options);
    assert_eq!(report.measures.files, site.len() as u64);
    assert_eq!(report.measures.bytes, site.values().map(|bytes| bytes.len() as u64).sum::<u64>());
    assert_eq!(report.measures.redirects, 5);
    assert_eq!(report.excesses.iter().map(|excess| excess.limit).collect::<Vec<_>>(), ["file-bytes"]);
}

#[test]
fn site_toml_decides_for_every_later_run() {
    let run = Run::new().fixture("demo").env("LIUDI_ZIP_PASSWORD", "liudi-demo");
    run.backup(&[]).succeeds();
    let held = files(&run.archive().join("site"));
    let some = articles_of(&held);
    fs::write(
        run.archive().join("site.toml"),
        format!("title = \"另一个名字\"\nhide = [\"{}\", \"short:Nowhere\"]\n", some[0]),
    )
    .unwrap();
    run.backup(&[]).succeeds().says("short:Nowhere");
    let site = files(&run.archive().join("site"));
    assert_eq!(articles_of(&site).len(), some.len() - 1);
    let ready = run.program(&["ready", "archive", "--json"]);
    assert!(!ready.stdout.contains("missing_page"), "what its owner withholds is not missing: {}", ready.stdout);
    assert!(String::from_utf8_lossy(&site["index.html"]).contains("另一个名字"));
    run.program(&["verify", "archive"]).succeeds();
    // Said on the command line: the other way round, against a host, in JSON.
    let done =
        run.program(&["mirror", "archive", "--json", "-o", "other", "--only", &some[1], "--host", "github-pages"]);
    let answer = done.json();
    done.succeeds();
    assert_eq!((&answer["host"], &answer["excesses"]), (&"github-pages".into(), &serde_json::json!([])));
    assert_eq!(articles_of(&files(&run.folder().join("other"))), some[1..2]);
    for (arguments, code) in [
        (["--only", "colour:red"], "selection-invalid"),
        (["--host", "geocities"], "host-unknown"),
        (["--base-url", "example.com"], "site-address-invalid"),
    ] {
        let done = run.program(&[&["mirror", "archive", "--json"][..], &arguments].concat());
        assert_eq!(done.json()["error"]["code"], code);
        done.exits(2);
    }
    fs::write(run.archive().join("site.toml"), "hidden = []\n").unwrap();
    run.program(&["mirror", "archive"]).exits(2);
}

/// The links by which the demo's pages tell their old address.
fn articles_of(site: &Site) -> Vec<String> {
    let mut csv = csv::Reader::from_reader(site["redirects.csv"].as_slice());
    let rows = csv.deserialize::<[String; 3]>().map(Result::unwrap);
    rows.map(|[old, ..]| old).filter(|old| old.contains("&mid=")).collect()
}
