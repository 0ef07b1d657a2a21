//! Tests the content model on trees of every shape, by rules written anew from the HTML standard.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::html::body_urls::BodyUrls;
use crate::html::body_urls::Word;
use crate::html::canonical::is_void;
use crate::html::markup::{Holds, markup};
use crate::html::{is_inline, plain_text};

struct Urls;

impl BodyUrls for Urls {
    fn media(&self, path: &str) -> Option<String> {
        // What a book cannot play is named.
        Some(if path.ends_with("mp4") { String::new() } else { path.to_owned() })
    }

    fn link(&self, href: &str) -> Option<String> {
        Some(href.to_owned())
    }

    fn word(&self, _: Word) -> String {
        String::new()
    }
}

/// Elements of canonical bodies, each with the attributes that it may have.
const ELEMENTS: &[(&str, &str)] = &[
    ("a", " href=\"https://e.org/\""),
    ("abbr", " title=\"t\""),
    ("b", ""),
    ("bdi", ""),
    ("bdo", ""),
    ("bdo", " dir=\"rtl\""),
    ("blockquote", ""),
    ("br", ""),
    ("caption", ""),
    ("cite", ""),
    ("code", " data-lang=\"rust\""),
    ("col", " span=\"2\""),
    ("colgroup", " span=\"2\""),
    ("dd", ""),
    ("del", ""),
    ("details", " open=\"\""),
    ("dfn", " title=\"t\""),
    ("div", ""),
    ("dl", ""),
    ("dt", ""),
    ("em", ""),
    ("figcaption", ""),
    ("figure", ""),
    ("h1", ""),
    ("h4", ""),
    ("hr", ""),
    ("i", ""),
    ("img", " src=\"../media/sha256/a.png\" alt=\"\""),
    ("ins", ""),
    ("kbd", ""),
    ("li", " value=\"3\""),
    ("mark", ""),
    ("ol", " start=\"2\""),
    ("p", " style=\"color:red\""),
    ("pre", ""),
    ("q", ""),
    ("rp", ""),
    ("rt", ""),
    ("ruby", ""),
    ("s", ""),
    ("section", ""),
    ("small", ""),
    ("span", " class=\"liudi-card\""),
    ("strong", ""),
    ("sub", ""),
    ("summary", ""),
    ("sup", ""),
    ("svg", " viewBox=\"0 0 1 1\""),
    ("table", ""),
    ("tbody", ""),
    ("td", " colspan=\"2\""),
    ("tfoot", ""),
    ("th", " rowspan=\"2\""),
    ("thead", ""),
    ("time", " datetime=\"x\""),
    ("tr", ""),
    ("u", ""),
    ("ul", ""),
    ("var", ""),
    ("video", " controls=\"\" preload=\"none\" src=\"../media/sha256/v.mp4\""),
    ("wbr", ""),
];

/// Whole parts as authors write them, so that the rare places (an item of a list, a caption) have content often.
const FRAMES: &[&[&str]] = &[
    &["table", "tr", "td"],
    &["table", "caption"],
    &["table", "thead", "tr", "th"],
    &["table", "tfoot", "tr", "td"],
    &["ul", "li"],
    &["dl", "dt"],
    &["dl", "dd"],
    &["figure", "figcaption"],
    &["details", "summary"],
    &["ruby", "rt"],
    &["svg", "foreignObject"],
    &["svg", "g", "text"],
    &["svg", "g", "text", "tspan"],
    &["a"],
    &["p"],
];

fn element(tag: &str, attributes: &str, inner: &str) -> String {
    // The sanitiser puts nothing but columns into a group of columns, and nothing into what plays.
    let inner = if matches!(tag, "colgroup" | "video") { "" } else { inner };
    if is_void(tag) { format!("<{tag}{attributes}>") } else { format!("<{tag}{attributes}>{inner}</{tag}>") }
}

fn attributes_of(tag: &str) -> &'static str {
    ELEMENTS.iter().find(|(known, _)| *known == tag).map_or("", |(_, attributes)| attributes)
}

