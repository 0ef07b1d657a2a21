//! Tells apart the kinds of content that the rules of HTML name.

use crate::html::tree::{Element, Node};

/// The block elements below an element.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Blocks {
    /// None.
    None,
    /// Only paragraphs, which can be written as lines.
    Plain,
    /// Lists, tables …
    Other,
}

pub(super) fn blocks(element: &Element<'_>) -> Blocks {
    let of = |tag: &str| match tag {
        "section" | "div" | "p" => Blocks::Plain,
        "blockquote" | "caption" | "col" | "colgroup" | "dd" | "details" | "dl" | "dt" | "figcaption" | "figure"
        | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "hr" | "li" | "ol" | "pre" | "summary" | "table" | "tbody"
        | "td" | "tfoot" | "th" | "thead" | "tr" | "ul" => Blocks::Other,
        _ => Blocks::None,
    };
    element.descendants().iter().skip(1).map(|one| of(one.tag)).max().unwrap_or(Blocks::None)
}

pub(super) fn is_blank(node: &Node<'_>) -> bool {
    matches!(node, Node::Text(text) if text.chars().all(|c| c.is_ascii_whitespace()))
}

pub(super) fn as_element<'n, 'a>(node: &'n Node<'a>) -> Option<&'n Element<'a>> {
    match node {
        Node::Element(element) => Some(element),
        Node::Text(_) => None,
    }
}

pub(super) fn is(node: &Node<'_>, tags: &[&str]) -> bool {
    as_element(node).is_some_and(|element| tags.contains(&element.tag))
}

/// Reports whether an element is a block of HTML rather than a part of a drawing or a player.
pub(super) fn of_html(tag: &str) -> bool {
    matches!(
        tag,
        "section"
            | "div"
            | "p"
            | "blockquote"
            | "caption"
            | "colgroup"
            | "dd"
            | "details"
            | "dl"
            | "dt"
            | "figcaption"
            | "figure"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "li"
            | "ol"
            | "pre"
            | "summary"
            | "table"
            | "tbody"
            | "td"
            | "tfoot"
            | "th"
            | "thead"
            | "tr"
            | "ul"
    )
}

/// Reports whether terms and definitions alternate as HTML asks for.
pub(super) fn is_definitions(element: &Element<'_>) -> bool {
    let shown: Vec<&Node<'_>> = element.children.iter().filter(|node| !is_blank(node)).collect();
    let is_term = |node: &&Node<'_>| is(node, &["dt"]);
    shown.iter().all(|node| is(node, &["dt", "dd"]))
        && shown.first().is_some_and(is_term)
        && shown.last().is_some_and(|node| !is_term(node))
        && shown.iter().filter(|node| is_term(node)).all(|node| blocks_of(node) != Blocks::Other)
}

fn blocks_of(node: &Node<'_>) -> Blocks {
    as_element(node).map_or(Blocks::None, blocks)
}

/// Reports whether every annotation follows the text that it annotates.
pub(super) fn is_ruby(element: &Element<'_>) -> bool {
    let shown: Vec<&Node<'_>> = element.children.iter().filter(|node| !is_blank(node)).collect();
    let kinds: String = shown
        .iter()
        .map(|node| match as_element(node).map(|one| one.tag) {
            Some("rt") => 't',
            Some("rp") => 'p',
            _ => 'b',
        })
        .collect();
    let mut rest = kinds.as_str();
    while !rest.is_empty() {
        let after = rest.trim_start_matches('b');
        let marks = after.strip_prefix("ptp").or_else(|| after.strip_prefix('t'));
        let Some(next) = marks.filter(|_| after.len() < rest.len()) else { return false };
        rest = next;
    }
    // Of a drawing, nothing may be left to annotate.
    !kinds.is_empty() && element.descendants().iter().all(|one| one.tag != "svg")
}

/// A part of the content of a list or table.
pub(super) enum Run<'n, 'a> {
    /// An element that belongs there.
    Own(&'n Element<'a>),
    /// Anything else, up to the next such element.
    Others(&'n [Node<'a>]),
}

/// Splits `nodes` at the elements with these tags; blanks between them are left out.
pub(super) fn runs<'n, 'a>(nodes: &'n [Node<'a>], tags: &[&str]) -> Vec<Run<'n, 'a>> {
    let mut all = Vec::new();
    for group in nodes.chunk_by(|a, b| !is(a, tags) && !is(b, tags)) {
        match &group[0] {
            Node::Element(element) if tags.contains(&element.tag) => all.push(Run::Own(element)),
            _ if group.iter().all(is_blank) => {}
            _ => all.push(Run::Others(group)),
        }
    }
    all
}
