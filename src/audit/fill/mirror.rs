//! Inspects the mirror from the outside: whether it makes requests to another host, its links resolve, every public
//! article has its page, and no private data is visible.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use aho_corasick::{AhoCorasick, PatternID};
use scraper::{Html, Selector};

use super::super::facts::Finding;
use super::table::each_row;
use crate::archive::Archive;
use crate::error::{Error, Result};
use crate::model::{Class, NameSet, layout};
use crate::platform;

/// Words that must not occur in the mirror, with the code of the finding for each.
pub(super) struct Secrets {
    words: Vec<String>,
    codes: Vec<&'static str>,
}

/// Collects the words of the private bag that must not be published: user ids and transaction numbers.
pub(super) fn secrets(archive: &Archive) -> Result<Secrets> {
    let mut secrets = Secrets { words: Vec::new(), codes: Vec::new() };
    let mut seen = BTreeSet::new();
    let mut take = |word: &str, code: &'static str| {
        // Short words would match everywhere.
        if word.len() >= 16 && seen.insert(word.to_owned()) {
            secrets.words.push(word.to_owned());
            secrets.codes.push(code);
        }
    };
    for path in [layout::LEDGER, layout::LARGE_LEDGER] {
        each_row(archive, (Class::Private, path), ["key", "payer"], |[key, payer]| {
            take(key, "bill_row");
            take(payer, "openid");
            Ok(())
        })?;
    }
    Ok(secrets)
}

/// Returns the folders of the articles that the owner does not republish in this site.
fn withheld(archive: &Archive, site: &Path) -> Result<BTreeSet<String>> {
    let mut all = withheld_by_site(archive)?;
    Ok(all.remove(&layout::site_key(archive.root(), site)).unwrap_or_default().into_iter().collect())
}

/// Returns the folders of withheld articles of every site, by [`layout::site_key`].
pub fn withheld_by_site(archive: &Archive) -> Result<BTreeMap<String, Vec<String>>> {
    let Some(bytes) = super::read(archive, Class::Private, layout::WITHHELD)? else { return Ok(BTreeMap::new()) };
    let unreadable = |error| super::unreadable(archive, Class::Private, layout::WITHHELD).because(error);
    serde_json::from_slice(&bytes).map_err(unreadable)
}

/// Attributes whose target a browser fetches without a click.
const LOADS: &[(&str, &str)] = &[
    ("img, source, video, audio, track, iframe, embed, script, input", "src"),
    ("video", "poster"),
    ("object", "data"),
    (
        "link[rel~=stylesheet], link[rel~=icon], link[rel~=preload], link[rel~=modulepreload], link[rel~=manifest]",
        "href",
    ),
    ("image, use", "href"),
];

/// The files of an archive's mirror.
pub(super) struct Mirror<'s> {
    folder: &'s Path,
    names: NameSet,
    withheld: BTreeSet<String>,
}

impl<'s> Mirror<'s> {
    /// Lists the files of the mirror at `site`; `None` if there is no mirror.
    pub(super) fn open(archive: &Archive, site: &'s Path) -> Result<Option<Self>> {
        if !site.is_dir() {
            return Ok(None);
        }
        let withheld = withheld(archive, site)?;
        let mut mirror = Self { folder: site, names: NameSet::default(), withheld };
        let mut names = NameSet::default();
        mirror.each_file(|_, name| {
            names.insert(name);
            Ok(())
        })?;
        mirror.names = names;
        Ok(Some(mirror))
    }

    fn each_file(&self, mut visit: impl FnMut(&Path, &str) -> Result<()>) -> Result<()> {
        for entry in walkdir::WalkDir::new(self.folder) {
            let entry = entry.map_err(|error| Error::other("mirror-scan-failed").because(error))?;
            if entry.file_type().is_file() {
                let path = entry.path();
                let name = platform::slashed(path.strip_prefix(self.folder).unwrap_or(path));
                visit(path, &name)?;
            }
        }
        Ok(())
    }

    /// Reports whether the public article in `folder` has its page or is withheld.
    pub(super) fn has_page(&self, folder: &str) -> bool {
        let wanted = [format!("a/{folder}.html"), format!("a/{folder}/index.html")];
        wanted.iter().any(|page| self.names.contains(page)) || self.withheld.contains(folder)
    }

