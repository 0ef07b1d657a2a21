//! Cleans inline SVG by allow-list: shapes, text, gradients, and SMIL animation, which needs no script. Excludes
//! anything that runs, links elsewhere, or animates a link. Ids get a prefix, so that they cannot clash with those of
//! the page.

/// Prefix of every id in an author's SVG.
const PREFIX: &str = "s-";

/// Allowed elements, as the parser spells them; sorted.
const ELEMENTS: &[&str] = &[
    "animate",
    "animateMotion",
    "animateTransform",
    "circle",
    "clipPath",
    "defs",
    "ellipse",
    "foreignObject",
    "g",
    "image",
    "line",
    "linearGradient",
    "mask",
    "path",
    "pattern",
    "polygon",
    "polyline",
    "radialGradient",
    "rect",
    "set",
    "stop",
    "svg",
    "symbol",
    "text",
    "tspan",
    "use",
];

/// Attributes allowed with a plain value, as the parser spells them; sorted.
const ATTRIBUTES: &[&str] = &[
    "accumulate",
    "additive",
    "attributeType",
    "calcMode",
    "clip-path",
    "clip-rule",
    "clipPathUnits",
    "color",
    "cx",
    "cy",
    "d",
    "display",
    "dominant-baseline",
    "dur",
    "dx",
    "dy",
    "fill",
    "fill-opacity",
    "fill-rule",
    "font-size",
    "font-style",
    "font-weight",
    "from",
    "fx",
    "fy",
    "gradientTransform",
    "gradientUnits",
    "height",
    "keyPoints",
    "keySplines",
    "keyTimes",
    "lengthAdjust",
    "letter-spacing",
    "mask",
    "maskContentUnits",
    "maskUnits",
    "max",
    "min",
    "offset",
    "opacity",
    "origin",
    "overflow",
    "path",
    "pathLength",
    "patternContentUnits",
    "patternTransform",
    "patternUnits",
    "points",
    "preserveAspectRatio",
    "r",
    "repeatCount",
    "repeatDur",
    "restart",
    "rotate",
    "rx",
    "ry",
    "spreadMethod",
    "stop-color",
    "stop-opacity",
    "stroke",
    "stroke-dasharray",
    "stroke-dashoffset",
    "stroke-linecap",
    "stroke-linejoin",
    "stroke-miterlimit",
    "stroke-opacity",
    "stroke-width",
    "text-anchor",
    "textLength",
    "to",
    "transform",
    "type",
    "values",
    "vector-effect",
    "viewBox",
    "visibility",
    "width",
    "x",
    "x1",
    "x2",
    "y",
    "y1",
    "y2",
];

/// Attributes that an animation may change.
const ANIMATED: &[&str] = &[
    "clip-path",
    "color",
    "cx",
    "cy",
    "d",
    "display",
    "dx",
    "dy",
    "fill",
    "fill-opacity",
    "font-size",
    "height",
    "offset",
    "opacity",
    "points",
    "r",
    "rotate",
    "rx",
    "ry",
    "stop-color",
    "stop-opacity",
    "stroke",
    "stroke-dasharray",
    "stroke-dashoffset",
    "stroke-opacity",
    "stroke-width",
    "transform",
    "viewBox",
    "visibility",
    "width",
    "x",
    "x1",
    "x2",
    "y",
    "y1",
    "y2",
];

/// Returns the name to write, if the element is allowed.
pub(super) fn element(name: &str) -> Option<&'static str> {
    ELEMENTS.binary_search(&name).ok().map(|index| ELEMENTS[index])
}

/// Reports whether `name` is an animation: it is dropped if the attribute that it animates is not allowed.
pub(super) fn is_animation(name: &str) -> bool {
    matches!(name, "animate" | "animateTransform" | "set")
}

