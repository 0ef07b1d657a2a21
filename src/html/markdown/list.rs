//! Writes lists. Markdown counts on from the number of the first item, and joins lists with the same mark.

use super::inline::Style;
use super::{Writer, prefix};
use crate::html::flow::{Item, items};
use crate::html::tree::{Element, Node};

impl Writer<'_> {
    /// Writes a list, as several if its numbers are not consecutive.
    pub(super) fn list(&mut self, element: &Element<'_>, look: &Style, out: &mut Vec<String>) {
        let is_ordered = element.tag == "ol";
        let mut part = Part::default();
        for Item { number, element, nodes } in items(element) {
            let look = element.map_or_else(|| look.clone(), |item| self.look(item, look));
            let blocks = self.blocks(nodes, &look);
            if !blocks.is_empty() {
                if part.next != Some(number) && is_ordered {
                    self.end_list(&std::mem::take(&mut part), out);
                }
                if part.items.is_empty() {
                    part.mark = self.mark(is_ordered, out);
                }
                // The numbers of Markdown have at most nine digits and no sign.
                let mark = if is_ordered {
                    format!("{}{} ", number.clamp(0, 999_999_999), part.mark)
                } else {
                    format!("{} ", part.mark)
                };
                part.add(&mark, &blocks);
                part.next = Some(number.saturating_add(1));
            }
        }
        self.end_list(&part, out);
    }

    fn end_list(&self, part: &Part, out: &mut Vec<String>) {
        if part.items.is_empty() {
            return;
        }
        if self.dialect.is_kramdown && out.last().is_some_and(|block| list_mark(block).is_some()) {
            out.push("<!-- -->".to_owned());
        }
        out.push(part.items.join(if part.is_loose { "\n\n" } else { "\n" }));
    }

    /// Returns the mark of a list after the blocks `before`: another than that of a list directly before it, with which
    /// it would be one.
    fn mark(&self, is_ordered: bool, before: &[String]) -> char {
        let last = before.last().and_then(|block| list_mark(block)).filter(|_| !self.dialect.is_kramdown);
        match (is_ordered, last) {
            (true, Some('.')) => ')',
            (true, _) => '.',
            (false, Some('-')) => '*',
            (false, _) => '-',
        }
    }
}

/// The items of a list with consecutive numbers.
#[derive(Default)]
struct Part {
    mark: char,
    /// Number of the next item.
    next: Option<i64>,
    items: Vec<String>,
    /// Whether an item has several paragraphs.
    is_loose: bool,
}

impl Part {
    fn add(&mut self, mark: &str, blocks: &[String]) {
        // Text directly followed by a nested list stays tight; only a list that begins with 1 can end a paragraph.
        let follows = |block: &String| match list_mark(block) {
            Some('.' | ')') => block.starts_with("1.") || block.starts_with("1)"),
            mark => mark.is_some(),
        };
        let is_tight = blocks.len() == 1 || blocks[1..].iter().all(follows);
        let inner = blocks.join(if is_tight { "\n" } else { "\n\n" });
        // A mark and a rule of the same characters would be one longer rule.
        let inner = if inner.starts_with("---") { inner.replacen("---", "___", 1) } else { inner };
        self.items.push(prefix(&inner, mark, &" ".repeat(mark.len())));
        self.is_loose |= !is_tight;
    }
}

/// Returns the mark of a block that is a list.
fn list_mark(block: &str) -> Option<char> {
    let number = block.bytes().take_while(u8::is_ascii_digit).count();
    let (mark, rest) = block.get(number..)?.split_at_checked(1)?;
    let mark = mark.chars().next()?;
    let is_mark = if number > 0 { matches!(mark, '.' | ')') } else { matches!(mark, '-' | '*') };
    (is_mark && rest.starts_with(' ')).then_some(mark)
}

/// Reports whether the items of a list have the numbers 1, 2, 3 …
pub(super) fn counts_from_one(element: &Element<'_>) -> bool {
    let has_own = |item: &Node<'_>| matches!(item, Node::Element(item) if item.get("value").is_some());
    element.get("reversed").is_none()
        && element.get("start").is_none_or(|start| start == "1")
        && !element.children.iter().any(has_own)
}
