//! Writes tables. GFM has a header row and single-line cells; tables that need more (merged cells, lists in a cell) are
//! written as HTML.

use super::Writer;
use super::inline::{CELL, Line, Style};
use crate::html::flow::{child, holds_block, is_block, rows};
use crate::html::tree::{Element, Node};

/// Writes a table. A table with one column is layout, and only its blocks are written.
pub(super) fn write(writer: &mut Writer<'_>, table: &Element<'_>, look: &Style) -> Vec<String> {
    let rows = rows(table);
    let width = rows.iter().map(Vec::len).max().unwrap_or_default();
    let mut out = Vec::new();
    if let Some(caption) = child(table, "caption") {
        out.extend(writer.blocks(&caption.children, look));
    }
    if width <= 1 {
        for cell in rows.iter().flatten() {
            let look = writer.look(cell, look);
            out.extend(writer.blocks(&cell.children, &look));
        }
        return out;
    }
    let spans = |cell: &Element<'_>, name: &str| cell.get(name).is_some_and(|number| number != "1");
    let merged = rows.iter().flatten().any(|cell| spans(cell, "colspan") || spans(cell, "rowspan"));
    let complex = rows.iter().flatten().any(|cell| !is_simple(cell));
    if merged || complex {
        writer.count("table");
        out.push(writer.html(table));
        return out;
    }
    let mut lines = Vec::with_capacity(rows.len() + 1);
    for (number, row) in rows.iter().enumerate() {
        let mut line = String::from("|");
        for place in 0..width {
            let text = row.get(place).map(|cell| cell_text(writer, cell, look)).unwrap_or_default();
            line = line + " " + &text + " |";
        }
        lines.push(line);
        // GFM requires a header: the first row becomes it.
        if number == 0 {
            lines.push(format!("|{}", " --- |".repeat(width)));
        }
    }
    out.push(lines.join("\n"));
    out
}

fn cell_text(writer: &mut Writer<'_>, cell: &Element<'_>, look: &Style) -> String {
    let mut look = writer.look(cell, look);
    look.bold &= cell.tag != "th";
    let mut line = Line::default();
    let mut parts = Vec::new();
    writer.in_cell = true;
    collect(writer, &cell.children, &look, &mut line, &mut parts);
    writer.in_cell = false;
    if !line.is_empty() {
        parts.push(line.take(CELL));
    }
    if parts.is_empty() {
        parts.extend(writer.background(cell));
    }
    parts.join(CELL)
}

/// Collects the paragraphs of a cell, each as one line.
fn collect(writer: &mut Writer<'_>, nodes: &[Node<'_>], look: &Style, line: &mut Line, parts: &mut Vec<String>) {
    for node in nodes {
        match node {
            Node::Element(element) if is_block(element) || holds_block(element) => {
                if !line.is_empty() {
                    parts.push(line.take(CELL));
                }
                let before = parts.len();
                let look = writer.look(element, look);
                collect(writer, &element.children, &look, line, parts);
                if !line.is_empty() {
                    parts.push(line.take(CELL));
                }
                if parts.len() == before && element.tag != "svg" {
                    parts.extend(writer.background(element));
                }
            }
            _ => writer.inlines(std::slice::from_ref(node), look, line),
        }
    }
}

/// Reports whether the cell contains only text and pictures.
fn is_simple(cell: &Element<'_>) -> bool {
    let inside = cell.descendants();
    inside[1..].iter().all(|one| !is_block(one) || matches!(one.tag, "p" | "section" | "div" | "figure" | "figcaption"))
}
