//! Inline styles: an allow-list of properties, each value checked character by character. What passes can lay out and
//! colour the article and nothing else: no other host is named, nothing is fixed to the window, nothing runs.
//!
//! `!important` is taken off: the only style sheet besides is the theme's, which must be able to win.

use super::style_tables::{FUNCTIONS, PROPERTIES};

/// What the caller makes of a `url(…)`: the text to stand inside the parentheses, or `None` if the declaration must go.
pub(super) type UrlMap<'m> = dyn FnMut(&'static str, &str) -> Option<String> + 'm;

/// Appends the declarations of `style` that pass, as `name:value;name:value`, to `out`.
pub(super) fn clean(style: &str, out: &mut String, urls: &mut UrlMap<'_>) {
    for declaration in Declarations(style) {
        let Some((name, value)) = declaration.split_once(':') else { continue };
        let Some(name) = property(name.trim()) else { continue };
        let Some(value) = clean_value(name, value, urls) else { continue };
        if !out.is_empty() && !out.ends_with(';') {
            out.push(';');
        }
        out.push_str(name);
        out.push(':');
        out.push_str(&value);
    }
}

/// The allow-listed property of this name, in any case; older spellings become today's.
fn property(name: &str) -> Option<&'static str> {
    let mut lower = [0_u8; 32];
    let lower = lower.get_mut(..name.len())?;
    lower.copy_from_slice(name.as_bytes());
    lower.make_ascii_lowercase();
    let name = std::str::from_utf8(lower).ok()?;
    let name = match name {
        "word-wrap" => "overflow-wrap",
        name => name,
    };
    PROPERTIES.binary_search(&name).ok().map(|index| PROPERTIES[index])
}

/// The value in its normal form, if every part of it is allowed for this property.
fn clean_value(name: &'static str, value: &str, urls: &mut UrlMap<'_>) -> Option<String> {
    let value = value.trim();
    let value = match value.rfind('!') {
        Some(mark) if value[mark + 1..].trim().eq_ignore_ascii_case("important") => value[..mark].trim_end(),
        _ => value,
    };
    if value.is_empty() || value.len() > 2_000 || value.contains("/*") {
        return None;
    }
    let mut clean = String::with_capacity(value.len());
    let mut rest = value;
    while let Some(start) = find_url(rest) {
        push_checked(&mut clean, &rest[..start])?;
        let (inner, after) = url_argument(&rest[start + 4..])?;
        let mapped = urls(name, inner)?;
        clean.push_str("url(");
        clean.push_str(&mapped);
        clean.push(')');
        rest = after;
    }
    push_checked(&mut clean, rest)?;
    if !clean.is_empty() && allowed(name, &clean) { Some(clean) } else { None }
}

/// Where `url(` begins, in any case.
fn find_url(text: &str) -> Option<usize> {
    text.as_bytes().windows(4).position(|window| window.eq_ignore_ascii_case(b"url("))
}

/// Splits behind `url(` into its argument, unquoted, and what follows the `)`.
fn url_argument(text: &str) -> Option<(&str, &str)> {
    let trimmed = text.trim_start();
    if let Some(quote @ ('"' | '\'')) = trimmed.chars().next() {
        let body = &trimmed[1..];
        let end = body.find(quote)?;
        let after = body[end + 1..].trim_start().strip_prefix(')')?;
        Some((body[..end].trim(), after))
    } else {
        let end = trimmed.find(')')?;
        Some((trimmed[..end].trim(), &trimmed[end + 1..]))
    }
}

/// Appends `text` with single spaces if it holds nothing but plain words, numbers and known functions.
fn push_checked(out: &mut String, text: &str) -> Option<()> {
    let mut word_start = out.len();
    for byte in text.bytes() {
        match byte {
            b' ' | b'\t' | b'\n' | b'\r' | b'\x0c' => {
                if !out.is_empty() && !out.ends_with(' ') {
                    out.push(' ');
                }
                word_start = out.len();
            }
            b'(' => {
                let function = out[word_start..].to_ascii_lowercase();
                if !function.is_empty() && FUNCTIONS.binary_search(&function.as_str()).is_err() {
                    return None;
                }
                out.push('(');
                word_start = out.len();
            }
            b',' | b')' | b'/' | b'+' | b'*' => {
                out.push(byte as char);
                word_start = out.len();
            }
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'#' | b'%' | b'.' | b'-' => out.push(byte as char),
            _ => return None,
        }
    }
    Some(())
}

