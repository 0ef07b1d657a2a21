//! Code blocks.

use ego_tree::NodeRef;
use scraper::Node;

use crate::html::escape::escape_text;
use crate::html::policy;
use crate::html::walk::Walk;

/// The platform's code block has one `<code>` a line; ours is one with line breaks. `false` for every other `pre`.
pub(super) fn lines(walk: &mut Walk<'_>, node: NodeRef<'_, Node>) -> bool {
    let lines: Vec<NodeRef<'_, Node>> = node.children().filter(|child| child.value().is_element()).collect();
    let is_code =
        |child: &NodeRef<'_, Node>| child.value().as_element().is_some_and(|element| element.name() == "code");
    let snippet =
        node.value().as_element().is_some_and(|pre| pre.classes().any(|class| class.starts_with("code-snippet")));
    let text_between = node.children().any(|child| child.value().as_text().is_some_and(|text| !text.trim().is_empty()));
    if lines.is_empty() || !lines.iter().all(is_code) || text_between || (lines.len() < 2 && !snippet) {
        return false;
    }
    let mut text = String::new();
    for line in &lines {
        let start = text.len();
        for part in line.descendants() {
            match part.value() {
                Node::Text(part) => text.push_str(&part.text),
                Node::Element(element) if element.name() == "br" => text.push('\n'),
                _ => {}
            }
        }
        // An empty line holds a `<br>` so that it can be clicked into.
        if text[start..].ends_with('\n') {
            text.pop();
        }
        text.push('\n');
    }
    text.pop();
    walk.count_kept("code-snippet");
    walk.count_text(&text);
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