    /// Scans every file. Returns the findings of `mirror_offline`, including the articles `without_page`, and those of
    /// `mirror_privacy`.
    pub(super) fn scan(&self, without_page: Vec<String>, secrets: &Secrets) -> Result<(Vec<Finding>, Vec<Finding>)> {
        let missing = |item| Finding { code: "missing_page".to_owned(), item };
        let mut offline: Vec<Finding> = without_page.into_iter().map(missing).collect();
        let mut privacy = Vec::new();
        let finder =
            AhoCorasick::new(&secrets.words).map_err(|error| Error::other("mirror-scan-failed").because(error))?;
        let selectors = Selectors::new()?;
        self.each_file(|path, name| {
            let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
            if !matches!(extension, "html" | "css" | "js" | "json" | "xml" | "txt" | "svg" | "webmanifest") {
                return Ok(());
            }
            let failed = |error| Error::disk("mirror-scan-failed", path.display(), error);
            let mut found = BTreeSet::new();
            let mut note = |pattern: PatternID| {
                found.insert(secrets.codes[pattern.as_usize()]);
            };
            if matches!(extension, "html" | "css") {
                let bytes = platform::read(path).map_err(failed)?;
                let text = String::from_utf8_lossy(&bytes);
                finder.find_iter(text.as_ref()).for_each(|found| note(found.pattern()));
                if extension == "html" {
                    page(&text, name, &self.names, &selectors, &mut offline);
                } else if loads_from_elsewhere(&text, &is_remote) {
                    offline.push(Finding { code: "remote_ref".to_owned(), item: name.to_owned() });
                }
            } else {
                // These files are streamed because the feed of all posts grows with the account.
                let file = platform::open_file(path).map_err(failed)?;
                for found in finder.stream_find_iter(file) {
                    note(found.map_err(failed)?.pattern());
                }
            }
            privacy
                .extend(found.into_iter().map(|code: &str| Finding { code: code.to_owned(), item: name.to_owned() }));
            Ok(())
        })?;
        offline.sort_by(|a, b| (&a.code, &a.item).cmp(&(&b.code, &b.item)));
        offline.dedup();
        // Sorted folder by folder, as file managers show them.
        privacy.sort_by(|a, b| a.item.split('/').cmp(b.item.split('/')).then_with(|| a.code.cmp(&b.code)));
        Ok((offline, privacy))
    }
}

