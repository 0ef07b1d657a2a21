//! Feeds and what search engines ask for.

use std::collections::BTreeMap;

use liudi::Unattended;
use liudi::export::ExportOptions;
use liudi::model::{ArticleFields, Time};
use liudi::pipeline::export::mirror;
use quick_xml::events::Event;

use super::mirror::{Bag, every_kind, fields, files, page, target, urls};

const BASE: &str = "https://example.com/blog";

fn with_address() -> ExportOptions {
    ExportOptions { base_url: Some(BASE.into()), ..ExportOptions::default() }
}

fn site(bag: &Bag, options: &ExportOptions) -> BTreeMap<String, Vec<u8>> {
    bag.write();
    let folder = bag.root().join("site");
    mirror(bag.root(), &folder, options, &Unattended::default()).unwrap();
    files(&folder)
}

/// The texts of all elements of that name, in order; the document is read to its end.
fn texts(xml: &str, wanted: &str) -> Vec<String> {
    let mut reader = quick_xml::Reader::from_str(xml);
    reader.config_mut().check_end_names = true;
    let (mut found, mut inside) = (Vec::new(), false);
    loop {
        match reader.read_event().unwrap_or_else(|error| panic!("{error}: {xml}")) {
            Event::Start(start) if start.name().as_ref() == wanted => {
                inside = true;
                found.push(String::new());
            }
            Event::End(end) if end.name().as_ref() == wanted => inside = false,
            Event::Text(text) if inside => found.last_mut().unwrap().push_str(&text.xml10_content()),
            Event::GeneralRef(reference) if inside => {
                let name = reference.to_string();
                let text = found.last_mut().unwrap();
                match reference.resolve_char_ref().unwrap() {
                    Some(character) => text.push(character),
                    None => text.push_str(quick_xml::escape::resolve_predefined_entity(&name).unwrap()),
                }
            }
            Event::Eof => return found,
            _ => {}
        }
    }
}

/// What a feed makes its reader load.
fn assert_loads_nothing_foreign(site: &BTreeMap<String, Vec<u8>>, content: &str, base: Option<&str>) {
    for (loaded, url) in urls(content) {
        let inside = base.and_then(|base| url.strip_prefix(base)?.strip_prefix('/')).unwrap_or(&url);
        match target("atom.xml", inside) {
            Some(file) => assert!(site.contains_key(&file), "{url} is not there"),
            None => assert!(!loaded || url.starts_with("data:image/"), "{url}"),
        }
    }
}

#[test]
fn feeds_hold_the_articles_and_load_nothing_from_elsewhere() {
    let folder = tempfile::tempdir().unwrap();
    let bag = every_kind(folder.path());
    for (options, base) in [(ExportOptions::default(), None), (with_address(), Some(BASE))] {
        let site = site(&bag, &options);
        for name in ["atom.xml", "feed-full.xml"] {
            let feed = page(&site, name);
            let contents = texts(&feed, "content");
            assert_eq!(contents.len(), 5);
            assert!(contents.iter().any(|content| content.contains("第一段") && content.contains("<img")));
            for content in &contents {
                assert_loads_nothing_foreign(&site, content, base);
            }
            assert_eq!(texts(&feed, "title")[1], "转一篇", "the newest is first");
            assert!(!feed.contains("PRIVATE-MARKER") && !feed.contains("liudi-media:"));
        }
        assert!(page(&site, "feed-full.xml").contains("<fh:complete/>"));
        assert_eq!(site.contains_key("rss.xml"), base.is_some());
        assert_eq!(site.contains_key("feed.json"), base.is_some());
    }
    let site = site(&bag, &with_address());
    let rss = page(&site, "rss.xml");
    for content in texts(&rss, "content:encoded") {
        assert_loads_nothing_foreign(&site, &content, Some(BASE));
    }
    assert!(texts(&rss, "pubDate").contains(&"Tue, 5 Mar 2024 08:00:00 +0800".to_owned()), "{rss}");
    assert!(texts(&rss, "title").contains(&"写信 & <script>".to_owned()));
    let json: serde_json::Value = serde_json::from_slice(&site["feed.json"]).unwrap();
    assert_eq!(json["version"], "https://jsonfeed.org/version/1.1");
    assert_eq!(json["items"].as_array().unwrap().len(), 5);
    assert!(json["items"][0]["url"].as_str().unwrap().starts_with("https://example.com/blog/a/2024/"));
    for item in json["items"].as_array().unwrap() {
        assert_loads_nothing_foreign(&site, item["content_html"].as_str().unwrap(), Some(BASE));
    }
}

#[test]
fn identifiers_stay_when_the_site_moves() {
    let folder = tempfile::tempdir().unwrap();
    let bag = every_kind(folder.path());
    let ids = |options: &ExportOptions| texts(&page(&site(&bag, options), "atom.xml"), "id");
    let (here, there) = (ids(&ExportOptions::default()), ids(&with_address()));
    assert_eq!(here, there);
    assert!(here.iter().all(|id| id.starts_with("urn:uuid:")));
    let rss = texts(&page(&site(&bag, &with_address()), "rss.xml"), "guid");
    assert_eq!(rss, here[1..], "and are the same in every feed");
    assert_eq!(here.iter().collect::<std::collections::BTreeSet<_>>().len(), 6);
}