/// A canonical body of any shape, also of those that no parser of HTML makes.
fn body() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        "[a-z]{1,3}",
        Just(" ".to_owned()),
        Just("\u{1}&lt;b&gt; &amp;amp;".to_owned()),
        prop::sample::select(ELEMENTS).prop_map(|(tag, attributes)| element(tag, attributes, "")),
    ];
    leaf.prop_recursive(7, 60, 5, |inner| {
        let inside = || prop::collection::vec(inner.clone(), 0..5).prop_map(|parts| parts.concat());
        prop_oneof![
            (prop::sample::select(ELEMENTS), inside())
                .prop_map(|((tag, attributes), inner)| element(tag, attributes, &inner)),
            (prop::sample::select(FRAMES), inside(), inside(), any::<bool>()).prop_map(
                |(tags, inner, other, first)| {
                    let (last, outer) = tags.split_last().unwrap();
                    let mut html = element(last, attributes_of(last), &inner);
                    for (level, tag) in outer.iter().rev().enumerate() {
                        let next = if level == 0 { other.as_str() } else { "" };
                        html = if first { html + next } else { next.to_owned() + &html };
                        html = element(tag, attributes_of(tag), &html);
                    }
                    html
                }
            ),
        ]
    })
}

/// Returns the body as it is in the book.
fn in_book(body: &str) -> String {
    let holds = Holds { xml: false, styles: true, drawings: false, players: false };
    markup(&valid(body, &|_| false, "").body, holds, &Urls).html
}

/// What an element may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Model {
    Flow,
    Phrasing,
    Nothing,
    Only(&'static [&'static str]),
}

fn model(tag: &str, outer: Model) -> Model {
    match tag {
        "a" | "del" | "ins" => outer,
        "blockquote" | "dd" | "details" | "div" | "figcaption" | "figure" | "li" | "section" | "td" | "th" => {
            Model::Flow
        }
        "dl" => Model::Only(&["dd", "dt"]),
        "ol" | "ul" => Model::Only(&["li"]),
        "table" => Model::Only(&["caption", "colgroup", "tbody", "tfoot", "thead"]),
        "tbody" | "tfoot" | "thead" => Model::Only(&["tr"]),
        "tr" => Model::Only(&["td", "th"]),
        "colgroup" => Model::Only(&["col"]),
        tag if is_void(tag) => Model::Nothing,
        // Also `caption`, `dt` and `summary`, of whose flow content and headings the book makes lines.
        _ => Model::Phrasing,
    }
}

/// Elements that stand only where their parent names them.
const PLACED: &[&str] = &[
    "caption",
    "col",
    "colgroup",
    "dd",
    "dt",
    "figcaption",
    "li",
    "rp",
    "rt",
    "summary",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "tr",
];

