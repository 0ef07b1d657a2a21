//! One page, one identity: the same page with its attributes quoted otherwise, in another order, in another case, gives the
//! same records.

use std::io::Read;
use std::path::{Path, PathBuf};

use liudi::model::Sha256;
use liudi::source::file::container::zip::Budget;
use liudi::source::file::page::article::Page;
use liudi::source::file::registry::IMPORTERS;
use liudi::source::{
    Destination, EvidenceId, EvidenceMeta, EvidenceWriter, ImportCx, Importer as _, Input, Item, Match, Out, Passwords,
    Probe,
};

use super::golden::NoLedger;
use super::support::fixture;

/// Every piece of evidence has one name, so that names made of it do not tell two writings of a page apart.
struct SameKeep;

impl EvidenceWriter for SameKeep {
    fn redacted(&self, _bytes: &[u8], _meta: &EvidenceMeta) -> liudi::Result<EvidenceId> {
        Ok(Sha256::of(b""))
    }

    fn exact(
        &self,
        reader: &mut dyn Read,
        _name: &str,
        _shelf: Destination,
        _meta: &EvidenceMeta,
    ) -> liudi::Result<EvidenceId> {
        let mut bytes = Vec::new();
        reader.read_to_end(&mut bytes).unwrap();
        Ok(Sha256::of(&bytes))
    }
}

#[derive(Default)]
struct Items(Vec<String>);

impl Out for Items {
    fn item(&mut self, item: Item) -> liudi::Result<()> {
        self.0.push(match item {
            Item::Record(record, _) => format!("{record:#?}"),
            Item::Gap(gap) => format!("{gap:#?}"),
            Item::Problem(problem) => format!("{problem:#?}"),
            Item::Media(held) => format!("{held:#?}"),
            Item::Row(row, _) => format!("{row:#?}"),
            _ => "other".to_owned(),
        });
        Ok(())
    }
}

fn read(way: &str, bytes: Vec<u8>) -> Vec<String> {
    let input = Input::bytes_at("a/page.html", bytes, None);
    assert!(is_page(&input), "{way}");
    let (passwords, budget) = (Passwords::default(), Budget::new(std::env::temp_dir()));
    let cx = ImportCx { evidence: &SameKeep, ledger: &NoLedger, passwords: &passwords, budget: &budget };
    let mut items = Items::default();
    Page.read(&input, &cx, &mut items).unwrap();
    items.0
}

fn is_page(input: &Input) -> bool {
    let sure = IMPORTERS.iter().filter(|importer| importer.identify(&mut Probe::new(input)) == Match::Sure);
    sure.map(|importer| importer.info().name).eq(["page"])
}

/// How an attribute is written.
#[derive(Clone, Copy, Debug)]
enum Quotes {
    Double,
    Single,
    /// None where the value allows it.
    Bare,
}

/// Writes every tag outside of scripts, styles and comments anew.
fn rewritten(page: &str, quotes: Quotes, upper: bool, reversed: bool) -> String {
    let mut out = String::new();
    let mut rest = page;
    while let Some(at) = rest.find('<') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        if rest.starts_with("<!--") {
            let end = rest.find("-->").map_or(rest.len(), |end| end + 3);
            out.push_str(&rest[..end]);
            rest = &rest[end..];
            continue;
        }
        let Some((tag, attributes, end)) = tag(rest) else {
            out.push('<');
            rest = &rest[1..];
            continue;
        };
        let case = |text: &str| if upper { text.to_ascii_uppercase() } else { text.to_owned() };
        out.push('<');
        out.push_str(&case(&tag));
        let mut attributes = attributes;
        if reversed {
            attributes.reverse();
        }
        for (name, value) in attributes {
            out.push(' ');
            out.push_str(&case(&name));
            let Some(value) = value else { continue };
            let bare = !value.is_empty() && !value.contains(|c: char| c.is_whitespace() || "\"'=<>`".contains(c));
            let (single, double) = (value.replace('\'', "&#39;"), value.replace('"', "&quot;"));
            out.extend(match quotes {
                Quotes::Bare if bare => ["=", &*value, ""],
                Quotes::Single if upper => [" = '", &*single, "'"],
                Quotes::Single => ["='", &*single, "'"],
                _ => ["=\"", &*double, "\""],
            });
        }
        // A bare value takes a slash behind it for its own.
        out.push_str(if rest[..end].ends_with("/>") { " />" } else { ">" });
        rest = &rest[end..];
        let name = tag.to_ascii_lowercase();
        if matches!(name.as_str(), "script" | "style" | "textarea" | "title") {
            let close = rest.to_ascii_lowercase().find(&format!("</{name}")).unwrap_or(rest.len());
            out.push_str(&rest[..close]);
            rest = &rest[close..];
        }
    }
    out.push_str(rest);
    out
}

