//! Writes code: spans between backticks and fenced blocks, or HTML for what a target would misread.

use super::inline::{Inline, Line, Style};
use super::{Writer, escape};
use crate::html::escape_text;
use crate::html::flow::words;
use crate::html::tree::Element;

impl Writer<'_> {
    /// Writes inline code, each of its lines on its own.
    pub(super) fn code(&self, code: &str, look: &Style, line: &mut Line) {
        for (number, code) in code.split('\n').enumerate() {
            if number > 0 {
                line.push(look, Inline::Break);
            }
            if code.is_empty() {
                continue;
            }
            let mut html = "<code>".to_owned();
            if self.dialect.is_kramdown && self.in_cell && code.contains('|') {
                // Inside of this element it reads no Markdown.
                escape_text(code, &mut html);
                line.push(look, Inline::Ready(html.replace('|', "&#124;") + "</code>"));
            } else if self.dialect.html_code.iter().any(|text| code.contains(text)) {
                escape::words(code, &mut html);
                line.push(look, Inline::Ready(html + "</code>"));
            } else {
                line.push(look, Inline::Code(code.to_owned()));
            }
        }
    }

    /// Writes a fenced code block, with the language recorded by the platform's editor.
    pub(super) fn code_block(&self, element: &Element<'_>) -> Option<String> {
        let code = words(element);
        let code = code.trim_matches('\n');
        if code.trim().is_empty() {
            return None;
        }
        let language = element.descendants().into_iter().find_map(|one| one.get("data-lang")).unwrap_or_default();
        if self.dialect.html_code.iter().any(|text| code.contains(text)) {
            let mut html = "<pre><code>".to_owned();
            escape_text(code, &mut html);
            return Some(html.replace("{{", "{&#123;") + "</code></pre>");
        }
        let fence = "`".repeat((longest_run(code) + 1).max(3));
        Some(format!("{fence}{language}\n{code}\n{fence}"))
    }
}

/// Writes inline code, between as many backticks as needed.
pub(super) fn code_span(code: &str, in_cell: bool) -> String {
    if code.trim().is_empty() {
        return code.to_owned();
    }
    // In a cell a `|` ends it, even in code, unless it is escaped.
    let code = if in_cell { code.replace('|', "\\|") } else { code.to_owned() };
    let fence = "`".repeat(longest_run(&code) + 1);
    let room = if code.starts_with(['`', ' ']) || code.ends_with(['`', ' ']) { " " } else { "" };
    format!("{fence}{room}{code}{room}{fence}")
}

/// Returns the length of the longest run of backticks.
fn longest_run(code: &str) -> usize {
    code.split(|c| c != '`').map(str::len).max().unwrap_or_default()
}
