//! Rewrites a canonical body so that it keeps the content model of HTML, which readers of books check and browsers do
//! not: no block inside of a line, nothing but items in a list, nothing but cells in a row.

use crate::html::tree::{Element, Node, tree};
use crate::html::{SanitiseOptions, escape_attribute, escape_text, sanitise};

/// A body that keeps the content model.
#[derive(Debug, Default)]
pub(super) struct Made {
    /// Canonical body.
    pub(super) body: String,
    /// Number of pictures of other formats.
    pub(super) other_formats: u64,
}

/// Rewrites `body`. Pictures whose path `is_of_other_format` are named by `word`.
pub(super) fn valid(body: &str, is_of_other_format: &dyn Fn(&str) -> bool, word: &str) -> Made {
    let mut writer = Writer { made: Made::default(), is_of_other_format, word, in_link: false };
    if let Ok(nodes) = tree(body) {
        writer.nodes(&nodes, Place::Flow);
    } else {
        // Not written by the sanitiser: the archive was edited.
        let clean = sanitise(body, &SanitiseOptions::default()).html;
        writer.nodes(&tree(&clean).unwrap_or_default(), Place::Flow);
    }
    writer.made
}

/// What the surrounding element may hold.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Blocks and text.
    Flow,
    /// Text and inline elements.
    Inline,
}

/// The block elements below an element.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Blocks {
    None,
    /// Only paragraphs, which can be written as lines.
    Plain,
    /// Lists, tables …
    Other,
}

fn blocks(element: &Element<'_>) -> Blocks {
    let of = |tag: &str| match tag {
        "section" | "div" | "p" => Blocks::Plain,
        "blockquote" | "caption" | "col" | "colgroup" | "dd" | "details" | "dl" | "dt" | "figcaption" | "figure"
        | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "hr" | "li" | "ol" | "pre" | "summary" | "table" | "tbody"
        | "td" | "tfoot" | "th" | "thead" | "tr" | "ul" => Blocks::Other,
        _ => Blocks::None,
    };
    element.descendants().iter().skip(1).map(|one| of(one.tag)).max().unwrap_or(Blocks::None)
}

fn is_blank(node: &Node<'_>) -> bool {
    matches!(node, Node::Text(text) if text.chars().all(|c| c.is_ascii_whitespace()))
}

fn as_element<'n, 'a>(node: &'n Node<'a>) -> Option<&'n Element<'a>> {
    match node {
        Node::Element(element) => Some(element),
        Node::Text(_) => None,
    }
}

fn is(node: &Node<'_>, tags: &[&str]) -> bool {
    as_element(node).is_some_and(|element| tags.contains(&element.tag))
}

struct Writer<'w> {
    made: Made,
    is_of_other_format: &'w dyn Fn(&str) -> bool,
    word: &'w str,
    in_link: bool,
}