/// Selectors for the elements to check in a page.
struct Selectors {
    policies: Selector,
    loads: Vec<(Selector, &'static str)>,
    sets: Selector,
    styled: Selector,
    styles: Selector,
    links: Selector,
}

impl Selectors {
    fn new() -> Result<Self> {
        let select = |css: &str| {
            Selector::parse(css).map_err(|error| Error::other("mirror-scan-failed").because(error.to_string()))
        };
        let loads = LOADS.iter().map(|(elements, attribute)| Ok((select(elements)?, *attribute)));
        Ok(Self {
            policies: select("meta[http-equiv=Content-Security-Policy]")?,
            loads: loads.collect::<Result<_>>()?,
            sets: select("img[srcset], source[srcset]")?,
            styled: select("[style]")?,
            styles: select("style")?,
            links: select("a[href]")?,
        })
    }
}

fn page(text: &str, name: &str, names: &NameSet, selectors: &Selectors, findings: &mut Vec<Finding>) {
    let html = Html::parse_document(text);
    let media = media_address(&html, &selectors.policies);
    let is_own = |target: &str| media.as_ref().is_some_and(|media| target.starts_with(media));
    let is_remote = |target: &str| is_remote(target) && !is_own(target);
    let loads_from_elsewhere = |css: &str| loads_from_elsewhere(css, &is_remote);
    let mut found = |code: &str| findings.push(Finding { code: code.to_owned(), item: name.to_owned() });
    for (elements, attribute) in &selectors.loads {
        for element in html.select(elements) {
            let Some(target) = element.attr(attribute) else { continue };
            if is_remote(target) {
                found("remote_ref");
            } else if !is_own(target) && !leads_somewhere(name, target, names) {
                found("broken_link");
            }
        }
    }
    for element in html.select(&selectors.sets) {
        if element.attr("srcset").unwrap_or_default().split(',').any(|part| is_remote(part.trim())) {
            found("remote_ref");
        }
    }
    for element in html.select(&selectors.styled) {
        if loads_from_elsewhere(element.attr("style").unwrap_or_default()) {
            found("remote_ref");
        }
    }
    for element in html.select(&selectors.styles) {
        if loads_from_elsewhere(&element.text().collect::<String>()) {
            found("remote_ref");
        }
    }
    for element in html.select(&selectors.links) {
        let target = element.attr("href").unwrap_or_default();
        // Links to other hosts are not checked, only those within the site.
        if !is_remote(target) && !target.contains(':') && !leads_somewhere(name, target, names) {
            found("broken_link");
        }
    }
}

fn is_remote(target: &str) -> bool {
    let target = target.trim().to_ascii_lowercase();
    target.starts_with("//")
        || target.starts_with("http:")
        || target.starts_with("https:")
        || target.starts_with("ftp:")
}

/// Returns the other address from which a page's policy allows pictures: the owner's address for media. A policy that
/// allows more was not written by this program.
fn media_address(html: &Html, policies: &Selector) -> Option<String> {
    let policy = html.select(policies).next()?.attr("content")?;
    if !policy.starts_with("default-src 'none';") {
        return None;
    }
    let sources = policy.split(';').find_map(|rule| rule.trim().strip_prefix("img-src 'self' data: "))?;
    (sources.starts_with("http") && !sources.contains(' ')).then(|| format!("{sources}/"))
}

/// Reports whether a style sheet loads from elsewhere: `url(https://…)` or `@import "//…"`.
fn loads_from_elsewhere(css: &str, is_remote: &dyn Fn(&str) -> bool) -> bool {
    let css = css.to_ascii_lowercase();
    let mut rest = css.as_str();
    while let Some(at) = rest.find("url(") {
        rest = &rest[at + 4..];
        if is_remote(rest.trim_start().trim_start_matches(['"', '\''])) {
            return true;
        }
    }
    css.split("@import").skip(1).any(|import| is_remote(import.trim_start().trim_start_matches(['"', '\''])))
}

/// Reports whether a relative link of the page `from` leads to a file of the site.
fn leads_somewhere(from: &str, target: &str, names: &NameSet) -> bool {
    let target = target.trim();
    if target.is_empty() || target.starts_with('#') || target.starts_with("data:") {
        return true;
    }
    let path = target.split(['#', '?']).next().unwrap_or_default();
    let decoded = percent_encoding::percent_decode_str(path).decode_utf8_lossy();
    let mut parts: Vec<&str> = if decoded.starts_with('/') { Vec::new() } else { from.split('/').collect() };
    parts.pop();
    for part in decoded.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    // The page for missing pages is shown at any depth, so its URLs are absolute and begin with the site's path on its
    // host.
    if from == "404.html" && decoded.starts_with('/') {
        return (0..parts.len()).any(|top| names.contains(&parts[top..].join("/")));
    }
    let path = PathBuf::from(parts.join("/")).to_string_lossy().into_owned();
    names.contains(&path)
        || names.contains(&if path.is_empty() { "index.html".to_owned() } else { format!("{path}/index.html") })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(html: &str) -> Vec<String> {
        let names = ["index.html", "a/one.html", "media/x.png"].into_iter().collect();
        let mut findings = Vec::new();
        page(html, "a/one.html", &names, &Selectors::new().unwrap(), &mut findings);
        findings.into_iter().map(|finding| finding.code).collect()
    }

    #[test]
    fn what_is_private_is_found_wherever_it_is_in_a_file_of_any_kind() {
        let site = tempfile::tempdir().unwrap();
        let (payer, number) = ("oD3M0000000000000000000001", "4200099900000000000000000001");
        let secrets = Secrets { words: vec![payer.to_owned(), number.to_owned()], codes: vec!["openid", "bill_row"] };
        for name in ["feed.xml", "data.json", "a.html", "a.css", "a.js"] {
            // Across the boundaries of the read buffers, and after bytes that are not text.
            for at in [0, 8 * 1024 - 10, 64 * 1024 - 10, 300_000] {
                // Each text alone, once: the first hit counts.
                for (text, code) in [(payer, "openid"), (number, "bill_row")] {
                    let mut bytes = vec![b'\xff'; at];
                    bytes.extend(format!(" {text}").as_bytes());
                    std::fs::write(site.path().join(name), bytes).unwrap();
                    let mirror = Mirror { folder: site.path(), names: NameSet::default(), withheld: BTreeSet::new() };
                    let (_, privacy) = mirror.scan(Vec::new(), &secrets).unwrap();
                    let found: Vec<(&str, &str)> =
                        privacy.iter().map(|one| (one.item.as_str(), one.code.as_str())).collect();
                    assert_eq!(found, [(name, code)], "at {at}");
                }
            }
            platform::remove_file(site.path().join(name)).unwrap();
        }
    }

    #[test]
    fn what_a_browser_would_fetch_must_be_here() {
        assert_eq!(
            codes("<img src='../media/x.png'><a href='../index.html#t'>x</a><a href='https://e.org'>x</a>"),
            [""; 0]
        );
        assert_eq!(codes("<img src='https://mmbiz.qpic.cn/x'>"), ["remote_ref"]);
        assert_eq!(codes("<img src='../media/y.png'>"), ["broken_link"]);
        assert_eq!(codes("<p style='background:url(\"//e.org/x\")'>"), ["remote_ref"]);
        assert_eq!(codes("<style>@import 'https://e.org/x.css'</style>"), ["remote_ref"]);
        assert_eq!(codes("<a href='two.html'>x</a>"), ["broken_link"]);
        let own = "<meta http-equiv=Content-Security-Policy content=\"default-src 'none'; img-src 'self' data: https://e.org\">";
        assert_eq!(codes(&format!("{own}<img src='https://e.org/x.png'>")), [""; 0]);
        assert_eq!(codes(&format!("{own}<img src='https://e.org.evil/x.png'>")), ["remote_ref"]);
        assert_eq!(codes("<a href='..'>x</a><a href='mailto:a@b.c'>x</a>"), [""; 0]);
    }
}