/// Checks the content of an element; `above` are the names of it and all around it.
fn check(nodes: &[Node<'_>], outer: Model, above: &[&str]) -> Result<(), String> {
    let parent = above.last().copied().unwrap_or_default();
    for (place, node) in nodes.iter().enumerate() {
        let Node::Element(element) = node else {
            let is_text = matches!(outer, Model::Flow | Model::Phrasing) || is_blank(node);
            if is_text {
                continue;
            }
            return Err(format!("text in {above:?}"));
        };
        let tag = element.tag;
        let before = nodes[..place].iter().filter(|node| !is_blank(node));
        let after = nodes[place + 1..].iter().filter(|node| !is_blank(node));
        let is_first = before.clone().next().is_none();
        let placed = match tag {
            "figcaption" => parent == "figure" && (is_first || after.clone().next().is_none()),
            "summary" => parent == "details" && is_first,
            "rt" | "rp" => parent == "ruby" && !is_first,
            "caption" => parent == "table" && is_first,
            "colgroup" => before.clone().all(|one| is(one, &["caption", "colgroup"])),
            "thead" => before.clone().all(|one| is(one, &["caption", "colgroup"])),
            "tfoot" => after.clone().next().is_none(),
            _ => true,
        };
        let phrasing = || is_inline(tag) || matches!(tag, "br" | "img" | "ruby" | "wbr");
        let fits = match outer {
            Model::Flow => !PLACED.contains(&tag) || matches!(parent, "details" | "figure"),
            Model::Phrasing => phrasing() || parent == "ruby" && matches!(tag, "rp" | "rt"),
            Model::Nothing => false,
            Model::Only(tags) => tags.contains(&tag),
        };
        let is_nested = tag == "a" && above.contains(&"a")
            || tag == "details" && above.contains(&"a")
            || tag.len() == 2
                && tag.starts_with('h')
                && tag != "hr"
                && above.iter().any(|one| matches!(*one, "th" | "dt"))
            || tag == "h1";
        if !placed || !fits || is_nested {
            return Err(format!("{tag} in {above:?} ({outer:?})"));
        }
        for (name, value) in element.attributes() {
            let of = match *name {
                "class" | "data-kind" | "data-lang" | "dir" | "style" => true,
                "title" => tag == "abbr",
                "value" => tag == "li" && parent == "ol",
                "start" | "reversed" => tag == "ol",
                "colspan" | "rowspan" => matches!(tag, "td" | "th"),
                "span" => tag == "col" || tag == "colgroup" && element.children.is_empty(),
                "href" => tag == "a",
                "src" | "alt" => tag == "img",
                "open" => tag == "details",
                _ => false,
            };
            if !of || value.contains('\u{1}') {
                return Err(format!("{name}={value:?} of {tag} in {above:?}"));
            }
        }
        if matches!(tag, "time" | "dfn") || tag == "bdo" && element.get("dir").is_none() {
            return Err(format!("{tag}, whose meaning has to be written out, in {above:?}"));
        }
        if tag == "dl" && !terms(&element.children) {
            return Err(format!("a term without a definition, or the other way round, in {above:?}"));
        }
        check(&element.children, model(tag, outer), &[above, &[tag]].concat())?;
    }
    Ok(())
}

fn terms(nodes: &[Node<'_>]) -> bool {
    let tags: Vec<&str> = nodes.iter().filter_map(as_element).map(|one| one.tag).collect();
    tags.first() == Some(&"dt") && tags.last() == Some(&"dd")
}

/// Counts the visible characters, wherever they are: the header of a table comes first.
fn letters(body: &str) -> BTreeMap<char, usize> {
    let mut all = BTreeMap::new();
    for c in plain_text(body).chars().filter(|c| c.is_alphanumeric() || "&;<>".contains(*c)) {
        *all.entry(c).or_default() += 1;
    }
    all
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_body_keeps_the_content_model_and_its_text(body in body()) {
        let made = in_book(&body);
        let nodes = tree(&made).map_err(|_| TestCaseError::fail(format!("{body}\n{made}")))?;
        prop_assert_eq!(letters(&body), letters(&made).into_iter().collect(), "{}\n{}", &body, &made);
        check(&nodes, Model::Flow, &[]).map_err(|fault| TestCaseError::fail(format!("{fault}\n{body}\n{made}")))?;
    }
}

#[test]
fn pictures_that_a_book_cannot_hold_are_named_wherever_they_are_shown() {
    let body = "<p style=\"background:url(../media/sha256/x.heic);color:red\"><img src=\"../media/sha256/x.heic\" alt=\"茶\u{1}\"></p>\
                <p><video controls=\"\" preload=\"none\" src=\"../media/sha256/v.mp4\" poster=\"../media/sha256/x.heic\"></video></p>\
                <svg viewBox=\"0 0 1 1\"><image href=\"../media/sha256/x.heic\"></image></svg><img src=\"data:image/bmp;base64,AA==\">";
    let made = valid(body, &|path| path.ends_with("heic"), "W");
    assert_eq!((made.unfit, made.unfit_backgrounds), (4, 1));
    assert_eq!(made.body.matches("<em>[W").count(), 4, "{}", made.body);
    assert!(made.body.starts_with("<p style=\"color:red\"><em>[W: 茶]</em></p>"), "{}", made.body);
}

#[test]
fn a_body_of_another_hand_is_sanitised_first() {
    assert_eq!(valid("<p>一<script>alert(1)</script><b>二", &|_| false, "").body, "<p>一<b>二</b></p>");
}