/// What a property may not be although its words are harmless.
fn allowed(name: &str, value: &str) -> bool {
    if value.ends_with(' ') || !balanced(value) {
        return false;
    }
    match name {
        // `fixed` and `sticky` leave the article and could cover the page.
        "position" => ["static", "relative", "absolute"].iter().any(|word| value.eq_ignore_ascii_case(word)),
        "z-index" => value.eq_ignore_ascii_case("auto") || value.parse::<i32>().is_ok_and(|z| (-99..=99).contains(&z)),
        "background" => !value.to_ascii_lowercase().split(' ').any(|word| word == "fixed"),
        _ => true,
    }
}

fn balanced(value: &str) -> bool {
    let mut depth = 0_i32;
    for byte in value.bytes() {
        match byte {
            b'(' => depth += 1,
            b')' => depth -= 1,
            _ => {}
        }
        if depth < 0 {
            return false;
        }
    }
    depth == 0
}

/// The declarations of a style attribute: cut at `;` outside of quotes and parentheses.
struct Declarations<'a>(&'a str);

impl<'a> Iterator for Declarations<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        if self.0.is_empty() {
            return None;
        }
        let mut quote = None;
        let mut depth = 0_u32;
        let mut end = self.0.len();
        for (index, byte) in self.0.bytes().enumerate() {
            match (quote, byte) {
                (Some(open), byte) if open == byte => quote = None,
                (None, b'"' | b'\'') => quote = Some(byte),
                (None, b'(') => depth += 1,
                (None, b')') => depth = depth.saturating_sub(1),
                (None, b';') if depth == 0 => {
                    end = index;
                    break;
                }
                _ => {}
            }
        }
        let declaration = &self.0[..end];
        self.0 = self.0.get(end + 1..).unwrap_or_default();
        Some(declaration)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(style: &str) -> String {
        let mut out = String::new();
        clean(style, &mut out, &mut |name, url| {
            (name.starts_with("background") && url.starts_with("https://mmbiz")).then(|| "liudi-media:00".to_owned())
        });
        out
    }

    #[test]
    fn what_lays_out_and_colours_passes() {
        assert_eq!(run("COLOR : RGB(1, 2,3) !important; ; margin:0 auto;"), "color:RGB(1, 2,3);margin:0 auto");
        assert_eq!(
            run("word-wrap: break-word;width: calc(100%  - 2em)"),
            "overflow-wrap:break-word;width:calc(100% - 2em)"
        );
        assert_eq!(
            run("transform: translate3d(1px, 0, 0) rotateZ(3deg)"),
            "transform:translate3d(1px, 0, 0) rotateZ(3deg)"
        );
        assert_eq!(
            run("background: url( \"https://mmbiz.qpic.cn/a;b)c\" ) no-repeat center / cover;color:red"),
            "background:url(liudi-media:00) no-repeat center / cover;color:red"
        );
        assert_eq!(
            run("background-image:linear-gradient(90deg, #fff 0%, rgba(0,0,0,.5)), url('https://mmbiz/x')"),
            "background-image:linear-gradient(90deg, #fff 0%, rgba(0,0,0,.5)), url(liudi-media:00)"
        );
        let style = "color:RGB(1, 2,3);margin:0 auto;z-index:3;position:absolute";
        assert_eq!(run(style), style);
    }

    #[test]
    fn nothing_else_passes() {
        for bad in [
            "position:fixed",
            "position:sticky",
            "z-index:2147483647",
            "background:url(https://evil.example/x.png)",
            "background:url(javascript:alert(1))",
            "background:URL(//evil.example)",
            "background-image:image-set('https://evil.example/x' 1x)",
            "background:#fff fixed",
            "width:expression(alert(1))",
            "width:exp/**/ression(alert(1))",
            "w\\69dth:1px",
            "color:\\72 ed",
            "behavior:url(x.htc)",
            "-moz-binding:url(x)",
            "font-family:\"x\"",
            "list-style:url(https://evil.example/x)",
            "color:red}body{color:blue",
            "color:red<style>",
            "@import url(https://evil.example)",
            "color:var(--x)",
            "width:1px)",
            "width:calc(1px",
            "background:url(https://mmbiz",
            "color:red\u{0}",
            "color:",
            "color",
        ] {
            assert_eq!(run(bad), "", "{bad}");
        }
    }
}