type Attributes = Vec<(String, Option<String>)>;

/// Name, attributes and length of the opening tag at the beginning of `html`.
fn tag(html: &str) -> Option<(String, Attributes, usize)> {
    let name_end = 1 + html[1..].find(|c: char| !c.is_ascii_alphanumeric() && c != '-')?;
    if name_end == 1 {
        return None;
    }
    let mut at = name_end;
    let mut attributes = Vec::new();
    loop {
        at += html[at..].find(|c: char| !c.is_whitespace())?;
        if html[at..].starts_with('>') {
            return Some((html[1..name_end].to_owned(), attributes, at + 1));
        }
        if html[at..].starts_with('/') {
            at += 1;
            continue;
        }
        let length = html[at..].find(|c: char| c.is_whitespace() || "=/>".contains(c))?;
        if length == 0 {
            return None;
        }
        let name = html[at..at + length].to_owned();
        at += length;
        let space = html[at..].find(|c: char| !c.is_whitespace())?;
        if !html[at + space..].starts_with('=') {
            attributes.push((name, None));
            continue;
        }
        at += space + 1;
        at += html[at..].find(|c: char| !c.is_whitespace())?;
        let quote = html[at..].chars().next()?;
        if quote == '"' || quote == '\'' {
            let end = html[at + 1..].find(quote)?;
            attributes.push((name, Some(html[at + 1..at + 1 + end].to_owned())));
            at += end + 2;
        } else {
            let end = html[at..].find(|c: char| c.is_whitespace() || c == '>')?;
            attributes.push((name, Some(html[at..at + end].to_owned())));
            at += end;
        }
    }
}

fn pages_below(folder: &Path, pages: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            pages_below(&path, pages);
        } else if path.extension().is_some_and(|end| end == "html" || end == "htm") {
            pages.push(path);
        }
    }
}

#[test]
fn a_page_gives_the_same_records_however_its_tags_are_written() {
    let mut pages = Vec::new();
    pages_below(&fixture("page"), &mut pages);
    pages_below(&fixture("demo/pages"), &mut pages);
    pages.sort();
    let mut compared = 0;
    for path in pages {
        let text = std::fs::read_to_string(&path).unwrap();
        // A page out of a JSON dump has its quotes escaped: written otherwise it is another dump.
        if text.get(..200).is_some_and(|head| head.contains("=\\\"")) {
            continue;
        }
        // A frame or an advertisement beside a page is none.
        if !is_page(&Input::bytes_at("a/page.html", text.clone().into_bytes(), None)) {
            continue;
        }
        let as_saved = read("as saved", text.clone().into_bytes());
        for quotes in [Quotes::Double, Quotes::Single, Quotes::Bare] {
            for (upper, reversed) in [(false, false), (true, false), (false, true), (true, true)] {
                let way = format!("{} {quotes:?} upper={upper} reversed={reversed}", path.display());
                let other = read(&way, rewritten(&text, quotes, upper, reversed).into_bytes());
                assert_eq!(as_saved.len(), other.len(), "{way}");
                for (one, two) in as_saved.iter().zip(&other) {
                    similar(one, two, &way);
                }
            }
        }
        compared += 1;
    }
    assert!(compared > 30, "only {compared} pages");
}

#[track_caller]
fn similar(one: &str, two: &str, way: &str) {
    let differing = one.lines().zip(two.lines()).find(|(one, two)| one != two);
    assert!(one == two, "{way}\n{differing:#?}");
}