impl Writer<'_> {
    fn nodes<'n, 'a: 'n>(&mut self, nodes: impl IntoIterator<Item = &'n Node<'a>>, place: Place) {
        for node in nodes {
            match node {
                Node::Text(text) => escape_text(&super::allowed(text), &mut self.made.body),
                Node::Element(element) => self.element(element, place),
            }
        }
    }

    fn element(&mut self, element: &Element<'_>, place: Place) {
        let tag = element.tag;
        let below = blocks(element);
        match tag {
            "img" => self.image(element),
            "br" | "wbr" => self.start(tag, element, ""),
            "hr" if place == Place::Flow => self.start(tag, element, ""),
            "hr" => self.made.body.push_str("<br>"),
            "col" => {}
            "a" if self.in_link => self.nodes(&element.children, place),
            "a" => {
                self.in_link = true;
                self.whole("a", element, "", place);
                self.in_link = false;
            }
            "dfn" => self.inline("abbr", element, "", below, place),
            "ruby" if below == Blocks::None && is_ruby(element) => self.ruby(element),
            // A time without a date in the form that HTML asks for is plain text.
            "time" | "ruby" | "rt" | "rp" => self.inline("span", element, "", below, place),
            "strong" | "b" => self.inline(tag, element, "font-weight:bold", below, place),
            "em" | "i" | "cite" => self.inline(tag, element, "font-style:italic", below, place),
            "u" => self.inline(tag, element, "text-decoration:underline", below, place),
            "s" => self.inline(tag, element, "text-decoration:line-through", below, place),
            // A direction has to be given.
            "bdo" => {
                let tag = if element.get("dir").is_none() { "span" } else { tag };
                self.inline(tag, element, "", below, place);
            }
            "abbr" | "bdi" | "code" | "kbd" | "mark" | "q" | "samp" | "small" | "span" | "sub" | "sup" | "var" => {
                self.inline(tag, element, "", below, place);
            }
            // A block where only lines may be.
            _ if place == Place::Inline && of_html(tag) => self.whole("span", element, "display:block", place),
            "p" if below != Blocks::None => self.whole("div", element, "", place),
            "p" => self.whole("p", element, "", Place::Inline),
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" if below == Blocks::Other => {
                self.whole("div", element, "font-weight:bold", place);
            }
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => self.whole(tag, element, "", Place::Inline),
            "pre" if below == Blocks::Other => self.whole("div", element, "white-space:pre-wrap", place),
            "pre" => self.whole("pre", element, "", Place::Inline),
            "ul" | "ol" => self.list(element),
            "dl" if is_definitions(element) => self.definitions(element),
            "table" => self.table(element),
            "details" if !self.in_link => self.details(element),
            "figure" => self.figure(element),
            "caption" | "dd" | "details" | "dl" | "dt" | "figcaption" | "li" | "summary" | "tbody" | "td" | "tfoot"
            | "th" | "thead" | "tr" | "colgroup" | "section" => self.whole("div", element, "", place),
            // Without content of its own kind: `div`, `blockquote`, `ins`, `del`, players, drawings.
            _ => self.whole(tag, element, "", place),
        }
    }

    /// Writes an inline element; around lists and tables, and for `span` around any block, a block with its style.
    fn inline(&mut self, tag: &str, element: &Element<'_>, style: &str, below: Blocks, place: Place) {
        let is_block = below == Blocks::Other || below == Blocks::Plain && tag == "span";
        if is_block && place == Place::Flow {
            self.whole("div", element, style, Place::Flow);
        } else {
            self.whole(tag, element, "", Place::Inline);
        }
    }

    /// Writes an element under the name `tag`, its own style after `style`.
    fn whole(&mut self, tag: &str, element: &Element<'_>, style: &str, place: Place) {
        self.start(tag, element, style);
        self.nodes(&element.children, place);
        self.end(tag);
    }

    fn start(&mut self, tag: &str, element: &Element<'_>, style: &str) {
        let own = element.get("style").unwrap_or_default();
        // Books give the direction of a text by `dir` alone.
        let kept = own.split(';').filter(|one| !one.trim_start().starts_with("direction:"));
        let style = std::iter::once(style).chain(kept).filter(|one| !one.is_empty()).collect::<Vec<_>>().join(";");
        self.made.body.push('<');
        self.made.body.push_str(tag);
        for (name, value) in element.attributes() {
            let kept = match *name {
                "class" | "dir" => true,
                "title" => tag == "abbr",
                "style" | "datetime" => false,
                "width" | "height" if tag == "img" => {
                    !value.is_empty() && value.len() < 6 && value.bytes().all(|byte| byte.is_ascii_digit())
                }
                _ => tag == element.tag,
            };
            if kept {
                for part in [" ", name, "=\"", value, "\""] {
                    self.made.body.push_str(part);
                }
            }
        }
        if !style.is_empty() {
            self.made.body.push_str(" style=\"");
            escape_attribute(&style, &mut self.made.body);
            self.made.body.push('"');
        }
        self.made.body.push('>');
    }

    fn end(&mut self, tag: &str) {
        for part in ["</", tag, ">"] {
            self.made.body.push_str(part);
        }
    }

    fn image(&mut self, element: &Element<'_>) {
        let src = element.get("src").unwrap_or_default();
        if !crate::html::body_urls::bag_path(&src).is_some_and(self.is_of_other_format) {
            return self.start("img", element, "");
        }
        self.made.other_formats += 1;
        self.made.body.push_str("<em>[");
        escape_text(self.word, &mut self.made.body);
        let alt = element.get("alt").unwrap_or_default();
        if !alt.is_empty() {
            self.made.body.push_str(": ");
            escape_text(&super::allowed(&alt), &mut self.made.body);
        }
        self.made.body.push_str("]</em>");
    }

    fn list(&mut self, element: &Element<'_>) {
        let tag = element.tag;
        self.start(tag, element, "");
        for group in runs(&element.children, &["li"]) {
            match group {
                Run::Own(item) => {
                    if tag == "ul" && item.get("value").is_some() {
                        let style = item.get("style").unwrap_or_default();
                        self.bare("li", &style);
                    } else {
                        self.start("li", item, "");
                    }
                    self.nodes(&item.children, Place::Flow);
                    self.end("li");
                }
                Run::Others(nodes) => {
                    self.bare("li", "list-style-type:none");
                    self.nodes(nodes, Place::Flow);
                    self.end("li");
                }
            }
        }
        self.end(tag);
    }

    fn bare(&mut self, tag: &str, style: &str) {
        self.made.body.push('<');
        self.made.body.push_str(tag);
        if !style.is_empty() {
            self.made.body.push_str(" style=\"");
            escape_attribute(style, &mut self.made.body);
            self.made.body.push('"');
        }
        self.made.body.push('>');
    }

    fn definitions(&mut self, element: &Element<'_>) {
        self.start("dl", element, "");
        for item in element.children.iter().filter_map(as_element) {
            self.start(item.tag, item, "");
            // Terms hold no headings.
            let place = if item.tag == "dt" { Place::Inline } else { Place::Flow };
            self.nodes(&item.children, place);
            self.end(item.tag);
        }
        self.end("dl");
    }

    fn ruby(&mut self, element: &Element<'_>) {
        self.start("ruby", element, "");
        for node in &element.children {
            match node {
                Node::Element(one) if matches!(one.tag, "rt" | "rp") => self.whole(one.tag, one, "", Place::Inline),
                node => self.nodes([node], Place::Inline),
            }
        }
        self.end("ruby");
    }

    fn table(&mut self, element: &Element<'_>) {
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

    fn details(&mut self, element: &Element<'_>) {
        let mut rest = element.children.iter().skip_while(|node| is_blank(node));
        let Some(Node::Element(summary)) = rest.next().filter(|node| is(node, &["summary"])) else {
            return self.whole("div", element, "", Place::Flow);
        };
        self.start("details", element, "");
        self.whole("summary", summary, "", Place::Inline);
        self.nodes(rest, Place::Flow);
        self.end("details");
    }

    fn figure(&mut self, element: &Element<'_>) {
        let shown: Vec<&Node<'_>> = element.children.iter().filter(|node| !is_blank(node)).collect();
        let captions = shown.iter().filter(|node| is(node, &["figcaption"])).count();
        let at_end = [shown.first(), shown.last()].into_iter().flatten().any(|node| is(node, &["figcaption"]));
        self.start("figure", element, "");
        for node in shown {
            match node {
                Node::Element(caption) if captions == 1 && at_end && caption.tag == "figcaption" => {
                    self.whole("figcaption", caption, "", Place::Flow);
                }
                node => self.nodes([node], Place::Flow),
            }
        }
        self.end("figure");
    }
}