/// Returns name and value of an allowed attribute. The walk handles `style`, `href` and `class`.
pub(super) fn attribute(name: &str, value: &str) -> Option<(&'static str, String)> {
    match name {
        "id" => return Some(("id", own_id(value)?)),
        "begin" => return timing(value).map(|value| ("begin", value)),
        "end" => return timing(value).map(|value| ("end", value)),
        "attributeName" => {
            let index = ANIMATED.binary_search(&value.trim()).ok()?;
            return Some(("attributeName", ANIMATED[index].to_owned()));
        }
        _ => {}
    }
    let name = ATTRIBUTES.binary_search(&name).ok().map(|index| ATTRIBUTES[index])?;
    paint(value).map(|value| (name, value))
}

/// Reports whether an attribute of this name is allowed with a plain value.
pub(super) fn is_attribute(name: &str) -> bool {
    ATTRIBUTES.binary_search(&name).is_ok()
}

/// Prefixes a local reference (`#id`).
pub(super) fn reference(value: &str) -> Option<String> {
    own_id(value.trim().strip_prefix('#')?).map(|id| format!("#{id}"))
}

/// Prefixes an id; `None` if it contains other characters than ids need.
fn own_id(id: &str) -> Option<String> {
    let id = id.trim();
    let plain = !id.is_empty() && id.len() <= 80 && id.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b));
    plain.then(|| if id.starts_with(PREFIX) { id.to_owned() } else { format!("{PREFIX}{id}") })
}

/// Accepts plain numbers, words and colours, and `url(#id)`, which gets the prefix; refuses any external reference.
fn paint(value: &str) -> Option<String> {
    let value = value.trim();
    let plain = |text: &str| {
        text.bytes().all(|b| b.is_ascii_alphanumeric() || b" \t\r\n#%.,;-+*/()".contains(&b)) && !text.contains("/*")
    };
    if let Some(rest) = value.strip_prefix("url(") {
        let (inner, after) = rest.split_once(')')?;
        let inner = inner.trim().trim_matches(['"', '\'']);
        return (after.trim().is_empty() || plain(after))
            .then(|| reference(inner))
            .flatten()
            .map(|id| format!("url({id}){after}"));
    }
    let lower = value.to_ascii_lowercase();
    (plain(value) && !lower.contains("url") && !lower.contains("script")).then(|| value.to_owned())
}

/// Checks `begin` and `end`: clock values, events of the element itself, events of another element by its (prefixed)
/// id.
fn timing(value: &str) -> Option<String> {
    let mut parts = Vec::new();
    for part in value.split(';').map(str::trim).filter(|part| !part.is_empty()) {
        if !part.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.+: ()".contains(&b)) {
            return None;
        }
        let named = part.starts_with(|first: char| first.is_ascii_alphabetic());
        match part.split_once('.') {
            Some((id, event)) if named => parts.push(format!("{}.{event}", own_id(id)?)),
            _ => parts.push(part.to_owned()),
        }
    }
    (!parts.is_empty()).then(|| parts.join(";"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_sorted() {
        assert!(ELEMENTS.is_sorted() && ATTRIBUTES.is_sorted() && ANIMATED.is_sorted());
    }

    #[test]
    fn ids_and_timings_are_ours() {
        assert_eq!(attribute("id", "a1"), Some(("id", "s-a1".to_owned())));
        assert_eq!(attribute("id", "s-a1"), Some(("id", "s-a1".to_owned())));
        assert_eq!(
            attribute("begin", "click; a1.end+0.5s;1.5s"),
            Some(("begin", "click;s-a1.end+0.5s;1.5s".to_owned()))
        );
        assert_eq!(attribute("fill", "url(#g)"), Some(("fill", "url(#s-g)".to_owned())));
        assert_eq!(attribute("fill", "url(https://evil.example/#g)"), None);
        assert_eq!(attribute("attributeName", "href"), None);
        assert_eq!(attribute("attributeName", "opacity"), Some(("attributeName", "opacity".to_owned())));
        assert_eq!(attribute("onbegin", "alert(1)"), None);
        assert_eq!(attribute("values", "javascript:alert(1)"), None);
    }
}
