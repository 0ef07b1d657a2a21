//! Front matter in YAML. Texts are double-quoted with the escapes of JSON, which YAML shares, so that no title can be
//! read as another type.

use std::fmt::{Display, Write as _};

/// A block of front matter under construction.
#[derive(Debug)]
pub struct FrontMatter(String);

impl Default for FrontMatter {
    fn default() -> Self {
        Self("---\n".to_owned())
    }
}

impl FrontMatter {
    /// Adds a text.
    pub fn text(&mut self, key: &str, value: &str) {
        self.0 = std::mem::take(&mut self.0) + key + ": " + &quoted(value) + "\n";
    }

    /// Adds a text if there is one.
    pub fn maybe(&mut self, key: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.text(key, value);
        }
    }

    /// Adds an unquoted value, which YAML reads as a time, a number or a boolean.
    pub fn plain(&mut self, key: &str, value: impl Display) {
        let _ = writeln!(self.0, "{key}: {value}");
    }

    /// Adds a list of texts unless it is empty.
    pub fn list(&mut self, key: &str, values: &[String]) {
        if values.is_empty() {
            return;
        }
        let quoted: Vec<String> = values.iter().map(|value| quoted(value)).collect();
        let _ = writeln!(self.0, "{key}: [{}]", quoted.join(", "));
    }

    /// Returns the block, followed by an empty line.
    pub fn finish(self) -> String {
        self.0 + "---\n\n"
    }
}

/// Quotes a text for YAML.
pub fn quoted(text: &str) -> String {
    // JSON leaves some characters unescaped that YAML does not allow: line separators, delete, a byte order mark.
    let json = serde_json::Value::from(text).to_string();
    json.replace('\u{2028}', "\\u2028")
        .replace('\u{2029}', "\\u2029")
        .replace('\u{85}', "\\u0085")
        .replace('\u{7f}', "\\u007f")
        .replace('\u{feff}', "\\ufeff")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_stays_a_title() {
        let mut matter = FrontMatter::default();
        matter.text("title", "a: \"b\" # c\n---");
        matter.maybe("author", None);
        matter.plain("draft", false);
        matter.list("tags", &["是".to_owned(), "no".to_owned()]);
        matter.list("albums", &[]);
        assert_eq!(
            matter.finish(),
            "---\ntitle: \"a: \\\"b\\\" # c\\n---\"\ndraft: false\ntags: [\"是\", \"no\"]\n---\n\n"
        );
    }
}
