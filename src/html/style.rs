//! Cleans inline styles: an allow-list of properties, and every value checked token by token. The result can lay out
//! and colour the article and nothing else: it names no other host, fixes nothing to the window and runs nothing.
//!
//! `!important` is removed: the only other style sheet is the theme's, which must be able to take precedence.

use cssparser::{Delimiter, ParseError, Parser, SourcePosition, Token};

use super::style_tables::{FUNCTIONS, PROPERTIES};

/// Callback that maps a `url(…)` to the text inside its parentheses, or to `None` if the declaration must be dropped.
pub(super) type UrlMap<'m> = dyn FnMut(&'static str, &str) -> Option<String> + 'm;

/// Appends the declarations of `style` that pass to `out`, as `name:value;name:value`.
pub(super) fn clean(style: &str, out: &mut String, urls: &mut UrlMap<'_>) {
    let mut parser = Parser::new(style);
    while !parser.is_exhausted() {
        let declaration = parser.parse_until_after(Delimiter::Semicolon, |parser| declaration(parser, urls));
        let Ok((name, value)) = declaration else { continue };
        if !out.is_empty() && !out.ends_with(';') {
            out.push(';');
        }
        out.push_str(name);
        out.push(':');
        out.push_str(&value);
    }
}

/// Result of parsing a value; the reason for a refusal is not needed.
type Parsed<T> = Result<T, ParseError<()>>;

/// Reads one declaration; an error if it does not pass.
fn declaration(parser: &mut Parser<'_>, urls: &mut UrlMap<'_>) -> Parsed<(&'static str, String)> {
    parser.skip_whitespace();
    let start = parser.position();
    parser.expect_ident()?;
    let name = property(parser.slice_from(start)).ok_or_else(refused)?;
    parser.expect_colon()?;
    let mut clean = String::new();
    value(parser, name, &mut clean, urls, 0)?;
    if clean.is_empty() || clean.len() > 2_000 || !allowed(name, &clean) { Err(refused()) } else { Ok((name, clean)) }
}

fn refused() -> ParseError<()> {
    ParseError::custom(())
}

/// Limit of nested functions.
const DEPTH: u32 = 16;

/// Reads a value, or the arguments of a function, and writes it in normal form if every token is allowed. Comments
/// become blanks; `!important` is dropped.
fn value(
    parser: &mut Parser<'_>,
    property: &'static str,
    out: &mut String,
    urls: &mut UrlMap<'_>,
    depth: u32,
) -> Parsed<()> {
    let mut blank = false;
    loop {
        let start = parser.position();
        let Ok(token) = parser.next_including_whitespace_and_comments().cloned() else { return Ok(()) };
        if matches!(token, Token::WhiteSpace(_) | Token::Comment(_)) {
            blank = true;
            continue;
        }
        if let Token::Delim('!') = token {
            parser.expect_ident_matching("important")?;
            return if depth == 0 { parser.expect_exhausted().map_err(Into::into) } else { Err(refused()) };
        }
        if blank && !out.is_empty() && !out.ends_with('(') {
            out.push(' ');
        }
        blank = false;
        match token {
            Token::Ident(_)
            | Token::Hash(_)
            | Token::IDHash(_)
            | Token::Number { .. }
            | Token::Percentage { .. }
            | Token::Dimension { .. } => {
                let text = parser.slice_from(start);
                let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'#' | b'%' | b'.' | b'-' | b'+');
                if !text.bytes().all(plain) {
                    return Err(refused());
                }
                out.push_str(text);
            }
            Token::Comma => out.push(','),
            Token::Delim(sign @ ('/' | '+' | '*' | '-')) => out.push(sign),
            Token::UnquotedUrl(url) => {
                if !parser.slice_from(start).ends_with(')') {
                    return Err(refused());
                }
                push_url(property, url.trim(), out, urls)?;
            }
            Token::ParenthesisBlock if depth < DEPTH => {
                out.push('(');
                parser.parse_nested_block(|parser| value(parser, property, out, urls, depth + 1))?;
                out.push(')');
                closed(parser, start)?;
            }
            Token::Function(name) if name.eq_ignore_ascii_case("url") => {
                let url =
                    parser.parse_nested_block(|parser| parser.expect_string().cloned().map_err(ParseError::from))?;
                closed(parser, start)?;
                push_url(property, url.trim(), out, urls)?;
            }
            Token::Function(name) if is_image_set(&name) => {
                let url = parser.parse_nested_block(image_set)?;
                closed(parser, start)?;
                push_url(property, url.trim(), out, urls)?;
            }
            Token::Function(name) if depth < DEPTH => {
                if FUNCTIONS.binary_search(&name.to_ascii_lowercase().as_str()).is_err() {
                    return Err(refused());
                }
                out.push_str(&name);
                out.push('(');
                parser.parse_nested_block(|parser| value(parser, property, out, urls, depth + 1))?;
                out.push(')');
                closed(parser, start)?;
            }
            _ => return Err(refused()),
        }
    }
}

