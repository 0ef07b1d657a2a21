//! Removes insets. Editors indent every paragraph, or a box around all of them, by some pixels from the edge of the
//! phone. The site's column has its own margins, so such an inset would only put the text out of line with its title.

use std::borrow::Cow;

/// Widest inset that is taken to be the editor's and not the author's, in pixels, in em and in percent.
const PIXELS: f32 = 24.0;
const EMS: f32 = 1.5;
const PERCENT: f32 = 5.0;

/// Declarations that make an element a box with its own inside.
const BOX: &[&str] = &[
    "background",
    "border",
    "box-shadow",
    "column",
    "display:flex",
    "display:grid",
    "display:inline",
    "display:table",
    "float",
    "height",
    "max-height",
    "position",
    "transform",
    "width",
];

/// Reports whether an element with this style is a box, whose content is placed in it and not in the column.
pub(super) fn is_box(style: &str) -> bool {
    style.split(';').any(|declaration| {
        let plain = matches!(
            declaration,
            "width:100%"
                | "width:auto"
                | "position:static"
                | "float:none"
                | "background:none"
                | "border:none"
                | "border:0"
                | "border-width:0px"
                | "border-style:none"
                | "height:auto"
                | "box-shadow:none"
                | "transform:none"
        );
        !plain && BOX.iter().any(|mark| declaration.starts_with(mark))
    })
}

/// Returns the style without an inset that is equal on both sides. A box keeps its padding.
pub(super) fn flush(style: &str, is_box: bool) -> Cow<'_, str> {
    if !style.contains("margin") && !style.contains("padding") {
        return Cow::Borrowed(style);
    }
    let mut flushed = Cow::Borrowed(style);
    for property in if is_box { &["margin"][..] } else { &["margin", "padding"] } {
        if let Some([left, right]) = sides(&flushed, property)
            && left == right
            && is_small(&left)
        {
            flushed = Cow::Owned(format!("{flushed};{property}-left:0;{property}-right:0"));
        }
    }
    flushed
}

/// Returns the left and right values of a property; the last declaration of each takes effect.
fn sides(style: &str, property: &str) -> Option<[String; 2]> {
    let mut sides: [Option<String>; 2] = [None, None];
    for (name, value) in style.split(';').filter_map(|declaration| declaration.split_once(':')) {
        match name.strip_prefix(property) {
            Some("") => {
                let parts: Vec<&str> = value.split(' ').filter(|part| !part.is_empty()).collect();
                let right = parts.get(1).or(parts.first());
                let left = parts.get(3).or(right);
                sides = [left.map(|left| (*left).to_owned()), right.map(|right| (*right).to_owned())];
            }
            Some("-left") => sides[0] = Some(value.trim().to_owned()),
            Some("-right") => sides[1] = Some(value.trim().to_owned()),
            _ => {}
        }
    }
    let [Some(left), Some(right)] = sides else { return None };
    Some([left, right])
}

fn is_small(length: &str) -> bool {
    [("px", PIXELS), ("rem", EMS), ("em", EMS), ("%", PERCENT)].into_iter().any(|(unit, most)| {
        length
            .strip_suffix(unit)
            .and_then(|number| number.parse::<f32>().ok())
            .is_some_and(|number| number > 0.0 && number <= most)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_small_inset_on_both_sides_goes() {
        let gone = |style: &str| flush(style, false) != style;
        for style in [
            "margin:0px 8px 24px",
            "margin:0 8px",
            "margin-left:1em;margin-right:1em",
            "padding:10px",
            "padding:0 3%",
            "margin:0px 8px 24px 8px;line-height:1.75em",
        ] {
            assert!(gone(style), "{style}");
        }
        for style in [
            "margin:0 auto",
            "margin-left:2em",
            "margin:0 60px",
            "padding:0 0 0 12px",
            "margin:1em 0",
            "margin:0 -8px",
            "margin:0 20%",
            "color:red",
        ] {
            assert!(!gone(style), "{style}");
        }
        assert_eq!(
            flush("margin:0 8px;padding:0 8px", true),
            "margin:0 8px;padding:0 8px;margin-left:0;margin-right:0"
        );
    }

    #[test]
    fn a_box_is_known_by_what_shows_of_it() {
        for style in ["background-color:#fff", "border-left:4px solid red", "width:50%", "display:inline-block"] {
            assert!(is_box(style), "{style}");
        }
        for style in ["width:100%", "margin:0 8px", "color:red;line-height:2", "max-width:100%", "display:block"] {
            assert!(!is_box(style), "{style}");
        }
    }
}
