//! Front matter in YAML. Texts are written in double quotes with the escapes of JSON, which YAML shares: no title can be
//! taken for anything else.

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

    /// Adds a text that may not be known.
    pub fn maybe(&mut self, key: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.text(key, value);
        }
    }

    /// Adds what YAML reads by itself: a time, a number, true or false.
    pub fn plain(&mut self, key: &str, value: impl Display) {
        let _ = writeln!(self.0, "{key}: {value}");
    }

    /// Adds a list of texts, if it has any.
    pub fn list(&mut self, key: &str, values: &[String]) {
        if values.is_empty() {
            return;
        }
        let quoted: Vec<String> = values.iter().map(|value| quoted(value)).collect();
        let _ = writeln!(self.0, "{key}: [{}]", quoted.join(", "));
    }

    /// The block, with an empty line after it.
    pub fn finish(self) -> String {
        self.0 + "---\n\n"
    }
}

fn quoted(text: &str) -> String {
    // What JSON lets stand bare and YAML does not: line separators, delete, a byte order mark.
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