#[test]
fn readers_get_the_newest_fifty_and_movers_everything() {
    let folder = tempfile::tempdir().unwrap();
    let mut bag = Bag::new(folder.path());
    for number in 0..60 {
        let date = format!("2024-01-{:02} {:02}:00", 1 + number / 24, number % 24);
        bag.article(number, fields(&format!("第{number}篇\u{8}"), &date), Some("<p>字</p>"));
    }
    let site = site(&bag, &with_address());
    for (feed, element, count) in [("atom.xml", "entry", 50), ("rss.xml", "item", 50), ("feed-full.xml", "entry", 60)] {
        let xml = page(&site, feed);
        assert_eq!(xml.matches(&format!("<{element}>")).count(), count, "{feed}");
        // A control character of a title would make the whole feed unreadable.
        assert_eq!(texts(&xml, "title")[1], "第59篇", "{feed}");
    }
}

/// A reader asks for what changed since it last looked: an old article that was changed today is news.
#[test]
fn feeds_and_the_sitemap_say_when_something_last_changed() {
    let folder = tempfile::tempdir().unwrap();
    let mut bag = Bag::new(folder.path());
    for (number, published, modified) in [
        (1, "2023-01-01 08:00", Some("2025-06-01 09:30")),
        (2, "2024-01-01 08:00", None),
        // Changed while it waited to be sent.
        (3, "2024-02-01 08:00", Some("2024-01-20 08:00")),
    ] {
        let fields = ArticleFields { modified: modified.and_then(Time::from_wall), ..fields("文章", published) };
        bag.article(number, fields, Some("<p>字</p>"));
    }
    let site = site(&bag, &with_address());
    // The whole feed's, then the articles', newest first.
    let changed = ["2024-02-01T08:00:00+08:00", "2024-01-01T08:00:00+08:00", "2025-06-01T09:30:00+08:00"];
    for feed in ["atom.xml", "feed-full.xml"] {
        let xml = page(&site, feed);
        let updated = texts(&xml, "updated");
        assert_eq!(
            (updated[0].as_str(), updated[1..].to_vec()),
            (changed[2], changed.map(str::to_owned).to_vec()),
            "{feed}"
        );
        let published = ["2024-02-01T08:00:00+08:00", "2024-01-01T08:00:00+08:00", "2023-01-01T08:00:00+08:00"];
        assert_eq!(texts(&xml, "published"), published, "{feed}");
    }
    assert_eq!(texts(&page(&site, "rss.xml"), "lastBuildDate"), ["Sun, 1 Jun 2025 09:30:00 +0800"]);
    let json: serde_json::Value = serde_json::from_slice(&site["feed.json"]).unwrap();
    let dates: Vec<&str> =
        json["items"].as_array().unwrap().iter().map(|it| it["date_modified"].as_str().unwrap()).collect();
    assert_eq!(dates, changed);
    let sitemap = page(&site, "sitemap.xml");
    for time in changed {
        assert!(texts(&sitemap, "lastmod").contains(&time.to_owned()), "{time}");
    }
}

#[test]
fn search_engines_are_told_only_what_is_sure() {
    let folder = tempfile::tempdir().unwrap();
    let bag = every_kind(folder.path());
    let plain = site(&bag, &ExportOptions::default());
    assert!(!plain.contains_key("sitemap.xml"), "without an address a sitemap would lie");
    assert_eq!(page(&plain, "robots.txt"), "User-agent: *\nDisallow:\n");
    assert!(!page(&plain, "a/2024/20240305").contains("canonical"));

    let known = site(&bag, &with_address());
    let sitemap = page(&known, "sitemap.xml");
    let places = texts(&sitemap, "loc");
    for place in &places {
        let path = place.strip_prefix("https://example.com/blog/").unwrap();
        let path = percent_encoding::percent_decode_str(path).decode_utf8().unwrap().into_owned();
        assert!(known.contains_key(if path.is_empty() { "index.html" } else { &path }), "{place}");
    }
    assert_eq!(places.iter().filter(|place| place.contains("/a/")).count(), 5);
    assert!(texts(&sitemap, "lastmod").contains(&"2024-03-05T08:00:00+08:00".to_owned()));
    assert!(page(&known, "robots.txt").ends_with("\nSitemap: https://example.com/blog/sitemap.xml\n"));
    let article = page(&known, "a/2024/20240305");
    assert!(article.contains("<link rel=\"canonical\" href=\"https://example.com/blog/a/2024/20240305-"));
    assert!(article.contains("property=\"og:image\" content=\"https://example.com/blog/media/"));
    let (_, data) = article.split_once("application/ld+json\">").unwrap();
    let data: serde_json::Value = serde_json::from_str(data.split("</script>").next().unwrap()).unwrap();
    assert_eq!((&data["@type"], &data["headline"]), (&"Article".into(), &"写信 & <script>".into()));
    assert_eq!(data["isBasedOn"], "https://mp.weixin.qq.com/s?__biz=MzA0MDAwMDAwMA==&mid=2650000001&idx=1&sn=abc1");

    let hidden = site(&bag, &ExportOptions { noindex: true, ..with_address() });
    assert!(page(&hidden, "robots.txt").contains("Disallow: /\n") && !hidden.contains_key("sitemap.xml"));
    for (name, bytes) in hidden.iter().filter(|(name, _)| name.ends_with(".html")) {
        assert!(String::from_utf8_lossy(bytes).contains("noindex"), "{name}");
    }
}
