//! Writes code blocks with plain line breaks, whatever marks their lines in the source.

use ego_tree::NodeRef;
use scraper::Node;
use scraper::node::Element;

use crate::html::escape::escape_text;
use crate::html::policy::{self, Treatment};
use crate::html::walk::Walk;

/// Limit of the nesting down to the lines: `pre > code > table > tbody > tr`.
const DEPTH: usize = 6;

/// Writes a code block whose lines are elements: the platform's `<code>`s, `<span class="line">`s, `<div>`s, list
/// items, rows of a table. Returns `false` for every other element; a `pre` with its own line breaks is left to the
/// walk.
pub(super) fn lines(walk: &mut Walk<'_>, node: NodeRef<'_, Node>) -> bool {
    let lines = match lines_of(node) {
        Some(CodeContent::Lines(lines)) => lines,
        Some(CodeContent::Mixed) => {
            // The next walk may see lines, if the pictures and links are not written.
            walk.again = true;
            return false;
        }
        None => {
            // Its lines may lie behind an element that is not written, or is written under another name.
            walk.again |= is_code(node) && node.descendants().any(is_renamed);
            return false;
        }
    };
    let mut text = String::new();
    for line in &lines {
        let start = text.len();
        push_text(*line, &mut text);
        // Editors put a `<br>` into an empty line so that it can be clicked into.
        if text[start..].ends_with('\n') {
            text.pop();
        }
        text.push('\n');
    }
    text.pop();
    walk.count_kept("code-snippet");
    walk.count_text(&text);
    walk.breaks_paragraph();
    walk.out.push_str("<pre><code");
    let language = node.value().as_element().and_then(|pre| pre.attr("data-lang")).unwrap_or_default().trim();
    if policy::is_word(language) {
        walk.attribute("data-lang", language);
    }
    walk.out.push('>');
    escape_text(&text.replace('\u{a0}', " "), &mut walk.out);
    walk.out.push_str("</code></pre>");
    true
}

/// Content of a code block.
enum CodeContent<'a> {
    /// Elements that are its lines.
    Lines(Vec<NodeRef<'a, Node>>),
    /// Lines that contain pictures or links.
    Mixed,
}

/// Finds the elements that are the lines of a code block.
fn lines_of(node: NodeRef<'_, Node>) -> Option<CodeContent<'_>> {
    let element = node.value().as_element()?;
    let snippet = element.classes().any(|class| class.starts_with("code-snippet"));
    let block = element.name() == "pre";
    let alone = || element.name() == "code" && !within_block(node);
    if !(block || snippet || alone() || is_line_table(element)) {
        return None;
    }
    // A link or picture in the code would be lost.
    let plain = |node: NodeRef<'_, Node>| {
        node.descendants().filter_map(|part| part.value().as_element()).all(|part| {
            !matches!(part.name(), "img" | "video" | "audio" | "iframe" | "svg" | "embed" | "object" | "pre")
                && (part.name() != "a" || part.attr("href").is_none_or(|href| href.starts_with('#')))
        })
    };
    let mut holder = node;
    for depth in 0..DEPTH {
        let children: Vec<NodeRef<'_, Node>> =
            holder.children().filter(|child| child.value().as_element().is_some_and(|one| !is_gutter(one))).collect();
        let words = holder.children().any(|child| child.value().as_text().is_some_and(|text| !text.trim().is_empty()));
        if words || children.is_empty() {
            return None;
        }
        let all = |is: fn(&Element) -> bool| children.iter().all(|child| child.value().as_element().is_some_and(is));
        let codes = all(|one| one.name() == "code") && (children.len() > 1 || snippet && block);
        let rows = all(|one| one.name() == "tr" || one.name() == "li");
        let marked = all(is_line) && (block || depth > 0 || children.len() > 1);
        let boxes = block && children.len() > 1 && all(|one| matches!(one.name(), "div" | "p"));
        if codes || rows && (block || is_line_table(element)) || marked || boxes {
            return Some(if children.iter().copied().all(plain) {
                CodeContent::Lines(children)
            } else {
                CodeContent::Mixed
            });
        }
        let [only] = children.as_slice() else { return None };
        let inside = only.value().as_element()?;
        if !matches!(inside.name(), "code" | "ol" | "ul" | "table" | "tbody" | "div" | "span") {
            return None;
        }
        holder = *only;
    }
    None
}

/// Reports whether an element is written as a code block or as code.
fn is_code(node: NodeRef<'_, Node>) -> bool {
    let name = node.value().as_element().map(Element::name);
    name.is_some_and(|name| matches!(policy::element(name), Treatment::Keep("pre" | "code")))
}

/// Reports whether a node is an element that is not written under its own name.
fn is_renamed(node: NodeRef<'_, Node>) -> bool {
    node.value().as_element().is_some_and(|element| match policy::element(element.name()) {
        Treatment::Keep(name) | Treatment::Void(name) => name != element.name(),
        _ => true,
    })
}

fn within_block(node: NodeRef<'_, Node>) -> bool {
    node.ancestors().any(|above| above.value().as_element().is_some_and(|one| one.name() == "pre"))
}

/// Reports whether an element's class or style marks it as a line.
fn is_line(element: &Element) -> bool {
    const CLASSES: &[&str] = &[
        "line",
        "code-line",
        "code_line",
        "codeline",
        "token-line",
        "view-line",
        "hljs-ln-line",
        "cm-line",
        "CodeMirror-line",
        "code-snippet__line",
    ];
    let tight = |style: &str| style.split_whitespace().collect::<String>().to_ascii_lowercase();
    element.classes().any(|class| CLASSES.contains(&class))
        || element.attr("data-line").is_some()
        || element.name() == "span"
            && element.attr("style").is_some_and(|style| tight(style).contains("display:block"))
            && element.attr("style").is_some_and(|style| !style.contains("url("))
}

fn is_line_table(element: &Element) -> bool {
    element.name() == "table" && element.classes().any(|class| matches!(class, "hljs-ln" | "code-table" | "line-table"))
}

/// Reports whether an element holds line numbers.
fn is_gutter(element: &Element) -> bool {
    const CLASSES: &[&str] = &[
        "code-snippet__line-index",
        "gutter",
        "hljs-ln-n",
        "hljs-ln-numbers",
        "line-number",
        "line-numbers-rows",
        "lineno",
        "linenos",
        "ln",
    ];
    element.classes().any(|class| CLASSES.contains(&class))
}

/// Appends the text of a line, with its breaks and without line numbers.
fn push_text(node: NodeRef<'_, Node>, text: &mut String) {
    for child in node.children() {
        match child.value() {
            Node::Text(part) => text.push_str(&part.text),
            Node::Element(element) if element.name() == "br" => text.push('\n'),
            Node::Element(element) if !is_gutter(element) && element.name() != "script" => push_text(child, text),
            _ => {}
        }
    }
}
