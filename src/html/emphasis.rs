//! Determines how the text of an element is emphasised: by its name, and by styles.

use super::tree::Element;

/// Emphasis of a text, as far as formats without styles express it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Emphasis {
    /// Bold.
    pub bold: bool,
    /// Italic.
    pub italic: bool,
    /// Struck out.
    pub struck: bool,
    /// Whether line breaks of the text are shown.
    pub breaks: bool,
}

impl Emphasis {
    /// Returns the emphasis of the text inside `element`, given that of the element itself.
    #[must_use]
    pub fn inside(mut self, element: &Element<'_>) -> Self {
        match element.tag {
            "b" | "strong" => self.bold = true,
            "em" | "i" | "cite" | "dfn" | "var" => self.italic = true,
            "s" | "del" => self.struck = true,
            "pre" => self.breaks = true,
            _ => {}
        }
        for declaration in element.style().split(';') {
            match declaration.split_once(':') {
                Some(("font-weight", weight)) => {
                    self.bold = matches!(weight, "bold" | "bolder" | "600" | "700" | "800" | "900");
                }
                Some(("font-style", style)) => self.italic = matches!(style, "italic" | "oblique"),
                Some(("text-decoration" | "text-decoration-line", line)) if line.contains("line-through") => {
                    self.struck = true;
                }
                Some(("white-space", value)) => {
                    self.breaks = matches!(value, "pre" | "pre-wrap" | "pre-line" | "break-spaces");
                }
                _ => {}
            }
        }
        self
    }
}