/// Refuses a truncated function: the parser closes what is open at the end of the input.
fn closed(parser: &Parser<'_>, start: SourcePosition) -> Parsed<()> {
    if parser.slice_from(start).ends_with(')') { Ok(()) } else { Err(refused()) }
}

fn push_url(property: &'static str, url: &str, out: &mut String, urls: &mut UrlMap<'_>) -> Parsed<()> {
    let mapped = urls(property, url).ok_or_else(refused)?;
    out.push_str("url(");
    out.push_str(&mapped);
    out.push(')');
    Ok(())
}

fn is_image_set(name: &str) -> bool {
    name.eq_ignore_ascii_case("image-set") || name.eq_ignore_ascii_case("-webkit-image-set")
}

/// Returns the address of the largest picture of an `image-set()`.
fn image_set(parser: &mut Parser<'_>) -> Parsed<String> {
    let mut best: Option<(f32, String)> = None;
    while !parser.is_exhausted() {
        let (size, url) = parser.parse_until_before(Delimiter::Comma, |parser| {
            let (mut url, mut size) = (None, 1.0);
            while let Ok(token) = parser.next().cloned() {
                match token {
                    Token::QuotedString(text) | Token::UnquotedUrl(text) => url = Some(text.to_string()),
                    Token::Function(name) => {
                        let text = parser
                            .parse_nested_block(|parser| parser.expect_string().cloned().map_err(ParseError::from));
                        if name.eq_ignore_ascii_case("url") {
                            url = Some(text?.to_string());
                        }
                    }
                    Token::Dimension { value, unit, .. } => {
                        size = if unit.eq_ignore_ascii_case("dpi") { value / 96.0 } else { value };
                    }
                    _ => return Err(refused()),
                }
            }
            url.map(|url| (size, url)).ok_or_else(refused)
        })?;
        if best.as_ref().is_none_or(|(most, _)| size > *most) {
            best = Some((size, url));
        }
        if parser.try_parse(Parser::expect_comma).is_err() {
            break;
        }
    }
    parser.expect_exhausted()?;
    best.map(|(_, url)| url).ok_or_else(refused)
}

/// Reports whether a `url()` in a value of the property is a picture.
pub(super) fn shows_picture(property: &str) -> bool {
    ["background", "border-image", "list-style", "mask"].iter().any(|start| property.starts_with(start))
}

/// Returns the allow-listed property of this name, in any case; older spellings are mapped to current ones.
fn property(name: &str) -> Option<&'static str> {
    let mut lower = [0_u8; 32];
    let lower = lower.get_mut(..name.len())?;
    lower.copy_from_slice(name.as_bytes());
    lower.make_ascii_lowercase();
    let name = std::str::from_utf8(lower).ok()?;
    let name = match name.strip_prefix("-webkit-") {
        Some(plain) if plain.starts_with("mask") || plain.starts_with("border-image") => plain,
        _ if name == "word-wrap" => "overflow-wrap",
        _ => name,
    };
    PROPERTIES.binary_search(&name).ok().map(|index| PROPERTIES[index])
}

/// Reports whether a value whose tokens are harmless is allowed for the property.
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
    fn comments_and_sets_of_pictures_are_read_as_css_has_them() {
        let run = |style: &str| {
            let mut out = String::new();
            clean(style, &mut out, &mut |name, url| {
                shows_picture(name).then(|| format!("liudi-media:{}", &url[url.len() - 2..]))
            });
            out
        };
        for (style, clean) in [
            (
                "background-image:/*savepage-url=https://mmbiz.qpic.cn/a*/url(x/01)",
                "background-image:url(liudi-media:01)",
            ),
            ("/* a;b */background:url('x/01')/* c */no-repeat", "background:url(liudi-media:01) no-repeat"),
            ("color:red/*;*/;/**/width:1px", "color:red;width:1px"),
            ("background-image:image-set('x/01' 1x, url(x/02) 2x)", "background-image:url(liudi-media:02)"),
            (
                "background-image:-webkit-image-set(url(x/01) 192dpi, url(\"x/02\") 1x)",
                "background-image:url(liudi-media:01)",
            ),
            ("border-image:url(x/01) 30 round", "border-image:url(liudi-media:01) 30 round"),
            ("-webkit-mask-image:url(x/01)", "mask-image:url(liudi-media:01)"),
            ("list-style-image:url( x/01 )", "list-style-image:url(liudi-media:01)"),
            ("background:url(x\\2f 01)", "background:url(liudi-media:01)"),
        ] {
            assert_eq!(run(style), clean, "{style}");
        }
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
