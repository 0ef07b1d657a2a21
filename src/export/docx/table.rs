//! Writes tables, with merged cells as the format spells them: spans of columns, and cells that continue the one above.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::body::{Frame, Writer};
use super::line::Look;
use crate::html::flow::{child, rows};
use crate::html::tree::Element;

/// Word opens no table with more columns.
const COLUMNS: usize = 63;

/// Both margins of a cell, in twips.
const MARGINS: u32 = 216;

/// A cell of the grid.
#[derive(Clone, Copy)]
struct Slot<'t, 'a> {
    /// `None` below a cell that spans rows, and where a row has no cell.
    cell: Option<&'t Element<'a>>,
    first: usize,
    /// Column after its last.
    end: usize,
    /// Value of `vMerge`, if the cell spans rows.
    merge: Option<&'static str>,
}

pub(super) fn write(writer: &mut Writer<'_>, table: &Element<'_>, look: &Look, frame: &Frame) {
    if let Some(caption) = child(table, "caption") {
        writer.blocks(&caption.children, look, &Frame { style: "Caption", ..*frame });
    }
    let rows = rows(table);
    if rows.is_empty() {
        return;
    }
    writer.spend_mark(frame);
    let (grid, columns) = grid(&rows);
    if columns > COLUMNS {
        writer.count("table-columns");
        for cell in rows.iter().flatten() {
            let look = writer.look(cell, look);
            writer.blocks(&cell.children, &look, frame);
        }
        return;
    }
    // Two tables without anything between them would be one.
    writer.after_table();
    let width = frame.width / u32::try_from(columns).unwrap_or(1).max(1);
    let mut head =
        "<w:tbl><w:tblPr><w:tblStyle w:val=\"TableGrid\"/><w:tblW w:w=\"5000\" w:type=\"pct\"/></w:tblPr><w:tblGrid>"
            .to_owned();
    for _ in 0..columns {
        let _ = write!(head, "<w:gridCol w:w=\"{width}\"/>");
    }
    writer.raw(&(head + "</w:tblGrid>\n"));
    let mut is_head = true;
    for row in &grid {
        is_head &= row.iter().all(|slot| slot.cell.is_some_and(|cell| cell.tag == "th")) && grid.len() > 1;
        writer.raw(if is_head { "<w:tr><w:trPr><w:tblHeader/></w:trPr>" } else { "<w:tr>" });
        for slot in row {
            let span = u32::try_from(slot.end - slot.first).unwrap_or(1);
            let mut form = format!("<w:tc><w:tcPr><w:tcW w:w=\"{}\" w:type=\"dxa\"/>", width * span);
            if span > 1 {
                let _ = write!(form, "<w:gridSpan w:val=\"{span}\"/>");
            }
            if let Some(merge) = slot.merge {
                let _ = write!(form, "<w:vMerge w:val=\"{merge}\"/>");
            }
            writer.raw(&(form + "</w:tcPr>"));
            if let Some(cell) = slot.cell {
                let mut look = writer.look(cell, look);
                look.bold |= cell.tag == "th";
                let inner = (width * span).saturating_sub(MARGINS);
                let align = super::body::align(cell);
                writer.blocks(&cell.children, &look, &Frame { style: "", quotes: 0, level: 0, width: inner, align });
            }
            writer.end_cell();
        }
        writer.raw("</w:tr>\n");
    }
    writer.raw("</w:tbl>\n");
}

/// Returns the rows as cells of a grid without gaps, and the number of its columns.
fn grid<'t, 'a>(rows: &[Vec<&'t Element<'a>>]) -> (Vec<Vec<Slot<'t, 'a>>>, usize) {
    let span = |cell: &Element<'_>, name: &str, most: usize| {
        cell.get(name).and_then(|number| number.parse::<usize>().ok()).map_or(1, |number| number.clamp(1, most))
    };
    let mut grid = Vec::with_capacity(rows.len());
    // Cells that span rows: first column, column after the last, rows left.
    let mut open: Vec<(usize, usize, usize)> = Vec::new();
    for (number, row) in rows.iter().enumerate() {
        let mut slots: Vec<Slot<'t, 'a>> = Vec::new();
        let mut cells = row.iter();
        let mut started = Vec::new();
        let mut waiting = std::mem::take(&mut open).into_iter().peekable();
        let mut at = 0;
        loop {
            if let Some((first, end, left)) = waiting.next_if(|(first, ..)| *first == at) {
                slots.push(Slot { cell: None, first, end, merge: Some("continue") });
                started.push((first, end, left - 1));
                at = end;
            } else if let Some(cell) = cells.next() {
                let limit = waiting.peek().map_or(usize::MAX, |(first, ..)| *first);
                let end = (at + span(cell, "colspan", 1000)).min(limit);
                let tall = span(cell, "rowspan", rows.len() - number);
                let merge = (tall > 1).then_some("restart");
                slots.push(Slot { cell: Some(*cell), first: at, end, merge });
                started.push((at, end, tall - 1));
                at = end;
            } else if let Some((first, ..)) = waiting.peek() {
                slots.push(Slot { cell: None, first: at, end: *first, merge: None });
                at = *first;
            } else {
                break;
            }
        }
        open = started.into_iter().filter(|(.., left)| *left > 0).collect();
        grid.push(slots);
    }
    let last = grid.iter().flatten().map(|slot| slot.end).max().unwrap_or_default();
    for slots in &mut grid {
        let at = slots.last().map_or(0, |slot| slot.end);
        if at < last {
            slots.push(Slot { cell: None, first: at, end: last, merge: None });
        }
    }
    // `colspan="100"` in a table of two columns means both: only columns in which a cell begins are counted.
    let begun = grid.iter().flatten().filter(|slot| slot.cell.is_some()).map(|slot| slot.first);
    let edges: Vec<usize> = begun.chain([last]).collect::<BTreeSet<_>>().into_iter().collect();
    let place = |edge: usize| edges.partition_point(|one| *one < edge);
    for slot in grid.iter_mut().flatten() {
        (slot.first, slot.end) = (place(slot.first), place(slot.end));
    }
    for slots in &mut grid {
        slots.retain(|slot| slot.first < slot.end);
    }
    (grid, edges.len() - 1)
}
