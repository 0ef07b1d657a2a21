//! Escapes text for Markdown: CommonMark, GFM, and the extensions of Hugo, Hexo, Jekyll and Obsidian.

/// Escapes text within a line. Web addresses become autolinks without escapes, which would be read as part of them.
pub(super) fn text(text: &str, out: &mut String) {
    let mut rest = text;
    while let Some((before, address, after)) = address(rest) {
        words(before, out);
        out.push('<');
        out.push_str(address);
        out.push('>');
        rest = after;
    }
    words(rest, out);
}

/// Returns the first web address of a text, with the text before and after it.
fn address(text: &str) -> Option<(&str, &str, &str)> {
    let is_part = |c: char| c.is_ascii_graphic() && !matches!(c, '<' | '>' | '"' | '`' | '\\' | '^' | '{' | '|' | '}');
    let mut from = 0;
    loop {
        let start = from + ["https://", "http://"].into_iter().filter_map(|scheme| text[from..].find(scheme)).min()?;
        let host = start + text[start..].find("//")? + "//".len();
        from = host;
        if !text[host..].starts_with(|c: char| c.is_ascii_alphanumeric()) {
            continue;
        }
        let found = &text[start..];
        let end = found.find(|c| !is_part(c)).unwrap_or(found.len());
        let mut address = found[..end].trim_end_matches(['.', ',', ';', ':', '!', '?', '\'', '*', '_', '~', ']']);
        // A bracket opened before the address is closed after it, and is not part of it.
        while address.ends_with(')') && address.matches(')').count() > address.matches('(').count() {
            address = &address[..address.len() - 1];
        }
        return Some((&text[..start], address, &found[address.len()..]));
    }
}

/// Escapes text that contains no addresses or is inside a link.
pub(super) fn words(text: &str, out: &mut String) {
    let mut before: Option<char> = None;
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        let next = rest.peek().copied();
        let special = match c {
            // Some renderers strike out with one `~`, all with two.
            '\\' | '`' | '*' | '[' | ']' | '<' | '$' | '|' | '~' => true,
            // In the text of a link marked, and with it Hexo, takes `!\[x\](…)` for a picture.
            '(' => before == Some(']'),
            // Inside a word it has no effect.
            '_' => !(before.is_some_and(char::is_alphanumeric) && next.is_some_and(char::is_alphanumeric)),
            // `==` and `%%` are Obsidian syntax.
            '=' | '^' => next == Some(c) || before == Some(c),
            '%' => next == Some(c) || matches!(before, Some('%' | '{')),
            // What looks like an entity would become one.
            '&' => next.is_some_and(|next| next.is_ascii_alphabetic() || next == '#'),
            // Obsidian reads `#word` as a tag.
            '#' => next.is_some_and(|next| !next.is_whitespace()) && !before.is_some_and(char::is_alphanumeric),
            // `{{`, `{%` and `{#` start template code of Hugo, Hexo and Jekyll, `{:` attributes.
            '{' => matches!(next, Some('{' | '%' | '#' | ':')) || before == Some('{'),
            _ => false,
        };
        match c {
            // Not every program takes a backslash before these.
            '&' if special => out.push_str("&amp;"),
            '%' if special => out.push_str("&#37;"),
            '^' if special => out.push_str("&#94;"),
            // Some programs cut a text at a comment, even at an escaped one.
            '<' if next == Some('!') => out.push_str("&lt;"),
            _ => {
                if special {
                    out.push('\\');
                }
                out.push(c);
            }
        }
        before = Some(c);
    }
}

/// Escapes a line start that would make a heading, list, quotation or rule.
pub(super) fn line(line: &str) -> String {
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    if (1..=9).contains(&digits) {
        let mark = line[digits..].chars().next();
        if matches!(mark, Some('.' | ')')) && line[digits + 1..].chars().next().is_none_or(char::is_whitespace) {
            return format!("{}\\{}", &line[..digits], &line[digits..]);
        }
    }
    let spaced = line.chars().nth(1).is_none_or(char::is_whitespace);
    let run = |mark: char| line.trim_end().chars().all(|c| c == mark || c == ' ');
    let special = match line.chars().next() {
        Some('#' | '+') => spaced || line.starts_with("##"),
        Some('-') => spaced || run('-'),
        Some('=') => run('='),
        Some('>' | ':') => true,
        _ => false,
    };
    if special { format!("\\{line}") } else { line.to_owned() }
}

/// Escapes a URL for the parentheses of a link or picture.
pub(super) fn url(url: &str) -> String {
    let mut out = String::with_capacity(url.len());
    for c in url.chars() {
        match c {
            ' ' => out.push_str("%20"),
            '(' => out.push_str("%28"),
            ')' => out.push_str("%29"),
            '<' => out.push_str("%3C"),
            '>' => out.push_str("%3E"),
            '\\' => out.push_str("%5C"),
            '|' => out.push_str("%7C"),
            // What looks like an entity would become one.
            '&' => out.push_str("&amp;"),
            '\n' | '\r' | '\t' => {}
            _ => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn escaped(plain: &str) -> String {
        let mut out = String::new();
        text(plain, &mut out);
        out
    }

    #[test]
    fn text_means_what_it_says() {
        assert_eq!(escaped("a*b_c [d] <e> 1~2 ~~f~~"), r"a\*b_c \[d\] \<e> 1\~2 \~\~f\~\~");
        assert_eq!(escaped("AT&T R&D &copy; &#64;"), r"AT&amp;T R&amp;D &amp;copy; &amp;\#64;");
        assert_eq!(escaped("#话题 C# {{ x }} {% y %} a{b"), r"\#话题 C# \{\{ x }} \{&#37; y %} a{b");
        assert_eq!(escaped("5$ | 春茶 _斜_"), r"5\$ \| 春茶 \_斜\_");
    }

    #[test]
    fn addresses_stay_whole() {
        for (plain, expected) in [
            ("见https://e.org/a_b_c。", "见<https://e.org/a_b_c>。"),
            ("(http://e.org/x_(y)_z).", "(<http://e.org/x_(y)_z>)."),
            ("https:// 空 http://a.b", "https:// 空 <http://a.b>"),
        ] {
            assert_eq!(escaped(plain), expected);
        }
    }

    #[test]
    fn a_line_begins_nothing() {
        for (plain, expected) in [
            ("1. 一", r"1\. 一"),
            ("12) 二", r"12\) 二"),
            ("2024.05.06", "2024.05.06"),
            ("- 三", r"\- 三"),
            ("-3 度", "-3 度"),
            ("----", r"\----"),
            ("===", r"\==="),
            ("# 四", r"\# 四"),
            ("> 五", r"\> 五"),
            ("+ 六", r"\+ 六"),
        ] {
            assert_eq!(line(plain), expected);
        }
    }
}
