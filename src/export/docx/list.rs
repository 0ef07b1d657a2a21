//! Writes lists. A document counts on within a list, so that one whose numbers jump becomes several.

use super::body::{Frame, Writer};
use super::line::Look;
use super::parts::{BULLETS, DEEPEST, INDENT, number_format};
use crate::html::flow::{Item, items};
use crate::html::tree::Element;

impl Writer<'_> {
    /// Writes a list, as several if its numbers are not consecutive.
    pub(super) fn list(&mut self, element: &Element<'_>, look: &Look, frame: &Frame) {
        // An item that begins with a list of its own keeps its mark.
        self.spend_mark(frame);
        let level = frame.level.min(DEEPEST);
        let width = frame.width.saturating_sub(INDENT);
        let frame = Frame { level: level + 1, width, ..*frame };
        let format = number_format(element.style());
        let (mut list, mut next) = (BULLETS, None);
        for Item { number, element: item, nodes } in items(element) {
            let look = item.map_or_else(|| look.clone(), |item| self.look(item, look));
            if element.tag == "ol" && next != Some(number) {
                list = self.parts.numbering.add(level, number, format);
            }
            self.mark = Some((list, level));
            self.blocks(nodes, &look, &frame);
            next = self.mark.take().is_none().then(|| number.saturating_add(1));
        }
    }
}
