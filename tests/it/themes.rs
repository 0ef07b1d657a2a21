//! The page for theme authors and what templates really get, held in step.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use liudi::Unattended;
use liudi::export::{ExportOptions, template};
use liudi::model::site::{CommentChoice, Follow, Identity};
use liudi::pipeline::export::comments;
use liudi::pipeline::export::mirror;
use liudi::text::{Language, Texts};
use serde_json::Value;

use super::mirror::{every_kind, files};

/// What templates get that are no pages of the site's frame, and what pages get besides `site`, `page`, `root`, `csp`.
const OWN: &[(&str, &[&str])] = &[
    ("404.html.j2", &[]),
    ("about.html.j2", &["about"]),
    ("archive.html.j2", &["archive"]),
    ("article.html.j2", &["article"]),
    ("feed-entry.html.j2", &["article"]),
    ("home.html.j2", &["home"]),
    ("list.html.j2", &["list"]),
    ("lookup.html.j2", &["old"]),
    ("old-link.html.j2", &["old"]),
    ("short-post.html.j2", &["post"]),
    ("search.html.j2", &[]),
    ("stub.html.j2", &["lang", "title", "href", "canonical"]),
    ("tiles.html.j2", &["tiles"]),
    ("videos.html.j2", &["videos"]),
];
const FRAME: &[&str] = &["site", "page", "root", "csp"];
/// Used by other templates only.
const PARTS: &[&str] = &["base.html.j2", "macros.html.j2"];

/// Names below the headings of the page for theme authors, by heading.
fn documented() -> BTreeMap<String, BTreeSet<String>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/themes.md");
    let (mut found, mut heading) = (BTreeMap::<String, BTreeSet<String>>::new(), String::new());
    for line in fs::read_to_string(path).unwrap().lines() {
        if let Some(title) = line.strip_prefix("### ") {
            title.trim_matches('`').clone_into(&mut heading);
            found.entry(heading.clone()).or_default();
        } else if let Some(item) = line.strip_prefix("- `") {
            let name = item.split('`').next().unwrap();
            assert!(found.get_mut(&heading).unwrap().insert(name.to_owned()), "{heading}: {name} twice");
        }
    }
    found
}

/// `article.gallery[].src` and so on, of every value.
fn names(prefix: &str, value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(map) => map.iter().for_each(|(name, value)| names(&format!("{prefix}.{name}"), value, found)),
        Value::Array(list) if list.iter().any(Value::is_object) => {
            found.insert(format!("{prefix}[]"));
            for value in list {
                names(&format!("{prefix}[]"), value, found);
            }
        }
        _ => {
            found.insert(prefix.to_owned());
        }
    }
}

/// What each template got, from a site whose templates write down what they get.
fn given() -> BTreeMap<String, BTreeSet<String>> {
    let folder = tempfile::tempdir().unwrap();
    every_kind(folder.path()).write();
    super::mirror_comments::write(folder.path());
    let own = folder.path().join("templates");
    fs::create_dir_all(&own).unwrap();
    for (template, more) in OWN {
        let frame = if matches!(*template, "stub.html.j2" | "feed-entry.html.j2") { &[] } else { FRAME };
        let pairs: Vec<String> = frame.iter().chain(*more).map(|name| format!("\"{name}\": {name}")).collect();
        let line = format!("GIVEN {template} {{{{ {{{}}} | tojson }}}} END", pairs.join(", "));
        fs::write(own.join(template), line).unwrap();
    }
    let options = ExportOptions {
        templates: Some(own),
        base_url: Some("https://example.com".into()),
        comments: comments::open(folder.path(), CommentChoice::All, &Texts::new(Language::Chinese)).unwrap(),
        identity: Identity { follow: vec![Follow::default()], ..Identity::default() },
        ..ExportOptions::default()
    };
    let site = folder.path().join("site");
    mirror(folder.path(), &site, &options, &Unattended::default()).unwrap();
    let feed: Value = serde_json::from_slice(&fs::read(site.join("feed.json")).unwrap()).unwrap();
    let entries =
        feed["items"].as_array().unwrap().iter().map(|item| item["content_html"].as_str().unwrap().to_owned());
    let pages = files(&site).into_iter().filter(|(name, _)| name.ends_with(".html"));
    let pages = pages.map(|(_, bytes)| String::from_utf8(bytes).unwrap());
    let mut found = BTreeMap::<String, BTreeSet<String>>::new();
    for page in pages.chain(entries) {
        let given = page.strip_prefix("GIVEN ").and_then(|given| given.trim_end().strip_suffix(" END"));
        let (template, json) = given.unwrap_or_else(|| panic!("{page}")).split_once(' ').unwrap();
        let values: BTreeMap<String, Value> = serde_json::from_str(json).unwrap();
        for (name, value) in values {
            let heading = if FRAME.contains(&name.as_str()) { "base.html.j2" } else { template };
            names(&name, &value, found.entry(heading.to_owned()).or_default());
        }
    }
    // A list without its items, or a thing that is absent here and present there, is named by what it holds.
    for names in found.values_mut() {
        let inner: Vec<String> =
            names.iter().filter(|name| name.contains("[]") || name.contains('.')).cloned().collect();
        names.retain(|name| {
            !inner.iter().any(|other| {
                other.strip_prefix(name.as_str()).is_some_and(|rest| rest.starts_with(['.', '[']) && rest != "[]")
            })
        });
        names.retain(|name| !name.ends_with("[]"));
    }
    found
}

#[test]
fn theme_authors_are_told_exactly_what_templates_get() {
    let (documented, given) = (documented(), given());
    let mut wrong = Vec::new();
    for (template, names) in &given {
        let told = documented.get(template).unwrap_or_else(|| panic!("docs/themes.md says nothing of {template}"));
        let missing: Vec<_> = names.difference(told).collect();
        let invented: Vec<_> = told.difference(names).collect();
        if !(missing.is_empty() && invented.is_empty()) {
            wrong.push(format!("{template}: not told {missing:?}, not given {invented:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_file_of_a_theme_is_named() {
    let documented = documented();
    for (name, _) in template::embedded() {
        assert!(documented.contains_key(name), "docs/themes.md does not name {name}");
        let known = PARTS.contains(&name) || OWN.iter().any(|(own, _)| *own == name) || !name.ends_with(".j2");
        assert!(known, "{name} is not watched here");
    }
}
