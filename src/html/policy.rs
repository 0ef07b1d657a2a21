//! Lists the HTML elements and attributes allowed in a canonical body. Everything else is not written.

/// Treatment of an HTML element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Treatment {
    /// Dropped with its content.
    Drop,
    /// Written under this name.
    Keep(&'static str),
    /// Dropped, but its content stays. Safe: the parser treats such an element as an ordinary one.
    Unwrap,
    /// As [`Treatment::Unwrap`], but the parser may read the result differently: the output is walked again.
    UnwrapSpecial,
    /// Written under this name, without content or end tag.
    Void(&'static str),
}

/// Returns the treatment of the HTML element `name` (lower case, as the parser returns it).
pub(super) fn element(name: &str) -> Treatment {
    use Treatment::{Drop, Keep, Unwrap, UnwrapSpecial, Void};
    match name {
        "section" | "form" | "fieldset" | "main" | "header" | "footer" | "nav" | "aside" | "article" | "hgroup"
        | "address" | "dialog" | "search" | "center" => Keep("section"),
        "span" | "font" | "big" => Keep("span"),
        "p" => Keep("p"),
        "strong" => Keep("strong"),
        "a" => Keep("a"),
        "abbr" | "acronym" => Keep("abbr"),
        "b" => Keep("b"),
        "bdi" => Keep("bdi"),
        "bdo" => Keep("bdo"),
        "blockquote" => Keep("blockquote"),
        "caption" => Keep("caption"),
        "cite" => Keep("cite"),
        "code" | "tt" => Keep("code"),
        "colgroup" => Keep("colgroup"),
        "dd" => Keep("dd"),
        "del" => Keep("del"),
        "details" => Keep("details"),
        "dfn" => Keep("dfn"),
        "div" => Keep("div"),
        "dl" => Keep("dl"),
        "dt" => Keep("dt"),
        "em" => Keep("em"),
        "figcaption" => Keep("figcaption"),
        "figure" => Keep("figure"),
        "h1" => Keep("h1"),
        "h2" => Keep("h2"),
        "h3" => Keep("h3"),
        "h4" => Keep("h4"),
        "h5" => Keep("h5"),
        "h6" => Keep("h6"),
        "i" => Keep("i"),
        "ins" => Keep("ins"),
        "kbd" => Keep("kbd"),
        "li" => Keep("li"),
        "mark" => Keep("mark"),
        "ol" => Keep("ol"),
        "pre" | "xmp" | "listing" => Keep("pre"),
        "q" => Keep("q"),
        "rp" => Keep("rp"),
        "rt" => Keep("rt"),
        "ruby" => Keep("ruby"),
        "s" | "strike" => Keep("s"),
        "samp" => Keep("samp"),
        "small" => Keep("small"),
        "sub" => Keep("sub"),
        "summary" => Keep("summary"),
        "sup" => Keep("sup"),
        "table" => Keep("table"),
        "tbody" => Keep("tbody"),
        "td" => Keep("td"),
        "tfoot" => Keep("tfoot"),
        "th" => Keep("th"),
        "thead" => Keep("thead"),
        "time" => Keep("time"),
        "tr" => Keep("tr"),
        "u" => Keep("u"),
        "ul" | "dir" | "menu" => Keep("ul"),
        "var" => Keep("var"),
        "br" => Void("br"),
        "col" => Void("col"),
        "hr" => Void("hr"),
        "wbr" => Void("wbr"),
        "button" | "marquee" | "legend" | "nobr" | "rb" | "rtc" | "optgroup" | "option" => UnwrapSpecial,
        "applet" | "area" | "base" | "basefont" | "bgsound" | "canvas" | "command" | "datalist" | "embed" | "frame"
        | "frameset" | "input" | "keygen" | "link" | "map" | "meta" | "noembed" | "noframes" | "noscript"
        | "object" | "param" | "plaintext" | "portal" | "script" | "select" | "selectedcontent" | "source"
        | "style" | "template" | "textarea" | "title" | "track" => Drop,
        // Also `html`, the root that the parser puts around every fragment.
        _ => Unwrap,
    }
}

/// Returns the name of an attribute to copy, if it is allowed on the (written) element and its value passes
/// `value_passes`.
pub(super) fn attribute(element: &str, name: &str, value: &str) -> Option<&'static str> {
    let name = match (element, name) {
        (_, "dir") => "dir",
        (_, "class") => "class",
        ("td" | "th", "colspan") => "colspan",
        ("td" | "th", "rowspan") => "rowspan",
        ("col" | "colgroup", "span") => "span",
        ("ol", "start") => "start",
        ("ol", "reversed") => "reversed",
        ("li", "value") => "value",
        ("details", "open") => "open",
        ("time", "datetime") => "datetime",
        ("abbr" | "dfn", "title") => "title",
        ("code", "data-lang") => "data-lang",
        ("span", "data-kind") => "data-kind",
        _ => return None,
    };
    value_passes(name, value).then_some(name)
}

