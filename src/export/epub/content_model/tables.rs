//! Writes tables: nothing but rows in a part, and nothing but cells in a row.

use super::kinds::{Blocks, Run, as_element, blocks, runs};
use super::{Place, Writer};
use crate::html::tree::{Element, Node};

impl Writer<'_> {
    pub(super) fn table(&mut self, element: &Element<'_>) {
        let children = || element.children.iter().filter_map(as_element);
        self.start("table", element, "");
        if let Some(caption) = children().find(|one| one.tag == "caption") {
            self.whole("caption", caption, "", Place::Inline);
        }
        for columns in children().filter(|one| one.tag == "colgroup") {
            let all: Vec<&Element<'_>> = columns.children.iter().filter_map(as_element).collect();
            if all.is_empty() {
                self.start("colgroup", columns, "");
            } else {
                self.bare("colgroup", "");
            }
            for column in all.into_iter().filter(|one| one.tag == "col") {
                self.start("col", column, "");
            }
            self.end("colgroup");
        }
        let head = children().position(|one| one.tag == "thead");
        let foot = children().position(|one| one.tag == "tfoot");
        let part = |index: Option<usize>| index.and_then(|index| children().nth(index));
        if let Some(head) = part(head) {
            self.rows("thead", Some(head), &head.children);
        }
        let others = &["caption", "colgroup", "thead", "tbody", "tfoot"];
        let mut index = 0;
        for group in runs(&element.children, others) {
            match group {
                Run::Own(one) => {
                    let at = children().position(|child| std::ptr::eq(child, one));
                    if !matches!(one.tag, "caption" | "colgroup") && at != head && at != foot {
                        self.rows("tbody", Some(one), &one.children);
                    } else if one.tag == "caption" {
                        index += 1;
                        if index > 1 {
                            self.made.body.push_str("<tbody><tr><td>");
                            self.nodes(&one.children, Place::Flow);
                            self.made.body.push_str("</td></tr></tbody>");
                        }
                    }
                }
                Run::Others(nodes) => self.rows("tbody", None, nodes),
            }
        }
        if let Some(foot) = part(foot) {
            self.rows("tfoot", Some(foot), &foot.children);
        }
        self.end("table");
    }

    fn rows(&mut self, tag: &str, element: Option<&Element<'_>>, nodes: &[Node<'_>]) {
        match element {
            Some(element) => self.start(tag, element, ""),
            None => self.bare(tag, ""),
        }
        for group in runs(nodes, &["tr"]) {
            match group {
                Run::Own(row) => {
                    self.start("tr", row, "");
                    self.cells(&row.children);
                    self.end("tr");
                }
                Run::Others(nodes) => {
                    self.bare("tr", "");
                    self.cells(nodes);
                    self.end("tr");
                }
            }
        }
        self.end(tag);
    }

    fn cells(&mut self, nodes: &[Node<'_>]) {
        for group in runs(nodes, &["td", "th"]) {
            match group {
                Run::Own(cell) => {
                    // A head cell holds no headings.
                    let place =
                        if cell.tag == "th" && blocks(cell) != Blocks::Other { Place::Inline } else { Place::Flow };
                    let tag = if cell.tag == "th" && place == Place::Flow { "td" } else { cell.tag };
                    self.start_cell(tag, cell);
                    self.nodes(&cell.children, place);
                    self.end(tag);
                }
                Run::Others(nodes) => {
                    self.bare("td", "");
                    self.nodes(nodes, Place::Flow);
                    self.end("td");
                }
            }
        }
    }

    /// Writes the start of a cell, which keeps its spans as whichever kind of cell.
    fn start_cell(&mut self, tag: &str, cell: &Element<'_>) {
        if tag == cell.tag {
            return self.start(tag, cell, "");
        }
        self.start(tag, cell, "font-weight:bold");
        for name in ["colspan", "rowspan"] {
            if let Some(value) = cell.get(name) {
                self.made.body.pop();
                crate::html::write_attribute(name, &value, &mut self.made.body);
                self.made.body.push('>');
            }
        }
    }
}
