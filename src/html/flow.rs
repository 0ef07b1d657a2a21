//! Tells blocks from inline content in a tree, for writers whose format has paragraphs.

use super::is_inline;
use super::tree::{Element, Node};

/// Reports whether an element contains pictures, players or tables, which code cannot.
pub fn holds_media(element: &Element<'_>) -> bool {
    element.descendants().iter().any(|one| matches!(one.tag, "img" | "audio" | "video" | "svg" | "table"))
}

/// Reports whether a heading contains blocks that do not fit into a line.
pub fn holds_more_than_lines(element: &Element<'_>) -> bool {
    let is_more = |tag: &str| matches!(tag, "table" | "ul" | "ol" | "dl" | "pre" | "blockquote" | "hr");
    element.descendants()[1..].iter().any(|one| is_more(one.tag) || one.tag.len() == 2 && one.tag.starts_with('h'))
}

/// Reports whether an element begins a paragraph of its own.
pub fn is_block(element: &Element<'_>) -> bool {
    !is_inline(element.tag)
        && !matches!(element.tag, "br" | "wbr" | "img" | "audio" | "video" | "ruby" | "rt" | "rp" | "svg")
        || (element.tag == "svg" && element.descendants().len() > 1)
}

/// Reports whether an element contains blocks or cards.
pub fn holds_block(element: &Element<'_>) -> bool {
    element.descendants()[1..].iter().any(|inner| is_block(inner) || inner.has_class("liudi-card"))
}

/// Returns the unescaped text of an element.
pub fn words(element: &Element<'_>) -> String {
    let mut out = String::new();
    gather(&element.children, &mut out);
    out
}

fn gather(nodes: &[Node<'_>], out: &mut String) {
    for node in nodes {
        match node {
            Node::Text(text) => out.push_str(text),
            Node::Element(element) if element.tag == "br" => out.push('\n'),
            Node::Element(element) => gather(&element.children, out),
        }
    }
}

/// Returns the rows of a table in the order in which a browser shows them: header, bodies, footer.
pub fn rows<'t, 'a>(table: &'t Element<'a>) -> Vec<Vec<&'t Element<'a>>> {
    let (mut head, mut rows, mut foot) = (Vec::new(), Vec::new(), Vec::new());
    let elements = |of: &'t Element<'a>| of.children.iter().filter_map(as_element);
    let cells =
        |row: &'t Element<'a>| -> Vec<_> { elements(row).filter(|cell| matches!(cell.tag, "td" | "th")).collect() };
    let inside = |part: &'t Element<'a>| elements(part).filter(|one| one.tag == "tr").map(cells);
    for part in elements(table) {
        match part.tag {
            "tr" => rows.push(cells(part)),
            "tbody" => rows.extend(inside(part)),
            "thead" => head.extend(inside(part)),
            "tfoot" => foot.extend(inside(part)),
            _ => {}
        }
    }
    head.into_iter().chain(rows).chain(foot).filter(|row| !row.is_empty()).collect()
}

fn as_element<'t, 'a>(node: &'t Node<'a>) -> Option<&'t Element<'a>> {
    match node {
        Node::Element(element) => Some(element),
        Node::Text(_) => None,
    }
}

/// Returns the first child with this name.
pub fn child<'t, 'a>(of: &'t Element<'a>, tag: &str) -> Option<&'t Element<'a>> {
    of.children.iter().filter_map(as_element).find(|one| one.tag == tag)
}