/// Reports whether an element is a block of HTML rather than a part of a drawing or a player.
fn of_html(tag: &str) -> bool {
    matches!(
        tag,
        "section"
            | "div"
            | "p"
            | "blockquote"
            | "caption"
            | "colgroup"
            | "dd"
            | "details"
            | "dl"
            | "dt"
            | "figcaption"
            | "figure"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "li"
            | "ol"
            | "pre"
            | "summary"
            | "table"
            | "tbody"
            | "td"
            | "tfoot"
            | "th"
            | "thead"
            | "tr"
            | "ul"
    )
}

/// Reports whether terms and definitions alternate as HTML asks for.
fn is_definitions(element: &Element<'_>) -> bool {
    let shown: Vec<&Node<'_>> = element.children.iter().filter(|node| !is_blank(node)).collect();
    let is_term = |node: &&Node<'_>| is(node, &["dt"]);
    shown.iter().all(|node| is(node, &["dt", "dd"]))
        && shown.first().is_some_and(is_term)
        && shown.last().is_some_and(|node| !is_term(node))
        && shown.iter().filter(|node| is_term(node)).all(|node| blocks_of(node) != Blocks::Other)
}

fn blocks_of(node: &Node<'_>) -> Blocks {
    as_element(node).map_or(Blocks::None, blocks)
}

/// Reports whether every annotation follows the text that it annotates.
fn is_ruby(element: &Element<'_>) -> bool {
    let shown: Vec<&Node<'_>> = element.children.iter().filter(|node| !is_blank(node)).collect();
    let kinds: String = shown
        .iter()
        .map(|node| match as_element(node).map(|one| one.tag) {
            Some("rt") => 't',
            Some("rp") => 'p',
            _ => 'b',
        })
        .collect();
    let mut rest = kinds.as_str();
    while !rest.is_empty() {
        let after = rest.trim_start_matches('b');
        let marks = after.strip_prefix("ptp").or_else(|| after.strip_prefix('t'));
        let Some(next) = marks.filter(|_| after.len() < rest.len()) else { return false };
        rest = next;
    }
    !kinds.is_empty()
}

/// A part of the content of a list or table.
enum Run<'n, 'a> {
    /// An element that belongs there.
    Own(&'n Element<'a>),
    /// Anything else, up to the next such element.
    Others(&'n [Node<'a>]),
}

/// Splits `nodes` at the elements with these tags; blanks between them are left out.
fn runs<'n, 'a>(nodes: &'n [Node<'a>], tags: &[&str]) -> Vec<Run<'n, 'a>> {
    let mut all = Vec::new();
    for group in nodes.chunk_by(|a, b| !is(a, tags) && !is(b, tags)) {
        match &group[0] {
            Node::Element(element) if tags.contains(&element.tag) => all.push(Run::Own(element)),
            _ if group.iter().all(is_blank) => {}
            _ => all.push(Run::Others(group)),
        }
    }
    all
}
