//! Tells blocks from inline content in a tree, for writers whose format has paragraphs.

use super::body_urls::style_pictures;
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

/// Returns the number of background pictures of a body.
pub fn backgrounds(nodes: &[Node<'_>]) -> u32 {
    let of = |node: &Node<'_>| match node {
        Node::Element(element) => {
            u32::try_from(style_pictures(element.style()).count()).unwrap_or(u32::MAX) + backgrounds(&element.children)
        }
        Node::Text(_) => 0,
    };
    nodes.iter().map(of).sum()
}

/// Reports whether a drawing shows anything besides background pictures.
pub fn draws(drawing: &Element<'_>) -> bool {
    let is_shape = |tag: &str| {
        matches!(
            tag,
            "circle"
                | "ellipse"
                | "foreignObject"
                | "image"
                | "line"
                | "path"
                | "polygon"
                | "polyline"
                | "rect"
                | "text"
                | "use"
        )
    };
    drawing.descendants().iter().any(|one| is_shape(one.tag))
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

/// An item of a list.
#[derive(Clone, Copy, Debug)]
pub struct Item<'t, 'a> {
    /// Number that a browser shows in an ordered list.
    pub number: i64,
    /// The `li` element; `None` for content outside an item, which a browser shows as one.
    pub element: Option<&'t Element<'a>>,
    /// Content.
    pub nodes: &'t [Node<'a>],
}

/// Returns the items of a list with their numbers, by `start`, `reversed` and the items' `value`.
pub fn items<'t, 'a>(list: &'t Element<'a>) -> Vec<Item<'t, 'a>> {
    let number_of = |element: &Element<'_>, name: &str| element.get(name).and_then(|text| text.parse::<i64>().ok());
    let is_reversed = list.get("reversed").is_some();
    let count = list.children.iter().filter_map(as_element).filter(|item| item.tag == "li").count();
    let first = if is_reversed { i64::try_from(count).unwrap_or(1) } else { 1 };
    let mut next = number_of(list, "start").unwrap_or(first);
    let mut items = Vec::with_capacity(count);
    for child in &list.children {
        let (element, nodes) = match child {
            Node::Element(item) if item.tag == "li" => (Some(item), &item.children[..]),
            Node::Text(text) if text.trim().is_empty() => continue,
            Node::Element(_) | Node::Text(_) => (None, std::slice::from_ref(child)),
        };
        let number = element.and_then(|item| number_of(item, "value")).unwrap_or(next);
        items.push(Item { number, element, nodes });
        next = number.saturating_add(if is_reversed { -1 } else { 1 });
    }
    items
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::html::tree::tree;

    #[test]
    fn items_have_the_numbers_that_a_browser_shows() {
        let numbers = |html: &str| {
            let nodes = tree(html).unwrap();
            let Node::Element(list) = &nodes[0] else { panic!("no list") };
            items(list).iter().map(|item| item.number).collect::<Vec<_>>()
        };
        assert_eq!(numbers("<ol><li>a</li> <li>b</li></ol>"), [1, 2]);
        assert_eq!(numbers("<ol start=\"3\"><li>a</li><li value=\"9\">b</li><li>c</li></ol>"), [3, 9, 10]);
        assert_eq!(
            numbers("<ol reversed=\"\"><li>a</li><li>b</li><li value=\"-2\">c</li><li>d</li></ol>"),
            [4, 3, -2, -3]
        );
        assert_eq!(numbers("<ol><li>a</li><p>b</p><li>c</li></ol>"), [1, 2, 3]);
    }
}
