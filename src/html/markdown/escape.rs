//! Text as Markdown reads it back: CommonMark, GFM, and what Hugo, Hexo, Jekyll and Obsidian add to them.

/// Escapes text that is part of a line.
pub(super) fn text(text: &str, out: &mut String) {
    let mut before = None;
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        let next = rest.peek().copied();
        let special = match c {
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '$' | '|' => true,
            // `~~`, and a fence of `~~~`; `==` and `%%` are marks of Obsidian.
            '~' | '=' | '%' | '^' => next == Some(c) || before == Some(c),
            // What looks like an entity would become one.
            '&' => next.is_some_and(|next| next.is_ascii_alphabetic() || next == '#'),
            // Obsidian takes `#word` for a tag of its own.
            '#' => next.is_some_and(|next| !next.is_whitespace()) && !before.is_some_and(char::is_alphanumeric),
            // `{{`, `{%` and `{#` begin what Hugo, Hexo and Jekyll run.
            '{' => matches!(next, Some('{' | '%' | '#')) || before == Some('{'),
            _ => false,
        };
        if special {
            out.push('\\');
        }
        out.push(c);
        before = Some(c);
    }
}

/// Escapes the beginning of a line that would make it a heading, a list, a quotation or a rule.
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

/// A URL in the parentheses of a link or picture.
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
        assert_eq!(escaped("a*b_c [d] <e> 1~2 ~~f~~"), r"a\*b\_c \[d\] \<e> 1~2 \~\~f\~\~");
        assert_eq!(escaped("AT&T R&D &copy; &#64;"), r"AT\&T R\&D \&copy; \&\#64;");
        assert_eq!(escaped("#话题 C# {{ x }} {% y %} a{b"), r"\#话题 C# \{\{ x }} \{% y %} a{b");
        assert_eq!(escaped("5$ | 春茶"), r"5\$ \| 春茶");
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
