//! Reads Python literals as JSON, such as a file written by `print(response.json())`: single quotes, `True`, `None`,
//! `u'…'`.

use serde_json::Value;

use crate::parse::page::script::Reader;

/// Returns the values of a text of consecutive Python literals; `None` if it is not one.
pub fn values(text: &str) -> Option<Vec<Value>> {
    let script = as_script(text);
    let mut values = Vec::new();
    let mut at = 0;
    loop {
        let rest = script.get(at..)?;
        at += rest.len() - rest.trim_start().len();
        if at >= script.len() {
            return (!values.is_empty()).then_some(values);
        }
        let mut reader = Reader::new(script.as_bytes(), at);
        let value = reader.expression()?.value()?;
        if reader.skipped > 0 || reader.truncated || reader.position() <= at {
            return None;
        }
        at = reader.position();
        values.push(value);
    }
}

/// Replaces Python's keywords outside strings with those of JavaScript.
fn as_script(text: &str) -> String {
    let mut script = String::with_capacity(text.len());
    let mut quote: Option<char> = None;
    let mut is_escaped = false;
    let mut word = String::new();
    for letter in text.chars() {
        if let Some(end) = quote {
            script.push(letter);
            match letter {
                _ if is_escaped => is_escaped = false,
                '\\' => is_escaped = true,
                letter if letter == end => quote = None,
                _ => {}
            }
            continue;
        }
        if letter.is_ascii_alphanumeric() || letter == '_' {
            word.push(letter);
            continue;
        }
        let is_quote = matches!(letter, '\'' | '"');
        match word.as_str() {
            "True" => script.push_str("true"),
            "False" => script.push_str("false"),
            "None" => script.push_str("null"),
            // The prefix of a Python 2 Unicode string.
            "u" if is_quote => {}
            other => script.push_str(other),
        }
        word.clear();
        quote = is_quote.then_some(letter);
        script.push(letter);
    }
    script + &word
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_python_prints_is_read() {
        let text =
            "{'list': [{'ref_date': '2024-05-01', u'title': \"it's True\", 'n': 1, 'x': None, 'ok': True}]}\n{'a': -1}";
        assert_eq!(
            values(text),
            Some(vec![
                json!({"list": [{"ref_date": "2024-05-01", "title": "it's True", "n": 1, "x": null, "ok": true}]}),
                json!({"a": -1}),
            ])
        );
        for other in ["", "{'a': f(1)}", "{'a': [1", "just words"] {
            assert_eq!(values(other), None, "{other}");
        }
    }
}
