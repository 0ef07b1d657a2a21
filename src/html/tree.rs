//! Parses a canonical body into a tree, for writers that must look ahead: Markdown, documents. Text and values are
//! unescaped.

use std::borrow::Cow;

use super::canonical::{self, Broken, Token};

/// Limit of the nesting depth: the sanitiser leaves less, and a tree is walked by recursion.
const DEPTH: usize = 256;

/// A node of a body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Node<'a> {
    /// An element with its content.
    Element(Element<'a>),
    /// Text.
    Text(Cow<'a, str>),
}

/// An element.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Element<'a> {
    /// Name of the element.
    pub tag: &'a str,
    attributes: Vec<(&'a str, &'a str)>,
    /// Content.
    pub children: Vec<Node<'a>>,
}

impl<'a> Element<'a> {
    /// Returns the value of an attribute.
    pub fn get(&self, name: &str) -> Option<Cow<'a, str>> {
        self.attributes.iter().find(|(key, _)| *key == name).map(|(_, value)| unescape(value))
    }

    /// Returns the attributes in document order, their values escaped.
    pub fn attributes(&self) -> &[(&'a str, &'a str)] {
        &self.attributes
    }

    /// Reports whether the element has this class.
    pub fn has_class(&self, class: &str) -> bool {
        self.attributes.iter().any(|(key, value)| *key == "class" && value.split(' ').any(|one| one == class))
    }

    /// Returns the element's own style, as the sanitiser writes it: `name:value;name:value`.
    pub fn style(&self) -> &'a str {
        self.attributes.iter().find(|(key, _)| *key == "style").map_or("", |(_, value)| value)
    }

    /// Returns the element and all elements below it, in document order.
    pub fn descendants(&self) -> Vec<&Self> {
        let mut all = vec![self];
        for child in &self.children {
            if let Node::Element(child) = child {
                all.extend(child.descendants());
            }
        }
        all
    }
}

/// Parses `html`, a canonical body.
///
/// # Errors
/// [`Broken`] if the sanitiser would not have written it.
pub fn tree(html: &str) -> Result<Vec<Node<'_>>, Broken> {
    let mut open: Vec<Element<'_>> = Vec::new();
    let mut top = Vec::new();
    for token in canonical::tokens(html) {
        let node = match token? {
            Token::Text(text) => Node::Text(unescape(text)),
            Token::Start(start) => {
                let element = Element { tag: start.tag, attributes: start.attributes, children: Vec::new() };
                if !canonical::is_void(element.tag) {
                    open.push(element);
                    if open.len() > DEPTH {
                        return Err(Broken);
                    }
                    continue;
                }
                Node::Element(element)
            }
            Token::End(_) => Node::Element(open.pop().ok_or(Broken)?),
        };
        open.last_mut().map_or(&mut top, |parent| &mut parent.children).push(node);
    }
    Ok(top)
}

/// Undoes the escaping of a text or value in canonical form.
pub fn unescape(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    Cow::Owned(super::escape::unescape(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_becomes_a_tree_of_plain_text() {
        let tree = tree("<p>a &lt;b&gt; &amp;lt;<br>c</p>d").unwrap();
        let Node::Element(paragraph) = &tree[0] else { panic!("{tree:?}") };
        assert_eq!((paragraph.tag, paragraph.children.len(), tree.len()), ("p", 3, 2));
        assert_eq!(paragraph.children[0], Node::Text("a <b> &lt;".into()));
    }

    #[test]
    fn depth_is_bounded() {
        let deep = |depth: usize| "<p>".repeat(depth) + &"</p>".repeat(depth);
        assert!(tree(&deep(DEPTH)).is_ok());
        assert_eq!(tree(&deep(DEPTH + 1)), Err(Broken));
    }
}