fn value_passes(name: &str, value: &str) -> bool {
    match name {
        "dir" => matches!(value, "ltr" | "rtl" | "auto"),
        "class" => value.len() < 100 && value.split(' ').all(is_our_class),
        "colspan" | "rowspan" | "span" => value.parse::<u16>().is_ok_and(|number| (1..=1000).contains(&number)),
        "start" | "value" => value.parse::<i32>().is_ok(),
        "data-lang" | "data-kind" => is_word(value),
        "datetime" => value.len() < 40 && value.bytes().all(|b| b.is_ascii_alphanumeric() || b"-:.+ ".contains(&b)),
        _ => true,
    }
}

/// Reports whether a class is one of ours, which mark cards and players; an author's classes mean nothing outside the
/// platform.
fn is_our_class(class: &str) -> bool {
    class
        .strip_prefix("liudi-")
        .is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'))
}

/// Reports whether a value is a short word of ASCII letters, digits, `-`, `+`, `#`, `_`.
pub(super) fn is_word(value: &str) -> bool {
    (1..=40).contains(&value.len()) && value.bytes().all(|b| b.is_ascii_alphanumeric() || b"-+#_".contains(&b))
}

/// Returns the style declaration equivalent to a presentational attribute of old HTML.
pub(super) fn as_style(element: &str, name: &str, value: &str) -> Option<String> {
    let value = value.trim();
    if value.is_empty() || value.len() > 40 {
        return None;
    }
    match (element, name) {
        ("font", "color") | ("table" | "tr" | "td" | "th", "bgcolor") => {
            let property = if name == "color" { "color" } else { "background-color" };
            let hex = |text: &str| matches!(text.len(), 3 | 6) && text.bytes().all(|b| b.is_ascii_hexdigit());
            Some(if hex(value) { format!("{property}:#{value}") } else { format!("{property}:{value}") })
        }
        ("font", "size") => {
            let size = match value {
                "1" => "10px",
                "2" | "-1" => "13px",
                "3" | "0" => "16px",
                "4" | "+1" => "18px",
                "5" | "+2" => "24px",
                "6" | "+3" => "32px",
                "7" | "+4" => "48px",
                _ => return None,
            };
            Some(format!("font-size:{size}"))
        }
        ("p" | "div" | "td" | "th" | "tr" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "section", "align") => {
            let value = value.to_ascii_lowercase();
            matches!(value.as_str(), "left" | "right" | "center" | "justify").then(|| format!("text-align:{value}"))
        }
        ("td" | "th" | "tr", "valign") => {
            let value = value.to_ascii_lowercase();
            matches!(value.as_str(), "top" | "middle" | "bottom" | "baseline")
                .then(|| format!("vertical-align:{value}"))
        }
        ("table" | "td" | "th" | "col" | "hr", "width") | ("td" | "th" | "tr", "height") => {
            length(value).map(|length| format!("{name}:{length}"))
        }
        _ => None,
    }
}

/// Parses `300`, `300px`, `50%` as a CSS length.
pub(super) fn length(value: &str) -> Option<String> {
    let value = value.trim();
    let (digits, unit) = match value.strip_suffix('%') {
        Some(digits) => (digits, "%"),
        None => (value.strip_suffix("px").unwrap_or(value), "px"),
    };
    let whole = digits.split('.').next().unwrap_or(digits);
    let plain = !whole.is_empty() && digits.len() <= 8 && digits.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    (plain && digits.bytes().filter(|b| *b == b'.').count() <= 1).then(|| format!("{digits}{unit}"))
}
