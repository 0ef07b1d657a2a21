//! Draws an SVG file as a picture, for documents of programs that show none.
//!
//! Only what looks the same everywhere and is drawn in bounded time is drawn: no text, which needs the machine's fonts,
//! no filters, and no more elements than a drawing by hand has.

use std::collections::HashMap;

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::roxmltree::{Document, Node, NodeId};
use resvg::usvg::{Options, Tree};

use super::pictures::Picture;
use crate::html::svg_file;

/// Limit of the length of a file in bytes.
const LONGEST: usize = 1 << 20;
/// Limit of the number of elements, with what `use` repeats.
const ELEMENTS: u64 = 20_000;
/// Pixels by side that one unit of the drawing becomes, as displays with fine pixels show it.
const SCALE: f32 = 2.0;
/// Limits of the number of pixels: of any drawing, and together for its elements.
const PIXELS: f32 = 4_000_000.0;
const PAINTED: f32 = 1e10;

/// Returns the drawing as PNG, or `None` if `bytes` is no SVG file or has content that would be lost.
pub(super) fn svg_picture(bytes: &[u8]) -> Option<Picture> {
    if bytes.len() > LONGEST {
        return None;
    }
    let text = svg_file(bytes);
    let document = Document::parse(std::str::from_utf8(&text).ok()?).ok()?;
    let elements = elements(&document)?;
    let tree = Tree::from_xmltree(&document, &Options::default()).ok()?;
    if tree.root().children().is_empty() {
        return None;
    }
    let size = tree.size();
    let (width, height) = (size.width(), size.height());
    // The limits are far below what a float holds exactly.
    #[expect(clippy::cast_precision_loss)]
    let most = PIXELS.min(PAINTED / elements as f32);
    let scale = SCALE.min((most / (width * height)).sqrt());
    let mut pixels = Pixmap::new(pixels(width * scale)?, pixels(height * scale)?)?;
    resvg::render(&tree, Transform::from_scale(scale, scale), &mut pixels.as_mut());
    let bytes = pixels.encode_png().ok()?;
    Some(Picture { bytes, extension: "png", width: self::pixels(width)?, height: self::pixels(height)? })
}

/// Rounds a side to pixels.
fn pixels(side: f32) -> Option<u32> {
    // In range by the condition.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    (side.is_finite() && side < 30_000.0).then(|| side.round().max(1.0) as u32)
}

/// Returns the number of elements, counting those that `use` repeats again. `None` if there are too many, or if one is
/// of a kind that is not drawn.
fn elements(document: &Document<'_>) -> Option<u64> {
    let ids = document.descendants().filter_map(|node| Some((node.attribute("id")?, node))).collect();
    let mut counted = HashMap::new();
    count(document.root_element(), &ids, &mut counted).filter(|elements| *elements <= ELEMENTS)
}

fn count<'a>(
    node: Node<'a, '_>,
    ids: &HashMap<&'a str, Node<'a, '_>>,
    counted: &mut HashMap<NodeId, Option<u64>>,
) -> Option<u64> {
    if let Some(known) = counted.get(&node.id()) {
        return *known;
    }
    // A `use` of an element that contains it finds this.
    counted.insert(node.id(), None);
    let name = node.tag_name().name();
    if matches!(name, "text" | "foreignObject" | "filter" | "marker") {
        return None;
    }
    let mut sum: u64 = 1;
    for child in node.children().filter(Node::is_element) {
        sum = sum.checked_add(count(child, ids, counted)?)?;
    }
    if name == "use" {
        let link = node.attributes().find(|attribute| attribute.name() == "href");
        let target = link.and_then(|link| ids.get(link.value().strip_prefix('#')?));
        sum = sum.checked_add(target.map_or(Some(0), |target| count(*target, ids, counted))?)?;
    }
    counted.insert(node.id(), Some(sum));
    Some(sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn svg(body: &str) -> Option<Picture> {
        svg_picture(format!("<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 20 10'>{body}</svg>").as_bytes())
    }

    #[test]
    fn a_drawing_becomes_a_picture_of_its_size() {
        let made = svg("<rect width='10' height='10' fill='red'/>").unwrap();
        assert_eq!((made.extension, made.width, made.height), ("png", 20, 10));
        let drawn = image::load_from_memory(&made.bytes).unwrap().to_rgba8();
        assert_eq!(drawn.dimensions(), (40, 20));
        assert_eq!((drawn.get_pixel(5, 5).0, drawn.get_pixel(35, 5).0), ([255, 0, 0, 255], [0, 0, 0, 0]));
    }

    #[test]
    fn what_would_be_lost_or_never_end_is_not_drawn() {
        for body in [
            "",
            "<text>茶</text>",
            "<g><foreignObject/></g><text/>",
            "<filter id='f'><feTurbulence numOctaves='1000000000'/></filter><rect width='1' height='1'/>",
            "<g id='a'><use href='#a'/></g>",
            "<rect width='1'",
        ] {
            assert!(svg(body).is_none(), "{body}");
        }
        let level = |level: u32| {
            let inner = format!("<use href='#l{}'/>", level + 1).repeat(10);
            format!("<g id='l{level}'>{inner}</g>")
        };
        let levels: String = (0..10).map(level).collect();
        assert!(svg(&format!("{levels}<path id='l10' d='M0 0h9v9z'/>")).is_none());
        assert!(svg_picture(b"\x89PNG").is_none() && svg_picture(b"").is_none());
        let large =
            "<svg xmlns='http://www.w3.org/2000/svg' width='1e9' height='1e9'><rect width='1' height='1'/></svg>";
        assert!(svg_picture(large.as_bytes()).is_none());
    }
}
