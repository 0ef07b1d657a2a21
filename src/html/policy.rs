//! Which elements and attributes of HTML may stand in a canonical body. What is not named here is not written.

/// What is done with an HTML element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Treatment {
    /// Left out with everything inside.
    Drop,
    /// Written under this name.
    EvidenceWriter(&'static str),
    /// Left out; what is inside stays. Safe: the parser treats such an element as an ordinary one.
    Unwrap,
    /// As [`Treatment::Unwrap`], but the parser may read the result otherwise: the output is walked again.
    UnwrapSpecial,
    /// Written under this name, without content or end tag.
    Void(&'static str),
}

/// The treatment of the HTML element `name` (lower case, as the parser gives it).
pub(super) fn element(name: &str) -> Treatment {
    use Treatment::{Drop, EvidenceWriter, Unwrap, UnwrapSpecial, Void};
    match name {
        "section" | "form" | "fieldset" | "main" | "header" | "footer" | "nav" | "aside" | "article" | "hgroup"
        | "address" | "dialog" | "search" | "center" => EvidenceWriter("section"),
        "span" | "font" | "big" => EvidenceWriter("span"),
        "p" => EvidenceWriter("p"),
        "strong" => EvidenceWriter("strong"),
        "a" => EvidenceWriter("a"),
        "abbr" | "acronym" => EvidenceWriter("abbr"),
        "b" => EvidenceWriter("b"),
        "bdi" => EvidenceWriter("bdi"),
        "bdo" => EvidenceWriter("bdo"),
        "blockquote" => EvidenceWriter("blockquote"),
        "caption" => EvidenceWriter("caption"),
        "cite" => EvidenceWriter("cite"),
        "code" | "tt" => EvidenceWriter("code"),
        "colgroup" => EvidenceWriter("colgroup"),
        "dd" => EvidenceWriter("dd"),
        "del" => EvidenceWriter("del"),
        "details" => EvidenceWriter("details"),
        "dfn" => EvidenceWriter("dfn"),
        "div" => EvidenceWriter("div"),
        "dl" => EvidenceWriter("dl"),
        "dt" => EvidenceWriter("dt"),
        "em" => EvidenceWriter("em"),
        "figcaption" => EvidenceWriter("figcaption"),
        "figure" => EvidenceWriter("figure"),
        "h1" => EvidenceWriter("h1"),
        "h2" => EvidenceWriter("h2"),
        "h3" => EvidenceWriter("h3"),
        "h4" => EvidenceWriter("h4"),
        "h5" => EvidenceWriter("h5"),
        "h6" => EvidenceWriter("h6"),
        "i" => EvidenceWriter("i"),
        "ins" => EvidenceWriter("ins"),
        "kbd" => EvidenceWriter("kbd"),
        "li" => EvidenceWriter("li"),
        "mark" => EvidenceWriter("mark"),
        "ol" => EvidenceWriter("ol"),
        "pre" | "xmp" | "listing" => EvidenceWriter("pre"),
        "q" => EvidenceWriter("q"),
        "rp" => EvidenceWriter("rp"),
        "rt" => EvidenceWriter("rt"),
        "ruby" => EvidenceWriter("ruby"),
        "s" | "strike" => EvidenceWriter("s"),
        "samp" => EvidenceWriter("samp"),
        "small" => EvidenceWriter("small"),
        "sub" => EvidenceWriter("sub"),
        "summary" => EvidenceWriter("summary"),
        "sup" => EvidenceWriter("sup"),
        "table" => EvidenceWriter("table"),
        "tbody" => EvidenceWriter("tbody"),
        "td" => EvidenceWriter("td"),
        "tfoot" => EvidenceWriter("tfoot"),
        "th" => EvidenceWriter("th"),
        "thead" => EvidenceWriter("thead"),
        "time" => EvidenceWriter("time"),
        "tr" => EvidenceWriter("tr"),
        "u" => EvidenceWriter("u"),
        "ul" | "dir" | "menu" => EvidenceWriter("ul"),
        "var" => EvidenceWriter("var"),
        "br" => Void("br"),
        "col" => Void("col"),
        "hr" => Void("hr"),
        "wbr" => Void("wbr"),
        "button" | "marquee" | "legend" | "nobr" | "rb" | "rtc" | "optgroup" | "option" => UnwrapSpecial,
        "applet" | "area" | "base" | "basefont" | "bgsound" | "canvas" | "command" | "datalist" | "embed" | "frame"
        | "frameset" | "input" | "keygen" | "link" | "map" | "meta" | "noembed" | "noframes" | "noscript"
        | "object" | "param" | "plaintext" | "portal" | "script" | "select" | "selectedcontent" | "source"
        | "style" | "template" | "textarea" | "title" | "track" => Drop,
        // Also `html`, the root the parser puts around every fragment.
        _ => Unwrap,
    }
}

/// The name of an attribute of an element (as written) that is copied when its value passes `value_passes`.
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

/// Classes of ours, which mark cards and players; an author's classes mean nothing outside of the platform.
fn is_our_class(class: &str) -> bool {
    class
        .strip_prefix("liudi-")
        .is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'))
}

/// A short word of ASCII letters, digits, `-`, `+`, `#`.
pub(super) fn is_word(value: &str) -> bool {
    (1..=40).contains(&value.len()) && value.bytes().all(|b| b.is_ascii_alphanumeric() || b"-+#_".contains(&b))
}

/// A presentational attribute of old HTML as the declaration it stands for.
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

/// `300`, `300px`, `50%` as a CSS length.
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
